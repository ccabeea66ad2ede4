#include "door/input.h"

#include <stdlib.h>

#include "base/memory.h"

enum {
    PIECE_BYTES = 256 * 1024,       /* read at once */
    SURVEY_BYTES = 4 * 1024 * 1024, /* of what cannot be read twice, looked at to tell its encoding */
    START_BYTES = 64 * 1024,        /* looked at for UTF-16 */
    LOOK_BYTES = 1024 * 1024,
};

/* Over the whole file, a look before it is read. */
static enum encoding survey_file(const struct bytes *bytes)
{
    struct survey survey = { 0 };
    char *look = allocate(LOOK_BYTES);
    size_t kept = 0, got;
    uint64_t offset = 0;
    while ((got = bytes_look(bytes, offset, look + kept, LOOK_BYTES - kept)) > 0) {
        offset += got;
        struct str in_hand = { look, kept + got };
        /* A line that fills the whole look is no line worth telling by. */
        size_t counted = survey_add(&survey, in_hand, false);
        kept = counted || in_hand.length < LOOK_BYTES ? in_hand.length - counted : 0;
        memmove(look, look + counted, kept);
    }
    survey_add(&survey, (struct str){ look, kept }, true);
    free(look);
    enum encoding result = survey_result(&survey);
    return result == ENCODING_UNKNOWN ? ENCODING_UTF8 : result;
}

/* Makes room for so many more bytes behind the window and the padding, moving what is in hand to the front. */
static char *make_room(struct input *input, size_t bytes)
{
    struct text *window = &input->window;
    if (input->length && input->at != window->at) memmove(window->at, input->at, input->length);
    window->length = input->length;
    char *room = text_room(window, bytes + INPUT_PADDING);
    input->at = window->at;
    return room;
}

static void add_bytes(struct input *input, const char *bytes, size_t length)
{
    if (length) memcpy(make_room(input, length), bytes, length);
    input->length += length;
}

/* Decodes what is encoded; true where that gave anything. */
static bool decode(struct input *input)
{
    size_t before = input->length, used = input->encoded.length;
    if (input->encoding == ENCODING_UTF8) {
        add_bytes(input, input->encoded.at, used);
    } else {
        make_room(input, 0);
        used = decoder_add(&input->decoder, text_str(&input->encoded), input->closing, &input->window);
        input->at = input->window.at; /* it may have grown elsewhere */
        input->length = input->window.length;
        make_room(input, 0);
    }
    input->encoded.length -= used;
    if (input->encoded.length) memmove(input->encoded.at, input->encoded.at + used, input->encoded.length);
    return input->length > before;
}

static void decide(struct input *input, enum encoding encoding)
{
    input->encoding = encoding;
    if (encoding != ENCODING_UTF8) decoder_open(&input->decoder, encoding);
}

/* Reads behind encoded. */
static enum bytes_state more_encoded(struct input *input, bool wait)
{
    size_t got;
    char *room = text_room(&input->encoded, PIECE_BYTES);
    enum bytes_state state = bytes_read(input->bytes, room, PIECE_BYTES, wait, &got);
    input->encoded.length += got;
    input->closing = state == BYTES_ENDED || state == BYTES_FAILED;
    if (input->closing) input->state = state;
    return state;
}

/* Something above 0x7F has come: looks at its line and at what else is there, and decides. A line that neither encoding
   decodes decides nothing unless it is all there is. */
static enum bytes_state decide_by_survey(struct input *input, bool wait)
{
    bool stored = bytes_are_stored(input->bytes);
    for (;;) {
        struct text *encoded = &input->encoded;
        bool full = encoded->length >= SURVEY_BYTES;
        struct str rest = { encoded->at + input->surveyed, encoded->length - input->surveyed };
        input->surveyed += survey_add(&input->survey, rest, input->closing || full);
        enum encoding result = survey_result(&input->survey);
        if (input->closing || full) {
            decide(input, result == ENCODING_UNKNOWN ? ENCODING_UTF8 : result);
            return BYTES_MORE;
        }
        bool enough = result != ENCODING_UNKNOWN && !stored;
        enum bytes_state state = more_encoded(input, wait && !enough);
        if (state == BYTES_WAITING && enough) {
            decide(input, result);
            return BYTES_MORE;
        }
        if (state == BYTES_WAITING) return state;
    }
}

