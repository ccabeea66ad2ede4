#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/moment.h"
#include "base/number.h"
#include "door/kind.h"
#include "door/normal.h"
#include "door/person.h"
#include "door/quote.h"

enum { ID_BYTES = 64, CODE_BYTES = 64, LABEL_BYTES = 1000, SEALED_BYTES = 100000, FORM_BYTES_MOST = 65536, PERCENT_DECIMALS = 4 };

/* One cell on its way to a value. */
struct parsing {
    const struct field *field;
    struct str given; /* as in the file, without outer blanks */
    struct str text;  /* normal_text of it, or given for what people wrote */
    enum cell_type type;
    int64_t now;
    struct arena *arena;
};

/* Refuses the cell: what is wrong and what would be right, behind the quoted cell. */
static bool refuse(const struct parsing *parsing, struct error *error, const char *english, const char *chinese)
{
    char room[QUOTE_ROOM];
    return fail_both(error, ERROR_INPUT, "%s %s%.0s", "%s %.0s%s", quote(parsing->given, room), english, chinese);
}

static bool refuse_encoding(const struct parsing *parsing, struct error *error)
{
    return refuse(parsing, error, "is not UTF-8", "不是 UTF-8 编码的文字");
}

/* ---- names and texts ---- */

static bool has_control(struct str text, bool but_lines)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if ((byte < 0x20 && !(but_lines && (byte == '\n' || byte == '\r' || byte == '\t'))) || byte == 0x7f) return true;
        if (byte == 0xc2 && i + 1 < text.length && (unsigned char)text.at[i + 1] < 0xa0) return true;
    }
    return false;
}

static bool is_code(struct str text)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.at[i] <= ' ' || text.at[i] > '~') return false;
    return true;
}

/* A name or code that a spreadsheet kept as a number. */
static bool take_number(struct parsing *parsing, struct error *error)
{
    if (is_ruined_number(parsing->text) || (parsing->type == CELL_NUMBER && !number_cell_digits(parsing->text, &parsing->text)))
        return refuse(parsing, error,
                      "has lost its digits in a spreadsheet: format the column as text, fill it in again and export again",
                      "被电子表格改成了科学计数，丢了位数：请把该列设为文本格式，重新填写后再导出");
    return true;
}

static bool parse_id(struct parsing *parsing, struct value *value, struct error *error)
{
    if (!take_number(parsing, error)) return false;
    if (parsing->text.length > ID_BYTES)
        return refuse(parsing, error, "is too long: at most 64 bytes (21 Chinese characters)", "太长：最多 64 字节（21 个汉字）");
    if (has_control(parsing->text, false))
        return refuse(parsing, error, "has a line break or another control character in it: take it out", "含有换行或其他控制字符：请去掉");
    value->text = parsing->text;
    return true;
}

static bool parse_code(struct parsing *parsing, struct value *value, struct error *error)
{
    if (!take_number(parsing, error)) return false;
    if (!is_code(parsing->text))
        return refuse(parsing, error,
                      "is no code: a code has letters, digits and marks without spaces, as 320100 for Nanjing; "
                      "a map can turn names into codes",
                      "不是代码：代码由字母、数字和符号组成，不含空格和汉字，例如南京写作 320100；名称可用对应表转换成代码");
    if (parsing->text.length > CODE_BYTES)
        return refuse(parsing, error, "is too long for a code: at most 64 characters", "太长：代码最多 64 个字符");
    value->text = parsing->text;
    return true;
}

static bool parse_label(struct parsing *parsing, struct value *value, struct error *error)
{
    if (!str_is_utf8(parsing->text)) return refuse_encoding(parsing, error);
    if (parsing->text.length > LABEL_BYTES)
        return refuse(parsing, error, "is too long: at most 1,000 bytes", "太长：最多 1,000 字节（约 333 个汉字）");
    if (has_control(parsing->text, true))
        return refuse(parsing, error, "has a control character in it: take it out", "含有控制字符：请去掉");
    value->text = parsing->text;
    return true;
}

