#include "command/attendant.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "command/command.h"
#include "command/passing.h"

enum { RECEIVE_SECONDS = 10, LEAVE_SECONDS = 10, PIPE_PIECE = 4096 /* a pipe that can be written takes that much */, RETRY_NS = 100 * 1000 * 1000 };

struct guest {
    struct attendant *attendant;
    int socket;
    struct ucred who;
    struct guest *next;
};

struct attendant {
    struct engine *engine;
    struct accounts *accounts;
    void (*ended)(void *context);
    void *context;
    int folder, listener;
    pthread_t porter;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t left;
    struct guest *guests;
    size_t count;
    bool ending;
};

/* ---- the caller's streams ---- */

/* Waiting for the other end stops when the caller is gone, or the server ends. */
struct stream {
    int descriptor, stop;
    bool is_file;
};

static bool stream_wait(const struct stream *stream, short events)
{
    struct pollfd asked[] = { { .fd = stream->descriptor, .events = events }, { .fd = stream->stop, .events = POLLIN } };
    while (!stream->is_file && !asked[0].revents) {
        if (poll(asked, 2, -1) < 0 && errno != EINTR) return false;
        if (!asked[0].revents && asked[1].revents) {
            errno = EPIPE; /* nobody is there to read it, or to write */
            return false;
        }
    }
    return true;
}

static ssize_t stream_write(void *context, const char *bytes, size_t length)
{
    const struct stream *stream = context;
    size_t done = 0;
    while (done < length) {
        if (!stream_wait(stream, POLLOUT)) return 0;
        size_t piece = length - done < PIPE_PIECE || stream->is_file ? length - done : PIPE_PIECE;
        ssize_t written = write(stream->descriptor, bytes + done, piece);
        if (written < 0 && errno != EINTR && errno != EAGAIN) return 0;
        if (written > 0) done += (size_t)written;
    }
    return (ssize_t)done;
}

static ssize_t stream_read(void *context, char *bytes, size_t room)
{
    const struct stream *stream = context;
    for (;;) {
        if (!stream_wait(stream, POLLIN)) return -1;
        ssize_t got = read(stream->descriptor, bytes, room);
        if (got >= 0 || (errno != EINTR && errno != EAGAIN)) return got;
    }
}

static FILE *stream_open(struct stream *stream, int descriptor, int stop, const char *mode)
{
    struct stat status;
    *stream = (struct stream){ descriptor, stop, fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) };
    FILE *file = fopencookie(stream, mode, (cookie_io_functions_t){ .read = stream_read, .write = stream_write });
    must(file != NULL);
    return file;
}

/* ---- a call ---- */

struct call {
    struct passing_head head;
    int descriptors[PASSED_DESCRIPTORS];
    size_t descriptor_count;
    char *body;
    char **words;
    size_t word_count;
    struct arena arena;
};

static bool receive_all(int socket, void *into, size_t length)
{
    for (size_t done = 0; done < length;) {
        ssize_t got = recv(socket, (char *)into + done, length - done, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        done += (size_t)got;
    }
    return true;
}

static bool head_receive(int socket, struct call *call)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(PASSED_DESCRIPTORS * sizeof(int))];
    } control;
    struct iovec part = { &call->head, sizeof call->head };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
    ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL);
    for (struct cmsghdr *each = got > 0 ? CMSG_FIRSTHDR(&message) : NULL; each; each = CMSG_NXTHDR(&message, each)) {
        if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_RIGHTS) continue;
        call->descriptor_count = (each->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        must(call->descriptor_count <= PASSED_DESCRIPTORS);
        memcpy(call->descriptors, CMSG_DATA(each), call->descriptor_count * sizeof(int));
    }
    return got == (ssize_t)sizeof call->head && !(message.msg_flags & MSG_CTRUNC) && call->descriptor_count == PASSED_DESCRIPTORS &&
           !memcmp(call->head.mark, PASSING_MARK, sizeof call->head.mark) && call->head.language < LANGUAGES &&
           call->head.bytes && call->head.bytes <= PASSED_LIMIT;
}

