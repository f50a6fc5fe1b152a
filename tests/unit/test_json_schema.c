/* JSON schemas compiled, and what their machines let pass: texts that fit, none that do not; from
 * everywhere a way leads to the end; what cannot be enforced is refused by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include "schema_check.h"

#include <cmocka.h>

static json_t *parse(const char *text)
{
    json_error_t e;
    json_t *v = json_loads(text, JSON_DECODE_ANY, &e);
    if (!v) fail_msg("%s: %s", text, e.text);
    return v;
}

static struct json_schema *compile(const char *text, json_t **schema)
{
    struct error err = {0};
    *schema = parse(text);
    struct json_schema *s = json_schema_compile(*schema, &err);
    if (!s) fail_msg("%s: %s", text, err.text);
    return s;
}

/* 0: not passed; 1: passed, but not whole; 2: whole. */
static int passes(const struct json_schema *s, const char *text)
{
    struct machine m;
    struct machine_state at, next;
    assert_true(machine_init(&m, s, &at, NULL));
    for (; *text && at.n; text++) {
        machine_step(&m, &at, (unsigned char)*text, &next);
        at = next;
    }
    int result = at.n == 0 ? 0 : machine_complete(&at) ? 2 : 1;
    machine_free(&m);
    return result;
}

#define DEFS                                                                                       \
    "\"$defs\": {\"node\": {\"type\": \"object\", \"properties\": {\"v\": {\"type\": "             \
    "\"integer\"}, \"next\": {\"anyOf\": [{\"$ref\": \"#/$defs/node\"}, {\"type\": \"null\"}]}}, " \
    "\"required\": [\"v\", \"next\"]}, \"a/b~\": {\"const\": 1}}"

