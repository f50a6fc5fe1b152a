/* Adding documents to the SQLite store: one transaction each. */
#include "store/facts.h"
#include "store/schema.h"

#include <string.h>
#include <xxhash.h>

void store_finish_statements(struct store *s)
{
    sqlite3_stmt **all[] = {&s->add_chunk,    &s->index_chunk, &s->find_vehicle,
                            &s->add_vehicle,  &s->find_block,  &s->scan_blocks,
                            &s->find_version, &s->begin,       &s->end};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        sqlite3_finalize(*all[i]);
        *all[i] = NULL;
    }
}

/* Row ids found before may be gone after a rollback or a deletion. */
static void forget_rows(struct store *s)
{
    s->last_vehicle = 0;
}

/* What is stored at path: *id 0 when nothing is; *current: it was read as it would be now. */
static bool find_document(struct store *s, const char *path, int64_t *id, uint64_t *hash,
                          bool *current, struct error *err)
{
    *id = 0;
    sqlite3_stmt *q =
        store_prepare(s, "SELECT id, hash, reading FROM documents WHERE path = ?1", err);
    if (!q) return false;
    store_bind(q, 1, path, strlen(path));
    int rc = sqlite3_step(q);
    if (rc == SQLITE_ROW) {
        *id = sqlite3_column_int64(q, 0);
        *hash = (uint64_t)sqlite3_column_int64(q, 1);
        *current = sqlite3_column_int64(q, 2) == STORE_READING_VERSION;
    }
    bool ok = rc == SQLITE_ROW || rc == SQLITE_DONE || store_fail(s, "looking up a document", err);
    sqlite3_finalize(q);
    return ok;
}

bool store_document_is_current(struct store *s, const char *path, uint64_t hash, bool *current,
                               struct error *err)
{
    int64_t id;
    uint64_t stored = 0;
    bool typed = false;
    *current = false;
    if (!find_document(s, path, &id, &stored, &typed, err)) return false;
    *current = id != 0 && typed && stored == hash;
    return true;
}

static bool prepare_all(struct store *s, struct error *err)
{
    static const struct {
        size_t offset;
        const char *sql;
    } STATEMENTS[] = {
        {offsetof(struct store, add_chunk),
         "INSERT INTO chunks(document, vehicle, line_first, line_last, byte_begin, byte_end,"
         " location, title, text, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"},
        {offsetof(struct store, index_chunk),
         "INSERT INTO chunks_fts(rowid, title, text) VALUES (?1, ?2, ?3)"},
        {offsetof(struct store, find_vehicle), "SELECT id FROM vehicles WHERE print = ?1"},
        {offsetof(struct store, add_vehicle),
         "INSERT INTO vehicles(print, year, manufacturer_key, model_key, trim_key, manufacturer,"
         " model, trim, category, engine_type, transmission)"
         " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"},
    };
    for (size_t i = 0; i < sizeof STATEMENTS / sizeof *STATEMENTS; i++) {
        sqlite3_stmt **q = (sqlite3_stmt **)(void *)((char *)s + STATEMENTS[i].offset);
        if (!*q && !(*q = store_prepare(s, STATEMENTS[i].sql, err))) return false;
    }
    return true;
}

