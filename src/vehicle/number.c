#include "vehicle/number.h"
#include "base/utf8.h"
#include "vehicle/unit.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_GROUPS = 16,        /* of digits; what has more is a list */
    MAX_DIGITS = 40,        /* kept of a number; more than a double can tell apart */
    MAX_EVIDENCE_CELL = 256, /* bytes: longer cells are prose */
    MAX_EVIDENCE_NUMBERS = 8,
};

int number_digit(const char *text, size_t len, size_t *used)
{
    if (len == 0) return -1;
    unsigned char b = (unsigned char)*text;
    if (b < 0x80) {
        *used = 1;
        return b >= '0' && b <= '9' ? b - '0' : -1;
    }
    static const uint32_t ZEROS[] = {0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xFF10};
    uint32_t c;
    *used = utf8_decode(text, len, &c);
    if (*used == 0) return -1;
    for (size_t i = 0; i < sizeof ZEROS / sizeof *ZEROS; i++)
        if (c >= ZEROS[i] && c < ZEROS[i] + 10) return (int)(c - ZEROS[i]);
    return -1;
}

enum separator { NO_SEPARATOR, POINT, COMMA, APOSTROPHE, SPACE, HARD_SPACE };

static enum separator separator_at(const char *text, size_t len, size_t at, size_t *used)
{
    if (at >= len) return NO_SEPARATOR;
    *used = 1;
    switch (text[at]) {
    case '.': return POINT;
    case ',': return COMMA;
    case '\'': return APOSTROPHE;
    case ' ': return SPACE;
    default: break;
    }
    if ((unsigned char)text[at] < 0x80) return NO_SEPARATOR;
    uint32_t c;
    *used = utf8_decode(text + at, len - at, &c);
    switch (c) {
    case 0xA0: case 0x2007: case 0x2008: case 0x2009: case 0x202F: return HARD_SPACE;
    case 0x2019: case 0x2BC: case 0x2018: return APOSTROPHE;
    case 0xFF0E: case 0x66B: return POINT; /* full width; Arabic decimal sign */
    case 0xFF0C: case 0x66C: return COMMA;
    default: return NO_SEPARATOR;
    }
}

/* A run of digits: its length in digits and bytes. */
static size_t digits_at(const char *text, size_t len, size_t at, size_t *end)
{
    size_t n = 0, used;
    while (at < len && number_digit(text + at, len - at, &used) >= 0) {
        at += used;
        n++;
    }
    *end = at;
    return n;
}

/* Groups of digits and what stands between them: "1.234,5" is 1 POINT 234 COMMA 5. */
struct groups {
    size_t n;
    size_t begin[MAX_GROUPS], end[MAX_GROUPS], digits[MAX_GROUPS];
    enum separator before[MAX_GROUPS]; /* [0] unused */
    bool cut; /* there were more */
};

static void read_groups(struct groups *g, const char *text, size_t len, size_t at)
{
    g->n = 1;
    g->cut = false;
    g->begin[0] = at;
    g->digits[0] = digits_at(text, len, at, &g->end[0]);
    for (;;) {
        size_t used, end, last = g->n - 1;
        enum separator s = separator_at(text, len, g->end[last], &used);
        if (s == NO_SEPARATOR) return;
        size_t digits = digits_at(text, len, g->end[last] + used, &end);
        if (digits == 0) return;
        if (s >= APOSTROPHE) { /* groups only three, behind one to three, and before no decimals */
            bool first = last == 0 ? g->digits[0] <= 3 : g->before[last] == s && g->digits[last] == 3;
            int leading = number_digit(text + g->begin[0], len - g->begin[0], &used);
            if (digits != 3 || !first || (last == 0 && leading == 0)) return;
        }
        if (g->n == MAX_GROUPS) {
            g->cut = true;
            return;
        }
        g->before[g->n] = s;
        g->begin[g->n] = g->end[last] + (separator_at(text, len, g->end[last], &used), used);
        g->end[g->n] = end;
        g->digits[g->n] = digits;
        g->n++;
    }
}

