#include "grammar/json_schema_compiler.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Schemas in each other, also by $ref, that are followed. */
enum { MAX_RECURSION = 200 };

/* Goes on to a part of the schema; what is too long to show is left out. */
static size_t path_push(struct schema_compiler *c, const char *part)
{
    size_t before = c->path_len;
    int n = snprintf(c->path + before, sizeof c->path - before, "/%.60s", part);
    c->path_len = n > 0 && (size_t)n < sizeof c->path - before ? before + (size_t)n : before;
    c->path[c->path_len] = '\0';
    return before;
}

static void path_pop(struct schema_compiler *c, size_t before)
{
    c->path_len = before;
    c->path[before] = '\0';
}

/* ---- nodes ---- */

static bool node_add(struct schema_compiler *c, const json_t *from, uint32_t *out)
{
    struct json_schema *s = c->s;
    if (s->n == SCHEMA_MAX_NODES)
        return schema_refuse(c, ERROR_UNSUPPORTED, "more than %d schemas in all", SCHEMA_MAX_NODES);
    if (s->n == c->cap) {
        uint32_t cap = c->cap ? c->cap * 2 : 32;
        struct schema_node *nodes = realloc(s->nodes, cap * sizeof *nodes);
        if (nodes) s->nodes = nodes;
        const json_t **seen = realloc(c->seen, cap * sizeof *seen);
        if (seen) c->seen = seen;
        if (!nodes || !seen) return schema_no_memory(c);
        c->cap = cap;
    }
    c->seen[s->n] = from;
    s->nodes[s->n] = (struct schema_node){.kind = SCHEMA_CHOICE};
    *out = s->n++;
    return true;
}

static bool set_choice(struct schema_compiler *c, uint32_t node, const uint32_t *nodes, size_t n)
{
    uint32_t *copy = arena_array(&c->s->arena, n + 1, sizeof *copy);
    if (!copy) return schema_no_memory(c);
    if (n) memcpy(copy, nodes, n * sizeof *copy);
    c->s->nodes[node] = (struct schema_node){.kind = SCHEMA_CHOICE};
    c->s->nodes[node].of.choice.nodes = copy;
    c->s->nodes[node].of.choice.n = (uint32_t)n;
    return true;
}

/* ---- types ---- */

enum {
    OBJECT = 1,
    ARRAY = 2,
    STRING = 4,
    NUMBER = 8,
    INTEGER = 16,
    BOOLEAN = 32,
    NONE = 64, /* null */
    ALL = OBJECT | ARRAY | STRING | NUMBER | BOOLEAN | NONE,
};

static const struct {
    const char *name;
    unsigned type;
} TYPES[] = {{"object", OBJECT},   {"array", ARRAY},     {"string", STRING}, {"number", NUMBER},
             {"integer", INTEGER}, {"boolean", BOOLEAN}, {"null", NONE}};

static unsigned type_of(const json_t *value)
{
    if (json_is_object(value)) return OBJECT;
    if (json_is_array(value)) return ARRAY;
    if (json_is_string(value)) return STRING;
    if (json_is_boolean(value)) return BOOLEAN;
    if (json_is_null(value)) return NONE;
    double n = json_number_value(value);
    return floor(n) == n ? NUMBER | INTEGER : NUMBER;
}

static bool read_type_name(struct schema_compiler *c, const json_t *v, unsigned *types)
{
    const char *name = json_string_value(v);
    for (size_t i = 0; name && i < sizeof TYPES / sizeof *TYPES; i++)
        if (strcmp(TYPES[i].name, name) == 0) {
            *types |= TYPES[i].type;
            return true;
        }
    return schema_refuse(c, ERROR_INPUT, "type: not one of JSON Schema's");
}

static bool read_types(struct schema_compiler *c, const json_t *schema, unsigned *types)
{
    const json_t *v = json_object_get(schema, "type");
    *types = 0;
    if (!v) return true;
    if (!json_is_array(v)) return read_type_name(c, v, types);
    for (size_t i = 0; i < json_array_size(v); i++)
        if (!read_type_name(c, json_array_get(v, i), types)) return false;
    if (*types == 0) return schema_refuse(c, ERROR_INPUT, "type: an empty list");
    return true;
}

