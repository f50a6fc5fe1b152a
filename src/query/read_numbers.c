/* Conditions that are numbers: figures with comparators, units and the attribute that they are of; years; and
 * the number of "top 3". */
#include "query/reading.h"

#include <stdio.h>
#include <string.h>

static bool dimension_fits(const struct reading *r, const struct query_attribute *a,
                           const struct unit *u)
{
    (void)r;
    if (a->attribute < 0) return true;
    enum dimension d = REGISTRY[a->attribute].dimension;
    if (!u) return REGISTRY[a->attribute].type == ATTRIBUTE_NUMBER;
    if (d == DIMENSION_EMISSION && u->dimension == DIMENSION_MASS) return true;
    return d == u->dimension;
}

/* The comparator that stands before label i; *used_first is where its words begin. */
static bool comparator_before(struct reading *r, size_t i, enum comparator *out, size_t *at,
                              bool *between)
{
    *between = false;
    size_t k = i;
    for (int steps = 0; steps < 4 && k > 0; steps++) {
        struct label *l = &r->l->labels[--k];
        if (l->kind == LABEL_SIGN) {
            const char *key = r->l->tokens[l->first].key;
            *out = key[0] == '<' ? COMPARE_LESS : key[0] == '>' ? COMPARE_MORE : COMPARE_EQUAL;
            if (!strcmp(key, "\xe2\x89\xa4")) *out = COMPARE_AT_MOST;
            if (!strcmp(key, "\xe2\x89\xa5")) *out = COMPARE_AT_LEAST;
            *at = k;
            return true;
        }
        static const struct {
            enum word_class class;
            enum comparator comparator;
        } WORDS[] = {{WORD_AT_LEAST, COMPARE_AT_LEAST}, {WORD_AT_MOST, COMPARE_AT_MOST},
                     {WORD_OVER, COMPARE_MORE},         {WORD_UNDER, COMPARE_LESS},
                     {WORD_BETWEEN, COMPARE_BETWEEN},   {WORD_EXACTLY, COMPARE_EQUAL},
                     {WORD_ABOUT, COMPARE_ABOUT}};
        if (l->kind == LABEL_WORD || l->kind == LABEL_TERM)
            for (size_t w = 0; w < sizeof WORDS / sizeof *WORDS; w++) {
                if (!label_is(l, WORDS[w].class)) continue;
                /* "from 2,000 lb" alone is no range; "from a to b" is. */
                if (WORDS[w].comparator == COMPARE_BETWEEN) {
                    size_t j = i + 1;
                    while (j < r->l->n_labels && reading_is_filler(&r->l->labels[j]) &&
                           !label_is(&r->l->labels[j], WORD_AND))
                        j++;
                    bool pair = false;
                    for (j = i + 1; j < r->l->n_labels && j <= i + 3; j++)
                        pair = pair || r->l->labels[j].kind == LABEL_NUMBER;
                    if (!pair) continue;
                    *between = true;
                }
                *out = WORDS[w].comparator;
                *at = k;
                return true;
            }
        if (label_is(l, WORD_THAN) && k > 0) {
            const struct label *more = &r->l->labels[k - 1];
            int sign = label_is(more, WORD_MORE) ? 1 : label_is(more, WORD_LESS) ? -1 : 0;
            const struct unit *u = r->l->labels[i].unit;
            bool of_unit = false; /* "slower than 10 seconds": more of the time, not less of the speed */
            for (size_t t = 0; t < more->n_terms; t++) {
                if (!more->terms[t].comparative) continue;
                bool fits = u && more->terms[t].kind == TERM_ATTRIBUTE && REGISTRY[more->terms[t].id].dimension == u->dimension;
                if (of_unit && !fits) continue;
                of_unit = fits;
                sign = more->terms[t].inverse ? -more->terms[t].comparative : more->terms[t].comparative;
                bool speed = more->terms[t].kind == TERM_ATTRIBUTE && REGISTRY[more->terms[t].id].dimension == DIMENSION_SPEED;
                if (u && u->dimension == DIMENSION_TIME && speed) sign = -sign;
            }
            if (!sign) return false;
            *out = sign > 0 ? COMPARE_MORE : COMPARE_LESS;
            l->used = true;
            *at = k - 1;
            return true;
        }
        if (!reading_is_filler(l)) return false;
    }
    return false;
}

