/* Executing a query over the facts of the store: each operation makes rows with their cells. */
#include "query/execution.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *query_status_name(enum query_status s)
{
    static const char *const NAMES[] = {"found",         "several",        "not_found",
                                        "contradiction", "not_understood", "open"};
    return NAMES[s];
}

enum { MAX_SAME = 4 /* cells that are cited for one value of one vehicle */ };

static void not_found(struct execution *x, enum query_missing missing, const char *name)
{
    x->out->status = STATUS_NOT_FOUND;
    x->out->missing = missing;
    x->out->missing_name = name;
}

static const char *attribute_name(const struct query_attribute *a)
{
    return a->attribute >= 0 ? REGISTRY[a->attribute].names[0] : a->name;
}

/* Whether the record is one of a subject's that is told by a code. */
static bool subject_has(struct execution *x, size_t record, bool *has)
{
    *has = false;
    for (size_t s = 0; s < x->q->n_subjects && !*has; s++) {
        const struct query_subject *sub = &x->q->subjects[s];
        bool in = false;
        for (size_t i = 0; i < sub->n_records && !in; i++) in = sub->records[i] == record;
        *has = in && !sub->only;
        if (in && sub->only && !condition_met(x, record, sub->only, has, NULL)) return false;
    }
    return true;
}

/* The records that the query is about: of its subjects, or all of its documents; those that meet the
 * conditions. */
static bool matching_records(struct execution *x, const struct query_subject *only, size_t **out,
                             size_t *n)
{
    const struct query *q = x->q;
    const struct catalog *c = x->c;
    *n = 0;
    *out = arena_array(&x->out->arena, c->n_records + 1, sizeof **out);
    if (!*out) return error_memory(x->err, "a query");
    bool *in = NULL;
    if (!only && q->n_subjects) {
        in = arena_array(&x->out->arena, c->n_records + 1, sizeof *in);
        if (!in) return error_memory(x->err, "a query");
        for (size_t s = 0; s < q->n_subjects; s++)
            for (size_t i = 0; i < q->subjects[s].n_records; i++) in[q->subjects[s].records[i]] = true;
    }
    size_t total = only ? only->n_records : c->n_records;
    for (size_t i = 0; i < total; i++) {
        size_t record = only ? only->records[i] : i;
        if ((in && !in[record]) || (q->allowed && !q->allowed[record])) continue;
        if (q->documents) {
            size_t d = c->sources[c->records[record].source].document;
            bool listed = false;
            for (size_t k = 0; k < q->n_documents; k++) listed = listed || q->documents[k] == d;
            if (!listed) continue;
        }
        bool meets = !only || !only->only;
        if (!meets && !condition_met(x, record, only->only, &meets, NULL)) return false;
        if (!only && q->n_subjects && !subject_has(x, record, &meets)) return false;
        bool unknown = false, lacks = false;
        if (meets && !record_meets(x, record, &meets, &unknown)) return false;
        if (meets) (*out)[(*n)++] = record;
        else if (unknown && (q->op == QUERY_LIST || q->op == QUERY_COUNT) && !q->share && !record_lacks(x, record, &lacks)) return false;
        x->out->n_left_out += lacks;
    }
    return true;
}

static bool rows_equal(const struct result_row *a, const struct result_row *b)
{
    if (a->fact.kind != b->fact.kind) return false;
    if (a->fact.kind == VALUE_NUMBER) {
        double low = fabs(row_base(a, false) - row_base(b, false)),
               high = fabs(row_base(a, true) - row_base(b, true));
        double scale = 1e-9 * (fabs(row_base(a, true)) + 1);
        return low <= scale && high <= scale;
    }
    return strcmp(a->fact.text, b->fact.text) == 0;
}