/* What groups of digits are. */
enum form {
    FORM_PLAIN,     /* all groups are the whole part */
    FORM_DECIMALS,  /* the last group is decimals */
    FORM_AMBIGUOUS, /* two groups, "1,234": the one or the other */
    FORM_LIST,      /* the first is a number, the rest are others */
    FORM_NOT,       /* version, date */
};

/* Whether groups [0, n) are a whole number grouped by one sign; `indian`: in twos before the three. */
static bool grouped(const struct groups *g, size_t n, bool *indian)
{
    *indian = false;
    if (n < 2 || g->digits[0] > 3 || g->digits[n - 1] != 3) return false;
    bool threes = true, twos = n > 2 && g->digits[0] <= 2 && g->before[1] == COMMA;
    for (size_t i = 1; i < n; i++) {
        if (g->before[i] != g->before[1]) return false;
        if (g->digits[i] != 3) threes = false;
        if (i + 1 < n && g->digits[i] != 2) twos = false;
    }
    *indian = !threes && twos;
    return threes || twos;
}

static enum form form_of(const struct groups *g, bool leading_zero, size_t *list_groups)
{
    *list_groups = 1;
    size_t n = g->n;
    bool indian;
    if (n == 1) return FORM_PLAIN;
    enum separator last = g->before[n - 1];
    if (g->cut) return last == COMMA ? FORM_LIST : FORM_NOT;
    if (last >= APOSTROPHE) return FORM_PLAIN;
    if (n == 2) {
        if (g->digits[1] != 3 || g->digits[0] > 3 || leading_zero) return FORM_DECIMALS;
        return FORM_AMBIGUOUS;
    }
    if (!leading_zero && grouped(g, n, &indian)) return FORM_PLAIN;
    bool other_before = g->before[1] != last;
    if (other_before && !leading_zero && grouped(g, n - 1, &indian)) return FORM_DECIMALS;
    /* "15,16,17" and "4.1,5.2": commas between numbers */
    if (g->before[1] == COMMA) {
        for (size_t i = 1; i < n; i++)
            if (g->before[i] != COMMA || g->digits[i] == 3) return FORM_NOT;
        return FORM_LIST;
    }
    if (g->before[1] == POINT && g->before[2] == COMMA) {
        *list_groups = 2;
        return FORM_LIST;
    }
    return FORM_NOT;
}

/* Digits of groups [0, whole + decimals) as a value. */
static bool value_of(const struct groups *g, const char *text, size_t len, size_t whole,
                     size_t n, long exponent, double *value)
{
    char digits[MAX_DIGITS + 32];
    size_t kept = 0, dropped = 0, behind = 0;
    uint64_t small = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t at = g->begin[i], used = 0; at < g->end[i]; at += used) {
            int d = number_digit(text + at, len - at, &used);
            bool leading = kept == 0 && d == 0;
            if (i >= whole) behind++;
            if (leading) continue;
            if (kept < MAX_DIGITS) {
                digits[kept++] = (char)('0' + d);
                if (kept <= 18) small = small * 10 + (uint64_t)d;
            } else {
                dropped++;
            }
        }
    }
    long e = exponent + (long)dropped - (long)behind;
    if (kept == 0) {
        *value = 0;
        return true;
    }
    if (kept <= 15 && e >= -22 && e <= 0) { /* both are exact doubles: one rounding */
        static const double POWERS[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
                                        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
                                        1e22};
        *value = (double)small / POWERS[-e];
        return true;
    }
    snprintf(digits + kept, sizeof digits - kept, "e%ld", e);
    *value = strtod(digits, NULL); /* no decimal sign in it: the locale does not matter */
    return isfinite(*value);
}

/* ---- fractions ---- */

static double vulgar_fraction(uint32_t c)
{
    switch (c) {
    case 0xBC: return 0.25;
    case 0xBD: return 0.5;
    case 0xBE: return 0.75;
    case 0x2153: return 1 / 3.0;
    case 0x2154: return 2 / 3.0;
    case 0x2155: return 0.2;
    case 0x2156: return 0.4;
    case 0x2157: return 0.6;
    case 0x2158: return 0.8;
    case 0x2159: return 1 / 6.0;
    case 0x215A: return 5 / 6.0;
    case 0x215B: return 0.125;
    case 0x215C: return 0.375;
    case 0x215D: return 0.625;
    case 0x215E: return 0.875;
    default: return 0;
    }
}

