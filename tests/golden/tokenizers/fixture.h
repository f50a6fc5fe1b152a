/* What the tests of tokenizers and chat formats share: the committed tokenizers, unpacked. */
#ifndef TOKENIZER_FIXTURE_H
#define TOKENIZER_FIXTURE_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "model/tokenizer.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define TOKENIZERS "tests/golden/tokenizers/"

/* The contents of a file that ends in .xz. */
static inline void read_xz(const char *path, struct buffer *out)
{
    char command[512], block[1 << 16];
    size_t n;
    snprintf(command, sizeof command, "xz -dc '%s'", path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    while ((n = fread(block, 1, sizeof block, pipe)) > 0) buffer_append(out, block, n);
    if (pclose(pipe) != 0) fail_msg("%s failed: is xz-utils installed?", command);
    assert_false(out->failed);
}

static inline struct tokenizer *read_golden_tokenizer(const char *name)
{
    char path[256];
    struct buffer text = {0};
    struct error err = {0};
    snprintf(path, sizeof path, TOKENIZERS "%s/tokenizer.json.xz", name);
    read_xz(path, &text);
    struct tokenizer *t = tokenizer_parse(buffer_text(&text), text.len, path, &err);
    if (!t) fail_msg("%s", err.text);
    buffer_free(&text);
    return t;
}

static inline json_t *read_golden_json(const char *path)
{
    struct error err = {0};
    json_t *json = json_read_file(path, 64 << 20, &err);
    if (!json) fail_msg("%s", err.text);
    return json;
}

/* Fails with both lists when they are not the same. */
static inline void assert_ids(const char *what, const char *text, const struct tokens *got,
                              const json_t *expected)
{
    bool same = got->len == json_array_size(expected);
    for (size_t i = 0; same && i < got->len; i++)
        same = got->ids[i] == json_integer_value(json_array_get(expected, i));
    if (same) return;
    struct buffer list = {0};
    for (size_t i = 0; i < got->len; i++) buffer_printf(&list, "%d ", got->ids[i]);
    char *wanted = json_dumps(expected, JSON_COMPACT | JSON_ENCODE_ANY);
    fail_msg("%s: \"%s\":\n got      %s\n expected %s", what, text, buffer_text(&list), wanted);
}

#endif