/* Drops rows that say the same of the same vehicle: a few cells are enough. */
static void drop_repeats(struct result *r, const struct catalog *c, size_t from, size_t max)
{
    size_t kept = from;
    for (size_t i = from; i < r->n_rows; i++) {
        size_t repeats = 0;
        for (size_t k = from; k < kept; k++)
            repeats += r->rows[k].subject == r->rows[i].subject &&
                     r->rows[k].attribute == r->rows[i].attribute &&
                     c->columns[r->rows[k].column].qualifiers == c->columns[r->rows[i].column].qualifiers &&
                     rows_equal(&r->rows[k], &r->rows[i]) &&
                     strcmp(c->records[r->rows[k].record].title, c->records[r->rows[i].record].title) == 0 &&
                     strcmp(r->rows[k].fact.remark, r->rows[i].fact.remark) == 0;
        if (repeats < max) r->rows[kept++] = r->rows[i];
    }
    r->n_rows = kept;
}

/* Keeps of the rows of prose those whose sentence has the words that nothing else explains. *n: how
 * many are left. */
static void keep_by_words(struct execution *x, size_t from)
{
    struct result *r = x->out;
    const struct query *q = x->q;
    size_t kept = from;
    for (size_t i = from; i < r->n_rows; i++) {
        bool keep = true, prose = record_is_prose(x, r->rows[i].record);
        for (size_t k = 0; k < q->n_unresolved && keep; k++)
            keep = prose && row_has_words(&r->rows[i], q->unresolved[k]);
        for (size_t k = 0; prose && k < q->n_where && keep; k++) {
            if (q->where[k].year || q->where[k].records) continue;
            keep = row_has_words(&r->rows[i], q->where[k].text) ||
                   (q->where[k].category >= 0 && row_has_category(&r->rows[i], q->where[k].category));
        }
        if (keep) r->rows[kept++] = r->rows[i];
    }
    r->n_rows = kept;
}

bool execute_value(struct execution *x)
{
    const struct query *q = x->q;
    struct result *r = x->out;
    const char *missing_attribute = NULL;
    bool differ = false, any_match = false;
    struct query_subject everything = {.label = ""};
    size_t n_subjects = q->n_subjects ? q->n_subjects : 1;
    for (size_t s = 0; s < n_subjects; s++) {
        size_t *records, n, before = r->n_rows;
        const struct query_subject *sub = q->n_subjects ? &q->subjects[s] : &everything;
        if (!matching_records(x, q->n_subjects ? sub : NULL, &records, &n)) return false;
        any_match = any_match || n > 0;
        for (size_t a = 0; a < q->n_attributes; a++) {
            size_t from = r->n_rows;
            for (size_t i = 0; i < n; i++)
                if (!rows_add(x, records[i], &q->attributes[a], s, a, NULL)) return false;
            keep_by_words(x, from);
            drop_repeats(r, x->c, from, MAX_SAME);
            if (r->n_rows == from) {
                if (!missing_attribute) missing_attribute = attribute_name(&q->attributes[a]);
                continue;
            }
            for (size_t i = from + 1; i < r->n_rows; i++)
                if (!rows_equal(&r->rows[i], &r->rows[from]) ||
                    r->rows[i].column != r->rows[from].column)
                    differ = true;
        }
        if (r->n_rows - before > 1 && !variants_name(x, s)) return false;
    }
    if (r->n_rows == 0) {
        if (q->n_unresolved)
            r->status = STATUS_NOT_UNDERSTOOD;
        else if (!any_match && q->n_where)
            not_found(x, MISSING_MATCH, NULL);
        else
            not_found(x, MISSING_ATTRIBUTE, missing_attribute);
        return true;
    }
    r->status = differ ? STATUS_SEVERAL : STATUS_FOUND;
    r->missing_name = missing_attribute;
    if (missing_attribute) r->missing = MISSING_ATTRIBUTE;
    return true;
}

/* One row for each record that has a figure of the attribute. */
static bool figures(struct execution *x, const size_t *records, size_t n, const struct query_attribute *a,
                    size_t subject)
{
    struct result *r = x->out;
    for (size_t i = 0; i < n; i++) {
        size_t from = r->n_rows;
        if (!rows_add(x, records[i], a, subject, 0, NULL)) return false;
        size_t kept = from;
        for (size_t k = from; k < r->n_rows; k++)
            if (r->rows[k].fact.kind == VALUE_NUMBER && !r->rows[k].fact.implausible)
                r->rows[kept++] = r->rows[k];
        if (kept == from) r->n_left_out++;
        r->n_rows = kept;
    }
    return true;
}

