/* From a question to an answer: what the program says from facts, with the cell behind each figure;
 * and, where prose has to be read, what is kept of a model that says what the test tells it to. */
#include "rag_fixture.h"

#include "answer/answer.h"

static const char MANUAL[] =
    "# 2022 Rivian R1T\n\n"
    "## Wipers\n\n"
    "To park the wipers, push the stalk up for 5 seconds. "
    "The tyre pressure has to be above 32 psi.\n\n"
    "## Towing\n\n"
    "The tow hook folds out of the rear bumper.\n";
static const char HOW_TO[] = "How do I park the wipers of the Rivian R1T?";

static struct store *cars_and_manual(void)
{
    struct store *s = cars_store();
    ingest_ok(s, "/manual.md", DOCUMENT_MARKDOWN, MANUAL);
    return s;
}

static struct answer answer_with(struct store *s, const struct generator *g, const char *question,
                                 const struct answer_options *o)
{
    struct error err = {0};
    struct answer a;
    if (!answer_question(&a, s, g, question, o, &err)) fail_msg("%s: %s", question, err.text);
    return a;
}

/* Without a model. */
static struct answer answer_of(struct store *s, const char *question)
{
    return answer_with(s, NULL, question, NULL);
}

static bool has_text(const struct answer *a, const char *part)
{
    return strstr(a->text, part) != NULL;
}

static void expect_text(const struct answer *a, const char *part)
{
    if (!has_text(a, part)) fail_msg("\"%s\" is not in \"%s\"", part, a->text);
}

/* ---- from facts ---- */

static void value_is_answered_from_its_cell_without_a_model(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct fake_model m = {.says = "It has 999 hp [1]."};
    struct generator g = fake_generator(&m, 4096);
    struct answer a = answer_with(s, &g, "What is the horsepower of the 2023 Camry LE?", NULL);
    assert_string_equal(a.text, "The power of the 2023 Toyota Camry LE is 203 hp [1].");
    assert_int_equal(m.calls, 0);
    assert_false(a.generated);
    assert_false(a.refused);
    assert_int_equal(a.status, STATUS_FOUND);
    assert_int_equal(a.n_citations, 1);
    const struct answer_citation *c = &a.citations[0];
    assert_true(c->valid);
    assert_string_equal(c->path, "/cars.csv");
    assert_string_equal(c->location, "row 2");
    assert_string_equal(c->title, "2023 Toyota Camry LE");
    assert_string_equal(c->column, "Horsepower");
    assert_string_equal(c->quote, "Horsepower: 203");
    assert_int_equal(c->line, 2);
    assert_int_equal(c->end - c->begin, 3);
    assert_memory_equal(CARS_CSV + c->begin, "203", 3); /* these bytes of the document */
    assert_int_equal(c->hit, 1);
    assert_int_equal(a.hits.n, 1);
    assert_non_null(strstr(a.hits.items[0].text, "Horsepower (hp): 203"));
    assert_int_equal(a.n_numbers, 1);
    assert_string_equal(a.numbers[0].text, "203");
    assert_string_equal(a.numbers[0].unit, "hp");
    assert_int_equal(a.numbers[0].citation, 1);
    assert_memory_equal(a.text + a.numbers[0].offset, "203 hp", 6);
    answer_free(&a);
    fake_free(&m);
    store_close(s);
}

static void versions_that_differ_are_each_given(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct answer a = answer_of(s, "horsepower of the 2023 Toyota Camry");
    assert_int_equal(a.status, STATUS_SEVERAL);
    assert_false(a.refused);
    expect_text(&a, "between 203 hp and 301 hp");
    assert_int_equal(a.n_citations, 2);
    assert_string_equal(a.citations[0].location, "row 2");
    assert_string_equal(a.citations[1].location, "row 3");
    answer_free(&a);
    store_close(s);
}

