/* Evaluation: what counts as right value, unit, citation, refusal; and items run the whole way. */
#include "rag_fixture.h"

#include "base/file.h"
#include "base/json.h"
#include "eval/evaluate.h"

#include <stdio.h>
#include <unistd.h>

static json_t *item_of(const char *expect, bool answerable)
{
    struct buffer b = {0};
    struct error err = {0};
    buffer_printf(
        &b,
        "{\"id\": \"x\", \"passages\": [{\"title\": \"A\", \"text\": \"Power: 203 hp\"}], "
        "\"question\": \"Power?\", \"answerable\": %s, \"expect\": [%s]}",
        answerable ? "true" : "false", expect);
    json_t *item = json_read_text(buffer_text(&b), b.len, "x", &err);
    if (!item) fail_msg("%s", err.text);
    buffer_free(&b);
    return item;
}

/* "vuc" with a dot for what is wrong. */
static void expect_score(const char *expect, const char *answer, const char *expected)
{
    json_t *item = item_of(expect, true);
    struct eval_result r = {0};
    struct error err = {0};
    assert_true(evaluate_score(&r, item, "x", answer, false, &err));
    char got[4] = {r.value_right ? 'v' : '.', r.unit_right ? 'u' : '.',
                   r.citation_right ? 'c' : '.', 0};
    if (strcmp(got, expected) != 0) fail_msg("\"%s\": %s, expected %s", answer, got, expected);
    assert_int_equal(r.right, strcmp(expected, "vuc") == 0);
    json_decref(item);
}

static void right_answers_are_right(void **state)
{
    (void)state;
    static const char HP[] = "{\"value\": \"203\", \"unit\": \"hp\", \"cite\": 1}";
    expect_score(HP, "It has 203 hp [1].", "vuc");
    expect_score(HP, "It has 203hp [1].", "vuc");
    expect_score(HP, "It has a 203-HP engine [1].", "vuc");
    expect_score(HP, "It has 203 hp [2][1].", "vuc");
    static const char LB[] = "{\"value\": \"3,310\", \"unit\": \"lb\", \"cite\": 2}";
    expect_score(LB, "It weighs 3,310 lb [2].", "vuc");
    expect_score(LB, "It weighs 3310 lb [2].", "vuc");
    static const char NONE[] = "{\"value\": \"8-speed automatic\", \"unit\": \"\", \"cite\": 1}";
    expect_score(NONE, "It has an 8-speed automatic [1].", "vuc");
    static const char TWO[] = "{\"value\": \"203\", \"unit\": \"hp\", \"cite\": 1}, "
                              "{\"value\": \"192\", \"unit\": \"hp\", \"cite\": 2}";
    expect_score(TWO, "A has 203 hp [1], B has 192 hp [2].", "vuc");
    /* an earlier place that is wrong does not spoil the right one */
    expect_score(HP, "Of 203 cars one has 203 hp [1].", "vuc");
}

static void other_spellings_of_a_value_are_right(void **state)
{
    (void)state;
    static const char LBS[] = "{\"value\": \"32.0\", \"unit\": \"lbs\", \"cite\": 1}";
    expect_score(LBS, "It is 32 lb [1].", "vuc");
    expect_score(LBS, "It is 32.5 lb [1].", "...");
    expect_score(LBS, "It is 32 kg [1].", "v.c");
    static const char USD[] = "{\"value\": \"228820\", \"unit\": \"USD\", \"cite\": 4}";
    expect_score(USD, "The price is $228,820 [4].", "vuc");
    expect_score(USD, "The price is \u20ac228,820 [4].", "v.c");
    static const char ANGLE[] = "{\"value\": \"37.0\u00b0\", \"cite\": 1}";
    expect_score(ANGLE, "It is 37\u00b0 [1].", "vuc");
    static const char BOTH[] = "{\"value\": \"5 years / 60,000 km\", \"cite\": 2}";
    expect_score(BOTH, "It is 5 years / 60,000 km [2].", "vuc");
    expect_score(BOTH, "The warranty: 5 years [2], 60,000 km [2].", "vuc");
    expect_score(BOTH, "The warranty: 5 years [2], 60 km [2].", "...");
}

