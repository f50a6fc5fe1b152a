/* `.env` files: no input may crash the reader, and every error names a line. */
#include "base/log.h"
#include "config/settings.h"
#include "config/env_file.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bool take(void *context, const char *name, const char *value, size_t line, struct error *err)
{
    struct settings *s = context;
    /* Values go on to the checks of the settings, whatever the name. */
    enum setting id = (enum setting)((strlen(name) + line) % N_SETTINGS);
    struct error ignored = {0};
    (void)err;
    settings_set(s, id, value, SOURCE_ENV_FILE, line, name, &ignored);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct settings s;
    struct error err = {0};
    log_set_level(LOG_QUIET);
    if (settings_init(&s, &err) &&
        !env_file_parse((const char *)data, size, ".env", take, &s, &err))
        if (strncmp(err.text, ".env:", 5) != 0) abort();
    settings_free(&s);
    return 0;
}
