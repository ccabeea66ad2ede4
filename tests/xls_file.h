/* Makes compound files and the records of old workbooks, byte by byte, as tests want them. */
#ifndef TESTS_XLS_FILE_H
#define TESTS_XLS_FILE_H

#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"

enum { XLS_SECTOR = 512, XLS_SMALL = 64 };

static inline void add_low(struct text *out, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        text_add_byte(out, (char)(number >> (8 * i) & 0xff));
}

/* Fills with zeros up to a multiple. */
static inline void add_filling(struct text *out, size_t multiple)
{
    while (out->length % multiple)
        text_add_byte(out, 0);
}

static inline void add_entry(struct text *out, const char *name, int type, uint32_t child, uint32_t first, size_t bytes)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < 32; i++)
        add_low(out, i < length ? (unsigned char)name[i] : 0, 2);
    add_low(out, (length + 1) * 2, 2);
    add_low(out, (uint64_t)type | 1 << 8, 2);
    add_low(out, UINT64_MAX, 8);
    add_low(out, child, 4);
    for (int i = 0; i < 36; i++)
        text_add_byte(out, 0);
    add_low(out, first, 4);
    add_low(out, bytes, 8);
}

/* The next ones of a chain of so many sectors that begins with this one. */
static inline void add_chain_of(struct text *table, uint32_t first, size_t count)
{
    for (size_t i = 1; i <= count; i++)
        add_low(table, i < count ? first + i : 0xfffffffe, 4);
}

/* A compound file with one stream, in small sectors where it is short. The directory is sector 0, then comes the stream, then
   the table of small sectors, then the table. */
static inline void compound_file(struct text *file, const char *name, struct str stream)
{
    bool small = stream.length < 4096;
    struct text body = { 0 }, small_table = { 0 }, table = { 0 };
    text_add(&body, stream);
    add_filling(&body, XLS_SECTOR);
    uint32_t sectors = (uint32_t)(body.length / XLS_SECTOR);
    if (small) add_chain_of(&small_table, 0, (stream.length + XLS_SMALL - 1) / XLS_SMALL);
    while (small_table.length % XLS_SECTOR) add_low(&small_table, 0xffffffff, 4);
    uint32_t small_sectors = (uint32_t)(small_table.length / XLS_SECTOR), tables = 1;
    while (tables * (XLS_SECTOR / 4) < 1 + sectors + small_sectors + tables) tables++;
    add_chain_of(&table, 0, 1);
    add_chain_of(&table, 1, sectors);
    add_chain_of(&table, 1 + sectors, small_sectors);
    for (uint32_t i = 0; i < tables; i++) add_low(&table, 0xfffffffd, 4);
    while (table.length % XLS_SECTOR) add_low(&table, 0xffffffff, 4);
    must(tables <= 109);

    file->length = 0;
    text_add(file, STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"));
    for (int i = 0; i < 16; i++) text_add_byte(file, 0);
    add_low(file, 0x3e, 2), add_low(file, 3, 2), add_low(file, 0xfffe, 2), add_low(file, 9, 2), add_low(file, 6, 2);
    add_low(file, 0, 8), add_low(file, 0, 2), add_low(file, tables, 4), add_low(file, 0, 4), add_low(file, 0, 4), add_low(file, 4096, 4);
    add_low(file, small ? 1 + sectors : 0xfffffffe, 4), add_low(file, small_sectors, 4);
    add_low(file, 0xfffffffe, 4), add_low(file, 0, 4);
    for (uint32_t i = 0; i < 109; i++)
        add_low(file, i < tables ? 1 + sectors + small_sectors + i : 0xffffffff, 4);
    add_entry(file, "Root Entry", 5, 1, small ? 1 : 0xfffffffe, small ? sectors * XLS_SECTOR : 0);
    add_entry(file, name, 2, 0xffffffff, small ? 0 : 1, stream.length);
    for (int i = 0; i < 256; i++) text_add_byte(file, 0);
    text_add(file, text_str(&body));
    text_add(file, text_str(&small_table));
    text_add(file, text_str(&table));
    text_close(&body);
    text_close(&small_table);
    text_close(&table);
}

#endif
