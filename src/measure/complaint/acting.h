/* Doing something to a case: one at a time for each case, from a look at how it stands to the record that is durable. */
#ifndef MEASURE_COMPLAINT_ACTING_H
#define MEASURE_COMPLAINT_ACTING_H

#include "measure/complaint/case_json.h"

enum { ACTING_RECORDS = 64 };

struct acting {
    struct request *request;
    struct reply *reply;
    struct view *view;            /* a fresh one: what is seen stays true until acting_end */
    struct case_file file;
    struct case_status status;
    size_t appeal;                /* its place in file.appeals, where the path names one */
    struct record *records;
    size_t count;
    uint64_t position;            /* behind what was written */
    size_t locks[2];
    size_t lock_count;
};

/* Takes the case of the path's first argument (an appeal's, where the path begins with /api/appeals) and looks whether the act is
   possible to who asks; else a refusal in words. acting_end in any case. */
bool acting_begin(struct acting *acting, struct request *request, struct reply *reply, enum case_act act, struct error *error);
/* The same about two cases: nobody acts on the other one meanwhile, either. */
bool acting_begin_with(struct acting *acting, struct request *request, struct reply *reply, enum case_act act, struct str other,
                       struct error *error);
void acting_end(struct acting *acting);

/* The lock of a case by its number, for what is about a case that does not stand yet, or about two. acting_lock may be called once
   more for a second case, whose lock then goes with acting_end, too: it gives up the first and takes both in one order, so what
   was seen must be looked at again. */
void acting_lock(struct acting *acting, struct str id);

/* A record to be written, of which kind and time (the field, where it has one) are set. */
struct record *acting_record(struct acting *acting, const struct kind *kind);
void record_number(struct record *record, size_t field, int64_t number);
/* Reads a text as the door does; empty ones stay absent. What is wrong is noted under the body's field. */
bool record_text(struct acting *acting, struct record *record, size_t field, const char *name, struct str text);
/* An event of the complaint, now. */
struct record *acting_event(struct acting *acting, enum complaint_step step);
/* Writes the records, all or none, unless a fault was noted. */
bool acting_write(struct acting *acting, struct error *error);
/* Unless done is false: writes, and answers {"complaint":..,"position":N}. Ends the acting in any case. */
bool acting_finish(struct acting *acting, bool done, struct error *error);

/* Of what a person may write at once: longer ones are refused. */
enum { TEXT_BYTES_MAX = 12000 };

#endif
