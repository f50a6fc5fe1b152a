/* Jobs: what is kept of them over restarts, and how many there may be. */
#include "scratch.h"

#include "server/jobs.h"


/* An upload of one file with these contents. */
static struct upload *upload_of(const char *name, const char *text)
{
    struct error err = {0};
    struct upload *u = upload_create(scratch, NULL, &err);
    assert_non_null(u);
    assert_true(upload_piece(u, "file", name, 0, text, strlen(text)));
    return u;
}

static int64_t add(struct jobs *j, const char *name)
{
    struct error err = {0};
    json_t *out = NULL;
    struct upload *u = upload_of(name, "a,b\n1,2\n");
    if (!jobs_add(j, u, &out, &err)) fail_msg("%s", err.text);
    int64_t id = json_integer_value(json_object_get(json_array_get(out, 0), "id"));
    json_decref(out);
    upload_free(u);
    return id;
}

static void expect_status(struct jobs *j, int64_t id, const char *status)
{
    json_t *job = jobs_get(j, id);
    assert_non_null(job);
    assert_string_equal(json_string_value(json_object_get(job, "status")), status);
    json_decref(job);
}

static struct jobs *open_jobs(const char *name)
{
    struct error err = {0};
    struct jobs *j = jobs_create(in_scratch(name), &err);
    if (!j) fail_msg("%s", err.text);
    return j;
}

static void what_waits_or_has_failed_is_there_after_a_restart(void **state)
{
    (void)state;
    struct jobs *j = open_jobs("a.db");
    const struct error bad = {ERROR_INPUT, "first.csv: holds no rows"};
    int64_t first = add(j, "first.csv"), second = add(j, "second.csv");
    struct job *job = jobs_take(j);
    assert_string_equal(job_name(job), "first.csv");
    jobs_end(j, job, NULL, &bad);
    expect_status(j, first, "failed");
    jobs_free(j);
    j = open_jobs("a.db");
    expect_status(j, first, "failed");
    expect_status(j, second, "queued");
    /* One that was being read when the program was killed is read again only when it is asked for. */
    job = jobs_take(j);
    assert_string_equal(job_name(job), "second.csv");
    jobs_free(j);
    j = open_jobs("a.db");
    json_t *o = jobs_get(j, second);
    assert_string_equal(json_string_value(json_object_get(o, "error")), "the server was stopped");
    json_decref(o);
    struct error err = {0};
    json_decref(jobs_retry(j, second, &err));
    /* One that a stop has interrupted goes on by itself. */
    job = jobs_take(j);
    assert_string_equal(job_name(job), "second.csv");
    jobs_stop(j);
    assert_true(atomic_load(job_cancel(job)));
    const struct error cancelled = {ERROR_CANCELLED, "cancelled"};
    jobs_end(j, job, NULL, &cancelled);
    assert_null(jobs_take(j));
    jobs_free(j);
    j = open_jobs("a.db");
    expect_status(j, second, "queued");
    /* What is done or cancelled leaves no file. */
    json_decref(jobs_cancel(j, second));
    expect_status(j, second, "cancelled");
    json_decref(jobs_cancel(j, first)); /* a finished one is forgotten */
    assert_null(jobs_get(j, first));
    jobs_free(j);
    assert_false(file_is_directory(in_scratch("a.db-jobs")));
}

static void half_of_a_job_on_the_disk_is_removed(void **state)
{
    (void)state;
    scratch_put("b.db-jobs/17", "data without a record");
    scratch_put("b.db-jobs/18.json", "{\"name\": \"x\", \"status\": \"queued\", \"bytes\": 1}");
    scratch_put("b.db-jobs/19", "x");
    scratch_put("b.db-jobs/19.json", "{not JSON");
    scratch_put("b.db-jobs/notes.txt", "somebody else's");
    struct jobs *j = open_jobs("b.db");
    size_t total;
    json_decref(jobs_list(j, N_JOB_STATUSES, 0, 10, &total));
    assert_int_equal(total, 0);
    assert_false(file_exists(in_scratch("b.db-jobs/17")));
    assert_false(file_exists(in_scratch("b.db-jobs/18.json")));
    assert_true(file_exists(in_scratch("b.db-jobs/notes.txt")));
    jobs_free(j);
}

static void jobs_are_bounded(void **state)
{
    (void)state;
    struct jobs *j = open_jobs("c.db");
    struct error err = {0};
    json_t *out = NULL;
    for (size_t i = 0; i < JOBS_MAX_UNFINISHED; i++) add(j, "x.csv");
    struct upload *u = upload_of("y.csv", "z");
    assert_false(jobs_add(j, u, &out, &err));
    assert_int_equal(err.code, ERROR_BUSY);
    upload_free(u);
    /* One that has ended makes room; the most recent ended ones stay listed. */
    int64_t first = 0;
    for (size_t i = 0; i < JOBS_MAX_FINISHED + 1; i++) {
        struct job *job = jobs_take(j);
        jobs_end(j, job, json_object(), NULL);
        int64_t id = add(j, "late.csv");
        if (i == 0) first = id - JOBS_MAX_UNFINISHED;
    }
    size_t total;
    json_decref(jobs_list(j, JOB_DONE, 0, 1, &total));
    assert_int_equal(total, JOBS_MAX_FINISHED);
    assert_null(jobs_get(j, first));
    jobs_free(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_waits_or_has_failed_is_there_after_a_restart),
        cmocka_unit_test(half_of_a_job_on_the_disk_is_removed),
        cmocka_unit_test(jobs_are_bounded),
    };
    return cmocka_run_group_tests_name("server jobs", tests, scratch_make, scratch_remove);
}
