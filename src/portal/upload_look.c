/* Looking at an upload: its columns, the map it needs, what would be taken of it. And loading it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json.h"
#include "base/moment.h"
#include "engine/load.h"
#include "engine/row_record.h"
#include "portal/bringing.h"
#include "portal/upload.h"

struct look {
    struct upload *upload;
    struct taking *taking;
    struct reader *reader;
    struct map *map;
    struct text source;
    struct text good, bad[LANGUAGES]; /* rows that were, and were not, taken: JSON, separated by commas */
    struct text lines;     /* where the map is not ready yet: the first rows as they are */
    size_t good_count, bad_count;
    uint64_t read;
    bool more;
};

static enum reader_format format_number(const char *format)
{
    return !strcmp(format, "xlsx") ? FORMAT_XLSX : !strcmp(format, "xls") ? FORMAT_XLS : !strcmp(format, "jsonl") ? FORMAT_JSONL : !strcmp(format, "json") ? FORMAT_JSON : FORMAT_CSV;
}

static void map_path(const struct upload *upload, struct text *path)
{
    text_format(path, "%s.map.json", upload->path);
}

/* A map is read from a file, as everybody's. */
static bool map_write(const struct upload *upload, struct text *path, struct error *error)
{
    map_path(upload, path);
    char *text = json_dumps(upload->map, JSON_INDENT(2));
    must(text != NULL);
    bool written = disk_replace(disk_posix(), text_zero(path), text, strlen(text), error);
    free(text);
    return written;
}

static struct map *map_ready(const struct upload *upload, struct error *error)
{
    if (!upload->map) return map_plain(upload->kind);
    struct text path = { 0 };
    struct map *map = map_write(upload, &path, error) ? map_open(upload->kind, text_zero(&path), error) : NULL;
    if (!map) error_rename(error, text_zero(&path), (struct says){ "the map", "对应表" });
    text_close(&path);
    return map;
}

static struct reader *reader_ready_for(const struct upload *upload, struct map *map, struct error *error)
{
    struct reader_options options = { .path = upload->path, .format = format_number(upload->format), .sheet = upload->sheet[0] ? upload->sheet : NULL };
    options.wanted = map_columns(map, &options.wanted_count);
    struct reader *reader = reader_open(&options, error);
    if (!reader) error_rename(error, upload->path, (struct says){ upload->name, upload->name });
    return reader;
}

static void look_close(struct look *look)
{
    if (look->reader) reader_close(look->reader);
    if (look->map) map_close(look->map);
    look->reader = NULL;
    look->map = NULL;
}

/* Opens the file with its map; what is wrong with the map is the upload's map_problem, and no failure. */
static bool look_open(struct look *look, struct error *error)
{
    struct upload *upload = look->upload;
    size_t count;
    upload->map_problem = (struct error){ 0 };
    if (!(look->map = map_ready(upload, &upload->map_problem))) {
        struct map *plain = map_plain(upload->kind);
        look->reader = reader_ready_for(upload, plain, error);
        map_close(plain);
        return look->reader;
    }
    if (!(look->reader = reader_ready_for(upload, look->map, error))) return false;
    const struct str *columns = reader_columns(look->reader, &count);
    if (count) map_bind(look->map, columns, count, &upload->map_problem);
    error_rename(&upload->map_problem, upload->path, (struct says){ upload->name, upload->name });
    return true;
}

/* Where the columns are not the fields: what a person would begin with. */
static bool map_propose_for(struct look *look, struct error *error)
{
    struct upload *upload = look->upload;
    struct text proposed = { 0 };
    struct error ignored = { 0 };
    struct map *plain = map_plain(upload->kind);
    struct error header = upload->map_problem;
    look_close(look);
    bool done = (look->reader = reader_ready_for(upload, plain, error)) != NULL;
    if (done && map_propose(upload->kind, look->reader, &proposed, &ignored)) upload->map = json_loadb(proposed.at, proposed.length, 0, NULL);
    json_object_del(upload->map, "note");
    map_close(plain);
    text_close(&proposed);
    look_close(look);
    done = done && look_open(look, error);
    if (done && upload->map_problem.code) upload->map_problem = header;
    return done;
}

/* ---- rows ---- */

