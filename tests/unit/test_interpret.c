/* Shapes of tables: headers, units, bands, orientation, long form, places. */
#include "interpret_fixture.h"

static void rows_below_a_header_are_records(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "cars.csv", "Make,Model,Year,Power (hp),Curb weight\n"
                                 "Toyota,Yaris,2023,116,1085 kg\nHonda,Jazz,2023,122,1246 kg\n");
    expect_number(&f, "2023 Toyota Yaris", "Power", 116, "hp");
    expect_number(&f, "2023 Honda Jazz", "Curb weight", 1246, "kg");
    expect_place(&f, "2023 Honda Jazz", "Power", "row 3");
    expect_attribute(&f, "Power", "power");
    const struct fact_record *r = fixture_record(&f, "2023 Honda Jazz", 0, NULL, NULL);
    assert_string_equal(r->make, "Honda");
    assert_string_equal(r->model, "Jazz");
    assert_int_equal(r->year_first, 2023);
    assert_int_equal(r->line, 3);
    fixture_close(&f);
}

static void title_lines_above_the_header_are_no_records(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "fleet.csv", "Fleet vehicle data sheet\nExported 2024-05-01,by fleet office\n\n"
                                  "Make,Model,Year,Payload (kg)\nFord,Transit,2022,1350\n"
                                  "Ford,Ranger,2023,1081\n");
    expect_number(&f, "2022 Ford Transit", "Payload", 1350, "kg");
    expect_place(&f, "2022 Ford Transit", "Payload", "row 5");
    fixture_close(&f);
    fixture_open(&f, "prices.csv", "Price list of our used cars,,,\nMake,Model,Year,Price (EUR)\n"
                                   "Opel,Corsa,2020,9900\nOpel,Astra,2019,11900\n");
    expect_number(&f, "2019 Opel Astra", "Price", 11900, "\xe2\x82\xac");
    fixture_close(&f);
}

static void a_row_of_units_belongs_to_the_header(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "c.csv", "Make,Model,Power,Weight,Length,Range\n,,kW,kg,mm,km\n"
                              "Cupra,Born,150,1727,4322,424\nCupra,Tavascan,210,2178,4644,547\n");
    expect_number(&f, "Cupra Born", "Power", 150, "kW");
    expect_number(&f, "Cupra Tavascan", "Range", 547, "km");
    expect_place(&f, "Cupra Born", "Power", "row 3");
    assert_int_equal(f.tables[0].n_records, 2);
    fixture_close(&f);
}

static void merged_headers_give_names_their_group(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "m.csv", ",,Fuel consumption (l/100 km),,,Weight\n"
                              "Make,Model,City,Highway,Combined,Kerb (kg)\n"
                              "Skoda,Fabia,6.1,4.4,5.0,1097\nSkoda,Karoq,7.0,5.1,5.8,1335\n");
    assert_int_equal(f.tables[0].n_records, 2);
    expect_number(&f, "Skoda Fabia", "Fuel consumption (l/100 km): City", 6.1, "L/100 km");
    expect_number(&f, "Skoda Karoq", "Highway", 5.1, "L/100 km");
    expect_attribute(&f, "City", "fuel_consumption");
    fixture_close(&f);
}

static void a_row_of_names_below_a_group_row_is_header_too(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "g.md", "# Chassis list\n\n|  |  | Weights (kg) |  | Doors |\n|---|---|---|---|---|\n"
                             "| **Vehicle** | **Version** | **GVM** | **Payload** | **Rear** |\n"
                             "| Ford Transit L2 | Box | 3,500 | 1,120 | 2 |\n|  | Tipper |  | 940 | 1 |\n"
                             "| Iveco Daily 35C | Box | 4,100 | 1,610 | 2 |\n|  | Dropside |  | 1,480 | 0 |\n");
    assert_int_equal(f.tables[0].n_records, 4);
    expect_attribute(&f, "GVM", "gross_weight");
    expect_number(&f, "Ford Transit L2 Tipper", "Weights (kg): Payload", 940, "kg");
    expect_number(&f, "Ford Transit L2 Tipper", "Weights (kg): GVM", 3500, "kg"); /* merged with the row above */
    expect_number(&f, "Iveco Daily 35C Dropside", "Weights (kg): GVM", 4100, "kg");
    fixture_close(&f);
}

