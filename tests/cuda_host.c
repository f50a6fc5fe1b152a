#include "cuda_host.h"
#include "quant/quantize.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* What gcc defines; clang asks otherwise. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif
#if !defined(__x86_64__)
#include <ucontext.h>
#endif

enum { MAX_THREADS = 1024, STACK = 256 << 10, WARP = 32, MAX_COPIES = 64 };

enum state { RUNS, AT_WARP, AT_BLOCK, ENDED };

enum operation { SYNC, SHUFFLE, BALLOT, MMA };

struct copy {
    void *to;
    const void *from;
    uint32_t bytes;
};

struct fiber {
    enum state state;
    void *stack;
    void *fake; /* ASan's */
    void *tsan;
#if defined(__x86_64__)
    void *sp;
#else
    ucontext_t context;
#endif
    uint32_t in[10], out[4]; /* of the warp's operation */
    struct copy copies[MAX_COPIES];
    uint32_t n_copies, ends[MAX_COPIES], n_groups; /* a group's copies end at ends[i] */
};

struct warp {
    enum operation operation;
    uint32_t arrived, lanes;
};

struct cuda_host_dim threadIdx, blockIdx, blockDim, gridDim;

static struct fiber fibers[MAX_THREADS];
static struct warp warps[MAX_THREADS / WARP];
static struct fiber *current;
static uint32_t n_threads, n_at_block, n_ended, n_launches;
static bool reverse; /* the order in which warps and lanes go on */
static unsigned char *shared;
static void (*kernel_now)(const void *);
static const void *args_now;

/* The scheduler's own context. */
#if defined(__x86_64__)
static void *scheduler_sp;
#else
static ucontext_t scheduler_context;
#endif
#if defined(__SANITIZE_ADDRESS__)
static void *scheduler_fake;
static const void *scheduler_bottom;
static size_t scheduler_size;
#endif
#if defined(__SANITIZE_THREAD__)
static void *scheduler_tsan;
#endif

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "emulated GPU: %s (block %u %u %u, thread %u)\n", what, blockIdx.x, blockIdx.y,
            blockIdx.z, threadIdx.x);
    abort();
}

/* ---- fibers ---- */

#if defined(__x86_64__)
/* Keeps what a call must keep (System V ABI) on the stack, and changes stacks. */
void cuda_host_switch(void **from, void *to);
__asm__(".text\n"
        ".globl cuda_host_switch\n"
        ".hidden cuda_host_switch\n"
        ".type cuda_host_switch,@function\n"
        "cuda_host_switch:\n"
        "    pushq %rbp\n    pushq %rbx\n    pushq %r12\n    pushq %r13\n    pushq %r14\n"
        "    pushq %r15\n"
        "    movq %rsp, (%rdi)\n"
        "    movq %rsi, %rsp\n"
        "    popq %r15\n    popq %r14\n    popq %r13\n    popq %r12\n    popq %rbx\n"
        "    popq %rbp\n"
        "    ret\n"
        ".size cuda_host_switch,.-cuda_host_switch\n");
#endif

/* From a fiber (NULL: the scheduler) to another; back when somebody takes this one up again. */
static void change(struct fiber *from, struct fiber *to)
{
    if (to) {
        current = to;
        threadIdx.x = (unsigned)(to - fibers);
    }
#if defined(__SANITIZE_ADDRESS__)
    void **fake = from ? &from->fake : &scheduler_fake;
    __sanitizer_start_switch_fiber(from && from->state == ENDED ? NULL : fake,
                                   to ? to->stack : scheduler_bottom, to ? STACK : scheduler_size);
#endif
#if defined(__SANITIZE_THREAD__)
    __tsan_switch_to_fiber(to ? to->tsan : scheduler_tsan, 0);
#endif
#if defined(__x86_64__)
    cuda_host_switch(from ? &from->sp : &scheduler_sp, to ? to->sp : scheduler_sp);
#else
    swapcontext(from ? &from->context : &scheduler_context, to ? &to->context : &scheduler_context);
#endif
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(*fake, NULL, NULL);
#endif
}