/* qsort has no context: the order of the rows at hand. */
static _Thread_local int sort_sign;
static int compare_rows(const void *a, const void *b)
{
    const struct result_row *x = a, *y = b;
    double u = row_base(x, sort_sign > 0), v = row_base(y, sort_sign > 0);
    if (u != v) return (u > v ? -1 : 1) * sort_sign;
    return x->record < y->record ? -1 : x->record > y->record;
}

/* Keeps of sorted rows those that have the nth of the different values. */
static void keep_nth(struct result *r, size_t nth)
{
    size_t kept = 0, place = 0;
    double before = 0;
    for (size_t i = 0; i < r->n_rows; i++) {
        double value = row_base(&r->rows[i], sort_sign > 0);
        if (place == 0 || fabs(value - before) > 1e-9 * (fabs(before) + 1)) place++;
        before = value;
        if (place == nth) r->rows[kept++] = r->rows[i];
    }
    r->n_rows = kept;
}

static bool execute_rank(struct execution *x)
{
    const struct query *q = x->q;
    struct result *r = x->out;
    size_t *records, n;
    x->many = true;
    if (!matching_records(x, NULL, &records, &n)) return false;
    if (n == 0) {
        not_found(x, MISSING_MATCH, NULL);
        return true;
    }
    if (!figures(x, records, n, &q->attributes[0], SIZE_MAX)) return false;
    keep_one_kind(r);
    r->n_matches = r->n_rows;
    if (r->n_rows == 0) {
        not_found(x, MISSING_ATTRIBUTE, attribute_name(&q->attributes[0]));
        return true;
    }
    sort_sign = q->order ? q->order : 1;
    qsort(r->rows, r->n_rows, sizeof *r->rows, compare_rows);
    drop_repeats(r, x->c, 0, 1);
    if (q->nth > 1) {
        keep_nth(r, q->nth);
        if (r->n_rows == 0) {
            not_found(x, MISSING_MATCH, NULL);
            return true;
        }
    }
    /* The first vehicles by name, and those that tie with the last of them. */
    size_t limit = q->limit ? q->limit : 1, kept = 0, names = 0;
    for (size_t i = 0; i < r->n_rows; i++) {
        bool seen = false;
        for (size_t k = 0; k < kept && !seen; k++)
            seen = strcmp(x->c->records[r->rows[k].record].title,
                          x->c->records[r->rows[i].record].title) == 0;
        bool tie = kept && row_base(&r->rows[i], sort_sign > 0) == row_base(&r->rows[kept - 1], sort_sign > 0);
        if (names >= limit && !tie) break;
        if (seen && !tie) continue;
        if (seen) continue;
        r->rows[kept] = r->rows[i];
        r->rows[kept].best = kept == 0 || row_base(&r->rows[kept], sort_sign > 0) ==
                                              row_base(&r->rows[0], sort_sign > 0);
        kept++;
        names++;
        if (kept >= 24) break;
    }
    r->n_rows = kept;
    r->status = STATUS_FOUND;
    /* "Which has the most payload, and what does it cost?" */
    for (size_t a = 1; a < q->n_attributes && limit == 1 && q->nth <= 1; a++)
        for (size_t i = 0; i < kept; i++)
            if (!rows_add(x, r->rows[i].record, &q->attributes[a], SIZE_MAX, a, NULL)) return false;
    return true;
}

