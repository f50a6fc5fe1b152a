#include "document/number_format.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_DECIMALS = 15, MAX_TOKENS = 64, SECTIONS = 4 };

const char *number_format_builtin(unsigned id)
{
    static const char *const CODES[] = {
        [1] = "0",
        [2] = "0.00",
        [3] = "#,##0",
        [4] = "#,##0.00",
        [5] = "$#,##0_);($#,##0)",
        [6] = "$#,##0_);($#,##0)",
        [7] = "$#,##0.00_);($#,##0.00)",
        [8] = "$#,##0.00_);($#,##0.00)",
        [9] = "0%",
        [10] = "0.00%",
        [11] = "0.00E+00",
        [12] = "# ?/?",
        [13] = "# ?\?/?\?",
        [14] = "yyyy-mm-dd",
        [15] = "d-mmm-yy",
        [16] = "d-mmm",
        [17] = "mmm-yy",
        [18] = "h:mm AM/PM",
        [19] = "h:mm:ss AM/PM",
        [20] = "h:mm",
        [21] = "h:mm:ss",
        [22] = "yyyy-mm-dd h:mm",
        [37] = "#,##0_);(#,##0)",
        [38] = "#,##0_);(#,##0)",
        [39] = "#,##0.00_);(#,##0.00)",
        [40] = "#,##0.00_);(#,##0.00)",
        [41] = "#,##0_);(#,##0)",
        [42] = "$#,##0_);($#,##0)",
        [43] = "#,##0.00_);(#,##0.00)",
        [44] = "$#,##0.00_);($#,##0.00)",
        [45] = "mm:ss",
        [46] = "[h]:mm:ss",
        [47] = "mm:ss.0",
        [48] = "##0.0E+0",
        [49] = "@",
    };
    return id < sizeof CODES / sizeof *CODES ? CODES[id] : NULL;
}

/* Without the zeros behind its last decimal. */
static void cut_zeros(char *text)
{
    char *point = strchr(text, '.'), *e = strchr(text, 'e');
    if (!point) return;
    char *end = e ? e : text + strlen(text), *last = end;
    while (last > point + 1 && last[-1] == '0') last--;
    if (last == point + 1) last--;
    memmove(last, end, strlen(end) + 1);
}

void number_format_general(struct buffer *out, double value)
{
    char text[64];
    double size = fabs(value);
    if (value == 0) {
        buffer_puts(out, "0");
        return;
    }
    if (size >= 1e15 || size < 1e-9) {
        snprintf(text, sizeof text, "%.9e", value);
    } else {
        int before = (int)floor(log10(size)) + 1, decimals = 11 - (before > 0 ? before : 0);
        /* Small ones keep their figures. */
        if (before < 0) decimals = 10 - before;
        snprintf(text, sizeof text, "%.*f", decimals < 0 ? 0 : decimals > 18 ? 18 : decimals, value);
    }
    cut_zeros(text);
    buffer_puts(out, text);
}

/* ---- the parts of a code ---- */

struct section {
    const char *text;
    size_t len;
    char compare; /* '<', '>', 'l' (<=), 'g' (>=), '=', '!' of a condition; 0: none */
    double limit;
    bool date, text_only, general;
};

/* Length of what stands for itself or is left out at code[i]: quoted text, "\x", "_x", "*x", "[Red]"; 0:
 * neither. *shown, *n: the text that is shown. */
