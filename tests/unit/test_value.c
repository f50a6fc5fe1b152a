/* Cells as values: what each form means. */
#include "value_fixture.h"

#define POINT NUMBER_POINT
#define COMMA NUMBER_COMMA
#define NONE DIMENSION_NONE
#define COUNT DIMENSION_COUNT
#define POWER DIMENSION_POWER
#define TORQUE DIMENSION_TORQUE
#define MASS DIMENSION_MASS
#define LENGTH DIMENSION_LENGTH
#define VOLUME DIMENSION_VOLUME
#define SPEED DIMENSION_SPEED
#define TIME DIMENSION_TIME
#define CONSUMPTION DIMENSION_CONSUMPTION
#define ELECTRIC_CONSUMPTION DIMENSION_ELECTRIC_CONSUMPTION
#define ENERGY DIMENSION_ENERGY
#define EMISSION DIMENSION_EMISSION
#define ANGLE DIMENSION_ANGLE
#define TEMPERATURE DIMENSION_TEMPERATURE
#define RATIO DIMENSION_RATIO
#define MONEY DIMENSION_MONEY

struct form {
    const char *text;
    enum number_style style;
    const char *unit; /* of the column; NULL */
    enum dimension dimension;
    const char *expected;
};

static void check(const struct form *forms, size_t n)
{
    struct buffer b = {0};
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++) {
        const struct form *f = &forms[i];
        const struct unit *unit = f->unit ? unit_by_symbol(f->unit) : NULL;
        assert_true(unit || !f->unit);
        struct value v;
        value_parse(&v, f->text, strlen(f->text), f->style, unit, f->dimension);
        buffer_clear(&b);
        print_value(&b, f->text, strlen(f->text), &v);
        if (strcmp(buffer_text(&b), f->expected) != 0) {
            print_error("'%s': %s, not %s\n", f->text, buffer_text(&b), f->expected);
            wrong++;
        }
    }
    buffer_free(&b);
    assert_int_equal(wrong, 0);
}

#define CHECK(forms) check(forms, sizeof(forms) / sizeof *(forms))

static void dual_units_are_one_quantity(void **s)
{
    (void)s;
    static const struct form FORMS[] = {
        {"2,205 lb (1,000 kg)", POINT, NULL, MASS, "2205 lb = 1000 kg"},
        {"2646lbs (1200kg)", POINT, NULL, MASS, "2646 lb = 1200 kg"},
        {"1,200–1,350 kg (2,646–2,976 lb)", POINT, NULL, MASS, "1200..1350 kg = 2646..2976 lb"},
        {"2.5 tons (2,500 kg)", POINT, NULL, MASS, "2.5 t = 2500 kg"},
        {"100 kW / 136 PS", POINT, NULL, POWER, "100 kW = 136 PS"},
        {"100 kW = 136 PS", POINT, NULL, POWER, "100 kW = 136 PS"},
        {"96 kW/130 PS", POINT, NULL, POWER, "96 kW = 130 PS"},
        {"8.8–10.3 kW (12–14 PS)", POINT, NULL, POWER, "8.8..10.3 kW = 12..14 PS"},
        {"132 kW (179 PS; 177 bhp)", POINT, NULL, POWER, "132 kW = 179 PS = 177 bhp"},
        {"20,6 kW (28 PS)", COMMA, NULL, POWER, "20.6 kW = 28 PS"},
        {"142 kW (193 PS; 190 hp) / 280 N·m (207 lb·ft)", POINT, NULL, POWER, "142 kW = 193 PS = 190 hp | 280 Nm = 207 lb-ft"},
        {"245/180 hp/kW", POINT, NULL, POWER, "245 hp = 180 kW"},
        {"180/245 kW/PS", POINT, NULL, POWER, "180 kW = 245 PS"},
        {"130 CV (96 kW)", POINT, NULL, POWER, "130 CV = 96 kW"},
        {"118(160Ps)", POINT, "kW", POWER, "118 kW = 160 PS"},
        {"110 (150 PS)", POINT, "kW", POWER, "110 kW = 150 PS"},
        {"160.6 in (4,080 mm)", POINT, NULL, LENGTH, "160.6 in = 4080 mm"},
        {"830 mm / 32.7 in", POINT, NULL, LENGTH, "830 mm = 32.7 in"},
        {"310 mi (499 km)", POINT, NULL, LENGTH, "310 mi = 499 km"},
        {"2,620 mm (103.1 in) – 2,700 mm (106.3 in)", POINT, NULL, LENGTH, "2620..2700 mm = 103.1..106.3 in"},
        {"65 km/h (40 mph)", POINT, NULL, SPEED, "65 km/h = 40 mph"},
        {"65 km/h (40 mph)–75 km/h (47 mph)", POINT, NULL, SPEED, "65..75 km/h = 40..47 mph"},
        {"172 lb ft (233 Nm)", POINT, NULL, TORQUE, "172 lb-ft = 233 Nm"},
        {"380Nm(38.7kgm)@ 2500rpm", POINT, NULL, TORQUE, "380 Nm '2500rpm' = 38.7 kgf·m '2500rpm'"},
        {"1,598 cc (1.6 L; 97.5 cu in) I4", POINT, NULL, VOLUME, "1598 cc 'I4' = 1.6 L 'I4' = 97.5 cu in 'I4'"},
        {"11.6 US gal (44 L)", POINT, NULL, VOLUME, "11.6 US gal = 44 L"},
        {"12.1 gal. / 46 L", POINT, NULL, VOLUME, "12.1 gal = 46 L"},
        {"6.2–7.5 l/100km (38–31 mpg)", POINT, NULL, CONSUMPTION, "6.2..7.5 L/100 km = 31..38 mpg"},
        {"45 PS (33 kW; 44 hp)", POINT, NULL, NONE, "45 PS = 33 kW = 44 hp"},
    };
    CHECK(FORMS);
}

