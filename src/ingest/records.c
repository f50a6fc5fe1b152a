/* The vehicles of a table: which rows, columns or groups of rows are one, and what they are called. */
#include "ingest/interpret_parts.h"

#include "vehicle/registry.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* ---- texts ---- */

static const char *join_names(struct interpreter *p, const char *a, const char *b)
{
    if (!*a) return b;
    if (!*b) return a;
    buffer_clear(&p->scratch);
    buffer_printf(&p->scratch, "%s %s", a, b);
    char *text = p->scratch.failed ? NULL
                                   : arena_strndup(&p->out->arena, p->scratch.data, p->scratch.len);
    if (!text) p->failed = true;
    return text ? text : "";
}

/* "n/a" and dashes name nothing. */
static const char *name_text(const struct cell *c)
{
    static const char *const NONE[] = {"-", "--", "n/a", "na", "none", "null", "nan", "k.a.", "?"};
    if (c->len > 4) return c->text;
    for (size_t i = 0; i < sizeof NONE / sizeof *NONE; i++)
        if (strcasecmp(c->text, NONE[i]) == 0) return "";
    if (c->len == 3 && memcmp(c->text, "\xe2\x80\x93", 3) == 0) return "";
    return c->text;
}

static int known_make(struct interpreter *p, const char *make)
{
    /* Rows of one make follow one another. */
    if (p->last_make && (p->last_make == make || strcmp(p->last_make, make) == 0))
        return p->last_make_number;
    struct token t[8];
    size_t len = strlen(make);
    int number = -1;
    size_t n = len < 80 ? tokens_split(make, len, TOKENS_TEXT, t, 8) : 0;
    if (!n || make_match(t, n, &number) != n) number = -1;
    p->last_make = make;
    p->last_make_number = number;
    return number;
}

static void take_years(struct subject *s, const struct subject *from)
{
    if (!from->year_first && !from->year_last) return;
    s->year_first = from->year_first;
    s->year_last = from->year_last;
    s->year_in_name = from->year_in_name;
}

/* Puts a name under what the headings say: "740i" under "BMW 7 Series (E38)". */
static void take_name(struct interpreter *p, struct subject *s, const struct subject *name)
{
    if (name->make_number >= 0) {
        s->make = name->make;
        s->make_number = name->make_number;
        s->model = name->model;
        s->trim = "";
    } else if (*s->model) {
        s->trim = join_names(p, s->trim, name->model);
    } else {
        s->model = name->model;
    }
    take_years(s, name);
}

/* "MY24" and "2023MY" inside names. */
static void take_tagged_year(struct interpreter *p, struct subject *s, const char *text)
{
    struct subject found;
    if (s->year_first || !strstr(text, "MY")) return;
    if (!subject_read(&found, &p->out->arena, text, strlen(text), SUBJECT_CELL)) p->failed = true;
    if (found.year_in_name) take_years(s, &found);
}

static void finish_record(struct interpreter *p, struct interpreted_record *r, struct subject *s)
{
    struct interpretation *in = p->out;
    const char *title = subject_title(s, &in->arena, &p->scratch);
    if (title && !*title) { /* nothing names it but its place */
        const char *caption = in->source.caption;
        buffer_clear(&p->scratch);
        buffer_printf(&p->scratch, "%s%s%s", *caption ? caption : p->context->file_name,
                      *caption || *p->context->file_name ? ", " : "", r->fact.place);
        title = arena_strndup(&in->arena, buffer_text(&p->scratch), p->scratch.len);
    }
    r->fact.title = title;
    r->fact.make = s->make;
    r->fact.model = s->model;
    r->fact.trim = s->trim;
    r->fact.year_first = s->year_first;
    r->fact.year_last = s->year_last;
    if (r->fact.quantity < 1) r->fact.quantity = 1;
    if (!title) p->failed = true;
    if (*s->make || *s->model) in->has_vehicles = true;
}

static const char *place_of_row(struct interpreter *p, size_t row)
{
    buffer_clear(&p->scratch);
    append_place(&p->scratch, p->out, row);
    char *text = p->scratch.failed ? NULL
                                   : arena_strndup(&p->out->arena, p->scratch.data, p->scratch.len);
    if (!text) p->failed = true;
    return text ? text : "";
}

