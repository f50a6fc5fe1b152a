#include "rag/respond.h"
#include "base/clock.h"
#include "rag/focus.h"
#include "rag/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_MARK = 8 };

struct collector {
    const struct respond_options *options;
    struct buffer text, reasoning;
    bool silent; /* the pieces are put in order first */
    /* The model cites the passages that it was given from [1] on: they are written with the numbers
     * that they have outside. */
    const size_t *chosen; /* (n_chosen) indices; NULL: all were given */
    size_t n_chosen;
    char mark[MAX_MARK + 1]; /* the beginning of what may become "[12]" */
    size_t mark_len;
};

static bool emit(struct collector *c, const char *text, size_t len, bool reasoning)
{
    if (len == 0) return true;
    buffer_append(reasoning ? &c->reasoning : &c->text, text, len);
    if (c->text.failed || c->reasoning.failed) return false;
    const struct respond_options *o = c->options;
    return c->silent || !o->sink || o->sink(o->sink_context, text, len, reasoning);
}

static bool emit_mark(struct collector *c, bool reasoning)
{
    char out[MAX_MARK + 32];
    memcpy(out, c->mark, c->mark_len + 1);
    size_t n = 0;
    if (c->mark_len > 2 && c->mark[c->mark_len - 1] == ']') n = strtoul(c->mark + 1, NULL, 10);
    if (n >= 1 && n <= c->n_chosen) snprintf(out, sizeof out, "[%zu]", c->chosen[n - 1] + 1);
    c->mark[0] = '\0';
    c->mark_len = 0;
    return emit(c, out, strlen(out), reasoning);
}

static bool collect(void *context, const char *text, size_t len, bool reasoning)
{
    struct collector *c = context;
    if (!c->chosen) return emit(c, text, len, reasoning);
    size_t from = 0; /* what is not yet written */
    for (size_t i = 0; i < len; i++) {
        char t = text[i];
        bool goes_on = c->mark_len ? (t >= '0' && t <= '9') || t == ']' : t == '[';
        if (c->mark_len && (!goes_on || c->mark_len == MAX_MARK)) {
            if (!emit_mark(c, reasoning)) return false;
            from = i;
            goes_on = t == '[';
        }
        if (!goes_on) continue;
        if (c->mark_len == 0 && !emit(c, text + from, i - from, reasoning)) return false;
        c->mark[c->mark_len++] = t;
        c->mark[c->mark_len] = '\0';
        from = i + 1;
        if (t == ']' && !emit_mark(c, reasoning)) return false;
    }
    return emit(c, text + from, len - from, reasoning);
}

/* Without the white space around it. */
static const char *trimmed(const struct buffer *b, struct arena *arena)
{
    const char *text = buffer_text(b);
    size_t skip = strspn(text, " \t\r\n"), len = strlen(text);
    while (len > skip && strchr(" \t\r\n", text[len - 1])) len--;
    return arena_strndup(arena, text + skip, len - skip);
}

static void add_usage(struct generate_result *sum, const struct generate_result *one)
{
    sum->finish = one->finish;
    sum->prompt_tokens += one->prompt_tokens;
    sum->cached_tokens += one->cached_tokens;
    sum->generated_tokens += one->generated_tokens;
    sum->prefill_seconds += one->prefill_seconds;
    sum->decode_seconds += one->decode_seconds;
}

/* Asks the model about these passages, which are those of `group` when it is not NULL; the text
 * goes to *text, in the arena. */