static void wrong_answers_are_wrong(void **state)
{
    (void)state;
    static const char HP[] = "{\"value\": \"203\", \"unit\": \"hp\", \"cite\": 1}";
    expect_score(HP, "It has 2030 hp [1].", "...");
    expect_score(HP, "It has 1203 hp [1].", "...");
    expect_score(HP, "It has 203.5 hp [1].", "...");
    expect_score(HP, "It has 1.203 hp [1].", "...");
    expect_score(HP, "It has 203 kW [1].", "v.c");
    expect_score(HP, "It has 203 hpx [1].", "v.c");
    expect_score(HP, "It has 203 hp [2].", "vu.");
    expect_score(HP, "It has 203 hp [12].", "vu.");
    expect_score(HP, "It has 203 hp.", "vu.");
    expect_score(HP, "[1] It has 203 hp.", "vu."); /* the citation follows */
    expect_score(HP, "It has 203 hp [2]. See [1].", "vu.");
    expect_score(HP, "", "...");
    static const char TWO[] = "{\"value\": \"203\", \"unit\": \"hp\", \"cite\": 1}, "
                              "{\"value\": \"192\", \"unit\": \"hp\", \"cite\": 2}";
    expect_score(TWO, "A has 203 hp [1], B has 192 hp [1].", "vu.");
    expect_score(TWO, "A has 203 hp [1].", "...");
}

static void refusals_are_scored(void **state)
{
    (void)state;
    json_t *item = item_of("", false);
    struct eval_result r = {0};
    struct error err = {0};
    assert_true(evaluate_score(&r, item, "x", "The documents do not give it.", true, &err));
    assert_true(r.right && r.refused && !r.answerable);
    assert_true(evaluate_score(&r, item, "x", "It has 203 hp [1].", false, &err));
    assert_false(r.right);
    json_decref(item);
    item = item_of("{\"value\": \"203\", \"unit\": \"hp\", \"cite\": 1}", true);
    assert_true(evaluate_score(&r, item, "x", "The documents do not give it.", true, &err));
    assert_true(!r.right && r.refused);
    json_decref(item);
}

static json_t *json_item(const char *text)
{
    struct error err = {0};
    json_t *item = json_read_text(text, strlen(text), "x", &err);
    if (!item) fail_msg("%s", err.text);
    return item;
}

static void facts_of_the_passages_are_answered_without_the_model(void **state)
{
    (void)state;
    struct fake_model m = {.says = "It has 999 hp [1]."};
    struct generator g = fake_generator(&m, 1000);
    /* The blank passage is none: marks count in the item's own passages. */
    json_t *item = json_item(
        "{\"id\": \"x\", \"passages\": [{\"title\": \"\", \"text\": \" \"}, "
        "{\"title\": \"2023 Toyota Camry LE\", \"text\": \"Horsepower (hp): 203\\nSeats: 5\"}, "
        "{\"title\": \"2023 Honda Accord LX\", \"text\": \"Horsepower (hp): 192\\nSeats: 5\"}], "
        "\"question\": \"What is the horsepower of the 2023 Honda Accord LX?\", \"answerable\": true, "
        "\"expect\": [{\"value\": \"192\", \"unit\": \"hp\", \"cite\": 3}]}");
    struct eval_result r;
    struct error err = {0};
    if (!evaluate_item(&r, &g, item, "x", 64, &err)) fail_msg("%s", err.text);
    if (!r.right) fail_msg("%s", r.answer);
    assert_int_equal(m.calls, 0);
    assert_false(r.generated);
    eval_result_free(&r);
    json_decref(item);
    item = json_item("{\"id\": \"x\", \"passages\": [{\"title\": \"2023 Toyota Camry LE\", "
                     "\"text\": \"Horsepower (hp): 203\"}], \"question\": "
                     "\"horsepower of the 2023 Honda Accord\", \"answerable\": false, \"expect\": []}");
    if (!evaluate_item(&r, &g, item, "x", 64, &err)) fail_msg("%s", err.text);
    if (!r.right || !r.refused) fail_msg("%s", r.answer);
    eval_result_free(&r);
    json_decref(item);
    fake_free(&m);
}

