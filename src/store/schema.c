#include "store/schema.h"

#include <stdio.h>

enum { APPLICATION_ID = 0x61737063 /* "aspc" in the file's header tells our stores from others */ };

/* The passages and what is searched. `record` is what a passage is about, NULL where nothing is. */
static const char SCHEMA_PASSAGES[] =
    "CREATE TABLE documents ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT," /* ids are cited: never given out twice */
    "  path TEXT NOT NULL UNIQUE,"
    "  kind TEXT NOT NULL,"
    "  hash INTEGER NOT NULL,"
    "  bytes INTEGER NOT NULL,"
    "  chunks INTEGER NOT NULL DEFAULT 0,"
    "  facts INTEGER NOT NULL DEFAULT 0,"
    "  added INTEGER NOT NULL DEFAULT (unixepoch()),"
    "  title TEXT NOT NULL DEFAULT '',"
    "  language TEXT NOT NULL DEFAULT '',"
    "  reading INTEGER NOT NULL DEFAULT 0);"
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
    "  record INTEGER,"
    "  line_first INTEGER NOT NULL, line_last INTEGER NOT NULL,"
    "  byte_begin INTEGER NOT NULL, byte_end INTEGER NOT NULL,"
    "  location TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL);"
    "CREATE INDEX chunks_document ON chunks(document);"
    "CREATE INDEX chunks_vehicle ON chunks(vehicle);"
    "CREATE VIRTUAL TABLE chunks_fts USING fts5(title, text, content='chunks', content_rowid='id',"
    "  tokenize=\"porter unicode61 remove_diacritics 2\");";

/* Typed facts. Ids rise and are never given out twice, so that a catalog that is out of date finds
 * nothing rather than something else. The columns and the records of a source have consecutive ids;
 * a source's first record is a multiple of FACT_BLOCK_RECORDS, so that no block is of two sources,
 * and all that a document has lies in a few ranges of ids. Attributes, qualifiers and categories
 * are stored by name: their numbers move with the registry; units have stable ids. */
static const char SCHEMA_FACTS[] =
    "CREATE TABLE store_state ("
    "  id INTEGER PRIMARY KEY CHECK (id = 1),"
    "  version INTEGER NOT NULL," /* another one after each change; where it starts is by chance */
    "  next_source INTEGER NOT NULL, next_column INTEGER NOT NULL, next_record INTEGER NOT NULL);"
    "INSERT INTO store_state VALUES (1, random() & 0x3fffffffffffffff, 1, 1, 32);"
    "CREATE TABLE fact_names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE fact_sources ("
    "  id INTEGER PRIMARY KEY,"
    "  document INTEGER NOT NULL,"
    "  caption TEXT NOT NULL, row_word TEXT NOT NULL, prose INTEGER NOT NULL,"
    "  first_column INTEGER NOT NULL, n_columns INTEGER NOT NULL,"
    "  first_record INTEGER NOT NULL, n_records INTEGER NOT NULL);"
    "CREATE INDEX fact_sources_document ON fact_sources(document);"
    "CREATE TABLE fact_columns ("
    "  id INTEGER PRIMARY KEY,"
    "  source INTEGER NOT NULL,"
    "  name TEXT NOT NULL, section TEXT NOT NULL, key TEXT NOT NULL,"
    "  attribute TEXT NOT NULL,"  /* '' for one of its own */
    "  qualifiers TEXT NOT NULL," /* 'city,combined' */
    "  unit INTEGER NOT NULL,"    /* 0: none; below: not stated, likely */
    "  inverse INTEGER NOT NULL,"
    "  numbers INTEGER NOT NULL, texts INTEGER NOT NULL);" /* how many values of each */
    "CREATE TABLE fact_records ("
    "  id INTEGER PRIMARY KEY,"
    "  source INTEGER NOT NULL,"
    "  vehicle INTEGER,"
    "  title TEXT NOT NULL, make TEXT NOT NULL, model TEXT NOT NULL, trim TEXT NOT NULL,"
    "  make_key TEXT NOT NULL, model_key TEXT NOT NULL, trim_key TEXT NOT NULL,"
    "  category TEXT NOT NULL, engine_type TEXT NOT NULL, transmission TEXT NOT NULL,"
    "  year_first INTEGER NOT NULL, year_last INTEGER NOT NULL,"
    "  place TEXT NOT NULL, line INTEGER NOT NULL, quantity REAL NOT NULL);"
    "CREATE INDEX fact_records_vehicle ON fact_records(vehicle) WHERE vehicle IS NOT NULL;"
    "CREATE TABLE fact_terms ("
    "  id INTEGER PRIMARY KEY," /* column * STORE_MAX_TERMS + a number from 0 */
    "  text TEXT NOT NULL, key TEXT NOT NULL,"
    "  category INTEGER NOT NULL," /* of fact_names; 0: none */
    "  count INTEGER NOT NULL);"
    "CREATE TABLE fact_values ("
    "  id INTEGER PRIMARY KEY," /* fact_block_id */
    "  data BLOB NOT NULL);";