/* Qualifiers right beside label i ("in the city"): marked as used. */
static uint64_t qualifiers_near(struct reading *r, size_t i)
{
    uint64_t bits = 0;
    for (int side = 0; side < 2; side++) {
        size_t k = i;
        for (int steps = 0; steps < 4; steps++) {
            if (side == 0 ? k == 0 : k + 1 >= r->l->n_labels) break;
            k = side == 0 ? k - 1 : k + 1;
            struct label *l = &r->l->labels[k];
            bool found = false;
            for (size_t t = 0; l->kind == LABEL_TERM && !l->used && t < l->n_terms; t++)
                if (l->terms[t].kind == TERM_QUALIFIER) {
                    bits |= 1ull << l->terms[t].id;
                    found = true;
                }
            if (found) {
                l->used = true;
                continue;
            }
            if (!reading_is_filler(l) || label_is(l, WORD_AND)) break;
        }
    }
    return bits;
}

/* Whether the attribute at label k, before the number at label i, is what is ranked or computed, and the number only
 * a condition on it. */
static bool is_asked_as_well(const struct reading *r, size_t k, size_t i)
{
    const struct label *l = &r->l->labels[k];
    if (k > i) return false;
    for (size_t t = 0; l->kind == LABEL_TERM && t < l->n_terms; t++)
        if (l->terms[t].superlative) return true;
    bool computed = r->average || r->total || r->range || r->extreme || r->quality;
    if (!computed || !r->set_scope) return false;
    /* Things stand between: "price of vans under", or in the name: "price of cars". */
    for (size_t t = l->first + 1; t < l->first + l->n; t++) {
        struct word words[WORD_MAX_MEANINGS];
        size_t n = 0;
        if (!lexicon_match(&r->l->tokens[t], 1, words, &n)) continue;
        for (size_t w = 0; w < n; w++)
            if (words[w].class == WORD_VEHICLE) return true;
    }
    for (size_t b = k + 1; b < i; b++) {
        const struct label *x = &r->l->labels[b];
        if (label_is(x, WORD_VEHICLE) || x->kind == LABEL_MENTION || x->kind == LABEL_VALUE) return true;
        for (size_t t = 0; x->kind == LABEL_TERM && t < x->n_terms; t++)
            if (x->terms[t].kind == TERM_CATEGORY) return true;
    }
    return false;
}

/* "a 6-speed gearbox", "mit 6-Gang-Getriebe", "à 6 rapports": how many gears, where a column says it. */
static bool read_gears(struct reading *r, size_t i)
{
    static const char SPEEDS[] = "speed gearbox|speed transmission|speed box|speed|gang getriebe|gang|gangen|rapports|vitesses|velocidades|"
                                 "marchas|\xe9\x80\x9f|\xe6\xa1\xa3|\xe6\x8c\xa1";
    struct label *l = &r->l->labels[i];
    size_t at = l->first + l->n, n = at < r->l->n_tokens ? reading_phrase(r, at, SPEEDS) : 0;
    struct query_attribute a = {.attribute = registry_find("gears"), .key = ""};
    if (!n || l->unit || l->number < 1 || l->number > 24 || a.attribute < 0) return false;
    /* "6-speed manual" of cells, before a column of figures. */
    char text[16];
    bool cells = false;
    snprintf(text, sizeof text, "%.0f speed", l->number);
    for (size_t t = 0; t < r->c->n_terms && !cells; t++) cells = key_has_run(r->c->terms[t].key, text);
    if (!cells && !attribute_in_scope(r, &a)) return false;
    a.name = REGISTRY[a.attribute].names[0];
    struct query_condition *c = condition_new(r);
    if (!c) return false;
    if (cells) {
        c->part = true;
        c->key = arena_strdup(&r->q->arena, text);
        if (!c->key) {
            c->key = "";
            r->failed = true;
        }
    } else {
        c->attribute = a;
        c->number = c->said = true;
        c->low = c->high = l->number;
    }
    c->text = reading_text(r, l->first, l->n + n);
    l->used = true;
    r->condition_at[r->q->n_where - 1] = i;
    /* "gearbox" is part of it. */
    for (size_t k = i + 1; k < r->l->n_labels && r->l->labels[k].first < at + n; k++) r->l->labels[k].used = true;
    return true;
}

