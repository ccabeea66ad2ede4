/* Complaints and appeals: filed, answered within the limit, appealed, decided. */
#ifndef MEASURE_COMPLAINT_COMPLAINT_H
#define MEASURE_COMPLAINT_COMPLAINT_H

#include "measure/measure.h"

extern const struct measure complaint;

/* The kinds; the words of their choices are in kinds.c and case_kinds.c, in the order of the enums here, as are their fields. */
extern const struct kind complaint_kind, complaint_event_kind, appeal_kind, appeal_event_kind;
extern const struct kind complaint_claim_kind, complaint_claim_event_kind, complaint_evidence_kind, complaint_note_kind,
    complaint_assignment_kind, complaint_join_kind, complaint_press_kind, complaint_publication_kind;

enum complaint_field {
    COMPLAINT_ID, COMPLAINT_OPERATOR, COMPLAINT_AREA, COMPLAINT_CATEGORY, COMPLAINT_FILED, COMPLAINT_CHANNEL,
    COMPLAINT_SUBSCRIBER, COMPLAINT_TEXT, COMPLAINT_ANSWERED, COMPLAINT_OUTCOME, COMPLAINT_SATISFIED
};

enum category {
    CATEGORY_FORCED_BUNDLING, CATEGORY_UNFAIR_TERMS, CATEGORY_UNCLEAR_PRICES, CATEGORY_WRONG_CHARGE, CATEGORY_UNORDERED_SERVICE,
    CATEGORY_SPAM, CATEGORY_HARASSING_CALLS, CATEGORY_HALL, CATEGORY_HOTLINE, CATEGORY_ONLINE_HALL, CATEGORY_LATE_REMINDER,
    CATEGORY_COVERAGE, CATEGORY_BROADBAND_SPEED, CATEGORY_BROADBAND_PRICE, CATEGORY_OTHER, CATEGORIES
};

enum complaint_event_field {
    EVENT_COMPLAINT, EVENT_TIME, EVENT_EVENT, EVENT_OPERATOR, EVENT_INTO, EVENT_REASON, EVENT_AMOUNT, EVENT_TEXT
};

enum complaint_step {
    STEP_ANSWERED, STEP_PAUSED, STEP_RESUMED, STEP_MOVED, STEP_MERGED, STEP_WRITTEN, STEP_CONFIRMED, STEP_DISPUTED,
    STEP_WITHDRAWN
};

enum appeal_field { APPEAL_ID, APPEAL_COMPLAINT, APPEAL_FILED, APPEAL_ABOUT, APPEAL_TEXT };

enum appeal_about { ABOUT_CHARGE, ABOUT_OTHER, ABOUTS };

enum appeal_event_field {
    APPEAL_EVENT_APPEAL, APPEAL_EVENT_TIME, APPEAL_EVENT_EVENT, APPEAL_EVENT_REASON, APPEAL_EVENT_AMOUNT, APPEAL_EVENT_TEXT
};

enum appeal_step {
    APPEAL_ACCEPTED, APPEAL_REFUSED, APPEAL_FORWARDED, APPEAL_OPERATOR_ANSWERED, APPEAL_MEDIATED, APPEAL_DECIDED,
    APPEAL_WITHDRAWN
};

/* A complaint asks for one or several things; each is answered, and the answer accepted or disputed, by itself. */
enum claim_field { CLAIM_COMPLAINT, CLAIM_CLAIM, CLAIM_ASKS, CLAIM_AMOUNT, CLAIM_TEXT };
enum claim_asks { ASKS_REFUND, ASKS_EXPLAIN, ASKS_STOP_SERVICE, ASKS_REPAIR, ASKS_OTHER };
enum claim_event_field {
    CLAIM_EVENT_COMPLAINT, CLAIM_EVENT_CLAIM, CLAIM_EVENT_TIME, CLAIM_EVENT_EVENT, CLAIM_EVENT_AMOUNT, CLAIM_EVENT_TEXT
};
/* The first three are the operator's, the others the person's. */
enum claim_step { CLAIM_AGREED, CLAIM_PARTLY, CLAIM_REFUSED, CLAIM_ACCEPTED, CLAIM_DISPUTED };

/* A file comes in parts of at most so many bytes, all with the same evidence number, name, type and bytes; parts count from 1. */
enum { EVIDENCE_PART_BYTES = 512 * 1024, EVIDENCE_BYTES = 10 * 1024 * 1024 };
enum evidence_field {
    EVIDENCE_COMPLAINT, EVIDENCE_EVIDENCE, EVIDENCE_PART, EVIDENCE_PARTS, EVIDENCE_NAME, EVIDENCE_TYPE, EVIDENCE_BYTES_ALL,
    EVIDENCE_TIME, EVIDENCE_CONTENT
};

enum staff_side { SIDE_OPERATOR, SIDE_REGULATOR };
enum note_field { NOTE_COMPLAINT, NOTE_TIME, NOTE_ACCOUNT, NOTE_SIDE, NOTE_OPERATOR, NOTE_TEXT };
enum assignment_field {
    ASSIGNMENT_COMPLAINT, ASSIGNMENT_TIME, ASSIGNMENT_TO, ASSIGNMENT_ACCOUNT, ASSIGNMENT_SIDE, ASSIGNMENT_OPERATOR
};
enum join_field { JOIN_COMPLAINT, JOIN_TIME, JOIN_SUBSCRIBER, JOIN_TEXT };
enum press_field { PRESS_COMPLAINT, PRESS_TIME };
enum publication_field {
    PUBLICATION_COMPLAINT, PUBLICATION_TIME, PUBLICATION_AGREED, PUBLICATION_TITLE, PUBLICATION_TEXT
};

enum { COMPLAINT_KINDS = 12 };

#endif
