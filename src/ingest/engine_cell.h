/* What the description of an engine says besides: "5.3L V8" has a displacement and cylinders, "2.2 diesel" a
 * fuel. */
#ifndef INGEST_ENGINE_CELL_H
#define INGEST_ENGINE_CELL_H

#include "vehicle/unit.h"

#include <stdbool.h>
#include <stddef.h>

enum engine_part {
    ENGINE_WHOLE, /* no part: the cell itself */
    ENGINE_DISPLACEMENT,
    ENGINE_CYLINDERS,
    ENGINE_FUEL,
    N_ENGINE_PARTS,
};

/* The id of the attribute that a part is. */
const char *engine_part_attribute(enum engine_part part);

/* The number of a part and its unit (NULL: a count); false where the text says none, or several. */
bool engine_number(const char *text, size_t len, enum engine_part part, double *value, const struct unit **unit);

/* The fuel, as an index into CATEGORIES; -1: none, or several. */
int engine_fuel(const char *text, size_t len);

#endif
