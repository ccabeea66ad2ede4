/* CSV by RFC 4180, also with tabs or semicolons. A row whose quotes do not work out is a problem of its first line alone:
   reading goes on at the next line, so that a quote left open does not swallow the records below it. */
#include <stdlib.h>

#include "base/memory.h"
#include "door/csv_scan.h"
#include "door/reading.h"

struct csv {
    struct csv_scan scan;
    uint64_t line; /* of the next row, from 1 */
    bool ended;    /* nothing follows what is in hand */
    bool skipping; /* what is in hand is the inside of a line over the limit */
};

/* The length of the first line with its end; 0 where its end is not in hand. */
static size_t line_length(const struct input *input, bool ended, size_t *without_end)
{
    struct str in_hand = { input->at, input->length };
    size_t end = str_find(in_hand, '\n');
    size_t carriage = str_find((struct str){ in_hand.at, end }, '\r');
    *without_end = carriage;
    if (carriage < end) {
        if (carriage + 1 == in_hand.length && !ended) return 0;
        return carriage + 1 + (carriage + 1 < in_hand.length && in_hand.at[carriage + 1] == '\n');
    }
    if (end < in_hand.length) return end + 1;
    return ended ? in_hand.length : 0;
}

/* More of a row that is not all in hand: at least another line, or so much that it is over the limit. */
static enum bytes_state more_of_row(struct reader *reader, bool wait)
{
    struct csv *csv = reader->state;
    struct input *input = &reader->input;
    enum bytes_state state;
    struct str added;
    do {
        size_t had = input->length;
        state = input_more(input, wait);
        added = (struct str){ input->at + had, input->length - had };
    } while (state == BYTES_MORE && input->length <= READER_ROW_BYTES && str_find(added, '\n') == added.length &&
             str_find(added, '\r') == added.length);
    csv->ended = state == BYTES_ENDED;
    csv_scan_at(&csv->scan, input->at);
    return state;
}

/* Passes over the rest of a line that is over the limit. */
static enum bytes_state skip_line(struct reader *reader, bool wait)
{
    struct csv *csv = reader->state;
    struct input *input = &reader->input;
    for (;;) {
        size_t without_end, length = line_length(input, csv->ended, &without_end);
        input_take(input, length ? length : without_end);
        if (length || csv->ended) {
            csv->skipping = false;
            csv->line++;
            csv_scan_at(&csv->scan, input->at);
            return BYTES_MORE;
        }
        enum bytes_state state = input_more(input, wait);
        if (state == BYTES_WAITING || state == BYTES_FAILED) return state;
        csv->ended = state == BYTES_ENDED;
    }
}

/* Makes a problem row of the first line in hand; false where more of it is needed. */
static bool take_broken(struct reader *reader, struct row *row)
{
    struct csv *csv = reader->state;
    struct input *input = &reader->input;
    size_t without_end, length = line_length(input, csv->ended, &without_end);
    if (!length && input->length <= READER_ROW_BYTES) return false;
    *row = (struct row){ .line = csv->line, .text = { input->at, without_end }, .problem = csv->scan.problem };
    if (without_end > READER_ROW_BYTES) {
        row->problem = (struct says){ "the row is longer than 4 MiB", "这一行超过 4 MiB" };
        row->text.length = READING_TEXT;
    }
    if (length) {
        input_take(input, length);
        csv->line++;
    } else {
        csv->skipping = true;
    }
    csv_scan_at(&csv->scan, input->at);
    return true;
}

