/* Plain text: headings by form, paragraphs apart, laid out tables, names with values; what is prose
 * stays prose; places; hostile input. */
#include "document_fixture.h"

#include "base/clock.h"
#include "document/text_pairs.h"

#include <stdlib.h>

/* As text, whatever the contents look like. */
static void expect_text(const char *text, const char *expected)
{
    struct document d;
    struct error err = {0};
    struct buffer got = {0};
    if (!document_read(&d, DOCUMENT_TEXT, text, strlen(text),
                       &(struct document_options){.path = "a.txt"}, &err))
        fail_msg("%s", err.text);
    document_check(&d, strlen(text));
    document_print(&d, &got);
    assert_string_equal(buffer_text(&got), expected);
    buffer_free(&got);
    document_free(&d);
}

static void text_keeps_a_paragraph_a_block(void **state)
{
    (void)state;
    expect_text("Toyota Corolla is a reliable sedan. It reaches about 15 km/L in\nthe city. "
                "Warranty 3 years.\n\nHyundai Tucson is a modern SUV with a warranty of 10 "
                "years.\n",
                "Toyota Corolla is a reliable sedan. It reaches about 15 km/L in the city. "
                "Warranty 3 years.\nHyundai Tucson is a modern SUV with a warranty of 10 "
                "years.\n");
}

static void text_finds_headings_by_their_form(void **state)
{
    (void)state;
    expect_text("QUENBY MOTOR CARRIAGES\nThe 2024 range at a glance\n\nQuenby Plover\n\nIt "
                "makes 136 PS.\n\nENGINES\n\nThere are two.\n\nUnder a rule\n------------\n\n"
                "Text follows here.\n\n2.1 Dimensions\n\nIt is short.\n\nNot a heading, "
                "this.\n\nAlone at the end\n",
                "# QUENBY MOTOR CARRIAGES\n# The 2024 range at a glance\n# Quenby Plover\nIt "
                "makes 136 PS.\n# ENGINES\nThere are two.\n# Under a rule\nText follows here.\n"
                "# Dimensions\nIt is short.\nNot a heading, this.\nAlone at the end\n");
}

static void text_finds_titles_right_above_their_text(void **state)
{
    (void)state;
    expect_text("Tolvane Haul 350\nThe Haul 350 is the medium panel van of the range, with a diesel\n"
                "of 140 hp (104 kW) and 360 Nm.\n\nTolvane Kip City\nA small one, for five people "
                "and what they carry.\nTolvane Volt\nAll electric, with 77 kWh and a range of 330 "
                "km.\n",
                "# Tolvane Haul 350\nThe Haul 350 is the medium panel van of the range, with a "
                "diesel of 140 hp (104 kW) and 360 Nm.\n# Tolvane Kip City\nA small one, for five "
                "people and what they carry.\n# Tolvane Volt\nAll electric, with 77 kWh and a "
                "range of 330 km.\n");
    /* A wrapped line is full, goes on with a small letter, or ends in the middle of a sentence. */
    expect_text("The Hallmark Ten\nof 1935 was built by the Hallmark Motor Company of Coventry.\n",
                "The Hallmark Ten of 1935 was built by the Hallmark Motor Company of Coventry.\n");
    expect_text("Hallmark Twelve Sports Saloon Cars Were\nBuilt-to-order only, and for rich "
                "men.\nThey were dear.\n",
                "Hallmark Twelve Sports Saloon Cars Were Built-to-order only, and for rich men. "
                "They were dear.\n");
    expect_text("It was then that he met the man behind the\nHallmark Twelve\nWho built it was "
                "long a matter of much dispute.\n",
                "It was then that he met the man behind the Hallmark Twelve Who built it was long "
                "a matter of much dispute.\n");
    expect_text("John Hallmark\n12 High Street\nCoventry\n",
                "John Hallmark 12 High Street Coventry\n");
    /* Topics below a blank line, of one word too; numbered ones. */
    expect_text("TERN 125\n\nCapacities\nThe fuel tank holds 11.5 litres including a reserve.\n\nTightening torques\n"
                "Tighten the drain plug to 25 Nm and not more.\n\n4. Filling quantities\nThe hydraulic system takes 28 litres "
                "of oil.\n",
                "# TERN 125\n# Capacities\nThe fuel tank holds 11.5 litres including a reserve.\n# Tightening torques\nTighten the "
                "drain plug to 25 Nm and not more.\n# Filling quantities\nThe hydraulic system takes 28 litres of oil.\n");
    /* An item that goes on is none. */
    expect_text("It is easy.\n\n1. Remove the cover\n   The seal below it has to be thrown away at once.\n2. Fit it\n",
                "It is easy.\nRemove the cover The seal below it has to be thrown away at once.\nFit it\n");
}

