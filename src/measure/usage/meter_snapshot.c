/* A snapshot: usage.snapshot in the state's folder. A head, what is known, the trace, the slots, a CRC over all of it. Written beside the
   old one and renamed, so that there is always a whole one. */
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "measure/usage/meter_inside.h"

enum { PIECE = 4 * 1024 * 1024, PATH_BYTES = 4096 };

struct head {
    char form[8];
    uint64_t position, used, known_bytes, trace_bytes;
    uint32_t epoch, zero;
};
static const char form[8] = "mbuse\0\0\4";

static bool snapshot_path(const struct kept *meter, const char *ending, char path[PATH_BYTES], struct error *error)
{
    int length = snprintf(path, PATH_BYTES, "%s/usage.snapshot%s", meter->seam.folder, ending);
    return length < PATH_BYTES || fail(error, ERROR_LIMIT, "the path of the data directory is too long");
}

struct stream {
    struct disk *disk;
    struct disk_file *file;
    uint64_t offset, size;
    uint32_t crc;
    char *piece;
    size_t used, at;
};

static bool piece_write(struct stream *stream, struct error *error)
{
    if (!stream->used) return true;
    bool done = stream->disk->write(stream->file, stream->piece, stream->used, stream->offset, error);
    stream->offset += stream->used;
    stream->used = 0;
    return done;
}

static bool stream_write(void *context, const void *bytes, size_t length, struct error *error)
{
    struct stream *stream = context;
    const char *from = bytes;
    stream->crc = crc32c(stream->crc, bytes, length);
    while (length) {
        size_t part = PIECE - stream->used < length ? PIECE - stream->used : length;
        memcpy(stream->piece + stream->used, from, part);
        stream->used += part;
        from += part;
        length -= part;
        if (stream->used == PIECE && !piece_write(stream, error)) return false;
    }
    return true;
}

static bool stream_read(void *context, void *bytes, size_t length, struct error *error)
{
    struct stream *stream = context;
    char *to = bytes;
    while (length) {
        if (stream->at == stream->used) {
            stream->at = 0;
            if (!stream->disk->read(stream->file, stream->piece, PIECE, stream->offset, &stream->used, error)) return false;
            stream->offset += stream->used;
            if (!stream->used) return fail(error, ERROR_DAMAGE, "a snapshot is cut short");
        }
        size_t part = stream->used - stream->at < length ? stream->used - stream->at : length;
        memcpy(to, stream->piece + stream->at, part);
        stream->at += part;
        to += part;
        length -= part;
    }
    return true;
}

static bool snapshot_write(struct kept *meter, struct stream *stream, uint64_t position, struct error *error)
{
    struct text known = { 0 }, trace = { 0 };
    known_save(meter->known, &known);
    bool done = trace_save(meter->trace, &trace, error);
    struct head head = { .position = position, .used = meter->used, .known_bytes = known.length, .trace_bytes = trace.length, .epoch = meter->epoch };
    memcpy(head.form, form, sizeof form);
    done = done && stream_write(stream, &head, sizeof head, error) && stream_write(stream, known.at, known.length, error) &&
           stream_write(stream, trace.at, trace.length, error) && slots_save(meter->slots, stream_write, stream, error);
    text_close(&known);
    text_close(&trace);
    uint32_t crc = stream->crc;
    return done && stream_write(stream, &crc, sizeof crc, error) && piece_write(stream, error) && stream->disk->sync(stream->file, error);
}

bool meter_save(struct kept *meter, uint64_t position, struct error *error)
{
    char path[PATH_BYTES], fresh[PATH_BYTES];
    struct stream stream = { .disk = meter->seam.disk, .piece = allocate(PIECE) };
    bool done = snapshot_path(meter, "", path, error) && snapshot_path(meter, ".new", fresh, error) &&
                stream.disk->open(stream.disk, fresh, DISK_CREATE, &stream.file, error);
    if (done) {
        done = stream.disk->truncate(stream.file, 0, error) && snapshot_write(meter, &stream, position, error);
        stream.disk->close(stream.file);
    }
    free(stream.piece);
    done = done && stream.disk->rename(stream.disk, fresh, path, error) && disk_sync_above(stream.disk, path, error);
    if (done) meter->since_snapshot = 0;
    return done;
}

