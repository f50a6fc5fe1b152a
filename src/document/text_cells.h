/* Lines of plain text: their shape, and the cells that gaps, tabs and dotted leaders part on them.
 */
#ifndef DOCUMENT_TEXT_CELLS_H
#define DOCUMENT_TEXT_CELLS_H

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

/* ---- parts of a line ---- */

/* A cell of a line. */
struct segment {
    size_t line;        /* index of the line */
    size_t begin, end;  /* bytes of the line */
    size_t left, right; /* display columns */
    size_t column;      /* that it belongs to */
    bool leader;        /* dots lead to it from the one before */
};

struct segments {
    struct segment *items;
    size_t n, cap;
    bool failed;
};

/* Appends a cell; sets `failed` when memory is out. */
void segments_add(struct segments *s, struct segment item);

/* Appends the cells of a line, whose index is `index`; false, with none added: it is too wide for a
 * row of a table. */
bool text_split_cells(struct segments *s, const struct text_line *line, size_t index);

size_t text_bar_length(const char *text, size_t len, size_t at); /* '|' or its kind; 0: none */
size_t text_indent(const char *text, size_t len);
size_t text_word_count(const char *text, size_t len);
bool text_has_digit(const char *text, size_t len);

/* Display columns of the character at text[at], which begins in `column`; *bytes is its length. */
size_t text_display_width(const char *text, size_t len, size_t at, size_t column, size_t *bytes);

#endif
