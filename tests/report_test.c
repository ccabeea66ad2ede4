/* The report over a measure made up here: 3 operators, 13 areas, 4 categories, hostile names. This file brings its own registry
   in place of measure/registry.c. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#undef fail /* cmocka's; base/error.h has one of its own */
#define FAIL_SAYING(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/number.h"
#include "measure/law.h"
#include "report/report.h"

enum { CASES_MAX = 4000, OPERATORS = 3, AREAS = 13, CATEGORIES = 4, LIMIT_DAYS = 15, GROUPS_MAX = 4096 };

/* ---- the measure ---- */

struct made_case {
    int operator_, area, category;
    int32_t filed, answered; /* answered: DAY_NONE while open */
};

static struct made_case cases[CASES_MAX];
static size_t case_count;
static bool with_subscribers, with_answers, with_categories;
static bool compute_fails;

static const char *const operator_codes[OPERATORS] = { "cmcc", "ctcc", "cucc" };
static const char *const area_codes[AREAS] = { "320100", "320200", "320300", "320400", "320500", "320600", "320700",
                                               "320800", "320900", "321000", "321100", "321200", "321300" };
static const char *const category_codes[CATEGORIES] = { "billing", "speed", "spam<script>", "hall" };

static struct str category_of(const struct made_case *one)
{
    return with_categories ? str_of(category_codes[one->category]) : (struct str){ 0 };
}

static bool wanted(const struct figure_request *request, const struct made_case *one)
{
    return (!request->period.kind || (one->filed >= request->period.first && one->filed < request->period.end)) &&
           (!request->operator_.length || str_equal(request->operator_, str_of(operator_codes[one->operator_])));
}

/* Groups the cases as asked, and lets `finish` make a value of n and hits. */
static bool group(const struct audit *audit, const struct figure *figure, const struct figure_request *request,
                  bool (*hit)(const struct audit *, const struct made_case *), void (*finish)(struct figure_row *, uint64_t),
                  struct figures_sink sink, struct error *error)
{
    if (compute_fails) return fail(error, ERROR_DISK, "the figures cannot be read");
    static struct figure_row rows[GROUPS_MAX];
    static uint64_t hits[GROUPS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < case_count; i++) {
        const struct made_case *one = &cases[i];
        if (!wanted(request, one)) continue;
        struct figure_row key = { .figure = figure, .operator_ = request->operator_, .period = request->period };
        if (request->by & BY_OPERATOR) key.operator_ = str_of(operator_codes[one->operator_]);
        if (request->by & BY_AREA) key.area = str_of(area_codes[one->area]);
        if (request->by & BY_CATEGORY) key.category = category_of(one);
        if (request->by & BY_PERIOD) key.period = period_of(one->filed, request->period_kind);
        size_t place = 0;
        while (place < count &&
               !(str_equal(rows[place].operator_, key.operator_) && str_equal(rows[place].area, key.area) &&
                 str_equal(rows[place].category, key.category) && rows[place].period.first == key.period.first))
            place++;
        if (place == count) {
            assert_true(count < GROUPS_MAX);
            rows[count] = key;
            hits[count++] = 0;
        }
        rows[place].n++;
        hits[place] += hit(audit, one);
    }
    for (size_t i = 0; i < count; i++) {
        finish(&rows[i], hits[i]);
        if (!sink.add(sink.context, &rows[i], error)) return false;
    }
    return true;
}

static bool is_any(const struct audit *audit, const struct made_case *one)
{
    (void)audit, (void)one;
    return true;
}

static bool is_in_time(const struct audit *audit, const struct made_case *one)
{
    (void)audit;
    return one->answered != DAY_NONE && one->answered <= one->filed + LIMIT_DAYS;
}

static void finish_count(struct figure_row *row, uint64_t hits)
{
    row->has_value = true;
    row->value = (int64_t)hits;
}

/* Of two million users; a margin of a tenth either way. */
static void finish_rate(struct figure_row *row, uint64_t hits)
{
    row->has_value = row->has_margin = with_subscribers;
    row->value = (int64_t)hits * 5000;
    row->low = row->value - row->value / 10;
    row->high = row->value + row->value / 10;
}

