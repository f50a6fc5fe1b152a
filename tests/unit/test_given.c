/* Documents given with a question: whose they are, what they are called, and that they are answered
 * from like documents of a store. */
#include "rag_fixture.h"

#include "answer/answer.h"
#include "answer/given.h"

#define TEXT(s) .content = (s), .len = sizeof(s) - 1

static struct given given_from(const struct given_document *documents, size_t n)
{
    struct given g;
    struct error err = {0};
    if (!given_read(&g, documents, n, NULL, &err)) fail_msg("%s", err.text);
    return g;
}

/* Without a model. */
static struct answer answer_from(const struct given_document *documents, size_t n,
                                 const char *question)
{
    struct given g = given_from(documents, n);
    struct answer a;
    struct error err = {0};
    if (!answer_question(&a, g.store, NULL, question, NULL, &err)) fail_msg("%s", err.text);
    given_free(&g);
    return a;
}

static void expect_answer(const struct given_document *documents, size_t n, const char *question,
                          const char *part, const char *path)
{
    struct answer a = answer_from(documents, n, question);
    if (!strstr(a.text, part)) fail_msg("%s: \"%s\" is not in \"%s\"", question, part, a.text);
    if (!path) {
        assert_true(a.refused);
    } else {
        assert_int_equal(a.n_citations, 1);
        assert_string_equal(a.citations[0].path, path);
    }
    answer_free(&a);
}

static void prose_belongs_to_the_vehicle_that_its_first_line_names(void **state)
{
    (void)state;
    struct given_document d[] = {{TEXT("The 2023 Toyota Camry LE produces 203 hp.")},
                                 {TEXT("The 2023 Honda Accord LX has 192 hp.")}};
    expect_answer(d, 2, "horsepower of the 2023 Toyota Camry", "203 hp", "document 1");
    expect_answer(d, 2, "horsepower of the 2023 Honda Accord", "192 hp", "document 2");
    struct given g = given_from(d, 2);
    struct hit_list all = {0};
    struct error err = {0};
    assert_true(store_first_chunks(g.store, 10, &all, &err));
    assert_int_equal(all.n, 2);
    assert_memory_equal(all.items[0].title, "2023 Toyota Camry LE", 20);
    assert_string_equal(all.items[0].vehicle.model, "Camry");
    hit_list_free(&all);
    given_free(&g);
}

static void metadata_say_whose_a_document_is_and_what_it_is_called(void **state)
{
    (void)state;
    struct given_field camry[] = {{"Manufacturer", "Toyota"},
                                  {"model", "Camry"},
                                  {"Model Year", "2023"},
                                  {"source", "cars.csv"},
                                  {"page", "3"}};
    struct given_document d[] = {{TEXT("203 hp"), .fields = camry, .n_fields = 5},
                                 {TEXT(" \n ")},
                                 {TEXT("32 mpg combined"), .fields = camry, .n_fields = 5}};
    struct given g = given_from(d, 3);
    struct error err = {0};
    assert_int_equal(g.n_documents, 2);
    assert_int_equal(g.index[0], 0);
    assert_int_equal(g.index[1], 2); /* the blank one is passed over */
    struct hit_list all = {0};
    assert_true(store_first_chunks(g.store, 10, &all, &err));
    assert_int_equal(all.n, 2);
    assert_string_equal(all.items[0].path, "cars.csv");
    assert_string_equal(all.items[1].path, "cars.csv (2)");
    assert_memory_equal(all.items[0].title, "2023 Toyota Camry", 17);
    assert_int_equal(all.items[0].vehicle.year, 2023);
    hit_list_free(&all);
    given_free(&g);
}

static void titles_and_names_are_cited(void **state)
{
    (void)state;
    struct given_document d[] = {
        {.name = "sheet 4", .title = "2023 Honda Accord LX", TEXT("Horsepower (hp): 192\nSeats: 5")},
        {.name = "sheet 5", .title = "2023 Toyota Camry LE", TEXT("Horsepower (hp): 203\nSeats: 5")}};
    expect_answer(d, 2, "horsepower of the Accord", "2023 Honda Accord LX is 192 hp", "sheet 4");
    struct answer a = answer_from(d, 2, "which has more horsepower, the Camry or the Accord?");
    assert_non_null(strstr(a.text, "11 hp"));
    assert_int_equal(a.n_citations, 2);
    answer_free(&a);
}

