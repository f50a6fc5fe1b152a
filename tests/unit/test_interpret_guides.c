/* Guides and spec sheets with several tables: what their headings, groups of rows and footnotes say. */
#include "interpret_fixture.h"

static const char *const TOWING =
    "# Vantrell 2025: towing and tires\n\n"
    "## Osprey 150, conventional towing (lb)\n\n"
    "| Engine | Axle ratio | GCWR (lb)[^1] | Regular Cab 4x2 | Crew Cab 4x2 | Crew Cab 4x4* |\n"
    "|---|---|---|---|---|---|\n"
    "| 2.4L I4 turbo | 3.55 | 11,000 | 6,300 | 6,100 | \xe2\x80\x93 |\n"
    "| 5.3L V8 | 3.42 | 15,200 | 9,400 | 9,200[^2] | 8,900 |\n\n"
    "## Kestrel and Merlin\n\n"
    "| Vehicle | Drive | Max. trailer (lb) |\n|---|---|---|\n"
    "| Kestrel Trail | 4x4 | 5,000 |\n| Merlin Sport | AWD | 2,500 |\n\n"
    "## Cold tire pressures (psi)\n\n"
    "| Vehicle | Tire size | Front | Rear | Rear, towing |\n|---|---|---|---|---|\n"
    "| Kestrel Trail | 255/70R17 | 33 | 34 | 39 |\n| Merlin Sport | 225/60R18 | 35 | 35 | 40 |\n";

static void columns_that_are_versions_hold_what_the_heading_says(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "guide.md", TOWING);
    expect_number(&f, "2025 Vantrell Osprey 150 5.3L V8 Crew Cab 4x4", "conventional towing",
                  8900, "lb");
    expect_number(&f, "2025 Vantrell Osprey 150 5.3L V8 Crew Cab 4x2", "conventional towing",
                  9200, "lb");
    expect_place(&f, "2025 Vantrell Osprey 150 5.3L V8 Regular Cab 4x2",
                 "conventional towing", "table 1, row 2, column 'Regular Cab 4x2'");
    expect_attribute(&f, "conventional towing", "towing_capacity");
    expect_number(&f, "2025 Vantrell Osprey 150 5.3L V8 Crew Cab 4x4", "GCWR", 15200, "lb");
    /* A dash is no version. */
    assert_int_equal(f.tables[0].n_records, 5);
    fixture_close(&f);

    fixture_open(&f, "g.csv", ",Maximum trailer weight (lb),,\nModel,Short bed,Long bed,Dually\n"
                              "Ram 1500,7700,7500,8100\nRam 2500,14800,14500,15100\n");
    expect_number(&f, "Ram 2500 Long bed", "Maximum trailer weight", 14500, "lb");
    fixture_close(&f);
}

static void a_title_that_is_a_quantity_names_no_vehicle_and_bands_do(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "g.csv", "Maximum loaded trailer weights (lbs.) - Automatic transmission,,,,\n"
                              ",,Regular Cab,SuperCab,CrewCab\nEngine,Axle ratio,4x2,4x2,4x4\n"
                              "Redwing 150,,,,\n2.7L V6,3.55,8200,8100,7800\n5.0L V8,3.73,,11500,11200\n"
                              "Redwing 250,,,,\n6.8L V8,3.73,13200,13000,12600\n");
    expect_number(&f, "Redwing 150 5.0L V8 CrewCab 4x4", "Maximum loaded trailer weights", 11200, "lb");
    expect_number(&f, "Redwing 250 6.8L V8 SuperCab 4x2", "Maximum loaded trailer weights", 13000, "lb");
    expect_attribute(&f, "Maximum loaded trailer weights", "towing_capacity");
    fixture_close(&f);
    /* The unit stands with the versions' names; the year alone is the title's. */
    fixture_open(&f, "g.csv", "2025 PICKUP TOWING SELECTOR - maximum loaded trailer weight,,,\n"
                              "Engine,Axle ratio,Regular Cab 4x2 (lbs),Crew Cab 4x4 (lbs)\nBrannock Hauler 1500,,,\n"
                              "2.7L Turbo I4,3.55,6400,5900\n5.0L V8,3.73,11000,10400\n");
    expect_number(&f, "2025 Brannock Hauler 1500 5.0L V8 Crew Cab 4x4", "maximum loaded trailer weight", 10400, "lb");
    fixture_close(&f);
    /* What stands beside the quantity may be the vehicle's name. */
    fixture_open(&f, "g.csv", "Quenby Heron - maximum trailer weight (lb),,\nEngine,Short bed,Long bed\n"
                              "2.7L V6,8200,8100\n5.0L V8,9100,9000\n");
    expect_number(&f, "Quenby Heron 5.0L V8 Long bed", "maximum trailer weight", 9000, "lb");
    fixture_close(&f);
}

