/* One case, as the one who asks may see it, and how it stands. */
#ifndef MEASURE_COMPLAINT_CASE_LOOK_H
#define MEASURE_COMPLAINT_CASE_LOOK_H

#include "measure/complaint/case_json.h"

/* Of a ROUTE_TRY: whether cases can be judged at once; false once the reply is to come later. */
bool case_look_now(const struct request *request, struct reply *reply);
/* Reads a case of the request's view and judges it: one that came through the portal as of now, others as of the latest event. */
bool case_look(struct request *request, struct str id, struct case_file *file, struct case_status *status, bool *found,
               struct error *error);
/* The same of a view of one's own; published: as everybody may see it. */
bool case_look_in(struct view *view, const struct request *request, struct str id, bool published, struct case_file *file,
                  struct case_status *status, bool *found, struct error *error);
/* 404, the same for what is not there and what is not theirs. */
bool case_missing(struct reply *reply, struct error *error);

#endif
