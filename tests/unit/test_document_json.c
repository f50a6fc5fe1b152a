/* JSON of any shape as tables: records, keys, columns, lists inside records; spelling and places
 * kept; JSON Lines; hostile input. */
#include "document_fixture.h"

#include "base/clock.h"
#include "document/json_scan.h"

#include <stdlib.h>

static void json_makes_rows_of_records_in_the_spelling_of_the_file(void **state)
{
    (void)state;
    expect_document("a.json",
                    "[{\"make\": \"Seat\", \"hp\": 150, \"x\": {\"kg\": 1.10, \"mm\": null}},\n"
                    " {\"hp\": 1e2, \"make\": \"\\u0160koda \\ud83d\\ude97\", \"awd\": true}]",
                    "[] item\n-: make|hp|x.kg|x.mm|awd\n1: Seat|150|1.10||\n"
                    "2: \xc5\xa0koda \xf0\x9f\x9a\x97|1e2|||true\n");
    expect_document("one.json",
                    "{\"make\":\"Seat\",\"colors\":[\"red\",\"blue\"],\"at\":[[1,2],[3]]}",
                    "[] item\n-: make|colors|at\n1: Seat|red, blue|1, 2; 3\n");
    expect_document("s.json", "[\"a\", \"b\"]", "[] item\n-: value\n1: a\n2: b\n");
    expect_document("mixed.json", "[{\"a\":1}, 7, {\"a\":2}]",
                    "[] item\n-: a|value\n1: 1|\n2: |7\n3: 2|\n");
}

static void json_keeps_the_lists_of_a_record(void **state)
{
    (void)state;
    expect_document("r1t.json",
                    "{\"make\":\"Rivian\",\"model\":\"R1T\",\"torque_nm\":1120,\n"
                    "\"battery\":{\"capacity_kwh\":135},\n"
                    "\"motors\":[{\"position\":\"front\",\"kw\":266.5},"
                    "{\"position\":\"rear\",\"kw\":266.5}]}",
                    "[] item\n-: make|model|torque_nm|battery.capacity_kwh|motors.1.position|"
                    "motors.1.kw|motors.2.position|motors.2.kw\n"
                    "1: Rivian|R1T|1120|135|front|266.5|rear|266.5\n");
    expect_document(
        "specs.json",
        "{\"make\":\"Seat\",\"specs\":[{\"name\":\"Power\",\"value\":150,\"unit\":\"hp\"},"
        "{\"name\":\"Doors\",\"value\":5,\"unit\":null}],"
        "\"length\":{\"value\":4368,\"unit\":\"mm\"}}",
        "[] item\n-: make|specs.Power|specs.Doors|length\n1: Seat|150 hp|5|4368 mm\n");
}

static void json_takes_the_richer_list_for_the_rows(void **state)
{
    (void)state;
    expect_document("trims.json",
                    "{\"make\":\"Toyota\",\"year\":2023,\"trims\":[{\"name\":\"LE\",\"hp\":139,"
                    "\"kg\":1300},{\"name\":\"SE\",\"hp\":169,\"kg\":1350}]}",
                    "[trims] item\n-: make|year|name|hp|kg\n1: Toyota|2023|LE|139|1300\n"
                    "2: Toyota|2023|SE|169|1350\n");
    expect_document("names.json",
                    "{\"name\":\"Corolla\",\"trims\":[{\"name\":\"LE\",\"hp\":139},"
                    "{\"name\":\"SE\",\"hp\":169}]}",
                    "[trims] item\n-: name|trims.name|trims.hp\n1: Corolla|LE|139\n"
                    "2: Corolla|SE|169\n");
    expect_document("makes.json",
                    "[{\"name\":\"Toyota\",\"models\":[{\"name\":\"Yaris\",\"hp\":116},"
                    "{\"name\":\"Aygo\",\"hp\":72}]},"
                    "{\"name\":\"Honda\",\"models\":[{\"name\":\"Jazz\",\"hp\":122}]}]",
                    "[] item\n-: name|models.name|models.hp\n1: Toyota|Yaris|116\n"
                    "1: Toyota|Aygo|72\n2: Honda|Jazz|122\n");
}

static void json_gives_each_list_and_what_stands_beside(void **state)
{
    (void)state;
    expect_document("two.json",
                    "{\"source\":\"EPA\",\"data\":[{\"brand\":\"Hyundai\",\"kwh\":72.6}],\n"
                    "\"brands\":[{\"id\":\"b1\",\"name\":\"Hyundai\"}],\"meta\":{\"count\":1}}",
                    "[] item pairs\n1: source|EPA\n2: meta.count|1\n"
                    "[data] item\n-: brand|kwh\n1: Hyundai|72.6\n"
                    "[brands] item\n-: id|name\n1: b1|Hyundai\n");
    expect_document("deep.json",
                    "{\"response\":{\"data\":{\"cars\":[{\"m\":\"a\"},{\"m\":\"b\"}]}}}",
                    "[response.data.cars] item\n-: m\n1: a\n2: b\n");
}

