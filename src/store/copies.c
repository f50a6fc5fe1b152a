#include "store/copies.h"

#include "store/schema.h"

#include <stdlib.h>
#include <string.h>

/* ---- looking up ---- */

/* The document whose id is the first column of q's first row. Finalizes q. */
static bool take_found(struct store *s, sqlite3_stmt *q, struct arena *arena,
                       struct store_document *out, bool *found, struct error *err)
{
    int rc = sqlite3_step(q);
    int64_t id = rc == SQLITE_ROW ? sqlite3_column_int64(q, 0) : 0;
    bool ok = rc == SQLITE_ROW || rc == SQLITE_DONE || store_fail(s, "looking up a document", err);
    sqlite3_finalize(q);
    *found = ok && id != 0;
    return ok && (!*found || store_find_document(s, id, arena, out, err));
}

bool store_find_contents(struct store *s, uint64_t hash, size_t bytes, struct arena *arena,
                         struct store_document *out, bool *found, struct error *err)
{
    *found = false;
    sqlite3_stmt *q = store_prepare(s,
                                    "SELECT id FROM documents WHERE hash = ?1 AND bytes = ?2"
                                    " AND reading = ?3 ORDER BY id LIMIT 1",
                                    err);
    if (!q) return false;
    sqlite3_bind_int64(q, 1, (int64_t)hash);
    sqlite3_bind_int64(q, 2, (int64_t)bytes);
    sqlite3_bind_int(q, 3, STORE_READING_VERSION);
    return take_found(s, q, arena, out, found, err);
}

bool store_find_copy(struct store *s, const char *path, struct arena *arena,
                     struct store_document *out, bool *found, struct error *err)
{
    *found = false;
    sqlite3_stmt *q =
        store_prepare(s, "SELECT document FROM document_copies WHERE path = ?1", err);
    if (!q) return false;
    store_bind(q, 1, path, strlen(path));
    return take_found(s, q, arena, out, found, err);
}

/* All paths that q gives. Finalizes q, which may be NULL. */
static bool take_paths(struct store *s, sqlite3_stmt *q, struct arena *arena, const char ***out,
                       size_t *n, struct error *err)
{
    const char **paths = NULL;
    size_t cap = 0;
    int rc = SQLITE_DONE;
    bool ok = q != NULL;
    *out = NULL;
    *n = 0;
    while (ok && (rc = sqlite3_step(q)) == SQLITE_ROW) {
        if (*n == cap) {
            const char **grown = arena_array(arena, cap ? cap * 2 : 16, sizeof *grown);
            if (grown && *n) memcpy(grown, paths, *n * sizeof *grown);
            ok = grown || error_memory(err, "a list of documents");
            paths = grown;
            cap = cap ? cap * 2 : 16;
        }
        ok = ok && ((paths[*n] = store_column(q, 0, arena)) || error_memory(err, "a list of documents"));
        *n += ok;
    }
    if (ok && rc != SQLITE_DONE) ok = store_fail(s, "listing documents", err);
    sqlite3_finalize(q);
    *out = paths;
    return ok;
}

bool store_list_copies(struct store *s, int64_t document, struct arena *arena, const char ***out,
                       size_t *n, struct error *err)
{
    sqlite3_stmt *q = store_prepare(
        s, "SELECT path FROM document_copies WHERE document = ?1 ORDER BY path", err);
    if (q) sqlite3_bind_int64(q, 1, document);
    return take_paths(s, q, arena, out, n, err);
}

bool store_list_below(struct store *s, const char *folder, struct arena *arena, const char ***out,
                      size_t *n, struct error *err)
{
    /* Between "folder/" and "folder0", the next byte: what begins with the first. */
    struct buffer first = {0}, end = {0};
    size_t len = strcmp(folder, "/") == 0 ? 0 : strlen(folder);
    buffer_append(&first, folder, len);
    buffer_putc(&first, '/');
    buffer_append(&end, folder, len);
    buffer_putc(&end, '/' + 1);
    bool ok = !first.failed && !end.failed;
    sqlite3_stmt *q = NULL;
    *out = NULL;
    *n = 0;
    if (!ok) error_memory(err, "a list of documents");
    if (ok)
        q = store_prepare(s,
                          "SELECT path FROM documents WHERE path >= ?1 AND path < ?2 UNION "
                          "SELECT path FROM document_copies WHERE path >= ?1 AND path < ?2 "
                          "ORDER BY path",
                          err);
    if (q) {
        store_bind(q, 1, first.data, first.len);
        store_bind(q, 2, end.data, end.len);
    }
    ok = ok && take_paths(s, q, arena, out, n, err);
    buffer_free(&first);
    buffer_free(&end);
    return ok;
}

