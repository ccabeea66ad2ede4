#include "ledger/segment.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { PIECE_BYTES = 256 * 1024 };

#define NAME_DIGITS 20
#define NAME_END ".segment"

void frame_add(struct text *out, char type, struct str body)
{
    uint32_t length = htole32((uint32_t)body.length);
    uint32_t checksum = htole32(crc32c(crc32c(0, &type, 1), body.at, body.length));
    char *at = text_room(out, FRAME_HEADER_BYTES + body.length);

    must(body.length <= LEDGER_ENTRY_LIMIT);
    memcpy(at, &length, 4);
    memcpy(at + 4, &checksum, 4);
    at[8] = type;
    if (body.length > 0)
        memcpy(at + FRAME_HEADER_BYTES, body.at, body.length);
    out->length += FRAME_HEADER_BYTES + body.length;
}

enum frame_state frame_read(struct str bytes, struct frame *frame)
{
    uint32_t length, checksum;

    frame->bytes = FRAME_HEADER_BYTES;
    if (bytes.length < FRAME_HEADER_BYTES)
        return FRAME_CUT;
    memcpy(&length, bytes.at, 4);
    memcpy(&checksum, bytes.at + 4, 4);
    frame->type = bytes.at[8];
    frame->checksum = le32toh(checksum);
    frame->body = (struct str){ bytes.at + FRAME_HEADER_BYTES, le32toh(length) };
    if ((frame->type != FRAME_ENTRY && frame->type != FRAME_CHECKPOINT) || frame->body.length > LEDGER_ENTRY_LIMIT)
        return FRAME_BAD;
    frame->bytes += frame->body.length;
    return frame->bytes <= bytes.length ? FRAME_WHOLE : FRAME_CUT;
}

bool frame_is_right(const struct frame *frame)
{
    return crc32c(crc32c(0, &frame->type, 1), frame->body.at, frame->body.length) == frame->checksum;
}

char frame_likely_type(struct str bytes)
{
    static const char types[] = { FRAME_ENTRY, FRAME_CHECKPOINT };
    struct frame frame;

    if (bytes.length < FRAME_HEADER_BYTES)
        return 0;
    if (memchr(types, bytes.at[8], sizeof(types)))
        return bytes.at[8];
    frame_read(bytes, &frame); /* perhaps the type alone is wrong: then the checksum is right with another one */
    for (size_t i = 0; i < sizeof(types) && frame.body.length <= bytes.length - FRAME_HEADER_BYTES; i++) {
        frame.type = types[i];
        if (frame_is_right(&frame))
            return frame.type;
    }
    return 0;
}

static size_t whole_frames(struct str bytes, size_t *next)
{
    struct frame frame;
    size_t whole = 0;

    while (frame_read((struct str){ bytes.at + whole, bytes.length - whole }, &frame) == FRAME_WHOLE)
        whole += frame.bytes;
    *next = frame.bytes;
    return whole;
}

bool piece_read(struct piece *piece, struct disk_file *file, uint64_t offset, uint64_t end, size_t *whole, struct error *error)
{
    size_t wanted = PIECE_BYTES;

    for (;;) {
        size_t now = end - offset < wanted ? (size_t)(end - offset) : wanted;
        if (piece->room < now) {
            free(piece->bytes);
            piece->room = now < PIECE_BYTES ? PIECE_BYTES : now;
            piece->bytes = allocate(piece->room);
        }
        if (!file->disk->read(file, piece->bytes, now, offset, &piece->length, error))
            return false;
        *whole = whole_frames((struct str){ piece->bytes, piece->length }, &wanted);
        if (*whole > 0 || wanted <= piece->length || piece->length < now || now == end - offset)
            return true;
    }
}

void piece_close(struct piece *piece)
{
    free(piece->bytes);
}

void segment_name(uint64_t first, char out[SEGMENT_NAME_ROOM])
{
    snprintf(out, SEGMENT_NAME_ROOM, "%0*llu" NAME_END, NAME_DIGITS, (unsigned long long)first);
}

bool segment_open(struct disk *disk, const char *directory, uint64_t first, enum disk_mode mode, struct disk_file **file,
                  struct error *error)
{
    char name[SEGMENT_NAME_ROOM];
    struct text path = { 0 };

    segment_name(first, name);
    text_format(&path, "%s/%s", directory, name);
    bool opened = disk->open(disk, text_zero(&path), mode, file, error);
    text_close(&path);
    return opened;
}

void segments_add(struct segments *segments, struct segment segment)
{
    segments->at = reallocate(segments->at, (segments->count + 1) * sizeof(*segments->at));
    segments->at[segments->count++] = segment;
}

uint32_t segments_sum(const struct segments *segments, uint64_t first)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < segments->count && segments->at[i].first < first; i++) {
        uint64_t numbers[] = { htole64(segments->at[i].first), htole64(segments->at[i].bytes) };
        sum = crc32c(sum, numbers, sizeof(numbers));
    }
    return sum;
}

void segments_close(struct segments *segments)
{
    free(segments->at);
}

static void keep_segment(void *context, const char *name)
{
    struct str digits = str_of(name);
    struct segment segment = { 0 };

    if (digits.length != NAME_DIGITS + strlen(NAME_END) || !str_ends(digits, STR(NAME_END)) || digits.at[0] != '0')
        return;
    digits = (struct str){ digits.at + 1, NAME_DIGITS - 1 }; /* no number needs the first of them */
    if (str_number(digits, &segment.first))
        segments_add(context, segment);
}

bool segments_list(struct segments *segments, struct disk *disk, const char *directory, struct error *error)
{
    if (!disk->list(disk, directory, keep_segment, segments, error))
        return false;
    for (size_t i = 0; i < segments->count; i++) {
        struct disk_file *file;
        if (!segment_open(disk, directory, segments->at[i].first, DISK_READ, &file, error))
            return false;
        bool known = disk->size(file, &segments->at[i].bytes, error);
        disk->close(file);
        if (!known)
            return false;
    }
    return true;
}
