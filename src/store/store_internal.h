/* What the files of the SQLite store share. Not for anyone else. */
#ifndef STORE_STORE_INTERNAL_H
#define STORE_STORE_INTERNAL_H

#include "base/buffer.h"
#include "store/store.h"

#include <sqlite3.h>

struct facts_writer; /* facts_write.c */

struct store {
    sqlite3 *db;
    char *path;
    bool read_only;
    /* The document that is being written. */
    bool writing;
    int64_t document;
    struct store_written written;
    sqlite3_stmt *add_chunk, *index_chunk, *find_vehicle, *add_vehicle;
    struct buffer vehicle_text; /* scratch: keys of the vehicle at hand */
    uint64_t last_vehicle_print;
    int64_t last_vehicle;       /* row id; 0: none */
    struct facts_writer *facts; /* NULL before the first source */
    sqlite3_stmt *begin, *end, *find_block, *scan_blocks, *find_version;
};

/* Fills *err from the last SQLite error: "PATH: doing WHAT: ...". Returns false. */
bool store_fail(struct store *s, const char *what, struct error *err);

/* Prepares; NULL with *err filled on failure. */
sqlite3_stmt *store_prepare(struct store *s, const char *sql, struct error *err);
bool store_exec(struct store *s, const char *sql, struct error *err);
/* The one number that sql gives. */
bool store_read_int(struct store *s, const char *sql, int64_t *out, struct error *err);

/* Fills *err: the row holds what no store holds. Returns false. */
bool store_damaged(struct store *s, const char *table, int64_t row, const char *what,
                   struct error *err);

/* Binds text that outlives the statement's next reset. */
bool store_bind(sqlite3_stmt *q, int at, const char *text, size_t len);

/* The row of this vehicle, made when it is new; *id 0 when nothing is known of it. */
bool store_vehicle_row(struct store *s, const struct vehicle *v, int64_t *id, struct error *err);

/* Tells every catalog that the store has changed; inside the transaction that changes it. */
bool store_bump_version(struct store *s, struct error *err);

/* Deletes a document with all that hangs on it, inside the transaction that is open. */
bool store_remove_rows(struct store *s, int64_t id, struct error *err);

/* The document's file has changed or is gone: a copy takes its place (*renamed), or it is deleted.
 * Inside the transaction that is open. */
bool store_release_rows(struct store *s, int64_t id, bool *renamed, struct error *err);

/* The columns of vehicles `v` that vehicles are read from, and those of a hit before them: chunk,
 * document, path, title, text, location, lines, score. What it is about comes last. */
#define STORE_VEHICLE_COLUMNS                                                                      \
    "v.manufacturer, v.model, v.year, v.trim, v.category, v.engine_type, v.transmission"
#define STORE_CHUNK_COLUMNS                                                                        \
    "c.id, c.document, d.path, c.title, c.text, c.location, c.line_first, c.line_last"
#define STORE_HIT_COLUMNS STORE_VEHICLE_COLUMNS ", c.record, c.byte_begin, c.byte_end"

/* Runs q, whose columns are STORE_CHUNK_COLUMNS, a score, STORE_HIT_COLUMNS, and appends a hit
 * a row. Finalizes q. */
bool store_read_hits(struct store *s, sqlite3_stmt *q, struct hit_list *out, struct error *err);

/* Ends the cached statements. */
void store_finish_statements(struct store *s);

/* The typed facts of the document that is being written: ends the last source, before a commit. */
bool facts_finish(struct store *s, struct error *err);
/* Forgets them: after a commit or a rollback. */
void facts_forget(struct store *s);
void facts_free(struct store *s);
/* Deletes those of a document. */
bool facts_remove(struct store *s, int64_t document, struct error *err);

/* How a category is named on disk: "fuel_type/diesel"; and which one a name is (-1: none now). */
void facts_category_name(int category, struct buffer *out);
int facts_category_find(const char *name);

/* Appends the condition on the vehicles table `v` that a filter is, and binds its values. */
void store_filter_sql(const struct vehicle_filter *f, struct buffer *sql);
void store_filter_bind(sqlite3_stmt *q, const struct vehicle_filter *f);

/* Column as text in the arena, "" for NULL; NULL when memory is out. */
const char *store_column(sqlite3_stmt *q, int column, struct arena *arena);

#endif
