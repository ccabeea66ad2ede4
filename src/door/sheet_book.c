#include "door/sheet_book.h"

#include <stdlib.h>
#include <unistd.h>

#include "door/reader.h"
#include "door/reading.h"

enum {
    BOMB_FLOOR = 16 * 1024 * 1024, /* below it any ratio is taken */
    SHEETS_MAX = 1000,
    STYLES_MAX = 100000,
    RELATIONS_MAX = 10000,
};

/* ---- parts ---- */

bool part_open(const struct book *book, const char *name, struct part *part, struct error *error)
{
    *part = (struct part){ .name = name };
    zip_stat_t about;
    if (zip_stat(book->zip, name, ZIP_FL_NOCASE, &about) != 0)
        return fail_both(error, ERROR_NOT_FOUND, "the workbook has no part %s: it is damaged or no workbook",
                         "工作簿中缺少 %s：文件已损坏，或不是工作簿", name);
    if (about.valid & ZIP_STAT_ENCRYPTION_METHOD && about.encryption_method != ZIP_EM_NONE)
        return fail_both(error, ERROR_INPUT, "the workbook is protected by a password: save it without one", "工作簿加了密码：请另存为不带密码的文件");
    part->zipped = about.comp_size;
    part->size = about.size;
    part->file = zip_fopen(book->zip, name, ZIP_FL_NOCASE);
    if (!part->file)
        return fail_both(error, ERROR_INPUT, "part %s of the workbook cannot be read: %s",
                         "工作簿中的 %s 无法读取：请打开后重新保存%.0s", name, zip_strerror(book->zip));
    return true;
}

void part_close(struct part *part)
{
    if (part->file) zip_fclose(part->file);
    part->file = NULL;
}

bool part_read(struct part *part, char *into, size_t room, size_t *got, struct error *error)
{
    zip_int64_t count = zip_fread(part->file, into, room);
    *got = count > 0 ? (size_t)count : 0;
    if (count < 0)
        return fail_both(error, ERROR_INPUT, "part %s of the workbook is damaged: what came before the damage was read",
                         "工作簿中的 %s 已损坏：损坏处之前的内容已读取", part->name);
    part->unzipped += *got;
    if (part->unzipped > READER_SHEET_BYTES)
        return fail_both(error, ERROR_LIMIT, "part %s of the workbook is larger than 1 GiB: split the workbook",
                         "工作簿中的 %s 超过 1 GiB：请拆分工作簿", part->name);
    if (part->unzipped > BOMB_FLOOR && part->unzipped / READER_SHEET_RATIO > part->zipped)
        return fail_both(error, ERROR_LIMIT, "part %s of the workbook is packed more than 200 to 1: this is a zip bomb, no workbook",
                         "工作簿中的 %s 压缩比超过 200 比 1：这是“压缩炸弹”，不是工作簿", part->name);
    return true;
}

const char *xml_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

const char *xml_attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (strcmp(xml_name(attributes[0]), name) == 0) return attributes[1];
    return NULL;
}

static void refuse_document_type(void *parser, const char *name, const char *system, const char *public, int internal)
{
    (void)name, (void)system, (void)public, (void)internal;
    XML_StopParser(parser, XML_FALSE);
}

XML_Parser part_parser(void *user, XML_StartElementHandler start, XML_EndElementHandler end, XML_CharacterDataHandler text)
{
    XML_Parser parser = XML_ParserCreate(NULL);
    must(parser != NULL);
    XML_SetUserData(parser, user);
    XML_UseParserAsHandlerArg(parser);
    XML_SetStartDoctypeDeclHandler(parser, refuse_document_type);
    XML_SetElementHandler(parser, start, end);
    XML_SetCharacterDataHandler(parser, text);
    return parser;
}

bool part_damaged(const struct part *part, XML_Parser parser, struct error *error)
{
    return fail_both(error, ERROR_INPUT, "part %s of the workbook is damaged in line %lu: %s",
                     "工作簿中的 %s 在第 %lu 行损坏：请打开后重新保存%.0s", part->name,
                     (unsigned long)XML_GetCurrentLineNumber(parser), XML_ErrorString(XML_GetErrorCode(parser)));
}

