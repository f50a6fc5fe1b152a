/* A sheet of a workbook: cells in any order, with those that are merged, as tables and text of the
 * document. Cells of a merge are filled as spans of HTML tables are; a blank row or column parts
 * tables where what follows is one of its own. Rows that are empty take neither time nor memory.
 *
 *   struct sheet s;
 *   sheet_init(&s, r, "Trucks");
 *   sheet_add(&s, 0, 0, "Make", 4, false);       // row and column from 0
 *   sheet_merge(&s, (struct sheet_range){0, 0, 0, 3});
 *   sheet_end(&s, &err);
 *   sheet_free(&s);
 */
#ifndef DOCUMENT_SHEET_H
#define DOCUMENT_SHEET_H

#include "base/buffer.h"
#include "document/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sheet_range {
    uint32_t row, column, last_row, last_column; /* from 0, the last ones included */
};

struct sheet {
    struct document_reader *reader;
    const char *name;
    bool hidden;  /* to be set: the sheet is not shown */
    bool heading; /* to be set: its name stands above it, unless it says nothing */
    struct sheet_cell {
        struct cell cell; /* line: its row, from 1 */
        uint32_t column;
        bool number;
    } * cells;
    size_t n, cap;
    bool sorted;
    struct sheet_range *merges;
    size_t n_merges, cap_merges;
    struct sheet_range *hidden_rows, *hidden_columns; /* ranges of rows; of columns */
    size_t n_hidden_rows, cap_hidden_rows, n_hidden_columns, cap_hidden_columns;
    size_t n_errors, n_struck; /* to be counted: cells with an error ("#N/A"), struck out ones */
    size_t left_out;           /* columns beyond DOCUMENT_MAX_COLUMNS */
};

void sheet_init(struct sheet *s, struct document_reader *r, const char *name);
void sheet_free(struct sheet *s);

/* A cell; lines of the text are joined. Blank ones are dropped. `number`: the file holds a number,
 * which `text` writes with a decimal point. */
void sheet_add(struct sheet *s, uint32_t row, uint32_t column, const char *text, size_t len,
               bool number);
void sheet_merge(struct sheet *s, struct sheet_range range);
void sheet_hide_rows(struct sheet *s, uint32_t first, uint32_t last);
void sheet_hide_columns(struct sheet *s, uint32_t first, uint32_t last);

/* Adds its blocks. False: cancelled, or memory is out. */
bool sheet_end(struct sheet *s, struct error *err);

/* The same of a table that stands in a text: one table, whatever rows of it are blank; the first
 * n_header_rows, as the file tells, name its columns. `place` is kept as it is. NULL: nothing in it. */
struct table *sheet_end_table(struct sheet *s, const char *caption, size_t n_header_rows,
                              const char *place);

/* "A", "AB": the name of a column, from 0. */
enum { SHEET_COLUMN_NAME = 8 };
void sheet_column_name(uint32_t column, char out[SHEET_COLUMN_NAME]);

/* Reads "AB12"; false: it is none. *used (may be NULL): its length. */
bool sheet_read_reference(const char *text, uint32_t *row, uint32_t *column, size_t *used);

#endif
