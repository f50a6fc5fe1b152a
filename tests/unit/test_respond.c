/* Respond: a model for one vehicle at a time is asked that way, and its answers are put together.
 */
#include "rag_fixture.h"

#include "answer/respond.h"

#include <string.h>

static const struct passage CARS[] = {
    {"2021 Honda Civic LX", "Horsepower: 158 hp"},
    {"2023 Toyota Camry LE", "Horsepower: 203 hp\nCurb Weight: 3310 lb"},
};

static bool keep(void *context, const char *text, size_t len, bool reasoning)
{
    (void)reasoning;
    buffer_append(context, text, len);
    return true;
}

static void ask(const char *says, bool one_vehicle, const char *question, const char *wanted,
                bool generated, const char *not_shown)
{
    struct fake_model m = {.says = says};
    struct generator g = fake_generator(&m, 1000);
    g.one_vehicle = one_vehicle;
    struct arena arena = {0};
    struct buffer heard = {0};
    struct error err = {0};
    struct response r;
    struct respond_options o = {
        .max_tokens = 100, .thinking = THINKING_OFF, .sink = keep, .sink_context = &heard};
    assert_true(respond(&r, &g, question, CARS, 2, &o, &arena, &err));
    assert_string_equal(r.text, wanted);
    assert_string_equal(buffer_text(&heard), generated ? wanted : "");
    assert_int_equal(r.generated, generated);
    if (not_shown) assert_null(strstr(buffer_text(&m.prompt), not_shown));
    buffer_free(&heard);
    arena_free(&arena);
    fake_free(&m);
}

static void model_reads_only_the_vehicle_asked_about(void **state)
{
    (void)state;
    ask("The horsepower of the 2023 Toyota Camry LE is 203 hp [1].", true,
        "What is the horsepower of the 2023 Toyota Camry?",
        "The horsepower of the 2023 Toyota Camry LE is 203 hp [2].", true, "Honda");
}

static void any_other_model_reads_all(void **state)
{
    (void)state;
    ask("Nonsense [1].", false, "What is the horsepower of the 2023 Toyota Camry?", "Nonsense [1].",
        true, NULL);
}

static void line_is_quoted_where_the_model_misses_it(void **state)
{
    (void)state;
    ask("The horsepower of the 2023 Toyota Camry LE is 203 hp [1].", true,
        "Compare the horsepower of the 2021 Honda Civic and the 2023 Toyota Camry.",
        "The horsepower of the 2021 Honda Civic is 158 hp [1]. "
        "The horsepower of the 2023 Toyota Camry LE is 203 hp [2].",
        true, NULL);
}

static void refusal_stands_before_the_other_vehicles_value(void **state)
{
    (void)state;
    ask("The curb weight of the 2023 Toyota Camry LE is 3310 lb [1].", true,
        "Compare the weight of the 2023 Toyota Camry and the 2021 Honda Civic.",
        "The passages do not give the curb weight of the 2023 Toyota Camry LE. "
        "The curb weight of the 2023 Toyota Camry LE is 3310 lb [2].",
        true, NULL);
}

static void vehicle_that_is_not_there_is_refused_unasked(void **state)
{
    (void)state;
    ask("x", true, "What is the horsepower of the 2024 Toyota Camry?",
        "The passages do not name the 2024 Toyota Camry.", false, NULL);
}

static void value_of_another_line_is_not_said(void **state)
{
    (void)state;
    ask("The towing capacity of the 2023 Toyota Camry LE is 3310 lb [1].", true,
        "What is the towing capacity of the 2023 Toyota Camry?",
        "The passages do not give the towing capacity of the 2023 Toyota Camry LE.", true, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(model_reads_only_the_vehicle_asked_about),
        cmocka_unit_test(any_other_model_reads_all),
        cmocka_unit_test(line_is_quoted_where_the_model_misses_it),
        cmocka_unit_test(refusal_stands_before_the_other_vehicles_value),
        cmocka_unit_test(vehicle_that_is_not_there_is_refused_unasked),
        cmocka_unit_test(value_of_another_line_is_not_said),
    };
    return cmocka_run_group_tests_name("respond", tests, NULL, NULL);
}
