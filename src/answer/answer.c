#include "answer/answer.h"
#include "base/clock.h"
#include "query/ranking.h"
#include "answer/respond.h"

#include <stdlib.h>
#include <string.h>

struct answer_options answer_options_default(void)
{
    return (struct answer_options){
        .max_tokens = 160,
        .thinking = THINKING_OFF,
        .sampler = {.temperature = 0, .top_p = 1, .repetition_penalty = 1},
    };
}

/* ---- what the program itself says ---- */

static void name_mention(const struct mention *m, struct buffer *out)
{
    vehicle_title(&m->vehicle, out);
}

static bool add_note(struct answer *a, struct buffer *note)
{
    const char *text = note->failed ? NULL : arena_strdup(&a->arena, buffer_text(note));
    buffer_free(note);
    if (!text) return false;
    a->notes[a->n_notes++] = text;
    return true;
}

/* Whether a passage names it, though no passage is known to be about it. */
static bool is_named(const struct answer *a, const struct mention *m)
{
    for (size_t i = 0; i < a->hits.n; i++)
        if (hit_names(&a->hits.items[i], m)) return true;
    return false;
}

/* What the reader must know about the difference between question and documents. */
static bool make_notes(struct answer *a, struct error *err)
{
    const struct question *q = &a->question;
    a->notes = arena_array(&a->arena, QUESTION_MAX_MENTIONS + 1, sizeof *a->notes);
    if (!a->notes) return error_memory(err, "an answer");
    for (size_t i = 0; i < q->n_mentions; i++) {
        const struct mention *m = &q->mentions[i];
        struct buffer note = {0};
        if (m->unknown && !is_named(a, m)) {
            buffer_puts(&note, "The documents name no ");
            buffer_puts(&note, m->vehicle.manufacturer);
            buffer_puts(&note, " vehicles.");
        } else if (!m->unknown && m->year_missing) {
            struct vehicle v = m->vehicle;
            v.trim = "";
            buffer_puts(&note, "The documents hold no ");
            vehicle_title(&v, &note);
            if (m->years_near[0]) buffer_printf(&note, "; nearest: %d", m->years_near[0]);
            if (m->years_near[1]) buffer_printf(&note, ", %d", m->years_near[1]);
            buffer_putc(&note, '.');
        } else {
            continue;
        }
        if (!add_note(a, &note)) return error_memory(err, "an answer");
    }
    return true;
}

/* The answer when nothing was found: no model is asked. */
static bool answer_nothing(struct answer *a, struct error *err)
{
    struct buffer b = {0};
    buffer_puts(&b, "The documents hold nothing about ");
    const struct question *q = &a->question;
    for (size_t i = 0; i < q->n_mentions; i++) {
        if (i > 0)
            buffer_puts(&b, i + 1 < q->n_mentions ? ", the " : " or the ");
        else
            buffer_puts(&b, "the ");
        name_mention(&q->mentions[i], &b);
    }
    buffer_puts(&b, q->n_mentions ? "." : "this.");
    a->text = b.failed ? NULL : arena_strdup(&a->arena, buffer_text(&b));
    buffer_free(&b);
    a->refused = true;
    return a->text || error_memory(err, "an answer");
}

/* A superlative is answered from the facts. *done: the question is one. */
static bool answer_ranking(struct answer *a, struct store *store, const struct answer_options *o,
                           bool *done, struct error *err)
{
    struct ranking r;
    if (!ranking_answer(&r, store, &a->question, o->retrieve.metadata, &a->arena, err))
        return false;
    *done = r.asked;
    if (!r.asked) return true;
    a->hits = r.hits;
    a->n_passages = r.hits.n;
    a->text = r.text;
    a->computed = r.conclusion;
    a->refused = r.refused;
    return true;
}

/* ---- generation ---- */

static bool generate(struct answer *a, const struct generator *g, const struct passage *passages,
                     const struct answer_options *o, struct error *err)
{
    const struct respond_options options = {.max_tokens = o->max_tokens,
                                            .thinking = o->thinking,
                                            .sampler = o->sampler,
                                            .cancel = o->cancel,
                                            .sink = o->sink,
                                            .sink_context = o->sink_context};
    struct response r;
    if (!respond(&r, g, a->question.text, passages, a->hits.n, &options, &a->arena, err))
        return false;
    a->text = r.text;
    a->reasoning = r.reasoning;
    a->generated = r.generated;
    a->n_passages = r.n_passages;
    a->usage = r.usage;
    a->prompt_seconds = r.prompt_seconds;
    return true;
}

static bool check(struct answer *a, const struct passage *passages, struct error *err)
{
    if (!verify_answer(&a->verification, a->text, passages, a->n_passages, &a->arena, err))
        return false;
    a->refused = a->refused || answer_is_refusal(a->text);
    if (a->refused || a->computed || a->question.comparison == COMPARE_NONE) return true;
    const char **titles = arena_array(&a->arena, a->n_passages + 1, sizeof *titles);
    if (!titles) return error_memory(err, "an answer");
    for (size_t i = 0; i < a->n_passages; i++) {
        /* The vehicle's name, not the section's: two sections of one car are no comparison. */
        const struct vehicle *v = &a->hits.items[i].vehicle;
        struct buffer name = {0};
        if (vehicle_is_known(v))
            vehicle_title(v, &name);
        else
            buffer_puts(&name, a->hits.items[i].title);
        titles[i] = name.failed ? NULL : arena_strdup(&a->arena, buffer_text(&name));
        buffer_free(&name);
        if (!titles[i]) return error_memory(err, "an answer");
    }
    a->computed = comparison_conclude(a->question.comparison, &a->verification, titles,
                                      a->n_passages, &a->arena);
    return true;
}

bool answer_question(struct answer *out, struct store *store, const struct generator *generator,
                     const char *question, const struct answer_options *options, struct error *err)
{
    *out = (struct answer){.text = "", .reasoning = ""};
    struct answer_options defaults = answer_options_default();
    if (!options) options = &defaults;
    struct passage *passages = NULL;
    double start = clock_seconds();
    if (!question_understand(&out->question, store, question, err)) goto fail;
    double understood = clock_seconds();
    out->understand_seconds = understood - start;
    bool ranked;
    if (!answer_ranking(out, store, options, &ranked, err)) goto fail;
    if (!ranked && !retrieve(store, &out->question, &options->retrieve, &out->hits, err)) goto fail;
    out->retrieve_seconds = clock_seconds() - understood;
    if (!make_notes(out, err)) goto fail;
    if (options->found) options->found(options->found_context, out);
    if (out->hits.n == 0) {
        if (!ranked && !answer_nothing(out, err)) goto fail;
    } else {
        passages = calloc(out->hits.n, sizeof *passages);
        if (!passages) {
            error_memory(err, "an answer");
            goto fail;
        }
        for (size_t i = 0; i < out->hits.n; i++)
            passages[i] = (struct passage){out->hits.items[i].title, out->hits.items[i].text};
        if (!ranked && !generate(out, generator, passages, options, err)) goto fail;
        if (!check(out, passages, err)) goto fail;
    }
    out->total_seconds = clock_seconds() - start;
    free(passages);
    return true;
fail:
    free(passages);
    answer_free(out);
    return false;
}

void answer_free(struct answer *a)
{
    question_free(&a->question);
    hit_list_free(&a->hits);
    arena_free(&a->arena);
    *a = (struct answer){0};
}
