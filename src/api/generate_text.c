/* autospec_generate: text from the model alone. */
#include "api/api.h"

#include "base/buffer.h"
#include "base/utf8.h"
#include "engine/chat_prompt.h"

#include <stdlib.h>
#include <string.h>

struct result {
    struct autospec_text public; /* first: the caller's pointer is the result's */
    struct buffer text, reasoning;
};

void autospec_text_free(struct autospec_text *text)
{
    if (!text) return;
    struct result *r = (struct result *)text;
    buffer_free(&r->text);
    buffer_free(&r->reasoning);
    free(r);
}

struct collector {
    struct api_turn *turn;
    struct result *result;
};

static bool collect(void *context, const char *text, size_t len, bool reasoning)
{
    struct collector *c = context;
    struct buffer *b = reasoning ? &c->result->reasoning : &c->result->text;
    /* The blank lines that the chat format puts before an answer are no part of it. */
    while (b->len == 0 && len > 0 && strchr(" \t\r\n", *text)) text++, len--;
    if (len == 0) return true;
    buffer_append(b, text, len);
    return !b->failed && api_turn_text(c->turn, text, len, reasoning);
}

static bool check_text(const char *what, const char *text, struct error *err)
{
    size_t len = strlen(text);
    if (!utf8_is_valid(text, len))
        return error_set(err, ERROR_USAGE, "the %s is not valid UTF-8 (byte %zu)", what,
                         utf8_valid_prefix(text, len));
    return true;
}

static bool run(struct autospec *llm, const char *prompt, struct api_turn *turn, struct result *r,
                struct error *err)
{
    const char *system = turn->call->system;
    if (!check_text("prompt", prompt, err) ||
        (system && !check_text("system message", system, err)))
        return false;
    enum thinking thinking = llm->options.thinking == AUTOSPEC_THINKING_AUTO
                                 ? chat_prompt_thinking(llm->engine)
                             : llm->options.thinking == AUTOSPEC_THINKING_ON ? THINKING_ON
                                                                             : THINKING_OFF;
    struct tokens tokens = {0};
    struct generate_options options = {
        .max_tokens = turn->call->max_tokens ? turn->call->max_tokens : llm->options.max_tokens,
        .sampler = llm->sampler,
        .cancel = &turn->cancel,
    };
    struct collector c = {turn, r};
    struct generate_result usage;
    bool ok =
        chat_prompt_render(llm->engine, system, prompt, strlen(prompt), thinking, &tokens, err) &&
        engine_generate(llm->engine, &tokens, &options, collect, &c, &usage, err);
    tokens_free(&tokens);
    if (ok && (r->text.failed || r->reasoning.failed)) ok = error_memory(err, "a text");
    if (!ok) return false;
    r->public = (struct autospec_text){
        .text = buffer_text(&r->text),
        .reasoning = buffer_text(&r->reasoning),
        .finish = api_finish(turn, usage.finish),
        .prompt_tokens = usage.prompt_tokens,
        .cached_tokens = usage.cached_tokens,
        .generated_tokens = usage.generated_tokens,
        .prefill_seconds = usage.prefill_seconds,
        .decode_seconds = usage.decode_seconds,
    };
    return true;
}

struct autospec_text *autospec_generate(struct autospec *llm, const char *prompt,
                                        const struct autospec_call *call,
                                        struct autospec_error *error)
{
    struct error err = {0};
    struct api_turn turn;
    if (!llm || !prompt || !*prompt) {
        error_set(&err, ERROR_USAGE, "%s",
                  !llm      ? "the handle is NULL"
                  : !prompt ? "the prompt is NULL"
                            : "the prompt is empty");
        return api_fail(error, &err);
    }
    if (!api_turn_begin(&turn, llm, call, &err)) return api_fail(error, &err);
    struct result *r = calloc(1, sizeof *r);
    bool ok = r ? run(llm, prompt, &turn, r, &err) : error_memory(&err, "a text");
    api_turn_end(&turn);
    if (ok) return &r->public;
    if (r) autospec_text_free(&r->public);
    return api_fail(error, &err);
}
