/* Units, number styles, sentinels and attributes of columns; cells with several values. */
#include "interpret_fixture.h"

#include "ingest/explain.h"

static void the_style_of_numbers_is_that_of_the_file(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "prices.csv", "Make;Model;Power (kW);Curb weight (kg);Consumption (l/100 km);Price (EUR)\n"
                                   "Opel;Corsa;74;1.165;5,2;21.990\nOpel;Astra;96;1.341;5,7;27.450\n"
                                   "Opel;Rocks-e;6;471;1,9;7.990\n");
    expect_number(&f, "Opel Astra", "Curb weight", 1341, "kg");
    expect_number(&f, "Opel Rocks-e", "Curb weight", 471, "kg");
    expect_number(&f, "Opel Corsa", "Consumption", 5.2, "L/100 km");
    expect_note(&f, "numbers use a decimal comma");
    fixture_close(&f);
    fixture_open(&f, "ademe.csv", "Make;Model;Fuel consumption (l/100 km);CO2 (g/km);Power (kW)\n"
                                  "Renault;Kangoo;6,656;150,86;96,000\nRenault;Clio;4,2;95,3;67,5\n");
    expect_number(&f, "Renault Kangoo", "Power", 96, "kW");
    expect_number(&f, "Renault Kangoo", "Fuel consumption", 6.656, "L/100 km");
    fixture_close(&f);
    fixture_open(&f, "gbp.csv", "Make,Model,Price,Weight\nMini,Cooper,\"24,500 pounds\",\"2,700 pounds\"\n"
                                "Mini,Aceman,\"31,800 pounds\",\"3,700 pounds\"\n");
    expect_number(&f, "Mini Cooper", "Price", 24500, "£");
    expect_number(&f, "Mini Cooper", "Weight", 2700, "lb");
    fixture_close(&f);
    fixture_open(&f, "used.csv", "Name,Price($),Mileage\n2021 Toyota Land Cruiser,\"1,22,755\",\"4,210\"\n"
                                 "2019 Toyota Land Cruiser V8,\"93,935\",\"31,008\"\n");
    expect_number(&f, "2021 Toyota Land Cruiser", "Price", 122755, "$");
    expect_number(&f, "2021 Toyota Land Cruiser", "Mileage", 4210, "");
    fixture_close(&f);
    /* One file, two habits: decimal commas in one column, grouping commas in the other. */
    fixture_open(&f, "adler.csv", "Typ,Capacity,Power\nVis-à-Vis,400 cc,\"2,6 kW\"\n24 PS,\"4,016 cc\",\"20,6 kW\"\n"
                                  "8 PS,865 cc,\"5,9 kW\"\n");
    expect_number(&f, "Adler 24 PS", "Capacity", 4016, "cc");
    expect_number(&f, "Adler 24 PS", "Power", 20.6, "kW");
    fixture_close(&f);
}

static void prices_group_by_three(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "fiat.csv", "Make,Model,Year,Price\nFiat,Panda,2024,\"15.900,- €\"\nFiat,500e,2024,€28.195\n"
                                 "Fiat,Tipo,2024,€ 23.400\nFiat,600,2024,EUR 24.990\n");
    expect_number(&f, "2024 Fiat 500e", "Price", 28195, "€");
    expect_number(&f, "2024 Fiat 600", "Price", 24990, "€");
    expect_number(&f, "2024 Fiat Panda", "Price", 15900, "€");
    fixture_close(&f);
}

static void no_unit_is_made_up(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "s.csv", "Make,Model,Year,Top speed,Oil capacity,CO2,Payload\n"
                              "Seat,Leon,2023,215,4.3,118,520\nSeat,Ibiza,2023,186,3.6,112,470\n");
    expect_number(&f, "2023 Seat Leon", "Oil capacity", 4.3, "");
    expect_number(&f, "2023 Seat Leon", "Top speed", 215, "");
    expect_number(&f, "2023 Seat Leon", "CO2", 118, "");
    fixture_close(&f);
}

