/* How answers write what they name: vehicles, attributes, quantities, and texts that documents
 * wrote. */
#ifndef ANSWER_WORDING_H
#define ANSWER_WORDING_H

#include "answer/phrases.h"
#include "query/query.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text of a document or a question, fit for a sentence: one line, valid UTF-8, no control and no
 * direction characters, at most about `max` bytes ("…" where it is cut). Something that looks like
 * a citation ("[3]") gets round brackets: only the program makes citations. */
void clean_write(struct buffer *out, const char *text, size_t max);

enum { WORDING_MAX_NAME = 160, WORDING_MAX_VALUE = 240, WORDING_MAX_QUOTE = 600 };

/* "2022 Kia Carnival"; in other languages than English "Kia Carnival (2022)". year 0: as it is. */
void vehicle_name_write(struct buffer *out, const char *title, int year, enum language l);

/* "combined fuel consumption (WLTP)". What attribute -1 is called is `own`. `economy`: its values
 * are miles per gallon and the like, of which more is less consumption. */
struct attribute_name {
    int attribute;
    uint64_t qualifiers;
    bool economy;
    const char *own, *section; /* section: "" where the name alone is clear */
};
void attribute_name_write(struct buffer *out, const struct attribute_name *a, enum language l);
/* The names of qualifiers alone, with commas: "city, WLTP". */
void qualifiers_write(struct buffer *out, uint64_t qualifiers, enum language l);

/* The name of a column of the store, and of what a query asks for. */
struct attribute_name column_attribute_name(const struct catalog *c, size_t column);
struct attribute_name query_attribute_name(const struct query_attribute *a);

/* Whether English says "are" of it: "seats", "CO2 emissions". */
bool name_is_plural(const char *name);

/* Whether the unit counts what the vehicle does with the energy (mpg), not the energy (L/100 km).
 */
bool unit_is_economy(const struct unit *u);

/* As many decimals as the value has, at most 6; and for a computed value four significant digits or
 * one decimal, whichever is more. */
int stated_decimals(double value);
int computed_decimals(double value);

/* "11.3 L/100 km", "8.8–10.3 kW", "$35,000", "58.990 €". `open` and `close` ("" or NULL: nothing)
 * stand around the number alone. Of a number that is not finite or beyond 1e15 false, and nothing
 * is written. */
bool quantity_write(struct buffer *out, double low, double high, int decimals,
                    const struct unit *unit, enum language l, const char *open, const char *close);

/* A condition's bound: "more than 10 L/100 km". Conditions that are no number: the text itself. */
void bound_write(struct buffer *out, const struct query_condition *w, enum language l);

/* The whole condition: "city fuel consumption more than 12.5 L/100 km"; where the value says it
 * all, as the question writes it: "diesel". */
void condition_write(struct buffer *out, const struct query_condition *w, enum language l);

/* Words of a question and the name that they were taken to mean, each in quotes. */
void assumed_write(struct buffer *words, struct buffer *name, const struct query_meaning *m, enum language l);

/* "Value · combined fuel consumption · 2022 Kia Telluride AWD": what was understood, in one line.
 */
void understood_write(struct buffer *out, const struct query *q, const struct catalog *c,
                      enum language l);

#endif
