/* Random packed models: the shape's own sizes, weights of a trained model's magnitude in every
 * type, the same ones for the same seed, zeros where rows are padding. */
#include "quant/packed_model.h"
#include "quant/quantize.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Widths that are no multiples of 16 and 32, so that there is padding. */
static const struct model_config SHAPE = {.arch = ARCH_QWEN2,
                                          .hidden = 72,
                                          .intermediate = 1000,
                                          .n_layers = 2,
                                          .n_heads = 4,
                                          .n_kv_heads = 2,
                                          .head_dim = 16,
                                          .vocab = 1003,
                                          .context = 512,
                                          .norm_eps = 1e-6f,
                                          .qkv_bias = true};

static struct packed_model *make(enum quant_type type, uint64_t seed, size_t n_threads)
{
    struct error err = {0};
    struct thread_pool *pool = thread_pool_create(n_threads, &err);
    struct packed_model *m = pool ? packed_model_random(&SHAPE, type, seed, pool, &err) : NULL;
    thread_pool_free(pool);
    if (!m) fail_msg("%s", err.text);
    return m;
}

static void expect_spread(const struct packed_matrix *m, size_t rows)
{
    double sum = 0, squares = 0, wanted = 1 / sqrt((double)m->cols);
    float *row = malloc(m->cols * sizeof *row);
    for (size_t r = 0; r < rows; r++) {
        packed_matrix_read_row(m, r, row);
        for (size_t i = 0; i < m->cols; i++) {
            assert_true(isfinite(row[i]));
            sum += (double)row[i];
            squares += (double)row[i] * (double)row[i];
        }
    }
    double n = (double)(rows * m->cols);
    assert_true(fabs(sum / n) < 0.1 * wanted);
    assert_true(sqrt(squares / n) > 0.8 * wanted && sqrt(squares / n) < 1.25 * wanted);
    free(row);
}

static void weights_have_the_spread_of_trained_ones(void **state)
{
    (void)state;
    static const enum quant_type TYPES[] = {QUANT_Q4, QUANT_Q8, QUANT_BF16, QUANT_F32};
    for (size_t t = 0; t < 4; t++) {
        struct packed_model *m = make(TYPES[t], 7, 2);
        expect_spread(&m->embed, SHAPE.vocab);
        expect_spread(&m->head, SHAPE.vocab);
        for (size_t l = 0; l < SHAPE.n_layers; l++) {
            expect_spread(&m->layers[l].qkv, 128);
            expect_spread(&m->layers[l].o, SHAPE.hidden);
            expect_spread(&m->layers[l].down, SHAPE.hidden);
            assert_true(m->layers[l].attn_norm[SHAPE.hidden - 1] == 1);
            assert_true(m->layers[l].attn_norm[SHAPE.hidden] == 0);
            for (size_t i = 0; i < 128; i++) assert_true(fabsf(m->layers[l].qkv_bias[i]) <= 0.05f);
        }
        packed_model_free(m);
    }
}

/* 1000 rows of gate and of up: 62 whole blocks each, then 8 rows and 8 of padding. */
static void rows_of_padding_are_zero(void **state)
{
    (void)state;
    static const enum quant_type TYPES[] = {QUANT_Q4, QUANT_Q8, QUANT_BF16, QUANT_F32};
    float row[72];
    for (size_t t = 0; t < 4; t++) {
        struct packed_model *m = make(TYPES[t], 7, 1);
        const struct packed_matrix *w = &m->layers[1].gate_up;
        assert_int_equal(w->rows, 2016);
        for (size_t r = 0; r < w->rows; r++) {
            bool padding = r >= 62 * 32 && r % 16 >= 8;
            float largest = 0;
            packed_matrix_read_row(w, r, row);
            for (size_t i = 0; i < w->cols; i++) largest = fmaxf(largest, fabsf(row[i]));
            if (padding ? largest != 0 : largest == 0)
                fail_msg("%s: row %zu: %g", quant_type_name(TYPES[t]), r, (double)largest);
        }
        packed_model_free(m);
    }
}

static void a_seed_gives_the_same_weights_on_any_number_of_threads(void **state)
{
    (void)state;
    struct packed_model *a = make(QUANT_Q4, 1, 1), *b = make(QUANT_Q4, 1, 3),
                        *c = make(QUANT_Q4, 2, 1);
    const struct packed_matrix *x = &a->layers[1].down, *y = &b->layers[1].down,
                               *z = &c->layers[1].down;
    size_t bytes = packed_matrix_bytes(x->type, x->rows, x->cols);
    assert_memory_equal(x->data, y->data, bytes);
    assert_true(memcmp(x->data, z->data, bytes) != 0);
    packed_model_free(a);
    packed_model_free(b);
    packed_model_free(c);
}

/* q4, of a shape without padding; by hand: a matrix of (rows, cols) takes, for 16 rows, 16 bytes of
 * scales and 256 of values a group of 32, and 4 bytes a row of row scales. */
static void a_size_is_worked_out_from_the_shape(void **state)
{
    (void)state;
    struct model_config c = {.arch = ARCH_LLAMA,
                             .hidden = 128,
                             .intermediate = 256,
                             .n_layers = 3,
                             .n_heads = 4,
                             .n_kv_heads = 4,
                             .head_dim = 32,
                             .vocab = 512,
                             .context = 512,
                             .tied_head = true};
    size_t layer = (384 + 128) * (128 / 2 + 128 / 32) + (384 + 128) * 4 /* qkv, o */
                   + 512 * (128 / 2 + 128 / 32) + 512 * 4               /* gate_up */
                   + 128 * (256 / 2 + 256 / 32) + 128 * 4               /* down */
                   + 2 * 128 * 4;                                       /* norms */
    size_t embed = 512 * (128 / 2 + 128 / 32) + 512 * 4;
    size_t bytes;
    struct error err = {0};
    assert_true(packed_model_size(&c, QUANT_Q4, &bytes, &err));
    assert_int_equal(bytes, 3 * layer + embed + 128 * 4);
    /* An embedding of its own beside a 4-bit head is kept in 8 bits: 34 bytes a group. */
    c.tied_head = false;
    assert_true(packed_model_size(&c, QUANT_Q4, &bytes, &err));
    assert_int_equal(bytes, 3 * layer + embed + 128 * 4 + 512 * (128 / 32 * 34) + 512 * 4);
    c.tied_head = true;
    assert_true(packed_model_size(&c, QUANT_BF16, &bytes, &err));
    assert_int_equal(bytes, 2 * (3 * (512 * 128 + 512 * 128 + 128 * 256) + 512 * 128) +
                                4 * (3 * 2 * 128 + 128));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_have_the_spread_of_trained_ones),
        cmocka_unit_test(rows_of_padding_are_zero),
        cmocka_unit_test(a_seed_gives_the_same_weights_on_any_number_of_threads),
        cmocka_unit_test(a_size_is_worked_out_from_the_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
