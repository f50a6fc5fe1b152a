/* From labels to a query: which operation, and what nothing has explained. */
#include "query/reading.h"

#include <stdlib.h>
#include <string.h>

bool reading_is_filler(const struct label *l)
{
    if (l->kind == LABEL_UNIT || l->kind == LABEL_NUMBER || l->kind == LABEL_MENTION ||
        l->kind == LABEL_YEAR || l->kind == LABEL_COLUMN || l->kind == LABEL_VALUE ||
        l->kind == LABEL_TERM || l->kind == LABEL_UNKNOWN)
        return false;
    return label_is(l, WORD_FILLER) || label_is(l, WORD_FUNCTION);
}

size_t reading_next(const struct reading *r, size_t i)
{
    for (size_t k = i + 1; k < r->l->n_labels; k++)
        if (!reading_is_filler(&r->l->labels[k])) return k;
    return SIZE_MAX;
}

size_t reading_before(const struct reading *r, size_t i)
{
    for (size_t k = i; k-- > 0;)
        if (!reading_is_filler(&r->l->labels[k])) return k;
    return SIZE_MAX;
}

const char *reading_text(struct reading *r, size_t first, size_t n)
{
    if (n == 0 || first + n > r->l->n_tokens) return "";
    size_t begin = r->l->tokens[first].begin, end = r->l->tokens[first + n - 1].end;
    const char *text = arena_strndup(&r->q->arena, r->l->text + begin, end - begin);
    if (text) return text;
    r->failed = true;
    error_memory(r->err, "a question");
    return "";
}

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

static void gather(struct reading *r)
{
    bool content = false;
    for (size_t i = 0; i < r->l->n_labels; i++) cost_is_of_fuel(r, i);
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
        r->which = r->which || says(r, l, WORD_WHICH);
        r->list = r->list || label_is(l, WORD_LIST);
        r->count = r->count || label_is(l, WORD_COUNT);
        r->average = r->average || label_is(l, WORD_AVERAGE);
        r->sum = r->sum || label_is(l, WORD_SUM);
        r->range = r->range || label_is(l, WORD_RANGE) || is_range_of(r, i);
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
        if (label_is(l, WORD_MORE)) r->relative = 1;
        if (label_is(l, WORD_LESS)) r->relative = -1;
        if (label_is(l, WORD_BETTER)) r->relation = 1;
        if (label_is(l, WORD_WORSE)) r->relation = -1;
        if (l->kind == LABEL_TERM || l->kind == LABEL_COLUMN || l->kind == LABEL_VALUE) content = true;
    }
}

/* Years apart from a name belong to it where there is one name and one year. */
static void bind_years(struct reading *r)
{
    struct labelled *l = r->l;
    size_t years[QUERY_MAX_YEARS], n = 0, compared = 0;
    for (size_t i = 0; i < l->n_labels; i++) {
        if (l->labels[i].kind != LABEL_YEAR || n == QUERY_MAX_YEARS) continue;
        years[n++] = i;
        for (size_t k = i > 2 ? i - 2 : 0; k < i; k++)
            compared += label_is(&l->labels[k], WORD_SINCE) &&
                        strcmp(l->tokens[l->labels[k].first].key, "from") != 0;
        for (size_t k = i > 2 ? i - 2 : 0; k < i; k++)
            compared += label_is(&l->labels[k], WORD_BEFORE) || label_is(&l->labels[k], WORD_AFTER);
        compared += i + 1 < l->n_labels && label_is(&l->labels[i + 1], WORD_OR_MORE);
    }
    if (n == 0 || compared) return;
    size_t undated = 0;
    for (size_t m = 0; m < l->n_mentions; m++) undated += l->mentions[m].year == 0;
    if (n == 1 && undated > 0 && undated == l->n_mentions) {
        for (size_t m = 0; m < l->n_mentions; m++) l->mentions[m].year = l->labels[years[0]].year;
        l->labels[years[0]].used = true;
        mark_year_noun(r, years[0]);
    } else if (l->n_mentions == 1 && n >= 1 && n + 1 <= QUESTION_MAX_MENTIONS) {
        /* "the 2021 and the 2022 Camry": one name of several years. */
        for (size_t k = 0; k < n; k++) {
            struct mention copy = l->mentions[0];
            copy.year = l->labels[years[k]].year;
            l->labels[years[k]].used = true;
            if (l->mentions[0].year == 0)
                l->mentions[0].year = copy.year;
            else
                l->mentions[l->n_mentions++] = copy;
        }
    }
}

