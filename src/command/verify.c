/* verify: the ledger, and on request the state and a report, against the ledger. */
#include <stdlib.h>
#include <unistd.h>

#include "command/session.h"
#include "engine/replay.h"
#include "report/report.h"

enum { NOTE_LIMIT = 64 * 1024, REPORT_LIMIT = 64 * 1024 * 1024 };

/* What verify looks at without changing a byte: the ledger and, for a replay, a scratch folder outside the directory. In a server
   the ledger and the state grow meanwhile. */
struct verification {
    struct invocation *invocation;
    struct error *error;
    struct keys keys;
    struct ledger *ledger; /* the server's, or opened here */
    char scratch[PATH_ROOM];
    bool has_scratch;
    struct progress progress;
};

static bool scratch_make(struct verification *verification)
{
    if (verification->has_scratch) return true;
    snprintf(verification->scratch, sizeof verification->scratch, "%s/mingbai-verify-XXXXXX", invocation_scratch(verification->invocation));
    if (!mkdtemp(verification->scratch)) return fail_errno_both(verification->error, "no scratch folder can be made: set TMPDIR",
                                                                "无法建立临时目录：请设置 TMPDIR");
    verification->has_scratch = true;
    return true;
}

/* The server's ledger, or one opened over a cache in the scratch folder, so that nothing in the directory is touched. */
static bool ledger_ready(struct verification *verification)
{
    if (verification->ledger) return true;
    if (verification->invocation->engine) verification->ledger = engine_ledger(verification->invocation->engine);
    if (verification->ledger) return scratch_make(verification);
    char directory[PATH_ROOM], cache[PATH_ROOM];
    if (!scratch_make(verification) || !directory_path(verification->invocation->directory, "ledger", directory, verification->error) ||
        !directory_path(verification->scratch, "cache", cache, verification->error) ||
        !disk_posix()->make_directory(disk_posix(), cache, verification->error))
        return false;
    verification->ledger = ledger_open(&(struct ledger_options){ .disk = disk_posix(), .directory = directory, .cache = cache,
                                                                 .key = &verification->keys.ledger },
                                       verification->error);
    return verification->ledger != NULL;
}

/* Replays to a position into the scratch folder. */
static struct state *scratch_state(struct verification *verification, const char *name, uint64_t position)
{
    char path[PATH_ROOM];
    if (!ledger_ready(verification) || !directory_path(verification->scratch, name, path, verification->error)) return NULL;
    if (position > ledger_durable(verification->ledger)) {
        fail(verification->error, ERROR_DAMAGE, "the ledger has %llu entries, but %llu are spoken of",
             (unsigned long long)ledger_durable(verification->ledger), (unsigned long long)position);
        return NULL;
    }
    struct state *state = state_open(disk_posix(), path, verification->error);
    if (state && !state_keep(state, disk_posix(), verification->scratch, verification->ledger, 0, verification->error)) {
        state_close(state);
        return NULL;
    }
    struct decisions *decisions = state ? decisions_read(verification->ledger, position, verification->error) : NULL;
    bool done = decisions && replay(verification->ledger, state, position, decisions, progress_show, &verification->progress,
                                    verification->error);
    decisions_close(decisions);
    if (done) return state;
    state_close(state);
    return NULL;
}

/* The state that counts; *there is false where none was made yet, so that there is nothing to differ. */
static bool present_open(struct verification *verification, struct store **present, bool *there)
{
    const struct invocation *invocation = verification->invocation;
    char path[PATH_ROOM];
    uint64_t generation;
    *there = true;
    if (invocation->engine) return (*present = engine_reader(invocation->engine, verification->error));
    if (!directory_generation(disk_posix(), invocation->directory, &generation, verification->error)) return false;
    *there = generation != 0;
    return !*there || (directory_state_path(invocation->directory, generation, true, path, verification->error) &&
                       (*present = store_open(disk_posix(), path, STORE_READ, verification->error)));
}

/* What the measures keep in memory, of a state that nobody has open: from its snapshot and the entries behind it, as opening it would
   do, but with everything new in the scratch folder. */
static bool kept_read(struct verification *verification, struct store *present, uint64_t position, struct hash *kept)
{
    char folder[PATH_ROOM];
    uint64_t generation;
    struct error *error = verification->error;
    struct keepers keepers = { 0 };
    struct keeping_seam seam = { .disk = disk_posix(), .folder = folder, .scratch = verification->scratch, .store = present };
    if (!ledger_ready(verification) || !directory_generation(disk_posix(), verification->invocation->directory, &generation, error) ||
        !directory_state_path(verification->invocation->directory, generation, false, folder, error))
        return false;
    struct decisions *decisions = decisions_of_state(present, error);
    bool done = decisions && keepers_open(&keepers, &seam, verification->ledger, position, error) &&
                replay_kept(verification->ledger, &keepers, position, decisions, error);
    if (done) {
        struct sha256_run *run = sha256_start();
        keepers_digest(&keepers, run);
        *kept = sha256_end(run);
    }
    keepers_close(&keepers);
    decisions_close(decisions);
    return done;
}

/* Position and digests of one moment: within a transaction the state stands still. */
static bool present_read(struct verification *verification, struct store *present, uint64_t *position, struct hash *digest, struct hash *kept)
{
    struct error *error = verification->error;
    struct engine *engine = verification->invocation->engine;
    return (engine ? engine_still(engine, present, kept, error) : store_begin(present, error)) && state_stored_position(present, position, error) &&
           state_digest(present, digest, error) && (engine || kept_read(verification, present, *position, kept)) && store_rollback(present, error);
}

