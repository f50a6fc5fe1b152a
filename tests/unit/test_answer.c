/* From a question to an answer with a model that says what it is told: what reaches it, what is
 * made of what it says, and what the program says itself. */
#include "rag_fixture.h"

#include "answer/answer.h"

static bool append(void *context, const char *text, size_t len, bool reasoning)
{
    struct buffer *b = context;
    if (!reasoning) buffer_append(b, text, len);
    return true;
}

static void answer_ok(struct answer *a, struct store *s, struct fake_model *m, const char *question)
{
    struct generator g = fake_generator(m, 4096);
    struct error err = {0};
    if (!answer_question(a, s, &g, question, NULL, &err)) fail_msg("%s", err.text);
}

static void answer_carries_its_sources(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct fake_model m = {.says = " The 2023 Toyota Camry LE has 203 hp [1].\n"};
    struct generator g = fake_generator(&m, 4096);
    struct answer a;
    struct error err = {0};
    struct buffer streamed = {0};
    struct answer_options o = answer_options_default();
    o.sink = append;
    o.sink_context = &streamed;
    assert_true(
        answer_question(&a, s, &g, "What is the horsepower of the 2023 Camry LE?", &o, &err));
    assert_string_equal(a.text, "The 2023 Toyota Camry LE has 203 hp [1].");
    assert_string_equal(buffer_text(&streamed), m.says);
    assert_true(a.generated);
    assert_false(a.refused);
    assert_int_equal(a.n_passages, 2);
    assert_string_equal(a.hits.items[0].location, "row 2");
    assert_int_equal(a.verification.n_citations, 1);
    assert_int_equal(a.verification.n_unsupported, 0);
    assert_string_equal(a.verification.citations[0].quote, "Horsepower (hp): 203");
    assert_int_equal(a.n_notes, 0);
    assert_null(a.computed);
    assert_int_equal(a.usage.prompt_tokens, m.prompt_tokens);
    assert_non_null(strstr(buffer_text(&m.prompt), "[1] 2023 Toyota Camry LE\n"));
    answer_free(&a);
    buffer_free(&streamed);
    fake_free(&m);
    store_close(s);
}

static void wrong_number_is_reported(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct fake_model m = {.says = "It has 999 hp [1] and 203 hp [7]."};
    struct answer a;
    answer_ok(&a, s, &m, "2021 Camry horsepower");
    assert_int_equal(a.verification.n_unsupported, 2); /* 999, and [7]; [1] has the 203 */
    assert_false(a.verification.numbers[0].supported);
    assert_false(a.verification.citations[1].valid);
    answer_free(&a);
    fake_free(&m);
    store_close(s);
}

static void nothing_found_is_said_without_the_model(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct fake_model m = {.says = "never"};
    struct answer a;
    answer_ok(&a, s, &m, "Top speed of the 2020 Ferrari 488?");
    assert_int_equal(m.calls, 0);
    assert_false(a.generated);
    assert_true(a.refused);
    assert_string_equal(a.text, "The documents hold nothing about the 2020 Ferrari.");
    assert_int_equal(a.n_notes, 1);
    assert_string_equal(a.notes[0], "The documents name no Ferrari vehicles.");
    answer_free(&a);
    answer_ok(&a, s, &m, "zebra crossings");
    assert_string_equal(a.text, "The documents hold nothing about this.");
    assert_int_equal(m.calls, 0);
    answer_free(&a);
    fake_free(&m);
    store_close(s);
}

static void missing_year_is_noted(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct fake_model m = {.says = "The 2021 Toyota Camry LE has 203 hp [1]."};
    struct answer a;
    answer_ok(&a, s, &m, "horsepower of the 2019 Toyota Camry");
    assert_int_equal(a.n_notes, 1);
    assert_string_equal(a.notes[0], "The documents hold no 2019 Toyota Camry; nearest: 2021.");
    answer_free(&a);
    fake_free(&m);
    store_close(s);
}

static void refusal_is_recognised(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct fake_model m = {.says = "The passages do not give the top speed."};
    struct answer a;
    answer_ok(&a, s, &m, "top speed of the 2023 Accord");
    assert_true(a.refused);
    assert_true(a.generated);
    answer_free(&a);
    fake_free(&m);
    store_close(s);
}

static void comparison_is_concluded_by_the_program(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct fake_model m = {.says = "The 2021 Toyota Camry LE has 203 hp [1] and the 2023 Honda "
                                   "Accord LX has 192 hp [2]."};
    struct answer a;
    answer_ok(&a, s, &m, "Which has more horsepower, the 2021 Camry or the 2023 Accord?");
    assert_non_null(a.computed);
    assert_string_equal(a.computed, "Higher: 2021 Toyota Camry LE (203 hp against 192 hp).");
    answer_free(&a);
    answer_ok(&a, s, &m, "Which has less horsepower, the 2021 Camry or the 2023 Accord?");
    assert_string_equal(a.computed, "Lower: 2023 Honda Accord LX (192 hp against 203 hp).");
    answer_free(&a);
    m.says = "The 2023 Tesla Model 3 does it in 4.2 s [1], the 2023 Honda Accord in 7.3 s [2].";
    answer_ok(&a, s, &m, "Is the 2023 Model 3 faster than the 2023 Accord?");
    assert_string_equal(a.computed, "Faster: 2023 Tesla Model 3 Long Range (4.2 s against 7.3 s).");
    answer_free(&a);
    m.says = "The 2023 Mazda CX-5 has 187 hp [1] and the 2023 Mazda CX-50 has 187 hp [2].";
    answer_ok(&a, s, &m, "Has the CX-5 more power than the CX-50?");
    assert_string_equal(a.computed, "Equal: both 187 hp.");
    answer_free(&a);
    /* A number that is not verified takes part in nothing. */
    m.says = "The 2021 Toyota Camry LE has 500 hp [1] and the 2023 Honda Accord LX has 192 hp [2].";
    answer_ok(&a, s, &m, "Which has more horsepower, the 2021 Camry or the 2023 Accord?");
    assert_null(a.computed);
    answer_free(&a);
    /* Nor do different units. */
    m.says = "The 2021 Toyota Camry LE has 203 hp [1] and the 2023 Honda Accord LX has 32 mpg [2].";
    answer_ok(&a, s, &m, "Which has more horsepower, the 2021 Camry or the 2023 Accord?");
    assert_null(a.computed);
    answer_free(&a);
    fake_free(&m);
    store_close(s);
}

