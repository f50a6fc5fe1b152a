#include "cli/options.h"
#include "config/suggest.h"
#include "cli/output.h"

#include <errno.h>
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum option_kind {
    OPTION_FLAG,    /* bool */
    OPTION_COUNT,   /* size_t */
    OPTION_NUMBER,  /* double */
    OPTION_TEXT,    /* const char * */
    OPTION_TEXTS,   /* one more of a struct option_texts */
    OPTION_QUANT,   /* two settings at once */
    OPTION_SETTING, /* a row of config/settings.h */
};

struct option_row {
    enum option_kind kind;
    unsigned commands; /* mask */
    const char *name;
    char letter;
    const char *argument;
    size_t offset; /* of the field in struct command_line */
    double min, max;
    const char *help;
    enum setting setting;
};

#define FLAG(commands, name, letter, field, help)                                                  \
    {                                                                                              \
        OPTION_FLAG, commands, name, letter, NULL, offsetof(struct command_line, field), 0, 0,     \
            help, 0                                                                                \
    }
#define COUNT(commands, name, argument, field, min, max, help)                                     \
    {                                                                                              \
        OPTION_COUNT, commands, name, 0, argument, offsetof(struct command_line, field), min, max, \
            help, 0                                                                                \
    }
#define NUMBER(commands, name, argument, field, min, max, help)                                    \
    {                                                                                              \
        OPTION_NUMBER, commands, name, 0, argument, offsetof(struct command_line, field), min,     \
            max, help, 0                                                                           \
    }
#define TEXT(kind, commands, name, argument, field, help)                                          \
    {                                                                                              \
        kind, commands, name, 0, argument, offsetof(struct command_line, field), 0, 0, help, 0     \
    }
#define SETTING(commands, id)                                                                      \
    {                                                                                              \
        OPTION_SETTING, commands, NULL, 0, NULL, 0, 0, 0, NULL, id                                 \
    }

