/* One text being generated: its tokens and pages, the way from a picked token to text (stop
 * strings, reasoning apart), what ends it. batch.h runs many of these at once. */
#ifndef ENGINE_SEQUENCE_H
#define ENGINE_SEQUENCE_H

#include "engine/engine.h"
#include "engine/kv.h"
#include "engine/speculate.h"

/* Where the output goes; each may be NULL. Called on the thread that runs the engine. */
struct sequence_output {
    void *context;
    generate_sink *text;
    /* A picked token, before text that it is part of; only with options.logprobs. */
    void (*token)(void *context, const struct token_logprob *token, bool reasoning);
};

struct sequence {
    struct engine *engine;
    struct generate_options options; /* what it points to is borrowed */
    struct sequence_output out;
    struct tokens tokens; /* the prompt and what was generated */
    size_t n_kv;          /* of these, in the pages */
    struct kv_chain chain;
    struct sampler *sampler;
    struct speculator speculator;
    struct detokenizer detokenizer;
    struct buffer held; /* text that may yet be the start of a stop string */
    bool reasoning, stopped, refused;
    double created, started, first_token; /* clock_seconds(); 0: not yet */
    struct generate_result result;

    /* The batch's. */
    bool admitted; /* has pages */
    bool paused;   /* set by the owner between steps: leave it out */
    bool done;     /* result is filled, and error when it failed */
    struct error error;
    uint64_t order;
};

/* Copies the prompt. Errors as of engine_generate. */
bool sequence_create(struct sequence *s, struct engine *e, const struct tokens *prompt,
                     const struct generate_options *options, const struct sequence_output *out,
                     struct error *err);
void sequence_free(struct sequence *s); /* its pages must be released */

/* Picks the next token from (vocab) logits. False when that ended the sequence. `scratch` is
 * (vocab). The new token is then the last of tokens. */
bool sequence_pick(struct sequence *s, const float *logits, float *scratch);

/* What the backend needs to pick the next n tokens itself, into out (n); false when it is the
 * host's to do: a constraint, logprobs, a repetition penalty. */
bool sequence_choices(const struct sequence *s, size_t n, struct backend_choice *out);
/* sequence_pick for a token that the backend has picked; -1: there is none. */
bool sequence_take_picked(struct sequence *s, int32_t id);

/* Ends it: the rest of the text, the times. */
void sequence_finish(struct sequence *s, enum finish_reason reason);
void sequence_fail(struct sequence *s, const struct error *err);

#endif
