/* The CUDA backend: a model's layers on one or several GPUs, the first of them perhaps on the CPU.
 * Memory is taken once, by the placement; a step is a row of kernel launches on each GPU, and steps
 * of decoding are graphs, one for each size that has come up. */
#ifndef BACKEND_CUDA_BACKEND_CUDA_H
#define BACKEND_CUDA_BACKEND_CUDA_H

#include "backend/cuda/placement.h"

/* Loads the model as placed; n_stages is at least 1. Model, pool and GPUs are borrowed and outlive
 * the backend. */
struct backend *backend_cuda_create(const struct packed_model *model, struct thread_pool *pool,
                                    const struct backend_options *options, struct gpus *gpus,
                                    const struct placement *placement, struct error *err);

#endif
