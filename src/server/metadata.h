/* A request's metadata_filter: an object of manufacturer, model, year, category, engine_type and
 * transmission, each with a value or a list of values. */
#ifndef SERVER_METADATA_H
#define SERVER_METADATA_H

#include "store/store.h"
#include "server/exchange.h"

/* "manufacturer" ... */
extern const char *const METADATA_NAMES[N_METADATA + 1];

/* Reads it into *out, which lives in the exchange's arena; false when something was wrong, and
 * answered. *any: something is filtered by. */
bool metadata_read(struct exchange *x, const json_t *filter, struct metadata_filter *out,
                   bool *any);

/* A manufacturer's or model's name as a key; NULL when memory is out. */
const char *metadata_key(struct exchange *x, enum metadata_field field, const char *name);

#endif
