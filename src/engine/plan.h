/* What a model takes of a machine's memory, worked out before anything of it is loaded: from its
 * config and the options that an engine would be opened with. The weights are the packed plan's,
 * the KV cache and the activations are the backend's own sums. What does not fit is refused with
 * what would, so that the kernel never has to kill the program. */
#ifndef ENGINE_PLAN_H
#define ENGINE_PLAN_H

#include "backend/backend.h"
#include "backend/cuda/placement.h"
#include "engine/engine.h"

struct plan {
    size_t context;        /* tokens */
    struct placement gpus; /* n_stages 0: the CPU computes all of it */
    size_t host;           /* bytes of `total` that are the machine's memory, not GPUs' */
    /* Bytes. The KV cache is counted whole, though its pages are taken as tokens come. Other is the
     * program, its libraries, the tokenizer and the page tables. */
    size_t weights, kv_cache, activations, other, total;
};

/* The sizes of an engine that options leave open, as engine_open and plan_make take them. Error: a
 * context beyond the model's. */
struct engine_sizes {
    size_t context, chunk; /* tokens */
    size_t twice_at;       /* where a token takes twice the time of a prompt's first; 0: nowhere */
    size_t max_sequences;
    struct backend_options backend;
};
bool engine_sizes_find(const struct model_config *config, const struct engine_options *options,
                       struct engine_sizes *out, struct error *err);

/* On the GPUs of options->gpus, if there are any. Weights are planned as options->type; a folder of
 * packed weights has its own (packed_model_kept_type). */
bool plan_make(const struct model_config *config, const struct engine_options *options,
               struct plan *out, struct error *err);

/* Whether it fits into `limit` bytes of the machine's memory, and on its GPUs. */
bool plan_fits(const struct plan *plan, size_t limit);

/* As many whole contexts of KV cache as fit, at most options->kv_contexts: sets
 * options->kv_tokens. */
void plan_kv_tokens(const struct model_config *config, struct engine_options *options,
                    size_t limit);

/* The bytes of the machine's memory that a plan may take: options->memory_limit or, when that is 0,
 * what is available but for a 32nd. */
size_t plan_limit(const struct engine_options *options);

/* The longest context, in tokens, with which the rest of the options fits into `limit`; a multiple
 * of KV_PAGE or the model's own; 0 when none does. */
size_t plan_longest_context(const struct model_config *config, const struct engine_options *options,
                            size_t limit);

/* False with *err filled (ERROR_MEMORY) when the plan does not fit into `limit`: what it needs, how
 * much there is, and which settings would fit. `name`: the model's, for the error. */
bool plan_check(const struct model_config *config, const struct engine_options *options,
                size_t limit, const char *name, struct error *err);

#endif
