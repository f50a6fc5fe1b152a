#include "vehicle/value.h"
#include "vehicle/unit_table.h"
#include "vehicle/value_cell.h"

#include <math.h>
#include <string.h>

/* ---- assembly ---- */

enum { MAX_OUT = VALUE_MAX_PARTS };

struct assembly {
    struct cell *cell;
    struct part out[MAX_OUT];
    size_t n;
    unsigned group;
    bool more;
    size_t label_begin, label_end; /* words that wait for the next part */
    bool colon;                    /* they end in ':' */
    size_t labelled, bare_labels;
    bool reject;
};

static void trim_span(const char *text, size_t *begin, size_t *end)
{
    while (*begin < *end && (text[*begin] == ' ' || text[*begin] == ':' || text[*begin] == ',' ||
                             text[*begin] == '='))
        (*begin)++;
    while (*end > *begin && (text[*end - 1] == ' ' || text[*end - 1] == ':' ||
                             text[*end - 1] == ',' || text[*end - 1] == '='))
        (*end)--;
}

/* Gives the words [begin, end) to all parts of the last group. */
static void add_remark(struct assembly *a, size_t begin, size_t end, bool condition)
{
    if (a->n == 0) return;
    trim_span(a->cell->text, &begin, &end);
    if (begin >= end) return;
    unsigned group = a->out[a->n - 1].value.group;
    for (size_t i = 0; i < a->n; i++) {
        struct value_part *v = &a->out[i].value;
        if (v->group != group) continue;
        if (condition) a->out[i].condition = true;
        bool after = v->remark_end > v->remark_begin && begin >= v->remark_end;
        bool between = false;
        for (size_t k = 0; after && k < a->n; k++)
            if (a->out[k].value.begin >= v->remark_end && a->out[k].value.end <= begin)
                between = true;
        if (v->remark_end == v->remark_begin) {
            v->remark_begin = begin;
            v->remark_end = end;
        } else if (after && !between) {
            size_t open = v->remark_begin;
            if (open > 0 && char_is_opening((unsigned char)a->cell->text[open - 1]))
                v->remark_begin = open - 1; /* with both brackets */
            v->remark_end = end;
            if (char_is_opening((unsigned char)a->cell->text[begin - 1]) && end < a->cell->len &&
                char_is_closing((unsigned char)a->cell->text[end]))
                v->remark_end = end + 1;
        }
    }
}

static bool add_part(struct assembly *a, const struct part *p, bool same_group)
{
    if (a->n == MAX_OUT) {
        a->more = true;
        return false;
    }
    if (a->n > 0 && !same_group) a->group++;
    struct part *o = &a->out[a->n];
    *o = *p;
    o->value.group = a->group;
    if (same_group) { /* the remark is the group's */
        for (size_t i = 0; i < a->n; i++)
            if (a->out[i].value.group == a->group) {
                o->value.remark_begin = a->out[i].value.remark_begin;
                o->value.remark_end = a->out[i].value.remark_end;
                break;
            }
    }
    a->n++;
    if (a->label_end > a->label_begin) {
        bool labelled = !same_group;
        if (labelled) {
            o->labelled = true;
            a->labelled++;
            if (!o->unit_written && !a->colon) a->bare_labels++;
            size_t begin = a->label_begin, end = a->label_end;
            trim_span(a->cell->text, &begin, &end);
            o->value.remark_begin = begin;
            o->value.remark_end = end;
        }
        a->label_begin = a->label_end = 0;
        a->colon = false;
    }
    return true;
}

/* Whether p says in another unit what the last group says, which may be in the column's own. */
static bool same_quantity(struct assembly *a, struct part *p)
{
    if (a->n == 0 || !p->unit_written) return false;
    unsigned group = a->out[a->n - 1].value.group;
    struct part *last = &a->out[a->n - 1];
    if (!last->unit_written && a->cell->c.unit) {
        struct part bare = *last;
        bare.value.unit = a->cell->c.unit;
        if (!parts_agree(&bare, p)) return false;
        last->value.unit = bare.value.unit;
        last->unit_written = true;
        return true;
    }
    for (size_t i = 0; i < a->n; i++)
        if (a->out[i].value.group == group && a->out[i].value.unit &&
            a->out[i].value.unit->id == p->value.unit->id)
            return false;
    for (size_t i = a->n; i-- > 0 && a->out[i].value.group == group;)
        if (a->out[i].unit_written && parts_agree(&a->out[i], p)) return true;
    return false;
}

