/* Questions for the first of many vehicles: which are taken for one, what is compared, what is
 * said. */
#include "rag_fixture.h"

#include "query/ranking.h"
#include "vehicle/units.h"
#include "answer/verify.h"

#include <math.h>

static struct arena arena;

/* The answer to a question; text is "" when it is none for the first of many. */
static struct ranking rank(struct store *s, const char *question)
{
    struct error err = {0};
    struct question q;
    struct ranking r;
    if (!question_understand(&q, s, question, &err)) fail_msg("%s", err.text);
    if (!ranking_answer(&r, s, &q, NULL, &arena, &err)) fail_msg("%s: %s", question, err.text);
    question_free(&q);
    return r;
}

static void says(struct store *s, const char *question, const char *expected)
{
    struct ranking r = rank(s, question);
    if (!r.asked || !strstr(r.text, expected))
        fail_msg("%s: \"%s\" and not \"%s\"", question, r.text, expected);
    hit_list_free(&r.hits);
}

static void is_none(struct store *s, const char *question)
{
    struct ranking r = rank(s, question);
    if (r.asked) fail_msg("%s: taken for a superlative: %s", question, r.text);
}

static void clear(struct store *s)
{
    store_close(s);
    arena_free(&arena);
    arena = (struct arena){0};
}

static void the_first_of_the_vehicles_that_are_meant_is_named(void **state)
{
    (void)state;
    struct store *s = cars_store();
    says(s, "Which of the Toyotas has the most horsepower?",
         "The 2023 Toyota Camry XSE V6 has the highest horsepower: 301 hp [1]. Next: the 2023 "
         "Toyota Camry LE, 203 hp [2], then the 2021 Toyota Camry LE, 203 hp [3].");
    says(s, "Which vehicle has the most horsepower?", "The 2023 Tesla Model 3 Long Range has");
    says(s, "Which pickup can tow the most?", "2021 Ford F-150 XLT has the highest");
    says(s, "Which truck has the least horsepower?", "2022 Chevrolet Silverado 1500 LT has the");
    says(s, "what is the quickest gasoline car",
         "2022 Lexus IS 350 has the lowest 0-60 mph: 5.6 s");
    says(s, "Which SUV built before 2023 has the most horsepower?", "Land Rover Range Rover has");
    says(s, "Which 2021 Toyota has the most horsepower?", "2021 Toyota Camry LE");
    says(s, "Which Camry has the best fuel economy?", "32 mpg");
    says(s, "Which sedans and SUVs have the lowest mpg?",
         "Range Rover has the lowest combined MPG: 21");
    clear(s);
}

static void the_quickest_has_the_least_time(void **state)
{
    (void)state;
    struct store *s = memory_store();
    ingest_ok(s, "/a.csv", DOCUMENT_CSV,
              "Make,Model,Year,0-60 mph (s),Price (USD)\nToyota,Slow,2020,9.1,20000\n"
              "Toyota,Quick,2020,4.5,41500\n");
    says(s, "Which Toyota is the quickest?",
         "The 2020 Toyota Quick has the lowest 0-60 mph: 4.5 s");
    says(s, "Which Toyota has the fastest 0-60 time?", "Toyota Quick has the lowest");
    says(s, "Which Toyota has the best price?", "Toyota Slow has the lowest price: $20000");
    says(s, "Which Toyota is the most expensive?", "Toyota Quick has the highest price: $41500");
    clear(s);
}

static void other_questions_are_left_to_the_model(void **state)
{
    (void)state;
    struct store *s = cars_store();
    static const char *const OTHERS[] = {
        "What is the horsepower of the 2023 Toyota Camry?",
        "Which has more horsepower, the 2023 Toyota Camry or the 2023 Honda Accord?",
        "Which has the most horsepower, the 2023 Toyota Camry or the 2023 Honda Accord?",
        "What is the highest power of the 2023 Toyota Camry?",
        "Which Toyota with all wheel drive has the most horsepower?",
        "Which Toyota has the most horsepower under 30000 dollars?",
        "Which Toyota has the second most horsepower?",
        "Which Toyota does not have the most horsepower?",
        "Which Toyota has more horsepower than the most powerful Honda?",
        "Which Toyota has the most horsepower and the least torque?",
        "Which Toyota is the best?",
        "Which Ferrari has the most horsepower?",
    };
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++) is_none(s, OTHERS[i]);
    clear(s);
}

