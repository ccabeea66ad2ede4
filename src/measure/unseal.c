#include "measure/unseal.h"

#include <stdio.h>

#include "engine/write.h"
#include "measure/province/province.h"

enum { WHAT_LIMIT = 64, NAMED_LIMIT = 64 * 1024 }; /* of a code; of all names in bytes: how many more are told by their number */

/* The account; a person by the number of their subject, or by the one case that they follow. */
static struct str reader_of(const struct identity *who, struct arena *arena)
{
    char name[CASE_ROOM + 16];
    if (who->account[0]) return str_of(who->account);
    int length = who->has_subject ? snprintf(name, sizeof name, "subscriber:%llu", (unsigned long long)who->subject)
                                  : snprintf(name, sizeof name, "complaint:%s", who->complaint);
    return (struct str){ arena_copy(arena, name, (size_t)length), (size_t)length };
}

/* One record for the request. It names all that is read, or where that is too long the first and how many more, and then the
   names stand behind the reason. */
static bool reading_noted(struct engine *engine, const struct identity *who, const struct unseal_wish *wishes, size_t count,
                          struct str why, struct arena *arena, struct error *error)
{
    struct text what = { 0 }, reason = { 0 };
    size_t first = 0;
    for (size_t i = 0; i < count && what.length < NAMED_LIMIT; i++) {
        text_format(&what, "%s%s:%llu", i ? "," : "", wishes[i].kind == UNSEAL_PERSON ? "person" : "text",
                    (unsigned long long)wishes[i].number);
        if (!i) first = what.length;
    }
    text_add(&reason, why);
    if (what.length > WHAT_LIMIT) {
        text_add_byte(&reason, '\n');
        text_add(&reason, text_str(&what));
        what.length = first;
        text_format(&what, "+%zu", count - 1);
    }
    struct record record = { .kind = &unsealing_kind, .present = 1u << UNSEALING_WHAT | 1u << UNSEALING_WHO | 1u << UNSEALING_WHY |
                                                                 1u << UNSEALING_TIME };
    record.values[UNSEALING_WHAT].text = text_str(&what);
    record.values[UNSEALING_WHO].text = reader_of(who, arena);
    record.values[UNSEALING_WHY].text = text_str(&reason);
    record.values[UNSEALING_TIME].number = moment_now();
    bool noted = engine_write(engine, STR("mingbai:unsealings"), &record, 1, NULL, error);
    text_close(&reason);
    text_close(&what);
    return noted;
}

bool unseal_for(struct engine *engine, const struct identity *who, const struct unseal_wish *wishes, size_t count, struct str why,
                struct arena *arena, struct str *clear, struct error *error)
{
    if (!count) return true;
    if (!reading_noted(engine, who, wishes, count, why, arena, error)) return false;
    struct vault *vault = engine_vault(engine);
    struct text text = { 0 };
    bool done = true;
    for (size_t i = 0; done && i < count; i++) {
        struct error fault = { 0 };
        text.length = 0;
        clear[i] = (struct str){ 0 };
        done = wishes[i].kind == UNSEAL_PERSON ? vault_person(vault, wishes[i].number, &text, &fault)
                                               : vault_text(vault, wishes[i].number, &text, &fault);
        if (done) clear[i] = (struct str){ arena_copy(arena, text.at, text.length), text.length };
        else if (fault.code == ERROR_NOT_FOUND) done = true; /* erased */
        else if (error) *error = fault;
    }
    text_close(&text);
    return done;
}

bool numbers_shown(struct engine *engine, const struct identity *who, const uint64_t *subjects, size_t count, struct str why,
                   struct arena *arena, struct str *shown, struct error *error)
{
    struct unseal_wish *wishes = arena_take(arena, (count + 1) * sizeof *wishes);
    for (size_t i = 0; i < count; i++) {
        wishes[i] = (struct unseal_wish){ UNSEAL_PERSON, subjects[i] };
        shown[i] = (struct str){ 0 };
    }
    if (who->role == ROLE_OPERATOR && !unseal_for(engine, who, wishes, count, why, arena, shown, error)) return false;
    for (size_t i = 0; i < count; i++)
        if (!shown[i].at) shown[i] = arena_format(arena, "%llu", (unsigned long long)subjects[i]);
    return true;
}
