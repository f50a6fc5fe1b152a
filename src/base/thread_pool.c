#include "base/thread_pool.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Spins before sleeping. A step's barriers are microseconds apart while the pool works, and a
 * sleeping thread takes about 50 us to wake. */
enum { SPIN_JOB = 20000, SPIN_BARRIER = 4000, MAX_THREADS = 256 };

struct thread_pool {
    size_t count, active; /* threads there are; that take part in a job */
    pthread_t threads[MAX_THREADS];
    thread_pool_body *body;
    void *context;
    _Alignas(64) atomic_uint job;     /* changes when a job starts; futex word of idle workers */
    _Alignas(64) atomic_uint running; /* workers still in the job; futex word of the caller */
    _Alignas(64) atomic_uint arrived;
    _Alignas(64) atomic_uint phase;    /* changes when a barrier opens */
    _Alignas(64) atomic_uint sleepers; /* threads in futex_wait, so that nobody wakes in vain */
    atomic_bool stop;
};

struct worker_start {
    struct thread_pool *pool;
    size_t index;
};

static inline void relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

/* Waits until *word differs from `old`. */
static void wait_change(struct thread_pool *p, atomic_uint *word, unsigned old, int spins)
{
    for (int i = 0; i < spins; i++) {
        if (atomic_load_explicit(word, memory_order_acquire) != old) return;
        relax();
    }
    atomic_fetch_add(&p->sleepers, 1);
    while (atomic_load_explicit(word, memory_order_acquire) == old)
        syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, old, NULL, NULL, 0);
    atomic_fetch_sub(&p->sleepers, 1);
}

static void wake(struct thread_pool *p, atomic_uint *word)
{
    /* The store to *word before this and the load here are both sequentially consistent, as are
     * the sleeper's increment and its load of *word: one of the two sees the other. */
    if (atomic_load(&p->sleepers))
        syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

static void *worker_main(void *arg)
{
    struct worker_start start = *(struct worker_start *)arg;
    free(arg);
    struct thread_pool *p = start.pool;
    unsigned seen = 0;
    for (;;) {
        wait_change(p, &p->job, seen, SPIN_JOB);
        seen++;
        if (atomic_load(&p->stop)) return NULL;
        if (start.index < p->active) p->body(p->context, start.index, p->active);
        if (atomic_fetch_sub(&p->running, 1) == 1) wake(p, &p->running);
    }
}

size_t thread_pool_cores(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? (size_t)CPU_COUNT(&set) : 1;
}

struct thread_pool *thread_pool_create(size_t n_threads, struct error *err)
{
    if (n_threads == 0) n_threads = thread_pool_cores();
    if (n_threads > MAX_THREADS) n_threads = MAX_THREADS;
    struct thread_pool *p = aligned_alloc(64, (sizeof *p + 63) & ~(size_t)63);
    if (!p) {
        error_memory(err, "thread pool");
        return NULL;
    }
    *p = (struct thread_pool){.count = 1, .active = 1};
    for (size_t i = 1; i < n_threads; i++) {
        struct worker_start *start = malloc(sizeof *start);
        if (start) *start = (struct worker_start){p, i};
        if (!start || pthread_create(&p->threads[i], NULL, worker_main, start) != 0) {
            free(start);
            error_set(err, ERROR_MEMORY, "cannot start thread %zu of %zu", i + 1, n_threads);
            thread_pool_free(p);
            return NULL;
        }
        p->count = p->active = i + 1;
    }
    return p;
}

void thread_pool_free(struct thread_pool *p)
{
    if (!p) return;
    atomic_store(&p->stop, true);
    atomic_fetch_add(&p->job, 1);
    wake(p, &p->job);
    for (size_t i = 1; i < p->count; i++) pthread_join(p->threads[i], NULL);
    free(p);
}

size_t thread_pool_size(const struct thread_pool *p)
{
    return p->count;
}

void thread_pool_limit(struct thread_pool *p, size_t n)
{
    p->active = n == 0 || n > p->count ? p->count : n;
}

void thread_pool_run(struct thread_pool *p, thread_pool_body *body, void *context)
{
    if (p->active > 1) {
        p->body = body;
        p->context = context;
        atomic_store(&p->running, (unsigned)p->count - 1);
        atomic_fetch_add(&p->job, 1);
        wake(p, &p->job);
    }
    body(context, 0, p->active);
    unsigned left;
    while (p->active > 1 && (left = atomic_load_explicit(&p->running, memory_order_acquire)) != 0)
        wait_change(p, &p->running, left, SPIN_BARRIER);
}

void thread_pool_barrier(struct thread_pool *p)
{
    if (p->active == 1) return;
    unsigned phase = atomic_load(&p->phase);
    if (atomic_fetch_add(&p->arrived, 1) + 1 == p->active) {
        atomic_store(&p->arrived, 0);
        atomic_fetch_add(&p->phase, 1);
        wake(p, &p->phase);
    } else {
        wait_change(p, &p->phase, phase, SPIN_BARRIER);
    }
}

void thread_pool_split(size_t n, size_t unit, size_t thread, size_t count, size_t *begin,
                       size_t *end)
{
    size_t units = (n + unit - 1) / unit;
    size_t a = units * thread / count * unit, b = units * (thread + 1) / count * unit;
    *begin = a < n ? a : n;
    *end = b < n ? b : n;
}
