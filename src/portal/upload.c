#include "portal/upload.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/moment.h"
#include "portal/round.h"

static const uint64_t uploads_bytes = UINT64_C(2) * 1024 * 1024 * 1024; /* of all that wait */

struct slot {
    struct upload upload; /* first: an upload is a slot */
    char account[ACCOUNT_ROOM];
    char folder[PATH_ROOM];
    int64_t made;
    uint64_t bytes;
    bool is_held;
    struct slot *next;
};

struct upload_store {
    char scratch[PATH_ROOM];
    pthread_mutex_t lock; /* of the rest */
    pthread_cond_t changed;
    struct slot *slots;
    size_t count;
    uint64_t bytes;
    struct round round; /* throws away what is old, also when nobody comes */
};

static int64_t step(void *context);

struct upload_store *upload_store_open(const char *scratch)
{
    struct upload_store *store = allocate(sizeof *store);
    snprintf(store->scratch, sizeof store->scratch, "%s", scratch);
    pthread_mutex_init(&store->lock, NULL);
    pthread_cond_init(&store->changed, NULL);
    round_open(&store->round, step, store);
    return store;
}

bool upload_store_start(struct upload_store *store, struct error *error)
{
    return round_start(&store->round, error);
}

/* With the lock held, or with nobody left. */
static void slot_remove(struct upload_store *store, struct slot *slot)
{
    struct slot **at = &store->slots;
    struct error ignored;
    while (*at != slot) at = &(*at)->next;
    *at = slot->next;
    store->count--;
    store->bytes -= slot->bytes;
    disk_remove_tree(disk_posix(), slot->folder, &ignored);
    json_decref(slot->upload.map);
    text_close(&slot->upload.looked[ENGLISH]);
    text_close(&slot->upload.looked[CHINESE]);
    free(slot);
}

void upload_store_close(struct upload_store *store)
{
    if (!store) return;
    round_close(&store->round);
    while (store->slots) slot_remove(store, store->slots);
    pthread_mutex_destroy(&store->lock);
    pthread_cond_destroy(&store->changed);
    free(store);
}

static void old_remove(struct upload_store *store, int64_t now)
{
    for (struct slot *slot = store->slots, *next; slot; slot = next) {
        next = slot->next;
        if (!slot->is_held && now - slot->made > UPLOAD_MINUTES * MINUTE_MS) slot_remove(store, slot);
    }
}

static int64_t step(void *context)
{
    struct upload_store *store = context;
    int64_t now = moment_now();
    pthread_mutex_lock(&store->lock);
    old_remove(store, now);
    pthread_mutex_unlock(&store->lock);
    return now + MINUTE_MS;
}

static size_t count_of(const struct upload_store *store, const char *account)
{
    size_t count = 0;
    for (const struct slot *slot = store->slots; slot; slot = slot->next) count += !strcmp(slot->account, account);
    return count;
}

/* The slot's own file counts already. */
static bool has_room(const struct upload_store *store, const struct slot *slot, struct error *error)
{
    if (count_of(store, slot->account) > UPLOADS_OF_ACCOUNT)
        return fail_both(error, ERROR_LIMIT, "you have %d files waiting: take them in or remove them first", "你已有 %d 个待处理的文件：请先装入或删除",
                         UPLOADS_OF_ACCOUNT);
    if (store->count > UPLOADS_MAX || store->bytes > uploads_bytes)
        return fail_both(error, ERROR_BUSY, "too many files of all accounts are waiting: remove those that you do not need, or try again later",
                         "所有账号待处理的文件过多：请删除不用的文件，或稍后再试");
    return true;
}

/* The file's own name, without what a file system or a source might take for something else. */
static void name_write(char name[UPLOAD_NAME_ROOM], const char *given)
{
    const char *at = given;
    for (const char *each = given; *each; each++)
        if (*each == '/' || *each == '\\') at = each + 1;
    size_t length = strlen(at), limit = UPLOAD_NAME_ROOM - 28; /* a list of rejects is named after it */
    if (length > limit) at += length - limit; /* its ending tells what it is */
    while ((*at & 0xc0) == 0x80) at++;
    while (*at == '.' || *at == ' ') at++;
    snprintf(name, UPLOAD_NAME_ROOM, "%s", *at ? at : "file.csv");
    for (char *each = name; *each; each++)
        if ((unsigned char)*each < ' ' || *each == 0x7f) *each = '_';
}

