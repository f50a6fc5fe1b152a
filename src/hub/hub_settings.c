#include "hub/hub_settings.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/log.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_TOKEN = 4096, DEFAULT_RETRIES = 7, DEFAULT_STALL = 30, MAX_STALL = 3600 };

struct source {
    hub_lookup *lookup;
    void *context;
};

static const char *from_process(void *context, const char *name, bool *of_folder)
{
    (void)context;
    *of_folder = false;
    return getenv(name);
}

static const char *look(const struct source *from, const char *name)
{
    bool of_folder;
    const char *value = from->lookup(from->context, name, &of_folder);
    return value && *value ? value : NULL;
}

static bool is_true(const char *value)
{
    static const char *const WORDS[] = {"1", "ON", "YES", "TRUE"};
    for (size_t i = 0; value && i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcasecmp(value, WORDS[i]) == 0) return true;
    return false;
}

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* A path with a leading ~ and with $NAME and ${NAME} replaced, as Python's os.path does it; names
 * that are not set stay as they are written. */
static char *expand(const struct source *from, const char *path)
{
    struct buffer out = {0};
    const char *home = look(from, "HOME");
    if (path[0] == '~' && (path[1] == '/' || !path[1]) && home) {
        buffer_puts(&out, home);
        path++;
    }
    while (*path) {
        bool braces = path[0] == '$' && path[1] == '{';
        const char *name = path + (braces ? 2 : 1);
        size_t len = 0;
        while (path[0] == '$' && is_name_char(name[len])) len++;
        char text[128];
        if (len == 0 || len >= sizeof text || (braces && name[len] != '}')) {
            buffer_putc(&out, *path++);
            continue;
        }
        memcpy(text, name, len);
        text[len] = '\0';
        const char *end = name + len + (braces ? 1 : 0);
        bool of_folder;
        const char *value = from->lookup(from->context, text, &of_folder);
        if (value)
            buffer_puts(&out, value);
        else
            buffer_append(&out, path, (size_t)(end - path));
        path = end;
    }
    if (out.failed) {
        buffer_free(&out);
        return NULL;
    }
    return out.data ? out.data : strdup("");
}

/* HF_HOME, or what it is by default. NULL with *err filled when there is no home at all. */
static char *find_home(const struct source *from, struct error *err)
{
    const char *set = look(from, "HF_HOME"), *xdg = look(from, "XDG_CACHE_HOME");
    char *home = NULL;
    if (set) {
        home = expand(from, set);
    } else if (xdg) {
        char *dir = expand(from, xdg);
        home = dir ? path_join(dir, "huggingface") : NULL;
        free(dir);
    } else if (look(from, "HOME")) {
        home = path_join(look(from, "HOME"), ".cache/huggingface");
    } else {
        error_set(err, ERROR_USAGE,
                  "there is no home folder to keep models in; name one with HF_HOME");
        return NULL;
    }
    if (!home) error_memory(err, "HF_HOME");
    return home;
}

static char *find_cache(const struct source *from, struct error *err)
{
    static const char *const NAMES[] = {"TRANSFORMERS_CACHE", "HF_HUB_CACHE",
                                        "HUGGINGFACE_HUB_CACHE"};
    char *cache = NULL;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const char *value = look(from, NAMES[i]);
        if (!value) continue;
        if (i == 0)
            log_warn("TRANSFORMERS_CACHE is deprecated: models are kept in %s as it says, but "
                     "please set HF_HOME (or HF_HUB_CACHE) instead",
                     value);
        cache = expand(from, value);
        if (!cache) error_memory(err, NAMES[i]);
        return cache;
    }
    char *home = find_home(from, err);
    if (!home) return NULL;
    cache = path_join(home, "hub");
    free(home);
    if (!cache) error_memory(err, "cache folder");
    return cache;
}

/* A copy of text without blanks around it. It becomes a header line, so nothing that could end the
 * line may be in it. */
static bool take_token(const char *text, const char *where, char **out, struct error *err)
{
    while (isspace((unsigned char)*text)) text++;
    size_t len = strlen(text);
    while (len > 0 && isspace((unsigned char)text[len - 1])) len--;
    if (len == 0) return true;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] <= 0x20 || (unsigned char)text[i] >= 0x7f)
            return error_set(err, ERROR_USAGE,
                             "%s: has a character that no access token has, at position %zu", where,
                             i);
    if (len > MAX_TOKEN)
        return error_set(err, ERROR_USAGE, "%s: is longer than any access token", where);
    *out = strndup(text, len);
    return *out || error_memory(err, where);
}

