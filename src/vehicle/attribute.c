#include "vehicle/attribute.h"

#include <string.h>

/* Names of one attribute, lower case. Those behind NULL are ways to ask for it that documents do
 * not use; they find the group but are not searched for. */
enum { MAX_NAMES = 18, MAX_ASKED = 10 };
static const struct {
    const char *names[MAX_NAMES], *asked[MAX_ASKED];
} GROUPS[] = {
    {{"horsepower", "hp", "engine hp", "power", "max power", "power output", "bhp", "engine power"},
     {"powerful", "how strong", "output", "kilowatts", "kw"}},
    {{"torque", "lb ft", "nm", "peak torque", "max torque"}, {"twist", "pulling power"}},
    {{"mpg", "fuel economy", "fuel consumption", "combined mpg", "city mpg", "highway mpg", "mpge",
      "mileage"},
     {"gas mileage", "fuel efficiency", "fuel efficient", "thirsty", "miles per gallon",
      "how economical", "consume", "economical"}},
    {{"city mpg", "mpg city", "city fuel economy", "city"}, {"in the city", "in town"}},
    {{"highway mpg", "mpg highway", "highway fuel economy", "highway"},
     {"on the highway", "motorway"}},
    {{"towing", "towing capacity", "max towing", "tow rating", "trailer weight", "trailer load"},
     {"tow", "trailer", "haul", "pull"}},
    {{"payload", "payload capacity", "max payload"}, {"carry", "load capacity"}},
    {{"curb weight", "weight", "kerb weight", "mass"},
     {"weigh", "weighs", "heavy", "how heavy", "heavier", "lighter", "light"}},
    {{"gvwr", "gross vehicle weight", "gross weight"}, {"loaded", "fully laden"}},
    {{"fuel cost", "annual fuel cost", "yearly fuel cost"}, {NULL}},
    {{"length", "overall length"}, {"long", "how long", "longer", "shorter"}},
    {{"width", "overall width"}, {"wide", "how wide", "wider"}},
    {{"height", "overall height"}, {"tall", "how tall", "high", "taller"}},
    {{"wheelbase"}, {"wheel base", "between the axles"}},
    {{"ground clearance", "clearance", "ride height"}, {"off the ground"}},
    {{"cargo", "cargo volume", "load volume", "cargo space", "cargo capacity", "trunk",
      "trunk volume", "boot", "luggage"},
     {"trunk space", "boot space", "how much room", "storage"}},
    {{"seats", "seating capacity", "seating", "passengers", "number of seats",
      "passenger capacity"},
     {"seat", "how many people", "people"}},
    {{"doors", "number of doors"}, {"how many doors"}},
    {{"price", "msrp", "base price", "starting price", "cost", "base msrp"},
     {"how much does it cost", "expensive", "cheap", "cheaper", "costs"}},
    {{"0 60 mph", "0 60", "acceleration", "0 100 km h", "0 60 time", "0 to 60"},
     {"how fast", "how quick", "faster", "quicker", "accelerate", "sprint", "zero to sixty",
      "zero to 60", "quick"}},
    {{"top speed", "maximum speed", "max speed", "vmax"}, {"how fast", "faster", "fastest"}},
    {{"engine", "engine type", "displacement", "engine size", "engine displacement"},
     {"motor", "how big is the engine", "under the hood"}},
    {{"displacement", "engine size", "engine displacement", "swept volume", "engine capacity"},
     {"liters", "litres", "cc", "large is the engine"}},
    {{"cylinders", "engine cylinders", "number of cylinders"}, {NULL}},
    {{"transmission", "gearbox", "transmission type"},
     {"gears", "automatic", "manual", "gear", "shift", "speeds"}},
    {{"drivetrain", "drive type", "driven wheels", "drive wheels", "drive", "awd", "fwd", "rwd",
      "4wd"},
     {"all wheel drive", "front wheel drive", "rear wheel drive", "four wheel drive"}},
    {{"fuel", "fuel type", "engine fuel type"}, {"run on", "gas or diesel", "petrol"}},
    {{"fuel tank", "fuel capacity", "fuel tank capacity", "tank"},
     {"how much fuel", "tank size", "gallons"}},
    {{"battery", "battery capacity", "kwh", "usable battery"}, {"pack size", "battery size"}},
    {{"range", "electric range", "epa range", "driving range"},
     {"how far", "on a charge", "single charge"}},
    {{"charging", "charging time", "charge time", "charging power", "fast charging", "charge rate"},
     {"charge", "how quickly does it charge", "recharge"}},
    {{"turning circle", "turning radius", "turning diameter"}, {"turn around", "turn"}},
    {{"tires", "tire size", "tyres", "tyre size"}, {NULL}},
    {{"wheels", "wheel size", "rims"}, {NULL}},
    {{"brakes", "front brakes", "rear brakes"}, {"stop", "stopping distance"}},
    {{"suspension", "front suspension", "rear suspension"}, {NULL}},
    {{"headroom", "front headroom", "rear headroom", "head room"}, {NULL}},
    {{"legroom", "front legroom", "rear legroom", "leg room"}, {NULL}},
    {{"warranty", "basic warranty", "powertrain warranty"}, {"covered"}},
    {{"compression ratio", "compression"}, {NULL}},
    {{"redline", "max rpm", "engine speed"}, {"rev", "rev limit"}},
    {{"body style", "category", "vehicle class", "body type", "segment", "class", "vehicle style",
      "vehicle type"},
     {"what kind of car", "what type of car", "what kind of vehicle"}},
    {{"drag coefficient", "cd", "coefficient of drag", "drag"}, {"aerodynamic"}},
    {{"oil capacity", "engine oil"}, {"how much oil", "oil"}},
    {{"bed length", "bed", "cargo bed"}, {NULL}},
    {{"approach angle"}, {NULL}},
    {{"departure angle"}, {NULL}},
    {{"wading depth", "water fording"}, {"wade", "fording"}},
    {{"safety rating", "safety", "crash rating", "crash test rating", "nhtsa rating", "nhtsa"},
     {"how safe", "safe"}},
    {{"audio system", "audio", "sound system", "speakers", "stereo"}, {NULL}},
    {{"quarter mile", "quarter mile time"}, {NULL}},
    {{"braking distance", "braking", "stopping distance"}, {"stop"}},
    {{"emission standard", "emissions standard", "co2 emissions", "emissions"}, {NULL}},
    {{"color", "colour", "exterior color", "paint"}, {"colors", "colours"}},
    {{"engine", "powertrain", "engine name"}, {"power unit", "engine code"}},
    {{"upholstery", "seat material"}, {"seat trim", "seats made of"}},
    {{"wheelbase", "wheel base"}, {"axle spacing"}},
    {{"front trunk", "frunk", "front trunk volume"}, {NULL}},
    {{"infotainment screen", "screen size", "display", "touchscreen"}, {"screen"}},
    {{"steering", "steering type"}, {NULL}},
    {{"final drive", "final drive ratio", "axle ratio"}, {NULL}},
    {{"passenger volume", "interior volume"}, {"roomy", "cabin volume"}},
    {{"track", "front track", "rear track"}, {NULL}},
    {{"co2", "co2 emissions", "emissions"}, {"carbon dioxide", "carbon dioxide emissions"}},
    {{"bore"}, {NULL}},
    {{"stroke"}, {NULL}},
    {{"range", "full charge", "battery range", "electric range"}, {"how far"}},
    {{"country", "assembly", "assembled in", "built in"}, {"where is it made", "made"}},
};