static void units_come_from_where_they_are_stated(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "u.csv", "make,model,weight,weight_unit,price,currency\nKia,Ceed,1390,kg,24990,EUR\n"
                              "Kia,EV9,5800,lb,54900,USD\n");
    expect_number(&f, "Kia Ceed", "weight", 1390, "kg");
    expect_number(&f, "Kia EV9", "weight", 5800, "lb");
    expect_number(&f, "Kia EV9", "price", 54900, "$");
    fixture_close(&f);
    fixture_open(&f, "d.md", "# 2024 Kia Ceed\n\n## Dimensions (mm)\n\n| | Ceed | Sportswagon |\n|---|---|---|\n"
                             "| Length | 4310 | 4605 |\n| Wheelbase | 2650 | 2650 |\n");
    expect_number(&f, "2024 Kia Ceed Sportswagon", "Length", 4605, "mm");
    fixture_close(&f);
}

static const char *likely(const struct fixture *f, size_t column)
{
    const struct fact_column *c = &f->tables[0].columns[column].fact;
    assert_null(c->unit);
    return c->likely_unit ? c->likely_unit->symbol : "";
}

static void figures_show_units_that_nothing_states(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "epa_2018.csv", "Model,Displ,Cyl,Cmb MPG,Comb CO2\nACURA RDX,3.5,6,23,386\n"
                                     "ACURA TLX,2.4,4,27,330\nFORD Fiesta,1.6,4,31,287\n");
    assert_string_equal(likely(&f, 1), "L");
    assert_string_equal(likely(&f, 4), "g/mi");
    fixture_close(&f);
    fixture_open(&f, "vca.csv", "Make,Model,WLTP Combined (l/100 km),CO2\nFord,Puma,5.7,129\n"
                                "Ford,Kuga,6.6,149\nFord,Focus,5.2,118\n");
    assert_string_equal(likely(&f, 3), "g/km");
    fixture_close(&f);
    fixture_open(&f, "cars.csv", "Name,Cylinders,Displacement,Horsepower\nford torino,8,302,140\n"
                                 "ford pinto,4,98,80\ndatsun 510,4,97,88\n");
    assert_string_equal(likely(&f, 2), "cu in");
    fixture_close(&f);
    fixture_open(&f, "ademe.csv", "Marque;Modèle;Version;Puissance maximale;Poids à vide\n"
                                  "RENAULT;KANGOO;KANGOO (130ch);96,000;1519\n"
                                  "OPEL;CORSA;CORSA (100ch);74,000;1180\nSKODA;FABIA;FABIA (95ch);70,000;1097\n");
    assert_string_equal(likely(&f, 3), "kW");
    assert_string_equal(likely(&f, 4), "kg");
    fixture_close(&f);
    /* Nothing shows these. */
    fixture_open(&f, "s.csv", "Make,Model,Year,Top speed,Oil capacity,CO2,Payload\n"
                              "Seat,Leon,2023,215,4.3,118,520\nSeat,Ibiza,2023,186,3.6,112,470\n");
    for (size_t j = 3; j < 7; j++) assert_string_equal(likely(&f, j), "");
    fixture_close(&f);
    fixture_open(&f, "t.csv", "Make,Model,Curb weight\nFord,Cargo,7420\nFord,Transit,2150\nFord,Ranger,1980\n");
    assert_string_equal(likely(&f, 2), "");
    fixture_close(&f);
}

static void gallons_are_told_by_the_consumption_beside_them(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "n.csv", "Make,Model,Comb (L/100 km),Comb (mpg)\nAcura,ILX,8.6,33\nAcura,MDX,11.2,25\n"
                              "Acura,RDX,9.9,29\nAudi,A3,7.6,37\n");
    assert_string_equal(f.tables[0].columns[3].fact.unit->symbol, "mpg (imperial)");
    expect_note(&f, "column 'Comb (mpg)' is in mpg (imperial), as column 'Comb (L/100 km)'");
    fixture_close(&f);
    fixture_open(&f, "n.csv", "Make,Model,Comb (L/100 km),Comb (mpg)\nAcura,ILX,8.6,27.4\nAcura,MDX,11.2,21\n"
                              "Acura,RDX,9.9,23.8\nAudi,A3,7.6,30.9\n");
    assert_string_equal(f.tables[0].columns[3].fact.unit->symbol, "mpg");
    fixture_close(&f);
}

