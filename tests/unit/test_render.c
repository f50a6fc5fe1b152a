/* From rows to the answer's text: what it says, in five languages, and that each figure has its
 * cell. */
#include "answer_fixture.h"

#include "answer/wording.h"
#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>

/* One vehicle with one figure. */
static void one_value(struct fixture *f, const char *language)
{
    fixture_init(f, language, QUERY_VALUE);
    size_t column =
        fixture_column(f, "Comb (L/100 km)", "fuel_consumption", "combined", "L/100 km");
    size_t record = fixture_record(f, "2022 Kia Telluride AWD", 2022);
    fixture_ask(f, "fuel_consumption", "combined");
    fixture_subject(f, "2022 Kia Telluride AWD", 2022);
    fixture_number(f, record, column, 0, 0, 11.3, "11.3");
}

static void value_is_said_with_unit_and_cell(void **state)
{
    (void)state;
    struct fixture f;
    struct rendered a;
    one_value(&f, "en");
    assert_string_equal(
        fixture_render(&f, &a),
        "The combined fuel consumption of the 2022 Kia Telluride AWD is 11.3 L/100 km [1].");
    assert_false(a.refused);
    assert_int_equal(a.n_citations, 1);
    assert_int_equal(a.citations[0].n, 1);
    assert_string_equal(a.citations[0].document, "/data/cars.csv");
    assert_string_equal(a.citations[0].location, "row 2");
    assert_string_equal(a.citations[0].title, "2022 Kia Telluride AWD");
    assert_string_equal(a.citations[0].quote, "Comb (L/100 km): 11.3");
    assert_int_equal(a.n_numbers, 1);
    assert_memory_equal(a.text + a.numbers[0].offset, "11.3", a.numbers[0].len);
    assert_int_equal(a.numbers[0].len, 4);
    assert_string_equal(a.numbers[0].unit, "L/100 km");
    assert_int_equal(a.numbers[0].citation, 1);
    assert_string_equal(a.understood, "Value · combined fuel consumption · 2022 Kia Telluride AWD");
    assert_string_equal(a.markdown_table, ""); /* of one row there is no table */
    rendered_free(&a);
}

static void value_is_said_in_the_questions_language(void **state)
{
    (void)state;
    static const struct {
        const char *language, *start, *number;
    } CASES[] = {
        {"de", "Kia Telluride AWD (2022), ", "11,3 L/100 km"},
        {"fr", "Kia Telluride AWD (2022), ", "11,3 L/100 km"},
        {"es", "Kia Telluride AWD (2022), ", "11,3 L/100 km"},
        {"zh", "Kia Telluride AWD (2022)，", "11.3 L/100 km"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct fixture f;
        struct rendered a;
        one_value(&f, CASES[i].language);
        fixture_render(&f, &a);
        assert_memory_equal(a.text, CASES[i].start, strlen(CASES[i].start));
        assert_non_null(strstr(a.text, CASES[i].number));
        assert_non_null(strstr(a.text, "[1]"));
        rendered_free(&a);
    }
    struct fixture f;
    fixture_init(&f, "de", QUERY_VALUE);
    size_t price = fixture_column(&f, "Preis", NULL, NULL, "€");
    size_t record = fixture_record(&f, "2022 Falkwerk Kranich E-Drive 77", 2022);
    fixture_ask(&f, NULL, "Preis");
    fixture_subject(&f, "2022 Falkwerk Kranich E-Drive 77", 2022);
    fixture_number(&f, record, price, 0, 0, 58990, "58.990");
    fixture_expect(&f, "Falkwerk Kranich E-Drive 77 (2022), Preis: 58.990 € [1].");
}

static void converted_value_names_the_documents_own(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, "en", QUERY_VALUE);
    size_t column = fixture_column(&f, "tow", NULL, NULL, "lb");
    size_t record = fixture_record(&f, "2022 Corvane Baxter Diesel 4x4", 2022);
    fixture_ask(&f, NULL, "tow");
    fixture_subject(&f, "2022 Corvane Baxter Diesel 4x4", 2022);
    struct result_row *row = fixture_number(&f, record, column, 0, 0, 12100, "12100");
    row->converted = true;
    row->unit = unit_by_symbol("kg");
    assert_true(unit_convert(12100, row->fact.unit, row->unit, &row->low));
    row->high = row->low;
    fixture_expect(&f,
                   "The tow of the 2022 Corvane Baxter Diesel 4x4 is 5488.5 kg (12,100 lb in the "
                   "document) [1].");
}

static void remarks_bounds_and_doubts_are_said(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, "en", QUERY_VALUE);
    size_t column = fixture_column(&f, "Range", NULL, NULL, "km");
    size_t record = fixture_record(&f, "Testa X", 0);
    fixture_ask(&f, NULL, "Range");
    fixture_subject(&f, "Testa X", 0);
    struct result_row *row = fixture_number(&f, record, column, 0, 0, 500, "up to 500 km");
    row->fact.bound = true;
    fixture_expect(&f,
                   "The Range of the Testa X is 500 km (a limit: “up to 500 km” in the document) "
                   "[1].");
    row->fact.bound = false;
    row->fact.implausible = true;
    row->fact.remark = "with heat pump";
    fixture_expect(&f,
                   "The Range of the Testa X is 500 km (with heat pump; outside the usual range; "
                   "check the document) [1].");
    row->fact.implausible = false;
    row->fact.remark = "";
    row->fact.low_confidence = true;
    fixture_expect(&f, "The Range of the Testa X is 500 km (read by OCR with low confidence; check it on the page) [1].");
    row->fact.low_confidence = false;
    row->fact.high = row->high = 520.5;
    fixture_expect(&f, "The Range of the Testa X is 500–520.5 km [1].");
    row->unit = row->fact.unit = NULL;
    fixture_expect(&f, "The Range of the Testa X is 500–520.5 [1].");
    f.q.unit = unit_by_symbol("mi"); /* asked for, but nothing says what the figure is in */
    fixture_expect(&f, "The Range of the Testa X is 500–520.5 (the document names no unit) [1].");
}