/* The values that the conditions decided by, as rows. */
static bool condition_rows(struct execution *x, size_t record, size_t subject)
{
    for (size_t i = 0; i < x->q->n_where; i++) {
        const struct query_condition *w = &x->q->where[i];
        if (w->year || w->caption || w->records || (w->attribute.attribute < 0 && !w->attribute.key[0]) ||
            condition_is_alternative(x->q, i))
            continue;
        size_t from = x->out->n_rows;
        size_t added = 0;
        if (!rows_add(x, record, &w->attribute, subject, SIZE_MAX, &added)) return false;
        /* Of a category it may be another column that says so: a minivan by the class of the car. */
        const struct condition_columns *cc =
            added || w->number ? NULL : condition_columns(x, x->c->records[record].source, w);
        if (!added && !w->number && !cc) return false;
        for (size_t k = 0; cc && k < cc->n && !added; k++) {
            const struct catalog_column *col = &x->c->columns[cc->columns[k]];
            struct query_attribute own = {.attribute = col->attribute, .key = col->key, .name = col->name,
                                          .qualifiers = col->qualifiers};
            if (!rows_add(x, record, &own, subject, SIZE_MAX, &added)) return false;
        }
        /* In the condition's unit: "over 300 miles" of a range in km. */
        for (size_t k = from; k < x->out->n_rows; k++) {
            struct result_row *row = &x->out->rows[k];
            row->condition = i;
            double low, high;
            if (!w->unit || !row->unit || row->unit == w->unit || row->fact.kind != VALUE_NUMBER) continue;
            if (!unit_convert(row->fact.low, row->unit, w->unit, &low) ||
                !unit_convert(row->fact.high, row->unit, w->unit, &high))
                continue;
            row->low = low < high ? low : high;
            row->high = low < high ? high : low;
            row->unit = w->unit;
            row->converted = true;
        }
    }
    return true;
}

enum { LIST_MAX = 500 };

static bool execute_list(struct execution *x)
{
    const struct query *q = x->q;
    struct result *r = x->out;
    size_t *records, n;
    x->many = true;
    if (!matching_records(x, NULL, &records, &n)) return false;
    r->n_matches = n;
    r->number = (double)n;
    if (n == 0) {
        not_found(x, MISSING_MATCH, NULL);
        return true;
    }
    for (size_t i = 0; i < n && r->n_rows < LIST_MAX; i++) {
        size_t from = r->n_rows;
        for (size_t a = 0; a < q->n_attributes; a++)
            if (!rows_add(x, records[i], &q->attributes[a], SIZE_MAX, a, NULL)) return false;
        if (!condition_rows(x, records[i], SIZE_MAX)) return false;
        if (r->n_rows > from) continue;
        /* A vehicle without a value to show: its first value stands for it, so that it has a cell. */
        struct fact_row *facts;
        size_t n_facts;
        if (!store_read_values(x->store, x->c, records[i], NULL, 0, &r->arena, &facts, &n_facts, x->err))
            return false;
        for (size_t k = 0; k < n_facts; k++) {
            if (facts[k].kind == VALUE_NONE || facts[k].missing_mark) continue;
            struct query_attribute own = {.attribute = x->c->columns[facts[k].column].attribute,
                                          .key = x->c->columns[facts[k].column].key,
                                          .qualifiers = x->c->columns[facts[k].column].qualifiers};
            if (!rows_add(x, records[i], &own, SIZE_MAX, SIZE_MAX, NULL)) return false;
            for (size_t j = from; j < r->n_rows; j++) r->rows[j].name_only = true;
            break;
        }
    }
    r->status = STATUS_FOUND;
    return true;
}

/* How many there are of which a share is asked: those that meet its base, and of which it is known whether they are
 * counted. */
static bool count_base(struct execution *x)
{
    const struct query *q = x->q;
    struct query base = *q;
    size_t *records, n;
    base.n_where = 0;
    for (size_t i = 0; i < q->n_where; i++)
        if (q->where[i].base) base.where[base.n_where++] = q->where[i];
    x->q = &base;
    bool ok = matching_records(x, NULL, &records, &n);
    x->q = q;
    for (size_t i = 0; ok && i < n; i++) {
        bool unknown = false, met;
        for (size_t k = 0; k < q->n_where && ok && !unknown; k++)
            if (!q->where[k].base) ok = condition_met(x, records[i], &q->where[k], &met, &unknown);
        x->out->n_base += !unknown;
        x->out->n_left_out += unknown;
    }
    return ok;
}

