/* A command of the program and the command line that it was called with. One file a command; main.c
 * finds the command, options.c reads the line, and the command's run does the work. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/error.h"
#include "config/settings.h"

#include <stdbool.h>
#include <stddef.h>

/* Exit statuses. */
enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

/* Of an option that may be given several times. */
enum { OPTION_MAX_TEXTS = 16 };
struct option_texts {
    const char *items[OPTION_MAX_TEXTS]; /* borrowed from argv; none is empty */
    size_t n;
};

struct command_line {
    const struct command *command;
    struct settings settings;
    char **arguments; /* what is left beside the options; borrowed from argv */
    size_t n_arguments;

    bool help, version, quiet, verbose;
    bool json, stats;
    /* ask */
    size_t passages; /* 0: as the retrieval sees fit */
    bool show_passages;
    bool csv; /* also attributes */
    struct option_texts after; /* questions that came before, oldest first */
    /* ask, generate */
    size_t seed;
    /* generate */
    bool raw, ignore_end;
    const char *system;
    size_t top_k;
    double top_p, min_p;
    struct option_texts stop;
    /* ingest */
    bool list, reset, yes, explain, html, watch, allow_private;
    size_t delete_id; /* 0: none */
    const char *password; /* also of tables; NULL: none */
    /* tokenize */
    bool decode, control, show;
    /* eval */
    size_t limit, failures;
    /* pull */
    size_t retries; /* 0: the usual number */
    /* embed */
    bool query, similarity;
    /* serve */
    bool force_public;
    /* quantize */
    const char *to, *output; /* NULL: not given */
    /* bench */
    const char *shape, *only; /* NULL: not given */
    bool quick;
};

struct command {
    const char *name;
    unsigned bit;            /* in the option table's masks */
    const char *arguments;   /* "QUESTION" */
    const char *summary;     /* one line, no full stop */
    const char *description; /* for its own --help; lines of at most 78 columns */
    /* Returns the exit status; with *err filled, main prints it and takes the status from it. */
    int (*run)(struct command_line *line, struct error *err);
};

enum command_bit {
    COMMAND_ASK = 1 << 0,
    COMMAND_INGEST = 1 << 1,
    COMMAND_GENERATE = 1 << 2,
    COMMAND_TOKENIZE = 1 << 3,
    COMMAND_EVAL = 1 << 4,
    COMMAND_INFO = 1 << 5,
    COMMAND_PULL = 1 << 6,
    COMMAND_QUANTIZE = 1 << 7,
    COMMAND_CONFIG = 1 << 8,
    COMMAND_EMBED = 1 << 9,
    COMMAND_PLAN = 1 << 10,
    COMMAND_BENCH = 1 << 11,
    COMMAND_SERVE = 1 << 12,
    COMMAND_ATTRIBUTES = 1 << 13,
    COMMAND_VERIFY = 1 << 14,
    COMMAND_TABLES = 1 << 15,
    COMMAND_DOCTOR = 1 << 16,
    COMMAND_ALL = (1 << 17) - 1,
    /* Those that open an engine. */
    COMMAND_ENGINE = COMMAND_ASK | COMMAND_GENERATE | COMMAND_EVAL | COMMAND_INFO | COMMAND_SERVE,
};

extern const struct command command_ask, command_ingest, command_generate, command_tokenize,
    command_eval, command_info, command_pull, command_quantize, command_config, command_embed,
    command_plan, command_bench, command_serve, command_attributes, command_verify, command_tables,
    command_doctor;

/* All commands, in the order in which help lists them. */
extern const struct command *const COMMANDS[];
extern const size_t N_COMMANDS;

#endif
