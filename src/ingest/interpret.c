#include "ingest/compound.h"
#include "ingest/interpret_parts.h"

#include "base/utf8.h"
#include "vehicle/registry.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum {
    MAX_NOTES = 60,
    NAMES_IN_NOTE = 8, /* columns that one note lists by name */
};

void interpret_note(struct interpreter *p, const char *fmt, ...)
{
    struct interpretation *in = p->out;
    if (in->n_notes >= MAX_NOTES || p->failed) return;
    if (!p->notes) {
        p->notes = arena_array(&in->arena, MAX_NOTES, sizeof *p->notes);
        in->notes = p->notes;
        if (!p->notes) {
            p->failed = true;
            return;
        }
    }
    char text[400];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    size_t len = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    len = utf8_complete_prefix(text, len);
    char *copy = arena_strndup(&in->arena, text, len);
    if (copy)
        p->notes[in->n_notes++] = copy;
    else
        p->failed = true;
}

void append_place(struct buffer *b, const struct interpretation *in, size_t row)
{
    static const char *const WORDS[] = {"row", "item", "line"};
    const struct table *t = in->table;
    bool item = t->row_word == ROW_ITEM;
    if (in->place_table && !item) buffer_printf(b, "table %zu, ", t->number);
    buffer_printf(b, "%s %zu", WORDS[t->row_word], t->row_numbers ? t->row_numbers[row] : row + 1);
    if (in->place_table && item && t->caption && *t->caption) buffer_printf(b, " of %s", t->caption);
}

/* ---- cells of a column ---- */

size_t gather_cells(struct interpreter *p, size_t column)
{
    struct interpretation *in = p->out;
    const struct table *t = in->table;
    const struct interpreted_column *c = &in->columns[column];
    size_t n = 0;
    if (p->long_cells && column >= p->long_from) {
        size_t k = column - p->long_from;
        for (size_t i = p->long_first[k]; i < p->long_first[k + 1]; i++)
            p->run[n++] = p->long_cells[i];
        return n;
    }
    if (c->index == SIZE_MAX) return 0;
    if (in->frame.layout == FRAME_COLUMNS) {
        size_t from = (size_t)in->frame.attribute_column + 1;
        for (size_t j = from; j < t->n_columns; j++)
            if ((int)j != in->frame.unit_column) p->run[n++] = table_cell(t, c->index, j);
        return n;
    }
    for (size_t r = in->frame.first_data; r < t->n_rows; r++)
        if (in->frame.rows[r] == FRAME_DATA) p->run[n++] = table_cell(t, r, c->index);
    return n;
}

/* ---- columns ---- */

static bool is_json(const struct interpreter *p)
{
    enum document_kind kind = p->context->kind;
    return (kind == DOCUMENT_JSON || kind == DOCUMENT_JSON_LINES) && !p->out->table->key_value;
}

/* "powertrain.engine.displacement_l": the parents and the last name. Dots inside names of other
 * tables ("No. of seats") are none of a path. */
static bool split_path(struct interpreter *p, const char *name, const char **group,
                       const char **last)
{
    const char *dot = strrchr(name, '.');
    *group = "";
    *last = name;
    if (!dot || dot == name || !dot[1]) return true;
    *group = arena_strndup(&p->out->arena, name, (size_t)(dot - name));
    *last = dot + 1;
    return *group != NULL;
}

/* Whether a list of models or versions stands inside the table's records. */
static bool has_levels(const struct table_frame *f)
{
    for (size_t j = 0; j < f->table->n_columns; j++)
        for (const char *part = f->names[j], *dot; (dot = strchr(part, '.')) != NULL; part = dot + 1)
            if (column_is_level(part, (size_t)(dot - part))) return true;
    return false;
}

static struct interpreted_column *add_column(struct interpreter *p, size_t index)
{
    struct interpreted_column *c = &p->out->columns[p->out->n_columns++];
    *c = (struct interpreted_column){.index = index, .unit_column = NO_COLUMN, .sibling = SIZE_MAX};
    return c;
}

static bool numbered_name(struct interpreter *p, struct interpreted_column *c, const char *fmt,
                          const char *name, size_t number)
{
    buffer_clear(&p->scratch);
    buffer_printf(&p->scratch, fmt, name, number);
    c->fact.name = p->scratch.failed ? NULL
                                     : arena_strndup(&p->out->arena, p->scratch.data, p->scratch.len);
    return c->fact.name != NULL;
}

