/* JSON Lines, and JSON: an object, an array of objects, or objects one after another. */
#include <stdlib.h>

#include "base/memory.h"
#include "door/json_scan.h"
#include "door/reading.h"

struct objects {
    uint64_t line;      /* of the next row: a line, or an element */
    bool ended;         /* nothing follows what is in hand */
    bool skipping;      /* what is in hand is the inside of a line over the limit */
    struct arena arena; /* of the row */
    struct cell cells[READER_COLUMNS];
    uint64_t seen[READER_COLUMNS]; /* the last row that had this key */
    uint64_t rows;
    /* JSON only: */
    bool inside;    /* of the outer array */
    bool closed;    /* that array has ended */
    bool suspect;    /* an element was cut at an object_line: so are those behind it, lest each is searched to the limit */
    bool lost;      /* an element that is too long or never ends has been told of, and is not yet passed */
    size_t scanned; /* bytes of the element at the start of the window that have been looked at */
    size_t end;     /* its length, once its end has been seen; else 0 */
    unsigned depth;
    bool in_string, escaped;
    size_t indent; /* blanks before the element in its line */
};

/* ---- one object to one row ---- */

/* The column of a key: most often the one behind the last one's. A new one is added, but its name is not yet kept. */
static bool find_column(struct table *table, struct str key, size_t guess, size_t *column)
{
    for (size_t i = 0; i < table->count; i++) {
        *column = guess + i < table->count ? guess + i : guess + i - table->count;
        if (str_equal(table->columns[*column], key)) return true;
    }
    *column = table->count;
    if (table->count == READER_COLUMNS) return false;
    table->columns[table->count++] = key;
    return true;
}

static bool refuse(struct json_scan *scan, const char *english, const char *chinese)
{
    scan->problem = (struct says){ english, chinese };
    return false;
}

static bool object_members(struct objects *objects, struct table *table, struct json_scan *scan)
{
    if (!json_scan_byte(scan, '{')) return refuse(scan, "the row is no JSON object", "这一行不是 JSON 对象");
    if (json_scan_byte(scan, '}')) return true;
    size_t column, guess = 0;
    do {
        struct str key;
        struct cell value;
        if (!json_scan_string(scan, &key)) return false;
        if (!json_scan_byte(scan, ':')) return refuse(scan, "a colon is missing behind a key", "键后面缺冒号");
        if (!json_scan_value(scan, 1, &value)) return false;
        if (key.length > READER_CELL_BYTES || value.text.length > READER_CELL_BYTES)
            return refuse(scan, "a value is longer than 1 MiB", "一个值超过 1 MiB");
        if (!find_column(table, key, guess, &column))
            return refuse(scan, "the file has more than 256 different keys", "文件中不同的键超过 256 个");
        if (objects->seen[column] == objects->rows)
            return refuse(scan, "the object has the same key twice", "对象中同一个键出现了两次");
        objects->seen[column] = objects->rows;
        objects->cells[column] = value;
        guess = column + 1;
    } while (json_scan_byte(scan, ','));
    return json_scan_byte(scan, '}') || refuse(scan, "a comma or a closing brace is missing", "缺逗号或右花括号");
}

static void make_row(struct reader *reader, struct str text, struct row *row)
{
    struct objects *objects = reader->state;
    struct table *table = &reader->table;
    struct json_scan scan = { .at = text.at, .end = text.at + text.length, .arena = &objects->arena };
    size_t columns = table->count;
    if (objects->arena.used) arena_reset(&objects->arena);
    objects->rows++;
    *row = (struct row){ .line = objects->line, .text = text, .problem = text_problem(reader, text) };
    if (row->problem.english) return;
    bool good = object_members(objects, table, &scan);
    json_scan_blanks(&scan);
    if (good && scan.at < scan.end) good = refuse(&scan, "something follows the object", "对象后面还有别的内容");
    size_t grown = table->count;
    table->count = columns;
    if (!good) {
        /* Keys that only a bad row has are no columns. */
        row->problem = scan.problem;
        return;
    }
    for (size_t i = columns; i < grown; i++)
        table_add(table, table->columns[i]);
    for (size_t i = 0; i < table->count; i++)
        if (objects->seen[i] != objects->rows) objects->cells[i] = (struct cell){ .type = CELL_NULL };
    row->cells = objects->cells;
    row->count = table->count;
}

static enum bytes_state get_more(struct reader *reader, bool wait)
{
    struct objects *objects = reader->state;
    enum bytes_state state = input_more(&reader->input, wait);
    objects->ended = state == BYTES_ENDED;
    return state;
}

/* A row over the limit: its start is all that is kept. */
static void make_long_row(struct reader *reader, struct row *row)
{
    struct objects *objects = reader->state;
    *row = (struct row){ .line = objects->line, .text = { reader->input.at, reader->input.length } };
    if (row->text.length > READING_TEXT) row->text.length = READING_TEXT;
    row->problem = (struct says){ "the row is longer than 4 MiB", "这一行超过 4 MiB" };
}

