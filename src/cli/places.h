/* Where things are: models, the cache of packed models, the store. Everything is found from the
 * place of the running program or from the user's folders, so that a build in its repository and an
 * installed one both work. Paths belong to the caller. */
#ifndef CLI_PLACES_H
#define CLI_PLACES_H

#include "base/error.h"
#include "base/settings.h"

/* The folder of the model that --model or DEEPSEEK_MODEL names: a folder as it is; a name in the
 * models folder beside the program or in share/autospec/models; ORG/NAME[@REVISION] from the
 * Hugging Face cache, or downloaded into it. NULL when there is none. */
char *place_model(const struct settings *s, struct error *err);

/* The folder for packed models, made if need be; NULL without an error when there can be none (no
 * home folder, a read-only one): models are then packed anew at each start. */
char *place_cache(const struct settings *s);

/* The store's file. */
char *place_store(const struct settings *s, struct error *err);

#endif
