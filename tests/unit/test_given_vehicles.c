/* Questions on a few documents that are given with them, about vehicles that no list knows: which vehicle a
 * document is about, however it says so, and what its lines and sentences give. */
#include "rag_fixture.h"

#include "answer/answer.h"
#include "answer/given.h"

enum { DOCUMENTS_MAX = 4 };

struct asked {
    const char *documents[DOCUMENTS_MAX][2]; /* title (NULL: none), text */
    const char *question;
    const char *part; /* of the answer, marks left out; begins with '!': is not in it */
};

static void strip_marks(char *text)
{
    char *out = text;
    for (const char *p = text; *p;) {
        if (p[0] == ' ' && p[1] == '[') p++;
        if (*p == '[') {
            while (*p && *p != ']') p++;
            p += *p == ']';
            continue;
        }
        if (*p) *out++ = *p++;
    }
    *out = '\0';
}

static void expect(const struct asked *asked, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct asked *a = &asked[i];
        struct given_document d[DOCUMENTS_MAX] = {0};
        size_t n_documents = 0;
        for (; n_documents < DOCUMENTS_MAX && a->documents[n_documents][1]; n_documents++)
            d[n_documents] = (struct given_document){.title = a->documents[n_documents][0],
                                                     .content = a->documents[n_documents][1],
                                                     .len = strlen(a->documents[n_documents][1])};
        struct given g;
        struct answer answer;
        struct error err = {0};
        if (!given_read(&g, d, n_documents, NULL, &err)) fail_msg("%s", err.text);
        if (!answer_question(&answer, g.store, NULL, a->question, NULL, &err)) fail_msg("%s", err.text);
        char *text = strdup(answer.text);
        assert_non_null(text);
        strip_marks(text);
        bool wanted = a->part[0] != '!';
        if ((strstr(text, a->part + !wanted) != NULL) != wanted)
            fail_msg("%s: \"%s\" in \"%s\"", a->question, a->part, text);
        free(text);
        answer_free(&answer);
        given_free(&g);
    }
}
#define EXPECT(asked) expect(asked, sizeof(asked) / sizeof *(asked))

static void lines_of_any_form_are_names_and_values(void **state)
{
    (void)state;
    static const struct asked ASKED[] = {
        {{{"2020 Quenby Heron", "- **Length (in):** 180.5\n- **Seats:** 5"}}, "length of the 2020 Quenby Heron?", "180.5 in"},
        {{{"2020 Quenby Heron", "Bore | 3.22 in; Length | 4,510 mm; Class | SUV"}}, "length of the 2020 Quenby Heron?", "4510 mm"},
        {{{"2020 Quenby Heron", "* City MPG: 23; * Seats: 5; * Drivetrain: AWD"}}, "city mpg of the 2020 Quenby Heron?", "23 mpg"},
        {{{"2020 Quenby Heron", "Seats = 5; Length (cm) = 451; Drivetrain = AWD"}}, "length of the 2020 Quenby Heron?", "451 cm"},
        {{{"2020 Quenby Heron", "Length (cm); 451; Drivetrain; AWD; Seats; 5; Class; SUV"}}, "length of the 2020 Quenby Heron?", "451 cm"},
        {{{"cars.csv row 7", "2020 Quenby Heron; Seats = 5; Length (cm) = 451; Drivetrain = AWD"}}, "length of the 2020 Quenby Heron?", "451 cm"},
        {{{"Vehicle data sheet", "2020 Quenby Heron - technical data\n\n| Item | Value |\n| --- | --- |\n| Length (cm) | 451 |\n"}},
         "length of the 2020 Quenby Heron?", "451 cm"},
        {{{"2020 Quenby Heron", "Stock No.  A1042; Length (cm)  451; Front tires  yes; Seats  5"}}, "length of the 2020 Quenby Heron?", "451 cm"},
        {{{"Technical specifications", "## Quenby Heron 1.6 T 2020\nIts engine oil capacity is 3.6 liters."}},
         "oil capacity of the 2020 Quenby Heron 1.6 T?", "3.6 L"},
        /* all there is */
        {{{"2020 Quenby Heron", "Combined MPG: 29"}}, "combined mpg of the 2020 Quenby Heron?", "29 mpg"},
        {{{"2020 Quenby Heron", "Rear brakes  solid discs"}}, "rear brakes of the 2020 Quenby Heron?", "solid discs"},
    };
    EXPECT(ASKED);
}