static void more_on_the_highway_is_economy(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "m.csv", "make,model,year,cty,hwy\nvolkswagen,jetta,2008,21,29\nhonda,civic,2008,26,34\n");
    for (size_t j = 3; j < 5; j++) assert_true(f.tables[0].columns[j].fact.inverse);
    fixture_close(&f);
    fixture_open(&f, "m.csv", "make,model,year,cty,hwy\nvolkswagen,jetta,2008,9.8,6.9\nhonda,civic,2008,8.1,5.9\n");
    for (size_t j = 3; j < 5; j++) {
        assert_false(f.tables[0].columns[j].fact.inverse);
        assert_null(f.tables[0].columns[j].fact.unit);
    }
    fixture_close(&f);
}

static void sentinels_are_no_values(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "s.csv", "make,model,year,power_kw,range_km,towing_kg,co2_gkm,doors\n"
                              "Kia,EV6,2022,168,528,1600,0,5\nKia,Ceed,2022,88,0,1410,118,5\n"
                              "Kia,Picanto,2022,49,0,-1,109,5\nKia,Niro EV,2022,150,460,-1,0,5\n"
                              "Kia,Stinger,2020,9999,0,1500,223,5\n");
    expect_no_value(&f, "2022 Kia Ceed", "range");
    expect_no_value(&f, "2022 Kia Picanto", "towing");
    expect_no_value(&f, "2020 Kia Stinger", "power");
    expect_number(&f, "2022 Kia EV6", "co2", 0, "g/km");
    assert_false(fixture_part(&f, "2022 Kia EV6", "co2", 0)->missing_mark);
    fixture_close(&f);
    /* 999 cc are 999 cc. */
    fixture_open(&f, "c.csv", "Make,Model,Engine Capacity (cc)\nDacia,Jogger,999\nDacia,Duster,1332\nSeat,Arona,999\n"
                              "Ford,Puma,999\nSeat,Leon,1498\n");
    assert_false(fixture_part(&f, "Dacia Jogger", "Engine Capacity", 0)->missing_mark);
    fixture_close(&f);
}

static void implausible_values_are_marked(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "p.csv", "Make,Model,Power (kW),Length (mm)\nSeat,Leon,110,4368\nSeat,Ibiza,700000,4059\n"
                              "Seat,Arona,81,4\n");
    assert_true(fixture_part(&f, "Seat Ibiza", "Power", 0)->implausible);
    assert_true(fixture_part(&f, "Seat Arona", "Length", 0)->implausible);
    assert_false(fixture_part(&f, "Seat Leon", "Power", 0)->implausible);
    fixture_close(&f);
}

static void cells_keep_their_parts_and_marks(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "f.csv", "Make,Model,Power (hp)*,Range (km),Length (feet)\nTesla,Model 3,283*,491\u2020,15.5\n"
                              "Hyundai,Ioniq 6,225,614 [1],60 (articulated)\n*peak output,,,,\n");
    expect_number(&f, "Tesla Model 3", "Power", 283, "hp");
    expect_number(&f, "Tesla Model 3", "Range", 491, "km");
    assert_string_equal(fixture_part(&f, "Tesla Model 3", "Range", 0)->text, "491\u2020");
    expect_number(&f, "Hyundai Ioniq 6", "Range", 614, "km");
    assert_string_equal(fixture_part(&f, "Hyundai Ioniq 6", "Length", 0)->remark, "articulated");
    fixture_close(&f);
    fixture_open(&f, "d.csv", "Make,Model,Power\nJeep,Avenger,100 hp (75 kW)\nJeep,Renegade,130 hp (96 kW)\n");
    const struct fact_value *v = fixture_part(&f, "Jeep Avenger", "Power", 1);
    assert_non_null(v);
    assert_true(v->low == 75 && v->group == 0 && strcmp(v->unit->symbol, "kW") == 0);
    fixture_close(&f);
}

/* The attribute of a column; "" for one of its own. */
static const char *attribute_of_column(const struct fixture *f, size_t table, size_t column)
{
    assert_true(column < f->tables[table].n_columns);
    int a = f->tables[table].columns[column].fact.attribute;
    return a >= 0 ? REGISTRY[a].id : "";
}

