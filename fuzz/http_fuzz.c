/* Whole requests, byte for byte, at a server in this process: heads, bodies in pieces, what stands behind them. A zero byte parts what
   is sent at once. After each so many the server must still answer. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "disk/disk.h"
#include "engine/directory.h"
#include "portal/portal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *count, char ***arguments);

enum { PATIENCE_MS = 3, LIFE_MS = 20000, LIFE_EACH = 64 };

static struct portal *portal;
static char root[] = "/tmp/mingbai-fuzz-XXXXXX";

static void end(void)
{
    portal_close(portal);
    disk_remove_tree(disk_posix(), root, NULL);
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    static char directory[sizeof root + 8];
    struct error error = { 0 };
    (void)count, (void)arguments;
    must(sodium_init() >= 0 && mkdtemp(root));
    signal(SIGPIPE, SIG_IGN);
    snprintf(directory, sizeof directory, "%s/data", root);
    must(directory_make(disk_posix(), directory, &error));
    portal = portal_open(&(struct portal_options){ .directory = directory, .listen = "127.0.0.1:0" }, &error);
    if (!portal) fprintf(stderr, "%s\n", error.says);
    must(portal != NULL);
    atexit(end);
    return 0;
}

static int call_server(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)portal_port(portal)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int wire = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(wire >= 0 && !connect(wire, (struct sockaddr *)&address, sizeof address));
    return wire;
}

/* Reads what comes within so many milliseconds of silence, up to room bytes; how much. */
static size_t listen_for(int wire, int patience, char *out, size_t room)
{
    struct pollfd there = { .fd = wire, .events = POLLIN };
    size_t length = 0;
    while (length < room && poll(&there, 1, patience) == 1) {
        ssize_t got = recv(wire, out + length, room - length, 0);
        if (got <= 0) break;
        length += (size_t)got;
    }
    return length;
}

/* Ends it at once, so that no port is kept. */
static void hang_up(int wire)
{
    setsockopt(wire, SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 }, sizeof(struct linger));
    close(wire);
}

static void lives(void)
{
    static const char ask[] = "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    char answer[2048];
    int wire = call_server();
    must(send(wire, ask, sizeof ask - 1, 0) == sizeof ask - 1);
    size_t length = listen_for(wire, LIFE_MS, answer, sizeof answer);
    must(memmem(answer, length, "HTTP/1.1 200", 12) || memmem(answer, length, "HTTP/1.1 429", 12));
    hang_up(wire);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned runs;
    char answer[16 * 1024];
    int wire = call_server();
    while (size) {
        const uint8_t *zero = memchr(data, 0, size);
        size_t piece = zero ? (size_t)(zero - data) : size;
        if (piece && send(wire, data, piece, 0) != (ssize_t)piece) break;
        data += piece + (zero != NULL);
        size -= piece + (zero != NULL);
    }
    size_t length = listen_for(wire, PATIENCE_MS, answer, sizeof answer);
    must(length < 5 || !memcmp(answer, "HTTP/", 5));
    hang_up(wire);
    if (!(++runs % LIFE_EACH)) lives();
    return 0;
}
