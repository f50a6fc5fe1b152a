/* A batch of texts on a GPU as a row of kernels, and what it is told. */
#include "backend/cuda/encoder.h"
#include "backend/cuda/matrix.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct batch {
    struct encoder_sizes sizes;
    struct encoder_inputs in;
};

static const void *input(const struct cuda_encoder *e, size_t offset)
{
    return e->inputs + offset;
}

/* ---- the inputs ---- */

static void find_sizes(const struct cuda_encoder *e, const struct encoder_sequence *texts, size_t n,
                       struct batch *b)
{
    struct encoder_sizes *z = &b->sizes;
    z->texts = n;
    z->pages_stride = 1;
    for (size_t i = 0; i < n; i++) {
        size_t pages = cuda_ceil((uint32_t)texts[i].n_tokens, CUDA_KV_PAGE);
        z->tiles += cuda_ceil((uint32_t)texts[i].n_tokens, CUDA_PREFILL_ROWS);
        if (pages > z->pages_stride) z->pages_stride = pages;
    }
    z->rows = e->model->config.is_colbert ? z->tokens : n;
    b->in = encoder_inputs(z);
}

static void fill(struct cuda_encoder *e, const struct encoder_sequence *texts,
                 const struct batch *b)
{
    uint8_t *at = e->host_inputs;
    int32_t *tokens = (void *)(at + b->in.tokens), *position = (void *)(at + b->in.position);
    int32_t *sequence = (void *)(at + b->in.sequence), *visible = (void *)(at + b->in.visible);
    int32_t *pages = (void *)(at + b->in.pages), next_page = 0;
    struct cuda_tile *tiles = (void *)(at + b->in.tiles), *rows = (void *)(at + b->in.rows);
    bool each = e->model->config.is_colbert, first_alone = e->model->config.pooling == POOLING_CLS;
    size_t done = 0;
    for (size_t i = 0; i < b->sizes.texts; i++) {
        const struct encoder_sequence *s = &texts[i];
        for (size_t p = 0; p < b->sizes.pages_stride; p++)
            *pages++ = p * CUDA_KV_PAGE < s->n_tokens ? next_page++ : 0;
        for (size_t t = 0; t < s->n_tokens; t += CUDA_PREFILL_ROWS) {
            size_t n = s->n_tokens - t < CUDA_PREFILL_ROWS ? s->n_tokens - t : CUDA_PREFILL_ROWS;
            *tiles++ = (struct cuda_tile){(int32_t)(done + t), (int32_t)n};
        }
        if (!each)
            *rows++ = (struct cuda_tile){(int32_t)done, first_alone ? 1 : (int32_t)s->n_tokens};
        for (size_t t = 0; t < s->n_tokens; t++, done++) {
            tokens[done] = s->tokens[t];
            position[done] = (int32_t)t;
            sequence[done] = (int32_t)i;
            visible[done] = (int32_t)s->n_keys;
            if (each) *rows++ = (struct cuda_tile){(int32_t)done, 1};
        }
    }
}

/* ---- the kernels ---- */

static bool run_embed(struct cuda_encoder *e, const struct batch *b, struct error *err)
{
    const struct encoder_config *c = &e->model->config;
    struct cuda_bert_embed_args args = {.words = e->words.at,
                                        .positions = e->positions,
                                        .segment = e->segment,
                                        .tokens = input(e, b->in.tokens),
                                        .position = input(e, b->in.position),
                                        .weight = e->norm,
                                        .bias = e->norm_bias,
                                        .x = e->x,
                                        .out = e->in,
                                        .eps = c->norm_eps,
                                        .type = (int32_t)e->words.type,
                                        .n_tokens = (int32_t)b->sizes.tokens,
                                        .hidden = (int32_t)c->hidden};
    return kernel_launch(e->device, CUDA_KERNEL_bert_embed, cuda_row_grid(args.n_tokens, 1), &args,
                         err);
}

static bool run_matrix(struct cuda_encoder *e, const struct batch *b, const struct device_matrix *w,
                       const struct cuda_activations *x, const float *bias,
                       struct cuda_partials *out, struct error *err)
{
    return matrix_partials(e->device, w, x, b->sizes.tokens, false, e->partials, bias, out, err);
}

