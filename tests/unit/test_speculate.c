/* Look-up speculation: what is proposed, when it is worth running, and that the model says the same
 * with it and without. */
#include "engine/engine.h"
#include "engine/speculate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct speculate_cost UNKNOWN;

/* One sequence alone, on a machine of which nothing is known. */
static void propose(struct speculator *s, const int32_t *text, size_t n)
{
    struct speculate_step step = {1, 1, 1};
    speculator_propose(s, &UNKNOWN, &step, text, n, MAX_DRAFT);
}

static void what_followed_before_is_proposed(void **state)
{
    (void)state;
    struct speculator s = {0};
    static const int32_t TEXT[] = {5, 6, 7, 8, 9, 1, 2, 3, 5, 6, 7};
    propose(&s, TEXT, 11);
    assert_int_equal(s.match, 3);
    assert_int_equal(s.n_proposed, MAX_DRAFT);
    for (size_t i = 0; i < 8; i++) assert_int_equal(s.draft[i], TEXT[3 + i]);
    assert_int_equal(s.draft[8], 8); /* beyond the end: the proposal itself goes on */
    speculator_free(&s);
}

static void the_longest_match_wins_over_a_later_one(void **state)
{
    (void)state;
    struct speculator s = {0};
    static const int32_t TEXT[] = {1, 2, 3, 4, 40, 9, 3, 4, 50, 8, 1, 2, 3, 4};
    propose(&s, TEXT, 14);
    assert_int_equal(s.match, 4);
    assert_int_equal(s.draft[0], 40);
    speculator_free(&s);
}

static void a_text_without_repetition_has_no_draft(void **state)
{
    (void)state;
    struct speculator s = {0};
    int32_t text[500];
    for (int32_t i = 0; i < 500; i++) text[i] = i;
    for (size_t n = 1; n <= 500; n++) {
        propose(&s, text, n);
        assert_int_equal(s.n_proposed, 0);
    }
    speculator_free(&s);
}

/* ---- texts that are known beforehand, played step by step ---- */

/* Relative to a step of one token: as measured with a 1.5B shape on two cores, and with
 * models/nano, where each token costs. */
static const double LARGE[MAX_DRAFT + 1] = {1,    1.03, 1.05, 1.06, 1.13, 1.31, 1.45, 1.61,
                                            1.78, 2.0,  2.14, 2.4,  2.5,  2.68, 2.88, 3.06};
static const double SMALL[MAX_DRAFT + 1] = {1,   1.59, 1.94, 2.29, 2.76, 3.16, 3.6, 3.95,
                                            4.4, 4.81, 5.24, 5.59, 6.07, 6.5,  6.9, 7.31};

struct play {
    struct speculator s;
    struct speculate_cost cost;
    const double *costs;
    size_t at, drafted, right, longest;
    double seconds; /* in steps of one token */
};

static struct play play_begin(const double *costs, size_t at)
{
    struct play p = {.costs = costs, .at = at};
    for (size_t n = 1; n <= 16 * (MAX_DRAFT + 1); n++)
        speculate_measure(&p.cost, 1 + n % 16, 0.01 * costs[n % 16]);
    return p;
}

/* Text up to `end`. */
static void play(struct play *p, const int32_t *text, size_t end)
{
    p->longest = 0;
    while (p->at < end) {
        struct speculate_step step = {1, 1, 1};
        speculator_propose(&p->s, &p->cost, &step, text, p->at, end - p->at - 1);
        size_t n = p->s.n_draft, right = 0;
        assert_int_equal(step.tokens, 1 + n);
        while (right < n && p->s.draft[right] == text[p->at + right]) right++;
        speculator_learn(&p->s, text + p->at, 1 + right);
        speculate_measure(&p->cost, 1 + n, 0.01 * p->costs[n]);
        p->at += 1 + right;
        p->drafted += n;
        p->right += right;
        p->seconds += p->costs[n];
        if (n > p->longest) p->longest = n;
    }
}

enum { PASSAGE = 1000, TEXT = 4000 };

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Passages without any repetition; what follows is the test's. */
static void passages(int32_t *text)
{
    for (int32_t i = 0; i < PASSAGE; i++) text[i] = 1000 + i;
}

/* As long as text that copies no more than two tokens at a time. */
static void no_copy(int32_t *text, size_t from, size_t to, uint32_t seed)
{
    for (size_t i = from; i < to; i++) {
        size_t at = next_random(&seed) % (PASSAGE - 3);
        for (size_t k = 0; k < 2 && i < to; k++, i++) text[i] = text[at + k];
        if (i < to) text[i] = (int32_t)(3000 + next_random(&seed) % 1000);
    }
}