static void difference_of_a_comparison_is_computed(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct answer a = answer_of(s, "Which has more horsepower, the 2021 Camry or the 2023 Accord?");
    assert_int_equal(a.status, STATUS_FOUND);
    expect_text(&a, "The 2021 Toyota Camry LE has the higher power: 203 hp [1], 11 hp more than the "
                    "2023 Honda Accord LX with 192 hp [2].");
    assert_int_equal(a.n_numbers, 3);
    size_t computed = 0;
    for (size_t i = 0; i < a.n_numbers; i++)
        if (a.numbers[i].citation == 0) {
            assert_string_equal(a.numbers[i].text, "11");
            computed++;
        }
    assert_int_equal(computed, 1);
    answer_free(&a);
    a = answer_of(s, "Has the CX-5 more power than the CX-50?");
    expect_text(&a, "No");
    expect_text(&a, "the same power: 187 hp");
    answer_free(&a);
    store_close(s);
}

static void unit_that_is_asked_for_is_computed_and_the_cell_cited(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct answer a = answer_of(s, "2021 Camry power in kW");
    assert_int_equal(a.status, STATUS_FOUND);
    expect_text(&a, "151.4 kW (203 hp in the document) [1]");
    assert_int_equal(a.n_citations, 1);
    assert_string_equal(a.citations[0].quote, "Horsepower: 203");
    answer_free(&a);
    store_close(s);
}

static void what_is_not_in_the_documents_is_said(void **state)
{
    (void)state;
    struct store *s = cars_store();
    static const struct {
        const char *question, *part;
        enum query_missing missing;
    } CASES[] = {
        {"Top speed of the 2020 Ferrari 488?", "The documents hold no 2020 Ferrari 488.",
         MISSING_VEHICLE},
        {"horsepower of the 2019 Toyota Camry", "no 2019 Toyota Camry; nearest year: 2021",
         MISSING_YEAR},
        {"top speed of the 2023 Accord", "top speed of the 2023 Honda Accord LX", MISSING_ATTRIBUTE},
        {"towing capacity of the 2023 Camry LE", "do not give the", MISSING_ATTRIBUTE},
        {"which cars have more than 900 hp?", "The documents name no vehicle", MISSING_MATCH},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct answer a = answer_of(s, CASES[i].question);
        if (a.status != STATUS_NOT_FOUND || !a.refused || a.result.missing != CASES[i].missing)
            fail_msg("%s: %s: %s", CASES[i].question, query_status_name(a.status), a.text);
        expect_text(&a, CASES[i].part);
        assert_int_equal(a.n_citations, 0);
        assert_int_equal(a.n_numbers, 0);
        assert_false(a.generated);
        answer_free(&a);
    }
    store_close(s);
}

static void what_was_not_understood_is_named(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct answer a = answer_of(s, "zebra crossings");
    assert_int_equal(a.status, STATUS_NOT_UNDERSTOOD);
    assert_true(a.refused);
    assert_string_equal(a.text, "I did not understand ‘zebra’ and ‘crossings’; nothing is guessed.");
    answer_free(&a);
    a = answer_of(s, "horsepower of the blorptified 2023 Accord");
    assert_int_equal(a.status, STATUS_NOT_UNDERSTOOD);
    expect_text(&a, "blorptified");
    assert_null(strstr(a.text, "192"));
    answer_free(&a);
    store_close(s);
}

/* ---- conversation ---- */

