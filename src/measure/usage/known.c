#include "measure/usage/known.h"

#include <stdlib.h>

#include "base/hash.h"
#include "engine/sources.h"
#include "measure/usage/kinds.h"
#include "measure/usage/ladder.h"

struct known_tariff {
    const struct tariff *tariff; /* NULL: only named, by a subscription */
    struct arena arena;      /* of all its versions: who rates with an older one may go on */
    unsigned version;
    struct text packed;
    bool is_plain;
    uint64_t first[SERVICES];
};

struct subscribed {
    uint32_t tariff;         /* from 0 */
    int32_t from, to;
    uint32_t next;           /* of the same subject, from 1; 0: none */
};

struct setting {
    uint64_t subject;
    int64_t from;
    struct own_levels own;
    uint32_t next;           /* the one before it of the same subject, from 1; 0: none */
};

struct known {
    struct sources names;    /* of tariffs: number - 1 is the place in `tariffs` */
    struct known_tariff **tariffs;
    size_t tariff_room;
    uint32_t *first;         /* by subject: its first subscription, from 1 */
    size_t first_room;
    struct subscribed *subscribed;
    size_t subscribed_count, subscribed_room;
    struct setting *settings;
    size_t setting_count, setting_room;
    uint32_t *setting_slots; /* by hash of the subject: its newest setting, from 1 */
    size_t slot_count;
    struct sources corrected;
};

struct known *known_open(void)
{
    return allocate(sizeof(struct known));
}

void known_close(struct known *known)
{
    if (!known) return;
    for (size_t i = 0; i < known->names.count; i++) {
        arena_close(&known->tariffs[i]->arena);
        text_close(&known->tariffs[i]->packed);
        free(known->tariffs[i]);
    }
    free(known->tariffs);
    sources_close(&known->names);
    sources_close(&known->corrected);
    free(known->first);
    free(known->subscribed);
    free(known->settings);
    free(known->setting_slots);
    free(known);
}

/* ---- tariffs ---- */

static struct known_tariff *tariff_named(struct known *known, struct str id, uint32_t *place)
{
    struct source *name = sources_find(&known->names, id);
    if (!name) {
        name = sources_add(&known->names, id);
        if (known->names.count > known->tariff_room) {
            known->tariff_room = known->tariff_room ? known->tariff_room * 2 : 64;
            known->tariffs = reallocate(known->tariffs, known->tariff_room * sizeof(struct known_tariff *));
        }
        known->tariffs[known->names.count - 1] = allocate(sizeof **known->tariffs);
    }
    if (place) *place = (uint32_t)(name->number - 1);
    return known->tariffs[name->number - 1];
}

/* What a subscriber who holds nothing else must have used before anything is due. */
static void plain_find(struct known_tariff *known)
{
    struct arena arena = { 0 };
    const struct tariff *tariff = known->tariff;
    struct holding holding = { .tariff = tariff, .id = tariff->tariff, .from = 0, .to = DAY_NONE };
    known->is_plain = cycle_main(&holding, 1, 0) && cycle_rolls_from(&holding, 1, cycle_end(0)) == cycle_end(0);
    for (int service = 0; service < SERVICES; service++)
        known->is_plain = known->is_plain && !cycle_has_hours(&holding, 1, 0, (enum service)service);
    if (known->is_plain) {
        const struct rating *rating = rate(&holding, 1, 0, NULL, 0, NULL, 0, &arena);
        const struct levels none = { 0 };
        for (int service = 0; service < SERVICES; service++)
            known->first[service] = ladder_next(rating, &none, (enum service)service, NULL, &arena);
    }
    arena_close(&arena);
}

bool known_tariff(struct known *known, const struct record *record, unsigned version, struct str packed, struct error *error)
{
    struct known_tariff *its = tariff_named(known, record->values[TARIFF_ID].text, NULL);
    struct tariff *tariff = arena_take(&its->arena, sizeof *tariff);
    if (!tariff_read(record, &its->arena, tariff, NULL, error)) return false;
    its->tariff = tariff;
    its->version = version;
    its->packed.length = 0;
    text_add(&its->packed, packed);
    plain_find(its);
    return true;
}

/* ---- subscriptions ---- */

