/* Kernels that are the same source for every instruction set (see vector.h). Each kernels_*.c
 * includes this once and puts into its table what it does not write better itself. */
#ifndef BACKEND_CPU_KERNELS_COMMON_H
#define BACKEND_CPU_KERNELS_COMMON_H

#include "backend/backend.h"
#include "backend/cpu/kernels.h"
#include "backend/cpu/vector.h"

#include <math.h>

/* The nearest integers to v, |v| < 2^21: adding 1.5 * 2^23 leaves them in the low bits. */
INLINE v16i nearest_integers(v16f v)
{
    return (v16i)(v + v16_set(12582912.0f)) - 0x4b400000;
}

/* The power of two from v up, of 2^-POWER_ZERO to 2^POWER_ZERO, and 1 / it, without a division;
 * *power is how struct activations has it. */
INLINE float power_of_two(float v, float *inverse, int32_t *power)
{
    int32_t bits;
    memcpy(&bits, &v, sizeof bits);
    int32_t k = ((bits + 0x7fffff) >> 23) - 127;
    k = k < -POWER_ZERO ? -POWER_ZERO : k > POWER_ZERO ? POWER_ZERO : k;
    *power = (k + POWER_ZERO) << 23;
    bits = (127 - k) << 23;
    memcpy(inverse, &bits, sizeof *inverse);
    bits = (127 + k) << 23;
    memcpy(&v, &bits, sizeof v);
    return v;
}

INLINE void common_quantize(const float *x, const struct activations *to, size_t token)
{
    typedef int8_t v16b __attribute__((vector_size(16)));
    for (size_t g = 0; g < to->groups; g++, x += QUANT_GROUP) {
        size_t at = g * to->tokens + token;
        int8_t *q = to->q + at * QUANT_GROUP;
        v16f a = v16_load(x), b = v16_load(x + 16);
        float max = v16_max_lane(v16_max(v16_max(a, -a), v16_max(b, -b)));
        float scale, one_over;
        if (to->power) {
            scale = power_of_two(max * (1 / 127.0f), &one_over, &to->power[at]);
        } else {
            scale = max / 127.0f;
            one_over = max > 0 ? 127.0f / max : 0;
        }
        v16f inverse = v16_set(one_over);
        v16i low = nearest_integers(a * inverse), high = nearest_integers(b * inverse);
        v16b bytes = __builtin_convertvector(low, v16b);
        memcpy(q, &bytes, sizeof bytes);
        bytes = __builtin_convertvector(high, v16b);
        memcpy(q + 16, &bytes, sizeof bytes);
        to->scale[at] = scale;
        to->bias[at] = -128 * v16_sum_integers(low + high);
    }
}

INLINE void common_rmsnorm(const float *x, const float *weight, size_t n, float eps, float *out)
{
    v16f sums = v16_set(0);
    size_t i = 0;
    for (; i + 16 <= n; i += 16) sums += v16_load(x + i) * v16_load(x + i);
    float sum = v16_sum(sums);
    for (; i < n; i++) sum += x[i] * x[i];
    float scale = 1.0f / sqrtf(sum / (float)n + eps);
    for (i = 0; i + 16 <= n; i += 16)
        v16_store(out + i, v16_load(x + i) * v16_set(scale) * v16_load(weight + i));
    for (; i < n; i++) out[i] = x[i] * scale * weight[i];
}

/* n is a multiple of 16. */
INLINE void common_swiglu(const float *gate, const float *up, size_t n, float *out)
{
    for (size_t i = 0; i < n; i += 16) {
        v16f g = v16_load(gate + i);
        v16f silu = g * v16_inverse(v16_set(1.0f) + v16_exp(v16_max(-g, v16_set(-88))));
        /* e^88 is finite, past it silu is 0 in f32 */
        silu = v16_select(g < v16_set(-87.0f), v16_set(0), silu);
        v16_store(out + i, silu * v16_load(up + i));
    }
}

