/* The public C API with models/nano: what it refuses and how, what an answer holds, cancelling, and
 * one handle in several threads. */
#include "scratch.h"
#include "api/api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

static const char CAMRY[] = "Make: Toyota\nModel: Camry\nYear: 2023\nTrim: LE\n"
                            "Horsepower (hp): 203\nCombined MPG: 32\n";
static const char QUESTION[] = "What is the horsepower of the 2023 Toyota Camry?";
static struct autospec *llm;

static struct autospec_options usual(void)
{
    struct autospec_options o;
    autospec_options_init(&o, sizeof o);
    o.model_name = "models/nano";
    o.packed_cache = scratch;
    o.temperature = 0;
    o.max_tokens = 60;
    o.threads = 2;
    return o;
}

static int open_nano(void **state)
{
    if (scratch_make(state) != 0) return -1;
    struct autospec_options o = usual();
    struct autospec_error error = {0};
    llm = autospec_open(&o, &error);
    if (!llm) print_error("%s\n", error.text);
    return llm ? 0 : -1;
}

static int close_nano(void **state)
{
    autospec_close(llm);
    return scratch_remove(state);
}

static struct autospec_answer *ask(const char *question, const struct autospec_call *call)
{
    struct autospec_document d = {.title = "2023 Toyota Camry LE", .content = CAMRY};
    struct autospec_error error = {0};
    struct autospec_answer *a = autospec_answer_query(llm, question, &d, 1, call, &error);
    if (!a) fail_msg("%s", error.text);
    return a;
}

static void refuses_to_open(const struct autospec_options *o, int code, const char *words)
{
    struct autospec_error error = {0};
    assert_null(autospec_open(o, &error));
    assert_int_equal(error.code, code);
    if (!strstr(error.text, words)) fail_msg("\"%s\" does not say \"%s\"", error.text, words);
}

static void options_that_make_no_sense_are_named(void **state)
{
    (void)state;
    struct autospec_options o = usual();
    o.model_name = "/nonexistent/model";
    refuses_to_open(&o, AUTOSPEC_NOT_FOUND, "/nonexistent/model");
    o = usual();
    o.model_name = "no-such-name";
    refuses_to_open(&o, AUTOSPEC_NOT_FOUND, "no-such-name");
    o = usual();
    o.model_name = "nobody/nothing";
    o.hub_cache = scratch;
    o.offline = true;
    refuses_to_open(&o, AUTOSPEC_NOT_FOUND, "nobody/nothing");
    o = usual();
    o.temperature = -1;
    refuses_to_open(&o, AUTOSPEC_USAGE, "temperature");
    o = usual();
    o.max_tokens = 0;
    refuses_to_open(&o, AUTOSPEC_USAGE, "max_tokens");
    o = usual();
    o.context = 1;
    refuses_to_open(&o, AUTOSPEC_USAGE, "context");
    o = usual();
    o.device = "cuda:x";
    refuses_to_open(&o, AUTOSPEC_USAGE, "cuda:x");
    o = usual();
    o.thinking = 7;
    refuses_to_open(&o, AUTOSPEC_USAGE, "thinking");
    o = usual();
    o.kv_bits = 4;
    refuses_to_open(&o, AUTOSPEC_USAGE, "kv_bits");
    o = usual();
    o.size = 0;
    refuses_to_open(&o, AUTOSPEC_USAGE, "autospec_options_init");
    assert_null(autospec_open(&o, NULL)); /* nobody has to take the error */
}

static void note(void *context, int level, const char *line)
{
    if (level == AUTOSPEC_WARNING) snprintf(context, 200, "%s", line);
}

static void a_missing_gpu_is_a_warning_or_with_strict_device_an_error(void **state)
{
    (void)state;
    char warning[200] = "";
    struct autospec_options o = usual();
    o.device = "cuda:0";
    o.log = note;
    o.callback_context = warning;
    struct autospec_error error = {0};
    struct autospec *other = autospec_open(&o, &error);
    if (!other) {
        /* Only a build with a GPU backend may say something else here. */
        fail_msg("%s", error.text);
        return;
    }
    assert_non_null(strstr(autospec_info(other)->device_note, "cuda:0"));
    assert_string_equal(warning, autospec_info(other)->device_note);
    autospec_close(other);
    o.strict_device = true;
    refuses_to_open(&o, AUTOSPEC_UNSUPPORTED, "cuda:0");
}

