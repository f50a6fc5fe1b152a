/* The cache on disk, the settings that say where it is, and the checksums it is named by. */
#include "scratch.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/log.h"
#include "hub/hub.h"
#include "hub/hub_cache.h"
#include "hub/hub_hash.h"
#include "hub/hub_listing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMMIT "0123456789abcdef0123456789abcdef01234567"
#define OTHER  "89abcdef0123456789abcdef0123456789abcdef"

static char repo_dir[320];

static int make_cache(void **state)
{
    if (scratch_make(state) != 0) return -1;
    snprintf(repo_dir, sizeof repo_dir, "%s/models--org--name", scratch);
    return 0;
}

static void take_away(const char *path)
{
    char *full = path_join(scratch, path);
    assert_int_equal(unlink(full), 0);
    free(full);
}

/* ---- checksums ---- */

static void expect_sum(enum hub_hash_kind kind, const char *text, const char *expected)
{
    struct hub_hash h = {0};
    struct error err = {0};
    char sum[HUB_HASH_HEX];
    size_t len = strlen(text), half = len / 2;
    assert_true(hub_hash_start(&h, kind, len, &err));
    assert_true(hub_hash_update(&h, text, half, &err));
    assert_true(hub_hash_update(&h, text + half, len - half, &err));
    assert_true(hub_hash_end(&h, sum, &err));
    assert_string_equal(sum, expected);
    hub_hash_free(&h);
}

