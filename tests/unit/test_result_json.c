/* Queries and rows as JSON: what they say, and that any bytes give valid JSON. */
#include "answer_fixture.h"

#include "answer/result_json.h"

#include <math.h>
#include <stdlib.h>

static void one_value(struct fixture *f)
{
    fixture_init(f, "en", QUERY_VALUE);
    size_t column = fixture_column(f, "Comb", "fuel_consumption", "combined", "L/100 km");
    size_t record = fixture_record(f, "2022 Kia Telluride AWD", 2022);
    f->records[record].make = "Kia";
    f->records[record].model = "Telluride";
    fixture_ask(f, "fuel_consumption", "combined");
    fixture_subject(f, "2022 Kia Telluride AWD", 2022);
    fixture_number(f, record, column, 0, 0, 11.3, "11.3");
}

/* {"query": ..., "rows": [...]} */
static json_t *to_json(struct fixture *f)
{
    struct rendered a;
    fixture_render(f, &a);
    json_t *query = query_to_json(&f->q, &f->c), *rows = result_rows_to_json(&a, &f->r, &f->c);
    assert_non_null(query);
    assert_non_null(rows);
    rendered_free(&a);
    return json_pack("{s:o, s:o}", "query", query, "rows", rows);
}

static const char *text_at(json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

static void rows_are_typed(void **state)
{
    (void)state;
    struct fixture f;
    one_value(&f);
    json_t *o = to_json(&f);
    json_t *row = json_array_get(json_object_get(o, "rows"), 0);
    assert_string_equal(text_at(row, "vehicle"), "2022 Kia Telluride AWD");
    assert_string_equal(text_at(row, "attribute_id"), "fuel_consumption");
    assert_string_equal(text_at(row, "attribute"), "combined fuel consumption");
    assert_string_equal(json_string_value(json_array_get(json_object_get(row, "qualifiers"), 0)),
                        "combined");
    assert_true(fabs(json_real_value(json_object_get(row, "value")) - 11.3) < 1e-12);
    assert_string_equal(text_at(row, "unit"), "L/100 km");
    assert_string_equal(text_at(row, "location"), "row 2");
    assert_int_equal(json_integer_value(json_object_get(row, "citation")), 1);
    json_t *query = json_object_get(o, "query");
    assert_string_equal(text_at(query, "operation"), "value");
    assert_int_equal(json_array_size(json_object_get(query, "vehicles")), 1);
    json_decref(o);
    /* Yes and no are booleans, texts are texts. */
    f.rows[0].fact.kind = VALUE_NO;
    o = to_json(&f);
    row = json_array_get(json_object_get(o, "rows"), 0);
    assert_true(json_is_false(json_object_get(row, "value")));
    json_decref(o);
    f.rows[0].fact.kind = VALUE_TEXT;
    o = to_json(&f);
    row = json_array_get(json_object_get(o, "rows"), 0);
    assert_string_equal(text_at(row, "value"), "11.3");
    json_decref(o);
}

static void conditions_are_data(void **state)
{
    (void)state;
    struct fixture f;
    one_value(&f);
    f.q.op = QUERY_LIST;
    f.q.order = -1;
    f.q.unresolved[f.q.n_unresolved++] = "towball";
    fixture_where(&f, "under 9 L/100 km");
    f.q.where[0].attribute.attribute = registry_find("fuel_consumption");
    f.q.where[0].comparator = COMPARE_LESS;
    f.q.where[0].number = true;
    f.q.where[0].low = 9;
    f.q.where[0].unit = unit_by_symbol("L/100 km");
    json_t *o = to_json(&f), *query = json_object_get(o, "query");
    assert_string_equal(text_at(query, "operation"), "list");
    assert_string_equal(text_at(query, "order"), "least_first");
    json_t *condition = json_array_get(json_object_get(query, "conditions"), 0);
    assert_string_equal(text_at(condition, "comparator"), "<");
    assert_string_equal(text_at(condition, "unit"), "L/100 km");
    assert_string_equal(text_at(json_object_get(condition, "attribute"), "id"), "fuel_consumption");
    assert_string_equal(json_string_value(json_array_get(json_object_get(query, "unresolved"), 0)),
                        "towball");
    json_decref(o);
}

static void any_bytes_give_valid_json(void **state)
{
    (void)state;
    struct fixture f;
    one_value(&f);
    f.documents[0].path = "/data/\xff\xfe.csv";
    f.records[0].title = "\xc3(";
    f.rows[0].fact.text = "\x80";
    f.rows[0].low = f.rows[0].high = NAN;
    f.q.subjects[0].name = f.q.subjects[0].label = "\xe2\x82";
    json_t *o = to_json(&f);
    char *text = json_dumps(o, 0);
    assert_non_null(text);
    json_t *again = json_loads(text, 0, NULL);
    assert_non_null(again);
    json_t *row = json_array_get(json_object_get(again, "rows"), 0);
    assert_string_equal(text_at(row, "vehicle"), "\xef\xbf\xbd(");
    assert_string_equal(text_at(row, "value"), "\xef\xbf\xbd");
    json_decref(again);
    free(text);
    json_decref(o);
}

static void long_results_are_cut(void **state)
{
    (void)state;
    struct fixture f;
    static struct result_row rows[RESULT_JSON_MAX_ROWS + 5];
    one_value(&f);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) rows[i] = f.rows[0];
    rows[0].name_only = true;
    f.r.rows = rows;
    f.r.n_rows = sizeof rows / sizeof *rows;
    json_t *o = to_json(&f);
    assert_int_equal(json_array_size(json_object_get(o, "rows")), RESULT_JSON_MAX_ROWS);
    json_decref(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_typed),
        cmocka_unit_test(conditions_are_data),
        cmocka_unit_test(any_bytes_give_valid_json),
        cmocka_unit_test(long_results_are_cut),
    };
    return cmocka_run_group_tests_name("result_json", tests, NULL, NULL);
}
