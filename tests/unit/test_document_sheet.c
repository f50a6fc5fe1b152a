/* Spreadsheets: how numbers and dates are shown; merged cells, tables side by side, hidden parts and
 * places; what is damaged or hostile is refused with one line, in bounds. */
#include "office_fixture.h"

#include "base/clock.h"
#include "document/number_format.h"
#include "document/sheet.h"

static void expect_shown(double value, const char *code, const char *expected)
{
    struct buffer b = {0};
    number_format_write(&b, value, code, false);
    if (strcmp(buffer_text(&b), expected) != 0)
        fail_msg("%g as '%s': '%s', not '%s'", value, code, buffer_text(&b), expected);
    buffer_free(&b);
}

static void numbers_are_written_as_they_are_shown(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *code, *expected;
    } SHOWN[] = {
        {1234.5, NULL, "1234.5"},
        {0.1 + 0.2, "General", "0.3"},
        {1e-7, "", "0.0000001"},
        {123456789012.0, "General", "123456789012"},
        {1234567, "#,##0", "1,234,567"},
        {-1234.5, "#,##0.00", "-1,234.50"},
        {2.675, "0.00", "2.68"},
        {1.005, "0.00", "1.01"},
        {7, "000", "007"},
        {0.5, "#.##", "0.5"},
        {3, "#.##", "3"},
        {0, "#", ""},
        {0.075, "0%", "8%"},
        {0.075, "0.0%", "7.5%"},
        {8200, "#,##0\" lb\"", "8,200 lb"},
        {52410.5, "[$€-407]\\ #,##0.00", "€ 52,410.50"},
        {1200, "$#,##0_);($#,##0)", "$1,200"},
        {-1200, "$#,##0_);($#,##0)", "-$1,200"},
        {0, "_(\"$\"* #,##0.00_);_(\"$\"* \\(#,##0.00\\);_(\"$\"* \"-\"??_);_(@_)", "$-"},
        {12345678, "#,##0,", "12,346"},
        {12345, "0.00E+00", "1.23E+04"},
        {5.5, "# ?/?", "5 1/2"},
        {0.375, "# ?/8", "3/8"},
        {3, "[<5]\"few\";[>=5]\"many\"", "few"},
        {9, "[<5]\"few\";[>=5]\"many\"", "many"},
        {-0.001, "0.0", "0.0"},
    };
    for (size_t i = 0; i < sizeof SHOWN / sizeof *SHOWN; i++)
        expect_shown(SHOWN[i].value, SHOWN[i].code, SHOWN[i].expected);
}

static void dates_and_times_are_written_as_they_are_shown(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *code, *expected;
    } SHOWN[] = {
        {45292, "yyyy-mm-dd", "2024-01-01"},
        {45351, "d mmmm yyyy", "29 February 2024"},
        {45351, "dd.mm.yy", "29.02.24"},
        {45351, "ddd", "Thu"},
        {1, "yyyy-mm-dd", "1900-01-01"},
        {61, "yyyy-mm-dd", "1900-03-01"},
        {45292.75, "h:mm AM/PM", "6:00 PM"},
        {45292.5, "yyyy-mm-dd hh:mm", "2024-01-01 12:00"},
        {1.5, "[h]:mm", "36:00"},
        {0.0104282407, "mm:ss.0", "15:01.0"},
        {45292, "yyyy", "2024"},
        {45292, "[$-409]mmm\\-yy;@", "Jan-24"},
        {-1, "yyyy-mm-dd", "-1"},
        {1e300, "yyyy-mm-dd", "1e+300"},
    };
    for (size_t i = 0; i < sizeof SHOWN / sizeof *SHOWN; i++)
        expect_shown(SHOWN[i].value, SHOWN[i].code, SHOWN[i].expected);
    struct buffer b = {0};
    number_format_write(&b, 43830, "yyyy-mm-dd", true);
    assert_string_equal(buffer_text(&b), "2024-01-01");
    buffer_free(&b);
}