static void titles_name_the_vehicle(void **state)
{
    (void)state;
    static const struct asked ASKED[] = {
        {{{"Quenby Heron 1.6 T 2020 > Engine", "Power: 120 hp\nSeats: 5"}}, "power of the 2020 Quenby Heron 1.6 T?", "120 hp"},
        /* where the text is from is no name; its first line is */
        {{{"heron.pdf p. 79", "Quenby Heron 2020 Recharge - technical data\nManufacturer: Quenby\nModel: Heron\nYear: 2020\n"
                              "Power: 120 hp"},
          {"heron.md > Overview", "Quenby Heron 1.6 T 2020\nManufacturer: Quenby\nModel: Heron\nYear: 2020\nPower: 99 hp"}},
         "power of the 2020 Quenby Heron Recharge?",
         "Recharge is 120 hp"},
        {{{"2024 Quenby Heron review", "Power: 120 hp\nSeats: 5"}}, "power of the 2024 Quenby Heron?", "2024 Quenby Heron is"},
        {{{"cars.csv row 5", "The Quenby Heron 2017 Sport is on sale now. It weighs 1,400 kg."}},
         "weight of the 2017 Quenby Heron Sport?", "1400 kg"},
        {{{"2017 Quenby Heron", "This page is about the 2017 Quenby Heron. It weighs 1,400 kg."}},
         "weight of the 2017 Quenby Heron?", "1400 kg"},
        /* a text that gives no facts: the vehicle is there, the fact is not */
        {{{"2017 Quenby Heron", "It is a car for all."}, {"2019 Quenby Heron", "Seats: 5\nDoors: 4"}},
         "weight of the 2017 Quenby Heron?", "do not give the curb weight of the 2017"},
    };
    EXPECT(ASKED);
}

#define HERONS                                                                                     \
    {"2020 Quenby Heron 1.6 T", "Power: 120 hp\nLength: 450 cm\nRear brakes: solid discs"},         \
        {"2020 Quenby Heron Blue", "Power: 99 hp\nLength: 440 cm"},                                 \
        {"2018 Quenby Heron 1.6 T", "Power: 110 hp\nLength: 430 cm\nGarpo level: optional"}

static void names_are_numbers_letters_and_versions(void **state)
{
    (void)state;
    static const struct asked ASKED[] = {
        {{{"2024 Quenby 2509", "Power: 120 hp\nSeats: 5"}, {"2024 Quenby Tor", "Power: 99 hp\nSeats: 5"}},
         "power of the 2024 2509?", "2509 is 120 hp"},
        {{{"2025 Quenby R 1", "Power: 120 hp\nSeats: 5"}, {"2024 Quenby R 1", "Power: 99 hp\nSeats: 5"}},
         "What's the power of the 2025 R 1?", "R 1 is 120 hp"},
        {{{"2025 Quenby 60e", "Power: 120 hp\nSeats: 5"}, {"2024 Quenby Tor", "Power: 99 hp\nSeats: 5"}},
         "What is the 2025 60e's power?", "60e is 120 hp"},
        {{{"2025 Quenby Type U", "Power: 120 hp\nSeats: 5"}, {"2024 Quenby Tor", "Power: 99 hp\nSeats: 5"}},
         "2025 Type U - power?", "Type U is 120 hp"},
        {{{"2025 Quenby XZ-284", "Power: 120 hp\nSeats: 5"}}, "What is the 2025 XZ-284's power?", "XZ-284 is 120 hp"},
        {{{"2021 Smart #1 Blue", "Power: 120 hp\nSeats: 5"}}, "power of the 2021 Smart #1 Blue?", "120 hp"},
        /* in the language of the question, whatever letters names have */
        {{{"2025 Quenby U 5 H", "Compression ratio: 17\nSeats: 5"}}, "compression ratio, 2025 Quenby U 5 H?", "The compression ratio of"},
        {{HERONS}, "power of the 1.6 T version of the 2020 Quenby Heron?", "2020 Quenby Heron 1.6 T is 120 hp"},
        {{HERONS}, "power of the Blue version of the 2020 Quenby Heron?", "Blue is 99 hp"},
        /* a version of another model is none of this one */
        {{{"2020 Quenby Heron Blue", "Power: 99 hp\nSeats: 5"}, {"2020 Quenby Tor Sarao", "Power: 120 hp\nSeats: 5"}},
         "power of the 2020 Quenby Heron Sarao?", "hold no"},
        {{HERONS}, "power of the 2020 Heron in 1.6 T trim?", "2020 Quenby Heron 1.6 T is 120 hp"},
        {{HERONS}, "power of the 2020 Heron?", "between 99 hp and 120 hp"},
        {{HERONS}, "power of the 2018 Heron?", "2018 Quenby Heron 1.6 T is 110 hp"},
        {{HERONS}, "power of the Quenby Heron Blue?", "Blue is 99 hp"},
        {{HERONS}, "power of the 2019 Heron?", "hold no 2019 Heron"},
    };
    EXPECT(ASKED);
}

static void vehicle_that_alone_has_it_needs_no_name(void **state)
{
    (void)state;
    static const struct asked ASKED[] = {
        {{HERONS}, "What rear brakes does it have?", "2020 Quenby Heron 1.6 T are solid discs"},
        {{HERONS}, "What power does it have?", "which vehicle is meant"},
        {{{"2020 Quenby Heron", "Power: 120 hp\nSeats: 5"}}, "What's the power of the car?", "120 hp"},
    };
    EXPECT(ASKED);
}

