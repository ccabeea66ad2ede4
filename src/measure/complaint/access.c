/* Who sees the rows of each kind: a complaint belongs to its subscriber, to the operator complained about and to those it was moved
   to; everything else belongs to its complaint. Internal notes and assignments are their own side's. */
#include "measure/complaint/access.h"

_Static_assert(STEP_MOVED == 3 && SIDE_OPERATOR == 0, "as the conditions below have them");

#define OF_OPERATOR \
    "\"complaint\".\"operator\" = $9 OR EXISTS (SELECT 1 FROM \"complaint_event\" m WHERE m.\"complaint\" = \"complaint\".\"id\"" \
    " AND m.\"event\" = 3 AND m.\"operator\" = $9)"
#define OF_SUBJECT "\"complaint\".\"subscriber\" = $9"

#define THROUGH_COMPLAINT(table, condition) \
    "EXISTS (SELECT 1 FROM \"complaint\" WHERE \"complaint\".\"id\" = \"" table "\".\"complaint\" AND (" condition "))"
#define THROUGH_APPEAL(condition) \
    "EXISTS (SELECT 1 FROM \"appeal\" a, \"complaint\" WHERE a.\"id\" = \"appeal_event\".\"appeal\"" \
    " AND \"complaint\".\"id\" = a.\"complaint\" AND (" condition "))"
#define OF_CASE_OF_APPEAL "EXISTS (SELECT 1 FROM \"appeal\" a WHERE a.\"id\" = \"appeal_event\".\"appeal\" AND a.\"complaint\" = $9)"

#define BY_COMPLAINT(kind_, table, ...) \
    { .kind = &kind_, __VA_ARGS__ .of_operator = THROUGH_COMPLAINT(table, OF_OPERATOR), .of_subject = THROUGH_COMPLAINT(table, OF_SUBJECT), \
      .of_case = "\"" table "\".\"complaint\" = $9" }
#define BY_OPERATOR(kind_, table) \
    { .kind = &kind_, .forms_only = true, .of_operator = "\"" table "\".\"side\" = 0 AND \"" table "\".\"operator\" = $9" }

const struct access complaint_access[COMPLAINT_KINDS] = {
    { .kind = &complaint_kind, .of_operator = OF_OPERATOR, .of_subject = OF_SUBJECT, .of_case = "\"complaint\".\"id\" = $9" },
    BY_COMPLAINT(complaint_event_kind, "complaint_event"),
    BY_COMPLAINT(appeal_kind, "appeal", .forms_only = true, ),
    { .kind = &appeal_event_kind, .forms_only = true, .of_operator = THROUGH_APPEAL(OF_OPERATOR), .of_subject = THROUGH_APPEAL(OF_SUBJECT),
      .of_case = OF_CASE_OF_APPEAL },
    BY_COMPLAINT(complaint_claim_kind, "complaint_claim"),
    BY_COMPLAINT(complaint_claim_event_kind, "complaint_claim_event"),
    BY_COMPLAINT(complaint_evidence_kind, "complaint_evidence", .forms_only = true, ),
    BY_OPERATOR(complaint_note_kind, "complaint_note"),
    BY_OPERATOR(complaint_assignment_kind, "complaint_assignment"),
    { .kind = &complaint_join_kind, .forms_only = true }, /* whoever has the complaint learns their number alone */
    BY_COMPLAINT(complaint_press_kind, "complaint_press", .forms_only = true, ),
    BY_COMPLAINT(complaint_publication_kind, "complaint_publication", .forms_only = true, ),
};
