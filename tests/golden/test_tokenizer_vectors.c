/* Every committed string gives the ids that the Hugging Face tokenizers library gives, and comes
 * back from them (tests/golden/tokenizers/make_vectors.py). */
#include "tokenizers/fixture.h"

#include "base/utf8.h"

static const char *const names[] = {"deepseek-r1-distill-qwen", "deepseek-coder"};

static void assert_decodes(const struct tokenizer *t, const struct tokens *ids, const char *text,
                           size_t len)
{
    struct detokenizer d = {.tokenizer = t};
    struct buffer out = {0};
    for (size_t i = 0; i < ids->len; i++) {
        size_t before = out.len;
        detokenizer_push(&d, ids->ids[i], &out);
        assert_true(utf8_is_valid(buffer_text(&out) + before, out.len - before));
    }
    detokenizer_finish(&d, &out);
    if (out.len != len || memcmp(buffer_text(&out), text, len) != 0)
        fail_msg("decoded \"%s\", expected \"%s\"", buffer_text(&out), text);
    buffer_free(&out);
}

static void tokenizer_gives_the_librarys_ids_for_text(void **state)
{
    (void)state;
    json_t *strings = read_golden_json(TOKENIZERS "strings.json");
    assert_true(json_array_size(strings) >= 2000);
    for (size_t k = 0; k < 2; k++) {
        char path[256];
        snprintf(path, sizeof path, TOKENIZERS "%s/expected.json", names[k]);
        json_t *expected = read_golden_json(path), *lists = json_object_get(expected, "text");
        struct tokenizer *t = read_golden_tokenizer(names[k]);
        assert_int_equal(json_array_size(lists), json_array_size(strings));
        for (size_t i = 0; i < json_array_size(strings); i++) {
            json_t *string = json_array_get(strings, i);
            const char *text = json_string_value(string);
            size_t len = json_string_length(string);
            struct tokens ids = encode(t, text, len, TOKENIZE_TEXT);
            assert_ids(names[k], text, &ids, json_array_get(lists, i));
            assert_decodes(t, &ids, text, len);
            for (size_t j = 0; j < ids.len; j++) assert_false(tokenizer_is_control(t, ids.ids[j]));
            tokens_free(&ids);
        }
        tokenizer_free(t);
        json_decref(expected);
    }
    json_decref(strings);
}

static void tokenizer_gives_the_librarys_ids_with_control_tokens(void **state)
{
    (void)state;
    json_t *strings = read_golden_json(TOKENIZERS "strings.json");
    for (size_t k = 0; k < 2; k++) {
        char path[256], key[24];
        snprintf(path, sizeof path, TOKENIZERS "%s/expected.json", names[k]);
        json_t *expected = read_golden_json(path), *control = json_object_get(expected, "control");
        struct tokenizer *t = read_golden_tokenizer(names[k]);
        assert_true(json_object_size(control) > 100);
        for (size_t i = 0; i < json_array_size(strings); i++) {
            json_t *string = json_array_get(strings, i);
            const char *text = json_string_value(string);
            size_t len = json_string_length(string);
            struct tokens ids = encode(t, text, len, TOKENIZE_CONTROL);
            snprintf(key, sizeof key, "%zu", i);
            json_t *other = json_object_get(control, key);
            assert_ids(names[k], text, &ids,
                       other ? json_array_get(other, 0)
                             : json_array_get(json_object_get(expected, "text"), i));
            json_t *decoded = other ? json_array_get(other, 1) : string;
            assert_decodes(t, &ids, json_string_value(decoded), json_string_length(decoded));
            tokens_free(&ids);
        }
        tokenizer_free(t);
        json_decref(expected);
    }
    json_decref(strings);
}

/* Ids in an order that no text has: half sequences next to each other. */
static void detokenizer_decodes_any_ids_as_the_library_does(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        char path[256];
        snprintf(path, sizeof path, TOKENIZERS "%s/expected.json", names[k]);
        json_t *expected = read_golden_json(path), *list = json_object_get(expected, "sequences");
        struct tokenizer *t = read_golden_tokenizer(names[k]);
        assert_true(json_array_size(list) >= 200);
        for (size_t i = 0; i < json_array_size(list); i++) {
            json_t *given = json_array_get(json_array_get(list, i), 0);
            json_t *text = json_array_get(json_array_get(list, i), 1);
            struct tokens ids = {0};
            for (size_t j = 0; j < json_array_size(given); j++)
                assert_true(
                    tokens_push(&ids, (int32_t)json_integer_value(json_array_get(given, j)), NULL));
            assert_decodes(t, &ids, json_string_value(text), json_string_length(text));
            tokens_free(&ids);
        }
        tokenizer_free(t);
        json_decref(expected);
    }
}

