/* Files of NAME=value lines, as `.env` has them: `export` before a name, comments, blank lines,
 * values plain, in 'single quotes' (taken as they are) or in "double quotes" (with \n, \t, \r, \\,
 * \" and \$). A quoted value may run over several lines. Nothing is expanded or run. */
#ifndef CONFIG_ENV_FILE_H
#define CONFIG_ENV_FILE_H

#include "base/error.h"

#include <stddef.h>

/* Called for each line that sets something, in order; false ends the reading with its *err. */
typedef bool env_file_entry(void *context, const char *name, const char *value, size_t line,
                            struct error *err);

/* Reads text[0..len); `path` stands for the file in errors, which name the line: "path:3: ...". */
bool env_file_parse(const char *text, size_t len, const char *path, env_file_entry *entry,
                    void *context, struct error *err);

#endif
