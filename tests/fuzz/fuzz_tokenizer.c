/* Any bytes as text: encoding does not fail, gives ids of the vocabulary, no control token in text
 * mode, and decoding gives the text back, in whole UTF-8 sequences. */
#include "base/file.h"
#include "base/utf8.h"
#include "tokenizer/tokenizer.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct tokenizer *read_tokenizer(const char *path)
{
    char *json;
    size_t len;
    struct error err = {0};
    struct tokenizer *t = NULL;
    if (file_read(path, 1 << 20, &json, &len, &err)) {
        t = tokenizer_parse(json, len, path, &err);
        free(json);
    }
    if (!t) {
        fprintf(stderr, "%s (run from the repository root)\n", err.text);
        exit(1);
    }
    return t;
}

static void check(bool ok)
{
    if (!ok) abort();
}

static struct tokens encode(const struct tokenizer *t, const char *text, size_t len,
                            enum tokenize_mode mode)
{
    struct tokens ids = {0};
    check(tokenizer_encode(t, text, len, mode, &ids, NULL));
    for (size_t i = 0; i < ids.len; i++) {
        check(ids.ids[i] >= 0 && (size_t)ids.ids[i] < tokenizer_vocab(t));
        check(mode == TOKENIZE_CONTROL || !tokenizer_is_control(t, ids.ids[i]));
    }
    return ids;
}

/* [UNK], a control token, is what text that the vocabulary lacks becomes. */
static void check_wordpiece(const struct tokenizer *t, const char *text, size_t size)
{
    int32_t unknown = tokenizer_find(t, "[UNK]");
    for (int mode = 0; mode < 2; mode++) {
        struct tokens ids = {0};
        struct buffer out = {0};
        struct detokenizer d = {.tokenizer = t};
        check(tokenizer_encode(t, text, size, (enum tokenize_mode)mode, &ids, NULL));
        check(ids.len <= 3 * size); /* a broken byte is at most one token */
        for (size_t i = 0; i < ids.len; i++) {
            check(ids.ids[i] >= 0 && (size_t)ids.ids[i] < tokenizer_vocab(t));
            check(mode == TOKENIZE_CONTROL || ids.ids[i] == unknown ||
                  !tokenizer_is_control(t, ids.ids[i]));
            detokenizer_push(&d, ids.ids[i], &out);
        }
        detokenizer_finish(&d, &out);
        check(utf8_is_valid(buffer_text(&out), out.len));
        buffer_free(&out);
        tokens_free(&ids);
    }
}

static void decode(const struct tokenizer *t, const struct tokens *ids, struct buffer *out)
{
    struct detokenizer d = {.tokenizer = t};
    for (size_t i = 0; i < ids->len; i++) {
        size_t before = out->len;
        detokenizer_push(&d, ids->ids[i], out);
        check(utf8_is_valid(buffer_text(out) + before, out->len - before));
    }
    detokenizer_finish(&d, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tokenizer *plain, *other, *bert;
    if (!plain) {
        plain = read_tokenizer("tests/fuzz/corpus/tokenizer_json/small.json");
        other = read_tokenizer("tests/fuzz/corpus/tokenizer_json/strip.json");
        bert = read_tokenizer("tests/fuzz/corpus/tokenizer_json/bert.json");
    }
    const char *text = (const char *)data;
    check_wordpiece(bert, text, size);
    struct buffer out = {0};
    struct tokens ids = encode(plain, text, size, TOKENIZE_TEXT);
    decode(plain, &ids, &out);
    if (utf8_is_valid(text, size)) {
        check(out.len == size && memcmp(buffer_text(&out), text, size) == 0);
    } else {
        struct tokens again = encode(plain, buffer_text(&out), out.len, TOKENIZE_TEXT);
        check(again.len == ids.len && memcmp(again.ids, ids.ids, ids.len * sizeof *ids.ids) == 0);
        tokens_free(&again);
    }
    tokens_free(&ids);

    /* Ids that no encoder would give in this order: the input's bytes taken as ids. */
    struct tokens any = {0};
    for (size_t i = 0; i < size; i++) check(tokens_push(&any, data[i] * 3 - 9, NULL));
    buffer_clear(&out);
    decode(plain, &any, &out);
    check(utf8_is_valid(buffer_text(&out), out.len));
    tokens_free(&any);

    const struct tokenizer *all[] = {plain, other};
    for (int k = 0; k < 4; k++) {
        ids = encode(all[k / 2], text, size, (enum tokenize_mode)(k % 2));
        buffer_clear(&out);
        decode(all[k / 2], &ids, &out);
        tokens_free(&ids);
    }
    buffer_free(&out);
    return 0;
}