static void the_speed_of_a_value_is_no_second_value_of_it(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "t.csv", "Make,Model,PS,at rpm,Nm,@ 1/min\nSeat,Leon,150,5500,250,1500\n"
                              "Seat,Ibiza,95,5000,175,1750\nSeat,Ateca,190,4200,400,1900\n");
    assert_string_equal(attribute_of_column(&f, 0, 2), "power");
    assert_string_equal(attribute_of_column(&f, 0, 3), "power_rpm");
    assert_string_equal(attribute_of_column(&f, 0, 4), "torque");
    assert_string_equal(attribute_of_column(&f, 0, 5), "torque_rpm");
    expect_number(&f, "Seat Leon", "at rpm", 5500, "rpm");
    fixture_close(&f);
    fixture_open(&f, "k.csv", "make,model,kw,kw_rpm,nm,nm_rpm\nSeat,Leon,110,5500,250,1500\n"
                              "Seat,Ibiza,70,5000,175,1750\n");
    assert_string_equal(attribute_of_column(&f, 0, 3), "power_rpm");
    assert_string_equal(attribute_of_column(&f, 0, 5), "torque_rpm");
    expect_number(&f, "Seat Leon", "kw_rpm", 5500, "rpm");
    expect_number(&f, "Seat Leon", "kw", 110, "kW");
    fixture_close(&f);
    fixture_open(&f, "d.csv", "Marke;Modell;Leistung (kW);Leistung bei 1/min;Drehmoment (Nm);Drehmoment bei U/min\n"
                              "Seat;Leon;110;5500;250;1500\nSeat;Ibiza;70;5000;175;1750\n");
    assert_string_equal(attribute_of_column(&f, 0, 3), "power_rpm");
    assert_string_equal(attribute_of_column(&f, 0, 5), "torque_rpm");
    fixture_close(&f);
    fixture_open(&f, "l.csv", "Make,Model,RPM,Price\nSeat,Leon,5500,21000\nSeat,Ibiza,5000,17000\n");
    assert_string_equal(attribute_of_column(&f, 0, 2), ""); /* of what, nothing says */
    fixture_close(&f);
}

static void expect_engine(const char *text, const char *displacement, double cylinders, const char *fuel)
{
    char got[64] = "";
    double value = 0;
    const struct unit *unit = NULL;
    if (engine_number(text, strlen(text), ENGINE_DISPLACEMENT, &value, &unit))
        snprintf(got, sizeof got, "%g %s", value, unit->symbol);
    assert_string_equal(got, displacement);
    if (!engine_number(text, strlen(text), ENGINE_CYLINDERS, &value, &unit)) value = 0;
    if (value != cylinders) fail_msg("'%s': %g cylinders", text, value);
    int category = engine_fuel(text, strlen(text));
    assert_string_equal(category >= 0 ? CATEGORIES[category].id : "", fuel);
}

static void descriptions_of_engines_are_taken_apart(void **state)
{
    (void)state;
    expect_engine("5.0L V8", "5 L", 8, "");
    expect_engine("3.5L EcoBoost V6", "3.5 L", 6, "");
    expect_engine("2.0 I4", "2 L", 4, "");
    expect_engine("1,6 Diesel", "1.6 L", 0, "diesel");
    expect_engine("liquid-cooled parallel twin, 689 cc", "689 cc", 2, "");
    expect_engine("2.0-litre four-cylinder petrol", "2 L", 4, "petrol");
    expect_engine("3.0 twin-turbo straight-six", "3 L", 0, "");
    expect_engine("electric", "", 0, "electric");
    expect_engine("single speed", "", 0, "");
    expect_engine("48 V", "", 0, "");
    expect_engine("87 kWh", "", 0, "");
    expect_engine("2.0 petrol or 2.2 diesel", "", 0, ""); /* two */
    struct fixture f;
    fixture_open(&f, "t.csv", "Model,Engine,Payload (lb)\nMuleteer 25,5.0L V8,2000\nMuleteer 35,3.5L V6,2100\n");
    expect_attribute(&f, "displacement", "displacement");
    expect_number(&f, "Muleteer 35", "Engine: displacement", 3.5, "L");
    expect_number(&f, "Muleteer 35", "Engine: cylinders", 6, "");
    expect_text(&f, "Muleteer 35", "Engine", "3.5L V6");
    fixture_close(&f);
    /* A column of its own says it. */
    fixture_open(&f, "c.csv", "Model,Engine,Cylinders\nMuleteer 25,5.0L V8,8\nMuleteer 35,3.5L V6,6\n");
    for (size_t j = 0; j < f.tables[0].n_columns; j++)
        assert_true(f.tables[0].columns[j].engine != ENGINE_CYLINDERS);
    fixture_close(&f);
}

