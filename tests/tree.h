/* Files of the repository, for tests that are run from its root or from a build folder in it. */
#ifndef TESTS_TREE_H
#define TESTS_TREE_H

#include <stdio.h>
#include <unistd.h>

/* The path of a file, given from the repository's root, as it can be opened from here. */
static inline const char *tree_path(const char *file, char room[256])
{
    static const char *const up[] = { "", "../", "../../" };
    for (size_t i = 0; i < sizeof up / sizeof *up; i++) {
        snprintf(room, 256, "%s%s", up[i], file);
        if (access(room, R_OK) == 0) return room;
    }
    return file;
}

#endif
