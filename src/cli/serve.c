/* autospec serve: the HTTP server. It listens at once, loads the model in a thread of its own, and
 * then waits for signals: SIGHUP reads .env again, SIGTERM and SIGINT let what is at work end. */
#include "base/log.h"
#include "cli/model_open.h"
#include "cli/places.h"
#include "hub/model_place.h"
#include "server/server.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { LOADED = SIGUSR1 }; /* how the loading thread tells that it is done */
static const double DRAIN_SECONDS = 30;
enum { FILES = 4 * HTTP_MAX_CONNECTIONS };
enum { KV_CONTEXTS = 4 }; /* KV cache that all answers share, in whole contexts, where it fits */

struct serving {
    struct command_line *line;
    struct server *server;
    pthread_t loader, waiter;
    bool loading;
    struct model model;
    struct encoder *encoder;
    char *encoder_dir, *name, *encoder_name;
    bool loaded;
    struct error error;
};

/* ---- options ---- */

static bool fill_options(struct server_options *out, const struct command_line *line,
                         const char *store, struct error *err)
{
    const struct settings *s = &line->settings;
    *out = (struct server_options){
        .host = settings_text(s, SETTING_HOST),
        .port = (unsigned)settings_count(s, SETTING_PORT),
        .store = store,
        .parallel = settings_count(s, SETTING_PARALLEL),
        .queue = settings_count(s, SETTING_QUEUE),
        .deadline = (double)settings_count(s, SETTING_DEADLINE),
        .ocr_languages = settings_text(s, SETTING_OCR_LANGUAGES),
        .defaults = {.max_tokens = settings_count(s, SETTING_MAX_TOKENS),
                     .ask_meanings = settings_count(s, SETTING_QUERY) != 0},
        .access = {.keys = settings_text(s, SETTING_API_KEY),
                   .hosts = settings_text(s, SETTING_HOSTS),
                   .origins = settings_text(s, SETTING_ORIGINS),
                   .bind = settings_text(s, SETTING_HOST)},
    };
    const char *thinking = settings_choice(s, SETTING_THINKING);
    out->defaults.thinking = strcmp(thinking, "on") == 0    ? THINK_ON
                             : strcmp(thinking, "off") == 0 ? THINK_OFF
                                                            : THINK_AUTO;
    if (!model_sampler(line, &out->defaults.sampler, err)) return false;
    if (address_is_loopback(out->host) || out->access.keys || line->force_public) return true;
    return error_set(err, ERROR_USAGE,
                     "--host %s can be reached from other machines: set API_KEY, or say "
                     "--force-public to let everybody in",
                     out->host);
}

/* The settings as they would be read now; the command line's stay. */
static bool read_again(struct settings *out, const struct settings *before, struct error *err)
{
    if (!settings_init(out, err)) return false;
    for (enum setting id = 0; id < N_SETTINGS; id++)
        if (before->values[id].source == SOURCE_COMMAND_LINE &&
            !settings_set(out, id, before->values[id].text, SOURCE_COMMAND_LINE, 0,
                          setting_spec(id)->name, err))
            return false;
    return settings_read_file(out, ".env", err) && settings_read_environment(out, environ, err);
}

