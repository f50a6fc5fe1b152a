/* AVX-512 with VNNI: one 64-byte load is 4 inputs of 16 rows, vpdpbusd takes the token's 4 inputs
 * as a broadcast from memory, and each lane sums its own row. */
#include "backend/cpu/kernels_common.h"

#if defined(__AVX512VNNI__)
#include <immintrin.h>

/* Four int8 inputs of a token, in every lane. */
INLINE __m512i four_inputs(const int8_t *q)
{
    int32_t four;
    memcpy(&four, q, sizeof four);
    return _mm512_set1_epi32(four);
}

INLINE void accumulate_group(const __m512i w[8], __m512 weight_scale, const struct activations *x,
                             size_t first, size_t n, size_t g, __m512 *sum)
{
    for (size_t t = 0; t < n; t++) {
        size_t at = (first + t) * x->groups + g;
        const int8_t *q = x->q + at * QUANT_GROUP;
        /* Two chains, as vpdpbusd has a latency of 4 and its results are needed at once. */
        __m512i a = _mm512_set1_epi32(x->bias[at]);
        __m512i b = _mm512_dpbusd_epi32(_mm512_setzero_si512(), w[1], four_inputs(q + 4));
        a = _mm512_dpbusd_epi32(a, w[0], four_inputs(q));
        for (int j = 2; j < 8; j += 2) {
            a = _mm512_dpbusd_epi32(a, w[j], four_inputs(q + 4 * j));
            b = _mm512_dpbusd_epi32(b, w[j + 1], four_inputs(q + 4 * j + 4));
        }
        __m512 dot = _mm512_cvtepi32_ps(_mm512_add_epi32(a, b));
        __m512 scale = _mm512_mul_ps(weight_scale, _mm512_set1_ps(x->scale[at]));
        sum[t] = _mm512_fmadd_ps(dot, scale, sum[t]);
    }
}

INLINE void tile_q4_n(const uint8_t *block, const float *row_scale, size_t cols,
                      const struct activations *x, size_t first, size_t n,
                      float out[][QUANT_BLOCK_ROWS])
{
    const uint8_t *values = block + packed_scale_bytes(QUANT_Q4, cols);
    const __m512i nibble = _mm512_set1_epi8(15);
    const __m128i codebook = _mm_xor_si128(_mm_loadu_si128((const __m128i *)Q4_CODEBOOK),
                                           _mm_set1_epi8((char)0x80)); /* + 128 */
    const __m512i table = _mm512_broadcast_i32x4(codebook);
    __m512 sum[TILE_TOKENS];
    for (size_t t = 0; t < n; t++) sum[t] = _mm512_setzero_ps();
    for (size_t g = 0; g < packed_groups(cols); g++) {
        __m512i w[8];
        for (int j = 0; j < 4; j++) {
            __m512i bytes = _mm512_loadu_si512(values + g * 256 + j * 64);
            w[2 * j] = _mm512_shuffle_epi8(table, _mm512_and_si512(bytes, nibble));
            w[2 * j + 1] =
                _mm512_shuffle_epi8(table, _mm512_and_si512(_mm512_srli_epi16(bytes, 4), nibble));
        }
        __m512 s = _mm512_cvtepi32_ps(
            _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(block + g * 16))));
        accumulate_group(w, _mm512_mul_ps(s, _mm512_abs_ps(s)), x, first, n, g, sum);
    }
    __m512 rows = _mm512_loadu_ps(row_scale);
    for (size_t t = 0; t < n; t++) _mm512_storeu_ps(out[t], _mm512_mul_ps(sum[t], rows));
}

INLINE void tile_q8_n(const uint8_t *block, const float *row_scale, size_t cols,
                      const struct activations *x, size_t first, size_t n,
                      float out[][QUANT_BLOCK_ROWS])
{
    const uint8_t *values = block + packed_scale_bytes(QUANT_Q8, cols);
    __m512 sum[TILE_TOKENS];
    for (size_t t = 0; t < n; t++) sum[t] = _mm512_setzero_ps();
    for (size_t g = 0; g < packed_groups(cols); g++) {
        __m512i w[8];
        for (int j = 0; j < 8; j++) w[j] = _mm512_loadu_si512(values + g * 512 + j * 64);
        __m512 s = _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(block + g * 32)));
        accumulate_group(w, s, x, first, n, g, sum);
    }
    __m512 rows = _mm512_loadu_ps(row_scale);
    for (size_t t = 0; t < n; t++) _mm512_storeu_ps(out[t], _mm512_mul_ps(sum[t], rows));
}

static void tile_q4(const uint8_t *block, const float *row_scale, size_t cols,
                    const struct activations *x, size_t first, size_t n,
                    float out[TILE_TOKENS][QUANT_BLOCK_ROWS])
{
    if (n == TILE_TOKENS)
        tile_q4_n(block, row_scale, cols, x, first, TILE_TOKENS, out);
    else
        TILE_BY_CONSTANT(tile_q4_n, n, first, out, block, row_scale, cols, x);
}

static void tile_q8(const uint8_t *block, const float *row_scale, size_t cols,
                    const struct activations *x, size_t first, size_t n,
                    float out[TILE_TOKENS][QUANT_BLOCK_ROWS])
{
    if (n == TILE_TOKENS)
        tile_q8_n(block, row_scale, cols, x, first, TILE_TOKENS, out);
    else
        TILE_BY_CONSTANT(tile_q8_n, n, first, out, block, row_scale, cols, x);
}

#define KERNELS_NAME avx512
#include "backend/cpu/kernels_table.h"
#endif
