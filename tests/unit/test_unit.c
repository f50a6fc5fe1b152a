/* Units: spellings in five languages, quotients, exact conversions (against vectors computed by pint,
 * tests/golden/units/make_conversions.py), and what is no unit. */
#include "vehicle/unit.h"
#include "vehicle/unit_table.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define VECTORS "tests/golden/units/conversions.tsv"

static const char *parsed(const char *text, size_t *used)
{
    const struct unit *u = unit_parse(text, strlen(text), used);
    return u ? u->symbol : "";
}

static void check(const char *text, const char *symbol, const char *rest)
{
    size_t used;
    const char *got = parsed(text, &used);
    if (strcmp(got, symbol) != 0 || strcmp(text + used, rest) != 0)
        fail_msg("'%s': '%s' and '%s' left, not '%s' and '%s'", text, got, text + used, symbol, rest);
}

static void whole(const char *symbol, const char *const *texts)
{
    for (; *texts; texts++) {
        check(*texts, symbol, "");
        const struct unit *u = unit_parse_all(*texts, strlen(*texts));
        if (!u || strcmp(u->symbol, symbol) != 0) fail_msg("'%s' alone is not %s", *texts, symbol);
    }
}

#define WHOLE(symbol, ...) whole(symbol, (const char *const[]){__VA_ARGS__, NULL})

static void conversions_agree_with_an_independent_table(void **s)
{
    (void)s;
    FILE *f = fopen(VECTORS, "r");
    assert_non_null(f);
    char line[256];
    size_t n = 0;
    while (fgets(line, sizeof line, f)) {
        char *save, *value = strtok_r(line, "\t\n", &save), *from = strtok_r(NULL, "\t\n", &save);
        char *to = strtok_r(NULL, "\t\n", &save), *expected = strtok_r(NULL, "\t\n", &save);
        assert_non_null(expected);
        const struct unit *a = unit_by_symbol(from), *b = unit_by_symbol(to);
        if (!a || !b) fail_msg("no unit '%s' or '%s'", from, to);
        double got, want = strtod(expected, NULL);
        assert_true(unit_convert(strtod(value, NULL), a, b, &got));
        if (fabs(got - want) > 1e-12 * fabs(want) + 1e-13)
            fail_msg("%s %s is %.17g %s, not %.17g", value, from, want, to, got);
        n++;
    }
    fclose(f);
    assert_in_range(n, 400, 2000);
}

static void conversions_go_back_to_where_they_came_from(void **s)
{
    (void)s;
    for (size_t i = 0; i < UNIT_TABLE_COUNT; i++)
        for (size_t k = 0; k < UNIT_TABLE_COUNT; k++) {
            const struct unit *a = &UNIT_TABLE[i], *b = &UNIT_TABLE[k];
            double there, back;
            if (!unit_convert(23.5, a, b, &there)) continue;
            assert_int_equal(a->dimension, b->dimension);
            assert_true(unit_convert(there, b, a, &back));
            if (fabs(back - 23.5) > 1e-9) fail_msg("%s %s: %g", a->symbol, b->symbol, back);
            assert_true(fabs(unit_to_base(23.5, a) - unit_to_base(there, b)) <=
                        1e-9 * fabs(unit_to_base(23.5, a)) + 1e-9);
        }
}

