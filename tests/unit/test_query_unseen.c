/* Questions over files that nobody wrote the program for: what the words "kilometres on it", "the 4.30 axle", "foreign", "as
 * standard" mean there, and that a word which only resembles a known one says nothing. */
#include "query_fixture.h"

static const char POOL_CSV[] = "Make,Model,Section,First registration,Odometer (km),Kerb weight (kg),Status\n"
                               "Aldo,Finch,Roads,14.03.2019,142310,1600,Available\n"
                               "Aldo,Heron,Parks,02.07.2021,58904,2130,Sold\n"
                               "Brava,Lynx,Roads,21.11.2018,187455,1750,Available\n"
                               "Corva,Drake,Parks,09.05.2020,96780,1900,Available\n";

static const char ELECTRIC_CSV[] = "Make,Model,Electric range (km),Power (kW)\nDorn,Gull,655,150\nDorn,Tern,420,110\n";

static const char OLD_CSV[] = "make,price,mpg,weight,foreign\n"
                              "Cad. Delvo,11385,14,4330,Domestic\nCad. Sevo,15906,21,4290,Domestic\nLinc. Conti,11497,12,4840,Domestic\n"
                              "Audor 5000,9690,17,2830,Foreign\nVolta Diesel,5397,41,2040,Foreign\n";

static const char TOW_CSV[] = "Model,Engine,Axle ratio,GCWR (lb),Towing capacity (lb)\n"
                              "Hallo 250,6.2L V8,3.73,22000,14300\nHallo 250,6.2L V8,4.30,24500,15000\n"
                              "Hallo 250,6.6L diesel,3.55,33400,20000\n";

static const char LIFT_CSV[] = "Make,Model,Drive,Rated capacity (kg)\n"
                               "Halvo,FX16,Electric 3-wheel,1600\nHalvo,FX20,Electric 4-wheel,2000\nHalvo,DX35,Diesel,3500\nHalvo,GX30,LPG,3000\n";

static const char TRIMS_CSV[] = "Model,Trim,Sunroof,Price (EUR)\nSola,Basic,-,20000\nSola,Plus,O,24000\nSola,Lux,S,29000\n";

static const char LOT_CSV[] = "Stock#,Make,Model,Price,Days\nA1,Ferro,Falk,20000,12\nA2,Ferro,Merl,26000,71\nA3,Ferro,Ibis,30000,33\n";

static const char TESTS_CSV[] = "Make,Model,Noise at 70 mph (dB)\nFerro,Merl,69\nFerro,Falk,73\n";

static const char CYCLE_TXT[] = "CORSO DATA SHEETS\n\n----------\nCORSO VENTO 500\n----------\nPower ...... 35 kW\nWeight ..... 189 kg\nLicence .... A2\n\n"
                                "----------\nCORSO MULA 700\n----------\nPower ...... 55 kW\nWeight ..... 214 kg\nGround clearance .... 245 mm\n";

static int make_files(void **state)
{
    static struct garage g;
    g.store = memory_store();
    ingest_ok(g.store, "/fuhrpark.csv", DOCUMENT_CSV, POOL_CSV);
    ingest_ok(g.store, "/electric.csv", DOCUMENT_CSV, ELECTRIC_CSV);
    ingest_ok(g.store, "/old1978.csv", DOCUMENT_CSV, OLD_CSV);
    ingest_ok(g.store, "/tow.csv", DOCUMENT_CSV, TOW_CSV);
    ingest_ok(g.store, "/forklifts.csv", DOCUMENT_CSV, LIFT_CSV);
    ingest_ok(g.store, "/trims.csv", DOCUMENT_CSV, TRIMS_CSV);
    ingest_ok(g.store, "/inventory.csv", DOCUMENT_CSV, LOT_CSV);
    ingest_ok(g.store, "/cycles.txt", DOCUMENT_TEXT, CYCLE_TXT);
    ingest_ok(g.store, "/tests.csv", DOCUMENT_CSV, TESTS_CSV);
    ingest_ok(g.store, "/ads.csv", DOCUMENT_CSV, "Make,Model,Price (EUR)\nDorn,Tern LX,9900\n");
    garage_open(&g);
    *state = &g;
    return 0;
}

