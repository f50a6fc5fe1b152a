/* What the CPU backend asks of an instruction set: a table of functions, one table a set, chosen
 * once at start. All tables compute the same thing; those of the wider sets may sum in another
 * order. For one table the result for a token does not depend on the tokens beside it. */
#ifndef BACKEND_CPU_KERNELS_H
#define BACKEND_CPU_KERNELS_H

#include "quant/format.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TILE_TOKENS = 96,  /* tokens of one matrix tile: its sums are 12 KB, in the first cache */
    TILE_ROWS = 32,    /* rows of it: two blocks, so that each broadcast input is used twice */
    TILE_QUERIES = 32, /* query rows (heads times tokens) of one attention tile */
    SPAN_PAGES = 4,    /* KV pages that attention takes at a time */
    SPAN_TOKENS = 128,
    MAX_HEAD_DIM = 256,
    POWER_ZERO = 40,
};

/* How much of its part of a matrix a thread has begun; a cache line of its own. */
struct matmul_claim {
    _Alignas(64) atomic_size_t next;
};

/* Rows of activations as the matrix kernels take them. q4 and q8 weights use the int8 form, in
 * groups of 32 as the weights are; bf16 and f32 weights use the f32 form. The int8 form runs by
 * group first: a tile's tokens lie side by side where a group of weights meets them.
 *
 * For q4 the scales are powers of two: a product takes one on by an integer addition to its
 * exponent, where the multiplying units are what a tile waits for. Rounding then costs up to a bit
 * of the 8, which is nothing beside what 4-bit weights lose. */
struct activations {
    size_t groups;  /* of 32 inputs */
    size_t tokens;  /* rows in use, the stride of the int8 form */
    float *f32;     /* (tokens, 32 * groups), zero past the true width */
    int8_t *q;      /* (groups, tokens, 32), -127..127 */
    float *scale;   /* (groups, tokens): f32 = scale * q */
    int32_t *bias;  /* (groups, tokens): -128 * the sum of the group's q, which takes back the +128
                       that the unsigned weights carry */
    int32_t *power; /* (groups, tokens): scale = 2^k as (k + POWER_ZERO) << 23, |k| <= POWER_ZERO,
                       so that it makes no exponent negative; NULL: any scale goes */
    struct matmul_claim *claims; /* (threads), 0 before each matrix; NULL: none helps another */
};

/* Computes out[t][r] = sum over k of W[r][k] x[first + t][k] for the 16 rows of one block, or the
 * 32 of two that follow each other (n_blocks), and n tokens, 1 <= n <= TILE_TOKENS. out is aligned
 * to 64 bytes. */
typedef void matmul_tile(const uint8_t *block, size_t n_blocks, const float *row_scale, size_t cols,
                         const struct activations *x, size_t first, size_t n,
                         float out[][TILE_ROWS]);

/* One page of keys and values of one KV head, made ready for attention_tile. */
struct kv_tile {
    float *k; /* (head_dim, KV_PAGE): transposed, so that scores need no sum across lanes */
    float *v; /* (KV_PAGE, head_dim) */
};

/* The pages of a span as they lie in memory, keys and values of one KV head, and those that come
 * next, which are fetched meanwhile (the same again where none come). */
struct kv_span {
    const uint8_t *k[SPAN_PAGES], *v[SPAN_PAGES];
    const uint8_t *next_k[SPAN_PAGES], *next_v[SPAN_PAGES];
};

/* Query rows as attention over spans takes them. */
struct attention_queries {
    _Alignas(64) uint16_t q[TILE_QUERIES * MAX_HEAD_DIM]; /* (rows, head_dim) bf16, or int8 */
    float scale[TILE_QUERIES];                            /* int8: query = scale * q */
    int32_t bias[TILE_QUERIES]; /* int8: -128 * the sum of a row's q, as keys are stored + 128 */
};

/* attention_tile below, over a span and straight from its pages: query row r sees the first
 * visible[r] of its tokens. Queries and weights are rounded: to bf16 where the pages are bf16, to 8
 * bits where they are int8. */