INLINE void common_rope(float *head, const float *cosine, const float *sine, size_t head_dim)
{
    size_t half = head_dim / 2;
    for (size_t i = 0; i < half; i++) {
        float a = head[i], b = head[i + half];
        head[i] = a * cosine[i] - b * sine[i];
        head[i + half] = b * cosine[i] + a * sine[i];
    }
}

INLINE void common_kv_store_bf16(const float *k, const float *v, size_t head_dim, size_t slot,
                                 uint8_t *k_page, uint8_t *v_page)
{
    uint16_t *k_to = (uint16_t *)(void *)k_page + 2 * slot;
    uint16_t *v_to = (uint16_t *)(void *)v_page + slot / 2 * head_dim * 2 + slot % 2;
    for (size_t d = 0; d < head_dim; d += 16) {
        v16h kh = v16_to_bf16(v16_load(k + d)), vh = v16_to_bf16(v16_load(v + d));
        for (size_t i = 0; i < 16; i++) {
            k_to[(d + i) / 2 * KV_PAGE * 2 + i % 2] = kh[i];
            v_to[2 * (d + i)] = vh[i];
        }
    }
}

INLINE void common_kv_load_bf16(const uint8_t *k_page, const uint8_t *v_page, size_t head_dim,
                                struct kv_tile *out)
{
    for (size_t d = 0; d < head_dim; d += 2)
        for (size_t t = 0; t < KV_PAGE; t += 16) {
            v16u pairs;
            memcpy(&pairs, k_page + (d / 2 * KV_PAGE + t) * 4, sizeof pairs);
            v16_store(out->k + d * KV_PAGE + t, (v16f)(pairs << 16));
            v16_store(out->k + (d + 1) * KV_PAGE + t, (v16f)(pairs & 0xffff0000u));
        }
    for (size_t t = 0; t < KV_PAGE; t += 2)
        for (size_t d = 0; d < head_dim; d += 16) {
            v16u pairs;
            memcpy(&pairs, v_page + (t / 2 * head_dim + d) * 4, sizeof pairs);
            v16_store(out->v + t * head_dim + d, (v16f)(pairs << 16));
            v16_store(out->v + (t + 1) * head_dim + d, (v16f)(pairs & 0xffff0000u));
        }
}

/* n values (a multiple of 16) as int8 times the scale that is returned, each to to[at(i)], where
 * at(i) = i / run * stride + i % run * step; `flip` is xored in. */
INLINE float store_int8(const float *x, size_t n, uint8_t *to, size_t run, size_t stride,
                        size_t step, uint8_t flip)
{
    v16f top = v16_set(0);
    for (size_t i = 0; i < n; i += 16)
        top = v16_max(top, v16_max(v16_load(x + i), -v16_load(x + i)));
    float max = v16_max_lane(top);
    v16f inverse = v16_set(max > 0 ? 127.0f / max : 0);
    for (size_t i = 0; i < n; i += 16) {
        v16i q = nearest_integers(v16_load(x + i) * inverse);
        for (size_t j = 0; j < 16; j++)
            to[(i + j) / run * stride + (i + j) % run * step] = (uint8_t)q[j] ^ flip;
    }
    return max / 127.0f;
}

INLINE void common_kv_store_int8(const float *k, const float *v, size_t head_dim, size_t slot,
                                 uint8_t *k_page, uint8_t *v_page)
{
    size_t scales = KV_PAGE * head_dim + slot * sizeof(float);
    float scale = store_int8(k, head_dim, k_page + 4 * slot, 4, (size_t)KV_PAGE * 4, 1, 0x80);
    memcpy(k_page + scales, &scale, sizeof scale);
    scale = store_int8(v, head_dim, v_page + slot / 4 * head_dim * 4 + slot % 4, 1, 4, 0, 0);
    memcpy(v_page + scales, &scale, sizeof scale);
}

