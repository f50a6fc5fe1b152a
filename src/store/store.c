/* The SQLite store: its file, its schema, its documents. Searching is in store_search.c, adding
 * chunks in store_write.c. */
#include "store/store_internal.h"

#include "base/file.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    APPLICATION_ID = 0x61737063, /* "aspc" in the file's header tells our stores from others */
    SCHEMA_VERSION = 1,
    BUSY_MS = 10000,
};

static const char SCHEMA[] =
    "CREATE TABLE documents ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT," /* ids are cited: never given out twice */
    "  path TEXT NOT NULL UNIQUE,"
    "  kind TEXT NOT NULL,"
    "  hash INTEGER NOT NULL,"
    "  bytes INTEGER NOT NULL,"
    "  chunks INTEGER NOT NULL DEFAULT 0,"
    "  facts INTEGER NOT NULL DEFAULT 0,"
    "  added INTEGER NOT NULL DEFAULT (unixepoch()));"
    "CREATE TABLE vehicles ("
    "  id INTEGER PRIMARY KEY,"
    "  print INTEGER NOT NULL UNIQUE," /* XXH3 of all fields: one small index instead of seven */
    "  year INTEGER NOT NULL,"
    "  manufacturer_key TEXT NOT NULL, model_key TEXT NOT NULL, trim_key TEXT NOT NULL,"
    "  manufacturer TEXT NOT NULL, model TEXT NOT NULL, trim TEXT NOT NULL,"
    "  category TEXT NOT NULL, engine_type TEXT NOT NULL, transmission TEXT NOT NULL);"
    "CREATE INDEX vehicles_model ON vehicles(model_key, manufacturer_key, year);"
    "CREATE INDEX vehicles_manufacturer ON vehicles(manufacturer_key, year);"
    "CREATE TABLE chunks ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,"
    "  vehicle INTEGER REFERENCES vehicles(id)," /* before the text: read without it */
    "  line_first INTEGER NOT NULL, line_last INTEGER NOT NULL,"
    "  byte_begin INTEGER NOT NULL, byte_end INTEGER NOT NULL,"
    "  location TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL);"
    "CREATE INDEX chunks_document ON chunks(document);"
    "CREATE INDEX chunks_vehicle ON chunks(vehicle);"
    "CREATE VIRTUAL TABLE chunks_fts USING fts5(title, text, content='chunks', content_rowid='id',"
    "  tokenize=\"porter unicode61 remove_diacritics 2\");"
    "CREATE TABLE attributes (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE facts ("
    "  chunk INTEGER NOT NULL REFERENCES chunks(id) ON DELETE CASCADE,"
    "  line INTEGER NOT NULL,"
    "  attribute INTEGER NOT NULL REFERENCES attributes(id),"
    "  value TEXT NOT NULL, unit TEXT NOT NULL, number REAL,"
    "  PRIMARY KEY (chunk, line)) WITHOUT ROWID;";

