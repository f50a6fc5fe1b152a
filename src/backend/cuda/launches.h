/* A step on one GPU as a row of kernels: from token ids or the residual to the residual behind the
 * stage's last layer, or to logits. The same row is run at once or kept as a graph: all that
 * differs from one step to the next is in the inputs (stage.h). */
#ifndef BACKEND_CUDA_LAUNCHES_H
#define BACKEND_CUDA_LAUNCHES_H

#include "backend/cuda/matrix.h"
#include "backend/cuda/stage.h"

struct stage_step {
    struct step_sizes sizes;
    struct stage_inputs in;
    const uint8_t *host_inputs; /* page-locked; laid out as `in` says */
    float rope_scale;
    bool choose;       /* ids of the rows are picked, by the inputs' choices */
    int32_t *host_ids; /* page-locked: where they go, (rows) */
    size_t n_ids;      /* ids that may be picked are below that */
};

/* Queues it. A stage that does not embed has its residual in s->x. */
bool stage_launch(struct stage *s, const struct stage_step *step, struct error *err);

#endif
