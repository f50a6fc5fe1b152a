/* Which vehicle a record is: columns by their names and by their cells, headings, files, years. */
#include "interpret_fixture.h"

static void expect_years(const char *text, int first, int last, bool whole)
{
    struct year_reading y;
    if (!year_read(&y, text, strlen(text))) {
        if (first || last) fail_msg("no year in '%s'", text);
        return;
    }
    if (y.first != first || y.last != last || y.whole != whole)
        fail_msg("'%s': %d-%d, whole %d", text, y.first, y.last, y.whole);
}

static void years_are_read_in_every_usual_form(void **state)
{
    (void)state;
    expect_years("2019", 2019, 2019, true);
    expect_years("2019.0", 2019, 2019, true);
    expect_years("2019-2022", 2019, 2022, true);
    expect_years("1900\u20131903", 1900, 1903, true);
    expect_years("2019/20", 2019, 2020, true);
    expect_years("2019-22", 2019, 2022, true);
    expect_years("'22", 2022, 2022, true);
    expect_years("MY24", 2024, 2024, true);
    expect_years("2023MY", 2023, 2023, true);
    expect_years("2023款", 2023, 2023, true);
    expect_years("1970-01-01", 1970, 1970, true);
    expect_years("05/2018", 2018, 2018, true);
    expect_years("from 2019", 2019, YEAR_OPEN, true);
    expect_years("2020-present", 2020, YEAR_OPEN, true);
    expect_years("2020 \u2013 heute", 2020, YEAR_OPEN, true);
    expect_years("2019-", 2019, YEAR_OPEN, true);
    expect_years("until 1999", 0, 1999, true);
    expect_years("2019, 2020, 2021", 2019, 2021, true);
    expect_years("03 March 2023", 2023, 2023, false);
    expect_years("1332", 0, 0, false);
    expect_years("12345", 0, 0, false);
    expect_years("", 0, 0, false);
}

static void bands_go_on_with_the_name_of_their_rows(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "tow.csv", "Model,Engine,Payload (lb)\nMuleteer 25 Short Bed,,\nMuleteer 25,5.0L V8,\"2,000\"\n"
                                "Muleteer 25,3.5L V6,\"2,100\"\nMuleteer 25 Long Bed 4x4,,\nMuleteer 25,5.0L V8,\"1,900\"\n");
    assert_non_null(fixture_record(&f, "Muleteer 25 Long Bed 4x4", 0, NULL, NULL));
    expect_number(&f, "Muleteer 25 Long Bed 4x4", "Payload", 1900, "lb");
    fixture_close(&f);
    /* The same name under several bands: they tell the rows apart. */
    fixture_open(&f, "vans.csv", "Model,Power (kW),Price (EUR)\nShort wheelbase,,\nCarrier 30,80,24000\nCarrier 35,100,27000\n"
                                 "Long wheelbase,,\nCarrier 30,80,26000\nCarrier 35,100,29000\n");
    expect_number(&f, "Carrier 35 Long wheelbase", "Price", 29000, "€");
    fixture_close(&f);
    /* Bands of other names are kept out of them. */
    fixture_open(&f, "kinds.csv", "Model,Power (kW),Price (EUR)\nVans,,\nCarrier 30,80,24000\nCarrier 35,100,27000\n"
                                  "Pickups,,\nDrover 40,120,36000\nDrover 50,140,39000\n");
    expect_number(&f, "Drover 50", "Price", 39000, "€");
    fixture_close(&f);
}

