/* Which passages a question finds, and in what order. */
#include "rag_fixture.h"

#include "query/retrieve.h"

static void retrieve_ok(struct store *s, const char *text, size_t top_k, struct hit_list *hits)
{
    struct question q;
    struct error err = {0};
    struct retrieve_options o = {.top_k = top_k};
    if (!question_understand(&q, s, text, &err)) fail_msg("%s", err.text);
    if (!retrieve(s, &q, &o, hits, &err)) fail_msg("%s", err.text);
    question_free(&q);
}

/* The titles of what is found, joined by ';'. */
static void expect_titles(struct store *s, const char *text, const char *expected)
{
    struct hit_list hits;
    struct buffer got = {0};
    retrieve_ok(s, text, 0, &hits);
    for (size_t i = 0; i < hits.n; i++) buffer_printf(&got, "%s;", hits.items[i].title);
    if (strcmp(buffer_text(&got), expected) != 0)
        fail_msg("\"%s\": got \"%s\", expected \"%s\"", text, buffer_text(&got), expected);
    buffer_free(&got);
    hit_list_free(&hits);
}

static void exact_vehicle_comes_first(void **state)
{
    (void)state;
    struct store *s = cars_store();
    expect_titles(s, "2023 Honda Accord horsepower", "2023 Honda Accord LX;");
    expect_titles(s, "2021 Camry horsepower", "2021 Toyota Camry LE;");
    struct hit_list hits;
    retrieve_ok(s, "horsepower of the 2023 Camry XSE V6", 0, &hits);
    assert_int_equal(hits.n, 2);
    assert_string_equal(hits.items[0].title, "2023 Toyota Camry XSE V6");
    hit_list_free(&hits);
    /* No year: the newest first, the others behind. */
    retrieve_ok(s, "horsepower of the Camry", 0, &hits);
    assert_int_equal(hits.n, 3);
    assert_int_equal(hits.items[0].vehicle.year, 2023);
    assert_int_equal(hits.items[2].vehicle.year, 2021);
    hit_list_free(&hits);
    store_close(s);
}

static void missing_year_gives_the_nearest_years(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct hit_list hits;
    retrieve_ok(s, "2022 Camry horsepower", 0, &hits);
    assert_int_equal(hits.n, 3);
    for (size_t i = 0; i < hits.n; i++) assert_int_not_equal(hits.items[i].vehicle.year, 2022);
    hit_list_free(&hits);
    store_close(s);
}

static void comparison_takes_the_best_passage_of_each(void **state)
{
    (void)state;
    struct store *s = cars_store();
    expect_titles(s, "Which has more horsepower, the 2021 Camry or the 2023 Honda Accord?",
                  "2021 Toyota Camry LE;2023 Honda Accord LX;");
    expect_titles(s, "Compare the mpg of the CX-5 and the CX-50",
                  "2023 Mazda CX-5;2023 Mazda CX-50;");
    store_close(s);
}

static void best_section_of_a_sheet_comes_first(void **state)
{
    (void)state;
    struct store *s = memory_store();
    ingest_ok(s, "/r1t.md", DOCUMENT_MARKDOWN,
              "# 2022 Rivian R1T\n\nA pickup.\n\n## Powertrain\n\n- Horsepower: 835 hp\n\n"
              "## Dimensions\n\n- Length: 217.1 in\n\n## Off road\n\n- Wading depth: 43 in\n");
    struct hit_list hits;
    retrieve_ok(s, "How deep is the wading depth of the R1T?", 0, &hits);
    assert_true(hits.n >= 1);
    assert_string_equal(hits.items[0].title, "2022 Rivian R1T - Off road");
    hit_list_free(&hits);
    retrieve_ok(s, "How long is the R1T?", 0, &hits);
    assert_string_equal(hits.items[0].title, "2022 Rivian R1T - Dimensions");
    hit_list_free(&hits);
    store_close(s);
}

static void passages_without_a_vehicle_are_found_by_its_name(void **state)
{
    (void)state;
    struct store *s = cars_store();
    ingest_ok(s, "/notes.txt", DOCUMENT_TEXT,
              "Workshop notes\n\nThe oil capacity of the Accord engine is 3.7 qt.\n");
    struct hit_list hits;
    retrieve_ok(s, "Accord oil capacity", 0, &hits);
    assert_true(hits.n >= 1);
    assert_string_equal(hits.items[0].path, "/notes.txt");
    hit_list_free(&hits);
    store_close(s);
}

static void nothing_is_found_for_what_is_not_there(void **state)
{
    (void)state;
    struct store *s = cars_store();
    expect_titles(s, "Ferrari 488 horsepower", "");
    expect_titles(s, "zebra crossings", "");
    store_close(s);
}

