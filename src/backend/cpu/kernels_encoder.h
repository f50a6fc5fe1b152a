/* The kernels that encoders need beside the decoders': the same source for every instruction set
 * (see vector.h). */
#ifndef BACKEND_CPU_KERNELS_ENCODER_H
#define BACKEND_CPU_KERNELS_ENCODER_H

#include "backend/cpu/vector.h"

#include <math.h>

/* In two passes: the squares' sum less the mean's square would lose what small variances are made
 * of. */
INLINE void common_layernorm(const float *x, const float *weight, const float *bias, size_t n,
                             float eps, float *out)
{
    v16f sums = v16_set(0);
    size_t i = 0;
    for (; i + 16 <= n; i += 16) sums += v16_load(x + i);
    float sum = v16_sum(sums);
    for (; i < n; i++) sum += x[i];
    float mean = sum / (float)n;
    sums = v16_set(0);
    for (i = 0; i + 16 <= n; i += 16) {
        v16f d = v16_load(x + i) - v16_set(mean);
        sums += d * d;
    }
    float squares = v16_sum(sums);
    for (; i < n; i++) squares += (x[i] - mean) * (x[i] - mean);
    float scale = 1.0f / sqrtf(squares / (float)n + eps);
    for (i = 0; i + 16 <= n; i += 16)
        v16_store(out + i,
                  (v16_load(x + i) - v16_set(mean)) * v16_set(scale) * v16_load(weight + i) +
                      v16_load(bias + i));
    for (; i < n; i++) out[i] = (x[i] - mean) * scale * weight[i] + bias[i];
}

/* The tail of the normal distribution by Abramowitz and Stegun 7.1.26: erfc(z) = p(t) exp(-z^2),
 * t = 1 / (1 + 0.3275911 z), within 1.5e-7, for z = |x| / sqrt(2). */
INLINE void common_gelu(float *x, size_t n)
{
    const float root_half = 0.70710678f;
    for (size_t i = 0; i < n; i += 16) {
        v16f v = v16_load(x + i), size = v16_max(v, -v);
        v16f z = size * v16_set(root_half);
        v16f t = v16_set(1.0f) / (v16_set(1.0f) + v16_set(0.3275911f) * z);
        v16f p = v16_set(1.061405429f);
        p = p * t + v16_set(-1.453152027f);
        p = p * t + v16_set(1.421413741f);
        p = p * t + v16_set(-0.284496736f);
        p = p * t + v16_set(0.254829592f);
        v16f tail = v16_set(0.5f) * p * t * v16_exp(-z * z);
        v16f beside = size * tail; /* |x| Phi(-|x|) */
        v16_store(x + i, v16_select(v < v16_set(0), -beside, v - beside));
    }
}

#endif
