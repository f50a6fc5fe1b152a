/* Attention straight from the pages: bf16 with vdpbf16ps, int8 with vpdpbusd (scores) and vpdpwssd
 * (values). A span of up to 128 tokens is one tile of the online softmax. Rows go through the
 * registers in blocks, each row by the same operations in the same order whatever its block. */
#include "backend/backend.h"
#include "backend/cpu/kernels.h"
#include "backend/cpu/vector.h"

#if defined(__AVX512BF16__) && defined(__AVX512VNNI__)
#include <immintrin.h>
#include <math.h>

enum { MAX_DIM = 256, SCORE_ROWS = 8, VALUE_ROWS = 6, PAGE_PAIRS = KV_PAGE / 2 };

/* What one span's rows need between scores and values. */
struct rows {
    _Alignas(64) float scores[TILE_QUERIES][SPAN_TOKENS];
    _Alignas(64) uint16_t weights[TILE_QUERIES][SPAN_TOKENS]; /* bf16 or int16 */
    _Alignas(64) uint16_t q[TILE_QUERIES * MAX_DIM];          /* bf16 or int8 */
    float q_scale[TILE_QUERIES], weight_scale[TILE_QUERIES], shrink[TILE_QUERIES];
    int32_t q_bias[TILE_QUERIES];
};

INLINE __m512i broadcast4(const void *p)
{
    int32_t four;
    memcpy(&four, p, sizeof four);
    return _mm512_set1_epi32(four);
}

/* ---- scores ---- */

static void queries_bf16(struct rows *s, const float *q, size_t n)
{
    for (size_t i = 0; i < n; i += 16)
        _mm256_store_si256((__m256i *)(s->q + i),
                           (__m256i)_mm512_cvtneps_pbh(_mm512_loadu_ps(q + i)));
}

static void queries_int8(struct rows *s, const float *q, size_t n_rows, size_t head_dim)
{
    int8_t *to = (int8_t *)s->q;
    for (size_t r = 0; r < n_rows; r++, q += head_dim, to += head_dim) {
        __m512 top = _mm512_setzero_ps();
        for (size_t d = 0; d < head_dim; d += 16)
            top = _mm512_max_ps(top, _mm512_abs_ps(_mm512_loadu_ps(q + d)));
        float max = _mm512_reduce_max_ps(top);
        __m512 inverse = _mm512_set1_ps(max > 0 ? 127.0f / max : 0);
        __m512i sum = _mm512_setzero_si512();
        for (size_t d = 0; d < head_dim; d += 16) {
            __m512i v = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_loadu_ps(q + d), inverse));
            sum = _mm512_add_epi32(sum, v);
            _mm_storeu_si128((__m128i *)(to + d), _mm512_cvtsepi32_epi8(v));
        }
        s->q_scale[r] = max / 127.0f;
        s->q_bias[r] = -128 * _mm512_reduce_add_epi32(sum); /* keys are stored + 128 */
    }
}

/* n rows from r on against the 32 keys of page p of the span; the same place of the next span is
 * fetched meanwhile. */
INLINE void page_scores(bool int8, struct rows *s, size_t r, size_t n, size_t head_dim,
                        const struct kv_span *kv, size_t p)
{
    const uint8_t *k = kv->k[p], *next = kv->next_k[p];
    size_t row_bytes = int8 ? head_dim : 2 * head_dim;
    const uint8_t *q = (const uint8_t *)s->q + r * row_bytes;
    __m512i dot[SCORE_ROWS][2];
    for (size_t i = 0; i < n; i++)
        dot[i][0] = dot[i][1] = _mm512_set1_epi32(int8 ? s->q_bias[r + i] : 0);
    for (size_t at = 0; at < row_bytes; at += 4) {
        __m512i k0 = _mm512_loadu_si512(k + at * 32), k1 = _mm512_loadu_si512(k + at * 32 + 64);
        _mm_prefetch((const char *)next + at * 32, _MM_HINT_T1);
        _mm_prefetch((const char *)next + at * 32 + 64, _MM_HINT_T1);
        for (size_t i = 0; i < n; i++) {
            __m512i x = broadcast4(q + i * row_bytes + at);
            if (int8) {
                dot[i][0] = _mm512_dpbusd_epi32(dot[i][0], k0, x);
                dot[i][1] = _mm512_dpbusd_epi32(dot[i][1], k1, x);
            } else {
                dot[i][0] = (__m512i)_mm512_dpbf16_ps((__m512)dot[i][0], (__m512bh)k0, (__m512bh)x);
                dot[i][1] = (__m512i)_mm512_dpbf16_ps((__m512)dot[i][1], (__m512bh)k1, (__m512bh)x);
            }
        }
    }
    for (size_t i = 0; i < n; i++)
        for (size_t half = 0; half < 2; half++) {
            __m512 score = (__m512)dot[i][half];
            if (int8) {
                const float *scale = (const float *)(const void *)(k + KV_PAGE * head_dim);
                score = _mm512_mul_ps(_mm512_cvtepi32_ps(dot[i][half]),
                                      _mm512_mul_ps(_mm512_loadu_ps(scale + half * 16),
                                                    _mm512_set1_ps(s->q_scale[r + i])));
            }
            _mm512_store_ps(s->scores[r + i] + p * KV_PAGE + half * 16, score);
        }
}

