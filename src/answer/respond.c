#include "answer/respond.h"
#include "base/clock.h"
#include "answer/focus.h"
#include "answer/ground.h"
#include "answer/verify.h"

#include <stdlib.h>
#include <string.h>

struct collector {
    const struct respond_options *options;
    struct buffer text, reasoning;
    bool silent; /* the text is looked at first */
};

static bool collect(void *context, const char *text, size_t len, bool reasoning)
{
    struct collector *c = context;
    buffer_append(reasoning ? &c->reasoning : &c->text, text, len);
    if (c->text.failed || c->reasoning.failed) return false;
    const struct respond_options *o = c->options;
    return c->silent || !o->sink || o->sink(o->sink_context, text, len, reasoning);
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

/* Asks the model about these passages; the text goes to *text, in the arena. */
static bool ask(struct response *out, const char **text, const struct generator *g,
                const char *question, const struct passage *passages, size_t n, bool silent,
                const struct respond_options *o, struct arena *arena, struct error *err)
{
    struct prompt prompt;
    struct collector c = {.options = o, .silent = silent};
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

/* ---- one vehicle at a time ---- */

/* The model was given one passage and cites it as [1]: it gets the number that it has outside. */
static const char *renumbered(const char *text, size_t number, struct arena *arena)
{
    struct buffer b = {0};
    for (const char *p = text; *p;) {
        if (strncmp(p, "[1]", 3) == 0) {
            buffer_printf(&b, "[%zu]", number);
            p += 3;
        } else {
            buffer_putc(&b, *p++);
        }
    }
    const char *out = b.failed ? NULL : arena_strdup(arena, buffer_text(&b));
    buffer_free(&b);
    return out;
}

static const char *not_named(const char *name, struct arena *arena)
{
    struct buffer b = {0};
    buffer_printf(&b, "The passages do not name the %s.", name);
    const char *text = b.failed ? NULL : arena_strdup(arena, buffer_text(&b));
    buffer_free(&b);
    return text;
}

/* What is asked about one vehicle. */
struct asked {
    const char *question; /* as the model reads it */
    const char *about;    /* without the names of the other vehicles */
    const char *name;     /* the vehicle in the question's words */
};

static const char *about_one(const char *question, const struct focus *focus, size_t which,
                             struct arena *arena)
{
    char *about = arena_strdup(arena, question);
    for (size_t i = 0; i < focus->n && about; i++) {
        char *at = i == which ? NULL : strstr(about, focus->groups[i].name);
        if (at) memset(at, ' ', strlen(focus->groups[i].name));
    }
    return about;
}

/* Asks about these passages; *text is NULL where the answer is no statement that stands in them,
 * and *said the model's own words. */
static bool try_reading(struct response *out, const char **text, const char **said, bool *exact,
                        const struct generator *g, const struct asked *q,
                        const struct passage *passage, size_t index,
                        const struct respond_options *o, struct arena *arena, struct error *err)
{
    *text = NULL;
    *exact = false;
    if (!ask(out, said, g, q->question, passage, 1, true, o, arena, err)) return false;
    const char *kept = *said;
    if (out->usage.finish == FINISH_CANCELLED)
        *exact = true;
    else
        kept = answer_is_refusal(*said)
                   ? NULL
                   : ground_answer(*said, q->about, q->name, passage, 1, exact, arena);
    if (!kept) return true;
    *text = renumbered(kept, index + 1, arena);
    return *text || error_memory(err, "an answer");
}

/* The answer from one passage: only what stands in it where the question asks; *text is NULL where
 * that is nothing. When the model finds nothing, it is shown the lines alone that have the
 * question's words; and a line that is about just what is asked is quoted rather than kept back. */
static bool ask_passage(struct response *out, const char **text, const char **said,
                        const struct generator *g, const struct asked *q,
                        const struct passage *passage, size_t index,
                        const struct respond_options *o, struct arena *arena, struct error *err)
{
    const char *again;
    bool exact, any;
    if (!try_reading(out, text, said, &exact, g, q, passage, index, o, arena, err)) return false;
    if (!*text) {
        struct passage lines;
        if (!ground_narrow(&lines, &any, passage, q->about, q->name, arena))
            return error_memory(err, "an answer");
        if (any && !try_reading(out, text, &again, &exact, g, q, &lines, index, o, arena, err))
            return false;
    }
    if (*text && exact) return true;
    const char *quote = ground_quote(q->about, q->name, passage, index + 1, arena);
    if (quote) {
        *text = quote;
        out->n_quoted++;
    }
    return true;
}

/* The answer about one vehicle: that of the first of its passages that has one. */
static bool ask_one(struct response *out, const char **text, const struct generator *g,
                    const char *question, const struct focus *focus, size_t which,
                    const struct passage *passages, const struct respond_options *o,
                    struct arena *arena, struct error *err)
{
    const struct focus_group *group = &focus->groups[which];
    if (group->missing) {
        *text = not_named(group->name, arena);
        return *text || error_memory(err, "an answer");
    }
    const struct asked q = {question, about_one(question, focus, which, arena), group->name};
    if (!q.about) return error_memory(err, "an answer");
    const char *refusal = NULL, *said;
    for (size_t k = 0; k < group->n; k++) {
        size_t index = group->passages[k];
        if (!ask_passage(out, text, &said, g, &q, &passages[index], index, o, arena, err))
            return false;
        if (*text) return true;
        if (refusal) continue;
        refusal = answer_is_refusal(said) ? said : ground_refusal(said, group->name, arena);
        if (!refusal) return error_memory(err, "an answer");
    }
    *text = refusal ? refusal : ground_refusal("", group->name, arena);
    return *text || error_memory(err, "an answer");
}

/* The finished text to the sink, word by word, so that the listener can end it as any other: the
 * text is then what was heard. */
static bool tell(struct response *out, const struct respond_options *o, struct arena *arena)
{
    if (!out->generated) return true; /* what the program says by itself is no piece */
    for (const char *p = out->text; *p && o->sink;) {
        size_t n = strspn(p, " ");
        n += strcspn(p + n, " ");
        bool cancelled = o->cancel && atomic_load(o->cancel);
        if (cancelled || !o->sink(o->sink_context, p, n, false)) {
            out->usage.finish = FINISH_CANCELLED;
            size_t heard = (size_t)(p - out->text) + (cancelled ? 0 : n);
            out->text = arena_strndup(arena, out->text, heard);
            return out->text != NULL;
        }
        p += n;
    }
    return true;
}

/* The answers about the vehicles, refusals first. */
static bool join(struct response *out, const char *const *texts, size_t n,
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
    return tell(out, o, arena) || error_memory(err, "an answer");
}

static bool respond_by_vehicle(struct response *out, const struct generator *g,
                               const char *question, const struct passage *passages,
                               size_t n_passages, const struct respond_options *o,
                               struct arena *arena, struct error *err)
{
    struct focus focus;
    if (!focus_passages(&focus, question, passages, n_passages, arena, err)) return false;
    if (focus.n == 0) { /* no vehicle is named: all are read */
        size_t *all = arena_array(arena, n_passages + 1, sizeof *all);
        if (!all) return error_memory(err, "an answer");
        for (size_t i = 0; i < n_passages; i++) all[i] = i;
        focus.groups[focus.n++] =
            (struct focus_group){.passages = all, .n = n_passages, .name = "vehicle"};
    }
    const char *texts[FOCUS_MAX_GROUPS];
    size_t n = 0;
    while (n < focus.n && out->usage.finish != FINISH_CANCELLED) {
        if (!ask_one(out, &texts[n], g, question, &focus, n, passages, o, arena, err)) return false;
        n++;
    }
    out->n_passages = n_passages;
    return join(out, texts, n, o, arena, err);
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
    if (g->one_vehicle)
        return respond_by_vehicle(out, g, question, passages, n_passages, options, arena, err);
    return ask(out, &out->text, g, question, passages, n_passages, false, options, arena, err);
}