static void parts_of_one_cell_are_each_said_with_their_words(void **state)
{
    (void)state;
    struct fixture f;
    struct rendered a;
    fixture_init(&f, "en", QUERY_VALUE);
    size_t column = fixture_column(&f, "Towing", NULL, NULL, "lb");
    size_t record = fixture_record(&f, "Testa X", 0);
    fixture_ask(&f, NULL, "Towing");
    fixture_subject(&f, "Testa X", 0);
    static const char CELL[] = "1,102 lb (500 kg) unbraked / 2,425 lb (1,100 kg) braked";
    static const double VALUES[] = {1102, 500, 2425, 1100};
    for (unsigned i = 0; i < 4; i++) {
        struct result_row *row = fixture_number(&f, record, column, 0, 0, VALUES[i], CELL);
        row->fact.part = i;
        row->fact.group = i / 2;
        row->fact.unit = row->unit = unit_by_symbol(i % 2 ? "kg" : "lb");
        row->fact.remark = i / 2 ? "braked" : "unbraked";
    }
    assert_string_equal(
        fixture_render(&f, &a),
        "The Towing of the Testa X: 1102 lb (500 kg; unbraked) [1], 2425 lb (1100 kg; "
        "braked) [1].");
    assert_int_equal(a.n_citations, 1);
    assert_int_equal(a.n_numbers, 4);
    rendered_free(&a);
}

static void conditions_that_narrow_a_vehicle_are_said(void **state)
{
    (void)state;
    struct fixture f;
    one_value(&f, "en");
    fixture_where(&f, "with a manual");
    fixture_expect(&f,
                   "The combined fuel consumption of the 2022 Kia Telluride AWD (with a manual) is "
                   "11.3 L/100 km [1].");
    f.q.where[0].text = "awd"; /* the name says it already */
    fixture_expect(&f,
                   "The combined fuel consumption of the 2022 Kia Telluride AWD is 11.3 L/100 km "
                   "[1].");
}

static void texts_and_yes_or_no_are_said_as_they_are(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, "en", QUERY_VALUE);
    size_t fuel = fixture_column(&f, "Fuel", "fuel_type", NULL, NULL);
    size_t roof = fixture_column(&f, "Sunroof", NULL, NULL, NULL);
    size_t record = fixture_record(&f, "2003 Pontiac Sunfire", 2003);
    fixture_ask(&f, "fuel_type", NULL);
    fixture_ask(&f, NULL, "Sunroof");
    fixture_subject(&f, "2003 Pontiac Sunfire", 2003);
    fixture_text(&f, record, fuel, 0, 0, "Regular");
    fixture_row(&f, record, roof, 0, 1)->fact.kind = VALUE_YES;
    fixture_expect(&f, "The fuel type of the 2003 Pontiac Sunfire is Regular [1]. 2003 Pontiac "
                       "Sunfire, Sunroof: yes [2].");
    f.rows[1].fact.text = "Standard";
    f.q.language = "de";
    fixture_expect(&f, "Pontiac Sunfire (2003), Kraftstoff: Regular [1]. Pontiac Sunfire (2003), "
                       "Sunroof: ja (Standard) [2].");
}

/* The vehicle in n versions with different values. */
static void versions(struct fixture *f, size_t n)
{
    fixture_init(f, "en", QUERY_VALUE);
    size_t column = fixture_column(f, "Comb", "fuel_consumption", "combined", "L/100 km");
    fixture_ask(f, "fuel_consumption", "combined");
    fixture_subject(f, "2022 Subaru BRZ", 2022);
    static const char *const NAMES[] = {"Automatic", "Manual 6-spd", "CVT"};
    for (size_t i = 0; i < n; i++) {
        size_t record = fixture_record(f, "2022 Subaru BRZ", 2022);
        double v = i == 0 ? 10.5 : i == 1 ? 9.5 : 9.5 + (double)i / 10;
        fixture_number(f, record, column, 0, 0, v, "x")->variant = NAMES[i < 3 ? i : 2];
    }
    f->r.status = STATUS_SEVERAL;
}

static void several_values_give_the_range_and_each(void **state)
{
    (void)state;
    struct fixture f;
    struct rendered a;
    versions(&f, 2);
    assert_string_equal(
        fixture_render(&f, &a),
        "The combined fuel consumption of the 2022 Subaru BRZ is between 9.5 L/100 km "
        "and 10.5 L/100 km, depending on the version: 9.5 L/100 km (Manual 6-spd) "
        "[1], 10.5 L/100 km (Automatic) [2].");
    assert_string_equal(a.citations[0].location, "row 3"); /* numbered by first mention */
    assert_string_equal(a.citations[1].location, "row 2");
    assert_int_equal(a.table.n_rows, 2);
    assert_true(a.markdown_table[0] == '|');
    rendered_free(&a);
    versions(&f, 40);
    fixture_render(&f, &a);
    assert_non_null(strstr(a.text, "between 9.5 L/100 km [1] and 13.4 L/100 km [2]"));
    assert_non_null(strstr(a.text, "all 39 values"));
    assert_int_equal(a.table.n_rows, 40);
    rendered_free(&a);
}

static void equal_values_are_one_with_all_their_cells(void **state)
{
    (void)state;
    struct fixture f;
    versions(&f, 2);
    f.rows[1].low = f.rows[1].high = f.rows[1].fact.low = f.rows[1].fact.high = 10.5;
    f.r.status = STATUS_FOUND;
    fixture_expect(&f,
                   "The combined fuel consumption of the 2022 Subaru BRZ is 10.5 L/100 km [1][2].");
}

static void city_and_highway_are_not_versions(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, "en", QUERY_VALUE);
    size_t city = fixture_column(&f, "City", "fuel_consumption", "city", "L/100 km"),
           highway = fixture_column(&f, "Hwy", "fuel_consumption", "highway", "L/100 km");
    size_t record = fixture_record(&f, "2022 Kia Carnival", 2022);
    fixture_ask(&f, "fuel_consumption", NULL);
    fixture_subject(&f, "2022 Kia Carnival", 2022);
    fixture_number(&f, record, city, 0, 0, 12.1, "12.1");
    fixture_number(&f, record, highway, 0, 0, 9, "9.0");
    f.r.status = STATUS_SEVERAL;
    fixture_expect(&f,
                   "The fuel consumption of the 2022 Kia Carnival: 9 L/100 km (highway) [1], 12.1 "
                   "L/100 km (city) [2].");
}