struct paged_attention {
    void (*prepare)(const float *q, size_t n_rows, size_t head_dim, struct attention_queries *to);
    void (*span)(const struct attention_queries *q, size_t n_rows, size_t head_dim,
                 const struct kv_span *kv, const size_t *visible, float *max, float *sum,
                 float *acc);
};

struct cpu_kernels {
    const char *name; /* "portable", "avx2", "avx512" */

    matmul_tile *tile[4]; /* by enum quant_type */

    /* The int8 form of 32 * to->groups values, as row `token` of `to`. */
    void (*quantize)(const float *x, const struct activations *to, size_t token);

    /* out = x / sqrt(mean(x^2) + eps) * weight, n values. out may be x. */
    void (*rmsnorm)(const float *x, const float *weight, size_t n, float eps, float *out);

    /* Encoders: out = (x - mean) / sqrt(variance + eps) * weight + bias, n values; out may be x. */
    void (*layernorm)(const float *x, const float *weight, const float *bias, size_t n, float eps,
                      float *out);

    /* Encoders: x = x * Phi(x) in place, Phi the normal distribution's; within 4e-7 * max(1, |x|).
     * n is a multiple of 16. */
    void (*gelu)(float *x, size_t n);

    /* out[i] = silu(gate[i]) * up[i] */
    void (*swiglu)(const float *gate, const float *up, size_t n, float *out);

    /* Rotates one head in place: pairs (i, i + head_dim / 2), cos and sin of head_dim / 2 angles.
     */
    void (*rope)(float *head, const float *cos, const float *sin, size_t head_dim);

    /* Token `slot` into a page, and a page back to f32. For bf16, K pages hold pairs of dimensions:
     * (head_dim / 2, KV_PAGE, 2), V pages pairs of tokens: (KV_PAGE / 2, head_dim, 2). For int8, K
     * pages hold fours of dimensions: (head_dim / 4, KV_PAGE, 4), stored + 128, V pages fours of
     * tokens: (KV_PAGE / 4, head_dim, 4), signed; both are followed by KV_PAGE f32 scales, one a
     * token. */
    void (*kv_store_bf16)(const float *k, const float *v, size_t head_dim, size_t slot,
                          uint8_t *k_page, uint8_t *v_page);
    void (*kv_load_bf16)(const uint8_t *k_page, const uint8_t *v_page, size_t head_dim,
                         struct kv_tile *out);
    void (*kv_store_int8)(const float *k, const float *v, size_t head_dim, size_t slot,
                          uint8_t *k_page, uint8_t *v_page);
    void (*kv_load_int8)(const uint8_t *k_page, const uint8_t *v_page, size_t head_dim,
                         struct kv_tile *out);

    /* One page of attention with an online softmax (Milakov and Gimelshein 2018,
     * arXiv:1805.02867; Dao et al. 2022, arXiv:2205.14135). For each of n_rows query rows of q
     * (n_rows, head_dim), already scaled: scores against the first visible[row] tokens of the page,
     * then updates max[row], sum[row] and acc (n_rows, head_dim). head_dim is a multiple of 16. */
    void (*attention_tile)(const float *q, size_t n_rows, size_t head_dim, const struct kv_tile *kv,
                           const size_t *visible, float *max, float *sum, float *acc);
};

/* The table of that name; NULL when this machine or build does not have it. NULL asks for the
 * best. */
const struct cpu_kernels *cpu_kernels_find(const char *name);

/* Attention straight from bf16 or int8 pages for that table on this machine; NULL: go by kv_load
 * and attention_tile. */
const struct paged_attention *cpu_attention_find(const struct cpu_kernels *kernels, bool int8);

extern const struct cpu_kernels cpu_kernels_portable;
#if defined(__x86_64__)
extern const struct cpu_kernels cpu_kernels_avx2, cpu_kernels_avx512;
extern const struct paged_attention attention_bf16_avx512, attention_int8_avx512;
#endif

#endif
