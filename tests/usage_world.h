/* A small province of use for tests: one list of records in the order of the ledger, of which every version and every correction stays.
   The slow reference (usage_reference.h) and the program are asked about the same list. Units are those of the files: bytes, seconds,
   messages, micro-yuan; days and moments are those of base/moment.h. Strings live in the world's arena or are constants. */
#ifndef TESTS_USAGE_WORLD_H
#define TESTS_USAGE_WORLD_H

#include "base/memory.h"
#include "base/moment.h"
#include "base/str.h"

enum use_service { USE_DATA, USE_VOICE, USE_SMS, USE_SERVICES };
extern const char *const use_service_words[USE_SERVICES];
enum world_level { WORLD_THRESHOLD, WORLD_REACHED, WORLD_OVER, WORLD_CAP, WORLD_LEVELS };
extern const char *const world_level_words[WORLD_LEVELS];

enum { WORLD_LIST = 8, NO_HOUR = -1 };

struct world_allowance {
    const char *id;
    enum use_service service;
    bool unlimited;
    int64_t quantity;
    const char *scope;       /* NULL: none, which serves every scope but directed */
    int hour_from, hour_to;  /* both 0: all day */
    int rollover;
};

struct world_price {
    enum use_service service;
    int64_t per, price;
    const char *scope;       /* NULL: home */
    int64_t increment;       /* 0: none */
};

struct world_tariff {
    const char *tariff, *type;
    struct world_allowance allowances[WORLD_LIST];
    size_t allowance_count;
    struct world_price prices[WORLD_LIST];
    size_t price_count;
    int64_t monthly_fee, one_off_fee, exit_fee;
    bool has_then_fee;
    int64_t then_fee;
    const char *free_until;  /* a day, or NULL */
    int min_months;
    bool has_cap;
    int64_t cap;
    int64_t every;           /* notice_every; 0: none */
    int notice_at[WORLD_LIST];
    size_t notice_at_count;
};

struct world_subscription {
    const char *subscriber, *tariff;
    int32_t from, to;        /* to: DAY_NONE where it goes on */
};

struct world_use {
    const char *subscriber;
    enum use_service service;
    int64_t start, quantity;
    const char *scope;       /* NULL: left out, which is home */
    const char *corrects;    /* the source of the record that it replaces; NULL: none */
    uint64_t corrects_seq;
};

struct world_setting {
    const char *subscriber;
    int64_t from;
    int notice_at[WORLD_LIST];
    size_t notice_at_count;
    bool has_cap;
    int64_t cap;
};

struct world_sent {
    const char *subscriber;
    int32_t cycle;           /* the first of the month */
    const char *pool;
    enum world_level level;
    int percent;             /* 0: left out */
    int64_t sent;
};

struct world_charged {
    const char *subscriber;
    int32_t cycle;
    const char *item;
    int64_t amount;
};

enum world_kind { WORLD_TARIFF, WORLD_SUBSCRIPTION, WORLD_USE, WORLD_SETTING, WORLD_SENT, WORLD_CHARGED, WORLD_KINDS };
extern const char *const world_kind_words[WORLD_KINDS]; /* as the program names its kinds */

struct world_record {
    enum world_kind kind;
    const char *source;
    uint64_t seq;
    union {
        struct world_tariff tariff;
        struct world_subscription subscription;
        struct world_use use;
        struct world_setting setting;
        struct world_sent sent;
        struct world_charged charged;
    };
};

enum { WORLD_SUBSCRIBERS = 8 };
struct world {
    struct arena arena;
    uint64_t seed;
    struct world_record **records;
    size_t count, room;
    const char *subscribers[WORLD_SUBSCRIBERS];
    size_t subscriber_count;
    int32_t first_cycle;     /* cycles that are asked about */
    int cycle_count;
};

void world_close(struct world *world);
/* Behind what is there; without a source it gets the kind's own and the next number in it. */
struct world_record *world_add(struct world *world, struct world_record record);
/* The same records in another list, which borrows them: to be permuted or shortened. Freed with world_view_close. */
void world_view(const struct world *world, struct world *view);
void world_view_close(struct world *view);

int32_t world_cycle_add(int32_t cycle, int cycles);
/* The first day of the month of a moment. */
int32_t world_cycle_of(int64_t moment);
/* "2015-01" */
const char *world_cycle_text(int32_t cycle, struct arena *arena);
/* Of micro-yuan: decimal yuan with at least two decimals. */
const char *world_money(int64_t money, struct arena *arena);

/* A record as the door is given it: the cells that have something in them, without source and seq. Lists are JSON. */
struct world_cell {
    const char *field, *text;
};
enum { WORLD_CELLS = 24 };
size_t world_cells(const struct world_record *record, struct world_cell cells[WORLD_CELLS], struct arena *arena);
/* A line for people: kind, source/seq and its cells. */
void world_tell(const struct world_record *record, struct text *out);

#endif