static void reasoning_is_kept_apart(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct fake_model m = {.says = "192 hp [1].", .reasons = "Row 5 says 192."};
    struct answer a;
    answer_ok(&a, s, &m, "horsepower of the 2023 Accord");
    assert_string_equal(a.text, "192 hp [1].");
    assert_string_equal(a.reasoning, "Row 5 says 192.");
    answer_free(&a);
    fake_free(&m);
    store_close(s);
}

static bool stop_at_once(void *context, const char *text, size_t len, bool reasoning)
{
    (void)context, (void)text, (void)len, (void)reasoning;
    return false;
}

static void cancelled_generation_is_no_error(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct fake_model m = {.says = "192 hp [1]."};
    struct generator g = fake_generator(&m, 4096);
    struct answer_options o = answer_options_default();
    o.sink = stop_at_once;
    struct answer a;
    struct error err = {0};
    assert_true(answer_question(&a, s, &g, "2023 Accord horsepower", &o, &err));
    assert_int_equal(a.usage.finish, FINISH_CANCELLED);
    assert_string_equal(a.text, "192"); /* the first piece */
    answer_free(&a);
    fake_free(&m);
    store_close(s);
}

static void errors_come_through(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct fake_model m = {.says = "", .fails = true};
    struct generator g = fake_generator(&m, 4096);
    struct answer a;
    struct error err = {0};
    assert_false(answer_question(&a, s, &g, "2023 Accord horsepower", NULL, &err));
    assert_string_equal(err.text, "the model broke");
    error_clear(&err);
    g.context_tokens = 100;
    assert_false(answer_question(&a, s, &g, "2023 Accord horsepower", NULL, &err));
    assert_int_equal(err.code, ERROR_USAGE);
    assert_non_null(strstr(err.text, "160"));
    assert_non_null(strstr(err.text, "100"));
    fake_free(&m);
    store_close(s);
}

static const char *string_at(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "(none)";
}

static void json_has_the_whole_answer(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct fake_model m = {.says = "The 2023 Honda Accord LX has 192 hp [1] and 5 seats [9]."};
    struct answer a;
    answer_ok(&a, s, &m, "horsepower of the 2023 Accord?");
    json_t *j = answer_to_json(&a);
    assert_non_null(j);
    assert_string_equal(string_at(j, "query"), "horsepower of the 2023 Accord?");
    assert_string_equal(string_at(j, "answer"), m.says);
    assert_true(json_is_false(json_object_get(j, "refused")));
    json_t *document = json_array_get(json_object_get(j, "documents"), 0);
    assert_string_equal(string_at(document, "location"), "row 5");
    assert_true(json_is_integer(json_object_get(document, "id")));
    assert_true(json_is_real(json_object_get(document, "relevance_score")));
    assert_non_null(strstr(string_at(document, "content"), "Horsepower (hp): 192"));
    json_t *metadata = json_object_get(document, "metadata");
    assert_string_equal(string_at(metadata, "manufacturer"), "Honda");
    assert_int_equal(json_integer_value(json_object_get(metadata, "year")), 2023);
    assert_string_equal(string_at(metadata, "source"), "/cars.csv");
    json_t *citation = json_array_get(json_object_get(j, "citations"), 0);
    assert_string_equal(string_at(citation, "quote"), "Horsepower (hp): 192");
    assert_string_equal(string_at(citation, "document"), "/cars.csv");
    assert_true(json_is_false(
        json_object_get(json_array_get(json_object_get(j, "citations"), 1), "valid")));
    json_t *numbers = json_object_get(j, "numbers");
    assert_int_equal(json_array_size(numbers), 3); /* 2023, 192, 5 */
    assert_true(json_is_true(json_object_get(json_array_get(numbers, 1), "supported")));
    assert_string_equal(string_at(json_array_get(numbers, 1), "unit"), "hp");
    assert_true(json_is_false(json_object_get(json_array_get(numbers, 2), "supported")));
    json_t *filter = json_array_get(json_object_get(j, "metadata_filters_used"), 0);
    assert_string_equal(string_at(filter, "model"), "Accord");
    assert_true(json_is_null(json_object_get(j, "computed")));
    assert_string_equal(string_at(json_object_get(j, "usage"), "finish_reason"), "end");
    assert_true(json_is_real(json_object_get(json_object_get(j, "timings"), "total")));
    json_decref(j);
    answer_free(&a);
    fake_free(&m);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer_carries_its_sources),
        cmocka_unit_test(wrong_number_is_reported),
        cmocka_unit_test(nothing_found_is_said_without_the_model),
        cmocka_unit_test(missing_year_is_noted),
        cmocka_unit_test(refusal_is_recognised),
        cmocka_unit_test(comparison_is_concluded_by_the_program),
        cmocka_unit_test(reasoning_is_kept_apart),
        cmocka_unit_test(cancelled_generation_is_no_error),
        cmocka_unit_test(errors_come_through),
        cmocka_unit_test(json_has_the_whole_answer),
    };
    return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
