/* Queueing kernels on a device, and the products of matrices, which decoders and encoders share. */
#ifndef BACKEND_CUDA_MATRIX_H
#define BACKEND_CUDA_MATRIX_H

#include "backend/cuda/device.h"
#include "backend/cuda/layout.h"

bool kernel_launch(struct device *d, enum cuda_kernel kernel, struct cuda_grid grid,
                   const void *args, struct error *err);

/* args but for w and prefetch. few: by GEMV, x in the form of w's type; else by GEMM. */
bool matrix_launch(struct device *d, const struct device_matrix *w, struct cuda_gemv_args *args,
                   bool few, bool swiglu, struct error *err);

/* Partial sums of W x for n tokens, into `partials`; *out says where they are, with the bias to be
 * added. */
bool matrix_partials(struct device *d, const struct device_matrix *w,
                     const struct cuda_activations *x, size_t n, bool few, float *partials,
                     const float *bias, struct cuda_partials *out, struct error *err);

static inline int32_t matrix_stride(const struct cuda_matrix *w)
{
    return (int32_t)layout_rows((size_t)w->rows);
}

#endif
