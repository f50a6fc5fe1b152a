/* Batch invariance: what a text gets in any mix of prompts, decoding, drafts, pauses and
 * cancellations is, to the bit, what it gets alone on an empty cache, a token a step. The mixes are
 * driven a step at a time from a seed, so that a failure can be run again. */
#include "engine/batch.h"
#include "engine/engine_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* ---- one text, and what it gave ---- */

enum { MAX_TOKENS = 48 };

struct text {
    struct tokens prompt;
    struct generate_options options;
    struct sequence sequence;
    atomic_bool cancel;
    struct token_logprob got[MAX_TOKENS];
    size_t n;
    struct buffer out;
};

static bool hear(void *context, const char *piece, size_t len, bool reasoning)
{
    (void)reasoning;
    buffer_append(&((struct text *)context)->out, piece, len);
    return true;
}

static void note(void *context, const struct token_logprob *token, bool reasoning)
{
    struct text *t = context;
    (void)reasoning;
    assert_true(t->n < MAX_TOKENS);
    t->got[t->n++] = *token;
}

static void begin(struct engine *e, struct text *t)
{
    struct error err = {0};
    struct sequence_output out = {t, hear, note};
    t->options.cancel = &t->cancel;
    if (!sequence_create(&t->sequence, e, &t->prompt, &t->options, &out, &err))
        fail_msg("%s", err.text);
    batch_add(e->batch, &t->sequence);
}

static void text_free(struct text *t)
{
    tokens_free(&t->prompt);
    sequence_free(&t->sequence);
    buffer_free(&t->out);
}

/* Takes all pages that are known, so that nothing is. */
static void forget_all(struct engine *e)
{
    struct kv_chain all = {0};
    assert_true(kv_extend(e->kv, &all, e->n_pages * KV_PAGE));
    kv_release(e->kv, &all, NULL, 0);
    assert_int_equal(kv_count(e->kv).cached, 0);
}

static void run_alone(struct engine *e, const struct text *like, struct text *alone)
{
    struct error err = {0};
    *alone = (struct text){.options = like->options};
    for (size_t i = 0; i < like->prompt.len; i++)
        assert_true(tokens_push(&alone->prompt, like->prompt.ids[i], &err));
    forget_all(e);
    begin(e, alone);
    while (e->batch->n) assert_true(batch_step(e->batch));
}

/* A cancelled text may end anywhere, the others where they would alone. */
static void same(const struct text *mixed, const struct text *alone, const char *what)
{
    const struct generate_result *a = &mixed->sequence.result, *b = &alone->sequence.result;
    if (mixed->sequence.error.code) fail_msg("%s: %s", what, mixed->sequence.error.text);
    bool cancelled = a->finish == FINISH_CANCELLED;
    if (cancelled ? mixed->n > alone->n : mixed->n != alone->n || a->finish != b->finish)
        fail_msg("%s: %zu tokens, alone %zu", what, mixed->n, alone->n);
    for (size_t i = 0; i < mixed->n; i++) {
        const struct token_logprob *x = &mixed->got[i], *y = &alone->got[i];
        if (x->id != y->id || memcmp(&x->logprob, &y->logprob, sizeof x->logprob) != 0)
            fail_msg("%s: token %zu is %d (%.9g), alone %d (%.9g)", what, i, x->id,
                     (double)x->logprob, y->id, (double)y->logprob);
        assert_int_equal(x->n_top, y->n_top);
        for (size_t k = 0; k < x->n_top; k++) {
            assert_int_equal(x->top[k].id, y->top[k].id);
            assert_memory_equal(&x->top[k].logprob, &y->top[k].logprob, sizeof(float));
        }
    }
    if (!cancelled) assert_string_equal(buffer_text(&mixed->out), buffer_text(&alone->out));
}

/* ---- a mix ---- */

enum { TEXTS = 9, CONTEXT = 320 };

struct mix_kind {
    const char *model;
    enum quant_type type;
    unsigned kv_bits;
    size_t n_threads, chunk, kv_tokens, max_sequences;
    bool no_speculation;
    const char *isa;
};

