/* Units and directions that stand in no header but follow from several columns together: columns of
 * units and currencies, US and imperial gallons, economy and consumption. */
#include "ingest/interpret_parts.h"

#include "vehicle/registry.h"

#include <math.h>
#include <string.h>

enum { RELATE_MAX_COLUMNS = 48, RELATE_SAMPLE = 300 };

/* ---- columns of units ---- */

static bool names_unit(const char *name)
{
    static const char *const WORDS[] = {"unit", "units", "uom", "currency", "einheit", "wahrung",
                                        "unite", "devise", "unidad", "moneda", NULL};
    struct token t[12];
    size_t n = tokens_split(name, strlen(name), TOKENS_IDENTIFIER, t, 12);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; WORDS[k]; k++)
            if (strcmp(t[i].key, WORDS[k]) == 0) return true;
    return strstr(name, "\u5355\u4f4d") || strstr(name, "\u8d27\u5e01"); /* 单位, 货币 */
}

static bool same_section(const struct interpreted_column *a, const struct interpreted_column *b)
{
    return strcmp(a->fact.section, b->fact.section) == 0;
}

static void give_units(struct interpreter *p, size_t target, size_t units, bool one,
                       const struct unit *unit)
{
    struct interpreted_column *c = &p->out->columns[target];
    c->unit_source = UNIT_FROM_COLUMN;
    if (one)
        c->fact.unit = unit;
    else
        c->unit_column = (int)p->out->columns[units].index;
    c->bare = false;
    if (c->dimension == DIMENSION_NONE && unit) c->dimension = unit->dimension;
}

void find_unit_columns(struct interpreter *p)
{
    struct interpretation *in = p->out;
    if (in->frame.layout != FRAME_ROWS || in->frame.column_years || in->frame.column_variants) return;
    for (size_t j = 0; j < in->n_columns; j++) {
        struct interpreted_column *c = &in->columns[j];
        if (c->role != ROLE_NONE || !c->n_filled || c->n_numbers || c->index == SIZE_MAX) continue;
        size_t n = gather_cells(p, j), units = 0, filled = 0, money = 0;
        const struct unit *first = NULL;
        bool one = true;
        for (size_t i = 0; i < n && filled < RELATE_SAMPLE; i++) {
            if (!p->run[i]->len) continue;
            filled++;
            const struct unit *u =
                p->run[i]->len <= 24 ? unit_parse_all(p->run[i]->text, p->run[i]->len) : NULL;
            if (!u) break;
            units++;
            money += u->dimension == DIMENSION_MONEY;
            if (first && first != u) one = false;
            if (!first) first = u;
        }
        if (filled == 0 || units * 10 < filled * 9 || units < filled) continue;
        if (filled == 1 && !names_unit(c->fact.name)) continue;
        one = one && n <= RELATE_SAMPLE;
        if (one) /* all cells, not only the sample */
            for (size_t i = 0; i < n; i++)
                one = one && (!p->run[i]->len ||
                              unit_parse_all(p->run[i]->text, p->run[i]->len) == first);
        bool given = false;
        if (money * 10 >= units * 9) {
            /* A currency: prices of the same part, else all prices. */
            for (int pass = 0; pass < 2 && !given; pass++)
                for (size_t k = 0; k < in->n_columns; k++) {
                    struct interpreted_column *to = &in->columns[k];
                    bool price = to->fact.attribute >= 0 &&
                                 REGISTRY[to->fact.attribute].dimension == DIMENSION_MONEY;
                    if (k == j || to->fact.unit || to->text ||
                        !(price || (pass == 0 && *c->fact.section && same_section(to, c) &&
                                    to->n_numbers)) ||
                        (pass == 0 && !same_section(to, c)))
                        continue;
                    give_units(p, k, j, one, first);
                    given = true;
                }
        } else {
            for (size_t k = j; k-- > 0 && !given;) {
                struct interpreted_column *to = &in->columns[k];
                if (to->text || to->role != ROLE_NONE || !to->n_numbers) continue;
                bool fits = to->fact.attribute < 0 || !first ||
                            REGISTRY[to->fact.attribute].dimension == first->dimension;
                if (to->fact.unit || to->unit_column != NO_COLUMN || !fits) break;
                give_units(p, k, j, one, first);
                given = true;
            }
        }
        if (given)
            interpret_note(p, "column '%s' holds the units of other columns", c->fact.name);
    }
}

/* ---- consumption and economy ---- */

static bool is_consumption(const struct interpreted_column *c)
{
    return c->fact.attribute >= 0 && !c->text && !c->n_parts &&
           REGISTRY[c->fact.attribute].dimension == DIMENSION_CONSUMPTION;
}

