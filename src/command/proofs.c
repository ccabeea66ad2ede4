/* The ledger from outside: verify, checkpoint, entry, proof. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json.h"
#include "command/session.h"
#include "engine/replay.h"
#include "measure/query.h"
#include "report/report.h"

enum { NOTE_LIMIT = 64 * 1024, REPORT_LIMIT = 64 * 1024 * 1024 };

static void print_line(struct text *text)
{
    text_add_byte(text, '\n');
    fwrite(text->at, 1, text->length, stdout);
    text_close(text);
}

/* ---- checkpoint ---- */

static enum exit_code checkpoint(struct invocation *invocation)
{
    struct text out = { 0 };
    if (invocation_option(invocation, "key")) {
        struct keys keys;
        if (!directory_keys(disk_posix(), invocation->directory, &keys, &invocation->error)) return EXIT_FAILED;
        ledger_verifier_key(&keys.ledger, &out);
        print_line(&out);
        return EXIT_DONE;
    }
    struct session session;
    if (!session_open(&session, invocation, false)) return EXIT_FAILED;
    struct ledger *ledger = engine_ledger(session.engine);
    bool done = ledger_checkpoint(ledger, ledger_durable(ledger), &out, &invocation->error);
    if (done) fwrite(out.at, 1, out.length, stdout);
    text_close(&out);
    session_close(&session);
    return done ? EXIT_DONE : EXIT_FAILED;
}

static const struct option checkpoint_options[] = {
    { "key", NULL, { "only the verifier key, NAME+HASH+KEY", "只给验证公钥，格式为 名称+哈希+公钥" } },
};
const struct command checkpoint_command = {
    .name = "checkpoint", .arguments = "", .run = checkpoint,
    .says = { "the newest signed checkpoint of the ledger (a C2SP note)", "账本最新的签名检查点（C2SP 格式）" },
    .options = checkpoint_options, .option_count = sizeof checkpoint_options / sizeof *checkpoint_options,
};

/* ---- entry ---- */

static bool entry_print(struct str bytes, struct error *error)
{
    struct entry entry;
    if (!entry_read(bytes, &entry, error)) return false;
    const struct kind *kind = kind_find(entry.kind);
    if (!kind) return fail(error, ERROR_DAMAGE, "it is of kind %.*s, which this program does not know", STR_ARGS(entry.kind));
    struct record *record = allocate(sizeof *record);
    struct text line = { 0 };
    struct str spans = entry.packed_spans;
    uint64_t last = 0;
    bool done = true;
    for (struct span span; done && entry_span(&spans, &last, &span);)
        for (uint64_t seq = span.low; done && seq >= span.low && seq <= span.high; seq++) {
            done = record_unpack(kind, entry.version, &entry.records, record, error);
            if (!done) break;
            record->source = entry.source;
            record->seq = seq;
            line.length = 0;
            record_json(&(struct json){ .out = &line }, record);
            text_add_byte(&line, '\n');
            fwrite(line.at, 1, line.length, stdout);
        }
    text_close(&line);
    free(record);
    return done;
}

static enum exit_code entry(struct invocation *invocation)
{
    struct session session;
    uint64_t index;
    const char *format = invocation_option(invocation, "format");
    bool raw = format && !strcmp(format, "raw");
    if (!str_number(str_of(invocation->arguments[0]), &index) || (format && !raw && strcmp(format, "jsonl"))) {
        fail(&invocation->error, ERROR_USAGE, "an entry's number from 0 is wanted, and --format is raw or jsonl");
        return EXIT_USAGE;
    }
    if (!session_open(&session, invocation, false)) return EXIT_FAILED;
    struct text bytes = { 0 };
    bool done = ledger_read(engine_ledger(session.engine), index, &bytes, &invocation->error);
    if (done && raw)
        fwrite(bytes.at, 1, bytes.length, stdout);
    else if (done)
        done = entry_print(text_str(&bytes), &invocation->error);
    text_close(&bytes);
    session_close(&session);
    return done ? EXIT_DONE : EXIT_FAILED;
}

static const struct option entry_options[] = {
    { "format", "raw|jsonl", { "the exact bytes that are hashed, or the records (the default)", "raw：参与哈希的原始字节；jsonl：其中的记录（默认）" } },
};
const struct command entry_command = {
    .name = "entry", .arguments = "INDEX", .least = 1, .most = 1, .run = entry,
    .says = { "an entry of the ledger, by its number from 0", "账本中的一条，编号从 0 起" },
    .options = entry_options, .option_count = 1,
};