static void blank_names_below_a_name_are_merged_cells(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "b.csv", "Make,Model,Power (kW),Torque (Nm)\nBMW,X1,100,230\n,X3,140,\n,X5,210,500\n"
                              "Audi,Q3,110,250\n,Q5,150,370\n");
    expect_number(&f, "BMW X5", "Power", 210, "kW");
    expect_number(&f, "Audi Q5", "Power", 150, "kW");
    expect_no_value(&f, "BMW X3", "Torque"); /* missing */
    fixture_close(&f);
    /* In a list that writes each make a blank is missing. */
    fixture_open(&f, "l.csv", "Make,Model,Power (kW)\nBMW,X1,100\nBMW,X3,140\nAudi,Q3,110\n,Q9,150\nBMW,X6,200\n");
    expect_number(&f, "Q9", "Power", 150, "kW");
    fixture_close(&f);
}

static void a_row_of_a_preposition_belongs_to_the_one_above(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "p.md", "# Quenby Heron engines\n\n| | 1.4 | 2.2 D |\n|---|---|---|\n| Power | 90 kW | 120 kW |\n"
                             "| at (rpm) | 5200 | 3600 |\n| Torque | 200 Nm | 380 Nm |\n| bei | 1750 rpm | - |\n"
                             "| Kerb weight | 1190 kg | 1385 kg |\n");
    assert_int_equal(f.tables[0].n_columns, 3);
    struct record_values *v = &f.values;
    assert_true(interpretation_values(&f.tables[0], 0, v));
    assert_int_equal(v->n, 3);
    assert_string_equal(v->values[0].remark, "at 5200 rpm");
    assert_string_equal(v->values[1].remark, "bei 1750 rpm");
    assert_string_equal(v->values[2].remark, "");
    assert_true(interpretation_values(&f.tables[0], 1, v));
    assert_string_equal(v->values[1].remark, "");
    fixture_close(&f);
    fixture_open(&f, "d.md", "# Kea Lark\n\n| Spec | SE | GT |\n|---|---|---|\n| Power | 122 PS | 163 PS |\n"
                             "| \u00e0 | 5000 tr/min | 5200 tr/min |\n| Width | 1805 mm | 1810 mm |\n"
                             "| a | 1200 mm | 1300 mm |\n"); /* of a drawing */
    assert_int_equal(f.tables[0].n_columns, 3);
    expect_number(&f, "Kea Lark GT", "a", 1300, "mm");
    fixture_close(&f);
}

static void a_bracket_around_years_keeps_the_rest_of_it(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "y.md", "# Quenby Heron\n\n## First generation (Mk I, 1978\u20131986)\n\n| | |\n|---|---|\n"
                             "| Power | 90 kW |\n| Length | 3962 mm |\n");
    expect_number(&f, "Quenby Heron First generation (Mk I) (1978-1986)", "Power", 90, "kW");
    fixture_close(&f);
}

static void a_letter_at_the_end_of_a_code_is_not_dropped(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "c.csv", "mk,mdl,odo_km,rate_d\nKia,Rio,41200,33\nKia,Ceed,52000,41\n");
    expect_attribute(&f, "odo", "odometer");
    expect_attribute(&f, "rate_d", "daily_rate");
    expect_number(&f, "Kia Rio", "rate_d", 33, "");
    fixture_close(&f);
}

