#include "backend/cuda/launches.h"

#include <math.h>

static const void *input(const struct stage *s, size_t offset)
{
    return s->inputs + offset;
}

static bool is_few(const struct stage_step *step)
{
    return step->sizes.tokens <= CUDA_GEMV_TOKENS;
}

static bool launch(struct stage *s, enum cuda_kernel kernel, struct cuda_grid grid,
                   const void *args, struct error *err)
{
    return kernel_launch(s->device, kernel, grid, args, err);
}

/* Partial sums of W x; *out says where they are, with the bias to be added. */
static bool run_partials(struct stage *s, const struct stage_step *step,
                         const struct device_matrix *w, const struct cuda_activations *x,
                         const float *bias, struct cuda_partials *out, struct error *err)
{
    return matrix_partials(s->device, w, x, step->sizes.tokens, is_few(step), s->partials, bias,
                           out, err);
}

/* ---- the parts of a layer ---- */

/* x += the partial sums; out = rmsnorm(x) * weight. rows: of x, or NULL. */
static bool run_norm(struct stage *s, const struct stage_step *step,
                     const struct cuda_partials *add, const float *weight, const int32_t *rows,
                     size_t n_rows, const struct cuda_activations *out, struct error *err)
{
    struct cuda_norm_args args = {.x = s->x,
                                  .weight = weight,
                                  .rows = rows,
                                  .out = *out,
                                  .eps = s->shape.config->norm_eps,
                                  .n_tokens = (int32_t)step->sizes.tokens,
                                  .n_rows = (int32_t)n_rows,
                                  .width = (int32_t)s->shape.config->hidden};
    if (add) args.add = *add;
    return launch(s, CUDA_KERNEL_rmsnorm, cuda_row_grid(args.n_rows, 1), &args, err);
}

static struct cuda_tokens tokens_of(const struct stage *s, const struct stage_step *step)
{
    return (struct cuda_tokens){input(s, step->in.position), input(s, step->in.sequence),
                                input(s, step->in.pages), (int32_t)step->sizes.pages_stride};
}

static struct cuda_kv kv_of(const struct stage *s, const struct stage_layer *layer)
{
    const struct model_config *c = s->shape.config;
    bool int8 = s->shape.options.kv_bits == 8;
    size_t page = stage_page_bytes(c, s->shape.options.kv_bits);
    return (struct cuda_kv){layer->kv, (int32_t)c->n_kv_heads, (int32_t)c->head_dim,
                            (int32_t)(page / c->n_kv_heads / 2), int8};
}

static bool run_rope_kv(struct stage *s, const struct stage_step *step,
                        const struct stage_layer *layer, const struct cuda_partials *qkv,
                        struct error *err)
{
    const struct model_config *c = s->shape.config;
    struct cuda_rope_kv_args args = {.qkv = *qkv,
                                     .q_norm = layer->q_norm,
                                     .k_norm = layer->k_norm,
                                     .cosine = s->cosine,
                                     .sine = s->sine,
                                     .tokens = tokens_of(s, step),
                                     .kv = kv_of(s, layer),
                                     .q = s->q,
                                     .eps = c->norm_eps,
                                     .n_tokens = (int32_t)step->sizes.tokens,
                                     .n_heads = (int32_t)c->n_heads};
    return launch(s, CUDA_KERNEL_rope_kv, cuda_row_grid(args.n_tokens, (int32_t)c->n_kv_heads),
                  &args, err);
}

static bool run_attention(struct stage *s, const struct stage_step *step,
                          const struct stage_layer *layer, const struct cuda_activations *out,
                          struct error *err)
{
    const struct model_config *c = s->shape.config;
    struct cuda_attention_args args = {.q = s->q,
                                       .visible = input(s, step->in.visible),
                                       .tokens = tokens_of(s, step),
                                       .kv = kv_of(s, layer),
                                       .out = *out,
                                       .partial = s->attn_partial,
                                       .max_and_sum = s->attn_sums,
                                       .scale = 1.0f / sqrtf((float)c->head_dim),
                                       .n_heads = (int32_t)c->n_heads,
                                       .out_dim = (int32_t)c->head_dim,
                                       .n_splits = (int32_t)step->sizes.splits};
    if (step->sizes.prefill_tiles) {
        args.tiles = input(s, step->in.prefill_tiles);
        args.n_tiles = (int32_t)step->sizes.prefill_tiles;
        if (!launch(s, cuda_attention_kernel(0, args.kv.int8, args.kv.head_dim),
                    cuda_prefill_grid(&args), &args, err))
            return false;
    }
    if (step->sizes.decode_tiles == 0) return true;
    args.tiles = input(s, step->in.decode_tiles);
    args.n_tiles = (int32_t)step->sizes.decode_tiles;
    return launch(s, cuda_attention_kernel(1, args.kv.int8, args.kv.head_dim),
                  cuda_decode_grid(&args), &args, err) &&
           launch(s, CUDA_KERNEL_combine, cuda_combine_grid(&args), &args, err);
}

