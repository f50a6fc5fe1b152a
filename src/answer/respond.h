/* From a question and its passages to the model's answer. A model that was trained to be asked
 * about one vehicle at a time (config.h) gets the passages about each vehicle that the question
 * names (focus.h), one after the other; any other gets them all at once. */
#ifndef ANSWER_RESPOND_H
#define ANSWER_RESPOND_H

#include "base/arena.h"
#include "base/error.h"
#include "answer/generator.h"
#include "answer/prompt.h"

#include <stdatomic.h>

struct respond_options {
    size_t max_tokens; /* of the answer about one vehicle, reasoning included */
    enum thinking thinking;
    struct sampler_options sampler;
    const atomic_bool *cancel;
    generate_sink *sink; /* pieces of the text as they come; NULL: none. Not called where the model
                            is not asked */
    void *sink_context;
};

struct response {
    const char *text, *reasoning; /* in the arena; without white space around them */
    size_t n_passages;            /* the first n were considered */
    bool generated;               /* false: the model was not asked */
    size_t n_quoted;              /* vehicles of which a line is quoted, not the model's words */
    struct generate_result usage; /* added up over the vehicles */
    double prompt_seconds;
};

/* Strings live in the arena. A vehicle that no passage names is refused without asking the model:
 * "The passages do not name the ...". Of a comparison the refusals stand first. */
bool respond(struct response *out, const struct generator *g, const char *question,
             const struct passage *passages, size_t n_passages,
             const struct respond_options *options, struct arena *arena, struct error *err);

#endif
