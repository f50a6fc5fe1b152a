/* The instructions that the kernels use beyond plain C, in PTX, and small functions of them. Built
 * for the host, tests/cuda_host.h has the same names; that is why nothing here is C++ alone. */
#ifndef BACKEND_CUDA_OPS_CUH
#define BACKEND_CUDA_OPS_CUH

#include "backend/cuda/kernels.h"

#define WARP_SIZE 32

#ifdef __CUDACC__

#define DEVICE      static __device__ __forceinline__
#define UNROLL      _Pragma("unroll")
#define KEEP_LOOP   _Pragma("unroll 1")
#define RESTRICT    __restrict__
#define PARAMETERS  const __grid_constant__
/* A kernel's head: KERNEL(name, threads, least blocks a multiprocessor, its arguments). */
#define KERNEL(name, threads, blocks, args)                                                        \
    extern "C" __global__ void __launch_bounds__(threads, blocks)                                  \
        name(const __grid_constant__ struct args a)
#define DYNAMIC_SHARED(name) extern __shared__ __align__(16) unsigned char name[]

struct __align__(16) u4 {
    uint32_t x, y, z, w;
};
struct __align__(8) u2 {
    uint32_t x, y;
};

/* Waits until the kernels before this one are done; lets the next one's blocks come. */
DEVICE void depend_wait(void)
{
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

DEVICE void depend_launch(void)
{
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

DEVICE uint32_t permute_bytes(uint32_t a, uint32_t b, uint32_t s)
{
    uint32_t d;
    asm("prmt.b32 %0, %1, %2, %3;" : "=r"(d) : "r"(a), "r"(b), "r"(s));
    return d;
}

/* c + the sum of 4 products of signed bytes. */
DEVICE int32_t dot_bytes(uint32_t a, uint32_t b, int32_t c)
{
    return __dp4a((int)a, (int)b, c);
}

/* Weights are read once: they do not go to L1. */
DEVICE struct u4 load_weights(const void *p)
{
    struct u4 v;
    asm volatile("ld.global.nc.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];"
                 : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
                 : "l"(p));
    return v;
}

DEVICE uint32_t load_weights_4(const void *p)
{
    uint32_t v;
    asm volatile("ld.global.nc.L1::no_allocate.u32 %0, [%1];" : "=r"(v) : "l"(p));
    return v;
}

DEVICE struct u2 load_weights_8(const void *p)
{
    struct u2 v;
    asm volatile("ld.global.nc.L1::no_allocate.v2.u32 {%0, %1}, [%2];"
                 : "=r"(v.x), "=r"(v.y)
                 : "l"(p));
    return v;
}

DEVICE void prefetch_l2(const void *p)
{
    asm volatile("prefetch.global.L2 [%0];" ::"l"(p));
}

DEVICE float shuffle(float v, uint32_t lane)
{
    return __shfl_sync(0xffffffffu, v, (int)lane);
}

DEVICE float shuffle_xor(float v, uint32_t mask)
{
    return __shfl_xor_sync(0xffffffffu, v, (int)mask);
}

DEVICE uint32_t shuffle_bits(uint32_t v, uint32_t lane)
{
    return __shfl_sync(0xffffffffu, v, (int)lane);
}

/* Copies 16 bytes to shared memory by the way; only the first `bytes` are read, the rest is 0. */
DEVICE void copy_async(void *to, const void *from, uint32_t bytes)
{
#if __CUDA_ARCH__ >= 800
    uint32_t at = (uint32_t)__cvta_generic_to_shared(to);
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(at), "l"(from), "r"(bytes)
                 : "memory");
#else
    struct u4 v = {0, 0, 0, 0};
    if (bytes) v = *(const struct u4 *)from;
    *(struct u4 *)to = v;
#endif
}

DEVICE void copy_commit(void)
{
#if __CUDA_ARCH__ >= 800
    asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}

#if __CUDA_ARCH__ >= 800
#define copy_wait(pending) asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory")
#else
#define copy_wait(pending) ((void)(pending))
#endif

DEVICE uint32_t float_bits(float f)
{
    return __float_as_uint(f);
}

DEVICE float bits_float(uint32_t u)
{
    return __uint_as_float(u);
}

/* Two f32 as bf16, to nearest even; `low` in the low half. */
DEVICE uint32_t pack_bf16(float low, float high)
{
    uint32_t d;
#if __CUDA_ARCH__ >= 800
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(d) : "f"(high), "f"(low));
#else
    uint32_t l = __float_as_uint(low), h = __float_as_uint(high);
    l += 0x7fffu + (l >> 16 & 1u);
    h += 0x7fffu + (h >> 16 & 1u);
    d = l >> 16 | (h & 0xffff0000u);
#endif
    return d;
}

