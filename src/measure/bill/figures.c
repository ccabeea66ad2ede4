#include "measure/bill/figures.h"

#include "measure/bill/bill.h"
#include "measure/bill/follows.h"
#include "measure/tally.h"
#include "measure/tariff/tariff.h"

static bool wrong_lines(const struct audit *audit, const struct figure *figure, const struct figure_request *request, struct figures_sink sink,
                        struct error *error)
{
    const struct compared_lines *lines;
    if (!lines_compare(audit, &lines, error)) return false;
    struct tallied *list = arena_take(audit->arena, (lines->count + 1) * sizeof *list);
    for (size_t i = 0; i < lines->count; i++)
        list[i] = (struct tallied){ .operator_ = lines->at[i].operator_, .area = lines->at[i].area, .day = lines->at[i].cycle,
                                    .tally = lines->at[i].charged == lines->at[i].computed ? TALLY_MISS : TALLY_HIT };
    return tally_shares(audit, figure, request, list, lines->count, sink, error);
}

static const struct kind *const rests_on[] = { &bill_line_kind, &tariff_kind, &subscription_kind, NULL };
static const struct kind *const reads[] = { &usage_kind, NULL };

const struct figure bill_figures[BILL_FIGURES] = {
    {
        .id = "bill.wrong_share",
        .says = { "bill lines that do not follow", "账单差错率" },
        .unit = "share",
        .unit_says = { "share", "比例" },
        .definition = { "Of all lines of the bills that were reported, and those that should have been on them, by month: the share whose amount is"
                        " not what the records and the tariff come to. A full count, so without a margin.",
                        "已报送账单的全部收费项（含应有而没有的）中，金额与按记录和资费算出的不一致的占比，按账期归月。全数统计，没有抽样误差。" },
        .better = BETTER_LOWER,
        .decimals = 6,
        .shown_decimals = 2,
        .compute = wrong_lines,
        .full_count = true,
        .reads = reads,
        .rests_on = rests_on,
    },
};
