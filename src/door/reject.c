#include "door/reject.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "base/memory.h"
#include "door/table.h"

static const char column_name[] = "rejected";

/* A row of the CSV in the scratch file: JSON's columns grow, so it is only written once all are known. */
struct body_row {
    uint32_t columns, cells_length, reason_length;
};

struct rejects {
    char *file;
    struct text list_path, table_path;
    FILE *list; /* NULL: nothing has been rejected */
    FILE *body; /* rows of the CSV; NULL: none is wanted */
    bool plain; /* the list is a regular file, so there is a CSV beside it */
    struct arena names;
    struct str columns[READER_COLUMNS];
    size_t column_count, surplus; /* the most cells behind the columns */
    struct text line, clean;
    struct error failure; /* the first */
    FILE *caller;  /* where the list goes that has no place; not to be closed */
};

/* ---- the files ---- */

static void name_files(struct rejects *rejects, const char *file, const char *place)
{
    if (place)
        text_add(&rejects->list_path, str_of(place));
    else
        text_format(&rejects->list_path, "%s.rejected.jsonl", file);
    struct str table = text_str(&rejects->list_path);
    if (str_ends(table, STR(".jsonl"))) table.length -= STR(".jsonl").length;
    text_format(&rejects->table_path, "%.*s.csv", STR_ARGS(table));
}

/* Whether a path leads, by whatever spelling or link, to the file that is loaded. */
static bool is_input(const char *path, const char *file)
{
    struct stat it, input;
    bool known = (strcmp(file, "-") == 0 ? fstat(STDIN_FILENO, &input) : stat(file, &input)) == 0 && S_ISREG(input.st_mode);
    return known && stat(path, &it) == 0 && it.st_dev == input.st_dev && it.st_ino == input.st_ino;
}

/* Whether what stands at the place of the list is one, or nothing: nobody's file is overwritten. */
static bool is_list(const char *path)
{
    char start[sizeof "{\"file\":" - 1];
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) return true;
    FILE *file = fopen(path, "re");
    bool is = file && fread(start, 1, sizeof start, file) == sizeof start && memcmp(start, "{\"file\":", sizeof start) == 0;
    if (file) fclose(file);
    return is;
}

static bool stays_clear(struct rejects *rejects, const char *file, struct error *error)
{
    const char *list = text_zero(&rejects->list_path), *table = text_zero(&rejects->table_path);
    if (is_input(list, file) || is_input(table, file))
        return fail_both(error, ERROR_USAGE,
                         "the lists of rejects %s and %s would take the place of the file that is loaded: name another place with "
                         "--rejects",
                         "未被接受的记录要写到 %s 和 %s，会覆盖正在装入的文件：请用 --rejects 另选位置", list, table);
    return is_list(list) || fail_both(error, ERROR_USAGE, "%s is there and is no list of rejects: name another place with --rejects",
                                      "%s 已存在，而且不是未被接受记录的清单：请用 --rejects 另选位置", list);
}

static bool old_stays(const char *path, struct error *error)
{
    return fail_errno_both(error, "the old list of rejects %s cannot be replaced", "原有的未被接受记录清单 %s 无法替换", path);
}

