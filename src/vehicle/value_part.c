#include "vehicle/value_part.h"
#include "vehicle/unit_table.h"

#include <math.h>
#include <string.h>

/* ---- what may follow a number ---- */

/* "15.900,- €", "32'900.–": a stroke for no cents. */
static size_t cents_stroke(const char *text, size_t len, size_t at)
{
    size_t n, start = at;
    if (at >= len || (text[at] != ',' && text[at] != '.')) return 0;
    at++;
    uint32_t c = char_at(text, len, at, &n);
    if (!char_is_dash(c)) return 0;
    while (char_is_dash(char_at(text, len, at, &n))) at += n;
    c = char_at(text, len, at, &n);
    return c >= '0' && c <= '9' ? 0 : at - start;
}

/* A word that multiplies: "million", "k", "Tsd."; units of ten thousand and lakhs are units. */
static double multiplier(const char *text, size_t len, size_t at, size_t *end)
{
    static const struct {
        const char *word;
        double value;
    } WORDS[] = {{"million", 1e6}, {"millions", 1e6}, {"millionen", 1e6}, {"millones", 1e6},
                 {"mio", 1e6},     {"mln", 1e6},      {"thousand", 1e3},  {"tausend", 1e3},
                 {"tsd", 1e3},     {"billion", 1e9},  {"milliarden", 1e9}};
    size_t n;
    if (at < len && (text[at] == 'k' || text[at] == 'K') &&
        !char_is_letter(char_at(text, len, at + 1, &n))) {
        *end = at + 1;
        return 1e3;
    }
    at = spaces_end(text, len, at);
    if (at >= len || !strchr("mtbMTB", text[at])) return 1;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (text_word(text, len, at, WORDS[i].word, end)) {
            if (*end < len && text[*end] == '.') (*end)++;
            return WORDS[i].value;
        }
    return 1;
}

/* ---- units in their column ---- */

static bool is_sign_of(const struct unit *u, const char *text, size_t used, const char *sign)
{
    return u && used == strlen(sign) && !memcmp(text, sign, used);
}

/* What the unit's spelling means in a column of this unit and dimension. */
static const struct unit *unit_in_column(const struct part_context *c, const struct unit *u,
                                         const char *text, size_t used)
{
    const struct unit *column = c->unit;
    switch (c->dimension) {
    case DIMENSION_MONEY: /* a price of "2,450 pounds" */
        if (u->id == UNIT_LB && used >= 5 && text[0] != 'l' && text[0] != '#') return unit_of(UNIT_GBP);
        break;
    case DIMENSION_CONSUMPTION: /* "5.4 l" is said for l/100 km */
        if (u->id == UNIT_L)
            return column && column->dimension == c->dimension && !column->reciprocal
                       ? column
                       : unit_of(UNIT_L_100KM);
        break;
    case DIMENSION_ELECTRIC_CONSUMPTION:
        if (u->id == UNIT_KWH)
            return column && column->dimension == c->dimension && !column->reciprocal &&
                           column->id != UNIT_WH_KM
                       ? column
                       : unit_of(UNIT_KWH_100KM);
        break;
    case DIMENSION_EMISSION:
        if (u->id == UNIT_G)
            return column && (column->id == UNIT_G_KM || column->id == UNIT_G_MI)
                       ? column
                       : unit_of(UNIT_G_KM);
        break;
    case DIMENSION_TIME:
        if (u->id == UNIT_IN && !char_is_letter((unsigned char)*text)) return unit_of(UNIT_S);
        if (u->id == UNIT_FT && !char_is_letter((unsigned char)*text)) return unit_of(UNIT_MIN);
        break;
    case DIMENSION_TEMPERATURE:
        if (u->id == UNIT_DEGREE)
            return column && column->dimension == c->dimension ? column : unit_of(UNIT_CELSIUS);
        break;
    case DIMENSION_LENGTH:
        if (u->id == UNIT_M && column && column->id == UNIT_MI && used == 1) return column;
        break;
    default:
        break;
    }
    if (!column || column->dimension != u->dimension) return u;
    if (u->dimension == DIMENSION_MONEY) {
        bool dollar = is_sign_of(u, text, used, "$") && strchr(column->symbol, '$');
        bool yen = u->id == UNIT_JPY && column->currency && !strcmp(column->currency, "CNY");
        if (dollar || yen) return unit_by_symbol(yen ? "元" : column->symbol);
    }
    for (size_t i = 0; i < UNIT_VARIANTS_COUNT; i++) {
        const struct unit_variant *v = &UNIT_VARIANTS[i];
        if ((int)v->unit == u->id && (column->id == (int)v->us || column->id == (int)v->imperial ||
                                      (u->id == UNIT_TON && column->id == UNIT_T)))
            return column;
    }
    return u;
}

