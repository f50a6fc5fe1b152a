/* The option table: one row an option drives parsing, `--help` of the program and of each command,
 * and what is suggested for a mistyped one. Options that are settings take their name, range and
 * help from config/settings.h. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/command.h"

/* Reads argv[1..argc) behind the command's name into *line, whose command and settings are set.
 * Options and arguments may be mixed; "--" ends the options. */
bool options_parse(struct command_line *line, int argc, char **argv, struct error *err);

/* Writes the help of the program (command NULL) or of a command to standard output. */
void options_print_help(const struct command *command);

#endif
