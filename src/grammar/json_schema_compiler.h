/* What the files of the schema compiler share (json_schema.c: the schema's structure;
 * json_schema_values.c: strings, numbers, literals; json_schema_graph.c: what follows from the
 * whole). Private to them. */
#ifndef GRAMMAR_JSON_SCHEMA_COMPILER_H
#define GRAMMAR_JSON_SCHEMA_COMPILER_H

#include "grammar/json_schema.h"

enum { SCHEMA_MAX_ONE_OF = 256 };

struct schema_compiler {
    struct json_schema *s;
    const json_t *root;
    struct error *err;
    const json_t **seen; /* (n): the schema that a node was made from; NULL: none */
    uint32_t cap;
    size_t bytes, n_literals; /* so far */
    unsigned depth;
    char path[192]; /* where in the schema it is, for errors */
    size_t path_len;
    struct {
        const uint32_t *nodes;
        uint32_t n;
    } one_of[SCHEMA_MAX_ONE_OF];
    size_t n_one_of;
};

/* Errors with the place in the schema; both return false. */
bool schema_refuse(struct schema_compiler *c, enum error_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool schema_no_memory(struct schema_compiler *c);

/* By bytes, for qsort. */
int schema_text_compare(const void *a, const void *b);

/* A value as compact JSON, numbers as short as they read back the same. */
bool schema_spell(struct schema_compiler *c, const json_t *value, struct schema_text *out);

/* Each makes a node one of its kind. `texts` (n) is of the arena, and sorted here. */
bool schema_set_literals(struct schema_compiler *c, uint32_t node, struct schema_text *texts,
                         size_t n);
bool schema_set_words(struct schema_compiler *c, uint32_t node, const char *first,
                      const char *second);
bool schema_set_string(struct schema_compiler *c, uint32_t node, const json_t *schema);
bool schema_set_number(struct schema_compiler *c, uint32_t node, const json_t *schema,
                       bool integer);

/* A keyword that is a count; *out stays without it. */
bool schema_read_count(struct schema_compiler *c, const json_t *schema, const char *name,
                       uint32_t *out);

/* json_schema_graph.c: choices of which none holds another; heights; whether no value fits both, as
 * far as can be told. */
bool json_schema_flatten(struct json_schema *s, struct error *err);
void json_schema_measure(struct json_schema *s);
bool json_schema_disjoint(const struct json_schema *s, uint32_t a, uint32_t b);

#endif
