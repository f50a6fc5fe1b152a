/* The columns of a table, or the rows of one whose rows are attributes: what each is called and means,
 * and which of them name the vehicle. */
#include "ingest/color_columns.h"
#include "ingest/compound.h"
#include "ingest/interpret_parts.h"
#include "ingest/list_title.h"
#include "ingest/peak_speed.h"

#include "vehicle/registry.h"
#include "vehicle/value.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <xxhash.h>

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

static bool is_amount_name(const char *name)
{
    static const char *const WORDS[] = {"amount", "value", "val", "wert", "betrag", "valeur", "montant", "valor", "importe"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcasecmp(name, WORDS[i]) == 0) return true;
    return false;
}

/* "price.amount": what it is of stands around it. The column keeps its own names. False: memory is out. */
static bool read_amount(struct interpreter *p, struct interpreted_column *c, const char *group, const char *name,
                        const struct column_study *study)
{
    const char *outer, *last, *section = c->fact.section;
    struct interpreted_column read;
    if (c->fact.attribute >= 0 || !*group || !is_amount_name(name)) return true;
    if (!split_path(p, group, &outer, &last) ||
        !column_read(&read, last, outer, "", "", true, study, &p->out->arena))
        return false;
    if (read.fact.attribute < 0 || REGISTRY[read.fact.attribute].type != ATTRIBUTE_NUMBER) return true;
    read.fact.name = name;
    read.fact.section = section;
    read.index = c->index;
    *c = read;
    return true;
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
bool interpret_names_apart(struct interpreter *p)
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

bool interpret_room_for_columns(struct interpreter *p, size_t n)
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
void interpret_part_list_elements(struct interpreter *p)
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

/* The name means something else than its words say. */
static void column_take_no_attribute(struct interpreted_column *c)
{
    c->fact.attribute = -1;
    c->fact.qualifiers = 0;
    c->fact.inverse = c->category = false;
    c->dimension = c->fact.unit ? c->fact.unit->dimension : DIMENSION_NONE;
    c->canonical = NULL;
}

static int attribute_of_role(enum attribute_role role)
{
    for (size_t i = 0; i < REGISTRY_COUNT; i++)
        if (REGISTRY[i].role == role) return (int)i;
    return -1;
}

bool interpret_add_parts(struct interpreter *p, size_t index, const struct compound *parts, const char *name,
                         const char *unit, const struct column_study *study)
{
    struct interpretation *in = p->out;
    size_t first = in->n_columns;
    for (size_t k = 0; k < parts->n; k++) {
        struct interpreted_column *c = add_column(p, index);
        struct column_study one = {.n = study->n, .filled = study->filled, .evidence = study->evidence,
                                   .numeric = study->filled};
        if (!column_read(c, parts->names[k], "", p->caption, *parts->unit ? parts->unit : unit, false, &one, &in->arena))
            return false;
        c->fact.section = name;
        column_decide_kind(c, &one);
        c->text = c->category = false;
        c->n_numbers = 0;
        c->part = (unsigned)k;
        c->n_parts = (unsigned)parts->n;
        if (c->unit_source == UNIT_FROM_ROW) c->unit_source = UNIT_FROM_NAME;
    }
    for (size_t k = first; k < in->n_columns; k++) {
        in->columns[k].distinct_dimension = true;
        for (size_t j = first; j < in->n_columns; j++)
            if (j != k && in->columns[j].dimension == in->columns[k].dimension)
                in->columns[k].distinct_dimension = false;
    }
    return true;
}

/* Adds the columns of a cell's parts when the name is one of several attributes; *done then. */
static bool add_compound(struct interpreter *p, size_t index, const char *name, const struct column_study *study,
                         size_t n_cells, bool *done)
{
    struct compound parts;
    *done = false;
    if (!compound_read(&parts, name, p->run, n_cells, &p->out->arena)) return false;
    *done = parts.n > 0;
    return !parts.n || interpret_add_parts(p, index, &parts, name, "", study);
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

/* Adds what the cells of an engine's column say besides, each where no column of its own says it and most of
 * the cells do, of fuels some. */
static bool add_engine_parts(struct interpreter *p)
{
    struct interpretation *in = p->out;
    const size_t own = in->n_columns;
    int engine = registry_find("engine_type"), powertrain = registry_find("powertrain");
    for (size_t j = 0; j < own; j++) {
        if (in->columns[j].fact.attribute != engine || !in->columns[j].text || in->columns[j].n_parts) continue;
        size_t n = gather_cells(p, j), filled = 0, said[N_ENGINE_PARTS] = {0};
        for (size_t i = 0; i < n && filled < STUDY_SAMPLE; i++) {
            const struct unit *unit;
            double value;
            filled += p->run[i]->len > 0;
            for (int k = ENGINE_DISPLACEMENT; k < N_ENGINE_PARTS && p->run[i]->len; k++)
                said[k] += k == ENGINE_FUEL ? engine_fuel(p->run[i]->text, p->run[i]->len) >= 0
                                            : engine_number(p->run[i]->text, p->run[i]->len, (enum engine_part)k, &value, &unit);
        }
        for (int k = ENGINE_DISPLACEMENT; k < N_ENGINE_PARTS; k++) {
            int attribute = registry_find(engine_part_attribute((enum engine_part)k));
            bool has = false;
            for (size_t i = 0; i < in->n_columns; i++)
                has |= in->columns[i].fact.attribute == attribute ||
                       (k == ENGINE_FUEL && in->columns[i].fact.attribute == powertrain);
            if (has || said[k] * (k == ENGINE_FUEL ? 5 : 2) <= filled || in->n_columns == own + N_ENGINE_PARTS - 1) continue;
            struct interpreted_column *c = add_column(p, in->columns[j].index);
            c->fact = (struct fact_column){.name = REGISTRY[attribute].names[0], .section = in->columns[j].fact.name,
                                           .attribute = attribute};
            c->engine = (enum engine_part)k;
            c->text = true;
            c->category = k == ENGINE_FUEL;
            c->dimension = REGISTRY[attribute].dimension;
            c->canonical = REGISTRY[attribute].unit ? unit_by_symbol(REGISTRY[attribute].unit) : NULL;
        }
        return true;
    }
    return true;
}

enum { N_PEAK_SPEEDS = 2 }; /* of power, of torque */

/* Adds the engine speeds that stand beside figures of power and torque, where most of the cells have one and
 * no column of its own does. */
static bool add_peak_speeds(struct interpreter *p)
{
    struct interpretation *in = p->out;
    const size_t own = in->n_columns;
    for (size_t j = 0; j < own; j++) {
        const struct interpreted_column *host = &in->columns[j];
        int speed = host->text || host->engine ? -1 : registry_speed_of(host->fact.attribute);
        for (size_t i = 0; i < in->n_columns && speed >= 0; i++)
            if (in->columns[i].fact.attribute == speed) speed = -1;
        if (speed < 0) continue;
        size_t n = gather_cells(p, j), filled = 0, said = 0;
        for (size_t i = 0; i < n && filled < STUDY_SAMPLE; i++) {
            struct value v;
            double low, high;
            if (!p->run[i]->len) continue;
            filled++;
            value_parse(&v, p->run[i]->text, p->run[i]->len, NUMBER_POINT, host->fact.unit, host->dimension);
            const struct value_part *part = &v.parts[0];
            said += v.kind == VALUE_NUMBER && v.n_parts &&
                    peak_speed_read(p->run[i]->text + part->remark_begin, part->remark_end - part->remark_begin, &low, &high);
        }
        if (said * 2 <= filled || in->n_columns == own + N_PEAK_SPEEDS) continue;
        struct interpreted_column *c = add_column(p, host->index);
        host = &in->columns[j];
        c->fact = (struct fact_column){.name = REGISTRY[speed].names[0], .section = host->fact.name, .attribute = speed,
                                       .unit = unit_by_symbol("rpm")};
        c->speed_of = j + 1;
        c->text = true;
        c->dimension = DIMENSION_ROTATION;
        c->canonical = c->fact.unit;
    }
    return true;
}

/* Whether the outer keys of objects within objects are makers: the list is called so, or each is a name
 * and nothing else that is known. */
static bool are_makes(const struct interpreter *p, size_t n)
{
    const char *caption = p->out->table->caption, *dot = strrchr(caption, '.');
    const char *list = dot ? dot + 1 : caption;
    if (column_is_level(list, strlen(list))) return column_is_make_list(list, strlen(list));
    bool all = n > 0;
    for (size_t i = 0; i < n && all; i++) all = is_make_band(p->run[i]->text);
    return all;
}

/* "Our Price" beside "Sale price": two prices of one kind that no question tells apart and no sum may mix. The
 * seller's is found by its own name then. */
static void part_sellers_price(struct interpretation *in)
{
    static const char *const SELLERS[] = {"our", "your", "unser", "ihr", "notre", "votre", "nuestro", "su"};
    enum { MOST = 8 }; /* such columns; more are no list of prices */
    int price = registry_find("price");
    size_t looked = 0;
    for (size_t j = 0; j < in->n_columns && looked < MOST; j++) {
        struct interpreted_column *c = &in->columns[j];
        struct token t[8];
        bool sellers = false, another = false;
        if (c->fact.attribute != price || tokens_split(c->fact.name, strlen(c->fact.name), TOKENS_IDENTIFIER, t, 8) < 2)
            continue;
        for (size_t k = 0; k < sizeof SELLERS / sizeof *SELLERS; k++) sellers |= strcmp(t[0].key, SELLERS[k]) == 0;
        looked += sellers;
        for (size_t k = 0; k < in->n_columns && sellers; k++)
            another |= k != j && in->columns[k].fact.attribute == price &&
                       in->columns[k].fact.qualifiers == c->fact.qualifiers;
        if (another) column_take_no_attribute(c);
    }
}

/* Whether `title` speaks of several of what the column is called: "Utility tractors compared" over "Tractor". */
static bool is_plural_in(const char *column, const char *title)
{
    struct token one[2], t[24];
    size_t n = tokens_split(title, strlen(title), TOKENS_TEXT, t, 24), len;
    if (tokens_split(column, strlen(column), TOKENS_TEXT, one, 2) != 1 || (len = strlen(one[0].key)) < 3) return false;
    for (size_t i = 0; i < n; i++)
        if (strncmp(t[i].key, one[0].key, len) == 0 && t[i].key[len] && strlen(t[i].key) <= len + 2) return true;
    return false;
}

/* The title of a list whose rows have names of their own is none. */
static void drop_list_title(struct interpreter *p, const struct role_column *candidates, size_t n)
{
    struct subject *s = &p->out->subject;
    if (!*s->model || *s->make || s->make_number >= 0 || p->out->frame.layout != FRAME_ROWS || !is_list_title(s->model))
        return;
    for (size_t i = 0; i < n; i++) {
        int a = candidates[i].attribute;
        bool named = a >= 0 && (REGISTRY[a].role == ROLE_NAME || REGISTRY[a].role == ROLE_MODEL);
        if (!named && (i > 0 || !is_plural_in(p->out->frame.names[candidates[i].column], s->model))) continue;
        s->model = "";
        return;
    }
}

/* What the tables' names are read under: a group in the header, a band, the parents of a path. */
bool interpret_row_columns(struct interpreter *p)
{
    struct interpretation *in = p->out;
    const struct table *t = in->table;
    const struct table_frame *f = &in->frame;
    struct role_column *candidates = arena_array(&in->arena, t->n_columns + 1, sizeof *candidates);
    p->column_of = arena_array(&in->arena, t->n_columns + 1, sizeof *p->column_of);
    if (!candidates || !p->column_of ||
        !interpret_room_for_columns(p, t->n_columns * COMPOUND_MAX + 2 + N_ENGINE_PARTS + N_PEAK_SPEEDS))
        return false;
    size_t n_candidates = 0;
    bool json = interpret_is_json(p);
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
            if (!add_compound(p, j, name, &study, n, &compound)) return false;
            if (compound) continue;
            in->n_columns++;
        }
        if (json && !split_path(p, name, &group, &name)) return false;
        if (!column_read(c, name, group, json ? "" : p->caption, f->units[j], json, &study,
                         &in->arena))
            return false;
        if (json && !read_amount(p, c, group, name, &study)) return false;
        if (c->fact.attribute >= 0 && c->dimension == DIMENSION_MONEY && study.yes_no * 2 > study.filled)
            column_take_no_attribute(c); /* "price.vat_included" */
        color_column_take(c, p->run, n);
        if (frame_version_name(f, j) == VERSION_WORD && c->fact.attribute >= 0) column_take_no_attribute(c);
        if (json && (*group || nested)) column_take_level(c, *group ? group : t->caption, !*group);
        /* "Range" over model lines: texts without a figure are no quantity. */
        if (c->fact.attribute >= 0 && REGISTRY[c->fact.attribute].dimension != DIMENSION_NONE &&
            study.filled >= 3 && !study.numeric && !study.yes_no && !study.units &&
            study.distinct * 10 >= study.filled * 3 && !has_digit(p->run, n))
            c->fact.attribute = -1;
        if (j == 0 && t->n_keys > 1 && c->fact.attribute < 0 && are_makes(p, n))
            c->fact.attribute = attribute_of_role(ROLE_MAKE);
        if (!take_declared_unit(p, c, &study)) return false;
        column_decide_kind(c, &study);
        p->column_of[j] = in->n_columns - 1;
        candidates[n_candidates++] = (struct role_column){
            (int)j, c->fact.attribute, c->weak_role, c->fact.unit != NULL, study};
    }
    part_sellers_price(in);
    if (is_of_heading(p, candidates, n_candidates)) take_heading_name(p);
    drop_list_title(p, candidates, n_candidates);
    roles_find(&p->roles, f, candidates, n_candidates, *in->subject.make != '\0',
               *in->subject.model != '\0', t->n_keys, p->hashes);
    const struct table_roles *r = &p->roles;
    if (!study_bands(p)) return false;
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
    bool plain = f->layout == FRAME_ROWS && !f->column_years && !f->column_variants;
    return !plain || (add_engine_parts(p) && add_peak_speeds(p));
}