struct name_hash {
    uint64_t hash;
    size_t column;
};

static int compare_names(const void *a, const void *b)
{
    const struct name_hash *x = a, *y = b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

/* Columns without a name get their position, columns of one name a number each. */
static bool tell_names_apart(struct interpreter *p)
{
    struct interpretation *in = p->out;
    struct name_hash *h = arena_array(&in->arena, in->n_columns + 1, sizeof *h);
    if (!h) return false;
    for (size_t j = 0; j < in->n_columns; j++) {
        struct interpreted_column *c = &in->columns[j];
        if (!*c->fact.name && !numbered_name(p, c, "%scolumn %zu", "", c->index + 1)) return false;
        uint64_t unit = c->fact.unit ? (uint64_t)c->fact.unit->id : 0;
        h[j].hash = XXH3_64bits_withSeed(c->fact.name, strlen(c->fact.name),
                                         XXH3_64bits(c->fact.section, strlen(c->fact.section)) + unit);
        h[j].column = j;
    }
    qsort(h, in->n_columns, sizeof *h, compare_names);
    for (size_t i = 0, same = 1; i < in->n_columns; i++) {
        same = i > 0 && h[i].hash == h[i - 1].hash ? same + 1 : 1;
        if (same > 1 && !numbered_name(p, &in->columns[h[i].column], "%s (%zu)",
                                       in->columns[h[i].column].fact.name, same))
            return false;
    }
    return true;
}

static bool room_for_columns(struct interpreter *p, size_t n)
{
    p->out->columns = arena_array(&p->out->arena, n + 1, sizeof *p->out->columns);
    return p->out->columns != NULL;
}

/* Whether all cells are empty or JSON's null: where other records have an object, its parts are columns
 * of their own. */
static bool only_null(const struct cell *const *cells, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (cells[i]->len && strcmp(cells[i]->text, "null") != 0) return false;
    return true;
}

static bool has_index(const char *path)
{
    for (const char *c = path; *c; c = strchr(c, '.') ? strchr(c, '.') + 1 : "")
        if (*c >= '0' && *c <= '9' && strspn(c, "0123456789") == strcspn(c, ".")) return true;
    return false;
}

/* Elements of a list inside a record ("motors.1.power_kw") have an attribute of the vehicle only where
 * it has none of its own. */
static void part_list_elements(struct interpreter *p)
{
    struct interpretation *in = p->out;
    bool *own = arena_array(&in->arena, REGISTRY_COUNT + 1, sizeof *own);
    if (!own) {
        p->failed = true;
        return;
    }
    for (size_t j = 0; j < in->n_columns; j++)
        if (in->columns[j].fact.attribute >= 0 && !has_index(in->columns[j].fact.section))
            own[in->columns[j].fact.attribute] = true;
    for (size_t j = 0; j < in->n_columns; j++) {
        struct interpreted_column *c = &in->columns[j];
        if (c->fact.attribute >= 0 && own[c->fact.attribute] && has_index(c->fact.section)) {
            c->fact.attribute = -1;
            c->fact.qualifiers = 0;
            c->fact.inverse = c->category = false;
        }
    }
}

static int attribute_of_role(enum attribute_role role)
{
    for (size_t i = 0; i < REGISTRY_COUNT; i++)
        if (REGISTRY[i].role == role) return (int)i;
    return -1;
}

/* Adds the columns of a cell's parts when the name is one of several attributes; *done then. */
static bool add_compound(struct interpreter *p, size_t index, const char *name, const char *caption,
                         const struct column_study *study, size_t n_cells, bool *done)
{
    struct interpretation *in = p->out;
    struct compound parts;
    *done = false;
    if (!compound_read(&parts, name, p->run, n_cells, &in->arena)) return false;
    if (!parts.n) return true;
    size_t first = in->n_columns;
    for (size_t k = 0; k < parts.n; k++) {
        struct interpreted_column *c = add_column(p, index);
        struct column_study one = {.n = study->n, .filled = study->filled, .evidence = study->evidence,
                                   .numeric = study->filled};
        if (!column_read(c, parts.names[k], "", caption, parts.unit, false, &one, &in->arena))
            return false;
        c->fact.section = name;
        column_decide_kind(c, &one);
        c->text = c->category = false;
        c->n_numbers = 0;
        c->part = (unsigned)k;
        c->n_parts = (unsigned)parts.n;
        if (c->unit_source == UNIT_FROM_ROW) c->unit_source = UNIT_FROM_NAME;
    }
    for (size_t k = first; k < in->n_columns; k++) {
        in->columns[k].distinct_dimension = true;
        for (size_t j = first; j < in->n_columns; j++)
            if (j != k && in->columns[j].dimension == in->columns[k].dimension)
                in->columns[k].distinct_dimension = false;
    }
    *done = true;
    return true;
}

static bool has_digit(const struct cell *const *cells, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < cells[i]->len; k++)
            if (cells[i]->text[k] >= '0' && cells[i]->text[k] <= '9') return true;
    return false;
}

