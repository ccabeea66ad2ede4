#include "usage_program.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "engine/intake.h"
#include "engine/keepers.h"
#include "fault_disk.h"
#include "measure/audit.h"
#include "measure/bill/bill.h"
#include "measure/usage/usage.h"

static const char directory[] = "usage";

/* A finding of one of a subject's, as a line. */
struct found {
    uint64_t subject;
    bool is_bill;
    char *line; /* the subject's number is still to be put in, at the %s */
};

struct usage_program {
    struct fault_disk *disk;
    struct engine *engine;
    struct intake *intakes[WORLD_KINDS]; /* open while records come */
    struct store *reader;                /* open while questions come */
    struct found *found;
    size_t found_count, found_room;
    struct arena arena;                  /* of one answer */
};

/* Whatever fails here is no answer. */
static void check(bool done, const struct error *error)
{
    if (done) return;
    fprintf(stderr, "the program fails: %s\n", error->says);
    abort();
}

/* ---- loading ---- */

static void take(struct intake *intake, const char *source, uint64_t seq, const struct world_cell *cells, size_t count)
{
    struct error error = { 0 };
    const struct field *field = NULL;
    struct record *record = intake_record(intake);
    const struct kind *kind = record->kind;
    record->present = 0;
    record->source = (struct str){ arena_copy(intake_arena(intake), source, strlen(source)), strlen(source) };
    record->seq = seq;
    for (size_t i = 0; i < count; i++) {
        size_t at = kind_field(kind, str_of(cells[i].field));
        struct str text = { arena_copy(intake_arena(intake), cells[i].text, strlen(cells[i].text)), strlen(cells[i].text) };
        must(at < kind->field_count);
        check(field_parse(&kind->fields[at], (struct cell){ text, CELL_TEXT }, moment_now(), intake_arena(intake), &record->values[at], &error), &error);
        record->present |= 1u << at;
    }
    enum taken taken = TAKEN_CONFLICT;
    bool may = true;
    check(!kind->check || kind->check(record, &field, &error), &error);
    check(intake_correct(intake, &may, &field, &error) && may, &error);
    check(intake_take(intake, &taken, &error), &error);
    must(taken == TAKEN_NEW);
}

static struct intake *intake_for(struct usage_program *program, const char *kind)
{
    struct error error = { 0 };
    struct intake *intake = intake_open(program->engine, &(struct intake_options){ .kind = kind_find(str_of(kind)) }, &error);
    check(intake != NULL, &error);
    return intake;
}

static void finish(struct intake *intake)
{
    struct error error = { 0 };
    check(intake_finish(intake, &error), &error);
    intake_close(intake);
}

/* Everything that is on its way is there. */
static void settle(struct usage_program *program)
{
    for (size_t i = 0; i < WORLD_KINDS; i++) {
        if (program->intakes[i]) finish(program->intakes[i]);
        program->intakes[i] = NULL;
    }
}

static struct store *reader_of(struct usage_program *program)
{
    struct error error = { 0 };
    settle(program);
    if (!program->reader) program->reader = engine_reader(program->engine, &error);
    check(program->reader != NULL, &error);
    return program->reader;
}

static void reader_end(struct usage_program *program)
{
    if (program->reader) store_close(program->reader);
    program->reader = NULL;
}

static void record_take(struct usage_program *program, const struct world_record *record, struct arena *arena)
{
    const char *kind = world_kind_words[record->kind];
    if (!program->intakes[record->kind]) program->intakes[record->kind] = intake_for(program, kind);
    struct world_cell cells[WORLD_CELLS];
    size_t count = world_cells(record, cells, arena);
    intake_record(program->intakes[record->kind])->kind = kind_find(str_of(kind));
    take(program->intakes[record->kind], record->source, record->seq, cells, count);
    arena_reset(arena);
}

/* The kind that most worlds bring next; WORLD_KINDS: none brings anything. */
static enum world_kind next_kind(const struct world *worlds, const size_t *at, size_t count)
{
    size_t heads[WORLD_KINDS + 1] = { 0 }, best = WORLD_KINDS;
    for (size_t i = 0; i < count; i++)
        if (at[i] < worlds[i].count) heads[worlds[i].records[at[i]]->kind]++;
    for (size_t kind = 0; kind < WORLD_KINDS; kind++)
        if (heads[kind] > heads[best]) best = kind;
    return (enum world_kind)best;
}

