/* What a single cell looks like, before anything is known of its column.
 */
#ifndef INGEST_CELL_SHAPE_H
#define INGEST_CELL_SHAPE_H

#include "document/document.h"
#include "vehicle/number.h"
#include "vehicle/registry.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether a name is one of the registry's attributes, or has a unit: what a column or a row of data is
 * called, rather than what stands in it. */
bool is_measure_name(const char *name, size_t len);

/* A dash or a point alone: nothing. */
bool is_dash_cell(const struct cell *c);

/* A unit alone. */
bool is_unit_cell(const struct cell *c);

/* A year alone. */
bool is_year_name(const struct cell *c, int *year);

/* What the name of a column says its cells are. */
enum attribute_role role_of_name(const char *name, size_t len);

/* Whether a cell holds a number with at most a unit or a remark beside it, and no name. */
bool is_numeric_cell(const char *text, size_t len);

/* "750 ± 50", "650 ±25 rpm", "3 + 84°": a figure and what its text says of it from *remark on: a tolerance, or the
 * angle by which a bolt is turned after its torque. *unit: written in it; NULL. */
struct adjusted_cell {
    double value;
    const struct unit *unit;
    size_t remark; /* byte */
};
bool adjusted_cell_read(struct adjusted_cell *out, const char *text, size_t len, enum number_style style);

/* The text without the marks of a footnote at its end: "412*", "56 [1]", "4.2\u00b9". */
size_t without_footnote(const char *text, size_t len);

/* The same for a name, whose brackets may hold a unit: "GCWR (lb)[^1]", "Payload*", "Range [2]",
 * "Consumption (1)"; "Power [kW]" and "m\u00b2" stay. */
size_t name_without_footnote(const char *text, size_t len);

const struct cell *table_cell(const struct table *t, size_t row, size_t column);

#endif
