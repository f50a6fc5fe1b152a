/* POST /v1/completions: text after a prompt as it is, without a chat format. Several prompts are
 * answered one after the other. */
#include "server/fields.h"
#include "server/generation.h"
#include "server/handlers.h"
#include "server/openai.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PROMPTS = 16 };

struct completion {
    struct openai_request r;
    size_t index; /* of the prompt at hand */
    bool logprobs, begun;
    struct buffer text;                                       /* of it */
    json_t *tokens, *token_logprobs, *top_logprobs, *offsets; /* of it, or of a chunk */
    size_t offset;                                            /* letters of text before a token */
    json_t *choices;
    struct generate_result total;
};

/* ---- prompts ---- */

static bool encode_text(struct completion *c, const json_t *text, struct tokens *out)
{
    const struct engine *e = c->r.server->engine;
    struct error err = {0};
    int32_t bos = engine_config(e)->bos;
    if ((bos < 0 || tokens_push(out, bos, &err)) &&
        tokenizer_encode(engine_tokenizer(e), json_string_value(text), json_string_length(text),
                         TOKENIZE_TEXT, out, &err))
        return true;
    reply_failure(c->r.x, &err);
    return false;
}

static bool encode_ids(struct completion *c, const json_t *list, struct tokens *out)
{
    struct error err = {0};
    size_t vocab = tokenizer_vocab(engine_tokenizer(c->r.server->engine));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *v = json_array_get(list, i);
        int64_t id;
        if (!json_whole(v, &id) || id < 0 || (size_t)id >= vocab)
            return field_refuse(c->r.x, "prompt", "a token is not from 0 to %zu", vocab - 1);
        if (!tokens_push(out, (int32_t)id, &err)) {
            reply_failure(c->r.x, &err);
            return false;
        }
    }
    return true;
}

/* A prompt is a string or a list of tokens; "prompt" is one of them or a list of them. */
static bool read_prompts(struct completion *c, struct tokens *prompts, size_t *n)
{
    struct exchange *x = c->r.x;
    const json_t *given = json_object_get(c->r.body, "prompt");
    if (!given) return field_refuse(x, "prompt", "is missing");
    bool one = json_is_string(given) || json_is_number(json_array_get(given, 0));
    *n = one ? 1 : json_array_size(given);
    if ((!one && !json_is_array(given)) || *n == 0 || *n > MAX_PROMPTS) {
        *n = 0;
        return field_refuse(x, "prompt", "is not a string, nor a list of 1 to %d", MAX_PROMPTS);
    }
    for (size_t i = 0; i < *n; i++) {
        const json_t *p = one ? given : json_array_get(given, i);
        bool ok = json_is_string(p)  ? encode_text(c, p, &prompts[i])
                  : json_is_array(p) ? encode_ids(c, p, &prompts[i])
                                     : field_refuse(x, "prompt", "holds neither text nor tokens");
        if (!ok) return false;
        if (prompts[i].len == 0) return field_refuse(x, "prompt", "is empty");
        if (!openai_check_prompt(&c->r, &prompts[i])) return false;
    }
    return true;
}

static bool read_rest(struct completion *c)
{
    struct exchange *x = c->r.x;
    const json_t *suffix = json_object_get(c->r.body, "suffix"),
                 *logprobs = json_object_get(c->r.body, "logprobs");
    bool echo = false;
    if (!field_bool(x, c->r.body, "echo", &echo)) return false;
    if (echo) return openai_unsupported(x, "echo", "is not supported");
    if (suffix && !json_is_null(suffix)) return openai_unsupported(x, "suffix", "is not supported");
    c->logprobs = logprobs && !json_is_null(logprobs);
    if (!field_count(x, c->r.body, "logprobs", 0, MAX_TOP_LOGPROBS, &c->r.options.top_logprobs))
        return false;
    c->r.options.logprobs = c->logprobs;
    return true;
}

/* ---- output ---- */

static void take_tokens(struct completion *c, const struct request_output *out)
{
    const struct server *s = c->r.server;
    if (!c->tokens) {
        c->tokens = json_array();
        c->token_logprobs = json_array();
        c->top_logprobs = json_array();
        c->offsets = json_array();
    }
    for (size_t i = 0; i < out->n_tokens; i++) {
        const struct token_logprob *t = &out->tokens[i];
        size_t len;
        const char *bytes = tokenizer_token_bytes(engine_tokenizer(s->engine), t->id, &len);
        json_t *top = json_object();
        for (size_t k = 0; k < t->n_top; k++) {
            json_t *name = openai_token_text(s, t->top[k].id);
            double p = isfinite(t->top[k].logprob) ? (double)t->top[k].logprob : -9999.0;
            json_object_set_new(top, json_string_value(name), json_real(p));
            json_decref(name);
        }
        double p = isfinite(t->logprob) ? (double)t->logprob : -9999.0;
        json_array_append_new(c->tokens, openai_token_text(s, t->id));
        json_array_append_new(c->token_logprobs, json_real(p));
        json_array_append_new(c->top_logprobs, top);
        json_array_append_new(c->offsets, json_integer((json_int_t)c->offset));
        for (size_t k = 0; k < len; k++) c->offset += ((unsigned char)bytes[k] & 0xc0) != 0x80;
    }
}

