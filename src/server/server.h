/* The server: a model, a store and the network together. It listens from the first moment; what the
 * store answers by itself is answered at once, what takes the model once that is there. Requests are
 * answered by the handlers of routes.c, each kind on its lane (route.h). */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include "engine/encoder.h"
#include "engine/engine.h"
#include "engine/scheduler.h"
#include "answer/generator.h"
#include "server/http.h"
#include "server/ingest_state.h"
#include "server/job_run.h"
#include "server/jobs.h"
#include "server/metrics.h"
#include "server/stores.h"

/* What a request that says nothing gets, and what can be changed while the server runs. */
struct server_defaults {
    struct sampler_options sampler;
    size_t max_tokens;
    bool ask_meanings; /* as in answer_options */
    enum { THINK_AUTO, THINK_ON, THINK_OFF } thinking;
};

struct server_options {
    const char *host;
    unsigned port;
    const char *store; /* the file */
    size_t parallel;   /* answers computed at once */
    size_t queue;      /* requests that wait behind those */
    double deadline;   /* seconds; 0: none */
    const char *ocr_languages; /* of scanned pages, as in ingest_options */
    struct server_defaults defaults;
    struct guard_rules access;
};

struct server {
    struct http *http;
    struct lane *lanes[N_LANES];
    struct stores *stores;
    struct metrics *metrics;
    struct ingest_state *ingests;
    struct jobs *jobs;
    struct job_runner *job_runner;
    double started;
    size_t parallel;
    char *ocr_languages; /* "": scanned pages are not read */

    /* Set once, by server_ready. */
    atomic_bool ready;
    struct engine *engine;
    struct scheduler *scheduler;
    struct generator generator;
    struct encoder *encoder;
    pthread_mutex_t encoder_lock;  /* it serves one thread at a time */
    const char *model_name, *encoder_name;
    const char *revision; /* commit of the model's files; NULL: not known */

    /* Set once, by server_without_model. */
    atomic_bool no_model;
    char model_error[sizeof((struct error *)0)->text];

    atomic_bool draining;
    pthread_mutex_t lock;
    struct server_defaults defaults;
};

/* Listens. Strings of the options are copied where they are needed longer. */
struct server *server_start(const struct server_options *options, struct error *err);

/* What the server answers with; borrowed until server_free. */
struct server_model {
    struct engine *engine;
    const char *name;         /* NULL: the engine's */
    const char *revision;     /* commit of its files; NULL: not known */
    struct encoder *encoder;  /* NULL: none */
    const char *encoder_name; /* NULL: the encoder's */
    const char *kv_file;      /* as the scheduler's options */
    size_t kv_file_limit;
};

/* The model is there. */
bool server_ready(struct server *s, const struct server_model *model, struct error *err);

/* The model is not there and will not come, for the reason in *why: facts are answered, and what takes a model
 * is refused with it. */
void server_without_model(struct server *s, const struct error *why);

/* New access rules, defaults and deadline, while it runs. */
bool server_reload(struct server *s, const struct server_options *options, struct error *err);

/* Takes nothing new, lets what is at work end for at most `seconds`, ends the rest. True when none
 * had to be ended. */
bool server_stop(struct server *s, double seconds);
void server_free(struct server *s);

/* ---- for handlers ---- */

struct server_defaults server_defaults(struct server *s);

/* False when it was answered that the model is not there, or not yet. */
bool server_has_model(struct exchange *x);

/* "the model is being loaded", or why there is none, where server_generator is NULL. Appends to *out. */
void server_tell_absence(struct server *s, struct buffer *out);

/* NULL while the model is not there: what facts answer is answered without one. */
const struct generator *server_generator(struct server *s);

/* All routes. */
extern const struct route ROUTES[];
extern const size_t N_ROUTES;

#endif
