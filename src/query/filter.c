/* Whether a record meets the conditions of a query. */
#include "query/execution.h"
#include "query/label.h"

#include <math.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool compare(enum comparator c, double value_low, double value_high, double low, double high)
{
    double tolerance = 1e-9 * (fabs(low) + 1);
    switch (c) {
    case COMPARE_EQUAL:
        return value_low <= low + tolerance && value_high >= low - tolerance &&
               (value_high - value_low <= tolerance || (value_low <= low && low <= value_high));
    case COMPARE_NOT_EQUAL: return !(fabs(value_low - low) <= tolerance);
    case COMPARE_LESS: return value_high < low - tolerance;
    case COMPARE_AT_MOST: return value_high <= low + tolerance;
    case COMPARE_MORE: return value_low > low + tolerance;
    case COMPARE_AT_LEAST: return value_low >= low - tolerance;
    case COMPARE_BETWEEN: return value_low >= low - tolerance && value_high <= high + tolerance;
    case COMPARE_ABOUT: return fabs((value_low + value_high) / 2 - low) <= 0.05 * fabs(low) + tolerance;
    }
    return false;
}

static bool plausible(const struct query_condition *w, double value)
{
    if (w->attribute.attribute < 0) return false;
    const struct attribute *a = &REGISTRY[w->attribute.attribute];
    const struct unit *u = a->unit ? unit_by_symbol(a->unit) : NULL;
    double v;
    return u && a->low < a->high && unit_convert(value, w->unit, u, &v) && v >= a->low && v <= a->high;
}

/* A fact against a condition on a number. *known: the fact can be compared. */
static bool number_met(const struct query_condition *w, const struct fact_row *f, bool *known)
{
    *known = false;
    if (f->kind != VALUE_NUMBER || f->missing_mark || f->implausible) return false;
    double low = f->low, high = f->high;
    const struct unit *unit = f->unit ? f->unit : f->likely_unit;
    /* A figure without a unit is taken to have the condition's only where it is plausible in it. */
    if (w->unit && !unit && !plausible(w, low)) return false;
    if (w->unit && unit && w->unit != unit) {
        if (!unit_convert(f->low, unit, w->unit, &low) || !unit_convert(f->high, unit, w->unit, &high))
            return false;
        if (low > high) {
            double t = low;
            low = high;
            high = t;
        }
    }
    *known = true;
    return compare(w->comparator, low, high, w->low, w->high);
}

/* A cell of a column whose name says nothing, as the category of a condition; -1: none. One letter is
 * no code there ("D" of a tax band, "A1001" of a stock list). */
static int plain_category(const struct query_condition *w, const char *text)
{
    size_t len = strcspn(text, ",;(");
    if (len < 3 || strcspn(text, "0123456789") < len) return -1;
    return cell_category(w->attribute.attribute, text);
}

/* "14.03.2021", "03/2021" */
static bool date_has_year(const char *text, const char *year)
{
    for (const char *at = strstr(text, year); at; at = strstr(at + 1, year))
        if ((at == text || !isdigit((unsigned char)at[-1])) && !isdigit((unsigned char)at[4])) return true;
    return false;
}

char equipment_mark(const char *text)
{
    static const char *const STANDARD[] = {"S", "Std", "std", "standard", "Standard", "\xe2\x97\x8f", "\xe2\x80\xa2", "\xe2\x96\xa0"};
    static const char *const OPTIONAL[] = {"O", "Opt", "opt", "optional", "Optional", "\xe2\x97\x8b", "\xe2\x96\xa1"};
    static const char *const NONE[] = {"-", "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x88\x92"};
    for (size_t i = 0; i < sizeof STANDARD / sizeof *STANDARD; i++)
        if (!strcmp(text, STANDARD[i])) return 's';
    for (size_t i = 0; i < sizeof OPTIONAL / sizeof *OPTIONAL; i++)
        if (!strcmp(text, OPTIONAL[i])) return 'o';
    for (size_t i = 0; i < sizeof NONE / sizeof *NONE; i++)
        if (!strcmp(text, NONE[i])) return '-';
    return 0;
}

