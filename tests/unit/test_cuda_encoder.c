/* Encoders on emulated GPUs: the golden models give the CPU's vectors, in any company; memory is
 * planned; what does not fit and a GPU that is lost are said. */
#include "../cuda_device.h"
#include "backend/backend.h"
#include "base/json.h"
#include "engine/encoder.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ENCODERS "tests/golden/encoders/"
/* An emulated GPU is slow: of the golden texts these are enough. */
enum { MAX_TEXTS = 5, FEW_TEXTS = 1, MAX_DIM = 96 };
static const size_t MEMORY = 64 << 20;

static struct emulated_gpus emulated;
static struct encoder_text texts[MAX_TEXTS];
static size_t n_texts; /* that are used */

static struct encoder *try_open(const char *name, const char *device, enum quant_type type,
                                size_t batch, struct error *err)
{
    char dir[128];
    struct encoder_options o = {.type = type,
                                .n_threads = 1,
                                .batch_tokens = batch,
                                .device = device,
                                .gpu_source = &emulated.source};
    snprintf(dir, sizeof dir, ENCODERS "%s", name);
    return encoder_open(dir, &o, err);
}

static struct encoder *open_on(const char *name, const char *device, enum quant_type type,
                               size_t batch)
{
    struct error err = {0};
    struct encoder *e = try_open(name, device, type, batch, &err);
    if (!e) fail_msg("%s: %s", name, err.text);
    return e;
}

/* All vectors of the texts: *n of *dim. */
static float *embed(struct encoder *e, enum encoder_kind kind, size_t *n, size_t *dim)
{
    struct encoder_info info;
    struct error err = {0};
    encoder_info(e, &info);
    *dim = info.dim;
    *n = n_texts;
    if (info.per_token) {
        struct token_vectors v;
        if (!encoder_embed_tokens(e, texts, n_texts, kind, &v, &err)) fail_msg("%s", err.text);
        *n = v.first[n_texts];
        free(v.first);
        return v.vectors;
    }
    float *out = calloc(n_texts, info.dim * sizeof *out);
    assert_non_null(out);
    if (!encoder_embed(e, texts, n_texts, kind, out, &err)) fail_msg("%s", err.text);
    return out;
}

static void assert_near(const char *what, const float *a, const float *b, size_t n, size_t dim,
                        double least, double most)
{
    double worst = 1, furthest = 0;
    for (size_t i = 0; i < n; i++) {
        double ab = 0, aa = 0, bb = 0;
        for (size_t d = 0; d < dim; d++) {
            double x = (double)a[i * dim + d], y = (double)b[i * dim + d];
            ab += x * y;
            aa += x * x;
            bb += y * y;
            furthest = fmax(furthest, fabs(x - y));
        }
        assert_true(fabs(aa - 1) < 1e-5); /* of length 1 */
        double c = ab / sqrt(aa * bb);
        if (!(c >= worst)) worst = c;
    }
    print_message("%s: cosine at least %.6f, numbers differ by at most %.4f\n", what, worst,
                  furthest);
    if (!(worst > least) || !(furthest < most))
        fail_msg("%s: not above %g, or not below %g", what, least, most);
}

static const char *const NAMES[] = {"minilm", "bge", "colbert"};

/* In q8 and q4 the CPU rounds the inputs of matrices to int8 by group, the GPU to bf16: they are as
 * far from each other as the CPU is from the reference (golden/test_encoder.c). */
static void the_golden_models_have_the_cpus_vectors(void **state)
{
    (void)state;
    static const struct {
        enum quant_type type;
        double least, most;
    } TYPES[] = {{QUANT_BF16, 0.9999, 0.01}, {QUANT_Q8, 0.999, 0.03}, {QUANT_Q4, 0.995, 0.06}};
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < 3; i++) {
            emulated_gpus_init(&emulated, 2, MEMORY);
            struct encoder *cpu = open_on(NAMES[i], "cpu", TYPES[k].type, 128);
            struct encoder *gpu = open_on(NAMES[i], "cuda:1", TYPES[k].type, 128);
            for (enum encoder_kind kind = k ? ENCODER_QUERY : ENCODER_PASSAGE;
                 kind <= ENCODER_QUERY; kind++) {
                n_texts = kind == ENCODER_PASSAGE ? MAX_TEXTS : FEW_TEXTS;
                size_t n, m, dim;
                char what[64];
                float *a = embed(gpu, kind, &n, &dim), *b = embed(cpu, kind, &m, &dim);
                assert_int_equal(n, m);
                snprintf(what, sizeof what, "%s %s", NAMES[i], quant_type_name(TYPES[k].type));
                assert_near(what, a, b, n, dim, TYPES[k].least, TYPES[k].most);
                free(a);
                free(b);
            }
            struct encoder_info info;
            struct backend_gpu g;
            encoder_info(gpu, &info);
            assert_string_equal(info.device, "cuda:1 emulated GPU");
            assert_true(encoder_gpu(gpu, &g));
            assert_int_equal(g.index, 1);
            assert_int_equal(g.memory.weights + g.memory.activations, emulated.gpus[1].used);
            assert_int_equal(info.activation_bytes, g.memory.activations);
            assert_false(encoder_gpu(cpu, &g));
            assert_false(encoder_lost(gpu));
            encoder_free(cpu);
            encoder_free(gpu);
            assert_int_equal(emulated.gpus[1].used, 0);
            assert_false(emulated.gpus[1].open);
        }
}

