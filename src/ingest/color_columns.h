/* Columns called after a side of the vehicle whose cells are colours: "Exterior" over "Oxford White" is the
 * paint, "Interior" over "Black leather" the colour inside.
 */
#ifndef INGEST_COLOR_COLUMNS_H
#define INGEST_COLOR_COLUMNS_H

#include "ingest/interpret.h"

/* Gives the column that attribute where its name means none and most of cells[0, n) name a colour. */
void color_column_take(struct interpreted_column *c, const struct cell *const *cells, size_t n);

#endif