/* From the normed residual in `in` to partial sums of the layer's last matrix. */
static bool run_layer(struct stage *s, const struct stage_step *step,
                      const struct stage_layer *layer, struct cuda_partials *out, bool kv_alone,
                      struct error *err)
{
    bool few = is_few(step);
    const struct cuda_activations *in = few ? &s->in_q : &s->in,
                                  *attn = few ? &s->attn_q : &s->attn,
                                  *wide = few ? &s->wide_q : &s->wide;
    if (!run_partials(s, step, &layer->qkv, in, layer->qkv_bias, out, err) ||
        !run_rope_kv(s, step, layer, out, err))
        return false;
    if (kv_alone) return true;
    struct cuda_gemv_args swiglu = {
        .x = *in, .n_tokens = (int32_t)step->sizes.tokens, .n_splits = 1, .y = *wide};
    return run_attention(s, step, layer, attn, err) &&
           run_partials(s, step, &layer->o, attn, layer->o_bias, out, err) &&
           run_norm(s, step, out, layer->mlp_norm, NULL, step->sizes.tokens, in, err) &&
           matrix_launch(s->device, &layer->gate_up, &swiglu, few, true, err) &&
           run_partials(s, step, &layer->down, wide, NULL, out, err);
}

/* ---- the ends ---- */

static bool run_beginning(struct stage *s, const struct stage_step *step, struct error *err)
{
    const struct model_config *c = s->shape.config;
    struct cuda_rotary_args rotary = {.position = input(s, step->in.position),
                                      .inv_freq = s->inv_freq,
                                      .cosine = s->cosine,
                                      .sine = s->sine,
                                      .scale = step->rope_scale,
                                      .n_tokens = (int32_t)step->sizes.tokens,
                                      .half = (int32_t)(c->head_dim / 2)};
    struct cuda_embed_args embed = {.table = s->embed.at,
                                    .tokens = input(s, step->in.tokens),
                                    .x = s->x,
                                    .type = (int32_t)s->embed.type,
                                    .n_tokens = (int32_t)step->sizes.tokens,
                                    .hidden = (int32_t)c->hidden};
    struct cuda_grid grid = cuda_row_grid((int32_t)step->sizes.tokens, 1);
    return s->device->ops->copy_in(s->device, s->inputs, step->host_inputs, step->in.bytes, err) &&
           launch(s, CUDA_KERNEL_rotary, grid, &rotary, err) &&
           (!s->shape.embeds || launch(s, CUDA_KERNEL_embed, grid, &embed, err));
}

static bool run_choice(struct stage *s, const struct stage_step *step, struct error *err)
{
    struct cuda_sample_args args = {.logits = s->logits,
                                    .best = s->best,
                                    .choices = input(s, step->in.choices),
                                    .ids = s->ids,
                                    .n_rows = (int32_t)step->sizes.rows,
                                    .vocab = (int32_t)step->n_ids,
                                    .stride = matrix_stride(&s->head.at)};
    return launch(s, CUDA_KERNEL_argmax, cuda_argmax_grid(&args), &args, err) &&
           launch(s, CUDA_KERNEL_pick, cuda_row_grid(args.n_rows, 1), &args, err) &&
           s->device->ops->copy_out(s->device, step->host_ids, s->ids,
                                    step->sizes.rows * sizeof *s->ids, err);
}

/* Logits of the rows, from the last layer's partial sums. */
static bool run_head(struct stage *s, const struct stage_step *step,
                     const struct cuda_partials *last, struct error *err)
{
    size_t rows = step->sizes.rows;
    bool few = rows <= CUDA_GEMV_TOKENS;
    const struct cuda_activations *in = few ? &s->last_q : &s->last;
    struct cuda_gemv_args head = {.x = *in,
                                  .out = s->logits,
                                  .n_tokens = (int32_t)rows,
                                  .out_stride = matrix_stride(&s->head.at),
                                  .n_splits = 1};
    return run_norm(s, step, last, s->norm, input(s, step->in.rows), rows, in, err) &&
           matrix_launch(s->device, &s->head, &head, few, false, err) &&
           (!step->choose || run_choice(s, step, err));
}

bool stage_launch(struct stage *s, const struct stage_step *step, struct error *err)
{
    const struct cuda_activations *in = is_few(step) ? &s->in_q : &s->in;
    size_t n = step->sizes.tokens, n_layers = s->shape.n_layers;
    struct cuda_partials sums = {0};
    if (!run_beginning(s, step, err) ||
        !run_norm(s, step, NULL, s->layers[0].attn_norm, NULL, n, in, err))
        return false;
    for (size_t i = 0; i < n_layers; i++) {
        bool last = i + 1 == n_layers;
        /* Nobody asks for what the last layer makes of a part of a prompt: only for its keys. */
        bool kv_alone = last && s->shape.heads && step->sizes.rows == 0;
        if (!run_layer(s, step, &s->layers[i], &sums, kv_alone, err)) return false;
        if (kv_alone) return true;
        /* The last layer of a stage that is not the last: for the sake of x alone. */
        const float *weight = last ? s->layers[i].attn_norm : s->layers[i + 1].attn_norm;
        if (!(last && s->shape.heads) && !run_norm(s, step, &sums, weight, NULL, n, in, err))
            return false;
    }
    return !s->shape.heads || run_head(s, step, &sums, err);
}