/* A word as it means the same here: what the caller says of its own descriptors is said of the caller's. */
static char *word_seen_from_here(struct call *call, char *word, pid_t caller)
{
    static const struct {
        const char *start, *here;
    } own[] = { { "/dev/fd/", "fd/" }, { "/dev/stdin", "fd/0" }, { "/dev/stdout", "fd/1" }, { "/dev/stderr", "fd/2" }, { "/proc/self/", "" } };
    const char *equals = word[0] == '-' ? strchr(word, '=') : NULL;
    struct str path = str_of(equals ? equals + 1 : word);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (!str_starts(path, str_of(own[i].start))) continue;
        struct text text = { 0 };
        text_format(&text, "%.*s/proc/%d/%s%s", (int)(path.at - word), word, (int)caller, own[i].here, path.at + strlen(own[i].start));
        word = arena_copy(&call->arena, text.at, text.length);
        text_close(&text);
        break;
    }
    return word;
}

static bool call_receive(const struct guest *guest, struct call *call)
{
    const struct timeval patience = { .tv_sec = RECEIVE_SECONDS };
    setsockopt(guest->socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (!head_receive(guest->socket, call)) return false;
    call->body = allocate(call->head.bytes);
    if (!receive_all(guest->socket, call->body, call->head.bytes) || call->body[call->head.bytes - 1]) return false;
    size_t texts = 0;
    for (size_t i = 0; i < call->head.bytes; i++) texts += !call->body[i];
    call->words = allocate(texts * sizeof *call->words);
    char *at = call->body + strlen(call->body) + 1;
    for (; call->word_count + 1 < texts; at += strlen(at) + 1)
        call->words[call->word_count++] = word_seen_from_here(call, at, guest->who.pid);
    return call->word_count > 0;
}

static void call_close(struct call *call)
{
    for (size_t i = 0; i < call->descriptor_count; i++) close(call->descriptors[i]);
    free(call->body);
    free(call->words);
    arena_close(&call->arena);
}

/* This thread stands in the caller's folder from here on, with the caller's umask. */
static bool folder_enter(const struct call *call, struct error *error)
{
    if (unshare(CLONE_FS) || fchdir(call->descriptors[STANDARD_STREAMS]))
        return fail_errno(error, "the server cannot work in the folder that it was called from");
    umask((mode_t)call->head.mask & 0777);
    return true;
}

static enum exit_code call_run(const struct guest *guest, struct call *call)
{
    struct stream streams[STANDARD_STREAMS];
    FILE *files[STANDARD_STREAMS];
    for (int i = 0; i < STANDARD_STREAMS; i++) files[i] = stream_open(&streams[i], call->descriptors[i], guest->socket, i ? "w" : "r");
    if (isatty(call->descriptors[STDOUT_FILENO])) setvbuf(files[STDOUT_FILENO], NULL, _IOLBF, BUFSIZ);
    setvbuf(files[STDERR_FILENO], NULL, _IOLBF, BUFSIZ);
    struct invocation invocation = {
        .words = call->words, .word_count = call->word_count, .directory = engine_directory(guest->attendant->engine),
        .language = (enum language)call->head.language, .in = files[0], .out = files[1], .err = files[2],
        .descriptors = { call->descriptors[0], call->descriptors[1], call->descriptors[2] }, .scratch = call->body,
        .user = guest->who.uid, .engine = guest->attendant->engine, .accounts = guest->attendant->accounts, .stop = guest->socket,
    };
    enum exit_code code = EXIT_FAILED;
    if (folder_enter(call, &invocation.error))
        code = invocation_run(&invocation);
    else
        fprintf(files[STDERR_FILENO], "mingbai: %s\n", invocation.error.says);
    for (int i = 0; i < STANDARD_STREAMS; i++) fclose(files[i]);
    return code;
}

static bool answer(const struct guest *guest, unsigned char byte)
{
    return send(guest->socket, &byte, 1, MSG_NOSIGNAL) == 1;
}

static void *guest_serve(void *context)
{
    struct guest *guest = context;
    struct attendant *attendant = guest->attendant;
    struct call call = { 0 };
    sigset_t terminal; /* the caller's may be the one that the server was started from */
    sigemptyset(&terminal);
    sigaddset(&terminal, SIGTTIN);
    sigaddset(&terminal, SIGTTOU);
    pthread_sigmask(SIG_BLOCK, &terminal, NULL);
    if (call_receive(guest, &call) && answer(guest, PASSING_BEGUN)) {
        enum exit_code code = call_run(guest, &call);
        attendant->ended(attendant->context);
        answer(guest, (unsigned char)code);
    }
    call_close(&call);
    pthread_mutex_lock(&attendant->lock);
    struct guest **link = &attendant->guests;
    while (*link != guest) link = &(*link)->next;
    *link = guest->next;
    close(guest->socket);
    attendant->count--;
    pthread_cond_broadcast(&attendant->left);
    pthread_mutex_unlock(&attendant->lock);
    free(guest);
    return NULL;
}

/* ---- the door ---- */

static bool guest_is_welcome(int socket, struct ucred *who)
{
    socklen_t length = sizeof *who;
    return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, who, &length) == 0 && (who->uid == geteuid() || who->uid == 0);
}