/* In the order in which help lists them. */
static const struct option_row ROWS[] = {
    TEXT(OPTION_TEXTS, COMMAND_ASK, "after", "QUESTION", after,
         "A question asked before, which this one may go on from; may be repeated, oldest first"),
    FLAG(COMMAND_ASK, "show-passages", 0, show_passages,
         "Also print the records and passages that the answer rests on"),
    COUNT(COMMAND_ASK, "top-k", "N", passages, 1, 64,
          "Passages to answer from (default: 4, or 6 when the question names no vehicle)"),
    FLAG(COMMAND_GENERATE, "raw", 0, raw,
         "Go on from the prompt as it is, without the chat format"),
    TEXT(OPTION_TEXT, COMMAND_GENERATE, "system", "TEXT", system,
         "A system message before the prompt"),
    FLAG(COMMAND_INGEST, "list", 'l', list, "List the documents in the store"),
    COUNT(COMMAND_INGEST, "delete", "ID", delete_id, 1, 9007199254740992.0,
          "Delete the document with this number"),
    TEXT(OPTION_TEXT, COMMAND_INGEST | COMMAND_TABLES, "password", "TEXT", password,
         "The password of a locked PDF"),
    FLAG(COMMAND_INGEST, "explain", 0, explain, "Show how a file would be read; store nothing"),
    FLAG(COMMAND_INGEST, "html", 0, html,
         "With --explain: one HTML file, each page as a picture with the cells found marked"),
    FLAG(COMMAND_INGEST, "watch", 'w', watch,
         "Go on watching the folder: read what is new or changed, delete what is gone"),
    FLAG(COMMAND_ASK | COMMAND_ATTRIBUTES, "csv", 0, csv, "Print the table alone, as CSV"),
    FLAG(COMMAND_INGEST, "allow-private", 0, allow_private,
         "Fetch URLs at addresses of this machine and of private networks too"),
    FLAG(COMMAND_INGEST, "reset", 0, reset, "Delete all documents; needs --yes"),
    FLAG(COMMAND_INGEST, "yes", 'y', yes, "Do not ask"),
    FLAG(COMMAND_TOKENIZE, "decode", 'd', decode, "From token ids to text"),
    FLAG(COMMAND_TOKENIZE, "control", 0, control,
         "Spellings of control tokens become control tokens, and are shown in decoded text"),
    FLAG(COMMAND_TOKENIZE, "show", 0, show, "One token a line: its id and its text"),
    COUNT(COMMAND_EVAL, "limit", "N", limit, 1, 1e9, "Only the first N questions"),
    COUNT(COMMAND_EVAL, "failures", "N", failures, 1, 1e9, "Print the first N that went wrong"),
    COUNT(COMMAND_PULL, "retries", "N", retries, 1, 1000,
          "How often a request without progress is tried again"),
    TEXT(OPTION_TEXT, COMMAND_QUANTIZE, "to", "TYPE", to, "q4 or q8"),
    {OPTION_TEXT, COMMAND_QUANTIZE, "output", 'o', "DIR", offsetof(struct command_line, output), 0,
     0, "The folder to write; it must be empty or not exist", 0},
    TEXT(OPTION_TEXT, COMMAND_BENCH, "shape", "DIR", shape,
         "Random weights in the shape of this folder's config.json, instead of a model"),
    TEXT(OPTION_TEXT, COMMAND_BENCH, "only", "NAME,...", only, "Only these rows"),
    FLAG(COMMAND_BENCH, "quick", 0, quick, "Fewer repetitions of shorter runs"),
    FLAG(COMMAND_EMBED, "query", 0, query,
         "The texts are queries: with the model's prompt for them"),
    FLAG(COMMAND_EMBED, "similarity", 0, similarity,
         "Print how near the first text, a query, is to each of the others"),
    FLAG(COMMAND_ALL & ~(unsigned)(COMMAND_TOKENIZE | COMMAND_GENERATE | COMMAND_SERVE), "json",
         'j', json, "Print the result as JSON"),
    SETTING(COMMAND_SERVE | COMMAND_CONFIG, SETTING_HOST),
    SETTING(COMMAND_SERVE | COMMAND_CONFIG, SETTING_PORT),
    FLAG(COMMAND_SERVE, "force-public", 0, force_public,
         "Listen on an address that others can reach though no key is set"),
    SETTING(COMMAND_SERVE | COMMAND_CONFIG, SETTING_PARALLEL),
    SETTING(COMMAND_SERVE | COMMAND_CONFIG, SETTING_QUEUE),
    SETTING(COMMAND_SERVE | COMMAND_CONFIG, SETTING_DEADLINE),
    SETTING(COMMAND_SERVE | COMMAND_CONFIG, SETTING_ENCODER),
    SETTING(COMMAND_ASK | COMMAND_GENERATE | COMMAND_SERVE | COMMAND_CONFIG, SETTING_THINKING),
    SETTING(COMMAND_ASK | COMMAND_SERVE | COMMAND_CONFIG, SETTING_QUERY),
    SETTING(COMMAND_ASK | COMMAND_GENERATE | COMMAND_EVAL | COMMAND_SERVE | COMMAND_CONFIG,
            SETTING_MAX_TOKENS),
    SETTING(COMMAND_ASK | COMMAND_GENERATE | COMMAND_SERVE | COMMAND_CONFIG, SETTING_TEMPERATURE),
    COUNT(COMMAND_GENERATE, "top-k", "N", top_k, 0, 1e6,
          "Pick among the N likeliest tokens (default 0: all)"),
    NUMBER(COMMAND_GENERATE, "top-p", "P", top_p, 0, 1,
           "Pick among the likeliest tokens that add up to P (default 1: all)"),
    NUMBER(COMMAND_GENERATE, "min-p", "P", min_p, 0, 1,
           "Pick among tokens at least P times as likely as the likeliest (default 0: all)"),
    SETTING(COMMAND_ASK | COMMAND_GENERATE | COMMAND_SERVE | COMMAND_CONFIG,
            SETTING_REPETITION_PENALTY),
    COUNT(COMMAND_ASK | COMMAND_GENERATE, "seed", "N", seed, 0, 9007199254740992.0,
          "Where the random picks start (default 0: the same question, the same answer)"),
    TEXT(OPTION_TEXTS, COMMAND_GENERATE, "stop", "TEXT", stop,
         "End before this text; may be repeated"),
    FLAG(COMMAND_GENERATE, "ignore-end", 0, ignore_end,
         "Go on past the end of the turn, up to --max-tokens (to measure)"),
    FLAG(COMMAND_GENERATE, "stats", 0, stats, "Print tokens and rates to standard error"),
    SETTING(COMMAND_ASK | COMMAND_VERIFY | COMMAND_INGEST | COMMAND_SERVE | COMMAND_CONFIG |
                COMMAND_ATTRIBUTES | COMMAND_DOCTOR,
            SETTING_STORE),
    SETTING(COMMAND_INGEST | COMMAND_CONFIG, SETTING_ORIGINALS),
    SETTING(COMMAND_INGEST | COMMAND_TABLES | COMMAND_SERVE | COMMAND_CONFIG, SETTING_OCR_LANGUAGES),
    SETTING(COMMAND_ENGINE | COMMAND_TOKENIZE | COMMAND_EMBED | COMMAND_CONFIG | COMMAND_PLAN |
                COMMAND_BENCH | COMMAND_DOCTOR,
            SETTING_MODEL),
    {OPTION_QUANT, COMMAND_ENGINE | COMMAND_CONFIG | COMMAND_EMBED | COMMAND_PLAN | COMMAND_BENCH,
     "quant", 'q', "BITS", 0, 0, 0,
     "Keep the weights in 4bit, 8bit or as they are: none (default 4bit)", 0},
    SETTING(COMMAND_ENGINE | COMMAND_CONFIG | COMMAND_PLAN, SETTING_CONTEXT),
    SETTING(COMMAND_ENGINE | COMMAND_CONFIG | COMMAND_PLAN | COMMAND_BENCH, SETTING_KV_BITS),
    SETTING(COMMAND_ENGINE | COMMAND_CONFIG | COMMAND_PLAN, SETTING_CHUNK),
    SETTING(COMMAND_SERVE | COMMAND_CONFIG, SETTING_KV_TOKENS),
    SETTING(COMMAND_SERVE | COMMAND_CONFIG, SETTING_KV_FILE),
    SETTING(COMMAND_SERVE | COMMAND_CONFIG, SETTING_KV_FILE_SIZE),
    SETTING(COMMAND_ENGINE | COMMAND_CONFIG | COMMAND_PLAN | COMMAND_BENCH, SETTING_MEMORY),
    SETTING(COMMAND_ENGINE | COMMAND_EMBED | COMMAND_CONFIG | COMMAND_PLAN | COMMAND_BENCH,
            SETTING_DEVICE),
    SETTING(COMMAND_ENGINE | COMMAND_INGEST | COMMAND_QUANTIZE | COMMAND_EMBED | COMMAND_CONFIG |
                COMMAND_PLAN | COMMAND_BENCH,
            SETTING_THREADS),
    SETTING(COMMAND_ENGINE | COMMAND_EMBED | COMMAND_CONFIG | COMMAND_BENCH, SETTING_ISA),
    SETTING(COMMAND_ENGINE | COMMAND_CONFIG, SETTING_SPECULATION),
    SETTING(COMMAND_ENGINE | COMMAND_EMBED | COMMAND_CONFIG | COMMAND_BENCH, SETTING_CACHE),
    FLAG(COMMAND_ALL, "quiet", 0, quiet, "No progress, no warnings"),
    FLAG(COMMAND_ALL, "verbose", 'v', verbose, "Tell more on standard error"),
    FLAG(COMMAND_ALL, "help", 'h', help, "This help"),
};