static void columns_of_different_quantities_are_no_versions(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "g.md", "# Ford\n\n## Towing capacity (lb)\n\n| Vehicle | Index | Points |\n"
                             "|---|---|---|\n| Ranger | 1 | 7500 |\n| Maverick | 2 | 4000 |\n");
    assert_int_equal(f.tables[0].n_records, 2);
    fixture_close(&f);
    /* One of them has the quantity in a column of its own. */
    fixture_open(&f, "g.md", "# Ford\n\n## Towing capacity (lb)\n\n"
                             "| Vehicle | Towing | Rank A | Rank B |\n|---|---|---|---|\n"
                             "| Ranger | 7500 | 7000 | 7100 |\n| Maverick | 4000 | 4100 | 4200 |\n");
    expect_number(&f, "Ford Ranger", "Rank A", 7000, "lb");
    fixture_close(&f);
}

static void trims_over_prices_are_versions(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "p.md", "# Seat Preisliste Oktober 2024\n\nPreise in EUR inkl. MwSt.\n\n"
                             "## Talo\n\n| Motor | Getriebe | Standard | Style | FR-Line |\n"
                             "|---|---|---|---|---|\n| 1.0 TSI 70 kW | 5-Gang | 21.340 | 24.900 | 26.100 |\n"
                             "| 1.5 TSI 110 kW | DSG | 25.110 | 28.615 | 29.900 |\n");
    expect_number(&f, "Seat Talo 1.5 TSI 110 kW Style", "Preise", 28615, "\u20ac");
    expect_number(&f, "Seat Talo 1.0 TSI 70 kW Standard", "Preise", 21340, "\u20ac");
    expect_attribute(&f, "Preise", "price");
    fixture_close(&f);
    fixture_open(&f, "t.md", "# Toyota 2024 tow ratings\n\n## Hilax\n\nMax towing capacity (lbs.)\n\n"
                             "| Grade | Double Cab 4x2 | CrewMax 4x4 5.5' bed |\n|---|---|---|\n"
                             "| SR | 8,300 | 8,000 |\n| SR5 | 12,000 | 11,450 |\n");
    expect_number(&f, "2024 Toyota Hilax SR5 CrewMax 4x4 5.5' bed", "Max towing capacity", 11450, "lb");
    fixture_close(&f);
    /* Parts of the quantity are none. */
    fixture_open(&f, "c.md", "# Vito 2024\n\n## Fuel consumption (l/100 km)\n\n"
                             "| Variant | City | Combined | Special |\n|---|---|---|---|\n"
                             "| 110 CDI | 8.1 | 6.9 | 7.2 |\n| 114 CDI | 8.4 | 7.0 | 7.6 |\n");
    assert_int_equal(f.tables[0].n_records, 2);
    fixture_close(&f);
}

static void a_condition_behind_a_qualifier_is_no_attribute(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "guide.md", TOWING);
    expect_attribute(&f, "Rear, towing", "tire_pressure");
    expect_number(&f, "2025 Vantrell Kestrel Trail", "Cold tire pressures (psi): Rear, towing",
                  39, "psi");
    expect_attribute(&f, "Max. trailer", "towing_capacity");
    fixture_close(&f);
    fixture_open(&f, "t.csv", "Tyre pressures (bar),,,\n,Normal load,,Full load,\n"
                              "Model,Front,Rear,Front,Rear\nRenault Clio,2.2,2.0,2.4,2.6\n"
                              "Renault Megane,2.3,2.1,2.5,2.7\n");
    expect_number(&f, "Renault Clio", "Full load: Rear", 2.6, "bar");
    assert_true(f.tables[0].columns[4].fact.qualifiers >> qualifier_find("laden") & 1);
    fixture_close(&f);
    fixture_open(&f, "r.csv", ",Range (km),,\nModel,Combined,\"Combined, towing\",City\n"
                              "Kia EV6,528,270,740\nKia EV9,505,240,690\n");
    expect_number(&f, "Kia EV6", "Range (km): Combined, towing", 270, "km");
    expect_attribute(&f, "Combined, towing", "electric_range");
    fixture_close(&f);
}

