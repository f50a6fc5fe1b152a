/* What is asked: attributes with their qualifiers, of several words for one the one that says it. */
#include "query/reading.h"

#include <string.h>

static bool same_attribute(const struct query_attribute *a, const struct query_attribute *b)
{
    return a->attribute == b->attribute && (a->attribute >= 0 || strcmp(a->key, b->key) == 0);
}

/* Qualifiers of the label; 0. */
static uint64_t qualifiers_of(const struct label *l)
{
    uint64_t bits = 0;
    if (l->kind != LABEL_TERM) return 0;
    for (size_t k = 0; k < l->n_terms; k++)
        if (l->terms[k].kind == TERM_QUALIFIER) bits |= 1ull << l->terms[k].id;
    return bits;
}

/* A superlative or comparative that a longer phrase begins with: "quickest to 100". */
static int degree_of_first(const struct reading *r, const struct label *l, bool *comparative)
{
    const struct term *terms = NULL;
    size_t n = 0;
    if (l->n < 2 || !registry_match(&r->l->tokens[l->first], 1, &terms, &n)) return 0;
    for (size_t k = 0; k < n; k++)
        if (terms[k].superlative || terms[k].comparative) {
            *comparative = terms[k].comparative != 0;
            return terms[k].superlative ? terms[k].superlative : terms[k].comparative;
        }
    return 0;
}

static bool is_thing_role(enum attribute_role role)
{
    return role == ROLE_MODEL || role == ROLE_TRIM || role == ROLE_NAME || role == ROLE_VALUE ||
           role == ROLE_UNIT || role == ROLE_ATTRIBUTE;
}

static bool joined(const struct reading *r, size_t a, size_t b)
{
    if (a > b) {
        size_t t = a;
        a = b;
        b = t;
    }
    /* "and what" is a phrase of its own. */
    for (size_t i = a + 1; i < b; i++)
        if (label_is(&r->l->labels[i], WORD_AND) || label_is(&r->l->labels[i], WORD_OR) ||
            (r->l->labels[i].kind == LABEL_WORD && reading_phrase(r, r->l->labels[i].first, "and|und|et|y")))
            return true;
    return (r->l->tokens[r->l->labels[b].first].gap & GAP_COMMA) != 0;
}

/* The "slowest quarter mile" takes the most time: -1 where the one is a speed and the other a time. */
static int speed_against_time(const struct query_attribute *a, const struct query_attribute *b)
{
    if (a->attribute < 0 || b->attribute < 0) return 1;
    enum dimension x = REGISTRY[a->attribute].dimension, y = REGISTRY[b->attribute].dimension;
    /* How fast it charges is a power, and how long that takes a time. */
    bool fast = x == DIMENSION_SPEED || x == DIMENSION_POWER, done = y == DIMENSION_SPEED || y == DIMENSION_POWER;
    return (fast && y == DIMENSION_TIME) || (x == DIMENSION_TIME && done) ? -1 : 1;
}

/* Whether attribute k is how fast, and o what is done so fast: a time, a charge, a verb. */
static bool is_timed(const struct query *q, size_t o, size_t k, bool asking)
{
    int fast = q->attributes[k].attribute, done = q->attributes[o].attribute;
    if (fast < 0 || done < 0 || REGISTRY[fast].dimension != DIMENSION_SPEED) return false;
    return asking || REGISTRY[done].dimension == DIMENSION_TIME || strncmp(REGISTRY[done].id, "charg", 5) == 0;
}

static bool side_by_side(const struct reading *r, size_t a, size_t b)
{
    for (size_t i = a + 1; i < b; i++)
        if (!reading_is_filler(&r->l->labels[i]) && !label_is(&r->l->labels[i], WORD_AUXILIARY)) return false;
    return true;
}

static bool starts_asking(const struct reading *r, size_t i)
{
    return reading_phrase(r, r->l->labels[i].first, "how|wie|que tan|cuan") > 0;
}

/* Leaves out what is no attribute of its own: a verb beside the noun that it goes with ("put out less
 * CO2"), "how big" before what is big, the engine whose size is asked. */