static bool text_met(const struct query_condition *w, const struct fact_row *f, bool *known)
{
    if (w->marks) {
        char mark = f->kind == VALUE_YES ? 's' : f->kind == VALUE_NO ? '-' : equipment_mark(f->text);
        *known = mark != 0;
        bool has = w->mark ? mark == w->mark : mark == 's' || mark == 'o';
        return mark && has == (w->truth > 0);
    }
    *known = f->kind != VALUE_NONE && !f->missing_mark;
    if (!*known) return false;
    if (w->truth) {
        /* "Full width", "20 in": there is one, unless it says no. */
        bool no = strcasecmp(f->text, "n") == 0 || strcasecmp(f->text, "no") == 0 || strcmp(f->text, "-") == 0;
        bool has = f->kind != VALUE_NO && !no && !(f->kind == VALUE_NUMBER && f->high == 0);
        return has == (w->truth > 0);
    }
    if (w->category >= 0) {
        int category = f->category;
        if (category < 0 && f->kind == VALUE_TEXT) category = plain_category(w, f->text);
        if (category >= 0 && registry_category_is(category, w->category)) return true;
        if (f->kind == VALUE_YES || f->kind == VALUE_NO)
            return strcmp(CATEGORIES[w->category].id, f->kind == VALUE_YES ? "yes" : "no") == 0;
        if (!w->key[0]) return false;
    }
    if (w->part && strlen(w->key) == 4 && strspn(w->key, "0123456789") == 4) return date_has_year(f->text, w->key);
    struct buffer key = {0};
    tokens_key(f->text, strlen(f->text), TOKENS_TEXT, &key);
    bool same = !key.failed && (w->part ? key_has_run(buffer_text(&key), w->key)
                                        : strcmp(buffer_text(&key), w->key) == 0);
    buffer_free(&key);
    return same;
}

/* Whether a caption, the document's title or its name has a word of the category. */
bool source_says(const struct catalog *c, size_t source, int category)
{
    const struct catalog_source *s = &c->sources[source];
    const struct catalog_document *d = &c->documents[s->document];
    const char *const texts[] = {s->caption, d->title, d->name};
    for (size_t i = 0; i < 3; i++) {
        struct token t[64];
        size_t n = tokens_split(texts[i], strlen(texts[i]), TOKENS_IDENTIFIER, t, 64);
        for (size_t k = 0; k < n; k++) {
            const struct term *terms = NULL;
            size_t n_terms = 0;
            if (!label_match_inflected(&t[k], n - k, &terms, &n_terms)) continue;
            for (size_t j = 0; j < n_terms; j++)
                if (terms[j].kind == TERM_CATEGORY && !terms[j].code && registry_category_is(terms[j].id, category))
                    return true;
        }
    }
    return false;
}

static bool caption_met(const struct execution *x, size_t record, const struct query_condition *w)
{
    return source_says(x->c, x->c->records[record].source, w->category);
}

static bool year_met(const struct catalog_record *r, const struct query_condition *w, bool *known)
{
    *known = r->year_first != 0;
    if (!*known) return false;
    int last = r->year_last ? r->year_last : 9999;
    if (w->comparator == COMPARE_EQUAL) return r->year_first <= w->low && w->low <= last;
    return compare(w->comparator, r->year_first, r->year_last ? r->year_last : r->year_first, w->low,
                   w->high);
}

/* A record whose source has no column for the kind of vehicle. */
static bool car_met(struct execution *x, size_t record, const struct query_condition *w, bool *met)
{
    const struct catalog_source *s = &x->c->sources[x->c->records[record].source];
    size_t last = SIZE_MAX;
    size_t source = x->c->records[record].source;
    /* Records of a source follow each other: its words are read once. */
    if (x->kind_source != source + 1) {
        int motorcycle = category_find("kind_motorcycle");
        x->kind_source = source + 1;
        x->of_motorcycles = motorcycle >= 0 && source_says(x->c, source, motorcycle) && !source_says(x->c, source, w->category);
    }
    *met = !x->of_motorcycles;
    for (size_t i = 0; i < x->c->n_terms && *met; i++) {
        const struct catalog_term *t = &x->c->terms[i];
        if (t->column < s->first_column || t->column >= s->first_column + s->n_columns || t->category < 0 ||
            t->column == last)
            continue;
        int kind = t->category;
        while (kind >= 0 && strcmp(REGISTRY[CATEGORIES[kind].attribute].id, "vehicle_kind")) kind = CATEGORIES[kind].parent;
        if (kind < 0 || registry_category_is(kind, w->category)) continue;
        last = t->column;
        const struct fact_row *facts;
        size_t n;
        if (!facts_get(x, record, t->column, &facts, &n)) return false;
        for (size_t k = 0; k < n; k++)
            if (facts[k].category >= 0 && !registry_category_is(facts[k].category, w->category) &&
                !strcmp(REGISTRY[CATEGORIES[facts[k].category].attribute].id, "vehicle_kind"))
                *met = false;
    }
    if (w->negated) *met = !*met;
    return true;
}

