/* What the retrieval side needs of a language model: render a prompt, generate from it. The engine
 * is one; tests put another one here. */
#ifndef ANSWER_GENERATOR_H
#define ANSWER_GENERATOR_H

#include "base/error.h"
#include "engine/engine.h"

#include <stdbool.h>
#include <stddef.h>

struct vocabulary; /* engine/vocabulary.h */

struct generator {
    void *context;
    size_t context_tokens; /* prompt and answer together */
    bool (*render)(void *context, const struct chat_message *messages, size_t n,
                   enum thinking thinking, struct tokens *out, struct error *err);
    bool (*generate)(void *context, const struct tokens *prompt,
                     const struct generate_options *options, generate_sink *sink,
                     void *sink_context, struct generate_result *result, struct error *err);
    bool one_vehicle; /* only copies the value of one attribute of one vehicle (value_read.h) */
    /* Appends the tokens of a text that the answer is to begin with. */
    bool (*begin)(void *context, const char *text, size_t len, struct tokens *out, struct error *err);
    /* What its tokens spell, to constrain it; NULL (or a NULL result): it is not constrained. */
    const struct vocabulary *(*vocabulary)(void *context, struct error *err);
};

/* Adds what one more generation took; how it finished is that one's. */
void usage_add(struct generate_result *sum, const struct generate_result *one);

/* The engine is borrowed. */
struct generator generator_from_engine(struct engine *e);

#endif
