/* An emulated GPU for tests: compiles the .cu files of src/backend/cuda as C (`-x c -include
 * tests/cuda_host.h`) and runs their kernels on the host. Blocks run one after the other; the
 * threads of a block are fibers that run until they meet a barrier or an operation of the whole
 * warp. Every other launch runs them in reverse order, so that a barrier that is missing shows.
 * Asynchronous copies arrive when they are waited for and not before. What cannot go on (a barrier
 * that not all reach, lanes of a warp at different operations) aborts with a message.
 *
 * Fragment layouts are those of PTX ISA 8.x, section "Matrix multiply-accumulate operation using
 * mma.sync". One launch at a time in a process. */
#ifndef TESTS_CUDA_HOST_H
#define TESTS_CUDA_HOST_H

#include "backend/cuda/kernels.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Runs kernel k with *args, its struct (cuda_kernel_info(k).args bytes). */
void cuda_host_launch(enum cuda_kernel k, struct cuda_grid grid, const void *args);

/* Runs a function as a kernel: for tests of the emulation itself. */
void cuda_host_run(void (*kernel)(const void *args), struct cuda_grid grid, uint32_t threads,
                   const void *args);

/* ---- what CUDA C has ---- */

#define __global__
#define __device__
#define __forceinline__ inline __attribute__((always_inline, unused))
#define __shared__      static
#define __launch_bounds__(...)
#define __grid_constant__
#define __align__(n) __attribute__((aligned(n)))

struct cuda_host_dim {
    unsigned x, y, z;
};
extern struct cuda_host_dim threadIdx, blockIdx, blockDim, gridDim;

void __syncthreads(void);
void __syncwarp(void);

/* ---- what the kernels' ops.cuh has in PTX ---- */

struct u4 {
    uint32_t x, y, z, w;
} __attribute__((aligned(16)));

struct u2 {
    uint32_t x, y;
} __attribute__((aligned(8)));

/* The launch's dynamic shared memory. */
unsigned char *cuda_host_shared(void);

uint32_t cuda_host_shuffle(uint32_t v, uint32_t lane);
uint32_t cuda_host_ballot(bool v);
void cuda_host_copy_async(void *to, const void *from, uint32_t bytes); /* of 16; the rest is 0 */
void cuda_host_copy_commit(void);
void cuda_host_copy_wait(uint32_t pending); /* until at most so many groups are under way */
void cuda_host_mma_bf16(float d[4], const uint32_t a[4], const uint32_t b[2]);

/* prmt: byte i of the result is byte s[4i+2:4i] of (b, a), or its sign where s[4i+3] is set. */
static inline uint32_t cuda_host_permute(uint32_t a, uint32_t b, uint32_t s)
{
    uint64_t bytes = (uint64_t)b << 32 | a;
    uint32_t out = 0;
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t pick = s >> (4 * i) & 15, byte = (uint32_t)(bytes >> (8 * (pick & 7))) & 255;
        if (pick & 8) byte = byte & 128 ? 255 : 0;
        out |= byte << (8 * i);
    }
    return out;
}

static inline int32_t cuda_host_dp4a(uint32_t a, uint32_t b, int32_t c)
{
    uint32_t sum = (uint32_t)c; /* wraps as the hardware's does */
    for (int i = 0; i < 4; i++) sum += (uint32_t)((int8_t)(a >> (8 * i)) * (int8_t)(b >> (8 * i)));
    return (int32_t)sum;
}

static inline uint32_t cuda_host_bf16(float f) /* round to nearest even */
{
    uint32_t u;
    memcpy(&u, &f, sizeof u);
    if ((u & 0x7fffffffu) > 0x7f800000u) return 0x7fff;
    return (u + 0x7fffu + (u >> 16 & 1u)) >> 16;
}

float cuda_host_f16(uint32_t h); /* half to f32 */

#endif