static const struct {
    const char *schema, *fit[8], *unfit[10];
} CASES[] = {
    {"true",
     {"1", "\"a\"", " [1, {\"a\": null}]", "{\n  \"a\": -1.5e+10\n}", "false", "\n\n{}", "[ ]"},
     {"tru", "01", "[1,]", "{,}", "  1", "{\"a\"}", "1 ", "'a'", "{\"\":1}"}},
    {"{\"type\": \"string\"}",
     {"\"\"", "\"\\u00e9\\n\\\"\"", "\"\xc3\xa9\xf0\x9f\x98\x80\"", "\"}\""},
     {"\"\n\"", "\"\\x\"", "\"\\ud800\"", "\"\\u0000\"", "\"\xc3\"", "\"\xed\xa0\x80\"",
      "\"\xf4\x90\x80\x80\"", "\"\xc0\x80\"", "1"}},
    {"{\"type\": \"string\", \"minLength\": 2, \"maxLength\": 3}",
     {"\"ab\"", "\"\xc3\xa9\xc3\xa9\xc3\xa9\"", "\"a\\u0041b\""},
     {"\"a\"", "\"abcd\"", "\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\"", "\"\"", "\"a\\n\\n\\n\""}},
    {"{\"type\": \"integer\"}",
     {"0", "-7", "9007199254740991", "123"},
     {"1.0", "1e3", "01", "--1", "-", "9007199254740992", "-0", "99999999999999999"}},
    {"{\"type\": \"integer\", \"minimum\": -12, \"exclusiveMaximum\": 105}",
     {"-12", "0", "104", "-1", "99"},
     {"105", "-13", "1000", "-2000", "-0", "110"}},
    {"{\"type\": \"integer\", \"minimum\": 130, \"maximum\": 140}",
     {"130", "140", "135"},
     {"13", "1", "141", "129", "-130", "0", "1300"}},
    {"{\"type\": \"integer\", \"maximum\": -5}", {"-5", "-17"}, {"-4", "5", "0", "-"}},
    {"{\"type\": \"number\"}",
     {"1", "-0.5", "1e9", "2.25E-3", "0", "-0"},
     {"1.", ".5", "1e", "+1", "1e+", "1e100", "0x1", "1.5.5"}},
    {"{\"type\": \"number\", \"minimum\": 0.1, \"maximum\": 2.5}",
     {"0.1", "2.5", "1", "2.499999", "0.100000"},
     {"0", "0.0", "2.6", "3", "0.09", "1e0", "-1", "2.500001", "1.0000000"}},
    {"{\"type\": \"number\", \"exclusiveMinimum\": -0.5, \"exclusiveMaximum\": 0}",
     {"-0.499999", "-0.000001", "-0.2"},
     {"-0.5", "0", "-0", "-1", "-0.0", "0.1"}},
    {"{\"type\": \"boolean\"}", {"true", "false"}, {"null", "True", "truefalse", "t"}},
    {"{\"type\": [\"integer\", \"null\"]}", {"null", "5"}, {"1.5", "\"a\"", "nul"}},
    {"{\"enum\": [\"a\", \"ab\", 1, 12, null, {\"k\": [1.5]}, 0.1]}",
     {"\"a\"", "\"ab\"", "1", "12", "null", "{\"k\":[1.5]}", "0.1"},
     {"\"b\"", "2", "123", "\"abc\"", "{\"k\": [1.5]}", "0.2", "{}"}},
    {"{\"type\": \"string\", \"enum\": [\"a\", 1]}", {"\"a\""}, {"1"}},
    {"{\"const\": \"x\\\"y\"}", {"\"x\\\"y\""}, {"\"x\""}},
    {"{\"type\": \"array\", \"items\": {\"type\": \"integer\"}, \"minItems\": 1, \"maxItems\": 3}",
     {"[1]", "[1, 2,3]", "[\n  1\n]"},
     {"[]", "[1,2,3,4]", "[\"a\"]", "[1", "[1,]", "[,1]"}},
    {"{\"type\": \"array\", \"maxItems\": 0}", {"[]", "[ ]"}, {"[1]", "[[]]"}},
    {"{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"integer\"}, \"b\": {\"type\": "
     "\"string\"}, \"c\": {\"type\": \"null\"}}, \"required\": [\"b\"]}",
     {"{\"b\": \"\"}", "{\"a\":1,\"b\":\"x\",\"c\":null}", "{\"b\":\"\", \"c\": null}"},
     {"{}", "{\"a\":1}", "{\"c\":null}", "{\"b\":\"\",\"a\":1}", "{\"b\":\"\",\"d\":1}",
      "{\"b\":\"\",\"b\":\"\"}", "{\"b\":1}", "{\"b\":\"\",}", "{\"a\":1,\"c\":null}"}},
    {"{\"type\": \"object\", \"properties\": {\"ab\": {\"type\": \"integer\"}}, "
     "\"additionalProperties\": {\"type\": \"boolean\"}}",
     {"{}", "{\"ab\":1,\"x\":true}", "{\"a\":true}", "{\"abc\":false,\"\xc3\xa9\":true}"},
     {"{\"ab\":true}", "{\"x\":true,\"ab\":1}", "{\"a\":1}", "{\"\\u0061\":true}", "{\"x\":true,}",
      "{\"x\":true,\"ab\":true}"}},
    {"{\"type\": \"object\", \"additionalProperties\": false}", {"{}", "{ }"}, {"{\"a\":1}"}},
    {"{\"type\": \"object\", \"required\": [\"z\"]}",
     {"{\"z\": 1}", "{\"z\":[],\"y\":{}}"},
     {"{}", "{\"y\":1}"}},
    {"{\"type\": \"object\", \"properties\": {\"a\\\"b\\u00e9\": {\"const\": 1}}, \"required\": "
     "[\"a\\\"b\\u00e9\"]}",
     {"{\"a\\\"b\xc3\xa9\":1}"},
     {"{\"ab\":1}"}},
    {"{\"anyOf\": [{\"type\": \"object\", \"properties\": {\"kind\": {\"const\": \"a\"}, \"x\": "
     "{\"type\": \"integer\"}}, \"required\": [\"kind\", \"x\"]}, {\"type\": \"object\", "
     "\"properties\": {\"kind\": {\"const\": \"b\"}, \"y\": {\"type\": \"string\"}}, \"required\": "
     "[\"kind\", \"y\"]}]}",
     {"{\"kind\":\"a\",\"x\":1}", "{\"kind\":\"b\", \"y\":\"\"}"},
     {"{\"kind\":\"a\",\"y\":\"\"}", "{\"kind\":\"c\"}", "{\"kind\":\"b\",\"x\":1}"}},
    {"{\"oneOf\": [{\"type\": \"string\"}, {\"type\": \"integer\"}, {\"enum\": [null, true]}]}",
     {"\"a\"", "1", "true"},
     {"false", "[]", "1.5"}},
    {"{\"allOf\": [{\"type\": \"string\"}], \"title\": \"t\", \"default\": 1}", {"\"\""}, {"1"}},
    {"{\"$ref\": \"#/$defs/node\", " DEFS "}",
     {"{\"v\":1,\"next\":null}", "{\"v\":1,\"next\":{\"v\":2,\"next\":null}}"},
     {"{\"v\":1}", "{\"v\":1,\"next\":1}", "{\"v\":1,\"next\":{}}"}},
    {"{\"$ref\": \"#/$defs/a~1b~0\", " DEFS "}", {"1"}, {"2"}},
    {"{\"type\": \"array\", \"items\": {\"$ref\": \"#\"}}", {"[]", "[[],[[]]]"}, {"[1]", "{}"}},
    {"{\"type\": \"array\", \"items\": false}", {"[]"}, {"[1]"}},
    {"{\"minLength\": 1, \"maximum\": 3}", {"\"a\"", "2"}, {"\"\"", "4", "[]", "null"}},
};