static void names_of_pairs_may_end_in_a_version(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "v.txt", "QUENBY HERON\nHandbook\n\nCapacities\n\nEngine oil, 1.4 petrol .... 4.2 l\n"
                              "Engine oil, 2.2 diesel .... 5.6 l\nFuel tank ............ 50 l\n"
                              "Coolant, all engines ..... 7 l\nCoolant, 2 heaters ...... 8 l\n"
                              "Luggage, seats up .... 400 l\nTorque, wheel bolts .... 110 Nm\n");
    expect_number(&f, "QUENBY HERON 1.4 petrol", "Engine oil", 4.2, "L");
    expect_number(&f, "QUENBY HERON 2.2 diesel", "Engine oil", 5.6, "L");
    expect_attribute(&f, "Engine oil", "oil_capacity");
    expect_number(&f, "QUENBY HERON", "Fuel tank", 50, "L");
    expect_number(&f, "QUENBY HERON", "Coolant", 7, "L");
    expect_number(&f, "QUENBY HERON", "Coolant, 2 heaters", 8, "L");
    expect_number(&f, "QUENBY HERON", "Luggage, seats up", 400, "L");
    expect_number(&f, "QUENBY HERON", "Torque, wheel bolts", 110, "Nm");
    assert_int_equal(f.tables[0].n_records, 3);
    fixture_close(&f);
}

static void a_header_that_comes_again_is_no_record(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "r.csv", "Make,Model,Seats\nFiat,Panda,4\nMake,Model,Seats\nFiat,Tipo,5\n");
    size_t n = 0;
    for (size_t i = 0; i < f.n; i++) n += f.tables[i].n_records;
    assert_int_equal(n, 2);
    fixture_close(&f);
}

static void another_header_further_down_begins_another_table(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "two.csv", "Make,Model,Year,Power (hp)\nSeat,Leon,2023,150\nSeat,Ibiza,2023,95\n\n"
                                "Make,Model,Year,Range (km)\nCupra,Born,2023,424\n"
                                "Cupra,Tavascan,2024,547\n");
    expect_number(&f, "2023 Cupra Born", "Range", 424, "km");
    assert_null(fixture_part(&f, "2023 Cupra Born", "Power", 0));
    expect_number(&f, "2023 Seat Leon", "Power", 150, "hp");
    fixture_close(&f);
    fixture_open(&f, "two.csv", "Make,Model,Year,Power (hp)\nSeat,Leon,2023,150\nSeat,Ibiza,2023,95\n"
                                "Make,Model,Year,Range (km)\nCupra,Born,2023,424\n"
                                "Cupra,Tavascan,2024,547\n");
    expect_number(&f, "2023 Cupra Born", "Range", 424, "km");
    assert_null(fixture_part(&f, "2023 Cupra Born", "Power", 0));
    fixture_close(&f);
}

static void years_as_columns_are_records_of_their_year(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "toyota.csv", "Make,Model,Attribute,2021,2022,2023\n"
                                   "Toyota,Yaris,Power (hp),116,116,130\n"
                                   "Toyota,Yaris,Price (EUR),22990,23490,25200\n"
                                   "Toyota,Aygo X,Power (hp),72,72,72\n");
    expect_number(&f, "2023 Toyota Yaris", "Power", 130, "hp");
    expect_number(&f, "2021 Toyota Yaris", "Power", 116, "hp");
    expect_place(&f, "2023 Toyota Yaris", "Power", "row 2, column '2023'");
    expect_number(&f, "2022 Toyota Aygo X", "Power", 72, "hp");
    fixture_close(&f);
    fixture_open(&f, "p.csv", "List prices (EUR)\nMake,Model,2021,2022,2023\n"
                              "Dacia,Spring,16990,18590,20800\nDacia,Sandero,8890,9990,11300\n");
    assert_non_null(fixture_record(&f, "2022 Dacia Spring", 0, NULL, NULL));
    fixture_close(&f);
}

static void trims_as_columns_are_records(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "civic.csv", "2024 Honda Civic,LX,Sport,Touring\nHorsepower (hp),158,158,180\n"
                                  "Curb weight (lb),2877,2906,3077\nMSRP (USD),23950,25950,31450\n");
    expect_number(&f, "2024 Honda Civic Touring", "Horsepower", 180, "hp");
    expect_number(&f, "2024 Honda Civic LX", "MSRP", 23950, "$");
    expect_place(&f, "2024 Honda Civic Touring", "Horsepower", "row 2, column 'Touring'");
    const struct fact_record *r = fixture_record(&f, "2024 Honda Civic Touring", 0, NULL, NULL);
    assert_string_equal(r->make, "Honda");
    assert_string_equal(r->model, "Civic");
    assert_string_equal(r->trim, "Touring");
    fixture_close(&f);
}

