/* Tables of service manuals: pages whose headings are chapters and parts, not vehicles. */
#include "interpret_fixture.h"

/* Markdown in place of a manual's pages: the layout tells neither headers nor what a heading is. */
static void manual_open(struct fixture *f, const char *path, size_t pages, const char *text)
{
    fixture_read(f, "manual.md", text);
    struct document *d = &f->document;
    d->kind = DOCUMENT_PDF;
    d->path = path;
    d->pages = arena_array(&d->arena, pages, sizeof *d->pages);
    assert_non_null(d->pages);
    d->n_pages = pages;
    for (size_t i = 0; i < pages; i++) d->pages[i] = (struct document_page){.number = i + 1, .label = ""};
    for (size_t i = 0; i < d->n_blocks; i++)
        if (d->blocks[i].kind == BLOCK_TABLE) d->blocks[i].table->n_header_rows = 0;
    fixture_interpret(f);
}

static void figures_in_brackets_are_in_the_second_unit(void **state)
{
    (void)state;
    struct fixture f;
    manual_open(&f, "carrier.pdf", 60,
                "| Vehicle | Curb weight lb (kg) | Hull volume (m3) | Reach m (in) | Spread in (m) |\n|---|---|---|---|---|\n"
                "| K12 | 6,051 (2745) | 656.6 (18.59) | 4.57 (180) | 85.0 (31) |\n"
                "| K14 | 5,200 (2359) | 712.5 (20.18) | 4.72 (186) | 64.0 (12) |\n"
                "| K15 | 7,180 (3257) | 1,014.0 (28.71) | 5.13 (202) | 71.0 (88) |\n");
    expect_number(&f, "K12", "Curb weight", 6051, "lb");
    const struct fact_value *v = fixture_part(&f, "K12", "Curb weight", 1);
    assert_non_null(v);
    assert_true(v->low == 2745 && strcmp(v->unit->symbol, "kg") == 0);
    /* Only the unit of one figure is told: the figures tell which. */
    expect_number(&f, "K15", "Hull volume", 1014, "cu ft");
    v = fixture_part(&f, "K15", "Hull volume", 1);
    assert_non_null(v);
    assert_true(v->low == 28.71 && strcmp(v->unit->symbol, "m³") == 0);
    expect_number(&f, "K14", "Reach", 4.72, "m");
    /* Figures that are not each other's in any units of the header: no unit. */
    const struct fact_value *w = fixture_part(&f, "K14", "Spread in (m)", 0);
    if (!w) w = fixture_part(&f, "K14", "Spread", 0);
    assert_non_null(w);
    assert_null(w->unit);
    fixture_close(&f);
}

static void a_misprint_keeps_the_first_figure_alone(void **state)
{
    (void)state;
    struct fixture f;
    manual_open(&f, "carrier.pdf", 60,
                "| Vehicle | Center height in (m) | Width in (m) |\n|---|---|---|\n"
                "| K12 | 32.8 (0.833) | 85 (2.16) |\n| K14 | 33.1 (9.841) | 85 (2.16) |\n| K15 | 28.4 (0.721) | 80 (2.03) |\n"
                "| K16 | 29.3 (0.744) | 80 (2.03) |\n| K17 | 29.7 (0.754) | 80 (2.03) |\n");
    expect_number(&f, "K14", "Center height", 33.1, "in");
    assert_null(fixture_part(&f, "K14", "Center height", 1));
    assert_non_null(fixture_part(&f, "K15", "Center height", 1));
    fixture_close(&f);
}

static void a_cell_over_two_header_rows_is_no_group(void **state)
{
    (void)state;
    struct fixture f;
    manual_open(&f, "carrier.pdf", 60,
                "| Vehicle | Stock number |  | Shipping dimensions |\n|---|---|---|---|\n"
                "| Vehicle | Stock number | Length (in) | Width (in) |\n"
                "| K12 | 2320-01 | 180 | 85 |\n| K14 | 2320-02 | 186 | 85 |\n| K15 | 2320-03 | 202 | 85 |\n");
    expect_number(&f, "K14", "Shipping dimensions: Length", 186, "in");
    expect_number(&f, "K14", "Shipping dimensions: Width", 85, "in");
    const struct fact_value *v = fixture_part(&f, "K14", "Stock number: Length", 0);
    assert_null(v);
    fixture_close(&f);
}

