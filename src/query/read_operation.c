/* Which operation a question asks for: a value, a list, a count, a ranking, a comparison; and in which order. */
#include "query/reading.h"

#include <string.h>

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

/* Conditions on the attribute that is asked say nothing new: "is it a four-cylinder or what, how many". Of figures
 * that a comparator was said of they do: "the most expensive under 30,000". */
static void drop_asked_conditions(struct query *q)
{
    size_t kept = 0;
    for (size_t i = 0; i < q->n_where; i++) {
        bool asked = false, bound = q->where[i].number && q->where[i].said;
        for (size_t k = 0; k < q->n_attributes && !bound; k++)
            asked = asked || (q->where[i].attribute.attribute >= 0 && !q->where[i].year &&
                              q->where[i].attribute.attribute == q->attributes[k].attribute);
        if (!asked) q->where[kept++] = q->where[i];
    }
    q->n_where = kept;
}

static enum aggregate average_of(const struct reading *r)
{
    return r->median ? AGGREGATE_MEDIAN : AGGREGATE_AVERAGE;
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
void read_group(struct reading *r)
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

/* "total price of A and B", "average range of A, B and C": one figure out of those of the vehicles named. */
static bool computes_named(struct reading *r, int order)
{
    struct query *q = r->q;
    if (q->n_attributes == 0 || order || r->difference || r->compare || r->rank) return false;
    int id = q->attributes[0].attribute;
    bool money = id >= 0 && REGISTRY[id].dimension == DIMENSION_MONEY, whole = r->sum;
    for (size_t i = 0; i < r->l->n_tokens && money; i++)
        whole = whole || strncmp(r->l->tokens[i].key, "gesamt", 6) == 0; /* "Gesamtpreis" */
    bool sum = r->total || (whole && money), average = r->average && !is_consumption(q);
    if (!sum && !average) return false;
    q->op = QUERY_AGGREGATE;
    q->aggregate = average ? average_of(r) : AGGREGATE_SUM;
    if (q->n_attributes == 1 && sum != average) return true;
    for (size_t i = 0; i < r->l->n_labels; i++)
        if (label_is(&r->l->labels[i], average ? WORD_AVERAGE : WORD_SUM))
            reading_refuse(r, r->l->labels[i].first, r->l->labels[i].n);
    return true;
}

/* "total odometer of the Tiggo 8": of one name's entries, what is counted or driven adds up. */
static bool adds_up(const struct reading *r)
{
    const struct query *q = r->q;
    int id = q->attributes[0].attribute;
    if (!r->total || q->n_subjects != 1) return false;
    if (r->stock) return q->subjects[0].n_records > 1;
    if (id < 0) return false;
    bool adds = REGISTRY[id].dimension == DIMENSION_COUNT ? REGISTRY[id].role == ROLE_QUANTITY
                                                          : strcmp(REGISTRY[id].id, "odometer") == 0;
    const struct query_subject *s = &q->subjects[0];
    for (size_t i = 1; i < s->n_records && adds; i++)
        adds = r->c->records[s->records[i]].source == r->c->records[s->records[0]].source;
    return adds && s->n_records > 1;
}

/* An average consumption is what one entry has, too. Of the entries that a list has of one name, "of the 35S14s", it is
 * their average. */
static bool is_one_in_many_entries(const struct reading *r)
{
    const struct query *q = r->q;
    if (q->n_subjects != 1 || q->subjects[0].n_records < 2) return false;
    const struct catalog_record *first = &r->c->records[q->subjects[0].records[0]];
    bool years = false;
    for (size_t i = 1; i < q->subjects[0].n_records; i++) {
        const struct catalog_record *rec = &r->c->records[q->subjects[0].records[i]];
        if (rec->source != first->source || strcmp(rec->make_key, first->make_key) || strcmp(rec->model_key, first->model_key) ||
            strcmp(rec->trim_key, first->trim_key))
            return false;
        years = years || rec->year_first != first->year_first;
    }
    return years && !r->c->sources[first->source].prose;
}

/* "EVs with an LFP battery?" */
static bool begins_with_kind(const struct reading *r)
{
    const struct label *l = &r->l->labels[0];
    for (size_t t = 0; r->l->n_labels && l->kind == LABEL_TERM && t < l->n_terms; t++)
        if (l->terms[t].kind == TERM_CATEGORY && l->used) return true;
    return false;
}

/* "Where is the Unimog": a maker's name, of whom there is one vehicle. */
static bool names_one(const struct reading *r)
{
    const struct query *q = r->q;
    bool many = r->which || r->list || r->count || r->how_many_things || r->version_word || r->vehicle_word || r->any;
    if (many || q->n_subjects != 1 || q->subjects[0].n_records != 1 || r->l->n_labels == 0) return false;
    for (size_t i = 0; i < r->l->n_mentions; i++)
        if (r->l->mentions[i].plural) return false;
    return r->auxiliary;
}

/* "Is the Dart 1.2 Style a manual": a text of one row alone is the vehicle that is asked about, and no condition
 * beside another. */
static bool checks_row(struct reading *r)
{
    struct query *q = r->q;
    size_t which = SIZE_MAX;
    bool there = r->l->n_tokens > 1 && (r->any || !strcmp(r->l->tokens[1].key, "there"));
    if (!r->auxiliary || r->which || r->list || r->vehicle_word || there || q->n_subjects || q->n_attributes) return false;
    for (size_t i = 0; i < q->n_where; i++) {
        const struct query_condition *w = &q->where[i];
        if (w->number || w->category >= 0 || !w->unique || w->negated || w->or_before) continue;
        if (which != SIZE_MAX) return false;
        which = i;
    }
    if (which == SIZE_MAX || q->n_where < 2) return false;
    for (size_t t = 0; t < r->c->n_terms; t++) {
        const struct catalog_term *term = &r->c->terms[t];
        const struct catalog_column *col = &r->c->columns[term->column];
        if (term->count != 1 || strcmp(term->key, q->where[which].key)) continue;
        const struct catalog_source *src = &r->c->sources[col->source];
        size_t *records = arena_array(&q->arena, src->n_records + 1, sizeof *records);
        struct query_condition *only = arena_alloc(&q->arena, sizeof *only);
        if (!records || !only) {
            r->failed = true;
            return false;
        }
        for (size_t k = 0; k < src->n_records; k++) records[k] = src->first_record + k;
        *only = q->where[which];
        q->subjects[q->n_subjects++] = (struct query_subject){.name = only->text, .label = term->text, .records = records,
                                                              .n_records = src->n_records, .exact = true, .only = only};
        memmove(&q->where[which], &q->where[which + 1], (q->n_where - which - 1) * sizeof *q->where);
        q->n_where--;
        return true;
    }
    return false;
}

/* The verb of a sentence: "is", "have", "weigh", "run". */
static bool is_predicate(const struct reading *r, size_t i)
{
    static const char VERBS[] = "run|runs|use|uses|get|gets|make|makes|need|needs|drive|come|offer|fahren|laufen|haben|kosten|wiegen|nutzen|"
                                "roulent|ont|coutent|pesent|usan|tienen|cuestan|pesan";
    const struct label *l = &r->l->labels[i];
    if (l->kind == LABEL_WORD) return label_is(l, WORD_AUXILIARY) || reading_phrase(r, l->first, VERBS) == l->n;
    bool asks = l->kind == LABEL_TERM && l->n <= 2 && l->n_terms > 0; /* "weigh", "weigh more" */
    for (size_t k = 0; k < l->n_terms && asks; k++)
        asks = l->terms[k].kind == TERM_ATTRIBUTE && (l->terms[k].asking || l->terms[k].comparative);
    return asks;
}

/* "What share of the Kassel vehicles is electric": what is said before the verb tells whose share it is, what follows
 * is counted. */
static bool read_share(struct reading *r)
{
    struct query *q = r->q;
    size_t verb = r->share;
    if (!r->share || q->missing) return false;
    while (verb < r->l->n_labels && !is_predicate(r, verb)) verb++;
    bool counted = false, lost = verb == r->l->n_labels;
    for (size_t i = 0; i < q->n_where; i++) {
        lost = lost || r->condition_at[i] == SIZE_MAX;
        q->where[i].base = r->condition_at[i] < verb;
        counted = counted || !q->where[i].base;
    }
    for (size_t i = verb; i < r->l->n_labels; i++) lost = lost || r->l->labels[i].kind == LABEL_MENTION;
    for (size_t i = r->share; i < verb; i++) lost = lost || reading_is_attribute(r, i); /* "of the price" */
    const struct label *l = &r->l->labels[r->share - 1];
    if (lost || !counted || r->average || r->sum || r->extreme || q->grouped) {
        reading_refuse(r, l->first, l->n);
        return true;
    }
    q->op = QUERY_COUNT;
    q->share = true;
    q->n_attributes = 0; /* "an LFP battery" */
    return true;
}

void read_operation(struct reading *r)
{
    struct query *q = r->q;
    if (read_share(r)) return;
    /* "the slowest to 100 km/h" */
    if (r->to_speed >= 0 && q->n_attributes == 1 && q->attributes[0].attribute >= 0 && r->attribute_order &&
        REGISTRY[q->attributes[0].attribute].dimension == DIMENSION_SPEED) {
        q->attributes[0] = (struct query_attribute){
            .attribute = r->to_speed, .name = REGISTRY[r->to_speed].names[0], .key = ""};
        r->attribute_order = -r->attribute_order;
    }
    bool comparative;
    int order = find_order(r, &comparative);
    bool several = q->n_subjects > 1 && !r->pooled;
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
    /* "how much is a Leoncino": its price. */
    const struct token *t = r->l->tokens;
    int price = registry_find("price");
    if (r->l->n_tokens > 3 && !strcmp(t[0].key, "how") && !strcmp(t[1].key, "much") && q->n_attributes == 0 &&
        q->n_subjects && price >= 0 && !order && !r->difference &&
        (!strcmp(t[2].key, "is") || !strcmp(t[2].key, "are") || !strcmp(t[2].key, "for")))
        q->attributes[q->n_attributes++] =
            (struct query_attribute){.attribute = price, .name = REGISTRY[price].names[0], .key = ""};
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
        if (computes_named(r, order)) return;
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
    bool set = r->set_scope && !names_one(r);
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
        (set || !is_consumption(q) || is_one_in_many_entries(r)) && (set || q->subjects[0].n_records > 1)) {
        q->op = QUERY_AGGREGATE;
        q->aggregate = average_of(r);
        drop_asked_conditions(q);
        return;
    }
    if (q->grouped && q->n_attributes && !r->sum && !r->range && !r->median) {
        q->op = QUERY_AGGREGATE;
        q->aggregate = r->extreme > 0 ? AGGREGATE_MOST : r->extreme < 0 ? AGGREGATE_LEAST : average_of(r);
        drop_asked_conditions(q);
        return;
    }
    if (q->grouped && q->n_attributes == 0) {
        q->op = QUERY_COUNT;
        return;
    }
    if (q->n_attributes && r->sum && (set || adds_up(r)) && !r->average) {
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
    if (set && checks_row(r)) {
        q->op = QUERY_CHECK;
        return;
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
    /* "La GS pèse-t-elle plus de 200 kg ?": a bound of one vehicle is asked for, however the sentence begins. */
    bool bound = false;
    for (size_t i = 0; i < q->n_where; i++) bound = bound || (q->where[i].number && q->where[i].said && !q->where[i].year);
    if (q->n_subjects == 1 && bound && !set && !r->which && !r->list && !q->carried && strchr(q->text, '?')) {
        q->op = QUERY_CHECK;
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