struct relation {
    const struct unit *l100, *mpg_us, *mpg_imperial, *km_l;
    size_t columns[RELATE_MAX_COLUMNS]; /* of consumption */
    double values[RELATE_MAX_COLUMNS][RELATE_SAMPLE];
    size_t n, rows;
};

static void fill_relation(struct interpreter *p, struct relation *r)
{
    struct interpretation *in = p->out;
    for (size_t j = 0; j < in->n_columns && r->n < RELATE_MAX_COLUMNS; j++) {
        const struct interpreted_column *c = &in->columns[j];
        if (!is_consumption(c)) continue;
        size_t n = gather_cells(p, j), step = n > RELATE_SAMPLE ? n / RELATE_SAMPLE : 1, at = 0;
        for (size_t i = 0; i < n && at < RELATE_SAMPLE; i += step, at++) {
            const struct unit *unit;
            double v;
            r->values[r->n][at] =
                p->run[i]->len && cell_number(p->run[i], c->style, &v, &unit) && v > 0 ? v : NAN;
        }
        r->rows = at;
        r->columns[r->n++] = j;
    }
}

/* The share of rows in which a * b is within 4 % of `product`. */
static double product_share(const struct relation *r, size_t a, size_t b, double product,
                            size_t *rows)
{
    size_t near = 0;
    *rows = 0;
    for (size_t i = 0; i < r->rows; i++) {
        double x = r->values[a][i] * r->values[b][i];
        if (isnan(x)) continue;
        (*rows)++;
        near += fabs(x / product - 1) < 0.04;
    }
    return *rows ? (double)near / (double)*rows : 0;
}

static bool may_be(const struct interpreted_column *c, const struct unit *wanted,
                   const struct unit *loose)
{
    return !c->fact.unit || c->fact.unit == wanted || (loose && c->fact.unit == loose);
}

/* A column as its header has it. */
static const char *label_of(const struct interpreter *p, const struct interpreted_column *c)
{
    const struct table_frame *f = &p->out->frame;
    if (f->layout == FRAME_ROWS && c->index < f->table->n_columns && *f->names[c->index])
        return f->names[c->index];
    return c->fact.name;
}

static void set_unit(struct interpreter *p, size_t column, const struct unit *unit,
                     const char *other)
{
    struct interpreted_column *c = &p->out->columns[column];
    if (c->fact.unit == unit) return;
    interpret_note(p, "column '%s' is in %s, as column '%s' of the same rows shows", label_of(p, c),
                   unit->symbol, other);
    c->fact.unit = unit;
    c->fact.inverse = unit->reciprocal;
    c->unit_source = UNIT_FROM_EVIDENCE;
    c->bare = false;
}

/* mpg beside L/100 km: their product tells the gallon. */
static void relate_products(struct interpreter *p, struct relation *r)
{
    struct interpretation *in = p->out;
    const struct {
        double product;
        const struct unit *economy;
    } PRODUCTS[] = {{235.2146, r->mpg_us}, {282.4809, r->mpg_imperial}, {100.0, r->km_l}};
    for (size_t a = 0; a < r->n; a++)
        for (size_t b = 0; b < r->n; b++) {
            struct interpreted_column *x = &in->columns[r->columns[a]]; /* economy */
            struct interpreted_column *y = &in->columns[r->columns[b]]; /* consumption */
            if (a == b || x->fact.qualifiers != y->fact.qualifiers) continue;
            if (y->fact.unit && y->fact.unit != r->l100) continue;
            for (size_t k = 0; k < 3; k++) {
                size_t rows;
                const struct unit *economy = PRODUCTS[k].economy;
                if (!economy || !may_be(x, economy, k < 2 ? r->mpg_us : NULL)) continue;
                if (product_share(r, a, b, PRODUCTS[k].product, &rows) < 0.8 || rows < 3) continue;
                /* The larger figures are the economy's. */
                size_t larger = 0;
                for (size_t i = 0; i < r->rows; i++) larger += r->values[a][i] > r->values[b][i];
                if (!x->fact.unit && !y->fact.unit && larger * 2 < rows) continue;
                if (x->fact.unit == r->mpg_us && economy == r->mpg_us) continue;
                set_unit(p, r->columns[a], economy, label_of(p, y));
                if (!y->fact.unit && r->l100) set_unit(p, r->columns[b], r->l100, label_of(p, x));
            }
        }
}