/* Reads a whole part. A handler that finds it wrong fills error itself and stops the parser. */
static bool parse_part(const struct book *book, const char *name, void *user, XML_StartElementHandler start,
                       XML_EndElementHandler end, XML_CharacterDataHandler text, struct error *error)
{
    struct part part;
    if (!part_open(book, name, &part, error)) return false;
    XML_Parser parser = part_parser(user, start, end, text);
    char piece[READING_PIECE];
    size_t got;
    bool good;
    do {
        good = part_read(&part, piece, sizeof piece, &got, error);
        if (good && XML_Parse(parser, piece, (int)got, got == 0) != XML_STATUS_OK) good = part_damaged(&part, parser, error);
    } while (good && got);
    XML_ParserFree(parser);
    part_close(&part);
    return good;
}

/* ---- relations: which part is what ---- */

struct relation {
    const char *id, *type, *target;
};

struct relations {
    struct arena *arena;
    struct relation *list;
    size_t count;
};

static const char *keep(struct arena *arena, const char *string)
{
    return string ? arena_copy(arena, string, strlen(string)) : NULL;
}

static void relation_starts(void *parser, const char *name, const char **attributes)
{
    struct relations *relations = XML_GetUserData(parser);
    if (strcmp(xml_name(name), "Relationship") != 0 || relations->count == RELATIONS_MAX) return;
    struct relation relation = { keep(relations->arena, xml_attribute(attributes, "Id")),
                                 keep(relations->arena, xml_attribute(attributes, "Type")),
                                 keep(relations->arena, xml_attribute(attributes, "Target")) };
    if (!relation.id || !relation.type || !relation.target) return;
    if ((relations->count & (relations->count - 1)) == 0)
        relations->list = reallocate(relations->list, (relations->count ? relations->count * 2 : 1) * sizeof *relations->list);
    relations->list[relations->count++] = relation;
}

static bool is_of_type(const struct relation *relation, const char *type)
{
    return str_ends(str_of(relation->type), str_of(type));
}

static const struct relation *relation_of_type(const struct relations *relations, const char *type)
{
    for (size_t i = 0; i < relations->count; i++)
        if (is_of_type(&relations->list[i], type)) return &relations->list[i];
    return NULL;
}

/* The path in the zip of a target that is named in a part of `folder` ("" or "xl/"). */
static const char *resolve(struct arena *arena, struct str folder, const char *target)
{
    if (*target == '/') return target + 1;
    size_t length = strlen(target);
    char *path = arena_take(arena, folder.length + length + 1);
    memcpy(path, folder.at, folder.length);
    memcpy(path + folder.length, target, length + 1);
    return path;
}

/* The part that names the relations of a part: xl/workbook.xml has xl/_rels/workbook.xml.rels. */
static const char *relations_part(struct arena *arena, const char *part, struct str folder)
{
    struct text path = { 0 };
    text_format(&path, "%.*s_rels/%s.rels", STR_ARGS(folder), part + folder.length);
    const char *kept = arena_copy(arena, path.at, path.length);
    text_close(&path);
    return kept;
}

/* ---- the workbook: its sheets ---- */

struct workbook {
    struct book *book;
    const struct relations *relations;
    struct str folder;
};

static void workbook_starts(void *parser, const char *name, const char **attributes)
{
    struct workbook *workbook = XML_GetUserData(parser);
    struct book *book = workbook->book;
    name = xml_name(name);
    if (strcmp(name, "workbookPr") == 0) {
        const char *from_1904 = xml_attribute(attributes, "date1904");
        book->from_1904 = from_1904 && (strcmp(from_1904, "1") == 0 || strcmp(from_1904, "true") == 0);
    }
    if (strcmp(name, "sheet") != 0 || book->sheet_count == SHEETS_MAX) return;
    const char *id = xml_attribute(attributes, "id"), *title = xml_attribute(attributes, "name");
    const char *state = xml_attribute(attributes, "state");
    for (size_t i = 0; id && i < workbook->relations->count; i++) {
        const struct relation *relation = &workbook->relations->list[i];
        if (strcmp(relation->id, id) != 0 || !is_of_type(relation, "/worksheet")) continue;
        book->sheets = reallocate(book->sheets, (book->sheet_count + 1) * sizeof *book->sheets);
        book->sheets[book->sheet_count++] = (struct sheet){
            .name = str_of(keep(&book->arena, title ? title : "")),
            .part = resolve(&book->arena, workbook->folder, relation->target),
            .hidden = state && strcmp(state, "visible") != 0,
        };
        return;
    }
}

