/* The prompt: the exact words that models/nano is trained on, rendered to token ids within the room
 * that the context leaves.
 *
 * The question stands behind the passages, so that the KV cache of passages that are asked about
 * again is shared. A small model reads them far better with the question in mind (query-aware
 * contextualization: Liu et al. 2023, "Lost in the Middle", section 4.2), and to it the cache saves
 * nothing: a model whose config.json says so has the question first. */
#ifndef RAG_PROMPT_H
#define RAG_PROMPT_H

#include "base/error.h"
#include "rag/generator.h"

#include <stddef.h>

/* "Answer from the numbered passages only, ..." */
extern const char PROMPT_SYSTEM[];

struct passage {
    const char *title, *text; /* borrowed */
};

struct prompt {
    struct tokens tokens;
    size_t n_passages; /* given to the model: the first n */
    bool cut;          /* the only passage had to be shortened */
};

/* Appends the user's message: passages from [1], and the question behind or before them. */
void prompt_write_user(const struct passage *passages, size_t n, const char *question,
                       bool question_first, struct buffer *out);

/* Renders the prompt in at most `room` tokens (the context less what may be generated). Passages
 * that do not fit are dropped from the end; the only one left is cut at the end of a line. A
 * question that does not fit even alone is an error with both numbers. */
bool prompt_build(struct prompt *p, const struct generator *generator,
                  const struct passage *passages, size_t n, const char *question,
                  enum thinking thinking, size_t room, struct error *err);
void prompt_free(struct prompt *p);

#endif