static void follow_up_takes_over_what_it_does_not_say(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct answer_options o = answer_options_default();
    static const char *const TURNS[] = {"horsepower of the 2023 Accord",
                                        "blah blorp", /* not understood: changes nothing */
                                        "and the 0-60 time?"};
    o.turns = TURNS;
    o.n_turns = 2;
    struct answer a = answer_with(s, NULL, "and the 0-60 time?", &o);
    assert_int_equal(a.status, STATUS_FOUND);
    assert_true(a.query.carried);
    expect_text(&a, "2023 Honda Accord LX");
    expect_text(&a, "7.3 s");
    answer_free(&a);
    o.n_turns = 3;
    a = answer_with(s, NULL, "what about the 2021 F-150?", &o);
    expect_text(&a, "Ford F-150");
    expect_text(&a, "6.1 s");
    answer_free(&a);
    /* A question that says all itself takes nothing over. */
    a = answer_with(s, NULL, "horsepower of the 2021 Camry", &o);
    assert_false(a.query.carried);
    expect_text(&a, "203 hp");
    answer_free(&a);
    /* The same words without a conversation are not guessed at. */
    a = answer_of(s, "and the 0-60 time?");
    assert_true(a.status != STATUS_FOUND || !has_text(&a, "Accord"));
    answer_free(&a);
    store_close(s);
}

static void only_the_last_turns_of_a_long_conversation_count(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct answer_options o = answer_options_default();
    const char *turns[40];
    for (size_t i = 0; i < 40; i++) turns[i] = i < 39 ? "zebra" : "horsepower of the 2023 Accord";
    o.turns = turns;
    o.n_turns = 40;
    struct answer a = answer_with(s, NULL, "and the 0-60 time?", &o);
    expect_text(&a, "7.3 s");
    answer_free(&a);
    turns[0] = turns[39];
    turns[39] = "zebra";
    a = answer_with(s, NULL, "and the 0-60 time?", &o);
    assert_false(a.status == STATUS_FOUND && has_text(&a, "Accord"));
    answer_free(&a);
    store_close(s);
}

/* ---- filters and the store ---- */

static void filter_leaves_other_vehicles_out(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct answer_options o = answer_options_default();
    static const char *const HONDA[] = {"honda"};
    struct metadata_filter filter = {0};
    filter.fields[METADATA_MANUFACTURER] = (struct metadata_values){HONDA, 1};
    o.metadata = &filter;
    struct answer a = answer_with(s, NULL, "which car has the most horsepower?", &o);
    expect_text(&a, "2023 Honda Accord LX");
    expect_text(&a, "192 hp");
    answer_free(&a);
    a = answer_with(s, NULL, "horsepower", &o); /* the filter names the vehicle */
    expect_text(&a, "192 hp");
    answer_free(&a);
    a = answer_with(s, NULL, "horsepower of the 2021 Camry", &o);
    assert_true(a.refused);
    assert_null(strstr(a.text, "203"));
    answer_free(&a);
    store_close(s);
}

static void word_behind_a_figure_stays_with_it(void **state)
{
    (void)state;
    struct store *s = cars_store();
    ingest_ok(s, "/ncap.csv", DOCUMENT_CSV,
              "Make,Model,Year,Safety rating,Fuse box\nZephyr,Gust,2030,4 stars,12 slots\n"
              "Zephyr,Gale,2031,5 stars,14 slots\nZephyr,Storm,2032,3 stars,9 slots\n");
    struct answer a = answer_of(s, "safety rating of the 2030 Zephyr Gust");
    assert_string_equal(a.text, "The safety rating of the 2030 Zephyr Gust is 4 stars [1].");
    answer_free(&a);
    ingest_ok(s, "/gale.csv", DOCUMENT_CSV, "Make,Model,Year,NHTSA rating (stars)\nZephyr,Breeze,2033,3\n");
    a = answer_of(s, "nhtsa rating of the 2033 Zephyr Breeze");
    assert_string_equal(a.text, "The safety rating of the 2033 Zephyr Breeze is 3 stars [1].");
    answer_free(&a);
    store_close(s);
}

static void range_over_units_is_in_one_of_them(void **state)
{
    (void)state;
    struct store *s = cars_store();
    ingest_ok(s, "/gust.csv", DOCUMENT_CSV,
              "Make,Model,Year,Trim,Power\nZephyr,Gust,2030,A,136 hp\nZephyr,Gust,2030,B,21 kW\n");
    struct answer a = answer_of(s, "power of the 2030 Zephyr Gust");
    expect_text(&a, "between 28.16 hp and 136 hp");
    expect_text(&a, "21 kW");
    answer_free(&a);
    store_close(s);
}

