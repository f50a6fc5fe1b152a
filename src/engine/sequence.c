#include "engine/sequence.h"
#include "base/clock.h"
#include "engine/engine_internal.h"

#include <math.h>
#include <string.h>

/* ---- text on its way out ---- */

static void emit(struct sequence *s, size_t len)
{
    if (len == 0) return;
    if (s->out.text && !s->out.text(s->out.context, s->held.data, len, s->reasoning))
        s->refused = true;
    memmove(s->held.data, s->held.data + len, s->held.len - len + 1);
    s->held.len -= len;
}

/* How many bytes at the end of text are the start of `stop`, but not all of it. */
static size_t partial_match(const struct buffer *text, const char *stop)
{
    size_t n = strlen(stop);
    for (size_t len = n - 1 < text->len ? n - 1 : text->len; n && len > 0; len--)
        if (memcmp(text->data + text->len - len, stop, len) == 0) return len;
    return 0;
}

/* Hands on what is safe to show. Stop strings are looked for in the answer, not in the reasoning.
 */
static void flush(struct sequence *s, bool last)
{
    if (s->held.len == 0) return;
    size_t keep = 0;
    const char *first = NULL;
    for (size_t i = 0; !s->reasoning && i < s->options.n_stop; i++) {
        const char *stop = s->options.stop[i];
        if (!*stop) continue;
        const char *found = memmem(s->held.data, s->held.len, stop, strlen(stop));
        if (found && (!first || found < first)) first = found;
        size_t part = partial_match(&s->held, stop);
        if (part > keep) keep = part;
    }
    if (first) {
        s->stopped = true;
        emit(s, (size_t)(first - s->held.data));
        buffer_clear(&s->held);
        return;
    }
    emit(s, s->held.len - (last ? 0 : keep));
}

/* ---- beginning and end ---- */

/* True when the prompt ends inside a think block. */
static bool prompt_opens_thinking(const struct engine *e, const struct tokens *prompt)
{
    if (!e->tokenizer) return false;
    int32_t open = chat_think_open(e->tokenizer), close = chat_think_close(e->tokenizer);
    for (size_t i = prompt->len; open >= 0 && i-- > 0;) {
        if (prompt->ids[i] == open) return true;
        if (prompt->ids[i] == close) return false;
    }
    return false;
}

bool sequence_create(struct sequence *s, struct engine *e, const struct tokens *prompt,
                     const struct generate_options *options, const struct sequence_output *out,
                     struct error *err)
{
    *s = (struct sequence){.engine = e, .options = *options, .out = *out};
    if (prompt->len == 0) return error_set(err, ERROR_USAGE, "an empty prompt");
    if (prompt->len > e->context)
        return error_set(err, ERROR_USAGE, "a prompt of %zu tokens: the context is %zu",
                         prompt->len, e->context);
    if (options->top_logprobs > MAX_TOP_LOGPROBS)
        return error_set(err, ERROR_USAGE, "top_logprobs %zu: at most %d", options->top_logprobs,
                         MAX_TOP_LOGPROBS);
    size_t vocab = e->model->config.vocab;
    for (size_t i = 0; i < prompt->len; i++)
        if (prompt->ids[i] < 0 || (size_t)prompt->ids[i] >= vocab)
            return error_set(err, ERROR_INPUT, "token %d: the model has ids 0..%zu", prompt->ids[i],
                             vocab - 1);
    s->sampler = sampler_create(&options->sampler, engine_ids(e), err);
    if (!s->sampler) return false;
    for (size_t i = 0; i < prompt->len; i++) {
        if (!tokens_push(&s->tokens, prompt->ids[i], err)) goto fail;
        sampler_saw(s->sampler, prompt->ids[i]);
    }
    s->detokenizer.tokenizer = e->tokenizer;
    s->reasoning = prompt_opens_thinking(e, prompt);
    s->result.prompt_tokens = prompt->len;
    s->created = clock_seconds();
    return true;
fail:
    sequence_free(s);
    return false;
}

void sequence_free(struct sequence *s)
{
    tokens_free(&s->tokens);
    sampler_free(s->sampler);
    speculator_free(&s->speculator);
    buffer_free(&s->held);
    s->sampler = NULL;
}

static void end(struct sequence *s)
{
    double now = clock_seconds();
    struct generate_result *r = &s->result;
    r->queue_seconds = (s->started > 0 ? s->started : now) - s->created;
    if (s->started > 0)
        r->prefill_seconds = (s->first_token > 0 ? s->first_token : now) - s->started;
    if (s->first_token > 0) r->decode_seconds = now - s->first_token;
    s->done = true;
}

void sequence_finish(struct sequence *s, enum finish_reason reason)
{
    if (!s->stopped) {
        detokenizer_finish(&s->detokenizer, &s->held);
        flush(s, true);
    }
    s->result.finish = reason;
    end(s);
}

