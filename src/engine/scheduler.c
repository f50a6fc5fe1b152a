#include "engine/scheduler.h"
#include "base/clock.h"
#include "engine/batch.h"
#include "engine/engine_internal.h"
#include "engine/kv_file.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_WAITING = 64, DEFAULT_UNREAD = 1 << 20, DEFAULT_KV_FILE = 1 << 30 };
static const double DEFAULT_KV_SECONDS = 300;
static const double LOOK_AGAIN = 0.05; /* seconds between looks at deadlines and cancel flags */

/* A run of output that is not read yet. */
struct run {
    struct request_output out;
    struct run *next;
};

struct request {
    struct scheduler *scheduler;
    struct sequence sequence; /* the thread's while it runs */
    char **stop;
    size_t n_stop;
    const atomic_bool *user_cancel;
    atomic_bool cancelled;

    pthread_mutex_t wake_lock; /* held while wake runs */
    request_wake *wake;
    void *wake_context;

    /* Under the scheduler's lock. */
    enum request_state state;
    struct generate_result result;
    struct error error;
    struct run *first, *last;
    size_t unread;
    bool idle;      /* the reader has read all: the next output wakes it */
    bool notify;    /* wake is due after this step */
    size_t holders; /* the submitter and the scheduler */
    struct request *next;
};

struct scheduler {
    struct engine *engine;
    struct batch *batch;
    size_t max_running, max_waiting, max_unread;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work;     /* for the thread */
    pthread_cond_t change;   /* for those who wait for requests */
    struct request *waiting; /* a list in the order in which they will run */
    struct request **running;
    size_t n_waiting, n_running;
    bool draining, stop;
    struct kv_file *kv_file;   /* NULL: none. The thread's */
    double kv_seconds, kv_due; /* between writes; clock_seconds() of the next */
    atomic_bool wanted;        /* something came: writing shall end */
    double service_seconds;    /* of a request, on average; 0: none has ended yet */
    struct scheduler_stats stats;
};

/* Waits at most `seconds`. */
static void wait_for(pthread_cond_t *cond, pthread_mutex_t *lock, double seconds)
{
    if (seconds > 1e6) seconds = 1e6;
    double until = clock_seconds() + seconds;
    struct timespec t = {.tv_sec = (time_t)until};
    t.tv_nsec = (long)((until - (double)t.tv_sec) * 1e9);
    pthread_cond_timedwait(cond, lock, &t);
}

/* ---- output, on the scheduler's thread ---- */

/* The run that output of this kind goes to; NULL without memory. */
static struct run *open_run(struct request *r, bool reasoning)
{
    if (r->last && r->last->out.reasoning == reasoning) return r->last;
    struct run *run = calloc(1, sizeof *run);
    if (!run) return NULL;
    run->out.reasoning = reasoning;
    *(r->last ? &r->last->next : &r->first) = run;
    r->last = run;
    return run;
}

static void came(struct request *r, size_t bytes)
{
    r->unread += bytes;
    if (r->idle) r->notify = true;
    r->idle = false;
}

static bool take_text(void *context, const char *text, size_t len, bool reasoning)
{
    struct request *r = context;
    pthread_mutex_lock(&r->scheduler->lock);
    struct run *run = open_run(r, reasoning);
    if (run) buffer_append(&run->out.text, text, len);
    bool ok = run && !run->out.text.failed;
    if (ok)
        came(r, len);
    else
        error_memory(&r->error, "output of a request");
    pthread_mutex_unlock(&r->scheduler->lock);
    return ok;
}

static void take_token(void *context, const struct token_logprob *token, bool reasoning)
{
    struct request *r = context;
    pthread_mutex_lock(&r->scheduler->lock);
    struct run *run = open_run(r, reasoning);
    struct request_output *o = run ? &run->out : NULL;
    if (o && o->n_tokens == o->cap_tokens) {
        size_t cap = o->cap_tokens ? o->cap_tokens * 2 : 16;
        struct token_logprob *p = realloc(o->tokens, cap * sizeof *p);
        if (p) {
            o->tokens = p;
            o->cap_tokens = cap;
        }
    }
    if (o && o->n_tokens < o->cap_tokens) {
        o->tokens[o->n_tokens++] = *token;
        came(r, sizeof *token);
    } else {
        error_memory(&r->error, "output of a request");
    }
    pthread_mutex_unlock(&r->scheduler->lock);
}