/* Conditions, not values: a speed of rotation behind power, "0-100 km/h" beside a time. */
static bool is_condition(const struct cell *cell, const struct part *p, uint32_t sign)
{
    if (!p->unit_written) return false;
    enum dimension expected = cell->c.dimension, d = p->value.unit->dimension;
    if (d == expected) return false;
    if (d == DIMENSION_ROTATION) return expected != DIMENSION_NONE;
    if (expected == DIMENSION_TIME)
        return d == DIMENSION_SPEED || (d == DIMENSION_LENGTH && sign == 0);
    return false;
}

static void take_words(struct assembly *a, size_t begin, size_t end, bool joined)
{
    bool colon = end > begin && a->cell->text[end - 1] == ':';
    if (a->n > 0 && joined && !colon) {
        add_remark(a, begin, end, false);
        return;
    }
    if (a->label_end == a->label_begin) a->label_begin = begin;
    a->label_end = end;
    a->colon = colon;
}

/* "65 km/h (40 mph)-75 km/h (47 mph)": the upper end of what the last group says in this unit. */
static bool joined_range(struct assembly *a, const struct part *p)
{
    if (a->n == 0 || !p->unit_written || p->range) return false;
    unsigned group = a->out[a->n - 1].value.group;
    for (size_t i = 0; i < a->n; i++) {
        struct part *q = &a->out[i];
        if (q->value.group != group || q->range || !q->value.unit ||
            q->value.unit->id != p->value.unit->id || p->value.low <= q->value.low)
            continue;
        q->value.high = p->value.low;
        q->form_high = p->form;
        q->range = true;
        return true;
    }
    return false;
}

/* "(kgm@ rpm)", "[l/100km]": units behind numbers that have none. */
static bool take_unit_bracket(struct assembly *a, size_t begin, size_t end)
{
    const char *text = a->cell->text;
    size_t used;
    if (a->n == 0 || a->cell->c.dimension == DIMENSION_COUNT) return false;
    const struct unit *u = unit_parse(text + begin, end - begin, &used);
    if (!u) return false;
    size_t stop = spaces_end(text, end, begin + used);
    if (stop < end && text[stop] != '@' && text[stop] != '/') return false;
    bool any = false;
    unsigned group = a->out[a->n - 1].value.group;
    for (size_t i = 0; i < a->n; i++)
        if (!a->out[i].unit_written && a->out[i].value.group == group) {
            a->out[i].value.unit = u;
            a->out[i].unit_written = true;
            any = true;
        }
    return any;
}

/* What stands in brackets behind the last part: the same in other units, other values with words of
 * their own, or a remark. items (open, close) exclusive. */
static void take_bracket(struct assembly *a, size_t open, size_t close)
{
    struct cell *cell = a->cell;
    size_t begin = cell->items[open].end;
    size_t end = close < cell->n_items ? cell->items[close].begin : cell->len;
    begin = spaces_end(cell->text, cell->len, begin);
    if (begin >= end) return;
    if (take_unit_bracket(a, begin, end)) return;
    bool all = true, any = false, words = false;
    for (size_t i = open + 1; i < close; i++) {
        struct item *it = &cell->items[i];
        if (it->kind == ITEM_WORDS) words = true;
        if (it->kind == ITEM_OPEN || it->kind == ITEM_AT || it->kind == ITEM_CLOSE) all = false;
        if (it->kind != ITEM_PART) continue;
        any = true;
        struct part probe = cell->parts[it->part];
        struct part last = a->out[a->n - 1];
        enum dimension d = probe.unit_written ? probe.value.unit->dimension : DIMENSION_NONE;
        const struct unit *u = last.unit_written ? last.value.unit : cell->c.unit;
        bool same = probe.unit_written && u && d == u->dimension && d != DIMENSION_NONE &&
                    cell->c.dimension != DIMENSION_COUNT;
        if (!same) all = false;
    }
    if (!any || !all) {
        add_remark(a, begin, end, true);
        return;
    }
    bool joined = false;
    for (size_t i = open + 1; i < close; i++) {
        struct item *it = &cell->items[i];
        if (it->kind == ITEM_WORDS) {
            take_words(a, it->begin, it->end, joined);
        } else if (it->kind == ITEM_SEPARATOR) {
            joined = false;
        } else if (it->kind == ITEM_PART) {
            struct part p = cell->parts[it->part];
            bool upper = a->n > 1 && a->out[a->n - 2].range && joined_range(a, &p);
            bool same = a->label_end == a->label_begin && same_quantity(a, &p);
            if (upper) {
                joined = true;
                continue;
            }
            const struct unit *last = a->out[a->n - 1].value.unit;
            if (!same && !words && (!last || p.value.unit->id != last->id)) {
                /* another unit and no words: the same thing, badly converted; not to be counted */
                add_remark(a, it->begin, it->end, true);
            } else if (!add_part(a, &p, same)) {
                return;
            }
            joined = true;
        }
    }
    a->label_begin = a->label_end = 0;
}

