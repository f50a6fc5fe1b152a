/* The marks of equipment tables: "S", "●" standard, "O", "○" optional, "–" not to be had. */
#ifndef INGEST_MARKS_H
#define INGEST_MARKS_H

#include "document/document.h"

#include <stdbool.h>

enum equipment_mark { MARK_NONE, MARK_STANDARD, MARK_OPTIONAL, MARK_ABSENT };

/* What a whole cell marks; MARK_NONE: it is none. `letter`: a letter, which may mean much else. */
enum equipment_mark mark_read(const struct cell *c, bool *letter);

/* Whether the cells are such marks alone, of which one at least is no dash: then a dash says "not to be had"
 * and not "not known". `letters`: what they are of is equipment, so that letters may be marks as well. */
bool marks_fill(const struct cell *const *cells, size_t n, bool letters);

#endif
