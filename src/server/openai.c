#include "server/openai.h"
#include "base/utf8.h"
#include "engine/chat_prompt.h"
#include "server/fields.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

bool openai_unsupported(struct exchange *x, const char *field, const char *what)
{
    reply_error(x, 400, "unsupported_parameter", field, "%s: %s", field, what);
    return false;
}

bool openai_check_model(struct exchange *x, const json_t *body)
{
    struct server *s = x->server;
    const char *name = NULL;
    if (!field_text(x, body, "model", false, &name)) return false;
    if (!server_generator(s)) return true; /* its name is not known yet */
    const char *ours = s->model_name, *base = strrchr(ours, '/');
    if (!name || strcmp(name, ours) == 0 || (base && strcmp(name, base + 1) == 0)) return true;
    reply_error(x, 404, "model_not_found", "model",
                "model: there is no model of this name here; GET /v1/models lists what there is");
    return false;
}

/* ---- reading a request ---- */

/* Fields whose usual value changes nothing; any other would be ignored in silence. */
static bool check_unsupported(struct exchange *x, const json_t *body)
{
    static const char *const ZERO[] = {"presence_penalty", "frequency_penalty"};
    static const char *const EMPTY[] = {"tools", "functions",  "logit_bias",
                                        "audio", "prediction", "web_search_options"};
    static const char *const ONE[] = {"n", "best_of"};
    for (size_t i = 0; i < 2; i++) {
        double value = 0;
        if (!field_number(x, body, ZERO[i], -2, 2, &value)) return false;
        if (value != 0)
            return openai_unsupported(x, ZERO[i], "only 0 is; repetition_penalty does the like");
    }
    for (size_t i = 0; i < 2; i++) {
        size_t value = 1;
        if (!field_count(x, body, ONE[i], 1, 128, &value)) return false;
        if (value != 1) return openai_unsupported(x, ONE[i], "only 1 is supported");
    }
    for (size_t i = 0; i < sizeof EMPTY / sizeof *EMPTY; i++) {
        const json_t *v = json_object_get(body, EMPTY[i]);
        if (v && !json_is_null(v) && !json_is_false(v) && json_array_size(v) == 0 &&
            json_object_size(v) == 0 && !json_is_array(v) && !json_is_object(v))
            return field_refuse(x, EMPTY[i], "is neither a list nor an object");
        if (json_array_size(v) || json_object_size(v))
            return openai_unsupported(x, EMPTY[i], "is not supported");
    }
    const json_t *modalities = json_object_get(body, "modalities");
    if (modalities && !json_is_null(modalities) && !json_is_array(modalities))
        return field_refuse(x, "modalities", "is not a list");
    for (size_t i = 0; i < json_array_size(modalities); i++) {
        const char *name = json_string_value(json_array_get(modalities, i));
        if (!name || strcmp(name, "text") != 0)
            return openai_unsupported(x, "modalities", "only text is supported");
    }
    return true;
}

static bool read_stops(struct openai_request *r)
{
    const json_t *v = json_object_get(r->body, "stop");
    if (!v || json_is_null(v)) return true;
    size_t n = json_is_array(v) ? json_array_size(v) : 1;
    if (n > OPENAI_MAX_STOPS)
        return field_refuse(r->x, "stop", "has more than %d strings", OPENAI_MAX_STOPS);
    for (size_t i = 0; i < n; i++) {
        const json_t *stop = json_is_array(v) ? json_array_get(v, i) : v;
        size_t letters = json_is_string(stop)
                             ? utf8_count(json_string_value(stop), json_string_length(stop))
                             : 0;
        if (letters == 0 || letters > OPENAI_MAX_STOP)
            return field_refuse(r->x, "stop", "is not of strings of 1 to %d letters",
                                OPENAI_MAX_STOP);
        r->stops[i] = json_string_value(stop);
    }
    r->options.stop = r->stops;
    r->options.n_stop = n;
    return true;
}

static bool read_seed(struct openai_request *r)
{
    const json_t *v = json_object_get(r->body, "seed");
    uint64_t seed = 0;
    int64_t given;
    bool whole = json_whole(v, &given);
    if (v && !json_is_null(v) && !whole)
        return field_refuse(r->x, "seed", "is not a whole number of 64 bits");
    if (whole)
        seed = (uint64_t)given;
    else if (getrandom(&seed, sizeof seed, 0) != sizeof seed)
        seed = r->x->serial;
    r->options.sampler.seed = seed;
    return true;
}

