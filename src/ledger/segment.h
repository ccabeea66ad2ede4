/* Segments: files of frames. */
#ifndef LEDGER_SEGMENT_H
#define LEDGER_SEGMENT_H

#include "ledger/ledger.h"

enum {
    FRAME_HEADER_BYTES = 9,
    FRAME_LIMIT = FRAME_HEADER_BYTES + LEDGER_ENTRY_LIMIT,
    FRAME_ENTRY = 'E',
    FRAME_CHECKPOINT = 'C',
};

struct frame {
    char type;
    uint32_t checksum;
    struct str body; /* borrowed */
    size_t bytes;    /* header and body */
};

enum frame_state {
    FRAME_WHOLE,
    FRAME_CUT, /* it goes on behind the bytes given */
    FRAME_BAD, /* no such type, or a length over the limit */
};

void frame_add(struct text *out, char type, struct str body);
/* Reads the frame at the start of bytes, without its checksum. In FRAME_CUT, frame->bytes says how many it needs, where the
   header is whole, else FRAME_HEADER_BYTES. */
enum frame_state frame_read(struct str bytes, struct frame *frame);
bool frame_is_right(const struct frame *frame);
/* The type of a frame that is not right, as far as it can be told; 0: it cannot. */
char frame_likely_type(struct str bytes);

/* A piece of a file, in a buffer that is used again. Start from { 0 }, end with piece_close. */
struct piece {
    char *bytes;
    size_t room, length;
};

/* Reads a piece with as many whole frames as fit, at least one where there is one before `end`; *whole is their length. */
bool piece_read(struct piece *piece, struct disk_file *file, uint64_t offset, uint64_t end, size_t *whole, struct error *error);
void piece_close(struct piece *piece);

struct segment {
    uint64_t first; /* entry */
    uint64_t bytes; /* when it was listed; of one that another follows, for good */
};

/* Start from { 0 }, end with segments_close. Sorted. */
struct segments {
    struct segment *at;
    size_t count;
};

bool segments_list(struct segments *segments, struct disk *disk, const char *directory, struct error *error);
void segments_add(struct segments *segments, struct segment segment);
/* A checksum over the numbers and lengths of the segments that begin before the entry `first`: whether they are all there. */
uint32_t segments_sum(const struct segments *segments, uint64_t first);
void segments_close(struct segments *segments);

enum { SEGMENT_NAME_ROOM = 32 };
/* 00000000000000000042.segment */
void segment_name(uint64_t first, char out[SEGMENT_NAME_ROOM]);
bool segment_open(struct disk *disk, const char *directory, uint64_t first, enum disk_mode mode, struct disk_file **file,
                  struct error *error);

#endif
