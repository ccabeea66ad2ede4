#include "portal/ticket.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/memory.h"

enum { SLOTS_LEAST = 256 };

/* The hash is of a secret with 256 random bits: any part of it spreads evenly. */
static struct ticket **slot_of(const struct tickets *tickets, const struct hash *hash)
{
    uint64_t start;
    memcpy(&start, hash->bytes, sizeof start);
    return &tickets->slots[start & (tickets->slot_count - 1)];
}

struct ticket *tickets_find(const struct tickets *tickets, const struct hash *hash)
{
    if (!tickets->slot_count) return NULL;
    struct ticket *ticket = *slot_of(tickets, hash);
    while (ticket && !hash_equal(&ticket->hash, hash)) ticket = ticket->next;
    return ticket;
}

static void place(struct tickets *tickets, struct ticket *ticket)
{
    struct ticket **slot = slot_of(tickets, &ticket->hash);
    ticket->next = *slot;
    *slot = ticket;
}

static void grow(struct tickets *tickets)
{
    struct ticket **old = tickets->slots;
    size_t old_count = tickets->slot_count;
    tickets->slot_count = old_count ? old_count * 2 : SLOTS_LEAST;
    tickets->slots = allocate(tickets->slot_count * sizeof *tickets->slots);
    for (size_t i = 0; i < old_count; i++)
        for (struct ticket *ticket = old[i], *next; ticket; ticket = next) {
            next = ticket->next;
            place(tickets, ticket);
        }
    free(old);
}

void tickets_add(struct tickets *tickets, struct ticket *ticket)
{
    if (tickets->count == tickets->slot_count) grow(tickets);
    tickets->count++;
    place(tickets, ticket);
}

void tickets_remove(struct tickets *tickets, bool (*is_it)(const struct ticket *ticket, const void *context), const void *context)
{
    for (size_t i = 0; i < tickets->slot_count; i++)
        for (struct ticket **at = &tickets->slots[i]; *at;) {
            struct ticket *ticket = *at;
            if (!is_it(ticket, context)) {
                at = &ticket->next;
                continue;
            }
            *at = ticket->next;
            free(ticket);
            tickets->count--;
        }
}

static bool is_any(const struct ticket *ticket, const void *context)
{
    (void)ticket;
    (void)context;
    return true;
}

void tickets_close(struct tickets *tickets)
{
    tickets_remove(tickets, is_any, NULL);
    free(tickets->slots);
    *tickets = (struct tickets){ 0 };
}

bool ticket_holds(const struct ticket *ticket, int64_t now)
{
    return now < ticket->until && (!ticket->idle || now - atomic_load_explicit(&ticket->used, memory_order_relaxed) < ticket->idle);
}

void ticket_name(const struct hash *hash, char out[TICKET_NAME + 1])
{
    sodium_bin2hex(out, TICKET_NAME + 1, hash->bytes, HASH_BYTES);
}

bool ticket_hash(struct str name, struct hash *hash)
{
    return hex_read(name, hash->bytes, HASH_BYTES);
}
