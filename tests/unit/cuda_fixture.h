/* What the tests of the GPU's kernels share: random matrices and activations, and the check of what
 * a kernel hands on. Buffers are of just the size in use, so that the address sanitizer sees any
 * step beyond. */
#ifndef TESTS_UNIT_CUDA_FIXTURE_H
#define TESTS_UNIT_CUDA_FIXTURE_H

#include "../cuda_host.h"
#include "quant/quantize.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define FIXTURE static inline __attribute__((unused))

/* How many shapes a test goes through: all; under the address sanitizer, where they take ten times as
 * long, a fifth, but all with TEST_LONG=1; few under the thread sanitizer, which has nothing to find in
 * a program of one thread and takes a microsecond for each change of fibers. */
static inline __attribute__((unused)) int shapes(int n)
{
#if defined(__SANITIZE_THREAD__)
    return n < 20 ? 1 : n / 20;
#elif defined(__SANITIZE_ADDRESS__)
    return getenv("TEST_LONG") ? n : (n + 4) / 5;
#else
    return n;
#endif
}

static uint64_t fixture_state = 88172645463325252u;

FIXTURE uint32_t random_bits(void)
{
    fixture_state ^= fixture_state << 13;
    fixture_state ^= fixture_state >> 7;
    fixture_state ^= fixture_state << 17;
    return (uint32_t)(fixture_state >> 32);
}

/* In low..high, both included. */
FIXTURE int32_t pick_between(int32_t low, int32_t high)
{
    return low + (int32_t)(random_bits() % (uint32_t)(high - low + 1));
}

FIXTURE float noise(void) /* uniform in -1..1 */
{
    return (float)(int32_t)random_bits() * 0x1p-31f;
}

FIXTURE void *take(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size);
    assert_non_null(p);
    return p;
}

FIXTURE float *random_floats(size_t n)
{
    float *p = take(n, sizeof *p);
    for (size_t i = 0; i < n; i++) p[i] = noise();
    return p;
}

/* A packed matrix, and its values as the formats define them. */
struct test_matrix {
    struct packed_matrix packed;
    struct cuda_matrix device;
    uint8_t *data;
    float *row_scale, *values; /* values: (rows, cols) */
};

FIXTURE struct test_matrix make_matrix(enum quant_type type, size_t rows, size_t cols)
{
    struct test_matrix m = {0};
    size_t blocks = packed_blocks(rows), bytes = packed_block_bytes(type, cols);
    float *weights = random_floats(rows * cols);
    m.data = aligned_alloc(64, blocks * bytes);
    assert_non_null(m.data);
    m.row_scale = take(blocks * 16, sizeof *m.row_scale);
    m.values = take(rows * cols, sizeof *m.values);
    for (size_t b = 0; b < blocks; b++) {
        size_t n = rows - b * 16 < 16 ? rows - b * 16 : 16;
        assert_int_equal(quantize_block(type, weights + b * 16 * cols, n, cols, m.data + b * bytes,
                                        m.row_scale + b * 16),
                         0);
    }
    free(weights);
    bool scaled = type == QUANT_Q4 || type == QUANT_Q8;
    m.packed = (struct packed_matrix){type, rows, cols, m.data, scaled ? m.row_scale : NULL};
    m.device =
        (struct cuda_matrix){m.data, scaled ? m.row_scale : NULL, (int32_t)rows, (int32_t)cols};
    for (size_t r = 0; r < rows; r++) packed_matrix_read_row(&m.packed, r, m.values + r * cols);
    return m;
}

FIXTURE void free_matrix(struct test_matrix *m)
{
    free(m->data);
    free(m->row_scale);
    free(m->values);
}

/* Activations of n rows, empty. */
FIXTURE struct cuda_activations make_activations(int32_t form, size_t n, size_t width)
{
    struct cuda_activations a = {.form = form, .stride = (int32_t)(packed_groups(width) * 32)};
    size_t values = n * (size_t)a.stride;
    if (form == CUDA_FORM_BF16) {
        a.bf16 = take(values, sizeof *a.bf16);
        memset(a.bf16, 0xff, values * sizeof *a.bf16); /* NaN until written */
    } else {
        a.q = take(values, 1);
        memset(a.q, 0x55, values);
        a.scale = take(values / 32, sizeof *a.scale);
        memset(a.scale, 0xff, values / 32 * sizeof *a.scale);
    }
    return a;
}