/* ---- rows ---- */

/* Whether a band is the model of the rows below it ("Sandero" above its trims): they are versions, by
 * no column of names, and the band is a name, no kind of fuel or gearbox. */
static bool is_model_band(const struct interpreter *p, const char *band)
{
    const struct table_roles *r = &p->roles;
    const struct subject *s = &p->out->subject;
    struct token t[8];
    size_t len = strlen(band), n = tokens_split(band, len, TOKENS_TEXT, t, 8);
    if (!*s->make || *s->model || r->make != NO_COLUMN || !is_name_of_one(band, len)) return false;
    if ((r->model != NO_COLUMN || r->name != NO_COLUMN) && !r->name_by_cells) return false;
    for (size_t i = 0; i < n; i++) {
        const struct term *terms = NULL;
        size_t n_terms = 0;
        registry_match(t + i, n - i, &terms, &n_terms);
        for (size_t k = 0; k < n_terms; k++)
            if (terms[k].kind == TERM_CATEGORY && !terms[k].code) return false;
    }
    return true;
}

/* The make of a band row ("Toyota" above its models); "" */
static void band_subject(struct interpreter *p, const char *band, struct subject *s)
{
    struct subject found;
    if (!*band || strlen(band) > 80) return;
    if (!subject_read(&found, &p->out->arena, band, strlen(band), SUBJECT_HEADING)) {
        p->failed = true;
        return;
    }
    if (found.make_number < 0) {
        if (is_model_band(p, band)) s->model = found.model;
        return;
    }
    s->make = found.make;
    s->make_number = found.make_number;
    if (p->roles.model == NO_COLUMN && p->roles.name == NO_COLUMN) s->model = found.model;
    take_years(s, &found);
}

static void row_subject(struct interpreter *p, size_t row, const char *band, struct subject *s,
                        double *quantity)
{
    struct interpretation *in = p->out;
    const struct table *t = in->table;
    const struct table_roles *r = &p->roles;
    bool headings = r->make == NO_COLUMN;
    *s = in->subject;
    if (!headings) { /* its own columns say it; of the headings the year alone counts */
        s->make = s->model = s->trim = "";
        s->make_number = -1;
        s->year_in_name = false;
    }
    band_subject(p, band, s);
    if (r->make != NO_COLUMN) {
        const char *make = name_text(table_cell(t, row, (size_t)r->make));
        if (*make) {
            s->make = make;
            s->make_number = known_make(p, make);
        }
    }
    if (r->name != NO_COLUMN) {
        const struct cell *c = table_cell(t, row, (size_t)r->name);
        struct subject name;
        if (*name_text(c)) {
            if (!subject_read(&name, &in->arena, c->text, c->len, SUBJECT_CELL)) p->failed = true;
            take_name(p, s, &name);
        }
    } else if (r->model != NO_COLUMN) {
        const char *model = name_text(table_cell(t, row, (size_t)r->model));
        if (headings && *s->model && *model)
            s->trim = join_names(p, s->trim, model);
        else if (*model)
            s->model = model;
        take_tagged_year(p, s, model);
    }
    for (size_t i = 0; i < r->n_trims; i++) {
        const char *trim = name_text(table_cell(t, row, (size_t)r->trims[i]));
        if (!*trim) continue;
        take_tagged_year(p, s, trim);
        s->trim = join_names(p, s->trim, trim);
    }
    if (r->year != NO_COLUMN) {
        const struct cell *c = table_cell(t, row, (size_t)r->year);
        struct year_reading y;
        if (year_read(&y, c->text, c->len)) {
            s->year_first = y.first;
            s->year_last = y.last;
            s->year_in_name = false;
            if (r->year_last != NO_COLUMN && y.first == y.last) {
                const struct cell *end = table_cell(t, row, (size_t)r->year_last);
                if (year_read(&y, end->text, end->len))
                    s->year_last = y.last;
                else
                    s->year_last = YEAR_OPEN;
            }
        } else if (short_year_read(c->text, c->len, &y.first)) {
            s->year_first = s->year_last = y.first;
            s->year_in_name = false;
        } else if (c->len) { /* "unknown": the headings' year is not this row's */
            s->year_first = s->year_last = 0;
        }
    }
    *quantity = 1;
    if (r->quantity != NO_COLUMN) {
        const struct interpreted_column *c = &in->columns[p->column_of[r->quantity]];
        const struct unit *unit;
        double n;
        if (cell_number(table_cell(t, row, (size_t)r->quantity), c->style, &n, &unit) && n >= 1 &&
            n <= 1e9)
            *quantity = n;
    }
}