static void drop_helpers(struct reading *r, size_t *positions, bool *asking, const int *degree)
{
    struct query *q = r->q;
    static const char *const SIZES[] = {"dimensions", "size", "length_width_height"};
    bool size[QUERY_MAX_ATTRIBUTES], engine[QUERY_MAX_ATTRIBUTES], drop[QUERY_MAX_ATTRIBUTES] = {0};
    bool any_size = false;
    for (size_t k = 0; k < q->n_attributes; k++) {
        int id = q->attributes[k].attribute;
        size[k] = false;
        engine[k] = attribute_is_engine(id);
        for (size_t i = 0; i < 3 && id >= 0; i++) {
            size[k] = size[k] || id == registry_find(SIZES[i]);
        }
        any_size = any_size || size[k];
    }
    /* "How heavy a trailer can it drag": the verb, no drag coefficient; "how high's the seat": no height of the whole. */
    int seats = registry_find("seats"), seat_height = registry_find("seat_height"), height = registry_find("height");
    for (size_t k = 0; k < q->n_attributes; k++)
        for (size_t o = 0; o < q->n_attributes; o++) {
            const struct label *l = &r->l->labels[positions[k]];
            struct query_attribute high = {.attribute = seat_height, .key = ""};
            if (o == k || q->attributes[k].attribute != seats || q->attributes[o].attribute != height || !asking[o] || l->n != 1 ||
                joined(r, positions[k], positions[o]) || !attribute_in_scope(r, &high))
                continue;
            high.name = REGISTRY[seat_height].names[0];
            q->attributes[k] = high;
        }
    static const char *const WITH[][2] = {{"drag_coefficient", "towing_capacity"}, {"height", "seat_height"}};
    for (size_t w = 0; w < 2; w++)
        for (size_t k = 0; k < q->n_attributes; k++)
            for (size_t o = 0; o < q->n_attributes; o++)
                if (q->attributes[k].attribute == registry_find(WITH[w][0]) && q->attributes[o].attribute == registry_find(WITH[w][1]) &&
                    o != k && (asking[k] || r->l->labels[positions[k]].n == 1 || starts_asking(r, positions[k])) && !joined(r, positions[k], positions[o])) {
                    drop[k] = true;
                    asking[o] = false;
                }
    for (size_t k = 0; k < q->n_attributes; k++) {
        /* "the sump bolt torque of the F8Q engine": the engine is what is spoken of. */
        if (engine[k] && !any_size && q->n_attributes > 1 && positions[k] > 0 &&
            r->l->labels[positions[k] - 1].kind == LABEL_MENTION && !joined(r, positions[k], positions[k ? 0 : 1]))
            drop[k] = true;
        if (size[k] && q->n_attributes > 1) drop[k] = true;
        /* "the longest range", "a bigger boot": the noun says of what. "Fastest" and "slowest" stand behind it
         * as well: "accelerates fastest", "百公里加速最快". */
        for (size_t o = 0; o < q->n_attributes && degree[k]; o++) {
            if (o == k || degree[o] || joined(r, positions[k], positions[o])) continue;
            bool behind = positions[o] < positions[k];
            if (behind ? !is_timed(q, o, k, asking[o]) || !side_by_side(r, positions[o], positions[k]) : asking[o])
                continue;
            drop[k] = true;
            int sign = degree[k] * speed_against_time(&q->attributes[k], &q->attributes[o]);
            if (r->attribute_comparative)
                r->relative = sign;
            else
                r->extreme = sign;
            r->attribute_order = 0;
            r->attribute_comparative = false;
        }
        /* "how high does the engine rev": the engine is what is spoken of. */
        for (size_t o = 0; o < q->n_attributes && engine[k]; o++)
            if (o != k && asking[o] && q->attributes[o].attribute == registry_find("redline")) drop[k] = true;
    }
    for (size_t k = 0; k < q->n_attributes; k++)
        for (size_t o = 0; o < q->n_attributes && asking[k]; o++)
            if (o != k && !asking[o] && !size[o] && !drop[o] && !joined(r, positions[k], positions[o])) drop[k] = true;
    size_t kept = 0;
    for (size_t k = 0; k < q->n_attributes; k++) {
        if (drop[k]) continue;
        q->attributes[kept] = q->attributes[k];
        positions[kept] = positions[k];
        int displacement = registry_find("displacement");
        if (engine[k] && any_size && displacement >= 0)
            q->attributes[kept] = (struct query_attribute){
                .attribute = displacement, .name = REGISTRY[displacement].names[0], .key = ""};
        kept++;
    }
    q->n_attributes = kept;
}

