/* AVX-512 with VNNI: one 64-byte load is 4 inputs of 16 rows, vpdpbusd takes the token's 4 inputs
 * as a broadcast from memory, and each lane sums its own row.
 *
 * One token alone goes at the speed of memory. Up to 16, eight of them have their sums in registers
 * and the next group of weights is unpacked while this one is multiplied: what the multipliers wait
 * for are nothing but they themselves. More have their sums in the first cache: a group of two
 * blocks is unpacked into 16 registers and meets all tokens of the tile, three at a time, so that
 * each broadcast input is used twice. All do the same operations in the same order for a token. */
#include "backend/cpu/kernels_common.h"

#if defined(__AVX512VNNI__)
#include <immintrin.h>

enum {
    FEW = 8,             /* tokens whose sums stay in registers */
    AHEAD_OF_ONE = 6144, /* bytes that are fetched ahead; measured, see bench/NOTES.md */
    AHEAD_OF_FEW = 16384,
};

/* Four int8 inputs of a token, in every lane. */
INLINE __m512i four_inputs(const int8_t *q)
{
    int32_t four;
    memcpy(&four, q, sizeof four);
    return _mm512_set1_epi32(four);
}

/* A group of one block, ready to multiply. */
struct group {
    __m512i w[8]; /* unsigned weights: 4 inputs of 16 rows each */
    __m512 scale; /* of the rows */
};

/* Weights 2j and 2j + 1 of group g. */
INLINE void read_weights(enum quant_type type, const uint8_t *values, size_t g, size_t j,
                         struct group *to)
{
    if (type == QUANT_Q8) {
        to->w[2 * j] = _mm512_loadu_si512(values + g * 512 + j * 128);
        to->w[2 * j + 1] = _mm512_loadu_si512(values + g * 512 + j * 128 + 64);
        return;
    }
    const __m512i nibble = _mm512_set1_epi8(15);
    const __m512i table = _mm512_broadcast_i32x4(
        _mm_xor_si128(_mm_loadu_si128((const __m128i *)Q4_CODEBOOK), _mm_set1_epi8((char)0x80)));
    __m512i bytes = _mm512_loadu_si512(values + g * 256 + j * 64);
    to->w[2 * j] = _mm512_shuffle_epi8(table, _mm512_and_si512(bytes, nibble));
    to->w[2 * j + 1] =
        _mm512_shuffle_epi8(table, _mm512_and_si512(_mm512_srli_epi16(bytes, 4), nibble));
}

INLINE __m512 read_scale(enum quant_type type, const uint8_t *block, size_t g)
{
    if (type == QUANT_Q8)
        return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(block + g * 32)));
    __m512 s = _mm512_cvtepi32_ps(
        _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(block + g * 16))));
    return _mm512_mul_ps(s, _mm512_abs_ps(s));
}

INLINE void read_group(enum quant_type type, const uint8_t *block, const uint8_t *values, size_t g,
                       struct group *to)
{
    for (size_t j = 0; j < 4; j++) read_weights(type, values, g, j, to);
    to->scale = read_scale(type, block, g);
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
        struct group w;
        read_group(type, block, values, g, &w);
        prefetch_group(type, block, g, AHEAD_OF_ONE, false);
        size_t at = g * x->tokens + token;
        const int8_t *q = x->q + at * QUANT_GROUP;
        /* Two chains, as vpdpbusd has a latency of 4. */
        __m512i a = _mm512_set1_epi32(x->bias[at]), b = _mm512_setzero_si512();
        for (int j = 0; j < 8; j += 2) {
            a = _mm512_dpbusd_epi32(a, w.w[j], four_inputs(q + 4 * j));
            b = _mm512_dpbusd_epi32(b, w.w[j + 1], four_inputs(q + 4 * j + 4));
        }
        sum = add_scaled(type, sum, _mm512_add_epi32(a, b), w.scale, x, at);
    }
    _mm512_storeu_ps(out, _mm512_mul_ps(sum, ends_of(type, row_scale)));
}

/* Weights 2j and 2j + 1 times the inputs of n tokens, and the weights of group `next` in their
 * place.
 */
INLINE void add_weights(enum quant_type type, const uint8_t *values, size_t next, size_t j,
                        struct group *w, const int8_t *q, size_t n, __m512i dot[FEW])
{
    for (size_t t = 0; t < n; t++)
        dot[t] = _mm512_dpbusd_epi32(dot[t], w->w[2 * j], four_inputs(q + t * 32 + 8 * j));
    for (size_t t = 0; t < n; t++)
        dot[t] = _mm512_dpbusd_epi32(dot[t], w->w[2 * j + 1], four_inputs(q + t * 32 + 8 * j + 4));
    read_weights(type, values, next, j, w);
}

/* 2 to FEW tokens, a constant number where it is inlined: all sums are in registers. The next group
 * is unpacked while this one is multiplied, into the registers that it leaves. */
