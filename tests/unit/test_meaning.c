/* Words that nothing explains, from the question to the answer, with a model whose mind is known. */
#include "mind_fixture.h"

#include "answer/answer.h"
#include "answer/meaning_ask.h"

#define SURE(words, name) {"\"" words "\"", name, 1}, {"\"vrelquist\"", "none of these", 1}
#define TOWBALL "What is the towball rating of the 2021 Ford F-150?"

static const struct thought KNOWS[] = {SURE("towball", "towing capacity")};

static struct answer ask(struct store *s, struct mind *m, const char *question, struct answer_options o)
{
    struct error err = {0};
    struct answer a;
    struct generator g = mind_generator(m);
    if (!answer_question(&a, s, &g, question, &o, &err)) fail_msg("%s: %s", question, err.text);
    return a;
}

static struct answer_options on(void)
{
    struct answer_options o = answer_options_default();
    o.ask_meanings = true;
    return o;
}

static void expect_not_understood(const struct thought *thoughts, size_t n, const char *question)
{
    struct store *s = cars_store();
    struct mind m = {.thoughts = thoughts, .n = n};
    struct answer a = ask(s, &m, question, on());
    assert_int_equal(a.status, STATUS_NOT_UNDERSTOOD);
    assert_int_equal(a.query.n_assumed, 0);
    assert_int_equal(a.n_numbers, 0);
    assert_true(a.refused);
    answer_free(&a);
    mind_free(&m);
    store_close(s);
}

static void words_that_the_model_knows_are_answered_and_it_is_said(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct mind m = {.thoughts = KNOWS, .n = 2};
    struct answer a = ask(s, &m, TOWBALL, on());
    assert_string_equal(a.text, "The language model took ‘towball’ to mean ‘towing capacity’, which may be wrong. "
                                "The towing capacity of the 2021 Ford F-150 XLT is 13,200 lb [1].");
    assert_int_equal(a.status, STATUS_FOUND);
    assert_false(a.generated);
    assert_int_equal(a.n_numbers, 1);
    assert_memory_equal(a.text + a.numbers[0].offset, "13,200", 6);
    assert_int_equal(m.fake.calls, 4); /* both orders, and both of a nonsense word */
    assert_non_null(strstr(a.rendered.understood, "‘towball’ taken by the model as ‘towing capacity’"));
    json_t *o = answer_to_json(&a);
    const json_t *taken = json_array_get(json_object_get(json_object_get(o, "parsed"), "assumed"), 0);
    assert_string_equal(json_string_value(json_object_get(taken, "words")), "towball");
    assert_string_equal(json_string_value(json_object_get(taken, "meaning")), "towing capacity");
    assert_string_equal(json_string_value(json_object_get(taken, "kind")), "attribute");
    assert_string_equal(json_string_value(json_object_get(taken, "by")), "model");
    json_decref(o);
    answer_free(&a);
    mind_free(&m);
    store_close(s);
}

static void it_is_said_in_the_language_of_the_question(void **state)
{
    (void)state;
    static const struct thought WUMMS[] = {SURE("Wumms", "Leistung")};
    struct store *s = cars_store();
    struct mind m = {.thoughts = WUMMS, .n = 2};
    struct answer a = ask(s, &m, "Wie viel Wumms hat der 2023 Honda Accord?", on());
    assert_non_null(strstr(a.text, "Das Sprachmodell hat ‚Wumms‘ als ‚Leistung‘ verstanden; das kann falsch sein."));
    assert_non_null(strstr(a.text, "192"));
    answer_free(&a);
    mind_free(&m);
    store_close(s);
}

static void model_that_says_none_leaves_the_words_not_understood(void **state)
{
    (void)state;
    static const struct thought NONE[] = {{"towball", "none of these", 0.9}, {"towball", "towing capacity", 0.1},
                                          {"vrelquist", "none of these", 1}};
    expect_not_understood(NONE, 3, TOWBALL);
}

static void choice_that_is_not_far_ahead_is_none(void **state)
{
    (void)state;
    static const struct thought BESIDE_NONE[] = {{"towball", "none of these", 1}, {"towball", "towing capacity", 15},
                                                 {"vrelquist", "none of these", 1}};
    static const struct thought BESIDE_ANOTHER[] = {{"towball", "power", 1}, {"towball", "towing capacity", 15},
                                                    {"vrelquist", "none of these", 1}};
    expect_not_understood(BESIDE_NONE, 3, TOWBALL);
    expect_not_understood(BESIDE_ANOTHER, 3, TOWBALL);
}

static void model_that_goes_by_the_place_in_the_list_chooses_nothing(void **state)
{
    (void)state;
    static const struct thought PLACE[] = {{"- none of these\n- ", "towing capacity", 1}, {"- none of these\n\n", "power", 1},
                                           {"vrelquist", "none of these", 9}};
    expect_not_understood(PLACE, 3, TOWBALL);
}

