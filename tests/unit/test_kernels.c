/* Every instruction set's kernels against plain arithmetic in double and against each other. */
#include "backend/backend.h"
#include "backend/cpu/kernels.h"
#include "quant/quantize.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const SETS[] = {"portable", "avx2", "avx512"};

static uint64_t state = 88172645463325252u;

/* Uniform in -1..1. */
static float noise(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (float)(int32_t)(state >> 32) * 0x1p-31f;
}

static float *random_floats(size_t n)
{
    float *p = aligned_alloc(64, (n * sizeof *p + 63) & ~(size_t)63);
    assert_non_null(p);
    for (size_t i = 0; i < n; i++) p[i] = noise();
    return p;
}

/* Activations of n rows in both forms, quantized by the portable kernel for weights of that type.
 */
static void make_activations(struct activations *x, enum quant_type type, size_t n, size_t cols)
{
    x->groups = packed_groups(cols);
    x->tokens = n;
    size_t stride = x->groups * QUANT_GROUP;
    x->f32 = random_floats(n * stride);
    x->q = malloc(n * stride);
    x->scale = malloc(n * x->groups * sizeof *x->scale);
    x->bias = malloc(n * x->groups * sizeof *x->bias);
    x->power = type == QUANT_Q4 ? malloc(n * x->groups * sizeof *x->power) : NULL;
    for (size_t t = 0; t < n; t++) {
        for (size_t i = cols; i < stride; i++) x->f32[t * stride + i] = 0;
        cpu_kernels_portable.quantize(x->f32 + t * stride, x, t);
    }
}

static void free_activations(struct activations *x)
{
    free(x->f32);
    free(x->q);
    free(x->scale);
    free(x->bias);
    free(x->power);
}

/* The value that a weight matrix of this type sees for input k of token t. */
static double input(const struct activations *x, enum quant_type type, size_t t, size_t k)
{
    size_t stride = x->groups * QUANT_GROUP;
    if (type == QUANT_BF16 || type == QUANT_F32) return x->f32[t * stride + k];
    size_t at = k / QUANT_GROUP * x->tokens + t;
    return (double)x->q[at * QUANT_GROUP + k % QUANT_GROUP] * x->scale[at];
}

static void check_tile(const struct cpu_kernels *k, enum quant_type type, size_t n_blocks,
                       size_t cols, size_t n)
{
    enum { FIRST = 3 };
    size_t rows = n_blocks * QUANT_BLOCK_ROWS, bytes = packed_block_bytes(type, cols);
    float *weights = random_floats(rows * cols);
    uint8_t *block = aligned_alloc(64, n_blocks * bytes);
    float row_scale[TILE_ROWS];
    for (size_t b = 0; b < n_blocks; b++)
        assert_int_equal(quantize_block(type, weights + b * 16 * cols, 16, cols, block + b * bytes,
                                        row_scale + b * 16),
                         0);
    struct packed_matrix m = {type, rows, cols, block, row_scale};
    struct activations x;
    make_activations(&x, type, FIRST + n, cols);
    _Alignas(64) float out[TILE_TOKENS][TILE_ROWS];
    float *row = malloc(cols * sizeof *row);
    k->tile[type](block, n_blocks, row_scale, cols, &x, FIRST, n, out);
    for (size_t r = 0; r < rows; r++) {
        packed_matrix_read_row(&m, r, row);
        for (size_t t = 0; t < n; t++) {
            double want = 0, size = 0;
            for (size_t i = 0; i < cols; i++) {
                double product = (double)row[i] * input(&x, type, FIRST + t, i);
                want += product;
                size += fabs(product);
            }
            /* f32 rounding of sums of `cols` terms */
            if (!(fabs(out[t][r] - want) <= 2e-6 * size + 1e-9))
                fail_msg("%s %s cols %zu tokens %zu: row %zu token %zu is %g, not %g", k->name,
                         quant_type_name(type), cols, n, r, t, (double)out[t][r], want);
        }
    }
    free(row);
    free(block);
    free(weights);
    free_activations(&x);
}

