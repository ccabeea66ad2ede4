#include "measure/usage/slots.h"

#include <stdlib.h>

#include "base/moment.h"
#include "engine/sources.h"
#include "measure/usage/chunks.h"

enum { CHUNK = CHUNK_BYTES / sizeof(struct slot), DETAIL_MOST = 4 * 1024 * 1024, NAMES_MOST = 100000 };

/* The slots of a cycle, by subject, in chunks that are made when first needed. */
struct cycle_slots {
    struct slot **chunks;
    size_t chunk_count;
};

struct slots {
    int32_t *cycles;           /* rising */
    struct cycle_slots *tables;
    size_t count;
    struct sources names;      /* of scopes and pools: number - 1 stands for them in what is packed */
    uint64_t detail_bytes, chunk_bytes;
    slots_crowded *crowded;
    const void *context;
    struct chunks *chunks;
    size_t ahead;              /* while there is no cycle: how many chunks the first will have */
    int32_t ahead_of;          /* the cycle for whose successor chunks were made ready */
};

struct slots *slots_open(slots_crowded *crowded, const void *context)
{
    struct slots *slots = allocate(sizeof *slots);
    slots->crowded = crowded;
    slots->context = context;
    slots->chunks = chunks_open();
    slots->ahead_of = DAY_NONE;
    return slots;
}

void slots_close(struct slots *slots)
{
    if (!slots) return;
    for (size_t i = 0; i < slots->count; i++) {
        for (size_t c = 0; c < slots->tables[i].chunk_count; c++) {
            struct slot *chunk = slots->tables[i].chunks[c];
            for (size_t s = 0; chunk && s < CHUNK; s++) free(chunk[s].detail);
            if (chunk) chunk_give(chunk);
        }
        free(slots->tables[i].chunks);
    }
    free(slots->tables);
    free(slots->cycles);
    sources_close(&slots->names);
    chunks_close(slots->chunks);
    free(slots);
}

