#include "config/settings.h"
#include "config/env_file.h"
#include "base/file.h"
#include "base/log.h"
#include "config/suggest.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { MAX_FILE = 1 << 20 };

static const char *const THINKING_CHOICES[] = {"auto", "on", "off", NULL};
static const char *const ON_OFF_CHOICES[] = {"off", "on", NULL};
static const char *const SPECULATION_CHOICES[] = {"auto", "off", NULL};
static const char *const ORIGINALS_CHOICES[] = {"reference", "copy", NULL};
static const char *const ISA_CHOICES[] = {"auto", "portable", "avx2", "avx512", NULL};
static const char *const KV_BITS_CHOICES[] = {"16", "8", NULL};

static const struct setting_spec SPECS[N_SETTINGS] = {
    [SETTING_MODEL] = {"DEEPSEEK_MODEL", SETTING_TEXT, "model", 'm', "MODEL", "nano", NULL, 0, 0,
                       NULL, .help = "The model: a folder, a .gguf file, a name in a models folder, or ORG/NAME of the Hub"},
    [SETTING_USE_4BIT] = {"LLM_USE_4BIT", SETTING_BOOL, NULL, 0, NULL, "true", NULL, 0, 0, NULL,
                          .help = "Keep the weights in 4 bits (as --quant 4bit)"},
    [SETTING_USE_8BIT] = {"LLM_USE_8BIT", SETTING_BOOL, NULL, 0, NULL, "false", NULL, 0, 0, NULL,
                          .help = "Keep the weights in 8 bits (as --quant 8bit); neither: bf16 (none)"},
    [SETTING_TEMPERATURE] = {"LLM_TEMPERATURE", SETTING_NUMBER, "temperature", 'T', "T", "0.1",
                             NULL, 0, 2, NULL, .help = "How freely tokens are picked; 0: the likeliest"},
    [SETTING_MAX_TOKENS] = {"LLM_MAX_TOKENS", SETTING_COUNT, "max-tokens", 'n', "N", "512", NULL, 1,
                            1 << 20, NULL, .help = "The longest answer, in tokens"},
    [SETTING_REPETITION_PENALTY] = {"LLM_REPETITION_PENALTY", SETTING_NUMBER, "repetition-penalty",
                                    0, "P", "1", NULL, 0.1, 10, NULL,
                                    .help = "Above 1: tokens that were there already become less likely"},
    [SETTING_THINKING] = {"LLM_THINKING", SETTING_CHOICE, "thinking", 0, "MODE", "auto", NULL, 0, 0,
                          THINKING_CHOICES, .help = "Whether the model reasons before it answers"},
    [SETTING_QUERY] = {"LLM_QUERY", SETTING_CHOICE, "query-model", 0, "MODE", "off", NULL, 0, 0, ON_OFF_CHOICES,
                       .help = "Whether the model is asked what words of a question mean that nothing else explains"},
    [SETTING_CONTEXT] = {"LLM_CONTEXT", SETTING_COUNT, "context", 'c', "N", NULL,
                         "the model's, at most 4096", 64, 1 << 24, NULL,
                         .help = "Tokens of prompt and answer that there is room for"},
    [SETTING_KV_BITS] = {"LLM_KV_BITS", SETTING_CHOICE, "kv-bits", 0, "BITS", "16", NULL, 0, 0,
                         KV_BITS_CHOICES, .help = "Bits of a number in the KV cache"},
    [SETTING_KV_TOKENS] = {"LLM_KV_TOKENS", SETTING_COUNT, "kv-tokens", 0, "N", NULL,
                           "four contexts, where they fit", 1, 1 << 30, NULL,
                           .help = "Tokens of KV cache that all of the server's answers share"},
    [SETTING_KV_FILE] = {"LLM_KV_CACHE_FILE", SETTING_TEXT, "kv-cache-file", 0, "FILE", NULL,
                         "none: not kept", 0, 0, NULL,
                         .help = "The file that keeps the server's KV cache between runs"},
    [SETTING_KV_FILE_SIZE] = {"LLM_KV_CACHE_SIZE", SETTING_SIZE, "kv-cache-size", 0, "SIZE", "1G",
                              NULL, 0, 0, NULL, .help = "The most that this file may take; off: no bound"},
    [SETTING_CHUNK] = {"LLM_CHUNK", SETTING_COUNT, "chunk", 0, "N", NULL, "256", 8, 8192, NULL,
                       .help = "Tokens of a prompt that one step computes, at most"},
    [SETTING_MEMORY] = {"LLM_MEMORY", SETTING_SIZE, "memory", 0, "SIZE", "auto", NULL, 0, 0, NULL,
                        .help = "Memory that a model may take: a size like 8G; auto: what is free; off: "
                        "not checked"},
    [SETTING_DEVICE] = {"DEVICE", SETTING_PLACE, "device", 0, "DEVICE", "auto", NULL, 0, 0, NULL,
                        .help = "Where to compute: auto, cpu, cuda or cuda:N"},
    [SETTING_THREADS] = {"LLM_THREADS", SETTING_COUNT, "threads", 't', "N", NULL,
                         "the cores there are", 1, 1024, NULL, .help = "Threads to compute with"},
    [SETTING_ISA] = {"AUTOSPEC_ISA", SETTING_CHOICE, "isa", 0, "ISA", "auto", NULL, 0, 0,
                     ISA_CHOICES, .help = "The instructions to compute with; auto is the best there is"},
    [SETTING_SPECULATION] = {"LLM_SPECULATION", SETTING_CHOICE, "speculation", 0, "MODE", "auto",
                             NULL, 0, 0, SPECULATION_CHOICES,
                             .help = "Look up what may come next in the prompt; the text stays the same"},
    [SETTING_STORE] = {"AUTOSPEC_STORE", SETTING_TEXT, "store", 's', "FILE", NULL,
                       "~/.local/share/autospec/autospec.db", 0, 0, NULL,
                       .help = "The file that keeps the documents"},
    [SETTING_ORIGINALS] = {"AUTOSPEC_ORIGINALS", SETTING_CHOICE, "originals", 0, "HOW", "reference", NULL,
                           0, 0, ORIGINALS_CHOICES,
                           .help = "How a document's pages are shown later: reference: from the file where "
                                   "it is; copy: from a copy in the store"},
    [SETTING_OCR_LANGUAGES] = {"OCR_LANGUAGES", SETTING_TEXT, "ocr-languages", 0, "LANGUAGES", "eng", NULL, 0, 0,
                               NULL, .help = "The languages of scanned pages as tesseract names them (eng+deu); "
                                             "off: they are not read"},
    [SETTING_CACHE] = {"AUTOSPEC_CACHE", SETTING_TEXT, "cache", 0, "DIR", NULL,
                       "~/.cache/autospec/packed", 0, 0, NULL,
                       .help = "The folder that keeps packed models between runs"},
    [SETTING_HF_HOME] = {"HF_HOME", SETTING_TEXT, NULL, 0, NULL, NULL, "~/.cache/huggingface", 0, 0,
                         NULL, .help = "The folder of Hugging Face's tools; models are in its folder hub"},
    [SETTING_HF_HUB_CACHE] = {"HF_HUB_CACHE", SETTING_TEXT, NULL, 0, NULL, NULL, "HF_HOME/hub", 0,
                              0, NULL, .help = "The folder of downloaded models",
 .older = "HUGGINGFACE_HUB_CACHE"},
    [SETTING_TRANSFORMERS_CACHE] = {"TRANSFORMERS_CACHE", SETTING_TEXT, NULL, 0, NULL, NULL,
                                    "HF_HUB_CACHE", 0, 0, NULL,
                                    .help = "The same, as it was called before; wins, with a warning"},
    [SETTING_HF_ENDPOINT] = {"HF_ENDPOINT", SETTING_TEXT, NULL, 0, NULL, "https://huggingface.co",
                             NULL, 0, 0, NULL, .help = "The address of the Hub; one that .env gives gets no token from elsewhere"},
    [SETTING_HF_TOKEN] = {"HF_TOKEN", SETTING_TEXT, NULL, 0, NULL, NULL,
                          "the file token in HF_HOME", 0, 0, NULL, .help = "Your access token of the Hub",
 .older = "HUGGING_FACE_HUB_TOKEN", .secret = true},
    [SETTING_HF_HUB_OFFLINE] = {"HF_HUB_OFFLINE", SETTING_BOOL, NULL, 0, NULL, "false", NULL, 0, 0,
                                NULL, .help = "Ask nothing of the network",
 .older = "TRANSFORMERS_OFFLINE"},
    [SETTING_HOST] = {"HOST", SETTING_TEXT, "host", 0, "ADDRESS", "127.0.0.1", NULL, 0, 0, NULL,
                      .help = "The address that the server listens on"},
    [SETTING_PORT] = {"PORT", SETTING_COUNT, "port", 0, "N", "8000", NULL, 0, 65535, NULL,
                      .help = "The port that the server listens on; 0: any that is free"},
    [SETTING_API_KEY] = {"API_KEY", SETTING_TEXT, NULL, 0, NULL, NULL, "none: all may ask", 0, 0,
                         NULL, .help = "The key that the server's clients have to show; several with commas",
 .secret = true},
    [SETTING_PARALLEL] = {"LLM_PARALLEL", SETTING_COUNT, "parallel", 0, "N", "8", NULL, 1, 64, NULL,
                          .help = "Answers that the server computes at once"},
    [SETTING_QUEUE] = {"AUTOSPEC_QUEUE", SETTING_COUNT, "queue", 0, "N", "64", NULL, 0, 10000, NULL,
                       .help = "Requests that wait behind those; more are told to come again"},
    [SETTING_DEADLINE] = {"AUTOSPEC_DEADLINE", SETTING_COUNT, "deadline", 0, "SECONDS", "600", NULL,
                          0, 86400, NULL, .help = "The longest that the server works on a request; 0: no end"},
    [SETTING_HOSTS] = {"AUTOSPEC_HOSTS", SETTING_TEXT, NULL, 0, NULL, NULL,
                       "localhost and addresses", 0, 0, NULL,
                       .help = "Names that the server goes by, with commas; *: any"},
    [SETTING_ORIGINS] = {"AUTOSPEC_ORIGINS", SETTING_TEXT, NULL, 0, NULL, NULL, "none", 0, 0, NULL,
                         .help = "Origins of pages elsewhere that may ask the server (CORS)"},
    [SETTING_ENCODER] = {"AUTOSPEC_ENCODER", SETTING_TEXT, "encoder", 0, "MODEL", NULL, "none", 0, 0,
                         NULL, .help = "The encoder behind the server's /v1/embeddings"},
};