static bool execute_count(struct execution *x)
{
    const struct query *q = x->q;
    struct result *r = x->out;
    size_t *records, n;
    x->many = true;
    if (!matching_records(x, NULL, &records, &n)) return false;
    double sum = 0;
    bool quantities = false;
    size_t distinct = 0;
    for (size_t i = 0; i < n; i++) {
        const struct catalog_record *rec = &x->c->records[records[i]];
        sum += rec->quantity;
        quantities = quantities || rec->quantity != 1;
        bool seen = false;
        for (size_t k = 0; q->distinct && k < i && !seen; k++)
            seen = strcmp(x->c->records[records[k]].title, rec->title) == 0;
        distinct += !seen;
    }
    r->n_matches = n;
    r->number = q->distinct ? (double)distinct : quantities ? sum : (double)n;
    r->n_counted = n;
    if (q->share) {
        if (!count_base(x)) return false;
        r->number = r->n_base ? 100 * (double)n / (double)r->n_base : 0;
        quantities = false;
    }
    for (size_t i = 0; i < n && r->n_rows < LIST_MAX; i++) {
        size_t from = r->n_rows;
        int quantity = registry_find("quantity");
        if (quantities && quantity >= 0) {
            struct query_attribute a = {.attribute = quantity, .key = "", .name = ""};
            if (!rows_add(x, records[i], &a, SIZE_MAX, SIZE_MAX, NULL)) return false;
        }
        if (!condition_rows(x, records[i], SIZE_MAX)) return false;
        if (r->n_rows == from && i < 8) {
            struct fact_row *facts;
            size_t n_facts;
            if (!store_read_values(x->store, x->c, records[i], NULL, 0, &r->arena, &facts, &n_facts, x->err))
                return false;
            if (n_facts) {
                struct query_attribute own = {.attribute = x->c->columns[facts[0].column].attribute,
                                              .key = x->c->columns[facts[0].column].key,
                                              .qualifiers = x->c->columns[facts[0].column].qualifiers};
                if (!rows_add(x, records[i], &own, SIZE_MAX, SIZE_MAX, NULL)) return false;
                for (size_t j = from; j < r->n_rows; j++) r->rows[j].name_only = true;
            }
        }
    }
    if (n == 0)
        not_found(x, MISSING_MATCH, NULL);
    else
        r->status = STATUS_FOUND;
    return n == 0 || !q->grouped || groups_make(x, records, NULL, n);
}

/* Of each vehicle named its figure; one that has several, or none, leaves nothing to compute. */
static bool named_figures(struct execution *x)
{
    const struct query *q = x->q;
    struct result *r = x->out;
    for (size_t s = 0; s < q->n_subjects; s++) {
        size_t *records, n, from = r->n_rows;
        if (!matching_records(x, &q->subjects[s], &records, &n)) return false;
        if (!figures(x, records, n, &q->attributes[0], s)) return false;
        if (r->n_rows == from) {
            not_found(x, MISSING_ATTRIBUTE, attribute_name(&q->attributes[0]));
            r->missing_subject = s;
            return true;
        }
        for (size_t i = from + 1; i < r->n_rows; i++)
            if (!rows_equal(&r->rows[i], &r->rows[from])) {
                r->n_rows = 0;
                r->status = STATUS_NOT_UNDERSTOOD;
                return true;
            }
        r->n_rows = from + 1;
    }
    r->n_left_out = 0;
    return true;
}