static void what_fits_passes_and_nothing_else_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        json_t *schema;
        struct json_schema *s = compile(CASES[i].schema, &schema);
        for (size_t k = 0; k < 8 && CASES[i].fit[k]; k++)
            if (passes(s, CASES[i].fit[k]) != 2)
                fail_msg("%s: %s does not pass", CASES[i].schema, CASES[i].fit[k]);
        for (size_t k = 0; k < 10 && CASES[i].unfit[k]; k++)
            if (passes(s, CASES[i].unfit[k]) == 2)
                fail_msg("%s: %s passes", CASES[i].schema, CASES[i].unfit[k]);
        json_schema_free(s);
        json_decref(schema);
    }
    struct json_schema *any = json_schema_compile(NULL, NULL);
    assert_int_equal(passes(any, "{\"a\": [1, \"b\"]}"), 2);
    assert_int_equal(passes(any, "[]"), 0);
    json_schema_free(any);
}

static const struct {
    const char *schema, *says;
} REFUSED[] = {
    {"{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"string\", \"pattern\": \"x\"}}}",
     "/properties/a: the keyword \"pattern\""},
    {"{\"type\": \"string\", \"format\": \"date\"}", "\"format\""},
    {"{\"not\": {}}", "\"not\""},
    {"{\"type\": \"integer\", \"multipleOf\": 3}", "\"multipleOf\""},
    {"{\"type\": \"array\", \"uniqueItems\": true}", "uniqueItems"},
    {"{\"type\": \"text\"}", "type"},
    {"{\"type\": []}", "type"},
    {"{\"type\": \"string\", \"minLength\": 3, \"maxLength\": 2}", "nothing fits"},
    {"{\"type\": \"array\", \"minItems\": -1}", "minItems"},
    {"{\"type\": \"integer\", \"minimum\": 1.2, \"maximum\": 1.8}", "no integer fits"},
    {"{\"type\": \"number\", \"minimum\": 1e300}", "no number"},
    {"{\"enum\": []}", "nothing fits"},
    {"{\"enum\": [1], \"type\": \"string\"}", "nothing fits"},
    {"{\"enum\": [1], \"minimum\": 0}", "enum together with minimum"},
    {"{\"anyOf\": [{}], \"properties\": {}}", "anyOf together with properties"},
    {"{\"anyOf\": [{}], \"type\": \"object\"}", "anyOf together with type"},
    {"{\"anyOf\": []}", "anyOf"},
    {"{\"oneOf\": [{\"type\": \"integer\"}, {\"type\": \"number\"}]}", "may overlap"},
    {"{\"oneOf\": [{\"enum\": [\"a\", \"b\"]}, {\"enum\": [\"b\", \"c\"]}]}", "may overlap"},
    {"{\"allOf\": [{}, {}]}", "allOf of more than one"},
    {"{\"$ref\": \"http://x/y\"}", "$ref"},
    {"{\"$ref\": \"#/$defs/no\"}", "there is no \"#/$defs/no\""},
    {"{\"$ref\": \"#\"}", "no value"},
    {"{\"type\": \"object\", \"properties\": {\"a\": {\"$ref\": \"#\"}}, \"required\": [\"a\"]}",
     "no value"},
    {"{\"type\": \"object\", \"additionalProperties\": false, \"required\": [\"a\"]}",
     "\"a\" is not in properties"},
    {"{\"type\": \"object\", \"required\": \"a\"}", "required"},
    {"{\"type\": \"object\", \"properties\": []}", "properties"},
    {"{\"items\": 1}", "/items: is no schema"},
    {"false", "no value"},
    {"[]", "is no schema"},
};