static void a_heading_of_several_names_is_none_of_a_row(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "guide.md", TOWING);
    const struct fact_record *r = fixture_record(&f, "2025 Vantrell Merlin Sport", 0, NULL,
                                                 NULL);
    assert_null(strstr(r->title, "Kestrel"));
    fixture_close(&f);
}

static void engines_are_versions_of_the_heading_s_vehicle(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "p.md", "# Skoda: Technische Daten 2024\n\n## Octavia\n\n"
                             "| Motor | Leistung (kW) |\n|---|---|\n| 1.5 TSI | 110 |\n"
                             "| 2.0 TDI | 85 |\n\n## Kamiq\n\n| Motor | Leistung (kW) |\n"
                             "|---|---|\n| 1.0 TSI | 70 |\n");
    expect_number(&f, "2024 Skoda Octavia 2.0 TDI", "Leistung", 85, "kW");
    expect_number(&f, "2024 Skoda Kamiq 1.0 TSI", "Leistung", 70, "kW");
    fixture_close(&f);
    fixture_open(&f, "d.md", "# Ford guide 2025\n\n## F-150: dimensions (in)\n\n"
                             "| | SuperCab | SuperCrew |\n|---|---|---|\n| Length | 231.7 | 231.9 |\n"
                             "| Height | 75.6 | 75.9 |\n");
    expect_number(&f, "2025 Ford F-150 SuperCrew", "Height", 75.9, "in");
    fixture_close(&f);
    /* A column of names goes before a heading. */
    fixture_open(&f, "p.md", "# Skoda 2024\n\n## Estate: engines\n\n| Model | Engine |\n|---|---|\n"
                             "| Octavia | 1.5 TSI |\n| Superb | 2.0 TDI |\n");
    fixture_record(&f, "2024 Skoda Octavia", 0, NULL, NULL);
    fixture_close(&f);
}

static void groups_of_rows_give_attribute_and_unit(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "trims.md",
                 "# 2025 Kia Tarvo trims\n\n| | **L** | **GT** |\n|---|---|---|\n"
                 "| **Powertrain** | | |\n| Horsepower (hp) | 187 | 277 |\n"
                 "| **Exterior dimensions (in.)** | | |\n| Length | 183.1 | 184.0 |\n"
                 "| **Weights (lb)** | | |\n| Curb weight | 3,500 | 3,900 |\n"
                 "| **EPA fuel economy (mpg)** | | |\n| City | 24 | 20 |\n| Highway | 31 | 27 |\n"
                 "| **Cargo volume (cu ft)** | | |\n| Behind 2nd row | 38.5 | 37.0 |\n"
                 "| **Price** | | |\n| MSRP excl. destination | $29,100 | $37,400 |\n");
    expect_number(&f, "2025 Kia Tarvo GT", "Exterior dimensions (in.): Length", 184, "in");
    expect_number(&f, "2025 Kia Tarvo L", "Weights (lb): Curb weight", 3500, "lb");
    expect_attribute(&f, "City", "fuel_consumption");
    expect_number(&f, "2025 Kia Tarvo GT", "EPA fuel economy (mpg): Highway", 27, "mpg");
    expect_attribute(&f, "Behind 2nd row", "cargo_volume");
    expect_number(&f, "2025 Kia Tarvo L", "Cargo volume (cu ft): Behind 2nd row", 38.5, "cu ft");
    expect_attribute(&f, "MSRP excl. destination", "price");
    fixture_close(&f);
    /* A row without values that has a unit and no parts is an attribute that is not given. */
    fixture_open(&f, "t.md", "# 2025 Kia Tarvo\n\n| | L | GT |\n|---|---|---|\n"
                             "| Towing capacity (lb) | | |\n| Payload (lb) | 1,200 | 1,150 |\n"
                             "| Wheelbase | 110 in | 110 in |\n");
    expect_number(&f, "2025 Kia Tarvo GT", "Payload", 1150, "lb");
    fixture_close(&f);
}