/* What take_tokens has gathered; null without logprobs. */
static json_t *gathered(struct completion *c)
{
    if (!c->tokens) return json_null();
    json_t *o =
        json_pack("{s:o, s:o, s:o, s:o}", "tokens", c->tokens, "token_logprobs", c->token_logprobs,
                  "top_logprobs", c->top_logprobs, "text_offset", c->offsets);
    c->tokens = c->token_logprobs = c->top_logprobs = c->offsets = NULL;
    return o;
}

static json_t *choice(struct completion *c, const char *text, size_t len, const char *finish)
{
    return json_pack("{s:o, s:I, s:o, s:s?}", "text", json_stringn(text, len), "index",
                     (json_int_t)c->index, "logprobs", gathered(c), "finish_reason", finish);
}

static bool send_choice(struct completion *c, const char *text, size_t len, const char *finish)
{
    json_t *chunk =
        openai_reply(&c->r, "text_completion", json_pack("[o]", choice(c, text, len, finish)));
    if (c->r.include_usage) json_object_set_new(chunk, "usage", json_null());
    return reply_event(c->r.x, NULL, chunk);
}

static void begin_stream(void *context)
{
    struct completion *c = context;
    if (c->r.stream && !c->begun) reply_stream(c->r.x, "text/event-stream");
    c->begun = c->r.stream;
}

/* A raw text's think block is text like any other. */
static bool take_output(void *context, const struct request_output *out)
{
    struct completion *c = context;
    if (c->logprobs) take_tokens(c, out);
    if (c->r.stream && (out->text.len || out->n_tokens))
        return send_choice(c, buffer_text(&out->text), out->text.len, NULL);
    buffer_append(&c->text, buffer_text(&out->text), out->text.len);
    return !c->text.failed;
}

static bool run_prompt(struct completion *c, const struct tokens *prompt)
{
    struct error err = {0};
    struct generate_result result = {0};
    struct generation generation = {.prompt = prompt,
                                    .schema = c->r.schema,
                                    .options = c->r.options,
                                    .accepted = begin_stream,
                                    .output = take_output,
                                    .context = c};
    buffer_clear(&c->text);
    c->offset = 0;
    if (!generation_run(c->r.x, &generation, &result, &err)) {
        if (c->begun)
            reply_event(c->r.x, NULL, failure_json(c->r.x, &err));
        else
            reply_failure(c->r.x, &err);
        return false;
    }
    c->total.prompt_tokens += result.prompt_tokens;
    c->total.cached_tokens += result.cached_tokens;
    c->total.generated_tokens += result.generated_tokens;
    const char *finish = openai_finish(result.finish);
    if (c->r.stream)
        send_choice(c, "", 0, finish);
    else
        json_array_append_new(c->choices, choice(c, buffer_text(&c->text), c->text.len, finish));
    return true;
}

static void run_all(struct completion *c, const struct tokens *prompts, size_t n)
{
    for (c->index = 0; c->index < n; c->index++)
        if (!run_prompt(c, &prompts[c->index])) return;
    if (!c->r.stream) {
        json_t *reply = openai_reply(&c->r, "text_completion", json_incref(c->choices));
        json_object_set_new(reply, "usage", openai_usage(&c->total, 0));
        reply_json(c->r.x, 200, reply);
        return;
    }
    if (c->r.include_usage) {
        json_t *chunk = openai_reply(&c->r, "text_completion", json_array());
        json_object_set_new(chunk, "usage", openai_usage(&c->total, 0));
        reply_event(c->r.x, NULL, chunk);
    }
    reply_write(c->r.x, "data: [DONE]\n\n", 14);
}

void handle_completions(struct exchange *x)
{
    struct completion c = {.choices = json_array()};
    struct tokens prompts[MAX_PROMPTS] = {{0}};
    size_t n = 0;
    if (server_has_model(x) && openai_read(&c.r, x, "cmpl") && read_rest(&c) && read_prompts(&c, prompts, &n))
        run_all(&c, prompts, n);
    for (size_t i = 0; i < MAX_PROMPTS; i++) tokens_free(&prompts[i]);
    json_decref(gathered(&c));
    json_decref(c.choices);
    buffer_free(&c.text);
    openai_free(&c.r);
}