static enum reading csv_next(struct reader *reader, bool wait, struct row *row, struct error *error)
{
    struct csv *csv = reader->state;
    struct csv_scan *scan = &csv->scan;
    struct input *input = &reader->input;
    for (;;) {
        enum bytes_state state = BYTES_MORE;
        if (csv->skipping) {
            state = skip_line(reader, wait);
        } else if (csv->ended && !input->length) {
            return READING_END;
        } else {
            enum scanned scanned = csv_scan_row(scan, input->at, input->at + input->length, csv->ended);
            if (scanned == SCANNED_ROW) {
                *row = (struct row){ .line = csv->line, .text = { input->at, scan->length } };
                csv->line += scan->lines;
                input_take(input, scan->taken);
                struct says problem = scan->row_strange ? text_problem(reader, row->text) : (struct says){ 0 };
                bool is_record = table_row(&reader->table, scan->cells, scan->count, row);
                if (problem.english) row->problem = problem;
                if (is_record || problem.english) return READING_ROW;
                continue;
            }
            if (scanned == SCANNED_BROKEN && take_broken(reader, row)) return READING_ROW;
            if (scanned == SCANNED_SHORT && input->length > READER_ROW_BYTES) {
                scan->problem = (struct says){ "the row is longer than 4 MiB: check the quotes in this line",
                                               "这一行超过 4 MiB：请检查这一行的引号" };
                if (take_broken(reader, row)) return READING_ROW;
            }
            state = more_of_row(reader, wait);
            if (state == BYTES_FAILED && scanned == SCANNED_SHORT) {
                scan->problem = (struct says){ "a quoted cell never ends: close its quote, or double a quote inside it",
                                               "一个带引号的单元格没有结束：请补上引号，单元格内的引号要写成两个" };
                if (take_broken(reader, row)) return READING_ROW;
            }
        }
        if (state == BYTES_WAITING) return READING_WAIT;
        if (state == BYTES_FAILED) return reading_failed(reader, error);
    }
}

/* ---- the header ---- */

/* Where a row begins. */
struct place {
    size_t offset; /* in the window */
    uint64_t line;
};

struct look {
    char separator;
    struct search search;
    struct place places[READER_TITLE_ROWS]; /* of the rows offered */
    struct place start;                     /* of the first row that is not blank */
    bool any;                               /* there is one */
    struct says start_problem;
    bool sure; /* the best row is the header beyond doubt */
    bool all;  /* all rows that count were in hand */
};

static bool is_blank_row(const struct csv_scan *scan)
{
    for (size_t i = 0; i < scan->count; i++)
        if (!cell_is_blank(&scan->cells[i])) return false;
    return true;
}

/* Offers the rows in hand, split at one separator. */
static void look_over(struct reader *reader, struct look *look)
{
    struct csv *csv = reader->state;
    struct csv_scan *scan = &csv->scan;
    struct input here = reader->input;
    const char *end = here.at + here.length;
    struct place place = { 0, 1 };
    search_again(&look->search);
    look->any = false;
    look->sure = look->all = false;
    scan->separator = look->separator;
    csv_scan_at(scan, here.at);
    for (unsigned seen = 0; seen < READER_TITLE_ROWS; seen++) {
        if (!here.length) return;
        enum scanned scanned = csv_scan_row(scan, here.at, end, csv->ended);
        if (scanned == SCANNED_SHORT) return;
        size_t without_end, taken = scan->taken;
        uint64_t lines = scan->lines;
        struct says problem = { 0 };
        if (scanned == SCANNED_BROKEN) {
            problem = scan->problem;
            lines = 1;
            taken = line_length(&here, csv->ended, &without_end);
            if (!taken) return;
        } else if (scan->row_strange) {
            problem = text_problem(reader, (struct str){ here.at, scan->length });
        }
        bool blank = !problem.english && is_blank_row(scan);
        if (!blank && !look->any) {
            look->any = true;
            look->start = place;
            look->start_problem = problem;
        }
        if (!problem.english && !blank) {
            look->places[look->search.rows] = place;
            look->sure = search_offer(&look->search, scan->cells, scan->count);
            if (look->sure) return;
        }
        place.offset += taken;
        place.line += lines;
        input_take(&here, taken);
        if (scanned == SCANNED_BROKEN) csv_scan_at(scan, here.at);
    }
    look->all = true;
}

