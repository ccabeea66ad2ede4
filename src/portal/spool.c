#include "portal/spool.h"

#include "base/json.h"
#include "base/moment.h"

enum { CHUNK_BYTES = 4096 };

void spool_open(struct spool *spool, struct disk *disk, const char *path)
{
    *spool = (struct spool){ .disk = disk };
    text_add(&spool->path, str_of(path));
    text_zero(&spool->path);
    pthread_mutex_init(&spool->lock, NULL);
}

void spool_close(struct spool *spool)
{
    text_close(&spool->path);
    pthread_mutex_destroy(&spool->lock);
}

static void message_write(const struct message *message, struct text *out)
{
    static const struct {
        const char *word, *address; /* what it goes to, and the name of where that is */
    } ways[] = { [TO_PERSON] = { "text", "number" }, [TO_OPERATOR] = { "operator", "operator" }, [TO_REGULATOR] = { "regulator", NULL },
              [TO_PERSON_NOW] = { "text", "number" } };
    char time[MOMENT_ROOM];
    moment_format(message->time, time);
    struct json json = { .out = out };
    json_open(&json, '{');
    json_put_string(&json, "key", message->key);
    json_put_string(&json, "to", str_of(ways[message->to].word));
    if (ways[message->to].address) json_put_string(&json, ways[message->to].address, message->address);
    json_put_string(&json, "text", message->text[CHINESE]);
    json_put_string(&json, "english", message->text[ENGLISH]);
    json_put_string(&json, "time", str_of(time));
    json_close(&json, '}');
    text_add_byte(out, '\n');
}

/* Where the last whole line ends. */
static bool whole_end(struct disk *disk, struct disk_file *file, uint64_t *end, struct error *error)
{
    char chunk[CHUNK_BYTES];
    while (*end) {
        size_t want = *end < CHUNK_BYTES ? (size_t)*end : CHUNK_BYTES, got;
        if (!disk->read(file, chunk, want, *end - want, &got, error)) return false;
        if (got != want) return fail(error, ERROR_DISK, "the spool became shorter while it was read");
        const char *newline = memrchr(chunk, '\n', want);
        if (newline) {
            *end -= want - (size_t)(newline - chunk) - 1;
            return true;
        }
        *end -= want;
    }
    return true;
}

static bool lines_add(struct disk *disk, const char *path, struct str lines, struct error *error)
{
    struct disk_file *file;
    uint64_t size, end;
    bool there;
    if (!disk->exists(disk, path, &there, error) || !disk->open(disk, path, DISK_CREATE, &file, error)) return false;
    bool done = disk->size(file, &size, error);
    end = done ? size : 0;
    done = done && whole_end(disk, file, &end, error) && (end == size || disk->truncate(file, end, error)) &&
           disk->write(file, lines.at, lines.length, end, error) && disk->sync(file, error);
    disk->close(file);
    return done && (there || disk_sync_above(disk, path, error));
}

bool spool_add(struct spool *spool, const struct message *messages, size_t count, struct error *error)
{
    struct text lines = { 0 };
    for (size_t i = 0; i < count; i++) message_write(&messages[i], &lines);
    pthread_mutex_lock(&spool->lock);
    bool done = lines_add(spool->disk, text_zero(&spool->path), text_str(&lines), error);
    pthread_mutex_unlock(&spool->lock);
    text_close(&lines);
    return done;
}
