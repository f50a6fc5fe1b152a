/* LayerNorm and GELU of every instruction set against the same in double. */
#include "backend/cpu/kernels.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const ISAS[] = {"portable", "avx2", "avx512"};
enum { N_ISAS = sizeof ISAS / sizeof *ISAS, MAX_N = 1000 };

static float noise(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (float)(*state >> 8) / (float)(1 << 23) - 1;
}

static void gelu_is_within_4e7_of_the_exact_one(void **state)
{
    (void)state;
    for (size_t k = 0; k < N_ISAS; k++) {
        const struct cpu_kernels *kernels = cpu_kernels_find(ISAS[k]);
        if (!kernels) continue;
        for (double from = -40; from < 40; from += 0.5) {
            float x[64];
            for (size_t i = 0; i < 64; i++) x[i] = (float)(from + (double)i / 128);
            kernels->gelu(x, 64);
            for (size_t i = 0; i < 64; i++) {
                double v = (double)(float)(from + (double)i / 128);
                double exact = 0.5 * v * erfc(-v / sqrt(2));
                double room = 4e-7 * fmax(1, fabs(v));
                if (!(fabs((double)x[i] - exact) <= room))
                    fail_msg("%s: gelu(%g) is %g, not %g", ISAS[k], v, (double)x[i], exact);
            }
        }
        float zero[16] = {0};
        kernels->gelu(zero, 16);
        for (size_t i = 0; i < 16; i++) assert_true(zero[i] == 0);
    }
}

static void layernorm_is_that_of_double(void **state)
{
    (void)state;
    static const size_t SIZES[] = {1, 15, 16, 17, 64, 384, 768, MAX_N};
    static float x[MAX_N], weight[MAX_N], bias[MAX_N], out[MAX_N];
    uint32_t seed = 7;
    for (size_t k = 0; k < N_ISAS; k++) {
        const struct cpu_kernels *kernels = cpu_kernels_find(ISAS[k]);
        if (!kernels) continue;
        for (size_t s = 0; s < sizeof SIZES / sizeof *SIZES; s++) {
            size_t n = SIZES[s];
            double mean = 0, variance = 0;
            for (size_t i = 0; i < n; i++) {
                x[i] = 100 + noise(&seed); /* a mean that dwarfs the deviation */
                weight[i] = noise(&seed);
                bias[i] = noise(&seed);
                mean += (double)x[i] / (double)n;
            }
            for (size_t i = 0; i < n; i++)
                variance += ((double)x[i] - mean) * ((double)x[i] - mean) / (double)n;
            kernels->layernorm(x, weight, bias, n, 1e-12f, out);
            for (size_t i = 0; i < n; i++) {
                double exact = ((double)x[i] - mean) / sqrt(variance + 1e-12) * (double)weight[i] +
                               (double)bias[i];
                if (n > 1 && !(fabs((double)out[i] - exact) < 2e-4))
                    fail_msg("%s: %zu of %zu: %g, not %g", ISAS[k], i, n, (double)out[i], exact);
                assert_true(isfinite(out[i]));
            }
            kernels->layernorm(x, weight, bias, n, 1e-12f, x);
            assert_memory_equal(x, out, n * sizeof *x); /* in place too */
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gelu_is_within_4e7_of_the_exact_one),
        cmocka_unit_test(layernorm_is_that_of_double),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