static void what_does_not_measure_the_same_does_not_convert(void **s)
{
    (void)s;
    const struct unit *kw = unit_by_symbol("kW"), *nm = unit_by_symbol("Nm");
    const struct unit *eur = unit_by_symbol("€"), *usd = unit_by_symbol("$");
    const struct unit *mpg = unit_by_symbol("mpg"), *l100 = unit_by_symbol("L/100 km");
    const struct unit *km_kg = unit_by_symbol("km/kg"), *gb = unit_by_symbol("GB");
    double v = 7;
    assert_false(unit_convert(1, kw, nm, &v));
    assert_false(unit_convert(1, eur, usd, &v));
    assert_false(unit_convert(0, mpg, l100, &v));
    assert_false(unit_convert(0, l100, mpg, &v));
    assert_false(unit_convert(1, km_kg, gb, &v));
    assert_false(unit_convert(NAN, kw, kw, &v));
    assert_false(unit_convert(INFINITY, kw, unit_by_symbol("W"), &v));
    assert_false(unit_convert(DBL_MAX, kw, unit_by_symbol("W"), &v));
    assert_false(unit_convert(1, NULL, kw, &v));
    assert_true(v == 7);
    assert_true(unit_convert(16.58, unit_by_symbol("万元"), unit_by_symbol("元"), &v) && v == 165800);
    assert_true(unit_convert(130, unit_by_symbol("PS"), unit_by_symbol("ch"), &v) && v == 130);
}

static void metric_and_mechanical_horsepower_differ(void **s)
{
    (void)s;
    double v;
    assert_true(unit_convert(100, unit_by_symbol("hp"), unit_by_symbol("kW"), &v));
    assert_true(fabs(v - 74.5699871582270) < 1e-9);
    assert_true(unit_convert(100, unit_by_symbol("PS"), unit_by_symbol("kW"), &v) && v == 73.549875);
    WHOLE("hp", "hp", "HP", "Hp", "h.p.", "horsepower", "horse power");
    WHOLE("bhp", "bhp", "BHP", "b.h.p.", "brake horsepower");
    WHOLE("PS", "PS", "ps", "Ps", "Pferdestärken", "metric hp", "metric horsepower", "hk");
    WHOLE("ch", "ch", "CH", "chevaux", "ch DIN", "cheval-vapeur");
    WHOLE("CV", "CV", "cv", "c.v.", "caballos", "caballos de fuerza");
    WHOLE("kW", "kW", "KW", "Kw", "kilowatts", "千瓦", "кВт", "㎾");
    WHOLE("马力", "马力");
    WHOLE("л.с.", "л.с.", "л. с.");
    WHOLE("MW", "MW", "megawatts");
    check("mW", "", "mW");
    check("W", "W", "");
    check("w", "", "w");
}

static void torque_is_read_however_its_units_are_joined(void **s)
{
    (void)s;
    WHOLE("Nm", "Nm", "NM", "nm", "N·m", "N-m", "N.m", "N m", "N⋅m", "newton metres", "Newtonmeter",
          "newtons-mètres", "牛·米", "牛米", "Н·м");
    WHOLE("lb-ft", "lb-ft", "lb ft", "lb·ft", "lbft", "lb.-ft.", "lbs-ft", "lb.ft", "ft-lb", "ft lbs",
          "ft·lbf", "foot-pounds", "pound-feet", "pound feet", "pounds-feet", "LB-FT", "lbf·ft");
    WHOLE("kgf·m", "kgf·m", "kgm", "kg-m", "kg·m", "kgf-m", "mkg", "kgf m", "KGM", "m·kg", "公斤米");
    WHOLE("in-lb", "in-lb", "inch-pounds", "lb-in", "in·lb", "in-lbs", "in.-lb.");
    assert_ptr_equal(unit_parse_all("in lbs", 6), unit_by_symbol("lb")); /* "Weight (in lbs)" */
    check("lb in the bed", "lb", " in the bed");
    check("km l'autonomie", "km", " l'autonomie");
    WHOLE("daNm", "daNm", "daN.m", "daN·m");
    WHOLE("kNm", "kNm", "kN·m");
}

