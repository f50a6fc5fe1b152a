/* JSON objects as rows of a table: a column for each path ("engine.power") in the order in which
 * they are first seen, missing ones empty. Lists of scalars are joined in one cell; lists of
 * objects are flattened with their number ("motors.1.power"); {"value": 150, "unit": "hp"} is "150
 * hp", and a list of names with values becomes a column a name. Private to the JSON readers.
 */
#ifndef DOCUMENT_JSON_RECORD_H
#define DOCUMENT_JSON_RECORD_H

#include "document/json_scan.h"
#include "document/reader.h"

/* An entry of a row before its place in the table is known. */
struct json_entry {
    struct cell cell;
    uint32_t column;
};

struct json_rows {
    struct document_reader *reader;
    const struct json_tape *tape;
    struct json_column {
        const char *name;
        uint32_t len, line;
        uint64_t begin;
        uint64_t hash;
        size_t last_row; /* the row, counted from 1, that filled it last */
        size_t repeated; /* how often that row filled it */
        size_t group;    /* the part of the table that it was numbered in */
        uint32_t at;     /* its number there */
    } * columns;
    size_t n_columns, cap_columns;
    uint32_t *slots; /* hash table of indices and 1; (n_slots), a power of two */
    size_t n_slots;
    struct json_entry *entries;
    size_t n_entries, cap_entries;
    struct json_row {
        size_t first, number;
    } * rows;
    size_t n_rows, cap_rows;
    uint32_t guess; /* the column that follows the last one used */
    char path[DOCUMENT_MAX_NAME + 8];
    size_t path_len;
    struct buffer text; /* scratch */
    size_t n_left_out;  /* values beyond DOCUMENT_MAX_COLUMNS */
    size_t n_repeated;  /* members given twice */
    size_t copies_left; /* entries of parents that may still be copied to rows */
    size_t line_first, line_last, begin, end; /* of all rows */
};

void json_rows_init(struct json_rows *t, struct document_reader *r, const struct json_tape *tape);
void json_rows_free(struct json_rows *t);

/* The prefix of the columns to come, until the table ends: the name of a member. */
void json_rows_set_path(struct json_rows *t, size_t member);

/* Begins a row. */
void json_rows_add(struct json_rows *t, size_t number);

/* A cell in the column `name`, with the text of a value or of a member's name. */
void json_rows_add_value(struct json_rows *t, const char *name, size_t len, size_t value);
void json_rows_add_key(struct json_rows *t, const char *name, size_t len, size_t value);

/* All members of the object (or elements of the list) `value`, flattened, in columns below the
 * prefix path[0, path_len). */
void json_rows_add_members(struct json_rows *t, size_t value);

/* One value in the column `name`; flattened when it is no scalar. */
void json_rows_add_member(struct json_rows *t, size_t value);

/* Goes on with the row that was begun by the members of an object. Its member lists[0], a list of
 * objects, holds what the rows are: there is one for each of them, with the other cells in front
 * ("make", "models.name"). lists[1] is the same a level below; (n_lists), 0: all is one row. */
void json_rows_add_record(struct json_rows *t, size_t value, size_t number, const uint32_t *lists,
                          size_t n_lists);

/* Makes the table, with a row of names; `caption` as table_builder_end. Empties t. */
struct table *json_rows_end(struct json_rows *t, const char *caption, size_t caption_len,
                            enum row_word row_word, size_t n_keys);

/* Rows as (path, value) pairs of two columns: what stands beside lists. */
struct table *json_rows_end_pairs(struct json_rows *t, const char *caption, size_t caption_len);

/* The text of a scalar or a list of scalars, in t->text. */
const char *json_rows_text(struct json_rows *t, size_t value, size_t *len);

#endif
