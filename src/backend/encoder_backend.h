/* The one interface between engine/encoder.h and a machine that runs a BERT encoder: a batch of
 * whole texts, one behind the other without padding, from token ids to vectors. One batch at a
 * time. */
#ifndef BACKEND_ENCODER_BACKEND_H
#define BACKEND_ENCODER_BACKEND_H

#include "backend/backend.h"
#include "quant/packed_encoder.h"

/* One text of a batch. */
struct encoder_sequence {
    const int32_t *tokens;
    size_t n_tokens; /* 1 to the model's context */
    size_t n_keys;   /* tokens that are seen, from the first on: all, or all but ColBERT's masks */
};

struct encoder_backend_options {
    size_t max_tokens, max_texts; /* of a batch */
    const char *isa;              /* cpu: as struct backend_options has it */
};

struct encoder_backend {
    const struct encoder_backend_ops *ops;
};

struct encoder_backend_ops {
    const char *name; /* "cpu", "cuda" */
    void (*free)(struct encoder_backend *b);
    /* Vectors, valid until the next call: one a text, pooled and normalized as the config says,
     * (n, dim); of ColBERT one a token, of length 1, (all tokens, dim). Nothing outside its text
     * changes a vector. NULL with *err filled for ids that the model does not have and batches that
     * are too large, and when what computes is lost. */
    const float *(*run)(struct encoder_backend *b, const struct encoder_sequence *texts, size_t n,
                        struct error *err);
    void (*memory)(const struct encoder_backend *b, struct backend_memory *out);
    const char *(*description)(const struct encoder_backend *b);
    /* As backend_ops has them. */
    bool (*lost)(const struct encoder_backend *b);
    bool (*gpu)(const struct encoder_backend *b, size_t i, struct backend_gpu *out);
};

/* Whether that is a batch; *n_tokens: of all texts. */
bool encoder_batch_check(const struct encoder_config *c, const struct encoder_backend_options *o,
                         const struct encoder_sequence *texts, size_t n, size_t *n_tokens,
                         struct error *err);

/* The model and the pool are borrowed and outlive the backend. */
struct encoder_backend *encoder_cpu_create(const struct packed_encoder *model,
                                           struct thread_pool *pool,
                                           const struct encoder_backend_options *options,
                                           struct error *err);

#endif