static void json_reads_objects_by_key(void **state)
{
    (void)state;
    expect_document("keyed.json",
                    "{\"Toyota Yaris\":{\"year\":2023,\"hp\":116},\"Honda Jazz\":{\"year\":2023,"
                    "\"hp\":122}}",
                    "[] item keyed\n-: key|year|hp\n1: Toyota Yaris|2023|116\n2: Honda "
                    "Jazz|2023|122\n");
    expect_document("k2.json",
                    "{\"Toyota\":{\"Yaris\":{\"hp\":116},\"Aygo\":{\"hp\":72}},"
                    "\"Honda\":{\"Jazz\":{\"hp\":122}}}",
                    "[] item keyed\n-: key|key 2|hp\n1: Toyota|Yaris|116\n2: Toyota|Aygo|72\n"
                    "3: Honda|Jazz|122\n");
    expect_document("in.json", "{\"cars\":{\"A\":{\"hp\":1},\"B\":{\"hp\":2}},\"version\":3}",
                    "[] item pairs\n1: version|3\n[cars] item keyed\n-: key|hp\n1: A|1\n2: B|2\n");
    expect_document("kl.json", "[{\"A\":{\"hp\":1}},{\"B\":{\"hp\":2}}]",
                    "[] item keyed\n-: key|hp\n1: A|1\n2: B|2\n");
    /* Parts of one record have nothing in common. */
    expect_document("parts.json",
                    "{\"engine\":{\"hp\":150},\"size\":{\"mm\":4368},\"mass\":{\"kg\":2}}",
                    "[] item\n-: engine.hp|size.mm|mass.kg\n1: 150|4368|2\n");
    /* An ordinary record with two alike parts stays one. */
    expect_document("wheels.json",
                    "{\"make\":\"x\",\"hp\":3,\"kg\":4,\"tyre\":{\"front\":{\"mm\":1},"
                    "\"rear\":{\"mm\":2}}}",
                    "[] item\n-: make|hp|kg|tyre.front.mm|tyre.rear.mm\n1: x|3|4|1|2\n");
}

static void json_lists_of_versions_inside_objects_by_key_are_rows(void **state)
{
    (void)state;
    expect_document("tree.json",
                    "{\"makers\":{\"A\":{\"M\":{\"versions\":[{\"trim\":\"S\",\"hp\":90,\"nm\":160},"
                    "{\"trim\":\"L\",\"hp\":110,\"nm\":200}],\"seats\":5}},"
                    "\"B\":{\"N\":{\"versions\":[{\"trim\":\"P\",\"hp\":300,\"nm\":400}],\"seats\":7}}}}",
                    "[makers] item keyed\n-: key|key 2|seats|versions.trim|versions.hp|versions.nm\n"
                    "1: A|M|5|S|90|160\n1: A|M|5|L|110|200\n2: B|N|7|P|300|400\n");
}

static void json_reads_tables_by_column_and_split(void **state)
{
    (void)state;
    expect_document("col.json", "{\"make\":[\"Seat\",\"Cupra\"],\"hp\":[150,204],\"source\":\"x\"}",
                    "[] item pairs\n1: source|x\n[] item\n-: make|hp\n1: Seat|150\n2: Cupra|204\n");
    expect_document("pandas.json",
                    "{\"make\":{\"0\":\"Seat\",\"1\":\"Cupra\"},\"hp\":{\"0\":1,\"1\":2}}",
                    "[] item\n-: make|hp\n1: Seat|1\n2: Cupra|2\n");
    expect_document("split.json",
                    "{\"columns\":[\"make\",\"hp\"],\"index\":[0,1],\"data\":[[\"Seat\",1.50],"
                    "[\"Cupra\",null]]}",
                    "[] item\n-: make|hp\n1: Seat|1.50\n2: Cupra|\n");
    expect_document("named.json",
                    "{\"columns\":[\"hp\"],\"index\":[\"Leon\",\"Born\"],\"data\":[[150],[204]]}",
                    "[] item keyed\n-: key|hp\n1: Leon|150\n2: Born|204\n");
    expect_document("rows.json", "[[\"make\",\"hp\"],[\"Seat\",150]]",
                    "[] item\n-: make|hp\n2: Seat|150\n");
    expect_document("index.json", "{\"0\":{\"m\":\"a\",\"hp\":1},\"1\":{\"m\":\"b\",\"hp\":2}}",
                    "[] item\n-: m|hp\n1: a|1\n2: b|2\n");
}