static bool parse_person(struct parsing *parsing, struct value *value, struct error *error)
{
    return person_parse(parsing->text, parsing->type, parsing->arena, &value->text, error);
}

static bool parse_sealed(struct parsing *parsing, struct value *value, struct error *error)
{
    if (!str_is_utf8(parsing->text)) return refuse_encoding(parsing, error);
    if (parsing->text.length > SEALED_BYTES)
        return refuse(parsing, error, "is too long: at most 100,000 bytes", "太长：最多 100,000 字节（约 33,333 个汉字）");
    if (str_find(parsing->text, '\0') < parsing->text.length)
        return refuse(parsing, error, "has a zero byte in it: take it out", "含有零字节：请去掉");
    value->text = parsing->text;
    return true;
}

static bool parse_reason(struct parsing *parsing, struct value *value, struct error *error)
{
    value->reason = !parsing->text.length                           ? REASON_NONE
                    : str_equal_folded(parsing->text, STR("early")) ? REASON_EARLY
                    : str_equal_folded(parsing->text, STR("late"))  ? REASON_LATE
                                                                    : REASON_OTHER;
    return parse_sealed(parsing, value, error);
}

/* ---- words ---- */

static bool is_choice(const struct choice *choice, struct str text)
{
    return str_equal_folded(text, str_of(choice->word)) || str_equal_folded(text, str_of(choice->says[ENGLISH])) ||
           str_equal_folded(text, str_of(choice->says[CHINESE]));
}

static bool parse_choice(struct parsing *parsing, struct value *value, struct error *error)
{
    const struct field *field = parsing->field;
    for (size_t i = 0; i < field->choice_count; i++) {
        if (!is_choice(&field->choices[i], parsing->text) && !is_choice(&field->choices[i], parsing->given)) continue;
        value->number = (int64_t)i;
        return true;
    }
    char english[400], chinese[400];
    size_t used = (size_t)snprintf(english, sizeof english, "is none of the choices:");
    size_t used_chinese = (size_t)snprintf(chinese, sizeof chinese, "不在可选项之中：");
    for (size_t i = 0; i < field->choice_count && used < sizeof english; i++)
        used += (size_t)snprintf(english + used, sizeof english - used, "%s %s", i ? "," : "", field->choices[i].word);
    /* The file may have either word. */
    for (size_t i = 0; i < field->choice_count && used_chinese < sizeof chinese - QUOTE_ROOM; i++)
        used_chinese += (size_t)snprintf(chinese + used_chinese, sizeof chinese - used_chinese, "%s%s（%s）", i ? "、" : "",
                                         field->choices[i].says[CHINESE], field->choices[i].word);
    return refuse(parsing, error, english, chinese);
}

static bool parse_flag(struct parsing *parsing, struct value *value, struct error *error)
{
    static const struct str words[2][6] = {
        { STR("false"), STR("0"), STR("no"), STR("n"), STR("否"), STR("错") },
        { STR("true"), STR("1"), STR("yes"), STR("y"), STR("是"), STR("对") },
    };
    for (int64_t answer = 0; answer < 2; answer++) {
        for (size_t i = 0; i < sizeof words[0] / sizeof *words[0]; i++) {
            if (!str_equal_folded(parsing->text, words[answer][i])) continue;
            value->number = answer;
            return true;
        }
    }
    return refuse(parsing, error, "is neither true nor false: write true or false (yes or no, 是 or 否)",
                  "既不是“是”也不是“否”：请写 是 或 否（也可写 true 或 false）");
}

/* ---- days and moments ---- */