const struct setting_spec *setting_spec(enum setting id)
{
    return &SPECS[id];
}

static bool parse_bool(const char *text, size_t *out)
{
    static const char *const WORDS[][2] = {
        {"false", "true"}, {"0", "1"}, {"no", "yes"}, {"off", "on"}};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        for (size_t v = 0; v < 2; v++)
            if (strcasecmp(text, WORDS[i][v]) == 0) {
                *out = v;
                return true;
            }
    return false;
}

/* "8G", "1.5GB", "512Mi"; "auto" is 0, "off" SIZE_MAX. Decimal units unless an i follows. */
static bool parse_size(const char *text, size_t *out)
{
    static const char UNITS[] = "KMGT";
    if (strcasecmp(text, "auto") == 0 || strcasecmp(text, "off") == 0) {
        *out = strcasecmp(text, "off") == 0 ? SIZE_MAX : 0;
        return true;
    }
    size_t digits = strspn(text, "0123456789."), base = 1000;
    char *end, *unit = NULL;
    double value = strtod(text, &end);
    if (digits == 0 || end != text + digits) return false;
    if (*end) unit = strchr(UNITS, toupper((unsigned char)*end));
    if (unit) {
        end++;
        if (*end == 'i') {
            base = 1024;
            end++;
        }
        for (ptrdiff_t i = 0; i <= unit - UNITS; i++) value *= (double)base;
    }
    if (*end == 'B') end++;
    *out = value >= 1 && value < 1e18 ? (size_t)value : 0;
    return !*end && *out > 0;
}

