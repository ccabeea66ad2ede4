/* The one way from a letter's subject to its number: through the door that notes who read what. */
#include "measure/unseal.h"
#include "portal/code.h"
#include "portal/outbox.h"

bool outbox_numbers(void *engine, const uint64_t *subjects, size_t count, struct arena *arena, struct str *numbers, struct error *error)
{
    static const struct identity outbox = { .role = ROLE_ADMINISTRATOR, .account = "mingbai:outbox" };
    struct unseal_wish *wishes = arena_take(arena, count * sizeof *wishes);
    for (size_t i = 0; i < count; i++) wishes[i] = (struct unseal_wish){ UNSEAL_PERSON, subjects[i] };
    if (!unseal_for(engine, &outbox, wishes, count, STR("texts go out to these numbers"), arena, numbers, error))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!number_is_mobile(numbers[i])) numbers[i] = (struct str){ 0 }; /* an account, or anything that somebody typed */
    return true;
}
