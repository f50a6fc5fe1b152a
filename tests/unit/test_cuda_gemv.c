/* The GEMV kernels on the emulated GPU, against sums in double over the values that the packed
 * formats and the activations' forms define. */
#include "cuda_fixture.h"

/* Terms are exact products in f32 up to one rounding, sums of them in f32: for up to 2,000 terms
 * 2e-6 of the sum of sizes is ample (as for the CPU's kernels). */
static const double ROUNDING = 2e-6;

static int32_t form_of(enum quant_type type)
{
    return type == QUANT_Q4 ? CUDA_FORM_Q4 : type == QUANT_Q8 ? CUDA_FORM_Q8 : CUDA_FORM_BF16;
}

/* The exact result for (t, r), and the sum of the sizes of its terms. */
static double dot(const struct test_matrix *m, const struct cuda_activations *x, size_t t, size_t r,
                  double *size)
{
    double sum = 0;
    *size = 0;
    for (size_t i = 0; i < m->packed.cols; i++) {
        double product = (double)m->values[r * m->packed.cols + i] * activation(x, t, i);
        sum += product;
        *size += fabs(product);
    }
    return sum;
}

static void check_gemv(enum quant_type type, size_t rows, size_t cols, size_t n, size_t splits,
                       uint32_t resident)
{
    struct test_matrix m = make_matrix(type, rows, cols);
    struct cuda_activations x = random_activations(form_of(type), n, cols);
    size_t stride = packed_blocks(rows) * 16;
    struct cuda_gemv_args args = {.w = m.device,
                                  .x = x,
                                  .n_tokens = (int32_t)n,
                                  .out_stride = (int32_t)stride,
                                  .n_splits = (int32_t)splits,
                                  .prefetch = (int32_t)(random_bits() % 3 * 3000)};
    args.out = take(splits * n * stride, sizeof *args.out);
    memset(args.out, 0xff, splits * n * stride * sizeof *args.out);
    cuda_host_launch(cuda_gemv_kernel((int)type, 0, (int32_t)n), cuda_gemv_grid(&args, 0, resident),
                     &args);
    for (size_t t = 0; t < n; t++)
        for (size_t r = 0; r < stride; r++) {
            double size = 0, want = r < rows ? dot(&m, &x, t, r, &size) : 0, got = 0;
            for (size_t s = 0; s < splits; s++) got += (double)args.out[(s * n + t) * stride + r];
            if (!(fabs(got - want) <= ROUNDING * size))
                fail_msg("%s %zu x %zu, %zu tokens, %zu splits: row %zu token %zu is %g, not %g",
                         quant_type_name(type), rows, cols, n, splits, r, t, got, want);
        }
    free(args.out);
    free_activations(&x);
    free_matrix(&m);
}

/* 1, 2, 3 or 4, 5 to 8 tokens by turns: 500 shapes a kernel. */
static size_t some_tokens(int i)
{
    return (size_t)(i % 4 == 0   ? 1
                    : i % 4 == 1 ? 2
                    : i % 4 == 2 ? pick_between(3, 4)
                                 : pick_between(5, 8));
}

static void all_shapes_agree_with_sums_in_double(void **s)
{
    (void)s;
    for (enum quant_type type = QUANT_Q4; type <= QUANT_BF16; type++)
        for (int i = 0; i < shapes(2000); i++) {
            size_t rows = (size_t)pick_between(1, 70), cols = (size_t)pick_between(1, 200);
            if (i % 64 < 4) cols = (size_t)pick_between(300, 2000);
            if (i % 3 == 1) cols = cols / 32 * 32 + 32;
            check_gemv(type, rows, cols, some_tokens(i), (size_t)pick_between(1, 4),
                       (uint32_t)pick_between(1, 12));
        }
}

/* gate and up, 16 rows by turns. */
static void check_swiglu(enum quant_type type, size_t pairs, size_t cols, size_t n,
                         uint32_t resident)
{
    size_t width = pairs * 16;
    struct test_matrix m = make_matrix(type, 2 * width, cols);
    struct cuda_activations x = random_activations(form_of(type), n, cols);
    struct cuda_gemv_args args = {.w = m.device, .x = x, .n_tokens = (int32_t)n, .n_splits = 1};
    args.y = make_activations(form_of(type), n, width);
    cuda_host_launch(cuda_gemv_kernel((int)type, 1, (int32_t)n), cuda_gemv_grid(&args, 1, resident),
                     &args);
    double *want = take(width, sizeof *want);
    for (size_t t = 0; t < n; t++) {
        double slack = 0;
        for (size_t i = 0; i < width; i++) {
            size_t row = i / 16 * 32 + i % 16;
            double gate_size, up_size, gate = dot(&m, &x, t, row, &gate_size);
            double up = dot(&m, &x, t, row + 16, &up_size);
            want[i] = gate / (1 + exp(-gate)) * up;
            /* The slope of silu is below 1.1; exp2 and the division are good to 1e-6. */
            slack = fmax(slack, ROUNDING * 1.1 * (gate_size * fabs(up) + up_size * fabs(gate)) +
                                    1e-6 * fabs(want[i]));
        }
        check_activations(&args.y, t, want, width, slack, quant_type_name(type));
    }
    free(want);
    free_activations(&args.y);
    free_activations(&x);
    free_matrix(&m);
}

static void swiglu_of_all_shapes_is_quantized_as_its_form_says(void **s)
{
    (void)s;
    for (enum quant_type type = QUANT_Q4; type <= QUANT_BF16; type++)
        for (int i = 0; i < shapes(2000); i++) {
            size_t cols = (size_t)pick_between(1, 100);
            if (i % 64 < 4) cols = (size_t)pick_between(200, 1200);
            check_swiglu(type, (size_t)pick_between(1, 7), cols, some_tokens(i),
                         (uint32_t)pick_between(1, 4));
        }
}

/* What speculation relies on: to check drafts together gives the logits of one by one. */
static void a_token_is_bit_identical_with_others_beside_it(void **s)
{
    (void)s;
    enum { ROWS = 48, COLS = 640, N = 8 };
    for (enum quant_type type = QUANT_Q4; type <= QUANT_BF16; type++) {
        struct test_matrix m = make_matrix(type, ROWS, COLS);
        struct cuda_activations x = random_activations(form_of(type), N, COLS);
        float one[2 * N * ROWS];
        for (int32_t n = N; n >= 1; n--) {
            float out[2 * N * ROWS];
            struct cuda_gemv_args args = {m.device, x, out, n, ROWS, 2, 0, {0}};
            cuda_host_launch(cuda_gemv_kernel((int)type, 0, n), cuda_gemv_grid(&args, 0, 8), &args);
            for (int32_t split = 0; split < 2; split++)
                for (int32_t i = 0; i < n * ROWS; i++) {
                    float *first = &one[split * N * ROWS + i], now = out[split * n * ROWS + i];
                    if (n == N) *first = now;
                    assert_memory_equal(first, &now, sizeof now);
                }
        }
        free_activations(&x);
        free_matrix(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_shapes_agree_with_sums_in_double),
        cmocka_unit_test(swiglu_of_all_shapes_is_quantized_as_its_form_says),
        cmocka_unit_test(a_token_is_bit_identical_with_others_beside_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
