#include "door/reject.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "base/memory.h"
#include "door/reader.h"
#include "door/table.h"

static const char column_name[] = "rejected";

/* A row of the CSV in the scratch file: JSON's columns grow, so it is only written once all are known. */
struct body_row {
    uint32_t columns, cells_length, reason_length;
};

struct rejects {
    const char *place;
    char *file;           /* in hand */
    struct text list_path, table_path;
    FILE *list;           /* NULL: nothing has been rejected */
    FILE *body;           /* rows of the CSV; NULL: none is wanted */
    bool on_stderr;
    bool plain;           /* the list is a regular file, so there is a CSV beside it */
    struct arena names;
    struct str columns[READER_COLUMNS];
    size_t column_count;
    struct text line, clean;
};

struct rejects *rejects_open(const char *place)
{
    struct rejects *rejects = allocate(sizeof *rejects);
    rejects->place = place;
    return rejects;
}

static const char *path_of(struct text *path)
{
    return text_zero(path);
}

/* ---- the files ---- */

static void name_files(struct rejects *rejects)
{
    rejects->list_path.length = rejects->table_path.length = 0;
    if (!rejects->place) {
        text_format(&rejects->list_path, "%s.rejected.jsonl", rejects->file);
        text_format(&rejects->table_path, "%s.rejected.csv", rejects->file);
        return;
    }
    struct str place = str_of(rejects->place);
    text_add(&rejects->list_path, place);
    if (str_ends(place, STR(".jsonl"))) place.length -= STR(".jsonl").length;
    text_format(&rejects->table_path, "%.*s.csv", STR_ARGS(place));
}

/* Removes the lists of an earlier load. They were given the same time of change: a CSV with another one was mended by hand. */
static bool remove_old(struct rejects *rejects, struct error *error)
{
    const char *list = path_of(&rejects->list_path), *table = path_of(&rejects->table_path);
    struct stat list_is, table_is;
    bool has_list = lstat(list, &list_is) == 0;
    rejects->plain = !has_list || S_ISREG(list_is.st_mode);
    if (!rejects->plain) return !S_ISDIR(list_is.st_mode) || fail(error, ERROR_USAGE, "%s is a directory: name a file for the rejects", list);
    if (lstat(table, &table_is) == 0 && S_ISREG(table_is.st_mode)) {
        bool untouched = has_list && list_is.st_mtim.tv_sec == table_is.st_mtim.tv_sec &&
                         list_is.st_mtim.tv_nsec == table_is.st_mtim.tv_nsec;
        struct text old = { 0 };
        text_format(&old, "%s.old", table);
        bool good = untouched ? unlink(table) == 0 : rename(table, text_zero(&old)) == 0;
        text_close(&old);
        if (!good) return fail_errno(error, "the old list of rejects %s cannot be replaced", table);
    }
    return !has_list || unlink(list) == 0 || fail_errno(error, "the old list of rejects %s cannot be replaced", list);
}

/* A new file that only its owner can read. */
static FILE *make_file(const char *path)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    return descriptor < 0 ? NULL : fdopen(descriptor, "w");
}

/* A file without a name, on the disk where the lists are. */
static FILE *make_scratch(const char *beside)
{
    struct text path = { 0 };
    text_format(&path, "%s.XXXXXX", beside);
    text_zero(&path);
    int descriptor = mkostemp(path.at, O_CLOEXEC);
    if (descriptor >= 0) unlink(path.at);
    text_close(&path);
    return descriptor < 0 ? NULL : fdopen(descriptor, "w+");
}

static bool make_files(struct rejects *rejects, struct error *error)
{
    const char *list = path_of(&rejects->list_path);
    rejects->list = rejects->plain ? make_file(list) : fopen(list, "ae");
    if (!rejects->list) return fail_errno(error, "the list of rejects %s cannot be made (choose another place with --rejects)", list);
    if (!rejects->plain) return true;
    rejects->body = make_scratch(path_of(&rejects->table_path));
    return rejects->body || fail_errno(error, "a file beside %s cannot be made (choose another place with --rejects)", list);
}

