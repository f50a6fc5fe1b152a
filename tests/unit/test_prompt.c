/* The prompt: its exact words, and how it is fitted into the room there is. */
#include "rag_fixture.h"

#include "answer/prompt.h"

#include <stdio.h>

static const struct passage PASSAGES[] = {
    {"2023 Toyota Camry LE", "Horsepower: 203 hp\nSeats: 5"},
    {"2023 Honda Accord LX", "Horsepower: 192 hp"},
};

static void prompt_is_word_for_word_what_the_model_learned(void **state)
{
    (void)state;
    struct fake_model m = {.says = ""};
    struct generator g = fake_generator(&m, 1000);
    struct prompt p;
    struct error err = {0};
    assert_true(prompt_build(&p, &g, PASSAGES, 2, "How strong is it?", THINKING_OFF, 500, &err));
    assert_string_equal(buffer_text(&m.system),
                        "Answer from the numbered passages only, in one or two sentences, with "
                        "each value's unit, and cite the passage as [n]. If the passages do not "
                        "hold the answer, say so.");
    assert_string_equal(buffer_text(&m.prompt), "Passages:\n\n"
                                                "[1] 2023 Toyota Camry LE\n"
                                                "Horsepower: 203 hp\nSeats: 5\n\n"
                                                "[2] 2023 Honda Accord LX\n"
                                                "Horsepower: 192 hp\n\n"
                                                "Question: How strong is it?");
    assert_int_equal(p.n_passages, 2);
    assert_false(p.cut);
    prompt_free(&p);
    fake_free(&m);
}

static size_t words_of(const char *text)
{
    size_t n = 0;
    bool in = false;
    for (; *text; text++) {
        bool space = *text == ' ' || *text == '\n';
        n += !space && !in;
        in = !space;
    }
    return n;
}

static void passages_are_dropped_from_the_end(void **state)
{
    (void)state;
    struct fake_model m = {.says = ""};
    struct generator g = fake_generator(&m, 1000);
    struct prompt p;
    struct error err = {0};
    assert_true(prompt_build(&p, &g, PASSAGES, 2, "Q?", THINKING_OFF, 500, &err));
    size_t all = p.tokens.len;
    assert_int_equal(all, words_of(buffer_text(&m.system)) + words_of(buffer_text(&m.prompt)));
    prompt_free(&p);
    assert_true(prompt_build(&p, &g, PASSAGES, 2, "Q?", THINKING_OFF, all, &err));
    assert_int_equal(p.n_passages, 2); /* it fits to the token */
    prompt_free(&p);
    assert_true(prompt_build(&p, &g, PASSAGES, 2, "Q?", THINKING_OFF, all - 1, &err));
    assert_int_equal(p.n_passages, 1);
    assert_false(p.cut);
    assert_true(p.tokens.len < all);
    assert_null(strstr(buffer_text(&m.prompt), "Accord"));
    prompt_free(&p);
    fake_free(&m);
}

static void overlong_passage_is_cut_at_the_end_of_a_line(void **state)
{
    (void)state;
    struct buffer text = {0};
    for (size_t i = 0; i < 100; i++)
        buffer_printf(&text, "%sName%zu: value%zu", i ? "\n" : "", i, i);
    struct passage one = {"2023 Toyota Camry", buffer_text(&text)};
    struct fake_model m = {.says = ""};
    struct generator g = fake_generator(&m, 1000);
    struct prompt p;
    struct error err = {0};
    for (size_t room = 40; room < 240; room += 7) {
        assert_true(prompt_build(&p, &g, &one, 1, "Q?", THINKING_OFF, room, &err));
        assert_true(p.tokens.len <= room);
        assert_true(p.cut);
        if (p.n_passages) {
            /* Whole lines only, and one line more would not fit. */
            assert_true(p.tokens.len + 2 > room);
            const char *end = strstr(buffer_text(&m.prompt), "\n\nQuestion: Q?");
            assert_non_null(end);
            size_t lines = 0;
            for (const char *c = strstr(buffer_text(&m.prompt), "Name0"); c < end; c++)
                lines += *c == '\n';
            char last[64];
            snprintf(last, sizeof last, "Name%zu: value%zu\n\nQuestion", lines, lines);
            assert_non_null(strstr(buffer_text(&m.prompt), last));
        }
        prompt_free(&p);
    }
    buffer_free(&text);
    fake_free(&m);
}

static void question_too_long_is_an_error_with_both_numbers(void **state)
{
    (void)state;
    struct fake_model m = {.says = ""};
    struct generator g = fake_generator(&m, 1000);
    struct prompt p;
    struct error err = {0};
    struct buffer question = {0};
    for (size_t i = 0; i < 300; i++) buffer_puts(&question, "word ");
    assert_false(
        prompt_build(&p, &g, PASSAGES, 2, buffer_text(&question), THINKING_OFF, 200, &err));
    assert_int_equal(err.code, ERROR_USAGE);
    size_t needed = words_of(PROMPT_SYSTEM) + 2 + 300;
    char expected[128];
    snprintf(expected, sizeof expected,
             "the question takes %zu tokens, but the model's context leaves room for 200", needed);
    assert_string_equal(err.text, expected);
    buffer_free(&question);
    fake_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prompt_is_word_for_word_what_the_model_learned),
        cmocka_unit_test(passages_are_dropped_from_the_end),
        cmocka_unit_test(overlong_passage_is_cut_at_the_end_of_a_line),
        cmocka_unit_test(question_too_long_is_an_error_with_both_numbers),
    };
    return cmocka_run_group_tests_name("prompt", tests, NULL, NULL);
}
