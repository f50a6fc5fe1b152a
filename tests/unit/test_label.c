/* Questions as labels: each word once, as what it is. */
#include "query_fixture.h"

/* "word<which> term<power> number<300 hp>": the kind of each label and the text it stands for. */
static void write_labels(struct buffer *out, const struct labelled *q)
{
    static const char *const KINDS[] = {"unknown", "word", "term", "column", "value", "number",
                                        "unit", "year", "name", "document", "sign"};
    for (size_t i = 0; i < q->n_labels; i++) {
        const struct label *l = &q->labels[i];
        size_t begin = q->tokens[l->first].begin, end = q->tokens[l->first + l->n - 1].end;
        if (i) buffer_putc(out, ' ');
        buffer_printf(out, "%s<", KINDS[l->kind]);
        if (l->kind == LABEL_NUMBER || l->kind == LABEL_UNIT) {
            if (l->kind == LABEL_NUMBER) buffer_printf(out, "%g", l->number);
            if (l->kind == LABEL_NUMBER && l->unit) buffer_putc(out, ' ');
            if (l->unit) buffer_puts(out, l->unit->symbol);
            if (l->engine) buffer_puts(out, " cylinders");
        } else if (l->kind == LABEL_YEAR) {
            buffer_printf(out, "%d", l->year);
        } else {
            buffer_append(out, q->text + begin, end - begin);
        }
        buffer_putc(out, '>');
    }
}

static struct labelled *label_text(const struct garage *g, const char *text, struct arena *arena)
{
    struct error err = {0};
    struct labelled *q = malloc(sizeof *q);
    assert_non_null(q);
    if (!label_question(q, g->words, text, NULL, 0, arena, &err)) fail_msg("%s: %s", text, err.text);
    return q;
}

