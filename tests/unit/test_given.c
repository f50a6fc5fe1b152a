/* Documents given with a question: whose they are, what they are called, and that they reach the
 * model though no word of the question is in them. */
#include "rag_fixture.h"

#include "answer/answer.h"
#include "answer/given.h"

static struct answer answer_from(const struct given_document *documents, size_t n,
                                 const char *question, struct fake_model *m)
{
    struct given g;
    struct answer a;
    struct error err = {0};
    struct generator generator = fake_generator(m, 4096);
    struct answer_options o = answer_options_default();
    o.retrieve.fill = true;
    if (!given_read(&g, documents, n, NULL, &err)) fail_msg("%s", err.text);
    if (!answer_question(&a, g.store, &generator, question, &o, &err)) fail_msg("%s", err.text);
    given_free(&g);
    return a;
}

#define TEXT(s) .content = (s), .len = sizeof(s) - 1

static void plain_text_belongs_to_the_vehicle_that_its_first_line_names(void **state)
{
    (void)state;
    struct given_document d[] = {{TEXT("The 2023 Toyota Camry LE produces 203 hp.")},
                                 {TEXT("The 2023 Honda Accord LX has 192 hp.")}};
    struct fake_model m = {.says = "It has 203 hp [1]."};
    struct answer a = answer_from(d, 2, "horsepower of the 2023 Toyota Camry", &m);
    assert_int_equal(a.n_passages, 1);
    assert_string_equal(a.hits.items[0].vehicle.model, "Camry");
    assert_string_equal(a.hits.items[0].title, "2023 Toyota Camry LE");
    assert_string_equal(a.hits.items[0].path, "document 1");
    assert_int_equal(a.n_notes, 0);
    answer_free(&a);
    fake_free(&m);
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
    struct given g;
    struct error err = {0};
    assert_true(given_read(&g, d, 3, NULL, &err));
    assert_int_equal(g.n_documents, 2);
    assert_int_equal(g.index[1], 2); /* the blank one is passed over */
    struct hit_list all = {0};
    assert_true(store_first_chunks(g.store, 10, &all, &err));
    assert_int_equal(all.n, 2);
    assert_string_equal(all.items[0].path, "cars.csv");
    assert_string_equal(all.items[1].path, "cars.csv (2)");
    assert_string_equal(all.items[0].title, "2023 Toyota Camry");
    assert_int_equal(all.items[0].vehicle.year, 2023);
    hit_list_free(&all);
    given_free(&g);
}

static void what_no_word_finds_is_given_to_the_model_all_the_same(void **state)
{
    (void)state;
    struct given_document d[] = {{TEXT("Es leistet 203 PS.")}, {TEXT("Der Motor hat 2,5 Liter.")}};
    struct fake_model m = {.says = "203 [1]."};
    struct answer a = answer_from(d, 2, "how strong is it?", &m);
    assert_int_equal(a.n_passages, 2);
    assert_string_equal(a.hits.items[0].text, "Es leistet 203 PS.");
    answer_free(&a);
    a = answer_from(d, 2, "how strong is the 2023 Toyota Camry?", &m); /* it may be that one */
    assert_int_equal(a.n_passages, 2);
    answer_free(&a);
    fake_free(&m);
}

static void documents_of_other_vehicles_do_not_fill_up(void **state)
{
    (void)state;
    struct given_document d[] = {{.title = "2023 Honda Accord LX", TEXT("Horsepower (hp): 192")}};
    struct fake_model m = {.says = "never"};
    struct answer a = answer_from(d, 1, "horsepower of the 2023 Toyota Camry", &m);
    assert_int_equal(m.calls, 0);
    assert_true(a.refused);
    assert_string_equal(a.notes[0], "The documents name no Toyota vehicles.");
    answer_free(&a);
    fake_free(&m);
}

static void a_text_that_names_two_vehicles_answers_about_both(void **state)
{
    (void)state;
    struct given_document d[] = {
        {TEXT("The 2023 Toyota Camry has 203 hp, the 2023 Honda Accord has 192 hp.")}};
    struct fake_model m = {.says = "192 hp [1]."};
    struct answer a = answer_from(d, 1, "horsepower of the Honda Accord", &m);
    assert_int_equal(a.n_passages, 1);
    assert_int_equal(a.n_notes, 0); /* it would be wrong that the documents name no Honda */
    answer_free(&a);
    fake_free(&m);
}

static void what_only_looks_like_json_is_text(void **state)
{
    (void)state;
    struct given_document d[] = {
        {TEXT("[1] The engine makes 203 hp")},
        {TEXT("{\"make\": \"Toyota\", \"model\": \"Camry\", \"hp\": 203}")}};
    struct given g;
    struct error err = {0};
    if (!given_read(&g, d, 2, NULL, &err)) fail_msg("%s", err.text);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_belongs_to_the_vehicle_that_its_first_line_names),
        cmocka_unit_test(metadata_say_whose_a_document_is_and_what_it_is_called),
        cmocka_unit_test(what_no_word_finds_is_given_to_the_model_all_the_same),
        cmocka_unit_test(documents_of_other_vehicles_do_not_fill_up),
        cmocka_unit_test(a_text_that_names_two_vehicles_answers_about_both),
        cmocka_unit_test(what_only_looks_like_json_is_text),
    };
    return cmocka_run_group_tests_name("given", tests, NULL, NULL);
}
