/* Settings: the .env grammar, precedence, checks and their messages; and the nearest name. */
#include "base/buffer.h"
#include "config/env_file.h"
#include "base/file.h"
#include "base/log.h"
#include "config/settings.h"
#include "config/suggest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the grammar ---- */

/* Entries as "NAME=value@line;" so that a test can compare the lot at once. */
static bool collect(void *context, const char *name, const char *value, size_t line,
                    struct error *err)
{
    (void)err;
    buffer_printf(context, "%s=%s@%zu;", name, value, line);
    return true;
}

static void expect_entries(const char *text, const char *expected)
{
    struct buffer got = {0};
    struct error err = {0};
    if (!env_file_parse(text, strlen(text), ".env", collect, &got, &err)) fail_msg("%s", err.text);
    assert_string_equal(buffer_text(&got), expected);
    buffer_free(&got);
}

static void expect_error(const char *text, const char *message)
{
    struct buffer got = {0};
    struct error err = {0};
    assert_false(env_file_parse(text, strlen(text), ".env", collect, &got, &err));
    assert_string_equal(err.text, message);
    buffer_free(&got);
}

static void env_file_reads_plain_values_and_comments(void **state)
{
    (void)state;
    expect_entries("", "");
    expect_entries("A=1\nB = two words \n", "A=1@1;B=two words@2;");
    expect_entries("# a comment\n\n  A=1 # why\nB=x#y\r\nC=\n", "A=1@3;B=x#y@4;C=@5;");
    expect_entries("export A=1\nexport\tB=2\nexport=3", "A=1@1;B=2@2;export=3@3;");
    expect_entries("\xef\xbb\xbf"
                   "A=1",
                   "A=1@1;");
    expect_entries("A=#nothing\nB=a=b\n", "A=@1;B=a=b@2;");
}

static void env_file_reads_quoted_values(void **state)
{
    (void)state;
    expect_entries("A='x # $y\\n' # c\nB=\"a\\tb\\\\ \\\"q\\\" \\$1 \\z\"\n",
                   "A=x # $y\\n@1;B=a\tb\\ \"q\" $1 \\z@2;");
    expect_entries("A=\"one\ntwo\"\nB=3", "A=one\ntwo@1;B=3@3;");
    expect_entries("A=''\nB=\"\"", "A=@1;B=@2;");
}

static void env_file_errors_name_the_line(void **state)
{
    (void)state;
    expect_error("A=1\nwhat is this\n", ".env:2: expected NAME=value");
    expect_error("1A=1\n", ".env:1: expected NAME=value");
    expect_error("\n\n=1\n", ".env:3: expected NAME=value");
    expect_error("export A\n", ".env:1: expected NAME=value");
    expect_error("A=1\nB='x\nC=2\n", ".env:2: the quote (') is not closed");
    expect_error("A=\"x\" y\n", ".env:1: text after the closing quote");
    expect_error("A=\"x\n\n\" y\n", ".env:3: text after the closing quote");
    struct error err = {0};
    struct buffer got = {0};
    assert_false(env_file_parse("A=1\nB=x\0y\n", 11, ".env", collect, &got, &err));
    assert_string_equal(err.text, ".env:2: NUL byte");
    buffer_free(&got);
}

/* ---- the settings ---- */

static void settings_have_the_documented_defaults(void **state)
{
    (void)state;
    struct settings s;
    struct error err = {0};
    assert_true(settings_init(&s, &err));
    assert_string_equal(settings_text(&s, SETTING_MODEL), "nano");
    assert_true(settings_number(&s, SETTING_TEMPERATURE) == 0.1);
    assert_int_equal(settings_count(&s, SETTING_MAX_TOKENS), 512);
    assert_string_equal(settings_choice(&s, SETTING_THINKING), "auto");
    assert_int_equal(settings_count(&s, SETTING_THREADS), 0);
    assert_null(settings_text(&s, SETTING_STORE));
    assert_string_equal(settings_choice(&s, SETTING_KV_BITS), "16");
    assert_string_equal(settings_text(&s, SETTING_DEVICE), "auto");
    assert_int_equal(settings_count(&s, SETTING_MEMORY), 0);
    assert_string_equal(settings_text(&s, SETTING_HOST), "127.0.0.1");
    assert_int_equal(settings_count(&s, SETTING_PORT), 8000);
    assert_null(settings_text(&s, SETTING_API_KEY));
    bool both;
    assert_int_equal(settings_weight_bits(&s, &both), 4);
    assert_false(both);
    settings_free(&s);
}

/* Sets one from a source and expects that it is taken for good. */
static void set(struct settings *s, enum setting id, const char *text, enum setting_source source)
{
    struct error err = {0};
    if (!settings_set(s, id, text, source, 7, setting_spec(id)->name, &err))
        fail_msg("%s", err.text);
}