static void contradiction_names_both_documents(void **state)
{
    (void)state;
    struct fixture f;
    versions(&f, 2);
    f.sources[1].first_column = 1;
    fixture_column(&f, "Comb", "fuel_consumption", "combined", "L/100 km");
    f.columns[1].source = 1;
    f.rows[1].column = 1;
    f.r.status = STATUS_CONTRADICTION;
    fixture_expect(&f,
                   "The documents contradict each other on the combined fuel consumption of the "
                   "2022 Subaru BRZ: 9.5 L/100 km (other.md, row 3) [1], 10.5 L/100 km (cars.csv, "
                   "row 2) [2].");
}

/* n vehicles with one figure each. */
static void several_vehicles(struct fixture *f, enum query_op op, const char *unit, size_t n,
                             const double *values)
{
    static const char *const NAMES[] = {"2022 Jaguar F-TYPE", "2022 BMW X7", "2022 Audi Q3",
                                        "2022 Kia Soul"};
    fixture_init(f, "en", op);
    size_t column = fixture_column(f, "Comb", "fuel_consumption", "combined", unit);
    fixture_ask(f, "fuel_consumption", "combined");
    for (size_t i = 0; i < n; i++) {
        size_t record = fixture_record(f, NAMES[i], 2022);
        fixture_subject(f, NAMES[i], 2022);
        fixture_number(f, record, column, i, 0, values[i], "x");
    }
}

static void comparison_names_winner_difference_and_both_values(void **state)
{
    (void)state;
    struct fixture f;
    several_vehicles(&f, QUERY_COMPARE, "L/100 km", 2, (const double[]){12.7, 11.1});
    f.q.order = -1;
    fixture_expect(&f,
                   "The 2022 BMW X7 has the lower combined fuel consumption: 11.1 L/100 km [1], "
                   "1.6 L/100 km less than the 2022 Jaguar F-TYPE with 12.7 L/100 km [2].");
    f.q.order = 1;
    fixture_expect(&f,
                   "The 2022 Jaguar F-TYPE has the higher combined fuel consumption: 12.7 L/100 "
                   "km [1], 1.6 L/100 km more than the 2022 BMW X7 with 11.1 L/100 km [2].");
    several_vehicles(&f, QUERY_COMPARE, "L/100 km", 2, (const double[]){12.7, 12.7});
    f.q.order = -1;
    fixture_expect(&f, "The 2022 Jaguar F-TYPE and the 2022 BMW X7 have the same combined fuel "
                       "consumption: 12.7 L/100 km [1][2].");
    /* Fewer litres are more miles per gallon. */
    several_vehicles(&f, QUERY_COMPARE, "mpg", 2, (const double[]){29, 20});
    f.q.order = -1;
    fixture_expect(&f, "The 2022 Jaguar F-TYPE has the higher combined fuel economy: 29 mpg [1], 9 "
                       "mpg more than the 2022 BMW X7 with 20 mpg [2].");
}

static void comparison_of_versions_claims_no_more_than_holds(void **state)
{
    (void)state;
    struct fixture f;
    several_vehicles(&f, QUERY_COMPARE, "L/100 km", 2, (const double[]){12.7, 11.1});
    size_t record = fixture_record(&f, "2022 BMW X7", 2022);
    fixture_number(&f, record, 0, 1, 0, 12, "12.0")->variant = "M";
    f.rows[1].variant = "xDrive40i";
    f.q.order = -1;
    struct rendered a;
    fixture_render(&f, &a);
    assert_non_null(strstr(a.text,
                           "The 2022 BMW X7 has the lower combined fuel consumption in every "
                           "version: 11.1 L/100 km (xDrive40i) [1], 12 L/100 km (M) [2]"));
    rendered_free(&a);
    f.rows[2].low = f.rows[2].high = f.rows[2].fact.low = f.rows[2].fact.high = 13;
    fixture_render(&f, &a);
    assert_non_null(strstr(a.text, "depends on the version"));
    assert_null(strstr(a.text, "in every version"));
    rendered_free(&a);
}

static void comparison_of_many_is_an_ordered_list(void **state)
{
    (void)state;
    struct fixture f;
    several_vehicles(&f, QUERY_COMPARE, "L/100 km", 3, (const double[]){12.7, 11.1, 9});
    f.q.order = -1;
    fixture_expect(&f,
                   "The 2022 Audi Q3 has the lowest combined fuel consumption: 9 L/100 km [1]. By "
                   "combined fuel consumption, lowest first:\n1. 2022 Audi Q3: 9 L/100 km [1]\n2. "
                   "2022 BMW X7: 11.1 L/100 km [2]\n3. 2022 Jaguar F-TYPE: 12.7 L/100 km [3]");
}

static void comparison_says_what_is_measured_otherwise(void **state)
{
    (void)state;
    struct fixture f;
    several_vehicles(&f, QUERY_COMPARE, "L/100 km", 2, (const double[]){12.7, 11.1});
    f.columns[0].qualifiers |= fixture_qualifier("wltp");
    f.rows[1].column = fixture_column(&f, "Comb", "fuel_consumption", "combined", "L/100 km");
    f.q.order = -1;
    fixture_expect(&f,
                   "The 2022 BMW X7 has the lower combined fuel consumption: 11.1 L/100 km [1], "
                   "1.6 L/100 km less than the 2022 Jaguar F-TYPE with 12.7 L/100 km (WLTP) [2].");
}