/* "How much does fuel cost a year": not the price of the vehicle. */
static void read_fuel_cost(struct reading *r)
{
    static const char *const YEARLY[] = {"year", "annually", "yearly", "annum"};
    struct query *q = r->q;
    int price = registry_find("price"), fuel = registry_find("fuel_type"), cost = registry_find("fuel_cost");
    size_t at[2] = {SIZE_MAX, SIZE_MAX}, others = 0;
    bool yearly = false;
    for (size_t i = 0; i < r->l->n_tokens; i++)
        for (size_t k = 0; k < sizeof YEARLY / sizeof *YEARLY; k++)
            yearly = yearly || strcmp(r->l->tokens[i].key, YEARLY[k]) == 0;
    for (size_t k = 0; k < q->n_attributes; k++) {
        if (q->attributes[k].attribute == price) at[0] = k;
        if (q->attributes[k].attribute == fuel) at[1] = k;
        /* "a year" is no model year here. */
        others += q->attributes[k].attribute >= 0 && REGISTRY[q->attributes[k].attribute].role == ROLE_YEAR;
    }
    if (!yearly || q->n_attributes != 2 + others || at[0] == SIZE_MAX || at[1] == SIZE_MAX || cost < 0) return;
    q->attributes[0] = (struct query_attribute){.attribute = cost, .name = REGISTRY[cost].names[0], .key = ""};
    q->n_attributes = 1;
}

/* Whether an asking phrase holds the attribute's own name: "how long is the warranty" names it, "how
 * heavy" does not. */
static bool holds_name(const struct reading *r, const struct label *label, int attribute)
{
    for (size_t from = 0; from < label->n; from++)
        for (size_t n = 1; from + n <= label->n; n++) {
            const struct term *terms = NULL;
            size_t n_terms = 0;
            if (registry_match(&r->l->tokens[label->first + from], n, &terms, &n_terms) != n) continue;
            for (size_t k = 0; k < n_terms; k++)
                if (terms[k].kind == TERM_ATTRIBUTE && terms[k].id == attribute && !terms[k].asking &&
                    !terms[k].superlative && !terms[k].comparative)
                    return true;
        }
    return false;
}

/* "The warranty on the traction battery" is the battery warranty, where two names together are a
 * third's: the last word of what stands behind, before the other. */
static void join_names(struct reading *r, size_t *positions)
{
    struct query *q = r->q;
    enum { MAX_JOINED = 8 };
    if (q->n_attributes != 2 || joined(r, positions[0], positions[1])) return;
    const struct label *head = &r->l->labels[positions[0]], *of = &r->l->labels[positions[1]];
    for (size_t from = 0; from < head->n; from++) {
        struct token t[MAX_JOINED];
        size_t n = head->n - from + 1;
        if (n > MAX_JOINED || of->n == 0) continue;
        t[0] = r->l->tokens[of->first + of->n - 1];
        memcpy(t + 1, &r->l->tokens[head->first + from], (n - 1) * sizeof *t);
        const struct term *terms = NULL;
        size_t n_terms = 0;
        if (registry_match(t, n, &terms, &n_terms) != n) continue;
        for (size_t k = 0; k < n_terms; k++)
            if (terms[k].kind == TERM_ATTRIBUTE && !terms[k].asking && terms[k].id != q->attributes[0].attribute &&
                terms[k].id != q->attributes[1].attribute) {
                q->attributes[0] = (struct query_attribute){.attribute = terms[k].id,
                                                            .qualifiers = terms[k].qualifiers,
                                                            .name = REGISTRY[terms[k].id].names[0],
                                                            .key = ""};
                q->n_attributes = 1;
                return;
            }
    }
}

/* "The tow car with the biggest boot": what "biggest" stands before is what is ranked by, whatever else is named. */
static void put_ranked_first(struct reading *r, const size_t *positions)
{
    struct query *q = r->q;
    for (size_t k = 1; k < q->n_attributes && (r->extreme || r->quality); k++) {
        int first_id = q->attributes[0].attribute, id = q->attributes[k].attribute;
        /* "Which engine of the Transit tows the most": what has an order. */
        if (first_id >= 0 && id >= 0 && REGISTRY[first_id].type != ATTRIBUTE_NUMBER && REGISTRY[id].type == ATTRIBUTE_NUMBER &&
            !joined(r, positions[0], positions[k])) {
            struct query_attribute a = q->attributes[k];
            q->attributes[k] = q->attributes[0];
            q->attributes[0] = a;
            return;
        }
        const struct label *before = positions[k] ? &r->l->labels[positions[k] - 1] : NULL;
        const struct label *first = positions[0] ? &r->l->labels[positions[0] - 1] : NULL;
        bool degree = before && (label_is(before, WORD_MOST) || label_is(before, WORD_LEAST) || label_is(before, WORD_BEST) || label_is(before, WORD_WORST));
        if (!degree || (first && (label_is(first, WORD_MOST) || label_is(first, WORD_LEAST) || label_is(first, WORD_BEST) || label_is(first, WORD_WORST))))
            continue;
        struct query_attribute a = q->attributes[k];
        q->attributes[k] = q->attributes[0];
        q->attributes[0] = a;
        return;
    }
}