bool store_begin_document(struct store *s, const char *path, const char *kind, uint64_t hash,
                          size_t bytes, enum store_outcome *outcome, struct error *err)
{
    if (s->read_only) return error_set(err, ERROR_USAGE, "%s: opened for reading only", s->path);
    if (s->writing) return error_set(err, ERROR_USAGE, "%s: a document is being written", s->path);
    if (!prepare_all(s, err) || !store_exec(s, "BEGIN IMMEDIATE", err)) return false;
    s->writing = true;
    s->written = (struct store_written){0};
    forget_rows(s);
    int64_t old;
    uint64_t old_hash = 0;
    bool current = false;
    sqlite3_stmt *q = NULL;
    if (!find_document(s, path, &old, &old_hash, &current, err)) goto fail;
    if (old && old_hash == hash && current) {
        store_rollback(s);
        *outcome = STORE_UNCHANGED;
        return true;
    }
    *outcome = old ? STORE_REPLACED : STORE_NEW;
    bool renamed;
    /* The same contents, to be read anew, are not kept for a copy. */
    if (old && !(old_hash == hash ? store_remove_rows(s, old, err)
                                  : store_release_rows(s, old, &renamed, err)))
        goto fail;
    /* What was a copy of another document is one of its own now. */
    q = store_prepare(s, "DELETE FROM document_copies WHERE path = ?1", err);
    if (!q) goto fail;
    store_bind(q, 1, path, strlen(path));
    if (sqlite3_step(q) != SQLITE_DONE) {
        store_fail(s, "adding a document", err);
        goto fail;
    }
    sqlite3_finalize(q);
    q = store_prepare(s,
                      "INSERT INTO documents(path, kind, hash, bytes, reading)"
                      " VALUES (?1, ?2, ?3, ?4, ?5)",
                      err);
    if (!q) goto fail;
    store_bind(q, 1, path, strlen(path));
    store_bind(q, 2, kind, strlen(kind));
    sqlite3_bind_int64(q, 3, (int64_t)hash);
    sqlite3_bind_int64(q, 4, (int64_t)bytes);
    sqlite3_bind_int(q, 5, STORE_READING_VERSION);
    if (sqlite3_step(q) != SQLITE_DONE) {
        store_fail(s, "adding a document", err);
        goto fail;
    }
    sqlite3_finalize(q);
    s->document = sqlite3_last_insert_rowid(s->db);
    return true;
fail:
    sqlite3_finalize(q);
    store_rollback(s);
    return false;
}

bool store_vehicle_row(struct store *s, const struct vehicle *v, int64_t *id, struct error *err)
{
    *id = 0;
    if (!vehicle_is_known(v)) return true;
    const char *fields[] = {v->manufacturer, v->model,       v->trim,
                            v->category,     v->engine_type, v->transmission};
    struct buffer *b = &s->vehicle_text;
    buffer_clear(b);
    buffer_printf(b, "%d", v->year);
    for (size_t i = 0; i < 6; i++) buffer_append(b, fields[i], strlen(fields[i]) + 1);
    if (b->failed) return error_memory(err, "a vehicle");
    uint64_t print = XXH3_64bits(b->data, b->len);
    if (s->last_vehicle && s->last_vehicle_print == print) {
        *id = s->last_vehicle;
        return true;
    }
    sqlite3_reset(s->find_vehicle);
    sqlite3_bind_int64(s->find_vehicle, 1, (int64_t)print);
    int rc = sqlite3_step(s->find_vehicle);
    if (rc == SQLITE_ROW) {
        *id = sqlite3_column_int64(s->find_vehicle, 0);
    } else if (rc == SQLITE_DONE) {
        size_t at[3], len[3];
        buffer_clear(b);
        for (size_t i = 0; i < 3; i++) {
            at[i] = b->len;
            vehicle_key(fields[i], strlen(fields[i]), b);
            len[i] = b->len - at[i];
            buffer_putc(b, '\0');
        }
        if (b->failed) return error_memory(err, "a vehicle");
        const char *make = manufacturer_alias(b->data + at[0]);
        sqlite3_stmt *q = s->add_vehicle;
        sqlite3_reset(q);
        sqlite3_bind_int64(q, 1, (int64_t)print);
        sqlite3_bind_int(q, 2, v->year);
        store_bind(q, 3, make, strlen(make));
        store_bind(q, 4, b->data + at[1], len[1]);
        store_bind(q, 5, b->data + at[2], len[2]);
        for (int i = 0; i < 6; i++) store_bind(q, 6 + i, fields[i], strlen(fields[i]));
        if (sqlite3_step(q) != SQLITE_DONE) return store_fail(s, "adding a vehicle", err);
        *id = sqlite3_last_insert_rowid(s->db);
        s->written.vehicles++;
    } else {
        return store_fail(s, "looking up a vehicle", err);
    }
    sqlite3_reset(s->find_vehicle);
    s->last_vehicle = *id;
    s->last_vehicle_print = print;
    return true;
}

