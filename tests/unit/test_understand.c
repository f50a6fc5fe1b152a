/* What a question is understood to ask: vehicles in every usual spelling, years, trims,
 * comparisons, words to search for. */
#include "rag_fixture.h"

#include "query/understand.h"

static struct store *store;

static int open_store(void **state)
{
    (void)state;
    store = cars_store();
    return 0;
}

static int close_store(void **state)
{
    (void)state;
    store_close(store);
    return 0;
}

/* The mentions as "maker model year trim;" with '?' for a missing year and '!' for an unknown
 * maker. */
static void expect_mentions(const char *text, const char *expected)
{
    struct question q;
    struct error err = {0};
    struct buffer got = {0};
    if (!question_understand(&q, store, text, &err)) fail_msg("%s", err.text);
    for (size_t i = 0; i < q.n_mentions; i++) {
        const struct mention *m = &q.mentions[i];
        buffer_printf(&got, "%s %s %d %s%s%s;", m->vehicle.manufacturer, m->vehicle.model,
                      m->vehicle.year, m->vehicle.trim, m->year_missing ? "?" : "",
                      m->unknown ? "!" : "");
    }
    if (strcmp(buffer_text(&got), expected) != 0)
        fail_msg("\"%s\": got \"%s\", expected \"%s\"", text, buffer_text(&got), expected);
    buffer_free(&got);
    question_free(&q);
}

static void models_are_recognised_in_every_spelling(void **state)
{
    (void)state;
    expect_mentions("What is the horsepower of the 2023 Toyota Camry?", "Toyota Camry 2023 ;");
    expect_mentions("camry 2023 hp", "Toyota Camry 2023 ;");
    expect_mentions("the Camry's power", "Toyota Camry 0 ;");
    expect_mentions("Towing capacity of the F-150?", "Ford F-150 0 ;");
    expect_mentions("how much can the f150 tow", "Ford F-150 0 ;");
    expect_mentions("how much can the f 150 tow", "Ford F-150 0 ;");
    expect_mentions("FORD F\xe2\x80\x93"
                    "150 payload",
                    "Ford F-150 0 ;"); /* an en dash */
    expect_mentions("range of the model 3", "Tesla Model 3 0 ;");
    expect_mentions("range of the Tesla Model3", "Tesla Model 3 0 ;");
    expect_mentions("mpg cx50", "Mazda CX-50 0 ;");
    expect_mentions("mpg CX-5", "Mazda CX-5 0 ;");
    expect_mentions("how heavy is a land rover range rover", "Land Rover Range Rover 0 ;");
}

static void aliases_stand_for_makers(void **state)
{
    (void)state;
    expect_mentions("torque of the Chevy Silverado 1500", "Chevrolet Silverado 1500 0 ;");
    expect_mentions("chevy trucks", "Chevrolet  0 ;");
}

static void start_of_a_model_name_is_enough(void **state)
{
    (void)state;
    expect_mentions("what can a silverado tow", "Chevrolet silverado 0 ;");
    expect_mentions("how powerful is the silver one", "");
}

static void ordinary_words_are_no_vehicles(void **state)
{
    (void)state;
    expect_mentions("What is the range?", "");
    expect_mentions("Which one is better?", "");
    expect_mentions("what is it", ""); /* not the Lexus IS */
    expect_mentions("What is the horsepower of the Lexus IS?", "Lexus IS 0 ;");
    expect_mentions("is the lexus is fast", "Lexus IS 0 ;");
    expect_mentions("how many seats", "");
    expect_mentions("model and year please", "");
}

static void years_are_recognised(void **state)
{
    (void)state;
    expect_mentions("camry '23 mpg", "Toyota Camry 2023 ;");
    expect_mentions("camry \xe2\x80\x99"
                    "21 mpg",
                    "Toyota Camry 2021 ;");
    expect_mentions("a Camry from 2021", "Toyota Camry 2021 ;");
    expect_mentions("can a F-150 tow 2000 lb", "Ford F-150 0 ;"); /* a weight, no year */
    expect_mentions("2019 Toyota Camry horsepower", "Toyota Camry 2019 ?;");
    expect_mentions("Compare the 2021 and 2023 Camry", "Toyota Camry 2021 ;Toyota Camry 2023 ;");
}

static void missing_year_tells_the_nearest(void **state)
{
    (void)state;
    struct question q;
    struct error err = {0};
    assert_true(question_understand(&q, store, "2022 Camry horsepower", &err));
    assert_true(q.mentions[0].year_missing);
    assert_int_equal(q.mentions[0].years_near[0], 2021);
    assert_int_equal(q.mentions[0].years_near[1], 2023);
    question_free(&q);
    assert_true(question_understand(&q, store, "1999 Camry horsepower", &err));
    assert_int_equal(q.mentions[0].years_near[0], 2021);
    assert_int_equal(q.mentions[0].years_near[1], 0);
    question_free(&q);
}

