/* The base layer: errors, buffers, arena, UTF-8, files, JSON, threads. */
#include "scratch.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/thread_pool.h"
#include "base/utf8.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void the_first_error_is_kept_on_one_line(void **s)
{
    (void)s;
    struct error err = {0};
    assert_false(error_set(&err, ERROR_INPUT, "%s: bad\nname \x1b[31m", "file"));
    assert_string_equal(err.text, "file: bad?name ?[31m");
    error_set(&err, ERROR_IO, "later");
    assert_int_equal(err.code, ERROR_INPUT);
    error_clear(&err);
    errno = ENOENT;
    error_errno(&err, ERROR_IO, "x");
    assert_string_equal(err.text, "x: No such file or directory");
    assert_false(error_set(NULL, ERROR_IO, "nobody wants it"));
}

static void a_buffer_grows_and_stays_terminated(void **s)
{
    (void)s;
    struct buffer b = {0};
    assert_string_equal(buffer_text(&b), "");
    for (int i = 0; i < 1000; i++) buffer_printf(&b, "%d,", i);
    assert_int_equal(b.len, 10 * 2 + 90 * 3 + 900 * 4);
    assert_int_equal(strlen(b.data), b.len);
    buffer_append(&b, "a\0b", 3);
    assert_int_equal(b.data[b.len - 2], 0);
    buffer_append(&b, NULL, (size_t)-1); /* cannot be had: remembered, not done */
    assert_true(b.failed);
    buffer_free(&b);
}

static void an_arena_gives_aligned_zeroed_memory(void **s)
{
    (void)s;
    struct arena a = {0};
    for (size_t n = 1; n < 200000; n = n * 3 + 1) {
        unsigned char *p = arena_alloc(&a, n);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < n; i++) assert_int_equal(p[i], 0);
        memset(p, 255, n);
    }
    assert_null(arena_array(&a, (size_t)-1 / 4, 8));
    assert_string_equal(arena_strndup(&a, "abcdef", 3), "abc");
    arena_free(&a);
}

