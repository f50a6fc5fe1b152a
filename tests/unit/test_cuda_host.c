/* The emulated GPU itself: what the kernels' tests rely on. */
#include "cuda_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

struct mma_case {
    float a[16][16], b[16][8], d[16][8]; /* d: in and out */
};

/* Loads and stores fragments as PTX ISA's tables for m16n8k16 have them, written as the inverse: of
 * each element of A, B and C who holds it. */
static void run_mma(const void *args)
{
    struct mma_case *m = *(struct mma_case *const *)args;
    uint32_t lane = threadIdx.x % 32, a[4] = {0}, b[2] = {0};
    float d[4] = {0};
    for (uint32_t row = 0; row < 16; row++)
        for (uint32_t col = 0; col < 16; col++) {
            uint32_t group = row % 8, in_group = col % 8 / 2;
            uint32_t i = (col >= 8 ? 4u : 0u) + (row >= 8 ? 2u : 0u) + col % 2; /* a0..a7 */
            if (lane == group * 4 + in_group)
                a[i / 2] |= cuda_host_bf16(m->a[row][col]) << (i % 2 * 16);
        }
    for (uint32_t row = 0; row < 16; row++)
        for (uint32_t col = 0; col < 8; col++) {
            uint32_t i = (row >= 8 ? 2u : 0u) + row % 2; /* b0..b3 */
            if (lane == col * 4 + row % 8 / 2)
                b[i / 2] |= cuda_host_bf16(m->b[row][col]) << (i % 2 * 16);
        }
    for (uint32_t row = 0; row < 16; row++)
        for (uint32_t col = 0; col < 8; col++)
            if (lane == row % 8 * 4 + col / 2) d[(row >= 8 ? 2u : 0u) + col % 2] = m->d[row][col];
    cuda_host_mma_bf16(d, a, b);
    for (uint32_t row = 0; row < 16; row++)
        for (uint32_t col = 0; col < 8; col++)
            if (lane == row % 8 * 4 + col / 2) m->d[row][col] = d[(row >= 8 ? 2u : 0u) + col % 2];
}

static void mma_fragments_lie_as_the_instruction_set_says(void **s)
{
    (void)s;
    for (int round = 0; round < 50; round++) {
        struct mma_case m, *at = &m;
        double want[16][8];
        for (int i = 0; i < 16; i++) {
            for (int k = 0; k < 16; k++) m.a[i][k] = f32_from_bf16(bf16_from_f32(noise()));
            for (int j = 0; j < 8; j++) {
                m.b[i][j] = f32_from_bf16(bf16_from_f32(noise()));
                m.d[i][j] = noise();
            }
        }
        for (int i = 0; i < 16; i++)
            for (int j = 0; j < 8; j++) {
                want[i][j] = (double)m.d[i][j];
                for (int k = 0; k < 16; k++) want[i][j] += (double)m.a[i][k] * (double)m.b[k][j];
            }
        cuda_host_run(run_mma, (struct cuda_grid){1, 1, 1, 0}, 32, &at);
        for (int i = 0; i < 16; i++)
            for (int j = 0; j < 8; j++) assert_true(fabs((double)m.d[i][j] - want[i][j]) < 1e-5);
    }
}

