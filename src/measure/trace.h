/* Texts whose speed look-up speculation changes: a prompt of passages with a question, an answer
 * that copies from the passages, and one that does not. They are played back: each step picks the
 * text's next token, whatever the model's logits are, so that a shape with random weights takes the
 * steps that a model that says just this would take. */
#ifndef MEASURE_TRACE_H
#define MEASURE_TRACE_H

#include "engine/engine.h"

enum trace_kind { TRACE_COPIES, TRACE_DOES_NOT };

struct trace {
    struct tokens prompt, answer;
};

/* Tokenized by the model's own tokenizer; NULL: split into words, digits and signs, each an id of
 * its own below `vocab`. Free it in any case. */
bool trace_make(struct trace *t, enum trace_kind kind, const struct tokenizer *tokenizer,
                size_t vocab, struct error *err);
void trace_free(struct trace *t);

/* A constraint under which exactly the answer is picked, from its beginning. `player` is its
 * context and lives as long. */
struct trace_player {
    const struct tokens *answer;
    size_t next;
};
struct token_constraint trace_play(struct trace_player *player, const struct trace *t);

#endif
