/* A folder for the files of a test: scratch_make before it, scratch_remove after it, as cmocka's
 * set-up and tear-down of a test or of a group. It lies in TMPDIR, else in /tmp, and goes with all
 * that is in it. */
#ifndef TESTS_UNIT_SCRATCH_H
#define TESTS_UNIT_SCRATCH_H

#include "base/file.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char scratch[256];

static inline int scratch_make(void **state)
{
    (void)state;
    const char *tmp = getenv("TMPDIR");
    int n = snprintf(scratch, sizeof scratch, "%s/autospec-test-XXXXXX", tmp ? tmp : "/tmp");
    return n < (int)sizeof scratch && mkdtemp(scratch) ? 0 : -1;
}

static inline int scratch_drop(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

/* A file, or a folder with all that is in it. */
static inline int scratch_remove_tree(const char *path)
{
    return nftw(path, scratch_drop, 16, FTW_DEPTH | FTW_PHYS);
}

static inline int scratch_remove(void **state)
{
    (void)state;
    return scratch_remove_tree(scratch);
}

/* The path of a name in the folder; the last 8 stay valid. */
static inline const char *in_scratch(const char *name)
{
    static char paths[8][512];
    static size_t next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", scratch, name);
    return path;
}

/* Writes a file there, with the folders that it needs; gives its path. */
static inline const char *scratch_write(const char *name, const void *data, size_t len)
{
    struct error err = {0};
    const char *path = in_scratch(name);
    char folder[512];
    snprintf(folder, sizeof folder, "%.*s", (int)(path_base(path) - path), path);
    if (!file_make_directories(folder, &err) || !file_write(path, data, len, &err))
        fail_msg("%s", err.text);
    return path;
}

static inline const char *scratch_put(const char *name, const char *text)
{
    return scratch_write(name, text, strlen(text));
}

#endif