static void text_gives_headings_of_one_form_one_level(void **state)
{
    (void)state;
    static const char TEXT[] = "Toyota Yaris\n\nIt has 95 hp.\n\nHonda Jazz\n\nIt has 116 hp.\n";
    struct document d;
    struct error err = {0};
    assert_true(document_read(&d, DOCUMENT_TEXT, TEXT, strlen(TEXT),
                              &(struct document_options){.path = "a.txt"}, &err));
    assert_int_equal(d.n_blocks, 4);
    assert_int_equal(d.blocks[0].kind, BLOCK_HEADING);
    assert_int_equal(d.blocks[2].kind, BLOCK_HEADING);
    /* Else the second car would stand below the first. */
    assert_int_equal(d.blocks[0].level, d.blocks[2].level);
    document_free(&d);
}

static void text_reads_tables_aligned_with_spaces(void **state)
{
    (void)state;
    expect_text("2022 Subaru Forester specifications\n\n"
                "                 Base      Sport     Wilderness\n"
                "Horsepower       182       182       182\n"
                "Curb weight lb   3465      3520      3620\n"
                "Ground cl. in    8.7       8.7       9.2\n",
                "# 2022 Subaru Forester specifications\n[] line\n3: |Base|Sport|Wilderness\n"
                "4: Horsepower|182|182|182\n5: Curb weight lb|3465|3520|3620\n"
                "6: Ground cl. in|8.7|8.7|9.2\n");
}

static void text_reads_right_aligned_figures_units_bands_and_gaps(void **state)
{
    (void)state;
    expect_text("Model            Power   Torque   0-100\n"
                "                  (kW)     (Nm)     (s)\n"
                "---------------  -----   ------   -----\n"
                "Golf 1.0 TSI        81      200     9.9\n"
                "Golf eTSI          110              8.4\n"
                "SPORTS MODELS\n"
                "Golf R             235      400     4.7\n",
                "[] line\n-: Model|Power|Torque|0-100\n-: |(kW)|(Nm)|(s)\n"
                "4: Golf 1.0 TSI|81|200|9.9\n5: Golf eTSI|110||8.4\n6: SPORTS MODELS|||\n"
                "7: Golf R|235|400|4.7\n");
}

static void text_cuts_a_cell_that_runs_into_the_next_column(void **state)
{
    (void)state;
    expect_text("Trim      MSRP       City  Hwy\n"
                "LE        $22,050    30    38\n"
                "SE        $24,510    31    40\n"
                "XSE       $28,000\n"
                "Hybrid LE $23,500    53    46\n",
                "[] line\n1: Trim|MSRP|City|Hwy\n2: LE|$22,050|30|38\n3: SE|$24,510|31|40\n"
                "4: XSE|$28,000||\n5: Hybrid LE|$23,500|53|46\n");
}

static void text_names_a_row_that_does_not_fit(void **state)
{
    (void)state;
    expect_text("Model     Power   Torque\n"
                "A         100     200\n"
                "B         110     210\n"
                "C         120     220\n"
                "D  x  1   130     230\n"
                "E         140     240\n",
                "[] line\n1: Model|Power|Torque\n2: A|100|200\n3: B|110|210\n4: C|120|220\n"
                "6: E|140|240\nD  x  1   130     230\n"
                "! line 5: does not stand in the columns of its table\n");
}