static void masses_and_tons_are_kept_apart(void **s)
{
    (void)s;
    WHOLE("kg", "kg", "KG", "Kg", "kgs", "kilograms", "Kilogramm", "kilos", "公斤", "千克", "㎏", "кг");
    WHOLE("lb", "lb", "lbs", "lb.", "lbs.", "LBS", "pounds", "#", "livres", "libras", "磅", "Pfund");
    WHOLE("t", "t", "tonne", "tonnes", "Tonnen", "metric tons", "toneladas", "吨");
    WHOLE("short ton", "short ton", "short tons", "US tons");
    WHOLE("long ton", "long ton", "UK tons");
    WHOLE("ton", "ton", "tons");
    WHOLE("g", "g", "grams", "克");
    WHOLE("oz", "oz", "ounces");
    WHOLE("cwt", "cwt");
    WHOLE("st", "st", "stone");
    check("T", "", "T");
    check("G", "", "G");
}

static void lengths_and_their_signs(void **s)
{
    (void)s;
    WHOLE("mm", "mm", "MM", "millimetres", "Millimeter", "millimètres", "milímetros", "毫米", "㎜");
    WHOLE("m", "m", "metres", "meters", "Meter", "mètres", "metros", "米");
    WHOLE("km", "km", "KM", "kms", "kilometres", "Kilometer", "kilómetros", "公里", "㎞");
    WHOLE("in", "in", "in.", "inch", "inches", "\"", "″", "”", "Zoll", "pouces", "pulgadas", "英寸");
    WHOLE("ft", "ft", "ft.", "feet", "foot", "'", "′", "’", "Fuß", "pieds", "pies", "英尺");
    WHOLE("mi", "mi", "mile", "miles", "Meilen", "millas", "英里");
    WHOLE("万公里", "万公里");
    check("M", "", "M");
    check("in 2019", "in", " 2019");
    check("m²", "m²", "");
    check("km²", "", "km²");
    check("m/x", "", "m/x");
}

static void volumes(void **s)
{
    (void)s;
    WHOLE("L", "L", "l", "litres", "liters", "Liter", "litros", "升", "ltr", "ℓ");
    WHOLE("cc", "cc", "CC", "c.c.");
    WHOLE("cm³", "cm³", "cm3", "ccm", "cm^3", "cubic centimetres", "立方厘米");
    WHOLE("cu in", "cu in", "cu. in.", "cu.in.", "CID", "cid", "cubic inches", "in³", "ci");
    WHOLE("cu ft", "cu ft", "cu. ft.", "cubic feet", "ft³", "ft3", "pi³");
    WHOLE("gal", "gal", "gal.", "gallons");
    WHOLE("US gal", "US gal", "U.S. gal", "US gallons", "gal (US)", "gallons (U.S.)");
    WHOLE("imp gal", "imp gal", "imp. gal.", "imperial gallons", "UK gallons", "gal (imp)", "gal UK");
    WHOLE("qt", "qt", "quarts", "qt.");
    WHOLE("m³", "m³", "m3", "cubic metres", "Kubikmeter", "立方米");
    WHOLE("ml", "ml", "mL");
}

