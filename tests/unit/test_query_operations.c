/* Operations of questions: averages and sums of vehicles that are named, places in an order, what is in stock; and
 * operations that are not known, which no other takes the place of. */
#include "query_fixture.h"

static const char YARD_CSV[] =
    "Make,Model,Power (bhp),Kerb weight (kg),Price (USD),Odometer (km),In stock\n"
    "Aldo,Finch 300,30,160,4000,1200,4\n"
    "Aldo,Finch 500,50,175,5500,800,0\n"
    "Aldo,Heron 700,75,205,8000,300,2\n"
    "Brava,Lynx 125,15,130,3000,50,6\n"
    "Brava,Lynx 400,44,170,5000,900,0\n"
    "Brava,Puma 900,95,215,9900,100,1\n";

static const char FALK_CSV[] =
    "Make,Model,Generation,Power (bhp),Price (USD),Emission standard\n"
    "Corda,Falk,Mk I,140,9000,Euro 5\n"
    "Corda,Falk,Mk II,200,14000,Euro 6\n"
    "Corda,V7,,65,8500,Euro 5\n"
    "Corda,V9,,70,9500,Euro 4\n";

static int make_yard(void **state)
{
    static struct garage g;
    g.store = memory_store();
    ingest_ok(g.store, "/yard.csv", DOCUMENT_CSV, YARD_CSV);
    garage_open(&g);
    *state = &g;
    return 0;
}

