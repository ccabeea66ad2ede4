#include "door/json_scan.h"

#include "door/reader.h"

enum { SPELLING_PLACES = 64 };

static bool refuse(struct json_scan *scan, const char *english, const char *chinese)
{
    scan->problem = (struct says){ english, chinese };
    return false;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

void json_scan_blanks(struct json_scan *scan)
{
    while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\n' || *scan->at == '\r'))
        scan->at++;
}

bool json_scan_byte(struct json_scan *scan, char byte)
{
    json_scan_blanks(scan);
    if (scan->at == scan->end || *scan->at != byte) return false;
    scan->at++;
    return true;
}

/* ---- strings ---- */

static bool read_hex(struct json_scan *scan, uint32_t *unit)
{
    if (scan->end - scan->at < 4) return refuse(scan, "a string ends inside of a \\u escape", "字符串在 \\u 转义符中间结束");
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        char byte = *scan->at++, small = (char)(byte | 0x20);
        uint32_t digit = is_digit(byte)                 ? (uint32_t)(byte - '0')
                         : small >= 'a' && small <= 'f' ? (uint32_t)(small - 'a' + 10)
                                                        : 16;
        if (digit == 16) return refuse(scan, "a \\u escape needs four hexadecimal digits", "\\u 转义符须有四位十六进制数字");
        *unit = *unit << 4 | digit;
    }
    return true;
}

