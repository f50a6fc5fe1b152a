/* What the words of operations say ("how many", "which", "cheapest", "on average"), and whether vehicles of a kind
 * are asked about or one. */
#include "query/reading.h"

#include <stdio.h>
#include <string.h>

static bool is_things(const struct label *l)
{
    return label_is(l, WORD_VEHICLE) || label_is(l, WORD_VERSION) || label_is(l, WORD_DISTINCT);
}

static bool is_measure(const struct reading *r, const struct label *l)
{
    if (l->kind == LABEL_UNIT || l->kind == LABEL_COLUMN) return true;
    if (l->kind != LABEL_TERM) return false;
    for (size_t k = 0; k < l->n_terms; k++)
        if (l->terms[k].kind == TERM_ATTRIBUTE && !l->terms[k].code) return true;
    (void)r;
    return false;
}

/* "how many" of things that are counted, or of what is measured. */
static bool counts_things(const struct reading *r, size_t i)
{
    /* "wie viel darf der Hilux ziehen": the verb says what is measured. */
    bool verb = i + 1 < r->l->n_labels && r->l->labels[i + 1].kind == LABEL_WORD && label_is(&r->l->labels[i + 1], WORD_AUXILIARY);
    bool vehicle = false;
    for (size_t k = i + 1; k < r->l->n_labels && verb; k++) {
        vehicle = vehicle || r->l->labels[k].kind == LABEL_MENTION;
        if (vehicle && is_measure(r, &r->l->labels[k])) return false;
    }
    for (size_t k = i + 1; k < r->l->n_labels; k++) {
        const struct label *l = &r->l->labels[k];
        if (is_things(l) || l->kind == LABEL_MENTION || l->kind == LABEL_VALUE || l->kind == LABEL_YEAR)
            return true;
        if (is_measure(r, l)) return false;
        if (l->kind == LABEL_TERM) {
            for (size_t t = 0; t < l->n_terms; t++)
                if (l->terms[t].kind == TERM_CATEGORY) return true;
            continue;
        }
        if (l->kind == LABEL_UNKNOWN || l->kind == LABEL_NUMBER) return false;
    }
    return false;
}

/* "the range of engine power": from least to most of what is named behind it. */
static bool is_range_of(struct reading *r, size_t i)
{
    struct label *l = &r->l->labels[i];
    if (l->kind != LABEL_TERM || l->n != 1 || strcmp(r->l->tokens[l->first].key, "range") != 0) return false;
    size_t next = l->first + 1;
    if (next >= r->l->n_tokens || strcmp(r->l->tokens[next].key, "of") != 0) return false;
    size_t k = reading_next(r, i);
    if (k == SIZE_MAX || !is_measure(r, &r->l->labels[k])) return false;
    l->used = true;
    return true;
}

/* "price range", "weight range": from least to most of what stands before it. */
static bool is_range_behind(struct reading *r, size_t i)
{
    struct label *l = &r->l->labels[i];
    if (l->kind == LABEL_MENTION || l->kind == LABEL_DOCUMENT) return false;
    if (l->n == 2 && l->kind == LABEL_TERM && !strcmp(r->l->tokens[l->first].key, "price")) return !strcmp(r->l->tokens[l->first + 1].key, "range");
    if (i == 0 || l->n != 1 || strcmp(r->l->tokens[l->first].key, "range") || (r->l->tokens[l->first].gap & ~(unsigned)GAP_SPACE)) return false;
    const struct label *of = &r->l->labels[i - 1];
    for (size_t k = 0; of->kind == LABEL_TERM && k < of->n_terms; k++) {
        const struct term *t = &of->terms[k];
        if (t->kind != TERM_ATTRIBUTE || t->asking || REGISTRY[t->id].type != ATTRIBUTE_NUMBER) continue;
        enum dimension d = REGISTRY[t->id].dimension;
        if (d == DIMENSION_ENERGY || d == DIMENSION_VOLUME || d == DIMENSION_LENGTH || d == DIMENSION_RATIO) return false;
        l->used = true;
        return true;
    }
    return false;
}

/* "how much diesel does it use", "wie viel Benzin verbraucht er": a quantity of a fuel is its consumption,
 * and no condition. */