/* The fraction at text[at, len): "½", or "3/8" as inches and tons have it, in lowest terms. */
static bool fraction_at(const char *text, size_t len, size_t at, double *value, size_t *end)
{
    if (at >= len) return false;
    uint32_t c;
    size_t used = utf8_decode(text + at, len - at, &c);
    if (used > 1) {
        *value = vulgar_fraction(c);
        *end = at + used;
        return *value > 0;
    }
    unsigned n[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        size_t digits = 0;
        while (at < len && text[at] >= '0' && text[at] <= '9' && digits < 3) {
            n[i] = n[i] * 10 + (unsigned)(text[at++] - '0');
            digits++;
        }
        if (digits == 0 || digits > 2) return false;
        if (i == 1) break;
        if (len - at >= 3 && !memcmp(text + at, "\xE2\x81\x84", 3))
            at += 3;
        else if (at < len && text[at] == '/')
            at++;
        else
            return false;
    }
    bool power = n[1] >= 2 && n[1] <= 64 && (n[1] & (n[1] - 1)) == 0;
    if (n[0] == 0 || n[0] >= n[1] || !(power ? n[0] % 2 == 1 : n[1] == 3)) return false;
    if (at < len && (text[at] == '/' || (text[at] >= '0' && text[at] <= '9'))) return false;
    if (at + 1 < len && (text[at] == '.' || text[at] == ',') && text[at + 1] >= '0' &&
        text[at + 1] <= '9')
        return false;
    *value = (double)n[0] / (double)n[1];
    *end = at;
    return true;
}

/* ---- parsing ---- */

static bool is_letter(const char *text, size_t len, size_t at)
{
    if (at >= len) return false;
    unsigned char b = (unsigned char)text[at];
    if (b < 0x80) return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || b == '_';
    uint32_t c;
    if (utf8_decode(text + at, len - at, &c) == 0) return false;
    return (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7) || (c >= 0x370 && c <= 0x52F);
}

static size_t exponent_at(const char *text, size_t len, size_t at, long *exponent)
{
    size_t start = at;
    if (at >= len || (text[at] != 'e' && text[at] != 'E')) return 0;
    at++;
    bool minus = at < len && text[at] == '-';
    if (at < len && (text[at] == '-' || text[at] == '+')) at++;
    long e = 0;
    size_t digits = 0;
    while (at < len && text[at] >= '0' && text[at] <= '9') {
        if (e < 100000) e = e * 10 + (text[at] - '0');
        at++;
        digits++;
    }
    if (digits == 0 || is_letter(text, len, at)) return 0;
    *exponent = minus ? -e : e;
    return at - start;
}

