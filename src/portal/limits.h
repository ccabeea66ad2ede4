/* How often an address may ask. An IPv4 address is one, of IPv6 the first half. */
#ifndef PORTAL_LIMITS_H
#define PORTAL_LIMITS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/str.h"

enum { GUESSES_A_MINUTE = 10, BURST_SECONDS = 2 };

struct limits;

/* rate: requests a second of an address while others are there; 0: any number. */
struct limits *limits_open(unsigned rate);
void limits_close(struct limits *limits);

/* An address as a number that limits count by. */
uint64_t address_number(const struct sockaddr *address);
void address_text(const struct sockaddr *address, struct text *out);
/* Reads 192.0.2.1 or 2001:db8::1; false where it is none. */
bool address_read(struct str text, struct sockaddr_storage *address);

/* Takes a request; false where the address has had its share while others want theirs. Times are of the monotonic clock in
   microseconds. */
bool limits_request(struct limits *limits, uint64_t address, int64_t now);
/* Takes a guess; false, with the seconds until the next, after GUESSES_A_MINUTE. One that was right is given back. */
bool limits_guess(struct limits *limits, uint64_t address, int64_t now, int *seconds);
void limits_guess_back(struct limits *limits, uint64_t address, int64_t now);

#endif
