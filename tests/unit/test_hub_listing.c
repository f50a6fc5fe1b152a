/* The Hub's listing: what is read of it, what is refused, and which files are taken. */
#include "base/buffer.h"
#include "hub/hub_listing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#define COMMIT "0123456789abcdef0123456789abcdef01234567"
#define SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* A listing of the files named, each of 10 bytes. */
static char *listing_of(const char *const *paths, size_t n)
{
    struct buffer b = {0};
    buffer_puts(&b, "{\"sha\": \"" COMMIT "\", \"siblings\": [");
    for (size_t i = 0; i < n; i++)
        buffer_printf(&b, "%s{\"rfilename\": \"%s\", \"size\": 10, \"blobId\": \"" COMMIT "\"}",
                      i ? ", " : "", paths[i]);
    buffer_puts(&b, "]}");
    assert_false(b.failed);
    return b.data;
}

/* The files that are chosen, "name name ...", by name. */
static void expect_chosen(const char *const *paths, size_t n, const char *expected)
{
    struct hub_listing l;
    struct error err = {0};
    struct buffer got = {0};
    char *text = listing_of(paths, n);
    if (!hub_listing_parse(&l, text, strlen(text), "a/b", &err) ||
        !hub_listing_select(&l, "a/b", &err))
        fail_msg("%s", err.text);
    for (size_t i = 0; i < l.n_files; i++)
        buffer_printf(&got, "%s%s", i ? " " : "", l.files[i].path);
    assert_string_equal(buffer_text(&got), expected);
    assert_int_equal(hub_listing_bytes(&l), 10 * l.n_files);
    buffer_free(&got);
    hub_listing_free(&l);
    free(text);
}
#define EXPECT_CHOSEN(expected, ...)                                                               \
    do {                                                                                           \
        const char *const paths[] = {__VA_ARGS__};                                                 \
        expect_chosen(paths, sizeof paths / sizeof *paths, expected);                              \
    } while (0)

static void listing_tells_sizes_and_checksums(void **state)
{
    (void)state;
    static const char TEXT[] =
        "{\"sha\": \"" COMMIT "\", \"other\": [1], \"siblings\": ["
        "{\"rfilename\": \"config.json\", \"size\": 7, \"blobId\": \"" COMMIT "\", \"x\": null},"
        "{\"rfilename\": \"model.safetensors\", \"size\": 5, \"blobId\": \"" COMMIT "\","
        " \"lfs\": {\"sha256\": \"" SHA256 "\", \"size\": 5, \"pointerSize\": 134}},"
        "{\"rfilename\": \"tokenizer.json\"}]}";
    struct hub_listing l;
    struct error err = {0};
    assert_true(hub_listing_parse(&l, TEXT, strlen(TEXT), "a/b", &err));
    assert_string_equal(l.commit, COMMIT);
    assert_int_equal(l.n_files, 3);
    assert_string_equal(l.files[0].path, "config.json");
    assert_int_equal(l.files[0].size, 7);
    assert_int_equal(l.files[0].kind, HUB_HASH_GIT);
    assert_string_equal(l.files[0].sum, COMMIT);
    assert_int_equal(l.files[1].kind, HUB_HASH_SHA256);
    assert_string_equal(l.files[1].sum, SHA256);
    assert_true(l.files[2].size == HUB_SIZE_UNKNOWN);
    assert_int_equal(l.files[2].kind, HUB_HASH_NONE);
    assert_int_equal(hub_listing_bytes(&l), 12);
    hub_listing_free(&l);
}

static void only_files_that_are_needed_are_chosen(void **state)
{
    (void)state;
    EXPECT_CHOSEN("chat_template.jinja config.json generation_config.json model.safetensors "
                  "special_tokens_map.json tokenizer.json tokenizer_config.json",
                  "README.md", "config.json", "generation_config.json", "model.safetensors",
                  "pytorch_model.bin", "model.gguf", "tf_model.h5", "tokenizer.json",
                  "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja",
                  "vocab.json", "merges.txt", ".gitattributes", "onnx/model.onnx",
                  "original/consolidated.00.pth", "training_args.bin", ".config.json");
}

static void one_file_of_weights_wins_over_its_twins(void **state)
{
    (void)state;
    EXPECT_CHOSEN("config.json model.safetensors", "config.json", "model.safetensors",
                  "model.safetensors.index.json", "model-00001-of-00002.safetensors",
                  "model-00002-of-00002.safetensors", "model.fp16.safetensors",
                  "adapter_model.safetensors", "sub/model.safetensors");
    EXPECT_CHOSEN("config.json model-00001-of-00002.safetensors model-00002-of-00002.safetensors "
                  "model.safetensors.index.json",
                  "config.json", "model.safetensors.index.json", "model-00001-of-00002.safetensors",
                  "model-00002-of-00002.safetensors", "consolidated.safetensors");
    EXPECT_CHOSEN("config.json weights.safetensors", "config.json", "weights.safetensors");
}

static void encoders_bring_their_pooling_and_vocabulary(void **state)
{
    (void)state;
    EXPECT_CHOSEN("1_Pooling/config.json 2_Dense/config.json 2_Dense/model.safetensors config.json "
                  "model.safetensors modules.json sentence_bert_config.json vocab.txt",
                  "1_Pooling/config.json", "2_Dense/config.json", "2_Dense/model.safetensors",
                  "2_Dense/pytorch_model.bin", "config.json", "model.safetensors", "modules.json",
                  "sentence_bert_config.json", "vocab.txt", "openvino/openvino_model.bin");
}

static void a_slow_tokenizer_is_taken_where_there_is_no_other(void **state)
{
    (void)state;
    EXPECT_CHOSEN("config.json merges.txt model.safetensors vocab.json", "config.json",
                  "model.safetensors", "vocab.json", "merges.txt");
}

