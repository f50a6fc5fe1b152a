/* Questions, read and executed over a small store: which operation, which status, which rows with which
 * values. What is expected was read off the documents (query_documents.h) by hand. */
#include "query_fixture.h"

#define ELAN "1968 Lotus Elan"
#define CAMRY_LE "2023 Toyota Camry LE"
#define CAMRY_V6 "2023 Toyota Camry XSE V6"
#define CAMRY_21 "2021 Toyota Camry LE"
#define RAV4 "2022 Toyota RAV4 XLE"
#define PRIUS "2022 Toyota Prius LE"
#define ACCORD "2023 Honda Accord LX"
#define CIVIC "2022 Honda Civic Sport"
#define CIVIC_SI "2022 Honda Civic Si"
#define F150 "2021 Ford F-150 XLT"
#define F150_KING "2021 Ford F-150 King Ranch"
#define MUSTANG "2022 Ford Mustang GT"
#define FOCUS "2012 Ford Focus SE"
#define MODEL_3 "2023 Tesla Model 3 Long Range"
#define SILVERADO "2022 Chevrolet Silverado 1500 LT"
#define CORVETTE "2021 Chevrolet Corvette Stingray"
#define LEXUS "2022 Lexus IS 350"
#define CX_50 "2023 Mazda CX-50"
#define CX_5 "2023 Mazda CX-5"
#define MIATA "2022 Mazda MX-5 Miata Club"
#define RANGE_ROVER "2022 Land Rover Range Rover"
#define OCTAVIA "2022 Škoda Octavia"
#define FABIA "2021 Škoda Fabia"
#define BMW_320D "2022 BMW 320d"
#define BMW_I4 "2022 BMW i4"
#define C3 "2020 Citroën C3"
#define IONIQ "2022 Hyundai Ioniq 5"
#define EV6 "2022 Kia EV6"
#define ZOE "2021 Renault Zoe"
#define SPRING "2022 Dacia Spring"

