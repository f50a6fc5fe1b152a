#include "server/ingest_state.h"
#include "base/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct ingest_state {
    pthread_mutex_t lock;
    bool busy;
    char *name; /* NULL: no memory for it */
    size_t done, total;
    double began;
    size_t documents, failed, chunks; /* since the start */
};

struct ingest_state *ingest_state_create(void)
{
    struct ingest_state *s = calloc(1, sizeof *s);
    if (s) pthread_mutex_init(&s->lock, NULL);
    return s;
}

void ingest_state_free(struct ingest_state *s)
{
    if (!s) return;
    pthread_mutex_destroy(&s->lock);
    free(s->name);
    free(s);
}

void ingest_state_begin(struct ingest_state *s, const char *name)
{
    pthread_mutex_lock(&s->lock);
    free(s->name);
    s->name = strdup(name);
    s->busy = true;
    s->done = s->total = 0;
    s->began = clock_seconds();
    pthread_mutex_unlock(&s->lock);
}

void ingest_state_progress(struct ingest_state *s, size_t done, size_t total)
{
    pthread_mutex_lock(&s->lock);
    s->done = done;
    s->total = total;
    pthread_mutex_unlock(&s->lock);
}

void ingest_state_end(struct ingest_state *s, bool ok, size_t chunks)
{
    pthread_mutex_lock(&s->lock);
    s->busy = false;
    s->documents += ok;
    s->failed += !ok;
    s->chunks += chunks;
    pthread_mutex_unlock(&s->lock);
}

json_t *ingest_state_json(struct ingest_state *s)
{
    pthread_mutex_lock(&s->lock);
    json_t *current = s->busy
                          ? json_pack("{s:s, s:I, s:I, s:f}", "name", s->name ? s->name : "",
                                      "done", (json_int_t)s->done, "total", (json_int_t)s->total,
                                      "seconds", clock_seconds() - s->began)
                          : json_null();
    json_t *o = json_pack("{s:b, s:o, s:{s:I, s:I, s:I}}", "busy", (int)s->busy, "current", current,
                          "since_start", "documents", (json_int_t)s->documents, "failed",
                          (json_int_t)s->failed, "chunks", (json_int_t)s->chunks);
    pthread_mutex_unlock(&s->lock);
    return o;
}