/* ---- keywords ---- */

enum role {
    ANNOTATION, /* says nothing about values */
    PLAIN,      /* of one type; of no meaning for others */
    WHOLE,      /* says all: beside it there are annotations alone, and `type` beside values */
};

static const struct keyword {
    const char *name;
    enum role role;
    unsigned type;
} KEYWORDS[] = {
    {"title", ANNOTATION, 0},
    {"description", ANNOTATION, 0},
    {"default", ANNOTATION, 0},
    {"examples", ANNOTATION, 0},
    {"example", ANNOTATION, 0},
    {"deprecated", ANNOTATION, 0},
    {"readOnly", ANNOTATION, 0},
    {"writeOnly", ANNOTATION, 0},
    {"$schema", ANNOTATION, 0},
    {"$id", ANNOTATION, 0},
    {"$comment", ANNOTATION, 0},
    {"$defs", ANNOTATION, 0},
    {"definitions", ANNOTATION, 0},
    {"discriminator", ANNOTATION, 0},
    {"type", ANNOTATION, 0},
    {"properties", PLAIN, OBJECT},
    {"required", PLAIN, OBJECT},
    {"additionalProperties", PLAIN, OBJECT},
    {"items", PLAIN, ARRAY},
    {"minItems", PLAIN, ARRAY},
    {"maxItems", PLAIN, ARRAY},
    {"uniqueItems", PLAIN, ARRAY},
    {"minLength", PLAIN, STRING},
    {"maxLength", PLAIN, STRING},
    {"minimum", PLAIN, NUMBER},
    {"maximum", PLAIN, NUMBER},
    {"exclusiveMinimum", PLAIN, NUMBER},
    {"exclusiveMaximum", PLAIN, NUMBER},
    {"enum", WHOLE, 0},
    {"const", WHOLE, 0},
    {"anyOf", WHOLE, 0},
    {"oneOf", WHOLE, 0},
    {"allOf", WHOLE, 0},
    {"$ref", WHOLE, 0},
};

static const struct keyword *keyword_find(const char *name)
{
    for (size_t i = 0; i < sizeof KEYWORDS / sizeof *KEYWORDS; i++)
        if (strcmp(KEYWORDS[i].name, name) == 0) return &KEYWORDS[i];
    return NULL;
}

/* What a schema's keywords are: the types that they speak of, the one that says all. */
static bool check_keywords(struct schema_compiler *c, const json_t *schema, unsigned *types,
                           const struct keyword **whole)
{
    const char *name, *other = NULL;
    json_t *value;
    *types = 0;
    *whole = NULL;
    json_object_foreach((json_t *)(uintptr_t)schema, name, value)
    {
        const struct keyword *k = keyword_find(name);
        if (!k)
            return schema_refuse(c, ERROR_UNSUPPORTED, "the keyword \"%.60s\" cannot be enforced",
                                 name);
        if (k->role == ANNOTATION) continue;
        if (k->role == WHOLE && *whole) other = k->name;
        if (k->role == WHOLE) *whole = k;
        if (k->role == PLAIN) *types |= k->type;
        if (k->role == PLAIN) other = k->name;
    }
    if (*whole && other)
        return schema_refuse(c, ERROR_UNSUPPORTED, "%s together with %s cannot be enforced",
                             (*whole)->name, other);
    return true;
}

/* ---- one kind of value ---- */

static bool compile(struct schema_compiler *c, const json_t *schema, uint32_t *out);

static bool compile_at(struct schema_compiler *c, const json_t *schema, const char *part,
                       uint32_t *out)
{
    size_t before = path_push(c, part);
    bool ok = compile(c, schema, out);
    path_pop(c, before);
    return ok;
}