/* Whether " words " holds phrase between spaces. */
static bool holds(const char *text, const char *phrase)
{
    size_t n = strlen(phrase);
    for (const char *p = text; (p = strstr(p, phrase)); p++)
        if (p > text && p[-1] == ' ' && p[n] == ' ') return true;
    return false;
}

void attribute_expand(const char *text, void (*each)(void *context, const char *name),
                      void *context)
{
    for (size_t g = 0; g < sizeof GROUPS / sizeof *GROUPS; g++) {
        bool found = false;
        for (size_t i = 0; i < MAX_NAMES && GROUPS[g].names[i] && !found; i++)
            found = holds(text, GROUPS[g].names[i]);
        for (size_t i = 0; i < MAX_ASKED && GROUPS[g].asked[i] && !found; i++)
            found = holds(text, GROUPS[g].asked[i]);
        if (!found) continue;
        for (size_t i = 0; i < MAX_NAMES && GROUPS[g].names[i]; i++)
            each(context, GROUPS[g].names[i]);
    }
}

static void take_longest(const char *text, const char *phrase, struct attribute_name *out)
{
    size_t n = strlen(phrase);
    if (n <= out->len) return;
    for (const char *p = text; (p = strstr(p, phrase)); p++)
        if (p > text && p[-1] == ' ' && p[n] == ' ') {
            *out = (struct attribute_name){p, n};
            return;
        }
}