static void text_that_copies_soon_has_long_drafts(void **state)
{
    (void)state;
    static int32_t text[TEXT];
    passages(text);
    memcpy(text + PASSAGE, text + 100, 400 * sizeof *text);
    struct play p = play_begin(LARGE, PASSAGE + 2);
    play(&p, text, PASSAGE + 40); /* in a dozen steps */
    assert_true(p.seconds < 16);
    assert_true(p.longest >= 6);
    play(&p, text, PASSAGE + 400);
    assert_true(p.longest >= 7);
    assert_true(398 / p.seconds > 4);
    speculator_free(&p.s);
    p = play_begin(SMALL, PASSAGE + 2);
    play(&p, text, PASSAGE + 400);
    assert_true(398 / p.seconds > 1.8); /* at most 16 / 7.31 */
    speculator_free(&p.s);
}

static void text_that_does_not_copy_is_hardly_longer(void **state)
{
    (void)state;
    static int32_t text[TEXT];
    for (int small = 0; small < 2; small++)
        for (uint32_t seed = 0; seed < 20; seed++) {
            passages(text);
            no_copy(text, PASSAGE, PASSAGE + 300, seed);
            struct play p = play_begin(small ? SMALL : LARGE, PASSAGE);
            play(&p, text, PASSAGE + 300);
            if (p.seconds > 300 * 1.02) fail_msg("seed %u: %.1f instead of 300", seed, p.seconds);
            speculator_free(&p.s);
        }
}

/* Whatever a text does: here each draft is wrong that was right the last time. */
static void the_account_bounds_what_drafts_may_cost(void **state)
{
    (void)state;
    for (int small = 0; small < 2; small++) {
        struct play p = play_begin(small ? SMALL : LARGE, 0);
        int32_t text[600];
        for (int32_t i = 0; i < 600; i++) text[i] = i % 40;
        size_t drafted = 0;
        for (size_t n = 200; n < 500; n++) {
            struct speculate_step step = {1, 1, 1};
            /* As if all had been right so far. */
            for (size_t c = 0; c < SPECULATE_CLASSES; c++) p.s.hits[c] = p.s.tries[c] = 20;
            speculator_propose(&p.s, &p.cost, &step, text, n, MAX_DRAFT);
            p.seconds += p.costs[p.s.n_draft];
            drafted += p.s.n_draft;
            static const int32_t OTHER = 999;
            speculator_learn(&p.s, &OTHER, 1);
        }
        assert_true(drafted > 0);
        assert_true(p.seconds <= 300 * 1.015 + 1.5);
        speculator_free(&p.s);
    }
}

static void text_that_copies_again_is_drafted_again(void **state)
{
    (void)state;
    static int32_t text[TEXT];
    passages(text);
    size_t end = PASSAGE;
    for (size_t part = 0; part < 4; part++, end += 300) {
        memcpy(text + end, text + 120 * part, 100 * sizeof *text);
        no_copy(text, end + 100, end + 300, (uint32_t)part);
    }
    struct play p = play_begin(LARGE, PASSAGE + 2);
    for (size_t part = 0; part < 4; part++) {
        p.seconds = 0;
        play(&p, text, PASSAGE + 300 * part + 100);
        if (p.longest < 7) fail_msg("part %zu: drafts of at most %zu", part, p.longest);
        assert_true(p.seconds < 40);
        p.seconds = 0;
        play(&p, text, PASSAGE + 300 * part + 300);
        if (p.seconds > 200 * 1.03) fail_msg("part %zu: %.1f instead of 200", part, p.seconds);
    }
    speculator_free(&p.s);
}

static void steps_that_cost_what_they_bring_are_not_run(void **state)
{
    (void)state;
    double costs[MAX_DRAFT + 1];
    for (size_t i = 0; i <= MAX_DRAFT; i++) costs[i] = (double)(1 + i);
    struct play p = play_begin(costs, 100);
    int32_t text[300];
    for (int32_t i = 0; i < 300; i++) text[i] = i % 40;
    play(&p, text, 300);
    assert_int_equal(p.drafted, 0);
    speculator_free(&p.s);
}

