/* The GEMM kernels on the emulated GPU. Weights are rounded to bf16 once, before the row's scale:
 * the sums in double are over the rounded ones, so that what is left is what f32 loses. */
#include "cuda_fixture.h"

/* As for the GEMV kernels; the emulated instruction sums in f32 as well. */
static const double ROUNDING = 2e-6;

/* A weight without its row's scale, exactly: from the format for q8; in q4 it is an integer. */
static float bare_weight(const struct test_matrix *m, size_t r, size_t i)
{
    size_t cols = m->packed.cols;
    float value = m->values[r * cols + i];
    if (m->packed.type == QUANT_BF16 || value == 0) return value;
    if (m->packed.type == QUANT_Q4) return rintf(value / m->row_scale[r]);
    const uint8_t *block = m->data + r / 16 * packed_block_bytes(QUANT_Q8, cols);
    uint16_t scale;
    memcpy(&scale, block + i / 32 * 32 + r % 16 * 2, sizeof scale);
    const uint8_t *values = block + packed_scale_bytes(QUANT_Q8, cols) + i / 32 * 512;
    return f32_from_f16(scale) * (float)(values[i % 32 / 4 * 64 + r % 16 * 4 + i % 4] - 128);
}

/* (rows, cols) as the kernel multiplies them: bf16 of the bare weight, times the row's scale. */
static double *rounded_weights(const struct test_matrix *m)
{
    size_t rows = m->packed.rows, cols = m->packed.cols;
    double *w = take(rows * cols, sizeof *w);
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < cols; i++)
            w[r * cols + i] = (double)f32_from_bf16(bf16_from_f32(bare_weight(m, r, i))) *
                              (m->packed.type == QUANT_BF16 ? 1 : (double)m->row_scale[r]);
    return w;
}

struct result {
    double value, size;
};

/* w, row r, times token t, whose values are x. */
static struct result dot(const double *w, const double *x, size_t cols)
{
    struct result sum = {0, 0};
    for (size_t i = 0; i < cols; i++) {
        sum.value += w[i] * x[i];
        sum.size += fabs(w[i] * x[i]);
    }
    return sum;
}

static double *inputs_of(const struct cuda_activations *a, size_t n, size_t cols)
{
    double *x = take(n * cols, sizeof *x);
    for (size_t t = 0; t < n; t++)
        for (size_t i = 0; i < cols; i++) x[t * cols + i] = activation(a, t, i);
    return x;
}

static void check_gemm(enum quant_type type, size_t rows, size_t cols, size_t n, size_t splits)
{
    struct test_matrix m = make_matrix(type, rows, cols);
    struct cuda_activations x = random_activations(CUDA_FORM_BF16, n, cols);
    double *w = rounded_weights(&m), *inputs = inputs_of(&x, n, cols);
    size_t stride = packed_blocks(rows) * 16;
    struct cuda_gemm_args args = {.w = m.device,
                                  .x = x,
                                  .n_tokens = (int32_t)n,
                                  .out_stride = (int32_t)stride,
                                  .n_splits = (int32_t)splits};
    args.out = take(splits * n * stride, sizeof *args.out);
    memset(args.out, 0xff, splits * n * stride * sizeof *args.out);
    cuda_host_launch(cuda_gemm_kernel((int)type, 0, (int32_t)n), cuda_gemm_grid(&args), &args);
    for (size_t t = 0; t < n; t++)
        for (size_t r = 0; r < stride; r++) {
            struct result want = {0, 0};
            if (r < rows) want = dot(w + r * cols, inputs + t * cols, cols);
            double got = 0;
            for (size_t s = 0; s < splits; s++) got += (double)args.out[(s * n + t) * stride + r];
            if (!(fabs(got - want.value) <= ROUNDING * want.size))
                fail_msg("%s %zu x %zu, %zu tokens, %zu splits: row %zu token %zu is %g, not %g",
                         quant_type_name(type), rows, cols, n, splits, r, t, got, want.value);
        }
    free(args.out);
    free(w);
    free(inputs);
    free_activations(&x);
    free_matrix(&m);
}

/* Tokens of each tile size by turns: 500 shapes a kernel. */
static size_t some_tokens(int i)
{
    return (size_t)(i % 3 == 0   ? pick_between(1, 32)
                    : i % 3 == 1 ? pick_between(33, 64)
                                 : pick_between(65, i % 30 == 2 ? 140 : 128));
}

static void all_shapes_agree_with_sums_in_double(void **s)
{
    (void)s;
    for (enum quant_type type = QUANT_Q4; type <= QUANT_BF16; type++)
        for (int i = 0; i < shapes(1500); i++) {
            bool large = i % 60 < 3;
            size_t rows = (size_t)pick_between(1, large ? 300 : 60);
            size_t cols = (size_t)pick_between(1, large ? 400 : 90);
            check_gemm(type, rows, cols, some_tokens(i), (size_t)pick_between(1, 3));
        }
}

static void check_swiglu(enum quant_type type, size_t pairs, size_t cols, size_t n)
{
    size_t width = pairs * 16;
    struct test_matrix m = make_matrix(type, 2 * width, cols);
    struct cuda_activations x = random_activations(CUDA_FORM_BF16, n, cols);
    double *w = rounded_weights(&m), *inputs = inputs_of(&x, n, cols);
    struct cuda_gemm_args args = {.w = m.device, .x = x, .n_tokens = (int32_t)n, .n_splits = 1};
    args.y = make_activations(CUDA_FORM_BF16, n, width);
    cuda_host_launch(cuda_gemm_kernel((int)type, 1, (int32_t)n), cuda_gemm_grid(&args), &args);
    double *want = take(width, sizeof *want);
    for (size_t t = 0; t < n; t++) {
        double slack = 0;
        for (size_t i = 0; i < width; i++) {
            size_t row = i / 16 * 32 + i % 16;
            struct result gate = dot(w + row * cols, inputs + t * cols, cols);
            struct result up = dot(w + (row + 16) * cols, inputs + t * cols, cols);
            double gate_error = ROUNDING * gate.size;
            double up_error = ROUNDING * up.size;
            want[i] = gate.value / (1 + exp(-gate.value)) * up.value;
            slack = fmax(slack, 1.1 * (gate_error * fabs(up.value) + up_error * fabs(gate.value)) +
                                    1e-6 * fabs(want[i]));
        }
        check_activations(&args.y, t, want, width, slack, quant_type_name(type));
    }
    free(want);
    free(w);
    free(inputs);
    free_activations(&args.y);
    free_activations(&x);
    free_matrix(&m);
}

static void swiglu_of_all_shapes(void **s)
{
    (void)s;
    for (enum quant_type type = QUANT_Q4; type <= QUANT_BF16; type++)
        for (int i = 0; i < shapes(1500); i++)
            check_swiglu(type, (size_t)pick_between(1, i % 60 < 3 ? 17 : 3),
                         (size_t)pick_between(1, i % 60 < 3 ? 300 : 70), some_tokens(i));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_shapes_agree_with_sums_in_double),
        cmocka_unit_test(swiglu_of_all_shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