static void model_that_explains_nonsense_explains_nothing(void **state)
{
    (void)state;
    static const struct thought ANYTHING[] = {{"", "towing capacity", 1}};
    static const struct thought ONCE[] = {SURE("towball", "towing capacity"), {"vrelquist\"", "none of these", 1},
                                          {"none of these\n- ", "towing capacity", 9}};
    expect_not_understood(ANYTHING, 1, TOWBALL);
    expect_not_understood(ONCE, 4, TOWBALL);
}

static void it_is_not_asked_where_nobody_wants_it_or_the_rules_understand(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct mind m = {.thoughts = KNOWS, .n = 2};
    struct answer a = ask(s, &m, TOWBALL, answer_options_default());
    assert_int_equal(a.query.n_assumed, 0);
    assert_null(strstr(buffer_text(&m.prompts), "none of these"));
    answer_free(&a);
    static const char *const UNDERSTOOD[] = {"How much can the 2021 Ford F-150 tow?", "Which car has the most horsepower?",
                                             "What is the towing capacity of the 2021 Ford Zorblax?"};
    for (size_t i = 0; i < 3; i++) {
        a = ask(s, &m, UNDERSTOOD[i], on());
        assert_null(strstr(buffer_text(&m.prompts), "none of these"));
        answer_free(&a);
    }
    mind_free(&m);
    store_close(s);
}

/* Such operations are known not to be there, and what else is asked for says that these are no attributes. */
static void it_is_not_asked_of_what_is_no_unknown_name(void **state)
{
    (void)state;
    static const char *const OTHERS[] = {"What is the standard deviation of horsepower?",
                                         "horsepower of the 2021 Ford F-150 or the zorblax", "zorblax weight",
                                         "What is the X77Q of the 2021 Ford F-150?"};
    struct store *s = cars_store();
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++) {
        struct mind m = {.thoughts = KNOWS, .n = 2};
        struct answer a = ask(s, &m, OTHERS[i], on());
        if (strstr(buffer_text(&m.prompts), "none of these")) fail_msg("%s: %s", OTHERS[i], buffer_text(&m.prompts));
        answer_free(&a);
        mind_free(&m);
    }
    store_close(s);
}

static void model_that_only_copies_values_is_not_asked(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct mind m = {.thoughts = KNOWS, .n = 2};
    struct generator g = mind_generator(&m);
    struct answer_options o = on();
    struct error err = {0};
    struct answer a;
    g.one_vehicle = true;
    assert_true(answer_question(&a, s, &g, TOWBALL, &o, &err));
    assert_int_equal(a.status, STATUS_NOT_UNDERSTOOD);
    assert_int_equal(m.fake.calls, 0);
    answer_free(&a);
    mind_free(&m);
    store_close(s);
}

/* "I took it to be the towing capacity, which is not given" would be a guess as well. */
static void what_the_documents_do_not_give_is_not_assumed(void **state)
{
    (void)state;
    expect_not_understood(KNOWS, 2, "What is the towball rating of the 2023 Toyota Camry LE?");
}

static void vehicles_and_numbers_are_not_in_the_list(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct mind m = {.thoughts = KNOWS, .n = 2};
    struct answer a = ask(s, &m, TOWBALL, on());
    const char *names = strstr(buffer_text(&m.prompts), "Names:");
    assert_non_null(names);
    size_t len = (size_t)(strstr(names, "\n\n") - names);
    static const char *const NEVER[] = {"Ford", "F-150", "Camry", "Toyota", "XLT", "13,200", "400", "2021"};
    for (size_t i = 0; i < sizeof NEVER / sizeof *NEVER; i++)
        assert_null(memmem(names, len, NEVER[i], strlen(NEVER[i])));
    answer_free(&a);
    mind_free(&m);
    store_close(s);
}

static void category_and_operation_may_be_meant(void **state)
{
    (void)state;
    static const struct thought ZAPPIES[] = {SURE("zappies", "fuel type: electric")};
    static const struct thought MIDDLING[] = {SURE("middlingish", "average")};
    struct store *s = cars_store();
    struct mind m = {.thoughts = ZAPPIES, .n = 2};
    struct answer a = ask(s, &m, "Which cars are zappies?", on());
    assert_non_null(strstr(a.text, "‘zappies’ to mean ‘fuel type: electric’"));
    assert_int_equal(a.query.n_where, 1);
    assert_int_equal(a.result.n_matches, 1);
    answer_free(&a);
    mind_free(&m);
    m = (struct mind){.thoughts = MIDDLING, .n = 2};
    a = ask(s, &m, "the middlingish horsepower of all cars", on());
    assert_int_equal(a.query.aggregate, AGGREGATE_AVERAGE);
    assert_non_null(strstr(a.text, "‘middlingish’ to mean ‘average’"));
    answer_free(&a);
    mind_free(&m);
    store_close(s);
}