static void first_ready(struct known *known, uint64_t subject)
{
    if (subject < known->first_room) return;
    size_t room = known->first_room ? known->first_room : 4096;
    while (room <= subject) room *= 2;
    known->first = reallocate(known->first, room * sizeof *known->first);
    memset(known->first + known->first_room, 0, (room - known->first_room) * sizeof *known->first);
    known->first_room = room;
}

static void subscribe(struct known *known, uint64_t subject, uint32_t tariff, int32_t from, int32_t to)
{
    first_ready(known, subject);
    uint32_t *link = &known->first[subject];
    size_t count = 0;
    for (; *link; link = &known->subscribed[*link - 1].next, count++) {
        struct subscribed *its = &known->subscribed[*link - 1];
        if (its->tariff != tariff || its->from != from) continue;
        its->to = to;
        return;
    }
    if (count >= SUBSCRIPTIONS_MOST) return;
    /* The newest goes first: the array may move, and the link with it. */
    if (known->subscribed_count == known->subscribed_room) {
        known->subscribed_room = known->subscribed_room ? known->subscribed_room + known->subscribed_room / 2 : 4096;
        known->subscribed = reallocate(known->subscribed, known->subscribed_room * sizeof *known->subscribed);
    }
    must(known->subscribed_count < UINT32_MAX - 1);
    known->subscribed[known->subscribed_count++] = (struct subscribed){ tariff, from, to, known->first[subject] };
    known->first[subject] = (uint32_t)known->subscribed_count;
}

void known_subscription(struct known *known, const struct record *record)
{
    uint32_t tariff;
    int32_t to = record_has(record, SUBSCRIPTION_TO) ? (int32_t)record->values[SUBSCRIPTION_TO].number : DAY_NONE;
    tariff_named(known, record->values[SUBSCRIPTION_TARIFF].text, &tariff);
    subscribe(known, (uint64_t)record->values[SUBSCRIPTION_SUBSCRIBER].number, tariff, (int32_t)record->values[SUBSCRIPTION_FROM].number, to);
}

size_t known_holdings(const struct known *known, uint64_t subject, struct arena *arena, struct holding **holdings)
{
    size_t count = 0;
    *holdings = NULL;
    if (subject >= known->first_room) return 0;
    for (uint32_t at = known->first[subject]; at; at = known->subscribed[at - 1].next) count++;
    *holdings = arena_take(arena, count * sizeof **holdings);
    size_t place = count;
    for (uint32_t at = known->first[subject]; at; at = known->subscribed[at - 1].next) {
        const struct subscribed *its = &known->subscribed[at - 1];
        const struct known_tariff *tariff = known->tariffs[its->tariff];
        (*holdings)[--place] = (struct holding){ .tariff = tariff->tariff, .id = source_name(&known->names.at[its->tariff]), .from = its->from, .to = its->to };
    }
    return count;
}

bool known_crowded(const void *context, uint64_t first, uint64_t count)
{
    const struct known *known = context;
    uint64_t with = 0;
    for (uint64_t subject = first; subject < first + count && subject < known->first_room; subject++) with += known->first[subject] != 0;
    return with * 4 > count;
}

void known_prefetch(const struct known *known, uint64_t subject)
{
    if (subject < known->first_room) __builtin_prefetch(&known->first[subject]);
}

void known_prefetch_held(const struct known *known, uint64_t subject)
{
    if (subject < known->first_room && known->first[subject]) __builtin_prefetch(&known->subscribed[known->first[subject] - 1]);
}

/* ---- people's own levels ---- */