static bool run_attention(struct cuda_encoder *e, const struct batch *b,
                          const struct cuda_partials *qkv, struct error *err)
{
    const struct encoder_config *c = &e->model->config;
    struct cuda_tokens tokens = {input(e, b->in.position), input(e, b->in.sequence),
                                 input(e, b->in.pages), (int32_t)b->sizes.pages_stride};
    struct cuda_bert_qkv_args heads = {.qkv = *qkv,
                                       .tokens = tokens,
                                       .kv = e->kv,
                                       .q = e->q,
                                       .n_tokens = (int32_t)b->sizes.tokens,
                                       .dim = (int32_t)c->head_dim};
    struct cuda_attention_args args = {.q = e->q,
                                       .tiles = input(e, b->in.tiles),
                                       .visible = input(e, b->in.visible),
                                       .tokens = tokens,
                                       .kv = e->kv,
                                       .out = e->attn,
                                       .scale = 1.0f / sqrtf((float)c->head_dim),
                                       .n_tiles = (int32_t)b->sizes.tiles,
                                       .n_heads = (int32_t)c->n_heads,
                                       .out_dim = (int32_t)c->head_dim,
                                       .n_splits = 1};
    return kernel_launch(e->device, CUDA_KERNEL_bert_qkv, cuda_row_grid(heads.n_tokens, 1), &heads,
                         err) &&
           kernel_launch(e->device, cuda_attention_kernel(0, 0, e->kv.head_dim),
                         cuda_prefill_grid(&args), &args, err);
}

static bool run_norm(struct cuda_encoder *e, const struct batch *b, const struct cuda_partials *add,
                     const float *weight, const float *bias, struct error *err)
{
    const struct encoder_config *c = &e->model->config;
    struct cuda_layernorm_args args = {.x = e->x,
                                       .add = *add,
                                       .weight = weight,
                                       .bias = bias,
                                       .out = e->in,
                                       .eps = c->norm_eps,
                                       .n_tokens = (int32_t)b->sizes.tokens,
                                       .width = (int32_t)c->hidden};
    return kernel_launch(e->device, CUDA_KERNEL_layernorm, cuda_row_grid(args.n_tokens, 1), &args,
                         err);
}

static bool run_gelu(struct cuda_encoder *e, const struct batch *b, const struct cuda_partials *up,
                     struct error *err)
{
    struct cuda_gelu_args args = {.add = *up,
                                  .out = e->wide,
                                  .n_tokens = (int32_t)b->sizes.tokens,
                                  .width = (int32_t)e->model->config.intermediate};
    return kernel_launch(e->device, CUDA_KERNEL_gelu, cuda_row_grid(args.n_tokens, 1), &args, err);
}

static bool run_layer(struct cuda_encoder *e, const struct batch *b, const struct encoder_layer *l,
                      struct error *err)
{
    struct cuda_partials sums;
    return run_matrix(e, b, &l->qkv, &e->in, l->qkv_bias, &sums, err) &&
           run_attention(e, b, &sums, err) &&
           run_matrix(e, b, &l->o, &e->attn, l->o_bias, &sums, err) &&
           run_norm(e, b, &sums, l->attn_norm, l->attn_norm_bias, err) &&
           run_matrix(e, b, &l->up, &e->in, l->up_bias, &sums, err) && run_gelu(e, b, &sums, err) &&
           run_matrix(e, b, &l->down, &e->wide, l->down_bias, &sums, err) &&
           run_norm(e, b, &sums, l->mlp_norm, l->mlp_norm_bias, err);
}

static bool run_pool(struct cuda_encoder *e, const struct batch *b, struct error *err)
{
    const struct encoder_config *c = &e->model->config;
    struct cuda_partials from = {e->x, NULL, 1, (int32_t)c->hidden};
    if (e->model->projection.data && !run_matrix(e, b, &e->projection, &e->in, NULL, &from, err))
        return false;
    struct cuda_pool_args args = {.from = from,
                                  .rows = input(e, b->in.rows),
                                  .out = e->out,
                                  .n_tokens = (int32_t)b->sizes.tokens,
                                  .width = (int32_t)e->model->dim,
                                  .normalize = c->is_colbert || c->normalize};
    return kernel_launch(e->device, CUDA_KERNEL_pool, cuda_row_grid((int32_t)b->sizes.rows, 1),
                         &args, err);
}

