/* Which unit the figures of a column that states none are in, where nothing else is possible: 1,332 is
 * no displacement in litres, and a CO2 figure that is 23 times the L/100 km beside it is in g/km. Kept
 * apart from what the source states: for conversions and conditions, never shown as the source's own. */
#include "ingest/interpret_parts.h"

#include "vehicle/registry.h"
#include "vehicle/value.h"

#include <math.h>
#include <string.h>

enum { LIKELY_SAMPLE = 300, LIKELY_PAIRS = 400 /* columns that are held against others */ };

enum measures { ANY_MEASURES, METRIC_ONLY, IMPERIAL_ONLY };

/* What passenger cars have. */
static const struct likely {
    const char *attribute, *unit;
    double low, high;
    enum measures measures; /* that other columns must show: kg and lb are too near to each other */
} LIKELY[] = {
    {"displacement", "L", 0.6, 8.6, ANY_MEASURES},
    {"displacement", "cc", 600, 8600, ANY_MEASURES},
    {"curb_weight", "kg", 650, 3200, METRIC_ONLY},
    {"curb_weight", "lb", 1450, 7500, IMPERIAL_ONLY},
    {"fuel_tank_capacity", "L", 25, 130, METRIC_ONLY},
    {"fuel_tank_capacity", "gal", 7, 36, IMPERIAL_ONLY},
    {"cargo_volume", "L", 100, 2600, METRIC_ONLY},
    {"cargo_volume", "cu ft", 4, 95, IMPERIAL_ONLY},
    {"length", "mm", 2300, 6700, ANY_MEASURES},
    {"length", "in", 95, 260, IMPERIAL_ONLY},
    {"length", "m", 2.3, 6.7, METRIC_ONLY},
    {"width", "mm", 1200, 2600, ANY_MEASURES},
    {"width", "in", 47, 100, IMPERIAL_ONLY},
    {"height", "mm", 1000, 2900, ANY_MEASURES},
    {"height", "in", 39, 110, IMPERIAL_ONLY},
    {"wheelbase", "mm", 1500, 4600, ANY_MEASURES},
    {"wheelbase", "in", 60, 180, IMPERIAL_ONLY},
    {"ground_clearance", "mm", 80, 400, METRIC_ONLY},
    {"ground_clearance", "in", 3.2, 15, IMPERIAL_ONLY},
    {"battery_capacity", "kWh", 2, 260, ANY_MEASURES},
    {"charging_power", "kW", 1.3, 1000, ANY_MEASURES},
    {"electric_consumption", "kWh/100 km", 2, 60, ANY_MEASURES},
    {"electric_consumption", "kWh/100 mi", 22, 65, IMPERIAL_ONLY},
    {"electric_consumption", "Wh/km", 80, 400, ANY_MEASURES},
    {"electric_consumption", "mi/kWh", 1.2, 8, IMPERIAL_ONLY},
    {"acceleration", "s", 1.7, 45, ANY_MEASURES},
    {"acceleration_0_100", "s", 1.7, 45, ANY_MEASURES},
    {"acceleration_0_60", "s", 1.7, 45, ANY_MEASURES},
};

struct likely_search {
    struct interpreter *p;
    bool metric, imperial; /* units that columns state */
    size_t pairs;          /* looked at */
    double values[LIKELY_SAMPLE];
    size_t n;
};

static bool is_attribute(const struct interpreted_column *c, const char *id)
{
    return c->fact.attribute >= 0 && strcmp(REGISTRY[c->fact.attribute].id, id) == 0;
}

static void note_measures(struct likely_search *s)
{
    static const char *const METRIC[] = {"kg", "mm", "km", "km/h", "L/100 km", "Nm", "kW", "g/km",
                                         "cm", "L", "cc", "Wh/km", "kWh/100 km"};
    static const char *const IMPERIAL[] = {"lb", "in", "mi", "mph", "mpg", "mpg (US)", "lb-ft", "ft",
                                           "gal", "cu ft", "cu in", "g/mi", "mi/kWh", "mpg (imperial)"};
    const struct interpretation *in = s->p->out;
    for (size_t j = 0; j < in->n_columns; j++) {
        const struct interpreted_column *c = &in->columns[j];
        const struct unit *units[2] = {c->fact.unit, c->cell_unit};
        for (size_t k = 0; k < 2; k++) {
            if (!units[k]) continue;
            for (size_t i = 0; i < sizeof METRIC / sizeof *METRIC; i++)
                s->metric |= strcmp(units[k]->symbol, METRIC[i]) == 0;
            for (size_t i = 0; i < sizeof IMPERIAL / sizeof *IMPERIAL; i++)
                s->imperial |= strcmp(units[k]->symbol, IMPERIAL[i]) == 0;
        }
    }
    if (!s->metric && !s->imperial)
        s->metric = *in->language && strcmp(in->language, "en") != 0;
}

