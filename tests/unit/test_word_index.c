/* The store's words: where a word of a name stands, which spelling is near, which runs of words are cells,
 * columns or documents. */
#include "query_fixture.h"

static size_t n_of(const struct garage *g, const char *key)
{
    const struct name_word *w = word_index_name(g->words, key);
    return w ? w->records.n : 0;
}

static void words_of_names_know_their_part_and_their_records(void **state)
{
    const struct garage *g = *state;
    static const struct {
        const char *key;
        unsigned parts;
        size_t n;
    } CASES[] = {
        {"toyota", NAME_MAKE, 5}, {"camry", NAME_MODEL, 3}, {"xse", NAME_TRIM, 1},
        {"le", NAME_TRIM, 3},     {"mazda", NAME_MAKE, 3},  {"cx", NAME_MODEL, 2},
        {"skoda", NAME_MAKE, 2},  {"citroen", NAME_MAKE, 1}, {"elan", NAME_MODEL, 1},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct name_word *w = word_index_name(g->words, CASES[i].key);
        if (!w) fail_msg("%s is not known", CASES[i].key);
        assert_int_equal(w->parts, CASES[i].parts);
        assert_int_equal(w->records.n, CASES[i].n);
        for (size_t k = 0; k < w->records.n; k++) {
            assert_true(w->records.items[k] < g->catalog.n_records);
            assert_true(k == 0 || w->records.items[k] > w->records.items[k - 1]);
        }
    }
    assert_null(word_index_name(g->words, "ferrari"));
    assert_null(word_index_name(g->words, ""));
    assert_null(word_index_name(g->words, "camr"));
}

static void neighbours_are_found_when_they_are_written_as_one(void **state)
{
    const struct garage *g = *state;
    assert_int_equal(n_of(g, "rangerover"), 1);
    assert_int_equal(n_of(g, "landrover"), 1);
    assert_int_equal(n_of(g, "kingranch"), 1);
    assert_int_equal(n_of(g, "roverland"), 0);
}

static void makers_of_the_registry_are_found_however_they_are_spelled(void **state)
{
    (void)state;
    struct garage g;
    garage_of(&g, DOCUMENT_CSV, "Make,Model,Year,Power (hp)\n"
                                              "VW,Golf,2020,150\nVolkswagen,Polo,2020,95\n"
                                              "CHEVROLET,Spark,2020,98\nZephyr,Galewind,2031,417\n");
    int vw = word_index_make_of(g.words, 0);
    assert_true(vw >= 0);
    assert_string_equal(MAKES[vw].name, "Volkswagen");
    struct postings p = word_index_make(g.words, vw);
    assert_int_equal(p.n, 2);
    assert_int_equal(p.items[0], 0);
    assert_int_equal(p.items[1], 1);
    assert_string_equal(MAKES[word_index_make_of(g.words, 2)].name, "Chevrolet");
    assert_int_equal(word_index_make_of(g.words, 3), -1); /* none of the registry */
    assert_int_equal(word_index_make(g.words, -1).n, 0);
    garage_close(&g);
}

static void expect_similar(const struct garage *g, const char *key, const char *expected)
{
    const struct name_word *found[4];
    size_t n = word_index_similar_names(g->words, key, found, 4);
    if (!expected) {
        if (n) fail_msg("%s: %s", key, found[0]->key);
        return;
    }
    if (!n) fail_msg("%s: nothing", key);
    assert_string_equal(found[0]->key, expected);
}

static void misspelled_names_are_near_their_word(void **state)
{
    const struct garage *g = *state;
    expect_similar(g, "corvete", "corvette");
    expect_similar(g, "corevtte", "corvette"); /* two letters swapped */
    expect_similar(g, "corvvete", "corvette"); /* two mistakes in a long word */
    expect_similar(g, "mustnag", "mustang");
    expect_similar(g, "toyta", "toyota");
    expect_similar(g, "camrry", "camry");
    expect_similar(g, "kamry", NULL);    /* another first letter */
    expect_similar(g, "camxyz", NULL);   /* too far */
    expect_similar(g, "zoa", NULL);      /* too short to tell */
    expect_similar(g, "", NULL);
    const struct name_word *found[2];
    assert_int_equal(word_index_similar_names(g->words, "corvete", found, 0), 0);
}

static size_t run_of(const struct garage *g, const char *text, bool columns, const uint32_t **ids,
                     size_t *n_ids)
{
    struct token t[32];
    size_t n = tokens_split(text, strlen(text), TOKENS_TEXT, t, 32);
    return columns ? word_index_match_columns(g->words, t, n, ids, n_ids)
                   : word_index_match_terms(g->words, t, n, ids, n_ids);
}

