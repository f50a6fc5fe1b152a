/* The program: finds the command, reads its options and settings, runs it, prints its error. */
#include "base/file.h"
#include "base/log.h"
#include "base/progress.h"
#include "config/suggest.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

const struct command *const COMMANDS[] = {&command_ask,      &command_verify, &command_ingest,
                                          &command_tables,   &command_attributes, &command_generate,
                                          &command_tokenize, &command_eval,     &command_info,
                                          &command_pull,     &command_quantize, &command_config,
                                          &command_embed,    &command_plan,     &command_bench,
                                          &command_serve, &command_doctor};
const size_t N_COMMANDS = sizeof COMMANDS / sizeof *COMMANDS;

static const struct command *find_command(const char *name, struct error *err)
{
    const char *names[sizeof COMMANDS / sizeof *COMMANDS];
    for (size_t i = 0; i < N_COMMANDS; i++) {
        names[i] = COMMANDS[i]->name;
        if (strcmp(name, names[i]) == 0) return COMMANDS[i];
    }
    const char *nearest = suggest_nearest(name, names, N_COMMANDS);
    if (nearest)
        error_set(err, ERROR_USAGE, "there is no command \"%s\"; did you mean %s?", name, nearest);
    else
        error_set(err, ERROR_USAGE, "there is no command \"%s\"; autospec --help lists them", name);
    return NULL;
}

static int run_command(const struct command *command, int argc, char **argv, struct error *err)
{
    struct command_line line = {.command = command};
    int status = EXIT_FAILED;
    if (!settings_init(&line.settings, err) || !options_parse(&line, argc, argv, err)) goto done;
    if (line.help) {
        options_print_help(command);
        status = EXIT_OK;
        goto done;
    }
    if (line.quiet) log_set_level(LOG_QUIET);
    if (line.verbose) log_set_level(LOG_DEBUG);
    progress_set_quiet(line.quiet);
    if (!settings_read_file(&line.settings, ".env", err) ||
        !settings_read_environment(&line.settings, environ, err))
        goto done;
    settings_log_file(&line.settings);
    status = command->run(&line, err);
done:
    settings_free(&line.settings);
    return status;
}

/* What stands before a command, or instead of one. */
static int run(int argc, char **argv, struct error *err)
{
    const char *first = argc > 1 ? argv[1] : NULL;
    if (!first) {
        error_set(err, ERROR_USAGE, "a command is missing; autospec --help lists them");
        return EXIT_USAGE;
    }
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0 || strcmp(first, "help") == 0) {
        const struct command *command = argc > 2 ? find_command(argv[2], err) : NULL;
        if (argc > 2 && !command) return EXIT_USAGE;
        options_print_help(command);
        return EXIT_OK;
    }
    if (strcmp(first, "--version") == 0 || strcmp(first, "-V") == 0) {
        output_puts("autospec " AUTOSPEC_VERSION "\n");
        return EXIT_OK;
    }
    if (first[0] == '-') {
        error_set(err, ERROR_USAGE,
                  "%s: a command comes first, then its options; autospec --help lists them", first);
        return EXIT_USAGE;
    }
    const struct command *command = find_command(first, err);
    return command ? run_command(command, argc - 1, argv + 1, err) : EXIT_USAGE;
}

static int exit_status(const struct error *err, int status)
{
    switch (err->code) {
    case ERROR_NONE:
        return status;
    case ERROR_USAGE:
        return EXIT_USAGE;
    case ERROR_CANCELLED:
        return EXIT_INTERRUPTED;
    default:
        return status == EXIT_OK ? EXIT_FAILED : status;
    }
}

int main(int argc, char **argv)
{
    struct error err = {0};
    output_setup();
    mapping_watch();
    int status = run(argc, argv, &err);
    if (!output_flush(&err) && status == EXIT_OK) status = EXIT_FAILED;
    status = exit_status(&err, status);
    if (err.code && !output_is_broken_pipe()) fprintf(stderr, "autospec: %s\n", err.text);
    return status;
}
