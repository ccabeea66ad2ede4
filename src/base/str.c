#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"

int str_compare(struct str a, struct str b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;
    int order = shorter ? memcmp(a.at, b.at, shorter) : 0;
    return order ? order : (a.length > b.length) - (a.length < b.length);
}

static char folded(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte;
}

bool str_equal_folded(struct str a, struct str b)
{
    if (a.length != b.length) return false;
    for (size_t i = 0; i < a.length; i++)
        if (folded(a.at[i]) != folded(b.at[i])) return false;
    return true;
}

bool str_starts(struct str string, struct str start)
{
    return string.length >= start.length && str_equal((struct str){ string.at, start.length }, start);
}

bool str_ends(struct str string, struct str end)
{
    return string.length >= end.length && str_equal((struct str){ string.at + string.length - end.length, end.length }, end);
}

static const struct str blanks[] = { STR("\xc2\xa0"), STR("\xe3\x80\x80"), STR("\xef\xbb\xbf") };

static size_t blank_at_start(struct str string)
{
    if (string.length && strchr(" \t\r\n\v\f", string.at[0]) && string.at[0]) return 1;
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        if (str_starts(string, blanks[i])) return blanks[i].length;
    return 0;
}

static size_t blank_at_end(struct str string)
{
    if (string.length && strchr(" \t\r\n\v\f", string.at[string.length - 1]) && string.at[string.length - 1]) return 1;
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        if (str_ends(string, blanks[i])) return blanks[i].length;
    return 0;
}

struct str str_trim(struct str string)
{
    size_t blank;
    while ((blank = blank_at_start(string))) {
        string.at += blank;
        string.length -= blank;
    }
    while ((blank = blank_at_end(string))) string.length -= blank;
    return string;
}

bool str_number(struct str string, uint64_t *number)
{
    if (!string.length || string.length > 19) return false;
    uint64_t sum = 0;
    for (size_t i = 0; i < string.length; i++) {
        if (string.at[i] < '0' || string.at[i] > '9') return false;
        sum = sum * 10 + (uint64_t)(string.at[i] - '0');
    }
    if (sum > INT64_MAX) return false;
    *number = sum;
    return true;
}

size_t str_find(struct str string, char byte)
{
    const char *found = string.length ? memchr(string.at, byte, string.length) : NULL;
    return found ? (size_t)(found - string.at) : string.length;
}

bool str_is_utf8(struct str string)
{
    if (!string.length) return true;
    const unsigned char *at = (const unsigned char *)string.at, *end = at + string.length;
    while (at < end) {
        if (end - at >= 8) {
            uint64_t eight;
            memcpy(&eight, at, 8);
            if (!(eight & 0x8080808080808080u)) {
                at += 8;
                continue;
            }
        }
        unsigned char lead = *at;
        if (lead < 0x80) {
            at++;
            continue;
        }
        size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
        if (lead < 0xc2 || lead > 0xf4 || (size_t)(end - at) <= more) return false;
        unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80, high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        if (at[1] < low || at[1] > high) return false;
        for (size_t i = 2; i <= more; i++)
            if ((at[i] & 0xc0) != 0x80) return false;
        at += more + 1;
    }
    return true;
}

char *text_room(struct text *text, size_t bytes)
{
    if (text->room - text->length < bytes) {
        size_t room = text->room ? text->room * 2 : 256;
        while (room - text->length < bytes) room *= 2;
        text->at = reallocate(text->at, room);
        text->room = room;
    }
    return text->at + text->length;
}

void text_add(struct text *text, struct str string)
{
    if (!string.length) return;
    memcpy(text_room(text, string.length), string.at, string.length);
    text->length += string.length;
}

void text_add_byte(struct text *text, char byte)
{
    *text_room(text, 1) = byte;
    text->length++;
}

void text_format(struct text *text, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    must(length >= 0);
    vsnprintf(text_room(text, (size_t)length + 1), (size_t)length + 1, format, again);
    va_end(again);
    text->length += (size_t)length;
}

const char *text_zero(struct text *text)
{
    *text_room(text, 1) = 0;
    return text->at;
}

void text_close(struct text *text)
{
    free(text->at);
    *text = (struct text){ 0 };
}
