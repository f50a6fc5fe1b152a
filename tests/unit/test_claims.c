/* Claims in any text against the store: what is bound to which cell, and what never counts as
 * supported. */
#include "rag_fixture.h"

#include "answer/claims.h"
#include "base/utf8.h"

#include <math.h>
#include <stdio.h>

struct check {
    struct store *store;
    struct catalog catalog;
    struct word_index *words;
};

static int open_cars(void **state)
{
    static struct check c;
    struct error err = {0};
    c = (struct check){.store = cars_store()};
    ingest_ok(c.store, "/preise.csv", DOCUMENT_CSV,
              "Hersteller;Modell;Baujahr;Leistung [kW];Leergewicht [kg];Listenpreis [€];"
              "Verbrauch innerorts [l/100km];Verbrauch außerorts [l/100km]\n"
              "Falkwerk;Kranich;2022;150;2.190;58.990;9,1;6,2\n"
              "Falkwerk;Merlin;2021;331;1.710;49.700;12,4;7,9\n"
              "Falkwerk;Bussard;2023;300;2.280;71.250;10,8;7,1\n");
    if (!catalog_read(&c.catalog, c.store, &err)) return -1;
    c.words = word_index_build(&c.catalog, &err);
    *state = &c;
    return c.words ? 0 : -1;
}

static int close_cars(void **state)
{
    struct check *c = *state;
    word_index_free(c->words);
    catalog_free(&c->catalog);
    store_close(c->store);
    return 0;
}

static struct claims check(void **state, const char *text)
{
    struct check *c = *state;
    struct claims claims;
    struct error err = {0};
    if (!claims_check(&claims, text, strlen(text), c->words, c->store, &err))
        fail_msg("%s", err.text);
    return claims;
}

/* The statuses of all claims: '+' supported, '!' contradicted, '~' depends, '-' not found, '?' not
 * understood. */
static void expect(void **state, const char *text, const char *statuses)
{
    static const char SIGNS[] = "+!~-?";
    struct claims c = check(state, text);
    char got[64] = "";
    for (size_t i = 0; i < c.n && i < sizeof got - 1; i++) got[i] = SIGNS[c.items[i].status];
    if (strcmp(got, statuses) != 0) {
        struct buffer b = {0};
        claims_write(&b, &c);
        print_message("%s\n%s", text, buffer_text(&b));
        buffer_free(&b);
    }
    assert_string_equal(got, statuses);
    claims_free(&c);
}

static void claim_is_bound_to_its_cell(void **state)
{
    static const char TEXT[] = "As measured, the 2023 Honda Accord LX makes 192 hp [1].";
    struct claims c = check(state, TEXT);
    assert_int_equal(c.n, 1);
    assert_int_equal(c.counts[CLAIM_SUPPORTED], 1);
    const struct claim *claim = &c.items[0];
    assert_int_equal(claim->status, CLAIM_SUPPORTED);
    assert_memory_equal(TEXT + claim->begin, "192 hp", 6);
    assert_int_equal(claim->end - claim->begin, 6);
    assert_int_equal(claim->year, 2023);
    assert_string_equal(claim->attribute, "power");
    assert_int_equal(claim->n_cells, 1);
    assert_string_equal(claim->cells[0].document, "/cars.csv");
    assert_string_equal(claim->cells[0].location, "row 5");
    assert_string_equal(claim->cells[0].text, "192");
    assert_true(claim->cells[0].agrees);
    claims_free(&c);
}

static void another_value_is_contradicted_by_its_cell(void **state)
{
    struct claims c = check(state, "The 2023 Honda Accord LX makes 203 hp.");
    assert_int_equal(c.n, 1);
    assert_int_equal(c.items[0].status, CLAIM_CONTRADICTED);
    assert_int_equal(c.items[0].n_cells, 1);
    assert_false(c.items[0].cells[0].agrees);
    assert_string_equal(c.items[0].cells[0].text, "192");
    claims_free(&c);
}

