/* What the prose of a document says of vehicles: paragraphs and list items under their headings
 * become records and typed values, by rules. Precision comes first: a figure whose vehicle or
 * attribute is not certain gives nothing, and stays searchable as text.
 *
 *   struct prose p;
 *   if (prose_read(&p, &document, data, len, &err) && prose_store(&p, store, NULL, &err)) ...
 *   prose_free(&p);
 *
 * The source of "# Jeep Wrangler", "## Fourth Generation (JL), 2018–present" has a record of that
 * name and years (make "Jeep", model "Wrangler", trim "Fourth Generation (JL)"), and one more for
 * each version that its sentences name (trim "Rubicon 392, Fourth Generation (JL)").
 */
#ifndef INGEST_PROSE_H
#define INGEST_PROSE_H

#include "base/arena.h"
#include "base/error.h"
#include "document/document.h"
#include "store/facts.h"

#include <stdbool.h>
#include <stddef.h>

/* The prose under one heading. Its columns, records and values stand together. */
struct prose_source {
    struct fact_source fact;
    size_t first_column, n_columns;
    size_t first_record, n_records;
    size_t first_value, n_values;
};

struct prose_value {
    size_t record, column; /* indices into records and columns */
    struct fact_value fact;
};

struct prose {
    struct arena arena;           /* owns everything */
    struct prose_source *sources; /* only those with values */
    size_t n_sources;
    struct fact_column *columns; /* named as the registry names them */
    size_t n_columns;
    struct fact_record *records; /* only those with values */
    size_t n_records;
    struct prose_value *values; /* of a source by record, then column, then as in the text; several
                                   units of one figure have one group */
    size_t n_values;
    const char *language; /* "en", "de", "fr", "es"; "" not known */
    const char *family;   /* key of the make that the registry does not know; NULL: none */
    size_t n_figures;     /* with a unit, or counted; also those that gave nothing */
    bool named;           /* headings or the first sentence name a vehicle: */
    struct fact_record subject; /* the first one */
};

/* Reads d's paragraphs and list items. data[0, len) is the text that d's offsets count in: with it,
 * lines and bytes are those of the figure, without it (NULL) those of its block. Linear in the
 * text. False: memory is out; *out is empty then. */
bool prose_read(struct prose *out, const struct document *d, const char *data, size_t len,
                struct error *err);
void prose_free(struct prose *p);

/* Bytes of a model's name that are the family's: "Quenby " of "Quenby Heron"; 0: it is another's. */
size_t prose_family_length(const char *family, const char *model);

/* Adds the subject alone, as a record without values: of a text about a vehicle that gave none. */
bool prose_store_subject(const struct prose *p, struct store *store, struct error *err);

/* Adds it to the document that was begun in the store. *n_values may be NULL. */
bool prose_store(const struct prose *p, struct store *store, size_t *n_values, struct error *err);

#endif
