/* One GPU's part of a model: some consecutive layers, with the embedding in front of them if they
 * are the first and the head behind them if they are the last. All of its memory is one allocation,
 * laid out by one function that also measures it, so that what is planned is what is taken. */
#ifndef BACKEND_CUDA_STAGE_H
#define BACKEND_CUDA_STAGE_H

#include "backend/backend.h"
#include "backend/cuda/device.h"
#include "backend/cuda/layout.h"

/* A step of at most so many tokens of a sequence attends by DECODE, a longer one by PREFILL. */
enum { STAGE_DECODE_TOKENS = 20 };

/* What a stage is, before it has any memory. */
struct stage_shape {
    const struct model_config *config;
    enum quant_type type;
    struct backend_options options; /* with none of its sizes 0: stage_options */
    unsigned processors;            /* of the GPU */
    size_t first, n_layers;
    bool embeds, heads;
};

/* The options with the sizes that they leave open. */
struct backend_options stage_options(const struct backend_options *o,
                                     const struct model_config *config);

struct stage_layer {
    struct device_matrix qkv, o, gate_up, down;
    const float *attn_norm, *mlp_norm, *qkv_bias, *o_bias, *q_norm, *k_norm;
    uint8_t *kv;
};

/* What a step is told: written by the host into page-locked memory, copied in one piece. Offsets of
 * what it holds depend on the step's sizes (stage_inputs). */
struct stage_inputs {
    size_t tokens, position, sequence, visible, rows; /* int32 each; offsets in bytes */
    size_t decode_tiles, prefill_tiles;               /* struct cuda_tile */
    size_t choices;                                   /* struct cuda_choice */
    size_t pages;                                     /* int32 (sequences, pages_stride) */
    size_t bytes;
};

/* The sizes of a step. */
struct step_sizes {
    size_t tokens, sequences, rows; /* rows: of logits */
    size_t decode_tiles, prefill_tiles;
    size_t splits;       /* of DECODE */
    size_t pages_stride; /* at least splits * CUDA_SPLIT_PAGES */
};
struct stage_inputs stage_inputs(const struct step_sizes *s);

/* Limits of a step that follow from the options. */
struct stage_limits {
    size_t pages; /* of a sequence */
    size_t splits;
    size_t decode_tiles;
    size_t inputs; /* bytes */
};
struct stage_limits stage_limits(const struct backend_options *o, const struct model_config *c);

struct stage {
    struct stage_shape shape;
    struct device *device;
    struct backend_memory memory; /* bytes of each kind; all are one allocation */
    uint8_t *base;

    struct stage_layer *layers;       /* (n_layers) */
    struct device_matrix embed, head; /* head may be embed */
    const float *norm;

    /* Of a step; rows are tokens. */
    uint8_t *inputs;
    float *inv_freq, *cosine, *sine;
    float *x;                                     /* (hidden): the residual */
    float *partials;                              /* of the matrix that ran last */
    struct cuda_activations in, attn, wide;       /* hidden, heads, intermediate: in bf16 ... */
    struct cuda_activations in_q, attn_q, wide_q; /* ... and in int8, of few tokens */
    struct cuda_activations last, last_q; /* hidden, of the rows that logits are wanted of */
    uint16_t *q;                          /* (n_heads * head_dim) bf16 */
    float *attn_partial, *attn_sums;
    float *logits; /* (max_logits, vocab padded to 16) */
    uint64_t *best;
    int32_t *ids;
};

/* ERROR_UNSUPPORTED when the kernels cannot do a model of this shape. */
bool stage_check(const struct model_config *c, enum quant_type type, struct error *err);

/* Bytes that a stage of this shape takes, and of one layer more: weights and kv_cache. */
void stage_measure(const struct stage_shape *shape, struct backend_memory *out);

/* Takes its memory; weights are not there yet. Free with stage_free, also after a failure. */
bool stage_create(struct stage *s, const struct stage_shape *shape, struct device *device,
                  struct error *err);
void stage_free(struct stage *s);

static inline size_t stage_page_bytes(const struct model_config *c, unsigned kv_bits)
{
    size_t head = CUDA_KV_PAGE * c->head_dim * (kv_bits == 8 ? 1 : 2);
    if (kv_bits == 8) head += CUDA_KV_PAGE * sizeof(float);
    return c->n_kv_heads * 2 * head;
}

#endif
