/* Many requests on one engine: each gets, to the bit, what it gets alone; the queue is bounded; a
 * slow reader, an error or a cancelled request is nobody else's business. On the tiny models of
 * tests/golden and on models/nano. */
#include "base/clock.h"
#include "engine/scheduler.h"

#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct sampler_options GREEDY = {.top_p = 1, .repetition_penalty = 1};

static struct engine *open_engine(const char *dir, enum quant_type type, size_t context,
                                  size_t kv_tokens, size_t max_sequences)
{
    struct error err = {0};
    struct engine_options o = {.model_dir = dir,
                               .type = type,
                               .n_threads = 2,
                               .context = context,
                               .chunk = 64,
                               .kv_tokens = kv_tokens,
                               .max_sequences = max_sequences};
    struct engine *e = engine_open(&o, &err);
    if (!e) fail_msg("%s: %s", dir, err.text);
    return e;
}

static struct scheduler *start(struct engine *e, const struct scheduler_options *o)
{
    struct error err = {0};
    struct scheduler *s = scheduler_create(e, o, &err);
    if (!s) fail_msg("%s", err.text);
    return s;
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Ordinary ids of any tokenizer here; prompts of one `family` begin alike. */
static void make_prompt(struct tokens *t, size_t n, uint32_t family, uint32_t seed)
{
    struct error err = {0};
    uint32_t common = family, own = seed + 77;
    t->len = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t r = next_random(i < n * 2 / 3 ? &common : &own);
        assert_true(tokens_push(t, (int32_t)(20 + r % 200), &err));
    }
}

/* All that a request gave. */
struct got {
    struct buffer text;
    struct token_logprob *tokens;
    size_t n_tokens;
    struct generate_result result;
    enum request_state state;
    struct error error;
};

static void got_free(struct got *g)
{
    buffer_free(&g->text);
    free(g->tokens);
    *g = (struct got){0};
}

static void take(struct request *r, struct got *g)
{
    struct request_output out = {0};
    while (request_read(r, &out)) {
        buffer_append(&g->text, out.text.data, out.text.len);
        if (!out.n_tokens) continue;
        g->tokens = realloc(g->tokens, (g->n_tokens + out.n_tokens) * sizeof *g->tokens);
        assert_non_null(g->tokens);
        memcpy(g->tokens + g->n_tokens, out.tokens, out.n_tokens * sizeof *g->tokens);
        g->n_tokens += out.n_tokens;
    }
    request_output_free(&out);
}

static void finish(struct request *r, struct got *g)
{
    do {
        while (!request_wait(r, 1)) continue;
        g->state = request_state(r, &g->result, &g->error);
        take(r, g);
    } while (g->state < REQUEST_DONE);
    request_release(r);
}

static struct request *submit(struct scheduler *s, const struct tokens *prompt,
                              const struct generate_options *o)
{
    struct error err = {0};
    struct request *r = scheduler_submit(s, prompt, o, NULL, NULL, &err);
    if (!r) fail_msg("%s", err.text);
    return r;
}

static void same(const struct got *a, const struct got *b, const char *what)
{
    if (a->state != b->state || a->result.finish != b->result.finish ||
        a->result.generated_tokens != b->result.generated_tokens || a->n_tokens != b->n_tokens ||
        strcmp(buffer_text(&a->text), buffer_text(&b->text)) != 0)
        fail_msg("%s: \"%.60s\" and \"%.60s\" (%zu and %zu tokens)", what, buffer_text(&a->text),
                 buffer_text(&b->text), a->n_tokens, b->n_tokens);
    for (size_t i = 0; i < a->n_tokens; i++) {
        assert_int_equal(a->tokens[i].id, b->tokens[i].id);
        if (memcmp(&a->tokens[i].logprob, &b->tokens[i].logprob, sizeof(float)) != 0)
            fail_msg("%s: token %zu: logprob %.9g and %.9g", what, i, (double)a->tokens[i].logprob,
                     (double)b->tokens[i].logprob);
    }
}

enum { MIX = 10 };

