/* From a prompt to text: prefill in chunks, then token by token, with the text cut at stop strings
 * and split into reasoning and answer. */
#include "engine/engine_internal.h"

#include "base/clock.h"

#include <string.h>

/* Text on its way to the sink. Its end is held back while it may be the start of a stop string. */
struct output {
    const struct generate_options *options;
    generate_sink *sink;
    void *context;
    struct buffer held;
    bool reasoning, stopped, refused; /* a stop string came; the sink said no */
};

static void emit(struct output *o, size_t len)
{
    if (len == 0) return;
    if (o->sink && !o->sink(o->context, o->held.data, len, o->reasoning)) o->refused = true;
    memmove(o->held.data, o->held.data + len, o->held.len - len + 1);
    o->held.len -= len;
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
static void output_flush(struct output *o, bool last)
{
    if (o->held.len == 0) return;
    size_t keep = 0;
    const char *first = NULL;
    for (size_t i = 0; !o->reasoning && i < o->options->n_stop; i++) {
        const char *stop = o->options->stop[i];
        if (!*stop) continue;
        const char *found = memmem(o->held.data, o->held.len, stop, strlen(stop));
        if (found && (!first || found < first)) first = found;
        size_t part = partial_match(&o->held, stop);
        if (part > keep) keep = part;
    }
    if (first) {
        o->stopped = true;
        emit(o, (size_t)(first - o->held.data));
        buffer_clear(&o->held);
        return;
    }
    emit(o, o->held.len - (last ? 0 : keep));
}

/* Runs the prompt but for what the pages hold already; leaves the last token's logits. */
static const float *prefill(struct engine *e, const struct tokens *prompt,
                            const struct generate_options *options, size_t *cached,
                            struct error *err)
{
    size_t same = 0;
    while (same < prompt->len && same < e->history.len && prompt->ids[same] == e->history.ids[same])
        same++;
    if (same == prompt->len) same--; /* the last token is run again for its logits */
    *cached = same;
    e->history.len = same;
    const float *logits = NULL;
    while (e->history.len < prompt->len) {
        if (options->cancel && atomic_load(options->cancel)) {
            error_set(err, ERROR_CANCELLED, "cancelled");
            return NULL;
        }
        size_t at = e->history.len, n = prompt->len - at;
        if (n > e->chunk) n = e->chunk;
        bool last = at + n == prompt->len;
        logits = engine_run(e, prompt->ids + at, n, at, last, err);
        if (!logits) return NULL;
        for (size_t i = 0; i < n; i++)
            if (!tokens_push(&e->history, prompt->ids[at + i], err)) return NULL;
    }
    return logits;
}

static bool is_end(const struct engine *e, int32_t id)
{
    const struct model_config *c = &e->model->config;
    for (size_t i = 0; i < c->n_eos; i++)
        if (id == c->eos[i]) return true;
    return chat_is_end(e->tokenizer, e->format, id);
}

/* True when the prompt ends inside a think block. */
static bool prompt_opens_thinking(const struct engine *e, const struct tokens *prompt)
{
    int32_t open = chat_think_open(e->tokenizer), close = chat_think_close(e->tokenizer);
    for (size_t i = prompt->len; open >= 0 && i-- > 0;) {
        if (prompt->ids[i] == open) return true;
        if (prompt->ids[i] == close) return false;
    }
    return false;
}

static bool generate(struct engine *e, const struct generate_options *options,
                     struct sampler *sampler, const float *logits, struct output *out,
                     struct generate_result *result, struct error *err)
{
    struct detokenizer detokenizer = {.tokenizer = e->tokenizer};
    int32_t open = chat_think_open(e->tokenizer), close = chat_think_close(e->tokenizer);
    for (;;) {
        if (result->generated_tokens == options->max_tokens) {
            result->finish = FINISH_LENGTH;
            break;
        }
        int32_t id = sampler_pick(sampler, logits);
        if (id < 0)
            return error_set(err, ERROR_INPUT, "%s: the model's logits are not numbers", e->name);
        sampler_saw(sampler, id);
        result->generated_tokens++;
        if (!options->ignore_end && is_end(e, id)) {
            result->finish = FINISH_END;
            break;
        }
        if (id == open || id == close) {
            detokenizer_finish(&detokenizer, &out->held);
            output_flush(out, true);
            if (!out->stopped) out->reasoning = id == open;
        } else {
            detokenizer_push(&detokenizer, id, &out->held);
            if (out->held.failed) return error_memory(err, "generated text");
            output_flush(out, false);
        }
        if (out->stopped || out->refused) {
            result->finish = FINISH_STOP;
            break;
        }
        if (options->cancel && atomic_load(options->cancel)) {
            result->finish = FINISH_CANCELLED;
            break;
        }
        if (e->history.len == e->context) {
            result->finish = FINISH_CONTEXT;
            break;
        }
        logits = engine_run(e, &id, 1, e->history.len, 1, err);
        if (!logits || !tokens_push(&e->history, id, err)) return false;
    }
    if (!out->stopped) {
        detokenizer_finish(&detokenizer, &out->held);
        output_flush(out, true);
    }
    return true;
}

bool engine_generate(struct engine *e, const struct tokens *prompt,
                     const struct generate_options *options, generate_sink *sink, void *context,
                     struct generate_result *result, struct error *err)
{
    *result = (struct generate_result){.prompt_tokens = prompt->len};
    if (!e->tokenizer)
        return error_set(err, ERROR_USAGE, "%s: random weights have no text to generate", e->name);
    if (prompt->len == 0) return error_set(err, ERROR_USAGE, "an empty prompt");
    if (prompt->len > e->context)
        return error_set(err, ERROR_USAGE, "a prompt of %zu tokens: the context is %zu",
                         prompt->len, e->context);
    /* Only ids that the tokenizer can spell may be picked: padded rows of the head are noise. */
    struct sampler *sampler = sampler_create(&options->sampler, tokenizer_vocab(e->tokenizer), err);
    if (!sampler) return false;
    for (size_t i = 0; i < prompt->len; i++) sampler_saw(sampler, prompt->ids[i]);

    struct output out = {.options = options, .sink = sink, .context = context};
    out.reasoning = prompt_opens_thinking(e, prompt);
    double started = clock_seconds();
    struct error cancelled = {0};
    const float *logits = prefill(e, prompt, options, &result->cached_tokens, &cancelled);
    double prefilled = clock_seconds();
    result->prefill_seconds = prefilled - started;
    bool ok = true;
    if (logits) {
        ok = generate(e, options, sampler, logits, &out, result, err);
        result->decode_seconds = clock_seconds() - prefilled;
    } else if (cancelled.code == ERROR_CANCELLED) {
        result->finish = FINISH_CANCELLED;
    } else {
        ok = error_set(err, cancelled.code, "%s", cancelled.text);
    }
    sampler_free(sampler);
    buffer_free(&out.held);
    return ok;
}
