/* Opening a model for the public API: options, their check, the handle, what it says of itself. */
#include "api/api.h"

#include "hub/model_place.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *autospec_version(void)
{
    return AUTOSPEC_VERSION;
}

static const struct autospec_options DEFAULTS = {
    .size = sizeof(struct autospec_options),
    .use_4bit = true,
    .temperature = 0.1,
    .repetition_penalty = 1,
    .max_tokens = 512,
    .kv_bits = 16,
};

void autospec_options_init(struct autospec_options *options, size_t size)
{
    memset(options, 0, size);
    memcpy(options, &DEFAULTS, size < sizeof DEFAULTS ? size : sizeof DEFAULTS);
    memcpy(options, &size, sizeof size);
}

void autospec_call_init(struct autospec_call *call, size_t size)
{
    memset(call, 0, size);
    memcpy(call, &size, sizeof size);
}

void *api_fail(struct autospec_error *out, const struct error *err)
{
    _Static_assert((int)AUTOSPEC_NOT_FOUND == (int)ERROR_NOT_FOUND, "codes are handed on");
    _Static_assert(sizeof out->text == sizeof err->text, "texts are handed on");
    if (!out) return NULL;
    out->code = (int)err->code;
    memcpy(out->text, err->text, sizeof out->text);
    return NULL;
}

/* ---- log and progress ---- */

static void log_line(void *context, enum log_level level, const char *text)
{
    _Static_assert((int)AUTOSPEC_WARNING == (int)LOG_WARN && (int)AUTOSPEC_DEBUG == (int)LOG_DEBUG,
                   "levels are handed on");
    struct autospec *llm = context;
    if (llm->options.log) llm->options.log(llm->options.callback_context, (int)level, text);
}

static void report(void *context, const char *label, const char *unit, size_t done, size_t total)
{
    struct autospec *llm = context;
    if (llm->options.progress &&
        !llm->options.progress(llm->options.callback_context, label, unit, done, total))
        atomic_store(&llm->stop_download, true);
}

/* ---- options ---- */

/* The caller's struct, as much of it as both know, with strings of our own. */
static bool take_options(struct autospec *llm, const struct autospec_options *from,
                         struct error *err)
{
    struct autospec_options *o = &llm->options;
    *o = DEFAULTS;
    if (from && from->size < offsetof(struct autospec_options, seed))
        return error_set(err, ERROR_USAGE,
                         "options.size is %zu: autospec_options_init fills the struct", from->size);
    if (from) memcpy(o, from, from->size < sizeof *o ? from->size : sizeof *o);
    const char **texts[] = {&o->model_name, &o->device, &o->packed_cache, &o->hub_cache};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (!*texts[i]) continue;
        *texts[i] = arena_strdup(&llm->arena, *texts[i]);
        if (!*texts[i]) return error_memory(err, "options");
    }
    return true;
}

static bool check_options(struct autospec *llm, struct error *err)
{
    const struct autospec_options *o = &llm->options;
    if (o->model_name && !*o->model_name) return error_set(err, ERROR_USAGE, "model_name is empty");
    if (o->max_tokens < 1 || o->max_tokens > 1 << 20)
        return error_set(err, ERROR_USAGE, "max_tokens %zu is outside 1 to %d", o->max_tokens,
                         1 << 20);
    if (o->threads > 1024)
        return error_set(err, ERROR_USAGE, "threads %zu is outside 0 to 1024", o->threads);
    if (o->context && (o->context < 64 || o->context > 1 << 24))
        return error_set(err, ERROR_USAGE, "context %zu is neither 0 nor from 64 to %d", o->context,
                         1 << 24);
    if (o->kv_bits != 16 && o->kv_bits != 8)
        return error_set(err, ERROR_USAGE, "kv_bits %u is neither 16 nor 8", o->kv_bits);
    if (o->thinking < AUTOSPEC_THINKING_AUTO || o->thinking > AUTOSPEC_THINKING_OFF)
        return error_set(err, ERROR_USAGE, "thinking %d is no enum autospec_thinking", o->thinking);
    llm->sampler = (struct sampler_options){
        .temperature = (float)o->temperature,
        .top_p = 1,
        .repetition_penalty = (float)o->repetition_penalty,
        .seed = o->seed,
    };
    return sampler_options_check(&llm->sampler, err);
}

static bool is_gpu(const char *device)
{
    return strncmp(device, "cuda", 4) == 0;
}

static bool check_device(struct autospec *llm, struct error *err)
{
    struct autospec_options *o = &llm->options;
    if (!o->device) o->device = "auto";
    size_t digits = strncmp(o->device, "cuda:", 5) == 0 ? strspn(o->device + 5, "0123456789") : 0;
    if (strcmp(o->device, "auto") == 0 || strcmp(o->device, "cpu") == 0 ||
        strcmp(o->device, "cuda") == 0 || (digits >= 1 && digits <= 4 && !o->device[5 + digits]))
        return true;
    return error_set(err, ERROR_USAGE, "device \"%.40s\" is not one of auto, cpu, cuda or cuda:N",
                     o->device);
}

/* ---- the handle ---- */

/* A variable of Python's Hugging Face tools: as the options say, else as the environment does. */
static const char *hub_variable(void *context, const char *name, bool *of_folder)
{
    const struct autospec_options *o = context;
    *of_folder = false;
    if (o->offline && strcmp(name, "HF_HUB_OFFLINE") == 0) return "1";
    if (o->hub_cache && strcmp(name, "HF_HUB_CACHE") == 0) return o->hub_cache;
    /* An older name that would come before it. */
    if (o->hub_cache && strcmp(name, "TRANSFORMERS_CACHE") == 0) return NULL;
    return getenv(name);
}

