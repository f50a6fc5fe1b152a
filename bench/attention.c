/* How fast attention goes straight from KV pages, on one core: query rows of one KV head against
 * pages that lie in the second cache (128) or in memory (2048), in operations a second (two a
 * multiplication with its addition, scores and values) beside vpdpbusd's limit.
 *
 *   build/bench/attention [SECONDS_EACH]
 */
#include "backend/backend.h"
#include "backend/cpu/kernels.h"
#include "base/clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_DIM = 128 };

static float noise(void)
{
    return (float)rand() / (float)RAND_MAX - 0.5f;
}

static void fill_pages(const struct cpu_kernels *k, bool int8, uint8_t *pages, size_t n_pages,
                       size_t head_bytes)
{
    float key[HEAD_DIM], value[HEAD_DIM];
    for (size_t t = 0; t < n_pages * KV_PAGE; t++) {
        for (size_t d = 0; d < HEAD_DIM; d++) key[d] = noise(), value[d] = noise();
        uint8_t *at = pages + t / KV_PAGE * 2 * head_bytes;
        (int8 ? k->kv_store_int8 : k->kv_store_bf16)(key, value, HEAD_DIM, t % KV_PAGE, at,
                                                     at + head_bytes);
    }
}

/* Seconds of all pages once. */
static double pass(const struct paged_attention *a, const float *q, size_t n_rows,
                   const uint8_t *pages, size_t n_pages, size_t head_bytes, float *acc)
{
    static struct attention_queries queries;
    float max[TILE_QUERIES], sum[TILE_QUERIES];
    size_t visible[TILE_QUERIES];
    for (size_t r = 0; r < n_rows; r++) max[r] = -INFINITY, sum[r] = 0, visible[r] = SPAN_TOKENS;
    memset(acc, 0, n_rows * HEAD_DIM * sizeof *acc);
    double start = clock_seconds();
    a->prepare(q, n_rows, HEAD_DIM, &queries);
    for (size_t p = 0; p < n_pages; p += SPAN_PAGES) {
        struct kv_span span;
        for (size_t i = 0; i < SPAN_PAGES; i++) {
            size_t next = p + i + SPAN_PAGES < n_pages ? p + i + SPAN_PAGES : p + i;
            span.k[i] = pages + (p + i) * 2 * head_bytes;
            span.v[i] = span.k[i] + head_bytes;
            span.next_k[i] = pages + next * 2 * head_bytes;
            span.next_v[i] = span.next_k[i] + head_bytes;
        }
        a->span(&queries, n_rows, HEAD_DIM, &span, visible, max, sum, acc);
    }
    return clock_seconds() - start;
}

static void measure(const struct cpu_kernels *k, bool int8, size_t n_rows, size_t n_pages,
                    double seconds)
{
    const struct paged_attention *a = cpu_attention_find(k, int8);
    size_t head_bytes = (size_t)KV_PAGE * (int8 ? HEAD_DIM + sizeof(float) : 2 * HEAD_DIM);
    uint8_t *pages = aligned_alloc(64, n_pages * 2 * head_bytes);
    float *q = aligned_alloc(64, n_rows * HEAD_DIM * sizeof *q);
    float *acc = aligned_alloc(64, n_rows * HEAD_DIM * sizeof *acc);
    if (!a || !pages || !q || !acc) {
        puts("not on this machine, or no memory");
        exit(1);
    }
    fill_pages(k, int8, pages, n_pages, head_bytes);
    for (size_t i = 0; i < n_rows * HEAD_DIM; i++) q[i] = noise();
    double best = INFINITY, total = 0;
    int times = 0;
    while (total < seconds) {
        double t = pass(a, q, n_rows, pages, n_pages, head_bytes, acc);
        best = t < best ? t : best;
        total += t;
        times++;
    }
    double operations = 4.0 * (double)(n_rows * n_pages * KV_PAGE * HEAD_DIM);
    printf("%s pages, %5zu of them, %2zu rows: best %5.1f G operations/s, mean %5.1f; %4.1f GB/s\n",
           int8 ? "int8" : "bf16", n_pages, n_rows, operations / best / 1e9,
           operations / (total / times) / 1e9, (double)(n_pages * 2 * head_bytes) / best / 1e9);
    free(pages);
    free(q);
    free(acc);
}

int main(int argc, char **argv)
{
    double seconds = argc > 1 ? atof(argv[1]) : 1;
    const struct cpu_kernels *k = cpu_kernels_find("avx512");
    if (!k || !cpu_attention_find(k, true)) {
        puts("needs AVX-512 with VNNI and BF16");
        return 1;
    }
    for (int int8 = 1; int8 >= 0; int8--) {
        measure(k, int8, 30, 128, seconds);
        measure(k, int8, 6, 128, seconds);
        measure(k, int8, 6, 2048, seconds);
    }
    return 0;
}
