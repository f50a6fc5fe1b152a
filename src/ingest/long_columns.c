/* The attributes of a table where each row is one value: its cells name them, and what they have in common is
 * read as a column's is. */
#include "ingest/compound.h"
#include "ingest/interpret_parts.h"
#include "ingest/text_index.h"

#include "vehicle/registry.h"

#include <string.h>
#include <xxhash.h>

/* The different names of the rows. */
struct long_names {
    size_t n, n_values;    /* names; columns of values */
    size_t *first_row;     /* (n) */
    struct cell *cells;    /* (n_rows) without what is a version's */
    size_t *values;        /* (n_values) */
    struct compound *parts; /* (n) */
};

size_t long_value_columns(const struct table_frame *f, size_t *out)
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

size_t long_parts(const struct interpreter *p, size_t row)
{
    unsigned n = p->out->columns[p->attribute_of_row[row]].n_parts;
    return n ? n : 1;
}

/* Numbers the names in attribute_of_row and counts the cells of each in long_first[number + 1]. */
static bool number_names(struct interpreter *p, struct long_names *names)
{
    const struct table *t = p->out->table;
    const struct table_frame *f = &p->out->frame;
    struct arena *a = &p->out->arena;
    struct text_index index;
    if (!text_index_init(&index, t->n_rows, a)) return false;
    for (size_t r = f->first_data; r < t->n_rows; r++) {
        if (f->rows[r] != FRAME_DATA) continue;
        struct cell *c = &names->cells[r];
        *c = *table_cell(t, r, (size_t)f->attribute_column);
        p->version_of_row[r] = NULL;
        size_t named = f->pairs ? pair_version(c, table_cell(t, r, names->values[0]), &p->version_of_row[r]) : c->len;
        if (named < c->len) {
            c->text = arena_strndup(a, c->text, named);
            c->len = (uint32_t)named;
            if (!c->text) return false;
        }
        size_t at = (size_t)XXH3_64bits(c->text, c->len) & index.mask;
        while (index.slots[at]) {
            const struct cell *other = &names->cells[names->first_row[index.slots[at] - 1]];
            if (other->len == c->len && memcmp(other->text, c->text, c->len) == 0) break;
            at = (at + 1) & index.mask;
        }
        if (!index.slots[at]) {
            names->first_row[names->n++] = r;
            index.slots[at] = (uint32_t)names->n;
        }
        p->attribute_of_row[r] = index.slots[at] - 1;
        p->long_first[index.slots[at]] += names->n_values;
    }
    return true;
}

/* Sorts the cells of the values by name. */
static bool sort_cells(struct interpreter *p, const struct long_names *names)
{
    const struct table *t = p->out->table;
    const struct table_frame *f = &p->out->frame;
    struct arena *a = &p->out->arena;
    size_t *first = p->long_first, n = names->n;
    for (size_t k = 0; k < n; k++) first[k + 1] += first[k];
    size_t *fill = arena_array(a, n + 1, sizeof *fill);
    p->long_cells = arena_array(a, first[n] + 1, sizeof *p->long_cells);
    size_t most = t->n_rows > first[n] ? t->n_rows : first[n];
    p->run = arena_array(a, most + 1, sizeof *p->run);
    if (!fill || !p->long_cells || !p->run) return false;
    memcpy(fill, first, n * sizeof *fill);
    for (size_t r = f->first_data; r < t->n_rows; r++) {
        if (f->rows[r] != FRAME_DATA) continue;
        for (size_t v = 0; v < names->n_values; v++)
            p->long_cells[fill[p->attribute_of_row[r]]++] = table_cell(t, r, names->values[v]);
    }
    return true;
}

/* Takes the names of several attributes apart, and makes room for the columns of all. */
static bool find_parts(struct interpreter *p, struct long_names *names)
{
    struct interpretation *in = p->out;
    size_t total = 0;
    names->parts = arena_array(&in->arena, names->n + 1, sizeof *names->parts);
    if (!names->parts) return false;
    for (size_t k = 0; k < names->n; k++) {
        const struct cell *const *cells = p->long_cells + p->long_first[k];
        if (!compound_read(&names->parts[k], names->cells[names->first_row[k]].text, cells,
                           p->long_first[k + 1] - p->long_first[k], &in->arena))
            return false;
        total += names->parts[k].n ? names->parts[k].n : 1;
    }
    struct interpreted_column *columns = arena_array(&in->arena, in->n_columns + total + 1, sizeof *columns);
    p->long_name = arena_array(&in->arena, total + 1, sizeof *p->long_name);
    if (!columns || !p->long_name) return false;
    memcpy(columns, in->columns, in->n_columns * sizeof *columns);
    in->columns = columns;
    p->long_from = in->n_columns;
    return true;
}