static size_t literal_at(const char *code, size_t len, size_t i, const char **shown, size_t *n)
{
    *shown = code + i;
    *n = 0;
    if (code[i] == '"') {
        const char *end = memchr(code + i + 1, '"', len - i - 1);
        size_t to = end ? (size_t)(end - code) : len;
        *shown = code + i + 1;
        *n = to - i - 1;
        return to - i + (end != NULL);
    }
    if (code[i] == '\\' || code[i] == '_' || code[i] == '*') {
        size_t k = i + 1 < len ? 1 : 0;
        while (k && i + 1 + k < len && ((unsigned char)code[i + 1 + k] & 0xc0) == 0x80) k++;
        if (code[i] == '\\') {
            *shown = code + i + 1;
            *n = k;
        }
        return 1 + k;
    }
    if (code[i] != '[') return 0;
    const char *end = memchr(code + i, ']', len - i);
    if (!end) return len - i;
    size_t to = (size_t)(end - code);
    char c = (char)(code[i + 1] | 32);
    /* Elapsed hours, minutes, seconds are no literal. */
    if ((c == 'h' || c == 'm' || c == 's') && (to == i + 2 || code[i + 2] == code[i + 1])) return 0;
    if (code[i + 1] == '$') { /* "[$€-407]" */
        const char *dash = memchr(code + i, '-', to - i);
        *shown = code + i + 2;
        *n = (dash ? (size_t)(dash - code) : to) - i - 2;
    }
    return to + 1 - i;
}

static void read_condition(struct section *s, const char *code, size_t len)
{
    size_t i = 1;
    if (len < 3 || !strchr("<>=", code[1])) return;
    char c = code[i++];
    if (c == '<' && code[i] == '=') {
        c = 'l';
        i++;
    } else if (c == '<' && code[i] == '>') {
        c = '!';
        i++;
    } else if (c == '>' && code[i] == '=') {
        c = 'g';
        i++;
    }
    s->compare = c;
    s->limit = strtod(code + i, NULL);
}

static size_t find_sections(const char *code, struct section out[SECTIONS])
{
    size_t len = strlen(code), n = 0, from = 0;
    struct section s = {0};
    for (size_t i = 0; i <= len && n < SECTIONS;) {
        if (i == len || code[i] == ';') {
            s.text = code + from;
            s.len = i - from;
            out[n++] = s;
            s = (struct section){0};
            from = ++i;
            continue;
        }
        const char *shown;
        size_t k, used = literal_at(code, len, i, &shown, &k);
        if (used) {
            if (code[i] == '[') read_condition(&s, code + i, used);
            i += used;
            continue;
        }
        if (strncasecmp(code + i, "general", 7) == 0) {
            s.general = true;
            i += 7;
            continue;
        }
        char c = (char)(code[i] | 32);
        if ((code[i] == 'E' || code[i] == 'e') && (code[i + 1] == '+' || code[i + 1] == '-')) {
            i += 2;
            continue;
        }
        if (strchr("ymdhs", c)) s.date = true;
        if (code[i] == '@') s.text_only = true;
        i++;
    }
    return n;
}

static bool meets(const struct section *s, double v)
{
    switch (s->compare) {
    case '<': return v < s->limit;
    case '>': return v > s->limit;
    case 'l': return v <= s->limit;
    case 'g': return v >= s->limit;
    case '=': return v == s->limit;
    case '!': return v != s->limit;
    default: return false;
    }
}

/* The section for the value; *minus: its sign is to be written. */
static const struct section *choose(const struct section *s, size_t n, double v, bool *minus)
{
    *minus = v < 0;
    if (n > 0 && s[0].compare) {
        for (size_t i = 0; i < n; i++)
            if (!s[i].compare || meets(&s[i], v)) return &s[i];
        return &s[n - 1];
    }
    if (n > 1 && v < 0) {
        *minus = false;
        return &s[1];
    }
    return n > 2 && v == 0 ? &s[2] : &s[0];
}

/* ---- dates ---- */

struct moment {
    int year, month, day, weekday, hour, minute, second;
    double seconds; /* since the beginning, for elapsed time */
    double fraction;
};

