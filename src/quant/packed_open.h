/* The way from a plan to weights in memory, the same for decoders and encoders: mapped from the
 * cache or an exported folder, packed into the cache, or packed into memory. Internal to src/quant.
 */
#ifndef QUANT_PACKED_OPEN_H
#define QUANT_PACKED_OPEN_H

#include "quant/packed_cache.h"
#include "quant/packed_plan.h"

/* What holds the weights: a mapped file or memory of our own. */
struct packed_storage;
void packed_storage_free(struct packed_storage *storage);

/* Zeroed memory for all of the plan, to which its matrices and vectors then point. NULL with *err
 * filled, which begins with `name`. */
struct packed_storage *packed_storage_take(const struct packed_plan *plan, const char *name,
                                           struct error *err);
uint8_t *packed_storage_memory(struct packed_storage *storage);

/* One attempt to open a model. The caller sets dir, pool and head_dim (weight_source.h) and makes
 * the plan. */
struct packed_opening {
    const char *dir;
    struct thread_pool *pool;
    size_t head_dim;
    struct packed_plan plan;
    char fingerprint[PACKED_FINGERPRINT_SIZE];
    struct weight_source *source;   /* NULL until something has to be packed */
    struct packed_storage *storage; /* out: the caller's, also after a failure */
    bool from_cache;                /* out */
};

/* The packed file of a folder that packed_export wrote, to be freed; NULL when it is no such
 * folder.
 */
char *packed_exported_path(const char *dir);

/* Fills the plan's matrices and vectors. exported: that file, which is then mapped; or NULL. */
bool packed_open(struct packed_opening *o, const struct packed_options *options,
                 const char *exported, struct error *err);
void packed_opening_free(struct packed_opening *o); /* source and plan, not the storage */

#endif
