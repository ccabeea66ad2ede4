/* What a fault_disk is made of: files and folders, what is seen of them, what is durable, and what is between the two. */
#ifndef TESTS_FAULT_NODE_H
#define TESTS_FAULT_NODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Bytes that grow with zeros. */
struct image {
    char *bytes;
    size_t length, room;
};

struct entry {
    char *name;
    struct node *node;
};

/* The names in a folder, sorted. */
struct entries {
    struct entry *at;
    size_t count;
};

/* A write or a cut that was not synced. */
struct change {
    bool is_cut;
    uint64_t offset; /* of a cut: the new length */
    struct str bytes;
};

struct node {
    bool is_folder;
    unsigned holders; /* folders, open files, pending names and the disk */
    struct image seen, durable;
    struct change *changes;
    size_t change_count, change_room;
    struct entries names, durable_names;
    struct node *reborn; /* in a reboot: its new self */
};

/* A change of names that was not synced: `node` appears as name in folder (NULL: nothing does), and disappears elsewhere. */
struct naming {
    struct node *folder, *node, *from_folder;
    char *name, *from_name;
};

/* The next of a row of pseudo-random numbers. */
uint64_t draw(uint64_t *seed);

void image_copy(struct image *image, const struct image *from);
void image_change(struct image *image, const struct change *change);
/* Part of a change, as a seed says. */
void image_change_partly(struct image *image, const struct change *change, uint64_t *seed);

struct node *node_new(bool is_folder);
/* Both take NULL. A node without holders is gone. */
struct node *node_hold(struct node *node);
void node_drop(struct node *node);
/* Makes the change as far as it is seen. Takes over the bytes. */
void node_change(struct node *node, struct change change);
void node_forget_changes(struct node *node);

/* A zero-terminated copy, freed by free(). */
char *copy_name(struct str name);
struct node *entries_find(const struct entries *entries, struct str name);
/* The name leads to the node from now on, or to nothing. */
void entries_put(struct entries *entries, struct str name, struct node *node);

void naming_do(const struct naming *naming, bool durably);
void naming_close(struct naming *naming);

#endif