static void mpg_and_gallons_are_imperial_where_their_litres_say_so(void **s)
{
    (void)s;
    static const struct form FORMS[] = {
        {"47.1 mpg (6.0 l/100 km)", POINT, NULL, CONSUMPTION, "47.1 mpg (imperial) = 6 L/100 km"},
        {"39.2 mpg (6.0 l/100 km)", POINT, NULL, CONSUMPTION, "39.2 mpg = 6 L/100 km"},
        {"6.0 l/100 km (47.1 mpg)", POINT, NULL, CONSUMPTION, "6 L/100 km = 47.1 mpg (imperial)"},
        {"48 litres (10.6 gallons)", POINT, NULL, VOLUME, "48 L = 10.6 imp gal"},
        {"48 litres (12.7 gallons)", POINT, NULL, VOLUME, "48 L = 12.7 gal"},
        {"47.1 mpg", POINT, NULL, CONSUMPTION, "47.1 mpg"},
        {"47.1 mpg", POINT, "mpg (imperial)", CONSUMPTION, "47.1 mpg (imperial)"},
        {"47.1", POINT, "mpg (imperial)", CONSUMPTION, "47.1 mpg (imperial)"},
    };
    CHECK(FORMS);
}

static void two_values_keep_their_words(void **s)
{
    (void)s;
    static const struct form FORMS[] = {
        {"1,102 lb unbraked / 2,425 lb braked", POINT, NULL, MASS, "1102 lb 'unbraked' | 2425 lb 'braked'"},
        {"1,102 lb (500 kg) unbraked / 2,425 lb (1,100 kg) braked", POINT, NULL, MASS, "1102 lb 'unbraked' = 500 kg 'unbraked' | 2425 lb 'braked' = 1100 kg 'braked'"},
        {"750 kg (braked 1,500 kg)", POINT, NULL, MASS, "750 kg | 1500 kg 'braked'"},
        {"Manual: 1,200 kg / Automatic: 1,250 kg", POINT, NULL, MASS, "1200 kg 'Manual' | 1250 kg 'Automatic'"},
        {"12 without X / 14 with X", POINT, NULL, CONSUMPTION, "12 'without X' | 14 'with X'"},
        {"City 14 / Hwy 20", POINT, NULL, CONSUMPTION, "14 'City' | 20 'Hwy'"},
        {"14 city / 20 hwy mpg", POINT, NULL, CONSUMPTION, "14 mpg 'city' | 20 mpg 'hwy'"},
        {"9,5 l (innerorts) / 6,1 l (außerorts)", COMMA, NULL, CONSUMPTION, "9.5 L/100 km 'innerorts' | 6.1 L/100 km 'außerorts'"},
        {"innerorts 9,5; außerorts 6,1", COMMA, NULL, CONSUMPTION, "9.5 'innerorts' | 6.1 'außerorts'"},
        {"17.9 kWh gross / 15.7 kWh usable", POINT, NULL, ENERGY, "17.9 kWh 'gross' | 15.7 kWh 'usable'"},
        {"77 kWh (net)", POINT, NULL, ENERGY, "77 kWh 'net'"},
        {"5,000 miles or 6 months", POINT, NULL, TIME, "5000 mi | 6 months"},
        {"5 years / 100,000 km", POINT, NULL, TIME, "5 years | 100000 km"},
        {"三年或10万公里", POINT, NULL, TIME, "3 years | 10 万公里"},
    };
    CHECK(FORMS);
}

static void ranges(void **s)
{
    (void)s;
    static const struct form FORMS[] = {
        {"5,1–5,4 l/100 km", COMMA, NULL, CONSUMPTION, "5.1..5.4 L/100 km"},
        {"7,2 à 8,1", COMMA, NULL, CONSUMPTION, "7.2..8.1"},
        {"de 5,1 à 6,2 l/100 km", COMMA, NULL, CONSUMPTION, "5.1..6.2 L/100 km"},
        {"von 5,1 bis 6,2", COMMA, NULL, CONSUMPTION, "5.1..6.2"},
        {"zwischen 5 und 6 l", COMMA, NULL, CONSUMPTION, "5..6 L/100 km"},
        {"from 5.1 to 6.2", POINT, NULL, CONSUMPTION, "5.1..6.2"},
        {"between 5.1 and 6.2 l/100 km", POINT, NULL, CONSUMPTION, "5.1..6.2 L/100 km"},
        {"5.1…6.2", POINT, NULL, CONSUMPTION, "5.1..6.2"},
        {"5.1...6.2", POINT, NULL, CONSUMPTION, "5.1..6.2"},
        {"5.1 ~ 6.2", POINT, NULL, CONSUMPTION, "5.1..6.2"},
        {"5.1 - 6.2", POINT, NULL, CONSUMPTION, "5.1..6.2"},
        {"5.1-6.2", POINT, NULL, CONSUMPTION, "5.1..6.2"},
        {"6.2-5.1 l/100km", POINT, NULL, CONSUMPTION, "5.1..6.2 L/100 km"},
        {"250-310 km", POINT, NULL, LENGTH, "250..310 km"},
        {"从250到310公里", POINT, NULL, LENGTH, "250..310 km"},
        {"170 hp - 200 hp", POINT, NULL, POWER, "170..200 hp"},
        {"from 1395 to 1520 kg", POINT, NULL, MASS, "1395..1520 kg"},
        {"-40 to 85 °C", POINT, NULL, TEMPERATURE, "-40..85 °C"},
        {"-20 - 50 °C", POINT, NULL, TEMPERATURE, "-20..50 °C"},
        {"5-7", POINT, NULL, COUNT, "5..7"},
        {"455 - 1.300", POINT, NULL, VOLUME, "455..1300"},
        {"$28,855 - $30,000", POINT, NULL, MONEY, "28855..30000 $"},
        {"Rs 6.49 - 8.05 Lakh*", POINT, NULL, MONEY, "6.49..8.05 lakh ₹"},
        {"9.98-12.89万", POINT, NULL, MONEY, "9.98..12.89 万元"},
        {"$25-30k", POINT, NULL, MONEY, "25000..30000 $"},
        {"De 23 990 € à 31 500 €", COMMA, NULL, MONEY, "23990..31500 €"},
        {"10%–80%", POINT, NULL, RATIO, "10..80 %"},
    };
    CHECK(FORMS);
}

