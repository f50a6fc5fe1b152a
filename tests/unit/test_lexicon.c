/* The words of questions: what they may mean in which language, the longest run of them, and misspelled
 * ones. */
#include "query/lexicon.h"
#include "query/lexicon_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

enum { EN = 1, DE = 2, FR = 4, ES = 8, ZH = 16 };

static size_t match(const char *text, size_t len, struct word *words, size_t *n_words)
{
    struct token t[64];
    size_t n = tokens_split(text, len, TOKENS_TEXT, t, 64);
    return lexicon_match(t, n, words, n_words);
}

static void expect_meaning(const char *text, size_t run, enum word_class class, uint8_t language)
{
    struct word words[WORD_MAX_MEANINGS];
    size_t n, got = match(text, strlen(text), words, &n);
    if (got != run) fail_msg("%s: a run of %zu, not %zu", text, got, run);
    for (size_t i = 0; i < n; i++)
        if (words[i].class == class && (words[i].languages & language)) return;
    if (run) fail_msg("%s: not of class %d", text, (int)class);
}

static void words_have_a_meaning_in_their_language(void **state)
{
    (void)state;
    expect_meaning("which", 1, WORD_WHICH, EN);
    expect_meaning("how many", 2, WORD_HOW_MANY, EN);
    expect_meaning("average", 1, WORD_AVERAGE, EN);
    expect_meaning("without", 1, WORD_NOT, EN);
    expect_meaning("welche", 1, WORD_WHICH, DE);
    expect_meaning("wie viele", 2, WORD_HOW_MANY, DE);
    expect_meaning("ohne", 1, WORD_NOT, DE);
    expect_meaning("combien de", 2, WORD_HOW_MANY, FR);
    expect_meaning("sans", 1, WORD_NOT, FR);
    expect_meaning("cuantos", 1, WORD_HOW_MANY, ES);
    expect_meaning("sin", 1, WORD_NOT, ES);
    expect_meaning("zebra", 0, WORD_NONE, 0);
    expect_meaning("", 0, WORD_NONE, 0);
}

static void case_and_accents_do_not_matter(void **state)
{
    (void)state;
    expect_meaning("WHICH", 1, WORD_WHICH, EN);
    expect_meaning("¿Cuántos", 1, WORD_HOW_MANY, ES);
    expect_meaning("CUANTOS", 1, WORD_HOW_MANY, ES);
    expect_meaning("für", 1, WORD_FUNCTION, DE);
}

static void longest_run_wins_within_a_sentence(void **state)
{
    (void)state;
    expect_meaning("more than 300", 2, WORD_OVER, EN);
    expect_meaning("more horsepower", 1, WORD_MORE, EN);
    expect_meaning("no more than 300", 3, WORD_AT_MOST, EN);
    expect_meaning("not less than 300", 3, WORD_AT_LEAST, EN);
    expect_meaning("by how much", 3, WORD_DIFFERENCE, EN);
    expect_meaning("tell me about", 3, WORD_DESCRIBE, EN);
    expect_meaning("more, than", 1, WORD_MORE, EN);
    expect_meaning("more. Than", 1, WORD_MORE, EN);
}

static void numbers_in_words_have_their_number(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int number;
        uint8_t language;
    } CASES[] = {{"zero", 0, EN}, {"two", 2, EN},   {"six", 6, EN},  {"ten", 10, EN},
                 {"drei", 3, DE}, {"zehn", 10, DE}, {"deux", 2, FR}, {"tres", 3, ES}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct word words[WORD_MAX_MEANINGS];
        size_t n, found = 0;
        assert_int_equal(match(CASES[i].text, strlen(CASES[i].text), words, &n), 1);
        for (size_t k = 0; k < n; k++)
            if (words[k].class == WORD_NUMBER && (words[k].languages & CASES[i].language)) {
                if (words[k].number != CASES[i].number)
                    fail_msg("%s: %d", CASES[i].text, words[k].number);
                found++;
            }
        if (found != 1) fail_msg("%s is no number", CASES[i].text);
    }
}

static void misspelled_words_are_near_theirs(void **state)
{
    (void)state;
    assert_string_equal(lexicon_similar("averge"), "average");
    assert_string_equal(lexicon_similar("highset"), "highest");
    assert_null(lexicon_similar("wich"));    /* too short to tell */
    assert_null(lexicon_similar("county"));  /* "count" with another ending is another word */
    assert_null(lexicon_similar("zzzzzzz"));
    assert_null(lexicon_similar(""));
    assert_true(lexicon_has("average"));
    assert_false(lexicon_has("averge"));
}

/* A phrase of the table that is too long, or has too many meanings, would be dropped in silence. */
static void every_phrase_of_the_table_is_found(void **state)
{
    (void)state;
    size_t lost = 0;
    for (size_t i = 0; i < N_LEXICON_LINES; i++) {
        const struct lexicon_line *l = &LEXICON_LINES[i];
        for (const char *p = l->phrases; *p;) {
            size_t len = strcspn(p, "|"), n;
            struct word words[WORD_MAX_MEANINGS];
            struct token t[64];
            size_t n_tokens = tokens_split(p, len, TOKENS_TEXT, t, 64);
            bool meaning = false;
            if (match(p, len, words, &n) == n_tokens)
                for (size_t k = 0; k < n; k++)
                    meaning = meaning || (words[k].class == l->class &&
                                          (words[k].languages & l->language));
            /* "、" is no token, but a gap between tokens. */
            if (n_tokens && !meaning) {
                print_error("\"%.*s\" of class %d\n", (int)len, p, (int)l->class);
                lost++;
            }
            p += len + (p[len] == '|');
        }
    }
    assert_int_equal(lost, 0);
}

static void any_tokens_are_matched_within_bounds(void **state)
{
    (void)state;
    struct token t[64];
    struct word words[WORD_MAX_MEANINGS];
    size_t n;
    /* Words as long as they can be, and many of them. */
    for (size_t i = 0; i < 64; i++) {
        t[i] = (struct token){.kind = TOKEN_WORD, .gap = GAP_SPACE};
        memset(t[i].key, 'a', TOKEN_KEY_MAX - 1);
    }
    assert_int_equal(lexicon_match(t, 64, words, &n), 0);
    assert_int_equal(n, 0);
    assert_int_equal(lexicon_match(t, 0, words, &n), 0);
    strcpy(t[0].key, "which");
    assert_int_equal(lexicon_match(t, 64, words, &n), 1);
    assert_true(n <= WORD_MAX_MEANINGS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_have_a_meaning_in_their_language),
        cmocka_unit_test(case_and_accents_do_not_matter),
        cmocka_unit_test(longest_run_wins_within_a_sentence),
        cmocka_unit_test(numbers_in_words_have_their_number),
        cmocka_unit_test(misspelled_words_are_near_theirs),
        cmocka_unit_test(every_phrase_of_the_table_is_found),
        cmocka_unit_test(any_tokens_are_matched_within_bounds),
    };
    return cmocka_run_group_tests_name("lexicon", tests, NULL, NULL);
}
