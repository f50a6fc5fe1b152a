#include "backend/cuda/matrix.h"

/* Bytes of weights that a warp asks for before it waits for the kernel in front of its own. */
enum { PREFETCH_BYTES = 4096 };

bool kernel_launch(struct device *d, enum cuda_kernel kernel, struct cuda_grid grid,
                   const void *args, struct error *err)
{
    struct cuda_kernel_info info = cuda_kernel_info(kernel);
    struct device_launch l = {.kernel = kernel,
                              .grid = {grid.x, grid.y, grid.z},
                              .threads = info.threads,
                              .shared = grid.shared,
                              .args = args,
                              .args_size = info.args};
    return d->ops->launch(d, &l, err);
}

bool matrix_launch(struct device *d, const struct device_matrix *w, struct cuda_gemv_args *args,
                   bool few, bool swiglu, struct error *err)
{
    int type = (int)w->type;
    args->w = w->at;
    if (!few)
        return kernel_launch(d, cuda_gemm_kernel(type, swiglu, args->n_tokens),
                             cuda_gemm_grid(args), args, err);
    enum cuda_kernel kernel = cuda_gemv_kernel(type, swiglu, args->n_tokens);
    args->prefetch = d->info.capability >= 90 ? PREFETCH_BYTES : 0;
    return kernel_launch(d, kernel, cuda_gemv_grid(args, swiglu, d->ops->resident(d, kernel)), args,
                         err);
}

bool matrix_partials(struct device *d, const struct device_matrix *w,
                     const struct cuda_activations *x, size_t n, bool few, float *partials,
                     const float *bias, struct cuda_partials *out, struct error *err)
{
    unsigned processors = d->info.processors;
    struct cuda_gemv_args args = {
        .x = *x,
        .out = partials,
        .n_tokens = (int32_t)n,
        .out_stride = matrix_stride(&w->at),
        .n_splits = few ? cuda_gemv_splits(w->at.rows, w->at.cols, processors)
                        : cuda_gemm_splits(w->at.rows, w->at.cols, (int32_t)n, processors)};
    *out = (struct cuda_partials){partials, bias, args.n_splits, args.out_stride};
    return matrix_launch(d, w, &args, few, false, err);
}
