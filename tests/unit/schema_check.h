/* For tests of generation by a schema: whether JSON fits one, found out from the parsed value, with
 * nothing in common with the code under test; and a way through a machine that random bytes decide
 * and that then makes for the end. */
#ifndef TESTS_SCHEMA_CHECK_H
#define TESTS_SCHEMA_CHECK_H

#include "base/buffer.h"
#include "grammar/json_machine.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static inline bool schema_fits(const json_t *root, const json_t *schema, const json_t *v,
                               int depth);

static bool type_fits(const char *type, const json_t *v)
{
    if (strcmp(type, "integer") == 0)
        return json_is_number(v) && floor(json_number_value(v)) == json_number_value(v);
    return strcmp(type, "object") == 0    ? json_is_object(v)
           : strcmp(type, "array") == 0   ? json_is_array(v)
           : strcmp(type, "string") == 0  ? json_is_string(v)
           : strcmp(type, "number") == 0  ? json_is_number(v)
           : strcmp(type, "boolean") == 0 ? json_is_boolean(v)
                                          : json_is_null(v);
}

static size_t count_fitting(const json_t *root, const json_t *list, const json_t *v, int depth)
{
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(list); i++)
        n += schema_fits(root, json_array_get(list, i), v, depth);
    return n;
}

static bool limit_fits(const json_t *schema, const char *name, double value, int sign, bool equal)
{
    const json_t *limit = json_object_get(schema, name);
    double over = limit ? (value - json_number_value(limit)) * sign : 1;
    return over > 0 || (equal && over == 0);
}

static size_t code_points(const char *text)
{
    size_t n = 0;
    for (; *text; text++) n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static bool count_fits(const json_t *schema, const char *min, const char *max, size_t n)
{
    return limit_fits(schema, min, (double)n, 1, true) &&
           limit_fits(schema, max, (double)n, -1, true);
}

static bool object_fits(const json_t *root, const json_t *schema, const json_t *v, int depth)
{
    const json_t *properties = json_object_get(schema, "properties"),
                 *required = json_object_get(schema, "required"),
                 *more = json_object_get(schema, "additionalProperties");
    for (size_t i = 0; i < json_array_size(required); i++)
        if (!json_object_get(v, json_string_value(json_array_get(required, i)))) return false;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)v, name, value)
    {
        const json_t *s = json_object_get(properties, name);
        if (!s) s = more;
        if (s && !schema_fits(root, s, value, depth)) return false;
    }
    return true;
}

/* A JSON pointer whose steps have no '~'. */
static const json_t *follow(const json_t *root, const char *ref)
{
    const json_t *at = root;
    for (const char *p = ref + 1; at && *p == '/';) {
        char name[SCHEMA_MAX_NAME + 1];
        size_t len = strcspn(++p, "/");
        if (len > SCHEMA_MAX_NAME) return NULL;
        memcpy(name, p, len);
        name[len] = '\0';
        at = json_is_array(at) ? json_array_get(at, (size_t)atoi(name)) : json_object_get(at, name);
        p += len;
    }
    return at;
}