/* Requests of all kinds at random times against each alone on a fresh cache. */
static void compare_mixes(const char *dir, enum quant_type type, size_t kv_tokens, size_t mixes)
{
    struct engine *alone = open_engine(dir, type, 320, 0, 1);
    struct engine *together = open_engine(dir, type, 320, kv_tokens, 6);
    struct scheduler *one = start(alone, &(struct scheduler_options){0});
    struct scheduler *many = start(together, &(struct scheduler_options){0});
    uint32_t random = 5;
    for (size_t mix = 0; mix < mixes; mix++) {
        struct tokens prompts[MIX] = {0};
        struct generate_options options[MIX];
        struct request *requests[MIX];
        struct got want[MIX] = {0}, got[MIX] = {0};
        for (size_t i = 0; i < MIX; i++) {
            uint32_t r = next_random(&random);
            make_prompt(&prompts[i], 1 + r % (i % 3 ? 60 : 250), r >> 10 & 1, r);
            options[i] = (struct generate_options){.max_tokens = 1 + (r >> 4) % 30,
                                                   .sampler = GREEDY,
                                                   .ignore_end = true,
                                                   .logprobs = true,
                                                   .top_logprobs = i % 4,
                                                   .priority = (int)(r >> 12 & 1)};
            if (i % 2) {
                options[i].sampler.temperature = 0.8f;
                options[i].sampler.seed = r;
                options[i].sampler.repetition_penalty = 1.1f;
            }
        }
        for (size_t i = 0; i < MIX; i++) {
            requests[i] = submit(many, &prompts[i], &options[i]);
            if (next_random(&random) % 3 == 0) request_wait(requests[i], 0.005);
        }
        for (size_t i = 0; i < MIX; i++) finish(requests[i], &got[i]);
        for (size_t i = 0; i < MIX; i++) {
            char what[200];
            snprintf(what, sizeof what, "%s, type %d, mix %zu, request %zu", dir, type, mix, i);
            finish(submit(one, &prompts[i], &options[i]), &want[i]);
            same(&got[i], &want[i], what);
            got_free(&got[i]);
            got_free(&want[i]);
            tokens_free(&prompts[i]);
        }
    }
    struct scheduler_stats stats;
    scheduler_stats(many, &stats);
    assert_int_equal(stats.done, mixes * MIX);
    assert_int_equal(stats.kv_pages_used, 0);

    scheduler_free(one);
    scheduler_free(many);
    engine_free(alone);
    engine_free(together);
}

static void a_result_does_not_depend_on_what_else_runs(void **state)
{
    (void)state;
    static const char *const MODELS[] = {"qwen2", "llama-linear", "llama-llama3", "qwen3-yarn"};
    static const enum quant_type TYPES[] = {QUANT_F32, QUANT_BF16, QUANT_Q8, QUANT_Q4};
    for (size_t m = 0; m < 4; m++)
        for (size_t t = 0; t < 4; t++) {
            char dir[100];
            snprintf(dir, sizeof dir, "tests/golden/models/%s", MODELS[m]);
            compare_mixes(dir, TYPES[t], m % 2 ? 2000 : 0, 1);
        }
}

static void nano_is_the_same_in_any_mix_too(void **state)
{
    (void)state;
    compare_mixes("models/nano", QUANT_Q4, 600, 2);
    compare_mixes("models/nano", QUANT_Q8, 0, 1);
}

static void pages_that_run_out_delay_and_change_nothing(void **state)
{
    (void)state;
    struct engine *e = open_engine("tests/golden/models/qwen2", QUANT_Q8, 320, 0, 6);
    struct scheduler *s = start(e, &(struct scheduler_options){0});
    struct tokens prompt[6] = {0};
    struct request *r[6];
    struct got first[6] = {0}, again = {0};
    struct generate_options o = {
        .max_tokens = 200, .sampler = GREEDY, .ignore_end = true, .logprobs = true};
    for (size_t i = 0; i < 6; i++) {
        make_prompt(&prompt[i], 40, (uint32_t)i, (uint32_t)i);
        r[i] = submit(s, &prompt[i], &o);
    }
    for (size_t i = 0; i < 6; i++) finish(r[i], &first[i]);
    struct scheduler_stats stats;
    scheduler_stats(s, &stats);
    assert_true(stats.preempted > 0);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(first[i].state, REQUEST_DONE);
        finish(submit(s, &prompt[i], &o), &again);
        same(&first[i], &again, "preempted and alone");
        got_free(&again);
        got_free(&first[i]);
        tokens_free(&prompt[i]);
    }
    scheduler_free(s);
    engine_free(e);
}

static void a_full_queue_says_so_and_takes_more_later(void **state)
{
    (void)state;
    struct engine *e = open_engine("tests/golden/models/qwen2", QUANT_Q8, 320, 0, 1);
    struct scheduler *s = start(e, &(struct scheduler_options){.max_waiting = 2});
    struct tokens prompt = {0};
    make_prompt(&prompt, 30, 1, 1);
    struct generate_options o = {.max_tokens = 250, .sampler = GREEDY, .ignore_end = true};
    struct request *r[16];
    size_t n = 0;
    struct error err = {0};
    /* A reader that does not read is what keeps the first one running. */
    while (n < 16 && (r[n] = scheduler_submit(s, &prompt, &o, NULL, NULL, &err))) n++;
    assert_true(n >= 2 && n < 16);
    assert_int_equal(err.code, ERROR_BUSY);
    struct scheduler_stats stats;
    scheduler_stats(s, &stats);
    assert_int_equal(stats.refused, 1);
    assert_true(stats.retry_after > 0);
    for (size_t i = 0; i < n; i++) {
        struct got g = {0};
        finish(r[i], &g);
        assert_int_equal(g.state, REQUEST_DONE);
        got_free(&g);
    }
    struct got g = {0};
    finish(submit(s, &prompt, &o), &g);
    assert_int_equal(g.result.generated_tokens, 250);
    got_free(&g);
    tokens_free(&prompt);
    scheduler_free(s);
    engine_free(e);
}