static void value_of_another_vehicle_or_attribute_does_not_support(void **state)
{
    expect(state, "The 2023 Mazda CX-50 makes 203 hp.", "!"); /* the Camry's */
    expect(state, "The 2023 Mazda CX-50 has a combined fuel economy of 28 mpg.", "!"); /* CX-5's */
    expect(state, "The 2023 Mazda CX-50 can tow 187 lb.", "!"); /* its power */
    expect(state, "The 2023 Mazda CX-50 makes 187 kW.", "!");   /* another unit */
    expect(state, "The 2023 Mazda CX-50 makes 187 hp.", "+");
}

static void year_has_to_agree(void **state)
{
    expect(state, "The 2022 Lexus IS 350 makes 311 hp.", "+");
    expect(state, "The 2021 Lexus IS 350 makes 311 hp.", "-");
    struct claims c = check(state, "The 2021 Lexus IS 350 makes 311 hp.");
    assert_int_equal(c.items[0].missing, CLAIM_NO_YEAR);
    claims_free(&c);
}

static void versions_that_differ_do_not_support(void **state)
{
    expect(state, "The 2023 Toyota Camry makes 203 hp.", "~"); /* the V6 has 301 */
    expect(state, "The 2023 Toyota Camry LE makes 203 hp.", "+");
    expect(state, "The 2023 Toyota Camry makes 250 hp.", "!");
    expect(state, "The 2023 Toyota Camry makes between 203 hp and 301 hp.", "+");
}

static void units_convert_and_rounding_is_allowed_to_the_last_digit(void **state)
{
    expect(state, "The 2021 Ford F-150 XLT can tow 5,987 kg.", "+"); /* 13,200 lb */
    expect(state, "The 2021 Ford F-150 XLT can tow 5,900 kg.", "!");
    expect(state, "The 2021 Ford F-150 XLT can tow 6 t.", "+");
    expect(state, "The 2023 Honda Accord LX makes 143 kW.", "+"); /* 192 hp */
    expect(state, "The 2023 Honda Accord LX makes about 190 hp.", "+");
    expect(state, "The 2023 Honda Accord LX makes 190 hp.", "!");
    expect(state, "The 2023 Honda Accord LX needs 7.35 L/100 km.", "+"); /* 32 mpg */
}

static void unit_that_no_source_names_supports_nothing(void **state)
{
    (void)state;
    struct store *store = memory_store();
    ingest_ok(store, "/bare.csv", DOCUMENT_CSV,
              "Make,Model,Year,Towing\nTestra,Uno,2020,1500\nTestra,Duo,2021,1800\n"
              "Testra,Tre,2022,2100\n");
    struct check bare = {.store = store};
    struct error err = {0};
    assert_true(catalog_read(&bare.catalog, store, &err));
    bare.words = word_index_build(&bare.catalog, &err);
    assert_non_null(bare.words);
    void *inner = &bare;
    struct claims claims = check(&inner, "The 2020 Testra Uno has a towing capacity of 1,500 kg.");
    assert_int_equal(claims.n, 1);
    assert_int_equal(claims.counts[CLAIM_SUPPORTED], 0);
    claims_free(&claims);
    word_index_free(bare.words);
    catalog_free(&bare.catalog);
    store_close(store);
}

static void comparators_hold_or_not(void **state)
{
    expect(state, "The 2023 Honda Accord LX has more than 190 hp.", "+");
    expect(state, "The 2023 Honda Accord LX has more than 200 hp.", "!");
    expect(state, "The 2023 Honda Accord LX has more than 192 hp.", "!");
    expect(state, "The 2023 Honda Accord LX has over 192 hp.", "!");
    expect(state, "The 2023 Honda Accord LX has at least 192 hp.", "+");
    expect(state, "The 2023 Honda Accord LX has less than 192 hp.", "!");
    expect(state, "The 2023 Honda Accord LX has up to 192 hp.", "+");
    expect(state, "The 2023 Honda Accord LX has up to 250 hp.", "!"); /* the most is said */
    expect(state, "The 2023 Honda Accord LX has less than 200 hp.", "+");
    expect(state, "The 2023 Honda Accord LX makes at least 192 hp.", "+");
    expect(state, "The 2023 Honda Accord LX does not make 203 hp.", "+");
}

static void difference_is_checked_as_one(void **state)
{
    expect(state, "The 2023 Toyota Camry LE has 203 hp, 11 hp more than the 2023 Honda Accord LX.",
           "++");
    expect(state, "The 2023 Toyota Camry LE has 203 hp, 12 hp more than the 2023 Honda Accord LX.",
           "+!");
}