static bool parse_time(struct parsing *parsing, struct value *value, struct error *error)
{
    int32_t day;
    if (parsing->field->flags & FIELD_DAY_ENDS && day_parse(parsing->text, &day))
        value->number = day_start(day + 1);
    else if (!moment_parse(parsing->text, &value->number))
        return refuse(parsing, error, "is no time: write it as 2015-01-03T08:00:00+08:00 (or 2015-01-03 08:00:00)",
                      "不是时间：请写成 2015-01-03 08:00:00（或 2015-01-03T08:00:00+08:00）");
    if (value->number > parsing->now && value->number - parsing->now > DAY_MS)
        return refuse(parsing, error, "is more than a day in the future: write the time when it happened",
                      "比现在晚一天以上：请写实际发生的时间");
    return true;
}

/* A day, or the day of a time: sheets and exports put 00:00:00 behind a date. */
static bool read_day(struct str text, int32_t *day)
{
    int64_t moment;
    if (day_parse(text, day)) return true;
    if (!moment_parse(text, &moment)) return false;
    *day = day_of(moment);
    return true;
}

/* 9999-12-31, as some write where there is no end. */
static bool is_far_year(struct str text)
{
    uint64_t year, month;
    if (text.length < 8 || !str_number((struct str){ text.at, 4 }, &year) || (year >= 1900 && year <= 2200)) return false;
    bool is_plain = text.length == 8 && str_number((struct str){ text.at + 4, 2 }, &month) && month >= 1 && month <= 12;
    return is_plain || strchr("-/.", text.at[4]) || str_starts((struct str){ text.at + 4, text.length - 4 }, STR("年"));
}

static bool parse_date(struct parsing *parsing, struct value *value, struct error *error)
{
    int32_t day;
    if (!read_day(parsing->text, &day))
        return is_far_year(parsing->text)
                   ? refuse(parsing, error, "is no date of the years 1900 to 2200: leave an end that is open empty", "不在 1900 至 2200 年之间：没有截止日的请留空")
                   : refuse(parsing, error, "is no date: write it as 2015-01-03", "不是日期：请写成 2015-01-03");
    value->number = day;
    return true;
}

static bool parse_month(struct parsing *parsing, struct value *value, struct error *error)
{
    struct period period;
    int32_t day;
    if (period_parse(parsing->text, &period) && period.kind == 'M')
        value->number = period.first;
    else if (read_day(parsing->text, &day))
        value->number = period_of(day, 'M').first;
    else
        return refuse(parsing, error, "is no month: write it as 2015-01", "不是月份：请写成 2015-01");
    return true;
}

/* ---- numbers ---- */

static bool starts_with_digits(struct str text)
{
    size_t sign = text.length && (text.at[0] == '-' || text.at[0] == '+');
    return text.length > sign && text.at[sign] >= '0' && text.at[sign] <= '9';
}

/* Why a number was not read, where that can be told from its look. */
static bool refuse_number(const struct parsing *parsing, struct error *error, const char *english, const char *chinese)
{
    if (is_ruined_number(parsing->text))
        return refuse(parsing, error, "has lost its digits in a spreadsheet: format the column as a number and export again",
                      "被电子表格改成了科学计数，丢了位数：请把该列设为数值格式后再导出");
    size_t point = str_find(parsing->text, '.');
    if (starts_with_digits(parsing->text) && parsing->text.length - point > MONEY_DECIMALS + 1)
        return refuse(parsing, error, "has more than 6 decimals: round it", "超过 6 位小数：请四舍五入");
    return refuse(parsing, error, english, chinese);
}

static bool take_start(struct str *text, struct str start)
{
    if (!str_starts(*text, start)) return false;
    *text = str_trim((struct str){ text->at + start.length, text->length - start.length });
    return true;
}

static bool take_end(struct str *text, struct str end)
{
    if (!str_ends(*text, end)) return false;
    *text = str_trim((struct str){ text->at, text->length - end.length });
    return true;
}

static bool parse_money(struct parsing *parsing, struct value *value, struct error *error)
{
    struct str text = parsing->text;
    take_start(&text, STR("¥"));
    take_end(&text, STR("元"));
    return decimal_parse(text, MONEY_DECIMALS, &value->number) ||
           refuse_number(parsing, error, "is no amount in yuan: write it as 0.29", "不是金额（元）：请写成 0.29");
}

