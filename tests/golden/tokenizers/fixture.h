/* What the tests of tokenizers and chat formats share: the committed tokenizers, unpacked. */
#ifndef TOKENIZER_FIXTURE_H
#define TOKENIZER_FIXTURE_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/utf8.h"
#include "tokenizer/tokenizer.h"

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

/* The ids of a text; free them. */
static inline struct tokens encode(const struct tokenizer *t, const char *text, size_t len,
                                   enum tokenize_mode mode)
{
    struct tokens ids = {0};
    struct error err = {0};
    if (!tokenizer_encode(t, text, len, mode, &ids, &err)) fail_msg("%s: %s", text, err.text);
    return ids;
}

/* As plane_hashes() of make_vectors.py: every scalar value of Unicode, 256 a string. */
static inline void assert_planes(const char *name, const struct tokenizer *t, const json_t *hashes,
                                 const char *before, const char *behind)
{
    assert_int_equal(json_array_size(hashes), 17);
    for (uint32_t plane = 0; plane < 17; plane++) {
        uint64_t h = 0xcbf29ce484222325u;
        for (uint32_t first = plane << 16; first < (plane + 1) << 16; first += 256) {
            struct buffer text = {0};
            for (uint32_t cp = first; cp < first + 256; cp++) {
                char utf8[4];
                size_t n = utf8_encode(cp, utf8);
                if (n == 0) continue;
                buffer_puts(&text, before);
                buffer_append(&text, utf8, n);
                buffer_puts(&text, behind);
            }
            struct tokens ids = encode(t, buffer_text(&text), text.len, TOKENIZE_TEXT);
            for (size_t i = 0; i < ids.len; i++) h = (h ^ (uint32_t)ids.ids[i]) * 0x100000001b3u;
            h = (h ^ UINT32_MAX) * 0x100000001b3u;
            tokens_free(&ids);
            buffer_free(&text);
        }
        char hex[20];
        snprintf(hex, sizeof hex, "%016" PRIx64, h);
        const char *wanted = json_string_value(json_array_get(hashes, plane));
        if (strcmp(hex, wanted) != 0)
            fail_msg("%s: ids of plane %u are not the library's", name, plane);
    }
}

#endif
