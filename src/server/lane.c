#include "server/lane.h"
#include "base/clock.h"

#include <pthread.h>
#include <stdlib.h>

struct job {
    lane_job *run;
    void *context;
    struct job *next;
};

struct lane {
    pthread_mutex_t lock;
    pthread_cond_t work;
    pthread_t *threads;
    struct job *first, *last;
    size_t n_threads, running, waiting, max_waiting;
    double job_seconds; /* of a job, on average; 0: none has ended yet */
    bool stop;
};

static void *lane_main(void *arg)
{
    struct lane *l = arg;
    pthread_mutex_lock(&l->lock);
    for (;;) {
        while (!l->first && !l->stop) pthread_cond_wait(&l->work, &l->lock);
        struct job *job = l->first;
        if (!job) break;
        l->first = job->next;
        if (!l->first) l->last = NULL;
        l->waiting--;
        l->running++;
        pthread_mutex_unlock(&l->lock);
        double start = clock_seconds();
        job->run(job->context);
        free(job);
        pthread_mutex_lock(&l->lock);
        double seconds = clock_seconds() - start;
        l->job_seconds = l->job_seconds > 0 ? 0.9 * l->job_seconds + 0.1 * seconds : seconds;
        l->running--;
    }
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

struct lane *lane_create(size_t threads, size_t max_waiting, struct error *err)
{
    struct lane *l = calloc(1, sizeof *l);
    if (!l || !(l->threads = calloc(threads, sizeof *l->threads))) {
        free(l);
        error_memory(err, "a lane");
        return NULL;
    }
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->work, NULL);
    l->max_waiting = max_waiting;
    for (; l->n_threads < threads; l->n_threads++)
        if (pthread_create(&l->threads[l->n_threads], NULL, lane_main, l) != 0) {
            lane_free(l);
            error_set(err, ERROR_MEMORY, "cannot start a thread of the server");
            return NULL;
        }
    return l;
}

bool lane_submit(struct lane *l, lane_job *run, void *context, double *retry_after)
{
    struct job *job = malloc(sizeof *job);
    bool ok = false;
    *retry_after = 1;
    pthread_mutex_lock(&l->lock);
    size_t idle = l->n_threads - l->running;
    if (job && !l->stop && l->waiting < l->max_waiting + idle) {
        *job = (struct job){run, context, NULL};
        *(l->last ? &l->last->next : &l->first) = job;
        l->last = job;
        l->waiting++;
        pthread_cond_signal(&l->work);
        ok = true;
    } else {
        double seconds = l->job_seconds * (double)(l->waiting + 1) / (double)(l->n_threads + 1);
        if (seconds > 1) *retry_after = seconds;
    }
    pthread_mutex_unlock(&l->lock);
    if (!ok) free(job);
    return ok;
}

bool lane_withdraw(struct lane *l, const void *context)
{
    pthread_mutex_lock(&l->lock);
    struct job *before = NULL, *job = l->first;
    for (; job && job->context != context; job = job->next) before = job;
    if (job) {
        *(before ? &before->next : &l->first) = job->next;
        if (l->last == job) l->last = before;
        l->waiting--;
    }
    pthread_mutex_unlock(&l->lock);
    free(job);
    return job != NULL;
}

void lane_stats(struct lane *l, struct lane_stats *out)
{
    pthread_mutex_lock(&l->lock);
    *out = (struct lane_stats){l->n_threads, l->running, l->waiting, l->max_waiting};
    pthread_mutex_unlock(&l->lock);
}

void lane_stop(struct lane *l)
{
    if (!l) return;
    pthread_mutex_lock(&l->lock);
    l->stop = true;
    pthread_cond_broadcast(&l->work);
    pthread_mutex_unlock(&l->lock);
    for (size_t i = 0; i < l->n_threads; i++) pthread_join(l->threads[i], NULL);
    l->n_threads = 0;
}

void lane_free(struct lane *l)
{
    if (!l) return;
    lane_stop(l);
    pthread_cond_destroy(&l->work);
    pthread_mutex_destroy(&l->lock);
    free(l->threads);
    free(l);
}