/* ---- shared strings ---- */

struct strings {
    struct book *book;
    bool in_text, in_phonetic;
};

static void strings_start(void *parser, const char *name, const char **attributes)
{
    (void)attributes;
    struct strings *strings = XML_GetUserData(parser);
    name = xml_name(name);
    if (strcmp(name, "rPh") == 0) strings->in_phonetic = true;
    if (strcmp(name, "t") == 0) strings->in_text = !strings->in_phonetic;
}

static void strings_end(void *parser, const char *name)
{
    struct strings *strings = XML_GetUserData(parser);
    struct book *book = strings->book;
    name = xml_name(name);
    if (strcmp(name, "t") == 0) strings->in_text = false;
    if (strcmp(name, "rPh") == 0) strings->in_phonetic = false;
    if (strcmp(name, "si") != 0 || book->string_count == READER_SHEET_STRINGS) return;
    size_t count = book->string_count;
    if ((count & (count - 1)) == 0)
        book->string_ends = reallocate(book->string_ends, (count ? count * 2 : 1) * sizeof *book->string_ends);
    book->string_ends[book->string_count++] = (uint32_t)book->strings.length;
}

static void strings_text(void *parser, const char *at, int length)
{
    struct strings *strings = XML_GetUserData(parser);
    if (strings->in_text) text_add(&strings->book->strings, (struct str){ at, (size_t)length });
}

bool book_string(const struct book *book, uint64_t number, struct str *string)
{
    if (number >= book->string_count) return false;
    uint32_t start = number ? book->string_ends[number - 1] : 0;
    *string = (struct str){ book->strings.at + start, book->string_ends[number] - start };
    return true;
}

/* ---- styles: which of them show a number as a date ---- */

struct styles {
    struct book *book;
    bool in_cells; /* cellXfs: those that cells name */
    struct {
        unsigned long id;
        bool is_date;
    } * formats;
    size_t format_count;
};

/* A format of numbers shows a date when its first section has a letter of one outside of quotes, brackets and escapes. */
static bool format_is_date(const char *format)
{
    if (strcasecmp(format, "General") == 0 || strcasecmp(format, "Standard") == 0) return false;
    for (const char *at = format; *at && *at != ';'; at++) {
        if (*at == '"' || *at == '[') {
            at = strchr(at + 1, *at == '"' ? '"' : ']');
            if (!at) return false;
        } else if (*at == '\\' || *at == '_' || *at == '*') {
            if (!*++at) return false;
        } else if (strchr("yYmMdDhHsS", *at)) {
            return true;
        }
    }
    return false;
}

/* The built-in formats that show a date, also those of Chinese, Japanese and Korean versions. */
static bool built_in_is_date(unsigned long id)
{
    static const struct {
        unsigned long first, last;
    } dates[] = { { 14, 22 }, { 27, 36 }, { 45, 47 }, { 50, 58 } };
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
        if (id >= dates[i].first && id <= dates[i].last) return true;
    return false;
}

static bool style_shows_date(const struct styles *styles, unsigned long id)
{
    for (size_t i = 0; i < styles->format_count; i++)
        if (styles->formats[i].id == id) return styles->formats[i].is_date;
    return built_in_is_date(id);
}

