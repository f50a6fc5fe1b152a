/* The jobs of POST /ingest/file with async=1: the list, one of them, cancelling, retrying. */
#include "server/fields.h"
#include "server/handlers.h"
#include "server/server.h"

#include <stdlib.h>
#include <string.h>

enum { USUAL_LIST = 100, MAX_LIST = 1000 };

/* The number in the path; false when it was answered that it is none. */
static bool read_id(struct exchange *x, int64_t *id)
{
    const char *text = x->arguments[0];
    size_t digits = strspn(text, "0123456789");
    *id = digits > 0 && digits < 19 && !text[digits] ? strtoll(text, NULL, 10) : -1;
    if (*id >= 0) return true;
    reply_error(x, 404, "not_found", "id", "a job's id is a whole number");
    return false;
}

static void reply_job(struct exchange *x, int64_t id, json_t *job)
{
    if (job)
        reply_json(x, 200, job);
    else
        reply_error(x, 404, "not_found", "id", "there is no job with id %lld", (long long)id);
}

void handle_jobs(struct exchange *x)
{
    struct server *s = x->server;
    size_t offset = 0, limit = USUAL_LIST, total = 0;
    const char *name = exchange_query(x, "status");
    enum job_status status = N_JOB_STATUSES;
    if (!query_count(x, "offset", 0, (size_t)1 << 31, &offset) ||
        !query_count(x, "limit", 1, MAX_LIST, &limit))
        return;
    for (enum job_status i = 0; name && i < N_JOB_STATUSES; i++)
        if (strcmp(name, job_status_name(i)) == 0) status = i;
    if (name && status == N_JOB_STATUSES) {
        field_refuse(x, "status", "is none of queued, reading, done, failed, cancelled");
        return;
    }
    json_t *list = jobs_list(s->jobs, status, offset, limit, &total);
    reply_json(x, 200, json_pack("{s:o, s:I}", "jobs", list, "total", (json_int_t)total));
}

void handle_job(struct exchange *x)
{
    struct server *s = x->server;
    int64_t id;
    if (read_id(x, &id)) reply_job(x, id, jobs_get(s->jobs, id));
}

void handle_cancel_job(struct exchange *x)
{
    struct server *s = x->server;
    int64_t id;
    if (read_id(x, &id)) reply_job(x, id, jobs_cancel(s->jobs, id));
}

void handle_retry_job(struct exchange *x)
{
    struct server *s = x->server;
    struct error err = {0};
    int64_t id;
    if (!read_id(x, &id)) return;
    json_t *job = jobs_retry(s->jobs, id, &err);
    if (!job && err.code == ERROR_USAGE)
        reply_error(x, 409, "not_retriable", NULL, "%s", err.text);
    else if (!job && err.code)
        reply_failure(x, &err);
    else
        reply_job(x, id, job);
}