static void band_rows_group_the_attributes_below_them(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "leon.md", "# 2023 Seat Leon data\n\n| | 1.0 TSI | 2.0 TDI |\n|---|---|---|\n"
                                "| **Brakes** | | |\n| Front (mm) | 276 | 312 |\n"
                                "| Rear (mm) | 253 | 272 |\n| **Track** | | |\n"
                                "| Front (mm) | 1549 | 1534 |\n| Rear (mm) | 1520 | 1507 |\n");
    expect_number(&f, "2023 Seat Leon 2.0 TDI", "Track: Front", 1534, "mm");
    expect_number(&f, "2023 Seat Leon 1.0 TSI", "Brakes: Front", 276, "mm");
    fixture_close(&f);
}

static void headings_name_the_vehicle_of_a_table(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "brellmark-tarn-2025.md",
                 "# 2025 Brellmark Tarn: technical data\n\n## Engine and performance\n\n"
                 "| | Core 1.3 | Trail 1.6 AWD |\n|---|---|---|\n| Displacement (cc) | 1,332 | 1,598 |\n"
                 "| Max power | 122 hp (91 kW) | 168 hp (125 kW) |\n| Top speed | 117 mph | 124 mph |\n\n"
                 "## Consumption (WLTP)\n\n| | Core 1.3 | Trail 1.6 AWD |\n|---|---|---|\n"
                 "| Combined (l/100 km) | 6.1 | 7.2 |\n| CO2 (g/km) | 138 | 163 |\n"
                 "| Electric range (km) | - | - |\n");
    expect_number(&f, "2025 Brellmark Tarn Trail 1.6 AWD", "Displacement", 1598, "cc");
    expect_number(&f, "2025 Brellmark Tarn Trail 1.6 AWD", "Combined", 7.2, "L/100 km");
    expect_number(&f, "2025 Brellmark Tarn Core 1.3", "Max power", 122, "hp");
    expect_place(&f, "2025 Brellmark Tarn Core 1.3", "Combined",
                 "table 2, row 1, column 'Core 1.3'");
    expect_no_value(&f, "2025 Brellmark Tarn Core 1.3", "Electric range");
    expect_attribute(&f, "Combined", "fuel_consumption");
    fixture_close(&f);
}

static void long_form_gathers_the_rows_of_a_vehicle(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "long.csv", "entity,attribute,value,unit\n2023 Toyota Yaris,power,116,hp\n"
                                 "2023 Toyota Yaris,curb weight,1085,kg\n2023 Toyota Yaris,boot,286,L\n"
                                 "2023 Honda Jazz,power,122,hp\n2023 Honda Jazz,curb weight,1246,kg\n");
    assert_int_equal(f.tables[0].n_records, 2);
    expect_number(&f, "2023 Toyota Yaris", "power", 116, "hp");
    expect_number(&f, "2023 Honda Jazz", "curb weight", 1246, "kg");
    expect_place(&f, "2023 Honda Jazz", "curb weight", "row 6");
    assert_string_equal(fixture_record(&f, "2023 Honda Jazz", 0, NULL, NULL)->place, "rows 5-6");
    fixture_close(&f);
    fixture_open(&f, "heavy.csv", "vehicle,attribute,value,unit\nHaldvik H440 Tractor,Manufacturer,Haldvik,\n"
                                  "Haldvik H440 Tractor,Model year,2022,\n"
                                  "Haldvik H440 Tractor,Engine power,440,hp\n"
                                  "Haldvik H440 Tractor,Displacement,10.8,L\n"
                                  "Sablewing 125,Manufacturer,Sablewing,\nSablewing 125,Model year,2023,\n"
                                  "Sablewing 125,Engine power,15,hp\n");
    const struct fact_record *r = fixture_record(&f, "2022 Haldvik H440 Tractor", 0, NULL, NULL);
    assert_string_equal(r->make, "Haldvik");
    assert_string_equal(r->model, "H440 Tractor");
    assert_int_equal(r->year_first, 2022);
    expect_number(&f, "2023 Sablewing 125", "Engine power", 15, "hp");
    fixture_close(&f);
}