FIXTURE void free_activations(struct cuda_activations *a)
{
    free(a->bf16);
    free(a->q);
    free(a->scale);
}

/* The value of column i of row t. */
FIXTURE double activation(const struct cuda_activations *a, size_t t, size_t i)
{
    static const size_t PLACE[8] = {0, 2, 4, 6, 1, 3, 5, 7}; /* of Q4: see cuda_form */
    size_t at = t * (size_t)a->stride + i;
    if (a->form == CUDA_FORM_BF16) return (double)f32_from_bf16(a->bf16[at]);
    size_t place = a->form == CUDA_FORM_Q4 ? at - i % 8 + PLACE[i % 8] : at;
    return (double)a->q[place] * (double)a->scale[at / 32];
}

/* Random ones of full range. */
FIXTURE struct cuda_activations random_activations(int32_t form, size_t n, size_t width)
{
    struct cuda_activations a = make_activations(form, n, width);
    size_t stride = (size_t)a.stride;
    for (size_t t = 0; t < n; t++)
        for (size_t i = 0; i < stride; i++) {
            bool is_there = i < width;
            if (form == CUDA_FORM_BF16) {
                a.bf16[t * stride + i] = is_there ? bf16_from_f32(noise()) : 0;
                continue;
            }
            static const size_t PLACE[8] = {0, 2, 4, 6, 1, 3, 5, 7};
            size_t place = form == CUDA_FORM_Q4 ? i / 8 * 8 + PLACE[i % 8] : i;
            a.q[t * stride + place] = is_there ? (int8_t)pick_between(-127, 127) : 0;
            if (i % 32 == 0)
                a.scale[(t * stride + i) / 32] = (1.5f + noise()) / 127; /* all but 0 */
        }
    return a;
}

/* Row t of a is `want` in its form: rounded, zero past the width. slack: of the value before it was
 * rounded. */
FIXTURE void check_activations(const struct cuda_activations *a, size_t t, const double *want,
                               size_t width, double slack, const char *what)
{
    size_t stride = (size_t)a->stride;
    for (size_t g = 0; g < stride / 32; g++) {
        double max = 0, most = slack, scale = 0;
        for (size_t i = g * 32; i < g * 32 + 32 && i < width; i++) max = fmax(max, fabs(want[i]));
        if (a->form != CUDA_FORM_BF16) {
            scale = (double)a->scale[(t * stride) / 32 + g];
            if (!(fabs(scale * 127 - max) <= slack + 1e-6 * max))
                fail_msg("%s: row %zu group %zu: scale %g for a largest of %g", what, t, g, scale,
                         max);
            most += scale * 0.5001;
        }
        for (size_t i = g * 32; i < g * 32 + 32; i++) {
            double got = activation(a, t, i), value = i < width ? want[i] : 0;
            if (a->form == CUDA_FORM_BF16) most = slack + fabs(value) * 0x1p-8;
            if (!(fabs(got - value) <= (i < width ? most : 0)))
                fail_msg("%s: row %zu column %zu is %g, not %g", what, t, i, got, value);
        }
    }
}

/* Partial sums: (n, n_tokens, stride) random, and a bias of width where asked for. */
FIXTURE struct cuda_partials random_partials(size_t n, size_t n_tokens, size_t width, bool bias)
{
    struct cuda_partials p = {.n = (int32_t)n, .stride = (int32_t)(packed_blocks(width) * 16)};
    if (n) p.data = random_floats(n * n_tokens * (size_t)p.stride);
    if (bias) p.bias = random_floats(width);
    return p;
}

FIXTURE void free_partials(struct cuda_partials *p)
{
    free((void *)(uintptr_t)p->data);
    free((void *)(uintptr_t)p->bias);
}

FIXTURE double sum_partials(const struct cuda_partials *p, size_t n_tokens, size_t t, size_t i)
{
    double sum = p->bias ? (double)p->bias[i] : 0;
    for (size_t k = 0; k < (size_t)p->n; k++)
        sum += (double)p->data[(k * n_tokens + t) * (size_t)p->stride + i];
    return sum;
}

#endif
