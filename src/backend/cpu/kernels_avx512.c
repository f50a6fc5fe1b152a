/* AVX-512 with VNNI: one 64-byte load is 4 inputs of 16 rows, vpdpbusd takes the token's 4 inputs
 * as a broadcast from memory, and each lane sums its own row.
 *
 * A group of two blocks is decoded into 16 registers and meets all tokens of the tile, two at a
 * time: 8 broadcasts of a token feed 16 vpdpbusd, so that the multipliers, not the loads, are what
 * it waits for. The sums stay in the first cache. One token alone has its sums in registers and
 * goes at the speed of memory. Both do the same operations in the same order for a token. */
#include "backend/cpu/kernels_common.h"

#if defined(__AVX512VNNI__)
#include <immintrin.h>

enum { PREFETCH_AHEAD = 6144 }; /* bytes; measured, see bench/NOTES.md */

/* Four int8 inputs of a token, in every lane. */
INLINE __m512i four_inputs(const int8_t *q)
{
    int32_t four;
    memcpy(&four, q, sizeof four);
    return _mm512_set1_epi32(four);
}

/* How a type's group g is read: 8 vectors of unsigned weights and the scales of the 16 rows. */
INLINE __m512 read_group(enum quant_type type, const uint8_t *block, const uint8_t *values,
                         size_t g, __m512i w[8])
{
    if (type == QUANT_Q8) {
        for (int j = 0; j < 8; j++) w[j] = _mm512_loadu_si512(values + g * 512 + j * 64);
        return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(block + g * 32)));
    }
    const __m512i nibble = _mm512_set1_epi8(15);
    const __m512i table = _mm512_broadcast_i32x4(
        _mm_xor_si128(_mm_loadu_si128((const __m128i *)Q4_CODEBOOK), _mm_set1_epi8((char)0x80)));
    for (int j = 0; j < 4; j++) {
        __m512i bytes = _mm512_loadu_si512(values + g * 256 + j * 64);
        w[2 * j] = _mm512_shuffle_epi8(table, _mm512_and_si512(bytes, nibble));
        w[2 * j + 1] =
            _mm512_shuffle_epi8(table, _mm512_and_si512(_mm512_srli_epi16(bytes, 4), nibble));
    }
    __m512 s = _mm512_cvtepi32_ps(
        _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(block + g * 16))));
    return _mm512_mul_ps(s, _mm512_abs_ps(s));
}

/* Fetches a group's share of a block, scales and values evenly, `ahead` of it, into the first cache
 * or (far) the second. */
INLINE void prefetch_group(enum quant_type type, const uint8_t *block, size_t g, size_t ahead,
                           bool far)
{
    size_t share = packed_group_bytes(type) + (type == QUANT_Q4 ? 16 : 32);
    const char *p = (const char *)block + g * share + ahead;
    for (size_t i = 0; i < share; i += 64)
        if (far)
            _mm_prefetch(p + i, _MM_HINT_T1);
        else
            _mm_prefetch(p + i, _MM_HINT_T0);
}

/* sum + dot * both scales; for q4 times 2^POWER_ZERO too, which ends_of takes back. A dot of 0 gets
 * an exponent as well and is 2^-127 of what 1 would be. */
INLINE __m512 add_scaled(enum quant_type type, __m512 sum, __m512i dot, __m512 weight_scale,
                         const struct activations *x, size_t at)
{
    __m512 f = _mm512_cvtepi32_ps(dot);
    if (type == QUANT_Q4)
        f = _mm512_castsi512_ps(
            _mm512_add_epi32(_mm512_castps_si512(f), _mm512_set1_epi32(x->power[at])));
    else
        weight_scale = _mm512_mul_ps(weight_scale, _mm512_set1_ps(x->scale[at]));
    return _mm512_fmadd_ps(f, weight_scale, sum);
}

/* What the sums of 16 rows are multiplied by in the end. */
INLINE __m512 ends_of(enum quant_type type, const float *row_scale)
{
    __m512 s = _mm512_loadu_ps(row_scale);
    return type == QUANT_Q4 ? _mm512_mul_ps(s, _mm512_set1_ps(0x1p-40f)) : s;
}
_Static_assert(POWER_ZERO == 40, "see ends_of");

INLINE void one_token(enum quant_type type, const uint8_t *block, const float *row_scale,
                      size_t cols, const struct activations *x, size_t token, float *out)
{
    const uint8_t *values = block + packed_scale_bytes(type, cols);
    __m512 sum = _mm512_setzero_ps();
    for (size_t g = 0; g < packed_groups(cols); g++) {
        __m512i w[8];
        __m512 s = read_group(type, block, values, g, w);
        prefetch_group(type, block, g, PREFETCH_AHEAD, false);
        size_t at = g * x->tokens + token;
        const int8_t *q = x->q + at * QUANT_GROUP;
        /* Two chains, as vpdpbusd has a latency of 4. */
        __m512i a = _mm512_set1_epi32(x->bias[at]), b = _mm512_setzero_si512();
        for (int j = 0; j < 8; j += 2) {
            a = _mm512_dpbusd_epi32(a, w[j], four_inputs(q + 4 * j));
            b = _mm512_dpbusd_epi32(b, w[j + 1], four_inputs(q + 4 * j + 4));
        }
        sum = add_scaled(type, sum, _mm512_add_epi32(a, b), s, x, at);
    }
    _mm512_storeu_ps(out, _mm512_mul_ps(sum, ends_of(type, row_scale)));
}

