/* The attribute registry: names of columns of real files, cells of categories, words of questions.
 */
#include "vehicle/registry_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LINE = 600, MAX_FIELDS = 5 };

/* The fields of the next line; 0 at the end. */
static size_t read_fields(FILE *f, char line[MAX_LINE], char *fields[MAX_FIELDS])
{
    if (!fgets(line, MAX_LINE, f)) return 0;
    line[strcspn(line, "\n")] = '\0';
    size_t n = 0;
    for (char *at = line; n < MAX_FIELDS;) {
        fields[n++] = at;
        char *tab = strchr(at, '\t');
        if (!tab) break;
        *tab = '\0';
        at = tab + 1;
    }
    return n;
}

static FILE *open_golden(const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "tests/golden/registry/%s", name);
    FILE *f = fopen(path, "r");
    if (!f) fail_msg("%s: cannot be opened", path);
    while (f && fgetc(f) != '\n') continue; /* the first line says what is in the file */
    return f;
}

/* "city,wltp" */
static void write_qualifiers(uint64_t set, char out[300])
{
    out[0] = '\0';
    for (size_t i = 0; i < QUALIFIER_COUNT; i++)
        if (set >> i & 1) {
            if (out[0]) strcat(out, ",");
            strcat(out, QUALIFIERS[i].id);
        }
}

static const char *attribute_id(int attribute)
{
    return attribute < 0 ? "none" : REGISTRY[attribute].id;
}

static void column_names_of_real_files_are_read(void **state)
{
    (void)state;
    char line[MAX_LINE], *field[MAX_FIELDS], got[400], qualifiers[300];
    FILE *f = open_golden("columns.tsv");
    size_t lines = 0, wrong = 0;
    while (read_fields(f, line, field) == 5) {
        struct column_meaning m;
        registry_read_column(&m, field[0], strlen(field[0]), DIMENSION_NONE);
        write_qualifiers(m.qualifiers, qualifiers);
        snprintf(got, sizeof got, "%s|%s|%s%s%s|%s", attribute_id(m.attribute), qualifiers,
                 m.unit ? m.unit->symbol : "", m.second_unit ? " + " : "",
                 m.second_unit ? m.second_unit->symbol : "", m.inverse ? "inverse" : "");
        char expected[400];
        snprintf(expected, sizeof expected, "%s|%s|%s|%s", field[1], field[2], field[3], field[4]);
        if (strcmp(got, expected) != 0) {
            print_error("%s: got %s, expected %s\n", field[0], got, expected);
            wrong++;
        }
        assert_true(m.name_len <= strlen(field[0]));
        lines++;
    }
    fclose(f);
    assert_true(lines >= 800);
    assert_int_equal(wrong, 0);
}

static void names_that_are_not_explained_stay_attributes_of_their_own(void **state)
{
    (void)state;
    char line[MAX_LINE], *field[MAX_FIELDS];
    FILE *f = open_golden("unknown_columns.txt");
    size_t lines = 0, wrong = 0;
    while (read_fields(f, line, field)) {
        struct column_meaning m;
        registry_read_column(&m, field[0], strlen(field[0]), DIMENSION_NONE);
        if (m.attribute >= 0) {
            print_error("%s: taken for %s\n", field[0], attribute_id(m.attribute));
            wrong++;
        }
        lines++;
    }
    fclose(f);
    assert_true(lines >= 150);
    assert_int_equal(wrong, 0);
}

static void cells_of_categories_are_read(void **state)
{
    (void)state;
    char line[MAX_LINE], *field[MAX_FIELDS];
    FILE *f = open_golden("categories.tsv");
    size_t lines = 0, wrong = 0;
    while (read_fields(f, line, field) == 3) {
        int attribute = registry_find(field[0]);
        assert_true(attribute >= 0);
        int c = registry_read_category(attribute, field[1], strlen(field[1]));
        const char *got = c < 0 ? "none" : CATEGORIES[c].id;
        if (strcmp(got, field[2]) != 0) {
            print_error("%s: '%s' is %s, expected %s\n", field[0], field[1], got, field[2]);
            wrong++;
        }
        lines++;
    }
    fclose(f);
    assert_true(lines >= 200);
    assert_int_equal(wrong, 0);
}

