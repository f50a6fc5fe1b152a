/* Word and OpenDocument texts, and transcripts: headings, lists and tables with their spans; what was
 * deleted or is hidden stays out; places by paragraph, table and time. */
#include "office_fixture.h"

static void docx_reads_headings_lists_and_tables(void **state)
{
    (void)state;
    expect_office("towing.docx", "# 2024 Quenby Heron towing guide\n# Before you tow\nRead the manual first.\n"
                                 "Ask your dealer about the hitch.\nTongue weight: 10 % of the trailer\n"
                                 "Loose loads shift\n# Trailer weights\nTable 1. Conventional towing\n"
                                 "[Table 1. Conventional towing] row\n"
                                 "-: Engine|Maximum trailer weight (lb)|Maximum trailer weight (lb)\n"
                                 "-: |Regular Cab|Crew Cab\n"
                                 "3: 2.7 V6|7,600|7,400\n4: 3.5 V6|11,300|10,900\n"
                                 "Displacement is given in cm\n");
    struct document d = office_read("towing.docx");
    expect_texts_in_place(&d);
    for (size_t i = 0; i < d.n_blocks; i++) {
        const struct block *b = &d.blocks[i];
        if (b->table) assert_string_equal(b->table->place, "table 1");
        if (strcmp(b->text, "Read the manual first.") == 0) assert_string_equal(b->place, "paragraph 3");
        if (b->kind == BLOCK_LIST_ITEM) assert_int_equal(b->level, 2);
    }
    document_free(&d);
}

static void docx_follows_styles_that_go_round(void **state)
{
    (void)state;
    expect_office("large-cyclic.docx", "The 2024 Quenby Heron has 400 hp.\n");
}

static void odt_leaves_out_what_was_deleted(void **state)
{
    (void)state;
    expect_office("manual.odt", "# 2023 Quenby Plover\nDo not tow with a  flat tyre.\nCheck the coupling.\n"
                                "# Capacities\n[] row\n-: Fluid|Quantity\n2: Engine oil|5.7 l\n3: Coolant|9.2 l\n"
                                "4: Fuel tank|75 l\n");
    struct document d = office_read("manual.odt");
    expect_texts_in_place(&d);
    document_free(&d);
}

static void transcripts_are_joined_and_placed_by_time(void **state)
{
    (void)state;
    expect_office("workshop.srt", "The 2024 Quenby Heron has a fuel tank capacity of 36 gallons.\nThanks for watching.\n");
    expect_office("walkaround.vtt",
                  "The 2024 Quenby Tern weighs 2,150 kg with the small battery.\nThanks.\n");
    struct document d = office_read("workshop.srt");
    assert_string_equal(d.blocks[0].place, "at 00:12:31");
    assert_string_equal(d.blocks[1].place, "at 01:00:01");
    document_free(&d);
    expect_office_error("hostile/no_times.srt",
                        "no_times.srt: holds no line of times (\"00:00:01,000 --> 00:00:04,000\")");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(docx_reads_headings_lists_and_tables),
        cmocka_unit_test(docx_follows_styles_that_go_round),
        cmocka_unit_test(odt_leaves_out_what_was_deleted),
        cmocka_unit_test(transcripts_are_joined_and_placed_by_time),
    };
    return cmocka_run_group_tests(tests, office_make, scratch_remove);
}
