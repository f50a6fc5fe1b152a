/* Rows of cells, as CSV files and spreadsheets have them, as tables and text. Blank rows separate
 * tables where what follows is one of its own; lines of text above a table are its caption, those
 * below it notes.
 *
 *   struct record_tables d;
 *   record_tables_init(&d, r);
 *   table_builder_add_row(&d.t, 1);
 *   table_builder_add_cell(&d.t, text, len, line, begin);    // as often as there are cells
 *   record_tables_end_row(&d, line, last_line, begin, end);  // for each row, blank ones too
 *   record_tables_end(&d);
 *   record_tables_free(&d);
 */
#ifndef DOCUMENT_RECORD_TABLES_H
#define DOCUMENT_RECORD_TABLES_H

#include "base/buffer.h"
#include "document/reader.h"

#include <stdbool.h>
#include <stddef.h>

struct record {
    size_t line, last_line, begin, end;
    bool blank_before;
};

/* Lines of which one thing is to be said. */
enum { LINE_LIST_NAMED = 5 }; /* in one note */
struct line_list {
    size_t lines[LINE_LIST_NAMED], n;
};
void line_list_add(struct line_list *l, size_t line);
void line_list_note(const struct line_list *l, struct document_reader *r, const char *what);

struct record_tables {
    struct document_reader *reader;
    struct table_builder t; /* all rows that are not blank */
    bool ragged_notes;      /* to be set: rows that are longer or shorter than the first are told */
    bool text_lines;        /* to be set: rows of one column are paragraphs, not a table */
    int heading_level;      /* of a title above all tables: 1 */
    /* Private: */
    struct record *records; /* (t.n_rows) */
    size_t cap_records;
    bool blank;                              /* the row before was blank */
    struct buffer text;                      /* scratch */
    struct buffer caption;                   /* of the table to come */
    size_t counts[DOCUMENT_MAX_COLUMNS + 1]; /* scratch of most_common: all zero between calls */
    size_t usual_width;  /* of the document's rows */
    size_t open, n_open; /* the open table's rows; n_open 0: none */
    size_t n_title;      /* rows of text right above them */
    size_t pending;      /* rows [pending, ...) of text whose place is not decided */
    size_t n_pending;
    size_t n_tables;
    bool any_block;
};

/* The struct is large: on the heap. */
void record_tables_init(struct record_tables *d, struct document_reader *r);
void record_tables_free(struct record_tables *d);

/* Ends the last row of d->t; false: it was blank and is dropped, or memory is out. */
bool record_tables_end_row(struct record_tables *d, size_t line, size_t last_line, size_t begin,
                           size_t end);

/* Makes the blocks of all rows. */
void record_tables_end(struct record_tables *d);

#endif