bool store_add_passage(struct store *s, const struct chunk *c, int64_t record, struct error *err)
{
    if (!s->writing) return error_set(err, ERROR_USAGE, "%s: no document was begun", s->path);
    int64_t vehicle;
    if (!store_vehicle_row(s, &c->vehicle, &vehicle, err)) return false;
    sqlite3_stmt *q = s->add_chunk;
    sqlite3_reset(q);
    sqlite3_bind_int64(q, 1, s->document);
    if (vehicle)
        sqlite3_bind_int64(q, 2, vehicle);
    else
        sqlite3_bind_null(q, 2);
    sqlite3_bind_int64(q, 3, (int64_t)c->line_first);
    sqlite3_bind_int64(q, 4, (int64_t)c->line_last);
    sqlite3_bind_int64(q, 5, (int64_t)c->byte_begin);
    sqlite3_bind_int64(q, 6, (int64_t)c->byte_end);
    store_bind(q, 7, c->location, strlen(c->location));
    store_bind(q, 8, c->title, strlen(c->title));
    store_bind(q, 9, c->text, strlen(c->text));
    if (record)
        sqlite3_bind_int64(q, 10, record);
    else
        sqlite3_bind_null(q, 10);
    if (sqlite3_step(q) != SQLITE_DONE) return store_fail(s, "adding a passage", err);
    int64_t chunk = sqlite3_last_insert_rowid(s->db);
    q = s->index_chunk;
    sqlite3_reset(q);
    sqlite3_bind_int64(q, 1, chunk);
    store_bind(q, 2, c->title, strlen(c->title));
    store_bind(q, 3, c->text, strlen(c->text));
    if (sqlite3_step(q) != SQLITE_DONE) return store_fail(s, "indexing a passage", err);
    s->written.chunks++;
    return true;
}

bool store_set_document(struct store *s, const char *title, const char *language, struct error *err)
{
    if (!s->writing) return error_set(err, ERROR_USAGE, "%s: no document was begun", s->path);
    sqlite3_stmt *q =
        store_prepare(s, "UPDATE documents SET title = ?2, language = ?3 WHERE id = ?1", err);
    if (!q) return false;
    sqlite3_bind_int64(q, 1, s->document);
    store_bind(q, 2, title, strlen(title));
    store_bind(q, 3, language, strlen(language));
    bool ok = sqlite3_step(q) == SQLITE_DONE || store_fail(s, "adding a document", err);
    sqlite3_finalize(q);
    return ok;
}

bool store_commit(struct store *s, struct store_written *written, struct error *err)
{
    if (!s->writing) return error_set(err, ERROR_USAGE, "%s: no document was begun", s->path);
    sqlite3_stmt *q = NULL;
    bool ok = facts_finish(s, err) &&
              (q = store_prepare(s, "UPDATE documents SET chunks = ?2, facts = ?3 WHERE id = ?1",
                                 err)) != NULL;
    if (ok) {
        sqlite3_bind_int64(q, 1, s->document);
        sqlite3_bind_int64(q, 2, (int64_t)s->written.chunks);
        sqlite3_bind_int64(q, 3, (int64_t)s->written.facts);
        ok = sqlite3_step(q) == SQLITE_DONE || store_fail(s, "adding a document", err);
        sqlite3_finalize(q);
    }
    /* Statements that are not reset would keep the transaction open. */
    sqlite3_reset(s->add_chunk);
    sqlite3_reset(s->index_chunk);
    sqlite3_reset(s->add_vehicle);
    ok = ok && store_bump_version(s, err) && store_exec(s, "COMMIT", err);
    if (!ok) {
        store_rollback(s);
        return false;
    }
    s->writing = false;
    facts_forget(s);
    if (written) *written = s->written;
    return true;
}

void store_rollback(struct store *s)
{
    if (!s->writing) return;
    store_finish_statements(s);
    facts_forget(s);
    sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    s->writing = false;
    forget_rows(s);
}