/* Removes the lists of an earlier load. They were given the same time of change: a CSV with another one was mended by hand. */
static bool remove_old(struct rejects *rejects, struct error *error)
{
    const char *list = text_zero(&rejects->list_path), *table = text_zero(&rejects->table_path);
    struct stat list_is, table_is;
    bool has_list = lstat(list, &list_is) == 0;
    rejects->plain = !has_list || S_ISREG(list_is.st_mode);
    if (!rejects->plain)
        return !S_ISDIR(list_is.st_mode) || fail_both(error, ERROR_USAGE, "%s is a directory: name a file for the rejects",
                                                         "%s 是目录：请指定一个文件来写未被接受的记录", list);
    if (lstat(table, &table_is) == 0 && S_ISREG(table_is.st_mode)) {
        bool untouched = has_list && list_is.st_mtim.tv_sec == table_is.st_mtim.tv_sec &&
                         list_is.st_mtim.tv_nsec == table_is.st_mtim.tv_nsec;
        struct text old = { 0 };
        text_format(&old, "%s.old", table);
        bool good = untouched ? unlink(table) == 0 : rename(table, text_zero(&old)) == 0;
        text_close(&old);
        if (!good) return old_stays(table, error);
    }
    return !has_list || unlink(list) == 0 || old_stays(list, error);
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
    const char *list = text_zero(&rejects->list_path);
    rejects->list = rejects->plain ? make_file(list) : fopen(list, "ae");
    if (!rejects->list)
        return fail_errno_both(error, "the list of rejects %s cannot be made (choose another place with --rejects)",
                               "无法建立未被接受记录的清单 %s（请用 --rejects 另选位置）", list);
    if (!rejects->plain) return true;
    rejects->body = make_scratch(text_zero(&rejects->table_path));
    return rejects->body || fail_errno_both(error, "a file beside %s cannot be made (choose another place with --rejects)",
                                            "无法在 %s 旁建立文件（请用 --rejects 另选位置）", list);
}

struct rejects *rejects_open(const char *file, const char *place, FILE *caller, struct error *error)
{
    struct rejects *rejects = allocate(sizeof *rejects);
    rejects->file = strdup(file);
    must(rejects->file != NULL);
    if (!place && strcmp(file, "-") == 0) {
        rejects->list = rejects->caller = caller ? caller : stderr;
        return rejects;
    }
    name_files(rejects, file, place);
    if (stays_clear(rejects, file, error) && remove_old(rejects, error)) return rejects;
    rejects_close(rejects, NULL);
    return NULL;
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
                while (length <= 4 && good + length <= string.length && !str_is_utf8((struct str){ string.at + good, length }))
                    length++;
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

static void add_body_row(struct rejects *rejects, const struct row *row, struct str reason, const struct str *columns,
                         size_t count)
{
    struct cell cells[READER_COLUMNS] = { 0 }, last = { reason, CELL_TEXT };
    for (size_t i = 0; i < count; i++) {
        size_t place = place_of(rejects, columns[i], i);
        if (place < READER_COLUMNS && row->cells) cells[place] = row->cells[i];
    }
    if (!rejects->column_count) place_of(rejects, STR("text"), 0);
    if (!row->cells) cells[0] = (struct cell){ row->text, CELL_TEXT };
    size_t filled = rejects->column_count, surplus = row->count > count ? row->count - count : 0;
    must(filled + surplus <= READER_COLUMNS);
    for (size_t i = 0; i < surplus; i++)
        cells[filled++] = row->cells[count + i];
    if (surplus > rejects->surplus) rejects->surplus = surplus;
    struct body_row kept = { .columns = (uint32_t)filled };
    rejects->line.length = rejects->clean.length = 0;
    table_text(cells, filled, &rejects->line);
    add_clean(&rejects->clean, text_str(&rejects->line));
    kept.cells_length = (uint32_t)rejects->clean.length;
    rejects->line.length = 0;
    table_text(&last, 1, &rejects->line);
    add_clean(&rejects->clean, text_str(&rejects->line));
    kept.reason_length = (uint32_t)rejects->clean.length - kept.cells_length;
    fwrite(&kept, sizeof kept, 1, rejects->body);
    fwrite(rejects->clean.at, 1, rejects->clean.length, rejects->body);
}

static void add_list_line(struct rejects *rejects, const struct row *row, struct str field, struct str reason)
{
    rejects->line.length = 0;
    struct json json = { .out = &rejects->line };
    json_open(&json, '{');
    json_put_string(&json, "file", str_of(rejects->file));
    json_put_number(&json, "line", (int64_t)row->line);
    json_put_string(&json, "field", field);
    json_put_string(&json, "reason", reason);
    json_put_string(&json, "text", row->text.at ? row->text : STR(""));
    json_close(&json, '}');
    text_add_byte(&rejects->line, '\n');
    fwrite(rejects->line.at, 1, rejects->line.length, rejects->list);
}

void rejects_add(struct rejects *rejects, const struct row *row, struct str field, const char *reason,
                 const struct str *columns, size_t count)
{
    if (rejects->failure.code != ERROR_NONE) return;
    if (!rejects->list && !make_files(rejects, &rejects->failure)) return;
    add_list_line(rejects, row, field, str_of(reason));
    if (rejects->body) add_body_row(rejects, row, str_of(reason), columns, count);
    if (ferror(rejects->list) || (rejects->body && ferror(rejects->body)))
        fail_errno_both(&rejects->failure, "the rejects cannot be written to %s%.0s", "未被接受的记录无法写入%.0s %s",
                        rejects->list_path.length ? text_zero(&rejects->list_path) : "standard error",
                        rejects->list_path.length ? text_zero(&rejects->list_path) : "标准错误输出");
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
        for (size_t i = row.columns; i <= rejects->column_count + rejects->surplus; i++)
            fputc(',', table);
        fwrite(rejects->clean.at + row.cells_length, 1, row.reason_length, table);
        fputs("\r\n", table);
    }
    return !ferror(rejects->body);
}

