/* A decoder's weights in packed form, and the packed file that keeps them between runs.
 *
 * The first open of a model folder packs it on all threads, with a progress bar, and writes the
 * result to the cache; later opens map that file. It is a safetensors file: one U8 tensor a matrix,
 * one F32 tensor a row scale or norm, and in "__metadata__" the format version, a fingerprint of
 * the source files (names, sizes, times, config) and an XXH3 checksum. A file whose fingerprint or
 * version differs is rebuilt, so is a damaged one, with a warning. Two processes that pack the same
 * model at once are safe: a lock file serialises them. */
#ifndef QUANT_PACKED_MODEL_H
#define QUANT_PACKED_MODEL_H

#include "base/thread_pool.h"
#include "model/config.h"
#include "quant/format.h"

/* Vectors are followed by zeros up to a multiple of 16 and aligned to 64 bytes. */
struct packed_layer {
    struct packed_matrix qkv;     /* (q rows, then k, then v; hidden) */
    struct packed_matrix o;       /* (hidden, n_heads * head_dim) */
    struct packed_matrix gate_up; /* (2 * intermediate padded to 16, hidden): 16 rows of gate, 16 of
                                     up, by turns, so that SwiGLU needs no second pass */
    struct packed_matrix down;    /* (hidden, intermediate) */
    const float *attn_norm, *mlp_norm; /* (hidden) */
    const float *qkv_bias;             /* (rows of qkv) or NULL */
    const float *o_bias;               /* (hidden) or NULL */
    const float *q_norm, *k_norm;      /* (head_dim) or NULL */
};

struct packed_model {
    struct model_config config;
    enum quant_type type;
    struct packed_matrix embed; /* (vocab, hidden); q8 when type is q4 and the head is not tied */
    struct packed_matrix head;  /* (vocab, hidden); the same memory as embed when tied */
    const float *norm;          /* (hidden) */
    struct packed_layer *layers;
    size_t bytes;           /* of packed weights */
    size_t bytes_per_token; /* weight bytes that one decoded token reads: all but embed */
    bool from_cache;        /* mapped from a packed file that was there already */
    double seconds;         /* that opening took */
    struct packed_storage *storage;
};

struct packed_options {
    enum quant_type type;
    const char *cache_dir; /* where packed files are kept; NULL: pack into memory, keep nothing */
    bool rebuild;          /* ignore a packed file that is there */
};

/* Opens a Hugging Face folder or a .gguf file. The pool does the packing and checking. Peak memory
 * beyond the packed size stays under a few hundred MB: source pages are dropped as they are used,
 * and packed blocks go to the file as they are made. Q8_0 becomes q8 without a change of value. A
 * folder that packed_export wrote is mapped as it is, whatever type is asked for; see m->type. */
struct packed_model *packed_model_open(const char *dir, const struct packed_options *options,
                                       struct thread_pool *pool, struct error *err);
void packed_model_free(struct packed_model *m);

enum { PACKED_IDENTITY_SIZE = 33 }; /* 32 hex digits and a NUL */

/* What tells a model from another, and from itself after a change: of the config's text and the
 * names, sizes and times of the weight files. */
bool packed_model_identity(const char *dir, char out[PACKED_IDENTITY_SIZE], struct error *err);

/* The type of the weights in a folder that packed_export wrote; of others *type stays. */
bool packed_model_kept_type(const char *dir, enum quant_type *type, struct error *err);

/* A model of this shape with random weights, made straight in packed form in memory: to measure
 * what a shape takes, without its weights. The same seed gives the same weights. */
struct packed_model *packed_model_random(const struct model_config *config, enum quant_type type,
                                         uint64_t seed, struct thread_pool *pool,
                                         struct error *err);

/* The bytes of a model's packed weights, worked out from its shape. */
bool packed_model_size(const struct model_config *config, enum quant_type type, size_t *bytes,
                       struct error *err);

#endif
