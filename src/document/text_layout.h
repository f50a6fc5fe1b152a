/* Tables that plain text is laid out as: columns aligned with spaces or tabs, dotted leaders, bars
 * ("| a | b |") and grids of dashes. Prose is left alone.
 */
#ifndef DOCUMENT_TEXT_LAYOUT_H
#define DOCUMENT_TEXT_LAYOUT_H

#include "document/reader.h"
#include "document/text_pairs.h"

#include <stdbool.h>
#include <stddef.h>

/* A line of the document, or of a part of it. */
struct text_line {
    const char *text; /* with its indentation, without its end and the white space before that */
    size_t len;       /* 0: blank */
    size_t full;      /* with that white space */
    size_t number;    /* from 1 */
    size_t begin;     /* byte of the document at which text stands */
};

enum line_shape {
    LINE_BLANK,
    LINE_RULE,  /* "-----", "=====", "+----+----+", "|---|---|" */
    LINE_BARS,  /* cells between '|' */
    LINE_CELLS, /* two or more cells with gaps between them */
    LINE_PLAIN,
};
enum line_shape line_shape_of(const struct text_line *line);

/* The next line of data[*at, len), moving *at behind its end; false at the end. Ends are "\n",
 * "\r\n" and
 * "\r". */
bool text_line_next(const char *data, size_t len, size_t *at, size_t *number,
                    struct text_line *out);

/* Adds the table that begins at lines[0], and returns how many lines it takes; 0: there is none.
 * *tried is then how many lines have been looked at: none of them begins a table. Pairs that wait
 * in `before` are ended before the table is added. Linear in the lines taken or tried. */
size_t layout_table(struct document_reader *r, const struct text_line *lines, size_t n,
                    struct pair_list *before, size_t *tried);

/* Whether the lines below, behind a blank line, go on with the table that ends the lines above: the
 * same columns, and no header of their own. A short line before them names their part of it. */
bool layout_goes_on(const struct text_line *above, size_t n_above, const struct text_line *below,
                    size_t n_below);

#endif
