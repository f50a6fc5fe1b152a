/* The vehicles of a table where each row is one value: groups of rows of one name, and pairs of name and
 * value. */
#include "ingest/interpret_parts.h"
#include "ingest/text_index.h"

#include "vehicle/registry.h"

#include <string.h>
#include <xxhash.h>

struct long_group {
    size_t first_row, last_row, n_cells, at;
};

/* "rows 57-67" */
static const char *place_of_rows(struct interpreter *p, const struct long_group *g)
{
    const struct table *t = p->out->table;
    if (g->first_row == g->last_row) return record_place_of_row(p, g->first_row);
    static const char *const WORDS[] = {"rows", "items", "lines"};
    buffer_clear(&p->scratch);
    if (t->place)
        buffer_printf(&p->scratch, "%s, ", t->place);
    else if (p->out->place_table && t->row_word != ROW_ITEM)
        buffer_printf(&p->scratch, "table %zu, ", t->number);
    buffer_printf(&p->scratch, "%s %zu-%zu", WORDS[t->row_word],
                  t->row_numbers ? t->row_numbers[g->first_row] : g->first_row + 1,
                  t->row_numbers ? t->row_numbers[g->last_row] : g->last_row + 1);
    char *text = p->scratch.failed ? NULL
                                   : arena_strndup(&p->out->arena, p->scratch.data, p->scratch.len);
    if (!text) p->failed = true;
    return text ? text : "";
}

/* ---- pairs ---- */

static bool is_of_version(const struct interpreter *p, size_t row)
{
    return p->out->frame.rows[row] == FRAME_DATA && p->version_of_row[row] && *p->version_of_row[row];
}

static void add_cells(struct interpreter *p, size_t row, size_t column, size_t *cell)
{
    for (size_t k = 0; k < long_parts(p, row); k++)
        p->out->cells[(*cell)++] =
            (struct interpreted_cell){(uint32_t)row, (uint32_t)column, p->attribute_of_row[row] + (uint32_t)k};
}

/* Ends the record of the cells from its first one on. */
static void finish_pairs(struct interpreter *p, struct interpreted_record *record, struct subject *s,
                         size_t end)
{
    struct interpretation *in = p->out;
    record->n_cells = end - record->first_cell;
    struct long_group g = {.first_row = record->row, .last_row = in->cells[end - 1].row};
    record->fact.place = place_of_rows(p, &g);
    record->fact.line = table_cell(in->table, record->row, 0)->line;
    record_finish(p, record, s);
}

/* The records of the versions that pairs in rows [from, to) name. */
static void make_version_records(struct interpreter *p, const struct subject *whole, size_t from, size_t to,
                                 size_t *cell)
{
    struct interpretation *in = p->out;
    for (size_t r = from; r < to && !p->failed; r++) {
        bool before = !is_of_version(p, r);
        for (size_t k = from; k < r && !before; k++)
            before = is_of_version(p, k) && strcmp(p->version_of_row[k], p->version_of_row[r]) == 0;
        if (before) continue;
        struct interpreted_record *record = &in->records[in->n_records++];
        struct subject s = *whole;
        record->row = (uint32_t)r;
        record->first_cell = *cell;
        s.trim = record_join_names(p, s.trim, p->version_of_row[r]);
        for (size_t k = r; k < to; k++)
            if (is_of_version(p, k) && strcmp(p->version_of_row[k], p->version_of_row[r]) == 0)
                add_cells(p, k, (size_t)in->frame.value_column, cell);
        finish_pairs(p, record, &s, *cell);
    }
}

/* Pairs of name and value: the first name that comes again begins another vehicle. */
bool make_pair_records(struct interpreter *p)
{
    struct interpretation *in = p->out;
    const struct table *t = in->table;
    const struct table_frame *f = &in->frame;
    size_t first = f->first_data, starts = 0, versions = 0, cells = 0, cell = 0;
    while (first < t->n_rows && (f->rows[first] != FRAME_DATA || is_of_version(p, first))) first++;
    for (size_t r = f->first_data; r < t->n_rows; r++) versions += is_of_version(p, r);
    for (size_t r = first; r < t->n_rows; r++)
        starts += f->rows[r] == FRAME_DATA && p->attribute_of_row[r] == p->attribute_of_row[first];
    in->records = arena_array(&in->arena, starts + versions + 1, sizeof *in->records);
    for (size_t r = f->first_data; r < t->n_rows; r++) cells += f->rows[r] == FRAME_DATA ? long_parts(p, r) : 0;
    in->cells = arena_array(&in->arena, cells + 1, sizeof *in->cells);
    if (!in->records || !in->cells) return false;
    make_version_records(p, &in->subject, f->first_data, first, &cell);
    for (size_t r = first; r < t->n_rows && !p->failed;) {
        struct interpreted_record *record = &in->records[in->n_records++];
        struct subject s = in->subject;
        size_t end = r + 1;
        while (end < t->n_rows && !(f->rows[end] == FRAME_DATA && !is_of_version(p, end) &&
                                    p->attribute_of_row[end] == p->attribute_of_row[first]))
            end++;
        record->row = (uint32_t)r;
        record->first_cell = cell;
        for (size_t k = r; k < end; k++)
            if (f->rows[k] == FRAME_DATA && !is_of_version(p, k))
                add_cells(p, k, (size_t)f->value_column, &cell);
        for (size_t o = 0; o < N_ROLE_ORDER; o++)
            for (size_t k = record->first_cell; k < cell; k++)
                if (in->columns[in->cells[k].attribute].role == record_role(o))
                    record_take_role(p, &s, record_role(o),
                                     table_cell(t, in->cells[k].row, in->cells[k].column));
        heading_trim(p, &s);
        finish_pairs(p, record, &s, cell);
        make_version_records(p, &s, r, end, &cell);
        r = end;
    }
    in->n_cells = cell;
    return !p->failed;
}

/* ---- one row a value ---- */

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
    size_t n_values = long_value_columns(f, values), n_groups = 0;
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
            g->n_cells += long_parts(p, r);
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
            if (table_cell(t, r, values[v])->len) add_cells(p, r, values[v], &groups[group_of[r] * n_values + v].at);
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
        record_row_subject(p, g->first_row, "", &s, &quantity);
        for (size_t o = 0; o < N_ROLE_ORDER; o++)
            for (size_t k = 0; k < record->n_cells; k++) {
                const struct interpreted_cell *c = &in->cells[record->first_cell + k];
                if (c->attribute < p->long_from || in->columns[c->attribute].role != record_role(o))
                    continue;
                /* A name in a column of its own goes before one among the attributes. */
                if ((record_role(o) == ROLE_NAME || record_role(o) == ROLE_MODEL) && *s.model) continue;
                record_take_role(p, &s, record_role(o), table_cell(t, c->row, c->column));
            }
        if (f->value_column == NO_COLUMN) {
            int year = f->column_years[values[i % n_values]];
            s.year_first = s.year_last = year;
            s.year_in_name = false;
        }
        record->fact.place = place_of_rows(p, g);
        record->fact.line = table_cell(t, g->first_row, 0)->line;
        record->fact.quantity = quantity;
        record_finish(p, record, &s);
    }
    return !p->failed;
}
