#include "http_load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

enum { CLIENTS_MAX = 1024, ANSWER_ROOM = 512 * 1024, REQUEST_ROOM = 4096 };

struct client {
    int socket;
    double asked;
    char *answer;
    size_t have, whole; /* whole: 0 until the head is there */
};

struct run {
    const struct http_load *load;
    struct client clients[CLIENTS_MAX];
    uint64_t asked;
    double *times;
    size_t count, room;
    uint64_t bytes;
};

static void broken(const char *what, const struct client *client)
{
    fprintf(stderr, "bench: %s: %.*s\n", what, (int)(client->have < 300 ? client->have : 300), client->answer);
    exit(1);
}

static void send_request(struct client *client, const char *path, const char *headers)
{
    char request[REQUEST_ROOM];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n", path, headers);
    client->asked = bench_seconds();
    client->have = client->whole = 0;
    if (length >= REQUEST_ROOM || send(client->socket, request, (size_t)length, MSG_NOSIGNAL) != length) broken("a request was not taken", client);
}

static void ask(struct run *run, struct client *client)
{
    char path[1024];
    run->load->path(path, sizeof path, run->asked++);
    send_request(client, path, run->load->headers);
}

static void head_read(struct client *client)
{
    client->answer[client->have] = 0;
    char *end = strstr(client->answer, "\r\n\r\n"), *length = strcasestr(client->answer, "\r\nContent-Length:");
    if (!end) return;
    if (strncmp(client->answer, "HTTP/1.1 200", 12) || !length || length > end) broken("an unexpected answer", client);
    client->whole = (size_t)(end + 4 - client->answer) + strtoul(length + 17, NULL, 10);
    if (client->whole >= ANSWER_ROOM) broken("too long an answer", client);
}

/* Whether the answer is whole. */
static bool piece_read(struct client *client)
{
    ssize_t got = recv(client->socket, client->answer + client->have, ANSWER_ROOM - 1 - client->have, 0);
    if (got <= 0) broken("a connection broke", client);
    client->have += (size_t)got;
    if (!client->whole) head_read(client);
    return client->whole && client->have >= client->whole;
}

static void answer_read(struct run *run, struct client *client)
{
    if (!piece_read(client)) return;
    if (run->count == run->room) {
        run->room = run->room ? run->room * 2 : 65536;
        run->times = realloc(run->times, run->room * sizeof *run->times);
    }
    run->times[run->count++] = bench_seconds() - client->asked;
    run->bytes += client->whole;
    ask(run, client);
}

static int connected(uint16_t port)
{
    int one = 1, made = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (connect(made, (struct sockaddr *)&address, sizeof address)) {
        fprintf(stderr, "bench: the server does not answer\n");
        exit(1);
    }
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return made;
}

char *http_get(uint16_t port, const char *headers, const char *path)
{
    struct client client = { .socket = connected(port), .answer = malloc(ANSWER_ROOM) };
    send_request(&client, path, headers);
    while (!piece_read(&client)) continue;
    client.answer[client.have] = 0;
    char *body = strdup(strstr(client.answer, "\r\n\r\n") + 4);
    close(client.socket);
    free(client.answer);
    return body;
}

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

struct http_loaded http_load_run(const struct http_load *load)
{
    struct run *run = calloc(1, sizeof *run);
    run->load = load;
    int poll = epoll_create1(0);
    for (int i = 0; i < load->clients; i++) {
        struct client *client = &run->clients[i];
        client->answer = malloc(ANSWER_ROOM);
        client->socket = connected(load->port);
        epoll_ctl(poll, EPOLL_CTL_ADD, client->socket, &(struct epoll_event){ .events = EPOLLIN, .data.ptr = client });
    }
    double start = bench_seconds(), now = start;
    for (int i = 0; i < load->clients; i++) ask(run, &run->clients[i]);
    while (now - start < load->seconds) {
        struct epoll_event events[64];
        int ready = epoll_wait(poll, events, 64, 1000);
        for (int i = 0; i < ready; i++) answer_read(run, events[i].data.ptr);
        now = bench_seconds();
    }
    qsort(run->times, run->count, sizeof *run->times, by_size);
    struct http_loaded loaded = { .rate = (double)run->count / (now - start), .answers = run->count, .bytes = run->bytes };
    if (run->count) {
        loaded.median = run->times[run->count / 2];
        loaded.p99 = run->times[run->count * 99 / 100];
    }
    for (int i = 0; i < load->clients; i++) {
        close(run->clients[i].socket);
        free(run->clients[i].answer);
    }
    close(poll);
    free(run->times);
    free(run);
    return loaded;
}
