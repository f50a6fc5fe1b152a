/* A BERT encoder's weights in packed form: the same formats, cache and packing as a decoder's
 * (packed_model.h). */
#ifndef QUANT_PACKED_ENCODER_H
#define QUANT_PACKED_ENCODER_H

#include "model/encoder_config.h"
#include "quant/packed_model.h"

/* Vectors are followed by zeros up to a multiple of 16 and aligned to 64 bytes. */
struct packed_encoder_layer {
    struct packed_matrix qkv;  /* (3 * hidden, hidden): q rows, then k, then v */
    struct packed_matrix o;    /* (hidden, hidden) */
    struct packed_matrix up;   /* (intermediate, hidden) */
    struct packed_matrix down; /* (hidden, intermediate) */
    const float *qkv_bias, *o_bias, *up_bias, *down_bias;
    const float *attn_norm, *attn_norm_bias; /* (hidden): behind attention and its residual */
    const float *mlp_norm, *mlp_norm_bias;   /* (hidden): behind the feed-forward layer */
};

struct packed_encoder {
    struct encoder_config config;
    enum quant_type type;           /* of the layers' matrices */
    struct packed_matrix words;     /* (vocab, hidden); q8 when type is q4 */
    struct packed_matrix positions; /* (context, hidden), f32 */
    struct packed_matrix segments;  /* (segments, hidden), f32 */
    const float *norm, *norm_bias;  /* (hidden): of the embeddings' sum */
    struct packed_encoder_layer *layers;
    struct packed_matrix projection; /* (dim, hidden), of ColBERT; data is NULL without */
    size_t dim;                      /* of the vectors that come out */
    size_t parameters, bytes;
    bool from_cache; /* mapped from a packed file that was there already */
    struct packed_storage *storage;
};

/* Opens a Hugging Face folder; names of tensors may begin with "bert.". QUANT_BF16 stands for "as
 * they are": bf16 where the file has BF16, else f32. NULL with *err filled on failure. */
struct packed_encoder *packed_encoder_open(const char *dir, const struct packed_options *options,
                                           struct thread_pool *pool, struct error *err);
/* An encoder of this shape with random weights in memory, to measure and to test: the vectors have
 * `dim` numbers where it is ColBERT's, else `hidden`. */
struct packed_encoder *packed_encoder_random(const struct encoder_config *config, size_t dim,
                                             enum quant_type type, uint64_t seed,
                                             struct thread_pool *pool, struct error *err);
void packed_encoder_free(struct packed_encoder *m);

#endif
