#include "server/jobs.h"

#include "server/job_files.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct job {
    int64_t id;
    char *name;
    char *password; /* NULL: none; never on the disk, so that it is asked for again after a restart */
    enum job_status status;
    bool kept; /* its file is there */
    size_t bytes;
    size_t done, total; /* of what `word` counts */
    const char *word;
    int64_t created, ended; /* seconds since 1970; ended 0: not yet */
    char error[sizeof((struct error *)0)->text];
    json_t *notes;
    size_t n_more_notes;
    json_t *document;   /* what it was read into; NULL */
    atomic_bool cancel; /* by a client, or because the server stops */
    bool by_client;
};

struct jobs {
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct job_files files;
    struct job **items; /* (n) by id */
    size_t n, cap, n_unfinished;
    uint64_t bytes; /* of the files that are kept */
    int64_t last_id;
    bool open, stop;
};

const char *job_status_name(enum job_status status)
{
    static const char *const NAMES[N_JOB_STATUSES] = {"queued", "reading", "done", "failed", "cancelled"};
    return NAMES[status];
}

static bool is_finished(const struct job *job)
{
    return job->status >= JOB_DONE;
}

static void job_free(struct job *job)
{
    if (!job) return;
    free(job->name);
    if (job->password) explicit_bzero(job->password, strlen(job->password));
    free(job->password);
    json_decref(job->notes);
    json_decref(job->document);
    free(job);
}

static json_t *job_json(const struct job *job)
{
    return json_pack("{s:I, s:s, s:s, s:I, s:I, s:I, s:s, s:I, s:o, s:o, s:I, s:o, s:o}", "id",
                     (json_int_t)job->id, "name", job->name, "status", job_status_name(job->status),
                     "bytes", (json_int_t)job->bytes, "done", (json_int_t)job->done, "total",
                     (json_int_t)job->total, "word", job->word, "created", (json_int_t)job->created,
                     "ended", job->ended ? json_integer((json_int_t)job->ended) : json_null(), "notes",
                     json_deep_copy(job->notes), "notes_left_out", (json_int_t)job->n_more_notes, "error",
                     job->error[0] ? json_string(job->error) : json_null(), "document",
                     job->document ? json_deep_copy(job->document) : json_null());
}

/* ---- on the disk ---- */

static bool save(struct jobs *j, const struct job *job, struct error *err)
{
    return job_files_write(&j->files, job->id,
                           json_pack("{s:s, s:s, s:I, s:I, s:s}", "name", job->name, "status",
                                     job_status_name(job->status), "bytes", (json_int_t)job->bytes,
                                     "created", (json_int_t)job->created, "error", job->error),
                           err);
}

static void drop_file(struct jobs *j, struct job *job)
{
    if (!job->kept) return;
    job_files_remove(&j->files, job->id);
    job->kept = false;
    j->bytes -= job->bytes;
}

static bool insert(struct jobs *j, struct job *job)
{
    if (j->n == j->cap) {
        size_t cap = j->cap ? 2 * j->cap : 64;
        struct job **grown = realloc(j->items, cap * sizeof(struct job *));
        if (!grown) return false;
        j->items = grown;
        j->cap = cap;
    }
    size_t at = j->n++;
    for (; at > 0 && j->items[at - 1]->id > job->id; at--) j->items[at] = j->items[at - 1];
    j->items[at] = job;
    if (job->id > j->last_id) j->last_id = job->id;
    j->n_unfinished += !is_finished(job);
    if (job->kept) j->bytes += job->bytes;
    return true;
}

static struct job *job_create(int64_t id, const char *name, size_t bytes)
{
    struct job *job = calloc(1, sizeof *job);
    if (!job) return NULL;
    *job = (struct job){.id = id, .name = strdup(name), .bytes = bytes, .total = bytes, .word = "bytes",
                        .created = time(NULL), .notes = json_array()};
    if (job->name && job->notes) return job;
    job_free(job);
    return NULL;
}

