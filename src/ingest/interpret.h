/* What a table says: from cells to columns of attributes, records of vehicles and typed values. Nothing
 * is stored here: store_document.c does that, and explain.h prints it.
 *
 *   struct interpretation in;
 *   if (interpret_table(&in, document.blocks[block].table, &context, &err)) {
 *       struct record_values values = {0};
 *       for (size_t i = 0; i < in.n_records; i++)
 *           if (interpretation_values(&in, i, &values)) ... // values.values[0, n)
 *       record_values_free(&values);
 *   }
 *   interpretation_free(&in);
 *
 * An interpretation borrows the document's texts. Its records are made at once, their values one record
 * at a time. Linear in the table's cells.
 */
#ifndef INGEST_INTERPRET_H
#define INGEST_INTERPRET_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "document/document.h"
#include "ingest/engine_cell.h"
#include "ingest/header.h"
#include "ingest/manual.h"
#include "ingest/subject.h"
#include "store/facts.h"
#include "vehicle/number.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What stands around a table. */
enum { CONTEXT_MAX_HEADINGS = 8, CONTEXT_MAX_NOTES = 4, CONTEXT_MAX_FOOTNOTES = 8 };
struct interpret_context {
    const char *headings[CONTEXT_MAX_HEADINGS]; /* above the table, outermost first */
    size_t n_headings;
    const char *notes[CONTEXT_MAX_NOTES]; /* short paragraphs under the headings, the nearest last:
                                             "All figures in mm." */
    size_t n_notes;
    const char *footnotes[CONTEXT_MAX_FOOTNOTES]; /* right below the table: "(1) with filter" */
    size_t n_footnotes;
    bool heading_varies;   /* tables of the same rows stand under its neighbours: it names a variant */
    const char *file_name; /* the last part of the path; "" */
    enum document_kind kind;
    char delimiter;        /* of a CSV file; 0 */
    const uint64_t *point_numbers; /* (n_point_numbers): see struct document */
    size_t n_point_numbers;
    size_t n_tables;       /* of the document: with several, places name the table */
    bool paged;            /* the layout of pages told what a heading is */
    bool manual;           /* of many pages: headings name parts of it, see manual.h */
    const char *document_subject; /* manual_subject; "" */
    const struct table *units; /* pairs of a JSON file that declare its units: "units.power", "kW"; NULL */
};

/* Goes through the tables of a document, in linear time:
 *
 *   struct context_walk walk;
 *   context_walk_init(&walk, &document);
 *   while (context_walk_next(&walk, &context, &block)) ... document.blocks[block].table
 */
struct context_walk {
    const struct document *document;
    size_t next;                         /* block */
    size_t path[CONTEXT_MAX_HEADINGS];   /* open headings: blocks, outermost first */
    size_t n_path, n_tables;
    size_t notes[CONTEXT_MAX_NOTES];      /* blocks */
    size_t note_depth[CONTEXT_MAX_NOTES]; /* headings open above them */
    size_t n_notes;
    char subject[MANUAL_NAME_MAX];
    const struct table *units;
};
void context_walk_init(struct context_walk *w, const struct document *d);
bool context_walk_next(struct context_walk *w, struct interpret_context *out, size_t *block);

/* Cuts a table where another header follows in the middle. Views of the same cells; one view for most
 * tables. False: memory is out. */
bool table_slices(const struct table *t, struct arena *arena, struct table **out, size_t *n);

enum unit_source {
    UNIT_NOWHERE,
    UNIT_FROM_NAME,
    UNIT_FROM_ROW,     /* of units */
    UNIT_FROM_SECTION, /* caption, band, merged header, parent of a JSON path */
    UNIT_FROM_COLUMN,  /* of units or currencies */
    UNIT_FROM_EVIDENCE,/* other columns of the same rows */
};

