/* From a query and its result to the answer's text, in the question's language, with a citation of
 * the cell behind each figure. The program writes all of it: every word comes from the store, the
 * registry or phrases.c.
 *
 *   struct rendered a;
 *   if (!answer_render(&a, &query, &result, &catalog, &err)) ...
 *   puts(a.text); // "The price of the 2022 Kia Carnival is $32,100 [1]."
 *   rendered_free(&a);
 *
 * What it expects of a result: rows of one cell come together, in the order of its parts; rows of a
 * ranking in its order, those of the query's attributes before those of conditions or between them;
 * rows of an aggregate hold at least the least and the most value. Rows that mark a missing value
 * are passed over.
 */
#ifndef ANSWER_RENDER_H
#define ANSWER_RENDER_H

#include "answer/phrases.h"
#include "answer/result_table.h"
#include "query/query.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The cell or sentence behind an [n]. */
struct rendered_citation {
    size_t n;              /* from 1, by first mention */
    size_t row;            /* index into the result's rows: one of those in the cell */
    size_t record, column; /* indices into the catalog */
    const char *document;  /* its path */
    const char *location;  /* "row 12" */
    const char *title;     /* of the record */
    const char *attribute; /* the column's name as written */
    const char *quote;     /* "Fuel Consumption: 11.3", or the sentence of the prose */
    size_t line;           /* from 1; 0: not known */
    uint64_t begin, end;   /* bytes of the document's text */
};

/* A figure in the text. */
struct rendered_number {
    size_t offset, len; /* bytes of the text */
    double low, high;
    const char *unit; /* "" none */
    size_t citation;  /* n of a citation; 0: computed from several cells, or a count */
};

struct rendered {
    struct arena arena; /* owns everything below */
    enum language language;
    const char *text;
    bool refused; /* it says that the documents do not hold it or that it was not understood */
    const char *understood; /* "Value · combined fuel consumption · 2022 Kia Telluride AWD" */
    struct rendered_citation *citations;
    size_t n_citations;
    struct rendered_number *numbers; /* in the order of the text */
    size_t n_numbers;
    const char **notes; /* what the reader should know */
    size_t n_notes;
    struct result_table table;  /* of no rows where there is nothing to tabulate */
    const char *markdown_table; /* of several rows; "" else */
};

/* On error nothing needs freeing; the only ones are ERROR_MEMORY and ERROR_INPUT (a row that points
 * outside the catalog). */
bool answer_render(struct rendered *out, const struct query *q, const struct result *r,
                   const struct catalog *c, struct error *err);
void rendered_free(struct rendered *a);

#endif