static void lists_are_several_quantities(void **s)
{
    (void)s;
    static const struct form FORMS[] = {
        {"14/20", POINT, NULL, CONSUMPTION, "14 | 20"},
        {"12.5/14.0", POINT, NULL, CONSUMPTION, "12.5 | 14"},
        {"4.1 / 5.2 / 4.6", POINT, NULL, CONSUMPTION, "4.1 | 5.2 | 4.6"},
        {"4,1/5,2/4,6 l/100km", COMMA, NULL, CONSUMPTION, "4.1 L/100 km | 5.2 L/100 km | 4.6 L/100 km"},
        {"18, 25, 21 mpg", POINT, NULL, CONSUMPTION, "18 mpg | 25 mpg | 21 mpg"},
        {"28/66", POINT, NULL, CONSUMPTION, "28 | 66"},
        {"60, 70, 85, or 90 kWh", POINT, NULL, ENERGY, "60 kWh | 70 kWh | 85 kWh | 90 kWh"},
        {"82/77 kWh", POINT, NULL, ENERGY, "82 kWh | 77 kWh"},
        {"250 / 310 km", POINT, NULL, LENGTH, "250 km | 310 km"},
        {"4720*1830*1475", POINT, NULL, LENGTH, "4720 | 1830 | 1475"},
        {"4720*1830*1475", POINT, "mm", LENGTH, "4720 mm | 1830 mm | 1475 mm"},
        {"4720 x 1830 x 1475 mm", POINT, NULL, LENGTH, "4720 mm | 1830 mm | 1475 mm"},
        {"4720×1830×1475 mm", POINT, NULL, LENGTH, "4720 mm | 1830 mm | 1475 mm"},
        {"90.0 x 78.5 mm", POINT, NULL, LENGTH, "90 mm | 78.5 mm"},
        {"4720*1830*1475", POINT, NULL, NONE, "4720 | 1830 | 1475"},
        {"14/20", POINT, NULL, NONE, "14 | 20"},
        {"3/4", POINT, NULL, NONE, "3 | 4"},
        {"3.15, 3.73", POINT, NULL, RATIO, "3.15 | 3.73"},
        {"2 or 4", POINT, NULL, COUNT, "2 | 4"},
        {"150 hp, 250 Nm", POINT, NULL, POWER, "150 hp | 250 Nm"},
        {"96/130", POINT, "kW", POWER, "96 kW '130'"},
        {"39.2/6.0", POINT, "mpg", CONSUMPTION, "39.2 mpg '6.0'"},
    };
    CHECK(FORMS);
}

static void what_holds_under_a_condition_is_a_remark(void **s)
{
    (void)s;
    static const struct form FORMS[] = {
        {"96 kW @ 5,500 rpm", POINT, NULL, POWER, "96 kW '5,500 rpm'"},
        {"113.4bhp@4000rpm", POINT, NULL, POWER, "113.4 bhp '4000rpm'"},
        {"100 kW bei 5500 U/min", POINT, NULL, POWER, "100 kW '5500 U/min'"},
        {"85 kW (116 PS) bei 5.000–6.000 1/min", POINT, NULL, POWER, "85 kW '5.000–6.000 1/min' = 116 PS '5.000–6.000 1/min'"},
        {"95 bhp/5500 rpm", POINT, NULL, POWER, "95 bhp '5500 rpm'"},
        {"150/6000", POINT, NULL, POWER, "150 '6000'"},
        {"104 (140) / 4000", POINT, NULL, POWER, "104 '(140) / 4000'"},
        {"70 PS at 6000 rpm", POINT, NULL, POWER, "70 PS '6000 rpm'"},
        {"9.1 kgm @ 3500 rpm", POINT, NULL, TORQUE, "9.1 kgf·m '3500 rpm'"},
        {"22.4 kgm at 1750-2750rpm", POINT, NULL, TORQUE, "22.4 kgf·m '1750-2750rpm'"},
        {"190Nm@ 2000rpm", POINT, NULL, TORQUE, "190 Nm '2000rpm'"},
        {"12.7@ 2,700(kgm@ rpm)", POINT, NULL, TORQUE, "12.7 kgf·m '2,700'"},
        {"48@ 3,000+/-500(NM@ rpm)", POINT, NULL, TORQUE, "48 Nm '3,000+/-500'"},
        {"51Nm@ 4000+/-500rpm", POINT, NULL, TORQUE, "51 Nm '4000+/-500rpm'"},
        {"110(11.2)@ 4800", POINT, NULL, TORQUE, "110 '(11.2)@ 4800'"},
        {"190 Nm à 2000 tr/min", POINT, NULL, TORQUE, "190 Nm '2000 tr/min'"},
        {"250 Nm (184 lb-ft) / 1500-4000 rpm", POINT, NULL, TORQUE, "250 Nm '1500-4000 rpm' = 184 lb-ft '1500-4000 rpm'"},
        {"250/1500-4000", POINT, NULL, TORQUE, "250 '1500-4000'"},
        {"2150/1000-1400", POINT, NULL, TORQUE, "2150 '1000-1400'"},
        {"5.2 s (0-62 mph)", POINT, NULL, TIME, "5.2 s '0-62 mph'"},
        {"0-100 km/h in 5.2 s", POINT, NULL, TIME, "5.2 s '0-100 km/h in'"},
        {"0–60 mph: 4.5 seconds", POINT, NULL, TIME, "4.5 s '0–60 mph'"},
        {"0–100 km/h (62 mph): 8.5 s", POINT, NULL, TIME, "8.5 s '0–100 km/h (62 mph)'"},
        {"10-80% in 28 min", POINT, NULL, TIME, "28 min '10-80% in'"},
        {"28 min (10->80%)", POINT, NULL, TIME, "28 min '10->80%'"},
        {"450 km (WLTP)", POINT, NULL, LENGTH, "450 km 'WLTP'"},
        {"450 km combined (WLTP)", POINT, NULL, LENGTH, "450 km 'combined (WLTP)'"},
        {"60 (articulated)", POINT, NULL, LENGTH, "60 'articulated'"},
        {"60 (articulated)", POINT, "ft", LENGTH, "60 ft 'articulated'"},
        {"60 (articulated)", POINT, NULL, NONE, "60 'articulated'"},
        {"155 mph (limited)", POINT, NULL, SPEED, "155 mph 'limited'"},
        {"$45,000 (base)", POINT, NULL, MONEY, "45000 $ 'base'"},
        {"$28,855 MSRP", POINT, NULL, MONEY, "28855 $ 'MSRP'"},
        {"2.0L I4 16V GDI DOHC Turbo", POINT, NULL, VOLUME, "2 L 'I4 16V GDI DOHC Turbo'"},
        {"300.0HP 3.7L V6 Cylinder Engine Gasoline Fuel", POINT, NULL, POWER, "300 hp '3.7L V6 Cylinder Engine Gasoline Fuel'"},
        {"V6 3.5L 280 hp", POINT, NULL, POWER, "280 hp 'V6 3.5L'"},
        {"23.4 kmpl (CNG 26.6 km/kg)", POINT, NULL, CONSUMPTION, "23.4 km/L 'CNG 26.6 km/kg'"},
        {"5.1 (4.9) l/100km", POINT, NULL, CONSUMPTION, "5.1 L/100 km '4.9'"},
        {"2,646 (1,200)", POINT, NULL, MASS, "2646 '1,200'"},
    };
    CHECK(FORMS);
}