static void consumption_and_its_reciprocals(void **s)
{
    (void)s;
    WHOLE("L/100 km", "L/100 km", "l/100km", "L/100KM", "l / 100 km", "litres per 100 km",
          "litres per 100 kilometres", "Liter auf 100 km", "Liter pro 100 Kilometer",
          "litres aux 100 km", "litros por 100 km", "l a los 100 km", "L/100", "升/百公里", "L/100公里");
    WHOLE("mpg", "mpg", "MPG", "m.p.g.", "miles per gallon", "mi/gal", "miles/gallon");
    WHOLE("mpg (imperial)", "mpg (imp)", "mpg (UK)", "mpg (imperial)", "imperial mpg", "UK mpg",
          "mpg imp", "mpg UK", "miles per imperial gallon", "miles per gallon (imperial)", "mpg-imp");
    WHOLE("mpg (US)", "mpg (US)", "US mpg", "mpg US", "miles per US gallon", "mi/gal (US)");
    WHOLE("km/L", "km/L", "km/l", "kmpl", "kpl", "km per litre", "kilometros por litro");
    WHOLE("gal/100 mi", "gal/100 mi", "gallons per 100 miles");
    WHOLE("kWh/100 km", "kWh/100 km", "kWh/100km", "kWh per 100 km", "kWh pro 100 km",
          "千瓦时/百公里", "kWh/100公里");
    WHOLE("Wh/km", "Wh/km", "wh/km", "WH/KM");
    WHOLE("kWh/100 mi", "kWh/100 mi", "kWh/100mi", "kWh per 100 miles");
    WHOLE("kWh/mi", "kWh/mi", "kWh/mile", "kWh per mile");
    WHOLE("mi/kWh", "mi/kWh", "miles/kWh", "miles per kWh", "Miles/kWh");
    WHOLE("km/kWh", "km/kWh");
    WHOLE("MPGe", "MPGe", "mpge", "MPGE", "mpg-e");
    WHOLE("Le/100 km", "Le/100 km", "Le/100km");
    WHOLE("kWh", "kWh", "KWH", "kwh", "kW·h", "kW-h", "kilowatt-hours", "Kilowattstunden", "千瓦时");
    WHOLE("g/km", "g/km", "G/KM", "g / km", "grams per kilometre", "g CO2/km", "克/公里");
    WHOLE("g/mi", "g/mi", "g/mile", "grams per mile");
    WHOLE("mg/km", "mg/km");
}

static void the_rest_of_the_dimensions(void **s)
{
    (void)s;
    WHOLE("km/h", "km/h", "KM/H", "kmh", "kph", "km / h", "Km/h", "km/hr", "公里/小时", "км/ч");
    WHOLE("mph", "mph", "MPH", "m.p.h.", "miles per hour", "mi/h");
    WHOLE("m/s", "m/s");
    WHOLE("s", "s", "sec", "sec.", "secs", "seconds", "Sekunden", "secondes", "segundos", "秒");
    WHOLE("min", "min", "min.", "minutes", "分钟");
    WHOLE("h", "h", "hrs", "hours", "Std.", "heures", "小时");
    WHOLE("months", "months", "Monate", "mois", "meses", "个月");
    WHOLE("years", "years", "yr", "Jahre", "ans", "años", "年");
    WHOLE("rpm", "rpm", "RPM", "r/min", "U/min", "1/min", "min-1", "tr/min", "转/分", "rev/min");
    WHOLE("bar", "bar", "BAR");
    WHOLE("psi", "psi", "PSI", "lb/in²");
    WHOLE("kPa", "kPa", "kpa");
    WHOLE("°", "°", "degrees", "deg", "Grad", "度");
    WHOLE("°C", "°C", "° C", "℃", "degrees Celsius");
    WHOLE("°F", "°F", "℉");
    WHOLE("V", "V", "volts", "Volt");
    WHOLE("A", "A", "amps");
    WHOLE("Ah", "Ah", "AH", "A·h", "amp hours", "安时");
    WHOLE("mAh", "mAh");
    WHOLE("dB(A)", "dB(A)", "dB (A)", "dBA", "db(a)");
    WHOLE("dB", "dB", "decibels", "分贝");
    WHOLE("%", "%", "percent", "Prozent", "per cent");
    WHOLE("kW/t", "kW/t");
    WHOLE("kg/kW", "kg/kW");
    check("kWh/100km", "kWh/100 km", "");
}

