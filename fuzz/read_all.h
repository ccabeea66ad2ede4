/* Reads a file of bytes through the reader, and states what must be true of every row. */
#ifndef FUZZ_READ_ALL_H
#define FUZZ_READ_ALL_H

#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "door/reader.h"

/* A file in memory with these bytes; close it. */
static inline int memory_file(const void *bytes, size_t length)
{
    int descriptor = memfd_create("fuzz", 0);
    must(descriptor >= 0 && write(descriptor, bytes, length) == (ssize_t)length);
    return descriptor;
}

static inline void read_all(int descriptor, enum reader_format format, const char *encoding)
{
    static const struct str wanted[] = { STR("id"), STR("text"), STR("a") };
    char path[32];
    snprintf(path, sizeof path, "/dev/fd/%d", descriptor);
    must(lseek(descriptor, 0, SEEK_SET) == 0);
    struct reader_options options = {
        .path = path, .format = format, .wanted = wanted, .wanted_count = 3, .encoding = encoding
    };
    struct error error = { 0 };
    struct reader *reader = reader_open(&options, &error);
    must((reader == NULL) == (error.code != ERROR_NONE));
    struct row row;
    uint64_t line = 0;
    size_t columns, before = 0;
    bool more = reader != NULL, good = true;
    while (more && (reader_ready(reader), good = reader_next(reader, &row, &more, &error)) && more) {
        must(row.line > line);
        line = row.line;
        must(row.problem.english || row.cells);
        must(row.count <= READER_COLUMNS && (row.cells || row.count == 0));
        const struct str *names = reader_columns(reader, &columns);
        must(columns >= before && columns <= READER_COLUMNS);
        before = columns;
        if (row.problem.english) continue;
        must(row.count == columns);
        for (size_t i = 0; i < columns; i++) {
            must(str_is_utf8(names[i]));
            must(str_is_utf8(row.cells[i].text));
            must(row.cells[i].text.length <= READER_CELL_BYTES);
            must((row.cells[i].type == CELL_NULL) <= (row.cells[i].text.length == 0));
        }
    }
    must(good == (error.code == ERROR_NONE) || !reader);
    reader_close(reader);
}

#endif