/* Alone, or among others in whatever batch: the same to the bit; and nothing is taken for it. */
static void a_text_has_the_same_vector_in_any_company(void **state)
{
    (void)state;
    emulated_gpus_init(&emulated, 1, MEMORY);
    struct encoder *e = open_on("minilm", "cuda", QUANT_Q8, 0);
    struct encoder *small = open_on("minilm", "cuda", QUANT_Q8, 64);
    n_texts = 3;
    size_t taken = emulated.gpus[0].n_allocations, n, dim;
    float *together = embed(e, ENCODER_PASSAGE, &n, &dim), alone[MAX_DIM];
    float *split = embed(small, ENCODER_PASSAGE, &n, &dim);
    assert_memory_equal(together, split, n * dim * sizeof *split);
    for (size_t i = 0; i < n_texts; i++) {
        assert_true(encoder_embed(e, &texts[i], 1, ENCODER_PASSAGE, alone, NULL));
        assert_memory_equal(alone, together + i * dim, dim * sizeof *alone);
    }
    assert_true(encoder_embed(e, NULL, 0, ENCODER_PASSAGE, alone, NULL)); /* none is fine */
    assert_int_equal(emulated.gpus[0].n_allocations, taken);
    free(together);
    free(split);
    encoder_free(e);
    encoder_free(small);
}

static void what_does_not_fit_takes_smaller_batches_or_the_cpu_or_is_refused(void **state)
{
    (void)state;
    struct error err = {0};
    struct backend_gpu g;
    float out[MAX_DIM];
    emulated_gpus_init(&emulated, 1, 2 << 20);
    struct encoder *e = open_on("minilm", "auto", QUANT_Q8, 0);
    assert_true(encoder_gpu(e, &g)); /* with less than 8192 tokens at once */
    assert_true(encoder_embed(e, texts, 1, ENCODER_PASSAGE, out, &err));
    encoder_free(e);
    emulated_gpus_init(&emulated, 1, 100 << 10);
    e = open_on("minilm", "auto", QUANT_Q8, 0);
    assert_false(encoder_gpu(e, &g));
    assert_true(encoder_embed(e, texts, 1, ENCODER_PASSAGE, out, &err));
    encoder_free(e);
    assert_null(try_open("minilm", "cuda:0", QUANT_Q8, 0, &err));
    print_message("%s\n", err.text);
    assert_int_equal(err.code, ERROR_MEMORY);
    assert_non_null(strstr(err.text, "GPU 0 (emulated GPU)"));
    assert_int_equal(emulated.gpus[0].used, 0);
    emulated_gpus_init(&emulated, 0, 0);
    error_clear(&err);
    assert_null(try_open("minilm", "cuda:0", QUANT_Q8, 0, &err));
    assert_non_null(strstr(err.text, "DEVICE=auto"));
    e = open_on("minilm", "auto", QUANT_Q8, 0);
    encoder_free(e);
}

static void a_lost_gpu_fails_what_is_asked_and_all_after_it(void **state)
{
    (void)state;
    struct error err = {0};
    float out[MAX_DIM];
    emulated_gpus_init(&emulated, 1, MEMORY);
    struct encoder *e = open_on("minilm", "cuda:0", QUANT_Q8, 64);
    assert_true(encoder_embed(e, texts, 1, ENCODER_PASSAGE, out, &err));
    emulated.gpus[0].fails_after = 9;
    assert_false(encoder_embed(e, texts, 1, ENCODER_PASSAGE, out, &err));
    assert_int_equal(err.code, ERROR_IO);
    assert_non_null(strstr(err.text, "GPU 0"));
    assert_non_null(strstr(err.text, "lost"));
    assert_true(encoder_lost(e));
    error_clear(&err);
    assert_false(encoder_embed(e, texts, 1, ENCODER_PASSAGE, out, &err));
    assert_non_null(strstr(err.text, "lost"));
    encoder_free(e);
}

static int set_up(void **state)
{
    struct error err = {0};
    json_t *list = json_read_file(ENCODERS "texts.json", 1 << 20, &err);
    *state = list;
    if (!list || json_array_size(list) < MAX_TEXTS) return -1;
    for (size_t i = 0; i < MAX_TEXTS; i++) {
        const json_t *text = json_array_get(list, i);
        texts[i] = (struct encoder_text){json_string_value(text), json_string_length(text)};
    }
    return 0;
}

static int tear_down(void **state)
{
    json_decref(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_golden_models_have_the_cpus_vectors),
        cmocka_unit_test(a_text_has_the_same_vector_in_any_company),
        cmocka_unit_test(what_does_not_fit_takes_smaller_batches_or_the_cpu_or_is_refused),
        cmocka_unit_test(a_lost_gpu_fails_what_is_asked_and_all_after_it),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