static void changed_store_is_read_again(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct knowledge_cache cache;
    knowledge_cache_init(&cache);
    struct answer_options o = answer_options_default();
    o.cache = &cache;
    struct answer a = answer_with(s, NULL, "horsepower of the Zephyr Galewind", &o);
    assert_true(a.refused);
    struct knowledge *first = a.knowledge;
    answer_free(&a);
    a = answer_with(s, NULL, "horsepower of the 2023 Accord", &o);
    assert_ptr_equal(a.knowledge, first); /* kept while nothing changes */
    answer_free(&a);
    ingest_ok(s, "/more.csv", DOCUMENT_CSV,
              "Make,Model,Year,Horsepower (hp)\nZephyr,Galewind,2031,417\n");
    a = answer_with(s, NULL, "horsepower of the Zephyr Galewind", &o);
    expect_text(&a, "417 hp");
    answer_free(&a);
    knowledge_cache_free(&cache);
    store_close(s);
}

static void count_calls(void *context, const struct answer *a)
{
    (void)a;
    ++*(size_t *)context;
}

static const struct generator *count_opened(void *context, struct error *err)
{
    (void)err;
    static struct fake_model m;
    static struct generator g;
    ++*(size_t *)context;
    m = (struct fake_model){.says = "Push the stalk up for 5 seconds [1]."};
    g = fake_generator(&m, 4096);
    return &g;
}

static void model_is_opened_only_where_prose_has_to_be_read(void **state)
{
    (void)state;
    struct store *s = cars_and_manual();
    struct answer_options o = answer_options_default();
    size_t found = 0, opened = 0;
    o.found = count_calls;
    o.found_context = &found;
    o.open_generator = count_opened;
    o.open_context = &opened;
    struct answer a = answer_with(s, NULL, "horsepower of the 2023 Accord", &o);
    assert_int_equal(found, 1);
    assert_int_equal(opened, 0);
    answer_free(&a);
    a = answer_with(s, NULL, HOW_TO, &o);
    assert_int_equal(found, 2);
    assert_int_equal(opened, 1);
    assert_true(a.generated);
    answer_free(&a);
    store_close(s);
}

/* ---- prose ---- */

static void sentences_with_the_question_s_words_are_quoted(void **state)
{
    (void)state;
    struct store *s = cars_and_manual();
    struct answer a = answer_of(s, HOW_TO);
    assert_int_equal(a.status, STATUS_OPEN);
    assert_false(a.refused);
    assert_false(a.generated);
    expect_text(&a, "To park the wipers, push the stalk up for 5 seconds.\" [1]");
    assert_int_equal(a.n_citations, 1);
    assert_string_equal(a.citations[0].path, "/manual.md");
    assert_non_null(strstr(a.citations[0].quote, "push the stalk up"));
    assert_true(a.citations[0].hit >= 1 && a.citations[0].hit <= a.hits.n);
    answer_free(&a);
    store_close(s);
}

static bool append(void *context, const char *text, size_t len, bool reasoning)
{
    struct buffer *b = context;
    if (!reasoning) buffer_append(b, text, len);
    return true;
}

