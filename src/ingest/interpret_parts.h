/* What the files of the interpreter share among themselves; users include interpret.h. */
#ifndef INGEST_INTERPRET_PARTS_H
#define INGEST_INTERPRET_PARTS_H

#include "ingest/columns.h"
#include "ingest/compound.h"
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
    size_t *long_first;           /* (n + 1) in long_cells, of each name */
    size_t *long_name;            /* (columns from long_from) the name that a column is of */
    const struct cell **long_cells;
    uint32_t *attribute_of_row;   /* (n_rows) index into out->columns, of the first part of the cell */
    const char **version_of_row;  /* (n_rows) pairs: "1.4 petrol" of "Engine oil, 1.4 petrol"; NULL: none */
    const char *last_make;        /* looked up last, and its index in MAKES */
    int last_make_number;
    bool dealer;                  /* the headings name who sells: makes stand in the rows */
    bool leading_makes;           /* the names of the rows begin with their makes */
    bool dated_models;            /* the models of the rows begin with their years: "2026 Tarn" */
    bool versions_by_band;        /* rows of one name stand under several bands */
    const char *make_from, *year_from; /* "heading", "file's name", ...; NULL: from cells */
    const char **notes;
    size_t cap_notes;
    bool unit_systems;            /* columns are "Standard" and "Metric" */
    bool failed;                  /* memory is out */
};

/* Whether the rows are objects of JSON, whose names are paths. */
bool interpret_is_json(const struct interpreter *p);

/* The cells of out->columns[column] in p->run, in the order of the records where each record has one
 * (FRAME_ROWS without year columns, FRAME_COLUMNS); returns how many. */
size_t gather_cells(struct interpreter *p, size_t column);

/* "row 12", "table 2, item 3" */
void append_place(struct buffer *b, const struct interpretation *in, size_t row);

