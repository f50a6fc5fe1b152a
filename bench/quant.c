/* What the packed formats lose and how fast they are made: bits a weight and relative RMSE of q4
 * and q8 beside NF4, Q4_0 and Q4_K (bench/quant_reference.h) on normal, Laplace and outlier-channel
 * weights, mean and spread over seeds; then weights a second of packing on one core.
 * Exits with 1 when q4 is not better than NF4 and Q4_0 everywhere at fewer bits than Q4_K.
 *
 *   build/bench/quant [SEEDS] */
#include "quant_reference.h"
#include "base/clock.h"
#include "quant/q4_search.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 128, COLS = 4096, N = ROWS * COLS };

static double uniform(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return ((double)((z ^ z >> 31) >> 11) + 0.5) * 0x1p-53;
}

static float normal(uint64_t *state)
{
    double u = uniform(state), v = uniform(state);
    return (float)(0.02 * sqrt(-2 * log(u)) * cos(6.283185307179586 * v));
}

static void fill_normal(float *w, uint64_t seed)
{
    for (size_t i = 0; i < N; i++) w[i] = normal(&seed);
}

static void fill_laplace(float *w, uint64_t seed)
{
    for (size_t i = 0; i < N; i++) {
        double u = uniform(&seed), v = uniform(&seed);
        w[i] = (float)copysign(0.02 / sqrt(2) * log(u), v - 0.5);
    }
}

/* 1 % of the input columns are 10 to 30 times as large as the others. */
static void fill_outliers(float *w, uint64_t seed)
{
    fill_normal(w, seed);
    for (size_t c = 0; c < COLS; c++) {
        if (uniform(&seed) >= 0.01) continue;
        float factor = (float)(10 + 20 * uniform(&seed));
        for (size_t r = 0; r < ROWS; r++) w[r * COLS + c] *= factor;
    }
}

static void round_trip(enum quant_type type, float *w)
{
    struct packed_matrix m = {.type = type, .rows = ROWS, .cols = COLS};
    size_t block_bytes = packed_block_bytes(type, COLS);
    uint8_t *data = aligned_alloc(64, packed_matrix_bytes(type, ROWS, COLS));
    static float row_scale[ROWS];
    if (!data) abort();
    for (size_t b = 0; b < ROWS / 16; b++)
        quantize_block(type, w + b * 16 * COLS, 16, COLS, data + b * block_bytes,
                       row_scale + b * 16);
    m.data = data;
    m.row_scale = row_scale;
    for (size_t r = 0; r < ROWS; r++) packed_matrix_read_row(&m, r, w + r * COLS);
    free(data);
}

static void ours_q4(float *w, size_t n, float *scratch)
{
    (void)n, (void)scratch;
    round_trip(QUANT_Q4, w);
}

static void ours_q8(float *w, size_t n, float *scratch)
{
    (void)n, (void)scratch;
    round_trip(QUANT_Q8, w);
}

enum {
    METHOD_Q4,
    METHOD_NF4,
    METHOD_NF4_F32,
    METHOD_Q4_0,
    METHOD_Q4_0_FITTED,
    METHOD_Q4_K,
    METHOD_Q8,
    N_METHODS
};

static const struct method {
    const char *name;
    double bits;
    void (*run)(float *w, size_t n, float *scratch);
} METHODS[N_METHODS] = {
    [METHOD_Q4] = {"q4", 4.25 + 32.0 / COLS, ours_q4},
    [METHOD_NF4] = {"NF4, double quantization", 4 + 8.0 / 64 + 32.0 / 16384, reference_nf4_double},
    [METHOD_NF4_F32] = {"NF4, f32 scales", 4.5, reference_nf4},
    [METHOD_Q4_0] = {"Q4_0", 4.5, reference_q4_0},
    [METHOD_Q4_0_FITTED] = {"Q4_0, best scale", 4.5, reference_q4_0_fitted},
    [METHOD_Q4_K] = {"Q4_K", 4.5, reference_q4_k},
    [METHOD_Q8] = {"q8", 8.5 + 32.0 / COLS, ours_q8},
};

static const struct source {
    const char *name;
    void (*fill)(float *w, uint64_t seed);
} SOURCES[] = {{"normal", fill_normal}, {"laplace", fill_laplace}, {"outliers", fill_outliers}};

enum { N_SOURCES = sizeof SOURCES / sizeof *SOURCES };

