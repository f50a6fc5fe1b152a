/* Questions in the words of people whom the program has never seen: a word that changes nothing, words that name the
 * document, what the verb makes of "how long", shares and medians; and that a word which may change the answer does
 * stop it. */
#include "query_fixture.h"

static const char FLEET_CSV[] =
    "Make,Model,Version,Drive,Body,Fuel,Tyres,Power (kW),Kerb weight (kg),Gross weight (kg),Boot (l),Top speed (km/h),0-100 km/h (s),"
    "DC 10-80 % (min),Fuel tank (l),Restwert (€),Price (EUR),Base\n"
    "Aldo,Finch,1.0 RWD,RWD,hatchback,petrol,195/60 R15,50,1000,1500,300,150,14,,40,5000,15000,Nord\n"
    "Aldo,Finch,1.4 AWD,AWD,hatchback,petrol,205/55 R16,75,1100,1600,310,170,11,,45,6000,18000,Nord\n"
    "Aldo,Heron,2.0 Lang,FWD,estate,diesel,225/50 R17,110,1500,2100,600,210,8,,60,11000,32000,Nord\n"
    "Brava,Lynx-e,Style,FWD,hatchback,electric,185/65 R15,100,1400,1900,280,140,9,35,,12000,30000,Hafen\n"
    "Brava,Puma-e,Grand,AWD,SUV,electric,235/55 R18,150,1900,2500,500,180,6,25,,20000,48000,Hafen\n"
    "Brava,Koala Hybrid,Prime,FWD,SUV,hybrid,235/55 R18,120,1600,2200,450,175,9,,50,15000,35000,Hafen\n";

static const char TRAVEL_MD[] = "# Camping car tests, spring\n\n"
                                "| Make | Model | Power (kW) | Boot (l) |\n|---|---|---|---|\n"
                                "| Corda | Falk | 140 | 900 |\n| Corda | Merl | 120 | 1200 |\n";

static const char RENT_JSON[] = "{\"meta\": {\"title\": \"Island comparison\", \"published\": \"2025\"}, \"vehicles\": {\"items\": ["
                                "{\"brand\": \"Dorn\", \"model\": \"Gull\", \"fuel\": \"electric\", \"price_eur\": 20000, \"power_kw\": 60},"
                                "{\"brand\": \"Dorn\", \"model\": \"Tern\", \"fuel\": \"electric\", \"price_eur\": 26000, \"power_kw\": 80}]}}";

static int make_fleet(void **state)
{
    static struct garage g;
    g.store = memory_store();
    ingest_ok(g.store, "/fleet.csv", DOCUMENT_CSV, FLEET_CSV);
    ingest_ok(g.store, "/travel.md", DOCUMENT_MARKDOWN, TRAVEL_MD);
    ingest_ok(g.store, "/inseln.json", DOCUMENT_JSON, RENT_JSON);
    garage_open(&g);
    *state = &g;
    return 0;
}

