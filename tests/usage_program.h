/* The program, asked the questions that the reference answers: a data directory in memory into which worlds are loaded. */
#ifndef TESTS_USAGE_PROGRAM_H
#define TESTS_USAGE_PROGRAM_H

#include "usage_case.h"
#include "usage_random.h"

struct usage_program;

struct usage_program *usage_program_open(void);
void usage_program_close(struct usage_program *program);
/* Takes the records of worlds with different names in, those of each in their order; with chances in portions cut anywhere. */
void usage_program_load(struct usage_program *program, const struct world *worlds, size_t count, struct chances *chances);
/* Throws the state away and replays the ledger. */
void usage_program_rebuild(struct usage_program *program);

void usage_program_bill(struct usage_program *program, const char *subscriber, int32_t cycle, struct text *lines);
void usage_program_usage(struct usage_program *program, const char *subscriber, int32_t cycle, struct text *lines);
/* Those of a world's subscribers, in the order of the ledger. */
void usage_program_notices(struct usage_program *program, const struct world *world, struct text *lines);
/* Audits everything as of a moment, once; then gives a world's findings of usage.notice.* or of bill.follows. */
void usage_program_audit(struct usage_program *program, int64_t as_of);
void usage_program_findings(struct usage_program *program, const struct world *world, struct text *lines);
void usage_program_bill_findings(struct usage_program *program, const struct world *world, struct text *lines);

/* Loads the world anew for each question. */
extern const struct usage_judge program_judge;

#endif
