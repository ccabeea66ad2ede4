/* Asks the reference and the program the same, and compares with what was worked out by hand. */
#ifndef TESTS_USAGE_CHECK_H
#define TESTS_USAGE_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include "usage_case.h"
#include "usage_program.h"

#include <cmocka.h> /* last: its macro `fail` hides ours */

static const struct usage_judge *const judges[] = { &reference_judge, &program_judge };
enum { JUDGES = sizeof judges / sizeof *judges };

typedef const char *question(const struct usage_judge *judge, const struct world *world, const char *when, struct arena *arena);

static inline const char *ask_notices(const struct usage_judge *judge, const struct world *world, const char *when, struct arena *arena)
{
    (void)when;
    return case_notices(judge, world, arena);
}

static inline void check(question *ask, const struct world *world, const char *when, const char *wanted)
{
    for (size_t i = 0; i < JUDGES; i++) {
        struct arena arena = { 0 };
        const char *answer = ask(judges[i], world, when, &arena);
        if (strcmp(answer, wanted)) fail_msg("the %s says\n  %s\nwanted\n  %s", judges[i]->name, answer, wanted);
        arena_close(&arena);
    }
}

static inline void check_bill(const struct world *world, const char *cycle, const char *wanted)
{
    check(case_bill, world, cycle, wanted);
}

static inline void check_usage(const struct world *world, const char *cycle, const char *wanted)
{
    check(case_usage, world, cycle, wanted);
}

static inline void check_notices(const struct world *world, const char *wanted)
{
    check(ask_notices, world, NULL, wanted);
}

static inline void check_findings(const struct world *world, const char *as_of, const char *wanted)
{
    check(case_findings, world, as_of, wanted);
}

/* Data at 1 yuan for 100 bytes, calls at 0.10 yuan a minute, messages at 0.10 yuan. */
static inline struct world_tariff plain(const char *name)
{
    return (struct world_tariff){ .tariff = name, .prices = { { USE_DATA, 100, YUAN(1), "home", 0 }, { USE_VOICE, 60, FEN(10), "home", 0 }, { USE_SMS, 1, FEN(10), "home", 0 } } };
}

/* The same with 100 bytes included, and notices at 80 % and 100 %, each 10 yuan, and the cap of 50 yuan. */
static inline struct world_tariff noticed(const char *name)
{
    struct world_tariff tariff = plain(name);
    tariff.allowances[0] = (struct world_allowance){ .id = "a", .service = USE_DATA, .quantity = 100, .scope = "home" };
    tariff.notice_at[0] = 80;
    tariff.notice_at[1] = 100;
    tariff.every = YUAN(10);
    tariff.has_cap = true;
    tariff.cap = YUAN(50);
    return tariff;
}

#endif
