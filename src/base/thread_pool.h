/* A fixed set of threads that run one function together, as a parallel loop's body. The caller's
 * thread is thread 0. Workers spin a little for the next job, then sleep; the barrier inside a job
 * does the same, so that the pool is right, if slower, when there are fewer free cores than
 * threads. One job at a time: thread_pool_run is not reentrant and is called from one thread. */
#ifndef BASE_THREAD_POOL_H
#define BASE_THREAD_POOL_H

#include "base/error.h"

#include <stddef.h>

struct thread_pool;

/* The body: called once on each thread with its index in 0..count-1. */
typedef void thread_pool_body(void *context, size_t thread, size_t count);

/* n_threads 0 means the cores this process may run on. NULL with *err filled on failure. */
struct thread_pool *thread_pool_create(size_t n_threads, struct error *err);
void thread_pool_free(struct thread_pool *pool);

/* The cores that this process may run on. */
size_t thread_pool_cores(void);

size_t thread_pool_size(const struct thread_pool *pool);

/* Jobs from now on run on the first n threads alone, the others sleep; 0: on all. To measure what
 * more threads gain. Not during a job. */
void thread_pool_limit(struct thread_pool *pool, size_t n);

/* Runs body on all threads and returns when all are done. */
void thread_pool_run(struct thread_pool *pool, thread_pool_body *body, void *context);

/* Inside a body: waits until all threads of the pool have come here. */
void thread_pool_barrier(struct thread_pool *pool);

/* The part [*begin, *end) of 0..n that thread takes, in multiples of `unit` but for the last. */
void thread_pool_split(size_t n, size_t unit, size_t thread, size_t count, size_t *begin,
                       size_t *end);

#endif
