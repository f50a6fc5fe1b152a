/* The columns of a table that is laid out with spaces, found from the cells of all its lines.
 */
#ifndef DOCUMENT_TEXT_COLUMNS_H
#define DOCUMENT_TEXT_COLUMNS_H

#include "document/text_cells.h"

#include <stdbool.h>
#include <stddef.h>

struct column {
    size_t left, right;   /* display columns that its cells take */
    size_t n, first_line; /* its cells */
    size_t aligned;       /* of them with the left or right edge of the one before */
    size_t last_left, last_right;
    size_t words;
};

struct grid {
    const struct text_line *lines;
    size_t n_lines;
    enum line_shape *shapes; /* (cap_shapes), of n_lines */
    size_t cap_shapes;
    struct segments segments; /* of all lines but rules, by line */
    struct column *columns;
    size_t n_columns;
    size_t n_rows; /* lines with cells */
    size_t header; /* rows above a rule */
    bool counted;  /* columns are told by their separators, not by where they stand */
};

/* Gives each cell its column, and measures the columns. Linear but for the logarithm of their
 * number. False: memory is out. */
bool grid_find_columns(struct grid *g);
void grid_free(struct grid *g);

/* Whether the columns are those of a table, not words that happen to stand apart. */
bool grid_is_table(const struct grid *g);

#endif
