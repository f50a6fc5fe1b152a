/* The frame of a table: which rows are titles, header, units, bands and data, how the columns are
 * called, and whether a vehicle is a row or a column of it.
 *
 *   struct table_frame f;
 *   if (!frame_find(&f, table, &arena)) ... // memory is out
 *   f.names[2] // "City", f.groups[2] "Fuel consumption", f.units[2] "L/100 km"
 */
#ifndef INGEST_HEADER_H
#define INGEST_HEADER_H

#include "base/arena.h"
#include "ingest/cell_shape.h"

#include <stdbool.h>
#include <stddef.h>

enum row_kind {
    FRAME_DATA,
    FRAME_TITLE,  /* lines above the header */
    FRAME_HEADER, /* also one that is repeated further down */
    FRAME_UNITS,
    FRAME_BAND,   /* one cell that groups the rows below it */
    FRAME_BLANK,
    FRAME_SUMMARY, /* "Total", "Average" */
    FRAME_NOTE,   /* below the data: "Source: ...", "* estimated" */
};

enum frame_layout {
    FRAME_ROWS,    /* a row is a vehicle */
    FRAME_COLUMNS, /* a column is a vehicle, a row an attribute; also pairs of name and value */
    FRAME_LONG,    /* a row is a value: vehicle, attribute, value */
};

enum { NO_COLUMN = -1 };

enum version_name {
    VERSION_NONE,
    VERSION_WORD,    /* "Short" beside "Long": no attribute */
    VERSION_OF_PART, /* "Short wheelbase" beside "Long wheelbase": a version, or the wheelbase itself */
};

struct table_frame {
    const struct table *table; /* as given, or a copy whose merged cells are filled */
    enum frame_layout layout;
    unsigned char *rows;    /* (n_rows) enum row_kind */
    const char **names;     /* (n_columns) as the header writes them; "" for none */
    const char **groups;    /* (n_columns) of a merged header above them; "" */
    const char **units;     /* (n_columns) of the row of units; "" */
    const char *title;      /* what stands in the title rows, joined; "" */
    bool has_header;
    bool pairs;             /* FRAME_LONG of names and values alone: "name: value" lines */
    size_t header_row;      /* its last row; SIZE_MAX: none */
    size_t n_title_rows, n_header_rows, n_bands, n_repeated, n_summaries;
    size_t first_data;      /* row */
    /* FRAME_COLUMNS and FRAME_LONG: */
    int attribute_column;   /* of attributes' names */
    int unit_column;        /* of units; NO_COLUMN */
    int band_column;        /* of groups of attributes, in a column of their own; NO_COLUMN */
    int value_column;       /* FRAME_LONG; NO_COLUMN where years are columns */
    /* Columns that are years, in FRAME_ROWS and FRAME_LONG: NULL when there are none. */
    int *column_years;      /* (n_columns) 0: no year */
    unsigned char *version_names; /* (n_columns) enum version_name; NULL: none. See frame_version_name */
    /* Columns that are versions ("SuperCrew 4x4"), in FRAME_ROWS; NULL when there are none. */
    bool *column_variants;  /* (n_columns) */
    const struct unit *variant_unit; /* that their names state; NULL: none */
    const char *variant_quantity; /* what they hold: "Maximum trailer weight (lb)" */
};

/* Reads the whole frame. `objects`: rows are objects of JSON, so that they are records, and the header
 * is known. False: memory is out. */
bool frame_find(struct table_frame *out, const struct table *table, bool objects,
                struct arena *arena);

/* The steps of frame_find. frame_rows.c: the cells of a row that are not empty; *first of them, if any. */
size_t frame_count_filled(const struct table *t, size_t row, size_t *first);
/* How many cells the rows usually have. */
size_t frame_usual_width(const struct table *t);
/* The row that looks most like column names; SIZE_MAX: none does. */
size_t frame_find_header(const struct table *t, size_t width);
/* Whether a row names the types of the columns. */
bool frame_is_type_row(const struct table *t, size_t row);
/* Whether a row holds units alone. */
bool frame_is_unit_row(const struct table *t, size_t row);
/* Whether row h + 1 goes on with the header of row h. */
bool frame_is_second_header(const struct table *t, size_t h);
/* Whether row h - 1 is a row of merged headers over h. */
bool frame_is_group_row(const struct table *t, size_t h, size_t width);
/* Tells the rows from first_data on apart: data, bands, notes, blank ones. */
void frame_classify_rows(struct table_frame *f, size_t width);
/* The same once the rows are known to be attributes. */
void frame_classify_attribute_rows(struct table_frame *f);

/* frame_merged.c: gives the blank cells of merged ones the text above them, in a copy of the table. False:
 * memory is out. */
bool frame_fill_merged(struct table_frame *f, struct arena *arena);

/* frame_versions.c: finds the columns that are named by words of versions. False: memory is out. */
bool frame_find_versions(struct table_frame *f, struct arena *arena);
enum version_name frame_version_name(const struct table_frame *f, size_t column);

/* frame_layout.c: finds the layout and its columns; *ok is false when memory is out. */
void frame_find_layout(struct table_frame *f, struct arena *arena, bool *ok);

#endif
