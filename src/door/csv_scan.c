#include "door/csv_scan.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { BLOCK = 64 };

void csv_scan_at(struct csv_scan *scan, const char *at)
{
    scan->next = at;
    scan->marks = 0;
    scan->strange = false;
}

#ifdef __SSE2__
static inline void look_at_block(struct csv_scan *scan)
{
    const __m128i separator = _mm_set1_epi8(scan->separator), quote = _mm_set1_epi8('"');
    const __m128i newline = _mm_set1_epi8('\n'), carriage = _mm_set1_epi8('\r'), zero = _mm_setzero_si128();
    uint64_t marks = 0;
    __m128i strange = zero;
    for (int i = 0; i < BLOCK / 16; i++) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(scan->next + 16 * i));
        __m128i found = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, separator), _mm_cmpeq_epi8(bytes, quote)),
                                     _mm_or_si128(_mm_cmpeq_epi8(bytes, newline), _mm_cmpeq_epi8(bytes, carriage)));
        strange = _mm_or_si128(strange, _mm_or_si128(bytes, _mm_cmpeq_epi8(bytes, zero)));
        marks |= (uint64_t)(uint32_t)_mm_movemask_epi8(found) << 16 * i;
    }
    scan->marks = marks;
    scan->strange = _mm_movemask_epi8(strange) != 0;
}
#else
static inline void look_at_block(struct csv_scan *scan)
{
    uint64_t marks = 0;
    bool strange = false;
    for (int i = 0; i < BLOCK; i++) {
        char byte = scan->next[i];
        marks |= (uint64_t)(byte == scan->separator || byte == '"' || byte == '\n' || byte == '\r') << i;
        strange |= byte == 0 || (byte & 0x80) != 0;
    }
    scan->marks = marks;
    scan->strange = strange;
}
#endif

/* The next mark before end, or end. */
static inline const char *next_mark(struct csv_scan *scan, const char *end)
{
    while (!scan->marks) {
        if (scan->next >= end) return end;
        look_at_block(scan);
        scan->next += BLOCK;
        scan->row_strange |= scan->strange;
    }
    const char *mark = scan->next - BLOCK + __builtin_ctzll(scan->marks);
    if (mark >= end) return end;
    scan->marks &= scan->marks - 1;
    return mark;
}

static enum scanned broken(struct csv_scan *scan, const char *english, const char *chinese)
{
    scan->problem = (struct says){ english, chinese };
    return SCANNED_BROKEN;
}

static struct str undouble(struct csv_scan *scan, struct str quoted)
{
    char *to = arena_take(&scan->unquoted, quoted.length), *start = to;
    for (size_t i = 0; i < quoted.length; i++) {
        *to++ = quoted.at[i];
        if (quoted.at[i] == '"') i++;
    }
    return (struct str){ start, (size_t)(to - start) };
}

/* From the quote that opens a cell to the mark behind the cell. */
static enum scanned scan_quoted(struct csv_scan *scan, const char *opening, const char *end, bool ended, struct str *cell,
                                const char **behind)
{
    bool doubled = false;
    const char *mark;
    for (;;) {
        mark = next_mark(scan, end);
        if (mark - opening > READER_CELL_BYTES)
            return broken(scan, "a quoted cell never ends, or is longer than 1 MiB: check the quotes in this line",
                          "一个带引号的单元格没有结束，或超过 1 MiB：请检查这一行的引号");
        if (mark == end)
            return ended ? broken(scan, "a quoted cell never ends: close its quote, or double a quote inside it",
                                  "一个带引号的单元格没有结束：请补上引号，单元格内的引号要写成两个")
                         : SCANNED_SHORT;
        bool last = mark + 1 == end;
        if (last && !ended) return SCANNED_SHORT;
        if (*mark == '"') {
            if (last || mark[1] != '"') break;
            next_mark(scan, end);
            doubled = true;
        } else if (*mark == '\n' || (*mark == '\r' && (last || mark[1] != '\n'))) {
            scan->lines++;
        }
    }
    *cell = (struct str){ opening + 1, (size_t)(mark - opening - 1) };
    if (doubled) *cell = undouble(scan, *cell);
    const char *after = mark + 1;
    while (after < end && *after == ' ')
        after++;
    if (after == end && !ended) return SCANNED_SHORT;
    *behind = next_mark(scan, end);
    if (*behind != after || (after < end && *after == '"'))
        return broken(scan, "text follows a closing quote: double a quote inside a quoted cell",
                      "结束的引号后面还有内容：带引号的单元格内，引号要写成两个");
    return SCANNED_ROW;
}

enum scanned csv_scan_row(struct csv_scan *scan, const char *at, const char *end, bool ended)
{
    scan->count = 0;
    scan->lines = 1;
    scan->row_strange = scan->strange;
    if (scan->unquoted.used) arena_reset(&scan->unquoted);
    const char *start = at, *mark;
    for (;;) {
        mark = next_mark(scan, end);
        struct str cell = { start, (size_t)(mark - start) };
        if (mark < end && *mark == '"') {
            if (mark != start) {
                /* A quote inside a cell that is not quoted stands for itself. */
                do
                    mark = next_mark(scan, end);
                while (mark < end && *mark == '"');
                cell.length = (size_t)(mark - start);
            } else {
                enum scanned scanned = scan_quoted(scan, start, end, ended, &cell, &mark);
                if (scanned != SCANNED_ROW) return scanned;
            }
        }
        if (mark == end && !ended) return SCANNED_SHORT;
        if (scan->count == READER_COLUMNS) return broken(scan, "the row has more than 256 cells", "这一行超过 256 个单元格");
        if (cell.length > READER_CELL_BYTES) return broken(scan, "a cell is longer than 1 MiB", "一个单元格超过 1 MiB");
        scan->cells[scan->count++] = (struct cell){ cell, cell.length ? CELL_TEXT : CELL_NULL };
        if (mark == end || *mark != scan->separator) break;
        start = mark + 1;
    }
    const char *behind = mark;
    if (mark < end) {
        behind++;
        if (*mark == '\r') {
            if (behind == end && !ended) return SCANNED_SHORT;
            if (behind < end && *behind == '\n') behind = next_mark(scan, end) + 1;
        }
    }
    scan->length = (size_t)(mark - at);
    scan->taken = (size_t)(behind - at);
    if (scan->length > READER_ROW_BYTES) return broken(scan, "the row is longer than 4 MiB", "这一行超过 4 MiB");
    return SCANNED_ROW;
}