/* The figures of a column, sentinels left out; NAN where a cell has none when `aligned`. */
static void take_values(struct likely_search *s, size_t column, bool aligned)
{
    const struct interpreted_column *c = &s->p->out->columns[column];
    size_t n = gather_cells(s->p, column), step = n > LIKELY_SAMPLE ? n / LIKELY_SAMPLE : 1;
    s->n = 0;
    for (size_t i = 0; i < n && s->n < LIKELY_SAMPLE; i += step) {
        const struct cell *cell = s->p->run[i];
        const struct unit *unit;
        double v = NAN;
        if (!cell->len || !cell_number(cell, c->style, &v, &unit) || v <= 0 || v == c->nines) v = NAN;
        if (aligned || !isnan(v)) s->values[s->n++] = v;
    }
}

static void set_likely(struct likely_search *s, size_t column, const char *symbol)
{
    struct interpreted_column *c = &s->p->out->columns[column];
    const struct unit *unit = unit_by_symbol(symbol);
    if (!unit || c->fact.likely_unit) return;
    c->fact.likely_unit = unit;
    interpret_note(s->p, "column '%s' states no unit; its figures look like %s", c->fact.name,
                   unit->symbol);
}

/* By size alone: nearly all figures are those of one unit, and few could be those of another. */
static void by_size(struct likely_search *s, size_t column)
{
    const struct interpreted_column *c = &s->p->out->columns[column];
    const struct likely *best = NULL;
    double best_share = 0, second = 0;
    take_values(s, column, false);
    if (s->n == 0) return;
    for (size_t i = 0; i < sizeof LIKELY / sizeof *LIKELY; i++) {
        const struct likely *l = &LIKELY[i];
        if (!is_attribute(c, l->attribute)) continue;
        if (l->measures == IMPERIAL_ONLY && !s->imperial) continue;
        size_t in_range = 0;
        for (size_t k = 0; k < s->n; k++)
            in_range += s->values[k] >= l->low && s->values[k] <= l->high;
        double share = (double)in_range / (double)s->n;
        if (l->measures == METRIC_ONLY && s->imperial && !s->metric) share = 0;
        if (share > best_share) {
            second = best_share;
            best_share = share;
            best = l;
        } else if (share > second) {
            second = share;
        }
    }
    if (!best || best_share < 0.95 || second > (s->n < 5 ? 0 : 0.6)) return;
    if (best->measures == METRIC_ONLY && !s->metric) return;
    set_likely(s, column, best->unit);
}

/* "307" with eight cylinders: as cm3 a cylinder would have 38. */
static void displacement_by_cylinders(struct likely_search *s, size_t column)
{
    const struct interpretation *in = s->p->out;
    double cylinders[LIKELY_SAMPLE];
    size_t other = SIZE_MAX, n;
    for (size_t j = 0; j < in->n_columns && other == SIZE_MAX; j++)
        if (is_attribute(&in->columns[j], "cylinders") && !in->columns[j].text) other = j;
    if (other == SIZE_MAX) return;
    take_values(s, other, true);
    n = s->n;
    memcpy(cylinders, s->values, n * sizeof *cylinders);
    take_values(s, column, true);
    size_t cc = 0, inches = 0, both = 0;
    for (size_t i = 0; i < n && i < s->n; i++) {
        double each = s->values[i] / cylinders[i];
        if (isnan(each)) continue;
        both++;
        cc += each >= 100 && each <= 1200;
        inches += each * 16.387064 >= 100 && each * 16.387064 <= 1200 && s->values[i] >= 40;
    }
    if (both >= 3 && inches * 20 >= both * 19 && cc * 10 < both)
        set_likely(s, column, "cu in");
    else if (both >= 3 && cc * 20 >= both * 19 && inches * 10 < both)
        set_likely(s, column, "cc");
}

