#include "server/metrics.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SERIES = 512 }; /* routes by statuses: bounded, whatever clients do */

static const double BOUNDS[] = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                1,     2.5,  5,     10,   25,  60,   120};
enum { N_BOUNDS = sizeof BOUNDS / sizeof *BOUNDS };

struct histogram {
    uint64_t buckets[N_BOUNDS + 1];
    uint64_t count;
    double sum;
};

struct series {
    const char *method, *path;
    unsigned status;
    uint64_t count;
};

struct metrics {
    pthread_mutex_t lock;
    struct series series[MAX_SERIES];
    size_t n_series;
    struct histogram seconds, first_token;
    uint64_t bytes;
};

struct metrics *metrics_create(void)
{
    struct metrics *m = calloc(1, sizeof *m);
    if (m) pthread_mutex_init(&m->lock, NULL);
    return m;
}

void metrics_free(struct metrics *m)
{
    if (!m) return;
    pthread_mutex_destroy(&m->lock);
    free(m);
}

static void observe(struct histogram *h, double value)
{
    size_t i = 0;
    while (i < N_BOUNDS && value > BOUNDS[i]) i++;
    h->buckets[i]++;
    h->count++;
    h->sum += value;
}

void metrics_request(struct metrics *m, const char *method, const char *path, unsigned status,
                     double seconds, double first_token, size_t bytes)
{
    pthread_mutex_lock(&m->lock);
    size_t i = 0;
    while (i < m->n_series &&
           (m->series[i].status != status || strcmp(m->series[i].method, method) != 0 ||
            strcmp(m->series[i].path, path) != 0))
        i++;
    if (i == m->n_series && i < MAX_SERIES) {
        m->series[i] = (struct series){method, path, status, 0};
        m->n_series++;
    }
    if (i < MAX_SERIES) m->series[i].count++;
    observe(&m->seconds, seconds);
    if (first_token >= 0) observe(&m->first_token, first_token);
    m->bytes += bytes;
    pthread_mutex_unlock(&m->lock);
}

static void head(struct buffer *out, const char *name, const char *type, const char *help)
{
    buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void write_histogram(struct buffer *out, const char *name, const char *help,
                            const struct histogram *h)
{
    uint64_t below = 0;
    head(out, name, "histogram", help);
    for (size_t i = 0; i < N_BOUNDS; i++) {
        below += h->buckets[i];
        buffer_printf(out, "%s_bucket{le=\"%g\"} %llu\n", name, BOUNDS[i],
                      (unsigned long long)below);
    }
    buffer_printf(out, "%s_bucket{le=\"+Inf\"} %llu\n%s_sum %.9g\n%s_count %llu\n", name,
                  (unsigned long long)h->count, name, h->sum, name, (unsigned long long)h->count);
}

void metrics_sample(struct buffer *out, const char *name, const char *type, const char *help,
                    double value)
{
    head(out, name, type, help);
    buffer_printf(out, "%s %.15g\n", name, value);
}

void metrics_write(struct metrics *m, struct buffer *out)
{
    pthread_mutex_lock(&m->lock);
    head(out, "autospec_requests_total", "counter", "Requests that are over, by route and status.");
    for (size_t i = 0; i < m->n_series; i++)
        buffer_printf(out,
                      "autospec_requests_total{method=\"%s\",path=\"%s\",status=\"%u\"} %llu\n",
                      m->series[i].method, m->series[i].path, m->series[i].status,
                      (unsigned long long)m->series[i].count);
    write_histogram(out, "autospec_request_seconds",
                    "From a request's first header to its last byte.", &m->seconds);
    write_histogram(out, "autospec_first_token_seconds",
                    "From a request's first header to its first generated text.", &m->first_token);
    metrics_sample(out, "autospec_response_bytes_total", "counter", "Bytes of bodies sent.",
                   (double)m->bytes);
    pthread_mutex_unlock(&m->lock);
}