static void comparison_says_who_has_no_value(void **state)
{
    (void)state;
    struct fixture f;
    several_vehicles(&f, QUERY_COMPARE, "L/100 km", 2, (const double[]){12.7, 11.1});
    f.r.n_rows = 1;
    f.r.status = STATUS_NOT_FOUND;
    f.r.missing = MISSING_ATTRIBUTE;
    struct rendered a;
    fixture_render(&f, &a);
    assert_true(a.refused);
    assert_non_null(strstr(a.text, "The documents do not give the combined fuel consumption of the "
                                   "2022 BMW X7."));
    assert_non_null(strstr(a.text, "12.7 L/100 km [1]"));
    rendered_free(&a);
}

/* The same without subjects: of all vehicles of the store. */
static void set_of_vehicles(struct fixture *f, enum query_op op, const char *unit, size_t n,
                            const double *values)
{
    several_vehicles(f, op, unit, n, values);
    f->q.n_subjects = 0;
    for (size_t i = 0; i < f->r.n_rows; i++) f->rows[i].subject = SIZE_MAX;
    fixture_where(f, "2022");
    f->r.n_matches = n;
}

static void ranking_names_the_first_and_ties(void **state)
{
    (void)state;
    struct fixture f;
    set_of_vehicles(&f, QUERY_RANK, "L/100 km", 1, (const double[]){13.8});
    f.q.order = 1;
    f.r.n_matches = 42;
    fixture_expect(&f,
                   "The 2022 Jaguar F-TYPE has the highest combined fuel consumption: 13.8 L/100 "
                   "km [1]. Compared: 42 entries (2022).");
    set_of_vehicles(&f, QUERY_RANK, "L/100 km", 2, (const double[]){4, 4});
    f.q.order = -1;
    fixture_expect(&f, "These share the lowest combined fuel consumption, 4 L/100 km: 2022 Jaguar "
                       "F-TYPE [1] and 2022 BMW X7 [2].");
    set_of_vehicles(&f, QUERY_RANK, "L/100 km", 3, (const double[]){4, 4.5, 5});
    f.q.order = -1;
    f.q.limit = 3;
    fixture_expect(&f,
                   "The 3 with the lowest combined fuel consumption:\n1. 2022 Jaguar F-TYPE: 4 "
                   "L/100 km [1]\n2. 2022 BMW X7: 4.5 L/100 km [2]\n3. 2022 Audi Q3: 5 L/100 km "
                   "[3]");
    set_of_vehicles(&f, QUERY_RANK, "mpg", 1, (const double[]){48});
    f.q.order = -1; /* the least consumption */
    fixture_expect(&f, "The 2022 Jaguar F-TYPE has the highest combined fuel economy: 48 mpg [1].");
}

static void list_names_vehicles_with_what_they_were_chosen_by(void **state)
{
    (void)state;
    struct fixture f;
    set_of_vehicles(&f, QUERY_LIST, "L/100 km", 2, (const double[]){8.7, 8.9});
    fixture_where(&f, "under 9 L/100 km");
    for (size_t i = 0; i < 2; i++) {
        f.rows[i].attribute = SIZE_MAX;
        f.rows[i].condition = 1;
    }
    fixture_expect(&f,
                   "2 entries in the documents meet this (2022; under 9 L/100 km):\n- 2022 Jaguar "
                   "F-TYPE (8.7 L/100 km) [1]\n- 2022 BMW X7 (8.9 L/100 km) [2]");
    f.q.where[1].attribute.attribute = registry_find("fuel_consumption");
    f.q.where[1].attribute.qualifiers = fixture_qualifier("city");
    f.q.where[1].number = true;
    f.q.where[1].low = 9;
    f.q.where[1].unit = unit_by_symbol("L/100 km");
    f.q.where[1].comparator = COMPARE_LESS;
    struct rendered a;
    assert_non_null(strstr(fixture_render(&f, &a),
                           "meet this (2022; city fuel consumption less than 9 "
                           "L/100 km):\n"));
    rendered_free(&a);
    f.q.where[1].number = false;
    f.r.n_rows = 1;
    f.r.n_matches = 1;
    f.rows[0].name_only = true;
    fixture_expect(&f,
                   "One entry in the documents meets this (2022; under 9 L/100 km):\n- 2022 Jaguar "
                   "F-TYPE [1]");
}

static void long_list_says_how_many_more(void **state)
{
    (void)state;
    struct fixture f;
    struct rendered a;
    fixture_init(&f, "en", QUERY_LIST);
    size_t column = fixture_column(&f, "Comb", "fuel_consumption", "combined", "L/100 km");
    static char names[60][16];
    for (size_t i = 0; i < 60; i++) {
        snprintf(names[i], sizeof names[i], "Testa %zu", i);
        fixture_number(&f, fixture_record(&f, names[i], 0), column, SIZE_MAX, 0, 5, "5");
    }
    f.r.n_matches = 500;
    fixture_render(&f, &a);
    assert_non_null(strstr(a.text, "Entries in the documents (500):"));
    assert_non_null(strstr(a.text, "- Testa 11 (5 L/100 km) [12]"));
    assert_null(strstr(a.text, "Testa 59"));
    char more[32];
    snprintf(more, sizeof more, "- and %zu more", 500 - a.n_citations);
    assert_non_null(strstr(a.text, more));
    assert_int_equal(a.table.n_rows, 60);
    rendered_free(&a);
}

static void count_is_a_number_with_a_few_cells(void **state)
{
    (void)state;
    struct fixture f;
    set_of_vehicles(&f, QUERY_COUNT, "L/100 km", 4, (const double[]){1, 2, 3, 4});
    f.r.number = 23;
    f.r.n_matches = 23;
    fixture_expect(&f, "23 entries in the documents meet this (2022) [1][2][3][4].");
    f.q.distinct = true;
    fixture_expect(&f, "23 different models in the documents meet this (2022) [1][2][3][4].");
    f.q.distinct = false;
    f.r.number = 333; /* an entry may stand for several vehicles */
    fixture_expect(&f,
                   "333 vehicles in 23 entries of the documents meet this (2022) [1][2][3][4].");
    f.r.n_matches = 1;
    f.r.number = 1;
    fixture_expect(&f, "One entry in the documents meets this (2022) [1][2][3][4].");
}