static void a_dealer_is_no_make(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "list.csv", "\"Millbrook Car Sales - price list, summer 2024\",,\n,,\nSMALL CARS,,\nModel,Power (bhp),Price\n"
                                 "Velora Piccola 1.0,70,\"£13,000\"\nVelora Piccola 1.2,90,\"£14,000\"\n"
                                 "Quenby Dart S,80,\"£12,000\"\nQuenby Dart GT,110,\"£15,500\"\n,,\nSUVs,,\nModel,Power (bhp),Price\n"
                                 "Quenby Moor 1.5,150,\"£25,000\"\nQuenby Moor 2.0,180,\"£29,000\"\nVelora Alta 1.5,140,\"£26,000\"\n"
                                 "Velora Alta 1.8,160,\"£28,000\"\n");
    const struct fact_record *r = fixture_record(&f, "Quenby Dart GT", 0, NULL, NULL);
    assert_non_null(r);
    assert_string_equal(r->make, "Quenby");
    r = fixture_record(&f, "Velora Alta 1.8", 0, NULL, NULL);
    assert_string_equal(r->make, "Velora");
    fixture_close(&f);
    fixture_open(&f, "haus.csv", "Autohaus Lindner - Preisliste;;\n;;\nModell;Leistung (kW);Preis (EUR)\n"
                                 "Velora Piccola 40;60;21990\nVelora Grande 77;150;41990\nTaro Mini-E;50;19990\nTaro Maxi-E;90;29990\n");
    r = fixture_record(&f, "Taro Maxi-E", 0, NULL, NULL);
    assert_non_null(r);
    assert_string_equal(r->make, "Taro");
    fixture_close(&f);
    /* The maker's own list keeps its name. */
    fixture_open(&f, "own.md", "# Aldersea Motors: model guide\n\n| Model | Power (kW) |\n|---|---|\n| Pika 20 | 60 |\n"
                               "| Pika 30 | 80 |\n| Lund 50 | 90 |\n");
    r = fixture_record(&f, "Aldersea Pika 20", 0, NULL, NULL);
    assert_non_null(r);
    fixture_close(&f);
}

static void the_key_of_a_row_is_its_name(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "w.json", "[{\"gears\":\"man.5\",\"kind\":\"Small\",\"Weight (kg)\":900,\"_row\":\"Quenby Dart\"},"
                               "{\"gears\":\"man.5\",\"kind\":\"Small\",\"Weight (kg)\":950,\"_row\":\"Quenby Heron\"},"
                               "{\"gears\":\"man.4\",\"kind\":\"Large\",\"Weight (kg)\":1300,\"_row\":\"Ostara Moss\"},"
                               "{\"gears\":\"man.4\",\"kind\":\"Large\",\"Weight (kg)\":1400,\"_row\":\"Ostara Fen\"}]");
    expect_number(&f, "Quenby Heron", "Weight", 950, "kg");
    expect_number(&f, "Ostara Fen", "Weight", 1400, "kg");
    fixture_close(&f);
    fixture_open(&f, "r.csv", "Class,Horsepower,rownames\nSmall,60,Quenby Dart\nSmall,90,Quenby Heron\n"
                              "Large,130,Ostara Moss\nLarge,150,Ostara Fen\n");
    expect_number(&f, "Ostara Moss", "Horsepower", 130, "hp");
    fixture_close(&f);
    fixture_open(&f, "p.tsv", "kW\tDoors\tindex\n60\t3\tVelora Piccola\n90\t5\tVelora Grande\n99\t5\tTaro Mini\n");
    expect_number(&f, "Taro Mini", "kW", 99, "kW");
    fixture_close(&f);
}

static void expect_subject(const char *text, enum subject_source source, const char *make,
                           const char *model, int first, int last)
{
    struct arena arena = {0};
    struct subject s;
    assert_true(subject_read(&s, &arena, text, strlen(text), source));
    if (strcmp(s.make, make) != 0 || strcmp(s.model, model) != 0 || s.year_first != first ||
        s.year_last != last)
        fail_msg("'%s': make '%s', model '%s', years %d-%d", text, s.make, s.model, s.year_first,
                 s.year_last);
    arena_free(&arena);
}

