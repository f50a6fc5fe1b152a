/* Ground: a value is given out only where it stands under what was asked. */
#include "rag_fixture.h"

#include "answer/ground.h"

#include <string.h>

static const struct passage CAMRY[] = {
    {"2023 Toyota Camry LE", "Horsepower (hp): 203\nCurb Weight (lb): 3,310\nTorque: 184 lb-ft\n"
                             "Front headroom: 38.3 in\nSuspension rear; trailing arm"},
    {"2023 Toyota Camry LE > Interior",
     "The 2023 Toyota Camry LE seats 5. It offers a cargo volume "
     "of 15.1 cu ft. Base price: $26,420."},
};

static void expect(const char *question, const char *text, const char *wanted)
{
    struct arena arena = {0};
    bool exact;
    const char *got = ground_answer(text, question, "2023 Camry", CAMRY, 2, &exact, &arena);
    if (wanted ? !got || strcmp(got, wanted) != 0 : got != NULL)
        fail_msg("\"%s\": got \"%s\", expected \"%s\"", text, got ? got : "(nothing)",
                 wanted ? wanted : "(nothing)");
    arena_free(&arena);
}

static void value_under_what_is_asked_stands(void **state)
{
    (void)state;
    static const char *const TEXTS[][2] = {
        {"How strong is the 2023 Camry?",
         "The horsepower of the 2023 Toyota Camry LE is 203 hp [1]."},
        {"How heavy is the 2023 Camry?",
         "The curb weight of the 2023 Toyota Camry LE is 3,310 lb [1]."},
        {"2023 Camry twist?", "The torque of the 2023 Toyota Camry LE is 184 lb-ft [1]."},
        {"Rear suspension of the 2023 Camry?",
         "The rear suspension of the 2023 Toyota Camry LE is trailing arm [1]."},
        {"How many people fit?", "The number of seats of the 2023 Toyota Camry LE is 5 [2]."},
        {"What does it cost?", "The base price of the 2023 Toyota Camry LE is $26,420 [2]."},
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        expect(TEXTS[i][0], TEXTS[i][1], TEXTS[i][1]);
}

static void value_of_another_line_does_not(void **state)
{
    (void)state;
    expect("What is the towing capacity of the 2023 Camry?",
           "The towing capacity of the 2023 Toyota Camry LE is 3,310 lb [1].", NULL);
    expect("What is the rear headroom of the 2023 Camry?",
           "The rear headroom of the 2023 Toyota Camry LE is 38.3 in [1].", NULL);
    expect("What is the payload capacity of the 2023 Camry?",
           "The payload of the 2023 Toyota Camry LE is 15.1 cu ft [2].", NULL);
}

static void value_that_stands_nowhere_does_not(void **state)
{
    (void)state;
    const char *q = "What is the horsepower of the 2023 Camry?";
    expect(q, "The horsepower of the 2023 Toyota Camry LE is 230 hp [1].", NULL);
    expect(q, "The horsepower of the 2023 Toyota Camry LE is 20 hp [1].", NULL);
    expect(q, "The horsepower of the 2023 Toyota Camry LE is 203 hp [3].",
           "The horsepower of the 2023 Toyota Camry LE is 203 hp [1].");
    expect(q, "The horsepower of the 2023 Toyota Camry LE is 203 hp.", NULL);
    expect(q, "The horsepower of the 2023 Toyota Camry LE is 203 hp [1", NULL);
    expect(q, "", NULL);
}

static void citation_is_put_right(void **state)
{
    (void)state;
    expect("What is the torque of the 2023 Camry?",
           "The torque of the 2023 Toyota Camry LE is 184 lb-ft [2].",
           "The torque of the 2023 Toyota Camry LE is 184 lb-ft [1].");
}

static void lines_asked_about_are_found(void **state)
{
    (void)state;
    static const struct {
        size_t passage;
        const char *question, *lines, *quote;
    } WANTED[] = {
        {0, "What is the curb weight of the 2023 Camry?", "Curb Weight (lb): 3,310",
         "The curb Weight of the 2023 Camry is 3,310 lb [4]."},
        {0, "How strong is the 2023 Camry?", "Horsepower (hp): 203",
         "The horsepower of the 2023 Camry is 203 hp [4]."},
        {1, "What does the 2023 Camry cost?", "Base price: $26,420.",
         "The base price of the 2023 Camry is $26,420. [4]."},
        {1, "Cargo volume of the 2023 Camry?", "It offers a cargo volume of 15.1 cu ft.",
         "The passages say: \"It offers a cargo volume of 15.1 cu ft\" [4]."},
        {0, "Rear suspension of the 2023 Camry?", "Suspension rear; trailing arm",
         "The suspension rear of the 2023 Camry is trailing arm [4]."},
        {0, "How long does the 2023 Camry take to charge?", NULL, NULL},
        {0, "What is the bed length of the 2023 Camry?", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof WANTED / sizeof *WANTED; i++) {
        struct arena arena = {0};
        struct passage out;
        bool any;
        const struct passage *p = &CAMRY[WANTED[i].passage];
        assert_true(ground_narrow(&out, &any, p, WANTED[i].question, "2023 Camry", &arena));
        assert_int_equal(any, WANTED[i].lines != NULL);
        if (any) assert_string_equal(out.text, WANTED[i].lines);
        const char *quote = ground_quote(WANTED[i].question, "2023 Camry", p, 4, &arena);
        assert_int_equal(quote != NULL, WANTED[i].quote != NULL);
        if (quote) assert_string_equal(quote, WANTED[i].quote);
        arena_free(&arena);
    }
}

static void refusal_is_in_the_statements_words(void **state)
{
    (void)state;
    struct arena arena = {0};
    assert_string_equal(ground_refusal("The towing capacity of the 2023 Toyota Camry is 3 lb [1].",
                                       "Camry", &arena),
                        "The passages do not give the towing capacity of the 2023 Toyota Camry.");
    assert_string_equal(ground_refusal("Nonsense", "2023 Camry", &arena),
                        "The passages do not give this of the 2023 Camry.");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value_under_what_is_asked_stands),
        cmocka_unit_test(value_of_another_line_does_not),
        cmocka_unit_test(value_that_stands_nowhere_does_not),
        cmocka_unit_test(citation_is_put_right),
        cmocka_unit_test(lines_asked_about_are_found),
        cmocka_unit_test(refusal_is_in_the_statements_words),
    };
    return cmocka_run_group_tests_name("ground", tests, NULL, NULL);
}