/* ---- JSON Lines ---- */

static enum reading lines_next(struct reader *reader, bool wait, struct row *row, struct error *error)
{
    struct objects *objects = reader->state;
    struct input *input = &reader->input;
    size_t looked = 0;
    for (;;) {
        struct str fresh = { input->at + looked, input->length - looked };
        size_t length = looked + str_find(fresh, '\n');
        bool whole = length < input->length || (objects->ended && length > 0);
        if (whole && length <= READER_ROW_BYTES) {
            struct str line = { input->at, length };
            input_take(input, length + (length < input->length));
            bool blank = str_trim(line).length == 0;
            bool skipped = objects->skipping;
            objects->skipping = false;
            if (!blank && !skipped) make_row(reader, line, row);
            objects->line++;
            if (!blank && !skipped) return READING_ROW;
            looked = 0;
            continue;
        }
        if (length > READER_ROW_BYTES || (objects->skipping && length)) {
            bool first = !objects->skipping;
            if (first) make_long_row(reader, row);
            objects->skipping = !whole;
            objects->line += whole;
            input_take(input, length + (whole && length < input->length));
            if (first) return READING_ROW;
            looked = 0;
            continue;
        }
        if (objects->ended) return READING_END;
        looked = input->length;
        enum bytes_state state = get_more(reader, wait);
        if (state == BYTES_WAITING) return READING_WAIT;
        if (state == BYTES_FAILED) return reading_failed(reader, error);
    }
}

static bool lines_open(struct reader *reader, const struct reader_options *options, struct error *error)
{
    (void)options, (void)error;
    struct objects *objects = reader->state = allocate(sizeof *objects);
    objects->line = 1;
    return true;
}

static void json_close(struct reader *reader)
{
    struct objects *objects = reader->state;
    arena_close(&objects->arena);
    free(objects);
}

/* ---- JSON ---- */