/* Whether the unit is written somewhere; "cty" alone only suggests one. */
static bool states_unit(const struct interpreted_column *c)
{
    return c->fact.unit && !(c->unit_source == UNIT_FROM_NAME && c->unit_implied);
}

/* Without a unit anywhere: a car gets farther on the highway and uses less there. */
static void relate_cycles(struct interpreter *p, struct relation *r)
{
    struct interpretation *in = p->out;
    int city = qualifier_find("city"), highway = qualifier_find("highway");
    if (city < 0 || highway < 0) return;
    uint64_t city_bit = (uint64_t)1 << city, highway_bit = (uint64_t)1 << highway;
    int verdict = 0;
    for (size_t a = 0; a < r->n && !verdict; a++)
        for (size_t b = 0; b < r->n && !verdict; b++) {
            struct interpreted_column *x = &in->columns[r->columns[a]];
            struct interpreted_column *y = &in->columns[r->columns[b]];
            if (!(x->fact.qualifiers & city_bit) || !(y->fact.qualifiers & highway_bit)) continue;
            if (states_unit(x) || states_unit(y) ||
                (x->fact.qualifiers & ~city_bit) != (y->fact.qualifiers & ~highway_bit))
                continue;
            size_t more = 0, less = 0;
            for (size_t i = 0; i < r->rows; i++) {
                more += r->values[b][i] > r->values[a][i];
                less += r->values[b][i] < r->values[a][i];
            }
            if (more > 0 && more >= 3 * less) verdict = 1;
            if (less > 0 && less >= 3 * more) verdict = -1;
        }
    for (size_t a = 0; a < r->n; a++) {
        struct interpreted_column *c = &in->columns[r->columns[a]];
        if (states_unit(c)) continue;
        int own = verdict;
        if (!own) { /* its size alone */
            size_t n = 0, large = 0;
            for (size_t i = 0; i < r->rows; i++)
                if (!isnan(r->values[a][i])) {
                    n++;
                    large += r->values[a][i] > 16;
                }
            if (n >= 3 && large * 4 > n * 3) own = 1;
        }
        if (!own || c->fact.inverse == (own > 0)) continue;
        c->fact.inverse = own > 0;
        c->fact.unit = NULL; /* that the name implied */
        c->unit_source = UNIT_NOWHERE;
        interpret_note(p, "column '%s' states no unit; its figures are %s", c->fact.name,
                       own > 0 ? "distances per fuel: more is more economical"
                               : "fuel per distance: less is more economical");
    }
}

void relate_columns(struct interpreter *p)
{
    if (p->out->frame.layout == FRAME_LONG || p->out->frame.column_years ||
        p->out->frame.column_variants) return;
    size_t n = 0;
    for (size_t j = 0; j < p->out->n_columns; j++) n += is_consumption(&p->out->columns[j]);
    if (!n) return;
    struct relation *r = arena_alloc(&p->out->arena, sizeof *r);
    if (!r) {
        p->failed = true;
        return;
    }
    r->l100 = unit_by_symbol("L/100 km");
    r->mpg_us = unit_by_symbol("mpg");
    r->mpg_imperial = unit_by_symbol("mpg (imperial)");
    r->km_l = unit_by_symbol("km/L");
    fill_relation(p, r);
    relate_products(p, r);
    relate_cycles(p, r);
}

/* "rpm", "at rpm", "@ 1/min", "bei U/min": a name that says nothing but the unit of engine speeds. */
static bool names_speed_alone(const struct interpreted_column *c)
{
    const char *name = c->fact.name;
    size_t len = strlen(name), at = 0;
    struct token t[4];
    if (c->fact.attribute >= 0 || len > 24) return false;
    size_t n = tokens_split(name, len, TOKENS_IDENTIFIER, t, 4);
    if (c->fact.unit) { /* taken off the name */
        return c->fact.unit->dimension == DIMENSION_ROTATION && n < 4 &&
               (n == 0 || (n == 1 && (is_small_word(t[0].key) || strcmp(t[0].key, "bei") == 0)));
    }
    if (n > 1 && (is_small_word(t[0].key) || strcmp(t[0].key, "bei") == 0)) at = t[1].begin;
    while (at < len && strchr("@ ([_", name[at])) at++;
    while (len > at && strchr(" )]", name[len - 1])) len--;
    const struct unit *u = at < len ? unit_parse_all(name + at, len - at) : NULL;
    return u && u->dimension == DIMENSION_ROTATION;
}

