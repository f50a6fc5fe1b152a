/* Packing a whole model on all threads: source tensors in, packed tensors out, to a file or to
 * memory. Internal to src/quant. */
#ifndef QUANT_PACKED_BUILD_H
#define QUANT_PACKED_BUILD_H

#include "quant/packed_plan.h"

/* Where the result goes: one of the two is set. */
struct packed_target {
    struct tensor_writer *writer; /* begun, with the plan's items declared */
    uint8_t *memory;              /* plan->memory bytes, aligned to 64 */
};

/* Packs the plan, whose sources are found. Writes the XXH3 of each piece to sums (plan->n_pieces).
 * A weight that is not finite is an error that names its tensor. When it was the target that
 * failed, and not the source, *target_failed is set, so that the caller may try another. */
bool packed_build(const struct packed_plan *plan, const struct packed_target *target,
                  struct thread_pool *pool, uint64_t *sums, bool *target_failed, struct error *err);

#endif