/* ---- currencies ---- */

/* "$ 300 per month", "€ 0.30/km": a rate is no price. */
static bool is_rate(const char *text, size_t len, size_t at)
{
    static const char *const PER[] = {"per", "pro", "par", "por", "a", "je", "/", NULL};
    static const char *const TIMES[] = {"mo", "mth",   "month", "monat", "mois", "mes",
                                        "yr", "annum", "day",   "week",  NULL};
    size_t end;
    at = spaces_end(text, len, at);
    for (size_t i = 0; PER[i]; i++) {
        if (!text_word(text, len, at, PER[i], &end)) continue;
        size_t next = spaces_end(text, len, end), used;
        for (size_t k = 0; TIMES[k]; k++)
            if (text_word(text, len, next, TIMES[k], &end)) return true;
        const struct unit *u = unit_parse(text + next, len - next, &used);
        if (u && (u->dimension == DIMENSION_TIME || u->dimension == DIMENSION_LENGTH ||
                  u->dimension == DIMENSION_MASS || u->dimension == DIMENSION_ENERGY))
            return true;
    }
    return text_word(text, len, at, "monthly", &end) || text_word(text, len, at, "monatlich", &end);
}

/* 万 and lakh behind a number whose currency stands before it. */
static const struct unit *with_currency(const struct unit *before, const struct unit *behind)
{
    if (behind->id == UNIT_WAN_CNY) {
        if (before->id == UNIT_JPY)
            return behind; /* "¥9.98万": prices in ten thousands are Chinese */
        if (!strcmp(before->currency, "CNY")) return behind;
    }
    if (behind->id == UNIT_LAKH_INR || behind->id == UNIT_CRORE_INR) {
        if (!strcmp(before->currency, "INR")) return behind;
        if (!strcmp(before->currency, "PKR"))
            return unit_of(behind->id == UNIT_LAKH_INR ? UNIT_LAKH_PKR : UNIT_CRORE_PKR);
    }
    return NULL;
}

/* ---- ranges ---- */

enum range_sign { RANGE_NONE, RANGE_DASH, RANGE_WORD, RANGE_AND };

static enum range_sign range_sign_at(const char *text, size_t len, size_t at, unsigned prefix,
                                     size_t *end)
{
    static const char *const WORDS[] = {"to",      "bis",  "à",       "a",  "al", "hasta",
                                        "through", "thru", "jusqu'à", "至", "到", "up to"};
    static const char *const AND[] = {"and", "und", "et", "y", "e", "和"};
    size_t start = at, n;
    at = spaces_end(text, len, at);
    uint32_t c = char_at(text, len, at, &n);
    if (char_is_dash(c) || c == '~' || c == 0xFF5E || c == 0x301C || c == 0x223C) {
        at += n;
        while (char_is_dash(char_at(text, len, at, &n))) at += n; /* "--" */
        *end = spaces_end(text, len, at);
        return RANGE_DASH;
    }
    if (c == 0x2026 || (c == '.' && at + 1 < len && text[at + 1] == '.')) {
        for (uint32_t dot; at < len; at += n) {
            dot = char_at(text, len, at, &n);
            if (dot != '.' && dot != 0x2026) break;
        }
        *end = spaces_end(text, len, at);
        return RANGE_DASH;
    }
    if (at == start && c < 0x80) return RANGE_NONE; /* "5to" */
    enum range_sign sign = RANGE_NONE;
    if (TEXT_ANY_WORD(text, len, at, WORDS, end))
        sign = RANGE_WORD;
    else if ((prefix & PREFIX_RANGE) && TEXT_ANY_WORD(text, len, at, AND, end))
        sign = RANGE_AND;
    if (sign != RANGE_NONE) *end = spaces_end(text, len, *end);
    return sign;
}

