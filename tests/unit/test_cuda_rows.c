/* The kernels of one block a row, on the emulated GPU: embeddings, rotary angles, norms, gelu,
 * pooling. */
#include "cuda_fixture.h"

/* What sums of some hundreds of f32 lose, relative to their size. */
static const double ROUNDING = 2e-6;

static void embedding_rows_of_all_types_and_shapes(void **s)
{
    (void)s;
    for (enum quant_type type = QUANT_Q4; type <= QUANT_BF16; type++)
        for (int i = 0; i < shapes(500); i++) {
            size_t rows = (size_t)pick_between(1, 60), cols = (size_t)pick_between(1, 400);
            size_t n = (size_t)pick_between(1, 4);
            struct test_matrix m = make_matrix(type, rows, cols);
            int32_t *tokens = take(n, sizeof *tokens);
            for (size_t t = 0; t < n; t++) tokens[t] = pick_between(0, (int32_t)rows - 1);
            float *x = take(n * cols, sizeof *x);
            struct cuda_embed_args a = {m.device,      tokens,     x,
                                        (int32_t)type, (int32_t)n, (int32_t)cols};
            cuda_host_launch(CUDA_KERNEL_embed, cuda_row_grid((int32_t)n, 1), &a);
            for (size_t t = 0; t < n; t++)
                for (size_t c = 0; c < cols; c++) {
                    float want = m.values[(size_t)tokens[t] * cols + c], got = x[t * cols + c];
                    if (!(fabsf(got - want) <= 3e-7f * fabsf(want)))
                        fail_msg("%s: column %zu is %g, not %g", quant_type_name(type), c,
                                 (double)got, (double)want);
                }
            free(x);
            free(tokens);
            free_matrix(&m);
        }
}

/* The id that PICK gives where all logits are NaN. */
static void an_id_that_there_is_not_reads_no_other_memory(void **s)
{
    (void)s;
    struct test_matrix m = make_matrix(QUANT_Q4, 20, 64);
    int32_t tokens[2] = {-1, 20};
    float x[2 * 64];
    struct cuda_embed_args a = {m.device, tokens, x, QUANT_Q4, 2, 64};
    cuda_host_launch(CUDA_KERNEL_embed, cuda_row_grid(2, 1), &a);
    assert_memory_equal(x, x + 64, 64 * sizeof *x);
    free_matrix(&m);
}

static void rotary_angles_hold_to_the_longest_context(void **s)
{
    (void)s;
    for (int i = 0; i < shapes(500); i++) {
        size_t n = (size_t)pick_between(1, 5), half = (size_t)pick_between(1, 128);
        int32_t *position = take(n, sizeof *position);
        for (size_t t = 0; t < n; t++) position[t] = pick_between(0, i % 2 ? 1 << 24 : 4096);
        float *inv_freq = take(half, sizeof *inv_freq);
        for (size_t k = 0; k < half; k++)
            inv_freq[k] = k ? (float)pow(10000, -(double)k / (double)half) : 1;
        float *cosine = take(n * half, sizeof *cosine), *sine = take(n * half, sizeof *sine);
        float scale = i % 3 ? 1 : 1.2f;
        struct cuda_rotary_args a = {position, inv_freq,   cosine,       sine,
                                     scale,    (int32_t)n, (int32_t)half};
        cuda_host_launch(CUDA_KERNEL_rotary, cuda_row_grid((int32_t)n, 1), &a);
        for (size_t t = 0; t < n; t++)
            for (size_t k = 0; k < half; k++) {
                double angle = (double)((float)position[t] * inv_freq[k]);
                double c = cos(angle) * (double)scale, d = sin(angle) * (double)scale;
                assert_true(fabs((double)cosine[t * half + k] - c) < 4e-7);
                assert_true(fabs((double)sine[t * half + k] - d) < 4e-7);
            }
        free(position);
        free(inv_freq);
        free(cosine);
        free(sine);
    }
}

