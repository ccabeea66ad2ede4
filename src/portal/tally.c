#include "portal/tally.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"

enum { SETS = 4096, WAYS = 8 };

void tallies_open(struct tallies *tallies, int64_t window)
{
    tallies->at = allocate(SETS * WAYS * sizeof *tallies->at);
    tallies->window = window;
    random_bytes(tallies->secret, sizeof tallies->secret);
}

void tallies_close(struct tallies *tallies)
{
    free(tallies->at);
    *tallies = (struct tallies){ 0 };
}

struct tally *tally_of(struct tallies *tallies, struct str what, int64_t now)
{
    uint64_t key;
    crypto_shorthash((unsigned char *)&key, (const unsigned char *)what.at, what.length, tallies->secret);
    struct tally *set = &tallies->at[key % SETS * WAYS], *found = NULL;
    for (size_t i = 0; i < WAYS && !found; i++)
        if (set[i].key == key && set[i].last) found = &set[i];
    if (!found) {
        found = set;
        for (size_t i = 1; i < WAYS; i++)
            if (set[i].last < found->last) found = &set[i];
        *found = (struct tally){ .key = key };
    }
    if (now - found->since >= tallies->window) found->count = 0;
    return found;
}

void tally_count(struct tally *tally, int64_t now)
{
    if (!tally->count) tally->since = now;
    tally->last = now;
    tally->count++;
}