static size_t setting_slot(const struct known *known, uint64_t subject)
{
    size_t slot = (size_t)(subject * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (known->slot_count - 1);
    while (known->setting_slots[slot] && known->settings[known->setting_slots[slot] - 1].subject != subject) slot = (slot + 1) & (known->slot_count - 1);
    return slot;
}

static void setting_slots_grow(struct known *known)
{
    if (known->setting_count * 2 < known->slot_count) return;
    known->slot_count = known->slot_count ? known->slot_count * 2 : 64;
    free(known->setting_slots);
    known->setting_slots = allocate(known->slot_count * sizeof *known->setting_slots);
    for (size_t i = 0; i < known->setting_count; i++) known->setting_slots[setting_slot(known, known->settings[i].subject)] = (uint32_t)i + 1;
}

static void setting_add(struct known *known, const struct setting *setting)
{
    setting_slots_grow(known);
    if (known->setting_count == known->setting_room) {
        known->setting_room = known->setting_room ? known->setting_room * 2 : 64;
        known->settings = reallocate(known->settings, known->setting_room * sizeof *known->settings);
    }
    size_t slot = setting_slot(known, setting->subject);
    known->settings[known->setting_count] = *setting;
    known->settings[known->setting_count++].next = known->setting_slots[slot];
    known->setting_slots[slot] = (uint32_t)known->setting_count;
}

void known_setting(struct known *known, const struct record *record)
{
    struct setting setting = { .subject = (uint64_t)record->values[SETTING_SUBSCRIBER].number, .from = record->values[SETTING_FROM].number };
    struct error ignored; /* the door has looked */
    if (record_has(record, SETTING_NOTICE_AT))
        percents_read(record->values[SETTING_NOTICE_AT].text, setting.own.notice_at, &setting.own.notice_at_count, &ignored);
    if (record_has(record, SETTING_DATA_CAP)) {
        setting.own.has_cap = true;
        setting.own.cap = record->values[SETTING_DATA_CAP].number;
    }
    setting_add(known, &setting);
}

/* The latest from that has come; of several the one loaded last. */
bool known_own(const struct known *known, uint64_t subject, int64_t moment, struct own_levels *own)
{
    const struct setting *best = NULL;
    if (!known->slot_count) return false;
    for (uint32_t at = known->setting_slots[setting_slot(known, subject)]; at; at = known->settings[at - 1].next) {
        const struct setting *setting = &known->settings[at - 1];
        if (setting->from <= moment && (!best || setting->from > best->from)) best = setting;
    }
    if (best) *own = best->own;
    return best != NULL;
}

bool known_has_own(const struct known *known, uint64_t subject)
{
    return known->slot_count && known->setting_slots[setting_slot(known, subject)];
}

const struct tariff *known_plain(const struct known *known, uint64_t subject, int32_t cycle, const uint64_t **first)
{
    uint32_t at = subject < known->first_room ? known->first[subject] : 0;
    if (!at) return NULL;
    const struct subscribed *its = &known->subscribed[at - 1];
    const struct known_tariff *tariff = known->tariffs[its->tariff];
    bool is_whole = its->from <= cycle && (its->to == DAY_NONE || its->to >= cycle_end(cycle));
    if (its->next || !is_whole || !tariff->tariff || !tariff->is_plain) return NULL;
    if (known_has_own(known, subject)) return NULL;
    *first = tariff->first;
    return tariff->tariff;
}

/* ---- corrected records ---- */

void known_correction(struct known *known, struct str source, uint64_t seq)
{
    struct source *its = sources_find(&known->corrected, source);
    if (!its) its = sources_add(&known->corrected, source);
    seen_add(&its->seen, (struct span){ seq, seq });
}

const struct seen *known_corrected(const struct known *known, struct str source)
{
    const struct source *its = sources_look(&known->corrected, source);
    return its ? &its->seen : NULL;
}

bool corrected_has(const struct seen *corrected, uint64_t seq)
{
    return corrected && seen_has(corrected, seq);
}

/* ---- across restarts ---- */

static void bytes_add(struct text *out, struct str bytes)
{
    varint_add(out, bytes.length);
    text_add(out, bytes);
}

static bool bytes_read(struct str *bytes, struct str *out)
{
    uint64_t length;
    if (!varint_read(bytes, &length) || length > bytes->length) return false;
    *out = (struct str){ bytes->at, (size_t)length };
    *bytes = (struct str){ bytes->at + length, bytes->length - (size_t)length };
    return true;
}

static bool block_read(struct str *bytes, void *out, size_t length)
{
    if (length > bytes->length) return false;
    if (length) memcpy(out, bytes->at, length);
    *bytes = (struct str){ bytes->at + length, bytes->length - length };
    return true;
}

void known_save(const struct known *known, struct text *out)
{
    varint_add(out, known->names.count);
    for (size_t i = 0; i < known->names.count; i++) {
        bytes_add(out, source_name(&known->names.at[i]));
        varint_add(out, known->tariffs[i]->tariff ? known->tariffs[i]->version : 0);
        bytes_add(out, text_str(&known->tariffs[i]->packed));
    }
    varint_add(out, known->first_room);
    text_add(out, (struct str){ (const char *)known->first, known->first_room * sizeof *known->first });
    varint_add(out, known->subscribed_count);
    text_add(out, (struct str){ (const char *)known->subscribed, known->subscribed_count * sizeof *known->subscribed });
    varint_add(out, known->setting_count);
    text_add(out, (struct str){ (const char *)known->settings, known->setting_count * sizeof *known->settings });
    varint_add(out, known->corrected.count);
    for (size_t i = 0; i < known->corrected.count; i++) {
        const struct source *source = &known->corrected.at[i];
        bytes_add(out, source_name(source));
        varint_add(out, source->seen.count);
        struct seen_place place = { 0 };
        for (struct span span; seen_next(&source->seen, &place, &span);) {
            varint_add(out, span.low);
            varint_add(out, span.high);
        }
    }
}

static bool tariffs_restore(struct known *known, struct str *bytes, struct error *error)
{
    uint64_t count, version;
    struct str name, packed;
    if (!varint_read(bytes, &count)) return false;
    for (uint64_t i = 0; i < count; i++) {
        if (!bytes_read(bytes, &name) || !varint_read(bytes, &version) || !bytes_read(bytes, &packed)) return false;
        tariff_named(known, name, NULL);
        struct record record = { .kind = &tariff_kind };
        struct str rest = packed;
        if (version && (!record_unpack(&tariff_kind, (unsigned)version, &rest, &record, error) ||
                        !known_tariff(known, &record, (unsigned)version, packed, error)))
            return false;
    }
    return true;
}

static bool subscriptions_restore(struct known *known, struct str *bytes)
{
    uint64_t room, count;
    if (!varint_read(bytes, &room) || room > bytes->length / sizeof *known->first) return false;
    known->first_room = (size_t)room;
    known->first = allocate(known->first_room * sizeof *known->first + 1);
    if (!block_read(bytes, known->first, known->first_room * sizeof *known->first) || !varint_read(bytes, &count) ||
        count > bytes->length / sizeof *known->subscribed)
        return false;
    known->subscribed_count = known->subscribed_room = (size_t)count;
    known->subscribed = allocate(known->subscribed_room * sizeof *known->subscribed + 1);
    return block_read(bytes, known->subscribed, known->subscribed_count * sizeof *known->subscribed);
}

static bool settings_restore(struct known *known, struct str *bytes)
{
    uint64_t count;
    if (!varint_read(bytes, &count) || count > bytes->length / sizeof *known->settings) return false;
    for (uint64_t i = 0; i < count; i++) {
        struct setting setting;
        if (!block_read(bytes, &setting, sizeof setting)) return false;
        setting_add(known, &setting);
    }
    return true;
}

static bool corrected_restore(struct known *known, struct str *bytes)
{
    uint64_t sources, spans, low, high;
    if (!varint_read(bytes, &sources)) return false;
    for (uint64_t i = 0; i < sources; i++) {
        struct str name;
        if (!bytes_read(bytes, &name) || !varint_read(bytes, &spans)) return false;
        struct source *source = sources_add(&known->corrected, name);
        for (uint64_t k = 0; k < spans; k++) {
            if (!varint_read(bytes, &low) || !varint_read(bytes, &high)) return false;
            seen_add(&source->seen, (struct span){ low, high });
        }
    }
    return true;
}

bool known_load(struct known *known, struct str *bytes, struct error *error)
{
    struct error inner = { 0 };
    if (tariffs_restore(known, bytes, &inner) && subscriptions_restore(known, bytes) && settings_restore(known, bytes) &&
        corrected_restore(known, bytes))
        return true;
    return fail(error, ERROR_DAMAGE, "what the meter knew is not whole: run `mingbai rebuild`");
}

void known_digest(const struct known *known, struct sha256_run *run)
{
    struct text all = { 0 };
    known_save(known, &all);
    sha256_add(run, text_str(&all));
    text_close(&all);
}

uint64_t known_bytes(const struct known *known)
{
    return known->first_room * sizeof *known->first + known->subscribed_room * sizeof *known->subscribed +
           known->setting_room * sizeof *known->settings;
}
