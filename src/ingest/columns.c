#include "ingest/columns.h"

#include "vehicle/registry.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* ---- what the cells look like ---- */

bool cell_number(const struct cell *c, enum number_style style, double *value,
                 const struct unit **unit)
{
    size_t len = without_footnote(c->text, c->len), at = 0, used = 0;
    const char *text = c->text;
    *unit = NULL;
    while (at < len && (text[at] == '~' || text[at] == '<' || text[at] == '>' || text[at] == ' '))
        at++;
    if (at < len && !(text[at] >= '0' && text[at] <= '9')) {
        const struct unit *before = unit_parse(text + at, len - at, &used);
        if (before && before->dimension == DIMENSION_MONEY) {
            *unit = before;
            at += used;
            while (at < len && text[at] == ' ') at++;
        }
    }
    if (at >= len || !number_parse(text + at, len - at, style, value, &used) || used == 0)
        return false;
    at += used;
    while (at < len && (text[at] == ' ' || text[at] == '-' || (unsigned char)text[at] == 0xa0)) at++;
    if (at + 2 < len && (unsigned char)text[at] == 0xc2 && (unsigned char)text[at + 1] == 0xa0)
        at += 2;
    if (!*unit && at < len) *unit = unit_parse(text + at, len - at, &used);
    return isfinite(*value);
}

static bool is_hex_digits(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char c = (char)(text[i] | 0x20);
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || text[i] == '-')) return false;
    }
    return true;
}

/* UUIDs, addresses, VINs: codes that name a row and nothing of a vehicle. */
static bool is_identifier(const char *text, size_t len)
{
    if (len == 36 && text[8] == '-' && is_hex_digits(text, len)) return true;
    if (len > 8 && (strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0))
        return true;
    if (len < 10 || len > 40) return false;
    size_t digits = 0, letters = 0;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c >= '0' && c <= '9')
            digits++;
        else if ((c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-')
            letters++;
        else
            return false;
    }
    return digits >= 3 && letters >= 2;
}

static bool is_yes_no(const struct cell *c)
{
    static const char *const WORDS[] = {"yes", "no", "true", "false", "ja", "nein", "oui", "non",
                                        "si",  "s\u00ed", "是", "否", "y", "n", "\u2713", "\u25cf"};
    if (c->len > 5) return false;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcasecmp(c->text, WORDS[i]) == 0) return true;
    return false;
}