/* The texts of a column whose name says nothing: categories of the condition's attribute, the condition's
 * own among them, in "type" with "bev" and "phev". */
struct plain_texts {
    size_t n, read, own;
};

static bool is_of_category(const struct plain_texts *p)
{
    return p->own > 0 && p->read * 2 >= p->n;
}

static bool count_plain_texts(struct execution *x, const struct catalog_source *s,
                              const struct query_condition *w, struct plain_texts **out)
{
    *out = arena_array(&x->out->arena, s->n_columns ? s->n_columns : 1, sizeof **out);
    if (!*out) {
        error_memory(x->err, "a query");
        return false;
    }
    memset(*out, 0, (s->n_columns ? s->n_columns : 1) * sizeof **out);
    for (size_t i = 0; i < x->c->n_terms; i++) {
        const struct catalog_term *t = &x->c->terms[i];
        if (t->column < s->first_column || t->column >= s->first_column + s->n_columns) continue;
        const struct catalog_column *column = &x->c->columns[t->column];
        if (column->attribute >= 0 && REGISTRY[column->attribute].role != ROLE_NONE) continue;
        struct plain_texts *p = &(*out)[t->column - s->first_column];
        int category = t->category >= 0 ? -1 : plain_category(w, t->text);
        p->n++;
        p->read += category >= 0;
        p->own += category >= 0 && registry_category_is(category, w->category);
    }
    return true;
}

/* The columns of a source that a condition is about: looked for once. */
const struct condition_columns *condition_columns(struct execution *x, size_t source, const struct query_condition *w)
{
    for (struct condition_columns *c = x->condition_columns; c; c = c->next)
        if (c->source == source && c->text == w->text && c->category == w->category &&
            c->attribute == w->attribute.attribute && c->key == w->key)
            return c;
    struct condition_columns *c = arena_alloc(&x->out->arena, sizeof *c);
    if (!c) {
        error_memory(x->err, "a query");
        return NULL;
    }
    *c = (struct condition_columns){.source = source, .text = w->text, .category = w->category,
                                    .attribute = w->attribute.attribute, .key = w->key,
                                    .next = x->condition_columns};
    x->condition_columns = c;
    const struct catalog_source *s = &x->c->sources[source];
    if (w->attribute.attribute >= 0 || w->attribute.key[0])
        c->n = columns_find(x->c, source, &w->attribute, w->unit, c->columns);
    if (w->number || w->truth || (c->n && w->category < 0)) return c;
    /* The columns that hold the text, or texts of the category: a fuel may stand in "Engine Type". */
    struct plain_texts *plain_texts = NULL;
    if (w->category >= 0 && !count_plain_texts(x, s, w, &plain_texts)) return NULL;
    for (size_t i = 0; i < x->c->n_terms && c->n < COLUMNS_MAX; i++) {
        const struct catalog_term *t = &x->c->terms[i];
        if (t->column < s->first_column || t->column >= s->first_column + s->n_columns) continue;
        bool listed = false;
        for (size_t k = 0; k < c->n; k++) listed = listed || c->columns[k] == t->column;
        if (listed) continue;
        const struct catalog_column *column = &x->c->columns[t->column];
        bool plain = column->attribute < 0 || REGISTRY[column->attribute].role == ROLE_NONE;
        bool of_category = w->category >= 0 && t->category >= 0 &&
                           registry_category_is(t->category, w->category);
        bool has_key = w->key[0] && (w->part ? key_has_run(t->key, w->key) : strcmp(t->key, w->key) == 0);
        if ((has_key && (plain || w->category < 0)) || of_category ||
            (plain && plain_texts && is_of_category(&plain_texts[t->column - s->first_column])))
            c->columns[c->n++] = t->column;
    }
    return c;
}