static bool execute_aggregate(struct execution *x)
{
    const struct query *q = x->q;
    struct result *r = x->out;
    size_t *records, n;
    x->many = true;
    if (!matching_records(x, NULL, &records, &n)) return false;
    if (n == 0) {
        not_found(x, MISSING_MATCH, NULL);
        return true;
    }
    bool one_each = q->n_subjects > 1 && (q->aggregate == AGGREGATE_AVERAGE || q->aggregate == AGGREGATE_SUM);
    if (one_each) {
        if (!named_figures(x)) return false;
        if (r->status == STATUS_NOT_FOUND || r->status == STATUS_NOT_UNDERSTOOD) return true;
    } else if (!figures(x, records, n, &q->attributes[0], SIZE_MAX)) {
        return false;
    }
    size_t all = r->n_rows;
    keep_one_kind(r);
    if (one_each && r->n_rows < all) {
        r->status = STATUS_NOT_UNDERSTOOD;
        r->missing = MISSING_UNIT;
        return true;
    }
    if (r->n_rows == 0) {
        not_found(x, MISSING_ATTRIBUTE, attribute_name(&q->attributes[0]));
        return true;
    }
    /* All in the wanted unit or that of the first row. */
    const struct unit *u = q->unit && r->rows[0].unit && q->unit->dimension == r->rows[0].unit->dimension
                               ? r->rows[0].unit
                               : r->rows[0].unit;
    double sum = 0, least = INFINITY, most = -INFINITY;
    double *all_values = arena_array(&r->arena, r->n_rows, sizeof *all_values);
    size_t least_at = 0, most_at = 0, counted = 0;
    if (!all_values) return error_memory(x->err, "a query");
    for (size_t i = 0; i < r->n_rows; i++) {
        double low = r->rows[i].low, high = r->rows[i].high;
        if (u && r->rows[i].unit && r->rows[i].unit != u &&
            (!unit_convert(r->rows[i].low, r->rows[i].unit, u, &low) ||
             !unit_convert(r->rows[i].high, r->rows[i].unit, u, &high)))
            continue;
        sum += (low + high) / 2;
        all_values[counted++] = (low + high) / 2;
        double small = low < high ? low : high, large = low < high ? high : low;
        if (small < least) {
            least = small;
            least_at = i;
        }
        if (large > most) {
            most = large;
            most_at = i;
        }
    }
    r->n_counted = counted;
    r->number_unit = u;
    r->rows[least_at].best = r->rows[most_at].best = true;
    r->number = q->aggregate == AGGREGATE_AVERAGE  ? sum / (double)counted
                : q->aggregate == AGGREGATE_SUM    ? sum
                : q->aggregate == AGGREGATE_MEDIAN ? median_of(all_values, counted)
                                                   : least;
    r->number_high = q->aggregate == AGGREGATE_RANGE ? most : r->number;
    r->least = least;
    r->most = most;
    r->least_row = least_at;
    r->most_row = most_at;
    r->status = STATUS_FOUND;
    if (!q->grouped) return true;
    size_t *grouped = arena_array(&r->arena, r->n_rows + 1, sizeof *grouped);
    double *values = arena_array(&r->arena, r->n_rows + 1, sizeof *values);
    if (!grouped || !values) return error_memory(x->err, "a query");
    size_t m = 0;
    for (size_t i = 0; i < r->n_rows; i++) {
        double low = r->rows[i].low;
        if (u && r->rows[i].unit && r->rows[i].unit != u && !unit_convert(r->rows[i].low, r->rows[i].unit, u, &low))
            continue;
        grouped[m] = r->rows[i].record;
        values[m++] = low;
    }
    return groups_make(x, grouped, values, m);
}

static bool execute_check(struct execution *x)
{
    const struct query *q = x->q;
    struct result *r = x->out;
    size_t yes = 0, no = 0, *records, n;
    struct query plain = *q;
    plain.n_where = 0;
    /* Years narrow the subject; what is left is checked. */
    for (size_t i = 0; i < q->n_where; i++)
        if (q->where[i].year) plain.where[plain.n_where++] = q->where[i];
    x->q = &plain;
    bool ok = matching_records(x, &q->subjects[0], &records, &n);
    x->q = q;
    if (!ok) return false;
    for (size_t i = 0; i < n; i++) {
        bool all = true, others = true, either = false, unknown = false;
        for (size_t k = 0; k < q->n_where; k++) {
            struct query_condition w = q->where[k];
            int a = w.attribute.attribute;
            /* "Can it tow two tonnes?" asks for at least that. */
            if (w.number && !w.said && !w.year && a >= 0 && REGISTRY[a].dimension != DIMENSION_COUNT &&
                REGISTRY[a].direction == DIRECTION_MORE)
                w.comparator = COMPARE_AT_LEAST;
            bool met;
            if (!condition_met(x, records[i], &w, &met, &unknown)) return false;
            bool alternative = condition_is_alternative(q, k);
            if (!alternative) others = all;
            either = met || (alternative && either);
            all = others && either;
        }
        if (unknown) {
            r->n_left_out++;
            continue;
        }
        if (all) yes++;
        else no++;
        size_t from = r->n_rows;
        if (!condition_rows(x, records[i], 0)) return false;
        for (size_t k = from; k < r->n_rows && q->n_where == 1 && q->where[0].marks; k++) {
            /* What the letter stands for. */
            char mark = equipment_mark(r->rows[k].fact.text);
            if (!r->rows[k].fact.remark[0] && mark && strlen(r->rows[k].fact.text) < 4) r->rows[k].fact.remark = mark == 's' ? "standard" : mark == 'o' ? "optional" : "not available";
        }
    }
    if (yes + no == 0) {
        const struct query_condition *w = q->n_where ? &q->where[0] : NULL;
        not_found(x, MISSING_ATTRIBUTE, w ? attribute_name(&w->attribute) : NULL);
        return true;
    }
    drop_repeats(r, x->c, 0, 1);
    r->verdict = no == 0 ? 1 : yes == 0 ? 0 : -1;
    r->status = r->verdict < 0 ? STATUS_SEVERAL : STATUS_FOUND;
    return r->n_rows < 2 || variants_name(x, 0);
}

