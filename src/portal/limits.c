#include "portal/limits.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"

enum { SLOTS = 8192, PROBES = 8, TOKEN = 1000000, ACTIVE_MICROSECONDS = 3000000 };

/* Token buckets of a fixed number of addresses; the one longest unseen makes room. Tokens are counted in millionths. */
struct bucket {
    uint64_t address;
    int64_t tokens, seen;
};

struct buckets {
    int64_t a_second; /* millionths of a token: 1 token a second fills TOKEN in 1,000,000 microseconds */
    int64_t burst;
    struct bucket slots[SLOTS];
};

struct limits {
    pthread_mutex_t lock;
    unsigned rate;
    struct buckets requests, guesses;
    uint64_t newest, other;   /* the two addresses seen last */
    int64_t newest_seen, other_seen;
};

struct limits *limits_open(unsigned rate)
{
    struct limits *limits = allocate(sizeof *limits);
    pthread_mutex_init(&limits->lock, NULL);
    limits->rate = rate;
    limits->newest_seen = limits->other_seen = -ACTIVE_MICROSECONDS;
    limits->requests.a_second = (int64_t)rate * TOKEN;
    limits->requests.burst = (int64_t)rate * BURST_SECONDS * TOKEN;
    limits->guesses.a_second = GUESSES_A_MINUTE * TOKEN / 60;
    limits->guesses.burst = (int64_t)GUESSES_A_MINUTE * TOKEN;
    return limits;
}

void limits_close(struct limits *limits)
{
    if (!limits) return;
    pthread_mutex_destroy(&limits->lock);
    free(limits);
}

static uint64_t mixed(uint64_t number)
{
    number ^= number >> 33;
    number *= UINT64_C(0xff51afd7ed558ccd);
    number ^= number >> 33;
    number *= UINT64_C(0xc4ceb9fe1a85ec53);
    return number ^ number >> 33;
}

uint64_t address_number(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) return (UINT64_C(4) << 32) + ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr);
    if (address->sa_family != AF_INET6) return 1;
    const uint8_t *bytes = ((const struct sockaddr_in6 *)address)->sin6_addr.s6_addr;
    uint64_t number = 0;
    bool is_mapped = IN6_IS_ADDR_V4MAPPED(&((const struct sockaddr_in6 *)address)->sin6_addr);
    for (int i = 0; i < (is_mapped ? 4 : 8); i++) number = number << 8 | bytes[(is_mapped ? 12 : 0) + i];
    return is_mapped ? (UINT64_C(4) << 32) + number : number;
}

void address_text(const struct sockaddr *address, struct text *out)
{
    char text[INET6_ADDRSTRLEN] = "";
    if (address->sa_family == AF_INET) inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, text, sizeof text);
    if (address->sa_family == AF_INET6) inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)address)->sin6_addr, text, sizeof text);
    text_add(out, str_of(text));
}

bool address_read(struct str text, struct sockaddr_storage *address)
{
    char zero_terminated[INET6_ADDRSTRLEN];
    *address = (struct sockaddr_storage){ 0 };
    if (!text.length || text.length >= sizeof zero_terminated) return false;
    memcpy(zero_terminated, text.at, text.length);
    zero_terminated[text.length] = 0;
    address->ss_family = AF_INET;
    if (inet_pton(AF_INET, zero_terminated, &((struct sockaddr_in *)address)->sin_addr) == 1) return true;
    address->ss_family = AF_INET6;
    return inet_pton(AF_INET6, zero_terminated, &((struct sockaddr_in6 *)address)->sin6_addr) == 1;
}

/* The address's bucket, filled up to now. */
static struct bucket *bucket_of(struct buckets *buckets, uint64_t address, int64_t now)
{
    struct bucket *oldest = NULL;
    for (size_t i = 0, at = mixed(address) % SLOTS; i < PROBES; i++, at = (at + 1) % SLOTS) {
        struct bucket *bucket = &buckets->slots[at];
        if (bucket->address == address) {
            __int128 filled = bucket->tokens + (__int128)(now - bucket->seen) * buckets->a_second / 1000000;
            bucket->tokens = filled > buckets->burst ? buckets->burst : (int64_t)filled;
            bucket->seen = now;
            return bucket;
        }
        if (!oldest || bucket->seen < oldest->seen) oldest = bucket;
    }
    *oldest = (struct bucket){ .address = address, .tokens = buckets->burst, .seen = now };
    return oldest;
}

/* Notes who asks, and tells whether anybody else did in the last seconds. */
static bool others_ask(struct limits *limits, uint64_t address, int64_t now)
{
    if (address != limits->newest) {
        limits->other = limits->newest;
        limits->other_seen = limits->newest_seen;
        limits->newest = address;
    }
    limits->newest_seen = now;
    return now - limits->other_seen < ACTIVE_MICROSECONDS;
}

bool limits_request(struct limits *limits, uint64_t address, int64_t now)
{
    if (!limits->rate) return true;
    pthread_mutex_lock(&limits->lock);
    bool is_shared = others_ask(limits, address, now);
    struct bucket *bucket = bucket_of(&limits->requests, address, now);
    bool has_token = bucket->tokens >= TOKEN;
    if (has_token) bucket->tokens -= TOKEN;
    pthread_mutex_unlock(&limits->lock);
    return has_token || !is_shared;
}

bool limits_guess(struct limits *limits, uint64_t address, int64_t now, int *seconds)
{
    pthread_mutex_lock(&limits->lock);
    struct bucket *bucket = bucket_of(&limits->guesses, address, now);
    bool has_token = bucket->tokens >= TOKEN;
    if (has_token) bucket->tokens -= TOKEN;
    else *seconds = (int)((TOKEN - bucket->tokens) / limits->guesses.a_second) + 1;
    pthread_mutex_unlock(&limits->lock);
    return has_token;
}

void limits_guess_back(struct limits *limits, uint64_t address, int64_t now)
{
    pthread_mutex_lock(&limits->lock);
    struct bucket *bucket = bucket_of(&limits->guesses, address, now);
    bucket->tokens = bucket->tokens + TOKEN > limits->guesses.burst ? limits->guesses.burst : bucket->tokens + TOKEN;
    pthread_mutex_unlock(&limits->lock);
}