static void what_cannot_be_enforced_is_refused_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        struct error err = {0};
        json_t *schema = parse(REFUSED[i].schema);
        struct json_schema *s = json_schema_compile(schema, &err);
        if (s) fail_msg("%s is taken", REFUSED[i].schema);
        if (!strstr(err.text, REFUSED[i].says))
            fail_msg("%s: \"%s\" does not say \"%s\"", REFUSED[i].schema, err.text,
                     REFUSED[i].says);
        json_decref(schema);
    }
}

/* A schema of random parts, at most `depth` in each other. */
static json_t *random_schema(uint32_t *seed, int depth)
{
    uint32_t kind = way_random(seed) % (depth > 0 ? 12 : 6);
    json_t *list, *o;
    switch (kind) {
    case 0:
        return json_pack("{s:s, s:i, s:i}", "type", "string", "minLength", way_random(seed) % 4,
                         "maxLength", 4 + way_random(seed) % 6);
    case 1:
        return json_pack("{s:s, s:i, s:i}", "type", "integer", "minimum",
                         (int)(way_random(seed) % 2000) - 1000, "maximum",
                         1000 + (int)(way_random(seed) % 2000));
    case 2:
        return json_pack("{s:s, s:f}", "type", "number", "exclusiveMaximum",
                         (double)way_random(seed) / 65536 - 100);
    case 3:
        return json_pack("{s:[s,s,i,n,{s:i}]}", "enum", "one", "once", way_random(seed) % 100, "k",
                         1);
    case 4:
        return json_pack("{s:[s,s]}", "type", "boolean", way_random(seed) % 2 ? "null" : "string");
    case 5:
        return json_true();
    case 6:
    case 7:
        return json_pack("{s:s, s:o, s:i, s:i}", "type", "array", "items",
                         random_schema(seed, depth - 1), "minItems", way_random(seed) % 3,
                         "maxItems", 2 + way_random(seed) % 4);
    case 8:
        list = json_array();
        for (uint32_t n = 1 + way_random(seed) % 4; n > 0; n--)
            json_array_append_new(list, random_schema(seed, depth - 1));
        return json_pack("{s:o}", "anyOf", list);
    default:
        list = json_array();
        o = json_object();
        for (uint32_t n = way_random(seed) % 6; n > 0; n--) {
            char name[8];
            size_t len = 1 + way_random(seed) % 3;
            for (size_t i = 0; i < len; i++) name[i] = "ab\"\\"[way_random(seed) % 4];
            name[len] = '\0';
            json_object_set_new(o, name, random_schema(seed, depth - 1));
            if (way_random(seed) % 2) json_array_append_new(list, json_string(name));
        }
        o = json_pack("{s:s, s:o, s:o}", "type", "object", "properties", o, "required", list);
        if (way_random(seed) % 3 == 0)
            json_object_set_new(o, "additionalProperties", random_schema(seed, depth - 1));
        return o;
    }
}

static void walk_all(const json_t *schema, const struct json_schema *s, uint32_t seed)
{
    struct buffer text = {0};
    enum way_end end = way_walk(s, seed, seed % 200, 5000, &text);
    json_t *v = json_loadb(buffer_text(&text), text.len, JSON_DECODE_ANY, NULL);
    char *shown = json_dumps(schema, JSON_ENCODE_ANY);
    if (end == WAY_STUCK) fail_msg("%s: stuck behind %s", shown, buffer_text(&text));
    if (end == WAY_WHOLE && !v) fail_msg("%s: no JSON: %s", shown, buffer_text(&text));
    if (end == WAY_WHOLE && !schema_fits(schema, schema, v, 0))
        fail_msg("%s: does not fit: %s", shown, buffer_text(&text));
    free(shown);
    json_decref(v);
    buffer_free(&text);
}

