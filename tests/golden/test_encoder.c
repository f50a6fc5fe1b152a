/* Encoders give the vectors of sentence-transformers, ColBERT's those of ColBERT's code
 * (tests/golden/encoders/make_encoders.py). */
#include "base/file.h"
#include "base/json.h"
#include "engine/encoder.h"
#include "model/safetensors.h"
#include "variant.h"

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ENCODERS "tests/golden/encoders/"
enum { MAX_TEXTS = 64 };

static const char *const ISAS[] = {"portable", "avx2", "avx512"};

struct texts {
    json_t *json;
    struct encoder_text list[MAX_TEXTS];
    size_t n;
};

static struct texts read_texts(void)
{
    struct error err = {0};
    struct texts t = {.json = json_read_file(ENCODERS "texts.json", 1 << 20, &err)};
    if (!t.json) fail_msg("%s", err.text);
    t.n = json_array_size(t.json);
    assert_in_range(t.n, 15, MAX_TEXTS);
    for (size_t i = 0; i < t.n; i++) {
        json_t *text = json_array_get(t.json, i);
        t.list[i] = (struct encoder_text){json_string_value(text), json_string_length(text)};
    }
    return t;
}

/* isa NULL: the variant's. NULL when the machine does not have the instruction set. */
static struct encoder *open_encoder(const char *name, enum quant_type type, const char *isa,
                                    size_t batch, size_t n_threads)
{
    char dir[128];
    struct error err = {0};
    struct encoder_options options = {.type = type,
                                      .n_threads = n_threads,
                                      .isa = isa ? isa : variant_isa(),
                                      .device = "cpu",
                                      .batch_tokens = batch};
    snprintf(dir, sizeof dir, ENCODERS "%s", name);
    struct encoder *e = encoder_open(dir, &options, &err);
    if (!e && !(isa && err.code == ERROR_UNSUPPORTED)) fail_msg("%s", err.text);
    return e;
}

static double cosine(const float *a, const float *b, size_t n)
{
    double ab = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < n; i++) {
        ab += (double)a[i] * (double)b[i];
        aa += (double)a[i] * (double)a[i];
        bb += (double)b[i] * (double)b[i];
    }
    assert_true(fabs(aa - 1) < 1e-5); /* ours have length 1 */
    return ab / sqrt(aa * bb);
}

struct reference {
    struct tensor_set *set;
    const struct tensor *vectors, *first; /* first: of ColBERT */
};

static struct reference read_reference(const char *name, const char *kind)
{
    char path[128];
    struct error err = {0};
    snprintf(path, sizeof path, ENCODERS "%s/vectors.safetensors", name);
    struct reference r = {.set = tensor_set_open_file(path, &err)};
    if (!r.set) fail_msg("%s", err.text);
    r.vectors = tensor_set_find(r.set, kind);
    snprintf(path, sizeof path, "%s_first", kind);
    r.first = tensor_set_find(r.set, path);
    assert_non_null(r.vectors);
    return r;
}

/* Every vector of texts of that kind is as near to the reference as `least`. */
static void assert_embeds(struct encoder *e, const char *name, enum encoder_kind kind, double least)
{
    struct texts t = read_texts();
    struct reference r = read_reference(name, kind == ENCODER_QUERY ? "queries" : "passages");
    struct error err = {0};
    size_t n = r.vectors->shape[0], dim = r.vectors->shape[1];
    float *wanted = malloc(n * dim * sizeof *wanted), *got = malloc(n * dim * sizeof *got);
    struct token_vectors tokens = {0};
    assert_true(wanted && got);
    tensor_read_f32(r.vectors, 0, n * dim, wanted);
    if (r.first) {
        if (!encoder_embed_tokens(e, t.list, t.n, kind, &tokens, &err)) fail_msg("%s", err.text);
        assert_int_equal(tokens.dim, dim);
        for (size_t i = 0; i <= t.n; i++) {
            int64_t first;
            memcpy(&first, (const char *)r.first->data + i * sizeof first, sizeof first);
            assert_int_equal(tokens.first[i], first);
        }
        memcpy(got, tokens.vectors, n * dim * sizeof *got);
    } else {
        assert_int_equal(n, t.n);
        if (!encoder_embed(e, t.list, t.n, kind, got, &err)) fail_msg("%s", err.text);
    }
    for (size_t i = 0; i < n; i++) {
        double c = cosine(got + i * dim, wanted + i * dim, dim);
        if (!(c > least)) fail_msg("%s: vector %zu: cosine %.6f, not above %g", name, i, c, least);
    }
    token_vectors_free(&tokens);
    free(got);
    free(wanted);
    tensor_set_free(r.set);
    json_decref(t.json);
}

