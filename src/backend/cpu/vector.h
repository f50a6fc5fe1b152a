/* Sixteen f32 lanes in the compiler's own vector notation. The same source becomes SSE2, AVX2 or
 * AVX-512 code by the flags of the file that includes it, so that kernels which need no special
 * instruction are written once. Everything here is inlined: no vector crosses a call. */
#ifndef BACKEND_CPU_VECTOR_H
#define BACKEND_CPU_VECTOR_H

#if defined(__AVX512F__)
#include <immintrin.h>
#endif
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

typedef float v8f __attribute__((vector_size(32)));
typedef float v4f __attribute__((vector_size(16)));
typedef int32_t v8i __attribute__((vector_size(32)));
typedef int32_t v4i __attribute__((vector_size(16)));

/* The two halves of a vector. */
#define V16_LOW(v)  __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7)
#define V16_HIGH(v) __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15)
#define V8_LOW(v)   __builtin_shufflevector(v, v, 0, 1, 2, 3)
#define V8_HIGH(v)  __builtin_shufflevector(v, v, 4, 5, 6, 7)

/* Sum and maximum of the lanes, in a fixed order: half onto half. */
INLINE float v16_sum(v16f v)
{
    v8f a = V16_LOW(v) + V16_HIGH(v);
    v4f b = V8_LOW(a) + V8_HIGH(a);
    return (b[0] + b[2]) + (b[1] + b[3]);
}

INLINE int32_t v16_sum_integers(v16i v)
{
    v8i a = V16_LOW(v) + V16_HIGH(v);
    v4i b = V8_LOW(a) + V8_HIGH(a);
    return (b[0] + b[2]) + (b[1] + b[3]);
}

INLINE float v16_max_lane(v16f v)
{
    v8f a = V16_LOW(v), b = V16_HIGH(v);
    v8i more = a > b;
    a = (v8f)(((v8i)a & more) | ((v8i)b & ~more));
    v4f c = V8_LOW(a), d = V8_HIGH(a);
    v4i most = c > d;
    c = (v4f)(((v4i)c & most) | ((v4i)d & ~most));
    float e = c[0] > c[2] ? c[0] : c[2], f = c[1] > c[3] ? c[1] : c[3];
    return e > f ? e : f;
}

/* e^x within 2 ulp for -87 <= x <= 88; next to 0 below. Cody-Waite reduction by ln 2 and a degree-6
 * polynomial (coefficients: Taylor's, enough for |r| <= 0.347). */
INLINE v16f v16_exp(v16f x)
{
#if defined(__AVX512F__)
    x = (v16f)_mm512_max_ps((__m512)x, _mm512_set1_ps(-104.0f)); /* 0 from here down */
    v16f n = (v16f)_mm512_roundscale_ps((__m512)(x * v16_set(1.44269504f)), 0);
#else
    const v16f low = v16_set(-87.0f);
    v16i tiny = x < low;
    x = v16_select(tiny, low, x);
    const v16f magic = v16_set(12582912.0f); /* 1.5 * 2^23: adding it rounds to an integer */
    v16f n = x * v16_set(1.44269504f) + magic;
    v16i exponent = (v16i)n << 23;
    n -= magic;
#endif
    v16f r = x - n * v16_set(0.693359375f);
    r -= n * v16_set(-2.12194440e-4f);
    v16f p = v16_set(1.0f / 720);
    p = p * r + v16_set(1.0f / 120);
    p = p * r + v16_set(1.0f / 24);
    p = p * r + v16_set(1.0f / 6);
    p = p * r + v16_set(0.5f);
    p = p * r + v16_set(1.0f);
    p = p * r + v16_set(1.0f);
#if defined(__AVX512F__)
    return (v16f)_mm512_scalef_ps((__m512)p, (__m512)n);
#else
    v16f e = (v16f)((v16i)p + exponent);
    return v16_select(tiny, v16_set(0), e);
#endif
}

/* 1 / x for 1 <= x < 2^127, within 2 ulp. */
INLINE v16f v16_inverse(v16f x)
{
#if defined(__AVX512F__)
    v16f y = (v16f)_mm512_rcp14_ps((__m512)x); /* a step of Newton's doubles its 14 bits */
    return y * (v16_set(2.0f) - x * y);
#else
    return v16_set(1.0f) / x;
#endif
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
