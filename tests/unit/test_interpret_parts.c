/* Names of several quantities over cells with as many figures; figures whose unit and name stand elsewhere. */
#include "interpret_fixture.h"

static void a_quantity_listed_by_its_qualifiers_has_a_column_for_each(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "t.csv", "Item,Torrin SE,Torrin Ultra\n"
                              "Fuel consumption l/100 km (city / highway / combined),7.4 / 5.2 / 6.0,6.3 / 4.6 / 5.2\n"
                              "Towing braked / unbraked (kg),1500 / 740,2300 / 750\n"
                              "Boot volume seats up/down (l),615 / 1655,590 / 1630\n"
                              "Kerb weight (kg),1485,1694\n");
    expect_number(&f, "Torrin SE", "Fuel consumption l/100 km city", 7.4, "L/100 km");
    expect_number(&f, "Torrin Ultra", "Fuel consumption l/100 km combined", 5.2, "L/100 km");
    expect_number(&f, "Torrin SE", "Towing braked", 1500, "kg");
    expect_number(&f, "Torrin Ultra", "Towing unbraked", 750, "kg");
    expect_number(&f, "Torrin Ultra", "Boot volume seats down", 1630, "L");
    expect_attribute(&f, "Towing unbraked", "towing_capacity");
    expect_attribute(&f, "Boot volume seats up", "cargo_volume");
    fixture_close(&f);
    fixture_open(&f, "c.csv", "Model,\"Consumption (city/highway, l/100 km)\"\nA 1,7.4/5.2\nB 2,6.3/4.6\n");
    expect_number(&f, "B 2", "Consumption highway", 4.6, "L/100 km");
    fixture_close(&f);
    /* One figure a cell is of none of them. */
    fixture_open(&f, "o.csv", "Model,Towing braked / unbraked (kg)\nA 1,1500\nB 2,1700\n");
    assert_string_equal(f.tables[0].columns[1].fact.name, "Towing braked / unbraked");
    assert_int_equal(f.tables[0].columns[1].n_parts, 0);
    fixture_close(&f);
}

static void a_quantity_of_no_known_kind_is_listed_as_well(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "t.csv", "Model,Travel speed laden/unladen (km/h)\nFL 18,14 / 15\nFL 25,19 / 20\n");
    expect_number(&f, "FL 25", "Travel speed laden", 19, "km/h");
    expect_number(&f, "FL 25", "Travel speed unladen", 20, "km/h");
    fixture_close(&f);
}

static void pairs_with_several_figures_are_parted(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "sheet.txt", "Yamato YZ 300 (2024)\n\n"
                                  "Dimensions (L x W x H): 2,090 x 730 x 1,070 mm\n"
                                  "Tyre pressure front/rear: 2.2 / 2.4 bar\n"
                                  "Kerb weight / GVW: 170 kg / 340 kg\n"
                                  "Tyres front/rear: 110/70-17 / 140/70-17\n"
                                  "Bore x stroke: 80.0 x 62.1 mm\n");
    expect_number(&f, "2024 Yamato YZ 300", "height", 1070, "mm");
    expect_place(&f, "2024 Yamato YZ 300", "height", "line 3");
    expect_number(&f, "2024 Yamato YZ 300", "Tyre pressure rear", 2.4, "bar");
    expect_number(&f, "2024 Yamato YZ 300", "GVW", 340, "kg");
    /* A text is one value, whatever it lists. */
    expect_text(&f, "2024 Yamato YZ 300", "Tyres front/rear", "110/70-17 / 140/70-17");
    expect_attribute(&f, "Tyres front/rear", "tires");
    expect_text(&f, "2024 Yamato YZ 300", "Bore x stroke", "80.0 x 62.1 mm");
    fixture_close(&f);
}

static void each_pair_keeps_its_vehicle(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "sheets.txt", "Model: FL 18\nSpeed laden/unladen: 14 / 15 km/h\nWeight: 3,240 kg\n"
                                   "Model: FL 25\nSpeed laden/unladen: 19 / 20 km/h\nWeight: 3,980 kg\n");
    expect_number(&f, "FL 18", "Weight", 3240, "kg");
    expect_number(&f, "FL 25", "Weight", 3980, "kg");
    expect_number(&f, "FL 25", "Speed unladen", 20, "km/h");
    fixture_close(&f);
}

