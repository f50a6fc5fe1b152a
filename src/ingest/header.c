#include "ingest/header.h"

#include "base/buffer.h"
#include "base/utf8.h"
#include "vehicle/registry.h"

#include <string.h>

static bool join_titles(struct table_frame *f, struct arena *arena, size_t end)
{
    struct buffer title = {0};
    for (size_t r = 0; r < end; r++) {
        if (f->rows[r] != FRAME_TITLE) continue;
        for (size_t j = 0; j < f->table->n_columns; j++) {
            const struct cell *c = table_cell(f->table, r, j);
            if (!c->len || title.len + c->len > 400) continue;
            if (title.len) buffer_puts(&title, "; ");
            buffer_append(&title, c->text, c->len);
        }
    }
    bool ok = !title.failed;
    if (ok && title.len) {
        f->title = arena_strndup(arena, title.data, title.len);
        ok = f->title != NULL;
    }
    buffer_free(&title);
    return ok;
}

static bool drop_footnote(const char **name, struct arena *arena)
{
    size_t len = strlen(*name), without = name_without_footnote(*name, len);
    if (without < len) *name = arena_strndup(arena, *name, without);
    return *name != NULL;
}

/* The group of column j of row r, which is empty there and has none at its left: a group that is centred over its
 * columns stands at the right, "| | Dimensions | |" over "Length | Width | Height". */
static const char *centred_group(const struct table *t, size_t r, size_t j)
{
    for (; j < t->n_columns && table_cell(t, r + 1, j)->len; j++)
        if (table_cell(t, r, j)->len) return table_cell(t, r, j)->text;
    return "";
}

/* Names and groups of the columns from rows [from, to) of the header. */
static bool name_columns(struct table_frame *f, struct arena *arena, size_t from, size_t to)
{
    const struct table *t = f->table;
    struct buffer b = {0};
    bool ok = true;
    for (size_t r = from; r + 1 < to && ok; r++) { /* all but the last row: groups, filled right */
        const char *span = "";
        for (size_t j = 0; j < t->n_columns && ok; j++) {
            const struct cell *c = table_cell(t, r, j), *below = table_cell(t, r + 1, j);
            if (c->len) span = c->text;
            if (!below->len && c->len) { /* the name stands in the upper row */
                f->names[j] = c->text;
                span = "";
                continue;
            }
            if (c->len && strcmp(c->text, below->text) == 0) { /* one cell over both rows: no group */
                span = "";
                continue;
            }
            if (!*span && j && below->len && !c->len) span = centred_group(t, r, j);
            if (!*span) continue;
            if (strcmp(f->groups[j], "") == 0) {
                f->groups[j] = span;
                continue;
            }
            buffer_clear(&b);
            buffer_printf(&b, "%s > %s", f->groups[j], span);
            f->groups[j] = b.failed ? NULL : arena_strndup(arena, b.data, b.len);
            ok = f->groups[j] != NULL;
        }
    }
    for (size_t j = 0; j < t->n_columns && ok && to > from; j++) {
        const struct cell *c = table_cell(t, to - 1, j);
        if (c->len) f->names[j] = c->text;
        if (strcmp(f->groups[j], f->names[j]) == 0) f->groups[j] = "";
        ok = drop_footnote(&f->names[j], arena) && drop_footnote(&f->groups[j], arena);
    }
    buffer_free(&b);
    /* A name stands in every passage of its table. */
    for (size_t j = 0; j < t->n_columns && ok; j++) {
        const char **names[] = {&f->names[j], &f->groups[j]};
        for (size_t k = 0; k < 2 && ok; k++) {
            size_t len = strlen(*names[k]);
            if (len <= DOCUMENT_MAX_NAME) continue;
            *names[k] = arena_strndup(arena, *names[k], utf8_complete_prefix(*names[k], DOCUMENT_MAX_NAME));
            ok = *names[k] != NULL;
        }
    }
    return ok;
}

/* The row's label is an attribute, and there are values behind it. */
static bool is_attribute_row(const struct table_frame *f, size_t row)
{
    const struct cell *label = table_cell(f->table, row, (size_t)f->attribute_column);
    size_t first = 0;
    if (!label->len || role_of_name(label->text, label->len) != ROLE_NONE) return false;
    return is_measure_name(label->text, label->len) && frame_count_filled(f->table, row, &first) > 1;
}

/* Two cells or more behind the labels' column, most of them no figures. */
static bool names_vehicles(const struct table_frame *f, size_t row)
{
    size_t filled = 0, numbers = 0;
    for (size_t j = (size_t)f->attribute_column + 1; j < f->table->n_columns; j++) {
        const struct cell *c = table_cell(f->table, row, j);
        filled += c->len > 0;
        numbers += c->len > 0 && is_numeric_cell(c->text, c->len);
    }
    return filled >= 2 && numbers * 2 <= filled;
}

/* A header whose corner is an attribute is a row of data of a sheet whose rows are attributes; what
 * stands above it may be the header: ",SE,SEL,Limited". */