static void distance_on_a_vehicle_is_its_odometer(void **state)
{
    static const struct asked ASKED[] = {
        {"Which vehicle has the most kilometres on it?", "rank found: Brava Lynx 187455 km*"},
        {"Which vehicle of the county fleet has the most kilometres on it?", "rank found: Brava Lynx 187455 km*"},
        {"¿Qué coche tiene más kilómetros?", "rank found: Brava Lynx 187455 km*"},
        {"what's on the clock of the Heron", "value found: Aldo Heron 58904 km"},
        {"what's on the clock of the county's Heron", "value found: Aldo Heron 58904 km"},
        {"Which car has the most kilometres of electric range?", "rank found: Dorn Gull 655 km*"},
        {"Which car goes the most kilometres on a charge?", "rank found: Dorn Gull 655 km*"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void word_that_resembles_another_is_not_it(void **state)
{
    static const struct asked ASKED[] = {
        {"what did people pay for a Volta Diesel", "value found: Volta Diesel Foreign 5397"},
        {"Can I ride the Corso Vento 500 on an A2 licence?", "check found yes: CORSO VENTO 500 A2"},
        {"quietest at 70 mph", "rank found: Ferro Merl 69 dB*"},
        {"quietest at 50 mph", "rank not_understood ‘50 mph’"},
        {"how loud is the Falk at 70 mph", "value found: Ferro Falk 73 dB"},
        {"what does the Tern cost", "value found: Dorn Tern LX 9900 €"},
        {"Ground clearance of the Corso Vento 500?", "value not_found (attribute ground clearance)"},
        {"weight of the county Heron", "value not_understood ‘county’"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void decimal_before_axle_is_its_ratio(void **state)
{
    static const struct asked ASKED[] = {
        {"What is the GCWR of the Hallo 250 with the 6.2L V8 and the 4.30 axle?", "value found: Hallo 250 24500 lb"},
        {"towing capacity of the Hallo 250 6.6L diesel with the 3.55 axle ratio", "value found: Hallo 250 20000 lb"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void words_of_cells_are_kinds(void **state)
{
    static const struct asked ASKED[] = {
        {"How many foreign cars are there?", "count found = 2: Audor 5000 Foreign; Volta Diesel Foreign"},
        {"average price of the foreign cars", "aggregate found = 7543.5"},
        {"Which foreign car has the best mpg?", "rank found: Volta Diesel Foreign 41 mpg*"},
        {"Which Halvo forklifts are electric?", "list found: Halvo FX16; Halvo FX20"},
        {"Which forklift has the highest rated capacity?", "rank found: Halvo DX35 3500 kg*"},
        {"how many cars are available?", "count found = 3: Aldo Finch; Brava Lynx; Corva Drake"},
        {"how many cars are already sold?", "count found = 1: Aldo Heron"},
        {"How many vehicles does the Roads department have?", "count found = 2: Aldo Finch; Brava Lynx"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void several_makers_are_one_set(void **state)
{
    static const struct asked ASKED[] = {
        {"the two heaviest of the Aldo, Brava and Corva cars", "rank found: Aldo Heron 2130 kg*; Corva Drake 1900 kg"},
        {"How many Aldos and Bravas are there?", "count found = 3: Aldo Finch; Aldo Heron; Brava Lynx"},
        {"Which was heavier, the Cad. Delvo or the Linc. Conti, and by how much?", "compare found = 510: Cad. Delvo Domestic 4330; Linc. Conti Domestic 4840*"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void marks_say_how_equipment_comes(void **state)
{
    static const struct asked ASKED[] = {
        {"Which Sola has a sunroof as standard?", "list found: Sola Lux"},
        {"Does the Sola Basic have a sunroof?", "check found no: Sola Basic no"},
        {"Is the sunroof standard on the Sola Plus?", "check found no: Sola Plus optional"},
        {"Is the sunroof standard on the Sola Lux?", "check found yes: Sola Lux yes"},
        {"Is the sunroof optional on the Sola Plus?", "check found yes: Sola Plus optional"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void dates_and_days_are_no_lengths(void **state)
{
    static const struct asked ASKED[] = {
        {"When was the Lynx first registered?", "value found: Brava Lynx 21.11.2018"},
        {"¿Cuándo se matriculó el Lynx?", "value found: Brava Lynx 21.11.2018"},
        {"Which car has been in stock the longest?", "rank found: Ferro Merl 71*"},
        {"how long has the Ibis been in stock", "value found: Ferro Ibis 33"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distance_on_a_vehicle_is_its_odometer),
        cmocka_unit_test(word_that_resembles_another_is_not_it),
        cmocka_unit_test(decimal_before_axle_is_its_ratio),
        cmocka_unit_test(words_of_cells_are_kinds),
        cmocka_unit_test(several_makers_are_one_set),
        cmocka_unit_test(marks_say_how_equipment_comes),
        cmocka_unit_test(dates_and_days_are_no_lengths),
    };
    return cmocka_run_group_tests_name("questions over unseen files", tests, make_files, garage_remove);
}
