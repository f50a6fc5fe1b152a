/* The pre-tokenizer cuts text into the words that BPE works on, by the "pre_tokenizer" object of
 * tokenizer.json: Split, Digits, ByteLevel, or a Sequence of them, with the library's rules. */
#ifndef TOKENIZER_PRETOKENIZER_H
#define TOKENIZER_PRETOKENIZER_H

#include "base/error.h"
#include "base/json.h"

#include <stdbool.h>
#include <stddef.h>

struct pretokenizer;

/* NULL with *err filled when the object is broken, asks for something we do not have, or does not
 * end in ByteLevel. `file` is named in errors. */
struct pretokenizer *pretokenizer_create(const json_t *object, const char *file, struct error *err);
void pretokenizer_free(struct pretokenizer *p);

/* Gets each word, never empty, in order; it is only valid during the call. */
typedef bool pretokenizer_sink(void *context, const char *word, size_t len, struct error *err);

/* Cuts valid UTF-8. May be called from several threads at once. */
bool pretokenizer_run(const struct pretokenizer *p, const char *text, size_t len,
                      pretokenizer_sink *sink, void *context, struct error *err);

#endif