static void model_that_keeps_to_the_passages_is_shown(void **state)
{
    (void)state;
    struct store *s = cars_and_manual();
    struct fake_model m = {.says = " Push the stalk up for 5 seconds [1].\n",
                           .reasons = "The first passage has it. "};
    struct generator g = fake_generator(&m, 4096);
    struct answer_options o = answer_options_default();
    struct buffer streamed = {0};
    o.sink = append;
    o.sink_context = &streamed;
    struct answer a = answer_with(s, &g, HOW_TO, &o);
    assert_int_equal(m.calls, 1);
    assert_true(a.generated);
    assert_false(a.refused);
    assert_int_equal(a.n_unsupported, 0);
    assert_string_equal(a.text, "Push the stalk up for 5 seconds [1].");
    assert_string_equal(buffer_text(&streamed), a.text);
    assert_string_equal(a.reasoning, "The first passage has it.");
    assert_int_equal(a.n_citations, 1);
    assert_true(a.citations[0].valid);
    assert_non_null(strstr(a.citations[0].quote, "for 5 seconds."));
    assert_int_equal(a.usage.prompt_tokens, m.prompt_tokens);
    assert_non_null(strstr(buffer_text(&m.prompt), "[1] 2022 Rivian R1T"));
    assert_non_null(strstr(buffer_text(&m.prompt), HOW_TO));
    answer_free(&a);
    buffer_free(&streamed);
    fake_free(&m);
    store_close(s);
}

static void a_passage_of_another_generation_is_not_read(void **state)
{
    (void)state;
    struct store *s = cars_store();
    ingest_ok(s, "/falcata.md", DOCUMENT_MARKDOWN,
              "# Aldermoor Falcata\n\n## First generation (Mk I, 1978\u20131986)\n\n| | |\n|---|---|\n| Engine | 2,994 cc V6 |\n"
              "| Length | 3,962 mm |\n\n## Third generation (Mk III, 1999\u20132016)\n\n| | |\n|---|---|\n"
              "| Engine | 3,996 cc straight-six |\n| Torque | 330 lb\u22c5ft (447 N\u22c5m) |\n");
    struct fake_model m = {.says = " 330 lb\u22c5ft [1]"};
    struct generator g = fake_generator(&m, 4096);
    struct answer_options o = answer_options_default();
    struct answer a = answer_with(s, &g, "torque of the first-generation Falcata", &o);
    assert_false(has_text(&a, "330"));
    assert_true(a.refused);
    answer_free(&a);
    a = answer_with(s, &g, "torque of the third-generation Falcata", &o);
    expect_text(&a, "330");
    answer_free(&a);
    fake_free(&m);
    store_close(s);
}

/* A figure that no cited sentence has, a figure without a mark, a mark that is none: what the model
 * says is not shown; the passages are quoted instead. */
static void figures_that_nothing_supports_are_not_shown(void **state)
{
    (void)state;
    static const char *const WRONG[] = {
        "Push the stalk up for 8 seconds [1].",
        "Push the stalk up for 5 seconds.",
        "Push the stalk up for 5 seconds [7].",
        "Push it for 5 seconds [1]. The Rivian R1T has 835 hp [1].",
        "The tyre pressure has to be above 5 psi [1].",
    };
    struct store *s = cars_and_manual();
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct fake_model m = {.says = WRONG[i]};
        struct generator g = fake_generator(&m, 4096);
        struct answer_options o = answer_options_default();
        struct buffer streamed = {0};
        o.sink = append;
        o.sink_context = &streamed;
        struct answer a = answer_with(s, &g, HOW_TO, &o);
        assert_int_equal(m.calls, 1);
        if (strstr(a.text, WRONG[i]) || strstr(a.text, "835") || strstr(a.text, "8 seconds"))
            fail_msg("shown: %s", a.text);
        assert_false(a.generated);
        assert_string_equal(buffer_text(&streamed), ""); /* nor was it streamed */
        answer_free(&a);
        buffer_free(&streamed);
        fake_free(&m);
    }
    store_close(s);
}

static void model_cannot_put_a_figure_in_place_of_a_missing_one(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct fake_model m = {.says = "The top speed of the 2023 Honda Accord LX is 192 mph [1]."};
    struct generator g = fake_generator(&m, 4096);
    struct answer a = answer_with(s, &g, "top speed of the 2023 Accord", NULL);
    assert_int_equal(a.status, STATUS_NOT_FOUND);
    assert_true(a.refused);
    assert_null(strstr(a.text, "192"));
    answer_free(&a);
    fake_free(&m);
    store_close(s);
}

