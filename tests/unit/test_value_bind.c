/* A span of prose is stated as a value only where its sentence gives it to the vehicle and attribute
 * that were asked for. Each line: a passage, what is asked, a span that a model may propose, and
 * whether the sentence bears it. */
#include "answer/value_bind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct proposal {
    const char *title, *text, *vehicle;
    int year;
    const char *attribute; /* id of the registry, or words */
    const char *qualifier; /* "" */
    const char *span;
    bool bound;
};

#define RANGER "2011 Vostok Ranger"
static const struct proposal PROPOSALS[] = {
    /* The attribute's name beside the value. */
    {RANGER, "Its patur mount is RW 5674.", "Vostok Ranger", 0, "patur mount", "", "RW 5674", true},
    {RANGER, "The kerb weight comes to 1,420 kg.", "Vostok Ranger", 2011, "curb_weight", "", "1,420 kg", true},
    {RANGER, "It is made with a drag coefficient of 0.29.", "Vostok Ranger", 0, "drag_coefficient", "", "0.29", true},
    {RANGER, "The rear suspension is a de Dion axle.", "Vostok Ranger", 0, "suspension", "rear", "de Dion axle", true},
    {RANGER, "Upholstery: leatherette", "Vostok Ranger", 0, "upholstery", "", "leatherette", true},
    {RANGER, "The drivetrain is front-wheel drive.", "Vostok Ranger", 0, "drivetrain", "", "front-wheel drive", true},
    {RANGER, "For the patur mount, the maker quotes Tiga-3.", "Vostok Ranger", 0, "patur mount", "", "Tiga-3", true},
    {RANGER, "Its Patur Mount is RW 5674.", "Vostok Ranger", 0, "patur mount", "", "RW 5674", true},
    {RANGER, "The compression ratio is 16.8.", "Vostok Ranger", 0, "compression_ratio", "", "16.8", true},
    /* The name itself, or half of a figure's unit, is no value. */
    {RANGER, "The drivetrain is front-wheel drive.", "Vostok Ranger", 0, "drivetrain", "", "The drivetrain", false},
    /* Another attribute's value. */
    {RANGER, "The payload is 600 kg and the kerb weight 1,420 kg.", "Vostok Ranger", 0, "curb_weight", "", "600 kg", false},
    {RANGER, "The payload is 600 kg and the kerb weight 1,420 kg.", "Vostok Ranger", 0, "curb_weight", "", "1,420 kg", true},
    {RANGER, "Its length is 4.5 m and its patur mount RW 5674.", "Vostok Ranger", 0, "length", "", "RW 5674", false},
    {RANGER, "The front brakes are discs, the rear brakes are drums.", "Vostok Ranger", 0, "brakes", "rear", "discs", false},
    {RANGER, "The front brakes are discs, the rear brakes are drums.", "Vostok Ranger", 0, "brakes", "rear", "drums", true},
    /* A figure of another dimension. */
    {RANGER, "The kerb weight of the 3.2 m long body is low.", "Vostok Ranger", 0, "curb_weight", "", "3.2 m", false},
    /* Another vehicle's. */
    {RANGER, "The kerb weight of the Toyota Hilux is 1,900 kg.", "Vostok Ranger", 0, "curb_weight", "", "1,900 kg", false},
    {"2011 Toyota Hilux", "The kerb weight is 1,900 kg.", "Vostok Ranger", 0, "curb_weight", "", "1,900 kg", false},
    {RANGER, "The kerb weight is 1,420 kg.", "Vostok Ranger", 2015, "curb_weight", "", "1,420 kg", false},
    {"Vostok Ranger 1976-1981", "The kerb weight is 1,420 kg.", "Vostok Ranger", 1979, "curb_weight", "", "1,420 kg", true},
    {"Vostok Ranger 1976-1981", "The kerb weight is 1,420 kg.", "Vostok Ranger", 1983, "curb_weight", "", "1,420 kg", false},
    {"News", "The Vostok Ranger has a kerb weight of 1,420 kg.", "Vostok Ranger", 0, "curb_weight", "", "1,420 kg", true},
    /* Planned, denied, former, implausible. */
    {RANGER, "The kerb weight would be 1,300 kg.", "Vostok Ranger", 0, "curb_weight", "", "1,300 kg", false},
    {RANGER, "The rear suspension is not a de Dion axle.", "Vostok Ranger", 0, "suspension", "rear", "de Dion axle", false},
    {RANGER, "The predecessor had a patur mount of RW 11.", "Vostok Ranger", 0, "patur mount", "", "RW 11", false},
    {RANGER, "The kerb weight is 142,000 kg.", "Vostok Ranger", 0, "curb_weight", "", "142,000 kg", false},
    /* Words that are not in the sentence. */
    {RANGER, "The patur index is RW 5674.", "Vostok Ranger", 0, "patur mount", "", "RW 5674", false},
    {RANGER, "The paturs mounts are RW 5674.", "Vostok Ranger", 0, "patur mount", "", "RW 5674", true},
    {RANGER, "The patur mount is RW 5674.", "Vostok Ranger", 0, "paturof mount", "", "RW 5674", false},
};