enum { N_ROWS = sizeof ROWS / sizeof *ROWS, LONG_BASE = 256 };

static const char *row_name(const struct option_row *row)
{
    return row->kind == OPTION_SETTING ? setting_spec(row->setting)->option : row->name;
}

static char row_letter(const struct option_row *row)
{
    return row->kind == OPTION_SETTING ? setting_spec(row->setting)->letter : row->letter;
}

static const char *row_argument(const struct option_row *row)
{
    return row->kind == OPTION_SETTING ? setting_spec(row->setting)->argument : row->argument;
}

/* ---- parsing ---- */

static bool set_quant(struct command_line *line, const char *value, struct error *err)
{
    static const struct {
        const char *names[3], *four, *eight;
    } KINDS[] = {
        {{"4bit", "4", "q4"}, "true", "false"},
        {{"8bit", "8", "q8"}, "false", "true"},
        {{"none", "bf16", "16"}, "false", "false"},
    };
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        for (size_t n = 0; n < 3; n++)
            if (strcmp(value, KINDS[i].names[n]) == 0)
                return settings_set(&line->settings, SETTING_USE_4BIT, KINDS[i].four,
                                    SOURCE_COMMAND_LINE, 0, "--quant", err) &&
                       settings_set(&line->settings, SETTING_USE_8BIT, KINDS[i].eight,
                                    SOURCE_COMMAND_LINE, 0, "--quant", err);
    return error_set(err, ERROR_USAGE, "--quant: \"%s\" is not one of 4bit, 8bit or none", value);
}

