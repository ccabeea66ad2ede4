#include "door/compound.h"

#include <ctype.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

enum {
    HEADER = 512,
    HEADER_TABLES = 109, /* sectors of the table that the header itself names */
    SMALL_SECTOR = 64,
    SMALL_STREAM = 4096, /* below it a stream lies in small sectors */
    ENTRY = 128,         /* of the directory */
    NAME_UNITS = 32,
};

static const uint32_t no_sector = 0xfffffffa; /* this and above: an end, or none */

static bool damaged(struct error *error)
{
    return fail_both(error, ERROR_INPUT, "this .xls is damaged or cut off: open it and save it again, best as .xlsx",
                     "这个 .xls 已损坏或不完整：请打开后重新保存，最好另存为 .xlsx");
}

static bool read_at(const struct compound *compound, uint64_t offset, char *into, size_t length)
{
    return pread(compound->descriptor, into, length, (off_t)offset) == (ssize_t)length;
}

/* Adds the sectors of a chain, up to so many bytes. */
static bool add_chain(const struct compound *compound, uint32_t sector, size_t bytes, bool whole, struct text *into)
{
    size_t left = bytes, steps = 0;
    while (left && sector < no_sector) {
        if (sector >= compound->count || steps++ == compound->count) return false;
        size_t length = left < compound->sector ? left : compound->sector;
        if (!read_at(compound, ((uint64_t)sector + 1) * compound->sector, text_room(into, length), length)) return false;
        into->length += length;
        left -= length;
        sector = compound->next[sector];
    }
    return !whole || !left;
}

static bool add_small(const struct compound *compound, uint32_t sector, size_t bytes, struct text *into)
{
    size_t left = bytes, count = compound->small_next.length / 4, steps = 0;
    while (left) {
        size_t length = left < SMALL_SECTOR ? left : SMALL_SECTOR, at = (size_t)sector * SMALL_SECTOR;
        if (sector >= count || steps++ == count || at + length > compound->small.length) return false;
        text_add(into, (struct str){ compound->small.at + at, length });
        left -= length;
        sector = low_32(compound->small_next.at + (size_t)sector * 4);
    }
    return true;
}

/* One sector of the table: the next ones of so many sectors. */
static bool read_table(struct compound *compound, uint32_t sector, size_t *filled)
{
    char piece[4096];
    if (sector >= compound->count || !read_at(compound, ((uint64_t)sector + 1) * compound->sector, piece, compound->sector)) return false;
    for (size_t i = 0; i < compound->sector && *filled < compound->count; i += 4)
        compound->next[(*filled)++] = low_32(piece + i);
    return true;
}

/* The table: its sectors are named in the header, and where there are more, in a chain of sectors of their own. */
static bool read_tables(struct compound *compound, const char *header)
{
    size_t filled = 0, tables = low_32(header + 44), per_list = compound->sector / 4 - 1;
    for (size_t i = 0; i < HEADER_TABLES && i < tables && filled < compound->count; i++)
        if (!read_table(compound, low_32(header + 76 + i * 4), &filled)) return false;
    uint32_t list = low_32(header + 68);
    for (size_t i = HEADER_TABLES; i < tables && filled < compound->count;) {
        char piece[4096];
        if (list >= compound->count || !read_at(compound, ((uint64_t)list + 1) * compound->sector, piece, compound->sector)) return false;
        for (size_t k = 0; k < per_list && i < tables && filled < compound->count; k++, i++)
            if (!read_table(compound, low_32(piece + k * 4), &filled)) return false;
        list = low_32(piece + per_list * 4);
    }
    while (filled < compound->count)
        compound->next[filled++] = no_sector;
    return true;
}

/* An entry of the directory, or NULL. */
static const char *entry_at(const struct compound *compound, uint32_t number)
{
    return number < compound->directory.length / ENTRY ? compound->directory.at + (size_t)number * ENTRY : NULL;
}

bool compound_open(struct compound *compound, int descriptor, struct error *error)
{
    char header[HEADER];
    struct stat about;
    *compound = (struct compound){ .descriptor = descriptor };
    if (fstat(descriptor, &about) != 0 || !read_at(compound, 0, header, HEADER)) return damaged(error);
    unsigned shift = low_16(header + 30);
    if (shift != 9 && shift != 12) return damaged(error);
    compound->sector = (size_t)1 << shift;
    compound->count = ((size_t)about.st_size + compound->sector - 1) / compound->sector - 1;
    compound->next = allocate((compound->count + 1) * sizeof *compound->next);
    size_t all = compound->count * compound->sector;
    if (!read_tables(compound, header) || !add_chain(compound, low_32(header + 48), all, false, &compound->directory)) return damaged(error);
    const char *root = entry_at(compound, 0);
    return (root && add_chain(compound, low_32(root + 116), low_32(root + 120), true, &compound->small) &&
            add_chain(compound, low_32(header + 60), all, false, &compound->small_next)) ||
           damaged(error);
}

void compound_close(struct compound *compound)
{
    close(compound->descriptor);
    free(compound->next);
    text_close(&compound->directory);
    text_close(&compound->small);
    text_close(&compound->small_next);
}

static bool has_name(const char *entry, const char *name)
{
    size_t i = 0;
    for (; i < NAME_UNITS && name[i]; i++)
        if (low_16(entry + i * 2) > 127 || tolower(low_16(entry + i * 2)) != tolower((unsigned char)name[i])) return false;
    return i < NAME_UNITS && low_16(entry + i * 2) == 0;
}

/* Among the entries that hang at the root as a tree: an embedded object has streams of the same names further down. */
static const char *find_entry(const struct compound *compound, const char *name)
{
    size_t count = compound->directory.length / ENTRY, waiting = 0;
    bool *seen = allocate(count + 1);
    uint32_t *stack = allocate((count + 1) * sizeof *stack);
    const char *found = NULL;
    uint32_t number = count ? low_32(compound->directory.at + 76) : no_sector;
    for (;; number = stack[--waiting]) {
        const char *entry = entry_at(compound, number);
        while (entry && !seen[number]) {
            seen[number] = true;
            if (entry[66] == 2 && has_name(entry, name)) found = entry;
            stack[waiting++] = low_32(entry + 72);
            number = low_32(entry + 68);
            entry = entry_at(compound, number);
        }
        if (!waiting || found) break;
    }
    free(seen);
    free(stack);
    return found;
}

bool compound_stream(const struct compound *compound, const char *name, struct text *stream, struct error *error)
{
    const char *entry = find_entry(compound, name);
    if (!entry)
        return fail_both(error, ERROR_NOT_FOUND, "the file has no stream %s: it is no workbook", "文件中缺少 %s：这不是工作簿", name);
    uint32_t first = low_32(entry + 116);
    size_t bytes = low_32(entry + 120);
    return (bytes < SMALL_STREAM ? add_small(compound, first, bytes, stream) : add_chain(compound, first, bytes, true, stream)) ||
           damaged(error);
}