static const struct {
    const char *name;
    enum dimension cells;
    const char *attribute;
} HINTED[] = {
    {"Capacity", DIMENSION_VOLUME, "displacement"},
    {"Capacity", DIMENSION_ENERGY, "battery_capacity"},
    {"Capacity", DIMENSION_MASS, "payload"},
    {"Capacity", DIMENSION_NONE, "none"},
    {"Engine", DIMENSION_NONE, "engine_type"},
    {"Engine", DIMENSION_VOLUME, "displacement"},
    {"Fuel", DIMENSION_NONE, "fuel_type"},
    {"Fuel", DIMENSION_VOLUME, "fuel_tank_capacity"},
    {"Battery", DIMENSION_ENERGY, "battery_capacity"},
    {"Mileage", DIMENSION_NONE, "odometer"},
    {"Mileage", DIMENSION_LENGTH, "odometer"},
    {"Mileage", DIMENSION_CONSUMPTION, "fuel_consumption"},
    {"Verbrauch", DIMENSION_NONE, "fuel_consumption"},
    {"Verbrauch", DIMENSION_ELECTRIC_CONSUMPTION, "electric_consumption"},
    {"Combined", DIMENSION_CONSUMPTION, "fuel_consumption"},
    {"Combined", DIMENSION_ELECTRIC_CONSUMPTION, "electric_consumption"},
    {"Range", DIMENSION_MONEY, "none"},
    {"Weight", DIMENSION_POWER, "none"},
    {"Power", DIMENSION_TORQUE, "none"},
};

static void units_of_the_cells_decide_between_meanings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof HINTED / sizeof *HINTED; i++) {
        struct column_meaning m;
        registry_read_column(&m, HINTED[i].name, strlen(HINTED[i].name), HINTED[i].cells);
        if (strcmp(attribute_id(m.attribute), HINTED[i].attribute) != 0)
            fail_msg("%s with %s: %s", HINTED[i].name, dimension_name(HINTED[i].cells),
                     attribute_id(m.attribute));
    }
}

static void the_name_ends_before_its_unit(void **state)
{
    (void)state;
    static const struct {
        const char *name, *rest;
    } NAMES[] = {
        {"Leistung [kW]", "Leistung"},
        {"最大功率(kW)", "最大功率"},
        {"最大功率（kW）", "最大功率"},
        {"battery.pack_capacity_gross_kwh", "battery.pack_capacity_gross"},
        {"Weight_in_lbs", "Weight"},
        {"Price, USD", "Price"},
        {"Länge in mm", "Länge"},
        {"Leistung kW/PS", "Leistung"},
        {"torque_lb_ft", "torque"},
        {"lengthMm", "length"},
        {"Electric Range City Km", "Electric Range City"},
        {"0-100 km/h [s]", "0-100 km/h"},
        {"Payload (kg) max", "Payload (kg) max"},
        {"Resale index (%)", "Resale index"},
        {"Length (\")", "Length"},
        {"Power", "Power"},
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        struct column_meaning m;
        registry_read_column(&m, NAMES[i].name, strlen(NAMES[i].name), DIMENSION_NONE);
        if (m.name_len != strlen(NAMES[i].rest) ||
            strncmp(NAMES[i].name, NAMES[i].rest, m.name_len) != 0)
            fail_msg("%s: '%.*s'", NAMES[i].name, (int)m.name_len, NAMES[i].name);
    }
}

/* ---- words of questions ---- */

static void write_term(const struct term *t, char out[120])
{
    const char *id = t->kind == TERM_ATTRIBUTE   ? REGISTRY[t->id].id
                     : t->kind == TERM_QUALIFIER ? QUALIFIERS[t->id].id
                     : t->kind == TERM_CATEGORY  ? CATEGORIES[t->id].id
                                                 : MAKES[t->id].name;
    snprintf(out, 120, "%s%s%s%s", id,
             t->superlative > 0   ? " most"
             : t->superlative < 0 ? " least"
                                  : "",
             t->comparative > 0   ? " more"
             : t->comparative < 0 ? " less"
                                  : "",
             t->inverse ? " inverse" : "");
}

/* The first term that the whole phrase is; "none" where its longest term is shorter. */
static void match_phrase(const char *phrase, char out[120], bool *code)
{
    struct token t[32];
    const struct term *terms = NULL;
    size_t n_terms = 0, n = tokens_split(phrase, strlen(phrase), TOKENS_TEXT, t, 32);
    strcpy(out, "none");
    *code = false;
    if (n == 0 || registry_match(t, n, &terms, &n_terms) != n) return;
    write_term(&terms[0], out);
    *code = terms[0].code;
}