INLINE void common_kv_load_int8(const uint8_t *k_page, const uint8_t *v_page, size_t head_dim,
                                struct kv_tile *out)
{
    float k_scale[KV_PAGE], v_scale[KV_PAGE];
    memcpy(k_scale, k_page + KV_PAGE * head_dim, sizeof k_scale);
    memcpy(v_scale, v_page + KV_PAGE * head_dim, sizeof v_scale);
    for (size_t d = 0; d < head_dim; d++)
        for (size_t t = 0; t < KV_PAGE; t++) {
            int k = k_page[(d / 4 * KV_PAGE + t) * 4 + d % 4] - 128;
            out->k[d * KV_PAGE + t] = (float)k * k_scale[t];
            int v = (int8_t)v_page[(t / 4 * head_dim + d) * 4 + t % 4];
            out->v[t * head_dim + d] = (float)v * v_scale[t];
        }
}

/* Scores of `n` query rows (1, 2 or 4) against the 32 keys of a page. */
INLINE void page_scores(const float *q, size_t n, size_t head_dim, const float *k,
                        float scores[][KV_PAGE])
{
    v16f sum[4][2];
    for (size_t r = 0; r < n; r++) sum[r][0] = sum[r][1] = v16_set(0);
    for (size_t d = 0; d < head_dim; d++) {
        v16f k0 = v16_load(k + d * KV_PAGE), k1 = v16_load(k + d * KV_PAGE + 16);
        for (size_t r = 0; r < n; r++) {
            v16f x = v16_set(q[r * head_dim + d]);
            sum[r][0] += x * k0;
            sum[r][1] += x * k1;
        }
    }
    for (size_t r = 0; r < n; r++) {
        v16_store(scores[r], sum[r][0]);
        v16_store(scores[r] + 16, sum[r][1]);
    }
}

/* Turns one row's scores into weights and updates its maximum and sum. Returns the factor by which
 * what was accumulated before shrinks. */
INLINE float softmax_update(float scores[KV_PAGE], size_t visible, float *max, float *sum)
{
    for (size_t t = visible; t < KV_PAGE; t++) scores[t] = -INFINITY;
    v16f a = v16_load(scores), b = v16_load(scores + 16);
    float page_max = v16_max_lane(v16_max(a, b));
    float new_max = page_max > *max ? page_max : *max;
    a = v16_exp(a - v16_set(new_max));
    b = v16_exp(b - v16_set(new_max));
    v16_store(scores, a);
    v16_store(scores + 16, b);
    float shrink = expf(*max - new_max); /* 0 for the first page, whose *max is -infinity */
    *sum = *sum * shrink + v16_sum(a + b);
    *max = new_max;
    return shrink;
}

/* acc = acc * shrink + weights x values, over `width` vectors of the row from dimension d on. */
INLINE void page_values(const float *weights, const float *v, size_t n_tokens, size_t head_dim,
                        size_t d, size_t width, float shrink, float *acc)
{
    v16f sum[4];
    for (size_t i = 0; i < width; i++) sum[i] = v16_load(acc + d + 16 * i) * v16_set(shrink);
    for (size_t t = 0; t < n_tokens; t++) {
        v16f w = v16_set(weights[t]);
        for (size_t i = 0; i < width; i++) sum[i] += w * v16_load(v + t * head_dim + d + 16 * i);
    }
    for (size_t i = 0; i < width; i++) v16_store(acc + d + 16 * i, sum[i]);
}