static void tiles_agree_with_arithmetic_in_double(void **s)
{
    (void)s;
    static const size_t COLS[] = {32, 40, 96, 256, 1000};
    static const size_t TOKENS[] = {1, 2, 3, 4, 5, 6, 7, 8, 13, TILE_TOKENS - 1, TILE_TOKENS};
    for (size_t i = 0; i < 3; i++) {
        const struct cpu_kernels *k = cpu_kernels_find(SETS[i]);
        if (!k) continue;
        for (enum quant_type type = QUANT_Q4; type <= QUANT_F32; type++)
            for (size_t c = 0; c < 5; c++)
                for (size_t n = 0; n < sizeof TOKENS / sizeof *TOKENS; n++)
                    for (size_t blocks = 1; blocks <= 2; blocks++)
                        check_tile(k, type, blocks, COLS[c], TOKENS[n]);
    }
}

/* A token's result must not depend on the tokens that happen to be beside it in a tile, nor a row's
 * on the block beside it. */
static void a_token_is_bit_identical_in_any_tile(void **s)
{
    (void)s;
    enum { COLS = 256 };
    struct activations x;
    make_activations(&x, QUANT_Q4, TILE_TOKENS, COLS);
    float *weights = random_floats(TILE_ROWS * COLS), row_scale[TILE_ROWS];
    for (size_t i = 0; i < 3; i++) {
        const struct cpu_kernels *k = cpu_kernels_find(SETS[i]);
        if (!k) continue;
        for (enum quant_type type = QUANT_Q4; type <= QUANT_F32; type++) {
            size_t bytes = packed_block_bytes(type, COLS);
            uint8_t *blocks = aligned_alloc(64, 2 * bytes);
            for (size_t b = 0; b < 2; b++)
                quantize_block(type, weights + b * 16 * COLS, 16, COLS, blocks + b * bytes,
                               row_scale + b * 16);
            _Alignas(64) float whole[TILE_TOKENS][TILE_ROWS], part[TILE_TOKENS][TILE_ROWS];
            k->tile[type](blocks, 2, row_scale, COLS, &x, 0, TILE_TOKENS, whole);
            for (size_t n = 1; n < TILE_TOKENS; n += n < 9 ? 1 : 11)
                for (size_t first = 0; first + n <= TILE_TOKENS; first += 5)
                    for (size_t b = 0; b < 3; b++) { /* first, second, both */
                        size_t lanes = b == 2 ? 32 : 16, at = b == 1 ? 16 : 0;
                        k->tile[type](blocks + at / 16 * bytes, lanes / 16, row_scale + at, COLS,
                                      &x, first, n, part);
                        for (size_t t = 0; t < n; t++)
                            assert_memory_equal(part[t], whole[first + t] + at,
                                                lanes * sizeof(float));
                    }
            free(blocks);
        }
    }
    free(weights);
    free_activations(&x);
}

static void check_quantized(const struct cpu_kernels *k, const float *x, size_t n, bool powers)
{
    int8_t q[256];
    float scale[8];
    int32_t bias[8], power[8];
    struct activations to = {.groups = n / 32, .tokens = 1, .q = q, .scale = scale, .bias = bias};
    if (powers) to.power = power;
    k->quantize(x, &to, 0);
    for (size_t g = 0; g < n / 32; g++) {
        int32_t sum = 0, most = 0;
        for (size_t j = g * 32; j < g * 32 + 32; j++) {
            assert_true(q[j] >= -127);
            assert_true(fabsf(x[j] - scale[g] * q[j]) <= scale[g] * 0.5001f);
            sum += q[j];
            most = abs(q[j]) > most ? abs(q[j]) : most;
        }
        assert_int_equal(bias[g], -128 * sum);
        if (powers) {
            int exponent;
            assert_true(frexpf(scale[g], &exponent) == 0.5f);
            assert_int_equal(power[g], (exponent - 1 + POWER_ZERO) * (1 << 23));
            assert_true(most >= 63 || exponent - 1 == -POWER_ZERO);
        } else {
            assert_true(most == 127 || scale[g] == 0);
        }
    }
}

