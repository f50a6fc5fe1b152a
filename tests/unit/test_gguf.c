/* The GGUF reader: what is right is read, what is wrong is refused with an error that says where,
 * whatever the bytes. tests/golden/test_gguf_models.c holds it against the gguf package. */
#include "gguf_fixture.h"
#include "scratch.h"

#include "base/log.h"
#include "base/progress.h"
#include "model/config.h"
#include "tokenizer/tokenizer.h"
#include "quant/gguf_blocks.h"
#include "quant/packed_model.h"
#include "quant/quantize.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct thread_pool *pool;

static int setup(void **state)
{
    log_set_level(LOG_QUIET);
    progress_set_quiet(true);
    pool = thread_pool_create(2, NULL);
    return pool ? scratch_make(state) : -1;
}

static int teardown(void **state)
{
    thread_pool_free(pool);
    return scratch_remove(state);
}

static void write_file(const struct gguf_builder *b, const char *path)
{
    struct error err = {0};
    if (!g_write(b, path, &err)) fail_msg("%s", err.text);
}

/* The builder's file, opened; it is freed. */
static struct gguf *open_built(struct gguf_builder *b)
{
    struct error err = {0};
    write_file(b, in_scratch("a.gguf"));
    g_free(b);
    struct gguf *g = gguf_open(in_scratch("a.gguf"), &err);
    if (!g) fail_msg("%s", err.text);
    return g;
}

/* ---- reading ---- */

static void metadata_of_every_kind_is_read(void **state)
{
    (void)state;
    struct gguf_builder b = {0};
    struct buffer *out;
    static const uint32_t KINDS[] = {G_U8, G_I8, G_U16, G_I16, G_U32, G_I32, G_U64, G_I64};
    char key[16];
    for (size_t i = 0; i < 8; i++) {
        snprintf(key, sizeof key, "int.%zu", i);
        uint64_t v = 100 + i;
        g_put(g_key(&b, key, KINDS[i]), &v, (size_t)1 << i / 2);
    }
    int64_t minus = -3;
    double wide = 0.1;
    g_put(g_key(&b, "minus", G_I64), &minus, 8);
    g_put(g_key(&b, "wide", G_F64), &wide, 8);
    g_value_f32(&b, "narrow", 0.25f);
    buffer_putc(g_key(&b, "yes", G_BOOL), 1);
    g_value_text(&b, "text", "Schöne Grüße");
    out = g_array(&b, "texts", G_STRING, 3);
    g_string(out, "one", 3);
    g_string(out, "", 0);
    g_string(out, "three", 5);
    out = g_array(&b, "bytes", G_I8, 2);
    buffer_append(out, "\x7f\xff", 2);
    out = g_array(&b, "nested", G_ARRAY, 2);
    g_u32(out, G_U8);
    g_u64(out, 3);
    buffer_append(out, "abc", 3);
    g_u32(out, G_STRING);
    g_u64(out, 1);
    g_string(out, "x", 1);
    g_value_u32(&b, "behind", 7); /* the nested one was passed over rightly */

    struct gguf *g = open_built(&b);
    struct error err = {0};
    for (size_t i = 0; i < 8; i++) {
        size_t v = 0;
        snprintf(key, sizeof key, "int.%zu", i);
        assert_true(gguf_get_size(g, key, true, 0, 1000, &v, &err));
        assert_int_equal(v, 100 + i);
    }
    size_t v = 5;
    double d = 0;
    assert_true(gguf_get_size(g, "behind", true, 0, 10, &v, &err) && v == 7);
    assert_true(gguf_get_size(g, "absent", false, 0, 10, &v, &err) && v == 7);
    assert_true(gguf_get_number(g, "wide", true, 0, 1, &d, &err) && d == 0.1);
    assert_true(gguf_get_number(g, "narrow", true, 0, 1, &d, &err) && d == 0.25);
    assert_true(gguf_get_number(g, "minus", true, -5, 1, &d, &err) && d == -3);
    const char *text;
    size_t len;
    assert_true(gguf_get_text(g, "text", true, &text, &len, &err));
    assert_true(len == strlen("Schöne Grüße") && memcmp(text, "Schöne Grüße", len) == 0);
    struct gguf_array a;
    assert_true(gguf_get_texts(g, "texts", true, &a, &err) && a.n == 3);
    assert_true(memcmp(gguf_next_text(&a, &len), "one", 3) == 0 && len == 3);
    gguf_next_text(&a, &len);
    assert_int_equal(len, 0);
    assert_true(memcmp(gguf_next_text(&a, &len), "three", 5) == 0 && len == 5);
    assert_null(gguf_next_text(&a, &len));
    assert_true(gguf_get_integers(g, "bytes", true, &a, &err) && a.n == 2);
    assert_int_equal(gguf_next_integer(&a), 127);
    assert_int_equal(gguf_next_integer(&a), -1);
    assert_int_equal(gguf_next_integer(&a), 0);
    assert_int_equal(err.code, ERROR_NONE);

    static const struct {
        const char *key, *pattern;
    } WRONG[] = {{"absent", "no key \"absent\""},
                 {"minus", "\"minus\" is -3, outside 0..10"},
                 {"int.0", "\"int.0\" is 100, outside 0..10"},
                 {"text", "\"text\" is of type string, expected an integer"},
                 {"yes", "of type bool"},
                 {"nested", "of type array"}};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        error_clear(&err);
        assert_false(gguf_get_size(g, WRONG[i].key, true, 0, 10, &v, &err));
        if (!strstr(err.text, WRONG[i].pattern)) fail_msg("%s", err.text);
        assert_non_null(strstr(err.text, "a.gguf"));
    }
    assert_false(gguf_get_texts(g, "bytes", true, &a, NULL));
    assert_false(gguf_get_integers(g, "texts", true, &a, NULL));
    assert_false(gguf_get_text(g, "yes", true, &text, &len, NULL));
    assert_false(gguf_get_number(g, "text", true, 0, 1, &d, NULL));
    gguf_free(g);
}

