/* The q4 search on AVX2: a level is found by a binary search over tables of 8. */
#include "quant/q4_search.h"

#include <immintrin.h>
#include <math.h>

typedef struct {
    __m256 a, b;
} vec;

static inline vec v_load(const float *p)
{
    return (vec){_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)};
}

static inline void v_store(float *p, vec x)
{
    _mm256_storeu_ps(p, x.a);
    _mm256_storeu_ps(p + 8, x.b);
}

static inline vec v_all(float f)
{
    return (vec){_mm256_set1_ps(f), _mm256_set1_ps(f)};
}

static inline vec v_add(vec a, vec b)
{
    return (vec){_mm256_add_ps(a.a, b.a), _mm256_add_ps(a.b, b.b)};
}

static inline vec v_mul(vec a, vec b)
{
    return (vec){_mm256_mul_ps(a.a, b.a), _mm256_mul_ps(a.b, b.b)};
}

static inline vec v_div(vec a, vec b)
{
    return (vec){_mm256_div_ps(a.a, b.a), _mm256_div_ps(a.b, b.b)};
}

static inline vec v_abs(vec a)
{
    __m256 sign = _mm256_set1_ps(-0.0f);
    return (vec){_mm256_andnot_ps(sign, a.a), _mm256_andnot_ps(sign, a.b)};
}

static inline __m256 greater(__m256 a, __m256 b)
{
    return _mm256_cmp_ps(a, b, _CMP_GT_OQ);
}

static inline vec v_if_greater(vec a, vec b, vec x, vec y)
{
    return (vec){_mm256_blendv_ps(y.a, x.a, greater(a.a, b.a)),
                 _mm256_blendv_ps(y.b, x.b, greater(a.b, b.b))};
}

static inline vec v_max(vec a, vec b)
{
    return (vec){_mm256_max_ps(a.a, b.a), _mm256_max_ps(a.b, b.b)};
}

static inline vec v_min(vec a, vec b)
{
    return (vec){_mm256_min_ps(a.a, b.a), _mm256_min_ps(a.b, b.b)};
}

static inline vec v_sqrt(vec a)
{
    return (vec){_mm256_sqrt_ps(a.a), _mm256_sqrt_ps(a.b)};
}

static inline vec v_round(vec a)
{
    return (vec){_mm256_round_ps(a.a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC),
                 _mm256_round_ps(a.b, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
}

/* A path is minus the number whose bits say, from the middle threshold on, where x was above. */
struct path {
    __m256i first; /* of three thresholds: 0 to -7 */
    __m256 last;   /* above the fourth */
};

static inline __m256i step(__m256i path, __m256 above)
{
    return _mm256_add_epi32(_mm256_add_epi32(path, path), _mm256_castps_si256(above));
}

static inline struct path path_of(const struct q4_tables *t, __m256 x)
{
    __m256 above = greater(x, _mm256_set1_ps(t->threshold[7]));
    __m256 quarter =
        _mm256_blendv_ps(_mm256_set1_ps(t->threshold[3]), _mm256_set1_ps(t->threshold[11]), above);
    __m256i path = step(_mm256_castps_si256(above), greater(x, quarter));
    __m256 fourth = _mm256_permutevar8x32_ps(_mm256_loadu_ps(t->tree_fourth), path);
    path = step(path, greater(x, fourth));
    __m256 eighth = _mm256_permutevar8x32_ps(_mm256_loadu_ps(t->tree_eighth), path);
    return (struct path){path, greater(x, eighth)};
}

static inline __m256 level_of(const struct q4_tables *t, __m256 x)
{
    struct path p = path_of(t, x);
    return _mm256_blendv_ps(_mm256_permutevar8x32_ps(_mm256_loadu_ps(t->tree_low), p.first),
                            _mm256_permutevar8x32_ps(_mm256_loadu_ps(t->tree_high), p.first),
                            p.last);
}

static inline vec v_level(const struct q4_tables *t, vec x)
{
    return (vec){level_of(t, x.a), level_of(t, x.b)};
}

static inline __m256i index_of(const struct q4_tables *t, __m256 x)
{
    struct path p = path_of(t, x);
    return _mm256_sub_epi32(_mm256_setzero_si256(), step(p.first, p.last));
}

static inline void v_store_nibbles(const struct q4_tables *t, const vec *x, uint8_t *out)
{
    for (size_t half = 0; half < 2; half++) {
        __m256i word = _mm256_setzero_si256();
        for (int i = 0; i < 4; i++) {
            __m256i low = index_of(t, half ? x[i].b : x[i].a);
            __m256i high = index_of(t, half ? x[i + 4].b : x[i + 4].a);
            word = _mm256_or_si256(word, _mm256_slli_epi32(low, 8 * i));
            word = _mm256_or_si256(word, _mm256_slli_epi32(high, 8 * i + 4));
        }
        _mm256_storeu_si256((__m256i *)(void *)(out + 32 * half), word);
    }
}

#include "quant/q4_search_body.h"

const struct q4_search Q4_SEARCH_AVX2 = {"avx2", search_fit, search_pack};
