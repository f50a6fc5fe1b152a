/* Tables whose columns are versions of a vehicle and whose cells are all one quantity, which the heading
 * or the merged header above them names: "Maximum trailer weight (lb)" over "SuperCab 4x2", "SuperCrew
 * 4x4". Each cell is a value of its row's vehicle in that version. */
#include "ingest/interpret_parts.h"

#include "vehicle/registry.h"

#include <math.h>
#include <string.h>

enum {
    VARIANT_SAMPLE = 60, /* cells of a column that are looked at */
    MAX_VARIANTS = 32,
    ALIKE = 4,           /* times that one column's figures may be another's */
};

static bool is_number_attribute(int attribute)
{
    return REGISTRY[attribute].type == ATTRIBUTE_NUMBER && REGISTRY[attribute].role == ROLE_NONE;
}

/* The number attribute that a part of a heading names, its unit in brackets or behind "in" aside; -1: none.
 * What stands behind "by" or "per" is how the table is laid out. */
static int quantity_of_part(const char *text, const struct unit **unit, struct arena *arena, bool *ok)
{
    static const char *const BY[] = {" by ", " per ", " nach ", " je ", " par ", " por ", " seg\u00fan "};
    struct section_reading section;
    struct column_meaning m;
    *unit = NULL;
    if (!*text || !section_read(&section, text, false, arena)) {
        *ok = *ok && !*text;
        return -1;
    }
    size_t len = strlen(section.text);
    enum dimension hint = section.unit ? section.unit->dimension : DIMENSION_NONE;
    registry_read_column(&m, section.text, len, hint);
    for (size_t i = 0; i < sizeof BY / sizeof *BY && m.attribute < 0; i++) {
        const char *at = strstr(section.text, BY[i]);
        if (at) registry_read_column(&m, section.text, (size_t)(at - section.text), hint);
    }
    if (m.attribute < 0) return -1;
    if (!is_number_attribute(m.attribute) || REGISTRY[m.attribute].dimension == DIMENSION_NONE)
        return -1;
    *unit = section.unit ? section.unit : m.unit;
    return m.attribute;
}

/* The same of a heading or of one of its parts: "Maximum trailer weight (lb) - automatic transmission".
 * *part: which. */
static int quantity_of(const char *text, const char **part, const struct unit **unit, struct arena *arena, bool *ok)
{
    static const char *const BETWEEN[] = {" - ", " \u2013 ", " \u2014 ", ": ", "; ", ", "};
    int found = quantity_of_part(*part = text, unit, arena, ok);
    for (size_t i = 0; i < sizeof BETWEEN / sizeof *BETWEEN && found < 0 && *ok; i++) {
        const char *at = strstr(text, BETWEEN[i]);
        if (!at) continue;
        const char *before = arena_strndup(arena, text, (size_t)(at - text));
        *ok = before != NULL;
        if (*ok) found = quantity_of_part(*part = before, unit, arena, ok);
        if (*ok && found < 0) found = quantity_of(at + strlen(BETWEEN[i]), part, unit, arena, ok);
    }
    return found;
}

const char *heading_quantity(struct interpreter *p, const char *heading)
{
    const struct unit *unit;
    const char *part;
    bool ok = true;
    int attribute = quantity_of(heading, &part, &unit, &p->out->arena, &ok);
    p->failed |= !ok;
    return attribute >= 0 && (part != heading || is_section_heading(part, strlen(part))) ? part : "";
}

enum name_kind {
    NAME_OTHER, /* an attribute, a unit, nothing */
    NAME_OWN,   /* of a version */
    NAME_PART,  /* which figure of the quantity it is: "Front", "City" */
};

/* What a column of figures is called. "Standard" beside "Comfort" is a version. */
static enum name_kind name_kind(const char *name, const char *quantity, int attribute, struct buffer *b)
{
    struct column_meaning m;
    size_t len = strlen(name);
    struct token t[16];
    size_t n = tokens_split(name, len, TOKENS_TEXT, t, 16);
    if (n == 0 || n == 16) return NAME_OTHER;
    registry_read_column(&m, name, len, DIMENSION_NONE);
    bool its_unit = m.unit && m.attribute < 0 && m.unit->dimension == REGISTRY[attribute].dimension; /* "4x2 (lb)" */
    /* "Style", "Edition" over figures are versions, too. */
    if ((m.unit && !its_unit) || (m.attribute >= 0 && is_number_attribute(m.attribute))) return NAME_OTHER;
    for (size_t i = 0; i < m.n_alternatives && i < 4; i++)
        if (is_number_attribute(m.alternatives[i])) return NAME_OTHER;
    buffer_clear(b);
    buffer_printf(b, "%s %s", quantity, name);
    registry_read_column(&m, buffer_text(b), b->len, DIMENSION_NONE);
    int standard = qualifier_find("standard");
    for (size_t i = 0; m.attribute >= 0 && standard >= 0 && i < QUALIFIER_COUNT; i++)
        if ((m.qualifiers >> i & 1) && QUALIFIERS[i].family != QUALIFIERS[standard].family)
            return NAME_PART;
    bool code = name[t[0].begin] >= '0' && name[t[0].begin] <= '9'; /* "4x2" */
    return t[0].upper || t[0].kind != TOKEN_WORD || code ? NAME_OWN : NAME_OTHER;
}