static const char *format_of(const char *name)
{
    static const struct {
        struct str ending;
        const char *format;
    } endings[] = { { STR(".xlsx"), "xlsx" }, { STR(".xls"), "xls" }, { STR(".jsonl"), "jsonl" }, { STR(".json"), "json" } };
    struct str given = str_of(name);
    if (given.length > 3 && str_equal_folded((struct str){ given.at + given.length - 3, 3 }, STR(".gz"))) given.length -= 3;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        struct str ending = endings[i].ending;
        if (given.length > ending.length && str_equal_folded((struct str){ given.at + given.length - ending.length, ending.length }, ending))
            return endings[i].format;
    }
    return "csv";
}

static bool file_take(struct upload_store *store, struct slot *slot, const char *file, struct error *error)
{
    uint8_t random[16];
    struct text id = { 0 };
    random_bytes(random, sizeof random);
    hex_add(&id, (struct str){ (const char *)random, sizeof random });
    snprintf(slot->upload.id, sizeof slot->upload.id, "%s", text_zero(&id));
    text_close(&id);
    int length = snprintf(slot->folder, sizeof slot->folder, "%s/upload-%s", store->scratch, slot->upload.id);
    if (length >= (int)sizeof slot->folder) return fail(error, ERROR_LIMIT, "the scratch folder's path is too long");
    snprintf(slot->upload.path, sizeof slot->upload.path, "%s/%s", slot->folder, slot->upload.name);
    if (mkdir(slot->folder, 0700) || link(file, slot->upload.path)) return fail_errno(error, "the file cannot be kept");
    return true;
}

struct upload *upload_add(struct upload_store *store, const char *account, const struct kind *kind, const char *name, const char *file,
                          uint64_t bytes, int64_t now, struct error *error)
{
    struct slot *slot = allocate(sizeof *slot);
    slot->made = now;
    slot->bytes = bytes;
    slot->is_held = true;
    slot->upload.kind = kind;
    snprintf(slot->account, sizeof slot->account, "%s", account);
    name_write(slot->upload.name, name);
    slot->upload.format = format_of(slot->upload.name);
    pthread_mutex_lock(&store->lock);
    old_remove(store, now);
    slot->next = store->slots;
    store->slots = slot;
    store->count++;
    store->bytes += slot->bytes;
    bool taken = has_room(store, slot, error) && file_take(store, slot, file, error);
    if (!taken) slot_remove(store, slot);
    pthread_mutex_unlock(&store->lock);
    return taken ? &slot->upload : NULL;
}

static struct slot *slot_find(struct upload_store *store, const char *account, struct str id)
{
    for (struct slot *slot = store->slots; slot; slot = slot->next)
        if (str_equal(id, str_of(slot->upload.id)) && !strcmp(slot->account, account)) return slot;
    return NULL;
}

struct upload *upload_hold(struct upload_store *store, const char *account, struct str id, int64_t now, struct error *error)
{
    struct slot *slot;
    pthread_mutex_lock(&store->lock);
    old_remove(store, now);
    while ((slot = slot_find(store, account, id)) && slot->is_held) pthread_cond_wait(&store->changed, &store->lock);
    if (slot) slot->is_held = true;
    pthread_mutex_unlock(&store->lock);
    if (!slot)
        fail_both(error, ERROR_NOT_FOUND, "there is no such file waiting: it is kept for an hour; send it again", "没有这个待处理的文件：文件只保留一小时，请重新上传");
    return slot ? &slot->upload : NULL;
}

void upload_release(struct upload_store *store, struct upload *upload)
{
    pthread_mutex_lock(&store->lock);
    ((struct slot *)upload)->is_held = false;
    pthread_cond_broadcast(&store->changed);
    pthread_mutex_unlock(&store->lock);
}

void upload_remove(struct upload_store *store, struct upload *upload)
{
    pthread_mutex_lock(&store->lock);
    slot_remove(store, (struct slot *)upload);
    pthread_cond_broadcast(&store->changed);
    pthread_mutex_unlock(&store->lock);
}