static void assert_model(const char *name, enum quant_type type, double least)
{
    size_t tried = 0;
    for (size_t i = 0; i < sizeof ISAS / sizeof *ISAS; i++) {
        if (variant_isa() && strcmp(ISAS[i], variant_isa()) != 0) continue;
        struct encoder *e = open_encoder(name, type, ISAS[i], 0, variant_threads(2));
        if (!e) continue;
        assert_embeds(e, name, ENCODER_PASSAGE, least);
        assert_embeds(e, name, ENCODER_QUERY, least);
        encoder_free(e);
        tried++;
    }
    assert_true(tried >= 1);
}

static void encoder_as_minilm_agrees_in_f32(void **state)
{
    (void)state;
    assert_model("minilm", QUANT_BF16, 0.999999);
}

static void encoder_as_minilm_agrees_in_q8(void **state)
{
    (void)state;
    assert_model("minilm", QUANT_Q8, 0.999);
}

/* The reference computes in bf16 here, we in f32 with the same bf16 weights. */
static void encoder_as_bge_agrees_in_bf16_and_q8(void **state)
{
    (void)state;
    assert_model("bge", QUANT_BF16, 0.9999);
    assert_model("bge", QUANT_Q8, 0.999);
}

static void encoder_as_colbert_agrees_in_f32(void **state)
{
    (void)state;
    assert_model("colbert", QUANT_BF16, 0.999999);
}

static void encoder_as_colbert_agrees_in_q8(void **state)
{
    (void)state;
    assert_model("colbert", QUANT_Q8, 0.999);
}

static void encoder_in_q4_stays_near(void **state)
{
    (void)state;
    assert_model("minilm", QUANT_Q4, 0.9);
    assert_model("colbert", QUANT_Q4, 0.8);
}

/* In one batch, in many, alone; on one thread or three: the same to the bit. */
static void encoder_gives_a_text_the_same_vector_in_any_company(void **state)
{
    (void)state;
    static const enum quant_type TYPES[] = {QUANT_BF16, QUANT_Q8, QUANT_Q4};
    struct texts t = read_texts();
    for (size_t k = 0; k < 3; k++) {
        static float together[MAX_TEXTS * 64], alone[64], split[MAX_TEXTS * 64];
        struct encoder *e = open_encoder("minilm", TYPES[k], NULL, 4096, 3);
        struct encoder *other = open_encoder("minilm", TYPES[k], NULL, 64, 1);
        assert_true(encoder_embed(e, t.list, t.n, ENCODER_PASSAGE, together, NULL));
        assert_true(encoder_embed(other, t.list, t.n, ENCODER_PASSAGE, split, NULL));
        assert_memory_equal(together, split, t.n * 64 * sizeof *split);
        for (size_t i = 0; i < t.n; i++) {
            assert_true(encoder_embed(e, &t.list[i], 1, ENCODER_PASSAGE, alone, NULL));
            assert_memory_equal(alone, together + i * 64, sizeof alone);
        }
        assert_true(encoder_embed(e, NULL, 0, ENCODER_PASSAGE, alone, NULL)); /* none is fine */
        encoder_free(e);
        encoder_free(other);
    }
    json_decref(t.json);
}

