/* The server's smaller parts: routes, lanes, the depth of JSON, uploads, metrics. */
#include "server/fields.h"
#include "server/lane.h"
#include "server/metrics.h"
#include "server/route.h"
#include "server/upload.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- routes ---- */

static const struct route SOME[] = {
    {.method = "GET", .path = "/documents"},
    {.method = "GET", .path = "/documents/{id}"},
    {.method = "DELETE", .path = "/documents/{id}"},
    {.method = "GET", .path = "/documents/{id}/pages/{page}"},
    {.method = "POST", .path = "/query"},
};

static enum route_result find(const char *method, const char *path, const struct route **route,
                              struct route_arguments *arguments, char *allow)
{
    return route_find(SOME, sizeof SOME / sizeof *SOME, method, path, route, arguments, allow, 64);
}

static void assert_argument(const struct route_arguments *a, size_t i, const char *text)
{
    assert_true(i < a->n);
    assert_int_equal(a->len[i], strlen(text));
    assert_memory_equal(a->at[i], text, a->len[i]);
}

static void a_route_is_found_by_method_and_path(void **state)
{
    (void)state;
    const struct route *r;
    struct route_arguments arguments;
    char allow[64];
    assert_int_equal(find("GET", "/documents", &r, &arguments, allow), ROUTE_FOUND);
    assert_ptr_equal(r, &SOME[0]);
    assert_int_equal(arguments.n, 0);
    assert_int_equal(find("DELETE", "/documents/12", &r, &arguments, allow), ROUTE_FOUND);
    assert_ptr_equal(r, &SOME[2]);
    assert_argument(&arguments, 0, "12");
    assert_int_equal(find("HEAD", "/documents/12", &r, &arguments, allow), ROUTE_FOUND);
    assert_ptr_equal(r, &SOME[1]);
    assert_int_equal(find("GET", "/documents/12/pages/3.png", &r, &arguments, allow), ROUTE_FOUND);
    assert_ptr_equal(r, &SOME[3]);
    assert_argument(&arguments, 0, "12");
    assert_argument(&arguments, 1, "3.png");
}

static void other_methods_are_told_which_there_are(void **state)
{
    (void)state;
    const struct route *r;
    struct route_arguments arguments;
    char allow[64];
    assert_int_equal(find("PUT", "/documents/12", &r, &arguments, allow), ROUTE_NO_METHOD);
    assert_string_equal(allow, "GET, HEAD, DELETE");
    assert_int_equal(find("GET", "/query", &r, &arguments, allow), ROUTE_NO_METHOD);
    assert_string_equal(allow, "POST");
}

static void other_paths_are_none(void **state)
{
    (void)state;
    static const char *const PATHS[] = {"",        "/",      "/documents/", "/documents/1/2",
                                        "/queryx", "/QUERY", "/documentsx", "documents",
                                        "/documents//pages/3", "/documents/1/pages/", "/documents/1/pages/3/4"};
    const struct route *r;
    struct route_arguments arguments;
    char allow[64];
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++)
        if (find("GET", PATHS[i], &r, &arguments, allow) != ROUTE_NO_PATH)
            fail_msg("\"%s\" is a path", PATHS[i]);
}

/* ---- lanes ---- */

struct gate {
    pthread_mutex_t lock;
    pthread_cond_t opened;
    bool open;
    atomic_int entered, done, together, most;
};

static void pass_gate(void *context)
{
    struct gate *g = context;
    atomic_fetch_add(&g->entered, 1);
    int together = atomic_fetch_add(&g->together, 1) + 1;
    if (together > atomic_load(&g->most)) atomic_store(&g->most, together);
    pthread_mutex_lock(&g->lock);
    while (!g->open) pthread_cond_wait(&g->opened, &g->lock);
    pthread_mutex_unlock(&g->lock);
    atomic_fetch_sub(&g->together, 1);
    atomic_fetch_add(&g->done, 1);
}

static void open_gate(struct gate *g)
{
    pthread_mutex_lock(&g->lock);
    g->open = true;
    pthread_cond_broadcast(&g->opened);
    pthread_mutex_unlock(&g->lock);
}