static bool takes_restart(enum setting id)
{
    static const enum setting LIVE[] = {
        SETTING_TEMPERATURE, SETTING_MAX_TOKENS, SETTING_REPETITION_PENALTY,
        SETTING_THINKING,    SETTING_API_KEY,    SETTING_DEADLINE,
        SETTING_HOSTS,       SETTING_ORIGINS,    SETTING_QUERY};
    for (size_t i = 0; i < sizeof LIVE / sizeof *LIVE; i++)
        if (LIVE[i] == id) return false;
    return true;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void reload(struct serving *v)
{
    struct error err = {0};
    struct command_line line = *v->line;
    struct server_options options;
    bool ok = read_again(&line.settings, &v->line->settings, &err) &&
              fill_options(&options, &line, "", &err) && server_reload(v->server, &options, &err);
    if (!ok) {
        log_warn("SIGHUP: nothing was changed: %s", err.text);
        settings_free(&line.settings);
        return;
    }
    for (enum setting id = 0; id < N_SETTINGS; id++)
        if (takes_restart(id) &&
            !same_text(settings_text(&line.settings, id), settings_text(&v->line->settings, id)))
            log_warn("SIGHUP: %s has changed; that takes a restart", setting_spec(id)->name);
    settings_free(&v->line->settings);
    v->line->settings = line.settings;
    log_info("SIGHUP: the settings were read again");
}

/* ---- the model ---- */

/* A model of the Hub's cache is called by its name there (malloc'ed), not by its folder's, which is
 * a commit: *revision. NULL for others. */
static char *hub_name(const char *set, const char *dir, const char **revision)
{
    const char *base = strrchr(dir, '/');
    if (!base || !strstr(dir, "/snapshots/")) return NULL;
    *revision = base + 1;
    return strndup(set, strcspn(set, "@"));
}

static bool open_encoder(struct serving *v, struct error *err)
{
    const struct settings *s = &v->line->settings;
    const char *name = settings_text(s, SETTING_ENCODER), *isa = settings_choice(s, SETTING_ISA);
    if (!name) return true;
    v->encoder_dir = model_place_find(name, settings_lookup, (void *)(uintptr_t)s, NULL, err);
    if (!v->encoder_dir) return false;
    struct encoder_options options = {.type = QUANT_Q8,
                                      .cache_dir = v->model.cache,
                                      .n_threads = settings_count(s, SETTING_THREADS),
                                      .device = settings_text(s, SETTING_DEVICE),
                                      .isa = strcmp(isa, "auto") == 0 ? NULL : isa};
    v->encoder = encoder_open(v->encoder_dir, &options, err);
    return v->encoder != NULL;
}

static bool load(struct serving *v, struct error *err)
{
    const struct settings *s = &v->line->settings;
    struct engine_options options;
    model_engine_options(&options, v->line);
    v->model.dir = place_model(s, err);
    if (!v->model.dir) return false;
    v->model.cache = place_cache(s);
    options.model_dir = v->model.dir;
    options.cache_dir = v->model.cache;
    options.max_sequences = settings_count(s, SETTING_PARALLEL);
    options.kv_tokens = settings_count(s, SETTING_KV_TOKENS);
    if (!options.kv_tokens)
        options.kv_contexts =
            options.max_sequences < KV_CONTEXTS ? options.max_sequences : KV_CONTEXTS;
    v->model.engine = engine_open(&options, err);
    return v->model.engine && open_encoder(v, err);
}

static void *load_main(void *context)
{
    struct serving *v = context;
    v->loaded = load(v, &v->error);
    pthread_kill(v->waiter, LOADED);
    return NULL;
}

/* The model is there. */
static bool use_model(struct serving *v, struct error *err)
{
    const struct settings *s = &v->line->settings;
    const char *encoder_revision;
    struct server_model model = {.engine = v->model.engine, .encoder = v->encoder};
    v->name = hub_name(settings_text(s, SETTING_MODEL), v->model.dir, &model.revision);
    if (v->encoder)
        v->encoder_name =
            hub_name(settings_text(s, SETTING_ENCODER), v->encoder_dir, &encoder_revision);
    model.name = v->name;
    model.encoder_name = v->encoder_name;
    model.kv_file = settings_text(&v->line->settings, SETTING_KV_FILE);
    model.kv_file_limit = settings_count(&v->line->settings, SETTING_KV_FILE_SIZE);
    if (!server_ready(v->server, &model, err)) return false;
    struct engine_info info;
    engine_info(v->model.engine, &info);
    log_info("ready: %s, %s, %s, %zu tokens of context", v->server->model_name, info.quantization,
             info.device, info.context);
    if (v->encoder) {
        struct encoder_info encoder;
        encoder_info(v->encoder, &encoder);
        log_info("encoder: %s, %s, %s", v->server->encoder_name, encoder.quantization,
                 encoder.device);
    }
    return true;
}

/* The loader has ended. Most questions take no model: without one the server goes on, and says so. */
static void loaded(struct serving *v)
{
    pthread_join(v->loader, NULL);
    v->loading = false;
    if (v->loaded && use_model(v, &v->error)) return;
    server_without_model(v->server, &v->error);
    log_warn("there is no model: %s", v->error.text);
    log_info("ready: facts are answered; what takes a model is refused");
}

/* ---- signals ---- */

static void set_defaults(const sigset_t *signals)
{
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, signals, NULL);
}

