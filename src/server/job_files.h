/* What is kept of jobs on the disk: in the folder STORE-jobs, a job's file as ID and what is known of
 * it as ID.json. One server has the folder at a time. */
#ifndef SERVER_JOB_FILES_H
#define SERVER_JOB_FILES_H

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct job_files {
    char *folder;
    int lock; /* -1: not opened */
};

bool job_files_init(struct job_files *f, const char *store, struct error *err);
void job_files_free(struct job_files *f);

/* Makes the folder and locks it; ERROR_BUSY when another server has it. */
bool job_files_open(struct job_files *f, struct error *err);

/* Calls `take` for each record whose file is there; removes what belongs to none. */
void job_files_load(struct job_files *f, void (*take)(void *context, int64_t id, const json_t *record),
                    void *context);

char *job_files_path(const struct job_files *f, int64_t id); /* of the file; to be freed */
/* Takes the reference. */
bool job_files_write(struct job_files *f, int64_t id, json_t *record, struct error *err);
void job_files_remove(struct job_files *f, int64_t id);

#endif
