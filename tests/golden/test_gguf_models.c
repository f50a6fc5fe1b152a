/* GGUF files against the gguf package of PyPI, transformers, and the same models as Hugging Face
 * folders (tests/golden/gguf/make_gguf.py says what is there). */
#include "tokenizers/fixture.h"

#include "../unit/gguf_fixture.h"
#include "engine/engine.h"
#include "model/config.h"
#include "model/safetensors.h"
#include "quant/gguf_blocks.h"
#include "quant/packed_model.h"
#include "quant/quantize.h"
#include "variant.h"

#include <math.h>

#define HERE   "tests/golden/gguf/"
#define MODELS "tests/golden/models/"

enum { TOKENS = 332, MAX_VOCAB = 352, LOGIT_TOKENS = 64, LOGIT_ROWS = 8 };

static float got[TOKENS * MAX_VOCAB], other[TOKENS * MAX_VOCAB];

static const enum gguf_type TYPES[] = {GGUF_F32,  GGUF_F16,  GGUF_BF16, GGUF_Q8_0,
                                       GGUF_Q4_0, GGUF_Q4_1, GGUF_Q5_0, GGUF_Q5_1,
                                       GGUF_Q4_K, GGUF_Q5_K, GGUF_Q6_K, GGUF_IQ4_NL};
enum { N_TYPES = sizeof TYPES / sizeof *TYPES };

static void blocks_dequantize_to_the_bits_of_the_gguf_package(void **s)
{
    (void)s;
    struct error err = {0};
    struct tensor_set *set = tensor_set_open_file(HERE "blocks.safetensors", &err);
    if (!set) fail_msg("%s", err.text);
    for (size_t k = 0; k < N_TYPES; k++) {
        char name[32];
        snprintf(name, sizeof name, "%s.bytes", gguf_type_name(TYPES[k]));
        const struct tensor *bytes = tensor_set_find(set, name);
        snprintf(name, sizeof name, "%s.values", gguf_type_name(TYPES[k]));
        const struct tensor *values = tensor_set_find(set, name);
        assert_non_null(bytes);
        assert_non_null(values);
        size_t n = values->shape[0], finite = 0;
        assert_true(n == 2048 && n * sizeof *got <= sizeof got);
        assert_int_equal(n / gguf_block_values(TYPES[k]) * gguf_block_bytes(TYPES[k]), bytes->size);
        gguf_dequantize(TYPES[k], bytes->data, n, got);
        tensor_read_f32(values, 0, n, other);
        for (size_t i = 0; i < n; i++) {
            if (isnan(got[i]) && isnan(other[i])) continue;
            finite += isfinite(got[i]) ? 1 : 0;
            if (memcmp(&got[i], &other[i], sizeof *got) != 0)
                fail_msg("%s: value %zu is %.9g, expected %.9g", name, i, (double)got[i],
                         (double)other[i]);
        }
        assert_true(finite > n / 2);
    }
    tensor_set_free(set);
}

static void forward(const char *path, enum quant_type type, const int32_t *tokens, size_t n,
                    float *out)
{
    struct error err = {0};
    struct engine_options o = {.model_dir = path,
                               .type = type,
                               .n_threads = variant_threads(2),
                               .isa = variant_isa(),
                               .context = TOKENS};
    struct engine *e = engine_open(&o, &err);
    if (!e || !engine_forward(e, tokens, n, 0, out, &err)) fail_msg("%s", err.text);
    engine_free(e);
}

/* Fills got from the GGUF file and other from the folder; returns the vocabulary. */
static size_t forward_both(const char *gguf, const char *folder, enum quant_type type)
{
    struct error err = {0};
    struct model_config c;
    char path[256];
    snprintf(path, sizeof path, MODELS "%s/vectors.safetensors", folder);
    struct tensor_set *set = tensor_set_open_file(path, &err);
    if (!set) fail_msg("%s", err.text);
    int32_t tokens[TOKENS];
    memcpy(tokens, tensor_set_find(set, "tokens")->data, sizeof tokens);
    tensor_set_free(set);
    snprintf(path, sizeof path, HERE "%s.gguf", gguf);
    forward(path, type, tokens, TOKENS, got);
    snprintf(path, sizeof path, MODELS "%s", folder);
    if (!model_config_read(&c, path, &err)) fail_msg("%s", err.text);
    forward(path, type, tokens, TOKENS, other);
    return c.vocab;
}