/* ---- parts ---- */

struct reader {
    const struct part_context *c;
    const char *text;
    size_t len;
    const struct unit *currency; /* before the number */
};

/* Whether the number that ends at text[at] goes on as a word: "4WD", "3-door", "12:30", "7.4.2". */
static bool goes_on(const struct reader *r, const struct part *p, size_t at)
{
    size_t n, m;
    uint32_t c = char_at(r->text, r->len, at, &n);
    if (c == ':') {
        c = char_at(r->text, r->len, at + 1, &m);
        return c >= '0' && c <= '9';
    }
    if (c == '.' || c == ',') {
        c = char_at(r->text, r->len, at + 1, &m);
        return c >= '0' && c <= '9' && c != 0;
    }
    if ((c == 'x' || c == 'X') && number_digit(r->text + at + 1, r->len - at - 1, &m) >= 0)
        return false; /* "4720x1830": dimensions */
    if (r->c->dimension == DIMENSION_VOLUME && !r->c->prose && p->form.decimals == 1)
        return false; /* "1.5T", "3.0d" */
    return char_is_letter(c);
}

/* The unit written at text[at, len) behind a number; *end behind it. NULL: none; *bad: what stands
 * there makes the number none of ours ("55 kW/axle", "4WD"). */
static const struct unit *read_unit(const struct reader *r, const struct part *p, size_t at,
                                    size_t *end, bool *bad)
{
    size_t used, start = spaces_end(r->text, r->len, at), n;
    bool compound, gap = start > at;
    *bad = false;
    if (r->c->dimension == DIMENSION_COUNT && !r->c->prose) return NULL;
    uint32_t c = char_at(r->text, r->len, start, &n);
    if (!gap && (c == '-' || c == 0x2010 || c == 0x2011)) { /* "2.5-litre", "50-kWh", "10-inch" */
        size_t behind = start + n;
        if (!char_is_letter(char_at(r->text, r->len, behind, &n))) return NULL;
        const struct unit *u =
            unit_parse_strict(r->text + behind, r->len - behind, &used, &compound);
        if (u && used >= 2) {
            *end = behind + used;
            return u;
        }
        *bad = true;
        return NULL;
    }
    if (c == 'h' && digits_count(r->text, r->len, start + 1) == 2 && p->value.low < 100 &&
        !char_is_letter(char_at(r->text, r->len, start + 3, &n))) { /* "7h30" */
        *end = start + 1;
        return unit_of(UNIT_H);
    }
    const struct unit *u = unit_parse_strict(r->text + start, r->len - start, &used, &compound);
    if (compound) *bad = true;
    if (!u) return NULL;
    if (u->id == UNIT_ST && !gap) return NULL;  /* "1st" */
    if (u->id == UNIT_CV || u->id == UNIT_CH) { /* "7 CV fiscaux" are a tax class */
        size_t word = spaces_end(r->text, r->len, start + used);
        if (r->len - word >= 4 && !memcmp(r->text + word, "fisc", 4)) return NULL;
    }
    if (r->c->prose && !unit_fits_prose(p, r->text, r->len, start, used, gap, u)) return NULL;
    if (u->id == UNIT_FT && !char_is_letter(c) && r->c->dimension != DIMENSION_LENGTH &&
        r->c->dimension != DIMENSION_TIME && r->c->dimension != DIMENSION_NONE)
        return NULL;
    *end = start + used;
    if (r->c->prose && r->text[*end - 1] == '.') { /* the end of the sentence? */
        uint32_t next = char_at(r->text, r->len, spaces_end(r->text, r->len, *end), &n);
        if (n == 0 || next != char_lower(next)) (*end)--;
    }
    return unit_in_column(r->c, u, r->text + start, used);
}