static void text_goes_on_with_a_table_behind_a_blank_line(void **state)
{
    (void)state;
    expect_text("                      Base      Sport     Touring\n"
                "Engine\n"
                "  Displacement (cc)   1,998     1,998     2,487\n"
                "  Power (hp)          150       158       187\n\n"
                "Dimensions\n"
                "  Length (in)         183.1     183.1     184.0\n\n"
                "                      Base      Sport     Touring\n"
                "Doors                 4         4         5\n",
                "[] line\n1: |Base|Sport|Touring\n2: Engine|||\n"
                "3: Displacement (cc)|1,998|1,998|2,487\n4: Power (hp)|150|158|187\n"
                "6: Dimensions|||\n7: Length (in)|183.1|183.1|184.0\n[] line\n"
                "9: |Base|Sport|Touring\n10: Doors|4|4|5\n");
}

static void text_reads_colons_beside_gaps(void **state)
{
    (void)state;
    expect_text("Power      : 203 hp\nTorque     : 184 lb-ft\n",
                "[] line pairs\n1: Power|203 hp\n2: Torque|184 lb-ft\n");
    expect_text("Horsepower:    182    182    190\nTorque:        176    176    180\n",
                "[] line\n1: Horsepower|182|182|190\n2: Torque|176|176|180\n");
}

static void text_begins_a_record_where_the_first_name_comes_again(void **state)
{
    (void)state;
    expect_text("Model: Yaris\nPower: 95 hp\n\nModel: Jazz\nPower: 116 hp\n",
                "[] line pairs\n1: Model|Yaris\n2: Power|95 hp\n[] line pairs\n4: Model|Jazz\n"
                "5: Power|116 hp\n");
}

static void text_finds_framed_headings_and_sections(void **state)
{
    (void)state;
    expect_text("=== ENGINE ===\nDisplacement: 1,998 cc\nPower: 95 hp\n\n[Brakes]\nfront = 300 "
                "mm\nrear = 280 mm\nDimensions\nLength: 4 m\n",
                "# ENGINE\n[] line pairs\n2: Displacement|1,998 cc\n3: Power|95 hp\n# Brakes\n[] "
                "line pairs\n6: front|300 mm\n7: rear|280 mm\n# Dimensions\n[] line pairs\n9: "
                "Length|4 m\n");
}

static void text_reads_two_columns_as_names_and_values(void **state)
{
    (void)state;
    expect_text("Horsepower        182 hp\n"
                "Transmission      CVT, with eight\n"
                "                  simulated steps\n"
                "Curb weight       3,465 lb\n",
                "[] line pairs\n1: Horsepower|182 hp\n"
                "2: Transmission|CVT, with eight simulated steps\n4: Curb weight|3,465 lb\n");
    /* Not aligned, but each line is one. */
    expect_text("Length\t\t4,412 mm\nWidth\t1,800 mm\nWheelbase\t2,670 mm\n",
                "[] line pairs\n1: Length|4,412 mm\n2: Width|1,800 mm\n3: Wheelbase|2,670 mm\n");
    /* With a header they are rows, and which they are is not decided here. */
    expect_text("Model     Power (kW)\nGolf      110\nPolo      70\n",
                "[] line\n1: Model|Power (kW)\n2: Golf|110\n3: Polo|70\n");
}

static void text_reads_dotted_leaders(void **state)
{
    (void)state;
    expect_text("2022 Subaru Forester\n\n"
                "Horsepower .............. 182 hp\n"
                "Torque .................. 176 lb-ft\n"
                "Fuel tank............16.6 gal\n",
                "# 2022 Subaru Forester\n[] line pairs\n3: Horsepower|182 hp\n"
                "4: Torque|176 lb-ft\n5: Fuel tank|16.6 gal\n");
    expect_text("                 Base    Sport\n"
                "Horsepower .....  182 ...  200\n"
                "Torque ......... 176 .... 190\n",
                "[] line\n1: |Base|Sport\n2: Horsepower|182|200\n3: Torque|176|190\n");
}

static void text_reads_bars_grids_and_tabs(void **state)
{
    (void)state;
    expect_text("Model | Power\nA 1.0 | 75 kW\nA 1.5 | 110 kW\n",
                "[] line\n1: Model|Power\n2: A 1.0|75 kW\n3: A 1.5|110 kW\n");
    expect_text("+------+-------+\n| Trim | Price |\n+------+-------+\n| Base | 20000 |\n"
                "+------+-------+\n| S    |       |\n+------+-------+\n",
                "[] line\n-: Trim|Price\n4: Base|20000\n6: S|\n");
    expect_text("Make\tModel\tYear\tHP\nToyota\tCamry\t2023\t203\nHonda\t\t2023\t\n",
                "[] line\n1: Make|Model|Year|HP\n2: Toyota|Camry|2023|203\n3: Honda||2023|\n");
}

