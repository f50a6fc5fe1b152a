#include "engine/batch.h"
#include "base/clock.h"
#include "engine/engine_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    PASSED_OVER = 7, /* steps in a row that the oldest prompt may wait */
    BUSY = 256,      /* steps behind the last that somebody came in */
};

static const double RATE_SECONDS = 5; /* how far back the rates look */

struct batch *batch_create(struct engine *e, size_t capacity, struct error *err)
{
    struct batch *b = calloc(1, sizeof *b);
    if (!b) goto fail;
    *b = (struct batch){.engine = e, .capacity = capacity};
    b->sequences = calloc(capacity, sizeof(struct sequence *));
    b->steps = calloc(capacity, sizeof *b->steps);
    b->members = calloc(capacity, sizeof(struct sequence *));
    b->prompts = calloc(capacity, sizeof(struct sequence *));
    b->choices = calloc(e->max_logits, sizeof *b->choices);
    b->scratch = calloc(e->model->config.vocab, sizeof *b->scratch);
    if (b->sequences && b->steps && b->members && b->prompts && b->choices && b->scratch) return b;
fail:
    batch_free(b);
    error_memory(err, "batch");
    return NULL;
}

void batch_free(struct batch *b)
{
    if (!b) return;
    free(b->sequences);
    free(b->steps);
    free(b->members);
    free(b->prompts);
    free(b->choices);
    free(b->scratch);
    free(b);
}

void batch_add(struct batch *b, struct sequence *s)
{
    s->order = b->next_order++;
    if (b->n > 0 && b->shared) b->busy = BUSY;
    size_t at = b->n++;
    for (; at > 0 && b->sequences[at - 1]->options.priority < s->options.priority; at--)
        b->sequences[at] = b->sequences[at - 1];
    b->sequences[at] = s;
}

static size_t left(const struct sequence *s)
{
    return s->tokens.len - s->n_kv;
}

/* ---- pages ---- */

static void give_up_pages(struct batch *b, struct sequence *s)
{
    if (s->chain.pages) kv_release(b->engine->kv, &s->chain, s->tokens.ids, s->n_kv);
    s->n_kv = 0;
    s->admitted = false;
}

static void admit(struct batch *b)
{
    struct kv_cache *kv = b->engine->kv;
    size_t admitted = 0;
    for (size_t i = 0; i < b->n; i++) admitted += b->sequences[i]->admitted;
    for (size_t i = 0; i < b->n; i++) {
        struct sequence *s = b->sequences[i];
        if (s->admitted || s->paused) continue;
        s->n_kv = kv_match(kv, &s->chain, s->tokens.ids, s->tokens.len - 1);
        if (!kv_extend(kv, &s->chain, s->tokens.len)) {
            give_up_pages(b, s);
            struct error err = {0};
            error_memory(&err, "KV pages");
            if (admitted == 0) sequence_fail(s, &err);
            return; /* those behind it wait too, else a long prompt would wait for ever */
        }
        if (s->started == 0) {
            s->started = clock_seconds();
            s->result.cached_tokens = s->n_kv;
            b->counts.prompt_tokens += s->tokens.len;
            b->counts.cached_tokens += s->n_kv;
        }
        s->admitted = true;
        admitted++;
    }
}

/* Room for n tokens of s, taken from the last in order if need be. False: s itself was that. */
static bool make_room(struct batch *b, struct sequence *s, size_t n)
{
    while (!kv_extend(b->engine->kv, &s->chain, n)) {
        struct sequence *last = NULL;
        for (size_t i = 0; i < b->n; i++)
            if (b->sequences[i]->admitted) last = b->sequences[i];
        give_up_pages(b, last);
        b->counts.preempted++;
        if (last == s) return false;
    }
    return true;
}

/* ---- what a step runs ---- */

struct plan {
    size_t n, n_tokens, n_logits, prefill, decode;
};

static void plan_add(struct batch *b, struct plan *p, struct sequence *s, size_t n, size_t n_logits)
{
    struct backend_choice *choices = b->choices + p->n_logits;
    bool room = n_logits && n_logits <= b->engine->max_logits - p->n_logits;
    if (!room || !sequence_choices(s, n_logits, choices)) choices = NULL;
    b->members[p->n] = s;
    b->steps[p->n++] = (struct step_sequence){.tokens = s->tokens.ids + s->n_kv,
                                              .n_tokens = n,
                                              .position = s->n_kv,
                                              .pages = s->chain.pages,
                                              .n_logits = n_logits,
                                              .choices = choices};
    p->n_tokens += n;
    p->n_logits += n_logits;
}

