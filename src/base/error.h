/* One way to say what went wrong: a code for the caller, a sentence for the person. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>

enum error_code {
    ERROR_NONE,
    ERROR_USAGE,      /* the call was wrong: exit 2 */
    ERROR_INPUT,      /* what was given cannot be taken */
    ERROR_NOT_FOUND,  /* what was asked for is not there */
    ERROR_CONFLICT,   /* it contradicts what is there */
    ERROR_LIMIT,      /* larger than a stated limit */
    ERROR_BUSY,       /* somebody else holds it */
    ERROR_DISK,       /* the system refused: full, unreadable, failed to sync */
    ERROR_DAMAGE,     /* what is stored is not what was written */
};

enum { SENTENCE_ROOM = 512 };

struct error {
    enum error_code code;
    char says[SENTENCE_ROOM];    /* a sentence that tells what to do next, without a newline */
    char chinese[SENTENCE_ROOM]; /* the same in Chinese; empty where it is said in English alone */
    bool is_inner;               /* it tells of statements and files of the program's own, which mean nothing to somebody far away */
};

/* Nothing went wrong so far. For what happens millions of times, as { 0 } writes a thousand bytes. */
static inline void error_clear(struct error *error)
{
    error->code = ERROR_NONE;
    error->says[0] = error->chinese[0] = 0;
    error->is_inner = false;
}

/* A sentence in both languages; { 0 }: none. */
struct says {
    const char *english, *chinese;
};

/* Fills error (which may be NULL) and returns false, so that a function can `return fail(...)`. */
bool fail(struct error *error, enum error_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same in both languages, each with the same arguments. */
bool fail_both(struct error *error, enum error_code code, const char *english, const char *chinese, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));

/* A sentence that is ready. */
bool fail_says(struct error *error, enum error_code code, struct says says);

/* What was just said is inner; returns false as well. */
bool fail_inner(struct error *error);

/* Like fail, with ": " and the text of errno behind the sentence. The code is ERROR_DISK. */
bool fail_errno(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same in both languages. */
bool fail_errno_both(struct error *error, const char *english, const char *chinese, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));

/* An assertion that stays on in release builds: states what must be true, or ends the program with its text. */
#define must(condition) ((condition) ? (void)0 : must_failed(#condition, __FILE__, __LINE__))
_Noreturn void must_failed(const char *condition, const char *file, int line);

#endif
