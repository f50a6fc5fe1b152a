/* Markdown: inline markup taken out, pipe and HTML tables with all their cells, pairs, front
 * matter; what marks mean that are no markup; places; hostile input. */
#include "document_fixture.h"

#include "base/clock.h"
#include "document/markdown_source.h"

#include <stdlib.h>

static void expect_markdown(const char *text, const char *expected)
{
    struct document d;
    struct error err = {0};
    struct buffer got = {0};
    if (!document_read(&d, DOCUMENT_MARKDOWN, text, strlen(text),
                       &(struct document_options){.path = "a.md"}, &err))
        fail_msg("%s", err.text);
    document_check(&d, strlen(text));
    document_print(&d, &got);
    assert_string_equal(buffer_text(&got), expected);
    buffer_free(&got);
    document_free(&d);
}

/* ---- text ---- */

static void markdown_takes_inline_markup_out_and_joins_lines(void **state)
{
    (void)state;
    expect_markdown(
        "# The *Golf*\n\nIt **makes**\n110 `kW` &mdash; see [the site](http://x.y \"t\")\nor "
        "![a picture](p.png), snake_case_name, 2 \\* 3.\n",
        "# The Golf\nIt makes 110 kW — see the site or a picture, snake_case_name, 2 * 3.\n");
    expect_markdown("Weight: 1&nbsp;500&#8239;kg &unknown; a&amp;b\n", "Weight: 1\xc2\xa0"
                                                                       "500\xe2\x80\xaf"
                                                                       "kg &unknown; a&b\n");
    expect_markdown("See [text][r] and [r].\n\n[r]: http://x.y\n", "See text and r.\n");
    expect_markdown("##No space\n\nText.\n\n#1 in its class\n",
                    "# No space\nText.\n#1 in its class\n");
}

static void markdown_keeps_footnote_marks_apart_from_figures(void **state)
{
    (void)state;
    expect_markdown(
        "It has 203[^1] hp, 5<sup>2</sup> seats, 300<sup>a</sup> km, 9<sup>[3]</sup> l.\n\n"
        "[^1]: A note.\n[^2]: Another.\n",
        "It has 203[^1] hp, 5² seats, 300[a] km, 9[3] l.\n[^1]: A note.\n[^2]: Another.\n");
    expect_markdown(
        "CO<sub>2</sub> 120 g/km, 1,998 cm<sup>3</sup>, 5<sup>th</sup>, 203* hp and 210* hp.\n",
        "CO2 120 g/km, 1,998 cm³, 5th, 203* hp and 210* hp.\n");
}

static void markdown_leaves_struck_out_figures_out_and_says_so(void **state)
{
    (void)state;
    expect_markdown("It costs ~~$35,000~~ $32,000.\n",
                    "It costs  $32,000.\n! line 1: struck out text was left out\n");
    expect_markdown("<p>It costs <del>$35,000</del> <s>$34,000</s> $32,000.</p>\n",
                    "It costs $32,000.\n! line 1: struck out text was left out\n");
    /* One tilde is no mark. */
    expect_markdown("From ~200 km to ~300 km, 200~300, 400~500.\n",
                    "From ~200 km to ~300 km, 200~300, 400~500.\n");
}

static void markdown_takes_bold_labels_as_headings(void **state)
{
    (void)state;
    expect_markdown("**Dimensions**\n\nIt is long.\n\n**It is a whole sentence of its own.**\n",
                    "# Dimensions\nIt is long.\nIt is a whole sentence of its own.\n");
}

static void markdown_keeps_code_as_code_but_reads_data_in_it(void **state)
{
    (void)state;
    expect_markdown(
        "```python\nx  =  1\nyy  =  2\n```\n\n```\n         Base   Sport\nPower    182    "
        "190\n```\n",
        "x  =  1\nyy  =  2\n\n[] line\n7: |Base|Sport\n8: Power|182|190\n");
    expect_markdown("```yaml\npower: 203 hp\ntorque: 184 lb-ft\n```\n",
                    "[] line pairs\n2: power|203 hp\n3: torque|184 lb-ft\n");
    expect_markdown("    $ make demo\n    # a comment\n", "$ make demo\n# a comment\n\n");
}

