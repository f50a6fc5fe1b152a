/* The files of a multipart/form-data body (RFC 7578), written to disk as they come. Their place on
 * the disk has no name, so that nothing is left behind when the program is killed, until they are
 * given one. */
#ifndef SERVER_UPLOAD_H
#define SERVER_UPLOAD_H

#include "base/error.h"
#include "server/budget.h"

#include <stddef.h>
#include <stdint.h>

enum { UPLOAD_MAX_FILES = 64, UPLOAD_MAX_PASSWORD = 1024 };

struct upload_file {
    char *name; /* the last part of what the client called it */
    int fd;
    size_t bytes;
};

struct upload {
    char *folder; /* on the disk that the files go to */
    struct upload_file files[UPLOAD_MAX_FILES];
    size_t n_files;
    struct budget_share *share; /* borrowed; NULL: files are not counted */
    char async[8]; /* the field of this name, as far as it goes; "" */
    char password[UPLOAD_MAX_PASSWORD + 1]; /* the same: of PDF files that are locked; "" */
    struct error error; /* of what came so far */
};

/* Files are taken from the share; ERROR_BUSY in u->error when none is left. */
struct upload *upload_create(const char *folder, struct budget_share *share, struct error *err);
void upload_free(struct upload *u);

/* A piece of the part `field` at `offset` of it; filename NULL: not a file, passed over but for "async" and
 * "password". The first error stays in u->error; false from then on. */
bool upload_piece(struct upload *u, const char *field, const char *filename, uint64_t offset,
                  const char *data, size_t len);

/* A path under which file i can be opened while the upload lives. */
void upload_path(const struct upload *u, size_t i, char *out, size_t size);

/* Gives file i a name, on the disk that it is on: it stays. */
bool upload_keep(const struct upload *u, size_t i, const char *path, struct error *err);

#endif