/* Drafts of one sequence; they stand behind its tokens while the step runs. */
static size_t draft(struct batch *b, struct sequence *s, struct speculate_step *step, size_t max)
{
    struct speculator *sp = &s->speculator;
    size_t room = b->engine->context - s->tokens.len;
    size_t wanted = s->options.max_tokens - s->result.generated_tokens;
    if (max > room) max = room;
    if (max > wanted - 1) max = wanted - 1;
    speculator_propose(sp, &b->cost, step, s->tokens.ids, s->tokens.len, max);
    if (sp->n_draft && !kv_extend(b->engine->kv, &s->chain, s->tokens.len + sp->n_draft))
        sp->n_draft = 0;
    size_t n = 0;
    struct error err = {0};
    while (n < sp->n_draft && tokens_push(&s->tokens, sp->draft[n], &err)) n++;
    s->tokens.len -= n;
    sp->n_draft = n;
    return n;
}

static void plan_decoding(struct batch *b, struct plan *p)
{
    size_t decoding = 0;
    for (size_t i = 0; i < b->n; i++) {
        const struct sequence *s = b->sequences[i];
        decoding += s->admitted && !s->paused && left(s) == 1;
    }
    /* Drafted tokens are nearly free up to about 16 in a step, over all sequences. */
    size_t drafts = b->speculate && decoding && decoding <= 4 ? MAX_DRAFT / decoding : 0;
    struct speculate_step step = {decoding, decoding, (double)decoding};
    for (size_t i = 0; i < b->n; i++) {
        struct sequence *s = b->sequences[i];
        if (!s->admitted || s->paused || left(s) != 1) continue;
        if (!make_room(b, s, s->tokens.len)) continue;
        size_t n = 1 + (drafts && s->result.generated_tokens ? draft(b, s, &step, drafts) : 0);
        plan_add(b, p, s, n, n);
        p->decode++;
    }
}

