/* Columns that hold several attributes in one cell: "Power/Torque", "City/Highway MPG",
 * "Dimensions (LxWxH)", "长×宽×高(mm)", "Towing braked / unbraked (kg)". Each becomes a column of its own over the same cells.
 */
#ifndef INGEST_COMPOUND_H
#define INGEST_COMPOUND_H

#include "ingest/interpret.h"
#include "vehicle/value.h"

enum { COMPOUND_MAX = 4 };

struct compound {
    size_t n;                        /* 0: one attribute */
    bool listed;                     /* one thing by words or units: "travel front/rear" */
    const char *names[COMPOUND_MAX]; /* of the parts, in their order */
    const char *unit;                /* that the whole name states behind its parts; "" */
};

/* Takes a column's name apart when each part is an attribute and most of `cells` have as many figures.
 * False: memory is out. */
bool compound_read(struct compound *out, const char *name, const struct cell *const *cells,
                   size_t n_cells, struct arena *arena);

/* Of a cell read as *v, the figures of part `c->part`; leaves n_parts 0 where it has none. */
void compound_take(const struct interpreted_column *c, struct value *v);

#endif
