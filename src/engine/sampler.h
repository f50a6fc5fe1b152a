/* From logits to a token: repetition penalty, temperature, top-k, top-p, min-p, in the order in
 * which transformers applies them. */
#ifndef ENGINE_SAMPLER_H
#define ENGINE_SAMPLER_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

/* Below it the most likely token is picked: logits over it stay far from the largest float. */
#define SAMPLER_LEAST_TEMPERATURE 1e-4f

struct sampler_options {
    float temperature; /* 0: the most likely token, and the rest is ignored but the penalty */
    size_t top_k;      /* 0: all */
    float top_p;       /* 1: all (Holtzman et al. 2020, arXiv:1904.09751) */
    float min_p;       /* 0: all (Nguyen et al. 2024, arXiv:2407.01082) */
    float repetition_penalty; /* 1: none (Keskar et al. 2019, arXiv:1909.05858) */
    uint64_t seed;
};

struct sampler;

/* vocab: ids that may be sampled are 0..vocab-1. */
struct sampler *sampler_create(const struct sampler_options *options, size_t vocab,
                               struct error *err);
void sampler_free(struct sampler *s);

/* Makes a token count for the repetition penalty. */
void sampler_saw(struct sampler *s, int32_t id);

/* Picks from (vocab) logits, which it leaves untouched. The same seed and logits give the same
 * token on every machine. NaN logits are never picked; -1 when all are. */
int32_t sampler_pick(struct sampler *s, const float *logits);

/* Where somebody else picks from the logits (backend_ops.picked): what the `ahead`-th pick from now
 * on is to be made with. False when that is not all there is to it: a repetition penalty. */
struct backend_choice;
bool sampler_choice(const struct sampler *s, size_t ahead, struct backend_choice *out);
/* One was picked so: the next one has another random number. */
void sampler_advance(struct sampler *s);

/* The options in their valid ranges, else an error that names the option. */
bool sampler_options_check(const struct sampler_options *options, struct error *err);

#endif