static void longest_run_of_words_that_a_cell_holds_is_matched(void **state)
{
    const struct garage *g = *state;
    static const struct {
        const char *text;
        size_t run;
        const char *cell;
    } CASES[] = {
        {"8-speed automatic cars", 3, "8-speed automatic"},
        {"8-speed dual-clutch", 4, "8-speed dual-clutch"},
        {"Sedan", 1, "Sedan"},
        {"sedans with", 1, "Sedan"}, /* a plural */
        {"PICKUP", 1, "Pickup"},
        {"Single-speed automatic", 3, "Single-speed automatic"},
        {"flying saucer", 0, NULL},
        {"8-speed", 0, NULL}, /* no cell says only this */
        {"8. speed automatic", 0, NULL}, /* a sentence ends between */
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const uint32_t *ids;
        size_t n, run = run_of(g, CASES[i].text, false, &ids, &n);
        if (run != CASES[i].run) fail_msg("%s: %zu", CASES[i].text, run);
        if (!run) continue;
        assert_true(n >= 1);
        for (size_t k = 0; k < n; k++) assert_true(ids[k] < g->catalog.n_terms);
        assert_string_equal(g->catalog.terms[ids[0]].text, CASES[i].cell);
    }
}

static void columns_are_matched_by_their_own_names(void **state)
{
    const struct garage *g = *state;
    static const struct {
        const char *text;
        size_t run;
        const char *name;
    } CASES[] = {
        {"curb weight of", 2, "Curb Weight"},
        {"heat pump", 2, "heat_pump"},
        {"Höchstgeschwindigkeit des", 1, "Höchstgeschwindigkeit"},
        {"wing span", 0, NULL},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const uint32_t *ids;
        size_t n, run = run_of(g, CASES[i].text, true, &ids, &n);
        if (run != CASES[i].run) fail_msg("%s: %zu", CASES[i].text, run);
        if (run) assert_string_equal(g->catalog.columns[ids[0]].name, CASES[i].name);
    }
}

static void documents_are_found_by_the_words_of_their_names(void **state)
{
    const struct garage *g = *state;
    struct postings p = word_index_documents(g->words, "price");
    assert_int_equal(p.n, 1);
    assert_string_equal(g->catalog.documents[p.items[0]].name, "price list.csv");
    assert_int_equal(word_index_documents(g->words, "electric").n, 1);
    assert_int_equal(word_index_documents(g->words, "csv").n, 0); /* the kind is no part of it */
    assert_int_equal(word_index_documents(g->words, "nothing").n, 0);
}

static void whatever_the_store_calls_something_is_known(void **state)
{
    const struct garage *g = *state;
    static const char *const KNOWN[] = {"corvette", "sedan", "electric", "price"};
    static const char *const UNKNOWN[] = {"zebra", "", "corvet", "blorptify"};
    for (size_t i = 0; i < 4; i++)
        if (!word_index_knows(g->words, KNOWN[i])) fail_msg("%s is not known", KNOWN[i]);
    for (size_t i = 0; i < 4; i++)
        if (word_index_knows(g->words, UNKNOWN[i])) fail_msg("%s is known", UNKNOWN[i]);
}

static void lists_are_intersected(void **state)
{
    (void)state;
    static const uint32_t A[] = {1, 3, 5, 7, 4000000000u}, B[] = {0, 3, 4, 7, 8, 4000000000u};
    uint32_t out[5];
    assert_int_equal(postings_intersect(A, 5, B, 6, out), 3);
    assert_int_equal(out[0], 3);
    assert_int_equal(out[1], 7);
    assert_int_equal(out[2], 4000000000u);
    assert_int_equal(postings_intersect(A, 5, NULL, 0, out), 0);
    assert_int_equal(postings_intersect(A, 2, B, 1, out), 0);
}

static void empty_store_knows_nothing(void **state)
{
    (void)state;
    struct garage g = {.store = memory_store()};
    garage_open(&g);
    const struct name_word *found[1];
    const uint32_t *ids;
    size_t n;
    assert_null(word_index_name(g.words, "camry"));
    assert_int_equal(word_index_similar_names(g.words, "camry", found, 1), 0);
    assert_int_equal(run_of(&g, "sedan", false, &ids, &n), 0);
    assert_int_equal(run_of(&g, "", true, &ids, &n), 0);
    assert_int_equal(word_index_documents(g.words, "price").n, 0);
    garage_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_names_know_their_part_and_their_records),
        cmocka_unit_test(neighbours_are_found_when_they_are_written_as_one),
        cmocka_unit_test(makers_of_the_registry_are_found_however_they_are_spelled),
        cmocka_unit_test(misspelled_names_are_near_their_word),
        cmocka_unit_test(longest_run_of_words_that_a_cell_holds_is_matched),
        cmocka_unit_test(columns_are_matched_by_their_own_names),
        cmocka_unit_test(documents_are_found_by_the_words_of_their_names),
        cmocka_unit_test(whatever_the_store_calls_something_is_known),
        cmocka_unit_test(lists_are_intersected),
        cmocka_unit_test(empty_store_knows_nothing),
    };
    return cmocka_run_group_tests_name("word_index", tests, garage_make, garage_remove);
}
