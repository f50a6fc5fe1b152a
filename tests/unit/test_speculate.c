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

static void what_followed_before_is_proposed(void **state)
{
    (void)state;
    struct speculator s = {0};
    static const int32_t TEXT[] = {5, 6, 7, 8, 9, 1, 2, 3, 5, 6, 7};
    speculator_propose(&s, &UNKNOWN, TEXT, 11, MAX_DRAFT);
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
    speculator_propose(&s, &UNKNOWN, TEXT, 14, MAX_DRAFT);
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
        speculator_propose(&s, &UNKNOWN, text, n, MAX_DRAFT);
        assert_int_equal(s.n_proposed, 0);
    }
    speculator_free(&s);
}

static void drafts_grow_while_they_are_right_and_end_when_they_are_wrong(void **state)
{
    (void)state;
    struct speculator s = {0};
    int32_t text[600];
    for (int32_t i = 0; i < 600; i++) text[i] = i % 40;
    size_t n = 100, last = 0;
    while (n < 300) {
        speculator_propose(&s, &UNKNOWN, text, n, MAX_DRAFT);
        last = s.n_draft;
        size_t came = 1 + s.n_draft;
        speculator_learn(&s, text + n, came);
        n += came;
    }
    assert_true(last >= 8);
    for (size_t i = 0; i < 40; i++, n++) {
        speculator_propose(&s, &UNKNOWN, text, n, MAX_DRAFT);
        last = s.n_draft;
        static const int32_t OTHER = 999;
        speculator_learn(&s, &OTHER, 1);
    }
    assert_int_equal(last, 0);
    speculator_free(&s);
}

static void steps_that_cost_what_they_bring_are_not_run(void **state)
{
    (void)state;
    struct speculate_cost cost = {0};
    for (size_t n = 1; n <= MAX_DRAFT + 1; n++) speculate_measure(&cost, n, 0.01 * (double)n);
    struct speculator s = {0};
    int32_t text[300];
    for (int32_t i = 0; i < 300; i++) text[i] = i % 40;
    for (size_t n = 100; n < 300; n++) {
        speculator_propose(&s, &cost, text, n, MAX_DRAFT);
        assert_int_equal(s.n_draft, 0);
        speculator_learn(&s, text + n, 1);
    }
    speculator_free(&s);
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
        cmocka_unit_test(drafts_grow_while_they_are_right_and_end_when_they_are_wrong),
        cmocka_unit_test(steps_that_cost_what_they_bring_are_not_run),
        cmocka_unit_test(the_model_says_the_same_with_drafts_and_without),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