static bool set_array(struct schema_compiler *c, uint32_t node, const json_t *schema)
{
    struct schema_node n = {.kind = SCHEMA_ARRAY};
    const json_t *items = json_object_get(schema, "items");
    n.of.array.max = SCHEMA_NONE;
    n.of.array.items = SCHEMA_ANY;
    if (json_is_true(json_object_get(schema, "uniqueItems")))
        return schema_refuse(c, ERROR_UNSUPPORTED, "uniqueItems: true cannot be enforced");
    if (!schema_read_count(c, schema, "minItems", &n.of.array.min) ||
        !schema_read_count(c, schema, "maxItems", &n.of.array.max))
        return false;
    if (n.of.array.min > n.of.array.max)
        return schema_refuse(c, ERROR_INPUT, "minItems is above maxItems: nothing fits");
    if (items && !compile_at(c, items, "items", &n.of.array.items)) return false;
    c->s->nodes[node] = n;
    return true;
}

/* ---- objects ---- */

static bool add_property(struct schema_compiler *c, struct schema_node *n, const char *name,
                         size_t len, uint32_t node)
{
    if (n->of.object.n == SCHEMA_MAX_PROPERTIES)
        return schema_refuse(c, ERROR_UNSUPPORTED, "an object of more than %d properties",
                             SCHEMA_MAX_PROPERTIES);
    if (len > SCHEMA_MAX_NAME)
        return schema_refuse(c, ERROR_UNSUPPORTED, "a property's name of more than %d bytes",
                             SCHEMA_MAX_NAME);
    struct schema_property *p = &n->of.object.properties[n->of.object.n];
    json_t *text = json_stringn(name, len);
    bool ok = text ? schema_spell(c, text, &p->spelled) : schema_no_memory(c);
    json_decref(text);
    if (!ok) return false;
    p->spelled.bytes++;
    p->spelled.len--;
    p->node = node;
    n->of.object.n++;
    return true;
}

struct named {
    struct schema_text text;
    uint16_t number;
};

static int by_name(const void *a, const void *b)
{
    return schema_text_compare(&((const struct named *)a)->text, &((const struct named *)b)->text);
}

static bool sort_properties(struct schema_compiler *c, struct schema_node *n)
{
    uint32_t count = n->of.object.n;
    struct named *names = calloc(count + 1, sizeof *names);
    n->of.object.sorted = arena_array(&c->s->arena, count + 1, sizeof *n->of.object.sorted);
    bool ok = names && n->of.object.sorted;
    if (!ok) schema_no_memory(c);
    for (uint32_t i = 0; ok && i < count; i++)
        names[i] = (struct named){n->of.object.properties[i].spelled, (uint16_t)i};
    if (ok) qsort(names, count, sizeof *names, by_name);
    for (uint32_t i = 0; ok && i < count; i++) n->of.object.sorted[i] = names[i].number;
    free(names);
    return ok;
}

/* Names that are required; those that "properties" does not have become properties too. */
static bool read_required(struct schema_compiler *c, const json_t *schema, struct schema_node *n)
{
    const json_t *list = json_object_get(schema, "required"),
                 *properties = json_object_get(schema, "properties"),
                 *additional = json_object_get(schema, "additionalProperties");
    json_t *done = json_object(); /* name: its number */
    bool ok = done || schema_no_memory(c);
    const char *name;
    json_t *value;
    json_int_t i = 0;
    json_object_foreach((json_t *)(uintptr_t)properties, name, value) if (ok)
        json_object_set_new(done, name, json_integer(i++));
    if (list && !json_is_array(list))
        ok = ok && schema_refuse(c, ERROR_INPUT, "required: is not a list of names");
    for (size_t k = 0; ok && k < json_array_size(list); k++) {
        name = json_string_value(json_array_get(list, k));
        if (!name) ok = schema_refuse(c, ERROR_INPUT, "required: is not a list of names");
        const json_t *at = ok ? json_object_get(done, name) : NULL;
        if (ok && !at && json_is_false(additional))
            ok = schema_refuse(c, ERROR_INPUT,
                               "required: \"%.60s\" is not in properties: nothing fits", name);
        uint32_t node =
            n->of.object.additional == SCHEMA_NONE ? SCHEMA_ANY : n->of.object.additional;
        if (ok && !at) {
            json_object_set_new(done, name, json_integer((json_int_t)n->of.object.n));
            ok = add_property(c, n, name, strlen(name), node);
            at = json_object_get(done, name);
        }
        if (ok && at) n->of.object.properties[json_integer_value(at)].required = true;
    }
    json_decref(done);
    return ok;
}

