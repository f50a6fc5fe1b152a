/* How numbers are written: decided once for a column (or a file), from all its cells, never cell by
 * cell. "8,461" is 8.461 in a column where other cells read "9,02", and 8461 where they read
 * "1,234,567"; Indian grouping "1,22,755", apostrophes and (thin, no-break) spaces group too.
 *
 * A form that only one style explains ("9,02", "1.234.567", "1.234,5", "0,123") is read by that one
 * whatever the column's style is; the style decides about "1,234" and "1.234" alone.
 */
#ifndef VEHICLE_NUMBER_H
#define VEHICLE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

enum number_style {
    NUMBER_POINT, /* 1,234.5 (also 1 234.5, 1'234.5, 1,22,755.5) */
    NUMBER_COMMA, /* 1.234,5 (also 1 234,5, 1'234,5) */
};

/* Evidence, added up over cells; zero-initialise. */
struct number_evidence {
    size_t point, comma;           /* numbers that only this style explains */
    size_t ambiguous;              /* "1,234" or "1.234" alone */
    size_t leading_zero_ambiguous; /* "0,123": decimal whatever the rest says; in comma or point too */
    size_t ambiguous_point;        /* of ambiguous: with '.' */
    size_t plain;                  /* numbers above 0 without point or comma: "471", "1 341" */
    double plain_magnitude;        /* sum of their decimal logarithms */
    double ambiguous_magnitude;    /* sum of the logarithms of the ambiguous ones, read as grouped */
};
/* A cell's numbers: those that are followed by nothing, a unit or punctuation ("2.0 TDI", "12.05.2021"
 * and "v1.2" are names, dates, versions). */
void number_evidence_add(struct number_evidence *e, const char *text, size_t len);
/* All numbers of running text, each for itself. */
void number_evidence_add_text(struct number_evidence *e, const char *text, size_t len);
void number_evidence_join(struct number_evidence *e, const struct number_evidence *other);

/* The style that the evidence tells; `fallback` where it tells nothing. *sure (may be NULL): there
 * was evidence.
 *   1. What only one style explains: the style with more of it.
 *   2. Ambiguous numbers alone, beside plain ones: the reading that gives both the same magnitude, so
 *      that 471, 1.341, 1.165 group and 2, 3, 1.341 do not.
 *   3. Else `fallback`: "1.234" groups in a file whose other columns use commas as decimal signs.
 * So callers take as fallback for a column the style of the file, from the joined evidence of its
 * number columns, and as fallback for the file what its kind suggests (';' between fields: comma). */
enum number_style number_style_decide(const struct number_evidence *e, enum number_style fallback,
                                      bool *sure);

/* The number at the start of text[0, len): sign, digits, groups, decimals, fractions (1/2, ½, 3 1/2),
 * exponent; digits of other scripts count as digits. *used is its length. False: there is none, or it
 * is a version, a date with points, or beyond a double. Of "15,16,17" it is 15. */
bool number_parse(const char *text, size_t len, enum number_style style, double *value,
                  size_t *used);

/* As number_parse, with what else its spelling tells. */
struct number_form {
    int decimals;      /* as written: 2 in "1,50" */
    size_t digits;     /* of its whole part */
    bool sign;         /* '+' or '-' before it */
    bool leading_zero; /* "007" */
    bool separated;    /* has points, commas, groups, a fraction or an exponent */
    bool fraction;     /* ends in "1/2" or "½" */
    bool bare_fraction; /* is "1/2" alone: may be two numbers */
    bool space_groups; /* groups by plain spaces: may be two numbers */
    size_t first_group; /* of space_groups: bytes up to the first space */
};
bool number_parse_form(const char *text, size_t len, enum number_style style, double *value,
                       size_t *used, struct number_form *form);

/* The digit that the code point at text[0, len) is, in any script, or -1; *used is its length. */
int number_digit(const char *text, size_t len, size_t *used);

#endif