/* Whether the rows are versions of the vehicle in the heading: no column names another one. A heading
 * that is nothing but a name counts only over engines, gearboxes and the like. */
static bool is_of_heading(const struct interpreter *p, const struct role_column *c, size_t n)
{
    bool versions = p->heading_split || p->out->frame.column_variants;
    for (size_t i = 0; i < n; i++) {
        int a = c[i].attribute;
        enum attribute_role role = a >= 0 ? REGISTRY[a].role : ROLE_NONE;
        if (role == ROLE_MAKE || role == ROLE_MODEL || role == ROLE_NAME) return false;
        if (c[i].study.starts_make * 2 > c[i].study.filled && c[i].study.filled) return false;
        if (i == 0)
            versions |= role == ROLE_TRIM ||
                        (a >= 0 && (strcmp(REGISTRY[a].group, "engine") == 0 ||
                                    strcmp(REGISTRY[a].group, "chassis") == 0 ||
                                    REGISTRY[a].type == ATTRIBUTE_CATEGORY));
    }
    return versions;
}

/* What the tables' names are read under: a group in the header, a band, the parents of a path. */
static bool read_row_columns(struct interpreter *p)
{
    struct interpretation *in = p->out;
    const struct table *t = in->table;
    const struct table_frame *f = &in->frame;
    struct role_column *candidates = arena_array(&in->arena, t->n_columns + 1, sizeof *candidates);
    p->column_of = arena_array(&in->arena, t->n_columns + 1, sizeof *p->column_of);
    if (!candidates || !p->column_of ||
        !room_for_columns(p, t->n_columns * COMPOUND_MAX + 2))
        return false;
    size_t n_candidates = 0;
    bool json = is_json(p);
    const bool nested = json && has_levels(f);
    for (size_t j = 0; j < t->n_columns; j++) {
        p->column_of[j] = SIZE_MAX;
        if (f->column_years && f->column_years[j]) continue;
        if (f->column_variants && f->column_variants[j]) continue;
        if (f->layout == FRAME_LONG && ((int)j == f->attribute_column || (int)j == f->unit_column ||
                                        (int)j == f->value_column))
            continue;
        struct column_study study;
        struct interpreted_column *c = add_column(p, j);
        size_t n = gather_cells(p, in->n_columns - 1);
        cells_study(&study, p->run, n, true, p->hashes);
        if ((!study.filled && !*f->names[j]) || (json && only_null(p->run, n))) {
            in->n_columns--; /* an empty column without a name; an object that is null */
            continue;
        }
        const char *group = f->groups[j], *name = f->names[j];
        bool compound = false;
        if (!json && *name) {
            in->n_columns--;
            if (!add_compound(p, j, name, p->caption, &study, n, &compound)) return false;
            if (compound) continue;
            in->n_columns++;
        }
        if (json && !split_path(p, name, &group, &name)) return false;
        if (!column_read(c, name, group, json ? "" : p->caption, f->units[j], json, &study,
                         &in->arena))
            return false;
        if (json && (*group || nested)) column_take_level(c, *group ? group : t->caption, !*group);
        /* "Range" over model lines: texts without a figure are no quantity. */
        if (c->fact.attribute >= 0 && REGISTRY[c->fact.attribute].dimension != DIMENSION_NONE &&
            study.filled >= 3 && !study.numeric && !study.yes_no && !study.units &&
            study.distinct * 10 >= study.filled * 3 && !has_digit(p->run, n))
            c->fact.attribute = -1;
        take_note_unit(p, c, &study);
        column_decide_kind(c, &study);
        p->column_of[j] = in->n_columns - 1;
        candidates[n_candidates++] = (struct role_column){
            (int)j, c->fact.attribute, c->weak_role, c->fact.unit != NULL, study};
    }
    if (is_of_heading(p, candidates, n_candidates)) take_heading_name(p);
    roles_find(&p->roles, f, candidates, n_candidates, *in->subject.make != '\0',
               *in->subject.model != '\0', t->keyed, p->hashes);
    const struct table_roles *r = &p->roles;
    if (r->group != NO_COLUMN)
        in->columns[p->column_of[r->group]].fact.attribute = attribute_of_role(ROLE_GROUP);
    const struct {
        int column;
        enum attribute_role role;
    } ROLES[] = {{r->make, ROLE_MAKE}, {r->model, ROLE_MODEL}, {r->name, ROLE_NAME},
                 {r->year, ROLE_YEAR}, {r->year_last, ROLE_YEAR_LAST}, {r->quantity, ROLE_QUANTITY},
                 {r->n_trims > 0 ? r->trims[0] : NO_COLUMN, ROLE_TRIM},
                 {r->n_trims > 1 ? r->trims[1] : NO_COLUMN, ROLE_TRIM},
                 {r->n_trims > 2 ? r->trims[2] : NO_COLUMN, ROLE_TRIM}};
    for (size_t i = 0; i < sizeof ROLES / sizeof *ROLES; i++) {
        if (ROLES[i].column == NO_COLUMN) continue;
        struct interpreted_column *c = &in->columns[p->column_of[ROLES[i].column]];
        c->role = ROLES[i].role;
        if (c->fact.attribute < 0) c->fact.attribute = attribute_of_role(c->role);
        if (c->role != ROLE_YEAR && c->role != ROLE_YEAR_LAST && c->role != ROLE_QUANTITY)
            c->text = true;
    }
    return true;
}

