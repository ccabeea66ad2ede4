#include "door/quote.h"

/* The bytes of the well-formed character at the front, or 0. */
static size_t character_bytes(struct str text)
{
    unsigned char lead = (unsigned char)text.at[0];
    size_t bytes = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    return bytes <= text.length && str_is_utf8((struct str){ text.at, bytes }) ? bytes : 0;
}

const char *quote(struct str text, char room[QUOTE_ROOM])
{
    char *out = room;
    *out++ = '\'';
    for (size_t shown = 0; text.length && shown < QUOTE_CHARACTERS; shown++) {
        size_t bytes = character_bytes(text);
        unsigned char lead = (unsigned char)text.at[0];
        if (bytes == 0 || lead < 0x20 || lead == 0x7f || (lead == 0xc2 && (unsigned char)text.at[1] < 0xa0)) {
            *out++ = '?';
            bytes += bytes == 0;
        } else {
            memcpy(out, text.at, bytes);
            out += bytes;
        }
        text = (struct str){ text.at + bytes, text.length - bytes };
    }
    if (text.length) {
        memcpy(out, "...", 3);
        out += 3;
    }
    memcpy(out, "'", 2);
    return room;
}