static void tensors_are_found_with_shape_and_data(void **state)
{
    (void)state;
    for (uint32_t version = 2; version <= 3; version++) {
        struct gguf_builder b = {.version = version, .alignment = version == 2 ? 64 : 32};
        if (version == 2) g_value_u32(&b, "general.alignment", 64);
        float values[6] = {1, 2, 3, 4, 5, 6};
        uint8_t blocks[2 * 34] = {1, 2, 3};
        g_tensor(&b, "matrix", GGUF_F32, 2, 3, values, sizeof values);
        g_tensor(&b, "blocks", GGUF_Q8_0, 2, 32, blocks, sizeof blocks);
        g_tensor(&b, "vector", GGUF_F32, 0, 5, values, 20);
        struct gguf *g = open_built(&b);
        assert_int_equal(gguf_count(g), 3);
        const struct gguf_tensor *t = gguf_find(g, "matrix");
        assert_true(t && t->n_dims == 2 && t->shape[0] == 2 && t->shape[1] == 3);
        assert_memory_equal(t->data, values, sizeof values);
        t = gguf_find(g, "blocks");
        assert_true(t && t->type == GGUF_Q8_0 && t->size == sizeof blocks);
        assert_memory_equal(t->data, blocks, sizeof blocks);
        t = gguf_find(g, "vector");
        assert_true(t && t->n_dims == 1 && t->shape[0] == 5 && t->size == 20);
        assert_null(gguf_find(g, "vecto"));
        assert_null(gguf_at(g, 3));
        gguf_free(g);
    }
}

static void names_go_both_ways(void **state)
{
    (void)state;
    static const char *const PAIRS[][2] = {
        {"token_embd.weight", "model.embed_tokens.weight"},
        {"output.weight", "lm_head.weight"},
        {"blk.0.attn_q.bias", "model.layers.0.self_attn.q_proj.bias"},
        {"blk.63.ffn_gate.weight", "model.layers.63.mlp.gate_proj.weight"},
        {"blk.7.attn_k_norm.weight", "model.layers.7.self_attn.k_norm.weight"},
    };
    static const char *const NONE[] = {"blk.attn_q.bias",
                                       "blk.-1.attn_q.bias",
                                       "blk.07.attn_q.bias",
                                       "blk.1.attn_q",
                                       "blk.1234567.attn_q.bias",
                                       "output",
                                       ""};
    char out[GGUF_MAX_NAME];
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
        assert_true(gguf_name_to_hf(PAIRS[i][0], out));
        assert_string_equal(out, PAIRS[i][1]);
        assert_true(gguf_name_from_hf(PAIRS[i][1], out));
        assert_string_equal(out, PAIRS[i][0]);
    }
    for (size_t i = 0; i < sizeof NONE / sizeof *NONE; i++) {
        assert_false(gguf_name_to_hf(NONE[i], out));
        assert_false(gguf_name_from_hf(NONE[i], out));
    }
    /* Both orders hold each row once. */
    for (size_t n = 2; n <= 256; n += 2) {
        bool seen[256] = {false};
        for (size_t r = 0; r < n; r++) seen[gguf_permuted_row(r, n)] = true;
        for (size_t r = 0; r < n; r++) assert_true(seen[r]);
    }
}

/* ---- damage ---- */

/* Opens it in every way there is; the first error. */
static bool open_all(const char *path, struct error *err)
{
    struct model_config c;
    struct packed_options o = {.type = QUANT_Q8};
    struct tokenizer *t = NULL;
    struct packed_model *m = NULL;
    struct gguf *g = gguf_open(path, err);
    bool ok = g && (t = tokenizer_read(path, err)) && model_config_read(&c, path, err) &&
              (m = packed_model_open(path, &o, pool, err));
    packed_model_free(m);
    tokenizer_free(t);
    gguf_free(g);
    return ok;
}

static void assert_refused(const char *what, const char *path, const char *pattern)
{
    struct error err = {0};
    if (open_all(path, &err)) fail_msg("%s: was taken", what);
    if (!strstr(err.text, pattern) || !strstr(err.text, ".gguf"))
        fail_msg("%s: says \"%s\", expected \"%s\"", what, err.text, pattern);
    assert_null(strchr(err.text, '\n'));
}

/* Writes, refuses, frees. */
static void refuse(const char *what, struct gguf_builder *b, const char *pattern)
{
    write_file(b, in_scratch("bad.gguf"));
    g_free(b);
    assert_refused(what, in_scratch("bad.gguf"), pattern);
}

static void the_fixture_is_in_order(void **state)
{
    (void)state;
    static const char *const ARCHS[] = {"qwen2", "llama"};
    for (size_t i = 0; i < 2; i++) {
        struct gguf_builder b = {0};
        struct error err = {0};
        g_model(&b, ARCHS[i]);
        write_file(&b, in_scratch("good.gguf"));
        g_free(&b);
        if (!open_all(in_scratch("good.gguf"), &err)) fail_msg("%s", err.text);
    }
}

