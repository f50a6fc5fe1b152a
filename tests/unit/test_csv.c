/* The CSV reader: delimiters, quotes, line ends, and the errors that name a line. */
#include "ingest/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

/* The records as "a|b@1;c|d@2;": fields and the first line of each. */
static void expect_records(const char *text, char delimiter, const char *expected)
{
    struct csv_reader r;
    struct error err = {0};
    struct buffer got = {0};
    bool end = false;
    csv_open(&r, "x.csv", text, strlen(text));
    assert_int_equal(r.delimiter, delimiter);
    for (;;) {
        if (!csv_next(&r, &end, &err)) fail_msg("%s", err.text);
        if (end) break;
        for (size_t i = 0; i < r.n_fields; i++)
            buffer_printf(&got, "%s%s", i ? "|" : "", csv_field(&r, i));
        buffer_printf(&got, "@%zu;", r.record_line);
    }
    assert_string_equal(buffer_text(&got), expected);
    buffer_free(&got);
    csv_close(&r);
}

static void expect_error(const char *text, const char *message)
{
    struct csv_reader r;
    struct error err = {0};
    bool end = false, ok = true;
    csv_open(&r, "x.csv", text, strlen(text));
    while (ok && !end) ok = csv_next(&r, &end, &err);
    assert_false(ok);
    assert_int_equal(err.code, ERROR_INPUT);
    assert_string_equal(err.text, message);
    csv_close(&r);
}

static void csv_finds_the_delimiter(void **state)
{
    (void)state;
    expect_records("a,b\n1,2\n", ',', "a|b@1;1|2@2;");
    expect_records("a;b\n1,5;2,5\n3,5;4,5\n", ';', "a|b@1;1,5|2,5@2;3,5|4,5@3;");
    expect_records("a\tb c, d\n1\t2, 3\n", '\t', "a|b c, d@1;1|2, 3@2;");
    expect_records("a|b\n1|2\n", '|', "a|b@1;1|2@2;");
    expect_records("name\nCamry\n", ',', "name@1;Camry@2;");
}

static void csv_reads_quotes_with_delimiters_quotes_and_line_ends_inside(void **state)
{
    (void)state;
    expect_records("a,b\n\"x, y\",\"say \"\"hi\"\"\"\n", ',', "a|b@1;x, y|say \"hi\"@2;");
    expect_records("a,b\n\"one\ntwo\",2\n3,4\n", ',', "a|b@1;one\ntwo|2@2;3|4@4;");
    expect_records("a,b\n\"one\r\ntwo\",\"\"\r\n3,4", ',', "a|b@1;one\r\ntwo|@2;3|4@4;");
    /* A quote in the middle of a field is a character: inches. */
    expect_records("a,b\n17\" wheels,2\n", ',', "a|b@1;17\" wheels|2@2;");
}

static void csv_takes_bom_crlf_cr_and_blank_lines(void **state)
{
    (void)state;
    expect_records("\xef\xbb\xbf"
                   "a,b\r\n1,2\r\n",
                   ',', "a|b@1;1|2@2;");
    expect_records("a,b\r1,2\r", ',', "a|b@1;1|2@2;");
    expect_records("\n\na,b\n\n1,\n , \n\n", ',', "a|b@3;1|@5;");
    expect_records("", ',', "");
}

static void csv_names_the_line_of_a_broken_quote(void **state)
{
    (void)state;
    expect_error("a,b\n1,2\n3,\"four\n5,6\n",
                 "x.csv: line 3: the quote opened here is never closed");
    expect_error("a,b\n\"1\"x,2\n", "x.csv: line 2: text behind the closing quote (a quote inside "
                                    "a quoted field is written twice)");
    expect_error("a,b\n\"1\n1\" x,2\n", "x.csv: line 3: text behind the closing quote (a quote "
                                        "inside a quoted field is written twice)");
}

static void csv_bounds_what_an_unclosed_quote_may_swallow(void **state)
{
    (void)state;
    size_t n = 3 << 20;
    char *text = malloc(n);
    assert_non_null(text);
    memset(text, 'x', n);
    memcpy(text, "a,b\n\"", 5);
    text[n - 2] = '"'; /* closed, but far too late */
    text[n - 1] = '\n';
    struct csv_reader r;
    struct error err = {0};
    bool end = false, ok = true;
    csv_open(&r, "x.csv", text, n);
    while (ok && !end) ok = csv_next(&r, &end, &err);
    assert_false(ok);
    assert_non_null(strstr(err.text, "line 2"));
    csv_close(&r);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_finds_the_delimiter),
        cmocka_unit_test(csv_reads_quotes_with_delimiters_quotes_and_line_ends_inside),
        cmocka_unit_test(csv_takes_bom_crlf_cr_and_blank_lines),
        cmocka_unit_test(csv_names_the_line_of_a_broken_quote),
        cmocka_unit_test(csv_bounds_what_an_unclosed_quote_may_swallow),
    };
    return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