/* Behind the "and" of "2 hours and 40 minutes"; `at` where there is none. */
static size_t behind_and(const char *text, size_t len, size_t at)
{
    static const char *const WORDS[] = {"and", "und", "et", "y"};
    size_t end;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (text_word(text, len, at, WORDS[i], &end)) return spaces_end(text, len, end);
    return at;
}

/* "5 ft 10 in", "6'2\"", "1 h 30 min": the smaller unit behind the larger. */
static void read_second_unit(const struct reader *r, struct part *p, size_t *end)
{
    static const struct {
        enum unit_id large, small;
        double ratio;
    } PAIRS[] = {{UNIT_FT, UNIT_IN, 12}, {UNIT_H, UNIT_MIN, 60}, {UNIT_MIN, UNIT_S, 60},
                 {UNIT_LB, UNIT_OZ, 16}, {UNIT_ST, UNIT_LB, 14}, {UNIT_YEAR, UNIT_MONTH, 12}};
    if (p->range || !p->value.unit || p->form.decimals > 0) return;
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
        if (p->value.unit->id != (int)PAIRS[i].large) continue;
        size_t at = spaces_end(r->text, r->len, *end), used, stop;
        double v;
        struct number_form form;
        if (PAIRS[i].large == UNIT_H) at = behind_and(r->text, r->len, at);
        if (at >= r->len || r->text[at] < '0' || r->text[at] > '9') return;
        if (!number_parse_form(r->text + at, r->len - at, r->c->style, &v, &used, &form)) return;
        if (v >= PAIRS[i].ratio) return;
        stop = spaces_end(r->text, r->len, at + used);
        size_t unit_used;
        const struct unit *u = unit_parse(r->text + stop, r->len - stop, &unit_used);
        bool bare = !u && PAIRS[i].large == UNIT_H && at == *end && form.digits == 2; /* "7h30" */
        if (bare)
            unit_used = 0;
        else if (!u || u->id != (int)PAIRS[i].small)
            return;
        p->value.low = p->value.high = p->value.low + v / PAIRS[i].ratio;
        p->form.decimals = 2;
        *end = stop + unit_used;
        return;
    }
}

/* "500 km+", "50 or more", "2万起". */
static void read_suffix(const struct reader *r, struct part *p, size_t *end)
{
    static const struct {
        const char *word;
        unsigned flags;
    } WORDS[] = {{"or more", PREFIX_AT_LEAST},   {"or better", PREFIX_AT_LEAST},
                 {"and up", PREFIX_AT_LEAST},    {"and above", PREFIX_AT_LEAST},
                 {"oder mehr", PREFIX_AT_LEAST}, {"ou plus", PREFIX_AT_LEAST},
                 {"o más", PREFIX_AT_LEAST},     {"以上", PREFIX_AT_LEAST},
                 {"起", PREFIX_AT_LEAST},        {"or less", PREFIX_AT_MOST},
                 {"or fewer", PREFIX_AT_MOST},   {"oder weniger", PREFIX_AT_MOST},
                 {"ou moins", PREFIX_AT_MOST},   {"o menos", PREFIX_AT_MOST},
                 {"以下", PREFIX_AT_MOST},       {"以内", PREFIX_AT_MOST},
                 {"左右", PREFIX_APPROXIMATE},   {"max.", PREFIX_AT_MOST},
                 {"approx.", PREFIX_APPROXIMATE}};
    size_t at = *end, n, stop;
    uint32_t c = char_at(r->text, r->len, at, &n);
    if (c == '+' || c == 0xFF0B) {
        c = char_at(r->text, r->len, at + n, &stop);
        if (c == '/' || c == '-' || number_digit(r->text + at + n, r->len - at - n, &stop) >= 0)
            return;
        p->value.at_least = true;
        *end = at + n;
        return;
    }
    at = spaces_end(r->text, r->len, at);
    if (at >= r->len) return;
    unsigned char first = (unsigned char)r->text[at];
    if (first >= 'A' && first <= 'Z') first |= 32;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if ((unsigned char)*WORDS[i].word != first ||
            !text_word(r->text, r->len, at, WORDS[i].word, &stop))
            continue;
        if (WORDS[i].flags & PREFIX_AT_LEAST) p->value.at_least = true;
        if (WORDS[i].flags & PREFIX_AT_MOST) p->value.at_most = true;
        if (WORDS[i].flags & PREFIX_APPROXIMATE) p->value.approximate = true;
        *end = stop;
        return;
    }
}