static void json_keeps_members_that_are_given_twice(void **state)
{
    (void)state;
    expect_document("dup.json", "[{\"hp\":1,\"hp\":2,\"hp (2)\":3,\"hp\":4},\n{\"hp\":5}]",
                    "[] item\n-: hp|hp (2)|hp (2) (2)|hp (3)\n1: 1|2|3|4\n2: 5|||\n"
                    "! line 1: \"hp\" is given again: it is column \"hp (2)\"\n"
                    "! line 1: \"hp (2)\" is given again: it is column \"hp (2) (2)\"\n"
                    "! line 1: \"hp\" is given again: it is column \"hp (3)\"\n");
}

static void json_says_where_cells_stand(void **state)
{
    (void)state;
    static const char TEXT[] = "[\n {\"m\": \"Leon\",\n  \"hp\": 1.50}\n]\n";
    struct document d;
    struct error err = {0};
    assert_true(document_read(&d, DOCUMENT_JSON, TEXT, sizeof TEXT - 1, NULL, &err));
    const struct table *t = d.blocks[0].table;
    assert_int_equal(t->cells[2].line, 2);
    assert_memory_equal(TEXT + t->cells[2].begin, "Leon", 4);
    assert_int_equal(t->cells[3].line, 3);
    assert_memory_equal(TEXT + t->cells[3].begin, "1.50", 4);
    document_free(&d);
}

static void json_errors_name_file_and_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } BAD[] = {
        {"[{\"a\":1},\n{\"a\" 2}]", "x.json: line 2: not JSON: ':' expected"},
        {"[1,\n2", "x.json: line 2: not JSON: ',' or ']' expected, but the file ends here"},
        {"{\"a\":\"x\ny\"}", "x.json: line 1: not JSON: a string that is not closed on its line"},
        {"{\"a\":01}", "x.json: line 1: not JSON: a number with a leading zero"},
        {"{\"a\":\"\\x\"}", "x.json: line 1: not JSON: an unknown escape in a string"},
        {"{\"a\":1}\n\n x", "x.json: line 3: not JSON: text behind the end"},
        {"7", "x.json: line 1: one value alone, where a JSON array or object is expected"},
        {"[]", "x.json: holds no rows"},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        expect_document_error("x.json", BAD[i].text, strlen(BAD[i].text), ERROR_INPUT,
                              BAD[i].message);
    char deep[200];
    memset(deep, '[', sizeof deep);
    expect_document_error("x.json", deep, sizeof deep, ERROR_INPUT,
                          "x.json: line 1: not JSON: nested too deep");
}

static void json_lines_are_rows_by_line_and_bad_ones_are_named(void **state)
{
    (void)state;
    static const char ROWS[] = "[] line\n-: m|hp\n1: Yaris|116\n4: Jazz|122\n"
                               "! line 3: not JSON (a value expected): left out\n";
    static const char TEXT[] = "{\"m\":\"Yaris\",\"hp\":116}\n\nnot\n{\"m\":\"Jazz\",\"hp\":122}\n";
    expect_document("cars.jsonl", TEXT, ROWS);
    expect_document("cars.ndjson", TEXT, ROWS);
    expect_document("cars.json", TEXT, ROWS); /* by what it holds */
    expect_document("cars", TEXT, ROWS);
    expect_document("a.jsonl", "[\n{\"m\":\"Yaris\"}\n]\n", "[] item\n-: m\n1: Yaris\n");
    expect_document("lists.jsonl", "[\"m\",\"hp\"]\n[\"Leon\",150]\n",
                    "[] line\n-: m|hp\n2: Leon|150\n");
    expect_document("seq.json", "{\n\"m\":1\n}\n{\n\"m\":2\n}\n", "[] item\n-: m\n1: 1\n2: 2\n");
    expect_document_error("x.jsonl", "no\nnot\n", 7, ERROR_INPUT,
                          "x.jsonl: line 1: not JSON: a value expected");
}

/* Reads and checks; gives how long it took. */
static double read_hostile(const struct buffer *b, size_t *memory)
{
    struct document d;
    struct error err = {0};
    assert_false(b->failed);
    double start = clock_seconds();
    if (!document_read(&d, DOCUMENT_JSON, b->data, b->len, NULL, &err)) fail_msg("%s", err.text);
    double took = clock_seconds() - start;
    document_check(&d, b->len);
    *memory = d.arena.used;
    document_free(&d);
    return took;
}

