#include "portal/dispatch.h"

#include <stdlib.h>

#include "base/memory.h"

struct node {
    struct str segment;             /* literal; of the arguments' nodes: empty */
    struct node *first, *next;      /* literal children; siblings */
    struct node *one, *rest;        /* the child {name}, the child {name*} */
    size_t at[METHODS];
};

struct dispatch {
    struct arena arena;
    struct node *root;
};

static struct node *node_make(struct dispatch *dispatch, struct str segment)
{
    struct node *node = arena_take(&dispatch->arena, sizeof *node);
    *node = (struct node){ .segment = segment };
    for (size_t i = 0; i < METHODS; i++) node->at[i] = (size_t)DISPATCH_NONE;
    return node;
}

static struct node *child_find(const struct node *node, struct str segment)
{
    struct node *child = node->first;
    while (child && !str_equal(child->segment, segment)) child = child->next;
    return child;
}

static struct node *child_get(struct dispatch *dispatch, struct node *node, struct str segment)
{
    if (segment.length > 2 && segment.at[0] == '{') {
        struct node **place = segment.at[segment.length - 2] == '*' ? &node->rest : &node->one;
        if (!*place) *place = node_make(dispatch, (struct str){ 0 });
        return *place;
    }
    struct node *child = child_find(node, segment);
    if (child) return child;
    child = node_make(dispatch, segment);
    child->next = node->first;
    return node->first = child;
}

/* The next segment of *rest, which begins with "/" or is empty. */
static bool segment_next(struct str *rest, struct str *segment)
{
    if (!rest->length) return false;
    struct str behind = { rest->at + 1, rest->length - 1 };
    *segment = (struct str){ behind.at, str_find(behind, '/') };
    *rest = (struct str){ behind.at + segment->length, behind.length - segment->length };
    return true;
}

struct dispatch *dispatch_open(const struct route *const *routes, size_t count)
{
    struct dispatch *dispatch = allocate(sizeof *dispatch);
    dispatch->root = node_make(dispatch, (struct str){ 0 });
    for (size_t i = 0; i < count; i++) {
        struct node *node = dispatch->root;
        struct str rest = str_of(routes[i]->path), segment;
        size_t arguments = 0;
        must(rest.length && rest.at[0] == '/');
        while (segment_next(&rest, &segment)) {
            arguments += segment.length && segment.at[0] == '{';
            node = child_get(dispatch, node, segment);
        }
        must(arguments <= PATH_ARGUMENTS && node->at[routes[i]->method] == (size_t)DISPATCH_NONE);
        node->at[routes[i]->method] = i;
    }
    return dispatch;
}

void dispatch_close(struct dispatch *dispatch)
{
    if (!dispatch) return;
    arena_close(&dispatch->arena);
    free(dispatch);
}

struct dispatched dispatch_find(const struct dispatch *dispatch, struct str path)
{
    struct dispatched found = { 0 };
    const struct node *node = dispatch->root;
    struct str rest = path, segment;
    size_t arguments = 0;
    while (node && rest.length) {
        struct str here = { rest.at + 1, rest.length - 1 };
        segment_next(&rest, &segment);
        const struct node *child = child_find(node, segment);
        if (!child && node->one && segment.length) {
            child = node->one;
            found.arguments[arguments++] = segment;
        } else if (!child && node->rest && here.length) {
            child = node->rest;
            found.arguments[arguments++] = here;
            rest.length = 0;
        }
        node = child;
    }
    for (size_t i = 0; i < METHODS; i++) {
        found.at[i] = node ? node->at[i] : (size_t)DISPATCH_NONE;
        if (found.at[i] != (size_t)DISPATCH_NONE) found.methods |= 1u << i;
    }
    return found;
}