/* n tokens (at most 3) against a group of both blocks. */
INLINE void add_group(enum quant_type type, const __m512i w[2][8], const __m512 s[2],
                      size_t n_blocks, const struct activations *x, size_t at, size_t n,
                      float out[][TILE_ROWS])
{
    __m512i dot[3][2];
    const int8_t *q = x->q + at * QUANT_GROUP;
    for (size_t t = 0; t < n; t++)
        for (size_t b = 0; b < n_blocks; b++) dot[t][b] = _mm512_set1_epi32(x->bias[at + t]);
    for (size_t j = 0; j < 8; j++)
        for (size_t t = 0; t < n; t++) {
            __m512i in = four_inputs(q + t * QUANT_GROUP + 4 * j);
            for (size_t b = 0; b < n_blocks; b++)
                dot[t][b] = _mm512_dpbusd_epi32(dot[t][b], w[b][j], in);
        }
    for (size_t t = 0; t < n; t++)
        for (size_t b = 0; b < n_blocks; b++) {
            float *sum = out[t] + b * QUANT_BLOCK_ROWS;
            _mm512_store_ps(sum, add_scaled(type, _mm512_load_ps(sum), dot[t][b], s[b], x, at + t));
        }
}

INLINE void many_tokens(enum quant_type type, const uint8_t *block, size_t n_blocks,
                        const float *row_scale, size_t cols, const struct activations *x,
                        size_t first, size_t n, float out[][TILE_ROWS])
{
    size_t block_bytes = packed_block_bytes(type, cols);
    const uint8_t *values = block + packed_scale_bytes(type, cols);
    for (size_t t = 0; t < n; t++)
        for (size_t b = 0; b < n_blocks; b++)
            _mm512_store_ps(out[t] + b * QUANT_BLOCK_ROWS, _mm512_setzero_ps());
    for (size_t g = 0; g < packed_groups(cols); g++) {
        __m512i w[2][8];
        __m512 s[2];
        for (size_t b = 0; b < n_blocks; b++) {
            s[b] = read_group(type, block + b * block_bytes, values + b * block_bytes, g, w[b]);
            /* The next two blocks' same group. */
            prefetch_group(type, block + b * block_bytes, g, n_blocks * block_bytes, true);
        }
        size_t at = g * x->tokens + first, t = 0;
        for (; t + 3 <= n; t += 3) add_group(type, w, s, n_blocks, x, at + t, 3, out + t);
        if (t + 2 == n) add_group(type, w, s, n_blocks, x, at + t, 2, out + t);
        if (t + 1 == n) add_group(type, w, s, n_blocks, x, at + t, 1, out + t);
    }
    for (size_t b = 0; b < n_blocks; b++) {
        __m512 rows = ends_of(type, row_scale + b * QUANT_BLOCK_ROWS);
        for (size_t t = 0; t < n; t++) {
            float *sum = out[t] + b * QUANT_BLOCK_ROWS;
            _mm512_store_ps(sum, _mm512_mul_ps(_mm512_load_ps(sum), rows));
        }
    }
}

INLINE void tile_type(enum quant_type type, const uint8_t *block, size_t n_blocks,
                      const float *row_scale, size_t cols, const struct activations *x,
                      size_t first, size_t n, float out[][TILE_ROWS])
{
    if (n == 1)
        for (size_t b = 0; b < n_blocks; b++)
            one_token(type, block + b * packed_block_bytes(type, cols),
                      row_scale + b * QUANT_BLOCK_ROWS, cols, x, first,
                      out[0] + b * QUANT_BLOCK_ROWS);
    else if (n_blocks == 2)
        many_tokens(type, block, 2, row_scale, cols, x, first, n, out);
    else
        many_tokens(type, block, 1, row_scale, cols, x, first, n, out);
}

static void tile_q4(const uint8_t *block, size_t n_blocks, const float *row_scale, size_t cols,
                    const struct activations *x, size_t first, size_t n, float out[][TILE_ROWS])
{
    tile_type(QUANT_Q4, block, n_blocks, row_scale, cols, x, first, n, out);
}

static void tile_q8(const uint8_t *block, size_t n_blocks, const float *row_scale, size_t cols,
                    const struct activations *x, size_t first, size_t n, float out[][TILE_ROWS])
{
    tile_type(QUANT_Q8, block, n_blocks, row_scale, cols, x, first, n, out);
}

#define KERNELS_NAME avx512
#include "backend/cpu/kernels_table.h"
#endif
