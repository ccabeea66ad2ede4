#include <stdlib.h>
#include <string.h>

#include "measure/audit.h"
#include "report/chapters.h"

const char count_broken[] = "count.broken", count_open[] = "count.open", count_overdue[] = "count.overdue",
           count_expected[] = "count.expected", count_ratio[] = "count.ratio", count_places[] = "count.places";

static int compare_groups_of(const struct fault *a, const struct fault *b)
{
    int order = strcmp(a->finding.duty->id, b->finding.duty->id);
    return order ? order : str_compare(a->finding.operator_, b->finding.operator_);
}

static int compare_faults(const void *left, const void *right)
{
    int order = compare_groups_of(left, right);
    return order ? order : finding_order(left, right);
}

static int compare_sizes(const void *left, const void *right)
{
    const struct fault_group *a = left, *b = right;
    if (a->count != b->count) return a->count > b->count ? -1 : 1;
    return compare_groups_of(a->first, b->first);
}

struct fault_group *fault_groups(struct report *report, struct faults faults, size_t *count)
{
    *count = 0;
    if (faults.count == 0) return NULL;
    struct fault *sorted = arena_take(report->page.arena, faults.count * sizeof *sorted);
    struct fault_group *groups = arena_take(report->page.arena, faults.count * sizeof *groups);
    memcpy(sorted, faults.at, faults.count * sizeof *sorted);
    qsort(sorted, faults.count, sizeof *sorted, compare_faults);
    for (size_t i = 0; i < faults.count; i++) {
        if (i == 0 || compare_groups_of(&sorted[i - 1], &sorted[i]) != 0)
            groups[(*count)++] = (struct fault_group){ .first = &sorted[i] };
        groups[*count - 1].count++;
    }
    qsort(groups, *count, sizeof *groups, compare_sizes);
    return groups;
}