static void fuel_is_consumed(struct label *l)
{
    int fuel = registry_find("fuel_type");
    bool fuels = l->kind == LABEL_TERM && l->n_terms > 0;
    for (size_t t = 0; fuels && t < l->n_terms; t++)
        fuels = l->terms[t].kind == TERM_CATEGORY && CATEGORIES[l->terms[t].id].attribute == fuel &&
                strcmp(CATEGORIES[l->terms[t].id].id, "electric") != 0;
    struct token t[2];
    if (!fuels || tokens_split("fuel consumption", 16, TOKENS_TEXT, t, 2) != 2) return;
    registry_match(t, 2, &l->terms, &l->n_terms);
}

/* "diesel-powered", "Strom angetrieben": what moves it is the fuel before the word; no power is asked. */
static void powered_is_of_fuel(struct reading *r, size_t i)
{
    static const char WORDS[] = " powered driven fuelled fueled propelled engined angetrieben angetriebene angetriebenen angetriebenes ";
    const struct label *fuel = &r->l->labels[i];
    struct label *l = &r->l->labels[i + 1];
    bool fuels = false;
    char spaced[TOKEN_KEY_MAX + 3];
    for (size_t t = 0; fuel->kind == LABEL_TERM && t < fuel->n_terms; t++)
        fuels = fuels || (fuel->terms[t].kind == TERM_CATEGORY &&
                          CATEGORIES[fuel->terms[t].id].attribute == registry_find("fuel_type"));
    if (!fuels || l->n != 1) return;
    snprintf(spaced, sizeof spaced, " %s ", r->l->tokens[l->first].key);
    if (!strstr(WORDS, spaced)) return;
    l->kind = LABEL_WORD;
    l->n_terms = 0;
    l->n_words = 0;
    l->used = true;
}

/* "year" of "per year", "im Jahr": no group to compute by. */
static bool is_year_word(const struct label *l)
{
    for (size_t t = 0; l->kind == LABEL_TERM && t < l->n_terms; t++)
        if (l->terms[t].kind == TERM_ATTRIBUTE && REGISTRY[l->terms[t].id].role == ROLE_YEAR) return true;
    return false;
}

/* "costs the least in fuel per year": what the fuel costs, not the car. */
static void cost_is_of_fuel(struct reading *r, size_t i)
{
    static const char PREPOSITIONS[] = " in on for an fur en de ";
    struct label *l = &r->l->labels[i];
    int price = registry_find("price"), fuel = registry_find("fuel_type"), cost = registry_find("fuel_cost");
    bool costs = false;
    for (size_t t = 0; l->kind == LABEL_TERM && t < l->n_terms; t++)
        costs = costs || (l->terms[t].kind == TERM_ATTRIBUTE && l->terms[t].id == price);
    struct query_attribute a = {.attribute = cost, .key = ""};
    if (!costs || cost < 0 || !columns_have(r->c, NULL, 0, &a)) return;
    for (size_t k = i + 1; k < r->l->n_labels && k <= i + 4; k++) {
        struct label *f = &r->l->labels[k];
        bool fuels = false;
        for (size_t t = 0; f->kind == LABEL_TERM && t < f->n_terms; t++)
            fuels = fuels || (f->terms[t].kind == TERM_CATEGORY ? CATEGORIES[f->terms[t].id].attribute
                                                                : f->terms[t].id) == fuel;
        char spaced[TOKEN_KEY_MAX + 3];
        size_t len = f->first ? strlen(r->l->tokens[f->first - 1].key) : 0;
        if (!fuels || len == 0 || len + 3 > sizeof spaced) continue;
        spaced[0] = ' ';
        memcpy(spaced + 1, r->l->tokens[f->first - 1].key, len);
        memcpy(spaced + 1 + len, " ", 2);
        struct token t[2];
        if (!strstr(PREPOSITIONS, spaced) || tokens_split("fuel cost", 9, TOKENS_TEXT, t, 2) != 2) continue;
        registry_match(t, 2, &l->terms, &l->n_terms);
        f->used = true;
        for (size_t y = k + 1; y < r->l->n_labels && y <= k + 2; y++)
            r->l->labels[y].used = r->l->labels[y].used || is_year_word(&r->l->labels[y]);
        return;
    }
}

/* label_is in the question's language, where the word means anything in it: "was" asks what in German alone. */
static bool says(const struct reading *r, const struct label *l, enum word_class class)
{
    bool known = false;
    for (size_t i = 0; i < l->n_words; i++) {
        if (!(l->words[i].languages >> r->l->language & 1)) continue;
        known = true;
        if (l->words[i].class == class) return true;
    }
    return !known && label_is(l, class);
}