static void a_model_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct autospec_options o = usual();
    o.memory_limit = 20000000;
    refuses_to_open(&o, AUTOSPEC_MEMORY, "0.02 GB can be had");
    o.memory_limit = SIZE_MAX;
    o.kv_bits = 8;
    struct autospec_error error = {0};
    struct autospec *other = autospec_open(&o, &error);
    if (!other) fail_msg("%s", error.text);
    autospec_close(other);
}

static void a_struct_of_an_earlier_version_is_taken_as_far_as_it_goes(void **state)
{
    (void)state;
    union {
        struct autospec_options whole;
        char bytes[sizeof(struct autospec_options)];
    } o;
    memset(&o, 0x5a, sizeof o); /* members behind its end must not be looked at */
    size_t size = offsetof(struct autospec_options, offline);
    autospec_options_init(&o.whole, size);
    assert_int_equal((unsigned char)o.bytes[size], 0x5a);
    o.whole.model_name = "models/nano";
    o.whole.packed_cache = scratch;
    struct autospec_error error = {0};
    struct autospec *other = autospec_open(&o.whole, &error);
    if (!other) fail_msg("%s", error.text);
    autospec_close(other);
}

static void null_arguments_are_errors(void **state)
{
    (void)state;
    struct autospec_document d = {.content = NULL};
    struct autospec_error error = {0};
    assert_null(autospec_answer_query(NULL, QUESTION, NULL, 0, NULL, &error));
    assert_int_equal(error.code, AUTOSPEC_USAGE);
    assert_null(autospec_answer_query(llm, NULL, NULL, 0, NULL, &error));
    assert_string_equal(error.text, "the query is NULL");
    assert_null(autospec_answer_query(llm, QUESTION, NULL, 2, NULL, &error));
    assert_string_equal(error.text, "documents is NULL");
    assert_null(autospec_answer_query(llm, QUESTION, &d, 1, NULL, &error));
    assert_string_equal(error.text, "documents[0].content is NULL");
    d = (struct autospec_document){.content = "text", .n_metadata = 1};
    assert_null(autospec_answer_query(llm, QUESTION, &d, 1, NULL, &error));
    assert_string_equal(error.text, "documents[0].metadata is NULL");
    assert_null(autospec_answer_query(llm, " \n", NULL, 0, NULL, NULL));
    assert_null(autospec_generate(llm, NULL, NULL, &error));
    assert_null(autospec_generate(llm, "", NULL, &error));
    assert_string_equal(error.text, "the prompt is empty");
    assert_null(autospec_generate(NULL, "x", NULL, &error));
    autospec_answer_free(NULL);
    autospec_text_free(NULL);
    autospec_close(NULL);
}

static void an_answer_carries_its_sources_and_its_cost(void **state)
{
    (void)state;
    struct autospec_field metadata[] = {{"source", "cars.csv"}, {"year", "2023"}};
    struct autospec_document documents[] = {
        {.content = " \n"},
        {.title = "2023 Toyota Camry LE", .content = CAMRY, .metadata = metadata, .n_metadata = 2},
    };
    struct autospec_error error = {0};
    struct autospec_answer *a = autospec_answer_query(llm, QUESTION, documents, 2, NULL, &error);
    if (!a) fail_msg("%s", error.text);
    assert_non_null(strstr(a->text, "203 hp [1]"));
    assert_false(a->generated); /* the program writes what facts say */
    assert_false(a->refused);
    assert_int_equal(a->n_citations, 1);
    const struct autospec_citation *c = a->citations[0];
    assert_true(c->valid);
    assert_int_equal(c->n, 1);
    assert_int_equal(c->document, 1);
    assert_string_equal(c->id, "cars.csv");
    assert_string_equal(c->title, "2023 Toyota Camry LE");
    assert_non_null(strstr(c->quote, ": 203"));
    assert_true(strstr(c->passage, "Combined") && strstr(c->passage, ": 32"));
    assert_int_equal(a->n_unsupported, 0);
    bool found = false;
    for (size_t i = 0; i < a->n_numbers; i++)
        found = found || (a->numbers[i]->value == 203 && a->numbers[i]->supported &&
                          a->numbers[i]->passage == 1 && strcmp(a->numbers[i]->unit, "hp") == 0);
    assert_true(found);
    assert_int_equal(a->finish, AUTOSPEC_FINISH_END);
    assert_true(a->generated_tokens == 0 && a->total_seconds > 0);
    autospec_answer_free(a);
}

