/* From the command line's settings to an engine and the options of a generation. */
#ifndef CLI_MODEL_OPEN_H
#define CLI_MODEL_OPEN_H

#include "cli/command.h"
#include "engine/engine.h"

struct model {
    struct engine *engine;
    char *dir;
    char *cache; /* of packed models; NULL: none can be kept */
};

/* What the settings say of an engine; model_dir and cache_dir are left open. */
void model_engine_options(struct engine_options *out, const struct command_line *line);

/* Opens the model that the settings name, with a progress bar while it is packed the first time.
 * Close it also after a failure. */
bool model_open(struct model *m, const struct command_line *line, struct error *err);
void model_close(struct model *m);

/* How the settings want weights to be kept; says when they contradict each other. */
enum quant_type model_quant(const struct settings *s);

/* The sampling options of the command line, checked. */
bool model_sampler(const struct command_line *line, struct sampler_options *out, struct error *err);

/* --thinking resolved: "auto" is `automatic`. */
enum thinking model_thinking(const struct command_line *line, enum thinking automatic);

/* Adds up to one line a generation for --stats and --verbose, on standard error. */
void model_print_stats(const struct generate_result *result);

/* Whether the chosen model reads passages well enough to be asked: not the small one that comes with the
 * program. True where its config.json cannot be read: opening it tells why. */
bool model_reads_passages(const struct command_line *line);

#endif