static void cells_of_several_attributes_are_parted(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "e38.csv", "Make,Model,Power/Torque,\"L x W x H (mm)\",City/Highway MPG\n"
                                "BMW,740i,\"210 kW (286 PS; 282 hp) / 400 N·m (295 lb·ft)\",4984 x 1862 x 1435,15/23\n"
                                "BMW,728i,\"142 kW (193 PS; 190 hp) / 280 N·m (207 lb·ft)\",4984 x 1862 x 1435,17/25\n");
    expect_number(&f, "BMW 740i", "Power", 210, "kW");
    expect_number(&f, "BMW 740i", "Torque", 400, "Nm");
    expect_number(&f, "BMW 728i", "width", 1862, "mm");
    expect_number(&f, "BMW 728i", "Highway", 25, "mpg");
    const struct fact_value *v = fixture_part(&f, "BMW 740i", "Power", 2);
    assert_non_null(v);
    assert_true(v->low == 282 && strcmp(v->unit->symbol, "hp") == 0);
    fixture_close(&f);
}

static void unknown_columns_keep_their_names(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "o.csv", "Make,Model,Resale index,Notes,Notes,\nSeat,Leon,88,a,b,x\nSeat,Ibiza,81,c,d,y\n");
    expect_number(&f, "Seat Leon", "Resale index", 88, "");
    expect_text(&f, "Seat Ibiza", "Notes", "c");
    expect_text(&f, "Seat Ibiza", "Notes (2)", "d");
    expect_text(&f, "Seat Ibiza", "column 6", "y");
    expect_note(&f, "were kept as they are: Resale index");
    fixture_close(&f);
}

static void categories_are_recognised(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "k.csv", "Hersteller;Modell;Kraftstoff;Sitzheizung\nOpel;Corsa;Benzin;ja\n"
                              "Opel;Astra;Diesel;nein\n");
    const struct fact_value *v = fixture_part(&f, "Opel Astra", "Kraftstoff", 0);
    assert_true(v && v->category >= 0);
    assert_string_equal(CATEGORIES[v->category].id, "diesel");
    v = fixture_part(&f, "Opel Corsa", "Sitzheizung", 0);
    assert_true(v && v->kind == VALUE_YES);
    fixture_close(&f);
}

static void a_part_is_not_the_whole(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "b.json", "[{\"make\":\"Kia\",\"model\":\"EV6\",\"battery\":{\"weight_kg\":477},"
                               "\"curb_weight_kg\":2015},"
                               "{\"make\":\"Kia\",\"model\":\"Niro\",\"battery\":{\"weight_kg\":457},"
                               "\"curb_weight_kg\":1757}]");
    for (size_t j = 0; j < f.tables[0].n_columns; j++) {
        const struct fact_column *c = &f.tables[0].columns[j].fact;
        if (strcmp(c->section, "battery") == 0 && c->attribute >= 0)
            assert_string_not_equal(REGISTRY[c->attribute].id, "curb_weight");
    }
    expect_number(&f, "Kia EV6", "curb_weight", 2015, "kg");
    fixture_close(&f);
}

static void the_report_tells_what_was_found(void **state)
{
    (void)state;
    struct fixture f;
    struct buffer report = {0};
    struct error err = {0};
    fixture_open(&f, "de.csv", "Hersteller;Modell;Baujahr;Leistung (kW);Leergewicht (kg)\n"
                               "Volkswagen;Golf;2021;96;1.295\nVolkswagen;Polo;2021;70;1.105\n");
    assert_true(explain_document(&report, &f.document, NULL, &err));
    const char *text = buffer_text(&report);
    assert_non_null(strstr(text, "column 'Hersteller' was taken as the manufacturer"));
    assert_non_null(strstr(text, "2021 Volkswagen Golf  [row 2]"));
    assert_non_null(strstr(text, "Leergewicht = 1295 kg"));
    buffer_free(&report);
    fixture_close(&f);
}

