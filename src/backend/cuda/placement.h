/* Which layers of a model run where, worked out before anything is loaded. A model that fits on one
 * GPU is put on one, the one with the most free memory: each GPU more would add a hop and gain
 * nothing for one answer. Otherwise its layers are split over the GPUs by their free memory, in the
 * order of their numbers; where the CPU may help it takes the first layers, as many as fit on no
 * GPU. */
#ifndef BACKEND_CUDA_PLACEMENT_H
#define BACKEND_CUDA_PLACEMENT_H

#include "backend/cuda/gpus.h"
#include "backend/cuda/stage.h"

struct placed_stage {
    size_t gpu; /* index in the struct gpus */
    size_t first, n_layers;
    bool embeds, heads;
    struct backend_memory memory; /* bytes on that GPU */
};

struct placement {
    struct placed_stage stages[MAX_GPUS];
    size_t n_stages;
    size_t cpu_layers;            /* the first ones */
    struct backend_memory memory; /* of all GPUs */
    bool fits; /* false: there is one stage, all on the GPU with the most free memory, to say what
                  it would take */
};

/* ERROR_UNSUPPORTED when the kernels cannot do such a model, and no CPU may. With a CPU, n_stages
 * is 0 then, and also when no layer fits on any GPU. The GPUs' free memory is what their info says.
 */
bool placement_make(const struct model_config *config, enum quant_type type,
                    const struct backend_options *options, const struct gpus *gpus,
                    struct placement *out, struct error *err);

/* Bytes of a GPU's memory that a plan may take: what is free but for a part that the driver, its
 * graphs and the screen may want. */
size_t placement_room(const struct device_info *info);

/* What stage_create needs for it. */
struct stage_shape placement_shape(const struct placed_stage *stage,
                                   const struct model_config *config, enum quant_type type,
                                   const struct backend_options *options, const struct gpus *gpus);

#endif