bool number_parse_form(const char *text, size_t len, enum number_style style, double *value,
                       size_t *used, struct number_form *form)
{
    *form = (struct number_form){0};
    *used = 0;
    size_t at = 0, n, end;
    bool minus = false;
    if (len == 0) return false;
    if (text[0] == '-' || text[0] == '+') {
        minus = text[0] == '-';
        at = 1;
    } else if (len >= 3 && !memcmp(text, "\xE2\x88\x92", 3)) { /* minus sign */
        minus = true;
        at = 3;
    }
    form->sign = at > 0;
    double fraction;
    if (fraction_at(text, len, at, &fraction, &end)) {
        form->fraction = form->separated = true;
        form->bare_fraction = (unsigned char)text[at] < 0x80;
        *value = minus ? -fraction : fraction;
        *used = end;
        return true;
    }
    struct groups g;
    size_t whole, groups;
    enum separator s = separator_at(text, len, at, &n);
    if (s == POINT || s == COMMA) { /* ".5" */
        g.n = 1;
        g.begin[0] = at + n;
        g.digits[0] = digits_at(text, len, at + n, &g.end[0]);
        size_t more;
        enum separator next = separator_at(text, len, g.end[0], &more);
        bool goes_on = (next == POINT || next == COMMA) && g.end[0] + more < len &&
                       number_digit(text + g.end[0] + more, len - g.end[0] - more, &n) >= 0;
        if (g.digits[0] == 0 || goes_on) return false;
        whole = 0;
        groups = 1;
        form->decimals = g.digits[0] < 100 ? (int)g.digits[0] : 100;
        form->separated = true;
    } else {
        if (number_digit(text + at, len - at, &n) < 0) return false;
        read_groups(&g, text, len, at);
        bool zero = number_digit(text + g.begin[0], len - g.begin[0], &n) == 0;
        size_t list_groups;
        enum form f = form_of(&g, zero, &list_groups);
        if (f == FORM_NOT) return false;
        groups = f == FORM_LIST ? list_groups : g.n;
        whole = f == FORM_DECIMALS || (f == FORM_LIST && groups == 2) ? groups - 1 : groups;
        if (f == FORM_AMBIGUOUS && g.before[1] == (style == NUMBER_POINT ? POINT : COMMA)) whole = 1;
        for (size_t i = 0; i < whole; i++) form->digits += g.digits[i];
        if (whole < groups) form->decimals = g.digits[whole] < 100 ? (int)g.digits[whole] : 100;
        form->leading_zero = zero && g.digits[0] > 1;
        form->separated = groups > 1;
        form->space_groups = groups > 1 && g.before[1] == SPACE;
        form->first_group = g.end[0];
    }
    end = g.end[groups - 1];
    long exponent = 0;
    n = exponent_at(text, len, end, &exponent);
    if (n > 0) form->separated = true;
    if (!value_of(&g, text, len, whole, groups, exponent, value)) return false;
    end += n;
    if (n == 0 && groups == 1 && whole == 1) { /* "3 1/2", "3-1/2", "3½" */
        size_t joint = end < len && (text[end] == ' ' || text[end] == '-') ? end + 1 : end, stop;
        bool vulgar = joint < len && (unsigned char)text[joint] >= 0x80;
        if ((joint > end || vulgar) && fraction_at(text, len, joint, &fraction, &stop)) {
            *value += fraction;
            end = stop;
            form->fraction = form->separated = true;
        }
    }
    if (minus) *value = -*value;
    *used = end;
    return true;
}

bool number_parse(const char *text, size_t len, enum number_style style, double *value,
                  size_t *used)
{
    struct number_form form;
    return number_parse_form(text, len, style, value, used, &form);
}

/* ---- evidence ---- */

/* Whether the number that ends at text[at] is one by what follows it. */
static bool figure_ends(const char *text, size_t len, size_t at)
{
    while (at < len && text[at] == ' ') at++;
    if (!is_letter(text, len, at)) return true;
    size_t used;
    return unit_parse(text + at, len - at, &used) != NULL;
}

static bool is_month_and_year(const struct groups *g, const char *text)
{
    if (g->n != 2 || g->digits[0] != 2 || g->digits[1] != 4 || g->before[1] != POINT) return false;
    const char *m = text + g->begin[0], *y = text + g->begin[1];
    return (m[0] == '0' || (m[0] == '1' && m[1] <= '2')) &&
           ((y[0] == '1' && y[1] == '9') || (y[0] == '2' && y[1] == '0'));
}

static void add_number(struct number_evidence *e, const char *text, size_t len,
                       const struct groups *g)
{
    size_t n, list;
    bool zero = number_digit(text + g->begin[0], len - g->begin[0], &n) == 0, indian;
    double v;
    switch (form_of(g, zero, &list)) {
    case FORM_PLAIN:
        if (g->n > 1 && g->before[1] <= COMMA) {
            if (g->before[1] == COMMA) e->point++;
            else e->comma++;
        } else if (value_of(g, text, len, g->n, g->n, 0, &v) && v > 0) {
            e->plain++;
            e->plain_magnitude += log10(v);
        }
        break;
    case FORM_DECIMALS:
        if (is_month_and_year(g, text)) break;
        if (g->before[g->n - 1] == POINT) e->point++;
        else e->comma++;
        if (zero && g->n == 2 && g->digits[0] == 1 && g->digits[1] == 3) e->leading_zero_ambiguous++;
        break;
    case FORM_AMBIGUOUS:
        if (!grouped(g, 2, &indian) || !value_of(g, text, len, 2, 2, 0, &v) || v <= 0) break;
        e->ambiguous++;
        if (g->before[1] == POINT) e->ambiguous_point++;
        e->ambiguous_magnitude += log10(v);
        break;
    case FORM_LIST:
    case FORM_NOT: break;
    }
}

