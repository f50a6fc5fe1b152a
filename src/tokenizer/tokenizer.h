/* Tokenizers read from tokenizer.json, with the same ids as the Hugging Face tokenizers library.
 * Byte-level BPE: normalizer (none, NFC, a Sequence of those), pre-tokenizer (Split, Digits,
 * ByteLevel, a Sequence of those), BPE merges in both JSON forms, ByteLevel decoder. BERT's
 * WordPiece: BertNormalizer or none, BertPreTokenizer, WordPiece; also from a plain vocab.txt.
 * Added tokens with both. What the file asks for beyond that is refused by name when it is read,
 * never guessed at.
 *
 * Control tokens are the added tokens that are flagged "special" and those whose spelling starts
 * with '<' and ends with '>' (<｜User｜>, <|EOT|>, <think>, </tool_call>), whatever their flag
 * says. Text from users and documents never becomes one: tokenizer_encode in text mode works as if
 * they were not in the file. Only the chat renderer places control tokens, by id. */
#ifndef TOKENIZER_TOKENIZER_H
#define TOKENIZER_TOKENIZER_H

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

/* Reads DIR/tokenizer.json (at most 64 MB), where there is none DIR/vocab.txt (BERT's, with the
 * switches of tokenizer_config.json), or the tokenizer of a .gguf file. All functions below
 * that take a const tokenizer may be called from several threads at once. NULL with *err filled on
 * failure. */
struct tokenizer *tokenizer_read(const char *path, struct error *err);

/* The same from len bytes of JSON; `name` stands for the file in errors. */
struct tokenizer *tokenizer_parse(const char *json, size_t len, const char *name,
                                  struct error *err);
/* The same from the text of a BERT vocab.txt: one token a line, its id the line's number from 0 on;
 * lower case, without accents. */
struct tokenizer *tokenizer_parse_vocab(const char *text, size_t len, const char *name,
                                        struct error *err);
void tokenizer_free(struct tokenizer *t);

enum tokenize_mode {
    TOKENIZE_TEXT,    /* control tokens' spellings are plain text: for anything a user or document
                         wrote. Added tokens that are ordinary text (deepseek-coder's 'õ') match. */
    TOKENIZE_CONTROL, /* spellings of control tokens become them, as tokenizers.encode does */
};

/* Appends the ids of text[0..len). Invalid UTF-8 is tokenized as U+FFFD, as Python would pass it
 * after errors="replace". No bos is added, nothing is truncated or padded. On failure (memory, or
 * a pattern of the file that runs away on this text) *out holds what it held before. */
bool tokenizer_encode(const struct tokenizer *t, const char *text, size_t len,
                      enum tokenize_mode mode, struct tokens *out, struct error *err);

/* Id of the token with exactly this text (control and added tokens first), or -1. */
int32_t tokenizer_find(const struct tokenizer *t, const char *text);

size_t tokenizer_vocab(const struct tokenizer *t); /* highest id + 1 */

/* True for control tokens as defined above; false for ids outside the vocabulary. */
bool tokenizer_is_control(const struct tokenizer *t, int32_t id);

/* The bytes of one token (a WordPiece token as it is spelled, "##ing"); *len 0 for ids that stand
 * for nothing. Owned by the tokenizer. Added
 * tokens give their spelling. (The library decodes an added token that is spelled with letters of
 * the byte alphabet, such as deepseek-coder's 'õ', to a stray byte, which is lost as U+FFFD; here
 * decoding an encoded text gives the text back.) */
const char *tokenizer_token_bytes(const struct tokenizer *t, int32_t id, size_t *len);

/* Streaming decode: appends to *out the bytes that are complete UTF-8 after this token and keeps an
 * unfinished sequence for the next call. Control tokens give nothing. Bytes that can never become
 * valid come out as U+FFFD, one for each maximal part of a sequence. */
struct detokenizer {
    const struct tokenizer *tokenizer;
    char pending[8];
    size_t n_pending;
    bool started; /* WordPiece: a token has been pushed */
};
void detokenizer_push(struct detokenizer *d, int32_t id, struct buffer *out);
void detokenizer_finish(struct detokenizer *d, struct buffer *out); /* what is pending as U+FFFD */

#endif
