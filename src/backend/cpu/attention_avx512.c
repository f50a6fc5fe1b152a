/* Attention straight from the pages: bf16 with vdpbf16ps, int8 with vpdpbusd. A span of up to 128
 * tokens is one tile of the online softmax. Rows go through the registers in blocks, each row by
 * the same operations in the same order whatever its block.
 *
 * With int8 pages a weight is 8 bits too, in steps of 1/254 of the largest that the span could
 * have; what rounding leaves goes into the weight 16 tokens on, so that many small weights keep
 * their sum. */
#include "backend/backend.h"
#include "backend/cpu/kernels.h"
#include "backend/cpu/vector.h"

#if defined(__AVX512BF16__) && defined(__AVX512VNNI__)
#include <immintrin.h>
#include <math.h>

enum { SCORE_ROWS = 6, VALUE_ROWS = 4, SPAN_VECTORS = SPAN_TOKENS / 16 };

/* What one span's rows need between scores and values. */
struct rows {
    _Alignas(64) float scores[TILE_QUERIES][SPAN_TOKENS];
    _Alignas(64) uint16_t weights[TILE_QUERIES][SPAN_TOKENS]; /* bf16; of int8: the first half */
    _Alignas(64) float top[TILE_QUERIES];                     /* the span's largest score */
    _Alignas(64) float old[TILE_QUERIES]; /* what counts of the sums before, e^(max - new max) */
    _Alignas(64) float new[TILE_QUERIES]; /* and of this span's, e^(top - new max) */
    float step[TILE_QUERIES];             /* that weights are integers of; bf16: 1 */
};

/* The scales of a span's values beside the largest that a row sees. */
struct value_scales {
    _Alignas(64) float steps[SPAN_TOKENS]; /* times a weight: its integer */
    float step;
};

/* Before a loop over registers: one that stays a loop keeps them in memory. */
#define UNROLLED _Pragma("GCC unroll 8")

/* sum += dot products of a with b: fours of uint8 and int8, pairs of bf16. By the instruction
 * itself: around its intrinsics gcc 12 copies the sum to and fro here, which halves the speed. */
#define DOT(name, instruction)                                                                     \
    INLINE void name(__m512i *sum, __m512i a, __m512i b)                                           \
    {                                                                                              \
        __asm__(instruction " %2, %1, %0" : "+v"(*sum) : "v"(a), "v"(b));                          \
    }
DOT(dot_int8, "vpdpbusd")
DOT(dot_bf16, "vdpbf16ps")

INLINE __m512i broadcast4(const void *p)
{
    int32_t four;
    memcpy(&four, p, sizeof four);
    return _mm512_set1_epi32(four);
}

/* e^x for x <= 0; next to 0 for NaN, the difference of two rows that have seen nothing. */
INLINE __m512 exp_negative(__m512 x)
{
    return (__m512)v16_exp((v16f)x); /* whose bound is taken for NaN */
}

/* ---- queries ---- */

static void queries_bf16(const float *q, size_t n_rows, size_t head_dim,
                         struct attention_queries *to)
{
    for (size_t i = 0; i < n_rows * head_dim; i += 16)
        _mm256_store_si256((__m256i *)(to->q + i),
                           (__m256i)_mm512_cvtneps_pbh(_mm512_loadu_ps(q + i)));
}

static void queries_int8(const float *q, size_t n_rows, size_t head_dim,
                         struct attention_queries *to)
{
    int8_t *out = (int8_t *)to->q;
    for (size_t r = 0; r < n_rows; r++, q += head_dim, out += head_dim) {
        __m512 top = _mm512_setzero_ps();
        for (size_t d = 0; d < head_dim; d += 16)
            top = _mm512_max_ps(top, _mm512_abs_ps(_mm512_loadu_ps(q + d)));
        float max = _mm512_reduce_max_ps(top);
        __m512 inverse = _mm512_set1_ps(max > 0 ? 127.0f / max : 0);
        __m512i sum = _mm512_setzero_si512();
        for (size_t d = 0; d < head_dim; d += 16) {
            __m512i v = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_loadu_ps(q + d), inverse));
            sum = _mm512_add_epi32(sum, v);
            _mm_storeu_si128((__m128i *)(out + d), _mm512_cvtsepi32_epi8(v));
        }
        to->scale[r] = max / 127.0f;
        to->bias[r] = -128 * _mm512_reduce_add_epi32(sum); /* keys are stored + 128 */
    }
}

/* ---- scores ---- */