/* A sum over the block by shuffles and shared memory, the block's number added. */
static void run_sum(const void *args)
{
    uint32_t *out = *(uint32_t *const *)args;
    uint32_t *room = (uint32_t *)(void *)cuda_host_shared(), lane = threadIdx.x % 32;
    uint32_t sum = threadIdx.x;
    for (uint32_t m = 16; m > 0; m /= 2) sum += cuda_host_shuffle(sum, lane ^ m);
    if (lane == 0) room[threadIdx.x / 32] = sum;
    __syncthreads();
    sum = 0;
    for (uint32_t w = 0; w < blockDim.x / 32; w++) sum += room[w];
    if (threadIdx.x == blockDim.x - 1)
        out[(blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x] = sum + blockIdx.x;
}

static void blocks_shuffles_and_barriers_work(void **s)
{
    (void)s;
    for (uint32_t threads = 32; threads <= 1024; threads *= 2) {
        uint32_t out[2 * 3 * 4], *at = out;
        cuda_host_run(run_sum, (struct cuda_grid){4, 3, 2, threads / 32 * 4}, threads, &at);
        for (uint32_t i = 0; i < 24; i++)
            assert_int_equal(out[i], threads * (threads - 1) / 2 + i % 4);
    }
}

static void run_ballot(const void *args)
{
    uint32_t *out = *(uint32_t *const *)args;
    uint32_t votes = cuda_host_ballot(threadIdx.x % 3 == 0);
    __syncwarp();
    if (threadIdx.x % 32 == 31) out[threadIdx.x / 32] = votes;
}

static void votes_are_those_of_the_warp(void **s)
{
    (void)s;
    uint32_t out[2], *at = out;
    cuda_host_run(run_ballot, (struct cuda_grid){1, 1, 1, 0}, 64, &at);
    for (uint32_t i = 0; i < 64; i++) assert_int_equal(out[i / 32] >> i % 32 & 1, i % 3 == 0);
}

/* Copies come when they are waited for, the oldest group first, and what is beyond is zero. */
static void run_copies(const void *args)
{
    const unsigned char *from = *(const unsigned char *const *)args;
    unsigned char *to = cuda_host_shared() + threadIdx.x * 32;
    cuda_host_copy_async(to, from + threadIdx.x * 16, 16);
    cuda_host_copy_commit();
    cuda_host_copy_async(to + 16, from + threadIdx.x * 16, 4);
    cuda_host_copy_commit();
    assert_int_equal(to[0], 0xff);
    cuda_host_copy_wait(1);
    assert_memory_equal(to, from + threadIdx.x * 16, 16);
    assert_int_equal(to[16], 0xff);
    cuda_host_copy_wait(0);
    assert_memory_equal(to + 16, from + threadIdx.x * 16, 4);
    for (int i = 4; i < 16; i++) assert_int_equal(to[16 + i], 0);
}

static void asynchronous_copies_come_when_waited_for(void **s)
{
    (void)s;
    _Alignas(16) unsigned char from[32 * 16], *at = from;
    for (size_t i = 0; i < sizeof from; i++) from[i] = (unsigned char)(i * 7 + 1);
    cuda_host_run(run_copies, (struct cuda_grid){1, 1, 1, 32 * 32}, 32, &at);
}

static void byte_instructions_compute_what_the_instruction_set_says(void **s)
{
    (void)s;
    assert_int_equal(cuda_host_permute(0x33221100, 0x77665544, 0x7531), 0x77553311);
    assert_int_equal(cuda_host_permute(0x33221180, 0x776655c4, 0xc840), 0xffffc480);
    assert_int_equal(cuda_host_permute(0x33221100, 0x77665544, 0xffffb9df), 0x00000000);
    assert_int_equal(cuda_host_dp4a(0x807f01ff, 0x80ff0203, 10), 10 - 3 + 2 - 127 + 16384);
    assert_int_equal(cuda_host_bf16(1.0f + 0x1p-8f), 0x3f80); /* ties to even */
    assert_int_equal(cuda_host_bf16(1.0f + 3 * 0x1p-8f), 0x3f82);
    assert_true(cuda_host_f16(0x3c00) == 1.0f);
}

/* Whether the emulation ends a program with this kernel: run in a child that may. */
static bool dies(void (*kernel)(const void *), uint32_t threads)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        uint32_t out[32], *at = out;
        signal(SIGABRT, SIG_DFL);
        if (!freopen("/dev/null", "w", stderr)) _exit(2);
        cuda_host_run(kernel, (struct cuda_grid){1, 1, 1, 1024}, threads, &at);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void run_barrier_of_some(const void *args)
{
    (void)args;
    if (threadIdx.x < 32) __syncthreads();
}

static void run_shuffle_of_some(const void *args)
{
    (void)args;
    if (threadIdx.x % 32 < 7) cuda_host_shuffle(1, 0);
}

static void run_mixed_operations(const void *args)
{
    (void)args;
    if (threadIdx.x % 2)
        cuda_host_ballot(true);
    else
        cuda_host_shuffle(1, 0);
}

static void run_copy_left(const void *args)
{
    (void)args;
    cuda_host_copy_async(cuda_host_shared(), cuda_host_shared(), 0);
    cuda_host_copy_commit();
}

static void mistakes_of_a_kernel_end_the_program(void **s)
{
    (void)s;
    assert_true(dies(run_barrier_of_some, 64));
    assert_true(dies(run_shuffle_of_some, 32));
    assert_true(dies(run_mixed_operations, 32));
    assert_true(dies(run_copy_left, 32));
    assert_false(dies(run_ballot, 64));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mma_fragments_lie_as_the_instruction_set_says),
        cmocka_unit_test(blocks_shuffles_and_barriers_work),
        cmocka_unit_test(votes_are_those_of_the_warp),
        cmocka_unit_test(asynchronous_copies_come_when_waited_for),
        cmocka_unit_test(byte_instructions_compute_what_the_instruction_set_says),
        cmocka_unit_test(mistakes_of_a_kernel_end_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