static const char *json_text_at(const json_t *o, const char *name)
{
    const char *text = json_string_value(json_object_get(o, name));
    return text ? text : "";
}

static void the_json_says_what_was_understood_and_has_the_rows(void **state)
{
    (void)state;
    struct autospec_answer *a = ask(QUESTION, NULL);
    json_t *json = json_loads(a->json, 0, NULL);
    const json_t *parsed = json_object_get(json, "parsed"), *rows = json_object_get(json, "rows"),
                 *row = json_array_get(rows, 0);
    assert_string_equal(json_text_at(json, "answer"), a->text);
    assert_string_equal(json_text_at(json, "status"), "found");
    assert_non_null(strstr(json_text_at(json, "understood"), "Camry"));
    assert_string_equal(json_text_at(parsed, "operation"), "value");
    assert_int_equal(json_array_size(rows), 1);
    assert_true(json_number_value(json_object_get(row, "value")) == 203);
    assert_string_equal(json_text_at(row, "unit"), "hp");
    assert_string_equal(json_text_at(row, "attribute_id"), "power");
    assert_string_equal(json_text_at(row, "make"), "Toyota");
    assert_int_equal(json_integer_value(json_object_get(row, "citation")), 1);
    json_decref(json);
    autospec_answer_free(a);
}

static void what_is_not_there_or_not_understood_is_a_status_and_no_figure(void **state)
{
    (void)state;
    static const char *const QUESTIONS[][2] = {
        {"What is the horsepower of the 1968 Tatra 603?", "not_found"},
        {"blorptify the frumious quux", "not_understood"},
    };
    for (size_t i = 0; i < sizeof QUESTIONS / sizeof *QUESTIONS; i++) {
        struct autospec_answer *a = ask(QUESTIONS[i][0], NULL);
        json_t *json = json_loads(a->json, 0, NULL);
        assert_string_equal(json_text_at(json, "status"), QUESTIONS[i][1]);
        assert_true(a->refused);
        assert_int_equal(a->n_numbers, 0);
        assert_int_equal(a->n_citations, 0);
        json_decref(json);
        autospec_answer_free(a);
    }
}

static void several_documents_are_compared(void **state)
{
    (void)state;
    struct autospec_document documents[] = {
        {.id = "a.txt", .title = "2023 Toyota Camry LE", .content = CAMRY},
        {.id = "b.csv", .content = "Make,Model,Year,Horsepower (hp)\nHonda,Accord,2023,192\n"},
    };
    struct autospec_error error = {0};
    struct autospec_answer *a = autospec_answer_query(
        llm, "Which has more horsepower, the Camry or the Accord, and by how much?", documents, 2,
        NULL, &error);
    if (!a) fail_msg("%s", error.text);
    assert_non_null(strstr(a->text, "11 hp"));
    assert_int_equal(a->n_citations, 2);
    assert_string_equal(a->citations[0]->id, "a.txt");
    assert_string_equal(a->citations[1]->id, "b.csv");
    assert_int_equal(a->citations[1]->document, 1);
    bool computed = false;
    for (size_t i = 0; i < a->n_numbers; i++)
        computed = computed || (a->numbers[i]->value == 11 && a->numbers[i]->passage == 0 &&
                                !a->numbers[i]->quote[0]);
    assert_true(computed);
    autospec_answer_free(a);
}