static void rmsnorm_adds_partial_sums_and_hands_on_every_form(void **s)
{
    (void)s;
    for (int i = 0; i < shapes(600); i++) {
        size_t n = (size_t)pick_between(1, 4), width = (size_t)pick_between(1, 300);
        if (i % 10 == 0) width = (size_t)pick_between(500, 1300);
        size_t n_rows = i % 3 == 0 ? (size_t)pick_between(1, (int32_t)n) : n;
        int32_t rows[4];
        for (size_t r = 0; r < n_rows; r++) rows[r] = (int32_t)(n - 1 - r);
        struct cuda_norm_args a = {.x = random_floats(n * width),
                                   .weight = random_floats(width),
                                   .rows = i % 3 == 0 ? rows : NULL,
                                   .eps = 1e-6f,
                                   .n_tokens = (int32_t)n,
                                   .n_rows = (int32_t)n_rows,
                                   .width = (int32_t)width};
        size_t n_partials = (size_t)pick_between(0, 4);
        a.add = random_partials(n_partials, n, width, n_partials && i % 2);
        a.out = make_activations(i % 3, n_rows, width);
        double *want = take(n * width, sizeof *want), *out = take(width, sizeof *out);
        for (size_t t = 0; t < n; t++)
            for (size_t c = 0; c < width; c++)
                want[t * width + c] = (double)a.x[t * width + c] + sum_partials(&a.add, n, t, c);
        cuda_host_launch(CUDA_KERNEL_rmsnorm, cuda_row_grid((int32_t)n_rows, 1), &a);
        for (size_t r = 0; r < n_rows; r++) {
            size_t t = a.rows ? (size_t)rows[r] : r;
            double squares = 0, slack = 0;
            for (size_t c = 0; c < width; c++) {
                double w = want[t * width + c];
                assert_true(fabs((double)a.x[t * width + c] - w) <= 1e-6);
                squares += w * w;
            }
            double scale = 1 / sqrt(squares / (double)width + (double)a.eps);
            for (size_t c = 0; c < width; c++) {
                out[c] = want[t * width + c] * scale * (double)a.weight[c];
                slack = fmax(slack, ROUNDING * (fabs(out[c]) + scale));
            }
            check_activations(&a.out, r, out, width, slack, "rmsnorm");
        }
        free(want);
        free(out);
        free(a.x);
        free((void *)(uintptr_t)a.weight);
        free_partials(&a.add);
        free_activations(&a.out);
    }
}

/* want: the row before; becomes the normed row. */
static double layernorm_row(double *want, size_t width, const float *weight, const float *bias,
                            double eps)
{
    double mean = 0, variance = 0, slack = 0;
    for (size_t c = 0; c < width; c++) mean += want[c] / (double)width;
    for (size_t c = 0; c < width; c++)
        variance += (want[c] - mean) * (want[c] - mean) / (double)width;
    double scale = 1 / sqrt(variance + eps);
    for (size_t c = 0; c < width; c++) {
        want[c] = (want[c] - mean) * scale * (double)weight[c] + (double)bias[c];
        /* An input is up to 5 in size. */
        slack = fmax(slack, ROUNDING * (fabs(want[c]) + 5 * scale + 1));
    }
    return slack;
}

