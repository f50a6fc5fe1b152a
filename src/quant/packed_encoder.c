#include "quant/packed_encoder.h"
#include "base/clock.h"
#include "base/log.h"
#include "quant/packed_open.h"
#include "quant/packed_random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for what one layer adds (a matrix is two), and for what stands beside the layers. */
enum { ITEMS_A_LAYER = 16, ITEMS_BESIDE = 12 };

/* Parts of whole checkpoints that no vector is made with: pooler, heads of the training. */
static bool is_harmless(const char *name)
{
    if (strncmp(name, "bert.", 5) == 0) name += 5;
    return strncmp(name, "pooler.", 7) == 0 || strncmp(name, "cls.", 4) == 0 ||
           strcmp(name, "embeddings.position_ids") == 0;
}

static void add_norm(struct packed_plan *plan, const float **weight, const float **bias,
                     const char *ours, const char *source, size_t n)
{
    struct packed_item *item = packed_plan_vector(plan, weight, ours, n);
    packed_item_source(item, packed_plan_name(plan, "%s.weight", source), n);
    item = packed_plan_vector(plan, bias, packed_plan_name(plan, "%s_bias", ours ? ours : ""), n);
    packed_item_source(item, packed_plan_name(plan, "%s.bias", source), n);
}

/* A linear layer of the type of the layers' matrices: its weight and its bias. */
static void add_linear(struct packed_plan *plan, struct packed_matrix *weight, const float **bias,
                       const char *ours, const char *source, size_t rows, size_t cols)
{
    struct packed_item *item = packed_plan_matrix(plan, weight, ours, plan->type, rows, cols);
    packed_item_source(item, packed_plan_name(plan, "%s.weight", source), rows);
    item =
        packed_plan_vector(plan, bias, packed_plan_name(plan, "%s_bias", ours ? ours : ""), rows);
    packed_item_source(item, packed_plan_name(plan, "%s.bias", source), rows);
}

static void plan_layer(struct packed_plan *plan, struct packed_encoder *m, size_t i)
{
    static const char *const PARTS[] = {"query", "key", "value"};
    const struct encoder_config *c = &m->config;
    struct packed_encoder_layer *l = &m->layers[i];
    char source[96];
    size_t h = c->hidden;
#define SOURCE(part) (snprintf(source, sizeof source, "encoder.layer.%zu." part, i), source)
#define OURS(part)   packed_plan_name(plan, "layers.%zu." part, i)

    struct packed_item *w = packed_plan_matrix(plan, &l->qkv, OURS("qkv"), plan->type, 3 * h, h);
    SOURCE("attention.self");
    for (size_t k = 0; k < 3; k++)
        packed_item_source(w, packed_plan_name(plan, "%s.%s.weight", source, PARTS[k]), h);
    struct packed_item *b = packed_plan_vector(plan, &l->qkv_bias, OURS("qkv_bias"), 3 * h);
    for (size_t k = 0; k < 3; k++)
        packed_item_source(b, packed_plan_name(plan, "%s.%s.bias", source, PARTS[k]), h);
    add_linear(plan, &l->o, &l->o_bias, OURS("o"), SOURCE("attention.output.dense"), h, h);
    add_norm(plan, &l->attn_norm, &l->attn_norm_bias, OURS("attn_norm"),
             SOURCE("attention.output.LayerNorm"), h);
    add_linear(plan, &l->up, &l->up_bias, OURS("up"), SOURCE("intermediate.dense"), c->intermediate,
               h);
    add_linear(plan, &l->down, &l->down_bias, OURS("down"), SOURCE("output.dense"), h,
               c->intermediate);
    add_norm(plan, &l->mlp_norm, &l->mlp_norm_bias, OURS("mlp_norm"), SOURCE("output.LayerNorm"),
             h);
#undef SOURCE
#undef OURS
}

static bool make_plan(struct packed_plan *plan, struct packed_encoder *m, struct error *err)
{
    const struct encoder_config *c = &m->config;
    size_t h = c->hidden;
    if (!packed_plan_begin(plan, m->type, ITEMS_A_LAYER * c->n_layers + ITEMS_BESIDE, "bert",
                           is_harmless, err))
        return false;
    plan->prefix = "bert.";
    /* One row is read a token, and the projection is small: both can afford more bits. */
    enum quant_type fine = m->type == QUANT_Q4 ? QUANT_Q8 : m->type;
    struct packed_item *item = packed_plan_matrix(plan, &m->words, "words", fine, c->vocab, h);
    packed_item_source(item, "embeddings.word_embeddings.weight", c->vocab);
    item = packed_plan_matrix(plan, &m->positions, "positions", QUANT_F32, c->context, h);
    packed_item_source(item, "embeddings.position_embeddings.weight", c->context);
    item = packed_plan_matrix(plan, &m->segments, "segments", QUANT_F32, c->segments, h);
    packed_item_source(item, "embeddings.token_type_embeddings.weight", c->segments);
    add_norm(plan, &m->norm, &m->norm_bias, "norm", "embeddings.LayerNorm", h);
    for (size_t i = 0; i < c->n_layers; i++) plan_layer(plan, m, i);
    if (c->is_colbert) {
        item = packed_plan_matrix(plan, &m->projection, "projection", fine, m->dim, h);
        packed_item_source(item, "linear.weight", m->dim);
    }
    return packed_plan_end(plan, err);
}

