#include "hub/model_place.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/log.h"
#include "hub/hub.h"
#include "hub/hub_name.h"
#include "model/gguf.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The folder of the file that this code was loaded from: the program, or the shared library. */
static char *code_folder(struct error *err)
{
    static const int here = 0; /* any address of this file */
    Dl_info info;
    struct link_map *map = NULL;
    char *path = NULL;
    /* The program itself has no name in its link map. */
    if (dladdr1(&here, &info, (void **)&map, RTLD_DL_LINKMAP) && map && map->l_name[0])
        path = realpath(map->l_name, NULL);
    if (!path) path = realpath("/proc/self/exe", NULL);
    if (!path) {
        error_errno(err, ERROR_IO, "/proc/self/exe");
        return NULL;
    }
    char *slash = strrchr(path, '/');
    if (slash) *slash = '\0';
    return path;
}

/* The real path of base/middle/name when that is a folder, else NULL. */
static char *find_folder(const char *base, const char *middle, const char *name)
{
    char *dir = path_join(base, middle);
    char *path = dir ? path_join(dir, name) : NULL;
    char *found = path && file_is_directory(path) ? realpath(path, NULL) : NULL;
    free(path);
    free(dir);
    return found;
}

/* "ORG/NAME" or "ORG/NAME@REVISION". A name without an owner is never looked for on the Hub: it is
 * more likely a mistyped one of ours. */
static bool is_hub_name(const char *name)
{
    struct hub_name parsed;
    return strchr(name, '/') && hub_name_parse(name, &parsed, NULL);
}

/* The folder of a model of the Hub, downloaded now if it is not in the cache yet. */
static char *hub_folder(const char *name, hub_lookup *lookup, void *context,
                        const atomic_bool *cancel, bool config_only, struct error *err)
{
    struct hub_settings settings;
    char *folder = NULL;
    if (hub_settings_read(&settings, lookup, context, err))
        folder = config_only ? hub_config_path(&settings, name, cancel, err)
                             : hub_model_path(&settings, name, cancel, err);
    hub_settings_free(&settings);
    return folder;
}

static char *find_model(const char *name, hub_lookup *lookup, void *context,
                        const atomic_bool *cancel, bool config_only, struct error *err)
{
    static const char SHARE[] = "share/autospec/models";
    if (file_is_directory(name) || (gguf_is_path(name) && file_exists(name))) {
        char *copy = strdup(name);
        if (!copy) error_memory(err, "path");
        return copy;
    }
    if (file_exists(name)) {
        error_set(err, ERROR_INPUT,
                  "%s: is a file; a model is a folder with a config.json, or a .gguf file", name);
        return NULL;
    }
    if (name[0] == '/' || name[0] == '.') {
        error_set(err, ERROR_NOT_FOUND, "%s: there is no such folder", name);
        return NULL;
    }
    char *base = code_folder(err);
    if (!base) return NULL;
    char *found = find_folder(base, "../models", name);
    if (!found) found = find_folder(base, "../share/autospec/models", name);
    if (!found) found = find_folder(INSTALL_PREFIX, SHARE, name);
    if (!found && is_hub_name(name))
        found = hub_folder(name, lookup, context, cancel, config_only, err);
    else if (!found)
        error_set(err, ERROR_NOT_FOUND,
                  "there is no model \"%s\": not a folder here, nor in %s/../models, "
                  "%s/../%s or %s/%s",
                  name, base, base, SHARE, INSTALL_PREFIX, SHARE);
    free(base);
    return found;
}

char *model_place_find(const char *name, hub_lookup *lookup, void *context,
                       const atomic_bool *cancel, struct error *err)
{
    return find_model(name, lookup, context, cancel, false, err);
}

char *model_place_find_config(const char *name, hub_lookup *lookup, void *context,
                              const atomic_bool *cancel, struct error *err)
{
    return find_model(name, lookup, context, cancel, true, err);
}

char *model_place_packed(const char *set)
{
    char *path = set ? strdup(set) : path_of_user("XDG_CACHE_HOME", ".cache", "autospec/packed");
    struct error err = {0};
    if (path && file_make_directories(path, &err) && access(path, W_OK | X_OK) == 0) return path;
    log_warn("no packed model is kept: %s%s",
             path ? (err.code ? err.text : path) : "there is no home folder",
             path && !err.code ? ": is not writable" : "");
    free(path);
    return NULL;
}