static void expect_labels(const struct garage *g, const struct asked *a, size_t n)
{
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++) {
        struct arena arena = {0};
        struct buffer got = {0};
        struct labelled *q = label_text(g, a[i].question, &arena);
        write_labels(&got, q);
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
#define EXPECT_LABELS(g, a) expect_labels(g, a, sizeof(a) / sizeof *(a))

static void each_word_is_labelled_as_what_it_is(void **state)
{
    static const struct asked ASKED[] = {
        {"which diesels have more than 300 hp?",
         "word<which> term<diesels> word<have> word<more than> number<300 hp>"},
        {"horsepower of the 2023 Camry LE",
         "term<horsepower> word<of> word<the> name<2023 Camry LE>"},
        {"list all SUVs", "word<list all> term<SUVs>"},
        {"zebra crossings", "unknown<zebra> unknown<crossings>"},
    };
    EXPECT_LABELS(*state, ASKED);
}

static void cells_and_columns_are_known_by_their_words(void **state)
{
    (void)state;
    struct garage g;
    garage_of(&g, DOCUMENT_CSV, "Make,Model,Year,Upholstery,Frobnication factor\n"
                                              "Kia,Rio,2020,Midnight Velvet,7\n"
                                              "Kia,Soul,2020,Plain Cord,9\n");
    static const struct asked ASKED[] = {
        {"with midnight velvet", "word<with> value<midnight velvet>"},
        {"frobnication factor of the Rio", "column<frobnication factor> word<of> word<the> name<Rio>"},
        {"with velvet", "word<with> unknown<velvet>"}, /* a part of a cell is none */
    };
    EXPECT_LABELS(&g, ASKED);
    garage_close(&g);
}

static void years_are_years_however_they_are_written(void **state)
{
    static const struct asked ASKED[] = {
        {"those of 2022", "word<those> word<of> year<2022>"},
        {"those of ２０２２", "word<those> word<of> year<2022>"},
        {"those of ٢٠٢٢", "word<those> word<of> year<2022>"},
        {"those of २०२२", "word<those> word<of> year<2022>"},
        {"those of '22", "word<those> word<of> year<2022>"},
        {"those of ’98", "word<those> word<of> year<1998>"},
        {"Civic '22", "name<Civic '22>"},
        {"MY24 Civic", "name<MY24 Civic>"},
        /* a figure of that size is none */
        {"over 2022 kg", "word<over> number<2022 kg>"},
        {"1700 of them", "number<1700> word<of them>"},
    };
    EXPECT_LABELS(*state, ASKED);
}

static void numbers_take_their_unit_on_either_side(void **state)
{
    static const struct asked ASKED[] = {
        {"over 300hp", "word<over> number<300 hp>"},
        {"under $30,000", "word<under> number<30000 $>"},
        {"under 30k", "word<under> number<30000>"},
        {"unter 24.990 EUR", "word<unter> number<24990 €>"},
        {"less than 4.5 L/100 km", "word<less than> number<4.5 L/100 km>"},
        {"at least 10,000 lb", "word<at least> number<10000 lb>"},
        {"20\" rims", "number<20 in> term<rims>"}, /* a sign that is no token */
        /* a preposition is no inch */
        {"8 in the city", "number<8> term<in the city>"},
    };
    EXPECT_LABELS(*state, ASKED);
}

static void units_alone_are_units_where_one_is_expected(void **state)
{
    static const struct asked ASKED[] = {
        {"power in kW", "term<power> word<in> unit<kW>"},
        {"torque in Nm", "term<torque> word<in> unit<Nm>"},
        {"range in miles", "term<range> word<in> unit<mi>"},
        {"consumption (L/100 km)", "term<consumption> unit<L/100 km>"},
    };
    EXPECT_LABELS(*state, ASKED);
}

static void engines_and_denominators_are_no_figures(void **state)
{
    static const struct asked ASKED[] = {
        {"V8 sedans", "number<8 cylinders> term<sedans>"},
        {"a V-6", "word<a> number<6 cylinders>"},
        {"0-60 time", "term<0-60 time>"},
        {"0-100 km/h", "term<0-100 km/h>"},
        {"V99 sedans", "unknown<V> number<99> term<sedans>"},
    };
    EXPECT_LABELS(*state, ASKED);
}

static void misspelled_words_are_read_as_what_they_misspell(void **state)
{
    static const struct asked ASKED[] = {
        {"horsepwer of the corvete", "term<horsepwer> word<of> word<the> name<corvete>"},
        {"averge weigth", "word<averge> term<weigth>"},
        {"higest torqe", "word<higest> term<torqe>"},
    };
    EXPECT_LABELS(*state, ASKED);
}

static bool has_class(const struct garage *g, const char *text, enum word_class class)
{
    struct arena arena = {0};
    struct labelled *q = label_text(g, text, &arena);
    bool has = false;
    for (size_t i = 0; i < q->n_labels; i++) has = has || label_is(&q->labels[i], class);
    arena_free(&arena);
    free(q);
    return has;
}

static void operations_are_recognised_in_their_words(void **state)
{
    static const struct {
        const char *text;
        enum word_class class;
    } CASES[] = {
        {"cars that are not diesel", WORD_NOT},
        {"cars without a manual", WORD_NOT},
        {"how many cars", WORD_HOW_MANY},
        {"average price by make", WORD_AVERAGE},
        {"average price by make", WORD_PER},
        {"at least 200 hp", WORD_AT_LEAST},
        {"200 hp or more", WORD_OR_MORE},
        {"between 100 and 200 hp", WORD_BETWEEN},
        {"top 5 cars", WORD_TOP},
        {"is it a hybrid", WORD_AUXILIARY},
        {"is it a hybrid", WORD_PRONOUN},
        {"what about the Civic", WORD_WHAT_ABOUT},
        {"welche Autos", WORD_WHICH},
        {"combien de voitures", WORD_HOW_MANY},
        {"sin gasolina", WORD_NOT},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (!has_class(*state, CASES[i].text, CASES[i].class))
            fail_msg("%s: no class %d", CASES[i].text, (int)CASES[i].class);
    assert_false(has_class(*state, "cars that are diesel", WORD_NOT));
}

static void language_is_that_of_most_words(void **state)
{
    static const struct asked ASKED[] = {
        {"Which car has the most power?", "en"},
        {"Welches Auto hat die meiste Leistung?", "de"},
        {"Quelle voiture a la plus grande puissance ?", "fr"},
        {"¿Qué coche tiene la mayor potencia?", "es"},
        {"哪款车的功率最大？", "zh"},
        {"Škoda Octavia", "en"},
        {"what does 功率 mean for the power of the car", "en"},
    };
    for (size_t i = 0; i < sizeof ASKED / sizeof *ASKED; i++) {
        struct arena arena = {0};
        struct labelled *q = label_text(*state, ASKED[i].question, &arena);
        if (strcmp(LEXICON_LANGUAGES[q->language], ASKED[i].outcome) != 0)
            fail_msg("%s: %s", ASKED[i].question, LEXICON_LANGUAGES[q->language]);
        arena_free(&arena);
        free(q);
    }
}

/* Labels stand in order, without gaps, over all tokens. */
static void expect_whole(const struct garage *g, const char *text)
{
    struct arena arena = {0};
    struct labelled *q = label_text(g, text, &arena);
    size_t at = 0;
    assert_true(q->n_tokens <= QUESTION_MAX_TOKENS && q->n_labels <= QUESTION_MAX_LABELS);
    assert_true(q->n_mentions <= QUESTION_MAX_MENTIONS && q->language < 5);
    for (size_t i = 0; i < q->n_labels; i++) {
        const struct label *l = &q->labels[i];
        if (l->first != at || l->n == 0) fail_msg("%s: label %zu begins at %zu, not %zu", text, i, l->first, at);
        if (l->kind == LABEL_MENTION) assert_true(l->mention < q->n_mentions);
        at += l->n;
    }
    if (at != q->n_tokens) fail_msg("%s: labels end at %zu of %zu tokens", text, at, q->n_tokens);
    arena_free(&arena);
    free(q);
}

static void any_text_is_labelled_whole(void **state)
{
    static const char *const TEXTS[] = {
        "",
        " \t\n",
        "?!.,;",
        "20\"",
        "wheels of 20\" or 21\"",
        "cars with 300",
        "300 hp 300 hp 300",
        "5 %",
        "$",
        "$ $ 5 $",
        "EUR",
        "'22 '22 '22",
        "MY",
        "MY24",
        "V",
        "V8",
        "V 8",
        "< 5 > 6 = 7",
        "Land Rover Range Rover Land Rover Range",
        "Model 3 Model 3 Model 3 Model 3 Model 3 Model 3 Model 3 Model 3 Model 3 Model 3 Model 3",
        "in in in in kW in",
        "100 km/h 0-100 0-60 0- 60",
        "马力功率2022款的",
        "7 seater7 7seater",
        "1/2 3/4 5.5.5.5 1,2,3,4 1e5",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) expect_whole(*state, TEXTS[i]);
    struct buffer b = {0};
    for (size_t i = 0; i < 1000; i++) buffer_puts(&b, i % 3 ? "Camry 300 hp " : "$5 V8 ");
    expect_whole(*state, buffer_text(&b));
    buffer_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_word_is_labelled_as_what_it_is),
        cmocka_unit_test(cells_and_columns_are_known_by_their_words),
        cmocka_unit_test(years_are_years_however_they_are_written),
        cmocka_unit_test(numbers_take_their_unit_on_either_side),
        cmocka_unit_test(units_alone_are_units_where_one_is_expected),
        cmocka_unit_test(engines_and_denominators_are_no_figures),
        cmocka_unit_test(misspelled_words_are_read_as_what_they_misspell),
        cmocka_unit_test(operations_are_recognised_in_their_words),
        cmocka_unit_test(language_is_that_of_most_words),
        cmocka_unit_test(any_text_is_labelled_whole),
    };
    return cmocka_run_group_tests_name("label", tests, garage_make, garage_remove);
}