/* The number of the GPU is v->count. */
static bool parse_place(const char *text, struct setting_value *v)
{
    if (strcmp(text, "auto") == 0 || strcmp(text, "cpu") == 0 || strcmp(text, "cuda") == 0)
        return true;
    if (strncmp(text, "cuda:", 5) != 0) return false;
    size_t digits = strspn(text + 5, "0123456789");
    v->count = strtoul(text + 5, NULL, 10);
    return digits > 0 && digits < 4 && !text[5 + digits];
}

static bool parse_value(const struct setting_spec *spec, const char *text, struct setting_value *v,
                        const char *where, struct error *err)
{
    char *end = NULL;
    switch (spec->kind) {
    case SETTING_TEXT:
        if (!*text) return error_set(err, ERROR_USAGE, "%s: is empty", where);
        return true;
    case SETTING_BOOL:
        if (parse_bool(text, &v->count)) return true;
        return error_set(err, ERROR_USAGE, "%s: \"%s\" is neither true nor false", where, text);
    case SETTING_CHOICE:
        for (size_t i = 0; spec->choices[i]; i++)
            if (strcasecmp(text, spec->choices[i]) == 0) {
                v->count = i;
                return true;
            }
        char names[128] = "";
        for (size_t i = 0; spec->choices[i]; i++)
            snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s",
                     i == 0                 ? ""
                     : spec->choices[i + 1] ? ", "
                                            : " or ",
                     spec->choices[i]);
        return error_set(err, ERROR_USAGE, "%s: \"%s\" is not one of %s", where, text, names);
    case SETTING_SIZE:
        if (parse_size(text, &v->count)) return true;
        return error_set(err, ERROR_USAGE, "%s: \"%s\" is not a size like 8G, nor auto or off",
                         where, text);
    case SETTING_PLACE:
        if (parse_place(text, v)) return true;
        return error_set(err, ERROR_USAGE, "%s: \"%s\" is not one of auto, cpu, cuda or cuda:N",
                         where, text);
    case SETTING_COUNT:
        v->number = strtod(text, &end);
        if (!*text || text[strspn(text, "0123456789")] || strlen(text) > 15)
            return error_set(err, ERROR_USAGE, "%s: \"%s\" is not a whole number", where, text);
        break;
    case SETTING_NUMBER:
        v->number = strtod(text, &end);
        if (end == text || *end || !isfinite(v->number))
            return error_set(err, ERROR_USAGE, "%s: \"%s\" is not a number", where, text);
        break;
    }
    if (v->number < spec->min || v->number > spec->max)
        return error_set(err, ERROR_USAGE, "%s: %s is outside %.12g to %.12g", where, text,
                         spec->min, spec->max);
    v->count = spec->kind == SETTING_COUNT ? (size_t)v->number : 0;
    return true;
}

