#include "command/remote.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "command/passing.h"
#include "engine/directory.h"

enum { TRIES = 100, TRY_EVERY_NS = 100 * 1000 * 1000 };

static int server_connect(const char *directory)
{
    int folder = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC), server = -1;
    if (folder < 0) return -1;
    struct sockaddr_un address = passing_address(folder);
    server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server >= 0 && connect(server, (struct sockaddr *)&address, sizeof address)) {
        close(server);
        server = -1;
    }
    close(folder);
    return server;
}

/* Whether the directory can be taken, or looked at: nobody is changing it. */
static bool directory_is_free(const char *directory)
{
    char path[PATH_ROOM];
    struct error ignored;
    if (!directory_path(directory, "lock", path, &ignored)) return true;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return true;
    bool is_free = flock(file, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK;
    close(file);
    return is_free;
}

static bool bytes_send(int server, struct str bytes)
{
    while (bytes.length) {
        ssize_t sent = send(server, bytes.at, bytes.length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        bytes.at += sent;
        bytes.length -= (size_t)sent;
    }
    return true;
}

static bool head_send(int server, struct passing_head *head, const int descriptors[PASSED_DESCRIPTORS])
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(PASSED_DESCRIPTORS * sizeof(int))];
    } control = { 0 };
    struct iovec part = { head, sizeof *head };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(PASSED_DESCRIPTORS * sizeof(int));
    memcpy(CMSG_DATA(rights), descriptors, PASSED_DESCRIPTORS * sizeof(int));
    return sendmsg(server, &message, MSG_NOSIGNAL) == (ssize_t)sizeof *head;
}

static bool byte_receive(int server, unsigned char *byte)
{
    ssize_t got;
    do got = recv(server, byte, 1, 0);
    while (got < 0 && errno == EINTR);
    return got == 1;
}

static bool call_send(int server, const struct invocation *invocation, int folder)
{
    struct text body = { 0 };
    struct passing_head head = { .mark = PASSING_MARK, .language = invocation->language };
    const int descriptors[PASSED_DESCRIPTORS] = { invocation->descriptors[0], invocation->descriptors[1], invocation->descriptors[2], folder };
    mode_t mask = umask(0);
    umask(mask);
    head.mask = mask;
    text_add(&body, str_of(invocation->scratch));
    text_add_byte(&body, 0);
    for (size_t i = 0; i < invocation->word_count; i++) text_add(&body, (struct str){ invocation->words[i], strlen(invocation->words[i]) + 1 });
    head.bytes = (uint32_t)body.length;
    bool sent = body.length <= PASSED_LIMIT && head_send(server, &head, descriptors) && bytes_send(server, text_str(&body));
    text_close(&body);
    return sent;
}

/* False where the server did not begin: it is ending, or has too many guests. */
static bool call_pass(int server, struct invocation *invocation, enum exit_code *code)
{
    unsigned char answer;
    int folder = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    *code = EXIT_FAILED;
    if (folder < 0) {
        fail_errno_both(&invocation->error, "the current folder cannot be used", "当前目录无法使用");
        return true;
    }
    bool begun = call_send(server, invocation, folder) && byte_receive(server, &answer) && answer == PASSING_BEGUN;
    if (begun && byte_receive(server, &answer))
        *code = (enum exit_code)answer;
    else if (begun)
        fail_both(&invocation->error, ERROR_BUSY, "the server ended before the command did: what was acknowledged is kept; give the command again",
                  "服务在命令完成之前结束：已确认的都已保存，请再次执行该命令");
    close(folder);
    return begun;
}

bool remote_run(struct invocation *invocation, bool wait, enum exit_code *code)
{
    const char *directory = invocation->directory;
    for (int i = 0; i < (wait ? TRIES : 1); i++) {
        if (i) nanosleep(&(struct timespec){ .tv_nsec = TRY_EVERY_NS }, NULL);
        int server = server_connect(directory);
        bool passed = server >= 0 && call_pass(server, invocation, code);
        if (server >= 0) close(server);
        if (passed) return true;
        if (server < 0 && wait && directory_is_free(directory)) return false;
    }
    if (!wait) return false;
    fail_both(&invocation->error, ERROR_BUSY, "%s is in use by another mingbai: wait until it has ended, and try again",
              "%s 正被另一个 mingbai 使用：请等它结束后再试", directory);
    *code = EXIT_FAILED;
    return true;
}