static bool parse_count(struct parsing *parsing, struct value *value, struct error *error)
{
    uint64_t number;
    if (str_number(parsing->text, &number)) {
        value->number = (int64_t)number;
        return true;
    }
    struct str text = parsing->text;
    size_t point = str_find(text, '.'), zeros = text.length;
    while (zeros > point + 1 && text.at[zeros - 1] == '0')
        zeros--;
    if (zeros == point + 1 && zeros < text.length) text.length = point; /* 12.0 of a sheet is 12 */
    if (decimal_parse(text, 0, &value->number))
        return value->number >= 0 ||
               refuse(parsing, error, "is below zero: a whole number from 0 on is wanted", "小于零：须为不小于 0 的整数");
    return refuse_number(parsing, error, "is no whole number from 0 to 9223372036854775807: write it as 157286400",
                         "不是 0 至 9223372036854775807 的整数：请写成 157286400");
}

static bool parse_decimal(struct parsing *parsing, struct value *value, struct error *error)
{
    struct str text = parsing->text;
    unsigned decimals = take_end(&text, STR("%")) ? PERCENT_DECIMALS : MONEY_DECIMALS;
    return decimal_parse(text, decimals, &value->number) ||
           refuse_number(parsing, error, "is no number: write it as 0.8 (or 80%), with at most 6 decimals",
                         "不是数字：请写成 0.8（或 80%），最多 6 位小数");
}

/* ---- published text, lists ---- */

static bool parse_prose(struct parsing *parsing, struct value *value, struct error *error)
{
    if (!str_is_utf8(parsing->text)) return refuse_encoding(parsing, error);
    if (parsing->text.length > FORM_BYTES_MOST)
        return refuse(parsing, error, "is too long: at most 64 KiB", "太长：最多 64 KiB");
    if (has_control(parsing->text, true))
        return refuse(parsing, error, "has a control character in it: take it out", "含有控制字符：请去掉");
    value->text = parsing->text;
    return true;
}

static bool is_between(char byte)
{
    return byte == ' ' || byte == ';' || byte == ',';
}

/* A list of the words of a cell; whole numbers among them become numbers. */
static json_t *words_list(struct str text)
{
    json_t *list = json_array();
    for (size_t at = 0; at < text.length;) {
        size_t end = at;
        while (end < text.length && !is_between(text.at[end])) end++;
        struct str word = { text.at + at, end - at };
        uint64_t number;
        if (word.length)
            json_array_append_new(list, str_number(word, &number) ? json_integer((json_int_t)number) : json_stringn(word.at, word.length));
        at = end + 1;
    }
    return list;
}

static bool parse_form(struct parsing *parsing, struct value *value, struct error *error)
{
    struct str text = parsing->text;
    bool is_json = text.at[0] == '[' || text.at[0] == '{';
    if (text.length > FORM_BYTES_MOST) return refuse(parsing, error, "is too long: at most 64 KiB", "太长：最多 64 KiB");
    if (has_control(text, true)) return refuse(parsing, error, "has a control character in it: take it out", "含有控制字符：请去掉");
    json_error_t place;
    json_t *json = is_json ? json_loadb(text.at, text.length, JSON_REJECT_DUPLICATES, &place) : words_list(text);
    if (!json) return refuse(parsing, error, "is no JSON: a list looks like [80, 100]", "不是 JSON：列表写成 [80, 100] 这样");
    char *compact = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(15));
    json_decref(json);
    if (!compact) return refuse_encoding(parsing, error);
    value->text.length = strlen(compact);
    value->text.at = arena_copy(parsing->arena, compact, value->text.length);
    free(compact);
    return true;
}

/* ---- a cell, a record ---- */