/* ---- pipe tables ---- */

static void markdown_tables_keep_every_cell_in_its_column(void **state)
{
    (void)state;
    /* Empty cells without a space, one dash a column, cells beyond the header, rows that are short.
     */
    expect_markdown("|Spec||M50|\n|-|:-:|-:|\n|Power|210||\n|Range||521|extra|\n|Seats|\n",
                    "[] row\n-: Spec||M50|\n1: Power|210||\n2: Range||521|extra\n3: Seats|||\n");
    expect_markdown("a | b\n--- | ---\n1 | 2\n", "[] row\n-: a|b\n1: 1|2\n");
}

static void markdown_tables_keep_bands_and_empty_headers(void **state)
{
    (void)state;
    expect_markdown(
        "# 2023 Seat Leon data\n\n| | 1.0 TSI | 2.0 TDI |\n|---|---|---|\n"
        "| **Brakes** | | |\n| Front (mm) | 276 | 312 |\nTrack\n| Front (mm) | 1549 | 1534 |\n"
        "\nAfter.\n",
        "# 2023 Seat Leon data\n[] row\n-: |1.0 TSI|2.0 TDI\n1: Brakes||\n"
        "2: Front (mm)|276|312\n3: Track||\n4: Front (mm)|1549|1534\nAfter.\n");
    expect_markdown("| | |\n|---|---|\n| Power | 150 kW |\n", "[] row\n-: |\n1: Power|150 kW\n");
}

static void markdown_cells_are_text_without_markup(void **state)
{
    (void)state;
    expect_markdown(
        "| a | b |\n|---|---|\n| `x \\| y` | p \\| q |\n| [Golf](u) **R** | 12<br>14 |\n"
        "| 110 kW<br>(150 PS) | C# |\n| # 4 | - |\n| 1. a | > b |\n",
        "[] row\n-: a|b\n1: x | y|p | q\n2: Golf R|12; 14\n3: 110 kW (150 PS)|C#\n"
        "4: # 4|-\n5: 1. a|> b\n");
    expect_markdown(
        "| Power<br>kW | b |\n|---|---|\n| 1 ~2 3~ 4 | ~~5~~ 6 |\n",
        "[] row\n-: Power kW|b\n1: 1 ~2 3~ 4|6\n! line 3: struck out text was left out\n");
}

static void markdown_tables_stand_in_quotes_lists_and_below_text(void **state)
{
    (void)state;
    expect_markdown(
        "Specs:\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> | c | d |\n> |---|---|\n> | 3 | 4 |\n\n"
        "- item\n\n  | e | f |\n  |---|---|\n  | 5 | 6 |\n",
        "Specs:\n[Specs] row\n-: a|b\n1: 1|2\n[] row\n-: c|d\n1: 3|4\nitem\n[] row\n-: e|f\n"
        "1: 5|6\n");
    expect_markdown("```\n| a | b |\n|---|---|\n| 1 | 2 |\n```\n", "[] line\n-: a|b\n4: 1|2\n");
    expect_markdown("a | b\nno table\n", "a | b no table\n");
}

/* ---- HTML ---- */

static void markdown_reads_html_tables_with_spans_and_headers(void **state)
{
    (void)state;
    expect_markdown(
        "# 2023 BMW i4\n\n<table><tr><th>Spec</th><th>eDrive35</th><th>M50</th></tr><tr><td>Power"
        "</td><td>210 kW</td><td>400 kW</td></tr></table>\n",
        "# 2023 BMW i4\n[] row\n-: Spec|eDrive35|M50\n1: Power|210 kW|400 kW\n");
    expect_markdown(
        "<table><caption>Trims</caption>\n<thead><tr><th rowspan=2>Trim<th colspan=2>Power</tr>"
        "<tr><th>hp<th>kW</tr></thead>\n\n<tbody>\n<tr><td colspan=3>Petrol</td></tr>\n"
        "<tr><td>Base</td><td rowspan=2>200</td><td>150<br>151</td></tr>\n"
        "<tr><td>Sport</td><td>x<sup>1</sup></td></tr></tbody></table>\n",
        "[Trims] row\n-: Trim|Power|Power\n-: Trim|hp|kW\n1: Petrol||\n2: Base|200|150; 151\n"
        "3: Sport|200|x¹\n");
}

