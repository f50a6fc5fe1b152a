/* The threads that work jobs off: a file is parsed on one of them, and stored on the write lane, one
 * at a time with all else that changes the store. Questions wait for neither. */
#ifndef SERVER_JOB_RUN_H
#define SERVER_JOB_RUN_H

#include "base/error.h"

struct server;
struct job_runner;

struct job_runner *job_runner_start(struct server *s, struct error *err);

/* Ends what is at work, which waits again (jobs_stop), and the threads; before the lanes stop. NULL is
 * fine. */
void job_runner_stop(struct job_runner *r);

#endif