/* n rows from r on against the 32 keys of page p of the span; with `fetch` the same place of the
 * next span is fetched meanwhile. */
INLINE void page_scores(bool int8, struct rows *s, const struct attention_queries *queries,
                        size_t r, size_t n, size_t head_dim, const struct kv_span *kv, size_t p,
                        bool fetch)
{
    const uint8_t *k = kv->k[p], *next = kv->next_k[p];
    size_t row_bytes = int8 ? head_dim : 2 * head_dim;
    const uint8_t *q = (const uint8_t *)queries->q + r * row_bytes;
    __m512i dot[SCORE_ROWS][2];
    UNROLLED
    for (size_t i = 0; i < n; i++)
        dot[i][0] = dot[i][1] = _mm512_set1_epi32(int8 ? queries->bias[r + i] : 0);
    for (size_t at = 0; at < row_bytes; at += 4) {
        __m512i k0 = _mm512_loadu_si512(k + at * 32), k1 = _mm512_loadu_si512(k + at * 32 + 64);
        if (fetch) {
            _mm_prefetch((const char *)next + at * 32, _MM_HINT_T1);
            _mm_prefetch((const char *)next + at * 32 + 64, _MM_HINT_T1);
        }
        UNROLLED
        for (size_t i = 0; i < n; i++) {
            __m512i x = broadcast4(q + i * row_bytes + at);
            if (int8) {
                dot_int8(&dot[i][0], k0, x);
                dot_int8(&dot[i][1], k1, x);
            } else {
                dot_bf16(&dot[i][0], k0, x);
                dot_bf16(&dot[i][1], k1, x);
            }
        }
    }
    __m512 scale[2];
    if (int8)
        for (size_t half = 0; half < 2; half++)
            scale[half] = _mm512_loadu_ps(k + KV_PAGE * head_dim + half * 64);
    UNROLLED
    for (size_t i = 0; i < n; i++) {
        UNROLLED
        for (size_t half = 0; half < 2; half++) {
            __m512 score = (__m512)dot[i][half];
            if (int8)
                score = _mm512_mul_ps(
                    _mm512_cvtepi32_ps(dot[i][half]),
                    _mm512_mul_ps(scale[half], _mm512_set1_ps(queries->scale[r + i])));
            _mm512_store_ps(s->scores[r + i] + p * KV_PAGE + half * 16, score);
        }
    }
}

/* ---- softmax ---- */

/* Lanes of vector i that are below `visible`. */
INLINE __mmask16 seen(size_t visible, size_t i)
{
    if (visible >= 16 * i + 16) return 0xffff;
    return (__mmask16)(visible > 16 * i ? (1u << (visible - 16 * i)) - 1 : 0);
}

/* The rows' largest scores of this span, and with them what the sums so far and the span's own
 * count for; max becomes the new maximum. */
static void rescale(struct rows *s, size_t n_rows, const size_t *visible, float *max)
{
    for (size_t r = 0; r < TILE_QUERIES; r++) {
        __m512 top = _mm512_set1_ps(-INFINITY);
        for (size_t i = 0; r < n_rows && i * 16 < visible[r]; i++)
            top = _mm512_mask_max_ps(top, seen(visible[r], i), top,
                                     _mm512_load_ps(s->scores[r] + 16 * i));
        s->top[r] = _mm512_reduce_max_ps(top);
    }
    for (size_t r = 0; r < n_rows; r += 16) {
        __mmask16 rows = seen(n_rows, r / 16);
        __m512 old = _mm512_mask_loadu_ps(_mm512_setzero_ps(), rows, max + r);
        __m512 top = _mm512_load_ps(s->top + r), new = _mm512_max_ps(old, top);
        _mm512_store_ps(s->old + r, exp_negative(_mm512_sub_ps(old, new)));
        _mm512_store_ps(s->new + r, exp_negative(_mm512_sub_ps(top, new)));
        _mm512_mask_storeu_ps(max + r, rows, new);
    }
}

/* The scales of slots that no token has been written to yet may be no numbers: not looked at. */
static void scale_values(struct value_scales *v, const struct kv_span *kv, size_t head_dim,
                         size_t visible)
{
    __m512 scale[SPAN_VECTORS], most = _mm512_setzero_ps();
    for (size_t i = 0; i < SPAN_VECTORS; i++) {
        const uint8_t *at = kv->v[i / 2] + KV_PAGE * head_dim + i % 2 * 64;
        scale[i] = _mm512_maskz_loadu_ps(seen(visible, i), at);
        most = _mm512_max_ps(most, scale[i]);
    }
    float top = _mm512_reduce_max_ps(most);
    v->step = top / 254.0f;
    __m512 inverse = _mm512_set1_ps(top > 0 ? 254.0f / top : 0);
    for (size_t i = 0; i < SPAN_VECTORS; i++)
        _mm512_store_ps(v->steps + 16 * i, _mm512_mul_ps(scale[i], inverse));
}

