/* From the geometry of a page to what a reader sees on it: headings, paragraphs, list items and
 * tables in reading order, each line and each cell with its box.
 *
 *   struct page_layout layout;
 *   if (page_layout_make(&layout, &page, &options, &arena)) ... layout.blocks[0 .. n_blocks)
 *
 * Boxes are those of struct page: points from the upper left corner of the page as it is seen, also
 * where its text runs upwards or downwards.
 */
#ifndef DOCUMENT_PAGE_LAYOUT_H
#define DOCUMENT_PAGE_LAYOUT_H

#include "base/arena.h"
#include "document/document.h"
#include "document/page.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct layout_cell {
    uint32_t row, column;   /* from 0: its upper left corner */
    uint32_t rows, columns; /* that it covers, at least 1 */
    struct page_box box;    /* of its text */
    const char *text;       /* UTF-8, lines joined as in a cell of HTML; never "" */
    uint32_t len;
    uint8_t confidence; /* the lowest of its characters */
    bool bold;
};

struct layout_table {
    struct page_box box;
    size_t n_rows, n_columns;
    struct layout_cell *cells; /* (n_cells), by row, then column; only those with text */
    size_t n_cells;
    float *column_x; /* (n_columns + 1) where columns begin, and the end, in the text's direction */
    bool ruled;
};

struct layout_line {
    const char *text;
    uint32_t len;
    struct page_box box;
    uint8_t confidence; /* the lowest of its words with figures: 100 where it has none */
};

struct layout_block {
    enum block_kind kind; /* BLOCK_HEADING, BLOCK_PARAGRAPH, BLOCK_LIST_ITEM, BLOCK_TABLE */
    int level;            /* of a heading: from 1, by its size against the text of the page */
    float size;           /* of its type, in points */
    bool bold;
    struct page_box box;
    struct layout_line *lines; /* (n_lines) */
    size_t n_lines;
    struct layout_table *table; /* BLOCK_TABLE */
};

/* A line at the top or foot of a page, to find again on the next ones: its text with page numbers
 * folded, and its place. */
struct layout_margin {
    uint64_t hash;
    float y; /* its middle, as a part of the page's height */
    bool number; /* nothing but a page number */
};
enum { LAYOUT_MAX_MARGINS = 8 };

struct page_layout {
    struct layout_block *blocks; /* (n_blocks) in reading order */
    size_t n_blocks;
    struct layout_margin margins[LAYOUT_MAX_MARGINS];
    size_t n_margins;
    float body_size; /* the size of type in which most of the page is set; 0: no text */
    size_t n_chars;
};

struct layout_options {
    float body_size; /* type size of the document's text; 0: found from the page */
    const struct layout_margin *margins; /* (n_margins) of pages before: lines that are there again */
    size_t n_margins;                    /* are running heads and feet, and left out */
};

/* Everything is allocated in `arena`. False: memory is out. The time grows with the page's
 * characters and rules (times a logarithm); drawings of very many rules are not searched for
 * tables. */
bool page_layout_make(struct page_layout *out, const struct page *page,
                      const struct layout_options *options, struct arena *arena);

#endif