static void figures_go_with_the_names_they_stand_by(void **state)
{
    expect(state, "The 2023 Toyota Camry LE has 203 hp and the 2023 Honda Accord LX 192 hp.", "++");
    expect(state, "The 2023 Toyota Camry LE has 192 hp and the 2023 Honda Accord LX 203 hp.", "!!");
    expect(state, "203 hp for the 2023 Toyota Camry LE and 192 hp for the 2023 Honda Accord LX.",
           "++");
    expect(state, "The 2023 Toyota Camry LE and the 2023 Honda Accord LX have 203 hp and 192 hp.",
           "++");
    expect(state, "The 2023 Mazda CX-50 and the 2023 Mazda CX-5 make 187 hp.", "++");
    expect(state, "The 2023 Honda Accord LX is frugal. It makes 192 hp.", "+");
}

static void qualifiers_are_told_apart(void **state)
{
    expect(state, "Falkwerk Kranich (2022), Verbrauch innerorts: 9,1 l/100 km.", "+");
    expect(state, "Falkwerk Kranich (2022), Verbrauch außerorts: 9,1 l/100 km.", "!");
    expect(state,
           "The 2022 Falkwerk Kranich needs 9.1 L/100 km in the city and 6.2 L/100 km on the "
           "highway.",
           "++");
    expect(state,
           "The 2022 Falkwerk Kranich needs 6.2 L/100 km in the city and 9.1 L/100 km on the "
           "highway.",
           "!!");
}

static void numbers_are_read_as_the_text_writes_them(void **state)
{
    expect(state, "Der Falkwerk Kranich von 2022 kostet 58.990 € und wiegt 2.190 kg.", "++");
    expect(state, "The 2022 Falkwerk Kranich costs €58,990 and weighs 2,190 kg.", "++");
    expect(state, "Der Falkwerk Kranich von 2022 wiegt 2.191 kg.", "!");
}

static void what_is_not_there_is_not_found(void **state)
{
    expect(state, "The 2023 Honda Prelude makes 200 hp.", "-");
    expect(state, "The 2023 Honda Accord LX has a wheelbase of 2,830 mm.", "-");
    expect(state, "The 2023 Honda Accord LX can tow 2,000 lb.", "-"); /* the cell is empty */
}

static void what_is_not_clear_is_not_guessed(void **state)
{
    expect(state, "It makes 203 hp.", "?");
    expect(state, "Toyotas make 203 hp.", "?");
    expect(state, "The average power of the Toyotas is 203 hp.", "?");
    expect(state, "3 cars of Toyota have more than 200 hp.", "??");
    expect(state, "No figures here, in 2023, either [1][2].", "");
    expect(state, "", "");
}

static void lists_are_read_line_by_line(void **state)
{
    expect(state,
           "By power, highest first:\n1. 2023 Toyota Camry XSE V6: 301 hp [1]\n"
           "2. 2023 Mazda CX-5: 187 hp [2]\n3. 2023 Honda Accord LX: 191 hp [3]\n",
           "++!");
    expect(state,
           "Towing capacity:\n- 2021 Ford F-150 XLT (13,200 lb)\n- 2023 Mazda CX-5 (2,100 lb)\n",
           "+!");
}

static void claims_are_json_and_text(void **state)
{
    struct claims c = check(state, "The 2023 Honda Accord LX makes 203 hp. It needs 32 mpg.");
    json_t *o = claims_to_json(&c);
    assert_non_null(o);
    assert_int_equal(json_integer_value(json_object_get(o, "contradicted")), 1);
    json_t *claim = json_array_get(json_object_get(o, "claims"), 0);
    assert_string_equal(json_string_value(json_object_get(claim, "status")), "contradicted");
    assert_string_equal(json_string_value(json_object_get(claim, "unit")), "hp");
    json_t *cell = json_array_get(json_object_get(claim, "cells"), 0);
    assert_string_equal(json_string_value(json_object_get(cell, "location")), "row 5");
    json_decref(o);
    struct buffer b = {0};
    claims_write(&b, &c);
    assert_non_null(strstr(buffer_text(&b), "! 203 hp: contradicted ("));
    assert_non_null(strstr(buffer_text(&b), "1 supported, 1 contradicted"));
    buffer_free(&b);
    claims_free(&c);
}