/* ---- softmax ---- */

/* Scores of row r become weights; tokens past `visible` weigh nothing. */
INLINE void row_softmax(bool int8, struct rows *s, size_t r, size_t visible,
                        const struct kv_span *kv, size_t head_dim, float *max, float *sum)
{
    float *scores = s->scores[r];
    size_t whole = (visible + 15) / 16;
    __m512 lowest = _mm512_set1_ps(-INFINITY), top = lowest;
    if (visible % 16)
        _mm512_store_ps(scores + visible / 16 * 16,
                        _mm512_mask_load_ps(lowest, (__mmask16)((1u << visible % 16) - 1),
                                            scores + visible / 16 * 16));
    for (size_t i = 0; i < whole; i++) top = _mm512_max_ps(top, _mm512_load_ps(scores + 16 * i));
    float new_max = _mm512_reduce_max_ps(top);
    if (*max > new_max) new_max = *max;
    s->shrink[r] = expf(*max - new_max); /* 0 for the first span, whose *max is -infinity */
    *max = new_max;
    __m512 total = _mm512_setzero_ps(), largest = total;
    for (size_t i = 0; i < SPAN_TOKENS / 16; i++) {
        __m512 w = _mm512_setzero_ps();
        if (i < whole) {
            w = (__m512)v16_exp((v16f)_mm512_load_ps(scores + 16 * i) - v16_set(new_max));
            total = _mm512_add_ps(total, w);
        }
        if (int8) {          /* a value's scale goes into its weight */
            if (i < whole) { /* that of a slot not written to yet may be no number */
                size_t left = visible - 16 * i;
                __mmask16 used = (__mmask16)(left < 16 ? (1u << left) - 1 : 0xffff);
                const float *scale =
                    (const float *)(const void *)(kv->v[i / 2] + KV_PAGE * head_dim);
                w = _mm512_maskz_mul_ps(used, w, _mm512_loadu_ps(scale + i % 2 * 16));
            }
            largest = _mm512_max_ps(largest, w);
            _mm512_store_ps(scores + 16 * i, w);
        } else {
            _mm256_store_si256((__m256i *)(s->weights[r] + 16 * i), (__m256i)_mm512_cvtneps_pbh(w));
        }
    }
    *sum = *sum * s->shrink[r] + _mm512_reduce_add_ps(total);
    if (!int8) return;
    float most = _mm512_reduce_max_ps(largest);
    __m512 inverse = _mm512_set1_ps(most > 0 ? 32767.0f / most : 0);
    s->weight_scale[r] = most / 32767.0f;
    for (size_t i = 0; i < SPAN_TOKENS / 16; i++) {
        __m512i w = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_load_ps(scores + 16 * i), inverse));
        _mm256_store_si256((__m256i *)(s->weights[r] + 16 * i), _mm512_cvtsepi32_epi16(w));
    }
}

/* ---- values ---- */

/* acc = acc * shrink + weights x values, for n rows from r on and `width` vectors from dimension d
 * on, over the first n_tokens of the span. int32 does not overflow: 128 * 127 * 32767 < 2^31. */
INLINE void span_values(bool int8, const struct rows *s, size_t r, size_t n, size_t head_dim,
                        size_t d, size_t width, const struct kv_span *kv, size_t n_tokens,
                        float *acc)
{
    __m512i sum[VALUE_ROWS][4];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < width; j++) {
            __m512 old = _mm512_mul_ps(_mm512_loadu_ps(acc + (r + i) * head_dim + d + 16 * j),
                                       _mm512_set1_ps(s->shrink[r + i]));
            sum[i][j] = int8 ? _mm512_setzero_si512() : (__m512i)old;
        }
    size_t size = int8 ? 2 : 4; /* bytes of a dimension of two tokens */
    for (size_t p = 0; p * KV_PAGE < n_tokens; p++) {
        const uint8_t *v = kv->v[p] + d * size, *next = kv->next_v[p] + d * size;
        size_t left = n_tokens - p * KV_PAGE, pairs = left < KV_PAGE ? (left + 1) / 2 : PAGE_PAIRS;
        for (size_t t = 0; t < pairs; t++) {
            /* A slot that no token has been written to yet may hold what is not a number. */
            __m512i used = _mm512_set1_epi32(2 * t + 1 < left ? -1 : 0xffff);
            __m512i value[4];
            for (size_t j = 0; j < width; j++) {
                const uint8_t *at = v + (t * head_dim + 16 * j) * size;
                if (int8)
                    value[j] = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)at));
                else
                    value[j] = _mm512_and_si512(_mm512_loadu_si512(at), used);
            }
            for (size_t j = 0; j < width * size * 16; j += 64)
                _mm_prefetch((const char *)next + t * head_dim * size + j, _MM_HINT_T1);
            for (size_t i = 0; i < n; i++) {
                __m512i w = broadcast4(s->weights[r + i] + p * KV_PAGE + 2 * t);
                for (size_t j = 0; j < width; j++)
                    sum[i][j] = int8 ? _mm512_dpwssd_epi32(sum[i][j], value[j], w)
                                     : (__m512i)_mm512_dpbf16_ps((__m512)sum[i][j],
                                                                 (__m512bh)value[j], (__m512bh)w);
            }
        }
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < width; j++) {
            float *to = acc + (r + i) * head_dim + d + 16 * j;
            __m512 out = (__m512)sum[i][j];
            if (int8)
                out = _mm512_fmadd_ps(
                    _mm512_cvtepi32_ps(sum[i][j]), _mm512_set1_ps(s->weight_scale[r + i]),
                    _mm512_mul_ps(_mm512_loadu_ps(to), _mm512_set1_ps(s->shrink[r + i])));
            _mm512_storeu_ps(to, out);
        }
}