/* On with the next lane of the warp, without the scheduler while there is one. */
static void leave(struct fiber *f)
{
    uint32_t index = (uint32_t)(f - fibers), lane = index % WARP;
    struct fiber *next = NULL;
    for (uint32_t l = reverse ? WARP - lane : lane + 1; l < WARP && !next; l++) {
        next = &fibers[index - lane + (reverse ? WARP - 1 - l : l)];
        if (next->state != RUNS) next = NULL;
    }
    change(f, next);
}

static void fiber_body(void)
{
#if defined(__SANITIZE_ADDRESS__)
    /* The first of all fibers is entered from the scheduler. */
    bool first = !scheduler_bottom;
    __sanitizer_finish_switch_fiber(NULL, first ? &scheduler_bottom : NULL,
                                    first ? &scheduler_size : NULL);
#endif
    kernel_now(args_now);
    if (current->n_copies) die("a kernel ended with copies under way");
    current->state = ENDED;
    n_ended++;
    warps[(current - fibers) / WARP].lanes &= ~(1u << (current - fibers) % WARP);
    leave(current);
    die("an ended thread goes on");
}

static void fiber_start(struct fiber *f)
{
    if (!f->stack) {
        f->stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (f->stack == MAP_FAILED) die("no memory for a stack");
    }
#if defined(__SANITIZE_ADDRESS__)
    /* Of the fiber that ended on it, fiber_body's frame and leave's are left. */
    __asan_unpoison_memory_region((char *)f->stack + STACK - 8192, 8192);
#endif
#if defined(__SANITIZE_THREAD__)
    if (!f->tsan) f->tsan = __tsan_create_fiber(0);
#endif
#if defined(__x86_64__)
    /* Six registers, the address to return to, and one more word, for the stack has to be 8 off a
     * multiple of 16 where a function begins. */
    uintptr_t *top = (uintptr_t *)((char *)f->stack + STACK - 64);
    memset(top, 0, 64);
    top[6] = (uintptr_t)fiber_body;
    f->sp = top;
#else
    getcontext(&f->context);
    f->context.uc_stack.ss_sp = f->stack;
    f->context.uc_stack.ss_size = STACK;
    f->context.uc_link = NULL;
    makecontext(&f->context, fiber_body, 0);
#endif
    f->state = RUNS;
    f->n_copies = f->n_groups = 0;
}

/* ---- barriers and operations of a warp ---- */

void __syncthreads(void)
{
    struct fiber *f = current;
    if (n_ended) die("__syncthreads after a thread has ended");
    if (++n_at_block == n_threads) {
        n_at_block = 0;
        for (uint32_t i = 0; i < n_threads; i++) fibers[i].state = RUNS;
        return;
    }
    f->state = AT_BLOCK;
    leave(f);
}

static float from_bf16(uint32_t h)
{
    uint32_t u = h << 16;
    float f;
    memcpy(&f, &u, sizeof f);
    return f;
}

/* d += a b. No access is anything but plain, and checked ones take most of a test's time. */
__attribute__((no_sanitize("address", "undefined"), noinline)) static void
multiply(float d[16][8], const float a[16][16], const float b[16][8])
{
    for (uint32_t i = 0; i < 16; i++)
        for (uint32_t k = 0; k < 16; k++)
            for (uint32_t j = 0; j < 8; j++) d[i][j] += a[i][k] * b[k][j];
}

/* mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32. Lane: g = lane / 4, c = lane % 4.
 * A: a0 row g, columns 2c and 2c + 1; a1 row g + 8; a2, a3 the same with columns + 8.
 * B: b0 rows 2c and 2c + 1 of column g; b1 rows + 8. C: c0, c1 row g, columns 2c, 2c + 1; c2, c3
 * row g + 8. in: a0..a3, b0, b1, c0..c3. */
