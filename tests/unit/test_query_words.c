/* Words of questions that are none of the vehicle's: places, codes, kinds, comparators behind a number,
 * superlatives of verbs, and the language of the reply. */
#include "query_fixture.h"

static const char VANS_CSV[] =
    "Unit;Vehicle;Year;Body;Payload (kg);Odometer (km);Depot;Seller;Fuel\n"
    "T901;Ford Transit 350;2021;Van;1300;90500;Lund, SE;dealer;Diesel\n"
    "T902;Ford Transit 350;2022;Van;1280;41000;Oslo, NO;private;Diesel, low sulphur (B7)\n"
    "T903;Renault Master L2;2020;Van;1510;120300;Lund, SE;dealer;Petrol\n";

static const char CELLS_CSV[] =
    "Model,Battery (kWh),Chemistry,Range (km),DC charging (kW),0-100 km/h (s),Top speed (km/h),Drive,Accidents reported\n"
    "Aura One,58,LFP,400,170,8.9,160,RWD,0\n"
    "Aura One Sport,77,NMC,510,250,5.1,210,AWD,2\n"
    "Brio,44,LFP,300,80,10.4,150,FWD,0\n";

static const char GUIDE_CSV[] =
    "Model year,Make,Carline,Trim,City MPG,Annual fuel cost (USD),Price (USD),Transmission,Carline Class\n"
    "2024,Kia,Rio,,33,1500,17000,Manual,Compact Cars\n"
    "2024,Kia,Carnival,LX,19,2400,35000,Automatic,Minivan\n"
    "2024,Kia,Carnival,SX,18,2500,39000,Automatic,Minivan\n"
    "2024,Kia,Carnival Cross AWD,,16,2700,41000,Automatic,Compact Cars\n"
    "2024,Kia,Carnival AWD,,17,2600,38000,Automatic,Minivan\n";

static int make_documents(void **state)
{
    static struct garage g;
    g.store = memory_store();
    ingest_ok(g.store, "/motor_pool_2024.csv", DOCUMENT_CSV, VANS_CSV);
    ingest_ok(g.store, "/cells.csv", DOCUMENT_CSV, CELLS_CSV);
    ingest_ok(g.store, "/FE_Guide_2024.csv", DOCUMENT_CSV, GUIDE_CSV);
    garage_open(&g);
    *state = &g;
    return 0;
}