/* A job of the run before. */
static void take_record(void *context, int64_t id, const json_t *record)
{
    struct jobs *j = context;
    const char *name = json_string_value(json_object_get(record, "name"));
    const char *status = json_string_value(json_object_get(record, "status"));
    const char *error = json_string_value(json_object_get(record, "error"));
    json_int_t bytes = json_integer_value(json_object_get(record, "bytes"));
    struct job *job = name && status && bytes >= 0 ? job_create(id, name, (size_t)bytes) : NULL;
    if (!job) {
        job_files_remove(&j->files, id);
        return;
    }
    json_int_t created = json_integer_value(json_object_get(record, "created"));
    if (created > 0) job->created = created;
    job->kept = true;
    job->status = strcmp(status, "queued") == 0 ? JOB_QUEUED : JOB_FAILED;
    if (job->status == JOB_FAILED) {
        bool read = strcmp(status, "reading") == 0;
        job->ended = time(NULL);
        snprintf(job->error, sizeof job->error, "%s", read || !error ? "the server was stopped" : error);
    }
    if (!insert(j, job)) job_free(job);
}

/* The folder is this server's from now on. With the lock held. */
static bool open_files(struct jobs *j, struct error *err)
{
    if (j->open) return true;
    if (!job_files_open(&j->files, err)) return false;
    j->open = true;
    job_files_load(&j->files, take_record, j);
    pthread_cond_broadcast(&j->work);
    return true;
}

/* ---- the table ---- */

struct jobs *jobs_create(const char *store, struct error *err)
{
    struct jobs *j = calloc(1, sizeof *j);
    if (!j || !job_files_init(&j->files, store, err)) {
        if (!j) error_memory(err, "the jobs");
        free(j);
        return NULL;
    }
    pthread_mutex_init(&j->lock, NULL);
    pthread_cond_init(&j->work, NULL);
    j->last_id = (int64_t)time(NULL) * 1000; /* no id of an earlier run comes again */
    /* What an earlier run left goes on; without that, the folder is made when it is needed. */
    if (access(j->files.folder, F_OK) == 0) open_files(j, NULL);
    return j;
}

void jobs_free(struct jobs *j)
{
    if (!j) return;
    for (size_t i = 0; i < j->n; i++) job_free(j->items[i]);
    free(j->items);
    job_files_free(&j->files);
    pthread_cond_destroy(&j->work);
    pthread_mutex_destroy(&j->lock);
    free(j);
}

static void remove_at(struct jobs *j, size_t i)
{
    drop_file(j, j->items[i]);
    job_free(j->items[i]);
    memmove(&j->items[i], &j->items[i + 1], (--j->n - i) * sizeof(struct job *));
}

/* Forgets finished jobs that are old or too many. */
static void forget_old(struct jobs *j)
{
    int64_t now = time(NULL);
    size_t finished = j->n - j->n_unfinished, kept = 0;
    for (size_t i = 0; i < j->n; i++) {
        struct job *job = j->items[i];
        bool old = is_finished(job) && (finished > JOBS_MAX_FINISHED || now - job->ended > JOBS_KEEP_SECONDS);
        if (old) {
            finished--;
            drop_file(j, job);
            job_free(job);
        } else {
            j->items[kept++] = job;
        }
    }
    j->n = kept;
}

static struct job *find(struct jobs *j, int64_t id, size_t *at)
{
    for (size_t i = 0; i < j->n; i++)
        if (j->items[i]->id == id) {
            *at = i;
            return j->items[i];
        }
    return NULL;
}

/* The files of failed jobs go first when there is no room. */
static bool make_room(struct jobs *j, uint64_t bytes, size_t jobs, struct error *err)
{
    forget_old(j);
    for (size_t i = 0; i < j->n && j->bytes + bytes > JOBS_MAX_BYTES; i++)
        if (j->items[i]->status == JOB_FAILED) drop_file(j, j->items[i]);
    if (j->n_unfinished + jobs > JOBS_MAX_UNFINISHED)
        return error_set(err, ERROR_BUSY, "as many files as the server takes are waiting already");
    if (j->bytes + bytes > JOBS_MAX_BYTES)
        return error_set(err, ERROR_BUSY, "files of as many bytes as the server takes are waiting already");
    return true;
}