/* "245/180 hp/kW": as many units as numbers. The units' items start at i (a separator). */
static size_t take_unit_list(struct assembly *a, size_t i)
{
    struct cell *cell = a->cell;
    const struct unit *units[4];
    size_t n = 1, used, next = i;
    if (a->n < 2 || !a->out[a->n - 1].unit_written) return i;
    units[0] = a->out[a->n - 1].value.unit;
    while (n < 4 && next + 1 < cell->n_items && cell->items[next].kind == ITEM_SEPARATOR &&
           cell->items[next].sign == '/' && cell->items[next + 1].kind == ITEM_WORDS) {
        const struct item *w = &cell->items[next + 1];
        const struct unit *u = unit_parse_all(cell->text + w->begin, w->end - w->begin);
        if (!u) {
            u = unit_parse(cell->text + w->begin, w->end - w->begin, &used);
            if (!u || u->dimension != units[0]->dimension) break;
            size_t at = w->begin + used; /* "kW/PS" as one word */
            units[n++] = u;
            while (n < 4 && at < w->end && cell->text[at] == '/') {
                u = unit_parse(cell->text + at + 1, w->end - at - 1, &used);
                if (!u) break;
                units[n++] = u;
                at += 1 + used;
            }
        } else {
            units[n++] = u;
        }
        next += 2;
    }
    if (n < 2 || a->n < n) return i;
    for (size_t k = 0; k + 1 < n; k++)
        if (a->out[a->n - n + k].unit_written) return i;
    size_t first = a->n - n;
    for (size_t k = 0; k < n; k++) {
        a->out[first + k].value.unit = units[k];
        a->out[first + k].unit_written = true;
    }
    unsigned group = a->out[first].value.group;
    for (size_t k = 1; k < n; k++) {
        bool agree = parts_agree(&a->out[first], &a->out[first + k]);
        a->out[first + k].value.group = agree ? group : ++group;
    }
    a->group = group;
    return next;
}

/* Bare numbers of a list take the unit that the list states: "18 / 25 / 21 mpg". */
static void spread_units(struct assembly *a)
{
    for (size_t i = a->n; i-- > 1;) {
        struct part *p = &a->out[i - 1], *next = &a->out[i];
        if (p->chain != next->chain || p->unit_written || !next->unit_written) continue;
        p->value.unit = next->value.unit;
        p->unit_written = true;
    }
    for (size_t i = 1; i < a->n; i++) {
        struct part *p = &a->out[i], *before = &a->out[i - 1];
        if (p->chain != before->chain || p->unit_written || !before->unit_written) continue;
        p->value.unit = before->value.unit;
        p->unit_written = true;
    }
}

static bool looks_like_rotation(const struct cell *cell, const struct part *value,
                                const struct part *p)
{
    enum dimension d = cell->c.dimension;
    if (d == DIMENSION_NONE && value->unit_written) d = value->value.unit->dimension;
    if ((d != DIMENSION_POWER && d != DIMENSION_TORQUE) || p->unit_written) return false;
    double low = p->value.low, high = p->value.high;
    if (low < 500 || high > 20000 || fmod(low, 10) != 0 || fmod(high, 10) != 0) return false;
    return p->range ? low >= 800 : low >= 1000 && low >= 3 * value->value.high;
}