/* "2 or 3 seats": the number at label i is the other of what the last condition has. */
static bool read_alternative(struct reading *r, size_t i)
{
    struct query *q = r->q;
    struct label *l = &r->l->labels[i];
    if (i < 2 || q->n_where == 0 || !label_is(&r->l->labels[i - 1], WORD_OR) || r->l->labels[i - 1].n != 1 ||
        r->condition_at[q->n_where - 1] != i - 2)
        return false;
    const struct query_condition before = q->where[q->n_where - 1];
    if (!before.number || before.year || before.said || before.negated || before.comparator != COMPARE_EQUAL ||
        (before.unit && l->unit && before.unit->dimension != l->unit->dimension))
        return false;
    struct query_condition *c = condition_new(r);
    if (!c) return false;
    *c = before;
    c->low = c->high = l->number;
    if (l->unit) c->unit = l->unit;
    if (!before.unit && l->unit) q->where[q->n_where - 2].unit = l->unit;
    c->or_before = true;
    c->text = reading_text(r, l->first, l->n);
    r->condition_at[q->n_where - 1] = i;
    l->used = r->l->labels[i - 1].used = true;
    return true;
}

/* Whether a number without a unit can be no figure of the attribute, as 30,000 is no mileage. */
static bool is_out_of_reach(double number, const struct query_attribute *a, const struct unit *u)
{
    if (u || a->attribute < 0 || REGISTRY[a->attribute].type != ATTRIBUTE_NUMBER || number < 2000) return false;
    const struct attribute *r = &REGISTRY[a->attribute];
    return r->dimension != DIMENSION_MONEY && r->low < r->high && number > 3 * r->high;
}

/* The attribute that the number at label i is of. *place: the label that names it; SIZE_MAX: none. */
static bool condition_attribute(struct reading *r, size_t i, size_t last, size_t comparator,
                                const struct unit *u, bool said, struct query_attribute *out, size_t *place)
{
    *place = SIZE_MAX;
    const struct term *term;
    struct query_attribute a;
    const struct unit *wanted = r->q->unit;
    r->q->unit = u; /* meanings that fit it are preferred */
    bool found = false;
    size_t where = SIZE_MAX;
    /* Behind: "300 miles of range", "six cylinders". */
    for (size_t k = last + 1; k < r->l->n_labels && k <= last + 4 && !found; k++) {
        struct label *l = &r->l->labels[k];
        if (reading_is_attribute(r, k) && !l->used) {
            if (attribute_of_label(r, k, &a, &term) && dimension_fits(r, &a, u) &&
                !(term && term->superlative)) {
                found = true;
                where = k;
            }
            break;
        }
        /* "4 or 6 cylinders": of both. */
        if (label_is(l, WORD_OR) && l->n == 1 && k == last + 1 && k + 1 < r->l->n_labels && r->l->labels[k + 1].kind == LABEL_NUMBER &&
            !r->l->labels[k + 1].engine) {
            k++;
            continue;
        }
        if (!reading_is_filler(l) || label_is(l, WORD_AND) || label_is(l, WORD_OR)) break;
    }
    /* The comparator is a word of the attribute: "heavier than". */
    if (!found && comparator != SIZE_MAX && reading_is_attribute(r, comparator) &&
        attribute_of_label(r, comparator, &a, &term) && dimension_fits(r, &a, u)) {
        found = true;
        where = comparator;
    }
    /* Before: "weighs under 4,400 lb". */
    size_t from = comparator != SIZE_MAX ? comparator : i;
    for (size_t k = from; !found && k-- > 0;) {
        struct label *l = &r->l->labels[k];
        if (l->kind == LABEL_NUMBER && l->used) break;
        if (reading_is_attribute(r, k)) {
            if (attribute_of_label(r, k, &a, &term) && dimension_fits(r, &a, u)) {
                found = true;
                where = k;
            } else if (u) {
                continue;
            }
            break;
        }
    }
    int displacement = registry_find("displacement");
    bool litres = u && u->dimension == DIMENSION_VOLUME && unit_to_base(r->l->labels[i].number, u) < 10;
    if (!found && litres && !said && displacement >= 0) {
        /* "the 7 liter", "the 998 cc": an engine's size. */
        a = (struct query_attribute){.attribute = displacement, .name = REGISTRY[displacement].names[0], .key = ""};
        found = true;
    }
    int price = registry_find("price");
    bool amount = r->l->labels[i].money;
    /* "best mpg SUV under 30000" */
    if (found && is_out_of_reach(r->l->labels[i].number, &a, u)) {
        struct query_attribute asked = {.attribute = price, .key = ""};
        found = false;
        amount = price >= 0 && attribute_in_scope(r, &asked);
        where = SIZE_MAX;
    }
    if (!found && amount && price >= 0) {
        a = (struct query_attribute){.attribute = price, .name = REGISTRY[price].names[0], .key = ""};
        found = true;
    }
    r->figure = &r->l->labels[i].number;
    bool by_unit = !found && u && attribute_of_unit(r, u, &a);
    r->figure = NULL;
    if (by_unit) {
        found = true;
        /* "consume over 8 kWh/100 km": the verb names the attribute's sibling. */
        for (size_t k = from; k-- > 0;) {
            struct label *l = &r->l->labels[k];
            if (label_is(l, WORD_AND) || l->kind == LABEL_NUMBER || l->kind == LABEL_MENTION) break;
            if (l->kind != LABEL_TERM || l->used) continue;
            bool kin = false;
            for (size_t t = 0; t < l->n_terms; t++)
                kin = kin || (l->terms[t].kind == TERM_ATTRIBUTE && l->terms[t].asking);
            if (kin) l->used = true;
            break;
        }
    }
    r->q->unit = wanted;
    if (!found) return false;
    /* A bare number is no figure of what has a unit: "which of the two is longer". */
    if (!u && !said && a.attribute >= 0 && REGISTRY[a.attribute].dimension != DIMENSION_COUNT &&
        REGISTRY[a.attribute].dimension != DIMENSION_NONE)
        return false;
    *place = where;
    if (where != SIZE_MAX) {
        /* "the most expensive under 30,000", "average price of cars over 40,000": what is asked as well. */
        if (!is_asked_as_well(r, where, i)) r->l->labels[where].used = true;
        a.qualifiers |= qualifiers_near(r, where);
    } else {
        a.qualifiers |= qualifiers_near(r, last);
    }
    *out = a;
    return true;
}