static void place_that_documents_are_called_by_restricts_to_them(void **state)
{
    static const struct asked ASKED[] = {
        {"Which car in the fuel economy guide has the highest city mpg?", "rank found: 2024 Kia Rio 33 mpg*"},
        {"list all manual cars from the fuel economy guide", "list found: 2024 Kia Rio"},
        {"How many minivans does the fuel economy guide list?", 
         "count found = 3: 2024 Kia Carnival LX; 2024 Kia Carnival SX; 2024 Kia Carnival AWD"},
        {"How many vehicles are in the motor pool?",
         "count found = 3: 2021 Ford Transit 350; 2022 Ford Transit 350; 2020 Renault Master L2"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void place_without_a_name_restricts_to_nothing(void **state)
{
    static const struct asked ASKED[] = {
        {"How many diesels do we have in our stock?", "count found = 2: 2021 Ford Transit 350; 2022 Ford Transit 350"},
        {"Wie viele Diesel stehen auf dem Hof?", "count found = 2: 2021 Ford Transit 350; 2022 Ford Transit 350"},
        {"Which vehicle in the database has the highest payload?", "rank found: 2020 Renault Master L2 1510 kg*"},
        {"¿Cuántos diésel hay en nuestro inventario?", "count found = 2: 2021 Ford Transit 350; 2022 Ford Transit 350"},
        {"Combien de diesels y a-t-il dans le parc ?", "count found = 2: 2021 Ford Transit 350; 2022 Ford Transit 350"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void part_of_a_cell_is_a_condition(void **state)
{
    static const struct asked ASKED[] = {
        {"Which vehicles are in Lund?", "list found: 2021 Ford Transit 350; 2020 Renault Master L2"},
        {"How many are based in Oslo?", "count found = 1: 2022 Ford Transit 350"},
        {"Welche Fahrzeuge stehen in Lund?", "list found: 2021 Ford Transit 350; 2020 Renault Master L2"},
        {"Which vehicles are from dealers?", "list found: 2021 Ford Transit 350; 2020 Renault Master L2"},
        {"Which vehicles are from private sellers?", "list found: 2022 Ford Transit 350"},
        /* 100,000 km are no electric range, though another document has one in km */
        {"Which vehicles in Lund are over 100,000 km?", "list found: 2020 Renault Master L2"},
        {"Which vehicles are in Lund or Oslo?",
         "list found: 2021 Ford Transit 350; 2022 Ford Transit 350; 2020 Renault Master L2"},
        {"petrol or diesel vehicles in Lund", "list found: 2021 Ford Transit 350; 2020 Renault Master L2"},
        {"which cars are in Bergen?", "none not_understood ‘Bergen’"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void code_of_one_record_is_its_vehicle(void **state)
{
    static const struct asked ASKED[] = {
        {"What payload can van T902 carry?", "value found: 2022 Ford Transit 350 1280 kg"},
        {"odometer of unit no. T903", "value found: 2020 Renault Master L2 120300 km"},
        {"T901 or T903, which has done more km?",
         "compare found = 29800 km: 2021 Ford Transit 350 90500 km; 2020 Renault Master L2 120300 km*"},
        {"Where is T902 based?", "value found: 2022 Ford Transit 350 Oslo, NO"},
        {"Does T902 have a payload of more than 1200 kg?", "check found yes: 2022 Ford Transit 350 1280 kg"},
        {"payload of T902\nand its odometer?", "value found: 2022 Ford Transit 350 41000 km"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void kinds_are_found_by_what_columns_show(void **state)
{
    static const struct asked ASKED[] = {
        {"list the EVs with more than 350 km of range", "list found: Aura One; Aura One Sport"},
        {"How many electric cars are there?", "count found = 3: Aura One; Aura One Sport; Brio"},
        {"EVs with an LFP battery?", "list found: Aura One; Brio"},
        {"which cars have an LFP battery?", "list found: Aura One; Brio"},
        {"Which rear-wheel drive EV has the longest range?", "rank found: Aura One 400 km*"},
        {"How many diesel vehicles are there?", "count found = 2: 2021 Ford Transit 350; 2022 Ford Transit 350"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void comparator_may_follow_the_number(void **state)
{
    static const struct asked ASKED[] = {
        {"which EVs charge at 170 kW or faster?", "list found: Aura One; Aura One Sport"},
        {"cars with 0-100 km/h in 8.9 s or faster", "list found: Aura One; Aura One Sport"},
        {"cars with 33 city mpg or better", "list found: 2024 Kia Rio"},
        {"cars with a top speed of 160 km/h or less", "list found: Aura One; Brio"},
        {"Welche Autos haben 160 km/h Höchstgeschwindigkeit oder mehr?", "list found: Aura One; Aura One Sport"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

/* The fastest takes the least time and has the most speed. */
static void fastest_of_a_time_is_the_least(void **state)
{
    static const struct asked ASKED[] = {
        {"which car accelerates fastest?", "rank found: Aura One Sport 5.1 s*"},
        {"which car has the slowest 0-100 km/h time?", "rank found: Brio 10.4 s*"},
        {"Which car has the fastest 0-100 time?", "rank found: Aura One Sport 5.1 s*"},
        {"Welches Auto beschleunigt am schnellsten?", "rank found: Aura One Sport 5.1 s*"},
        {"Quelle voiture a l'accélération la plus rapide ?", "rank found: Aura One Sport 5.1 s*"},
        {"¿Qué coche acelera más rápido?", "rank found: Aura One Sport 5.1 s*"},
        {"哪款车百公里加速最快？", "rank found: Aura One Sport 5.1 s*"},
        {"哪款车百公里加速最慢？", "rank found: Brio 10.4 s*"},
        {"哪款车最快？", "rank found: Aura One Sport 210 km/h*"},
        {"which is the fastest car?", "rank found: Aura One Sport 210 km/h*"},
        {"which EV charges fastest?", "rank found: Aura One Sport 250 kW*"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void superlative_ranks_the_versions_of_a_name(void **state)
{
    static const struct asked ASKED[] = {
        {"cheapest Carnival", "rank found: 2024 Kia Carnival LX 35000 $*"},
        {"Which Kia costs the least in fuel per year?", "rank found: 2024 Kia Rio 1500 $*"},
        {"Durchschnittspreis der Carnivals", "aggregate found = 38250 $"},
        {"¿Qué Carnival tiene más mpg en ciudad?", "rank found: 2024 Kia Carnival LX 19 mpg*"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void yes_or_no_of_classes_and_counts(void **state)
{
    static const struct asked ASKED[] = {
        {"Is the Carnival AWD a minivan?", "check found yes: 2024 Kia Carnival AWD Minivan"},
        {"Is the Rio a minivan?", "check found no: 2024 Kia Rio Compact Cars"},
        {"Has the Aura One Sport had an accident?", "check found yes: Aura One Sport 2"},
        {"Has the Brio had any accidents?", "check found no: Brio 0"},
        {"which cars have no reported accidents?", "list found: Aura One; Brio"},
        {"Which cars have had accidents?", "list found: Aura One Sport"},
        /* "was" is a question word in German alone */
        {"Was the Aura One Sport in an accident?", "check found yes: Aura One Sport 2"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void version_alone_is_of_the_model_named_before(void **state)
{
    static const struct asked ASKED[] = {
        {"city mpg of the Carnival\nwhat about the AWD one?", "value found: 2024 Kia Carnival AWD 17 mpg"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
    struct garage g;
    garage_of(&g, DOCUMENT_CSV, "Make,Model,Trim,Curb weight (kg),Seat height (mm)\n"
                                "Norr,Sel,LX,1700,640\nNorr,Sel,X-Pro,1850,655\nNorr,Sel,EX Max,1800,641\n");
    static const struct asked OF_ONE_MODEL[] = {
        {"By how many kg is the Sel X-Pro heavier than the LX?",
         "compare found = 150 kg: Norr Sel X-Pro 1850 kg*; Norr Sel LX 1700 kg"},
        {"weight of the Sel EX max", "value found: Norr Sel EX Max 1800 kg"},
        {"Sel LX seat hight", "value found: Norr Sel LX 640 mm"},
    };
    EXPECT_OUTCOMES(&g, OF_ONE_MODEL);
    garage_close(&g);
}

static void names_and_codes_carry_no_language(void **state)
{
    static const struct {
        const char *question, *language;
    } ASKED[] = {
        {"Rio?", "en"},           {"ES 350 city mpg", "en"},       {"Aura One Preis", "de"},  {"günstigster Transit", "de"},
        {"Brio Preis", "de"},     {"prix de la Brio", "fr"},       {"precio del Brio", "es"}, {"Brio价格", "zh"},
        {"co2 Master", "en"},     {"ps vom Transit", "de"},        {"power GT PRO", "en"},      {"poids Transit 350", "fr"},
    };
    const struct garage *g = *state;
    for (size_t i = 0; i < sizeof ASKED / sizeof *ASKED; i++) {
        struct query q;
        struct error err = {0};
        if (!query_read(&q, g->words, ASKED[i].question, NULL, &err)) fail_msg("%s", err.text);
        if (strcmp(q.language, ASKED[i].language) != 0)
            fail_msg("\"%s\" is taken for %s", ASKED[i].question, q.language);
        query_free(&q);
    }
}

static const char BIKES_CSV[] =
    "Make,Model,Gearbox,Seats,Seat height (mm),Battery (kWh),Kerb weight (kg),Payload (kg),Price (EUR),Daily rate (EUR)\n"
    "Grand,Orlo 90,5-speed,1,760,,95,150,2900,20\n"
    "Grand,Orlo 400,6-speed,2,805,,172,1200,5200,45\n"
    "Grand,Vire E,,2,790,4.1,120,180,16500,60\n"
    "Daily,Post 12,6-speed manual,2,840,,2600,1500,41000,99\n";

static void numbers_may_be_words(void **state)
{
    static const struct asked ASKED[] = {
        {"Which models weigh more than two and a half tonnes?", "list found: Daily Post 12"},
        {"models over half a tonne", "list found: Daily Post 12"},
        {"Welche Modelle wiegen mehr als zweieinhalb Tonnen?", "list found: Daily Post 12"},
        {"Welche Modelle wiegen unter einhundert kg?", "list found: Grand Orlo 90"},
        {"which models weigh under two hundred kilos?", "list found: Grand Orlo 90; Grand Orlo 400; Grand Vire E"},
        {"qué modelos pesan más de doscientos kg", "list found: Daily Post 12"},
        {"is the Daily Post 12 over 35 grand?", "check found yes: Daily Post 12 41000 €"},
        {"which models cost less than five grand?", "list found: Grand Orlo 90"},
        {"Quels modèles ont une charge utile de plus de 1 200 kg ?", "list found: Daily Post 12"},
        {"Welche Modelle haben mindestens 1\xc2\xa0" "200 kg Nutzlast?", "list found: Grand Orlo 400; Daily Post 12"},
        {"which models have at least 1\xe2\x80\xaf" "200 kg payload", "list found: Grand Orlo 400; Daily Post 12"},
        {"how many models have a 6-speed gearbox?", "count found = 2: Grand Orlo 400; Daily Post 12"},
    };
    struct garage g;
    (void)state;
    garage_of(&g, DOCUMENT_CSV, BIKES_CSV);
    EXPECT_OUTCOMES(&g, ASKED);
    garage_close(&g);
}

static void seats_have_a_height_and_a_number(void **state)
{
    static const struct asked ASKED[] = {
        {"how high's the seat on the Orlo 400?", "value found: Grand Orlo 400 805 mm"},
        {"Wie hoch ist die Sitzbank der Orlo 90?", "value found: Grand Orlo 90 760 mm"},
        {"which has the lower seat, the Orlo 90 or the Vire E?", 
         "compare found = 30 mm: Grand Orlo 90 760 mm*; Grand Vire E 790 mm"},
        {"which models have a seat lower than 800 mm?", "list found: Grand Orlo 90; Grand Vire E"},
        {"model with the lowest seat", "rank found: Grand Orlo 90 760 mm*"},
        {"how many seats does the Orlo 400 have?", "value found: Grand Orlo 400 2"},
        {"how large is the battery of the Vire E?", "value found: Grand Vire E 4.1 kWh"},
        {"what did the firm pay for the Orlo 90?", "value found: Grand Orlo 90 2900 €"},
        {"what is the Vire E gonna cost me", "value found: Grand Vire E 16500 €"},
        /* a maker's word inside the name of a column */
        {"daily rate of the Orlo 90?", "value found: Grand Orlo 90 20 €"},
        {"Daily Post 12 price", "value found: Daily Post 12 41000 €"},
    };
    struct garage g;
    (void)state;
    garage_of(&g, DOCUMENT_CSV, BIKES_CSV);
    EXPECT_OUTCOMES(&g, ASKED);
    garage_close(&g);
}

static void document_is_named_by_what_it_lists(void **state)
{
    static const char VANS[] = "Marque;Modèle;Prix (EUR)\nRivo;Petit;15000\nRivo;Grand;25000\n";
    static const char OTHERS[] = "Marque;Modèle;Prix (EUR)\nRivo;Berline;12000\n";
    static const struct asked ASKED[] = {
        {"Combien de modèles Rivo y a-t-il dans le tableau des fourgonnettes ?", "count found = 2: Rivo Petit; Rivo Grand"},
        {"Which Rivo in the 2019 list is the cheapest?", "rank found: 2019 Rivo Berline 12000 €*"},
    };
    struct garage g = {.store = memory_store()};
    (void)state;
    ingest_ok(g.store, "/fourgonnettes.csv", DOCUMENT_CSV, VANS);
    ingest_ok(g.store, "/tarif_2019.csv", DOCUMENT_CSV, OTHERS);
    garage_open(&g);
    EXPECT_OUTCOMES(&g, ASKED);
    garage_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(place_that_documents_are_called_by_restricts_to_them),
        cmocka_unit_test(place_without_a_name_restricts_to_nothing),
        cmocka_unit_test(part_of_a_cell_is_a_condition),
        cmocka_unit_test(code_of_one_record_is_its_vehicle),
        cmocka_unit_test(kinds_are_found_by_what_columns_show),
        cmocka_unit_test(comparator_may_follow_the_number),
        cmocka_unit_test(fastest_of_a_time_is_the_least),
        cmocka_unit_test(superlative_ranks_the_versions_of_a_name),
        cmocka_unit_test(yes_or_no_of_classes_and_counts),
        cmocka_unit_test(version_alone_is_of_the_model_named_before),
        cmocka_unit_test(numbers_may_be_words),
        cmocka_unit_test(seats_have_a_height_and_a_number),
        cmocka_unit_test(document_is_named_by_what_it_lists),
        cmocka_unit_test(names_and_codes_carry_no_language),
    };
    return cmocka_run_group_tests_name("query words", tests, make_documents, garage_remove);
}