static void verb_behind_its_subject_changes_nothing(void **state)
{
    static const struct asked ASKED[] = {
        {"Which tyres does the Heron wear?", "value found: Aldo Heron 2.0 Lang 225/50 R17"},
        {"what kerb weight must I schlep around with the Heron", "value not_understood ‘schlep’"},
        {"Which fuel tank is entered for the Heron?", "value found: Aldo Heron 2.0 Lang 60 L"},
        {"Welche Reifen trägt der Heron?", "value found: Aldo Heron 2.0 Lang 225/50 R17"},
        {"my cousin fancies one, what is the kerb weight of the Heron?", "value found: Aldo Heron 2.0 Lang 1500 kg"},
        {"What price range does the Finch cover?", "aggregate found = 15000 € to 18000 €"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void word_that_may_change_the_answer_stops_it(void **state)
{
    static const struct asked ASKED[] = {
        {"What is the unsprung weight of the Heron?", "value not_understood ‘unsprung’"},
        /* what a general noun means, its verb says */
        {"What weight does the Heron lug?", "value found: Aldo Heron 2.0 Lang 1500 kg"},
        {"What speed does the Heron recharge at?", "value not_understood ‘recharge’"},
        {"Which sprocketed cars have more than 100 kW?", "list not_understood ‘sprocketed’"},
        {"Which cars wear 225 tyres and flurb more than 100 kW?", "list not_understood ‘wear’ ‘225’ ‘flurb’"},
        {"Does the Heron weigh less than the Gnu?", "none not_understood ‘than the Gnu’ ‘Gnu’"},
        {"Does the Heron weigh less than average?", "none not_understood ‘than average’"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void words_of_a_title_name_the_document(void **state)
{
    static const struct asked ASKED[] = {
        {"which camping car has the biggest boot", "rank found: Corda Merl 1200 L*"},
        {"the camping cars with more than 130 kW", "list found: Corda Falk"},
        {"average price of the electric cars in the Island comparison", "aggregate found = 23000 €"},
        {"Which car in the Island comparison has the most power?", "rank found: Dorn Tern 80 kW*"},
        {"How many vehicles at the Hafen base?", "count found = 3: Brava Lynx-e Style; Brava Puma-e Grand; Brava Koala Hybrid Prime"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void median_and_share_are_computed(void **state)
{
    static const struct asked ASKED[] = {
        {"median price of the Brava", "aggregate found = 35000 €"},
        {"Median der Preise der Brava", "aggregate found = 35000 €"},
        {"prix médian des Aldo", "aggregate found = 18000 €"},
        {"mediana del precio de los Aldo", "aggregate found = 18000 €"},
        {"what share of the Brava are electric?", "count found = 66.6667: Brava Lynx-e Style; Brava Puma-e Grand"},
        {"Welcher Anteil der Brava ist elektrisch?", "count found = 66.6667: Brava Lynx-e Style; Brava Puma-e Grand"},
        {"what percentage of the Aldo weigh more than 1050 kg", "count found = 66.6667: Aldo Finch 1.4 AWD; Aldo Heron 2.0 Lang"},
        {"what share of the price is the power?", "none not_understood ‘share of’"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void verb_says_what_how_long_and_how_much_ask(void **state)
{
    static const struct asked ASKED[] = {
        {"how long does the Lynx-e take to charge from 10 to 80 percent", "value found: Brava Lynx-e Style 35 min"},
        {"how long does the Heron take to 100", "value found: Aldo Heron 2.0 Lang 8 s"},
        {"wie lange braucht der Heron auf 100", "value found: Aldo Heron 2.0 Lang 8 s"},
        {"how much fuel fits in the Heron", "value found: Aldo Heron 2.0 Lang 60 L"},
        {"how heavy may the Heron be", "value found: Aldo Heron 2.0 Lang 2100 kg"},
        {"Wie schwer darf der Heron sein?", "value found: Aldo Heron 2.0 Lang 2100 kg"},
        {"how heavy is the Heron", "value found: Aldo Heron 2.0 Lang 1500 kg"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void charging_faster_takes_less_time(void **state)
{
    static const struct asked ASKED[] = {
        {"Which car charges fastest from 10 to 80 %?", "rank found: Brava Puma-e Grand 25 min*"},
        {"Which car charges slowest from 10 to 80 %?", "rank found: Brava Lynx-e Style 35 min*"},
        {"which cars are slower than 10 seconds to 100 km/h", "list found: Aldo Finch 1.0 RWD; Aldo Finch 1.4 AWD"},
        {"which cars are quicker than 8.5 seconds to 100 km/h", "list found: Aldo Heron 2.0 Lang; Brava Puma-e Grand"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void comparison_is_said_in_many_ways(void **state)
{
    static const struct asked ASKED[] = {
        {"By how many kilos does the Heron outweigh the Lynx-e?",
         "compare found = 100 kg: Aldo Heron 2.0 Lang 1500 kg*; Brava Lynx-e Style 1400 kg"},
        {"Wiegt der Heron mehr als der Lynx-e?", "check found yes: Aldo Heron 2.0 Lang 1500 kg*; Brava Lynx-e Style 1400 kg"},
        {"How many percent heavier is the Heron than the Lynx-e?",
         "compare found = 100 kg: Aldo Heron 2.0 Lang 1500 kg*; Brava Lynx-e Style 1400 kg"},
        {"Le Heron pèse-t-il plus de 1400 kg ?", "check found yes: Aldo Heron 2.0 Lang 1500 kg"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void name_of_an_attribute_in_another_unit_is_its_column(void **state)
{
    static const struct asked ASKED[] = {
        {"residual value of the Heron", "value found: Aldo Heron 2.0 Lang 11000 €"},
        {"Which Aldo has the highest residual value?", "rank found: Aldo Heron 2.0 Lang 11000 €*"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void degree_belongs_to_the_name_behind_it(void **state)
{
    static const struct asked ASKED[] = {
        {"the most fuel tank capacity", "rank found: Aldo Heron 2.0 Lang 60 L*"},
        {"Which SUV has the most power and what does it cost?", "rank found: Brava Puma-e Grand 150 kW*; Brava Puma-e Grand 48000 €"},
        {"most powerful SUV under 40000", "rank found: Brava Koala Hybrid Prime 120 kW*"},
        {"which hybrids cost less than 40000 euros", "list found: Brava Koala Hybrid Prime"},
        {"cars between 30 and 40 thousand euros", "list found: Aldo Heron 2.0 Lang; Brava Lynx-e Style; Brava Koala Hybrid Prime"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void prices_of_most_are_compared_and_dates_have_a_year(void **state)
{
    static const char TEXT[] = "Make,Model,First registration,Price\n"
                               "Vion,Alk,14.03.2021,£30000\nVion,Bolk,02.06.2022,€20000\nVion,Colk,18.05.2022,€25000\n";
    static const struct asked ASKED[] = {
        {"cheapest Vion", "rank found: Vion Bolk 20000 €*"},
        {"How many Vion were first registered in 2022?", "count found = 2: Vion Bolk; Vion Colk"},
    };
    struct garage g;
    (void)state;
    garage_of(&g, DOCUMENT_CSV, TEXT);
    EXPECT_OUTCOMES(&g, ASKED);
    garage_close(&g);
}

static void version_in_a_follow_up_is_of_the_vehicle_before(void **state)
{
    static const struct asked ASKED[] = {
        {"How much power has the Finch 1.0 RWD?\nwhat about the AWD?", "value found: Aldo Finch 1.4 AWD 75 kW"},
        {"What does the Finch 1.0 RWD weigh?\nwhat about the 1.4 one?", "value found: Aldo Finch 1.4 AWD 1100 kg"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verb_behind_its_subject_changes_nothing),
        cmocka_unit_test(word_that_may_change_the_answer_stops_it),
        cmocka_unit_test(words_of_a_title_name_the_document),
        cmocka_unit_test(median_and_share_are_computed),
        cmocka_unit_test(verb_says_what_how_long_and_how_much_ask),
        cmocka_unit_test(charging_faster_takes_less_time),
        cmocka_unit_test(comparison_is_said_in_many_ways),
        cmocka_unit_test(name_of_an_attribute_in_another_unit_is_its_column),
        cmocka_unit_test(degree_belongs_to_the_name_behind_it),
        cmocka_unit_test(prices_of_most_are_compared_and_dates_have_a_year),
        cmocka_unit_test(version_in_a_follow_up_is_of_the_vehicle_before),
    };
    return cmocka_run_group_tests_name("everyday questions", tests, make_fleet, garage_remove);
}
