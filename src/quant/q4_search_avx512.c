/* The q4 search on AVX-512: a level is found by its bin, from three 32-entry tables. */
#include "quant/q4_search.h"

#include <immintrin.h>
#include <math.h>

typedef __m512 vec;

static inline vec v_load(const float *p)
{
    return _mm512_loadu_ps(p);
}

static inline void v_store(float *p, vec x)
{
    _mm512_storeu_ps(p, x);
}

static inline vec v_all(float f)
{
    return _mm512_set1_ps(f);
}

static inline vec v_add(vec a, vec b)
{
    return _mm512_add_ps(a, b);
}

static inline vec v_mul(vec a, vec b)
{
    return _mm512_mul_ps(a, b);
}

static inline vec v_div(vec a, vec b)
{
    return _mm512_div_ps(a, b);
}

static inline vec v_abs(vec a)
{
    return _mm512_abs_ps(a);
}

static inline vec v_if_greater(vec a, vec b, vec x, vec y)
{
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_GT_OQ), y, x);
}

static inline vec v_max(vec a, vec b)
{
    return _mm512_max_ps(a, b);
}

static inline vec v_min(vec a, vec b)
{
    return _mm512_min_ps(a, b);
}

static inline vec v_sqrt(vec a)
{
    return _mm512_sqrt_ps(a);
}

static inline vec v_round(vec a)
{
    return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

/* Clipped so that the bin is in -16..15; no threshold lies outside. */
static inline __m512i bin_of(vec x)
{
    vec inside = _mm512_max_ps(_mm512_min_ps(x, v_all(15.5f)), v_all(-16.0f));
    return _mm512_cvt_roundps_epi32(inside, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
}

static inline vec look_up(const float *table, __m512i bin)
{
    return _mm512_permutex2var_ps(v_load(table), bin, v_load(table + 16));
}

static inline vec v_level(const struct q4_tables *t, vec x)
{
    __m512i bin = bin_of(x);
    return v_if_greater(x, look_up(t->bin_threshold, bin), look_up(t->bin_high, bin),
                        look_up(t->bin_low, bin));
}

static inline __m512i index_of(const struct q4_tables *t, vec x)
{
    __m512i bin = bin_of(x);
    __m512i low = _mm512_permutex2var_epi32(_mm512_loadu_si512(t->bin_index), bin,
                                            _mm512_loadu_si512(t->bin_index + 16));
    __mmask16 above = _mm512_cmp_ps_mask(x, look_up(t->bin_threshold, bin), _CMP_GT_OQ);
    return _mm512_mask_add_epi32(low, above, low, _mm512_set1_epi32(1));
}

static inline void v_store_nibbles(const struct q4_tables *t, const vec *x, uint8_t *out)
{
    __m512i word = _mm512_setzero_si512();
    for (unsigned i = 0; i < 4; i++) {
        __m512i low = _mm512_slli_epi32(index_of(t, x[i]), 8 * i);
        __m512i high = _mm512_slli_epi32(index_of(t, x[i + 4]), 8 * i + 4);
        word = _mm512_or_si512(word, _mm512_or_si512(low, high));
    }
    _mm512_storeu_si512(out, word);
}

#include "quant/q4_search_body.h"

const struct q4_search Q4_SEARCH_AVX512 = {"avx512", search_fit, search_pack};