/* ---- proof ---- */

static void hash_put(struct json *json, const struct hash *hash)
{
    struct text text = { 0 };
    base64_add(&text, (struct str){ (const char *)hash->bytes, HASH_BYTES });
    json_add_string(json, text_str(&text));
    text_close(&text);
}

static void path_put(struct json *json, const struct hash *path, size_t length)
{
    json_key(json, "path");
    json_open(json, '[');
    for (size_t i = 0; i < length; i++) hash_put(json, &path[i]);
    json_close(json, ']');
    json_close(json, '}');
}

static bool inclusion(struct ledger *ledger, uint64_t index, uint64_t size, struct text *out, struct error *error)
{
    struct hash leaf, path[LEDGER_PATH_LIMIT];
    size_t length;
    if (!ledger_inclusion(ledger, index, size, &leaf, path, &length, error)) return false;
    struct json json = { .out = out };
    json_open(&json, '{');
    json_put_number(&json, "index", (int64_t)index);
    json_put_number(&json, "size", (int64_t)size);
    json_key(&json, "leaf");
    hash_put(&json, &leaf);
    path_put(&json, path, length);
    return true;
}

static bool consistency(struct ledger *ledger, uint64_t from, uint64_t to, struct text *out, struct error *error)
{
    struct hash path[LEDGER_PATH_LIMIT];
    size_t length;
    if (!ledger_consistency(ledger, from, to, path, &length, error)) return false;
    struct json json = { .out = out };
    json_open(&json, '{');
    json_put_number(&json, "from", (int64_t)from);
    json_put_number(&json, "to", (int64_t)to);
    path_put(&json, path, length);
    return true;
}

static enum exit_code proof(struct invocation *invocation)
{
    uint64_t seq = 0, index = UINT64_MAX, size = UINT64_MAX, from = UINT64_MAX, to = UINT64_MAX;
    const char *source = invocation_option(invocation, "source");
    const struct {
        const char *name;
        uint64_t *number;
    } numbers[] = { { "seq", &seq }, { "index", &index }, { "size", &size }, { "from", &from }, { "to", &to } };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (!asked_number(invocation_asked, invocation, numbers[i].name, numbers[i].number, &invocation->error)) return EXIT_USAGE;
    bool by_source = source && invocation_option(invocation, "seq"), by_index = index != UINT64_MAX,
         growth = from != UINT64_MAX && to != UINT64_MAX;
    if (by_source + by_index + growth != 1) {
        fail(&invocation->error, ERROR_USAGE, "give --source S --seq N, or --index I, or --from M --to N");
        return EXIT_USAGE;
    }
    struct session session;
    if (!session_open(&session, invocation, by_source)) return EXIT_FAILED;
    struct ledger *ledger = engine_ledger(session.engine);
    struct text out = { 0 };
    struct place place = { .entry = index };
    if (size == UINT64_MAX) size = ledger_durable(ledger);
    bool done = !by_source || place_find(session.reader, str_of(source), seq, &place, &invocation->error);
    done = done && (growth ? consistency(ledger, from, to, &out, &invocation->error)
                           : inclusion(ledger, place.entry, size, &out, &invocation->error));
    if (done)
        print_line(&out);
    else
        text_close(&out);
    session_close(&session);
    return done ? EXIT_DONE : EXIT_FAILED;
}

static const struct option proof_options[] = {
    { "source", "NAME", { "with --seq: the record of this source", "与 --seq 合用：该来源的记录" } },
    { "seq", "N", { "its number there", "在该来源中的序号" } },
    { "index", "I", { "the entry of this number", "该编号的条目" } },
    { "size", "N", { "in the tree of this size; the newest checkpoint's unless given", "树的大小，默认为最新检查点的" } },
    { "from", "M", { "with --to: that the ledger of N entries grew from that of M", "与 --to 合用：N 条的账本由 M 条的增长而来" } },
    { "to", "N", { "see --from", "见 --from" } },
};
const struct command proof_command = {
    .name = "proof", .arguments = "", .run = proof,
    .says = { "a proof that a record is in the ledger, or that the ledger only grew (RFC 6962)", "证明某条记录在账本中，或账本只增不改（RFC 6962）" },
    .options = proof_options, .option_count = sizeof proof_options / sizeof *proof_options,
};

