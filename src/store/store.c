/* The SQLite store: its file and its documents. Its tables are in schema.c, searching in
 * store_search.c, adding passages in store_write.c, facts in facts_write.c and facts_read.c. */
#include "store/schema.h"

#include "base/file.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUSY_MS = 10000 };

bool store_fail(struct store *s, const char *what, struct error *err)
{
    int code = sqlite3_errcode(s->db);
    enum error_code kind = code == SQLITE_NOMEM     ? ERROR_MEMORY
                           : code == SQLITE_NOTADB  ? ERROR_INPUT
                           : code == SQLITE_CORRUPT ? ERROR_INPUT
                                                    : ERROR_IO;
    if (code == SQLITE_BUSY)
        return error_set(err, ERROR_BUSY, "%s: %s: another program is writing to the store", s->path,
                         what);
    return error_set(err, kind, "%s: %s: %s", s->path, what, sqlite3_errmsg(s->db));
}

sqlite3_stmt *store_prepare(struct store *s, const char *sql, struct error *err)
{
    sqlite3_stmt *q = NULL;
    if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) != SQLITE_OK) {
        store_fail(s, "preparing a query", err);
        return NULL;
    }
    return q;
}

bool store_exec(struct store *s, const char *sql, struct error *err)
{
    if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK) return true;
    return store_fail(s, "writing", err);
}

const char *store_column(sqlite3_stmt *q, int column, struct arena *arena)
{
    const unsigned char *text = sqlite3_column_text(q, column);
    int len = sqlite3_column_bytes(q, column);
    return text ? arena_strndup(arena, (const char *)text, (size_t)len) : "";
}

bool store_read_int(struct store *s, const char *sql, int64_t *out, struct error *err)
{
    sqlite3_stmt *q = store_prepare(s, sql, err);
    if (!q) return false;
    bool ok = sqlite3_step(q) == SQLITE_ROW;
    if (ok)
        *out = sqlite3_column_int64(q, 0);
    else
        store_fail(s, "reading", err);
    sqlite3_finalize(q);
    return ok;
}

bool store_damaged(struct store *s, const char *table, int64_t row, const char *what,
                   struct error *err)
{
    return error_set(err, ERROR_INPUT,
                     "%s: damaged: table %s, row %lld: %s; delete the store and ingest the "
                     "documents again",
                     s->path, table, (long long)row, what);
}

bool store_bind(sqlite3_stmt *q, int at, const char *text, size_t len)
{
    return sqlite3_bind_text64(q, at, text, len, SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK;
}

bool store_bump_version(struct store *s, struct error *err)
{
    if (!store_exec(s, "UPDATE store_state SET version = version + 1 WHERE id = 1", err))
        return false;
    return sqlite3_changes(s->db) == 1 || store_damaged(s, "store_state", 1, "is missing", err);
}

static bool make_parent(const char *path, struct error *err)
{
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path) return true;
    char *dir = strndup(path, (size_t)(slash - path));
    if (!dir) return error_memory(err, path);
    bool there = file_is_directory(dir), ok = there || file_make_directories(dir, err);
    if (ok && !there) chmod(dir, 0700); /* whose documents they are is their owner's business */
    free(dir);
    return ok;
}

/* A new file, with those that SQLite makes beside it, is its owner's alone; SQLite tells what is wrong. */
static void make_private(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) close(fd);
}

static bool open_database(struct store *s, const char *name, int flags, struct error *err)
{
    if (sqlite3_open_v2(name, &s->db, flags, NULL) != SQLITE_OK)
        return s->db ? store_fail(s, "opening", err) : error_memory(err, "the store");
    sqlite3_busy_timeout(s->db, BUSY_MS);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    /* The first reading; before it SQLite has not looked at the file. */
    int64_t ignored;
    return store_read_int(s, "SELECT count(*) FROM sqlite_schema", &ignored, err);
}