/* Years as columns in front of which nothing says what is measured: the caption does. */
bool interpret_year_column(struct interpreter *p)
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

/* "at", "@ rpm", "bei (1/min)": no name of its own, the row goes on with the one above it. */
static bool is_preposition_label(const struct cell *label, const struct cell *value)
{
    struct token t[4];
    size_t len = label->len, at = 0;
    if (!len || len > 24) return false;
    if (label->text[0] == '@') {
        at = 1;
    } else {
        size_t n = tokens_split(label->text, len, TOKENS_TEXT, t, 4);
        if (!n || t[0].begin || (t[0].upper && t[0].end == 1)) return false; /* "A", of a drawing */
        if (!is_small_word(t[0].key) && strcmp(t[0].key, "bei") != 0) return false;
        at = t[0].end;
    }
    while (at < len && strchr(" ([:", label->text[at])) at++;
    while (len > at && strchr(" )]:", label->text[len - 1])) len--;
    const struct unit *unit = at < len ? unit_parse_all(label->text + at, len - at) : NULL;
    if (at < len && !unit) return false;
    if (label->text[0] == '@' || strlen(t[0].key) > 1 || (unit && unit->dimension == DIMENSION_ROTATION))
        return true;
    struct value v; /* "a" is a measure of drawings as well */
    value_parse(&v, value->text, value->len, NUMBER_POINT, NULL, DIMENSION_NONE);
    return v.kind == VALUE_NUMBER && v.n_parts && v.parts[0].unit &&
           v.parts[0].unit->dimension == DIMENSION_ROTATION;
}

