#include <stdio.h>
#include <string.h>

#include "report/report.h"

enum { VALUE_ROOM = 4096, HEAD_MOST = 16384 };

/* The place of needle in string, or string.length. */
static size_t find(struct str string, struct str needle)
{
    const char *at = string.length >= needle.length ? memmem(string.at, string.length, needle.at, needle.length) : NULL;
    return at ? (size_t)(at - string.at) : string.length;
}

static const struct {
    const char *entity;
    char byte;
} entities[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' }, { "&#39;", '\'' }, { "&#10;", '\n' } };

/* Undoes html_text; false where it does not fit. */
static bool unescape(struct str markup, char *out, size_t room, size_t *length)
{
    *length = 0;
    while (markup.length > 0) {
        size_t taken = 1;
        char byte = markup.at[0];
        for (size_t i = 0; byte == '&' && taken == 1 && i < sizeof entities / sizeof *entities; i++)
            if (str_starts(markup, str_of(entities[i].entity))) {
                byte = entities[i].byte;
                taken = strlen(entities[i].entity);
            }
        if (*length + 1 >= room) return false;
        out[(*length)++] = byte;
        markup.at += taken;
        markup.length -= taken;
    }
    out[*length] = 0;
    return true;
}

/* Reads one claim from the head into out, zero-terminated. */
static bool claim(struct str head, const char *name, char *out, size_t room, struct str *value, struct error *error)
{
    char start[64];
    int length = snprintf(start, sizeof start, "<meta name=\"mingbai-%s\" content=\"", name);
    struct str needle = { start, (size_t)length };
    size_t place = find(head, needle);
    if (place == head.length)
        return fail(error, ERROR_INPUT, "this is no report of mingbai, or it was cut: it has no <meta name=\"mingbai-%s\">",
                    name);
    struct str content = { head.at + place + needle.length, head.length - place - needle.length };
    content.length = str_find(content, '"');
    if (!unescape(content, out, room, &value->length))
        return fail(error, ERROR_INPUT, "the report's <meta name=\"mingbai-%s\"> is too long", name);
    value->at = out;
    return true;
}

bool report_claims_read(struct str html, struct report_claims *claims, struct error *error)
{
    *claims = (struct report_claims){ 0 };
    struct str head = { html.at, html.length < HEAD_MOST ? html.length : HEAD_MOST };
    head.length = find(head, STR("<style>"));
    char room[VALUE_ROOM];
    struct str value;
    uint64_t version;
    if (!claim(head, "report", room, sizeof room, &value, error)) return false;
    if (!str_number(value, &version)) return fail(error, ERROR_INPUT, "the report's version is no number");
    if (version != REPORT_VERSION)
        return fail(error, ERROR_INPUT,
                    "this report has version %llu, and this program makes version %d: use the program that made it",
                    (unsigned long long)version, REPORT_VERSION);
    if (!claim(head, "position", room, sizeof room, &value, error)) return false;
    if (!str_number(value, &claims->position)) return fail(error, ERROR_INPUT, "the report's ledger position is no number");
    if (!claim(head, "as-of", room, sizeof room, &value, error)) return false;
    if (!moment_parse(value, &claims->as_of)) return fail(error, ERROR_INPUT, "the report's as-of time is no time");
    if (!claim(head, "as-of-by", room, sizeof room, &value, error)) return false;
    claims->own_times = str_equal(value, STR("duty"));
    if (!claim(head, "period", room, sizeof room, &value, error)) return false;
    if (!period_parse(value, &claims->period))
        return fail(error, ERROR_INPUT, "the report's period is no month, quarter or year");
    if (!claim(head, "language", room, sizeof room, &value, error)) return false;
    if (!str_equal(value, STR("zh")) && !str_equal(value, STR("en")))
        return fail(error, ERROR_INPUT, "the report's language is neither zh nor en");
    claims->language = str_equal(value, STR("zh")) ? CHINESE : ENGLISH;
    return claim(head, "checkpoint", claims->note, sizeof claims->note, &value, error);
}