static void references_are_read_and_written(void **state)
{
    (void)state;
    uint32_t row, column;
    size_t used;
    char name[SHEET_COLUMN_NAME];
    assert_true(sheet_read_reference("XFD1048576:A1", &row, &column, &used));
    assert_int_equal(row, 1048575);
    assert_int_equal(column, 16383);
    assert_int_equal(used, 10);
    assert_true(sheet_read_reference("$B$2", &row, &column, NULL));
    assert_int_equal(column, 1);
    static const char *const BAD[] = {"", "1A", "A", "A0", "ZZZZZZZZ1", "A99999999999"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) assert_false(sheet_read_reference(BAD[i], &row, &column, NULL));
    sheet_column_name(701, name);
    assert_string_equal(name, "ZZ");
    sheet_column_name(702, name);
    assert_string_equal(name, "AAA");
    sheet_column_name(UINT32_MAX, name); /* in bounds */
}

static void xlsx_reads_a_price_list(void **state)
{
    (void)state;
    expect_office("trucks.xlsx", "# Trucks\n# Price list 2024\n[Price list 2024] row\n"
                                 "3: Model|Trim|Towing capacity|Towing capacity|Price|Fuel tank\n"
                                 "4: ||2WD|4WD||\n"
                                 "5: ||lb|lb|USD|gal\n"
                                 "6: Quenby Heron|XL|8,200|7,900|36,770.00|23.0\n"
                                 "7: Quenby Heron|Lariat|9,100|8,800|52,410.50|26.0\n"
                                 "8: Quenby Osprey|Base|3,500|3,350|28,995.00|16.4\n"
                                 "* Prices without destination charge of 1,895 USD.\n"
                                 "# Vans\n[] row\n"
                                 "2: Van|Length (mm)|First sold|Discount|Warranty until\n"
                                 "3: Quenby Tern|5,531|Jan 2024|5%|2025-12-31\n"
                                 "4: Quenby Plover|6,704|Feb 2024|7.50%|2026-01-31\n"
                                 "! holds macros: they were not looked at\n"
                                 "! sheet 'Vans' is hidden in the file; it was read\n"
                                 "! sheet 'Vans': row 4 is hidden in the file; it was read\n");
    struct document d = office_read("trucks.xlsx");
    expect_texts_in_place(&d);
    size_t tables = 0;
    for (size_t i = 0; i < d.n_blocks; i++) {
        const struct block *b = &d.blocks[i];
        if (b->table) assert_string_equal(b->table->place, tables++ ? "sheet 'Vans'" : "sheet 'Trucks'");
        if (b->kind == BLOCK_PARAGRAPH) assert_string_equal(b->place, "sheet 'Trucks', row 10");
    }
    assert_int_equal(tables, 2);
    assert_true(d.n_point_numbers > 0);
    for (size_t i = 1; i < d.n_point_numbers; i++) assert_true(d.point_numbers[i] > d.point_numbers[i - 1]);
    document_free(&d);
}

static void ods_writes_numbers_of_other_countries_with_a_point(void **state)
{
    (void)state;
    expect_office("caravans.ods", "# Wohnwagen\n# Wohnwagen 2024\n[Wohnwagen 2024] row\n"
                                  "2: Modell|Leergewicht (kg)|Länge (m)|Preis (EUR)\n"
                                  "3: Quenby Wren|1,234|5.125|18,990.00\n"
                                  "4: Quenby Lark|1,456|6.205|24,500.00\n");
}

static void xls_reads_all_sheets(void **state)
{
    (void)state;
    expect_office("fleet.xls", "# Fleet\n# Fleet of the north depot\n[Fleet of the north depot] row\n"
                               "3: Vehicle|Power (hp)|Curb weight (kg)|Fuel\n"
                               "4: 2022 Quenby Stork|210|1,985.0 kg|diesel\n"
                               "5: 2021 Quenby Crane|156|1,640.5 kg|petrol\n"
                               "# Notes\nWeights as weighed, with driver.\n2024-02-29\n"
                               "! sheet 'Fleet': hidden columns (D) were read\n");
}

/* Sheets of cells "row column text", for the rules about tables. */
struct placed {
    uint32_t row, column;
    const char *text;
};