/* Names without a model beside which no attribute stands are a list of makers or of something else: its
 * records name no vehicles. */
static void forget_mere_makes(struct interpreter *p)
{
    struct interpretation *in = p->out;
    for (size_t j = 0; j < in->n_columns; j++)
        if (in->columns[j].fact.attribute >= 0 && in->columns[j].role == ROLE_NONE &&
            REGISTRY[in->columns[j].fact.attribute].role == ROLE_NONE)
            return;
    for (size_t i = 0; i < in->n_records; i++)
        if (*in->records[i].fact.model || *in->records[i].fact.trim) return;
    for (size_t i = 0; i < in->n_records; i++) in->records[i].fact.make = "";
    in->has_vehicles = false;
}

/* Whether each cell of the column is a record of its own: of a year, of a version. */
static bool is_value_column(const struct table_frame *f, size_t column)
{
    return f->column_years ? f->column_years[column] != 0 : f->column_variants[column];
}

bool make_row_records(struct interpreter *p)
{
    struct interpretation *in = p->out;
    const struct table *t = in->table;
    const struct table_frame *f = &in->frame;
    size_t n_rows = 0, n_values = 0, at = 0, cell = 0;
    for (size_t r = f->first_data; r < t->n_rows; r++) n_rows += f->rows[r] == FRAME_DATA;
    if (f->column_years)
        for (size_t j = 0; j < t->n_columns; j++) n_values += f->column_years[j] != 0;
    if (f->column_variants)
        for (size_t j = 0; j < t->n_columns; j++) n_values += f->column_variants[j];
    size_t per_row = n_values ? n_values : 1;
    in->records = arena_array(&in->arena, n_rows * per_row + 1, sizeof *in->records);
    size_t own = in->n_columns;
    if (n_values)
        in->cells = arena_array(&in->arena, n_rows * n_values * (own + 1) + 1, sizeof *in->cells);
    if (!in->records || (n_values && !in->cells)) return false;
    size_t band = SIZE_MAX;
    for (size_t r = f->first_data; r < t->n_rows && !p->failed; r++) {
        if (f->rows[r] == FRAME_BAND) {
            band = r;
            continue;
        }
        if (f->rows[r] != FRAME_DATA) continue;
        struct subject s;
        double quantity;
        row_subject(p, r, band == SIZE_MAX ? "" : table_cell(t, band, 0)->text, &s, &quantity);
        const char *place = place_of_row(p, r), *row_trim = s.trim;
        for (size_t j = 0; j < (n_values ? t->n_columns : 1); j++) {
            if (n_values && (!is_value_column(f, j) || !table_cell(t, r, j)->len)) continue;
            if (f->column_variants && is_dash_cell(table_cell(t, r, j))) continue;
            struct interpreted_record *record = &in->records[at++];
            record->row = (uint32_t)r;
            record->fact.place = place;
            record->fact.line = table_cell(t, r, 0)->line;
            record->fact.quantity = quantity;
            if (n_values) {
                if (f->column_years) {
                    s.year_first = s.year_last = f->column_years[j];
                    s.year_in_name = false;
                } else {
                    s.trim = join_names(p, row_trim, f->names[j]);
                }
                record->first_cell = cell;
                for (size_t k = 0; k + 1 < own; k++)
                    in->cells[cell++] = (struct interpreted_cell){
                        (uint32_t)r, (uint32_t)in->columns[k].index, (uint32_t)k};
                in->cells[cell++] =
                    (struct interpreted_cell){(uint32_t)r, (uint32_t)j, (uint32_t)(own - 1)};
                record->n_cells = cell - record->first_cell;
            }
            finish_record(p, record, &s);
        }
    }
    in->n_records = at;
    in->n_cells = cell;
    forget_mere_makes(p);
    return !p->failed;
}

