#include "fault_node.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { SECTOR_BYTES = 512 };

uint64_t draw(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static void image_resize(struct image *image, size_t length)
{
    if (length > image->room) {
        image->room = length > 2 * image->room ? length : 2 * image->room;
        image->bytes = reallocate(image->bytes, image->room);
    }
    if (length > image->length)
        memset(image->bytes + image->length, 0, length - image->length);
    image->length = length;
}

static void image_write(struct image *image, uint64_t offset, struct str bytes)
{
    if (bytes.length == 0)
        return;
    if (offset + bytes.length > image->length)
        image_resize(image, (size_t)offset + bytes.length);
    memcpy(image->bytes + offset, bytes.at, bytes.length);
}

void image_copy(struct image *image, const struct image *from)
{
    image->length = 0;
    image_write(image, 0, (struct str){ from->bytes, from->length });
}

void image_change(struct image *image, const struct change *change)
{
    if (change->is_cut)
        image_resize(image, (size_t)change->offset);
    else
        image_write(image, change->offset, change->bytes);
}

void image_change_partly(struct image *image, const struct change *change, uint64_t *seed)
{
    struct str bytes = change->bytes;

    switch (change->is_cut ? draw(seed) % 2 : draw(seed) % 4) {
    case 0:
        return;
    case 1:
        image_change(image, change);
        return;
    case 2:
        image_write(image, change->offset, (struct str){ bytes.at, draw(seed) % (bytes.length + 1) });
        return;
    default:
        for (size_t at = 0, now; at < bytes.length; at += now) {
            now = SECTOR_BYTES - (change->offset + at) % SECTOR_BYTES;
            now = now < bytes.length - at ? now : bytes.length - at;
            if (draw(seed) % 2)
                image_write(image, change->offset + at, (struct str){ bytes.at + at, now });
        }
    }
}

struct node *node_new(bool is_folder)
{
    struct node *node = allocate(sizeof(*node));

    node->is_folder = is_folder;
    return node;
}

struct node *node_hold(struct node *node)
{
    if (node)
        node->holders++;
    return node;
}

static void entries_close(struct entries *entries);

void node_forget_changes(struct node *node)
{
    for (size_t i = 0; i < node->change_count; i++)
        free((char *)node->changes[i].bytes.at);
    node->change_count = 0;
}

void node_drop(struct node *node)
{
    if (!node || --node->holders > 0)
        return;
    node_forget_changes(node);
    free(node->changes);
    free(node->seen.bytes);
    free(node->durable.bytes);
    entries_close(&node->names);
    entries_close(&node->durable_names);
    free(node);
}

void node_change(struct node *node, struct change change)
{
    if (node->change_count == node->change_room) {
        node->change_room = node->change_room ? 2 * node->change_room : 8;
        node->changes = reallocate(node->changes, node->change_room * sizeof(*node->changes));
    }
    image_change(&node->seen, &change);
    node->changes[node->change_count++] = change;
}

char *copy_name(struct str name)
{
    char *copy = allocate(name.length + 1);

    memcpy(copy, name.at, name.length);
    return copy;
}

static size_t entries_place(const struct entries *entries, struct str name)
{
    size_t low = 0, high = entries->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_compare(str_of(entries->at[middle].name), name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct node *entries_find(const struct entries *entries, struct str name)
{
    size_t place = entries_place(entries, name);

    return place < entries->count && str_equal(str_of(entries->at[place].name), name) ? entries->at[place].node : NULL;
}

void entries_put(struct entries *entries, struct str name, struct node *node)
{
    size_t place = entries_place(entries, name);

    node_hold(node);
    if (entries_find(entries, name)) {
        node_drop(entries->at[place].node);
        entries->at[place].node = node;
        if (node)
            return;
        free(entries->at[place].name);
        memmove(entries->at + place, entries->at + place + 1, (entries->count - place - 1) * sizeof(*entries->at));
        entries->count--;
    } else if (node) {
        entries->at = reallocate(entries->at, (entries->count + 1) * sizeof(*entries->at));
        memmove(entries->at + place + 1, entries->at + place, (entries->count - place) * sizeof(*entries->at));
        entries->at[place] = (struct entry){ copy_name(name), node };
        entries->count++;
    }
}

static void entries_close(struct entries *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        free(entries->at[i].name);
        node_drop(entries->at[i].node);
    }
    free(entries->at);
}

void naming_do(const struct naming *naming, bool durably)
{
    struct node *to = naming->folder, *from = naming->from_folder;

    entries_put(durably ? &to->durable_names : &to->names, str_of(naming->name), naming->node);
    if (from)
        entries_put(durably ? &from->durable_names : &from->names, str_of(naming->from_name), NULL);
}

void naming_close(struct naming *naming)
{
    node_drop(naming->folder);
    node_drop(naming->node);
    node_drop(naming->from_folder);
    free(naming->name);
    free(naming->from_name);
}
