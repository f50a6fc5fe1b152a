#include "quant/packed_model.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "quant/packed_build.h"
#include "quant/packed_cache.h"
#include "quant/packed_random.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What holds the weights: a mapped file or memory of our own. */
struct packed_storage {
    struct tensor_set *set;
    uint8_t *memory;
    size_t size; /* of memory */
};

/* One attempt to open a model. */
struct opening {
    struct packed_model *m;
    const char *dir;
    struct packed_plan plan;
    struct thread_pool *pool;
    char fingerprint[PACKED_FINGERPRINT_SIZE];
    struct weight_source *source; /* NULL until something has to be packed */
};

static bool open_source(struct opening *o, struct error *err)
{
    o->source = weight_source_open(o->dir, o->m->config.head_dim, err);
    return o->source && packed_plan_find_sources(&o->plan, o->m, o->dir, o->source, err);
}

/* Memory for all of the plan, to which its matrices and vectors then point. */
static bool take_memory(struct packed_storage *storage, const struct packed_plan *plan,
                        const char *name, struct error *err)
{
    void *p = mmap(NULL, plan->memory, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return error_set(err, ERROR_MEMORY, "%s: no memory for %zu bytes of packed weights", name,
                         plan->memory);
    storage->memory = p;
    storage->size = plan->memory;
    madvise(p, storage->size, MADV_HUGEPAGE);
    for (size_t i = 0; i < plan->n_items; i++)
        packed_item_attach(&plan->items[i], storage->memory + plan->items[i].offset);
    return true;
}

static bool pack_into_memory(struct opening *o, struct error *err)
{
    struct packed_storage *storage = o->m->storage;
    if (!take_memory(storage, &o->plan, o->dir, err)) return false;
    uint64_t *sums = malloc(o->plan.n_pieces * sizeof *sums); /* of no use here */
    if (!sums) return error_memory(err, o->dir);
    struct packed_target target = {.memory = storage->memory};
    bool target_failed;
    bool ok = packed_build(&o->plan, &target, o->pool, sums, &target_failed, err);
    free(sums);
    return ok;
}

/* True when the packed file at path is current; then it is mapped. */
static bool map_cached(struct opening *o, const char *path, bool verify, bool *warned)
{
    struct error err = {0};
    enum packed_found found = packed_cache_map(path, &o->plan, o->fingerprint, o->pool, verify,
                                               &o->m->storage->set, &err);
    if (found == PACKED_STALE) log_info("%s: the model has changed since, packing again", path);
    if (found == PACKED_DAMAGED && !*warned) {
        log_warn("%s: packing again", err.text);
        *warned = true;
    }
    return found == PACKED_CURRENT;
}

/* Packs into the cache file and maps it. False without *err filled: the cache cannot be used, and
 * the log says why. */
static bool pack_into_cache(struct opening *o, const char *cache_dir, const char *path,
                            bool rebuild, bool *warned, struct error *err)
{
    struct error cause = {0};
    bool ok = false, target_failed = true;
    int lock = -1;
    if (!file_make_directories(cache_dir, &cause)) goto done;
    lock = packed_cache_lock(path, &cause);
    if (lock < 0) goto done;
    /* Whoever had the lock before us may have done the work. */
    ok = o->m->from_cache = !rebuild && map_cached(o, path, true, warned);
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

/* The packed file of a folder that packed_export wrote; NULL when it is no such folder. */
static char *exported_path(const char *dir)
{
    char *path = file_is_directory(dir) ? path_join(dir, PACKED_EXPORT_NAME) : NULL;
    if (path && file_exists(path)) return path;
    free(path);
    return NULL;
}

/* There is no source to go back to: what cannot be mapped is an error. */
static bool map_exported(struct opening *o, const char *path, struct error *err)
{
    if (!packed_export_fingerprint(o->dir, o->fingerprint, err)) return false;
    enum packed_found found =
        packed_cache_map(path, &o->plan, o->fingerprint, o->pool, true, &o->m->storage->set, err);
    if (found == PACKED_STALE)
        return error_set(
            err, ERROR_INPUT,
            "%s: does not belong to this config.json, or was written by another version "
            "of autospec: quantize the model again",
            path);
    o->m->from_cache = found == PACKED_CURRENT;
    return o->m->from_cache;
}

static bool open_weights(struct opening *o, const struct packed_options *options, struct error *err)
{
    if (!options->cache_dir) return open_source(o, err) && pack_into_memory(o, err);
    char *path = packed_cache_path(options->cache_dir, o->dir, options->type, err);
    if (!path) return false;
    bool warned = false;
    bool ok = packed_fingerprint(o->dir, o->fingerprint, err);
    if (!ok) goto done;
    ok = o->m->from_cache = !options->rebuild && map_cached(o, path, true, &warned);
    if (ok) goto done;
    ok = pack_into_cache(o, options->cache_dir, path, options->rebuild, &warned, err);
    if (!ok && err->code == ERROR_NONE)
        ok = (o->source || open_source(o, err)) && pack_into_memory(o, err);
done:
    free(path);
    return ok;
}

/* Sums up the sizes and lets a tied head share the embedding. */
static void finish(struct packed_model *m, const struct packed_plan *plan)
{
    if (m->config.tied_head) m->head = m->embed;
    for (size_t i = 0; i < plan->n_items; i++) {
        const struct packed_item *item = &plan->items[i];
        m->bytes += item->bytes;
        if (item->matrix != &m->embed || m->config.tied_head) m->bytes_per_token += item->bytes;
    }
}

/* An empty model of a shape and its plan. NULL with *err filled; free the plan in any case. */
static struct packed_model *begin(const struct model_config *config, enum quant_type type,
                                  struct packed_plan *plan, struct error *err)
{
    *plan = (struct packed_plan){0};
    struct packed_model *m = calloc(1, sizeof *m);
    if (m) {
        m->config = *config;
        m->type = type;
        m->storage = calloc(1, sizeof *m->storage);
        m->layers = calloc(config->n_layers, sizeof *m->layers);
    }
    if (!m || !m->storage || !m->layers)
        error_memory(err, "packed model");
    else if (packed_plan_make(plan, m, err))
        return m;
    packed_model_free(m);
    return NULL;
}

bool packed_model_size(const struct model_config *config, enum quant_type type, size_t *bytes,
                       struct error *err)
{
    struct packed_plan plan;
    struct packed_model *m = begin(config, type, &plan, err);
    *bytes = plan.memory;
    packed_plan_free(&plan);
    packed_model_free(m);
    return m != NULL;
}

struct packed_model *packed_model_random(const struct model_config *config, enum quant_type type,
                                         uint64_t seed, struct thread_pool *pool, struct error *err)
{
    double started = clock_seconds();
    struct packed_plan plan;
    struct packed_model *m = begin(config, type, &plan, err);
    if (m && !take_memory(m->storage, &plan, "random weights", err)) {
        packed_model_free(m);
        m = NULL;
    }
    if (m) {
        packed_random_fill(&plan, m->storage->memory, seed, pool);
        finish(m, &plan);
        m->seconds = clock_seconds() - started;
    }
    packed_plan_free(&plan);
    return m;
}

struct packed_model *packed_model_open(const char *dir, const struct packed_options *options,
                                       struct thread_pool *pool, struct error *err)
{
    double started = clock_seconds();
    struct error local = {0};
    if (!err) err = &local;
    struct opening o = {.dir = dir, .pool = pool};
    struct packed_model *m = calloc(1, sizeof *m);
    char *exported = exported_path(dir);
    bool ok = false;
    o.m = m;
    if (!m || !(m->storage = calloc(1, sizeof *m->storage))) {
        error_memory(err, dir);
        goto done;
    }
    m->type = options->type;
    if (exported && !packed_cache_type(exported, &m->type, err)) goto done;
    if (!model_config_read(&m->config, dir, err)) goto done;
    m->layers = calloc(m->config.n_layers, sizeof *m->layers);
    if (!m->layers) {
        error_memory(err, dir);
        goto done;
    }
    ok = packed_plan_make(&o.plan, m, err) &&
         (exported ? map_exported(&o, exported, err) : open_weights(&o, options, err));
done:
    free(exported);
    if (ok) finish(m, &o.plan);
    weight_source_free(o.source);
    packed_plan_free(&o.plan);
    if (!ok) {
        packed_model_free(m);
        return NULL;
    }
    m->seconds = clock_seconds() - started;
    if (m->type != options->type)
        log_info("%s: the model is kept as %s and is used so", dir, quant_type_name(m->type));
    log_info("%s: %s weights, %.1f MB, %s in %.2f s", dir, quant_type_name(m->type),
             (double)m->bytes / 1e6, m->from_cache ? "mapped" : "packed", m->seconds);
    return m;
}

void packed_model_free(struct packed_model *m)
{
    if (!m) return;
    if (m->storage) {
        tensor_set_free(m->storage->set);
        if (m->storage->memory) munmap(m->storage->memory, m->storage->size);
        free(m->storage);
    }
    free(m->layers);
    free(m);
}