static void a_slow_reader_stalls_only_itself(void **state)
{
    (void)state;
    struct engine *e = open_engine("tests/golden/models/qwen2", QUANT_Q8, 320, 2000, 4);
    struct scheduler *s = start(e, &(struct scheduler_options){.max_unread = 64});
    struct tokens prompt = {0};
    make_prompt(&prompt, 30, 1, 1);
    struct generate_options o = {.max_tokens = 200, .sampler = GREEDY, .ignore_end = true};
    struct request *slow = submit(s, &prompt, &o);
    make_prompt(&prompt, 31, 2, 2);
    struct got quick = {0}, late = {0};
    finish(submit(s, &prompt, &o), &quick);
    assert_int_equal(quick.result.generated_tokens, 200);
    assert_int_equal(request_state(slow, NULL, NULL), REQUEST_RUNNING);
    finish(slow, &late);
    assert_int_equal(late.result.generated_tokens, 200);
    got_free(&quick);
    got_free(&late);
    tokens_free(&prompt);
    scheduler_free(s);
    engine_free(e);
}

static bool mask_all_but_one(void *context, float *logits, size_t vocab)
{
    int32_t only = *(int32_t *)context;
    for (size_t i = 0; i < vocab; i++)
        if ((int32_t)i != only) logits[i] = only < 0 ? NAN : -INFINITY;
    return true;
}

static void count_accepted(void *context, int32_t id)
{
    assert_int_equal(id, *(int32_t *)context);
}

static void a_constraint_decides_and_an_error_is_its_own(void **state)
{
    (void)state;
    struct engine *e = open_engine("tests/golden/models/qwen2", QUANT_Q8, 320, 2000, 4);
    struct scheduler *s = start(e, &(struct scheduler_options){0});
    struct tokens prompt = {0};
    struct got plain = {0}, other = {0}, bad = {0}, forced = {0};
    make_prompt(&prompt, 50, 3, 3);
    struct generate_options o = {
        .max_tokens = 40, .sampler = GREEDY, .ignore_end = true, .logprobs = true};
    finish(submit(s, &prompt, &o), &plain);
    /* With only -1 allowed all logits but one are not numbers, and no id is -1: an error. */
    int32_t none = -1, only = 33;
    struct token_constraint breaks = {&none, mask_all_but_one, count_accepted};
    struct token_constraint forces = {&only, mask_all_but_one, count_accepted};
    struct generate_options b = o, f = o;
    b.constraint = &breaks;
    f.constraint = &forces;
    struct request *good = submit(s, &prompt, &o), *failing = submit(s, &prompt, &b),
                   *constrained = submit(s, &prompt, &f);
    finish(failing, &bad);
    finish(good, &other);
    finish(constrained, &forced);
    assert_int_equal(bad.state, REQUEST_FAILED);
    assert_non_null(strstr(bad.error.text, "not numbers"));
    same(&plain, &other, "beside an error");
    assert_int_equal(forced.n_tokens, 40);
    for (size_t i = 0; i < 40; i++) assert_int_equal(forced.tokens[i].id, 33);
    got_free(&plain);
    got_free(&other);
    got_free(&bad);
    got_free(&forced);
    tokens_free(&prompt);
    scheduler_free(s);
    engine_free(e);
}

