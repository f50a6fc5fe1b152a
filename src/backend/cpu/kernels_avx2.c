/* AVX2: each 64-byte load of the format is two halves of 8 rows. vpmaddubsw takes unsigned times
 * signed bytes and saturates at 16 bits, so the weights give their sign to the inputs first:
 * |w| <= 127 and |x| <= 127 make at most 2 * 127 * 127 = 32258. */
#include "backend/cpu/kernels_common.h"

#if defined(__AVX2__)
#include <immintrin.h>

INLINE __m256i dot4(__m256i sum, __m256i w, const int8_t *q)
{
    int32_t four;
    memcpy(&four, q, sizeof four);
    __m256i x = _mm256_sign_epi8(_mm256_set1_epi32(four), w);
    __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(w), x);
    return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

/* One group of 8 rows (half a block): w[j] is inputs 4j to 4j + 3, signed. */
INLINE void accumulate_group(const __m256i w[8], __m256 weight_scale, const struct activations *x,
                             size_t first, size_t n, size_t g, __m256 *sum)
{
    for (size_t t = 0; t < n; t++) {
        size_t at = g * x->tokens + first + t;
        const int8_t *q = x->q + at * QUANT_GROUP;
        __m256i dot = _mm256_setzero_si256();
        for (int j = 0; j < 8; j++) dot = dot4(dot, w[j], q + 4 * j);
        __m256 scale = _mm256_mul_ps(weight_scale, _mm256_set1_ps(x->scale[at]));
        sum[t] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(dot), scale, sum[t]);
    }
}

INLINE void tile_q4_n(const uint8_t *block, const float *row_scale, size_t cols,
                      const struct activations *x, size_t first, size_t n, float out[][TILE_ROWS])
{
    const uint8_t *values = block + packed_scale_bytes(QUANT_Q4, cols);
    const __m256i nibble = _mm256_set1_epi8(15);
    const __m256i table =
        _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)Q4_CODEBOOK));
    for (size_t half = 0; half < 2; half++) {
        __m256 sum[8];
        for (size_t t = 0; t < n; t++) sum[t] = _mm256_setzero_ps();
        for (size_t g = 0; g < packed_groups(cols); g++) {
            __m256i w[8];
            for (int j = 0; j < 4; j++) {
                __m256i bytes = _mm256_loadu_si256(
                    (const __m256i *)(values + g * 256 + (size_t)j * 64 + half * 32));
                w[2 * j] = _mm256_shuffle_epi8(table, _mm256_and_si256(bytes, nibble));
                w[2 * j + 1] = _mm256_shuffle_epi8(
                    table, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble));
            }
            __m256 s = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(
                _mm_loadl_epi64((const __m128i *)(block + g * 16 + half * 8))));
            __m256 size = _mm256_andnot_ps(_mm256_set1_ps(-0.0f), s);
            accumulate_group(w, _mm256_mul_ps(s, size), x, first, n, g, sum);
        }
        __m256 rows = _mm256_loadu_ps(row_scale + half * 8);
        for (size_t t = 0; t < n; t++)
            _mm256_storeu_ps(out[t] + half * 8, _mm256_mul_ps(sum[t], rows));
    }
}

INLINE void tile_q8_n(const uint8_t *block, const float *row_scale, size_t cols,
                      const struct activations *x, size_t first, size_t n, float out[][TILE_ROWS])
{
    const uint8_t *values = block + packed_scale_bytes(QUANT_Q8, cols);
    const __m256i flip = _mm256_set1_epi8((char)0x80); /* - 128 */
    for (size_t half = 0; half < 2; half++) {
        __m256 sum[8];
        for (size_t t = 0; t < n; t++) sum[t] = _mm256_setzero_ps();
        for (size_t g = 0; g < packed_groups(cols); g++) {
            __m256i w[8];
            for (int j = 0; j < 8; j++)
                w[j] = _mm256_xor_si256(
                    flip, _mm256_loadu_si256(
                              (const __m256i *)(values + g * 512 + (size_t)j * 64 + half * 32)));
            __m256 s =
                _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(block + g * 32 + half * 16)));
            accumulate_group(w, s, x, first, n, g, sum);
        }
        __m256 rows = _mm256_loadu_ps(row_scale + half * 8);
        for (size_t t = 0; t < n; t++)
            _mm256_storeu_ps(out[t] + half * 8, _mm256_mul_ps(sum[t], rows));
    }
}

static void tile_q4(const uint8_t *block, size_t n_blocks, const float *row_scale, size_t cols,
                    const struct activations *x, size_t first, size_t n, float out[][TILE_ROWS])
{
    TILE_BY_CONSTANT(tile_q4_n, QUANT_Q4, block, n_blocks, row_scale, cols, x, first, n, out);
}

static void tile_q8(const uint8_t *block, size_t n_blocks, const float *row_scale, size_t cols,
                    const struct activations *x, size_t first, size_t n, float out[][TILE_ROWS])
{
    TILE_BY_CONSTANT(tile_q8_n, QUANT_Q8, block, n_blocks, row_scale, cols, x, first, n, out);
}

#define KERNELS_NAME avx2
#include "backend/cpu/kernels_table.h"
#endif
