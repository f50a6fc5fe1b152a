/* Other 4-bit formats, for bench/quant.c to compare with: quantize and dequantize a row of f32 in
 * place, as each format's definition has it. Written from the definitions (QLoRA, arXiv:2305.14314;
 * ggml's block_q4_0 and block_q4_K), not for speed. */
#ifndef BENCH_QUANT_REFERENCE_H
#define BENCH_QUANT_REFERENCE_H

#include "quant/quantize.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static inline float reference_f16(float f)
{
    return f32_from_f16(f16_from_f32(f));
}

/* ---- NF4: blocks of 64, a quantile codebook, scale = largest weight ---- */

static const float NF4_CODEBOOK[16] = {
    -1.0f,
    -0.6961928009986877f,
    -0.5250730514526367f,
    -0.39491748809814453f,
    -0.28444138169288635f,
    -0.18477343022823334f,
    -0.09105003625154495f,
    0.0f,
    0.07958029955625534f,
    0.16093020141124725f,
    0.24611230194568634f,
    0.33791524171829224f,
    0.44070982933044434f,
    0.5626170039176941f,
    0.7229568362236023f,
    1.0f,
};

enum { NF4_BLOCK = 64, NF4_SECOND = 256 };

/* scales: n / 64 of them, the largest weight of each block or its approximation. */
static inline void nf4_assign(float *w, size_t n, const float *scales)
{
    for (size_t i = 0; i < n; i++) {
        float scale = scales[i / NF4_BLOCK], best = INFINITY, value = 0;
        for (size_t k = 0; k < 16; k++) {
            float e = fabsf(w[i] - scale * NF4_CODEBOOK[k]);
            if (e < best) best = e, value = scale * NF4_CODEBOOK[k];
        }
        w[i] = value;
    }
}

static inline void nf4_scales(const float *w, size_t n, float *scales)
{
    for (size_t b = 0; b < n / NF4_BLOCK; b++) {
        scales[b] = 0;
        for (size_t i = 0; i < NF4_BLOCK; i++)
            scales[b] = fmaxf(scales[b], fabsf(w[b * NF4_BLOCK + i]));
    }
}

/* With f32 scales: 4.5 bits a weight. */
static inline void reference_nf4(float *w, size_t n, float *scratch)
{
    nf4_scales(w, n, scratch);
    nf4_assign(w, n, scratch);
}

/* Double quantization: the scales less their mean are themselves 8-bit, with an f32 scale for 256
 * of them: 4 + 8/64 + 32/(64*256) = 4.127 bits. n is the whole matrix: the mean is over all. */
static inline void reference_nf4_double(float *w, size_t n, float *scratch)
{
    size_t blocks = n / NF4_BLOCK;
    nf4_scales(w, n, scratch);
    double mean = 0;
    for (size_t b = 0; b < blocks; b++) mean += scratch[b];
    mean /= (double)blocks;
    for (size_t s = 0; s < blocks; s += NF4_SECOND) {
        size_t end = s + NF4_SECOND < blocks ? s + NF4_SECOND : blocks;
        float largest = 0;
        for (size_t b = s; b < end; b++) largest = fmaxf(largest, fabsf(scratch[b] - (float)mean));
        float unit = largest > 0 ? largest / 127 : 1;
        for (size_t b = s; b < end; b++)
            scratch[b] = (float)mean + unit * rintf((scratch[b] - (float)mean) / unit);
    }
    nf4_assign(w, n, scratch);
}

/* ---- Q4_0: blocks of 32, w = d (q - 8), d in f16: 4.5 bits ---- */

/* Squared error of a block with scale d; writes the result to out unless it is NULL. */
static double q4_0_try(const float *w, float d, float *out)
{
    double error = 0;
    for (size_t i = 0; i < 32; i++) {
        float q = d != 0 ? floorf(w[i] / d + 8.5f) : 8;
        q = q < 0 ? 0 : q > 15 ? 15 : q;
        float value = d * (q - 8);
        error += (double)(w[i] - value) * (double)(w[i] - value);
        if (out) out[i] = value;
    }
    return error;
}

/* fitted: not only the definition's scale, largest weight / -8, but the best of many of both
 * signs. */