static void finish_share(struct figure_row *row, uint64_t hits)
{
    row->has_value = with_answers;
    if (with_answers) row->value = (int64_t)(hits * 1000000 / row->n);
    if (!with_answers) row->unknown = row->n;
    if (!with_answers) row->n = 0;
}

static bool compute_count(const struct audit *audit, const struct figure *figure, const struct figure_request *request,
                          struct figures_sink sink, struct error *error)
{
    return group(audit, figure, request, is_any, finish_count, sink, error);
}

static bool compute_rate(const struct audit *audit, const struct figure *figure, const struct figure_request *request,
                         struct figures_sink sink, struct error *error)
{
    return group(audit, figure, request, is_any, finish_rate, sink, error);
}

static bool compute_in_time(const struct audit *audit, const struct figure *figure, const struct figure_request *request,
                            struct figures_sink sink, struct error *error)
{
    return group(audit, figure, request, is_in_time, finish_share, sink, error);
}

static bool judge_late(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error)
{
    for (size_t i = 0; i < case_count && with_answers; i++) {
        const struct made_case *one = &cases[i];
        int64_t limit = day_start(one->filed + LIMIT_DAYS + 1);
        int32_t until = one->answered != DAY_NONE ? one->answered : day_of(audit->as_of);
        if (until <= one->filed + LIMIT_DAYS || limit > audit->as_of) continue;
        char *subject = arena_take(audit->arena, 32), *measured = arena_take(audit->arena, 32);
        char *says = arena_take(audit->arena, 64);
        int subject_length = snprintf(subject, 32, "complaint:TS-%04zu", i);
        int measured_length = snprintf(measured, 32, "%d day", until - one->filed);
        int says_length = snprintf(says, 64, "late <b onclick=\"x\">&%zu", i);
        struct finding finding = {
            .duty = duty,
            .operator_ = str_of(operator_codes[one->operator_]),
            .area = str_of(area_codes[one->area]),
            .subject = { subject, (size_t)subject_length },
            .time = limit,
            .limit = STR("15 day"),
            .measured = { measured, (size_t)measured_length },
            .says = { { says, (size_t)says_length }, { says, (size_t)says_length } },
            .records = { { STR("made<>.csv"), i + 2 } },
            .record_count = 1,
        };
        if (!sink.add(sink.context, &finding, error)) return false;
    }
    return true;
}

static const struct figure figures[] = {
    { "complaint.count",
      { "complaints", "投诉件数" },
      "complaint",
      { "complaints", "件" },
      { "All filed.", "全部。" },
      BETTER_LOWER,
      0,
      0,
      compute_count,
      true, NULL, NULL },
    { "complaint.per_million",
      { "complaints per million users", "每百万用户投诉" },
      "per million",
      { "per million", "件" },
      { "Filed, per million users.", "每百万用户。" },
      BETTER_LOWER,
      4,
      1,
      compute_rate,
      false, NULL, NULL },
    { "complaint.in_time",
      { "answered in time", "按时答复率" },
      "share",
      { "of complaints", "占比" },
      { "Answered within the limit.", "时限内答复的。" },
      BETTER_HIGHER,
      6,
      3,
      compute_in_time,
      true, NULL, NULL },
};
static const struct figure later_figures[] = {
    { "later.count",
      { "a figure of a later measure", "后来的指标" },
      "complaint",
      { "of them", "件" },
      { "Counted <later>.", "后来数的。" },
      BETTER_LOWER,
      0,
      0,
      compute_count,
      true, NULL, NULL },
};
static const struct duty duties[] = {
    { .id = "complaint.answer.late",
      .says = { "answered after the limit", "逾期未答复" },
      .rule = { "Fifteen days.", "十五日。" },
      .judge = judge_late },
};
static const struct measure complaints = {
    .name = "complaint", .duties = duties, .duty_count = 1, .figures = figures, .figure_count = 3
};
static const struct measure later = { .name = "later", .figures = later_figures, .figure_count = 1 };
const struct measure *const measures[] = { &complaints, &later };
const size_t measure_count = 2;