struct interpreted_column {
    struct fact_column fact;
    enum attribute_role role;  /* as used for the records' names; ROLE_NONE */
    enum attribute_role weak_role; /* that the name may mean as well; ROLE_NONE */
    size_t index;              /* column of the table; row in FRAME_COLUMNS; SIZE_MAX: of the table's
                                  own making, see bands */
    enum number_style style;
    struct number_evidence evidence;
    bool style_by_range;       /* decided by what is plausible */
    enum dimension dimension;
    const struct unit *canonical; /* of the attribute, for what is plausible; NULL */
    const struct unit *second_unit; /* "kW/PS": cells hold a second figure in it; NULL */
    bool bracket_unit;         /* "6,051 (2745)": that figure stands in brackets */
    bool text;                 /* cells are text, whatever digits they have */
    bool category;             /* cells are looked up as categories */
    bool marks;                /* cells say whether equipment is standard, optional, or not to be had */
    bool bare;                 /* numbers without any unit: plausibility cannot be judged */
    bool zero_missing, minus_missing;
    double nines;              /* 9999 for "none"; 0: not used */
    unsigned part, n_parts;    /* of a cell with several attributes; n_parts 0: the whole cell */
    enum engine_part engine;   /* what of the cell it is, where that describes an engine */
    size_t speed_of;           /* the column + 1 whose cells hold this engine speed beside their own; 0: none */
    bool distinct_dimension;   /* no other part has its dimension */
    int unit_column;           /* whose cells hold its units; NO_COLUMN */
    const struct unit *cell_unit; /* that its own cells have most often */
    enum unit_source unit_source;
    bool unit_implied;         /* by the name, which does not write it: "cty" */
    size_t n_filled, n_numbers, n_missing, n_implausible; /* of the cells that were looked at */
    size_t sibling;            /* next column of the same attribute; SIZE_MAX */
};

/* A value's cell; in FRAME_ROWS they follow from the record's row. */
struct interpreted_cell {
    uint32_t row, column; /* of the table */
    uint32_t attribute;   /* index into columns */
};

struct interpreted_record {
    struct fact_record fact;
    uint32_t row;    /* FRAME_ROWS: its row */
    uint32_t column; /* FRAME_COLUMNS: its column */
    size_t first_cell, n_cells; /* in cells; FRAME_ROWS without year columns: none */
};

struct interpretation {
    struct arena arena;
    const struct table *table;
    struct table_frame frame;
    uint32_t *remark_rows; /* FRAME_COLUMNS: (n_rows) the row below that goes on with this one ("at", its
                              engine speeds); 0: none */
    struct fact_source source;
    struct subject subject;   /* of the headings and the file's name, for all records */
    const char *language;     /* of the column names: "en", ...; "" */
    struct interpreted_column *columns;
    size_t n_columns;
    struct interpreted_record *records;
    size_t n_records;
    struct interpreted_cell *cells; /* by record */
    size_t n_cells;
    const char *footnotes[CONTEXT_MAX_FOOTNOTES]; /* of the context */
    size_t n_footnotes;
    const char **notes;       /* what was found and decided, for people */
    size_t n_notes;
    enum number_style style;  /* of the table, where a column tells nothing */
    bool style_sure;
    bool has_vehicles;        /* a make, model or name was found */
    bool place_table;         /* places name the table */
    bool text_only;           /* no records: its rows are text to be searched */
    bool *row_labels;         /* (n_rows) of a table on a page: places name the row by its first cell, and
                                 the column; NULL: they do not */
};

bool interpret_table(struct interpretation *out, const struct table *table,
                     const struct interpret_context *context, struct error *err);
void interpretation_free(struct interpretation *in);

/* The values of one record, by column; the room is used again for the next record of the same table. */
struct record_values {
    struct fact_value *values; /* (n) parts of one cell stand together */
    size_t *columns;           /* (n) rising is not promised */
    size_t n;
    /* Private: */
    size_t cap;
    struct buffer text; /* places and remarks */
    struct record_fix { size_t value, place, remark; } *fixes;
    size_t n_fixes, cap_fixes;
    struct category_slot { const char *text; size_t len; int attribute, category; } cache[256];
};
/* False: memory is out. */
bool interpretation_values(const struct interpretation *in, size_t record,
                           struct record_values *out);
void record_values_free(struct record_values *v);

#endif