static void guest_take(struct attendant *attendant, int socket)
{
    struct guest *guest = allocate(sizeof *guest);
    *guest = (struct guest){ .attendant = attendant, .socket = socket };
    pthread_t thread;
    pthread_mutex_lock(&attendant->lock);
    bool taken = !attendant->ending && attendant->count < ATTENDANT_GUESTS && guest_is_welcome(socket, &guest->who) &&
                 !pthread_create(&thread, NULL, guest_serve, guest);
    if (taken) {
        pthread_detach(thread);
        guest->next = attendant->guests;
        attendant->guests = guest;
        attendant->count++;
    }
    pthread_mutex_unlock(&attendant->lock);
    if (taken) return;
    close(socket);
    free(guest);
}

static void *porter_run(void *context)
{
    struct attendant *attendant = context;
    for (bool ending = false; !ending;) {
        int socket = accept4(attendant->listener, NULL, NULL, SOCK_CLOEXEC), failure = errno;
        pthread_mutex_lock(&attendant->lock);
        ending = attendant->ending;
        pthread_mutex_unlock(&attendant->lock);
        if (socket >= 0)
            guest_take(attendant, socket);
        else if (!ending && failure != EINTR && failure != ECONNABORTED) /* no descriptors, no memory: there may be some soon */
            nanosleep(&(struct timespec){ .tv_nsec = RETRY_NS }, NULL);
    }
    return NULL;
}

/* The mode is the socket's own before it has a name. */
static bool listen_there(struct attendant *attendant)
{
    struct sockaddr_un address = passing_address(attendant->folder);
    if (unlinkat(attendant->folder, "socket", 0) && errno != ENOENT) return false;
    return fchmod(attendant->listener, 0600) == 0 && bind(attendant->listener, (struct sockaddr *)&address, sizeof address) == 0 &&
           listen(attendant->listener, SOMAXCONN) == 0;
}

struct attendant *attendant_open(struct engine *engine, struct accounts *accounts, const char *directory, void (*ended)(void *context), void *context,
                                 struct error *error)
{
    must(engine_directory(engine)[0] == '/');
    struct attendant *attendant = allocate(sizeof *attendant);
    attendant->engine = engine;
    attendant->accounts = accounts;
    attendant->ended = ended;
    attendant->context = context;
    pthread_mutex_init(&attendant->lock, NULL);
    pthread_cond_init(&attendant->left, NULL);
    attendant->folder = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    attendant->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (attendant->folder >= 0 && attendant->listener >= 0 && listen_there(attendant) &&
        !pthread_create(&attendant->porter, NULL, porter_run, attendant))
        return attendant;
    fail_errno(error, "%s/socket, by which commands reach the server, cannot be made", directory);
    if (attendant->folder >= 0) close(attendant->folder);
    if (attendant->listener >= 0) close(attendant->listener);
    free(attendant);
    return NULL;
}

bool attendant_close(struct attendant *attendant)
{
    struct timespec until;
    pthread_mutex_lock(&attendant->lock);
    attendant->ending = true;
    pthread_mutex_unlock(&attendant->lock);
    shutdown(attendant->listener, SHUT_RDWR);
    pthread_join(attendant->porter, NULL);
    unlinkat(attendant->folder, "socket", 0);
    close(attendant->listener);
    pthread_mutex_lock(&attendant->lock);
    for (struct guest *guest = attendant->guests; guest; guest = guest->next) shutdown(guest->socket, SHUT_RD);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += LEAVE_SECONDS;
    while (attendant->count && pthread_cond_timedwait(&attendant->left, &attendant->lock, &until) != ETIMEDOUT) continue;
    bool all_left = !attendant->count;
    pthread_mutex_unlock(&attendant->lock);
    if (!all_left) return false;
    close(attendant->folder);
    pthread_mutex_destroy(&attendant->lock);
    pthread_cond_destroy(&attendant->left);
    free(attendant);
    return true;
}