const struct figure *figure_find(struct str id)
{
    for (size_t i = 0; i < 3; i++)
        if (str_equal(id, str_of(figures[i].id))) return &figures[i];
    return str_equal(id, STR("later.count")) ? &later_figures[0] : NULL;
}

const struct duty *duty_find(struct str id)
{
    return str_equal(id, str_of(duties[0].id)) ? &duties[0] : NULL;
}

const struct kind *kind_find(struct str name)
{
    (void)name;
    return NULL;
}

size_t kinds_all(const struct kind *all[KINDS_MAX])
{
    (void)all;
    return 0;
}

/* ---- the store behind the law ---- */

struct bench {
    char directory[64], path[96];
    struct store *store;
    struct law *law;
    struct arena arena;
    struct error error;
};

static const char tables[] =
    "CREATE TABLE \"limit\" (\"duty\" TEXT, \"area\" TEXT, \"service\" TEXT, \"place\" BIGINT, \"statistic\" TEXT, \"value\" "
    "BIGINT,"
    " \"unit\" BIGINT, \"from\" BIGINT, \"to\" BIGINT, \"basis\" TEXT, \"status\" TEXT, \"entry\" BIGINT);"
    "CREATE TABLE \"area\" (\"area\" TEXT, \"parent\" TEXT, \"name_en\" TEXT, \"name_zh\" TEXT, \"population\" BIGINT);"
    "CREATE TABLE \"operator\" (\"operator\" TEXT, \"name_en\" TEXT, \"name_zh\" TEXT);"
    "CREATE TABLE \"workday\" (\"date\" BIGINT, \"working\" BIGINT);"
    "INSERT INTO \"limit\" VALUES ('complaint.answer.late', '', '', -1, '', 15000000, 1, 12000, NULL, 'Order <36>', 'R', 1);"
    "INSERT INTO \"operator\" VALUES ('cmcc', 'Mobile <img src=x onerror=alert(1)>', '移动\"><script>alert(1)</script>');"
    "INSERT INTO \"operator\" VALUES ('ctcc', 'Telecom\xE2\x80\xAE', '电信');"
    "INSERT INTO \"area\" VALUES ('320000', NULL, 'Jiangsu', '江苏省', NULL);"
    "INSERT INTO \"area\" VALUES ('320100', '320000', 'Nanjing & <b>', '南京', NULL);";

static uint64_t draw(uint64_t *state, uint64_t bound)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*state >> 33) % bound;
}

static void make_cases(size_t count)
{
    uint64_t state = 7;
    int32_t first;
    must(day_parse(STR("2014-06-01"), &first));
    case_count = count;
    for (size_t i = 0; i < count; i++) {
        struct made_case *one = &cases[i];
        *one = (struct made_case){ .operator_ = (int)draw(&state, OPERATORS),
                                   .area = (int)(draw(&state, AREAS) * draw(&state, AREAS) / AREAS),
                                   .category = (int)draw(&state, CATEGORIES),
                                   .filed = first + (int32_t)draw(&state, 310) };
        if (one->operator_ == 0 && one->area == 2) one->category = 1;
        one->answered = one->filed + 3 + (int32_t)draw(&state, one->operator_ == 1 ? 16 : 13);
        if (one->answered >= first + 310) one->answered = DAY_NONE;
    }
}