static void later_sources_win_in_whatever_order_they_are_read(void **state)
{
    (void)state;
    struct settings s;
    struct error err = {0};
    char origin[64];
    assert_true(settings_init(&s, &err));
    assert_string_equal(settings_origin(&s, SETTING_MODEL, origin, sizeof origin), "default");
    set(&s, SETTING_MODEL, "a", SOURCE_ENV_FILE);
    assert_string_equal(settings_origin(&s, SETTING_MODEL, origin, sizeof origin), ".env line 7");
    set(&s, SETTING_MODEL, "b", SOURCE_ENVIRONMENT);
    assert_string_equal(settings_text(&s, SETTING_MODEL), "b");
    assert_string_equal(settings_origin(&s, SETTING_MODEL, origin, sizeof origin), "environment");
    set(&s, SETTING_MODEL, "c", SOURCE_COMMAND_LINE);
    set(&s, SETTING_MODEL, "d", SOURCE_ENVIRONMENT);
    set(&s, SETTING_MODEL, "e", SOURCE_ENV_FILE);
    assert_string_equal(settings_text(&s, SETTING_MODEL), "c");
    assert_string_equal(settings_origin(&s, SETTING_MODEL, origin, sizeof origin), "command line");
    settings_free(&s);
}

static void environment_is_read_and_empty_values_are_none(void **state)
{
    (void)state;
    struct settings s;
    struct error err = {0};
    char *environment[] = {
        "PATH=/bin", "LLM_TEMPERATURE=0.7", "LLM_MAX_TOKENS=", "LLM_THINKING=ON", "odd", NULL};
    assert_true(settings_init(&s, &err));
    assert_true(settings_read_environment(&s, environment, &err));
    assert_true(settings_number(&s, SETTING_TEMPERATURE) == 0.7);
    assert_int_equal(settings_count(&s, SETTING_MAX_TOKENS), 512);
    assert_string_equal(settings_choice(&s, SETTING_THINKING), "on");
    settings_free(&s);
}

static void wrong_values_are_refused_with_the_reason(void **state)
{
    (void)state;
    static const struct {
        enum setting id;
        const char *text, *message;
    } CASES[] = {
        {SETTING_TEMPERATURE, "hot", "here: \"hot\" is not a number"},
        {SETTING_TEMPERATURE, "1e", "here: \"1e\" is not a number"},
        {SETTING_TEMPERATURE, "nan", "here: \"nan\" is not a number"},
        {SETTING_TEMPERATURE, "-0.1", "here: -0.1 is outside 0 to 2"},
        {SETTING_MAX_TOKENS, "0", "here: 0 is outside 1 to 1048576"},
        {SETTING_MAX_TOKENS, "1.5", "here: \"1.5\" is not a whole number"},
        {SETTING_MAX_TOKENS, "", "here: \"\" is not a whole number"},
        {SETTING_MAX_TOKENS, "99999999999999999999",
         "here: \"99999999999999999999\" is not a whole number"},
        {SETTING_USE_4BIT, "maybe", "here: \"maybe\" is neither true nor false"},
        {SETTING_THINKING, "hard", "here: \"hard\" is not one of auto, on or off"},
        {SETTING_MODEL, "", "here: is empty"},
        {SETTING_KV_BITS, "4", "here: \"4\" is not one of 16 or 8"},
        {SETTING_PORT, "65536", "here: 65536 is outside 0 to 65535"},
        {SETTING_PORT, "http", "here: \"http\" is not a whole number"},
        {SETTING_DEVICE, "gpu", "here: \"gpu\" is not one of auto, cpu, cuda or cuda:N"},
        {SETTING_DEVICE, "cuda:", "here: \"cuda:\" is not one of auto, cpu, cuda or cuda:N"},
        {SETTING_DEVICE, "cuda:1x", "here: \"cuda:1x\" is not one of auto, cpu, cuda or cuda:N"},
        {SETTING_DEVICE, "cuda:1234",
         "here: \"cuda:1234\" is not one of auto, cpu, cuda or cuda:N"},
        {SETTING_MEMORY, "lots", "here: \"lots\" is not a size like 8G, nor auto or off"},
        {SETTING_MEMORY, "8X", "here: \"8X\" is not a size like 8G, nor auto or off"},
        {SETTING_MEMORY, "-8G", "here: \"-8G\" is not a size like 8G, nor auto or off"},
        {SETTING_MEMORY, "1.5.2G", "here: \"1.5.2G\" is not a size like 8G, nor auto or off"},
        {SETTING_MEMORY, "9999999T", "here: \"9999999T\" is not a size like 8G, nor auto or off"},
        {SETTING_MEMORY, "0", "here: \"0\" is not a size like 8G, nor auto or off"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct settings s;
        struct error err = {0};
        assert_true(settings_init(&s, &err));
        assert_false(
            settings_set(&s, CASES[i].id, CASES[i].text, SOURCE_ENVIRONMENT, 0, "here", &err));
        assert_string_equal(err.text, CASES[i].message);
        assert_int_equal(err.code, ERROR_USAGE);
        settings_free(&s);
    }
}

static void sizes_and_devices_are_understood(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t bytes;
    } SIZES[] = {
        {"auto", 0},           {"OFF", SIZE_MAX},       {"4096", 4096},
        {"8G", 8000000000},    {"8GB", 8000000000},     {"1.5g", 1500000000},
        {"2Gi", 2147483648},   {"512MiB", 536870912},   {"1k", 1000},
        {"1T", 1000000000000},
    };
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        struct settings s = {0};
        set(&s, SETTING_MEMORY, SIZES[i].text, SOURCE_ENVIRONMENT);
        assert_true(settings_count(&s, SETTING_MEMORY) == SIZES[i].bytes);
        settings_free(&s);
    }
    struct settings s = {0};
    set(&s, SETTING_DEVICE, "cuda:12", SOURCE_ENVIRONMENT);
    assert_int_equal(settings_count(&s, SETTING_DEVICE), 12);
    set(&s, SETTING_DEVICE, "cpu", SOURCE_ENVIRONMENT);
    settings_free(&s);
}

