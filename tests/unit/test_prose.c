/* Facts from prose: sentences, whose figures they are, and what of. */
#include "ingest/prose.h"
#include "ingest/sentence.h"
#include "prose_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_BLOCKS = 12 };

/* A document of lines: "# title", "## heading", "- item", paragraphs. */
struct fixture {
    struct document d;
    struct block blocks[MAX_BLOCKS];
    struct prose p;
    char *data;
};

static void read_prose(struct fixture *f, const char *path, const char *text)
{
    memset(f, 0, sizeof *f);
    f->data = strdup(text);
    assert_non_null(f->data);
    f->d.path = path;
    f->d.blocks = f->blocks;
    size_t line = 1;
    for (char *at = f->data; *at; line++) {
        char *end = strchr(at, '\n');
        if (end) *end = '\0';
        if (*at) {
            assert_true(f->d.n_blocks < MAX_BLOCKS);
            struct block *b = &f->blocks[f->d.n_blocks++];
            const char *body = at;
            b->kind = BLOCK_PARAGRAPH;
            if (*at == '#') {
                b->kind = BLOCK_HEADING;
                b->level = (int)strspn(at, "#");
                body = at + b->level + 1;
            } else if (*at == '-' && at[1] == ' ') {
                b->kind = BLOCK_LIST_ITEM;
                body = at + 2;
            }
            b->text = body;
            b->len = strlen(body);
            b->line_first = b->line_last = line;
            b->begin = (uint64_t)(at - f->data);
            b->end = b->begin + strlen(at);
        }
        if (!end) break;
        at = end + 1;
    }
    struct error err = {0};
    assert_true(prose_read(&f->p, &f->d, text, strlen(text), &err));
}

static void done(struct fixture *f)
{
    prose_free(&f->p);
    free(f->data);
}

/* "power=470 HP@Rubicon 392; ..." of all facts, in the order in which they are kept. */
static void list_facts(const struct fixture *f, bool titled, char *out, size_t room)
{
    size_t used = 0;
    const struct prose *p = &f->p;
    out[0] = '\0';
    for (size_t i = 0; i < p->n_values;) {
        const struct prose_value *v = &p->values[i];
        const struct fact_record *r = &p->records[v->record];
        used += (size_t)snprintf(out + used, room - used, "%s%s=%s", used ? "; " : "",
                                 REGISTRY[p->columns[v->column].attribute].id, v->fact.text);
        size_t next = i + 1;
        for (; next < p->n_values && p->values[next].record == v->record &&
               p->values[next].column == v->column && p->values[next].fact.group == v->fact.group;
             next++)
            used += (size_t)snprintf(out + used, room - used, "/%s", p->values[next].fact.text);
        const char *comma = strstr(r->trim, ", ");
        bool own = false; /* the trim of the heading itself */
        for (size_t b = 0; b < f->d.n_blocks; b++)
            own = own || (f->blocks[b].kind == BLOCK_HEADING &&
                          !strncmp(f->blocks[b].text, r->trim, strcspn(r->trim, "()")));
        if (!titled)
            used += (size_t)snprintf(out + used, room - used, "@%s%s%s", r->make,
                                     *r->make ? " " : "", r->model);
        else if (*r->trim && (comma || !own))
            used +=
                (size_t)snprintf(out + used, room - used, "@%.*s",
                                 (int)(comma ? comma - r->trim : (long)strlen(r->trim)), r->trim);
        assert_true(used < room);
        i = next;
    }
}

static void expect_facts(const char *text, const char *facts)
{
    struct fixture f;
    char got[2000];
    read_prose(&f, "x.md", text);
    list_facts(&f, text[0] == '#', got, sizeof got);
    assert_string_equal(got, facts);
    done(&f);
}

/* ---- sentences ---- */

static void expect_sentences(const char *text, const char *const *want)
{
    struct sentence_span s;
    size_t at = 0, n = 0;
    for (; sentence_next(text, strlen(text), at, &s); at = s.end, n++) {
        assert_non_null(want[n]);
        assert_int_equal(s.end - s.begin, strlen(want[n]));
        assert_memory_equal(text + s.begin, want[n], s.end - s.begin);
    }
    assert_null(want[n]);
}