/* The character of a \u escape, whose u has been read; two of them where it is half of a pair. */
static bool read_character(struct json_scan *scan, uint32_t *character)
{
    if (!read_hex(scan, character)) return false;
    if (*character == 0) return refuse(scan, "a string has a NUL character (\\u0000), which no text has", "字符串中有零字符（\\u0000），文本中不会有");
    if (*character < 0xd800 || *character >= 0xe000) return true;
    uint32_t low;
    if (*character >= 0xdc00 || scan->end - scan->at < 2 || scan->at[0] != '\\' || scan->at[1] != 'u')
        return refuse(scan, "a \\u escape is half of a character: its other half is missing", "\\u 转义符只有半个字符：缺另一半");
    scan->at += 2;
    if (!read_hex(scan, &low)) return false;
    if (low < 0xdc00 || low >= 0xe000) return refuse(scan, "a \\u escape is half of a character: its other half is missing",
                                                     "\\u 转义符只有半个字符：缺另一半");
    *character = 0x10000 + ((*character - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

static char *put_character(char *to, uint32_t character)
{
    if (character < 0x80) {
        *to++ = (char)character;
        return to;
    }
    int more = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
    static const unsigned char leads[] = { 0, 0xc0, 0xe0, 0xf0 };
    *to++ = (char)(leads[more] | character >> 6 * more);
    while (more--)
        *to++ = (char)(0x80 | (character >> 6 * more & 0x3f));
    return to;
}

static bool resolve_escape(struct json_scan *scan, char **to)
{
    static const char escaped[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    if (scan->at == scan->end) return refuse(scan, "a string never ends", "字符串没有结束：请补上双引号");
    char byte = *scan->at++;
    if (byte == 'u') {
        uint32_t character;
        if (!read_character(scan, &character)) return false;
        *to = put_character(*to, character);
        return true;
    }
    const char *found = byte ? strchr(escaped, byte) : NULL;
    if (!found) return refuse(scan, "a string has a backslash before what needs none", "字符串中有多余的反斜杠");
    *(*to)++ = meant[found - escaped];
    return true;
}

bool json_scan_string(struct json_scan *scan, struct str *string)
{
    if (!json_scan_byte(scan, '"')) return refuse(scan, "a string in double quotes is missing", "这里须为双引号中的字符串");
    const char *start = scan->at, *end = scan->end;
    const char *at = start;
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= ' ')
        at++;
    scan->at = at;
    if (at < end && *at == '"') {
        *string = (struct str){ start, (size_t)(at - start) };
        scan->at++;
        return true;
    }
    /* The end is searched first, to know how much room is needed: an escape is never shorter than what it means. */
    bool escaped = false;
    while (at < end && (escaped || *at != '"')) {
        escaped = !escaped && *at == '\\';
        at++;
    }
    char *text = arena_take(scan->arena, (size_t)(at - start)), *to = text + (scan->at - start);
    memcpy(text, start, (size_t)(scan->at - start));
    while (scan->at < end && *scan->at != '"') {
        char byte = *scan->at++;
        if ((unsigned char)byte < ' ')
            return refuse(scan, "a string has a control character: write it as an escape (\\n, \\u001f)",
                          "字符串中有控制字符：请写成转义符（\\n、\\u001f）");
        if (byte != '\\')
            *to++ = byte;
        else if (!resolve_escape(scan, &to))
            return false;
    }
    if (scan->at == end) return refuse(scan, "a string never ends", "字符串没有结束：请补上双引号");
    scan->at++;
    *string = (struct str){ text, (size_t)(to - text) };
    return true;
}

/* ---- numbers ---- */

struct str number_spelling(struct str number, struct arena *arena)
{
    bool plain = !str_equal(number, STR("-0"));
    for (size_t i = 0; i < number.length && plain; i++)
        plain = is_digit(number.at[i]) || number.at[i] == '-';
    if (plain) return number;
    char digits[SPELLING_PLACES];
    size_t count = 0, i = 0;
    long point = 0; /* digits before the decimal point */
    bool negative = number.at[0] == '-', fraction = false;
    for (i = negative; i < number.length && (is_digit(number.at[i]) || number.at[i] == '.'); i++) {
        if (number.at[i] == '.') {
            fraction = true;
            continue;
        }
        if (count || number.at[i] != '0') {
            if (count == SPELLING_PLACES) return number;
            digits[count++] = number.at[i];
            point += !fraction;
        } else {
            point -= fraction;
        }
    }
    if (i < number.length) {
        bool down = number.at[i + 1] == '-';
        long exponent = 0;
        for (i += is_digit(number.at[i + 1]) ? 1 : 2; i < number.length; i++) {
            exponent = exponent * 10 + (number.at[i] - '0');
            if (exponent > INT16_MAX) return number;
        }
        point += down ? -exponent : exponent;
    }
    while (count && digits[count - 1] == '0')
        count--;
    if (!count) return STR("0");
    if (point < -SPELLING_PLACES || point > SPELLING_PLACES) return number;
    char *text = arena_take(arena, 3 * SPELLING_PLACES), *to = text;
    if (negative) *to++ = '-';
    if (point <= 0) *to++ = '0';
    for (long place = 0; place < point; place++)
        *to++ = place < (long)count ? digits[place] : '0';
    if (point < (long)count) *to++ = '.';
    for (long place = point; place < 0; place++)
        *to++ = '0';
    for (long place = point > 0 ? point : 0; place < (long)count; place++)
        *to++ = digits[place];
    return (struct str){ text, (size_t)(to - text) };
}

static bool scan_number(struct json_scan *scan, struct cell *cell)
{
    const char *start = scan->at, *end = scan->end, *at = start;
    if (at < end && *at == '-') at++;
    const char *whole = at;
    while (at < end && is_digit(*at))
        at++;
    bool good = at > whole && (*whole != '0' || at == whole + 1);
    if (at < end && *at == '.') {
        const char *fraction = ++at;
        while (at < end && is_digit(*at))
            at++;
        good &= at > fraction;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-')) at++;
        const char *exponent = at;
        while (at < end && is_digit(*at))
            at++;
        good &= at > exponent;
    }
    if (!good)
        return refuse(scan,
                      "a value is neither a string in double quotes nor a number, true, false, null, an object or an array",
                      "值须为双引号中的字符串、数字、true、false、null、对象或数组");
    scan->at = at;
    *cell = (struct cell){ number_spelling((struct str){ start, (size_t)(at - start) }, scan->arena), CELL_NUMBER };
    return true;
}

/* ---- values ---- */

static const struct {
    struct str word;
    enum cell_type type;
} literals[] = { { STR("true"), CELL_TRUE }, { STR("false"), CELL_FALSE }, { STR("null"), CELL_NULL } };

static bool pass_members(struct json_scan *scan, unsigned depth, char closing)
{
    if (depth >= READER_JSON_DEPTH) return refuse(scan, "objects and arrays are nested more than 16 deep", "对象和数组嵌套超过 16 层");
    scan->at++;
    if (json_scan_byte(scan, closing)) return true;
    do {
        struct str key;
        struct cell value;
        if (closing == '}' && !json_scan_string(scan, &key)) return false;
        if (closing == '}' && !json_scan_byte(scan, ':')) return refuse(scan, "a colon is missing behind a key", "键后面缺冒号");
        if (!json_scan_value(scan, depth + 1, &value)) return false;
    } while (json_scan_byte(scan, ','));
    return json_scan_byte(scan, closing) || refuse(scan, "a comma or a closing bracket is missing", "缺逗号或右括号");
}

bool json_scan_value(struct json_scan *scan, unsigned depth, struct cell *cell)
{
    json_scan_blanks(scan);
    const char *start = scan->at;
    char first = start < scan->end ? *start : 0;
    switch (first) {
    case '"':
        cell->type = CELL_TEXT;
        return json_scan_string(scan, &cell->text);
    case '{':
    case '[':
        if (!pass_members(scan, depth, first == '{' ? '}' : ']')) return false;
        *cell = (struct cell){ { start, (size_t)(scan->at - start) }, CELL_OTHER };
        return true;
    default:
        break;
    }
    struct str rest = { start, (size_t)(scan->end - start) };
    for (size_t i = 0; i < sizeof literals / sizeof *literals; i++)
        if (str_starts(rest, literals[i].word)) {
            scan->at += literals[i].word.length;
            *cell = (struct cell){ literals[i].word, literals[i].type };
            if (cell->type == CELL_NULL) cell->text.length = 0;
            return true;
        }
    return scan_number(scan, cell);
}