/* Of documents that have pages: pages.c. */
static const char SCHEMA_PAGES[] =
    "CREATE TABLE document_pages ("
    "  document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,"
    "  number INTEGER NOT NULL,"
    "  label TEXT NOT NULL, width REAL NOT NULL, height REAL NOT NULL,"
    "  byte_begin INTEGER NOT NULL, byte_end INTEGER NOT NULL,"
    "  text TEXT NOT NULL, places BLOB NOT NULL,"
    "  PRIMARY KEY (document, number)) WITHOUT ROWID;"
    "CREATE INDEX document_pages_bytes ON document_pages(document, byte_begin);"
    "CREATE TABLE document_files ("
    "  document INTEGER PRIMARY KEY REFERENCES documents(id) ON DELETE CASCADE,"
    "  data BLOB NOT NULL);";

/* Files with the contents of a document: copies.c. */
static const char SCHEMA_COPIES[] =
    "CREATE INDEX documents_hash ON documents(hash);"
    "CREATE TABLE document_copies ("
    "  path TEXT PRIMARY KEY,"
    "  document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE) WITHOUT ROWID;"
    "CREATE INDEX document_copies_document ON document_copies(document);";

static const char FROM_VERSION_1[] =
    "ALTER TABLE documents ADD COLUMN title TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE documents ADD COLUMN language TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE documents ADD COLUMN reading INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE chunks ADD COLUMN record INTEGER;"
    "DROP TABLE facts;" /* lines of passages in parts: typed facts take their place */
    "DROP TABLE attributes;";

static bool set_version(struct store *s, struct error *err)
{
    char pragmas[96];
    snprintf(pragmas, sizeof pragmas, "PRAGMA application_id = %d; PRAGMA user_version = %d",
             APPLICATION_ID, STORE_SCHEMA_VERSION);
    return store_exec(s, pragmas, err);
}

static bool create(struct store *s, struct error *err)
{
    return store_exec(s, SCHEMA_PASSAGES, err) && store_exec(s, SCHEMA_FACTS, err) &&
           store_exec(s, SCHEMA_PAGES, err) && store_exec(s, SCHEMA_COPIES, err) &&
           set_version(s, err);
}

/* One step a version; the file is as it was when one fails. */
static bool migrate(struct store *s, int64_t version, struct error *err)
{
    if (version < 2 && (!store_exec(s, FROM_VERSION_1, err) || !store_exec(s, SCHEMA_FACTS, err)))
        return false;
    if (version < 3 && !store_exec(s, SCHEMA_PAGES, err)) return false;
    if (version < 4 && !store_exec(s, SCHEMA_COPIES, err)) return false;
    return set_version(s, err);
}

struct file_kind {
    int64_t application, version, tables, programs;
};

static bool look(struct store *s, struct file_kind *k, struct error *err)
{
    return store_read_int(s, "PRAGMA application_id", &k->application, err) &&
           store_read_int(s, "PRAGMA user_version", &k->version, err) &&
           store_read_int(s, "SELECT count(*) FROM sqlite_schema", &k->tables, err) &&
           store_read_int(s, "SELECT count(*) FROM sqlite_schema WHERE type IN ('trigger', 'view')",
                          &k->programs, err);
}

bool schema_prepare(struct store *s, struct error *err)
{
    struct file_kind k;
    if (!look(s, &k, err)) return false;
    bool ours = k.application == APPLICATION_ID;
    if (ours && k.version == STORE_SCHEMA_VERSION && k.programs == 0) return true;
    bool older = ours && k.version >= 1 && k.version < STORE_SCHEMA_VERSION;
    bool locked = false;
    /* Two processes may find the file empty or old at once: the second waits here, looks again and
     * finds it done. */
    if (!s->read_only || older) {
        if (sqlite3_db_readonly(s->db, "main") == 1 && older)
            return error_set(err, ERROR_UNSUPPORTED,
                             "%s: a store of version %lld that cannot be brought to version %d: "
                             "the file cannot be written",
                             s->path, (long long)k.version, STORE_SCHEMA_VERSION);
        if (!store_exec(s, "BEGIN IMMEDIATE", err)) return false;
        locked = true;
        if (!look(s, &k, err)) goto fail;
        ours = k.application == APPLICATION_ID;
        older = ours && k.version >= 1 && k.version < STORE_SCHEMA_VERSION;
    }
    if (ours && k.programs) { /* they would run statements of their own */
        error_set(err, ERROR_INPUT, "%s: a store with triggers or views, which no store has",
                  s->path);
        goto fail;
    }
    if (ours && k.version > STORE_SCHEMA_VERSION) {
        error_set(err, ERROR_UNSUPPORTED,
                  "%s: a store of version %lld, made by a newer autospec: this one reads versions "
                  "up to %d",
                  s->path, (long long)k.version, STORE_SCHEMA_VERSION);
        goto fail;
    }
    if (ours ? k.version < 1 : k.application != 0 || k.tables != 0 || s->read_only) {
        error_set(err, ERROR_INPUT, "%s: a SQLite file, but not an autospec store", s->path);
        goto fail;
    }
    if (!ours && !create(s, err)) goto fail;
    if (older && !migrate(s, k.version, err)) goto fail;
    if (locked && !store_exec(s, "COMMIT", err)) goto fail;
    return true;
fail:
    if (locked) sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return false;
}