bool interpret_attribute_rows(struct interpreter *p)
{
    struct interpretation *in = p->out;
    const struct table *t = in->table;
    const struct table_frame *f = &in->frame;
    if (!interpret_room_for_columns(p, t->n_rows * COMPOUND_MAX + N_ENGINE_PARTS + N_PEAK_SPEEDS)) return false;
    const char *band = p->unit_systems ? f->names[f->attribute_column] : ""; /* the first group, in the corner */
    size_t above = SIZE_MAX;
    in->remark_rows = arena_array(&in->arena, t->n_rows + 1, sizeof *in->remark_rows);
    if (!in->remark_rows) return false;
    for (size_t r = 0; r < t->n_rows; r++) in->remark_rows[r] = 0;
    if (p->heading_split) take_heading_name(p); /* "F-150: dimensions" over its body styles */
    for (size_t r = f->first_data; r < t->n_rows; r++) {
        const struct cell *label = table_cell(t, r, (size_t)f->attribute_column);
        if (f->rows[r] == FRAME_BAND) {
            size_t at = label->len || f->band_column == NO_COLUMN ? (size_t)f->attribute_column
                                                                  : (size_t)f->band_column;
            band = table_cell(t, r, at)->text;
        }
        if (f->rows[r] != FRAME_DATA) continue;
        if (above != SIZE_MAX && above + 1 == r && is_preposition_label(label, table_cell(t, r, t->n_columns - 1))) {
            in->remark_rows[above] = (uint32_t)r;
            continue;
        }
        above = r;
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
        if (!add_compound(p, r, label->text, &study, n, &compound)) return false;
        if (compound) continue;
        in->n_columns++;
        if (!column_read(c, label->text, band, p->caption, unit, false, &study, &in->arena))
            return false;
        color_column_take(c, p->run, n);
        if (!take_declared_unit(p, c, &study)) return false;
        column_decide_kind(c, &study);
        if (c->unit_source == UNIT_FROM_ROW) c->unit_source = UNIT_FROM_COLUMN;
        if (c->fact.attribute >= 0) {
            enum attribute_role role = REGISTRY[c->fact.attribute].role;
            if (role == ROLE_MAKE || role == ROLE_MODEL || role == ROLE_TRIM || role == ROLE_NAME ||
                role == ROLE_YEAR || role == ROLE_YEAR_LAST)
                c->role = role;
        }
    }
    return add_engine_parts(p) && add_peak_speeds(p);
}
