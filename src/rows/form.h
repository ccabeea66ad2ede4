/* What a form of rows is: functions that are given the cells of one row after the other. */
#ifndef ROWS_FORM_H
#define ROWS_FORM_H

#include "rows/rows.h"

enum cell_form { CELL_STRING, CELL_DECIMAL, CELL_JSON };

struct rows_cell {
    enum cell_form form;
    const char *name;
    struct str text;   /* as it reads; empty: null */
    int64_t value;     /* of a decimal: scaled by 10^decimals */
    unsigned decimals;
};

struct rows_form {
    const char *name;
    bool has_columns;
    void (*begin)(struct rows *rows); /* of a row; each may be NULL */
    void (*cell)(struct rows *rows, const struct rows_cell *cell);
    void (*end)(struct rows *rows);
    void (*finish)(struct rows *rows); /* once, also without rows and after a failure; frees what is the form's */
};

extern const struct rows_form jsonl_rows, json_rows, csv_rows, table_rows, xlsx_rows;

/* Gives bytes to the sink, unless it is closed. */
void rows_write(struct rows *rows, struct str bytes);

/* Columns that a text takes: a Chinese character takes two. */
size_t rows_width(struct str text);

#endif