static bool set_count(const struct option_row *row, const char *value, size_t *out,
                      struct error *err)
{
    errno = 0;
    char *end;
    unsigned long long v = strtoull(value, &end, 10);
    if (!*value || value[strspn(value, "0123456789")] || errno)
        return error_set(err, ERROR_USAGE, "--%s: \"%s\" is not a whole number", row->name, value);
    if ((double)v < row->min || (double)v > row->max)
        return error_set(err, ERROR_USAGE, "--%s: %s is outside %.16g to %.16g", row->name, value,
                         row->min, row->max);
    *out = (size_t)v;
    return true;
}

static bool set_number(const struct option_row *row, const char *value, double *out,
                       struct error *err)
{
    char *end;
    double v = strtod(value, &end);
    if (end == value || *end || v != v)
        return error_set(err, ERROR_USAGE, "--%s: \"%s\" is not a number", row->name, value);
    if (v < row->min || v > row->max)
        return error_set(err, ERROR_USAGE, "--%s: %s is outside %g to %g", row->name, value,
                         row->min, row->max);
    *out = v;
    return true;
}

static bool add_text(const struct option_row *row, const char *value, struct option_texts *out,
                     struct error *err)
{
    if (!*value) return error_set(err, ERROR_USAGE, "--%s: is empty", row->name);
    if (out->n == OPTION_MAX_TEXTS)
        return error_set(err, ERROR_USAGE, "--%s: given more than %d times", row->name,
                         OPTION_MAX_TEXTS);
    out->items[out->n++] = value;
    return true;
}

static bool set_row(struct command_line *line, const struct option_row *row, const char *value,
                    struct error *err)
{
    void *field = (char *)line + row->offset;
    char where[64];
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return true;
    case OPTION_COUNT:
        return set_count(row, value, field, err);
    case OPTION_NUMBER:
        return set_number(row, value, field, err);
    case OPTION_TEXT:
        *(const char **)field = value;
        return true;
    case OPTION_TEXTS:
        return add_text(row, value, field, err);
    case OPTION_QUANT:
        return set_quant(line, value, err);
    case OPTION_SETTING:
        snprintf(where, sizeof where, "--%s", row_name(row));
        return settings_set(&line->settings, row->setting, value, SOURCE_COMMAND_LINE, 0, where,
                            err);
    }
    return false;
}

/* `given` as typed, "--thinkin=on". */
static bool unknown_long(const struct command *command, const char *given, struct error *err)
{
    const char *names[N_ROWS];
    size_t n = 0;
    char word[64];
    snprintf(word, sizeof word, "%.*s", (int)strcspn(given + 2, "="), given + 2);
    for (size_t i = 0; i < N_ROWS; i++)
        if (ROWS[i].commands & command->bit) names[n++] = row_name(&ROWS[i]);
    const char *nearest = suggest_nearest(word, names, n);
    if (nearest)
        return error_set(err, ERROR_USAGE, "%s has no option --%s; did you mean --%s?",
                         command->name, word, nearest);
    return error_set(err, ERROR_USAGE, "%s has no option --%s; see autospec %s --help",
                     command->name, word, command->name);
}

bool options_parse(struct command_line *line, int argc, char **argv, struct error *err)
{
    struct option longs[N_ROWS + 1];
    char shorts[2 * N_ROWS + 2] = ":";
    size_t n_longs = 0, n_shorts = 1;
    for (size_t i = 0; i < N_ROWS; i++) {
        const struct option_row *row = &ROWS[i];
        if (!(row->commands & line->command->bit)) continue;
        int has = row_argument(row) ? required_argument : no_argument;
        longs[n_longs++] = (struct option){row_name(row), has, NULL, LONG_BASE + (int)i};
        if (!row_letter(row)) continue;
        shorts[n_shorts++] = row_letter(row);
        if (has) shorts[n_shorts++] = ':';
    }
    longs[n_longs] = (struct option){0};
    shorts[n_shorts] = '\0';

    line->top_p = 1;
    opterr = 0;
    optind = 0; /* glibc: start afresh */
    for (;;) {
        int got = getopt_long(argc, argv, shorts, longs, NULL);
        if (got == -1) break;
        const char *given = argv[optind - 1];
        if (got == ':')
            return optopt >= LONG_BASE ? error_set(err, ERROR_USAGE, "--%s needs a value: %s",
                                                   row_name(&ROWS[optopt - LONG_BASE]),
                                                   row_argument(&ROWS[optopt - LONG_BASE]))
                                       : error_set(err, ERROR_USAGE, "-%c needs a value", optopt);
        if (got == '?' && optopt >= LONG_BASE)
            return error_set(err, ERROR_USAGE, "--%s takes no value",
                             row_name(&ROWS[optopt - LONG_BASE]));
        if (got == '?' && optopt)
            return error_set(err, ERROR_USAGE, "%s has no option -%c; see autospec %s --help",
                             line->command->name, optopt, line->command->name);
        if (got == '?') return unknown_long(line->command, given, err);
        size_t i = 0;
        if (got >= LONG_BASE)
            i = (size_t)(got - LONG_BASE);
        else
            while (row_letter(&ROWS[i]) != got || !(ROWS[i].commands & line->command->bit)) i++;
        if (!set_row(line, &ROWS[i], optarg, err)) return false;
    }
    line->arguments = argv + optind;
    line->n_arguments = (size_t)(argc - optind);
    return true;
}

