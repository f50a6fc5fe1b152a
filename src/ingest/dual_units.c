/* Columns whose cells give one quantity twice, "6,051 (2745)" under "Curb weight lb (kg)": which figure is in
 * which unit is told by the figures themselves. A unit that they do not bear out is not taken. */
#include "ingest/interpret_parts.h"

#include "vehicle/registry.h"
#include "vehicle/value.h"

#include <math.h>
#include <string.h>

enum {
    DUAL_SAMPLE = 200,
    DUAL_UNITS = 8,      /* of a column's header */
    DUAL_HEADER = 400,   /* bytes of a header that is read */
    LARGEST_MARK = 12,   /* "(1)" beside a figure may be the mark of a note up to here */
};

#define DUAL_TOLERANCE 0.03 /* sources round, and misprint a cell now and then */

struct dual_cells {
    double first[DUAL_SAMPLE], second[DUAL_SAMPLE];
    double rounding[DUAL_SAMPLE]; /* half a unit of the second figure's last place */
    size_t n;
    bool marks; /* the second figures may be marks of notes */
};

static size_t skip_blanks(const char *text, size_t len, size_t at)
{
    while (at < len && text[at] == ' ') at++;
    return at;
}

/* "6,051 (2745)": two figures, the second in brackets, and nothing else. *open: of the bracket. */
static bool read_dual(const char *text, size_t len, enum number_style style, double *first, double *second,
                      double *rounding, size_t *open)
{
    size_t used;
    struct number_form form;
    len = without_footnote(text, len);
    if (!number_parse(text, len, style, first, &used)) return false;
    size_t at = skip_blanks(text, len, used);
    if (at >= len || text[at] != '(') return false;
    *open = at;
    at = skip_blanks(text, len, at + 1);
    if (!number_parse_form(text + at, len - at, style, second, &used, &form)) return false;
    *rounding = 0.5 * pow(10, -form.decimals);
    at = skip_blanks(text, len, at + used);
    return at + 1 == len && text[at] == ')';
}

/* The figures of the column; false: most of its cells have no second one. */
static bool gather_duals(struct interpreter *p, size_t column, struct dual_cells *out)
{
    const struct interpreted_column *c = &p->out->columns[column];
    size_t n = gather_cells(p, column), filled = 0;
    *out = (struct dual_cells){.marks = true};
    for (size_t i = 0; i < n && out->n < DUAL_SAMPLE; i++) {
        const struct cell *cell = p->run[i];
        size_t open;
        if (!cell->len || is_dash_cell(cell)) continue;
        filled++;
        double *second = &out->second[out->n];
        if (!read_dual(cell->text, cell->len, c->style, &out->first[out->n], second, &out->rounding[out->n], &open))
            continue;
        if (*second < 1 || *second > LARGEST_MARK || *second != floor(*second)) out->marks = false;
        out->n++;
    }
    return out->n && out->n * 10 >= filled * 6;
}

/* Whether the second figures are the first ones in another unit, a misprint in five aside. */
static bool units_agree(const struct dual_cells *d, const struct unit *first, const struct unit *second)
{
    size_t same = 0;
    double converted;
    if (first->dimension == DIMENSION_NONE || first->dimension != second->dimension) return false;
    for (size_t i = 0; i < d->n; i++) {
        if (!unit_convert(d->first[i], first, second, &converted)) return false;
        double off = fabs(converted - d->second[i]);
        same += off <= DUAL_TOLERANCE * fabs(d->second[i]) || off <= 1.01 * d->rounding[i];
    }
    return same * 5 >= d->n * 4;
}

/* The units that the header names, in its order. */
static size_t header_units(const char *text, const struct unit **out)
{
    struct token t[64];
    size_t len = strlen(text), n = tokens_split(text, len, TOKENS_TEXT, t, 64), count = 0, end = 0;
    for (size_t i = 0; i < n && count < DUAL_UNITS; i++) {
        size_t used;
        if (t[i].begin < end || t[i].kind == TOKEN_NUMBER) continue;
        const struct unit *u = unit_parse(text + t[i].begin, len - t[i].begin, &used);
        if (!u || used == 0) continue;
        end = t[i].begin + used;
        out[count++] = u;
    }
    return count;
}

/* Units that are written beside each other. */
static const char *const COMMON[] = {"kg", "lb", "t", "mm", "cm", "m", "km", "in", "ft", "mi", "L", "cu ft", "m³",
                                     "gal", "qt", "cu in", "cm³", "psi", "kPa", "bar", "Nm", "lb-ft", "in-lb", "hp",
                                     "kW", "PS", "km/h", "mph", "°C", "°F"};

