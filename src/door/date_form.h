/* Date forms of maps, as "DD-MM-YYYY h:mm:ss A". */
#ifndef DOOR_DATE_FORM_H
#define DOOR_DATE_FORM_H

#include "base/error.h"
#include "base/moment.h"
#include "base/str.h"

enum { DATE_FORM_PARTS = 32, DATE_TEXT_ROOM = 64, DATE_OFFSET_ROOM = 12 };

enum date_part {
    PART_LITERAL,
    PART_YEAR,
    PART_YEAR_OF_CENTURY,
    PART_MONTH,
    PART_MONTH_NAME,
    PART_DAY,
    PART_HOUR,
    PART_HOUR_OF_HALF,
    PART_MINUTE,
    PART_SECOND,
    PART_HALF,
    PART_OFFSET,
};

struct date_form {
    struct str text; /* as the map has it, borrowed */
    size_t count;
    bool day_ends; /* a day without an hour is its end */
    struct {
        enum date_part part;
        int least, most;    /* digits */
        struct str literal; /* part of text */
    } parts[DATE_FORM_PARTS];
};

/* Reads a form; on failure the error says what in it is wrong. */
bool date_form_read(struct str text, struct date_form *form, struct error *error);
/* Rewrites a text of that form as RFC 3339 with the offset of the text, else the given one (empty: none, which is
   Asia/Shanghai), a month alone as 2015-04. False where the text is not of the form or is no real date. */
bool date_form_rewrite(const struct date_form *form, struct str text, struct str offset, char out[DATE_TEXT_ROOM],
                       size_t *length);
/* Reads an offset: Z, +08:00 or +0800, which becomes +08:00. */
bool date_offset(struct str text, char offset[DATE_OFFSET_ROOM]);
/* Whether a time ends with an offset of its own. */
bool date_has_offset(struct str text);

#endif