static void currencies_by_sign_code_and_word(void **s)
{
    (void)s;
    WHOLE("€", "€", "EUR", "eur", "Euro", "euros", "欧元");
    WHOLE("$", "$", "US$", "USD", "dollars", "美元");
    WHOLE("£", "£", "GBP", "￡");
    WHOLE("C$", "C$", "CA$", "CAD", "CAD$");
    WHOLE("A$", "A$", "AU$", "AUD");
    WHOLE("¥", "¥", "￥", "JPY", "円");
    WHOLE("元", "元", "CNY", "RMB", "人民币", "yuan");
    WHOLE("万元", "万元", "万");
    WHOLE("₹", "₹", "Rs", "Rs.", "INR");
    WHOLE("lakh ₹", "lakh", "lakhs", "Rs. lakh");
    WHOLE("crore ₹", "crore");
    WHOLE("k€", "k€", "T€", "TEUR");
    WHOLE("CHF", "CHF", "SFr.");
    WHOLE("SEK", "SEK");
    WHOLE("zł", "zł", "PLN");
    WHOLE("Kč", "Kč", "CZK");
    WHOLE("₩", "₩", "KRW");
    WHOLE("R$", "R$", "BRL");
    WHOLE("MX$", "MX$", "MXN");
    assert_string_equal(unit_by_symbol("$")->currency, "USD");
    assert_true(unit_by_symbol("$")->before);
    assert_false(unit_by_symbol("万元")->before);
    check("RS 5", "", "RS 5");
}

static void unknown_quotients_are_no_units(void **s)
{
    (void)s;
    static const char *const TEXTS[] = {"€ per month", "€/Monat", "$/km", "kW/axle", "kg/axle",
                                        "kWh/year", "Nm/xyz"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        size_t used;
        bool compound;
        assert_null(unit_parse_strict(TEXTS[i], strlen(TEXTS[i]), &used, &compound));
        assert_true(compound);
        assert_int_equal(used, 0);
    }
    check("hp/kW", "hp", "/kW"); /* two units of one column */
    check("kW/rpm", "kW", "/rpm");
    check("lb / 1000", "lb", " / 1000");
    check("PS (100 kW)", "PS", " (100 kW)");
}

static void words_are_no_units(void **s)
{
    (void)s;
    static const char *const TEXTS[] = {"kWs2x", "Electric", "TDI", "WD", "door", "speed", "Gang",
                                        "hpx", "kmx", "lbx", "sedan", "Turbo", "grey", "hatchback",
                                        "valves", "automatic", "manual", "cylinders", "", " kW", "100km"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) check(TEXTS[i], "", TEXTS[i]);
}

static void brackets_and_spaces_around_a_unit_are_let_off(void **s)
{
    (void)s;
    static const char *const TEXTS[] = {"(kW)", "[kW]", " kW ", "{kW}", "（kW）", "【千瓦】", "<kW>",
                                        "[ kW ]", "in kW", "(in kW)", "en kW", "\tkW\n"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        const struct unit *u = unit_parse_all(TEXTS[i], strlen(TEXTS[i]));
        if (!u || strcmp(u->symbol, "kW") != 0) fail_msg("'%s'", TEXTS[i]);
    }
    static const char *const NONE[] = {"", "()", "kW 5", "5 kW", "kW/PS", "((kW))", "lb (kg)", "in"};
    for (size_t i = 0; i + 1 < sizeof NONE / sizeof *NONE; i++)
        assert_null(unit_parse_all(NONE[i], strlen(NONE[i])));
}