static void read_names(struct settings *s, char *a, char *b)
{
    struct error err = {0};
    char *environment[] = {a, b, NULL};
    assert_true(settings_init(s, &err));
    if (!settings_read_environment(s, environment, &err)) fail_msg("%s", err.text);
}

static void older_names_are_known_and_newer_ones_win(void **state)
{
    (void)state;
    struct settings s;
    char origin[64];
    read_names(&s, "HUGGING_FACE_HUB_TOKEN=old", "X=1");
    assert_string_equal(settings_text(&s, SETTING_HF_TOKEN), "old");
    assert_string_equal(settings_origin(&s, SETTING_HF_TOKEN, origin, sizeof origin),
                        "environment, as HUGGING_FACE_HUB_TOKEN");
    settings_free(&s);
    read_names(&s, "HUGGING_FACE_HUB_TOKEN=old", "HF_TOKEN=new");
    assert_string_equal(settings_text(&s, SETTING_HF_TOKEN), "new");
    assert_string_equal(settings_origin(&s, SETTING_HF_TOKEN, origin, sizeof origin),
                        "environment");
    settings_free(&s);
    read_names(&s, "HF_TOKEN=new", "HUGGING_FACE_HUB_TOKEN=old");
    assert_string_equal(settings_text(&s, SETTING_HF_TOKEN), "new");
    settings_free(&s);
    /* The older name in a later source wins over the newer one in an earlier source. */
    struct error err = {0};
    char *environment[] = {"TRANSFORMERS_OFFLINE=yes", NULL};
    assert_true(settings_init(&s, &err));
    set(&s, SETTING_HF_HUB_OFFLINE, "0", SOURCE_ENV_FILE);
    assert_true(settings_read_environment(&s, environment, &err));
    assert_true(settings_bool(&s, SETTING_HF_HUB_OFFLINE));
    settings_free(&s);
}

static void a_lookup_sees_what_was_given_and_else_the_environment(void **state)
{
    (void)state;
    struct settings s;
    struct error err = {0};
    bool of_folder;
    assert_true(settings_init(&s, &err));
    setenv("HF_ENDPOINT", "http://process", 1);
    setenv("HUGGINGFACE_HUB_CACHE", "/process", 1);
    setenv("AUTOSPEC_TEST_OTHER", "other", 1);
    /* Its default, and the process's own variable, which was read or not, are none of its value. */
    assert_null(settings_lookup(&s, "HF_ENDPOINT", &of_folder));
    assert_null(settings_lookup(&s, "HUGGINGFACE_HUB_CACHE", &of_folder));
    set(&s, SETTING_HF_ENDPOINT, "http://file", SOURCE_ENV_FILE);
    assert_string_equal(settings_lookup(&s, "HF_ENDPOINT", &of_folder), "http://file");
    assert_true(of_folder);
    assert_string_equal(settings_lookup(&s, "AUTOSPEC_TEST_OTHER", &of_folder), "other");
    assert_false(of_folder);
    assert_null(settings_lookup(&s, "AUTOSPEC_TEST_NONE", &of_folder));
    unsetenv("HF_ENDPOINT");
    unsetenv("HUGGINGFACE_HUB_CACHE");
    unsetenv("AUTOSPEC_TEST_OTHER");
    settings_free(&s);
}