static void documents_of_other_vehicles_answer_nothing(void **state)
{
    (void)state;
    struct given_document d[] = {{.title = "2023 Honda Accord LX", TEXT("Horsepower (hp): 192")}};
    expect_answer(d, 1, "horsepower of the 2023 Toyota Camry", "The documents hold no", NULL);
    expect_answer(d, 0, "horsepower of the 2023 Toyota Camry", "", NULL);
}

/* The figure of a second vehicle is not taken for the first one's. */
static void figures_of_several_vehicles_are_not_mixed(void **state)
{
    (void)state;
    struct given_document d[] = {
        {TEXT("The 2023 Toyota Camry has 203 hp, the 2023 Honda Accord has 192 hp.")},
        {TEXT("The 2023 Kia Forte has 147 hp. The 2023 Kia Stinger has 300 hp.")}};
    expect_answer(d, 1, "horsepower of the Toyota Camry", "Camry is 203 hp", "document 1");
    expect_answer(d, 2, "horsepower of the Kia Forte", "Forte is 147 hp", "document 2");
}

static void tables_and_records_are_read_as_such(void **state)
{
    (void)state;
    struct given_document d[] = {
        {TEXT("Make,Model,Year,Horsepower (hp)\nToyota,Camry,2023,203\nHonda,Accord,2023,192\n")},
        {TEXT("[{\"make\": \"Kia\", \"model\": \"Rio\", \"year\": 2020, \"power_hp\": 120}]")}};
    expect_answer(d, 2, "horsepower of the Accord", "192 hp", "document 1");
    expect_answer(d, 2, "power of the 2020 Kia Rio", "120 hp", "document 2");
    struct answer a = answer_from(d, 2, "which car has the most horsepower?");
    assert_non_null(strstr(a.text, "2023 Toyota Camry has the highest power: 203 hp"));
    answer_free(&a);
}

static void what_only_looks_like_json_is_text(void **state)
{
    (void)state;
    struct given_document d[] = {
        {TEXT("[1] The engine makes 203 hp")},
        {TEXT("{\"make\": \"Toyota\", \"model\": \"Camry\", \"hp\": 203}")}};
    struct given g = given_from(d, 2);
    struct error err = {0};
    struct hit_list all = {0};
    assert_true(store_first_chunks(g.store, 10, &all, &err));
    assert_int_equal(all.n, 2);
    assert_string_equal(all.items[0].text, "[1] The engine makes 203 hp");
    assert_int_equal(all.items[0].document, 1);
    assert_string_equal(all.items[1].title, "Toyota Camry");
    assert_int_equal(all.items[1].document, 2);
    hit_list_free(&all);
    given_free(&g);
}

static void errors_name_the_document(void **state)
{
    (void)state;
    struct given_document d[] = {{TEXT("fine")}, {.name = "odd", TEXT("Kia\0Rio")}};
    struct given g;
    struct error err = {0};
    assert_false(given_read(&g, d, 2, NULL, &err));
    assert_memory_equal(err.text, "odd: ", 5);
    assert_null(g.store);
    atomic_bool cancel = true;
    error_clear(&err);
    assert_false(given_read(&g, d, 1, &cancel, &err));
    assert_int_equal(err.code, ERROR_CANCELLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prose_belongs_to_the_vehicle_that_its_first_line_names),
        cmocka_unit_test(metadata_say_whose_a_document_is_and_what_it_is_called),
        cmocka_unit_test(titles_and_names_are_cited),
        cmocka_unit_test(documents_of_other_vehicles_answer_nothing),
        cmocka_unit_test(figures_of_several_vehicles_are_not_mixed),
        cmocka_unit_test(tables_and_records_are_read_as_such),
        cmocka_unit_test(what_only_looks_like_json_is_text),
        cmocka_unit_test(errors_name_the_document),
    };
    return cmocka_run_group_tests_name("given", tests, NULL, NULL);
}
