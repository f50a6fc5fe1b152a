/* Where the command line's settings say that things are: the model, the cache of packed models, the
 * store. Paths belong to the caller. */
#ifndef CLI_PLACES_H
#define CLI_PLACES_H

#include "base/error.h"
#include "config/settings.h"

/* The model that --model or DEEPSEEK_MODEL names (hub/model_place.h); Ctrl-C ends a download. */
char *place_model(const struct settings *s, struct error *err);

/* The same, but of a model of the Hub its config.json is enough, and all that is downloaded. */
char *place_model_config(const struct settings *s, struct error *err);

/* The folder for packed models; NULL without an error when there can be none. */
char *place_cache(const struct settings *s);

/* The store's file. */
char *place_store(const struct settings *s, struct error *err);

#endif