static void sentences_end_at_stops_and_not_at_abbreviations(void **state)
{
    (void)state;
    expect_sentences("It weighs approx. 1,300 kg. The boot holds 2.5 L. Top speed: 126 mph.",
                     (const char *[]){"It weighs approx. 1,300 kg.", "The boot holds 2.5 L.",
                                      "Top speed: 126 mph.", NULL});
    expect_sentences("J. D. Power rates the U.S. model. It takes 5.9 s. The S is quicker!",
                     (const char *[]){"J. D. Power rates the U.S. model.", "It takes 5.9 s.",
                                      "The S is quicker!", NULL});
    expect_sentences(
        "Die 8. Generation hat z. B. 150 PS. Sie wiegt ca. 1.300 kg. Am 3. Mai kam sie.",
        (const char *[]){"Die 8. Generation hat z. B. 150 PS.", "Sie wiegt ca. 1.300 kg.",
                         "Am 3. Mai kam sie.", NULL});
    expect_sentences("It seats 7. The tank holds 50 litres (“full”). Really? Yes...  no.",
                     (const char *[]){"It seats 7.", "The tank holds 50 litres (“full”).",
                                      "Really?", "Yes...  no.", NULL});
    expect_sentences("最大功率150kW。续航500公里。",
                     (const char *[]){"最大功率150kW。", "续航500公里。", NULL});
    expect_sentences("  \n ", (const char *[]){NULL});
    expect_sentences("• 150 PS • 250 Nm", (const char *[]){"150 PS", "250 Nm", NULL});
}

static void clauses_break_at_dashes_semicolons_and_subordinators(void **state)
{
    (void)state;
    const char *text = "A makes 10 hp, while B (new; red) makes 20 hp \xe2\x80\x94 not 30";
    struct token t[40];
    struct clause_mark m[40];
    size_t n = tokens_split(text, strlen(text), TOKENS_TEXT, t, 40);
    clause_split(text, strlen(text), t, n, m);
    size_t clauses = 0, inside = 0;
    for (size_t i = 0; i < n; i++) {
        clauses += m[i].before == BREAK_CLAUSE;
        inside += m[i].bracket != 0;
    }
    assert_int_equal(clauses, 3); /* while, new; red, — */
    assert_int_equal(inside, 2);
    const char *open = "a (b c";
    n = tokens_split(open, strlen(open), TOKENS_TEXT, t, 40);
    clause_split(open, strlen(open), t, n, m);
    assert_int_equal(m[n - 1].bracket, 0); /* never closed */
}

/* ---- subjects ---- */

static void headings_give_make_model_version_and_years(void **state)
{
    (void)state;
    struct fixture f;
    read_prose(&f, "jeep-wrangler.md",
               "# Jeep Wrangler\n## JL (2018-present)\nThe 6.4L V8-powered Rubicon 392 delivers "
               "470 HP.\nIt has 400 Nm of torque.\n");
    assert_int_equal(f.p.n_records, 2);
    const struct fact_record *own = &f.p.records[1], *rubicon = &f.p.records[0];
    if (!strncmp(own->trim, "Rubicon", 7)) own = &f.p.records[0], rubicon = &f.p.records[1];
    assert_string_equal(own->make, "Jeep");
    assert_string_equal(own->model, "Wrangler");
    assert_string_equal(own->trim, "JL");
    assert_int_equal(own->year_first, 2018);
    assert_int_equal(own->year_last, 9999);
    assert_string_equal(own->place, "JL (2018-present)");
    assert_string_equal(rubicon->trim, "Rubicon 392, JL");
    assert_int_equal(rubicon->year_first, 2018);
    done(&f);
    read_prose(&f, "x.md",
               "# Subaru Outback\n## First generation (BG; 1994\xe2\x80\x93"
               "1999)\nIt has 7.3 inches of ground clearance.\n");
    assert_int_equal(f.p.records[0].year_first, 1994);
    assert_int_equal(f.p.records[0].year_last, 1999);
    assert_string_equal(f.p.records[0].trim, "First generation (BG)");
    done(&f);
}

