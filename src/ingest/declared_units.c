/* Units that a file states once for its figures: in the paragraphs or the title above a table ("All dimensions
 * in mm, weights in kg"), or in an object of a JSON file ({"units": {"power": "kW"}}). */
#include "ingest/interpret_parts.h"

#include "vehicle/registry.h"

#include <string.h>
#include <strings.h>

enum {
    FIT_SAMPLE = 200,
    DECLARED_MAX = 64, /* pairs that are looked at */
};

/* ---- what figures allow ---- */

/* Kilometres and miles against what a vehicle measures: "distance" is none of its lengths. */
static bool is_far(const struct unit *u)
{
    enum { FAR_MM = 100000 };
    return unit_to_base(1, u) >= FAR_MM;
}

/* Whether most of cells[0, n) are possible in the unit as the column's attribute. */
static bool figures_fit(const struct interpreted_column *c, const struct unit *u, const struct cell *const *cells,
                        size_t n)
{
    const struct attribute *a = &REGISTRY[c->fact.attribute];
    size_t figures = 0, fit = 0;
    if (a->dimension != u->dimension) return false;
    if (!c->canonical || a->low >= a->high || a->dimension == DIMENSION_MONEY) return true;
    if (u->dimension == DIMENSION_LENGTH && is_far(u) != is_far(c->canonical)) return false;
    for (size_t i = 0; i < n && figures < FIT_SAMPLE; i++) {
        const struct unit *own;
        double v[2], canonical;
        if (!cells[i]->len || !is_numeric_cell(cells[i]->text, cells[i]->len) ||
            !cell_number(cells[i], NUMBER_POINT, &v[0], &own) || !cell_number(cells[i], NUMBER_COMMA, &v[1], &own))
            continue;
        bool possible = false;
        for (size_t k = 0; k < 2; k++) /* "7.700" and "7,700" group */
            possible |= unit_convert(v[k], u, c->canonical, &canonical) && canonical >= a->low && canonical <= a->high;
        figures++;
        fit += possible;
    }
    return figures && fit * 5 >= figures * 4;
}

/* ---- sentences ---- */

/* Whether words speak of all figures, or of quantities: "All figures in mm", "Preise in EUR", not
 * "It is built in Spain": the registry's own, or figures, values, prices. */
static bool speaks_of_figures(const struct token *t, size_t n)
{
    static const char *const WORDS[] = {"figures", "values", "figure", "data", "angaben", "werte",
                                        "masse", "valeurs", "donnees", "cotes", "valores", "datos",
                                        "cifras", "medidas", "dimensions", "abmessungen"};
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        const struct term *terms = NULL;
        size_t n_terms = 0;
        for (size_t k = 0; k < sizeof WORDS / sizeof *WORDS; k++)
            found |= strcmp(t[i].key, WORDS[k]) == 0;
        registry_match(t + i, n - i, &terms, &n_terms);
        for (size_t k = 0; k < n_terms; k++)
            found |= terms[k].kind == TERM_ATTRIBUTE && !terms[k].asking && !terms[k].code;
    }
    return found;
}

/* The unit at token i behind "in"; NULL: none stands there. */
static const struct unit *unit_at(const char *text, size_t len, const struct token *t, size_t i)
{
    size_t used;
    if (t[i].kind == TOKEN_NUMBER) return NULL;
    const struct unit *u = unit_parse(text + t[i].begin, len - t[i].begin, &used);
    return u && used >= t[i].end - t[i].begin ? u : NULL;
}

/* The unit of a text that the column's figures allow: *found, where it is the only one. False: a second one. */
static bool unit_of_text(const struct interpreter *p, const char *text, const struct interpreted_column *c, size_t n_cells,
                         const struct unit **found)
{
    static const char *const IN[] = {"in", "en", "are", "sont", "son"};
    static const char *const UNITS[] = {"units", "einheiten", "unites", "unidades"};
    struct token t[64];
    size_t len = strlen(text), n = tokens_split(text, len, TOKENS_TEXT, t, 64), from = 0;
    bool list = false; /* "Units: mm, kg, kW" */
    for (size_t i = 0; i + 1 < n; i++) {
        bool in = false;
        if (i && (t[i].gap & GAP_STOP)) {
            from = i;
            list = false;
        }
        for (size_t k = 0; k < sizeof IN / sizeof *IN; k++) in |= strcmp(t[i].key, IN[k]) == 0;
        for (size_t k = 0; k < sizeof UNITS / sizeof *UNITS; k++)
            list |= strcmp(t[i].key, UNITS[k]) == 0 && (t[i + 1].gap & GAP_COLON);
        const struct unit *u = NULL;
        if (in && i > 0 && t[i + 1].gap == GAP_SPACE && speaks_of_figures(t + from, i - from))
            u = unit_at(text, len, t, i + 1);
        else if (list && (t[i + 1].gap & (GAP_COLON | GAP_COMMA | GAP_SLASH)))
            u = unit_at(text, len, t, i + 1);
        if (!u || u->dimension != c->dimension || !figures_fit(c, u, p->run, n_cells)) continue;
        if (*found && *found != u) return false;
        *found = u;
    }
    return true;
}

