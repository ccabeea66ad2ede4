/* A workbook (.xlsx): a zip of XML parts. Here: the parts, the list of sheets, the shared strings and the styles. */
#ifndef DOOR_SHEET_BOOK_H
#define DOOR_SHEET_BOOK_H

#include <expat.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zip.h>

#include "door/sheet.h"

struct book {
    zip_t *zip;
    struct arena arena; /* paths */
    struct sheet_styles styles;
    struct sheet_strings strings;
};

/* Takes the descriptor over, also when it fails, and lists the sheets in rows. book_close also after a failure. */
bool book_open(struct book *book, struct sheet_rows *rows, int descriptor, struct error *error);
void book_close(struct book *book);

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