/* ---- columns ---- */

static bool is_generic_header(const char *text)
{
    static const char *const WORDS[] = {"value", "values", "wert", "werte", "valeur", "valeurs",
                                        "valor", "valores", "data", "daten", "specification",
                                        "specifications", "spec", "details", "detail", "\u503c",
                                        "\u6570\u503c", "\u53c2\u6570", "description", "info"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcasecmp(text, WORDS[i]) == 0) return true;
    return false;
}

/* What a vehicle's column is called, under what the headings say. */
static void take_header(struct interpreter *p, struct subject *s, const char *text)
{
    struct subject name;
    struct year_reading y;
    size_t len = strlen(text);
    if (!len || len > DOCUMENT_MAX_NAME || is_generic_header(text)) return;
    if (year_read(&y, text, len) && y.whole) {
        s->year_first = y.first;
        s->year_last = y.last;
        return;
    }
    if (!subject_read(&name, &p->out->arena, text, len, SUBJECT_CELL)) p->failed = true;
    take_name(p, s, &name);
}

/* A cell of a row that says what the vehicle is. */
static void take_role(struct interpreter *p, struct subject *s, enum attribute_role role,
                      const struct cell *c)
{
    const char *text = name_text(c);
    struct subject name;
    struct year_reading y;
    if (!*text) return;
    switch (role) {
    case ROLE_MAKE: {
        /* A name that begins with it gives it up. */
        struct token a[8], b[64];
        size_t n = tokens_split(text, c->len, TOKENS_TEXT, a, 8);
        size_t m = tokens_split(s->model, strlen(s->model), TOKENS_TEXT, b, 64), i = 0;
        while (i < n && i < m && strcmp(a[i].key, b[i].key) == 0) i++;
        if (s->make_number < 0 && n && i == n && m > n) s->model += b[n].begin;
        s->make = text;
        s->make_number = known_make(p, text);
        break;
    }
    case ROLE_MODEL:
    case ROLE_NAME:
        if (!subject_read(&name, &p->out->arena, text, c->len, SUBJECT_CELL)) p->failed = true;
        if (role == ROLE_NAME && !name.year_first) {
            struct subject whole; /* "Quenby Heron 2019 Sport": the year inside */
            if (!subject_read(&whole, &p->out->arena, text, c->len, SUBJECT_HEADING)) p->failed = true;
            if (whole.year_first && *whole.model) name = whole;
        }
        if (role == ROLE_NAME && name.make_number >= 0) {
            take_name(p, s, &name);
        } else {
            bool dated = role == ROLE_NAME && name.year_first && *name.model; /* "2026 Quenby Heron" */
            bool made = role == ROLE_NAME && name.make_number >= 0 && *name.model;
            s->model = made || dated ? name.model : text;
            if (dated)
                take_years(s, &name);
            else
                take_tagged_year(p, s, text);
        }
        break;
    case ROLE_TRIM:
        s->trim = join_names(p, s->trim, text);
        break;
    case ROLE_YEAR:
        if (!year_read(&y, text, c->len)) break;
        s->year_first = y.first;
        s->year_last = y.last;
        s->year_in_name = false;
        break;
    case ROLE_YEAR_LAST:
        if (s->year_first && year_read(&y, text, c->len)) s->year_last = y.last;
        break;
    default: break;
    }
}

/* The order in which rows with a role are taken: a make may be split from a name. */
static const enum attribute_role ROLE_ORDER[] = {ROLE_NAME, ROLE_MODEL, ROLE_MAKE,
                                                 ROLE_TRIM, ROLE_YEAR,  ROLE_YEAR_LAST};
enum { N_ROLE_ORDER = sizeof ROLE_ORDER / sizeof *ROLE_ORDER };

struct long_group {
    size_t first_row, last_row, n_cells, at;
};

