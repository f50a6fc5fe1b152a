/* What packing a GGUF file costs beside packing the original weights: relative RMSE of a normal
 * matrix in each of the file's types (S), of q4 and q8 made from that (R), and of q4 and q8 made
 * from the matrix itself. The quantizers here write values as each type can hold them (ggml's
 * definitions), with a search for scales, not for speed.
 *
 *   build/bench/gguf_requantize [SEEDS] */
#include "quant_reference.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 64, COLS = 4096, N = ROWS * COLS };

static double uniform(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return ((double)((z ^ z >> 31) >> 11) + 0.5) * 0x1p-53;
}

static void fill_normal(float *w, uint64_t seed)
{
    for (size_t i = 0; i < N; i++) {
        double u = uniform(&seed), v = uniform(&seed);
        w[i] = (float)(0.02 * sqrt(-2 * log(u)) * cos(6.283185307179586 * v));
    }
}

/* ---- types that quant_reference.h has not ---- */

/* Squared error of n weights as scale * q - min, q in low..high; the values to out unless NULL. */
static double try_levels(const float *w, size_t n, float scale, float min, float low, float high,
                         float *out)
{
    double error = 0;
    for (size_t i = 0; i < n; i++) {
        float q = scale != 0 ? rintf((w[i] + min) / scale) : 0;
        q = q < low ? low : q > high ? high : q;
        float value = scale * q - min;
        error += (double)(w[i] - value) * (double)(w[i] - value);
        if (out) out[i] = value;
    }
    return error;
}

static float peak_of(const float *w, size_t n)
{
    float peak = 0;
    for (size_t i = 0; i < n; i++)
        if (fabsf(w[i]) > fabsf(peak)) peak = w[i];
    return peak;
}

/* Blocks of 32 with an f16 scale. */
static void symmetric(float *w, float low, float high, bool search)
{
    for (float *b = w; b < w + N; b += 32) {
        float copy[32], peak = peak_of(b, 32);
        memcpy(copy, b, sizeof copy);
        float best_scale = reference_f16(search ? peak / low : fabsf(peak) / high);
        double best = try_levels(copy, 32, best_scale, 0, low, high, NULL);
        for (int k = -20; search && k <= 20; k++) {
            float s = reference_f16(peak / (low * (1 + 0.01f * (float)k)));
            double e = try_levels(copy, 32, s, 0, low, high, NULL);
            if (e < best) best = e, best_scale = s;
        }
        try_levels(copy, 32, best_scale, 0, low, high, b);
    }
}

/* Blocks of 32 from the least to the largest, scale and minimum in f16. */
static void asymmetric(float *w, float levels)
{
    for (float *b = w; b < w + N; b += 32) {
        float copy[32], least = b[0], largest = b[0];
        memcpy(copy, b, sizeof copy);
        for (size_t i = 0; i < 32; i++) {
            least = fminf(least, b[i]);
            largest = fmaxf(largest, b[i]);
        }
        float min = reference_f16(-least), scale = reference_f16((largest - least) / levels);
        try_levels(copy, 32, scale, min, 0, levels, b);
    }
}

/* 8 blocks of 32 with scale and minimum of 6 bits. */
static void k_asymmetric(float *w, float levels)
{
    for (float *b = w; b < w + N; b += 256) {
        float scale[8], min[8], top_scale = 0, top_min = 0, copy[256];
        memcpy(copy, b, sizeof copy);
        for (size_t k = 0; k < 8; k++) {
            const float *x = copy + 32 * k;
            float least = 0, largest = 0;
            for (size_t i = 0; i < 32; i++) {
                least = fminf(least, x[i]);
                largest = fmaxf(largest, x[i]);
            }
            double best = INFINITY;
            for (int s = -10; s <= 10; s++)
                for (int m = -4; m <= 0; m++) {
                    float o = -least * (1 + 0.02f * (float)m);
                    float d = (largest - least) / levels * (1 + 0.01f * (float)s);
                    double e = try_levels(x, 32, d, o, 0, levels, NULL);
                    if (e < best) best = e, scale[k] = d, min[k] = o;
                }
            top_scale = fmaxf(top_scale, scale[k]);
            top_min = fmaxf(top_min, min[k]);
        }
        float d = reference_f16(top_scale / 63), dmin = reference_f16(top_min / 63);
        for (size_t k = 0; k < 8; k++)
            try_levels(copy + 32 * k, 32, d * rintf(scale[k] / d), dmin * rintf(min[k] / dmin), 0,
                       levels, b + 32 * k);
    }
}

/* 16 blocks of 16 with int8 scales. */
static void q6_k(float *w)
{
    for (float *b = w; b < w + N; b += 256) {
        float scale[16], top = 0, copy[256];
        memcpy(copy, b, sizeof copy);
        for (size_t k = 0; k < 16; k++) {
            float peak = peak_of(copy + 16 * k, 16);
            double best = INFINITY;
            for (int s = -9; s <= 9; s++) {
                float d = peak / (-32 + 0.1f * (float)s);
                double e = try_levels(copy + 16 * k, 16, d, 0, -32, 31, NULL);
                if (e < best) best = e, scale[k] = d;
            }
            if (fabsf(scale[k]) > fabsf(top)) top = scale[k];
        }
        float d = reference_f16(top / -128);
        for (size_t k = 0; k < 16; k++) {
            float s = fminf(fmaxf(rintf(scale[k] / d), -128), 127);
            try_levels(copy + 16 * k, 16, d * s, 0, -32, 31, b + 16 * k);
        }
    }
}