static void expect_sheet(const struct placed *cells, size_t n, const struct sheet_range *merges, size_t n_merges,
                         const char *expected)
{
    struct document d = {.path = ""};
    struct document_reader r = {.out = &d, .path = "a.xlsx", .spare_cells = 1000, .made_limit = 100000};
    struct error err = {0};
    struct sheet s;
    struct buffer got = {0};
    sheet_init(&s, &r, "S");
    for (size_t i = 0; i < n; i++)
        sheet_add(&s, cells[i].row, cells[i].column, cells[i].text, strlen(cells[i].text), false);
    for (size_t i = 0; i < n_merges; i++) sheet_merge(&s, merges[i]);
    assert_true(sheet_end(&s, &err));
    d.blocks = r.blocks;
    d.n_blocks = r.n_blocks;
    document_print(&d, &got);
    assert_string_equal(buffer_text(&got), expected);
    buffer_free(&got);
    buffer_free(&r.made);
    free(r.blocks);
    sheet_free(&s);
    arena_free(&d.arena);
}

static void sheets_part_tables_side_by_side(void **state)
{
    (void)state;
    static const struct placed TWO[] = {
        {0, 0, "Truck"}, {0, 1, "Power (hp)"}, {0, 3, "Van"}, {0, 4, "Length (mm)"},
        {1, 0, "Heron"}, {1, 1, "400"},        {1, 3, "Tern"}, {1, 4, "5531"},
        {2, 0, "Osprey"}, {2, 1, "310"},       {2, 3, "Plover"}, {2, 4, "6704"},
    };
    expect_sheet(TWO, 12, NULL, 0,
                 "[] row\n1: Truck|Power (hp)\n2: Heron|400\n3: Osprey|310\n"
                 "[] row\n1: Van|Length (mm)\n2: Tern|5531\n3: Plover|6704\n");
    /* A narrow blank column between figures parts nothing. */
    static const struct placed ONE[] = {
        {0, 0, "Truck"}, {0, 1, "Power (hp)"}, {0, 3, "Torque (lb-ft)"}, {1, 0, "Heron"}, {1, 1, "400"},
        {1, 3, "500"},   {2, 0, "Osprey"},     {2, 1, "310"},            {2, 3, "400"},
    };
    expect_sheet(ONE, 9, NULL, 0, "[] row\n1: Truck|Power (hp)||Torque (lb-ft)\n2: Heron|400||500\n3: Osprey|310||400\n");
}

static void merged_cells_are_filled_where_they_mean_each_row(void **state)
{
    (void)state;
    static const struct placed CELLS[] = {
        {0, 0, "Model"}, {0, 1, "Trim"}, {0, 2, "Price"}, {1, 0, "Heron"}, {1, 1, "XL"},     {1, 2, "1"},
        {2, 1, "XLT"},   {2, 2, "2"},    {3, 0, "Vans"},  {4, 0, "Tern"},  {4, 1, "Basic"},  {4, 2, "3"},
    };
    static const struct sheet_range MERGES[] = {{1, 0, 2, 0}, {3, 0, 3, 2}};
    expect_sheet(CELLS, 12, MERGES, 2,
                 "[] row\n1: Model|Trim|Price\n2: Heron|XL|1\n3: Heron|XLT|2\n4: Vans||\n5: Tern|Basic|3\n");
}

static void cells_may_come_in_any_order(void **state)
{
    (void)state;
    static const struct placed CELLS[] = {{1, 1, "400"}, {1, 0, "Heron"}, {0, 1, "hp"}, {0, 0, "Model"}, {1, 1, "9"}};
    expect_sheet(CELLS, 5, NULL, 0, "[] row\n1: Model|hp\n2: Heron|400\n");
}

