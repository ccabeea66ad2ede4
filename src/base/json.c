#include "base/json.h"

#include <stdio.h>

#include "base/error.h"
#include "base/moment.h"
#include "base/number.h"

/* The comma before a value, and that something now stands there. */
static void begin(struct json *json)
{
    if (json->more) text_add_byte(json->out, ',');
    json->more = true;
}

void json_open(struct json *json, char bracket)
{
    begin(json);
    text_add_byte(json->out, bracket);
    json->more = false;
}

void json_close(struct json *json, char bracket)
{
    text_add_byte(json->out, bracket);
    json->more = true;
}

/* The length of the well-formed character at the front, or 0. */
static size_t character_length(struct str string)
{
    unsigned char lead = (unsigned char)string.at[0];
    size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    return length <= string.length && str_is_utf8((struct str){ string.at, length }) ? length : 0;
}

static bool is_plain(char byte)
{
    return (unsigned char)byte >= 0x20 && (unsigned char)byte < 0x7f && byte != '"' && byte != '\\';
}

static void add_escaped(struct text *out, unsigned char byte)
{
    static const char named[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
    const char *found = byte ? strchr(named, byte) : NULL;
    if (found) {
        text_add_byte(out, '\\');
        text_add_byte(out, names[found - named]);
    } else {
        text_format(out, "\\u%04x", byte);
    }
}

static void add_quoted(struct text *out, struct str string)
{
    text_add_byte(out, '"');
    while (string.length) {
        size_t taken = 0;
        while (taken < string.length && is_plain(string.at[taken])) taken++;
        text_add(out, (struct str){ string.at, taken });
        string = (struct str){ string.at + taken, string.length - taken };
        if (!string.length) break;
        taken = character_length(string);
        if (taken == 1) {
            add_escaped(out, (unsigned char)string.at[0]);
        } else if (taken) {
            text_add(out, (struct str){ string.at, taken });
        } else {
            text_add(out, STR("\xef\xbf\xbd"));
            taken = 1;
        }
        string = (struct str){ string.at + taken, string.length - taken };
    }
    text_add_byte(out, '"');
}

void json_key(struct json *json, const char *key)
{
    begin(json);
    add_quoted(json->out, str_of(key));
    text_add_byte(json->out, ':');
    json->more = false;
}

void json_add_string(struct json *json, struct str string)
{
    begin(json);
    add_quoted(json->out, string);
}

static void add_digits(struct json *json, int64_t value, unsigned decimals)
{
    char digits[DECIMAL_ROOM];
    begin(json);
    text_add(json->out, (struct str){ digits, decimal_format(value, decimals, 0, digits) });
}

void json_add_number(struct json *json, int64_t number)
{
    add_digits(json, number, 0);
}

void json_add_decimal(struct json *json, int64_t value, unsigned decimals)
{
    add_digits(json, value, decimals);
}

void json_add_bool(struct json *json, bool value)
{
    begin(json);
    text_add(json->out, value ? STR("true") : STR("false"));
}

void json_add_null(struct json *json)
{
    begin(json);
    text_add(json->out, STR("null"));
}

void json_put_string(struct json *json, const char *key, struct str string)
{
    json_key(json, key);
    if (string.at) json_add_string(json, string);
    else json_add_null(json);
}

void json_put_number(struct json *json, const char *key, int64_t number)
{
    json_key(json, key);
    json_add_number(json, number);
}

void json_add_raw(struct json *json, struct str string)
{
    begin(json);
    text_add(json->out, string);
}

void json_put_moment(struct json *json, const char *key, int64_t moment)
{
    char text[MOMENT_ROOM];
    json_put_string(json, key, moment == MOMENT_NONE || moment == INT64_MAX ? (struct str){ 0 }
                                                                            : (struct str){ text, moment_format(moment, text) });
}

void json_put_day(struct json *json, const char *key, int32_t day)
{
    char text[DAY_ROOM];
    json_put_string(json, key, (struct str){ text, day_format(day, text) });
}

void json_put_month(struct json *json, const char *key, int32_t day)
{
    char text[DAY_ROOM];
    json_put_string(json, key, (struct str){ text, period_format(period_of(day, 'M'), text) });
}

void json_put_money(struct json *json, const char *key, int64_t amount)
{
    char text[DECIMAL_ROOM];
    json_put_string(json, key, amount == INT64_MIN ? (struct str){ 0 } : (struct str){ text, decimal_format(amount, MONEY_DECIMALS, 2, text) });
}
