/* Quantities that manuals, workshop notes and tests state of a vehicle's parts: under the text's own words, and
 * never as figures of the vehicle. */
#include "document/document.h"
#include "ingest/prose.h"
#include "vehicle/registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

/* "name=value (remark); ..." of all facts, those of the registry by their id with the qualifiers behind a dot; the
 * model's name is given where it is not `model`. */
static void expect(enum document_kind kind, const char *text, const char *model, const char *want)
{
    struct document d;
    struct prose p;
    struct error err = {0};
    const struct document_options options = {.path = kind == DOCUMENT_TEXT ? "x.txt" : "x.md"};
    char got[2000] = "";
    size_t used = 0;
    assert_true(document_read(&d, kind, text, strlen(text), &options, &err));
    assert_true(prose_read(&p, &d, text, strlen(text), &err));
    for (size_t i = 0; i < p.n_values; i++) {
        const struct prose_value *v = &p.values[i];
        const struct fact_column *c = &p.columns[v->column];
        const struct fact_record *r = &p.records[v->record];
        used += (size_t)snprintf(got + used, sizeof got - used, "%s%s", used ? "; " : "",
                                 c->attribute >= 0 ? REGISTRY[c->attribute].id : c->name);
        for (size_t q = 0; q < QUALIFIER_COUNT; q++)
            if (c->qualifiers >> q & 1) used += (size_t)snprintf(got + used, sizeof got - used, ".%s", QUALIFIERS[q].id);
        used += (size_t)snprintf(got + used, sizeof got - used, "=%s", v->fact.text);
        if (*v->fact.remark) used += (size_t)snprintf(got + used, sizeof got - used, " (%s)", v->fact.remark);
        if (strcmp(r->model, model) != 0) used += (size_t)snprintf(got + used, sizeof got - used, "@%s", r->model);
        assert_true(used < sizeof got);
    }
    assert_string_equal(got, want);
    prose_free(&p);
    document_free(&d);
}

static void expect_of(const char *sentence, const char *want)
{
    char text[1000];
    snprintf(text, sizeof text, "# Renault Kangoo\n\n%s\n", sentence);
    expect(DOCUMENT_MARKDOWN, text, "Kangoo", want);
}

static void a_fasteners_torque_has_its_own_words_as_name(void **state)
{
    (void)state;
    expect_of("Tighten the drain plug to 25 Nm.", "drain plug torque=25 Nm");
    expect_of("The sump plug should be tightened to 34 Nm.", "sump plug torque=34 Nm");
    expect_of("The rear axle nut is tightened to 88 Nm, the front axle nut to 59 Nm.",
              "rear axle nut torque=88 Nm; front axle nut torque=59 Nm");
    expect_of("Remove the four bolts and tighten the caliper bracket to 110 Nm.",
              "caliper bracket torque=110 Nm");
    expect_of("Use 34 Nm for the sump plug and 12 Nm for the filter bolt.",
              "sump plug torque=34 Nm; filter bolt torque=12 Nm");
    expect_of("The wheel nuts of the rear wheels are torqued to 270 Nm, those of the front wheels to 180 Nm.",
              "wheel nuts of the rear wheels torque=270 Nm");
    expect_of("The wheel bolts are tightened to 110 Nm.", "wheel_nut_torque=110 Nm");
    expect_of("Die Ölablassschraube wird mit 30 Nm angezogen.", "Ölablassschraube Drehmoment=30 Nm");
    expect_of("Radschrauben mit 110 Nm anziehen.", "wheel_nut_torque=110 Nm");
    expect_of("Serrez la vis de vidange à 20 Nm.", "vis de vidange couple de serrage=20 Nm");
}