static int compare_hashes(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void study_makes(struct column_study *s, const struct cell *c)
{
    struct token t[8];
    size_t len = c->len < 64 ? c->len : 64;
    size_t n = tokens_split(c->text, len, TOKENS_TEXT, t, 8), from = 0;
    int make;
    struct year_reading y;
    if (n > 1 && t[0].kind == TOKEN_NUMBER && year_read(&y, t[0].key, strlen(t[0].key))) from = 1;
    size_t used = make_match(t + from, n - from, &make);
    if (used == 0) return;
    if (from == 0 && used == n && n < 8)
        s->whole_make++;
    else
        s->starts_make++;
}

void cells_study(struct column_study *out, const struct cell *const *cells, size_t n, bool makes,
                 uint64_t *scratch)
{
    struct column_study *s = out;
    *s = (struct column_study){0};
    size_t step = n > STUDY_SAMPLE ? n / STUDY_SAMPLE : 1, sampled = 0;
    size_t dimensions[N_DIMENSIONS] = {0};
    const struct unit *units[8];
    size_t unit_counts[8] = {0}, n_units = 0;
    for (size_t i = 0; i < n; i += step) {
        const struct cell *c = cells[i];
        if (sampled == STUDY_SAMPLE) break;
        s->n++;
        if (!c->len) continue;
        s->filled++;
        s->text_bytes += c->len;
        scratch[sampled++] = XXH3_64bits(c->text, c->len);
        struct year_reading y;
        if (c->len <= 40 && year_read(&y, c->text, c->len) && y.whole) s->years++;
        if (is_yes_no(c)) s->yes_no++;
        if (is_numeric_cell(c->text, c->len)) {
            s->numeric++;
            double value;
            const struct unit *unit;
            if (cell_number(c, NUMBER_POINT, &value, &unit) && unit) {
                s->with_unit++;
                dimensions[unit->dimension]++;
                size_t k = 0;
                while (k < n_units && units[k] != unit) k++;
                if (k == n_units && n_units < 8) units[n_units++] = unit;
                if (k < n_units) unit_counts[k]++;
            }
            continue;
        }
        if (c->len <= 24) {
            const struct unit *unit = unit_parse_all(c->text, c->len);
            s->units += unit != NULL;
            s->currencies += unit && unit->dimension == DIMENSION_MONEY;
        }
        if (is_identifier(c->text, c->len)) s->identifiers++;
        if (makes) study_makes(s, c);
    }
    qsort(scratch, sampled, sizeof *scratch, compare_hashes);
    for (size_t i = 0; i < sampled; i++) s->distinct += i == 0 || scratch[i] != scratch[i - 1];
    size_t most = 0;
    for (int d = 0; d < N_DIMENSIONS; d++)
        if (dimensions[d] > most && dimensions[d] * 2 > s->numeric) {
            most = dimensions[d];
            s->dimension = (enum dimension)d;
        }
    most = 0;
    for (size_t k = 0; k < n_units; k++)
        if (unit_counts[k] > most) {
            most = unit_counts[k];
            s->unit = units[k];
        }
    if (s->numeric * 10 >= s->filled)
        for (size_t i = 0; i < n; i++)
            if (cells[i]->len)
                number_evidence_add(&s->evidence, cells[i]->text,
                                    without_footnote(cells[i]->text, cells[i]->len));
}

/* ---- the name ---- */

bool section_read(struct section_reading *out, const char *text, bool path, struct arena *arena)
{
    *out = (struct section_reading){.text = text};
    size_t len = strlen(text), used = 0;
    if (len == 0 || len > DOCUMENT_MAX_NAME) return true;
    struct token t[24];
    size_t n = tokens_split(text, len, path ? TOKENS_IDENTIFIER : TOKENS_TEXT, t, 24);
    if (n < 2 || n == 24) return true;
    /* The last tokens are a unit, in brackets or (in a path) behind '_'. */
    for (size_t k = n > 4 ? n - 4 : 1; k < n; k++) {
        bool bracket = (t[k].gap & GAP_OPEN) != 0;
        const struct unit *u = unit_parse(text + t[k].begin, len - t[k].begin, &used);
        if (!u || !(bracket || (path && k + 1 == n)) || t[k].begin + used < t[n - 1].end) continue;
        size_t end = t[k - 1].end;
        out->unit = u;
        out->text = arena_strndup(arena, text, end);
        return out->text != NULL;
    }
    /* "Preise in EUR", "Prices in EUR by year" */
    for (size_t k = 2; !path && k < n; k++) {
        if (strcmp(t[k - 1].key, "in") != 0 && strcmp(t[k - 1].key, "en") != 0) continue;
        const struct unit *u = unit_parse(text + t[k].begin, len - t[k].begin, &used);
        if (!u) continue;
        out->unit = u;
        out->text = arena_strndup(arena, text, t[k - 2].end);
        return out->text != NULL;
    }
    return true;
}

/* Words that mean a quantity of whatever they stand under: under "Battery" "weight" is the battery's. */
static bool is_generic_word(const char *key)
{
    static const char *const WORDS[] = {
        "weight", "mass", "length", "width", "height", "depth", "power", "output", "capacity",
        "volume", "type", "warranty", "speed", "size", "diameter", "number", "count", "model",
        "name", "price", "cost", "range", "position", "code", "id", "material", "gewicht", "masse",
        "lange", "breite", "hohe", "leistung", "kapazitat", "volumen", "typ", "garantie", "grosse",
        "anzahl", "preis", "poids", "longueur", "largeur", "hauteur", "puissance", "capacite",
        "taille", "nombre", "prix", "peso", "longitud", "anchura", "altura", "potencia",
        "capacidad", "precio", "numero", "tipo", "torque", "voltage", "energy", "consumption",
        "max", "maximum", "min", "minimum", "total", "rated", "value", "level", "position", "brand",
        "manufacturer", "make", "year", "description", "drehmoment", "couple", "par"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (WORDS[i][0] == key[0] && strcmp(WORDS[i], key) == 0) return true;
    return false;
}

static bool is_qualifier_word(const struct token *t)
{
    const struct term *terms = NULL;
    size_t n_terms = 0;
    if (!registry_match(t, 1, &terms, &n_terms)) return false;
    for (size_t i = 0; i < n_terms; i++)
        if (terms[i].kind == TERM_QUALIFIER) return true;
    return false;
}

/* Whether a name consists of such words, its unit and qualifiers aside. */
static bool is_generic_name(const char *name, size_t name_len)
{
    struct token t[24];
    size_t n = tokens_split(name, name_len ? name_len : strlen(name), TOKENS_IDENTIFIER, t, 24);
    for (size_t i = 0; i < n; i++)
        if (!is_generic_word(t[i].key) && !is_small_word(t[i].key) && !is_qualifier_word(&t[i]) &&
            !(i > 0 && i + 1 == n && unit_parse_all(name + t[i].begin, t[i].end - t[i].begin)))
            return false;
    return n > 0;
}

/* Whether a reading of the name alone may be trusted under this section. */
static bool name_stands_alone(const struct column_meaning *m, const char *name,
                              const char *section, bool path)
{
    struct token t[24];
    if (!is_generic_name(name, m->name_len)) return true;
    size_t k = tokens_split(section, strlen(section), path ? TOKENS_IDENTIFIER : TOKENS_TEXT, t, 24);
    size_t topics = 1, unknown = 0;
    const char *group = REGISTRY[m->attribute].group;
    size_t group_len = strlen(group);
    for (size_t i = 0; i < k; i++) {
        const char *key = t[i].key;
        if (strcmp(key, "and") == 0 || strcmp(key, "und") == 0 || strcmp(key, "et") == 0 ||
            (i > 0 && (t[i].gap & (GAP_COMMA | GAP_SLASH))))
            topics++;
        if (is_document_word(key) || is_small_word(key)) continue;
        size_t len = strlen(key);
        if (group && (strcmp(key, group) == 0 ||
                      (len == group_len + 1 && key[len - 1] == 's' &&
                       strncmp(key, group, group_len) == 0) ||
                      (group_len == len + 1 && group[len] == 's' && strncmp(key, group, len) == 0)))
            continue;
        unknown++;
    }
    return unknown == 0 || (topics > 1 && !path);
}

/* Without brackets, "a.b" as "a b": so that a section and a name read as one. */
static void append_words(struct buffer *b, const char *text)
{
    if (b->len && *text) buffer_putc(b, ' ');
    for (; *text; text++) buffer_putc(b, strchr("()[]{}.:>", *text) ? ' ' : *text);
}

static void read_with(struct column_meaning *m, struct buffer *b, const char *section,
                      const char *name, enum dimension hint)
{
    buffer_clear(b);
    append_words(b, section);
    size_t prefix = b->len ? b->len + 1 : 0;
    if (b->len) buffer_putc(b, ' ');
    buffer_puts(b, name);
    *m = (struct column_meaning){.attribute = -1};
    if (b->failed || b->len > 400) return;
    registry_read_column(m, buffer_text(b), b->len, hint);
    m->name_len = m->name_len > prefix ? m->name_len - prefix : 0;
}

static unsigned count_bits(uint64_t bits)
{
    unsigned n = 0;
    for (; bits; bits &= bits - 1) n++;
    return n;
}

/* As read_with in both orders: "Weights: Gross" is the gross weight, "Conso: vitesse mixte" the other
 * way round. Where they differ, the one whose words are the attribute's own. */
static void read_both_ways(struct column_meaning *m, struct buffer *b, const char *section,
                           const char *name, size_t name_len, enum dimension hint)
{
    struct column_meaning turned = {.attribute = -1};
    read_with(m, b, section, name, hint);
    if (name_len == 0) return;
    buffer_clear(b);
    buffer_append(b, name, name_len);
    append_words(b, section);
    buffer_puts(b, name + name_len); /* the unit stays behind */
    if (b->failed || b->len > 400) return;
    registry_read_column(&turned, buffer_text(b), b->len, hint);
    if (turned.attribute < 0 || turned.attribute == m->attribute) return;
    if (m->attribute < 0 || count_bits(turned.qualifiers) < count_bits(m->qualifiers)) {
        turned.name_len = name_len;
        *m = turned;
    }
}

static uint64_t section_qualifiers(const char *section, uint64_t have)
{
    struct token t[24];
    size_t n = tokens_split(section, strlen(section), TOKENS_IDENTIFIER, t, 24);
    uint64_t found = 0;
    for (size_t i = 0; i < n;) {
        const struct term *terms = NULL;
        size_t n_terms = 0, used = registry_match(t + i, n - i, &terms, &n_terms);
        for (size_t k = 0; k < n_terms; k++)
            if (terms[k].kind == TERM_QUALIFIER && !terms[k].asking && terms[k].id < 64)
                found |= (uint64_t)1 << terms[k].id;
        i += used ? used : 1;
    }
    /* One of a family at most: the name's own goes first. */
    for (size_t i = 0; i < QUALIFIER_COUNT && i < 64; i++) {
        if (!(found >> i & 1)) continue;
        for (size_t k = 0; k < QUALIFIER_COUNT && k < 64; k++)
            if (((have | (found & (((uint64_t)1 << i) - 1))) >> k & 1) &&
                QUALIFIERS[k].family == QUALIFIERS[i].family)
                found &= ~((uint64_t)1 << i);
    }
    return found;
}

/* Whether "(WLTP)" in the heading above says something of it: consumption, emissions, range. */
static bool is_cycle_attribute(const struct interpreted_column *c)
{
    if (c->fact.attribute < 0) return false;
    const struct attribute *a = &REGISTRY[c->fact.attribute];
    const struct unit *unit = a->unit ? unit_by_symbol(a->unit) : NULL;
    return a->dimension == DIMENSION_CONSUMPTION || a->dimension == DIMENSION_EMISSION ||
           a->dimension == DIMENSION_ELECTRIC_CONSUMPTION ||
           (a->dimension == DIMENSION_LENGTH && unit && unit_to_base(1, unit) >= 1e5); /* km */
}

static void take_meaning(struct interpreted_column *out, const struct column_meaning *m)
{
    out->fact.attribute = m->attribute;
    out->fact.qualifiers = m->qualifiers;
    out->fact.inverse = m->inverse;
    if (m->unit) {
        out->fact.unit = m->unit;
        out->second_unit = m->second_unit;
        out->unit_source = UNIT_FROM_NAME;
    }
}

static bool unit_fits(const struct unit *u, int attribute, const struct column_study *study)
{
    if (!u) return false;
    if (attribute >= 0) return REGISTRY[attribute].dimension == u->dimension;
    return study->numeric * 2 > study->filled && (!study->with_unit || study->dimension == u->dimension);
}

/* Bytes of a name without the unit behind it: "Power (hp)", "weight_kg", "Weight_in_lbs". Only where
 * what is left means the same attribute: "Comb (mpg)" stays. */
static size_t without_unit(const char *name, size_t len, const struct column_meaning *m)
{
    if (m->name_len > 0 && m->name_len < len) return m->name_len;
    if (!m->unit) return len;
    struct token t[24];
    size_t n = tokens_split(name, len, TOKENS_IDENTIFIER, t, 24), cut = len, used = 0;
    for (size_t k = n > 6 ? n - 6 : 1; k < n && cut == len; k++)
        if (unit_parse(name + t[k].begin, len - t[k].begin, &used) == m->unit &&
            t[k].begin + used >= t[n - 1].end) {
            size_t last = k - 1;
            if (last > 0 && (strcmp(t[last].key, "in") == 0 || strcmp(t[last].key, "en") == 0))
                last--;
            cut = t[last].end;
            if (cut < len && (name[cut] == ')' || name[cut] == ']')) cut++;
        }
    if (cut == len) return len;
    struct column_meaning rest;
    registry_read_column(&rest, name, cut, m->unit->dimension);
    return rest.attribute == m->attribute ? cut : len;
}

bool column_read(struct interpreted_column *out, const char *name, const char *group,
                 const char *caption, const char *unit_text, bool path,
                 const struct column_study *study, struct arena *arena)
{
    struct buffer b = {0};
    struct section_reading in_group, in_caption;
    struct column_meaning m = {.attribute = -1}, alone;
    bool ok = section_read(&in_group, group, path, arena) &&
              section_read(&in_caption, caption, false, arena);
    out->fact = (struct fact_column){.name = name, .section = group, .attribute = -1};
    out->unit_source = UNIT_NOWHERE;
    out->sibling = SIZE_MAX;
    out->unit_column = NO_COLUMN;
    const struct unit *row_unit = *unit_text ? unit_parse_all(unit_text, strlen(unit_text)) : NULL;
    enum dimension hint = row_unit ? row_unit->dimension : study->dimension;
    if (!ok) return false;

    /* The name of a column with its unit row reads as "Power [kW]". */
    size_t name_len = strlen(name);
    const char *full = name;
    if (row_unit && name_len + strlen(unit_text) < 300) {
        buffer_printf(&b, "%s [%s]", name, unit_text);
        full = b.failed ? name : arena_strndup(arena, b.data, b.len);
        ok = full != NULL;
    }
    if (name_len == 0) {
        out->fact.name = "";
    } else if (ok) {
        registry_read_column(&alone, full, strlen(full), hint);
        size_t alone_len = without_unit(name, name_len, &alone);
        bool section_used = false;
        for (size_t i = 0; i < alone.n_alternatives && i < 4 && !out->weak_role; i++)
            out->weak_role = REGISTRY[alone.alternatives[i]].role;
        /* A name that means one thing alone means it under any heading; else under its group first,
         * under outer parts of a path less and less; then under the caption. */
        bool specific = alone.attribute >= 0 && !is_generic_name(name, alone_len);
        const char *outer = in_group.text;
        while (*outer && (m.attribute < 0 || (specific && m.attribute != alone.attribute))) {
            if (path)
                read_with(&m, &b, outer, full, hint);
            else
                read_both_ways(&m, &b, outer, full, alone_len, hint);
            if (m.attribute >= 0 && outer != in_group.text && !name_stands_alone(&m, name, group, path))
                m.attribute = -1;
            const char *next = path ? strchr(outer, '.') : NULL;
            outer = next ? next + 1 : "";
        }
        if (specific && m.attribute != alone.attribute) m.attribute = -1;
        if (m.attribute < 0 && alone.attribute >= 0 && *in_group.text &&
            !name_stands_alone(&alone, name, in_group.text, path)) {
            alone.attribute = -1; /* "battery.weight" is no weight of the vehicle */
            alone.inverse = false;
        }
        if (m.attribute < 0 && alone.attribute < 0 && *in_caption.text && !path) {
            read_with(&m, &b, in_caption.text, full, hint);
            section_used = m.attribute >= 0;
        }
        bool combined = m.attribute >= 0;
        take_meaning(out, combined ? &m : &alone);
        /* What the name alone says more precisely than the two together stays. */
        if (combined && alone.attribute == m.attribute) out->fact.qualifiers |= alone.qualifiers;
        if (!out->fact.unit && alone.unit) {
            out->fact.unit = alone.unit;
            out->unit_source = UNIT_FROM_NAME;
        }
        if (is_cycle_attribute(out)) {
            out->fact.qualifiers |= section_qualifiers(in_group.text, out->fact.qualifiers);
            if (!path)
                out->fact.qualifiers |= section_qualifiers(in_caption.text, out->fact.qualifiers);
        }
        out->unit_implied = out->fact.unit && alone_len == name_len && !row_unit;
        if (section_used && !*group) out->fact.section = caption;
        if (alone_len > 0 && alone_len < name_len) {
            out->fact.name = arena_strndup(arena, name, alone_len);
            ok = out->fact.name != NULL;
        }
    }
    if (row_unit && (!out->fact.unit || out->unit_source == UNIT_FROM_NAME)) {
        if (!out->fact.unit || out->fact.unit == row_unit) {
            out->fact.unit = row_unit;
            out->unit_source = UNIT_FROM_ROW;
        }
    }
    if (!out->fact.unit && unit_fits(in_group.unit, out->fact.attribute, study)) {
        out->fact.unit = in_group.unit;
        out->unit_source = UNIT_FROM_SECTION;
    }
    if (!out->fact.unit && unit_fits(in_caption.unit, out->fact.attribute, study)) {
        out->fact.unit = in_caption.unit;
        out->unit_source = UNIT_FROM_SECTION;
    }
    out->dimension = out->fact.attribute >= 0 ? REGISTRY[out->fact.attribute].dimension
                     : out->fact.unit         ? out->fact.unit->dimension
                                              : study->dimension;
    if (out->fact.attribute >= 0 && REGISTRY[out->fact.attribute].unit)
        out->canonical = unit_by_symbol(REGISTRY[out->fact.attribute].unit);
    buffer_free(&b);
    return ok;
}

/* ---- how cells are read ---- */

void column_decide_kind(struct interpreted_column *c, const struct column_study *study)
{
    enum attribute_type type = ATTRIBUTE_NUMBER;
    c->n_filled = study->filled;
    c->n_numbers = study->numeric;
    c->cell_unit = study->unit;
    c->evidence = study->evidence;
    if (c->fact.attribute >= 0) {
        type = REGISTRY[c->fact.attribute].type;
        enum attribute_role role = REGISTRY[c->fact.attribute].role;
        c->category = type == ATTRIBUTE_CATEGORY;
        c->text = type == ATTRIBUTE_TEXT || type == ATTRIBUTE_CATEGORY;
        if (role == ROLE_YEAR || role == ROLE_YEAR_LAST || role == ROLE_QUANTITY) c->text = false;
        if (type == ATTRIBUTE_TEXT && study->numeric * 10 >= study->filled * 9 && role == ROLE_NONE)
            c->text = study->identifiers > 0;
    } else {
        /* An attribute of its own: numbers when nearly all cells are. */
        c->text = study->numeric * 2 < study->filled && study->yes_no * 2 < study->filled;
        if (study->identifiers * 2 > study->filled) c->text = true;
    }
    c->bare = !c->fact.unit && study->with_unit == 0;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

bool to_canonical(const struct interpreted_column *c, double value, const struct unit *unit,
                  double *out)
{
    if (c->fact.attribute < 0) return false;
    const struct attribute *a = &REGISTRY[c->fact.attribute];
    if (a->low >= a->high) return false;
    const struct unit *canonical = c->canonical;
    if (!unit) unit = c->fact.unit;
    if (!canonical) {
        if (unit && a->dimension != DIMENSION_MONEY && a->dimension != unit->dimension) return false;
        if (unit && unit->dimension == DIMENSION_MONEY) return false;
        *out = value;
        return true;
    }
    return unit && unit_convert(value, unit, canonical, out);
}

static bool is_plausible(const struct interpreted_column *c, double value, const struct unit *unit,
                         bool *judged)
{
    double v;
    *judged = to_canonical(c, value, unit, &v);
    return *judged && v >= REGISTRY[c->fact.attribute].low && v <= REGISTRY[c->fact.attribute].high;
}

static bool has_separator(const struct cell *c)
{
    return memchr(c->text, ',', c->len) || memchr(c->text, '.', c->len);
}

void column_decide_style(struct interpreted_column *c, const struct cell *const *cells, size_t n,
                         enum number_style fallback)
{
    bool sure = false;
    const struct number_evidence *e = &c->evidence;
    c->style = number_style_decide(e, fallback, &sure);
    if (e->ambiguous == 0 || c->text || c->n_parts) return;
    /* Prices have two places or none: "28.195" groups. */
    bool money = c->dimension == DIMENSION_MONEY && !(c->fact.unit && c->fact.unit->factor != 1);
    if (money && !e->point && !e->comma && !e->leading_zero_ambiguous &&
        (e->ambiguous_point == e->ambiguous || e->ambiguous_point == 0)) {
        c->style = e->ambiguous_point ? NUMBER_COMMA : NUMBER_POINT;
        return;
    }
    if (sure) return;
    /* "4,016 cc" beside "400 cc": which of the two readings is plausible, which fits the others? */
    size_t plausible[2] = {0}, judged_cells = 0, taken = 0;
    double distance[2] = {0}, plain_log = 0;
    size_t n_plain = 0, n_ambiguous = 0;
    size_t step = n > STUDY_SAMPLE ? n / STUDY_SAMPLE : 1;
    for (size_t i = 0; i < n && taken < STUDY_SAMPLE; i += step) {
        double value;
        const struct unit *unit;
        if (!cells[i]->len || has_separator(cells[i]) ||
            !cell_number(cells[i], NUMBER_POINT, &value, &unit) || value <= 0)
            continue;
        plain_log += log(value);
        n_plain++;
        taken++;
    }
    taken = 0;
    for (size_t i = 0; i < n && taken < STUDY_SAMPLE; i += step) {
        if (!cells[i]->len || !has_separator(cells[i])) continue;
        double value[2];
        const struct unit *unit[2];
        bool read = true, judged[2] = {false, false}, fits[2];
        for (int s = 0; s < 2; s++)
            read = read && cell_number(cells[i], (enum number_style)s, &value[s], &unit[s]);
        if (!read || value[0] == value[1]) continue;
        taken++;
        for (int s = 0; s < 2; s++) {
            fits[s] = is_plausible(c, value[s], unit[s], &judged[s]);
            plausible[s] += fits[s];
            if (n_plain && value[s] > 0) distance[s] += fabs(log(value[s]) - plain_log / (double)n_plain);
        }
        judged_cells += judged[0] && judged[1];
        n_ambiguous++;
    }
    if (n_ambiguous == 0) return;
    enum number_style other = c->style == NUMBER_POINT ? NUMBER_COMMA : NUMBER_POINT;
    if (judged_cells * 2 > n_ambiguous && plausible[0] != plausible[1]) {
        enum number_style better = plausible[0] > plausible[1] ? NUMBER_POINT : NUMBER_COMMA;
        size_t more = plausible[better], less = plausible[1 - (int)better];
        if (more >= 4 * less && more * 2 > n_ambiguous) {
            c->style_by_range = better != c->style;
            c->style = better;
            return;
        }
    }
    /* Three orders of magnitude lie between the two: the nearer one, when it is nearer by far. */
    if (n_plain >= 2 && distance[other] + 3.0 * (double)n_ambiguous < distance[c->style]) {
        c->style = other;
        c->style_by_range = true;
    }
}

void column_decide_missing(struct interpreted_column *c, const struct cell *const *cells, size_t n)
{
    double values[STUDY_SAMPLE];
    size_t count = 0, zeros = 0, minus_ones = 0, negatives = 0;
    double nines = 0;
    size_t step = n > STUDY_SAMPLE ? n / STUDY_SAMPLE : 1;
    if (c->text || c->n_parts) return;
    for (size_t i = 0; i < n && count < STUDY_SAMPLE; i += step) {
        double value;
        const struct unit *unit;
        if (!cells[i]->len || !cell_number(cells[i], c->style, &value, &unit)) continue;
        bool judged;
        if (value == 0) {
            zeros++;
            continue;
        }
        if (value < 0) {
            negatives++;
            minus_ones += value == -1 || value == -9 || value == -99 || value == -999 ||
                          value == -9999;
            continue;
        }
        if (value == 999 || value == 9999 || value == 99999 || value == 999999) {
            if (!nines || value == nines) nines = value;
            bool plausible = is_plausible(c, value, unit, &judged);
            if (plausible) nines = -1;
            continue;
        }
        values[count++] = value;
        if (!is_plausible(c, value, unit, &judged) && judged) c->n_implausible++;
    }
    qsort(values, count, sizeof *values, compare_doubles);
    double least = count ? values[0] : 0, most = count ? values[count - 1] : 0;
    const struct attribute *a = c->fact.attribute >= 0 ? &REGISTRY[c->fact.attribute] : NULL;
    bool number = a && a->type == ATTRIBUTE_NUMBER && a->role == ROLE_NONE;
    if (number && !a->zero_is_value)
        c->zero_missing = true;
    else if (!a && zeros >= 2 && zeros * 20 >= count + zeros && least >= 20 && c->fact.unit) {
        /* No length, mass or power is 0 where all others are far from it. */
        enum dimension d = c->fact.unit->dimension;
        c->zero_missing = d == DIMENSION_LENGTH || d == DIMENSION_MASS || d == DIMENSION_POWER ||
                          d == DIMENSION_SPEED || d == DIMENSION_VOLUME;
    }
    if (number && a->dimension != DIMENSION_TEMPERATURE && a->dimension != DIMENSION_ANGLE)
        c->minus_missing = a->low >= 0;
    else if (!a && minus_ones && minus_ones == negatives)
        c->minus_missing = true;
    if (nines > 0 && (!a || number) && count >= 3 && nines > 3 * most) c->nines = nines;
    c->n_missing = (c->zero_missing ? zeros : 0) + (c->minus_missing ? minus_ones : 0);
}
