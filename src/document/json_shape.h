/* What a JSON value is meant as: a table by rows, by columns, by keys, or one record. The text
 * alone decides, by its structure; nothing here knows vehicles. Private to the JSON readers.
 */
#ifndef DOCUMENT_JSON_SHAPE_H
#define DOCUMENT_JSON_SHAPE_H

#include "document/json_scan.h"

enum { JSON_MAX_KEYS = 3, JSON_MAX_LISTS = 4 };

static inline bool json_is_container(const struct json_value *v)
{
    return v->type == JSON_LIST || v->type == JSON_RECORD;
}

/* The first element or member of v and the one behind e: for (i = v + 1; i < values[v].next; i =
 * values[i].next). */

/* Whether the member's name is `name`, without regard to case. */
bool json_key_is(const struct json_tape *t, size_t v, const char *name);

/* A list with elements, most of them objects; most of them lists. */
bool json_is_record_list(const struct json_tape *t, size_t v);
bool json_is_matrix(const struct json_tape *t, size_t v);

/* Values without members of their own in v; a list of scalars is one, lists of objects are left
 * out. */
size_t json_leaves(const struct json_tape *t, size_t v);

/* How many fields a row of the table has that v is, or of the richest table below v. */
double json_richness(const struct json_tape *t, size_t v);

/* {"value": 150, "unit": "hp"}: the two, or false. */
bool json_is_quantity(const struct json_tape *t, size_t v, size_t *value, size_t *unit);

/* [{"name": "Power", "value": 150, "unit": "hp"}, ...]: all elements are so; the member of one. */
bool json_is_pair_list(const struct json_tape *t, size_t v);
void json_pair(const struct json_tape *t, size_t element, size_t *name, size_t *value,
               size_t *unit); /* *unit SIZE_MAX: none */

/* Levels of keys above the records of an object: {"Yaris": {...}, "Jazz": {...}} has one,
 * {"Toyota":
 * {"Yaris": {...}}, "Honda": ...} two; 0: it is no keyed table. */
size_t json_key_levels(const struct json_tape *t, size_t v);

/* Whether the keys of an object (or of its first member) are 0, 1, 2, ... or 1, 2, 3, ... */
bool json_keys_count_up(const struct json_tape *t, size_t v);

/* {"make": [...], "hp": [...]}: lists of scalars, equally long; or {"make": {"0": ...}, "hp": {"0":
 * ...}}. Other members are text about them. *n: the rows. */
bool json_is_columnar(const struct json_tape *t, size_t v, size_t *n);
bool json_is_column(const struct json_tape *t, size_t member, size_t n);

/* {"columns": [names], "data": [[...]]}: the two, and a list of row labels ("index"; SIZE_MAX:
 * none). */
bool json_is_split(const struct json_tape *t, size_t v, size_t *names, size_t *rows,
                   size_t *labels);

/* Names of members that tell of the file, not of what is in it: "source", "updated", "count". */
bool json_is_about_file(const struct json_tape *t, size_t v);

/* Whether v is, or holds below objects, a table of its own. */
bool json_holds_table(const struct json_tape *t, size_t v);

/* Which lists inside the records v[0, n) are the rows proper: makes with their models, models with
 * their trims. Entries of the tape whose names are those of the members, one a level. Returns their
 * number. */
size_t json_row_lists(const struct json_tape *t, const uint32_t *records, size_t n,
                      uint32_t lists[JSON_MAX_LISTS]);

#endif