static void what_is_damaged_is_named_with_its_part(void **state)
{
    (void)state;
    static const char *const BAD[][2] = {
        {"bomb.xlsx", "bomb.xlsx: xl/worksheets/sheet1.xml: line 2: a text of more than 10 MB"},
        {"laughs.xlsx", "laughs.xlsx: xl/worksheets/sheet1.xml: line 1: Detected an entity reference loop"},
        {"doctype.docx", "doctype.docx: word/styles.xml: line 2: holds a document type or an entity: refused"},
        {"no_xml.xlsx", "no_xml.xlsx: xl/worksheets/sheet1.xml: line 1: Document is empty"},
        {"cut_xml.xlsx", "cut_xml.xlsx: xl/worksheets/sheet1.xml: line 2: Extra content at the end of the document"},
        {"bad_string.xlsx", "bad_string.xlsx: xl/worksheets/sheet1.xml: line 2: shared string 7 of 0"},
        {"bad_place.xlsx", "bad_place.xlsx: xl/worksheets/sheet1.xml: line 2: '1A' is no cell"},
        {"no_rows.xlsx", "no_rows.xlsx: holds no rows"},
        {"deep.xlsx", "deep.xlsx: xl/worksheets/sheet1.xml: line 2: tags more than 256 deep"},
        {"deep.docx", "deep.docx: word/document.xml: line 2: tags more than 256 deep"},
        {"missing_sheet.xlsx", "missing_sheet.xlsx: xl/worksheets/sheet1.xml is missing"},
        {"no_workbook.xlsx", "no_workbook.xlsx: is a ZIP archive, not an Excel, Word or OpenDocument file"},
        {"cut.xlsx", "cut.xlsx: is a damaged ZIP archive (Not a zip archive)"},
        {"cut_end.xlsx", "cut_end.xlsx: is a damaged ZIP archive (Not a zip archive)"},
        {"only_head.xlsx", "only_head.xlsx: is a damaged ZIP archive (Not a zip archive)"},
        {"empty.xlsx", "empty.xlsx: is empty"},
        {"text.xlsx", "text.xlsx: is text, not an Office file"},
        {"crc.xlsx", "crc.xlsx: xl/worksheets/sheet1.xml: cannot be inflated (Zlib error: data error)"},
        {"shared_flood.xlsx", "shared_flood.xlsx: says more than 78 MB of text, too much for its size: refused"},
        {"encrypted.xlsx", "encrypted.xlsx: is encrypted; save it without a password"},
        {"encrypted.ods", "encrypted.ods: is encrypted; save it without a password"},
        {"locked.xls", "locked.xls: is encrypted; save it without a password"},
        {"cut.xls", "cut.xls: is a damaged or too old Excel workbook: it is cut, or its list of sectors is wrong"},
        {"book.epub.odt", "book.epub.odt: is an EPUB book"},
        {"slides.docx", "slides.docx: is a presentation"},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        char name[64];
        snprintf(name, sizeof name, "hostile/%s", BAD[i][0]);
        expect_office_error(name, BAD[i][1]);
    }
}

static void empty_rows_and_repetition_cost_little(void **state)
{
    (void)state;
    double start = clock_seconds();
    expect_office("large-empty_rows.xlsx", "# S\n[] row\n1: Model|Power (hp)\n2: Quenby Heron|400\n"
                                           "1000001: Quenby Tern|150\n");
    struct document d = office_read("large-repeated.ods");
    assert_true(d.blocks[1].table->n_rows < 30000);
    assert_string_equal(d.notes[0].text, "sheet 'S': row 2 is repeated 1000000 times: the rest is left out");
    document_free(&d);
    d = office_read("large-merges.xlsx");
    assert_int_equal(d.blocks[d.n_blocks - 1].table->n_rows, 2);
    document_free(&d);
    assert_true(clock_seconds() - start < 60);
}

static void names_of_parts_lead_nowhere(void **state)
{
    (void)state;
    expect_office("large-paths.xlsx", "# S\n[] row\n1: Model|Power (hp)\n2: Quenby Heron|400\n");
    assert_false(file_exists("/tmp/autospec-escaped"));
    assert_false(file_exists("/etc/autospec-escaped"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_written_as_they_are_shown),
        cmocka_unit_test(dates_and_times_are_written_as_they_are_shown),
        cmocka_unit_test(references_are_read_and_written),
        cmocka_unit_test(xlsx_reads_a_price_list),
        cmocka_unit_test(ods_writes_numbers_of_other_countries_with_a_point),
        cmocka_unit_test(xls_reads_all_sheets),
        cmocka_unit_test(sheets_part_tables_side_by_side),
        cmocka_unit_test(merged_cells_are_filled_where_they_mean_each_row),
        cmocka_unit_test(cells_may_come_in_any_order),
        cmocka_unit_test(what_is_damaged_is_named_with_its_part),
        cmocka_unit_test(empty_rows_and_repetition_cost_little),
        cmocka_unit_test(names_of_parts_lead_nowhere),
    };
    return cmocka_run_group_tests(tests, office_make, scratch_remove);
}