/* "A plus the B": the word between two vehicles. */
static bool is_added(const struct reading *r, size_t i)
{
    const struct label *l = &r->l->labels[i];
    size_t before = reading_before(r, i), next = reading_next(r, i);
    if (l->n != 1 || strcmp(r->l->tokens[l->first].key, "plus") != 0 || before == SIZE_MAX || next == SIZE_MAX)
        return false;
    for (size_t k = before + 1; k < next; k++)
        if (k != i && label_is(&r->l->labels[k], WORD_THAN)) return false;
    return before + 1 == i && r->l->labels[before].kind == LABEL_MENTION &&
           r->l->labels[next].kind == LABEL_MENTION;
}

/* "combined payload": a sum, where what is measured has no combined cycle and is not that of two motors. */
static bool is_combined_sum(const struct reading *r, size_t i)
{
    static const char *const OWN[] = {"fuel", "emissions", "range", "ratings", "engine", "performance"};
    const struct label *l = &r->l->labels[i];
    size_t k = reading_next(r, i);
    if (l->n != 1 || strcmp(r->l->tokens[l->first].key, "combined") != 0 || k == SIZE_MAX) return false;
    const struct label *next = &r->l->labels[k];
    bool named = false;
    for (size_t t = 0; next->kind == LABEL_TERM && t < next->n_terms; t++) {
        if (next->terms[t].kind != TERM_ATTRIBUTE) continue;
        named = true;
        for (size_t g = 0; g < sizeof OWN / sizeof *OWN; g++)
            if (strcmp(REGISTRY[next->terms[t].id].group, OWN[g]) == 0) return false;
        if (REGISTRY[next->terms[t].id].type != ATTRIBUTE_NUMBER) return false;
    }
    return named;
}

/* Behind the label stands a vehicle, before it another. */
static bool compares_vehicles(const struct reading *r, size_t i)
{
    size_t next = i + 1;
    while (next < r->l->n_labels && r->l->labels[next].kind == LABEL_WORD && label_is(&r->l->labels[next], WORD_FUNCTION)) next++;
    return r->l->n_mentions == 2 && next < r->l->n_labels && r->l->labels[next].kind == LABEL_MENTION;
}