static void layernorm_adds_partial_sums_and_hands_on_every_form(void **s)
{
    (void)s;
    for (int i = 0; i < shapes(600); i++) {
        size_t n = (size_t)pick_between(1, 3), width = (size_t)pick_between(2, 400);
        struct cuda_layernorm_args a = {.x = random_floats(n * width),
                                        .weight = random_floats(width),
                                        .bias = random_floats(width),
                                        .eps = 1e-5f,
                                        .n_tokens = (int32_t)n,
                                        .width = (int32_t)width};
        size_t n_partials = (size_t)pick_between(0, 3);
        a.add = random_partials(n_partials, n, width, n_partials && i % 2);
        a.out = make_activations(i % 3, n, width);
        double *want = take(n * width, sizeof *want);
        for (size_t t = 0; t < n; t++)
            for (size_t c = 0; c < width; c++)
                want[t * width + c] = (double)a.x[t * width + c] + sum_partials(&a.add, n, t, c);
        cuda_host_launch(CUDA_KERNEL_layernorm, cuda_row_grid((int32_t)n, 1), &a);
        for (size_t t = 0; t < n; t++) {
            double slack = layernorm_row(want + t * width, width, a.weight, a.bias, (double)a.eps);
            for (size_t c = 0; c < width; c++)
                assert_true(fabs((double)a.x[t * width + c] - want[t * width + c]) <= slack);
            check_activations(&a.out, t, want + t * width, width, slack, "layernorm");
        }
        free(want);
        free(a.x);
        free((void *)(uintptr_t)a.weight);
        free((void *)(uintptr_t)a.bias);
        free_partials(&a.add);
        free_activations(&a.out);
    }
}

static void encoder_embeddings_are_summed_and_normed(void **s)
{
    (void)s;
    for (int i = 0; i < shapes(510); i++) {
        enum quant_type type = (enum quant_type)(i % 3);
        size_t rows = (size_t)pick_between(1, 40), width = (size_t)pick_between(2, 300);
        size_t n = (size_t)pick_between(1, 3), context = (size_t)pick_between(1, 9);
        struct test_matrix m = make_matrix(type, rows, width);
        int32_t tokens[3], position[3];
        struct cuda_bert_embed_args a = {.words = m.device,
                                         .positions = random_floats(context * width),
                                         .segment = random_floats(width),
                                         .tokens = tokens,
                                         .position = position,
                                         .weight = random_floats(width),
                                         .bias = random_floats(width),
                                         .x = take(n * width, sizeof(float)),
                                         .eps = 1e-5f,
                                         .type = (int32_t)type,
                                         .n_tokens = (int32_t)n,
                                         .hidden = (int32_t)width};
        a.out = make_activations(i / 3 % 3, n, width);
        for (size_t t = 0; t < n; t++) {
            tokens[t] = pick_between(0, (int32_t)rows - 1);
            position[t] = pick_between(0, (int32_t)context - 1);
        }
        cuda_host_launch(CUDA_KERNEL_bert_embed, cuda_row_grid((int32_t)n, 1), &a);
        double *want = take(width, sizeof *want);
        for (size_t t = 0; t < n; t++) {
            for (size_t c = 0; c < width; c++)
                want[c] = (double)m.values[(size_t)tokens[t] * width + c] + (double)a.segment[c] +
                          (double)a.positions[(size_t)position[t] * width + c];
            double slack = layernorm_row(want, width, a.weight, a.bias, (double)a.eps);
            for (size_t c = 0; c < width; c++)
                assert_true(fabs((double)a.x[t * width + c] - want[c]) <= slack);
            check_activations(&a.out, t, want, width, slack, "bert_embed");
        }
        free(want);
        free(a.x);
        free((void *)(uintptr_t)a.positions);
        free((void *)(uintptr_t)a.segment);
        free((void *)(uintptr_t)a.weight);
        free((void *)(uintptr_t)a.bias);
        free_activations(&a.out);
        free_matrix(&m);
    }
}

static void gelu_of_partial_sums(void **s)
{
    (void)s;
    for (int i = 0; i < shapes(510); i++) {
        size_t n = (size_t)pick_between(1, 3), width = (size_t)pick_between(1, 500);
        struct cuda_gelu_args a = {.n_tokens = (int32_t)n, .width = (int32_t)width};
        a.add = random_partials((size_t)pick_between(1, 4), n, width, i % 2);
        a.out = make_activations(i % 3, n, width);
        cuda_host_launch(CUDA_KERNEL_gelu, cuda_row_grid((int32_t)n, 1), &a);
        double *want = take(width, sizeof *want);
        for (size_t t = 0; t < n; t++) {
            for (size_t c = 0; c < width; c++) {
                double v = sum_partials(&a.add, n, t, c);
                want[c] = 0.5 * v * erfc(-v / sqrt(2));
            }
            /* The approximation is good to 1.5e-7 times v, f32 to as much. */
            check_activations(&a.out, t, want, width, 3e-6, "gelu");
        }
        free(want);
        free_partials(&a.add);
        free_activations(&a.out);
    }
}