static void text_makes_pairs_a_table_from_two_on(void **state)
{
    (void)state;
    expect_text("Power: 150 kW\nTorque: 320 Nm\n  at 1,500 rpm\n\nSeats: 5\n",
                "[] line pairs\n1: Power|150 kW\n2: Torque|320 Nm at 1,500 rpm\n5: Seats|5\n");
    expect_text("Length: 4,412 mm | Width: 1,800 mm; Height: 1,500 mm\n",
                "[] line pairs\n1: Length|4,412 mm\n1: Width|1,800 mm\n1: Height|1,500 mm\n");
    expect_text("最大功率(kW)：150\n最大扭矩(N·m)：320\n",
                "[] line pairs\n1: 最大功率(kW)|150\n2: 最大扭矩(N·m)|320\n");
    expect_text("Colours: red, white, blue\n\nIt is nice.\n",
                "Colours: red, white, blue\nIt is nice.\n");
    expect_text("- Power — 150 kW\n- Torque – 320 Nm\n\n- Golf — the best one\n",
                "[] line pairs\n1: Power|150 kW\n2: Torque|320 Nm\n4: Golf|the best one\n");
}

static void text_reads_many_pairs_on_a_line(void **state)
{
    (void)state;
    expect_text("Bore | 3.2 in; Class | SUV; Fuel cost | 2,916 USD\n",
                "[] line pairs\n1: Bore|3.2 in\n1: Class|SUV\n1: Fuel cost|2,916 USD\n");
    expect_text("* Seats - 5; * Doors - 4; * Gearbox - CVT\n",
                "[] line pairs\n1: Seats|5\n1: Doors|4\n1: Gearbox|CVT\n");
    /* two may be anything */
    expect_text("He came - late; she went - early\n", "He came - late; she went - early\n");
    expect_text("Bore: 3.2 in\n", "[] line pairs\n1: Bore|3.2 in\n");
    expect_text("Bore | 3.2 in\nColour | blue\n", "[] line pairs\n1: Bore|3.2 in\n2: Colour|blue\n");
}

static void text_leaves_prose_alone(void **state)
{
    (void)state;
    expect_text("The weather was good.  We drove far.  The car was fine.\n"
                "It was a day like any other... and the range of 300 km\nwas enough.\n",
                "The weather was good.  We drove far.  The car was fine. It was a day like any "
                "other... and the range of 300 km was enough.\n");
    expect_text("Two columns of prose side by  by side, with many words in all of\n"
                "the lines, as papers print    them, are no table of any kind, and\n"
                "are not taken for one, since  rows of tables have few words each.\n",
                "Two columns of prose side by  by side, with many words in all of the lines, "
                "as papers print    them, are no table of any kind, and are not taken for one, "
                "since  rows of tables have few words each.\n");
    expect_text("Note: this is one sentence. It goes on with another one, and ends.\n",
                "Note: this is one sentence. It goes on with another one, and ends.\n");
    expect_text("See http://localhost:8000/a and\nhttps://example.com/b today.\n",
                "See http://localhost:8000/a and https://example.com/b today.\n");
}

static void text_reads_bullets_and_numbers_as_items(void **state)
{
    (void)state;
    expect_text("Equipment:\n- Air conditioning\n- A long line that\n  goes on\n"
                "• Seats: 5\n• Doors: 3\n\n1) First\n2) Second\n",
                "# Equipment\nAir conditioning\nA long line that goes on\n[] line pairs\n"
                "5: Seats|5\n6: Doors|3\nFirst\nSecond\n");
}

