/* What a column's name means, under its group, band or caption. */
#include "ingest/columns.h"

#include "ingest/qualifier_list.h"

#include "vehicle/registry.h"

#include <string.h>

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
    /* "Inflation pressure (bar) cold", "Opening (in °C)" */
    const char *open = path ? NULL : strchr(text, '('), *close = open ? strchr(open, ')') : NULL;
    if (close && open > text) {
        const char *from = open + 1;
        if (strncmp(from, "in ", 3) == 0 || strncmp(from, "en ", 3) == 0) from += 3;
        out->unit = unit_parse_all(from, (size_t)(close - from));
        if (out->unit) { /* "Inflation pressure cold" */
            size_t end = (size_t)(open - text), rest = strlen(close + 1);
            while (end && text[end - 1] == ' ') end--;
            char *copy = arena_strndup(arena, text, len);
            if (copy) memmove(copy + end, close + 1, rest + 1);
            out->text = copy;
            return copy != NULL;
        }
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
        "manufacturer", "make", "year", "description", "average", "avg", "mean", "moyenne",
        "mittlere", "durchschnittliche", "media", "drehmoment", "couple", "par"};
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

/* The role that one part of "Typ / Ausführung" has, ROLE_NONE: it names no vehicle. */
static enum attribute_role part_role(const char *name, size_t len)
{
    struct column_meaning m;
    while (len && *name == ' ') name++, len--;
    while (len && name[len - 1] == ' ') len--;
    registry_read_column(&m, name, len, DIMENSION_NONE);
    enum attribute_role role = m.attribute >= 0 ? REGISTRY[m.attribute].role : ROLE_NONE;
    for (size_t i = 0; i < m.n_alternatives && i < 4 && role == ROLE_NONE; i++)
        role = REGISTRY[m.alternatives[i]].role;
    return role == ROLE_MAKE || role == ROLE_MODEL || role == ROLE_TRIM || role == ROLE_NAME ? role : ROLE_NONE;
}

/* "Model / Trim", "Typ / Ausführung": the model with what follows; "Make / Model": the whole name; -1: no such
 * name. */
static int joined_attribute(const char *name, size_t len)
{
    const char *slash = memchr(name, '/', len);
    if (!slash || memchr(slash + 1, '/', len - (size_t)(slash - name) - 1)) return -1;
    enum attribute_role first = part_role(name, (size_t)(slash - name));
    enum attribute_role second = part_role(slash + 1, len - (size_t)(slash - name) - 1);
    if (first == ROLE_NONE || second == ROLE_NONE || first == second) return -1;
    bool make = first == ROLE_MAKE || second == ROLE_MAKE;
    for (size_t i = 0; i < REGISTRY_COUNT; i++)
        if (REGISTRY[i].role == (make ? ROLE_NAME : ROLE_MODEL)) return (int)i;
    return -1;
}

/* A list's name that says what its records are: "manufacturers", "models", "variants"; -1: none. */
static int level_attribute(const char *name, size_t len)
{
    struct column_meaning m;
    registry_read_column(&m, name, len, DIMENSION_NONE);
    if (m.attribute < 0) return -1;
    enum attribute_role role = REGISTRY[m.attribute].role;
    return role == ROLE_MAKE || role == ROLE_MODEL || role == ROLE_TRIM ? m.attribute : -1;
}

/* Whether the parts of a path that were passed over say nothing of what a generic name is of. */
static bool is_neutral_path(const struct column_meaning *m, const char *name, const char *path, size_t len,
                            struct arena *arena, bool *neutral)
{
    *neutral = true;
    for (size_t at = 0; at < len && *neutral;) {
        const char *dot = memchr(path + at, '.', len - at);
        size_t n = dot ? (size_t)(dot - path) - at : len - at;
        char *part = arena_strndup(arena, path + at, n);
        if (!part) return false;
        *neutral = level_attribute(part, n) >= 0 || name_stands_alone(m, name, part, true);
        at += n + 1;
    }
    return true;
}

/* "Tyres front/rear": texts of all that the name lists. A figure would be of one of them. */
static bool text_attribute(int *attribute, const char *name, size_t len, struct arena *arena)
{
    struct qualifier_list list;
    struct column_meaning m;
    if (!qualifier_list_read(&list, name, len)) return true;
    const char *plain = qualifier_list_plain(&list, name, len, arena);
    if (!plain) return false;
    registry_read_column(&m, plain, strlen(plain), DIMENSION_NONE);
    if (m.attribute >= 0 && REGISTRY[m.attribute].type != ATTRIBUTE_NUMBER) *attribute = m.attribute;
    return true;
}