static bool verify_replay(struct verification *verification)
{
    struct error *error = verification->error;
    struct store *present = NULL;
    uint64_t position;
    struct hash digest, again, kept;
    bool there;
    if (!present_open(verification, &present, &there)) return false;
    if (!there) return true;
    bool read = present_read(verification, present, &position, &digest, &kept);
    store_close(present);
    struct state *state = read ? scratch_state(verification, "replay.db", position) : NULL;
    bool done = state && state_digest(state_store(state), &again, error);
    struct hash kept_again = done ? state_kept_digest(state) : kept;
    if (done && (!hash_equal(&digest, &again) || !hash_equal(&kept, &kept_again)))
        done = fail(error, ERROR_DAMAGE, "a replay of the ledger gives another state than the present one: run `mingbai rebuild`");
    state_close(state);
    return done;
}

static bool verify_report(struct verification *verification, const char *file)
{
    char *html = NULL;
    size_t length;
    struct report_claims *claims = allocate(sizeof *claims);
    struct checkpoint checkpoint;
    struct error *error = verification->error;
    struct text note = { 0 }, key = { 0 }, again = { 0 };
    struct state *state = NULL;
    struct arena arena = { 0 };
    struct audit audit = { 0 };
    bool done = disk_read_all(disk_posix(), file, REPORT_LIMIT, &html, &length, error) &&
                report_claims_read((struct str){ html, length }, claims, error) &&
                checkpoint_read(str_of(claims->note), &verification->keys.ledger, &checkpoint, error);
    if (done && checkpoint.size != claims->position)
        done = fail(error, ERROR_DAMAGE, "the report speaks of entry %llu, but its checkpoint is over %llu",
                    (unsigned long long)claims->position, (unsigned long long)checkpoint.size);
    done = done && (state = scratch_state(verification, "report.db", claims->position)) &&
           ledger_checkpoint(verification->ledger, claims->position, &note, error) &&
           audit_open(&audit, state_store(state), claims->position, &arena, error);
    audit.ledger = verification->ledger;
    done = done && audit_set_time(&audit, claims->own_times ? MOMENT_NONE : claims->as_of, error);
    if (done) {
        ledger_verifier_key(&verification->keys.ledger, &key);
        struct report_input input = { .audit = &audit, .period = claims->period, .language = claims->language,
                                      .checkpoint = text_str(&note), .verifier_key = text_str(&key) };
        done = report_write(&input, &again, error) && report_compare((struct str){ html, length }, text_str(&again), error);
    }
    if (audit.law) audit_close(&audit);
    state_close(state);
    arena_close(&arena);
    text_close(&note);
    text_close(&key);
    text_close(&again);
    free(claims);
    free(html);
    return done;
}

static enum exit_code verify(struct invocation *invocation)
{
    struct verification verification = { .invocation = invocation, .error = &invocation->error,
                                         .progress = { invocation, .what = SAYS(invocation, "verifying", "验证") } };
    struct error *error = &invocation->error;
    const char *given_file = invocation_option(invocation, "checkpoint"), *report = invocation_option(invocation, "report");
    char path[PATH_ROOM], *given = NULL;
    size_t given_length = 0;
    struct ledger_verified verified;
    int lock = -1;
    bool done = (invocation->engine || directory_lock(invocation->directory, true, &lock, error)) &&
                directory_keys(disk_posix(), invocation->directory, &verification.keys, error) &&
                directory_path(invocation->directory, "ledger", path, error) &&
                (!given_file || disk_read_all(disk_posix(), given_file, NOTE_LIMIT, &given, &given_length, error)) &&
                ledger_verify(disk_posix(), path, &verification.keys.ledger, (struct str){ given, given_length }, progress_show,
                              &verification.progress, &verified, error) &&
                (!invocation_option(invocation, "replay") || verify_replay(&verification)) &&
                (!report || verify_report(&verification, report));
    progress_end(&verification.progress);
    if (verification.ledger && !invocation->engine) ledger_close(verification.ledger);
    if (verification.has_scratch) {
        struct error ignored;
        disk_remove_tree(disk_posix(), verification.scratch, &ignored);
    }
    free(given);
    directory_unlock(lock);
    if (!done) {
        struct text says = { 0 };
        text_format(&says, "%s\n", error->says);
        invocation_print(invocation, text_str(&says));
        text_close(&says);
        *error = (struct error){ 0 };
        return EXIT_FAILED;
    }
    if (verified.torn_bytes && !invocation->engine) /* there it is what was being written just then */
        fprintf(invocation->err, "%llu bytes behind the last acknowledged entry are a torn tail: never acknowledged, cut at the next opening\n",
                (unsigned long long)verified.torn_bytes);
    struct text out = { 0 };
    text_format(&out, "ok %llu ", (unsigned long long)verified.newest.size);
    base64_add(&out, (struct str){ (const char *)verified.newest.root.bytes, HASH_BYTES });
    text_add_byte(&out, '\n');
    invocation_print(invocation, text_str(&out));
    text_close(&out);
    return EXIT_DONE;
}

static const struct option verify_options[] = {
    { "replay", NULL, { "also that a replay gives the present state", "并验证重放得到当前状态" } },
    { "checkpoint", "FILE", { "also that the ledger grew from this checkpoint", "并验证账本由该检查点增长而来" } },
    { "report", "FILE", { "also every number of this report", "并验证该报告中的每个数字" } },
};
const struct command verify_command = {
    .name = "verify", .arguments = "", .run = verify,
    .says = { "checks every byte of the ledger, its tree and its signatures; changes nothing", "验证账本的每个字节、树和签名，不作任何改动" },
    .options = verify_options, .option_count = sizeof verify_options / sizeof *verify_options,
};