static void a_column_of_one_thing_by_words_or_units_holds_each(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "l.csv", "Make,Model,Suspension travel f/r (mm),\"Boot (L, seats up/folded)\",Battery (V/Ah),"
                              "Tyres (front/rear),Fuel (g/km),Luggage volume min/max (l)\n"
                              "Aa,B1,200/190,425/1215,48/625,205/55 R16,120,400/1200\n"
                              "Aa,B2,210/205,375/1165,48/750,225/45 R17,130,420/1300\n");
    expect_number(&f, "Aa B1", "Suspension travel rear", 190, "mm");
    expect_number(&f, "Aa B2", "Suspension travel front", 210, "mm");
    expect_number(&f, "Aa B1", "Boot seats up", 425, "L");
    expect_number(&f, "Aa B1", "Boot folded", 1215, "L");
    expect_number(&f, "Aa B2", "Battery (Ah)", 750, "Ah");
    expect_number(&f, "Aa B1", "Luggage volume max", 1200, "L");
    expect_attribute(&f, "Suspension travel rear", "suspension_travel");
    /* A tyre's size is one thing, and so is a unit with a slash. */
    expect_no_value(&f, "Aa B1", "Tyres front");
    expect_number(&f, "Aa B1", "Fuel", 120, "g/km");
    fixture_close(&f);
    /* Cells with one figure are of neither word. */
    fixture_open(&f, "l.csv", "Make,Model,Suspension travel f/r (mm)\nAa,B1,200/190\nAa,B2,210\n");
    expect_no_value(&f, "Aa B1", "Suspension travel rear");
    fixture_close(&f);
}

static void the_engine_speed_beside_power_and_torque_is_a_fact(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "p.csv", "Make,Model,Max. power (hp/rpm),Torque\n"
                              "Aa,B1,100 / 5500,205 Nm @ 1.750 rpm\nAa,B2,150 / 5700,250 Nm @ 1.700 rpm\n");
    expect_number(&f, "Aa B1", "Max. power (hp/rpm)", 100, "hp");
    expect_number(&f, "Aa B1", "power peak speed", 5500, "rpm");
    expect_number(&f, "Aa B2", "torque peak speed", 1700, "rpm");
    fixture_close(&f);
    /* A remark that is no speed gives none; nor is there one where a column has it. */
    fixture_open(&f, "p.csv", "Make,Model,Power,Power rpm\nAa,B1,100 hp (5500),5400\nAa,B2,150 hp (sport),5700\n");
    expect_number(&f, "Aa B1", "Power rpm", 5400, "rpm");
    expect_no_value(&f, "Aa B1", "power peak speed");
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_column_of_one_thing_by_words_or_units_holds_each),
        cmocka_unit_test(the_engine_speed_beside_power_and_torque_is_a_fact),
        cmocka_unit_test(the_style_of_numbers_is_that_of_the_file),
        cmocka_unit_test(prices_group_by_three),
        cmocka_unit_test(no_unit_is_made_up),
        cmocka_unit_test(units_come_from_where_they_are_stated),
        cmocka_unit_test(figures_show_units_that_nothing_states),
        cmocka_unit_test(gallons_are_told_by_the_consumption_beside_them),
        cmocka_unit_test(more_on_the_highway_is_economy),
        cmocka_unit_test(sentinels_are_no_values),
        cmocka_unit_test(implausible_values_are_marked),
        cmocka_unit_test(cells_keep_their_parts_and_marks),
        cmocka_unit_test(the_speed_of_a_value_is_no_second_value_of_it),
        cmocka_unit_test(descriptions_of_engines_are_taken_apart),
        cmocka_unit_test(cells_of_several_attributes_are_parted),
        cmocka_unit_test(unknown_columns_keep_their_names),
        cmocka_unit_test(categories_are_recognised),
        cmocka_unit_test(a_part_is_not_the_whole),
        cmocka_unit_test(the_report_tells_what_was_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
