#include "door/encoding.h"

#include <errno.h>

#include "base/error.h"

static const char undecoded = (char)0xff;

static const struct {
    enum encoding encoding;
    const char *name;
} names[] = {
    { ENCODING_UTF8, "UTF-8" },
    { ENCODING_GB18030, "GB18030" },
    { ENCODING_UTF16LE, "UTF-16LE" },
    { ENCODING_UTF16BE, "UTF-16BE" },
};

const char *encoding_name(enum encoding encoding)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].encoding == encoding) return names[i].name;
    return names[0].name;
}

enum encoding encoding_named(const char *name)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equal_folded(str_of(names[i].name), str_of(name))) return names[i].encoding;
    return ENCODING_UNKNOWN;
}

size_t ascii_length(const char *at, size_t length)
{
    enum { STRIDE = 256 };
    size_t done = 0;
    for (; length - done >= STRIDE; done += STRIDE) {
        uint64_t together = 0, eight;
        for (size_t i = 0; i < STRIDE; i += sizeof eight) {
            memcpy(&eight, at + done + i, sizeof eight);
            together |= eight;
        }
        if (together & 0x8080808080808080u) break;
    }
    while (done < length && !(at[done] & 0x80))
        done++;
    return done;
}

static const struct {
    struct str bytes;
    enum encoding encoding;
} marks[] = {
    { STR("\xef\xbb\xbf"), ENCODING_UTF8 },
    { STR("\x84\x31\x95\x33"), ENCODING_GB18030 },
    { STR("\xff\xfe"), ENCODING_UTF16LE },
    { STR("\xfe\xff"), ENCODING_UTF16BE },
};

/* Text in UTF-16 without a mark shows by its separators, digits and line ends: an eighth of its units or more have the upper
   byte zero and the lower not, and few the other way round. */
static enum encoding utf16_by_zeros(struct str start)
{
    size_t units = start.length / 2, little = 0, big = 0;
    for (size_t i = 0; i < units; i++) {
        bool first = start.at[2 * i] == 0, second = start.at[2 * i + 1] == 0;
        little += !first && second;
        big += first && !second;
    }
    if (little && little * 8 >= units && little > 4 * big) return ENCODING_UTF16LE;
    if (big && big * 8 >= units && big > 4 * little) return ENCODING_UTF16BE;
    return ENCODING_UNKNOWN;
}

enum encoding encoding_by_start(struct str start, size_t *mark)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (str_starts(start, marks[i].bytes)) {
            *mark = marks[i].bytes.length;
            return marks[i].encoding;
        }
    *mark = 0;
    return utf16_by_zeros(start);
}

/* Whether the bytes have the form of GB18030: one byte, two, or four. */
static bool is_gb18030(struct str string)
{
    const unsigned char *at = (const unsigned char *)string.at, *end = at + string.length;
    while (at < end) {
        if (*at < 0x80) {
            at++;
            continue;
        }
        if (*at == 0x80 || *at == 0xff || end - at < 2) return false;
        if (at[1] >= 0x30 && at[1] <= 0x39) {
            if (end - at < 4 || at[2] < 0x81 || at[2] > 0xfe || at[3] < 0x30 || at[3] > 0x39) return false;
            at += 4;
        } else {
            if (at[1] < 0x40 || at[1] == 0x7f || at[1] == 0xff) return false;
            at += 2;
        }
    }
    return true;
}

static bool ends_line(char byte)
{
    return byte == '\n' || byte == '\r';
}

size_t survey_add(struct survey *survey, struct str bytes, bool last)
{
    size_t done = 0;
    while (done < bytes.length) {
        /* Whatever is ASCII up to the line of the next other byte tells nothing. */
        size_t high = done + ascii_length(bytes.at + done, bytes.length - done), end = high;
        if (high == bytes.length) break;
        size_t start = high;
        while (start > done && !ends_line(bytes.at[start - 1]))
            start--;
        while (end < bytes.length && !ends_line(bytes.at[end]))
            end++;
        if (end == bytes.length && !last) return start;
        struct str line = { bytes.at + start, end - start };
        survey->lines++;
        if (str_is_utf8(line))
            survey->utf8++;
        else if (is_gb18030(line))
            survey->gb18030++;
        done = end;
    }
    return bytes.length;
}