static struct engine *open_engine(const struct mix_kind *k, bool alone)
{
    struct error err = {0};
    char dir[100];
    snprintf(dir, sizeof dir, "%s%s",
             strcmp(k->model, "nano") == 0 ? "models/" : "tests/golden/models/", k->model);
    struct engine_options o = {.model_dir = dir,
                               .type = k->type,
                               .kv_bits = k->kv_bits,
                               .n_threads = k->n_threads,
                               .isa = k->isa,
                               .context = CONTEXT,
                               .chunk = alone ? 0 : k->chunk,
                               .kv_tokens = alone ? 0 : k->kv_tokens,
                               .max_sequences = alone ? 1 : k->max_sequences,
                               .no_speculation = alone || k->no_speculation};
    struct engine *e = engine_open(&o, &err);
    if (!e && k->isa && err.code == ERROR_UNSUPPORTED) return NULL;
    if (!e) fail_msg("%s: %s", dir, err.text);
    return e;
}

/* Ordinary ids of any tokenizer here. Prompts of one family begin alike; every third repeats a few
 * tokens again and again, which is what drafts come from. */
static void make_text(struct text *t, size_t index, uint32_t *random)
{
    struct error err = {0};
    uint32_t r = next_random(random), common = r >> 10 & 3, own = r;
    size_t n = 1 + r % (index % 4 == 0 ? 260 : 70), period = index % 3 ? n : 5 + r % 20;
    *t = (struct text){0};
    for (size_t i = 0; i < n; i++) {
        uint32_t id = next_random(i < n * 2 / 3 ? &common : &own);
        int32_t next = i < period ? (int32_t)(20 + id % 200) : t->prompt.ids[i - period];
        assert_true(tokens_push(&t->prompt, next, &err));
    }
    r = next_random(random);
    t->options = (struct generate_options){.max_tokens = 1 + r % MAX_TOKENS,
                                           .sampler = {.top_p = 1, .repetition_penalty = 1},
                                           .ignore_end = r >> 8 & 1,
                                           .logprobs = true,
                                           .top_logprobs = r >> 9 & 3,
                                           .priority = (int)(r >> 11 & 1)};
    if (index % 2) {
        t->options.sampler.temperature = 0.8f;
        t->options.sampler.seed = r;
        t->options.sampler.repetition_penalty = r >> 12 & 1 ? 1.1f : 1;
    }
}

static struct { /* what all mixes together made happen */
    uint64_t cancelled, paused, together, preempted, cached, accepted, drafted;
} seen;

static size_t pick_running(const struct text *texts, size_t n, uint32_t *random)
{
    size_t i = next_random(random) % TEXTS;
    return i < n && !texts[i].sequence.done ? i : TEXTS;
}

/* Texts come, pause, go on and are cancelled between steps, as the seed wills. */
static void run_mix(struct engine *e, struct text *texts, uint32_t *random)
{
    struct batch *b = e->batch;
    size_t n = 0, at;
    while (n < TEXTS || b->n) {
        uint32_t r = next_random(random);
        while (n < TEXTS && b->n < b->capacity && (b->n == 0 || next_random(random) % 4 == 0))
            begin(e, &texts[n++]);
        if (r % 32 == 0 && (at = pick_running(texts, n, random)) < TEXTS) {
            atomic_store(&texts[at].cancel, true);
            seen.cancelled++;
        }
        if (r % 16 == 1 && (at = pick_running(texts, n, random)) < TEXTS) {
            texts[at].sequence.paused = true;
            seen.paused++;
        }
        if (r % 8 == 2 || !batch_step(b))
            for (size_t i = 0; i < n; i++) texts[i].sequence.paused = false;
        seen.together += b->n > 2;
    }
    assert_int_equal(kv_count(e->kv).used, 0);
}

