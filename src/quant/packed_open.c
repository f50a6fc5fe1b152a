#include "quant/packed_open.h"
#include "base/file.h"
#include "base/log.h"
#include "quant/packed_build.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* What holds the weights: a mapped file or memory of our own. */
struct packed_storage {
    struct tensor_set *set;
    uint8_t *memory;
    size_t size; /* of memory */
};

static bool open_source(struct packed_opening *o, struct error *err)
{
    o->source = weight_source_open(o->dir, o->head_dim, err);
    return o->source && packed_plan_find_sources(&o->plan, o->dir, o->source, err);
}

struct packed_storage *packed_storage_take(const struct packed_plan *plan, const char *name,
                                           struct error *err)
{
    struct packed_storage *storage = calloc(1, sizeof *storage);
    if (!storage) {
        error_memory(err, name);
        return NULL;
    }
    void *p = mmap(NULL, plan->memory, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        error_set(err, ERROR_MEMORY, "%s: no memory for %zu bytes of packed weights", name,
                  plan->memory);
        free(storage);
        return NULL;
    }
    storage->memory = p;
    storage->size = plan->memory;
    madvise(p, storage->size, MADV_HUGEPAGE);
    for (size_t i = 0; i < plan->n_items; i++)
        packed_item_attach(&plan->items[i], storage->memory + plan->items[i].offset);
    return storage;
}

uint8_t *packed_storage_memory(struct packed_storage *storage)
{
    return storage->memory;
}

static bool pack_into_memory(struct packed_opening *o, struct error *err)
{
    struct packed_storage *storage = packed_storage_take(&o->plan, o->dir, err);
    if (!storage) return false;
    packed_storage_free(o->storage); /* there is nothing in it yet */
    o->storage = storage;
    uint64_t *sums = malloc(o->plan.n_pieces * sizeof *sums); /* of no use here */
    if (!sums) return error_memory(err, o->dir);
    struct packed_target target = {.memory = storage->memory};
    bool target_failed;
    bool ok = packed_build(&o->plan, &target, o->pool, sums, &target_failed, err);
    free(sums);
    return ok;
}

/* True when the packed file at path is current; then it is mapped. */
static bool map_cached(struct packed_opening *o, const char *path, bool verify, bool *warned)
{
    struct error err = {0};
    enum packed_found found =
        packed_cache_map(path, &o->plan, o->fingerprint, o->pool, verify, &o->storage->set, &err);
    if (found == PACKED_STALE) log_info("%s: the model has changed since, packing again", path);
    if (found == PACKED_DAMAGED && !*warned) {
        log_warn("%s: packing again", err.text);
        *warned = true;
    }
    return found == PACKED_CURRENT;
}

/* Packs into the cache file and maps it. False without *err filled: the cache cannot be used, and
 * the log says why. */
static bool pack_into_cache(struct packed_opening *o, const char *cache_dir, const char *path,
                            bool rebuild, bool *warned, struct error *err)
{
    struct error cause = {0};
    bool ok = false, target_failed = true;
    int lock = -1;
    if (!file_make_directories(cache_dir, &cause)) goto done;
    lock = packed_cache_lock(path, &cause);
    if (lock < 0) goto done;
    /* Whoever had the lock before us may have done the work. */
    ok = o->from_cache = !rebuild && map_cached(o, path, true, warned);
    if (ok) goto done;
    if (!open_source(o, err)) goto done;
    ok = packed_cache_write(path, &o->plan, o->fingerprint, o->pool, &target_failed, &cause);
    if (!ok && !target_failed) error_set(err, cause.code, "%s", cause.text);
    ok = ok && map_cached(o, path, false, warned);
done:
    if (lock >= 0) close(lock);
    if (!ok && err->code == ERROR_NONE)
        log_warn("%s: packed weights are kept in memory only",
                 cause.code ? cause.text : "the packed file cannot be mapped");
    return ok;
}

char *packed_exported_path(const char *dir)
{
    char *path = file_is_directory(dir) ? path_join(dir, PACKED_EXPORT_NAME) : NULL;
    if (path && file_exists(path)) return path;
    free(path);
    return NULL;
}

/* There is no source to go back to: what cannot be mapped is an error. */
static bool map_exported(struct packed_opening *o, const char *path, struct error *err)
{
    if (!packed_export_fingerprint(o->dir, o->fingerprint, err)) return false;
    enum packed_found found =
        packed_cache_map(path, &o->plan, o->fingerprint, o->pool, true, &o->storage->set, err);
    if (found == PACKED_STALE)
        return error_set(
            err, ERROR_INPUT,
            "%s: does not belong to this config.json, or was written by another version "
            "of autospec: quantize the model again",
            path);
    o->from_cache = found == PACKED_CURRENT;
    return o->from_cache;
}

bool packed_open(struct packed_opening *o, const struct packed_options *options,
                 const char *exported, struct error *err)
{
    o->storage = calloc(1, sizeof *o->storage);
    if (!o->storage) return error_memory(err, o->dir);
    if (exported) return map_exported(o, exported, err);
    if (!options->cache_dir) return open_source(o, err) && pack_into_memory(o, err);
    char *path = packed_cache_path(options->cache_dir, o->dir, options->type, err);
    if (!path) return false;
    bool warned = false;
    bool ok = packed_fingerprint(o->dir, o->fingerprint, err);
    if (!ok) goto done;
    ok = o->from_cache = !options->rebuild && map_cached(o, path, true, &warned);
    if (ok) goto done;
    ok = pack_into_cache(o, options->cache_dir, path, options->rebuild, &warned, err);
    if (!ok && err->code == ERROR_NONE)
        ok = (o->source || open_source(o, err)) && pack_into_memory(o, err);
done:
    free(path);
    return ok;
}

void packed_opening_free(struct packed_opening *o)
{
    weight_source_free(o->source);
    packed_plan_free(&o->plan);
}

void packed_storage_free(struct packed_storage *storage)
{
    if (!storage) return;
    tensor_set_free(storage->set);
    if (storage->memory) munmap(storage->memory, storage->size);
    free(storage);
}