/* Years as columns in front of which nothing says what is measured: the caption does. */
static bool add_year_value_column(struct interpreter *p)
{
    struct interpretation *in = p->out;
    const struct table_frame *f = &in->frame;
    struct column_study study;
    size_t n = 0, room = in->table->n_rows;
    for (size_t j = 0; j < in->table->n_columns; j++) {
        if (!f->column_years[j]) continue;
        for (size_t r = f->first_data; r < in->table->n_rows && n < room; r++)
            if (f->rows[r] == FRAME_DATA) p->run[n++] = table_cell(in->table, r, j);
        break;
    }
    cells_study(&study, p->run, n, false, p->hashes);
    struct interpreted_column *c = add_column(p, SIZE_MAX);
    struct section_reading caption;
    if (!section_read(&caption, *p->caption ? p->caption : "value", false, &in->arena)) return false;
    if (!column_read(c, caption.text, "", "", caption.unit ? caption.unit->symbol : "", false, &study,
                     &in->arena))
        return false;
    if (c->unit_source == UNIT_FROM_ROW) c->unit_source = UNIT_FROM_SECTION;
    column_decide_kind(c, &study);
    return true;
}

static bool read_attribute_rows(struct interpreter *p)
{
    struct interpretation *in = p->out;
    const struct table *t = in->table;
    const struct table_frame *f = &in->frame;
    if (!room_for_columns(p, t->n_rows * COMPOUND_MAX)) return false;
    const char *band = "";
    if (p->heading_split) take_heading_name(p); /* "F-150: dimensions" over its body styles */
    for (size_t r = f->first_data; r < t->n_rows; r++) {
        const struct cell *label = table_cell(t, r, (size_t)f->attribute_column);
        if (f->rows[r] == FRAME_BAND) {
            size_t at = label->len || f->band_column == NO_COLUMN ? (size_t)f->attribute_column
                                                                  : (size_t)f->band_column;
            band = table_cell(t, r, at)->text;
        }
        if (f->rows[r] != FRAME_DATA) continue;
        if (f->band_column != NO_COLUMN && table_cell(t, r, (size_t)f->band_column)->len)
            band = table_cell(t, r, (size_t)f->band_column)->text;
        struct column_study study;
        struct interpreted_column *c = add_column(p, r);
        size_t n = gather_cells(p, in->n_columns - 1);
        cells_study(&study, p->run, n, false, p->hashes);
        const char *unit = f->unit_column == NO_COLUMN
                               ? ""
                               : table_cell(t, r, (size_t)f->unit_column)->text;
        bool compound;
        in->n_columns--;
        if (!add_compound(p, r, label->text, p->caption, &study, n, &compound)) return false;
        if (compound) continue;
        in->n_columns++;
        if (!column_read(c, label->text, band, p->caption, unit, false, &study, &in->arena))
            return false;
        take_note_unit(p, c, &study);
        column_decide_kind(c, &study);
        if (c->unit_source == UNIT_FROM_ROW) c->unit_source = UNIT_FROM_COLUMN;
        if (c->fact.attribute >= 0) {
            enum attribute_role role = REGISTRY[c->fact.attribute].role;
            if (role == ROLE_MAKE || role == ROLE_MODEL || role == ROLE_TRIM || role == ROLE_NAME ||
                role == ROLE_YEAR || role == ROLE_YEAR_LAST)
                c->role = role;
        }
    }
    return true;
}

