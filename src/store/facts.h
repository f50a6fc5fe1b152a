/* Typed facts in the store: sources (tables and prose sections), columns, records (one vehicle as
 * one source names it) and the values that stand in cells; and the catalog, the store's own
 * vocabulary in memory, against which questions are resolved.
 */
#ifndef STORE_FACTS_H
#define STORE_FACTS_H

#include "base/arena.h"
#include "base/error.h"
#include "store/pages.h"
#include "vehicle/registry.h"
#include "vehicle/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- written by ingest, between store_begin_document and store_commit ----
 *
 * Sources come one after the other: columns and records are added to the source that was added
 * last, columns whenever one is met. Values of its records and columns may come in any order;
 * record by record is fastest. */

/* Title and language of the document that was begun; "" where they are not known. */
bool store_set_document(struct store *s, const char *title, const char *language,
                        struct error *err);

/* A table, or the prose under one heading. */
struct fact_source {
    const char *caption;  /* "Engine and performance"; "" */
    const char *row_word; /* "row", "item", "line"; "" for prose */
    bool prose;
};

/* An attribute as one source names it. */
struct fact_column {
    const char *name;    /* as written, the unit left out: "Fuel Consumption City" */
    const char *section; /* band row or heading above it: "Brakes"; "" */
    int attribute;       /* index into REGISTRY by id on disk; -1: of its own */
    uint64_t qualifiers;
    const struct unit *unit; /* stated by the header or unit row; NULL */
    const struct unit *likely_unit; /* where none is stated: what its figures show (CO2 that is 23
                                       times the L/100 km beside it); NULL: not known */
    bool inverse;            /* the name says economy where the attribute is consumption */
};

struct fact_record {
    const char *title;               /* as answers name it: "2022 Honda Pilot AWD TrailSport" */
    const char *make, *model, *trim; /* as written; "" */
    int year_first, year_last;       /* 0: not known; equal for one model year */
    const char *place; /* "row 12", "item 3", "line 16", "Rebel (2019-2024)": how it is cited */
    size_t line;       /* from 1 */
    double quantity;   /* vehicles that the row stands for; 1 where nothing is said */
    const struct vehicle *vehicle; /* for metadata filters; NULL: none of them lets it through */
};

struct fact_value {
    enum value_kind kind;    /* NUMBER, YES, NO, TEXT; NONE is not stored */
    double low, high;        /* NUMBER: in `unit` as written; not finite: it becomes a TEXT */
    const struct unit *unit; /* NULL: none stated anywhere */
    const char *text;        /* as written: the whole cell, or for prose the figure with its unit */
    size_t len;
    unsigned group;      /* of value_part: equal groups are one quantity in several units */
    const char *remark;  /* "braked", "with DSG"; "" */
    int category;        /* index into CATEGORIES; -1 */
    bool implausible;    /* outside the registry's range */
    bool missing_mark;   /* a sentinel (0, -1, 9999): kept, never counted */
    bool bound;          /* "up to", "<": not an exact figure */
    bool low_confidence; /* read by OCR, which was not sure of it */
    const char *place;   /* where it differs from the record's ("row 75"); NULL: the record's */
    size_t line;         /* from 1 */
    uint64_t begin, end; /* bytes of the document's decoded text */
    const char *quote;   /* prose: the sentence; NULL: none */
};

bool store_add_source(struct store *s, const struct fact_source *source, int64_t *id,
                      struct error *err);
bool store_add_column(struct store *s, int64_t source, const struct fact_column *column,
                      int64_t *id, struct error *err);
bool store_add_record(struct store *s, int64_t source, const struct fact_record *record,
                      int64_t *id, struct error *err);
/* The parts of one cell, in their order. Another call for the same record and column adds to what
 * is there: its parts come after those, their groups are groups of their own. */
bool store_add_values(struct store *s, int64_t record, int64_t column,
                      const struct fact_value *values, size_t n, struct error *err);

/* ---- the catalog ---- */

