#include "answer/meaning_ask.h"

#include "grammar/choice_constraint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TOKENS = 128 /* of a name */ };

static const char NONE[] = "none of these";
static const char SYSTEM[] = "You say which name of a list somebody means.";

/* A word of no language. */
static const char NONSENSE[] = "vrelquist";

/* One way of asking. */
struct asking {
    const struct generator *g;
    const struct query *q;
    const struct meanings *list;
    const char *const *texts; /* (list->n + 1) that may be written */
    const char *words;        /* of the question, or the one in their place */
    const atomic_bool *cancel;
    struct generate_result *usage;
};

/* The names in the list's order or from its end, "none" behind or before them. */
static void write_prompt(struct buffer *out, const struct asking *a, bool reversed)
{
    const struct meanings *list = a->list;
    buffer_puts(out, "A question about vehicles: ");
    buffer_append(out, a->q->text, a->q->unknown.begin);
    buffer_puts(out, a->words);
    buffer_puts(out, a->q->text + a->q->unknown.end);
    buffer_puts(out, "\n\nNames:\n");
    if (reversed) buffer_printf(out, "- %s\n", NONE);
    for (size_t i = 0; i < list->n; i++)
        buffer_printf(out, "- %s\n", list->items[reversed ? list->n - 1 - i : i].name);
    if (!reversed) buffer_printf(out, "- %s\n", NONE);
    buffer_printf(out,
                  "\nWhich of the names means the same as \"%s\" in the question? Say \"%s\" where the words ask for "
                  "something else.",
                  a->words, NONE);
}

static bool ignore(void *context, const char *text, size_t len, bool reasoning)
{
    (void)context, (void)text, (void)len, (void)reasoning;
    return true;
}

static bool render(const struct asking *a, bool reversed, struct tokens *out, struct error *err)
{
    struct buffer user = {0}, beginning = {0};
    const struct generator *g = a->g;
    write_prompt(&user, a, reversed);
    buffer_printf(&beginning, "In the question, \"%s\" means: \"", a->words);
    const struct chat_message messages[] = {{ROLE_SYSTEM, SYSTEM, strlen(SYSTEM)},
                                            {ROLE_USER, buffer_text(&user), user.len}};
    bool ok = (!user.failed && !beginning.failed) || error_memory(err, "a question");
    ok = ok && g->render(g->context, messages, 2, THINKING_OFF, out, err);
    ok = ok && g->begin(g->context, buffer_text(&beginning), beginning.len, out, err);
    buffer_free(&user);
    buffer_free(&beginning);
    if (ok && out->len + MAX_TOKENS > g->context_tokens)
        ok = error_set(err, ERROR_USAGE, "the list of names takes %zu tokens; there is room for %zu", out->len,
                       g->context_tokens);
    return ok;
}

/* Likeliest of the list, its length for "none"; SIZE_MAX: it was not said to the end. */
static bool ask_once(const struct asking *a, bool reversed, size_t *choice, double *margin, struct error *err)
{
    const struct vocabulary *v = a->g->vocabulary(a->g->context, err);
    struct choice_constraint *c = v ? choice_constraint_create(v, a->texts, a->list->n + 1, err) : NULL;
    struct tokens prompt = {0};
    struct generate_result one = {0};
    bool ok = c && render(a, reversed, &prompt, err);
    if (ok) {
        const struct generate_options options = {.max_tokens = MAX_TOKENS,
                                                 .sampler = {.temperature = 0, .top_p = 1, .repetition_penalty = 1},
                                                 .cancel = a->cancel,
                                                 .constraint = choice_constraint_token(c)};
        ok = a->g->generate(a->g->context, &prompt, &options, ignore, NULL, &one, err);
        usage_add(a->usage, &one);
    }
    if (ok) {
        double best = -INFINITY, next = -INFINITY;
        *choice = choice_constraint_chosen(c);
        for (size_t i = 0; i <= a->list->n; i++)
            if (i == *choice)
                best = choice_constraint_log(c, i);
            else
                next = fmax(next, choice_constraint_log(c, i));
        *margin = *choice == SIZE_MAX ? -INFINITY : best - next;
    }
    tokens_free(&prompt);
    choice_constraint_free(c);
    return ok;
}

/* The texts that may be written. The closing quote tells "width" from "width of the boot". */
static const char **make_texts(const struct meanings *list, struct arena *arena)
{
    const char **texts = arena_array(arena, list->n + 1, sizeof *texts);
    for (size_t i = 0; texts && i <= list->n; i++) {
        const char *name = i < list->n ? list->items[i].name : NONE;
        size_t len = strlen(name);
        char *text = arena_array(arena, len + 2, 1);
        if (!text) return NULL;
        memcpy(text, name, len);
        text[len] = '"';
        texts[i] = text;
    }
    return texts;
}

bool meaning_ask(struct meaning_choice *out, const struct generator *g, const struct query *q,
                 const struct meanings *list, const atomic_bool *cancel, struct error *err)
{
    *out = (struct meaning_choice){.first = SIZE_MAX, .second = SIZE_MAX, .margin = -INFINITY};
    if (!g->vocabulary || !g->begin) return error_set(err, ERROR_UNSUPPORTED, "the model cannot be held to a list");
    struct arena arena = {0};
    struct asking a = {.g = g, .q = q, .list = list, .texts = make_texts(list, &arena), .words = q->unknown.text,
                       .cancel = cancel, .usage = &out->usage};
    double first = -INFINITY, second = -INFINITY, none;
    bool ok = a.texts || error_memory(err, "a question");
    ok = ok && ask_once(&a, false, &out->first, &first, err);
    /* What is no choice needs no second opinion. */
    if (ok && out->first < list->n) ok = ask_once(&a, true, &out->second, &second, err);
    out->margin = fmin(first, second);
    if (ok && out->first < list->n && out->second == out->first) {
        size_t one = SIZE_MAX, other = SIZE_MAX;
        a.words = NONSENSE;
        ok = ask_once(&a, false, &one, &none, err);
        if (ok && one == list->n) ok = ask_once(&a, true, &other, &none, err);
        out->told_nonsense = one == list->n && other == list->n;
    }
    arena_free(&arena);
    return ok;
}

size_t meaning_chosen(const struct meaning_choice *choice, const struct meanings *list, double margin)
{
    bool chosen = choice->first < list->n && choice->first == choice->second && choice->told_nonsense &&
                  choice->margin >= margin;
    return chosen ? choice->first : SIZE_MAX;
}