static void aggregates_name_least_and_most(void **state)
{
    (void)state;
    struct fixture f;
    set_of_vehicles(&f, QUERY_AGGREGATE, "L/100 km", 3, (const double[]){12.7, 11.1, 9});
    f.r.number = 10.9333333;
    f.r.number_unit = unit_by_symbol("L/100 km");
    f.r.n_counted = 3;
    f.q.aggregate = AGGREGATE_AVERAGE;
    fixture_expect(&f,
                   "The average combined fuel consumption is 10.93 L/100 km, over 3 values (2022). "
                   "Lowest: 9 L/100 km (2022 Audi Q3) [1]; highest: 12.7 L/100 km (2022 Jaguar "
                   "F-TYPE) [2].");
    f.r.number_unit = unit_by_symbol("€");
    struct rendered a;
    assert_non_null(strstr(fixture_render(&f, &a), "is €10.93, over 3 values"));
    rendered_free(&a);
    f.r.number_unit = unit_by_symbol("L/100 km");
    f.q.aggregate = AGGREGATE_RANGE;
    fixture_expect(&f, "The combined fuel consumption ranges from 9 L/100 km (2022 Audi Q3) [1] to "
                       "12.7 L/100 km (2022 Jaguar F-TYPE) [2], over 3 values (2022).");
    f.q.aggregate = AGGREGATE_MOST;
    fixture_expect(&f,
                   "The highest combined fuel consumption is 12.7 L/100 km (2022 Jaguar F-TYPE) "
                   "[1]. Compared: 3 entries (2022).");
}

static void check_says_yes_or_no_and_why(void **state)
{
    (void)state;
    struct fixture f;
    one_value(&f, "en");
    f.q.op = QUERY_CHECK;
    f.q.n_attributes = 0;
    f.rows[0].attribute = SIZE_MAX;
    fixture_where(&f, "more than 10 L/100 km");
    f.q.where[0].attribute.attribute = registry_find("fuel_consumption");
    f.q.where[0].number = true;
    f.q.where[0].comparator = COMPARE_MORE;
    f.q.where[0].low = f.q.where[0].high = 10;
    f.q.where[0].unit = unit_by_symbol("L/100 km");
    f.r.verdict = 1;
    fixture_expect(&f,
                   "Yes: the combined fuel consumption of the 2022 Kia Telluride AWD is 11.3 L/100 "
                   "km [1], more than 10 L/100 km.");
    f.q.where[0].comparator = COMPARE_LESS;
    f.r.verdict = 0;
    fixture_expect(&f,
                   "No: the combined fuel consumption of the 2022 Kia Telluride AWD is 11.3 L/100 "
                   "km [1], not less than 10 L/100 km.");
    f.q.where[0].comparator = COMPARE_AT_MOST;
    fixture_expect(&f,
                   "No: the combined fuel consumption of the 2022 Kia Telluride AWD is 11.3 L/100 "
                   "km [1], more than 10 L/100 km.");
    f.q.where[0].comparator = COMPARE_EQUAL;
    fixture_expect(&f,
                   "No: the combined fuel consumption of the 2022 Kia Telluride AWD is 11.3 L/100 "
                   "km [1], not 10 L/100 km.");
    f.q.language = "de";
    struct rendered a;
    fixture_render(&f, &a);
    assert_memory_equal(a.text, "Nein: ", 6);
    rendered_free(&a);
}

static void missing_things_are_named(void **state)
{
    (void)state;
    struct fixture f;
    struct rendered a;
    one_value(&f, "en");
    f.r.n_rows = 0;
    f.r.status = STATUS_NOT_FOUND;
    f.r.missing = MISSING_ATTRIBUTE;
    assert_string_equal(fixture_render(&f, &a), "The documents do not give the combined fuel "
                                                "consumption of the 2022 Kia Telluride AWD.");
    assert_true(a.refused);
    assert_int_equal(a.n_citations, 0);
    rendered_free(&a);
    f.r.missing = MISSING_VEHICLE;
    f.r.missing_name = "2005 Honda Fit";
    fixture_expect(&f, "The documents hold no 2005 Honda Fit.");
    f.r.missing = MISSING_YEAR;
    f.r.missing_name = "Odenau Brenz";
    f.q.subjects[0].year = 2024;
    f.q.years_near[0] = 2022;
    f.q.years_near[1] = 2020;
    fixture_expect(&f, "The documents hold no 2024 Odenau Brenz; nearest years: 2022, 2020.");
    f.r.missing_name = "2022 Odenau Brenz"; /* the title of what there is */
    fixture_expect(&f, "The documents hold no 2024 Odenau Brenz; nearest years: 2022, 2020.");
    f.q.years_near[1] = 0;
    fixture_expect(&f, "The documents hold no 2024 Odenau Brenz; nearest year: 2022.");
    f.r.missing = MISSING_UNIT; /* of another dimension: the documents do give the consumption */
    f.q.unit = unit_by_symbol("kg");
    fixture_expect(&f, "The combined fuel consumption is not measured in kg; nothing is guessed.");
    f.q.unit = NULL;
    f.r.missing = MISSING_MATCH;
    f.q.n_subjects = 0;
    f.q.op = QUERY_LIST;
    fixture_where(&f, "2022 Volvo");
    fixture_where(&f, "under 3 L/100 km");
    fixture_expect(&f, "The documents name no vehicle that meets this: 2022 Volvo; under 3 L/100 km.");
}

static void unresolved_words_are_said_and_nothing_is_guessed(void **state)
{
    (void)state;
    struct fixture f;
    struct rendered a;
    one_value(&f, "en");
    f.r.status = STATUS_NOT_UNDERSTOOD;
    f.q.unresolved[f.q.n_unresolved++] = "towball";
    assert_string_equal(fixture_render(&f, &a),
                        "I did not understand ‘towball’; nothing is guessed.");
    assert_true(a.refused);
    rendered_free(&a);
    f.q.unresolved[f.q.n_unresolved++] = "[1]\n\x1b[31mfoo";
    fixture_render(&f, &a);
    assert_string_equal(a.text,
                        "I did not understand ‘towball’ and ‘(1) [31mfoo’; nothing is guessed.");
    rendered_free(&a);
}