static int start(void **state)
{
    struct bench *bench = allocate(sizeof *bench);
    const char *base = getenv("TMPDIR");
    snprintf(bench->directory, sizeof bench->directory, "%.40s/report.XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(bench->directory)) return -1;
    snprintf(bench->path, sizeof bench->path, "%s/state.db", bench->directory);
    bench->store = store_open(disk_posix(), bench->path, STORE_CREATE, &bench->error);
    if (!bench->store || !store_run(bench->store, tables, &bench->error)) return -1;
    bench->law = law_open(bench->store, &bench->error);
    if (!bench->law) return -1;
    with_subscribers = with_answers = with_categories = true;
    compute_fails = false;
    make_cases(2500);
    *state = bench;
    return 0;
}

static int stop(void **state)
{
    struct bench *bench = *state;
    char sidecar[128];
    law_close(bench->law);
    store_close(bench->store);
    arena_close(&bench->arena);
    unlink(bench->path);
    snprintf(sidecar, sizeof sidecar, "%s-wal", bench->path);
    unlink(sidecar);
    snprintf(sidecar, sizeof sidecar, "%s-shm", bench->path);
    unlink(sidecar);
    int failed = rmdir(bench->directory);
    free(bench);
    return failed;
}

static const char note[] =
    "example.org/ledger\n420\nq3Vx8mKdq3Vx8mKdq3Vx8mKdq3Vx8mKdq3Vx8mKdq3U=\n\n\xE2\x80\x94 example.org/ledger abc+/=\n";

static bool write_report(struct bench *bench, const char *period, enum language language, struct text *out)
{
    struct audit audit = { .store = bench->store, .law = bench->law, .position = 420, .arena = &bench->arena };
    must(moment_parse(STR("2015-04-06T10:00:00.250"), &audit.as_of));
    struct report_input input = {
        .audit = &audit, .language = language, .checkpoint = str_of(note), .verifier_key = STR("example.org/ledger+abc+<key>")
    };
    must(period_parse(str_of(period), &input.period));
    return report_write(&input, out, &bench->error);
}

static struct str made(struct bench *bench, const char *period, enum language language)
{
    struct text out = { 0 };
    if (!write_report(bench, period, language, &out)) FAIL_SAYING("%s", bench->error.says);
    struct str html = { arena_copy(&bench->arena, text_zero(&out), out.length), out.length };
    text_close(&out);
    return html;
}

/* ---- the page ---- */

static bool holds(struct str html, const char *needle)
{
    return memmem(html.at, html.length, needle, strlen(needle)) != NULL;
}

static size_t count_of(struct str html, const char *needle)
{
    size_t count = 0;
    for (const char *at = html.at; (at = memmem(at, (size_t)(html.at + html.length - at), needle, strlen(needle))) != NULL;
         at++)
        count++;
    return count;
}

static void has_all_chapters_in_both_languages(void **state)
{
    static const char *const chapters[] = { "problems", "causes",      "measures", "effect",
                                            "next",     "definitions", "findings", "method" };
    for (enum language language = ENGLISH; language <= CHINESE; language++) {
        struct str html = made(*state, "2015Q1", language);
        for (size_t i = 0; i < sizeof chapters / sizeof *chapters; i++) {
            char section[64];
            snprintf(section, sizeof section, "<section id=\"%s\" class=\"section\" data-chapter=\"%s\">", chapters[i],
                     chapters[i]);
            assert_int_equal(count_of(html, section), 1);
        }
        assert_true(str_is_utf8(html));
        assert_true(holds(html, "<h1>"));
        assert_true(holds(html, "Order &lt;36&gt;"));
        assert_true(holds(html, "id=\"later.count\""));
        assert_int_equal(count_of(html, "<table"), count_of(html, "</table>"));
        assert_int_equal(count_of(html, "<a "), count_of(html, "</a>"));
        assert_int_equal(count_of(html, "<span"), count_of(html, "</span>"));
        assert_int_equal(count_of(html, "<div"), count_of(html, "</div>"));
        assert_int_equal(count_of(html, "<data "), count_of(html, "</data>"));
    }
}

static void fetches_nothing_and_runs_nothing(void **state)
{
    struct str html = made(*state, "2015Q1", CHINESE);
    assert_true(holds(html, "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'"));
    static const char *const never[] = { "<script",  "<img", "<link", "<iframe",    "http://",
                                         "https://", "url(", " src=", "javascript:" };
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (holds(html, never[i])) FAIL_SAYING("the report holds %s", never[i]);
}

static void hostile_names_are_only_text(void **state)
{
    struct str chinese = made(*state, "2015Q1", CHINESE), english = made(*state, "2015Q1", ENGLISH);
    assert_true(holds(chinese, "移动&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert_true(holds(english, "Mobile &lt;img src=x onerror=alert(1)&gt;"));
    assert_true(holds(english, "Nanjing &amp; &lt;b&gt;"));
    assert_true(holds(english, "spam&lt;script&gt;"));
    assert_true(holds(english, "late &lt;b onclick=&quot;x&quot;&gt;&amp;"));
    assert_true(holds(english, "made&lt;&gt;.csv"));
    assert_true(holds(english, "example.org/ledger+abc+&lt;key&gt;"));
    assert_false(holds(english, "\xE2\x80\xAE"));
    assert_false(holds(english, "onclick=\"x\""));
}

/* Every place that a number links to is on the page. */
static void links_lead_somewhere(void **state)
{
    struct str html = made(*state, "2015Q1", ENGLISH);
    for (const char *at = html.at; (at = memmem(at, (size_t)(html.at + html.length - at), "href=\"#", 7)) != NULL; at++) {
        const char *end = strchr(at + 7, '"');
        char id[128];
        snprintf(id, sizeof id, "id=\"%.*s\"", (int)(end - at - 7), at + 7);
        if (!holds(html, id)) FAIL_SAYING("%s is linked and not there", id);
    }
}

static void the_same_input_gives_the_same_bytes(void **state)
{
    struct str first = made(*state, "2015Q1", CHINESE), second = made(*state, "2015Q1", CHINESE);
    assert_true(str_equal(first, second));
    assert_false(str_equal(first, made(*state, "2015Q1", ENGLISH)));
    assert_false(str_equal(first, made(*state, "2014Q4", CHINESE)));
}

static void the_heading_answers(void **state)
{
    assert_true(holds(made(*state, "2015Q1", CHINESE), "<h1>2015年第一季度：每百万用户投诉"));
    assert_true(holds(made(*state, "2015Q1", ENGLISH), "</a> complaints per million users, "));
    with_subscribers = false;
    struct str html = made(*state, "2015Q1", CHINESE);
    assert_true(holds(html, "<h1>2015年第一季度：收到投诉"));
    assert_true(holds(html, "没有用户数，算不出每百万用户投诉"));
}

static void claims_no_lateness_without_answers(void **state)
{
    with_answers = false;
    struct str html = made(*state, "2015Q1", CHINESE);
    assert_true(holds(html, "本报告不说任何企业逾期"));
    assert_false(holds(html, "chip late"));
    assert_false(holds(html, "data-finding=\"complaint.answer.late\""));
}

static void an_unfinished_period_is_not_compared(void **state)
{
    struct str html = made(*state, "2015Q2", ENGLISH);
    assert_true(holds(html, "The period is not over"));
    assert_false(holds(html, "than the quarter before"));
    html = made(*state, "2014Q3", ENGLISH);
    assert_true(holds(html, "The records do not cover all of"));
}

/* One operator alone, no categories, no records at all, a period long before: each gives a whole page. */
static void thin_data_gives_a_whole_page(void **state)
{
    static const char *const periods[] = { "2015-01", "2015", "1999" };
    for (size_t i = 0; i < case_count; i++) cases[i].operator_ = 1;
    with_categories = false;
    for (size_t i = 0; i < 3; i++) assert_true(str_ends(made(*state, periods[i], ENGLISH), STR("</html>\n")));
    assert_true(holds(made(*state, "2015", ENGLISH), "The records carry no category"));
    case_count = 0;
    for (size_t i = 0; i < 3; i++) assert_true(str_ends(made(*state, periods[i], CHINESE), STR("</html>\n")));
    assert_true(holds(made(*state, "2015", CHINESE), "没有投诉记录"));
}

static void a_failing_figure_fails_the_report(void **state)
{
    struct bench *bench = *state;
    struct text out = { 0 };
    compute_fails = true;
    assert_false(write_report(bench, "2015Q1", ENGLISH, &out));
    assert_string_equal(bench->error.says, "the figures cannot be read");
    text_close(&out);
}

/* Where chance alone made the cases, only the combination that was put there stands out. */
static void only_what_was_put_there_stands_out(void **state)
{
    struct str html = made(*state, "2015Q1", ENGLISH);
    assert_int_equal(count_of(html, "data-count=\"count.expected\""), 1);
    assert_true(
        holds(html, "data-count=\"count.expected\" data-operator=\"cmcc\" data-area=\"320300\" data-category=\"speed\""));
}

/* ---- claims and comparison ---- */

static void claims_are_read_back(void **state)
{
    struct bench *bench = *state;
    struct report_claims claims;
    assert_true(report_claims_read(made(bench, "2015Q1", ENGLISH), &claims, &bench->error));
    int64_t as_of;
    must(moment_parse(STR("2015-04-06T10:00:00.250"), &as_of));
    assert_int_equal(claims.position, 420);
    assert_int_equal(claims.as_of, as_of);
    assert_int_equal(claims.period.kind, 'Q');
    assert_int_equal(claims.language, ENGLISH);
    assert_string_equal(claims.note, note);
}

static void foreign_files_make_no_claims(void **state)
{
    struct bench *bench = *state;
    struct report_claims claims;
    static const char *const files[] = {
        "",
        "<",
        "<!doctype html><title>x</title>",
        "<meta name=\"mingbai-report\" content=\"",
        "<meta name=\"mingbai-report\" content=\"99\">",
        "<meta name=\"mingbai-report\" content=\"1\"><meta name=\"mingbai-position\" content=\"-3\">",
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        assert_false(report_claims_read(str_of(files[i]), &claims, &bench->error));
    struct text large = { 0 };
    text_add(&large, STR("<meta name=\"mingbai-report\" content=\"1\"><meta name=\"mingbai-position\" content=\""));
    for (int i = 0; i < 9000; i++) text_add_byte(&large, '7');
    text_add(&large, STR("\">"));
    assert_false(report_claims_read(text_str(&large), &claims, &bench->error));
    text_close(&large);
}

/* The report with the first `from` behind `behind` put as `to`. */
static struct str forged(struct bench *bench, struct str html, const char *behind, const char *from, const char *to)
{
    const char *start = memmem(html.at, html.length, behind, strlen(behind));
    assert_non_null(start);
    const char *place = memmem(start, (size_t)(html.at + html.length - start), from, strlen(from));
    assert_non_null(place);
    struct text out = { 0 };
    text_add(&out, (struct str){ html.at, (size_t)(place - html.at) });
    text_add(&out, str_of(to));
    text_add(&out, (struct str){ place + strlen(from), (size_t)(html.at + html.length - place) - strlen(from) });
    struct str copy = { arena_copy(&bench->arena, text_zero(&out), out.length), out.length };
    text_close(&out);
    return copy;
}

static void named(struct bench *bench, struct str given, struct str again, const char *const words[], size_t count)
{
    bench->error = (struct error){ 0 };
    assert_false(report_compare(given, again, &bench->error));
    assert_int_equal(bench->error.code, ERROR_DAMAGE);
    for (size_t i = 0; i < count; i++)
        if (!strstr(bench->error.says, words[i])) FAIL_SAYING("'%s' does not say '%s'", bench->error.says, words[i]);
}

#define NAMED(given, again, ...)                                                                                               \
    named(bench, given, again, (const char *const[]){ __VA_ARGS__ },                                                           \
          sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void the_same_report_passes(void **state)
{
    struct bench *bench = *state;
    struct str html = made(bench, "2015Q1", CHINESE);
    assert_true(report_compare(html, made(bench, "2015Q1", CHINESE), &bench->error));
}

static void a_changed_number_is_named(void **state)
{
    struct bench *bench = *state;
    struct str html = made(bench, "2015Q1", ENGLISH);
    const char *cell = "data-figure=\"complaint.in_time\" data-operator=\"ctcc\" data-period=\"2015Q1\">";
    const char *at = memmem(html.at, html.length, cell, strlen(cell));
    assert_non_null(at);
    char shown[16] = "", value[16] = "";
    snprintf(shown, sizeof shown, "%.*s", (int)strcspn(at + strlen(cell), "<"), at + strlen(cell));
    NAMED(forged(bench, html, cell, shown, "99.9"), html, "complaint.in_time", "answered in time", "operator ctcc",
          "period 2015Q1", "gives 99.9", shown);

    const char *quote = at;
    while (strncmp(quote, "value=\"", 7) != 0) quote--;
    snprintf(value, sizeof value, "%.*s", (int)strcspn(quote + 7, "\""), quote + 7);
    char whole[160], other[160];
    snprintf(whole, sizeof whole, "value=\"%s\" %s", value, cell);
    snprintf(other, sizeof other, "value=\"1\" %s", cell);
    NAMED(forged(bench, html, "<body>", whole, other), html, "complaint.in_time", "operator ctcc", "gives 1,", value);
}

static void a_changed_drawing_is_named(void **state)
{
    struct bench *bench = *state;
    struct str html = made(bench, "2015Q1", ENGLISH);
    const char *line = "data-figure=\"complaint.per_million\" data-operator=\"cucc\"><path class=\"band";
    NAMED(forged(bench, html, line, "L", "L9"), html, "drawing of figure complaint.per_million", "operator cucc");
    const char *interval = "class=\"iv s op-a\"";
    NAMED(forged(bench, html, interval, "--v:", "--v:1"), html, "drawing of figure", "operator cmcc", "--v:1");
}

static void changed_findings_limits_and_words_are_named(void **state)
{
    struct bench *bench = *state;
    struct str html = made(bench, "2015Q1", ENGLISH);
    NAMED(forged(bench, html, "data-limit=", "15 days", "25 days"), html, "the limit of complaint.answer.late", "25 days",
          "15 days");
    NAMED(forged(bench, html, "<section id=\"findings\"", "omplaint TS-", "omplaint TS-9"), html,
          "finding complaint.answer.late");
    NAMED(forged(bench, html, "<section id=\"method\"", "Margins", "Mergins"), html, "chapter method", "Mergins", "Margins");
    NAMED(forged(bench, html, "<style>", "--page", "--pane"), html, "chapter head");
    NAMED(((struct str){ html.at, 0 }), html, "cut short in chapter head");
    NAMED(forged(bench, html, "</html>", "</html>\n", "</html>\n<p>more"), html, "goes on behind its end", "<p>more");
}

/* Every byte changed in turn over a stretch: always told, never a crash. */
static void any_changed_byte_is_told(void **state)
{
    struct bench *bench = *state;
    struct str html = made(bench, "2015-02", ENGLISH);
    char *copy = arena_copy(&bench->arena, html.at, html.length);
    for (size_t i = 0; i < html.length; i += 811) {
        char byte = copy[i];
        copy[i] = byte == '<' ? '"' : '<';
        assert_false(report_compare((struct str){ copy, html.length }, html, &bench->error));
        assert_true(strlen(bench->error.says) > 10);
        copy[i] = byte;
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(has_all_chapters_in_both_languages),
        TEST(fetches_nothing_and_runs_nothing),
        TEST(hostile_names_are_only_text),
        TEST(links_lead_somewhere),
        TEST(the_same_input_gives_the_same_bytes),
        TEST(the_heading_answers),
        TEST(claims_no_lateness_without_answers),
        TEST(an_unfinished_period_is_not_compared),
        TEST(thin_data_gives_a_whole_page),
        TEST(a_failing_figure_fails_the_report),
        TEST(only_what_was_put_there_stands_out),
        TEST(claims_are_read_back),
        TEST(foreign_files_make_no_claims),
        TEST(the_same_report_passes),
        TEST(a_changed_number_is_named),
        TEST(a_changed_drawing_is_named),
        TEST(changed_findings_limits_and_words_are_named),
        TEST(any_changed_byte_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