/* ---- requests ---- */

static void request_destroy(struct request *r)
{
    for (struct run *run = r->first, *next; run; run = next) {
        next = run->next;
        request_output_free(&run->out);
        free(run);
    }
    for (size_t i = 0; i < r->n_stop; i++) free(r->stop[i]);
    free(r->stop);
    sequence_free(&r->sequence);
    pthread_mutex_destroy(&r->wake_lock);
    free(r);
}

static void wake(struct request *r)
{
    pthread_mutex_lock(&r->wake_lock);
    if (r->wake) r->wake(r->wake_context);
    pthread_mutex_unlock(&r->wake_lock);
}

/* The request has ended, and the scheduler is done with it. Called and left with the lock held. */
static void request_end(struct scheduler *s, struct request *r)
{
    struct sequence *q = &r->sequence;
    r->result = q->result;
    if (r->error.code == ERROR_NONE) r->error = q->error;
    bool failed = r->error.code != ERROR_NONE;
    r->state = failed ? REQUEST_FAILED : REQUEST_DONE;
    if (failed)
        s->stats.failed++;
    else if (q->result.finish == FINISH_CANCELLED || q->result.finish == FINISH_DEADLINE)
        s->stats.cancelled++;
    else
        s->stats.done++;
    if (q->started > 0) {
        double seconds = clock_seconds() - q->started;
        s->service_seconds =
            s->service_seconds > 0 ? 0.9 * s->service_seconds + 0.1 * seconds : seconds;
    }
    pthread_cond_broadcast(&s->change);
    pthread_mutex_unlock(&s->lock);
    wake(r);
    pthread_mutex_lock(&s->lock);
    if (--r->holders == 0) request_destroy(r);
}

/* ---- the thread ---- */

static bool is_over(struct request *r, double now)
{
    if (r->user_cancel && atomic_load(r->user_cancel)) atomic_store(&r->cancelled, true);
    double deadline = r->sequence.options.deadline;
    return atomic_load(&r->cancelled) || (deadline > 0 && now >= deadline);
}

/* Ends those in the queue that nobody waits for any more. */
static void end_waiting(struct scheduler *s)
{
    double now = clock_seconds();
    for (bool again = true; again;) {
        again = false;
        for (struct request **at = &s->waiting; *at; at = &(*at)->next) {
            struct request *r = *at;
            if (!is_over(r, now)) continue;
            *at = r->next;
            s->n_waiting--;
            sequence_finish(&r->sequence,
                            atomic_load(&r->cancelled) ? FINISH_CANCELLED : FINISH_DEADLINE);
            request_end(s, r); /* lets the lock go: the list may have changed */
            again = true;
            break;
        }
    }
}

static void start_waiting(struct scheduler *s)
{
    while (s->waiting && s->n_running < s->max_running) {
        struct request *r = s->waiting;
        s->waiting = r->next;
        s->n_waiting--;
        r->state = REQUEST_RUNNING;
        s->running[s->n_running++] = r;
        batch_add(s->batch, &r->sequence);
    }
}

/* True when something may be computed. */
static bool prepare(struct scheduler *s)
{
    bool any = false;
    double now = clock_seconds();
    for (size_t i = 0; i < s->n_running; i++) {
        struct request *r = s->running[i];
        bool over = is_over(r, now);
        r->sequence.paused = r->unread > s->max_unread && !over;
        any |= !r->sequence.paused;
    }
    return any;
}

static void copy_counts(struct scheduler *s)
{
    const struct batch_counts *c = &s->batch->counts;
    struct kv_counts kv = kv_count(s->engine->kv);
    struct scheduler_stats *t = &s->stats;
    t->kv_pages = kv.total;
    t->kv_pages_used = kv.used;
    t->kv_pages_cached = kv.cached;
    t->prefill_rate = c->prefill_seconds > 0 ? c->prefill_tokens / c->prefill_seconds : 0;
    t->decode_rate = c->decode_seconds > 0 ? c->decode_tokens / c->decode_seconds : 0;
    t->preempted = c->preempted;
    t->steps = c->steps;
    t->prompt_tokens = c->prompt_tokens;
    t->cached_tokens = c->cached_tokens;
    t->generated_tokens = c->generated_tokens;
    t->drafted_tokens = c->drafted_tokens;
    t->accepted_tokens = c->accepted_tokens;
}