static void a_group_in_the_middle_of_its_columns_is_theirs(void **state)
{
    (void)state;
    struct fixture f;
    manual_open(&f, "carrier.pdf", 60,
                "| Vehicle | Stock number |  | Hull |  | Volume (m3) |\n|---|---|---|---|---|---|\n"
                "|  |  | Length (in) | Width (in) | Height (in) |  |\n"
                "| K12 | 2320-01 | 180 | 85 | 70 | 18.1 |\n| K14 | 2320-02 | 186 | 85 | 72 | 18.4 |\n"
                "| K15 | 2320-03 | 202 | 85 | 74 | 19.2 |\n");
    expect_number(&f, "K14", "Hull: Length", 186, "in");
    expect_number(&f, "K14", "Hull: Width", 85, "in");
    expect_number(&f, "K14", "Hull: Height", 72, "in");
    expect_number(&f, "K14", "Volume", 18.4, "m³");
    fixture_close(&f);
}

static void what_is_filled_has_a_capacity(void **state)
{
    (void)state;
    struct fixture f;
    manual_open(&f, "carrier.pdf", 60,
                "# Capacities\n\n| Component | K12 | K14 |\n|---|---|---|\n| Cooling system | 46 L | 52 L |\n"
                "| Rear axle | 18 L | 21 L |\n| Fuel tank | 300 L | 380 L |\n");
    expect_attribute(&f, "Cooling system", "coolant_capacity");
    expect_number(&f, "K14", "Cooling system", 52, "L");
    fixture_close(&f);
}

static void measures_of_several_kinds_in_a_column_are_data(void **state)
{
    (void)state;
    struct fixture f;
    manual_open(&f, "carrier.pdf", 60,
                "| Item | Nominal | Service limit |\n|---|---|---|\n| Toe-in | 1 to 3 mm | 6 mm |\n"
                "| Turning angle | 44° | 46° |\n| Lever force | 40 N | 60 N |\n\n"
                "# Weights\n\n| Unit | Equals |\n|---|---|\n| Gram | 1 g = 0.001 kg |\n| Ounce | 1 oz = 28.3 g |\n");
    assert_int_equal(f.n, 2);
    assert_true(f.tables[0].n_records >= 2);
    assert_int_equal(f.tables[1].n_records, 0); /* a conversion of units is no measure */
    fixture_close(&f);
}

static void a_part_of_a_manual_is_no_vehicle(void **state)
{
    (void)state;
    struct fixture f;
    const char *text = "# CHAPTER 4\n\n## WARNING\n\n## Oil sump\n\n"
                       "| Part | Length (mm) | Mass (kg) |\n|---|---|---|\n| Front bracket | 120 | 1.5 |\n| Rear bracket | 140 | 2.5 |\n";
    manual_open(&f, "workshop.pdf", 60, text);
    expect_number(&f, "Front bracket", "Length", 120, "mm");
    assert_string_equal(f.tables[0].source.caption, "CHAPTER 4 > Oil sump");
    fixture_close(&f);
    /* In a sheet of two pages a heading is a name, but for its chapters. */
    manual_open(&f, "sheet.pdf", 2, "# CHAPTER 4\n\n# Quenby Heron\n\n| Version | Length (mm) |\n|---|---|\n| Sport | 4120 |\n| Tourer | 4340 |\n");
    expect_number(&f, "Quenby Heron Sport", "Length", 4120, "mm");
    fixture_close(&f);
}

static void an_engine_of_the_title_page_is_named(void **state)
{
    (void)state;
    struct fixture f;
    manual_open(&f, "notes.pdf", 60,
                "# FITTED WITH THE K12 ENGINE\n\n## Brackets\n\n| Part | Length (mm) |\n|---|---|\n| Front bracket | 120 |\n"
                "| K14 bracket | 140 |\n\n## Q8X engine\n\n| Part | Length (mm) |\n|---|---|\n| Front bracket | 130 |\n| Rear bracket | 150 |\n");
    expect_number(&f, "K12 Front bracket", "Length", 120, "mm");
    expect_number(&f, "K14 bracket", "Length", 140, "mm"); /* of another one */
    expect_number(&f, "Q8X Front bracket", "Length", 130, "mm");
    fixture_close(&f);
    /* Several on the title page: none. */
    manual_open(&f, "notes.pdf", 60, "# K12 engine\n\n# K14 engine\n\n# Brackets\n\n| Part | Length (mm) |\n|---|---|\n"
                                     "| Front bracket | 120 |\n| Rear bracket | 140 |\n");
    expect_number(&f, "Front bracket", "Length", 120, "mm");
    fixture_close(&f);
}

