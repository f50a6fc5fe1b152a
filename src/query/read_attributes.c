/* What is asked: attributes with their qualifiers, and the unit that is wanted. */
#include "query/reading.h"

#include <stdlib.h>
#include <string.h>

const size_t *reading_scope(const struct reading *r, size_t *n)
{
    *n = 0;
    if (r->q->n_subjects == 0) return NULL;
    *n = r->q->subjects[0].n_records;
    return r->q->subjects[0].records;
}

static bool in_scope(const struct reading *r, const struct query_attribute *a)
{
    size_t n;
    const size_t *records = reading_scope(r, &n);
    if (records) return columns_have(r->c, records, n, a);
    if (!r->q->documents) return columns_have(r->c, NULL, 0, a);
    size_t found[COLUMNS_MAX];
    for (size_t s = 0; s < r->c->n_sources; s++)
        for (size_t d = 0; d < r->q->n_documents; d++)
            if (r->c->sources[s].document == r->q->documents[d] &&
                columns_find(r->c, s, a, NULL, found))
                return true;
    return false;
}

/* An attribute of the store's own, by a column's name. */
static struct query_attribute attribute_of_column(const struct reading *r, size_t column)
{
    const struct catalog_column *col = &r->c->columns[column];
    if (col->attribute >= 0)
        return (struct query_attribute){.attribute = col->attribute,
                                        .name = col->name,
                                        .key = "",
                                        .qualifiers = col->qualifiers,
                                        .inverse = col->inverse};
    return (struct query_attribute){.attribute = -1, .name = col->name, .key = col->key};
}

/* A column of the store's own whose name has the label's words and beside them only such that say nothing. */
static bool own_column(struct reading *r, const struct label *l, struct query_attribute *out)
{
    for (int singular = 0; singular < 2; singular++) {
        struct buffer key = {0};
        for (size_t t = l->first; t < l->first + l->n; t++)
            buffer_printf(&key, "%s%s", t > l->first ? " " : "", r->l->tokens[t].key);
        if (singular) buffer_putc(&key, 's');
        for (size_t i = 0; !key.failed && i < r->c->n_columns; i++) {
            const struct catalog_column *col = &r->c->columns[i];
            if (col->attribute >= 0 || !key_has_run(col->key, buffer_text(&key))) continue;
            bool plain = true;
            for (const char *k = col->key; *k && plain;) {
                size_t len = strcspn(k, " ");
                char word[TOKEN_KEY_MAX];
                if (len >= sizeof word) break;
                memcpy(word, k, len);
                word[len] = '\0';
                plain = lexicon_has(word) || key_has_run(buffer_text(&key), word);
                k += len + (k[len] == ' ');
            }
            if (!plain) continue;
            const char *copy = arena_strdup(&r->q->arena, buffer_text(&key));
            buffer_free(&key);
            if (!copy) {
                r->failed = true;
                return error_memory(r->err, "a question");
            }
            *out = (struct query_attribute){.attribute = -1, .name = col->name, .key = copy};
            return true;
        }
        buffer_free(&key);
    }
    return false;
}

