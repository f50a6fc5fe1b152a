/* The whole way of a question: read as a typed query, executed over the facts, written as text with the
 * cell behind each figure; or, where prose has to be read, answered from passages.
 *
 *   struct generator generator = generator_from_engine(engine);
 *   struct answer_options options = answer_options_default();
 *   struct answer answer;
 *   if (!answer_question(&answer, store, &generator, question, &options, &err)) ...
 *   json_t *json = answer_to_json(&answer);
 *   answer_free(&answer);
 */
#ifndef ANSWER_ANSWER_H
#define ANSWER_ANSWER_H

#include "answer/generator.h"
#include "answer/knowledge.h"
#include "answer/render.h"
#include "base/error.h"
#include "query/query.h"
#include "query/question.h"
#include "store/store.h"

#include <jansson.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct answer;

enum { ANSWER_MAX_TURNS = 16 };

struct answer_options {
    size_t top_k;      /* passages at most; 0: as the search sees fit */
    size_t max_tokens; /* of the model's text, reasoning included */
    enum thinking thinking;
    struct sampler_options sampler;
    const atomic_bool *cancel;
    generate_sink *sink; /* pieces of the model's text as they come; NULL: none. Not called for what
                            the program itself says */
    void *sink_context;
    /* Called once what there is to answer from is known, before a model is asked; the store is not
     * used any more. NULL: none. */
    void (*found)(void *context, const struct answer *a);
    void *found_context;
    /* Called when passages have to be read and no generator was given: the model is opened only for
     * questions that need it. NULL: there is none. */
    const struct generator *(*open_generator)(void *context, struct error *err);
    void *open_context;
    bool ask_meanings; /* words that nothing explains: the model is asked which name of the store they mean */
    const struct metadata_filter *metadata; /* only such vehicles; NULL: all */
    struct knowledge_cache *cache;          /* NULL: the store's vocabulary is built for this question */
    const char *const *turns; /* questions asked before, oldest first, of which the last ones count */
    size_t n_turns;
};

/* Greedy, thinking off, 160 tokens. */
struct answer_options answer_options_default(void);

/* What an [n] of the text points to. */
struct answer_citation {
    size_t n;
    bool valid;           /* false: the model wrote a number that is none */
    int64_t document;     /* its row in the store; 0 */
    const char *path;     /* of the document */
    const char *location; /* "row 12" */
    const char *title;    /* the vehicle, or the passage's heading */
    const char *quote;    /* "Horsepower (hp): 203", or the sentence */
    const char *passage;  /* the whole record or passage */
    size_t hit;           /* which of the hits that is, from 1; 0: none of them */
    const char *column;   /* "" for prose */
    size_t line;          /* from 1; 0: not known */
    uint64_t begin, end;  /* bytes of the document's text; equal: not known */
    struct store_seen seen; /* where it is seen, in a document with pages */
};

struct answer_number {
    const char *text; /* as written in the answer */
    size_t offset, len;
    const char *unit; /* symbol; "" */
    double value;
    size_t citation; /* n; 0: computed from several cells */
};

struct answer {
    struct arena arena; /* owns the strings below that no member of its own owns */
    struct knowledge *knowledge;
    const struct catalog *catalog; /* knowledge->catalog, with what was read from prose */
    struct query query;
    struct result result;
    struct rendered rendered;
    struct hit_list hits; /* passages: of the cited records, or those that were searched */
    size_t n_passages;    /* of them: cited or given to the model */
    const char *text;
    const char *reasoning; /* what stood between <think> and </think>; "" */
    bool generated;        /* a model wrote the text */
    bool refused;          /* the answer says that the documents do not hold it */
    enum query_status status;
    struct answer_citation *citations;
    size_t n_citations;
    struct answer_number *numbers;
    size_t n_numbers;
    size_t n_unsupported;
    const char **notes; /* what the reader must know */
    size_t n_notes;
    struct generate_result usage; /* of a model that was asked; zero else */
    double understand_seconds, retrieve_seconds, prompt_seconds, total_seconds;
};

/* `generator` may be NULL: no model is asked then. On error nothing needs freeing. A cancelled
 * generation is no error: usage.finish says so and text holds what came. */
bool answer_question(struct answer *out, struct store *store, const struct generator *generator,
                     const char *question, const struct answer_options *options, struct error *err);
void answer_free(struct answer *a);

/* query, answer, reasoning, refused, status, understood, parsed, rows, table, table_data, documents,
 * citations, numbers, unsupported, metadata_filters_used, computed, notes, usage, timings. The caller json_decref()s it;
 * NULL when memory is out. */
json_t *answer_to_json(const struct answer *a);

/* What is known before the text: documents, metadata_filters_used, notes. */
json_t *answer_sources_to_json(const struct answer *a);

/* A passage: id, content, metadata, relevance_score, location. */
json_t *hit_to_json(const struct hit *h);

#endif
