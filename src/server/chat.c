/* POST /v1/chat/completions: a conversation continued by the model, or with autospec.retrieve
 * answered from the store. */
#include "server/ask.h"
#include "server/fields.h"
#include "server/generation.h"
#include "server/handlers.h"
#include "server/metadata.h"
#include "server/openai.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_MESSAGES = 1024 };

struct chat {
    const char *turns[ANSWER_MAX_TURNS]; /* earlier questions, when grounded */
    struct openai_request r;
    struct chat_message *messages;
    size_t n_messages;
    bool logprobs;
    struct buffer content, reasoning;
    json_t *tokens; /* logprobs of the content, when they are not streamed */
    bool begun;     /* the first event of a stream, which names the role, was sent */
};

/* ---- messages ---- */

static bool read_role(struct exchange *x, const json_t *message, enum chat_role *role)
{
    static const struct {
        const char *name;
        enum chat_role role;
    } ROLES[] = {{"system", ROLE_SYSTEM},
                 {"developer", ROLE_SYSTEM},
                 {"user", ROLE_USER},
                 {"assistant", ROLE_ASSISTANT}};
    const char *name = json_string_value(json_object_get(message, "role"));
    for (size_t i = 0; name && i < sizeof ROLES / sizeof *ROLES; i++)
        if (strcmp(ROLES[i].name, name) == 0) {
            *role = ROLES[i].role;
            return true;
        }
    return field_refuse(x, "messages", "a role is none of system, developer, user, assistant");
}

/* A string, or a list of parts of which all are text. */
static bool read_content(struct chat *c, const json_t *content, struct chat_message *m)
{
    struct exchange *x = c->r.x;
    struct buffer text = {0};
    if (json_is_string(content)) {
        m->text = json_string_value(content);
        m->len = json_string_length(content);
        return true;
    }
    if (m->role == ROLE_ASSISTANT && (!content || json_is_null(content))) {
        m->text = "";
        return true;
    }
    if (!json_is_array(content))
        return field_refuse(x, "messages", "a content is neither a string nor a list of parts");
    for (size_t i = 0; i < json_array_size(content); i++) {
        const json_t *part = json_array_get(content, i), *t = json_object_get(part, "text");
        const char *type = json_string_value(json_object_get(part, "type"));
        if (!type || strcmp(type, "text") != 0 || !json_is_string(t)) {
            buffer_free(&text);
            return openai_unsupported(x, "messages", "only parts of text are supported");
        }
        buffer_append(&text, json_string_value(t), json_string_length(t));
    }
    m->text = text.failed ? NULL : arena_strndup(&x->arena, buffer_text(&text), text.len);
    m->len = text.len;
    buffer_free(&text);
    if (!m->text) reply_error(x, 507, "out_of_memory", NULL, "out of memory");
    return m->text != NULL;
}

static bool read_messages(struct chat *c)
{
    struct exchange *x = c->r.x;
    const json_t *list = json_object_get(c->r.body, "messages");
    if (!list) return field_refuse(x, "messages", "is missing");
    if (!json_is_array(list) || json_array_size(list) == 0 || json_array_size(list) > MAX_MESSAGES)
        return field_refuse(x, "messages", "is not a list of 1 to %d messages", MAX_MESSAGES);
    c->n_messages = json_array_size(list);
    c->messages = arena_array(&x->arena, c->n_messages, sizeof *c->messages);
    if (!c->messages) {
        reply_error(x, 507, "out_of_memory", NULL, "out of memory");
        return false;
    }
    for (size_t i = 0; i < c->n_messages; i++) {
        const json_t *message = json_array_get(list, i);
        if (!json_is_object(message))
            return field_refuse(x, "messages", "number %zu is not an object", i + 1);
        if (!read_role(x, message, &c->messages[i].role) ||
            !read_content(c, json_object_get(message, "content"), &c->messages[i]))
            return false;
    }
    return true;
}

static bool read_logprobs(struct chat *c)
{
    struct exchange *x = c->r.x;
    if (!field_bool(x, c->r.body, "logprobs", &c->logprobs) ||
        !field_count(x, c->r.body, "top_logprobs", 0, MAX_TOP_LOGPROBS, &c->r.options.top_logprobs))
        return false;
    if (c->r.options.top_logprobs && !c->logprobs)
        return field_refuse(x, "top_logprobs", "needs logprobs: true");
    c->r.options.logprobs = c->logprobs;
    return true;
}

/* ---- events ---- */

static bool send_chunk(struct chat *c, json_t *delta, json_t *logprobs, const char *finish)
{
    json_t *choice = json_pack("{s:i, s:o, s:o, s:s?}", "index", 0, "delta", delta, "logprobs",
                               logprobs ? logprobs : json_null(), "finish_reason", finish);
    json_t *chunk = openai_reply(&c->r, "chat.completion.chunk", json_pack("[o]", choice));
    if (c->r.include_usage) json_object_set_new(chunk, "usage", json_null());
    return reply_event(c->r.x, NULL, chunk);
}