static void names_and_values_are_one_vehicle(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "forester.txt", "2022 Subaru Forester\n\nHorsepower .............. 182 hp\n"
                                     "Torque .................. 176 lb-ft\n"
                                     "Curb weight ............. 3,465 lb\n"
                                     "Fuel tank ............... 16.6 gal\n");
    expect_number(&f, "2022 Subaru Forester", "Horsepower", 182, "hp");
    expect_number(&f, "2022 Subaru Forester", "Curb weight", 3465, "lb");
    fixture_close(&f);
    fixture_open(&f, "j.md", "# 2024 Jeep Avenger\n\n"
                             "- Towing capacity: 1,102 lb (500 kg) unbraked / 2,425 lb (1,100 kg) braked\n"
                             "- Payload: 1,047 lb (475 kg)\n");
    expect_number(&f, "2024 Jeep Avenger", "Payload", 1047, "lb");
    const struct fact_value *v = fixture_part(&f, "2024 Jeep Avenger", "Towing capacity", 2);
    assert_non_null(v);
    assert_true(v->low == 2425 && v->unit && strcmp(v->unit->symbol, "lb") == 0);
    assert_string_equal(v->remark, "braked");
    fixture_close(&f);
    fixture_open(&f, "cars.txt", "Name: Renault Clio\nPower: 67 kW\nSeats: 5\n\n"
                                 "Name: Renault Zoe\nPower: 80 kW\nSeats: 5\n");
    expect_number(&f, "Renault Zoe", "Power", 80, "kW");
    expect_number(&f, "Renault Clio", "Power", 67, "kW");
    fixture_close(&f);
}

static void columns_made_with_spaces_are_a_table(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "forester.txt", "2022 Subaru Forester specifications\n\n"
                                     "                 Base      Sport     Wilderness\n"
                                     "Horsepower       182       182       182\n"
                                     "Curb weight lb   3465      3520      3620\n"
                                     "Ground cl. in    8.7       8.7       9.2\n");
    expect_number(&f, "2022 Subaru Forester Wilderness", "Curb weight", 3620, "lb");
    fixture_close(&f);
}

static void html_tables_in_markdown_are_read(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "i4.md", "# 2023 BMW i4\n\n<table><tr><th>Spec</th><th>eDrive35</th><th>M50</th></tr>"
                              "<tr><td>Power</td><td>210 kW</td><td>400 kW</td></tr>"
                              "<tr><td>Range</td><td>483 km</td><td>521 km</td></tr></table>\n");
    expect_number(&f, "2023 BMW i4 M50", "Power", 400, "kW");
    fixture_close(&f);
}