static void mark_of_a_missing_value_is_no_value(void **state)
{
    (void)state;
    struct fixture f;
    struct rendered a;
    one_value(&f, "en");
    f.rows[0].fact.missing_mark = true;
    fixture_render(&f, &a);
    assert_true(a.refused);
    assert_non_null(strstr(a.text, "do not give the combined fuel consumption"));
    assert_int_equal(a.n_numbers, 0);
    rendered_free(&a);
}

static void notes_say_what_the_reader_must_know(void **state)
{
    (void)state;
    struct fixture f;
    struct rendered a;
    one_value(&f, "en");
    size_t documents[] = {0};
    f.q.carried = true;
    f.q.documents = documents;
    f.q.n_documents = 1;
    f.r.n_left_out = 2;
    fixture_render(&f, &a);
    assert_int_equal(a.n_notes, 3);
    assert_string_equal(a.notes[0], "Read together with the question before it.");
    assert_string_equal(a.notes[1], "Only from: cars.csv.");
    assert_string_equal(a.notes[2], "2 entries were left out: they have no figure for the combined "
                                    "fuel consumption.");
    rendered_free(&a);
}

static void description_groups_what_is_known(void **state)
{
    (void)state;
    struct fixture f;
    struct rendered a;
    fixture_init(&f, "en", QUERY_DESCRIBE);
    size_t comb = fixture_column(&f, "Comb", "fuel_consumption", "combined", "L/100 km"),
           fuel = fixture_column(&f, "Fuel", "fuel_type", NULL, NULL),
           smog = fixture_column(&f, "Smog Rating", NULL, NULL, NULL);
    size_t record = fixture_record(&f, "2022 Kia Carnival", 2022);
    fixture_subject(&f, "2022 Kia Carnival", 2022);
    fixture_number(&f, record, smog, 0, SIZE_MAX, 7, "7");
    fixture_number(&f, record, comb, 0, SIZE_MAX, 10.6, "10.6");
    fixture_text(&f, record, fuel, 0, SIZE_MAX, "Regular");
    fixture_render(&f, &a);
    assert_non_null(strstr(a.text, "What the documents give for the 2022 Kia Carnival:\n- "));
    assert_non_null(strstr(a.text, "combined fuel consumption: 10.6 L/100 km ["));
    assert_non_null(strstr(a.text, "\n- Other – Smog Rating: 7 ["));
    assert_int_equal(a.n_citations, 3);
    assert_int_equal(a.table.n_rows, 3);
    rendered_free(&a);
}

static void groups_are_a_line_each(void **state)
{
    (void)state;
    struct fixture f;
    set_of_vehicles(&f, QUERY_AGGREGATE, "L/100 km", 1, (const double[]){9});
    f.q.grouped = true;
    f.q.group = (struct query_attribute){.attribute = -1, .name = "class", .key = "class"};
    f.q.aggregate = AGGREGATE_AVERAGE;
    f.groups[0] = (struct result_group){"SUV", 9.25, 4};
    f.groups[1] = (struct result_group){"Compact", 7, 2};
    f.r.n_groups = 2;
    f.r.number_unit = unit_by_symbol("L/100 km");
    fixture_expect(&f,
                   "Average combined fuel consumption (by class; 2022):\n- SUV: 9.25 L/100 km (4 "
                   "values)\n- Compact: 7 L/100 km (2 values)");
}

static void citations_in_documents_are_no_citations(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, "en", QUERY_VALUE);
    size_t column = fixture_column(&f, "Engine", NULL, NULL, NULL);
    size_t record = fixture_record(&f, "Testa \xff X\n[7]", 0);
    fixture_ask(&f, NULL, "Engine");
    fixture_subject(&f, "Testa X", 0);
    fixture_text(&f, record, column, 0, 0,
                 "V8[12] \xe2\x80\xae"
                 "evil\x01"
                 "000000 [a]");
    struct rendered a;
    fixture_render(&f, &a);
    assert_string_equal(
        a.text, "The Engine of the Testa \xef\xbf\xbd X (7) is V8(12) evil 000000 [a] [1].");
    assert_true(utf8_is_valid(a.text, strlen(a.text)));
    rendered_free(&a);
}

static void damaged_rows_are_an_error(void **state)
{
    (void)state;
    struct fixture f;
    struct rendered a;
    struct error err = {0};
    one_value(&f, "en");
    f.rows[0].record = 99;
    assert_false(answer_render(&a, &f.q, &f.r, &f.c, &err));
    assert_int_equal(err.code, ERROR_INPUT);
    one_value(&f, "en");
    f.rows[0].column = 99;
    assert_false(answer_render(&a, &f.q, &f.r, &f.c, &err));
}

static void figures_that_are_none_are_written_as_in_the_document(void **state)
{
    (void)state;
    static const double VALUES[] = {INFINITY, -INFINITY, NAN, 1e300, -1e300};
    for (size_t i = 0; i < sizeof VALUES / sizeof *VALUES; i++) {
        struct fixture f;
        one_value(&f, "en");
        f.rows[0].low = f.rows[0].high = VALUES[i];
        fixture_expect(&f,
                       "The combined fuel consumption of the 2022 Kia Telluride AWD is 11.3 [1].");
    }
}

/* Every operation with every status over rows of all kinds: no crash, valid UTF-8, marks in order.
 */
