/* Focus: which passages are about the vehicles that a question names, and what is not there. */
#include "rag_fixture.h"

#include "answer/focus.h"

#include <string.h>

static const struct passage LOT[] = {
    {"2022 Mana AV7 Performance", "Horsepower (hp): 300"},
    {"2012 Jescayx VC9 1.3 GDI", "Horsepower (hp): 120"},
    {"2020 Mana AV7 Performance", "Horsepower (hp): 280\nTrim color: red"},
    {"specs.csv", "# 2020 Mana AV7 Long Range\nRange (mi): 310\nQuarter: 12 s"},
};
enum { N_LOT = sizeof LOT / sizeof *LOT };

/* "0,2" for one group, "0|3" for two, "!2021 Mana AV7" for one that is missing, "" for none. */
static void expect(const char *question, const char *wanted)
{
    struct arena arena = {0};
    struct focus f;
    struct error err = {0};
    assert_true(focus_passages(&f, question, LOT, N_LOT, &arena, &err));
    struct buffer got = {0};
    for (size_t g = 0; g < f.n; g++) {
        if (g) buffer_putc(&got, '|');
        if (f.groups[g].missing) {
            buffer_printf(&got, "!%s", f.groups[g].name);
            continue;
        }
        for (size_t i = 0; i < f.groups[g].n; i++)
            buffer_printf(&got, i ? ",%zu" : "%zu", f.groups[g].passages[i]);
    }
    if (strcmp(buffer_text(&got), wanted) != 0)
        fail_msg("\"%s\": got \"%s\", expected \"%s\"", question, buffer_text(&got), wanted);
    buffer_free(&got);
    arena_free(&arena);
}

static void near_misses_are_told_apart(void **state)
{
    (void)state;
    expect("What is the horsepower of the 2022 Mana AV7 Performance?", "0");
    expect("horsepower 2020 mana av7 performance", "2");
    expect("The Mana AV7 Performance from 2020: power?", "2");
    expect("What is the 2012 Jescayx VC9 1.3 GDI's power?", "1");
}

static void what_the_question_leaves_open_is_kept(void **state)
{
    (void)state;
    expect("How strong is the Mana AV7 Performance?", "0,2");
    expect("How strong is the 2020 Mana AV7?", "2,3");
    expect("How strong is it?", "");
}

static void name_in_the_first_line_counts_as_the_title(void **state)
{
    (void)state;
    expect("What is the range of the 2020 Mana AV7 Long Range?", "3");
}

static void word_of_an_attribute_is_no_name(void **state)
{
    (void)state;
    expect("What is the range of the 2022 Mana AV7 Performance?", "0");
    expect("2022 Mana AV7 Performance Horsepower", "0");
    expect("2022 Mana AV7 Performance 0-60 mph time", "0");
}

static void comparison_has_a_group_for_each_vehicle(void **state)
{
    (void)state;
    expect("Compare the power of the 2022 Mana AV7 Performance and the 2012 Jescayx VC9 1.3 GDI.",
           "0|1");
    expect("2012 Jescayx VC9 1.3 GDI vs 2020 Mana AV7 Performance: horsepower", "1|2");
    expect("Which has more power, the 2020 Mana AV7 Performance or the 2022 Mana AV7 Performance?",
           "2|0");
}

static void vehicle_that_is_not_there_is_missing(void **state)
{
    (void)state;
    expect("What is the power of the 2021 Mana AV7 Performance?", "!2021 Mana AV7 Performance");
    expect("What is the power of the 2022 Mana AV7 Lumona?", "!2022 Mana AV7 Lumona");
    expect("What is the power of the 2022 Mana Verito Performance?",
           "!2022 Mana Verito Performance");
    expect("What is the power of the 1999 Xenon Blast?", "!1999 Xenon Blast");
    expect("Compare the power of the 2022 Mana AV7 Performance and the 2013 Jescayx VC9 1.3 GDI.",
           "0|!2013 Jescayx VC9 1.3 GDI");
}

static void any_text_is_survived(void **state)
{
    (void)state;
    struct buffer long_text = {0};
    for (size_t i = 0; i < 3000; i++) buffer_printf(&long_text, "2020 Mana AV7 x%zu ", i);
    const char *const texts[] = {
        "", " ", "'s", "2020", "[", "\xe2\x80\x99s \xff\xfe", "-.-", buffer_text(&long_text)};
    enum { N = sizeof texts / sizeof *texts };
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < N; k++) {
            struct passage p[] = {{texts[k], texts[i]}, {texts[i], texts[k]}};
            struct arena arena = {0};
            struct focus f;
            struct error err = {0};
            assert_true(focus_passages(&f, texts[i], p, 2, &arena, &err));
            assert_true(f.n <= FOCUS_MAX_GROUPS);
            arena_free(&arena);
        }
    buffer_free(&long_text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(near_misses_are_told_apart),
        cmocka_unit_test(what_the_question_leaves_open_is_kept),
        cmocka_unit_test(name_in_the_first_line_counts_as_the_title),
        cmocka_unit_test(word_of_an_attribute_is_no_name),
        cmocka_unit_test(comparison_has_a_group_for_each_vehicle),
        cmocka_unit_test(vehicle_that_is_not_there_is_missing),
        cmocka_unit_test(any_text_is_survived),
    };
    return cmocka_run_group_tests_name("focus", tests, NULL, NULL);
}