void usage_program_load(struct usage_program *program, const struct world *worlds, size_t count, struct chances *chances)
{
    struct arena arena = { 0 };
    struct error error = { 0 };
    size_t *at = allocate((count + 1) * sizeof *at);
    reader_end(program);
    for (enum world_kind kind; (kind = next_kind(worlds, at, count)) != WORLD_KINDS;) {
        for (size_t i = 0; i < count; i++)
            while (at[i] < worlds[i].count && worlds[i].records[at[i]]->kind == kind) {
                record_take(program, worlds[i].records[at[i]++], &arena);
                if (chances && chances_percent(chances, 20)) break;
            }
        check(intake_flush(program->intakes[kind], &error), &error); /* before what the next kind brings */
    }
    free(at);
    arena_close(&arena);
}

/* The law of which the audit of notices asks. */
static void law_load(struct usage_program *program)
{
    static const struct world_cell cells[] = { { "duty", "usage.notice.late" }, { "value", "30" }, { "unit", "minute" }, { "from", "2000-01-01" },
                                               { "basis", "test" }, { "status", "ours" } };
    struct intake *intake = intake_for(program, "limit");
    intake_record(intake)->kind = kind_find(STR("limit"));
    take(intake, "law", 1, cells, sizeof cells / sizeof *cells);
    finish(intake);
}

struct usage_program *usage_program_open(void)
{
    struct usage_program *program = allocate(sizeof *program);
    struct error error = { 0 };
    program->disk = fault_disk_open();
    arena_take(&program->arena, 1); /* so that its first block stays */
    check(directory_make(fault_disk_of(program->disk), directory, &error), &error);
    program->engine = engine_open(&(struct engine_options){ .disk = fault_disk_of(program->disk), .directory = directory }, &error);
    check(program->engine != NULL, &error);
    law_load(program);
    return program;
}

static void forget(struct usage_program *program)
{
    for (size_t i = 0; i < program->found_count; i++) free(program->found[i].line);
    program->found_count = 0;
}

void usage_program_close(struct usage_program *program)
{
    settle(program);
    reader_end(program);
    forget(program);
    free(program->found);
    arena_close(&program->arena);
    engine_close(program->engine);
    fault_disk_close(program->disk);
    free(program);
}

void usage_program_rebuild(struct usage_program *program)
{
    struct error error = { 0 };
    settle(program);
    reader_end(program);
    check(engine_rebuild(program->engine, &error), &error);
}

/* ---- bill and usage ---- */

/* UINT64_MAX where there is no record of that number. */
static uint64_t subject_of(struct usage_program *program, const char *subscriber)
{
    return vault_find(engine_vault(program->engine), str_of(subscriber));
}

static void money_add(struct text *out, int64_t money)
{
    char room[DECIMAL_ROOM];
    text_add(out, (struct str){ room, decimal_format(money, MONEY_DECIMALS, 2, room) });
}

typedef void show(const struct metered *metered, struct arena *arena, struct text *lines);

static void metered_show(struct usage_program *program, const char *subscriber, int32_t cycle, show *shown, struct text *lines)
{
    struct error error = { 0 };
    struct arena_mark mark = arena_mark(&program->arena);
    struct metered metered;
    settle(program);
    struct keeper *keeper = engine_kept(program->engine, &usage_measure);
    check(meter_cycle(keeper->kept, engine_ledger(program->engine), subject_of(program, subscriber), cycle, DAY_NONE, MOMENT_NONE, &program->arena, &metered, &error), &error);
    shown(&metered, &program->arena, lines);
    keeper_give(keeper);
    arena_release(&program->arena, mark);
}

static void bill_show(const struct metered *metered, struct arena *arena, struct text *lines)
{
    const struct bill *bill = bill_compute(metered->holdings, metered->holding_count, metered->cycle, metered->rating, metered->sums, metered->sum_count, arena);
    for (size_t i = 0; i < bill->line_count; i++) {
        text_format(lines, "{\"item\":\"%.*s\",\"tariff\":\"%.*s\",\"quantity\":%llu,\"unit\":\"%s\",\"amount\":\"", STR_ARGS(bill->lines[i].item),
                    STR_ARGS(bill->lines[i].tariff), (unsigned long long)bill->lines[i].quantity, bill->lines[i].unit);
        money_add(lines, bill->lines[i].amount);
        text_add(lines, STR("\"}\n"));
    }
    text_add(lines, STR("{\"total\":\""));
    money_add(lines, bill->total);
    text_add(lines, STR("\"}\n"));
}

