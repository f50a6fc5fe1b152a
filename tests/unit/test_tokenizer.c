/* What a tokenizer promises beyond the library's ids: broken text, damaged files, long words, many
 * threads. The ids themselves are checked in tests/golden/test_tokenizer_vectors.c. */
#include "../golden/tokenizers/fixture.h"

#include "base/utf8.h"

#include <pthread.h>

/* A small tokenizer.json around what the test is about. */
#define VOCAB  "\"a\":0,\"b\":1,\"c\":2,\"ab\":3,\"abc\":4,\"Ġ\":5,\"Ġa\":6"
#define MERGES "\"a b\",\"ab c\",\"Ġ a\""
#define PRE    "\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false}"
#define FILE_OF(vocab, merges, rest)                                                               \
    "{\"model\":{\"type\":\"BPE\",\"vocab\":{" vocab "},\"merges\":[" merges "]}," rest "}"

static struct tokenizer *parse(const char *json)
{
    struct error err = {0};
    struct tokenizer *t = tokenizer_parse(json, strlen(json), "test.json", &err);
    if (!t) fail_msg("%s", err.text);
    return t;
}

static void assert_encodes(const struct tokenizer *t, enum tokenize_mode mode, const char *text,
                           const char *expected)
{
    struct tokens ids = encode(t, text, strlen(text), mode);
    struct buffer got = {0};
    for (size_t i = 0; i < ids.len; i++) buffer_printf(&got, i ? " %d" : "%d", ids.ids[i]);
    assert_string_equal(buffer_text(&got), expected);
    buffer_free(&got);
    tokens_free(&ids);
}

static void tokenizer_merges_the_lowest_rank_first(void **state)
{
    (void)state;
    struct tokenizer *t = parse(FILE_OF(VOCAB, MERGES, PRE));
    assert_encodes(t, TOKENIZE_TEXT, "abc", "4");
    assert_encodes(t, TOKENIZE_TEXT, "aabcb ab ac", "0 4 1 5 3 6 2");
    assert_encodes(t, TOKENIZE_TEXT, "", "");
    assert_encodes(t, TOKENIZE_TEXT, "xax", "0"); /* bytes without a token are dropped */
    tokenizer_free(t);
}

static void tokenizer_keeps_control_tokens_out_of_text(void **state)
{
    (void)state;
    /* Even a control token that is in the vocabulary and that merging arrives at. */
    struct tokenizer *t = parse(FILE_OF(VOCAB, MERGES,
                                        PRE ",\"added_tokens\":["
                                            "{\"id\":4,\"content\":\"abc\",\"special\":true},"
                                            "{\"id\":2,\"content\":\"c\",\"special\":true},"
                                            "{\"id\":7,\"content\":\"ca\",\"normalized\":false},"
                                            "{\"id\":8,\"content\":\"<b>\"}]"));
    assert_encodes(t, TOKENIZE_CONTROL, "abc<b>ca", "4 8 7");
    assert_encodes(t, TOKENIZE_TEXT, "abc<b>ca", "3 1 7");
    assert_encodes(t, TOKENIZE_TEXT, "abc abc", "3 5 3");
    assert_true(tokenizer_is_control(t, 4));
    assert_true(tokenizer_is_control(t, 8));
    assert_false(tokenizer_is_control(t, 7));
    assert_false(tokenizer_is_control(t, 0));
    assert_false(tokenizer_is_control(t, -1));
    assert_false(tokenizer_is_control(t, 9));
    tokenizer_free(t);
}

static void tokenizer_ignores_merges_for_known_words_when_told(void **state)
{
    (void)state;
    struct tokenizer *t = parse("{\"model\":{\"ignore_merges\":true,\"vocab\":{\"a\":0,\"b\":1,"
                                "\"ab\":2},\"merges\":[]}," PRE "}");
    assert_encodes(t, TOKENIZE_TEXT, "ab", "2");
    assert_encodes(t, TOKENIZE_TEXT, "aba", "0 1 0");
    tokenizer_free(t);
    t = parse("{\"model\":{\"vocab\":{\"a\":0,\"b\":1,\"ab\":2},\"merges\":[]}," PRE "}");
    for (int again = 0; again < 2; again++) assert_encodes(t, TOKENIZE_TEXT, "ab", "0 1");
    tokenizer_free(t);
}

