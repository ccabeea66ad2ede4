/* The period report. */
#include "report/report.h"

#include <stdio.h>

#include "command/session.h"
#include "measure/query.h"

static enum exit_code report(struct invocation *invocation)
{
    struct error *error = &invocation->error;
    const char *out = invocation_option(invocation, "out");
    struct period period = { 0 };
    int64_t as_of = MOMENT_NONE;
    if (!asked_period(invocation_asked, invocation, "period", &period, error) ||
        !asked_moment(invocation_asked, invocation, "as-of", true, &as_of, error))
        return EXIT_USAGE;
    if (!out || !period.kind) {
        fail_both(error, ERROR_USAGE, "give --period (2015-01, 2015Q1 or 2015) and --out FILE.html",
                  "请给出 --period（2015-01、2015Q1 或 2015）和 --out 文件.html");
        return EXIT_USAGE;
    }
    struct session session;
    if (!session_open(&session, invocation, true)) return EXIT_FAILED;
    struct text note = { 0 }, key = { 0 }, html = { 0 };
    bool done = audit_set_time(&session.audit, as_of, error);
    if (done && session.audit.as_of == MOMENT_NONE) done = fail_both(error, ERROR_INPUT, "there is nothing to report on yet: load records first",
                                                                     "还没有可报告的内容：请先装入记录");
    done = done && ledger_checkpoint(engine_ledger(session.engine), session.audit.position, &note, error);
    ledger_verifier_key(&engine_keys(session.engine)->ledger, &key);
    done = done &&
           report_write(&(struct report_input){ .audit = &session.audit, .period = period, .language = invocation->language,
                                                .checkpoint = text_str(&note), .verifier_key = text_str(&key) },
                        &html, error) &&
           disk_replace(disk_posix(), out, html.at, html.length, error);
    text_close(&note);
    text_close(&key);
    text_close(&html);
    session_close(&session);
    return done ? EXIT_DONE : EXIT_FAILED;
}

static const struct option report_options[] = {
    { "period", "2015Q1", { "a month, quarter or year", "月、季或年" } },
    { "as-of", "TIME", { "judge open cases as of then", "未了结的按该时刻判断" } },
    { "out", "FILE.html", { "where it goes", "写入的文件" } },
    LANGUAGE_OPTION,
};
const struct command report_command = {
    .name = "report", .arguments = "", .run = report,
    .says = { "writes the report of a period, every number provable", "写出一个时段的报告，每个数字都可验证" },
    .options = report_options, .option_count = sizeof report_options / sizeof *report_options,
};