static const struct {
    const char *phrase, *term;
} PHRASES[] = {
    {"ponies", "power"},
    {"how powerful", "power"},
    {"horsepower", "power"},
    {"PS", "power"},
    {"Leistung", "power"},
    {"puissance", "power"},
    {"potencia", "power"},
    {"最大功率", "power"},
    {"twist", "torque"},
    {"Drehmoment", "torque"},
    {"couple", "torque"},
    {"扭矩", "torque"},
    {"how big is the motor", "displacement"},
    {"cubes", "displacement"},
    {"Hubraum", "displacement"},
    {"pots", "cylinders"},
    {"bangers", "cylinders"},
    {"cylinders", "cylinders"},
    {"cylinder", "cylinders"},
    {"set me back", "price"},
    {"costs", "price"},
    {"kostet", "price"},
    {"coûte", "price"},
    {"cuesta", "price"},
    {"多少钱", "price"},
    {"MSRP", "price"},
    {"weigh", "curb_weight"},
    {"how heavy", "curb_weight"},
    {"wiegt", "curb_weight"},
    {"pèse", "curb_weight"},
    {"pesa", "curb_weight"},
    {"整备质量", "curb_weight"},
    {"tow", "towing_capacity"},
    {"pull a trailer", "towing_capacity"},
    {"Anhängelast", "towing_capacity"},
    {"how fast", "top_speed"},
    {"wie schnell", "top_speed"},
    {"how far", "electric_range"},
    {"Reichweite", "electric_range"},
    {"续航", "electric_range"},
    {"on one charge", "electric_range"},
    {"drink", "fuel_consumption"},
    {"thirsty", "fuel_consumption"},
    {"Verbrauch", "fuel_consumption"},
    {"consomme", "fuel_consumption"},
    {"gasta", "fuel_consumption"},
    {"油耗", "fuel_consumption"},
    {"fuel economy", "fuel_consumption inverse"},
    {"mpg", "fuel_consumption inverse"},
    {"city mpg", "fuel_consumption inverse"},
    {"juice", "electric_consumption"},
    {"emits", "co2_emissions"},
    {"swallow", "cargo_volume"},
    {"boot", "cargo_volume"},
    {"Kofferraum", "cargo_volume"},
    {"coffre", "cargo_volume"},
    {"maletero", "cargo_volume"},
    {"which wheels does it drive", "drivetrain"},
    {"how many people", "seats"},
    {"how loud", "noise"},
    {"wheel nut torque", "wheel_nut_torque"},
    {"0-60", "acceleration_0_60"},
    {"0 to 100 km/h", "acceleration_0_100"},
    {"von 0 auf 100", "acceleration_0_100"},
    {"百公里加速", "acceleration_0_100"},
    {"heaviest", "curb_weight most"},
    {"lightest", "curb_weight least"},
    {"cheapest", "price least"},
    {"priciest", "price most"},
    {"most powerful", "power most"},
    {"thirstiest", "fuel_consumption most"},
    {"most economical", "fuel_consumption least"},
    {"least thirsty", "fuel_consumption least"},
    {"fastest", "top_speed most"},
    {"quickest", "acceleration least"},
    {"roomiest", "cargo_volume most"},
    {"longest range", "electric_range most"},
    {"cleanest", "co2_emissions least"},
    {"noisiest", "noise most"},
    {"quietest", "noise least"},
    {"newest", "year most"},
    {"oldest", "year least"},
    {"biggest boot", "cargo_volume most"},
    {"stärkste", "power most"},
    {"schwerste", "curb_weight most"},
    {"billigste", "price least"},
    {"teuerste", "price most"},
    {"schnellste", "top_speed most"},
    {"sparsamste", "fuel_consumption least"},
    {"leichteste", "curb_weight least"},
    {"plus lourd", "curb_weight most"},
    {"plus puissante", "power most"},
    {"plus économe", "fuel_consumption least"},
    {"moins cher", "price least"},
    {"más potente", "power most"},
    {"más barato", "price least"},
    {"más caro", "price most"},
    {"más pesado", "curb_weight most"},
    {"最快", "top_speed most"},
    {"最便宜", "price least"},
    {"最贵", "price most"},
    {"最重", "curb_weight most"},
    {"heavier", "curb_weight more"},
    {"cheaper", "price less"},
    {"stärker", "power more"},
    {"cleaner", "co2_emissions less"},
    {"highway", "highway"},
    {"on the freeway", "highway"},
    {"in town", "city"},
    {"innerorts", "city"},
    {"außerorts", "highway"},
    {"mixte", "combined"},
    {"市区", "city"},
    {"WLTP", "wltp"},
    {"braked", "braked"},
    {"gebremst", "braked"},
    {"diesels", "diesel"},
    {"electric", "electric"},
    {"plug-in hybrid", "plugin_hybrid"},
    {"纯电动", "electric"},
    {"all-wheel drive", "awd"},
    {"Allrad", "awd"},
    {"with a manual", "none"},
    {"manual", "manual"},
    {"station wagons", "estate"},
    {"SUVs", "suv"},
    {"Japanese", "origin_japan"},
    {"Toyotas", "Toyota"},
    {"chevy", "Chevrolet"},
    {"VW", "Volkswagen"},
    {"Mercedes", "Mercedes-Benz"},
    {"merc", "Mercedes-Benz"},
    {"beemer", "BMW"},
    {"Skoda", "Škoda"},
    {"Citroen", "Citroën"},
    {"Harley", "Harley-Davidson"},
    {"宝马", "BMW"},
    {"比亚迪", "BYD"},
    {"displ", "none"},
    {"trany", "none"},
    {"value", "none"},
    {"unit", "none"},
    {"sandwich", "none"},
};