static void checksums_are_those_of_git_and_lfs(void **state)
{
    (void)state;
    /* `git hash-object` and `sha256sum` say so. */
    expect_sum(HUB_HASH_GIT, "", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
    expect_sum(HUB_HASH_GIT, "hello\n", "ce013625030ba8dba906f756967f9e9ca394464a");
    expect_sum(HUB_HASH_SHA256, "",
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect_sum(HUB_HASH_SHA256, "hello\n",
               "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03");
    expect_sum(HUB_HASH_NONE, "hello\n", "");
}

/* ---- the layout ---- */

static void a_repository_has_the_folder_that_python_gives_it(void **state)
{
    (void)state;
    char *path = hub_cache_repo("/c", "deepseek-ai/deepseek-coder-1.3b-instruct");
    assert_string_equal(path, "/c/models--deepseek-ai--deepseek-coder-1.3b-instruct");
    free(path);
    path = hub_cache_repo("/c", "gpt2");
    assert_string_equal(path, "/c/models--gpt2");
    free(path);
    path = hub_cache_blob("/c/models--gpt2", "abc", ".incomplete");
    assert_string_equal(path, "/c/models--gpt2/blobs/abc.incomplete");
    free(path);
}

static void refs_lead_to_commits(void **state)
{
    (void)state;
    struct error err = {0};
    char commit[41];
    assert_false(hub_cache_commit(repo_dir, "main", commit));
    assert_true(hub_cache_write_ref(repo_dir, "main", COMMIT, &err));
    assert_true(hub_cache_commit(repo_dir, "main", commit));
    assert_string_equal(commit, COMMIT);
    assert_true(hub_cache_write_ref(repo_dir, "refs/pr/1", OTHER, &err));
    assert_true(hub_cache_write_ref(repo_dir, "main", OTHER, &err));
    assert_true(hub_cache_commit(repo_dir, "main", commit));
    assert_string_equal(commit, OTHER);
    assert_true(hub_cache_write_ref(repo_dir, COMMIT, COMMIT, &err));
    char *path = path_join(repo_dir, "refs/" COMMIT);
    assert_false(file_exists(path));
    free(path);
    /* Whatever else a file there holds is no commit. */
    scratch_put("models--org--name/refs/bad", "../../../etc");
    assert_false(hub_cache_commit(repo_dir, "bad", commit));
    scratch_put("models--org--name/refs/newline", COMMIT "\n");
    assert_true(hub_cache_commit(repo_dir, "newline", commit));
}

static void links_are_relative_and_replace_what_was_there(void **state)
{
    (void)state;
    struct error err = {0};
    char target[256] = "";
    scratch_put("models--org--name/blobs/one", "1");
    scratch_put("models--org--name/blobs/two", "22");
    assert_true(hub_cache_link(repo_dir, COMMIT, "1_Pooling/config.json", "one", &err));
    assert_true(hub_cache_link(repo_dir, COMMIT, "config.json", "one", &err));
    assert_true(hub_cache_link(repo_dir, COMMIT, "config.json", "two", &err));
    char *snapshot = hub_cache_snapshot(repo_dir, COMMIT);
    char *path = path_join(snapshot, "config.json");
    assert_int_equal(readlink(path, target, sizeof target - 1), strlen("../../blobs/two"));
    assert_string_equal(target, "../../blobs/two");
    free(path);
    memset(target, 0, sizeof target);
    path = path_join(snapshot, "1_Pooling/config.json");
    assert_true(readlink(path, target, sizeof target - 1) > 0);
    assert_string_equal(target, "../../../blobs/one");
    free(path);
    free(snapshot);
    assert_true(hub_cache_has_file(repo_dir, COMMIT, "config.json", 2));
    assert_true(hub_cache_has_file(repo_dir, COMMIT, "1_Pooling/config.json", HUB_SIZE_UNKNOWN));
    assert_false(hub_cache_has_file(repo_dir, COMMIT, "config.json", 1));
    take_away("models--org--name/blobs/two");
    assert_false(hub_cache_has_file(repo_dir, COMMIT, "config.json", HUB_SIZE_UNKNOWN));
}

static void a_blob_is_locked_against_others(void **state)
{
    (void)state;
    struct error err = {0};
    int first, second, third;
    assert_true(hub_cache_lock(scratch, "org/name", "etag", &first, &err));
    assert_true(first >= 0);
    char *path = path_join(scratch, ".locks/models--org--name/etag.lock");
    assert_true(file_exists(path));
    assert_true(hub_cache_lock(scratch, "org/name", "etag", &second, &err));
    assert_int_equal(second, -1);
    assert_true(hub_cache_lock(scratch, "org/name", "another", &third, &err));
    assert_true(third >= 0);
    close(third);
    /* One that was removed locks nothing. */
    assert_int_equal(unlink(path), 0);
    assert_true(hub_cache_lock(scratch, "org/name", "etag", &second, &err));
    assert_true(second >= 0);
    close(second);
    close(first);
    assert_true(hub_cache_lock(scratch, "org/name", "etag", &second, &err));
    assert_true(second >= 0);
    close(second);
    free(path);
}

#define SNAPSHOT "models--org--name/snapshots/" COMMIT "/"

static void expect_missing(const char *expected)
{
    char missing[256] = "";
    char *snapshot = hub_cache_snapshot(repo_dir, COMMIT);
    bool complete = hub_snapshot_is_complete(snapshot, missing, sizeof missing);
    assert_int_equal(complete, !*expected);
    assert_true(hub_snapshot_is_complete(snapshot, NULL, 0) == complete);
    if (*expected) assert_string_equal(missing, expected);
    free(snapshot);
}

static void half_a_model_is_not_taken_for_one(void **state)
{
    (void)state;
    expect_missing("config.json");
    scratch_put(SNAPSHOT "config.json", "{}");
    expect_missing("tokenizer.json");
    scratch_put(SNAPSHOT "tokenizer.json", "{}");
    expect_missing("model.safetensors");
    scratch_put(SNAPSHOT "model-00001-of-00002.safetensors", "x");
    expect_missing("model.safetensors");
    scratch_put(SNAPSHOT "model.safetensors.index.json",
                "{\"weight_map\": {\"a\": \"model-00001-of-00002.safetensors\","
                " \"b\": \"model-00002-of-00002.safetensors\"}}");
    expect_missing("model-00002-of-00002.safetensors");
    scratch_put(SNAPSHOT "model-00002-of-00002.safetensors", "x");
    expect_missing("");
    scratch_put(SNAPSHOT "model.safetensors.index.json",
                "{\"weight_map\": {\"a\": \"../../../refs/main\"}}");
    scratch_put("models--org--name/refs/main", COMMIT);
    expect_missing("../../../refs/main");
    scratch_put(SNAPSHOT "model.safetensors.index.json", "{\"weight_map\": ");
    expect_missing("a readable model.safetensors.index.json");
    scratch_put(SNAPSHOT "model.safetensors", "x");
    expect_missing("");
}

static void a_model_in_the_cache_is_used_without_asking(void **state)
{
    (void)state;
    struct error err = {0};
    /* An endpoint that nobody is at: any request would be an error. */
    struct hub_settings s = {.endpoint = (char[]){"http://127.0.0.1:1"}, .cache = scratch};
    scratch_put(SNAPSHOT "config.json", "{}");
    scratch_put(SNAPSHOT "tokenizer.json", "{}");
    scratch_put(SNAPSHOT "model.safetensors", "x");
    assert_null(hub_model_path(&s, "org/name", NULL, &err));
    assert_non_null(strstr(err.text, "127.0.0.1:1"));
    error_clear(&err);
    scratch_put("models--org--name/refs/main", COMMIT);
    char *path = hub_model_path(&s, "org/name", NULL, &err);
    assert_non_null(path);
    char *expected = hub_cache_snapshot(repo_dir, COMMIT);
    assert_string_equal(path, expected);
    free(path);
    path = hub_model_path(&s, "org/name@" COMMIT, NULL, &err);
    assert_string_equal(path, expected);
    free(path);
    free(expected);
    s.offline = true;
    assert_null(hub_model_path(&s, "org/other", NULL, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_non_null(strstr(err.text, "HF_HUB_OFFLINE"));
}

static void a_download_that_is_cancelled_says_so(void **state)
{
    (void)state;
    struct error err = {0};
    atomic_bool cancel = true;
    struct hub_settings s = {
        .endpoint = (char[]){"http://127.0.0.1:1"}, .cache = scratch, .retries = 100};
    struct hub_result r;
    assert_false(hub_pull(&s, "org/name", &cancel, &r, &err));
    assert_int_equal(err.code, ERROR_CANCELLED);
    hub_result_free(&r);
}

/* ---- settings ---- */

/* An environment: NAME, value, NAME, value, ..., NULL. */
static const char *look(void *context, const char *name, bool *of_folder)
{
    *of_folder = false;
    for (const char *const *v = context; *v; v += 2)
        if (strcmp(*v, name) == 0) return v[1];
    return NULL;
}
#define ENVIRONMENT(...) ((void *)(uintptr_t)(const char *const[]){__VA_ARGS__, NULL})

static void expect_cache(void *environment, const char *expected)
{
    struct hub_settings s;
    struct error err = {0};
    if (!hub_settings_read(&s, look, environment, &err)) fail_msg("%s", err.text);
    assert_string_equal(s.cache, expected);
    hub_settings_free(&s);
}

static void the_cache_is_where_python_has_it(void **state)
{
    (void)state;
    expect_cache(ENVIRONMENT("HOME", "/h"), "/h/.cache/huggingface/hub");
    expect_cache(ENVIRONMENT("HOME", "/h", "XDG_CACHE_HOME", "/x"), "/x/huggingface/hub");
    expect_cache(ENVIRONMENT("HOME", "/h", "XDG_CACHE_HOME", "/x", "HF_HOME", "/f"), "/f/hub");
    expect_cache(ENVIRONMENT("HOME", "/h", "HF_HOME", "~/f/$A/${A}/$B", "A", "a"),
                 "/h/f/a/a/$B/hub");
    expect_cache(ENVIRONMENT("HF_HOME", "/f", "HUGGINGFACE_HUB_CACHE", "/o"), "/o");
    expect_cache(ENVIRONMENT("HUGGINGFACE_HUB_CACHE", "/o", "HF_HUB_CACHE", "/n"), "/n");
    expect_cache(ENVIRONMENT("TRANSFORMERS_CACHE", "/t", "HF_HUB_CACHE", "/n"), "/t");
    expect_cache(ENVIRONMENT("HOME", "/h", "HF_HOME", "", "HF_HUB_CACHE", ""),
                 "/h/.cache/huggingface/hub");
}

static void the_token_is_the_environments_or_the_files(void **state)
{
    (void)state;
    struct hub_settings s;
    struct error err = {0};
    scratch_put("token", "  hf_file\n");
    assert_true(hub_settings_read(&s, look, ENVIRONMENT("HF_HOME", scratch), &err));
    assert_string_equal(s.token, "hf_file");
    hub_settings_free(&s);
    assert_true(hub_settings_read(
        &s, look, ENVIRONMENT("HF_HOME", scratch, "HUGGING_FACE_HUB_TOKEN", "hf_old"), &err));
    assert_string_equal(s.token, "hf_old");
    hub_settings_free(&s);
    assert_true(hub_settings_read(
        &s, look,
        ENVIRONMENT("HF_HOME", scratch, "HUGGING_FACE_HUB_TOKEN", "hf_old", "HF_TOKEN", "hf_new "),
        &err));
    assert_string_equal(s.token, "hf_new");
    hub_settings_free(&s);
    assert_true(hub_settings_read(
        &s, look, ENVIRONMENT("HF_HOME", scratch, "HF_HUB_DISABLE_IMPLICIT_TOKEN", "1"), &err));
    assert_null(s.token);
    hub_settings_free(&s);
    assert_false(hub_settings_read(
        &s, look, ENVIRONMENT("HF_HOME", scratch, "HF_TOKEN", "a\r\nHost: b"), &err));
    assert_int_equal(err.code, ERROR_USAGE);
    assert_null(strstr(err.text, "Host"));
    hub_settings_free(&s);
}

static void offline_and_endpoint_are_read(void **state)
{
    (void)state;
    struct hub_settings s;
    struct error err = {0};
    assert_true(hub_settings_read(&s, look, ENVIRONMENT("HOME", "/h"), &err));
    assert_string_equal(s.endpoint, "https://huggingface.co");
    assert_false(s.offline);
    assert_null(s.token);
    hub_settings_free(&s);
    assert_true(hub_settings_read(&s, look,
                                  ENVIRONMENT("HOME", "/h", "HF_ENDPOINT",
                                              "https://mirror.example//", "TRANSFORMERS_OFFLINE",
                                              "yes", "HF_HUB_DOWNLOAD_TIMEOUT", "60"),
                                  &err));
    assert_string_equal(s.endpoint, "https://mirror.example");
    assert_true(s.offline);
    assert_int_equal(s.stall_seconds, 60);
    hub_settings_free(&s);
    assert_true(
        hub_settings_read(&s, look, ENVIRONMENT("HOME", "/h", "HF_HUB_OFFLINE", "0"), &err));
    assert_false(s.offline);
    hub_settings_free(&s);
    static const char *const BAD[] = {"huggingface.co", "ftp://a",       "https://",
                                      "https://a b",    "https://u:p@a", "file:///etc"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        error_clear(&err);
        if (hub_settings_read(&s, look, ENVIRONMENT("HOME", "/h", "HF_ENDPOINT", BAD[i]), &err))
            fail_msg("taken: %s", BAD[i]);
        hub_settings_free(&s);
    }
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, make_cache, scratch_remove)

int main(void)
{
    log_set_level(LOG_QUIET);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksums_are_those_of_git_and_lfs),
        cmocka_unit_test(a_repository_has_the_folder_that_python_gives_it),
        WITH_SCRATCH(refs_lead_to_commits),
        WITH_SCRATCH(links_are_relative_and_replace_what_was_there),
        WITH_SCRATCH(a_blob_is_locked_against_others),
        WITH_SCRATCH(half_a_model_is_not_taken_for_one),
        WITH_SCRATCH(a_model_in_the_cache_is_used_without_asking),
        WITH_SCRATCH(a_download_that_is_cancelled_says_so),
        cmocka_unit_test(the_cache_is_where_python_has_it),
        WITH_SCRATCH(the_token_is_the_environments_or_the_files),
        cmocka_unit_test(offline_and_endpoint_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