INLINE void few_tokens(enum quant_type type, const uint8_t *block, const float *row_scale,
                       size_t cols, const struct activations *x, size_t first, size_t n,
                       float out[][TILE_ROWS])
{
    const uint8_t *values = block + packed_scale_bytes(type, cols);
    size_t groups = packed_groups(cols);
    struct group w;
    __m512 sum[FEW];
    read_group(type, block, values, 0, &w);
    for (size_t t = 0; t < n; t++) sum[t] = _mm512_setzero_ps();
    for (size_t g = 0; g < groups; g++) {
        size_t at = g * x->tokens + first, next = g + 1 < groups ? g + 1 : g;
        const int8_t *q = x->q + at * QUANT_GROUP;
        __m512i dot[FEW];
        prefetch_group(type, block, g, AHEAD_OF_FEW, true);
        for (size_t t = 0; t < n; t++) dot[t] = _mm512_set1_epi32(x->bias[at + t]);
        /* not a loop, which compilers leave one */
        add_weights(type, values, next, 0, &w, q, n, dot);
        add_weights(type, values, next, 1, &w, q, n, dot);
        add_weights(type, values, next, 2, &w, q, n, dot);
        add_weights(type, values, next, 3, &w, q, n, dot);
        for (size_t t = 0; t < n; t++)
            sum[t] = add_scaled(type, sum[t], dot[t], w.scale, x, at + t);
        w.scale = read_scale(type, block, next);
    }
    for (size_t t = 0; t < n; t++)
        _mm512_store_ps(out[t], _mm512_mul_ps(sum[t], ends_of(type, row_scale)));
}

/* n tokens (at most 3) against a group of both blocks. */
INLINE void add_group(enum quant_type type, const struct group w[2], size_t n_blocks,
                      const struct activations *x, size_t at, size_t n, float out[][TILE_ROWS])
{
    __m512i dot[3][2];
    const int8_t *q = x->q + at * QUANT_GROUP;
    for (size_t t = 0; t < n; t++)
        for (size_t b = 0; b < n_blocks; b++) dot[t][b] = _mm512_set1_epi32(x->bias[at + t]);
    for (size_t j = 0; j < 8; j++)
        for (size_t t = 0; t < n; t++) {
            __m512i in = four_inputs(q + t * QUANT_GROUP + 4 * j);
            for (size_t b = 0; b < n_blocks; b++)
                dot[t][b] = _mm512_dpbusd_epi32(dot[t][b], w[b].w[j], in);
        }
    for (size_t t = 0; t < n; t++)
        for (size_t b = 0; b < n_blocks; b++) {
            float *sum = out[t] + b * QUANT_BLOCK_ROWS;
            _mm512_store_ps(
                sum, add_scaled(type, _mm512_load_ps(sum), dot[t][b], w[b].scale, x, at + t));
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
        struct group w[2];
        for (size_t b = 0; b < n_blocks; b++) {
            read_group(type, block + b * block_bytes, values + b * block_bytes, g, &w[b]);
            /* The next two blocks' same group. */
            prefetch_group(type, block + b * block_bytes, g, n_blocks * block_bytes, true);
        }
        size_t at = g * x->tokens + first, t = 0;
        for (; t + 3 <= n; t += 3) add_group(type, w, n_blocks, x, at + t, 3, out + t);
        if (t + 2 == n) add_group(type, w, n_blocks, x, at + t, 2, out + t);
        if (t + 1 == n) add_group(type, w, n_blocks, x, at + t, 1, out + t);
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
    if (n > 2 * FEW) {
        if (n_blocks == 2)
            many_tokens(type, block, 2, row_scale, cols, x, first, n, out);
        else
            many_tokens(type, block, 1, row_scale, cols, x, first, n, out);
        return;
    }
    for (size_t b = 0; b < n_blocks; b++) {
        const uint8_t *from = block + b * packed_block_bytes(type, cols);
        const float *scale = row_scale + b * QUANT_BLOCK_ROWS;
        for (size_t t = 0, i = first; t < n; t += FEW, i += FEW) {
            float(*to)[TILE_ROWS] = (float(*)[TILE_ROWS])(&out[t][b * QUANT_BLOCK_ROWS]);
            switch (n - t) {
            case 1:
                one_token(type, from, scale, cols, x, i, to[0]);
                break;
            case 2:
                few_tokens(type, from, scale, cols, x, i, 2, to);
                break;
            case 3:
                few_tokens(type, from, scale, cols, x, i, 3, to);
                break;
            case 4:
                few_tokens(type, from, scale, cols, x, i, 4, to);
                break;
            case 5:
                few_tokens(type, from, scale, cols, x, i, 5, to);
                break;
            case 6:
                few_tokens(type, from, scale, cols, x, i, 6, to);
                break;
            case 7:
                few_tokens(type, from, scale, cols, x, i, 7, to);
                break;
            default:
                few_tokens(type, from, scale, cols, x, i, FEW, to);
                break;
            }
        }
    }
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