void number_evidence_add(struct number_evidence *sum, const char *text, size_t len)
{
    if (len > MAX_EVIDENCE_CELL) return;
    struct number_evidence one = {0}, *e = &one;
    size_t at = 0, found = 0, used;
    bool in_word = false; /* what stands before text[at] makes the digits there part of a word */
    while (at < len && found < MAX_EVIDENCE_NUMBERS) {
        if (number_digit(text + at, len - at, &used) < 0) {
            size_t step = (unsigned char)text[at] < 0x80 ? 1 : utf8_decode(text + at, len - at, NULL);
            if (step == 0) step = 1;
            bool joint = text[at] == '-' || text[at] == '.';
            bool point = (text[at] == '.' || text[at] == ',') && at + 1 < len &&
                         text[at + 1] >= '0' && text[at + 1] <= '9'; /* ".5" */
            in_word = is_letter(text, len, at) || (in_word && joint) || point;
            at += step;
            continue;
        }
        struct groups g;
        read_groups(&g, text, len, at);
        at = g.end[g.n - 1];
        if (!in_word && figure_ends(text, len, at)) {
            add_number(e, text, len, &g);
            found++;
        }
        in_word = true;
    }
    /* "4 years / 50,000 miles": figures of several kinds, whose magnitudes are not to be compared. */
    if (found > 1) {
        one.plain = 0;
        one.plain_magnitude = 0;
    }
    number_evidence_join(sum, &one);
}

void number_evidence_add_text(struct number_evidence *e, const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        if (text[i] < '0' || text[i] > '9') {
            i++;
            continue;
        }
        size_t end = i;
        while (end < len && ((text[end] >= '0' && text[end] <= '9') ||
                             ((text[end] == '.' || text[end] == ',') && end + 1 < len &&
                              text[end + 1] >= '0' && text[end + 1] <= '9')))
            end++;
        number_evidence_add(e, text + i, end - i);
        i = end;
    }
}

void number_evidence_join(struct number_evidence *e, const struct number_evidence *other)
{
    e->point += other->point;
    e->comma += other->comma;
    e->ambiguous += other->ambiguous;
    e->leading_zero_ambiguous += other->leading_zero_ambiguous;
    e->ambiguous_point += other->ambiguous_point;
    e->plain += other->plain;
    e->plain_magnitude += other->plain_magnitude;
    e->ambiguous_magnitude += other->ambiguous_magnitude;
}

enum number_style number_style_decide(const struct number_evidence *e, enum number_style fallback,
                                      bool *sure)
{
    bool told = true;
    enum number_style style = fallback;
    size_t with_point = e->ambiguous_point, with_comma = e->ambiguous - e->ambiguous_point;
    if (e->point != e->comma) {
        style = e->point > e->comma ? NUMBER_POINT : NUMBER_COMMA;
    } else if (e->point == 0 && e->plain > 0 && (with_point == 0) != (with_comma == 0)) {
        /* Read as grouped, the ambiguous ones are larger than the plain ones by this many powers of
         * ten; read as decimals, by three less. */
        double larger = e->ambiguous_magnitude / (double)e->ambiguous -
                        e->plain_magnitude / (double)e->plain;
        if (larger < 1.4) /* plain ones below 1000 beside grouped ones above it */
            style = with_point ? NUMBER_COMMA : NUMBER_POINT;
        else if (larger > 2)
            style = with_point ? NUMBER_POINT : NUMBER_COMMA;
        else
            told = false;
    } else {
        told = false;
    }
    if (sure) *sure = told;
    return style;
}
