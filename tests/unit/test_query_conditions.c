/* Conditions of questions: yes and no, what is denied, alternatives; and that none of them is ever lost in silence. */
#include "query_fixture.h"

static const char HIRE_JSON[] =
    "[{\"make\":\"Garda\",\"model\":\"Pico\",\"class\":\"van\",\"fuel\":\"diesel\",\"seats\":3,\"power_kw\":70,\"price_eur\":18000,"
    "\"hire\":{\"available\":true,\"sold\":false,\"towbar\":true}},\n"
    " {\"make\":\"Garda\",\"model\":\"Medio\",\"class\":\"van\",\"fuel\":\"petrol\",\"seats\":6,\"power_kw\":90,\"price_eur\":24000,"
    "\"hire\":{\"available\":false,\"sold\":true,\"towbar\":false}},\n"
    " {\"make\":\"Garda\",\"model\":\"Grande\",\"class\":\"van\",\"fuel\":\"electric\",\"seats\":9,\"power_kw\":120,\"price_eur\":41000,"
    "\"hire\":{\"available\":false,\"sold\":false,\"towbar\":true}},\n"
    " {\"make\":\"Lorn\",\"model\":\"Haven\",\"class\":\"van\",\"fuel\":\"diesel\",\"seats\":2,\"power_kw\":100,\"price_eur\":29000,"
    "\"hire\":{\"available\":true,\"sold\":true,\"towbar\":false}}]\n";

static int make_hire(void **state)
{
    static struct garage g;
    g.store = memory_store();
    ingest_ok(g.store, "/hire.json", DOCUMENT_JSON, HIRE_JSON);
    garage_open(&g);
    *state = &g;
    return 0;
}

static void column_of_yes_and_no_is_a_condition(void **state)
{
    static const struct asked ASKED[] = {
        {"which vans are available?", "list found: Garda Pico; Lorn Haven"},
        {"how many vans aren't available?", "count found = 2: Garda Medio; Garda Grande"},
        {"Welche Fahrzeuge sind nicht verfügbar?", "list found: Garda Medio; Garda Grande"},
        {"quels véhicules sont indisponibles ?", "list found: Garda Medio; Garda Grande"},
        {"¿cuántos vehículos están disponibles?", "count found = 2: Garda Pico; Lorn Haven"},
        {"哪些车辆不可用?", "list found: Garda Medio; Garda Grande"},
        {"is the Garda Pico available right now?", "check found yes: Garda Pico yes"},
        {"is the Garda Grande unavailable?", "check found yes: Garda Grande no"},
        {"which vans are sold?", "list found: Garda Medio; Lorn Haven"},
        {"how many vans are not sold?", "count found = 2: Garda Pico; Garda Grande"},
        {"cheapest available van", "rank found: Garda Pico 18000 €*"},
        {"which vans have a towbar and aren't available?", "list found: Garda Grande"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void what_is_denied_is_left_out(void **state)
{
    static const struct asked ASKED[] = {
        {"vans that are neither diesel nor electric", "list found: Garda Medio"},
        {"Transporter, die weder Diesel noch elektrisch sind", "list found: Garda Medio"},
        {"vans without a diesel or an electric motor", "list found: Garda Medio"},
        {"which vans don't cost more than 24,000 euros?", "list found: Garda Pico; Garda Medio"},
        {"which vans do not have 9 seats?", "list found: Garda Pico; Garda Medio; Lorn Haven"},
        {"which vans can't tow?", "none not_understood ‘can't’"},
        {"which vans are not heated?", "none not_understood ‘not heated’ ‘heated’"},
        {"Is the Lorn Haven parked?", "none not_understood ‘parked’"},
        {"Is the Lorn Haven diesel or not?", "check found yes: Lorn Haven diesel"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void alternatives_are_both_met_or_not_understood(void **state)
{
    static const struct asked ASKED[] = {
        {"which vans have 2 or 3 seats?", "list found: Garda Pico; Lorn Haven"},
        {"welche Transporter haben 2 oder 9 Sitze?", "list found: Garda Grande; Lorn Haven"},
        {"which vans are diesel or have 9 seats?", "list not_understood ‘diesel or have 9’"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void ranked_and_averaged_figures_may_have_bounds(void **state)
{
    static const struct asked ASKED[] = {
        {"most expensive van under 30,000 euros", "rank found: Lorn Haven 29000 €*"},
        {"cheapest van over 20,000 euros", "rank found: Garda Medio 24000 €*"},
        {"most powerful van under 110 kW", "rank found: Lorn Haven 100 kW*"},
        {"average price of vans over 20,000 euros", "aggregate found = 31333.3 €"},
        {"Durchschnittspreis der Transporter unter 30.000 Euro", "aggregate found = 23666.7 €"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

/* "Cars" are no motorcycles where a document says that it is of these. */
static void cars_are_no_motorcycles(void **state)
{
    static const char CARS[] = "Make,Model,Weight (kg)\nOrlo,Pavo,780\nOrlo,Grus,1400\n";
    static const char BIKES[] = "Make,Model,Weight (kg)\nRuvo,Streak,190\nRuvo,Mule,240\n";
    static const struct asked ASKED[] = {
        {"Which cars weigh less than 1000 kg?", "list found: Orlo Pavo"},
        {"What is the lightest car?", "rank found: Orlo Pavo 780 kg*"},
        {"Welche Autos wiegen weniger als 1000 kg?", "list found: Orlo Pavo"},
        {"What weighs less than 200 kg?", "list found: Ruvo Streak"},
    };
    struct garage g = {.store = memory_store()};
    (void)state;
    ingest_ok(g.store, "/prices.csv", DOCUMENT_CSV, CARS);
    ingest_ok(g.store, "/motorcycles.csv", DOCUMENT_CSV, BIKES);
    garage_open(&g);
    EXPECT_OUTCOMES(&g, ASKED);
    garage_close(&g);
}

/* "And more than": a second condition, with its comparator. */
static void joined_condition_keeps_its_comparator(void **state)
{
    static const char TEXT[] = "Make,Model,Fuel,Power (kW),Weight (kg)\nOrlo,Pavo,Diesel,75,900\nOrlo,Grus,Diesel,120,1400\n"
                               "Orlo,Lynx,Petrol,150,1500\n";
    static const struct asked ASKED[] = {
        {"cars with a diesel engine and more than 100 kW of power", "list found: Orlo Grus"},
        {"which cars are diesels and less than 1000 kg in weight", "list found: Orlo Pavo"},
        {"cars with 120 kW and more", "list found: Orlo Grus; Orlo Lynx"},
    };
    struct garage g;
    (void)state;
    garage_of(&g, DOCUMENT_CSV, TEXT);
    EXPECT_OUTCOMES(&g, ASKED);
    garage_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joined_condition_keeps_its_comparator),
        cmocka_unit_test(cars_are_no_motorcycles),
        cmocka_unit_test(column_of_yes_and_no_is_a_condition),
        cmocka_unit_test(what_is_denied_is_left_out),
        cmocka_unit_test(alternatives_are_both_met_or_not_understood),
        cmocka_unit_test(ranked_and_averaged_figures_may_have_bounds),
    };
    return cmocka_run_group_tests_name("query conditions", tests, make_hire, garage_remove);
}