/* Four tokens more are nearly free for one sequence, twelve more than the four of four are not. */
static void what_drafts_cost_depends_on_what_else_the_step_runs(void **state)
{
    (void)state;
    int32_t text[300];
    for (int32_t i = 0; i < 300; i++) text[i] = i % 40;
    for (size_t sequences = 1; sequences <= 4; sequences += 3) {
        struct play p = play_begin(LARGE, 0);
        struct speculate_step step = {sequences, sequences, (double)sequences};
        for (size_t c = 0; c < SPECULATE_CLASSES; c++) {
            p.s.tries[c] = 100; /* two of three are right */
            p.s.hits[c] = 66;
        }
        speculator_propose(&p.s, &p.cost, &step, text, 200, 3);
        assert_int_equal(p.s.n_draft, sequences == 1 ? 3 : 1);
        assert_int_equal(step.tokens, sequences + p.s.n_draft);
        speculator_free(&p.s);
    }
}

static void steps_that_were_held_up_do_not_decide_for_long(void **state)
{
    (void)state;
    static int32_t text[TEXT];
    passages(text);
    memcpy(text + PASSAGE, text + 100, 400 * sizeof *text);
    struct play p = play_begin(LARGE, PASSAGE + 2);
    p.cost = (struct speculate_cost){0};
    for (size_t n = 1; n <= 4; n++) speculate_measure(&p.cost, n, n == 1 ? 0.01 : 0.2);
    play(&p, text, PASSAGE + 400); /* drafts look dear, but they are soon tried again */
    assert_true(398 / p.seconds > 3);
    speculator_free(&p.s);
}

struct heard {
    struct buffer text;
};

static bool hear(void *context, const char *text, size_t len, bool reasoning)
{
    (void)reasoning;
    buffer_append(&((struct heard *)context)->text, text, len);
    return true;
}

static void the_model_says_the_same_with_drafts_and_without(void **state)
{
    (void)state;
    static const char *const QUESTION =
        "Passages:\n\n[1] 2023 Toyota Camry LE\nHorsepower (hp): 203\nSeats: 5\n\n"
        "Question: What is the horsepower of the 2023 Toyota Camry?";
    struct error err = {0};
    struct engine_options o = {
        .model_dir = "models/nano", .type = QUANT_Q4, .n_threads = 2, .context = 512};
    size_t drafted = 0;
    for (int sampled = 0; sampled < 2; sampled++) {
        struct heard heard[2] = {0};
        for (int plain = 0; plain < 2; plain++) {
            o.no_speculation = plain;
            struct engine *e = engine_open(&o, &err);
            if (!e) fail_msg("%s", err.text);
            struct tokens prompt = {0};
            struct chat_message m = {ROLE_USER, QUESTION, strlen(QUESTION)};
            assert_true(chat_render(engine_tokenizer(e), engine_chat_format(e), &m, 1, THINKING_OFF,
                                    &prompt, &err));
            struct generate_options g = {.max_tokens = 200, .ignore_end = true};
            g.sampler = (struct sampler_options){
                .temperature = sampled ? 0.3f : 0, .top_p = 1, .repetition_penalty = 1, .seed = 7};
            struct generate_result r;
            if (!engine_generate(e, &prompt, &g, hear, &heard[plain], &r, &err))
                fail_msg("%s", err.text);
            assert_int_equal(r.generated_tokens, 200);
            assert_true(r.accepted_tokens <= r.drafted_tokens);
            if (plain)
                assert_int_equal(r.drafted_tokens, 0);
            else
                drafted += r.drafted_tokens;
            tokens_free(&prompt);
            engine_free(e);
        }
        assert_string_equal(buffer_text(&heard[0].text), buffer_text(&heard[1].text));
        buffer_free(&heard[0].text);
        buffer_free(&heard[1].text);
    }
    assert_true(drafted > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_followed_before_is_proposed),
        cmocka_unit_test(the_longest_match_wins_over_a_later_one),
        cmocka_unit_test(a_text_without_repetition_has_no_draft),
        cmocka_unit_test(text_that_copies_soon_has_long_drafts),
        cmocka_unit_test(text_that_does_not_copy_is_hardly_longer),
        cmocka_unit_test(the_account_bounds_what_drafts_may_cost),
        cmocka_unit_test(text_that_copies_again_is_drafted_again),
        cmocka_unit_test(steps_that_cost_what_they_bring_are_not_run),
        cmocka_unit_test(what_drafts_cost_depends_on_what_else_the_step_runs),
        cmocka_unit_test(steps_that_were_held_up_do_not_decide_for_long),
        cmocka_unit_test(the_model_says_the_same_with_drafts_and_without),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