static double try_codebook(const float *w, float scale, float *out)
{
    static const float LEVELS[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                     1,    13,   25,  38,  53,  69,  89,  113};
    double error = 0;
    for (size_t i = 0; i < 32; i++) {
        float value = 0, nearest = INFINITY;
        for (size_t k = 0; k < 16; k++)
            if (fabsf(w[i] - scale * LEVELS[k]) < nearest)
                nearest = fabsf(w[i] - scale * LEVELS[k]), value = scale * LEVELS[k];
        error += (double)nearest * (double)nearest;
        if (out) out[i] = value;
    }
    return error;
}

static void iq4_nl(float *w)
{
    for (float *b = w; b < w + N; b += 32) {
        float copy[32], peak = peak_of(b, 32), scale = 0;
        memcpy(copy, b, sizeof copy);
        double best = INFINITY;
        for (int k = -14; k <= 14; k++)
            for (int sign = -1; sign <= 1; sign += 2) {
                float s = reference_f16(peak / ((float)sign * (120 + 2 * (float)k)));
                double e = try_codebook(copy, s, NULL);
                if (e < best) best = e, scale = s;
            }
        try_codebook(copy, scale, b);
    }
}

/* ---- the table ---- */

static void run_q8_0(float *w)
{
    symmetric(w, -127, 127, false);
}
static void run_q4_0(float *w)
{
    reference_q4_0_fitted(w, N, NULL);
}
static void run_q4_1(float *w)
{
    asymmetric(w, 15);
}
static void run_q5_0(float *w)
{
    symmetric(w, -16, 15, true);
}
static void run_q5_1(float *w)
{
    asymmetric(w, 31);
}
static void run_q4_k(float *w)
{
    reference_q4_k(w, N, NULL);
}
static void run_q5_k(float *w)
{
    k_asymmetric(w, 31);
}

static const struct {
    const char *name;
    void (*run)(float *w);
} TYPES[] = {{"Q8_0", run_q8_0}, {"Q6_K", q6_k},     {"Q5_K", run_q5_k},
             {"Q5_1", run_q5_1}, {"Q5_0", run_q5_0}, {"Q4_K", run_q4_k},
             {"Q4_1", run_q4_1}, {"Q4_0", run_q4_0}, {"IQ4_NL", iq4_nl}};
enum { N_TYPES = sizeof TYPES / sizeof *TYPES };

static double relative_rmse(const float *a, const float *b)
{
    double error = 0, total = 0;
    for (size_t i = 0; i < N; i++) {
        error += (double)(a[i] - b[i]) * (double)(a[i] - b[i]);
        total += (double)a[i] * (double)a[i];
    }
    return 100 * sqrt(error / total);
}

static void pack(enum quant_type type, const float *w, float *out)
{
    struct packed_matrix m = {.type = type, .rows = ROWS, .cols = COLS};
    static float row_scale[ROWS];
    uint8_t *data = aligned_alloc(64, packed_matrix_bytes(type, ROWS, COLS));
    if (!data) abort();
    for (size_t b = 0; b < ROWS / 16; b++)
        quantize_block(type, w + b * 16 * COLS, 16, COLS, data + b * packed_block_bytes(type, COLS),
                       row_scale + b * 16);
    m.data = data;
    m.row_scale = row_scale;
    for (size_t r = 0; r < ROWS; r++) packed_matrix_read_row(&m, r, out + r * COLS);
    free(data);
}

int main(int argc, char **argv)
{
    static float x[N], s[N], r[N];
    static const enum quant_type TARGETS[] = {QUANT_Q4, QUANT_Q8};
    unsigned seeds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 3;
    double loss[N_TYPES] = {0}, total[N_TYPES][2] = {{0}}, extra[N_TYPES][2] = {{0}}, own[2] = {0};
    if (seeds < 1) seeds = 1;
    for (unsigned seed = 1; seed <= seeds; seed++) {
        fill_normal(x, seed);
        for (size_t k = 0; k < 2; k++) {
            pack(TARGETS[k], x, r);
            own[k] += relative_rmse(x, r) / seeds;
        }
        for (size_t t = 0; t < N_TYPES; t++) {
            memcpy(s, x, sizeof s);
            TYPES[t].run(s);
            loss[t] += relative_rmse(x, s) / seeds;
            for (size_t k = 0; k < 2; k++) {
                pack(TARGETS[k], s, r);
                total[t][k] += relative_rmse(x, r) / seeds;
                extra[t][k] += relative_rmse(s, r) / seeds;
            }
        }
    }
    printf("relative RMSE in %%, normal matrix of %d x %d, %u seeds\n\n", ROWS, COLS, seeds);
    printf("| file   | itself | then q4 | q4 of it | then q8 | q8 of it |\n");
    printf("| original |  0.000 | %7.3f | %8.3f | %7.3f | %8.3f |\n", own[0], own[0], own[1],
           own[1]);
    for (size_t t = 0; t < N_TYPES; t++)
        printf("| %-6s | %6.3f | %7.3f | %8.3f | %7.3f | %8.3f |\n", TYPES[t].name, loss[t],
               total[t][0], extra[t][0], total[t][1], extra[t][1]);
    return 0;
}