static bool add_one(struct jobs *j, const struct upload *u, size_t i, struct error *err)
{
    struct job *job = job_create(j->last_id + 1, u->files[i].name, u->files[i].bytes);
    char *path = job ? job_files_path(&j->files, job->id) : NULL;
    bool ok = path || error_memory(err, "a job");
    if (ok && u->password[0]) ok = (job->password = strdup(u->password)) || error_memory(err, "a job");
    ok = ok && upload_keep(u, i, path, err);
    if (ok) {
        job->kept = true;
        ok = save(j, job, err) && (insert(j, job) || error_memory(err, "a job"));
        if (!ok) job_files_remove(&j->files, job->id);
    }
    if (!ok) job_free(job);
    free(path);
    return ok;
}

bool jobs_add(struct jobs *j, const struct upload *u, json_t **out, struct error *err)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < u->n_files; i++) bytes += u->files[i].bytes;
    pthread_mutex_lock(&j->lock);
    size_t added = 0;
    bool ok = j->stop ? error_set(err, ERROR_CANCELLED, "the server is shutting down")
                      : open_files(j, err) && make_room(j, bytes, u->n_files, err);
    for (; ok && added < u->n_files; added += ok) ok = add_one(j, u, added, err);
    if (ok) {
        *out = json_array();
        for (size_t i = 0; *out && i < added; i++)
            json_array_append_new(*out, job_json(j->items[j->n - added + i]));
        pthread_cond_broadcast(&j->work);
    }
    while (!ok && added-- > 0) {
        j->n_unfinished--;
        remove_at(j, j->n - 1);
    }
    pthread_mutex_unlock(&j->lock);
    return ok;
}

json_t *jobs_list(struct jobs *j, enum job_status status, size_t offset, size_t limit, size_t *total)
{
    json_t *list = json_array();
    pthread_mutex_lock(&j->lock);
    forget_old(j);
    *total = 0;
    for (size_t i = j->n; list && i-- > 0;) {
        if (status != N_JOB_STATUSES && j->items[i]->status != status) continue;
        size_t number = (*total)++;
        if (number >= offset && number - offset < limit) json_array_append_new(list, job_json(j->items[i]));
    }
    pthread_mutex_unlock(&j->lock);
    return list;
}

json_t *jobs_get(struct jobs *j, int64_t id)
{
    size_t at;
    pthread_mutex_lock(&j->lock);
    struct job *job = find(j, id, &at);
    json_t *o = job ? job_json(job) : NULL;
    pthread_mutex_unlock(&j->lock);
    return o;
}

static void finish(struct jobs *j, struct job *job, enum job_status status)
{
    job->status = status;
    job->ended = time(NULL);
    j->n_unfinished--;
    if (status != JOB_FAILED)
        drop_file(j, job);
    else
        save(j, job, NULL); /* where that fails, the record says it was being read: as good */
}

json_t *jobs_cancel(struct jobs *j, int64_t id)
{
    size_t at;
    pthread_mutex_lock(&j->lock);
    struct job *job = find(j, id, &at);
    json_t *o = NULL;
    if (job && job->status == JOB_QUEUED) finish(j, job, JOB_CANCELLED);
    else if (job && job->status == JOB_READING) {
        job->by_client = true;
        atomic_store(&job->cancel, true);
    } else if (job) {
        o = job_json(job);
        remove_at(j, at);
        job = NULL;
    }
    if (job) o = job_json(job);
    pthread_mutex_unlock(&j->lock);
    return o;
}

