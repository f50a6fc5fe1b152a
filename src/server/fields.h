/* Reading a request's JSON: bounded in depth and values, strict about types and ranges. Each function that
 * finds something wrong answers the request with a 400 that names the field, and returns false. */
#ifndef SERVER_FIELDS_H
#define SERVER_FIELDS_H

#include "server/exchange.h"

enum { JSON_MAX_DEPTH = 64, JSON_MAX_VALUES = 100000 };

/* The body as an object, to be json_decref()ed; NULL when it was answered. */
json_t *fields_read(struct exchange *x);

/* How deep objects and arrays stand in each other; for any text. */
size_t json_depth(const char *text, size_t len);

/* Refuses members that are not in the NULL-terminated list, with the nearest that is. */
bool fields_known(struct exchange *x, const json_t *o, const char *const *names);

/* A missing field or null leaves *out as it is, unless `required`. */
bool field_text(struct exchange *x, const json_t *o, const char *name, bool required,
                const char **out);
bool field_bool(struct exchange *x, const json_t *o, const char *name, bool *out);
bool field_number(struct exchange *x, const json_t *o, const char *name, double min, double max,
                  double *out);
bool field_count(struct exchange *x, const json_t *o, const char *name, size_t min, size_t max,
                 size_t *out);

/* Whether a value is a whole number of 64 bits; 12.0 is one too: JSON has one kind of number. */
bool json_whole(const json_t *v, int64_t *out);

/* As field_count, of the address's part behind '?'. */
bool query_count(struct exchange *x, const char *name, size_t min, size_t max, size_t *out);

/* Answers with a 400 about a field; returns false. */
bool field_refuse(struct exchange *x, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
