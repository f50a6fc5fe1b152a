/* BERT's tokenizer gives the ids of the Hugging Face tokenizers library, from tokenizer.json and
 * from vocab.txt (tests/golden/tokenizers/make_bert_vectors.py). */
#include "tokenizers/fixture.h"

#include "base/utf8.h"

#define BERT TOKENIZERS "bert-uncased/"

struct golden {
    struct buffer vocab; /* vocab.txt */
    struct tokenizer *t; /* of it */
    json_t *strings, *expected;
};
static struct golden g;

static int setup(void **state)
{
    (void)state;
    struct error err = {0};
    read_xz(BERT "vocab.txt.xz", &g.vocab);
    g.t = tokenizer_parse_vocab(buffer_text(&g.vocab), g.vocab.len, "vocab.txt", &err);
    if (!g.t) fail_msg("%s", err.text);
    g.strings = read_golden_json(TOKENIZERS "strings.json");
    json_t *own = read_golden_json(BERT "strings.json");
    assert_true(json_array_size(own) >= 1000);
    json_array_extend(g.strings, own);
    json_decref(own);
    g.expected = read_golden_json(BERT "expected.json");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    tokenizer_free(g.t);
    buffer_free(&g.vocab);
    json_decref(g.strings);
    json_decref(g.expected);
    return 0;
}

static void assert_encodes(const struct tokenizer *t, const char *name, const json_t *string,
                           enum tokenize_mode mode, const json_t *expected)
{
    const char *text = json_string_value(string);
    struct tokens ids = encode(t, text, json_string_length(string), mode);
    assert_ids(name, text, &ids, expected);
    tokens_free(&ids);
}

static void bert_tokenizer_gives_the_librarys_ids_for_text(void **state)
{
    (void)state;
    json_t *lists = json_object_get(g.expected, "text");
    assert_int_equal(json_array_size(lists), json_array_size(g.strings));
    for (size_t i = 0; i < json_array_size(g.strings); i++)
        assert_encodes(g.t, "text", json_array_get(g.strings, i), TOKENIZE_TEXT,
                       json_array_get(lists, i));
}

static void bert_tokenizer_gives_the_librarys_ids_with_control_tokens(void **state)
{
    (void)state;
    json_t *lists = json_object_get(g.expected, "text");
    json_t *control = json_object_get(g.expected, "control");
    assert_true(json_object_size(control) >= 5);
    for (size_t i = 0; i < json_array_size(g.strings); i++) {
        char key[24];
        snprintf(key, sizeof key, "%zu", i);
        json_t *other = json_object_get(control, key);
        assert_encodes(g.t, "control", json_array_get(g.strings, i), TOKENIZE_CONTROL,
                       other ? other : json_array_get(lists, i));
    }
}

static void bert_tokenizer_decodes_as_the_library_does(void **state)
{
    (void)state;
    json_t *decoded = json_object_get(g.expected, "decoded"), *wanted;
    const char *key;
    assert_true(json_object_size(decoded) > 300);
    json_object_foreach(decoded, key, wanted)
    {
        size_t i = (size_t)strtoul(key, NULL, 10);
        json_t *string = json_array_get(g.strings, i);
        struct tokens ids =
            encode(g.t, json_string_value(string), json_string_length(string), TOKENIZE_TEXT);
        struct detokenizer d = {.tokenizer = g.t};
        struct buffer out = {0};
        for (size_t k = 0; k < ids.len; k++) detokenizer_push(&d, ids.ids[k], &out);
        detokenizer_finish(&d, &out);
        assert_string_equal(buffer_text(&out), json_string_value(wanted));
        buffer_free(&out);
        tokens_free(&ids);
    }
}

static void bert_tokenizer_agrees_on_every_scalar_value_of_unicode(void **state)
{
    (void)state;
    assert_planes("alone", g.t, json_object_get(g.expected, "planes"), "", " ");
    assert_planes("with marks", g.t, json_object_get(g.expected, "planes_with_marks"), "a",
                  "\xcc\xa3\xcc\x81");
}

/* The vectors of llama.cpp's own test, made by others than us. */
static void bert_tokenizer_agrees_with_the_ggml_vectors(void **state)
{
    (void)state;
    static const char separator[] = "\n__ggml_vocab_test__\n";
    char *input, *output;
    struct error err = {0};
    size_t len, n = 0;
    assert_true(file_read(BERT "vectors.inp", 1 << 20, &input, &len, &err));
    assert_true(file_read(BERT "vectors.out", 1 << 20, &output, NULL, &err));
    char *text = input, *line = output;
    for (char *end; (end = strstr(text, separator)); text = end + strlen(separator), n++) {
        struct tokens ids = encode(g.t, text, (size_t)(end - text), TOKENIZE_TEXT);
        char *stop = strchr(line, '\n');
        assert_non_null(stop);
        *stop = '\0';
        for (size_t i = 0; i < ids.len; i++) assert_int_equal(ids.ids[i], strtol(line, &line, 10));
        assert_int_equal(strspn(line, " "), strlen(line));
        line = stop + 1;
        tokens_free(&ids);
    }
    assert_int_equal(n, 46);
    free(input);
    free(output);
}

/* The vocabulary of vocab.txt as model.vocab. */
static json_t *vocab_json(void)
{
    json_t *vocab = json_object();
    const char *at = buffer_text(&g.vocab);
    for (json_int_t id = 0; *at; id++) {
        size_t n = strcspn(at, "\n");
        json_object_setn_new(vocab, at, n, json_integer(id));
        at += n + (at[n] == '\n');
    }
    return vocab;
}

static void bert_tokenizer_agrees_under_every_setting(void **state)
{
    (void)state;
    json_t *rows = json_object_get(g.expected, "variants"), *row, *vocab = vocab_json();
    size_t k;
    assert_true(json_array_size(rows) >= 9);
    json_array_foreach(rows, k, row)
    {
        const char *name = json_string_value(json_array_get(row, 0));
        json_t *full = json_array_get(row, 1);
        json_object_set(json_object_get(full, "model"), "vocab", vocab);
        char *json = json_dumps(full, JSON_COMPACT);
        struct error err = {0};
        struct tokenizer *t = tokenizer_parse(json, strlen(json), name, &err);
        if (!t) fail_msg("%s", err.text);
        for (size_t i = 0; i * 11 < json_array_size(g.strings); i++)
            assert_encodes(t, name, json_array_get(g.strings, i * 11), TOKENIZE_CONTROL,
                           json_array_get(json_array_get(row, 2), i));
        assert_planes(name, t, json_array_get(row, 3), "", "");
        tokenizer_free(t);
        free(json);
    }
    json_decref(vocab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bert_tokenizer_gives_the_librarys_ids_for_text),
        cmocka_unit_test(bert_tokenizer_gives_the_librarys_ids_with_control_tokens),
        cmocka_unit_test(bert_tokenizer_decodes_as_the_library_does),
        cmocka_unit_test(bert_tokenizer_agrees_on_every_scalar_value_of_unicode),
        cmocka_unit_test(bert_tokenizer_agrees_with_the_ggml_vectors),
        cmocka_unit_test(bert_tokenizer_agrees_under_every_setting),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