/* Until it is told to stop. */
static void wait_for_signals(struct serving *v, const sigset_t *signals)
{
    for (;;) {
        int got = sigwaitinfo(signals, NULL);
        if (got == LOADED && v->loading) loaded(v);
        if (got == SIGHUP && v->loading) log_warn("SIGHUP: the model is still being loaded");
        if (got == SIGHUP && !v->loading) reload(v);
        if (got != SIGINT && got != SIGTERM) continue;
        /* From here on a second one ends the program at once; so does one while loading. */
        set_defaults(signals);
        if (v->loading) raise(got);
        return;
    }
}

/* A connection is an open file, and so are uploads and the store. */
static void allow_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= FILES) return;
    limit.rlim_cur = limit.rlim_max < FILES ? limit.rlim_max : FILES;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        log_warn("no more than %zu files can be open", (size_t)limit.rlim_cur);
}

static bool serve(struct serving *v, const sigset_t *signals, struct error *err)
{
    log_info("listening on %s", http_address(v->server->http));
    v->waiter = pthread_self();
    v->loading = pthread_create(&v->loader, NULL, load_main, v) == 0;
    if (!v->loading) return error_set(err, ERROR_MEMORY, "cannot start the loading thread");
    wait_for_signals(v, signals);
    log_info("stopping: what is at work has %.0f seconds to end", DRAIN_SECONDS);
    if (!server_stop(v->server, DRAIN_SECONDS)) log_warn("requests that took longer were ended");
    return true;
}

static int run(struct command_line *line, struct error *err)
{
    struct serving v = {.line = line};
    struct server_options options;
    sigset_t signals;
    bool ok = false;
    if (!line->quiet && !line->verbose) {
        log_set_level(LOG_INFO);
        settings_log_file(&line->settings);
    }
    if (line->n_arguments) {
        error_set(err, ERROR_USAGE, "serve takes no argument");
        return EXIT_USAGE;
    }
    char *store = place_store(&line->settings, err);
    if (!store || !fill_options(&options, line, store, err)) goto done;
    if (!engine_device_check(settings_text(&line->settings, SETTING_DEVICE), err)) goto done;
    /* Blocked in all threads that come: they are waited for. */
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, LOADED);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    allow_files();
    v.server = server_start(&options, err);
    ok = v.server && serve(&v, &signals, err);
done:
    server_free(v.server);
    encoder_free(v.encoder);
    model_close(&v.model);
    free(v.encoder_dir);
    free(v.name);
    free(v.encoder_name);
    free(store);
    return ok ? EXIT_OK : EXIT_FAILED;
}

const struct command command_serve = {
    .name = "serve",
    .bit = COMMAND_SERVE,
    .arguments = "",
    .summary = "Answer over HTTP: a page for browsers, an API for programs",
    .description =
        "Listens on 127.0.0.1 port 8000 unless told otherwise; the page is at /, the API is\n"
        "described at /openapi.json, and /v1 is what OpenAI's clients ask. An address that\n"
        "other machines can reach needs API_KEY. SIGHUP reads .env again, SIGTERM lets what\n"
        "is at work end first.\n",
    .run = run,
};