void attribute_find(const char *text, struct attribute_set *out)
{
    enum { N = sizeof GROUPS / sizeof *GROUPS };
    _Static_assert((int)N <= (int)ATTRIBUTE_MAX, "raise ATTRIBUTE_MAX");
    *out = (struct attribute_set){0};
    struct attribute_name all[N] = {0};
    for (size_t g = 0; g < N; g++) {
        for (size_t i = 0; i < MAX_NAMES && GROUPS[g].names[i]; i++)
            take_longest(text, GROUPS[g].names[i], &all[g]);
        for (size_t i = 0; i < MAX_ASKED && GROUPS[g].asked[i]; i++)
            take_longest(text, GROUPS[g].asked[i], &all[g]);
    }
    for (size_t g = 0; g < N; g++) {
        bool inside = false;
        for (size_t k = 0; k < N && all[g].name && !inside; k++)
            inside = all[k].len > all[g].len && all[g].name >= all[k].name &&
                     all[g].name + all[g].len <= all[k].name + all[k].len;
        if (!all[g].name || inside) continue;
        out->names[g] = all[g];
        out->n++;
    }
}

bool attribute_is(const struct attribute_set *set, const char *text)
{
    static const char *const MOST[] = {"max ", "maximum "};
    while (*text == ' ') text++;
    for (size_t i = 0; i < sizeof MOST / sizeof *MOST; i++)
        if (strncmp(text, MOST[i], strlen(MOST[i])) == 0) text += strlen(MOST[i]);
    size_t n = strlen(text);
    while (n && text[n - 1] == ' ') n--;
    for (size_t g = 0; g < sizeof GROUPS / sizeof *GROUPS; g++)
        for (size_t i = 0; set->names[g].name && i < MAX_NAMES && GROUPS[g].names[i]; i++) {
            const char *name = GROUPS[g].names[i];
            for (size_t k = 0; k < sizeof MOST / sizeof *MOST; k++)
                if (strncmp(name, MOST[k], strlen(MOST[k])) == 0) name += strlen(MOST[k]);
            if (strlen(name) == n && memcmp(name, text, n) == 0) return true;
        }
    return false;
}

/* Whether the phrase has the word between spaces or its ends. */
static bool phrase_has(const char *phrase, const char *word, size_t n)
{
    for (const char *p = phrase; (p = strstr(p, word)); p++)
        if ((p == phrase || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0')) return true;
    return false;
}

bool attribute_has_word(const char *word)
{
    size_t n = strlen(word);
    if (n == 0) return false;
    for (size_t g = 0; g < sizeof GROUPS / sizeof *GROUPS; g++) {
        for (size_t i = 0; i < MAX_NAMES && GROUPS[g].names[i]; i++)
            if (phrase_has(GROUPS[g].names[i], word, n)) return true;
        for (size_t i = 0; i < MAX_ASKED && GROUPS[g].asked[i]; i++)
            if (phrase_has(GROUPS[g].asked[i], word, n)) return true;
    }
    return false;
}

bool is_stop_word(const char *word)
{
    static const char STOP[] =
        " a about all also an and any are as at be been between both by can car compare compared "
        "could did difference do does each for from get gets give had has have having how i if in "
        "into is it its just kind like many me more much my of on one or our out please s show so "
        "some tell than that the their them then there these they this those to type up us vehicle "
        "versus vs was we were what when where whether which who why will with would you your know "
        "less most least higher lower better best fewer greater faster quicker find list value "
        "figure spec specs specification specifications auto truck model year make t d need want ";
    char padded[40];
    size_t n = strlen(word);
    if (n + 3 > sizeof padded) return false;
    padded[0] = ' ';
    memcpy(padded + 1, word, n);
    padded[n + 1] = ' ';
    padded[n + 2] = '\0';
    return strstr(STOP, padded) != NULL;
}
