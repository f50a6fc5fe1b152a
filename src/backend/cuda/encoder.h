/* An encoder's memory on its GPU. Internal to the CUDA encoder. */
#ifndef BACKEND_CUDA_ENCODER_H
#define BACKEND_CUDA_ENCODER_H

#include "backend/cuda/encoder_cuda.h"
#include "backend/cuda/layout.h"

struct encoder_layer {
    struct device_matrix qkv, o, up, down;
    const float *qkv_bias, *o_bias, *up_bias, *down_bias;
    const float *attn_norm, *attn_norm_bias, *mlp_norm, *mlp_norm_bias;
};

/* What a batch is told; offsets in bytes into the inputs. */
struct encoder_inputs {
    size_t tokens, position, sequence, visible; /* int32 each: (tokens) */
    size_t tiles, rows;                         /* struct cuda_tile: of attention, of POOL */
    size_t pages;                               /* int32 (texts, pages_stride) */
    size_t bytes;
};

struct encoder_sizes {
    size_t tokens, texts, tiles, rows, pages_stride;
};
struct encoder_inputs encoder_inputs(const struct encoder_sizes *z);

struct cuda_encoder {
    struct encoder_backend base;
    const struct packed_encoder *model;
    struct device *device;
    struct encoder_backend_options options;
    struct backend_memory memory;
    char description[160];
    uint8_t *memory_base;

    struct device_matrix words, projection;
    const float *positions, *segment, *norm, *norm_bias;
    struct encoder_layer *layers; /* NULL: only measured */

    uint8_t *inputs;
    float *x;                               /* (tokens, hidden) */
    float *partials;                        /* of the matrix that ran last */
    struct cuda_activations in, attn, wide; /* of hidden, hidden, intermediate */
    uint16_t *q;                            /* (tokens, n_heads * padded head_dim) bf16 */
    struct cuda_kv kv;                      /* of one layer: the next one's replace them */
    float *out;                             /* (rows, dim) */
    size_t max_pages;

    /* Page-locked. */
    uint8_t *host_inputs;
    float *host_out;
};

/* Rows of output of a batch, and the most of all sizes. */
struct encoder_sizes encoder_limits(const struct packed_encoder *m,
                                    const struct encoder_backend_options *o);

/* Fills e's addresses from `base` on (0: only measures) and e->memory. */
void encoder_lay_out(struct cuda_encoder *e, uintptr_t base);

bool encoder_upload(struct cuda_encoder *e, struct thread_pool *pool, struct error *err);

static inline size_t encoder_head_dim(const struct encoder_config *c) /* with its padding */
{
    return stage_padded(c->head_dim, 32);
}

#endif