/* Whether the file is what was written, by its CRC, before anything in it is believed. The stream is at the beginning again. */
static bool stream_check(struct stream *stream, struct error *error)
{
    uint32_t crc = 0, written = 0;
    uint64_t body = stream->size - sizeof written;
    if (stream->size < sizeof(struct head) + sizeof written) return fail(error, ERROR_DAMAGE, "a snapshot is cut short");
    for (uint64_t at = 0; at < stream->size; at += stream->used) {
        if (!stream->disk->read(stream->file, stream->piece, PIECE, at, &stream->used, error)) return false;
        if (!stream->used) return fail(error, ERROR_DAMAGE, "a snapshot is cut short");
        uint64_t end = at + stream->used;
        if (at < body) crc = crc32c(crc, stream->piece, (size_t)((end < body ? end : body) - at));
        for (uint64_t i = at < body ? body : at; i < end; i++) ((char *)&written)[i - body] = stream->piece[i - at];
    }
    stream->offset = stream->at = stream->used = 0;
    return written == crc || fail(error, ERROR_DAMAGE, "a snapshot is not what was written");
}

static bool block_load(struct stream *stream, uint64_t bytes, struct text *out, struct error *error)
{
    if (bytes > stream->size) return fail(error, ERROR_DAMAGE, "a snapshot is not whole");
    char *to = text_room(out, (size_t)bytes);
    if (!stream_read(stream, to, (size_t)bytes, error)) return false;
    out->length += (size_t)bytes;
    return true;
}

static bool snapshot_read(struct kept *meter, struct stream *stream, uint64_t most, uint64_t *position, struct error *error)
{
    struct head head;
    struct text known = { 0 }, trace = { 0 };
    if (!stream_read(stream, &head, sizeof head, error)) return false;
    if (memcmp(head.form, form, sizeof form) || head.position > most) return fail(error, ERROR_DAMAGE, "a snapshot that cannot be used");
    bool done = block_load(stream, head.known_bytes, &known, error) && block_load(stream, head.trace_bytes, &trace, error);
    struct str known_rest = text_str(&known), trace_rest = text_str(&trace);
    done = done && known_load(meter->known, &known_rest, error) && slots_load(meter->slots, stream_read, stream, error);
    done = done && trace_load(meter->trace, &trace_rest, error);
    text_close(&known);
    text_close(&trace);
    meter->used = head.used;
    meter->epoch = (uint16_t)head.epoch;
    *position = head.position;
    return done;
}

bool meter_restore(struct kept *meter, uint64_t most, uint64_t *position, struct error *error)
{
    char path[PATH_BYTES];
    bool is_there;
    struct stream stream = { .disk = meter->seam.disk };
    struct error unusable = { 0 };
    *position = 0;
    if (!snapshot_path(meter, "", path, error) || !stream.disk->exists(stream.disk, path, &is_there, error)) return false;
    if (!is_there) return true;
    if (!stream.disk->open(stream.disk, path, DISK_READ, &stream.file, error)) return false;
    stream.piece = allocate(PIECE);
    bool done = stream.disk->size(stream.file, &stream.size, &unusable) && stream_check(&stream, &unusable) &&
                snapshot_read(meter, &stream, most, position, &unusable);
    stream.disk->close(stream.file);
    free(stream.piece);
    if (done) return true;
    *position = 0;
    meter_clear(meter);
    /* It is made anew from the ledger, unless the disk itself failed. */
    return unusable.code != ERROR_DISK || (*error = unusable, false);
}
