#include "measure/work.h"
#include "base/clock.h"
#include "engine/batch.h"
#include "engine/engine_internal.h"

#include <stdlib.h>
#include <string.h>

static const struct sampler_options GREEDY = {.top_p = 1, .repetition_penalty = 1};

enum { DECODE_PROMPT = 16, MANY = 64 };

void work_free(struct work *w)
{
    tokens_free(&w->prompt);
    tokens_free(&w->known);
}

/* xorshift64* (Vigna 2016, doi:10.1145/2845077). */
static int32_t random_id(struct work *w)
{
    w->random ^= w->random >> 12;
    w->random ^= w->random << 25;
    w->random ^= w->random >> 27;
    return (int32_t)((w->random * 0x2545f4914f6cdd1du >> 32) % engine_ids(w->engine));
}

static bool add_random(struct work *w, struct tokens *to, size_t n, struct error *err)
{
    for (size_t i = 0; i < n; i++)
        if (!tokens_push(to, random_id(w), err)) return false;
    return true;
}

bool work_make_prompt(struct work *w, size_t n, struct error *err)
{
    if (w->random == 0) w->random = 20240601;
    w->prompt.len = 0;
    return add_random(w, &w->prompt, n, err);
}

/* Without drafts. */
static bool generate(struct work *w, const struct tokens *prompt, size_t n,
                     struct generate_result *r, struct error *err)
{
    struct generate_options o = {.max_tokens = n, .sampler = GREEDY, .ignore_end = true};
    bool before = w->engine->batch->speculate;
    w->engine->batch->speculate = false;
    bool ok = engine_generate(w->engine, prompt, &o, NULL, NULL, r, err);
    w->engine->batch->speculate = before;
    if (ok && r->generated_tokens != n)
        return error_set(err, ERROR_USAGE, "%zu tokens of %zu were generated", r->generated_tokens,
                         n);
    return ok;
}

bool work_prefill(struct work *w, size_t n, double *seconds, struct error *err)
{
    struct generate_result r;
    if (!work_make_prompt(w, n, err) || !generate(w, &w->prompt, 1, &r, err)) return false;
    *seconds = r.prefill_seconds;
    return true;
}

bool work_fill(struct work *w, size_t n, struct error *err)
{
    struct engine *e = w->engine;
    struct kv_chain chain = {0};
    if (!work_make_prompt(w, 1, err)) return false;
    w->known.len = 0;
    if (!add_random(w, &w->known, n, err)) return false;
    if (!kv_extend(e->kv, &chain, n)) return error_memory(err, "KV pages");
    size_t first = n < KV_PAGE ? n : KV_PAGE;
    struct step_sequence step = {.tokens = w->known.ids, .n_tokens = first, .pages = chain.pages};
    bool ok = e->backend->ops->step(e->backend, &step, 1, err);
    for (size_t i = 1; ok && i < chain.n_pages; i++)
        e->backend->ops->copy_page(e->backend, chain.pages[0], chain.pages[i]);
    kv_release(e->kv, &chain, w->known.ids, ok ? n : 0);
    return ok;
}

bool work_decode(struct work *w, size_t context, size_t n, double *seconds, struct error *err)
{
    const struct tokens *prompt = &w->known;
    if (context != w->known.len) {
        if (!work_make_prompt(w, context, err)) return false;
        prompt = &w->prompt;
    }
    struct generate_result r;
    if (!generate(w, prompt, n + 1, &r, err)) return false;
    *seconds = r.decode_seconds / (double)n;
    return true;
}

static bool all_begun(const struct sequence *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i].first_token == 0) return false;
    return true;
}

static size_t generated(const struct sequence *s, size_t n)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += s[i].result.generated_tokens;
    return sum;
}

static size_t done(const struct sequence *s, size_t n)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += s[i].done;
    return sum;
}

