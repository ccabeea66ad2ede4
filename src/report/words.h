/* The report's words in both languages; the table is words.inc. */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include "door/kind.h"

enum word {
#define WORD(name, english, chinese) WORD_##name,
#include "report/words.inc"
#undef WORD
};

/* Markup with places for html_fill. */
const char *word_text(enum word word, enum language language);

#endif
