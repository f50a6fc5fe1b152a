/* Numbers, units, facts, and the names of vehicles. */
#include "vehicle/chunk.h"
#include "vehicle/units.h"
#include "vehicle/vehicle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static void expect_number(const char *text, size_t bytes, const char *canonical)
{
    char got[32] = "";
    assert_int_equal(number_read(text, strlen(text), got, sizeof got, NULL), bytes);
    assert_string_equal(got, canonical);
}

static void numbers_are_read_in_every_usual_form(void **state)
{
    (void)state;
    expect_number("203", 3, "203");
    expect_number("203 hp", 3, "203");
    expect_number("3,310 lb", 5, "3310");
    expect_number("1,234,567.50", 12, "1234567.5");
    expect_number("7.50", 4, "7.5");
    expect_number(".5", 2, "0.5");
    expect_number("0.50", 4, "0.5");
    expect_number("8.0", 3, "8");
    expect_number("7,5", 3, "7.5");     /* a decimal comma */
    expect_number("28,39", 5, "28.39"); /* not thousands: two digits */
    expect_number("203, 225", 3, "203");
    expect_number("2.5.1", 3, "2.5");
    expect_number("12,3456", 7, "12.3456");
    expect_number("x", 0, "");
    expect_number(".", 0, "");
    static const char LONG[] = "1111111111111111111111111111111111111111111";
    char got[32];
    assert_int_equal(number_read(LONG, strlen(LONG), got, sizeof got, NULL), 0);
}

static void expect_unit(const char *text, const char *unit, size_t used)
{
    size_t n = 99;
    const char *got = unit_at(text, strlen(text), &n);
    if (!unit) {
        assert_null(got);
        return;
    }
    assert_non_null(got);
    assert_string_equal(got, unit);
    assert_int_equal(n, used);
}

static void units_have_one_spelling(void **state)
{
    (void)state;
    expect_unit(" hp", "hp", 3);
    expect_unit(" horsepower at", "hp", 11);
    expect_unit("-hp engine", "hp", 3);
    expect_unit(" lb-ft", "lb-ft", 6); /* not lb */
    expect_unit(" pound-feet", "lb-ft", 11);
    expect_unit(" lb of", "lb", 3);
    expect_unit("\xc2\xa0kg", "kg", 4); /* a no-break space */
    expect_unit(" cu. ft.", "cu ft", 8);
    expect_unit(" mph", "mph", 4);
    expect_unit(" s [1]", "s", 2);
    expect_unit(" seats", "seats", 6);
    expect_unit(" hpx", NULL, 0);
    expect_unit(" in.", "in", 4);
    expect_unit(" in 2023", NULL, 0); /* a preposition */
    expect_unit(" in the city", NULL, 0);
    expect_unit("", NULL, 0);
}

static void expect_name_unit(const char *name, const char *unit)
{
    const char *got = unit_of_name(name, strlen(name));
    if (unit) {
        assert_non_null(got);
        assert_string_equal(got, unit);
    } else {
        assert_null(got);
    }
}

static void units_are_implied_by_names(void **state)
{
    (void)state;
    expect_name_unit("Curb Weight (lb)", "lb");
    expect_name_unit("0-60 mph (s)", "s");
    expect_name_unit("Engine HP", "hp");
    expect_name_unit("City MPG", "mpg");
    expect_name_unit("MPG city", "mpg");
    expect_name_unit("Horsepower (SAE)", "hp");
    expect_name_unit("torque lb ft", "lb-ft");
    expect_name_unit("Torque", NULL);
    expect_name_unit("Model S", NULL);
    expect_name_unit("", NULL);
}

static void expect_fact(const char *line, const char *name, const char *value, const char *unit,
                        double number)
{
    struct fact f;
    assert_true(fact_parse(&f, line, strlen(line)));
    assert_int_equal(f.name_len, strlen(name));
    assert_memory_equal(f.name, name, f.name_len);
    assert_int_equal(f.value_len, strlen(value));
    assert_memory_equal(f.value, value, f.value_len);
    assert_string_equal(f.unit, unit);
    assert_true(f.numeric == (number >= 0));
    if (number >= 0) assert_true(f.number == number);
}

static void facts_are_read_from_lines(void **state)
{
    (void)state;
    expect_fact("Engine HP: 203", "Engine HP", "203", "hp", 203);
    expect_fact("Curb Weight (lb): 3,310", "Curb Weight", "3,310", "lb", 3310);
    expect_fact("Torque: 184 lb-ft @ 5,000 rpm", "Torque", "184 lb-ft @ 5,000 rpm", "lb-ft", 184);
    expect_fact("Base Price: $28,500", "Base Price", "$28,500", "USD", 28500);
    expect_fact("Engine: 2.5L inline-4", "Engine", "2.5L inline-4", "L", 2.5);
    expect_fact("Drivetrain: 4WD", "Drivetrain", "4WD", "", -1);
    expect_fact("Category: Sedan", "Category", "Sedan", "", -1);
    expect_fact("Transmission: 8-speed automatic", "Transmission", "8-speed automatic", "speeds",
                8);
    struct fact f;
    static const char *const NOT_FACTS[] = {"A sentence. It has: a colon",
                                            "10:1 compression",
                                            "https://example.org",
                                            "Name:",
                                            ": value",
                                            ""};
    for (size_t i = 0; i < sizeof NOT_FACTS / sizeof *NOT_FACTS; i++)
        assert_false(fact_parse(&f, NOT_FACTS[i], strlen(NOT_FACTS[i])));
}

