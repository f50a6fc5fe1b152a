/* What the files of the interpreter share among themselves; users include interpret.h. */
#ifndef INGEST_INTERPRET_PARTS_H
#define INGEST_INTERPRET_PARTS_H

#include "ingest/columns.h"
#include "ingest/interpret.h"
#include "ingest/roles.h"

struct interpreter {
    struct interpretation *out;
    const struct interpret_context *context;
    const char *caption;          /* that columns are read under; "" */
    const char *heading_name;     /* that a heading gives, for tables that name no model; "" */
    bool heading_split;           /* it stood beside a topic: "F-150, towing" */
    struct table_roles roles;     /* FRAME_ROWS, FRAME_LONG */
    struct buffer scratch;
    uint64_t *hashes;             /* (STUDY_SAMPLE) */
    const struct cell **run;      /* the cells of one column */
    size_t *column_of;            /* (n_columns of the table) index into out->columns; SIZE_MAX */
    /* FRAME_LONG: out->columns from here on are attributes named by cells, and have these cells. */
    size_t long_from;
    size_t *long_first;           /* (n + 1) in long_cells */
    const struct cell **long_cells;
    uint32_t *attribute_of_row;   /* (n_rows) index into out->columns */
    const char *last_make;        /* looked up last, and its index in MAKES */
    int last_make_number;
    const char *make_from, *year_from; /* "heading", "file's name", ...; NULL: from cells */
    const char **notes;
    size_t cap_notes;
    bool failed;                  /* memory is out */
};

/* Adds a note; beyond a bound they are left out. */
void interpret_note(struct interpreter *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The cells of out->columns[column] in p->run, in the order of the records where each record has one
 * (FRAME_ROWS without year columns, FRAME_COLUMNS); returns how many. */
size_t gather_cells(struct interpreter *p, size_t column);

/* context.c: who the headings, titles and the file's name speak of. */
bool context_subject(struct interpreter *p);

/* The version that the headings say behind make and model, where no row tells it. */
void heading_trim(const struct interpreter *p, struct subject *s);

/* Whether a heading or a band may be a vehicle's name: its words have capitals or digits, and none is
 * of the document's own. */
bool is_name_of_one(const char *text, size_t len);

/* Takes the name in the heading right above the table as the model: no column names one. */
void take_heading_name(struct interpreter *p);

/* A unit that the paragraphs above the table state for columns of the dimension ("All dimensions in
 * mm"); NULL: none, or several. */
const struct unit *unit_of_notes(const struct interpreter *p, enum dimension dimension);

/* Takes that unit for a column of figures that has none. */
void take_note_unit(const struct interpreter *p, struct interpreted_column *c,
                    const struct column_study *study);

/* variants.c: columns that are versions of the vehicle, all of one quantity, which the heading or the
 * group above them names. Marks them in the frame. False: memory is out. */
bool find_variant_columns(struct interpreter *p);
/* Adds the column of their values. */
bool add_variant_value_column(struct interpreter *p);

/* records.c */
bool make_row_records(struct interpreter *p);
bool make_column_records(struct interpreter *p);
bool make_long_columns(struct interpreter *p);
bool make_long_records(struct interpreter *p);
bool make_pair_records(struct interpreter *p);

/* evidence.c: units and directions that the numbers of several columns tell together. */
void find_unit_columns(struct interpreter *p);
void relate_columns(struct interpreter *p);
void find_siblings(struct interpreter *p);
void name_by_categories(struct interpreter *p);

/* likely_units.c: units that no one states but the figures show. */
void find_likely_units(struct interpreter *p);

/* "row 12", "table 2, item 3" */
void append_place(struct buffer *b, const struct interpretation *in, size_t row);

#endif
