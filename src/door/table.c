#include "door/table.h"

#include <stdio.h>
#include <stdlib.h>

bool cell_is_blank(const struct cell *cell)
{
    if (cell->type != CELL_TEXT) return cell->type == CELL_NULL;
    if (!cell->text.length) return true;
    unsigned char first = (unsigned char)cell->text.at[0];
    if (first > ' ' && first < 0x80) return false;
    return str_trim(cell->text).length == 0;
}

void table_close(struct table *table)
{
    arena_close(&table->names);
}

static void put_column(struct table *table, struct str name, size_t place)
{
    table->columns[table->count] = (struct str){ arena_copy(&table->names, name.at, name.length), name.length };
    table->places[table->count++] = (uint16_t)place;
    table->width = place + 1;
}

bool table_head(struct table *table, const struct cell *cells, size_t count, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        struct str name = str_trim(cells[i].text);
        if (!name.length) continue;
        for (size_t j = 0; j < table->count; j++)
            if (str_equal(table->columns[j], name))
                return fail_both(error, ERROR_INPUT, "the header has the column '%.*s' twice: rename or remove one of them",
                                 "列名“%.*s”出现了两次：请改名或删去其中一列", (int)(name.length < 100 ? name.length : 100), name.at);
        put_column(table, name, i);
    }
    if (!table->count) return fail_both(error, ERROR_INPUT, "there is no header: the first line must name the columns",
                                        "没有列名：第一行须为各列的列名");
    return true;
}

bool table_add(struct table *table, struct str name)
{
    if (table->count == READER_COLUMNS) return false;
    put_column(table, name, table->count);
    return true;
}

/* ---- totals ---- */