/* CO2 follows from the fuel that is burnt: 23 g a litre of petrol per 100 km, 26 of diesel. */
static void co2_by_consumption(struct likely_search *s, size_t column)
{
    const struct interpretation *in = s->p->out;
    double co2[LIKELY_SAMPLE];
    take_values(s, column, true);
    size_t n = s->n;
    memcpy(co2, s->values, n * sizeof *co2);
    const struct unit *l100 = unit_by_symbol("L/100 km");
    for (size_t j = 0; j < in->n_columns; j++) {
        const struct interpreted_column *c = &in->columns[j];
        double factor;
        if (c->fact.attribute < 0 || c->text || c->n_parts || !c->fact.unit || !l100 ||
            REGISTRY[c->fact.attribute].dimension != DIMENSION_CONSUMPTION || s->pairs++ > LIKELY_PAIRS)
            continue;
        take_values(s, j, true);
        size_t both = 0, km = 0, miles = 0;
        for (size_t i = 0; i < n && i < s->n; i++) {
            if (isnan(co2[i]) || isnan(s->values[i]) ||
                !unit_convert(s->values[i], c->fact.unit, l100, &factor) || factor <= 0)
                continue;
            double ratio = co2[i] / factor;
            both++;
            km += ratio >= 21 && ratio <= 28;
            miles += ratio >= 34 && ratio <= 45;
        }
        if (both >= 3 && km * 5 >= both * 4) set_likely(s, column, "g/km");
        if (both >= 3 && miles * 5 >= both * 4) set_likely(s, column, "g/mi");
    }
}

/* Names that carry the power: 96 beside "KANGOO (130ch)" is in kW. */
static void power_by_names(struct likely_search *s, size_t column)
{
    static const char *const UNITS[] = {"kW", "PS", "hp"};
    const struct interpretation *in = s->p->out;
    size_t hits[3] = {0}, named = 0;
    take_values(s, column, true);
    for (size_t j = 0; j < in->n_columns && named == 0; j++) {
        const struct interpreted_column *c = &in->columns[j];
        if (c->role != ROLE_TRIM && c->role != ROLE_MODEL && c->role != ROLE_NAME) continue;
        size_t n = gather_cells(s->p, j), step = n > LIKELY_SAMPLE ? n / LIKELY_SAMPLE : 1, at = 0;
        for (size_t i = 0; i < n && at < s->n; i += step, at++) {
            struct value_part parts[4];
            if (isnan(s->values[at])) continue;
            size_t found = value_scan(s->p->run[i]->text, s->p->run[i]->len, c->style, parts, 4);
            for (size_t k = 0; k < found; k++) {
                if (!parts[k].unit || parts[k].unit->dimension != DIMENSION_POWER) continue;
                named++;
                for (size_t u = 0; u < 3; u++) {
                    double v;
                    if (unit_convert(parts[k].low, parts[k].unit, unit_by_symbol(UNITS[u]), &v) &&
                        fabs(v - s->values[at]) <= fmax(0.012 * v, 0.6))
                        hits[u]++;
                }
                break;
            }
        }
        if (named < 3) named = 0;
    }
    size_t best = 0;
    for (size_t u = 1; u < 3; u++)
        if (hits[u] > hits[best]) best = u;
    /* PS and hp differ by little: they have to differ in what they explain. */
    for (size_t u = 0; u < 3; u++)
        if (u != best && hits[u] * 2 > hits[best]) return;
    if (named && hits[best] * 10 >= named * 6) set_likely(s, column, UNITS[best]);
}

void find_likely_units(struct interpreter *p)
{
    struct interpretation *in = p->out;
    if (in->frame.column_years || in->frame.column_variants) return;
    struct likely_search *s = NULL;
    for (size_t j = 0; j < in->n_columns; j++) {
        struct interpreted_column *c = &in->columns[j];
        if (c->fact.attribute < 0 || c->text || c->n_parts || !c->bare || c->fact.unit ||
            c->unit_column != NO_COLUMN || c->role != ROLE_NONE || !c->n_numbers ||
            REGISTRY[c->fact.attribute].type != ATTRIBUTE_NUMBER)
            continue;
        if (!s) {
            s = arena_alloc(&in->arena, sizeof *s);
            if (!s) {
                p->failed = true;
                return;
            }
            s->p = p;
            note_measures(s);
        }
        if (in->frame.layout != FRAME_LONG) {
            if (is_attribute(c, "co2_emissions")) co2_by_consumption(s, j);
            if (is_attribute(c, "displacement")) displacement_by_cylinders(s, j);
            if (is_attribute(c, "power")) power_by_names(s, j);
        }
        if (!c->fact.likely_unit) by_size(s, j);
    }
}