static void encoder_info_says_what_the_model_is(void **state)
{
    (void)state;
    struct encoder_info info;
    struct encoder *e = open_encoder("minilm", QUANT_Q8, NULL, 0, 1);
    encoder_info(e, &info);
    assert_string_equal(info.name, "minilm");
    assert_string_equal(info.quantization, "8-bit");
    assert_string_equal(info.pooling, "mean");
    assert_false(info.per_token);
    assert_true(info.normalized);
    assert_int_equal(info.dim, 64);
    assert_int_equal(info.max_tokens, 24);
    assert_int_equal(info.n_layers, 3);
    assert_true(info.parameters > 100000 && info.weight_bytes > 0 && info.activation_bytes > 0);
    encoder_free(e);
    e = open_encoder("bge", QUANT_BF16, NULL, 0, 1);
    encoder_info(e, &info);
    assert_string_equal(info.pooling, "cls");
    assert_int_equal(info.max_tokens, 64); /* not more than there are positions */
    encoder_free(e);
    e = open_encoder("colbert", QUANT_BF16, NULL, 0, 1);
    encoder_info(e, &info);
    assert_true(info.per_token);
    assert_int_equal(info.dim, 40);
    encoder_free(e);
}

static void encoder_refuses_the_form_that_the_model_has_not(void **state)
{
    (void)state;
    struct encoder_text text = {"hp", 2};
    struct token_vectors tokens;
    struct error err = {0};
    float out[128];
    struct encoder *e = open_encoder("minilm", QUANT_Q8, NULL, 0, 1);
    assert_false(encoder_embed_tokens(e, &text, 1, ENCODER_QUERY, &tokens, &err));
    assert_non_null(strstr(err.text, "not a ColBERT model"));
    encoder_free(e);
    e = open_encoder("colbert", QUANT_Q8, NULL, 0, 1);
    error_clear(&err);
    assert_false(encoder_embed(e, &text, 1, ENCODER_QUERY, out, &err));
    assert_non_null(strstr(err.text, "is a ColBERT model"));
    encoder_free(e);
}

/* A text matches itself best, and a query that stands in a passage better than one that does not.
 */
static void colbert_scores_by_the_best_match_of_each_token(void **state)
{
    (void)state;
    struct encoder_text texts[] = {{"towing capacity", 15}, {"Bananas are yellow.", 19}};
    struct token_vectors q, p;
    struct encoder *e = open_encoder("colbert", QUANT_BF16, NULL, 0, 1);
    assert_true(encoder_embed_tokens(e, texts, 2, ENCODER_PASSAGE, &p, NULL));
    assert_true(encoder_embed_tokens(e, texts, 1, ENCODER_QUERY, &q, NULL));
    size_t n = p.first[1] - p.first[0];
    float self = token_vectors_score(&p, 0, &p, 0);
    assert_true(fabsf(self - (float)n) < 1e-3f);
    assert_true(token_vectors_score(&p, 0, &p, 1) < self);
    float most = token_vectors_score(&q, 0, &p, 0);
    assert_true(most > -32.001f && most < 32.001f); /* 32 vectors of length 1 */
    token_vectors_free(&p);
    token_vectors_free(&q);
    encoder_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encoder_as_minilm_agrees_in_f32),
        cmocka_unit_test(encoder_as_minilm_agrees_in_q8),
        cmocka_unit_test(encoder_as_bge_agrees_in_bf16_and_q8),
        cmocka_unit_test(encoder_as_colbert_agrees_in_f32),
        cmocka_unit_test(encoder_as_colbert_agrees_in_q8),
        cmocka_unit_test(encoder_in_q4_stays_near),
        cmocka_unit_test(encoder_gives_a_text_the_same_vector_in_any_company),
        cmocka_unit_test(encoder_info_says_what_the_model_is),
        cmocka_unit_test(encoder_refuses_the_form_that_the_model_has_not),
        cmocka_unit_test(colbert_scores_by_the_best_match_of_each_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
