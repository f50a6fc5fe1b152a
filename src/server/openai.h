/* What the endpoints below /v1 share: OpenAI's names for options of a generation, its forms of
 * usage and logprobs (platform.openai.com/docs/api-reference). Fields that mean something this
 * server does not do are refused; those that it need not know are passed over. */
#ifndef SERVER_OPENAI_H
#define SERVER_OPENAI_H

#include "grammar/json_schema.h"
#include "engine/scheduler.h"
#include "server/exchange.h"
#include "server/server.h"

enum { OPENAI_MAX_STOPS = 16, OPENAI_MAX_STOP = 256 /* letters */ };

struct openai_request {
    struct exchange *x;
    struct server *server;
    json_t *body;
    struct generate_options options;
    const char *stops[OPENAI_MAX_STOPS];
    bool stream, include_usage;
    enum thinking thinking;
    struct json_schema *schema; /* of response_format; NULL: text */
    json_int_t created;         /* seconds since 1970 */
    char id[80];                /* "chatcmpl-..." */
};

/* Reads the body and what all generations share: model, max_tokens, temperature, top_p, seed, stop,
 * stream, n ...; prefix: "chatcmpl". False when it was answered; openai_free frees it in any case.
 * The model need not be there yet: who goes on with it asks server_has_model, before or after. */
bool openai_read(struct openai_request *r, struct exchange *x, const char *prefix);
void openai_free(struct openai_request *r);

/* Answers that a field asks for something that is not there; returns false. */
bool openai_unsupported(struct exchange *x, const char *field, const char *what);

/* Whether a "model" names the one that is loaded; else answers so. */
bool openai_check_model(struct exchange *x, const json_t *body);

/* Whether the prompt leaves room for an answer; else answers so. */
bool openai_check_prompt(struct openai_request *r, const struct tokens *prompt);

const char *openai_finish(enum finish_reason reason);

json_t *openai_usage(const struct generate_result *result, size_t reasoning_tokens);

/* The members that every reply of a generation begins with; `choices` is taken. */
json_t *openai_reply(const struct openai_request *r, const char *object, json_t *choices);

/* A token's text, made valid UTF-8 where it is a part of a letter. */
json_t *openai_token_text(const struct server *s, int32_t id);

/* {token, logprob, bytes, top_logprobs} of a token, as chats have it. */
json_t *openai_token(const struct server *s, const struct token_logprob *t);

#endif
