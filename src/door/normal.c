#include "door/normal.h"

enum { FULL_WIDTH_FIRST = 0xff01, FULL_WIDTH_LAST = 0xff5e, FULL_WIDTH_YUAN = 0xffe5 };

static bool is_plain(struct str text)
{
    if (!text.length) return true;
    if ((unsigned char)text.at[0] <= ' ' || (unsigned char)text.at[text.length - 1] <= ' ') return false;
    size_t i = 0;
    uint64_t high = 0, eight;
    for (; i + 8 <= text.length; i += 8) {
        memcpy(&eight, text.at + i, 8);
        high |= eight & 0x8080808080808080u;
    }
    for (; i < text.length; i++)
        high |= (unsigned char)text.at[i] & 0x80u;
    return high == 0;
}

static bool is_invisible(uint32_t point)
{
    return (point >= 0x200b && point <= 0x200f) || (point >= 0x202a && point <= 0x202e) ||
           (point >= 0x2060 && point <= 0x2069) || point == 0xfeff;
}

/* What takes the place of a character of three bytes, or the character itself. */
static uint32_t half_width(uint32_t point)
{
    if (point >= FULL_WIDTH_FIRST && point <= FULL_WIDTH_LAST) return point - FULL_WIDTH_FIRST + '!';
    if (point == FULL_WIDTH_YUAN) return 0xa5;
    return point == 0x3000 ? ' ' : point;
}

bool normal_text(struct str text, struct arena *arena, struct str *normal)
{
    if (is_plain(text)) {
        *normal = text;
        return true;
    }
    if (!str_is_utf8(text)) return false;
    char *start = arena_take(arena, text.length), *out = start;
    for (size_t i = 0; i < text.length;) {
        const unsigned char *at = (const unsigned char *)text.at + i;
        size_t bytes = at[0] < 0x80 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
        i += bytes;
        if (bytes == 3) {
            uint32_t point = (at[0] & 0x0fu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu), half = half_width(point);
            if (is_invisible(point)) continue;
            if (half < 0x80) {
                *out++ = (char)half;
                continue;
            }
            if (half == 0xa5) {
                memcpy(out, "\xc2\xa5", 2);
                out += 2;
                continue;
            }
        } else if (bytes == 2 && at[0] == 0xc2 && at[1] == 0xa0) {
            *out++ = ' ';
            continue;
        }
        memcpy(out, at, bytes);
        out += bytes;
    }
    *normal = str_trim((struct str){ start, (size_t)(out - start) });
    return true;
}