static void text_tells_where_cells_and_blocks_stand(void **state)
{
    (void)state;
    static const char TEXT[] = "Title one\n\nPower   150 kW\r\nTorque  320 Nm\r\n\r\nEnd of it.\n";
    struct document d;
    struct error err = {0};
    assert_true(document_read(&d, DOCUMENT_TEXT, TEXT, strlen(TEXT),
                              &(struct document_options){.path = "a.txt"}, &err));
    assert_int_equal(d.n_blocks, 3);
    const struct cell *c = &d.blocks[1].table->cells[3];
    assert_string_equal(c->text, "320 Nm");
    assert_int_equal(c->line, 4);
    assert_memory_equal(TEXT + c->begin, "320 Nm", 6);
    assert_int_equal(d.blocks[2].line_first, 6);
    assert_memory_equal(TEXT + d.blocks[2].begin, "End of it.", 10);
    assert_int_equal(d.blocks[2].end - d.blocks[2].begin, 10);
    document_free(&d);
}

/* ---- pairs ---- */

static void expect_pairs(const char *text, const char *expected)
{
    struct pair pairs[PAIRS_MAX];
    struct buffer got = {0};
    size_t n = pairs_find(text, strlen(text), pairs, PAIRS_MAX);
    for (size_t i = 0; i < n; i++) {
        const struct pair *p = &pairs[i];
        buffer_append(&got, text + p->name_begin, p->name_end - p->name_begin);
        buffer_puts(&got, "=");
        buffer_append(&got, text + p->value_begin, p->value_end - p->value_begin);
        buffer_puts(&got, ";");
    }
    assert_string_equal(buffer_text(&got), expected);
    buffer_free(&got);
}

static void expect_folded(const char *text, const char *expected, bool between)
{
    struct buffer got = {0};
    assert_int_equal(leaders_fold(text, strlen(text), &got), between);
    assert_string_equal(buffer_text(&got), expected);
    buffer_free(&got);
}

static void leader_dots_are_no_part_of_a_name(void **state)
{
    (void)state;
    expect_folded("K12 ..........", "K12", false);
    expect_folded("Thimbles . . . . . .", "Thimbles", false);
    expect_folded("Thimbles......\nNails ....", "Thimbles\nNails", false);
    expect_folded("Items...", "Items", false);
    expect_folded("Bore . . . . . . 101 mm", "Bore .... 101 mm", true);
    expect_folded("Type ......... Pressure feed", "Type .... Pressure feed", true);
    expect_folded("3.5 to 4.5 l. of oil... or more", "3.5 to 4.5 l. of oil... or more", false);
    expect_folded("", "", false);
    expect_pairs("Bore .... 101 mm  10.1 cm", "Bore=101 mm  10.1 cm;");
}

static void pairs_are_told_from_times_addresses_and_sentences(void **state)
{
    (void)state;
    expect_pairs("Power: 203 hp", "Power=203 hp;");
    expect_pairs("0-60 mph: 5.6 s", "0-60 mph=5.6 s;");
    expect_pairs("Power:203 hp", "Power=203 hp;");
    expect_pairs("Compression ratio (base: 95 RON): 10.5:1",
                 "Compression ratio (base: 95 RON)=10.5:1;");
    expect_pairs("Boot, seats up: 455 l", "Boot, seats up=455 l;");
    expect_pairs("Power: 200 hp, Torque: 300 Nm", "Power=200 hp;Torque=300 Nm;");
    expect_pairs("Colours: red, white", "Colours=red, white;");
    expect_pairs("at 10:30", "");
    expect_pairs("https://example.com", "");
    expect_pairs("It was good. And then it said: no", "");
    expect_pairs("Power:", "");
    expect_pairs(": 203", "");
    expect_pairs("a.  b", "");
    expect_pairs("", "");
}

/* ---- hostile input ---- */

static void put(struct buffer *b, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++) buffer_puts(b, text);
}

static double seconds(const char *prefix, const char *unit, size_t times, const char *suffix)
{
    struct buffer b = {0};
    struct document d;
    struct error err = {0};
    buffer_puts(&b, prefix);
    put(&b, unit, times);
    buffer_puts(&b, suffix);
    double start = clock_seconds();
    bool ok = document_read(&d, DOCUMENT_TEXT, b.data, b.len,
                            &(struct document_options){.path = "a.txt"}, &err);
    double taken = clock_seconds() - start;
    if (ok) {
        document_check(&d, b.len);
        assert_true(d.arena.used <= 512 * 1024 + 256 * b.len);
        document_free(&d);
    } else {
        assert_int_equal(err.code, ERROR_INPUT);
    }
    buffer_free(&b);
    return taken;
}

