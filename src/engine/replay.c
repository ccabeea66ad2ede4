#include "engine/replay.h"

#include <stdlib.h>

#include "base/memory.h"
#include "ledger/tree.h"
#include "measure/province/province.h"

enum { REPLAY_COMMIT_ENTRIES = 65536 };

struct decision {
    uint64_t index;
    uint64_t hold;  /* not 0: entries of this hold count from here on */
    char *target;   /* entries of this source before index no longer count, but for those of the hold */
    size_t length;
};

struct decisions {
    struct decision *list;
    size_t count, room;
    struct tree tree; /* over the entries read, to hold against the signed root */
};

bool entry_withdraws(const struct entry *entry)
{
    return str_equal(entry->kind, str_of(withdrawal_kind.name));
}

static void decision_put(struct decisions *decisions, uint64_t index, struct str target, uint64_t hold)
{
    if (decisions->count == decisions->room) {
        decisions->room = decisions->room ? decisions->room * 2 : 8;
        decisions->list = reallocate(decisions->list, decisions->room * sizeof *decisions->list);
    }
    struct decision *decision = &decisions->list[decisions->count++];
    *decision = (struct decision){ .index = index, .hold = hold, .target = allocate(target.length + 1), .length = target.length };
    memcpy(decision->target, target.at, target.length);
}

void decisions_expect(struct decisions *decisions, struct str target, uint64_t hold)
{
    decision_put(decisions, UINT64_MAX, target, hold);
}

static bool decision_add(void *context, uint64_t index, struct str bytes, struct error *error)
{
    struct decisions *decisions = context;
    struct entry entry;
    struct hash leaf = hash_leaf(bytes);
    tree_add(&decisions->tree, &leaf, NULL);
    if (!entry_read(bytes, &entry, error)) return false;
    if (!entry_withdraws(&entry)) return true;
    struct record record = { 0 };
    if (!record_unpack(&withdrawal_kind, entry.version, &entry.records, &record, error)) return false;
    uint64_t hold = record_has(&record, WITHDRAWAL_HOLD) ? (uint64_t)record.values[WITHDRAWAL_HOLD].number : 0;
    decision_put(decisions, index, record.values[WITHDRAWAL_TARGET].text, hold);
    return true;
}

struct decisions *decisions_read(struct ledger *ledger, uint64_t size, struct error *error)
{
    struct decisions *decisions = allocate(sizeof *decisions);
    struct hash root, again;
    if (ledger_scan(ledger, 0, size, decision_add, decisions, error) && ledger_root(ledger, size, &root, error)) {
        again = tree_root(&decisions->tree);
        if (hash_equal(&root, &again)) return decisions;
        fail(error, ERROR_DAMAGE, "the ledger's entries are not those that were signed: `mingbai verify` names the first that is not");
    }
    decisions_close(decisions);
    return NULL;
}

static const char select_withdrawals[] = "SELECT \"entry\", \"target\", \"hold\" FROM \"withdrawal\" ORDER BY \"entry\"";

struct decisions *decisions_of_state(struct store *store, struct error *error)
{
    struct decisions *decisions = allocate(sizeof *decisions);
    struct statement *select = store_prepare(store, select_withdrawals, error);
    bool row = select != NULL;
    while (row && statement_step(select, &row, error))
        if (row)
            decision_put(decisions, (uint64_t)column_number(select, 0), column_text(select, 1),
                         column_is_null(select, 2) ? 0 : (uint64_t)column_number(select, 2));
        else
            return decisions;
    decisions_close(decisions);
    return NULL;
}

void decisions_close(struct decisions *decisions)
{
    if (!decisions) return;
    for (size_t i = 0; i < decisions->count; i++) free(decisions->list[i].target);
    free(decisions->list);
    free(decisions);
}

enum verdict decisions_on(const struct decisions *decisions, uint64_t index, const struct entry *entry)
{
    bool decided = !entry->hold;
    for (size_t i = 0; i < decisions->count; i++) {
        const struct decision *decision = &decisions->list[i];
        if (decision->index < index) continue;
        bool its_own = entry->hold && decision->hold == entry->hold;
        if (its_own)
            decided = true;
        else if (str_equal(entry->source, (struct str){ decision->target, decision->length }))
            return decided ? ENTRY_WITHDRAWN : ENTRY_UNDECIDED;
    }
    return decided ? ENTRY_COUNTS : ENTRY_UNDECIDED;
}

struct replay {
    struct state *state;
    const struct decisions *decisions;
    uint64_t size, since_commit, skipped;
    void (*progress)(void *context, uint64_t done, uint64_t all);
    void *context;
};

static bool replay_entry(void *context, uint64_t index, struct str bytes, struct error *error)
{
    struct replay *replay = context;
    struct entry entry;
    uint64_t repeated = 0;
    if (!entry_read(bytes, &entry, error)) return false;
    enum verdict verdict = decisions_on(replay->decisions, index, &entry);
    if (verdict == ENTRY_UNDECIDED)
        state_skip(replay->state, index, &entry);
    else if (!state_apply(replay->state, index, &entry, verdict == ENTRY_COUNTS ? APPLY_COUNTS : APPLY_WITHDRAWN, &repeated, error))
        return false;
    if (++replay->since_commit < REPLAY_COMMIT_ENTRIES) return true;
    replay->since_commit = 0;
    if (replay->progress) replay->progress(replay->context, index + 1, replay->size);
    return state_commit(replay->state, error) && state_begin(replay->state, error);
}

bool replay(struct ledger *ledger, struct state *state, uint64_t size, const struct decisions *decisions,
            void (*progress)(void *context, uint64_t done, uint64_t all), void *context, struct error *error)
{
    if (state_position(state) >= size) return true;
    struct replay replay = { .state = state, .decisions = decisions, .size = size, .progress = progress, .context = context };
    if (!state_begin(state, error)) return false;
    if (ledger_scan(ledger, state_position(state), size, replay_entry, &replay, error) && state_commit(state, error)) return true;
    state_rollback(state);
    return false;
}

struct bringing_up {
    struct keepers *keepers;
    const struct decisions *decisions;
    uint64_t since_commit;
};

static bool kept_entry(void *context, uint64_t index, struct str bytes, struct error *error)
{
    struct bringing_up *up = context;
    struct entry entry;
    if (!entry_read(bytes, &entry, error)) return false;
    if (decisions_on(up->decisions, index, &entry) == ENTRY_COUNTS) {
        /* what goes into tables is there, so that the source's number is not needed */
        struct applied applied = { .index = index, .entry = &entry, .kind = kind_find(entry.kind) };
        if (!applied.kind) return fail(error, ERROR_DAMAGE, "entry %llu is of a kind that this program does not know", (unsigned long long)index);
        if (!keepers_apply(up->keepers, &applied, true, error)) return false;
    }
    if (++up->since_commit < REPLAY_COMMIT_ENTRIES) return true;
    up->since_commit = 0;
    return keepers_commit(up->keepers, index + 1, error);
}

bool replay_kept(struct ledger *ledger, struct keepers *keepers, uint64_t to, const struct decisions *decisions, struct error *error)
{
    struct bringing_up up = { .keepers = keepers, .decisions = decisions };
    uint64_t from = keepers_position(keepers);
    if (from >= to) return true;
    if (ledger_scan(ledger, from, to, kept_entry, &up, error) && keepers_commit(keepers, to, error)) return true;
    keepers_abandon(keepers);
    return false;
}
