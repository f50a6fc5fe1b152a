/* What a file states once or apart from its figures: units declared for all of them, amounts beside their
 * currencies, colours under the name of a side. */
#include "interpret_fixture.h"

static void units_of_an_object_are_those_of_the_figures(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "c.json",
                 "{\"meta\": {\"units\": {\"power\": \"kW\", \"distance\": \"km\", \"mass\": \"kg\", \"consumption\": \"Wh/km\"}},"
                 " \"cars\": ["
                 "{\"name\": \"Fjell RWD\", \"engine\": {\"power\": 150}, \"range_wltp\": 415, \"kerb_mass\": 1960,"
                 " \"consumption_wltp\": 158, \"length\": 4300, \"torque_nm\": 310},"
                 "{\"name\": \"Fjell AWD\", \"engine\": {\"power\": 239}, \"range_wltp\": 509, \"kerb_mass\": 2140,"
                 " \"consumption_wltp\": 174, \"length\": 4300, \"torque_nm\": 605}]}");
    expect_number(&f, "Fjell AWD", "power", 239, "kW");
    expect_number(&f, "Fjell AWD", "range_wltp", 509, "km");
    expect_number(&f, "Fjell AWD", "kerb_mass", 2140, "kg");
    expect_number(&f, "Fjell AWD", "consumption_wltp", 174, "Wh/km");
    expect_attribute(&f, "consumption_wltp", "electric_consumption");
    expect_number(&f, "Fjell AWD", "length", 4300, ""); /* no distance */
    expect_number(&f, "Fjell AWD", "torque", 605, "Nm");
    fixture_close(&f);

    fixture_open(&f, "f.json",
                 "{\"einheiten\": {\"leistung\": \"PS\", \"l\u00e4nge\": \"mm\", \"strecke\": \"km\"}, \"fahrzeuge\": ["
                 "{\"modell\": \"Talo\", \"leistung\": 150, \"radstand\": 2600, \"kilometerstand\": 45200},"
                 "{\"modell\": \"Mira\", \"leistung\": 90, \"radstand\": 2500, \"kilometerstand\": 12300}]}");
    expect_number(&f, "Talo", "leistung", 150, "PS");
    expect_number(&f, "Talo", "radstand", 2600, "mm");
    expect_number(&f, "Talo", "kilometerstand", 45200, "km");
    fixture_close(&f);
}

static void a_declared_unit_goes_to_figures_that_are_possible_in_it(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "c.json", "{\"units\": {\"power\": \"kW\", \"mass\": \"t\"}, \"cars\": ["
                               "{\"name\": \"Quenby Heron\", \"power\": 110, \"curb_weight\": 1400},"
                               "{\"name\": \"Quenby Tarn\", \"power\": 130, \"curb_weight\": 1500}]}");
    expect_number(&f, "Quenby Tarn", "power", 130, "kW");
    expect_number(&f, "Quenby Tarn", "curb_weight", 1500, "");
    fixture_close(&f);
    /* The title of a CSV file, and the paragraph above a Markdown table. */
    fixture_open(&f, "p.csv", "\"All dimensions in mm, weights in kg; range in km\",,,\nModel,Length,Kerb weight,Range\n"
                              "Tarn,4300,1500,410\nFjell,4510,1620,430\n");
    expect_number(&f, "Tarn", "Length", 4300, "mm");
    expect_number(&f, "Tarn", "Kerb weight", 1500, "kg");
    expect_number(&f, "Tarn", "Range", 410, "km");
    fixture_close(&f);
    fixture_open(&f, "p.md", "# Fleet\n\nAll dimensions in mm.\n\n| Model | Length | Range |\n|--|--|--|\n"
                             "| Tarn | 4300 | 410 |\n| Fjell | 4510 | 430 |\n");
    expect_number(&f, "Tarn", "Length", 4300, "mm");
    expect_number(&f, "Tarn", "Range", 410, "");
    fixture_close(&f);
    fixture_open(&f, "l.md", "# Fuhrpark\n\nEinheiten: mm, kg, kW\n\n| Modell | L\u00e4nge | Leergewicht | Leistung |\n|--|--|--|--|\n"
                             "| Talo | 4300 | 1300 | 110 |\n| Mira | 3900 | 1100 | 66 |\n");
    expect_number(&f, "Talo", "Leistung", 110, "kW");
    expect_number(&f, "Talo", "Leergewicht", 1300, "kg");
    fixture_close(&f);
}