static void run_mma(struct fiber *lanes)
{
    float a[16][16], b[16][8], d[16][8];
    for (uint32_t l = 0; l < WARP; l++) {
        const uint32_t *in = lanes[l].in, g = l / 4, c = l % 4;
        for (uint32_t i = 0; i < 4; i++) {
            uint32_t row = g + 8 * (i & 1), col = 2 * c + 8 * (i >> 1);
            a[row][col] = from_bf16(in[i] & 0xffff);
            a[row][col + 1] = from_bf16(in[i] >> 16);
            memcpy(&d[g + 8 * (i >> 1)][2 * c + (i & 1)], &in[6 + i], sizeof(float));
        }
        for (uint32_t i = 0; i < 2; i++) {
            b[2 * c + 8 * i][g] = from_bf16(in[4 + i] & 0xffff);
            b[2 * c + 8 * i + 1][g] = from_bf16(in[4 + i] >> 16);
        }
    }
    multiply(d, a, b);
    for (uint32_t l = 0; l < WARP; l++)
        for (uint32_t i = 0; i < 4; i++)
            memcpy(&lanes[l].out[i], &d[l / 4 + 8 * (i >> 1)][2 * (l % 4) + (i & 1)],
                   sizeof(float));
}

static void run_operation(enum operation operation, struct fiber *lanes)
{
    uint32_t votes = 0;
    switch (operation) {
    case SYNC:
        break;
    case SHUFFLE:
        for (uint32_t l = 0; l < WARP; l++) lanes[l].out[0] = lanes[lanes[l].in[1] % WARP].in[0];
        break;
    case BALLOT:
        for (uint32_t l = 0; l < WARP; l++) votes |= (lanes[l].in[0] ? 1u : 0u) << l;
        for (uint32_t l = 0; l < WARP; l++) lanes[l].out[0] = votes;
        break;
    case MMA:
        run_mma(lanes);
        break;
    }
}

/* Waits until all lanes of the warp are here; the last does the operation for all. */
static void meet(enum operation operation)
{
    struct fiber *f = current;
    uint32_t index = (uint32_t)(f - fibers);
    struct warp *w = &warps[index / WARP];
    struct fiber *lanes = &fibers[index / WARP * WARP];
    if (w->lanes != 0xffffffffu) die("an operation of the warp after a lane has ended");
    if (w->arrived && w->operation != operation) die("lanes of a warp at different operations");
    w->operation = operation;
    w->arrived |= 1u << index % WARP;
    if (w->arrived == 0xffffffffu) {
        w->arrived = 0;
        run_operation(operation, lanes);
        for (uint32_t l = 0; l < WARP; l++) lanes[l].state = RUNS;
        return;
    }
    f->state = AT_WARP;
    leave(f);
}

void __syncwarp(void)
{
    meet(SYNC);
}

uint32_t cuda_host_shuffle(uint32_t v, uint32_t lane)
{
    struct fiber *f = current;
    f->in[0] = v;
    f->in[1] = lane;
    meet(SHUFFLE);
    return f->out[0];
}

uint32_t cuda_host_ballot(bool v)
{
    struct fiber *f = current;
    f->in[0] = v;
    meet(BALLOT);
    return f->out[0];
}

void cuda_host_mma_bf16(float d[4], const uint32_t a[4], const uint32_t b[2])
{
    struct fiber *f = current;
    memcpy(f->in, a, 4 * sizeof *a);
    memcpy(f->in + 4, b, 2 * sizeof *b);
    memcpy(f->in + 6, d, 4 * sizeof *d);
    meet(MMA);
    memcpy(d, f->out, 4 * sizeof *d);
}

/* ---- asynchronous copies ---- */

void cuda_host_copy_async(void *to, const void *from, uint32_t bytes)
{
    struct fiber *f = current;
    if (f->n_copies == MAX_COPIES) die("too many copies under way");
    if ((uintptr_t)to % 16 || (bytes && (uintptr_t)from % 16)) die("a copy that is not aligned");
    if (bytes > 16) die("a copy of more than 16 bytes");
    f->copies[f->n_copies++] = (struct copy){to, from, bytes};
}

void cuda_host_copy_commit(void)
{
    struct fiber *f = current;
    if (f->n_groups == MAX_COPIES) die("too many groups of copies");
    f->ends[f->n_groups++] = f->n_copies;
}

