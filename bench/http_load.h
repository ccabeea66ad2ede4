/* Many clients at once, each with one connection that it keeps, asking again as soon as it is answered. */
#ifndef BENCH_HTTP_LOAD_H
#define BENCH_HTTP_LOAD_H

#include <stddef.h>
#include <stdint.h>

struct http_load {
    uint16_t port;        /* on 127.0.0.1 */
    const char *headers;  /* lines that every request has besides Host, each with CRLF; "": none */
    /* Writes the path of the n-th request; n rises by one over all clients. */
    void (*path)(char *out, size_t room, uint64_t n);
    int clients;
    double seconds;
};

struct http_loaded {
    double rate;          /* answers a second */
    double median, p99;   /* seconds from a request to the whole of its answer */
    uint64_t answers, bytes;
};

/* The body of one answer, for the caller to free; ends the program where it is not 200. */
char *http_get(uint16_t port, const char *headers, const char *path);

/* Ends the program with a sentence where an answer is not 200 or a connection breaks. */
struct http_loaded http_load_run(const struct http_load *load);

#endif
