/* Questions that no fact answers: passages are searched, and either quoted (by the program) or read by
 * a language model. What the model writes is kept only where each figure in it stands in a cited
 * passage, in a sentence about the same attribute.
 */
#ifndef ANSWER_PASSAGES_READ_H
#define ANSWER_PASSAGES_READ_H

#include "answer/generator.h"
#include "base/arena.h"
#include "base/error.h"
#include "query/query.h"
#include "store/store.h"

#include <stdatomic.h>

struct reading_options {
    size_t top_k;
    size_t max_tokens;
    enum thinking thinking;
    struct sampler_options sampler;
    const atomic_bool *cancel;
    generate_sink *sink; /* pieces of the model's text as they come; NULL: none */
    void *sink_context;
    const struct metadata_filter *metadata;
    /* Opens a model where none was given and one has to read a value; NULL: there is none. */
    const struct generator *(*open_generator)(void *context, struct error *err);
    void *open_context;
};

/* A passage that is cited. */
struct passage_citation {
    size_t n;    /* as written; from 1: hits->items[n - 1] */
    bool valid;  /* there is such a passage */
    const char *quote; /* its sentence that bears the statement; "" */
    uint64_t begin, end; /* bytes of the document that the quote is; equal: not known */
};

struct passage_answer {
    const char *text; /* "" where nothing fits */
    const char *reasoning;
    bool generated; /* the model was asked */
    bool refused;
    size_t n_passages; /* given to the model, or quoted from */
    struct passage_citation *citations;
    size_t n_citations;
    size_t n_unsupported; /* figures that stand in no cited passage: the text is not shown then */
    struct generate_result usage;
    double prompt_seconds;
};

/* Passages for the question's content words, best first, into *hits (which the caller frees). */
bool passages_find(struct store *store, const struct query *q, const struct reading_options *o,
                   struct hit_list *hits, struct error *err);

/* Quotes the sentences of the hits that have the question's words; text "" where none has enough of
 * them. No model is needed. */
bool passages_quote(struct passage_answer *out, const struct query *q, const struct hit_list *hits,
                    struct arena *arena, struct error *err);

/* ---- path_quote.c ---- */
/* For a question for a figure that no table of the documents with pages answers: quotes the line or sentence that
 * says all of its words with the headings above it, where there are at most two such; text "" else. Fills *hits,
 * which the caller frees. */
bool passages_quote_path(struct passage_answer *out, const struct query *q, const struct catalog *c,
                         struct store *store, struct hit_list *hits, struct arena *arena, struct error *err);

/* Lets the model read. Strings live in the arena. */
bool passages_read(struct passage_answer *out, const struct generator *g, const struct query *q,
                   const struct hit_list *hits, const struct reading_options *o, struct arena *arena,
                   struct error *err);

/* ---- support.c ---- */

/* Whether each figure of text stands in one of the passages that its sentence cites ([n], from 1), in
 * a sentence about one of the same attributes where the text names any. Fills citations. */
bool text_supported(struct passage_answer *out, const char *text, const struct hit_list *hits,
                    struct arena *arena, struct error *err);

#endif