static void amounts_with_their_currencies_are_prices(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "c.json", "[{\"name\": \"Quenby Heron\", \"price\": {\"currency\": \"EUR\", \"amount\": 41900}},"
                               "{\"name\": \"Quenby Tarn\", \"price\": {\"currency\": \"EUR\", \"amount\": 26990}}]");
    expect_number(&f, "Quenby Tarn", "price", 26990, "\u20ac");
    expect_attribute(&f, "price", "price");
    fixture_close(&f);
    /* With other members the figure is what stands around it. */
    fixture_open(&f, "c.json",
                 "[{\"marca\": \"Seat\", \"modelo\": \"Talo\", \"precio\": {\"importe\": 21340, \"moneda\": \"EUR\", \"iva_incluido\": true}},"
                 "{\"marca\": \"Seat\", \"modelo\": \"Mira\", \"precio\": {\"importe\": 18500, \"moneda\": \"EUR\", \"iva_incluido\": true}}]");
    expect_number(&f, "Seat Mira", "importe", 18500, "\u20ac");
    expect_attribute(&f, "importe", "price");
    expect_attribute(&f, "iva_incluido", "");
    fixture_close(&f);
}

static void the_seller_s_price_is_the_price_where_no_other_stands(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "l.csv", "Vehicle,Our Price\nToyota Camry,\"$22,995\"\nHonda Fit,\"$9,900\"\n");
    expect_attribute(&f, "Our Price", "price");
    fixture_close(&f);
    fixture_open(&f, "l.csv", "Vehicle,MSRP,Our Price\nToyota Camry,\"$27,100\",\"$22,995\"\nHonda Fit,\"$19,200\",\"$9,900\"\n");
    expect_attribute(&f, "MSRP", "price");
    expect_attribute(&f, "Our Price", "price");
    assert_true(f.tables[0].columns[1].fact.qualifiers != f.tables[0].columns[2].fact.qualifiers);
    fixture_close(&f);
    /* Two of a dealer: no question tells them apart but by their names. */
    fixture_open(&f, "l.csv", "Vehicle,Sale price,Our Price\nToyota Camry,\"$27,100\",\"$22,995\"\nHonda Fit,\"$19,200\",\"$9,900\"\n");
    expect_attribute(&f, "Our Price", "");
    fixture_close(&f);
}

static void sides_over_colours_are_colours(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "l.csv", "Vehicle,Exterior,Int.\nToyota Camry,Celestial Silver,Black cloth\nHonda Fit,Oxford White,Gray\n"
                              "Mazda 3,Soul Red,Ivory leather\n");
    expect_attribute(&f, "Exterior", "color");
    expect_attribute(&f, "Int.", "interior_color");
    fixture_close(&f);
    fixture_open(&f, "l.csv", "Fahrzeug;Au\u00dfen\nVW Golf;Polarwei\u00df\nVW Polo;Energyblau\n");
    expect_attribute(&f, "Au\u00dfen", "color");
    fixture_close(&f);
    /* Marks of a test are none. */
    fixture_open(&f, "l.csv", "Vehicle,Exterior,Interior\nToyota Camry,good,fair\nHonda Fit,scratched,good\n");
    expect_attribute(&f, "Exterior", "");
    fixture_close(&f);
}

static void title_of_first(const char *heading, const char *title)
{
    struct fixture f;
    char text[512];
    snprintf(text, sizeof text, "\"%s\",,\nModel,Trim,Price\nPika,S,20000\nMoor,X,23000\n", heading);
    fixture_open(&f, "list.csv", text);
    assert_string_equal(f.tables[0].records[0].fact.title, title);
    fixture_close(&f);
}

static void a_date_is_no_model_year(void **state)
{
    (void)state;
    title_of_first("Quenby price list, effective 10/01/2025", "Quenby Pika S");
    title_of_first("Preisliste Quenby, Stand 01.03.2025", "Quenby Pika S");
    title_of_first("Preisliste Quenby, Stand: 1.3.2025", "Quenby Pika S");
    title_of_first("Quenby prices, valid from October 2025", "Quenby Pika S");
    title_of_first("Tarifs Quenby octobre 2025", "Quenby Pika S");
    title_of_first("Quenby price list 2025", "2025 Quenby Pika S");
    title_of_first("Quenby 2025, effective 10/01/2024", "2025 Quenby Pika S");
}

static void the_years_of_the_rows_are_theirs(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "l.tsv", "Castellan Motors - Retail Prices 2025\nSeries\tTrim level\tMSRP\n"
                              "2026 Bronte\tS\t$27,450\n2026 Tregear\tTouring\t$39,900\n");
    assert_int_equal(f.tables[0].records[1].fact.year_first, 2026);
    assert_string_equal(f.tables[0].records[1].fact.model, "Tregear");
    fixture_close(&f);
    /* A number that some of the names begin with. */
    fixture_open(&f, "l.csv", "Make,Model,Trim,Price\nPeugeot,2008 Allure,A,27000\nPeugeot,308 Allure,A,29000\n");
    assert_string_equal(f.tables[0].records[0].fact.model, "2008 Allure");
    fixture_close(&f);
}