/* "1/2" is a fraction of an inch or a ton, and two numbers elsewhere. */
static bool means_fraction(const struct reader *r, size_t at)
{
    size_t used;
    at = spaces_end(r->text, r->len, at);
    if (at < r->len && r->text[at] == '-') at++;
    const struct unit *u = at < r->len ? unit_parse(r->text + at, r->len - at, &used) : NULL;
    if (!u) u = r->c->unit;
    if (!u || r->c->dimension == DIMENSION_COUNT) return false;
    switch (u->id) {
    case UNIT_IN:
    case UNIT_FT:
    case UNIT_MI:
    case UNIT_TON:
    case UNIT_SHORT_TON:
    case UNIT_LONG_TON:
    case UNIT_LB:
    case UNIT_OZ:
    case UNIT_GAL:
    case UNIT_GAL_US:
    case UNIT_GAL_IMP:
    case UNIT_QT:
    case UNIT_PT:
        return true;
    default:
        return false;
    }
}

static bool read_number(const struct reader *r, size_t at, double *value, size_t *end,
                        struct number_form *form)
{
    size_t used;
    if (!number_parse_form(r->text + at, r->len - at, r->c->style, value, &used, form))
        return false;
    *end = at + used;
    if (form->bare_fraction && !means_fraction(r, *end)) {
        size_t cut = at;
        while (cut < *end && r->text[cut] != '/') cut++;
        if (cut == *end) return true; /* written with a fraction slash */
        if (!number_parse_form(r->text + at, cut - at, r->c->style, value, &used, form))
            return false;
        *end = at + used;
    }
    return true;
}

/* The upper end of a range at text[at, len), behind the range's sign. */
static bool read_high(const struct reader *r, struct part *p, enum range_sign sign, size_t at,
                      bool spaced, size_t *end)
{
    size_t used, n;
    double high;
    const struct unit *currency = unit_parse(r->text + at, r->len - at, &used);
    if (currency && currency->dimension == DIMENSION_MONEY && currency->factor == 1) {
        if (p->value.unit && p->value.unit->currency &&
            strcmp(p->value.unit->currency, currency->currency) != 0)
            return false;
        at = spaces_end(r->text, r->len, at + used);
        if (!p->value.unit) p->value.unit = currency;
    }
    if (number_digit(r->text + at, r->len - at, &n) < 0 &&
        !(at + 1 < r->len && (r->text[at] == '.' || r->text[at] == '-') &&
          number_digit(r->text + at + 1, r->len - at - 1, &n) >= 0))
        return false;
    if (!read_number(r, at, &high, end, &p->form_high)) return false;
    size_t next;
    uint32_t c = char_at(r->text, r->len, *end, &next);
    if (sign == RANGE_DASH && char_is_dash(c) && !spaced &&
        number_digit(r->text + *end + next, r->len - *end - next, &n) >= 0)
        return false; /* "7-10-12": three numbers */
    bool word = sign == RANGE_WORD;
    if (word && high == 1 && p->value.low > 1 && !p->form_high.separated &&
        p->value.unit == NULL) { /* "10.5 to 1" */
        p->value.unit = unit_of(UNIT_ONE);
        p->unit_written = true;
        return true;
    }
    if (r->c->prose && p->form.digits == 4 && !p->form.separated && high < 100 &&
        p->form_high.digits == 2 && !p->form_high.separated) /* "1976-81" */
        high += 100 * floor(p->value.low / 100);
    p->value.high = high;
    p->range = true;
    return true;
}