static void any_bytes_are_checked(void **state)
{
    struct check *c = *state;
    srand(7);
    static const char *const PIECES[] = {"2023 Honda Accord LX",
                                         "203 hp",
                                         "192",
                                         "\xff\xfe",
                                         "\n- ",
                                         "1. ",
                                         "[1]",
                                         "(",
                                         ")",
                                         "more than",
                                         "the",
                                         "it",
                                         "\0",
                                         "…",
                                         "averages",
                                         "11,5.2",
                                         "9e99999",
                                         "马力",
                                         "°",
                                         "\xc3",
                                         "city",
                                         "between 1 and 2 kg",
                                         ".",
                                         " ",
                                         "2023",
                                         "€",
                                         "not",
                                         "€58.990",
                                         "and",
                                         ";",
                                         ":"};
    for (size_t round = 0; round < 3000; round++) {
        struct buffer b = {0};
        for (int i = rand() % 24; i > 0; i--) {
            const char *p = PIECES[(size_t)rand() % (sizeof PIECES / sizeof *PIECES)];
            buffer_append(&b, p, p[0] ? strlen(p) : 1);
            if (rand() % 4) buffer_putc(&b, ' ');
        }
        struct claims claims;
        struct error err = {0};
        if (!claims_check(&claims, buffer_text(&b), b.len, c->words, c->store, &err))
            fail_msg("%s", err.text);
        for (size_t i = 0; i < claims.n; i++) {
            const struct claim *k = &claims.items[i];
            assert_true(k->begin < k->end && k->end <= b.len);
            assert_true(k->sentence_begin <= k->begin && k->end <= k->sentence_end);
            assert_true(utf8_is_valid(k->text, strlen(k->text)));
            if (k->status == CLAIM_SUPPORTED) assert_true(k->n_cells > 0);
        }
        json_t *o = claims_to_json(&claims);
        assert_non_null(o);
        json_decref(o);
        claims_free(&claims);
        buffer_free(&b);
    }
}

static void long_texts_take_linear_time_and_are_cut(void **state)
{
    struct check *c = *state;
    struct buffer b = {0};
    /* One sentence without an end, and more claims than are kept. */
    for (size_t i = 0; i < 20000; i++) buffer_puts(&b, "2023 Honda Accord LX 192 hp, ");
    struct claims claims;
    struct error err = {0};
    assert_true(claims_check(&claims, buffer_text(&b), b.len, c->words, c->store, &err));
    assert_int_equal(claims.n, CLAIMS_MAX);
    assert_true(claims.more);
    assert_true(claims.counts[CLAIM_SUPPORTED] > CLAIMS_MAX / 2);
    claims_free(&claims);
    buffer_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claim_is_bound_to_its_cell),
        cmocka_unit_test(another_value_is_contradicted_by_its_cell),
        cmocka_unit_test(value_of_another_vehicle_or_attribute_does_not_support),
        cmocka_unit_test(year_has_to_agree),
        cmocka_unit_test(versions_that_differ_do_not_support),
        cmocka_unit_test(units_convert_and_rounding_is_allowed_to_the_last_digit),
        cmocka_unit_test(unit_that_no_source_names_supports_nothing),
        cmocka_unit_test(comparators_hold_or_not),
        cmocka_unit_test(difference_is_checked_as_one),
        cmocka_unit_test(figures_go_with_the_names_they_stand_by),
        cmocka_unit_test(qualifiers_are_told_apart),
        cmocka_unit_test(numbers_are_read_as_the_text_writes_them),
        cmocka_unit_test(what_is_not_there_is_not_found),
        cmocka_unit_test(what_is_not_clear_is_not_guessed),
        cmocka_unit_test(lists_are_read_line_by_line),
        cmocka_unit_test(claims_are_json_and_text),
        cmocka_unit_test(any_bytes_are_checked),
        cmocka_unit_test(long_texts_take_linear_time_and_are_cut),
    };
    return cmocka_run_group_tests_name("claims", tests, open_cars, close_cars);
}