static void usage_show(const struct metered *metered, struct arena *arena, struct text *lines)
{
    (void)arena;
    for (size_t i = 0; i < metered->rating->pool_count; i++) {
        const struct pool *pool = &metered->rating->pools[i];
        if (pool->unlimited)
            text_format(lines, "{\"pool\":\"%.*s\",\"quantity\":null,\"used\":%llu,\"left\":null}\n", STR_ARGS(pool->name), (unsigned long long)pool->drawn);
        else if (pool->drawn || pool->left)
            text_format(lines, "{\"pool\":\"%.*s\",\"quantity\":%llu,\"used\":%llu,\"left\":%llu}\n", STR_ARGS(pool->name),
                        (unsigned long long)(pool->drawn + pool->left), (unsigned long long)pool->drawn, (unsigned long long)pool->left);
    }
    for (int service = 0; service < SERVICES; service++) {
        text_format(lines, "{\"service\":\"%s\",\"over\":%llu,\"charge\":\"", service_word((enum service)service),
                    (unsigned long long)metered->rating->over[service]);
        money_add(lines, to_fen(metered->rating->charge[service]));
        text_add(lines, STR("\"}\n"));
    }
}

void usage_program_bill(struct usage_program *program, const char *subscriber, int32_t cycle, struct text *lines)
{
    metered_show(program, subscriber, cycle, bill_show, lines);
}

void usage_program_usage(struct usage_program *program, const char *subscriber, int32_t cycle, struct text *lines)
{
    metered_show(program, subscriber, cycle, usage_show, lines);
}

/* ---- notices ---- */

struct told {
    uint64_t entry;
    uint32_t place, rank;
    struct text line;
};

struct telling {
    const char *subscriber;
    struct arena arena;
    struct told *at;
    size_t count;
};

static bool notice_tell(void *context, const struct listed_notice *listed, bool *enough, struct error *error)
{
    (void)enough, (void)error;
    struct telling *telling = context;
    const struct notice *notice = &listed->notice;
    char time[MOMENT_ROOM];
    telling->at = reallocate(telling->at, (telling->count + 1) * sizeof *telling->at);
    struct told *told = &telling->at[telling->count++];
    *told = (struct told){ .entry = notice->entry, .place = notice->place, .rank = notice->rank };
    text_format(&told->line, "{\"subscriber\":\"%s\",\"cycle\":\"%s\",\"pool\":\"%.*s\",\"level\":\"%s\",\"percent\":", telling->subscriber,
                world_cycle_text(notice->cycle, &telling->arena), STR_ARGS(notice->pool), level_words[notice->level]);
    if (notice->percent)
        text_format(&told->line, "%d", notice->percent);
    else
        text_add(&told->line, STR("null"));
    text_format(&told->line, ",\"occurrence\":%llu,\"used\":%llu,\"quantity\":", (unsigned long long)notice->occurrence, (unsigned long long)notice->used);
    if (notice->has_quantity)
        text_format(&told->line, "%llu", (unsigned long long)notice->quantity);
    else
        text_add(&told->line, STR("null"));
    text_add(&told->line, STR(",\"charge\":\""));
    money_add(&told->line, notice->charge);
    moment_format(notice->time, time);
    text_format(&told->line, "\",\"time\":\"%s\",\"source\":\"%.*s\",\"seq\":%llu}\n", time, STR_ARGS(listed->source), (unsigned long long)notice->seq);
    return true;
}

static int by_place(const void *left, const void *right)
{
    const struct told *a = left, *b = right;
    if (a->entry != b->entry) return a->entry < b->entry ? -1 : 1;
    if (a->place != b->place) return a->place < b->place ? -1 : 1;
    return (a->rank > b->rank) - (a->rank < b->rank);
}

void usage_program_notices(struct usage_program *program, const struct world *world, struct text *lines)
{
    struct error error = { 0 };
    struct telling telling = { 0 };
    struct store *reader = reader_of(program);
    for (size_t i = 0; i < world->subscriber_count; i++) {
        telling.subscriber = world->subscribers[i];
        check(notices_each(reader, NULL, true, subject_of(program, world->subscribers[i]), notice_tell, &telling, &error), &error);
    }
    if (telling.count) qsort(telling.at, telling.count, sizeof *telling.at, by_place);
    for (size_t i = 0; i < telling.count; i++) {
        text_add(lines, text_str(&telling.at[i].line));
        text_close(&telling.at[i].line);
    }
    free(telling.at);
    arena_close(&telling.arena);
}

/* ---- findings ---- */

/* "notice:7:2015-01:data" without the number, which goes in later. */
static void subject_add(struct text *line, const struct finding *finding)
{
    struct str subject = finding->subject;
    size_t first = str_find(subject, ':');
    must(finding->has_subscriber && first < subject.length);
    struct str rest = { subject.at + first + 1, subject.length - first - 1 };
    size_t second = str_find(rest, ':');
    text_format(line, "%.*s:%%s%.*s", (int)first, subject.at, (int)(rest.length - second), rest.at + second);
}