static inline void q4_0(float *w, size_t n, bool fitted)
{
    for (size_t b = 0; b < n; b += 32) {
        float peak = 0, copy[32];
        for (size_t i = 0; i < 32; i++)
            if (fabsf(w[b + i]) > fabsf(peak)) peak = w[b + i];
        float d = reference_f16(peak / -8);
        memcpy(copy, w + b, sizeof copy);
        double best = q4_0_try(copy, d, NULL);
        for (int k = 0; fitted && k < 80; k++) {
            float other =
                reference_f16(peak / ((k % 2 ? 1.0f : -1.0f) * (5.5f + 0.1f * (float)k / 2)));
            double e = q4_0_try(copy, other, NULL);
            if (e < best) best = e, d = other;
        }
        q4_0_try(copy, d, w + b);
    }
}

static inline void reference_q4_0(float *w, size_t n, float *scratch)
{
    (void)scratch;
    q4_0(w, n, false);
}

static inline void reference_q4_0_fitted(float *w, size_t n, float *scratch)
{
    (void)scratch;
    q4_0(w, n, true);
}

/* ---- Q4_K: super-blocks of 256 = 8 blocks of 32; w = d sc q - dmin m; sc and m of 6 bits, d and
 * dmin in f16: 4.5 bits ---- */

/* Squared error with w = scale q - min, nearest q in 0..15, which go to q. */
static double q4_k_try(const float *w, float scale, float min, float *q)
{
    double error = 0;
    for (size_t i = 0; i < 32; i++) {
        float v = scale > 0 ? rintf((w[i] + min) / scale) : 0;
        q[i] = v < 0 ? 0 : v > 15 ? 15 : v;
        double e = w[i] - (scale * q[i] - min);
        error += e * e;
    }
    return error;
}

/* Best scale and min >= 0 of a block, from many starts, each refitted by least squares. */
static void q4_k_fit(const float *w, float *scale, float *min)
{
    float low = 0, high = 0;
    for (size_t i = 0; i < 32; i++) {
        low = fminf(low, w[i]);
        high = fmaxf(high, w[i]);
    }
    *scale = (high - low) / 15;
    *min = -low;
    float q[32];
    double best = q4_k_try(w, *scale, *min, q);
    if (high == low) return;
    for (int start = 0; start <= 60; start++) {
        float s = (high - low) / (10 + 0.15f * (float)start), m = -low;
        for (int refit = 0; refit < 6; refit++) {
            double e = q4_k_try(w, s, m, q);
            if (e < best) best = e, *scale = s, *min = m;
            double sq = 0, sqq = 0, sw = 0, swq = 0;
            for (size_t i = 0; i < 32; i++) {
                sq += q[i];
                sqq += q[i] * q[i];
                sw += w[i];
                swq += w[i] * q[i];
            }
            double det = 32 * sqq - sq * sq;
            if (det <= 0) break;
            s = (float)((32 * swq - sq * sw) / det);
            m = (float)(-(sw * sqq - sq * swq) / det);
            if (m < 0) m = 0, s = sqq > 0 ? (float)(swq / sqq) : 0;
            if (s <= 0) break;
        }
    }
}

static inline void reference_q4_k(float *w, size_t n, float *scratch)
{
    (void)scratch;
    for (size_t b = 0; b < n; b += 256) {
        float scale[8], min[8], largest_scale = 0, largest_min = 0;
        for (size_t k = 0; k < 8; k++) {
            q4_k_fit(w + b + 32 * k, &scale[k], &min[k]);
            largest_scale = fmaxf(largest_scale, scale[k]);
            largest_min = fmaxf(largest_min, min[k]);
        }
        float d = reference_f16(largest_scale / 63), dmin = reference_f16(largest_min / 63);
        for (size_t k = 0; k < 8; k++) { /* the best of the roundings near by */
            float *x = w + b + 32 * k, q[32], best_scale = 0, best_min = 0;
            double best = INFINITY;
            float sc = d > 0 ? rintf(scale[k] / d) : 0, m = dmin > 0 ? rintf(min[k] / dmin) : 0;
            for (int ds = -1; ds <= 1; ds++)
                for (int dm = -1; dm <= 1; dm++) {
                    float s = d * fminf(fmaxf(sc + (float)ds, 0), 63);
                    float o = dmin * fminf(fmaxf(m + (float)dm, 0), 63);
                    double e = q4_k_try(x, s, o, q);
                    if (e < best) best = e, best_scale = s, best_min = o;
                }
            q4_k_try(x, best_scale, best_min, q);
            for (size_t i = 0; i < 32; i++) x[i] = best_scale * q[i] - best_min;
        }
    }
}

#endif
