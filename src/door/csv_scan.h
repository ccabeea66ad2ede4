/* The fast part of reading CSV: cells of one row as slices of the bytes in hand. */
#ifndef DOOR_CSV_SCAN_H
#define DOOR_CSV_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "door/kind.h"
#include "door/reader.h"

/* Walks over the marks (separator, quote, line ends) of the bytes in hand, 64 at a time, across rows. */
struct csv_scan {
    char separator;
    const char *next;      /* the next 64 bytes to be looked at */
    uint64_t marks;        /* those not yet passed in the 64 before next; bit i: byte i */
    bool strange;          /* those 64 have a NUL or a byte above 0x7F */
    struct arena unquoted; /* cells that had doubled quotes, of this row */
    struct cell cells[READER_COLUMNS];
    /* the row scanned: */
    size_t count;
    size_t length;    /* without its line end */
    size_t taken;     /* with it */
    uint64_t lines;   /* it goes over */
    bool row_strange; /* it may have a NUL or a byte above 0x7F */
    struct says problem;
};

enum scanned {
    SCANNED_ROW,
    SCANNED_SHORT,  /* the row is not all in hand */
    SCANNED_BROKEN, /* its quotes or its size are wrong: problem says how; nothing else is set */
};

/* Starts at another place. */
void csv_scan_at(struct csv_scan *scan, const char *at);
/* Scans the row that starts at `at`, where the last one ended or csv_scan_at was; 64 bytes behind end can be read. With
   ended, nothing follows end. After anything but SCANNED_ROW, csv_scan_at comes before the next scan. */
enum scanned csv_scan_row(struct csv_scan *scan, const char *at, const char *end, bool ended);

#endif