static void markdown_tells_header_cells_and_info_boxes(void **state)
{
    (void)state;
    static const char TEXT[] =
        "<table><tr><th colspan=2>Engine</th></tr><tr><th>Power</th><td>210 kW</td>"
        "</tr><tr><th>Torque</th><td>400 Nm</td></tr></table>\n";
    struct document d;
    struct error err = {0};
    assert_true(document_read(&d, DOCUMENT_MARKDOWN, TEXT, strlen(TEXT),
                              &(struct document_options){.path = "a.md"}, &err));
    const struct table *t = d.blocks[0].table;
    assert_true(t && t->key_value && t->header_cells);
    assert_true(t->header_cells[2] && !t->header_cells[3]);
    assert_string_equal(t->cells[0].text, "Engine");
    assert_string_equal(t->cells[1].text, "");
    assert_memory_equal(TEXT + t->cells[5].begin, "400 Nm", 6);
    document_free(&d);
}

static void markdown_takes_marks_out_of_html_cells(void **state)
{
    (void)state;
    expect_markdown("<table>\n<tr>\n<td>\n\n**Power**\n\n</td>\n<td>\n\n1 kW\n\n</td>\n</tr>\n"
                    "</table>\n",
                    "[] row\n1: Power|1 kW\n");
}

static void markdown_reads_tables_inside_of_tables_on_their_own(void **state)
{
    (void)state;
    expect_markdown("<table><tr><td><table><tr><td>Power</td><td>1 kW</td></tr></table></td>"
                    "<td>beside</td></tr></table>\n",
                    "[] row\n1: Power|1 kW\n[] row\n1: |beside\n");
    expect_markdown("<table><tr><td>a<table><tr><td>b\n", "[] row\n1: b\n[] row\n1: a\n");
}

static void markdown_takes_the_text_of_other_html(void **state)
{
    (void)state;
    expect_markdown(
        "<div align=\"center\">\n<h2>Engine</h2>\n<p>It <b>is</b> one.</p>\n"
        "<ul><li>Power: 1 kW</li><li>Torque: 2 Nm</li></ul>\n"
        "<script>var x = 1;</script><span style=\"display: none\">no</span>\n</div>\n\n"
        "<!-- a comment | with | bars -->\n\nThe <i>end</i>.\n",
        "# Engine\nIt is one.\n[] line pairs\n4: Power|1 kW\n4: Torque|2 Nm\nThe end.\n");
    expect_markdown("<dl><dt>Power</dt><dd>1 kW</dd><dt>Torque</dt><dd>2 Nm</dd></dl>\n",
                    "[] line pairs\n1: Power|1 kW\n1: Torque|2 Nm\n");
    expect_markdown("<h3>Inner</h3>\nText.\n", "# Inner\nText.\n");
}

/* ---- pairs ---- */

static void markdown_makes_tables_of_pairs(void **state)
{
    (void)state;
    expect_markdown(
        "# 2024 Jeep Avenger\n\n- Towing capacity: 1,102 lb unbraked / 2,425 lb braked\n"
        "- **Payload**: 1,047 lb\n",
        "# 2024 Jeep Avenger\n[] line pairs\n"
        "3: Towing capacity|1,102 lb unbraked / 2,425 lb braked\n4: Payload|1,047 lb\n");
    expect_markdown("**Power:** 203 hp<br>\n**Torque:** 184 lb-ft\n\n**Price:** $30,000\n",
                    "[] line pairs\n1: Power|203 hp\n2: Torque|184 lb-ft\n4: Price|$30,000\n");
    expect_markdown("Power: 1 kW\nTorque: 2 Nm\n---\n\nPower\n: 3 kW\n\nTorque\n: 4 Nm\n",
                    "[] line pairs\n1: Power|1 kW\n2: Torque|2 Nm\n[] line pairs\n5: Power|3 kW\n"
                    "8: Torque|4 Nm\n");
    expect_markdown("* Length — 4.4 m\n* Width – 1.8 m\n",
                    "[] line pairs\n1: Length|4.4 m\n2: Width|1.8 m\n");
    expect_markdown("## Performance\n\n- 0-60 mph: 3.0 s\n\n## More\n\n- Note: fine\n",
                    "# Performance\n[] line pairs\n3: 0-60 mph|3.0 s\n# More\nNote: fine\n");
}