/* Whether vehicles of a kind are meant ("which Lotus", "any Volvo", "the Kias") or one vehicle. */
static void find_scope(struct reading *r)
{
    const struct labelled *l = r->l;
    size_t named = 0, which = 0;
    for (size_t i = 0; i < l->n_mentions; i++)
        if (!l->mentions[i].only_context) {
            named++;
            which = i;
        }
    r->set_scope = named == 0;
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

static int direction_of(const struct query_attribute *a)
{
    if (a->attribute < 0) return 1;
    return REGISTRY[a->attribute].direction == DIRECTION_LESS ? -1 : 1;
}

/* +1: the most of the attribute's canonical value is wanted first, -1: the least; 0: no order said. */
static int find_order(const struct reading *r, bool *comparative)
{
    const struct query *q = r->q;
    *comparative = false;
    if (r->attribute_order) {
        *comparative = r->attribute_comparative;
        int order = r->attribute_order;
        /* "least thirsty": the opposite of the word. */
        if (r->extreme < 0 && !r->attribute_comparative) order = -order;
        return order;
    }
    const struct query_attribute *a = q->n_attributes ? &q->attributes[0] : NULL;
    int sign = a && a->inverse ? -1 : 1;
    if (a && q->unit && q->unit->reciprocal && !a->inverse) sign = -1;
    if (r->extreme) return sign * r->extreme;
    if (r->quality) return a ? direction_of(a) * r->quality : r->quality;
    *comparative = true;
    if (r->relation) return a ? direction_of(a) * r->relation : r->relation;
    if (r->relative) return sign * r->relative;
    *comparative = false;
    return 0;
}

/* Conditions on the attribute that is asked say nothing new: "is it a four-cylinder or what, how many". */
static void drop_asked_conditions(struct query *q)
{
    size_t kept = 0;
    for (size_t i = 0; i < q->n_where; i++) {
        bool asked = false;
        for (size_t k = 0; k < q->n_attributes; k++)
            asked = asked || (q->where[i].attribute.attribute >= 0 && !q->where[i].year &&
                              q->where[i].attribute.attribute == q->attributes[k].attribute);
        if (!asked) q->where[kept++] = q->where[i];
    }
    q->n_where = kept;
}

static bool is_consumption(const struct query *q)
{
    if (!q->n_attributes || q->attributes[0].attribute < 0) return false;
    enum dimension d = REGISTRY[q->attributes[0].attribute].dimension;
    return d == DIMENSION_CONSUMPTION || d == DIMENSION_ELECTRIC_CONSUMPTION;
}

/* What two vehicles are compared by where the question does not say. */
static void usual_attributes(struct reading *r)
{
    static const char *const IDS[] = {"price",           "power",      "torque",       "fuel_consumption",
                                      "electric_range",  "curb_weight", "acceleration_0_100",
                                      "acceleration_0_60", "towing_capacity", "cargo_volume"};
    struct query *q = r->q;
    for (size_t i = 0; i < sizeof IDS / sizeof *IDS && q->n_attributes < 6; i++) {
        int id = registry_find(IDS[i]);
        if (id < 0) continue;
        const struct query_attribute a = {.attribute = id, .name = REGISTRY[id].names[0], .key = ""};
        size_t have = 0;
        for (size_t s = 0; s < q->n_subjects; s++)
            have += columns_have(r->c, q->subjects[s].records, q->subjects[s].n_records, &a);
        if (have == q->n_subjects) q->attributes[q->n_attributes++] = a;
    }
}

/* "average price by make" */
static void read_group(struct reading *r)
{
    struct query *q = r->q;
    for (size_t i = 0; i + 1 < r->l->n_labels; i++) {
        if (!label_is(&r->l->labels[i], WORD_PER)) continue;
        size_t k = reading_next(r, i);
        if (k == SIZE_MAX) continue;
        struct query_attribute a;
        const struct term *term;
        struct label *l = &r->l->labels[k];
        if (l->used || !attribute_of_label(r, k, &a, &term)) continue;
        bool groups = a.attribute < 0 || REGISTRY[a.attribute].type == ATTRIBUTE_CATEGORY ||
                      REGISTRY[a.attribute].role == ROLE_MAKE || REGISTRY[a.attribute].role == ROLE_YEAR ||
                      REGISTRY[a.attribute].role == ROLE_MODEL ||
                      REGISTRY[a.attribute].dimension == DIMENSION_COUNT;
        if (!groups) continue;
        q->group = a;
        q->grouped = true;
        l->used = r->l->labels[i].used = true;
        return;
    }
}

/* "cheapest Duster", "¿Qué Duster tiene más potencia?": of the versions of one name, which. */
static bool ranks_versions(const struct reading *r, int order)
{
    const struct query *q = r->q;
    bool asks = r->l->n_labels && label_is(&r->l->labels[0], WORD_AUXILIARY) && !label_is(&r->l->labels[0], WORD_WHICH);
    if (q->n_subjects != 1 || !order || asks) return false;
    bool which = false, titles = false;
    for (size_t i = 0; i + 1 < r->l->n_labels; i++)
        which = which || (label_is(&r->l->labels[i], WORD_WHICH) && r->l->labels[i + 1].kind == LABEL_MENTION);
    const struct query_subject *s = &q->subjects[0];
    for (size_t i = 1; i < s->n_records && !titles; i++)
        titles = strcmp(r->c->records[s->records[i]].title, r->c->records[s->records[0]].title) != 0;
    return titles && !s->only && (which || (r->attribute_order && !r->attribute_comparative));
}

/* "Which units are in Hull", "which ads": where vehicles are asked for by what their codes are of, the codes are
 * told as well. */
static void list_codes(struct reading *r)
{
    static const char CODES[] = " id no nr number num code ";
    struct query *q = r->q;
    for (size_t i = 0; i < r->l->n_labels && q->n_attributes == 0; i++) {
        const struct label *l = &r->l->labels[i];
        if (l->n != 1 || (l->kind != LABEL_WORD && l->kind != LABEL_TERM && l->kind != LABEL_COLUMN) ||
            label_is(l, WORD_FUNCTION) || r->l->tokens[l->first].kind != TOKEN_WORD)
            continue;
        char word[TOKEN_KEY_MAX];
        strcpy(word, r->l->tokens[l->first].key);
        size_t len = strlen(word);
        for (size_t k = 0; k < r->c->n_columns && q->n_attributes == 0; k++) {
            const struct catalog_column *col = &r->c->columns[k];
            bool plural = len > 2 && word[len - 1] == 's' && !key_has_run(col->key, word);
            if (plural) word[len - 1] = '\0';
            bool of = key_has_run(col->key, word);
            if (plural) word[len - 1] = 's';
            for (const char *p = col->key; *p && of;) {
                char part[TOKEN_KEY_MAX + 3] = " ";
                size_t n = strcspn(p, " ");
                if (n + 3 > sizeof part) break;
                memcpy(part + 1, p, n);
                memcpy(part + 1 + n, " ", 2);
                of = strstr(CODES, part) || strncmp(word, p, n) == 0;
                p += n + (p[n] == ' ');
            }
            if (!of || col->has_numbers) continue;
            /* Each of its records has one of its own, with digits in it. */
            size_t own = 0, all = 0;
            for (size_t t = 0; t < r->c->n_terms; t++)
                if (r->c->terms[t].column == k) {
                    all++;
                    own += r->c->terms[t].count == 1 && strpbrk(r->c->terms[t].text, "0123456789");
                }
            if (own < 2 || own < all) continue;
            q->attributes[q->n_attributes++] = (struct query_attribute){
                .attribute = col->attribute, .name = col->name, .key = col->attribute < 0 ? col->key : ""};
        }
    }
}

/* "EVs with an LFP battery?" */
static bool begins_with_kind(const struct reading *r)
{
    const struct label *l = &r->l->labels[0];
    for (size_t t = 0; r->l->n_labels && l->kind == LABEL_TERM && t < l->n_terms; t++)
        if (l->terms[t].kind == TERM_CATEGORY && l->used) return true;
    return false;
}

static void decide(struct reading *r)
{
    struct query *q = r->q;
    /* "the slowest to 100 km/h" */
    if (r->to_speed >= 0 && q->n_attributes == 1 && q->attributes[0].attribute >= 0 && r->attribute_order &&
        REGISTRY[q->attributes[0].attribute].dimension == DIMENSION_SPEED) {
        q->attributes[0] = (struct query_attribute){
            .attribute = r->to_speed, .name = REGISTRY[r->to_speed].names[0], .key = ""};
        r->attribute_order = -r->attribute_order;
    }
    bool comparative;
    int order = find_order(r, &comparative);
    bool several = q->n_subjects > 1;
    /* "which needs less, and how many litres less" */
    q->by_how_much = r->difference || (several && order && r->how_many);
    q->distinct = r->distinct;
    q->limit = r->top;
    if (r->who && q->n_attributes == 0) {
        int id = registry_find("make");
        if (id >= 0)
            q->attributes[q->n_attributes++] =
                (struct query_attribute){.attribute = id, .name = REGISTRY[id].names[0], .key = ""};
    }
    static const char *const WHERE[] = {"where", "wo", "donde", "ou", "哪里", "哪儿"};
    for (size_t i = 0; i < sizeof WHERE / sizeof *WHERE && q->n_attributes == 0 && q->n_subjects; i++) {
        struct query_attribute a = {.attribute = registry_find("location"), .key = ""};
        bool said = r->l->n_tokens && strcmp(r->l->tokens[0].key, WHERE[i]) == 0;
        if (!said || a.attribute < 0 || !columns_have(r->c, q->subjects[0].records, q->subjects[0].n_records, &a)) continue;
        a.name = REGISTRY[a.attribute].names[0];
        q->attributes[q->n_attributes++] = a;
    }
    if (r->when && q->n_attributes == 0) {
        int id = registry_find("model_year");
        if (id < 0) id = registry_find("year");
        if (id >= 0)
            q->attributes[q->n_attributes++] =
                (struct query_attribute){.attribute = id, .name = REGISTRY[id].names[0], .key = ""};
    }
    if (several) {
        /* "Has A more gearbox than B": texts have no order; both are given. */
        bool texts = q->n_attributes && q->attributes[0].attribute >= 0 &&
                     (REGISTRY[q->attributes[0].attribute].type == ATTRIBUTE_TEXT ||
                      REGISTRY[q->attributes[0].attribute].type == ATTRIBUTE_CATEGORY);
        if (r->auxiliary && comparative && !r->which && !r->difference && q->n_subjects == 2 && texts) {
            q->op = QUERY_VALUE;
            return;
        }
        if (r->auxiliary && comparative && !r->which && !r->difference && q->n_subjects == 2) {
            q->op = QUERY_CHECK;
            q->order = order;
            return;
        }
        if (q->n_attributes == 0 && !order) {
            usual_attributes(r);
            q->op = QUERY_VALUE;
            if (q->n_attributes) return;
        }
        if (order || r->difference || r->rank || r->compare) {
            q->op = QUERY_COMPARE;
            q->order = order;
            if (!q->order && q->n_attributes && r->rank) q->order = direction_of(&q->attributes[0]);
            return;
        }
        q->op = q->n_attributes ? QUERY_VALUE : QUERY_COMPARE;
        if (q->op == QUERY_COMPARE) usual_attributes(r);
        if (q->n_attributes > 1) q->op = QUERY_VALUE;
        return;
    }
    bool set = r->set_scope;
    if ((r->how_many && r->how_many_things) || r->count) {
        /* "How many 728iL were built": the attribute is asked, not the rows. */
        bool production = q->n_subjects && q->subjects[0].exact && q->n_attributes &&
                          q->attributes[0].attribute >= 0;
        if (!production || q->n_where) {
            q->op = QUERY_COUNT;
            drop_asked_conditions(q);
            q->n_attributes = 0;
            /* Things have no unit: "of the second generation" is not seconds. */
            for (size_t i = 0; q->unit && i < r->l->n_labels; i++)
                if (r->l->labels[i].kind == LABEL_UNIT && r->l->labels[i].n_words == 0) r->l->labels[i].used = false;
            return;
        }
        q->op = QUERY_VALUE;
        return;
    }
    if (q->n_attributes && r->range) {
        q->op = QUERY_AGGREGATE;
        q->aggregate = AGGREGATE_RANGE;
        return;
    }
    if (q->n_attributes && r->average &&
        (set || !is_consumption(q)) && (set || q->subjects[0].n_records > 1)) {
        q->op = QUERY_AGGREGATE;
        q->aggregate = AGGREGATE_AVERAGE;
        drop_asked_conditions(q);
        return;
    }
    if (q->grouped && q->n_attributes && !r->sum && !r->range) {
        q->op = QUERY_AGGREGATE;
        q->aggregate = r->extreme > 0 ? AGGREGATE_MOST : r->extreme < 0 ? AGGREGATE_LEAST : AGGREGATE_AVERAGE;
        drop_asked_conditions(q);
        return;
    }
    if (q->grouped && q->n_attributes == 0) {
        q->op = QUERY_COUNT;
        return;
    }
    if (q->n_attributes && r->sum && set && !r->average) {
        q->op = QUERY_AGGREGATE;
        q->aggregate = AGGREGATE_SUM;
        return;
    }
    /* "¿Qué Toyota tiene más potencia?", "which has more": of many, the most. */
    if (comparative && (set || ranks_versions(r, order)) && r->which && order && r->relative && q->n_subjects <= 1) comparative = false;
    if (q->n_attributes && (order || r->top || r->rank) && !comparative && (set || ranks_versions(r, order))) {
        q->op = QUERY_RANK;
        q->order = order ? order : direction_of(&q->attributes[0]);
        drop_asked_conditions(q);
        return;
    }
    if (r->auxiliary && q->n_where && !r->which && !r->list && q->n_subjects == 1 && !set) {
        bool asked = false;
        /* "May it tow a 1,000 kg trailer?": the attribute is that of the condition. */
        for (size_t i = 0; i < q->n_where && q->n_attributes == 1 && !r->how_many; i++)
            if (q->where[i].number && q->where[i].attribute.attribute >= 0 &&
                q->where[i].attribute.attribute == q->attributes[0].attribute) {
                q->where[i].attribute.qualifiers |= q->attributes[0].qualifiers;
                q->n_attributes = 0;
            }
        for (size_t i = 0; i < q->n_where; i++) asked = asked || !q->where[i].year;
        if (asked && q->n_attributes == 0) {
            q->op = QUERY_CHECK;
            return;
        }
    }
    if (set && (q->n_where || q->n_subjects) && q->n_attributes == 0) {
        list_codes(r);
        q->op = QUERY_LIST;
        return;
    }
    if (set && q->n_subjects == 0 && q->n_attributes && q->n_where &&
        (r->which || r->list || r->vehicle_word || begins_with_kind(r))) {
        /* "list the electric cars with their range" */
        q->op = QUERY_LIST;
        drop_asked_conditions(q);
        return;
    }
    if (q->n_subjects && q->n_attributes) {
        q->op = QUERY_VALUE;
        drop_asked_conditions(q);
        /* "Maximum power of X": the figure itself. */
        if (r->extreme) {
            int id = qualifier_find(r->extreme > 0 ? "maximum" : "minimum");
            if (id >= 0) q->attributes[0].qualifiers |= 1ull << id;
        }
        return;
    }
    if (q->n_subjects) {
        q->op = QUERY_DESCRIBE;
        return;
    }
    /* "the mileage of VIN ...": a text that one record has stands for its vehicle. */
    bool one = false;
    for (size_t i = 0; i < q->n_where; i++) one = one || (!q->where[i].number && q->where[i].unique);
    if (q->n_attributes && (q->documents || one)) {
        q->op = QUERY_VALUE;
        return;
    }
    /* "coches en el inventario" */
    if (one || (set && q->documents && r->vehicle_word && !q->n_attributes)) {
        q->op = QUERY_LIST;
        return;
    }
    q->op = QUERY_NONE;
}

/* "any car except the Sedra": vehicles that are left out are not understood. */
static void find_exclusions(struct reading *r)
{
    struct query *q = r->q;
    for (size_t i = 0; i < r->l->n_labels; i++) {
        if (r->l->labels[i].kind != LABEL_MENTION) continue;
        for (size_t k = i; k-- > 0;) {
            struct label *l = &r->l->labels[k];
            if (label_is(l, WORD_NOT) && !l->used && q->n_unresolved < QUERY_MAX_UNRESOLVED) {
                q->unresolved[q->n_unresolved++] = reading_text(r, l->first, l->n);
                break;
            }
            if (!label_is(l, WORD_FUNCTION) || label_is(l, WORD_AUXILIARY)) break;
        }
    }
}

/* Words that nothing has explained. */
static void find_unresolved(struct reading *r)
{
    struct query *q = r->q;
    for (size_t i = 0; i < r->l->n_labels && q->n_unresolved < QUERY_MAX_UNRESOLVED; i++) {
        struct label *l = &r->l->labels[i];
        if (l->used || l->kind == LABEL_WORD || l->kind == LABEL_MENTION || l->kind == LABEL_SIGN)
            continue;
        /* Words with a plain meaning as well: "drive", "seat", "car". */
        if (l->n_words > 0) continue;
        if (l->kind == LABEL_TERM) {
            bool make = false, code = true;
            for (size_t k = 0; k < l->n_terms; k++) {
                make = make || l->terms[k].kind == TERM_MAKE;
                code = code && l->terms[k].code;
            }
            if (make || code) continue;
        }
        const char *text = reading_text(r, l->first, l->n);
        bool known = false;
        for (size_t k = 0; k < q->n_unresolved; k++) known = known || !strcmp(q->unresolved[k], text);
        if (!known) q->unresolved[q->n_unresolved++] = text;
    }
}

enum { MAX_TERMS = 24 };

/* Words to search prose for: all that mean something. */
static void find_terms(struct reading *r)
{
    struct query *q = r->q;
    q->terms = arena_array(&q->arena, MAX_TERMS, sizeof *q->terms);
    for (size_t i = 0; q->terms && i < r->l->n_tokens && q->n_terms < MAX_TERMS; i++) {
        const struct token *t = &r->l->tokens[i];
        struct word words[WORD_MAX_MEANINGS];
        size_t n_words = 0;
        if (t->kind == TOKEN_SIGN) continue;
        bool plain = false;
        if (lexicon_match(t, 1, words, &n_words))
            for (size_t k = 0; k < n_words; k++)
                plain = plain || words[k].class == WORD_FUNCTION || words[k].class == WORD_FILLER;
        if (plain) continue;
        char *copy = arena_strdup(&q->arena, t->key);
        if (copy) q->terms[q->n_terms++] = copy;
    }
    if (!q->terms) {
        r->failed = true;
        error_memory(r->err, "a question");
    }
}

bool query_read(struct query *out, const struct word_index *v, const char *question,
                const struct query *previous, struct error *err)
{
    *out = (struct query){.text = "", .language = "en", .understood = ""};
    struct labelled *l = malloc(sizeof *l);
    if (!l) return error_memory(err, "a question");
    const char *text = arena_strdup(&out->arena, question);
    struct reading r = {.q = out,
                        .l = l,
                        .v = v,
                        .c = word_index_catalog(v),
                        .previous = previous,
                        .to_speed = -1,
                        .err = err};
    if (!text) {
        error_memory(err, "a question");
        goto fail;
    }
    out->text = text;
    const size_t *context = NULL;
    size_t n_context = 0;
    if (previous && previous->n_subjects && !previous->subjects[previous->n_subjects - 1].only) {
        context = previous->subjects[previous->n_subjects - 1].records;
        n_context = previous->subjects[previous->n_subjects - 1].n_records;
    }
    if (!label_question(l, v, text, context, n_context, &out->arena, err)) goto fail;
    out->language = LEXICON_LANGUAGES[l->language];
    gather(&r);
    bind_years(&r);
    find_scope(&r);
    read_subjects(&r);
    read_identifiers(&r);
    read_documents(&r);
    read_group(&r);
    read_conditions(&r);
    read_documents(&r); /* nations that are no values */
    read_attributes(&r);
    if (previous) read_follow_up(&r);
    decide(&r);
    if (r.explain && !out->n_attributes) out->op = QUERY_OPEN;
    assume_only_vehicle(&r);
    find_exclusions(&r);
    find_unresolved(&r);
    find_terms(&r);
    out->understood = query_describe(out, r.c);
    if (r.failed || !out->understood) {
        error_memory(err, "a question");
        goto fail;
    }
    free(l);
    return true;
fail:
    free(l);
    query_free(out);
    return false;
}

void query_free(struct query *q)
{
    arena_free(&q->arena);
    *q = (struct query){0};
}