enum encoding survey_result(const struct survey *survey)
{
    if (survey->utf8 + survey->gb18030 == 0) return ENCODING_UNKNOWN;
    return survey->utf8 * 2 >= survey->lines || survey->gb18030 == 0 ? ENCODING_UTF8 : ENCODING_GB18030;
}

void decoder_open(struct decoder *decoder, enum encoding encoding)
{
    decoder->encoding = encoding;
    decoder->conversion = (iconv_t)-1;
    if (encoding != ENCODING_GB18030) return;
    decoder->conversion = iconv_open("UTF-8", "GB18030");
    must(decoder->conversion != (iconv_t)-1);
}

void decoder_close(struct decoder *decoder)
{
    if (decoder->encoding == ENCODING_GB18030) iconv_close(decoder->conversion);
    decoder->encoding = ENCODING_UNKNOWN;
}

static size_t add_gb18030(struct decoder *decoder, struct str bytes, bool last, struct text *out)
{
    char *in = (char *)(uintptr_t)bytes.at;
    size_t left = bytes.length;
    while (left) {
        size_t room = left * 2 + 16;
        char *into = text_room(out, room), *to = into;
        size_t result = iconv(decoder->conversion, &in, &left, &to, &room);
        out->length += (size_t)(to - into);
        if (result != (size_t)-1 || errno == E2BIG) continue;
        if (errno == EINVAL && !last) break;
        text_add_byte(out, undecoded);
        in++;
        left--;
    }
    return bytes.length - left;
}

static void add_character(struct text *out, uint32_t character)
{
    char *to = text_room(out, 4);
    if (character < 0x80) {
        to[0] = (char)character;
        out->length += 1;
    } else if (character < 0x800) {
        to[0] = (char)(0xc0 | character >> 6);
        to[1] = (char)(0x80 | (character & 0x3f));
        out->length += 2;
    } else if (character < 0x10000) {
        to[0] = (char)(0xe0 | character >> 12);
        to[1] = (char)(0x80 | (character >> 6 & 0x3f));
        to[2] = (char)(0x80 | (character & 0x3f));
        out->length += 3;
    } else {
        to[0] = (char)(0xf0 | character >> 18);
        to[1] = (char)(0x80 | (character >> 12 & 0x3f));
        to[2] = (char)(0x80 | (character >> 6 & 0x3f));
        to[3] = (char)(0x80 | (character & 0x3f));
        out->length += 4;
    }
}

static size_t add_utf16(struct decoder *decoder, struct str bytes, bool last, struct text *out)
{
    const unsigned char *at = (const unsigned char *)bytes.at;
    size_t low = decoder->encoding == ENCODING_UTF16BE, high = 1 - low, i = 0;
    while (bytes.length - i >= 2) {
        uint32_t unit = at[i + low] | (uint32_t)at[i + high] << 8;
        bool leads = unit >= 0xd800 && unit < 0xdc00;
        if (leads && bytes.length - i < 4) {
            if (!last) break;
        } else if (leads) {
            uint32_t next = at[i + 2 + low] | (uint32_t)at[i + 2 + high] << 8;
            if (next >= 0xdc00 && next < 0xe000) {
                add_character(out, 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00));
                i += 4;
                continue;
            }
        }
        if (unit >= 0xd800 && unit < 0xe000)
            text_add_byte(out, undecoded);
        else
            add_character(out, unit);
        i += 2;
    }
    if (last && i < bytes.length) {
        text_add_byte(out, undecoded);
        i = bytes.length;
    }
    return i;
}

size_t decoder_add(struct decoder *decoder, struct str bytes, bool last, struct text *out)
{
    return decoder->encoding == ENCODING_GB18030 ? add_gb18030(decoder, bytes, last, out)
                                                 : add_utf16(decoder, bytes, last, out);
}