static void bounds_and_guesses_are_told(void **s)
{
    (void)s;
    static const struct form FORMS[] = {
        {"ca. 1.200", COMMA, NULL, MASS, "~1200"},
        {"approx. 1,200 kg", POINT, NULL, MASS, "~1200 kg"},
        {"about 1,200 kg", POINT, NULL, MASS, "~1200 kg"},
        {"~1200 kg", POINT, NULL, MASS, "~1200 kg"},
        {"up to 500 km", POINT, NULL, LENGTH, "<=500 km"},
        {"bis zu 500 km", POINT, NULL, LENGTH, "<=500 km"},
        {"jusqu'à 500 km", POINT, NULL, LENGTH, "<=500 km"},
        {"hasta 500 km", POINT, NULL, LENGTH, "<=500 km"},
        {"> 200", POINT, NULL, LENGTH, ">=200"},
        {"≥ 200 km", POINT, NULL, LENGTH, ">=200 km"},
        {"< 200", POINT, NULL, LENGTH, "<=200"},
        {"400 km+", POINT, NULL, LENGTH, ">=400 km"},
        {"400+ km", POINT, NULL, LENGTH, ">=400 km"},
        {"min. 3", POINT, NULL, LENGTH, ">=3"},
        {"max. 3", POINT, NULL, LENGTH, "<=3"},
        {"at least 200 km", POINT, NULL, LENGTH, ">=200 km"},
        {"约500公里", POINT, NULL, LENGTH, "~500 km"},
        {"EPA est. 310 miles", POINT, NULL, LENGTH, "~310 mi 'EPA'"},
        {"max. 110 kW (150 PS)", POINT, NULL, POWER, "110 kW = 150 PS"},
        {"up to 350 kW", POINT, NULL, POWER, "<=350 kW"},
        {"from $28,855", POINT, NULL, MONEY, ">=28855 $"},
        {"ab 28.855 €", COMMA, NULL, MONEY, ">=28855 €"},
        {"à partir de 23 990 €", COMMA, NULL, MONEY, ">=23990 €"},
        {"desde 23.990 €", COMMA, NULL, MONEY, ">=23990 €"},
        {"20.38万起", POINT, NULL, MONEY, ">=20.38 万元"},
        {"10万以下", POINT, NULL, MONEY, "<=10 万元"},
    };
    CHECK(FORMS);
}