static double relative_rmse(const float *a, const float *b)
{
    double error = 0, total = 0;
    for (size_t i = 0; i < N; i++) {
        error += (double)(a[i] - b[i]) * (double)(a[i] - b[i]);
        total += (double)a[i] * a[i];
    }
    return sqrt(error / total);
}

static void time_packing(const char *name, enum quant_type type, const struct q4_search *search,
                         const float *w)
{
    struct q4_tables t;
    float codebook[16], row_scale[16];
    for (size_t k = 0; k < 16; k++) codebook[k] = Q4_CODEBOOK[k];
    q4_tables_init(&t, codebook);
    uint8_t *block = aligned_alloc(64, packed_block_bytes(type, COLS));
    if (!block) abort();
    double best = INFINITY;
    for (int run = 0; run < 5; run++) {
        double start = clock_seconds();
        for (size_t b = 0; b < ROWS / 16; b++) {
            const float *rows = w + b * 16 * COLS;
            if (search)
                q4_quantize_block(search, &t, rows, 16, COLS, block, row_scale);
            else
                quantize_block(type, rows, 16, COLS, block, row_scale);
        }
        best = fmin(best, clock_seconds() - start);
    }
    printf("%-12s %7.1f M weights/s\n", name, N / best / 1e6);
    free(block);
}

int main(int argc, char **argv)
{
    size_t seeds = argc > 1 ? strtoul(argv[1], NULL, 10) : 5;
    float *w = malloc(N * sizeof *w), *copy = malloc(N * sizeof *copy);
    float *scratch = malloc(N / 64 * sizeof *scratch);
    if (!seeds || !w || !copy || !scratch) return 1;
    printf("relative RMSE in %%, mean and standard deviation over %zu matrices of %d x %d\n\n",
           seeds, ROWS, COLS);
    printf("| %-24s | bits  |", "format");
    for (size_t s = 0; s < N_SOURCES; s++) printf(" %-13s |", SOURCES[s].name);
    printf(
        "\n| ------------------------ | ----- | ------------- | ------------- | ------------- |\n");
    double mean[N_METHODS][N_SOURCES] = {{0}};
    for (size_t m = 0; m < N_METHODS; m++) {
        printf("| %-24s | %.3f |", METHODS[m].name, METHODS[m].bits);
        for (size_t s = 0; s < N_SOURCES; s++) {
            double sum = 0, squares = 0;
            for (size_t k = 0; k < seeds; k++) {
                SOURCES[s].fill(w, 1000 + k);
                memcpy(copy, w, N * sizeof *w);
                METHODS[m].run(copy, N, scratch);
                double e = 100 * relative_rmse(w, copy);
                sum += e;
                squares += e * e;
            }
            mean[m][s] = sum / (double)seeds;
            double variance = squares / (double)seeds - mean[m][s] * mean[m][s];
            printf(" %6.3f ±%.3f |", mean[m][s], sqrt(variance > 0 ? variance : 0));
            fflush(stdout);
        }
        printf("\n");
    }
    bool ok = METHODS[METHOD_Q4].bits < METHODS[METHOD_Q4_K].bits;
    for (size_t s = 0; s < N_SOURCES; s++)
        ok = ok && mean[METHOD_Q4][s] < mean[METHOD_NF4][s] &&
             mean[METHOD_Q4][s] < mean[METHOD_Q4_0][s];
    printf("\nq4 below NF4 and Q4_0 on all three, with fewer bits than Q4_K: %s\n\n",
           ok ? "yes" : "NO");

    printf("packing on one core, from f32:\n");
    fill_normal(w, 1);
    time_packing("q4 portable", QUANT_Q4, &Q4_SEARCH_PORTABLE, w);
    if (q4_search_usable(&Q4_SEARCH_AVX2)) time_packing("q4 avx2", QUANT_Q4, &Q4_SEARCH_AVX2, w);
    if (q4_search_usable(&Q4_SEARCH_AVX512))
        time_packing("q4 avx512", QUANT_Q4, &Q4_SEARCH_AVX512, w);
    time_packing("q8", QUANT_Q8, NULL, w);
    time_packing("bf16", QUANT_BF16, NULL, w);
    time_packing("f32", QUANT_F32, NULL, w);
    free(w);
    free(copy);
    free(scratch);
    return ok ? 0 : 1;
}
