/* Units that stand without a number: the one that the answer is wanted in, and what it says of a measure. */
#include "query/reading.h"

#include <string.h>

/* "how many grams", "550 g of CO2 per mile": grams a distance, where the question says which. */
const struct unit *emission_unit(const struct reading *r, const struct unit *mass)
{
    if (strcmp(mass->symbol, "g") != 0) return NULL;
    for (size_t i = 0; i < r->l->n_tokens; i++) {
        const char *key = r->l->tokens[i].key;
        if (!strcmp(key, "mile") || !strcmp(key, "mi") || !strcmp(key, "miles")) return unit_by_symbol("g/mi");
        if (!strcmp(key, "km") || !strcmp(key, "kilometre") || !strcmp(key, "kilometer"))
            return unit_by_symbol("g/km");
    }
    return NULL;
}

/* Dimensions that people name for each other: a consumption by its fuel or energy, a charge by power. */
bool reading_related_dimensions(enum dimension a, enum dimension b)
{
    if (a == DIMENSION_COUNT || b == DIMENSION_COUNT || a == DIMENSION_RATIO) return true;
    return (a == DIMENSION_CONSUMPTION || a == DIMENSION_ELECTRIC_CONSUMPTION) &&
           (b == DIMENSION_CONSUMPTION || b == DIMENSION_ELECTRIC_CONSUMPTION || b == DIMENSION_ENERGY ||
            b == DIMENSION_VOLUME);
}

/* Whether a column in this unit's dimension is called by a word of the question. */
bool reading_unit_shares_word(const struct reading *r, const struct unit *u)
{
    for (size_t i = 0; i < r->c->n_columns; i++) {
        const struct catalog_column *col = &r->c->columns[i];
        enum dimension d = col->unit            ? col->unit->dimension
                           : col->attribute >= 0 ? REGISTRY[col->attribute].dimension
                                                 : DIMENSION_NONE;
        if (d == u->dimension && reading_shared_words(r, col) > 0) return true;
    }
    return false;
}

/* "per mile", "per 100 km": part of what is measured. */
bool is_denominator(const struct reading *r, size_t i)
{
    static const char *const WORDS[] = {"per", "pro", "par", "por", "every", "each", "auf", "a"};
    const struct label *l = &r->l->labels[i];
    size_t n_words = sizeof WORDS / sizeof *WORDS;
    if (l->first == 0) return false;
    if (l->kind == LABEL_NUMBER) n_words--; /* "a 1,000 kg trailer" */
    const struct token *before = &r->l->tokens[l->first - 1];
    if (r->l->tokens[l->first].gap & GAP_SLASH) return true;
    for (size_t k = 0; k < n_words; k++)
        if (strcmp(before->key, WORDS[k]) == 0) return true;
    return false;
}

/* "litres per 100", "to the gallon": the rest of a unit goes without saying. */
static const struct unit *consumption_unit(const struct reading *r, size_t i)
{
    const struct label *l = &r->l->labels[i];
    /* "consumes less per 100 km, and how many kWh less" */
    if (l->unit->dimension == DIMENSION_ENERGY)
        for (size_t k = 0; k < r->l->n_labels; k++)
            if (r->l->labels[k].kind == LABEL_NUMBER && r->l->labels[k].number == 100 &&
                is_denominator(r, k))
                return unit_by_symbol("kWh/100 km");
    /* "miles per (imperial) gallon" */
    if (l->unit->dimension == DIMENSION_LENGTH && l->first + l->n + 2 < r->l->n_tokens &&
        !strcmp(r->l->tokens[l->first + l->n].key, "per") &&
        !strncmp(r->l->tokens[l->first + l->n + 2].key, "gallon", 6)) {
        const char *which = r->l->tokens[l->first + l->n + 1].key;
        bool imperial = !strcmp(which, "imperial") || !strcmp(which, "uk");
        if (imperial || !strcmp(which, "us")) {
            for (size_t k = i + 1; k < r->l->n_labels && r->l->labels[k].first <= l->first + l->n + 2; k++)
                r->l->labels[k].used = true;
            return unit_by_symbol(imperial ? "mpg (imperial)" : "mpg");
        }
    }
    if (l->unit->dimension != DIMENSION_VOLUME) return l->unit;
    if (strcmp(l->unit->symbol, "L") == 0 && i + 1 < r->l->n_labels)
        for (size_t k = i + 1; k < r->l->n_labels && k <= i + 2; k++)
            if (r->l->labels[k].kind == LABEL_NUMBER && r->l->labels[k].number == 100)
                return unit_by_symbol("L/100 km");
    if (strstr(l->unit->symbol, "gal") && l->first >= 2 &&
        !strcmp(r->l->tokens[l->first - 1].key, "the") && !strcmp(r->l->tokens[l->first - 2].key, "to"))
        return unit_by_symbol("mpg");
    return l->unit;
}

/* "quickest to 100 | km/h": the unit of the speed that is reached. */
static bool is_timed_speed(const struct reading *r, size_t i)
{
    if (i == 0 || r->l->labels[i].unit->dimension != DIMENSION_SPEED) return false;
    const struct label *b = &r->l->labels[i - 1];
    for (size_t t = 0; b->kind == LABEL_TERM && t < b->n_terms; t++)
        if (b->terms[t].kind == TERM_ATTRIBUTE && REGISTRY[b->terms[t].id].dimension == DIMENSION_TIME)
            return true;
    return false;
}

/* The wanted unit: one that stands alone and is not said to be unwanted. */
void read_unit(struct reading *r)
{
    struct query *q = r->q;
    for (size_t i = 0; i < r->l->n_labels; i++) {
        struct label *l = &r->l->labels[i];
        if ((l->kind != LABEL_UNIT && l->kind != LABEL_TERM) || !l->unit) continue;
        if (l->kind == LABEL_TERM) {
            /* "in horsepower": an attribute's name that is its unit too. */
            if (!q->unit && !l->used) q->unit = l->unit;
            continue;
        }
        if (l->used) continue;
        if (is_denominator(r, i) || is_timed_speed(r, i)) {
            l->used = true;
            continue;
        }
        size_t before = i;
        bool unwanted = false;
        for (int k = 0; k < 2 && before > 0; k++) {
            before--;
            if (label_is(&r->l->labels[before], WORD_NOT)) {
                unwanted = true;
                r->l->labels[before].used = true;
            }
        }
        l->used = true;
        if (unwanted) continue;
        const struct unit *u = consumption_unit(r, i);
        /* "UK mpg", "imperial mpg", "miles per (imperial) gallon" */
        if (u->dimension == DIMENSION_CONSUMPTION && u->reciprocal) {
            for (size_t t = l->first > 2 ? l->first - 2 : 0; t < l->first + l->n + 2 && t < r->l->n_tokens; t++) {
                const char *key = r->l->tokens[t].key;
                if (!strcmp(key, "imperial") || !strcmp(key, "uk") || !strcmp(key, "british")) {
                    const struct unit *imperial = unit_by_symbol("mpg (imperial)");
                    if (imperial) u = imperial;
                    for (size_t k = 0; k < r->l->n_labels; k++)
                        if (r->l->labels[k].first == t && r->l->labels[k].kind != LABEL_MENTION)
                            r->l->labels[k].used = true;
                }
                if (!strcmp(key, "us")) {
                    q->unit_exact = true;
                    for (size_t k = 0; k < r->l->n_labels; k++)
                        if (r->l->labels[k].first == t && r->l->labels[k].kind != LABEL_MENTION)
                            r->l->labels[k].used = true;
                }
            }
        }
        if (!q->unit) q->unit = u;
    }
}