char *api_info_json(const struct autospec_info *i)
{
    json_t *o = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f}", "model",
        i->model, "folder", i->folder, "architecture", i->architecture, "quantization",
        i->quantization, "device", i->device, "device_note", i->device_note, "parameters",
        (json_int_t)i->parameters, "layers", (json_int_t)i->layers, "hidden", (json_int_t)i->hidden,
        "vocabulary", (json_int_t)i->vocabulary, "context", (json_int_t)i->context, "weight_bytes",
        (json_int_t)i->weight_bytes, "kv_bytes", (json_int_t)i->kv_bytes, "activation_bytes",
        (json_int_t)i->activation_bytes, "bytes_per_token", (json_int_t)i->bytes_per_token,
        "load_seconds", i->load_seconds);
    char *text = o ? json_dumps(o, JSON_INDENT(2) | JSON_REAL_PRECISION(10)) : NULL;
    json_decref(o);
    return text;
}

static bool describe(struct autospec *llm, const char *folder, struct error *err)
{
    struct engine_info e;
    engine_info(llm->engine, &e);
    struct autospec_info *i = &llm->info;
    i->model = e.name;
    i->folder = arena_strdup(&llm->arena, folder);
    i->architecture = e.architecture;
    i->quantization = e.quantization;
    i->device = e.device;
    i->parameters = e.parameters;
    i->layers = e.n_layers;
    i->hidden = e.hidden;
    i->vocabulary = e.vocab;
    i->context = e.context;
    i->weight_bytes = e.weight_bytes;
    i->kv_bytes = e.kv_bytes;
    i->activation_bytes = e.activation_bytes;
    i->bytes_per_token = e.bytes_per_token;
    i->load_seconds = e.load_seconds;
    llm->json = i->folder ? api_info_json(i) : NULL;
    i->json = llm->json;
    return i->json || error_memory(err, "what the model is");
}

/* The engine on the device asked for, or where that is a GPU that cannot be had on the CPU: then
 * device_note says why. */
static bool start_engine(struct autospec *llm, struct engine_options *options, struct error *err)
{
    struct error refused = {0};
    llm->info.device_note = "";
    llm->engine = engine_open(options, &refused);
    if (llm->engine) return true;
    if (refused.code != ERROR_UNSUPPORTED || !is_gpu(options->device) || llm->options.strict_device)
        return error_set(err, refused.code, "%s", refused.text);
    options->device = "cpu";
    llm->engine = engine_open(options, err);
    if (!llm->engine) return false;
    char note[sizeof refused.text + 40];
    snprintf(note, sizeof note, "the CPU computes: %s", refused.text);
    llm->info.device_note = arena_strdup(&llm->arena, note);
    log_warn("%s", note);
    return llm->info.device_note || error_memory(err, "options");
}

static bool open_engine(struct autospec *llm, struct error *err)
{
    const struct autospec_options *o = &llm->options;
    if (o->use_4bit && o->use_8bit) log_warn("use_4bit and use_8bit are both set; 4-bit wins");
    char *folder = model_place_find(o->model_name ? o->model_name : "nano", hub_variable,
                                    &llm->options, &llm->stop_download, err);
    char *cache = folder ? model_place_packed(o->packed_cache) : NULL;
    struct engine_options options = {
        .model_dir = folder,
        .type = o->use_4bit   ? QUANT_Q4
                : o->use_8bit ? QUANT_Q8
                              : QUANT_BF16,
        .cache_dir = cache,
        .n_threads = o->threads,
        .context = o->context,
        .device = o->device,
        .kv_bits = o->kv_bits,
        .memory_limit = o->memory_limit,
    };
    bool ok = folder && start_engine(llm, &options, err) && describe(llm, folder, err);
    free(folder);
    free(cache);
    return ok;
}

struct autospec *autospec_open(const struct autospec_options *options, struct autospec_error *error)
{
    struct error err = {0};
    struct autospec *llm = calloc(1, sizeof *llm);
    if (!llm) {
        error_memory(&err, "a handle");
        return api_fail(error, &err);
    }
    pthread_mutexattr_t checking;
    pthread_mutexattr_init(&checking);
    pthread_mutexattr_settype(&checking, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&llm->engine_lock, &checking);
    pthread_mutexattr_destroy(&checking);
    pthread_mutex_init(&llm->turns_lock, NULL);
    llm->log = (struct log_sink){log_line, llm};
    llm->progress = (struct progress_sink){report, llm};
    const struct log_sink *log_before = log_set_sink(&llm->log);
    const struct progress_sink *progress_before = progress_set_sink(&llm->progress);
    bool ok = take_options(llm, options, &err) && check_options(llm, &err) &&
              check_device(llm, &err) && open_engine(llm, &err);
    log_set_sink(log_before);
    progress_set_sink(progress_before);
    if (ok) return llm;
    autospec_close(llm);
    return api_fail(error, &err);
}

void autospec_close(struct autospec *llm)
{
    if (!llm) return;
    engine_free(llm->engine);
    pthread_mutex_destroy(&llm->engine_lock);
    pthread_mutex_destroy(&llm->turns_lock);
    arena_free(&llm->arena);
    free(llm->json);
    free(llm);
}

const struct autospec_info *autospec_info(const struct autospec *llm)
{
    return &llm->info;
}
