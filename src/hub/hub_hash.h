/* The two checksums that the Hub names files by: SHA-256 for large (LFS) files, and for small ones
 * what git calls a blob's id, the SHA-1 of "blob SIZE", a NUL and the contents. */
#ifndef HUB_HUB_HASH_H
#define HUB_HUB_HASH_H

#include "base/error.h"

#include <stddef.h>

enum hub_hash_kind { HUB_HASH_NONE, HUB_HASH_SHA256, HUB_HASH_GIT };

enum { HUB_HASH_HEX = 65 }; /* room for either in hexadecimal */

struct hub_hash {
    void *state; /* NULL: none running */
};

/* Begins anew; `size` is the whole file's, which git's form begins with. HUB_HASH_NONE hashes
 * nothing. Free with hub_hash_free. */
bool hub_hash_start(struct hub_hash *h, enum hub_hash_kind kind, size_t size, struct error *err);
bool hub_hash_update(struct hub_hash *h, const void *data, size_t len, struct error *err);

/* Ends it and writes the sum in hexadecimal, "" for HUB_HASH_NONE. */
bool hub_hash_end(struct hub_hash *h, char out[HUB_HASH_HEX], struct error *err);
void hub_hash_free(struct hub_hash *h);

#endif
