/* One column of data (or one row of a sheet whose rows are attributes): what its cells look like, which
 * attribute its name means, how its numbers are written and which of them stand for "no value".
 */
#ifndef INGEST_COLUMNS_H
#define INGEST_COLUMNS_H

#include "ingest/interpret.h"

/* What a sample of a column's cells looks like. */
struct column_study {
    size_t n, filled;
    size_t numeric, years, yes_no;
    size_t short_years;             /* 70 to 99 */
    size_t whole_make, starts_make; /* cells that are a known make, or begin with one */
    size_t units, currencies;       /* cells that are a unit alone */
    size_t identifiers;             /* UUIDs, addresses, long codes */
    size_t distinct;                /* different texts */
    size_t text_bytes;
    size_t with_unit;               /* numeric cells with a unit of their own */
    enum dimension dimension;       /* that most of those have */
    const struct unit *unit;        /* the most frequent one */
    struct number_evidence evidence; /* of all cells */
};

enum { STUDY_SAMPLE = 1000 };

/* `makes`: whether to look for makes. Scratch of at least STUDY_SAMPLE hashes. */
void cells_study(struct column_study *out, const struct cell *const *cells, size_t n, bool makes,
                 uint64_t *scratch);

/* A section's text with its unit taken apart: "Dimensions (mm)", "dimensions_in". */
struct section_reading {
    const char *text; /* without the unit; "" */
    const struct unit *unit;
};
bool section_read(struct section_reading *out, const char *text, bool path, struct arena *arena);

/* Reads a column's name: fact.name, section, attribute, qualifiers, unit, inverse, unit_source.
 * `group`: merged header, band or parent path; `caption`: heading or title above the table;
 * `unit_text`: of a row of units; each may be "". `path`: the name is a JSON path. False: memory. */
bool column_read(struct interpreted_column *out, const char *name, const char *group,
                 const char *caption, const char *unit_text, bool path,
                 const struct column_study *study, struct arena *arena);

/* "name" in a list of records takes the list's meaning: of "manufacturers" it is the make, of "models" the
 * model, of "variants" the version. `list`: the path of the column; the table's caption for the outermost
 * records, whose name may be the whole vehicle's. */
bool column_is_level(const char *name, size_t len); /* one part of a path */
bool column_is_make_list(const char *name, size_t len);
void column_take_level(struct interpreted_column *c, const char *list, bool outermost);

/* Decides text, category, bare from attribute and cells. */
void column_decide_kind(struct interpreted_column *c, const struct column_study *study);

/* The style of the column's numbers; `fallback` where its cells do not tell. */
void column_decide_style(struct interpreted_column *c, const struct cell *const *cells, size_t n,
                         enum number_style fallback);

/* Sentinels and plausibility over a sample. */
void column_decide_missing(struct interpreted_column *c, const struct cell *const *cells, size_t n);

/* The number at the start of a cell (behind a currency's sign), and its unit (NULL: none). */
bool cell_number(const struct cell *c, enum number_style style, double *value,
                 const struct unit **unit);

/* The value in the attribute's canonical unit; false where there is none or no conversion. */
bool to_canonical(const struct interpreted_column *c, double value, const struct unit *unit,
                  double *out);

#endif