static void a_lane_refuses_what_is_beyond_its_queue(void **state)
{
    (void)state;
    struct error err = {0};
    struct gate g = {.lock = PTHREAD_MUTEX_INITIALIZER, .opened = PTHREAD_COND_INITIALIZER};
    struct lane *l = lane_create(2, 3, &err);
    double retry_after;
    assert_non_null(l);
    for (int i = 0; i < 5; i++) {
        /* The first two are to be running before the others are counted. */
        while (i == 2 && atomic_load(&g.entered) < 2) usleep(100);
        assert_true(lane_submit(l, pass_gate, &g, &retry_after));
    }
    assert_false(lane_submit(l, pass_gate, &g, &retry_after));
    assert_true(retry_after >= 1);
    struct lane_stats stats;
    lane_stats(l, &stats);
    assert_int_equal(stats.running, 2);
    assert_int_equal(stats.waiting, 3);
    open_gate(&g);
    lane_free(l);
    assert_int_equal(atomic_load(&g.done), 5);
}

static void what_waits_can_be_withdrawn_from_a_lane(void **state)
{
    (void)state;
    struct error err = {0};
    struct gate g = {.lock = PTHREAD_MUTEX_INITIALIZER, .opened = PTHREAD_COND_INITIALIZER};
    struct gate others[3];
    struct lane *l = lane_create(1, 3, &err);
    double retry_after;
    assert_non_null(l);
    for (size_t i = 0; i < 3; i++)
        others[i] = (struct gate){
            .lock = PTHREAD_MUTEX_INITIALIZER, .opened = PTHREAD_COND_INITIALIZER, .open = true};
    assert_true(lane_submit(l, pass_gate, &g, &retry_after));
    while (atomic_load(&g.entered) < 1) usleep(100);
    for (size_t i = 0; i < 3; i++) assert_true(lane_submit(l, pass_gate, &others[i], &retry_after));
    assert_false(lane_submit(l, pass_gate, &others[0], &retry_after));
    assert_false(lane_withdraw(l, &g)); /* it runs */
    assert_true(lane_withdraw(l, &others[2]));
    assert_false(lane_withdraw(l, &others[2]));
    assert_true(lane_submit(l, pass_gate, &others[1], &retry_after)); /* its place is free */
    assert_true(lane_withdraw(l, &others[0]));
    open_gate(&g);
    lane_free(l);
    assert_int_equal(atomic_load(&g.done), 1);
    assert_int_equal(atomic_load(&others[0].done), 0);
    assert_int_equal(atomic_load(&others[1].done), 2);
    assert_int_equal(atomic_load(&others[2].done), 0);
}

static void a_lane_of_one_runs_one_at_a_time(void **state)
{
    (void)state;
    struct error err = {0};
    struct gate g = {
        .lock = PTHREAD_MUTEX_INITIALIZER, .opened = PTHREAD_COND_INITIALIZER, .open = true};
    struct lane *l = lane_create(1, 100, &err);
    double retry_after;
    for (int i = 0; i < 100; i++) assert_true(lane_submit(l, pass_gate, &g, &retry_after));
    lane_stop(l);
    assert_int_equal(atomic_load(&g.done), 100);
    assert_int_equal(atomic_load(&g.most), 1);
    assert_false(lane_submit(l, pass_gate, &g, &retry_after));
    lane_free(l);
}

/* ---- JSON ---- */

static void depth_counts_what_stands_in_each_other(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t depth;
    } CASES[] = {
        {"", 0},
        {"1", 0},
        {"{}", 1},
        {"[[],[[]]]", 3},
        {"\"[[[[\"", 0},
        {"{\"a\": \"\\\"[[\"}", 1},
        {"]]]][", 1},
        {"[\"\\\\\",[]", 2},
        {"{\"a\":[{\"b\":{}}]}", 4},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_int_equal(json_depth(CASES[i].text, strlen(CASES[i].text)), CASES[i].depth);
}

/* ---- uploads ---- */