static const struct {
    bool (*parse)(struct parsing *parsing, struct value *value, struct error *error);
    bool as_written; /* only trimmed: text that people wrote */
} parsers[] = {
    [FIELD_ID] = { parse_id, false },         [FIELD_CODE] = { parse_code, false },
    [FIELD_LABEL] = { parse_label, true },    [FIELD_PERSON] = { parse_person, false },
    [FIELD_SEALED] = { parse_sealed, true },  [FIELD_REASON] = { parse_reason, true },
    [FIELD_CHOICE] = { parse_choice, false }, [FIELD_FLAG] = { parse_flag, false },
    [FIELD_TIME] = { parse_time, false },     [FIELD_DATE] = { parse_date, false },
    [FIELD_MONTH] = { parse_month, false },   [FIELD_MONEY] = { parse_money, false },
    [FIELD_COUNT] = { parse_count, false },   [FIELD_DECIMAL] = { parse_decimal, false },
    [FIELD_PROSE] = { parse_prose, true },    [FIELD_FORM] = { parse_form, true },
};

static bool is_mark(char byte)
{
    return byte > ' ' && byte <= '~';
}

/* As str_trim; most cells have nothing to trim, which their first and last byte tell. */
static struct str trimmed(struct str text)
{
    return text.length && is_mark(text.at[0]) && is_mark(text.at[text.length - 1]) ? text : str_trim(text);
}

/* #N/A and its kin, and ######## where the column was too narrow. */
static bool is_sheet_error(struct str text)
{
    static const struct str errors[] = { STR("#N/A"),   STR("#REF!"), STR("#VALUE!"), STR("#DIV/0!"), STR("#NAME?"),
                                         STR("#NULL!"), STR("#NUM!"), STR("#SPILL!"), STR("#CALC!") };
    if (!text.length || text.at[0] != '#') return false;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (str_equal_folded(text, errors[i])) return true;
    size_t marks = 0;
    while (marks < text.length && text.at[marks] == '#') marks++;
    return marks > 1 && marks == text.length;
}

bool field_parse(const struct field *field, struct cell cell, int64_t now, struct arena *arena, struct value *value,
                 struct error *error)
{
    struct parsing parsing = { .field = field, .type = cell.type, .now = now, .arena = arena };
    *value = (struct value){ 0 };
    parsing.given = cell.type == CELL_NULL    ? STR("")
                    : cell.type == CELL_TRUE  ? STR("true")
                    : cell.type == CELL_FALSE ? STR("false")
                                              : trimmed(cell.text);
    if (cell.type == CELL_OTHER && field->type != FIELD_FORM)
        return refuse(&parsing, error, "is a list or an object: one value is wanted", "是列表或对象：这里须为单个值");
    parsing.text = parsing.given;
    if (!parsers[field->type].as_written && !normal_text(parsing.given, arena, &parsing.text))
        return refuse_encoding(&parsing, error);
    if (!parsing.text.length && field->type != FIELD_REASON)
        return fail_both(error, ERROR_INPUT, "it is empty and must have a value", "不能为空：请填写");
    if (!parsers[field->type].as_written && is_sheet_error(parsing.text))
        return refuse(&parsing, error,
                      "is a spreadsheet's error and no value: mend the formula or widen the column, or empty the cell",
                      "是电子表格的错误提示，不是值：请改正公式、加宽该列，或清空单元格");
    return parsers[field->type].parse(&parsing, value, error);
}

bool record_check(const struct record *record, const struct field **field, struct error *error)
{
    const struct kind *kind = record->kind;
    for (size_t i = 0; i < kind->field_count; i++) {
        if (!(kind->fields[i].flags & FIELD_NEEDED) || record_has(record, i)) continue;
        *field = &kind->fields[i];
        return fail_both(error, ERROR_INPUT, "%s is missing: every %s needs it (%s)%.0s", "缺少 %s：每条 %s 记录都须填写%.0s（%s）",
                         kind->fields[i].name, kind->name, kind->fields[i].says[ENGLISH], kind->fields[i].says[CHINESE]);
    }
    return !kind->check || kind->check(record, field, error);
}
