#include "vehicle/unit_table.h"
#include "vehicle/value_part.h"

#include <math.h>

/* Half a unit in the last place, relative to the value. */
static double rounding(double v, int decimals)
{
    if (v == 0) return 1;
    double half = 0.5;
    for (int i = 0; i < decimals && i < 12; i++) half /= 10;
    return fmin(half / fabs(v), 0.2);
}

static bool close_to(double a, double b, double tolerance)
{
    return fabs(a - b) <= tolerance * fmax(fabs(a), fabs(b));
}

static double disagreement(const struct part *a, const struct unit *a_unit, const struct part *b,
                           const struct unit *b_unit)
{
    double low, high;
    if (!unit_convert(b->value.low, b_unit, a_unit, &low) ||
        !unit_convert(b->value.high, b_unit, a_unit, &high))
        return 1;
    if (low > high) {
        double v = low;
        low = high;
        high = v;
    }
    double d = 0;
    if (a->value.low != 0 || low != 0)
        d = fabs(a->value.low - low) / fmax(fabs(a->value.low), fabs(low));
    if (a->value.high != 0 || high != 0)
        d = fmax(d, fabs(a->value.high - high) / fmax(fabs(a->value.high), fabs(high)));
    return d;
}

static const struct unit *variant_of(const struct unit *u, bool imperial)
{
    for (size_t i = 0; i < UNIT_VARIANTS_COUNT; i++)
        if ((int)UNIT_VARIANTS[i].unit == u->id)
            return unit_of(imperial ? UNIT_VARIANTS[i].imperial : UNIT_VARIANTS[i].us);
    return NULL;
}

bool parts_agree(struct part *a, struct part *b)
{
    const struct unit *u = a->value.unit, *v = b->value.unit;
    if (!u || !v || u->id == v->id || u->dimension != v->dimension || a->range != b->range)
        return false;
    double tolerance =
        0.03 + rounding(a->value.low, a->form.decimals) + rounding(b->value.low, b->form.decimals);
    double plain = disagreement(a, u, b, v), best = plain;
    const struct unit *a_best = u, *b_best = v;
    const struct unit *imperial = variant_of(u, true);
    if (imperial && disagreement(a, imperial, b, v) < best - 0.01) {
        best = disagreement(a, imperial, b, v);
        a_best = imperial;
    }
    imperial = variant_of(v, true);
    if (imperial && disagreement(a, u, b, imperial) < best - 0.01) {
        best = disagreement(a, u, b, imperial);
        a_best = u;
        b_best = imperial;
    }
    if (u->id == UNIT_TON && disagreement(a, unit_of(UNIT_T), b, v) < best - 0.01) {
        best = disagreement(a, unit_of(UNIT_T), b, v);
        a_best = unit_of(UNIT_T);
        b_best = v;
    }
    if (v->id == UNIT_TON && disagreement(a, u, b, unit_of(UNIT_T)) < best - 0.01) {
        best = disagreement(a, u, b, unit_of(UNIT_T));
        a_best = u;
        b_best = unit_of(UNIT_T);
    }
    if (!close_to(1, 1 - best, tolerance)) return false;
    a->value.unit = a_best;
    b->value.unit = b_best;
    return true;
}
