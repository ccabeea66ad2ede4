/* Tariffs and who holds them. Usage and bill see a tariff as this struct. */
#ifndef MEASURE_TARIFF_TARIFF_H
#define MEASURE_TARIFF_TARIFF_H

#include "measure/measure.h"

extern const struct measure tariff_measure;

/* kinds.c */
enum {
    TARIFF_ID, TARIFF_OPERATOR, TARIFF_BRAND, TARIFF_NAME, TARIFF_TYPE, TARIFF_SERVICES, TARIFF_AREAS, TARIFF_CHANNELS, TARIFF_FILED,
    TARIFF_FILED_ON, TARIFF_ON_SALE, TARIFF_OFF_SALE, TARIFF_MONTHLY_FEE, TARIFF_ONE_OFF_FEE, TARIFF_ALLOWANCES, TARIFF_PRICES,
    TARIFF_DATA_CAP, TARIFF_NOTICE_AT, TARIFF_NOTICE_EVERY, TARIFF_MIN_MONTHS, TARIFF_EXIT_FEE, TARIFF_START_CHOICES,
    TARIFF_FREE_UNTIL, TARIFF_THEN_FEE, TARIFF_REQUIRES, TARIFF_INCLUDES, TARIFF_TERMS, TARIFF_FIELDS,
};
enum { SUBSCRIPTION_SUBSCRIBER, SUBSCRIPTION_TARIFF, SUBSCRIPTION_FROM, SUBSCRIPTION_TO };
extern const struct kind tariff_kind, subscription_kind;

/* No tariff says more: a hundred million yuan. Products with any quantity stay within 128 bits. */
#define MONEY_MOST (INT64_C(100000000) * 1000000)

enum service { SERVICE_DATA, SERVICE_VOICE, SERVICE_SMS, SERVICES };
const char *service_word(enum service service);                        /* "data" */
const char *service_says(enum service service, enum language language); /* "流量" */

enum { HOURS_NONE = -1, ALLOWANCES_MOST = 64, PRICES_MOST = 64, LEVELS_MOST = 32, MEMBERS_MOST = 256 };

/* What a tariff includes. */
struct allowance {
    struct str id;
    enum service service;
    bool unlimited;
    uint64_t quantity;             /* bytes, minutes (seconds / 60, rounded down), messages */
    struct str scope;              /* home, roaming, directed:NAME; "any" where it has none */
    int hours_from, hours_to;      /* 23, 7; HOURS_NONE: all day */
    unsigned rollover;             /* cycles that what is left lives on; 0 where unlimited */
};

struct price {
    enum service service;
    uint64_t per;                  /* base units: bytes, seconds, messages */
    int64_t price;                 /* micro-yuan */
    struct str scope;
    uint64_t increment;            /* bytes; 0: none */
};

enum tariff_type { TYPE_MAIN, TYPE_ADDON, TYPE_VAS, TYPE_SINGLE, TYPE_BUNDLE };

/* As far as use, notices and bills depend on it. Money is micro-yuan, 0 where the tariff does not say. */
struct tariff {
    struct str tariff, operator_, name, terms;
    enum tariff_type type;
    int64_t monthly_fee, one_off_fee, exit_fee;
    bool has_then_fee;
    int64_t then_fee;
    int32_t free_until;            /* DAY_NONE: no such day */
    unsigned min_months;
    bool has_data_cap;
    int64_t data_cap;
    int64_t notice_every;          /* 0: none */
    uint8_t notice_at[LEVELS_MOST]; /* percents, rising, each once */
    size_t notice_at_count;
    const struct allowance *allowances;
    size_t allowance_count;
    const struct price *prices;
    size_t price_count;
};

/* Reads a record of the kind, parsed or unpacked; all of it is copied into the arena. ERROR_INPUT says what is wrong in which list, in
   both languages, and *field (may be NULL) is that field. */
bool tariff_read(const struct record *record, struct arena *arena, struct tariff *tariff, const struct field **field, struct error *error);
/* All tariffs of the state by a reading store, in the order of their ids as bytes. */
bool tariffs_load(struct store *store, struct arena *arena, struct tariff **tariffs, size_t *count, struct error *error);
/* NULL where there is none. */
const struct tariff *tariffs_find(const struct tariff *tariffs, size_t count, struct str id);

/* The fee of a cycle (its first day): then_fee, where there is one, after the cycle in which free_until lies. Micro-yuan. */
int64_t tariff_fee(const struct tariff *tariff, int32_t cycle);

/* A list of percents from 1 to 100, as notice_at is given; sorted, each once. */
bool percents_read(struct str json, uint8_t percents[LEVELS_MOST], size_t *count, struct error *error);

#endif
