/* .env.example against the settings' table: it shows every setting with its default, and can be
 * taken as it is. */
#include "base/buffer.h"
#include "base/file.h"
#include "config/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char EXAMPLE[] = ".env.example";

/* To be freed. */
static char *load(void)
{
    struct error err = {0};
    char *text;
    size_t len;
    if (!file_read(EXAMPLE, 1 << 20, &text, &len, &err)) fail_msg("%s", err.text);
    char *copy = strndup(text, len);
    free(text);
    return copy;
}

/* How the example shows a setting. */
static void write_setting(const struct setting_spec *s, struct buffer *out)
{
    buffer_printf(out, "\n# %s.", s->help);
    if (s->fallback_note) buffer_printf(out, " Where it is not set: %s.", s->fallback_note);
    buffer_printf(out, "\n#%s=%s\n", s->name, s->fallback ? s->fallback : "");
}

static void every_setting_is_shown_with_its_default(void **state)
{
    (void)state;
    struct buffer wanted = {0};
    char *text = load();
    const char *at = text;
    for (enum setting id = 0; id < N_SETTINGS; id++) {
        buffer_clear(&wanted);
        write_setting(setting_spec(id), &wanted);
        const char *found = strstr(at, buffer_text(&wanted));
        if (!found) fail_msg("%s should hold, in this order:%s", EXAMPLE, buffer_text(&wanted));
        at = found + wanted.len;
    }
    assert_string_equal(at, ""); /* and nothing after the last */
    buffer_free(&wanted);
    free(text);
}

static void it_can_be_taken_as_it_is(void **state)
{
    (void)state;
    struct settings s;
    struct error err = {0};
    assert_true(settings_init(&s, &err));
    if (!settings_read_file(&s, EXAMPLE, &err)) fail_msg("%s", err.text);
    for (enum setting id = 0; id < N_SETTINGS; id++)
        assert_int_equal(s.values[id].source, SOURCE_DEFAULT);
    settings_free(&s);
}

static void its_values_are_good_ones(void **state)
{
    (void)state;
    struct settings s;
    struct error err = {0};
    char path[] = "/tmp/autospec-env-XXXXXX", *text = load();
    /* "#NAME=" without a blank is a setting, "# " a comment. */
    for (char *p = text; *p; p++)
        if (*p == '#' && (p == text || p[-1] == '\n') && p[1] != ' ' && p[1] != '\n') *p = ' ';
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    if (!file_write(path, text, strlen(text), &err)) fail_msg("%s", err.text);
    assert_true(settings_init(&s, &err));
    bool ok = settings_read_file(&s, path, &err);
    remove(path);
    if (!ok) fail_msg("%s", err.text);
    for (enum setting id = 0; id < N_SETTINGS; id++)
        if (setting_spec(id)->fallback && s.values[id].source != SOURCE_ENV_FILE)
            fail_msg("%s was not read", setting_spec(id)->name);
    settings_free(&s);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_setting_is_shown_with_its_default),
        cmocka_unit_test(it_can_be_taken_as_it_is),
        cmocka_unit_test(its_values_are_good_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