/* interpret_notes.c. Adds a note; beyond a bound they are left out. */
void interpret_note(struct interpreter *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Notes what the rows were taken as: title, header, units, values. */
void interpret_note_rows(struct interpreter *p);
/* Notes which columns name the vehicle, and what of it the headings gave. */
void interpret_note_roles(struct interpreter *p);
/* Notes how numbers are written, what stands for no value, and the columns that are no attribute. */
void interpret_note_columns(struct interpreter *p);

/* interpret_columns.c. These return false when memory is out. Makes room for n columns. */
bool interpret_room_for_columns(struct interpreter *p, size_t n);
/* Reads the columns of FRAME_ROWS and FRAME_LONG, and which of them name the vehicle. */
bool interpret_row_columns(struct interpreter *p);
/* Reads the rows of FRAME_COLUMNS as columns. */
bool interpret_attribute_rows(struct interpreter *p);
/* Adds a column for each part of the cells at `index`, whose own unit goes before `unit` (""). There is room. */
bool interpret_add_parts(struct interpreter *p, size_t index, const struct compound *parts, const char *name,
                         const char *unit, const struct column_study *study);
/* Adds the column of the values that stand under years. */
bool interpret_year_column(struct interpreter *p);
/* Takes the attributes that the vehicle has itself from the elements of lists in it. */
void interpret_part_list_elements(struct interpreter *p);
/* Gives each column a name of its own. */
bool interpret_names_apart(struct interpreter *p);

/* context.c: who the headings, titles and the file's name speak of. */
bool context_subject(struct interpreter *p);

/* The version that the headings say behind make and model, where no row tells it. */
void heading_trim(const struct interpreter *p, struct subject *s);

/* Whether a heading or a band may be a vehicle's name: its words have capitals or digits, and none is
 * of the document's own. */
bool is_name_of_one(const char *text, size_t len);

/* Whether no "and" joins words: "Ranger and Maverick" are two. */
bool is_no_list(const char *text, size_t len);

/* Takes the name in the heading right above the table as the model: no column names one. */
void take_heading_name(struct interpreter *p);

/* declared_units.c: units that a file states once. Whether pairs of a JSON file do. */
bool declares_units(const struct table *t);
/* Takes that unit for a column of figures that has none, where its figures are possible in it; a heading's
 * unit in which they are not is left. The column's cells are the first in p->run. False: memory is out. */
bool take_declared_unit(struct interpreter *p, struct interpreted_column *c, const struct column_study *study);

/* bands.c: what the rows between those of data, and the lists of who sells several makes, say of the rows
 * below. Whether a heading names a dealer, a fleet, a rental firm: no make, whatever it looks like. */
bool names_dealer(const char *text);
/* Whether a text may be the make of the rows below it: one or two words, none of a category or attribute. */
bool is_make_band(const char *text);
/* Finds leading_makes and versions_by_band. False: memory is out. */
bool study_bands(struct interpreter *p);
/* The make at the start of a name ("Orwick Dart"): its bytes; 0: nothing stands behind it. */
size_t leading_make(const char *name);
/* The rest of a band that goes on with the name of the row ("Stockman 1500 Crew Cab" above "Stockman 1500"),
 * or the whole of one that tells rows of one name apart; "". */
const char *band_version(const struct interpreter *p, const char *band, const char *name);

/* variants.c: columns that are versions of the vehicle, all of one quantity, which the heading or the
 * group above them names. Marks them in the frame. False: memory is out. */
/* The part of a heading that names a quantity, between dashes, colons and commas; "": none does. */
const char *heading_quantity(struct interpreter *p, const char *heading);
bool find_variant_columns(struct interpreter *p);
/* Adds the column of their values. */
bool add_variant_value_column(struct interpreter *p);

/* record_names.c. Two parts of a name with a space between, or the one that is not empty. */
const char *record_join_names(struct interpreter *p, const char *a, const char *b);
/* The vehicle of a row below `band` (""), and how many of it the row counts. */
void record_row_subject(struct interpreter *p, size_t row, const char *band, struct subject *s,
                        double *quantity);
/* Takes what a vehicle's column is called. */
void record_take_header(struct interpreter *p, struct subject *s, const char *text);
/* Takes a cell of a row that says what the vehicle is. */
void record_take_role(struct interpreter *p, struct subject *s, enum attribute_role role,
                      const struct cell *c);
/* The roles in the order in which rows with one are taken; i < N_ROLE_ORDER. */
enum { N_ROLE_ORDER = 6 };
enum attribute_role record_role(size_t i);

/* records.c. Fills in what the vehicle is called; the record has its place. */
void record_finish(struct interpreter *p, struct interpreted_record *r, struct subject *s);
/* append_place's text. */
const char *record_place_of_row(struct interpreter *p, size_t row);
bool make_row_records(struct interpreter *p);
bool make_column_records(struct interpreter *p);

/* long_columns.c: the attributes that cells name, one a row. */
bool make_long_columns(struct interpreter *p);
/* Columns that hold values: the one so called, or the years; how many. */
size_t long_value_columns(const struct table_frame *f, size_t *out);
/* Of how many columns the value of a row is. */
size_t long_parts(const struct interpreter *p, size_t row);
/* long_records.c */
bool make_long_records(struct interpreter *p);
bool make_pair_records(struct interpreter *p);

/* pair_versions.c: bytes of a pair's name that name its attribute, and the version behind them, "" for all
 * of them, NULL where the name has none. */
size_t pair_version(const struct cell *name, const struct cell *value, const char **version);

/* evidence.c: units and directions that the numbers of several columns tell together. */
void find_unit_columns(struct interpreter *p);
void relate_columns(struct interpreter *p);
/* Gives "at rpm" beside power or torque its attribute: the speed at which that one is reached. */
void relate_speeds(struct interpreter *p);
void find_siblings(struct interpreter *p);
void name_by_categories(struct interpreter *p);

/* manual_tables.c: what tables of documents with pages are where their headers do not tell. Changes the frame. */
void manual_find_shape(struct interpreter *p);
/* Whether a column is called after a system of units, beside one of the other. */
bool is_unit_system(const struct interpreter *p, const char *name);
/* Leaves out the records of a table that holds no data: a table of contents, a list of tools. */
void manual_drop_empty(struct interpreter *p);

/* dual_units.c: columns with figures in two units, "6,051 (2745)". */
void find_dual_units(struct interpreter *p);
/* Of a cell text[0, len) that was read as *v: its figure in brackets as a second part. */
struct value;
void take_bracket_unit(const struct interpreted_column *c, const char *text, size_t len, struct value *v);

/* likely_units.c: units that no one states but the figures show. */
void find_likely_units(struct interpreter *p);

#endif