static void broken_headers_are_refused(void **state)
{
    (void)state;
    struct gguf_builder b = {0};
    struct buffer good = {0};
    struct error err = {0};
    g_model(&b, "qwen2");
    g_finish(&b, &good);
    g_free(&b);
    static const struct {
        const char *what;
        size_t at;
        uint64_t value;
        size_t len;
        const char *pattern;
    } CASES[] = {
        {"magic", 0, 0x46554747, 4, "offset 0: does not begin with \"GGUF\""},
        {"version 1", 4, 1, 4, "GGUF version 1 (supported: 2 and 3)"},
        {"version 99", 4, 99, 4, "GGUF version 99"},
        {"big-endian", 4, 0x03000000, 4, "big-endian"},
        {"2^60 tensors", 8, (uint64_t)1 << 60, 8, "1152921504606846976 tensors, more than"},
        {"2^64 - 1 tensors", 8, UINT64_MAX, 8, "18446744073709551615 tensors"},
        {"2^60 values", 16, (uint64_t)1 << 60, 8, "1152921504606846976 metadata values"},
        {"one tensor more than there is", 8, 15, 8, "offset"},
        {"one value more than there is", 16, 20, 8, "offset"},
        {"a key of 2^60 bytes", 24, (uint64_t)1 << 60, 8, "offset 24: a key has a length of 11529"},
        {"a key of 2^64 - 1 bytes", 24, UINT64_MAX, 8, "offset 24: a key has a length"},
        {"a key of no bytes", 24, 0, 8, "offset 24: a key is empty"},
        {"a key with a control character", 34, '\n', 1, "a key is empty, too long or no text"},
        {"a key that is not UTF-8", 34, 0xff, 1, "a key is empty, too long or no text"},
        {"a value of type 13", 52, 13, 4, "has unknown type 13"},
        {"a value of type 2^32 - 1", 52, UINT32_MAX, 4, "has unknown type 4294967295"},
        {"a string past the end", 56, 1 << 30, 8, "past the end of the file"},
        {"a string of 2^63 bytes", 56, (uint64_t)1 << 63, 8, "past the end of the file"},
    };
    assert_memory_equal(good.data + 32, "general.architecture", 20);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char saved[8];
        memcpy(saved, good.data + CASES[i].at, 8);
        uint64_t value = CASES[i].value;
        memcpy(good.data + CASES[i].at, &value, CASES[i].len);
        if (i == 0) good.data[3] = 'g';
        assert_true(file_write(in_scratch("bad.gguf"), good.data, good.len, &err));
        memcpy(good.data + CASES[i].at, saved, 8);
        assert_refused(CASES[i].what, in_scratch("bad.gguf"), CASES[i].pattern);
    }
    buffer_free(&good);
}

static void a_file_cut_anywhere_is_refused(void **state)
{
    (void)state;
    struct gguf_builder b = {0};
    struct buffer good = {0};
    struct error err = {0};
    g_model(&b, "qwen2");
    g_finish(&b, &good);
    size_t data = good.len - b.data.len;
    g_free(&b);
    for (size_t len = 0; len < good.len;
         len += len < 400 || (len > data - 400 && len < data) ? 1 : 97) {
        error_clear(&err);
        assert_true(file_write(in_scratch("cut.gguf"), good.data, len, &err));
        struct gguf *g = gguf_open(in_scratch("cut.gguf"), &err);
        if (g) fail_msg("%zu of %zu bytes were taken", len, good.len);
        assert_non_null(strstr(err.text, "cut.gguf"));
    }
    buffer_free(&good);
}

static void broken_metadata_is_refused(void **state)
{
    (void)state;
    struct gguf_builder b = {0};
    struct buffer *out;

    static const uint32_t ALIGNMENTS[] = {0, 3, 48, 1u << 21, UINT32_MAX};
    for (size_t i = 0; i < sizeof ALIGNMENTS / sizeof *ALIGNMENTS; i++) {
        g_value_u32(&b, "general.alignment", ALIGNMENTS[i]);
        refuse("alignment", &b, "\"general.alignment\"");
    }
    g_value_text(&b, "general.alignment", "32");
    refuse("an alignment that is text", &b, "expected an integer");
    g_value_u32(&b, "twice", 1);
    g_value_u32(&b, "between", 1);
    g_value_u32(&b, "twice", 1);
    refuse("a key that is there twice", &b, "key \"twice\" is there twice");
    buffer_putc(g_key(&b, "b", G_BOOL), 2);
    refuse("a bool of 2", &b, "2 is neither true nor false");

    out = g_array(&b, "many", G_U64, (uint64_t)1 << 60);
    g_u64(out, 0);
    refuse("an array of 2^60", &b, "an array of 1152921504606846976 elements goes past");
    out = g_array(&b, "many", G_U64, (uint64_t)1 << 61); /* times 8 is 0 */
    refuse("an array whose size overflows", &b, "goes past the end");
    out = g_array(&b, "many", G_STRING, 1000);
    for (size_t i = 0; i < 8; i++) g_u64(out, 0);
    refuse("more strings than there are", &b, "key \"many\"");
    out = g_array(&b, "many", G_STRING, 1);
    g_u64(out, UINT64_MAX - 4);
    refuse("a string in an array past the end", &b, "past the end of the file");
    g_array(&b, "odd", 77, 0);
    refuse("an array of type 77", &b, "an array has unknown type 77");
    out = g_array(&b, "deep", G_ARRAY, 1);
    for (size_t i = 0; i < 100; i++) {
        g_u32(out, G_ARRAY);
        g_u64(out, 1);
    }
    refuse("arrays nested 100 deep", &b, "nested more than 4 deep");
    out = g_array(&b, "deep", G_ARRAY, (uint64_t)1 << 59);
    refuse("2^59 arrays in an array", &b, "goes past the end");
    b.add_values = 1;
    g_value_u32(&b, "alone", 1);
    refuse("a value less than said", &b, "a key is empty");
}