/* Where the values are the same, so is every bit: F32 as it is, BF16 as our bf16 rounds. */
static void logits_are_those_of_the_hugging_face_folder(void **s)
{
    (void)s;
    static const struct {
        const char *gguf, *folder;
        enum quant_type type;
    } CASES[] = {
        {"qwen2-f32", "qwen2", QUANT_F32},
        {"qwen2-f32", "qwen2", QUANT_Q4},
        {"llama-linear-bf16-00001-of-00003", "llama-linear", QUANT_BF16},
        {"qwen3-yarn-bf16", "qwen3-yarn", QUANT_BF16},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        size_t vocab = forward_both(CASES[i].gguf, CASES[i].folder, CASES[i].type);
        if (memcmp(got, other, TOKENS * vocab * sizeof *got) != 0)
            fail_msg("%s, %s: logits differ from those of %s", CASES[i].gguf,
                     quant_type_name(CASES[i].type), CASES[i].folder);
    }
    /* Here the frequencies come as f32 factors. */
    size_t vocab = forward_both("llama-llama3-f32", "llama-llama3", QUANT_F32);
    float top = 0, largest = 0;
    for (size_t i = 0; i < TOKENS * vocab; i++) {
        top = fmaxf(top, fabsf(other[i]));
        largest = fmaxf(largest, fabsf(got[i] - other[i]));
    }
    print_message("llama-llama3: logits differ by %.2g of max |logit|\n", (double)(largest / top));
    assert_true(largest <= 2e-4f * top);
}

static void logits_of_quantized_files_are_those_of_transformers(void **s)
{
    (void)s;
    static const char *const NAMES[] = {"qwen2-q8_0", "llama-llama3-q8_0", "qwen3-yarn-q8_0",
                                        "mixed"};
    struct error err = {0};
    for (size_t i = 0; i < 4; i++) {
        char path[256];
        snprintf(path, sizeof path, HERE "%s.logits.safetensors", NAMES[i]);
        struct tensor_set *set = tensor_set_open_file(path, &err);
        if (!set) fail_msg("%s", err.text);
        const struct tensor *t = tensor_set_find(set, "logits");
        size_t vocab = t->shape[1];
        assert_true(t->shape[0] == LOGIT_ROWS && vocab <= MAX_VOCAB);
        tensor_read_f32(t, 0, LOGIT_ROWS * vocab, other);
        int32_t tokens[LOGIT_TOKENS];
        memcpy(tokens, tensor_set_find(set, "tokens")->data, sizeof tokens);
        tensor_set_free(set);
        snprintf(path, sizeof path, HERE "%s.gguf", NAMES[i]);
        forward(path, QUANT_F32, tokens, LOGIT_TOKENS, got);
        const float *last = got + (LOGIT_TOKENS - LOGIT_ROWS) * vocab;
        float top = 0, largest = 0;
        for (size_t k = 0; k < LOGIT_ROWS * vocab; k++) {
            top = fmaxf(top, fabsf(other[k]));
            largest = fmaxf(largest, fabsf(last[k] - other[k]));
        }
        print_message("%s: logits differ by %.2g of max |logit| %.1f\n", NAMES[i],
                      (double)(largest / top), (double)top);
        assert_true(top > 0.5f);
        assert_true(largest <= 2e-4f * top);
    }
}

static void assert_rows_are_exact(const struct packed_matrix *m, const struct gguf *g,
                                  const char *name, size_t first, size_t head_rows)
{
    const struct gguf_tensor *t = gguf_find(g, name);
    float row[512], want[512];
    assert_int_equal(t->type, GGUF_Q8_0);
    for (size_t r = 0; r < t->shape[0]; r++) {
        size_t at =
            head_rows ? r / head_rows * head_rows + gguf_permuted_row(r % head_rows, head_rows) : r;
        gguf_dequantize(GGUF_Q8_0, t->data + at * t->shape[1] / 32 * 34, t->shape[1], want);
        packed_matrix_read_row(m, first + r, row);
        assert_true(m->row_scale[first + r] == 1);
        assert_memory_equal(row, want, t->shape[1] * sizeof *row);
    }
}

