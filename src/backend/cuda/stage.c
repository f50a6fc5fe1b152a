#include "backend/cuda/stage.h"

#include <stdlib.h>
#include <string.h>

enum { DRAFT_TILES = 16 };

struct backend_options stage_options(const struct backend_options *o,
                                     const struct model_config *config)
{
    struct backend_options out = *o;
    if (out.max_sequences == 0 || out.max_sequences > out.max_tokens)
        out.max_sequences = out.max_tokens;
    if (out.max_context == 0 || out.max_context > out.n_pages * KV_PAGE)
        out.max_context = out.n_pages * KV_PAGE;
    if (out.max_context > config->context && config->context > 0) out.max_context = config->context;
    if (out.kv_bits != 8) out.kv_bits = 16;
    return out;
}

/* ---- sizes ---- */

struct stage_limits stage_limits(const struct backend_options *o, const struct model_config *c)
{
    struct stage_limits l = {.pages = (o->max_context + KV_PAGE - 1) / KV_PAGE};
    size_t group = c->n_heads / c->n_kv_heads;
    l.splits = (l.pages + CUDA_SPLIT_PAGES - 1) / CUDA_SPLIT_PAGES;
    /* One of each sequence and drafts of one; what is more goes through PREFILL. */
    size_t per_tile = CUDA_DECODE_ROWS / group;
    l.decode_tiles = o->max_sequences + DRAFT_TILES / per_tile + CUDA_GEMV_TOKENS;
    if (l.decode_tiles > o->max_tokens + CUDA_GEMV_TOKENS)
        l.decode_tiles = o->max_tokens + CUDA_GEMV_TOKENS;
    struct step_sizes most = {.tokens = o->max_tokens + CUDA_GEMV_TOKENS,
                              .sequences = o->max_sequences + 1,
                              .rows = o->max_logits + CUDA_GEMV_TOKENS,
                              .decode_tiles = l.decode_tiles,
                              .prefill_tiles = o->max_tokens,
                              .splits = l.splits,
                              .pages_stride = l.splits * CUDA_SPLIT_PAGES};
    l.inputs = stage_inputs(&most).bytes;
    return l;
}

static size_t take_offset(size_t *at, size_t bytes)
{
    size_t offset = *at;
    *at = stage_padded(offset + bytes, 16);
    return offset;
}

struct stage_inputs stage_inputs(const struct step_sizes *s)
{
    struct stage_inputs in = {0};
    size_t at = 0;
    in.tokens = take_offset(&at, s->tokens * sizeof(int32_t));
    in.position = take_offset(&at, s->tokens * sizeof(int32_t));
    in.sequence = take_offset(&at, s->tokens * sizeof(int32_t));
    in.visible = take_offset(&at, s->tokens * sizeof(int32_t));
    in.rows = take_offset(&at, s->rows * sizeof(int32_t));
    in.decode_tiles = take_offset(&at, s->decode_tiles * sizeof(struct cuda_tile));
    in.prefill_tiles = take_offset(&at, s->prefill_tiles * sizeof(struct cuda_tile));
    in.choices = take_offset(&at, s->rows * sizeof(struct cuda_choice));
    in.pages = take_offset(&at, s->sequences * s->pages_stride * sizeof(int32_t));
    in.bytes = at;
    return in;
}

bool stage_check(const struct model_config *c, enum quant_type type, struct error *err)
{
    size_t group = c->n_kv_heads ? c->n_heads / c->n_kv_heads : 0;
    if (type == QUANT_F32)
        return error_set(err, ERROR_UNSUPPORTED, "weights in f32 are not computed on a GPU");
    if (c->head_dim % 32 || c->head_dim > CUDA_MAX_HEAD_DIM)
        return error_set(err, ERROR_UNSUPPORTED,
                         "heads of %zu are not computed on a GPU: it has to be a multiple of 32, "
                         "at most %d",
                         c->head_dim, CUDA_MAX_HEAD_DIM);
    if (group > CUDA_MAX_GROUP)
        return error_set(err, ERROR_UNSUPPORTED,
                         "%zu query heads to a key are not computed on a GPU: at most %d", group,
                         CUDA_MAX_GROUP);
    return true;
}

/* ---- the layout ---- */

/* As quant/packed_plan.c has them. */
static void take_layer(struct layout *l, struct stage_layer *layer, const struct model_config *c,
                       enum quant_type type)
{
    size_t heads = c->n_heads * c->head_dim, qkv = heads + 2 * c->n_kv_heads * c->head_dim;
    *layer = (struct stage_layer){0};
    layout_matrix(l, &layer->qkv, type, qkv, c->hidden);
    layout_matrix(l, &layer->o, type, c->hidden, heads);
    layout_matrix(l, &layer->gate_up, type, 2 * layout_rows(c->intermediate), c->hidden);
    layout_matrix(l, &layer->down, type, c->hidden, c->intermediate);
    layer->attn_norm = layout_vector(l, c->hidden);
    layer->mlp_norm = layout_vector(l, c->hidden);
    if (c->qkv_bias) layer->qkv_bias = layout_vector(l, qkv);
    if (c->o_bias) layer->o_bias = layout_vector(l, c->hidden);
    if (c->qk_norm) {
        layer->q_norm = layout_vector(l, c->head_dim);
        layer->k_norm = layout_vector(l, c->head_dim);
    }
}