/* False: before the first day or behind the year 9999. */
static bool moment_of(double value, bool epoch_1904, struct moment *m)
{
    if (!(value >= 0) || value >= 2958466) return false;
    m->seconds = value * 86400;
    double day = floor(value), rest = (value - day) * 86400;
    rest = floor(rest * 1000 + 0.5) / 1000;
    if (rest >= 86400) {
        day++;
        rest = 0;
    }
    long days = (long)day; /* since 1899-12-30 */
    if (epoch_1904)
        days += 1462;
    else if (days < 60)
        days++; /* the 29th of February 1900 that never was */
    m->weekday = (int)((days + 6) % 7);
    /* Days since 0000-03-01. */
    long z = days + 693899, era = z / 146097, doe = z - era * 146097;
    long yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    long doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    m->day = (int)(doy - (153 * mp + 2) / 5 + 1);
    m->month = (int)(mp < 10 ? mp + 3 : mp - 9);
    m->year = (int)(yoe + era * 400 + (m->month <= 2));
    long s = (long)rest;
    m->fraction = rest - (double)s;
    m->hour = (int)(s / 3600);
    m->minute = (int)(s / 60 % 60);
    m->second = (int)(s % 60);
    return true;
}

static size_t run_length(const char *code, size_t len, size_t i)
{
    size_t n = 1;
    while (i + n < len && (code[i + n] | 32) == (code[i] | 32)) n++;
    return n;
}

