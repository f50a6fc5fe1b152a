/* Whether the rows of a table are vehicles, attributes or single values, and which columns then name the
 * attributes, their units and values. */
#include "ingest/header.h"

#include "ingest/subject.h"
#include "vehicle/registry.h"

#include <string.h>

enum {
    LABEL_SAMPLE = 80, /* cells of a column that are looked at for names of attributes */
    MAX_YEAR_COLUMNS = 64,
    MAX_BESIDE_YEARS = 16,
};

static bool is_make(const struct cell *c) /* "Seat" is no number of seats in a column of makes */
{
    struct token t[6];
    int make;
    size_t n = c->len < 60 ? tokens_split(c->text, c->len, TOKENS_TEXT, t, 6) : 0;
    return n > 0 && n < 6 && make_match(t, n, &make) == n;
}

/* The share of a column's cells that are names of attributes; *distinct of them are different from the
 * one above. */
static double label_share(const struct table_frame *f, size_t column, size_t *n, size_t *distinct)
{
    const struct table *t = f->table;
    size_t seen = 0, known = 0;
    const char *texts[LABEL_SAMPLE];
    *distinct = 0;
    for (size_t r = f->first_data; r < t->n_rows && seen < LABEL_SAMPLE; r++) {
        const struct cell *c = table_cell(t, r, column);
        if ((f->rows[r] != FRAME_DATA && f->rows[r] != FRAME_BAND) || !c->len) continue;
        if (f->rows[r] == FRAME_DATA) known += is_measure_name(c->text, c->len) && !is_make(c);
        bool before = false;
        for (size_t i = 0; i < seen && !before; i++) before = strcmp(texts[i], c->text) == 0;
        *distinct += !before;
        texts[seen++] = c->text;
    }
    size_t bands = 0;
    for (size_t r = f->first_data; r < t->n_rows && r < f->first_data + LABEL_SAMPLE; r++)
        bands += f->rows[r] == FRAME_BAND;
    *n = seen;
    return seen > bands ? (double)known / (double)(seen - bands) : 0;
}

/* The column right of `column` that holds units alone; NO_COLUMN. */
static int find_unit_column(const struct table_frame *f, size_t column)
{
    const struct table *t = f->table;
    for (size_t j = column + 1; j < t->n_columns; j++) {
        size_t units = 0, others = 0;
        if (role_of_name(f->names[j], strlen(f->names[j])) == ROLE_UNIT) return (int)j;
        for (size_t r = f->first_data; r < t->n_rows && units + others < LABEL_SAMPLE; r++) {
            const struct cell *c = table_cell(t, r, j);
            if (f->rows[r] != FRAME_DATA || !c->len || is_dash_cell(c)) continue;
            *(is_unit_cell(c) ? &units : &others) += 1;
        }
        if (units >= 2 && others * 10 <= units) return (int)j;
    }
    return NO_COLUMN;
}

/* Whether the cells of a column are parts of the data ("Brakes", "Dimensions") or mostly empty. */
static bool is_band_column(const struct table_frame *f, size_t column)
{
    const struct table *t = f->table;
    size_t sections = 0, others = 0, empty = 0;
    for (size_t r = f->first_data; r < t->n_rows && sections + others + empty < LABEL_SAMPLE; r++) {
        const struct cell *c = table_cell(t, r, column);
        if (f->rows[r] != FRAME_DATA) continue;
        if (!c->len)
            empty++;
        else
            *(is_section_heading(c->text, c->len) ? &sections : &others) += 1;
    }
    return sections >= others || empty > sections + others;
}

static size_t count_years(struct table_frame *f, struct arena *arena, bool *ok)
{
    size_t n = 0;
    for (size_t j = 0; j < f->table->n_columns; j++) {
        int year;
        struct cell c = {.text = f->names[j], .len = (uint32_t)strlen(f->names[j])};
        n += is_year_name(&c, &year);
    }
    /* Each year repeats the other columns: many of both would make much of little. */
    if (n < 2 || n > MAX_YEAR_COLUMNS || f->table->n_columns - n > MAX_BESIDE_YEARS) return 0;
    f->column_years = arena_array(arena, f->table->n_columns, sizeof *f->column_years);
    if (!f->column_years) {
        *ok = false;
        return 0;
    }
    for (size_t j = 0; j < f->table->n_columns; j++) {
        struct cell c = {.text = f->names[j], .len = (uint32_t)strlen(f->names[j])};
        int year;
        f->column_years[j] = is_year_name(&c, &year) ? year : 0;
    }
    return n;
}

