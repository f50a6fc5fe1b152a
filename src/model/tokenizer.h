/* Byte-level BPE tokenizers read from tokenizer.json, with the same result as the Hugging Face
 * tokenizers library: normalizer (none, NFC, Sequence of those), pre-tokenizer (Sequence of Split,
 * Digits, ByteLevel), added tokens, BPE merges in both JSON forms, ByteLevel decoder.
 *
 * Text from users and documents never becomes a control token: tokenizer_encode treats a control
 * token's spelling as plain text. Only the chat renderer places control tokens, by id. */
#ifndef MODEL_TOKENIZER_H
#define MODEL_TOKENIZER_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tokenizer;

/* A growable list of token ids; zero-initialise it. */
struct tokens {
    int32_t *ids;
    size_t len, cap;
};
bool tokens_push(struct tokens *t, int32_t id, struct error *err);
void tokens_free(struct tokens *t);

/* Reads DIR/tokenizer.json. Thread-safe for reading after that. */
struct tokenizer *tokenizer_read(const char *dir, struct error *err);
void tokenizer_free(struct tokenizer *t);

enum tokenize_mode {
    TOKENIZE_TEXT,    /* control tokens' spellings are plain text: for anything a user or document
                         wrote. Added tokens that are ordinary text (deepseek-coder's 'õ') match. */
    TOKENIZE_CONTROL, /* spellings of control tokens become them, as tokenizers.encode does */
};

/* Appends the ids of text[0..len). Invalid UTF-8 is tokenized as U+FFFD, as Python would pass it
 * after errors="replace". No bos is added. */
bool tokenizer_encode(const struct tokenizer *t, const char *text, size_t len,
                      enum tokenize_mode mode, struct tokens *out, struct error *err);

/* Id of the token with exactly this spelling (control and added tokens first), or -1. */
int32_t tokenizer_find(const struct tokenizer *t, const char *text);

size_t tokenizer_vocab(const struct tokenizer *t); /* highest id + 1 */

/* True for control tokens: special ones, and those of the chat formats (<｜User｜>, <think>, ...),
 * whatever their "special" flag says. */
bool tokenizer_is_control(const struct tokenizer *t, int32_t id);

/* The bytes of one token; *len 0 for ids that stand for nothing. Owned by the tokenizer. Control
 * tokens give their spelling. */
const char *tokenizer_token_bytes(const struct tokenizer *t, int32_t id, size_t *len);

/* Streaming decode: appends to *out the bytes that are complete UTF-8 after this token and keeps an
 * unfinished sequence for the next call. Control tokens give nothing. Bytes that can never become
 * valid come out as U+FFFD. */
struct detokenizer {
    const struct tokenizer *tokenizer;
    char pending[8];
    size_t n_pending;
};
void detokenizer_push(struct detokenizer *d, int32_t id, struct buffer *out);
void detokenizer_finish(struct detokenizer *d, struct buffer *out); /* what is pending as U+FFFD */

#endif
