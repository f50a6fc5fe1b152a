/* The prompt: the exact words that models/nano is trained on, rendered to token ids within the room
 * that the context leaves. */
#ifndef ANSWER_PROMPT_H
#define ANSWER_PROMPT_H

#include "base/error.h"
#include "answer/generator.h"

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

/* Appends the user's message: passages from [1], then the question. */
void prompt_write_user(const struct passage *passages, size_t n, const char *question,
                       struct buffer *out);

/* Renders the prompt in at most `room` tokens (the context less what may be generated). Passages
 * that do not fit are dropped from the end; the only one left is cut at the end of a line. A
 * question that does not fit even alone is an error with both numbers. */
bool prompt_build(struct prompt *p, const struct generator *generator,
                  const struct passage *passages, size_t n, const char *question,
                  enum thinking thinking, size_t room, struct error *err);
void prompt_free(struct prompt *p);

#endif
