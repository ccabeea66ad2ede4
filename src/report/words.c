#include "report/words.h"

static const char *const words[][LANGUAGES] = {
#define WORD(name, english, chinese) [WORD_##name] = { english, chinese },
#include "report/words.inc"
#undef WORD
};

const char *word_text(enum word word, enum language language)
{
    return words[word][language];
}
