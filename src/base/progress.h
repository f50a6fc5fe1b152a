/* How far a long job is: one redrawn line on a terminal, a plain line now and then elsewhere, on
 * standard error. */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/* Takes what the bar would show; `done` and `total` are in `unit`, total 0 where it is not known. */
struct progress_sink {
    void (*report)(void *context, const char *label, const char *unit, size_t done, size_t total);
    void *context;
};

struct progress {
    const char *label; /* borrowed */
    const char *unit;  /* "bytes" is shown as MB and GB; anything else as a count */
    size_t total;      /* 0: not known */
    double started, drawn;
    double rate;       /* units a second, of late: the last few seconds weigh most */
    double rated;      /* when it was last told */
    size_t rated_done; /* and how much was done then */
    bool terminal, quiet, any;
    size_t done;
    const struct progress_sink *sink; /* instead of drawing; NULL: draw */
};

/* Nothing is drawn for jobs that end within half a second. */
void progress_start(struct progress *p, const char *label, const char *unit, size_t total);
void progress_update(struct progress *p, size_t done);
void progress_end(struct progress *p);

/* Where jobs that this thread starts report to instead of standard error. The sink is borrowed; a
 * report may come from another thread that works on the job, never two at once. Gives what was set
 * before. */
const struct progress_sink *progress_set_sink(const struct progress_sink *sink);

/* No progress at all from now on (tests, --quiet). */
void progress_set_quiet(bool quiet);

#endif
