/* Writing JSON: over scaled integers, so that 12.3 never becomes 12.300000000000001. Reading is jansson. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Start from { .out = &text }. Commas are put by themselves. */
struct json {
    struct text *out;
    bool more; /* something stands before in the open object or array */
};

void json_open(struct json *json, char bracket); /* '{' or '[' */
void json_close(struct json *json, char bracket); /* '}' or ']' */
void json_key(struct json *json, const char *key);
/* Invalid UTF-8 is written as U+FFFD. */
void json_add_string(struct json *json, struct str string);
void json_add_number(struct json *json, int64_t number);
/* value / 10^decimals as a bare number, trailing zeros cut. */
void json_add_decimal(struct json *json, int64_t value, unsigned decimals);
void json_add_bool(struct json *json, bool value);
void json_add_null(struct json *json);
/* JSON that is written already. */
void json_add_raw(struct json *json, struct str string);

/* Key and value at once. An empty string with at == NULL is null. */
void json_put_string(struct json *json, const char *key, struct str string);
void json_put_number(struct json *json, const char *key, int64_t number);
/* RFC 3339; null for MOMENT_NONE and INT64_MAX. */
void json_put_moment(struct json *json, const char *key, int64_t moment);
/* "2015-01-03", and "2015-01", the month of a day. */
void json_put_day(struct json *json, const char *key, int32_t day);
void json_put_month(struct json *json, const char *key, int32_t day);
/* Yuan in quotes, from micro-yuan; null for INT64_MIN. */
void json_put_money(struct json *json, const char *key, int64_t amount);

#endif
