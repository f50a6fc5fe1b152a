/* Prose as values, and cells and prose of any bytes. */
#include "value_fixture.h"

static void prose(const char *text, enum number_style style, const char *expected)
{
    struct value_part parts[64];
    struct buffer b = {0};
    size_t n = value_scan(text, strlen(text), style, parts, 64);
    print_parts(&b, text, strlen(text), parts, n);
    if (strcmp(buffer_text(&b), expected) != 0)
        fail_msg("'%s':\n%s\nnot\n%s", text, buffer_text(&b), expected);
    buffer_free(&b);
}

static void prose_gives_its_figures(void **s)
{
    (void)s;
    prose("Its 1.8-litre petrol engine makes 136 PS (100 kW) and 172 lb ft (233 Nm), enough for "
          "0-62 mph "
          "in 9.8 seconds and a top speed of 126 mph (203 km/h).",
          NUMBER_POINT,
          "1.8 L | 136 PS = 100 kW | 172 lb-ft = 233 Nm | 0..62 mph | 9.8 s | 126 mph = 203 km/h");
    prose("It returns 47.1 mpg (6.0 l/100 km) for 137 g/km of CO2 and costs GBP 26,300. Its tank "
          "holds 48 "
          "litres (10.6 gallons).",
          NUMBER_POINT,
          "47.1 mpg (imperial) = 6 L/100 km | 137 g/km | 26300 £ | 48 L = 10.6 imp gal");
    prose("from 3.9 to 4.2 liters, producing 192-235 HP, between 40 and 60 horsepower",
          NUMBER_POINT, "3.9..4.2 L | 192..235 hp | 40..60 hp");
    prose("available in 60, 70, 85, or 90 kWh, approximately 208 to 270 miles, up to 1,800 kg",
          NUMBER_POINT, "60 kWh | 70 kWh | 85 kWh | 90 kWh | ~208..270 mi | <=1800 kg");
    prose(
        "Der Wagen leistet 100 kW (136 PS), wiegt 1.364 kg, verbraucht 5,1 l/100 km und kostet ab "
        "23.990 €.",
        NUMBER_COMMA, "100 kW = 136 PS | 1364 kg | 5.1 L/100 km | >=23990 €");
    prose("100 ch à 5 500 tr/min, 1 364 kg, de 0 à 100 km/h en 9,8 secondes, 23 990 €",
          NUMBER_COMMA, "100 ch | 5500 rpm | 1364 kg | 0..100 km/h | 9.8 s | 23990 €");
    prose("最大功率100千瓦，扭矩210牛·米，续航520公里，售价9.98万元，百公里加速9.6秒", NUMBER_POINT,
          "100 kW | 210 Nm | 520 km | 9.98 万元 | 9.6 s");
    prose("It can tow two tonnes, and five seconds later 3½ tons.", NUMBER_POINT,
          "2 t | 5 s | 3.5 ton");
}

static void names_and_words_of_prose_are_no_figures(void **s)
{
    (void)s;
    prose("the F-150, V6, XC90, 4WD, 4x4, 5th, 1st, E30, 205/55 R16, CX-5 and M3", NUMBER_POINT,
          "");
    prose("17 in 2019, 7.3 in of clearance, 18 in wheels, 150 in Germany", NUMBER_POINT,
          "17 | 2019 | 7.3 in | 18 in | 150");
    prose(
        "in the 1990s and the 90s, in 2019 300 hp, the 2019 second generation, 1986–1991, 1976-81",
        NUMBER_POINT, "2019 | 300 hp | 2019 | 1986..1991 | 1976..1981");
    prose("the Ioniq 5 160 kW and the \"Model 90\" with Euro 6", NUMBER_POINT, "90 | 6");
    prose("$300 per month, 5 g of fuel, 12 s/mile", NUMBER_POINT, "5 g");
    prose("a coupe in 1LT trim, Polo 9N (Type 6N/6KV), ACCESS 8.4AN, 4×4s, Combined (l/100 km)",
          NUMBER_POINT, "");
    prose("Engine: 359cc. The tank: 40 l. And 5'10\" tall, a 17\" wheel.", NUMBER_POINT,
          "359 cc | 40 L | 5.833333333 ft | 17 in");
}

/* Long and deep cells end soon and never read past their end. */
static void hostile_cells_are_survived(void **s)
{
    (void)s;
    static const char *const UNITS[] = {
        "1",  "1,",      "1.",   "1 ",     "(",     "5 kW ", "5 kW/",
        "a",  "~",       "<",    "'",      "1e9",   "万",    "½",
        "5x", "-",       "5 l/", "@5",     "5km (", "two ",  "\xFF",
        "1–", "(5 kW) ", "[",    "5 kW; ", "/",     "1,1.",  "99999999999 kW "};
    enum { LEN = 1 << 18 };
    char *text = malloc(LEN);
    struct value_part *parts = malloc(1000 * sizeof *parts);
    assert_true(text && parts);
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
        for (size_t k = 0; k < LEN; k++) text[k] = UNITS[i][k % strlen(UNITS[i])];
        struct value v;
        value_parse(&v, text, LEN, NUMBER_POINT, NULL, DIMENSION_POWER);
        assert_true(v.n_parts <= VALUE_MAX_PARTS);
        value_parse(&v, text, LEN, NUMBER_COMMA, unit_by_symbol("€"), DIMENSION_COUNT);
        assert_true(value_scan(text, LEN, NUMBER_POINT, parts, 1000) <= 1000);
    }
    free(parts);
    free(text);
}

static void any_bytes_are_survived(void **s)
{
    (void)s;
    static const char *const PIECES[] = {
        "1",  "2.5", "1,234", "kW",       "PS",  " ", " ",  "(",  ")",   "/",     "-",    "–",
        "hp", "@",   "rpm",   "l/100 km", "mpg", "€", "$",  "万", "ca.", "up to", "to",   "x",
        "*",  ";",   ",",     "[",        "]",   "%", "in", "'",  "\"",  "½",     "1/2",  "V6",
        "kg", "lb",  "mm",    "braked",   "bis", "+", "和", "五", "two", "°C",    "\xE2", "\xFF"};
    unsigned seed = 7;
    for (int i = 0; i < 20000; i++) {
        struct buffer b = {0};
        int n = rand_r(&seed) % 14;
        for (int k = 0; k < n; k++)
            buffer_puts(&b, PIECES[(size_t)rand_r(&seed) % (sizeof PIECES / sizeof *PIECES)]);
        char *text = malloc(b.len ? b.len : 1);
        assert_non_null(text);
        if (b.len) memcpy(text, b.data, b.len);
        struct value v;
        struct value_part parts[8];
        struct buffer shown = {0};
        value_parse(&v, text, b.len, (enum number_style)(i % 2),
                    i % 3 ? NULL : unit_by_symbol("kW"),
                    (enum dimension)(rand_r(&seed) % N_DIMENSIONS));
        print_value(&shown, text, b.len, &v);
        size_t found = value_scan(text, b.len, NUMBER_POINT, parts, 8);
        print_parts(&shown, text, b.len, parts, found);
        buffer_free(&shown);
        free(text);
        buffer_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prose_gives_its_figures),
        cmocka_unit_test(names_and_words_of_prose_are_no_figures),
        cmocka_unit_test(hostile_cells_are_survived),
        cmocka_unit_test(any_bytes_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