static bool ask(struct response *out, const char **text, const struct generator *g,
                const char *question, const struct passage *passages, size_t n,
                const struct focus_group *group, bool silent, const struct respond_options *o,
                struct arena *arena, struct error *err)
{
    struct prompt prompt;
    struct collector c = {.options = o, .silent = silent};
    if (group) {
        c.chosen = group->passages;
        c.n_chosen = group->n;
    }
    double start = clock_seconds();
    if (!prompt_build(&prompt, g, passages, n, question, o->thinking,
                      g->context_tokens - o->max_tokens, err))
        return false;
    out->n_passages = prompt.n_passages;
    out->prompt_seconds += clock_seconds() - start;
    struct generate_options options = {
        .max_tokens = o->max_tokens, .sampler = o->sampler, .cancel = o->cancel};
    struct generate_result usage = {0};
    bool ok = g->generate(g->context, &prompt.tokens, &options, collect, &c, &usage, err);
    prompt_free(&prompt);
    if (ok && c.mark_len) emit_mark(&c, false);
    out->generated = true;
    add_usage(&out->usage, &usage);
    if (ok && (c.text.failed || c.reasoning.failed)) ok = error_memory(err, "an answer");
    if (ok) {
        *text = trimmed(&c.text, arena);
        const char *reasoning = trimmed(&c.reasoning, arena);
        ok = (*text && reasoning) || error_memory(err, "an answer");
        if (ok && *reasoning) out->reasoning = reasoning;
    }
    buffer_free(&c.text);
    buffer_free(&c.reasoning);
    return ok;
}

static const char *not_named(const char *name, struct arena *arena)
{
    struct buffer b = {0};
    buffer_printf(&b, "The passages do not name the %s.", name);
    const char *text = b.failed ? NULL : arena_strdup(arena, buffer_text(&b));
    buffer_free(&b);
    return text;
}

/* The answers about the vehicles, refusals first, and to the sink what it has not seen. */
static bool join(struct response *out, const char *const *texts, size_t n, bool seen,
                 const struct respond_options *o, struct arena *arena, struct error *err)
{
    struct buffer b = {0};
    for (int refusals = 1; refusals >= 0; refusals--)
        for (size_t i = 0; i < n; i++) {
            if (!*texts[i] || answer_is_refusal(texts[i]) != (refusals == 1)) continue;
            if (b.len) buffer_putc(&b, ' ');
            buffer_puts(&b, texts[i]);
        }
    out->text = b.failed ? NULL : arena_strdup(arena, buffer_text(&b));
    buffer_free(&b);
    if (!out->text) return error_memory(err, "an answer");
    if (!seen && o->sink && *out->text)
        o->sink(o->sink_context, out->text, strlen(out->text), false);
    return true;
}

static bool respond_by_vehicle(struct response *out, const struct generator *g,
                               const char *question, const struct focus *focus,
                               const struct passage *passages, const struct respond_options *o,
                               struct arena *arena, struct error *err)
{
    const char *texts[FOCUS_MAX_GROUPS];
    bool seen = false;
    size_t n = 0;
    for (; n < focus->n; n++) {
        const struct focus_group *group = &focus->groups[n];
        if (group->missing) {
            texts[n] = not_named(group->name, arena);
            if (!texts[n]) return error_memory(err, "an answer");
            continue;
        }
        struct passage *chosen = arena_array(arena, group->n, sizeof *chosen);
        if (!chosen) return error_memory(err, "an answer");
        for (size_t k = 0; k < group->n; k++) chosen[k] = passages[group->passages[k]];
        seen = focus->n == 1;
        if (!ask(out, &texts[n], g, question, chosen, group->n, group, !seen, o, arena, err))
            return false;
        if (out->usage.finish == FINISH_CANCELLED) {
            n++;
            break;
        }
    }
    return join(out, texts, n, seen, o, arena, err);
}

bool respond(struct response *out, const struct generator *g, const char *question,
             const struct passage *passages, size_t n_passages,
             const struct respond_options *options, struct arena *arena, struct error *err)
{
    *out = (struct response){.text = "", .reasoning = ""};
    if (options->max_tokens == 0 || options->max_tokens >= g->context_tokens)
        return error_set(err, ERROR_USAGE,
                         "an answer of %zu tokens does not fit into a context of %zu",
                         options->max_tokens, g->context_tokens);
    struct focus focus = {0};
    if (g->one_vehicle && !focus_passages(&focus, question, passages, n_passages, arena, err))
        return false;
    if (focus.n == 0)
        return ask(out, &out->text, g, question, passages, n_passages, NULL, false, options, arena,
                   err);
    bool ok = respond_by_vehicle(out, g, question, &focus, passages, options, arena, err);
    out->n_passages = n_passages;
    return ok;
}
