/* A workbook (.xlsx): a zip of XML parts. Here: the parts, the list of sheets, the shared strings and which styles show dates.
 */
#ifndef DOOR_SHEET_BOOK_H
#define DOOR_SHEET_BOOK_H

#include <expat.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zip.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/str.h"

struct sheet {
    struct str name;
    const char *part; /* its path in the zip */
    bool hidden;
};

struct book {
    zip_t *zip;
    struct arena arena; /* names and paths */
    struct sheet *sheets;
    size_t sheet_count;
    bool from_1904; /* days are counted from 1904-01-01 */
    bool *style_is_date;
    size_t style_count;
    struct text strings;
    uint32_t *string_ends; /* of each shared string, in strings */
    size_t string_count;
};

/* Takes the descriptor over, also when it fails. */
bool book_open(struct book *book, int descriptor, struct error *error);
void book_close(struct book *book);
/* A shared string by its number; false where there is none. */
bool book_string(const struct book *book, uint64_t number, struct str *string);

/* One part, unzipped piece by piece, within the limits of reader.h. */
struct part {
    zip_file_t *file;
    const char *name;
    uint64_t unzipped, zipped, size;
};

/* False with ERROR_NOT_FOUND where there is no such part. */
bool part_open(const struct book *book, const char *name, struct part *part, struct error *error);
void part_close(struct part *part);
/* *got is 0 at the end. */
bool part_read(struct part *part, char *into, size_t room, size_t *got, struct error *error);

/* A parser that refuses document types: no workbook has one, and they can be made to grow without end. Handlers (each may be
   NULL) are given the parser, and get user from it by XML_GetUserData. */
XML_Parser part_parser(void *user, XML_StartElementHandler start, XML_EndElementHandler end, XML_CharacterDataHandler text);
/* Says where in the part its XML is wrong. */
bool part_damaged(const struct part *part, XML_Parser parser, struct error *error);

/* An element's name without its prefix, and an attribute's value by name without prefix, or NULL. */
const char *xml_name(const char *name);
const char *xml_attribute(const char **attributes, const char *name);

#endif
