/* Packed files in the cache: their name, what makes one out of date, the lock that serialises those
 * who would write one, and reading and writing it. Internal to src/quant. */
#ifndef QUANT_PACKED_CACHE_H
#define QUANT_PACKED_CACHE_H

#include "quant/packed_plan.h"

enum { PACKED_FINGERPRINT_SIZE = 33 }; /* 32 hex digits and a NUL */

/* What the packed weights depend on: names, sizes and times of the folder's config.json and
 * safetensors files and the config's text, or those of the GGUF file and its shards; and the format
 * of the packed file. */
bool packed_fingerprint(const char *path, char out[PACKED_FINGERPRINT_SIZE], struct error *err);

/* Folders that packed_export writes hold the packed file under this name. Its fingerprint depends
 * on the text of config.json and the format alone, so that the folder may be moved and copied. */
extern const char PACKED_EXPORT_NAME[];
bool packed_export_fingerprint(const char *dir, char out[PACKED_FINGERPRINT_SIZE],
                               struct error *err);

/* The type of a packed file, by its metadata. */
bool packed_cache_type(const char *path, enum quant_type *type, struct error *err);

/* CACHE_DIR/NAME-HASH_OF_ITS_REAL_PATH-TYPE.packed.safetensors; the caller frees it. */
char *packed_cache_path(const char *cache_dir, const char *path, enum quant_type type,
                        struct error *err);

enum packed_found {
    PACKED_CURRENT,
    PACKED_ABSENT,  /* no such file */
    PACKED_STALE,   /* of another source or format version */
    PACKED_DAMAGED, /* *err says how */
};

/* Maps the file and points the plan's matrices and vectors into it. With `verify` every byte of
 * theirs is summed, on all threads. PACKED_CURRENT hands over *set, to be freed when the weights
 * are no longer used. */
enum packed_found packed_cache_map(const char *path, const struct packed_plan *plan,
                                   const char *fingerprint, struct thread_pool *pool, bool verify,
                                   struct tensor_set **set, struct error *err);

/* Packs the plan, whose sources are found, to the file. The caller has the lock. *target_failed:
 * see packed_build. */
bool packed_cache_write(const char *path, const struct packed_plan *plan, const char *fingerprint,
                        struct thread_pool *pool, bool *target_failed, struct error *err);

/* Takes the lock beside the file; waits for another process that has it. A descriptor to be closed,
 * or -1 with *err filled. */
int packed_cache_lock(const char *path, struct error *err);

#endif
