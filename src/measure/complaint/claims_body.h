/* The list `claims` of a JSON body, member by member. */
#ifndef MEASURE_COMPLAINT_CLAIMS_BODY_H
#define MEASURE_COMPLAINT_CLAIMS_BODY_H

#include "measure/complaint/acting.h"

/* A claim as it came: which, a word, yuan, a text. What is wrong is noted under "claims". */
struct claim_given {
    int64_t claim;     /* from 1; 0: not told */
    struct str word;   /* of `word_name` */
    struct str amount; /* empty: none */
    struct str text;
    bool accepted, has_accepted;
};
/* The place-th member, whose word goes by word_name ("asks", "verdict"; NULL: has none). False where it is no object, or has
   members that it should not have. */
bool claim_given(struct acting *acting, size_t place, const char *word_name, struct claim_given *given);
size_t claims_given(const struct acting *acting);
/* The place of a word among a field's choices; -1: there is none. */
int choice_of(const struct field *field, struct str word);

#endif