/* After a step: wakes readers, parts with those that ended. */
static void deliver(struct scheduler *s)
{
    copy_counts(s);
    s->stats.lost = engine_lost(s->engine);
    pthread_cond_broadcast(&s->change);
    for (size_t i = 0; i < s->n_running;) {
        struct request *r = s->running[i];
        if (r->sequence.done) {
            s->running[i] = s->running[--s->n_running];
            request_end(s, r);
            continue;
        }
        i++;
        if (!r->notify) continue;
        r->notify = false;
        pthread_mutex_unlock(&s->lock);
        wake(r);
        pthread_mutex_lock(&s->lock);
    }
}

/* Nothing is to be done: waits until that changes, and keeps the KV pages meanwhile. */
static void be_idle(struct scheduler *s)
{
    double now = clock_seconds();
    if (!s->kv_file) {
        pthread_cond_wait(&s->work, &s->lock);
    } else if (now < s->kv_due) {
        wait_for(&s->work, &s->lock, s->kv_due - now);
    } else {
        atomic_store(&s->wanted, false);
        pthread_mutex_unlock(&s->lock);
        kv_file_write(s->kv_file, &s->wanted);
        pthread_mutex_lock(&s->lock);
        s->kv_due = clock_seconds() + s->kv_seconds;
    }
}

