/* The vehicles of a table where each row or each column is one. */
#include "ingest/interpret_parts.h"

#include "vehicle/registry.h"

#include <string.h>

void record_finish(struct interpreter *p, struct interpreted_record *r, struct subject *s)
{
    struct interpretation *in = p->out;
    const char *title = subject_title(s, &in->arena, &p->scratch);
    if (title && !*title) { /* nothing names it but its place */
        const char *caption = in->source.caption, *nearest = strrchr(caption, '>');
        if (p->context->manual && nearest) caption = nearest + 1 + (nearest[1] == ' ');
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

const char *record_place_of_row(struct interpreter *p, size_t row)
{
    buffer_clear(&p->scratch);
    append_place(&p->scratch, p->out, row);
    char *text = p->scratch.failed ? NULL
                                   : arena_strndup(&p->out->arena, p->scratch.data, p->scratch.len);
    if (!text) p->failed = true;
    return text ? text : "";
}

/* ---- rows ---- */

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
        record_row_subject(p, r, band == SIZE_MAX ? "" : table_cell(t, band, 0)->text, &s, &quantity);
        const char *place = record_place_of_row(p, r), *row_trim = s.trim;
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
                    const char *group = f->groups[j];
                    if (strcmp(group, f->variant_quantity) == 0) group = "";
                    s.trim = record_join_names(p, record_join_names(p, row_trim, group), f->names[j]);
                }
                record->first_cell = cell;
                for (size_t k = 0; k + 1 < own; k++)
                    in->cells[cell++] = (struct interpreted_cell){
                        (uint32_t)r, (uint32_t)in->columns[k].index, (uint32_t)k};
                in->cells[cell++] =
                    (struct interpreted_cell){(uint32_t)r, (uint32_t)j, (uint32_t)(own - 1)};
                record->n_cells = cell - record->first_cell;
            }
            record_finish(p, record, &s);
        }
    }
    in->n_records = at;
    in->n_cells = cell;
    forget_mere_makes(p);
    return !p->failed;
}

/* ---- columns ---- */

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
        record_take_header(p, &s, f->groups[c]);
        record_take_header(p, &s, f->names[c]);
        for (size_t o = 0; o < N_ROLE_ORDER; o++)
            for (size_t j = 0; j < in->n_columns; j++)
                if (in->columns[j].role == record_role(o))
                    record_take_role(p, &s, record_role(o), table_cell(t, in->columns[j].index, c));
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
        record_finish(p, r, &s);
    }
    in->n_cells = cell;
    return !p->failed;
}
