#include "quant/q4_search.h"

#include <math.h>
#include <string.h>

bool q4_tables_init(struct q4_tables *t, const float codebook[16])
{
    for (size_t k = 0; k < 16; k++) t->level[k] = codebook[k] / Q4_BIN;
    for (size_t k = 0; k < 15; k++) t->threshold[k] = (t->level[k] + t->level[k + 1]) / 2;
    bool ok = true;
    size_t below = 0; /* thresholds in lower bins */
    for (int bin = -16; bin < 16; bin++) {
        size_t inside = 0;
        while (below + inside < 15 && t->threshold[below + inside] < (float)(bin + 1)) inside++;
        size_t slot = (size_t)bin & 31;
        t->bin_threshold[slot] = inside ? t->threshold[below] : INFINITY;
        t->bin_low[slot] = t->level[below];
        t->bin_high[slot] = t->level[below + (inside > 0)];
        t->bin_index[slot] = (int32_t)below;
        below += inside;
        if (inside > 1) ok = false;
    }
    for (size_t path = 0; path < 8; path++) {
        size_t slot = (8 - path) & 7;
        t->tree_fourth[slot] = t->threshold[4 * (path & 3) + 1];
        t->tree_eighth[slot] = t->threshold[2 * path];
        t->tree_low[slot] = t->level[2 * path];
        t->tree_high[slot] = t->level[2 * path + 1];
    }
    return ok && below == 15;
}

/* 16 lanes as four vectors of the size that baseline x86-64 and aarch64 both have. */
typedef float lanes __attribute__((vector_size(16)));
typedef int32_t masks __attribute__((vector_size(16)));
typedef struct {
    lanes v[4];
} vec;

#define EACH(expression)                                                                           \
    vec out;                                                                                       \
    for (size_t q = 0; q < 4; q++) out.v[q] = (expression);                                        \
    return out

static inline lanes choose(masks m, lanes x, lanes y)
{
    return (lanes)(((masks)x & m) | ((masks)y & ~m));
}

static inline vec v_load(const float *p)
{
    vec out;
    memcpy(&out, p, sizeof out);
    return out;
}

static inline void v_store(float *p, vec x)
{
    memcpy(p, &x, sizeof x);
}

static inline vec v_all(float f)
{
    EACH(((lanes){f, f, f, f}));
}

static inline vec v_add(vec a, vec b)
{
    EACH(a.v[q] + b.v[q]);
}

static inline vec v_mul(vec a, vec b)
{
    EACH(a.v[q] * b.v[q]);
}

static inline vec v_div(vec a, vec b)
{
    EACH(a.v[q] / b.v[q]);
}

static inline vec v_abs(vec a)
{
    EACH((lanes)((masks)a.v[q] & 0x7fffffff));
}

static inline vec v_if_greater(vec a, vec b, vec x, vec y)
{
    EACH(choose(a.v[q] > b.v[q], x.v[q], y.v[q]));
}

static inline vec v_max(vec a, vec b)
{
    return v_if_greater(a, b, a, b);
}

static inline vec v_min(vec a, vec b)
{
    return v_if_greater(b, a, a, b);
}

static inline vec v_sqrt(vec a)
{
    for (size_t r = 0; r < 16; r++) a.v[r / 4][r % 4] = sqrtf(a.v[r / 4][r % 4]);
    return a;
}

static inline vec v_round(vec a) /* 0 <= a < 2^22, half to even */
{
    EACH((a.v[q] + 8388608.0f) - 8388608.0f);
}

static inline vec v_level(const struct q4_tables *t, vec x)
{
    vec c = v_all(t->level[0]);
    for (size_t k = 0; k < 15; k++)
        for (size_t q = 0; q < 4; q++) {
            lanes up = {t->level[k + 1], t->level[k + 1], t->level[k + 1], t->level[k + 1]};
            c.v[q] = choose(x.v[q] > t->threshold[k], up, c.v[q]);
        }
    return c;
}

static inline void v_store_nibbles(const struct q4_tables *t, const vec *x, uint8_t *out)
{
    for (size_t r = 0; r < 16; r++)
        for (size_t i = 0; i < 4; i++) {
            unsigned low = 0, high = 0;
            for (size_t k = 0; k < 15; k++) {
                low += x[i].v[r / 4][r % 4] > t->threshold[k];
                high += x[i + 4].v[r / 4][r % 4] > t->threshold[k];
            }
            out[4 * r + i] = (uint8_t)(low | high << 4);
        }
}

#include "quant/q4_search_body.h"

const struct q4_search Q4_SEARCH_PORTABLE = {"portable", search_fit, search_pack};

bool q4_search_usable(const struct q4_search *s)
{
#if defined(__x86_64__)
    if (s == &Q4_SEARCH_AVX2) return __builtin_cpu_supports("avx2");
    if (s == &Q4_SEARCH_AVX512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
#endif
    return s == &Q4_SEARCH_PORTABLE;
}

const struct q4_search *q4_search_best(void)
{
    if (q4_search_usable(&Q4_SEARCH_AVX512)) return &Q4_SEARCH_AVX512;
    if (q4_search_usable(&Q4_SEARCH_AVX2)) return &Q4_SEARCH_AVX2;
    return &Q4_SEARCH_PORTABLE;
}