/* Scores of row r become weights, 0 past `visible`; returns their sum. */
INLINE float row_weights(bool int8, struct rows *s, size_t r, size_t visible,
                         const struct value_scales *v)
{
    const float *scores = s->scores[r];
    __m512 top = _mm512_set1_ps(s->top[r]), total = _mm512_setzero_ps(), rest = total;
    for (size_t i = 0; i < SPAN_VECTORS; i++) {
        __m512 w = _mm512_setzero_ps();
        if (16 * i < visible)
            w = _mm512_maskz_mov_ps(seen(visible, i), exp_negative(_mm512_sub_ps(
                                                          _mm512_load_ps(scores + 16 * i), top)));
        total = _mm512_add_ps(total, w);
        if (int8) {
            w = _mm512_fmadd_ps(w, _mm512_load_ps(v->steps + 16 * i), rest);
            __m512i q = _mm512_cvtps_epi32(w);
            rest = _mm512_sub_ps(w, _mm512_cvtepi32_ps(q));
            _mm_store_si128((__m128i *)s->weights[r] + i, _mm512_cvtusepi32_epi8(q));
        } else {
            _mm256_store_si256((__m256i *)s->weights[r] + i, (__m256i)_mm512_cvtneps_pbh(w));
        }
    }
    return _mm512_reduce_add_ps(total);
}

INLINE void softmax(bool int8, struct rows *s, size_t n_rows, const size_t *visible,
                    const struct kv_span *kv, size_t head_dim, float *max, float *sum)
{
    struct value_scales scales = {.step = 1};
    size_t scaled = 0; /* visible tokens that they are of; a row that sees none needs none */
    rescale(s, n_rows, visible, max);
    for (size_t r = 0; r < n_rows; r++) {
        if (int8 && scaled != visible[r]) scale_values(&scales, kv, head_dim, scaled = visible[r]);
        float total = row_weights(int8, s, r, visible[r], &scales);
        sum[r] = sum[r] * s->old[r] + total * s->new[r];
        s->step[r] = s->new[r] * scales.step;
    }
}

/* ---- values ---- */

/* acc = acc * old + step * (weights x values), for n rows from r on and `width` vectors from
 * dimension d on, over the first n_tokens of the span; with `fetch` as page_scores. */
INLINE void span_values(bool int8, const struct rows *s, size_t r, size_t n, size_t head_dim,
                        size_t d, size_t width, const struct kv_span *kv, size_t n_tokens,
                        float *acc, bool fetch)
{
    __m512i sum[VALUE_ROWS][4];
    UNROLLED
    for (size_t i = 0; i < n; i++) {
        UNROLLED
        for (size_t j = 0; j < width; j++) sum[i][j] = _mm512_setzero_si512();
    }
    size_t several = int8 ? 4 : 2; /* tokens side by side: 4 bytes */
    for (size_t p = 0; p * KV_PAGE < n_tokens; p++) {
        const uint8_t *v = kv->v[p] + d * 4, *next = kv->next_v[p] + d * 4;
        const uint8_t *weights = (const uint8_t *)s->weights[r] + p * KV_PAGE * 4 / several;
        size_t left = n_tokens - p * KV_PAGE;
        for (size_t t = 0; t < KV_PAGE && t < left; t += several) {
            size_t at = t / several * head_dim * 4;
            __m512i value[4];
            UNROLLED
            for (size_t j = 0; j < width; j++) value[j] = _mm512_loadu_si512(v + at + 64 * j);
            /* A slot that no token has been written to yet may hold what is not a number. */
            if (!int8 && t + 1 == left) {
                UNROLLED
                for (size_t j = 0; j < width; j++)
                    value[j] = _mm512_and_si512(value[j], _mm512_set1_epi32(0xffff));
            }
            if (fetch) {
                UNROLLED
                for (size_t j = 0; j < width; j++)
                    _mm_prefetch((const char *)next + at + 64 * j, _MM_HINT_T1);
            }
            UNROLLED
            for (size_t i = 0; i < n; i++) {
                __m512i w = broadcast4(weights + i * sizeof s->weights[0] + t / several * 4);
                UNROLLED
                for (size_t j = 0; j < width; j++)
                    if (int8)
                        dot_int8(&sum[i][j], w, value[j]);
                    else
                        dot_bf16(&sum[i][j], value[j], w);
            }
        }
    }
    UNROLLED
    for (size_t i = 0; i < n; i++) {
        UNROLLED
        for (size_t j = 0; j < width; j++) {
            float *to = acc + (r + i) * head_dim + d + 16 * j;
            __m512 old = _mm512_mul_ps(_mm512_loadu_ps(to), _mm512_set1_ps(s->old[r + i]));
            __m512 new = int8 ? _mm512_cvtepi32_ps(sum[i][j]) : (__m512)sum[i][j];
            _mm512_storeu_ps(to, _mm512_fmadd_ps(new, _mm512_set1_ps(s->step[r + i]), old));
        }
    }
}