bool settings_init(struct settings *s, struct error *err)
{
    *s = (struct settings){0};
    for (enum setting id = 0; id < N_SETTINGS; id++)
        if (SPECS[id].fallback &&
            !settings_set(s, id, SPECS[id].fallback, SOURCE_DEFAULT, 0, SPECS[id].name, err))
            return false;
    return true;
}

void settings_free(struct settings *s)
{
    for (enum setting id = 0; id < N_SETTINGS; id++) free(s->values[id].text);
    *s = (struct settings){0};
}

bool settings_set(struct settings *s, enum setting id, const char *text, enum setting_source source,
                  size_t line, const char *where, struct error *err)
{
    struct setting_value v = {.source = source, .line = line};
    if (!parse_value(&SPECS[id], text, &v, where, err)) return false;
    if (source < s->values[id].source) return true;
    v.text = strdup(text);
    if (!v.text) return error_memory(err, where);
    free(s->values[id].text);
    s->values[id] = v;
    return true;
}

/* Where a run of names and values comes from. */
struct reading {
    struct settings *settings;
    enum setting_source source;
    const char *path; /* NULL: the environment */
};

static bool begins_with(const char *name, const char *const *beginnings)
{
    for (; *beginnings; beginnings++)
        if (strncmp(name, *beginnings, strlen(*beginnings)) == 0) return true;
    return false;
}

static void warn_unknown(const struct reading *r, const char *name, size_t line)
{
    static const char *const OURS[] = {"LLM_", "AUTOSPEC_", NULL};
    /* Other programs have names like these as well: HF_XET_CACHE, DEEPSEEK_API_KEY. */
    static const char *const SHARED[] = {"HF_", "TRANSFORMERS_", "DEEPSEEK_", NULL};
    static const char *const OTHERS[] = {"HF_XET_", NULL};
    bool ours = begins_with(name, OURS);
    if (!r->path && strcmp(name, "AUTOSPEC_PDF") == 0) return; /* the helper's place: pdf_helper_find */
    if (!ours && (!begins_with(name, SHARED) || begins_with(name, OTHERS))) return;
    const char *names[N_SETTINGS];
    for (enum setting id = 0; id < N_SETTINGS; id++) names[id] = SPECS[id].name;
    const char *nearest = suggest_nearest(name, names, N_SETTINGS);
    if (!ours && !nearest) return;
    char where[64] = "";
    if (r->path) snprintf(where, sizeof where, "%.40s:%zu: ", path_base(r->path), line);
    log_warn("%s%s is not a setting%s%s%s", where, name, nearest ? "; did you mean " : "",
             nearest ? nearest : "", nearest ? "?" : "");
}