static int by_left(const void *a, const void *b)
{
    const struct sequence *x = *(struct sequence *const *)a, *y = *(struct sequence *const *)b;
    if (x->options.priority != y->options.priority)
        return x->options.priority > y->options.priority ? -1 : 1;
    if (left(x) != left(y)) return left(x) < left(y) ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

/* The prompt tokens of a step, counted as if they stood at the start of a prompt: few while others
 * wait for their next tokens, or lately had to wait for their first. */
static size_t prompt_budget(const struct batch *b, const struct plan *p)
{
    size_t chunk = b->engine->chunk, share = p->decode || b->busy ? 4 : b->shared ? 2 : 1;
    return chunk > share ? chunk / share : 1;
}

/* How many tokens at a position take the time of so many at the start. */
static size_t tokens_for(const struct batch *b, size_t position, size_t budget)
{
    size_t twice_at = b->engine->twice_at;
    if (!b->shared || twice_at == 0) return budget;
    size_t n = budget * twice_at / (twice_at + position);
    return n > 0 ? n : 1;
}

/* The shortest rest of a prompt first, so that a short question does not wait for a long one; but
 * the oldest has every eighth step, so that a long one does not wait for ever. Where a prompt comes
 * to its end, only others that end too are put into the same step: it shall not be longer for a
 * rest that does not. */
static void plan_prompts(struct batch *b, struct plan *p)
{
    size_t n = 0, first = 0;
    struct sequence *oldest = NULL;
    for (size_t i = 0; i < b->n; i++) {
        struct sequence *s = b->sequences[i];
        if (!s->admitted || s->paused) continue;
        if (left(s) > 1)
            s->n_kv = kv_skip(b->engine->kv, &s->chain, s->tokens.ids, s->n_kv, s->tokens.len - 1);
        bool planned = false;
        for (size_t m = 0; m < p->decode; m++) planned |= b->members[m] == s;
        if (planned) continue;
        b->prompts[n++] = s;
        if (!oldest || s->order < oldest->order) oldest = s;
    }
    if (n == 0) return;
    qsort(b->prompts, n, sizeof(struct sequence *), by_left);
    if (b->passed_over >= PASSED_OVER) {
        while (b->prompts[first] != oldest) first++;
        memmove(b->prompts + 1, b->prompts, first * sizeof *b->prompts);
        b->prompts[0] = oldest;
    }
    b->passed_over++;
    size_t budget = prompt_budget(b, p);
    for (size_t i = 0; i < n && budget > 0; i++) {
        struct sequence *s = b->prompts[i];
        size_t most = tokens_for(b, s->n_kv, budget), take = left(s) < most ? left(s) : most;
        bool ends = take == left(s);
        if (i > 0 && !ends) break;
        plan_add(b, p, s, take, ends);
        if (s == oldest) b->passed_over = 0;
        p->prefill += take;
        if (!ends) break;
        size_t used = budget * take / most;
        budget -= used > 0 ? used : 1;
    }
}

/* ---- running it ---- */

/* The sequence's next token, from that row. */
static bool pick(struct batch *b, struct sequence *s, const struct step_sequence *step, size_t row)
{
    struct backend *backend = b->engine->backend;
    if (step->choices) return sequence_take_picked(s, backend->ops->picked(backend, row));
    return sequence_pick(s, backend->ops->logits(backend, row), b->scratch);
}

/* What the sequence makes of its logits, which begin at `row`. */
static void take_result(struct batch *b, struct sequence *s, const struct step_sequence *step,
                        size_t row)
{
    if (step->n_logits == 0) {
        s->n_kv += step->n_tokens;
        kv_fill(b->engine->kv, &s->chain, s->tokens.ids, s->n_kv);
        return;
    }
    size_t first = s->tokens.len, drafted = step->n_logits - 1, accepted = 0;
    s->n_kv = first;
    bool going = pick(b, s, step, row);
    while (going && accepted < drafted &&
           s->tokens.ids[first + accepted] == s->speculator.draft[accepted]) {
        accepted++;
        s->n_kv++;
        going = pick(b, s, step, row + accepted);
    }
    size_t picked = s->tokens.len - first;
    speculator_learn(&s->speculator, s->tokens.ids + first, picked);
    s->result.drafted_tokens += drafted;
    s->result.accepted_tokens += accepted;
    b->counts.generated_tokens += picked;
    b->counts.drafted_tokens += drafted;
    b->counts.accepted_tokens += accepted;
    kv_fill(b->engine->kv, &s->chain, s->tokens.ids, s->n_kv);
}

static bool run(struct batch *b, size_t first, size_t n, struct error *err)
{
    struct backend *backend = b->engine->backend;
    if (!backend->ops->step(backend, b->steps + first, n, err)) return false;
    for (size_t i = first, row = 0; i < first + n; row += b->steps[i++].n_logits)
        take_result(b, b->members[i], &b->steps[i], row);
    return true;
}

static void end_on_request(struct batch *b)
{
    double now = clock_seconds();
    for (size_t i = 0; i < b->n; i++) {
        struct sequence *s = b->sequences[i];
        if (s->options.cancel && atomic_load(s->options.cancel))
            sequence_finish(s, FINISH_CANCELLED);
        else if (s->options.deadline > 0 && now >= s->options.deadline)
            sequence_finish(s, FINISH_DEADLINE);
    }
}

static void remove_done(struct batch *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++) {
        struct sequence *s = b->sequences[i];
        if (s->done)
            give_up_pages(b, s);
        else
            b->sequences[n++] = s;
    }
    b->n = n;
}

static void count_step(struct batch *b, const struct plan *p, uint64_t generated, double seconds)
{
    struct batch_counts *c = &b->counts;
    double keep = exp(-seconds / RATE_SECONDS);
    if (p->prefill) {
        c->prefill_tokens = c->prefill_tokens * keep + (double)p->prefill;
        c->prefill_seconds = c->prefill_seconds * keep + seconds;
    }
    if (p->decode) {
        c->decode_tokens = c->decode_tokens * keep + (double)generated;
        c->decode_seconds = c->decode_seconds * keep + seconds;
    }
    c->steps++;
    if (p->prefill == 0) speculate_measure(&b->cost, p->n_tokens, seconds);
}

bool batch_step(struct batch *b)
{
    end_on_request(b);
    remove_done(b);
    admit(b);
    if (b->busy > 0) b->busy--;
    struct plan p = {0};
    plan_decoding(b, &p);
    plan_prompts(b, &p);
    if (p.n) {
        double started = clock_seconds();
        uint64_t before = b->counts.generated_tokens;
        struct error err = {0};
        if (!run(b, 0, p.n, &err)) /* one of them is at fault: only that one shall fail */
            for (size_t i = 0; i < p.n; i++) {
                bool lost = engine_lost(b->engine);
                if (!lost) error_clear(&err);
                if (lost || !run(b, i, 1, &err)) sequence_fail(b->members[i], &err);
            }
        count_step(b, &p, b->counts.generated_tokens - before, clock_seconds() - started);
    }
    remove_done(b);
    return p.n > 0;
}
