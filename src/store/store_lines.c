/* Facts as "name: value" lines of passages: what version 1 had. This file goes, with the tables
 * `attributes` and `facts`, when nothing reads them any more: typed facts take their place. */
#include "store/store_internal.h"

#include <string.h>
#include <xxhash.h>

static bool attribute_row(struct store *s, const char *name, size_t len, int64_t *id,
                          struct error *err)
{
    uint64_t hash = XXH3_64bits(name, len);
    size_t slot = (size_t)hash & (ATTRIBUTE_CACHE - 1);
    if (s->attributes[slot].id && s->attributes[slot].hash == hash) {
        *id = s->attributes[slot].id;
        return true;
    }
    sqlite3_stmt *q = s->find_attribute;
    sqlite3_reset(q);
    store_bind(q, 1, name, len);
    int rc = sqlite3_step(q);
    if (rc == SQLITE_ROW) {
        *id = sqlite3_column_int64(q, 0);
        sqlite3_reset(q);
    } else {
        sqlite3_reset(s->add_attribute);
        store_bind(s->add_attribute, 1, name, len);
        if (rc != SQLITE_DONE || sqlite3_step(s->add_attribute) != SQLITE_DONE)
            return store_fail(s, "adding an attribute", err);
        *id = sqlite3_last_insert_rowid(s->db);
    }
    s->attributes[slot].hash = hash;
    s->attributes[slot].id = *id;
    return true;
}

bool store_add_lines(struct store *s, int64_t chunk, const char *text, struct error *err)
{
    struct fact f;
    size_t offset = 0, line = 0;
    while (fact_next(&f, text, &offset, &line)) {
        int64_t attribute = 0;
        if (!attribute_row(s, f.name, f.name_len, &attribute, err)) return false;
        sqlite3_stmt *q = s->add_fact;
        sqlite3_reset(q);
        sqlite3_bind_int64(q, 1, chunk);
        sqlite3_bind_int64(q, 2, (int64_t)f.line);
        sqlite3_bind_int64(q, 3, attribute);
        store_bind(q, 4, f.value, f.value_len);
        store_bind(q, 5, f.unit, strlen(f.unit));
        if (f.numeric)
            sqlite3_bind_double(q, 6, f.number);
        else
            sqlite3_bind_null(q, 6);
        if (sqlite3_step(q) != SQLITE_DONE) return store_fail(s, "adding a fact", err);
        s->written.facts++;
    }
    return true;
}

bool store_chunk_facts(struct store *s, int64_t chunk, struct arena *arena, struct store_fact **out,
                       size_t *n, struct error *err)
{
    *out = NULL;
    *n = 0;
    sqlite3_stmt *q = store_prepare(
        s,
        "SELECT a.name, f.value, f.unit, f.number, f.line, count(*) OVER () FROM facts f"
        " JOIN attributes a ON a.id = f.attribute WHERE f.chunk = ?1 ORDER BY f.line",
        err);
    if (!q) return false;
    sqlite3_bind_int64(q, 1, chunk);
    bool ok = true;
    int rc;
    while (ok && (rc = sqlite3_step(q)) == SQLITE_ROW) {
        if (!*out) {
            *out = arena_array(arena, (size_t)sqlite3_column_int64(q, 5), sizeof **out);
            if (!*out) {
                ok = error_memory(err, "facts");
                break;
            }
        }
        struct store_fact *f = &(*out)[(*n)++];
        f->name = store_column(q, 0, arena);
        f->value = store_column(q, 1, arena);
        f->unit = store_column(q, 2, arena);
        f->numeric = sqlite3_column_type(q, 3) != SQLITE_NULL;
        f->number = sqlite3_column_double(q, 3);
        f->line = (size_t)sqlite3_column_int64(q, 4);
        if (!f->name || !f->value || !f->unit) ok = error_memory(err, "facts");
    }
    if (ok && rc != SQLITE_DONE) ok = store_fail(s, "reading facts", err);
    sqlite3_finalize(q);
    return ok;
}

/* The ids of the attributes that are wanted: "1,2,3"; empty for none. */
static bool wanted_attributes(struct store *s, store_wanted *wanted, void *context,
                              struct buffer *out, struct error *err)
{
    sqlite3_stmt *q = store_prepare(s, "SELECT id, name FROM attributes", err);
    if (!q) return false;
    int rc;
    while ((rc = sqlite3_step(q)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(q, 1);
        if (!name || !wanted(context, name)) continue;
        buffer_printf(out, "%s%lld", out->len ? "," : "", (long long)sqlite3_column_int64(q, 0));
    }
    bool ok = rc == SQLITE_DONE || store_fail(s, "reading attributes", err);
    sqlite3_finalize(q);
    return ok && (!out->failed || error_memory(err, "a query"));
}

bool store_find_figures(struct store *s, const struct vehicle_filter *filter, store_wanted *wanted,
                        void *context, struct arena *arena, struct store_figure **out, size_t *n,
                        struct error *err)
{
    *out = NULL;
    *n = 0;
    struct buffer ids = {0}, sql = {0};
    bool ok = wanted_attributes(s, wanted, context, &ids, err);
    if (!ok || ids.len == 0) {
        buffer_free(&ids);
        return ok;
    }
    buffer_printf(
        &sql,
        "SELECT c.id, a.name, f.value, f.unit, f.number, count(*) OVER (), " STORE_VEHICLE_COLUMNS
        " FROM facts f JOIN attributes a ON a.id = f.attribute"
        " JOIN chunks c ON c.id = f.chunk JOIN vehicles v ON v.id = c.vehicle"
        " WHERE f.attribute IN (%s) AND f.number IS NOT NULL AND ",
        buffer_text(&ids));
    buffer_free(&ids);
    store_filter_sql(filter, &sql);
    buffer_puts(&sql, " ORDER BY c.id, f.line");
    sqlite3_stmt *q = store_prepare_buffer(s, &sql, err);
    if (!q) return false;
    store_filter_bind(q, filter);
    int rc;
    while (ok && (rc = sqlite3_step(q)) == SQLITE_ROW) {
        if (!*out) *out = arena_array(arena, (size_t)sqlite3_column_int64(q, 5), sizeof **out);
        struct store_figure *f = *out ? &(*out)[(*n)++] : NULL;
        ok = f && store_read_vehicle(q, 6, &f->vehicle, arena);
        if (ok) {
            f->chunk = sqlite3_column_int64(q, 0);
            f->name = store_column(q, 1, arena);
            f->value = store_column(q, 2, arena);
            f->unit = store_column(q, 3, arena);
            f->number = sqlite3_column_double(q, 4);
            ok = f->name && f->value && f->unit;
        }
        if (!ok) error_memory(err, "facts");
    }
    if (ok && rc != SQLITE_DONE) ok = store_fail(s, "reading facts", err);
    sqlite3_finalize(q);
    return ok;
}