static const struct unit *unit_of_notes(const struct interpreter *p, const struct interpreted_column *c, size_t n_cells)
{
    const struct unit *found = NULL;
    const char *caption = p->out->table->caption ? p->out->table->caption : "";
    for (size_t k = 0; k < p->context->n_notes; k++)
        if (!unit_of_text(p, p->context->notes[k], c, n_cells, &found)) return NULL;
    if (!interpret_is_json(p) && !unit_of_text(p, caption, c, n_cells, &found)) return NULL;
    if (!unit_of_text(p, p->out->frame.title, c, n_cells, &found)) return NULL;
    return found;
}

/* ---- objects ---- */

/* What a pair's name declares the unit of: "power" of "meta.units.power"; NULL: it declares none. *len: bytes. */
static const char *declared_name(const char *path, size_t *len)
{
    static const char *const WORDS[] = {"units", "unit", "einheiten", "unites", "unit\u00e9s", "unidades", "uoms"};
    for (const char *part = path, *dot; (dot = strchr(part, '.')) != NULL; part = dot + 1)
        for (size_t k = 0; k < sizeof WORDS / sizeof *WORDS; k++)
            if (strlen(WORDS[k]) == (size_t)(dot - part) && strncasecmp(part, WORDS[k], strlen(WORDS[k])) == 0) {
                *len = strcspn(dot + 1, ".");
                return *len ? dot + 1 : NULL;
            }
    return NULL;
}

bool declares_units(const struct table *t)
{
    size_t len, n = t->n_rows < DECLARED_MAX ? t->n_rows : DECLARED_MAX;
    if (!t->key_value || t->row_word != ROW_ITEM || t->n_columns != 2) return false;
    for (size_t r = 0; r < n; r++)
        if (declared_name(table_cell(t, r, 0)->text, &len)) return true;
    return false;
}

enum declared_match {
    MATCH_NONE,
    MATCH_DIMENSION, /* "mass", of all that is weighed */
    MATCH_ATTRIBUTE, /* "weight" of "kerb_weight_of_car": its words are the column's, or mean its attribute */
    MATCH_NAME,      /* the column's own name */
};

/* Words for all quantities of a dimension. */
static bool names_dimension(const char *key, enum dimension dimension, bool far)
{
    static const struct {
        enum dimension dimension;
        const char *words[12];
    } NAMES[] = {
        {DIMENSION_POWER, {"power", "output", "leistung", "puissance", "potencia"}},
        {DIMENSION_TORQUE, {"torque", "drehmoment", "couple", "par"}},
        {DIMENSION_MASS, {"mass", "masses", "weight", "weights", "masse", "gewicht", "gewichte", "poids", "peso", "pesos", "masa"}},
        {DIMENSION_VOLUME, {"volume", "volumes", "volumen", "capacity"}},
        {DIMENSION_SPEED, {"speed", "speeds", "velocity", "geschwindigkeit", "vitesse", "velocidad"}},
        {DIMENSION_TIME, {"time", "times", "duration", "zeit", "temps", "tiempo"}},
        {DIMENSION_CONSUMPTION, {"consumption", "fuel", "economy", "verbrauch", "consommation", "consumo"}},
        {DIMENSION_ELECTRIC_CONSUMPTION, {"consumption", "efficiency", "verbrauch", "consommation", "consumo"}},
        {DIMENSION_ENERGY, {"energy", "battery", "energie", "energia", "capacity"}},
        {DIMENSION_EMISSION, {"emissions", "emission", "emisiones", "co"}},
        {DIMENSION_PRESSURE, {"pressure", "pressures", "druck", "pression", "presion"}},
        {DIMENSION_MONEY, {"currency", "money", "price", "prices", "cost", "wahrung", "devise", "moneda"}},
    };
    static const char *const FAR_WORDS[] = {"distance", "distances", "range", "strecke", "reichweite", "distancia"};
    static const char *const NEAR_WORDS[] = {"length", "lengths", "dimension", "dimensions", "size", "sizes", "lange",
                                             "abmessungen", "masse", "longueur", "dimensiones", "longitud"};
    if (dimension == DIMENSION_LENGTH) {
        const char *const *words = far ? FAR_WORDS : NEAR_WORDS;
        size_t n = far ? sizeof FAR_WORDS / sizeof *FAR_WORDS : sizeof NEAR_WORDS / sizeof *NEAR_WORDS;
        for (size_t i = 0; i < n; i++)
            if (strcmp(key, words[i]) == 0) return true;
        return false;
    }
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        for (size_t k = 0; NAMES[i].dimension == dimension && k < 12 && NAMES[i].words[k]; k++)
            if (strcmp(key, NAMES[i].words[k]) == 0) return true;
    return false;
}

