/* A case as the API shows it. */
#ifndef MEASURE_COMPLAINT_CASE_JSON_H
#define MEASURE_COMPLAINT_CASE_JSON_H

#include "measure/complaint/status.h"
#include "measure/route.h"
#include "measure/unseal.h"

/* The clear texts that were read for this answer. Start from { 0 }: none. */
struct case_clear {
    bool opened;
    const struct unseal_wish *wishes;
    const struct str *clear;
    size_t count;
};

/* Reads all texts of a case in clear, and its number for staff; the reading is noted before. */
bool case_open(struct request *request, const struct case_file *file, struct str why, struct case_clear *clear, struct error *error);

/* The whole object, with the acts of who asks. */
void case_json(struct json *json, const struct request *request, const struct view *view, const struct case_file *file,
               const struct case_status *status, const struct case_clear *clear);
/* A published case, as everybody sees it: what its person agreed to, how it stands, and nothing else. */
void case_json_public(struct json *json, const struct request *request, const struct view *view, const struct case_file *file,
                      const struct case_status *status);
/* The members that lists and the public page show as well; inside an open object. */
void case_json_head(struct json *json, const struct request *request, const struct view *view, const struct case_file *file,
                    const struct case_status *status);
/* The object of one of its appeals. */
void appeal_json(struct json *json, const struct request *request, const struct view *view, const struct case_file *file,
                 const struct case_status *status, size_t appeal, const struct case_clear *clear);

/* The member `appeal` of an open object: whether one may appeal, from when, until when, and why. */
void appeal_chance_json(struct json *json, const struct request *request, const struct appeal_chance *chance);

/* "the operator's turn" with the operator's name; in the arena. */
struct str case_state_says(const struct request *request, const struct law *law, const struct case_status *status);
/* "15 days", "15日"; empty where no law holds. */
struct str case_limit_says(const struct request *request, const struct limit *limit);
/* Cells that every list of cases has: whose it is, where, and what about (-1: not told), each as a word and in words. */
void rows_matter(struct rows *rows, const struct request *request, struct str operator_, struct str area, int category);

#endif