/* ---- rows ---- */

/* Adds well-formed UTF-8: what is not becomes U+FFFD, so that one bad line does not spoil the list. */
static void add_clean(struct text *out, struct str string)
{
    while (string.length) {
        size_t good = string.length;
        if (!str_is_utf8(string)) {
            good = 0;
            for (size_t length = 1; good < string.length; length = 1) {
                while (length <= 4 && good + length <= string.length && !str_is_utf8((struct str){ string.at + good, length })) length++;
                if (length > 4 || good + length > string.length) break;
                good += length;
            }
        }
        text_add(out, (struct str){ string.at, good });
        if (good == string.length) return;
        text_add(out, STR("\xef\xbf\xbd"));
        string.at += good + 1;
        string.length -= good + 1;
    }
}

/* The place of a column in the CSV; READER_COLUMNS for the reasons of an earlier load, and where there are too many. */
static size_t place_of(struct rejects *rejects, struct str name, size_t guess)
{
    if (str_equal_folded(name, str_of(column_name))) return READER_COLUMNS;
    if (guess < rejects->column_count && str_equal(rejects->columns[guess], name)) return guess;
    for (size_t i = 0; i < rejects->column_count; i++)
        if (str_equal(rejects->columns[i], name)) return i;
    if (rejects->column_count == READER_COLUMNS) return READER_COLUMNS;
    rejects->columns[rejects->column_count] = (struct str){ arena_copy(&rejects->names, name.at, name.length), name.length };
    return rejects->column_count++;
}

static void add_body_row(struct rejects *rejects, const struct reject *reject)
{
    struct cell cells[READER_COLUMNS] = { 0 }, reason = { reject->reason, CELL_TEXT };
    for (size_t i = 0; i < READER_COLUMNS; i++) cells[i].type = CELL_NULL;
    for (size_t i = 0; i < reject->count; i++) {
        size_t place = place_of(rejects, reject->columns[i], i);
        if (place < READER_COLUMNS && reject->cells) cells[place] = reject->cells[i];
    }
    if (!rejects->column_count) place_of(rejects, STR("text"), 0);
    if (!reject->cells) cells[0] = (struct cell){ reject->text, CELL_TEXT };
    struct body_row row = { .columns = (uint32_t)rejects->column_count };
    rejects->line.length = rejects->clean.length = 0;
    table_text(cells, rejects->column_count, &rejects->line);
    add_clean(&rejects->clean, text_str(&rejects->line));
    row.cells_length = (uint32_t)rejects->clean.length;
    rejects->line.length = 0;
    table_text(&reason, 1, &rejects->line);
    add_clean(&rejects->clean, text_str(&rejects->line));
    row.reason_length = (uint32_t)rejects->clean.length - row.cells_length;
    fwrite(&row, sizeof row, 1, rejects->body);
    fwrite(rejects->clean.at, 1, rejects->clean.length, rejects->body);
}

static void add_list_line(struct rejects *rejects, const struct reject *reject, FILE *list)
{
    rejects->line.length = 0;
    struct json json = { .out = &rejects->line };
    json_open(&json, '{');
    json_put_string(&json, "file", str_of(rejects->file));
    json_put_number(&json, "line", (int64_t)reject->line);
    json_put_string(&json, "field", reject->field);
    json_put_string(&json, "reason", reject->reason);
    json_key(&json, "text");
    json_add_string(&json, reject->text);
    json_close(&json, '}');
    text_add_byte(&rejects->line, '\n');
    fwrite(rejects->line.at, 1, rejects->line.length, list);
}