static bool compare(const struct mix_kind *k, size_t mixes, uint32_t seed)
{
    struct engine *mixed = open_engine(k, false), *solo = mixed ? open_engine(k, true) : NULL;
    if (!mixed) return false;
    for (size_t m = 0; m < mixes; m++) {
        uint32_t random = seed + (uint32_t)m;
        struct text *texts = calloc(TEXTS, sizeof *texts), *alone = calloc(1, sizeof *alone);
        assert_true(texts && alone);
        for (size_t i = 0; i < TEXTS; i++) make_text(&texts[i], i, &random);
        run_mix(mixed, texts, &random);
        for (size_t i = 0; i < TEXTS; i++) {
            char what[200];
            snprintf(what, sizeof what, "%s %s, KV of %u bits, %zu threads, %s: seed %u, text %zu",
                     k->model, quant_type_name(k->type), k->kv_bits, k->n_threads,
                     k->isa ? k->isa : "best", seed + (uint32_t)m, i);
            run_alone(solo, &texts[i], alone);
            same(&texts[i], alone, what);
            text_free(alone);
            text_free(&texts[i]);
        }
        free(texts);
        free(alone);
    }
    const struct batch_counts *c = &mixed->batch->counts;
    seen.preempted += c->preempted;
    seen.cached += c->cached_tokens;
    seen.drafted += c->drafted_tokens;
    seen.accepted += c->accepted_tokens;
    if (k->no_speculation) assert_int_equal(c->drafted_tokens, 0);
    engine_free(mixed);
    engine_free(solo);
    return true;
}

static void in_fifty_random_mixes_every_text_is_what_it_is_alone(void **state)
{
    (void)state;
    static const struct mix_kind KINDS[] = {
        {"qwen2", QUANT_Q4, 16, 2, 64, 0, 6, false, NULL},
        {"qwen2", QUANT_Q8, 8, 1, 16, 600, 4, false, NULL},
        {"qwen2-sharded-bf16", QUANT_BF16, 16, 2, 100, 2000, 6, true, NULL},
        {"llama-linear", QUANT_Q4, 8, 2, 64, 0, 5, false, NULL},
        {"llama-linear", QUANT_F32, 16, 1, 33, 700, 6, false, NULL},
        {"llama-llama3", QUANT_Q8, 16, 1, 64, 2000, 3, true, NULL},
        {"llama-llama3", QUANT_BF16, 8, 2, 7, 0, 6, false, NULL},
        {"qwen3-yarn", QUANT_Q4, 16, 1, 64, 500, 6, false, "avx2"},
        {"qwen3-yarn", QUANT_Q8, 8, 2, 50, 2000, 6, false, "avx512"},
        {"qwen2", QUANT_Q4, 8, 1, 64, 0, 6, false, "portable"},
        {"nano", QUANT_Q4, 16, 2, 64, 600, 6, false, NULL},
        {"nano", QUANT_Q8, 8, 1, 128, 0, 4, false, NULL},
    };
    enum { N_KINDS = sizeof KINDS / sizeof *KINDS };
    size_t mixes = 0;
    for (size_t k = 0; k < N_KINDS; k++) {
        size_t n = strcmp(KINDS[k].model, "nano") == 0 ? 2 : 5;
        struct mix_kind kind = KINDS[k];
        if (!compare(&kind, n, (uint32_t)k * 1000)) { /* the set is not in this machine */
            kind.isa = NULL;
            assert_true(compare(&kind, n, (uint32_t)k * 1000));
        }
        mixes += n;
    }
    assert_true(mixes >= 50);
    print_message("%zu mixes: %llu preempted, %llu tokens known, %llu of %llu drafted were right\n",
                  mixes, (unsigned long long)seen.preempted, (unsigned long long)seen.cached,
                  (unsigned long long)seen.accepted, (unsigned long long)seen.drafted);
    assert_true(seen.cancelled > 20 && seen.paused > 20 && seen.together > 1000);
    assert_true(seen.preempted > 10 && seen.cached > 1000);
    assert_true(seen.accepted > 0 && seen.drafted > seen.accepted);
}

static void begin_prompt(struct engine *e, struct text *t, size_t len, uint32_t seed)
{
    struct error err = {0};
    *t = (struct text){.options = {.max_tokens = 1,
                                   .sampler = {.top_p = 1, .repetition_penalty = 1},
                                   .logprobs = true}};
    for (size_t i = 0; i < len; i++)
        assert_true(tokens_push(&t->prompt, (int32_t)(next_random(&seed) % 1000), &err));
    begin(e, t);
}

