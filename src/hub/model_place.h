/* Where a model is, and where its packed form is kept. Models are found from the place of the code
 * that runs (the program or the shared library) and below the prefix of the installation, so that a
 * build in its repository, an installed one, and one that was moved all find theirs. */
#ifndef HUB_MODEL_PLACE_H
#define HUB_MODEL_PLACE_H

#include "base/error.h"
#include "hub/hub_settings.h"

#include <stdatomic.h>

/* The path of the model that `name` names, to be freed by the caller: a folder or .gguf file as it
 * is; a name in one of the models folders; ORG/NAME[@REVISION] from the Hub's cache, or downloaded
 * into it, with the settings of hub_settings_read(lookup, context). NULL with *err filled when
 * there is none. */
char *model_place_find(const char *name, hub_lookup *lookup, void *context,
                       const atomic_bool *cancel, struct error *err);

/* The same, but of a model of the Hub its config.json is enough, and all that is downloaded. */
char *model_place_find_config(const char *name, hub_lookup *lookup, void *context,
                              const atomic_bool *cancel, struct error *err);

/* The folder for packed models, made if need be: `set`, or when that is NULL the user's cache
 * folder. The caller frees it; NULL (and a warning) when there can be none, as without a home or in
 * a read-only one: models are then packed anew at each start. */
char *model_place_packed(const char *set);

/* Where `make install` puts things: PREFIX. */
extern const char INSTALL_PREFIX[];

#endif
