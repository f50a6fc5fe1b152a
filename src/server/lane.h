/* Work off the network's thread: a lane has a few threads of its own and a bounded queue in front.
 * Lanes keep kinds of work apart, so that a long one does not hold up a short one: what generates,
 * what reads the store, what writes it (one thread: one writer at a time). */
#ifndef SERVER_LANE_H
#define SERVER_LANE_H

#include "base/error.h"

#include <stddef.h>

struct lane;

typedef void lane_job(void *context);

struct lane *lane_create(size_t threads, size_t max_waiting, struct error *err);

/* False when the queue is full: *retry_after is then how many seconds it will likely take until
 * there is room, from how long jobs have taken. */
bool lane_submit(struct lane *l, lane_job *job, void *context, double *retry_after);

/* Takes the job of this context out of the queue: true when it was waiting, and is now never run.
 */
bool lane_withdraw(struct lane *l, const void *context);

struct lane_stats {
    size_t threads, running, waiting, max_waiting;
};
void lane_stats(struct lane *l, struct lane_stats *out);

/* Takes no more, waits for what is queued and running, ends the threads. */
void lane_stop(struct lane *l);
void lane_free(struct lane *l); /* stops it first */

#endif