static void begin_stream(void *context)
{
    struct chat *c = context;
    if (!c->r.stream || c->begun) return;
    c->begun = true;
    reply_stream(c->r.x, "text/event-stream");
    send_chunk(c, json_pack("{s:s, s:s}", "role", "assistant", "content", ""), NULL, NULL);
}

static json_t *run_logprobs(const struct chat *c, const struct request_output *out)
{
    json_t *list = json_array();
    for (size_t i = 0; i < out->n_tokens; i++)
        json_array_append_new(list, openai_token(c->r.server, &out->tokens[i]));
    return list;
}

static bool take_output(void *context, const struct request_output *out)
{
    struct chat *c = context;
    bool logprobs = c->logprobs && !out->reasoning;
    if (!c->r.stream || out->reasoning)
        buffer_append(out->reasoning ? &c->reasoning : &c->content, buffer_text(&out->text),
                      out->text.len);
    if (!c->r.stream) {
        if (!logprobs) return true;
        json_t *list = run_logprobs(c, out);
        json_array_extend(c->tokens, list);
        json_decref(list);
        return true;
    }
    if (out->text.len == 0 && !(logprobs && out->n_tokens)) return true;
    return send_chunk(c,
                      json_pack("{s:o}", out->reasoning ? "reasoning_content" : "content",
                                json_stringn(buffer_text(&out->text), out->text.len)),
                      logprobs ? json_pack("{s:o, s:n}", "content", run_logprobs(c, out), "refusal")
                               : NULL,
                      NULL);
}

/* Tokens of the reasoning; those of the think block's own marks are not among them. */
static size_t count_reasoning(const struct chat *c)
{
    struct tokens ids = {0};
    if (c->reasoning.len)
        tokenizer_encode(engine_tokenizer(c->r.server->engine), c->reasoning.data, c->reasoning.len,
                         TOKENIZE_TEXT, &ids, NULL);
    size_t n = ids.len;
    tokens_free(&ids);
    return n;
}

/* The last events of a stream. `extra` (may be NULL) is taken, and put into the first of them. */
static void end_stream(struct chat *c, const struct generate_result *result, const char *finish,
                       json_t *extra)
{
    struct exchange *x = c->r.x;
    json_t *choice = json_pack("{s:i, s:{}, s:n, s:s}", "index", 0, "delta", "logprobs",
                               "finish_reason", finish);
    json_t *last = openai_reply(&c->r, "chat.completion.chunk", json_pack("[o]", choice));
    if (extra) json_object_set_new(last, "autospec", extra);
    if (c->r.include_usage) json_object_set_new(last, "usage", json_null());
    reply_event(x, NULL, last);
    if (c->r.include_usage) {
        json_t *chunk = openai_reply(&c->r, "chat.completion.chunk", json_array());
        json_object_set_new(chunk, "usage", openai_usage(result, count_reasoning(c)));
        reply_event(x, NULL, chunk);
    }
    reply_write(x, "data: [DONE]\n\n", 14);
}

static void end_whole(struct chat *c, const char *content, size_t len,
                      const struct generate_result *result, const char *finish, json_t *extra)
{
    json_t *message = json_pack("{s:s, s:o, s:n}", "role", "assistant", "content",
                                json_stringn(content, len), "refusal");
    if (c->reasoning.len)
        json_object_set_new(message, "reasoning_content",
                            json_stringn(c->reasoning.data, c->reasoning.len));
    json_t *logprobs =
        c->logprobs ? json_pack("{s:O, s:n}", "content", c->tokens, "refusal") : json_null();
    json_t *choice = json_pack("{s:i, s:o, s:o, s:s}", "index", 0, "message", message, "logprobs",
                               logprobs, "finish_reason", finish);
    json_t *reply = openai_reply(&c->r, "chat.completion", json_pack("[o]", choice));
    json_object_set_new(reply, "usage", openai_usage(result, count_reasoning(c)));
    if (extra) json_object_set_new(reply, "autospec", extra);
    reply_json(c->r.x, 200, reply);
}

static void fail(struct chat *c, const struct error *err)
{
    if (c->begun)
        reply_event(c->r.x, NULL, ask_failure_json(c->r.x, err));
    else
        ask_reply_failure(c->r.x, err);
}

/* ---- the model alone ---- */

static void run_model(struct chat *c)
{
    struct exchange *x = c->r.x;
    const struct generator *g = &c->r.server->generator;
    struct error err = {0};
    struct tokens prompt = {0};
    struct generate_result result = {0};
    if (!g->render(g->context, c->messages, c->n_messages, c->r.thinking, &prompt, &err)) {
        reply_failure(x, &err);
    } else if (openai_check_prompt(&c->r, &prompt)) {
        bool thinks =
            c->r.thinking == THINKING_ON && engine_chat_format(c->r.server->engine) == CHAT_R1;
        struct generation generation = {.prompt = &prompt,
                                        .schema = c->r.schema,
                                        .thinks = thinks,
                                        .options = c->r.options,
                                        .accepted = begin_stream,
                                        .output = take_output,
                                        .context = c};
        if (!generation_run(x, &generation, &result, &err))
            fail(c, &err);
        else if (c->r.stream)
            end_stream(c, &result, openai_finish(result.finish), NULL);
        else
            end_whole(c, buffer_text(&c->content), c->content.len, &result,
                      openai_finish(result.finish), NULL);
    }
    tokens_free(&prompt);
}

