/* Files: read whole, map, write so that a reader never sees half, and the paths to them. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

/* A file mapped read-only. Zero-initialised is "nothing mapped". */
struct mapping {
    const uint8_t *data; /* NULL for an empty file */
    size_t size;         /* bytes */
    int fd;              /* of the file, while data is not NULL */
};

/* Maps a regular file. Refuses directories and devices with a message that says what it found. */
bool mapping_open(struct mapping *m, const char *path, struct error *err);
void mapping_close(struct mapping *m);

/* What was read of it so far need not stay in memory; it comes back from the file when it is read again. */
void mapping_drop(const struct mapping *m);

/* From now on a mapped file that another program makes shorter while it is read ends the process with
 * a line that names it and exit status 1, instead of by SIGBUS without a word. For programs: a library
 * leaves signals to who uses it. */
void mapping_watch(void);

/* Reads a whole regular file of at most `limit` bytes into memory, with a NUL behind it. The caller
 * frees *data. len may be NULL when NUL bytes in the file are to be refused. */
bool file_read(const char *path, size_t limit, char **data, size_t *len, struct error *err);

/* Writes the file beside its place and renames it there. */
bool file_write(const char *path, const void *data, size_t len, struct error *err);

bool file_exists(const char *path); /* a regular file (links followed) */
bool file_is_directory(const char *path);

/* Makes the directory and those above it (mode 0755). */
bool file_make_directories(const char *path, struct error *err);

/* "dir/name" in memory that the caller frees; NULL when memory is out. */
char *path_join(const char *dir, const char *name);

/* The part behind the last '/'; points into path. */
const char *path_base(const char *path);

/* Below one of the XDG base directories: the variable when it holds an absolute path, else the
 * folder below_home of HOME; then `rest`. The caller frees it; NULL when neither is known. */
char *path_of_user(const char *variable, const char *below_home, const char *rest);

#endif
