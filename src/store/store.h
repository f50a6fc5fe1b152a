/* Where documents, chunks, vehicles and facts are kept, and the searches over them. The embedded
 * store is one SQLite file with FTS5; nothing outside store*.c knows that, so that another database
 * can stand behind this header. A store is used by one thread at a time; several processes may open
 * the same file (a writer waits for another one, at most ten seconds). */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/arena.h"
#include "base/error.h"
#include "vehicle/chunk.h"
#include "vehicle/vehicle.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

enum store_mode {
    STORE_READ,  /* the file must exist: ERROR_NOT_FOUND otherwise */
    STORE_WRITE, /* made when it is not there, with the directories above it */
};

/* Opens the store in the file at path (":memory:" for one that lives in memory). Errors name the
 * file: not a SQLite file, not a store, a store of a newer version. */
struct store *store_open(const char *path, enum store_mode mode, struct error *err);
void store_close(struct store *s); /* NULL is fine */

struct store_counts {
    size_t documents, chunks, vehicles, facts;
};
bool store_count(struct store *s, struct store_counts *out, struct error *err);

/* ---- documents ---- */

struct store_document {
    int64_t id;
    const char *path; /* absolute where the file system gave it */
    const char *kind; /* "csv", "json", "markdown", "text" */
    size_t bytes, chunks, facts;
    int64_t added; /* seconds since 1970 */
    uint64_t hash; /* as store_begin_document was given it */
};

/* All documents by path. The array and its strings live in the arena. */
bool store_list_documents(struct store *s, struct arena *arena, struct store_document **out,
                          size_t *n, struct error *err);

/* One document, by number or by path; ERROR_NOT_FOUND when there is none. Strings live in the
 * arena. */
bool store_find_document(struct store *s, int64_t id, struct arena *arena,
                         struct store_document *out, struct error *err);
bool store_find_document_path(struct store *s, const char *path, struct arena *arena,
                              struct store_document *out, struct error *err);

/* Deletes a document with its chunks and facts; ERROR_NOT_FOUND when there is none. */
bool store_delete_document(struct store *s, int64_t id, struct error *err);
bool store_delete_path(struct store *s, const char *path, struct error *err);

/* Deletes all documents, or none when it fails; *n is how many there were. */
bool store_delete_all(struct store *s, size_t *n, struct error *err);

/* ---- writing: one transaction a document ---- */

enum store_outcome {
    STORE_NEW,
    STORE_REPLACED,  /* the path was there with other contents, which are gone */
    STORE_UNCHANGED, /* the path is there with these contents: nothing was begun */
};

/* Begins a document: its contents' hash decides whether it is read again. The transaction is open
 * unless the outcome is STORE_UNCHANGED; end it with store_commit or store_rollback. */
bool store_begin_document(struct store *s, const char *path, const char *kind, uint64_t hash,
                          size_t bytes, enum store_outcome *outcome, struct error *err);

/* Whether the path is there with contents of this hash, so that nothing has to be read. */
bool store_document_is_current(struct store *s, const char *path, uint64_t hash, bool *current,
                               struct error *err);

/* Adds a passage and its vehicle to the document that was begun. `record`: what it is about, of the
 * typed facts; 0: none. */
bool store_add_passage(struct store *s, const struct chunk *passage, int64_t record,
                       struct error *err);

struct store_written {
    size_t chunks, facts, vehicles; /* vehicles: distinct ones that the document names first */
};
bool store_commit(struct store *s, struct store_written *written, struct error *err);
void store_rollback(struct store *s);

/* ---- vehicles ---- */

/* What is known of vehicles beside their names, and may be filtered by. */
enum metadata_field {
    METADATA_MANUFACTURER,
    METADATA_MODEL,
    METADATA_YEAR,
    METADATA_CATEGORY,
    METADATA_ENGINE_TYPE,
    METADATA_TRANSMISSION,
    N_METADATA
};
enum { METADATA_MAX_VALUES = 64 }; /* of one field */

/* Of each field that has values, one must be the vehicle's. Manufacturers and models are keys,
 * years are written in digits, letters of the others' values may be of either case. */
struct metadata_filter {
    struct metadata_values {
        const char *const *values;
        size_t n; /* 0: any */
    } fields[N_METADATA];
};

/* Which vehicles: NULL or 0 means any. Names are keys (vehicle_key). */
struct vehicle_filter {
    const struct metadata_filter *metadata;
    const char *manufacturer, *model, *trim;
    int year;
    bool model_prefix; /* `model` is how the model's key starts: "silverado" for "silverado1500" */
};

/* The distinct vehicles that the filter lets through, at most `limit`, newest first. */
bool store_find_vehicles(struct store *s, const struct vehicle_filter *filter, size_t limit,
                         struct arena *arena, struct vehicle **out, size_t *n, struct error *err);

/* The different values of a field in the store, of one manufacturer (a key) or of all (NULL), in
 * alphabetical order; the array and its strings live in the arena. */
bool store_list_values(struct store *s, enum metadata_field field, const char *manufacturer,
                       struct arena *arena, const char ***out, size_t *n, struct error *err);

/* The spelling in the store of the manufacturer with this key; NULL (no error) when none has it. */
bool store_find_manufacturer(struct store *s, const char *key, struct arena *arena,
                             const char **name, struct error *err);

/* ---- search ---- */

struct hit {
    int64_t chunk, document;
    const char *path; /* of the document */
    const char *title, *text, *location;
    size_t line_first, line_last;
    uint64_t begin, end; /* bytes of the document's text; equal: not known */
    struct vehicle vehicle;
    int64_t record; /* of the typed facts: what it is about; 0: none */
    double score;   /* higher is better; what it measures depends on who made the hit */
};

struct hit_list {
    struct arena arena; /* owns the strings */
    struct hit *items;  /* (n) best first */
    size_t n, cap;
};
void hit_list_free(struct hit_list *l);
/* One more hit, all zero, at the end; NULL: memory is out. */
struct hit *hit_list_add(struct hit_list *l);

/* BM25 over titles (weight 4) and texts. `terms`: words and phrases, any of which may match; what
 * they hold is never taken for query syntax. `required`: words of which each must be there (for
 * chunks that belong to no vehicle); n_required may be 0. `unattributed`: only chunks without a
 * vehicle, `filter` is then not looked at. */
struct store_query {
    const char *const *terms;
    size_t n_terms;
    const char *const *required;
    size_t n_required;
    const struct vehicle_filter *filter; /* NULL: all chunks */
    bool unattributed;
    size_t limit;
};
bool store_search(struct store *s, const struct store_query *query, struct hit_list *out,
                  struct error *err);

/* The chunks of the vehicles that the filter lets through, newest year first, then in the order of
 * the documents; score 0. */
bool store_vehicle_chunks(struct store *s, const struct vehicle_filter *filter, size_t limit,
                          struct hit_list *out, struct error *err);

/* The first chunks of the store in the order of the documents; score 0. */
bool store_first_chunks(struct store *s, size_t limit, struct hit_list *out, struct error *err);

/* The chunks of a document in their order, `limit` of them from number `offset` on; score 0. */
bool store_document_chunks(struct store *s, int64_t document, size_t offset, size_t limit,
                           struct hit_list *out, struct error *err);

/* One chunk, appended; score 0. */
bool store_read_chunk(struct store *s, int64_t chunk, struct hit_list *out, struct error *err);

#endif