static bool set_object(struct schema_compiler *c, uint32_t node, const json_t *schema)
{
    struct schema_node n = {.kind = SCHEMA_OBJECT};
    const json_t *properties = json_object_get(schema, "properties"),
                 *required = json_object_get(schema, "required"),
                 *additional = json_object_get(schema, "additionalProperties");
    if (properties && !json_is_object(properties))
        return schema_refuse(c, ERROR_INPUT, "properties: is not an object");
    size_t most = json_object_size(properties) + json_array_size(required);
    if (most > 2 * SCHEMA_MAX_PROPERTIES)
        return schema_refuse(c, ERROR_UNSUPPORTED, "an object of more than %d properties",
                             SCHEMA_MAX_PROPERTIES);
    n.of.object.properties = arena_array(&c->s->arena, most + 1, sizeof *n.of.object.properties);
    if (!n.of.object.properties) return schema_no_memory(c);
    n.of.object.additional = properties ? SCHEMA_NONE : SCHEMA_ANY;
    if (additional && json_is_false(additional)) n.of.object.additional = SCHEMA_NONE;
    if (additional && !json_is_false(additional) &&
        !compile_at(c, additional, "additionalProperties", &n.of.object.additional))
        return false;
    const char *name;
    json_t *value;
    size_t before = path_push(c, "properties");
    json_object_foreach((json_t *)(uintptr_t)properties, name, value)
    {
        uint32_t child;
        if (!compile_at(c, value, name, &child) || !add_property(c, &n, name, strlen(name), child))
            return false;
    }
    path_pop(c, before);
    if (!read_required(c, schema, &n) || !sort_properties(c, &n)) return false;
    c->s->nodes[node] = n;
    return true;
}

/* ---- keywords that say all ---- */

static bool set_enum(struct schema_compiler *c, uint32_t node, const json_t *schema,
                     const json_t *list, size_t n)
{
    unsigned types;
    if (!read_types(c, schema, &types)) return false;
    c->n_literals += n;
    if (c->n_literals > SCHEMA_MAX_LITERALS)
        return schema_refuse(c, ERROR_UNSUPPORTED, "enum: more than %d values in all",
                             SCHEMA_MAX_LITERALS);
    struct schema_text *texts = arena_array(&c->s->arena, n + 1, sizeof *texts);
    if (!texts) return schema_no_memory(c);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        const json_t *value = json_is_array(list) ? json_array_get(list, i) : list;
        if (types && !(types & type_of(value))) continue;
        if (!schema_spell(c, value, &texts[kept++])) return false;
    }
    if (kept == 0)
        return schema_refuse(c, ERROR_INPUT, "enum: has no value of the type: nothing fits");
    return schema_set_literals(c, node, texts, kept);
}

static bool set_const(struct schema_compiler *c, uint32_t node, const json_t *schema)
{
    json_t *list = json_pack("[O]", json_object_get(schema, "const"));
    bool ok = list ? set_enum(c, node, schema, list, 1) : schema_no_memory(c);
    json_decref(list);
    return ok;
}

static bool set_alternatives(struct schema_compiler *c, uint32_t node, const json_t *schema,
                             const char *name)
{
    const json_t *list = json_object_get(schema, name);
    size_t n = json_array_size(list);
    if (n == 0) return schema_refuse(c, ERROR_INPUT, "%s: is not a list of schemas", name);
    if (strcmp(name, "allOf") == 0 && n > 1)
        return schema_refuse(c, ERROR_UNSUPPORTED,
                             "allOf of more than one schema cannot be enforced");
    if (n > SCHEMA_MAX_CHOICES)
        return schema_refuse(c, ERROR_UNSUPPORTED, "%s: more than %d alternatives", name,
                             SCHEMA_MAX_CHOICES);
    uint32_t nodes[SCHEMA_MAX_CHOICES];
    size_t before = path_push(c, name);
    for (size_t i = 0; i < n; i++) {
        char number[24];
        snprintf(number, sizeof number, "%zu", i);
        if (!compile_at(c, json_array_get(list, i), number, &nodes[i])) return false;
    }
    path_pop(c, before);
    if (!set_choice(c, node, nodes, n)) return false;
    if (strcmp(name, "oneOf") != 0) return true;
    if (c->n_one_of == SCHEMA_MAX_ONE_OF)
        return schema_refuse(c, ERROR_UNSUPPORTED, "more than %d times oneOf", SCHEMA_MAX_ONE_OF);
    c->one_of[c->n_one_of].nodes = c->s->nodes[node].of.choice.nodes;
    c->one_of[c->n_one_of++].n = (uint32_t)n;
    return true;
}