static bool read_sampler(struct openai_request *r)
{
    struct exchange *x = r->x;
    struct sampler_options *o = &r->options.sampler;
    double temperature = (double)o->temperature, top_p = (double)o->top_p, min_p = (double)o->min_p,
           penalty = (double)o->repetition_penalty;
    if (!field_number(x, r->body, "temperature", 0, 2, &temperature) ||
        !field_number(x, r->body, "top_p", 0, 1, &top_p) ||
        !field_number(x, r->body, "min_p", 0, 1, &min_p) ||
        !field_number(x, r->body, "repetition_penalty", 0.1, 10, &penalty) ||
        !field_count(x, r->body, "top_k", 0, 1000000, &o->top_k) || !read_seed(r))
        return false;
    o->temperature = (float)temperature;
    o->top_p = top_p > 1e-6 ? (float)top_p : 1e-6f; /* 0: the likeliest alone */
    o->min_p = (float)min_p;
    o->repetition_penalty = (float)penalty;
    return true;
}

static bool read_stream(struct openai_request *r)
{
    json_t *options = json_object_get(r->body, "stream_options");
    if (!field_bool(r->x, r->body, "stream", &r->stream)) return false;
    if (!options || json_is_null(options)) return true;
    if (!json_is_object(options)) return field_refuse(r->x, "stream_options", "is not an object");
    return field_bool(r->x, options, "include_usage", &r->include_usage);
}

/* reasoning_effort is OpenAI's, "thinking" ours. */
static bool read_thinking(struct openai_request *r)
{
    const char *effort = NULL, *mode = NULL;
    const json_t *v = json_object_get(r->body, "thinking");
    if (!field_text(r->x, r->body, "reasoning_effort", false, &effort)) return false;
    if (effort)
        r->thinking = strcmp(effort, "none") == 0 || strcmp(effort, "minimal") == 0 ? THINKING_OFF
                                                                                    : THINKING_ON;
    if (json_is_boolean(v)) r->thinking = json_is_true(v) ? THINKING_ON : THINKING_OFF;
    if (json_is_boolean(v)) return true;
    if (!field_text(r->x, r->body, "thinking", false, &mode)) return false;
    if (!mode || strcmp(mode, "auto") == 0) return true;
    if (strcmp(mode, "on") != 0 && strcmp(mode, "off") != 0)
        return field_refuse(r->x, "thinking", "is none of auto, on, off, true, false");
    r->thinking = strcmp(mode, "on") == 0 ? THINKING_ON : THINKING_OFF;
    return true;
}

/* A schema's own name and strictness do not matter: it is always enforced. */
static bool read_format(struct openai_request *r)
{
    struct exchange *x = r->x;
    struct error err = {0};
    const json_t *v = json_object_get(r->body, "response_format");
    const json_t *named = json_object_get(v, "json_schema");
    const json_t *schema = json_object_get(named, "schema");
    if (!v || json_is_null(v)) return true;
    const char *type = json_string_value(json_object_get(v, "type"));
    bool object = type && strcmp(type, "json_object") == 0;
    if (type && strcmp(type, "text") == 0) return true;
    if (!object && (!type || strcmp(type, "json_schema") != 0))
        return field_refuse(x, "response_format",
                            "its type is none of text, json_object, json_schema");
    if (!object && !schema)
        return field_refuse(x, "response_format", "json_schema.schema is missing");
    r->schema = json_schema_compile(object ? NULL : schema, &err);
    if (r->schema) return true;
    if (err.code == ERROR_MEMORY)
        reply_failure(x, &err);
    else
        reply_error(x, 400, err.code == ERROR_UNSUPPORTED ? "unsupported_schema" : "invalid_schema",
                    "response_format", "response_format: schema: %s", err.text);
    return false;
}