/* "The 4.30 axle", "a 3.73 rear end": how many axles there are is a whole number; the other is the ratio of one. */
static bool read_axle_ratio(struct reading *r, size_t i)
{
    static const char AXLE[] = "rear axle ratio|axle ratio|final drive ratio|rear axle|rear end|axle|axles|gears|final drive|diff|differential|"
                               "achsubersetzung|hinterachse|achse|rapport de pont|pont|relacion de eje|eje|ratio";
    struct label *l = &r->l->labels[i];
    const struct token *t = &r->l->tokens[l->first];
    size_t at = l->first + l->n, n = at < r->l->n_tokens && !(t[l->n].gap & (GAP_STOP | GAP_COMMA)) ? reading_phrase(r, at, AXLE) : 0;
    struct query_attribute a = {.attribute = registry_find("axle_ratio"), .key = ""};
    bool fraction = l->n == 1 && t->kind == TOKEN_NUMBER && strpbrk(reading_text(r, l->first, 1), ".,");
    if (!n || !fraction || l->unit || l->number < 1.5 || l->number > 9 || a.attribute < 0) return false;
    a.name = REGISTRY[a.attribute].names[0];
    struct query_condition *c = condition_new(r);
    if (!c) return false;
    c->attribute = a;
    c->number = c->said = true;
    c->low = c->high = l->number;
    c->text = reading_text(r, l->first, l->n + n);
    l->used = true;
    r->condition_at[r->q->n_where - 1] = i;
    for (size_t k = i + 1; k < r->l->n_labels && r->l->labels[k].first < at + n; k++) r->l->labels[k].used = true;
    return true;
}