static bool propose(struct binder *b, const struct proposal *p)
{
    struct hit h = {.chunk = 1, .title = p->title, .text = p->text, .location = "", .path = "",
                    .line_first = 1, .line_last = 1, .vehicle = vehicle_none()};
    struct bind_target t = {.attribute = registry_find(p->attribute)};
    bind_target_vehicle(&t, p->vehicle, p->year);
    if (t.attribute < 0) assert_true(bind_target_words(&t, p->attribute));
    if (*p->qualifier) t.qualifiers = 1ull << qualifier_find(p->qualifier);
    struct bind_sentence s[BIND_MAX_SENTENCES];
    size_t n = bind_sentences(b, &h, &t, s);
    const char *at = strstr(p->text, p->span);
    assert_non_null(at);
    size_t begin = (size_t)(at - p->text), len = strlen(p->span);
    for (size_t i = 0; i < n; i++) {
        struct fact_value v;
        uint64_t qualifiers;
        if (bind_value(b, &h, &t, &s[i], begin, len, &v, &qualifiers)) return true;
    }
    return false;
}

static void name_of_the_vehicle_names_no_attribute(void **state)
{
    (void)state;
    struct bind_target t = {.attribute = -1};
    bind_target_vehicle(&t, "Vostok Ranger", 0);
    assert_false(bind_target_words(&t, "derRanger"));
    assert_true(bind_target_words(&t, "Ranger patur"));
    assert_int_equal(t.n_words, 1);
}

static void only_what_the_sentence_bears_is_bound(void **state)
{
    (void)state;
    struct error err = {0};
    struct binder *b = binder_create(&err);
    size_t wrong = 0;
    assert_non_null(b);
    for (size_t i = 0; i < sizeof PROPOSALS / sizeof *PROPOSALS; i++) {
        const struct proposal *p = &PROPOSALS[i];
        if (propose(b, p) == p->bound) continue;
        wrong++;
        print_error("%s the %s of %s: \"%s\" in \"%s\"\n", p->bound ? "not bound:" : "bound:", p->attribute,
                    p->vehicle, p->span, p->text);
    }
    binder_free(b);
    assert_int_equal(wrong, 0);
}

static void part_of_a_code_becomes_the_whole(void **state)
{
    (void)state;
    static const struct {
        const char *text, *span, *whole;
    } CASES[] = {
        {"Its patur mount is RW 5674.", "5674", "RW 5674"},
        {"Its patur mount is RW 5674.", "RW", "RW 5674"},
        {"The patur mount: F 5223", ": F", "F 5223"},
        {"It has a patur mount by Brembo Stylema and more.", "Brembo", "Brembo Stylema"},
    };
    struct error err = {0};
    struct binder *b = binder_create(&err);
    assert_non_null(b);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct hit h = {.title = RANGER, .text = CASES[i].text, .location = "", .path = "", .vehicle = vehicle_none()};
        struct bind_target t = {.attribute = -1};
        struct bind_sentence s[BIND_MAX_SENTENCES];
        struct fact_value v;
        uint64_t qualifiers;
        bind_target_vehicle(&t, "Vostok Ranger", 0);
        assert_true(bind_target_words(&t, "patur mount"));
        assert_int_equal(bind_sentences(b, &h, &t, s), 1);
        size_t at = (size_t)(strstr(CASES[i].text, CASES[i].span) - CASES[i].text);
        assert_true(bind_value(b, &h, &t, &s[0], at, strlen(CASES[i].span), &v, &qualifiers));
        if (v.len != strlen(CASES[i].whole) || memcmp(v.text, CASES[i].whole, v.len) != 0)
            fail_msg("'%.*s', not '%s'", (int)v.len, v.text, CASES[i].whole);
    }
    binder_free(b);
}

static void number_carries_its_unit_and_text_its_words(void **state)
{
    (void)state;
    struct error err = {0};
    struct binder *b = binder_create(&err);
    struct hit h = {.title = RANGER, .text = "Power: 90 kW.\nIt has a boot volume of 1.420 l.", .location = "", .path = "",
                    .vehicle = vehicle_none()};
    struct bind_target t = {.attribute = registry_find("engine_power")};
    if (t.attribute < 0) t.attribute = registry_find("power");
    struct bind_sentence s[BIND_MAX_SENTENCES];
    struct fact_value v;
    uint64_t qualifiers;
    assert_non_null(b);
    bind_target_vehicle(&t, "Vostok Ranger", 0);
    assert_int_equal(bind_sentences(b, &h, &t, s), 1);
    assert_int_equal(s[0].begin, 0);
    assert_true(bind_value(b, &h, &t, &s[0], 7, 5, &v, &qualifiers));
    assert_int_equal(v.kind, VALUE_NUMBER);
    assert_true(v.low == 90 && v.high == 90);
    assert_string_equal(v.unit->symbol, "kW");
    assert_memory_equal(v.text, "90 kW", v.len);
    /* Outside of the sentence, or empty. */
    assert_false(bind_value(b, &h, &t, &s[0], 7, 30, &v, &qualifiers));
    assert_false(bind_value(b, &h, &t, &s[0], 7, 0, &v, &qualifiers));
    binder_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(name_of_the_vehicle_names_no_attribute),
        cmocka_unit_test(only_what_the_sentence_bears_is_bound),
        cmocka_unit_test(part_of_a_code_becomes_the_whole),
        cmocka_unit_test(number_carries_its_unit_and_text_its_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