/* One step of a JSON pointer (RFC 6901): [*at, end of the step) decoded, looked up. */
static const json_t *pointer_step(const json_t *in, const char **at)
{
    char name[SCHEMA_MAX_NAME + 1];
    size_t n = 0;
    for (; **at && **at != '/'; ++*at) {
        if (n == SCHEMA_MAX_NAME) return NULL;
        char ch = **at;
        if (ch == '~' && ((*at)[1] == '0' || (*at)[1] == '1')) ch = *++*at == '0' ? '~' : '/';
        name[n++] = ch;
    }
    name[n] = '\0';
    if (json_is_object(in)) return json_object_get(in, name);
    char *end;
    unsigned long i = strtoul(name, &end, 10);
    return n && !*end ? json_array_get(in, i) : NULL;
}

static bool set_ref(struct schema_compiler *c, uint32_t node, const json_t *schema)
{
    const char *ref = json_string_value(json_object_get(schema, "$ref"));
    if (!ref || *ref != '#')
        return schema_refuse(c, ERROR_UNSUPPORTED,
                             "$ref: is not a place in this schema (\"#/...\")");
    const json_t *to = c->root;
    const char *at = ref + 1;
    if (*at && *at != '/') to = NULL;
    while (to && *at == '/') {
        at++;
        to = pointer_step(to, &at);
    }
    if (!to) return schema_refuse(c, ERROR_INPUT, "$ref: there is no \"%.100s\"", ref);
    uint32_t target;
    return compile(c, to, &target) && set_choice(c, node, &target, 1);
}

static bool set_whole(struct schema_compiler *c, uint32_t node, const json_t *schema,
                      const struct keyword *k)
{
    if (strcmp(k->name, "const") == 0) return set_const(c, node, schema);
    if (strcmp(k->name, "enum") == 0) {
        const json_t *list = json_object_get(schema, "enum");
        if (!json_is_array(list)) return schema_refuse(c, ERROR_INPUT, "enum: is not a list");
        return set_enum(c, node, schema, list, json_array_size(list));
    }
    if (json_object_get(schema, "type") && strcmp(k->name, "$ref") != 0)
        return schema_refuse(c, ERROR_UNSUPPORTED, "%s together with type cannot be enforced",
                             k->name);
    if (json_object_get(schema, "type"))
        return schema_refuse(c, ERROR_UNSUPPORTED, "$ref together with type cannot be enforced");
    if (strcmp(k->name, "$ref") == 0) return set_ref(c, node, schema);
    return set_alternatives(c, node, schema, k->name);
}

/* ---- a schema ---- */

static bool set_type(struct schema_compiler *c, uint32_t node, const json_t *schema, unsigned type)
{
    switch (type) {
    case OBJECT:
        return set_object(c, node, schema);
    case ARRAY:
        return set_array(c, node, schema);
    case STRING:
        return schema_set_string(c, node, schema);
    case NUMBER:
    case INTEGER:
        return schema_set_number(c, node, schema, type == INTEGER);
    case BOOLEAN:
        return schema_set_words(c, node, "false", "true");
    default:
        return schema_set_words(c, node, "null", NULL);
    }
}

