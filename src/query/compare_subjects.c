/* Comparing the vehicles that a question names. */
#include "query/execution.h"

#include <math.h>
#include <string.h>

/* Least and most of a subject's rows, in the base unit; false: it has no figure. */
static bool bounds(const struct result *r, size_t subject, double *low, double *high, size_t *row)
{
    bool any = false;
    for (size_t i = 0; i < r->n_rows; i++) {
        if (r->rows[i].subject != subject || r->rows[i].fact.kind != VALUE_NUMBER) continue;
        double a = row_base(&r->rows[i], false), b = row_base(&r->rows[i], true);
        if (!any || a < *low) *low = a;
        if (!any || b > *high) *high = b;
        if (!any) *row = i;
        any = true;
    }
    return any;
}

bool execute_compare(struct execution *x)
{
    const struct query *q = x->q;
    struct result *r = x->out;
    if (q->n_attributes == 0) {
        r->status = STATUS_NOT_UNDERSTOOD;
        r->missing = MISSING_ATTRIBUTE;
        return true;
    }
    /* As a look-up of the same attribute for each. */
    struct query look_up = *q;
    look_up.op = QUERY_VALUE;
    x->q = &look_up;
    bool ok = execute_value(x);
    x->q = q;
    if (!ok || r->status == STATUS_NOT_FOUND || r->status == STATUS_NOT_UNDERSTOOD) return ok;
    compare_found(r, q);
    return true;
}

void compare_found(struct result *r, const struct query *q)
{
    r->status = STATUS_FOUND;
    r->missing = MISSING_NOTHING;
    r->missing_name = NULL;
    /* Figures without a unit are not mixed with such that have one. */
    bool united = false;
    for (size_t i = 0; i < r->n_rows; i++) united = united || r->rows[i].unit;
    size_t kept = 0;
    for (size_t i = 0; i < r->n_rows; i++)
        if (!united || r->rows[i].unit || r->rows[i].fact.kind != VALUE_NUMBER) r->rows[kept++] = r->rows[i];
    r->n_rows = kept;
    double low[QUERY_MAX_SUBJECTS], high[QUERY_MAX_SUBJECTS];
    size_t first[QUERY_MAX_SUBJECTS];
    bool varies = false;
    for (size_t s = 0; s < q->n_subjects; s++) {
        if (!bounds(r, s, &low[s], &high[s], &first[s])) {
            r->status = STATUS_NOT_FOUND;
            r->missing = MISSING_ATTRIBUTE;
            r->missing_name = q->subjects[s].label;
            r->missing_subject = s;
            return;
        }
        varies = varies || high[s] - low[s] > 1e-9 * (fabs(low[s]) + 1);
        const struct unit *u = r->rows[first[s]].unit, *v = r->rows[first[0]].unit;
        double unused;
        if ((u != NULL) != (v != NULL) || (u && !unit_convert(1, u, v, &unused))) {
            r->status = STATUS_NOT_UNDERSTOOD;
            r->missing = MISSING_UNIT;
            return;
        }
    }
    int sign = q->order ? q->order : 1;
    size_t best = 0;
    for (size_t s = 1; s < q->n_subjects; s++)
        if (sign > 0 ? high[s] > high[best] : low[s] < low[best]) best = s;
    bool clear = true, tie = false;
    for (size_t s = 0; s < q->n_subjects; s++) {
        if (s == best) continue;
        if (sign > 0 ? low[best] < high[s] : high[best] > low[s]) clear = false;
        if (low[best] == low[s] && high[best] == high[s] && !varies) tie = true;
    }
    if (!clear) r->status = STATUS_SEVERAL; /* their versions overlap: no winner is named */
    for (size_t i = 0; i < r->n_rows; i++)
        r->rows[i].best = clear && !tie && r->rows[i].subject == best;
    r->winner = best;
    if (q->n_subjects == 2) {
        /* In the unit of the answer, so that the figures shown have the difference shown. */
        const struct result_row *a = &r->rows[first[0]], *b = &r->rows[first[1]];
        double v = b->low;
        if (a->unit && b->unit && a->unit != b->unit) unit_convert(b->low, b->unit, a->unit, &v);
        r->number = fabs(a->low - v);
        r->number_unit = a->unit;
        if (q->op == QUERY_CHECK)
            r->verdict = !clear ? -1 : tie ? 0 : best == 0 ? 1 : 0;
        r->has_difference = !varies;
    }
}