static void styles_start(void *parser, const char *name, const char **attributes)
{
    struct styles *styles = XML_GetUserData(parser);
    struct book *book = styles->book;
    name = xml_name(name);
    const char *id = xml_attribute(attributes, "numFmtId"), *format = xml_attribute(attributes, "formatCode");
    if (strcmp(name, "cellXfs") == 0) {
        styles->in_cells = true;
    } else if (strcmp(name, "numFmt") == 0 && id && format && !book->style_count && styles->format_count < RELATIONS_MAX) {
        styles->formats = reallocate(styles->formats, (styles->format_count + 1) * sizeof *styles->formats);
        styles->formats[styles->format_count].id = strtoul(id, NULL, 10);
        styles->formats[styles->format_count++].is_date = format_is_date(format);
    } else if (strcmp(name, "xf") == 0 && styles->in_cells && book->style_count < STYLES_MAX) {
        size_t count = book->style_count;
        if ((count & (count - 1)) == 0)
            book->style_is_date = reallocate(book->style_is_date, (count ? count * 2 : 1) * sizeof(bool));
        book->style_is_date[book->style_count++] = id && style_shows_date(styles, strtoul(id, NULL, 10));
    }
}

static void styles_end(void *parser, const char *name)
{
    struct styles *styles = XML_GetUserData(parser);
    if (strcmp(xml_name(name), "cellXfs") == 0) styles->in_cells = false;
}

/* ---- the book ---- */

static bool read_parts(struct book *book, struct relations *relations, struct error *error)
{
    const char *part = "xl/workbook.xml";
    struct error missing = { .code = ERROR_NONE };
    if (parse_part(book, "_rels/.rels", relations, relation_starts, NULL, NULL, &missing)) {
        const struct relation *main = relation_of_type(relations, "/officeDocument");
        if (main) part = resolve(&book->arena, STR(""), main->target);
    }
    const char *slash = strrchr(part, '/');
    struct workbook workbook = { book, relations, { part, slash ? (size_t)(slash + 1 - part) : 0 } };
    relations->count = 0;
    if (!parse_part(book, relations_part(&book->arena, part, workbook.folder), relations, relation_starts, NULL, NULL, error))
        return false;
    if (!parse_part(book, part, &workbook, workbook_starts, NULL, NULL, error)) return false;
    const struct relation *found = relation_of_type(relations, "/styles");
    if (found) {
        struct styles styles = { .book = book };
        bool good = parse_part(book, resolve(&book->arena, workbook.folder, found->target), &styles, styles_start, styles_end,
                               NULL, error);
        free(styles.formats);
        if (!good) return false;
    }
    found = relation_of_type(relations, "/sharedStrings");
    if (!found) return true;
    struct strings strings = { .book = book };
    return parse_part(book, resolve(&book->arena, workbook.folder, found->target), &strings, strings_start, strings_end,
                      strings_text, error);
}

bool book_open(struct book *book, int descriptor, struct error *error)
{
    static const struct str old = STR("\xd0\xcf\x11\xe0");
    char start[4];
    int why = 0;
    *book = (struct book){ 0 };
    bool is_old =
        pread(descriptor, start, sizeof start, 0) == sizeof start && str_equal((struct str){ start, sizeof start }, old);
    book->zip = zip_fdopen(descriptor, 0, &why);
    if (!book->zip) {
        close(descriptor);
        return fail_says(error, ERROR_INPUT,
                         is_old ? (struct says){ "this is an old .xls or a workbook with a password: save it as .xlsx without a password",
                                                 "这是旧格式的 .xls 或加了密码的工作簿：请另存为不带密码的 .xlsx" }
                                : (struct says){ "this is no workbook (.xlsx), or a damaged one: open it and save it again as .xlsx",
                                                 "这不是工作簿（.xlsx），或已损坏：请打开后重新保存为 .xlsx" });
    }
    struct relations relations = { .arena = &book->arena };
    bool good = read_parts(book, &relations, error);
    free(relations.list);
    if (!good) book_close(book);
    return good;
}

void book_close(struct book *book)
{
    if (book->zip) zip_discard(book->zip);
    arena_close(&book->arena);
    free(book->sheets);
    free(book->style_is_date);
    text_close(&book->strings);
    free(book->string_ends);
    *book = (struct book){ 0 };
}
