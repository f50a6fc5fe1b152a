/* A choice among texts: whatever is picked ends as one of them, and their parts are what the model gives them. */
#include "mind_fixture.h"

#include "grammar/choice_constraint.h"

static const char *const TEXTS[] = {"towing capacity\"", "towed\"", "top speed\"", "width\"", "width of the boot\"",
                                    "最高车速\"", "none of these\""};
enum { N_TEXTS = sizeof TEXTS / sizeof *TEXTS };

static struct choice_constraint *make(const char *const *texts, size_t n)
{
    struct error err = {0};
    struct choice_constraint *c = choice_constraint_create(mind_words, texts, n, &err);
    if (!c) fail_msg("%s", err.text);
    return c;
}

static size_t best_of(const float *logits)
{
    size_t best = 0;
    for (size_t i = 1; i < mind_words->n; i++)
        if (logits[i] > logits[best]) best = i;
    return best;
}

static void whatever_the_model_prefers_a_whole_text_is_written(void **state)
{
    (void)state;
    float *logits = calloc(mind_words->n, sizeof *logits);
    uint32_t seed = 1;
    bool seen[N_TEXTS] = {false};
    assert_non_null(logits);
    for (size_t round = 0; round < 200; round++) {
        struct choice_constraint *c = make(TEXTS, N_TEXTS);
        const struct token_constraint *t = choice_constraint_token(c);
        struct buffer written = {0};
        for (size_t step = 0; step < 64; step++) {
            for (size_t i = 0; i < mind_words->n; i++) {
                seed = seed * 1664525u + 1013904223u;
                logits[i] = (float)(seed >> 24) / 16;
            }
            if (!t->mask(t->context, logits, mind_words->n)) break;
            size_t best = best_of(logits), len;
            t->accept(t->context, (int32_t)best);
            const char *bytes = tokenizer_token_bytes(mind_engine.tokenizer, (int32_t)best, &len);
            buffer_append(&written, bytes, len);
        }
        size_t chosen = choice_constraint_chosen(c);
        assert_true(chosen < N_TEXTS);
        assert_string_equal(buffer_text(&written), TEXTS[chosen]);
        /* No part is more than all. */
        for (size_t i = 0; i < N_TEXTS; i++) assert_true(choice_constraint_log(c, i) <= 1e-9);
        seen[chosen] = true;
        buffer_free(&written);
        choice_constraint_free(c);
    }
    for (size_t i = 0; i < N_TEXTS; i++) assert_true(seen[i]);
    free(logits);
}

/* Spelled byte by byte with known weights: 8 for the first, 2 for the second, which begins alike, 1 for "none". What
 * the model would rather write is left out of account. */
static void parts_are_those_that_the_model_gives_the_texts(void **state)
{
    (void)state;
    static const struct thought THOUGHTS[] = {
        {"", "towing capacity", 8}, {"", "towed", 2}, {"", "none of these", 1}, {"", "something else", 1000}};
    struct mind m = {.thoughts = THOUGHTS, .n = 4};
    struct choice_constraint *c = make(TEXTS, N_TEXTS);
    struct generate_options o = {.max_tokens = 64, .constraint = choice_constraint_token(c)};
    struct generate_result result;
    struct error err = {0};
    struct tokens prompt = {0};
    struct buffer out = {0};
    assert_true(mind_generate(&m, &prompt, &o, mind_keep, &out, &result, &err));
    assert_string_equal(buffer_text(&out), TEXTS[0]);
    assert_int_equal(choice_constraint_chosen(c), 0);
    assert_true(fabs(choice_constraint_log(c, 0) - log(8.0 / 11)) < 1e-4);
    assert_true(fabs(choice_constraint_log(c, 1) - log(2.0 / 11)) < 1e-4);
    assert_true(fabs(choice_constraint_log(c, 6) - log(1.0 / 11)) < 1e-4);
    assert_true(choice_constraint_log(c, 3) < -20);
    buffer_free(&out);
    mind_free(&m);
    choice_constraint_free(c);
}

static void nothing_is_chosen_before_the_end_or_from_no_numbers(void **state)
{
    (void)state;
    struct choice_constraint *c = make(TEXTS, N_TEXTS);
    const struct token_constraint *t = choice_constraint_token(c);
    float *logits = calloc(mind_words->n, sizeof *logits);
    assert_non_null(logits);
    assert_true(t->mask(t->context, logits, mind_words->n));
    assert_true(logits[mind_byte('w')] >= 0);
    assert_true(logits[mind_byte('x')] < 0);
    t->accept(t->context, mind_byte('w'));
    assert_true(choice_constraint_chosen(c) == SIZE_MAX);
    for (size_t i = 0; i < mind_words->n; i++) logits[i] = NAN;
    assert_false(t->mask(t->context, logits, mind_words->n));
    /* A token that was ruled out ends it. */
    for (size_t i = 0; i < mind_words->n; i++) logits[i] = 0;
    assert_true(t->mask(t->context, logits, mind_words->n));
    t->accept(t->context, mind_byte('x'));
    assert_false(t->mask(t->context, logits, mind_words->n));
    assert_true(choice_constraint_chosen(c) == SIZE_MAX);
    free(logits);
    choice_constraint_free(c);
}

static void texts_that_cannot_be_told_apart_are_refused(void **state)
{
    (void)state;
    static char longest[CHOICE_MAX_BYTES + 2];
    static const char *many[CHOICE_MAX_TEXTS + 1];
    memset(longest, 'a', CHOICE_MAX_BYTES + 1);
    const char *const lists[][2] = {{"width", "width of the boot"}, {"width of the boot", "width"}, {"a", "a"}, {"a", ""},
                                    {"b", longest}};
    struct error err;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        err = (struct error){0};
        assert_null(choice_constraint_create(mind_words, lists[i], 2, &err));
        assert_int_equal(err.code, ERROR_USAGE);
    }
    err = (struct error){0};
    assert_null(choice_constraint_create(mind_words, many, CHOICE_MAX_TEXTS + 1, &err));
    assert_int_equal(err.code, ERROR_USAGE);
    assert_null(choice_constraint_create(mind_words, many, 0, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_the_model_prefers_a_whole_text_is_written),
        cmocka_unit_test(parts_are_those_that_the_model_gives_the_texts),
        cmocka_unit_test(nothing_is_chosen_before_the_end_or_from_no_numbers),
        cmocka_unit_test(texts_that_cannot_be_told_apart_are_refused),
    };
    return cmocka_run_group_tests(tests, mind_setup, mind_teardown);
}