static void *scheduler_main(void *arg)
{
    struct scheduler *s = arg;
    pthread_mutex_lock(&s->lock);
    for (;;) {
        end_waiting(s);
        start_waiting(s);
        if (s->n_running == 0) {
            if (s->stop) break;
            if (!s->waiting) be_idle(s);
            continue;
        }
        if (!prepare(s)) { /* all wait for their readers */
            wait_for(&s->work, &s->lock, LOOK_AGAIN);
            continue;
        }
        pthread_mutex_unlock(&s->lock);
        batch_step(s->batch);
        pthread_mutex_lock(&s->lock);
        deliver(s);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

struct scheduler *scheduler_create(struct engine *e, const struct scheduler_options *options,
                                   struct error *err)
{
    struct scheduler *s = calloc(1, sizeof *s);
    if (!s) {
        error_memory(err, "scheduler");
        return NULL;
    }
    s->engine = e;
    s->batch = e->batch;
    s->max_running = options->max_running;
    if (s->max_running == 0 || s->max_running > e->batch->capacity)
        s->max_running = e->batch->capacity;
    s->max_waiting = options->max_waiting ? options->max_waiting : DEFAULT_WAITING;
    s->max_unread = options->max_unread ? options->max_unread : DEFAULT_UNREAD;
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&s->work, &attr);
    pthread_cond_init(&s->change, &attr);
    pthread_condattr_destroy(&attr);
    s->running = calloc(s->max_running, sizeof(struct request *));
    if (!s->running) {
        error_memory(err, "scheduler");
        goto fail;
    }
    kv_release(e->kv, &e->forward_chain, NULL, 0);
    if (options->kv_file)
        s->kv_file = kv_file_open(
            e, options->kv_file, options->kv_file_limit ? options->kv_file_limit : DEFAULT_KV_FILE);
    s->kv_seconds = options->kv_file_seconds > 0 ? options->kv_file_seconds : DEFAULT_KV_SECONDS;
    s->kv_due = clock_seconds() + s->kv_seconds;
    s->batch->shared = true;
    copy_counts(s);
    if (pthread_create(&s->thread, NULL, scheduler_main, s) != 0) {
        error_set(err, ERROR_MEMORY, "cannot start the scheduler's thread");
        goto fail;
    }
    e->scheduler = s;
    return s;
fail:
    kv_file_close(s->kv_file);
    free(s->running);
    pthread_cond_destroy(&s->work);
    pthread_cond_destroy(&s->change);
    pthread_mutex_destroy(&s->lock);
    free(s);
    return NULL;
}

static void cancel_all(struct scheduler *s)
{
    for (struct request *r = s->waiting; r; r = r->next) atomic_store(&r->cancelled, true);
    for (size_t i = 0; i < s->n_running; i++) atomic_store(&s->running[i]->cancelled, true);
    pthread_cond_signal(&s->work);
}

void scheduler_free(struct scheduler *s)
{
    if (!s) return;
    pthread_mutex_lock(&s->lock);
    s->draining = s->stop = true;
    atomic_store(&s->wanted, true);
    cancel_all(s);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    if (s->kv_file) kv_file_write(s->kv_file, NULL);
    kv_file_close(s->kv_file);
    s->engine->scheduler = NULL;
    s->batch->shared = false;
    free(s->running);
    pthread_cond_destroy(&s->work);
    pthread_cond_destroy(&s->change);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

bool scheduler_drain(struct scheduler *s, double seconds)
{
    double until = clock_seconds() + seconds, now;
    pthread_mutex_lock(&s->lock);
    s->draining = true;
    while ((s->waiting || s->n_running) && (now = clock_seconds()) < until)
        wait_for(&s->change, &s->lock, until - now);
    bool all = !s->waiting && s->n_running == 0;
    while (s->waiting || s->n_running) {
        cancel_all(s);
        wait_for(&s->change, &s->lock, LOOK_AGAIN);
    }
    pthread_mutex_unlock(&s->lock);
    return all;
}

/* ---- for submitters ---- */

static bool copy_stops(struct request *r, const struct generate_options *o, struct error *err)
{
    if (o->n_stop == 0) return true;
    r->stop = calloc(o->n_stop, sizeof *r->stop);
    if (!r->stop) return error_memory(err, "stop strings");
    for (; r->n_stop < o->n_stop; r->n_stop++) {
        r->stop[r->n_stop] = strdup(o->stop[r->n_stop]);
        if (!r->stop[r->n_stop]) return error_memory(err, "stop strings");
    }
    return true;
}

/* Into the queue, behind those of the same priority. */
static bool enqueue(struct scheduler *s, struct request *r, struct error *err)
{
    bool ok = false;
    pthread_mutex_lock(&s->lock);
    if (s->draining) {
        error_set(err, ERROR_BUSY, "the server is shutting down");
    } else if (s->stats.lost) {
        error_set(err, ERROR_BUSY, "the GPU is lost, the program must be started again");
    } else if (s->n_waiting >= s->max_waiting + s->max_running - s->n_running) {
        error_set(err, ERROR_BUSY, "%zu requests are waiting already", s->n_waiting);
    } else {
        struct request **at = &s->waiting;
        int priority = r->sequence.options.priority;
        while (*at && (*at)->sequence.options.priority >= priority) at = &(*at)->next;
        r->next = *at;
        *at = r;
        s->n_waiting++;
        s->stats.submitted++;
        atomic_store(&s->wanted, true);
        pthread_cond_signal(&s->work);
        ok = true;
    }
    if (!ok) s->stats.refused++;
    pthread_mutex_unlock(&s->lock);
    return ok;
}

struct request *scheduler_submit(struct scheduler *s, const struct tokens *prompt,
                                 const struct generate_options *options, request_wake *wake_up,
                                 void *context, struct error *err)
{
    struct request *r = calloc(1, sizeof *r);
    if (!r) {
        error_memory(err, "request");
        return NULL;
    }
    r->scheduler = s;
    r->wake = wake_up;
    r->wake_context = context;
    r->user_cancel = options->cancel;
    r->idle = true;
    r->holders = 2;
    r->result.prompt_tokens = prompt->len;
    pthread_mutex_init(&r->wake_lock, NULL);
    struct generate_options own = *options;
    if (!copy_stops(r, options, err)) goto fail;
    own.stop = (const char *const *)r->stop;
    own.cancel = &r->cancelled;
    struct sequence_output out = {r, take_text, take_token};
    if (!sequence_create(&r->sequence, s->engine, prompt, &own, &out, err)) goto fail;
    if (!enqueue(s, r, err)) goto fail;
    return r;
fail:
    request_destroy(r);
    return NULL;
}

void request_cancel(struct request *r)
{
    struct scheduler *s = r->scheduler;
    pthread_mutex_lock(&s->lock);
    atomic_store(&r->cancelled, true);
    pthread_cond_signal(&s->work);
    pthread_mutex_unlock(&s->lock);
}

void request_output_free(struct request_output *out)
{
    buffer_free(&out->text);
    free(out->tokens);
    *out = (struct request_output){0};
}

bool request_read(struct request *r, struct request_output *out)
{
    struct scheduler *s = r->scheduler;
    request_output_free(out);
    pthread_mutex_lock(&s->lock);
    struct run *run = r->first;
    if (run) {
        *out = run->out;
        r->first = run->next;
        if (!r->first) r->last = NULL;
        bool was_full = r->unread > s->max_unread;
        r->unread -= out->text.len + out->n_tokens * sizeof *out->tokens;
        if (was_full && r->unread <= s->max_unread) pthread_cond_signal(&s->work);
    }
    if (!r->first) r->idle = true;
    pthread_mutex_unlock(&s->lock);
    free(run);
    return run != NULL;
}

enum request_state request_state(struct request *r, struct generate_result *result,
                                 struct error *err)
{
    pthread_mutex_lock(&r->scheduler->lock);
    enum request_state state = r->state;
    if (result) *result = r->result;
    if (err && state == REQUEST_FAILED) error_set(err, r->error.code, "%s", r->error.text);
    pthread_mutex_unlock(&r->scheduler->lock);
    return state;
}

bool request_wait(struct request *r, double seconds)
{
    struct scheduler *s = r->scheduler;
    double until = clock_seconds() + seconds, now;
    pthread_mutex_lock(&s->lock);
    while (!r->first && r->state < REQUEST_DONE && (now = clock_seconds()) < until)
        wait_for(&s->change, &s->lock, until - now);
    bool ready = r->first || r->state >= REQUEST_DONE;
    pthread_mutex_unlock(&s->lock);
    return ready;
}

void request_release(struct request *r)
{
    if (!r) return;
    struct scheduler *s = r->scheduler;
    pthread_mutex_lock(&r->wake_lock);
    r->wake = NULL;
    pthread_mutex_unlock(&r->wake_lock);
    pthread_mutex_lock(&s->lock);
    atomic_store(&r->cancelled, true);
    pthread_cond_signal(&s->work);
    /* What the request borrows may be gone once this returns. */
    bool borrows = r->user_cancel || r->sequence.options.constraint;
    while (borrows && r->state < REQUEST_DONE) wait_for(&s->change, &s->lock, LOOK_AGAIN);
    bool last = --r->holders == 0;
    pthread_mutex_unlock(&s->lock);
    if (last) request_destroy(r);
}

bool scheduler_generate(struct scheduler *s, const struct tokens *prompt,
                        const struct generate_options *options, generate_sink *sink, void *context,
                        struct generate_result *result, struct error *err)
{
    *result = (struct generate_result){.prompt_tokens = prompt->len};
    struct request *r = scheduler_submit(s, prompt, options, NULL, NULL, err);
    if (!r) return false;
    struct request_output out = {0};
    bool refused = false;
    enum request_state state;
    do {
        while (!request_wait(r, 1)) continue;
        state = request_state(r, result, NULL);
        while (request_read(r, &out))
            if (!refused && out.text.len && sink &&
                !sink(context, out.text.data, out.text.len, out.reasoning)) {
                refused = true;
                request_cancel(r);
            }
    } while (state < REQUEST_DONE);
    request_state(r, result, err);
    if (refused) result->finish = FINISH_STOP;
    request_output_free(&out);
    request_release(r);
    return state == REQUEST_DONE;
}

void scheduler_stats(struct scheduler *s, struct scheduler_stats *out)
{
    pthread_mutex_lock(&s->lock);
    *out = s->stats;
    out->waiting = s->n_waiting;
    out->running = s->n_running;
    out->max_waiting = s->max_waiting;
    out->max_running = s->max_running;
    out->retry_after = s->service_seconds * (double)(1 + s->n_waiting) / (double)s->max_running;
    if (out->retry_after < 1) out->retry_after = 1;
    pthread_mutex_unlock(&s->lock);
}