static void without_documents_the_answer_is_a_refusal(void **state)
{
    (void)state;
    struct autospec_answer *a = autospec_answer_query(llm, QUESTION, NULL, 0, NULL, NULL);
    assert_non_null(a);
    assert_true(a->refused);
    assert_false(a->generated);
    assert_true(a->text[0]);
    autospec_answer_free(a);
}

static void damaged_text_is_refused_by_the_name_of_its_document(void **state)
{
    (void)state;
    struct autospec_document d = {.id = "broken.txt", .content = "abc\1\2\0def\3", .length = 10};
    struct autospec_error error = {0};
    assert_null(autospec_answer_query(llm, QUESTION, &d, 1, NULL, &error));
    assert_true(error.code == AUTOSPEC_INPUT || error.code == AUTOSPEC_UNSUPPORTED);
    assert_non_null(strstr(error.text, "broken.txt"));
    /* Other encodings are read as what they are. */
    d = (struct autospec_document){.content = "Citro\xebn C3, 2023\n\nPower: 83 hp\n"};
    struct autospec_answer *a =
        autospec_answer_query(llm, "What is the power of the Citroën C3?", &d, 1, NULL, &error);
    if (!a) fail_msg("%s", error.text);
    autospec_answer_free(a);
    assert_null(autospec_answer_query(llm, "a\xff", NULL, 0, NULL, &error));
    assert_int_equal(error.code, AUTOSPEC_USAGE);
    assert_null(autospec_generate(llm, "a\xff", NULL, &error));
    assert_int_equal(error.code, AUTOSPEC_USAGE);
}

static void too_long_a_query_is_refused_with_its_size(void **state)
{
    (void)state;
    struct autospec_document d = {.title = "2023 Toyota Camry LE", .content = CAMRY};
    struct autospec_error error = {0};
    size_t n = 1 << 17;
    char *query = malloc(n + 1);
    memset(query, 'a', n);
    query[n] = '\0';
    assert_null(autospec_answer_query(llm, query, &d, 1, NULL, &error));
    assert_int_equal(error.code, AUTOSPEC_USAGE);
    assert_non_null(strstr(error.text, "131072"));
    /* One that is not too long, and says next to nothing: nothing is guessed. */
    for (size_t i = 0; i < 60000; i++) query[i] = i % 2 ? ' ' : 'q';
    strcpy(query + 60000, " Toyota Camry");
    struct autospec_answer *a = autospec_answer_query(llm, query, &d, 1, NULL, &error);
    assert_true(a && (a->refused || a->n_unsupported == 0));
    autospec_answer_free(a);
    free(query);
    /* The handle is as good as before. */
    autospec_answer_free(ask(QUESTION, NULL));
}

/* ---- callbacks ---- */

struct heard {
    char text[4096];
    size_t pieces, stop_after; /* 0: never */
    bool cancel, use_handle;
    int code;
};

static bool hear(void *context, const char *text, size_t len, bool reasoning)
{
    struct heard *h = context;
    if (reasoning) return true;
    assert_int_equal(strlen(text), len);
    strncat(h->text, text, sizeof h->text - strlen(h->text) - 1);
    h->pieces++;
    if (h->use_handle) {
        struct autospec_error error = {0};
        assert_null(autospec_generate(llm, "x", NULL, &error));
        h->code = error.code;
    }
    if (h->cancel) autospec_cancel(llm);
    return h->stop_after == 0 || h->pieces < h->stop_after;
}

static struct autospec_call call_with(struct heard *h)
{
    struct autospec_call call;
    autospec_call_init(&call, sizeof call);
    call.on_text = hear;
    call.context = h;
    return call;
}

/* A text of the model's, which takes a while. */
static struct autospec_text *write_text(const struct autospec_call *call)
{
    struct autospec_error error = {0};
    struct autospec_text *t = autospec_generate(llm, "Tell me about the car.", call, &error);
    if (!t) fail_msg("%s", error.text);
    return t;
}