/* One node for each of several types. */
static bool set_types(struct schema_compiler *c, uint32_t node, const json_t *schema,
                      unsigned types)
{
    uint32_t nodes[8];
    size_t n = 0;
    if (types & NUMBER) types &= ~(unsigned)INTEGER;
    if ((types & (types - 1)) == 0) return set_type(c, node, schema, types);
    for (unsigned type = 1; type <= NONE; type <<= 1)
        if (types & type)
            if (!node_add(c, NULL, &nodes[n]) || !set_type(c, nodes[n++], schema, type))
                return false;
    return set_choice(c, node, nodes, n);
}

static bool compile_new(struct schema_compiler *c, const json_t *schema, uint32_t node)
{
    const struct keyword *whole;
    unsigned types, spoken_of;
    if (json_is_boolean(schema)) {
        uint32_t any = SCHEMA_ANY;
        return set_choice(c, node, &any, json_is_true(schema));
    }
    if (!json_is_object(schema)) return schema_refuse(c, ERROR_INPUT, "is no schema");
    if (!check_keywords(c, schema, &spoken_of, &whole)) return false;
    if (whole) return set_whole(c, node, schema, whole);
    if (!read_types(c, schema, &types)) return false;
    if (!types) types = spoken_of;
    if (!types) {
        uint32_t any = SCHEMA_ANY;
        return set_choice(c, node, &any, 1);
    }
    return set_types(c, node, schema, types);
}

static bool compile(struct schema_compiler *c, const json_t *schema, uint32_t *out)
{
    for (uint32_t i = 0; json_is_object(schema) && i < c->s->n; i++)
        if (c->seen[i] == schema) {
            *out = i;
            return true;
        }
    if (c->depth == MAX_RECURSION)
        return schema_refuse(c, ERROR_UNSUPPORTED, "more than %d schemas in each other",
                             MAX_RECURSION);
    if (!node_add(c, schema, out)) return false;
    c->depth++;
    bool ok = compile_new(c, schema, *out);
    c->depth--;
    return ok;
}

/* Node SCHEMA_ANY, and what it consists of. */
static bool add_any(struct schema_compiler *c)
{
    uint32_t any, nodes[6];
    size_t n = 0;
    if (!node_add(c, NULL, &any)) return false;
    for (unsigned type = 1; type <= NONE; type <<= 1)
        if (type != INTEGER)
            if (!node_add(c, NULL, &nodes[n]) || !set_type(c, nodes[n++], NULL, type)) return false;
    return set_choice(c, any, nodes, n);
}

static bool check_one_of(struct schema_compiler *c)
{
    for (size_t i = 0; i < c->n_one_of; i++)
        for (uint32_t a = 0; a < c->one_of[i].n; a++)
            for (uint32_t b = a + 1; b < c->one_of[i].n; b++)
                if (!json_schema_disjoint(c->s, c->one_of[i].nodes[a], c->one_of[i].nodes[b]))
                    return error_set(c->err, ERROR_UNSUPPORTED,
                                     "oneOf: its alternatives may overlap, which cannot be "
                                     "enforced; anyOf can");
    return true;
}

struct json_schema *json_schema_compile(const json_t *schema, struct error *err)
{
    struct json_schema *s = calloc(1, sizeof *s);
    struct schema_compiler c = {.s = s, .root = schema, .err = err};
    bool ok = s || schema_no_memory(&c);
    ok = ok && add_any(&c);
    if (ok && schema)
        ok = compile(&c, schema, &s->root);
    else if (ok)
        ok = node_add(&c, NULL, &s->root) && set_type(&c, s->root, NULL, OBJECT);
    ok = ok && json_schema_flatten(s, err) && check_one_of(&c);
    if (ok) {
        json_schema_measure(s);
        if (s->nodes[s->root].height > SCHEMA_MAX_NESTING)
            ok = schema_refuse(&c, ERROR_INPUT, "no value of at most %d objects in each other fits",
                               SCHEMA_MAX_NESTING);
    }
    free(c.seen);
    if (ok) return s;
    json_schema_free(s);
    return NULL;
}

void json_schema_free(struct json_schema *s)
{
    if (!s) return;
    free(s->nodes);
    arena_free(&s->arena);
    free(s);
}