static void a_subject_heading_is_no_version(void **state)
{
    (void)state;
    struct fixture f;
    read_prose(&f, "x.md",
               "# 2019 Honda Civic review\n## Engine and performance\nIt makes 158 hp.\n## "
               "Verdict\nIt weighs 1,250 kg.\n");
    assert_int_equal(f.p.n_sources, 2);
    for (size_t i = 0; i < f.p.n_records; i++) {
        assert_string_equal(f.p.records[i].model, "Civic");
        assert_string_equal(f.p.records[i].trim, "");
        assert_int_equal(f.p.records[i].year_first, 2019);
    }
    assert_string_equal(f.p.sources[0].fact.caption, "Engine and performance");
    assert_true(f.p.sources[0].fact.prose);
    done(&f);
}

static void vehicles_of_an_unknown_make_are_told_by_their_common_word(void **state)
{
    (void)state;
    struct fixture f;
    read_prose(&f, "range.txt",
               "# OUR CARS\n## Zorvan Finch\nThe Finch makes 90 hp.\n## Zorvan Wren\nThe Wren "
               "makes 70 hp.\n## Zorvan Kite Van\nIt has a payload of 900 kg.\n");
    assert_int_equal(f.p.n_records, 3);
    assert_string_equal(f.p.records[0].make, "Zorvan");
    assert_string_equal(f.p.records[0].model, "Finch");
    assert_string_equal(f.p.records[2].model, "Kite Van");
    done(&f);
}

static void paragraphs_without_headings_go_by_their_first_name(void **state)
{
    (void)state;
    expect_facts(
        "Toyota Corolla is a reliable sedan. It reaches about 15 km/L in the city. "
        "Warranty 3 years.\n"
        "Hyundai Tucson is a modern SUV with a powertrain warranty of 10 years. It "
        "reaches 12 km/L.\n",
        "fuel_consumption=15 km/L@Toyota Corolla; warranty=3 years@Toyota Corolla; "
        "powertrain_warranty=10 years@Hyundai Tucson; fuel_consumption=12 km/L@Hyundai Tucson");
}

static void what_is_said_of_other_things_is_not_the_vehicles(void **state)
{
    (void)state;
    expect_facts("# Kia Sportage\nThe tester weighed 95 kg and is 1.95 m tall.\n", "");
    expect_facts("# Kia Sportage\nA set of winter tyres costs 900 euros.\n", "");
    expect_facts("# Kia Sportage\nThe battery weighs 310 kg.\n", "");
    expect_facts("# Kia Sportage\nThe tank still held 12 litres.\n", "");
    expect_facts("# Kia Sportage\nThe car weighs 1,560 kg. The list price is 29,000 euros.\n", "curb_weight=1,560 kg; price=29,000 euros");
    expect_facts("# Kia Sportage\nThe entry model costs 28,000 euros.\n", "price=28,000 euros");
}

static void each_engine_has_the_figure_beside_it(void **state)
{
    (void)state;
    struct fixture f;
    read_prose(&f, "x.md", "# Kia Sportage\nThe hybrid weighs 1,649 kg, the diesel 1,700 kg and the petrol 1,526 kg. With 150 hp "
                           "the diesel is the weakest. In 2019 the car had 177 hp.\n");
    static const char *const WANT[] = {"hybrid", "diesel", "petrol", "diesel", "In 2019"};
    size_t seen = 0;
    for (size_t i = 0; i < f.p.n_values; i++) {
        const struct fact_value *v = &f.p.values[i].fact;
        static const char *const TEXTS[] = {"1,649 kg", "1,700 kg", "1,526 kg", "150 hp", "177 hp"};
        for (size_t k = 0; k < 5; k++) {
            if (strcmp(v->text, TEXTS[k]) != 0) continue;
            assert_string_equal(v->remark, WANT[k]);
            seen++;
        }
    }
    assert_int_equal(seen, 5);
    done(&f);
}

static void pounds_are_money_where_the_text_has_prices_in_pounds(void **state)
{
    (void)state;
    expect_facts("# Aurelia Wren\nThe Wren makes 130 hp and starts at \xc2\xa3" "78,000.\nA Wren with everything is yours at 82,350 pounds.\n",
                 "power=130 hp; price=\xc2\xa3" "78,000; price=82,350 pounds");
    expect_facts("# Ram 1500\nThe Ram makes 395 hp.\nIts payload is 1,820 pounds.\n", "power=395 hp; payload=1,820 pounds");
}

