/* Which attribute a word or a unit of the question means: of several, the one that the records in scope have. */
#include "query/reading.h"

#include <string.h>

const size_t *reading_scope(const struct reading *r, size_t *n)
{
    *n = 0;
    if (r->q->n_subjects == 0) return NULL;
    *n = r->q->subjects[0].n_records;
    return r->q->subjects[0].records;
}

bool attribute_in_scope(const struct reading *r, const struct query_attribute *a)
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

/* A column in scope that was not taken for the attribute, for its unit is another, but is called by one of its names:
 * "Restwert [€]", where a residual value is in percent. */
static bool namesake_column(const struct reading *r, int attribute, struct query_attribute *out)
{
    for (size_t i = 0; i < r->c->n_columns; i++) {
        const struct catalog_column *col = &r->c->columns[i];
        struct token t[8];
        const struct term *terms = NULL;
        size_t n_terms = 0;
        if (col->attribute >= 0) continue;
        size_t n = tokens_split(col->key, strlen(col->key), TOKENS_TEXT, t, 8);
        if (n == 0) continue;
        if (registry_match(t, n, &terms, &n_terms) != n) {
            /* "Norm-Verbrauch" is "Normverbrauch". */
            struct token one = t[0];
            for (size_t k = 1; k < n; k++) {
                if (strlen(one.key) + strlen(t[k].key) >= sizeof one.key) break;
                strcat(one.key, t[k].key);
            }
            n_terms = 0;
            if (n == 1 || registry_match(&one, 1, &terms, &n_terms) != 1) continue;
        }
        bool named = false;
        for (size_t k = 0; k < n_terms; k++)
            named = named || (terms[k].kind == TERM_ATTRIBUTE && terms[k].id == attribute && !terms[k].asking && !terms[k].code &&
                              !terms[k].superlative && !terms[k].comparative);
        struct query_attribute own = {.attribute = -1, .name = col->name, .key = col->key};
        if (!named || !attribute_in_scope(r, &own)) continue;
        *out = own;
        return true;
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
        if (attribute_in_scope(r, &plain)) score += 4;
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
        int score = attribute_in_scope(r, &a) ? 5 : 1;
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
        if (best.attribute != registry_find("acceleration") || timed.attribute < 0 || attribute_in_scope(r, &best)) break;
        if (attribute_in_scope(r, &timed)) best = timed;
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
    struct query_attribute plain = {.attribute = best.attribute, .key = ""};
    bool lost = best_score >= 0 && best.attribute >= 0 && l->kind == LABEL_TERM && *term && !attribute_in_scope(r, &plain);
    for (size_t k = 0; k < l->n_terms && lost; k++) {
        if (l->terms[k].kind != TERM_ATTRIBUTE || l->terms[k].code || !namesake_column(r, l->terms[k].id, &own)) continue;
        best = own;
        *term = NULL;
        lost = false;
    }
    /* "Which year is it from": the first registration, where that is the year that is given. */
    static const char *const YEARS[] = {"first_registration", "production_start"};
    for (size_t k = 0; lost && k < sizeof YEARS / sizeof *YEARS && REGISTRY[best.attribute].role == ROLE_YEAR; k++) {
        struct query_attribute dated = {.attribute = registry_find(YEARS[k]), .name = best.name, .key = ""};
        if (dated.attribute < 0 || !attribute_in_scope(r, &dated)) continue;
        best = dated;
        lost = false;
    }
    if (best_score < 0) return false;
    *out = best;
    return true;
}

/* How many of the question's words stand in the column's name. */
size_t reading_shared_words(const struct reading *r, const struct catalog_column *col)
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
            size_t score = 1 + 4 * reading_shared_words(r, col);
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

struct query_attribute attribute_copy(struct query *q, const struct query_attribute *a)
{
    struct query_attribute copy = *a;
    copy.name = arena_strdup(&q->arena, a->name ? a->name : "");
    copy.key = arena_strdup(&q->arena, a->key ? a->key : "");
    if (!copy.name) copy.name = "";
    if (!copy.key) copy.key = "";
    return copy;
}

bool attribute_is_engine(int attribute)
{
    static const char *const NAMES[] = {"engine_type", "engine", "engine_description"};
    for (size_t i = 0; attribute >= 0 && i < sizeof NAMES / sizeof *NAMES; i++)
        if (attribute == registry_find(NAMES[i])) return true;
    return false;
}
