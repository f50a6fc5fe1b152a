/* How Q4_CODEBOOK was found: Lloyd's algorithm over groups of 32 weights, half of them normal and
 * half Laplace, each group with its own scale of either sign, found by the library's search. A step
 * assigns every weight to its nearest entry and moves each entry to where its weights' squared
 * error is least; then the entries are rounded to int8 and moved by ones while that helps. One
 * entry is kept at 0, so that padding and pruned weights are exact.
 *
 *   build/bench/codebook [GROUPS [STEPS]] */
#include "quant/q4_search.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GROUP_FLOATS = QUANT_GROUP * QUANT_BLOCK_ROWS };

static const float STARTS[][16] = {
    /* By hand: denser towards zero, one side shorter than the other. */
    {-127, -104, -83, -65, -49, -35, -22, -10, 0, 13, 25, 38, 53, 69, 89, 113},
    /* Quantiles of a normal distribution. */
    {-127, -88, -66, -50, -36, -23, -11, 0, 10, 20, 31, 42, 56, 71, 92, 120},
    /* Even. */
    {-127, -110, -93, -76, -59, -42, -25, -8, 0, 17, 34, 51, 68, 85, 102, 119},
};

static double uniform(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return ((double)((z ^ z >> 31) >> 11) + 0.5) * 0x1p-53;
}

/* Variance 1 both, divided by 4 because the search expects weights of about 1. Even lanes are
 * normal, odd lanes Laplace. */
static void fill(float *w, size_t n, uint64_t seed)
{
    for (size_t i = 0; i < n; i++) {
        double u = uniform(&seed), v = uniform(&seed);
        double x = i % 2 ? copysign(log(u) / sqrt(2), v - 0.5)
                         : sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
        w[i] = (float)(x / 4);
    }
}

struct totals {
    double error[2], weight[2]; /* normal, Laplace */
    double moved[16], mass[16]; /* sums of scale * weight and of scale squared, by entry */
};

static bool measure(const float *codebook, const float *w, size_t groups, struct totals *sum)
{
    struct q4_tables t;
    if (!q4_tables_init(&t, codebook)) return false;
    const struct q4_search *search = q4_search_best();
    memset(sum, 0, sizeof *sum);
    for (size_t g = 0; g < groups; g++, w += GROUP_FLOATS) {
        float d[16];
        search->fit(&t, w, d);
        for (size_t i = 0; i < GROUP_FLOATS; i++) {
            float scale = d[i % 16], x = scale != 0 ? w[i] / scale : 0;
            size_t k = 0;
            for (size_t j = 0; j < 15; j++) k += x > t.threshold[j];
            double e = w[i] - scale * t.level[k];
            sum->error[i % 2] += e * e;
            sum->weight[i % 2] += (double)w[i] * w[i];
            sum->moved[k] += (double)scale * w[i] * Q4_BIN;
            sum->mass[k] += (double)scale * scale;
        }
    }
    return true;
}

/* What is made small: the mean of the two relative squared errors. */
static double loss(const struct totals *sum)
{
    return (sum->error[0] / sum->weight[0] + sum->error[1] / sum->weight[1]) / 2;
}

static void report(const char *what, const float *codebook, const struct totals *sum)
{
    printf("%-8s normal %.5f laplace %.5f :", what, sqrt(sum->error[0] / sum->weight[0]),
           sqrt(sum->error[1] / sum->weight[1]));
    for (size_t k = 0; k < 16; k++) printf(" %.4g", codebook[k]);
    printf("\n");
}

static void lloyd(float *codebook, const float *w, size_t groups, size_t steps, bool keep_zero)
{
    struct totals sum;
    for (size_t s = 0; s < steps && measure(codebook, w, groups, &sum); s++) {
        float next[16], peak = 0;
        for (size_t k = 0; k < 16; k++) {
            next[k] = sum.mass[k] > 0 ? (float)(sum.moved[k] / sum.mass[k]) : codebook[k];
            if (keep_zero && codebook[k] == 0) next[k] = 0;
            peak = fmaxf(peak, fabsf(next[k]));
        }
        for (size_t k = 0; k < 16; k++) codebook[k] = next[k] * 127 / peak;
    }
}

/* Rounds, then moves single entries while the loss falls. */
static void round_entries(float *codebook, const float *w, size_t groups)
{
    for (size_t k = 0; k < 16; k++) codebook[k] = roundf(codebook[k]);
    struct totals sum;
    if (!measure(codebook, w, groups, &sum)) return;
    double best = loss(&sum);
    for (bool better = true; better;) {
        better = false;
        for (size_t k = 0; k < 16; k++)
            for (int by = -1; by <= 1; by += 2) {
                float old = codebook[k];
                if (old == 0 || fabsf(old + (float)by) > 127) continue;
                codebook[k] += (float)by;
                if (measure(codebook, w, groups, &sum) && loss(&sum) < best) {
                    best = loss(&sum);
                    better = true;
                } else {
                    codebook[k] = old;
                }
            }
    }
}

int main(int argc, char **argv)
{
    size_t groups = argc > 1 ? strtoul(argv[1], NULL, 10) : 4000;
    size_t steps = argc > 2 ? strtoul(argv[2], NULL, 10) : 150;
    float *train = malloc(groups * GROUP_FLOATS * sizeof *train);
    float *test = malloc(groups * GROUP_FLOATS * sizeof *test);
    if (!groups || !train || !test) return 1;
    fill(train, groups * GROUP_FLOATS, 1);
    fill(test, groups * GROUP_FLOATS, 2);
    struct totals sum;
    for (size_t s = 0; s < sizeof STARTS / sizeof *STARTS; s++)
        for (int keep_zero = 1; keep_zero >= 0; keep_zero--) {
            float codebook[16];
            memcpy(codebook, STARTS[s], sizeof codebook);
            lloyd(codebook, train, groups, steps, keep_zero);
            if (measure(codebook, test, groups, &sum))
                report(keep_zero ? "lloyd 0" : "lloyd", codebook, &sum);
            if (!keep_zero) continue;
            round_entries(codebook, train, groups < 1000 ? groups : 1000);
            if (measure(codebook, test, groups, &sum)) report("int8", codebook, &sum);
        }
    float codebook[16];
    for (size_t k = 0; k < 16; k++) codebook[k] = Q4_CODEBOOK[k];
    if (measure(codebook, test, groups, &sum)) report("library", codebook, &sum);
    memcpy(codebook, STARTS[0], sizeof codebook);
    if (measure(codebook, test, groups, &sum)) report("start", codebook, &sum);
    free(train);
    free(test);
    return 0;
}