static bool same_or_none(const struct unit *a, const struct unit *b)
{
    return !a || !b || a->id == b->id;
}

/* "455 - 1.300" falls: one of its ends is written in the other style. */
static void reread_range(const struct reader *r, size_t low_at, size_t high_at, struct part *p)
{
    enum number_style other = r->c->style == NUMBER_POINT ? NUMBER_COMMA : NUMBER_POINT;
    double v;
    size_t used;
    if (number_parse(r->text + high_at, r->len - high_at, other, &v, &used) && v > p->value.low &&
        v == p->value.high * 1000)
        p->value.high = v;
    else if (number_parse(r->text + low_at, r->len - low_at, other, &v, &used) &&
             v < p->value.high && v * 1000 == p->value.low)
        p->value.low = v;
}

/* number [unit] [range sign, number] [unit], from text[at]. */
static bool read_body(const struct reader *r, struct part *p, size_t at, unsigned prefix,
                      size_t *end)
{
    size_t stop, n, sign_end, high_end;
    bool bad;
    if (!read_number(r, at, &p->value.low, &stop, &p->form)) return false;
    p->value.high = p->value.low;
    stop += cents_stroke(r->text, r->len, stop);
    double factor = multiplier(r->text, r->len, stop, &n);
    if (factor != 1) stop = n;
    const struct unit *low_unit = read_unit(r, p, stop, &n, &bad);
    size_t low_end = low_unit ? n : stop;
    if (!low_unit && stop < r->len && r->text[stop] == '+') { /* "400+ km" */
        bool bad_behind;
        const struct unit *behind = read_unit(r, p, stop + 1, &n, &bad_behind);
        if (behind && !bad_behind) {
            low_unit = behind;
            low_end = n;
            p->value.at_least = true;
        }
    }
    if (bad) return false;
    struct part before = *p;
    enum range_sign sign = range_sign_at(r->text, r->len, low_end, prefix, &sign_end);
    if (!low_unit && sign == RANGE_NONE && goes_on(r, p, stop)) return false;
    if (sign != RANGE_NONE) {
        size_t spaces = spaces_end(r->text, r->len, low_end);
        p->value.unit = low_unit ? low_unit : r->currency;
        if (read_high(r, p, sign, sign_end, spaces > low_end, &high_end)) {
            if (!p->range) { /* a ratio */
                *end = high_end;
                return true;
            }
            high_end += cents_stroke(r->text, r->len, high_end);
            double high_factor = multiplier(r->text, r->len, high_end, &n);
            if (high_factor != 1) high_end = n;
            const struct unit *high_unit = read_unit(r, p, high_end, &n, &bad);
            bool range = !bad && (high_unit || !goes_on(r, p, high_end)) &&
                         same_or_none(low_unit, high_unit);
            if (sign == RANGE_DASH && low_unit && !high_unit && spaces == low_end &&
                sign_end == spaces + 1)
                return false; /* "5W-30": an oil */
            /* "190 Nm à 2000": a value at a speed, when the range would be absurd */
            if (sign == RANGE_WORD && low_unit && !high_unit && p->value.high > 8 * p->value.low &&
                low_unit->dimension != DIMENSION_TIME && p->value.low > 5)
                range = false;
            if (range) {
                if (factor == 1) factor = high_factor; /* "1.2-1.4 million" */
                p->value.low *= factor;
                p->value.high *= high_factor == 1 ? factor : high_factor;
                p->value.unit = high_unit ? high_unit : low_unit;
                p->unit_written = p->value.unit != NULL;
                *end = high_unit ? n : high_end;
                if (p->value.low > p->value.high) reread_range(r, at, sign_end, p);
                if (p->value.low > p->value.high) {
                    if (!p->unit_written && !r->currency && r->c->dimension == DIMENSION_NONE)
                        return false; /* "9-5": a name */
                    double v = p->value.low;
                    p->value.low = p->value.high;
                    p->value.high = v;
                }
                return true;
            }
        }
        *p = before;
        if (!low_unit && goes_on(r, p, stop)) return false;
        uint32_t c = char_at(r->text, r->len, low_end, &n), next;
        size_t m;
        next = char_at(r->text, r->len, low_end + n, &m);
        /* "2021-03-04", "3-door" */
        if (!low_unit && char_is_dash(c) && (char_is_letter(next) || (next >= '0' && next <= '9')))
            return false;
    }
    p->value.low *= factor;
    p->value.high = p->value.low;
    p->value.unit = low_unit;
    p->unit_written = low_unit != NULL;
    *end = low_end;
    return true;
}

