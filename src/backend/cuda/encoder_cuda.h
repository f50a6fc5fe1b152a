/* A BERT encoder on one GPU. All of its memory is one allocation and one of page-locked memory,
 * planned before anything is loaded; nothing is taken once it runs. Weights in f32 are computed in
 * bf16. */
#ifndef BACKEND_CUDA_ENCODER_CUDA_H
#define BACKEND_CUDA_ENCODER_CUDA_H

#include "backend/cuda/gpus.h"
#include "backend/encoder_backend.h"

struct encoder_placement {
    struct device *device;        /* the one with the most free memory; NULL: the CPU computes it */
    struct backend_memory memory; /* on that GPU */
    struct encoder_backend_options options; /* batches as large as fit */
};

/* Where it goes, with batches of at most `wanted`, and at least one text of the model's context.
 * What fits on no GPU is the CPU's where that may help; else ERROR_MEMORY with what it takes, or
 * ERROR_UNSUPPORTED. The GPUs' free memory is what their info says. */
bool encoder_placement_make(const struct packed_encoder *model,
                            const struct encoder_backend_options *wanted, const struct gpus *gpus,
                            struct encoder_placement *out, struct error *err);

/* Model, pool and device are borrowed and outlive the backend. */
struct encoder_backend *encoder_cuda_create(const struct packed_encoder *model,
                                            struct thread_pool *pool,
                                            const struct encoder_placement *placement,
                                            struct error *err);

#endif