bool condition_met(struct execution *x, size_t record, const struct query_condition *w, bool *met,
                   bool *unknown)
{
    const struct catalog_record *rec = &x->c->records[record];
    bool known = false, any = false;
    *met = false;
    if (w->records) {
        *met = w->records[record];
        known = true;
    } else if (w->year) {
        *met = year_met(rec, w, &known);
    } else if (w->caption) {
        *met = caption_met(x, record, w);
        known = true;
    } else {
        bool kind = w->category >= 0 && !strcmp(REGISTRY[w->attribute.attribute].id, "vehicle_kind");
        /* Cars go without saying: what is said to be a truck or a motorcycle is none. */
        if (kind && !strcmp(CATEGORIES[w->category].id, "car")) return car_met(x, record, w, met);
        if (kind && !strcmp(CATEGORIES[w->category].id, "kind_car")) return car_met(x, record, w, met);
        const struct condition_columns *cc = condition_columns(x, rec->source, w);
        if (!cc) return false;
        const size_t *columns = cc->columns, n_columns = cc->n;
        for (size_t k = 0; k < n_columns && !any; k++) {
            const struct fact_row *facts;
            size_t n;
            if (!facts_get(x, record, columns[k], &facts, &n)) return false;
            for (size_t i = 0; i < n && !any; i++) {
                bool fact_known;
                any = w->number ? number_met(w, &facts[i], &fact_known)
                                : text_met(w, &facts[i], &fact_known);
                known = known || fact_known;
            }
        }
        *met = any;
        /* That cars are electric goes without saying where all are. */
        if (!any && !known && w->category >= 0 && source_is_electric(x->c, rec->source) &&
            !strcmp(REGISTRY[CATEGORIES[w->category].attribute].id, "fuel_type")) {
            known = true;
            *met = strcmp(CATEGORIES[w->category].id, "electric") == 0;
        }
        /* A document that says nothing of the kind of its vehicles: cars go without saying, others
         * where its name or caption says so. */
        const char *of = w->category >= 0 ? REGISTRY[CATEGORIES[w->category].attribute].id : "";
        kind = kind || (!known && (!strcmp(of, "body_type") || !strcmp(of, "vehicle_class")));
        if (!*met && kind) {
            *met = caption_met(x, record, w);
            known = known || *met;
        }
    }
    if (w->negated && known) *met = !*met;
    if (unknown && !known) *unknown = true;
    return true;
}

bool condition_is_alternative(const struct query *q, size_t i)
{
    if (i == 0 || !q->where[i].or_before) return false;
    const struct query_condition *before = &q->where[i - 1], *w = &q->where[i];
    return before->number == w->number && !before->year && !before->caption &&
           before->attribute.attribute == w->attribute.attribute && strcmp(before->attribute.key, w->attribute.key) == 0;
}

bool record_meets(struct execution *x, size_t record, bool *meets, bool *unknown)
{
    *meets = true;
    for (size_t i = 0; i < x->q->n_where; i++) {
        const struct query_condition *w = &x->q->where[i];
        /* One that is met stands for its alternatives; of those that are not, the last decides. */
        bool either = condition_is_alternative(x->q, i);
        if (either && *meets) continue;
        if (!*meets && !either) return true;
        /* Of prose the sentence is looked at, value by value. */
        if (record_is_prose(x, record) && !w->year && !w->records && x->q->op == QUERY_VALUE) continue;
        if (!condition_met(x, record, w, meets, unknown)) return false;
    }
    return true;
}

/* Whether the record meets the conditions but for figures that it does not have. */
bool record_lacks(struct execution *x, size_t record, bool *lacks)
{
    bool figure = false;
    *lacks = false;
    if (record_is_prose(x, record)) return true;
    for (size_t i = 0; i < x->q->n_where; i++) {
        const struct query_condition *w = &x->q->where[i];
        bool met, unknown = false;
        if (w->or_before) return true;
        if (!condition_met(x, record, w, &met, &unknown)) return false;
        if (met) continue;
        if (!unknown || !w->number || w->year) return true;
        figure = true;
    }
    *lacks = figure;
    return true;
}