static void names_are_taken_apart(void **state)
{
    (void)state;
    expect_subject("2023 Toyota Camry LE", SUBJECT_CELL, "Toyota", "Camry LE", 2023, 2023);
    expect_subject("chevrolet chevelle malibu", SUBJECT_CELL, "chevrolet", "chevelle malibu", 0, 0);
    expect_subject("MAZDA CX-9", SUBJECT_CELL, "MAZDA", "CX-9", 0, 0);
    expect_subject("Peugeot 2008", SUBJECT_CELL, "Peugeot", "2008", 0, 0);
    expect_subject("2022 Peugeot 2008", SUBJECT_CELL, "Peugeot", "2008", 2022, 2022);
    expect_subject("Peugeot 3008 2021", SUBJECT_CELL, "Peugeot", "3008", 2021, 2021);
    expect_subject("BMW 3 Series (2019-2022)", SUBJECT_CELL, "BMW", "3 Series", 2019, 2022);
    expect_subject("Corolla MY24", SUBJECT_CELL, "", "Corolla MY24", 2024, 2024);
    expect_subject("45 PS (33 kW; 44 hp)", SUBJECT_CELL, "", "45 PS (33 kW; 44 hp)", 0, 0);
    expect_subject("Mercedes-Benz", SUBJECT_CELL, "Mercedes-Benz", "", 0, 0);
    expect_subject("2025 Brellmark Tarn: technical data", SUBJECT_HEADING, "", "Brellmark Tarn", 2025,
                   2025);
    expect_subject("BMW 7 Series (E38)", SUBJECT_HEADING, "BMW", "7 Series (E38)", 0, 0);
    expect_subject("Technische Daten: VW Golf 2021", SUBJECT_HEADING, "VW", "Golf", 2021, 2021);
    expect_subject("2024款 霁川 J5 参数配置", SUBJECT_HEADING, "", "霁川 J5", 2024, 2024);
    expect_subject("2022 Land Rover Range Rover specifications", SUBJECT_HEADING, "Land Rover",
                   "Range Rover", 2022, 2022);
    expect_subject("The 2024 range at a glance", SUBJECT_HEADING, "", "", 2024, 2024);
    expect_subject("Exported 2024-05-01", SUBJECT_HEADING, "", "Exported 2024-05-01", 0, 0);
    expect_subject("adler automobile models", SUBJECT_FILE, "adler", "", 0, 0);
    expect_subject("fleet list 2018", SUBJECT_FILE, "", "", 2018, 2018);
}

static void expect_title(const char *make, int number, const char *model, const char *trim, int first,
                         int last, const char *title)
{
    struct arena arena = {0};
    struct buffer scratch = {0};
    const struct subject s = {.make = make, .model = model, .trim = trim, .make_number = number,
                              .year_first = first, .year_last = last};
    const char *got = subject_title(&s, &arena, &scratch);
    assert_non_null(got);
    assert_string_equal(got, title);
    buffer_free(&scratch);
    arena_free(&arena);
}

static int make_number(const char *name)
{
    for (size_t i = 0; i < MAKE_COUNT; i++)
        if (strcasecmp(MAKES[i].name, name) == 0) return (int)i;
    return -1;
}

static void titles_say_no_word_twice(void **state)
{
    (void)state;
    expect_title("RENAULT", make_number("Renault"), "KANGOO", "KANGOO (130ch)", 0, 0,
                 "Renault KANGOO (130ch)");
    expect_title("DS", make_number("DS"), "DS 7 CROSSBACK", "DS7 CROSSBACK e-tense (225ch)", 0, 0,
                 "DS 7 CROSSBACK e-tense (225ch)");
    expect_title("Fiat", make_number("Fiat"), "500", "500e", 2022, 2022, "2022 Fiat 500e");
    expect_title("Ford", make_number("Ford"), "Mustang GT", "GT", 0, 0, "Ford Mustang GT");
    expect_title("BMW", make_number("BMW"), "740i", "", 1996, 1998, "BMW 740i (1996-1998)");
    expect_title("BMW", make_number("BMW"), "X5", "", 2019, YEAR_OPEN, "BMW X5 (from 2019)");
    expect_title("Odenau", -1, "Alva", "1.0 Basis", 2021, 2021, "2021 Odenau Alva 1.0 Basis");
    expect_title("", -1, "", "", 0, 0, "");
}

static void the_column_of_known_makes_is_the_make(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "i.csv", "Hersteller,Marke,Handelsname,Sitze\nVOLKSWAGEN AG,VW,Golf,5\n"
                              "BAYERISCHE MOTOREN WERKE AG,BMW,320d,5\n"
                              "FIAT CHRYSLER AUTOMOBILES,JEEP,Renegade,5\n");
    assert_string_equal(fixture_record(&f, "BMW 320d", 0, NULL, NULL)->make, "BMW");
    expect_note(&f, "column 'Marke' was taken as the manufacturer");
    fixture_close(&f);
    fixture_open(&f, "a.csv", "Marque;Libellé modèle;Groupe;Description Commerciale;Puissance (kW)\n"
                              "DS;DS 7;STELLANTIS;DS7 e-tense (225ch);133\n"
                              "OPEL;CORSA;STELLANTIS;CORSA (130ch);96\n"
                              "OPEL;CORSA;STELLANTIS;CORSA (100ch);74\n");
    expect_number(&f, "Opel CORSA (100ch)", "Puissance", 74, "kW");
    fixture_close(&f);
}

