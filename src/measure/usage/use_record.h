/* Records of use as they stand in a ledger entry, read straight from its bytes: they come by the million. */
#ifndef MEASURE_USAGE_USE_RECORD_H
#define MEASURE_USAGE_USE_RECORD_H

#include "engine/entry.h"
#include "measure/tariff/tariff.h"

struct use_record {
    uint64_t subject;
    int64_t start;
    uint64_t quantity;      /* as it was recorded: bytes, seconds, messages */
    enum service service;
    struct str scope;       /* "home" where it has none; points into the entry */
    struct str corrects;    /* "SOURCE/SEQ", or empty; points into the entry */
    uint64_t seq;
};

/* All records of a usage entry, in their order; room for BATCH_RECORDS. ERROR_DAMAGE. */
bool use_records(const struct entry *entry, struct use_record *records, size_t *count, struct error *error);

#endif
