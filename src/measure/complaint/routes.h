/* The handlers of the complaint measure's routes, which stand in routes.c. */
#ifndef MEASURE_COMPLAINT_ROUTES_H
#define MEASURE_COMPLAINT_ROUTES_H

#include "measure/route.h"

enum { COMPLAINT_ROUTES = 37 };
extern const struct route complaint_routes[COMPLAINT_ROUTES];

#define HANDLER(name) bool name(struct request *request, struct reply *reply, struct error *error)

/* filing_routes.c */
HANDLER(complaint_file);
HANDLER(complaint_category);
/* evidence_routes.c */
HANDLER(evidence_add);
HANDLER(evidence_get);
/* case_routes.c */
HANDLER(complaint_list);
HANDLER(complaint_get);
HANDLER(complaint_open_texts);
HANDLER(complaint_sign_in);
HANDLER(appeal_list);
HANDLER(appeal_get);
/* letters_routes.c */
HANDLER(case_letters);
/* person_routes.c */
HANDLER(complaint_reply_to);
HANDLER(complaint_write);
HANDLER(complaint_withdraw);
HANDLER(complaint_press);
HANDLER(publication_propose);
HANDLER(publication_decide);
HANDLER(complaint_join);
/* staff_routes.c */
HANDLER(complaint_answer);
HANDLER(complaint_pause);
HANDLER(complaint_resume);
HANDLER(complaint_move);
HANDLER(complaint_merge);
HANDLER(complaint_assign);
HANDLER(complaint_note);
/* appeal_routes.c */
HANDLER(appeal_chance_get);
HANDLER(appeal_file);
HANDLER(appeal_accept);
HANDLER(appeal_refuse);
HANDLER(appeal_forward);
HANDLER(appeal_mediate);
HANDLER(appeal_decide);
HANDLER(appeal_answer);
HANDLER(appeal_withdraw);
/* work_routes.c */
HANDLER(work_list);
/* public_routes.c */
HANDLER(public_list);
HANDLER(public_get);

#endif