static void open_questions_search_everything(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct hit_list hits;
    retrieve_ok(s, "which pickup can tow", 3, &hits);
    assert_int_equal(hits.n, 3);
    assert_string_equal(hits.items[0].vehicle.category, "Pickup");
    hit_list_free(&hits);
    store_close(s);
}

static void ranks_of_two_lists_are_merged(void **state)
{
    (void)state;
    struct hit items[] = {{.chunk = 1, .path = "", .title = "a", .text = "", .location = ""},
                          {.chunk = 2, .path = "", .title = "b", .text = "", .location = ""},
                          {.chunk = 3, .path = "", .title = "c", .text = "", .location = ""}};
    for (size_t i = 0; i < 3; i++) items[i].vehicle = vehicle_none();
    struct hit other[] = {items[2], items[1]};
    struct hit_list first = {.items = items, .n = 3}, second = {.items = other, .n = 2};
    const struct hit_list *lists[] = {&first, &second};
    struct hit_list out = {0};
    struct error err = {0};
    assert_true(hit_lists_merge(lists, 2, 10, &out, &err));
    /* c: 1/63 + 1/61, b: 1/62 + 1/62, a: 1/61 */
    assert_int_equal(out.n, 3);
    assert_string_equal(out.items[0].title, "c");
    assert_string_equal(out.items[1].title, "b");
    assert_string_equal(out.items[2].title, "a");
    assert_true(out.items[0].score > 1.0 / 63 + 1.0 / 61 - 1e-12 &&
                out.items[0].score < 1.0 / 63 + 1.0 / 61 + 1e-12);
    hit_list_free(&out);
    assert_true(hit_lists_merge(lists, 2, 1, &out, &err));
    assert_int_equal(out.n, 1);
    hit_list_free(&out);
}

static size_t count_filtered(struct store *s, const char *question,
                             const struct metadata_filter *filter, const char *title)
{
    struct error err = {0};
    struct question q;
    struct hit_list hits;
    struct retrieve_options o = {.top_k = 20, .metadata = filter};
    assert_true(question_understand(&q, s, question, &err));
    assert_true(retrieve(s, &q, &o, &hits, &err));
    size_t n = hits.n;
    if (title) assert_string_equal(hits.items[0].title, title);
    hit_list_free(&hits);
    question_free(&q);
    return n;
}

static void a_metadata_filter_lets_only_such_vehicles_through(void **state)
{
    (void)state;
    struct store *s = cars_store();
    ingest_ok(s, "/note.txt", DOCUMENT_TEXT, "Horsepower is measured at the wheels.");
    static const char *const PICKUP[] = {"pickup"}, *const MAKERS[] = {"honda", "mazda"},
                             *const YEARS[] = {"2021", "2022"};
    struct metadata_filter pickups = {.fields[METADATA_CATEGORY] = {PICKUP, 1}};
    struct metadata_filter makers = {.fields[METADATA_MANUFACTURER] = {MAKERS, 2}};
    struct metadata_filter both = {
        .fields = {[METADATA_CATEGORY] = {PICKUP, 1}, [METADATA_YEAR] = {YEARS, 2}}};
    struct metadata_filter none = {
        .fields = {[METADATA_CATEGORY] = {PICKUP, 1}, [METADATA_MANUFACTURER] = {MAKERS, 2}}};
    assert_int_equal(count_filtered(s, "horsepower", NULL, NULL), 12);
    assert_int_equal(count_filtered(s, "horsepower", &pickups, NULL), 2);
    assert_int_equal(count_filtered(s, "horsepower", &makers, NULL), 3);
    assert_int_equal(count_filtered(s, "horsepower", &both, NULL), 2);
    assert_int_equal(count_filtered(s, "horsepower", &none, NULL), 0);
    assert_int_equal(
        count_filtered(s, "horsepower of the 2023 Honda Accord", &makers, "2023 Honda Accord LX"),
        1);
    assert_int_equal(count_filtered(s, "horsepower of the 2023 Honda Accord", &pickups, NULL), 0);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_vehicle_comes_first),
        cmocka_unit_test(missing_year_gives_the_nearest_years),
        cmocka_unit_test(comparison_takes_the_best_passage_of_each),
        cmocka_unit_test(best_section_of_a_sheet_comes_first),
        cmocka_unit_test(passages_without_a_vehicle_are_found_by_its_name),
        cmocka_unit_test(nothing_is_found_for_what_is_not_there),
        cmocka_unit_test(open_questions_search_everything),
        cmocka_unit_test(ranks_of_two_lists_are_merged),
        cmocka_unit_test(a_metadata_filter_lets_only_such_vehicles_through),
    };
    return cmocka_run_group_tests_name("retrieve", tests, NULL, NULL);
}
