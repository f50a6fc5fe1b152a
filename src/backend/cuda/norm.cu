/* What happens to the residual stream between matrices: partial sums are added to it, it is normed
 * and handed on in the form that the next matrix takes. One block a row; a thread keeps to its
 * columns, so that it reads back what it wrote itself. */
#include "backend/cuda/ops.cuh"

#define THREADS 512

KERNEL(rmsnorm, THREADS, 1, cuda_norm_args)
{
    __shared__ float room[32];
    uint32_t row = blockIdx.x, width = (uint32_t)a.width, stride = (uint32_t)a.out.stride;
    depend_launch();
    depend_wait();
    uint32_t t = a.rows ? (uint32_t)a.rows[row] : row;
    float *x = a.x + (size_t)t * width, squares = 0.0f;
    for (uint32_t i = threadIdx.x; i < width; i += THREADS) {
        float v = x[i];
        if (a.add.n) x[i] = v = v + add_partials(&a.add, (uint32_t)a.n_tokens, t, i);
        squares += v * v;
    }
    float scale = 1.0f / sqrtf(block_sum(squares, room, THREADS) / (float)width + a.eps);
    for (uint32_t i = threadIdx.x; i < stride; i += THREADS)
        store_group(&a.out, row, i, i < width ? x[i] * scale * a.weight[i] : 0.0f);
}

KERNEL(layernorm, THREADS, 1, cuda_layernorm_args)
{
    __shared__ float room[2][32];
    uint32_t t = blockIdx.x, width = (uint32_t)a.width, stride = (uint32_t)a.out.stride;
    depend_launch();
    depend_wait();
    float *x = a.x + (size_t)t * width, sum = 0.0f, squares = 0.0f;
    for (uint32_t i = threadIdx.x; i < width; i += THREADS) {
        float v = x[i];
        if (a.add.n) x[i] = v = v + add_partials(&a.add, (uint32_t)a.n_tokens, t, i);
        sum += v;
    }
    float mean = block_sum(sum, room[0], THREADS) / (float)width;
    for (uint32_t i = threadIdx.x; i < width; i += THREADS) squares += (x[i] - mean) * (x[i] - mean);
    float scale = 1.0f / sqrtf(block_sum(squares, room[1], THREADS) / (float)width + a.eps);
    for (uint32_t i = threadIdx.x; i < stride; i += THREADS) {
        float v = 0.0f;
        if (i < width) x[i] = v = (x[i] - mean) * scale * a.weight[i] + a.bias[i];
        store_group(&a.out, t, i, v);
    }
}

/* x Phi(x), with erfc by Abramowitz and Stegun 7.1.26 (within 1.5e-7), as the CPU has it. */
DEVICE float gelu_of(float v)
{
    float size = fabsf(v), z = size * 0.70710678f, t = 1.0f / (1.0f + 0.3275911f * z);
    float p = 1.061405429f;
    p = fmaf(p, t, -1.453152027f);
    p = fmaf(p, t, 1.421413741f);
    p = fmaf(p, t, -0.284496736f);
    p = fmaf(p, t, 0.254829592f);
    float beside = size * 0.5f * p * t * exp2_fast(-1.44269504f * z * z); /* |v| Phi(-|v|) */
    return v < 0.0f ? -beside : v - beside;
}

KERNEL(gelu, 256, 1, cuda_gelu_args)
{
    uint32_t t = blockIdx.x, width = (uint32_t)a.width, stride = (uint32_t)a.out.stride;
    depend_launch();
    depend_wait();
    for (uint32_t i = threadIdx.x; i < stride; i += 256)
        store_group(&a.out, t, i,
                    i < width ? gelu_of(add_partials(&a.add, (uint32_t)a.n_tokens, t, i)) : 0.0f);
}