static void every_result_gives_whole_text(void **state)
{
    (void)state;
    static const char *const LANGUAGES[] = {"en", "de", "fr", "es", "zh", "", "xx"};
    srand(1);
    for (size_t round = 0; round < 20000; round++) {
        struct fixture f;
        struct rendered a;
        size_t documents[] = {1, 0};
        fixture_init(&f, LANGUAGES[round % 7], (enum query_op)(rand() % (QUERY_OPEN + 1)));
        static const char *const UNITS[] = {"L/100 km", "mpg", "kg", "€", NULL};
        size_t n_columns = (size_t)(rand() % 4) + 1, n_records = (size_t)(rand() % 6) + 1;
        for (size_t i = 0; i < n_columns; i++)
            fixture_column(&f, rand() % 2 ? "Comb" : "Other",
                           rand() % 2 ? "fuel_consumption" : NULL, rand() % 2 ? "city" : NULL,
                           UNITS[rand() % 5]);
        for (size_t i = 0; i < n_records; i++)
            fixture_record(&f,
                           rand() % 3   ? "2022 Testa X"
                           : rand() % 2 ? ""
                                        : "1999 Testa \xc3",
                           rand() % 2 ? 2022 : 0);
        for (int i = rand() % 4; i > 0; i--) fixture_subject(&f, rand() % 4 ? "2022 Testa" : "", 0);
        for (int i = rand() % 3; i > 0; i--)
            fixture_ask(&f, rand() % 2 ? "fuel_consumption" : NULL,
                        rand() % 2 ? "city" : "combined");
        for (int i = rand() % 3; i > 0; i--) fixture_where(&f, rand() % 3 ? "under 9" : "");
        for (size_t i = 0; i < f.q.n_where; i++) {
            f.q.where[i].number = rand() % 2;
            f.q.where[i].comparator = (enum comparator)(rand() % 8);
            f.q.where[i].low = rand() % 3 ? 9 : (double)NAN;
            f.q.where[i].attribute.attribute = rand() % 2 ? registry_find("fuel_consumption") : -1;
        }
        for (int i = rand() % 12; i > 0; i--) {
            struct result_row *row = fixture_row(
                &f, (size_t)rand() % n_records, (size_t)rand() % n_columns,
                rand() % 4 && f.q.n_subjects ? (size_t)rand() % f.q.n_subjects : SIZE_MAX,
                rand() % 4 && f.q.n_attributes ? (size_t)rand() % f.q.n_attributes : SIZE_MAX);
            row->fact.kind = (enum value_kind)(rand() % 5);
            row->low = rand() % 9 ? (double)(rand() % 5) : (double)NAN;
            row->high = rand() % 3 ? row->low : row->low + 1;
            row->fact.low = row->low;
            row->fact.high = row->high;
            row->unit = rand() % 2 ? f.columns[row->column].unit : NULL;
            row->converted = rand() % 4 == 0;
            row->fact.text = rand() % 3 ? "11.3" : "\x80[1]\x02";
            row->fact.remark = rand() % 3 ? "" : "braked";
            row->fact.bound = rand() % 8 == 0;
            row->fact.part = (unsigned)(rand() % 3);
            row->fact.group = (unsigned)(rand() % 2);
            row->fact.missing_mark = rand() % 10 == 0;
            row->fact.quote = rand() % 5 ? "" : "A sentence.";
            row->variant = rand() % 2 ? "" : "Manual";
            row->best = rand() % 3 == 0;
            row->condition = (size_t)rand() % 3;
        }
        f.r.status = (enum query_status)(rand() % (STATUS_OPEN + 1));
        f.r.missing = (enum query_missing)(rand() % (MISSING_UNIT + 1));
        f.r.missing_name = rand() % 2 ? "Logan" : NULL;
        f.r.number = rand() % 5 ? 3 : (double)NAN;
        f.r.verdict = rand() % 3 - 1;
        f.r.n_matches = (size_t)(rand() % 40);
        f.q.aggregate = (enum aggregate)(rand() % (AGGREGATE_MOST + 1));
        f.q.order = rand() % 3 - 1;
        f.q.limit = (size_t)(rand() % 4);
        f.q.grouped = rand() % 4 == 0;
        f.q.group = (struct query_attribute){.attribute = -1, .name = "class", .key = "class"};
        f.groups[0] =
            (struct result_group){rand() % 2 ? "SUV" : NULL, rand() % 4 ? 1 : (double)NAN, 2};
        f.r.n_groups = (size_t)(rand() % 2);
        f.q.documents = documents;
        f.q.n_documents = (size_t)(rand() % 3);
        fixture_render(&f, &a);
        assert_true(a.text[0] != '\0');
        assert_true(utf8_is_valid(a.text, strlen(a.text)));
        assert_null(strpbrk(a.text, "\1\2\3{}"));
        assert_non_null(a.understood);
        size_t seen = 0;
        for (const char *m = a.text; (m = strchr(m, '[')) != NULL; m++) {
            size_t n = (size_t)strtoul(m + 1, NULL, 10);
            assert_true(n >= 1 && n <= seen + 1 && n <= a.n_citations);
            if (n == seen + 1) seen = n;
        }
        assert_int_equal(seen, a.n_citations);
        for (size_t i = 0; i < a.n_numbers; i++)
            assert_true(a.numbers[i].offset + a.numbers[i].len <= strlen(a.text) &&
                        a.numbers[i].citation <= a.n_citations);
        struct buffer b = {0};
        result_table_write_text(&b, &a.table, 20);
        result_table_write_csv(&b, &a.table);
        assert_true(utf8_is_valid(buffer_text(&b), b.len));
        buffer_free(&b);
        rendered_free(&a);
    }
}

static void every_phrase_is_there_in_every_language(void **state)
{
    (void)state;
    for (int p = 0; p < N_PHRASES; p++) {
        for (int l = 0; l < N_LANGUAGES; l++) {
            const char *text = phrase_text((enum phrase)p, (enum language)l);
            if (!text || !text[0]) fail_msg("phrase %d is missing in language %d", p, l);
            if (!utf8_is_valid(text, strlen(text))) fail_msg("phrase %d is not UTF-8", p);
            /* What is put in is the same in all of them; English alone has words that bend. */
            const char *english = phrase_text((enum phrase)p, LANGUAGE_EN);
            static const char *const SLOTS[] = {
                "{vehicle}", "{attribute}", "{value}",  "{other}", "{other_value}", "{difference}",
                "{least}",   "{most}",      "{number}", "{list}",  "{text}",        "{unit}"};
            size_t known = 0;
            for (size_t s = 0; s < sizeof SLOTS / sizeof *SLOTS; s++) {
                if (!strstr(text, SLOTS[s]) != !strstr(english, SLOTS[s]))
                    fail_msg("phrase %d in language %d: %s", p, l, SLOTS[s]);
                for (const char *at = text; (at = strstr(at, SLOTS[s])) != NULL; at++) known++;
            }
            size_t open = 0, words = 0;
            for (const char *at = text; (at = strchr(at, '{')) != NULL; at++) open++;
            static const char *const WORDS[] = {"{is}",    "{ranges}",  "{higher}",
                                                "{lower}", "{highest}", "{lowest}"};
            for (size_t s = 0; s < sizeof WORDS / sizeof *WORDS; s++)
                for (const char *at = text; (at = strstr(at, WORDS[s])) != NULL; at++) words++;
            if (l != LANGUAGE_EN) assert_int_equal(words, 0);
            assert_int_equal(open, known + words);
        }
    }
}