/* The units that the rows of each name state, and whether they are several. */
static bool find_units(struct interpreter *p, const struct long_names *names, const struct unit ***units, bool **mixed)
{
    const struct table *t = p->out->table;
    const struct table_frame *f = &p->out->frame;
    *units = arena_array(&p->out->arena, names->n + 1, sizeof **units);
    *mixed = arena_array(&p->out->arena, names->n + 1, sizeof **mixed);
    if (!*units || !*mixed) return false;
    for (size_t r = f->first_data; f->unit_column != NO_COLUMN && r < t->n_rows; r++) {
        if (f->rows[r] != FRAME_DATA) continue;
        size_t k = p->attribute_of_row[r];
        const struct cell *c = table_cell(t, r, (size_t)f->unit_column);
        const struct unit *u = c->len ? unit_parse_all(c->text, c->len) : NULL;
        if (names->first_row[k] == r)
            (*units)[k] = u;
        else if ((*units)[k] != u)
            (*mixed)[k] = true;
    }
    return true;
}

/* A name of one attribute as a column. */
static bool add_name(struct interpreter *p, const struct long_names *names, size_t k, const char *unit, bool mixed,
                     const struct column_study *study)
{
    struct interpretation *in = p->out;
    const char *name = names->cells[names->first_row[k]].text;
    struct interpreted_column *c = &in->columns[in->n_columns++];
    *c = (struct interpreted_column){.index = names->first_row[k], .unit_column = NO_COLUMN, .sibling = SIZE_MAX};
    if (!column_read(c, *name ? name : "value", "", p->caption, unit, false, study, &in->arena)) return false;
    if (!take_declared_unit(p, c, study)) return false;
    column_decide_kind(c, study);
    if (c->unit_source == UNIT_FROM_ROW) {
        c->unit_source = UNIT_FROM_COLUMN;
        if (mixed) c->fact.unit = NULL;
    }
    if (mixed) {
        c->unit_column = in->frame.unit_column;
        c->unit_source = UNIT_FROM_COLUMN;
    }
    if (c->fact.attribute >= 0) {
        enum attribute_role role = REGISTRY[c->fact.attribute].role;
        if (role == ROLE_MAKE || role == ROLE_MODEL || role == ROLE_TRIM || role == ROLE_YEAR ||
            role == ROLE_YEAR_LAST || role == ROLE_NAME)
            c->role = role;
    }
    return true;
}

static bool add_columns(struct interpreter *p, const struct long_names *names)
{
    struct interpretation *in = p->out;
    const struct table_frame *f = &in->frame;
    const struct unit **units = NULL;
    bool *mixed = NULL;
    uint32_t *column_of = arena_array(&in->arena, names->n + 1, sizeof *column_of);
    if (!column_of || !find_units(p, names, &units, &mixed)) return false;
    for (size_t k = 0; k < names->n; k++) {
        struct column_study study;
        size_t first = in->n_columns, n = p->long_first[k + 1] - p->long_first[k];
        memcpy(p->run, p->long_cells + p->long_first[k], n * sizeof *p->run);
        cells_study(&study, p->run, n, false, p->hashes);
        const char *unit = f->unit_column == NO_COLUMN
                               ? ""
                               : table_cell(in->table, names->first_row[k], (size_t)f->unit_column)->text;
        bool ok = names->parts[k].n && !mixed[k]
                      ? interpret_add_parts(p, names->first_row[k], &names->parts[k],
                                            names->cells[names->first_row[k]].text, unit, &study)
                      : add_name(p, names, k, unit, mixed[k], &study);
        if (!ok) return false;
        column_of[k] = (uint32_t)first;
        for (size_t j = first; j < in->n_columns; j++) p->long_name[j - p->long_from] = k;
    }
    for (size_t r = f->first_data; r < in->table->n_rows; r++)
        if (f->rows[r] == FRAME_DATA) p->attribute_of_row[r] = column_of[p->attribute_of_row[r]];
    return true;
}

bool make_long_columns(struct interpreter *p)
{
    const struct table *t = p->out->table;
    struct arena *a = &p->out->arena;
    struct long_names names = {.values = arena_array(a, t->n_columns + 1, sizeof *names.values),
                               .first_row = arena_array(a, t->n_rows + 1, sizeof *names.first_row),
                               .cells = arena_array(a, t->n_rows + 1, sizeof *names.cells)};
    p->long_first = arena_array(a, t->n_rows + 2, sizeof *p->long_first);
    p->attribute_of_row = arena_array(a, t->n_rows + 1, sizeof *p->attribute_of_row);
    p->version_of_row = arena_array(a, t->n_rows + 1, sizeof *p->version_of_row);
    if (!names.values || !names.first_row || !names.cells || !p->long_first || !p->attribute_of_row || !p->version_of_row)
        return false;
    names.n_values = long_value_columns(&p->out->frame, names.values);
    return number_names(p, &names) && sort_cells(p, &names) && find_parts(p, &names) && add_columns(p, &names);
}