static void names_that_begin_with_makes_are_split(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "epa_2018.csv", "Model,Cyl,City MPG\nACURA RDX,6,20\nMAZDA CX-9,4,22\n"
                                     "MAZDA CX-9,4,20\n");
    const struct fact_record *r = fixture_record(&f, "2018 Mazda CX-9", 1, NULL, NULL);
    assert_string_equal(r->make, "MAZDA");
    assert_string_equal(r->model, "CX-9");
    expect_note(&f, "model year 2018 was taken from the file's name");
    fixture_close(&f);
}

static void a_version_is_found_by_its_cells(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "v.csv", "Manufacturer,Model,Spec line,Engine Power (PS)\n"
                              "ALPINE,A110,A110 GT,300\nALPINE,A110,A110 R,300\n"
                              "ALPINE,A110,A110 S,292\nDACIA,Duster,Essential TCe 90 4x2 MY23,91\n"
                              "DACIA,Duster,Extreme TCe 130,131\n");
    expect_number(&f, "Alpine A110 GT", "Engine Power", 300, "PS");
    const struct fact_record *r =
        fixture_record(&f, "Dacia Duster Essential TCe 90 4x2 MY23", 0, NULL, NULL);
    assert_int_equal(r->year_first, 2023);
    fixture_close(&f);
}

static void headings_and_files_give_what_columns_lack(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "adler_automobile_models.csv",
                 "\"Typ\",\"Construction Time\",\"Power\"\n\"Trumpf Junior\",\"1934\u20131941\",\"18 kW\"\n"
                 "\"8 PS\",\"1901\u20131903\",\"5,9 kW\"\n\"24/28 PS\",\"1904\u20131905\",\"20,6 kW\"\n");
    const struct fact_record *r =
        fixture_record(&f, "Adler Trumpf Junior (1934-1941)", 0, NULL, NULL);
    assert_string_equal(r->make, "Adler");
    assert_int_equal(r->year_first, 1934);
    assert_int_equal(r->year_last, 1941);
    fixture_close(&f);
    fixture_open(&f, "e38.md", "# BMW 7 Series (E38)\n\n## Engines\n\n| Model | Fuel | Years produced |\n"
                               "|---|---|---|\n| 740i | Petrol | 1994–1996 |\n"
                               "| 725tds | Diesel | 1995–2001 |\n");
    r = fixture_record(&f, "BMW 7 Series (E38) 740i (1994-1996)", 0, NULL, NULL);
    assert_string_equal(r->make, "BMW");
    assert_string_equal(r->trim, "740i");
    fixture_close(&f);
    fixture_open(&f, "guide.md", "# Ardent Motors: guide 2024\n\n## Ardent Pika\n\n| Spec | Value |\n"
                                 "|---|---|\n| Power | 84 PS |\n| Seats | 5 |\n\n## Ardent Otter\n\n"
                                 "| Spec | Value |\n|---|---|\n| Power | 120 PS |\n| Seats | 7 |\n");
    expect_number(&f, "2024 Ardent Otter", "Seats", 7, "");
    fixture_close(&f);
}

static void bands_name_the_make_of_the_rows_below(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "b.csv", "Model,Engine,Power (PS),Price (EUR)\nAudi,,,\n"
                              "A3 35 TFSI,1.5 TSI,150,33900\nBMW,,,\n118i,1.5,136,33500\n");
    expect_number(&f, "BMW 118i", "Power", 136, "PS");
    assert_int_equal(f.tables[0].n_records, 2);
    fixture_close(&f);
}

