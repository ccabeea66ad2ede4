#include <string.h>

#include "measure/measure.h"
#include "report/report.h"

enum { DEPTH_MOST = 64, SNIPPET = 48, NAMED_MOST = 64 };

/* ---- reading our own markup ---- */

struct element {
    size_t start; /* of its '<' */
};

static bool is_void(struct str name)
{
    return str_equal(name, STR("meta")) || str_equal(name, STR("br")) || str_equal(name, STR("!doctype"));
}

static struct str tag_name(struct str html, size_t start)
{
    size_t end = start + 1;
    while (end < html.length && !strchr(" >/", html.at[end])) end++;
    return (struct str){ html.at + start + 1, end - start - 1 };
}

/* Behind the '>' of the tag, quotes respected; html.length where it has no end. */
static size_t tag_end(struct str html, size_t start)
{
    bool quoted = false;
    for (size_t i = start; i < html.length; i++) {
        if (html.at[i] == '"') quoted = !quoted;
        if (html.at[i] == '>' && !quoted) return i + 1;
    }
    return html.length;
}

/* The attribute of the tag that starts there, as it is written; empty where it has none. */
static struct str attribute(struct str html, size_t start, const char *name)
{
    struct str tag = { html.at + start, tag_end(html, start) - start };
    size_t length = strlen(name);
    for (size_t i = 0; i + length + 3 < tag.length; i++) {
        if (tag.at[i] != ' ' || memcmp(tag.at + i + 1, name, length) != 0 || memcmp(tag.at + i + 1 + length, "=\"", 2) != 0)
            continue;
        struct str value = { tag.at + i + length + 3, tag.length - i - length - 3 };
        value.length = str_find(value, '"');
        return value;
    }
    return (struct str){ 0 };
}

/* The elements that are open at the place, the one in whose tag it lies included. */
static size_t open_elements(struct str html, size_t place, struct element open[DEPTH_MOST])
{
    size_t depth = 0;
    for (size_t i = 0; i < place; i++) {
        if (html.at[i] != '<') continue;
        size_t end = tag_end(html, i);
        struct str name = tag_name(html, i);
        bool closing = html.at[i + 1] == '/', alone = html.at[end - 2] == '/' || is_void(name);
        if (closing && end <= place) {
            if (depth > 0) depth--;
        } else if (!closing && (!alone || end > place) && depth < DEPTH_MOST) {
            open[depth++].start = i;
        }
        i = end - 1;
        if (str_equal(name, STR("style"))) {
            const char *close = memmem(html.at + end, html.length - end, "</style>", 8);
            i = close ? (size_t)(close - html.at) - 1 : html.length;
        }
    }
    return depth;
}

/* ---- saying what was changed ---- */

/* At most so many bytes, not cut within a character. */
static struct str cut(struct str string, size_t most)
{
    if (string.length <= most) return string;
    while (most > 0 && ((uint8_t)string.at[most] & 0xC0) == 0x80) most--;
    return (struct str){ string.at, most };
}

/* A stretch of text around the place, within its line. */
static struct str around(struct str html, size_t place)
{
    size_t from = place, to = place;
    while (from > 0 && place - from < SNIPPET / 2 && !strchr("<>\" \n", html.at[from - 1])) from--;
    while (from < place && ((uint8_t)html.at[from] & 0xC0) == 0x80) from++;
    while (to < html.length && to - from < SNIPPET && html.at[to] != '\n') to++;
    return cut((struct str){ html.at + from, html.length - from }, to - from);
}

static struct str element_text(struct str html, size_t start)
{
    size_t from = tag_end(html, start);
    struct str rest = { html.at + from, html.length - from };
    rest.length = str_find(rest, '<');
    return rest;
}

struct named {
    const char *attribute, *says;
};

static const struct named names[] = {
    { "data-subject", ", " },           { "data-operator", ", operator " }, { "data-area", ", area " },
    { "data-category", ", category " }, { "data-period", ", period " },     { "data-part", ", its " },
};