bool store_list_hashes(struct store *s, uint64_t **out, size_t *n, struct error *err)
{
    int64_t count;
    *out = NULL;
    *n = 0;
    if (!store_read_int(s, "SELECT count(*) FROM documents", &count, err)) return false;
    sqlite3_stmt *q = store_prepare(s, "SELECT hash FROM documents WHERE reading = ?1", err);
    if (!q) return false;
    sqlite3_bind_int(q, 1, STORE_READING_VERSION);
    *out = calloc((size_t)count + 1, sizeof **out);
    bool ok = *out || error_memory(err, "the list of documents");
    int rc = SQLITE_DONE;
    while (ok && *n < (size_t)count && (rc = sqlite3_step(q)) == SQLITE_ROW)
        (*out)[(*n)++] = (uint64_t)sqlite3_column_int64(q, 0);
    if (ok && rc != SQLITE_ROW && rc != SQLITE_DONE) ok = store_fail(s, "listing documents", err);
    sqlite3_finalize(q);
    return ok;
}

/* ---- changing: each step inside a transaction ---- */

/* Runs a statement with a path as ?1 and a number as ?2. */
static bool change(struct store *s, const char *sql, const char *path, int64_t id, struct error *err)
{
    sqlite3_stmt *q = store_prepare(s, sql, err);
    if (!q) return false;
    store_bind(q, 1, path, strlen(path));
    if (sqlite3_bind_parameter_count(q) > 1) sqlite3_bind_int64(q, 2, id);
    bool ok = sqlite3_step(q) == SQLITE_DONE || store_fail(s, "changing a document", err);
    sqlite3_finalize(q);
    return ok;
}

static bool forget_copy(struct store *s, const char *path, struct error *err)
{
    return change(s, "DELETE FROM document_copies WHERE path = ?1", path, 0, err);
}

bool store_release_rows(struct store *s, int64_t id, bool *renamed, struct error *err)
{
    struct arena arena = {0};
    const char **copies;
    size_t n;
    bool ok = store_list_copies(s, id, &arena, &copies, &n, err);
    *renamed = ok && n > 0;
    if (ok && n)
        ok = forget_copy(s, copies[0], err) &&
             change(s, "UPDATE documents SET path = ?1 WHERE id = ?2", copies[0], id, err) &&
             store_bump_version(s, err);
    else if (ok)
        ok = store_remove_rows(s, id, err);
    arena_free(&arena);
    return ok;
}

/* Makes path free: *what is what it was. */
static bool release(struct store *s, const char *path, enum store_release *what, struct error *err)
{
    *what = RELEASE_NOTHING;
    if (!forget_copy(s, path, err)) return false;
    if (sqlite3_changes(s->db)) *what = RELEASE_COPY;
    sqlite3_stmt *q = store_prepare(s, "SELECT id FROM documents WHERE path = ?1", err);
    if (!q) return false;
    store_bind(q, 1, path, strlen(path));
    int rc = sqlite3_step(q);
    int64_t id = rc == SQLITE_ROW ? sqlite3_column_int64(q, 0) : 0;
    bool ok = rc == SQLITE_ROW || rc == SQLITE_DONE || store_fail(s, "looking up a document", err);
    sqlite3_finalize(q);
    if (!ok || !id) return ok;
    bool renamed;
    if (!store_release_rows(s, id, &renamed, err)) return false;
    *what = renamed ? RELEASE_RENAMED : RELEASE_DELETED;
    return true;
}

static bool begin(struct store *s, struct error *err)
{
    if (s->read_only) return error_set(err, ERROR_USAGE, "%s: opened for reading only", s->path);
    if (s->writing) return error_set(err, ERROR_USAGE, "%s: a document is being written", s->path);
    return store_exec(s, "BEGIN IMMEDIATE", err);
}

static bool end(struct store *s, bool ok, struct error *err)
{
    ok = ok && store_exec(s, "COMMIT", err);
    if (!ok) sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return ok;
}

bool store_add_copy(struct store *s, const char *path, int64_t document, struct error *err)
{
    enum store_release what;
    if (!begin(s, err)) return false;
    return end(s,
               release(s, path, &what, err) &&
                   change(s, "INSERT INTO document_copies(path, document) VALUES (?1, ?2)", path,
                          document, err),
               err);
}

bool store_rename_document(struct store *s, int64_t document, const char *path, struct error *err)
{
    enum store_release what;
    if (!begin(s, err)) return false;
    return end(s,
               release(s, path, &what, err) &&
                   change(s, "UPDATE documents SET path = ?1 WHERE id = ?2", path, document, err) &&
                   store_bump_version(s, err),
               err);
}

bool store_release_path(struct store *s, const char *path, enum store_release *what,
                        struct error *err)
{
    return begin(s, err) && end(s, release(s, path, what, err), err);
}