static void rows_that_stand_for_many_are_counted(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "bus.tsv", "Year\tManufacturer\tModel\tQuantity\n2003\tVan Hool\tA330\t110\n"
                                "2003\tMCI\tD4500\t39\n");
    assert_true(fixture_record(&f, "2003 Van Hool A330", 0, NULL, NULL)->quantity == 110);
    expect_number(&f, "2003 MCI D4500", "Quantity", 39, "");
    fixture_close(&f);
}

static void sums_are_no_vehicles(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "s.csv", "Make,Model,Seats,Doors\nFord,Puma,5,5\nFord,Kuga,5,5\nTotal,2,,\n");
    assert_int_equal(f.tables[0].n_records, 2);
    fixture_close(&f);
}

static void a_list_of_makers_is_no_list_of_vehicles(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "d.json", "{\"data\":[{\"brand\":\"Hyundai\",\"model\":\"Ioniq 5\",\"release_year\":2021}],"
                               "\"brands\":[{\"id\":\"b1\",\"name\":\"Hyundai\"},{\"id\":\"b2\",\"name\":\"Kia\"}]}");
    assert_string_equal(fixture_record(&f, "2021 Hyundai Ioniq 5", 0, NULL, NULL)->place,
                        "item 1 of data");
    assert_string_equal(fixture_record(&f, "Hyundai", 0, NULL, NULL)->make, "");
    fixture_close(&f);
}


/* ---- nested lists, corners, headings of years ---- */

static void names_of_nested_lists_are_make_model_and_version(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "ev.json",
                 "{\"brands\": [{\"name\": \"Zapp\", \"country\": \"NL\", \"models\": ["
                 "{\"name\": \"Uno\", \"seats\": 4, \"variants\": ["
                 "{\"name\": \"Base\", \"motor\": {\"power_kw\": 80, \"torque_nm\": 1939}, \"price_eur\": 19000},"
                 "{\"name\": \"Plus\", \"motor\": {\"power_kw\": 95, \"torque_nm\": 2001}, \"price_eur\": 21000}]}]},"
                 "{\"name\": \"Kirra\", \"country\": \"IN\", \"models\": ["
                 "{\"name\": \"Duo\", \"seats\": 5, \"variants\": ["
                 "{\"name\": \"Base\", \"motor\": {\"power_kw\": 120, \"torque_nm\": 1990}, \"price_eur\": 31000}]}]}]}");
    expect_number(&f, "Zapp Uno Base", "models.variants.motor: power", 80, "kW");
    expect_number(&f, "Zapp Uno Plus", "models.variants: price", 21000, "€");
    expect_number(&f, "Kirra Duo Base", "models.variants.motor: torque", 1990, "Nm");
    expect_number(&f, "Kirra Duo Base", "models: seats", 5, "");
    fixture_close(&f);
}

static void first_rows_of_a_sheet_are_no_title_below_a_named_corner(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "sheet.csv",
                 "参数/车型,比亚迪 甲,比亚迪 乙,比亚迪 丙\n指导价(万元),22.98,17.68,35.98\n能源类型,纯电动,插电混动,纯电动\n"
                 "电机总功率(kW),150,160,330\n最高车速(km/h),185,180,190\n整备质量(kg),2020,1760,2450\n");
    expect_number(&f, "比亚迪 乙", "指导价", 17.68, "万元");
    expect_number(&f, "比亚迪 丙", "整备质量", 2450, "kg");
    fixture_close(&f);
}

static void column_of_model_and_version_together_is_the_model(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "hof.csv",
                 "Fzg-Nr;Hersteller;Typ / Ausführung;EZ;Preis\nK-1;Opel;Corsa 1.2 Edition;05/2020;9.900 €\n"
                 "K-2;Seat;Leon 1.5 TSI FR;07/2021;17.900 €\nK-3;Opel;Astra 1.6 Elegance;01/2019;12.400 €\n");
    expect_number(&f, "2021 Seat Leon 1.5 TSI FR", "Preis", 17900, "€");
    fixture_close(&f);
    fixture_open(&f, "used.csv", "Make/Model,Year,Price (USD)\nHonda Fit,2015,9900\nFord Focus,2016,8800\n");
    expect_number(&f, "2016 Ford Focus", "Price", 8800, "$");
    fixture_close(&f);
}

