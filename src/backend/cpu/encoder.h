/* A BERT encoder on the CPU: a batch of whole texts, one behind the other without padding, from
 * token ids to a vector a token. One batch at a time. */
#ifndef BACKEND_CPU_ENCODER_H
#define BACKEND_CPU_ENCODER_H

#include "quant/packed_encoder.h"

struct cpu_encoder;

/* One text of a batch. */
struct encoder_sequence {
    const int32_t *tokens;
    size_t n_tokens; /* 1 to the model's context */
    size_t n_keys;   /* tokens that are seen, from the first on: all, or all but ColBERT's masks */
};

/* max_tokens: of a batch. isa: NULL is the best. */
struct cpu_encoder *cpu_encoder_create(const struct packed_encoder *model, struct thread_pool *pool,
                                       size_t max_tokens, const char *isa, struct error *err);
void cpu_encoder_free(struct cpu_encoder *e);

/* The last layer's output (all tokens, hidden), valid until the next call; for ColBERT projected:
 * (all tokens, model->dim). The vector of a token depends on nothing outside its text. NULL with
 * *err filled for ids that the model does not have and batches that are too large. */
const float *cpu_encoder_run(struct cpu_encoder *e, const struct encoder_sequence *sequences,
                             size_t n, struct error *err);

const char *cpu_encoder_description(const struct cpu_encoder *e);
size_t cpu_encoder_bytes(const struct cpu_encoder *e); /* of activations */

#endif