INLINE void values_of_rows(bool int8, const struct rows *s, size_t r, size_t n, size_t head_dim,
                           const struct kv_span *kv, size_t n_tokens, float *acc)
{
    size_t d = 0;
    for (; d + 64 <= head_dim; d += 64)
        span_values(int8, s, r, n, head_dim, d, 4, kv, n_tokens, acc);
    for (; d < head_dim; d += 16) span_values(int8, s, r, n, head_dim, d, 1, kv, n_tokens, acc);
}

/* Calls `f` with a row count that is a constant where it is inlined. */
#define CASE(n, f, ...)                                                                            \
    case n:                                                                                        \
        f(__VA_ARGS__);                                                                            \
        break;

INLINE void attend(bool int8, const float *q, size_t n_rows, size_t head_dim,
                   const struct kv_span *kv, const size_t *visible, float *max, float *sum,
                   float *acc)
{
    struct rows s;
    if (int8)
        queries_int8(&s, q, n_rows, head_dim);
    else
        queries_bf16(&s, q, n_rows * head_dim);
    size_t n_tokens = 0;
    for (size_t r = 0; r < n_rows; r++) n_tokens = visible[r] > n_tokens ? visible[r] : n_tokens;

    size_t blocks = (n_rows + SCORE_ROWS - 1) / SCORE_ROWS;
    for (size_t p = 0; p * KV_PAGE < n_tokens; p++)
        for (size_t b = 0; b < blocks; b++) {
            size_t r = n_rows * b / blocks, n = n_rows * (b + 1) / blocks - r;
            switch (n) {
                CASE(1, page_scores, int8, &s, r, 1, head_dim, kv, p)
                CASE(2, page_scores, int8, &s, r, 2, head_dim, kv, p)
                CASE(3, page_scores, int8, &s, r, 3, head_dim, kv, p)
                CASE(4, page_scores, int8, &s, r, 4, head_dim, kv, p)
                CASE(5, page_scores, int8, &s, r, 5, head_dim, kv, p)
                CASE(6, page_scores, int8, &s, r, 6, head_dim, kv, p)
                CASE(7, page_scores, int8, &s, r, 7, head_dim, kv, p)
                CASE(8, page_scores, int8, &s, r, 8, head_dim, kv, p)
            }
        }
    for (size_t r = 0; r < n_rows; r++) {
        if (visible[r] > 0) {
            row_softmax(int8, &s, r, visible[r], kv, head_dim, &max[r], &sum[r]);
        } else { /* nothing of this span changes the row */
            s.shrink[r] = 1;
            s.weight_scale[r] = 0;
            memset(s.weights[r], 0, sizeof s.weights[r]);
        }
    }
    blocks = (n_rows + VALUE_ROWS - 1) / VALUE_ROWS;
    for (size_t b = 0; b < blocks; b++) {
        size_t r = n_rows * b / blocks, n = n_rows * (b + 1) / blocks - r;
        switch (n) {
            CASE(1, values_of_rows, int8, &s, r, 1, head_dim, kv, n_tokens, acc)
            CASE(2, values_of_rows, int8, &s, r, 2, head_dim, kv, n_tokens, acc)
            CASE(3, values_of_rows, int8, &s, r, 3, head_dim, kv, n_tokens, acc)
            CASE(4, values_of_rows, int8, &s, r, 4, head_dim, kv, n_tokens, acc)
            CASE(5, values_of_rows, int8, &s, r, 5, head_dim, kv, n_tokens, acc)
            CASE(6, values_of_rows, int8, &s, r, 6, head_dim, kv, n_tokens, acc)
        }
    }
}

static void span_bf16(const float *q, size_t n_rows, size_t head_dim, const struct kv_span *kv,
                      const size_t *visible, float *max, float *sum, float *acc)
{
    attend(false, q, n_rows, head_dim, kv, visible, max, sum, acc);
}

static void span_int8(const float *q, size_t n_rows, size_t head_dim, const struct kv_span *kv,
                      const size_t *visible, float *max, float *sum, float *acc)
{
    attend(true, q, n_rows, head_dim, kv, visible, max, sum, acc);
}

attention_span *const attention_bf16_avx512 = span_bf16, *const attention_int8_avx512 = span_int8;
#endif
