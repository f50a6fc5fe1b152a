/* Verification: which numbers of an answer stand in the passages that it cites. */
#include "rag_fixture.h"

#include "answer/verify.h"

static const struct passage PASSAGES[] = {
    {"2023 Toyota Camry LE", "Horsepower: 203 hp\nTorque: 184 lb-ft @ 5,000 rpm\n"
                             "Curb Weight (lb): 3,310\n0-60 mph (s): 8.0\nEngine: 2.5L inline-4"},
    {"2021 Ford F-150 XLT 6.2L", "Horsepower: 400 hp\nTowing Capacity: 13200 lb\nEngine: 3.5L V6\n"
                                 "Base Price: $41,000"},
};

/* "text unit +passage;" for a supported number, '-' for one that is not, '~' for one in a passage
 * that is not cited. 't': it is in the title. */
static void expect_numbers(const char *answer, const char *expected)
{
    struct arena arena = {0};
    struct verification v;
    struct error err = {0};
    struct buffer got = {0};
    if (!verify_answer(&v, answer, PASSAGES, 2, &arena, &err)) fail_msg("%s", err.text);
    for (size_t i = 0; i < v.n_numbers; i++) {
        const struct number_check *n = &v.numbers[i];
        buffer_printf(&got, "%s %s %c%zu%s;", n->text, n->unit,
                      n->supported ? '+'
                      : n->uncited ? '~'
                                   : '-',
                      n->passage, n->in_title ? "t" : "");
        assert_memory_equal(answer + n->offset, n->text, strlen(n->text));
    }
    if (strcmp(buffer_text(&got), expected) != 0)
        fail_msg("\"%s\": got \"%s\", expected \"%s\"", answer, buffer_text(&got), expected);
    buffer_free(&got);
    arena_free(&arena);
}

static void numbers_in_cited_passages_are_supported(void **state)
{
    (void)state;
    expect_numbers("It has 203 hp [1].", "203 hp +1;");
    expect_numbers("The 2023 Toyota Camry LE has 203 hp [1].", "2023  +1t;203 hp +1;");
    expect_numbers("It has 203 horsepower and 184 pound-feet at 5000 rpm [1].",
                   "203 hp +1;184 lb-ft +1;5000 rpm +1;");
    expect_numbers("The F-150 tows 13,200 lb [2].", "150  +2t;13,200 lb +2;");
    expect_numbers("It weighs 3310 lb [1].", "3310 lb +1;");
    expect_numbers("It weighs 3,310.0 pounds [1].", "3,310.0 lb +1;");
    expect_numbers("8 s [1]", "8 s +1;");
    expect_numbers("It costs $41,000 [2].", "41,000 USD +2;");
    expect_numbers("A 3.5-liter V6 [2].", "3.5 L +2;V6  +2;");
    expect_numbers("It has [1] none.", "");
}

static void units_in_the_name_are_supported_by_the_name(void **state)
{
    (void)state;
    expect_numbers("The 6.2L one tows 13,200 lb [2].", "6.2 L +2t;13,200 lb +2;");
    expect_numbers("It has 150 of them [2].", "150  -0;");
    expect_numbers("The f 150 [2].", "150  +2t;");
    expect_numbers("It is of 2021 [2].", "2021  +2t;");
    expect_numbers("It has 150 hp [2].", "150 hp -0;");
    expect_numbers("It has 6.2 hp [2].", "6.2 hp -0;");
}

static void wrong_numbers_are_not_supported(void **state)
{
    (void)state;
    expect_numbers("It has 204 hp [1].", "204 hp -0;");
    expect_numbers("It has 20 hp [1].", "20 hp -0;"); /* no part of 203 */
    expect_numbers("It weighs 310 lb [1].", "310 lb -0;");
    expect_numbers("It has a V8 [2].", "V8  -0;");
    expect_numbers("In 2022 it had 203 hp [1].", "2022  -0;203 hp +1;");
}

static void a_number_in_another_unit_is_not_supported(void **state)
{
    (void)state;
    expect_numbers("It has 203 lb-ft [1].", "203 lb-ft -0;");
    expect_numbers("It weighs 3,310 kg [1].", "3,310 kg -0;"); /* the name says lb */
    expect_numbers("It makes 184 hp [1].", "184 hp -0;");
}

static void a_number_of_another_passage_is_not_supported(void **state)
{
    (void)state;
    expect_numbers("It has 400 hp [1].", "400 hp ~2;");
    expect_numbers("It has 400 hp.", "400 hp ~2;"); /* nothing is cited */
    expect_numbers("It has 203 hp [1]; the other has 400 hp [2].", "203 hp +1;400 hp +2;");
    expect_numbers("They have 203 hp and 400 hp [1][2].", "203 hp +1;400 hp +2;");
    expect_numbers("They have 203 hp and 400 hp [1, 2].", "203 hp +1;400 hp +2;");
}