/* Takes a row offered, counted from 1, as the header. */
static bool take_header(struct reader *reader, const struct look *look, size_t offered, struct error *error)
{
    struct csv *csv = reader->state;
    struct csv_scan *scan = &csv->scan;
    struct place place = look->places[offered - 1];
    scan->separator = look->separator;
    input_take(&reader->input, place.offset);
    csv_scan_at(scan, reader->input.at);
    enum scanned scanned = csv_scan_row(scan, reader->input.at, reader->input.at + reader->input.length, csv->ended);
    must(scanned == SCANNED_ROW);
    if (!table_head(&reader->table, scan->cells, scan->count, error)) return false;
    csv->line = place.line + scan->lines;
    input_take(&reader->input, scan->taken);
    return true;
}

/* The cells filled in the row that is the header where none names what is wanted. */
static size_t first_filled(const struct look *look)
{
    size_t first = search_first(&look->search);
    return first ? look->search.filled[first - 1] : 0;
}

/* No row names what is wanted: the first one that is no title is the header, and whoever knows the columns can say what is
   wrong with them. Its separator is the comma, unless that gives one column only. */
static bool take_first(struct reader *reader, struct look *looks, size_t count, struct error *error)
{
    const struct look *best = &looks[0];
    if (!best->any) {
        if (reader->input.length > READER_ROW_BYTES)
            return fail_both(error, ERROR_LIMIT, "the first line is longer than 4 MiB: this is no table", "第一行超过 4 MiB：这不是表格");
        return fail_both(error, ERROR_INPUT, "the file is empty: its first line must name the columns", "文件是空的：第一行须为各列的列名");
    }
    if (first_filled(best) <= 1)
        for (size_t i = 1; i < count; i++)
            if (first_filled(&looks[i]) > first_filled(best) && !looks[i].start_problem.english) best = &looks[i];
    if (best->start_problem.english)
        return fail_both(error, ERROR_INPUT, "line %llu, which should be the header: %s%.0s", "第 %llu 行应为列名：%.0s%s",
                         (unsigned long long)best->start.line, best->start_problem.english, best->start_problem.chinese);
    return take_header(reader, best, search_first(&best->search), error);
}

static bool find_header(struct reader *reader, struct look *looks, size_t count, struct error *error)
{
    struct csv *csv = reader->state;
    struct input *input = &reader->input;
    for (;;) {
        const struct look *best = NULL;
        bool all = csv->ended || input->state == BYTES_FAILED || input->length > READER_ROW_BYTES;
        for (size_t i = 0; i < count; i++) {
            struct look *look = &looks[i];
            look_over(reader, look);
            if (look->sure) return take_header(reader, look, look->search.best, error);
            if (look->search.best && (!best || look->search.best_matches > best->search.best_matches)) best = look;
            all |= look->all || (look->any && !look->search.wanted_count);
        }
        enum bytes_state state = all ? BYTES_WAITING : more_of_row(reader, best == NULL);
        if (state == BYTES_WAITING) {
            if (best) return take_header(reader, best, best->search.best, error);
            if (input->state == BYTES_FAILED && !looks[0].any) return reading_failed(reader, error), false;
            return take_first(reader, looks, count, error);
        }
    }
}

static bool csv_open(struct reader *reader, const struct reader_options *options, struct error *error)
{
    struct csv *csv = reader->state = allocate(sizeof *csv);
    struct look looks[] = { { .separator = ',' }, { .separator = '\t' }, { .separator = ';' } };
    enum { LOOKS = sizeof looks / sizeof *looks };
    csv->line = 1;
    for (size_t i = 0; i < LOOKS; i++)
        search_open(&looks[i].search, options->wanted, options->wanted_count);
    bool found = find_header(reader, looks, LOOKS, error);
    for (size_t i = 0; i < LOOKS; i++)
        search_close(&looks[i].search);
    return found;
}

static void csv_close(struct reader *reader)
{
    struct csv *csv = reader->state;
    arena_close(&csv->scan.unquoted);
    free(csv);
}

const struct reader_form csv_form = { .open = csv_open, .next = csv_next, .close = csv_close };