static void words_of_questions_are_terms(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof PHRASES / sizeof *PHRASES; i++) {
        char got[120];
        bool code;
        match_phrase(PHRASES[i].phrase, got, &code);
        if (strcmp(got, PHRASES[i].term) != 0) {
            print_error("%s: %s, expected %s\n", PHRASES[i].phrase, got, PHRASES[i].term);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void codes_are_marked_as_such(void **state)
{
    (void)state;
    static const char *const CODES[] = {"D", "Z", "X", "A", "M", "4", "US"};
    for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++) {
        char got[120];
        bool code;
        match_phrase(CODES[i], got, &code);
        if (strcmp(got, "none") != 0 && !code) fail_msg("%s is a word: %s", CODES[i], got);
    }
}

static void the_longest_run_is_taken(void **state)
{
    (void)state;
    struct token t[16];
    const struct term *terms;
    size_t n_terms, n = tokens_split("fuel tank capacity of the", 25, TOKENS_TEXT, t, 16);
    assert_int_equal(registry_match(t, n, &terms, &n_terms), 3);
    assert_int_equal(terms[0].id, registry_find("fuel_tank_capacity"));
    assert_int_equal(registry_match(t, 1, &terms, &n_terms), 1);
    assert_int_equal(terms[0].id, registry_find("fuel_type"));
    assert_int_equal(registry_match(t, 0, &terms, &n_terms), 0);
}

static void misspelled_words_are_found(void **state)
{
    (void)state;
    assert_true(registry_has_word("charging"));
    assert_true(registry_has_word("horsepower"));
    assert_false(registry_has_word("sandwich"));
    assert_string_equal(registry_similar("horsepwoer"), "horsepower");
    assert_string_equal(registry_similar("torqe"), "torque");
    assert_string_equal(registry_similar("feul"), "fuel");
    assert_string_equal(registry_similar("consumtion"), "consumption");
    assert_null(registry_similar("torque"));
    assert_null(registry_similar("xyzzyx"));
    assert_null(registry_similar("hp"));
    assert_null(registry_similar(""));
}

/* ---- the tables ---- */

static void the_registry_is_of_the_promised_size(void **state)
{
    (void)state;
    assert_true(REGISTRY_COUNT >= 170);
    assert_true(MAKE_COUNT >= 180);
    assert_true(QUALIFIER_COUNT <= 64);
}

static void every_row_of_the_tables_is_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < REGISTRY_COUNT; i++) {
        const struct attribute *a = &REGISTRY[i];
        const struct unit *u = a->unit ? unit_by_symbol(a->unit) : NULL;
        if (registry_find(a->id) != (int)i) fail_msg("%s twice", a->id);
        if (a->unit && (!u || u->dimension != a->dimension)) fail_msg("%s: its unit", a->id);
        if (a->low > a->high) fail_msg("%s: its bounds", a->id);
        if (a->dimension > DIMENSION_COUNT && a->dimension != DIMENSION_MONEY && !a->unit)
            fail_msg("%s has no unit", a->id);
        for (size_t k = 0; k < 5; k++)
            if (!a->names[k] || !*a->names[k]) fail_msg("%s lacks a name", a->id);
    }
    for (size_t i = 0; i < QUALIFIER_COUNT; i++)
        assert_int_equal(qualifier_find(QUALIFIERS[i].id), i);
    for (size_t i = 0; i < CATEGORY_COUNT; i++) {
        assert_true(REGISTRY[CATEGORIES[i].attribute].type == ATTRIBUTE_CATEGORY);
        assert_true(registry_category_is((int)i, (int)i));
        int above = CATEGORIES[i].parent;
        for (size_t steps = 0; above >= 0; above = CATEGORIES[above].parent)
            if (++steps > 8) fail_msg("%s: its parents run in a circle", CATEGORIES[i].id);
    }
}