bool rejects_add(struct rejects *rejects, const struct reject *reject, struct error *error)
{
    if (rejects->on_stderr) {
        add_list_line(rejects, reject, stderr);
        return true;
    }
    if (!rejects->list && !make_files(rejects, error)) return false;
    add_list_line(rejects, reject, rejects->list);
    if (rejects->body) add_body_row(rejects, reject);
    if (ferror(rejects->list) || (rejects->body && ferror(rejects->body)))
        return fail_errno(error, "the list of rejects %s cannot be written", path_of(&rejects->list_path));
    return true;
}

const char *rejects_path(const struct rejects *rejects)
{
    return rejects->list ? rejects->list_path.at : NULL;
}

/* ---- the end of a file ---- */

static bool copy_body(struct rejects *rejects, FILE *table)
{
    struct body_row row;
    rewind(rejects->body);
    while (fread(&row, sizeof row, 1, rejects->body) == 1) {
        size_t length = (size_t)row.cells_length + row.reason_length;
        rejects->clean.length = 0;
        if (fread(text_room(&rejects->clean, length), 1, length, rejects->body) != length) return false;
        fwrite(rejects->clean.at, 1, row.cells_length, table);
        for (size_t i = row.columns; i <= rejects->column_count; i++) fputc(',', table);
        fwrite(rejects->clean.at + row.cells_length, 1, row.reason_length, table);
        fputs("\r\n", table);
    }
    return !ferror(rejects->body);
}

static bool write_table(struct rejects *rejects, FILE *table)
{
    struct cell names[READER_COLUMNS + 1];
    for (size_t i = 0; i < rejects->column_count; i++) names[i] = (struct cell){ rejects->columns[i], CELL_TEXT };
    names[rejects->column_count] = (struct cell){ STR("rejected"), CELL_TEXT };
    rejects->line.length = rejects->clean.length = 0;
    table_text(names, rejects->column_count + 1, &rejects->line);
    add_clean(&rejects->clean, text_str(&rejects->line));
    fputs("\xef\xbb\xbf", table);
    fwrite(rejects->clean.at, 1, rejects->clean.length, table);
    fputs("\r\n", table);
    bool good = fflush(rejects->body) == 0 && copy_body(rejects, table);
    return fflush(table) == 0 && good;
}

/* Writes out and closes the lists in hand. */
static bool end_files(struct rejects *rejects, struct error *error)
{
    bool good = true;
    if (rejects->list) good = fflush(rejects->list) == 0 && !ferror(rejects->list);
    if (rejects->body) {
        FILE *table = make_file(path_of(&rejects->table_path));
        good = table && write_table(rejects, table) && good;
        struct timespec now, times[2];
        clock_gettime(CLOCK_REALTIME, &now);
        times[0] = times[1] = now;
        if (table) {
            futimens(fileno(rejects->list), times);
            futimens(fileno(table), times);
            good = fclose(table) == 0 && good;
        }
        fclose(rejects->body);
    }
    if (!good) fail_errno(error, "the rejects could not all be written to %s", path_of(&rejects->table_path));
    if (rejects->list) fclose(rejects->list);
    rejects->list = rejects->body = NULL;
    rejects->column_count = 0;
    arena_reset(&rejects->names);
    return good;
}

bool rejects_begin(struct rejects *rejects, const char *file, struct error *error)
{
    bool first = rejects->file == NULL;
    if (!rejects->place && !end_files(rejects, error)) return false;
    free(rejects->file);
    rejects->file = strdup(file);
    must(rejects->file != NULL);
    rejects->on_stderr = !rejects->place && strcmp(file, "-") == 0;
    if (rejects->on_stderr || (rejects->place && !first)) return true;
    name_files(rejects);
    return remove_old(rejects, error);
}

bool rejects_close(struct rejects *rejects, struct error *error)
{
    if (!rejects) return true;
    bool good = end_files(rejects, error);
    free(rejects->file);
    text_close(&rejects->list_path);
    text_close(&rejects->table_path);
    text_close(&rejects->line);
    text_close(&rejects->clean);
    arena_close(&rejects->names);
    free(rejects);
    return good;
}