static bool stop_at_once(void *context, const char *text, size_t len, bool reasoning)
{
    (void)context, (void)text, (void)len, (void)reasoning;
    return false;
}

/* ---- values from prose ---- */

static const char REVIEW[] =
    "# 2023 Toyota Camry LE\n\n"
    "The seats are firm and the ride is calm. Its upholstery is leatherette with grey seams. "
    "The spoiler lamp is an LED strip. The Honda Accord has a spoiler lamp of 12 bulbs.\n";

static void value_that_no_fact_gives_is_copied_from_its_sentence(void **state)
{
    (void)state;
    struct store *s = cars_store();
    ingest_ok(s, "/review.md", DOCUMENT_MARKDOWN, REVIEW);
    struct fake_model m = {.says = "leatherette with grey seams [1]"};
    struct generator g = fake_generator(&m, 4096);
    struct answer a = answer_with(s, &g, "What is the upholstery of the 2023 Toyota Camry LE?", NULL);
    assert_int_equal(m.calls, 1);
    assert_string_equal(buffer_text(&m.begun), "The upholstery of the 2023 Toyota Camry LE is");
    assert_non_null(strstr(buffer_text(&m.prompt), "Question: What is the upholstery of the 2023 Toyota Camry LE?"));
    assert_string_equal(a.text, "The upholstery of the 2023 Toyota Camry LE is leatherette with grey seams [1].");
    assert_int_equal(a.status, STATUS_FOUND);
    assert_false(a.refused);
    assert_true(a.generated);
    assert_int_equal(a.n_citations, 1);
    assert_string_equal(a.citations[0].path, "/review.md");
    assert_string_equal(a.citations[0].quote, "Its upholstery is leatherette with grey seams.");
    assert_int_equal(a.citations[0].line, 3);
    assert_int_equal(a.n_notes, 1);
    assert_non_null(strstr(a.notes[0], "language model"));
    json_t *o = answer_to_json(&a);
    assert_non_null(o);
    const json_t *row = json_array_get(json_object_get(o, "rows"), 0);
    assert_string_equal(json_string_value(json_object_get(row, "value")), "leatherette with grey seams");
    assert_string_equal(json_string_value(json_object_get(row, "document")), "/review.md");
    json_decref(o);
    answer_free(&a);
    /* Words that no rule knows name an attribute where the text calls it so. */
    m.says = "an LED strip [1]";
    a = answer_with(s, &g, "What is the spoiler lamp of the 2023 Toyota Camry LE?", NULL);
    expect_text(&a, "is an LED strip [1].");
    answer_free(&a);
    fake_free(&m);
    store_close(s);
}

static void span_that_is_not_the_vehicle_s_value_is_not_shown(void **state)
{
    (void)state;
    static const char *const SAYS[] = {
        "12 bulbs [1]",        /* another vehicle's */
        "gold plate [1]",      /* not in the text */
        "firm [1]",            /* of something else */
        "an LED strip [2]",    /* no such passage */
        "an LED strip",        /* not cited */
        "not given", "", "[1]", " [1]", "The spoiler lamp [1]",
    };
    struct store *s = cars_store();
    ingest_ok(s, "/review.md", DOCUMENT_MARKDOWN, REVIEW);
    for (size_t i = 0; i < sizeof SAYS / sizeof *SAYS; i++) {
        struct fake_model m = {.says = SAYS[i]};
        struct generator g = fake_generator(&m, 4096);
        g.one_vehicle = true;
        struct answer a = answer_with(s, &g, "What is the spoiler lamp of the 2023 Toyota Camry LE?", NULL);
        assert_int_equal(m.calls, 1);
        if (!a.refused || strstr(a.text, "bulbs") || strstr(a.text, "strip"))
            fail_msg("%s: %s", SAYS[i], a.text);
        answer_free(&a);
        fake_free(&m);
    }
    store_close(s);
}