/* ---- how numbers are written ---- */

/* What the language of the names and the delimiter suggest. */
static enum number_style expected_style(const struct interpreter *p)
{
    const char *l = p->out->language;
    if (is_json(p)) return NUMBER_POINT;
    if (p->context->delimiter == ';' && strcmp(l, "en") != 0) return NUMBER_COMMA;
    return strcmp(l, "de") == 0 || strcmp(l, "fr") == 0 || strcmp(l, "es") == 0 ? NUMBER_COMMA
                                                                                : NUMBER_POINT;
}

static void find_language(struct interpreter *p)
{
    static const char *const CODES[] = {"en", "de", "fr", "es", "zh"};
    struct interpretation *in = p->out;
    size_t votes[5] = {0};
    for (size_t j = 0; j < in->n_columns && j < 400; j++) {
        struct token t[16];
        const char *name = in->columns[j].fact.name;
        size_t n = tokens_split(name, strlen(name), TOKENS_IDENTIFIER, t, 16);
        for (size_t i = 0; i < n;) {
            const struct term *terms = NULL;
            size_t n_terms = 0, used = registry_match(t + i, n - i, &terms, &n_terms);
            unsigned languages = 0;
            for (size_t k = 0; k < n_terms; k++) languages |= terms[k].languages;
            for (size_t k = 0; k < 5; k++) votes[k] += used && (languages >> k & 1);
            i += used ? used : 1;
        }
    }
    size_t best = 0;
    for (size_t k = 1; k < 5; k++)
        if (votes[k] > votes[best]) best = k;
    in->language = votes[best] ? CODES[best] : "";
}

static void decide_styles(struct interpreter *p)
{
    struct interpretation *in = p->out;
    /* Magnitudes of different columns say nothing of each other: what only one style explains counts,
     * else how columns decide by themselves. */
    struct number_evidence all = {0};
    size_t votes[2] = {0};
    enum number_style expected = expected_style(p);
    for (size_t j = 0; j < in->n_columns; j++) {
        const struct interpreted_column *c = &in->columns[j];
        bool sure = false;
        if (c->text) continue;
        all.point += c->evidence.point;
        all.comma += c->evidence.comma;
        all.leading_zero_ambiguous += c->evidence.leading_zero_ambiguous;
        enum number_style style = number_style_decide(&c->evidence, expected, &sure);
        votes[style] += sure && c->evidence.ambiguous;
    }
    in->style = number_style_decide(&all, expected, &in->style_sure);
    if (!in->style_sure && votes[0] != votes[1])
        in->style = votes[NUMBER_COMMA] > votes[NUMBER_POINT] ? NUMBER_COMMA : NUMBER_POINT;
    for (size_t j = 0; j < in->n_columns; j++) {
        struct interpreted_column *c = &in->columns[j];
        size_t n = c->text ? 0 : gather_cells(p, j);
        column_decide_style(c, p->run, n, in->style);
        column_decide_missing(c, p->run, n);
    }
}

