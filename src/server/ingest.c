/* Reading documents in: from JSON, from uploaded files; what that is doing now. On the write lane's
 * one thread. A document is acknowledged once it is in the store for good. */
#include "ingest/ingest.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/utf8.h"
#include "server/documents.h"
#include "server/fields.h"
#include "server/handlers.h"
#include "server/metadata.h"
#include "server/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NAME = 255, MAX_FIELD = 1024 }; /* letters */

/* What one request reads in. */
struct intake {
    struct exchange *x;
    json_t *documents, *failed;
    size_t chunks, facts, vehicles;
    double began;
    struct error last; /* why the last one failed */
};

static void on_progress(void *context, const char *path, size_t done, size_t total, const char *word)
{
    (void)path, (void)word;
    struct server *s = context;
    ingest_state_progress(s->ingests, done, total);
}

static void take_failed(struct intake *in, const char *name, const struct error *err)
{
    json_array_append_new(in->failed, json_pack("{s:s, s:s}", "name", name, "error", err->text));
    in->last = *err;
}

static void take_read(struct intake *in, json_t *document, const struct ingest_totals *t)
{
    json_array_append_new(in->documents, document);
    in->chunks += t->chunks;
    in->facts += t->facts;
    in->vehicles += t->vehicles;
}

/* kind NULL: found from name and text. file NULL: the text is of none. */
static void read_document(struct intake *in, const char *name, const enum document_kind *kind,
                          const char *data, size_t len, const struct mapping *file, const char *title,
                          const struct vehicle *vehicle)
{
    struct server *s = in->x->server;
    struct error err = {0};
    struct store *store = stores_writer(s->stores, &err);
    struct ingest_totals totals = {0};
    json_t *document = NULL;
    const struct ingest_options options = {.progress = on_progress,
                                           .context = s,
                                           .cancel = &in->x->cancel,
                                           .title = title,
                                           .vehicle = vehicle,
                                           .password = in->x->upload ? in->x->upload->password : NULL,
                                           .skip_duplicates = true,
                                           .ocr_languages = s->ocr_languages,
                                           .keep_original = true}; /* it is nowhere else */
    enum document_kind found = kind ? *kind : DOCUMENT_TEXT;
    ingest_state_begin(s->ingests, name);
    bool ok = store && (kind || document_kind_find(name, data, len, &found, &err)) &&
              (file ? ingest_mapping(store, name, found, file, &options, &totals, &err)
                    : ingest_text(store, name, found, data, len, &options, &totals, &err)) &&
              (document = ingested_json(store, name, &totals, &err)) != NULL;
    ingest_state_end(s->ingests, ok, totals.chunks);
    if (ok)
        take_read(in, document, &totals);
    else
        take_failed(in, name, &err);
}

static void intake_begin(struct intake *in, struct exchange *x)
{
    *in = (struct intake){
        .x = x, .documents = json_array(), .failed = json_array(), .began = clock_seconds()};
}

/* Nothing read at all is an error of the request. */
static void intake_reply(struct intake *in)
{
    if (json_array_size(in->documents) == 0) {
        json_decref(in->documents);
        json_decref(in->failed);
        reply_failure(in->x, &in->last);
        return;
    }
    reply_json(in->x, 200,
               json_pack("{s:o, s:o, s:I, s:I, s:I, s:f}", "documents", in->documents, "failed",
                         in->failed, "chunks", (json_int_t)in->chunks, "facts",
                         (json_int_t)in->facts, "vehicles", (json_int_t)in->vehicles, "seconds",
                         clock_seconds() - in->began));
}

/* ---- POST /ingest/text ---- */

