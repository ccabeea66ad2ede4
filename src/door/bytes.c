#include "door/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/memory.h"
#include "base/str.h"

enum { RAW_BYTES = 64 * 1024, SIGNATURE_BYTES = 2, GZIP_WINDOW = 15 + 16 };

struct bytes {
    int descriptor, stop;
    bool stored; /* a regular file */
    bool gzipped;
    bool between;        /* a gzip member has ended and none has begun */
    off_t start;         /* where a regular file stood when it was opened: standard input may be half read */
    uint64_t taken, all; /* of the file, gzipped or not */
    struct error error;
    z_stream inflating;
    size_t raw_at, raw_end; /* what has been read and not yet been handed out or gunzipped */
    char raw[RAW_BYTES];
};

/* Reads from the descriptor itself. */
static enum bytes_state read_descriptor(struct bytes *bytes, char *into, size_t room, bool wait, size_t *got)
{
    *got = 0;
    for (;;) {
        if (!bytes->stored && (!wait || bytes->stop)) {
            struct pollfd asked[] = { { .fd = bytes->descriptor, .events = POLLIN },
                                      { .fd = bytes->stop ? bytes->stop : -1, .events = POLLIN } };
            int answered = poll(asked, 2, wait ? -1 : 0);
            if (answered == 0) return BYTES_WAITING;
            if (answered > 0 && asked[1].revents) {
                fail_both(&bytes->error, ERROR_INPUT, "stopped: what was accepted stays accepted, and the same command goes on from there",
                          "已停止：已接受的仍然有效，再次执行同一命令可从该处继续");
                return BYTES_FAILED;
            }
        }
        ssize_t count = read(bytes->descriptor, into, room);
        if (count > 0) {
            *got = (size_t)count;
            bytes->taken += (uint64_t)count;
            return BYTES_MORE;
        }
        if (count == 0) return BYTES_ENDED;
        if (errno == EAGAIN) {
            if (!wait) return BYTES_WAITING;
            struct pollfd asked = { .fd = bytes->descriptor, .events = POLLIN };
            if (!bytes->stop) poll(&asked, 1, -1);
        } else if (errno != EINTR) {
            fail_errno_both(&bytes->error, "the input cannot be read", "文件无法读取");
            return BYTES_FAILED;
        }
    }
}

static enum bytes_state fill_raw(struct bytes *bytes, bool wait)
{
    if (bytes->raw_at == bytes->raw_end) bytes->raw_at = bytes->raw_end = 0;
    size_t got;
    enum bytes_state state = read_descriptor(bytes, bytes->raw + bytes->raw_end, RAW_BYTES - bytes->raw_end, wait, &got);
    bytes->raw_end += got;
    return state;
}

struct bytes *bytes_open(const char *path, int standard_input, int stop, struct error *error)
{
    bool given = strcmp(path, "-") != 0;
    int descriptor = given ? open(path, O_RDONLY | O_CLOEXEC) : fcntl(standard_input, F_DUPFD_CLOEXEC, 0);
    struct stat about;
    if (descriptor < 0 || fstat(descriptor, &about) != 0) {
        fail_errno_both(error, "%s%.0s cannot be opened", "%.0s%s 无法打开", given ? path : "standard input", given ? path : "标准输入");
        if (descriptor >= 0) close(descriptor);
        return NULL;
    }
    if (S_ISDIR(about.st_mode)) {
        fail_both(error, ERROR_INPUT, "%s is a directory: name a file in it", "%s 是目录：请指定其中的文件", path);
        close(descriptor);
        return NULL;
    }
    struct bytes *bytes = allocate(sizeof *bytes);
    bytes->descriptor = descriptor;
    bytes->stop = stop;
    bytes->stored = S_ISREG(about.st_mode);
    if (bytes->stored) {
        bytes->start = lseek(descriptor, 0, SEEK_CUR);
        bytes->all = about.st_size > bytes->start ? (uint64_t)(about.st_size - bytes->start) : 0;
    }
    enum bytes_state state = BYTES_MORE;
    while (state == BYTES_MORE && bytes->raw_end < SIGNATURE_BYTES)
        state = fill_raw(bytes, true);
    if (state == BYTES_FAILED) {
        if (error) *error = bytes->error;
        bytes_close(bytes);
        return NULL;
    }
    bytes->gzipped = bytes->raw_end >= SIGNATURE_BYTES && memcmp(bytes->raw, "\x1f\x8b", SIGNATURE_BYTES) == 0;
    if (given && str_ends(str_of(path), STR(".gz")) && !bytes->gzipped) {
        fail_both(error, ERROR_INPUT, "%s is named .gz, but it is not gzipped: name it as what it is",
                  "%s 的扩展名是 .gz，但内容不是 gzip 压缩文件：请按实际格式命名", path);
        bytes_close(bytes);
        return NULL;
    }
    if (bytes->gzipped) must(inflateInit2(&bytes->inflating, GZIP_WINDOW) == Z_OK);
    return bytes;
}

void bytes_close(struct bytes *bytes)
{
    if (!bytes) return;
    if (bytes->gzipped) inflateEnd(&bytes->inflating);
    close(bytes->descriptor);
    free(bytes);
}

static enum bytes_state gzip_failed(struct bytes *bytes, const char *english, const char *chinese)
{
    fail_says(&bytes->error, ERROR_INPUT, (struct says){ english, chinese });
    return BYTES_FAILED;
}