static void versions_called_by_their_engine_have_their_figures(void **state)
{
    (void)state;
    expect_facts("# Skoda Fabia\nThe 1.5 TSI tops the range: it makes 150 PS and takes the Fabia from 0 to 100 km/h in "
                 "8.0 seconds. Its top speed is 225 km/h.\n",
                 "power=150 PS@1.5 TSI; acceleration_0_100=8.0 seconds@1.5 TSI; top_speed=225 km/h@1.5 TSI");
    expect_facts("# Skoda Fabia\nThe smallest, a 1.0 MPI, makes 80 PS; the 1.0 TSI comes with 110 PS.\n",
                 "power=80 PS@1.0 MPI; power=110 PS@1.0 TSI");
    expect_facts("# Mazda MX-5\nThe weight is low: the 1.5 tips the scales at 1,001 kg, the 2.0 at 1,078 kg.\n",
                 "curb_weight=1,001 kg@1.5; curb_weight=1,078 kg@2.0");
    expect_facts("# Mazda MX-5\nFuel economy is 44.8 mpg for the 1.5 and 41.5 mpg for the 2.0.\n",
                 "fuel_consumption=44.8 mpg@1.5; fuel_consumption=41.5 mpg@2.0");
    expect_facts("# Skoda Fabia\nOur test car, a 1.5 TSI, was frugal. It weighs 1,263 kg.\n",
                 "curb_weight=1,263 kg@1.5 TSI");
    expect_facts("# Skoda Fabia\nThe 1.5 and the 1.0 weigh 1,200 kg.\n", "");
    expect_facts("# Skoda Fabia 1.5 TSI\nThe 1.5 TSI makes 150 PS.\n", "power=150 PS");
}

static void a_make_alone_is_the_vehicle_of_that_make(void **state)
{
    (void)state;
    expect_facts("# Aprilia Tuareg 660\nThe Aprilia costs 12,199 euros; the Suzuki costs 11,700 euros.\n",
                 "price=12,199 euros");
    expect_facts("# Skoda Fabia\nA Volkswagen Polo GTI makes 207 PS.\n", "");
}

static void a_headlines_vehicle_has_the_name_that_its_text_gives(void **state)
{
    (void)state;
    struct fixture f;
    read_prose(&f, "x.txt", "# Ineos answers the farmers with the Quartermaster\nThe Ineos Grenadier Quartermaster is a "
                            "pick-up with a payload of 835 kg. It tows 3,500 kg.\n");
    assert_int_equal(f.p.n_records, 1);
    assert_int_equal(f.p.n_values, 2);
    assert_string_equal(f.p.records[0].make, "Ineos");
    assert_string_equal(f.p.records[0].model, "Grenadier Quartermaster");
    done(&f);
}

static void figures_of_other_vehicles_are_left_out(void **state)
{
    (void)state;
    expect_facts("# Jaguar F-Type\nThe BMW M4 weighs 1,505 kg. It makes 503 hp.\n", "");
    expect_facts("# Jaguar F-Type\nWhile the BMW M4 makes 503 hp, the Jaguar F-Type has 575 hp.\n",
                 "power=575 hp");
    expect_facts("# Jaguar F-Type\nThe R and the P300 weigh 1,743 kg and 1,520 kg respectively.\n",
                 "");
    expect_facts("The Peugeot 208 and the Opel Corsa weigh 1,090 kg.\n", "");
}

/* ---- figures ---- */

static void differences_and_former_figures_are_no_facts(void **state)
{
    (void)state;
    expect_facts("# Fiat Panda\nIt has 20 hp more than its predecessor.\n", "");
    expect_facts("# Fiat Panda\nThe pack raises its ground clearance by another 15 mm.\n", "");
    expect_facts("# Fiat Panda\nIt is 30 mm longer and 40 kg lighter.\n", "");
    expect_facts("# Fiat Panda\nPower is up from 60 hp to 69 hp.\n", "power=69 hp");
    expect_facts("# Fiat Panda\nKerb weight rises to 1,095 kg.\n", "curb_weight=1,095 kg");
    expect_facts("# Fiat Panda\nInstead of 60 hp, it makes 69 hp.\n", "power=69 hp");
    expect_facts("# Fiat Panda\nThe 1.2L engine was replaced by a 1.0L engine.\n",
                 "displacement=1.0L");
}

