/* A JSON Schema (json-schema.org, draft 2020-12 and 7) compiled to a graph that
 * grammar/json_machine.h generates by. What is generated fits the schema; not all that fits can be
 * generated: properties come in the schema's order, others only where additionalProperties says so,
 * numbers with at most 15 digits before and after the point.
 *
 * Enforced: type (also a list), properties, required, additionalProperties, items, minItems,
 * maxItems, enum, const, minLength, maxLength, minimum, maximum, exclusiveMinimum,
 * exclusiveMaximum, anyOf, oneOf of alternatives that exclude each other, allOf of one, $ref within
 * the document. What says nothing about values (title, description, default ...) is passed over.
 * Any other keyword is an error that names it. */
#ifndef GRAMMAR_JSON_SCHEMA_H
#define GRAMMAR_JSON_SCHEMA_H

#include "base/arena.h"
#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SCHEMA_MAX_NESTING = 64,      /* objects and arrays in each other that are generated */
    SCHEMA_MAX_NODES = 4096,      /* schemas in a schema */
    SCHEMA_MAX_PROPERTIES = 1000, /* of one object */
    SCHEMA_MAX_NAME = 1024,       /* bytes of a property's name */
    SCHEMA_MAX_LITERALS = 10000,  /* values of all enums */
    SCHEMA_MAX_BYTES = 1 << 20,   /* of all literals */
    SCHEMA_MAX_CHOICES = 32, /* alternatives of one anyOf, those of its alternatives among them */
};

#define SCHEMA_NONE     UINT32_MAX /* no node, no property, no limit */
#define SCHEMA_TOO_DEEP UINT32_MAX /* height of what no finite value fits */

enum schema_kind {
    SCHEMA_CHOICE, /* any of several */
    SCHEMA_OBJECT,
    SCHEMA_ARRAY,
    SCHEMA_STRING,
    SCHEMA_NUMBER,   /* any */
    SCHEMA_DECIMAL,  /* within limits; all integers are */
    SCHEMA_LITERALS, /* of enum, const, boolean and null */
};

struct schema_text {
    const char *bytes;
    uint32_t len;
};

struct schema_property {
    struct schema_text spelled; /* as in JSON, behind the opening quote, with the closing one */
    uint32_t node;
    bool required;
};

struct schema_node {
    enum schema_kind kind;
    uint32_t height; /* of objects and arrays in each other that a value has at least */
    union {
        struct {
            uint32_t *nodes; /* (n), none of them a choice */
            uint32_t n;
        } choice;
        struct {
            struct schema_property *properties; /* (n), in their order */
            uint16_t *sorted;                   /* (n), by spelling */
            uint32_t n, additional;             /* node of other properties; SCHEMA_NONE: none */
        } object;
        struct {
            uint32_t items, min, max;
        } array;
        struct {
            uint32_t min, max; /* code points */
        } string;
        struct {
            int64_t min, max; /* in units of 10^-decimals */
            uint32_t decimals;
        } decimal;
        struct {
            struct schema_text *texts; /* (n), sorted, each once */
            uint32_t n;
        } literals;
    } of;
};

enum { SCHEMA_ANY = 0 }; /* the node of any value at all */

struct json_schema {
    struct schema_node *nodes; /* (n) */
    uint32_t n, root;
    struct arena arena;
};

/* From a schema, untrusted. NULL schema: any object. Errors name the place in it and the keyword:
 * ERROR_UNSUPPORTED for what cannot be enforced, ERROR_INPUT for what is no schema or what nothing
 * fits, ERROR_MEMORY. Constant afterwards: many machines may use it at once. */
struct json_schema *json_schema_compile(const json_t *schema, struct error *err);
void json_schema_free(struct json_schema *s);

/* The first required property from number i on; SCHEMA_NONE: there is none. */
static inline uint32_t schema_next_required(const struct schema_node *o, uint32_t i)
{
    while (i < o->of.object.n && !o->of.object.properties[i].required) i++;
    return i < o->of.object.n ? i : SCHEMA_NONE;
}

#endif
