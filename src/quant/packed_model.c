#include "quant/packed_model.h"
#include "base/clock.h"
#include "base/log.h"
#include "quant/packed_open.h"
#include "quant/packed_random.h"

#include <stdlib.h>

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
        m->layers = calloc(config->n_layers, sizeof *m->layers);
    }
    if (!m || !m->layers)
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
    if (m && !(m->storage = packed_storage_take(&plan, "random weights", err))) {
        packed_model_free(m);
        m = NULL;
    }
    if (m) {
        packed_random_fill(&plan, packed_storage_memory(m->storage), seed, pool);
        finish(m, &plan);
        m->seconds = clock_seconds() - started;
    }
    packed_plan_free(&plan);
    return m;
}

bool packed_model_identity(const char *dir, char out[PACKED_IDENTITY_SIZE], struct error *err)
{
    _Static_assert((int)PACKED_IDENTITY_SIZE == (int)PACKED_FINGERPRINT_SIZE, "the same");
    return packed_fingerprint(dir, out, err);
}

bool packed_model_kept_type(const char *dir, enum quant_type *type, struct error *err)
{
    char *path = packed_exported_path(dir);
    bool ok = !path || packed_cache_type(path, type, err);
    free(path);
    return ok;
}

struct packed_model *packed_model_open(const char *dir, const struct packed_options *options,
                                       struct thread_pool *pool, struct error *err)
{
    double started = clock_seconds();
    struct error local = {0};
    if (!err) err = &local;
    struct packed_opening o = {.dir = dir, .pool = pool};
    struct packed_model *m = calloc(1, sizeof *m);
    char *exported = packed_exported_path(dir);
    bool ok = false;
    if (!m) {
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
    o.head_dim = m->config.head_dim;
    ok = packed_plan_make(&o.plan, m, err) && packed_open(&o, options, exported, err);
    m->storage = o.storage;
    m->from_cache = o.from_cache;
done:
    free(exported);
    if (ok) finish(m, &o.plan);
    packed_opening_free(&o);
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
    packed_storage_free(m->storage);
    free(m->layers);
    free(m);
}