/* Whether the name as a whole has a term of this kind and id, for columns or for all. */
static bool name_has_term(const char *name, enum term_kind kind, int id, bool *only_columns)
{
    struct token t[32];
    size_t n_terms = 0, n = tokens_split(name, strlen(name), TOKENS_TEXT, t, 32);
    const struct term *terms = registry_terms_of(t, n, false, &n_terms);
    for (size_t i = 0; i < n_terms; i++)
        if (terms[i].kind == kind && terms[i].id == id) {
            *only_columns = terms[i].code;
            return true;
        }
    return false;
}

/* Every name in the data is found again by the tokens that token.c makes of it: the generator
 * splits as the program does. */
static void every_name_in_the_data_is_found(void **state)
{
    (void)state;
    json_error_t err;
    json_t *root = json_load_file("training/registry.json", 0, &err), *thing, *list, *name;
    if (!root) fail_msg("training/registry.json: %s", err.text);
    static const struct {
        const char *list;
        enum term_kind kind;
    } LISTS[] = {{"attributes", TERM_ATTRIBUTE},
                 {"qualifiers", TERM_QUALIFIER},
                 {"categories", TERM_CATEGORY}};
    size_t i, k, names = 0, wrong = 0;
    for (size_t l = 0; l < sizeof LISTS / sizeof *LISTS; l++)
        json_array_foreach(json_object_get(root, LISTS[l].list), i, thing)
        {
            const char *kind, *language;
            json_t *languages;
            json_object_foreach(thing, kind, languages)
            {
                if (!json_is_object(languages) || strcmp(kind, "name") == 0) continue;
                json_object_foreach(languages, language, list) json_array_foreach(list, k, name)
                {
                    bool only_columns;
                    names++;
                    if (name_has_term(json_string_value(name), LISTS[l].kind, (int)i,
                                      &only_columns))
                        continue;
                    print_error("%s: '%s' is not found\n",
                                json_string_value(json_object_get(thing, "id")),
                                json_string_value(name));
                    wrong++;
                }
            }
        }
    json_decref(root);
    assert_true(names > 5000);
    assert_int_equal(wrong, 0);
}

static void generated_files_are_current(void **state)
{
    (void)state;
    if (system("command -v python3 >/dev/null 2>&1") != 0) skip();
    assert_int_equal(system("python3 scripts/make_registry.py --check >/dev/null"), 0);
}

static void any_bytes_are_read_without_harm(void **state)
{
    (void)state;
    uint32_t seed = 12345;
    for (size_t round = 0; round < 3000; round++) {
        char text[700];
        size_t len = (seed >> 8) % sizeof text;
        for (size_t i = 0; i < len; i++) {
            static const char LIKELY[] = "kWhmpg ()[]_./-0123456789%$\"'\xe2\x82\xac\xc3\xa4";
            seed = seed * 1664525u + 1013904223u;
            text[i] =
                seed & 0x10000 ? LIKELY[(seed >> 20) % (sizeof LIKELY - 1)] : (char)(seed >> 24);
        }
        struct column_meaning m;
        registry_read_column(&m, text, len, (enum dimension)(seed % N_DIMENSIONS));
        assert_true(m.name_len <= len && m.n_alternatives <= 4);
        assert_true(m.attribute >= -1 && m.attribute < (int)REGISTRY_COUNT);
        for (size_t a = 0; a < REGISTRY_COUNT; a += 7) registry_read_category((int)a, text, len);
    }
    assert_int_equal(registry_read_category(-1, "diesel", 6), -1);
    assert_int_equal(registry_read_category((int)REGISTRY_COUNT, "diesel", 6), -1);
    assert_int_equal(registry_find("nothing"), -1);
    assert_int_equal(qualifier_find("nothing"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(column_names_of_real_files_are_read),
        cmocka_unit_test(names_that_are_not_explained_stay_attributes_of_their_own),
        cmocka_unit_test(cells_of_categories_are_read),
        cmocka_unit_test(units_of_the_cells_decide_between_meanings),
        cmocka_unit_test(the_name_ends_before_its_unit),
        cmocka_unit_test(words_of_questions_are_terms),
        cmocka_unit_test(codes_are_marked_as_such),
        cmocka_unit_test(the_longest_run_is_taken),
        cmocka_unit_test(misspelled_words_are_found),
        cmocka_unit_test(the_registry_is_of_the_promised_size),
        cmocka_unit_test(every_row_of_the_tables_is_sound),
        cmocka_unit_test(every_name_in_the_data_is_found),
        cmocka_unit_test(generated_files_are_current),
        cmocka_unit_test(any_bytes_are_read_without_harm),
    };
    return cmocka_run_group_tests_name("registry", tests, NULL, NULL);
}