/* ---- grounded in the store ---- */

static bool send_text(void *context, const char *text, size_t len, bool reasoning)
{
    struct chat *c = context;
    if (reasoning) buffer_append(&c->reasoning, text, len);
    return send_chunk(
        c, json_pack("{s:o}", reasoning ? "reasoning_content" : "content", json_stringn(text, len)),
        NULL, NULL);
}

static void on_found(void *context, const struct answer *a)
{
    (void)a;
    begin_stream(context);
}

static bool read_ask(struct chat *c, struct ask *ask)
{
    struct exchange *x = c->r.x;
    struct error err = {0};
    const struct chat_message *last = &c->messages[c->n_messages - 1];
    if (last->role != ROLE_USER)
        return field_refuse(x, "messages", "the last one must be the user's question");
    if (!question_check(last->text, last->len, &err))
        return field_refuse(x, "messages", "%s", err.text);
    if (c->r.options.n_stop) return openai_unsupported(x, "stop", "not with autospec.retrieve");
    if (c->logprobs) return openai_unsupported(x, "logprobs", "not with autospec.retrieve");
    if (c->r.schema) return openai_unsupported(x, "response_format", "not with autospec.retrieve");
    ask->question = last->text;
    /* Earlier questions carry over what this one leaves out. */
    size_t n = 0;
    for (size_t i = 0; i + 1 < c->n_messages; i++)
        if (c->messages[i].role == ROLE_USER) n++;
    size_t skip = n > ANSWER_MAX_TURNS ? n - ANSWER_MAX_TURNS : 0;
    for (size_t i = 0; i + 1 < c->n_messages; i++) {
        const struct chat_message *m = &c->messages[i];
        if (m->role != ROLE_USER || !question_check(m->text, m->len, NULL)) continue;
        if (skip) {
            skip--;
            continue;
        }
        if (ask->n_turns < ANSWER_MAX_TURNS) c->turns[ask->n_turns++] = m->text;
    }
    ask->turns = c->turns;
    ask->max_tokens = c->r.options.max_tokens;
    ask->thinking = c->r.thinking;
    ask->sampler = c->r.options.sampler;
    ask->context = c;
    ask->found = on_found;
    ask->sink = c->r.stream ? send_text : NULL;
    return true;
}

static void run_grounded(struct chat *c, struct ask *ask, const json_t *options)
{
    struct exchange *x = c->r.x;
    struct error err = {0};
    struct answer a;
    if (!read_ask(c, ask)) return;
    if (!ask_run(x, ask, &a, &err)) {
        fail(c, &err);
        return;
    }
    json_t *extra = ask_json(x, &a, json_object_get(options, "metadata_filter"));
    const char *finish = openai_finish(a.usage.finish);
    if (c->r.stream) {
        /* What the program says by itself does not come in pieces. */
        if (!a.generated) send_text(c, a.text, strlen(a.text), false);
        end_stream(c, &a.usage, finish, extra);
    } else {
        buffer_puts(&c->reasoning, a.reasoning ? a.reasoning : "");
        end_whole(c, a.text, strlen(a.text), &a.usage, finish, extra);
    }
    answer_free(&a);
}

/* The member "autospec"; filter is used by *ask. */
static bool read_grounding(struct exchange *x, const json_t *options, bool *retrieve,
                           struct ask *ask, struct metadata_filter *filter)
{
    static const char *const FIELDS[] = {"retrieve", "top_k", "metadata_filter", NULL};
    bool any;
    if (!options || json_is_null(options)) return true;
    if (!json_is_object(options)) return field_refuse(x, "autospec", "is not an object");
    if (!fields_known(x, options, FIELDS) || !field_bool(x, options, "retrieve", retrieve) ||
        !field_count(x, options, "top_k", 1, 64, &ask->top_k) ||
        !metadata_read(x, json_object_get(options, "metadata_filter"), filter, &any))
        return false;
    if (any) ask->filter = filter;
    return true;
}

void handle_chat(struct exchange *x)
{
    struct chat c = {.tokens = json_array()};
    struct ask ask = {0};
    struct metadata_filter filter;
    bool retrieve = false;
    if (openai_read(&c.r, x, "chatcmpl") && read_messages(&c) && read_logprobs(&c)) {
        const json_t *options = json_object_get(c.r.body, "autospec");
        if (read_grounding(x, options, &retrieve, &ask, &filter)) {
            if (retrieve)
                run_grounded(&c, &ask, options);
            else if (server_has_model(x))
                run_model(&c);
        }
    }
    json_decref(c.tokens);
    buffer_free(&c.content);
    buffer_free(&c.reasoning);
    openai_free(&c.r);
}