/* ---- notes ---- */

static void note_rows(struct interpreter *p)
{
    const struct table_frame *f = &p->out->frame;
    if (f->n_title_rows)
        interpret_note(p, "%zu line%s above the header %s a title", f->n_title_rows,
                       f->n_title_rows == 1 ? "" : "s", f->n_title_rows == 1 ? "is" : "are");
    if (!f->has_header && !p->out->table->key_value && f->layout == FRAME_ROWS)
        interpret_note(p, "no header was found: columns are called by their position");
    if (f->n_header_rows > 1) interpret_note(p, "the header has %zu rows", f->n_header_rows);
    for (size_t r = 0; r < f->first_data; r++)
        if (f->rows[r] == FRAME_UNITS) interpret_note(p, "the row below the header holds units");
    if (f->layout == FRAME_COLUMNS && !p->out->table->key_value)
        interpret_note(p, "rows are attributes, columns are vehicles");
    if (f->layout == FRAME_LONG && !f->pairs)
        interpret_note(p, "each row is one value: column '%s' names the attribute",
                       f->names[f->attribute_column]);
    if (f->column_years) interpret_note(p, "columns named by a year hold the values of that year");
    if (f->n_summaries)
        interpret_note(p, "%zu row%s with a total or an average left out", f->n_summaries,
                       f->n_summaries == 1 ? " is" : "s are");
    if (f->n_repeated)
        interpret_note(p, "the header is repeated %zu time%s further down", f->n_repeated,
                       f->n_repeated == 1 ? "" : "s");
}

static const char *role_words(enum attribute_role role)
{
    switch (role) {
    case ROLE_MAKE: return "the manufacturer";
    case ROLE_MODEL: return "the model";
    case ROLE_TRIM: return "the version";
    case ROLE_YEAR: return "the year";
    case ROLE_YEAR_LAST: return "the last year";
    case ROLE_NAME: return "the vehicle's name";
    case ROLE_QUANTITY: return "the number of vehicles";
    default: return NULL;
    }
}

static void note_roles(struct interpreter *p)
{
    struct interpretation *in = p->out;
    const struct subject *s = &in->subject;
    for (size_t j = 0; j < in->n_columns && in->frame.layout != FRAME_COLUMNS; j++) {
        enum attribute_role role = in->columns[j].role;
        bool version = role == ROLE_MODEL && p->roles.make == NO_COLUMN && *s->model;
        const char *words = role_words(version ? ROLE_TRIM : role);
        if (words && p->roles.not_vehicles && in->columns[j].role == ROLE_NAME)
            interpret_note(p, "column '%s' names the rows; no column names a vehicle",
                           in->columns[j].fact.name);
        else if (words)
            interpret_note(p, "column '%s' was taken as %s", in->columns[j].fact.name, words);
    }
    if (p->make_from && *s->make && p->roles.make == NO_COLUMN)
        interpret_note(p, "manufacturer '%s' was taken from the %s", s->make, p->make_from);
    if (p->year_from && p->roles.year == NO_COLUMN && s->year_first)
        interpret_note(p, "model year %d was taken from the %s", s->year_first, p->year_from);
}

static void append_name(struct buffer *b, const struct interpreted_column *c, size_t n)
{
    if (n) buffer_puts(b, ", ");
    buffer_puts(b, c->fact.name);
}

/* Columns in which 0 or -1 is written for no value. */
static void note_missing(struct interpreter *p)
{
    struct interpretation *in = p->out;
    for (int zero = 1; zero >= 0; zero--) {
        size_t n = 0;
        buffer_clear(&p->scratch);
        for (size_t j = 0; j < in->n_columns; j++) {
            const struct interpreted_column *c = &in->columns[j];
            if (c->text || !c->n_filled || c->n_missing * 50 <= c->n_filled ||
                c->zero_missing != (zero == 1))
                continue;
            if (n < NAMES_IN_NOTE) append_name(&p->scratch, c, n);
            n++;
        }
        if (n)
            interpret_note(p, "%s stands for no value in %zu %s%s: %s%s", zero ? "0" : "-1", n,
                           in->frame.layout == FRAME_ROWS ? "column" : "attribute",
                           n == 1 ? "" : "s", buffer_text(&p->scratch),
                           n > NAMES_IN_NOTE ? ", ..." : "");
    }
}