static void tokenizer_finds_tokens_by_what_they_stand_for(void **state)
{
    (void)state;
    struct tokenizer *t = parse(
        FILE_OF(VOCAB, MERGES, PRE ",\"added_tokens\":[{\"id\":9,\"content\":\"<｜User｜>\"}]"));
    size_t len;
    assert_int_equal(tokenizer_find(t, "ab"), 3);
    assert_int_equal(tokenizer_find(t, " a"), 6);
    assert_int_equal(tokenizer_find(t, "Ġa"), -1);
    assert_int_equal(tokenizer_find(t, ""), -1);
    assert_int_equal(tokenizer_find(t, "<｜User｜>"), 9);
    assert_int_equal(tokenizer_vocab(t), 10);
    assert_memory_equal(tokenizer_token_bytes(t, 6, &len), " a", 2);
    assert_int_equal(len, 2);
    const int32_t none[] = {-1, 7, 8, 10, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        tokenizer_token_bytes(t, none[i], &len);
        assert_int_equal(len, 0);
    }
    tokenizer_free(t);
}

/* U+FFFD as Python's errors="replace" places it: one for each maximal part of a sequence. */
static void tokenizer_reads_broken_utf8_as_replacement_characters(void **state)
{
    (void)state;
    static const struct {
        const char *broken, *replaced;
    } cases[] = {
        {"a\xff"
         "b",
         "a\uFFFDb"},
        {"\xc0\xaf", "\uFFFD\uFFFD"},
        {"\xe2\x82", "\uFFFD"},
        {"\xe2\x82z", "\uFFFDz"},
        {"\xe2\x28\xa1", "\uFFFD(\uFFFD"},
        {"\xf0\x9f\x9a", "\uFFFD"},
        {"\xf0\x9f\x9a\xf0\x9f\x9a\x97", "\uFFFD🚗"},
        {"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"},
        {"\xf4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
        {"\xe0\x80\x80", "\uFFFD\uFFFD\uFFFD"},
        {"\xf8\x88\x80\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD"},
        {"\x80\xbf", "\uFFFD\uFFFD"},
        {"\xc3", "\uFFFD"},
        {"é\xc3", "é\uFFFD"},
    };
    struct tokenizer *t = read_golden_tokenizer("deepseek-coder");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tokens a = encode(t, cases[i].broken, strlen(cases[i].broken), TOKENIZE_TEXT);
        struct tokens b = encode(t, cases[i].replaced, strlen(cases[i].replaced), TOKENIZE_TEXT);
        if (a.len != b.len || memcmp(a.ids, b.ids, a.len * sizeof *a.ids) != 0)
            fail_msg("case %zu", i);
        tokens_free(&a);
        tokens_free(&b);
    }
    tokenizer_free(t);
}

/* Every byte is a token of its own here, so the detokenizer gets text byte by byte. */
static void detokenizer_never_gives_half_a_sequence(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *text;
    } cases[] = {
        {"Škoda 🚗 日本", "Škoda 🚗 日本"},
        {"a\xe2\x82z", "a\uFFFDz"},
        {"\xf0\x9f\x9a", "\uFFFD"},
        {"\xf0\x9f\xc3\xa9\xff\x80", "\uFFFDé\uFFFD\uFFFD"},
        {"\xe2\xe2\xe2\x82\xac\xc3", "\uFFFD\uFFFD€\uFFFD"},
    };
    struct tokenizer *t = read_golden_tokenizer("deepseek-r1-distill-qwen");
    int32_t byte_ids[256];
    for (int c = 0; c < 256; c++) byte_ids[c] = -1;
    for (int32_t id = 0; id < 256; id++) {
        size_t len;
        const char *bytes = tokenizer_token_bytes(t, id, &len);
        assert_int_equal(len, 1);
        byte_ids[(unsigned char)*bytes] = id;
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct detokenizer d = {.tokenizer = t};
        struct buffer out = {0};
        for (const char *p = cases[i].bytes; *p; p++) {
            size_t before = out.len;
            /* A control token and an unknown id in between give nothing and break nothing. */
            detokenizer_push(&d, tokenizer_find(t, "<think>"), &out);
            detokenizer_push(&d, -5, &out);
            detokenizer_push(&d, byte_ids[(unsigned char)*p], &out);
            assert_true(utf8_is_valid(buffer_text(&out) + before, out.len - before));
            assert_true(d.n_pending < 4);
        }
        detokenizer_finish(&d, &out);
        assert_string_equal(buffer_text(&out), cases[i].text);
        detokenizer_finish(&d, &out);
        assert_string_equal(buffer_text(&out), cases[i].text);
        buffer_free(&out);
    }
    tokenizer_free(t);
}