static void the_pieces_are_the_text(void **state)
{
    (void)state;
    struct heard h = {.use_handle = true};
    struct autospec_call call = call_with(&h);
    struct autospec_text *t = write_text(&call);
    assert_true(h.pieces > 3);
    assert_string_equal(h.text, t->text);
    assert_int_equal(h.code, AUTOSPEC_USAGE); /* the handle within its own callback */
    autospec_text_free(t);
}

static void what_the_program_writes_does_not_come_in_pieces(void **state)
{
    (void)state;
    struct heard h = {0};
    struct autospec_call call = call_with(&h);
    struct autospec_answer *a = ask(QUESTION, &call);
    assert_int_equal(h.pieces, 0);
    assert_non_null(strstr(a->text, "203"));
    autospec_answer_free(a);
}

static void a_callback_or_cancel_ends_the_call_with_what_came(void **state)
{
    (void)state;
    for (int way = 0; way < 2; way++) {
        struct heard h = {.stop_after = way ? 0 : 2, .cancel = way};
        struct autospec_call call = call_with(&h);
        struct autospec_text *t = write_text(&call);
        assert_int_equal(t->finish, AUTOSPEC_FINISH_CANCELLED);
        assert_int_equal(h.pieces, way ? 1 : 2);
        assert_true(strlen(t->text) <= strlen(h.text));
        autospec_text_free(t);
    }
    struct autospec_text *t = write_text(NULL); /* the next one is not cancelled */
    assert_true(t->finish == AUTOSPEC_FINISH_END || t->finish == AUTOSPEC_FINISH_LENGTH);
    autospec_text_free(t);
}

static void generate_gives_text_of_the_length_asked_for(void **state)
{
    (void)state;
    struct heard h = {0};
    struct autospec_call call = call_with(&h);
    call.max_tokens = 3;
    call.system = "Be brief.";
    struct autospec_error error = {0};
    struct autospec_text *t = autospec_generate(llm, "Horsepower?", &call, &error);
    if (!t) fail_msg("%s", error.text);
    assert_true(t->generated_tokens <= 3);
    assert_string_equal(t->text, h.text);
    autospec_text_free(t);
}

static void info_says_what_was_opened(void **state)
{
    (void)state;
    const struct autospec_info *i = autospec_info(llm);
    assert_string_equal(i->model, "nano");
    assert_string_equal(i->quantization, "4-bit");
    assert_string_equal(i->device_note, "");
    assert_true(i->parameters > 1000000 && i->context > 0);
    json_t *json = json_loads(i->json, 0, NULL);
    assert_int_equal(json_integer_value(json_object_get(json, "parameters")), i->parameters);
    json_decref(json);
    assert_true(autospec_version()[0]);
}

/* ---- threads ---- */

enum { THREADS = 3, ROUNDS = 2 };

static void *ask_often(void *context)
{
    char(*texts)[256] = context;
    for (size_t i = 0; i < ROUNDS; i++) {
        struct autospec_document d = {.title = "2023 Toyota Camry LE", .content = CAMRY};
        struct autospec_answer *a = autospec_answer_query(llm, QUESTION, &d, 1, NULL, NULL);
        snprintf(texts[i], sizeof texts[i], "%s", a ? a->text : "(failed)");
        autospec_answer_free(a);
    }
    return NULL;
}

static void threads_that_share_a_handle_get_the_answers_of_one(void **state)
{
    (void)state;
    struct autospec_answer *a = ask(QUESTION, NULL);
    char texts[THREADS][ROUNDS][256];
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, texts[i]), 0);
    for (size_t i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    for (size_t i = 0; i < THREADS; i++)
        for (size_t k = 0; k < ROUNDS; k++) assert_string_equal(texts[i][k], a->text);
    autospec_answer_free(a);
}