/* "rows 57-67" */
static const char *place_of_rows(struct interpreter *p, const struct long_group *g)
{
    const struct table *t = p->out->table;
    if (g->first_row == g->last_row) return place_of_row(p, g->first_row);
    static const char *const WORDS[] = {"rows", "items", "lines"};
    buffer_clear(&p->scratch);
    if (p->out->place_table && t->row_word != ROW_ITEM)
        buffer_printf(&p->scratch, "table %zu, ", t->number);
    buffer_printf(&p->scratch, "%s %zu-%zu", WORDS[t->row_word],
                  t->row_numbers ? t->row_numbers[g->first_row] : g->first_row + 1,
                  t->row_numbers ? t->row_numbers[g->last_row] : g->last_row + 1);
    char *text = p->scratch.failed ? NULL
                                   : arena_strndup(&p->out->arena, p->scratch.data, p->scratch.len);
    if (!text) p->failed = true;
    return text ? text : "";
}

/* Pairs of name and value: the first name that comes again begins another vehicle. */
bool make_pair_records(struct interpreter *p)
{
    struct interpretation *in = p->out;
    const struct table *t = in->table;
    const struct table_frame *f = &in->frame;
    size_t first = f->first_data, starts = 0, cell = 0;
    while (first < t->n_rows && f->rows[first] != FRAME_DATA) first++;
    for (size_t r = first; r < t->n_rows; r++)
        starts += f->rows[r] == FRAME_DATA && p->attribute_of_row[r] == p->attribute_of_row[first];
    in->records = arena_array(&in->arena, starts + 1, sizeof *in->records);
    in->cells = arena_array(&in->arena, t->n_rows + 1, sizeof *in->cells);
    if (!in->records || !in->cells) return false;
    for (size_t r = first; r < t->n_rows && !p->failed;) {
        struct interpreted_record *record = &in->records[in->n_records++];
        struct subject s = in->subject;
        size_t end = r + 1;
        while (end < t->n_rows && !(f->rows[end] == FRAME_DATA &&
                                    p->attribute_of_row[end] == p->attribute_of_row[first]))
            end++;
        record->row = (uint32_t)r;
        record->first_cell = cell;
        for (size_t k = r; k < end; k++)
            if (f->rows[k] == FRAME_DATA)
                in->cells[cell++] = (struct interpreted_cell){
                    (uint32_t)k, (uint32_t)f->value_column, p->attribute_of_row[k]};
        record->n_cells = cell - record->first_cell;
        for (size_t o = 0; o < N_ROLE_ORDER; o++)
            for (size_t k = record->first_cell; k < cell; k++)
                if (in->columns[in->cells[k].attribute].role == ROLE_ORDER[o])
                    take_role(p, &s, ROLE_ORDER[o],
                              table_cell(t, in->cells[k].row, in->cells[k].column));
        heading_trim(p, &s);
        struct long_group g = {.first_row = r, .last_row = in->cells[cell - 1].row};
        record->fact.place = place_of_rows(p, &g);
        record->fact.line = table_cell(t, r, 0)->line;
        finish_record(p, record, &s);
        r = end;
    }
    in->n_cells = cell;
    return !p->failed;
}

/* A value column with nothing in it is no vehicle. */
static bool has_values(const struct interpretation *in, size_t column)
{
    for (size_t j = 0; j < in->n_columns; j++)
        if (table_cell(in->table, in->columns[j].index, column)->len) return true;
    return false;
}

