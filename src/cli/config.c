/* autospec config: each setting's value and where it came from. */
#include "cli/command.h"
#include "cli/output.h"

#include <string.h>

static const char MASK[] = "********";

static const char *shown(const struct settings *s, enum setting id)
{
    const char *text = settings_text(s, id);
    return text && setting_spec(id)->secret ? MASK : text;
}

static json_t *setting_json(const struct settings *s, enum setting id)
{
    const char *text = shown(s, id);
    char origin[128];
    struct buffer value = {0}; /* a path need not be UTF-8, JSON has to */
    if (text) output_clean(text, strlen(text), &value);
    json_t *json = json_pack(
        "{s:s, s:s?, s:s, s:b, s:s?}", "name", setting_spec(id)->name, "value",
        text ? buffer_text(&value) : NULL, "source", settings_origin(s, id, origin, sizeof origin),
        "secret", (int)setting_spec(id)->secret, "when_unset", setting_spec(id)->fallback_note);
    buffer_free(&value);
    return json;
}

static bool print_json(const struct settings *s, struct error *err)
{
    json_t *list = json_array();
    bool ok = list != NULL;
    for (enum setting id = 0; ok && id < N_SETTINGS; id++)
        ok = json_array_append_new(list, setting_json(s, id)) == 0;
    if (ok) return output_json(list, err);
    json_decref(list);
    return error_memory(err, "JSON output");
}

static void print_text(const struct settings *s)
{
    size_t name_width = 0, value_width = 0;
    struct buffer value = {0};
    for (int pass = 0; pass < 2; pass++)
        for (enum setting id = 0; id < N_SETTINGS; id++) {
            const char *name = setting_spec(id)->name, *text = shown(s, id);
            char origin[128];
            buffer_clear(&value);
            if (text)
                output_clean(text, strlen(text), &value);
            else
                buffer_printf(&value, "(%s)", setting_spec(id)->fallback_note);
            if (pass == 0) {
                if (strlen(name) > name_width) name_width = strlen(name);
                /* One long path must not push the last column out of sight. */
                if (value.len > value_width && value.len <= 40) value_width = value.len;
                continue;
            }
            output_printf("%-*s  %-*s  %s\n", (int)name_width, name, (int)value_width,
                          buffer_text(&value), settings_origin(s, id, origin, sizeof origin));
        }
    buffer_free(&value);
}

static int run(struct command_line *line, struct error *err)
{
    if (line->n_arguments > 0) {
        error_set(err, ERROR_USAGE, "config takes no argument");
        return EXIT_USAGE;
    }
    if (line->json) return print_json(&line->settings, err) ? EXIT_OK : EXIT_FAILED;
    print_text(&line->settings);
    return EXIT_OK;
}

const struct command command_config = {
    .name = "config",
    .bit = COMMAND_CONFIG,
    .arguments = "",
    .summary = "Show each setting and where its value came from",
    .description =
        "Prints all settings as the other commands would have them: the default, a line of\n"
        ".env, the environment, or an option given here. What is secret is not shown. A\n"
        "value in parentheses is what happens when there is none.\n",
    .run = run,
};
