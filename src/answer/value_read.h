/* Values that no fact gives, read from prose by a language model: one attribute of one vehicle at a
 * time. The program finds the sentences that may hold the value; the model copies a span of them (and
 * can write nothing else); the program binds the span to vehicle and attribute (value_bind.h). What is
 * bound becomes a row like any other, with the sentence as its cell.
 */
#ifndef ANSWER_VALUE_READ_H
#define ANSWER_VALUE_READ_H

#include "answer/passages_read.h"

struct value_read {
    size_t subject, attribute; /* of the query */
    size_t hit;                /* index into hits */
    uint64_t qualifiers;
    struct fact_value fact;    /* with its quote */
    size_t line;
};

struct value_reading {
    struct hit_list hits; /* that were read */
    struct value_read *items;
    size_t n;
    const char *phrase; /* the words that were taken as the attribute's name; NULL: it is the query's */
    bool generated;     /* the model was asked */
    struct generate_result usage; /* added up */
};

/* Whether reading prose may answer what the result does not: a value (or its comparison) of named
 * vehicles, of a known attribute or of words that nothing else explains. */
bool values_wanted(const struct query *q, const struct result *r);

/* Reads what is missing; out->n is 0 where nothing was found. Strings live in the arena and in
 * out->hits, which the caller frees. `g` may be NULL: a model is then opened (o->open_generator) once there
 * are sentences that one should read; where there is none nothing is read. */
bool values_read(struct value_reading *out, struct store *store, const struct generator *g,
                 const struct query *q, const struct result *r, const struct catalog *c,
                 const struct reading_options *o, struct arena *arena, struct error *err);

/* ---- value_rows.c ---- */

/* Puts what was read into the result: the query becomes one for values, the catalog a copy in the
 * arena with one record and column more for each. */
bool value_rows_add(struct query *q, struct result *r, const struct catalog **catalog,
                    const struct value_reading *reading, struct arena *arena, struct error *err);

#endif
