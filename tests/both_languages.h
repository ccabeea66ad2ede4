/* Whether a sentence for people is there in both languages. Include behind cmocka.h. */
#ifndef TESTS_BOTH_LANGUAGES_H
#define TESTS_BOTH_LANGUAGES_H

#include <stdbool.h>
#include <string.h>

#include "base/error.h"

/* A Chinese character: U+4000 to U+9FFF. */
static inline bool has_chinese(const char *sentence)
{
    for (; *sentence; sentence++)
        if ((unsigned char)*sentence >= 0xe4 && (unsigned char)*sentence <= 0xe9) return true;
    return false;
}

/* Behind what is quoted at `at`: what somebody wrote, a command; or at itself. */
static inline const char *behind_quoted(const char *at)
{
    const char *end = *at && strchr("'\"`", *at) ? strchr(at + 1, *at) : strncmp(at, "“", 3) == 0 ? strstr(at, "”") : NULL;
    return end ? end + 1 : at;
}

/* Three words of small letters with blanks between them, outside of quotes. */
static inline bool has_english(const char *sentence)
{
    size_t words = 0;
    for (const char *at = sentence; *at;) {
        const char *behind = behind_quoted(at);
        size_t letters = strspn(at, "abcdefghijklmnopqrstuvwxyz");
        if (behind > at) {
            words = 0;
            at = behind;
        } else if (letters) {
            words = letters > 1 ? words + 1 : 0;
            if (words == 3) return true;
            at += letters;
        } else {
            if (*at != ' ') words = 0;
            at++;
        }
    }
    return false;
}

static inline void assert_both_languages(const char *english, const char *chinese)
{
    bool good = english && *english && chinese && has_chinese(chinese) && !has_english(chinese) && strcmp(english, chinese) != 0;
    if (!good) print_error("not in both languages: %s | %s\n", english, chinese);
    assert_true(good);
}

static inline void assert_said_in_both(const struct error *error)
{
    assert_int_not_equal(error->code, ERROR_NONE);
    assert_both_languages(error->says, error->chinese);
}

#endif
