#include "measure/complaint/complaint.h"

#include "measure/complaint/access.h"
#include "measure/complaint/answer.h"
#include "measure/complaint/appeal.h"
#include "measure/complaint/book.h"
#include "measure/complaint/figures.h"
#include "measure/complaint/letters.h"
#include "measure/complaint/routes.h"
#include "measure/complaint/simulate.h"

static const struct kind *const kinds[] = {
    &complaint_kind, &complaint_event_kind, &appeal_kind, &appeal_event_kind, &complaint_claim_kind,
    &complaint_claim_event_kind, &complaint_evidence_kind, &complaint_note_kind, &complaint_assignment_kind,
    &complaint_join_kind, &complaint_press_kind, &complaint_publication_kind,
};
_Static_assert(sizeof kinds / sizeof *kinds == COMPLAINT_KINDS, "each has its access");

/* An appeal's own clocks read the appeal alone: complaints that came later say nothing about how long it has waited. */
static const struct kind *const reads_complaints[] = { &complaint_kind, &complaint_event_kind, NULL };
static const struct kind *const reads_appeals[] = { &appeal_kind, &appeal_event_kind, NULL };
static const struct kind *const reads_both[] = { &complaint_kind, &complaint_event_kind, &appeal_kind, &appeal_event_kind,
                                                 NULL };

static const struct duty duties[] = {
    {
        .id = "complaint.answer.late",
        .says = { "answered after the limit", "逾期未答复" },
        .rule = { "The clock starts when a complaint is filed, and afresh when the person writes again or disputes an"
                  " answer. It stands while the case is paused and stops when it is answered, merged or withdrawn. Each"
                  " run that passes the limit is laid to the operator that had the case when the limit ended.",
                  "投诉提出时开始计时；用户再次来信或对答复提出异议时重新计时。暂停期间不计时，答复、并案或撤回时停止。"
                  "每次计时超过时限，均由时限届满时承办该投诉的企业负责。" },
        .judge = judge_answer,
        .reads = reads_complaints,
    },
    {
        .id = "complaint.appeal.early",
        .says = { "appeal accepted too early", "过早受理申诉" },
        .rule = { "An appeal may be accepted only if its complaint had been answered when the appeal was filed, or had"
                  " been left unanswered until the limit. An appeal before its complaint, or after the complaint was"
                  " merged or withdrawn unanswered, is early.",
                  "提出申诉时，投诉须已得到答复，或已满时限仍未答复，方可受理。早于投诉提出的申诉，"
                  "以及投诉未经答复即并案或撤回后提出的申诉，均属过早。" },
        .judge = judge_appeal_early,
        .reads = reads_both,
    },
    {
        .id = "complaint.appeal.late",
        .says = { "appeal accepted too late", "逾期申诉仍受理" },
        .rule = { "An appeal may be accepted only if it was filed within the limit after its complaint, which differs"
                  " for charges and other matters.",
                  "申诉须在投诉后的时限内提出方可受理；收费争议与其他争议的时限不同。" },
        .judge = judge_appeal_late,
        .reads = reads_both,
    },
    {
        .id = "complaint.appeal.refused",
        .says = { "appeal refused without a valid reason", "无正当理由不予受理" },
        .rule = { "A refusal needs a reason. The reasons early and late must be true of the appeal.",
                  "不予受理须说明原因；以过早或过期为由的，须与事实相符。" },
        .judge = judge_appeal_refused,
        .reads = reads_both,
    },
    {
        .id = "complaint.appeal.accept_late",
        .says = { "accepted or refused after the limit", "逾期决定是否受理" },
        .rule = { "The clock starts when an appeal is filed, and stops when it is accepted, refused or withdrawn.",
                  "申诉提出时开始计时，受理、不予受理或撤回时停止。" },
        .judge = judge_appeal_accept_late,
        .reads = reads_appeals,
    },
    {
        .id = "complaint.appeal.decide_late",
        .says = { "decided after the limit", "逾期办结申诉" },
        .rule = { "The clock starts when an appeal is filed, and stops when it is decided, mediated, refused or"
                  " withdrawn; it runs also if the appeal was never accepted.",
                  "申诉提出时开始计时，调解、作出处理意见、不予受理或撤回时停止；即使始终没有受理也计时。" },
        .judge = judge_appeal_decide_late,
        .reads = reads_appeals,
    },
};

const struct measure complaint = {
    .name = "complaint",
    .says = { "complaints and appeals", "投诉与申诉" },
    .kinds = kinds,
    .kind_count = COMPLAINT_KINDS,
    .access = complaint_access,
    .access_count = COMPLAINT_KINDS,
    .routes = complaint_routes,
    .route_count = COMPLAINT_ROUTES,
    .duties = duties,
    .duty_count = sizeof duties / sizeof *duties,
    .figures = complaint_figures,
    .figure_count = COMPLAINT_FIGURES,
    .simulate = complaint_simulate,
    .serving_open = book_begin,
    .serving_close = book_end,
    .letters = complaint_letters,
    .letters_of_time = complaint_letters_of_time,
    .next_due = book_next_due,
};