static bool find_token(const struct source *from, char **out, struct error *err)
{
    static const char *const NAMES[] = {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"};
    if (is_true(look(from, "HF_HUB_DISABLE_IMPLICIT_TOKEN"))) return true;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (look(from, NAMES[i])) return take_token(look(from, NAMES[i]), NAMES[i], out, err);

    const char *set = look(from, "HF_TOKEN_PATH");
    char *path = NULL;
    if (set) {
        path = expand(from, set);
    } else {
        struct error none = {0}; /* without a home there is no token, and that is all */
        char *home = find_home(from, &none);
        if (!home) return true;
        path = path_join(home, "token");
        free(home);
    }
    if (!path) return error_memory(err, "token file");
    bool ok = true;
    char *text = NULL;
    if (file_exists(path))
        ok = file_read(path, MAX_TOKEN, &text, NULL, err) && take_token(text, path, out, err);
    free(text);
    free(path);
    return ok;
}

static bool find_endpoint(const struct source *from, char **out, struct error *err)
{
    const char *set = look(from, "HF_ENDPOINT");
    *out = strdup(set ? set : "https://huggingface.co");
    if (!*out) return error_memory(err, "HF_ENDPOINT");
    size_t len = strlen(*out);
    while (len > 0 && (*out)[len - 1] == '/') (*out)[--len] = '\0';
    const char *host = strncasecmp(*out, "https://", 8) == 0  ? *out + 8
                       : strncasecmp(*out, "http://", 7) == 0 ? *out + 7
                                                              : "";
    bool plain = *host != '\0';
    for (const char *p = *out; *p; p++)
        if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f || strchr("?#\\@", *p))
            plain = false;
    return plain ||
           error_set(err, ERROR_USAGE,
                     "HF_ENDPOINT: \"%s\" is not an address like https://huggingface.co", set);
}

static const char *find_ca_file(const struct source *from)
{
    static const char *const NAMES[] = {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const char *value = look(from, NAMES[i]);
        /* It may also name a folder, which the system's own settings already know. */
        if (value && file_exists(value)) return value;
    }
    return NULL;
}

const char *hub_ca_file(void)
{
    return find_ca_file(&(struct source){from_process, NULL});
}

static bool is_of_folder(const struct source *from, const char *name)
{
    bool of_folder = false;
    const char *value = from->lookup(from->context, name, &of_folder);
    return value && *value && of_folder;
}

/* Whoever writes a folder's .env may not have the user's token sent where he likes. */
static void withhold_token(const struct source *from, struct hub_settings *s)
{
    if (!s->token || !is_of_folder(from, "HF_ENDPOINT") || is_of_folder(from, "HF_TOKEN") ||
        is_of_folder(from, "HUGGING_FACE_HUB_TOKEN"))
        return;
    log_warn("HF_ENDPOINT is from .env in this folder, your access token is not: %s is asked without it; set "
             "HF_ENDPOINT in the environment to send it there",
             s->endpoint);
    explicit_bzero(s->token, strlen(s->token));
    free(s->token);
    s->token = NULL;
}

bool hub_settings_read(struct hub_settings *s, hub_lookup *lookup, void *context, struct error *err)
{
    struct source from = {lookup ? lookup : from_process, context};
    *s = (struct hub_settings){.retries = DEFAULT_RETRIES, .stall_seconds = DEFAULT_STALL};
    if (!find_endpoint(&from, &s->endpoint, err) || !find_token(&from, &s->token, err))
        return false;
    withhold_token(&from, s);
    s->cache = find_cache(&from, err);
    if (!s->cache) return false;
    const char *offline = look(&from, "HF_HUB_OFFLINE");
    s->offline = is_true(offline ? offline : look(&from, "TRANSFORMERS_OFFLINE"));
    const char *stall = look(&from, "HF_HUB_DOWNLOAD_TIMEOUT");
    if (stall) {
        char *end;
        unsigned long v = strtoul(stall, &end, 10);
        if (!isdigit((unsigned char)*stall) || *end || v < 1 || v > MAX_STALL)
            return error_set(err, ERROR_USAGE,
                             "HF_HUB_DOWNLOAD_TIMEOUT: \"%s\" is not a number of seconds from 1 to "
                             "%d",
                             stall, MAX_STALL);
        s->stall_seconds = v;
    }
    const char *ca_file = find_ca_file(&from);
    s->ca_file = ca_file ? strdup(ca_file) : NULL;
    if (ca_file && !s->ca_file) return error_memory(err, "the name of a file of certificates");
    return true;
}

void hub_settings_free(struct hub_settings *s)
{
    free(s->endpoint);
    free(s->cache);
    free(s->token);
    free(s->ca_file);
    *s = (struct hub_settings){0};
}