static void heading_of_a_year_says_more_of_the_vehicle_above(void **state)
{
    (void)state;
    struct fixture f;
    int first, last;
    assert_true(is_year_heading("Model year 2024", 15, &first, &last));
    assert_int_equal(first, 2024);
    assert_false(is_year_heading("Camry 2024", 10, &first, &last));
    assert_false(is_year_heading("Model year", 10, &first, &last));
    fixture_open(&f, "bikes.txt",
                 "HONDA GALE 700 TOURER\nModel year 2024\n=====\n\nENGINE\nCapacity:   698 cc\nMax. power: 55 kW\n\n"
                 "WEIGHTS\nWet weight: 222 kg\n\n\n"
                 "HONDA GALE 700 RALLY\nModel year 2023\n=====\n\nENGINE\nCapacity:   698 cc\nMax. power: 52 kW\n\n"
                 "WEIGHTS\nWet weight: 228 kg\n");
    expect_number(&f, "2024 Honda GALE 700 TOURER", "Wet weight", 222, "kg");
    expect_number(&f, "2023 Honda GALE 700 RALLY", "Max. power", 52, "kW");
    expect_number(&f, "2023 Honda GALE 700 RALLY", "Wet weight", 228, "kg");
    fixture_close(&f);
}

static void the_brand_is_the_make_not_who_builds_it(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "fe.csv", "Model Year,Mfr Name,Division,Carline,Hwy FE\n"
                               "2024,General Motors,Buick,ENVISTA,32\n"
                               "2024,General Motors,Chevrolet,MALIBU,35\n"
                               "2024,Toyota,Lexus,UX 300h,41\n2024,Toyota,Toyota,COROLLA,38\n");
    assert_string_equal(fixture_record(&f, "2024 Lexus UX 300h", 0, NULL, NULL)->make, "Lexus");
    fixture_record(&f, "2024 Buick ENVISTA", 0, NULL, NULL);
    expect_attribute(&f, "Mfr Name", "importer");
    fixture_close(&f);
    fixture_open(&f, "k.csv", "Hersteller;Marke;Modell;Leistung (kW)\nVolkswagen;Seat;Leon;110\n"
                              "Volkswagen;Skoda;Fabia;70\nHyundai;Kia;Ceed;88\n");
    fixture_record(&f, "Skoda Fabia", 0, NULL, NULL);
    fixture_close(&f);
    fixture_open(&f, "p.csv", "Parent company,Brand,Model,Power (hp)\nStellantis,Fiat,Panda,70\n"
                              "Stellantis,Opel,Corsa,100\nRenault,Dacia,Spring,65\n");
    fixture_record(&f, "Opel Corsa", 0, NULL, NULL);
    fixture_close(&f);
    /* A name that says nothing: more makes, each of one maker. */
    fixture_open(&f, "u.csv", "Manufacturer,Line,Model,Power (hp)\nToyota,Lexus,UX,181\n"
                              "Toyota,Toyota,Yaris,116\nHyundai,Kia,Ceed,120\n"
                              "Hyundai,Hyundai,i20,100\n");
    fixture_record(&f, "Lexus UX", 0, NULL, NULL);
    fixture_close(&f);
    /* Who builds the engine is no brand. */
    fixture_open(&f, "e.csv", "Manufacturer,Engine supplier,Model,Power (hp)\n"
                              "Aston Martin,Mercedes-Benz,Vantage,665\nMini,BMW,Cooper,136\n"
                              "Lotus,Toyota,Emira,360\nLotus,Mercedes-Benz,Emira,400\n");
    fixture_record(&f, "Aston Martin Vantage", 0, NULL, NULL);
    fixture_close(&f);
}

/* Trims that begin with digits, above a band: names, not figures and no title. */
static void trims_above_a_band_are_the_versions(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "orlo.csv", "Orlo Pavo 2022 - technical data,,,\n,1.4 Core,1.4 Plus,2.0 Hybrid Plus\nENGINE,,,\n"
                                 "Displacement (cc),1399,1399,1998\nMax. torque (Nm),160,160,220\nGearbox,5 M/T,5 M/T,6 DCT\n"
                                 "PERFORMANCE,,,\nTop speed (km/h),172,171,188\n");
    expect_number(&f, "2022 Orlo Pavo 2.0 Hybrid Plus", "ENGINE: Displacement", 1998, "cc");
    expect_number(&f, "2022 Orlo Pavo 1.4 Core", "PERFORMANCE: Top speed", 172, "km/h");
    fixture_close(&f);
}