/* "96/130" in a column of kW: the second is the first in a unit that the cell does not name. */
static bool looks_converted(const struct cell *cell, const struct part *value, const struct part *p)
{
    static const enum unit_id PAIRS[][2] = {
        {UNIT_KW, UNIT_PS},           {UNIT_KW, UNIT_HP},       {UNIT_KG, UNIT_LB},
        {UNIT_MM, UNIT_IN},           {UNIT_CM, UNIT_IN},       {UNIT_M, UNIT_FT},
        {UNIT_KM, UNIT_MI},           {UNIT_KMH, UNIT_MPH},     {UNIT_NM, UNIT_LB_FT},
        {UNIT_NM, UNIT_KGF_M},        {UNIT_L, UNIT_GAL},       {UNIT_L, UNIT_GAL_IMP},
        {UNIT_L, UNIT_CU_FT},         {UNIT_CC, UNIT_CU_IN},    {UNIT_L_100KM, UNIT_MPG},
        {UNIT_L_100KM, UNIT_MPG_IMP}, {UNIT_L_100KM, UNIT_KM_L}};
    const struct unit *u = cell->c.unit;
    if (!u || value->unit_written || p->unit_written || value->range || p->range) return false;
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
        for (int k = 0; k < 2; k++) {
            double v;
            if (u->factor != unit_of(PAIRS[i][k])->factor ||
                u->dimension != unit_of(PAIRS[i][k])->dimension)
                continue;
            if (unit_convert(value->value.low, u, unit_of(PAIRS[i][1 - k]), &v) &&
                fabs(v - p->value.low) <= 0.007 * fabs(v))
                return true;
        }
    }
    return false;
}

/* "V6 3.5L 280 hp" where power is expected: the litres are words before it. */
static void drop_leading_part(struct assembly *a, const struct part *p)
{
    enum dimension d = a->cell->c.dimension;
    if (a->n == 0 || d == DIMENSION_NONE || !p->unit_written || p->value.unit->dimension != d)
        return;
    const struct part *last = &a->out[a->n - 1];
    if (!last->unit_written || last->value.unit->dimension == d) return;
    if (a->n > 1 && a->out[a->n - 2].value.group == last->value.group) return;
    a->label_begin = last->value.begin;
    a->label_end = last->value.end;
    if (last->value.remark_end > last->value.remark_begin) {
        if (last->value.remark_begin < a->label_begin) a->label_begin = last->value.remark_begin;
        if (last->value.remark_end > a->label_end) a->label_end = last->value.remark_end;
    }
    if (last->labelled) a->labelled--;
    a->n--;
    if (a->group > 0) a->group--;
}