static void small_files_come_first(void **state)
{
    (void)state;
    static const char TEXT[] = "{\"sha\": \"" COMMIT "\", \"siblings\": ["
                               "{\"rfilename\": \"config.json\", \"size\": 900},"
                               "{\"rfilename\": \"model.safetensors\", \"size\": 5000},"
                               "{\"rfilename\": \"tokenizer.json\", \"size\": 10}]}";
    struct hub_listing l;
    struct error err = {0};
    assert_true(hub_listing_parse(&l, TEXT, strlen(TEXT), "a/b", &err));
    assert_true(hub_listing_select(&l, "a/b", &err));
    assert_string_equal(l.files[0].path, "tokenizer.json");
    assert_string_equal(l.files[2].path, "model.safetensors");
    hub_listing_free(&l);
}

static void a_model_without_safetensors_is_explained(void **state)
{
    (void)state;
    static const struct {
        const char *path, *says;
    } CASES[] = {
        {"pytorch_model.bin", "pickles"},
        {"consolidated.00.pth", "pickles"},
        {"model-Q4_0.gguf", "GGUF files only"},
        {"README.md", "no *.safetensors file among its 2 files"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *const paths[] = {"config.json", CASES[i].path};
        struct hub_listing l;
        struct error err = {0};
        char *text = listing_of(paths, 2);
        assert_true(hub_listing_parse(&l, text, strlen(text), "a/b", &err));
        assert_false(hub_listing_select(&l, "a/b", &err));
        assert_int_equal(err.code, ERROR_UNSUPPORTED);
        assert_non_null(strstr(err.text, CASES[i].says));
        hub_listing_free(&l);
        free(text);
    }
}

/* ---- what is refused ---- */

static void expect_refused(const char *text, const char *says)
{
    struct hub_listing l;
    struct error err = {0};
    if (hub_listing_parse(&l, text, strlen(text), "a/b", &err)) fail_msg("taken: %s", text);
    if (!strstr(err.text, says)) fail_msg("\"%s\" does not say \"%s\"", err.text, says);
    hub_listing_free(&l);
}

static void unsafe_paths_are_refused(void **state)
{
    (void)state;
    static const char *const PATHS[] = {"../config.json",
                                        "/config.json",
                                        "a/../../config.json",
                                        "a//config.json",
                                        "",
                                        "a\\nb",
                                        "a\\u0000b",
                                        "a/"};
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        const char *const paths[] = {"config.json", PATHS[i]};
        char *text = listing_of(paths, 2);
        expect_refused(text, "file 1 has a path that is not safe");
        free(text);
    }
}

static void wrong_types_and_values_are_refused(void **state)
{
    (void)state;
#define FILES(file) "{\"sha\": \"" COMMIT "\", \"siblings\": [" file "]}"
    expect_refused("", "not valid JSON");
    expect_refused("[]", "is not an object");
    expect_refused("{}", "\"sha\" is missing");
    expect_refused("{\"sha\": 1}", "\"sha\" is not a string");
    expect_refused("{\"sha\": \"../../x\", \"siblings\": []}", "\"sha\" is not a commit's id");
    expect_refused("{\"sha\": \"" COMMIT "\"}", "\"siblings\" is not a list");
    expect_refused(FILES("1"), "file 0 is not an object");
    expect_refused(FILES("{}"), "no \"rfilename\"");
    expect_refused(FILES("{\"rfilename\": []}"), "no \"rfilename\"");
    expect_refused(FILES("{\"rfilename\": \"a\", \"size\": -1}"), "\"size\" is -1");
    expect_refused(FILES("{\"rfilename\": \"a\", \"size\": 9223372036854775807}"), "outside 0");
    expect_refused(FILES("{\"rfilename\": \"a\", \"size\": \"1\"}"), "not a whole number");
    expect_refused(FILES("{\"rfilename\": \"a\", \"blobId\": \"../x\"}"), "\"blobId\"");
    expect_refused(FILES("{\"rfilename\": \"a\", \"lfs\": {\"sha256\": \"" COMMIT "\"}}"),
                   "not a SHA-256");
    expect_refused(FILES("{\"rfilename\": \"a\"}, {\"rfilename\": \"a\"}"), "a is there twice");
#undef FILES
}

static void the_number_of_files_is_bounded(void **state)
{
    (void)state;
    struct buffer b = {0};
    buffer_puts(&b, "{\"sha\": \"" COMMIT "\", \"siblings\": [0");
    for (size_t i = 0; i < HUB_MAX_FILES; i++) buffer_puts(&b, ",0");
    buffer_puts(&b, "]}");
    expect_refused(buffer_text(&b), "more than the limit");
    buffer_free(&b);
}

static void deep_nesting_is_refused(void **state)
{
    (void)state;
    struct buffer b = {0};
    for (size_t i = 0; i < 100000; i++) buffer_putc(&b, '[');
    expect_refused(buffer_text(&b), "not valid JSON");
    buffer_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listing_tells_sizes_and_checksums),
        cmocka_unit_test(only_files_that_are_needed_are_chosen),
        cmocka_unit_test(one_file_of_weights_wins_over_its_twins),
        cmocka_unit_test(encoders_bring_their_pooling_and_vocabulary),
        cmocka_unit_test(a_slow_tokenizer_is_taken_where_there_is_no_other),
        cmocka_unit_test(small_files_come_first),
        cmocka_unit_test(a_model_without_safetensors_is_explained),
        cmocka_unit_test(unsafe_paths_are_refused),
        cmocka_unit_test(wrong_types_and_values_are_refused),
        cmocka_unit_test(the_number_of_files_is_bounded),
        cmocka_unit_test(deep_nesting_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
