#include "cli/places.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/log.h"
#include "cli/interrupt.h"
#include "hub/hub.h"
#include "hub/hub_name.h"
#include "model/gguf.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The folder that the running program is in. */
static char *program_dir(struct error *err)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n < 0) {
        error_errno(err, ERROR_IO, "/proc/self/exe");
        return NULL;
    }
    path[n] = '\0';
    char *slash = strrchr(path, '/');
    if (slash) *slash = '\0';
    char *copy = strdup(path);
    if (!copy) error_memory(err, "path");
    return copy;
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
static char *hub_folder(const struct settings *s, const char *name, struct error *err)
{
    struct hub_settings settings;
    char *folder = NULL;
    if (hub_settings_read(&settings, settings_lookup, (void *)(uintptr_t)s, err))
        folder = hub_model_path(&settings, name, interrupt_watch(), err);
    hub_settings_free(&settings);
    return folder;
}

char *place_model(const struct settings *s, struct error *err)
{
    static const char *const FOLDERS[] = {"../models", "../share/autospec/models"};
    const char *name = settings_text(s, SETTING_MODEL);
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
    char *base = program_dir(err);
    if (!base) return NULL;
    char *found = NULL;
    for (size_t i = 0; !found && i < sizeof FOLDERS / sizeof *FOLDERS; i++)
        found = find_folder(base, FOLDERS[i], name);
    if (!found && is_hub_name(name))
        found = hub_folder(s, name, err);
    else if (!found)
        error_set(err, ERROR_NOT_FOUND,
                  "there is no model \"%s\": not a folder here, nor in %s/../models or "
                  "%s/../share/autospec/models",
                  name, base, base);
    free(base);
    return found;
}

/* One of the XDG base directories: the variable when it holds an absolute path, else below HOME;
 * then `rest`. NULL when neither is known. */
static char *user_path(const char *variable, const char *below_home, const char *rest)
{
    const char *base = getenv(variable), *home = getenv("HOME");
    if (base && base[0] == '/') return path_join(base, rest);
    if (!home || home[0] != '/') return NULL;
    char *dir = path_join(home, below_home);
    char *path = dir ? path_join(dir, rest) : NULL;
    free(dir);
    return path;
}

char *place_cache(const struct settings *s)
{
    const char *set = settings_text(s, SETTING_CACHE);
    char *path = set ? strdup(set) : user_path("XDG_CACHE_HOME", ".cache", "autospec/packed");
    struct error err = {0};
    if (path && file_make_directories(path, &err) && access(path, W_OK | X_OK) == 0) return path;
    log_warn("no packed model is kept: %s%s",
             path ? (err.code ? err.text : path) : "there is no home folder",
             path && !err.code ? ": is not writable" : "");
    free(path);
    return NULL;
}

char *place_store(const struct settings *s, struct error *err)
{
    const char *set = settings_text(s, SETTING_STORE);
    char *path =
        set ? strdup(set) : user_path("XDG_DATA_HOME", ".local/share", "autospec/autospec.db");
    if (!path)
        error_set(err, ERROR_USAGE,
                  "there is no home folder to keep the store in; name a file with --store or "
                  "AUTOSPEC_STORE");
    return path;
}