static void what_is_denied_or_planned_is_no_fact(void **state)
{
    (void)state;
    expect_facts("# Fiat Panda\nIt does not reach 164 km/h.\n", "");
    expect_facts("# Fiat Panda\nA version with 100 hp was planned.\n", "");
    expect_facts("# Fiat Panda\nIt would have a range of 200 miles.\n", "");
    expect_facts("# Fiat Panda\nDie Version mit 100 PS w\xc3\xbcrde 165 km/h erreichen.\n", "");
}

static void a_version_after_the_figure_has_it(void **state)
{
    (void)state;
    expect_facts("# BMW M3\nIt makes 473 HP in standard form and 503 HP in Competition trim.\n",
                 "power=473 HP; power=503 HP@Competition");
    expect_facts("# Subaru Outback\nGround clearance is 8.7 inches on regular models and 9.5 "
                 "inches on the Wilderness variant.\n",
                 "ground_clearance=8.7 inches; ground_clearance=9.5 inches@Wilderness");
    expect_facts("# Volkswagen Polo\nOutputs range from 45 to 120 hp in the GTI variant.\n",
                 "power=45 to 120 hp");
}

static void a_figure_carries_its_sentence_place_and_remark(void **state)
{
    (void)state;
    struct fixture f;
    const char *text = "# Toyota Land Cruiser\n\nIt has a twin-turbocharged 3.5-liter V6 producing "
                       "409 horsepower and "
                       "479 lb-ft of torque in gasoline form.\n";
    read_prose(&f, "x.md", text);
    bool seen = false;
    for (size_t i = 0; i < f.p.n_values; i++) {
        const struct fact_value *v = &f.p.values[i].fact;
        assert_int_equal(v->line, 3);
        assert_memory_equal(text + v->begin, v->text, v->len);
        assert_true(strncmp(v->quote, "It has a twin", 13) == 0);
        if (strcmp(v->text, "479 lb-ft") != 0) continue;
        seen = true;
        assert_string_equal(v->remark, "twin-turbocharged 3.5-liter V6, in gasoline form");
        assert_true(v->low == 479 && v->high == 479);
        assert_string_equal(v->unit->symbol, "lb-ft");
    }
    assert_true(seen);
    done(&f);
}

static void bounds_and_ranges_are_marked(void **state)
{
    (void)state;
    struct fixture f;
    read_prose(&f, "x.md", "# Ford Ranger\nIt can tow up to 3,500 kg (7,716 lb).\n");
    assert_int_equal(f.p.n_values, 2);
    assert_true(f.p.values[0].fact.bound && f.p.values[1].fact.bound);
    assert_int_equal(f.p.values[0].fact.group, f.p.values[1].fact.group);
    done(&f);
    read_prose(&f, "x.md", "# Ford Ranger\nPower outputs range from 122 to 306 hp.\n");
    assert_int_equal(f.p.n_values, 1);
    assert_true(f.p.values[0].fact.low == 122 && f.p.values[0].fact.high == 306);
    done(&f);
}

static uint64_t qualifier_bit(const char *id)
{
    int q = qualifier_find(id);
    assert_true(q >= 0);
    return 1ull << q;
}

static void qualifiers_are_bound_to_their_figure(void **state)
{
    (void)state;
    struct fixture f;
    read_prose(&f, "x.md",
               "# Honda Civic\nIt gets 32 mpg city and 42 mpg highway. A braked trailer of 1,200 "
               "kg can be towed.\n");
    assert_int_equal(f.p.n_columns, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct prose_value *v = &f.p.values[i];
        const char *want = !strncmp(v->fact.text, "32", 2)   ? "city"
                           : !strncmp(v->fact.text, "42", 2) ? "highway"
                                                             : "braked";
        assert_true(f.p.columns[v->column].qualifiers & qualifier_bit(want));
    }
    done(&f);
    read_prose(&f, "x.md", "# Ram 1500\nIt is rated at 18/25 MPG.\n");
    assert_int_equal(f.p.n_columns, 2);
    assert_true(f.p.columns[0].qualifiers & qualifier_bit("city"));
    assert_true(f.p.columns[1].qualifiers & qualifier_bit("highway"));
    done(&f);
}