static bool is_blank_byte(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* The blanks at the start of a line. */
static size_t indentation(struct str line)
{
    size_t blanks = 0;
    while (blanks < line.length && is_blank_byte(line.at[blanks]) && line.at[blanks] != '\n') blanks++;
    return blanks;
}

/* Passes over what stands between elements, keeping account of the array and of indentation. READING_ROW: an element begins
   at the start of the window. */
static enum reading to_element(struct reader *reader, bool wait, struct error *error)
{
    struct objects *objects = reader->state;
    struct input *input = &reader->input;
    for (;;) {
        size_t i = 0;
        for (; i < input->length; i++) {
            char byte = input->at[i];
            if (byte == '\n')
                objects->indent = 0;
            else if (is_blank_byte(byte))
                objects->indent++;
            else if (byte == ']' && objects->inside)
                objects->inside = false, objects->closed = true;
            else if (byte == '[' && !objects->inside && !objects->closed && objects->line == 1)
                objects->inside = true;
            else if (byte != ',' || !objects->inside)
                break;
        }
        bool found = i < input->length;
        input_take(input, i);
        if (found && objects->closed) {
            fail_both(error, ERROR_INPUT, "something follows the end of the array, behind element %llu",
                      "数组结束之后（第 %llu 个元素后面）还有别的内容", (unsigned long long)objects->line - 1);
            return READING_FAILED;
        }
        if (found) return READING_ROW;
        if (objects->ended && objects->inside) {
            fail_both(error, ERROR_INPUT, "the file is cut short: its array does not end behind element %llu",
                      "文件不完整：数组在第 %llu 个元素之后没有结束", (unsigned long long)objects->line - 1);
            return READING_FAILED;
        }
        if (objects->ended) return READING_END;
        enum bytes_state state = get_more(reader, wait);
        if (state == BYTES_WAITING) return READING_WAIT;
        if (state == BYTES_FAILED) return reading_failed(reader, error);
    }
}

/* Looks at what is in hand of an element; true when its end is there: the bracket that closes it, or for what is no object or
   array the comma, bracket or blank behind it. */
static bool element_ends(struct objects *objects, const struct input *input)
{
    for (size_t i = objects->scanned; i < input->length && !objects->end; i++) {
        char byte = input->at[i];
        if (objects->in_string) {
            if (objects->escaped)
                objects->escaped = false;
            else if (byte == '\\')
                objects->escaped = true;
            else if (byte == '"')
                objects->in_string = false;
        } else if (byte == '"') {
            objects->in_string = true;
        } else if (byte == '{' || byte == '[') {
            objects->depth++;
        } else if (objects->depth && (byte == '}' || byte == ']')) {
            if (--objects->depth == 0) objects->end = i + 1;
        } else if (!objects->depth && i && (byte == ',' || byte == ']' || is_blank_byte(byte))) {
            objects->end = i;
        }
        if (byte == '\n' && objects->suspect && !objects->end) {
            size_t indent = indentation((struct str){ input->at + i + 1, input->length - i - 1 }), brace = i + 1 + indent;
            if (brace == input->length && !objects->ended) {
                /* The line's start is not all there. */
                objects->scanned = i;
                return false;
            }
            if (brace < input->length && input->at[brace] == '{' && indent <= objects->indent) objects->end = i + 1;
        }
    }
    objects->scanned = input->length;
    if (!objects->end && objects->ended && !objects->depth && !objects->in_string) objects->end = input->length;
    return objects->end > 0;
}

/* Moves behind an element, or behind what is passed over. */
static void take_element(struct objects *objects, struct input *input, size_t length)
{
    input_take(input, length);
    objects->scanned = objects->end = objects->indent = 0;
    objects->depth = 0;
    objects->lost = objects->in_string = objects->escaped = false;
}

/* The start of the first line, before length, that begins with an object and is indented no more than the element in hand; 0
   where there is none. In a broken element it is the one below: what was left open there does not swallow it. */
static size_t object_line(const struct objects *objects, const struct input *input, size_t length)
{
    struct str rest = { input->at, length };
    for (;;) {
        size_t newline = str_find(rest, '\n');
        if (newline == rest.length) return 0;
        rest = (struct str){ rest.at + newline + 1, rest.length - newline - 1 };
        size_t brace = indentation(rest);
        if (brace < rest.length && rest.at[brace] == '{' && brace <= objects->indent) return (size_t)(rest.at - input->at);
    }
}

/* In an element that is too long or never ends: to its end, if that comes, or to the next object_line. */
static enum reading pass_element(struct reader *reader, bool wait, struct error *error)
{
    struct objects *objects = reader->state;
    struct input *input = &reader->input;
    for (;;) {
        bool ends = element_ends(objects, input);
        size_t next = object_line(objects, input, ends ? objects->end : input->length);
        if (next)
            objects->suspect = true;
        else if (ends)
            next = objects->end;
        if (next) {
            take_element(objects, input, next);
            return READING_ROW;
        }
        if (objects->ended) {
            fail_both(error, ERROR_INPUT,
                      "element %llu never ends, and nothing behind it can be read: check its quotes and brackets",
                      "第 %llu 个元素没有结束，其后的内容无法读取：请检查它的引号和括号", (unsigned long long)objects->line - 1);
            return READING_FAILED;
        }
        /* The last line may be the one, once all of its indentation is there. */
        const char *newline = input->length ? memrchr(input->at, '\n', input->length) : NULL;
        size_t passed = newline ? (size_t)(newline - input->at) : input->length;
        if (input->length - passed > READER_ROW_BYTES) passed = input->length;
        input_take(input, passed);
        objects->scanned = objects->scanned > passed ? objects->scanned - passed : 0;
        enum bytes_state state = get_more(reader, wait);
        if (state == BYTES_WAITING) return READING_WAIT;
        if (state == BYTES_FAILED) return reading_failed(reader, error);
    }
}

static enum reading elements_next(struct reader *reader, bool wait, struct row *row, struct error *error)
{
    struct objects *objects = reader->state;
    struct input *input = &reader->input;
    enum reading reading;
    if (objects->lost && (reading = pass_element(reader, wait, error)) != READING_ROW) return reading;
    if (!objects->scanned && (reading = to_element(reader, wait, error)) != READING_ROW) return reading;
    for (;;) {
        if (element_ends(objects, input) && objects->end <= READER_ROW_BYTES) {
            size_t end = objects->end;
            make_row(reader, (struct str){ input->at, end }, row);
            size_t next = row->problem.english ? object_line(objects, input, end) : 0;
            if (next) {
                row->text.length = end = next;
                objects->suspect = true;
            }
            objects->line++;
            take_element(objects, input, end);
            return READING_ROW;
        }
        if (objects->ended || input->length > READER_ROW_BYTES) {
            make_long_row(reader, row);
            if (input->length <= READER_ROW_BYTES)
                row->problem = (struct says){ "the element never ends: check its quotes and brackets", "这个元素没有结束：请检查它的引号和括号" };
            objects->line++;
            objects->lost = true;
            return READING_ROW;
        }
        enum bytes_state state = get_more(reader, wait);
        if (state == BYTES_WAITING) return READING_WAIT;
        if (state == BYTES_FAILED) return reading_failed(reader, error);
    }
}

static bool elements_open(struct reader *reader, const struct reader_options *options, struct error *error)
{
    lines_open(reader, options, error);
    struct objects *objects = reader->state;
    enum reading reading = to_element(reader, true, error);
    if (reading == READING_FAILED) return false;
    if (reading == READING_END && !objects->closed)
        return fail_both(error, ERROR_INPUT, "the file is empty: it must be a JSON object or an array of them",
                         "文件是空的：须为一个 JSON 对象，或由对象组成的数组");
    return true;
}

const struct reader_form json_lines_form = { .open = lines_open, .next = lines_next, .close = json_close };
const struct reader_form json_form = { .open = elements_open, .next = elements_next, .close = json_close };