static void an_upload_is_what_was_sent(void **state)
{
    (void)state;
    struct error err = {0};
    struct upload *u = upload_create("/tmp", NULL, &err);
    assert_non_null(u);
    assert_true(upload_piece(u, "note", NULL, 0, "passed over", 11));
    assert_true(upload_piece(u, "file", "C:\\folder\\cars.csv", 0, "", 0));
    assert_true(upload_piece(u, "file", "C:\\folder\\cars.csv", 0, "abc", 3));
    assert_true(upload_piece(u, "file", "C:\\folder\\cars.csv", 3, "def", 3));
    assert_true(upload_piece(u, "file", "../../etc/passwd", 0, "x", 1));
    assert_int_equal(u->n_files, 2);
    assert_string_equal(u->files[0].name, "cars.csv");
    assert_string_equal(u->files[1].name, "passwd");
    assert_int_equal(u->files[0].bytes, 6);
    char path[64], read[16] = "";
    upload_path(u, 0, path, sizeof path);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(read, sizeof read, f));
    fclose(f);
    assert_string_equal(read, "abcdef");
    upload_free(u);
}

static void an_upload_leaves_no_file_behind(void **state)
{
    (void)state;
    struct error err = {0};
    char folder[] = "/tmp/autospec-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct upload *u = upload_create(folder, NULL, &err);
    assert_true(upload_piece(u, "file", "a.txt", 0, "abc", 3));
    assert_int_equal(rmdir(folder), 0); /* it is empty even now */
    upload_free(u);
}

static void names_that_are_none_are_refused(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"", "/", "..", "a/..", "a\nb", "\xff.txt"};
    struct error err = {0};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        struct upload *u = upload_create("/tmp", NULL, &err);
        if (upload_piece(u, "file", NAMES[i], 0, "a", 1)) fail_msg("name %zu is taken", i);
        assert_int_equal(u->error.code, ERROR_USAGE);
        upload_free(u);
    }
}

static void too_many_files_are_refused(void **state)
{
    (void)state;
    struct error err = {0};
    struct upload *u = upload_create("/tmp", NULL, &err);
    for (int i = 0; i < UPLOAD_MAX_FILES; i++)
        assert_true(upload_piece(u, "file", "a.txt", 0, "a", 1));
    assert_false(upload_piece(u, "file", "a.txt", 0, "a", 1));
    assert_int_equal(u->error.code, ERROR_USAGE);
    upload_free(u);
}

/* ---- metrics ---- */

static void metrics_count_by_route_and_status(void **state)
{
    (void)state;
    struct metrics *m = metrics_create();
    struct buffer out = {0};
    metrics_request(m, "POST", "/query", 200, 0.3, 0.1, 100);
    metrics_request(m, "POST", "/query", 200, 3, 0.2, 50);
    metrics_request(m, "", "", 404, 0.001, -1, 1);
    metrics_write(m, &out);
    static const char *const LINES[] = {
        "autospec_requests_total{method=\"POST\",path=\"/query\",status=\"200\"} 2\n",
        "autospec_requests_total{method=\"\",path=\"\",status=\"404\"} 1\n",
        "autospec_request_seconds_bucket{le=\"0.005\"} 1\n",
        "autospec_request_seconds_bucket{le=\"0.5\"} 2\n",
        "autospec_request_seconds_bucket{le=\"+Inf\"} 3\n",
        "autospec_request_seconds_count 3\n",
        "autospec_first_token_seconds_count 2\n",
        "autospec_response_bytes_total 151\n",
    };
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++)
        if (!strstr(buffer_text(&out), LINES[i])) fail_msg("no line %s", LINES[i]);
    buffer_free(&out);
    metrics_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_route_is_found_by_method_and_path),
        cmocka_unit_test(other_methods_are_told_which_there_are),
        cmocka_unit_test(other_paths_are_none),
        cmocka_unit_test(a_lane_refuses_what_is_beyond_its_queue),
        cmocka_unit_test(what_waits_can_be_withdrawn_from_a_lane),
        cmocka_unit_test(a_lane_of_one_runs_one_at_a_time),
        cmocka_unit_test(depth_counts_what_stands_in_each_other),
        cmocka_unit_test(an_upload_is_what_was_sent),
        cmocka_unit_test(an_upload_leaves_no_file_behind),
        cmocka_unit_test(names_that_are_none_are_refused),
        cmocka_unit_test(too_many_files_are_refused),
        cmocka_unit_test(metrics_count_by_route_and_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