bool store_fail(struct store *s, const char *what, struct error *err)
{
    int code = sqlite3_errcode(s->db);
    enum error_code kind = code == SQLITE_NOMEM     ? ERROR_MEMORY
                           : code == SQLITE_NOTADB  ? ERROR_INPUT
                           : code == SQLITE_CORRUPT ? ERROR_INPUT
                                                    : ERROR_IO;
    if (code == SQLITE_BUSY)
        return error_set(err, ERROR_IO, "%s: %s: another program is writing to the store", s->path,
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

static bool read_int(struct store *s, const char *sql, int64_t *out, struct error *err)
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

/* Makes the schema in an empty file; refuses a file that is somebody else's. */
static bool check_schema(struct store *s, struct error *err)
{
    int64_t application, version, tables;
    /* Two processes may find the file empty at once: the second waits here and finds the schema. */
    if (!s->read_only && !store_exec(s, "BEGIN IMMEDIATE", err)) return false;
    if (!read_int(s, "PRAGMA application_id", &application, err) ||
        !read_int(s, "PRAGMA user_version", &version, err) ||
        !read_int(s, "SELECT count(*) FROM sqlite_schema", &tables, err))
        goto fail;
    if (application == APPLICATION_ID && version == SCHEMA_VERSION)
        return s->read_only || store_exec(s, "COMMIT", err);
    if (application == APPLICATION_ID) {
        error_set(err, ERROR_UNSUPPORTED,
                  "%s: a store of version %lld, this program reads version %d: delete it and "
                  "ingest the documents again",
                  s->path, (long long)version, SCHEMA_VERSION);
        goto fail;
    }
    if (application != 0 || tables != 0 || s->read_only) {
        error_set(err, ERROR_INPUT, "%s: a SQLite file, but not an autospec store", s->path);
        goto fail;
    }
    char pragmas[96];
    snprintf(pragmas, sizeof pragmas, "PRAGMA application_id = %d; PRAGMA user_version = %d",
             APPLICATION_ID, SCHEMA_VERSION);
    if (!store_exec(s, SCHEMA, err) || !store_exec(s, pragmas, err) ||
        !store_exec(s, "COMMIT", err))
        goto fail;
    return true;
fail:
    if (!s->read_only) sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return false;
}

static bool make_parent(const char *path, struct error *err)
{
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path) return true;
    char *dir = strndup(path, (size_t)(slash - path));
    if (!dir) return error_memory(err, path);
    bool ok = file_is_directory(dir) || file_make_directories(dir, err);
    free(dir);
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
    struct store *s = calloc(1, sizeof *s);
    if (!s || !(s->path = strdup(path))) {
        error_memory(err, "the store");
        goto fail;
    }
    s->read_only = mode == STORE_READ && !in_memory;
    /* A reader opens for writing too where it may: a WAL left by a crash has to be recovered. */
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    if (!s->read_only) flags |= SQLITE_OPEN_CREATE;
    if (sqlite3_open_v2(path, &s->db, flags, NULL) != SQLITE_OK) {
        if (s->db)
            store_fail(s, "opening", err);
        else
            error_memory(err, "the store");
        goto fail;
    }
    sqlite3_busy_timeout(s->db, BUSY_MS);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    int64_t ignored;
    if (!read_int(s, "SELECT count(*) FROM sqlite_schema", &ignored, err) ||
        !store_exec(s, "PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536", err))
        goto fail;
    /* NORMAL loses at most the last document in a power cut, never the file. */
    if (!s->read_only &&
        !store_exec(s, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;", err))
        goto fail;
    if (!check_schema(s, err)) goto fail;
    return s;
fail:
    store_close(s);
    return NULL;
}

void store_close(struct store *s)
{
    if (!s) return;
    if (s->writing) store_rollback(s);
    store_finish_statements(s);
    sqlite3_close(s->db);
    buffer_free(&s->vehicle_text);
    free(s->path);
    free(s);
}

bool store_count(struct store *s, struct store_counts *out, struct error *err)
{
    int64_t documents, chunks, vehicles, facts;
    if (!read_int(s, "SELECT count(*) FROM documents", &documents, err) ||
        !read_int(s, "SELECT coalesce(sum(chunks), 0) FROM documents", &chunks, err) ||
        !read_int(s, "SELECT count(*) FROM vehicles", &vehicles, err) ||
        !read_int(s, "SELECT coalesce(sum(facts), 0) FROM documents", &facts, err))
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
    if (!read_int(s, "SELECT count(*) FROM documents", &count, err)) return false;
    sqlite3_stmt *q = store_prepare(
        s, "SELECT id, path, kind, bytes, chunks, facts, added FROM documents ORDER BY path", err);
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
    static const char *const STEPS[] = {
        "INSERT INTO chunks_fts(chunks_fts, rowid, title, text)"
        " SELECT 'delete', id, title, text FROM chunks WHERE document = ?1",
        "DELETE FROM documents WHERE id = ?1",
        "DELETE FROM vehicles WHERE NOT EXISTS"
        " (SELECT 1 FROM chunks WHERE vehicle = vehicles.id)",
    };
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        sqlite3_stmt *q = store_prepare(s, STEPS[i], err);
        if (!q) return false;
        if (i < 2) sqlite3_bind_int64(q, 1, id);
        bool ok = sqlite3_step(q) == SQLITE_DONE || store_fail(s, "deleting a document", err);
        sqlite3_finalize(q);
        if (!ok) return false;
    }
    return true;
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
    bool ok = read_int(s, "SELECT count(*) FROM documents", &count, err) &&
              store_exec(s,
                         "INSERT INTO chunks_fts(chunks_fts) VALUES ('delete-all');"
                         "DELETE FROM documents; DELETE FROM vehicles; DELETE FROM attributes",
                         err) &&
              store_exec(s, "COMMIT", err);
    if (!ok) sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    *n = ok ? (size_t)count : 0;
    return ok;
}
