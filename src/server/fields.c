#include "server/fields.h"
#include "config/suggest.h"
#include "base/utf8.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JSON_VALUE_BYTES = 320 }; /* of memory, of an empty object: measured */

size_t json_depth(const char *text, size_t len)
{
    size_t depth = 0, deepest = 0;
    bool quoted = false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (quoted) {
            if (c == '\\')
                i++;
            else if (c == '"')
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            if (++depth > deepest) deepest = depth;
        } else if ((c == '}' || c == ']') && depth) {
            depth--;
        }
    }
    return deepest;
}

/* Values in the text, no less than there are: each but the first of an array or object follows a comma. */
static size_t count_values(const char *text, size_t len)
{
    size_t n = 1;
    bool quoted = false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c == '"') quoted = !quoted;
        if (quoted && c == '\\') i++;
        n += !quoted && (c == ',' || c == '{' || c == '[');
    }
    return n;
}

/* That many small values take far more memory than their text. */
static bool refuse_values(struct exchange *x)
{
    size_t values = count_values(x->body.data, x->body.len);
    if (values > JSON_MAX_VALUES) {
        reply_error(x, 413, "too_many_values", NULL, "the body's JSON has about %zu values; at most %d are read",
                    values, JSON_MAX_VALUES);
        return true;
    }
    size_t bytes = values * JSON_VALUE_BYTES + x->body.len;
    if (bytes <= BUDGET_FREE_BYTES || budget_share_add(&x->share, BUDGET_BYTES, bytes)) return false;
    reply_busy(x);
    return true;
}

json_t *fields_read(struct exchange *x)
{
    const struct buffer *b = &x->body;
    if (b->len == 0) {
        reply_error(x, 400, "invalid_json", NULL, "the body is empty; it must be a JSON object");
        return NULL;
    }
    size_t depth = json_depth(b->data, b->len);
    if (depth > JSON_MAX_DEPTH) {
        reply_error(x, 400, "json_too_deep", NULL,
                    "the body's JSON is %zu levels deep; at most %d are read", depth,
                    JSON_MAX_DEPTH);
        return NULL;
    }
    if (refuse_values(x)) return NULL;
    json_error_t e;
    json_t *o = json_loadb(b->data, b->len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
    if (!o) {
        reply_error(x, 400, "invalid_json", NULL, "the body is not valid JSON: line %d, column %d",
                    e.line, e.column);
        return NULL;
    }
    if (json_is_object(o)) return o;
    json_decref(o);
    reply_error(x, 400, "invalid_json", NULL, "the body must be a JSON object");
    return NULL;
}

bool field_refuse(struct exchange *x, const char *name, const char *fmt, ...)
{
    char message[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    reply_error(x, 400, "invalid_field", name, "%s: %s", name, message);
    return false;
}

bool fields_known(struct exchange *x, const json_t *o, const char *const *names)
{
    size_t n = 0;
    while (names[n]) n++;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)o, key, value)
    {
        size_t i = 0;
        while (i < n && strcmp(names[i], key) != 0) i++;
        if (i < n) continue;
        char shown[64];
        snprintf(shown, sizeof shown, "%s", key);
        shown[utf8_valid_prefix(shown, strlen(shown))] = '\0'; /* cut between letters */
        const char *nearest = suggest_nearest(shown, names, n);
        return field_refuse(x, shown, "there is no such field%s%s%s",
                            nearest ? "; did you mean " : "", nearest ? nearest : "",
                            nearest ? "?" : "");
    }
    return true;
}

/* *value NULL: it is not given. False: it is, but must be. */
static bool find(struct exchange *x, const json_t *o, const char *name, bool required,
                 json_t **value)
{
    *value = json_object_get(o, name);
    if (json_is_null(*value)) *value = NULL;
    return *value || !required || field_refuse(x, name, "is missing");
}

bool field_text(struct exchange *x, const json_t *o, const char *name, bool required,
                const char **out)
{
    json_t *v;
    if (!find(x, o, name, required, &v)) return false;
    if (v && !json_is_string(v)) return field_refuse(x, name, "is not a string");
    if (v) *out = json_string_value(v);
    return true;
}

bool field_bool(struct exchange *x, const json_t *o, const char *name, bool *out)
{
    json_t *v;
    if (!find(x, o, name, false, &v)) return false;
    if (v && !json_is_boolean(v)) return field_refuse(x, name, "is neither true nor false");
    if (v) *out = json_is_true(v);
    return true;
}

bool field_number(struct exchange *x, const json_t *o, const char *name, double min, double max,
                  double *out)
{
    json_t *v;
    if (!find(x, o, name, false, &v)) return false;
    if (!v) return true;
    double n = json_is_number(v) ? json_number_value(v) : NAN;
    if (!json_is_number(v)) return field_refuse(x, name, "is not a number");
    if (!(n >= min && n <= max))
        return field_refuse(x, name, "%.9g is outside %.9g to %.9g", n, min, max);
    *out = n;
    return true;
}

bool json_whole(const json_t *v, int64_t *out)
{
    double n = json_number_value(v);
    if (json_is_real(v) && (floor(n) != n || n < -0x1p63 || n >= 0x1p63)) return false;
    if (json_is_number(v)) *out = json_is_integer(v) ? json_integer_value(v) : (int64_t)n;
    return json_is_number(v);
}

bool field_count(struct exchange *x, const json_t *o, const char *name, size_t min, size_t max,
                 size_t *out)
{
    json_t *v;
    int64_t n;
    if (!find(x, o, name, false, &v)) return false;
    if (!v) return true;
    if (json_is_real(v) && !json_whole(v, &n) && floor(json_real_value(v)) == json_real_value(v))
        return field_refuse(x, name, "%.15g is outside %zu to %zu", json_real_value(v), min, max);
    if (!json_whole(v, &n)) return field_refuse(x, name, "is not a whole number");
    if (n < 0 || (size_t)n < min || (size_t)n > max)
        return field_refuse(x, name, "%lld is outside %zu to %zu", (long long)n, min, max);
    *out = (size_t)n;
    return true;
}

bool query_count(struct exchange *x, const char *name, size_t min, size_t max, size_t *out)
{
    const char *text = exchange_query(x, name);
    if (!text) return true;
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    if (!*text || text[strspn(text, "0123456789")] || errno)
        return field_refuse(x, name, "is not a whole number");
    if (n < min || n > max) return field_refuse(x, name, "is outside %zu to %zu", min, max);
    *out = (size_t)n;
    return true;
}
