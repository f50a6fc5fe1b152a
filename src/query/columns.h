/* Which columns of a source hold what a question asks for. */
#ifndef QUERY_COLUMNS_H
#define QUERY_COLUMNS_H

#include "query/query.h"

#include <stddef.h>

enum { COLUMNS_MAX = 16 };

/* The columns of the source that hold the attribute, the best fit alone; several only where they say
 * different things that the question does not tell apart (front and rear, city and highway without a
 * combined figure, least and most). `wanted` (NULL: any) chooses among columns of one meaning in
 * several units. At most COLUMNS_MAX; returns their number, 0: the source does not have it. */
size_t columns_find(const struct catalog *c, size_t source, const struct query_attribute *a,
                    const struct unit *wanted, size_t *out);

/* Whether the words of the run stand side by side in the key; both are token keys with spaces. */
bool key_has_run(const char *key, const char *run);

/* The category that a cell's text means; where it says more, that of the words before the first comma or bracket,
 * "Diesel, ultra low sulfur (15 ppm)", if the rest names no other. -1: none. */
int cell_category(int attribute, const char *text);

/* Index into CATEGORIES; -1: none. */
int category_find(const char *id);

/* Whether a column of the store's own has ticks alone: yes and no, and letters that stand for them. */
bool column_is_yes_no(const struct catalog *c, size_t column);

/* Whether the source's columns show that all its vehicles are electric: a battery or an electric range, and
 * nothing of an engine or a fuel. */
bool source_is_electric(const struct catalog *c, size_t source);

/* Whether any source of these records (n_records 0: of the whole catalog) has the attribute. */
bool columns_have(const struct catalog *c, const size_t *records, size_t n_records,
                  const struct query_attribute *a);

/* ---- filter.c ---- */
/* Whether the source's caption, or its document's title or name, has a word of the category. */
bool source_says(const struct catalog *c, size_t source, int category);
#endif