/* How a declared name[0, len) with the unit stands to the column. */
static enum declared_match declared_match(const char *name, size_t len, const struct unit *u,
                                          const struct interpreted_column *c)
{
    enum { TOKENS = 12 };
    struct token a[TOKENS], b[TOKENS];
    size_t n = tokens_split(name, len, TOKENS_IDENTIFIER, a, TOKENS), found = 0;
    size_t m = tokens_split(c->fact.name, strlen(c->fact.name), TOKENS_IDENTIFIER, b, TOKENS);
    struct column_meaning meaning;
    if (n == 0 || n == TOKENS) return MATCH_NONE;
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < m && strcmp(a[i].key, b[k].key) != 0) k++;
        found += k < m;
    }
    if (found == n) return n == m ? MATCH_NAME : MATCH_ATTRIBUTE;
    if (c->fact.attribute < 0) return MATCH_NONE;
    registry_read_column(&meaning, name, len, u->dimension);
    if (meaning.attribute == c->fact.attribute) return MATCH_ATTRIBUTE;
    bool far = c->canonical && u->dimension == DIMENSION_LENGTH && is_far(c->canonical);
    return n == 1 && names_dimension(a[0].key, u->dimension, far) ? MATCH_DIMENSION : MATCH_NONE;
}

/* The column read again with the unit beside its name: *fits where it means an attribute of that dimension whose
 * figures are possible in it. False: memory is out. */
static bool read_with_unit(struct interpreter *p, const struct interpreted_column *c, const struct unit *u,
                           const struct column_study *study, struct interpreted_column *read, bool *fits)
{
    *read = *c;
    *fits = false;
    if (c->fact.attribute < 0 || c->dimension != u->dimension) {
        if (!column_read(read, c->fact.name, c->fact.section, "", u->symbol, true, study, &p->out->arena)) return false;
        read->index = c->index;
        if (read->fact.attribute < 0) return true;
    }
    *fits = REGISTRY[read->fact.attribute].type == ATTRIBUTE_NUMBER && figures_fit(read, u, p->run, study->n);
    read->fact.unit = u;
    read->unit_source = UNIT_FROM_SECTION;
    return true;
}

/* Takes the unit that the file's object gives for the column, by the nearest name. */
static bool take_unit_of_object(struct interpreter *p, struct interpreted_column *c, const struct column_study *study)
{
    const struct table *t = p->context->units;
    enum declared_match best = MATCH_NONE;
    struct interpreted_column taken = *c;
    bool several = false;
    for (size_t r = 0; r < t->n_rows && r < DECLARED_MAX; r++) {
        const struct cell *value = table_cell(t, r, 1);
        struct interpreted_column read;
        size_t len = 0;
        bool fits;
        const char *name = declared_name(table_cell(t, r, 0)->text, &len);
        const struct unit *u = name && value->len ? unit_parse_all(value->text, value->len) : NULL;
        enum declared_match match = u ? declared_match(name, len, u, c) : MATCH_NONE;
        if (match == MATCH_NONE || match < best) continue;
        if (!read_with_unit(p, c, u, study, &read, &fits)) return false;
        if (!fits) continue;
        several = match == best && taken.fact.unit != u;
        best = match;
        taken = read;
    }
    if (best != MATCH_NONE && !several) *c = taken;
    return true;
}

bool take_declared_unit(struct interpreter *p, struct interpreted_column *c, const struct column_study *study)
{
    int a = c->fact.attribute;
    if (a >= 0 && c->fact.unit && c->unit_source == UNIT_FROM_SECTION && !interpret_is_json(p) && study->numeric &&
        REGISTRY[a].type == ATTRIBUTE_NUMBER && !figures_fit(c, c->fact.unit, p->run, study->n)) {
        c->fact.unit = NULL; /* "All dimensions in mm" above a range */
        c->unit_source = UNIT_NOWHERE;
    }
    if ((c->fact.unit && !c->unit_implied) || study->with_unit || !study->numeric || study->numeric * 2 < study->filled)
        return true;
    if (interpret_is_json(p) && p->context->units) return take_unit_of_object(p, c, study);
    if (c->fact.unit || a < 0 || REGISTRY[a].type != ATTRIBUTE_NUMBER || c->dimension == DIMENSION_NONE) return true;
    const struct unit *u = unit_of_notes(p, c, study->n);
    if (!u) return true;
    c->fact.unit = u;
    c->unit_source = UNIT_FROM_SECTION;
    return true;
}
