/* Files that are read in the background: the queue, what became of each, and the files
 * themselves, kept in a folder beside the store until they are read or given up. All functions may be
 * called from any thread.
 *
 * After a stop of the server those that waited or were being read go on by themselves. After a crash,
 * or when it was killed, those that waited do; what was being read is listed as failed and is read
 * when it is retried, so that a file that brings the server down does so once. */
#ifndef SERVER_JOBS_H
#define SERVER_JOBS_H

#include "server/upload.h"

#include <jansson.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    JOBS_MAX_UNFINISHED = 1000,
    JOBS_MAX_FINISHED = 1000,  /* the most recent are kept */
    JOBS_KEEP_SECONDS = 86400, /* a finished one, with its file where it has failed */
    JOBS_MAX_NOTES = 20,       /* of one job; more are counted */
};
#define JOBS_MAX_BYTES ((uint64_t)16 << 30) /* of all files that are kept */

enum job_status { JOB_QUEUED, JOB_READING, JOB_DONE, JOB_FAILED, JOB_CANCELLED, N_JOB_STATUSES };
const char *job_status_name(enum job_status status);

struct jobs;
struct job;

/* Never fails for what is on the disk: a folder that cannot be used is told when it is needed. */
struct jobs *jobs_create(const char *store, struct error *err);
void jobs_free(struct jobs *j);

/* No job is begun any more; those at work are asked to end and wait again. */
void jobs_stop(struct jobs *j);

/* ---- for requests: job objects as the API gives them ---- */

/* All files of an upload, or none. ERROR_BUSY: there are as many as are taken. */
bool jobs_add(struct jobs *j, const struct upload *u, json_t **out, struct error *err);

/* Newest first; status N_JOB_STATUSES: any. *total: how many there are. */
json_t *jobs_list(struct jobs *j, enum job_status status, size_t offset, size_t limit, size_t *total);

/* NULL: there is none (or no memory). */
json_t *jobs_get(struct jobs *j, int64_t id);

/* A job that waits is cancelled, one at work is asked to end, a finished one is forgotten. Gives the
 * job as it then is; NULL: there is none. */
json_t *jobs_cancel(struct jobs *j, int64_t id);

/* Only what has failed has its file still. NULL: there is none; ERROR_USAGE: not to be retried. */
json_t *jobs_retry(struct jobs *j, int64_t id, struct error *err);

/* ---- for the threads that work them off ---- */

/* Waits for the next; NULL when the server stops. It is the caller's until jobs_end. */
struct job *jobs_take(struct jobs *j);
const char *job_name(const struct job *job);
const char *job_password(const struct job *job); /* of a locked PDF; NULL: none was sent */
const atomic_bool *job_cancel(const struct job *job);
char *jobs_path(const struct jobs *j, const struct job *job); /* of its file; to be freed */
void jobs_progress(struct jobs *j, struct job *job, size_t done, size_t total, const char *word);
void jobs_note(struct jobs *j, struct job *job, const char *text);
/* document: what it was read into, taken over; NULL: it has failed as *err says. */
void jobs_end(struct jobs *j, struct job *job, json_t *document, const struct error *err);
bool jobs_stopping(struct jobs *j);

#endif