static bool execute_describe(struct execution *x)
{
    const struct query *q = x->q;
    struct result *r = x->out;
    for (size_t s = 0; s < q->n_subjects; s++) {
        size_t *records, n;
        if (!matching_records(x, &q->subjects[s], &records, &n)) return false;
        for (size_t i = 0; i < n && r->n_rows < LIST_MAX; i++) {
            const struct catalog_source *src = &x->c->sources[x->c->records[records[i]].source];
            for (size_t col = src->first_column; col < src->first_column + src->n_columns; col++) {
                const struct fact_row *facts;
                size_t n_facts;
                if (!facts_get(x, records[i], col, &facts, &n_facts)) return false;
                if (!n_facts) continue;
                struct query_attribute own = {.attribute = x->c->columns[col].attribute,
                                              .key = x->c->columns[col].key,
                                              .qualifiers = x->c->columns[col].qualifiers};
                size_t from = r->n_rows;
                if (!rows_add(x, records[i], &own, s, SIZE_MAX, NULL)) return false;
                size_t kept = from;
                for (size_t k = from; k < r->n_rows; k++)
                    if (r->rows[k].column == col) r->rows[kept++] = r->rows[k];
                r->n_rows = kept;
            }
        }
    }
    if (r->n_rows == 0)
        not_found(x, q->n_where ? MISSING_MATCH : MISSING_ATTRIBUTE, NULL);
    else
        r->status = STATUS_FOUND;
    return true;
}

bool query_execute(struct result *out, const struct query *q, const struct catalog *c,
                   struct store *store, struct error *err)
{
    *out = (struct result){.verdict = -1};
    struct execution x = {.out = out, .q = q, .c = c, .store = store, .err = err};
    if (q->missing) {
        not_found(&x, q->missing, q->missing_name);
        return true;
    }
    if (q->op == QUERY_OPEN) {
        out->status = STATUS_OPEN;
        return true;
    }
    if (q->op == QUERY_NONE || (q->n_unresolved && q->op != QUERY_VALUE)) {
        out->status = STATUS_NOT_UNDERSTOOD;
        return true;
    }
    bool ok = false;
    size_t records = 0;
    for (size_t s = 0; s < q->n_subjects; s++) records += q->subjects[s].n_records;
    x.many = q->n_subjects == 0 || records > 64;
    switch (q->op) {
    case QUERY_VALUE: ok = execute_value(&x); break;
    case QUERY_COMPARE: ok = execute_compare(&x); break;
    case QUERY_RANK: ok = execute_rank(&x); break;
    case QUERY_LIST: ok = execute_list(&x); break;
    case QUERY_COUNT: ok = execute_count(&x); break;
    case QUERY_AGGREGATE: ok = execute_aggregate(&x); break;
    case QUERY_CHECK: ok = q->n_subjects > 1 ? execute_compare(&x) : execute_check(&x); break;
    case QUERY_DESCRIBE: ok = execute_describe(&x); break;
    case QUERY_NONE:
    case QUERY_OPEN: break;
    }
    if (!ok) result_free(out);
    return ok;
}

void result_free(struct result *r)
{
    arena_free(&r->arena);
    *r = (struct result){0};
}