static void assemble(struct assembly *a)
{
    struct cell *cell = a->cell;
    bool joined = false, at_speed = false;
    uint32_t sign = 0;
    unsigned chain = 0;
    for (size_t i = 0; i < cell->n_items; i++) {
        struct item *it = &cell->items[i];
        switch (it->kind) {
        case ITEM_PART: {
            struct part p = cell->parts[it->part];
            bool alone =
                a->n == 0 && i + 1 < cell->n_items && cell->items[i + 1].kind == ITEM_SEPARATOR;
            if (at_speed && a->n > 0 && (sign == 0 || sign == '+')) {
                add_remark(a, it->begin, it->end, true);
                break;
            }
            if (is_condition(cell, &p, alone ? '/' : sign) ||
                (a->n > 0 && sign == '/' && looks_like_rotation(cell, &a->out[a->n - 1], &p))) {
                bool rotation = !p.unit_written || p.value.unit->dimension == DIMENSION_ROTATION;
                if (a->n > 0 && (rotation || sign == 0))
                    add_remark(a, it->begin, it->end, true);
                else
                    take_words(a, it->begin, it->end, false);
                break;
            }
            bool foreign = a->n > 0 && sign == 0 && joined && p.unit_written &&
                           cell->c.dimension != DIMENSION_NONE &&
                           p.value.unit->dimension != cell->c.dimension;
            bool fitting = a->n > 0 && a->out[a->n - 1].unit_written &&
                           a->out[a->n - 1].value.unit->dimension == cell->c.dimension;
            bool converted =
                a->n > 0 && sign == '/' && looks_converted(cell, &a->out[a->n - 1], &p);
            if ((foreign && (fitting || !a->out[a->n - 1].unit_written)) || converted) {
                add_remark(a, it->begin, it->end, converted); /* "2.0L I4 16V" */
                if (converted) sign = 0;
                break;
            }
            if (sign == 0 && joined) drop_leading_part(a, &p);
            if (sign == 0 && a->n > 0 && joined && !p.unit_written) { /* "4 m 20", "150 2" */
                if (cell->items[i - 1].kind == ITEM_PART) a->reject = true;
                add_remark(a, it->begin, it->end, false);
                break;
            }
            if (sign == '-' && joined_range(a, &p)) {
                joined = true;
                sign = 0;
                break;
            }
            bool in_list = a->n > 0 && (sign == '/' || sign == ',' || sign == '&' || sign == 'x' ||
                                        sign == '-' || sign == '|');
            if (!in_list) chain++;
            p.chain = chain;
            bool same = a->label_end == a->label_begin && sign != 'x' && sign != '+' &&
                        same_quantity(a, &p);
            if (a->n > 0 && sign == 0 && !same && cell->c.dimension == DIMENSION_NONE)
                a->reject = true; /* "100kW EV with 50kWh battery" */
            if (!add_part(a, &p, same)) return;
            if (same) a->out[a->n - 1].chain = ++chain;
            joined = true;
            at_speed = false;
            sign = 0;
            break;
        }
        case ITEM_WORDS:
            if (at_speed && a->n > 0 && sign == 0)
                add_remark(a, it->begin, it->end, true);
            else
                take_words(a, it->begin, it->end, joined);
            break;
        case ITEM_SEPARATOR: {
            size_t behind = it->sign == '/' ? take_unit_list(a, i) : i;
            if (behind > i) {
                i = behind - 1;
                break;
            }
            sign = it->sign;
            joined = false;
            if (sign != '+') at_speed = false;
            break;
        }
        case ITEM_OPEN: {
            size_t close = it->close;
            if (a->n > 0 && (joined || at_speed) && sign == 0) {
                take_bracket(a, i, close);
            } else {
                size_t end = close < cell->n_items ? cell->items[close].begin : cell->len;
                take_words(a, it->end, end, false);
                a->colon = true; /* brackets set a label off as a colon does */
            }
            i = close < cell->n_items ? close : cell->n_items - 1;
            break;
        }
        case ITEM_CLOSE:
            break;
        case ITEM_AT:
            at_speed = true;
            sign = 0;
            break;
        }
    }
    if (a->label_end > a->label_begin) add_remark(a, a->label_begin, a->label_end, false);
}

/* ---- value or text ---- */

static bool is_known_remark(const char *text, size_t len, size_t at)
{
    static const char *const WORDS[] = {
        "wltp",      "nedc",      "nefz",      "epa",       "cltc",      "cltp",       "jc08",
        "sae",       "din",       "ece",       "iso",       "vda",       "eu",         "uk",
        "us",        "awd",       "fwd",       "rwd",       "4wd",       "2wd",        "4x4",
        "4x2",       "mt",        "at",        "cvt",       "dct",       "dsg",        "city",
        "highway",   "combined",  "manual",    "automatic", "auto",      "front",      "rear",
        "petrol",    "diesel",    "electric",  "hybrid",    "net",       "gross",      "usable",
        "nominal",   "braked",    "unbraked",  "standard",  "optional",  "comb",       "hwy",
        "cty",       "ac",        "dc",        "peak",      "max",       "min",        "mixed",
        "msrp",      "rrp",       "uvp",       "ttc",       "ht",        "inkl",       "zzgl",
        "vat",       "ex",        "otr",       "est",       "estimated", "turbo",      "sport",
        "eco",       "boost",     "each",      "per",       "total",     "overall",    "kombiniert",
        "innerorts", "außerorts", "mixte",     "urbain",    "route",     "ciudad",     "carretera",
        "mixto",     "manuell",   "automatik", "serie",     "gebremst",  "ungebremst", "vorne",
        "hinten",    "kpl",       "wmtc",      "artc",      "ar",        "mini",       "maxi",
        "base",      "rpm",       "tripm",     "pure",      "range"};
    size_t end;
    return TEXT_ANY_WORD(text, len, at, WORDS, &end);
}

