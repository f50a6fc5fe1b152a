/* The rows of a result as a table, for the terminal, for Markdown and as CSV.
 *
 * One line a vehicle and a column an attribute; of few vehicles and many attributes one line an
 * attribute; one line a group where the question groups.
 */
#ifndef ANSWER_RESULT_TABLE_H
#define ANSWER_RESULT_TABLE_H

#include "answer/phrases.h"
#include "base/arena.h"
#include "query/query.h"

#include <stdbool.h>
#include <stddef.h>

enum { RESULT_TABLE_MAX_ROWS = 200, RESULT_TABLE_MAX_COLUMNS = 24 };

struct result_table {
    const char *
        *cells;       /* (1 + n_rows, n_columns): the headings first; valid UTF-8, one line each */
    const char **raw; /* the same for programs: numbers with a decimal point and no grouping */
    bool *right;      /* (n_columns) numbers: aligned to the right */
    size_t n_columns, n_rows;
    size_t n_left_out; /* lines that there was no room for */
};

/* Everything lives in the arena. A result of nothing gives a table of no rows. */
bool result_table_make(struct result_table *out, const struct query *q, const struct result *r,
                       const struct catalog *c, enum language l, struct arena *arena,
                       struct error *err);

/* Columns aligned with spaces, by what a terminal shows of each character; cells are cut at
 * `max_width` columns (0: none is). */
void result_table_write_text(struct buffer *out, const struct result_table *t, size_t max_width);
void result_table_write_markdown(struct buffer *out, const struct result_table *t);
/* RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe before it. */
void result_table_write_csv(struct buffer *out, const struct result_table *t);

#endif
