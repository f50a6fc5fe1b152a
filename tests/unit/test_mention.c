/* Vehicles in questions: which words are a name, of which records, of which year. */
#include "query_fixture.h"

/* "Camry LE 2023 =1": the name, its year, how many records have it; the flags that are set. */
static void write_mentions(struct buffer *out, const struct labelled *q)
{
    for (size_t i = 0; i < q->n_mentions; i++) {
        const struct mention *m = &q->mentions[i];
        size_t begin = q->tokens[m->first].begin, end = q->tokens[m->first + m->n - 1].end;
        if (i) buffer_puts(out, ", ");
        buffer_append(out, q->text + begin, end - begin);
        if (m->year) buffer_printf(out, " %d", m->year);
        buffer_printf(out, " =%zu", m->n_records);
        if (m->make_only) buffer_puts(out, " make");
        if (m->plural) buffer_puts(out, " plural");
        if (m->alone_make) buffer_puts(out, " unknown");
        if (m->unknown_n) {
            const struct token *t = &q->tokens[m->unknown_first];
            buffer_printf(out, " +%.*s", (int)(t[m->unknown_n - 1].end - t->begin), q->text + t->begin);
        }
    }
}

static void expect_mentions(const struct garage *g, const struct asked *a, size_t n)
{
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++) {
        struct arena arena = {0};
        struct buffer got = {0};
        struct error err = {0};
        struct labelled *q = malloc(sizeof *q);
        assert_non_null(q);
        if (!label_question(q, g->words, a[i].question, NULL, 0, &arena, &err))
            fail_msg("%s", err.text);
        for (size_t m = 0; m < q->n_mentions; m++)
            for (size_t k = 0; k < q->mentions[m].n_records; k++) {
                assert_true(q->mentions[m].records[k] < g->catalog.n_records);
                assert_true(k == 0 || q->mentions[m].records[k] > q->mentions[m].records[k - 1]);
            }
        write_mentions(&got, q);
        if (strcmp(buffer_text(&got), a[i].outcome) != 0) {
            print_error("\"%s\"\n   got      %s\n   expected %s\n", a[i].question,
                        buffer_text(&got), a[i].outcome);
            wrong++;
        }
        buffer_free(&got);
        arena_free(&arena);
        free(q);
    }
    if (wrong) fail_msg("%zu of %zu", wrong, n);
}
#define EXPECT_MENTIONS(g, a) expect_mentions(g, a, sizeof(a) / sizeof *(a))

static void names_are_as_long_as_some_record_has_them(void **state)
{
    static const struct asked ASKED[] = {
        {"horsepower of the Camry", "Camry =3"},
        {"horsepower of the Camry LE", "Camry LE =2"},
        {"Toyota Camry XSE V6 torque", "Toyota Camry XSE V6 =1"},
        {"the Land Rover Range Rover", "Land Rover Range Rover =1"},
        {"weight of the MX-5 Miata", "MX-5 Miata =1"},
        {"how heavy is the Lexus IS 350", "Lexus IS 350 =1"},
        {"no vehicle at all", ""},
    };
    EXPECT_MENTIONS(*state, ASKED);
}

static void years_beside_a_name_are_its_own(void **state)
{
    static const struct asked ASKED[] = {
        {"the 2023 Camry", "Camry 2023 =3"},
        {"the Camry of 2021", "Camry 2021 =3"},
        {"Camry (2021)", "Camry 2021 =3"},
        {"a camry '23", "camry 2023 =3"},
        {"MY22 Civic", "Civic 2022 =2"},
        {"weight of the 2021 Toyota Camry LE", "Toyota Camry LE 2021 =2"},
    };
    EXPECT_MENTIONS(*state, ASKED);
}

static void names_are_found_however_they_are_written(void **state)
{
    static const struct asked ASKED[] = {
        {"f150 towing", "f150 =2"},
        {"the cx5", "cx5 =1"},
        {"skoda octavia", "skoda octavia =1"},
        {"ŠKODA Octavia", "ŠKODA Octavia =1"},
        {"the citroen c3", "citroen c3 =1"},
        {"a chevy corvette", "chevy corvette =1"},
        {"the corvete", "corvete =1"},
        {"the landrover", "landrover =1 make"},
    };
    EXPECT_MENTIONS(*state, ASKED);
}

static void several_names_are_several_mentions(void **state)
{
    static const struct asked ASKED[] = {
        {"the Corvette or the Mustang", "Corvette =1, Mustang =1"},
        {"Camry vs Accord vs Civic", "Camry =3, Accord =1, Civic =2"},
        {"compare the 2021 Camry and the 2023 Accord", "Camry 2021 =3, Accord 2023 =1"},
    };
    EXPECT_MENTIONS(*state, ASKED);
}

static void makers_alone_are_told_from_models(void **state)
{
    static const struct asked ASKED[] = {
        {"which Toyota has the most power", "Toyota =5 make"},
        {"how many Toyotas are there", "Toyotas =5 make plural"},
        {"average power of the Fords", "Fords =4 make plural"},
        {"Chevys with a V8", "Chevys =2 make plural"},
    };
    EXPECT_MENTIONS(*state, ASKED);
}

static void figures_and_common_words_are_no_names(void **state)
{
    static const struct asked ASKED[] = {
        {"cars with 350 hp", ""},             /* the IS 350 */
        {"cars with more than 5 seats", ""},  /* CX-5, Ioniq 5 */
        {"which car is it", ""},              /* the IS */
        {"V6 engines", ""},                   /* the XSE V6 */
        {"long range cars", ""},              /* Model 3 Long Range */
        {"0-60 time", ""},
    };
    EXPECT_MENTIONS(*state, ASKED);
}

/* What the store does not have must not be answered with what it has. */
static void words_of_a_name_that_the_store_lacks_are_kept(void **state)
{
    static const struct asked ASKED[] = {
        {"power of the Toyota Supra", "Toyota =5 make +Supra"},
        {"power of the Honda Jazz", "Honda =3 make +Jazz"},
    };
    EXPECT_MENTIONS(*state, ASKED);
}

/* Chinese has no spaces: a character that stands inside a name is none. */
static void pieces_of_chinese_words_are_no_names(void **state)
{
    static const char TEXT[] = "品牌,车型,最大扭矩(Nm)\n北河,骏微达X2,210\n北河,海云,260\n南岭,秦,190\n";
    static const struct asked ASKED[] = {
        {"哪款微车的最大扭矩最大?", ""},
        {"骏微达X2的最大扭矩", "骏微达X2 =1"},
        {"海云的最大扭矩", "海云 =1"},
        {"秦的最大扭矩", "秦 =1"},
    };
    struct garage g;
    (void)state;
    garage_of(&g, DOCUMENT_CSV, TEXT);
    EXPECT_MENTIONS(&g, ASKED);
    garage_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_as_long_as_some_record_has_them),
        cmocka_unit_test(years_beside_a_name_are_its_own),
        cmocka_unit_test(names_are_found_however_they_are_written),
        cmocka_unit_test(several_names_are_several_mentions),
        cmocka_unit_test(makers_alone_are_told_from_models),
        cmocka_unit_test(figures_and_common_words_are_no_names),
        cmocka_unit_test(words_of_a_name_that_the_store_lacks_are_kept),
        cmocka_unit_test(pieces_of_chinese_words_are_no_names),
    };
    return cmocka_run_group_tests_name("mention", tests, garage_make, garage_remove);
}
