/* Numeric claims in any text, checked against the store: "The 2023 Camry LE makes 203 hp." Each
 * figure is read with its vehicle, attribute, unit and year, and bound to the cell that says the
 * same or something else. What a claim does not say is never assumed in its favour: it is supported
 * only when vehicle, attribute, unit and year agree with a cell, whatever version of the vehicle is
 * meant.
 *
 *   struct claims claims;
 *   if (!claims_check(&claims, text, len, words, store, &err)) ...
 *   json_t *json = claims_to_json(&claims);
 *   claims_free(&claims);
 */
#ifndef ANSWER_CLAIMS_H
#define ANSWER_CLAIMS_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "query/query.h"
#include "query/word_index.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum claim_status {
    CLAIM_SUPPORTED,      /* a cell says so */
    CLAIM_CONTRADICTED,   /* cells say something else */
    CLAIM_DEPENDS,        /* true of some versions, or of a limit or range */
    CLAIM_NOT_FOUND,      /* the documents do not give it: see missing */
    CLAIM_NOT_UNDERSTOOD, /* what is claimed is not clear: see missing */
    N_CLAIM_STATUSES
};
const char *claim_status_name(enum claim_status s); /* "supported", ... */

/* What is missing, in the documents or in the claim. */
enum claim_missing {
    CLAIM_COMPLETE,
    CLAIM_NO_VEHICLE,
    CLAIM_NO_YEAR,
    CLAIM_NO_ATTRIBUTE,
    CLAIM_NO_UNIT,
    CLAIM_MANY_VEHICLES, /* a figure about many: a count, an average */
};
const char *claim_missing_name(enum claim_missing m); /* "vehicle", "year", ...; "" */

enum { CLAIM_MAX_CELLS = 5, CLAIMS_MAX = 4096 };

struct claim_cell {
    const char *document, *location, *title, *column;
    const char *text;  /* as written there */
    const char *quote; /* "Horsepower (hp): 203", or the sentence */
    size_t line;
    uint64_t begin, end;
    int64_t document_id;
    struct store_seen seen; /* in a document with pages */
    bool agrees; /* with the claim */
};

struct claim {
    size_t begin, end; /* bytes of the text: the figure with its unit */
    size_t sentence_begin, sentence_end;
    enum claim_status status;
    enum claim_missing missing;
    const char *text;      /* the figure as the text writes it */
    const char *vehicle;   /* as the store names it, or as the text does; "" */
    const char *attribute; /* "combined fuel consumption"; "" */
    int year;              /* claimed; 0: none */
    double low, high;
    const struct unit *unit;
    enum comparator comparator; /* EQUAL, ABOUT, LESS, AT_MOST, MORE, AT_LEAST, BETWEEN */
    const char *other;          /* the second vehicle of a difference; "" */
    struct claim_cell cells[CLAIM_MAX_CELLS];
    size_t n_cells;
};

struct claims {
    struct arena arena; /* owns the strings */
    struct claim *items;
    size_t n;
    size_t counts[N_CLAIM_STATUSES];
    bool more; /* the text has more than CLAIMS_MAX */
};

/* Any bytes may be checked; what is no UTF-8 separates words. On error nothing needs freeing. */
bool claims_check(struct claims *out, const char *text, size_t len, const struct word_index *words,
                  struct store *store, struct error *err);
void claims_free(struct claims *c);

/* {"claims": [...], "supported": n, "contradicted": n, ...}. The caller json_decref()s it; NULL
 * when memory is out. */
json_t *claims_to_json(const struct claims *c);
/* A line each, with the cell; then how many of each. */
void claims_write(struct buffer *out, const struct claims *c);

#endif