/* Ids are stored: each stands for one unit, and their spellings for one as well. */
static void the_tables_are_consistent(void **s)
{
    (void)s;
    for (size_t i = 0; i < UNIT_TABLE_COUNT; i++) {
        const struct unit *u = &UNIT_TABLE[i];
        assert_ptr_equal(unit_by_id(u->id), u);
        assert_ptr_equal(unit_by_symbol(u->symbol), u);
        assert_true(u->id > 0 && u->factor > 0 && isfinite(u->factor));
        assert_true((u->dimension == DIMENSION_MONEY) == (u->currency != NULL));
        if (u->dimension == DIMENSION_NONE) continue;
        const struct unit *base = dimension_base(u->dimension);
        assert_true(base || u->dimension == DIMENSION_MONEY);
        if (base) assert_true(base->factor == 1 && !base->reciprocal && base->offset == 0);
    }
    for (size_t i = 0; i < UNIT_SPELLINGS_COUNT; i++)
        for (const char *p = UNIT_SPELLINGS[i].spellings; *p; p += strlen(p) + 1)
            for (size_t k = 0; k < UNIT_SPELLINGS_COUNT; k++)
                for (const char *q = UNIT_SPELLINGS[k].spellings; *q; q += strlen(q) + 1)
                    if (i != k && !strcmp(p, q))
                        fail_msg("'%s' is spelled for two units", p);
    for (size_t i = 0; i < UNIT_QUOTIENTS_COUNT; i++) {
        const struct unit_quotient *q = &UNIT_QUOTIENTS[i];
        assert_non_null(unit_by_id((int)q->numerator));
        assert_non_null(unit_by_id((int)q->denominator));
        assert_non_null(unit_by_id((int)q->unit));
    }
    assert_null(unit_by_id(0));
    assert_null(unit_by_id(-1));
    assert_null(unit_by_id(100000));
    assert_null(unit_by_symbol("furlong"));
    assert_null(dimension_base(DIMENSION_COUNT));
    assert_string_equal(dimension_name(DIMENSION_CONSUMPTION), "fuel consumption");
}

/* Every symbol that an answer writes is read back as its unit. */
static void symbols_are_spellings_of_their_units(void **s)
{
    (void)s;
    for (size_t i = 0; i < UNIT_TABLE_COUNT; i++) {
        const struct unit *u = &UNIT_TABLE[i], *got = unit_parse_all(u->symbol, strlen(u->symbol));
        if (got != u && !(u->id == UNIT_QUINTAL || u->id == UNIT_KELVIN || u->id == UNIT_J ||
                          u->id == UNIT_CD || u->id == UNIT_RADIAN || u->id == UNIT_KKM))
            fail_msg("'%s' is read as '%s'", u->symbol, got ? got->symbol : "");
    }
}

static void any_bytes_are_survived(void **s)
{
    (void)s;
    char text[64];
    unsigned seed = 1;
    for (int i = 0; i < 200000; i++) {
        size_t len = (size_t)(rand_r(&seed) % 20), used;
        for (size_t k = 0; k < len; k++) {
            static const char LIKELY[] = "kKmMlLhpPsS/ .-100gG\"'°²³\xE2\x82\xAC\xE4\xB8\x87(";
            text[k] = rand_r(&seed) % 4 ? LIKELY[(size_t)rand_r(&seed) % (sizeof LIKELY - 1)]
                                        : (char)rand_r(&seed);
        }
        char *copy = malloc(len ? len : 1); /* so that a read past the end is seen */
        assert_non_null(copy);
        memcpy(copy, text, len);
        const struct unit *u = unit_parse(copy, len, &used);
        assert_true(used <= len && (u != NULL) == (used > 0));
        unit_parse_all(copy, len);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversions_agree_with_an_independent_table),
        cmocka_unit_test(conversions_go_back_to_where_they_came_from),
        cmocka_unit_test(what_does_not_measure_the_same_does_not_convert),
        cmocka_unit_test(metric_and_mechanical_horsepower_differ),
        cmocka_unit_test(torque_is_read_however_its_units_are_joined),
        cmocka_unit_test(masses_and_tons_are_kept_apart),
        cmocka_unit_test(lengths_and_their_signs),
        cmocka_unit_test(volumes),
        cmocka_unit_test(consumption_and_its_reciprocals),
        cmocka_unit_test(the_rest_of_the_dimensions),
        cmocka_unit_test(currencies_by_sign_code_and_word),
        cmocka_unit_test(unknown_quotients_are_no_units),
        cmocka_unit_test(words_are_no_units),
        cmocka_unit_test(brackets_and_spaces_around_a_unit_are_let_off),
        cmocka_unit_test(the_tables_are_consistent),
        cmocka_unit_test(symbols_are_spellings_of_their_units),
        cmocka_unit_test(any_bytes_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