/* models/nano, as a scheduler has it: others may come. */
static struct engine *open_shared(size_t chunk)
{
    struct mix_kind kind = {.model = "nano",
                            .type = QUANT_Q4,
                            .kv_bits = 16,
                            .n_threads = 1,
                            .chunk = chunk,
                            .kv_tokens = 4 * CONTEXT,
                            .max_sequences = 4,
                            .no_speculation = true};
    struct engine *e = open_engine(&kind, false);
    e->batch->shared = true;
    return e;
}

static size_t steps_to_first_token(struct engine *e, const struct text *t)
{
    size_t steps = 0;
    for (; t->n == 0; steps++) assert_true(batch_step(e->batch));
    return steps;
}

/* 40 tokens are three steps of a quarter chunk, and while the long prompt is read one step more may
 * be the long one's; how long a step is does not grow by what else there is. */
static void a_short_prompt_passes_a_long_one_that_yet_gets_on(void **state)
{
    (void)state;
    struct engine *e = open_shared(64);
    struct text late, texts[60];
    begin_prompt(e, &late, 300, 1);
    assert_true(batch_step(e->batch));
    size_t known = late.sequence.n_kv, n = 0, total = 0;
    assert_int_equal(known, 32);
    /* Always another short one: the long one ends all the same. */
    for (; n < 60; n++) {
        begin_prompt(e, &texts[n], 40, (uint32_t)(2 + n));
        size_t steps = steps_to_first_token(e, &texts[n]);
        text_free(&texts[n]);
        if (late.n) break; /* its own rest was the shorter at last */
        if (steps > 4) fail_msg("text %zu waits for %zu steps", n, steps);
        total += steps;
    }
    assert_int_equal(late.n, 1);
    print_message("the long prompt ends behind %zu short ones, %zu steps\n", n, total);
    assert_true(n > 10 && n < 60);
    /* Seven of eight steps are theirs. */
    assert_true(total * 7 <= (n * 3 + 3) * 8);
    text_free(&late);
    engine_free(e);
}

static void a_step_is_shorter_far_into_a_prompt_and_beside_others(void **state)
{
    (void)state;
    struct engine *e = open_shared(64);
    struct text late, early;
    begin_prompt(e, &late, 310, 1);
    e->twice_at = 100;
    size_t at = 0, taken = 0;
    while (late.sequence.n_kv < 200) { /* at p a token takes 1 + p / 100 times as long */
        assert_true(batch_step(e->batch));
        taken = late.sequence.n_kv - at;
        assert_int_equal(taken, 32 * 100 / (100 + at));
        at = late.sequence.n_kv;
    }
    begin_prompt(e, &early, 20, 2); /* beside others a step has 16 */
    assert_int_equal(steps_to_first_token(e, &early), 2);
    assert_int_equal(late.sequence.n_kv, at);
    assert_true(batch_step(e->batch));
    assert_true(late.sequence.n_kv - at <= taken / 2);
    while (e->batch->n) assert_true(batch_step(e->batch));
    text_free(&late);
    text_free(&early);
    engine_free(e);
}

/* Nobody else: as long as it may be, also behind others that are gone. */
static void a_prompt_alone_has_whole_steps(void **state)
{
    (void)state;
    struct engine *e = open_shared(64);
    e->batch->shared = false;
    for (uint32_t i = 0; i < 2; i++) {
        struct text t;
        begin_prompt(e, &t, 256, i);
        assert_int_equal(steps_to_first_token(e, &t), 4);
        text_free(&t);
    }
    engine_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_prompt_passes_a_long_one_that_yet_gets_on),
        cmocka_unit_test(a_step_is_shorter_far_into_a_prompt_and_beside_others),
        cmocka_unit_test(a_prompt_alone_has_whole_steps),
        cmocka_unit_test(in_fifty_random_mixes_every_text_is_what_it_is_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
