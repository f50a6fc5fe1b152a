/* Counters and histograms of requests, in the text format of Prometheus
 * (prometheus.io/docs/instrumenting/exposition_formats). All functions may be called from any
 * thread. */
#ifndef SERVER_METRICS_H
#define SERVER_METRICS_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>

struct metrics;

struct metrics *metrics_create(void);
void metrics_free(struct metrics *m);

/* A request that is over. method and path are a route's and borrowed for ever; "" where none was
 * found. first_token: seconds from its beginning; below 0: there was none. */
void metrics_request(struct metrics *m, const char *method, const char *path, unsigned status,
                     double seconds, double first_token, size_t bytes);

/* Appends all of it. */
void metrics_write(struct metrics *m, struct buffer *out);

/* One sample with its HELP and TYPE lines, for values that are kept elsewhere. */
void metrics_sample(struct buffer *out, const char *name, const char *type, const char *help,
                    double value);

#endif