static void one_quantity_stands_over_many_parts(void **state)
{
    (void)state;
    struct fixture f;
    manual_open(&f, "workshop.pdf", 60,
                "# Oil sump\n\n| TIGHTENING TORQUES (in daN.m) | |\n|---|---|\n| Sump bolt | 1.5 |\n| Pulley nut | 3 + 84\xc2\xb0 |\n"
                "| Pinion nut 2 + 135\xc2\xb0 \xc2\xb1 15\xc2\xb0 | |\n| Wheel bolt | 9 |\n");
    expect_number(&f, "Sump bolt", "TIGHTENING TORQUES", 1.5, "daNm");
    expect_number(&f, "Pulley nut", "TIGHTENING TORQUES", 3, "daNm");
    const struct fact_value *v = fixture_part(&f, "Pulley nut", "TIGHTENING TORQUES", 0);
    assert_string_equal(v->remark, "+ 84\xc2\xb0");
    assert_null(fixture_part(&f, "Pulley nut", "TIGHTENING TORQUES", 1)); /* 84 degrees are no other torque */
    expect_number(&f, "Pinion nut", "TIGHTENING TORQUES", 2, "daNm");
    fixture_close(&f);
}

static void a_tolerance_is_no_part_of_the_figure(void **state)
{
    (void)state;
    struct fixture f;
    manual_open(&f, "workshop.pdf", 60,
                "# Idle\n\n| Engine | Idle speed (rpm) | Fit (mm) |\n|---|---|---|\n| K12 | 750 \xc2\xb1 50 | 2.04 to 2.05 |\n"
                "| K14 | 800 \xc2\xb1 50 | 2.14 to 2.15 |\n");
    expect_number(&f, "K12", "Idle speed", 750, "rpm");
    assert_string_equal(fixture_part(&f, "K12", "Idle speed", 0)->remark, "\xc2\xb1 50");
    expect_number(&f, "K14", "Fit", 2.14, "mm");
    assert_true(fixture_part(&f, "K14", "Fit", 0)->high == 2.15);
    fixture_close(&f);
}

static void codes_over_the_columns_are_vehicles(void **state)
{
    (void)state;
    struct fixture f;
    manual_open(&f, "chassis.pdf", 60,
                "# Brakes\n\n| | B0A | B0D (2) |\n|---|---|---|\n| FRONT BRAKES (in mm) | | |\n| Disc diameter | 238 | 259 |\n"
                "| Minimum disc thickness | 10.5 | 17.7 |\n| Lining | (A) | (A) |\n");
    expect_number(&f, "B0A", "Minimum disc thickness", 10.5, "mm");
    expect_number(&f, "B0D", "Disc diameter", 259, "mm");
    fixture_close(&f);
}

static void standard_and_metric_are_two_ways_to_write_a_value(void **state)
{
    (void)state;
    struct fixture f;
    manual_open(&f, "engine.pdf", 60,
                "# Standards\n\n| Cylinder bore | STANDARD | METRIC |\n|---|---|---|\n| Diameter | 3.978-3.981 in. | 101.04-101.12 mm |\n"
                "| Taper | 0.0008 in. max. | 0.0203 mm max. |\n| Crankshaft | | |\n| End play | 0.004-0.010 in. | 0.102-0.254 mm |\n");
    const struct interpretation *in = &f.tables[0];
    assert_int_equal(in->n_records, 2);
    assert_string_equal(in->records[0].fact.model, ""); /* not "STANDARD" */
    expect_number(&f, in->records[0].fact.title, "Cylinder bore: Diameter", 3.978, "in");
    expect_number(&f, in->records[1].fact.title, "Crankshaft: End play", 0.102, "mm");
    fixture_close(&f);
}

static void a_note_below_the_table_is_the_remark(void **state)
{
    (void)state;
    struct fixture f;
    manual_open(&f, "workshop.pdf", 60,
                "# Oil\n\n| Engine | Oil capacity (L) |\n|---|---|\n| K12 | 4.75 (1) |\n| K14 | 5.25 |\n| K15 | 5.5 |\n\n"
                "Check with the dipstick\n\n(1) after replacing the filter\n");
    expect_number(&f, "K12", "Oil capacity", 4.75, "L");
    assert_string_equal(fixture_part(&f, "K12", "Oil capacity", 0)->remark, "after replacing the filter");
    fixture_close(&f);
}

