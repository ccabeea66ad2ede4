/* A notice: a reminder that a record made due. The table "notice" of the state is the outbox: the meter puts rows in as records
   are applied, in the same transaction; whoever delivers follows it by (entry, place, rank), the order of the ledger. */
#ifndef MEASURE_USAGE_NOTICE_H
#define MEASURE_USAGE_NOTICE_H

#include "base/error.h"
#include "base/memory.h"
#include "base/str.h"
#include "door/kind.h"
#include "store/store.h"

enum notice_level { LEVEL_THRESHOLD, LEVEL_REACHED, LEVEL_OVER, LEVEL_CAP, LEVELS };
extern const char *const level_words[LEVELS]; /* as in the contract: "threshold" ... the choices of notice_sent.level in this order */

struct notice {
    uint64_t entry;          /* of the ledger, of its cause */
    uint32_t place, rank;    /* the record within the entry, from 0; the notice among those of the record */
    uint64_t subscriber;     /* subject */
    int32_t cycle;           /* the first day of the month */
    struct str pool;         /* "data:home"; for over and cap the service alone */
    enum notice_level level;
    int percent;             /* 100 for reached, 0 for over and cap */
    uint64_t occurrence;     /* tells several of one pool, level and percent apart: of over the amount reached, in micro-yuan; of cap 0, or
                                where it is the person's own that amount and one; of the others how often it was owed before in this cycle */
    uint64_t used;           /* minutes, bytes, messages */
    bool has_quantity;
    uint64_t quantity;
    int64_t charge;          /* micro-yuan, whole fen */
    int64_t time;            /* start of its cause */
    int64_t source;          /* the number of the cause's source in the state; its name is in "source_name" */
    uint64_t seq;
    int64_t received;        /* when the door took the cause: what is old when it comes is no news to anybody */
};

/* "CREATE TABLE IF NOT EXISTS "notice" ("entry" BIGINT, "place" BIGINT, "rank" BIGINT, "subscriber" BIGINT, "cycle" BIGINT (its
   first day), "pool" TEXT, "level" BIGINT, "percent" BIGINT, "occurrence" BIGINT, "used" BIGINT, "quantity" BIGINT (NULL: none),
   "charge" BIGINT, "time" BIGINT, "source" BIGINT, "seq" BIGINT, "received" BIGINT, PRIMARY KEY (entry, place, rank)), with an index
   on subscriber. */
extern const char notice_table[];

enum { NOTICE_ID_ROOM = 24 };
/* A function of subscriber, cycle, pool, level, percent and occurrence: the same notice has the same ID in every run. */
void notice_id(const struct notice *notice, char id[NOTICE_ID_ROOM]);

/* A notice as it is listed: with the name of its cause's source, and whose the subscriber was said to be. */
struct listed_notice {
    struct notice notice;
    struct str source, operator_, area;
};
/* Calls back for each notice behind (entry, place, rank) of `after` (NULL: from the first), in the order of the ledger; of one subscriber
   where has_subscriber. Strings last until the next. `each` may stop it by setting *enough. */
bool notices_each(struct store *store, const struct notice *after, bool has_subscriber, uint64_t subscriber,
                  bool (*each)(void *context, const struct listed_notice *notice, bool *enough, struct error *error), void *context,
                  struct error *error);

/* A pool's name in words: "data at home, 23:00 to 07:00", "国内流量，23点到7点"; or a service's. */
struct str pool_says(struct str pool, enum language language, struct arena *arena);
/* "20:11 on 14 December 2016", "2016年12月14日20:11". */
struct str moment_says(int64_t moment, enum language language, struct arena *arena);

/* What the person is told: what was used, what is left or what more costs; no advertising. */
struct str notice_text(const struct notice *notice, enum language language, struct arena *arena);

struct rows;
/* As `notices` prints it; subscriber is what may be shown of the number. */
void notice_show(struct rows *rows, const struct listed_notice *listed, struct str subscriber);

#endif