static void text_takes_a_time_that_grows_with_its_length(void **state)
{
    (void)state;
    static const char *const UNITS[] = {
        "a  b\n",  "a  b\nplain\n", "a\tb\tc\n", "a b  ",    ". ",     "a....b\n", "a|b\n",
        "| a ",    "- a\n",         "a: 1\n",    "a: b, ",   ": ",     "\n",       " ",
        "-----\n", "word ",         "word\n",    "a  b\n\n", "1. a\n", "a - b\n",  "\t",
        "+--",     "a; b: c; ",     "…",         "\u3000a"};
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
        size_t n = 60000 / strlen(UNITS[i]);
        double one = seconds("", UNITS[i], n, "x"), four = seconds("", UNITS[i], 4 * n, "x");
        if (four > 12 * one + 0.5)
            fail_msg("%s: %.3f s, four times as much %.3f s", UNITS[i], one, four);
    }
}

static void text_bounds_columns_and_cells(void **state)
{
    (void)state;
    struct buffer b = {0};
    struct document d;
    struct error err = {0};
    for (int i = 0; i < 2; i++) {
        put(&b, "a\t", 10000);
        buffer_puts(&b, "z\n");
    }
    assert_true(document_read(&d, DOCUMENT_TEXT, b.data, b.len,
                              &(struct document_options){.path = "a.txt"}, &err));
    document_check(&d, b.len);
    document_free(&d);
    buffer_clear(&b);
    buffer_puts(&b, "| a | ");
    put(&b, "x", DOCUMENT_MAX_CELL + 10);
    buffer_puts(&b, " |\n| b | c |\n");
    assert_true(document_read(&d, DOCUMENT_TEXT, b.data, b.len,
                              &(struct document_options){.path = "a.txt"}, &err));
    assert_int_equal(d.n_blocks, 1);
    assert_int_equal(d.blocks[0].table->cells[1].len, DOCUMENT_MAX_CELL);
    assert_int_equal(d.n_notes, 1);
    document_free(&d);
    buffer_free(&b);
}

static void text_ends_when_it_is_cancelled(void **state)
{
    (void)state;
    atomic_bool cancel = true;
    struct document d;
    struct error err = {0};
    assert_false(document_read(&d, DOCUMENT_TEXT, "a\n\nb\n", 5,
                               &(struct document_options){.path = "a.txt", .cancel = &cancel},
                               &err));
    assert_int_equal(err.code, ERROR_CANCELLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_keeps_a_paragraph_a_block),
        cmocka_unit_test(text_finds_headings_by_their_form),
        cmocka_unit_test(text_finds_titles_right_above_their_text),
        cmocka_unit_test(text_gives_headings_of_one_form_one_level),
        cmocka_unit_test(text_reads_tables_aligned_with_spaces),
        cmocka_unit_test(text_reads_right_aligned_figures_units_bands_and_gaps),
        cmocka_unit_test(text_cuts_a_cell_that_runs_into_the_next_column),
        cmocka_unit_test(text_names_a_row_that_does_not_fit),
        cmocka_unit_test(text_goes_on_with_a_table_behind_a_blank_line),
        cmocka_unit_test(text_reads_colons_beside_gaps),
        cmocka_unit_test(text_begins_a_record_where_the_first_name_comes_again),
        cmocka_unit_test(text_finds_framed_headings_and_sections),
        cmocka_unit_test(text_reads_two_columns_as_names_and_values),
        cmocka_unit_test(text_reads_dotted_leaders),
        cmocka_unit_test(text_reads_bars_grids_and_tabs),
        cmocka_unit_test(text_makes_pairs_a_table_from_two_on),
        cmocka_unit_test(text_reads_many_pairs_on_a_line),
        cmocka_unit_test(text_leaves_prose_alone),
        cmocka_unit_test(text_reads_bullets_and_numbers_as_items),
        cmocka_unit_test(text_tells_where_cells_and_blocks_stand),
        cmocka_unit_test(pairs_are_told_from_times_addresses_and_sentences),
        cmocka_unit_test(text_takes_a_time_that_grows_with_its_length),
        cmocka_unit_test(text_bounds_columns_and_cells),
        cmocka_unit_test(text_ends_when_it_is_cancelled),
        cmocka_unit_test(leader_dots_are_no_part_of_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