/* "top 3", "three most powerful", "first three". */
static bool read_top(struct reading *r, size_t i)
{
    struct label *l = &r->l->labels[i];
    if (l->unit || l->number < 1 || l->number > 100) return false;
    size_t before = reading_before(r, i), after = i + 1;
    bool top = i > 0 && (label_is(&r->l->labels[i - 1], WORD_TOP) || label_is(&r->l->labels[i - 1], WORD_MOST) ||
                         label_is(&r->l->labels[i - 1], WORD_BEST));
    bool bottom = i > 0 && (label_is(&r->l->labels[i - 1], WORD_BOTTOM) ||
                            label_is(&r->l->labels[i - 1], WORD_WORST) ||
                            label_is(&r->l->labels[i - 1], WORD_LEAST));
    (void)before;
    /* "the three cars with the best mileage" */
    if (after < r->l->n_labels && !top && !bottom && label_is(&r->l->labels[after], WORD_VEHICLE))
        for (size_t k = after + 1; k < r->l->n_labels && k <= after + 4; k++) {
            const struct label *n = &r->l->labels[k];
            for (size_t t = 0; t < n->n_terms; t++) top = top || n->terms[t].superlative;
            top = top || label_is(n, WORD_MOST) || label_is(n, WORD_LEAST) || label_is(n, WORD_BEST) ||
                  label_is(n, WORD_WORST);
        }
    if (after < r->l->n_labels && !top && !bottom) {
        const struct label *n = &r->l->labels[after];
        for (size_t k = 0; k < n->n_terms; k++) top = top || n->terms[k].superlative;
        if (label_is(n, WORD_MOST) || label_is(n, WORD_LEAST) || label_is(n, WORD_BEST) ||
            label_is(n, WORD_WORST))
            top = true;
    }
    if (!top && !bottom) return false;
    if (i > 0 && label_is(&r->l->labels[i - 1], WORD_TOP)) {
        r->l->labels[i - 1].used = true;
        if (!r->extreme) r->extreme = 1;
    }
    if (i > 0 && label_is(&r->l->labels[i - 1], WORD_BOTTOM)) {
        r->l->labels[i - 1].used = true;
        r->extreme = -1;
    }
    r->top = (size_t)l->number;
    l->used = true;
    return true;
}

/* "quickest to 100 km/h": the speed is part of what is timed. */
static bool is_acceleration(struct reading *r, size_t i)
{
    static const char *const TO[] = {"to", "auf", "a", "hasta", "bis"};
    const struct label *n = &r->l->labels[i];
    bool to = false;
    for (size_t k = 0; n->first > 0 && k < sizeof TO / sizeof *TO; k++)
        to = to || strcmp(r->l->tokens[n->first - 1].key, TO[k]) == 0;
    /* "the slowest car to 100 km/h": a time, not a speed. */
    if (to && (n->number == 100 || n->number == 60 || n->number == 62)) {
        r->to_speed = n->number == 60 ? registry_find("acceleration_0_60") : registry_find("acceleration_0_100");
        return true;
    }
    for (size_t k = 0; k < i; k++) {
        const struct label *l = &r->l->labels[k];
        for (size_t t = 0; l->kind == LABEL_TERM && t < l->n_terms; t++)
            if (l->terms[t].kind == TERM_ATTRIBUTE &&
                strncmp(REGISTRY[l->terms[t].id].id, "acceleration", 12) == 0)
                return true;
    }
    return false;
}

/* "The quietest at 70 mph", "braking distance from 70 mph": the speed at which something else is measured, and no top speed. */
static bool is_speed_of_test(const struct reading *r, size_t i)
{
    static const char AT[] = "at|from|bei|aus|a|en|desde|de";
    const struct label *l = &r->l->labels[i];
    if (!l->unit || l->unit->dimension != DIMENSION_SPEED || l->first == 0 || !reading_phrase(r, l->first - 1, AT)) return false;
    bool other = false;
    for (size_t k = 0; k < r->l->n_labels; k++) {
        const struct label *o = &r->l->labels[k];
        for (size_t t = 0; o->kind == LABEL_TERM && t < o->n_terms; t++) {
            if (o->terms[t].kind != TERM_ATTRIBUTE) continue;
            if (REGISTRY[o->terms[t].id].dimension == DIMENSION_SPEED) return false;
            other = true;
        }
    }
    return other;
}

static bool says_speed(const char *text, const struct label *l)
{
    bool miles = strcmp(l->unit->symbol, "mph") == 0;
    double number = l->number;
    if (!strstr(text, miles ? "mph" : "km")) return false;
    struct token t[32];
    size_t n = tokens_split(text, strlen(text), TOKENS_TEXT, t, 32);
    for (size_t i = 0; i < n; i++)
        if (t[i].kind == TOKEN_NUMBER && t[i].number >= number && t[i].number <= number) return true;
    return false;
}

static bool is_meant_by(const struct reading *r, const struct catalog_column *col)
{
    for (size_t k = 0; k < r->l->n_labels; k++) {
        const struct label *o = &r->l->labels[k];
        for (size_t t = 0; o->kind == LABEL_TERM && t < o->n_terms; t++)
            if (o->terms[t].kind == TERM_ATTRIBUTE && col->attribute == o->terms[t].id) return true;
    }
    return false;
}