static void prices(void **s)
{
    (void)s;
    static const struct form FORMS[] = {
        {"$28,855", POINT, NULL, MONEY, "28855 $"},
        {"28,855 $", POINT, NULL, MONEY, "28855 $"},
        {"US$ 28,855", POINT, NULL, MONEY, "28855 $"},
        {"$28,855.00", POINT, NULL, MONEY, "28855 $"},
        {"28855 USD", POINT, NULL, MONEY, "28855 $"},
        {"USD 45k", POINT, NULL, MONEY, "45000 $"},
        {"$28.9k", POINT, NULL, MONEY, "28900 $"},
        {"$1.2 million", POINT, NULL, MONEY, "1200000 $"},
        {"28k", POINT, NULL, MONEY, "28000"},
        {"£26,300", POINT, NULL, MONEY, "26300 £"},
        {"GBP 26,300", POINT, NULL, MONEY, "26300 £"},
        {"£23,450 OTR", POINT, NULL, MONEY, "23450 £ 'OTR'"},
        {"C$ 35,000", POINT, NULL, MONEY, "35000 C$"},
        {"$35,000 CAD", POINT, NULL, MONEY, "35000 C$"},
        {"$35,000", POINT, "C$", MONEY, "35000 C$"},
        {"AU$45,990", POINT, NULL, MONEY, "45990 A$"},
        {"€ 23.000", COMMA, NULL, MONEY, "23000 €"},
        {"€28.195", COMMA, NULL, MONEY, "28195 €"},
        {"€ 23.400", COMMA, NULL, MONEY, "23400 €"},
        {"EUR 24.990", COMMA, NULL, MONEY, "24990 €"},
        {"15.900,- €", COMMA, NULL, MONEY, "15900 €"},
        {"23.990,– €", COMMA, NULL, MONEY, "23990 €"},
        {"45.000,-", COMMA, NULL, MONEY, "45000"},
        {"13.990,00", COMMA, NULL, MONEY, "13990"},
        {"23 500 €", COMMA, NULL, MONEY, "23500 €"},
        {"25 000,00 EUR", COMMA, NULL, MONEY, "25000 €"},
        {"23.000 Euro", COMMA, NULL, MONEY, "23000 €"},
        {"23,5 T€", COMMA, NULL, MONEY, "23.5 k€"},
        {"1,2 Mio. €", COMMA, NULL, MONEY, "1200000 €"},
        {"UVP 23.990 €", COMMA, NULL, MONEY, "23990 € 'UVP'"},
        {"CHF 32'900.–", POINT, NULL, MONEY, "32900 CHF"},
        {"Rs. 6,49,000", POINT, NULL, MONEY, "649000 ₹"},
        {"INR 6,49,000", POINT, NULL, MONEY, "649000 ₹"},
        {"₹6.49 lakh", POINT, NULL, MONEY, "6.49 lakh ₹"},
        {"12.99 Lakhs", POINT, NULL, MONEY, "12.99 lakh ₹"},
        {"1.2 Crore", POINT, NULL, MONEY, "1.2 crore ₹"},
        {"1,22,755", POINT, NULL, MONEY, "122755"},
        {"9.98万", POINT, NULL, MONEY, "9.98 万元"},
        {"9.98万元", POINT, NULL, MONEY, "9.98 万元"},
        {"¥9.98万", POINT, NULL, MONEY, "9.98 万元"},
        {"¥ 165,800", POINT, NULL, MONEY, "165800 ¥"},
        {"¥165,800", POINT, "元", MONEY, "165800 元"},
        {"9.98", POINT, "万元", MONEY, "9.98 万元"},
        {"R$ 120.000,00", POINT, NULL, MONEY, "120000 R$"},
        {"24 990 zł", COMMA, NULL, MONEY, "24990 zł"},
        {"$299/month", POINT, NULL, MONEY, "TEXT"},
        {"$ 300 per month", POINT, NULL, MONEY, "TEXT"},
        {"Price on request", POINT, NULL, MONEY, "TEXT"},
        {"sold out", POINT, NULL, MONEY, "TEXT"},
    };
    CHECK(FORMS);
}

static void what_a_unit_means_depends_on_the_column(void **s)
{
    (void)s;
    static const struct form FORMS[] = {
        {"5,4 l", COMMA, NULL, CONSUMPTION, "5.4 L/100 km"},
        {"24.4 kmpl", POINT, NULL, CONSUMPTION, "24.4 km/L"},
        {"15.6 kWh", POINT, NULL, ELECTRIC_CONSUMPTION, "15.6 kWh/100 km"},
        {"166 Wh/km", POINT, NULL, ELECTRIC_CONSUMPTION, "166 Wh/km"},
        {"4.1 mi/kWh", POINT, NULL, ELECTRIC_CONSUMPTION, "4.1 mi/kWh"},
        {"110 MPGe", POINT, NULL, ELECTRIC_CONSUMPTION, "110 MPGe"},
        {"138 g", POINT, NULL, EMISSION, "138 g/km"},
        {"137 g/km of CO2", POINT, NULL, EMISSION, "137 g/km 'of CO2'"},
        {"386", POINT, "g/mi", EMISSION, "386 g/mi"},
        {"9.8\"", POINT, NULL, TIME, "9.8 s"},
        {"17\"", POINT, NULL, LENGTH, "17 in"},
        {"9.8'", POINT, NULL, LENGTH, "9.8 ft"},
        {"300m", POINT, "mi", LENGTH, "300 mi"},
        {"13.4m", POINT, NULL, LENGTH, "13.4 m"},
        {"15'3\"", POINT, NULL, LENGTH, "15.25 ft"},
        {"15 ft 3 in", POINT, NULL, LENGTH, "15.25 ft"},
        {"8 1/2 in", POINT, NULL, LENGTH, "8.5 in"},
        {"1.5万公里", POINT, NULL, LENGTH, "1.5 万公里"},
        {"1/2 ton", POINT, NULL, MASS, "0.5 ton"},
        {"3 1/2 ton", POINT, NULL, MASS, "3.5 ton"},
        {"1 h 30 min", POINT, NULL, TIME, "1.5 h"},
        {"7h30", POINT, NULL, TIME, "7.5 h"},
        {"0.5小时", POINT, NULL, TIME, "0.5 h"},
        {"ca. 1,5 Std.", COMMA, NULL, TIME, "~1.5 h"},
        {"36 months", POINT, NULL, TIME, "36 months"},
        {"1.5 tons", POINT, "t", MASS, "1.5 t"},
        {"2.0 TDI", POINT, NULL, VOLUME, "2 'TDI'"},
        {"1.5T", POINT, NULL, VOLUME, "1.5 'T'"},
        {"3.5-liter", POINT, NULL, VOLUME, "3.5 L"},
        {"5.7L HEMI V8", POINT, NULL, VOLUME, "5.7 L 'HEMI V8'"},
        {"20°", POINT, NULL, TEMPERATURE, "20 °C"},
        {"20°", POINT, NULL, ANGLE, "20 °"},
        {"10.5:1", POINT, NULL, RATIO, "10.5 :1"},
        {"10.5 to 1", POINT, NULL, RATIO, "10.5 :1"},
        {"10.5:1", POINT, NULL, NONE, "10.5 :1"},
        {"10.25-inch touchscreen", POINT, NULL, NONE, "10.25 in 'touchscreen'"},
    };
    CHECK(FORMS);
}