static void cell_add(struct json *json, struct str text)
{
    if (text.length > UPLOAD_CELL_BYTES) {
        text.length = UPLOAD_CELL_BYTES;
        while (text.length && (text.at[text.length] & 0xc0) == 0x80) text.length--;
    }
    json_add_string(json, text);
}

static void cells_add(struct json *json, const struct row *row)
{
    json_open(json, '[');
    for (size_t i = 0; i < row->count; i++) cell_add(json, row->cells[i].text);
    json_close(json, ']');
}

/* With the reason, or NULL where it was taken. */
static void row_add(struct text *out, const struct row *row, struct str field, const char *reason)
{
    if (out->length) text_add_byte(out, ',');
    struct json json = { .out = out };
    json_open(&json, '{');
    json_put_number(&json, "line", (int64_t)row->line);
    json_key(&json, "ok");
    json_add_bool(&json, !reason);
    if (reason) {
        json_put_string(&json, "field", field);
        json_put_string(&json, "reason", str_of(reason));
    }
    json_key(&json, "cells");
    cells_add(&json, row);
    json_close(&json, '}');
}

static bool row_look(struct look *look, const struct row *row, struct arena *arena, struct error *error)
{
    struct record record = { .kind = look->upload->kind };
    struct str field;
    struct error reason;
    struct row_rules rules = { .map = look->map, .source = text_str(&look->source), .now = moment_now(), .admit = taking_admit, .context = look->taking };
    enum row_verdict verdict = row_record(&rules, row, arena, &record, &field, &reason);
    if (verdict == ROW_FAILED) {
        *error = reason;
        return false;
    }
    if (verdict == ROW_GOOD) {
        if (look->good_count++ < UPLOAD_SHOWN) row_add(&look->good, row, field, NULL);
    } else if (look->bad_count++ < UPLOAD_SHOWN) {
        row_add(&look->bad[ENGLISH], row, field, reason.says);
        row_add(&look->bad[CHINESE], row, field, *reason.chinese ? reason.chinese : reason.says);
    }
    return true;
}

static bool rows_look(struct look *look, struct error *error)
{
    struct arena arena = { 0 };
    size_t bound = 0, count;
    bool done = true;
    reader_columns(look->reader, &bound);
    for (;;) {
        struct row row;
        bool more;
        done = reader_next(look->reader, &row, &more, error);
        if (!done || !more) break;
        if ((look->more = look->read == UPLOAD_ROWS)) break;
        look->read++;
        const struct str *columns = reader_columns(look->reader, &count);
        if (count != bound && !(done = map_bind(look->map, columns, count, error))) break;
        bound = count;
        if (!(done = row_look(look, &row, &arena, error))) break;
        arena_reset(&arena);
    }
    arena_close(&arena);
    if (!done) error_rename(error, look->upload->path, (struct says){ look->upload->name, look->upload->name });
    return done;
}

/* What stands in the columns, for who fills in the map. */
static bool lines_look(struct look *look, struct error *error)
{
    bool done = true, more = true;
    for (size_t i = 0; done && more && i < UPLOAD_SHOWN; i++) {
        struct row row;
        struct json json = { .out = &look->lines, .more = i > 0 };
        done = reader_next(look->reader, &row, &more, error);
        if (done && more) cells_add(&json, &row);
    }
    if (!done) error_rename(error, look->upload->path, (struct says){ look->upload->name, look->upload->name });
    return done;
}

/* ---- what was seen ---- */

static void sheets_put(struct json *json, const struct reader *reader)
{
    json_key(json, "sheets");
    json_open(json, '[');
    for (size_t i = 0; reader_sheet(reader, i).at; i++) json_add_string(json, reader_sheet(reader, i));
    json_close(json, ']');
}

