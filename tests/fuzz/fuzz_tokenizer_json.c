/* Any bytes as tokenizer.json: it is refused with an error that names the file, or it works. */
#include "base/buffer.h"
#include "tokenizer/chat.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char text[] =
    "What's the <s>hp</s>  of aab abab\r\n\n 2023 caf\xc3\xa9? e\xcc\x81\xcc\xa3 "
    "\xe6\x97\xa5\xf0\x9f\x9a\x97\xe3\x80\x80\xff\xe2\x82  x";

static void use(const struct tokenizer *t, bool wordpiece)
{
    for (int mode = 0; mode < 2; mode++) {
        struct tokens ids = {0};
        struct error err = {0};
        struct buffer out = {0};
        struct detokenizer d = {.tokenizer = t};
        bool ok = tokenizer_encode(t, text, sizeof text - 1, (enum tokenize_mode)mode, &ids, &err);
        if (!ok && (ids.len || !err.text[0])) abort();
        for (size_t i = 0; i < ids.len; i++) {
            if (ids.ids[i] < 0 || (size_t)ids.ids[i] >= tokenizer_vocab(t)) abort();
            /* WordPiece has a control token for unknown words. */
            if (mode == TOKENIZE_TEXT && !wordpiece && tokenizer_is_control(t, ids.ids[i])) abort();
            detokenizer_push(&d, ids.ids[i], &out);
        }
        detokenizer_finish(&d, &out);
        buffer_free(&out);
        tokens_free(&ids);
    }
    enum chat_format format;
    const struct chat_message message = {ROLE_USER, text, sizeof text - 1};
    if (chat_format_detect(t, &format, NULL)) {
        struct tokens ids = {0};
        chat_render(t, format, &message, 1, THINKING_OFF, &ids, NULL);
        tokens_free(&ids);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {0};
    struct tokenizer *t = tokenizer_parse((const char *)data, size, "fuzz.json", &err);
    if (t)
        use(t, memmem(data, size, "WordPiece", 9) != NULL);
    else if (strncmp(err.text, "fuzz.json", 9) != 0)
        abort();
    tokenizer_free(t);
    return 0;
}