static void counts(void **s)
{
    (void)s;
    static const struct form FORMS[] = {
        {"4", POINT, NULL, COUNT, "4"},
        {"4 inline", POINT, NULL, COUNT, "4 'inline'"},
        {"2 V", POINT, NULL, COUNT, "2 'V'"},
        {"V8", POINT, NULL, COUNT, "8 'V'"},
        {"I4", POINT, NULL, COUNT, "4 'I'"},
        {"I-4", POINT, NULL, COUNT, "4 'I'"},
        {"L4", POINT, NULL, COUNT, "4 'L'"},
        {"W12", POINT, NULL, COUNT, "12 'W'"},
        {"inline-4", POINT, NULL, COUNT, "4 'inline'"},
        {"flat-4 turbo", POINT, NULL, COUNT, "4 'turbo'"},
        {"straight-six", POINT, NULL, COUNT, "6 'straight'"},
        {"four", POINT, NULL, COUNT, "4"},
        {"six-cylinder", POINT, NULL, COUNT, "6 'cylinder'"},
        {"vier", POINT, NULL, COUNT, "4"},
        {"六", POINT, NULL, COUNT, "6"},
        {"5 + 2 seats", POINT, NULL, COUNT, "7 'seats'"},
        {"2+2", POINT, NULL, COUNT, "4"},
        {"6-speed manual", POINT, NULL, COUNT, "6 'speed manual'"},
        {"5-Gang-Schaltgetriebe", POINT, NULL, COUNT, "5 'Gang-Schaltgetriebe'"},
        {"3-door", POINT, NULL, COUNT, "3 'door'"},
        {"8AT", POINT, NULL, COUNT, "8 'AT'"},
        {"7挡湿式双离合", POINT, NULL, COUNT, "7 '挡湿式双离合'"},
        {"5 doors", POINT, NULL, COUNT, "5 'doors'"},
        {"4 valves per cylinder", POINT, NULL, COUNT, "4 'valves per cylinder'"},
        {"seats 5", POINT, NULL, COUNT, "5 'seats'"},
        {"5/7", POINT, NULL, COUNT, "5 | 7"},
        {"4x4", POINT, NULL, COUNT, "TEXT"},
        {"2WD", POINT, NULL, COUNT, "TEXT"},
        {"7G-Tronic", POINT, NULL, COUNT, "TEXT"},
        {"AM8", POINT, NULL, COUNT, "TEXT"},
        {"CVT", POINT, NULL, COUNT, "TEXT"},
    };
    CHECK(FORMS);
}

static void what_starts_with_a_number_may_be_text(void **s)
{
    (void)s;
    static const struct form FORMS[] = {
        {"4x4", POINT, NULL, NONE, "TEXT"},
        {"6 x 4", POINT, NULL, NONE, "TEXT"},
        {"3-door", POINT, NULL, NONE, "TEXT"},
        {"2WD", POINT, NULL, NONE, "TEXT"},
        {"V6", POINT, NULL, NONE, "TEXT"},
        {"7G-Tronic", POINT, NULL, NONE, "TEXT"},
        {"3.0 TDI", POINT, NULL, NONE, "TEXT"},
        {"3.0 TDI", POINT, NULL, POWER, "TEXT"},
        {"1.5 T", POINT, NULL, NONE, "TEXT"},
        {"911 Turbo", POINT, NULL, NONE, "TEXT"},
        {"3 Series", POINT, NULL, NONE, "TEXT"},
        {"500e", POINT, NULL, NONE, "TEXT"},
        {"9-5", POINT, NULL, NONE, "TEXT"},
        {"40-LFW", POINT, NULL, NONE, "TEXT"},
        {"205/55 R16", POINT, NULL, NONE, "TEXT"},
        {"245/45ZR18", POINT, NULL, NONE, "TEXT"},
        {"110/80-19", POINT, NULL, NONE, "TEXT"},
        {"7.5J x 17", POINT, NULL, NONE, "TEXT"},
        {"5W-30", POINT, NULL, NONE, "TEXT"},
        {"1st", POINT, NULL, NONE, "TEXT"},
        {"1970-01-01", POINT, NULL, NONE, "TEXT"},
        {"2023-12", POINT, NULL, NONE, "TEXT"},
        {"03.04.2021", POINT, NULL, NONE, "TEXT"},
        {"3/4/2021", POINT, NULL, NONE, "TEXT"},
        {"03/2021", POINT, NULL, NONE, "TEXT"},
        {"03 March 2023", POINT, NULL, NONE, "TEXT"},
        {"7. Juni 2023", POINT, NULL, NONE, "TEXT"},
        {"2023年3月", POINT, NULL, NONE, "TEXT"},
        {"2019–2022", POINT, NULL, NONE, "TEXT"},
        {"1996–98", POINT, NULL, NONE, "TEXT"},
        {"2019/20", POINT, NULL, NONE, "TEXT"},
        {"1901-1930*", POINT, NULL, NONE, "TEXT"},
        {"3001-3067, 3101-3166*", POINT, NULL, NONE, "TEXT"},
        {"FC1-FC3", POINT, NULL, NONE, "TEXT"},
        {"007", POINT, NULL, NONE, "TEXT"},
        {"12:30", POINT, NULL, NONE, "TEXT"},
        {"1:58.3", POINT, NULL, NONE, "TEXT"},
        {"16:9", POINT, NULL, NONE, "TEXT"},
        {"1.2.3", POINT, NULL, NONE, "TEXT"},
        {"192.168.1.1", POINT, NULL, NONE, "TEXT"},
        {"2.4 out of 5", POINT, NULL, NONE, "TEXT"},
        {"16 valves", POINT, NULL, NONE, "TEXT"},
        {"5 stars", POINT, NULL, NONE, "TEXT"},
        {"2 x 12V", POINT, NULL, NONE, "TEXT"},
        {"Euro 6d", POINT, NULL, NONE, "TEXT"},
        {"Euro 6 EA", POINT, NULL, NONE, "TEXT"},
        {"RS 5 Coupe quattro", POINT, NULL, NONE, "TEXT"},
        {"100kW EV with 50kWh battery (VL)", POINT, NULL, NONE, "TEXT"},
        {"2.0 L 4-cylinder 150 hp", POINT, NULL, NONE, "TEXT"},
        {"55 kW/axle", POINT, NULL, NONE, "TEXT"},
        {"2x150 kW", POINT, NULL, POWER, "TEXT"},
        {"two motors", POINT, NULL, POWER, "TEXT"},
        {"4 cyl 2.0", POINT, NULL, VOLUME, "TEXT"},
        {"4 m 20", POINT, NULL, LENGTH, "TEXT"},
        {"12345678901234567", POINT, NULL, NONE, "TEXT"},
        {"1e999", POINT, NULL, NONE, "TEXT"},
        {"1,2,3", POINT, NULL, NONE, "TEXT"},
    };
    CHECK(FORMS);
}