static void json_paths_keep_their_parents(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "stock.jsonl",
                 "{\"vehicle\": {\"make\": \"Ulverton\", \"model\": \"Cask\", \"trim\": \"S\", "
                 "\"model_year\": 2021}, \"powertrain\": {\"engine\": {\"displacement_l\": 2.0}, "
                 "\"horsepower\": 158}, \"weights\": {\"curb_lb\": 2905, \"towing_lb\": null}, "
                 "\"dimensions_in\": {\"length\": 182.3}, \"price\": {\"msrp\": 21450, \"currency\": "
                 "\"USD\"}}\n"
                 "{\"vehicle\": {\"make\": \"Ulverton\", \"model\": \"Cask\", \"trim\": \"GT\", "
                 "\"model_year\": 2022}, \"powertrain\": {\"engine\": {\"displacement_l\": 1.8}, "
                 "\"horsepower\": 245}, \"weights\": {\"curb_lb\": 3188, \"towing_lb\": 1000}, "
                 "\"dimensions_in\": {\"length\": 182.9}, \"price\": {\"msrp\": 30250, \"currency\": "
                 "\"USD\"}}\n");
    expect_number(&f, "2021 Ulverton Cask S", "powertrain.engine: displacement", 2.0, "L");
    expect_number(&f, "2021 Ulverton Cask S", "weights: curb", 2905, "lb");
    expect_number(&f, "2022 Ulverton Cask GT", "dimensions_in: length", 182.9, "in");
    expect_number(&f, "2022 Ulverton Cask GT", "price: msrp", 30250, "$");
    expect_no_value(&f, "2021 Ulverton Cask S", "weights: towing");
    expect_place(&f, "2022 Ulverton Cask GT", "powertrain: horsepower", "line 2");
    fixture_close(&f);
    fixture_open(&f, "cars.json", "{\"Toyota Yaris\": {\"year\": 2023, \"power_hp\": 116},\n"
                                  " \"Honda Jazz\": {\"year\": 2023, \"power_hp\": 122},\n"
                                  " \"Mazda 2\": {\"year\": 2023, \"power_hp\": 90}}");
    expect_number(&f, "2023 Honda Jazz", "power", 122, "hp");
    fixture_close(&f);
}

static void lists_inside_a_record_are_not_the_record(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "r1t.json",
                 "{\"make\":\"Rivian\",\"model\":\"R1T\",\"year\":2024,\"power_kw\":533,"
                 "\"torque_nm\":1120,\n \"battery\":{\"capacity_kwh\":135},\n"
                 " \"motors\":[{\"position\":\"front\",\"power_kw\":266.5},"
                 "{\"position\":\"rear\",\"power_kw\":266.5}]}");
    expect_number(&f, "2024 Rivian R1T", "torque", 1120, "Nm");
    expect_number(&f, "2024 Rivian R1T", "power", 533, "kW");
    /* No motor's power is the vehicle's. */
    for (size_t i = 0; i < f.n; i++)
        for (size_t j = 0; j < f.tables[i].n_columns; j++) {
            const struct fact_column *c = &f.tables[i].columns[j].fact;
            if (strstr(c->section, "motors"))
                assert_true(c->attribute < 0 || strcmp(REGISTRY[c->attribute].id, "power") != 0);
        }
    fixture_close(&f);
}

static void odd_tables_are_read_without_a_vehicle(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "x.csv", "Station,Distance,Fee\nNorth,12,3\nSouth,7,4\n");
    assert_int_equal(f.tables[0].n_records, 2);
    expect_number(&f, "South", "Distance", 7, "");
    fixture_close(&f);
    fixture_open(&f, "e.csv", "a\n1\n2\n");
    fixture_close(&f);
    fixture_open(&f, "e.csv", ",,\n,,\n,,1\n");
    fixture_close(&f);
    fixture_open(&f, "e.md", "# x\n\n| | |\n|---|---|\n| | |\n| a | |\n");
    fixture_close(&f);
}