static void note_columns(struct interpreter *p)
{
    struct interpretation *in = p->out;
    size_t own = 0, commas = 0;
    for (size_t j = 0; j < in->n_columns; j++) {
        const struct interpreted_column *c = &in->columns[j];
        own += c->fact.attribute < 0 && c->role == ROLE_NONE;
        commas += !c->text && c->style == NUMBER_COMMA && (c->evidence.comma || c->evidence.ambiguous);
    }
    if (commas && in->style == NUMBER_COMMA)
        interpret_note(p, "numbers use a decimal comma%s",
                       in->style_sure ? "" : " (by the language and the delimiter)");
    for (size_t j = 0; j < in->n_columns; j++) {
        const struct interpreted_column *c = &in->columns[j];
        if (c->text || !c->n_filled) continue;
        if (c->style_by_range || (c->style != in->style && (c->evidence.point || c->evidence.comma)))
            interpret_note(p, "column '%s': numbers use a decimal %s%s", c->fact.name,
                           c->style == NUMBER_COMMA ? "comma" : "point",
                           c->style_by_range ? ", as their size shows" : "");
        if (c->nines > 0) interpret_note(p, "column '%s': %.0f stands for no value", c->fact.name, c->nines);
        if (c->n_implausible * 2 > c->n_numbers && c->n_numbers >= 2 && c->fact.attribute >= 0)
            interpret_note(p, "column '%s': most values are implausible%s%s", c->fact.name,
                           c->fact.unit ? " in " : "", c->fact.unit ? c->fact.unit->symbol : "");
    }
    note_missing(p);
    if (!own) return;
    buffer_clear(&p->scratch);
    size_t listed = 0;
    for (size_t j = 0; j < in->n_columns && listed < NAMES_IN_NOTE; j++)
        if (in->columns[j].fact.attribute < 0 && in->columns[j].role == ROLE_NONE)
            append_name(&p->scratch, &in->columns[j], listed++);
    interpret_note(p, "%zu %s%s kept as %s: %s%s", own,
                   in->frame.layout == FRAME_ROWS ? "column" : "attribute",
                   own == 1 ? " was" : "s were", own == 1 ? "it is" : "they are",
                   buffer_text(&p->scratch), own > listed ? ", ..." : "");
}

/* ---- the whole ---- */

static const char *caption_of(const struct interpreter *p)
{
    const struct interpretation *in = p->out;
    const struct interpret_context *c = p->context;
    if (in->table->caption && *in->table->caption) return in->table->caption;
    if (*in->frame.title) return in->frame.title;
    return c->n_headings ? c->headings[c->n_headings - 1] : "";
}

static bool interpret(struct interpreter *p)
{
    static const char *const WORDS[] = {"row", "item", "line"};
    struct interpretation *in = p->out;
    const struct table *t = in->table;
    size_t most = t->n_rows > t->n_columns ? t->n_rows : t->n_columns;
    p->hashes = arena_array(&in->arena, STUDY_SAMPLE, sizeof *p->hashes);
    p->run = arena_array(&in->arena, most + 1, sizeof *p->run);
    if (!p->hashes || !p->run || !frame_find(&in->frame, t, is_json(p), &in->arena) || !context_subject(p))
        return false;
    in->source = (struct fact_source){.caption = caption_of(p), .row_word = WORDS[t->row_word]};
    /* Rows of Markdown tables count from 1 in each table; those of other kinds in the whole file. */
    in->place_table = p->context->n_tables > 1 &&
                      (p->context->kind == DOCUMENT_MARKDOWN || t->row_word == ROW_ITEM);
    p->roles = (struct table_roles){.make = NO_COLUMN, .model = NO_COLUMN, .name = NO_COLUMN,
                                    .year = NO_COLUMN, .year_last = NO_COLUMN,
                                    .quantity = NO_COLUMN, .group = NO_COLUMN};
    bool columns = in->frame.layout == FRAME_COLUMNS;
    if (!is_json(p) && !find_variant_columns(p)) return false;
    if (in->frame.pairs ? !room_for_columns(p, 1)
        : columns       ? !read_attribute_rows(p)
                        : !read_row_columns(p))
        return false;
    if (in->frame.layout == FRAME_ROWS && in->frame.column_years && !add_year_value_column(p))
        return false;
    if (in->frame.column_variants && !add_variant_value_column(p)) return false;
    if (is_json(p)) part_list_elements(p);
    find_language(p);
    if (in->frame.layout == FRAME_LONG && !make_long_columns(p)) return false;
    if (!tell_names_apart(p)) return false;
    name_by_categories(p);
    decide_styles(p);
    find_unit_columns(p);
    relate_columns(p);
    find_siblings(p);
    find_likely_units(p);
    note_rows(p);
    bool ok = in->frame.pairs                    ? make_pair_records(p)
              : columns                          ? make_column_records(p)
              : in->frame.layout == FRAME_LONG   ? make_long_records(p)
                                                 : make_row_records(p);
    note_roles(p);
    note_columns(p);
    return ok && !p->failed && !p->scratch.failed;
}

