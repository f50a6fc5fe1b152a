/* Packed weights out of nothing: random codes and scales of the size that trained ones have, to
 * measure memory and speed of a shape without its weights. Internal to src/quant. */
#ifndef QUANT_PACKED_RANDOM_H
#define QUANT_PACKED_RANDOM_H

#include "quant/packed_plan.h"

/* Fills memory (plan->memory bytes, aligned to 64) on all threads. The same seed gives the same
 * weights, whatever the number of threads: about 1 / sqrt(cols) each in a matrix, 1 in a norm,
 * small in a bias, 0 in rows of padding. */
void packed_random_fill(const struct packed_plan *plan, uint8_t *memory, uint64_t seed,
                        struct thread_pool *pool);

#endif