void sequence_fail(struct sequence *s, const struct error *err)
{
    s->error = *err;
    if (s->error.code == ERROR_NONE) error_set(&s->error, ERROR_MEMORY, "generation failed");
    end(s);
}

/* ---- one token ---- */

static void tell_logprobs(struct sequence *s, const float *logits, int32_t id)
{
    size_t vocab = engine_ids(s->engine), want = s->options.top_logprobs;
    struct token_logprob t = {.id = id};
    float max = -INFINITY;
    for (size_t i = 0; i < vocab; i++)
        if (logits[i] > max) max = logits[i];
    double sum = 0;
    for (size_t i = 0; i < vocab; i++)
        if (!isnan(logits[i])) sum += (double)expf(logits[i] - max);
    float log_sum = max + (float)log(sum);
    t.logprob = logits[id] - log_sum;
    for (size_t i = 0; want && i < vocab; i++) {
        if (isnan(logits[i]) || (t.n_top == want && logits[i] <= t.top[want - 1].logprob)) continue;
        size_t at = t.n_top < want ? t.n_top++ : want - 1;
        for (; at > 0 && t.top[at - 1].logprob < logits[i]; at--) t.top[at] = t.top[at - 1];
        t.top[at].id = (int32_t)i;
        t.top[at].logprob = logits[i];
    }
    for (size_t i = 0; i < t.n_top; i++) t.top[i].logprob -= log_sum;
    s->out.token(s->out.context, &t, s->reasoning);
}

/* The token's text; at a think token the text before it goes first. */
static void add_text(struct sequence *s, int32_t id)
{
    const struct tokenizer *t = s->engine->tokenizer;
    if (!t) return;
    int32_t open = chat_think_open(t);
    if (id == open || id == chat_think_close(t)) {
        detokenizer_finish(&s->detokenizer, &s->held);
        flush(s, true);
        if (!s->stopped) s->reasoning = id == open;
    } else {
        detokenizer_push(&s->detokenizer, id, &s->held);
        if (!s->held.failed) flush(s, false);
    }
}

/* The token is the sequence's next one. */
static bool take(struct sequence *s, int32_t id, const float *logits)
{
    struct engine *e = s->engine;
    struct generate_result *r = &s->result;
    const struct token_constraint *constraint = s->options.constraint;
    struct error err = {0};
    if (id < 0) error_set(&err, ERROR_INPUT, "%s: the model's logits are not numbers", e->name);
    if (id < 0 || !tokens_push(&s->tokens, id, &err)) {
        sequence_fail(s, &err);
        return false;
    }
    sampler_saw(s->sampler, id);
    if (constraint) constraint->accept(constraint->context, id);
    r->generated_tokens++;
    if (!s->options.ignore_end && engine_is_end(e, id)) {
        sequence_finish(s, FINISH_END);
        return false;
    }
    if (s->options.logprobs && s->out.token) tell_logprobs(s, logits, id);
    add_text(s, id);
    if (s->held.failed) {
        error_memory(&err, "generated text");
        sequence_fail(s, &err);
        return false;
    }
    if (s->stopped || s->refused)
        sequence_finish(s, FINISH_STOP);
    else if (s->tokens.len > e->context)
        sequence_finish(s, FINISH_CONTEXT);
    else if (r->generated_tokens == s->options.max_tokens)
        sequence_finish(s, FINISH_LENGTH);
    return !s->done;
}

/* False, and the sequence at its end, when no token was asked for. */
static bool wants_token(struct sequence *s)
{
    if (s->first_token == 0) s->first_token = clock_seconds();
    if (s->result.generated_tokens < s->options.max_tokens) return true;
    sequence_finish(s, FINISH_LENGTH);
    return false;
}

bool sequence_pick(struct sequence *s, const float *logits, float *scratch)
{
    const struct token_constraint *constraint = s->options.constraint;
    const float *from = logits;
    if (!wants_token(s)) return false;
    if (constraint) {
        size_t vocab = engine_ids(s->engine);
        memcpy(scratch, logits, vocab * sizeof *scratch);
        if (!constraint->mask(constraint->context, scratch, vocab)) {
            sequence_finish(s, FINISH_END);
            return false;
        }
        from = scratch;
    }
    return take(s, sampler_pick(s->sampler, from), logits);
}

bool sequence_choices(const struct sequence *s, size_t n, struct backend_choice *out)
{
    if (!s->engine->backend->ops->picked || s->options.constraint || s->options.logprobs)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!sampler_choice(s->sampler, i, &out[i])) return false;
    return true;
}

bool sequence_take_picked(struct sequence *s, int32_t id)
{
    if (!wants_token(s)) return false;
    sampler_advance(s->sampler);
    return take(s, id, NULL);
}