bool interpret_table(struct interpretation *out, const struct table *table,
                     const struct interpret_context *context, struct error *err)
{
    *out = (struct interpretation){.table = table, .language = ""};
    struct interpreter p = {.out = out, .context = context, .caption = ""};
    bool ok = table->n_rows == 0 || table->n_columns == 0 || interpret(&p);
    buffer_free(&p.scratch);
    if (ok) return true;
    interpretation_free(out);
    return error_memory(err, "the reading of a table");
}

void interpretation_free(struct interpretation *in)
{
    arena_free(&in->arena);
    *in = (struct interpretation){0};
}

/* ---- several tables in one ---- */

/* A row in the middle that is another header: names of attributes, no numbers, and other ones than
 * those of the header. */
static bool is_other_header(const struct table *t, size_t row)
{
    size_t known = 0, filled = 0;
    for (size_t j = 0; j < t->n_columns; j++) { /* most rows have a plain number */
        const struct cell *c = table_cell(t, row, j);
        if (c->len && strspn(c->text, "0123456789.,-") == c->len) return false;
    }
    for (size_t j = 0; j < t->n_columns; j++) {
        const struct cell *c = table_cell(t, row, j);
        if (!c->len) continue;
        filled++;
        if (c->len > 60 || is_numeric_cell(c->text, c->len)) return false;
        known += is_measure_name(c->text, c->len);
        if (filled >= 3 && known == 0) return false;
    }
    return filled >= 3 && known >= 3 && known * 10 >= filled * 6;
}

static bool same_texts(const struct table *t, size_t a, size_t b)
{
    for (size_t j = 0; j < t->n_columns; j++)
        if (strcmp(table_cell(t, a, j)->text, table_cell(t, b, j)->text) != 0) return false;
    return true;
}

bool table_slices(const struct table *t, struct arena *arena, struct table **out, size_t *n)
{
    size_t count = 1, first_header = SIZE_MAX;
    size_t *cuts = NULL;
    enum { MAX_SLICES = 256 };
    if (t->row_word == ROW_ROW && !t->key_value && t->n_columns >= 3)
        for (size_t r = 0; r < t->n_rows && count < MAX_SLICES; r++) {
            bool fresh = first_header == SIZE_MAX || !same_texts(t, first_header, r);
            if (!fresh || !is_other_header(t, r)) continue;
            if (first_header != SIZE_MAX && r > first_header + 1) {
                if (!cuts) cuts = arena_array(arena, MAX_SLICES, sizeof *cuts);
                if (!cuts) return false;
                cuts[count++ - 1] = r;
            }
            first_header = r;
        }
    struct table *slices = arena_array(arena, count, sizeof *slices);
    if (!slices) return false;
    for (size_t i = 0; i < count; i++) {
        size_t from = i ? cuts[i - 1] : 0, to = i + 1 < count ? cuts[i] : t->n_rows;
        slices[i] = *t;
        slices[i].n_rows = to - from;
        slices[i].cells = t->cells + from * t->n_columns;
        if (t->row_numbers) slices[i].row_numbers = t->row_numbers + from;
        if (t->header_cells) slices[i].header_cells = t->header_cells + from * t->n_columns;
        if (i) slices[i].n_header_rows = 0;
    }
    *out = slices;
    *n = count;
    return true;
}