static void utf8_refuses_what_rfc_3629_refuses(void **s)
{
    (void)s;
    static const char *const BAD[] = {
        "\x80",
        "\xc0\x80",
        "\xc1\xbf",
        "\xe0\x80\x80",
        "\xed\xa0\x80",
        "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xff",
        "\xe2\x82",
        "\xc3(",
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_int_equal(utf8_decode(BAD[i], strlen(BAD[i]), NULL), 0);
    for (uint32_t cp = 0; cp < 0x110000; cp += cp < 0x3000 ? 1 : 251) {
        char out[4];
        size_t n = utf8_encode(cp, out);
        if (cp >= 0xd800 && cp < 0xe000) {
            assert_int_equal(n, 0);
            continue;
        }
        uint32_t back;
        assert_int_equal(utf8_decode(out, n, &back), n);
        assert_int_equal(back, cp);
    }
    assert_int_equal(utf8_valid_prefix("ab\xffz", 4), 2);
    assert_int_equal(utf8_count("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 10), 4);
}

static void utf8_holds_back_only_what_may_be_completed(void **s)
{
    (void)s;
    assert_int_equal(utf8_complete_prefix("abc", 3), 3);
    assert_int_equal(utf8_complete_prefix("a\xe2\x82", 3), 1);
    assert_int_equal(utf8_complete_prefix("a\xf0\x9f\x9a", 4), 1);
    assert_int_equal(utf8_complete_prefix("a\xe2\x82\xac", 4), 4);
    assert_int_equal(utf8_complete_prefix("a\xff", 2), 2);     /* never valid: shown at once */
    assert_int_equal(utf8_complete_prefix("a\xe0\x80", 3), 3); /* overlong: never valid either */
    assert_int_equal(utf8_complete_prefix("", 0), 0);
}

static void files_are_written_whole_and_read_back(void **s)
{
    (void)s;
    struct error err = {0};
    char *deep = path_join(scratch, "a/b"), *path = path_join(deep, "file");
    assert_true(file_make_directories(deep, &err));
    assert_true(file_write(path, "one\0two", 7, &err));
    char *data;
    size_t len;
    assert_true(file_read(path, 100, &data, &len, &err));
    assert_int_equal(len, 7);
    free(data);
    struct mapping m;
    assert_true(mapping_open(&m, path, &err));
    assert_int_equal(m.size, 7);
    mapping_close(&m);
    assert_string_equal(path_base(path), "file");

    assert_false(file_read(path, 100, &data, NULL, &err)); /* text was asked for */
    assert_non_null(strstr(err.text, "NUL byte at offset 3"));
    error_clear(&err);
    assert_false(file_read(path, 6, &data, &len, &err));
    assert_non_null(strstr(err.text, "limit of 6"));
    error_clear(&err);
    assert_false(mapping_open(&m, deep, &err));
    assert_non_null(strstr(err.text, "is a directory"));
    error_clear(&err);
    assert_false(file_make_directories(path, &err));
    error_clear(&err);
    char *missing = path_join(scratch, "missing");
    assert_false(file_read(missing, 6, &data, &len, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    free(missing);
    free(deep);
    free(path);
}

static void a_pipe_is_refused_and_does_not_hang(void **s)
{
    (void)s;
    struct error err = {0};
    char *path = path_join(scratch, "fifo");
    assert_int_equal(mkfifo(path, 0600), 0);
    struct mapping m;
    assert_false(mapping_open(&m, path, &err));
    assert_int_equal(err.code, ERROR_INPUT);
    free(path);
}

static void json_errors_name_file_line_and_field(void **s)
{
    (void)s;
    struct error err = {0};
    assert_null(json_read_text("{\"a\":\n oops}", 12, "x.json", &err));
    assert_non_null(strstr(err.text, "x.json: line 2"));
    error_clear(&err);
    const char *text = "{\"n\": 5, \"f\": 1.5, \"t\": \"hi\", \"z\": null, \"big\": 99}";
    json_t *o = json_read_text(text, strlen(text), "x.json", &err);
    size_t n = 0;
    double d = 0;
    const char *t = NULL;
    assert_true(json_get_size(o, "x.json", "n", true, 0, 10, &n, &err));
    assert_int_equal(n, 5);
    assert_true(json_get_double(o, "x.json", "n", true, &d, &err));
    assert_true(json_get_string(o, "x.json", "t", true, &t, &err));
    assert_true(json_get_size(o, "x.json", "z", false, 0, 10, &n, &err)); /* null is absent */
    assert_int_equal(n, 5);
    assert_false(json_get_size(o, "x.json", "big", true, 0, 10, &n, &err));
    assert_string_equal(err.text, "x.json: field \"big\" is 99, outside 0..10");
    error_clear(&err);
    assert_false(json_get_size(o, "x.json", "f", true, 0, 10, &n, &err));
    error_clear(&err);
    assert_false(json_get_bool(o, "x.json", "missing", true, &(bool){0}, &err));
    assert_string_equal(err.text, "x.json: field \"missing\" is missing");
    json_decref(o);
}

struct sum_job {
    struct thread_pool *pool;
    atomic_size_t first, second, wrong;
    size_t count;
};

static void sum_body(void *context, size_t thread, size_t count)
{
    struct sum_job *j = context;
    assert_true(thread < count);
    for (int round = 0; round < 50; round++) {
        atomic_fetch_add(&j->first, 1);
        thread_pool_barrier(j->pool);
        /* behind the barrier everyone has added */
        if (atomic_load(&j->first) != (size_t)(round + 1) * count) atomic_fetch_add(&j->wrong, 1);
        thread_pool_barrier(j->pool);
    }
    atomic_fetch_add(&j->second, 1);
}

static void the_pool_runs_a_body_on_each_thread_and_its_barrier_holds(void **s)
{
    (void)s;
    struct error err = {0};
    for (size_t n = 1; n <= 7; n++) { /* more threads than cores, too */
        struct thread_pool *pool = thread_pool_create(n, &err);
        assert_non_null(pool);
        for (int i = 0; i < 20; i++) {
            struct sum_job job = {.pool = pool};
            thread_pool_run(pool, sum_body, &job);
            assert_int_equal(job.second, n);
            assert_int_equal(job.wrong, 0);
        }
        thread_pool_free(pool);
    }
}

static void a_limited_pool_leaves_the_other_threads_out(void **s)
{
    (void)s;
    struct error err = {0};
    struct thread_pool *pool = thread_pool_create(4, &err);
    assert_non_null(pool);
    static const size_t LIMITS[] = {1, 3, 2, 0, 1, 4, 9, 2};
    for (size_t i = 0; i < sizeof LIMITS / sizeof *LIMITS; i++) {
        size_t want = LIMITS[i] == 0 || LIMITS[i] > 4 ? 4 : LIMITS[i];
        thread_pool_limit(pool, LIMITS[i]);
        for (int j = 0; j < 5; j++) {
            struct sum_job job = {.pool = pool};
            thread_pool_run(pool, sum_body, &job);
            assert_int_equal(job.second, want);
            assert_int_equal(job.wrong, 0);
        }
    }
    thread_pool_free(pool);
}

static void a_split_covers_everything_once(void **s)
{
    (void)s;
    for (size_t n = 0; n < 100; n += 7)
        for (size_t unit = 1; unit < 20; unit += 5)
            for (size_t count = 1; count < 9; count++) {
                size_t at = 0;
                for (size_t t = 0; t < count; t++) {
                    size_t begin, end;
                    thread_pool_split(n, unit, t, count, &begin, &end);
                    assert_int_equal(begin, at);
                    assert_true(end >= begin);
                    if (end < n) assert_int_equal(end % unit, 0);
                    at = end;
                }
                assert_int_equal(at, n);
            }
}

/* A process that maps the file, cuts it and reads it; its exit status, and what it says. */
static int read_cut_file(const char *path, char *said, size_t cap)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct mapping m;
        dup2(ends[1], STDERR_FILENO);
        mapping_watch();
        if (!mapping_open(&m, path, NULL) || truncate(path, 10) != 0) _exit(2);
        _exit(((const volatile uint8_t *)m.data)[m.size - 1] ? 3 : 4);
    }
    close(ends[1]);
    ssize_t n = read(ends[0], said, cap - 1);
    said[n > 0 ? n : 0] = '\0';
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_mapped_file_that_is_cut_is_named(void **s)
{
    (void)s;
    char said[1024];
    char path[300];
    snprintf(path, sizeof path, "%s/cut", scratch);
    struct error err = {0};
    char *text = calloc(1, 100000);
    assert_non_null(text);
    assert_true(file_write(path, text, 100000, &err));
    free(text);
    assert_int_equal(read_cut_file(path, said, sizeof said), 1);
    assert_non_null(strstr(said, path));
    assert_non_null(strstr(said, "another program has cut it"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_error_is_kept_on_one_line),
        cmocka_unit_test(a_buffer_grows_and_stays_terminated),
        cmocka_unit_test(an_arena_gives_aligned_zeroed_memory),
        cmocka_unit_test(utf8_refuses_what_rfc_3629_refuses),
        cmocka_unit_test(utf8_holds_back_only_what_may_be_completed),
        cmocka_unit_test_setup_teardown(files_are_written_whole_and_read_back, scratch_make,
                                        scratch_remove),
        cmocka_unit_test_setup_teardown(a_pipe_is_refused_and_does_not_hang, scratch_make,
                                        scratch_remove),
        cmocka_unit_test_setup_teardown(a_mapped_file_that_is_cut_is_named, scratch_make,
                                        scratch_remove),
        cmocka_unit_test(json_errors_name_file_line_and_field),
        cmocka_unit_test(the_pool_runs_a_body_on_each_thread_and_its_barrier_holds),
        cmocka_unit_test(a_limited_pool_leaves_the_other_threads_out),
        cmocka_unit_test(a_split_covers_everything_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