static void make_disjoint(struct buffer *b, size_t n)
{
    buffer_putc(b, '[');
    for (size_t i = 0; i < n; i++)
        buffer_printf(b, "%s{\"a%zu\":1,\"b%zu\":2}", i ? "," : "", i % 3000, i % 2999);
    buffer_putc(b, ']');
}

static void make_long_key(struct buffer *b, size_t n)
{
    buffer_puts(b, "{\"");
    for (size_t i = 0; i < n * 10; i++) buffer_putc(b, 'k');
    buffer_puts(b, "\":{");
    for (size_t i = 0; i < n; i++) buffer_printf(b, "%s\"%zu\":1", i ? "," : "", i);
    buffer_puts(b, "},\"x\":1}");
}

static void make_same_key(struct buffer *b, size_t n)
{
    buffer_putc(b, '{');
    for (size_t i = 0; i < n; i++) buffer_printf(b, "%s\"a\":1", i ? "," : "");
    buffer_putc(b, '}');
}

static void make_deep(struct buffer *b, size_t n)
{
    for (size_t k = 0; k < 60; k++) buffer_puts(b, "{\"x\":1,\"kkkkkkkkkkkkkkkkkkkkkkkkkkk\":");
    buffer_putc(b, '[');
    for (size_t i = 0; i < n; i++) buffer_printf(b, "%s{\"v\":{\"w\":1}}", i ? "," : "");
    buffer_putc(b, ']');
    for (size_t k = 0; k < 60; k++) buffer_putc(b, '}');
}

/* A parent of many fields over many small rows. */
static void make_parent(struct buffer *b, size_t n)
{
    buffer_puts(b, "[");
    for (size_t i = 0; i < 200; i++) buffer_puts(b, "{\"n\":1,\"l\":[{\"a\":1,\"b\":2,\"c\":3}]},");
    buffer_puts(b, "{");
    for (size_t i = 0; i < 4000; i++) buffer_printf(b, "\"p%zu\":1,", i);
    buffer_puts(b, "\"l\":[");
    for (size_t i = 0; i < n; i++) buffer_puts(b, i ? ",{}" : "{}");
    buffer_puts(b, "]}]");
}

static void json_is_linear_and_bounded_on_hostile_shapes(void **state)
{
    (void)state;
    static void (*const MAKE[])(struct buffer *, size_t) = {make_disjoint, make_long_key,
                                                            make_same_key, make_deep, make_parent};
    for (size_t k = 0; k < sizeof MAKE / sizeof *MAKE; k++) {
        double took[2];
        for (size_t n = 0; n < 2; n++) {
            struct buffer b = {0};
            size_t memory;
            MAKE[k](&b, n ? 80000 : 20000);
            took[n] = read_hostile(&b, &memory);
            assert_true(memory < 100 * b.len);
            buffer_free(&b);
        }
        assert_true(took[1] < 12 * took[0] + 0.5);
    }
}

static void json_scanner_leaves_the_tape_as_it_was_on_an_error(void **state)
{
    (void)state;
    static const char TEXT[] = "{\"a\":[1,2]} {\"a\":[1,";
    struct json_tape t;
    struct json_error bad;
    size_t at = 0;
    json_tape_init(&t, TEXT, sizeof TEXT - 1);
    assert_true(json_scan_value(&t, &at, &bad));
    assert_int_equal(t.n, 4);
    assert_int_equal(t.values[0].next, 4);
    assert_int_equal(t.values[1].count, 2);
    assert_true(t.values[1].plain && !t.values[0].plain);
    assert_false(json_scan_value(&t, &at, &bad));
    assert_int_equal(t.n, 4);
    assert_int_equal(bad.at, sizeof TEXT - 1);
    json_tape_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_makes_rows_of_records_in_the_spelling_of_the_file),
        cmocka_unit_test(json_keeps_the_lists_of_a_record),
        cmocka_unit_test(json_takes_the_richer_list_for_the_rows),
        cmocka_unit_test(json_gives_each_list_and_what_stands_beside),
        cmocka_unit_test(json_reads_objects_by_key),
        cmocka_unit_test(json_lists_of_versions_inside_objects_by_key_are_rows),
        cmocka_unit_test(json_reads_tables_by_column_and_split),
        cmocka_unit_test(json_keeps_members_that_are_given_twice),
        cmocka_unit_test(json_says_where_cells_stand),
        cmocka_unit_test(json_errors_name_file_and_line),
        cmocka_unit_test(json_lines_are_rows_by_line_and_bad_ones_are_named),
        cmocka_unit_test(json_is_linear_and_bounded_on_hostile_shapes),
        cmocka_unit_test(json_scanner_leaves_the_tape_as_it_was_on_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
