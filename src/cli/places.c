#include "cli/places.h"
#include "base/file.h"
#include "cli/interrupt.h"
#include "hub/model_place.h"

#include <stdlib.h>
#include <string.h>

/* Only a download is stopped; until there is one, Ctrl-C ends the program at once. */
static const atomic_bool *stop_of_download(const char *name)
{
    bool may_download = strchr(name, '/') && !file_is_directory(name) && !file_exists(name);
    return may_download ? interrupt_watch() : NULL;
}

char *place_model(const struct settings *s, struct error *err)
{
    const char *name = settings_text(s, SETTING_MODEL);
    return model_place_find(name, settings_lookup, (void *)(uintptr_t)s, stop_of_download(name),
                            err);
}

char *place_model_config(const struct settings *s, struct error *err)
{
    const char *name = settings_text(s, SETTING_MODEL);
    return model_place_find_config(name, settings_lookup, (void *)(uintptr_t)s,
                                   stop_of_download(name), err);
}

char *place_cache(const struct settings *s)
{
    return model_place_packed(settings_text(s, SETTING_CACHE));
}

char *place_store(const struct settings *s, struct error *err)
{
    const char *set = settings_text(s, SETTING_STORE);
    char *path =
        set ? strdup(set) : path_of_user("XDG_DATA_HOME", ".local/share", "autospec/autospec.db");
    if (!path)
        error_set(err, ERROR_USAGE,
                  "there is no home folder to keep the store in; name a file with --store or "
                  "AUTOSPEC_STORE");
    return path;
}
