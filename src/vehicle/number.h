/* How numbers are written: decided once for a column (or a file), from all its cells, never cell by
 * cell. "8,461" is 8.461 in a column where other cells read "9,02", and 8461 where they read
 * "1,234,567"; Indian grouping "1,22,755", apostrophes and (thin, no-break) spaces group too.
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
    size_t point, comma;           /* cells that only this style explains */
    size_t ambiguous;              /* "1,234" or "1.234" alone */
    size_t leading_zero_ambiguous; /* "0,123": decimal whatever the rest says */
    size_t ambiguous_point;        /* of ambiguous: with '.' */
};
void number_evidence_add(struct number_evidence *e, const char *text, size_t len);
void number_evidence_join(struct number_evidence *e, const struct number_evidence *other);

/* The style that the evidence tells; `fallback` where it tells nothing. *sure (may be NULL): there
 * was evidence. With ambiguous cells alone "1.234" groups in a file whose other columns use commas
 * as decimal signs: that is what `fallback` is for. */
enum number_style number_style_decide(const struct number_evidence *e, enum number_style fallback,
                                      bool *sure);

/* The number at the start of text[0, len): sign, digits, groups, decimals, fractions (1/2, ½, 3 1/2),
 * exponent; digits of other scripts count as digits. *used is its length. False: there is none. */
bool number_parse(const char *text, size_t len, enum number_style style, double *value,
                  size_t *used);

#endif