static void paragraphs_above_a_table_state_its_units(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "d.md", "# 2024 Seat Talo\n\nAlle Angaben in mm, Gewichte in kg.\n\n"
                             "| | Reference | FR |\n|---|---|---|\n| L\u00e4nge | 4150 | 4160 |\n"
                             "| Leergewicht | 1200 | 1250 |\n| Leistung | 70 | 110 |\n");
    expect_number(&f, "2024 Seat Talo FR", "L\u00e4nge", 4160, "mm");
    expect_number(&f, "2024 Seat Talo FR", "Leergewicht", 1250, "kg");
    expect_number(&f, "2024 Seat Talo FR", "Leistung", 110, "");
    fixture_close(&f);
    fixture_open(&f, "t.md", "# Ram guide 2025\n\n## 1500\n\n"
                             "Maximum trailer weight in pounds. Equipment lowers it.\n\n"
                             "| Engine | Quad Cab 4x2 | Crew Cab 4x4 |\n|---|---|---|\n"
                             "| 3.6L V6 | 7,700 | 7,100 |\n| 3.0L I6 | 11,500 | 11,200 |\n");
    expect_number(&f, "2025 Ram 1500 3.0L I6 Crew Cab 4x4", "Maximum trailer weight", 11200, "lb");
    fixture_close(&f);
    fixture_open(&f, "n.md", "# Ram 2025\n\nAll trucks are built in mm-wave plants in T county.\n\n"
                             "| Model | Length |\n|---|---|\n| 1500 | 232 |\n");
    expect_number(&f, "2025 Ram 1500", "Length", 232, "");
    fixture_close(&f);
}

static void bands_name_the_model_of_versions(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "d.md", "# Dacia price list 2024\n\n| Trim | Engine | Price (EUR) |\n|---|---|---|\n"
                             "| **Sandero** | | |\n| Essential | TCe 90 | 13590 |\n"
                             "| Expression | TCe 90 | 14990 |\n| **Duster** | | |\n"
                             "| Essential | TCe 130 | 20990 |\n| Journey | TCe 130 | 24990 |\n");
    expect_number(&f, "2024 Dacia Duster Journey", "Price", 24990, "\u20ac");
    expect_number(&f, "2024 Dacia Sandero Essential", "Price", 13590, "\u20ac");
    fixture_close(&f);
    fixture_open(&f, "d.md", "# Dacia price list 2024\n\n| Trim | Engine | Price (EUR) |\n|---|---|---|\n"
                             "| **Petrol** | | |\n| Essential | TCe 90 | 13590 |\n"
                             "| Expression | TCe 110 | 14990 |\n");
    expect_number(&f, "2024 Dacia Essential", "Price", 13590, "\u20ac");
    fixture_close(&f);
}

static void footnotes_are_no_part_of_a_name(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "n.md", "# 2024 Honda Tavo\n\n| | SE | GT[^3] |\n|---|---|---|\n"
                             "| Payload (kg)* | 510 | 480 |\n| GVWR (kg)[^12] | 2100 | 2150 |\n"
                             "| Power [kW] | 110 | 150 |\n| Kerb weight (1) | 1400 kg | 1500 kg |\n");
    expect_number(&f, "2024 Honda Tavo GT", "Payload", 480, "kg");
    expect_attribute(&f, "GVWR", "gross_weight");
    expect_number(&f, "2024 Honda Tavo SE", "Power", 110, "kW");
    expect_attribute(&f, "Kerb weight", "curb_weight");
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_that_are_versions_hold_what_the_heading_says),
        cmocka_unit_test(a_title_that_is_a_quantity_names_no_vehicle_and_bands_do),
        cmocka_unit_test(columns_of_different_quantities_are_no_versions),
        cmocka_unit_test(trims_over_prices_are_versions),
        cmocka_unit_test(a_condition_behind_a_qualifier_is_no_attribute),
        cmocka_unit_test(a_heading_of_several_names_is_none_of_a_row),
        cmocka_unit_test(engines_are_versions_of_the_heading_s_vehicle),
        cmocka_unit_test(groups_of_rows_give_attribute_and_unit),
        cmocka_unit_test(paragraphs_above_a_table_state_its_units),
        cmocka_unit_test(bands_name_the_model_of_versions),
        cmocka_unit_test(footnotes_are_no_part_of_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
