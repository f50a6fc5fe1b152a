/* Markdown made ready for md4c: a copy of the text in which pipe tables and HTML tables are
 * replaced by headings that stand for their cells, and in which what md4c takes a time for that
 * grows faster than its input is defused. Each byte of the copy is known by where it stands in the
 * document, and callers show the document's bytes, not the copy's.
 *
 * Cells are split here, not by md4c: version 0.4.8 (Debian 12) leaves out empty ones ("| a || b |"
 * moves b to the column of another vehicle), drops cells beyond the header's and wants three dashes
 * a column.
 */
#ifndef DOCUMENT_MARKDOWN_SOURCE_H
#define DOCUMENT_MARKDOWN_SOURCE_H

#include "base/buffer.h"
#include "document/reader.h"

#include <stdbool.h>
#include <stddef.h>

/* A pipe table: lines from `begin` to `end` of the document, each with the same bytes before its
 * first cell (indentation, the marks of a block quote). */
struct markdown_table {
    size_t begin, end; /* bytes */
    size_t line;       /* of its header */
    size_t prefix;     /* bytes before the cells of each line */
};

enum markdown_mark_kind { MARK_CELL, MARK_HTML };

/* A heading of the copy that stands for a cell or for an HTML table. */
struct markdown_mark {
    enum markdown_mark_kind kind;
    size_t at;         /* byte of the copy: the last of the heading */
    size_t table;      /* MARK_CELL: index into tables */
    size_t begin, end; /* bytes of the document */
};

struct markdown_segment {
    size_t at;     /* from this byte of the copy */
    size_t source; /* bytes stand here in the document, one after another */
};

struct markdown_source {
    struct buffer text; /* the copy, and MARKDOWN_PADDING line ends behind it */
    size_t len;         /* of the copy without them */
    size_t
        front; /* bytes of the document's front matter (YAML between "---"), in front of it all */
    struct markdown_segment *segments;
    size_t n_segments, cap_segments;
    struct markdown_mark *marks;
    size_t n_marks, cap_marks;
    struct markdown_table *tables;
    size_t n_tables, cap_tables;
    size_t *lines; /* (n_lines) where each line of the document begins */
    size_t n_lines, cap_lines;
};

enum { MARKDOWN_PADDING = 16 }; /* md4c 0.4.8 looks some bytes past the end */

/* False: memory is out. Linear in len. */
bool markdown_source_make(struct markdown_source *out, const char *data, size_t len);
void markdown_source_free(struct markdown_source *s);

/* Where byte `at` of the copy stands in the document. */
size_t markdown_source_place(const struct markdown_source *s, size_t at);

/* The line of the document, from 1, in which byte `source` stands. */
size_t markdown_source_line(const struct markdown_source *s, size_t source);

/* The next cell of a row at data[*at, end), moving *at behind it; false: there are no more. The bar
 * that a row begins with has to be skipped before; one at the end closes the last cell. */
bool markdown_cell_next(const char *data, size_t end, size_t *at, size_t *cell_begin,
                        size_t *cell_end);

/* The span of a table's row: its cells without the bar in front. `line_begin` is where its line
 * begins; gives where the next line begins. */
size_t markdown_row_span(const struct markdown_table *t, const char *data, size_t line_begin,
                         size_t *begin, size_t *end);

#endif
