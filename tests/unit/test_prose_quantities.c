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

/* "name=value (remark); ..." of all facts, those of the registry by their id with the qualifiers behind a dot; "@" and
 * the version, and the model where it is not `model`. */
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
        if (*r->trim) used += (size_t)snprintf(got + used, sizeof got - used, "@%s", r->trim);
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
    expect_of("The caliper bolts should be tightened to 55 Nm at the front and 50 Nm at the rear.",
              "caliper bolts torque=55 Nm (at the front); caliper bolts torque=50 Nm (at the rear)");
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
              "hydraulic system capacity=28 litres; transmission_fluid_capacity=24 litres");
    expect_of("The engine takes 4.5 litres of oil with the filter, 4.3 litres without.",
              "oil_capacity.filter=4.5 litres; engine oil capacity without filter=4.3 litres");
    expect_of("It was a Sunday. Changed the oil: 3.8 litres with the filter.", "oil_capacity.filter=3.8 litres");
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

static void further_figures_of_a_part_follow_it(void **state)
{
    (void)state;
    expect_of("Check the valve clearance every 12,000 km: it is 0.08 mm for the inlet valve and 0.12 mm for the exhaust valve.",
              "valve clearance check interval=12,000 km; valve_clearance=0.08 mm (inlet valve); valve_clearance=0.12 mm "
              "(exhaust valve)");
    expect_of("New spark plugs, torqued to 20 Nm; the gap is 1.1 mm.", "spark_plug_torque=20 Nm; spark_plug_gap=1.1 mm");
    expect_of("Replace the spark plug every 8,000 km; its gap is 0.8 mm.",
              "spark plug replacement interval=8,000 km; spark_plug_gap=0.8 mm");
}

static void tyre_pressures_are_of_their_axle_and_load(void **state)
{
    (void)state;
    expect_of("Inflate the front tyre to 1.75 bar and the rear tyre to 2.0 bar; with a passenger the rear needs 2.25 bar.",
              "tire_pressure.front=1.75 bar; tire_pressure.rear=2.0 bar; tire_pressure.rear=2.25 bar (with a passenger)");
    expect_of("Der Reifendruck ist vorn 2,8 bar, hinten 3,2 bar bei voller Beladung.",
              "tire_pressure.front=2,8 bar; tire_pressure.rear=3,2 bar (bei voller Beladung)");
}

static void a_stop_from_a_speed_is_a_braking_distance(void **state)
{
    (void)state;
    expect_of("From 100 km/h it stopped in 35.9 metres.", "braking_distance=35.9 metres (From 100 km/h)");
    expect_of("From 100 km/h the Kangoo stood still after 34.8 metres.", "braking_distance=34.8 metres (From 100 km/h)");
    expect_of("Its stop from 60 mph in 46.2 metres was poor.", "braking_distance=46.2 metres (from 60 mph)");
}

static void the_latter_and_the_smaller_engine_are_versions_named_before(void **state)
{
    (void)state;
    expect_of("The 1.5 weighs 1,200 kg, the 2.0 weighs 1,300 kg. The latter reaches 62 mph in 6.5 seconds; the smaller engine "
              "makes 132 hp.",
              "curb_weight=1,200 kg@1.5; power=132 hp (engine)@1.5; curb_weight=1,300 kg@2.0; acceleration_0_100=6.5 seconds@2.0");
    expect_of("It is a car. The latter makes 132 hp.", "");
}

static void of_several_batteries_each_has_its_figures(void **state)
{
    (void)state;
    expect_of("Die kleine mit 60 kWh hat 170 PS; die große mit 87 kWh hat 220 PS und eine Reichweite von 625 km.",
              "battery_capacity=60 kWh; battery_capacity=87 kWh; power=170 PS (60 kWh); power=220 PS (87 kWh); "
              "electric_range=625 km (87 kWh)");
}

static void names_in_short_are_the_sections_own(void **state)
{
    (void)state;
    expect(DOCUMENT_MARKDOWN, "# Renault 5 E-Tech\n\nThe Renault 5 is new. Its motor makes 150 hp.\n", "5 E-Tech", "power=150 hp (motor)");
    expect(DOCUMENT_MARKDOWN, "# Citroen e-C3\n\nThe e-C3 weighs 1,416 kg.\n", "e-C3", "curb_weight=1,416 kg");
}

static void what_a_sentence_goes_on_with_is_of_the_same_version(void **state)
{
    (void)state;
    expect_of("It reaches 100 km/h in 7.1 seconds. The 2.0 TSI, with 333 PS, needs only 4.8 seconds for that.",
              "acceleration_0_100=7.1 seconds; acceleration_0_100=4.8 seconds@2.0 TSI; power=333 PS@2.0 TSI");
    expect_of("The 2.0 TSI used 8.9 l/100 km in our test; the official value is 8.4 l/100 km.",
              "fuel_consumption.on_test=8.9 l/100 km (in our test)@2.0 TSI; fuel_consumption=8.4 l/100 km (official)@2.0 TSI");
    expect_of("The boot holds 450 litres, in the hybrid just 345 litres.", "cargo_volume=450 litres; cargo_volume=345 litres (hybrid)");
    expect_of("The VZ e-Hybrid makes 272 PS. The boot holds 450 litres, in the hybrid just 345 litres.",
              "power=272 PS@VZ e-Hybrid; cargo_volume=345 litres (hybrid)@VZ e-Hybrid; cargo_volume=450 litres");
    expect(DOCUMENT_MARKDOWN, "# Vespa GTS 300\n\nThe GTS 300 has 23 hp. The GTS 250 has 22 hp.\n", "GTS 300", "power=23 hp");
}

static void a_document_without_a_makes_heading_has_its_vehicle(void **state)
{
    (void)state;
    expect(DOCUMENT_TEXT, "TERN 125 OWNER'S MANUAL\n\nCapacities\nThe fuel tank of this machine holds 11.5 litres.\n", "TERN 125",
           "fuel_tank_capacity=11.5 litres");
    expect(DOCUMENT_TEXT, "FERRANT 65 TRACTOR\nOperator's handbook\n\n1. Weights\nThe tractor is 3.2 m long and not wide at all.\n",
           "FERRANT 65 TRACTOR", "length=3.2 m");
    expect(DOCUMENT_TEXT,
           "Anna: Welcome. Today we have the Hyundai Ioniq 6 here. Ben: The Ioniq 6 has a battery of 77.4 kWh. It charges at 233 "
           "kW. A Tesla Model 3 has 60 kWh.\n",
           "Ioniq 6", "battery_capacity=77.4 kWh; charging_power=233 kW");
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
        cmocka_unit_test(further_figures_of_a_part_follow_it),
        cmocka_unit_test(tyre_pressures_are_of_their_axle_and_load),
        cmocka_unit_test(a_stop_from_a_speed_is_a_braking_distance),
        cmocka_unit_test(the_latter_and_the_smaller_engine_are_versions_named_before),
        cmocka_unit_test(of_several_batteries_each_has_its_figures),
        cmocka_unit_test(names_in_short_are_the_sections_own),
        cmocka_unit_test(what_a_sentence_goes_on_with_is_of_the_same_version),
        cmocka_unit_test(a_document_without_a_makes_heading_has_its_vehicle),
        cmocka_unit_test(each_vehicle_of_a_document_has_what_is_said_of_it_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
