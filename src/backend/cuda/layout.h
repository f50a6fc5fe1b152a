/* How a part of a model lies in a GPU's memory: one allocation, laid out by one function that also
 * measures it, so that what is planned is what is taken. */
#ifndef BACKEND_CUDA_LAYOUT_H
#define BACKEND_CUDA_LAYOUT_H

#include "backend/cuda/kernels.h"
#include "quant/format.h"

#include <stddef.h>
#include <stdint.h>

struct layout {
    uintptr_t base; /* 0: only measured */
    size_t at;
    size_t *count; /* the kind of memory that is laid out now */
};

/* A packed matrix on a device. */
struct device_matrix {
    enum quant_type type;
    struct cuda_matrix at;
};

static inline size_t stage_padded(size_t n, size_t unit)
{
    return (n + unit - 1) / unit * unit;
}

static inline size_t layout_rows(size_t rows) /* as packed matrices pad them */
{
    return stage_padded(rows, QUANT_BLOCK_ROWS);
}

void *layout_take(struct layout *l, size_t bytes); /* aligned to 256 */
const float *layout_vector(struct layout *l, size_t n);
void layout_matrix(struct layout *l, struct device_matrix *m, enum quant_type type, size_t rows,
                   size_t cols);
struct cuda_activations layout_activations(struct layout *l, enum cuda_form form, size_t rows,
                                           size_t width);

/* Numbers that a matrix's partial sums have at most, for 1 to `tokens` tokens. */
size_t layout_partials(size_t rows, size_t cols, size_t tokens, unsigned processors);

#endif
