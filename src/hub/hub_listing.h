/* The Hub's answer about one revision of a model: which commit it is and which files are there, and
 * the choice of those that are needed. The answer is a server's text, so everything in it is
 * checked before it is used. */
#ifndef HUB_HUB_LISTING_H
#define HUB_HUB_LISTING_H

#include "base/arena.h"
#include "base/error.h"
#include "hub/hub_hash.h"

#include <stddef.h>
#include <stdint.h>

enum { HUB_MAX_FILES = 20000 };
#define HUB_MAX_FILE_SIZE    ((size_t)1 << 48)
#define HUB_SIZE_UNKNOWN     SIZE_MAX
#define HUB_MAX_LISTING_SIZE ((size_t)16 << 20)

struct hub_file {
    const char *path;        /* relative, safe to put below a folder; the listing's arena's */
    size_t size;             /* bytes, at most HUB_MAX_FILE_SIZE; or HUB_SIZE_UNKNOWN */
    enum hub_hash_kind kind; /* of sum */
    char sum[HUB_HASH_HEX];  /* "" for HUB_HASH_NONE */
};

struct hub_listing {
    char commit[41];
    struct hub_file *files;
    size_t n_files;
    struct arena arena;
};

/* Reads the JSON text of /api/models/REPO/revision/REVISION?blobs=true. `name` stands for it in
 * errors. A listing with any path that could leave the snapshot's folder is refused as a whole.
 * Free with hub_listing_free, also after a failure. */
bool hub_listing_parse(struct hub_listing *l, const char *text, size_t len, const char *name,
                       struct error *err);

/* Drops the files that are not needed to run the model, and sorts the rest by size. Says what is
 * there instead when the model has no safetensors files. */
bool hub_listing_select(struct hub_listing *l, const char *name, struct error *err);

/* Sum of the sizes that are known. */
size_t hub_listing_bytes(const struct hub_listing *l);

void hub_listing_free(struct hub_listing *l);

#endif
