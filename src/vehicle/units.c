#include "vehicle/units.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct spelling {
    const char *text; /* lower case */
    const char *unit;
};

/* The longest spelling that fits wins, so the order does not matter. */
static const struct spelling SPELLINGS[] = {
    {"hp", "hp"},
    {"bhp", "hp"},
    {"horsepower", "hp"},
    {"horse power", "hp"},
    {"ps", "PS"},
    {"kw", "kW"},
    {"kilowatts", "kW"},
    {"kwh", "kWh"},
    {"kilowatt-hours", "kWh"},
    {"kilowatt hours", "kWh"},
    {"wh/km", "Wh/km"},
    {"kwh/100 km", "kWh/100 km"},
    {"kwh/100km", "kWh/100 km"},
    {"kwh/100 mi", "kWh/100 mi"},
    {"lb-ft", "lb-ft"},
    {"lb-ft.", "lb-ft"},
    {"lb.-ft.", "lb-ft"},
    {"lb.-ft", "lb-ft"},
    {"lb ft", "lb-ft"},
    {"lbft", "lb-ft"},
    {"lb\xc2\xb7"
     "ft",
     "lb-ft"},
    {"lbs-ft", "lb-ft"},
    {"lbs ft", "lb-ft"},
    {"lbs.-ft.", "lb-ft"},
    {"ft-lb", "lb-ft"},
    {"ft-lbs", "lb-ft"},
    {"ft lb", "lb-ft"},
    {"ft lbs", "lb-ft"},
    {"ft.-lb.", "lb-ft"},
    {"ft-lbs.", "lb-ft"},
    {"pound-feet", "lb-ft"},
    {"pound feet", "lb-ft"},
    {"foot-pounds", "lb-ft"},
    {"foot pounds", "lb-ft"},
    {"nm", "Nm"},
    {"n-m", "Nm"},
    {"n\xc2\xb7m", "Nm"},
    {"newton-meters", "Nm"},
    {"newton meters", "Nm"},
    {"newton metres", "Nm"},
    {"lb", "lb"},
    {"lb.", "lb"},
    {"lbs", "lb"},
    {"lbs.", "lb"},
    {"pounds", "lb"},
    {"kg", "kg"},
    {"kgs", "kg"},
    {"kilograms", "kg"},
    {"t", "t"},
    {"mpg", "mpg"},
    {"miles per gallon", "mpg"},
    {"mpge", "MPGe"},
    {"l/100 km", "L/100 km"},
    {"l/100km", "L/100 km"},
    {"liters per 100 km", "L/100 km"},
    {"litres per 100 km", "L/100 km"},
    {"mph", "mph"},
    {"miles per hour", "mph"},
    {"km/h", "km/h"},
    {"kmh", "km/h"},
    {"kph", "km/h"},
    {"kilometers per hour", "km/h"},
    {"in", "in"},
    {"in.", "in"},
    {"inch", "in"},
    {"inches", "in"},
    {"\"", "in"},
    {"\xe2\x80\xb3", "in"},
    {"ft", "ft"},
    {"ft.", "ft"},
    {"feet", "ft"},
    {"foot", "ft"},
    {"mm", "mm"},
    {"millimeters", "mm"},
    {"millimetres", "mm"},
    {"cm", "cm"},
    {"centimeters", "cm"},
    {"m", "m"},
    {"meters", "m"},
    {"metres", "m"},
    {"mi", "mi"},
    {"mi.", "mi"},
    {"mile", "mi"},
    {"miles", "mi"},
    {"km", "km"},
    {"kilometers", "km"},
    {"kilometres", "km"},
    {"l", "L"},
    {"liter", "L"},
    {"liters", "L"},
    {"litre", "L"},
    {"litres", "L"},
    {"gal", "gal"},
    {"gal.", "gal"},
    {"gallon", "gal"},
    {"gallons", "gal"},
    {"cc", "cc"},
    {"cm3", "cc"},
    {"cm\xc2\xb3", "cc"},
    {"cu ft", "cu ft"},
    {"cu. ft.", "cu ft"},
    {"cu.ft.", "cu ft"},
    {"cu. ft", "cu ft"},
    {"cu-ft", "cu ft"},
    {"cubic feet", "cu ft"},
    {"cubic foot", "cu ft"},
    {"cubic-feet", "cu ft"},
    {"ft3", "cu ft"},
    {"ft\xc2\xb3", "cu ft"},
    {"s", "s"},
    {"sec", "s"},
    {"sec.", "s"},
    {"secs", "s"},
    {"second", "s"},
    {"seconds", "s"},
    {"min", "min"},
    {"minutes", "min"},
    {"h", "h"},
    {"hr", "h"},
    {"hrs", "h"},
    {"hours", "h"},
    {"rpm", "rpm"},
    {"v", "V"},
    {"volts", "V"},
    {"ah", "Ah"},
    {"usd", "USD"},
    {"dollars", "USD"},
    {"us dollars", "USD"},
    {"$", "USD"},
    {"eur", "EUR"},
    {"euros", "EUR"},
    {"\xe2\x82\xac", "EUR"},
    {"gbp", "GBP"},
    {"%", "%"},
    {"percent", "%"},
    {"degrees", "deg"},
    {"deg", "deg"},
    {"\xc2\xb0", "deg"},
    {"g/km", "g/km"},
    {"seats", "seats"},
    {"passengers", "seats"},
    {"people", "seats"},
    {"doors", "doors"},
    {"door", "doors"},
    {"cylinders", "cylinders"},
    {"cylinder", "cylinders"},
    {"speeds", "speeds"},
    {"speed", "speeds"},
    {"gears", "speeds"},
    {"years", "years"},
};
enum { N_SPELLINGS = sizeof SPELLINGS / sizeof *SPELLINGS };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "in" behind a number is an inch only where no sentence goes on: "70.9 in." but not "203 in 2023".
 */
