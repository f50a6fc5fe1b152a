/* Searching the SQLite store: vehicles by their names, chunks by BM25 and by vehicle. */
#include "store/facts.h"
#include "store/store_internal.h"

#include <stdlib.h>
#include <string.h>

void hit_list_free(struct hit_list *l)
{
    arena_free(&l->arena);
    free(l->items);
    *l = (struct hit_list){0};
}

/* A metadata filter's values are bound from here on, in the order of the fields. */
enum { FIRST_METADATA = 20 };

static void metadata_sql(const struct metadata_filter *f, struct buffer *sql)
{
    static const char *const COLUMNS[N_METADATA] = {
        "v.manufacturer_key", "v.model_key",          "v.year",
        "lower(v.category)",  "lower(v.engine_type)", "lower(v.transmission)"};
    int at = FIRST_METADATA;
    for (size_t i = 0; i < N_METADATA; i++)
        for (size_t k = 0; k < f->fields[i].n; k++) {
            if (k == 0) buffer_printf(sql, " AND %s IN (", COLUMNS[i]);
            buffer_printf(sql, i < METADATA_CATEGORY ? "?%d" : "lower(?%d)", at++);
            buffer_puts(sql, k + 1 < f->fields[i].n ? ", " : ")");
        }
}

static void metadata_bind(sqlite3_stmt *q, const struct metadata_filter *f)
{
    int at = FIRST_METADATA;
    for (size_t i = 0; i < N_METADATA; i++)
        for (size_t k = 0; k < f->fields[i].n; k++, at++) {
            const char *value = f->fields[i].values[k];
            if (i == METADATA_YEAR)
                sqlite3_bind_int64(q, at, strtoll(value, NULL, 10));
            else
                sqlite3_bind_text(q, at, value, -1, SQLITE_STATIC);
        }
}

/* The condition on the vehicles table `v` that a filter is; its values are bound from ?10 on. */
void store_filter_sql(const struct vehicle_filter *f, struct buffer *sql)
{
    buffer_puts(sql, "1");
    if (f->manufacturer) buffer_puts(sql, " AND v.manufacturer_key = ?10");
    if (f->model && f->model_prefix)
        buffer_puts(sql, " AND v.model_key >= ?11 AND v.model_key < ?11 || char(1114111)");
    else if (f->model)
        buffer_puts(sql, " AND v.model_key = ?11");
    if (f->trim) buffer_puts(sql, " AND v.trim_key = ?12");
    if (f->year) buffer_puts(sql, " AND v.year = ?13");
    if (f->metadata) metadata_sql(f->metadata, sql);
}

void store_filter_bind(sqlite3_stmt *q, const struct vehicle_filter *f)
{
    if (f->manufacturer) sqlite3_bind_text(q, 10, f->manufacturer, -1, SQLITE_STATIC);
    if (f->model) sqlite3_bind_text(q, 11, f->model, -1, SQLITE_STATIC);
    if (f->trim) sqlite3_bind_text(q, 12, f->trim, -1, SQLITE_STATIC);
    if (f->year) sqlite3_bind_int(q, 13, f->year);
    if (f->metadata) metadata_bind(q, f->metadata);
}