/* What is counted, not measured. */
static bool is_counted(const char *text, size_t len, size_t at)
{
    static const char *const WORDS[] = {
        "cyl",       "cylinder", "cylinders", "zylinder", "zyl",    "cylindres",
        "cilindros", "door",     "doors",     "türen",    "portes", "puertas",
        "seat",      "seats",    "sitze",     "places",   "plazas", "valves",
        "ventile",   "soupapes", "gears",     "gänge",    "speed",  "speeds",
        "vitesses",  "star",     "stars",     "airbags",  "owners", "motors"};
    size_t end;
    return TEXT_ANY_WORD(text, len, at, WORDS, &end);
}

/* Whether what stands beside the part lets it be a value in this column. */
static bool remark_fits(const struct cell *cell, const struct part *p)
{
    const struct value_part *v = &p->value;
    const char *text = cell->text;
    size_t begin = v->remark_begin, end = v->remark_end;
    if (begin == end) return true;
    size_t words = span_words(text, begin, end);
    enum dimension d = cell->c.dimension;
    if (p->condition) return words <= 20;
    if (d == DIMENSION_NONE) {
        if (p->labelled || !p->unit_written || words > 3) return false;
        return !span_has_digit(text, begin, end);
    }
    if (d == DIMENSION_COUNT) return words <= 6;
    if (p->unit_written) return words <= 14;
    if (p->labelled) return words <= 6;
    if (words > 6) return false;
    if (d == DIMENSION_VOLUME
            ? p->form.decimals != 1 && span_has_digit(text, begin, end)
            : span_has_digit(text, begin, end) && !is_known_remark(text, cell->len, begin))
        return false;
    if (is_counted(text, cell->len, begin)) return false; /* "4 cyl" among displacements */
    size_t n;
    uint32_t c = char_at(text, cell->len, begin, &n);
    if (d == DIMENSION_VOLUME && p->form.decimals == 1) return true; /* "2.0 TDI" */
    bool capital = c != char_lower(c) || (c >= '0' && c <= '9');
    return !capital || is_known_remark(text, cell->len, begin);
}

/* Bare numbers that are names, serials or years: "007", "1901-1930", "1FTFW1ET5DFC10312". */
static bool is_name(const struct part *p)
{
    if (p->unit_written) return false;
    if (p->form.leading_zero && p->form.decimals == 0) return true;
    if (p->form.digits > 15) return true;
    return p->range && p->form.digits >= 4 && p->form_high.digits >= 2 && !p->form.separated &&
           !p->form_high.separated;
}

static bool product_fits(const struct assembly *a)
{
    size_t n = 0, digits = 0;
    const struct cell *cell = a->cell;
    for (size_t i = 0; i < cell->n_items; i++)
        if (cell->items[i].kind == ITEM_SEPARATOR && cell->items[i].sign == 'x') n++;
    if (n == 0) return true;
    for (size_t i = 0; i < a->n; i++) digits += a->out[i].form.digits >= 3;
    if (a->n >= 3 && n >= 2) return true;
    if (cell->c.dimension == DIMENSION_LENGTH || cell->c.dimension == DIMENSION_AREA) return true;
    if (a->out[a->n - 1].unit_written && a->out[a->n - 1].value.unit->dimension == DIMENSION_LENGTH)
        return true;
    return a->n == 2 && digits == 2; /* "2 x 150 kW" is no value */
}

static bool is_value(const struct assembly *a)
{
    const struct cell *cell = a->cell;
    enum dimension d = cell->c.dimension;
    if (a->n == 0 || a->reject || !product_fits(a)) return false;
    if (a->bare_labels > 0 && d != DIMENSION_COUNT && a->bare_labels < 2) return false;
    for (size_t i = 0; i < a->n; i++) {
        const struct part *p = &a->out[i];
        if (!remark_fits(cell, p)) return false;
        if (d == DIMENSION_NONE && !cell->c.unit && is_name(p)) return false;
        /* words first: only before a value of the kind that is expected */
        if (i == 0 && p->labelled && p->unit_written && p->value.unit->dimension != d) return false;
    }
    return true;
}

/* ---- values ---- */

static bool is_unit_alone(const char *text, size_t len)
{
    return unit_parse_all(text, len) != NULL;
}