static void tokenizer_agrees_on_every_scalar_value_of_unicode(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        char path[256];
        snprintf(path, sizeof path, TOKENIZERS "%s/expected.json", names[k]);
        json_t *expected = read_golden_json(path);
        struct tokenizer *t = read_golden_tokenizer(names[k]);
        assert_planes(names[k], t, json_object_get(expected, "planes"), "", "");
        tokenizer_free(t);
        json_decref(expected);
    }
}

/* The vectors of llama.cpp's own test, made with the library by others than us. */
static void tokenizer_agrees_with_the_ggml_vectors(void **state)
{
    (void)state;
    static const char separator[] = "\n__ggml_vocab_test__\n";
    for (size_t k = 0; k < 2; k++) {
        char path[256], *input, *output;
        size_t len;
        struct error err = {0};
        snprintf(path, sizeof path, TOKENIZERS "%s/vectors.inp", names[k]);
        assert_true(file_read(path, 1 << 20, &input, &len, &err));
        snprintf(path, sizeof path, TOKENIZERS "%s/vectors.out", names[k]);
        assert_true(file_read(path, 1 << 20, &output, NULL, &err));
        struct tokenizer *t = read_golden_tokenizer(names[k]);
        size_t n = 0;
        char *text = input, *line = output;
        for (char *end; (end = strstr(text, separator)); text = end + strlen(separator), n++) {
            struct tokens ids = encode(t, text, (size_t)(end - text), TOKENIZE_CONTROL);
            char *stop = strchr(line, '\n');
            assert_non_null(stop);
            *stop = '\0';
            for (size_t i = 0; i < ids.len; i++)
                assert_int_equal(ids.ids[i], strtol(line, &line, 10));
            assert_int_equal(strspn(line, " "), strlen(line));
            line = stop + 1;
            tokens_free(&ids);
        }
        assert_int_equal(n, 46);
        tokenizer_free(t);
        free(input);
        free(output);
    }
}

/* One small vocabulary under 84 settings: pre-tokenizers, behaviors, added tokens' flags, NFC. */
static void tokenizer_agrees_under_every_setting(void **state)
{
    (void)state;
    struct buffer text = {0};
    struct error err = {0};
    read_xz(TOKENIZERS "variants.json.xz", &text);
    json_t *all = json_read_text(buffer_text(&text), text.len, "variants.json.xz", &err);
    if (!all) fail_msg("%s", err.text);
    json_t *strings = json_object_get(all, "strings"), *rows = json_object_get(all, "variants");
    assert_true(json_array_size(rows) > 70);
    size_t checked = 0;
    for (size_t k = 0; k < json_array_size(rows); k++) {
        json_t *row = json_array_get(rows, k), *full = json_copy(json_object_get(all, "base"));
        const char *name = json_string_value(json_object_get(row, "name"));
        json_object_update(full, json_object_get(row, "change"));
        char *json = json_dumps(full, JSON_COMPACT);
        struct tokenizer *t = tokenizer_parse(json, strlen(json), name, &err);
        if (!t) fail_msg("%s", err.text);
        json_t *plain = json_object_get(row, "text"), *control = json_object_get(row, "control");
        for (size_t i = 0; i < json_array_size(strings); i++) {
            const char *s = json_string_value(json_array_get(strings, i));
            size_t len = json_string_length(json_array_get(strings, i));
            for (int mode = 0; mode < 2; mode++, checked++) {
                struct tokens ids = encode(t, s, len, (enum tokenize_mode)mode);
                bool with = mode == TOKENIZE_CONTROL && control;
                assert_ids(name, s, &ids, json_array_get(with ? control : plain, i));
                tokens_free(&ids);
            }
        }
        json_t *planes = json_object_get(row, "planes");
        if (planes) {
            assert_planes(name, t, planes, "", "");
            assert_planes(name, t, json_object_get(row, "planes_with_marks"), "a",
                          "\xcc\xa3\xcc\x81");
        }
        tokenizer_free(t);
        free(json);
        json_decref(full);
    }
    assert_true(checked > 15000);
    json_decref(all);
    buffer_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokenizer_gives_the_librarys_ids_for_text),
        cmocka_unit_test(tokenizer_gives_the_librarys_ids_with_control_tokens),
        cmocka_unit_test(detokenizer_decodes_any_ids_as_the_library_does),
        cmocka_unit_test(tokenizer_agrees_with_the_ggml_vectors),
        cmocka_unit_test(tokenizer_agrees_on_every_scalar_value_of_unicode),
        cmocka_unit_test(tokenizer_agrees_under_every_setting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
