/* Sixteen f32 lanes in the compiler's own vector notation. The same source becomes SSE2, AVX2 or
 * AVX-512 code by the flags of the file that includes it, so that kernels which need no special
 * instruction are written once. Everything here is inlined: no vector crosses a call. */
#ifndef BACKEND_CPU_VECTOR_H
#define BACKEND_CPU_VECTOR_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline, unused))

typedef float v16f __attribute__((vector_size(64)));
typedef int32_t v16i __attribute__((vector_size(64)));
typedef uint32_t v16u __attribute__((vector_size(64)));
typedef uint16_t v16h __attribute__((vector_size(32)));

INLINE v16f v16_load(const float *p)
{
    v16f v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void v16_store(float *p, v16f v)
{
    memcpy(p, &v, sizeof v);
}

INLINE v16f v16_set(float f)
{
    return (v16f){f, f, f, f, f, f, f, f, f, f, f, f, f, f, f, f};
}

/* mask lanes are all ones or all zeros */
INLINE v16f v16_select(v16i mask, v16f yes, v16f no)
{
    return (v16f)(((v16i)yes & mask) | ((v16i)no & ~mask));
}

INLINE v16f v16_max(v16f a, v16f b)
{
    return v16_select(a > b, a, b);
}

/* Sum and maximum of the lanes, in a fixed order. */
INLINE float v16_sum(v16f v)
{
    float s[16];
    memcpy(s, &v, sizeof s);
    for (int n = 8; n > 0; n /= 2)
        for (int i = 0; i < n; i++) s[i] += s[i + n];
    return s[0];
}

INLINE float v16_max_lane(v16f v)
{
    float s[16];
    memcpy(s, &v, sizeof s);
    for (int n = 8; n > 0; n /= 2)
        for (int i = 0; i < n; i++) s[i] = s[i] > s[i + n] ? s[i] : s[i + n];
    return s[0];
}

INLINE int32_t v16_sum_integers(v16i v)
{
    int32_t s[16];
    memcpy(s, &v, sizeof s);
    for (int n = 8; n > 0; n /= 2)
        for (int i = 0; i < n; i++) s[i] += s[i + n];
    return s[0];
}

/* e^x within 2 ulp for x <= 88; 0 below -87. Cody-Waite reduction by ln 2 and a degree-6
 * polynomial (coefficients: Taylor's, enough for |r| <= 0.347). */
INLINE v16f v16_exp(v16f x)
{
    const v16f low = v16_set(-87.0f);
    v16i tiny = x < low;
    x = v16_select(tiny, low, x);
    const v16f magic = v16_set(12582912.0f); /* 1.5 * 2^23: adding it rounds to an integer */
    v16f n = x * v16_set(1.44269504f) + magic;
    v16i exponent = (v16i)n << 23;
    n -= magic;
    v16f r = x - n * v16_set(0.693359375f);
    r -= n * v16_set(-2.12194440e-4f);
    v16f p = v16_set(1.0f / 720);
    p = p * r + v16_set(1.0f / 120);
    p = p * r + v16_set(1.0f / 24);
    p = p * r + v16_set(1.0f / 6);
    p = p * r + v16_set(0.5f);
    p = p * r + v16_set(1.0f);
    p = p * r + v16_set(1.0f);
    v16f e = (v16f)((v16i)p + exponent);
    return v16_select(tiny, v16_set(0), e);
}

/* bf16 to f32 is a shift. */
INLINE v16f v16_from_bf16(const uint16_t *p)
{
    v16h h;
    memcpy(&h, p, sizeof h);
    return (v16f)(__builtin_convertvector(h, v16u) << 16);
}

/* Round to nearest even; NaN is not kept apart, as no activation may be one. */
INLINE v16h v16_to_bf16(v16f v)
{
    v16u u = (v16u)v;
    u += 0x7fffu + (u >> 16 & 1u);
    return __builtin_convertvector(u >> 16, v16h);
}

#endif