static void weight_bits_follow_what_was_asked_for(void **state)
{
    (void)state;
    static const struct {
        const char *four, *eight;
        unsigned bits;
        bool both;
    } CASES[] = {
        {NULL, NULL, 4, false},      {"true", "true", 4, true}, {NULL, "true", 8, false},
        {"false", "true", 8, false}, {"no", "0", 16, false},    {"yes", "off", 4, false},
        {"false", NULL, 16, false},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct settings s;
        struct error err = {0};
        assert_true(settings_init(&s, &err));
        if (CASES[i].four) set(&s, SETTING_USE_4BIT, CASES[i].four, SOURCE_ENVIRONMENT);
        if (CASES[i].eight) set(&s, SETTING_USE_8BIT, CASES[i].eight, SOURCE_ENVIRONMENT);
        bool both;
        assert_int_equal(settings_weight_bits(&s, &both), CASES[i].bits);
        assert_int_equal(both, CASES[i].both);
        settings_free(&s);
    }
}

static void env_file_errors_name_file_line_and_setting(void **state)
{
    (void)state;
    char dir[] = "/tmp/autospec-settings.XXXXXX";
    assert_non_null(mkdtemp(dir));
    char *path = path_join(dir, ".env");
    struct settings s;
    struct error err = {0};

    assert_true(settings_init(&s, &err));
    assert_true(settings_read_file(&s, path, &err)); /* none there */

    const char *good = "OTHER=1\nLLM_CONTEXT=2048\n";
    assert_true(file_write(path, good, strlen(good), &err));
    assert_true(settings_read_file(&s, path, &err));
    assert_int_equal(settings_count(&s, SETTING_CONTEXT), 2048);

    const char *bad = "# x\nLLM_CONTEXT=many\n";
    assert_true(file_write(path, bad, strlen(bad), &err));
    assert_false(settings_read_file(&s, path, &err));
    char expected[256];
    snprintf(expected, sizeof expected, "%s:2: LLM_CONTEXT: \"many\" is not a whole number", path);
    assert_string_equal(err.text, expected);

    settings_free(&s);
    unlink(path);
    rmdir(dir);
    free(path);
}

static void every_setting_says_what_it_is(void **state)
{
    (void)state;
    for (enum setting id = 0; id < N_SETTINGS; id++) {
        const struct setting_spec *spec = setting_spec(id);
        assert_non_null(spec->name);
        assert_non_null(spec->help);
        assert_true(spec->fallback || spec->fallback_note);
        assert_true(spec->kind != SETTING_CHOICE || spec->choices);
        assert_true(!spec->option || spec->argument);
    }
}

/* ---- the nearest name ---- */

static void nearest_name_is_found_and_far_ones_are_not(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"ask", "ingest", "generate", "tokenize", "eval", "info"};
    const size_t n = sizeof NAMES / sizeof *NAMES;
    assert_string_equal(suggest_nearest("aks", NAMES, n), "ask");
    assert_string_equal(suggest_nearest("injest", NAMES, n), "ingest");
    assert_string_equal(suggest_nearest("Generate", NAMES, n), "generate");
    assert_string_equal(suggest_nearest("tok", NAMES, n), "tokenize");
    assert_null(suggest_nearest("xyzzy", NAMES, n));
    assert_null(suggest_nearest("", NAMES, n));
    assert_int_equal(suggest_distance("", "abc"), 3);
    assert_int_equal(suggest_distance("abc", "acb"), 1);
    assert_int_equal(suggest_distance("kitten", "sitting"), 3);
    char longer[100];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_true(suggest_distance(longer, "x") == SIZE_MAX);
    assert_null(suggest_nearest(longer, NAMES, n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(env_file_reads_plain_values_and_comments),
        cmocka_unit_test(env_file_reads_quoted_values),
        cmocka_unit_test(env_file_errors_name_the_line),
        cmocka_unit_test(settings_have_the_documented_defaults),
        cmocka_unit_test(later_sources_win_in_whatever_order_they_are_read),
        cmocka_unit_test(environment_is_read_and_empty_values_are_none),
        cmocka_unit_test(wrong_values_are_refused_with_the_reason),
        cmocka_unit_test(sizes_and_devices_are_understood),
        cmocka_unit_test(older_names_are_known_and_newer_ones_win),
        cmocka_unit_test(a_lookup_sees_what_was_given_and_else_the_environment),
        cmocka_unit_test(weight_bits_follow_what_was_asked_for),
        cmocka_unit_test(env_file_errors_name_file_line_and_setting),
        cmocka_unit_test(every_setting_says_what_it_is),
        cmocka_unit_test(nearest_name_is_found_and_far_ones_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