json_t *jobs_retry(struct jobs *j, int64_t id, struct error *err)
{
    size_t at;
    json_t *o = NULL;
    pthread_mutex_lock(&j->lock);
    struct job *job = find(j, id, &at);
    if (job && job->status != JOB_FAILED) {
        error_set(err, ERROR_USAGE, "only a job that has failed is retried; this one is %s",
                  job_status_name(job->status));
    } else if (job && !job->kept) {
        error_set(err, ERROR_USAGE, "its file is not kept any more; send it again");
    } else if (job && j->n_unfinished == JOBS_MAX_UNFINISHED) {
        error_set(err, ERROR_BUSY, "as many files as the server takes are waiting already");
    } else if (job) {
        job->status = JOB_QUEUED;
        job->error[0] = '\0';
        job->ended = 0;
        job->done = 0;
        job->total = job->bytes;
        job->word = "bytes";
        json_array_clear(job->notes);
        job->n_more_notes = 0;
        j->n_unfinished++;
        save(j, job, NULL); /* where that fails it is failed still after a restart */
        o = job_json(job);
        pthread_cond_signal(&j->work);
    }
    pthread_mutex_unlock(&j->lock);
    return o;
}

/* ---- working them off ---- */

struct job *jobs_take(struct jobs *j)
{
    struct job *job = NULL;
    pthread_mutex_lock(&j->lock);
    while (!j->stop && !job) {
        for (size_t i = 0; i < j->n && !job; i++)
            if (j->items[i]->status == JOB_QUEUED) job = j->items[i];
        if (!job) pthread_cond_wait(&j->work, &j->lock);
    }
    if (j->stop) job = NULL;
    if (job) {
        job->status = JOB_READING;
        job->by_client = false;
        atomic_store(&job->cancel, false);
        save(j, job, NULL);
    }
    pthread_mutex_unlock(&j->lock);
    return job;
}

const char *job_name(const struct job *job)
{
    return job->name;
}

const char *job_password(const struct job *job)
{
    return job->password;
}

const atomic_bool *job_cancel(const struct job *job)
{
    return &job->cancel;
}

char *jobs_path(const struct jobs *j, const struct job *job)
{
    return job_files_path(&j->files, job->id);
}

void jobs_progress(struct jobs *j, struct job *job, size_t done, size_t total, const char *word)
{
    pthread_mutex_lock(&j->lock);
    job->done = done;
    job->total = total;
    job->word = word;
    pthread_mutex_unlock(&j->lock);
}

void jobs_note(struct jobs *j, struct job *job, const char *text)
{
    pthread_mutex_lock(&j->lock);
    if (json_array_size(job->notes) >= JOBS_MAX_NOTES ||
        json_array_append_new(job->notes, json_string(text)) != 0)
        job->n_more_notes++;
    pthread_mutex_unlock(&j->lock);
}

void jobs_end(struct jobs *j, struct job *job, json_t *document, const struct error *err)
{
    pthread_mutex_lock(&j->lock);
    job->document = document;
    if (document) {
        finish(j, job, JOB_DONE);
    } else if (err->code == ERROR_CANCELLED && job->by_client) {
        finish(j, job, JOB_CANCELLED);
    } else if (err->code == ERROR_CANCELLED && j->stop) {
        job->status = JOB_QUEUED; /* goes on after the restart */
        save(j, job, NULL);
    } else {
        snprintf(job->error, sizeof job->error, "%s", err->text[0] ? err->text : "out of memory");
        finish(j, job, JOB_FAILED);
    }
    pthread_mutex_unlock(&j->lock);
}

void jobs_stop(struct jobs *j)
{
    pthread_mutex_lock(&j->lock);
    j->stop = true;
    for (size_t i = 0; i < j->n; i++)
        if (j->items[i]->status == JOB_READING) atomic_store(&j->items[i]->cancel, true);
    pthread_cond_broadcast(&j->work);
    pthread_mutex_unlock(&j->lock);
}

bool jobs_stopping(struct jobs *j)
{
    pthread_mutex_lock(&j->lock);
    bool stop = j->stop;
    pthread_mutex_unlock(&j->lock);
    return stop;
}