static void titles_that_are_phrases_name_no_vehicle(void **state)
{
    static const char *const TITLES[] = {
        "Comparativa: cuatro SUV h\u00edbridos para familias (octubre de 2025)", "Sieben Kombis f\u00fcr die Familie im Vergleich",
        "Twelve-car shoot-out: the hot hatches that made the final", "The best vans for small businesses",
        "Cinq citadines pour la ville"};
    (void)state;
    struct fixture f;
    char text[512];
    for (size_t i = 0; i < sizeof TITLES / sizeof *TITLES; i++) {
        snprintf(text, sizeof text, "# %s\n\n## Data\n\n| | Quenby Load 2.0 | Tarn Alto L2 |\n|--|--|--|\n| Payload (kg) | 1020 | 1180 |\n| Load length (mm) | 2500 | 3010 |\n",
                 TITLES[i]);
        fixture_open(&f, "t.md", text);
        assert_string_equal(f.tables[0].records[0].fact.title, "Quenby Load 2.0");
        fixture_close(&f);
    }
    /* Names do, in small letters too. */
    fixture_open(&f, "t.md", "# quenby heron\n\n| | GT | SE |\n|--|--|--|\n| Payload (kg) | 1020 | 1180 |\n| Length (mm) | 4500 | 4510 |\n");
    assert_string_equal(f.tables[0].records[0].fact.title, "quenby heron GT");
    fixture_close(&f);
    fixture_open(&f, "t.md", "# Quenby Seven plug-in hybrid\n\n| | GT | SE |\n|--|--|--|\n| Payload (kg) | 1020 | 1180 |\n| Length (mm) | 4500 | 4510 |\n");
    assert_string_equal(f.tables[0].records[0].fact.title, "Quenby Seven plug-in hybrid GT");
    fixture_close(&f);
}

static void a_name_beside_a_quantity_is_the_table_s(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "t.md", "# 2026 Hallam Trailer Towing Guide\n\n"
                             "## Hallam 150 \u2014 maximum loaded trailer weight (lb), conventional hitch\n\n"
                             "| Engine | Axle ratio | Regular Cab 4x2 | Crew Cab 4x4 |\n|--|--|--|--|\n"
                             "| 2.7L V6 turbo | 3.55 | 8,100 | 7,600 |\n| 5.0L V8 | 3.31 | \u2014 | 9,400 |\n");
    expect_number(&f, "2026 Hallam 150 5.0L V8 Crew Cab 4x4", "maximum loaded trailer weight", 9400, "lb");
    fixture_close(&f);
    fixture_open(&f, "t.md", "# Osprey Towing Guide 2025\n\n## Kestrel 2500 - max. payload (kg), single rear wheels\n\n"
                             "| Engine | Axle ratio | Regular Cab 4x2 | Crew Cab 4x4 |\n|--|--|--|--|\n"
                             "| 6.4L V8 | 3.73 | 1,510 | 1,420 |\n| 6.7L diesel | 3.42 | 1,390 | 1,300 |\n");
    expect_number(&f, "2025 Kestrel 2500 6.7L diesel Crew Cab 4x4", "max. payload", 1300, "kg");
    fixture_close(&f);
}

static void what_a_test_measured_is_told_apart(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "t.csv", "Modelo;Consumo WLTP (l/100 km);Consumo en nuestra prueba (l/100 km)\nTalo;5,3;6,0\nMira;4,9;5,5\n");
    expect_attribute(&f, "Consumo en nuestra prueba", "fuel_consumption");
    assert_true(f.tables[0].columns[2].fact.qualifiers >> qualifier_find("on_test") & 1);
    assert_false(f.tables[0].columns[1].fact.qualifiers >> qualifier_find("on_test") & 1);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_of_an_object_are_those_of_the_figures),
        cmocka_unit_test(a_declared_unit_goes_to_figures_that_are_possible_in_it),
        cmocka_unit_test(amounts_with_their_currencies_are_prices),
        cmocka_unit_test(the_seller_s_price_is_the_price_where_no_other_stands),
        cmocka_unit_test(sides_over_colours_are_colours),
        cmocka_unit_test(a_date_is_no_model_year),
        cmocka_unit_test(the_years_of_the_rows_are_theirs),
        cmocka_unit_test(titles_that_are_phrases_name_no_vehicle),
        cmocka_unit_test(a_name_beside_a_quantity_is_the_table_s),
        cmocka_unit_test(what_a_test_measured_is_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
