/* How near the matrix kernels come to this machine's limits: each on the matrices of the 1.5B shape
 * in q4 and q8, on all threads, against the read bandwidth and the int8 rate of the same run: "8:
 * 61(68)" is 61 % of the one and 68 % of the other with 8 tokens at once.
 *
 *   build/bench/kernels [THREADS [ISA]]
 *
 * The limits are the best of five measurements by measure/roofline.h. */
#include "backend/cpu/cpu.h"
#include "base/clock.h"
#include "measure/roofline.h"
#include "quant/quantize.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__x86_64__)
enum { READ_BYTES = 1 << 30, MAX_TOKENS = 512 };

struct job {
    struct packed_matrix matrix;
    struct activations x;
    size_t n_copies, n_tokens;
    const struct cpu_kernels *kernels;
    float *out;
};

/* Copy after copy of the matrix, so that memory is read as in a model. */
static void matmul_body(void *context, size_t thread, size_t count)
{
    struct job *j = context;
    struct packed_matrix m = j->matrix;
    size_t bytes = packed_matrix_bytes(m.type, m.rows, m.cols);
    for (size_t i = 0; i < j->n_copies; i++) {
        m.data = j->matrix.data + i * bytes;
        matmul(j->kernels, &m, &j->x, j->n_tokens, NULL, MATMUL_STORE, j->out, m.rows, thread,
               count);
    }
}

static double best_seconds(struct thread_pool *pool, thread_pool_body *body, struct job *j,
                           int times)
{
    double best = 1e9;
    for (int i = 0; i < times; i++) {
        double started = clock_seconds();
        thread_pool_run(pool, body, j);
        double s = clock_seconds() - started;
        if (s < best) best = s;
    }
    return best;
}

static void set_tokens(struct job *j, size_t n)
{
    size_t width = j->x.groups * QUANT_GROUP;
    j->n_tokens = j->x.tokens = n;
    for (size_t t = 0; t < n; t++) j->kernels->quantize(j->x.f32 + t * width, &j->x, t);
}

int main(int argc, char **argv)
{
    static const size_t SHAPES[][2] = {{2048, 1536}, {1536, 1536}, {17920, 1536}, {1536, 8960}};
    static const size_t TOKENS[] = {1, 2, 4, 5, 8, 16, 64, 512};
    struct error err = {0};
    struct thread_pool *pool = thread_pool_create(argc > 1 ? strtoul(argv[1], NULL, 10) : 0, &err);
    struct job j = {.kernels = cpu_kernels_find(argc > 2 ? argv[2] : NULL)};
    if (!pool || !j.kernels || !cpu_kernels_find("avx512")) {
        fprintf(stderr, "kernels: no threads, or not an AVX-512 machine\n");
        return 1;
    }
    uint8_t *memory =
        mmap(NULL, READ_BYTES + 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return 1;
    madvise(memory, READ_BYTES, MADV_HUGEPAGE);
    memset(memory, 1, READ_BYTES);
    size_t widest = 8960;
    j.x.f32 = malloc(MAX_TOKENS * widest * sizeof *j.x.f32);
    j.x.q = aligned_alloc(64, MAX_TOKENS * widest);
    j.x.scale = malloc(MAX_TOKENS * widest / 32 * sizeof *j.x.scale);
    j.x.bias = malloc(MAX_TOKENS * widest / 32 * sizeof *j.x.bias);
    int32_t *power = malloc(MAX_TOKENS * widest / 32 * sizeof *power);
    j.out = aligned_alloc(64, (size_t)MAX_TOKENS * 17920 * sizeof *j.out);
    float row_scale[17920];
    if (!j.x.f32 || !j.x.q || !j.x.scale || !j.x.bias || !power || !j.out) return 1;
    for (size_t i = 0; i < MAX_TOKENS * widest; i++)
        j.x.f32[i] = (float)((i * 2654435761u >> 8) % 2000) - 1000;
    for (size_t i = 0; i < 17920; i++) row_scale[i] = 1e-6f;

    struct roofline *limits = roofline_create(pool, &err);
    if (!limits) {
        fprintf(stderr, "kernels: %s\n", err.text);
        return 1;
    }
    size_t threads = thread_pool_size(pool);
    double peak = 0, bandwidth = 0;
    for (int i = 0; i < 5; i++) {
        peak = fmax(peak, roofline_integers(limits));
        bandwidth = fmax(bandwidth, roofline_read(limits));
    }
    roofline_free(limits);
    printf("%zu threads: int8 %.0f GOP/s, reads %.1f GB/s\n", threads, peak / 1e9, bandwidth / 1e9);
    for (enum quant_type type = QUANT_Q4; type <= QUANT_Q8; type++) {
        j.x.power = type == QUANT_Q4 ? power : NULL;
        for (size_t s = 0; s < 4; s++) {
            size_t rows = SHAPES[s][0], cols = SHAPES[s][1];
            size_t bytes = packed_matrix_bytes(type, rows, cols);
            j.matrix = (struct packed_matrix){type, rows, cols, memory, row_scale};
            j.x.groups = packed_groups(cols);
            printf("%s %5zu x %4zu:", quant_type_name(type), rows, cols);
            for (size_t i = 0; i < sizeof TOKENS / sizeof *TOKENS; i++) {
                set_tokens(&j, TOKENS[i]);
                /* 150 MB of copies, no more than 10 ms where no reading is measured */
                double work = 2.0 * (double)rows * (double)cols * (double)TOKENS[i];
                j.n_copies = (size_t)(150e6 / (double)bytes);
                size_t enough = (size_t)(0.01 * peak / work) + 1;
                if (TOKENS[i] > 8 && j.n_copies > enough) j.n_copies = enough;
                double seconds = best_seconds(pool, matmul_body, &j, 8) / (double)j.n_copies;
                if (TOKENS[i] <= 8)
                    printf("  %zu: %.0f(%.0f)", TOKENS[i],
                           100 * (double)bytes / seconds / bandwidth, 100 * work / seconds / peak);
                else
                    printf("  %zu: (%.0f)", TOKENS[i], 100 * work / seconds / peak);
            }
            printf("\n");
        }
    }
    thread_pool_free(pool);
    return 0;
}
#else
int main(void)
{
    fprintf(stderr, "kernels: for x86-64\n");
    return 1;
}
#endif
