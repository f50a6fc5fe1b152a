/* Numbers: forms that read alike in every column, forms that the column decides, and the evidence. */
#include "vehicle/number.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct row {
    const char *text;
    double point, comma; /* read in a column of that style; NAN: no number */
    const char *rest;
};

static void check(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (int style = NUMBER_POINT; style <= NUMBER_COMMA; style++) {
            const struct row *r = &rows[i];
            double v = 0, expected = style == NUMBER_POINT ? r->point : r->comma;
            size_t used;
            bool ok = number_parse(r->text, strlen(r->text), (enum number_style)style, &v, &used);
            if (ok != !isnan(expected) || (ok && v != expected) ||
                strcmp(r->text + used, isnan(expected) ? r->text : r->rest) != 0)
                fail_msg("'%s' in style %d: %d %.17g, '%s' left", r->text, style, ok, v, r->text + used);
        }
    }
}

#define CHECK(rows) check(rows, sizeof(rows) / sizeof *(rows))

static void the_column_decides_about_three_digits_behind_one_sign(void **s)
{
    (void)s;
    static const struct row ROWS[] = {
        {"1,234", 1234, 1.234, ""},   {"1.234", 1.234, 1234, ""},     {"96,000", 96000, 96, ""},
        {"8,461", 8461, 8.461, ""},   {"-1.341", -1.341, -1341, ""},  {"123,456 kg", 123456, 123.456, " kg"},
        {"１，２３４", 1234, 1.234, ""},
    };
    CHECK(ROWS);
}

static void forms_of_one_reading_are_read_by_it_in_any_column(void **s)
{
    (void)s;
    static const struct row ROWS[] = {
        {"5", 5, 5, ""}, {"471", 471, 471, ""}, {"12345", 12345, 12345, ""},
        {"9,02", 9.02, 9.02, ""}, {"9.02", 9.02, 9.02, ""}, {"0,123", 0.123, 0.123, ""},
        {"0.123", 0.123, 0.123, ""}, {"1234,567", 1234.567, 1234.567, ""}, {"12,5", 12.5, 12.5, ""},
        {"1,234.5", 1234.5, 1234.5, ""}, {"1.234,5", 1234.5, 1234.5, ""},
        {"1,234,567", 1234567, 1234567, ""}, {"1.234.567", 1234567, 1234567, ""},
        {"1.234.567,89", 1234567.89, 1234567.89, ""}, {"13.990,00", 13990, 13990, ""},
        {"1,22,755", 122755, 122755, ""}, {"1,01,500.50", 101500.5, 101500.5, ""},
        {"12,34,56,789", 123456789, 123456789, ""}, {"6,49,000/-", 649000, 649000, "/-"},
        {"1 128", 1128, 1128, ""}, {"1\xC2\xA0" "234\xC2\xA0" "567", 1234567, 1234567, ""},
        {"12\xE2\x80\xAF" "345,6", 12345.6, 12345.6, ""}, {"1\xE2\x80\x89" "234", 1234, 1234, ""},
        {"2'115", 2115, 2115, ""}, {"32’900", 32900, 32900, ""}, {"1'234.5", 1234.5, 1234.5, ""},
        {".5", 0.5, 0.5, ""}, {",5", 0.5, 0.5, ""}, {"-5", -5, -5, ""}, {"+5", 5, 5, ""},
        {"−40", -40, -40, ""}, {"007", 7, 7, ""}, {"1e5", 1e5, 1e5, ""}, {"1.5e-3", 1.5e-3, 1.5e-3, ""},
        {"2E+2 x", 200, 200, " x"}, {"5e", 5, 5, "e"}, {"١٢٣٫٥", 123.5, 123.5, ""},
        {"१२३", 123, 123, ""}, {"0 100", 0, 0, " 100"}, {"5 100 km", 5100, 5100, " km"},
        {"2019 500", 2019, 2019, " 500"}, {"1 2345", 1, 1, " 2345"}, {"12 34", 12, 12, " 34"},
        {"5 kW", 5, 5, " kW"}, {"5.", 5, 5, "."}, {"5,", 5, 5, ","}, {"5, 6", 5, 5, ", 6"},
        {"15,16,17", 15, 15, ",16,17"}, {"4.1,5.2,4.6", 4.1, 4.1, ",5.2,4.6"},
        {"9007199254740993", 9007199254740992.0, 9007199254740992.0, ""},
        {"0.1", 0.1, 0.1, ""}, {"123456789.123456789", 123456789.123456789, 123456789.123456789, ""},
    };
    CHECK(ROWS);
}

static void fractions(void **s)
{
    (void)s;
    static const struct row ROWS[] = {
        {"1/2", 0.5, 0.5, ""}, {"½", 0.5, 0.5, ""}, {"3 1/2", 3.5, 3.5, ""}, {"3-1/2", 3.5, 3.5, ""},
        {"3½", 3.5, 3.5, ""}, {"8 3/8\"", 8.375, 8.375, "\""}, {"2⅓", 2 + 1 / 3.0, 2 + 1 / 3.0, ""},
        {"11/16 in", 0.6875, 0.6875, " in"}, {"-1/4", -0.25, -0.25, ""},
        /* lists, dates, scores */
        {"14/20", 14, 14, "/20"}, {"2/4", 2, 2, "/4"}, {"3/5", 3, 3, "/5"}, {"1/2/2021", 1, 1, "/2/2021"},
        {"5/4", 5, 5, "/4"}, {"1/2.5", 1, 1, "/2.5"}, {"1/128", 1, 1, "/128"},
    };
    CHECK(ROWS);
}