static void money_for_options_is_not_the_price(void **state)
{
    (void)state;
    expect_facts("# Dacia Duster\nThe Extreme pack costs \xe2\x82\xac"
                 "650.\n",
                 "");
    expect_facts("# Dacia Duster\nFrom \xc2\xa3"
                 "17,295 or \xc2\xa3"
                 "189 per month.\n",
                 "price=\xc2\xa3"
                 "17,295");
    expect_facts("# Dacia Duster\nMetallic paint adds \xc2\xa3"
                 "600.\n",
                 "");
}

/* ---- precision and recall ---- */

struct score {
    size_t right, wrong, wanted, found;
};

static void tanks_and_lengths_are_told_by_the_words_beside_them(void **state)
{
    (void)state;
    expect_facts("# Fiat Nomad 64\nA coachbuilt of 6.45 m with a 110-litre fresh water tank and a 95-litre waste tank.\n"
                 "It has three berths.",
                 "length=6.45 m; fresh_water_capacity=110-litre; waste_water_capacity=95-litre; berths=three berths");
    expect_facts("# Fiat Nomad 70\nAt 6.99 m the Nomad 70 has room for two. The fridge holds 140 litres, the fuel tank 75 litres.",
                 "length=6.99 m; fridge_volume=140 litres; fuel_tank_capacity=75 litres");
    expect_facts("# Fiat Nomad 74\nA van of 7.38 m. 79,950 pounds.", "length=7.38 m; price=79,950 pounds");
    expect_facts("# Fiat Nomad 78\nIt may tow 3,500 pounds and weighs 6,600 pounds. A circle of 11.2 m is needed.",
                 "towing_capacity=3,500 pounds; curb_weight=6,600 pounds");
}

static void score_case(const struct prose_case *c, struct score *score)
{
    char text[1500], want[600], got[3000];
    struct fixture f;
    char *wanted[40];
    bool optional[40], hit[40] = {false};
    size_t n = 0;
    snprintf(text, sizeof text, "%s%s%s%s%s%s%s\n", c->title ? "# " : "", c->title ? c->title : "",
             c->title ? "\n" : "", c->heading ? "## " : "", c->heading ? c->heading : "",
             c->heading ? "\n" : "", c->text);
    read_prose(&f, "x.md", text);
    list_facts(&f, c->title != NULL, got, sizeof got);
    snprintf(want, sizeof want, "%s", c->facts);
    bool bracket = false;
    for (char *w = strtok(want, ";"); w; w = strtok(NULL, ";")) {
        w += strspn(w, " ");
        if (*w == '[') {
            bracket = true;
            w++;
        }
        optional[n] = bracket;
        char *end = strchr(w, ']');
        if (end) {
            *end = '\0';
            bracket = false;
        }
        wanted[n++] = w;
    }
    size_t wrong = 0, found = 0, needed = 0;
    for (char *g = strtok(got, ";"); g; g = strtok(NULL, ";")) {
        g += strspn(g, " ");
        size_t i = 0;
        while (i < n && (hit[i] || strcmp(wanted[i], g) != 0)) i++;
        if (i < n) hit[i] = true;
        wrong += i == n;
        score->right += i < n;
        if (i == n) print_message("wrong: %s\n  in: %s\n", g, c->text);
    }
    for (size_t i = 0; i < n; i++) {
        needed += !optional[i];
        found += !optional[i] && hit[i];
        if (!optional[i] && !hit[i]) print_message("missed: %s\n  in: %s\n", wanted[i], c->text);
    }
    score->wrong += wrong;
    score->wanted += needed;
    score->found += found;
    done(&f);
}

static void prose_of_all_kinds_is_read_with_few_errors(void **state)
{
    (void)state;
    struct score s = {0};
    for (size_t i = 0; i < N_CASES; i++) score_case(&CASES[i], &s);
    print_message("prose: %d sentences, %zu facts right, %zu wrong; %zu of %zu found\n", N_CASES,
                  s.right, s.wrong, s.found, s.wanted);
    assert_true(N_CASES >= 60);
    assert_true(s.right * 100 >= (s.right + s.wrong) * 95); /* precision */
    assert_true(s.found * 100 >= s.wanted * 60);            /* recall */
}

/* ---- hostile input ---- */