static void long_beside_short_is_a_version_and_no_length(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "a.md", "# 2015 Velox Porter\n\n| Version | Short | Long |\n|---|---|---|\n| Power (hp) | 90 | 110 |\n"
                             "| Load volume (L) | 3,300 | 4,000 |\n| Turning circle (m) | 10.8 | 11.6 |\n");
    expect_number(&f, "2015 Velox Porter Long", "Load volume", 4000, "L");
    fixture_close(&f);
    fixture_open(&f, "b.md", "# 2015 Velox Porter\n\n## Load volume (L)\n\n| Body | Standard | Extra long | Long |\n|---|---|---|---|\n"
                             "| Van | 3,300 | 4,600 | 4,000 |\n| Crew van | 2,100 | 3,300 | 2,900 |\n");
    expect_number(&f, "2015 Velox Porter Van Long", "Load volume", 4000, "L");
    expect_number(&f, "2015 Velox Porter Van Standard", "Load volume", 3300, "L");
    expect_number(&f, "2015 Velox Porter Crew van Extra long", "Load volume", 3300, "L");
    fixture_close(&f);
    fixture_open(&f, "w.md", "# 2015 Velox Porter\n\n## Load volume (L)\n\n| Body | Short wheelbase | Long wheelbase |\n|---|---|---|\n"
                             "| Van | 3,300 | 4,000 |\n| Crew van | 2,100 | 2,900 |\n");
    expect_number(&f, "2015 Velox Porter Van Long wheelbase", "Load volume", 4000, "L");
    fixture_close(&f);
    /* Without a quantity above them nothing is known of them. */
    fixture_open(&f, "n.csv", "Model,Short,Long\nVelox Porter,3300,4000\nVelox Courier,2300,3100\n");
    for (size_t j = 0; j < f.tables[0].n_columns; j++)
        if (strcmp(f.tables[0].columns[j].fact.name, "Long") == 0) assert_int_equal(f.tables[0].columns[j].fact.attribute, -1);
    fixture_close(&f);
    /* Beside a width it is the length. */
    fixture_open(&f, "l.csv", "Model,Long,Wide,High\nVelox Porter,4800,1900,1950\nVelox Courier,4400,1850,1800\n");
    expect_attribute(&f, "Long", "length");
    fixture_close(&f);
}

static void names_of_columns_are_bounded(void **state)
{
    (void)state;
    struct fixture f;
    static char text[70000];
    int n = snprintf(text, sizeof text, "Make,Model,Year,");
    for (int i = 0; i < 60000; i += 2) memcpy(text + n + i, "é", 2);
    snprintf(text + n + 60000, 100, "\nFord,Fox,2020,17\nFord,Owl,2021,18\n");
    fixture_open(&f, "long.csv", text);
    assert_int_equal(f.n, 1);
    for (size_t j = 0; j < f.tables[0].n_columns; j++)
        assert_true(strlen(f.tables[0].columns[j].fact.name) <= DOCUMENT_MAX_NAME);
    fixture_record(&f, "2021 Ford Owl", 0, NULL, NULL);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_below_a_header_are_records),
        cmocka_unit_test(title_lines_above_the_header_are_no_records),
        cmocka_unit_test(a_row_of_units_belongs_to_the_header),
        cmocka_unit_test(merged_headers_give_names_their_group),
        cmocka_unit_test(a_row_of_names_below_a_group_row_is_header_too),
        cmocka_unit_test(blank_names_below_a_name_are_merged_cells),
        cmocka_unit_test(a_row_of_a_preposition_belongs_to_the_one_above),
        cmocka_unit_test(a_bracket_around_years_keeps_the_rest_of_it),
        cmocka_unit_test(a_letter_at_the_end_of_a_code_is_not_dropped),
        cmocka_unit_test(names_of_pairs_may_end_in_a_version),
        cmocka_unit_test(a_header_that_comes_again_is_no_record),
        cmocka_unit_test(another_header_further_down_begins_another_table),
        cmocka_unit_test(years_as_columns_are_records_of_their_year),
        cmocka_unit_test(trims_as_columns_are_records),
        cmocka_unit_test(band_rows_group_the_attributes_below_them),
        cmocka_unit_test(headings_name_the_vehicle_of_a_table),
        cmocka_unit_test(long_form_gathers_the_rows_of_a_vehicle),
        cmocka_unit_test(names_and_values_are_one_vehicle),
        cmocka_unit_test(columns_made_with_spaces_are_a_table),
        cmocka_unit_test(html_tables_in_markdown_are_read),
        cmocka_unit_test(json_paths_keep_their_parents),
        cmocka_unit_test(lists_inside_a_record_are_not_the_record),
        cmocka_unit_test(odd_tables_are_read_without_a_vehicle),
        cmocka_unit_test(long_beside_short_is_a_version_and_no_length),
        cmocka_unit_test(names_of_columns_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