static void plain_numbers(void **s)
{
    (void)s;
    static const struct form FORMS[] = {
        {"5", POINT, NULL, NONE, "5"},
        {"1,234", POINT, NULL, NONE, "1234"},
        {"1.234", COMMA, NULL, NONE, "1234"},
        {"1,234", COMMA, NULL, NONE, "1.234"},
        {"1 234", POINT, NULL, NONE, "1234"},
        {"0", POINT, NULL, NONE, "0"},
        {"-1", POINT, NULL, NONE, "-1"},
        {"+5", POINT, NULL, NONE, "5"},
        {"−5", POINT, NULL, NONE, "-5"},
        {"0.29", POINT, NULL, NONE, "0.29"},
        {".5", POINT, NULL, NONE, "0.5"},
        {"1e5", POINT, NULL, NONE, "100000"},
        {"911", POINT, NULL, NONE, "911"},
        {"100%", POINT, NULL, NONE, "100 %"},
        {"470[1]", POINT, NULL, NONE, "470"},
        {"1,234*", POINT, NULL, NONE, "1234"},
        {"470¹", POINT, NULL, NONE, "470"},
        {"１２３", POINT, NULL, NONE, "123"},
        {"١٢٣", POINT, NULL, NONE, "123"},
        {"१२३", POINT, NULL, NONE, "123"},
        {"2'115", POINT, NULL, NONE, "2115"},
        {" 96 ", POINT, NULL, POWER, "96"},
        {"96", POINT, "kW", POWER, "96 kW"},
        {"96,000", COMMA, "kW", POWER, "96 kW"},
    };
    CHECK(FORMS);
}

static void no_value(void **s)
{
    (void)s;
    static const struct form FORMS[] = {
        {"", POINT, NULL, NONE, "NONE"},
        {"  ", POINT, NULL, NONE, "NONE"},
        {"-", POINT, NULL, NONE, "NONE"},
        {"–", POINT, NULL, NONE, "NONE"},
        {"—", POINT, NULL, NONE, "NONE"},
        {"--", POINT, NULL, NONE, "NONE"},
        {"n/a", POINT, NULL, NONE, "NONE"},
        {"N/A", POINT, NULL, NONE, "NONE"},
        {"N.A.", POINT, NULL, NONE, "NONE"},
        {"NaN", POINT, NULL, NONE, "NONE"},
        {"null", POINT, NULL, NONE, "NONE"},
        {"None", POINT, NULL, NONE, "NONE"},
        {"#N/A", POINT, NULL, NONE, "NONE"},
        {"#DIV/0!", POINT, NULL, NONE, "NONE"},
        {"k. A.", POINT, NULL, NONE, "NONE"},
        {"keine Angabe", POINT, NULL, NONE, "NONE"},
        {"non communiqué", POINT, NULL, NONE, "NONE"},
        {"sin datos", POINT, NULL, NONE, "NONE"},
        {"未公布", POINT, NULL, NONE, "NONE"},
        {"暂无", POINT, NULL, NONE, "NONE"},
        {"?", POINT, NULL, NONE, "NONE"},
        {"…", POINT, NULL, NONE, "NONE"},
        {"TBD", POINT, NULL, NONE, "NONE"},
        {"(blank)", POINT, NULL, NONE, "NONE"},
        {"unknown", POINT, NULL, NONE, "NONE"},
        {" bhp", POINT, NULL, POWER, "NONE"},
        {"kmpl", POINT, NULL, CONSUMPTION, "NONE"},
    };
    CHECK(FORMS);
}