static const float *cuda_run(struct encoder_backend *base, const struct encoder_sequence *texts,
                             size_t n, struct error *err)
{
    struct cuda_encoder *e = (struct cuda_encoder *)base;
    const struct device_ops *ops = e->device->ops;
    struct batch b = {0};
    if (!encoder_batch_check(&e->model->config, &e->options, texts, n, &b.sizes.tokens, err))
        return NULL;
    if (n == 0) return e->host_out;
    find_sizes(e, texts, n, &b);
    fill(e, texts, &b);
    bool ok = ops->copy_in(e->device, e->inputs, e->host_inputs, b.in.bytes, err) &&
              run_embed(e, &b, err);
    for (size_t i = 0; ok && i < e->model->config.n_layers; i++)
        ok = run_layer(e, &b, &e->layers[i], err);
    ok = ok && run_pool(e, &b, err) &&
         ops->copy_out(e->device, e->host_out, e->out,
                       b.sizes.rows * e->model->dim * sizeof *e->out, err);
    /* Also after a failure: what was queued reads the inputs. */
    struct error ignored = {0};
    return ops->wait(e->device, ok ? err : &ignored) && ok ? e->host_out : NULL;
}

/* ---- what it is ---- */

static void cuda_memory(const struct encoder_backend *b, struct backend_memory *out)
{
    *out = ((const struct cuda_encoder *)b)->memory;
}

static const char *cuda_description(const struct encoder_backend *b)
{
    return ((const struct cuda_encoder *)b)->description;
}

static bool cuda_lost(const struct encoder_backend *b)
{
    return atomic_load(&((const struct cuda_encoder *)b)->device->lost);
}

static bool cuda_gpu(const struct encoder_backend *b, size_t i, struct backend_gpu *out)
{
    const struct cuda_encoder *e = (const struct cuda_encoder *)b;
    if (i > 0) return false;
    device_gpu(e->device, out);
    out->n_layers = e->model->config.n_layers;
    out->memory = e->memory;
    return true;
}

/* ---- making and freeing ---- */

static void cuda_free(struct encoder_backend *b)
{
    struct cuda_encoder *e = (struct cuda_encoder *)b;
    if (!e) return;
    struct device *d = e->device;
    struct error ignored = {0};
    d->ops->wait(d, &ignored);
    d->ops->free_host(d, e->host_inputs);
    d->ops->free_host(d, e->host_out);
    if (e->memory_base) d->ops->free(d, e->memory_base);
    free(e->layers);
    free(e);
}

static const struct encoder_backend_ops cuda_ops = {.name = "cuda",
                                                    .free = cuda_free,
                                                    .run = cuda_run,
                                                    .memory = cuda_memory,
                                                    .description = cuda_description,
                                                    .lost = cuda_lost,
                                                    .gpu = cuda_gpu};

/* The buffers are zeros at first: attention's padding stays so, and keys that no text has are
 * numbers. */
static bool take_memory(struct cuda_encoder *e, struct error *err)
{
    struct device *d = e->device;
    struct encoder_sizes z = encoder_limits(e->model, &e->options);
    void *base = NULL, *inputs = NULL, *out = NULL;
    encoder_lay_out(e, 0);
    bool ok = d->ops->alloc(d, e->memory.weights + e->memory.activations, &base, err);
    e->memory_base = base;
    if (!ok) return false;
    encoder_lay_out(e, (uintptr_t)base);
    ok = d->ops->alloc_host(d, encoder_inputs(&z).bytes, &inputs, err);
    e->host_inputs = inputs;
    ok = ok && d->ops->alloc_host(d, z.rows * e->model->dim * sizeof *e->out, &out, err);
    e->host_out = out;
    return ok && d->ops->clear(d, e->memory_base + e->memory.weights, e->memory.activations, err);
}

struct encoder_backend *encoder_cuda_create(const struct packed_encoder *model,
                                            struct thread_pool *pool,
                                            const struct encoder_placement *placement,
                                            struct error *err)
{
    struct cuda_encoder *e = calloc(1, sizeof *e);
    if (!e) {
        error_memory(err, "CUDA encoder");
        return NULL;
    }
    e->base.ops = &cuda_ops;
    e->model = model;
    e->device = placement->device;
    e->options = placement->options;
    e->layers = calloc(model->config.n_layers, sizeof *e->layers);
    snprintf(e->description, sizeof e->description, "cuda:%zu %s", e->device->index,
             e->device->info.name);
    bool ok = e->layers || error_memory(err, "layers");
    if (ok && take_memory(e, err) && encoder_upload(e, pool, err)) return &e->base;
    cuda_free(&e->base);
    return NULL;
}