void read_operation_words(struct reading *r)
{
    bool content = false, degree = false;
    for (size_t i = 0; i < r->l->n_labels; i++) cost_is_of_fuel(r, i);
    for (size_t i = 0; i + 1 < r->l->n_labels; i++) powered_is_of_fuel(r, i);
    /* "From what to what do the prices range?": the verb, beside the words that ask for it. */
    bool from_to = false;
    for (size_t i = 0; i < r->l->n_labels; i++) {
        struct label *l = &r->l->labels[i];
        from_to = from_to || (label_is(l, WORD_RANGE) && l->n > 1);
        if (from_to && l->kind == LABEL_TERM && l->n == 1 && !strncmp(r->l->tokens[l->first].key, "range", 5)) l->used = true;
    }
    for (size_t i = 0; i + 1 < r->l->n_labels; i++)
        if (label_is(&r->l->labels[i], WORD_HOW_MUCH)) fuel_is_consumed(&r->l->labels[i + 1]);
    for (size_t i = 0; i < r->l->n_labels; i++) {
        struct label *l = &r->l->labels[i];
        if (l->kind == LABEL_MENTION || l->kind == LABEL_UNKNOWN || l->kind == LABEL_YEAR ||
            l->kind == LABEL_NUMBER || l->kind == LABEL_UNIT) {
            content = true;
            continue;
        }
        if (!content && says(r, l, WORD_AUXILIARY)) r->auxiliary = true;
        if (label_is(l, WORD_HOW_MANY)) {
            r->how_many = true;
            if (counts_things(r, i)) r->how_many_things = true;
        }
        if (label_is(l, WORD_HOW_MUCH) && i + 1 < r->l->n_labels) {
            /* "how much heavier" */
            const struct label *next = &r->l->labels[i + 1];
            for (size_t t = 0; t < next->n_terms; t++)
                r->difference = r->difference || next->terms[t].comparative;
            r->difference = r->difference || label_is(next, WORD_MORE) || label_is(next, WORD_LESS);
        }
        /* "más ligera que" compares and asks for none. */
        bool than = degree && label_is(l, WORD_THAN);
        r->which = r->which || (says(r, l, WORD_WHICH) && !than);
        for (size_t t = 0; l->kind == LABEL_TERM && t < l->n_terms; t++) degree = degree || l->terms[t].comparative;
        degree = degree || label_is(l, WORD_MORE) || label_is(l, WORD_LESS);
        /* "A est-elle plus légère que B ?" */
        if (r->l->n_mentions == 2 && l->kind == LABEL_WORD && l->n > 1 && r->l->language == 2 && content &&
            says(r, l, WORD_AUXILIARY))
            r->auxiliary = true;
        r->list = r->list || label_is(l, WORD_LIST);
        r->count = r->count || label_is(l, WORD_COUNT);
        r->median = r->median || label_is(l, WORD_MEDIAN);
        r->average = r->average || r->median || label_is(l, WORD_AVERAGE);
        /* "80 percent of the battery" is an amount. */
        if (!r->share && label_is(l, WORD_SHARE) && (i == 0 || r->l->labels[i - 1].kind != LABEL_NUMBER)) r->share = i + 1;
        r->sum = r->sum || label_is(l, WORD_SUM);
        /* "combined" is a cycle, and the power of two motors. */
        bool combined = l->n == 1 && strcmp(r->l->tokens[l->first].key, "combined") == 0;
        if (is_combined_sum(r, i)) r->sum = r->total = l->used = true;
        r->total = r->total || (l->kind == LABEL_WORD && says(r, l, WORD_SUM) && !combined) || is_added(r, i);
        r->range = r->range || label_is(l, WORD_RANGE) || is_range_of(r, i) || is_range_behind(r, i);
        r->compare = r->compare || (label_is(l, WORD_COMPARE) && !label_is(l, WORD_OR));
        r->difference = r->difference || label_is(l, WORD_DIFFERENCE);
        r->rank = r->rank || label_is(l, WORD_RANK);
        r->describe = r->describe || (label_is(l, WORD_DESCRIBE) && !label_is(l, WORD_FUNCTION));
        r->explain = r->explain || label_is(l, WORD_EXPLAIN);
        r->distinct = r->distinct || label_is(l, WORD_DISTINCT);
        r->any = r->any || label_is(l, WORD_ANY);
        r->what_about = r->what_about || (label_is(l, WORD_WHAT_ABOUT) && i == 0);
        r->only = r->only || (label_is(l, WORD_ONLY) && i == 0);
        r->pronoun = r->pronoun || label_is(l, WORD_PRONOUN);
        r->who = r->who || label_is(l, WORD_WHO);
        r->when = r->when || label_is(l, WORD_WHEN);
        r->vehicle_word = r->vehicle_word || (label_is(l, WORD_VEHICLE) && l->kind == LABEL_WORD);
        r->version_word = r->version_word || label_is(l, WORD_VERSION);
        r->first_said = r->first_said || (label_is(l, WORD_FIRST) && i > 0);
        /* "average mpg", "total price": names of the registry that begin with an operation. */
        if (l->kind == LABEL_TERM && l->n > 1) {
            struct word words[WORD_MAX_MEANINGS];
            size_t n_words = 0;
            if (lexicon_match(&r->l->tokens[l->first], 1, words, &n_words))
                for (size_t k = 0; k < n_words; k++) {
                    r->average = r->average || words[k].class == WORD_AVERAGE;
                    r->sum = r->sum || words[k].class == WORD_SUM;
                }
        }
        /* "at least" without a number: the least figure that is given. */
        bool number = i + 1 < r->l->n_labels && r->l->labels[i + 1].kind == LABEL_NUMBER;
        if (l->kind == LABEL_WORD && !number && label_is(l, WORD_AT_LEAST) && !label_is(l, WORD_FUNCTION))
            r->extreme = -1;
        if (l->kind == LABEL_WORD && !number && label_is(l, WORD_AT_MOST) && !label_is(l, WORD_FUNCTION))
            r->extreme = 1;
        int before = r->extreme;
        if (label_is(l, WORD_MOST)) r->extreme = 1;
        if (label_is(l, WORD_LEAST) && before != 1) r->extreme = -1;
        if (label_is(l, WORD_BEST) && !r->quality) r->quality = 1;
        if (label_is(l, WORD_WORST)) r->quality = -1;
        if (label_is(l, WORD_MORE) && !is_added(r, i)) r->relative = 1;
        if (label_is(l, WORD_LESS)) r->relative = -1;
        /* "Wiegt A mehr als B": of two vehicles, where no number follows. */
        if (l->kind == LABEL_WORD && l->n > 1 && compares_vehicles(r, i)) r->relative = label_is(l, WORD_OVER) ? 1 : label_is(l, WORD_UNDER) ? -1 : r->relative;
        if (label_is(l, WORD_BETTER)) r->relation = 1;
        if (label_is(l, WORD_WORSE)) r->relation = -1;
        if (l->kind == LABEL_TERM || l->kind == LABEL_COLUMN || l->kind == LABEL_VALUE) content = true;
    }
}