static void looked_write(struct look *look, enum language language)
{
    struct upload *upload = look->upload;
    size_t count;
    const struct str *columns = reader_columns(look->reader, &count);
    const struct text *bad = &look->bad[language];
    upload->looked[language].length = 0;
    struct json json = { .out = &upload->looked[language] };
    json_put_string(&json, "encoding", str_of(reader_encoding(look->reader)));
    json_put_string(&json, "format", str_of(upload->format));
    sheets_put(&json, look->reader);
    json_key(&json, "columns");
    json_open(&json, '[');
    for (size_t i = 0; i < count; i++) json_add_string(&json, columns[i]);
    json_close(&json, ']');
    json_key(&json, "lines");
    json_open(&json, '[');
    text_add(json.out, text_str(&look->lines));
    json.more = true;
    json_close(&json, ']');
    json_put_string(&json, "source", text_str(&look->source));
    json_key(&json, "preview");
    if (upload->map_problem.code) {
        json_add_null(&json);
        return;
    }
    json_open(&json, '{');
    json_put_number(&json, "read", (int64_t)look->read);
    json_put_number(&json, "accepted", (int64_t)look->good_count);
    json_put_number(&json, "rejected", (int64_t)look->bad_count);
    json_key(&json, "more");
    json_add_bool(&json, look->more);
    json_key(&json, "rows");
    json_open(&json, '[');
    text_add(json.out, text_str(bad));
    if (bad->length && look->good.length) text_add_byte(json.out, ',');
    text_add(json.out, text_str(&look->good));
    json.more = true;
    json_close(&json, ']');
    json_close(&json, '}');
}

bool upload_look(struct upload *upload, struct portal *portal, const struct identity *who, struct error *error)
{
    struct taking taking;
    struct look look = { .upload = upload, .taking = &taking };
    if (!taking_open(&taking, portal, who, upload->kind, true, error)) return false;
    if (!upload->map_is_given) {
        json_decref(upload->map);
        upload->map = NULL;
    }
    bool done = load_source(upload->path, str_of(upload->name), &look.source, error) && look_open(&look, error);
    if (done && upload->map_problem.code && !upload->map_is_given) done = map_propose_for(&look, error);
    if (done) done = upload->map_problem.code ? lines_look(&look, error) : rows_look(&look, error);
    for (int language = ENGLISH; done && language <= CHINESE; language++) looked_write(&look, (enum language)language);
    look_close(&look);
    taking_close(&taking);
    text_close(&look.source);
    text_close(&look.good);
    text_close(&look.bad[ENGLISH]);
    text_close(&look.bad[CHINESE]);
    text_close(&look.lines);
    return done;
}

void upload_show(const struct upload *upload, enum language language, struct text *out)
{
    const struct error *problem = &upload->map_problem;
    struct json json = { .out = out };
    json_open(&json, '{');
    json_put_string(&json, "upload", str_of(upload->id));
    json_put_string(&json, "kind", str_of(upload->kind->name));
    json_put_string(&json, "name", str_of(upload->name));
    json_put_string(&json, "sheet", str_of(upload->sheet[0] ? upload->sheet : NULL));
    json_key(&json, "map");
    char *map = upload->map ? json_dumps(upload->map, JSON_COMPACT) : NULL;
    text_add(out, str_of(map ? map : "null"));
    json.more = true;
    free(map);
    json_put_string(&json, "map_problem", str_of(!problem->code ? NULL : language == CHINESE && *problem->chinese ? problem->chinese : problem->says));
    text_add_byte(out, ',');
    text_add(out, text_str(&upload->looked[language]));
    json_close(&json, '}');
}

/* ---- loading ---- */

void upload_rejected(const struct upload *upload, struct text *path)
{
    text_format(path, "%s.rejected.csv", upload->path);
}

bool upload_load(struct upload *upload, struct portal *portal, const struct identity *who, enum language language, struct text *out,
                 struct error *error)
{
    struct text map = { 0 }, rejects = { 0 };
    if (upload->map_problem.code) {
        *error = upload->map_problem;
        error->code = ERROR_CONFLICT;
        return false;
    }
    text_format(&rejects, "%s.rejected.jsonl", upload->path);
    bool done = (!upload->map || map_write(upload, &map, error)) &&
                bring(portal, who,
                      &(struct bringing){ .kind = upload->kind, .path = upload->path, .name = { upload->name, upload->name }, .format = upload->format,
                                          .sheet = upload->sheet[0] ? upload->sheet : NULL, .map = upload->map ? text_zero(&map) : NULL,
                                          .rejects = text_zero(&rejects), .language = language },
                      out, error);
    text_close(&map);
    text_close(&rejects);
    return done;
}
