#include "grammar/json_schema_compiler.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double BIG_INTEGER = 9007199254740991.0; /* what every reader of JSON takes: 2^53-1 */
static const double BIG_DECIMAL = 1e9;                /* in units of a millionth still exact */
enum { DECIMALS = 6, MILLIONTHS = 1000000 };

/* ---- errors ---- */

bool schema_refuse(struct schema_compiler *c, enum error_code code, const char *fmt, ...)
{
    char message[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    return error_set(c->err, code, "%s: %s", c->path_len ? c->path : "/", message);
}

bool schema_no_memory(struct schema_compiler *c)
{
    return error_memory(c->err, "a schema");
}

/* ---- literals ---- */

int schema_text_compare(const void *a, const void *b)
{
    const struct schema_text *x = a, *y = b;
    int order = memcmp(x->bytes, y->bytes, x->len < y->len ? x->len : y->len);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

bool schema_spell(struct schema_compiler *c, const json_t *value, struct schema_text *out)
{
    size_t flags = JSON_COMPACT | JSON_ENCODE_ANY;
    char *text = NULL;
    for (size_t digits = 15; digits <= 17; digits++) {
        free(text);
        text = json_dumps(value, flags | JSON_REAL_PRECISION(digits));
        json_t *back = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
        bool same = back && json_equal(back, value);
        json_decref(back);
        if (same) break;
    }
    if (!text) return schema_no_memory(c);
    size_t len = strlen(text);
    c->bytes += len;
    out->bytes = arena_strndup(&c->s->arena, text, len);
    out->len = (uint32_t)len;
    free(text);
    if (!out->bytes) return schema_no_memory(c);
    if (c->bytes > SCHEMA_MAX_BYTES)
        return schema_refuse(c, ERROR_UNSUPPORTED, "its names and values have more than %d bytes",
                             SCHEMA_MAX_BYTES);
    return true;
}

bool schema_set_literals(struct schema_compiler *c, uint32_t node, struct schema_text *texts,
                         size_t n)
{
    qsort(texts, n, sizeof *texts, schema_text_compare);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || schema_text_compare(&texts[i], &texts[kept - 1]) != 0)
            texts[kept++] = texts[i];
    c->s->nodes[node] = (struct schema_node){.kind = SCHEMA_LITERALS};
    c->s->nodes[node].of.literals.texts = texts;
    c->s->nodes[node].of.literals.n = (uint32_t)kept;
    return true;
}

bool schema_set_words(struct schema_compiler *c, uint32_t node, const char *first,
                      const char *second)
{
    struct schema_text *texts = arena_array(&c->s->arena, 2, sizeof *texts);
    if (!texts) return schema_no_memory(c);
    texts[0] = (struct schema_text){first, (uint32_t)strlen(first)};
    if (second) texts[1] = (struct schema_text){second, (uint32_t)strlen(second)};
    return schema_set_literals(c, node, texts, second ? 2 : 1);
}

/* ---- strings and numbers ---- */

bool schema_read_count(struct schema_compiler *c, const json_t *schema, const char *name,
                       uint32_t *out)
{
    const json_t *v = json_object_get(schema, name);
    if (!v) return true;
    double n = json_number_value(v);
    if (!json_is_number(v) || n < 0 || floor(n) != n || n > 1e9)
        return schema_refuse(c, ERROR_INPUT, "%s: is not a whole number from 0 to 1000000000",
                             name);
    *out = (uint32_t)n;
    return true;
}

bool schema_set_string(struct schema_compiler *c, uint32_t node, const json_t *schema)
{
    struct schema_node n = {.kind = SCHEMA_STRING};
    n.of.string.max = SCHEMA_NONE;
    if (!schema_read_count(c, schema, "minLength", &n.of.string.min) ||
        !schema_read_count(c, schema, "maxLength", &n.of.string.max))
        return false;
    if (n.of.string.min > n.of.string.max)
        return schema_refuse(c, ERROR_INPUT, "minLength is above maxLength: nothing fits");
    c->s->nodes[node] = n;
    return true;
}

/* A limit's value; NAN: there is none. */
static bool read_limit(struct schema_compiler *c, const json_t *schema, const char *name,
                       double *out)
{
    const json_t *v = json_object_get(schema, name);
    *out = NAN;
    if (!v) return true;
    if (!json_is_number(v)) return schema_refuse(c, ERROR_INPUT, "%s: is not a number", name);
    *out = json_number_value(v);
    return true;
}

bool schema_set_number(struct schema_compiler *c, uint32_t node, const json_t *schema, bool integer)
{
    double min, max, above, below, unit = integer ? 1 : MILLIONTHS;
    double big = integer ? BIG_INTEGER : BIG_DECIMAL;
    if (!read_limit(c, schema, "minimum", &min) || !read_limit(c, schema, "maximum", &max) ||
        !read_limit(c, schema, "exclusiveMinimum", &above) ||
        !read_limit(c, schema, "exclusiveMaximum", &below))
        return false;
    struct schema_node n = {.kind = SCHEMA_NUMBER};
    if (!integer && isnan(min) && isnan(max) && isnan(above) && isnan(below)) {
        c->s->nodes[node] = n;
        return true;
    }
    /* Inwards to whole units; a division by a power of ten is rounded as a reader does. */
    double low = -big * unit, high = big * unit;
    if (!isnan(min)) low = fmax(low, ceil(min * unit) - 1);
    if (!isnan(above)) low = fmax(low, floor(above * unit) - 1);
    if (!isnan(max)) high = fmin(high, floor(max * unit) + 1);
    if (!isnan(below)) high = fmin(high, ceil(below * unit) + 1);
    while (low <= high && (low / unit < min || low / unit <= above)) low++;
    while (low <= high && (high / unit > max || high / unit >= below)) high--;
    if (low > high)
        return schema_refuse(c, ERROR_INPUT, "no %s fits its limits",
                             integer ? "integer" : "number of 9 digits and 6 decimals");
    n.kind = SCHEMA_DECIMAL;
    n.of.decimal.min = (int64_t)low;
    n.of.decimal.max = (int64_t)high;
    n.of.decimal.decimals = integer ? 0 : DECIMALS;
    c->s->nodes[node] = n;
    return true;
}