static void cancelled_late_and_drained_requests_end_and_free_their_pages(void **state)
{
    (void)state;
    struct engine *e = open_engine("tests/golden/models/qwen2", QUANT_Q8, 320, 2000, 2);
    struct scheduler *s = start(e, &(struct scheduler_options){.max_unread = 16});
    struct tokens prompt = {0};
    make_prompt(&prompt, 100, 1, 1);
    struct error err = {0};
    struct generate_options o = {.max_tokens = 200, .sampler = GREEDY, .ignore_end = true};
    struct request *running = submit(s, &prompt, &o), *second = submit(s, &prompt, &o),
                   *waiting = submit(s, &prompt, &o);
    struct generate_options past = o;
    past.deadline = clock_seconds();
    struct request *late = submit(s, &prompt, &past);
    struct got g = {0};
    finish(late, &g);
    assert_int_equal(g.result.finish, FINISH_DEADLINE);
    got_free(&g);
    request_cancel(waiting);
    finish(waiting, &g);
    assert_int_equal(g.result.finish, FINISH_CANCELLED);
    assert_int_equal(g.result.generated_tokens, 0);
    got_free(&g);
    request_cancel(running);
    finish(running, &g);
    assert_int_equal(g.result.finish, FINISH_CANCELLED);
    got_free(&g);
    assert_false(scheduler_drain(s, 0));
    assert_null(scheduler_submit(s, &prompt, &o, NULL, NULL, &err));
    assert_int_equal(err.code, ERROR_BUSY);
    finish(second, &g);
    assert_int_equal(g.result.finish, FINISH_CANCELLED);
    got_free(&g);
    struct scheduler_stats stats;
    scheduler_stats(s, &stats);
    assert_int_equal(stats.running + stats.waiting + stats.kv_pages_used, 0);
    tokens_free(&prompt);
    scheduler_free(s);
    engine_free(e);
}

static void a_prompt_seen_before_is_known_even_while_it_runs(void **state)
{
    (void)state;
    struct engine *e = open_engine("tests/golden/models/qwen2", QUANT_Q8, 320, 2000, 4);
    struct scheduler *s = start(e, &(struct scheduler_options){0});
    struct tokens prompt = {0};
    make_prompt(&prompt, 250, 9, 1);
    struct generate_options o = {.max_tokens = 8, .sampler = GREEDY, .ignore_end = true};
    struct got g = {0};
    finish(submit(s, &prompt, &o), &g);
    assert_int_equal(g.result.cached_tokens, 0);
    got_free(&g);
    make_prompt(&prompt, 250, 9, 2); /* the same two thirds */
    finish(submit(s, &prompt, &o), &g);
    assert_true(g.result.cached_tokens >= 250 * 2 / 3);
    got_free(&g);
    tokens_free(&prompt);
    scheduler_free(s);
    engine_free(e);
}

struct caller {
    struct engine *engine;
    struct tokens prompt;
    struct generate_options options;
    struct buffer text;
    bool ok;
};

static bool add_text(void *context, const char *text, size_t len, bool reasoning)
{
    (void)reasoning;
    buffer_append(&((struct caller *)context)->text, text, len);
    return true;
}

static void *call(void *arg)
{
    struct caller *c = arg;
    struct error err = {0};
    struct generate_result r;
    c->ok = engine_generate(c->engine, &c->prompt, &c->options, add_text, c, &r, &err) &&
            r.generated_tokens == c->options.max_tokens;
    return NULL;
}

static void engine_generate_serves_many_threads_through_it(void **state)
{
    (void)state;
    struct engine *e = open_engine("tests/golden/models/llama-linear", QUANT_Q4, 320, 2000, 4);
    struct caller callers[8] = {0}, solo[8] = {0};
    struct scheduler *s = NULL;
    for (int with = 0; with < 2; with++) {
        struct caller *c = with ? callers : solo;
        pthread_t threads[8];
        if (with) s = start(e, &(struct scheduler_options){0});
        for (size_t i = 0; i < 8; i++) {
            c[i].engine = e;
            c[i].options =
                (struct generate_options){.max_tokens = 20, .sampler = GREEDY, .ignore_end = true};
            make_prompt(&c[i].prompt, 20 + 10 * i, 4, (uint32_t)i);
            assert_int_equal(pthread_create(&threads[i], NULL, call, &c[i]), 0);
            if (!with) pthread_join(threads[i], NULL);
        }
        for (size_t i = 0; i < 8; i++) {
            if (with) pthread_join(threads[i], NULL);
            assert_true(c[i].ok);
        }
    }
    for (size_t i = 0; i < 8; i++) {
        assert_string_equal(buffer_text(&callers[i].text), buffer_text(&solo[i].text));
        buffer_free(&callers[i].text);
        buffer_free(&solo[i].text);
        tokens_free(&callers[i].prompt);
        tokens_free(&solo[i].prompt);
    }
    scheduler_free(s);
    engine_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_result_does_not_depend_on_what_else_runs),
        cmocka_unit_test(nano_is_the_same_in_any_mix_too),
        cmocka_unit_test(pages_that_run_out_delay_and_change_nothing),
        cmocka_unit_test(a_full_queue_says_so_and_takes_more_later),
        cmocka_unit_test(a_slow_reader_stalls_only_itself),
        cmocka_unit_test(a_constraint_decides_and_an_error_is_its_own),
        cmocka_unit_test(cancelled_late_and_drained_requests_end_and_free_their_pages),
        cmocka_unit_test(a_prompt_seen_before_is_known_even_while_it_runs),
        cmocka_unit_test(engine_generate_serves_many_threads_through_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