void frame_find_layout(struct table_frame *f, struct arena *arena, bool *ok)
{
    const struct table *t = f->table;
    f->attribute_column = f->unit_column = f->band_column = f->value_column = NO_COLUMN;
    if (t->key_value) {
        f->layout = t->n_columns == 2 ? FRAME_LONG : FRAME_COLUMNS;
        f->pairs = t->n_columns == 2;
        f->attribute_column = 0;
        f->value_column = f->pairs ? 1 : NO_COLUMN;
        return;
    }
    if (t->n_columns < 2) return;

    size_t known = 0, named = 0, subjects = 0;
    int attribute = NO_COLUMN, value = NO_COLUMN;
    for (size_t j = 0; j < t->n_columns; j++) {
        size_t len = strlen(f->names[j]);
        enum attribute_role role = role_of_name(f->names[j], len);
        if (role == ROLE_ATTRIBUTE && attribute == NO_COLUMN) attribute = (int)j;
        if (role == ROLE_VALUE && value == NO_COLUMN) value = (int)j;
        if (role == ROLE_MAKE || role == ROLE_MODEL || role == ROLE_NAME || role == ROLE_TRIM ||
            role == ROLE_YEAR)
            subjects++;
        if (j > 0 && role != ROLE_VALUE) {
            named += len > 0;
            known += frame_version_name(f, j) == VERSION_NONE && is_measure_name(f->names[j], len);
        }
    }
    size_t years = count_years(f, arena, ok);

    /* The column of attributes' names: told by its header, or by its cells. */
    size_t n, distinct;
    if (attribute != NO_COLUMN && value == NO_COLUMN && !years &&
        label_share(f, (size_t)attribute, &n, &distinct) < 0.3)
        attribute = NO_COLUMN; /* "Feature" of something else */
    double share = 0;
    int by_cells = NO_COLUMN;
    size_t cells_distinct = 0, cells_n = 0;
    for (size_t j = 0; j < t->n_columns && j < 4; j++) {
        double s = label_share(f, j, &n, &distinct);
        if (s > share + 0.1) {
            share = s;
            by_cells = (int)j;
            cells_distinct = distinct;
            cells_n = n;
        }
    }
    double header_share = named ? (double)known / (double)named : 0;
    bool cells_name = share >= 0.35 && (header_share < 0.35 || share > 2 * header_share + 0.2);
    if (attribute == NO_COLUMN && (!cells_name || subjects >= 2)) return;
    if (attribute == NO_COLUMN) {
        attribute = by_cells;
    } else if (by_cells == attribute) {
        cells_distinct = cells_distinct ? cells_distinct : 1;
    }
    label_share(f, (size_t)attribute, &cells_n, &cells_distinct);

    f->attribute_column = attribute;
    f->unit_column = find_unit_column(f, (size_t)attribute);
    if (value != NO_COLUMN && role_of_name(f->names[value], strlen(f->names[value])) == ROLE_VALUE &&
        value == f->unit_column)
        f->unit_column = NO_COLUMN;
    size_t before = 0, behind = 0; /* columns of subjects; of values */
    for (size_t j = 0; j < t->n_columns; j++) {
        if ((int)j == attribute || (int)j == f->unit_column || (int)j == value) continue;
        if (f->column_years && f->column_years[j]) continue;
        *((int)j < attribute ? &before : &behind) += 1;
    }
    bool repeated = cells_distinct * 10 < cells_n * 9;
    size_t all_others = before + behind;
    bool band_before = before == 1 && attribute == 1 && is_band_column(f, 0);
    bool has_subject = subjects > 0 && role_of_name(f->names[attribute],
                                                    strlen(f->names[attribute])) != ROLE_NAME;
    if ((value != NO_COLUMN || years) && all_others > 0 && (repeated || has_subject) &&
        !(band_before && !repeated && !has_subject)) {
        f->layout = FRAME_LONG;
        f->value_column = years && value == NO_COLUMN ? NO_COLUMN : value;
        return;
    }
    if (value == NO_COLUMN && !years && before >= 1 && !band_before && behind == 1 && repeated) {
        f->layout = FRAME_LONG; /* vehicle, attribute, and one column of values without a name */
        for (size_t j = (size_t)attribute + 1; j < t->n_columns; j++)
            if ((int)j != f->unit_column) f->value_column = (int)j;
        return;
    }
    if (attribute > 1 || (attribute == 1 && !band_before && before && repeated)) {
        f->attribute_column = f->unit_column = NO_COLUMN; /* neither shape */
        return;
    }
    f->layout = FRAME_COLUMNS;
    f->band_column = band_before ? 0 : NO_COLUMN;
    f->column_years = NULL;
}