INLINE void common_attention_tile(const float *q, size_t n_rows, size_t head_dim,
                                  const struct kv_tile *kv, const size_t *visible, float *max,
                                  float *sum, float *acc)
{
    float scores[TILE_QUERIES][KV_PAGE];
    size_t r = 0;
    for (; r + 4 <= n_rows; r += 4) page_scores(q + r * head_dim, 4, head_dim, kv->k, scores + r);
    for (; r < n_rows; r++) page_scores(q + r * head_dim, 1, head_dim, kv->k, scores + r);
    for (r = 0; r < n_rows; r++) {
        if (visible[r] == 0) continue;
        float shrink = softmax_update(scores[r], visible[r], &max[r], &sum[r]);
        float *row = acc + r * head_dim;
        size_t d = 0;
        for (; d + 64 <= head_dim; d += 64)
            page_values(scores[r], kv->v, visible[r], head_dim, d, 4, shrink, row);
        for (; d < head_dim; d += 16)
            page_values(scores[r], kv->v, visible[r], head_dim, d, 1, shrink, row);
    }
}

/* bf16 and f32 weights against f32 activations, for n tokens (a constant where inlined). */
INLINE void tile_bf16_n(const uint8_t *block, const float *row_scale, size_t cols,
                        const struct activations *x, size_t first, size_t n, float out[][TILE_ROWS])
{
    (void)row_scale;
    size_t stride = x->groups * QUANT_GROUP, pairs = packed_groups(cols) * QUANT_GROUP / 2;
    v16f sum[8];
    for (size_t t = 0; t < n; t++) sum[t] = v16_set(0);
    for (size_t p = 0; p < pairs; p++) {
        v16u w;
        memcpy(&w, block + p * 64, sizeof w);
        v16f even = (v16f)(w << 16), odd = (v16f)(w & 0xffff0000u);
        for (size_t t = 0; t < n; t++) {
            const float *row = x->f32 + (first + t) * stride + 2 * p;
            sum[t] += even * v16_set(row[0]);
            sum[t] += odd * v16_set(row[1]);
        }
    }
    for (size_t t = 0; t < n; t++) v16_store(out[t], sum[t]);
}

INLINE void tile_f32_n(const uint8_t *block, const float *row_scale, size_t cols,
                       const struct activations *x, size_t first, size_t n, float out[][TILE_ROWS])
{
    (void)row_scale;
    size_t stride = x->groups * QUANT_GROUP, inputs = packed_groups(cols) * QUANT_GROUP;
    v16f sum[8];
    for (size_t t = 0; t < n; t++) sum[t] = v16_set(0);
    for (size_t k = 0; k < inputs; k++) {
        v16f w = v16_load((const float *)(const void *)(block + k * 64));
        for (size_t t = 0; t < n; t++) sum[t] += w * v16_set(x->f32[(first + t) * stride + k]);
    }
    for (size_t t = 0; t < n; t++) v16_store(out[t], sum[t]);
}

/* Runs `tile`, a kernel of one block whose token count must be a constant for its sums to stay in
 * registers, over n_blocks blocks and n tokens in runs of 8, 4, 2 and 1. */
#define TILE_BY_CONSTANT(tile, type, block, n_blocks, row_scale, cols, x, first, n, out)           \
    do {                                                                                           \
        for (size_t b_ = 0; b_ < (n_blocks); b_++) {                                               \
            const uint8_t *p_ = (block) + b_ * packed_block_bytes(type, cols);                     \
            const float *s_ = (row_scale) ? (row_scale) + b_ * QUANT_BLOCK_ROWS : NULL;            \
            float(*o_)[TILE_ROWS] = (float(*)[TILE_ROWS])(&(out)[0][b_ * QUANT_BLOCK_ROWS]);       \
            size_t t_ = 0, f_ = (first);                                                           \
            for (; (n)-t_ >= 8; t_ += 8) tile(p_, s_, cols, x, f_ + t_, 8, o_ + t_);               \
            if ((n)-t_ >= 4) tile(p_, s_, cols, x, f_ + t_, 4, o_ + t_), t_ += 4;                  \
            if ((n)-t_ >= 2) tile(p_, s_, cols, x, f_ + t_, 2, o_ + t_), t_ += 2;                  \
            if ((n)-t_ >= 1) tile(p_, s_, cols, x, f_ + t_, 1, o_ + t_);                           \
        }                                                                                          \
    } while (0)

#endif