/* What needs files beside the store's that cannot be made: a folder that is read only, a full disk. */
static bool lacks_room(int code)
{
    return (code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_READONLY || (code & 0xff) == SQLITE_FULL ||
           code == SQLITE_IOERR_SHMSIZE || code == SQLITE_IOERR_SHMOPEN || code == SQLITE_IOERR_SHMMAP;
}

/* "file:PATH?immutable=1", with what a URI would read otherwise escaped; malloc'ed. */
static char *immutable_name(const char *path)
{
    struct buffer b = {0};
    buffer_puts(&b, "file:");
    for (const char *p = path; *p; p++)
        if (strchr("%?#", *p))
            buffer_printf(&b, "%%%02X", (unsigned char)*p);
        else
            buffer_putc(&b, *p);
    buffer_puts(&b, "?immutable=1");
    if (!b.failed) return b.data;
    buffer_free(&b);
    return NULL;
}

/* After open_database has failed: reads the file alone, where nobody has it open for writing, so that a store
 * in a read-only folder or on a full disk can be asked. *err stays where that is not the trouble. */
static bool open_unwritable(struct store *s, struct error *err)
{
    char wal[4096];
    int code = s->db ? sqlite3_extended_errcode(s->db) : SQLITE_NOMEM;
    int len = snprintf(wal, sizeof wal, "%s-wal", s->path);
    if (!s->read_only || !lacks_room(code) || len < 0 || (size_t)len >= sizeof wal || file_exists(wal)) return false;
    char *name = immutable_name(s->path);
    if (!name) return false;
    sqlite3_close(s->db);
    s->db = NULL;
    struct error ignored = {0};
    bool ok = open_database(s, name, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, &ignored);
    free(name);
    if (ok) error_clear(err);
    return ok;
}

struct store *store_open(const char *path, enum store_mode mode, struct error *err)
{
    bool in_memory = strcmp(path, ":memory:") == 0;
    if (file_is_directory(path)) {
        error_set(err, ERROR_INPUT, "%s: is a directory, not a store", path);
        return NULL;
    }
    if (mode == STORE_READ && !in_memory && !file_exists(path)) {
        error_set(err, ERROR_NOT_FOUND, "%s: no store there: ingest documents first", path);
        return NULL;
    }
    if (mode == STORE_WRITE && !in_memory && !make_parent(path, err)) return NULL;
    if (mode == STORE_WRITE && !in_memory) make_private(path);
    struct store *s = calloc(1, sizeof *s);
    if (!s || !(s->path = strdup(path))) {
        error_memory(err, "the store");
        goto fail;
    }
    s->read_only = mode == STORE_READ && !in_memory;
    /* A reader opens for writing too where it may: a WAL left by a crash has to be recovered. */
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    if (!s->read_only) flags |= SQLITE_OPEN_CREATE;
    if (!open_database(s, path, flags, err) && !open_unwritable(s, err)) goto fail;
    if (!store_exec(s,
                    "PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536;"
                    "PRAGMA cell_size_check = ON",
                    err))
        goto fail;
    /* NORMAL loses at most the last document in a power cut, never the file. */
    if (!s->read_only &&
        !store_exec(s, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;", err))
        goto fail;
    if (!schema_prepare(s, err)) goto fail;
    return s;
fail:
    store_close(s);
    return NULL;
}

void store_close(struct store *s)
{
    if (!s) return;
    if (s->writing) store_rollback(s);
    facts_free(s);
    store_finish_statements(s);
    sqlite3_close(s->db);
    buffer_free(&s->vehicle_text);
    free(s->path);
    free(s);
}

bool store_count(struct store *s, struct store_counts *out, struct error *err)
{
    int64_t documents, chunks, vehicles, facts;
    if (!store_read_int(s, "SELECT count(*) FROM documents", &documents, err) ||
        !store_read_int(s, "SELECT coalesce(sum(chunks), 0) FROM documents", &chunks, err) ||
        !store_read_int(s, "SELECT count(*) FROM vehicles", &vehicles, err) ||
        !store_read_int(s, "SELECT coalesce(sum(facts), 0) FROM documents", &facts, err))
        return false;
    *out =
        (struct store_counts){(size_t)documents, (size_t)chunks, (size_t)vehicles, (size_t)facts};
    return true;
}

bool store_list_documents(struct store *s, struct arena *arena, struct store_document **out,
                          size_t *n, struct error *err)
{
    *out = NULL;
    *n = 0;
    int64_t count;
    if (!store_read_int(s, "SELECT count(*) FROM documents", &count, err)) return false;
    sqlite3_stmt *q = store_prepare(
        s, "SELECT id, path, kind, bytes, chunks, facts, added, hash FROM documents ORDER BY path", err);
    if (!q) return false;
    *out = arena_array(arena, (size_t)count + 1, sizeof **out);
    bool ok = *out || error_memory(err, "the list of documents");
    int rc = SQLITE_DONE;
    while (ok && *n < (size_t)count && (rc = sqlite3_step(q)) == SQLITE_ROW) {
        struct store_document *d = &(*out)[(*n)++];
        d->id = sqlite3_column_int64(q, 0);
        d->path = store_column(q, 1, arena);
        d->kind = store_column(q, 2, arena);
        d->bytes = (size_t)sqlite3_column_int64(q, 3);
        d->chunks = (size_t)sqlite3_column_int64(q, 4);
        d->facts = (size_t)sqlite3_column_int64(q, 5);
        d->added = sqlite3_column_int64(q, 6);
        d->hash = (uint64_t)sqlite3_column_int64(q, 7);
        if (!d->path || !d->kind) ok = error_memory(err, "the list of documents");
    }
    if (ok && rc != SQLITE_ROW && rc != SQLITE_DONE) ok = store_fail(s, "listing documents", err);
    sqlite3_finalize(q);
    return ok;
}

bool store_remove_rows(struct store *s, int64_t id, struct error *err)
{
    /* The index keeps no copy of the texts: it is told what goes. (Not by a trigger: a store from
     * elsewhere must not be able to run statements of its own.) */
    if (!facts_remove(s, id, err)) return false;
    static const char *const STEPS[] = {
        "INSERT INTO chunks_fts(chunks_fts, rowid, title, text)"
        " SELECT 'delete', id, title, text FROM chunks WHERE document = ?1",
        "DELETE FROM documents WHERE id = ?1",
        "DELETE FROM vehicles WHERE NOT EXISTS"
        " (SELECT 1 FROM chunks WHERE vehicle = vehicles.id) AND NOT EXISTS"
        " (SELECT 1 FROM fact_records WHERE vehicle = vehicles.id)",
    };
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        sqlite3_stmt *q = store_prepare(s, STEPS[i], err);
        if (!q) return false;
        if (i < 2) sqlite3_bind_int64(q, 1, id);
        bool ok = sqlite3_step(q) == SQLITE_DONE || store_fail(s, "deleting a document", err);
        sqlite3_finalize(q);
        if (!ok) return false;
    }
    return store_bump_version(s, err);
}

bool store_delete_document(struct store *s, int64_t id, struct error *err)
{
    if (s->read_only) return error_set(err, ERROR_USAGE, "%s: opened for reading only", s->path);
    if (s->writing) return error_set(err, ERROR_USAGE, "%s: a document is being written", s->path);
    if (!store_exec(s, "BEGIN IMMEDIATE", err)) return false;
    sqlite3_stmt *q = store_prepare(s, "SELECT 1 FROM documents WHERE id = ?1", err);
    bool ok = q != NULL;
    if (ok) {
        sqlite3_bind_int64(q, 1, id);
        int rc = sqlite3_step(q);
        if (rc == SQLITE_DONE)
            ok = error_set(err, ERROR_NOT_FOUND, "%s: no document with id %lld", s->path,
                           (long long)id);
        else if (rc != SQLITE_ROW)
            ok = store_fail(s, "looking up a document", err);
        sqlite3_finalize(q);
    }
    ok = ok && store_remove_rows(s, id, err) && store_exec(s, "COMMIT", err);
    if (!ok) sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return ok;
}

bool store_delete_path(struct store *s, const char *path, struct error *err)
{
    sqlite3_stmt *q = store_prepare(s, "SELECT id FROM documents WHERE path = ?1", err);
    if (!q) return false;
    sqlite3_bind_text(q, 1, path, -1, SQLITE_STATIC);
    int rc = sqlite3_step(q);
    int64_t id = rc == SQLITE_ROW ? sqlite3_column_int64(q, 0) : 0;
    if (rc == SQLITE_DONE)
        error_set(err, ERROR_NOT_FOUND, "%s: no document %s", s->path, path);
    else if (rc != SQLITE_ROW)
        store_fail(s, "looking up a document", err);
    sqlite3_finalize(q);
    return rc == SQLITE_ROW && store_delete_document(s, id, err);
}

bool store_delete_all(struct store *s, size_t *n, struct error *err)
{
    int64_t count = 0;
    if (s->read_only) return error_set(err, ERROR_USAGE, "%s: opened for reading only", s->path);
    if (s->writing) return error_set(err, ERROR_USAGE, "%s: a document is being written", s->path);
    if (!store_exec(s, "BEGIN IMMEDIATE", err)) return false;
    bool ok = store_read_int(s, "SELECT count(*) FROM documents", &count, err) &&
              store_exec(s,
                         "INSERT INTO chunks_fts(chunks_fts) VALUES ('delete-all');"
                         "DELETE FROM documents; DELETE FROM vehicles;"
                         "DELETE FROM fact_sources; DELETE FROM fact_columns;"
                         "DELETE FROM fact_records; DELETE FROM fact_terms;"
                         "DELETE FROM fact_values",
                         err) &&
              store_bump_version(s, err) && store_exec(s, "COMMIT", err);
    if (!ok) sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    *n = ok ? (size_t)count : 0;
    return ok;
}
