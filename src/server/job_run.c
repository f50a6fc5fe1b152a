#include "server/job_run.h"

#include "base/file.h"
#include "base/log.h"
#include "ingest/intake.h"
#include "server/documents.h"
#include "server/server.h"
#include "store/copies.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 2, LANE_WAIT_US = 100000 };

struct job_runner {
    struct server *server;
    pthread_t threads[THREADS];
    size_t n_threads;
};

/* One job at work. */
struct work {
    struct server *server;
    struct job *job;
    struct intake intake;
    json_t *document;
    struct error error;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool stored; /* or not: the lane is done with it */
};

static void on_progress(void *context, size_t done, size_t total, const char *word)
{
    struct work *w = context;
    jobs_progress(w->server->jobs, w->job, done, total, word);
}

static void on_store_progress(void *context, const char *path, size_t done, size_t total, const char *word)
{
    struct work *w = context;
    (void)path;
    ingest_state_progress(w->server->ingests, done, total);
    jobs_progress(w->server->jobs, w->job, done, total, word);
}

static void on_report(void *context, enum ingest_event event, const char *path, const char *text)
{
    struct work *w = context;
    (void)path;
    if (event == INGEST_NOTE) jobs_note(w->server->jobs, w->job, text);
}

/* On the write lane. */
static void store_job(void *context)
{
    struct work *w = context;
    struct server *s = w->server;
    struct store *store = stores_writer(s->stores, &w->error);
    struct ingest_totals totals = {0};
    const struct ingest_options options = {.progress = on_store_progress,
                                           .report = on_report,
                                           .context = w,
                                           .cancel = job_cancel(w->job),
                                           .skip_duplicates = true,
                                           .password = job_password(w->job),
                                           .ocr_languages = s->ocr_languages,
                                           .keep_original = true}; /* it is nowhere else */
    ingest_state_begin(s->ingests, job_name(w->job));
    if (store && intake_store(&w->intake, store, &options, &totals, &w->error))
        w->document = ingested_json(store, job_name(w->job), &totals, &w->error);
    ingest_state_end(s->ingests, w->document != NULL, totals.chunks);
    pthread_mutex_lock(&w->lock);
    w->stored = true;
    pthread_cond_signal(&w->ended);
    pthread_mutex_unlock(&w->lock);
}

/* Hands it to the write lane, which may be full, and waits. */
static void store_on_lane(struct work *w)
{
    double retry_after;
    while (!lane_submit(w->server->lanes[LANE_WRITE], store_job, w, &retry_after)) {
        if (atomic_load(job_cancel(w->job))) {
            error_set(&w->error, ERROR_CANCELLED, "%s: cancelled", job_name(w->job));
            return;
        }
        usleep(LANE_WAIT_US);
    }
    pthread_mutex_lock(&w->lock);
    while (!w->stored) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec++;
        pthread_cond_timedwait(&w->ended, &w->lock, &until);
        /* Once it runs it looks itself. */
        if (!w->stored && atomic_load(job_cancel(w->job)) && lane_withdraw(w->server->lanes[LANE_WRITE], w)) {
            error_set(&w->error, ERROR_CANCELLED, "%s: cancelled", job_name(w->job));
            break;
        }
    }
    pthread_mutex_unlock(&w->lock);
}

/* Whether these contents are in the store already, under this name or another: they are not parsed
 * then. What becomes of them is decided on the lane. */
static bool is_known(struct work *w)
{
    struct arena arena = {0};
    struct store_document d;
    bool found = false;
    struct store *store = stores_take(w->server->stores, NULL);
    bool ok = store && store_find_contents(store, w->intake.hash, w->intake.len, &arena, &d, &found, NULL);
    stores_give(w->server->stores, store);
    arena_free(&arena);
    return ok && found;
}

static void read_job(struct work *w)
{
    const struct ingest_options options = {.password = job_password(w->job),
                                           .ocr_languages = w->server->ocr_languages};
    struct intake *in = &w->intake;
    struct mapping map = {0};
    struct error failure = {0};
    char *path = jobs_path(w->server->jobs, w->job);
    in->path = job_name(w->job);
    if (!path || !mapping_open(&map, path, &failure)) {
        log_warn("a job's file: %s", path ? failure.text : "out of memory");
        error_set(&w->error, ERROR_IO, "%s: what was uploaded cannot be read any more", in->path);
        free(path);
        return;
    }
    in->data = (const char *)map.data;
    in->len = map.size;
    in->file = &map;
    bool ok = document_kind_find(in->path, in->data, in->len, &in->kind, &w->error);
    if (ok) {
        intake_hash(in, &options);
        ok = is_known(w) || intake_parse(in, &options, job_cancel(w->job), on_progress, w, &w->error);
    }
    if (ok) store_on_lane(w);
    intake_free(in);
    mapping_close(&map);
    free(path);
}

static void *run_main(void *context)
{
    struct job_runner *r = context;
    struct jobs *jobs = r->server->jobs;
    struct job *job;
    while ((job = jobs_take(jobs))) {
        struct work w = {.server = r->server, .job = job};
        pthread_mutex_init(&w.lock, NULL);
        pthread_cond_init(&w.ended, NULL);
        read_job(&w);
        pthread_cond_destroy(&w.ended);
        pthread_mutex_destroy(&w.lock);
        jobs_end(jobs, job, w.document, &w.error);
    }
    return NULL;
}

struct job_runner *job_runner_start(struct server *s, struct error *err)
{
    struct job_runner *r = calloc(1, sizeof *r);
    if (!r) {
        error_memory(err, "the jobs");
        return NULL;
    }
    r->server = s;
    for (; r->n_threads < THREADS; r->n_threads++)
        if (pthread_create(&r->threads[r->n_threads], NULL, run_main, r) != 0) {
            error_set(err, ERROR_MEMORY, "cannot start a thread of the server");
            job_runner_stop(r);
            return NULL;
        }
    return r;
}

void job_runner_stop(struct job_runner *r)
{
    if (!r) return;
    jobs_stop(r->server->jobs);
    for (size_t i = 0; i < r->n_threads; i++) pthread_join(r->threads[i], NULL);
    free(r);
}