static void versions_dates_and_what_no_double_holds_are_no_numbers(void **s)
{
    (void)s;
    static const struct row ROWS[] = {
        {"1.2.3", NAN, NAN, ""}, {"12.05.2021", NAN, NAN, ""}, {"192.168.1.1", NAN, NAN, ""},
        {"1,234,56", NAN, NAN, ""}, {"1.234.56", NAN, NAN, ""}, {"1e400", NAN, NAN, ""},
        {"1e999999999999", NAN, NAN, ""}, {"", NAN, NAN, ""}, {"-", NAN, NAN, ""}, {"kW", NAN, NAN, ""},
        {"nan", NAN, NAN, ""}, {"inf", NAN, NAN, ""}, {".", NAN, NAN, ""}, {"--5", NAN, NAN, ""},
        {" 5", NAN, NAN, ""}, {"12,5.3", NAN, NAN, ""}, {"1,2,3.4", NAN, NAN, ""},
    };
    CHECK(ROWS);
}

static void long_numbers_keep_their_size(void **s)
{
    (void)s;
    enum { LEN = 1 << 20 };
    char *text = malloc(LEN);
    assert_non_null(text);
    double v;
    size_t used;
    memset(text, '1', LEN);
    assert_false(number_parse(text, LEN, NUMBER_POINT, &v, &used)); /* beyond a double */
    assert_true(number_parse(text, 300, NUMBER_POINT, &v, &used) && used == 300);
    assert_true(fabs(v / 1.1111111111111111e299 - 1) < 1e-15);
    memset(text, '0', LEN);
    assert_true(number_parse(text, LEN, NUMBER_POINT, &v, &used) && v == 0 && used == LEN);
    text[1] = '.';
    text[LEN - 1] = '1';
    assert_true(number_parse(text, LEN, NUMBER_POINT, &v, &used) && v == 0 && used == LEN);
    for (int i = 0; i < LEN; i++) text[i] = i % 2 ? ',' : '7';
    assert_true(number_parse(text, LEN, NUMBER_POINT, &v, &used) && v == 7 && used == 1);
    for (int i = 0; i < LEN; i++) text[i] = i % 2 ? '.' : '7';
    assert_false(number_parse(text, LEN, NUMBER_POINT, &v, &used));
    memset(text, ' ', LEN);
    text[0] = '7';
    assert_true(number_parse(text, LEN, NUMBER_POINT, &v, &used) && v == 7 && used == 1);
    free(text);
}

static void every_double_is_read_back(void **s)
{
    (void)s;
    unsigned seed = 3;
    for (int i = 0; i < 50000; i++) {
        char text[64];
        double value = (double)rand_r(&seed) * pow(10, rand_r(&seed) % 30 - 20), v;
        size_t used;
        snprintf(text, sizeof text, "%.17g", value);
        assert_true(number_parse(text, strlen(text), NUMBER_POINT, &v, &used));
        bool ambiguous = strchr(text, '.') && strspn(strchr(text, '.') + 1, "0123456789") == 3;
        if (v != value && !ambiguous) fail_msg("%s is read as %.17g", text, v);
    }
}

/* ---- the style of a column ---- */

static struct number_evidence evidence(const char *const *cells)
{
    struct number_evidence e = {0};
    for (; *cells; cells++) number_evidence_add(&e, *cells, strlen(*cells));
    return e;
}

static void decides(enum number_style expected, enum number_style fallback, bool sure,
                    const char *const *cells)
{
    struct number_evidence e = evidence(cells);
    bool told;
    if (number_style_decide(&e, fallback, &told) != expected || told != sure)
        fail_msg("a column that begins with '%s' is read wrongly, or %s", cells[0],
                 told ? "with too much trust" : "without trust");
}

#define POINT_SURE(...) decides(NUMBER_POINT, NUMBER_COMMA, true, (const char *const[]){__VA_ARGS__, NULL})
#define COMMA_SURE(...) decides(NUMBER_COMMA, NUMBER_POINT, true, (const char *const[]){__VA_ARGS__, NULL})
#define UNDECIDED(...)                                                                             \
    do {                                                                                           \
        decides(NUMBER_POINT, NUMBER_POINT, false, (const char *const[]){__VA_ARGS__, NULL});      \
        decides(NUMBER_COMMA, NUMBER_COMMA, false, (const char *const[]){__VA_ARGS__, NULL});      \
    } while (0)