static void what_holds_no_data_gives_no_vehicles(void **state)
{
    (void)state;
    struct fixture f;
    /* Contents, an index whose dots share the cell, tools, a list of parts. */
    manual_open(&f, "workshop.pdf", 60,
                "# I\n\n| Scope | 1-1 |\n|---|---|\n| Safety | 1-2 |\n| Brakes | 2-4 |\n| Engine | 3-1 |\n\n"
                "# II\n\n| Brakes .... 2-4 | Engine .... 3-1 |\n|---|---|\n| Horn .... 2-9 | Inlet .... 3-3 |\n\n"
                "# III\n\n| Tool. 582-01 | Locking sector |\n|---|---|\n| Tool. 799 | Belt tensioner |\n\n"
                "# IV\n\n| ITEM NO | PART NUMBER | QTY |\n|---|---|---|\n| 1 | 5137 | 4 |\n| 2 | 5138 | 2 |\n");
    assert_int_equal(f.n, 4);
    for (size_t i = 0; i < f.n; i++) assert_int_equal(f.tables[i].n_records, 0);
    assert_false(f.tables[0].text_only); /* nobody looks for contents */
    assert_true(f.tables[2].text_only);
    fixture_close(&f);
}

static void figures_that_rise_are_no_page_numbers(void **state)
{
    (void)state;
    struct fixture f;
    manual_open(&f, "vans.pdf", 3,
                "# 2017 Tarn vans\n\n| Model | Price class | Power (hp) |\n|---|---|---|\n| Tarn 1 | A | 101 |\n| Tarn 2 | A | 102 |\n"
                "| Tarn 3 | A | 103 |\n| Tarn 4 | B | 104 |\n| Tarn 5 | B | 105 |\n| Tarn 6 | B | 106 |\n| Tarn 7 | B | 107 |\n");
    assert_int_equal(f.tables[0].n_records, 7);
    fixture_close(&f);
}

static void steps_are_no_names(void **state)
{
    (void)state;
    struct fixture f;
    manual_open(&f, "workshop.pdf", 60,
                "# Removal\n\n| REMOVAL | Torque (Nm) |\n|---|---|\n| Put the vehicle on a two-post lift and drain it. | 12 |\n"
                "| Remove both of the tie rods and the undertray. | 14 |\n");
    assert_int_equal(f.tables[0].n_records, 0);
    assert_true(f.tables[0].text_only);
    fixture_close(&f);
}

static void the_unit_of_a_list_is_told_twice(void **state)
{
    (void)state;
    struct fixture f;
    manual_open(&f, "engine.pdf", 60,
                "# Data\n\n| Engine | Oil capacity | Maximum torque |\n|---|---|---|\n"
                "| K12 | 8 qts (7.6 L) | 260 lb-ft (353 N\xe2\x80\xa2m) |\n| K14 | 9 qts (8.5 L) | 290 lb-ft (393 N\xe2\x80\xa2m) |\n");
    expect_number(&f, "K12", "Oil capacity", 8, "qt");
    const struct fact_value *v = fixture_part(&f, "K12", "Maximum torque", 1);
    assert_non_null(v);
    assert_true(v->low == 353 && strcmp(v->unit->symbol, "Nm") == 0);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_in_brackets_are_in_the_second_unit),
        cmocka_unit_test(a_misprint_keeps_the_first_figure_alone),
        cmocka_unit_test(a_cell_over_two_header_rows_is_no_group),
        cmocka_unit_test(a_group_in_the_middle_of_its_columns_is_theirs),
        cmocka_unit_test(what_is_filled_has_a_capacity),
        cmocka_unit_test(measures_of_several_kinds_in_a_column_are_data),
        cmocka_unit_test(a_part_of_a_manual_is_no_vehicle),
        cmocka_unit_test(an_engine_of_the_title_page_is_named),
        cmocka_unit_test(one_quantity_stands_over_many_parts),
        cmocka_unit_test(a_tolerance_is_no_part_of_the_figure),
        cmocka_unit_test(codes_over_the_columns_are_vehicles),
        cmocka_unit_test(standard_and_metric_are_two_ways_to_write_a_value),
        cmocka_unit_test(a_note_below_the_table_is_the_remark),
        cmocka_unit_test(what_holds_no_data_gives_no_vehicles),
        cmocka_unit_test(figures_that_rise_are_no_page_numbers),
        cmocka_unit_test(steps_are_no_names),
        cmocka_unit_test(the_unit_of_a_list_is_told_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
