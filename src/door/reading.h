/* Inside the reader: what each form of file implements. */
#ifndef DOOR_READING_H
#define DOOR_READING_H

#include "door/bytes.h"
#include "door/input.h"
#include "door/reader.h"
#include "door/table.h"

enum {
    READING_PIECE = 64 * 1024, /* read at once from a spreadsheet's parts */
    READING_TEXT = 4096,       /* kept of the text of a row that is over a limit */
};

enum reading {
    READING_ROW,
    READING_END,
    READING_WAIT,   /* a pipe has not yet sent the whole row */
    READING_FAILED, /* the rest cannot be read */
};

struct reader;

struct reader_form {
    /* Reads up to the header and sets reader->table. On failure close is called. */
    bool (*open)(struct reader *reader, const struct reader_options *options, struct error *error);
    /* The next row that is not blank and no total. Without wait it may be READING_WAIT, and goes on from there when called
     * again. */
    enum reading (*next)(struct reader *reader, bool wait, struct row *row, struct error *error);
    void (*close)(struct reader *reader);
    bool binary; /* reads reader->bytes itself, not reader->input */
    /* Where the bytes read do not show it; else NULL. */
    void (*progress)(const struct reader *reader, uint64_t *done, uint64_t *all);
    /* As reader_sheet; NULL where there are none. */
    struct str (*sheet)(const struct reader *reader, size_t number);
};

struct reader {
    const struct reader_form *form;
    struct bytes *bytes;
    struct input input;
    struct table table;
    void *state;          /* of the form; NULL until its open made it */
    struct row held;      /* a row that reader_ready had to read */
    enum reading holds;   /* READING_WAIT: none; an end or a failure stays */
    struct error failure; /* why holds is READING_FAILED */
};

extern const struct reader_form csv_form, json_lines_form, json_form, sheet_form;

/* What keeps a text from being taken: NUL bytes, or that it is no UTF-8; none where nothing does. */
struct says text_problem(const struct reader *reader, struct str text);
/* What a file is that begins with these bytes and is no text, and what to do with it; none where nothing is known. */
struct says stranger_says(struct str start);
/* What every form says of the bytes behind the window when they cannot be had. */
enum reading reading_failed(const struct reader *reader, struct error *error);

#endif
