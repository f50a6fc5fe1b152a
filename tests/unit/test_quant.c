/* The packed formats: their bytes are as format.h says, packing loses little, and every instruction
 * set packs to the same bytes. */
#include "quant/quantize.h"
#include "quant/q4_search.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const enum quant_type ALL_TYPES[] = {QUANT_Q4, QUANT_Q8, QUANT_BF16, QUANT_F32};

static uint64_t random_bits(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static float random_normal(uint64_t *state)
{
    double u = ((double)(random_bits(state) >> 11) + 1) * 0x1p-53;
    double v = (double)(random_bits(state) >> 11) * 0x1p-53;
    return (float)(sqrt(-2 * log(u)) * cos(6.283185307179586 * v));
}

static float *random_weights(size_t n, uint64_t seed)
{
    float *w = malloc(n * sizeof *w);
    assert_non_null(w);
    for (size_t i = 0; i < n; i++) w[i] = 0.02f * random_normal(&seed);
    return w;
}

struct packed {
    struct packed_matrix m;
    uint8_t *data;
    float *row_scale;
    size_t n_bad;
};

static struct packed pack(enum quant_type type, const float *w, size_t rows, size_t cols)
{
    struct packed p = {.m = {.type = type, .rows = rows, .cols = cols}};
    p.data = aligned_alloc(64, packed_matrix_bytes(type, rows, cols));
    p.row_scale = malloc(packed_blocks(rows) * 16 * sizeof(float));
    assert_true(p.data && p.row_scale);
    for (size_t b = 0; b < packed_blocks(rows); b++) {
        size_t n = rows - b * 16 < 16 ? rows - b * 16 : 16;
        p.n_bad +=
            quantize_block(type, w + b * 16 * cols, n, cols,
                           p.data + b * packed_block_bytes(type, cols), p.row_scale + b * 16);
    }
    p.m.data = p.data;
    p.m.row_scale = p.row_scale;
    return p;
}

static void unpack_free(struct packed *p)
{
    free(p->data);
    free(p->row_scale);
}

static double relative_error(const struct packed *p, const float *w)
{
    double error = 0, total = 0;
    float *row = malloc(p->m.cols * sizeof *row);
    for (size_t r = 0; r < p->m.rows; r++) {
        packed_matrix_read_row(&p->m, r, row);
        for (size_t i = 0; i < p->m.cols; i++) {
            double x = w[r * p->m.cols + i], e = row[i] - x;
            error += e * e;
            total += x * x;
        }
    }
    free(row);
    return sqrt(error / total);
}

/* ---- conversions ---- */

static void f16_survives_the_round_trip(void **state)
{
    (void)state;
    for (unsigned h = 0; h < 65536; h++) {
        float f = f32_from_f16((uint16_t)h);
        if (isnan(f))
            assert_true(isnan(f32_from_f16(f16_from_f32(f))));
        else
            assert_int_equal(f16_from_f32(f), h);
    }
    assert_true(f32_from_f16(0x3c00) == 1.0f && f32_from_f16(0x7bff) == 65504.0f);
    assert_true(f32_from_f16(0x0001) == 0x1p-24f && f32_from_f16(0xfc00) == -INFINITY);
}

static void f16_rounds_to_nearest_even(void **state)
{
    (void)state;
    /* Halfway between each finite f16 and the next one up: to the even one. Just beside: nearest.
     */
    for (unsigned h = 0; h < 0x7bff; h++) {
        float a = f32_from_f16((uint16_t)h), b = f32_from_f16((uint16_t)(h + 1));
        float middle = a + (b - a) / 2;
        assert_int_equal(f16_from_f32(middle), h % 2 ? h + 1 : h);
        assert_int_equal(f16_from_f32(-middle), 0x8000 | (h % 2 ? h + 1 : h));
        assert_int_equal(f16_from_f32(nextafterf(middle, 0)), h);
        assert_int_equal(f16_from_f32(nextafterf(middle, INFINITY)), h + 1);
    }
    assert_int_equal(f16_from_f32(65519.996f), 0x7bff);
    assert_int_equal(f16_from_f32(65520.0f), 0x7c00);
    assert_int_equal(f16_from_f32(1e38f), 0x7c00);
    assert_int_equal(f16_from_f32(FLT_TRUE_MIN), 0);
}

static void bf16_rounds_to_nearest_even(void **state)
{
    (void)state;
    for (unsigned h = 0; h < 0x7f7f; h++) {
        float a = f32_from_bf16((uint16_t)h), b = f32_from_bf16((uint16_t)(h + 1));
        float middle = a + (b - a) / 2;
        assert_int_equal(bf16_from_f32(a), h);
        assert_int_equal(bf16_from_f32(middle), h % 2 ? h + 1 : h);
        assert_int_equal(bf16_from_f32(nextafterf(middle, 0)), h);
        assert_int_equal(bf16_from_f32(nextafterf(middle, INFINITY)), h + 1);
    }
    assert_int_equal(bf16_from_f32(-INFINITY), 0xff80);
    assert_true(isnan(f32_from_bf16(bf16_from_f32(NAN))));
}

/* ---- layout: the text of format.h, written out a second time ---- */

static void sizes_are_those_of_the_format(void **state)
{
    (void)state;
    assert_int_equal(packed_block_bytes(QUANT_Q4, 1536), 48 * 16 + 48 * 256);
    assert_int_equal(packed_block_bytes(QUANT_Q8, 1536), 48 * 32 + 48 * 512);
    assert_int_equal(packed_block_bytes(QUANT_BF16, 1536), 48 * 1024);
    assert_int_equal(packed_block_bytes(QUANT_F32, 1536), 48 * 2048);
    assert_int_equal(packed_block_bytes(QUANT_Q4, 33), 64 + 2 * 256);
    assert_int_equal(packed_matrix_bytes(QUANT_Q8, 17, 33), 2 * (64 + 2 * 512));
    assert_string_equal(quant_type_name(QUANT_Q4), "q4");
    assert_string_equal(quant_type_name(QUANT_Q8), "q8");
    assert_string_equal(quant_type_name(QUANT_BF16), "bf16");
    assert_string_equal(quant_type_name(QUANT_F32), "f32");
    assert_string_equal(quant_type_label(QUANT_Q4), "4-bit");
    assert_string_equal(quant_type_label(QUANT_Q8), "8-bit");
    assert_string_equal(quant_type_label(QUANT_BF16), "none");
}

static void codebook_ascends_and_has_a_zero(void **state)
{
    (void)state;
    bool zero = false;
    for (size_t k = 0; k < 16; k++) {
        if (k) assert_true(Q4_CODEBOOK[k] > Q4_CODEBOOK[k - 1]);
        assert_in_range(Q4_CODEBOOK[k] + 127, 0, 254);
        zero |= Q4_CODEBOOK[k] == 0;
    }
    assert_true(zero); /* padding columns are exact zeros */
}

enum { LAYOUT_ROWS = 37, LAYOUT_COLS = 100 }; /* 3 blocks, 4 groups, both with padding */

static void f32_values_stand_where_the_format_says(void **state)
{
    (void)state;
    float *w = random_weights(LAYOUT_ROWS * LAYOUT_COLS, 1);
    struct packed p = pack(QUANT_F32, w, LAYOUT_ROWS, LAYOUT_COLS);
    const uint8_t *at = p.data;
    for (size_t block = 0; block < 3; block++)
        for (size_t group = 0; group < 4; group++)
            for (size_t load = 0; load < 32; load++)
                for (size_t lane = 0; lane < 16; lane++, at += 4) {
                    size_t row = block * 16 + lane, input = group * 32 + load;
                    float got, want = 0;
                    memcpy(&got, at, 4);
                    if (row < LAYOUT_ROWS && input < LAYOUT_COLS)
                        want = w[row * LAYOUT_COLS + input];
                    assert_true(got == want);
                }
    assert_int_equal(at - p.data, packed_matrix_bytes(QUANT_F32, LAYOUT_ROWS, LAYOUT_COLS));
    unpack_free(&p);
    free(w);
}

static void bf16_values_stand_where_the_format_says(void **state)
{
    (void)state;
    float *w = random_weights(LAYOUT_ROWS * LAYOUT_COLS, 2);
    struct packed p = pack(QUANT_BF16, w, LAYOUT_ROWS, LAYOUT_COLS);
    const uint8_t *at = p.data;
    for (size_t block = 0; block < 3; block++)
        for (size_t group = 0; group < 4; group++)
            for (size_t load = 0; load < 16; load++)
                for (size_t lane = 0; lane < 16; lane++)
                    for (size_t half = 0; half < 2; half++, at += 2) {
                        size_t row = block * 16 + lane, input = group * 32 + 2 * load + half;
                        uint16_t got, want = 0;
                        memcpy(&got, at, 2);
                        if (row < LAYOUT_ROWS && input < LAYOUT_COLS)
                            want = bf16_from_f32(w[row * LAYOUT_COLS + input]);
                        assert_int_equal(got, want);
                    }
    unpack_free(&p);
    free(w);
}

static void q8_values_stand_where_the_format_says(void **state)
{
    (void)state;
    float *w = random_weights(LAYOUT_ROWS * LAYOUT_COLS, 3);
    struct packed p = pack(QUANT_Q8, w, LAYOUT_ROWS, LAYOUT_COLS);
    const uint8_t *at = p.data;
    for (size_t block = 0; block < 3; block++) {
        uint16_t scale[4][16];
        memcpy(scale, at, sizeof scale); /* 128 bytes: no padding */
        at += sizeof scale;
        for (size_t group = 0; group < 4; group++)
            for (size_t load = 0; load < 8; load++)
                for (size_t lane = 0; lane < 16; lane++)
                    for (size_t byte = 0; byte < 4; byte++, at++) {
                        size_t row = block * 16 + lane, input = group * 32 + 4 * load + byte;
                        float s = f32_from_f16(scale[group][lane]) * p.row_scale[row];
                        float got = s * (float)(*at - 128), want = 0;
                        if (row < LAYOUT_ROWS && input < LAYOUT_COLS)
                            want = w[row * LAYOUT_COLS + input];
                        assert_in_range(*at, 1, 255);
                        assert_true(fabsf(got - want) <= 0.52f * s);
                    }
    }
    assert_int_equal(at - p.data, packed_matrix_bytes(QUANT_Q8, LAYOUT_ROWS, LAYOUT_COLS));
    unpack_free(&p);
    free(w);
}

static void q4_values_stand_where_the_format_says(void **state)
{
    (void)state;
    float *w = random_weights(LAYOUT_ROWS * LAYOUT_COLS, 4);
    struct packed p = pack(QUANT_Q4, w, LAYOUT_ROWS, LAYOUT_COLS);
    const uint8_t *at = p.data;
    for (size_t block = 0; block < 3; block++) {
        const int8_t *scale = (const int8_t *)at;
        at += 64;
        for (size_t group = 0; group < 4; group++)
            for (size_t load = 0; load < 4; load++)
                for (size_t lane = 0; lane < 16; lane++)
                    for (size_t byte = 0; byte < 4; byte++, at++)
                        for (size_t high = 0; high < 2; high++) {
                            size_t row = block * 16 + lane;
                            size_t input = group * 32 + 8 * load + 4 * high + byte;
                            int s = scale[group * 16 + lane];
                            float unit = p.row_scale[row] * (float)(s * abs(s));
                            float got = unit * Q4_CODEBOOK[high ? *at >> 4 : *at & 15], want = 0;
                            if (row < LAYOUT_ROWS && input < LAYOUT_COLS)
                                want = w[row * LAYOUT_COLS + input];
                            else
                                assert_true(got == 0);
                            for (size_t k = 0; k < 16; k++) /* the nearest entry was taken */
                                assert_true(fabsf(got - want) <=
                                            fabsf(unit * Q4_CODEBOOK[k] - want) + 1e-7f);
                        }
    }
    assert_int_equal(at - p.data, packed_matrix_bytes(QUANT_Q4, LAYOUT_ROWS, LAYOUT_COLS));
    unpack_free(&p);
    free(w);
}

static void scale_padding_is_zero(void **state)
{
    (void)state;
    float *w = random_weights(16 * 40, 5);
    for (size_t t = 0; t < 2; t++) {
        uint8_t block[64 + 2 * 512];
        float row_scale[16];
        memset(block, 0xaa, sizeof block);
        quantize_block(ALL_TYPES[t], w, 16, 40, block, row_scale);
        for (size_t i = t ? 64 : 32; i < 64; i++) assert_int_equal(block[i], 0);
    }
    free(w);
}

/* ---- what packing loses ---- */

static void round_trip_loses_little(void **state)
{
    (void)state;
    static const size_t SHAPES[][2] = {{64, 256}, {17, 40}, {1, 1}, {16, 33}, {3, 2048}, {100, 31}};
    static const double LIMIT[] = {0.085, 0.007, 0.003, 0};
    for (size_t s = 0; s < sizeof SHAPES / sizeof *SHAPES; s++)
        for (size_t t = 0; t < 4; t++) {
            size_t rows = SHAPES[s][0], cols = SHAPES[s][1];
            float *w = random_weights(rows * cols, 7 + s);
            struct packed p = pack(ALL_TYPES[t], w, rows, cols);
            assert_int_equal(p.n_bad, 0);
            assert_true(relative_error(&p, w) <= LIMIT[t]);
            unpack_free(&p);
            free(w);
        }
}

static void zero_rows_and_groups_stay_zero(void **state)
{
    (void)state;
    for (size_t t = 0; t < 4; t++) {
        float *w = random_weights(20 * 96, 9), row[96];
        memset(w + 3 * 96, 0, 96 * sizeof *w);      /* a row */
        memset(w + 5 * 96 + 32, 0, 32 * sizeof *w); /* a group of a row */
        memset(w + 16 * 96, 0, 4 * 96 * sizeof *w); /* a whole block */
        struct packed p = pack(ALL_TYPES[t], w, 20, 96);
        packed_matrix_read_row(&p.m, 3, row);
        for (size_t i = 0; i < 96; i++) assert_true(row[i] == 0);
        packed_matrix_read_row(&p.m, 5, row);
        for (size_t i = 0; i < 96; i++)
            assert_true((row[i] == 0) == (w[5 * 96 + i] == 0) || i < 32 || i >= 64);
        for (size_t r = 16; r < 20; r++) {
            packed_matrix_read_row(&p.m, r, row);
            for (size_t i = 0; i < 96; i++) assert_true(row[i] == 0);
        }
        unpack_free(&p);
        free(w);
    }
}

static void size_of_the_weights_does_not_matter(void **state)
{
    (void)state;
    /* Powers of two, so that q4 and q8 give the very same codes. */
    static const float FACTORS[] = {0x1p-90f, 0x1p-40f, 0x1p30f, 0x1p100f, 0x1p125f};
    for (size_t t = 0; t < 2; t++) {
        float *w = random_weights(16 * 128, 11), *scaled = malloc(16 * 128 * sizeof *scaled);
        struct packed p = pack(ALL_TYPES[t], w, 16, 128);
        for (size_t f = 0; f < sizeof FACTORS / sizeof *FACTORS; f++) {
            for (size_t i = 0; i < 16 * 128; i++) scaled[i] = w[i] * FACTORS[f];
            struct packed q = pack(ALL_TYPES[t], scaled, 16, 128);
            assert_memory_equal(p.data, q.data, packed_matrix_bytes(ALL_TYPES[t], 16, 128));
            for (size_t r = 0; r < 16; r++)
                assert_true(q.row_scale[r] == p.row_scale[r] * FACTORS[f]);
            unpack_free(&q);
        }
        unpack_free(&p);
        free(w);
        free(scaled);
    }
}

static void extreme_weights_stay_finite(void **state)
{
    (void)state;
    static const float VALUES[] = {1e38f,        FLT_MAX,       -FLT_MAX, FLT_MIN,
                                   FLT_TRUE_MIN, -FLT_TRUE_MIN, 1e-32f};
    for (size_t t = 0; t < 4; t++)
        for (size_t v = 0; v < sizeof VALUES / sizeof *VALUES; v++) {
            float *w = random_weights(16 * 64, 12), row[64];
            for (size_t i = 0; i < 64; i++) w[i] = i % 7 ? VALUES[v] : -VALUES[v]; /* a whole row */
            w[64 + 5] = VALUES[v]; /* one of a row */
            struct packed p = pack(ALL_TYPES[t], w, 16, 64);
            assert_int_equal(p.n_bad, 0);
            for (size_t r = 0; r < 16; r++) {
                packed_matrix_read_row(&p.m, r, row);
                for (size_t i = 0; i < 64; i++)
                    assert_true(isfinite(row[i]) || ALL_TYPES[t] == QUANT_BF16);
            }
            packed_matrix_read_row(&p.m, 0, row);
            if (v == 0)
                for (size_t i = 0; i < 64; i++) assert_true(fabsf(row[i] / w[i] - 1) < 0.1f);
            unpack_free(&p);
            free(w);
        }
}

static void not_finite_weights_are_counted_and_taken_as_zero(void **state)
{
    (void)state;
    for (size_t t = 0; t < 4; t++) {
        float *w = random_weights(18 * 50, 13), *clean = malloc(18 * 50 * sizeof *clean);
        static const size_t PLACES[] = {0, 49, 50, 7 * 50 + 33, 16 * 50, 17 * 50 + 49};
        for (size_t i = 0; i < 6; i++)
            w[PLACES[i]] = i % 3 == 0 ? NAN : i % 3 == 1 ? INFINITY : -INFINITY;
        for (size_t i = 0; i < 18 * 50; i++) clean[i] = isfinite(w[i]) ? w[i] : 0;
        struct packed p = pack(ALL_TYPES[t], w, 18, 50), q = pack(ALL_TYPES[t], clean, 18, 50);
        assert_int_equal(p.n_bad, 6);
        assert_int_equal(q.n_bad, 0);
        assert_memory_equal(p.data, q.data, packed_matrix_bytes(ALL_TYPES[t], 18, 50));
        if (t < 2) assert_memory_equal(p.row_scale, q.row_scale, 32 * sizeof(float));
        unpack_free(&p);
        unpack_free(&q);
        free(w);
        free(clean);
    }
}

static void q4_error_is_no_more_than_that_of_any_other_scale(void **state)
{
    (void)state;
    /* Over one group a row, the row scale is free: the search must come close to the best of
     * thousands of scales of both signs. */
    float *w = random_weights(16 * 32, 14), row[32];
    for (size_t i = 0; i < 16 * 32; i++) w[i] *= i % 11 == 0 ? 3 : 1; /* heavier tails */
    struct packed p = pack(QUANT_Q4, w, 16, 32);
    double found = 0, best = 0;
    for (size_t r = 0; r < 16; r++) {
        double peak = 0, least = INFINITY, e = 0;
        for (size_t i = 0; i < 32; i++) peak = fmax(peak, fabs((double)w[r * 32 + i]));
        for (int k = -4000; k <= 4000; k++) {
            double d = peak / 127 * k / 2000, sum = 0;
            for (size_t i = 0; i < 32; i++) {
                double near = INFINITY;
                for (size_t c = 0; c < 16; c++)
                    near = fmin(near, fabs(w[r * 32 + i] - d * Q4_CODEBOOK[c]));
                sum += near * near;
            }
            least = fmin(least, sum);
        }
        packed_matrix_read_row(&p.m, r, row);
        for (size_t i = 0; i < 32; i++)
            e += (double)(row[i] - w[r * 32 + i]) * (double)(row[i] - w[r * 32 + i]);
        found += e;
        best += least;
    }
    assert_true(found < 1.03 * best);
    unpack_free(&p);
    free(w);
}

static void every_instruction_set_packs_to_the_same_bytes(void **state)
{
    (void)state;
    static const struct q4_search *const SEARCHES[] = {&Q4_SEARCH_AVX2, &Q4_SEARCH_AVX512};
    static const size_t SHAPES[][2] = {{16, 512}, {13, 72}, {16, 5}, {1, 4096}, {16, 8960}};
    float codebook[16];
    for (size_t k = 0; k < 16; k++) codebook[k] = Q4_CODEBOOK[k];
    struct q4_tables t;
    assert_true(q4_tables_init(&t, codebook));
    size_t compared = 0;
    for (size_t s = 0; s < sizeof SHAPES / sizeof *SHAPES; s++) {
        size_t rows = SHAPES[s][0], cols = SHAPES[s][1], bytes = packed_block_bytes(QUANT_Q4, cols);
        float *w = random_weights(rows * cols, 20 + s);
        uint64_t seed = s;
        for (size_t i = 0; i < rows * cols; i++) { /* outliers, zeros, and ties between entries */
            uint64_t pick = random_bits(&seed) % 40;
            if (pick == 0)
                w[i] *= 30;
            else if (pick == 1)
                w[i] = 0;
            else if (pick < 6)
                w[i] = 0.001f * (float)((int)(random_bits(&seed) % 255) - 127) / 2;
        }
        uint8_t *want = malloc(bytes), *got = malloc(bytes);
        float want_scale[16], got_scale[16];
        q4_quantize_block(&Q4_SEARCH_PORTABLE, &t, w, rows, cols, want, want_scale);
        for (size_t i = 0; i < 2; i++) {
            if (!q4_search_usable(SEARCHES[i])) continue;
            q4_quantize_block(SEARCHES[i], &t, w, rows, cols, got, got_scale);
            assert_memory_equal(got, want, bytes);
            assert_memory_equal(got_scale, want_scale, sizeof want_scale);
            compared++;
        }
        free(want);
        free(got);
        free(w);
    }
    if (!compared) skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(f16_survives_the_round_trip),
        cmocka_unit_test(f16_rounds_to_nearest_even),
        cmocka_unit_test(bf16_rounds_to_nearest_even),
        cmocka_unit_test(sizes_are_those_of_the_format),
        cmocka_unit_test(codebook_ascends_and_has_a_zero),
        cmocka_unit_test(f32_values_stand_where_the_format_says),
        cmocka_unit_test(bf16_values_stand_where_the_format_says),
        cmocka_unit_test(q8_values_stand_where_the_format_says),
        cmocka_unit_test(q4_values_stand_where_the_format_says),
        cmocka_unit_test(scale_padding_is_zero),
        cmocka_unit_test(round_trip_loses_little),
        cmocka_unit_test(zero_rows_and_groups_stay_zero),
        cmocka_unit_test(size_of_the_weights_does_not_matter),
        cmocka_unit_test(extreme_weights_stay_finite),
        cmocka_unit_test(not_finite_weights_are_counted_and_taken_as_zero),
        cmocka_unit_test(q4_error_is_no_more_than_that_of_any_other_scale),
        cmocka_unit_test(every_instruction_set_packs_to_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