static void value_of_a_vehicle_is_its_cell(void **state)
{
    static const struct asked ASKED[] = {
        {"What is the horsepower of the 2023 Camry LE?", "value found: " CAMRY_LE " 203 hp"},
        {"torque of the 2022 Mustang GT", "value found: " MUSTANG " 410 lb-ft"},
        {"how heavy is the Civic Si?", "value found: " CIVIC_SI " 2952 lb"},
        {"how much does the F-150 King Ranch cost?", "value found: " F150_KING " 57305 $"},
        {"how many seats does the Silverado have", "value found: " SILVERADO " 6"},
        {"What transmission does the Corvette have?", "value found: " CORVETTE " 8-speed dual-clutch"},
        {"who makes the Corvette?", "value found: " CORVETTE " Chevrolet"},
        {"which year is the Focus?", "value found: " FOCUS " 2012"},
        {"city mpg of the RAV4", "value found: " RAV4 " 41 mpg"},
        {"highway fuel economy of the 2023 Accord", "value found: " ACCORD " 37 mpg"},
        {"fuel economy of the Prius", "value found: " PRIUS " 52 mpg"}, /* the combined one */
        {"0-60 time of the Miata", "value found: " MIATA " 5.7 s"},
        {"Top speed of the BMW 320d", "value found: " BMW_320D " 240 km/h"},
        {"curb weight of the Fabia", "value found: " FABIA " 1145 kg"}, /* "1.145" */
        {"power of the Lotus Elan", "value found: " ELAN " 105 hp"},   /* prose */
        {"how heavy is the Elan", "value found: " ELAN " 1516 lb"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void unit_that_is_wanted_is_converted_to(void **state)
{
    static const struct asked ASKED[] = {
        {"Accord power in kW", "value found: " ACCORD " 143.174 kW"},
        {"how much does the Miata weigh in kg", "value found: " MIATA " 1061.86 kg"},
        {"fuel economy of the Prius in L/100 km", "value found: " PRIUS " 4.52336 L/100 km"},
        {"range of the Kia EV6 in miles", "value found: " EV6 " 328.084 mi"},
        {"Wie viel PS hat der Octavia?", "value found: " OCTAVIA " 149.558 PS"},
        {"towing capacity of the Ioniq 5 in lb", "value found: " IONIQ " 3527.4 lb"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void versions_that_differ_are_several(void **state)
{
    static const struct asked ASKED[] = {
        {"Camry horsepower",
         "value several: " CAMRY_LE " 203 hp; " CAMRY_V6 " 301 hp; " CAMRY_21 " 203 hp"},
        {"2023 Camry horsepower", "value several: " CAMRY_LE " 203 hp; " CAMRY_V6 " 301 hp"},
        {"towing capacity of the F-150",
         "value several: " F150 " 13200 lb; " F150_KING " 11300 lb"},
        /* the same in all of them */
        {"horsepower of the F-150", "value found: " F150 " 400 hp; " F150_KING " 400 hp"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void questions_of_five_languages_are_read(void **state)
{
    static const struct asked ASKED[] = {
        {"Höchstgeschwindigkeit des BMW i4", "value found: " BMW_I4 " 190 km/h"},
        {"Wie schwer ist der Škoda Octavia?", "value found: " OCTAVIA " 1465 kg"},
        {"Quelle est la puissance de la Citroën C3 ?", "value found: " C3 " 61 kW"},
        {"¿Cuánto pesa el Škoda Fabia?", "value found: " FABIA " 1145 kg"},
        {"BMW 320d的功率是多少？", "value found: " BMW_320D " 140 kW"},
        {"Welches Auto hat die meisten PS?", "rank found: " CORVETTE " 496.796 PS*"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void checks_are_answered_yes_or_no(void **state)
{
    static const struct asked ASKED[] = {
        {"does the Ioniq 5 have a heat pump?", "check found yes: " IONIQ " yes"},
        {"does the Zoe have a heat pump", "check found no: " ZOE " no"},
        {"is the 2022 Mustang GT rear wheel drive?", "check found yes: " MUSTANG " RWD"},
        {"is the 2023 Accord a diesel?", "check found no: " ACCORD " Gasoline"},
        {"is the Tesla Model 3 electric?", "check found yes: " MODEL_3 " Electric"},
        {"can the F-150 tow 10000 lb?",
         "check found yes: " F150 " 13200 lb; " F150_KING " 11300 lb"},
        {"can the RAV4 tow 2000 lb?", "check found no: " RAV4 " 1750 lb"},
        {"does the Corvette have more than 400 hp?", "check found yes: " CORVETTE " 490 hp"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void comparisons_give_winner_and_difference(void **state)
{
    static const struct asked ASKED[] = {
        {"which is heavier, the Accord or the Camry XSE?",
         "compare found = 311 lb: " ACCORD " 3239 lb; " CAMRY_V6 " 3550 lb*"},
        {"compare the horsepower of the Corvette and the Mustang",
         "compare found = 40 hp: " CORVETTE " 490 hp*; " MUSTANG " 450 hp"},
        {"how much more torque does the F-150 XLT have than the Silverado",
         "compare found = 40 lb-ft: " F150 " 500 lb-ft*; " SILVERADO " 460 lb-ft"},
        {"which weighs less, the Civic Si or the Prius?",
         "compare found = 58 lb: " CIVIC_SI " 2952 lb*; " PRIUS " 3010 lb"},
        {"which is cheaper, the CX-5 or the CX-50?",
         "compare found = 850 $: " CX_5 " 26700 $*; " CX_50 " 27550 $"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void most_and_least_are_ranked(void **state)
{
    static const struct asked ASKED[] = {
        {"which car has the most horsepower?", "rank found: " CORVETTE " 490 hp*"},
        {"lightest car", "rank found: " ELAN " 1516 lb*"},
        {"heaviest Toyota", "rank found: " RAV4 " 3710 lb*"},
        {"top 3 cars by horsepower",
         "rank found: " CORVETTE " 490 hp*; " MUSTANG " 450 hp; " MODEL_3 " 425 hp"},
        {"cheapest SUV", "rank found: " CX_5 " 26700 $*"},
        {"most expensive sedan", "rank found: " MODEL_3 " 47240 $*"},
        {"which Toyota has the best fuel economy?", "rank found: " PRIUS " 52 mpg*"},
        {"which Toyota has the worst fuel economy?", "rank found: " CAMRY_V6 " 26 mpg*"},
        {"fastest BMW", "rank found: " BMW_320D " 240 km/h*"},
        {"which pickup can tow the most?", "rank found: " F150 " 13200 lb*"},
        {"which car has the longest range?", "rank found: " EV6 " 528 km*"},
        {"which car has the smallest battery?", "rank found: " SPRING " 26.8 kWh*"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void lists_have_all_that_meet_the_conditions(void **state)
{
    static const struct asked ASKED[] = {
        {"list all diesel cars", "list found: " SILVERADO "; " OCTAVIA "; " BMW_320D},
        {"list all hybrids", "list found: " RAV4 "; " PRIUS},
        {"cars with more than 400 hp", "list found: " MUSTANG "; " MODEL_3 "; " CORVETTE},
        {"cars with at least 400 hp",
         "list found: " F150 "; " F150_KING "; " MUSTANG "; " MODEL_3 "; " CORVETTE},
        {"SUVs under $30,000", "list found: " CX_50 "; " CX_5},
        {"manual cars with at least 180 hp", "list found: " CIVIC_SI "; " MUSTANG "; " MIATA},
        {"cars between 190 and 200 hp", "list found: " ACCORD "; " CIVIC_SI},
        {"which cars are not gasoline?",
         "list found: " RAV4 "; " PRIUS "; " MODEL_3 "; " SILVERADO "; " OCTAVIA "; " BMW_320D
         "; " BMW_I4 "; " IONIQ "; " EV6 "; 2021 Renault Zoe; 2022 Dacia Spring"},
        {"Toyotas from 2022", "list found: " RAV4 "; " PRIUS},
        {"Fords since 2020", "list found: " F150 "; " F150_KING "; " MUSTANG},
        {"pickups that can tow at least 10,000 lb", "list found: " F150 "; " F150_KING},
        {"which cars have a heat pump?", "list found: " IONIQ "; " EV6},
        {"V8 cars", "list found: " F150_KING "; " MUSTANG "; " CORVETTE},
        {"six cylinder pickups", "list found: " F150 "; " SILVERADO},
        {"4WD cars", "list found: " F150 "; " F150_KING "; " SILVERADO},
        {"sedans without a manual transmission under $26,000", "list found: " CAMRY_21 "; " CIVIC},
        {"BMWs under 50000 euros", "list found: " BMW_320D},
        {"cars that use less than 4.5 l/100km", "list found: " MODEL_3 "; " OCTAVIA},
        {"cars with 2 seats", "list found: " CORVETTE "; " MIATA},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void counts_count_what_meets_the_conditions(void **state)
{
    static const struct asked ASKED[] = {
        {"how many Toyotas are there?", "count found = 5: " CAMRY_LE "; " CAMRY_V6 "; " CAMRY_21
                                        "; " RAV4 "; " PRIUS},
        {"how many cars have a manual transmission?",
         "count found = 4: " CIVIC_SI "; " MUSTANG "; " FOCUS "; " MIATA},
        {"how many sedans have more than 300 hp?",
         "count found = 3: " CAMRY_V6 "; " MODEL_3 "; " LEXUS},
        {"how many SUVs cost more than 100000 dollars", "count found = 1: " RANGE_ROVER},
        {"number of cars by body style",
         "count found = 30 by sedan 8, SUV 4, pickup 3, coupé 2, hatchback 2, convertible 1"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void aggregates_are_computed(void **state)
{
    static const struct asked ASKED[] = {
        {"average horsepower of the Fords", "aggregate found = 352.5 hp"},
        {"average price of SUVs", "aggregate found = 47288.8 $"},
        {"total price of the Mazdas", "aggregate found = 85550 $"},
        {"range of prices of the sedans", "aggregate found = 23950 $ to 47240 $"},
        {"lowest and highest weight of the Toyotas", "aggregate found = 3010 lb to 3710 lb"},
        {"average battery capacity", "aggregate found = 57.2 kWh"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void what_is_not_there_is_named(void **state)
{
    static const struct asked ASKED[] = {
        {"horsepower of the Ferrari 488", "none not_found (vehicle Ferrari 488)"},
        {"horsepower of the 2019 Camry", "value not_found (year Toyota Camry)"},
        {"wheelbase of the Corvette", "value not_found (attribute wheelbase)"},
        {"towing capacity of the Prius", "value not_found (attribute towing capacity)"},
        {"cars with more than 900 hp", "list not_found (match)"},
        {"how many cars have more than 900 hp?", "count not_found (match)"},
        {"diesel Hondas", "list not_found (match)"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void what_is_not_understood_is_named_and_nothing_guessed(void **state)
{
    static const struct asked ASKED[] = {
        {"zebra crossings", "none not_understood ‘zebra’ ‘crossings’"},
        {"flurbination of the 2023 Accord", "describe not_understood ‘flurbination’"},
        {"horsepower of the blorptified Accord", "value not_understood ‘blorptified’"},
        {"qwertz uiop asdf", "none not_understood ‘qwertz’ ‘uiop’ ‘asdf’"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void prose_is_left_to_be_read(void **state)
{
    static const struct asked ASKED[] = {
        {"How do I fold the hood of the Lotus Elan?", "open open"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void vehicle_is_described(void **state)
{
    static const struct asked ASKED[] = {
        {"tell me about the Corvette", "describe found: 18 values"},
        {"specs of the BMW i4", "describe found: 8 values"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void follow_ups_take_over_what_they_do_not_say(void **state)
{
    static const struct asked ASKED[] = {
        {"horsepower of the 2023 Accord\nand the torque?", "value found: " ACCORD " 192 lb-ft"},
        {"horsepower of the 2023 Accord\nand the torque?\nhow heavy is it?",
         "value found: " ACCORD " 3239 lb"},
        {"horsepower of the 2023 Accord\nwhat about the Corvette?",
         "value found: " CORVETTE " 490 hp"},
        {"horsepower of the 2023 Camry LE\nwhat about the XSE?", "value found: " CAMRY_V6 " 301 hp"},
        {"Accord power in kW\nand the Prius?", "value found: " PRIUS " 90.2297 kW"},
        {"list all SUVs\nonly the hybrids", "list found: " RAV4},
        {"cars with more than 300 hp\nonly the sedans",
         "list found: " CAMRY_V6 "; " MODEL_3 "; " LEXUS},
        {"which SUV is the cheapest?\nand the most expensive?", "rank found: " RANGE_ROVER
                                                               " 104000 $*"},
        /* A question that says all itself takes nothing over. */
        {"list all SUVs\nhorsepower of the 2023 Accord", "value found: " ACCORD " 192 hp"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void names_are_found_however_they_are_written(void **state)
{
    static const struct asked ASKED[] = {
        {"f150 xlt hp", "value found: " F150 " 400 hp"},
        {"F 150 XLT horsepower", "value found: " F150 " 400 hp"},
        {"horsepower of the cx5", "value found: " CX_5 " 187 hp"},
        {"rav-4 weight", "value found: " RAV4 " 3710 lb"},
        {"power of the Skoda Octavia", "value found: " OCTAVIA " 110 kW"},
        {"power of the citroen c3", "value found: " C3 " 61 kW"},
        {"chevy corvete horsepower", "value found: " CORVETTE " 490 hp"},
        {"torque of a mustnag", "value found: " MUSTANG " 410 lb-ft"},
        {"weight of the accord '23", "value found: " ACCORD " 3239 lb"},
        {"horse power of the 2023 honda acord", "value found: " ACCORD " 192 hp"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

/* ---- the query itself ---- */

static void read_one(struct query *q, const struct garage *g, const char *text)
{
    struct error err = {0};
    if (!query_read(q, g->words, text, NULL, &err)) fail_msg("%s", err.text);
}

static void query_says_what_was_understood(void **state)
{
    const struct garage *g = *state;
    struct query q;
    read_one(&q, g, "which diesel cars from 2022 have more than 140 kW?");
    assert_int_equal(q.op, QUERY_LIST);
    assert_string_equal(q.language, "en");
    assert_int_equal(q.n_unresolved, 0);
    assert_int_equal(q.n_where, 3);
    size_t numbers = 0, years = 0, categories = 0;
    for (size_t i = 0; i < q.n_where; i++) {
        const struct query_condition *w = &q.where[i];
        if (w->year) {
            assert_true(w->low == 2022);
            years++;
        } else if (w->number) {
            assert_int_equal(w->comparator, COMPARE_MORE);
            assert_true(w->low == 140);
            assert_string_equal(w->unit->symbol, "kW");
            assert_string_equal(REGISTRY[w->attribute.attribute].id, "power");
            numbers++;
        } else {
            assert_true(w->category >= 0 && !w->negated);
            categories++;
        }
    }
    assert_int_equal(years * 100 + numbers * 10 + categories, 111);
    query_free(&q);
    read_one(&q, g, "horsepower of the 2023 Camry");
    assert_int_equal(q.n_subjects, 1);
    assert_int_equal(q.subjects[0].n_records, 2);
    assert_int_equal(q.subjects[0].year, 2023);
    assert_non_null(strstr(q.subjects[0].label, "Camry"));
    assert_int_equal(q.n_attributes, 1);
    assert_string_equal(REGISTRY[q.attributes[0].attribute].id, "power");
    query_free(&q);
}

static void any_text_is_a_query(void **state)
{
    const struct garage *g = *state;
    static const char *const TEXTS[] = {
        "",
        " ",
        "?",
        "\n\n",
        "the the the the",
        "0",
        "2023",
        "'",
        "''22",
        "MY",
        "< > = >= <=",
        "$",
        "$$$ €€ £",
        "\"\"\"",
        "20\" wheels",
        "%%%%%n%s%n",
        "Camry Camry Camry Camry Camry Camry Camry Camry Camry Camry Camry Camry",
        "Camry or Accord or Civic or Prius or RAV4 or F-150 or Mustang or Focus or Corvette or IS",
        "more than less than at least at most between and and and",
        "between 5 and and 6 hp hp hp",
        "1e999 hp",
        "99999999999999999999999999999999999999 hp",
        "not not not not diesel not",
        "top 0 cars",
        "top 99999999999 cars by horsepower",
        "功率功率功率功率",
        "\xef\xbf\xbd\xef\xbf\xbd",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        struct error err = {0};
        struct query q;
        struct result r;
        if (!query_read(&q, g->words, TEXTS[i], NULL, &err)) fail_msg("%s: %s", TEXTS[i], err.text);
        if (!query_execute(&r, &q, &g->catalog, g->store, &err)) fail_msg("%s: %s", TEXTS[i], err.text);
        assert_true(q.n_where <= QUERY_MAX_CONDITIONS && q.n_subjects <= QUERY_MAX_SUBJECTS);
        result_free(&r);
        query_free(&q);
    }
    /* Many more words than a question has room for. */
    struct buffer b = {0};
    for (size_t i = 0; i < 3000; i++) buffer_puts(&b, "Camry horsepower over 200 hp or diesel ");
    struct query q;
    struct result r;
    struct error err = {0};
    read_one(&q, g, buffer_text(&b));
    assert_true(query_execute(&r, &q, &g->catalog, g->store, &err));
    result_free(&r);
    query_free(&q);
    buffer_free(&b);
}

static void empty_store_holds_nothing(void **state)
{
    (void)state;
    struct garage g = {.store = memory_store()};
    garage_open(&g);
    static const struct asked ASKED[] = {
        {"which car has the most horsepower?", "rank not_found (match)"},
        {"how many cars are there?", "count not_found (match)"},
    };
    EXPECT_OUTCOMES(&g, ASKED);
    garage_close(&g);
}

static void sources_that_differ_are_both_given(void **state)
{
    (void)state;
    struct garage g = {.store = memory_store()};
    ingest_ok(g.store, "/a.csv", DOCUMENT_CSV, "Make,Model,Year,Horsepower (hp)\nKia,Rio,2020,120\n");
    ingest_ok(g.store, "/b.csv", DOCUMENT_CSV, "Make,Model,Year,Horsepower (hp)\nKia,Rio,2020,130\n");
    garage_open(&g);
    struct buffer got = {0};
    ask_in_turn(&got, &g, "horsepower of the 2020 Kia Rio");
    assert_non_null(strstr(buffer_text(&got), ": 2020 Kia Rio 120 hp; 2020 Kia Rio 130 hp"));
    assert_null(strstr(buffer_text(&got), "value found"));
    buffer_free(&got);
    garage_close(&g);
}

/* Marks of a missing value are no figures. */
static void sentinels_are_no_least_values(void **state)
{
    (void)state;
    struct garage g;
    garage_of(&g, DOCUMENT_CSV, "Make,Model,Year,Horsepower (hp),Range (mi)\n"
                                              "Kia,Rio,2020,120,0\nKia,Soul,2020,147,0\n"
                                              "Kia,Niro EV,2020,201,239\nKia,Seltos,2020,-1,0\n"
                                              "Kia,K5,2020,180,n/a\n");
    static const struct asked ASKED[] = {
        {"which car has the least horsepower?", "rank found: 2020 Kia Rio 120 hp*"},
        {"average horsepower of the Kias", "aggregate found = 162 hp"},
    };
    EXPECT_OUTCOMES(&g, ASKED);
    garage_close(&g);
}

/* "D" of a tax band is no diesel, "A1" of a stock list no all-wheel drive. */
static void codes_of_other_columns_meet_no_condition(void **state)
{
    (void)state;
    struct garage g;
    garage_of(&g, DOCUMENT_CSV, "Stock #,Make,Model,Year,Propulsion,Driveline,Band\n"
                                              "A1001,Kia,Rio,2020,Petrol,FWD,D\n"
                                              "A1002,Kia,Soul,2020,Diesel,FWD,C\n"
                                              "A1003,Kia,Seltos,2020,Diesel,AWD,A\n");
    static const struct asked ASKED[] = {
        {"how many are diesels?", "count found = 2: 2020 Kia Soul; 2020 Kia Seltos"},
        {"how many cars have all-wheel drive?", "count found = 1: 2020 Kia Seltos"},
    };
    EXPECT_OUTCOMES(&g, ASKED);
    garage_close(&g);
}

static void quantity_of_a_fuel_is_its_consumption(void **state)
{
    (void)state;
    struct garage g;
    garage_of(&g, DOCUMENT_CSV, "Model,Payload (kg),Combined consumption (l/100 km)\n"
                                              "VW Transporter,1015,7.2\nToyota Proace,1400,7.1\n");
    static const struct asked ASKED[] = {
        {"How much diesel does the Proace use?", "value found: Toyota Proace 7.1 L/100 km"},
        {"Wie viel Benzin verbraucht der Proace?", "value found: Toyota Proace 7.1 L/100 km"},
        /* a van in German, a verb in French */
        {"What is the payload of the Transporter?", "value found: VW Transporter 1015 kg"},
    };
    EXPECT_OUTCOMES(&g, ASKED);
    garage_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value_of_a_vehicle_is_its_cell),
        cmocka_unit_test(unit_that_is_wanted_is_converted_to),
        cmocka_unit_test(versions_that_differ_are_several),
        cmocka_unit_test(questions_of_five_languages_are_read),
        cmocka_unit_test(checks_are_answered_yes_or_no),
        cmocka_unit_test(comparisons_give_winner_and_difference),
        cmocka_unit_test(most_and_least_are_ranked),
        cmocka_unit_test(lists_have_all_that_meet_the_conditions),
        cmocka_unit_test(counts_count_what_meets_the_conditions),
        cmocka_unit_test(aggregates_are_computed),
        cmocka_unit_test(what_is_not_there_is_named),
        cmocka_unit_test(what_is_not_understood_is_named_and_nothing_guessed),
        cmocka_unit_test(prose_is_left_to_be_read),
        cmocka_unit_test(vehicle_is_described),
        cmocka_unit_test(follow_ups_take_over_what_they_do_not_say),
        cmocka_unit_test(names_are_found_however_they_are_written),
        cmocka_unit_test(query_says_what_was_understood),
        cmocka_unit_test(any_text_is_a_query),
        cmocka_unit_test(empty_store_holds_nothing),
        cmocka_unit_test(sources_that_differ_are_both_given),
        cmocka_unit_test(sentinels_are_no_least_values),
        cmocka_unit_test(codes_of_other_columns_meet_no_condition),
        cmocka_unit_test(quantity_of_a_fuel_is_its_consumption),
    };
    return cmocka_run_group_tests_name("query", tests, garage_make, garage_remove);
}