/* As store_prepare; frees sql. */
static sqlite3_stmt *prepare_buffer(struct store *s, struct buffer *sql, struct error *err)
{
    sqlite3_stmt *q = NULL;
    if (sql->failed)
        error_memory(err, "a query");
    else
        q = store_prepare(s, buffer_text(sql), err);
    buffer_free(sql);
    return q;
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

bool store_filter_records(struct store *s, const struct catalog *c,
                          const struct vehicle_filter *filter, bool *keep, struct error *err)
{
    if (c->n_records) memset(keep, 0, c->n_records * sizeof *keep);
    struct buffer sql = {0}, ids = {0};
    buffer_puts(&sql, "SELECT v.id FROM vehicles v WHERE ");
    store_filter_sql(filter, &sql);
    sqlite3_stmt *q = prepare_buffer(s, &sql, err);
    if (!q) return false;
    store_filter_bind(q, filter);
    int rc;
    while ((rc = sqlite3_step(q)) == SQLITE_ROW) {
        int64_t id = sqlite3_column_int64(q, 0);
        buffer_append(&ids, &id, sizeof id);
    }
    bool ok = (rc == SQLITE_DONE || store_fail(s, "looking up vehicles", err)) &&
              (!ids.failed || error_memory(err, "vehicles"));
    sqlite3_finalize(q);
    size_t n = ids.len / sizeof(int64_t);
    if (ok && n) {
        qsort(ids.data, n, sizeof(int64_t), by_number);
        for (size_t i = 0; i < c->n_records; i++)
            keep[i] = c->records[i].vehicle &&
                      bsearch(&c->records[i].vehicle, ids.data, n, sizeof(int64_t), by_number);
    }
    buffer_free(&ids);
    return ok;
}

#define VEHICLE_COLUMNS STORE_VEHICLE_COLUMNS

/* Reads VEHICLE_COLUMNS from column `at` on. */
static bool read_vehicle(sqlite3_stmt *q, int at, struct vehicle *v, struct arena *arena)
{
    v->manufacturer = store_column(q, at, arena);
    v->model = store_column(q, at + 1, arena);
    v->year = sqlite3_column_int(q, at + 2);
    v->trim = store_column(q, at + 3, arena);
    v->category = store_column(q, at + 4, arena);
    v->engine_type = store_column(q, at + 5, arena);
    v->transmission = store_column(q, at + 6, arena);
    return v->manufacturer && v->model && v->trim && v->category && v->engine_type &&
           v->transmission;
}

bool store_find_vehicles(struct store *s, const struct vehicle_filter *filter, size_t limit,
                         struct arena *arena, struct vehicle **out, size_t *n, struct error *err)
{
    *out = NULL;
    *n = 0;
    struct buffer sql = {0};
    buffer_puts(&sql, "SELECT " VEHICLE_COLUMNS " FROM vehicles v WHERE ");
    store_filter_sql(filter, &sql);
    buffer_puts(&sql, " GROUP BY v.manufacturer_key, v.model_key, v.year, v.trim_key"
                      " ORDER BY v.year DESC, v.id LIMIT ?1");
    sqlite3_stmt *q = prepare_buffer(s, &sql, err);
    if (!q) return false;
    store_filter_bind(q, filter);
    sqlite3_bind_int64(q, 1, (int64_t)limit);
    size_t cap = 0;
    bool ok = true;
    int rc;
    while (ok && (rc = sqlite3_step(q)) == SQLITE_ROW) {
        if (*n == cap) { /* grows by doubling: at most as much again is left in the arena */
            size_t more = cap ? cap * 2 : 16;
            struct vehicle *grown = arena_array(arena, more, sizeof *grown);
            if (!grown) {
                ok = error_memory(err, "vehicles");
                break;
            }
            if (*n) memcpy(grown, *out, *n * sizeof *grown);
            *out = grown;
            cap = more;
        }
        ok = read_vehicle(q, 0, &(*out)[(*n)++], arena) || error_memory(err, "vehicles");
    }
    if (ok && rc != SQLITE_DONE) ok = store_fail(s, "looking up vehicles", err);
    sqlite3_finalize(q);
    return ok;
}

bool store_find_manufacturer(struct store *s, const char *key, struct arena *arena,
                             const char **name, struct error *err)
{
    *name = NULL;
    sqlite3_stmt *q = store_prepare(
        s, "SELECT manufacturer FROM vehicles WHERE manufacturer_key = ?1 LIMIT 1", err);
    if (!q) return false;
    sqlite3_bind_text(q, 1, key, -1, SQLITE_STATIC);
    int rc = sqlite3_step(q);
    bool ok = rc == SQLITE_ROW || rc == SQLITE_DONE || store_fail(s, "looking up a maker", err);
    if (rc == SQLITE_ROW) {
        *name = store_column(q, 0, arena);
        ok = *name || error_memory(err, "a maker");
    }
    sqlite3_finalize(q);
    return ok;
}

struct hit *hit_list_add(struct hit_list *l)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 16;
        struct hit *grown = realloc(l->items, cap * sizeof *grown);
        if (!grown) return NULL;
        l->items = grown;
        l->cap = cap;
    }
    l->items[l->n] = (struct hit){0};
    return &l->items[l->n++];
}

bool store_read_hits(struct store *s, sqlite3_stmt *q, struct hit_list *out, struct error *err)
{
    bool ok = true;
    int rc = SQLITE_DONE;
    while (ok && (rc = sqlite3_step(q)) == SQLITE_ROW) {
        struct hit *h = hit_list_add(out);
        if (!h) {
            ok = error_memory(err, "search results");
            break;
        }
        *h = (struct hit){.chunk = sqlite3_column_int64(q, 0),
                          .document = sqlite3_column_int64(q, 1),
                          .path = store_column(q, 2, &out->arena),
                          .title = store_column(q, 3, &out->arena),
                          .text = store_column(q, 4, &out->arena),
                          .location = store_column(q, 5, &out->arena),
                          .line_first = (size_t)sqlite3_column_int64(q, 6),
                          .line_last = (size_t)sqlite3_column_int64(q, 7),
                          .record = sqlite3_column_int64(q, 16),
                          .begin = (uint64_t)sqlite3_column_int64(q, 17),
                          .end = (uint64_t)sqlite3_column_int64(q, 18),
                          .score = sqlite3_column_double(q, 8)};
        if (!read_vehicle(q, 9, &h->vehicle, &out->arena) || !h->path || !h->title || !h->text ||
            !h->location)
            ok = error_memory(err, "search results");
    }
    if (ok && rc != SQLITE_DONE) ok = store_fail(s, "searching", err);
    sqlite3_finalize(q);
    return ok;
}

/* A string literal of the FTS5 query language: nothing in it is an operator. */
static void fts_phrase(const char *text, struct buffer *out)
{
    buffer_putc(out, '"');
    for (const char *p = text; *p; p++) {
        if (*p == '"') buffer_putc(out, '"');
        buffer_putc(out, *p);
    }
    buffer_putc(out, '"');
}