/* Looks at the source's header for what config.json does not say: whether "as they are" means bf16,
 * and the width of ColBERT's vectors. */
static bool look_at_source(struct packed_encoder *m, const char *dir, struct error *err)
{
    static const char WORDS[] = "bert.embeddings.word_embeddings.weight";
    struct tensor_set *set = tensor_set_open_dir(dir, err);
    if (!set) return false;
    const struct tensor *words = tensor_set_find(set, WORDS + 5);
    if (!words) words = tensor_set_find(set, WORDS);
    if (m->type == QUANT_BF16 && (!words || words->type != TENSOR_BF16)) m->type = QUANT_F32;
    m->dim = m->config.hidden;
    bool ok = true;
    if (m->config.is_colbert) {
        const struct tensor *linear = tensor_set_find(set, "linear.weight");
        if (!linear)
            ok = error_set(err, ERROR_INPUT,
                           "%s: there is no tensor \"linear.weight\", which a ColBERT model has",
                           dir);
        else if (linear->n_dims != 2 || linear->shape[0] < 1 ||
                 linear->shape[0] > CONFIG_MAX_HIDDEN)
            ok = error_set(err, ERROR_INPUT,
                           "%s: tensor \"linear.weight\": %zu dimensions and %zu rows, expected a "
                           "matrix of 1 to %d rows",
                           linear->file, linear->n_dims, linear->shape[0], CONFIG_MAX_HIDDEN);
        else
            m->dim = linear->shape[0];
    }
    tensor_set_free(set);
    return ok;
}

static void count(struct packed_encoder *m, const struct packed_plan *plan)
{
    for (size_t i = 0; i < plan->n_items; i++) {
        const struct packed_item *item = &plan->items[i];
        m->bytes += item->bytes;
        for (size_t s = 0; s < item->n_sources; s++)
            m->parameters += item->sources[s].rows * item->cols;
    }
}

struct packed_encoder *packed_encoder_open(const char *dir, const struct packed_options *options,
                                           struct thread_pool *pool, struct error *err)
{
    double started = clock_seconds();
    struct error local = {0};
    if (!err) err = &local;
    struct packed_opening o = {.dir = dir, .pool = pool};
    struct packed_encoder *m = calloc(1, sizeof *m);
    bool ok = false;
    if (!m) {
        error_memory(err, dir);
        return NULL;
    }
    m->type = options->type;
    if (!encoder_config_read(&m->config, dir, err) || !look_at_source(m, dir, err)) goto done;
    o.head_dim = m->config.head_dim;
    m->layers = calloc(m->config.n_layers, sizeof *m->layers);
    if (!m->layers) {
        error_memory(err, dir);
        goto done;
    }
    struct packed_options resolved = *options;
    resolved.type = m->type;
    ok = make_plan(&o.plan, m, err) && packed_open(&o, &resolved, NULL, err);
    m->storage = o.storage;
    m->from_cache = o.from_cache;
done:
    if (ok) count(m, &o.plan);
    packed_opening_free(&o);
    if (!ok) {
        packed_encoder_free(m);
        return NULL;
    }
    log_info("%s: %s weights, %.1f MB, %s in %.2f s", dir, quant_type_name(m->type),
             (double)m->bytes / 1e6, m->from_cache ? "mapped" : "packed",
             clock_seconds() - started);
    return m;
}

struct packed_encoder *packed_encoder_random(const struct encoder_config *config, size_t dim,
                                             enum quant_type type, uint64_t seed,
                                             struct thread_pool *pool, struct error *err)
{
    struct packed_plan plan = {0};
    struct packed_encoder *m = calloc(1, sizeof *m);
    if (m) m->layers = calloc(config->n_layers, sizeof *m->layers);
    bool ok = (m && m->layers) || error_memory(err, "random weights");
    if (ok) {
        m->config = *config;
        m->type = type;
        m->dim = config->is_colbert ? dim : config->hidden;
    }
    ok = ok && make_plan(&plan, m, err) &&
         (m->storage = packed_storage_take(&plan, "random weights", err));
    if (ok) {
        packed_random_fill(&plan, packed_storage_memory(m->storage), seed, pool);
        count(m, &plan);
    }
    packed_plan_free(&plan);
    if (ok) return m;
    packed_encoder_free(m);
    return NULL;
}

void packed_encoder_free(struct packed_encoder *m)
{
    if (!m) return;
    packed_storage_free(m->storage);
    free(m->layers);
    free(m);
}