static void broken_tensors_are_refused(void **state)
{
    (void)state;
    struct gguf_builder b = {0};
    static const struct {
        const char *what;
        uint32_t type, n_dims;
        uint64_t shape[5], offset;
        const char *pattern;
    } CASES[] = {
        {"type 99", 99, 1, {32}, 0, "tensor \"t\": unknown type 99"},
        {"type 2^32 - 1", UINT32_MAX, 1, {32}, 0, "unknown type 4294967295"},
        {"a type that was removed", 4, 1, {32}, 0, "type Q4_2 is not supported"},
        {"a number that never was a type", 31, 1, {32}, 0, "unknown type 31"},
        {"a type of two bits", 16, 1, {256}, 0, "type IQ2_XXS is not supported"},
        {"five dimensions", GGUF_F32, 5, {1, 1, 1, 1, 1}, 0, "5 dimensions, more than 4"},
        {"a dimension of 0", GGUF_F32, 2, {0, 4}, 0, "a dimension of 0"},
        {"a dimension of 2^63",
         GGUF_F32,
         1,
         {(uint64_t)1 << 63},
         0,
         "a dimension of 9223372036854775808"},
        {"a product that overflows",
         GGUF_F32,
         3,
         {1u << 31, 1u << 31, 4},
         0,
         "its shape overflows"},
        {"a product that overflows to 0",
         GGUF_F32,
         2,
         {(uint64_t)1 << 62, 4},
         0,
         "its shape overflows"},
        {"a size past 2^63", GGUF_F32, 2, {(uint64_t)1 << 60, 2}, 0, "its shape overflows"},
        {"rows of half a block",
         GGUF_Q8_0,
         2,
         {4, 48},
         0,
         "rows of 48 values are no whole number of Q8_0"},
        {"rows of half a K block",
         GGUF_Q4_K,
         2,
         {2, 128},
         0,
         "no whole number of Q4_K blocks (of 256)"},
        {"an unaligned offset", GGUF_F32, 1, {4}, 4, "data offset 4 is no multiple of 32"},
        {"an offset past the end", GGUF_F32, 1, {4}, 1 << 20, "past the end of the data"},
        {"an offset of 2^64 - 32", GGUF_F32, 1, {4}, UINT64_MAX - 31, "past the end of the data"},
        {"data past the end", GGUF_F32, 2, {64, 64}, 0, "of 16384 bytes goes past the end"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        g_info(&b, "t", CASES[i].type, CASES[i].n_dims, CASES[i].shape, CASES[i].offset);
        for (size_t k = 0; k < 32; k++) g_u64(&b.data, 0);
        refuse(CASES[i].what, &b, CASES[i].pattern);
    }
    uint64_t shape[1] = {16};
    g_info(&b, "t", GGUF_F32, 1, shape, 0);
    g_info(&b, "u", GGUF_F32, 1, shape, 32);
    for (size_t k = 0; k < 32; k++) g_u64(&b.data, 0);
    refuse("tensors that overlap", &b, "tensors \"t\" and \"u\" overlap at data offset 32");
    g_info(&b, "t", GGUF_F32, 1, shape, 0);
    g_info(&b, "u", GGUF_F32, 1, shape, 0);
    for (size_t k = 0; k < 32; k++) g_u64(&b.data, 0);
    refuse("two tensors in one place", &b, "overlap at data offset 0");
    g_info(&b, "t", GGUF_F32, 1, shape, 0);
    g_info(&b, "t", GGUF_F32, 1, shape, 64);
    for (size_t k = 0; k < 32; k++) g_u64(&b.data, 0);
    refuse("a name that is there twice", &b, "tensor \"t\" is there twice");
    g_info(&b, "t", GGUF_F32, 1, shape, 0);
    b.add_tensors = 1;
    refuse("a tensor less than said", &b, ".gguf: ");
    g_info(&b, "", GGUF_F32, 1, shape, 0);
    refuse("a tensor without a name", &b, "the name of a tensor is empty");
}

/* ---- hyperparameters ---- */

struct change {
    const char *key;
    uint32_t kind;
    double number;
    const char *text, *pattern;
};

/* A Llama with one key more or, where the fixture has it, in its place. */
static void build_changed(struct gguf_builder *b, const struct change *c)
{
    struct gguf_builder plain = {0};
    g_model_config(&plain, "llama");
    /* The fixture's own value of this key becomes one that nobody asks for. */
    char *found = memmem(plain.values.data, plain.values.len, c->key, strlen(c->key));
    if (found) memset(found, 'x', strlen(c->key));
    *b = plain;
    float f = (float)c->number;
    uint32_t u = (uint32_t)c->number;
    if (c->kind == G_STRING)
        g_value_text(b, c->key, c->text);
    else if (c->kind == G_F32)
        g_value_f32(b, c->key, f);
    else if (c->kind == G_U32)
        g_value_u32(b, c->key, u);
    g_model_tokenizer(b, "llama-bpe");
    g_model_tensors(b, "llama", NULL);
}

static void wrong_hyperparameters_are_refused(void **state)
{
    (void)state;
    static const struct change CASES[] = {
        {"general.architecture", G_STRING, 0, "gpt9", "\"gpt9\" is not supported"},
        {"general.architecture", G_STRING, 0, "a\nb", "\"a?b\" is not supported"},
        {"general.architecture", G_ARRAY, 0, NULL, "no key \"general.architecture\""},
        {"llama.embedding_length", G_ARRAY, 0, NULL, "no key \"llama.embedding_length\""},
        {"llama.embedding_length", G_U32, 0, NULL, "is 0, outside 1..65536"},
        {"llama.embedding_length", G_U32, 64, NULL,
         "tensor \"token_embd.weight\": shape is (300, 32)"},
        {"llama.embedding_length", G_STRING, 0, "32", "expected an integer"},
        {"llama.block_count", G_U32, 4e9, NULL, "\"llama.block_count\" is 4000000000, outside"},
        {"llama.block_count", G_U32, 2, NULL,
         "there is no tensor \"blk.1.attn_norm.weight\", which its metadata"},
        {"llama.feed_forward_length", G_U32, 96, NULL,
         "tensor \"blk.0.ffn_gate.weight\": shape is (64, 32), but its metadata asks for (96, 32)"},
        {"llama.attention.head_count", G_U32, 3, NULL, "3 heads do not divide a width of 32"},
        {"llama.attention.head_count_kv", G_U32, 0, NULL, "outside 1.."},
        {"llama.attention.head_count_kv", G_U32, 2, NULL, "tensor \"blk.0.attn_k.weight\": shape"},
        {"llama.context_length", G_U32, 4e9, NULL, "\"llama.context_length\""},
        {"llama.attention.layer_norm_rms_epsilon", G_F32, 0, NULL, "rms_epsilon\" is 0, outside"},
        {"llama.attention.layer_norm_rms_epsilon", G_F32, NAN, NULL, "outside"},
        {"llama.attention.key_length", G_U32, 8, NULL, "tensor \"blk.0.attn_q.weight\": shape"},
        {"llama.attention.key_length", G_U32, 15, NULL, "not an even number"},
        {"llama.attention.value_length", G_U32, 8, NULL, "but keys have 16: not supported"},
        {"llama.rope.dimension_count", G_U32, 8, NULL, "but heads have 16: not supported"},
        {"llama.vocab_size", G_U32, 299, NULL, "\"llama.vocab_size\" is 299, but tensor"},
        {"llama.expert_count", G_U32, 8, NULL, "mixtures of experts are not supported"},
        {"llama.attention.sliding_window", G_U32, 64, NULL, "sliding windows are not supported"},
        {"llama.rope.freq_base", G_F32, 0, NULL, "\"llama.rope.freq_base\" is 0"},
        {"llama.rope.freq_base", G_F32, INFINITY, NULL, "\"llama.rope.freq_base\" is inf"},
        {"llama.rope.scaling.type", G_STRING, 0, "wobbly", "\"wobbly\" is not supported"},
        {"llama.rope.scaling.type", G_STRING, 0, "yarn",
         "no key \"llama.rope.scaling.original_context"},
        {"llama.rope.scaling.factor", G_F32, 0.5, NULL, "is 0.5, below 1"},
        {"llama.rope.scaling.attn_factor", G_F32, 2, NULL, "without yarn"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct gguf_builder b;
        build_changed(&b, &CASES[i]);
        refuse(CASES[i].key, &b, CASES[i].pattern);
    }
    struct gguf_builder b = {0};
    float nan = NAN;
    g_model_config(&b, "llama");
    g_model_tokenizer(&b, "llama-bpe");
    g_model_tensors(&b, "llama", "blk.0.ffn_down.weight");
    refuse("a tensor that is missing", &b, "there is no tensor \"blk.0.ffn_down.weight\"");
    g_model_config(&b, "llama");
    g_model_tokenizer(&b, "llama-bpe");
    g_model_tensors(&b, "llama", "token_embd.weight");
    refuse("no embedding", &b, "\"token_embd.weight\" is missing");
    g_model(&b, "llama");
    memcpy(b.data.data + 40, &nan, sizeof nan);
    refuse("a weight that is not a number", &b,
           "tensor \"token_embd.weight\": 1 of 9600 weights are not finite");
    g_model(&b, "llama");
    g_model_tensor(&b, "blk.0.attn_q.bias", 0, 32);
    refuse("a bias of q alone", &b, "\"blk.0.attn_q.bias\" without \"blk.0.attn_output.bias\"");
    g_model(&b, "llama");
    g_model_tensor(&b, "rope_freqs.weight", 0, 9);
    refuse("frequencies of another number", &b, "\"rope_freqs.weight\" is not 8 F32 values");
    g_model(&b, "llama");
    g_model_tensor(&b, "rope_freqs.weight", 0, 8);
    refuse("frequencies that are no factors", &b, "\"rope_freqs.weight\": value");
    g_model(&b, "llama");
    g_model_tensor(&b, "rope_factors_long.weight", 0, 8);
    refuse("longrope", &b, "longrope is not supported");
    g_model(&b, "llama");
    g_model_tensor(&b, "model.norm.weight", 0, 32);
    refuse("a name of either kind", &b, "are the same");
}

static void rope_scaling_is_understood(void **state)
{
    (void)state;
    struct gguf_builder b = {0};
    struct error err = {0};
    struct model_config c;
    const char *path = in_scratch("rope.gguf");
    g_model(&b, "llama");
    g_value_f32(&b, "llama.rope.scaling.factor", 4); /* no type: linear */
    g_value_f32(&b, "llama.rope.freq_base", 100000);
    g_value_u32(&b, "tokenizer.ggml.eot_token_id", 260);
    write_file(&b, path);
    g_free(&b);
    if (!model_config_read(&c, path, &err)) fail_msg("%s", err.text);
    assert_true(c.rope.kind == ROPE_LINEAR && c.rope.factor == 4 && c.rope.theta == 100000);
    assert_true(c.bos == 257 && c.n_eos == 2 && c.eos[0] == 258 && c.eos[1] == 260);
    assert_true(c.tied_head && !c.qkv_bias);

    /* attn_factor multiplies what yarn's own 0.1 ln(factor) + 1 gives; the log multiplier divides.
     */
    static const double CASES[][3] = {{1, 0, 1.1386294361}, {0.5, 0, 0.5693147181}, {1, 1, 1}};
    for (size_t i = 0; i < 3; i++) {
        g_model(&b, "llama");
        g_value_text(&b, "llama.rope.scaling.type", "yarn");
        g_value_f32(&b, "llama.rope.scaling.factor", 4);
        g_value_u32(&b, "llama.rope.scaling.original_context_length", 32);
        g_value_f32(&b, "llama.rope.scaling.attn_factor", (float)CASES[i][0]);
        g_value_f32(&b, "llama.rope.scaling.yarn_log_multiplier", (float)CASES[i][1]);
        write_file(&b, path);
        g_free(&b);
        if (!model_config_read(&c, path, &err)) fail_msg("%s", err.text);
        assert_true(c.rope.kind == ROPE_YARN && c.rope.original_context == 32);
        assert_true(fabs(c.rope.attention_factor - CASES[i][2]) < 1e-9);
    }
    static const float FACTORS[8] = {1, 1, 1, 1.5f, 2, 4, 8, 8};
    g_model(&b, "llama");
    g_tensor(&b, "rope_freqs.weight", GGUF_F32, 0, 8, FACTORS, sizeof FACTORS);
    write_file(&b, path);
    g_free(&b);
    if (!model_config_read(&c, path, &err)) fail_msg("%s", err.text);
    float freq[8], scale;
    rope_frequencies(&c, freq, &scale);
    for (size_t i = 0; i < 8; i++)
        assert_true(fabs((double)freq[i] - pow(10000, -(double)i / 8) / (double)FACTORS[i]) < 1e-7);
}

/* ---- tokenizer ---- */

static void wrong_tokenizers_are_refused(void **state)
{
    (void)state;
    struct gguf_builder b = {0};
    struct buffer *out;
    g_model_config(&b, "llama");
    g_value_text(&b, "tokenizer.ggml.model", "llama");
    refuse("a tokenizer that is no BPE", &b, "\"llama\" is not supported (supported: gpt2)");
    g_model_config(&b, "llama");
    refuse("no tokenizer", &b, "no key \"tokenizer.ggml.model\"");
    g_model_tokenizer(&b, "tekken");
    refuse("a pre-tokenizer that is none of ours", &b, "pre-tokenizer \"tekken\" is not supported");

    static const struct {
        const char *what, *tokens[3];
        size_t lens[3];
        int32_t types[3];
        size_t n_types;
        const char *merge, *pattern;
    } CASES[] = {
        {"a token that is there twice",
         {"a", "b", "a"},
         {1, 1, 1},
         {1, 1, 1},
         3,
         "a b",
         "\"a\" is there twice (again at 2)"},
        {"fewer types than tokens",
         {"a", "b", "ab"},
         {1, 1, 2},
         {1, 1, 1},
         2,
         "a b",
         "has 2 elements for 3 tokens"},
        {"a type of 7",
         {"a", "b", "ab"},
         {1, 1, 2},
         {1, 7, 1},
         3,
         "a b",
         "element 1 is 7, outside 1..6"},
        {"a type of -1", {"a", "b", "ab"}, {1, 1, 2}, {1, -1, 1}, 3, "a b", "element 1 is -1"},
        {"an empty token",
         {"a", "", "ab"},
         {1, 0, 2},
         {1, 1, 1},
         3,
         "a b",
         "tokens\": element 1 is empty"},
        {"a NUL in a token",
         {"a", "b\0b", "ab"},
         {1, 3, 2},
         {1, 1, 1},
         3,
         "a b",
         "tokens\": element 1 holds a NUL"},
        {"a token that is not UTF-8",
         {"a", "\xff\xfe", "ab"},
         {1, 2, 2},
         {1, 1, 1},
         3,
         "a b",
         "element 1 is not UTF-8"},
        {"a merge of one side", {"a", "b", "ab"}, {1, 1, 2}, {1, 1, 1}, 3, "ab", "merges[0]"},
        {"a merge of unknown tokens",
         {"a", "b", "ab"},
         {1, 1, 2},
         {1, 1, 1},
         3,
         "a c",
         "merges[0]"},
        {"a merge that is not UTF-8",
         {"a", "b", "ab"},
         {1, 1, 2},
         {1, 1, 1},
         3,
         "a \xff",
         "merges\": element 0 is not UTF-8"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        g_value_text(&b, "tokenizer.ggml.model", "gpt2");
        g_value_text(&b, "tokenizer.ggml.pre", "llama-bpe");
        out = g_array(&b, "tokenizer.ggml.tokens", G_STRING, 3);
        for (size_t k = 0; k < 3; k++) g_string(out, CASES[i].tokens[k], CASES[i].lens[k]);
        out = g_array(&b, "tokenizer.ggml.token_type", G_I32, CASES[i].n_types);
        for (size_t k = 0; k < CASES[i].n_types; k++) g_u32(out, (uint32_t)CASES[i].types[k]);
        out = g_array(&b, "tokenizer.ggml.merges", G_STRING, 1);
        g_string(out, CASES[i].merge, strlen(CASES[i].merge));
        refuse(CASES[i].what, &b, CASES[i].pattern);
    }
    g_value_text(&b, "tokenizer.ggml.model", "gpt2");
    g_value_text(&b, "tokenizer.ggml.pre", "qwen2");
    g_array(&b, "tokenizer.ggml.tokens", G_STRING, 0);
    g_array(&b, "tokenizer.ggml.token_type", G_I32, 0);
    refuse("no tokens", &b, "\"tokenizer.ggml.tokens\": 0 tokens");
}

static void assert_encodes(const struct tokenizer *t, const char *text, const int32_t *want,
                           size_t n)
{
    struct tokens ids = {0};
    struct error err = {0};
    if (!tokenizer_encode(t, text, strlen(text), TOKENIZE_TEXT, &ids, &err))
        fail_msg("%s", err.text);
    assert_int_equal(ids.len, n);
    assert_memory_equal(ids.ids, want, n * sizeof *want);
    tokens_free(&ids);
}

static void every_pre_tokenizer_name_is_understood(void **state)
{
    (void)state;
    static const char *const PRES[] = {
        NULL,        "default",        "gpt-2",  "qwen2",   "deepseek-r1-qwen",
        "llama-bpe", "deepseek-coder", "llama3", "llama-v3"};
    for (size_t i = 0; i < sizeof PRES / sizeof *PRES; i++) {
        struct gguf_builder b = {0};
        struct error err = {0};
        g_model_tokenizer(&b, PRES[i]);
        write_file(&b, in_scratch("t.gguf"));
        g_free(&b);
        struct tokenizer *t = tokenizer_read(in_scratch("t.gguf"), &err);
        if (!t) fail_msg("%s", err.text);
        assert_int_equal(tokenizer_vocab(t), 261); /* padding is no token */
        assert_true(tokenizer_is_control(t, 257) && !tokenizer_is_control(t, 256));
        static const int32_t IDS[] = {'x', 256, '1', '2', 0xc3, 0xa4};
        static const int32_t EDGES[] = {' ', 'a', '\n', 'b', '.', 256};
        assert_encodes(t, "xab12ä", IDS, 6);
        assert_encodes(t, " a\nb.ab", EDGES, 6);
        size_t len;
        assert_int_equal(tokenizer_find(t, "<｜User｜>"), 259);
        assert_memory_equal(tokenizer_token_bytes(t, 256, &len), "ab", 2);
        tokenizer_free(t);
    }
}

/* ---- shards ---- */

static void write_shard(size_t index, size_t count, const char *name, uint16_t no, uint16_t split,
                        int32_t total)
{
    struct gguf_builder b = {0};
    float values[4] = {(float)index};
    if (index == 1) g_value_u32(&b, "first", 1);
    g_put(g_key(&b, "split.no", G_U16), &no, 2);
    g_put(g_key(&b, "split.count", G_U16), &split, 2);
    g_put(g_key(&b, "split.tensors.count", G_I32), &total, 4);
    g_tensor(&b, name, GGUF_F32, 0, 4, values, sizeof values);
    char file[64];
    snprintf(file, sizeof file, "s-%05zu-of-%05zu.gguf", index, count);
    write_file(&b, in_scratch(file));
    g_free(&b);
}

static void refuse_shards(const char *what, const char *pattern)
{
    struct error err = {0};
    struct gguf *g = gguf_open(in_scratch("s-00001-of-00003.gguf"), &err);
    if (g) fail_msg("%s: was taken", what);
    if (!strstr(err.text, pattern))
        fail_msg("%s: says \"%s\", expected \"%s\"", what, err.text, pattern);
}

static void shards_are_one_model_and_must_fit(void **state)
{
    (void)state;
    struct error err = {0};
    write_shard(1, 3, "a", 0, 3, 3);
    write_shard(2, 3, "b", 1, 3, 3);
    write_shard(3, 3, "c", 2, 3, 3);
    for (size_t i = 1; i <= 3; i++) { /* whichever is named */
        char file[64];
        snprintf(file, sizeof file, "s-%05zu-of-00003.gguf", i);
        struct gguf *g = gguf_open(in_scratch(file), &err);
        if (!g) fail_msg("%s", err.text);
        assert_int_equal(gguf_count(g), 3);
        assert_int_equal(gguf_n_files(g), 3);
        assert_true(gguf_has(g, "first"));
        assert_non_null(strstr(gguf_find(g, "c")->file, "s-00003"));
        float value;
        memcpy(&value, gguf_find(g, "b")->data, sizeof value);
        assert_true(value == 2);
        gguf_free(g);
    }
    write_shard(2, 3, "b", 1, 4, 3);
    refuse_shards("another split.count", "\"split.count\" is 4, but the name says 3");
    write_shard(2, 3, "b", 2, 3, 3);
    refuse_shards("another split.no", "\"split.no\" is 2, expected 1");
    write_shard(2, 3, "b", 1, 3, 4);
    refuse_shards("another split.tensors.count",
                  "\"split.tensors.count\" is 4, in the first file 3");
    write_shard(2, 3, "c", 1, 3, 3);
    refuse_shards("a tensor in two shards", "tensor \"c\" is there twice");
    unlink(in_scratch("s-00002-of-00003.gguf"));
    refuse_shards("a shard that is missing", "s-00002-of-00003.gguf");
    write_shard(1, 3, "a", 0, 3, 7);
    write_shard(2, 3, "b", 1, 3, 7);
    write_shard(3, 3, "c", 2, 3, 7);
    refuse_shards("tensors that are missing", "is 7, but the shards hold 3 tensors");
    assert_int_equal(rename(in_scratch("s-00001-of-00003.gguf"), in_scratch("one.gguf")), 0);
    assert_null(gguf_open(in_scratch("one.gguf"), &err));
    assert_non_null(strstr(err.text, "\"split.count\" is 3, but the name says 1"));
    error_clear(&err);
    assert_null(gguf_open(in_scratch("s-00004-of-00003.gguf"), &err));
    assert_non_null(strstr(err.text, "shard 4 of 3"));
}

/* ---- weights ---- */

static void a_packed_file_is_kept_until_the_gguf_file_changes(void **state)
{
    (void)state;
    struct gguf_builder b = {0};
    struct error err = {0};
    char *cache = strdup(in_scratch("cache")), *path = strdup(in_scratch("kept.gguf"));
    struct packed_options o = {.type = QUANT_Q4, .cache_dir = cache};
    for (int round = 0; round < 2; round++) {
        g_model(&b, "qwen2");
        if (round) ((float *)b.data.data)[0] += 1; /* same size, another time */
        write_file(&b, path);
        g_free(&b);
        for (int again = 0; again < 2; again++) {
            struct packed_model *m = packed_model_open(path, &o, pool, &err);
            if (!m) fail_msg("%s", err.text);
            assert_int_equal(m->from_cache, again);
            packed_model_free(m);
        }
    }
    free(cache);
    free(path);
}

/* llama.cpp's order is undone; of Qwen2 nothing is. */
static void rows_of_q_and_k_are_put_back_in_order(void **state)
{
    (void)state;
    static const char *const ARCHS[] = {"llama", "qwen2"};
    for (size_t i = 0; i < 2; i++) {
        struct gguf_builder b = {0};
        struct error err = {0};
        struct packed_options o = {.type = QUANT_F32};
        g_model(&b, ARCHS[i]);
        struct gguf *g = open_built(&b);
        struct packed_model *m = packed_model_open(in_scratch("a.gguf"), &o, pool, &err);
        if (!m) fail_msg("%s", err.text);
        const float *q = (const float *)(const void *)gguf_find(g, "blk.0.attn_q.weight")->data;
        const float *v = (const float *)(const void *)gguf_find(g, "blk.0.attn_v.weight")->data;
        float row[G_HIDDEN];
        for (size_t r = 0; r < G_HEADS * G_HEAD_DIM; r++) {
            size_t in_head = r % G_HEAD_DIM, half = G_HEAD_DIM / 2;
            size_t at = i ? r : r - in_head + in_head % half * 2 + in_head / half;
            packed_matrix_read_row(&m->layers[0].qkv, r, row);
            assert_memory_equal(row, q + at * G_HIDDEN, sizeof row);
        }
        for (size_t r = 0; r < G_KV; r++) {
            packed_matrix_read_row(&m->layers[0].qkv, G_HEADS * G_HEAD_DIM + G_KV + r, row);
            assert_memory_equal(row, v + r * G_HIDDEN, sizeof row);
        }
        packed_model_free(m);
        gguf_free(g);
    }
}

/* All scales but those that are not finite; -128 is the one value that has to be rounded. */
static void q8_0_groups_are_kept_or_counted(void **state)
{
    (void)state;
    uint8_t row[2 * 34], block[2 * 1024 + 64];
    struct packed_matrix m = {.type = QUANT_Q8, .rows = 16, .cols = 64, .data = block};
    float scales[16], out[64], want[64];
    for (size_t r = 0; r < 16; r++) scales[r] = 1;
    m.row_scale = scales;
    for (uint32_t h = 0; h < 0x10000; h += 7) {
        uint16_t half = (uint16_t)h, one = 0x3c00;
        size_t rounded = 0, r = h % 16;
        memcpy(row, &half, 2);
        memcpy(row + 34, &one, 2);
        for (size_t i = 0; i < 32; i++) row[2 + i] = row[36 + i] = (uint8_t)(i * 8 - 127);
        memset(block, 0, sizeof block);
        bool finite = (half & 0x7c00) != 0x7c00;
        assert_int_equal(gguf_pack_q8_0(row, 64, r, block, &rounded), finite ? 0 : 32);
        assert_int_equal(rounded, 0);
        if (!finite) continue;
        gguf_dequantize(GGUF_Q8_0, row, 64, want);
        packed_matrix_read_row(&m, r, out);
        assert_memory_equal(out, want, sizeof out);

        row[5] = 128; /* -128 */
        assert_int_equal(gguf_pack_q8_0(row, 64, r, block, &rounded), 0);
        assert_int_equal(rounded, 1);
        gguf_dequantize(GGUF_Q8_0, row, 64, want);
        packed_matrix_read_row(&m, r, out);
        assert_memory_equal(out + 32, want + 32, 32 * sizeof *out);
        float d = fabsf(f32_from_f16(half));
        for (size_t i = 0; i < 32; i++) /* half a step, and what f16 rounds of the scale */
            if (d > 1e-4f && d < 60000) assert_true(fabsf(out[i] - want[i]) <= 0.58f * d);
    }
}

/* Rows of Q8_0 blocks that follow from their place. */
static void add_q8_0(struct gguf_builder *b, const char *name, size_t rows, size_t cols)
{
    size_t n = rows * cols / 32 * 34;
    uint8_t *data = malloc(n);
    assert_non_null(data);
    for (size_t i = 0; i < n; i++) data[i] = (uint8_t)(i * 73 % 251);
    for (size_t i = 0; i < n; i += 34) {
        uint16_t scale = (uint16_t)(0x1c00 + i % 500);
        memcpy(data + i, &scale, sizeof scale);
        for (size_t k = 2; k < 34; k++) data[i + k] = data[i + k] == 128 ? 0 : data[i + k];
    }
    g_tensor(b, name, GGUF_Q8_0, rows, cols, data, n);
    free(data);
}

/* Four heads of 8 and one for keys and values: the 8 rows of k, exact, share a block of 16 with the
 * 8 of v, which are quantized; the embedding's last block has 12 rows. */
static void exact_and_quantized_rows_share_a_block(void **state)
{
    (void)state;
    struct gguf_builder b = {0};
    struct error err = {0};
    struct packed_options o = {.type = QUANT_Q8};
    float row[G_HIDDEN], want[G_HIDDEN];
    g_model_config(&b, "llama");
    char *heads = memmem(b.values.data, b.values.len, "llama.attention.head_count\x04", 27);
    assert_non_null(heads);
    heads[30] = 4;
    g_model_tokenizer(&b, "llama-bpe");
    add_q8_0(&b, "token_embd.weight", G_VOCAB, G_HIDDEN);
    add_q8_0(&b, "blk.0.attn_k.weight", 8, G_HIDDEN);
    static const struct {
        const char *name;
        size_t rows, cols;
    } OTHERS[] = {{"output_norm.weight", 0, 32},        {"blk.0.attn_norm.weight", 0, 32},
                  {"blk.0.attn_q.weight", 32, 32},      {"blk.0.attn_v.weight", 8, 32},
                  {"blk.0.attn_output.weight", 32, 32}, {"blk.0.ffn_norm.weight", 0, 32},
                  {"blk.0.ffn_gate.weight", 64, 32},    {"blk.0.ffn_up.weight", 64, 32},
                  {"blk.0.ffn_down.weight", 32, 64}};
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        g_model_tensor(&b, OTHERS[i].name, OTHERS[i].rows, OTHERS[i].cols);
    struct gguf *g = open_built(&b);
    struct packed_model *m = packed_model_open(in_scratch("a.gguf"), &o, pool, &err);
    if (!m) fail_msg("%s", err.text);
    const struct packed_matrix *qkv = &m->layers[0].qkv;
    assert_int_equal(qkv->rows, 48);
    for (size_t r = 0; r < 8; r++) {
        gguf_dequantize(GGUF_Q8_0,
                        gguf_find(g, "blk.0.attn_k.weight")->data + gguf_permuted_row(r, 8) * 34,
                        32, want);
        packed_matrix_read_row(qkv, 32 + r, row);
        assert_memory_equal(row, want, sizeof row);
        memcpy(want, gguf_find(g, "blk.0.attn_v.weight")->data + r * sizeof want, sizeof want);
        packed_matrix_read_row(qkv, 40 + r, row);
        for (size_t i = 0; i < G_HIDDEN; i++) assert_true(fabsf(row[i] - want[i]) < 0.003f);
    }
    for (size_t r = 0; r < G_VOCAB; r++) {
        gguf_dequantize(GGUF_Q8_0, gguf_find(g, "token_embd.weight")->data + r * 34, 32, want);
        packed_matrix_read_row(&m->embed, r, row);
        assert_memory_equal(row, want, sizeof row);
    }
    for (size_t r = G_VOCAB; r < 304; r++) {
        packed_matrix_read_row(&m->embed, r, row);
        for (size_t i = 0; i < G_HIDDEN; i++) assert_true(row[i] == 0);
    }
    packed_model_free(m);
    gguf_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metadata_of_every_kind_is_read),
        cmocka_unit_test(tensors_are_found_with_shape_and_data),
        cmocka_unit_test(names_go_both_ways),
        cmocka_unit_test(the_fixture_is_in_order),
        cmocka_unit_test(broken_headers_are_refused),
        cmocka_unit_test(a_file_cut_anywhere_is_refused),
        cmocka_unit_test(broken_metadata_is_refused),
        cmocka_unit_test(broken_tensors_are_refused),
        cmocka_unit_test(wrong_hyperparameters_are_refused),
        cmocka_unit_test(rope_scaling_is_understood),
        cmocka_unit_test(wrong_tokenizers_are_refused),
        cmocka_unit_test(every_pre_tokenizer_name_is_understood),
        cmocka_unit_test(shards_are_one_model_and_must_fit),
        cmocka_unit_test(a_packed_file_is_kept_until_the_gguf_file_changes),
        cmocka_unit_test(rows_of_q_and_k_are_put_back_in_order),
        cmocka_unit_test(q8_0_groups_are_kept_or_counted),
        cmocka_unit_test(exact_and_quantized_rows_share_a_block),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