static void two_phrases_are_asked_one_after_the_other_and_both_said(void **state)
{
    (void)state;
    static const struct thought BOTH[] = {SURE("towball", "towing capacity"), {"\"puff\"", "power", 1}};
    static const struct thought ONE[] = {SURE("towball", "towing capacity"), {"\"puff\"", "none of these", 1}};
    static const char QUESTION[] = "What are the towball and the puff of the 2021 Ford F-150?";
    struct store *s = cars_store();
    struct mind m = {.thoughts = BOTH, .n = 3};
    struct answer a = ask(s, &m, QUESTION, on());
    if (a.query.n_assumed != 2) fail_msg("%s | %s", a.text, buffer_text(&m.prompts));
    assert_non_null(strstr(a.text, "‘towball’ to mean ‘towing capacity’"));
    if (!strstr(a.text, "‘puff’ to mean ‘power’")) fail_msg("%s", a.text);
    assert_non_null(strstr(a.text, "13,200"));
    assert_non_null(strstr(a.text, "400 hp"));
    answer_free(&a);
    mind_free(&m);
    store_close(s);
    expect_not_understood(ONE, 3, QUESTION);
}

static void failing_model_is_an_error_and_a_short_context_is_not(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct mind m = {.thoughts = KNOWS, .n = 2, .fake = {.fails = true}};
    struct generator g = mind_generator(&m);
    struct answer_options o = on();
    struct error err = {0};
    struct answer a;
    assert_false(answer_question(&a, s, &g, TOWBALL, &o, &err));
    assert_string_equal(err.text, "the model broke");
    m.fake.fails = false;
    g.context_tokens = 150;
    o.max_tokens = 20;
    err = (struct error){0};
    if (!answer_question(&a, s, &g, TOWBALL, &o, &err)) fail_msg("%s", err.text);
    assert_int_equal(a.status, STATUS_NOT_UNDERSTOOD);
    answer_free(&a);
    atomic_bool cancel = true;
    o.cancel = &cancel;
    g.context_tokens = 4096;
    assert_true(answer_question(&a, s, &g, TOWBALL, &o, &err));
    assert_int_equal(a.query.n_assumed, 0);
    answer_free(&a);
    mind_free(&m);
    store_close(s);
}

/* The engine's own way: its scheduler, its sampler, its tokens. */
static void engine_is_held_to_the_list(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct error err = {0};
    struct engine *e = engine_open(&(struct engine_options){.model_dir = "models/nano", .type = QUANT_Q8, .device = "cpu"}, &err);
    if (!e) fail_msg("%s", err.text);
    struct generator g = generator_from_engine(e);
    struct knowledge *k = knowledge_acquire(NULL, s, &err);
    struct query q;
    struct arena arena = {0};
    struct meanings list;
    struct meaning_choice choice;
    assert_true(query_read(&q, k->words, TOWBALL, NULL, &err));
    assert_true(meanings_list(&list, &q, &k->catalog, &arena, &err));
    assert_true(list.n > 5);
    if (!meaning_ask(&choice, &g, &q, &list, NULL, &err)) fail_msg("%s", err.text);
    assert_true(choice.first <= list.n);
    assert_true(choice.first == list.n || isfinite(choice.margin));
    arena_free(&arena);
    query_free(&q);
    knowledge_release(k);
    engine_free(e);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_that_the_model_knows_are_answered_and_it_is_said),
        cmocka_unit_test(it_is_said_in_the_language_of_the_question),
        cmocka_unit_test(model_that_says_none_leaves_the_words_not_understood),
        cmocka_unit_test(choice_that_is_not_far_ahead_is_none),
        cmocka_unit_test(model_that_goes_by_the_place_in_the_list_chooses_nothing),
        cmocka_unit_test(model_that_explains_nonsense_explains_nothing),
        cmocka_unit_test(it_is_not_asked_where_nobody_wants_it_or_the_rules_understand),
        cmocka_unit_test(it_is_not_asked_of_what_is_no_unknown_name),
        cmocka_unit_test(model_that_only_copies_values_is_not_asked),
        cmocka_unit_test(what_the_documents_do_not_give_is_not_assumed),
        cmocka_unit_test(vehicles_and_numbers_are_not_in_the_list),
        cmocka_unit_test(category_and_operation_may_be_meant),
        cmocka_unit_test(two_phrases_are_asked_one_after_the_other_and_both_said),
        cmocka_unit_test(failing_model_is_an_error_and_a_short_context_is_not),
        cmocka_unit_test(engine_is_held_to_the_list),
    };
    return cmocka_run_group_tests(tests, mind_setup, mind_teardown);
}