static void unknown_operation_is_not_understood(void **state)
{
    static const struct asked ASKED[] = {
        {"standard deviation of the power", "none not_understood ‘standard deviation’"},
        {"How many percent heavier are the Finch 300 and the Heron 700 than the Puma 900?", "none not_understood ‘percent’"},
        {"How many percent heavier are the Aldo?", "none not_understood ‘percent’"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void figures_of_named_vehicles_are_added_and_averaged(void **state)
{
    static const struct asked ASKED[] = {
        {"total price of the Finch 300 and the Lynx 125", "aggregate found = 7000 $"},
        {"What is the price of the Finch 300 plus the Lynx 125 in total?", "aggregate found = 7000 $"},
        {"Gesamtpreis von Finch 300 und Lynx 125", "aggregate found = 7000 $"},
        {"average power of the Finch 300, Finch 500 and Heron 700", "aggregate found = 51.6667 bhp"},
        {"Durchschnittliche Leistung der Finch 300, Finch 500 und Heron 700?", "aggregate found = 51.6667 bhp"},
        {"Puissance moyenne des Finch 300, Finch 500 et Heron 700", "aggregate found = 51.6667 bhp"},
        {"potencia media de la Finch 300, la Finch 500 y la Heron 700", "aggregate found = 51.6667 bhp"},
        /* one of them is many */
        {"average power of the Aldo and the Lynx 125", "aggregate not_understood"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void ordinal_is_a_place_in_the_order(void **state)
{
    static const struct asked ASKED[] = {
        {"second cheapest Aldo", "rank found: Aldo Finch 500 5500 $*"},
        {"What is the third most powerful vehicle?", "rank found: Aldo Finch 500 50 bhp*"},
        {"which vehicle has the 2nd highest price?", "rank found: Aldo Heron 700 8000 $*"},
        {"Welches ist das zweite günstigste Motorrad?", "rank found: Aldo Finch 300 4000 $*"},
        {"Quelle est la deuxième Aldo la plus chère ?", "rank found: Aldo Finch 500 5500 $*"},
        {"la segunda Aldo más barata", "rank found: Aldo Finch 500 5500 $*"},
        {"zweitgünstigste Aldo", "list not_understood ‘zweitgünstigste’"},
        {"fourth cheapest Aldo", "rank not_found (match)"},
        {"which Aldo is the cheapest?\nand the second?", "rank found: Aldo Finch 500 5500 $*"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void stock_is_a_figure_of_its_column(void **state)
{
    static const struct asked ASKED[] = {
        {"which vehicles are out of stock?", "list found: Aldo Finch 500; Brava Lynx 400"},
        {"Welche Fahrzeuge sind ausverkauft?", "list found: Aldo Finch 500; Brava Lynx 400"},
        {"Quels modèles sont en rupture de stock ?", "list found: Aldo Finch 500; Brava Lynx 400"},
        {"¿Qué modelos están agotados?", "list found: Aldo Finch 500; Brava Lynx 400"},
        {"哪些车型缺货？", "list found: Aldo Finch 500; Brava Lynx 400"},
        {"which Brava are in stock?", "list found: Brava Lynx 125; Brava Puma 900"},
        {"Which Aldo are not in stock?", "list found: Aldo Finch 500"},
        {"How many Aldos do they have in stock altogether?", "aggregate found = 6"},
        {"How many Brava are in stock?", "aggregate found = 7"},
        {"Wie viele Brava sind auf Lager?", "aggregate found = 7"},
        {"How many Lynx 125 are in stock?", "value found: Brava Lynx 125 6"},
        {"Is the Lynx 400 in stock?", "check found no: Brava Lynx 400 0"},
        {"Is the Heron 700 in stock?", "check found yes: Aldo Heron 700 2"},
        {"cheapest Brava in stock", "rank found: Brava Lynx 125 3000 $*"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void implausible_figures_meet_no_condition(void **state)
{
    (void)state;
    static const struct asked ASKED[] = {
        {"which vehicles have more than 500 hp?", "list found: Corda Falk"},
        {"average power of the vehicles", "aggregate found = 350 hp"},
    };
    struct garage g;
    garage_of(&g, DOCUMENT_CSV, "Make,Model,Horsepower (hp)\nCorda,Falk,600\nCorda,V7,100\nCorda,Rook,6500000\n");
    EXPECT_OUTCOMES(&g, ASKED);
    garage_close(&g);
}

static void made_and_sold_are_no_count_of_rows(void **state)
{
    static const struct asked ASKED[] = {
        {"How many Lynx were made?", "value not_found (attribute units built)"},
        {"Wie viele Lynx wurden gebaut?", "value not_found (attribute units built)"},
        {"How many Lynx were sold?", "none not_understood ‘sold’"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void comparison_is_answered_with_yes_or_no(void **state)
{
    static const struct asked ASKED[] = {
        {"Is the Heron 700 lighter than the Finch 300?", "check found no: Aldo Heron 700 205 kg; Aldo Finch 300 160 kg*"},
        {"Is the Finch 300 lighter than the Heron 700?", "check found yes: Aldo Finch 300 160 kg*; Aldo Heron 700 205 kg"},
        {"how much is a Heron 700", "value found: Aldo Heron 700 8000 $"},
        {"vehicles lighter than 170 kg", "list found: Aldo Finch 300; Brava Lynx 125"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void codes_are_no_prices_and_no_cylinders(void **state)
{
    static const struct asked ASKED[] = {
        {"which vehicles are Euro 5?", "list found: Corda Falk; Corda V7"},
        {"Which vehicles meet Euro 3?", "none not_understood ‘meet’ ‘Euro 3’"},
        {"Is the V7 cheaper than the V9?", "check found yes: Corda V7 8500 $*; Corda V9 9500 $"},
        {"price of the V7", "value found: Corda V7 8500 $"},
        {"which vehicles have a V8?", "list not_found (match)"},
    };
    struct garage g;
    (void)state;
    garage_of(&g, DOCUMENT_CSV, FALK_CSV);
    EXPECT_OUTCOMES(&g, ASKED);
    garage_close(&g);
}

static void vehicles_are_left_out(void **state)
{
    static const struct asked ASKED[] = {
        {"which vehicles are not Aldo?", "list found: Brava Lynx 125; Brava Lynx 400; Brava Puma 900"},
        {"cheapest vehicle except the Lynx 125", "rank found: Aldo Finch 300 4000 $*"},
        {"cheapest vehicle that is not made by Brava", "rank found: Aldo Finch 300 4000 $*"},
        {"cheapest Aldo other than the Finch 300", "rank found: Aldo Finch 500 5500 $*"},
        {"all vehicles except the Finch 300 and the Lynx 125",
         "list found: Aldo Finch 500; Aldo Heron 700; Brava Lynx 400; Brava Puma 900"},
        {"Welche Fahrzeuge außer Brava kosten weniger als 6000 Dollar?", "list found: Aldo Finch 300; Aldo Finch 500"},
        {"Quel est le modèle le moins cher sauf la Lynx 125 ?", "rank found: Aldo Finch 300 4000 $*"},
        {"¿Cuál es el modelo más barato excepto la Lynx 125?", "rank found: Aldo Finch 300 4000 $*"},
        {"除了Brava哪款车最贵？", "rank found: Aldo Heron 700 8000 $*"},
        {"How many vehicles are not Aldo?\nand not the Puma 900?", "count found = 2: Brava Lynx 125; Brava Lynx 400"},
        {"Isn't the Heron 700 heavier than the Finch 300?", "check found yes: Aldo Heron 700 205 kg*; Aldo Finch 300 160 kg"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void it_is_the_vehicle_that_the_ranking_gave(void **state)
{
    static const struct asked ASKED[] = {
        {"Which Aldo is the most expensive?\nhow much power does it have?", "value found: Aldo Heron 700 75 bhp"},
        {"second cheapest Aldo\nhow heavy is it?", "value found: Aldo Finch 500 175 kg"},
        {"Welche Aldo ist die teuerste?\nWie schwer ist sie?", "value found: Aldo Heron 700 205 kg"},
        {"Quelle Aldo est la plus chère ?\nQuelle est sa puissance ?", "value found: Aldo Heron 700 75 bhp"},
        {"Which Aldo is the most expensive?\nand the cheapest?", "rank found: Aldo Finch 300 4000 $*"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

static void generation_narrows_to_its_records(void **state)
{
    static const char TEXT[] = "Make,Model,Trim,Power (bhp),Torque (Nm)\n"
                               "Corda,Falk,Mk I,140,\nCorda,Falk,Mk II,200,300\nCorda,Falk,Mk III,250,350\n";
    static const struct asked ASKED[] = {
        {"power of the first-generation Falk", "value found: Corda Falk Mk I 140 bhp"},
        {"power of the Mk I Falk", "value found: Corda Falk Mk I 140 bhp"},
        {"power of the original Falk", "value found: Corda Falk Mk I 140 bhp"},
        {"Leistung des Falk der zweiten Generation", "value found: Corda Falk Mk II 200 bhp"},
        {"torque of the first-generation Falk", "value not_found (attribute torque)"},
        {"power of the fourth-generation Falk", "value not_understood ‘fourth-generation’ ‘fourth’"},
    };
    struct garage g;
    (void)state;
    garage_of(&g, DOCUMENT_CSV, TEXT);
    EXPECT_OUTCOMES(&g, ASKED);
    garage_close(&g);
}

static void two_that_are_compared_have_a_difference(void **state)
{
    static const char TEXT[] = "Make,Model,Trim,Kerb weight (kg),Payload (kg),Price (EUR)\n"
                               "Rexa,Ar. Bison Cargo,,2300,700,40000\n"
                               "Rexa,Plain 250,,2100,900,30000\n"
                               "Varn,Ridge,Summit 4WD,1900,500,33000\n"
                               "Varn,Ridge,Estate Hybrid,1950,450,36000\n"
                               "Lupa,Tern,Race Pro,190,150,9000\n"
                               "Lupa,Tern,Tour Pro,230,180,11000\n";
    static const struct asked ASKED[] = {
        /* a full stop inside a name splits no name */
        {"Rexa Ar. Bison Cargo vs Rexa Plain 250: which one is heavier and by how many kg",
         "compare found = 200 kg: Rexa Ar. Bison Cargo 2300 kg*; Rexa Plain 250 2100 kg"},
        {"Wie viel schwerer ist der Ar. Bison Cargo als der Plain 250?",
         "compare found = 200 kg: Rexa Ar. Bison Cargo 2300 kg*; Rexa Plain 250 2100 kg"},
        /* the second of one model's versions is named in words that mean something else too */
        {"Varn Ridge Summit 4WD or Estate Hybrid - which carries more and how much more?",
         "compare found = 50 kg: Varn Ridge Summit 4WD 500 kg*; Varn Ridge Estate Hybrid 450 kg"},
        {"Ist der Ridge Summit 4WD oder der Ridge Estate Hybrid teurer, und wie groß ist der Unterschied?",
         "compare found = 3000 €: Varn Ridge Summit 4WD 33000 €; Varn Ridge Estate Hybrid 36000 €*"},
        /* the model is no third vehicle */
        {"Race Pro vs Tour Pro: which Tern is lighter", 
         "compare found = 40 kg: Lupa Tern Race Pro 190 kg*; Lupa Tern Tour Pro 230 kg"},
        {"Difference between the vans in price?", "none not_understood ‘vans’"},
    };
    struct garage g;
    (void)state;
    garage_of(&g, DOCUMENT_CSV, TEXT);
    EXPECT_OUTCOMES(&g, ASKED);
    garage_close(&g);
}

static void what_all_have_together_is_their_sum(void **state)
{
    static const struct asked ASKED[] = {
        {"What power do all the Aldos have together?", "aggregate found = 155 bhp"},
        {"What do the Bravas cost altogether?", "aggregate found = 17900 $"},
        {"Was kosten alle Aldo zusammen?", "aggregate found = 17500 $"},
        {"Combien coûtent toutes les Brava ensemble ?", "aggregate found = 17900 $"},
        {"¿Cuánto cuestan las Brava en conjunto?", "aggregate found = 17900 $"},
        {"Brava加起来多少钱?", "aggregate found = 17900 $"},
        {"combined price of the Aldos", "aggregate found = 17500 $"},
    };
    EXPECT_OUTCOMES(*state, ASKED);
}

/* What a question asks, a yes, a figure or a mean, is what it gets: no list of what meets its words. */
static void operation_that_is_asked_is_not_replaced_by_a_list(void **state)
{
    static const char TEXT[] = "Make,Model,Type,Year,Fuel,Gearbox,Power (kW),List price ($),Location\n"
                               "Orlo,Pavo,Van,2011,Diesel,manual,75,14000,Leeds\nOrlo,Grus,Van,2012,Petrol,automatic,88,18000,York\n"
                               "Tundor,T 41,Truck,2015,Diesel,manual,160,90000,Hull\n";
    static const struct asked ASKED[] = {
        {"What is the average list price of the vans?", "aggregate found = 16000 $"},
        {"the mean list price of the vans", "aggregate found = 16000 $"},
        {"where is the tundor stationed", "value found: 2015 Tundor T 41 Hull"},
        {"Is the Tundor a manual?", "check found yes: 2015 Tundor T 41 manual"},
        {"'11 pafu with 75 kW, what does it cost?", "none not_understood ‘it’ ‘pafu’"},
        {"Is the Orlo Pavo diesel-powered?", "check found yes: 2011 Orlo Pavo Diesel"},
        {"Is the Orlo Grus diesel powered?", "check found no: 2012 Orlo Grus Petrol"},
        {"Ist der Orlo Pavo Diesel-angetrieben?", "check found yes: 2011 Orlo Pavo Diesel"},
    };
    struct garage g;
    (void)state;
    garage_of(&g, DOCUMENT_CSV, TEXT);
    EXPECT_OUTCOMES(&g, ASKED);
    garage_close(&g);
}

/* After a motorcycle the Streak is the one of its document, not a car elsewhere that is called just so. */
static void name_of_a_follow_up_is_of_the_document_before(void **state)
{
    static const char CARS[] = "Make,Model,Power (hp)\nOrlo,Streak,82\nOrlo,Grus,120\n";
    static const char BIKES[] = "Make,Model,Power (hp)\nRuvo,Streak 9 GT,119\nTolva,Mule,60\n";
    static const struct asked ASKED[] = {
        {"power of the Tolva Mule\nwhat about the Streak?", "value found: Ruvo Streak 9 GT 119 hp"},
        {"power of the Orlo Grus\nwhat about the Streak?", "value found: Orlo Streak 82 hp"},
        {"power of the Tolva Mule\nwhat about the Orlo Streak?", "value found: Orlo Streak 82 hp"},
    };
    struct garage g = {.store = memory_store()};
    (void)state;
    ingest_ok(g.store, "/cars.csv", DOCUMENT_CSV, CARS);
    ingest_ok(g.store, "/motorcycles.csv", DOCUMENT_CSV, BIKES);
    garage_open(&g);
    EXPECT_OUTCOMES(&g, ASKED);
    garage_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(name_of_a_follow_up_is_of_the_document_before),
        cmocka_unit_test(operation_that_is_asked_is_not_replaced_by_a_list),
        cmocka_unit_test(unknown_operation_is_not_understood),
        cmocka_unit_test(figures_of_named_vehicles_are_added_and_averaged),
        cmocka_unit_test(implausible_figures_meet_no_condition),
        cmocka_unit_test(stock_is_a_figure_of_its_column),
        cmocka_unit_test(made_and_sold_are_no_count_of_rows),
        cmocka_unit_test(comparison_is_answered_with_yes_or_no),
        cmocka_unit_test(codes_are_no_prices_and_no_cylinders),
        cmocka_unit_test(vehicles_are_left_out),
        cmocka_unit_test(two_that_are_compared_have_a_difference),
        cmocka_unit_test(what_all_have_together_is_their_sum),
        cmocka_unit_test(it_is_the_vehicle_that_the_ranking_gave),
        cmocka_unit_test(generation_narrows_to_its_records),
        cmocka_unit_test(ordinal_is_a_place_in_the_order),
    };
    return cmocka_run_group_tests_name("query operations", tests, make_yard, garage_remove);
}