static bool finding_add(void *context, const struct finding *finding, struct error *error)
{
    (void)error;
    struct usage_program *program = context;
    struct text line = { 0 };
    char time[MOMENT_ROOM];
    bool is_bill = !strcmp(finding->duty->id, "bill.follows");
    text_format(&line, "%s ", finding->duty->id);
    subject_add(&line, finding);
    text_add_byte(&line, ' ');
    if (is_bill) {
        must(finding->has_amount);
        money_add(&line, finding->amount);
    } else {
        moment_format(finding->time, time);
        text_format(&line, "%s %.*s/%llu", time, STR_ARGS(finding->records[0].source), (unsigned long long)finding->records[0].seq);
    }
    if (program->found_count == program->found_room) {
        program->found_room = program->found_room ? program->found_room * 2 : 64;
        program->found = reallocate(program->found, program->found_room * sizeof *program->found);
    }
    text_zero(&line);
    program->found[program->found_count++] = (struct found){ finding->subscriber, is_bill, line.at };
    return true;
}

void usage_program_audit(struct usage_program *program, int64_t as_of)
{
    static const char *const duties[] = { "usage.notice.missing", "usage.notice.late", "usage.notice.twice", "usage.notice.unowed", "bill.follows" };
    struct error error = { 0 };
    struct arena arena = { 0 };
    struct findings_sink sink = { finding_add, program };
    struct store *reader = reader_of(program);
    forget(program);
    for (size_t i = 0; i < sizeof duties / sizeof *duties; i++) {
        struct audit audit;
        check(audit_open(&audit, reader, engine_position(program->engine), &arena, &error), &error);
        audit.ledger = engine_ledger(program->engine);
        check(audit_set_time(&audit, i < 4 ? as_of : MOMENT_NONE, &error) && audit_judge(&audit, duty_find(str_of(duties[i])), sink, &error), &error);
        audit_close(&audit);
    }
    arena_close(&arena);
}

static int by_line(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void found_show(struct usage_program *program, const struct world *world, bool is_bill, struct text *lines)
{
    char **list = allocate((program->found_count + 1) * sizeof *list);
    size_t count = 0;
    for (size_t s = 0; s < world->subscriber_count; s++) {
        uint64_t subject = subject_of(program, world->subscribers[s]);
        for (size_t i = 0; i < program->found_count; i++) {
            const struct found *found = &program->found[i];
            if (found->subject != subject || found->is_bill != is_bill) continue;
            const char *gap = strstr(found->line, "%s");
            struct text line = { 0 };
            text_format(&line, "%.*s%s%s\n", (int)(gap - found->line), found->line, world->subscribers[s], gap + 2);
            text_zero(&line);
            list[count++] = line.at;
        }
    }
    if (count) qsort(list, count, sizeof *list, by_line);
    for (size_t i = 0; i < count; i++) {
        text_add(lines, str_of(list[i]));
        free(list[i]);
    }
    free(list);
}

void usage_program_findings(struct usage_program *program, const struct world *world, struct text *lines)
{
    found_show(program, world, false, lines);
}

void usage_program_bill_findings(struct usage_program *program, const struct world *world, struct text *lines)
{
    found_show(program, world, true, lines);
}

/* ---- one world, one question ---- */

static struct usage_program *loaded(const struct world *world)
{
    struct usage_program *program = usage_program_open();
    usage_program_load(program, world, 1, NULL);
    return program;
}

static void judge_bill(const struct world *world, const char *subscriber, int32_t cycle, struct text *lines)
{
    struct usage_program *program = loaded(world);
    usage_program_bill(program, subscriber, cycle, lines);
    usage_program_close(program);
}

static void judge_usage(const struct world *world, const char *subscriber, int32_t cycle, struct text *lines)
{
    struct usage_program *program = loaded(world);
    usage_program_usage(program, subscriber, cycle, lines);
    usage_program_close(program);
}

static void judge_notices(const struct world *world, struct text *lines)
{
    struct usage_program *program = loaded(world);
    usage_program_notices(program, world, lines);
    usage_program_close(program);
}

static void judge_findings(const struct world *world, int64_t as_of, struct text *lines)
{
    struct usage_program *program = loaded(world);
    usage_program_audit(program, as_of);
    usage_program_findings(program, world, lines);
    usage_program_close(program);
}

static void judge_bill_findings(const struct world *world, struct text *lines)
{
    struct usage_program *program = loaded(world);
    usage_program_audit(program, MOMENT_NONE);
    usage_program_bill_findings(program, world, lines);
    usage_program_close(program);
}

const struct usage_judge program_judge = { "program", judge_bill, judge_usage, judge_notices, judge_findings, judge_bill_findings };
