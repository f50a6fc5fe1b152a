/* Reads documents into the store: CSV and TSV, JSON, Markdown, plain text. A document goes in as a
 * whole or not at all; the same contents at the same path are not read twice; changed contents
 * replace what was there.
 *
 *   struct ingest_totals totals = {0};
 *   if (!ingest_path(store, "data", NULL, &totals, &err)) ... err.text names file and line
 */
#ifndef INGEST_INGEST_H
#define INGEST_INGEST_H

#include "base/error.h"
#include "store/store.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum document_kind { DOCUMENT_CSV, DOCUMENT_JSON, DOCUMENT_MARKDOWN, DOCUMENT_TEXT };
const char *ingest_kind_name(enum document_kind kind); /* "csv", "json", "markdown", "text" */

struct ingest_options {
    /* Called before a file is read (done 0) and while it is; done and total are bytes of that
     * file. NULL: never. */
    void (*progress)(void *context, const char *path, size_t done, size_t total);
    void *context;
    const atomic_bool *cancel; /* ends with ERROR_CANCELLED, the file at hand not stored */
    /* What is known of the document beside its text, which may say more; NULL: nothing. The title
     * stands for the file's name over passages that have no heading. */
    const char *title;
    const struct vehicle *vehicle;
};

struct ingest_totals {
    size_t documents; /* read: new and replaced ones */
    size_t unchanged; /* skipped because they are there already */
    size_t replaced;  /* of documents: those that took the place of older contents */
    size_t skipped;   /* files of a folder that are of no supported kind, or README */
    size_t chunks, facts, bytes;
    size_t rows;     /* of CSV files and JSON arrays */
    size_t vehicles; /* distinct ones that were not in the store before */
    double seconds;
};

/* Ingests a file, or the supported files directly in a folder in the order of their names (hidden
 * ones and README* left out). Adds to *totals, also for what was done before an error. A folder
 * stops at its first bad file. Errors name file, line or offset; of the bad file nothing is stored.
 */
bool ingest_path(struct store *store, const char *path, const struct ingest_options *options,
                 struct ingest_totals *totals, struct error *err);

/* One file. The extension decides the kind (.csv .tsv .json .md .markdown .txt .text); contents
 * decide where it is another or none. */
bool ingest_file(struct store *store, const char *path, const struct ingest_options *options,
                 struct ingest_totals *totals, struct error *err);

/* What kind the text looks like: '{' or '[' first is JSON, a '#' heading Markdown, lines with as
 * many delimiters CSV, anything else text. */
enum document_kind ingest_kind_guess(const char *data, size_t len);

/* The kind of a document with this name and text, as ingest_file finds it; an error for kinds that
 * cannot be read (ERROR_UNSUPPORTED) and for nothing at all. */
bool ingest_kind_find(const char *name, const char *data, size_t len, enum document_kind *kind,
                        struct error *err);

/* The same from memory: `path` is the name that the document gets. */
bool ingest_text(struct store *store, const char *path, enum document_kind kind, const char *data,
                 size_t len, const struct ingest_options *options, struct ingest_totals *totals,
                 struct error *err);

#endif