static void vectors_are_means_of_tokens_to_length_1_or_not(void **s)
{
    (void)s;
    for (int i = 0; i < shapes(600); i++) {
        size_t n = (size_t)pick_between(1, i % 20 ? 20 : 70), n_rows = (size_t)pick_between(1, 3);
        size_t width = (size_t)pick_between(1, i % 5 ? 140 : 700);
        struct cuda_tile *rows = take(n_rows, sizeof *rows);
        struct cuda_pool_args a = {.rows = rows,
                                   .out = take(n_rows * width, sizeof(float)),
                                   .n_tokens = (int32_t)n,
                                   .width = (int32_t)width,
                                   .normalize = i % 3 != 0};
        a.from = random_partials((size_t)pick_between(1, 3), n, width, i % 2);
        for (size_t r = 0; r < n_rows; r++) {
            rows[r].first = pick_between(0, (int32_t)n - 1);
            rows[r].n = i % 4 ? pick_between(1, (int32_t)n - rows[r].first) : 1;
        }
        memset(a.out, 0xff, n_rows * width * sizeof *a.out);
        cuda_host_launch(CUDA_KERNEL_pool, cuda_row_grid((int32_t)n_rows, 1), &a);
        double *want = take(width, sizeof *want);
        for (size_t r = 0; r < n_rows; r++) {
            double squares = 0;
            for (size_t c = 0; c < width; c++) {
                want[c] = 0;
                for (size_t t = 0; t < (size_t)rows[r].n; t++)
                    want[c] += sum_partials(&a.from, n, (size_t)rows[r].first + t, c);
                want[c] /= rows[r].n;
                squares += want[c] * want[c];
            }
            double scale = a.normalize ? 1 / fmax(sqrt(squares), 1e-12) : 1;
            for (size_t c = 0; c < width; c++) {
                double got = (double)a.out[r * width + c];
                if (!(fabs(got - want[c] * scale) <= ROUNDING * (fabs(want[c]) + 2) * scale))
                    fail_msg("vector %zu of %d tokens: column %zu of %zu is %g, not %g", r,
                             rows[r].n, c, width, got, want[c] * scale);
            }
        }
        free(want);
        free(rows);
        free(a.out);
        free_partials(&a.from);
    }
}

static void a_vector_of_zeros_stays_one(void **s)
{
    (void)s;
    float zeros[2 * 16] = {0}, out[12];
    struct cuda_tile row = {0, 2};
    struct cuda_pool_args a = {.from = {zeros, NULL, 1, 16},
                               .rows = &row,
                               .out = out,
                               .n_tokens = 2,
                               .width = 12,
                               .normalize = 1};
    cuda_host_launch(CUDA_KERNEL_pool, cuda_row_grid(1, 1), &a);
    assert_memory_equal(out, zeros, sizeof out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(embedding_rows_of_all_types_and_shapes),
        cmocka_unit_test(an_id_that_there_is_not_reads_no_other_memory),
        cmocka_unit_test(rotary_angles_hold_to_the_longest_context),
        cmocka_unit_test(rmsnorm_adds_partial_sums_and_hands_on_every_form),
        cmocka_unit_test(layernorm_adds_partial_sums_and_hands_on_every_form),
        cmocka_unit_test(encoder_embeddings_are_summed_and_normed),
        cmocka_unit_test(gelu_of_partial_sums),
        cmocka_unit_test(vectors_are_means_of_tokens_to_length_1_or_not),
        cmocka_unit_test(a_vector_of_zeros_stays_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