static void attributes_are_asked_in_any_order_of_words(void **state)
{
    (void)state;
    static const struct asked ASKED[] = {
        {{{"2020 Quenby Heron", "Bed length: 170 cm\nBattery size: 60 kWh"}}, "length of the bed of the 2020 Quenby Heron?", "170 cm"},
        {{{"2020 Quenby Heron", "Bed length: 170 cm\nBattery size: 60 kWh"}}, "size of the battery of the Heron?", "60 kWh"},
        {{{"2020 Quenby Heron", "garpo_level: 17\nSeats: 5"}}, "the level of the garpo of the Heron?", "17"},
        {{{"2020 Quenby Heron", "Second-row legroom: 92 cm\nSeats: 5"}}, "rear legroom of the Heron?", "92 cm"},
        {{{"2020 Quenby Heron", "0-60 mph: 7.1 s\nSeats: 5"}}, "acceleration of the Heron?", "7.1 s"},
        {{{"2020 Quenby Heron", "Gross vehicle weight: 2100 kg\nSeats: 5"}}, "How heavy may the Heron be when loaded?", "2100 kg"},
        {{{"2020 Quenby Heron", "Yearly fuel cost: 1855 USD\nMSRP: 20000 USD\nFuel: Diesel"}},
         "How much does fuel for the Heron cost a year?", "$1855"},
        {{{"2020 Quenby Heron", "Towing capacity: 800 kg\nSeats: 5"}}, "2020 Quenby Heron Towing Capacity", "800 kg"},
        {{{"2020 Quenby Heron", "Safety rating: 4 stars\nSeats: 5"}}, "the Quenby Heron 2020's safety rating?", "is 4"},
        {{{"2020 Quenby Heron", "Gearbox: CVT\nSeats: 5"}, {"2020 Quenby Tor", "Gearbox: 6-speed manual\nSeats: 5"}},
         "Has the 2020 Heron more gearbox than the 2020 Tor?", "6-speed manual"},
    };
    EXPECT(ASKED);
}

static void sentences_name_properties_outright(void **state)
{
    (void)state;
    static const char PROSE[] = "The 2020 Quenby Heron is described here. Its Garpo mount is RW 5674. The bracket comes to FFR "
                                "217. With a lamp reserve of 783.5 V, it suits many. For the visor, the maker quotes "
                                "O-6824. Its dynamic_offset is 12 mm. Its front suspension is double wishbone. The gearbox "
                                "is 6-speed manual. It has an interior material of nappa leather. Its handling is superb. "
                                "The steering is light. The ride is not Grade 7. The Valve Lamp is Toluxvor. For the "
                                "suspension, rear, the maker quotes de Dion axle.";
    static const struct asked ASKED[] = {
        {{{"2020 Quenby Heron", PROSE}}, "Garpo mount of the Heron?", "is RW 5674"},
        {{{"2020 Quenby Heron", PROSE}}, "bracket of the 2020 Heron?", "is FFR 217"},
        {{{"2020 Quenby Heron", PROSE}}, "lamp reserve of the Heron?", "783.5 V"},
        {{{"2020 Quenby Heron", PROSE}}, "visor of the Heron?", "O-6824"},
        {{{"2020 Quenby Heron", PROSE}}, "dynamic offset of the Heron?", "12 mm"},
        {{{"2020 Quenby Heron", PROSE}}, "front suspension of the Heron?", "double wishbone"},
        {{{"2020 Quenby Heron", PROSE}}, "gearbox of the Heron?", "6-speed manual"},
        {{{"2020 Quenby Heron", PROSE}}, "interior material of the Heron?", "nappa leather"},
        {{{"2020 Quenby Heron", PROSE}}, "valve lamp of the Heron?", "Toluxvor"},
        {{{"2020 Quenby Heron", PROSE}}, "rear suspension of the Heron?", "de Dion axle"},
        /* opinions, and what is denied */
        {{{"2020 Quenby Heron", PROSE}}, "handling of the Heron?", "!superb"},
        {{{"2020 Quenby Heron", PROSE}}, "steering of the Heron?", "!light"},
        {{{"2020 Quenby Heron", PROSE}}, "ride of the Heron?", "!Grade 7"},
    };
    EXPECT(ASKED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_any_form_are_names_and_values),
        cmocka_unit_test(titles_name_the_vehicle),
        cmocka_unit_test(names_are_numbers_letters_and_versions),
        cmocka_unit_test(vehicle_that_alone_has_it_needs_no_name),
        cmocka_unit_test(attributes_are_asked_in_any_order_of_words),
        cmocka_unit_test(sentences_name_properties_outright),
    };
    return cmocka_run_group_tests_name("given vehicles", tests, NULL, NULL);
}