/* ASCII so far: passes on what still is, and holds back from the start of the first line that is not. */
static enum bytes_state more_ascii(struct input *input, bool wait)
{
    size_t got;
    char *room = make_room(input, PIECE_BYTES);
    enum bytes_state state = bytes_read(input->bytes, room, PIECE_BYTES, wait, &got);
    size_t ascii = ascii_length(room, got);
    if (ascii == got) {
        input->length += got;
        return state;
    }
    while (ascii && room[ascii - 1] != '\n')
        ascii--;
    input->length += ascii;
    text_add(&input->encoded, (struct str){ room + ascii, got - ascii });
    return ascii ? BYTES_MORE : BYTES_WAITING;
}

static enum bytes_state more(struct input *input, bool wait)
{
    if (input->encoding == ENCODING_UNKNOWN) {
        if (!input->encoded.length) {
            enum bytes_state state = more_ascii(input, wait);
            if (!input->encoded.length || state == BYTES_MORE) return state;
        }
        if (decide_by_survey(input, wait) == BYTES_WAITING) return BYTES_WAITING;
    }
    if (input->encoded.length && decode(input)) return BYTES_MORE;
    if (input->closing) return input->state;
    if (input->encoding == ENCODING_UTF8) {
        size_t got;
        char *room = make_room(input, PIECE_BYTES);
        enum bytes_state state = bytes_read(input->bytes, room, PIECE_BYTES, wait, &got);
        input->length += got;
        return state;
    }
    for (;;) {
        enum bytes_state state = more_encoded(input, wait);
        if (state == BYTES_WAITING) return state;
        if (decode(input)) return BYTES_MORE;
        if (state != BYTES_MORE) return state;
    }
}

enum bytes_state input_more(struct input *input, bool wait)
{
    if (input->state == BYTES_ENDED || input->state == BYTES_FAILED) {
        if (!input->closing || !input->encoded.length) return input->state;
    }
    enum bytes_state state = more(input, wait);
    if (state == BYTES_ENDED || state == BYTES_FAILED) input->state = state;
    return state;
}

bool input_open(struct input *input, struct bytes *bytes, const char *name, struct error *error)
{
    *input = (struct input){ .bytes = bytes };
    text_room(&input->encoded, 1); /* an empty file has a place, too */
    make_room(input, 0);
    enum encoding given = name ? encoding_named(name) : ENCODING_UNKNOWN;
    if (name && given == ENCODING_UNKNOWN)
        return fail_both(error, ERROR_USAGE, "there is no encoding '%s': it is UTF-8, GB18030, UTF-16LE or UTF-16BE",
                         "没有“%s”这种编码：可选 UTF-8、GB18030、UTF-16LE、UTF-16BE", name);
    /* Two bytes tell a mark; a pipe is not kept waiting for more. */
    while (input->encoded.length < 4 && more_encoded(input, input->encoded.length < 2) == BYTES_MORE)
        continue;
    struct text *encoded = &input->encoded;
    struct str start = text_str(encoded);
    if (start.length > START_BYTES) start.length = START_BYTES;
    size_t mark;
    enum encoding told = encoding_by_start(start, &mark);
    if (given != ENCODING_UNKNOWN && told != given) mark = 0;
    if (mark) memmove(encoded->at, encoded->at + mark, encoded->length -= mark);
    if (given != ENCODING_UNKNOWN)
        told = given;
    else if (told == ENCODING_UNKNOWN && bytes_are_plain(bytes))
        told = survey_file(bytes);
    if (told != ENCODING_UNKNOWN) {
        decide(input, told);
        return true;
    }
    /* What is ASCII so far goes on as it is. */
    size_t ascii = ascii_length(encoded->at, encoded->length);
    while (ascii < encoded->length && ascii && encoded->at[ascii - 1] != '\n')
        ascii--;
    add_bytes(input, encoded->at, ascii);
    memmove(encoded->at, encoded->at + ascii, encoded->length -= ascii);
    return true;
}

void input_close(struct input *input)
{
    decoder_close(&input->decoder);
    text_close(&input->window);
    text_close(&input->encoded);
}

void input_take(struct input *input, size_t length)
{
    must(length <= input->length);
    input->at += length;
    input->length -= length;
}