/* After a member comes another one, or zeros up to the end (tapes pad with them). */
static bool next_member(struct bytes *bytes)
{
    while (bytes->raw_at < bytes->raw_end && bytes->raw[bytes->raw_at] == 0)
        bytes->raw_at++;
    if (bytes->raw_at == bytes->raw_end) return true;
    if ((unsigned char)bytes->raw[bytes->raw_at] != 0x1f) return false;
    bytes->between = false;
    return inflateReset(&bytes->inflating) == Z_OK;
}

static enum bytes_state gunzip(struct bytes *bytes, char *into, size_t room, bool wait, size_t *got)
{
    z_stream *inflating = &bytes->inflating;
    for (;;) {
        if (bytes->raw_at == bytes->raw_end) {
            enum bytes_state state = fill_raw(bytes, wait);
            if (state == BYTES_ENDED && !bytes->between)
                return gzip_failed(bytes, "the gzip file is cut short: what came before the cut was read; get the whole file",
                                   "gzip 文件不完整：断处之前的内容已读取，请取得完整的文件");
            if (state != BYTES_MORE) return state;
        }
        if (bytes->between) {
            if (!next_member(bytes))
                return gzip_failed(bytes, "something that is not gzip follows the end of the gzip file", "gzip 文件结束之后还有别的内容");
            if (bytes->between) continue;
        }
        inflating->next_in = (Bytef *)bytes->raw + bytes->raw_at;
        inflating->avail_in = (uInt)(bytes->raw_end - bytes->raw_at);
        inflating->next_out = (Bytef *)into;
        inflating->avail_out = room > RAW_BYTES * 4 ? RAW_BYTES * 4 : (uInt)room;
        int result = inflate(inflating, Z_NO_FLUSH);
        bytes->raw_at = bytes->raw_end - inflating->avail_in;
        bytes->between = result == Z_STREAM_END;
        *got = (size_t)((char *)inflating->next_out - into);
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
            return *got = 0, gzip_failed(bytes, "the gzip file is damaged: what came before the damage was read",
                                         "gzip 文件已损坏：损坏处之前的内容已读取");
        if (*got) return BYTES_MORE;
    }
}

enum bytes_state bytes_read(struct bytes *bytes, char *into, size_t room, bool wait, size_t *got)
{
    must(room > 0);
    *got = 0;
    if (bytes->error.code != ERROR_NONE) return BYTES_FAILED;
    if (bytes->gzipped) return gunzip(bytes, into, room, wait, got);
    size_t left = bytes->raw_end - bytes->raw_at;
    if (!left) return read_descriptor(bytes, into, room, wait, got);
    *got = left < room ? left : room;
    memcpy(into, bytes->raw + bytes->raw_at, *got);
    bytes->raw_at += *got;
    return BYTES_MORE;
}

const struct error *bytes_error(const struct bytes *bytes)
{
    return &bytes->error;
}

bool bytes_are_plain(const struct bytes *bytes)
{
    return bytes->stored && !bytes->gzipped;
}

bool bytes_are_stored(const struct bytes *bytes)
{
    return bytes->stored;
}

size_t bytes_look(const struct bytes *bytes, uint64_t offset, char *into, size_t room)
{
    ssize_t count;
    do
        count = pread(bytes->descriptor, into, room, bytes->start + (off_t)offset);
    while (count < 0 && errno == EINTR);
    return count > 0 ? (size_t)count : 0;
}

static bool write_all(int descriptor, const char *at, size_t length)
{
    while (length) {
        ssize_t count = write(descriptor, at, length);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return false;
        at += count;
        length -= (size_t)count;
    }
    return true;
}

static bool copy_all(struct bytes *bytes, int descriptor, uint64_t limit, struct error *error)
{
    char piece[RAW_BYTES];
    uint64_t copied = 0;
    size_t got;
    for (;;) {
        enum bytes_state state = bytes_read(bytes, piece, sizeof piece, true, &got);
        if (state == BYTES_ENDED) return true;
        if (state == BYTES_FAILED) {
            if (error) *error = bytes->error;
            return false;
        }
        copied += got;
        if (copied > limit)
            return fail_both(error, ERROR_LIMIT, "the spreadsheet is larger than %llu bytes: split it", "电子表格超过 %llu 字节：请拆分",
                             (unsigned long long)limit);
        if (!write_all(descriptor, piece, got)) return fail_errno_both(error, "the spreadsheet cannot be copied into memory",
                                                                       "电子表格无法读入内存");
    }
}

int bytes_seekable(struct bytes *bytes, uint64_t limit, struct error *error)
{
    bool plain = bytes_are_plain(bytes) && bytes->start == 0;
    int descriptor = plain ? fcntl(bytes->descriptor, F_DUPFD_CLOEXEC, 0) : memfd_create("spreadsheet", MFD_CLOEXEC);
    if (descriptor < 0) {
        fail_errno_both(error, "the spreadsheet cannot be opened", "电子表格无法打开");
        return -1;
    }
    if ((plain || copy_all(bytes, descriptor, limit, error)) && lseek(descriptor, 0, SEEK_SET) == 0) return descriptor;
    close(descriptor);
    return -1;
}

void bytes_progress(const struct bytes *bytes, uint64_t *done, uint64_t *all)
{
    *done = bytes->taken;
    *all = bytes->all;
}
