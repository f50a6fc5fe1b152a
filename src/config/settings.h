/* The settings of autospec: one table says each one's name in the environment and in `.env`, its
 * command line option, its range, its default and what it is for, and drives reading, checking and
 * help. Later sources win: built-in default, `.env` in the working directory, environment, command
 * line; each value remembers where it came from. */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include "base/error.h"

#include <stddef.h>

enum setting {
    SETTING_MODEL,
    SETTING_USE_4BIT,
    SETTING_USE_8BIT,
    SETTING_TEMPERATURE,
    SETTING_MAX_TOKENS,
    SETTING_REPETITION_PENALTY,
    SETTING_THINKING,
    SETTING_QUERY,
    SETTING_CONTEXT,
    SETTING_KV_BITS,
    SETTING_KV_TOKENS,
    SETTING_KV_FILE,
    SETTING_KV_FILE_SIZE,
    SETTING_CHUNK,
    SETTING_MEMORY,
    SETTING_DEVICE,
    SETTING_THREADS,
    SETTING_ISA,
    SETTING_SPECULATION,
    SETTING_STORE,
    SETTING_ORIGINALS,
    SETTING_OCR_LANGUAGES,
    SETTING_CACHE,
    SETTING_HF_HOME,
    SETTING_HF_HUB_CACHE,
    SETTING_TRANSFORMERS_CACHE,
    SETTING_HF_ENDPOINT,
    SETTING_HF_TOKEN,
    SETTING_HF_HUB_OFFLINE,
    SETTING_HOST,
    SETTING_PORT,
    SETTING_API_KEY,
    SETTING_PARALLEL,
    SETTING_QUEUE,
    SETTING_DEADLINE,
    SETTING_HOSTS,
    SETTING_ORIGINS,
    SETTING_ENCODER,
    N_SETTINGS,
};

enum setting_kind {
    SETTING_BOOL,
    SETTING_COUNT,
    SETTING_NUMBER,
    SETTING_CHOICE,
    SETTING_TEXT,
    SETTING_SIZE, /* bytes: "8G", "512Mi"; "auto", "off" */
    SETTING_PLACE /* where to compute: "auto", "cpu", "cuda", "cuda:N" */
};

struct setting_spec {
    const char *name; /* of the environment variable */
    enum setting_kind kind;
    const char *option;         /* "temperature" for --temperature; NULL: has none of its own */
    char letter;                /* 't' for -t; 0: none */
    const char *argument;       /* "N": how help calls the value */
    const char *fallback;       /* the default as it would be written; NULL: see fallback_note */
    const char *fallback_note;  /* what the default is when it is found at run time */
    double min, max;            /* count and number */
    const char *const *choices; /* choice: NULL-terminated; a value is its index */
    const char *help;           /* one sentence, no full stop */
    const char *older;          /* a name that it had before; the other wins over it */
    bool secret;                /* never shown */
};

enum setting_source { SOURCE_DEFAULT, SOURCE_ENV_FILE, SOURCE_ENVIRONMENT, SOURCE_COMMAND_LINE };

struct setting_value {
    char *text; /* as written; NULL when there is no value and no default */
    double number;
    size_t count; /* bool: 0 or 1; choice: the index; size: bytes, 0 auto, SIZE_MAX off */
    enum setting_source source;
    size_t line; /* in the .env file */
    bool older;  /* was given under its older name */
};

struct settings {
    struct setting_value values[N_SETTINGS];
};

const struct setting_spec *setting_spec(enum setting id);

/* The defaults. Free with settings_free, also after a failure. */
bool settings_init(struct settings *s, struct error *err);
void settings_free(struct settings *s);

/* Checks and takes a value; one from an earlier source than what is there is checked and dropped.
 * Errors begin with `where` (".env:3: LLM_TEMPERATURE", "--temperature"). */
bool settings_set(struct settings *s, enum setting id, const char *text, enum setting_source source,
                  size_t line, const char *where, struct error *err);

/* Reads a `.env` file; that there is none is no error. Names that are not ours are left to others,
 * but an unknown LLM_ or AUTOSPEC_ name is warned of, with the nearest known one, and so is an HF_,
 * TRANSFORMERS_ or DEEPSEEK_ name that is nearly one of ours. An empty value is as good as none. */
bool settings_read_file(struct settings *s, const char *path, struct error *err);

/* The same for an environment (NULL-terminated NAME=value strings). */
bool settings_read_environment(struct settings *s, char *const *environment, struct error *err);

const char *settings_text(const struct settings *s, enum setting id); /* NULL: none */
bool settings_bool(const struct settings *s, enum setting id);
size_t settings_count(const struct settings *s, enum setting id); /* 0: none */
double settings_number(const struct settings *s, enum setting id);
const char *settings_choice(const struct settings *s, enum setting id);

/* The value of an environment variable as a hub_lookup wants it (settings is a struct settings):
 * what a setting of that name was given, by `.env` as well (*of_folder is then true); of other names
 * the environment's. NULL when there is none. */
const char *settings_lookup(void *settings, const char *name, bool *of_folder);

/* Logs which settings the `.env` of the working directory has given, where it has any. */
void settings_log_file(const struct settings *s);

/* "default", ".env line 3", "environment", "command line", written to out. */
const char *settings_origin(const struct settings *s, enum setting id, char *out, size_t size);

/* 4, 8 or 16 bits a weight, from LLM_USE_4BIT and LLM_USE_8BIT: 4-bit wins when both are asked for
 * (*both is then set, so that the caller can say so); 8-bit that was asked for wins over 4-bit that
 * is only the default. */
unsigned settings_weight_bits(const struct settings *s, bool *both);

#endif