/* "The three heaviest of the Volvo, Kia and Fiat cars", "of the Volvos and Kias, how many": the vehicles of several makers
 * are one set, of which some are asked for. */
static bool pools_makers(const struct reading *r, size_t named)
{
    size_t makers = 0, many = 0;
    bool most = r->extreme || r->quality, vehicles = r->vehicle_word;
    for (size_t i = 0; i < r->l->n_mentions; i++) {
        const struct mention *m = &r->l->mentions[i];
        if (m->only_context || m->excluded) continue;
        makers += m->make_only && !m->alone_make && !m->unknown_n;
        vehicles = vehicles || m->plural;
    }
    for (size_t i = 0; i < r->l->n_labels; i++) {
        const struct label *l = &r->l->labels[i];
        many += label_is(l, WORD_HOW_MANY);
        vehicles = vehicles || (label_is(l, WORD_VEHICLE) && l->kind != LABEL_MENTION);
        for (size_t t = 0; l->kind == LABEL_TERM && t < l->n_terms; t++) most = most || l->terms[t].superlative;
    }
    if (named < 2 || makers != named || r->difference || r->compare) return false;
    return (r->how_many_things && many < 2) || r->count || (vehicles && most);
}

/* Whether vehicles of a kind are meant ("which Lotus", "any Volvo", "the Kias") or one vehicle. */
void read_set_scope(struct reading *r)
{
    const struct labelled *l = r->l;
    size_t named = 0, which = 0;
    for (size_t i = 0; i < l->n_mentions; i++)
        if (!l->mentions[i].only_context) {
            named++;
            which = i;
        }
    r->pooled = pools_makers(r, named);
    r->set_scope = named == 0 || r->pooled;
    if (named != 1) return;
    const struct mention *m = &l->mentions[which];
    bool built = false; /* "how many of it were built": a figure of one vehicle */
    int production = registry_find("production_count");
    for (size_t i = 0; i < l->n_labels; i++)
        for (size_t t = 0; l->labels[i].kind == LABEL_TERM && t < l->labels[i].n_terms; t++)
            built = built || (l->labels[i].terms[t].kind == TERM_ATTRIBUTE && l->labels[i].terms[t].id == production);
    bool any = false; /* "any Volvo"; but "has the Volvo any accidents" */
    for (size_t i = 0; i < l->n_labels && l->labels[i].first < m->first; i++) any = any || label_is(&l->labels[i], WORD_ANY);
    if (m->make_only || m->plural || r->version_word || any ||
        ((r->how_many_things || r->count) && !built))
        r->set_scope = true;
    for (size_t i = 0; i < l->n_labels; i++) {
        const struct label *x = &l->labels[i];
        /* "2022 Lexus models", "which MG4 has" */
        if (x->kind == LABEL_MENTION && i + 1 < l->n_labels && label_is(&l->labels[i + 1], WORD_VEHICLE) &&
            l->labels[i + 1].kind == LABEL_WORD)
            r->set_scope = true;
        if (label_is(x, WORD_WHICH)) {
            size_t next = reading_next(r, i);
            /* "which of the", "which 2022 Lotus" */
            while (next != SIZE_MAX && (l->labels[next].kind == LABEL_YEAR)) next = reading_next(r, next);
            const char *key = l->tokens[x->first].key;
            bool what = strcmp(key, "what") == 0 || strcmp(key, "was") == 0 || strcmp(key, "que") == 0;
            if (next != SIZE_MAX && l->labels[next].kind == LABEL_MENTION && !what) r->set_scope = true;
        }
    }
}