static void facts_know_their_line(void **state)
{
    (void)state;
    static const char TEXT[] = "Horsepower: 203 hp\nsome words\nSeats: 5";
    struct fact f;
    size_t at = 0, line = 0;
    assert_true(fact_next(&f, TEXT, &at, &line));
    assert_int_equal(f.line, 0);
    assert_true(fact_next(&f, TEXT, &at, &line));
    assert_int_equal(f.line, 2);
    assert_true(f.number == 5);
    assert_false(fact_next(&f, TEXT, &at, &line));
}

static void keys_make_spellings_one(void **state)
{
    (void)state;
    static const char *const PAIRS[][2] = {
        {"F-150", "f150"},
        {"F 150", "f150"},
        {"Citro\xc3\xabn", "citroen"},
        {"\xc5\xa0koda", "skoda"},
        {"Model 3", "model3"},
        {"Mercedes-Benz", "mercedesbenz"},
        {"ID.4", "id4"},
        {"--", ""},
    };
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
        struct buffer b = {0};
        vehicle_key(PAIRS[i][0], strlen(PAIRS[i][0]), &b);
        assert_string_equal(buffer_text(&b), PAIRS[i][1]);
        buffer_free(&b);
    }
    assert_string_equal(manufacturer_alias("chevy"), "chevrolet");
    assert_string_equal(manufacturer_alias("vw"), "volkswagen");
    assert_string_equal(manufacturer_known("merc"), "Mercedes-Benz");
    assert_null(manufacturer_known("acme"));
}

static void expect_heading(const char *text, int year, const char *make, const char *model,
                           const char *trim)
{
    struct arena arena = {0};
    struct vehicle v;
    bool found = vehicle_parse_heading(&v, text, strlen(text), NULL, NULL, &arena);
    assert_int_equal(found, make != NULL);
    if (make) {
        assert_string_equal(v.manufacturer, make);
        assert_string_equal(v.model, model);
        assert_string_equal(v.trim, trim);
        assert_int_equal(v.year, year);
    }
    arena_free(&arena);
}

static void headings_name_vehicles(void **state)
{
    (void)state;
    expect_heading("2022 Rivian R1T", 2022, "Rivian", "R1T", "");
    expect_heading("Toyota Camry 2023 specifications", 2023, "Toyota", "Camry", "");
    expect_heading("2023 Toyota Camry LE", 2023, "Toyota", "Camry", "LE");
    expect_heading("Toyota Camry 2023 LE", 2023, "Toyota", "Camry", "LE");
    expect_heading("Ford F-150 (2021): dimensions", 2021, "Ford", "F-150", "");
    expect_heading("2021 Land Rover Range Rover \xe2\x80\x93 data", 2021, "Land Rover",
                   "Range Rover", "");
    expect_heading("Technical data of the Mercedes-Benz Sprinter", 0, "Mercedes-Benz", "Sprinter",
                   "");
    expect_heading("Mazda CX-50 specs", 0, "Mazda", "CX-50", "");
    expect_heading("Dimensions", 0, NULL, "", "");
    expect_heading("Smart features", 0, NULL, "", ""); /* a word, not a maker */
    expect_heading("Toyota Camry vs Honda Accord", 0, NULL, "", "");
    expect_heading("", 0, NULL, "", "");
}

static void titles_do_not_say_the_model_twice(void **state)
{
    (void)state;
    struct vehicle v = vehicle_none();
    struct buffer b = {0};
    v.year = 2021;
    v.manufacturer = "Lexus";
    v.model = "IS";
    v.trim = "IS 350 F Sport";
    vehicle_title(&v, &b);
    assert_string_equal(buffer_text(&b), "2021 Lexus IS 350 F Sport");
    buffer_clear(&b);
    v.trim = "F Sport";
    vehicle_title(&v, &b);
    assert_string_equal(buffer_text(&b), "2021 Lexus IS F Sport");
    buffer_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_in_every_usual_form),
        cmocka_unit_test(units_have_one_spelling),
        cmocka_unit_test(units_are_implied_by_names),
        cmocka_unit_test(facts_are_read_from_lines),
        cmocka_unit_test(facts_know_their_line),
        cmocka_unit_test(keys_make_spellings_one),
        cmocka_unit_test(headings_name_vehicles),
        cmocka_unit_test(titles_do_not_say_the_model_twice),
    };
    return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
}