static void units_declared_for_the_file_are_those_of_its_columns(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "u.json",
                 "{\"units\":{\"power\":\"kW\",\"distance\":\"km\",\"mass\":\"kg\"},\"currency\":\"EUR\",\"vehicles\":["
                 "{\"make\":\"Volta\",\"model\":\"A1\",\"power\":150,\"range\":410,\"mass\":1650,\"length\":4210,\"price\":39900},"
                 "{\"make\":\"Volta\",\"model\":\"B2\",\"power\":210,\"range\":505,\"mass\":1890,\"length\":4650,\"price\":51900}]}");
    expect_number(&f, "Volta A1", "power", 150, "kW");
    expect_number(&f, "Volta B2", "range", 505, "km");
    expect_number(&f, "Volta B2", "mass", 1890, "kg");
    expect_number(&f, "Volta A1", "price", 39900, "€");
    /* No car is 4210 km long. */
    expect_number(&f, "Volta A1", "length", 4210, "");
    fixture_close(&f);
}

static void an_amount_is_of_what_its_parent_names(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "a.json", "[{\"make\":\"Volta\",\"model\":\"A1\",\"price\":{\"amount\":39900,\"currency\":\"EUR\"},"
                               "\"mass\":{\"value\":1650,\"basis\":\"DIN\"}},"
                               "{\"make\":\"Volta\",\"model\":\"B2\",\"price\":{\"amount\":51900,\"currency\":\"EUR\"},"
                               "\"mass\":{\"value\":1890,\"basis\":\"EU\"}}]");
    expect_number(&f, "Volta A1", "price", 39900, "€");
    expect_attribute(&f, "price", "price");
    expect_attribute(&f, "value", "curb_weight");
    expect_text(&f, "Volta B2", "basis", "EU");
    fixture_close(&f);
}

static void sizes_of_a_part_are_not_the_vehicles(void **state)
{
    (void)state;
    struct fixture f;
    fixture_open(&f, "d.csv", "Model,Cargo area L x W x H (mm),Overall dimensions L x W x H (mm),Battery L x W x H (mm)\n"
                              "Garda 1,2450 x 1690 x 1390,4900 x 1900 x 1990,278 x 175 x 190\n"
                              "Garda 2,2850 x 1690 x 1390,5300 x 1900 x 1990,278 x 175 x 190\n");
    expect_attribute(&f, "Cargo area length", "bed_length");
    expect_attribute(&f, "Cargo area height", "cargo_height");
    expect_number(&f, "Garda 2", "Cargo area length", 2850, "mm");
    expect_number(&f, "Garda 2", "length", 5300, "mm");
    expect_attribute(&f, "Battery length", "");
    fixture_close(&f);
    fixture_open(&f, "d.csv", "Modell;Laderaum LxBxH (mm);Abmessungen (L x B x H in mm)\nGarda 1;2.450 x 1.690 x 1.390;4.900 x 1.900 x 1.990\n"
                              "Garda 2;2.850 x 1.690 x 1.390;5.300 x 1.900 x 1.990\n");
    expect_number(&f, "Garda 1", "Laderaumhöhe", 1390, "mm");
    expect_attribute(&f, "Laderaumlänge", "bed_length");
    expect_number(&f, "Garda 1", "length", 4900, "mm");
    fixture_close(&f);
    fixture_open(&f, "d.csv", "型号,货箱尺寸(长×宽×高 mm),外形尺寸(长×宽×高)(mm)\nA1,2450×1690×1390,4900×1900×1990\nB2,2850×1690×1390,5300×1900×1990\n");
    expect_number(&f, "A1", "货箱长度", 2450, "mm");
    expect_number(&f, "A1", "长", 4900, "mm");
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quantity_listed_by_its_qualifiers_has_a_column_for_each),
        cmocka_unit_test(a_quantity_of_no_known_kind_is_listed_as_well),
        cmocka_unit_test(pairs_with_several_figures_are_parted),
        cmocka_unit_test(each_pair_keeps_its_vehicle),
        cmocka_unit_test(sizes_of_a_part_are_not_the_vehicles),
        cmocka_unit_test(units_declared_for_the_file_are_those_of_its_columns),
        cmocka_unit_test(an_amount_is_of_what_its_parent_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