void relate_speeds(struct interpreter *p)
{
    struct interpretation *in = p->out;
    for (size_t j = 1; j < in->n_columns; j++) {
        struct interpreted_column *c = &in->columns[j];
        const struct interpreted_column *before = &in->columns[j - 1];
        int speed = c->text ? -1 : registry_speed_of(before->fact.attribute);
        if (speed < 0 || !same_section(c, before) || !names_speed_alone(c)) continue;
        c->fact.attribute = speed;
        c->fact.unit = unit_by_symbol("rpm");
        if (c->unit_source == UNIT_NOWHERE) c->unit_source = UNIT_FROM_NAME;
        c->dimension = DIMENSION_ROTATION;
        c->canonical = c->fact.unit;
        c->bare = false;
    }
}

void find_siblings(struct interpreter *p)
{
    struct interpretation *in = p->out;
    size_t *last = arena_array(&in->arena, REGISTRY_COUNT + 1, sizeof *last);
    size_t *first = arena_array(&in->arena, REGISTRY_COUNT + 1, sizeof *first);
    if (!last || !first) {
        p->failed = true;
        return;
    }
    for (size_t i = 0; i < REGISTRY_COUNT; i++) last[i] = first[i] = SIZE_MAX;
    for (size_t j = 0; j < in->n_columns; j++) {
        struct interpreted_column *c = &in->columns[j];
        c->sibling = SIZE_MAX;
        int a = c->fact.attribute;
        if (a < 0 || c->text || REGISTRY[a].type != ATTRIBUTE_NUMBER || !REGISTRY[a].zero_is_value)
            continue;
        if (last[a] == SIZE_MAX)
            first[a] = j;
        else
            in->columns[last[a]].sibling = j;
        last[a] = j;
    }
    for (size_t a = 0; a < REGISTRY_COUNT; a++) /* a ring */
        if (last[a] != SIZE_MAX && last[a] != first[a]) in->columns[last[a]].sibling = first[a];
}

/* ---- categories ---- */

enum { CATEGORY_PROBE = 200, CATEGORY_DISTINCT = 24 };

/* The attribute whose categories nearly all texts are; -1: none. */
static int attribute_of_texts(const struct cell *const *texts, const size_t *counts, size_t n,
                              size_t filled, const bool *taken)
{
    for (size_t a = 0; a < REGISTRY_COUNT; a++) {
        if (REGISTRY[a].type != ATTRIBUTE_CATEGORY || taken[a]) continue;
        size_t known = 0;
        for (size_t i = 0; i < n; i++)
            if (registry_read_category((int)a, texts[i]->text, texts[i]->len) >= 0) known += counts[i];
        if (known * 20 >= filled * 19) return (int)a;
    }
    return -1;
}

/* "type": bev, phev, bev: a column whose name says little is what its cells are. */
void name_by_categories(struct interpreter *p)
{
    struct interpretation *in = p->out;
    bool *taken = arena_array(&in->arena, REGISTRY_COUNT + 1, sizeof *taken);
    if (!taken) {
        p->failed = true;
        return;
    }
    for (size_t j = 0; j < in->n_columns; j++)
        if (in->columns[j].fact.attribute >= 0) taken[in->columns[j].fact.attribute] = true;
    for (size_t j = 0; j < in->n_columns; j++) {
        struct interpreted_column *c = &in->columns[j];
        if (c->fact.attribute >= 0 || !c->text || c->role != ROLE_NONE || c->n_filled < 3) continue;
        const struct cell *texts[CATEGORY_DISTINCT];
        size_t counts[CATEGORY_DISTINCT] = {0}, n = 0, filled = 0, bytes = 0;
        size_t cells = gather_cells(p, j), step = cells > CATEGORY_PROBE ? cells / CATEGORY_PROBE : 1;
        bool many = false;
        for (size_t i = 0; i < cells && !many; i += step) {
            const struct cell *cell = p->run[i];
            if (!cell->len) continue;
            size_t k = 0;
            while (k < n && strcmp(texts[k]->text, cell->text) != 0) k++;
            many = k == CATEGORY_DISTINCT || cell->len > 60;
            if (many) break;
            if (k == n) texts[n++] = cell;
            counts[k]++;
            filled++;
            bytes += cell->len;
        }
        /* Letters and digits alone are codes of anything. */
        if (many || filled < 3 || n < 2 || bytes < 3 * filled) continue;
        int a = attribute_of_texts(texts, counts, n, filled, taken);
        if (a < 0) continue;
        c->fact.attribute = a;
        c->category = true;
        taken[a] = true;
        interpret_note(p, "column '%s' was taken as %s, which its cells name", c->fact.name,
                       REGISTRY[a].names[0]);
    }
}
