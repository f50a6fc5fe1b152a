/* The documents in the store: the list, one of them with its passages, deleting. */
#include "answer/answer.h"
#include "ingest/ingest.h"
#include "server/documents.h"
#include "base/file.h"
#include "store/copies.h"
#include "server/fields.h"
#include "server/handlers.h"
#include "server/server.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_LIST = 10000, MAX_PASSAGES = 1000, USUAL_PASSAGES = 100 };

json_t *document_json(const struct store_document *d)
{
    return json_pack("{s:I, s:s, s:s, s:s, s:I, s:I, s:I, s:I}", "id", (json_int_t)d->id, "name",
                     path_base(d->path), "path", d->path, "kind", d->kind, "bytes",
                     (json_int_t)d->bytes, "chunks", (json_int_t)d->chunks, "facts",
                     (json_int_t)d->facts, "added", (json_int_t)d->added);
}

json_t *ingested_json(struct store *store, const char *name, const struct ingest_totals *t,
                      struct error *err)
{
    struct arena arena = {0};
    struct store_document d;
    struct error missing = {0};
    json_t *o = NULL;
    bool found = store_find_document_path(store, name, &arena, &d, &missing);
    /* The same contents under another name: it is that document. */
    bool ok = found || store_find_copy(store, name, &arena, &d, &found, err);
    if (ok && !found) error_set(err, missing.code, "%s", missing.text);
    if (found) {
        const char *outcome = t->duplicates ? "duplicate"
                              : t->unchanged ? "unchanged"
                              : t->replaced  ? "replaced"
                                             : "new";
        o = document_json(&d);
        json_object_set_new(o, "outcome", json_string(outcome));
        json_object_set_new(o, "vehicles", json_integer((json_int_t)t->vehicles));
        if (!o) error_memory(err, "a document");
    }
    arena_free(&arena);
    return o;
}

void handle_documents(struct exchange *x)
{
    struct server *s = x->server;
    struct error err = {0};
    struct store_document *documents = NULL;
    size_t n = 0, offset = 0, limit = MAX_LIST;
    if (!query_count(x, "offset", 0, (size_t)1 << 31, &offset) ||
        !query_count(x, "limit", 1, MAX_LIST, &limit))
        return;
    struct store *store = stores_take(s->stores, &err);
    bool ok = store && store_list_documents(store, &x->arena, &documents, &n, &err);
    stores_give(s->stores, store);
    if (!ok) {
        reply_failure(x, &err);
        return;
    }
    json_t *list = json_array();
    for (size_t i = offset; i < n && i - offset < limit; i++)
        json_array_append_new(list, document_json(&documents[i]));
    reply_json(x, 200, json_pack("{s:o, s:I}", "documents", list, "total", (json_int_t)n));
}

bool document_id(struct exchange *x, int64_t *id)
{
    const char *text = x->arguments[0];
    size_t digits = strspn(text, "0123456789");
    if (digits > 0 && digits < 19 && !text[digits]) {
        *id = strtoll(text, NULL, 10);
        return true;
    }
    reply_error(x, 404, "not_found", "id", "a document's id is a whole number");
    return false;
}

void handle_document(struct exchange *x)
{
    struct server *s = x->server;
    struct error err = {0};
    struct store_document d;
    struct hit_list passages = {0};
    int64_t id;
    size_t offset = 0, limit = USUAL_PASSAGES;
    if (!document_id(x, &id) || !query_count(x, "offset", 0, (size_t)1 << 31, &offset) ||
        !query_count(x, "limit", 1, MAX_PASSAGES, &limit))
        return;
    struct store *store = stores_take(s->stores, &err);
    bool ok = store && store_find_document(store, id, &x->arena, &d, &err) &&
              store_document_chunks(store, id, offset, limit, &passages, &err);
    stores_give(s->stores, store);
    if (ok) {
        json_t *o = document_json(&d), *list = json_array();
        for (size_t i = 0; i < passages.n; i++)
            json_array_append_new(list, hit_to_json(&passages.items[i]));
        json_object_set_new(o, "offset", json_integer((json_int_t)offset));
        json_object_set_new(o, "passages", list);
        reply_json(x, 200, o);
    } else {
        reply_failure(x, &err);
    }
    hit_list_free(&passages);
}

void handle_delete_document(struct exchange *x)
{
    struct server *s = x->server;
    struct error err = {0};
    int64_t id;
    if (!document_id(x, &id)) return;
    struct store *store = stores_writer(s->stores, &err);
    if (store && store_delete_document(store, id, &err))
        reply_json(x, 200, json_pack("{s:i, s:I}", "deleted", 1, "id", (json_int_t)id));
    else if (err.code == ERROR_NOT_FOUND) /* without the store's place on the disk */
        reply_error(x, 404, "not_found", "id", "there is no document with id %lld", (long long)id);
    else
        reply_failure(x, &err);
}

void handle_reset(struct exchange *x)
{
    static const char *const FIELDS[] = {"confirm", NULL};
    struct server *s = x->server;
    struct error err = {0};
    bool confirm = false;
    struct store *store;
    size_t n;
    json_t *body = fields_read(x);
    if (!body) return;
    if (fields_known(x, body, FIELDS) && field_bool(x, body, "confirm", &confirm)) {
        if (!confirm)
            field_refuse(x, "confirm", "must be true: all documents are deleted");
        else if ((store = stores_writer(s->stores, &err)) && store_delete_all(store, &n, &err))
            reply_json(x, 200, json_pack("{s:I}", "deleted", (json_int_t)n));
        else
            reply_failure(x, &err);
    }
    json_decref(body);
}