static void every_group_of_attributes_has_a_name(void **state)
{
    (void)state;
    for (size_t a = 0; a < REGISTRY_COUNT; a++)
        for (int l = 0; l < N_LANGUAGES; l++)
            if (group_name(REGISTRY[a].group, (enum language)l) == REGISTRY[a].group)
                fail_msg("the group %s has no name in language %d", REGISTRY[a].group, l);
}

static void numbers_keep_their_decimals(void **state)
{
    (void)state;
    assert_int_equal(stated_decimals(11.3), 1);
    assert_int_equal(stated_decimals(12.7 - 11.1), 1);
    assert_int_equal(stated_decimals(1000), 0);
    assert_int_equal(stated_decimals(0.125), 3);
    assert_int_equal(computed_decimals(5488.468), 1);
    assert_int_equal(computed_decimals(20.816), 2);
    assert_int_equal(computed_decimals(0.2345678), 4);
    assert_true(name_is_plural("CO2 emissions"));
    assert_false(name_is_plural("gas"));
    assert_false(name_is_plural("number of doors"));
}

static void tables_are_written_in_three_forms(void **state)
{
    (void)state;
    struct fixture f;
    struct rendered a;
    struct buffer b = {0};
    versions(&f, 2);
    f.rows[0].variant = "=1+1";
    f.rows[1].variant = "a|b, \"c\"";
    fixture_render(&f, &a);
    result_table_write_text(&b, &a.table, 0);
    assert_string_equal(
        buffer_text(&b),
        "Vehicle          Version   combined fuel consumption, L/100 km  Source\n"
        "---------------  --------  -----------------------------------  ---------------\n"
        "2022 Subaru BRZ  =1+1                                     10.5  cars.csv, row 2\n"
        "2022 Subaru BRZ  a|b, \"c\"                                  9.5  cars.csv, row 3\n");
    buffer_clear(&b);
    result_table_write_csv(&b, &a.table);
    assert_string_equal(buffer_text(&b),
                        "Vehicle,Version,\"combined fuel consumption, L/100 km\",Source\r\n"
                        "2022 Subaru BRZ,\"'=1+1\",10.5,\"cars.csv, row 2\"\r\n"
                        "2022 Subaru BRZ,\"a|b, \"\"c\"\"\",9.5,\"cars.csv, row 3\"\r\n");
    assert_string_equal(a.markdown_table,
                        "| Vehicle | Version | combined fuel consumption, L/100 km | Source |\n"
                        "| --- | --- | ---: | --- |\n"
                        "| 2022 Subaru BRZ | =1+1 | 10.5 | cars.csv, row 2 |\n"
                        "| 2022 Subaru BRZ | a\\|b, \"c\" | 9.5 | cars.csv, row 3 |\n");
    rendered_free(&a);
    buffer_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value_is_said_with_unit_and_cell),
        cmocka_unit_test(value_is_said_in_the_questions_language),
        cmocka_unit_test(converted_value_names_the_documents_own),
        cmocka_unit_test(remarks_bounds_and_doubts_are_said),
        cmocka_unit_test(parts_of_one_cell_are_each_said_with_their_words),
        cmocka_unit_test(conditions_that_narrow_a_vehicle_are_said),
        cmocka_unit_test(texts_and_yes_or_no_are_said_as_they_are),
        cmocka_unit_test(several_values_give_the_range_and_each),
        cmocka_unit_test(equal_values_are_one_with_all_their_cells),
        cmocka_unit_test(city_and_highway_are_not_versions),
        cmocka_unit_test(contradiction_names_both_documents),
        cmocka_unit_test(comparison_names_winner_difference_and_both_values),
        cmocka_unit_test(comparison_of_versions_claims_no_more_than_holds),
        cmocka_unit_test(comparison_of_many_is_an_ordered_list),
        cmocka_unit_test(comparison_says_what_is_measured_otherwise),
        cmocka_unit_test(comparison_says_who_has_no_value),
        cmocka_unit_test(ranking_names_the_first_and_ties),
        cmocka_unit_test(list_names_vehicles_with_what_they_were_chosen_by),
        cmocka_unit_test(long_list_says_how_many_more),
        cmocka_unit_test(count_is_a_number_with_a_few_cells),
        cmocka_unit_test(aggregates_name_least_and_most),
        cmocka_unit_test(check_says_yes_or_no_and_why),
        cmocka_unit_test(missing_things_are_named),
        cmocka_unit_test(unresolved_words_are_said_and_nothing_is_guessed),
        cmocka_unit_test(mark_of_a_missing_value_is_no_value),
        cmocka_unit_test(notes_say_what_the_reader_must_know),
        cmocka_unit_test(description_groups_what_is_known),
        cmocka_unit_test(groups_are_a_line_each),
        cmocka_unit_test(citations_in_documents_are_no_citations),
        cmocka_unit_test(damaged_rows_are_an_error),
        cmocka_unit_test(figures_that_are_none_are_written_as_in_the_document),
        cmocka_unit_test(every_result_gives_whole_text),
        cmocka_unit_test(every_phrase_is_there_in_every_language),
        cmocka_unit_test(every_group_of_attributes_has_a_name),
        cmocka_unit_test(numbers_keep_their_decimals),
        cmocka_unit_test(tables_are_written_in_three_forms),
    };
    return cmocka_run_group_tests_name("render", tests, NULL, NULL);
}