/* Whether all columns of what is asked, in scope, are called by the speed of label i: "Noise at 70 mph". */
static bool columns_say_speed(const struct reading *r, size_t i)
{
    size_t n, with = 0;
    const size_t *records = reading_scope(r, &n);
    for (size_t c = 0; c < r->c->n_columns; c++) {
        const struct catalog_column *col = &r->c->columns[c];
        bool in = records == NULL;
        if (col->attribute < 0 || !is_meant_by(r, col)) continue;
        for (size_t k = 0; k < n && !in; k++) in = r->c->records[records[k]].source == col->source;
        if (!in) continue;
        if (!says_speed(col->name, &r->l->labels[i]) && !says_speed(col->section, &r->l->labels[i])) return false;
        with++;
    }
    return with > 0;
}

/* Whether the number behind this one, its upper bound, is written out in full: "between 500 and 2000". */
static bool is_thousands(const struct reading *r, size_t i)
{
    for (size_t k = i + 1; k < r->l->n_labels && k <= i + 3; k++)
        if (r->l->labels[k].kind == LABEL_NUMBER)
            return r->l->tokens[r->l->labels[k].first].kind == TOKEN_NUMBER && r->l->tokens[r->l->labels[k].first].number >= 1000;
    return true;
}

void read_number_condition(struct reading *r, size_t i)
{
    struct label *l = &r->l->labels[i];
    /* "1.6 (1000 lb)": which of the two is meant, is not known. */
    if (i > 0 && r->l->labels[i - 1].kind == LABEL_NUMBER && (r->l->tokens[l->first].gap & GAP_OPEN) && !l->engine &&
        !r->l->labels[i - 1].engine)
        return;
    if (l->engine) {
        struct query_condition *c = condition_new(r);
        if (!c) return;
        c->attribute.attribute = registry_find("cylinders");
        c->number = c->said = true;
        c->low = c->high = l->number;
        c->text = reading_text(r, l->first, l->n);
        l->used = true;
        return;
    }
    if (read_top(r, i)) return;
    if (read_alternative(r, i)) return;
    if ((l->unit || l->number == 100) && is_denominator(r, i)) {
        l->used = true;
        /* "litres per 100 k": what is left of the unit. */
        if (i + 1 < r->l->n_labels && !strcmp(r->l->tokens[r->l->labels[i + 1].first].key, "k"))
            r->l->labels[i + 1].used = true;
        return;
    }
    if ((l->unit ? l->unit->dimension == DIMENSION_SPEED : l->number == 100 || l->number == 60 || l->number == 62) &&
        is_acceleration(r, i)) {
        l->used = true;
        return;
    }
    if (is_speed_of_test(r, i)) {
        l->used = columns_say_speed(r, i); /* else it is not understood */
        return;
    }
    enum comparator comparator = COMPARE_EQUAL;
    size_t at = SIZE_MAX, last = i;
    bool between = false, said = comparator_before(r, i, &comparator, &at, &between);
    double high = l->number;
    const struct unit *u = l->unit;
    if (between) {
        for (size_t k = i + 1; k < r->l->n_labels && k <= i + 3; k++)
            if (r->l->labels[k].kind == LABEL_NUMBER) {
                high = r->l->labels[k].number;
                if (!u) u = r->l->labels[k].unit;
                for (size_t j = i + 1; j <= k; j++) r->l->labels[j].used = true;
                last = k;
                break;
            }
    }
    /* "300 hp or more", "33 mpg in the city or better": right behind, or behind what the number is of. */
    int quality = 0; /* "250 kW or faster": which way is known with the attribute */
    for (size_t k = last + 1; k < r->l->n_labels && k <= last + 4; k++) {
        struct label *after = &r->l->labels[k];
        bool more = label_is(after, WORD_OR_MORE), less = label_is(after, WORD_OR_LESS);
        bool better = label_is(after, WORD_OR_BETTER), worse = label_is(after, WORD_OR_WORSE);
        if (more || less || better || worse) {
            /* "on" and the like only where nothing else was said. */
            if ((said || k > last + 1) && (said || after->n < 2) && (after->n < 2 || k > last + 1)) break;
            if (more || less) comparator = more ? COMPARE_AT_LEAST : COMPARE_AT_MOST;
            else quality = better ? 1 : -1;
            said = after->used = true;
            if (k == last + 1) last++;
            break;
        }
        if (!reading_is_attribute(r, k) && !reading_is_filler(after) && after->kind != LABEL_TERM && after->kind != LABEL_UNIT)
            break;
        if (label_is(after, WORD_AND) || label_is(after, WORD_OR)) break;
    }
    if (read_gears(r, i) || read_axle_ratio(r, i)) return;
    struct query_attribute a;
    size_t place;
    if (!condition_attribute(r, i, last, at, u, said, &a, &place)) {
        /* "which of the two": a number in words that counts nothing. */
        if (label_is(l, WORD_NUMBER) && !said) l->used = true;
        return;
    }
    struct query_condition *c = condition_new(r);
    if (!c) return;
    if (quality) {
        bool less = a.attribute >= 0 && REGISTRY[a.attribute].direction == DIRECTION_LESS;
        if (a.inverse || (u && u->reciprocal)) less = !less;
        comparator = less == (quality > 0) ? COMPARE_AT_MOST : COMPARE_AT_LEAST;
    }
    c->attribute = a;
    c->comparator = comparator;
    c->number = true;
    /* "between 40 and 50 thousand": the multiplier is of both. */
    double own = l->number;
    if (between && own < 1000 && high >= 1000 && own * 1000 < high && !is_thousands(r, i)) own *= 1000;
    c->low = between && high < own ? high : own;
    c->high = between && high < own ? own : high;
    c->unit = u;
    if (u && a.attribute >= 0 && REGISTRY[a.attribute].dimension == DIMENSION_EMISSION &&
        u->dimension == DIMENSION_MASS)
        c->unit = emission_unit(r, u);
    /* "less than 5 litres" of a column that is measured per 100 km. */
    if (u && a.attribute < 0 && u->dimension == DIMENSION_VOLUME && unit_to_base(1, u) <= unit_to_base(1, unit_by_symbol("L")))
        for (size_t k = 0; k < r->c->n_columns; k++)
            if (r->c->columns[k].attribute < 0 && !strcmp(r->c->columns[k].key, a.key) && r->c->columns[k].unit &&
                r->c->columns[k].unit->dimension == DIMENSION_CONSUMPTION)
                c->unit = unit_by_symbol("L/100 km");
    c->said = said;
    size_t first = at != SIZE_MAX && at < i ? at : i;
    c->text = reading_text(r, r->l->labels[first].first,
                           r->l->labels[last].first + r->l->labels[last].n - r->l->labels[first].first);
    for (size_t k = first; k <= last; k++) {
        struct label *x = &r->l->labels[k];
        if (x->kind == LABEL_WORD || x->kind == LABEL_NUMBER || x->kind == LABEL_SIGN ||
            (k == at && x->kind == LABEL_TERM))
            x->used = true;
    }
    r->condition_at[r->q->n_where - 1] = i;
    /* "a five-cylinder engine": the noun of what the number is of. */
    if (place != SIZE_MAX && place > i && place + 1 < r->l->n_labels && a.attribute == registry_find("cylinders")) {
        struct label *noun = &r->l->labels[place + 1];
        for (size_t t = 0; noun->kind == LABEL_TERM && t < noun->n_terms; t++)
            if (noun->terms[t].kind == TERM_ATTRIBUTE && (attribute_is_engine(noun->terms[t].id) || !strcmp(r->l->tokens[noun->first].key, "engine"))) noun->used = true;
    }
    /* "not more than" is a phrase of its own; "don't weigh more than", "not over" deny the condition. */
    size_t denied = SIZE_MAX;
    if (reading_negated_over(r, first, place, &denied)) c->negated = true;
}

