/* The whole way: question -> understand -> retrieve -> prompt -> generate -> verify. An answer
 * carries its sources, what each number in it rests on, and what it cost.
 *
 *   struct generator generator = generator_from_engine(engine);
 *   struct answer_options options = answer_options_default();
 *   options.sink = print_piece;
 *   struct answer answer;
 *   if (!answer_question(&answer, store, &generator, question, &options, &err)) ...
 *   json_t *json = answer_to_json(&answer);
 *   answer_free(&answer);
 */
#ifndef ANSWER_ANSWER_H
#define ANSWER_ANSWER_H

#include "base/error.h"
#include "answer/generator.h"
#include "query/retrieve.h"
#include "store/store.h"
#include "query/understand.h"
#include "answer/verify.h"

#include <jansson.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct answer;

struct answer_options {
    struct retrieve_options retrieve;
    size_t max_tokens; /* of the answer, reasoning included */
    enum thinking thinking;
    struct sampler_options sampler;
    const atomic_bool *cancel;
    generate_sink *sink; /* pieces of the model's text as they come; NULL: none. Not called for what
                            the program itself says (no passages; `computed`) */
    void *sink_context;
    /* Called once what there is to answer from is known, before the model is asked: question, hits
     * and notes are filled, and the store is not used any more. NULL: none. */
    void (*found)(void *context, const struct answer *a);
    void *found_context;
};

/* Greedy, thinking off, 160 tokens. */
struct answer_options answer_options_default(void);

struct answer {
    struct arena arena; /* owns the strings below */
    struct question question;
    struct hit_list hits; /* what was found; the first n_passages are [1]..[n] of the prompt */
    size_t n_passages;
    const char *text;      /* the answer; "" when it was cancelled before the first word */
    const char *reasoning; /* what stood between <think> and </think>; "" */
    bool generated;        /* the model was asked. False: nothing was found, text says so */
    bool refused;          /* the answer says that the documents do not hold it */
    struct verification verification;
    const char *computed; /* a comparison's conclusion that the program drew; NULL: none */
    const char **notes;   /* what the reader must know: "The documents hold no 2019 Toyota Camry;
                             nearest: 2018, 2020." */
    size_t n_notes;
    struct generate_result usage; /* finish reason, token counts, prefill and decode seconds */
    double understand_seconds, retrieve_seconds, prompt_seconds, total_seconds;
};

/* On error nothing needs freeing. A cancelled generation is no error: usage.finish says so and text
 * holds what came. */
bool answer_question(struct answer *out, struct store *store, const struct generator *generator,
                     const char *question, const struct answer_options *options, struct error *err);
void answer_free(struct answer *a);

/* query, answer, reasoning, refused, documents, citations, numbers, metadata_filters_used,
 * computed, notes, usage, timings. The caller json_decref()s it; NULL when memory is out. */
json_t *answer_to_json(const struct answer *a);

/* What is known before the model has written: documents (all hits), metadata_filters_used, notes.
 */
json_t *answer_sources_to_json(const struct answer *a);

/* A passage: id, content, metadata, relevance_score, location. */
json_t *hit_to_json(const struct hit *h);

/* The conclusion of a comparison from verified numbers of one unit, one a vehicle: "Higher: 2023
 * Toyota Camry LE (203 hp against 192 hp)." in the arena; NULL when there is none to draw. titles:
 * (n_passages) what each passage is about. */
const char *comparison_conclude(enum comparison comparison, const struct verification *v,
                                const char *const *titles, size_t n_passages, struct arena *arena);

#endif