/* In the Llama file q and k are in llama.cpp's order; heads of 16. */
static void q8_0_becomes_q8_without_a_change_of_value(void **s)
{
    (void)s;
    static const char PATH[] = HERE "llama-llama3-q8_0.gguf";
    struct error err = {0};
    struct thread_pool *pool = thread_pool_create(2, &err);
    struct packed_options o = {.type = QUANT_Q8};
    struct packed_model *m = packed_model_open(PATH, &o, pool, &err);
    struct gguf *g = gguf_open(PATH, &err);
    if (!m || !g) fail_msg("%s", err.text);
    assert_rows_are_exact(&m->embed, g, "token_embd.weight", 0, 0);
    assert_rows_are_exact(&m->head, g, "output.weight", 0, 0);
    for (size_t i = 0; i < 2; i++) {
        char name[64];
        snprintf(name, sizeof name, "blk.%zu.attn_q.weight", i);
        assert_rows_are_exact(&m->layers[i].qkv, g, name, 0, 16);
        snprintf(name, sizeof name, "blk.%zu.attn_k.weight", i);
        assert_rows_are_exact(&m->layers[i].qkv, g, name, 64, 16);
        snprintf(name, sizeof name, "blk.%zu.attn_v.weight", i);
        assert_rows_are_exact(&m->layers[i].qkv, g, name, 128, 0);
        snprintf(name, sizeof name, "blk.%zu.ffn_down.weight", i);
        assert_rows_are_exact(&m->layers[i].down, g, name, 0, 0);
    }
    gguf_free(g);
    packed_model_free(m);
    thread_pool_free(pool);
}

/* ---- config and tokenizer ---- */

static void config_is_that_of_the_hugging_face_folder(void **s)
{
    (void)s;
    static const char *const PAIRS[][2] = {
        {"qwen2-f32", "qwen2"},
        {"llama-linear-bf16-00002-of-00003", "llama-linear"},
        {"llama-llama3-f32", "llama-llama3"},
        {"qwen3-yarn-bf16", "qwen3-yarn"},
    };
    for (size_t i = 0; i < 4; i++) {
        struct error err = {0};
        struct model_config a, b;
        char path[256];
        float f[128], h[128], f_scale, h_scale;
        snprintf(path, sizeof path, HERE "%s.gguf", PAIRS[i][0]);
        if (!model_config_read(&a, path, &err)) fail_msg("%s", err.text);
        snprintf(path, sizeof path, MODELS "%s", PAIRS[i][1]);
        if (!model_config_read(&b, path, &err)) fail_msg("%s", err.text);
        rope_frequencies(&a, f, &f_scale);
        rope_frequencies(&b, h, &h_scale);
        assert_true(f_scale == h_scale);
        for (size_t k = 0; k < a.head_dim / 2; k++) assert_true(fabsf(f[k] / h[k] - 1) < 1e-6f);
        a.rope = b.rope; /* the rest has to be the same to the bit */
        assert_int_equal(a.arch, b.arch);
        assert_true(a.hidden == b.hidden && a.intermediate == b.intermediate);
        assert_true(a.n_layers == b.n_layers && a.n_heads == b.n_heads);
        assert_true(a.n_kv_heads == b.n_kv_heads && a.head_dim == b.head_dim);
        assert_true(a.vocab == b.vocab && a.context == b.context && a.norm_eps == b.norm_eps);
        assert_true(a.tied_head == b.tied_head && a.qkv_bias == b.qkv_bias);
        assert_true(a.o_bias == b.o_bias && a.qk_norm == b.qk_norm && a.bos == b.bos);
        assert_true(a.n_eos == b.n_eos);
        assert_memory_equal(a.eos, b.eos, sizeof a.eos);
    }
}

/* Writes the tokenizer.json as llama.cpp's converter would: tokens by id with their types, merges.
 * Special tokens, and those that look it, are control tokens. */
