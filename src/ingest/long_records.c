/* The vehicles of a table where each row is one value: groups of rows of one name, and pairs of name and
 * value. */
#include "ingest/interpret_parts.h"

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
                in->cells[(*cell)++] = (struct interpreted_cell){
                    (uint32_t)k, (uint32_t)in->frame.value_column, p->attribute_of_row[k]};
        finish_pairs(p, record, &s, *cell);
    }
}

/* Pairs of name and value: the first name that comes again begins another vehicle. */
bool make_pair_records(struct interpreter *p)
{
    struct interpretation *in = p->out;
    const struct table *t = in->table;
    const struct table_frame *f = &in->frame;
    size_t first = f->first_data, starts = 0, versions = 0, cell = 0;
    while (first < t->n_rows && (f->rows[first] != FRAME_DATA || is_of_version(p, first))) first++;
    for (size_t r = f->first_data; r < t->n_rows; r++) versions += is_of_version(p, r);
    for (size_t r = first; r < t->n_rows; r++)
        starts += f->rows[r] == FRAME_DATA && p->attribute_of_row[r] == p->attribute_of_row[first];
    in->records = arena_array(&in->arena, starts + versions + 1, sizeof *in->records);
    in->cells = arena_array(&in->arena, t->n_rows + 1, sizeof *in->cells);
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
                in->cells[cell++] = (struct interpreted_cell){
                    (uint32_t)k, (uint32_t)f->value_column, p->attribute_of_row[k]};
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
    p->version_of_row = arena_array(a, t->n_rows + 1, sizeof *p->version_of_row);
    struct cell *names = arena_array(a, t->n_rows + 1, sizeof *names);
    if (!values || !first_row || !counts || !p->attribute_of_row || !p->version_of_row || !names ||
        !text_index_init(&index, t->n_rows, a))
        return false;
    size_t n_values = value_columns(f, values), n = 0;
    for (size_t r = f->first_data; r < t->n_rows; r++) {
        if (f->rows[r] != FRAME_DATA) continue;
        struct cell *c = &names[r];
        *c = *table_cell(t, r, (size_t)f->attribute_column);
        p->version_of_row[r] = NULL;
        size_t named = f->pairs ? pair_version(c, table_cell(t, r, values[0]), &p->version_of_row[r]) : c->len;
        if (named < c->len) {
            c->text = arena_strndup(a, c->text, named);
            c->len = (uint32_t)named;
            if (!c->text) return false;
        }
        size_t at = (size_t)XXH3_64bits(c->text, c->len) & index.mask;
        while (index.slots[at]) {
            const struct cell *other = &names[first_row[index.slots[at] - 1]];
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
        const char *name = names[first_row[k]].text;
        const char *unit = f->unit_column == NO_COLUMN
                               ? ""
                               : table_cell(t, first_row[k], (size_t)f->unit_column)->text;
        if (!column_read(c, *name ? name : "value", "", p->caption, unit, false, &study, a))
            return false;
        if (!take_declared_unit(p, c, &study)) return false;
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
