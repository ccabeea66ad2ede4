#include "ledger/cache.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { FLUSH_BYTES = 256 * 1024, SUM_BYTES = 256 * 1024, PLACE_BYTES = 8 };

/* The file `ledger.vouched`; all numbers little-endian, so that a cache may move with its ledger. */
struct mark_bytes {
    char magic[8];
    uint64_t size, segment, offset;
    uint32_t hashes, places; /* struct cache_sum */
    uint32_t before;
    uint32_t checksum;       /* CRC-32C of what is before */
};
static const char magic[8] = "ledger 1";

static bool open_file(struct disk *disk, const char *directory, const char *name, struct disk_file **file, struct error *error)
{
    struct text path = { 0 };

    text_format(&path, "%s/%s", directory, name);
    bool opened = disk->open(disk, text_zero(&path), DISK_CREATE, file, error);
    text_close(&path);
    return opened;
}

bool cache_open(struct cache *cache, struct disk *disk, const char *directory, struct error *error)
{
    *cache = (struct cache){ .lock = PTHREAD_MUTEX_INITIALIZER };
    return disk->make_directory(disk, directory, error) && open_file(disk, directory, "ledger.hashes", &cache->hashes, error) &&
           open_file(disk, directory, "ledger.places", &cache->places, error) &&
           open_file(disk, directory, "ledger.vouched", &cache->vouched, error);
}

void cache_close(struct cache *cache)
{
    struct disk_file *files[] = { cache->hashes, cache->places, cache->vouched };

    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
        if (files[i])
            files[i]->disk->close(files[i]);
    text_close(&cache->new_hashes);
    text_close(&cache->new_places);
    pthread_mutex_destroy(&cache->lock);
}

static bool read_exactly(struct disk_file *file, void *out, size_t bytes, uint64_t offset, struct error *error)
{
    size_t got;

    if (!file->disk->read(file, out, bytes, offset, &got, error))
        return false;
    return got == bytes ||
           fail(error, ERROR_DAMAGE, "the ledger's cache is too short: it is made anew when the program starts again");
}

static uint32_t mark_checksum(const struct mark_bytes *bytes)
{
    return htole32(crc32c(0, bytes, offsetof(struct mark_bytes, checksum)));
}

static bool sum_file(struct disk_file *file, uint64_t from, uint64_t to, uint32_t *sum, struct error *error)
{
    char *bytes = allocate(SUM_BYTES);
    bool done = true;

    while (done && from < to) {
        size_t now = to - from < SUM_BYTES ? (size_t)(to - from) : SUM_BYTES;
        done = read_exactly(file, bytes, now, from, error);
        *sum = crc32c(*sum, bytes, now);
        from += now;
    }
    free(bytes);
    return done;
}

/* Takes the sum on to so many entries; from the start, where it has gone beyond them. */
static bool sum_up(struct cache *cache, uint64_t size, struct error *error)
{
    struct cache_sum sum = cache->sum.size <= size ? cache->sum : (struct cache_sum){ 0 };

    if (!sum_file(cache->hashes, tree_nodes(sum.size) * HASH_BYTES, tree_nodes(size) * HASH_BYTES, &sum.hashes, error) ||
        !sum_file(cache->places, sum.size * PLACE_BYTES, size * PLACE_BYTES, &sum.places, error))
        return false;
    sum.size = size;
    cache->sum = sum;
    return true;
}

bool cache_mark_read(struct cache *cache, struct cache_mark *mark)
{
    struct mark_bytes bytes;
    size_t got;

    if (!cache->vouched->disk->read(cache->vouched, &bytes, sizeof(bytes), 0, &got, NULL) || got != sizeof(bytes) ||
        memcmp(bytes.magic, magic, sizeof(magic)) != 0 || bytes.checksum != mark_checksum(&bytes))
        return false;
    *mark = (struct cache_mark){ le64toh(bytes.size), le64toh(bytes.segment), le64toh(bytes.offset), le32toh(bytes.before) };
    return sum_up(cache, mark->size, NULL) && cache->sum.hashes == le32toh(bytes.hashes) &&
           cache->sum.places == le32toh(bytes.places);
}

bool cache_vouch(struct cache *cache, const struct cache_mark *mark, struct error *error)
{
    struct mark_bytes bytes = {
        .size = htole64(mark->size),
        .segment = htole64(mark->segment),
        .offset = htole64(mark->offset),
        .before = htole32(mark->before),
    };

    if (!cache->hashes->disk->sync(cache->hashes, error) || !cache->places->disk->sync(cache->places, error) ||
        !sum_up(cache, mark->size, error))
        return false;
    memcpy(bytes.magic, magic, sizeof(magic));
    bytes.hashes = htole32(cache->sum.hashes);
    bytes.places = htole32(cache->sum.places);
    bytes.checksum = mark_checksum(&bytes);
    pthread_mutex_lock(&cache->lock);
    bool done = cache->wrong || cache->vouched->disk->write(cache->vouched, &bytes, sizeof(bytes), 0, error);
    pthread_mutex_unlock(&cache->lock);
    return done;
}

void cache_distrust(struct cache *cache)
{
    pthread_mutex_lock(&cache->lock);
    cache->wrong = true;
    cache->vouched->disk->truncate(cache->vouched, 0, NULL); /* if that fails too, the next opening finds it wrong again */
    pthread_mutex_unlock(&cache->lock);
}

void cache_start(struct cache *cache, uint64_t size)
{
    cache->size = size;
    cache->new_hashes.length = 0;
    cache->new_places.length = 0;
}

bool cache_add(struct cache *cache, uint64_t place, struct error *error)
{
    uint64_t bytes = htole64(place);

    text_add(&cache->new_places, (struct str){ (const char *)&bytes, sizeof(bytes) });
    return cache->new_hashes.length < FLUSH_BYTES || cache_flush(cache, error);
}

bool cache_flush(struct cache *cache, struct error *error)
{
    struct text *hashes = &cache->new_hashes, *places = &cache->new_places;

    if (places->length == 0)
        return true;
    if (!cache->hashes->disk->write(cache->hashes, hashes->at, hashes->length, tree_nodes(cache->size) * HASH_BYTES, error) ||
        !cache->places->disk->write(cache->places, places->at, places->length, cache->size * PLACE_BYTES, error))
        return false;
    cache_start(cache, cache->size + places->length / PLACE_BYTES);
    return true;
}

bool cache_node(struct cache *cache, unsigned level, uint64_t number, struct hash *hash, struct error *error)
{
    return read_exactly(cache->hashes, hash->bytes, HASH_BYTES, tree_node_position(level, number) * HASH_BYTES, error);
}

bool cache_place(struct cache *cache, uint64_t index, uint64_t *place, struct error *error)
{
    uint64_t bytes;

    if (!read_exactly(cache->places, &bytes, sizeof(bytes), index * PLACE_BYTES, error))
        return false;
    *place = le64toh(bytes);
    return true;
}

bool cache_tree(struct cache *cache, uint64_t size, struct tree *tree, struct error *error)
{
    *tree = (struct tree){ .size = size };
    for (unsigned level = 0; level < TREE_LEVELS; level++)
        if ((size >> level & 1) && !cache_node(cache, level, (size >> level) - 1, &tree->peaks[level], error))
            return false;
    return true;
}
