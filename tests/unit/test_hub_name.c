/* Names from users and servers: what may become part of a path or an address. */
#include "hub/hub_http.h"
#include "hub/hub_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static void model_names_split_at_the_revision(void **state)
{
    (void)state;
    struct hub_name n;
    struct error err = {0};
    assert_true(hub_name_parse("deepseek-ai/deepseek-coder-1.3b-instruct", &n, &err));
    assert_string_equal(n.repo, "deepseek-ai/deepseek-coder-1.3b-instruct");
    assert_string_equal(n.revision, "main");
    assert_true(hub_name_parse("gpt2@refs/pr/4", &n, &err));
    assert_string_equal(n.repo, "gpt2");
    assert_string_equal(n.revision, "refs/pr/4");
    assert_false(hub_name_parse("a/b@c@{1}", &n, &err));
    assert_int_equal(err.code, ERROR_USAGE);
}

static void model_names_cannot_leave_the_cache(void **state)
{
    (void)state;
    static const char *const GOOD[] = {"a/b", "a", "A_1.x/b-2", "0/0"};
    static const char *const BAD[] = {"",       "/",      "a/",         "/a",      "a/b/c",
                                      "../a",   "a/..",   "a/.b",       "a/b.",    "-a/b",
                                      "a/b-",   "a--b/c", "a/b..c",     "a/b.git", "a b/c",
                                      "a/b\\c", "a/b\n",  "\xc3\xa4/b", "a/b%2e"};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        if (!hub_repo_is_valid(GOOD[i])) fail_msg("refused: %s", GOOD[i]);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (hub_repo_is_valid(BAD[i])) fail_msg("taken: %s", BAD[i]);
    char longest[256] = "o/";
    memset(longest + 2, 'n', 96);
    assert_true(hub_repo_is_valid(longest));
    longest[98] = 'n';
    assert_false(hub_repo_is_valid(longest));
}

static void revisions_follow_the_rules_of_git(void **state)
{
    (void)state;
    static const char *const GOOD[] = {"main",      "v1.0",
                                       "refs/pr/1", "feature/a-b_c",
                                       "a+b",       "0123456789012345678901234567890123456789"};
    static const char *const BAD[] = {
        "",    "..", "a..b", "/a",  "a/",   "a//b", ".a", "a/.b",   "a b",   "a~1",  "a^",
        "a:b", "a?", "a*",   "a[b", "a\\b", "-a",   "a.", "a.lock", "a@{1}", "a\tb", "../../x"};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        if (!hub_revision_is_valid(GOOD[i])) fail_msg("refused: %s", GOOD[i]);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (hub_revision_is_valid(BAD[i])) fail_msg("taken: %s", BAD[i]);
}

static void paths_stay_below_the_snapshot(void **state)
{
    (void)state;
    static const char *const GOOD[] = {"config.json", "1_Pooling/config.json",
                                       "a/b/c",       "..a",
                                       "a b",         "\xe6\xa8\xa1\xe5\x9e\x8b.json"};
    static const char *const BAD[] = {"",         ".",     "..",    "/a",       "a/",       "a//b",
                                      "./a",      "a/..",  "../a",  "a/../b",   "a/.",      "a\nb",
                                      "a\x1b[1m", "a\x7f", "a\xff", "\xc0\xaf", "a\xc2\x85"};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        if (!hub_path_is_valid(GOOD[i])) fail_msg("refused: %s", GOOD[i]);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (hub_path_is_valid(BAD[i])) fail_msg("taken: %zu", i);
    char part[300];
    memset(part, 'a', sizeof part);
    part[255] = '\0';
    assert_true(hub_path_is_valid(part));
    part[255] = 'a';
    part[256] = '\0';
    assert_false(hub_path_is_valid(part));
}

