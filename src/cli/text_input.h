/* The text that a command works on: its arguments, or standard input when there are none. */
#ifndef CLI_TEXT_INPUT_H
#define CLI_TEXT_INPUT_H

#include "base/buffer.h"
#include "cli/command.h"

/* Appends the arguments, joined by spaces; or all of standard input (at most `limit` bytes) when
 * the only argument is "-", or when there is none and standard input is not a terminal. `what` is
 * what is missing otherwise: "a question". */
bool text_input(const struct command_line *line, const char *what, size_t limit, struct buffer *out,
                struct error *err);

/* Cuts blanks and line ends at both ends. */
void text_trim(struct buffer *text);

#endif