/* The same of a column, which may stand among words of versions. A short and a long wheelbase are
 * versions over what is no length. */
static enum name_kind column_name_kind(struct interpreter *p, size_t column, const char *quantity, int attribute)
{
    const struct table_frame *f = &p->out->frame;
    enum version_name version = frame_version_name(f, column);
    if (version == VERSION_WORD ||
        (version == VERSION_OF_PART && REGISTRY[attribute].dimension != DIMENSION_LENGTH))
        return NAME_OWN;
    return name_kind(f->names[column], quantity, attribute, &p->scratch);
}

/* The mean magnitude of a column's figures; 0: its cells are no figures. */
static double magnitude(const struct table_frame *f, size_t column)
{
    size_t figures = 0, others = 0;
    double sum = 0;
    for (size_t r = f->first_data; r < f->table->n_rows && figures + others < VARIANT_SAMPLE; r++) {
        const struct cell *c = table_cell(f->table, r, column);
        const struct unit *unit;
        double v[2];
        if (f->rows[r] != FRAME_DATA || !c->len || is_dash_cell(c)) continue;
        if (!is_numeric_cell(c->text, c->len) || !cell_number(c, NUMBER_POINT, &v[0], &unit) ||
            !cell_number(c, NUMBER_COMMA, &v[1], &unit) || v[0] <= 0) {
            others++;
            continue;
        }
        sum += log(fmax(v[0], v[1])); /* "7.700" and "7,700" group */
        figures++;
    }
    return figures && others * 5 <= figures ? exp(sum / (double)figures) : 0;
}

static bool is_possible(double value, int attribute, const struct unit *unit)
{
    const struct attribute *a = &REGISTRY[attribute];
    const struct unit *canonical = a->unit ? unit_by_symbol(a->unit) : NULL;
    if (a->low >= a->high || a->dimension == DIMENSION_MONEY) return true;
    if (unit && canonical && !unit_convert(value, unit, canonical, &value)) return false;
    return value >= a->low && value <= a->high;
}

/* What names the quantity: the heading, or the first sentence of the paragraph above the table; "":
 * neither does. NULL: memory is out, *ok false. */
static const char *quantity_above(struct interpreter *p, bool *ok)
{
    const struct unit *unit;
    const char *part;
    struct arena *arena = &p->out->arena;
    if (quantity_of(p->caption, &part, &unit, arena, ok) >= 0) return part;
    for (size_t k = p->context->n_notes; k-- > 0 && *ok;) {
        const char *text = p->context->notes[k], *stop = strstr(text, ". ");
        size_t len = stop ? (size_t)(stop - text) : strlen(text);
        while (len && (text[len - 1] == '.' || text[len - 1] == ':')) len--;
        const char *sentence = arena_strndup(arena, text, len);
        *ok = *ok && sentence;
        if (sentence && quantity_of(sentence, &part, &unit, arena, ok) >= 0) return part;
    }
    return *ok ? "" : NULL;
}

/* "Crew Cab 4x4 (lb)": the version's name without the unit, which is that of all. */
static bool strip_unit(struct table_frame *f, size_t column, const struct unit **unit, struct arena *arena)
{
    struct column_meaning m;
    size_t len = strlen(f->names[column]);
    registry_read_column(&m, f->names[column], len, DIMENSION_NONE);
    if (!m.unit || m.attribute >= 0 || m.name_len == 0 || m.name_len >= len) return true;
    const char *name = arena_strndup(arena, f->names[column], m.name_len);
    if (!name) return false;
    f->names[column] = name;
    *unit = m.unit;
    return true;
}