DEVICE void add_shared(uint64_t *to, uint64_t v) /* atomically */
{
    atomicAdd((unsigned long long *)to, (unsigned long long)v);
}

DEVICE float half_float(uint32_t h) /* f16 in the low half */
{
    float f;
    asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"((uint16_t)h));
    return f;
}

DEVICE float exp2_fast(float x) /* 2^x within 2 ulp; 0 for -infinity */
{
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
/* There is no bf16 matrix instruction before sm_80: lanes hand each other what it takes. Correct and
 * slow. A function of its own, for there are hundreds of calls. */
static __device__ __noinline__ float4 mma_by_lanes(float4 d, uint32_t a0, uint32_t a1, uint32_t a2,
                                                   uint32_t a3, uint32_t b0, uint32_t b1)
{
    uint32_t lane = threadIdx.x % WARP_SIZE, g = lane / 4 * 4, n0 = lane % 4 * 8, n1 = n0 + 4;
    KEEP_LOOP for (uint32_t k = 0; k < 8; k++)
    {
        uint32_t c = k % 4;
        uint32_t top = shuffle_bits(k < 4 ? a0 : a2, g + c);
        uint32_t low = shuffle_bits(k < 4 ? a1 : a3, g + c);
        uint32_t x = shuffle_bits(k < 4 ? b0 : b1, n0 + c);
        uint32_t y = shuffle_bits(k < 4 ? b0 : b1, n1 + c);
        float xl = bits_float(x << 16), xh = bits_float(x & 0xffff0000u);
        float yl = bits_float(y << 16), yh = bits_float(y & 0xffff0000u);
        d.x += bits_float(top << 16) * xl + bits_float(top & 0xffff0000u) * xh;
        d.y += bits_float(top << 16) * yl + bits_float(top & 0xffff0000u) * yh;
        d.z += bits_float(low << 16) * xl + bits_float(low & 0xffff0000u) * xh;
        d.w += bits_float(low << 16) * yl + bits_float(low & 0xffff0000u) * yh;
    }
    return d;
}
#endif

/* d += A B for A (16, 16), B (16, 8) in bf16: lane = 4 g + c holds of A rows g (a0, a2) and g + 8
 * (a1, a3), columns 2c, 2c + 1 (a0, a1) and those + 8; of B column g, the same rows; of D row g
 * (d0, d1) and g + 8 (d2, d3), columns 2c, 2c + 1. */
DEVICE void mma_bf16(float d[4], const uint32_t a[4], const uint32_t b[2])
{
#if __CUDA_ARCH__ >= 800
    asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
        "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#else
    float4 v = mma_by_lanes(make_float4(d[0], d[1], d[2], d[3]), a[0], a[1], a[2], a[3], b[0], b[1]);
    d[0] = v.x;
    d[1] = v.y;
    d[2] = v.z;
    d[3] = v.w;
#endif
}

#else /* on the host */

#define DEVICE                             static __forceinline__
#define UNROLL
#define KEEP_LOOP
#define RESTRICT
#define KERNEL(name, threads, blocks, args)                                                        \
    void name(const struct args a);                                                                \
    void name(const struct args a)
#define DYNAMIC_SHARED(name)   unsigned char *name = cuda_host_shared()
#define depend_wait()          ((void)0)
#define depend_launch()        ((void)0)
#define permute_bytes(a, b, s) cuda_host_permute(a, b, s)
#define dot_bytes(a, b, c)     cuda_host_dp4a(a, b, c)
#define load_weights(p)        (*(const struct u4 *)(const void *)(p))
#define load_weights_4(p)      (*(const uint32_t *)(const void *)(p))
#define load_weights_8(p)      (*(const struct u2 *)(const void *)(p))
#define prefetch_l2(p)         ((void)*(const volatile unsigned char *)(p))
#define copy_async(t, f, n)    cuda_host_copy_async(t, f, n)
#define copy_commit()          cuda_host_copy_commit()
#define copy_wait(n)           cuda_host_copy_wait(n)
#define add_shared(to, v)      ((void)(*(to) += (v)))
#define half_float(h)          cuda_host_f16(h)
#define exp2_fast(x)           exp2f(x)
#define mma_bf16(d, a, b)      cuda_host_mma_bf16(d, a, b)
#define shuffle_bits(v, lane)  cuda_host_shuffle(v, lane)

DEVICE uint32_t float_bits(float f)
{
    uint32_t u;
    memcpy(&u, &f, sizeof u);
    return u;
}

DEVICE float bits_float(uint32_t u)
{
    float f;
    memcpy(&f, &u, sizeof f);
    return f;
}

DEVICE float shuffle(float v, uint32_t lane)
{
    return bits_float(cuda_host_shuffle(float_bits(v), lane));
}

DEVICE float shuffle_xor(float v, uint32_t mask)
{
    return shuffle(v, threadIdx.x % WARP_SIZE ^ mask);
}

DEVICE uint32_t pack_bf16(float low, float high)
{
    return cuda_host_bf16(low) | cuda_host_bf16(high) << 16;
}

#endif

DEVICE float bf16_low(uint32_t u) /* the low bf16 of two, as f32 */
{
    return bits_float(u << 16);
}

DEVICE float bf16_high(uint32_t u)
{
    return bits_float(u & 0xffff0000u);
}

DEVICE float warp_sum(float v)
{
    UNROLL for (uint32_t m = 16; m > 0; m /= 2) v += shuffle_xor(v, m);
    return v;
}

DEVICE float warp_max(float v)
{
    UNROLL for (uint32_t m = 16; m > 0; m /= 2) v = fmaxf(v, shuffle_xor(v, m));
    return v;
}

/* The sum over a block of `threads` threads; all get it. room: 32 floats of shared memory, free
 * again after the next barrier. */
DEVICE float block_sum(float v, float *room, uint32_t threads)
{
    uint32_t lane = threadIdx.x % WARP_SIZE, warp = threadIdx.x / WARP_SIZE;
    v = warp_sum(v);
    if (lane == 0) room[warp] = v;
    __syncthreads();
    return warp_sum(lane < threads / WARP_SIZE ? room[lane] : 0.0f);
}

/* Where input i of a row of Q4 form is: see cuda_form. */
DEVICE uint32_t q4_place(uint32_t i)
{
    return (i & ~7u) | (i & 3u) * 2 | (i >> 2 & 1u);
}

/* Column `col` of row t in out's form; the warp's 32 lanes hold the 32 columns of one group, so that
 * the largest is known. */
DEVICE void store_group(const struct cuda_activations *out, uint32_t t, uint32_t col, float v)
{
    size_t at = (size_t)t * (uint32_t)out->stride + col;
    if (out->form == CUDA_FORM_BF16) {
        out->bf16[at] = (uint16_t)pack_bf16(v, 0.0f);
        return;
    }
    float max = warp_max(fabsf(v)), inverse = max > 0.0f ? 127.0f / max : 0.0f;
    int32_t q = (int32_t)rintf(v * inverse);
    if (out->form == CUDA_FORM_Q4) at = at - col + q4_place(col);
    out->q[at] = (int8_t)q;
    if (col % 32 == 0) out->scale[((size_t)t * (uint32_t)out->stride + col) / 32] = max / 127.0f;
}

/* The sum of the partial sums and the bias at (t, col). */
DEVICE float add_partials(const struct cuda_partials *p, uint32_t n_tokens, uint32_t t,
                          uint32_t col)
{
    float sum = p->bias ? p->bias[col] : 0.0f;
    for (int32_t i = 0; i < p->n; i++)
        sum += p->data[((size_t)(uint32_t)i * n_tokens + t) * (uint32_t)p->stride + col];
    return sum;
}

#endif
