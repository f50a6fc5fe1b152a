/* Conditions: numbers with comparators, categories and values of the store, years. */
#include "query/reading.h"
#include "query/source_words.h"

#include <string.h>
#include <strings.h>

static struct query_condition *new_condition(struct reading *r)
{
    struct query *q = r->q;
    if (q->n_where == QUERY_MAX_CONDITIONS) return NULL;
    struct query_condition *c = &q->where[q->n_where++];
    *c = (struct query_condition){.attribute = {.attribute = -1, .name = "", .key = ""},
                                  .category = -1,
                                  .key = "",
                                  .text = ""};
    return c;
}

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
            for (size_t t = 0; t < more->n_terms; t++)
                if (more->terms[t].comparative)
                    sign = more->terms[t].inverse ? -more->terms[t].comparative
                                                  : more->terms[t].comparative;
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

static bool is_attribute_label(const struct reading *r, size_t i)
{
    const struct label *l = &r->l->labels[i];
    if (l->kind == LABEL_COLUMN) return true;
    if (l->kind != LABEL_TERM) return false;
    for (size_t k = 0; k < l->n_terms; k++)
        if (l->terms[k].kind == TERM_ATTRIBUTE && !l->terms[k].code) return true;
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

/* The attribute that the number at label i is of. */
static bool condition_attribute(struct reading *r, size_t i, size_t last, size_t comparator,
                                const struct unit *u, bool said, struct query_attribute *out)
{
    const struct term *term;
    struct query_attribute a;
    const struct unit *wanted = r->q->unit;
    r->q->unit = u; /* meanings that fit it are preferred */
    bool found = false;
    size_t where = SIZE_MAX;
    /* Behind: "300 miles of range", "six cylinders". */
    for (size_t k = last + 1; k < r->l->n_labels && k <= last + 4 && !found; k++) {
        struct label *l = &r->l->labels[k];
        if (is_attribute_label(r, k) && !l->used) {
            if (attribute_of_label(r, k, &a, &term) && dimension_fits(r, &a, u) &&
                !(term && term->superlative)) {
                found = true;
                where = k;
            }
            break;
        }
        if (!reading_is_filler(l) || label_is(l, WORD_AND) || label_is(l, WORD_OR)) break;
    }
    /* The comparator is a word of the attribute: "heavier than". */
    if (!found && comparator != SIZE_MAX && is_attribute_label(r, comparator) &&
        attribute_of_label(r, comparator, &a, &term) && dimension_fits(r, &a, u)) {
        found = true;
        where = comparator;
    }
    /* Before: "weighs under 4,400 lb". */
    size_t from = comparator != SIZE_MAX ? comparator : i;
    for (size_t k = from; !found && k-- > 0;) {
        struct label *l = &r->l->labels[k];
        if (l->kind == LABEL_NUMBER && l->used) break;
        if (is_attribute_label(r, k)) {
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
    if (where != SIZE_MAX) {
        r->l->labels[where].used = true;
        a.qualifiers |= qualifiers_near(r, where);
    } else {
        a.qualifiers |= qualifiers_near(r, last);
    }
    *out = a;
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

static void read_number(struct reading *r, size_t i)
{
    struct label *l = &r->l->labels[i];
    /* "1.6 (1000 lb)": which of the two is meant, is not known. */
    if (i > 0 && r->l->labels[i - 1].kind == LABEL_NUMBER && (r->l->tokens[l->first].gap & GAP_OPEN) && !l->engine &&
        !r->l->labels[i - 1].engine)
        return;
    if (l->engine) {
        struct query_condition *c = new_condition(r);
        if (!c) return;
        c->attribute.attribute = registry_find("cylinders");
        c->number = c->said = true;
        c->low = c->high = l->number;
        c->text = reading_text(r, l->first, l->n);
        l->used = true;
        return;
    }
    if (read_top(r, i)) return;
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
        if (!is_attribute_label(r, k) && !reading_is_filler(after) && after->kind != LABEL_TERM && after->kind != LABEL_UNIT)
            break;
        if (label_is(after, WORD_AND) || label_is(after, WORD_OR)) break;
    }
    struct query_attribute a;
    if (!condition_attribute(r, i, last, at, u, said, &a)) {
        /* "which of the two": a number in words that counts nothing. */
        if (label_is(l, WORD_NUMBER) && !said) l->used = true;
        return;
    }
    struct query_condition *c = new_condition(r);
    if (!c) return;
    if (quality) {
        bool less = a.attribute >= 0 && REGISTRY[a.attribute].direction == DIRECTION_LESS;
        if (a.inverse || (u && u->reciprocal)) less = !less;
        comparator = less == (quality > 0) ? COMPARE_AT_MOST : COMPARE_AT_LEAST;
    }
    c->attribute = a;
    c->comparator = comparator;
    c->number = true;
    c->low = between && high < l->number ? high : l->number;
    c->high = between && high < l->number ? l->number : high;
    c->unit = u;
    if (u && a.attribute >= 0 && REGISTRY[a.attribute].dimension == DIMENSION_EMISSION &&
        u->dimension == DIMENSION_MASS)
        c->unit = emission_unit(r, u);
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
    /* "not more than" is a phrase of its own; "not under 200" and the like are phrases too. */
    if (first > 0 && label_is(&r->l->labels[first - 1], WORD_NOT) && !r->auxiliary) {
        c->negated = true;
        r->l->labels[first - 1].used = true;
    }
}

/* Whether a column of the attribute in scope has cells of the category (or of one below it). */
static bool has_category(const struct reading *r, int category)
{
    for (size_t i = 0; i < r->c->n_terms; i++) {
        int t = r->c->terms[i].category;
        if (t < 0 && r->c->columns[r->c->terms[i].column].attribute == CATEGORIES[category].attribute)
            t = cell_category(CATEGORIES[category].attribute, r->c->terms[i].text);
        if (t < 0 || !registry_category_is(t, category)) continue;
        if (!r->q->documents) return true;
        size_t d = r->c->sources[r->c->columns[r->c->terms[i].column].source].document;
        for (size_t k = 0; k < r->q->n_documents; k++)
            if (r->q->documents[k] == d) return true;
    }
    for (size_t s = 0; s < r->c->n_sources && !strcmp(CATEGORIES[category].id, "electric"); s++) {
        bool in = r->q->documents == NULL;
        for (size_t k = 0; k < r->q->n_documents && !in; k++) in = r->q->documents[k] == r->c->sources[s].document;
        if (in && source_is_electric(r->c, s)) return true;
    }
    return false;
}

static bool text_has_category(const char *text, int category)
{
    struct token t[64];
    size_t n = tokens_split(text, strlen(text), TOKENS_IDENTIFIER, t, 64);
    for (size_t i = 0; i < n; i++) {
        const struct term *terms = NULL;
        size_t n_terms = 0;
        if (!registry_match(&t[i], n - i, &terms, &n_terms)) continue;
        for (size_t k = 0; k < n_terms; k++)
            if (terms[k].kind == TERM_CATEGORY && !terms[k].code && registry_category_is(terms[k].id, category))
                return true;
    }
    return false;
}

/* Whether the captions, headings or names of documents say so: "Diesel engines". */
static bool is_caption(const struct reading *r, const struct label *l, int category)
{
    for (size_t i = 0; i < r->c->n_documents; i++)
        if (text_has_category(r->c->documents[i].name, category) ||
            text_has_category(r->c->documents[i].title, category))
            return true;
    for (size_t i = 0; i < r->c->n_sources; i++)
        if (text_has_category(r->c->sources[i].caption, category)) return true;
    for (size_t t = l->first; t < l->first + l->n; t++) {
        const char *key = r->l->tokens[t].key;
        char one[TOKEN_KEY_MAX];
        size_t len = strlen(key);
        memcpy(one, key, len + 1);
        if (word_index_documents(r->v, one).n) return true;
        if (len > 3 && one[len - 1] == 's') {
            one[len - 1] = '\0';
            if (word_index_documents(r->v, one).n) return true;
            if (len > 4 && one[len - 2] == 'e') {
                one[len - 2] = '\0';
                if (word_index_documents(r->v, one).n) return true;
            }
        }
    }
    return false;
}

/* *first: the token that the denial begins with, where there is one. */
static bool negated_before(struct reading *r, size_t i, size_t *first)
{
    size_t k = i;
    for (int steps = 0; steps < 3 && k > 0; steps++) {
        struct label *l = &r->l->labels[--k];
        if (label_is(l, WORD_NOT)) {
            l->used = true;
            *first = l->first;
            return true;
        }
        if (!reading_is_filler(l)) return false;
    }
    return false;
}

/* "private sellers" of "seller.type": the column has the word, in the singular or the plural. */
static bool is_called(const struct reading *r, const struct label *l, const struct catalog_column *col)
{
    char word[TOKEN_KEY_MAX];
    if (l->n != 1 || col->attribute >= 0) return false;
    strcpy(word, r->l->tokens[l->first].key);
    size_t len = strlen(word);
    if (key_has_run(col->key, word)) return true;
    if (len < 3 || word[len - 1] != 's') return false;
    word[len - 1] = '\0';
    return key_has_run(col->key, word);
}

/* The words of a part of a cell as its terms have them: "dealers" is "dealer" there. */
static const char *part_key(struct reading *r, const struct label *l)
{
    struct buffer key = {0};
    for (size_t t = l->first; t < l->first + l->n; t++)
        buffer_printf(&key, "%s%s", t > l->first ? " " : "", r->l->tokens[t].key);
    char *out = key.failed ? NULL : arena_strdup(&r->q->arena, buffer_text(&key));
    buffer_free(&key);
    if (!out) {
        r->failed = true;
        error_memory(r->err, "a question");
        return "";
    }
    size_t len = strlen(out);
    if (len > 1 && out[len - 1] == 's' && !key_has_run(r->c->terms[l->ids[0]].key, out)) out[len - 1] = '\0';
    return out;
}

/* "in Kassel or Fulda", "petrol or diesel cars": another text of the same attribute, with "or" between them. */
static bool is_alternative(const struct reading *r, size_t i, const struct query_condition *c)
{
    const struct query *q = r->q;
    if (r->last_category == 0 || q->n_where < 2) return false;
    const struct query_condition *before = c - 1;
    bool alternatives = false;
    for (size_t k = r->last_category; k < i; k++) {
        const struct label *l = &r->l->labels[k];
        if (label_is(l, WORD_OR)) alternatives = true;
        else if (!reading_is_filler(l) && !label_is(l, WORD_VEHICLE)) return false;
    }
    return alternatives && !c->negated && !before->negated && !before->number && !before->caption &&
           before->attribute.attribute == c->attribute.attribute && strcmp(before->attribute.key, c->attribute.key) == 0;
}

static bool is_behind_preposition(const struct reading *r, size_t i)
{
    static const char *const WORDS[] = {"from", "by", "via", "von", "vom", "bei", "beim", "par", "chez", "por"};
    size_t t = r->l->labels[i].first;
    if (t > 1 && (!strcmp(r->l->tokens[t - 1].key, "a") || !strcmp(r->l->tokens[t - 1].key, "the"))) t--;
    for (size_t k = 0; t > 0 && k < sizeof WORDS / sizeof *WORDS; k++)
        if (strcmp(r->l->tokens[t - 1].key, WORDS[k]) == 0) return true;
    return false;
}

static void read_category(struct reading *r, size_t i)
{
    struct label *l = &r->l->labels[i];
    int category = -1;
    for (size_t k = 0; l->kind == LABEL_TERM && k < l->n_terms; k++)
        if (l->terms[k].kind == TERM_QUALIFIER) return; /* "DC", "electric" of a range */
    for (size_t k = 0; l->kind == LABEL_TERM && k < l->n_terms; k++)
        if (l->terms[k].kind == TERM_CATEGORY) {
            if (category < 0 || (!has_category(r, category) && has_category(r, l->terms[k].id)))
                category = l->terms[k].id;
        }
    bool value = l->n_ids > 0 && (l->kind == LABEL_VALUE || l->kind == LABEL_TERM);
    /* "from dealers" of a column of sellers: behind a preposition it is what the cells say. */
    bool told = value && category < 0 && l->kind == LABEL_TERM && is_behind_preposition(r, i);
    if (category < 0 && l->kind != LABEL_VALUE && !told) return;
    /* A name that a column of names holds, right before a vehicle's, is part of it. */
    if (l->kind == LABEL_VALUE && i + 1 < r->l->n_labels && r->l->labels[i + 1].kind == LABEL_MENTION) {
        const struct catalog_column *col = &r->c->columns[r->c->terms[l->ids[0]].column];
        bool names = col->attribute >= 0 ? REGISTRY[col->attribute].role != ROLE_NONE
                                         : strstr(col->key, "name") || strstr(col->key, "manufacturer");
        if (names) {
            l->used = true;
            return;
        }
    }
    /* Written just as the store has it ("SUV: Small"): that text, and no wider kind. */
    if (value && category >= 0 && l->n > 1) {
        const char *text = reading_text(r, l->first, l->n);
        for (size_t k = 0; k < l->n_ids; k++) {
            int a = r->c->columns[r->c->terms[l->ids[k]].column].attribute;
            if (strcasecmp(text, r->c->terms[l->ids[k]].text) == 0 && (a < 0 || REGISTRY[a].role == ROLE_NONE))
                category = -1;
        }
    }
    bool attribute_too = false;
    for (size_t k = 0; k < l->n_terms; k++)
        attribute_too = attribute_too || (l->terms[k].kind == TERM_ATTRIBUTE && !l->terms[k].code &&
                                          REGISTRY[l->terms[k].id].role == ROLE_NONE);
    /* "the battery" is what is asked about, unless it is the kind of a car. */
    if (attribute_too && l->kind == LABEL_TERM && !told) {
        bool kind = i + 1 < r->l->n_labels && label_is(&r->l->labels[i + 1], WORD_VEHICLE);
        if (!kind) return;
    }
    if (category >= 0 && !has_category(r, category)) {
        if (value && !attribute_too) {
            category = -1; /* by the store's own text */
        } else if (attribute_too) {
            return;
        } else if (label_is(l, WORD_VEHICLE)) {
            l->used = true; /* "cars" where everything is one */
            return;
        } else if (is_caption(r, l, category)) {
            struct query_condition *c = new_condition(r);
            if (!c) return;
            c->caption = true;
            c->category = category;
            struct buffer key = {0};
            const char *text = reading_text(r, l->first, l->n);
            tokens_key(text, strlen(text), TOKENS_TEXT, &key);
            c->key = key.failed ? "" : arena_strdup(&r->q->arena, buffer_text(&key));
            buffer_free(&key);
            c->text = text;
            c->attribute.attribute = CATEGORIES[category].attribute;
            l->used = true;
            return;
        } else {
            /* "in France", "the German list": where the documents are from. */
            if (l->n == 1 && source_word_is_nation(r->l->tokens[l->first].key)) l->kind = LABEL_DOCUMENT;
            return; /* else left unresolved */
        }
    }
    /* A word that names what is asked, "electric range", is no condition. */
    struct query_condition *c = new_condition(r);
    if (!c) return;
    size_t first = l->first;
    c->negated = negated_before(r, i, &first);
    c->text = reading_text(r, first, l->first + l->n - first);
    c->category = category;
    if (category >= 0) {
        c->attribute.attribute = CATEGORIES[category].attribute;
        if (value) c->key = r->c->terms[l->ids[0]].key;
    } else {
        const struct catalog_term *t = &r->c->terms[l->ids[0]];
        c->key = l->part ? part_key(r, l) : t->key;
        c->part = l->part;
        c->unique = l->n_ids == 1 && t->count == 1 && !l->part;
        c->attribute.attribute = r->c->columns[t->column].attribute;
        bool one = true;
        for (size_t k = 1; k < l->n_ids; k++)
            one = one && r->c->columns[r->c->terms[l->ids[k]].column].attribute == c->attribute.attribute;
        if (!one) c->attribute.attribute = -1;
        if (c->attribute.attribute < 0 && l->n_ids == 1) c->attribute.key = r->c->columns[t->column].key;
    }
    l->used = true;
    c->or_before = is_alternative(r, i, c);
    r->last_category = i + 1;
    /* "the class Minivan", "fuel type D": the attribute's name is part of the condition. */
    for (size_t side = 0; side < 2; side++) {
        size_t k = side == 0 ? reading_before(r, i) : reading_next(r, i);
        if (k == SIZE_MAX || r->l->labels[k].used || !is_attribute_label(r, k)) continue;
        struct query_attribute a;
        const struct term *term;
        if (!attribute_of_label(r, k, &a, &term)) continue;
        bool same = a.attribute >= 0 && a.attribute == c->attribute.attribute;
        for (size_t v = 0; v < l->n_ids && !same; v++) {
            const struct catalog_column *col = &r->c->columns[r->c->terms[l->ids[v]].column];
            same = a.attribute >= 0 ? col->attribute == a.attribute || is_called(r, &r->l->labels[k], col)
                                    : strcmp(col->key, a.key) == 0;
            if (same && c->category < 0 && (a.attribute < 0 || col->attribute == a.attribute)) c->attribute = a;
        }
        if (same) r->l->labels[k].used = true;
    }
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

static void read_year_condition(struct reading *r, size_t i)
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
    struct query_condition *c = new_condition(r);
    if (!c) return;
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

/* Letters that stand for yes and no in a column of nothing else. */
static bool is_tick(const char *key)
{
    static const char *const TICKS[] = {"y", "n", "x", "s", "o", "j", "yes", "no", "ja", "nein", "si", "oui", "non"};
    for (size_t i = 0; i < sizeof TICKS / sizeof *TICKS; i++)
        if (strcmp(key, TICKS[i]) == 0) return true;
    return false;
}

/* A column of ticks: yes and no are no terms, and it has nothing else. */
static bool is_yes_no(const struct reading *r, const struct query_attribute *a)
{
    if (a->attribute >= 0) return REGISTRY[a->attribute].type == ATTRIBUTE_YES_NO;
    size_t found[COLUMNS_MAX];
    for (size_t s = 0; s < r->c->n_sources; s++) {
        size_t n = columns_find(r->c, s, a, NULL, found);
        for (size_t k = 0; k < n; k++) {
            const struct catalog_column *c = &r->c->columns[found[k]];
            if (!c->has_texts || c->has_numbers) continue;
            bool other = false;
            for (size_t t = 0; t < r->c->n_terms && !other; t++)
                other = r->c->terms[t].column == found[k] && !is_tick(r->c->terms[t].key);
            if (!other) return true;
        }
    }
    return false;
}

/* A count of which there may be none: "accidents: 0". */
static bool is_zero_count(const struct reading *r, const struct query_attribute *a)
{
    if (a->attribute >= 0)
        return REGISTRY[a->attribute].dimension == DIMENSION_COUNT && REGISTRY[a->attribute].zero_is_value;
    size_t found[COLUMNS_MAX];
    bool any = false;
    for (size_t s = 0; s < r->c->n_sources; s++) {
        size_t n = columns_find(r->c, s, a, NULL, found);
        for (size_t k = 0; k < n; k++) {
            const struct catalog_column *c = &r->c->columns[found[k]];
            if (!c->has_numbers || c->has_texts || c->unit || c->likely_unit) return false;
            any = true;
        }
    }
    return any;
}

/* "an accident", "any accidents", "no accidents", "sin accidentes": whether there is one, not how many. */
static bool is_indefinite(const struct reading *r, size_t i)
{
    static const char WORDS[] = " a an any some no without zero have has had with mit avec con hat hatte hatten ein eine einen keine keinen kein ohne irgendwelche "
                                "un une des aucun aucune sans d de una algun alguna ningun ninguna sin 有 没 无 没有 过 ";
    for (size_t k = r->l->labels[i].first, steps = 0; k-- > 0 && steps < 3; steps++) {
        char spaced[TOKEN_KEY_MAX + 3];
        size_t len = strlen(r->l->tokens[k].key);
        if (len + 3 > sizeof spaced || r->l->tokens[k].kind == TOKEN_NUMBER) return false;
        spaced[0] = ' ';
        memcpy(spaced + 1, r->l->tokens[k].key, len);
        memcpy(spaced + 1 + len, " ", 2);
        if (strstr(WORDS, spaced)) return true;
    }
    return false;
}

/* "which trucks have a retarder", "without a tow hitch": an attribute that is there or not. */
static void read_feature(struct reading *r, size_t i)
{
    struct label *l = &r->l->labels[i];
    struct query_attribute a;
    const struct term *term;
    if (l->used || !is_attribute_label(r, i) || !attribute_of_label(r, i, &a, &term)) return;
    if (!is_yes_no(r, &a) && !(is_zero_count(r, &a) && is_indefinite(r, i))) return;
    /* Of one vehicle, without a verb of having, it is what is asked. */
    bool set = r->set_scope || r->how_many_things || r->count;
    if (!set && !r->auxiliary) return;
    struct query_condition *c = new_condition(r);
    if (!c) return;
    c->attribute = a;
    size_t first = l->first;
    c->truth = negated_before(r, i, &first) ? -1 : 1;
    c->text = reading_text(r, first, l->first + l->n - first);
    c->said = true;
    l->used = true;
}

/* A code in one piece, of letters and digits or of digits alone, that one record has. */
static bool is_identifier(const struct reading *r, const struct label *l)
{
    if (l->kind != LABEL_VALUE || l->used || l->part || l->n_ids != 1 || r->c->terms[l->ids[0]].count != 1)
        return false;
    const struct catalog_column *col = &r->c->columns[r->c->terms[l->ids[0]].column];
    bool digits = false;
    for (size_t t = l->first; t < l->first + l->n; t++) digits = digits || r->l->tokens[t].kind == TOKEN_NUMBER;
    enum attribute_role role = col->attribute >= 0 ? REGISTRY[col->attribute].role : ROLE_NONE;
    bool named = role == ROLE_MAKE || role == ROLE_MODEL || role == ROLE_TRIM || role == ROLE_NAME || role == ROLE_YEAR ||
                 role == ROLE_YEAR_LAST;
    return digits && !named && !strchr(r->c->terms[l->ids[0]].text, ' ') && !strchr(r->c->terms[l->ids[0]].text, ',');
}

/* "van V104", "ad AD-3315", "stock no. K-2227": what the code is of, or what kind of code it is. */
static void mark_identifier_nouns(struct reading *r, size_t i, const char *column)
{
    for (size_t k = i, steps = 0; k-- > 0 && steps < 3; steps++) {
        struct label *l = &r->l->labels[k];
        if (r->l->tokens[r->l->labels[k + 1].first].gap & (GAP_COMMA | GAP_COLON)) return;
        bool noun = false;
        for (size_t t = 0; l->kind == LABEL_TERM && t < l->n_terms; t++) {
            int id = l->terms[t].id;
            const char *of = l->terms[t].kind == TERM_CATEGORY    ? REGISTRY[CATEGORIES[id].attribute].id
                             : l->terms[t].kind == TERM_ATTRIBUTE ? REGISTRY[id].group
                                                                  : "";
            noun = noun || !strcmp(of, "vehicle_kind") || !strcmp(of, "body_style") || !strcmp(of, "identity");
        }
        for (size_t t = l->first; t < l->first + l->n && l->kind != LABEL_MENTION; t++) {
            static const char NOUNS[] = " no nr num number numero nummer id ref reference referenz ";
            char spaced[TOKEN_KEY_MAX + 3];
            size_t len = strlen(r->l->tokens[t].key);
            if (len + 3 > sizeof spaced) continue;
            spaced[0] = ' ';
            memcpy(spaced + 1, r->l->tokens[t].key, len);
            memcpy(spaced + 1 + len, " ", 2);
            bool said = strstr(NOUNS, spaced) || key_has_run(column, r->l->tokens[t].key);
            noun = noun || (said && !label_is(l, WORD_FUNCTION)) || (strstr(NOUNS, spaced) && steps == 0);
        }
        if (!noun) return;
        l->used = true;
    }
}

void read_identifiers(struct reading *r)
{
    struct query *q = r->q;
    struct labelled *l = r->l;
    /* A name that is told by a code: the store's "SEAT K-2227". */
    for (size_t i = 0; i < l->n_labels; i++) {
        if (l->labels[i].kind != LABEL_MENTION) continue;
        const struct mention *m = &l->mentions[l->labels[i].mention];
        bool digits = false;
        for (size_t t = m->first; t < m->first + m->n; t++) digits = digits || l->tokens[t].kind == TOKEN_NUMBER;
        if (digits && m->n_records == 1) mark_identifier_nouns(r, i, "");
    }
    if (q->n_subjects || q->missing || r->how_many_things || r->count) return;
    for (size_t i = 0; i < l->n_labels && q->n_subjects < QUERY_MAX_SUBJECTS; i++) {
        struct label *label = &l->labels[i];
        if (!is_identifier(r, label)) continue;
        const struct catalog_term *t = &r->c->terms[label->ids[0]];
        const struct catalog_column *col = &r->c->columns[t->column];
        const struct catalog_source *src = &r->c->sources[col->source];
        size_t *records = arena_array(&q->arena, src->n_records + 1, sizeof *records);
        struct query_condition *only = arena_alloc(&q->arena, sizeof *only);
        if (!records || !only) {
            r->failed = true;
            error_memory(r->err, "a question");
            return;
        }
        for (size_t k = 0; k < src->n_records; k++) records[k] = src->first_record + k;
        *only = (struct query_condition){.attribute = {.attribute = col->attribute, .name = col->name,
                                                       .key = col->attribute < 0 ? col->key : ""},
                                         .category = -1, .key = t->key, .unique = true,
                                         .text = reading_text(r, label->first, label->n)};
        q->subjects[q->n_subjects++] = (struct query_subject){.name = only->text, .label = t->text,
                                                              .records = records, .n_records = src->n_records,
                                                              .exact = true, .only = only};
        label->used = true;
        mark_identifier_nouns(r, i, col->key);
    }
    if (q->n_subjects) r->set_scope = false;
}

void read_conditions(struct reading *r)
{
    struct labelled *l = r->l;
    for (size_t i = 0; i < l->n_labels && !r->failed; i++)
        if (l->labels[i].kind == LABEL_NUMBER && !l->labels[i].used) read_number(r, i);
    /* Two categories of one attribute with "or" between them ask for it: "regular or premium". */
    for (size_t i = 0; i < l->n_labels && !r->failed; i++) {
        int first = -1;
        for (size_t k = 0; l->labels[i].kind == LABEL_TERM && k < l->labels[i].n_terms; k++)
            if (l->labels[i].terms[k].kind == TERM_CATEGORY) first = l->labels[i].terms[k].id;
        if (first < 0 || l->labels[i].used || !r->auxiliary) continue;
        bool or_between = false;
        for (size_t j = i + 1; j < l->n_labels; j++) {
            or_between = or_between || label_is(&l->labels[j], WORD_OR);
            for (size_t k = 0; l->labels[j].kind == LABEL_TERM && k < l->labels[j].n_terms; k++) {
                const struct term *t = &l->labels[j].terms[k];
                if (t->kind != TERM_CATEGORY || !or_between || l->labels[j].used ||
                    CATEGORIES[t->id].attribute != CATEGORIES[first].attribute ||
                    r->q->n_attributes == QUERY_MAX_ATTRIBUTES)
                    continue;
                int id = CATEGORIES[first].attribute;
                r->q->attributes[r->q->n_attributes++] = (struct query_attribute){
                    .attribute = id, .name = REGISTRY[id].names[0], .key = ""};
                l->labels[i].used = l->labels[j].used = true;
                break;
            }
            if (l->labels[i].used) break;
        }
    }
    for (size_t i = 0; i < l->n_labels && !r->failed; i++)
        if ((l->labels[i].kind == LABEL_TERM || l->labels[i].kind == LABEL_VALUE) && !l->labels[i].used)
            read_category(r, i);
    for (size_t i = 0; i < l->n_labels && !r->failed; i++) read_feature(r, i);
    for (size_t i = 0; i < l->n_labels && !r->failed; i++)
        if (l->labels[i].kind == LABEL_YEAR && !l->labels[i].used) read_year_condition(r, i);
}