bool store_search(struct store *s, const struct store_query *query, struct hit_list *out,
                  struct error *err)
{
    if (query->n_terms == 0 && query->n_required == 0) return true;
    struct buffer match = {0}, sql = {0};
    for (size_t i = 0; i < query->n_required; i++) {
        if (i > 0) buffer_puts(&match, " AND ");
        fts_phrase(query->required[i], &match);
    }
    if (query->n_terms) {
        buffer_puts(&match, query->n_required ? " AND (" : "(");
        for (size_t i = 0; i < query->n_terms; i++) {
            if (i > 0) buffer_puts(&match, " OR ");
            fts_phrase(query->terms[i], &match);
        }
        buffer_putc(&match, ')');
    }
    /* Ranked inside, so that only the best rows' texts are read. bm25 is negative, best lowest. */
    buffer_puts(&sql, "SELECT c.id, c.document, d.path, c.title, c.text, c.location, c.line_first,"
                      " c.line_last, -r.score, " STORE_HIT_COLUMNS
                      " FROM (SELECT f.rowid AS id, bm25(chunks_fts, 4.0, 1.0) AS score"
                      " FROM chunks_fts f");
    const struct vehicle_filter *filter = query->unattributed ? NULL : query->filter;
    if (query->unattributed)
        buffer_puts(&sql, " JOIN chunks k ON k.id = f.rowid WHERE chunks_fts MATCH ?1"
                          " AND k.vehicle IS NULL");
    else if (filter) {
        buffer_puts(&sql, " WHERE chunks_fts MATCH ?1 AND +f.rowid IN (SELECT k.id FROM vehicles v"
                          " JOIN chunks k ON k.vehicle = v.id WHERE ");
        store_filter_sql(filter, &sql);
        buffer_putc(&sql, ')');
    } else {
        buffer_puts(&sql, " WHERE chunks_fts MATCH ?1");
    }
    buffer_puts(&sql, " ORDER BY score, f.rowid LIMIT ?2) r JOIN chunks c ON c.id = r.id"
                      " JOIN documents d ON d.id = c.document"
                      " LEFT JOIN vehicles v ON v.id = c.vehicle ORDER BY r.score, c.id");
    if (match.failed) {
        buffer_free(&match);
        buffer_free(&sql);
        return error_memory(err, "a query");
    }
    sqlite3_stmt *q = prepare_buffer(s, &sql, err);
    bool ok = q != NULL;
    if (ok) {
        sqlite3_bind_text64(q, 1, buffer_text(&match), match.len, SQLITE_STATIC, SQLITE_UTF8);
        sqlite3_bind_int64(q, 2, (int64_t)query->limit);
        if (filter) store_filter_bind(q, filter);
        ok = store_read_hits(s, q, out, err);
    }
    buffer_free(&match);
    return ok;
}

bool store_vehicle_chunks(struct store *s, const struct vehicle_filter *filter, size_t limit,
                          struct hit_list *out, struct error *err)
{
    struct buffer sql = {0};
    buffer_puts(&sql, "SELECT c.id, c.document, d.path, c.title, c.text, c.location, c.line_first,"
                      " c.line_last, 0.0, " STORE_HIT_COLUMNS
                      " FROM vehicles v JOIN chunks c ON c.vehicle = v.id"
                      " JOIN documents d ON d.id = c.document WHERE ");
    store_filter_sql(filter, &sql);
    buffer_puts(&sql, " ORDER BY v.year DESC, c.id LIMIT ?1");
    sqlite3_stmt *q = prepare_buffer(s, &sql, err);
    if (!q) return false;
    store_filter_bind(q, filter);
    sqlite3_bind_int64(q, 1, (int64_t)limit);
    return store_read_hits(s, q, out, err);
}

bool store_first_chunks(struct store *s, size_t limit, struct hit_list *out, struct error *err)
{
    sqlite3_stmt *q = store_prepare(
        s,
        "SELECT c.id, c.document, d.path, c.title, c.text, c.location, c.line_first,"
        " c.line_last, 0.0, " STORE_HIT_COLUMNS
        " FROM chunks c JOIN documents d ON d.id = c.document"
        " LEFT JOIN vehicles v ON v.id = c.vehicle ORDER BY c.document, c.id LIMIT ?1",
        err);
    if (!q) return false;
    sqlite3_bind_int64(q, 1, (int64_t)limit);
    return store_read_hits(s, q, out, err);
}

bool store_read_chunk(struct store *s, int64_t chunk, struct hit_list *out, struct error *err)
{
    sqlite3_stmt *q = store_prepare(s,
                                    "SELECT " STORE_CHUNK_COLUMNS ", 0.0, " STORE_HIT_COLUMNS
                                    " FROM chunks c JOIN documents d ON d.id = c.document"
                                    " LEFT JOIN vehicles v ON v.id = c.vehicle WHERE c.id = ?1",
                                    err);
    if (!q) return false;
    sqlite3_bind_int64(q, 1, chunk);
    return store_read_hits(s, q, out, err);
}