bool attribute_of_label(struct reading *r, size_t i, struct query_attribute *out,
                        const struct term **term)
{
    struct label *l = &r->l->labels[i];
    const char *text = NULL;
    struct query_attribute best = {0};
    int best_score = -1;
    *term = NULL;
    for (size_t k = 0; k < l->n_terms && l->kind != LABEL_MENTION; k++) {
        const struct term *t = &l->terms[k];
        if (t->kind != TERM_ATTRIBUTE || t->code) continue;
        if (!text) text = reading_text(r, l->first, l->n);
        struct query_attribute a = {.attribute = t->id,
                                    .name = text,
                                    .key = "",
                                    .qualifiers = t->qualifiers,
                                    .inverse = t->inverse};
        struct query_attribute plain = a;
        plain.qualifiers = 0;
        int score = 1;
        if (in_scope(r, &plain)) score += 4;
        /* "which electric car consumes": energy, not fuel. */
        for (size_t w = 0; w < r->q->n_where; w++)
            if (r->q->where[w].category >= 0 && !r->q->where[w].negated &&
                !strcmp(CATEGORIES[r->q->where[w].category].id, "electric") &&
                t->id == registry_find("electric_consumption"))
                score += 1;
        if (r->q->unit && REGISTRY[t->id].dimension == r->q->unit->dimension) score += 8;
        if (r->q->unit && REGISTRY[t->id].dimension != r->q->unit->dimension &&
            REGISTRY[t->id].type == ATTRIBUTE_NUMBER)
            score -= 1;
        if (score > best_score) {
            best_score = score;
            best = a;
            *term = t;
        }
    }
    /* Also a column that is called just so, whatever the registry makes of the words. */
    const uint32_t *ids = l->ids;
    size_t n_ids = l->kind == LABEL_COLUMN ? l->n_ids : 0;
    if (l->kind == LABEL_TERM && best_score >= 0 && best_score < 5 &&
        word_index_match_columns(r->v, &r->l->tokens[l->first], l->n, &ids, &n_ids) != l->n)
        n_ids = 0;
    for (size_t k = 0; k < n_ids; k++) {
        struct query_attribute a = attribute_of_column(r, ids[k]);
        int score = in_scope(r, &a) ? 5 : 1;
        if (score > best_score) {
            best_score = score;
            best = a;
            *term = NULL;
        }
    }
    /* "Accelerates fastest": to whichever speed the documents time it. */
    static const char *const TIMES[] = {"acceleration_0_100", "acceleration_0_60", "acceleration_0_50",
                                        "acceleration_0_200", "acceleration_0_100_mph"};
    for (size_t k = 0; best_score >= 0 && k < sizeof TIMES / sizeof *TIMES; k++) {
        struct query_attribute timed = {.attribute = registry_find(TIMES[k]), .name = best.name, .key = ""};
        if (best.attribute != registry_find("acceleration") || timed.attribute < 0 || in_scope(r, &best)) break;
        if (in_scope(r, &timed)) best = timed;
    }
    /* No column is known to be of it, but one is called so: "accidents" of "accidents_reported". */
    struct query_attribute own = {.attribute = -1, .name = "", .key = ""};
    if (best_score >= 0 && best_score < 5 && best.attribute >= 0 && l->kind == LABEL_TERM &&
        !columns_have(r->c, NULL, 0, &(struct query_attribute){.attribute = best.attribute, .key = ""}) &&
        own_column(r, l, &own)) {
        best = own;
        best_score = 5;
        *term = NULL;
    }
    if (best_score < 0) return false;
    *out = best;
    return true;
}

/* How many of the question's words stand in the column's name. */
static size_t shared_words(const struct reading *r, const struct catalog_column *col)
{
    size_t n = 0;
    for (size_t i = 0; i < r->l->n_labels; i++) {
        const struct label *l = &r->l->labels[i];
        if (l->kind == LABEL_MENTION || l->kind == LABEL_NUMBER) continue;
        for (size_t t = l->first; t < l->first + l->n; t++) {
            const char *key = r->l->tokens[t].key;
            size_t len = strlen(key);
            if (lexicon_has(key)) continue; /* "in" of "dimensions_in" */
            for (const char *k = col->key; *k;) {
                size_t w = strcspn(k, " ");
                if (w == len && memcmp(k, key, len) == 0) n++;
                k += w + (k[w] == ' ');
            }
        }
    }
    return n;
}

/* Whether the figure that is asked about can be of the column: 100,000 km is no electric range. */
static bool may_be(const struct reading *r, const struct unit *u, const struct catalog_column *col)
{
    if (!r->figure || col->attribute < 0) return true;
    const struct attribute *a = &REGISTRY[col->attribute];
    const struct unit *canonical = a->unit ? unit_by_symbol(a->unit) : NULL;
    double value;
    return !canonical || a->low >= a->high || !unit_convert(*r->figure, u, canonical, &value) ||
           (value >= a->low && value <= a->high);
}

