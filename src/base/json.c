#include "base/json.h"
#include "base/file.h"

#include <stdint.h>
#include <stdlib.h>

json_t *json_read_text(const char *text, size_t len, const char *name, struct error *err)
{
    json_error_t je;
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &je);
    if (!root)
        error_set(err, ERROR_INPUT, "%s: line %d, column %d: not valid JSON: %s", name, je.line,
                  je.column, je.text);
    return root;
}

json_t *json_read_file(const char *path, size_t limit, struct error *err)
{
    char *text;
    size_t len;
    if (!file_read(path, limit, &text, &len, err)) return NULL;
    json_t *root = json_read_text(text, len, path, err);
    free(text);
    return root;
}

/* The field, or NULL when it is absent; *ok is false when that is an error. */
static json_t *get(const json_t *object, const char *file, const char *field, bool required,
                   bool *ok, struct error *err)
{
    json_t *v = json_object_get(object, field);
    *ok = true;
    if (v && !json_is_null(v)) return v;
    if (required) *ok = error_set(err, ERROR_INPUT, "%s: field \"%s\" is missing", file, field);
    return NULL;
}

bool json_get_string(const json_t *object, const char *file, const char *field, bool required,
                     const char **out, struct error *err)
{
    bool ok;
    json_t *v = get(object, file, field, required, &ok, err);
    if (!v) return ok;
    if (!json_is_string(v))
        return error_set(err, ERROR_INPUT, "%s: field \"%s\" is not a string", file, field);
    *out = json_string_value(v);
    return true;
}

bool json_get_bool(const json_t *object, const char *file, const char *field, bool required,
                   bool *out, struct error *err)
{
    bool ok;
    json_t *v = get(object, file, field, required, &ok, err);
    if (!v) return ok;
    if (!json_is_boolean(v))
        return error_set(err, ERROR_INPUT, "%s: field \"%s\" is not true or false", file, field);
    *out = json_is_true(v);
    return true;
}

bool json_get_double(const json_t *object, const char *file, const char *field, bool required,
                     double *out, struct error *err)
{
    bool ok;
    json_t *v = get(object, file, field, required, &ok, err);
    if (!v) return ok;
    if (!json_is_number(v))
        return error_set(err, ERROR_INPUT, "%s: field \"%s\" is not a number", file, field);
    *out = json_number_value(v);
    return true;
}

bool json_get_size(const json_t *object, const char *file, const char *field, bool required,
                   size_t min, size_t max, size_t *out, struct error *err)
{
    bool ok;
    json_t *v = get(object, file, field, required, &ok, err);
    if (!v) return ok;
    if (!json_is_integer(v))
        return error_set(err, ERROR_INPUT, "%s: field \"%s\" is not a whole number", file, field);
    json_int_t i = json_integer_value(v);
    if (i < 0 || (uintmax_t)i < min || (uintmax_t)i > max)
        return error_set(err, ERROR_INPUT,
                         "%s: field \"%s\" is %" JSON_INTEGER_FORMAT ", outside %zu..%zu", file,
                         field, i, min, max);
    *out = (size_t)i;
    return true;
}
