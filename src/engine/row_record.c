#include "engine/row_record.h"

#include "engine/entry.h"

/* Sources of the program itself. */
static const struct str reserved = STR("mingbai:");

bool source_is_good(struct str name, bool own, struct error *error)
{
    if (!name.length || name.length > SOURCE_LIMIT)
        return fail_both(error, ERROR_USAGE, "a source has 1 to %d bytes", "来源名称须为 1 至 %d 字节", SOURCE_LIMIT);
    for (size_t i = 0; i < name.length; i++)
        if ((unsigned char)name.at[i] < ' ' || name.at[i] == 0x7f)
            return fail_both(error, ERROR_USAGE, "a source's name has no line breaks and no control characters: give another with --source NAME",
                             "来源名称不得含换行或控制字符：请用 --source 另取名称");
    if (!own && str_starts(name, reserved))
        return fail_both(error, ERROR_USAGE, "sources that begin with mingbai: are the program's own: choose another name",
                         "以 mingbai: 开头的来源归程序自用：请另取名称");
    return true;
}

static bool is_rows_fault(const struct error *error)
{
    return error->code != ERROR_DISK && error->code != ERROR_DAMAGE && error->code != ERROR_BUSY;
}

enum row_verdict row_record(const struct row_rules *rules, const struct row *row, struct arena *arena, struct record *record,
                            struct str *field, struct error *error)
{
    const struct field *wrong = NULL;
    *field = (struct str){ 0 };
    error_clear(error);
    bool is_unread = row->problem.english != NULL;
    if (is_unread || !map_record(rules->map, row, rules->source, rules->now, arena, record, field, error)) {
        if (is_unread) fail_says(error, ERROR_INPUT, row->problem);
        bool is_known = is_unread || !map_has_seq(rules->map);
        record->source = is_known ? rules->source : (struct str){ 0 };
        record->seq = row->line;
        return ROW_WRONG;
    }
    if (!record->source.length) {
        fail_both(error, ERROR_USAGE, "standard input needs a name for where it comes from: give one with --source NAME",
                  "从标准输入装入须写明来源：请用 --source 名称 指定");
        return ROW_FAILED;
    }
    if (record->source.at != rules->source.at && !str_equal(record->source, rules->source) && !source_is_good(record->source, rules->own, error)) {
        *field = STR("source");
        record->source = (struct str){ 0 };
        return ROW_WRONG;
    }
    if (record->kind->derive) record->kind->derive(record);
    if (record_check(record, &wrong, error) && (!rules->admit || rules->admit(rules->context, record, &wrong, error))) return ROW_GOOD;
    *field = str_of(wrong ? wrong->name : NULL);
    return is_rows_fault(error) ? ROW_WRONG : ROW_FAILED;
}
