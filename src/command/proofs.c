/* The ledger from outside: checkpoint, entry, proof. */
#include <stdlib.h>

#include "base/json.h"
#include "command/session.h"
#include "ledger/proof_json.h"
#include "measure/query.h"

static void print_line(struct invocation *invocation, struct text *text)
{
    text_add_byte(text, '\n');
    invocation_print(invocation, text_str(text));
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
        print_line(invocation, &out);
        return EXIT_DONE;
    }
    struct session session;
    if (!session_open(&session, invocation, false)) return EXIT_FAILED;
    struct ledger *ledger = engine_ledger(session.engine);
    bool done = ledger_checkpoint(ledger, ledger_durable(ledger), &out, &invocation->error);
    if (done) invocation_print(invocation, text_str(&out));
    text_close(&out);
    session_close(&session);
    return done ? EXIT_DONE : EXIT_FAILED;
}

static const struct option checkpoint_options[] = {
    { "key", NULL, { "only the verifier key, NAME+HASH+KEY", "只给验证公钥，格式为 名称+哈希+公钥" } },
};
const struct command checkpoint_command = {
    .name = "checkpoint", .arguments = "", .run = checkpoint, .local_with = "key",
    .says = { "the newest signed checkpoint of the ledger (a C2SP note)", "账本最新的签名检查点（C2SP 格式）" },
    .options = checkpoint_options, .option_count = sizeof checkpoint_options / sizeof *checkpoint_options,
};

/* ---- entry ---- */

static bool entry_print(struct invocation *invocation, struct str bytes)
{
    struct error *error = &invocation->error;
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
            invocation_print(invocation, text_str(&line));
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
        fail_both(&invocation->error, ERROR_USAGE, "an entry's number from 0 is wanted, and --format is raw or jsonl",
                  "须给出不小于 0 的条目编号；--format 可选 raw 或 jsonl");
        return EXIT_USAGE;
    }
    if (!session_open(&session, invocation, false)) return EXIT_FAILED;
    struct text bytes = { 0 };
    bool done = ledger_read(engine_ledger(session.engine), index, &bytes, &invocation->error);
    if (done && raw)
        invocation_print(invocation, text_str(&bytes));
    else if (done)
        done = entry_print(invocation, text_str(&bytes));
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
        fail_both(&invocation->error, ERROR_USAGE, "give --source S --seq N, or --index I, or --from M --to N",
                  "请给出 --source 来源 --seq 序号，或 --index 编号，或 --from M --to N");
        return EXIT_USAGE;
    }
    struct session session;
    if (!session_open(&session, invocation, by_source)) return EXIT_FAILED;
    struct ledger *ledger = engine_ledger(session.engine);
    struct text out = { 0 };
    struct place place = { .entry = index };
    if (size == UINT64_MAX) size = ledger_durable(ledger);
    bool done = !by_source || place_find(session.reader, str_of(source), seq, &place, &invocation->error);
    done = done && (growth ? consistency_json(ledger, from, to, &out, &invocation->error)
                           : inclusion_json(ledger, place.entry, size, &out, &invocation->error));
    if (done)
        print_line(invocation, &out);
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