/* A cell of digits, points and commas alone: most cells are. */
static bool read_plain(struct value *out, const char *text, size_t len, enum number_style style,
                       const struct unit *unit, enum dimension dimension)
{
    if (len > 20) return false;
    for (size_t i = 0; i < len; i++)
        if (!(text[i] >= '0' && text[i] <= '9') && text[i] != '.' && text[i] != ',') return false;
    struct part p = {.value.end = len};
    size_t used;
    if (!number_parse_form(text, len, style, &p.value.low, &used, &p.form) || used != len)
        return false;
    if (dimension == DIMENSION_NONE && (is_name(&p) || value_is_code(text, len))) return true;
    if (value_is_code(text, len)) return false;
    p.value.high = p.value.low;
    p.value.unit = dimension == DIMENSION_COUNT ? NULL : unit;
    p.value.remark_begin = p.value.remark_end = len;
    out->kind = VALUE_NUMBER;
    out->n_parts = 1;
    out->parts[0] = p.value;
    return true;
}

/* A cell that cannot be a value: letters first where nothing is known of the column, or no digit.
 */
static bool is_plain_text(const char *text, size_t len, enum dimension dimension)
{
    size_t used, n;
    if (dimension == DIMENSION_COUNT) return false;
    uint32_t c = char_at(text, len, 0, &n);
    bool letter = c < 0x80 && char_is_letter(c);
    for (size_t i = 0; i < len; i++)
        if ((text[i] >= '0' && text[i] <= '9') || (unsigned char)text[i] >= 0x80) {
            if (!letter || dimension != DIMENSION_NONE) return false;
            return number_word(text, len, &used) == 0 && prefix_word(text, len, 0, &used) == 0 &&
                   unit_parse(text, len, &used) == NULL;
        }
    if (dimension != DIMENSION_NONE && unit_parse_all(text, len)) return false; /* a unit alone */
    return number_word(text, len, &used) == 0 && prefix_word(text, len, 0, &used) == 0;
}

void value_parse(struct value *out, const char *text, size_t len, enum number_style style,
                 const struct unit *unit, enum dimension dimension)
{
    out->kind = VALUE_NONE;
    out->n_parts = 0;
    out->more = false;
    size_t begin = spaces_end(text, len, 0), n;
    while (len > begin && (unsigned char)text[len - 1] <= ' ') len--;
    if (begin >= len) return;
    const char *cell_text = text + begin;
    size_t cell_len = len - begin;
    bool digit = number_digit(cell_text, cell_len, &n) >= 0;
    if (!digit && cell_len < 48) {
        out->kind = value_word_kind(cell_text, cell_len);
        if (out->kind != VALUE_TEXT) return;
    }
    if (dimension == DIMENSION_NONE && unit) dimension = unit->dimension;
    out->kind = VALUE_TEXT;
    if (digit ? read_plain(out, cell_text, cell_len, style, unit, dimension)
              : is_plain_text(cell_text, cell_len, dimension))
        goto shift;
    if (digit && value_is_code(cell_text, cell_len)) return;
    if (dimension == DIMENSION_COUNT && value_read_count(out, cell_text, cell_len)) goto shift;

    struct cell cell;
    cell.text = cell_text;
    cell.len = cell_len;
    cell.c = (struct part_context){style, unit, dimension, false};
    cell_read_items(&cell);
    if (cell.prose) return;
    if (cell.n_parts == 0) {
        bool expected = dimension != DIMENSION_NONE && dimension != DIMENSION_COUNT;
        if (expected && is_unit_alone(cell_text, cell_len)) out->kind = VALUE_NONE; /* " bhp" */
        return;
    }
    struct assembly a;
    a.cell = &cell;
    a.n = a.labelled = a.bare_labels = a.label_begin = a.label_end = 0;
    a.group = 0;
    a.more = cell.cut;
    a.colon = a.reject = false;
    assemble(&a);
    spread_units(&a);
    if (!is_value(&a)) return;
    out->kind = VALUE_NUMBER;
    out->more = a.more;
    out->n_parts = a.n;
    for (size_t i = 0; i < a.n; i++) {
        out->parts[i] = a.out[i].value;
        if (!a.out[i].unit_written && dimension != DIMENSION_COUNT) out->parts[i].unit = unit;
    }
shift:
    for (size_t i = 0; i < out->n_parts; i++) {
        struct value_part *v = &out->parts[i];
        v->begin += begin;
        v->end += begin;
        v->remark_begin += begin;
        v->remark_end += begin;
        if (v->remark_begin >= v->remark_end) v->remark_begin = v->remark_end = v->end;
    }
}
