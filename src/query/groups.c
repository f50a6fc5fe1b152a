/* Figures of many vehicles: which of them can be compared, their median, and aggregates for each value of an attribute,
 * "average price by make". */
#include "query/execution.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_GROUPS = 500 };

/* What the record's group is called; "" where nothing says it. */
static bool group_name(struct execution *x, size_t record, const char **name)
{
    const struct query_attribute *a = &x->q->group;
    const struct catalog_record *r = &x->c->records[record];
    *name = "";
    if (a->attribute >= 0 && REGISTRY[a->attribute].role == ROLE_MAKE) *name = r->make;
    if (a->attribute >= 0 && REGISTRY[a->attribute].role == ROLE_MODEL) *name = r->model;
    if (a->attribute >= 0 && REGISTRY[a->attribute].role == ROLE_YEAR && r->year_first) {
        char *text = arena_alloc(&x->out->arena, 16);
        if (!text) return error_memory(x->err, "a query");
        text[0] = (char)('0' + r->year_first / 1000 % 10);
        text[1] = (char)('0' + r->year_first / 100 % 10);
        text[2] = (char)('0' + r->year_first / 10 % 10);
        text[3] = (char)('0' + r->year_first % 10);
        *name = text;
    }
    if ((*name)[0]) return true;
    size_t columns[COLUMNS_MAX], n = columns_find(x->c, r->source, a, NULL, columns);
    for (size_t k = 0; k < n; k++) {
        const struct fact_row *rows;
        size_t n_rows;
        if (!facts_get(x, record, columns[k], &rows, &n_rows)) return false;
        if (!n_rows || rows[0].missing_mark) continue;
        *name = rows[0].category >= 0 ? CATEGORIES[rows[0].category].names[0] : rows[0].text;
        return true;
    }
    return true;
}

static int compare_groups(const void *a, const void *b)
{
    const struct result_group *x = a, *y = b;
    if (x->number != y->number) return x->number > y->number ? -1 : 1;
    return strcmp(x->name, y->name);
}

bool groups_make(struct execution *x, const size_t *records, const double *values, size_t n)
{
    struct result *r = x->out;
    r->groups = arena_array(&r->arena, MAX_GROUPS, sizeof *r->groups);
    if (!r->groups) return error_memory(x->err, "a query");
    for (size_t i = 0; i < n; i++) {
        const char *name;
        if (!group_name(x, records[i], &name)) return false;
        if (!name[0]) {
            r->n_left_out++;
            continue;
        }
        size_t g = 0;
        while (g < r->n_groups && strcmp(r->groups[g].name, name) != 0) g++;
        if (g == r->n_groups) {
            if (g == MAX_GROUPS) {
                r->n_left_out++;
                continue;
            }
            r->groups[r->n_groups++] = (struct result_group){.name = name};
        }
        struct result_group *group = &r->groups[g];
        double v = values ? values[i] : 1;
        switch (x->q->aggregate) {
        case AGGREGATE_LEAST: group->number = group->n == 0 || v < group->number ? v : group->number; break;
        case AGGREGATE_MOST: group->number = group->n == 0 || v > group->number ? v : group->number; break;
        default: group->number += v; break;
        }
        group->n++;
    }
    if (x->q->aggregate == AGGREGATE_AVERAGE)
        for (size_t g = 0; g < r->n_groups; g++) r->groups[g].number /= (double)r->groups[g].n;
    qsort(r->groups, r->n_groups, sizeof *r->groups, compare_groups);
    return true;
}

static int compare_values(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* The middle one of the values, or the mean of the two in the middle. */
double median_of(double *values, size_t n)
{
    qsort(values, n, sizeof *values, compare_values);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* The unit that is stated, or the one that the column's figures show. */
static const struct unit *unit_of(const struct result_row *row)
{
    return row->unit ? row->unit : row->fact.likely_unit;
}

/* The currency that most of the rows have; of as many the first. */
static const char *usual_currency(const struct result *r)
{
    enum { CURRENCIES = 16 };
    const char *names[CURRENCIES];
    size_t counts[CURRENCIES], n = 0, best = 0;
    for (size_t i = 0; i < r->n_rows; i++) {
        const struct unit *u = unit_of(&r->rows[i]);
        size_t k = 0;
        if (!u || u->dimension != DIMENSION_MONEY || !u->currency) continue;
        while (k < n && strcmp(names[k], u->currency) != 0) k++;
        if (k == CURRENCIES) continue;
        if (k == n) {
            names[n] = u->currency;
            counts[n++] = 0;
        }
        counts[k]++;
    }
    for (size_t k = 1; k < n; k++)
        if (counts[k] > counts[best]) best = k;
    return n ? names[best] : NULL;
}

/* Figures without a unit are not compared with such that have one, nor across dimensions. */
void keep_one_kind(struct result *r)
{
    size_t counts[N_DIMENSIONS] = {0}, best = 0;
    for (size_t i = 0; i < r->n_rows; i++)
        counts[unit_of(&r->rows[i]) ? unit_of(&r->rows[i])->dimension : DIMENSION_NONE]++;
    /* Figures with a unit before such without, whose size nobody knows. */
    for (size_t d = 1; d < N_DIMENSIONS; d++)
        if (counts[d] > (best == DIMENSION_NONE ? 0 : counts[best])) best = d;
    const char *currency = best == DIMENSION_MONEY ? usual_currency(r) : NULL;
    size_t kept = 0;
    for (size_t i = 0; i < r->n_rows; i++) {
        const struct unit *u = unit_of(&r->rows[i]);
        bool keep = (u ? u->dimension : DIMENSION_NONE) == (enum dimension)best;
        if (keep && best == DIMENSION_MONEY) {
            keep = currency && u->currency && strcmp(currency, u->currency) == 0;
        }
        if (keep) r->rows[kept++] = r->rows[i];
    }
    r->n_left_out += r->n_rows - kept;
    r->n_rows = kept;
}