static void markdown_names_pairs_by_the_item_above(void **state)
{
    (void)state;
    expect_markdown(
        "- Engine:\n  - Power: 1 kW\n  - Torque: 2 Nm\n- Brakes\n  - Front: 3 mm\n  - Rear: 4 mm\n",
        "Engine:\n[Engine] line pairs\n2: Power|1 kW\n3: Torque|2 Nm\nBrakes\n[Brakes] line "
        "pairs\n5: Front|3 mm\n6: Rear|4 mm\n");
    expect_markdown("Dimensions:\n\n- Length: 4 m\n- Width: 2 m\n",
                    "Dimensions:\n[Dimensions] line pairs\n3: Length|4 m\n4: Width|2 m\n");
}

static void markdown_leaves_prose_with_colons_alone(void **state)
{
    (void)state;
    expect_markdown(
        "- Safety: the car got five stars. It also has many other things that a car should "
        "have.\n- Fun: 5\n- plain\n\nText: Wikipedia contributors, CC BY-SA.\n",
        "Safety: the car got five stars. It also has many other things that a car should "
        "have.\nFun: 5\nplain\nText: Wikipedia contributors, CC BY-SA.\n");
}

static void markdown_begins_a_record_where_the_first_name_comes_again(void **state)
{
    (void)state;
    expect_markdown("- Model: Yaris\n- Power: 95 hp\n\n* Model: Jazz\n* Power: 116 hp\n",
                    "[] line pairs\n1: Model|Yaris\n2: Power|95 hp\n[] line pairs\n4: Model|Jazz\n"
                    "5: Power|116 hp\n");
}

static void markdown_reads_front_matter(void **state)
{
    (void)state;
    expect_markdown(
        "---\ntitle: \"2023 Golf\"\nengine:\n  power: 110 kW # net\n  torque: 250 Nm\n"
        "tags:\n  - a\n  - b\n---\n\n# Golf\n",
        "[] line pairs\n2: title|2023 Golf\n4: engine.power|110 kW\n5: engine.torque|250 Nm\n"
        "6: tags|a, b\n# Golf\n");
    expect_markdown("---\n\nText.\n\n---\n", "Text.\n");
}

/* ---- places ---- */

static void markdown_tells_where_cells_stand(void **state)
{
    (void)state;
    static const char TEXT[] =
        "\xef\xbb\xbf# Golf\r\n\r\n| | **R** |\r\n|-|-|\r\n| Power | *235* kW |\r\n| x | "
        "|\r\n\r\n- Seats: **5** of\r\n- Doors: 3\r\n\r\n> Last\r\n";
    struct document d;
    struct error err = {0};
    assert_true(document_read(&d, DOCUMENT_MARKDOWN, TEXT, strlen(TEXT),
                              &(struct document_options){.path = "a.md"}, &err));
    assert_int_equal(d.n_blocks, 4);
    const struct table *t = d.blocks[1].table;
    assert_string_equal(t->cells[3].text, "235 kW");
    assert_memory_equal(TEXT + t->cells[3].begin, "235", 3);
    assert_int_equal(t->cells[3].line, 5);
    assert_int_equal(t->cells[5].line, 6);
    assert_int_equal(t->row_numbers[2], 2);
    const struct cell *seats = &d.blocks[2].table->cells[1];
    assert_string_equal(seats->text, "5 of");
    assert_int_equal(seats->line, 8);
    assert_memory_equal(TEXT + seats->begin, "5", 1);
    assert_string_equal(d.blocks[3].text, "Last");
    assert_int_equal(d.blocks[3].line_first, 11);
    assert_memory_equal(TEXT + d.blocks[3].begin, "> Last", 6);
    assert_int_equal(d.blocks[3].end - d.blocks[3].begin, 6);
    document_free(&d);
}