static void *open_and_ask(void *context)
{
    struct autospec_options o = usual();
    struct autospec *own = autospec_open(&o, NULL);
    struct autospec_document d = {.title = "2023 Toyota Camry LE", .content = CAMRY};
    struct autospec_answer *a =
        own ? autospec_answer_query(own, QUESTION, &d, 1, NULL, NULL) : NULL;
    snprintf(context, 256, "%s", a ? a->text : "(failed)");
    autospec_close(own);
    autospec_answer_free(a); /* outlives its handle */
    return NULL;
}

static void several_handles_work_side_by_side(void **state)
{
    (void)state;
    struct autospec_answer *a = ask(QUESTION, NULL);
    char texts[2][256];
    pthread_t threads[2];
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, open_and_ask, texts[i]), 0);
    for (size_t i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    for (size_t i = 0; i < 2; i++) assert_string_equal(texts[i], a->text);
    autospec_answer_free(a);
}

static void *ask_and_be_cancelled(void *context)
{
    struct autospec_error *error = context;
    autospec_text_free(autospec_generate(llm, "x", NULL, error));
    return NULL;
}

struct waiting {
    pthread_t thread;
    bool started;
    struct autospec_error error;
};

static bool cancel_both(void *context, const char *text, size_t len, bool reasoning)
{
    struct waiting *w = context;
    (void)text;
    (void)len;
    (void)reasoning;
    if (w->started) return true;
    w->started = true;
    assert_int_equal(pthread_create(&w->thread, NULL, ask_and_be_cancelled, &w->error), 0);
    for (size_t n = 0; n < 2;) { /* until the other one waits */
        n = 0;
        pthread_mutex_lock(&llm->turns_lock);
        for (struct api_turn *t = llm->turns; t; t = t->next) n++;
        pthread_mutex_unlock(&llm->turns_lock);
        usleep(100);
    }
    autospec_cancel(llm);
    return true;
}

static void cancel_reaches_the_calls_that_wait(void **state)
{
    (void)state;
    struct waiting w = {0};
    struct autospec_call call;
    autospec_call_init(&call, sizeof call);
    call.on_text = cancel_both;
    call.context = &w;
    struct autospec_text *t = write_text(&call);
    assert_true(w.started);
    pthread_join(w.thread, NULL);
    assert_int_equal(t->finish, AUTOSPEC_FINISH_CANCELLED);
    assert_int_equal(w.error.code, AUTOSPEC_CANCELLED);
    autospec_text_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_that_make_no_sense_are_named),
        cmocka_unit_test(a_missing_gpu_is_a_warning_or_with_strict_device_an_error),
        cmocka_unit_test(a_model_that_does_not_fit_is_refused),
        cmocka_unit_test(a_struct_of_an_earlier_version_is_taken_as_far_as_it_goes),
        cmocka_unit_test(null_arguments_are_errors),
        cmocka_unit_test(an_answer_carries_its_sources_and_its_cost),
        cmocka_unit_test(the_json_says_what_was_understood_and_has_the_rows),
        cmocka_unit_test(what_is_not_there_or_not_understood_is_a_status_and_no_figure),
        cmocka_unit_test(several_documents_are_compared),
        cmocka_unit_test(without_documents_the_answer_is_a_refusal),
        cmocka_unit_test(damaged_text_is_refused_by_the_name_of_its_document),
        cmocka_unit_test(too_long_a_query_is_refused_with_its_size),
        cmocka_unit_test(the_pieces_are_the_text),
        cmocka_unit_test(what_the_program_writes_does_not_come_in_pieces),
        cmocka_unit_test(a_callback_or_cancel_ends_the_call_with_what_came),
        cmocka_unit_test(generate_gives_text_of_the_length_asked_for),
        cmocka_unit_test(info_says_what_was_opened),
        cmocka_unit_test(threads_that_share_a_handle_get_the_answers_of_one),
        cmocka_unit_test(several_handles_work_side_by_side),
        cmocka_unit_test(cancel_reaches_the_calls_that_wait),
    };
    return cmocka_run_group_tests_name("api", tests, open_nano, close_nano);
}