bool openai_read(struct openai_request *r, struct exchange *x, const char *prefix)
{
    struct server *s = x->server;
    *r = (struct openai_request){.x = x, .server = s};
    const struct generator *g = server_generator(s);
    struct server_defaults d = server_defaults(s);
    size_t context = g ? g->context_tokens : SIZE_MAX, max_tokens = 0;
    r->created = (json_int_t)time(NULL);
    r->options.sampler = d.sampler;
    r->options.max_tokens = d.max_tokens < context ? d.max_tokens : context;
    r->thinking = d.thinking == THINK_ON          ? THINKING_ON
                  : d.thinking == THINK_AUTO && g ? chat_prompt_thinking(s->engine)
                                                  : THINKING_OFF;
    snprintf(r->id, sizeof r->id, "%s-%s", prefix, x->id);
    r->body = fields_read(x);
    if (!r->body) return false;
    if (!openai_check_model(x, r->body) || !check_unsupported(x, r->body) || !read_stops(r) ||
        !read_sampler(r) || !read_stream(r) || !read_thinking(r) || !read_format(r) ||
        !field_count(x, r->body, "max_tokens", 1, (size_t)1 << 30, &max_tokens) ||
        !field_count(x, r->body, "max_completion_tokens", 1, (size_t)1 << 30, &max_tokens))
        return false;
    if (max_tokens) r->options.max_tokens = max_tokens < context ? max_tokens : context;
    return true;
}

void openai_free(struct openai_request *r)
{
    json_schema_free(r->schema);
    json_decref(r->body);
}

bool openai_check_prompt(struct openai_request *r, const struct tokens *prompt)
{
    size_t context = r->server->generator.context_tokens;
    if (prompt->len < context) return true;
    reply_error(r->x, 400, "context_length_exceeded", NULL,
                "the prompt has %zu tokens; the context is %zu", prompt->len, context);
    return false;
}

/* ---- replies ---- */

const char *openai_finish(enum finish_reason reason)
{
    return reason == FINISH_LENGTH || reason == FINISH_CONTEXT ? "length" : "stop";
}

json_t *openai_usage(const struct generate_result *t, size_t reasoning_tokens)
{
    return json_pack("{s:I, s:I, s:I, s:{s:I}, s:{s:I}}", "prompt_tokens",
                     (json_int_t)t->prompt_tokens, "completion_tokens",
                     (json_int_t)t->generated_tokens, "total_tokens",
                     (json_int_t)(t->prompt_tokens + t->generated_tokens), "prompt_tokens_details",
                     "cached_tokens", (json_int_t)t->cached_tokens, "completion_tokens_details",
                     "reasoning_tokens", (json_int_t)reasoning_tokens);
}

json_t *openai_reply(const struct openai_request *r, const char *object, json_t *choices)
{
    return json_pack("{s:s, s:s, s:I, s:s, s:n, s:o}", "id", r->id, "object", object, "created",
                     r->created, "model",
                     server_generator(r->server) ? r->server->model_name : "autospec",
                     "system_fingerprint", "choices", choices);
}

json_t *openai_token_text(const struct server *s, int32_t id)
{
    size_t len;
    const char *bytes = tokenizer_token_bytes(engine_tokenizer(s->engine), id, &len);
    if (utf8_is_valid(bytes, len)) return json_stringn(bytes, len);
    struct detokenizer d = {.tokenizer = engine_tokenizer(s->engine)};
    struct buffer text = {0};
    detokenizer_push(&d, id, &text);
    detokenizer_finish(&d, &text);
    json_t *out = text.failed ? NULL : json_stringn(buffer_text(&text), text.len);
    buffer_free(&text);
    return out;
}

static json_t *one_token(const struct server *s, int32_t id, float logprob)
{
    size_t len;
    const char *text = tokenizer_token_bytes(engine_tokenizer(s->engine), id, &len);
    json_t *bytes = json_array();
    for (size_t i = 0; i < len; i++)
        json_array_append_new(bytes, json_integer((unsigned char)text[i]));
    /* JSON has no infinity; OpenAI's own "very unlikely" is -9999. */
    double p = isfinite(logprob) ? (double)logprob : -9999.0;
    return json_pack("{s:o, s:f, s:o}", "token", openai_token_text(s, id), "logprob", p, "bytes",
                     bytes);
}

json_t *openai_token(const struct server *s, const struct token_logprob *t)
{
    json_t *o = one_token(s, t->id, t->logprob), *top = json_array();
    for (size_t i = 0; i < t->n_top; i++)
        json_array_append_new(top, one_token(s, t->top[i].id, t->top[i].logprob));
    json_object_set_new(o, "top_logprobs", top);
    return o;
}