void cuda_host_copy_wait(uint32_t pending)
{
    struct fiber *f = current;
    if (f->n_groups <= pending) return;
    uint32_t groups = f->n_groups - pending, n = f->ends[groups - 1];
    for (uint32_t i = 0; i < n; i++) {
        memset(f->copies[i].to, 0, 16);
        if (f->copies[i].bytes) memcpy(f->copies[i].to, f->copies[i].from, f->copies[i].bytes);
    }
    memmove(f->copies, f->copies + n, (f->n_copies - n) * sizeof *f->copies);
    f->n_copies -= n;
    for (uint32_t i = groups; i < f->n_groups; i++) f->ends[i - groups] = f->ends[i] - n;
    f->n_groups = pending;
}

/* ---- launches ---- */

unsigned char *cuda_host_shared(void)
{
    return shared;
}

float cuda_host_f16(uint32_t h)
{
    return f32_from_f16((uint16_t)h);
}

static void run_block(void)
{
    n_at_block = n_ended = 0;
    for (uint32_t w = 0; w < n_threads / WARP; w++) warps[w] = (struct warp){.lanes = 0xffffffffu};
    for (uint32_t i = 0; i < n_threads; i++) fiber_start(&fibers[i]);
    while (n_ended < n_threads) {
        bool any = false;
        /* A warp goes on until it meets the block's barrier or ends. */
        for (uint32_t k = 0; k < n_threads / WARP; k++) {
            struct fiber *lanes = &fibers[(reverse ? n_threads / WARP - 1 - k : k) * WARP];
            bool more = true;
            while (more) {
                more = false;
                for (uint32_t l = 0; l < WARP; l++) {
                    struct fiber *f = &lanes[reverse ? WARP - 1 - l : l];
                    if (f->state != RUNS) continue;
                    change(NULL, f);
                    more = any = true;
                }
            }
        }
        if (!any) die("threads wait for each other");
    }
}

void cuda_host_run(void (*kernel)(const void *args), struct cuda_grid grid, uint32_t threads,
                   const void *args)
{
    if (threads == 0 || threads > MAX_THREADS || threads % WARP) die("threads of a block");
    if (!grid.x || !grid.y || !grid.z) die("an empty grid");
    if (grid.y > 65535 || grid.z > 65535) die("a grid of more than 65535 in y or z");
    kernel_now = kernel;
    args_now = args;
    n_threads = threads;
    gridDim = (struct cuda_host_dim){grid.x, grid.y, grid.z};
    blockDim = (struct cuda_host_dim){threads, 1, 1};
    threadIdx = (struct cuda_host_dim){0, 0, 0};
#if defined(__SANITIZE_THREAD__)
    scheduler_tsan = __tsan_get_current_fiber();
#endif
    shared = grid.shared ? aligned_alloc(16, (grid.shared + 15) & ~(size_t)15) : NULL;
    if (grid.shared && !shared) die("no memory");
    reverse = n_launches++ % 2;
    for (uint32_t z = 0; z < grid.z; z++)
        for (uint32_t y = 0; y < grid.y; y++)
            for (uint32_t x = 0; x < grid.x; x++) {
                blockIdx = (struct cuda_host_dim){x, y, z};
                if (shared) memset(shared, 0xff, grid.shared); /* NaN, in f32 and bf16 */
                run_block();
            }
    free(shared);
    shared = NULL;
}

/* ---- the kernels ---- */

/* Weak: a program that links some of the .cu files alone has those kernels alone. */
#define X(name, threads, args)                                                                     \
    void name(const struct args a) __attribute__((weak));                                          \
    static void run_##name(const void *a)                                                          \
    {                                                                                              \
        if (!name) die("a kernel that is not linked");                                             \
        name(*(const struct args *)a);                                                             \
    }
CUDA_KERNELS(X)
#undef X

void cuda_host_launch(enum cuda_kernel k, struct cuda_grid grid, const void *args)
{
    static void (*const TABLE[])(const void *) = {
#define X(name, threads, args) run_##name,
        CUDA_KERNELS(X)
#undef X
    };
    cuda_host_run(TABLE[k], grid, cuda_kernel_info(k).threads, args);
}