bool column_is_level(const char *name, size_t len)
{
    return level_attribute(name, len) >= 0;
}

bool column_is_make_list(const char *name, size_t len)
{
    int level = level_attribute(name, len);
    return level >= 0 && REGISTRY[level].role == ROLE_MAKE;
}

void column_take_level(struct interpreted_column *c, const char *list, bool outermost)
{
    const char *dot = strrchr(list, '.');
    int level = -1, own = c->fact.attribute;
    bool name = own >= 0 ? REGISTRY[own].role == ROLE_NAME : c->weak_role == ROLE_NAME || c->weak_role == ROLE_MODEL;
    if (name) level = level_attribute(dot ? dot + 1 : list, strlen(dot ? dot + 1 : list));
    if (level < 0 || (outermost && REGISTRY[level].role != ROLE_MAKE)) return;
    c->fact.attribute = level;
    c->weak_role = ROLE_NONE;
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

static void read_three(struct column_meaning *m, const char *caption, const char *group,
                       const char *name, enum dimension hint)
{
    struct buffer above = {0}, b = {0};
    append_words(&above, caption);
    append_words(&above, group);
    if (!above.failed) read_with(m, &b, buffer_text(&above), name, hint);
    buffer_free(&above);
    buffer_free(&b);
}

/* "Rear, towing" under "Tire pressures (psi)": which figure of the section's quantity it is, and under
 * which condition, whatever the condition's words mean elsewhere. */
static bool read_condition(struct column_meaning *m, struct buffer *b, const char *section,
                           const char *name, enum dimension hint)
{
    struct token t[24];
    struct column_meaning own;
    size_t n = tokens_split(name, strlen(name), TOKENS_TEXT, t, 24), k = 0;
    while (k < n && is_qualifier_word(&t[k]) && (k == 0 || t[k].gap == GAP_SPACE)) k++;
    if (k == 0 || k == n || n == 24 ||
        !((t[k].gap & (GAP_COMMA | GAP_OPEN | GAP_COLON)) ||
          ((t[k].gap & GAP_HYPHEN) && (t[k].gap & GAP_SPACE))))
        return false;
    registry_read_column(&own, section, strlen(section), hint);
    if (own.attribute < 0 || REGISTRY[own.attribute].type != ATTRIBUTE_NUMBER) return false;
    read_with(m, b, section, name, hint);
    if (m->attribute == own.attribute) return true;
    buffer_clear(b);
    append_words(b, section);
    buffer_putc(b, ' ');
    buffer_append(b, name, t[k - 1].end);
    if (b->failed || b->len > 400) return false;
    registry_read_column(m, buffer_text(b), b->len, hint);
    m->name_len = strlen(name);
    return m->attribute == own.attribute;
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

static uint64_t section_qualifiers(const char *section, uint64_t have, int attribute)
{
    struct token t[24];
    size_t n = tokens_split(section, strlen(section), TOKENS_IDENTIFIER, t, 24);
    uint64_t found = 0;
    for (size_t i = 0; i < n;) {
        const struct term *terms = NULL;
        size_t n_terms = 0, used = registry_match(t + i, n - i, &terms, &n_terms);
        for (size_t k = 0; k < n_terms; k++)
            if (terms[k].kind == TERM_QUALIFIER && !terms[k].asking && terms[k].id < 64 &&
                registry_qualifier_fits(attribute, (size_t)terms[k].id))
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

static bool says_capacities(const char *text)
{
    static const char *const STEMS[] = {"capacit", "capacid", "fullmeng"};
    struct token t[24];
    size_t n = tokens_split(text, strlen(text), TOKENS_TEXT, t, 24);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof STEMS / sizeof *STEMS; k++)
            if (strncmp(t[i].key, STEMS[k], strlen(STEMS[k])) == 0) return true;
    return false;
}

/* "Cooling system: 46 L" under "Capacities" is the capacity of what it names, whatever the name means alone. */
static void read_capacity(struct column_meaning *m, struct buffer *b, const char *name, const char *group,
                          const char *caption, enum dimension hint)
{
    struct column_meaning capacity;
    if (hint != DIMENSION_VOLUME || (m->attribute >= 0 && REGISTRY[m->attribute].dimension == DIMENSION_VOLUME)) return;
    if (!says_capacities(group) && !says_capacities(caption)) return;
    buffer_clear(b);
    buffer_printf(b, "%s capacity", name);
    if (b->failed || b->len > 200) return;
    registry_read_column(&capacity, buffer_text(b), b->len, hint);
    if (capacity.attribute < 0 || REGISTRY[capacity.attribute].dimension != DIMENSION_VOLUME) return;
    capacity.name_len = strlen(name);
    *m = capacity;
}

bool column_read(struct interpreted_column *out, const char *name, const char *group,
                 const char *caption, const char *unit_text, bool path,
                 const struct column_study *study, struct arena *arena)
{
    struct buffer b = {0};
    struct section_reading in_group, in_caption;
    struct column_meaning m = {.attribute = -1}, alone;
    size_t whole = strlen(name), marked = name_without_footnote(name, whole);
    if (marked < whole && !(name = arena_strndup(arena, name, marked))) return false;
    bool ok = section_read(&in_group, group, path, arena) &&
              section_read(&in_caption, caption, false, arena);
    out->fact = (struct fact_column){.name = name, .section = group, .attribute = -1};
    out->unit_source = UNIT_NOWHERE;
    out->sibling = SIZE_MAX;
    out->unit_column = NO_COLUMN;
    const struct unit *row_unit = *unit_text ? unit_parse_all(unit_text, strlen(unit_text)) : NULL;
    enum dimension hint = row_unit ? row_unit->dimension : study->dimension;
    if (!ok) return false;
    if (hint == DIMENSION_MASS && study->unit && strcmp(study->unit->symbol, "lb") == 0) {
        registry_read_column(&m, name, strlen(name), DIMENSION_NONE); /* a price of "2,450 pounds" */
        if (m.attribute >= 0 && REGISTRY[m.attribute].dimension == DIMENSION_MONEY) hint = DIMENSION_MONEY;
        m = (struct column_meaning){.attribute = -1};
    }

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
        if (!path) read_capacity(&alone, &b, name, group, caption, hint);
        size_t alone_len = without_unit(name, name_len, &alone);
        if (alone.attribute < 0) alone.attribute = joined_attribute(name, name_len);
        if (alone.attribute < 0 && !text_attribute(&alone.attribute, name, name_len, arena)) {
            buffer_free(&b);
            return false;
        }
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
            bool neutral = true;
            if (m.attribute >= 0 && outer != in_group.text &&
                !is_neutral_path(&m, name, in_group.text, (size_t)(outer - in_group.text) - 1, arena, &neutral)) {
                buffer_free(&b);
                return false;
            }
            if (!neutral) m.attribute = -1;
            const char *next = path ? strchr(outer, '.') : NULL;
            outer = next ? next + 1 : "";
        }
        if (specific && m.attribute != alone.attribute) m.attribute = -1;
        struct column_meaning part;
        const char *section = *in_group.text ? in_group.text : in_caption.text;
        if (!path && *section && !alone.unit && read_condition(&part, &b, section, full, hint)) {
            m = alone = part;
            section_used = !*in_group.text;
        }
        if (m.attribute < 0 && alone.attribute >= 0 && *in_group.text &&
            !name_stands_alone(&alone, name, in_group.text, path)) {
            alone.attribute = -1; /* "battery.weight" is no weight of the vehicle */
            alone.inverse = false;
        }
        if (m.attribute < 0 && alone.attribute < 0 && *in_caption.text && !path) {
            /* "Tyre pressures" over "Full load" over "Front". */
            if (*in_group.text) read_three(&m, in_caption.text, in_group.text, full, hint);
            if (m.attribute < 0) read_with(&m, &b, in_caption.text, full, hint);
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
            out->fact.qualifiers |= section_qualifiers(in_group.text, out->fact.qualifiers, out->fact.attribute);
            if (!path)
                out->fact.qualifiers |= section_qualifiers(in_caption.text, out->fact.qualifiers, out->fact.attribute);
        }
        out->unit_implied = out->fact.unit && alone_len == name_len && !row_unit;
        if (section_used && !*group) out->fact.section = caption;
        if (alone_len > 0 && alone_len < name_len) {
            out->fact.name = arena_strndup(arena, name, alone_len);
            ok = out->fact.name != NULL;
        }
    }
    /* "Volume (in litres)", "Tightening torques (in daN.m)" */
    struct section_reading own;
    if (ok && !path && name_len && !out->fact.unit && !row_unit) {
        ok = section_read(&own, out->fact.name, false, arena);
        if (ok && *own.text && unit_fits(own.unit, out->fact.attribute, study)) {
            out->fact.unit = own.unit;
            out->fact.name = own.text;
            out->unit_source = UNIT_FROM_NAME;
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