static bool take(void *context, const char *name, const char *value, size_t line, struct error *err)
{
    const struct reading *r = context;
    for (enum setting id = 0; id < N_SETTINGS; id++) {
        const char *older = SPECS[id].older;
        bool is_older = older && strcmp(name, older) == 0;
        if (!is_older && strcmp(name, SPECS[id].name) != 0) continue;
        if (!*value) return true;
        struct setting_value *v = &r->settings->values[id];
        if (is_older && v->source == r->source && !v->older) return true;
        char where[256];
        if (r->path)
            snprintf(where, sizeof where, "%.150s:%zu: %s", r->path, line, name);
        else
            snprintf(where, sizeof where, "%s in the environment", name);
        if (!settings_set(r->settings, id, value, r->source, line, where, err)) return false;
        if (v->source == r->source) v->older = is_older;
        return true;
    }
    warn_unknown(r, name, line);
    return true;
}

bool settings_read_file(struct settings *s, const char *path, struct error *err)
{
    if (!file_exists(path)) return true;
    char *text;
    size_t len;
    if (!file_read(path, MAX_FILE, &text, &len, err)) return false;
    struct reading r = {s, SOURCE_ENV_FILE, path};
    bool ok = env_file_parse(text, len, path, take, &r, err);
    free(text);
    return ok;
}

bool settings_read_environment(struct settings *s, char *const *environment, struct error *err)
{
    struct reading r = {s, SOURCE_ENVIRONMENT, NULL};
    for (; environment && *environment; environment++) {
        const char *equals = strchr(*environment, '=');
        char name[64];
        if (!equals || (size_t)(equals - *environment) >= sizeof name) continue;
        memcpy(name, *environment, (size_t)(equals - *environment));
        name[equals - *environment] = '\0';
        if (!take(&r, name, equals + 1, 0, err)) return false;
    }
    return true;
}

const char *settings_text(const struct settings *s, enum setting id)
{
    return s->values[id].text;
}

bool settings_bool(const struct settings *s, enum setting id)
{
    return s->values[id].count != 0;
}

size_t settings_count(const struct settings *s, enum setting id)
{
    return s->values[id].count;
}

double settings_number(const struct settings *s, enum setting id)
{
    return s->values[id].number;
}

const char *settings_choice(const struct settings *s, enum setting id)
{
    return SPECS[id].choices[s->values[id].count];
}

const char *settings_lookup(void *settings, const char *name, bool *of_folder)
{
    const struct settings *s = settings;
    *of_folder = false;
    for (enum setting id = 0; id < N_SETTINGS; id++) {
        const struct setting_value *v = &s->values[id];
        if (strcmp(name, SPECS[id].name) == 0) {
            *of_folder = v->source == SOURCE_ENV_FILE;
            return v->source == SOURCE_DEFAULT ? NULL : v->text;
        }
        if (SPECS[id].older && strcmp(name, SPECS[id].older) == 0) return NULL;
    }
    return getenv(name);
}

void settings_log_file(const struct settings *s)
{
    char names[512] = "", folder[256];
    size_t len = 0;
    for (enum setting id = 0; id < N_SETTINGS; id++)
        if (s->values[id].source == SOURCE_ENV_FILE && len < sizeof names)
            len += (size_t)snprintf(names + len, sizeof names - len, "%s%s", len ? ", " : "", SPECS[id].name);
    if (len) log_info("%s/.env gives %s", getcwd(folder, sizeof folder) ? folder : ".", names);
}

const char *settings_origin(const struct settings *s, enum setting id, char *out, size_t size)
{
    static const char *const NAMES[] = {"default", ".env", "environment", "command line"};
    const struct setting_value *v = &s->values[id];
    const char *as = v->older ? ", as " : "", *older = v->older ? SPECS[id].older : "";
    if (v->source == SOURCE_ENV_FILE)
        snprintf(out, size, ".env line %zu%s%s", v->line, as, older);
    else
        snprintf(out, size, "%s%s%s", NAMES[v->source], as, older);
    return out;
}

unsigned settings_weight_bits(const struct settings *s, bool *both)
{
    bool four = settings_bool(s, SETTING_USE_4BIT), eight = settings_bool(s, SETTING_USE_8BIT);
    enum setting_source from4 = s->values[SETTING_USE_4BIT].source;
    *both = four && eight && from4 != SOURCE_DEFAULT;
    if (four && eight) return from4 == SOURCE_DEFAULT ? 8 : 4;
    return four ? 4 : eight ? 8 : 16;
}