bool make_column_records(struct interpreter *p)
{
    struct interpretation *in = p->out;
    const struct table *t = in->table;
    const struct table_frame *f = &in->frame;
    size_t from = (size_t)f->attribute_column + 1, cell = 0, vehicles = 0;
    for (size_t c = from; c < t->n_columns; c++)
        vehicles += (int)c != f->unit_column && has_values(in, c);
    in->records = arena_array(&in->arena, vehicles + 1, sizeof *in->records);
    in->cells = arena_array(&in->arena, vehicles * in->n_columns + 1, sizeof *in->cells);
    if (!in->records || !in->cells) return false;
    for (size_t c = from; c < t->n_columns && !p->failed; c++) {
        if ((int)c == f->unit_column || !has_values(in, c)) continue;
        struct interpreted_record *r = &in->records[in->n_records++];
        struct subject s = in->subject;
        take_header(p, &s, f->groups[c]);
        take_header(p, &s, f->names[c]);
        for (size_t o = 0; o < N_ROLE_ORDER; o++)
            for (size_t j = 0; j < in->n_columns; j++)
                if (in->columns[j].role == ROLE_ORDER[o])
                    take_role(p, &s, ROLE_ORDER[o], table_cell(t, in->columns[j].index, c));
        r->row = (uint32_t)f->first_data;
        r->column = (uint32_t)c;
        r->first_cell = cell;
        for (size_t j = 0; j < in->n_columns; j++)
            in->cells[cell++] = (struct interpreted_cell){(uint32_t)in->columns[j].index,
                                                          (uint32_t)c, (uint32_t)j};
        r->n_cells = cell - r->first_cell;
        buffer_clear(&p->scratch);
        if (in->place_table) buffer_printf(&p->scratch, "table %zu, ", t->number);
        if (*f->names[c])
            buffer_printf(&p->scratch, "column '%s'", f->names[c]);
        else
            buffer_printf(&p->scratch, "column %zu", c + 1);
        r->fact.place = arena_strndup(&in->arena, buffer_text(&p->scratch), p->scratch.len);
        if (!r->fact.place) return false;
        r->fact.line = table_cell(t, f->first_data < t->n_rows ? f->first_data : 0, c)->line;
        finish_record(p, r, &s);
    }
    in->n_cells = cell;
    return !p->failed;
}

/* ---- one row a value ---- */

struct text_index {
    uint32_t *slots; /* (mask + 1) number + 1; 0: free */
    size_t mask;
};

static bool text_index_init(struct text_index *x, size_t n, struct arena *arena)
{
    size_t size = 16;
    while (size < 2 * n + 2) size *= 2;
    x->mask = size - 1;
    x->slots = arena_array(arena, size, sizeof *x->slots);
    return x->slots != NULL;
}

/* Columns that hold values: the one so called, or the years. */
static size_t value_columns(const struct table_frame *f, size_t *out)
{
    size_t n = 0;
    if (f->value_column != NO_COLUMN) {
        out[n++] = (size_t)f->value_column;
        return n;
    }
    for (size_t j = 0; f->column_years && j < f->table->n_columns; j++)
        if (f->column_years[j]) out[n++] = j;
    return n;
}