static void quantized_activations_are_the_nearest(void **s)
{
    (void)s;
    enum { N = 256 };
    float *x = random_floats(N);
    for (size_t i = 0; i < 32; i++) x[i] = 0; /* a group of zeros has no scale */
    x[40] = -7.5f;
    x[70] = 127.0f;                                    /* a power of two is enough */
    for (size_t i = 96; i < 128; i++) x[i] *= 1e-9f;   /* the least scales */
    for (size_t i = 128; i < 160; i++) x[i] *= 1e13f;  /* the greatest */
    for (size_t i = 160; i < 192; i++) x[i] *= 1e-30f; /* below the least power: zeros */
    for (size_t i = 0; i < 3; i++) {
        const struct cpu_kernels *k = cpu_kernels_find(SETS[i]);
        if (!k) continue;
        check_quantized(k, x, N, false);
        check_quantized(k, x, N, true);
    }
    free(x);
}

static void norm_and_swiglu_agree_with_arithmetic_in_double(void **s)
{
    (void)s;
    enum { N = 80 };
    float *x = random_floats(N), *w = random_floats(N), out[N];
    x[0] = -200.0f; /* silu must not overflow */
    x[1] = 200.0f;
    for (size_t i = 0; i < 3; i++) {
        const struct cpu_kernels *k = cpu_kernels_find(SETS[i]);
        if (!k) continue;
        k->swiglu(x, w, N, out);
        for (size_t j = 0; j < N; j++) {
            double want = x[j] / (1 + exp(-(double)x[j])) * w[j];
            assert_true(fabs(out[j] - want) <= 1e-6 * fabs(want) + 1e-30);
        }
        k->rmsnorm(x, w, N - 5, 1e-6f, out); /* a width that is no multiple of 16 */
        double sum = 0;
        for (size_t j = 0; j < N - 5; j++) sum += (double)x[j] * x[j];
        for (size_t j = 0; j < N - 5; j++) {
            double want = x[j] / sqrt(sum / (N - 5) + 1e-6) * w[j];
            assert_true(fabs(out[j] - want) <= 1e-6 * fabs(want) + 1e-9);
        }
    }
    free(x);
    free(w);
}

/* One query row against `n` tokens over several pages, in double. */
static void plain_attention(const float *q, const float *k, const float *v, size_t n, size_t hd,
                            double *out)
{
    double *p = malloc(n * sizeof *p), max = -INFINITY, sum = 0;
    for (size_t t = 0; t < n; t++) {
        p[t] = 0;
        for (size_t d = 0; d < hd; d++) p[t] += (double)q[d] * k[t * hd + d];
        if (p[t] > max) max = p[t];
    }
    for (size_t t = 0; t < n; t++) sum += p[t] = exp(p[t] - max);
    for (size_t d = 0; d < hd; d++) {
        out[d] = 0;
        for (size_t t = 0; t < n; t++) out[d] += p[t] / sum * v[t * hd + d];
    }
    free(p);
}