/* Whether a text that the question has stands in the source: "in Reno" of the list of used cars. */
static bool source_has_value(const struct reading *r, size_t source)
{
    for (size_t i = 0; i < r->l->n_labels; i++)
        for (size_t k = 0; r->l->labels[i].kind == LABEL_VALUE && k < r->l->labels[i].n_ids; k++)
            if (r->c->columns[r->c->terms[r->l->labels[i].ids[k]].column].source == source) return true;
    return false;
}

bool attribute_of_unit(struct reading *r, const struct unit *u, struct query_attribute *out)
{
    /* What people mean by the unit alone. */
    static const struct {
        enum dimension dimension;
        const char *id;
    } USUAL[] = {{DIMENSION_POWER, "power"},
                 {DIMENSION_POWER, "engine_power"},
                 {DIMENSION_TORQUE, "torque"},
                 {DIMENSION_CONSUMPTION, "fuel_consumption"},
                 {DIMENSION_ELECTRIC_CONSUMPTION, "electric_consumption"},
                 {DIMENSION_ENERGY, "battery_capacity"},
                 {DIMENSION_EMISSION, "co2"},
                 {DIMENSION_EMISSION, "co2_emissions"},
                 {DIMENSION_SOUND, "noise"},
                 {DIMENSION_MONEY, "price"},
                 {DIMENSION_SPEED, "top_speed"},
                 {DIMENSION_MASS, "curb_weight"}};
    size_t best_column = SIZE_MAX, best_score = 0;
    bool tie = false;
    size_t n;
    /* Lengths, weights, volumes and times are many: only words of the question say which. Distances
     * are how far a vehicle goes. */
    bool many = u->dimension == DIMENSION_LENGTH || u->dimension == DIMENSION_MASS ||
                u->dimension == DIMENSION_VOLUME || u->dimension == DIMENSION_TIME;
    bool distance = u->dimension == DIMENSION_LENGTH && unit_to_base(1, u) > 900000;
    const size_t *records = reading_scope(r, &n);
    for (size_t s = 0; s < r->c->n_sources; s++) {
        bool in = records == NULL;
        for (size_t k = 0; !in && k < n; k++) in = r->c->records[records[k]].source == s;
        for (size_t k = 0; r->q->documents && in && k <= r->q->n_documents; k++) {
            if (k == r->q->n_documents) in = false;
            else if (r->c->sources[s].document == r->q->documents[k]) break;
        }
        if (!in) continue;
        const struct catalog_source *src = &r->c->sources[s];
        bool value_here = source_has_value(r, s);
        for (size_t i = src->first_column; i < src->first_column + src->n_columns; i++) {
            const struct catalog_column *col = &r->c->columns[i];
            bool fits = col->unit ? col->unit->dimension == u->dimension
                                  : col->attribute >= 0 &&
                                        REGISTRY[col->attribute].dimension == u->dimension;
            if (!fits || !may_be(r, u, col)) continue;
            size_t score = 1 + 4 * shared_words(r, col);
            bool range = col->attribute >= 0 && (strstr(REGISTRY[col->attribute].id, "range") ||
                                                 !strcmp(REGISTRY[col->attribute].id, "odometer"));
            /* "over 3,000 lb", said of a vehicle, is its weight. */
            bool weight = u->dimension == DIMENSION_MASS && col->attribute == registry_find("curb_weight");
            if (many && score == 1 && !(distance && range) && !weight) continue;
            if (distance && range) score += 2;
            if (value_here) score += 1;
            for (size_t k = 0; k < sizeof USUAL / sizeof *USUAL; k++)
                if (USUAL[k].dimension == u->dimension && col->attribute >= 0 &&
                    col->attribute == registry_find(USUAL[k].id))
                    score += 2;
            if (score > best_score) {
                best_score = score;
                best_column = i;
                tie = false;
            } else if (score == best_score && best_column != SIZE_MAX &&
                       r->c->columns[best_column].attribute != col->attribute) {
                tie = true;
            }
        }
    }
    if (best_column == SIZE_MAX || (tie && best_score < 3)) {
        for (size_t k = 0; k < sizeof USUAL / sizeof *USUAL; k++) {
            int id = USUAL[k].dimension == u->dimension ? registry_find(USUAL[k].id) : -1;
            if (id < 0 || many || best_column != SIZE_MAX) continue;
            *out = (struct query_attribute){.attribute = id, .name = REGISTRY[id].names[0], .key = "",
                                            .inverse = u->reciprocal};
            return true;
        }
        return false;
    }
    *out = attribute_of_column(r, best_column);
    out->qualifiers = 0;
    out->inverse = u->reciprocal;
    return true;
}