/* Words around the length where another way of merging takes over, and far beyond, give what
 * merging by the definition gives. */
static size_t merge_by_definition(int32_t *ids, size_t n)
{
    /* The merges of MERGES, in order of rank. */
    static const int32_t merges[3][3] = {{0, 1, 3}, {3, 2, 4}, {5, 0, 6}};
    for (size_t rank = 0; rank < 3;) {
        size_t i = 0;
        while (i + 1 < n && (ids[i] != merges[rank][0] || ids[i + 1] != merges[rank][1])) i++;
        if (i + 1 >= n) {
            rank++;
            continue;
        }
        ids[i] = merges[rank][2];
        memmove(ids + i + 1, ids + i + 2, (n - i - 2) * sizeof *ids);
        n--;
    }
    return n;
}

static void tokenizer_merges_long_words_as_short_ones(void **state)
{
    (void)state;
    struct tokenizer *t = parse(FILE_OF(VOCAB, MERGES, PRE));
    uint32_t seed = 12345;
    for (size_t len = 1; len < 400; len += len < 100 ? 1 : 37) {
        char text[400];
        int32_t expected[400];
        for (size_t i = 0; i < len; i++) {
            seed = seed * 1664525 + 1013904223;
            text[i] = (char)('a' + (seed >> 24) % 3);
            expected[i] = text[i] - 'a';
        }
        size_t n = merge_by_definition(expected, len);
        struct tokens ids = encode(t, text, len, TOKENIZE_TEXT);
        assert_int_equal(ids.len, n);
        assert_memory_equal(ids.ids, expected, n * sizeof *expected);
        tokens_free(&ids);
    }
    /* One word of a megabyte: quadratic merging would take minutes. */
    size_t len = 1 << 20;
    char *text = malloc(len);
    assert_non_null(text);
    for (size_t i = 0; i < len; i++) text[i] = "abc"[i % 3];
    struct tokens ids = encode(t, text, len, TOKENIZE_TEXT);
    assert_int_equal(ids.len, (len + 2) / 3);
    assert_int_equal(ids.ids[0], 4);
    tokens_free(&ids);
    free(text);
    tokenizer_free(t);
}

/* As above for NFC: marks in the wrong order, which utf8proc alone sorts by insertion. */
static void tokenizer_orders_long_runs_of_marks(void **state)
{
    (void)state;
    struct tokenizer *t = parse(
        FILE_OF("\"Ì\":0,\"Ģ\":1,\"£\":2,\"a\":3", "", PRE ",\"normalizer\":{\"type\":\"NFC\"}"));
    size_t n = 200000;
    char *text = malloc(4 * n);
    assert_non_null(text);
    /* q U+0300 U+0323 U+0300 U+0323...: all U+0323 (class 220) before all U+0300 (230) */
    for (size_t i = 0; i < n; i++) memcpy(text + 4 * i, "\xcc\x80\xcc\xa3", 4);
    struct tokens ids = encode(t, text, 4 * n, TOKENIZE_TEXT);
    assert_int_equal(ids.len, 4 * n);
    for (size_t i = 0; i < 2 * n; i++) {
        assert_int_equal(ids.ids[2 * i], 0);
        assert_int_equal(ids.ids[2 * i + 1], i < n ? 2 : 1);
    }
    tokens_free(&ids);
    free(text);
    tokenizer_free(t);
}

struct job {
    const struct tokenizer *t;
    const json_t *strings, *expected;
    size_t wrong;
};

static void *encode_all(void *context)
{
    struct job *job = context;
    for (size_t i = 0; i < json_array_size(job->strings); i++) {
        const json_t *s = json_array_get(job->strings, i), *e = json_array_get(job->expected, i);
        struct tokens ids = {0};
        if (!tokenizer_encode(job->t, json_string_value(s), json_string_length(s), TOKENIZE_TEXT,
                              &ids, NULL) ||
            ids.len != json_array_size(e))
            job->wrong++;
        for (size_t k = 0; k < ids.len && k < json_array_size(e); k++)
            if (ids.ids[k] != json_integer_value(json_array_get(e, k))) job->wrong++;
        tokens_free(&ids);
    }
    return NULL;
}

