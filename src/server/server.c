#include "server/server.h"
#include "base/clock.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>

enum { READ_THREADS = 2, READ_QUEUE = 256, WRITE_QUEUE = 256, MODEL_THREADS_MORE = 2 };
static const double FLUSH_SECONDS = 2; /* for replies that are ready when the server stops */

static void on_done(struct exchange *x, unsigned status, double seconds, bool complete)
{
    struct server *s = x->server;
    const char *method = x->route ? x->route->method : "", *path = x->route ? x->route->path : "";
    double first = x->first_token > 0 ? x->first_token - x->began : -1;
    metrics_request(s->metrics, method, path, status, seconds, first, x->written);
    /* The route's path, never the one that was asked for: that may hold a user's text. */
    log_info("%s %s %s %u %zu bytes %.1f ms%s", x->id, x->route ? method : "-",
             x->route ? path : "-", status, x->written, seconds * 1e3, complete ? "" : ", cut off");
}

/* The folder that the store's file is in. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static bool start_lanes(struct server *s, const struct server_options *o, struct error *err)
{
    /* A few more than are computed at once: what prepares or checks does not leave a slot idle. */
    size_t threads = o->parallel + MODEL_THREADS_MORE;
    size_t queue = o->queue > MODEL_THREADS_MORE ? o->queue - MODEL_THREADS_MORE : 0;
    return (s->lanes[LANE_READ] = lane_create(READ_THREADS, READ_QUEUE, err)) &&
           (s->lanes[LANE_WRITE] = lane_create(1, WRITE_QUEUE, err)) &&
           (s->lanes[LANE_MODEL] = lane_create(threads, queue, err));
}

struct server *server_start(const struct server_options *o, struct error *err)
{
    char *folder = folder_of(o->store);
    struct guard *guard = NULL;
    struct server *s = calloc(1, sizeof *s);
    if (!s) {
        free(folder);
        error_memory(err, "the server");
        return NULL;
    }
    pthread_mutex_init(&s->lock, NULL);
    pthread_mutex_init(&s->encoder_lock, NULL);
    s->started = clock_seconds();
    s->defaults = o->defaults;
    s->parallel = o->parallel;
    s->ocr_languages = strdup(o->ocr_languages ? o->ocr_languages : "");
    s->metrics = metrics_create();
    s->ingests = ingest_state_create();
    if (!folder || !s->metrics || !s->ingests || !s->ocr_languages) {
        error_memory(err, "the server");
        goto fail;
    }
    guard = guard_create(&o->access, err);
    if (!guard || !(s->stores = stores_open(o->store, err)) || !start_lanes(s, o, err)) goto fail;
    struct http_options http = {
        .host = o->host,
        .port = o->port,
        .routes = ROUTES,
        .n_routes = N_ROUTES,
        .guard = guard,
        .upload_folder = folder,
        .deadline = o->deadline,
        .context = s,
        .done = on_done,
    };
    if (!(s->jobs = jobs_create(o->store, err)) || !(s->job_runner = job_runner_start(s, err)))
        goto fail;
    memcpy(http.lanes, s->lanes, sizeof http.lanes);
    guard = NULL; /* the network's from here on */
    s->http = http_start(&http, err);
    if (!s->http) goto fail;
    free(folder);
    return s;
fail:
    free(folder);
    guard_free(guard);
    server_free(s);
    return NULL;
}

bool server_ready(struct server *s, const struct server_model *m, struct error *err)
{
    struct engine_info info;
    struct encoder_info encoder;
    /* The lane is the queue: what it has let through is never refused here. */
    struct scheduler_options options = {.max_waiting = s->parallel + MODEL_THREADS_MORE,
                                        .kv_file = m->kv_file,
                                        .kv_file_limit = m->kv_file_limit};
    s->scheduler = scheduler_create(m->engine, &options, err);
    if (!s->scheduler) return false;
    s->engine = m->engine;
    s->generator = generator_from_engine(m->engine);
    engine_info(m->engine, &info);
    s->model_name = m->name ? m->name : info.name;
    s->revision = m->revision;
    s->encoder = m->encoder;
    s->encoder_name = m->encoder_name;
    if (m->encoder && !m->encoder_name) {
        encoder_info(m->encoder, &encoder);
        s->encoder_name = encoder.name;
    }
    atomic_store(&s->ready, true);
    return true;
}

void server_without_model(struct server *s, const struct error *why)
{
    snprintf(s->model_error, sizeof s->model_error, "%s", why->text);
    atomic_store(&s->no_model, true);
}

bool server_reload(struct server *s, const struct server_options *o, struct error *err)
{
    struct guard *guard = guard_create(&o->access, err);
    if (!guard) return false;
    http_set_guard(s->http, guard);
    http_set_deadline(s->http, o->deadline);
    pthread_mutex_lock(&s->lock);
    s->defaults = o->defaults;
    pthread_mutex_unlock(&s->lock);
    return true;
}

bool server_stop(struct server *s, double seconds)
{
    atomic_store(&s->draining, true);
    http_drain(s->http);
    job_runner_stop(s->job_runner); /* they go on after the restart */
    s->job_runner = NULL;
    bool all = http_wait_idle(s->http, seconds);
    http_cancel(s->http);
    for (size_t i = 0; i < N_LANES; i++) lane_stop(s->lanes[i]);
    http_wait_idle(s->http, FLUSH_SECONDS);
    return all;
}

void server_free(struct server *s)
{
    if (!s) return;
    job_runner_stop(s->job_runner);
    for (size_t i = 0; i < N_LANES; i++) lane_stop(s->lanes[i]);
    http_free(s->http);
    for (size_t i = 0; i < N_LANES; i++) lane_free(s->lanes[i]);
    scheduler_free(s->scheduler);
    jobs_free(s->jobs);
    stores_free(s->stores);
    ingest_state_free(s->ingests);
    metrics_free(s->metrics);
    pthread_mutex_destroy(&s->encoder_lock);
    pthread_mutex_destroy(&s->lock);
    free(s->ocr_languages);
    free(s);
}

struct server_defaults server_defaults(struct server *s)
{
    pthread_mutex_lock(&s->lock);
    struct server_defaults d = s->defaults;
    pthread_mutex_unlock(&s->lock);
    return d;
}

void server_tell_absence(struct server *s, struct buffer *out)
{
    if (atomic_load(&s->no_model))
        buffer_printf(out, "this takes a model, and there is none: %s", s->model_error);
    else
        buffer_puts(out, "the model is being loaded");
}

bool server_has_model(struct exchange *x)
{
    struct server *s = x->server;
    if (atomic_load(&s->ready)) return true;
    struct buffer text = {0};
    bool loading = !atomic_load(&s->no_model);
    server_tell_absence(s, &text);
    if (loading) reply_header(x, "Retry-After", "5");
    reply_error(x, 503, loading ? "loading" : "no_model", NULL, "%s", buffer_text(&text));
    buffer_free(&text);
    return false;
}

const struct generator *server_generator(struct server *s)
{
    return atomic_load(&s->ready) ? &s->generator : NULL;
}