/* "How heavy may it be", "wie schwer darf er sein": what is permitted, not what it weighs. */
static bool is_permission(const struct reading *r)
{
    static const char *const WORDS[] = {"may|allowed to|permitted to|legally", "darf|durfen|durfte|zulassig|erlaubt",
                                        "peut il peser|peut elle peser|peut peser|autorise a peser", "puede pesar|pueden pesar", "最多可以|允许"};
    if (r->l->language >= sizeof WORDS / sizeof *WORDS) return false;
    for (size_t i = 0; i < r->l->n_tokens; i++)
        if (reading_phrase(r, i, WORDS[r->l->language])) return true;
    return false;
}

/* Whether the attribute is said by a verb or an adjective: "weigh", "how heavy". */
static bool asking_of(const struct reading *r, int attribute)
{
    for (size_t i = 0; i < r->l->n_labels; i++)
        for (size_t k = 0; r->l->labels[i].kind == LABEL_TERM && k < r->l->labels[i].n_terms; k++)
            if (r->l->labels[i].terms[k].kind == TERM_ATTRIBUTE && r->l->labels[i].terms[k].id == attribute && r->l->labels[i].terms[k].asking)
                return true;
    return false;
}

void read_attributes(struct reading *r)
{
    struct query *q = r->q;
    struct labelled *l = r->l;
    read_unit(r);
    uint64_t loose = 0; /* qualifiers that stand apart from their attribute */
    size_t positions[QUERY_MAX_ATTRIBUTES] = {0}; /* of attributes from elsewhere: none */
    bool asking[QUERY_MAX_ATTRIBUTES] = {0};
    int degree[QUERY_MAX_ATTRIBUTES] = {0};
    for (size_t i = 0; i < l->n_labels; i++) {
        struct label *label = &l->labels[i];
        if (label->used) continue;
        uint64_t bits = qualifiers_of(label);
        struct query_attribute a;
        const struct term *term;
        bool named = attribute_of_label(r, i, &a, &term);
        /* "sold" that no condition has taken says nothing. */
        if (label->kind == LABEL_COLUMN && label->n == 1 && label_is(label, WORD_FILLER)) continue;
        /* "city" is where a place is asked for, and a part of a cycle everywhere else. */
        if (named && bits && term && term->kind == TERM_ATTRIBUTE) named = false;
        /* "does it make": a verb, unless a maker is asked for. */
        if (named && a.attribute >= 0 && REGISTRY[a.attribute].role == ROLE_MAKE &&
            label_is(label, WORD_FILLER)) {
            size_t before = reading_before(r, i);
            bool asked = before != SIZE_MAX && before + 1 == i && label_is(&l->labels[before], WORD_WHICH);
            if (!asked) continue;
        }
        /* "model", "trims", "value": words for the things themselves. */
        if (named && a.attribute >= 0 && is_thing_role(REGISTRY[a.attribute].role)) {
            label->used = true;
            continue;
        }
        if (!named) {
            if (bits) {
                loose |= bits;
                label->used = true;
            }
            continue;
        }
        /* Roles of the vehicle's own name are no attributes to look up, but makers and years are. */
        if (term) {
            if (term->superlative) {
                r->attribute_order = term->superlative;
                r->attribute_comparative = false;
            } else if (term->comparative) {
                r->attribute_order = term->comparative;
                r->attribute_comparative = true;
            } else {
                bool comparative = false;
                int degree_said = degree_of_first(r, label, &comparative);
                if (degree_said) {
                    r->attribute_order = degree_said;
                    r->attribute_comparative = comparative;
                }
            }
        }
        label->used = true;
        /* "maximum payload", where there is a least one as well. */
        if (term && label->n > 1 && !term->superlative && !term->comparative) {
            struct word words[WORD_MAX_MEANINGS];
            size_t n_words = 0;
            int most = qualifier_find("maximum"), least = qualifier_find("minimum");
            if (lexicon_match(&l->tokens[label->first], 1, words, &n_words))
                for (size_t w = 0; w < n_words; w++) {
                    if (words[w].class == WORD_MOST && most >= 0) a.qualifiers |= 1ull << most;
                    if (words[w].class == WORD_LEAST && least >= 0) a.qualifiers |= 1ull << least;
                }
        }
        size_t k = 0;
        while (k < q->n_attributes && !same_attribute(&q->attributes[k], &a)) k++;
        if (k < q->n_attributes) {
            /* Said twice: "city consumption and highway consumption" are two. */
            uint64_t before = q->attributes[k].qualifiers;
            if (before && a.qualifiers && before != a.qualifiers && q->n_attributes < QUERY_MAX_ATTRIBUTES) {
                positions[q->n_attributes] = i;
                q->attributes[q->n_attributes++] = a;
            } else {
                q->attributes[k].qualifiers |= a.qualifiers;
                q->attributes[k].inverse = q->attributes[k].inverse || a.inverse;
            }
            continue;
        }
        if (q->n_attributes == QUERY_MAX_ATTRIBUTES) continue;
        asking[q->n_attributes] = term && (term->asking || label_is(label, WORD_FILLER)) &&
                                  !term->superlative && !term->comparative &&
                                  !(a.attribute >= 0 && holds_name(r, label, a.attribute));
        degree[q->n_attributes] = !term ? 0 : term->superlative ? term->superlative : term->comparative;
        positions[q->n_attributes] = i;
        q->attributes[q->n_attributes++] = a;
    }
    drop_helpers(r, positions, asking, degree);
    join_names(r, positions);
    /* "which Toyotas put out more than 550 g": the verb of a condition. */
    if (q->n_attributes == 1 && asking[0] && r->set_scope && q->n_where && !degree[0]) {
        bool number = false;
        for (size_t i = 0; i < q->n_where; i++)
            number = number || (q->where[i].number && !q->where[i].year);
        if (number && (r->which || r->list) && !r->extreme && !r->quality && !r->average && !r->total && !r->range) q->n_attributes = 0;
    }
    /* A word that is an attribute as well as a part of what is asked ("engine", "motor", "size"): it
     * is left out beside one that has the wanted unit. */
    if (q->unit && q->n_attributes > 1) {
        bool fits = false;
        for (size_t k = 0; k < q->n_attributes; k++)
            fits = fits || (q->attributes[k].attribute >= 0 &&
                            REGISTRY[q->attributes[k].attribute].dimension == q->unit->dimension);
        size_t kept = 0;
        for (size_t k = 0; fits && k < q->n_attributes; k++) {
            int id = q->attributes[k].attribute;
            bool other = id >= 0 && REGISTRY[id].dimension != q->unit->dimension;
            if (!other) {
                positions[kept] = positions[k];
                q->attributes[kept++] = q->attributes[k];
            }
        }
        if (fits) q->n_attributes = kept;
    }
    /* A unit of another dimension than the attribute's says what is asked: "how quick does it
     * charge, kW". */
    if (q->unit && q->n_attributes == 1 && q->attributes[0].attribute >= 0) {
        const struct attribute *only = &REGISTRY[q->attributes[0].attribute];
        /* "how far does it drive": a verb that is a text's name, and a unit. */
        enum dimension d = only->type == ATTRIBUTE_NUMBER ? only->dimension : DIMENSION_COUNT;
        struct query_attribute a;
        bool distance = q->unit->dimension == DIMENSION_LENGTH && unit_to_base(1, q->unit) > 900000;
        /* "how many miles on a full battery" */
        if (distance && d == DIMENSION_ENERGY && attribute_of_unit(r, q->unit, &a)) {
            q->attributes[0] = a;
        } else if (d != q->unit->dimension && d != DIMENSION_NONE && d != DIMENSION_EMISSION && !asking[0] &&
            only->type == ATTRIBUTE_NUMBER && !degree[0] && !(d == DIMENSION_MONEY && !strcmp(q->unit->symbol, "lb")) &&
            !reading_related_dimensions(d, q->unit->dimension) &&
            !reading_unit_shares_word(r, q->unit)) {
            /* "the kerb weight in km/h" */
            q->missing = MISSING_UNIT;
            q->missing_name = only->names[0];
        } else if (d == DIMENSION_MONEY && strcmp(q->unit->symbol, "lb") == 0) {
            q->unit = unit_by_symbol("\xc2\xa3"); /* "cheaper by how many pounds" */
        } else if (d != q->unit->dimension && degree[0] && only->type == ATTRIBUTE_NUMBER &&
                   d != DIMENSION_EMISSION && !reading_related_dimensions(d, q->unit->dimension)) {
            q->unit = NULL;
        } else if (d == DIMENSION_EMISSION && q->unit->dimension == DIMENSION_MASS) {
            q->unit = emission_unit(r, q->unit);
        } else if (d != q->unit->dimension && d != DIMENSION_NONE && attribute_of_unit(r, q->unit, &a)) {
            a.qualifiers |= q->attributes[0].qualifiers;
            q->attributes[0] = a;
        }
    }
    if (q->unit && q->n_attributes == 0) {
        struct query_attribute a;
        if (attribute_of_unit(r, q->unit, &a)) q->attributes[q->n_attributes++] = a;
    }
    /* "In the back of the Kodiaq" is where a boot is. */
    int rear = qualifier_find("rear"), cargo = registry_find("cargo_volume");
    for (size_t k = 0; k < q->n_attributes && rear >= 0; k++) {
        struct query_attribute with = {.attribute = cargo, .qualifiers = 1ull << rear, .key = ""}, plain = {.attribute = cargo, .key = ""};
        if (q->attributes[k].attribute == cargo && !attribute_in_scope(r, &with) && attribute_in_scope(r, &plain)) loose &= ~(1ull << rear);
    }
    /* Loose qualifiers belong to every attribute that has no member of their family. */
    for (size_t b = 0; b < QUALIFIER_COUNT && loose; b++) {
        if (!(loose >> b & 1)) continue;
        for (size_t k = 0; k < q->n_attributes; k++) {
            bool has = false;
            for (size_t o = 0; o < QUALIFIER_COUNT; o++)
                has = has || (QUALIFIERS[o].family == QUALIFIERS[b].family &&
                              (q->attributes[k].qualifiers >> o & 1));
            struct query_attribute with = q->attributes[k];
            with.qualifiers |= 1ull << b;
            struct query_attribute without = q->attributes[k];
            if (!has && (attribute_in_scope(r, &with) || !attribute_in_scope(r, &without))) q->attributes[k] = with;
            else if (!has) q->attributes[k] = with;
        }
    }
    q->loose_qualifiers = loose;
    /* "how heavy may it be when loaded": the permitted weight, where no laden weight is given. */
    int laden = qualifier_find("laden"), gross = registry_find("gross_weight"), curb = registry_find("curb_weight");
    bool permitted = is_permission(r);
    for (size_t k = 0; k < q->n_attributes && gross >= 0 && permitted; k++)
        if (q->attributes[k].attribute == curb && asking_of(r, curb))
            q->attributes[k] = (struct query_attribute){.attribute = gross, .name = REGISTRY[gross].names[0], .key = ""};
    for (size_t k = 0; k < q->n_attributes && laden >= 0 && gross >= 0; k++)
        if (q->attributes[k].attribute == curb && (q->attributes[k].qualifiers >> laden & 1) &&
            !attribute_in_scope(r, &q->attributes[k])) {
            q->attributes[k].attribute = gross;
            q->attributes[k].qualifiers &= ~(1ull << laden);
        }
    put_ranked_first(r, positions);
    read_fuel_cost(r);
    /* "what does the panoramic roof cost": the price of something else than the vehicle. */
    int price = registry_find("price");
    for (size_t k = 0; q->n_attributes == 2 && k < 2; k++) {
        const struct query_attribute *other = &q->attributes[1 - k];
        if (q->attributes[k].attribute != price || price < 0 || r->attribute_order ||
            joined(r, positions[0], positions[1]))
            continue;
        bool thing = other->attribute < 0 || REGISTRY[other->attribute].type != ATTRIBUTE_NUMBER;
        if (thing && q->n_unresolved < QUERY_MAX_UNRESOLVED) {
            const struct label *x = &l->labels[positions[1 - k]];
            q->unresolved[q->n_unresolved++] = reading_text(r, x->first, x->n);
        }
    }
}