static void tokenizer_may_be_used_by_several_threads(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    json_t *strings = read_golden_json(TOKENIZERS "strings.json");
    json_t *expected = read_golden_json(TOKENIZERS "deepseek-coder/expected.json");
    struct tokenizer *t = read_golden_tokenizer("deepseek-coder");
    struct job jobs[THREADS];
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        jobs[i] = (struct job){t, strings, json_object_get(expected, "text"), 0};
        assert_int_equal(pthread_create(&threads[i], NULL, encode_all, &jobs[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(jobs[i].wrong, 0);
    }
    tokenizer_free(t);
    json_decref(expected);
    json_decref(strings);
}

static void tokenizer_refuses_damaged_files_by_field(void **state)
{
    (void)state;
    static const struct {
        const char *json, *says;
    } cases[] = {
        {"", "not valid JSON"},
        {"{", "not valid JSON"},
        {"[]", "expected an object"},
        {"{}", "\"model\" is missing"},
        {"{\"model\":7}", "\"model\" is not an object"},
        {"{\"model\":{\"type\":\"Unigram\",\"vocab\":[]}}", "\"Unigram\", expected BPE"},
        {"{\"model\":{\"type\":\"BPE\"}}", "\"vocab\" of the model is missing"},
        {"{\"model\":{\"vocab\":[]}}", "\"vocab\" of the model is not an object"},
        {"{\"model\":{\"vocab\":{}}}", "\"vocab\" of the model is empty"},
        {"{\"model\":{\"vocab\":{\"a\":0}}," PRE "}", "\"merges\" of the model is missing"},
        {"{\"model\":{\"vocab\":{\"a\":0},\"merges\":{}}," PRE "}",
         "\"merges\" of the model is not"},
        {FILE_OF("\"a\":\"x\"", "", PRE), "\"a\": the id is not a whole number"},
        {FILE_OF("\"a\":1.5", "", PRE), "\"a\": the id is not a whole number"},
        {FILE_OF("\"a\":-1", "", PRE), "id -1 is outside"},
        {FILE_OF("\"a\":4294967296", "", PRE), "id 4294967296 is outside"},
        {FILE_OF("\"a\":5000", "", PRE), "id 5000 is outside"},
        {FILE_OF("\"a\":0,\"b\":0", "", PRE), "id 0 is taken already"},
        {FILE_OF("\"a\":0,\"a\":1", "", PRE), "duplicate"},
        {FILE_OF("\"\":0", "", PRE), "has 0 bytes"},
        {FILE_OF(VOCAB, "\"a b\",\"a x\"", PRE), "merges[1]: \"x\" is not in the vocabulary"},
        {FILE_OF(VOCAB, "\"b a\"", PRE), "merges[0]: the result \"ba\" is not in the vocabulary"},
        /* what a cycle would be made of: a merge whose result is one of its sides */
        {FILE_OF(VOCAB, "\"ab \"", PRE), "merges[0]: \"\" is not in the vocabulary"},
        {FILE_OF(VOCAB, "[\"\",\"ab\"]", PRE), "merges[0]: \"\" is not in the vocabulary"},
        {FILE_OF(VOCAB, "\"ab ab\"", PRE), "\"abab\" is not in the vocabulary"},
        {FILE_OF(VOCAB, "\"ab\"", PRE), "merges[0] \"ab\" is not two tokens"},
        {FILE_OF(VOCAB, "\"a b c\"", PRE), "is not two tokens"},
        {FILE_OF(VOCAB, "[\"a\"]", PRE), "merges[0] is not two tokens"},
        {FILE_OF(VOCAB, "[\"a\",1]", PRE), "merges[0] is not two tokens"},
        {FILE_OF(VOCAB, "3", PRE), "merges[0] is not two tokens"},
        {"{\"model\":{\"vocab\":{\"a\":0},\"merges\":[],\"dropout\":0.1}," PRE "}", "dropout"},
        {"{\"model\":{\"vocab\":{\"a\":0},\"merges\":[],\"byte_fallback\":true}," PRE "}",
         "byte_fallback"},
        {"{\"model\":{\"vocab\":{\"a\":0},\"merges\":[],\"end_of_word_suffix\":\"</w>\"}," PRE "}",
         "end_of_word_suffix"},
        {"{\"model\":{\"vocab\":{\"a\":0},\"merges\":[],\"unk_token\":\"a\"}," PRE "}",
         "unk_token"},
        {FILE_OF(VOCAB, MERGES, "\"pre_tokenizer\":null"), "no ByteLevel"},
        {FILE_OF(VOCAB, MERGES, "\"x\":1"), "no ByteLevel"},
        {FILE_OF(VOCAB, MERGES, "\"pre_tokenizer\":{\"type\":\"Whitespace\"}"), "\"Whitespace\""},
        {FILE_OF(VOCAB, MERGES,
                 "\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":["
                 "{\"type\":\"ByteLevel\"},{\"type\":\"Digits\"}]}"),
         "behind ByteLevel"},
        {FILE_OF(VOCAB, MERGES,
                 "\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(\"},"
                 "\"behavior\":\"Isolated\"}"),
         "regular expression"},
        {FILE_OF(VOCAB, MERGES,
                 "\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"a\"},"
                 "\"behavior\":\"Shred\"}"),
         "unknown behavior \"Shred\""},
        {FILE_OF(VOCAB, MERGES, "\"pre_tokenizer\":{\"type\":\"Split\",\"behavior\":\"Isolated\"}"),
         "neither a Regex nor a String"},
        {FILE_OF(VOCAB, MERGES, PRE ",\"normalizer\":{\"type\":\"Lowercase\"}"), "\"Lowercase\""},
        {FILE_OF(VOCAB, MERGES, PRE ",\"normalizer\":3"), "normalizer is not an object"},
        {FILE_OF(VOCAB, MERGES, PRE ",\"decoder\":{\"type\":\"WordPiece\"}"), "\"WordPiece\""},
        {FILE_OF(VOCAB, MERGES, PRE ",\"added_tokens\":{}"), "\"added_tokens\" is not a list"},
        {FILE_OF(VOCAB, MERGES, PRE ",\"added_tokens\":[{\"id\":9}]"), "\"content\" is no string"},
        {FILE_OF(VOCAB, MERGES, PRE ",\"added_tokens\":[{\"id\":9,\"content\":\"\"}]"), "is empty"},
        {FILE_OF(VOCAB, MERGES, PRE ",\"added_tokens\":[{\"id\":9,\"content\":\"a\\u0000\"}]"),
         "holds a NUL"},
        {FILE_OF(VOCAB, MERGES, PRE ",\"added_tokens\":[{\"content\":\"x\"}]"),
         "\"x\": the id is not a whole number"},
        {FILE_OF(VOCAB, MERGES, PRE ",\"added_tokens\":[{\"id\":3,\"content\":\"x\"}]"),
         "added_tokens[0] \"x\": id 3 is another token's"},
        {FILE_OF(VOCAB, MERGES, PRE ",\"added_tokens\":[{\"id\":9,\"content\":\"ab\"}]"),
         "id 9, but 3 in the vocabulary"},
        {FILE_OF(VOCAB, MERGES,
                 PRE
                 ",\"added_tokens\":[{\"id\":8,\"content\":\"x\"},{\"id\":9,\"content\":\"x\"}]"),
         "added_tokens[1] \"x\" is there twice"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        struct tokenizer *t =
            tokenizer_parse(cases[i].json, strlen(cases[i].json), "broken.json", &err);
        if (t || !strstr(err.text, cases[i].says) || strncmp(err.text, "broken.json", 11) != 0)
            fail_msg("%s:\n %s\n expected ...%s", cases[i].json, t ? "no error" : err.text,
                     cases[i].says);
    }
}

/* A pattern that would mean something else to PCRE2 than to Oniguruma is refused, not tried. */
static void tokenizer_refuses_patterns_it_cannot_translate(void **state)
{
    (void)state;
    static const char *const patterns[] = {
        "\\\\w+",       "\\\\b",  "\\\\h",       "\\\\R",   "^a",      "a$",    "[[:alpha:]]",
        "[a&&b]",       "[a[b]]", "[\\\\P{L}]",  "(?m:a)",  "(?s)a",   "\\\\1", "a{2}+",
        "\\\\p{Greek}", "a{,3}",  "[\\\\d-z]",   "\\\\xff", "(?<n>a)", "(*F)",  "\\\\p{Lx}",
        "[]a]",         "\\\\pL", "\\\\x{d800}", "[a",      "a\\\\",
    };
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        char json[1024];
        struct error err = {0};
        snprintf(json, sizeof json,
                 "{\"model\":{\"vocab\":{\"a\":0},\"merges\":[]},\"pre_tokenizer\":{\"type\":"
                 "\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\",\"behavior\":\"Isolated\","
                 "\"pattern\":{\"Regex\":\"%s\"}},{\"type\":\"ByteLevel\"}]}}",
                 patterns[i]);
        struct tokenizer *t = tokenizer_parse(json, strlen(json), "pattern.json", &err);
        if (t) fail_msg("%s was taken", patterns[i]);
        if (!strstr(err.text, "regular expression")) fail_msg("%s: %s", patterns[i], err.text);
    }
}

static void tokenizer_reads_from_a_folder(void **state)
{
    (void)state;
    char dir[] = "/tmp/autospec-tokenizer-XXXXXX";
    struct error err = {0};
    assert_non_null(mkdtemp(dir));
    char *path = path_join(dir, "tokenizer.json");
    assert_null(tokenizer_read(dir, &err));
    assert_non_null(strstr(err.text, "tokenizer.json"));
    static const char json[] = FILE_OF(VOCAB, MERGES, PRE);
    error_clear(&err);
    assert_true(file_write(path, json, sizeof json - 1, &err));
    struct tokenizer *t = tokenizer_read(dir, &err);
    if (!t) fail_msg("%s", err.text);
    assert_encodes(t, TOKENIZE_TEXT, "abc", "4");
    tokenizer_free(t);
    /* A sparse file of 65 MB is refused before it is read. */
    assert_int_equal(truncate(path, 65 << 20), 0);
    error_clear(&err);
    assert_null(tokenizer_read(dir, &err));
    assert_non_null(strstr(err.text, "tokenizer.json"));
    unlink(path);
    rmdir(dir);
    free(path);
}

static void tokenizer_leaves_the_list_alone_when_a_pattern_runs_away(void **state)
{
    (void)state;
    struct tokenizer *t =
        parse(FILE_OF(VOCAB, MERGES,
                      "\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":["
                      "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(a|a|b|ab)*[cd]\"},"
                      "\"behavior\":\"Isolated\"},{\"type\":\"ByteLevel\"}]}"));
    char text[3000];
    struct tokens ids = {0};
    struct error err = {0};
    for (size_t i = 0; i < sizeof text; i++) text[i] = "ab"[i % 2];
    assert_true(tokens_push(&ids, 42, &err));
    assert_false(tokenizer_encode(t, text, sizeof text, TOKENIZE_TEXT, &ids, &err));
    assert_non_null(strstr(err.text, "pattern"));
    assert_int_equal(ids.len, 1);
    assert_int_equal(ids.ids[0], 42);
    tokens_free(&ids);
    tokenizer_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokenizer_merges_the_lowest_rank_first),
        cmocka_unit_test(tokenizer_keeps_control_tokens_out_of_text),
        cmocka_unit_test(tokenizer_ignores_merges_for_known_words_when_told),
        cmocka_unit_test(tokenizer_finds_tokens_by_what_they_stand_for),
        cmocka_unit_test(tokenizer_reads_broken_utf8_as_replacement_characters),
        cmocka_unit_test(detokenizer_never_gives_half_a_sequence),
        cmocka_unit_test(tokenizer_merges_long_words_as_short_ones),
        cmocka_unit_test(tokenizer_orders_long_runs_of_marks),
        cmocka_unit_test(tokenizer_may_be_used_by_several_threads),
        cmocka_unit_test(tokenizer_refuses_damaged_files_by_field),
        cmocka_unit_test(tokenizer_refuses_patterns_it_cannot_translate),
        cmocka_unit_test(tokenizer_reads_from_a_folder),
        cmocka_unit_test(tokenizer_leaves_the_list_alone_when_a_pattern_runs_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