static void write_converted(const json_t *root, const char *pre, const char *path)
{
    struct gguf_builder b = {0};
    struct error err = {0};
    const json_t *model = json_object_get(root, "model"),
                 *added = json_object_get(root, "added_tokens");
    json_t *vocab = json_object_get(model, "vocab"), *merges = json_object_get(model, "merges"), *v;
    size_t n = json_object_size(vocab) + json_array_size(added), i;
    const char **texts = calloc(n, sizeof *texts);
    uint32_t *types = calloc(n, sizeof *types);
    assert_true(texts && types);
    const char *key;
    json_object_foreach(vocab, key, v)
    {
        size_t id = (size_t)json_integer_value(v);
        assert_true(id < n);
        texts[id] = key;
        types[id] = 1;
    }
    json_array_foreach(added, i, v)
    {
        size_t id = (size_t)json_integer_value(json_object_get(v, "id"));
        assert_true(id < n);
        texts[id] = json_string_value(json_object_get(v, "content"));
        bool control = json_is_true(json_object_get(v, "special")) || texts[id][0] == '<';
        types[id] = control ? 3 : 4;
    }
    g_value_text(&b, "tokenizer.ggml.model", "gpt2");
    g_value_text(&b, "tokenizer.ggml.pre", pre);
    struct buffer *out = g_array(&b, "tokenizer.ggml.tokens", G_STRING, n);
    for (i = 0; i < n; i++) g_string(out, texts[i], strlen(texts[i]));
    out = g_array(&b, "tokenizer.ggml.token_type", G_I32, n);
    for (i = 0; i < n; i++) g_u32(out, types[i]);
    out = g_array(&b, "tokenizer.ggml.merges", G_STRING, json_array_size(merges));
    json_array_foreach(merges, i, v) g_string(out, json_string_value(v), json_string_length(v));
    if (!g_write(&b, path, &err)) fail_msg("%s", err.text);
    g_free(&b);
    free(texts);
    free(types);
}

static void tokenizer_gives_the_ids_of_the_models_own(void **s)
{
    (void)s;
    static const char *const PAIRS[][2] = {{"deepseek-r1-distill-qwen", "deepseek-r1-qwen"},
                                           {"deepseek-coder", "deepseek-coder"}};
    const char *tmp = getenv("TMPDIR");
    char path[256];
    snprintf(path, sizeof path, "%s/autospec-tokenizer-%d.gguf", tmp ? tmp : "/tmp", (int)getpid());
    json_t *strings = read_golden_json(TOKENIZERS "strings.json");
    for (size_t k = 0; k < 2; k++) {
        struct error err = {0};
        struct buffer text = {0};
        char from[256];
        snprintf(from, sizeof from, TOKENIZERS "%s/tokenizer.json.xz", PAIRS[k][0]);
        read_xz(from, &text);
        json_t *root = json_read_text(buffer_text(&text), text.len, from, &err);
        assert_non_null(root);
        write_converted(root, PAIRS[k][1], path);
        json_decref(root);
        buffer_free(&text);
        struct tokenizer *t = tokenizer_read(path, &err), *own = read_golden_tokenizer(PAIRS[k][0]);
        if (!t) fail_msg("%s", err.text);
        assert_int_equal(tokenizer_vocab(t), tokenizer_vocab(own));
        for (size_t i = 0; i < tokenizer_vocab(t); i++)
            assert_int_equal(tokenizer_is_control(t, (int32_t)i),
                             tokenizer_is_control(own, (int32_t)i));
        for (size_t i = 0; i < json_array_size(strings); i++) {
            json_t *string = json_array_get(strings, i);
            for (enum tokenize_mode mode = TOKENIZE_TEXT; mode <= TOKENIZE_CONTROL; mode++) {
                struct tokens a = {0}, b = {0};
                const char *c = json_string_value(string);
                size_t len = json_string_length(string);
                if (!tokenizer_encode(t, c, len, mode, &a, &err) ||
                    !tokenizer_encode(own, c, len, mode, &b, &err))
                    fail_msg("%s", err.text);
                if (a.len != b.len || (a.len && memcmp(a.ids, b.ids, a.len * sizeof *a.ids) != 0))
                    fail_msg("%s: \"%s\" gives other ids from the GGUF file", PAIRS[k][0], c);
                tokens_free(&a);
                tokens_free(&b);
            }
        }
        tokenizer_free(t);
        tokenizer_free(own);
    }
    unlink(path);
    json_decref(strings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_dequantize_to_the_bits_of_the_gguf_package),
        cmocka_unit_test(logits_are_those_of_the_hugging_face_folder),
        cmocka_unit_test(logits_of_quantized_files_are_those_of_transformers),
        cmocka_unit_test(q8_0_becomes_q8_without_a_change_of_value),
        cmocka_unit_test(config_is_that_of_the_hugging_face_folder),
        cmocka_unit_test(tokenizer_gives_the_ids_of_the_models_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
