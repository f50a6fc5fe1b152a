#include "measure/roofline.h"
#include "base/clock.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    PASSES = 3,              /* the best counts */
    LEAST_BYTES = 256 << 20, /* to read; at least CACHES times the last cache */
    CACHES = 8,
    AHEAD = 4096, /* bytes that are fetched ahead */
    SUMS = 12,    /* integer sums in registers: more than the instruction's latency */
    PORTABLE_VALUES = 4096,
};
static const size_t MOST_BYTES = (size_t)4 << 30;
static const double PASS_SECONDS = 0.006; /* of integers, about */

/* Runs `loops` rounds; returns what keeps the compiler from leaving it out. */
typedef int32_t integer_loop(size_t loops, int8_t seed);

struct roofline {
    struct thread_pool *pool;
    uint8_t *memory;
    size_t bytes;
    const char *instructions;
    integer_loop *loop;
    double operations; /* of a round */
    size_t loops;      /* rounds of a pass */
    uint64_t (*read)(const uint8_t *p, size_t n);
    volatile uint64_t sink;
};

#define INLINE static inline __attribute__((always_inline))

/* ---- reading ---- */

typedef uint64_t v8 __attribute__((vector_size(64)));

INLINE uint64_t read_bytes(const uint8_t *p, size_t n) /* n: a multiple of 256 */
{
    v8 sum[4] = {{0}};
    for (size_t i = 0; i < n; i += 256)
#pragma GCC unroll 4
        for (size_t j = 0; j < 4; j++) {
            v8 v;
            __builtin_prefetch(p + i + 64 * j + AHEAD);
            memcpy(&v, p + i + 64 * j, sizeof v);
            sum[j] += v;
        }
    sum[0] += sum[1] + sum[2] + sum[3];
    uint64_t total = 0;
    for (size_t i = 0; i < 8; i++) total += sum[0][i];
    return total;
}

static uint64_t read_portable(const uint8_t *p, size_t n)
{
    return read_bytes(p, n);
}

/* ---- integers ---- */

/* As the compiler makes it of C, from the first cache. */
static int32_t integers_portable(size_t loops, int8_t seed)
{
    int8_t a[PORTABLE_VALUES], b[PORTABLE_VALUES];
    memset(a, seed, sizeof a);
    memset(b, 3, sizeof b);
    int32_t sum = 0;
    for (size_t k = 0; k < loops; k++) {
        for (size_t i = 0; i < PORTABLE_VALUES; i++) sum += a[i] * b[i];
        __asm__ volatile("" : "+r"(sum) : "r"(a), "r"(b) : "memory");
    }
    return sum;
}

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx2"))) static uint64_t read_avx2(const uint8_t *p, size_t n)
{
    return read_bytes(p, n);
}

__attribute__((target("avx512f"))) static uint64_t read_avx512(const uint8_t *p, size_t n)
{
    return read_bytes(p, n);
}

/* The sums have to stay in registers, so they are named. The instructions' products are summed in
 * chains as long as their latency. */
__attribute__((target("avx2"))) static int32_t integers_avx2(size_t loops, int8_t seed)
{
    __m256i a = _mm256_set1_epi8(3), b = _mm256_set1_epi8(seed), ones = _mm256_set1_epi16(1);
    __m256i s0 = _mm256_setzero_si256(), s1 = s0, s2 = s0, s3 = s0;
#define TERM(s)                                                                                    \
    __asm__ volatile("" : "+x"(b)); /* the product is not known to be the same each time */        \
    s = _mm256_add_epi32(s, _mm256_madd_epi16(_mm256_maddubs_epi16(a, b), ones));
    for (size_t k = 0; k < loops; k++) {
        TERM(s0)
        TERM(s1) TERM(s2) TERM(s3) TERM(s0) TERM(s1) TERM(s2) TERM(s3) TERM(s0) TERM(s1) TERM(s2)
            TERM(s3)
    }
#undef TERM
    s0 = _mm256_add_epi32(_mm256_add_epi32(s0, s1), _mm256_add_epi32(s2, s3));
    return _mm256_extract_epi32(s0, 0);
}