static void take_buffers(struct layout *l, struct stage *s)
{
    const struct stage_shape *shape = &s->shape;
    const struct model_config *c = shape->config;
    const struct backend_options *o = &shape->options;
    struct stage_limits limits = stage_limits(o, c);
    /* Steps of decoding are padded to a multiple of 8 tokens. */
    size_t n = o->max_tokens + CUDA_GEMV_TOKENS, few = CUDA_GEMV_TOKENS;
    size_t heads = c->n_heads * c->head_dim, qkv = heads + 2 * c->n_kv_heads * c->head_dim;
    enum cuda_form few_form = shape->type == QUANT_Q4   ? CUDA_FORM_Q4
                              : shape->type == QUANT_Q8 ? CUDA_FORM_Q8
                                                        : CUDA_FORM_BF16;
    s->inputs = layout_take(l, limits.inputs);
    s->inv_freq = layout_take(l, c->head_dim / 2 * sizeof *s->inv_freq);
    s->cosine = layout_take(l, n * c->head_dim / 2 * sizeof *s->cosine);
    s->sine = layout_take(l, n * c->head_dim / 2 * sizeof *s->sine);
    s->x = layout_take(l, n * c->hidden * sizeof *s->x);
    s->in = layout_activations(l, CUDA_FORM_BF16, n, c->hidden);
    s->attn = layout_activations(l, CUDA_FORM_BF16, n, heads);
    s->wide = layout_activations(l, CUDA_FORM_BF16, n, layout_rows(c->intermediate));
    s->in_q = layout_activations(l, few_form, few, c->hidden);
    s->attn_q = layout_activations(l, few_form, few, heads);
    s->wide_q = layout_activations(l, few_form, few, layout_rows(c->intermediate));
    size_t partials = layout_partials(qkv, c->hidden, n, shape->processors);
    size_t other = layout_partials(c->hidden, heads, n, shape->processors);
    if (other > partials) partials = other;
    other = layout_partials(c->hidden, c->intermediate, n, shape->processors);
    if (other > partials) partials = other;
    s->partials = layout_take(l, partials * sizeof *s->partials);
    s->q = layout_take(l, n * heads * sizeof *s->q);
    size_t parts = limits.decode_tiles * c->n_kv_heads * limits.splits * CUDA_DECODE_ROWS;
    s->attn_partial = layout_take(l, parts * c->head_dim * sizeof *s->attn_partial);
    s->attn_sums = layout_take(l, parts * 2 * sizeof *s->attn_sums);
    if (!shape->heads) return;
    size_t rows = o->max_logits + CUDA_GEMV_TOKENS;
    s->last = layout_activations(l, CUDA_FORM_BF16, rows, c->hidden);
    s->last_q = layout_activations(l, few_form, few, c->hidden);
    s->logits = layout_take(l, rows * layout_rows(c->vocab) * sizeof *s->logits);
    s->best =
        layout_take(l, rows * cuda_ceil((uint32_t)c->vocab, CUDA_ARGMAX_PART) * sizeof *s->best);
    s->ids = layout_take(l, rows * sizeof *s->ids);
}

/* Lays all of it out from `base` on, and counts it. */
static void lay_out(struct stage *s, uintptr_t base)
{
    const struct stage_shape *shape = &s->shape;
    const struct model_config *c = shape->config;
    s->memory = (struct backend_memory){0};
    struct layout l = {.base = base, .count = &s->memory.weights};
    enum quant_type embed = shape->type == QUANT_Q4 && !c->tied_head ? QUANT_Q8 : shape->type;
    struct stage_layer layer;
    for (size_t i = 0; i < shape->n_layers; i++)
        take_layer(&l, s->layers ? &s->layers[i] : &layer, c, shape->type);
    if (shape->embeds || (shape->heads && c->tied_head))
        layout_matrix(&l, &s->embed, embed, c->vocab, c->hidden);
    if (shape->heads && c->tied_head) s->head = s->embed;
    if (shape->heads && !c->tied_head)
        layout_matrix(&l, &s->head, shape->type, c->vocab, c->hidden);
    if (shape->heads) s->norm = layout_vector(&l, c->hidden);

    /* One page more than there are: padding writes there. */
    size_t kv = (shape->options.n_pages + 1) * stage_page_bytes(c, shape->options.kv_bits);
    l.count = &s->memory.kv_cache;
    for (size_t i = 0; i < shape->n_layers; i++) {
        uint8_t *pages = layout_take(&l, kv);
        if (s->layers) s->layers[i].kv = pages;
    }
    l.count = &s->memory.activations;
    take_buffers(&l, s);
}

void stage_measure(const struct stage_shape *shape, struct backend_memory *out)
{
    struct stage s = {.shape = *shape};
    lay_out(&s, 0);
    *out = s.memory;
}

/* ---- making and freeing ---- */

bool stage_create(struct stage *s, const struct stage_shape *shape, struct device *device,
                  struct error *err)
{
    *s = (struct stage){.shape = *shape, .device = device};
    lay_out(s, 0);
    size_t bytes = s->memory.weights + s->memory.kv_cache + s->memory.activations;
    s->layers = calloc(shape->n_layers, sizeof *s->layers);
    if (!s->layers) return error_memory(err, "layers");
    void *base;
    if (!device->ops->alloc(device, bytes, &base, err)) return false;
    s->base = base;
    lay_out(s, (uintptr_t)base);
    /* Keys and values that nothing has been written to yet are 0, not noise that may be NaN. */
    return device->ops->clear(device, s->base + s->memory.weights,
                              s->memory.kv_cache + s->memory.activations, err);
}

void stage_free(struct stage *s)
{
    if (s->base) s->device->ops->free(s->device, s->base);
    free(s->layers);
    *s = (struct stage){0};
}