static void trims_are_recognised(void **state)
{
    (void)state;
    expect_mentions("2023 Camry LE power", "Toyota Camry 2023 LE;");
    expect_mentions("2023 Camry le power", "Toyota Camry 2023 LE;");
    expect_mentions("2023 toyota camry xse v6", "Toyota Camry 2023 XSE V6;");
    expect_mentions("Model 3 Long Range 0-60", "Tesla Model 3 0 Long Range;");
}

static void several_vehicles_are_told_apart(void **state)
{
    (void)state;
    expect_mentions("Which has more power, the 2023 Toyota Camry or the Honda Accord?",
                    "Toyota Camry 2023 ;Honda Accord 2023 ;");
    expect_mentions("CX-5 vs CX-50", "Mazda CX-5 0 ;Mazda CX-50 0 ;");
    /* one year for all, but only where the store has it */
    expect_mentions("2021 Camry or Accord?", "Toyota Camry 2021 ;Honda Accord 0 ;");
    expect_mentions("Toyota or Honda", "Toyota  0 ;Honda  0 ;");
    expect_mentions("Camry, the Camry or the CAMRY", "Toyota Camry 0 ;");
}

static void unknown_makers_are_seen(void **state)
{
    (void)state;
    expect_mentions("top speed of the Ferrari 488", "Ferrari  0 !;");
    expect_mentions("Ferrari or Toyota Camry", "Ferrari  0 !;Toyota Camry 0 ;");
}

static void expect_comparison(const char *text, enum comparison expected)
{
    struct question q;
    struct error err = {0};
    assert_true(question_understand(&q, store, text, &err));
    assert_int_equal(q.comparison, expected);
    question_free(&q);
}

static void comparisons_have_a_direction(void **state)
{
    (void)state;
    expect_comparison("Is the Camry faster than the Accord?", COMPARE_FASTER);
    expect_comparison("Which is lighter, the Camry or the Accord?", COMPARE_LESS);
    expect_comparison("Does the Camry have more power than the Accord?", COMPARE_MORE);
    expect_comparison("Compare the power of Camry and Accord", COMPARE_SHOW);
    expect_comparison("Is more power better in a Camry?", COMPARE_NONE); /* one vehicle */
}

static bool has_term(const struct question *q, const char *term)
{
    for (size_t i = 0; i < q->n_terms; i++)
        if (strcmp(q->terms[i], term) == 0) return true;
    return false;
}

static void terms_hold_synonyms_but_no_vehicle_and_no_filler(void **state)
{
    (void)state;
    struct question q;
    struct error err = {0};
    assert_true(question_understand(&q, store, "How powerful is the 2023 Toyota Camry?", &err));
    assert_true(has_term(&q, "horsepower"));
    assert_true(has_term(&q, "hp"));
    assert_false(has_term(&q, "camry"));
    assert_false(has_term(&q, "2023"));
    assert_false(has_term(&q, "the"));
    question_free(&q);
    assert_true(question_understand(&q, store, "Has the Camry heated zebra cushions?", &err));
    assert_true(has_term(&q, "zebra"));
    question_free(&q);
}

static void strange_questions_do_no_harm(void **state)
{
    (void)state;
    struct question q;
    struct error err = {0};
    assert_false(question_understand(&q, store, " \n", &err));
    assert_int_equal(err.code, ERROR_USAGE);
    error_clear(&err);
    assert_false(question_understand(&q, store, "Camry \xe2\x80", &err));
    assert_non_null(strstr(err.text, "UTF-8"));
    static const char *const ODD[] = {"'",
                                      "\xe2\x80\x99",
                                      "???",
                                      "'2",
                                      "\"\"",
                                      "''''",
                                      "\xf0\x9f\x9a\x97 Camry \xf0\x9f\x9a\x97",
                                      "%s%n",
                                      "; DROP"};
    for (size_t i = 0; i < sizeof ODD / sizeof *ODD; i++) {
        error_clear(&err);
        if (!question_understand(&q, store, ODD[i], &err)) fail_msg("%s", err.text);
        question_free(&q);
    }
    struct buffer many = {0};
    for (size_t i = 0; i < 3000; i++) buffer_puts(&many, "Toyota Camry 2023 Mazda 3 ");
    error_clear(&err);
    assert_true(question_understand(&q, store, buffer_text(&many), &err));
    assert_true(q.n_mentions <= QUESTION_MAX_MENTIONS);
    question_free(&q);
    buffer_free(&many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_are_recognised_in_every_spelling),
        cmocka_unit_test(aliases_stand_for_makers),
        cmocka_unit_test(start_of_a_model_name_is_enough),
        cmocka_unit_test(ordinary_words_are_no_vehicles),
        cmocka_unit_test(years_are_recognised),
        cmocka_unit_test(missing_year_tells_the_nearest),
        cmocka_unit_test(trims_are_recognised),
        cmocka_unit_test(several_vehicles_are_told_apart),
        cmocka_unit_test(unknown_makers_are_seen),
        cmocka_unit_test(comparisons_have_a_direction),
        cmocka_unit_test(terms_hold_synonyms_but_no_vehicle_and_no_filler),
        cmocka_unit_test(strange_questions_do_no_harm),
    };
    return cmocka_run_group_tests_name("understand", tests, open_store, close_store);
}