static const struct str total_words[] = {
    STR("合计"),  STR("总计"), STR("小计"),     STR("共计"),        STR("总和"),
    STR("Total"), STR("Sum"),  STR("Subtotal"), STR("Grand total"),
};
/* What stands around a number in a row of totals. */
static const struct str before_numbers[] = { STR("共"), STR("¥"), STR("￥"), STR("-"), STR("+") };
static const struct str behind_numbers[] = {
    STR("%"),  STR("％"), STR("万"), STR("元"), STR("件"), STR("条"),
    STR("个"), STR("户"), STR("次"), STR("人"), STR("起"), STR("笔"),
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static struct str cut_colon(struct str string)
{
    static const struct str colons[] = { STR(":"), STR("：") };
    for (size_t i = 0; i < COUNT(colons); i++)
        if (str_ends(string, colons[i])) string.length -= colons[i].length;
    return str_trim(string);
}

static bool is_total_word(struct str string)
{
    if (string.length > 32 || (string.length && string.at[0] >= '0' && string.at[0] <= '9')) return false;
    string = cut_colon(str_trim(string));
    for (size_t i = 0; i < COUNT(total_words); i++)
        if (str_equal_folded(string, total_words[i])) return true;
    return false;
}

/* A plain number, perhaps with a sign, thousands marks and a unit, or a dash in its place; no date, time or code. */
static bool is_sum(const struct cell *cell)
{
    if (cell->type == CELL_NUMBER) return true;
    if (cell->type != CELL_TEXT) return false;
    static const struct str dashes[] = { STR("-"), STR("--"), STR("—"), STR("——"), STR("/") };
    struct str string = str_trim(cell->text);
    for (size_t i = 0; i < COUNT(dashes); i++)
        if (str_equal(string, dashes[i])) return true;
    for (size_t i = 0; i < COUNT(before_numbers); i++)
        if (str_starts(string, before_numbers[i])) {
            string.at += before_numbers[i].length;
            string.length -= before_numbers[i].length;
        }
    for (size_t i = 0; i < COUNT(behind_numbers); i++)
        if (str_ends(string, behind_numbers[i])) string.length -= behind_numbers[i].length;
    string = str_trim(string);
    bool digits = false;
    for (size_t i = 0; i < string.length; i++) {
        bool digit = string.at[i] >= '0' && string.at[i] <= '9';
        if (!digit && string.at[i] != ',' && string.at[i] != '.') return false;
        digits |= digit;
    }
    return digits;
}

/* A row is a total when its first cell that is not blank is exactly one of the words, all others are blank or sums, and at
   least one column is blank. A record that happens to be called so has a date, a code or a name beside it, or fills its
   columns, and is kept; a total that is unlike this is rejected where all can see it. */
static bool is_total(const struct table *table, const struct cell *cells, size_t count, size_t first)
{
    if (cells[first].type != CELL_TEXT || !is_total_word(cells[first].text)) return false;
    size_t filled = 1;
    for (size_t i = first + 1; i < count; i++) {
        if (cell_is_blank(&cells[i])) continue;
        if (!is_sum(&cells[i])) return false;
        filled++;
    }
    return filled < table->count;
}

static void name_surplus(struct table *table, size_t cell)
{
    snprintf(table->problem[ENGLISH], PROBLEM_ROOM,
             "cell %zu stands in no column: the header names %zu columns and its last is in place %zu", cell, table->count,
             table->width);
    snprintf(table->problem[CHINESE], PROBLEM_ROOM, "第 %zu 个单元格不在任何列中：列名共有 %zu 个，最后一个在第 %zu 格", cell,
             table->count, table->width);
}

bool table_row(struct table *table, struct cell *cells, size_t count, struct row *row)
{
    size_t first = 0;
    while (first < count && cell_is_blank(&cells[first]))
        first++;
    if (first == count || is_total(table, cells, count, first)) return false;
    for (size_t i = count; i < table->width; i++)
        cells[i] = (struct cell){ .type = CELL_NULL };
    size_t column = 0, surplus = 0;
    for (size_t i = 0; i < count; i++) {
        if (column < table->count && table->places[column] == i) {
            if (column != i) cells[column] = cells[i];
            column++;
        } else if (!cell_is_blank(&cells[i])) {
            if (!surplus) name_surplus(table, i + 1);
            row->problem = (struct says){ table->problem[ENGLISH], table->problem[CHINESE] };
            table->surplus[surplus++] = cells[i];
        }
    }
    for (; column < table->count; column++)
        cells[column] = (struct cell){ .type = CELL_NULL };
    memcpy(cells + table->count, table->surplus, surplus * sizeof *cells);
    row->cells = cells;
    row->count = table->count + surplus;
    return true;
}

void table_text(const struct cell *cells, size_t count, struct text *out)
{
    for (size_t i = 0; i < count; i++) {
        if (i) text_add_byte(out, ',');
        struct str text = cells[i].text;
        bool quoted = false;
        for (size_t j = 0; j < text.length && !quoted; j++)
            quoted = text.at[j] && strchr(",\"\r\n", text.at[j]);
        if (text.length && (text.at[0] == ' ' || text.at[text.length - 1] == ' ')) quoted = true;
        if (!quoted) {
            text_add(out, text);
            continue;
        }
        text_add_byte(out, '"');
        for (size_t j = 0; j < text.length; j++) {
            if (text.at[j] == '"') text_add_byte(out, '"');
            text_add_byte(out, text.at[j]);
        }
        text_add_byte(out, '"');
    }
}

/* ---- finding the header ---- */

enum { NAME_BYTES = 1000 }; /* a longer cell is no name */

/* Trimmed, ASCII letters small, full width to half, so that names compare as people read them. */
static struct str fold(struct arena *arena, struct str name)
{
    name = str_trim(name);
    char *folded = arena_take(arena, name.length + 1);
    size_t length = 0;
    for (size_t i = 0; i < name.length; i++) {
        unsigned char byte = (unsigned char)name.at[i];
        if (byte == 0xef && name.length - i >= 3) {
            unsigned char second = (unsigned char)name.at[i + 1], third = (unsigned char)name.at[i + 2];
            if ((second == 0xbc && third >= 0x81) || (second == 0xbd && third <= 0x9e)) {
                byte = (unsigned char)(second == 0xbc ? third - 0x81 + '!' : third - 0x80 + '`');
                i += 2;
            }
        }
        folded[length++] = (char)(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
    }
    return (struct str){ folded, length };
}

void search_open(struct search *search, const struct str *wanted, size_t count)
{
    *search = (struct search){ .wanted = allocate(count * sizeof *wanted), .wanted_count = count };
    for (size_t i = 0; i < count; i++)
        search->wanted[i] = fold(&search->names, wanted[i]);
}

void search_close(struct search *search)
{
    arena_close(&search->names);
    free(search->wanted);
}

void search_again(struct search *search)
{
    search->rows = search->best = search->best_matches = 0;
}

static bool is_wanted(struct search *search, struct str name)
{
    if (name.length > NAME_BYTES) return false;
    struct str folded = fold(&search->names, name);
    for (size_t i = 0; i < search->wanted_count; i++)
        if (str_equal(search->wanted[i], folded)) return true;
    return false;
}

bool search_offer(struct search *search, const struct cell *cells, size_t count)
{
    size_t filled = 0, matches = 0;
    for (size_t i = 0; i < count; i++) {
        if (cell_is_blank(&cells[i])) continue;
        filled++;
        matches += cells[i].type == CELL_TEXT && is_wanted(search, cells[i].text);
    }
    if (!filled) return false;
    must(search->rows < READER_TITLE_ROWS);
    search->filled[search->rows++] = filled;
    size_t least = search->wanted_count == 1 || search->rows == 1 ? 1 : 2;
    if (matches < least || matches <= search->best_matches) return false;
    search->best = search->rows;
    search->best_matches = matches;
    return matches * 2 >= filled && (matches >= 2 || search->wanted_count == 1);
}

size_t search_first(const struct search *search)
{
    size_t most = 0;
    for (size_t i = 0; i < search->rows; i++)
        if (search->filled[i] > most) most = search->filled[i];
    for (size_t i = 0; i < search->rows; i++)
        if (search->filled[i] >= 2 && search->filled[i] * 2 >= most) return i + 1;
    return search->rows ? 1 : 0;
}