INLINE void values_of_rows(bool int8, const struct rows *s, size_t r, size_t n, size_t head_dim,
                           const struct kv_span *kv, size_t n_tokens, float *acc)
{
    size_t d = 0;
    for (; d + 64 <= head_dim; d += 64)
        span_values(int8, s, r, n, head_dim, d, 4, kv, n_tokens, acc, r == 0);
    for (; d < head_dim; d += 16)
        span_values(int8, s, r, n, head_dim, d, 1, kv, n_tokens, acc, r == 0);
}

/* Calls `f` with a row count that is a constant where it is inlined. */
#define CASE(n, f, ...)                                                                            \
    case n:                                                                                        \
        f(__VA_ARGS__);                                                                            \
        break;

INLINE void attend(bool int8, const struct attention_queries *q, size_t n_rows, size_t head_dim,
                   const struct kv_span *kv, const size_t *visible, float *max, float *sum,
                   float *acc)
{
    struct rows s;
    size_t n_tokens = 0;
    for (size_t r = 0; r < n_rows; r++) n_tokens = visible[r] > n_tokens ? visible[r] : n_tokens;

    size_t blocks = (n_rows + SCORE_ROWS - 1) / SCORE_ROWS;
    for (size_t p = 0; p * KV_PAGE < n_tokens; p++)
        for (size_t b = 0; b < blocks; b++) {
            size_t r = n_rows * b / blocks, n = n_rows * (b + 1) / blocks - r;
            switch (n) {
                CASE(1, page_scores, int8, &s, q, r, 1, head_dim, kv, p, b == 0)
                CASE(2, page_scores, int8, &s, q, r, 2, head_dim, kv, p, b == 0)
                CASE(3, page_scores, int8, &s, q, r, 3, head_dim, kv, p, b == 0)
                CASE(4, page_scores, int8, &s, q, r, 4, head_dim, kv, p, b == 0)
                CASE(5, page_scores, int8, &s, q, r, 5, head_dim, kv, p, b == 0)
                CASE(6, page_scores, int8, &s, q, r, 6, head_dim, kv, p, b == 0)
            }
        }
    softmax(int8, &s, n_rows, visible, kv, head_dim, max, sum);
    blocks = (n_rows + VALUE_ROWS - 1) / VALUE_ROWS;
    for (size_t b = 0; b < blocks; b++) {
        size_t r = n_rows * b / blocks, n = n_rows * (b + 1) / blocks - r;
        switch (n) {
            CASE(1, values_of_rows, int8, &s, r, 1, head_dim, kv, n_tokens, acc)
            CASE(2, values_of_rows, int8, &s, r, 2, head_dim, kv, n_tokens, acc)
            CASE(3, values_of_rows, int8, &s, r, 3, head_dim, kv, n_tokens, acc)
            CASE(4, values_of_rows, int8, &s, r, 4, head_dim, kv, n_tokens, acc)
        }
    }
}

static void span_bf16(const struct attention_queries *q, size_t n_rows, size_t head_dim,
                      const struct kv_span *kv, const size_t *visible, float *max, float *sum,
                      float *acc)
{
    attend(false, q, n_rows, head_dim, kv, visible, max, sum, acc);
}

static void span_int8(const struct attention_queries *q, size_t n_rows, size_t head_dim,
                      const struct kv_span *kv, const size_t *visible, float *max, float *sum,
                      float *acc)
{
    attend(true, q, n_rows, head_dim, kv, visible, max, sum, acc);
}

const struct paged_attention attention_bf16_avx512 = {queries_bf16, span_bf16};
const struct paged_attention attention_int8_avx512 = {queries_int8, span_int8};
#endif