static void every_way_leads_to_a_value_that_fits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        json_t *schema;
        struct json_schema *s = compile(CASES[i].schema, &schema);
        for (uint32_t seed = 0; seed < 40; seed++) walk_all(schema, s, seed * 13);
        json_schema_free(s);
        json_decref(schema);
    }
    uint32_t seed = 1, compiled = 0;
    for (int i = 0; i < 1000; i++) {
        struct error err = {0};
        json_t *schema = random_schema(&seed, 4);
        struct json_schema *s = json_schema_compile(schema, &err);
        for (uint32_t k = 0; s && k < 3; k++) walk_all(schema, s, way_random(&seed));
        compiled += s != NULL;
        json_schema_free(s);
        json_decref(schema);
    }
    assert_true(compiled > 800);
}

static void nesting_ends_where_it_must(void **state)
{
    (void)state;
    struct json_schema *any = json_schema_compile(json_true(), NULL);
    char deep[2 * SCHEMA_MAX_NESTING + 3];
    memset(deep, '[', SCHEMA_MAX_NESTING + 1);
    deep[SCHEMA_MAX_NESTING + 1] = '\0';
    assert_int_equal(passes(any, deep), 0);
    deep[SCHEMA_MAX_NESTING] = '\0';
    assert_int_equal(passes(any, deep), 1);
    memset(deep + SCHEMA_MAX_NESTING, ']', SCHEMA_MAX_NESTING);
    deep[2 * SCHEMA_MAX_NESTING] = '\0';
    assert_int_equal(passes(any, deep), 2);
    json_schema_free(any);
}

/* Small texts that mean much work: each is compiled or refused, and its machine stays small. */
static void hostile_schemas_are_bounded(void **state)
{
    (void)state;
    struct buffer b = {0};
    struct error err = {0};
    /* Choices that double at each step. */
    buffer_puts(&b, "{\"$ref\": \"#/$defs/a0\", \"$defs\": {");
    for (int i = 0; i < 150; i++)
        buffer_printf(&b,
                      "\"a%d\": {\"anyOf\": [{\"$ref\": \"#/$defs/a%d\"}, {\"$ref\": "
                      "\"#/$defs/a%d\"}]},",
                      i, i + 1, i + 1);
    buffer_puts(&b, "\"a150\": {\"type\": \"array\", \"items\": {\"$ref\": \"#/$defs/a0\"}}}}");
    json_t *schema = parse(buffer_text(&b));
    struct json_schema *s = json_schema_compile(schema, &err);
    assert_null(s);
    assert_non_null(strstr(err.text, "in each other"));
    json_decref(schema);
    error_clear(&err);
    /* Readings that multiply with each '['. */
    buffer_clear(&b);
    for (int i = 0; i < 20; i++) {
        buffer_puts(&b, "{\"anyOf\": [");
        for (int k = 0; k < 8; k++)
            buffer_printf(&b, "{\"type\": \"array\", \"maxItems\": %d}, ", 3 + k);
        buffer_puts(&b, "{\"type\": \"array\", \"items\": ");
    }
    buffer_puts(&b, "true");
    for (int i = 0; i < 20; i++) buffer_puts(&b, "}]}");
    schema = parse(buffer_text(&b));
    s = json_schema_compile(schema, &err);
    if (!s) fail_msg("%s", err.text);
    for (uint32_t seed = 0; seed < 20; seed++) walk_all(schema, s, seed);
    json_schema_free(s);
    json_decref(schema);
    /* A long chain, many properties, many values. */
    json_t *o = json_object(), *list = json_array();
    for (int i = 0; i <= SCHEMA_MAX_PROPERTIES; i++) {
        char name[16];
        snprintf(name, sizeof name, "p%d", i);
        json_object_set_new(o, name, json_true());
    }
    for (int i = 0; i <= SCHEMA_MAX_LITERALS; i++) json_array_append_new(list, json_integer(i));
    schema = json_pack("{s:s, s:o}", "type", "object", "properties", o);
    assert_null(json_schema_compile(schema, &err));
    json_decref(schema);
    schema = json_pack("{s:o}", "enum", list);
    assert_null(json_schema_compile(schema, &err));
    json_decref(schema);
    buffer_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_passes_and_nothing_else_does),
        cmocka_unit_test(what_cannot_be_enforced_is_refused_by_name),
        cmocka_unit_test(every_way_leads_to_a_value_that_fits),
        cmocka_unit_test(nesting_ends_where_it_must),
        cmocka_unit_test(hostile_schemas_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