static void units_are_compared_and_values_stay_as_written(void **state)
{
    (void)state;
    struct store *s = memory_store();
    ingest_ok(s, "/a.csv", DOCUMENT_CSV,
              "Make,Model,Year,Horsepower (hp),Curb weight (lb)\nToyota,Aa,2020,200,4000\n"
              "Toyota,Bb,2020,190,3000\n");
    ingest_ok(s, "/b.csv", DOCUMENT_CSV,
              "Make,Model,Year,Max power (kW),Mass (kg)\nToyota,Cc,2020,160,1900\n");
    says(s, "Which Toyota has the most power?",
         "The 2020 Toyota Cc has the highest max power: 160 kW [1]. Next: the 2020 Toyota Aa, 200 "
         "hp");
    says(s, "Which Toyota is the heaviest?", "Toyota Cc has the highest mass: 1900 kg");
    ingest_ok(s, "/c.csv", DOCUMENT_CSV,
              "Make,Model,Year,City MPG,Highway MPG\nToyota,Aa,2020,20,41\nToyota,Bb,2020,30,40\n");
    says(s, "Which Toyota has the best city mpg?", "Toyota Bb has the highest city MPG: 30 mpg");
    says(s, "Which Toyota has the best highway mpg?", "Toyota Aa has the highest highway MPG: 41");
    ingest_ok(s, "/d.csv", DOCUMENT_CSV,
              "Make,Model,Year,Fuel consumption (L/100 km)\nOpel,Aa,2020,5.0\nOpel,Bb,2020,9.5\n");
    says(s, "Which Opel has the lowest fuel consumption?",
         "Opel Aa has the lowest fuel consumption: 5.0");
    says(s, "Which Opel has the best fuel economy?",
         "Opel Aa has the lowest fuel consumption: 5.0");
    double v;
    assert_true(unit_convert(8, "L/100 km", "mpg", &v) && fabs(v - 29.4) < 0.01);
    assert_true(unit_convert(100, "km/h", "mph", &v) && fabs(v - 62.14) < 0.01);
    assert_false(unit_convert(1, "USD", "EUR", &v));
    assert_false(unit_convert(0, "mpg", "L/100 km", &v));
    clear(s);
}

static void ties_are_named_together(void **state)
{
    (void)state;
    struct store *s = cars_store();
    says(s, "Which Mazda has the most horsepower?",
         "The 2023 Mazda CX-50 [1] and the 2023 Mazda CX-5 [2] have the highest horsepower: 187 "
         "hp.");
    clear(s);
}

static void what_no_vehicle_has_is_said(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct ranking r = rank(s, "Which Toyota has the longest wheelbase?");
    assert_true(r.asked && r.refused);
    assert_null(r.conclusion);
    assert_int_equal(r.hits.n, 0);
    assert_string_equal(r.text, "The documents do not give the wheelbase of any Toyota vehicle.");
    says(s, "Which electric SUV has the most horsepower?", "do not give the horsepower of any");
    clear(s);
}

static void every_number_stands_in_what_is_cited(void **state)
{
    (void)state;
    static const char *const QUESTIONS[] = {
        "Which of the Toyotas has the most horsepower?", "Which Mazda has the most horsepower?",
        "what is the quickest sedan", "Which pickup can tow the most?"};
    struct store *s = cars_store();
    for (size_t i = 0; i < sizeof QUESTIONS / sizeof *QUESTIONS; i++) {
        struct ranking r = rank(s, QUESTIONS[i]);
        struct passage passages[8];
        struct verification v;
        struct error err = {0};
        assert_true(r.hits.n > 0 && r.hits.n <= 8);
        for (size_t k = 0; k < r.hits.n; k++)
            passages[k] = (struct passage){r.hits.items[k].title, r.hits.items[k].text};
        assert_true(verify_answer(&v, r.text, passages, r.hits.n, &arena, &err));
        assert_true(v.n_numbers > 0);
        if (v.n_unsupported) fail_msg("%s: a number is not supported", r.text);
        hit_list_free(&r.hits);
    }
    clear(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_of_the_vehicles_that_are_meant_is_named),
        cmocka_unit_test(the_quickest_has_the_least_time),
        cmocka_unit_test(other_questions_are_left_to_the_model),
        cmocka_unit_test(units_are_compared_and_values_stay_as_written),
        cmocka_unit_test(ties_are_named_together),
        cmocka_unit_test(what_no_vehicle_has_is_said),
        cmocka_unit_test(every_number_stands_in_what_is_cited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