static void attention_over_pages_is_softmax_over_all_tokens(void **s)
{
    (void)s;
    enum { ROWS = 7, TOKENS = 3 * KV_PAGE, MAX = 128 };
    static const size_t DIMS[] = {16, 32, 64, 80, 128};
    for (size_t set = 0; set < 3; set++) {
        const struct cpu_kernels *k = cpu_kernels_find(SETS[set]);
        if (!k) continue;
        for (size_t i = 0; i < 5; i++) {
            size_t hd = DIMS[i];
            float *q = random_floats(ROWS * hd), *keys = random_floats(TOKENS * hd),
                  *values = random_floats(TOKENS * hd);
            for (size_t j = 0; j < TOKENS * hd; j++) { /* so that bf16 pages hold them exactly */
                keys[j] = f32_from_bf16(bf16_from_f32(keys[j] * 3));
                values[j] = f32_from_bf16(bf16_from_f32(values[j]));
            }
            float max[ROWS], sum[ROWS], *acc = calloc(ROWS * hd, sizeof *acc);
            for (size_t r = 0; r < ROWS; r++) max[r] = -INFINITY, sum[r] = 0;
            struct kv_tile tile = {random_floats(hd * KV_PAGE), random_floats(hd * KV_PAGE)};
            uint8_t *k_page = calloc(hd * KV_PAGE, 2), *v_page = calloc(hd * KV_PAGE, 2);
            for (size_t page = 0; page < 3; page++) {
                size_t visible[ROWS];
                for (size_t r = 0; r < ROWS; r++) { /* row r sees 15 r + 1 tokens */
                    size_t seen = 15 * r + 1, start = page * KV_PAGE;
                    seen = seen > start ? seen - start : 0;
                    visible[r] = seen < KV_PAGE ? seen : KV_PAGE;
                }
                for (size_t t = 0; t < KV_PAGE; t++)
                    k->kv_store_bf16(keys + (page * KV_PAGE + t) * hd,
                                     values + (page * KV_PAGE + t) * hd, hd, t, k_page, v_page);
                k->kv_load_bf16(k_page, v_page, hd, &tile);
                k->attention_tile(q, ROWS, hd, &tile, visible, max, sum, acc);
            }
            for (size_t r = 0; r < ROWS; r++) {
                double want[MAX];
                plain_attention(q + r * hd, keys, values, 15 * r + 1, hd, want);
                for (size_t d = 0; d < hd; d++)
                    /* scores of size 15 carry an f32 rounding of 1e-6, which e^x keeps as a ratio
                     */
                    assert_true(fabs(acc[r * hd + d] / sum[r] - want[d]) < 1e-5);
            }
            free(q);
            free(keys);
            free(values);
            free(acc);
            free(tile.k);
            free(tile.v);
            free(k_page);
            free(v_page);
        }
    }
}

/* Attention straight from pages: what is stored comes back by kv_load, which plain attention then
 * takes; what is left is the rounding of queries and weights. */
