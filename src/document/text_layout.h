/* Tables that plain text is laid out as: columns aligned with spaces or tabs, dotted leaders, bars
 * ("| a | b |") and grids of dashes. Prose is left alone.
 */
#ifndef DOCUMENT_TEXT_LAYOUT_H
#define DOCUMENT_TEXT_LAYOUT_H

#include "document/reader.h"
#include "document/text_cells.h"
#include "document/text_pairs.h"

#include <stdbool.h>
#include <stddef.h>

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
