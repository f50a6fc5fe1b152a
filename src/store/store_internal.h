/* What the files of the SQLite store share. Not for anyone else. */
#ifndef STORE_STORE_INTERNAL_H
#define STORE_STORE_INTERNAL_H

#include "base/buffer.h"
#include "store/store.h"

#include <sqlite3.h>

enum { ATTRIBUTE_CACHE = 1024 }; /* a power of two */

struct store {
    sqlite3 *db;
    char *path;
    bool read_only;
    /* The document that is being written. */
    bool writing;
    int64_t document;
    struct store_written written;
    sqlite3_stmt *add_chunk, *index_chunk, *add_fact, *find_vehicle, *add_vehicle, *find_attribute,
        *add_attribute;
    struct buffer vehicle_text; /* scratch: keys of the vehicle at hand */
    uint64_t last_vehicle_print;
    int64_t last_vehicle; /* row id; 0: none */
    struct {
        uint64_t hash;
        int64_t id; /* 0: empty */
    } attributes[ATTRIBUTE_CACHE];
};

/* Fills *err from the last SQLite error: "PATH: doing WHAT: ...". Returns false. */
bool store_fail(struct store *s, const char *what, struct error *err);

/* Prepares; NULL with *err filled on failure. */
sqlite3_stmt *store_prepare(struct store *s, const char *sql, struct error *err);
bool store_exec(struct store *s, const char *sql, struct error *err);

/* Deletes a document with all that hangs on it, inside the transaction that is open. */
bool store_remove_rows(struct store *s, int64_t id, struct error *err);

/* The columns of vehicles `v` that vehicles are read from, and those of a hit before them: chunk,
 * document, path, title, text, location, lines, score. */
#define STORE_VEHICLE_COLUMNS                                                                      \
    "v.manufacturer, v.model, v.year, v.trim, v.category, v.engine_type, v.transmission"
#define STORE_CHUNK_COLUMNS                                                                        \
    "c.id, c.document, d.path, c.title, c.text, c.location, c.line_first, c.line_last"

/* Runs q, whose columns are STORE_CHUNK_COLUMNS, a score, STORE_VEHICLE_COLUMNS, and appends a hit a
 * row. Finalizes q. */
bool store_read_hits(struct store *s, sqlite3_stmt *q, struct hit_list *out, struct error *err);

/* Ends the cached statements of writing. */
void store_finish_statements(struct store *s);

/* Column as text in the arena, "" for NULL; NULL when memory is out. */
const char *store_column(sqlite3_stmt *q, int column, struct arena *arena);

#endif