/* "complaint.in_time (answered in time), operator cmcc, period 2015Q1" */
static void name_number(struct text *out, struct str html, size_t start)
{
    struct str figure_id = attribute(html, start, "data-figure"), duty_id = attribute(html, start, "data-finding");
    struct str limit_id = attribute(html, start, "data-limit"), count_id = attribute(html, start, "data-count");
    const struct figure *figure = figure_find(figure_id);
    const struct duty *duty = duty_find(duty_id.length > 0 ? duty_id : limit_id);
    if (figure_id.length > 0)
        text_format(out, "figure %.*s", STR_ARGS(cut(figure_id, NAMED_MOST)));
    else if (limit_id.length > 0)
        text_format(out, "the limit of %.*s", STR_ARGS(cut(limit_id, NAMED_MOST)));
    else if (count_id.length > 0 && duty_id.length > 0)
        text_format(out, "%.*s of %.*s", STR_ARGS(cut(count_id, NAMED_MOST)), STR_ARGS(cut(duty_id, NAMED_MOST)));
    else
        text_format(out, "%s%.*s", count_id.length > 0 ? "" : "finding ",
                    STR_ARGS(cut(count_id.length > 0 ? count_id : duty_id, NAMED_MOST)));
    if (figure || duty) text_format(out, " (%s)", figure ? figure->says[ENGLISH] : duty->says[ENGLISH]);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str value = cut(attribute(html, start, names[i].attribute), NAMED_MOST);
        if (value.length > 0) text_format(out, "%s%.*s", names[i].says, STR_ARGS(value));
    }
}

static bool is_number(struct str html, size_t start)
{
    static const char *const marks[] = { "data-figure", "data-finding", "data-limit", "data-count" };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (attribute(html, start, marks[i]).length > 0) return true;
    return false;
}

/* given and again are equal up to where the element starts. */
static bool number_changed(struct str given, struct str again, size_t start, size_t place, struct error *error)
{
    struct text number = { 0 };
    name_number(&number, again, start);
    struct str was = around(given, place), is = around(again, place);
    bool data = str_equal(tag_name(again, start), STR("data"));
    if (data) {
        was = attribute(given, start, "value");
        is = attribute(again, start, "value");
        if (str_equal(was, is)) {
            was = element_text(given, start);
            is = element_text(again, start);
        }
    }
    was = cut(was, SNIPPET);
    is = cut(is, SNIPPET);
    fail(error, ERROR_DAMAGE, "%s%.*s: the report gives %.*s, the ledger gives %.*s", data ? "" : "the drawing of ",
         STR_ARGS(text_str(&number)), STR_ARGS(was), STR_ARGS(is));
    text_close(&number);
    return false;
}

static bool text_changed(struct str given, struct str again, size_t place, struct str chapter, struct error *error)
{
    if (place == again.length)
        return fail(error, ERROR_DAMAGE, "the report goes on behind its end with \"%.*s\"", STR_ARGS(around(given, place)));
    if (place == given.length)
        return fail(error, ERROR_DAMAGE, "the report is cut short in chapter %.*s", STR_ARGS(cut(chapter, NAMED_MOST)));
    struct str was = around(given, place), is = around(again, place);
    return fail(error, ERROR_DAMAGE, "chapter %.*s: the report says \"%.*s\", the ledger gives \"%.*s\"",
                STR_ARGS(cut(chapter, NAMED_MOST)), STR_ARGS(was), STR_ARGS(is));
}

bool report_compare(struct str given, struct str again, struct error *error)
{
    size_t place = 0;
    while (place < given.length && place < again.length && given.at[place] == again.at[place]) place++;
    if (place == given.length && place == again.length) return true;
    while (place > 0 && place < again.length && ((uint8_t)again.at[place] & 0xC0) == 0x80) place--;

    struct element open[DEPTH_MOST];
    size_t depth = open_elements(again, place, open);
    struct str chapter = STR("head");
    for (size_t i = depth; i-- > 0;)
        if (is_number(again, open[i].start)) return number_changed(given, again, open[i].start, place, error);
    for (size_t i = 0; i < depth; i++) {
        struct str name = attribute(again, open[i].start, "data-chapter");
        if (name.length > 0) chapter = name;
    }
    return text_changed(given, again, place, chapter, error);
}