static bool is_inch_here(const char *rest, size_t len)
{
    size_t i = 0;
    while (i < len && rest[i] == ' ') i++;
    if (i == len || (i == 0 && !is_letter(rest[0]))) return true;
    return !is_letter(rest[i]) && !is_digit(rest[i]) && rest[i] != '$';
}

const char *unit_at(const char *text, size_t len, size_t *used)
{
    size_t start = 0;
    while (start < len && text[start] == ' ') start++;
    /* No-break space, plain and narrow, stand between value and unit in good typography. */
    if (len - start >= 2 && memcmp(text + start, "\xc2\xa0", 2) == 0)
        start += 2;
    else if (len - start >= 3 && memcmp(text + start, "\xe2\x80\xaf", 3) == 0)
        start += 3;
    else if (start == 0 && len > 1 && text[0] == '-' && is_letter(text[1]))
        start = 1;
    const char *p = text + start;
    size_t left = len - start, best = 0;
    const char *unit = NULL;
    char first = left && p[0] >= 'A' && p[0] <= 'Z' ? (char)(p[0] + 32) : left ? p[0] : '\0';
    for (size_t i = 0; i < N_SPELLINGS; i++) {
        const char *s = SPELLINGS[i].text;
        if (s[0] != first) continue; /* nearly all end here: this runs for each line of a file */
        size_t n = strlen(s);
        if (n > left || n <= best || strncasecmp(p, s, n) != 0) continue;
        /* A unit ends where the word does: "s" is not the beginning of "seats". */
        if (n < left && (is_letter(s[n - 1]) || is_digit(s[n - 1])) &&
            (is_letter(p[n]) || is_digit(p[n]) || (unsigned char)p[n] >= 0x80))
            continue;
        if (strcmp(s, "in") == 0 && !is_inch_here(p + n, left - n)) continue;
        best = n;
        unit = SPELLINGS[i].unit;
    }
    if (used) *used = unit ? start + best : 0;
    return unit;
}

/* The unit that text is as a whole. */
static const char *unit_whole(const char *text, size_t len)
{
    while (len && text[len - 1] == ' ') len--;
    size_t used;
    const char *unit = unit_at(text, len, &used);
    return unit && used == len ? unit : NULL;
}

const char *unit_of_name(const char *name, size_t len)
{
    for (size_t i = len; i-- > 0;) {
        if (name[i] != '(' && name[i] != '[') continue;
        size_t end = i + 1;
        while (end < len && name[end] != ')' && name[end] != ']') end++;
        const char *unit = unit_whole(name + i + 1, end - i - 1);
        if (unit) return unit;
        len = i; /* "Horsepower (SAE)": go on with the words before */
        while (len && name[len - 1] == ' ') len--;
    }
    if (len == 0) return NULL;
    /* The last words: "Engine HP", "curb weight lb", "torque ft lb". */
    for (size_t i = 0; i < len; i++) {
        if (i > 0 && name[i - 1] != ' ' && name[i - 1] != '_') continue;
        const char *unit = unit_whole(name + i, len - i);
        /* One letter alone ("Class T", "Model S") is no unit without parentheses. */
        if (unit && len - i > 1) return unit;
    }
    /* The first word: "MPG city". */
    size_t word = 0;
    while (word < len && name[word] != ' ' && name[word] != '_') word++;
    if (word > 2 && word < len) {
        const char *unit = unit_whole(name, word);
        if (unit &&
            (strcmp(unit, "mpg") == 0 || strcmp(unit, "hp") == 0 || strcmp(unit, "MPGe") == 0))
            return unit;
    }
    return NULL;
}