static void cancelled_generation_is_no_error(void **state)
{
    (void)state;
    struct store *s = cars_and_manual();
    struct fake_model m = {.says = "Push the stalk up for 5 seconds [1]."};
    struct generator g = fake_generator(&m, 4096);
    struct answer_options o = answer_options_default();
    o.sink = stop_at_once;
    struct answer a = answer_with(s, &g, HOW_TO, &o);
    assert_int_equal(a.usage.finish, FINISH_CANCELLED);
    assert_true(strlen(a.text) < strlen(m.says));
    answer_free(&a);
    fake_free(&m);
    store_close(s);
}

static void errors_come_through(void **state)
{
    (void)state;
    struct store *s = cars_and_manual();
    struct fake_model m = {.says = "", .fails = true};
    struct generator g = fake_generator(&m, 4096);
    struct answer a;
    struct error err = {0};
    assert_false(answer_question(&a, s, &g, HOW_TO, NULL, &err));
    assert_string_equal(err.text, "the model broke");
    error_clear(&err);
    g.context_tokens = 100;
    assert_false(answer_question(&a, s, &g, HOW_TO, NULL, &err));
    assert_int_equal(err.code, ERROR_USAGE);
    assert_non_null(strstr(err.text, "160"));
    assert_non_null(strstr(err.text, "100"));
    static const char *const BAD[] = {"", " \n", "\xff\xfe"};
    for (size_t i = 0; i < 3; i++) {
        error_clear(&err);
        assert_false(answer_question(&a, s, NULL, BAD[i], NULL, &err));
        assert_int_equal(err.code, ERROR_USAGE);
    }
    fake_free(&m);
    store_close(s);
}

/* ---- as JSON ---- */

static const char *string_at(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "(none)";
}

static json_t *json_of(const struct answer *a)
{
    json_t *j = answer_to_json(a);
    assert_non_null(j);
    return j;
}

static void json_has_the_whole_answer(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct answer a = answer_of(s, "horsepower of the 2023 Accord?");
    json_t *j = json_of(&a);
    assert_string_equal(string_at(j, "query"), "horsepower of the 2023 Accord?");
    assert_string_equal(string_at(j, "answer"), a.text);
    assert_string_equal(string_at(j, "status"), "found");
    assert_non_null(strstr(string_at(j, "understood"), "2023 Honda Accord"));
    assert_true(json_is_false(json_object_get(j, "refused")));
    json_t *parsed = json_object_get(j, "parsed");
    assert_string_equal(string_at(parsed, "operation"), "value");
    assert_string_equal(
        string_at(json_array_get(json_object_get(parsed, "attributes"), 0), "id"), "power");
    json_t *rows = json_object_get(j, "rows"), *row = json_array_get(rows, 0);
    assert_int_equal(json_array_size(rows), 1);
    assert_string_equal(string_at(row, "vehicle"), "2023 Honda Accord LX");
    assert_string_equal(string_at(row, "attribute_id"), "power");
    assert_true(json_number_value(json_object_get(row, "value")) == 192);
    assert_string_equal(string_at(row, "unit"), "hp");
    assert_string_equal(string_at(row, "text"), "192");
    assert_string_equal(string_at(row, "document"), "/cars.csv");
    assert_string_equal(string_at(row, "location"), "row 5");
    assert_int_equal(json_integer_value(json_object_get(row, "citation")), 1);
    assert_true(json_is_null(json_object_get(j, "table"))); /* one row is no table */
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
    assert_string_equal(string_at(citation, "quote"), "Horsepower: 192");
    assert_string_equal(string_at(citation, "document"), "/cars.csv");
    assert_true(json_is_true(json_object_get(citation, "valid")));
    json_t *number = json_array_get(json_object_get(j, "numbers"), 0);
    assert_string_equal(string_at(number, "text"), "192");
    assert_true(json_is_true(json_object_get(number, "supported")));
    json_t *filter = json_array_get(json_object_get(j, "metadata_filters_used"), 0);
    assert_string_equal(string_at(filter, "model"), "Accord");
    assert_true(json_is_null(json_object_get(json_object_get(j, "usage"), "finish_reason")));
    assert_true(json_is_real(json_object_get(json_object_get(j, "timings"), "total")));
    json_decref(j);
    answer_free(&a);
    store_close(s);
}

