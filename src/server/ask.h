/* A question answered from the store (answer/answer.h), for POST /query and for chats that are
 * grounded in it. The store is given back as soon as the passages are found. */
#ifndef SERVER_ASK_H
#define SERVER_ASK_H

#include "answer/answer.h"
#include "server/exchange.h"

struct ask {
    const char *question; /* fit to be one: question_check */
    size_t top_k;         /* 0: as the retrieval sees fit */
    size_t max_tokens;
    enum thinking thinking;
    struct sampler_options sampler;
    const struct metadata_filter *filter; /* NULL: none */
    const char *const *turns; /* questions asked before, oldest first */
    size_t n_turns;
    /* As of struct answer_options; NULL: none. */
    generate_sink *sink;
    void (*found)(void *context, const struct answer *a);
    void *context;
};

/* A request that was cancelled is an error (ERROR_CANCELLED), and so is a store without documents
 * (ERROR_NOT_FOUND; `found` was then not called). On error *out needs no freeing. */
bool ask_run(struct exchange *x, const struct ask *ask, struct answer *out, struct error *err);

/* Answers with such an error. */
void ask_reply_failure(struct exchange *x, const struct error *err);
/* The same, to be sent in a stream that has begun. */
json_t *ask_failure_json(const struct exchange *x, const struct error *err);

/* The answer as a reply of POST /query. */
json_t *ask_json(struct exchange *x, const struct answer *a, json_t *filter);

/* The fields that requests for an answer share: max_tokens, temperature, top_p, seed, thinking;
 * what is not given is the server's default. False when something was wrong, and answered. */
bool ask_read_options(struct exchange *x, const json_t *o, struct ask *ask);

#endif
