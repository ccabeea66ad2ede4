#include "engine/correction.h"

bool record_name_read(struct str text, struct record_name *name)
{
    if (!text.at) return false;
    const char *slash = memrchr(text.at, '/', text.length);
    if (!slash || slash == text.at) return false;
    name->source = (struct str){ text.at, (size_t)(slash - text.at) };
    return str_number((struct str){ slash + 1, text.length - name->source.length - 1 }, &name->seq);
}

bool correction_twice(struct record_name target, struct error *error)
{
    return fail_both(error, ERROR_INPUT, "record %.*s/%llu is corrected already, and a record is corrected once",
                     "记录 %.*s/%llu 已被更正过：一条记录只能更正一次", STR_ARGS(target.source), (unsigned long long)target.seq);
}

bool correction_of_correction(struct record_name target, struct error *error)
{
    return fail_both(error, ERROR_INPUT, "record %.*s/%llu is a correction itself, and a correction is not corrected: withdraw its source and load it anew",
                     "记录 %.*s/%llu 本身是更正，不能再更正：请撤回其来源后重新装入", STR_ARGS(target.source), (unsigned long long)target.seq);
}

bool correction_is_corrected(struct record_name own, struct error *error)
{
    return fail_both(error, ERROR_INPUT, "this record (%.*s/%llu) is corrected by another, and so cannot be a correction",
                     "本记录（%.*s/%llu）已被另一条更正，不能再是更正", STR_ARGS(own.source), (unsigned long long)own.seq);
}

/* The record of the other two columns in the row of these, if there is one. */
static bool row_find(struct store *store, const char *table, bool by_target, struct record_name name, struct record_name *other, bool *found,
                     char room[256], struct error *error)
{
    struct text sql = { 0 };
    if (by_target)
        text_format(&sql, "SELECT \"source\", \"seq\" FROM \"%s\" WHERE \"target_source\" = $1 AND \"target_seq\" = $2", table);
    else
        text_format(&sql, "SELECT \"target_source\", \"target_seq\" FROM \"%s\" WHERE \"source\" = $1 AND \"seq\" = $2", table);
    struct statement *select = store_prepare(store, text_zero(&sql), error);
    text_close(&sql);
    if (!select) return false;
    statement_text(select, 1, name.source);
    statement_number(select, 2, (int64_t)name.seq);
    if (!statement_step(select, found, error)) return false;
    if (!*found) return true;
    struct str source = column_text(select, 0);
    if (source.length > 255) source.length = 255;
    memcpy(room, source.at, source.length);
    *other = (struct record_name){ { room, source.length }, (uint64_t)column_number(select, 1) };
    statement_reset(select);
    return true;
}

bool correction_look(struct store *store, const char *table, struct record_name own, struct record_name target, struct str replaces,
                     struct error *error)
{
    struct record_name other;
    char room[256];
    bool found;
    if (!row_find(store, table, true, target, &other, &found, room, error)) return false;
    if (found && !record_name_equal(other, own) && !(replaces.length && str_equal(other.source, replaces))) return correction_twice(target, error);
    if (!row_find(store, table, false, target, &other, &found, room, error)) return false;
    if (found && !(replaces.length && str_equal(target.source, replaces))) return correction_of_correction(target, error);
    if (!row_find(store, table, true, own, &other, &found, room, error)) return false;
    return !found || (replaces.length && str_equal(other.source, replaces)) || correction_is_corrected(own, error);
}
