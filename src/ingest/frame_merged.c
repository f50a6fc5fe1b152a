/* Cells that span several rows: Markdown and CSV files leave them blank below the first row. */
#include "ingest/header.h"

#include <string.h>

enum { MERGED_MAX_NAMES = 500 }; /* a longer list is no table for readers: blanks in it are missing */

/* Whether one of the rows above has the same name: a list, where a blank is missing. */
static bool comes_again(const struct table_frame *f, size_t row)
{
    const struct cell *c = table_cell(f->table, row, 0);
    for (size_t r = f->first_data; r < row; r++)
        if (f->rows[r] == FRAME_DATA && strcmp(table_cell(f->table, r, 0)->text, c->text) == 0) return true;
    return false;
}

/* Whether the first column holds names alone, each once, and often enough a row with one is followed by
 * rows that leave it blank and have their figures. */
static bool has_merged_names(const struct table_frame *f)
{
    const struct table *t = f->table;
    size_t names = 0, blank = 0, first;
    for (size_t r = f->first_data; r < t->n_rows; r++) {
        const struct cell *c = table_cell(t, r, 0);
        if (f->rows[r] != FRAME_DATA) {
            if (f->rows[r] == FRAME_BAND) return false; /* they name the rows below them */
            continue;
        }
        if (c->len) {
            if (is_numeric_cell(c->text, c->len) || is_dash_cell(c) || names == MERGED_MAX_NAMES ||
                comes_again(f, r))
                return false;
            names++;
            continue;
        }
        if (names == 0 || frame_count_filled(t, r, &first) < 2 || !table_cell(t, r, 1)->len) return false;
        blank++;
    }
    return names > 0 && blank * 4 >= names && blank > 0;
}

/* Whether the column is filled in the rows that have a name, and in none of those below them. */
static bool is_merged_column(const struct table_frame *f, size_t column)
{
    const struct table *t = f->table;
    size_t heads = 0, blank = 0;
    for (size_t r = f->first_data; r < t->n_rows; r++) {
        if (f->rows[r] != FRAME_DATA) continue;
        bool head = table_cell(t, r, 0)->len > 0;
        if (head != (table_cell(t, r, column)->len > 0)) return false;
        heads += head;
        blank += !head;
    }
    return heads >= 2 && blank >= 2;
}

bool frame_fill_merged(struct table_frame *f, struct arena *arena)
{
    const struct table *t = f->table;
    if (f->layout != FRAME_ROWS || !f->has_header || t->n_columns < 3 || t->row_word == ROW_ITEM ||
        t->key_value || !has_merged_names(f))
        return true;
    size_t n = t->n_rows * t->n_columns;
    struct table *filled = arena_array(arena, 1, sizeof *filled);
    struct cell *cells = arena_array(arena, n, sizeof *cells);
    if (!filled || !cells) return false;
    memcpy(cells, t->cells, n * sizeof *cells);
    for (size_t j = 0; j < t->n_columns; j++) {
        if (j > 0 && !is_merged_column(f, j)) continue;
        const struct cell *above = NULL;
        for (size_t r = f->first_data; r < t->n_rows; r++) {
            struct cell *c = &cells[r * t->n_columns + j];
            if (f->rows[r] != FRAME_DATA) continue;
            if (c->len)
                above = c;
            else if (above)
                *c = *above;
        }
    }
    *filled = *t;
    filled->cells = cells;
    f->table = filled;
    return true;
}
