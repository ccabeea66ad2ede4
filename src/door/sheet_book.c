#include "door/sheet_book.h"

#include <stdlib.h>
#include <unistd.h>


enum {
    BOMB_FLOOR = 16 * 1024 * 1024, /* below it any ratio is taken */
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
    struct sheet_rows *rows;
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
        workbook->rows->from_1904 = from_1904 && (strcmp(from_1904, "1") == 0 || strcmp(from_1904, "true") == 0);
    }
    if (strcmp(name, "sheet") != 0) return;
    const char *id = xml_attribute(attributes, "id"), *title = xml_attribute(attributes, "name");
    const char *state = xml_attribute(attributes, "state");
    for (size_t i = 0; id && i < workbook->relations->count; i++) {
        const struct relation *relation = &workbook->relations->list[i];
        if (strcmp(relation->id, id) != 0 || !is_of_type(relation, "/worksheet")) continue;
        struct sheet *sheet = sheet_add(workbook->rows, str_of(title));
        if (!sheet) return;
        sheet->part = resolve(&book->arena, workbook->folder, relation->target);
        sheet->hidden = state && strcmp(state, "visible") != 0;
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
    name = xml_name(name);
    if (strcmp(name, "t") == 0) strings->in_text = false;
    if (strcmp(name, "rPh") == 0) strings->in_phonetic = false;
    if (strcmp(name, "si") == 0) sheet_strings_end(&strings->book->strings);
}

static void strings_text(void *parser, const char *at, int length)
{
    struct strings *strings = XML_GetUserData(parser);
    if (strings->in_text) text_add(&strings->book->strings.text, (struct str){ at, (size_t)length });
}

/* ---- styles: which of them show a number as a date ---- */

struct styles {
    struct sheet_styles *list;
    bool in_cells; /* cellXfs: those that cells name */
};

static void styles_start(void *parser, const char *name, const char **attributes)
{
    struct styles *styles = XML_GetUserData(parser);
    name = xml_name(name);
    const char *id = xml_attribute(attributes, "numFmtId"), *format = xml_attribute(attributes, "formatCode");
    if (strcmp(name, "cellXfs") == 0)
        styles->in_cells = true;
    else if (strcmp(name, "numFmt") == 0 && id && format && !styles->list->count)
        sheet_styles_format(styles->list, strtoul(id, NULL, 10), format);
    else if (strcmp(name, "xf") == 0 && styles->in_cells)
        sheet_styles_add(styles->list, id ? strtoul(id, NULL, 10) : 0);
}

static void styles_end(void *parser, const char *name)
{
    struct styles *styles = XML_GetUserData(parser);
    if (strcmp(xml_name(name), "cellXfs") == 0) styles->in_cells = false;
}

/* ---- the book ---- */

static bool read_parts(struct book *book, struct sheet_rows *rows, struct relations *relations, struct error *error)
{
    const char *part = "xl/workbook.xml";
    struct error missing = { .code = ERROR_NONE };
    if (parse_part(book, "_rels/.rels", relations, relation_starts, NULL, NULL, &missing)) {
        const struct relation *main = relation_of_type(relations, "/officeDocument");
        if (main) part = resolve(&book->arena, STR(""), main->target);
    }
    const char *slash = strrchr(part, '/');
    struct workbook workbook = { book, rows, relations, { part, slash ? (size_t)(slash + 1 - part) : 0 } };
    relations->count = 0;
    if (!parse_part(book, relations_part(&book->arena, part, workbook.folder), relations, relation_starts, NULL, NULL, error))
        return false;
    if (!parse_part(book, part, &workbook, workbook_starts, NULL, NULL, error)) return false;
    const struct relation *found = relation_of_type(relations, "/styles");
    if (found) {
        struct styles styles = { .list = &book->styles };
        if (!parse_part(book, resolve(&book->arena, workbook.folder, found->target), &styles, styles_start, styles_end, NULL, error))
            return false;
    }
    found = relation_of_type(relations, "/sharedStrings");
    if (!found) return true;
    struct strings strings = { .book = book };
    return parse_part(book, resolve(&book->arena, workbook.folder, found->target), &strings, strings_start, strings_end,
                      strings_text, error);
}

bool book_open(struct book *book, struct sheet_rows *rows, int descriptor, struct error *error)
{
    int why = 0;
    *book = (struct book){ 0 };
    book->zip = zip_fdopen(descriptor, 0, &why);
    if (!book->zip) {
        close(descriptor);
        return fail_both(error, ERROR_INPUT, "this workbook (.xlsx) is damaged: open it and save it again as .xlsx",
                         "这个工作簿（.xlsx）已损坏：请打开后重新保存为 .xlsx");
    }
    struct relations relations = { .arena = &book->arena };
    bool good = read_parts(book, rows, &relations, error);
    free(relations.list);
    return good;
}

void book_close(struct book *book)
{
    if (book->zip) zip_discard(book->zip);
    arena_close(&book->arena);
    sheet_styles_close(&book->styles);
    sheet_strings_close(&book->strings);
    *book = (struct book){ 0 };
}
