/* Questions at tables as people keep them: what their readings are for. */
#include "query_fixture.h"

static void each_kind_of_price_is_its_own(void **state)
{
    static const char TEXT[] = "Stock,Make,Model,MSRP ($),Sale Price ($)\nS1,Garda,Pico,41500,38990\nS2,Garda,Medio,29800,28450\n";
    static const struct asked ASKED[] = {
        {"MSRP of the Garda Pico", "value found: Garda Pico 41500 $"},
        {"list price of the Garda Pico", "value found: Garda Pico 41500 $"},
        {"sale price of the Garda Pico", "value found: Garda Pico 38990 $"},
        {"which Garda has the lowest MSRP?", "rank found: Garda Medio 29800 $*"},
        {"purchase price of the Garda Pico", "value not_found (attribute price)"},
    };
    struct garage g;
    (void)state;
    garage_of(&g, DOCUMENT_CSV, TEXT);
    EXPECT_OUTCOMES(&g, ASKED);
    garage_close(&g);
}

static void a_plain_price_is_what_is_asked(void **state)
{
    static const struct asked ASKED[] = {
        {"list price of the Garda Pico", "value found: Garda Pico 41500 $"},
        {"asking price of the Garda Pico", "value found: Garda Pico 41500 $"},
    };
    struct garage g;
    (void)state;
    garage_of(&g, DOCUMENT_CSV, "Make,Model,Price ($)\nGarda,Pico,41500\nGarda,Medio,29800\n");
    EXPECT_OUTCOMES(&g, ASKED);
    garage_close(&g);
}

static void marks_of_equipment_say_whether_it_is_there(void **state)
{
    static const char TEXT[] = "Specification,Torrin SE,Torrin SEL,Torrin Ultra\nKerb weight (kg),1485,1502,1694\n"
                               "Heated front seats,O,S,S\nPanoramic roof,-,O,S\nHead-up display,–,–,●\nNavigation,n/a,O,S\n"
                               "Top speed (km/h),-,205,210\n";
    static const struct asked ASKED[] = {
        {"Does the Torrin SE have a panoramic roof?", "check found no: Torrin SE no"},
        {"Does the Torrin Ultra have a panoramic roof?", "check found yes: Torrin Ultra yes"},
        {"which Torrin has a head-up display?", "list found: Torrin Ultra"},
        {"Does the Torrin SE have heated front seats?", "check found yes: Torrin SE optional"},
        /* Elsewhere a dash says that nothing is known. */
        {"top speed of the Torrin SE", "value not_found (attribute top speed)"},
        {"Does the Torrin SE have navigation?", "check not_found (attribute navigation)"},
    };
    struct garage g;
    (void)state;
    garage_of(&g, DOCUMENT_CSV, TEXT);
    EXPECT_OUTCOMES(&g, ASKED);
    garage_close(&g);
}

static void letters_elsewhere_are_no_marks(void **state)
{
    static const struct asked ASKED[] = {
        {"size of the Garda Pico", "value found: Garda Pico S"},
    };
    struct garage g;
    (void)state;
    garage_of(&g, DOCUMENT_CSV, "Make,Model,Size\nGarda,Pico,S\nGarda,Medio,O\n");
    EXPECT_OUTCOMES(&g, ASKED);
    garage_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_price_is_its_own),
        cmocka_unit_test(a_plain_price_is_what_is_asked),
        cmocka_unit_test(marks_of_equipment_say_whether_it_is_there),
        cmocka_unit_test(letters_elsewhere_are_no_marks),
    };
    return cmocka_run_group_tests_name("tables asked", tests, NULL, NULL);
}