/* ---- verify ---- */

/* What verify looks at without changing a byte: the ledger and, for a replay, a scratch folder outside the directory. */
struct verification {
    struct invocation *invocation;
    struct error *error;
    struct keys keys;
    struct ledger *ledger;
    char scratch[PATH_ROOM];
    bool has_scratch;
    struct progress progress;
};

static bool scratch_make(struct verification *verification)
{
    if (verification->has_scratch) return true;
    const char *base = getenv("TMPDIR");
    snprintf(verification->scratch, sizeof verification->scratch, "%s/mingbai-verify-XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(verification->scratch)) return fail_errno(verification->error, "no scratch folder can be made: set TMPDIR");
    verification->has_scratch = true;
    return true;
}

/* The ledger, opened over a cache in the scratch folder, so that nothing in the directory is touched. */
static bool ledger_ready(struct verification *verification)
{
    if (verification->ledger) return true;
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
    struct decisions *decisions = state ? decisions_read(verification->ledger, position, verification->error) : NULL;
    bool done = decisions && replay(verification->ledger, state, position, decisions, progress_show, &verification->progress,
                                    verification->error);
    decisions_close(decisions);
    if (done) return state;
    state_close(state);
    return NULL;
}

static bool verify_replay(struct verification *verification)
{
    char path[PATH_ROOM];
    uint64_t generation, position;
    const char *directory = verification->invocation->directory;
    if (!directory_generation(disk_posix(), directory, &generation, verification->error)) return false;
    if (!generation) return true; /* no state yet: nothing to differ */
    if (!directory_state_path(directory, generation, true, path, verification->error)) return false;
    struct store *present = store_open(disk_posix(), path, STORE_READ, verification->error);
    struct hash digest, again;
    struct state *state = NULL;
    bool done = present && state_stored_position(present, &position, verification->error) &&
                state_digest(present, &digest, verification->error) &&
                (state = scratch_state(verification, "replay.db", position)) &&
                state_digest(state_store(state), &again, verification->error);
    if (done && !hash_equal(&digest, &again))
        done = fail(verification->error, ERROR_DAMAGE,
                    "a replay of the ledger gives another state than the present one: run `mingbai rebuild`");
    state_close(state);
    if (present) store_close(present);
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
    if (done) {
        audit.as_of = claims->as_of;
        audit.own_times = claims->own_times;
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
                                         .progress = { .what = invocation->language == CHINESE ? "验证" : "verifying" } };
    struct error *error = &invocation->error;
    const char *given_file = invocation_option(invocation, "checkpoint"), *report = invocation_option(invocation, "report");
    char path[PATH_ROOM], *given = NULL;
    size_t given_length = 0;
    struct ledger_verified verified;
    int lock = -1;
    bool done = directory_lock(invocation->directory, true, &lock, error) && directory_keys(disk_posix(), invocation->directory, &verification.keys, error) &&
                directory_path(invocation->directory, "ledger", path, error) &&
                (!given_file || disk_read_all(disk_posix(), given_file, NOTE_LIMIT, &given, &given_length, error)) &&
                ledger_verify(disk_posix(), path, &verification.keys.ledger, (struct str){ given, given_length }, progress_show,
                              &verification.progress, &verified, error) &&
                (!invocation_option(invocation, "replay") || verify_replay(&verification)) &&
                (!report || verify_report(&verification, report));
    progress_end(&verification.progress);
    if (verification.ledger) ledger_close(verification.ledger);
    if (verification.has_scratch) {
        struct error ignored;
        disk_remove_tree(disk_posix(), verification.scratch, &ignored);
    }
    free(given);
    directory_unlock(lock);
    if (!done) {
        printf("%s\n", error->says);
        *error = (struct error){ 0 };
        return EXIT_FAILED;
    }
    if (verified.torn_bytes)
        fprintf(stderr, "%llu bytes behind the last acknowledged entry are a torn tail: never acknowledged, cut at the next opening\n",
                (unsigned long long)verified.torn_bytes);
    struct text out = { 0 };
    text_format(&out, "ok %llu ", (unsigned long long)verified.newest.size);
    base64_add(&out, (struct str){ (const char *)verified.newest.root.bytes, HASH_BYTES });
    print_line(&out);
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