static bool same_attribute(const struct query_attribute *a, const struct query_attribute *b)
{
    return a->attribute == b->attribute && (a->attribute >= 0 || strcmp(a->key, b->key) == 0);
}

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
static bool related(enum dimension a, enum dimension b)
{
    if (a == DIMENSION_COUNT || b == DIMENSION_COUNT || a == DIMENSION_RATIO) return true;
    return (a == DIMENSION_CONSUMPTION || a == DIMENSION_ELECTRIC_CONSUMPTION) &&
           (b == DIMENSION_CONSUMPTION || b == DIMENSION_ELECTRIC_CONSUMPTION || b == DIMENSION_ENERGY ||
            b == DIMENSION_VOLUME);
}

/* Whether a column in this unit's dimension is called by a word of the question. */
static bool shares_word(const struct reading *r, const struct unit *u)
{
    for (size_t i = 0; i < r->c->n_columns; i++) {
        const struct catalog_column *col = &r->c->columns[i];
        enum dimension d = col->unit            ? col->unit->dimension
                           : col->attribute >= 0 ? REGISTRY[col->attribute].dimension
                                                 : DIMENSION_NONE;
        if (d == u->dimension && shared_words(r, col) > 0) return true;
    }
    return false;
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

/* The wanted unit: one that stands alone and is not said to be unwanted. */
static void read_unit(struct reading *r)
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
    for (size_t i = a + 1; i < b; i++)
        if (label_is(&r->l->labels[i], WORD_AND) || label_is(&r->l->labels[i], WORD_OR)) return true;
    return (r->l->tokens[r->l->labels[b].first].gap & GAP_COMMA) != 0;
}

