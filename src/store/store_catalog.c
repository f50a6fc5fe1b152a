/* What is in the SQLite store, for those who look around in it: the values of a field, a document
 * and its chunks. */
#include "store/store_internal.h"

#include <stdio.h>
#include <string.h>

bool store_list_values(struct store *s, enum metadata_field field, const char *manufacturer,
                       struct arena *arena, const char ***out, size_t *n, struct error *err)
{
    /* One spelling a name: those with one key are one name. */
    static const struct {
        const char *value, *key;
    } COLUMNS[N_METADATA] = {
        {"min(manufacturer)", "manufacturer_key"},
        {"min(model)", "model_key"},
        {"year", "year"},
        {"min(category)", "lower(category)"},
        {"min(engine_type)", "lower(engine_type)"},
        {"min(transmission)", "lower(transmission)"},
    };
    const char *key = COLUMNS[field].key, *none = field == METADATA_YEAR ? "0" : "''";
    char sql[512];
    snprintf(sql, sizeof sql,
             "SELECT value, count(*) OVER () FROM (SELECT %s AS value FROM vehicles"
             " WHERE %s <> %s AND (?1 IS NULL OR manufacturer_key = ?1) GROUP BY %s)"
             " ORDER BY value COLLATE NOCASE",
             COLUMNS[field].value, key, none, key);
    *out = NULL;
    *n = 0;
    sqlite3_stmt *q = store_prepare(s, sql, err);
    if (!q) return false;
    if (manufacturer) sqlite3_bind_text(q, 1, manufacturer, -1, SQLITE_STATIC);
    bool ok = true;
    int rc;
    while (ok && (rc = sqlite3_step(q)) == SQLITE_ROW) {
        if (!*out) *out = arena_array(arena, (size_t)sqlite3_column_int64(q, 1), sizeof **out);
        const char *value = *out ? store_column(q, 0, arena) : NULL;
        ok = value || error_memory(err, "a list of values");
        if (ok) (*out)[(*n)++] = value;
    }
    if (ok && rc != SQLITE_DONE) ok = store_fail(s, "listing values", err);
    sqlite3_finalize(q);
    return ok;
}

/* Takes what q finds. */
static bool take_document(struct store *s, sqlite3_stmt *q, struct arena *arena,
                          struct store_document *out, bool *found, struct error *err)
{
    int rc = sqlite3_step(q);
    *found = rc == SQLITE_ROW;
    bool ok = *found || rc == SQLITE_DONE || store_fail(s, "looking up a document", err);
    if (*found) {
        *out = (struct store_document){.id = sqlite3_column_int64(q, 0),
                                       .path = store_column(q, 1, arena),
                                       .kind = store_column(q, 2, arena),
                                       .bytes = (size_t)sqlite3_column_int64(q, 3),
                                       .chunks = (size_t)sqlite3_column_int64(q, 4),
                                       .facts = (size_t)sqlite3_column_int64(q, 5),
                                       .added = sqlite3_column_int64(q, 6),
                                       .hash = (uint64_t)sqlite3_column_int64(q, 7)};
        ok = (out->path && out->kind) || error_memory(err, "a document");
    }
    sqlite3_finalize(q);
    return ok;
}

#define FIND_DOCUMENT "SELECT id, path, kind, bytes, chunks, facts, added, hash FROM documents WHERE "

bool store_find_document(struct store *s, int64_t id, struct arena *arena,
                         struct store_document *out, struct error *err)
{
    bool found;
    sqlite3_stmt *q = store_prepare(s, FIND_DOCUMENT "id = ?1", err);
    if (!q) return false;
    sqlite3_bind_int64(q, 1, id);
    if (!take_document(s, q, arena, out, &found, err)) return false;
    return found ||
           error_set(err, ERROR_NOT_FOUND, "there is no document with id %lld", (long long)id);
}

bool store_find_document_path(struct store *s, const char *path, struct arena *arena,
                              struct store_document *out, struct error *err)
{
    bool found;
    sqlite3_stmt *q = store_prepare(s, FIND_DOCUMENT "path = ?1", err);
    if (!q) return false;
    sqlite3_bind_text(q, 1, path, -1, SQLITE_STATIC);
    if (!take_document(s, q, arena, out, &found, err)) return false;
    return found || error_set(err, ERROR_NOT_FOUND, "%s: no such document", path);
}

bool store_document_chunks(struct store *s, int64_t document, size_t offset, size_t limit,
                           struct hit_list *out, struct error *err)
{
    sqlite3_stmt *q = store_prepare(
        s,
        "SELECT " STORE_CHUNK_COLUMNS ", 0.0, " STORE_HIT_COLUMNS
        " FROM chunks c JOIN documents d ON d.id = c.document"
        " LEFT JOIN vehicles v ON v.id = c.vehicle WHERE c.document = ?1 ORDER BY c.id"
        " LIMIT ?2 OFFSET ?3",
        err);
    if (!q) return false;
    sqlite3_bind_int64(q, 1, document);
    sqlite3_bind_int64(q, 2, (int64_t)limit);
    sqlite3_bind_int64(q, 3, (int64_t)offset);
    return store_read_hits(s, q, out, err);
}