static void yes_and_no(void **s)
{
    (void)s;
    static const struct form FORMS[] = {
        {"yes", POINT, NULL, NONE, "YES"},
        {"Yes", POINT, NULL, NONE, "YES"},
        {"YES", POINT, NULL, NONE, "YES"},
        {"ja", POINT, NULL, NONE, "YES"},
        {"oui", POINT, NULL, NONE, "YES"},
        {"sí", POINT, NULL, NONE, "YES"},
        {"是", POINT, NULL, NONE, "YES"},
        {"有", POINT, NULL, NONE, "YES"},
        {"✓", POINT, NULL, NONE, "YES"},
        {"✔", POINT, NULL, NONE, "YES"},
        {"●", POINT, NULL, NONE, "YES"},
        {"true", POINT, NULL, NONE, "YES"},
        {"standard", POINT, NULL, NONE, "YES"},
        {"Serie", POINT, NULL, NONE, "YES"},
        {"de série", POINT, NULL, NONE, "YES"},
        {"标配", POINT, NULL, NONE, "YES"},
        {"no", POINT, NULL, NONE, "NO"},
        {"nein", POINT, NULL, NONE, "NO"},
        {"non", POINT, NULL, NONE, "NO"},
        {"否", POINT, NULL, NONE, "NO"},
        {"无", POINT, NULL, NONE, "NO"},
        {"✗", POINT, NULL, NONE, "NO"},
        {"false", POINT, NULL, NONE, "NO"},
        {"FALSE", POINT, NULL, NONE, "NO"},
        {"not available", POINT, NULL, NONE, "NO"},
        {"nicht verfügbar", POINT, NULL, NONE, "NO"},
        {"○", POINT, NULL, NONE, "TEXT"},
        {"Optional", POINT, NULL, NONE, "TEXT"},
        {"x", POINT, NULL, NONE, "TEXT"},
    };
    CHECK(FORMS);
}

static void a_row_shows_where_its_number_stands(void **s)
{
    (void)s;
    static const char TEXT[] = "  ca. 2,205 lb (1,000 kg) unladen";
    struct value v;
    value_parse(&v, TEXT, strlen(TEXT), NUMBER_POINT, NULL, DIMENSION_MASS);
    assert_int_equal(v.n_parts, 2);
    assert_int_equal(v.parts[0].begin, strstr(TEXT, "2,205") - TEXT);
    assert_int_equal(v.parts[0].end, strstr(TEXT, " (1") - TEXT);
    assert_int_equal(v.parts[1].begin, strstr(TEXT, "1,000") - TEXT);
    assert_int_equal(v.parts[1].end, strchr(TEXT, ')') - TEXT);
    assert_int_equal(v.parts[1].remark_begin, strstr(TEXT, "unladen") - TEXT);
    assert_int_equal(v.parts[1].remark_end, strlen(TEXT));
}

static void more_parts_than_there_is_room_for_are_told(void **s)
{
    (void)s;
    struct buffer b = {0};
    for (int i = 1; i <= 500; i++) buffer_printf(&b, "%s%d kW", i > 1 ? "; " : "", i * 3);
    struct value v;
    value_parse(&v, buffer_text(&b), b.len, NUMBER_POINT, NULL, DIMENSION_POWER);
    assert_int_equal(v.kind, VALUE_NUMBER);
    assert_int_equal(v.n_parts, VALUE_MAX_PARTS);
    assert_true(v.more);
    buffer_free(&b);
}

static void numbers_are_written_as_each_language_does(void **s)
{
    (void)s;
    static const struct {
        double value;
        int decimals;
        const char *language, *expected;
    } ROWS[] = {
        {12345.678, 1, "en", "12,345.7"}, {1332, 0, "en", "1332"},     {9999.99, 1, "en", "10,000"},
        {2.675, 2, "en", "2.68"},         {0.1, 3, "en", "0.1"},       {100, 2, "en", "100"},
        {-0.001, 2, "en", "0"},           {-12345, 0, "en", "-12,345"}, {0.05, 1, "en", "0.1"},
        {0.04, 1, "en", "0"},             {0.95, 1, "en", "1"},        {0.0625, 4, "en", "0.0625"},
        {1e15, 0, "en", "1,000,000,000,000,000"}, {165799.99999999997, 2, "en", "165,800"},
        {1234567.5, 2, "de", "1.234.567,5"}, {6.5, 1, "de", "6,5"},
        {12345.5, 1, "fr", "12\xE2\x80\xAF" "345,5"}, {123456.7, 1, "es", "123\xE2\x80\xAF" "456,7"},
        {23456, 0, "zh", "23,456"},       {5.25, 1, NULL, "5.3"},      {0, 3, "en", "0"},
        {134.10220895950282, 1, "en", "134.1"}, {1e-300, 3, "en", "0"}, {7, -3, "en", "7"},
    };
    struct buffer b = {0};
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        buffer_clear(&b);
        number_write(&b, ROWS[i].value, ROWS[i].decimals, ROWS[i].language);
        assert_string_equal(buffer_text(&b), ROWS[i].expected);
    }
    buffer_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dual_units_are_one_quantity),
        cmocka_unit_test(mpg_and_gallons_are_imperial_where_their_litres_say_so),
        cmocka_unit_test(two_values_keep_their_words),
        cmocka_unit_test(ranges),
        cmocka_unit_test(lists_are_several_quantities),
        cmocka_unit_test(what_holds_under_a_condition_is_a_remark),
        cmocka_unit_test(bounds_and_guesses_are_told),
        cmocka_unit_test(prices),
        cmocka_unit_test(what_a_unit_means_depends_on_the_column),
        cmocka_unit_test(counts),
        cmocka_unit_test(what_starts_with_a_number_may_be_text),
        cmocka_unit_test(plain_numbers),
        cmocka_unit_test(no_value),
        cmocka_unit_test(yes_and_no),
        cmocka_unit_test(a_row_shows_where_its_number_stands),
        cmocka_unit_test(more_parts_than_there_is_room_for_are_told),
        cmocka_unit_test(numbers_are_written_as_each_language_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