static void etags_become_file_names_or_nothing(void **state)
{
    (void)state;
    char out[HUB_MAX_ETAG + 1];
    assert_true(hub_etag_normalize("\"abc123\"", out));
    assert_string_equal(out, "abc123");
    assert_true(hub_etag_normalize("W/\"5f3-a.b_c+d=\"", out));
    assert_string_equal(out, "5f3-a.b_c+d=");
    assert_true(hub_etag_normalize("plain", out));
    static const char *const BAD[] = {"",
                                      "\"\"",
                                      "\"",
                                      "W/",
                                      "\"..\"",
                                      "\"a/b\"",
                                      "\".a\"",
                                      "a\"b",
                                      "a b",
                                      "a\nb",
                                      "\"../../etc/passwd\""};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (hub_etag_normalize(BAD[i], out)) fail_msg("taken: %s", BAD[i]);
    char longest[HUB_MAX_ETAG + 2];
    memset(longest, 'e', sizeof longest);
    longest[HUB_MAX_ETAG] = '\0';
    assert_true(hub_etag_normalize(longest, out));
    longest[HUB_MAX_ETAG] = 'e';
    longest[HUB_MAX_ETAG + 1] = '\0';
    assert_false(hub_etag_normalize(longest, out));
}

static void addresses_are_escaped(void **state)
{
    (void)state;
    struct buffer b = {0};
    hub_url_escape(&b, "refs/pr/1", false);
    assert_string_equal(buffer_text(&b), "refs%2Fpr%2F1");
    buffer_clear(&b);
    hub_url_escape(&b, "a/b c?#%&\xc3\xa4~", true);
    assert_string_equal(buffer_text(&b), "a/b%20c%3F%23%25%26%C3%A4~");
    buffer_free(&b);
}

static void tokens_go_to_one_origin_only(void **state)
{
    (void)state;
    const char *hub = "https://huggingface.co";
    assert_true(hub_same_origin(hub, "https://HUGGINGFACE.co:443/a/b?c"));
    assert_false(hub_same_origin(hub, "http://huggingface.co/"));
    assert_false(hub_same_origin(hub, "https://huggingface.co:444/"));
    assert_false(hub_same_origin(hub, "https://cdn.huggingface.co/"));
    assert_false(hub_same_origin(hub, "https://huggingface.co.evil.example/"));
    assert_false(hub_same_origin(hub, "https://huggingface.co@evil.example/"));
    assert_false(hub_same_origin(hub, "//huggingface.co/"));
    assert_false(hub_same_origin(hub, "ftp://huggingface.co/"));
    assert_false(hub_same_origin("", ""));
}

static void messages_show_no_signature(void **state)
{
    (void)state;
    char out[HUB_ORIGIN];
    hub_origin("https://user:secret@cdn.example:8443/x?Signature=secret", out);
    assert_string_equal(out, "https://cdn.example:8443");
    hub_origin("http://127.0.0.1/x", out);
    assert_string_equal(out, "http://127.0.0.1");
    hub_origin("file:///etc/passwd", out);
    assert_string_equal(out, "an address that cannot be used");
}

static void waits_grow_and_are_spread(void **state)
{
    (void)state;
    bool differ = false;
    double first = hub_backoff(3, 0);
    for (size_t i = 0; i < 200; i++) {
        double one = hub_backoff(1, 0), three = hub_backoff(3, 0), many = hub_backoff(60, 0);
        assert_true(one >= 0.25 && one <= 0.5);
        assert_true(three >= 1 && three <= 2);
        assert_true(many >= 15 && many <= 30);
        assert_true(hub_backoff(1, 7) >= 7 && hub_backoff(1, 7) <= 7.25);
        differ = differ || three != first;
    }
    assert_true(differ);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(model_names_split_at_the_revision),
        cmocka_unit_test(model_names_cannot_leave_the_cache),
        cmocka_unit_test(revisions_follow_the_rules_of_git),
        cmocka_unit_test(paths_stay_below_the_snapshot),
        cmocka_unit_test(etags_become_file_names_or_nothing),
        cmocka_unit_test(addresses_are_escaped),
        cmocka_unit_test(tokens_go_to_one_origin_only),
        cmocka_unit_test(messages_show_no_signature),
        cmocka_unit_test(waits_grow_and_are_spread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