bool find_variant_columns(struct interpreter *p)
{
    struct interpretation *in = p->out;
    struct table_frame *f = &in->frame;
    size_t columns = in->table->n_columns, found[MAX_VARIANTS], n = 0, text = 0;
    const char *quantity = NULL;
    bool ok = true;
    if (f->layout != FRAME_ROWS || !f->has_header || f->column_years || in->table->key_value ||
        columns < 3)
        return true;
    double first = 0;
    const char *caption = quantity_above(p, &ok);
    if (!caption) return ok;
    for (size_t j = 0; j < columns && ok && n < MAX_VARIANTS; j++) {
        const char *above = *f->groups[j] ? f->groups[j] : caption;
        const struct unit *its_unit;
        int its = quantity_of(above, &above, &its_unit, &in->arena, &ok);
        if (its < 0 && ok) its = quantity_of(caption, &above, &its_unit, &in->arena, &ok); /* "Crew Cab" over "4x4" */
        struct column_meaning m;
        registry_read_column(&m, f->names[j], strlen(f->names[j]), DIMENSION_NONE);
        if (its >= 0 && m.attribute == its && frame_version_name(f, j) != VERSION_WORD)
            return true; /* it has a column of its own */
        double size = magnitude(f, j);
        if (size <= 0) text++;
        if (its < 0 || size <= 0 || (quantity && strcmp(quantity, above) != 0)) continue;
        enum name_kind kind = column_name_kind(p, j, above, its);
        if (kind == NAME_PART) return true;
        if (kind == NAME_OTHER || !is_possible(size, its, its_unit)) continue;
        if (first > 0 && (size > first * ALIKE || size * ALIKE < first)) return true;
        if (n == 0) first = size;
        quantity = above;
        found[n++] = j;
    }
    if (!ok) return false;
    if (n < 2 || text == 0) return true;
    f->column_variants = arena_array(&in->arena, columns, sizeof *f->column_variants);
    if (!f->column_variants) return false;
    for (size_t i = 0; i < n; i++) {
        f->column_variants[found[i]] = true;
        if (!strip_unit(f, found[i], &f->variant_unit, &in->arena)) return false;
    }
    f->variant_quantity = quantity;
    return true;
}

/* The unit that the other columns of the dimension state, where it is one. */
static const struct unit *unit_of_others(const struct interpretation *in, enum dimension dimension)
{
    const struct unit *unit = NULL;
    for (size_t j = 0; j < in->n_columns; j++) {
        const struct unit *u = in->columns[j].fact.unit;
        if (!u || u->dimension != dimension) continue;
        if (unit && unit != u) return NULL;
        unit = u;
    }
    return unit;
}

bool add_variant_value_column(struct interpreter *p)
{
    struct interpretation *in = p->out;
    const struct table_frame *f = &in->frame;
    struct column_study study;
    size_t n = 0, room = in->table->n_rows;
    for (size_t r = f->first_data; r < in->table->n_rows; r++)
        for (size_t j = 0; j < in->table->n_columns && f->rows[r] == FRAME_DATA; j++)
            if (f->column_variants[j] && n < room) p->run[n++] = table_cell(in->table, r, j);
    cells_study(&study, p->run, n, false, p->hashes);
    struct interpreted_column *c = &in->columns[in->n_columns++];
    *c = (struct interpreted_column){.index = SIZE_MAX, .unit_column = NO_COLUMN,
                                     .sibling = SIZE_MAX};
    struct section_reading quantity;
    if (!section_read(&quantity, f->variant_quantity, false, &in->arena)) return false;
    const char *name = quantity.text, *part;
    const struct unit *unit;
    bool ok = true;
    int attribute = quantity_of(f->variant_quantity, &part, &unit, &in->arena, &ok);
    if (!unit) unit = f->variant_unit;
    if (!ok || !column_read(c, name, "", "", unit ? unit->symbol : "", false, &study, &in->arena))
        return false;
    if (c->fact.attribute < 0) { /* "Towing capacity by cab": named by its first words */
        c->fact.attribute = attribute;
        c->dimension = REGISTRY[attribute].dimension;
        if (REGISTRY[attribute].unit) c->canonical = unit_by_symbol(REGISTRY[attribute].unit);
    }
    if (c->unit_source == UNIT_FROM_ROW) c->unit_source = UNIT_FROM_SECTION;
    if (!take_declared_unit(p, c, &study)) return false;
    if (!c->fact.unit && !study.with_unit)
        c->fact.likely_unit = unit_of_others(in, c->dimension);
    column_decide_kind(c, &study);
    interpret_note(p, "columns that are versions hold '%s'", name);
    return true;
}