/* ---- help ---- */

enum { HELP_COLUMN = 28, HELP_WIDTH = 80 };

/* Prints `left`, then `text` wrapped in a column of its own. */
static void print_row(const char *left, const char *text)
{
    output_printf("  %-*s", HELP_COLUMN - 2, left);
    if (strlen(left) > HELP_COLUMN - 4) output_printf("\n%*s", HELP_COLUMN, "");
    const size_t width = HELP_WIDTH - HELP_COLUMN;
    while (strlen(text) > width) {
        size_t cut = width;
        while (cut > 0 && text[cut] != ' ') cut--;
        if (cut == 0) cut = width;
        output_printf("%.*s\n%*s", (int)cut, text, HELP_COLUMN, "");
        text += cut;
        while (*text == ' ') text++;
    }
    output_printf("%s\n", text);
}

static const char *setting_default(const struct setting_spec *spec)
{
    return spec->fallback ? spec->fallback : spec->fallback_note;
}

static void print_option(const struct option_row *row)
{
    char left[64], text[256];
    const char *argument = row_argument(row);
    if (row_letter(row))
        snprintf(left, sizeof left, "-%c, ", row_letter(row));
    else
        snprintf(left, sizeof left, "    ");
    size_t used = strlen(left);
    snprintf(left + used, sizeof left - used, "--%s%s%s", row_name(row), argument ? " " : "",
             argument ? argument : "");
    if (row->kind != OPTION_SETTING) {
        print_row(left, row->help);
        return;
    }
    const struct setting_spec *spec = setting_spec(row->setting);
    used = (size_t)snprintf(text, sizeof text, "%s", spec->help);
    for (size_t i = 0; spec->choices && spec->choices[i] && used < sizeof text; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i ? ", " : ": ",
                                 spec->choices[i]);
    if (used < sizeof text)
        snprintf(text + used, sizeof text - used, " (%s; default: %s)", spec->name,
                 setting_default(spec));
    print_row(left, text);
}

static void print_program_help(void)
{
    output_puts("autospec answers questions about vehicle specifications from your own documents,\n"
                "with a language model that runs on this machine.\n\n"
                "usage: autospec COMMAND [OPTION...] [ARGUMENT...]\n\nCommands:\n");
    for (size_t i = 0; i < N_COMMANDS; i++) {
        char left[64];
        snprintf(left, sizeof left, "%s %s", COMMANDS[i]->name, COMMANDS[i]->arguments);
        print_row(left, COMMANDS[i]->summary);
    }
    output_puts("\nOptions of every command (autospec COMMAND --help lists the others):\n");
    for (size_t i = 0; i < N_ROWS; i++)
        if (ROWS[i].commands == COMMAND_ALL) print_option(&ROWS[i]);
    print_row("    --version", "The version, without a command");
    output_puts(
        "\nSettings, from the environment or a .env file in the working directory; an option\n"
        "on the command line wins over the environment, the environment over .env:\n");
    for (enum setting id = 0; id < N_SETTINGS; id++) {
        const struct setting_spec *spec = setting_spec(id);
        char text[256];
        snprintf(text, sizeof text, "%s (default: %s)", spec->help, setting_default(spec));
        print_row(spec->name, text);
    }
    output_puts("\nExit status: 0 done, 1 failed, 2 wrong use, 130 interrupted.\n");
}

void options_print_help(const struct command *command)
{
    if (!command) {
        print_program_help();
        return;
    }
    output_printf("usage: autospec %s [OPTION...] %s\n\n%s.\n\n%s\nOptions:\n", command->name,
                  command->arguments, command->summary, command->description);
    for (size_t i = 0; i < N_ROWS; i++)
        if (ROWS[i].commands & command->bit) print_option(&ROWS[i]);
}