static void citations_are_parsed_and_checked(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct verification v;
    struct error err = {0};
    assert_true(
        verify_answer(&v, "203 hp [1], again [1], [3], and [2][0].", PASSAGES, 2, &arena, &err));
    assert_int_equal(v.n_citations, 4);
    static const size_t N[] = {1, 3, 2, 0};
    static const bool VALID[] = {true, false, true, false};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(v.citations[i].n, N[i]);
        assert_int_equal(v.citations[i].valid, VALID[i]);
    }
    assert_int_equal(v.n_unsupported, 2);
    assert_string_equal(v.citations[0].quote, "Horsepower: 203 hp");
    assert_true(verify_answer(&v, "[x] [] [1 [1] [ 2 ] [99999999999]", PASSAGES, 2, &arena, &err));
    assert_int_equal(v.n_citations, 2);
    arena_free(&arena);
}

static void quotes_say_where_the_number_stands(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct verification v;
    struct error err = {0};
    assert_true(verify_answer(&v, "5,000 rpm [1]", PASSAGES, 2, &arena, &err));
    assert_string_equal(v.numbers[0].quote, "Torque: 184 lb-ft @ 5,000 rpm");
    assert_memory_equal(PASSAGES[0].text + v.numbers[0].quote_offset, "5,000", 5);
    /* a citation without a number is quoted by its likeliest line */
    assert_true(verify_answer(&v, "Its engine is an inline unit [1].", PASSAGES, 2, &arena, &err));
    assert_string_equal(v.citations[0].quote, "Engine: 2.5L inline-4");
    arena_free(&arena);
}

static void refusals_are_recognised(void **state)
{
    (void)state;
    assert_true(answer_is_refusal("The passages do not say how fast it is."));
    assert_true(answer_is_refusal(" the passages don't hold the answer"));
    assert_true(answer_is_refusal("The documents do not hold it."));
    assert_false(answer_is_refusal("It has 203 hp [1]. The passages do not say more."));
    assert_false(answer_is_refusal(""));
}

static void odd_answers_do_no_harm(void **state)
{
    (void)state;
    struct buffer many = {0};
    for (size_t i = 0; i < 2000; i++) buffer_printf(&many, "%zu hp [%zu] ", i, i);
    const char *const ODD[] = {"",
                               "[",
                               "[1",
                               "]",
                               "[1,",
                               "9",
                               ".5",
                               "$",
                               "1,",
                               "1.",
                               "[[1]]",
                               "-",
                               "99999999999999999999999999999999999999999999999999999999999 hp",
                               "\xe2\x82\xac",
                               buffer_text(&many)};
    for (size_t i = 0; i < sizeof ODD / sizeof *ODD; i++) {
        struct arena arena = {0};
        struct verification v;
        struct error err = {0};
        assert_true(verify_answer(&v, ODD[i], PASSAGES, 2, &arena, &err));
        assert_true(verify_answer(&v, ODD[i], NULL, 0, &arena, &err));
        arena_free(&arena);
    }
    buffer_free(&many);
}

static void numbers_of_a_refusal_claim_nothing(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct verification v;
    struct error err = {0};
    assert_true(verify_answer(&v,
                              "The passages do not name the 2024 BMW 3.0 d. The horsepower of the "
                              "2021 Ford F-150 XLT 6.2L is 400 hp [2].",
                              PASSAGES, 2, &arena, &err));
    assert_int_equal(v.n_unsupported, 0);
    assert_string_equal(v.citations[0].quote, "Horsepower: 400 hp");
    for (size_t i = 0; i < v.n_numbers; i++) assert_true(v.numbers[i].supported);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_a_refusal_claim_nothing),
        cmocka_unit_test(numbers_in_cited_passages_are_supported),
        cmocka_unit_test(units_in_the_name_are_supported_by_the_name),
        cmocka_unit_test(wrong_numbers_are_not_supported),
        cmocka_unit_test(a_number_in_another_unit_is_not_supported),
        cmocka_unit_test(a_number_of_another_passage_is_not_supported),
        cmocka_unit_test(citations_are_parsed_and_checked),
        cmocka_unit_test(quotes_say_where_the_number_stands),
        cmocka_unit_test(refusals_are_recognised),
        cmocka_unit_test(odd_answers_do_no_harm),
    };
    return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