bool make_long_columns(struct interpreter *p)
{
    struct interpretation *in = p->out;
    const struct table *t = in->table;
    const struct table_frame *f = &in->frame;
    struct arena *a = &in->arena;
    struct text_index index;
    size_t *values = arena_array(a, t->n_columns + 1, sizeof *values);
    size_t *first_row = arena_array(a, t->n_rows + 1, sizeof *first_row);
    size_t *counts = arena_array(a, t->n_rows + 2, sizeof *counts);
    p->attribute_of_row = arena_array(a, t->n_rows + 1, sizeof *p->attribute_of_row);
    if (!values || !first_row || !counts || !p->attribute_of_row ||
        !text_index_init(&index, t->n_rows, a))
        return false;
    size_t n_values = value_columns(f, values), n = 0;
    for (size_t r = f->first_data; r < t->n_rows; r++) {
        if (f->rows[r] != FRAME_DATA) continue;
        const struct cell *c = table_cell(t, r, (size_t)f->attribute_column);
        size_t at = (size_t)XXH3_64bits(c->text, c->len) & index.mask;
        while (index.slots[at]) {
            const struct cell *other =
                table_cell(t, first_row[index.slots[at] - 1], (size_t)f->attribute_column);
            if (other->len == c->len && memcmp(other->text, c->text, c->len) == 0) break;
            at = (at + 1) & index.mask;
        }
        if (!index.slots[at]) {
            first_row[n++] = r;
            index.slots[at] = (uint32_t)n;
        }
        p->attribute_of_row[r] = index.slots[at] - 1;
        counts[index.slots[at]] += n_values;
    }
    for (size_t k = 0; k < n; k++) counts[k + 1] += counts[k];
    p->long_first = counts;
    p->long_cells = arena_array(a, counts[n] + 1, sizeof *p->long_cells);
    size_t *fill = arena_array(a, n + 1, sizeof *fill);
    struct interpreted_column *columns = arena_array(a, in->n_columns + n + 1, sizeof *columns);
    size_t most = t->n_rows > counts[n] ? t->n_rows : counts[n];
    p->run = arena_array(a, most + 1, sizeof *p->run);
    if (!p->long_cells || !fill || !columns || !p->run) return false;
    memcpy(fill, counts, n * sizeof *fill);
    memcpy(columns, in->columns, in->n_columns * sizeof *columns);
    in->columns = columns;
    p->long_from = in->n_columns;
    for (size_t r = f->first_data; r < t->n_rows; r++) {
        if (f->rows[r] != FRAME_DATA) continue;
        for (size_t v = 0; v < n_values; v++)
            p->long_cells[fill[p->attribute_of_row[r]]++] = table_cell(t, r, values[v]);
        p->attribute_of_row[r] += (uint32_t)p->long_from;
    }
    /* Whether all rows of an attribute have the same unit. */
    const struct unit **units = arena_array(a, n + 1, sizeof *units);
    bool *mixed = arena_array(a, n + 1, sizeof *mixed);
    if (!units || !mixed) return false;
    if (f->unit_column != NO_COLUMN)
        for (size_t r = f->first_data; r < t->n_rows; r++) {
            if (f->rows[r] != FRAME_DATA) continue;
            size_t k = p->attribute_of_row[r] - p->long_from;
            const struct cell *c = table_cell(t, r, (size_t)f->unit_column);
            const struct unit *u = c->len ? unit_parse_all(c->text, c->len) : NULL;
            if (first_row[k] == r)
                units[k] = u;
            else if (units[k] != u)
                mixed[k] = true;
        }
    for (size_t k = 0; k < n; k++) {
        struct interpreted_column *c = &in->columns[in->n_columns++];
        *c = (struct interpreted_column){.index = first_row[k], .unit_column = NO_COLUMN,
                                         .sibling = SIZE_MAX};
        struct column_study study;
        size_t cells = gather_cells(p, in->n_columns - 1);
        cells_study(&study, p->run, cells, false, p->hashes);
        const char *name = table_cell(t, first_row[k], (size_t)f->attribute_column)->text;
        const char *unit = f->unit_column == NO_COLUMN
                               ? ""
                               : table_cell(t, first_row[k], (size_t)f->unit_column)->text;
        if (!column_read(c, *name ? name : "value", "", p->caption, unit, false, &study, a))
            return false;
        take_note_unit(p, c, &study);
        column_decide_kind(c, &study);
        if (c->unit_source == UNIT_FROM_ROW) {
            c->unit_source = UNIT_FROM_COLUMN;
            if (mixed[k]) c->fact.unit = NULL;
        }
        if (mixed[k]) {
            c->unit_column = f->unit_column;
            c->unit_source = UNIT_FROM_COLUMN;
        }
        if (c->fact.attribute >= 0) {
            enum attribute_role role = REGISTRY[c->fact.attribute].role;
            if (role == ROLE_MAKE || role == ROLE_MODEL || role == ROLE_TRIM || role == ROLE_YEAR ||
                role == ROLE_YEAR_LAST || role == ROLE_NAME)
                c->role = role;
        }
    }
    return true;
}

static uint64_t subject_hash(const struct interpreter *p, size_t row)
{
    const struct table_roles *r = &p->roles;
    int columns[5 + ROLES_MAX_TRIMS] = {r->make, r->model, r->name, r->year, r->year_last};
    size_t n = 5;
    for (size_t i = 0; i < r->n_trims; i++) columns[n++] = r->trims[i];
    uint64_t h = 1;
    for (size_t i = 0; i < n; i++) {
        if (columns[i] == NO_COLUMN) continue;
        const struct cell *c = table_cell(p->out->table, row, (size_t)columns[i]);
        h = XXH3_64bits_withSeed(c->text, c->len, h + i);
    }
    return h;
}