static void neighbours_of_one_reading_decide(void **s)
{
    (void)s;
    COMMA_SURE("8,461", "9,02", "7,1");
    COMMA_SURE("96,000", "67,5", "147,1");
    COMMA_SURE("1.341", "13.990,00");
    COMMA_SURE("1.341", "1.234.567");
    COMMA_SURE("0,234", "1,012");
    COMMA_SURE("2,6 kW (3,5 PS)", "11 kW (15 PS)");
    COMMA_SURE("12\xE2\x80\xAF" "345,67 €");
    POINT_SURE("1,341", "6.5");
    POINT_SURE("1,341", "1,234,567");
    POINT_SURE("1,22,755", "93,935");
    POINT_SURE("9.9", "7", "10.25");
    POINT_SURE("$28,855.00", "$1,000.50");
    POINT_SURE("18.9 kmpl", "1,248 CC");
}

static void plain_neighbours_of_the_same_size_decide(void **s)
{
    (void)s;
    COMMA_SURE("471", "1.341", "1.165");           /* kilograms of a German file */
    POINT_SURE("865 cc", "400 cc", "4,016 cc", "1,032 cc"); /* beside a column of "2,6 kW" */
    POINT_SURE("2", "3", "1.341", "2.998");         /* litres */
    COMMA_SURE("75", "96,000", "110,500");          /* kilowatts with three decimals */
    POINT_SURE("900", "12,500", "8,999");           /* prices */
    COMMA_SURE("12500", "13.990", "9.999");
}

static void without_evidence_the_file_decides(void **s)
{
    (void)s;
    UNDECIDED("1.341", "1.165");
    UNDECIDED("96,000", "110,000");
    UNDECIDED("5", "7", "12");
    UNDECIDED("Diesel", "Petrol");
    UNDECIDED("1.341", "2,115");
    UNDECIDED("9,5", "9.5");
    UNDECIDED("30", "1.341", "1.165"); /* between the sizes */
    UNDECIDED("4 years / 50,000 miles", "12 years / 120,000 miles"); /* figures of two kinds */
}

static void names_dates_and_long_texts_are_no_evidence(void **s)
{
    (void)s;
    static const char *const CELLS[] = {"2.0 TDI", "1.5 T Komfort", "03.2021", "12.05.2021", "V1.2", "D864.3E",
                                        "F1,2x", "1.2.3", "ISL 8.9x", NULL};
    struct number_evidence e = evidence(CELLS);
    assert_int_equal(e.point + e.comma + e.ambiguous, 0);
    char text[4096];
    memset(text, ' ', sizeof text);
    memcpy(text, "1.5", 3);
    number_evidence_add(&e, text, sizeof text);
    assert_int_equal(e.point, 0);
}

static void evidence_of_columns_adds_up(void **s)
{
    (void)s;
    static const char *const A[] = {"1.341", "9,02", NULL}, *const B[] = {"0,123", "7", "8,5", NULL};
    struct number_evidence a = evidence(A), b = evidence(B);
    number_evidence_join(&a, &b);
    assert_int_equal(a.comma, 3);
    assert_int_equal(a.point, 0);
    assert_int_equal(a.ambiguous, 1);
    assert_int_equal(a.ambiguous_point, 1);
    assert_int_equal(a.leading_zero_ambiguous, 1);
    assert_int_equal(a.plain, 1);
    bool sure;
    assert_int_equal(number_style_decide(&a, NUMBER_POINT, &sure), NUMBER_COMMA);
    assert_true(sure);
}

static void any_bytes_are_survived(void **s)
{
    (void)s;
    static const char LIKELY[] = "0123456789.,'+-/eE  \xC2\xA0\xE2\x80\xAF\xC2\xBD\xD9\xA3\xEF\xBC\x91k";
    unsigned seed = 5;
    for (int i = 0; i < 200000; i++) {
        size_t len = (size_t)(rand_r(&seed) % 24), used;
        char *text = malloc(len ? len : 1);
        assert_non_null(text);
        for (size_t k = 0; k < len; k++)
            text[k] = rand_r(&seed) % 8 ? LIKELY[(size_t)rand_r(&seed) % (sizeof LIKELY - 1)]
                                        : (char)rand_r(&seed);
        struct number_evidence e = {0};
        double v;
        if (number_parse(text, len, (enum number_style)(i % 2), &v, &used))
            assert_true(used > 0 && used <= len && isfinite(v));
        else
            assert_int_equal(used, 0);
        number_evidence_add(&e, text, len);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_column_decides_about_three_digits_behind_one_sign),
        cmocka_unit_test(forms_of_one_reading_are_read_by_it_in_any_column),
        cmocka_unit_test(fractions),
        cmocka_unit_test(versions_dates_and_what_no_double_holds_are_no_numbers),
        cmocka_unit_test(long_numbers_keep_their_size),
        cmocka_unit_test(every_double_is_read_back),
        cmocka_unit_test(neighbours_of_one_reading_decide),
        cmocka_unit_test(plain_neighbours_of_the_same_size_decide),
        cmocka_unit_test(without_evidence_the_file_decides),
        cmocka_unit_test(names_dates_and_long_texts_are_no_evidence),
        cmocka_unit_test(evidence_of_columns_adds_up),
        cmocka_unit_test(any_bytes_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