/* "model year 2005": the noun before it. */
void mark_year_noun(struct reading *r, size_t i)
{
    size_t k = reading_before(r, i);
    if (k == SIZE_MAX || r->l->labels[k].kind != LABEL_TERM) return;
    for (size_t t = 0; t < r->l->labels[k].n_terms; t++)
        if (r->l->labels[k].terms[t].kind == TERM_ATTRIBUTE &&
            REGISTRY[r->l->labels[k].terms[t].id].role == ROLE_YEAR)
            r->l->labels[k].used = true;
}

/* "first registered in", "zugelassen": before the year at label i. */
static bool is_registration(struct reading *r, size_t i)
{
    static const char WORDS[] = "registered|first registered|registration|zugelassen|erstzulassung|immatricule|immatricules|immatriculees|matriculado|matriculados";
    bool found = false;
    for (size_t t = 0; t < r->l->n_tokens && !found; t++) found = reading_phrase(r, t, WORDS) > 0;
    /* "first" is no place in an order. */
    for (size_t k = 0; k < i && found; k++)
        if (reading_phrase(r, r->l->labels[k].first, "first registered|erstzulassung|first registration")) {
            r->l->labels[k].used = true;
            r->top = 0;
        }
    return found;
}

/* None of the vehicles that are named has a model year. */
static bool years_unknown(const struct reading *r)
{
    if (r->q->n_subjects == 0) return false;
    for (size_t s = 0; s < r->q->n_subjects; s++)
        for (size_t i = 0; i < r->q->subjects[s].n_records; i++)
            if (r->c->records[r->q->subjects[s].records[i]].year_first) return false;
    return true;
}

