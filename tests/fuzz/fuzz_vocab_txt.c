/* Any bytes as BERT's vocab.txt: it is refused with an error that names the file, or each of its
 * lines is the token of that number, and text is tokenized with it. */
#include "tokenizer/tokenizer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char text[] = "What's the [CLS] Caf\xc3\xa9 e\xcc\x81 \xe6\x97\xa5\xf0\x9f\x9a\x97 "
                           "horsepower \xff of 20233 ##x";

static void use(const struct tokenizer *t, const char *lines, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < size; n++) {
        const char *end = memchr(lines + i, '\n', size - i);
        size_t len = end ? (size_t)(end - lines) - i : size - i, got;
        const char *bytes = tokenizer_token_bytes(t, (int32_t)n, &got);
        if (got > len || memcmp(bytes, lines + i, got) != 0) abort();
        i += len + 1;
    }
    if (n != tokenizer_vocab(t)) abort();
    for (int mode = 0; mode < 2; mode++) {
        struct tokens ids = {0};
        if (!tokenizer_encode(t, text, sizeof text - 1, (enum tokenize_mode)mode, &ids, NULL))
            abort();
        for (size_t i = 0; i < ids.len; i++)
            if (ids.ids[i] < 0 || (size_t)ids.ids[i] >= n) abort();
        tokens_free(&ids);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {0};
    struct tokenizer *t = tokenizer_parse_vocab((const char *)data, size, "vocab.txt", &err);
    if (t)
        use(t, (const char *)data, size);
    else if (strncmp(err.text, "vocab.txt", 9) != 0)
        abort();
    tokenizer_free(t);
    return 0;
}
