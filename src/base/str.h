/* Strings: borrowed bytes with a length, and a text that grows. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Borrowed bytes, usually UTF-8, not zero-terminated. { NULL, 0 } is the empty string. */
struct str {
    const char *at;
    size_t length;
};

#define STR(literal) ((struct str){ literal, sizeof(literal) - 1 })
/* For "%.*s". */
#define STR_ARGS(string) (int)(string).length, (string).at ? (string).at : ""

static inline struct str str_of(const char *zero_terminated)
{
    return (struct str){ zero_terminated, zero_terminated ? strlen(zero_terminated) : 0 };
}

static inline bool str_equal(struct str a, struct str b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

/* Bytewise order, a shorter prefix first: negative, 0 or positive. */
int str_compare(struct str a, struct str b);
/* Equal but for the case of ASCII letters. */
bool str_equal_folded(struct str a, struct str b);
bool str_starts(struct str string, struct str start);
bool str_ends(struct str string, struct str end);
/* Without ASCII white space, U+00A0, U+3000 and U+FEFF at both ends. */
struct str str_trim(struct str string);
/* Reads a plain unsigned number, digits only; false for anything else or beyond 2^63-1. */
bool str_number(struct str string, uint64_t *number);
/* The position of the first such byte, or string.length. */
size_t str_find(struct str string, char byte);
/* Whether the bytes are well-formed UTF-8 (no surrogates, no overlong forms). */
bool str_is_utf8(struct str string);

/* A text that grows; start from { 0 }, end with text_close. */
struct text {
    char *at;
    size_t length, room;
};

static inline struct str text_str(const struct text *text)
{
    return (struct str){ text->at, text->length };
}

/* Makes room for so many more bytes and returns where they go; the caller then adds to length what it wrote. */
char *text_room(struct text *text, size_t bytes);
void text_add(struct text *text, struct str string);
void text_add_byte(struct text *text, char byte);
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The bytes with a zero behind them, which does not count in length. Never NULL. */
const char *text_zero(struct text *text);
void text_close(struct text *text);

#endif