static bool write_table(struct rejects *rejects, FILE *table)
{
    struct cell names[READER_COLUMNS + READER_COLUMNS + 1] = { 0 };
    size_t count = rejects->column_count + rejects->surplus;
    for (size_t i = 0; i < rejects->column_count; i++)
        names[i] = (struct cell){ rejects->columns[i], CELL_TEXT };
    names[count] = (struct cell){ STR("rejected"), CELL_TEXT };
    rejects->line.length = rejects->clean.length = 0;
    table_text(names, count + 1, &rejects->line);
    add_clean(&rejects->clean, text_str(&rejects->line));
    fputs("\xef\xbb\xbf", table);
    fwrite(rejects->clean.at, 1, rejects->clean.length, table);
    fputs("\r\n", table);
    bool good = fflush(rejects->body) == 0 && copy_body(rejects, table);
    return fflush(table) == 0 && good;
}

/* Both lists get one time of change, by which a later load sees whether the CSV has been mended. */
static bool finish_table(struct rejects *rejects)
{
    FILE *table = make_file(text_zero(&rejects->table_path));
    if (!table) return false;
    bool good = write_table(rejects, table);
    struct timespec now, times[2];
    clock_gettime(CLOCK_REALTIME, &now);
    times[0] = times[1] = now;
    futimens(fileno(rejects->list), times);
    futimens(fileno(table), times);
    return fclose(table) == 0 && good;
}

bool rejects_close(struct rejects *rejects, struct error *error)
{
    if (!rejects) return true;
    if (rejects->list && fflush(rejects->list) != 0 && rejects->failure.code == ERROR_NONE)
        fail_errno_both(&rejects->failure, "the rejects could not all be written", "未被接受的记录没有全部写出");
    if (rejects->body && !finish_table(rejects) && rejects->failure.code == ERROR_NONE)
        fail_errno_both(&rejects->failure, "the rejects could not all be written to %s", "未被接受的记录没有全部写入 %s",
                        text_zero(&rejects->table_path));
    if (rejects->body) fclose(rejects->body);
    if (rejects->list && rejects->list != rejects->caller) fclose(rejects->list);
    bool good = rejects->failure.code == ERROR_NONE;
    if (!good && error) *error = rejects->failure;
    free(rejects->file);
    text_close(&rejects->list_path);
    text_close(&rejects->table_path);
    text_close(&rejects->line);
    text_close(&rejects->clean);
    arena_close(&rejects->names);
    free(rejects);
    return good;
}