static void markdown_source_maps_each_byte_to_the_document(void **state)
{
    (void)state;
    static const char TEXT[] =
        "Text ~a.\n\n| a | b |\n|-|-|\n| cc | |\n\n<table><tr><td>x</table> end\n";
    struct markdown_source s;
    assert_true(markdown_source_make(&s, TEXT, strlen(TEXT)));
    assert_int_equal(s.n_marks, 4);
    const char *cc = memmem(s.text.data, s.len, "cc", 2);
    assert_non_null(cc);
    size_t at = markdown_source_place(&s, (size_t)(cc - s.text.data));
    assert_memory_equal(TEXT + at, "cc", 2);
    assert_int_equal(markdown_source_line(&s, at), 5);
    assert_int_equal(s.marks[3].kind, MARK_HTML);
    assert_memory_equal(TEXT + s.marks[3].begin, "<table>", 7);
    markdown_source_free(&s);
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
    bool ok = document_read(&d, DOCUMENT_MARKDOWN, b.data, b.len,
                            &(struct document_options){.path = "a.md"}, &err);
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

static void markdown_finds_titles_right_above_their_text(void **state)
{
    (void)state;
    expect_document("a.md",
                    "**Tolvane Haul 350**\nIt makes 140 hp.\nIts payload is 1,180 kg.\n\n"
                    "Tolvane Volt\nAll electric, with 77 kWh and a range of 330 km.\n\n**Note** "
                    "that bold\nwords are none.\n",
                    "# Tolvane Haul 350\nIt makes 140 hp. Its payload is 1,180 kg.\n# Tolvane "
                    "Volt\nAll electric, with 77 kWh and a range of 330 km.\nNote that bold words "
                    "are none.\n");
}

static void markdown_takes_a_time_that_grows_with_its_length(void **state)
{
    (void)state;
    static const struct {
        const char *prefix, *unit, *suffix;
    } CASES[] = {
        {"", "[", ""},
        {"", "[a](b)\n", ""}, /* md4c 0.4.8: quadratic in the lines of a paragraph */
        {"[q]: /u\n\n", "[q]\n", ""},
        {"", "[a](b \"\n", ""},
        {"> ```\n\n", "[a](b)\n", ""},
        {"[a]: /u \"", "u", "\"\n\n[a][a][a]"},
        {"", "> ", "x"},
        {"", "- ", "x"},
        {"", "word ", ""},
        {"", "word\n", ""},
        {"", "a: 1\n", ""},
        {"", "- a: 1\n", ""},
        {"", "|", ""},
        {"a|b\n-|-\n", "|\n", ""},
        {"a|b\n-|-\n", "1|2\n", ""},
        {"x|y\n", "-|", "\nz|\n"},
        {"", "<!--", ""},
        {"", "<table>", ""},
        {"<table>", "<tr><td>", "</table>"},
        {"", "<table><tr><td>", "</table>"},
        {"<table><tr><td>", "<b>", "</table>"},
        {"<table><tr>", "<td rowspan=9999 colspan=3>x</td>", "</tr><tr></tr><tr></tr></table>"},
        {"<table>", "<tr><td colspan=4000>x</td><td>y</td></tr>", "</table>"},
        {"<div>\n", "&", "\n</div>"},
        {"<div>\n", "<i></b>", "\n</div>"},
        {"", "*a **b _c ", ""},
        {"", "~~a ", ""},
        {"", "`a", ""},
        {"", "```\n", ""},
        {"---\n", "a: b\n", "---\n"},
        {"---\n", "a:\n ", "---\n"},
        {"", "[^a]: b\n", ""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        size_t n = 60000 / strlen(CASES[i].unit);
        double one = seconds(CASES[i].prefix, CASES[i].unit, n, CASES[i].suffix);
        double four = seconds(CASES[i].prefix, CASES[i].unit, 4 * n, CASES[i].suffix);
        if (four > 12 * one + 0.5)
            fail_msg("%s: %.3f s, four times as much %.3f s", CASES[i].unit, one, four);
    }
}

static void markdown_bounds_columns_spans_cells_and_depth(void **state)
{
    (void)state;
    struct buffer b = {0};
    struct document d;
    struct error err = {0};
    for (int row = 0; row < 3; row++) {
        put(&b, row == 1 ? "-|" : "a|", 5000);
        buffer_puts(&b, "\n");
    }
    assert_true(document_read(&d, DOCUMENT_MARKDOWN, b.data, b.len,
                              &(struct document_options){.path = "a.md"}, &err));
    assert_int_equal(d.blocks[0].table->n_columns, DOCUMENT_MAX_COLUMNS);
    assert_int_equal(d.n_notes, 2);
    document_free(&d);
    buffer_clear(&b);
    buffer_puts(&b, "<table><tr><th>");
    put(&b, "<i>", 300);
    buffer_puts(&b, "deep</table>\n\nAfter.\n\n| a |\n|-|\n| ");
    put(&b, "y", DOCUMENT_MAX_CELL + 1);
    buffer_puts(&b, " |\n");
    assert_true(document_read(&d, DOCUMENT_MARKDOWN, b.data, b.len,
                              &(struct document_options){.path = "a.md"}, &err));
    assert_int_equal(d.n_notes, 2);
    assert_non_null(strstr(d.notes[0].text, "deep"));
    assert_int_equal(d.blocks[d.n_blocks - 1].table->cells[1].len, DOCUMENT_MAX_CELL);
    document_free(&d);
    buffer_free(&b);
}

static void markdown_ends_when_it_is_cancelled(void **state)
{
    (void)state;
    atomic_bool cancel = true;
    struct document d;
    struct error err = {0};
    assert_false(document_read(&d, DOCUMENT_MARKDOWN, "a\n\nb\n", 5,
                               &(struct document_options){.path = "a.md", .cancel = &cancel},
                               &err));
    assert_int_equal(err.code, ERROR_CANCELLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markdown_takes_inline_markup_out_and_joins_lines),
        cmocka_unit_test(markdown_keeps_footnote_marks_apart_from_figures),
        cmocka_unit_test(markdown_leaves_struck_out_figures_out_and_says_so),
        cmocka_unit_test(markdown_takes_bold_labels_as_headings),
        cmocka_unit_test(markdown_keeps_code_as_code_but_reads_data_in_it),
        cmocka_unit_test(markdown_tables_keep_every_cell_in_its_column),
        cmocka_unit_test(markdown_tables_keep_bands_and_empty_headers),
        cmocka_unit_test(markdown_cells_are_text_without_markup),
        cmocka_unit_test(markdown_tables_stand_in_quotes_lists_and_below_text),
        cmocka_unit_test(markdown_reads_html_tables_with_spans_and_headers),
        cmocka_unit_test(markdown_tells_header_cells_and_info_boxes),
        cmocka_unit_test(markdown_takes_marks_out_of_html_cells),
        cmocka_unit_test(markdown_reads_tables_inside_of_tables_on_their_own),
        cmocka_unit_test(markdown_takes_the_text_of_other_html),
        cmocka_unit_test(markdown_makes_tables_of_pairs),
        cmocka_unit_test(markdown_names_pairs_by_the_item_above),
        cmocka_unit_test(markdown_leaves_prose_with_colons_alone),
        cmocka_unit_test(markdown_begins_a_record_where_the_first_name_comes_again),
        cmocka_unit_test(markdown_reads_front_matter),
        cmocka_unit_test(markdown_tells_where_cells_stand),
        cmocka_unit_test(markdown_source_maps_each_byte_to_the_document),
        cmocka_unit_test(markdown_finds_titles_right_above_their_text),
        cmocka_unit_test(markdown_takes_a_time_that_grows_with_its_length),
        cmocka_unit_test(markdown_bounds_columns_spans_cells_and_depth),
        cmocka_unit_test(markdown_ends_when_it_is_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