static void weight_below_a_plain_group_is_the_curb_weight(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "orlo.json", "{\"vehicles\": [{\"make\": \"Orlo\", \"model\": \"Pavo\", \"practicality\": {\"weight_kg\": 910}},"
                                  "{\"make\": \"Orlo\", \"model\": \"Grus\", \"practicality\": {\"weight_kg\": 1300}}]}");
    expect_attribute(&f, "weight", "curb_weight");
    fixture_close(&f);
}

static void the_title_of_a_list_names_none_of_its_vehicles(void **state)
{
    (void)state;
    struct fixture f;
    size_t table;
    fixture_open(&f, "l.csv", "\"Ashdown & Pike - new car price list, valid from 1 April 2025\",,\n\"Prices in GBP incl. VAT\",,\n,,\nModel,CO2 (g/km),OTR price\n"
                              "Tamsin Dart 1.0 Go,112,\"13,995\"\nTamsin Dart 1.0 Style,113,\"15,250\"\n");
    assert_int_equal(fixture_record(&f, "Tamsin Dart 1.0 Go", 0, &table, NULL)->year_first, 0);
    for (size_t j = 0; j < f.tables[table].n_columns; j++) /* the tax is no part of the emissions */
        if (strcmp(f.tables[table].columns[j].fact.name, "CO2") == 0)
            assert_int_equal(f.tables[table].columns[j].fact.qualifiers, 0);
    fixture_close(&f);
    fixture_open(&f, "t.md", "# Utility tractors compared\n\n| Tractor | Power (hp) |\n|---|---|\n| Garron 4075 | 74 |\n| Vallonde T6 | 138 |\n");
    fixture_record(&f, "Garron 4075", 0, NULL, NULL);
    fixture_close(&f);
    fixture_open(&f, "p.csv", "Pemberton Motors Ltd - Vehicle list,,\nModel,Power (hp),Weight (kg)\nSolace 1.0T,110,1180\nVerity 2.0D,150,1560\n");
    fixture_record(&f, "Solace 1.0T", 0, NULL, NULL);
    fixture_close(&f);
    /* A name stays one. */
    fixture_open(&f, "n.md", "# Ardent Pika 2024\n\n| Model | Power (hp) |\n|---|---|\n| S | 74 |\n| R | 138 |\n");
    fixture_record(&f, "2024 Ardent Pika S", 0, NULL, NULL);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_title_of_a_list_names_none_of_its_vehicles),
        cmocka_unit_test(trims_above_a_band_are_the_versions),
        cmocka_unit_test(weight_below_a_plain_group_is_the_curb_weight),
        cmocka_unit_test(years_are_read_in_every_usual_form),
        cmocka_unit_test(bands_go_on_with_the_name_of_their_rows),
        cmocka_unit_test(a_dealer_is_no_make),
        cmocka_unit_test(the_key_of_a_row_is_its_name),
        cmocka_unit_test(names_are_taken_apart),
        cmocka_unit_test(titles_say_no_word_twice),
        cmocka_unit_test(the_column_of_known_makes_is_the_make),
        cmocka_unit_test(the_brand_is_the_make_not_who_builds_it),
        cmocka_unit_test(names_that_begin_with_makes_are_split),
        cmocka_unit_test(a_version_is_found_by_its_cells),
        cmocka_unit_test(headings_and_files_give_what_columns_lack),
        cmocka_unit_test(bands_name_the_make_of_the_rows_below),
        cmocka_unit_test(rows_that_stand_for_many_are_counted),
        cmocka_unit_test(sums_are_no_vehicles),
        cmocka_unit_test(a_list_of_makers_is_no_list_of_vehicles),
        cmocka_unit_test(names_of_nested_lists_are_make_model_and_version),
        cmocka_unit_test(first_rows_of_a_sheet_are_no_title_below_a_named_corner),
        cmocka_unit_test(column_of_model_and_version_together_is_the_model),
        cmocka_unit_test(heading_of_a_year_says_more_of_the_vehicle_above),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