static void corner_is_data(struct table_frame *f, size_t from)
{
    const struct table *t = f->table;
    const char *corner = f->names[f->attribute_column];
    enum attribute_role role = role_of_name(corner, strlen(corner));
    struct column_meaning m;
    registry_read_column(&m, corner, strlen(corner), DIMENSION_NONE);
    if (!*corner || m.attribute < 0 || role == ROLE_ATTRIBUTE || role == ROLE_VALUE ||
        f->header_row + 1 != f->first_data)
        return;
    f->rows[f->header_row] = FRAME_DATA;
    f->first_data = f->header_row;
    f->header_row = SIZE_MAX;
    f->has_header = false;
    f->n_header_rows = 0;
    for (size_t j = 0; j < t->n_columns; j++) f->names[j] = "";
    /* Rows above that are attributes too are data, up to the row that names the vehicles. */
    while (from > 0 && f->rows[from - 1] == FRAME_TITLE && is_attribute_row(f, from - 1)) {
        f->rows[--from] = FRAME_DATA;
        f->first_data = from;
        f->n_title_rows--;
    }
    /* "ENGINE": a band between the names and the first attribute. */
    size_t only = 0;
    if (from > 1 && f->rows[from - 1] == FRAME_TITLE && frame_count_filled(t, from - 1, &only) == 1 &&
        only == (size_t)f->attribute_column && f->rows[from - 2] == FRAME_TITLE && names_vehicles(f, from - 2)) {
        f->rows[--from] = FRAME_DATA;
        f->first_data = from;
        f->n_title_rows--;
    }
    if (from == 0 || f->rows[from - 1] != FRAME_TITLE || !names_vehicles(f, from - 1)) return;
    f->rows[from - 1] = FRAME_HEADER;
    f->header_row = from - 1;
    f->has_header = true;
    f->n_header_rows = 1;
    f->n_title_rows--;
    for (size_t j = 0; j < t->n_columns; j++) f->names[j] = table_cell(t, from - 1, j)->text;
}

bool frame_find(struct table_frame *out, const struct table *table, bool objects,
                struct arena *arena)
{
    struct table_frame *f = out;
    *f = (struct table_frame){.table = table, .title = "", .header_row = SIZE_MAX};
    size_t columns = table->n_columns;
    f->attribute_column = f->unit_column = f->band_column = f->value_column = NO_COLUMN;
    f->rows = arena_array(arena, table->n_rows + 1, 1);
    f->names = arena_array(arena, columns + 1, sizeof *f->names);
    f->groups = arena_array(arena, columns + 1, sizeof *f->groups);
    f->units = arena_array(arena, columns + 1, sizeof *f->units);
    if (!f->rows || !f->names || !f->groups || !f->units) return false;
    for (size_t j = 0; j < columns; j++) f->names[j] = f->groups[j] = f->units[j] = "";
    if (table->n_rows == 0 || columns == 0) return true;

    size_t width = frame_usual_width(table), from = 0, to = 0; /* header rows [from, to) */
    if (table->key_value) {
        to = 0;
    } else if (table->n_header_rows) {
        to = table->n_header_rows < table->n_rows ? table->n_header_rows : table->n_rows;
        if (!objects && to == 1 && frame_is_second_header(table, 0)) to = 2;
    } else {
        size_t h = frame_find_header(table, width);
        if (h != SIZE_MAX) {
            from = h;
            to = h + 1;
            if (frame_is_second_header(table, h)) to++;
            while (from > 0 && to - from < 3 && frame_is_group_row(table, from, width)) from--;
        }
    }
    f->has_header = to > from;
    for (size_t r = 0; r < from; r++) {
        size_t first;
        f->rows[r] = frame_count_filled(table, r, &first) ? FRAME_TITLE : FRAME_BLANK;
        f->n_title_rows += f->rows[r] == FRAME_TITLE;
    }
    for (size_t r = from; r < to; r++) f->rows[r] = FRAME_HEADER;
    f->n_header_rows = to - from;
    if (f->has_header) f->header_row = to - 1;
    if (!name_columns(f, arena, from, to)) return false;

    size_t next = to, first;
    while (next < table->n_rows && f->has_header && frame_count_filled(table, next, &first) == 0)
        f->rows[next++] = FRAME_BLANK;
    if (f->has_header && next < table->n_rows && !objects &&
        frame_is_unit_row(table, next)) {
        for (size_t j = 0; j < columns; j++) {
            const struct cell *c = table_cell(table, next, j);
            if (is_unit_cell(c)) f->units[j] = c->text;
        }
        f->rows[next++] = FRAME_UNITS;
    }
    if (f->has_header && next < table->n_rows && !objects && frame_is_type_row(table, next))
        f->rows[next++] = FRAME_HEADER;
    f->first_data = next;
    frame_classify_rows(f, width);
    bool ok = objects || frame_find_versions(f, arena);
    frame_find_layout(f, arena, &ok);
    if (objects && f->layout == FRAME_COLUMNS && !table->key_value &&
        !table->n_keys) {
        f->layout = FRAME_ROWS;
        f->attribute_column = f->unit_column = f->band_column = NO_COLUMN;
    }

    if (f->layout == FRAME_COLUMNS && f->has_header && f->n_header_rows == 1)
        corner_is_data(f, from);
    if (f->layout == FRAME_COLUMNS) frame_classify_attribute_rows(f);
    ok = ok && join_titles(f, arena, from);
    return ok && (objects || frame_fill_merged(f, arena));
}