static void a_torque_in_steps_is_one_value(void **state)
{
    (void)state;
    expect_of("Cylinder head bolts 20 Nm + 100°.", "Cylinder head bolts torque=20 Nm + 100°");
    expect_of("Tighten the head bolts to 25 Nm, then 90° and another 90°.",
              "head bolts torque=25 Nm, then 90° and another 90°");
    expect_of("Nun ist alles sauber. Zylinderkopfschrauben in Stufen: 40 Nm, 60 Nm, dann 180°.",
              "Zylinderkopfschrauben Drehmoment=40 Nm, 60 Nm, dann 180°");
}

static void a_fasteners_torque_is_never_the_engines(void **state)
{
    (void)state;
    expect_of("The bolts must be replaced and they are tightened to 30 Nm.", "bolts torque=30 Nm");
    expect_of("Never tighten the drain plug to 60 Nm.", "");
    expect_of("Do not mix this up with the F9Q, whose sump plug takes 22 Nm and whose oil capacity is 4.6 litres.", "");
    expect_of("Once all is tightened to 15 Nm, look again.", "");
    expect_of("The engine makes 220 Nm of torque.", "torque=220 Nm (engine)");
}

static void what_a_system_holds_is_named_after_it(void **state)
{
    (void)state;
    expect_of("The hydraulic system takes 28 litres, the gearbox 24 litres.",
              "hydraulic system capacity=28 litres; gearbox capacity=24 litres");
    expect_of("The engine takes 4.5 litres of oil with the filter, 4.3 litres without.",
              "oil_capacity.filter=4.5 litres; oil_capacity=4.3 litres (without)");
    expect_of("The fork takes 310 cc of oil in each leg.", "fork_oil_capacity=310 cc");
}

static void a_parts_size_is_not_the_vehicles(void **state)
{
    (void)state;
    expect_of("The bed is 1,564 mm long and 1,619 mm wide.", "bed_length=1,564 mm; bed_width=1,619 mm");
    expect_of("The seat is 855 mm high.", "seat_height=855 mm");
    expect_of("The truck is 4,200 mm long and 1,800 mm wide.", "length=4,200 mm; width=1,800 mm");
}

static void how_often_something_is_done_is_an_interval(void **state)
{
    (void)state;
    expect_of("Change the engine oil every 250 hours.", "oil change interval=250 hours");
    expect_of("Change the oil every 12,000 km.", "service_interval=12,000 km");
    expect_of("The timing belt is due every 90,000 miles or six years.",
              "timing belt interval=90,000 miles; timing belt interval=six years");
    expect_of("The air filter must be replaced every 30,000 km.", "air filter replacement interval=30,000 km");
}

static void each_vehicle_of_a_document_has_what_is_said_of_it_elsewhere(void **state)
{
    (void)state;
    expect(DOCUMENT_MARKDOWN,
           "# Two buses\n\n## The Pelican\n\nThe Pelican has 165 hp.\n\n## The Gannet\n\nThe Gannet has 200 hp. Unlike the "
           "Pelican, which is 6.2 metres long, it costs 90,000 pounds.\n",
           "Gannet", "power=165 hp@Pelican; power=200 hp; price=90,000 pounds; length=6.2 metres@Pelican");
    expect(DOCUMENT_MARKDOWN,
           "# Compared\n\n## Suzuki V-Strom\n\nIt makes 84 hp.\n\n## Aprilia Tuareg\n\nIt makes 80 hp. The Suzuki costs 11,700 "
           "euros.\n",
           "Tuareg", "power=84 hp@V-Strom; power=80 hp; price=11,700 euros@V-Strom");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fasteners_torque_has_its_own_words_as_name),
        cmocka_unit_test(a_torque_in_steps_is_one_value),
        cmocka_unit_test(a_fasteners_torque_is_never_the_engines),
        cmocka_unit_test(what_a_system_holds_is_named_after_it),
        cmocka_unit_test(a_parts_size_is_not_the_vehicles),
        cmocka_unit_test(how_often_something_is_done_is_an_interval),
        cmocka_unit_test(each_vehicle_of_a_document_has_what_is_said_of_it_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