/* Takes the pair that the figures bear out; false: none, or several. */
static bool find_pair(const struct dual_cells *d, const struct unit *const *units, size_t n,
                      const struct unit **first, const struct unit **second)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            for (size_t turned = 0; turned < 2; turned++) {
                *first = units[turned ? k : i];
                *second = units[turned ? i : k];
                if (*first != *second && units_agree(d, *first, *second)) return true;
            }
    /* One unit is named: the other is the one that the figures show. */
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof COMMON / sizeof *COMMON; k++) {
            const struct unit *other = unit_by_symbol(COMMON[k]);
            if (!other || other->dimension != units[i]->dimension || other->factor == units[i]->factor) continue;
            for (size_t turned = 0; turned < 2; turned++) {
                const struct unit *a = turned ? other : units[i], *b = turned ? units[i] : other;
                if (!units_agree(d, a, b)) continue;
                if (found && (a->factor != (*first)->factor || b->factor != (*second)->factor)) return false;
                *first = a;
                *second = b;
                found++;
            }
        }
    return found > 0;
}

/* Bytes of a name without the units at its end: "Rear psi (kPa)". */
static size_t name_without_units(const char *name)
{
    struct token t[32];
    size_t len = strlen(name), n = tokens_split(name, len, TOKENS_TEXT, t, 32), used;
    if (n < 2 || n == 32) return len;
    for (size_t i = 1; i < n; i++) {
        size_t k = i;
        while (k < n && unit_parse(name + t[k].begin, len - t[k].begin, &used) && used) {
            size_t end = t[k].begin + used;
            while (k < n && t[k].begin < end) k++;
        }
        if (k == n && t[i].kind == TOKEN_WORD) return t[i - 1].end;
    }
    return len;
}

static const char *header_of(const struct interpreter *p, const struct interpreted_column *c)
{
    const struct table_frame *f = &p->out->frame;
    if (f->layout == FRAME_ROWS && c->index < p->out->table->n_columns) return f->names[c->index];
    if (f->layout == FRAME_COLUMNS && c->index < p->out->table->n_rows)
        return table_cell(p->out->table, c->index, (size_t)f->attribute_column)->text;
    return c->fact.name;
}

static void take_pair(struct interpreter *p, struct interpreted_column *c, const struct unit *first,
                      const struct unit *second)
{
    size_t len = name_without_units(c->fact.name);
    if (c->fact.name[len]) {
        const char *name = arena_strndup(&p->out->arena, c->fact.name, len);
        if (name)
            c->fact.name = name;
        else
            p->failed = true;
    }
    c->fact.unit = first;
    c->second_unit = second;
    c->unit_source = UNIT_FROM_NAME;
    c->bracket_unit = true;
    c->bare = false;
    if (c->fact.attribute >= 0 && REGISTRY[c->fact.attribute].dimension != first->dimension) {
        c->fact.attribute = -1;
        c->fact.qualifiers = 0;
        c->canonical = NULL;
    }
    c->dimension = first->dimension;
}

void find_dual_units(struct interpreter *p)
{
    struct interpretation *in = p->out;
    for (size_t j = 0; j < in->n_columns && !p->failed; j++) {
        struct interpreted_column *c = &in->columns[j];
        struct dual_cells d;
        if (c->text || c->n_parts || c->role != ROLE_NONE || c->index == SIZE_MAX || !gather_duals(p, j, &d)) continue;
        buffer_clear(&p->scratch);
        buffer_printf(&p->scratch, "%s %s %s", c->fact.section, header_of(p, c),
                      c->fact.unit ? c->fact.unit->symbol : "");
        if (p->scratch.failed || p->scratch.len > DUAL_HEADER) continue;
        const struct unit *units[DUAL_UNITS], *first, *second;
        size_t n = header_units(buffer_text(&p->scratch), units);
        if (find_pair(&d, units, n, &first, &second)) {
            take_pair(p, c, first, second);
        } else if (!d.marks && c->fact.unit) {
            interpret_note(p, "column '%s': the figures in brackets are not those before them in another unit; "
                              "no unit was taken", c->fact.name);
            c->fact.unit = NULL;
            c->unit_source = UNIT_NOWHERE;
            c->bare = true;
        }
    }
}

void take_bracket_unit(const struct interpreted_column *c, const char *text, size_t len, struct value *v)
{
    double first, second, rounding, converted;
    size_t open;
    struct value_part *a = &v->parts[0];
    if (!c->bracket_unit || v->kind != VALUE_NUMBER || v->n_parts != 1 || a->unit != c->fact.unit ||
        !read_dual(text, len, c->style, &first, &second, &rounding, &open) || a->low != first || a->high != first ||
        !unit_convert(first, c->fact.unit, c->second_unit, &converted))
        return;
    /* A misprint is shown as it is, beside the figure. */
    double off = fabs(converted - second);
    if (off > 0.05 * fabs(second) && off > 1.01 * rounding) return;
    v->parts[1] = (struct value_part){.low = second, .high = second, .unit = c->second_unit, .group = a->group,
                                      .begin = open + 1, .end = len};
    a->remark_begin = a->remark_end = 0;
    v->n_parts = 2;
}