/* The "slowest quarter mile" takes the most time: -1 where the one is a speed and the other a time. */
static int speed_against_time(const struct query_attribute *a, const struct query_attribute *b)
{
    if (a->attribute < 0 || b->attribute < 0) return 1;
    enum dimension x = REGISTRY[a->attribute].dimension, y = REGISTRY[b->attribute].dimension;
    return (x == DIMENSION_SPEED && y == DIMENSION_TIME) || (x == DIMENSION_TIME && y == DIMENSION_SPEED) ? -1
                                                                                                      : 1;
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

/* Leaves out what is no attribute of its own: a verb beside the noun that it goes with ("put out less
 * CO2"), "how big" before what is big, the engine whose size is asked. */
static void drop_helpers(struct reading *r, size_t *positions, const bool *asking, const int *degree)
{
    struct query *q = r->q;
    static const char *const SIZES[] = {"dimensions", "size", "length_width_height"};
    static const char *const ENGINES[] = {"engine_type", "engine", "engine_description"};
    bool size[QUERY_MAX_ATTRIBUTES], engine[QUERY_MAX_ATTRIBUTES], drop[QUERY_MAX_ATTRIBUTES] = {0};
    bool any_size = false;
    for (size_t k = 0; k < q->n_attributes; k++) {
        int id = q->attributes[k].attribute;
        size[k] = engine[k] = false;
        for (size_t i = 0; i < 3 && id >= 0; i++) {
            size[k] = size[k] || id == registry_find(SIZES[i]);
            engine[k] = engine[k] || id == registry_find(ENGINES[i]);
        }
        any_size = any_size || size[k];
    }
    for (size_t k = 0; k < q->n_attributes; k++) {
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
    size_t at[2] = {SIZE_MAX, SIZE_MAX};
    bool yearly = false;
    for (size_t i = 0; i < r->l->n_tokens; i++)
        for (size_t k = 0; k < sizeof YEARLY / sizeof *YEARLY; k++)
            yearly = yearly || strcmp(r->l->tokens[i].key, YEARLY[k]) == 0;
    for (size_t k = 0; k < q->n_attributes; k++) {
        if (q->attributes[k].attribute == price) at[0] = k;
        if (q->attributes[k].attribute == fuel) at[1] = k;
    }
    if (!yearly || q->n_attributes != 2 || at[0] == SIZE_MAX || at[1] == SIZE_MAX || cost < 0) return;
    q->attributes[0] = (struct query_attribute){.attribute = cost, .name = REGISTRY[cost].names[0], .key = ""};
    q->n_attributes = 1;
}

void read_attributes(struct reading *r)
{
    struct query *q = r->q;
    struct labelled *l = r->l;
    read_unit(r);
    uint64_t loose = 0; /* qualifiers that stand apart from their attribute */
    size_t positions[QUERY_MAX_ATTRIBUTES];
    bool asking[QUERY_MAX_ATTRIBUTES] = {0};
    int degree[QUERY_MAX_ATTRIBUTES] = {0};
    for (size_t i = 0; i < l->n_labels; i++) {
        struct label *label = &l->labels[i];
        if (label->used) continue;
        uint64_t bits = qualifiers_of(label);
        struct query_attribute a;
        const struct term *term;
        bool named = attribute_of_label(r, i, &a, &term);
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
                                  !term->superlative && !term->comparative;
        degree[q->n_attributes] = !term ? 0 : term->superlative ? term->superlative : term->comparative;
        positions[q->n_attributes] = i;
        q->attributes[q->n_attributes++] = a;
    }
    drop_helpers(r, positions, asking, degree);
    /* "which Toyotas put out more than 550 g": the verb of a condition. */
    if (q->n_attributes == 1 && asking[0] && r->set_scope && q->n_where && !degree[0]) {
        bool number = false;
        for (size_t i = 0; i < q->n_where; i++)
            number = number || (q->where[i].number && !q->where[i].year);
        if (number && (r->which || r->list) && !r->extreme && !r->quality) q->n_attributes = 0;
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
            !related(d, q->unit->dimension) &&
            !shares_word(r, q->unit)) {
            /* "the kerb weight in km/h" */
            q->missing = MISSING_UNIT;
            q->missing_name = only->names[0];
        } else if (d == DIMENSION_MONEY && strcmp(q->unit->symbol, "lb") == 0) {
            q->unit = unit_by_symbol("\xc2\xa3"); /* "cheaper by how many pounds" */
        } else if (d != q->unit->dimension && degree[0] && only->type == ATTRIBUTE_NUMBER &&
                   d != DIMENSION_EMISSION && !related(d, q->unit->dimension)) {
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
            if (!has && (in_scope(r, &with) || !in_scope(r, &without))) q->attributes[k] = with;
            else if (!has) q->attributes[k] = with;
        }
    }
    q->loose_qualifiers = loose;
    /* "how heavy may it be when loaded": the permitted weight, where no laden weight is given. */
    int laden = qualifier_find("laden"), gross = registry_find("gross_weight"), curb = registry_find("curb_weight");
    for (size_t k = 0; k < q->n_attributes && laden >= 0 && gross >= 0; k++)
        if (q->attributes[k].attribute == curb && (q->attributes[k].qualifiers >> laden & 1) &&
            !in_scope(r, &q->attributes[k])) {
            q->attributes[k].attribute = gross;
            q->attributes[k].qualifiers &= ~(1ull << laden);
        }
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

struct query_attribute attribute_copy(struct query *q, const struct query_attribute *a)
{
    struct query_attribute copy = *a;
    copy.name = arena_strdup(&q->arena, a->name ? a->name : "");
    copy.key = arena_strdup(&q->arena, a->key ? a->key : "");
    if (!copy.name) copy.name = "";
    if (!copy.key) copy.key = "";
    return copy;
}
