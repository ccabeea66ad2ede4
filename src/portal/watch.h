/* Watching over connections: each has a time until which it must come on, and is cut when that has passed. Clients that send
   or read slowly hold nothing for long. */
#ifndef PORTAL_WATCH_H
#define PORTAL_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    IDLE_SECONDS = 30,       /* between requests */
    HEADER_SECONDS = 20,     /* for a request's header */
    BODY_SECONDS = 30,       /* for a JSON body */
    UPLOAD_SECONDS = 30,     /* for each piece of a file */
    UPLOAD_PIECE = 64 * 1024,
    ANSWER_BYTES_A_SECOND = 8 * 1024, /* that a client reads at least, after 30 s */
};

struct watch;
struct watched;

struct watch *watch_open(void);
void watch_close(struct watch *watch);

/* A connection begins (with HEADER_SECONDS), and ends before its socket is closed. */
struct watched *watch_add(struct watch *watch, int socket, uint64_t address);
void watch_remove(struct watched *watched);
/* From now on so many seconds; 0: no limit. */
void watch_until(struct watched *watched, int64_t seconds);
/* The same where that is sooner than what held before. */
void watch_within(struct watched *watched, int64_t seconds);
uint64_t watched_address(const struct watched *watched);

/* Connections there are, and how many were cut so far. */
size_t watch_count(struct watch *watch);
uint64_t watch_cut(struct watch *watch);

#endif