static size_t cycle_place(const struct slots *slots, int32_t cycle)
{
    size_t low = 0, high = slots->count;
    if (high && slots->cycles[high - 1] <= cycle) return slots->cycles[high - 1] < cycle ? high : high - 1; /* the newest most often */
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (slots->cycles[middle] < cycle)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct cycle_slots *cycle_make(struct slots *slots, size_t at, int32_t cycle)
{
    slots->cycles = reallocate(slots->cycles, (slots->count + 1) * sizeof *slots->cycles);
    slots->tables = reallocate(slots->tables, (slots->count + 1) * sizeof *slots->tables);
    memmove(slots->cycles + at + 1, slots->cycles + at, (slots->count - at) * sizeof *slots->cycles);
    memmove(slots->tables + at + 1, slots->tables + at, (slots->count - at) * sizeof *slots->tables);
    slots->count++;
    slots->cycles[at] = cycle;
    slots->tables[at] = (struct cycle_slots){ 0 };
    return &slots->tables[at];
}

const struct slot *slots_look(const struct slots *slots, uint64_t subject, int32_t cycle)
{
    size_t at = cycle_place(slots, cycle), chunk = (size_t)(subject / CHUNK);
    if (at == slots->count || slots->cycles[at] != cycle || chunk >= slots->tables[at].chunk_count || !slots->tables[at].chunks[chunk])
        return NULL;
    return &slots->tables[at].chunks[chunk][subject % CHUNK];
}

struct slot *slots_at(struct slots *slots, uint64_t subject, int32_t cycle, bool make)
{
    size_t at = cycle_place(slots, cycle), chunk = (size_t)(subject / CHUNK);
    bool is_there = at < slots->count && slots->cycles[at] == cycle;
    if (!is_there && !make) return NULL;
    struct cycle_slots *table = is_there ? &slots->tables[at] : cycle_make(slots, at, cycle);
    if (chunk >= table->chunk_count) {
        if (!make) return NULL;
        size_t room = chunk + chunk / 2 + 16;
        table->chunks = reallocate(table->chunks, room * sizeof *table->chunks);
        memset(table->chunks + table->chunk_count, 0, (room - table->chunk_count) * sizeof *table->chunks);
        table->chunk_count = room;
    }
    if (!table->chunks[chunk]) {
        if (!make) return NULL;
        table->chunks[chunk] = chunk_take(slots->chunks, slots->crowded(slots->context, (uint64_t)chunk * CHUNK, CHUNK));
        slots->chunk_bytes += CHUNK_BYTES;
    }
    return &table->chunks[chunk][subject % CHUNK];
}

void slots_later(struct slots *slots, uint64_t subject, int32_t cycle, void (*each)(struct slot *slot))
{
    size_t chunk = (size_t)(subject / CHUNK);
    for (size_t i = slots->count; i && slots->cycles[i - 1] > cycle; i--) {
        struct cycle_slots *table = &slots->tables[i - 1];
        if (chunk < table->chunk_count && table->chunks[chunk]) each(&table->chunks[chunk][subject % CHUNK]);
    }
}

size_t slots_cycles(const struct slots *slots, const int32_t **cycles)
{
    *cycles = slots->cycles;
    return slots->count;
}

bool slots_each(const struct slots *slots, bool (*each)(void *context, uint64_t subject, int32_t cycle, const struct slot *slot), void *context)
{
    for (size_t i = 0; i < slots->count; i++)
        for (size_t c = 0; c < slots->tables[i].chunk_count; c++) {
            const struct slot *chunk = slots->tables[i].chunks[c];
            for (size_t s = 0; chunk && s < CHUNK; s++)
                if (chunk[s].flags & SLOT_USED && !each(context, (uint64_t)c * CHUNK + s, slots->cycles[i], &chunk[s])) return false;
        }
    return true;
}

uint64_t slots_subjects(const struct slots *slots)
{
    size_t most = 0;
    for (size_t i = 0; i < slots->count; i++)
        if (slots->tables[i].chunk_count > most) most = slots->tables[i].chunk_count;
    return (uint64_t)most * CHUNK;
}

uint64_t slots_bytes(const struct slots *slots)
{
    return slots->chunk_bytes + slots->detail_bytes + chunks_bytes(slots->chunks);
}

void slots_ahead(struct slots *slots, int64_t latest)
{
    int32_t newest = slots->count ? slots->cycles[slots->count - 1] : DAY_NONE;
    if (newest == DAY_NONE) {
        size_t before = slots->ahead;
        while (slots->crowded(slots->context, (uint64_t)slots->ahead * CHUNK, CHUNK)) slots->ahead++;
        if (slots->ahead > before) chunks_want(slots->chunks, slots->ahead);
        return;
    }
    if (slots->ahead_of == newest || day_of(latest) != cycle_end(newest) - 1) return;
    size_t count = 0;
    const struct cycle_slots *table = &slots->tables[slots->count - 1];
    for (size_t c = 0; c < table->chunk_count; c++) count += table->chunks[c] && slots->crowded(slots->context, (uint64_t)c * CHUNK, CHUNK);
    slots->ahead_of = newest;
    chunks_want(slots->chunks, count);
}

/* ---- what hangs on a slot: its length (4 bytes), then numbers as varints ---- */

static uint64_t name_number(struct slots *slots, struct str name)
{
    struct source *source = sources_find(&slots->names, name);
    return (uint64_t)(source ? source : sources_add(&slots->names, name))->number;
}

/* Pools have the names of tariffs; scopes are anybody's, and so that they cannot fill memory the last ones go without. */
static uint64_t scope_number(struct slots *slots, struct str scope)
{
    return name_number(slots, slots->names.count < NAMES_MOST || sources_find(&slots->names, scope) ? scope : SCOPE_OTHERS);
}

static struct str name_of(const struct slots *slots, uint64_t number)
{
    must(number && number <= slots->names.count);
    return source_name(&slots->names.at[number - 1]);
}

static struct str detail_bytes(const struct slot *slot)
{
    uint32_t length;
    if (!slot->detail) return (struct str){ NULL, 0 };
    memcpy(&length, slot->detail, sizeof length);
    return (struct str){ slot->detail + sizeof length, length };
}

static uint64_t taken(struct str *bytes)
{
    uint64_t number = 0;
    must(varint_read(bytes, &number));
    return number;
}

void detail_unpack(const struct slots *slots, const struct slot *slot, struct detail *detail, struct arena *arena)
{
    struct str bytes = detail_bytes(slot);
    *detail = (struct detail){ 0 };
    if (!bytes.length) return;
    detail->cut_count = (size_t)taken(&bytes);
    must(detail->cut_count <= CUTS_MAX);
    for (size_t i = 0; i < detail->cut_count; i++) detail->cuts[i] = (int32_t)zigzag_back(taken(&bytes));
    detail->hours = (unsigned)taken(&bytes);
    detail->sum_count = detail->sum_room = (size_t)taken(&bytes);
    detail->sums = arena_take(arena, detail->sum_count * sizeof *detail->sums);
    for (size_t i = 0; i < detail->sum_count; i++) {
        struct use_sum *sum = &detail->sums[i];
        *sum = (struct use_sum){ .service = (enum service)taken(&bytes) };
        sum->scope = name_of(slots, taken(&bytes));
        sum->day = (int32_t)zigzag_back(taken(&bytes));
        sum->hour = (int)taken(&bytes) - 1;
        sum->quantity = taken(&bytes);
    }
    struct levels *levels = &detail->levels;
    levels->mark_count = levels->mark_room = (size_t)taken(&bytes);
    levels->marks = arena_take(arena, levels->mark_count * sizeof *levels->marks);
    for (size_t i = 0; i < levels->mark_count; i++) {
        levels->marks[i].pool = name_of(slots, taken(&bytes));
        levels->marks[i].percent = (uint8_t)taken(&bytes);
        uint64_t times = taken(&bytes);
        levels->marks[i].marked = times & 1;
        levels->marks[i].times = (uint32_t)(times >> 1);
    }
    levels->size_count = levels->size_room = (size_t)taken(&bytes);
    levels->sizes = arena_take(arena, levels->size_count * sizeof *levels->sizes);
    for (size_t i = 0; i < levels->size_count; i++) {
        levels->sizes[i].pool = name_of(slots, taken(&bytes));
        levels->sizes[i].size = taken(&bytes);
    }
    for (int service = 0; service < SERVICES; service++) levels->over[service] = (int64_t)taken(&bytes);
    levels->cap = taken(&bytes);
    levels->own_cap = taken(&bytes);
}

void detail_pack(struct slots *slots, struct slot *slot, const struct detail *detail)
{
    struct text out = { 0 };
    const struct levels *levels = &detail->levels;
    uint32_t length = 0;
    text_add(&out, (struct str){ (const char *)&length, sizeof length });
    varint_add(&out, detail->cut_count);
    for (size_t i = 0; i < detail->cut_count; i++) varint_add(&out, zigzag(detail->cuts[i]));
    varint_add(&out, detail->hours);
    varint_add(&out, detail->sum_count);
    for (size_t i = 0; i < detail->sum_count; i++) {
        const struct use_sum *sum = &detail->sums[i];
        varint_add(&out, sum->service);
        varint_add(&out, scope_number(slots, sum->scope));
        varint_add(&out, zigzag(sum->day));
        varint_add(&out, (uint64_t)(sum->hour + 1));
        varint_add(&out, sum->quantity);
    }
    varint_add(&out, levels->mark_count);
    for (size_t i = 0; i < levels->mark_count; i++) {
        varint_add(&out, name_number(slots, levels->marks[i].pool));
        varint_add(&out, levels->marks[i].percent);
        varint_add(&out, (uint64_t)levels->marks[i].times << 1 | levels->marks[i].marked);
    }
    varint_add(&out, levels->size_count);
    for (size_t i = 0; i < levels->size_count; i++) {
        varint_add(&out, name_number(slots, levels->sizes[i].pool));
        varint_add(&out, levels->sizes[i].size);
    }
    for (int service = 0; service < SERVICES; service++) varint_add(&out, (uint64_t)levels->over[service]);
    varint_add(&out, levels->cap);
    varint_add(&out, levels->own_cap);
    length = (uint32_t)(out.length - sizeof length);
    memcpy(out.at, &length, sizeof length);
    slots->detail_bytes -= slot->detail ? detail_bytes(slot).length + sizeof length : 0;
    slots->detail_bytes += out.length;
    free(slot->detail);
    slot->detail = reallocate(out.at, out.length);
}

static int sum_order(const struct use_sum *a, const struct use_sum *b)
{
    if (a->service != b->service) return a->service < b->service ? -1 : 1;
    if (a->day != b->day) return a->day < b->day ? -1 : 1;
    if (a->hour != b->hour) return a->hour < b->hour ? -1 : 1;
    return str_compare(a->scope, b->scope);
}

static bool sum_find(const struct detail *detail, const struct use_sum *use, size_t *at)
{
    for (*at = 0; *at < detail->sum_count; ++*at) {
        int order = sum_order(&detail->sums[*at], use);
        if (order >= 0) return !order;
    }
    return false;
}

static void sum_add(struct detail *detail, const struct use_sum *use, bool less, struct arena *arena)
{
    size_t at;
    if (sum_find(detail, use, &at)) {
        uint64_t *sum = &detail->sums[at].quantity;
        *sum = !less ? use_add(*sum, use->quantity) : *sum > use->quantity ? *sum - use->quantity : 0;
        return;
    }
    if (less) return;
    if (detail->sum_count == detail->sum_room) {
        detail->sum_room = detail->sum_room ? detail->sum_room * 2 : 4;
        struct use_sum *larger = arena_take(arena, detail->sum_room * sizeof *larger);
        if (detail->sum_count) memcpy(larger, detail->sums, detail->sum_count * sizeof *larger);
        detail->sums = larger;
    }
    memmove(detail->sums + at + 1, detail->sums + at, (detail->sum_count - at) * sizeof *detail->sums);
    detail->sums[at] = *use;
    detail->sum_count++;
}

/* The directed scopes that are kept apart; returns how many. */
static size_t scopes_find(const struct detail *detail, struct str scopes[SCOPES_MOST])
{
    size_t count = 0;
    for (size_t i = 0; i < detail->sum_count; i++) {
        struct str scope = detail->sums[i].scope;
        size_t at = 0;
        if (!str_starts(scope, SCOPE_OTHERS) || scope.length == SCOPE_OTHERS.length) continue;
        while (at < count && !str_equal(scopes[at], scope)) at++;
        if (at == count && count < SCOPES_MOST) scopes[count++] = scope;
    }
    return count;
}

static void scope_give_up(struct detail *detail, struct str scope, struct arena *arena)
{
    for (size_t i = 0; i < detail->sum_count;) {
        struct use_sum sum = detail->sums[i];
        if (!str_equal(sum.scope, scope)) {
            i++;
            continue;
        }
        memmove(detail->sums + i, detail->sums + i + 1, (--detail->sum_count - i) * sizeof *detail->sums);
        sum.scope = SCOPE_OTHERS;
        sum_add(detail, &sum, false, arena);
        i = 0;
    }
}

/* The scope under which use of a scope that is not there yet is summed: which ones are kept apart does not depend on their order. */
static struct str scope_kept(struct detail *detail, struct str scope, struct arena *arena)
{
    struct str scopes[SCOPES_MOST];
    size_t count = scopes_find(detail, scopes), last = 0;
    for (size_t i = 0; i < count; i++) {
        if (str_equal(scopes[i], scope)) return scope;
        if (str_compare(scopes[i], scopes[last]) > 0) last = i;
    }
    if (count < SCOPES_MOST) return scope;
    if (str_compare(scope, scopes[last]) > 0) return SCOPE_OTHERS;
    scope_give_up(detail, scopes[last], arena);
    return scope;
}

void detail_add(struct detail *detail, const struct use_sum *use, bool less, struct arena *arena)
{
    struct use_sum kept = *use;
    size_t at;
    if (str_starts(use->scope, SCOPE_OTHERS) && !sum_find(detail, use, &at)) kept.scope = less ? SCOPE_OTHERS : scope_kept(detail, use->scope, arena);
    sum_add(detail, &kept, less, arena);
}

/* ---- across restarts ---- */

typedef bool writing(void *context, const void *bytes, size_t length, struct error *error);
typedef bool reading(void *context, void *bytes, size_t length, struct error *error);

/* How many of its slots are used, then each with its place. */
static bool chunk_save(const struct slot *chunk, writing *write, void *context, struct error *error)
{
    uint16_t used = 0;
    for (size_t s = 0; s < CHUNK; s++) used += chunk[s].flags & SLOT_USED;
    if (!write(context, &used, sizeof used, error)) return false;
    for (uint16_t s = 0; s < CHUNK; s++) {
        if (!(chunk[s].flags & SLOT_USED)) continue;
        struct str bytes = detail_bytes(&chunk[s]);
        if (!write(context, &s, sizeof s, error) || !write(context, &chunk[s], sizeof *chunk, error) ||
            (chunk[s].detail && !write(context, chunk[s].detail, bytes.length + sizeof(uint32_t), error)))
            return false;
    }
    return true;
}

bool slots_save(const struct slots *slots, writing *write, void *context, struct error *error)
{
    uint64_t counts[2] = { slots->names.count, slots->count };
    if (!write(context, counts, sizeof counts, error)) return false;
    for (size_t i = 0; i < slots->names.count; i++) {
        uint64_t length = slots->names.at[i].length;
        if (!write(context, &length, sizeof length, error) || !write(context, slots->names.at[i].name, length, error)) return false;
    }
    for (size_t i = 0; i < slots->count; i++) {
        uint64_t head[2] = { (uint64_t)(int64_t)slots->cycles[i], slots->tables[i].chunk_count };
        if (!write(context, head, sizeof head, error)) return false;
        for (size_t c = 0; c < slots->tables[i].chunk_count; c++) {
            uint8_t is_there = slots->tables[i].chunks[c] != NULL;
            if (!write(context, &is_there, 1, error) || (is_there && !chunk_save(slots->tables[i].chunks[c], write, context, error))) return false;
        }
    }
    return true;
}

static bool detail_load(struct slots *slots, struct slot *slot, reading *read, void *context, struct error *error)
{
    uint32_t length;
    bool has_detail = slot->detail != NULL;
    slot->detail = NULL; /* what was written there is the address of another time */
    if (!has_detail) return true;
    if (!read(context, &length, sizeof length, error)) return false;
    if (length > DETAIL_MOST) return fail(error, ERROR_DAMAGE, "a snapshot is not whole");
    slot->detail = allocate(length + sizeof length);
    memcpy(slot->detail, &length, sizeof length);
    slots->detail_bytes += length + sizeof length;
    return read(context, slot->detail + sizeof length, length, error);
}

static bool chunk_load(struct slots *slots, struct slot *chunk, reading *read, void *context, struct error *error)
{
    uint16_t used, place;
    if (!read(context, &used, sizeof used, error)) return false;
    for (; used; used--) {
        struct slot slot;
        if (!read(context, &place, sizeof place, error) || !read(context, &slot, sizeof slot, error)) return false;
        if (place >= CHUNK) return fail(error, ERROR_DAMAGE, "a snapshot is not whole");
        bool done = detail_load(slots, &slot, read, context, error);
        chunk[place] = slot;
        if (!done) return false;
    }
    return true;
}

bool slots_load(struct slots *slots, reading *read, void *context, struct error *error)
{
    uint64_t counts[2];
    if (!read(context, counts, sizeof counts, error)) return false;
    for (uint64_t i = 0; i < counts[0]; i++) {
        uint64_t length;
        char name[256];
        if (!read(context, &length, sizeof length, error)) return false;
        if (length > sizeof name) return fail(error, ERROR_DAMAGE, "a snapshot is not whole");
        if (!read(context, name, length, error)) return false;
        sources_add(&slots->names, (struct str){ name, (size_t)length });
    }
    for (uint64_t i = 0; i < counts[1]; i++) {
        uint64_t head[2];
        if (!read(context, head, sizeof head, error)) return false;
        for (uint64_t c = 0; c < head[1]; c++) {
            uint8_t is_there;
            if (!read(context, &is_there, 1, error)) return false;
            if (is_there && !chunk_load(slots, slots_at(slots, c * CHUNK, (int32_t)(int64_t)head[0], true), read, context, error)) return false;
        }
    }
    return true;
}

/* A plain slot's sums are digested as those of a shaped one would be. */
struct digesting {
    const struct slots *slots;
    struct sha256_run *run;
    struct arena arena;
    struct text text;
};

static bool slot_digest(void *context, uint64_t subject, int32_t cycle, const struct slot *slot)
{
    struct digesting *digesting = context;
    struct detail detail;
    struct text *out = &digesting->text;
    arena_reset(&digesting->arena);
    out->length = 0;
    detail_unpack(digesting->slots, slot, &detail, &digesting->arena);
    text_format(out, "%llu %d %u", (unsigned long long)subject, (int)cycle, slot->latest);
    for (int service = 0; service < SERVICES; service++)
        if (slot->sums[service]) text_format(out, " %d home %llu", service, (unsigned long long)slot->sums[service]);
    for (size_t i = 0; i < detail.sum_count; i++)
        text_format(out, " %d %.*s %d %d %llu", (int)detail.sums[i].service, STR_ARGS(detail.sums[i].scope), (int)detail.sums[i].day,
                    detail.sums[i].hour, (unsigned long long)detail.sums[i].quantity);
    const struct levels *levels = &detail.levels;
    for (size_t i = 0; i < levels->mark_count; i++)
        text_format(out, " %.*s %u %d %u", STR_ARGS(levels->marks[i].pool), levels->marks[i].percent, levels->marks[i].marked, levels->marks[i].times);
    for (size_t i = 0; i < levels->size_count; i++)
        text_format(out, " %.*s %llu", STR_ARGS(levels->sizes[i].pool), (unsigned long long)levels->sizes[i].size);
    text_format(out, " %lld %lld %lld %d %llu\n", (long long)levels->over[0], (long long)levels->over[1], (long long)levels->over[2], levels->cap,
                (unsigned long long)levels->own_cap);
    sha256_add(digesting->run, text_str(out));
    return true;
}

void slots_digest(const struct slots *slots, struct sha256_run *run)
{
    struct digesting digesting = { .slots = slots, .run = run };
    slots_each(slots, slot_digest, &digesting);
    arena_close(&digesting.arena);
    text_close(&digesting.text);
}