static bool read_name(struct exchange *x, const json_t *body, const char **name)
{
    if (!field_text(x, body, "name", true, name)) return false;
    size_t letters = utf8_count(*name, strlen(*name));
    if (letters == 0 || letters > MAX_NAME)
        return field_refuse(x, "name", "has %zu letters, not 1 to %d", letters, MAX_NAME);
    for (const char *p = *name; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            return field_refuse(x, "name", "holds a control character");
    return true;
}

/* A text of at most MAX_FIELD letters. */
static bool read_short(struct exchange *x, const json_t *o, const char *name, const char **out)
{
    if (!field_text(x, o, name, false, out)) return false;
    if (!*out || utf8_count(*out, strlen(*out)) <= MAX_FIELD) return true;
    return field_refuse(x, name, "has more than %d letters", MAX_FIELD);
}

static bool read_kind(struct exchange *x, const json_t *body, enum document_kind *kind, bool *given)
{
    const char *name = NULL;
    if (!field_text(x, body, "kind", false, &name)) return false;
    *given = name != NULL;
    for (*kind = DOCUMENT_CSV; name && *kind < N_DOCUMENT_KINDS; (*kind)++)
        if (strcmp(name, document_kind_name(*kind)) == 0) return true;
    return !name || field_refuse(x, "kind", "is none of csv, json, json lines, markdown, text");
}

/* What the document is about: the names of a metadata_filter, and trim. */
static bool read_vehicle(struct exchange *x, const json_t *body, struct vehicle *v, bool *given)
{
    static const char *const FIELDS[] = {"manufacturer", "model",       "year",         "trim",
                                         "category",     "engine_type", "transmission", NULL};
    json_t *o = json_object_get(body, "metadata");
    size_t year = 0;
    *v = vehicle_none();
    *given = o && !json_is_null(o);
    if (!*given) return true;
    if (!json_is_object(o)) return field_refuse(x, "metadata", "is not an object");
    const char **texts[] = {&v->manufacturer, &v->model,       NULL, &v->trim, &v->category,
                            &v->engine_type,  &v->transmission};
    if (!fields_known(x, o, FIELDS) || !field_count(x, o, "year", 1900, 2099, &year)) return false;
    v->year = (int)year;
    for (size_t i = 0; FIELDS[i]; i++) {
        if (texts[i] && !read_short(x, o, FIELDS[i], texts[i])) return false;
    }
    return true;
}

void handle_ingest_text(struct exchange *x)
{
    static const char *const FIELDS[] = {"name", "text", "kind", "title", "metadata", NULL};
    const char *name = NULL, *text = NULL, *title = NULL;
    enum document_kind kind;
    struct vehicle vehicle;
    bool has_kind, has_vehicle;
    json_t *body = fields_read(x);
    if (!body) return;
    if (fields_known(x, body, FIELDS) && read_name(x, body, &name) &&
        field_text(x, body, "text", true, &text) && read_short(x, body, "title", &title) &&
        read_kind(x, body, &kind, &has_kind) && read_vehicle(x, body, &vehicle, &has_vehicle)) {
        struct intake in;
        intake_begin(&in, x);
        read_document(&in, name, has_kind ? &kind : NULL, text, strlen(text), NULL, title,
                      has_vehicle ? &vehicle : NULL);
        intake_reply(&in);
    }
    json_decref(body);
}

/* ---- POST /ingest/file ---- */

static void read_upload(struct intake *in, size_t i)
{
    const struct upload *u = in->x->upload;
    struct error err = {0};
    struct mapping m;
    char path[64];
    upload_path(u, i, path, sizeof path);
    if (!mapping_open(&m, path, &err)) {
        take_failed(in, u->files[i].name, &err);
        return;
    }
    read_document(in, u->files[i].name, NULL, (const char *)m.data, m.size, &m, NULL, NULL);
    mapping_close(&m);
}

/* async: the files are read in the background. */
static void queue_upload(struct exchange *x)
{
    struct server *s = x->server;
    struct error err = {0};
    json_t *jobs = NULL;
    char place[64];
    if (jobs_add(s->jobs, x->upload, &jobs, &err)) {
        json_int_t first = json_integer_value(json_object_get(json_array_get(jobs, 0), "id"));
        snprintf(place, sizeof place, "/ingest/jobs/%lld", (long long)first);
        reply_header(x, "Location", place);
        reply_json(x, 202, json_pack("{s:o}", "jobs", jobs));
    } else if (err.code == ERROR_BUSY) {
        reply_header(x, "Retry-After", "10");
        reply_error(x, 429, "queue_full", NULL, "%s", err.text);
    } else {
        reply_failure(x, &err);
    }
}

void handle_ingest_file(struct exchange *x)
{
    struct intake in;
    if (x->upload->error.code) {
        reply_failure(x, &x->upload->error);
        return;
    }
    if (x->upload->n_files == 0) {
        reply_error(x, 400, "no_file", "file", "the form holds no file");
        return;
    }
    if (exchange_is_async(x)) {
        queue_upload(x);
        return;
    }
    intake_begin(&in, x);
    for (size_t i = 0; i < x->upload->n_files && !atomic_load(&x->cancel); i++) read_upload(&in, i);
    intake_reply(&in);
}

/* ---- GET /ingest/status ---- */

void handle_ingest_status(struct exchange *x)
{
    struct server *s = x->server;
    struct error err = {0};
    struct store_counts counts;
    struct lane_stats lane;
    lane_stats(s->lanes[LANE_WRITE], &lane);
    struct store *store = stores_take(s->stores, &err);
    bool ok = store && store_count(store, &counts, &err);
    stores_give(s->stores, store);
    if (!ok) {
        reply_failure(x, &err);
        return;
    }
    json_t *o = ingest_state_json(s->ingests);
    json_object_set_new(o, "queued", json_integer((json_int_t)lane.waiting));
    json_object_set_new(o, "documents", json_integer((json_int_t)counts.documents));
    json_object_set_new(o, "chunks", json_integer((json_int_t)counts.chunks));
    json_object_set_new(o, "vehicles", json_integer((json_int_t)counts.vehicles));
    json_object_set_new(o, "facts", json_integer((json_int_t)counts.facts));
    reply_json(x, 200, o);
}