bool make_long_records(struct interpreter *p)
{
    struct interpretation *in = p->out;
    const struct table *t = in->table;
    const struct table_frame *f = &in->frame;
    struct arena *a = &in->arena;
    struct text_index index;
    size_t *values = arena_array(a, t->n_columns + 1, sizeof *values);
    uint64_t *hashes = arena_array(a, t->n_rows + 1, sizeof *hashes);
    uint32_t *group_of = arena_array(a, t->n_rows + 1, sizeof *group_of);
    if (!values || !hashes || !group_of || !text_index_init(&index, t->n_rows, a)) return false;
    size_t n_values = value_columns(f, values), n_groups = 0;
    for (size_t r = f->first_data; r < t->n_rows; r++) {
        if (f->rows[r] != FRAME_DATA) continue;
        uint64_t h = subject_hash(p, r);
        size_t at = (size_t)h & index.mask;
        while (index.slots[at] && hashes[index.slots[at] - 1] != h) at = (at + 1) & index.mask;
        if (!index.slots[at]) {
            hashes[n_groups++] = h;
            index.slots[at] = (uint32_t)n_groups;
        }
        group_of[r] = index.slots[at] - 1;
    }
    size_t n_records = n_groups * n_values, total = 0;
    struct long_group *groups = arena_array(a, n_records + 1, sizeof *groups);
    in->records = arena_array(a, n_records + 1, sizeof *in->records);
    if (!groups || !in->records) return false;
    for (size_t i = 0; i < n_records; i++) groups[i].first_row = SIZE_MAX;
    for (size_t r = f->first_data; r < t->n_rows; r++)
        for (size_t v = 0; v < n_values && f->rows[r] == FRAME_DATA; v++) {
            if (!table_cell(t, r, values[v])->len) continue;
            struct long_group *g = &groups[group_of[r] * n_values + v];
            if (g->first_row == SIZE_MAX) g->first_row = r;
            g->last_row = r;
            g->n_cells++;
        }
    for (size_t i = 0; i < n_records; i++) {
        groups[i].at = total;
        if (groups[i].n_cells) total += groups[i].n_cells + p->long_from;
    }
    in->cells = arena_array(a, total + 1, sizeof *in->cells);
    if (!in->cells) return false;
    for (size_t i = 0; i < n_records; i++) { /* the cells that name the vehicle: its first row's */
        struct long_group *g = &groups[i];
        for (size_t k = 0; k < p->long_from && g->n_cells; k++)
            in->cells[g->at++] = (struct interpreted_cell){
                (uint32_t)g->first_row, (uint32_t)in->columns[k].index, (uint32_t)k};
    }
    for (size_t r = f->first_data; r < t->n_rows; r++)
        for (size_t v = 0; v < n_values && f->rows[r] == FRAME_DATA; v++)
            if (table_cell(t, r, values[v])->len)
                in->cells[groups[group_of[r] * n_values + v].at++] = (struct interpreted_cell){
                    (uint32_t)r, (uint32_t)values[v], p->attribute_of_row[r]};
    in->n_cells = total;
    for (size_t i = 0; i < n_records && !p->failed; i++) {
        struct long_group *g = &groups[i];
        if (!g->n_cells) continue;
        struct interpreted_record *record = &in->records[in->n_records++];
        struct subject s;
        double quantity;
        record->n_cells = g->n_cells + p->long_from;
        record->first_cell = g->at - record->n_cells;
        record->row = (uint32_t)g->first_row;
        row_subject(p, g->first_row, "", &s, &quantity);
        for (size_t o = 0; o < N_ROLE_ORDER; o++)
            for (size_t k = 0; k < record->n_cells; k++) {
                const struct interpreted_cell *c = &in->cells[record->first_cell + k];
                if (c->attribute < p->long_from || in->columns[c->attribute].role != ROLE_ORDER[o])
                    continue;
                /* A name in a column of its own goes before one among the attributes. */
                if ((ROLE_ORDER[o] == ROLE_NAME || ROLE_ORDER[o] == ROLE_MODEL) && *s.model) continue;
                take_role(p, &s, ROLE_ORDER[o], table_cell(t, c->row, c->column));
            }
        if (f->value_column == NO_COLUMN) {
            int year = f->column_years[values[i % n_values]];
            s.year_first = s.year_last = year;
            s.year_in_name = false;
        }
        record->fact.place = place_of_rows(p, g);
        record->fact.line = table_cell(t, g->first_row, 0)->line;
        record->fact.quantity = quantity;
        finish_record(p, record, &s);
    }
    return !p->failed;
}