static void prose_is_read_by_the_model(void **state)
{
    (void)state;
    struct fake_model m = {.says = "Hold the button for 5 seconds [1]."};
    struct generator g = fake_generator(&m, 1000);
    json_t *item = json_item(
        "{\"id\": \"x\", \"passages\": [{\"title\": \"2022 Rivian R1T - Tyres\", \"text\": "
        "\"To reset the tyre pressure warning, hold the button below the wheel for 5 seconds.\"}], "
        "\"question\": \"How do I reset the tyre pressure warning?\", "
        "\"answerable\": true, \"expect\": [{\"value\": \"5\", \"unit\": \"seconds\", \"cite\": 1}]}");
    struct eval_result r;
    struct error err = {0};
    if (!evaluate_item(&r, &g, item, "x", 64, &err)) fail_msg("%s", err.text);
    assert_int_equal(m.calls, 1);
    if (!r.right || !r.generated) fail_msg("%s", r.answer);
    assert_int_equal(r.usage.prompt_tokens, m.prompt_tokens);
    eval_result_free(&r);
    json_decref(item);
    fake_free(&m);
}

static void files_are_totalled_and_errors_name_the_line(void **state)
{
    (void)state;
    char path[96];
    const char *tmp = getenv("TMPDIR");
    snprintf(path, sizeof path, "%.60s/evaluate.XXXXXX", tmp ? tmp : "/tmp");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    static const char LINES[] =
        "{\"id\":\"1\",\"passages\":[{\"title\":\"2023 Kia Rio\",\"text\":\"Power: 203 hp\"}],"
        "\"question\":\"power of the Kia Rio\",\"answerable\":true,"
        "\"expect\":[{\"value\":\"203\",\"unit\":\"hp\",\"cite\":1}]}\n"
        "\n"
        "{\"id\":\"2\",\"passages\":[{\"title\":\"2023 Kia Rio\",\"text\":\"Power: 99 hp\"}],"
        "\"question\":\"power of the Kia Rio\",\"answerable\":true,"
        "\"expect\":[{\"value\":\"98\",\"unit\":\"hp\",\"cite\":1}]}\n"
        "{\"id\":\"3\",\"passages\":[],\"question\":\"power of the Kia Rio\",\"answerable\":false,"
        "\"expect\":[]}\n";
    struct error err = {0};
    assert_true(file_write(path, LINES, sizeof LINES - 1, &err));
    struct fake_model m = {.says = "never"};
    struct generator g = fake_generator(&m, 1000);
    struct eval_totals t;
    if (!evaluate_file(&t, &g, path, 0, 64, NULL, NULL, &err)) fail_msg("%s", err.text);
    assert_int_equal(t.items, 3);
    assert_int_equal(t.answerable, 2);
    assert_int_equal(t.right_answers, 1);
    assert_int_equal(t.unanswerable, 1);
    assert_int_equal(t.right_refusals, 1);
    assert_int_equal(t.generated_answers, 0);
    assert_true(evaluate_file(&t, &g, path, 2, 64, NULL, NULL, &err));
    assert_int_equal(t.items, 2);
    static const char BAD[] = "\n{\"question\": 1}\n";
    assert_true(file_write(path, BAD, sizeof BAD - 1, &err));
    assert_false(evaluate_file(&t, &g, path, 0, 64, NULL, NULL, &err));
    assert_non_null(strstr(err.text, ":2: field \"question\" is not a string"));
    unlink(path);
    error_clear(&err);
    assert_false(evaluate_file(&t, &g, path, 0, 64, NULL, NULL, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    fake_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_answers_are_right),
        cmocka_unit_test(other_spellings_of_a_value_are_right),
        cmocka_unit_test(wrong_answers_are_wrong),
        cmocka_unit_test(refusals_are_scored),
        cmocka_unit_test(facts_of_the_passages_are_answered_without_the_model),
        cmocka_unit_test(prose_is_read_by_the_model),
        cmocka_unit_test(files_are_totalled_and_errors_name_the_line),
    };
    return cmocka_run_group_tests_name("evaluate", tests, NULL, NULL);
}