/* Ends what is not done, and frees all: false with the error of one that failed. */
static bool end_all(struct batch *b, struct sequence *s, size_t n, bool ok, struct error *err)
{
    atomic_bool cancel = true;
    for (size_t i = 0; i < n; i++) {
        s[i].paused = false;
        if (!ok) s[i].options.cancel = &cancel;
    }
    while (done(s, n) < n) batch_step(b);
    for (size_t i = 0; i < n; i++) {
        if (ok && s[i].error.code) ok = error_set(err, s[i].error.code, "%s", s[i].error.text);
        sequence_free(&s[i]);
    }
    return ok;
}

bool work_decode_many(struct work *w, size_t sequences, size_t context, size_t n, double *rate,
                      struct error *err)
{
    struct batch *b = w->engine->batch;
    struct sequence s[MANY];
    struct generate_options o = {.max_tokens = n + 1, .sampler = GREEDY, .ignore_end = true};
    size_t made = 0;
    bool ok = sequences <= MANY && sequences <= b->capacity;
    if (!ok) error_set(err, ERROR_USAGE, "%zu sequences at once", sequences);
    bool before = b->speculate;
    b->speculate = false;
    kv_release(w->engine->kv, &w->engine->forward_chain, NULL, 0);
    for (; ok && made < sequences; made += ok) {
        ok =
            work_make_prompt(w, context, err) &&
            sequence_create(&s[made], w->engine, &w->prompt, &o, &(struct sequence_output){0}, err);
        if (ok) batch_add(b, &s[made]);
    }
    while (ok && !all_begun(s, made) && done(s, made) == 0) batch_step(b);
    double started = clock_seconds();
    size_t first = generated(s, made);
    while (ok && done(s, made) == 0) batch_step(b);
    double seconds = clock_seconds() - started;
    *rate = seconds > 0 ? (double)(generated(s, made) - first) / seconds : 0;
    ok = end_all(b, s, made, ok, err);
    b->speculate = before;
    return ok;
}

bool work_play(struct work *w, const struct trace *trace, double rates[2], double *accepted,
               struct error *err)
{
    struct batch *b = w->engine->batch;
    struct trace_player players[2];
    struct token_constraint constraints[2];
    struct sequence s[2];
    struct generate_result results[2] = {0};
    double seconds[2] = {0};
    size_t made = 0;
    bool before = b->speculate, ok = true;
    for (; ok && made < 2; made += ok) {
        constraints[made] = trace_play(&players[made], trace);
        struct generate_options o = {.max_tokens = trace->answer.len,
                                     .sampler = GREEDY,
                                     .ignore_end = true,
                                     .constraint = &constraints[made]};
        ok = sequence_create(&s[made], w->engine, &trace->prompt, &o, &(struct sequence_output){0},
                             err);
        if (ok) batch_add(b, &s[made]);
    }
    for (size_t turn = 0; ok && done(s, 2) < 2; turn = !turn) {
        if (s[turn].done) continue;
        bool begun = s[turn].first_token > 0;
        s[turn].paused = false;
        s[!turn].paused = true;
        b->speculate = turn == 1;
        double started = clock_seconds();
        batch_step(b);
        if (begun) seconds[turn] += clock_seconds() - started;
        results[turn] = s[turn].result;
    }
    ok = end_all(b, s, made, ok, err);
    b->speculate = before;
    for (size_t i = 0; i < 2; i++)
        rates[i] = seconds[i] > 0 ? (double)(results[i].generated_tokens - 1) / seconds[i] : 0;
    double drafted = (double)results[1].drafted_tokens;
    *accepted = drafted > 0 ? (double)results[1].accepted_tokens / drafted : 0;
    return ok;
}

bool work_second_question(struct work *w, size_t shared, size_t own, double *first, double *second,
                          struct error *err)
{
    struct generate_result r;
    if (!work_make_prompt(w, shared, err)) return false;
    for (int i = 0; i < 2; i++) {
        w->prompt.len = shared;
        if (!add_random(w, &w->prompt, own, err) || !generate(w, &w->prompt, 1, &r, err))
            return false;
        *(i ? second : first) = r.prefill_seconds;
    }
    return true;
}