static inline bool schema_fits(const json_t *root, const json_t *schema, const json_t *v, int depth)
{
    const json_t *s, *type = json_object_get(schema, "type");
    if (depth > 400) return true; /* a $ref in circles */
    depth++;
    if (json_is_boolean(schema)) return json_is_true(schema);
    if ((s = json_object_get(schema, "$ref")))
        return schema_fits(root, follow(root, json_string_value(s)), v, depth);
    if ((s = json_object_get(schema, "const")) && !json_equal(s, v)) return false;
    if ((s = json_object_get(schema, "enum"))) {
        bool any = false;
        for (size_t i = 0; i < json_array_size(s); i++) any |= json_equal(json_array_get(s, i), v);
        if (!any) return false;
    }
    if ((s = json_object_get(schema, "anyOf")) && count_fitting(root, s, v, depth) == 0)
        return false;
    if ((s = json_object_get(schema, "oneOf")) && count_fitting(root, s, v, depth) != 1)
        return false;
    if ((s = json_object_get(schema, "allOf")) &&
        count_fitting(root, s, v, depth) != json_array_size(s))
        return false;
    if (json_is_string(type) && !type_fits(json_string_value(type), v)) return false;
    if (json_is_array(type)) {
        bool any = false;
        for (size_t i = 0; i < json_array_size(type); i++)
            any |= type_fits(json_string_value(json_array_get(type, i)), v);
        if (!any) return false;
    }
    if (json_is_string(v))
        return count_fits(schema, "minLength", "maxLength", code_points(json_string_value(v)));
    if (json_is_number(v)) {
        double n = json_number_value(v);
        return limit_fits(schema, "minimum", n, 1, true) &&
               limit_fits(schema, "maximum", n, -1, true) &&
               limit_fits(schema, "exclusiveMinimum", n, 1, false) &&
               limit_fits(schema, "exclusiveMaximum", n, -1, false);
    }
    if (json_is_array(v)) {
        if (!count_fits(schema, "minItems", "maxItems", json_array_size(v))) return false;
        s = json_object_get(schema, "items");
        for (size_t i = 0; s && i < json_array_size(v); i++)
            if (!schema_fits(root, s, json_array_get(v, i), depth)) return false;
        return true;
    }
    return !json_is_object(v) || object_fits(root, schema, v, depth);
}

/* ---- a way through a machine ---- */

static uint32_t way_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* The bytes that may follow. */
static size_t way_bytes(struct machine *m, const struct machine_state *s, unsigned char bytes[256])
{
    struct machine_state to;
    size_t n = 0;
    for (unsigned c = 0; c < 256; c++) {
        machine_step(m, s, (unsigned char)c, &to);
        if (to.n) bytes[n++] = (unsigned char)c;
    }
    return n;
}

/* What leads to the end soonest: out of strings, objects and arrays, into none. */
static unsigned char way_out(const unsigned char *bytes, size_t n, bool in_string)
{
    const char *order = in_string ? "\"a0\\n" : "}]\":,ntf01-[{";
    for (; *order; order++)
        if (memchr(bytes, *order, n)) return (unsigned char)*order;
    return bytes[0];
}

enum way_end { WAY_WHOLE, WAY_TOO_LONG, WAY_STUCK };

/* Random bytes, each that may come (more often those of short ways), for `wander` of them; then
 * towards the end. */
static inline enum way_end way_walk(const struct json_schema *schema, uint32_t seed, size_t wander,
                                    size_t longest, struct buffer *out)
{
    struct machine m;
    struct machine_state s, next;
    unsigned char bytes[256];
    bool in_string = false, escaped = false;
    enum way_end end = WAY_STUCK;
    if (!machine_init(&m, schema, &s, NULL)) return WAY_STUCK;
    for (;;) {
        bool may_end = machine_complete(&s);
        size_t n = way_bytes(&m, &s, bytes);
        if (may_end && (out->len >= wander || n == 0 || way_random(&seed) % 4 == 0)) {
            end = WAY_WHOLE;
            break;
        }
        if (n == 0) break;
        if (out->len >= longest) {
            end = WAY_TOO_LONG;
            break;
        }
        unsigned char c = out->len < wander && way_random(&seed) % 5 ? bytes[way_random(&seed) % n]
                                                                     : way_out(bytes, n, in_string);
        if (in_string && c == '"' && !escaped)
            in_string = false;
        else if (!in_string && c == '"')
            in_string = true;
        escaped = in_string && c == '\\' && !escaped;
        machine_step(&m, &s, c, &next);
        s = next;
        buffer_putc(out, (char)c);
        machine_collect(&m, &s);
    }
    machine_free(&m);
    return end;
}

#endif