enum measure { POWER, TORQUE, MASS, LENGTH, SPEED, VOLUME, TIME, ECONOMY, ENERGY_USE };

/* One of each in the first unit of its measure. Of consumption and economy one is 1 over the
 * other. */
static const struct conversion {
    const char *unit;
    enum measure measure;
    double factor;
    bool inverse;
} CONVERSIONS[] = {
    {"hp", POWER, 1, false},
    {"PS", POWER, 0.98632007, false},
    {"kW", POWER, 1.34102209, false},
    {"lb-ft", TORQUE, 1, false},
    {"Nm", TORQUE, 0.73756215, false},
    {"lb", MASS, 1, false},
    {"kg", MASS, 2.20462262, false},
    {"t", MASS, 2204.62262, false},
    {"in", LENGTH, 1, false},
    {"ft", LENGTH, 12, false},
    {"mm", LENGTH, 1 / 25.4, false},
    {"cm", LENGTH, 1 / 2.54, false},
    {"m", LENGTH, 1 / 0.0254, false},
    {"mi", LENGTH, 63360, false},
    {"km", LENGTH, 1000 / 0.0254, false},
    {"mph", SPEED, 1, false},
    {"km/h", SPEED, 1 / 1.609344, false},
    {"L", VOLUME, 1, false},
    {"gal", VOLUME, 3.785411784, false},
    {"cc", VOLUME, 0.001, false},
    {"cu ft", VOLUME, 28.316846592, false},
    {"s", TIME, 1, false},
    {"min", TIME, 60, false},
    {"h", TIME, 3600, false},
    {"mpg", ECONOMY, 1, false},
    {"L/100 km", ECONOMY, 235.214583, true},
    {"kWh/100 km", ENERGY_USE, 1, false},
    {"Wh/km", ENERGY_USE, 0.1, false},
    {"kWh/100 mi", ENERGY_USE, 1 / 1.609344, false},
};

static const struct conversion *conversion_of(const char *unit)
{
    for (size_t i = 0; i < sizeof CONVERSIONS / sizeof *CONVERSIONS; i++)
        if (strcmp(CONVERSIONS[i].unit, unit) == 0) return &CONVERSIONS[i];
    return NULL;
}

bool unit_convert(double value, const char *from, const char *to, double *out)
{
    *out = value;
    if (strcmp(from, to) == 0) return true;
    const struct conversion *a = conversion_of(from), *b = conversion_of(to);
    if (!a || !b || a->measure != b->measure) return false;
    if ((a->inverse || b->inverse) && !(value > 0)) return false;
    double base = a->inverse ? a->factor / value : value * a->factor;
    *out = b->inverse ? b->factor / base : base / b->factor;
    return true;
}

/* Digits behind a comma at text[at]: their count, 0 for none. */
static size_t digits_behind(const char *text, size_t len, size_t at)
{
    size_t n = 0;
    while (at + 1 + n < len && is_digit(text[at + 1 + n])) n++;
    return n;
}

size_t number_read(const char *text, size_t len, char *canonical, size_t cap, double *value)
{
    size_t i = 0, n = 0;
    bool point = false;
    if (len == 0 || cap < 4) return 0;
    if (!is_digit(text[0]) && !(text[0] == '.' && len > 1 && is_digit(text[1]))) return 0;
    bool grouped = false;
    while (i < len) {
        char c = text[i];
        if (is_digit(c)) {
            if (n + 2 >= cap) return 0;
            if (n == 1 && canonical[0] == '0' && !point) n = 0; /* no leading zeros */
            canonical[n++] = c;
            i++;
            continue;
        }
        size_t behind = digits_behind(text, len, i);
        if (behind == 0 || point) break;
        if (c == ',' && behind == 3 && i <= (grouped ? SIZE_MAX : 3)) {
            grouped = true;
            i++;
        } else if (c == '.' || (c == ',' && !grouped && behind != 3 &&
                                !(i + 1 + behind < len && text[i + 1 + behind] == ','))) {
            if (n + 3 >= cap) return 0;
            if (n == 0) canonical[n++] = '0';
            canonical[n++] = '.';
            point = true;
            i++;
        } else {
            break;
        }
    }
    if (point) {
        while (canonical[n - 1] == '0') n--;
        if (canonical[n - 1] == '.') n--;
    }
    canonical[n] = '\0';
    if (value) *value = strtod(canonical, NULL);
    return i;
}
