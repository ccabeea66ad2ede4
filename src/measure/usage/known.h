/* What the meter knows besides use: tariffs, subscriptions, people's own levels, and which records are corrected. It keeps its own,
   so that it rates with what was known at its own position of the ledger. Locked by its owner. */
#ifndef MEASURE_USAGE_KNOWN_H
#define MEASURE_USAGE_KNOWN_H

#include "measure/usage/levels.h"
#include "measure/usage/rating.h"

struct known;

struct known *known_open(void);
void known_close(struct known *known);

/* A tariff, or a new version of one. version: the kind's, in which it is packed. */
bool known_tariff(struct known *known, const struct record *record, unsigned version, struct str packed, struct error *error);
/* A subscription, or a new version of one. */
void known_subscription(struct known *known, const struct record *record);
void known_setting(struct known *known, const struct record *record);
/* The record of that source and seq is corrected. */
void known_correction(struct known *known, struct str source, uint64_t seq);

/* Which records of a source are corrected, to be asked with corrected_has; NULL: none. Valid until the next correction. */
const struct seen *known_corrected(const struct known *known, struct str source);
bool corrected_has(const struct seen *corrected, uint64_t seq);

/* The subscriptions of a subject, in the arena; the tariffs they point to are valid until one is added. Returns how many. */
size_t known_holdings(const struct known *known, uint64_t subject, struct arena *arena, struct holding **holdings);
/* Whether over a quarter of the subjects from `first` on, so many, have a subscription. known: a struct known. */
bool known_crowded(const void *known, uint64_t first, uint64_t count);
/* Brings what known_plain would read of a subject near: where its subscription is, and, once that has come, the subscription. */
void known_prefetch(const struct known *known, uint64_t subject);
void known_prefetch_held(const struct known *known, uint64_t subject);
/* The one subscription of a subject that has only one and no settings, where it holds the whole cycle and its tariff is plain: known,
   a main one, without hours or rollover. NULL otherwise. Sets *first to what each service's sum must reach before anything can be due. */
const struct tariff *known_plain(const struct known *known, uint64_t subject, int32_t cycle, const uint64_t **first);
/* Whether a person has levels of their own at any time; those at a moment, false: none. */
bool known_has_own(const struct known *known, uint64_t subject);
bool known_own(const struct known *known, uint64_t subject, int64_t moment, struct own_levels *own);

void known_save(const struct known *known, struct text *out);
bool known_load(struct known *known, struct str *bytes, struct error *error);
/* Of everything known, in an order that depends on nothing but the entries. */
struct sha256_run;
void known_digest(const struct known *known, struct sha256_run *run);
uint64_t known_bytes(const struct known *known);

#endif