static void write_date(struct buffer *out, const struct section *s, const struct moment *m)
{
    static const char *const MONTHS[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
    static const char *const DAYS[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};
    const char *code = s->text;
    bool half = false, time = false; /* time: an 'm' that follows is of minutes */
    for (size_t i = 0; i + 4 < s->len; i++) half = half || strncasecmp(code + i, "AM/PM", 5) == 0;
    for (size_t i = 0; i + 2 < s->len; i++) half = half || strncasecmp(code + i, "A/P", 3) == 0;
    for (size_t i = 0; i < s->len;) {
        const char *shown;
        size_t n, used = literal_at(code, s->len, i, &shown, &n);
        if (used) {
            buffer_append(out, shown, n);
            i += used;
            continue;
        }
        char c = (char)(code[i] | 32);
        bool elapsed = code[i] == '[';
        if (elapsed) c = (char)(code[++i] | 32);
        n = run_length(code, s->len, i);
        size_t behind = i + n;
        while (behind < s->len && strchr(": ", code[behind])) behind++;
        bool minutes = c == 'm' && (time || (behind < s->len && (code[behind] | 32) == 's'));
        int wide = n > 1 ? 2 : 1;
        if (elapsed) {
            double unit = c == 'h' ? 3600 : c == 'm' ? 60 : 1;
            buffer_printf(out, "%0*.0f", wide, floor(m->seconds / unit + 1e-9));
            n++; /* the bracket */
            time = c == 'h';
        } else if (c == 'y') {
            if (n > 2)
                buffer_printf(out, "%04d", m->year);
            else
                buffer_printf(out, "%02d", m->year % 100);
            time = false;
        } else if (minutes) {
            buffer_printf(out, "%0*d", wide, m->minute);
        } else if (c == 'm') {
            if (n >= 4)
                buffer_puts(out, MONTHS[m->month - 1]);
            else if (n == 3)
                buffer_printf(out, "%.3s", MONTHS[m->month - 1]);
            else
                buffer_printf(out, "%0*d", wide, m->month);
        } else if (c == 'd') {
            if (n >= 4)
                buffer_puts(out, DAYS[m->weekday]);
            else if (n == 3)
                buffer_printf(out, "%.3s", DAYS[m->weekday]);
            else
                buffer_printf(out, "%0*d", wide, m->day);
            time = false;
        } else if (c == 'h') {
            buffer_printf(out, "%0*d", wide, half ? (m->hour + 11) % 12 + 1 : m->hour);
            time = true;
        } else if (c == 's') {
            buffer_printf(out, "%0*d", wide, m->second);
            time = false;
        } else if (strncasecmp(code + i, "AM/PM", 5) == 0) {
            buffer_puts(out, m->hour < 12 ? "AM" : "PM");
            n = 5;
        } else if (strncasecmp(code + i, "A/P", 3) == 0) {
            buffer_puts(out, m->hour < 12 ? "A" : "P");
            n = 3;
        } else if (c == '.' && i + 1 < s->len && code[i + 1] == '0') {
            n = 1 + run_length(code, s->len, i + 1);
            double unit = pow(10, (double)(n - 1 < 6 ? n - 1 : 6));
            buffer_printf(out, ".%0*.0f", (int)(n - 1 < 6 ? n - 1 : 6), floor(m->fraction * unit + 1e-6));
        } else if (code[i] != '@') {
            buffer_append(out, code + i, n);
        }
        i += n;
    }
}

/* ---- numbers ---- */

struct digits {
    size_t begin, end;       /* of the placeholders, in the section */
    size_t whole, decimals, fixed; /* '0' before the point; places behind it; of them '0' */
    size_t scale;            /* commas behind: thousands */
    bool grouped, percent, exponent, fraction;
    size_t exponent_digits, denominator; /* of "?/??"; a stated one */
    size_t denominator_digits;
};

static bool is_place(char c)
{
    return c == '0' || c == '#' || c == '?';
}

static void find_digits(const struct section *s, struct digits *d)
{
    const char *code = s->text;
    bool point = false, any = false;
    *d = (struct digits){.begin = s->len, .end = s->len};
    for (size_t i = 0; i < s->len;) {
        const char *shown;
        size_t n, used = literal_at(code, s->len, i, &shown, &n);
        if (used) {
            i += used;
            continue;
        }
        char c = code[i];
        if (c == '%') d->percent = true;
        if (is_place(c) && !d->fraction) {
            if (!any) d->begin = i;
            any = true;
            d->end = i + 1;
            d->whole += !point && c == '0';
            d->decimals += point;
            d->fixed += point && c == '0';
        } else if (c == '.' && !point) {
            if (!any) d->begin = i;
            point = any = true;
            d->end = i + 1;
        } else if (c == ',' && any && !point) {
            size_t k = i;
            while (k < s->len && code[k] == ',') k++;
            if (k < s->len && is_place(code[k]))
                d->grouped = true;
            else
                d->scale += k - i;
            i = d->end = k;
            continue;
        } else if (c == ',' && any) {
            d->scale++;
            d->end = i + 1;
        } else if ((c == 'E' || c == 'e') && any && i + 1 < s->len &&
                   (code[i + 1] == '+' || code[i + 1] == '-')) {
            d->exponent = true;
            for (i += 2; i < s->len && is_place(code[i]); i++) d->exponent_digits++;
            d->end = i;
            continue;
        } else if (c == '/' && any && !point) {
            d->fraction = true;
            for (i++; i < s->len && (is_place(code[i]) || (code[i] >= '1' && code[i] <= '9')); i++) {
                if (!is_place(code[i]) || d->denominator)
                    d->denominator = d->denominator % 100000 * 10 + (size_t)(is_place(code[i]) ? 0 : code[i] - '0');
                d->denominator_digits++;
            }
            d->end = i;
            continue;
        }
        i++;
    }
    if (d->decimals > MAX_DECIMALS) d->decimals = MAX_DECIMALS;
    if (d->fixed > d->decimals) d->fixed = d->decimals;
}

static void write_fraction(struct buffer *out, const struct digits *d, double v)
{
    double whole = floor(v), rest = v - whole, best = 2;
    long most = d->denominator_digits > 2 ? 999 : d->denominator_digits == 2 ? 99 : 9, up = 0, down = 1;
    long from = d->denominator ? (long)d->denominator : 1, to = d->denominator ? from : most;
    for (long q = from; q <= to; q++) {
        double p = floor(rest * (double)q + 0.5), off = fabs(rest - p / (double)q);
        if (off >= best - 1e-12) continue;
        best = off;
        up = (long)p;
        down = q;
    }
    if (up == down) {
        whole++;
        up = 0;
    }
    if (whole != 0 || up == 0) buffer_printf(out, "%.0f", whole);
    if (up) buffer_printf(out, "%s%ld/%ld", whole != 0 ? " " : "", up, down);
}

/* Rounded as a spreadsheet does: half away from zero, of the decimal number that is meant. */
static void print_rounded(char *text, size_t size, double v, size_t decimals)
{
    double unit = pow(10, (double)decimals), scaled = v * unit;
    if (scaled < 1e14) v = floor(scaled + 0.5 + scaled * 1e-15) / unit;
    snprintf(text, size, "%.*f", (int)decimals, v);
}

static void write_digits(struct buffer *out, const struct digits *d, double v)
{
    char text[400];
    if (d->exponent) {
        int e = v > 0 ? (int)floor(log10(v)) : 0;
        snprintf(text, sizeof text, "%.*e", (int)d->decimals, v);
        char *mark = strchr(text, 'e');
        if (mark) {
            e = atoi(mark + 1);
            *mark = '\0';
        }
        buffer_printf(out, "%sE%c%0*d", text, e < 0 ? '-' : '+', (int)(d->exponent_digits % 8), abs(e));
        return;
    }
    print_rounded(text, sizeof text, v, d->decimals);
    char *point = strchr(text, '.');
    size_t whole = point ? (size_t)(point - text) : strlen(text);
    bool nothing = d->whole == 0 && !point && whole == 1 && text[0] == '0'; /* "#" of 0 */
    for (size_t i = whole; i < d->whole && i < 40; i++) buffer_putc(out, '0');
    for (size_t i = 0; i < whole && !nothing; i++) {
        if (i && d->grouped && (whole - i) % 3 == 0) buffer_putc(out, ',');
        buffer_putc(out, text[i]);
    }
    if (!point) return;
    size_t end = strlen(point);
    while (end > 1 + d->fixed && point[end - 1] == '0') end--;
    if (end > 1) buffer_append(out, point, end);
}

bool number_format_write(struct buffer *out, double value, const char *code, bool epoch_1904)
{
    struct section s[SECTIONS];
    struct buffer number = {0};
    size_t n = code && *code ? find_sections(code, s) : 0, from = out->len;
    if (n == 0) {
        number_format_general(out, value);
        return true;
    }
    bool minus, written = false;
    const struct section *chosen = choose(s, n, value, &minus);
    struct moment m;
    if (chosen->date && !chosen->general) {
        if (!moment_of(value, epoch_1904, &m)) {
            number_format_general(out, value);
            return true;
        }
        write_date(out, chosen, &m);
        return false;
    }
    struct digits d;
    find_digits(chosen, &d);
    double v = fabs(value);
    if (d.percent) v *= 100;
    for (size_t i = 0; i < d.scale && i < 5; i++) v /= 1000;
    if (chosen->general || chosen->text_only)
        number_format_general(&number, v);
    else if (d.begin < chosen->len && d.fraction)
        write_fraction(&number, &d, v);
    else if (d.begin < chosen->len)
        write_digits(&number, &d, v);
    bool zero = strspn(buffer_text(&number), "0.,") == number.len;
    if (minus && !zero) buffer_putc(out, '-');
    for (size_t i = 0; i < chosen->len;) {
        const char *shown;
        size_t k, used = literal_at(chosen->text, chosen->len, i, &shown, &k);
        bool general = !used && chosen->general && strncasecmp(chosen->text + i, "general", 7) == 0;
        if (general || (!written && !used && (i == d.begin || chosen->text[i] == '@'))) {
            buffer_append(out, buffer_text(&number), number.len);
            written = true;
            i = general ? i + 7 : i == d.begin ? d.end : i + 1;
            continue;
        }
        if (used) {
            buffer_append(out, shown, k);
            i += used;
            continue;
        }
        if (!strchr("#?,@", chosen->text[i]) || chosen->text[i] == ' ') buffer_append(out, chosen->text + i, 1);
        i++;
    }
    if (number.failed) out->failed = true;
    buffer_free(&number);
    /* "(1,200)" is how accounts write -1200. */
    size_t len = out->len - from;
    if (!out->failed && value < 0 && n > 1 && len > 2 && out->data[from] == '(' &&
        memchr(out->data + from, ')', len)) {
        char *end = memchr(out->data + from, ')', len);
        out->data[from] = '-';
        memmove(end, end + 1, out->len - (size_t)(end - out->data));
        out->len--;
    }
    return written;
}