static void attention_from_packed_pages_is_near_softmax(void **s)
{
    (void)s;
    enum { ROWS = TILE_QUERIES, TOKENS = 2 * SPAN_TOKENS, PAGES = TOKENS / KV_PAGE, MAX = 256 };
    static const size_t DIMS[] = {16, 48, 64, 80, 128, 256};
    for (size_t set = 0; set < 3; set++)
        for (int int8 = 0; int8 < 2; int8++) {
            const struct cpu_kernels *k = cpu_kernels_find(SETS[set]);
            const struct paged_attention *attend = k ? cpu_attention_find(k, int8) : NULL;
            if (!k) continue;
            for (size_t i = 0; i < 6; i++) {
                size_t hd = DIMS[i], page_bytes = hd * KV_PAGE * 2 + KV_PAGE * 4;
                float *q = random_floats(ROWS * hd), *keys = random_floats(TOKENS * hd),
                      *values = random_floats(TOKENS * hd);
                uint8_t *pages = aligned_alloc(64, 2 * PAGES * page_bytes);
                memset(pages, 0xff, 2 * PAGES * page_bytes); /* what is not a number, in bf16 */
                struct kv_tile tile = {random_floats(hd * KV_PAGE), random_floats(hd * KV_PAGE)};
                size_t seen = 0; /* the last page is filled up to an odd token */
                for (size_t p = 0; p < PAGES; p++) {
                    uint8_t *kp = pages + 2 * p * page_bytes, *vp = kp + page_bytes;
                    for (size_t t = 0; t < KV_PAGE && seen < TOKENS - 7; t++, seen++)
                        (int8 ? k->kv_store_int8 : k->kv_store_bf16)(
                            keys + seen * hd, values + seen * hd, hd, t, kp, vp);
                    (int8 ? k->kv_load_int8 : k->kv_load_bf16)(kp, vp, hd, &tile);
                    for (size_t t = 0; t < KV_PAGE && p * KV_PAGE + t < seen; t++)
                        for (size_t d = 0; d < hd; d++) {
                            float *key = &keys[(p * KV_PAGE + t) * hd + d];
                            float *value = &values[(p * KV_PAGE + t) * hd + d];
                            float bound = int8 ? 0.5f / 127 : 0x1p-8f;
                            assert_true(fabsf(*key - tile.k[d * KV_PAGE + t]) <= bound);
                            assert_true(fabsf(*value - tile.v[t * hd + d]) <= bound);
                            *key = tile.k[d * KV_PAGE + t];
                            *value = tile.v[t * hd + d];
                        }
                }
                for (size_t n = 1; attend && n <= ROWS; n += n < 8 ? 1 : 12) {
                    struct attention_queries queries;
                    attend->prepare(q, n, hd, &queries);
                    float max[ROWS], sum[ROWS], *acc = calloc(ROWS * hd, sizeof *acc);
                    for (size_t r = 0; r < n; r++) max[r] = -INFINITY, sum[r] = 0;
                    for (size_t first = 0; first < PAGES; first += SPAN_PAGES) {
                        struct kv_span span;
                        size_t visible[ROWS], start = first * KV_PAGE;
                        for (size_t p = 0; p < SPAN_PAGES; p++) {
                            span.k[p] = span.next_k[p] = pages + 2 * (first + p) * page_bytes;
                            span.v[p] = span.next_v[p] = span.k[p] + page_bytes;
                        }
                        for (size_t r = 0; r < n; r++) { /* row r sees 8 r + 1 tokens */
                            visible[r] = 8 * r + 1 > start ? 8 * r + 1 - start : 0;
                            if (visible[r] > SPAN_TOKENS) visible[r] = SPAN_TOKENS;
                        }
                        attend->span(&queries, n, hd, &span, visible, max, sum, acc);
                    }
                    for (size_t r = 0; r < n; r++) {
                        double want[MAX];
                        plain_attention(q + r * hd, keys, values, 8 * r + 1, hd, want);
                        for (size_t d = 0; d < hd; d++)
                            /* rounding to 8 bits, at random over hd products of up to 1/3 */
                            if (!(fabs(acc[r * hd + d] / sum[r] - want[d]) < (int8 ? 0.04 : 0.02)))
                                fail_msg("int8 %d, head_dim %zu, row %zu of %zu: %g, not %g", int8,
                                         hd, r, n, acc[r * hd + d] / sum[r], want[d]);
                    }
                    free(acc);
                }
                free(q);
                free(keys);
                free(values);
                free(pages);
                free(tile.k);
                free(tile.v);
            }
        }
}

static void rope_rotates_pairs_half_a_head_apart(void **s)
{
    (void)s;
    float head[16], before[16], cosine[8], sine[8];
    for (size_t i = 0; i < 16; i++) head[i] = before[i] = noise();
    for (size_t i = 0; i < 8; i++) cosine[i] = cosf((float)i), sine[i] = sinf((float)i);
    cpu_kernels_portable.rope(head, cosine, sine, 16);
    for (size_t i = 0; i < 8; i++) {
        float real = before[i] * cosine[i] - before[i + 8] * sine[i];
        float imaginary = before[i + 8] * cosine[i] + before[i] * sine[i];
        assert_true(fabsf(head[i] - real) < 1e-6f);
        assert_true(fabsf(head[i + 8] - imaginary) < 1e-6f);
    }
}

static void an_unknown_instruction_set_is_refused(void **s)
{
    (void)s;
    assert_null(cpu_kernels_find("sse9"));
    assert_non_null(cpu_kernels_find(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tiles_agree_with_arithmetic_in_double),
        cmocka_unit_test(a_token_is_bit_identical_in_any_tile),
        cmocka_unit_test(quantized_activations_are_the_nearest),
        cmocka_unit_test(norm_and_swiglu_agree_with_arithmetic_in_double),
        cmocka_unit_test(attention_over_pages_is_softmax_over_all_tokens),
        cmocka_unit_test(attention_from_packed_pages_is_near_softmax),
        cmocka_unit_test(rope_rotates_pairs_half_a_head_apart),
        cmocka_unit_test(an_unknown_instruction_set_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
