/* Names of the sizes of one thing: "L x W x H (mm)", "Dimensions (LxBxH)", "长/宽/高", "Cargo area L x W". */
#ifndef INGEST_DIMENSION_LIST_H
#define INGEST_DIMENSION_LIST_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

enum { DIMENSION_LIST_MAX = 3 };

struct unit;

/* The names of the parts, in their order: "length" of the vehicle itself, "Cargo area length" of what else the
 * name speaks of; the unit that it states, or NULL. *n 0: it is no such name. False: memory is out. */
bool dimension_list_read(const char *out[DIMENSION_LIST_MAX], size_t *n, const struct unit **unit, const char *name,
                         size_t len, struct arena *arena);

#endif
