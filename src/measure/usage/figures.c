#include "measure/usage/figures.h"

#include "measure/tally.h"
#include "measure/tariff/tariff.h"
#include "measure/usage/kinds.h"
#include "measure/usage/reminders.h"

/* Every notice that was owed, by the day of its cause, those that came out so as hits (REMINDER_FAULTS: in time); those that may still be
   sent in time are unknown. */
static bool owed_tally(const struct audit *audit, enum reminder_fault hit, struct tallied **list, size_t *count, struct error *error)
{
    const struct reminders *reminders;
    if (!reminders_of(audit, &reminders, error)) return false;
    *list = arena_take(audit->arena, (reminders->count + 1) * sizeof **list);
    *count = 0;
    for (size_t i = 0; i < reminders->count; i++) {
        const struct reminder *reminder = &reminders->at[i];
        if (!reminder->cause) continue;
        (*list)[(*count)++] = (struct tallied){
            .operator_ = reminder->operator_, .area = reminder->area, .day = day_of(reminder->cause->start),
            .tally = reminder->is_open || !reminder->has_limit ? TALLY_UNKNOWN : reminder->fault == hit ? TALLY_HIT : TALLY_MISS,
            .length = reminder->sent ? reminder->sent->time - reminder->cause->start : INT64_MAX,
        };
    }
    return true;
}

static bool share_of(const struct audit *audit, enum reminder_fault hit, const struct figure *figure, const struct figure_request *request,
                     struct figures_sink sink, struct error *error)
{
    struct tallied *list;
    size_t count;
    return owed_tally(audit, hit, &list, &count, error) && tally_shares(audit, figure, request, list, count, sink, error);
}

static bool in_time(const struct audit *audit, const struct figure *figure, const struct figure_request *request, struct figures_sink sink,
                    struct error *error)
{
    return share_of(audit, REMINDER_FAULTS, figure, request, sink, error);
}

static bool late(const struct audit *audit, const struct figure *figure, const struct figure_request *request, struct figures_sink sink,
                 struct error *error)
{
    return share_of(audit, REMINDER_LATE, figure, request, sink, error);
}

static bool missing(const struct audit *audit, const struct figure *figure, const struct figure_request *request, struct figures_sink sink,
                    struct error *error)
{
    return share_of(audit, REMINDER_MISSING, figure, request, sink, error);
}

static bool delay(const struct audit *audit, const struct figure *figure, const struct figure_request *request, struct figures_sink sink,
                  struct error *error)
{
    struct tallied *list;
    size_t count;
    return owed_tally(audit, REMINDER_FAULTS, &list, &count, error) && tally_percentiles(audit, figure, request, list, count, 50, MINUTE_MS, sink, error);
}

static const struct kind *const rests_on[] = { &tariff_kind, &subscription_kind, NULL };
static const struct kind *const reads[] = { &usage_kind, &notice_sent_kind, NULL };

const struct figure usage_figures[USAGE_FIGURES] = {
    {
        .id = "usage.notice.in_time",
        .says = { "reminders sent in time", "提醒及时率" },
        .unit = "share",
        .unit_says = { "share", "比例" },
        .definition = { "Of all reminders that the records of use and the tariffs made due, by the day of their cause: the share that the operator"
                        " says it sent within the limit. Missing and late ones count against it; those whose limit has not passed are unknown."
                        " A full count, so without a margin.",
                        "按用量记录和资费应发的全部提醒（按引起提醒的那一天归期）中，企业报送在时限内发出的占比。缺失和迟发的算未及时；时限未到的不作判断。全数统计，没有抽样误差。" },
        .better = BETTER_HIGHER,
        .decimals = 6,
        .shown_decimals = 1,
        .compute = in_time,
        .full_count = true,
        .reads = reads,
        .rests_on = rests_on,
    },
    {
        .id = "usage.notice.late_share",
        .says = { "reminders sent late", "提醒迟发率" },
        .unit = "share",
        .unit_says = { "share", "比例" },
        .definition = { "Of all reminders that the records of use and the tariffs made due, by the day of their cause: the share that the operator"
                        " says it sent after the limit. Those whose limit has not passed are unknown. A full count, so without a margin.",
                        "按用量记录和资费应发的全部提醒（按引起提醒的那一天归期）中，企业报送为过了时限才发的占比。时限未到的不作判断。全数统计，没有抽样误差。" },
        .better = BETTER_LOWER,
        .decimals = 6,
        .shown_decimals = 1,
        .compute = late,
        .full_count = true,
        .reads = reads,
        .rests_on = rests_on,
    },
    {
        .id = "usage.notice.missing_share",
        .says = { "reminders not sent", "提醒缺失率" },
        .unit = "share",
        .unit_says = { "share", "比例" },
        .definition = { "Of all reminders that the records of use and the tariffs made due, by the day of their cause: the share that the operator"
                        " does not say it sent, though the limit has passed. A full count, so without a margin.",
                        "按用量记录和资费应发的全部提醒（按引起提醒的那一天归期）中，时限已过而企业没有报送发出的占比。全数统计，没有抽样误差。" },
        .better = BETTER_LOWER,
        .decimals = 6,
        .shown_decimals = 1,
        .compute = missing,
        .full_count = true,
        .reads = reads,
        .rests_on = rests_on,
    },
    {
        .id = "usage.notice.delay",
        .says = { "median delay of reminders", "提醒延迟中位数" },
        .unit = "minute",
        .unit_says = { "minutes", "分钟" },
        .definition = { "The time from the record that made a reminder due to its sending, of all that were due; those not sent stand behind all"
                        " others. The median (of an even number the lower of the two in the middle), with its margin by order statistics; none where it falls among those not sent.",
                        "从引起提醒的用量发生到发出提醒的时间，取全部应发提醒的中位数（个数为偶数时取中间两个中较小的）；未发的排在最后。区间由次序统计量得出；中位数落在未发的之中时没有数。" },
        .better = BETTER_LOWER,
        .decimals = 4,
        .shown_decimals = 1,
        .compute = delay,
        .reads = reads,
        .rests_on = rests_on,
    },
};