void read_year_condition(struct reading *r, size_t i)
{
    struct label *l = &r->l->labels[i];
    int id = registry_find("model_year");
    if (id < 0) id = registry_find("year");
    enum comparator comparator = COMPARE_EQUAL;
    double high = l->year;
    size_t first = i, last = i;
    size_t k = i;
    for (int steps = 0; steps < 3 && k > 0; steps++) {
        struct label *b = &r->l->labels[--k];
        bool from = label_is(b, WORD_SINCE), before = label_is(b, WORD_BEFORE),
             after = label_is(b, WORD_AFTER), between = label_is(b, WORD_BETWEEN);
        if (between || from) {
            for (size_t j = i + 1; j < r->l->n_labels && j <= i + 3; j++)
                if (r->l->labels[j].kind == LABEL_YEAR) {
                    comparator = COMPARE_BETWEEN;
                    high = r->l->labels[j].year;
                    for (size_t x = i; x <= j; x++) r->l->labels[x].used = true;
                    last = j;
                    break;
                }
            if (comparator == COMPARE_BETWEEN) {
                first = k;
                break;
            }
        }
        const char *key = r->l->tokens[b->first].key;
        /* "from 2020" is of that year; "since 2020" and "from 2020 on" go on. */
        if (from && strcmp(key, "from") != 0 && strcmp(key, "ab") != 0) comparator = COMPARE_AT_LEAST;
        if (from && strcmp(key, "ab") == 0) comparator = COMPARE_AT_LEAST;
        if (before) comparator = COMPARE_LESS;
        if (after && strcmp(key, "nach") != 0) comparator = COMPARE_MORE;
        if (comparator != COMPARE_EQUAL) {
            first = k;
            break;
        }
        if (!reading_is_filler(b)) break;
    }
    if (last + 1 < r->l->n_labels) {
        struct label *after = &r->l->labels[last + 1];
        if (label_is(after, WORD_OR_MORE)) {
            comparator = COMPARE_AT_LEAST;
            after->used = true;
        } else if (label_is(after, WORD_OR_LESS)) {
            comparator = COMPARE_AT_MOST;
            after->used = true;
        }
    }
    mark_year_noun(r, first);
    struct query_condition *c = condition_new(r);
    if (!c) return;
    l->used = true;
    /* "First registered in 2022": what the dates of that column say, and no model year. */
    struct query_attribute registered = {.attribute = registry_find("first_registration"), .key = ""};
    if (comparator == COMPARE_EQUAL && registered.attribute >= 0 && attribute_in_scope(r, &registered) && (is_registration(r, i) || years_unknown(r))) {
        char year[16];
        snprintf(year, sizeof year, "%d", l->year);
        registered.name = REGISTRY[registered.attribute].names[0];
        c->attribute = registered;
        c->part = true;
        c->key = arena_strdup(&r->q->arena, year);
        c->text = reading_text(r, l->first, l->n);
        if (!c->key) {
            r->failed = true;
            c->key = "";
        }
        r->condition_at[r->q->n_where - 1] = i;
        return;
    }
    c->year = true;
    c->attribute.attribute = id;
    c->comparator = comparator;
    c->number = true;
    c->low = l->year;
    c->high = high;
    c->said = true;
    c->text = reading_text(r, r->l->labels[first].first,
                           r->l->labels[last].first + r->l->labels[last].n - r->l->labels[first].first);
    for (size_t x = first; x <= last; x++)
        if (r->l->labels[x].kind == LABEL_WORD || r->l->labels[x].kind == LABEL_YEAR)
            r->l->labels[x].used = true;
}