static void json_of_a_list_has_its_table(void **state)
{
    (void)state;
    struct store *s = cars_store();
    struct answer a = answer_of(s, "which cars have more than 390 hp?");
    json_t *j = json_of(&a);
    assert_string_equal(string_at(j, "status"), "found");
    assert_string_equal(string_at(json_object_get(j, "parsed"), "operation"), "list");
    assert_int_equal(json_array_size(json_object_get(j, "rows")), 3); /* 400, 425, 395 */
    assert_non_null(strstr(string_at(j, "table"), "Tesla Model 3"));
    json_t *data = json_object_get(j, "table_data");
    assert_int_equal(json_array_size(json_object_get(data, "rows")), 3);
    assert_true(json_array_size(json_object_get(data, "columns")) >= 2);
    assert_int_equal(json_integer_value(json_object_get(data, "left_out")), 0);
    json_decref(j);
    answer_free(&a);
    a = answer_of(s, "zebra crossings");
    j = json_of(&a);
    assert_string_equal(string_at(j, "status"), "not_understood");
    assert_true(json_is_true(json_object_get(j, "refused")));
    json_t *left = json_object_get(json_object_get(j, "parsed"), "unresolved");
    assert_int_equal(json_array_size(left), 2);
    assert_string_equal(json_string_value(json_array_get(left, 0)), "zebra");
    assert_int_equal(json_array_size(json_object_get(j, "rows")), 0);
    json_decref(j);
    answer_free(&a);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value_is_answered_from_its_cell_without_a_model),
        cmocka_unit_test(versions_that_differ_are_each_given),
        cmocka_unit_test(difference_of_a_comparison_is_computed),
        cmocka_unit_test(unit_that_is_asked_for_is_computed_and_the_cell_cited),
        cmocka_unit_test(what_is_not_in_the_documents_is_said),
        cmocka_unit_test(what_was_not_understood_is_named),
        cmocka_unit_test(follow_up_takes_over_what_it_does_not_say),
        cmocka_unit_test(only_the_last_turns_of_a_long_conversation_count),
        cmocka_unit_test(filter_leaves_other_vehicles_out),
        cmocka_unit_test(word_behind_a_figure_stays_with_it),
        cmocka_unit_test(range_over_units_is_in_one_of_them),
        cmocka_unit_test(changed_store_is_read_again),
        cmocka_unit_test(model_is_opened_only_where_prose_has_to_be_read),
        cmocka_unit_test(sentences_with_the_question_s_words_are_quoted),
        cmocka_unit_test(model_that_keeps_to_the_passages_is_shown),
        cmocka_unit_test(a_passage_of_another_generation_is_not_read),
        cmocka_unit_test(figures_that_nothing_supports_are_not_shown),
        cmocka_unit_test(model_cannot_put_a_figure_in_place_of_a_missing_one),
        cmocka_unit_test(value_that_no_fact_gives_is_copied_from_its_sentence),
        cmocka_unit_test(span_that_is_not_the_vehicle_s_value_is_not_shown),
        cmocka_unit_test(cancelled_generation_is_no_error),
        cmocka_unit_test(errors_come_through),
        cmocka_unit_test(json_has_the_whole_answer),
        cmocka_unit_test(json_of_a_list_has_its_table),
    };
    return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
