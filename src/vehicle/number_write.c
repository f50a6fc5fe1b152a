#include "base/buffer.h"
#include "vehicle/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WRITE_DECIMALS = 15 };

/* How a language writes numbers: CLDR's separators, groups from five digits on. */
struct number_format {
    const char *language, *group, *point;
};

static const struct number_format *format_of(const char *language)
{
    static const struct number_format FORMATS[] = {
        {"en", ",", "."},
        {"de", ".", ","},
        {"fr", "\xE2\x80\xAF", ","},
        {"es", "\xE2\x80\xAF", ","},
        {"zh", ",", "."},
    };
    for (size_t i = 1; language && i < sizeof FORMATS / sizeof *FORMATS; i++)
        if (!strncmp(language, FORMATS[i].language, 2)) return &FORMATS[i];
    return &FORMATS[0];
}

/* The fewest decimal digits that mean this double, and the power of ten of the first. */
static size_t shortest_digits(double value, char digits[32], int *exponent)
{
    char text[48];
    for (int precision = 14; precision <= 16; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, value);
        if (precision == 16 || strtod(text, NULL) == value) break;
    }
    size_t n = 0;
    const char *p = text;
    for (; *p && *p != 'e'; p++)
        if (*p >= '0' && *p <= '9' && n < 31) digits[n++] = *p; /* the point is the locale's */
    *exponent = *p ? (int)strtol(p + 1, NULL, 10) : 0;
    while (n > 1 && digits[n - 1] == '0') n--;
    return n;
}

/* Rounds to `keep` digits, halves away from zero. May carry into a new first digit. */
static size_t round_digits(char digits[32], size_t n, long keep, int *exponent)
{
    if (keep >= (long)n) return n;
    if (keep < 0) return 0;
    bool up = digits[keep] >= '5';
    n = (size_t)keep;
    while (up && n > 0) {
        if (digits[n - 1] < '9') {
            digits[n - 1]++;
            return n;
        }
        n--; /* a nine becomes a zero that need not be kept */
    }
    if (up) {
        digits[0] = '1';
        *exponent += 1;
        return 1;
    }
    return n;
}

void number_write(struct buffer *out, double value, int decimals, const char *language)
{
    if (!isfinite(value)) {
        buffer_puts(out, "–");
        return;
    }
    if (decimals < 0) decimals = 0;
    if (decimals > MAX_WRITE_DECIMALS) decimals = MAX_WRITE_DECIMALS;
    const struct number_format *f = format_of(language);
    char digits[32];
    int exponent;
    size_t n = shortest_digits(fabs(value), digits, &exponent);
    n = round_digits(digits, n, (long)exponent + 1 + decimals, &exponent);
    while (n > 0 && digits[n - 1] == '0') n--;
    if (n == 0) {
        buffer_putc(out, '0');
        return;
    }
    if (value < 0) buffer_putc(out, '-');
    int whole = exponent + 1; /* digits before the point */
    if (whole <= 0) buffer_putc(out, '0');
    for (int i = 0; i < whole; i++) {
        if (i > 0 && whole >= 5 && (whole - i) % 3 == 0) buffer_puts(out, f->group);
        buffer_putc(out, (size_t)i < n ? digits[i] : '0');
    }
    if ((long)n <= whole) return;
    buffer_puts(out, f->point);
    for (int i = whole; i < 0; i++) buffer_putc(out, '0');
    for (size_t i = whole > 0 ? (size_t)whole : 0; i < n; i++) buffer_putc(out, digits[i]);
}