/* "1.5万公里": ten thousands of what follows. */
static void read_multiplier_unit(const struct reader *r, struct part *p, size_t *end)
{
    const struct unit *u = p->value.unit;
    if (!u || (u->id != UNIT_WAN_CNY && u->id != UNIT_LAKH_INR && u->id != UNIT_CRORE_INR)) return;
    size_t at = spaces_end(r->text, r->len, *end), used;
    const struct unit *next = at < r->len ? unit_parse(r->text + at, r->len - at, &used) : NULL;
    bool money = r->c->dimension == DIMENSION_MONEY || r->c->dimension == DIMENSION_NONE;
    if (next && next->dimension != DIMENSION_MONEY) {
        *end = at + used;
        p->value.unit = unit_in_column(r->c, next, r->text + at, used);
    } else if (!money || (r->c->unit && r->c->unit->dimension != DIMENSION_MONEY)) {
        p->value.unit = NULL;
        p->unit_written = false;
    } else {
        return;
    }
    p->value.low *= u->factor;
    p->value.high *= u->factor;
}

/* Signs and codes stand before numbers; words do not ("Euro 6" is a standard). */
static bool stands_before(const struct part_context *c, const char *text, size_t used)
{
    size_t letters = 0;
    for (size_t i = 0; i < used; i++) {
        bool letter = (text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z');
        if (!letter) return true; /* "US$", "Rs.", "€", "人民币" */
        letters++;
    }
    return c->dimension == DIMENSION_MONEY || letters == 3 || (letters == 2 && !c->prose) ||
           (letters == 2 && text[0] == 'R');
}

bool part_read(const struct part_context *c, const char *text, size_t len, size_t at,
               struct part *out, size_t *end)
{
    struct reader r = {.c = c, .text = text, .len = len};
    *out = (struct part){0};
    unsigned prefix = 0, one;
    size_t n, used;
    for (int i = 0; i < 3 && (one = prefix_word(text, len, at, &n)) != 0; i++) {
        prefix |= one;
        at = spaces_end(text, len, n);
        if (at < len && text[at] == ':') at = spaces_end(text, len, at + 1);
    }
    if (at >= len) return false;
    size_t begin = at;
    bool digit = number_digit(text + at, len - at, &n) >= 0;
    if (!digit) {
        const struct unit *u = unit_parse(text + at, len - at, &used);
        if (u && u->dimension == DIMENSION_MONEY && u->factor == 1 &&
            stands_before(c, text + at, used)) {
            r.currency = unit_in_column(c, u, text + at, used);
            at = spaces_end(text, len, at + used);
            if (at < len && (text[at] == ':' || text[at] == '.'))
                at = spaces_end(text, len, at + 1);
            if (at >= len) return false;
        } else {
            u = NULL;
        }
        uint32_t ch = char_at(text, len, at, &n);
        bool sign = ch == '-' || ch == '+' || ch == 0x2212 || (ch == 0x2013 && !c->prose);
        size_t number_at = at;
        if (sign && ch == 0x2013) number_at += n; /* a dash for a minus, at the start of a cell */
        size_t probe = sign ? at + n : at;
        if (probe < len && (text[probe] == '.' || text[probe] == ',') && !(c->prose && !sign && !u))
            probe++;
        uint32_t v = char_at(text, len, probe, &n);
        bool vulgar = v == 0xBC || v == 0xBD || v == 0xBE || (v >= 0x2153 && v <= 0x215E);
        if (number_digit(text + probe, len - probe, &n) < 0 && !vulgar) return false;
        if (ch == 0x2013) {
            if (!read_body(&r, out, number_at, prefix, end)) return false;
            out->value.low = -out->value.low;
            out->value.high = out->value.low;
            goto complete;
        }
        if (c->prose && ch == '+') return false;
    }
    if (!read_body(&r, out, at, prefix, end)) return false;
complete:
    if (r.currency) {
        const struct unit *behind = out->value.unit;
        if (behind && behind->dimension == DIMENSION_MONEY) {
            const struct unit *both = with_currency(r.currency, behind);
            if (both) {
                out->value.unit = both;
            } else if (behind->factor != 1 && behind->id != UNIT_KEUR && behind->id != UNIT_KUSD &&
                       behind->id != UNIT_KGBP) {
                out->value.low *= behind->factor; /* "€ 1.2 lakh" */
                out->value.high *= behind->factor;
                out->value.unit = r.currency;
            }
        } else {
            out->value.unit = r.currency;
        }
        out->unit_written = true;
    } else {
        read_multiplier_unit(&r, out, end);
    }
    if (out->value.unit && out->value.unit->dimension == DIMENSION_MONEY &&
        is_rate(text, len, *end))
        return false;
    if (!isfinite(out->value.low) || !isfinite(out->value.high)) return false; /* "1e308 million" */
    read_second_unit(&r, out, end);
    out->value.begin = begin;
    out->value.end = *end;
    if (!out->range) read_suffix(&r, out, end);
    if (prefix & PREFIX_APPROXIMATE) out->value.approximate = true;
    if (!out->range) {
        /* "max. 190 Nm" names the peak of the curve, not a bound of it */
        bool peak = (prefix & PREFIX_MAXIMUM) &&
                    (c->dimension == DIMENSION_POWER || c->dimension == DIMENSION_TORQUE ||
                     c->dimension == DIMENSION_ROTATION || c->dimension == DIMENSION_SPEED);
        if ((prefix & PREFIX_AT_MOST) && !peak) out->value.at_most = true;
        if (prefix & PREFIX_AT_LEAST) out->value.at_least = true;
    }
    return true;
}

/* "two tonnes", "five seconds". */
bool part_read_word(const char *text, size_t len, size_t at, struct part *out, size_t *end)
{
    size_t used, unit_used, n;
    int value = number_word(text + at, len - at, &used);
    if (value == 0) return false;
    size_t unit_at = spaces_end(text, len, at + used);
    if (unit_at == at + used && unit_at < len && text[unit_at] == '-') unit_at++;
    if (unit_at == at + used && !char_is_han(char_at(text, len, at, &n))) return false;
    const struct unit *u =
        unit_at < len ? unit_parse(text + unit_at, len - unit_at, &unit_used) : NULL;
    if (!u || unit_used < 3) return false;
    *out = (struct part){0};
    out->value.low = out->value.high = value;
    out->value.unit = u;
    out->unit_written = true;
    out->form.digits = 1;
    out->value.begin = at;
    out->value.end = *end = unit_at + unit_used;
    if (u->id == UNIT_H) { /* "two hours and 40 minutes" */
        const struct part_context context = {.style = NUMBER_POINT};
        const struct reader r = {.text = text, .len = len, .c = &context};
        read_second_unit(&r, out, end);
        out->value.end = *end;
    }
    return true;
}
