/* Words of a question in texts of tables: the same in other forms and under other names, and codes whole. */
#include "query/word_match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void forms_and_names_of_one_thing_are_the_same(void **state)
{
    (void)state;
    assert_true(words_same("shipped", "shipping"));
    assert_true(words_same("bolts", "bolt"));
    assert_true(words_same("oil", "lubrication"));
    assert_true(words_same("tall", "height"));
    assert_false(words_same("inlet", "outlet"));
    assert_false(words_same("front", "rear"));
    assert_false(words_same("102", "103"));
}

static bool has(const char *text, const char *const *keys, size_t n)
{
    struct token t[64];
    const struct query_cell_word w = {.keys = keys, .n_keys = n, .together = n > 1};
    return word_in_tokens(t, tokens_split(text, strlen(text), TOKENS_TEXT, t, 64), &w);
}

static bool other(const char *text, const char *const *keys, size_t n)
{
    struct token t[64];
    const struct query_cell_word w = {.keys = keys, .n_keys = n, .together = n > 1};
    return other_code_in_tokens(t, tokens_split(text, strlen(text), TOKENS_TEXT, t, 64), &w);
}

static void a_code_is_found_whole(void **state)
{
    (void)state;
    static const char *const CODE[] = {"ama", "5102", "ut"}, *const SIZE[] = {"6.2", "l"}, *const SPEED[] = {"3000", "rpm"};
    assert_true(has("Slipring (Model AMA-5102UT)", CODE, 3));
    assert_false(has("Slipring (Model AMA-5102UV)", CODE, 3));
    assert_true(has("DDA MODEL 6.2 LITER", SIZE, 2));
    assert_false(has("6.5 L", SIZE, 2));
    assert_true(has("Idling 1 bar, 3 000 rpm 3 bars", SPEED, 2));
    assert_false(has("1 000 rpm", SPEED, 2));
}

static void another_code_of_its_kind_is_told(void **state)
{
    (void)state;
    static const char *const ENGINE[] = {"f", "8", "q"}, *const SIZE[] = {"6.5", "l"}, *const MODEL[] = {"5300", "gp"};
    assert_true(other("E7J and K7M", ENGINE, 3));
    assert_false(other("F8Q", ENGINE, 3));
    assert_false(other("Bolt M10 of the sump", ENGINE, 3));
    assert_true(other("Tabulated data (6.2 L)", SIZE, 2));
    assert_false(other("8 mm", SIZE, 2));
    assert_true(other("Models 5504AA and 5504AB", MODEL, 2));
}

static void figures_are_told_from_texts(void **state)
{
    (void)state;
    assert_true(text_is_figure("3 + 84°"));
    assert_true(text_is_figure("≤ 100"));
    assert_false(text_is_figure("None"));
    assert_true(word_dimensions("torque") >> DIMENSION_TORQUE & 1);
    assert_int_equal(word_dimensions("bolt"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_and_names_of_one_thing_are_the_same),
        cmocka_unit_test(a_code_is_found_whole),
        cmocka_unit_test(another_code_of_its_kind_is_told),
        cmocka_unit_test(figures_are_told_from_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