__attribute__((target("avx512f,avx512vnni"))) static int32_t integers_vnni(size_t loops,
                                                                           int8_t seed)
{
    __m512i a = _mm512_set1_epi8(3), b = _mm512_set1_epi8(seed);
    for (size_t k = 0; k < loops; k++)
        __asm__ volatile("vpdpbusd %1, %0, %%zmm16\n\tvpdpbusd %1, %0, %%zmm17\n\t"
                         "vpdpbusd %1, %0, %%zmm18\n\tvpdpbusd %1, %0, %%zmm19\n\t"
                         "vpdpbusd %1, %0, %%zmm20\n\tvpdpbusd %1, %0, %%zmm21\n\t"
                         "vpdpbusd %1, %0, %%zmm22\n\tvpdpbusd %1, %0, %%zmm23\n\t"
                         "vpdpbusd %1, %0, %%zmm24\n\tvpdpbusd %1, %0, %%zmm25\n\t"
                         "vpdpbusd %1, %0, %%zmm26\n\tvpdpbusd %1, %0, %%zmm27" ::"v"(a),
                         "v"(b)
                         : "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23",
                           "xmm24", "xmm25", "xmm26", "xmm27");
    return 0;
}
#endif

static void choose(struct roofline *r)
{
    r->read = read_portable;
    r->loop = integers_portable;
    r->instructions = "portable";
    r->operations = 2.0 * PORTABLE_VALUES;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        r->read = read_avx2;
        r->loop = integers_avx2;
        r->instructions = "AVX2";
        r->operations = SUMS * 32 * 2.0;
    }
    if (__builtin_cpu_supports("avx512f")) r->read = read_avx512;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vnni")) {
        r->loop = integers_vnni;
        r->instructions = "AVX-512 VNNI";
        r->operations = SUMS * 64 * 2.0;
    }
#endif
}

/* ---- on all threads ---- */

static void read_body(void *context, size_t thread, size_t count)
{
    struct roofline *r = context;
    size_t begin, end;
    thread_pool_split(r->bytes, 4096, thread, count, &begin, &end);
    uint64_t sum = r->read(r->memory + begin, end - begin);
    if (sum == 1) r->sink = sum; /* never: the memory is full of ones */
}

static void integers_body(void *context, size_t thread, size_t count)
{
    (void)count;
    struct roofline *r = context;
    int32_t sum = r->loop(r->loops, (int8_t)(thread % 100 + 1));
    if (sum == 1) r->sink = 1;
}

static void fill_body(void *context, size_t thread, size_t count)
{
    struct roofline *r = context;
    size_t begin, end;
    thread_pool_split(r->bytes, 1 << 21, thread, count, &begin, &end);
    memset(r->memory + begin, 1, end - begin);
}

static double best_seconds(struct roofline *r, thread_pool_body *body)
{
    double best = 0;
    for (int i = 0; i < PASSES; i++) {
        double started = clock_seconds();
        thread_pool_run(r->pool, body, r);
        double seconds = clock_seconds() - started;
        if (i == 0 || seconds < best) best = seconds;
    }
    return best;
}

struct roofline *roofline_create(struct thread_pool *pool, struct error *err)
{
    struct roofline *r = calloc(1, sizeof *r);
    if (!r) {
        error_memory(err, "roofline");
        return NULL;
    }
    *r = (struct roofline){.pool = pool, .bytes = LEAST_BYTES, .loops = 64};
    long cache = sysconf(_SC_LEVEL3_CACHE_SIZE);
    if (cache > 0 && (size_t)cache > r->bytes / CACHES) r->bytes = (size_t)cache * CACHES;
    if (r->bytes > MOST_BYTES) r->bytes = MOST_BYTES;
    r->bytes &= ~(size_t)4095;
    /* Some bytes past the end are fetched ahead, which is no access. */
    void *p = mmap(NULL, r->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        free(r);
        error_memory(err, "memory to read");
        return NULL;
    }
    madvise(p, r->bytes, MADV_HUGEPAGE);
    r->memory = p;
    choose(r);
    thread_pool_run(pool, fill_body, r);
    /* As many rounds as take PASS_SECONDS. */
    for (;;) {
        double seconds = best_seconds(r, integers_body);
        if (seconds >= PASS_SECONDS / 2) break;
        r->loops *= 2;
    }
    return r;
}

void roofline_free(struct roofline *r)
{
    if (!r) return;
    munmap(r->memory, r->bytes);
    free(r);
}

double roofline_read(struct roofline *r)
{
    return (double)r->bytes / best_seconds(r, read_body);
}

double roofline_integers(struct roofline *r)
{
    double seconds = best_seconds(r, integers_body);
    return r->operations * (double)r->loops * (double)thread_pool_size(r->pool) / seconds;
}

const char *roofline_instructions(const struct roofline *r)
{
    return r->instructions;
}
