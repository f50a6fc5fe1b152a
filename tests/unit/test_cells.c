/* Cells that are found by the question's words: all of them, in row, column and headings, or there is
 * no answer; never for a question that computes, compares or lists. */
#include "rag_fixture.h"

#include "answer/answer.h"

static const char WORKSHOP[] =
    "# Torrin K7X engine\n\n"
    "## Tightening torques\n\n"
    "| Part | Torque in daN.m | Grade |\n| --- | --- | --- |\n"
    "| Sprocket bolt | 4.5 | 10.9 |\n| Oil pan bolt | 1.2 | 8.8 |\n| Oil pan plug | 2.5 | 8.8 |\n\n"
    "## Fits\n\n"
    "| Measuring point | New parts (mm) | Wear limit (mm) |\n| --- | --- | --- |\n"
    "| Slipring diameter | 17.5 | 17.2 |\n| Brush length | 22 | 9 |\n";

static struct store *workshop(void)
{
    struct store *s = memory_store();
    ingest_ok(s, "/k7x.md", DOCUMENT_MARKDOWN, WORKSHOP);
    return s;
}

/* What the program answers; refused: "". */
static const char *answer_to(struct store *s, const char *question, struct arena *arena)
{
    struct error err = {0};
    struct answer a;
    if (!answer_question(&a, s, NULL, question, NULL, &err)) fail_msg("%s", err.text);
    const char *text = a.refused ? "" : arena_strdup(arena, a.text);
    answer_free(&a);
    return text;
}

static void expect(const char *question, const char *part)
{
    struct arena arena = {0};
    struct store *s = workshop();
    const char *text = answer_to(s, question, &arena);
    if (part ? !strstr(text, part) : *text != '\0') fail_msg("%s\n%s", question, text);
    arena_free(&arena);
    store_close(s);
}

static void a_cell_is_found_by_row_and_column(void **state)
{
    (void)state;
    expect("wear limit of the slipring diameter?", "17.2 mm");
    expect("brush length of new parts?", "22 mm");
    expect("What torque for the sprocket bolt of the K7X?", "4.5");
    expect("oil pan plug torque", "2.5");
}

static void a_cell_says_where_it_stands(void **state)
{
    (void)state;
    expect("wear limit of the slipring diameter?", "Wear limit");
    expect("wear limit of the slipring diameter?", "[1]");
}

static void a_word_that_is_nowhere_is_no_answer(void **state)
{
    (void)state;
    expect("wear limit of the flange diameter?", NULL);
    expect("sprocket bolt torque of the K8X?", NULL);
    expect("left sprocket bolt torque of the K7X?", NULL);
    expect("slipring diameter after 50,000 km?", NULL);
}

static void words_are_the_same_in_their_forms_and_names(void **state)
{
    (void)state;
    expect("What is the oil pan plug tightened to?", "2.5");
    expect("brush length wear limits?", "9 mm");
    expect("In what torque are sprocket bolts tightened?", "4.5");
}

static void the_unit_that_is_wanted_converts(void **state)
{
    (void)state;
    expect("sprocket bolt torque of the K7X in Nm?", "45");
    expect("sprocket bolt torque of the K7X in bar?", NULL);
}

static void a_part_may_be_as_small_as_its_limit(void **state)
{
    (void)state;
    expect("How small may the slipring diameter get?", "17.2 mm");
}

static void a_gap_of_a_part_is_no_difference(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct store *s = memory_store();
    ingest_ok(s, "/rings.md", DOCUMENT_MARKDOWN,
              "# Torrin K7X\n\n| Measuring point | New (mm) | Wear limit (mm) |\n| --- | --- | --- |\n"
              "| Top ring gap | 0.30 | 1.00 |\n| Second ring gap | 0.40 | 1.20 |\n");
    assert_non_null(strstr(answer_to(s, "top ring gap wear limit?", &arena), "1 mm"));
    arena_free(&arena);
    store_close(s);
}

static void what_computes_is_no_cell(void **state)
{
    (void)state;
    expect("standard deviation of the torque of the oil pan bolt", NULL);
    expect("How many parts have a grade of 8.8 and oil pan?", NULL);
}

/* Quantities that a text names: each by its own words, spelt rightly whatever they resemble. */
static void a_sentence_of_several_parts_has_the_figure_of_the_one_asked(void **state)
{
    (void)state;
    static const char TEXT[] = "# Vespa GTS 300\n\nTighten the drain plug to 24 Nm. The nut of the rear axle is tightened to 110 Nm, the "
                               "screws of the exhaust to 25 Nm.\n";
    struct arena arena = {0};
    struct store *s = memory_store();
    ingest_ok(s, "/gts.md", DOCUMENT_MARKDOWN, TEXT);
    const char *text = answer_to(s, "Torque for the nut of the rear axle, Vespa GTS 300?", &arena);
    assert_non_null(strstr(text, "110 Nm"));
    assert_null(strstr(text, "25 Nm"));
    text = answer_to(s, "drain plug torque of the GTS 300", &arena);
    assert_non_null(strstr(text, "The drain plug torque of the Vespa GTS 300 is 24 Nm"));
    arena_free(&arena);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_is_found_by_row_and_column),
        cmocka_unit_test(a_sentence_of_several_parts_has_the_figure_of_the_one_asked),
        cmocka_unit_test(a_cell_says_where_it_stands),
        cmocka_unit_test(a_word_that_is_nowhere_is_no_answer),
        cmocka_unit_test(words_are_the_same_in_their_forms_and_names),
        cmocka_unit_test(the_unit_that_is_wanted_converts),
        cmocka_unit_test(a_part_may_be_as_small_as_its_limit),
        cmocka_unit_test(a_gap_of_a_part_is_no_difference),
        cmocka_unit_test(what_computes_is_no_cell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
