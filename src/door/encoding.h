/* Telling encodings apart, and decoding to UTF-8. What cannot be decoded becomes the byte 0xFF, which no UTF-8 has: the line
   it is in fails the check for UTF-8 and is rejected alone. */
#ifndef DOOR_ENCODING_H
#define DOOR_ENCODING_H

#include <iconv.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum encoding { ENCODING_UNKNOWN, ENCODING_UTF8, ENCODING_GB18030, ENCODING_UTF16LE, ENCODING_UTF16BE };

/* "UTF-8", "GB18030", "UTF-16LE", "UTF-16BE"; of what is ASCII so far, "UTF-8". */
const char *encoding_name(enum encoding encoding);
/* By name; ENCODING_UNKNOWN where there is none such. */
enum encoding encoding_named(const char *name);

/* The number of leading bytes below 0x80. */
size_t ascii_length(const char *at, size_t length);

/* What the first bytes of a file tell: a byte-order mark, or the zeros of UTF-16; else ENCODING_UNKNOWN. *mark is the length
   of the mark. */
enum encoding encoding_by_start(struct str start, size_t *mark);

/* A count of lines that have bytes above 0x7F: only those tell UTF-8 from GB18030. Start from { 0 }. */
struct survey {
    uint64_t lines, utf8, gb18030; /* gb18030: of those that are no UTF-8 */
};

/* Counts the lines in bytes. The last one counts only if it is complete, or `last` says that nothing follows it. Returns
   the length of what is counted; the rest is to be given again, with more behind it. */
size_t survey_add(struct survey *survey, struct str bytes, bool last);
/* UTF-8 where it decodes at least half of the lines, else GB18030 where that decodes any; UNKNOWN while no line tells. */
enum encoding survey_result(const struct survey *survey);

/* Decodes from GB18030 or UTF-16. */
struct decoder {
    enum encoding encoding;
    iconv_t conversion; /* GB18030 only */
};

void decoder_open(struct decoder *decoder, enum encoding encoding);
void decoder_close(struct decoder *decoder);
/* Adds the UTF-8 of bytes to out; returns how many bytes were used: the rest is the start of a character, to be given again
   with more behind it. With last, all are used. */
size_t decoder_add(struct decoder *decoder, struct str bytes, bool last, struct text *out);

#endif