struct catalog_document {
    int64_t id;
    const char *path, *name, *kind; /* name: the last part of path */
    const char *title;              /* its first heading; "" */
    const char *language;           /* of its column names and text: "en", "de", ...; "" unknown */
    bool has_pages; /* its values can be shown where they stand: store_find_seen */
    bool stale; /* read by an older version: has no facts until ingested again */
};
struct catalog_source {
    int64_t id;
    size_t document; /* index into documents */
    const char *caption, *row_word;
    bool prose;
    size_t first_column, n_columns; /* in columns */
    size_t first_record, n_records; /* in records */
};
struct catalog_column {
    int64_t id;
    size_t source;
    const char *name, *section;
    const char *key; /* of name and section: token keys with spaces */
    int attribute;   /* -1: of its own */
    uint64_t qualifiers;
    const struct unit *unit;
    const struct unit *likely_unit; /* where unit is NULL; NULL: not known */
    bool inverse;
    bool has_numbers, has_texts; /* YES and NO are texts */
    size_t n_values;             /* parts, in all records */
};
struct catalog_record {
    int64_t id;
    size_t source;
    const char *title, *make, *model, *trim;
    const char *make_key, *model_key, *trim_key; /* token keys with spaces */
    int year_first, year_last;
    const char *place;
    size_t line;
    double quantity;
    const char *category, *engine_type, *transmission; /* of its vehicle; "" */
    int64_t vehicle;                                   /* its vehicle's row; 0: none */
};
/* A text that cells of a column hold: the vocabulary of conditions. Columns with more than
 * STORE_MAX_TERMS different ones (free text) have none; texts longer than STORE_MAX_TERM bytes are
 * none. Sentinels are none. */
enum { STORE_MAX_TERMS = 4096, STORE_MAX_TERM = 200 };
struct catalog_term {
    size_t column; /* index into columns */
    const char *text;
    const char *key;
    int category; /* -1 */
    size_t count; /* records that have it, where each record's values came together */
};

struct catalog {
    struct arena arena;
    struct catalog_document *documents;
    size_t n_documents;
    struct catalog_source *sources;
    size_t n_sources;
    struct catalog_column *columns;
    size_t n_columns;
    struct catalog_record *records; /* by source */
    size_t n_records;
    struct catalog_term *terms; /* by column */
    size_t n_terms;
    int64_t version;        /* of the store when it was read */
    const int *category_of; /* (n_category_of) category by its number in the file; -1 */
    size_t n_category_of;
};

/* Reads the catalog; not while a document is being written. ERROR_INPUT names the table and row of
 * a damaged store. */
bool catalog_read(struct catalog *out, struct store *s, struct error *err);
void catalog_free(struct catalog *c);
/* The index of the document with this id, which rise; SIZE_MAX: there is none. */
size_t catalog_document(const struct catalog *c, int64_t id);
/* Whether nothing has changed since, by this or any other process. A catalog may be used with every
 * store_open of its file. With one that is not current, what has been deleted reads as nothing. */
bool catalog_is_current(const struct catalog *c, struct store *s);

/* ---- reading facts ---- */

struct fact_row {
    size_t record, column; /* indices into the catalog */
    enum value_kind kind;
    double low, high;
    const struct unit *unit;
    const struct unit *likely_unit; /* where unit is NULL, of its column: for conversions and conditions,
                                       never shown as the source's own; NULL: not known */
    const char *text, *remark;
    unsigned part, group;
    int category;
    bool implausible, missing_mark, bound, low_confidence;
    const char *place; /* as cited: the value's own or the record's */
    size_t line;
    uint64_t begin, end;
    const char *quote; /* "" */
    struct store_seen seen; /* result_locate fills it; all zero before */
};

/* The values of these columns (rising indices into the catalog) of one record; strings live in the
 * arena. Rows come by column, then part. n_columns 0: all columns. Columns of other sources have
 * none. */
bool store_read_values(struct store *s, const struct catalog *c, size_t record,
                       const size_t *columns, size_t n_columns, struct arena *arena,
                       struct fact_row **out, size_t *n, struct error *err);

/* The values of one column of all records of its source, by record then part: for maxima, counts,
 * lists. Strings live in the arena. */
bool store_scan_column(struct store *s, const struct catalog *c, size_t column, struct arena *arena,
                       struct fact_row **out, size_t *n, struct error *err);

/* keep[i] (c->n_records): whether the filter lets record i's vehicle through; false without one. */
bool store_filter_records(struct store *s, const struct catalog *c,
                          const struct vehicle_filter *filter, bool *keep, struct error *err);

#endif