static void expect_quick(char *text, size_t len)
{
    struct block b = {.kind = BLOCK_PARAGRAPH,
                      .text = text,
                      .len = len,
                      .line_first = 1,
                      .line_last = 1,
                      .end = len};
    struct block blocks[2] = {{.kind = BLOCK_HEADING,
                               .level = 1,
                               .text = "Ford Ranger",
                               .len = 11,
                               .line_first = 1,
                               .line_last = 1},
                              b};
    struct document d = {.path = "x.txt", .blocks = blocks, .n_blocks = 2};
    struct prose p;
    struct error err = {0};
    clock_t start = clock();
    assert_true(prose_read(&p, &d, text, len, &err));
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 20); /* sanitized builds are slow */
    for (size_t i = 0; i < p.n_values; i++) assert_true(p.values[i].fact.end <= len);
    prose_free(&p);
}

static char *repeated(const char *piece, size_t len)
{
    char *text = malloc(len + 1);
    assert_non_null(text);
    size_t n = strlen(piece);
    for (size_t i = 0; i < len; i++) text[i] = piece[i % n];
    text[len] = '\0';
    return text;
}

static void hostile_text_is_read_in_linear_time(void **state)
{
    (void)state;
    static const char *const PIECES[] = {"the and ",
                                         "150 hp ",
                                         "1 ",
                                         "The Ford Ranger has 150 hp. ",
                                         "((((",
                                         "a.",
                                         ". ",
                                         "\xff\xfe",
                                         "The GTI, the GTD, ",
                                         "of of of ",
                                         "\xe2\x80\xa2",
                                         "60, 70, 85 or ",
                                         "was replaced by ",
                                         "from 1 to 2 kg ",
                                         "V6-",
                                         "\n\n",
                                         "I. I. "};
    for (size_t i = 0; i < sizeof PIECES / sizeof *PIECES; i++) {
        char *text = repeated(PIECES[i], 1 << 20);
        expect_quick(text, 1 << 20);
        free(text);
    }
}

static void empty_documents_give_nothing(void **state)
{
    (void)state;
    struct document d = {.path = "x.md"};
    struct prose p;
    struct error err = {0};
    assert_true(prose_read(&p, &d, NULL, 0, &err));
    assert_int_equal(p.n_values, 0);
    assert_int_equal(p.n_sources, 0);
    prose_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentences_end_at_stops_and_not_at_abbreviations),
        cmocka_unit_test(clauses_break_at_dashes_semicolons_and_subordinators),
        cmocka_unit_test(headings_give_make_model_version_and_years),
        cmocka_unit_test(a_subject_heading_is_no_version),
        cmocka_unit_test(vehicles_of_an_unknown_make_are_told_by_their_common_word),
        cmocka_unit_test(paragraphs_without_headings_go_by_their_first_name),
        cmocka_unit_test(what_is_said_of_other_things_is_not_the_vehicles),
        cmocka_unit_test(each_engine_has_the_figure_beside_it),
        cmocka_unit_test(pounds_are_money_where_the_text_has_prices_in_pounds),
        cmocka_unit_test(versions_called_by_their_engine_have_their_figures),
        cmocka_unit_test(a_make_alone_is_the_vehicle_of_that_make),
        cmocka_unit_test(a_headlines_vehicle_has_the_name_that_its_text_gives),
        cmocka_unit_test(figures_of_other_vehicles_are_left_out),
        cmocka_unit_test(differences_and_former_figures_are_no_facts),
        cmocka_unit_test(what_is_denied_or_planned_is_no_fact),
        cmocka_unit_test(a_version_after_the_figure_has_it),
        cmocka_unit_test(a_figure_carries_its_sentence_place_and_remark),
        cmocka_unit_test(bounds_and_ranges_are_marked),
        cmocka_unit_test(qualifiers_are_bound_to_their_figure),
        cmocka_unit_test(money_for_options_is_not_the_price),
        cmocka_unit_test(tanks_and_lengths_are_told_by_the_words_beside_them),
        cmocka_unit_test(prose_of_all_kinds_is_read_with_few_errors),
        cmocka_unit_test(hostile_text_is_read_in_linear_time),
        cmocka_unit_test(empty_documents_give_nothing),
    };
    return cmocka_run_group_tests_name("prose", tests, NULL, NULL);
}
