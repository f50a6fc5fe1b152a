#include "answer/given.h"

#include "base/buffer.h"
#include "ingest/ingest.h"
#include "vehicle/registry.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { HEAD_BYTES = 160 };

static bool is_blank(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!isspace((unsigned char)text[i])) return false;
    return true;
}

static const char *field(const struct given_document *d, const char *name)
{
    for (size_t i = 0; i < d->n_fields; i++)
        if (strcasecmp(d->fields[i].name, name) == 0 && d->fields[i].value[0])
            return d->fields[i].value;
    return NULL;
}

/* What the metadata say of the vehicle, over what is known of it already. */
static void take_fields(const struct given_document *d, struct vehicle *v)
{
    for (size_t i = 0; i < d->n_fields; i++) {
        const char *value = d->fields[i].value;
        if (!*value) continue;
        struct column_meaning m;
        registry_read_column(&m, d->fields[i].name, strlen(d->fields[i].name), DIMENSION_NONE);
        if (m.attribute < 0) continue;
        const struct attribute *a = &REGISTRY[m.attribute];
        if (a->role == ROLE_MAKE) v->manufacturer = value;
        if (a->role == ROLE_MODEL) v->model = value;
        if (a->role == ROLE_TRIM) v->trim = value;
        if (a->role == ROLE_YEAR) v->year = year_parse(value, strlen(value));
        if (!strcmp(a->id, "body_type") || !strcmp(a->id, "vehicle_class")) v->category = value;
        if (!strcmp(a->id, "fuel_type") || !strcmp(a->id, "engine_type")) v->engine_type = value;
        if (!strcmp(a->id, "transmission")) v->transmission = value;
    }
}

/* The name up to its first word that begins with a small letter, as prose goes on with. */
static const char *proper_name(const char *name, struct arena *arena)
{
    size_t keep = 0;
    for (const char *word = name; *word && !islower((unsigned char)*word);) {
        size_t n = strcspn(word, " ");
        keep = (size_t)(word - name) + n;
        word += n + strspn(word + n, " ");
    }
    return arena_strndup(arena, name, keep);
}

/* The vehicle that the first line names. */
static bool vehicle_of_text(struct vehicle *v, const char *text, size_t len, struct arena *arena)
{
    while (len && isspace((unsigned char)*text)) text++, len--;
    const char *end = memchr(text, '\n', len);
    if (end) len = (size_t)(end - text);
    if (len > HEAD_BYTES) {
        len = HEAD_BYTES;
        while (len && text[len - 1] != ' ') len--;
    }
    if (!vehicle_parse_heading(v, text, len, NULL, NULL, arena)) return false;
    v->model = proper_name(v->model, arena);
    v->trim = v->model ? proper_name(v->trim, arena) : NULL;
    return v->trim && v->model[0];
}

/* A name that no document before it has. */
static const char *unique_name(const struct given_document *d, size_t number, json_t *names,
                               struct arena *arena)
{
    struct buffer name = {0};
    const char *given = d->name && d->name[0] ? d->name : field(d, "id");
    if (!given) given = field(d, "source");
    for (size_t copy = 1;; copy++) {
        buffer_clear(&name);
        if (given)
            buffer_puts(&name, given);
        else
            buffer_printf(&name, "document %zu", number);
        if (copy > 1) buffer_printf(&name, " (%zu)", copy);
        if (name.failed || !json_object_get(names, buffer_text(&name))) break;
    }
    bool ok = !name.failed && json_object_set_new(names, buffer_text(&name), json_true()) == 0;
    const char *out = ok ? arena_strdup(arena, buffer_text(&name)) : NULL;
    buffer_free(&name);
    return out;
}

static const char NO_NAME[] = "document";

static bool read_one(struct given *g, const struct given_document *d, const char *name,
                     struct arena *arena, const atomic_bool *cancel, bool *empty, struct error *err)
{
    *empty = false;
    struct vehicle vehicle = vehicle_none();
    struct buffer named = {0};
    const char *title = d->title && d->title[0] ? d->title : field(d, "title");
    enum document_kind kind;
    struct error failure = {0};
    /* By contents alone: an id that ends in ".csv" says where it is from, not what is given of it. */
    if (!document_kind_find(NO_NAME, d->content, d->len, &kind, &failure)) {
        size_t skip = strncmp(failure.text, NO_NAME, strlen(NO_NAME)) == 0 ? strlen(NO_NAME) : 0;
        return error_set(err, failure.code, "%s%s", skip ? name : "", failure.text + skip);
    }
    if (!title || !vehicle_parse_heading(&vehicle, title, strlen(title), NULL, NULL, arena)) {
        /* Rows and Markdown name theirs; of plain text the first line may. */
        vehicle = vehicle_none();
        if (kind == DOCUMENT_TEXT && !vehicle_of_text(&vehicle, d->content, d->len, arena))
            vehicle = vehicle_none();
    }
    take_fields(d, &vehicle);
    if (!title && vehicle_is_known(&vehicle)) {
        vehicle_title(&vehicle, &named);
        title = arena_strdup(arena, buffer_text(&named));
    }
    bool ok = (!named.failed && (title || !vehicle_is_known(&vehicle))) ||
              error_memory(err, "a document");
    buffer_free(&named);
    if (!ok) return false;
    struct ingest_options options = {
        .title = title ? title : name, .vehicle = &vehicle, .cancel = cancel};
    struct ingest_totals totals = {0};
    ok = ingest_text(g->store, name, kind, d->content, d->len, &options, &totals, &failure);
    if (!ok && failure.code == ERROR_INPUT && kind != DOCUMENT_TEXT) {
        /* It only looked like JSON or a table. */
        failure = (struct error){0};
        ok = ingest_text(g->store, name, DOCUMENT_TEXT, d->content, d->len, &options, &totals,
                         &failure);
    }
    /* A heading with nothing below it holds no facts; it is no reason to refuse the others. */
    if (!ok && failure.code == ERROR_INPUT && strstr(failure.text, "no text")) {
        *empty = true;
        return true;
    }
    return ok || error_set(err, failure.code, "%s", failure.text);
}

bool given_read(struct given *out, const struct given_document *documents, size_t n,
                const atomic_bool *cancel, struct error *err)
{
    *out = (struct given){.store = store_open(":memory:", STORE_WRITE, err)};
    if (!out->store) return false;
    struct arena arena = {0};
    json_t *names = json_object();
    out->index = calloc(n + 1, sizeof *out->index);
    bool ok = (names && out->index) || error_memory(err, "documents");
    for (size_t i = 0; ok && i < n; i++) {
        if (is_blank(documents[i].content, documents[i].len)) continue;
        const char *name = unique_name(&documents[i], i + 1, names, &arena);
        bool empty = false;
        ok = name ? read_one(out, &documents[i], name, &arena, cancel, &empty, err)
                  : error_memory(err, "documents");
        if (ok && !empty) out->index[out->n_documents++] = i; /* the store counts from 1 without gaps */
    }
    json_decref(names);
    arena_free(&arena);
    if (!ok) given_free(out);
    return ok;
}

void given_free(struct given *g)
{
    store_close(g->store);
    free(g->index);
    *g = (struct given){0};
}
