/* Glue over jansson: files read with an error that names file, line and what was expected, and
 * typed look-ups whose errors name the file and the field. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/error.h"

#include <jansson.h>
#include <stddef.h>

/* Parses a JSON file of at most `limit` bytes. The caller json_decref()s the result; NULL on
 * error. */
json_t *json_read_file(const char *path, size_t limit, struct error *err);

/* Parses `len` bytes; `name` stands for the file in errors. */
json_t *json_read_text(const char *text, size_t len, const char *name, struct error *err);

/* Look-ups in an object. A missing field (or null) leaves *out untouched and is no error unless
 * `required`; a field of the wrong type or out of range always is. Strings are borrowed from the
 * object. */
bool json_get_string(const json_t *object, const char *file, const char *field, bool required,
                     const char **out, struct error *err);
bool json_get_bool(const json_t *object, const char *file, const char *field, bool required,
                   bool *out, struct error *err);
bool json_get_double(const json_t *object, const char *file, const char *field, bool required,
                     double *out, struct error *err);
bool json_get_size(const json_t *object, const char *file, const char *field, bool required,
                   size_t min, size_t max, size_t *out, struct error *err);

#endif
