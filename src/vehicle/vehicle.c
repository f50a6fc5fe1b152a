#include "vehicle/vehicle.h"
#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

struct vehicle vehicle_none(void)
{
    return (struct vehicle){"", "", 0, "", "", "", ""};
}

bool vehicle_is_known(const struct vehicle *v)
{
    return v->manufacturer[0] || v->model[0];
}

bool vehicle_copy(struct vehicle *out, const struct vehicle *v, struct arena *arena)
{
    *out = (struct vehicle){
        arena_strdup(arena, v->manufacturer), arena_strdup(arena, v->model),    v->year,
        arena_strdup(arena, v->trim),         arena_strdup(arena, v->category), NULL,
        arena_strdup(arena, v->transmission),
    };
    out->engine_type = arena_strdup(arena, v->engine_type);
    return out->manufacturer && out->model && out->trim && out->category && out->engine_type &&
           out->transmission;
}

void vehicle_title(const struct vehicle *v, struct buffer *out)
{
    size_t start = out->len;
    if (v->year) buffer_printf(out, "%d", v->year);
    /* The trim "IS 350" of the model "IS" says the model again. */
    size_t model = strlen(v->model);
    bool repeated = model && strncmp(v->trim, v->model, model) == 0 && v->trim[model] == ' ';
    const char *parts[] = {v->manufacturer, repeated ? "" : v->model, v->trim};
    for (size_t i = 0; i < 3; i++) {
        if (!parts[i][0]) continue;
        if (out->len > start) buffer_putc(out, ' ');
        buffer_puts(out, parts[i]);
    }
}

/* The ASCII letters of U+00C0..U+00FF, without their accents; NULL for signs. */
static const char *const LATIN1[64] = {
    "a", "a", "a", "a", "a", "a", "ae", "c",  "e", "e", "e", "e", "i", "i", "i",  "i",
    "d", "n", "o", "o", "o", "o", "o",  NULL, "o", "u", "u", "u", "u", "y", "th", "ss",
    "a", "a", "a", "a", "a", "a", "ae", "c",  "e", "e", "e", "e", "i", "i", "i",  "i",
    "d", "n", "o", "o", "o", "o", "o",  NULL, "o", "u", "u", "u", "u", "y", "th", "y",
};

void vehicle_key(const char *name, size_t len, struct buffer *out)
{
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        size_t n = utf8_decode(name + i, len - i, &cp);
        if (n == 0) {
            i++;
            continue;
        }
        if (cp >= 'A' && cp <= 'Z')
            buffer_putc(out, (char)(cp + 32));
        else if ((cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9'))
            buffer_putc(out, (char)cp);
        else if (cp >= 0xc0 && cp <= 0xff && LATIN1[cp - 0xc0])
            buffer_puts(out, LATIN1[cp - 0xc0]);
        else if (cp == 0x160 || cp == 0x161)
            buffer_putc(out, 's'); /* Škoda */
        else if (cp >= 0x100 && !(cp >= 0x2000 && cp <= 0x206f) && cp != 0x2122)
            buffer_append(out, name + i, n);
        i += n;
    }
}

static const struct {
    const char *key, *name;
} MANUFACTURERS[] = {
    {"abarth", "Abarth"},
    {"acura", "Acura"},
    {"alfaromeo", "Alfa Romeo"},
    {"alpine", "Alpine"},
    {"amgeneral", "AM General"},
    {"astonmartin", "Aston Martin"},
    {"audi", "Audi"},
    {"bentley", "Bentley"},
    {"bmw", "BMW"},
    {"bugatti", "Bugatti"},
    {"buick", "Buick"},
    {"byd", "BYD"},
    {"cadillac", "Cadillac"},
    {"chery", "Chery"},
    {"chevrolet", "Chevrolet"},
    {"chrysler", "Chrysler"},
    {"citroen", "Citro\xc3\xabn"},
    {"cupra", "Cupra"},
    {"dacia", "Dacia"},
    {"daewoo", "Daewoo"},
    {"daihatsu", "Daihatsu"},
    {"dodge", "Dodge"},
    {"ds", "DS"},
    {"eagle", "Eagle"},
    {"ferrari", "Ferrari"},
    {"fiat", "Fiat"},
    {"fisker", "Fisker"},
    {"ford", "Ford"},
    {"geely", "Geely"},
    {"genesis", "Genesis"},
    {"gmc", "GMC"},
    {"greatwall", "Great Wall"},
    {"haval", "Haval"},
    {"honda", "Honda"},
    {"hummer", "Hummer"},
    {"hyundai", "Hyundai"},
    {"infiniti", "Infiniti"},
    {"isuzu", "Isuzu"},
    {"iveco", "Iveco"},
    {"jaguar", "Jaguar"},
    {"jeep", "Jeep"},
    {"kia", "Kia"},
    {"koenigsegg", "Koenigsegg"},
    {"lada", "Lada"},
    {"lamborghini", "Lamborghini"},
    {"lancia", "Lancia"},
    {"landrover", "Land Rover"},
    {"lexus", "Lexus"},
    {"lincoln", "Lincoln"},
    {"lotus", "Lotus"},
    {"lucid", "Lucid"},
    {"mahindra", "Mahindra"},
    {"maserati", "Maserati"},
    {"maybach", "Maybach"},
    {"mazda", "Mazda"},
    {"mclaren", "McLaren"},
    {"mercedesbenz", "Mercedes-Benz"},
    {"mercury", "Mercury"},
    {"mg", "MG"},
    {"mini", "MINI"},
    {"mitsubishi", "Mitsubishi"},
    {"morgan", "Morgan"},
    {"nio", "NIO"},
    {"nissan", "Nissan"},
    {"oldsmobile", "Oldsmobile"},
    {"opel", "Opel"},
    {"pagani", "Pagani"},
    {"peugeot", "Peugeot"},
    {"plymouth", "Plymouth"},
    {"polestar", "Polestar"},
    {"pontiac", "Pontiac"},
    {"porsche", "Porsche"},
    {"proton", "Proton"},
    {"ram", "Ram"},
    {"renault", "Renault"},
    {"rimac", "Rimac"},
    {"rivian", "Rivian"},
    {"rollsroyce", "Rolls-Royce"},
    {"rover", "Rover"},
    {"saab", "Saab"},
    {"saturn", "Saturn"},
    {"scion", "Scion"},
    {"seat", "SEAT"},
    {"skoda", "\xc5\xa0koda"},
    {"smart", "smart"},
    {"spyker", "Spyker"},
    {"ssangyong", "SsangYong"},
    {"subaru", "Subaru"},
    {"suzuki", "Suzuki"},
    {"tata", "Tata"},
    {"tesla", "Tesla"},
    {"toyota", "Toyota"},
    {"vauxhall", "Vauxhall"},
    {"vinfast", "VinFast"},
    {"volkswagen", "Volkswagen"},
    {"volvo", "Volvo"},
    {"xiaomi", "Xiaomi"},
    {"xpeng", "XPeng"},
    {"zeekr", "Zeekr"},
};

static const struct {
    const char *alias, *key;
} ALIASES[] = {
    {"alfa", "alfaromeo"},
    {"aston", "astonmartin"},
    {"benz", "mercedesbenz"},
    {"bimmer", "bmw"},
    {"beemer", "bmw"},
    {"caddy", "cadillac"},
    {"chev", "chevrolet"},
    {"chevy", "chevrolet"},
    {"lambo", "lamborghini"},
    {"landy", "landrover"},
    {"merc", "mercedesbenz"},
    {"mercedes", "mercedesbenz"},
    {"mercedesamg", "mercedesbenz"},
    {"rolls", "rollsroyce"},
    {"vauxhallopel", "vauxhall"},
    {"volkswagon", "volkswagen"},
    {"vw", "volkswagen"},
    {"bayerischemotorenwerke", "bmw"},
    {"lucidmotors", "lucid"},
    {"teslamotors", "tesla"},
    {"ramtrucks", "ram"},
    {"hyndai", "hyundai"},
};

const char *manufacturer_alias(const char *key)
{
    for (size_t i = 0; i < sizeof ALIASES / sizeof *ALIASES; i++)
        if (strcmp(ALIASES[i].alias, key) == 0) return ALIASES[i].key;
    return key;
}

const char *manufacturer_known(const char *key)
{
    key = manufacturer_alias(key);
    for (size_t i = 0; i < sizeof MANUFACTURERS / sizeof *MANUFACTURERS; i++)
        if (strcmp(MANUFACTURERS[i].key, key) == 0) return MANUFACTURERS[i].name;
    return NULL;
}

static bool in_list(const char *word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(word, list[i]) == 0) return true;
    return false;
}
#define IN_LIST(word, list) in_list(word, list, sizeof(list) / sizeof *(list))

bool trim_known(const char *key)
{
    static const char *const TRIMS[] = {
        "le",           "se",          "xle",       "xse",       "lx",          "ex",
        "exl",          "sx",          "gt",        "gtline",    "sport",       "touring",
        "limited",      "platinum",    "premium",   "base",      "sel",         "sr",
        "sv",           "sl",          "sr5",       "trd",       "xlt",         "lariat",
        "lt",           "ltz",         "ls",        "rs",        "ss",          "denali",
        "rubicon",      "sahara",      "laredo",    "overland",  "trailhawk",   "adventure",
        "signature",    "select",      "preferred", "essence",   "advance",     "aspec",
        "nismo",        "typer",       "si",        "hybrid",    "prime",       "plus",
        "performance",  "longrange",   "plaid",     "dual",      "longhorn",    "bighorn",
        "tradesman",    "rebel",       "trx",       "raptor",    "lightning",   "ltd",
        "titanium",     "elite",       "luxury",    "executive", "standard",    "trailsport",
        "blackedition", "calligraphy", "nline",     "r",         "s",           "l",
        "fwd",          "awd",         "rwd",       "4wd",       "2wd",         "4x4",
        "4x2",          "xdrive",      "quattro",   "4matic",    "competition",
    };
    return IN_LIST(key, TRIMS);
}

int year_parse(const char *text, size_t len)
{
    if (len != 4) return 0;
    int year = 0;
    for (size_t i = 0; i < 4; i++) {
        if (text[i] < '0' || text[i] > '9') return 0;
        year = year * 10 + (text[i] - '0');
    }
    return year >= 1900 && year <= 2099 ? year : 0;
}

/* ---- headings ---- */

enum { MAX_WORDS = 24, MAX_MODEL_WORDS = 5 };

struct word {
    size_t begin, end;
    bool stop_before; /* a colon, a bracket, a dash stands between it and the word before */
    char key[48];     /* "" when longer */
};

static bool is_word_byte(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

/* En and em dash are three-byte sequences E2 80 93 and 94. */
static bool is_dash(const char *p, size_t left)
{
    return left >= 3 && memcmp(p, "\xe2\x80", 2) == 0 &&
           ((unsigned char)p[2] == 0x93 || (unsigned char)p[2] == 0x94);
}

static size_t split_words(const char *text, size_t len, struct word *words)
{
    size_t n = 0;
    bool stop = false;
    for (size_t i = 0; i < len && n < MAX_WORDS;) {
        if (is_dash(text + i, len - i)) {
            stop = true;
            i += 3;
            continue;
        }
        if (!is_word_byte((unsigned char)text[i])) {
            if (strchr(":|(),;[]/", text[i])) stop = true;
            if (text[i] == '-' && i + 1 < len && text[i + 1] == ' ') stop = true;
            i++;
            continue;
        }
        struct word *w = &words[n++];
        w->begin = i;
        /* Hyphen, point, plus, '!' and apostrophe inside a word belong to it: F-150, ID.4, e-tron.
         */
        while (i < len && !is_dash(text + i, len - i) &&
               (is_word_byte((unsigned char)text[i]) || (strchr("-.+'&!", text[i]) && i + 1 < len &&
                                                         is_word_byte((unsigned char)text[i + 1]))))
            i++;
        w->end = i;
        w->stop_before = stop;
        stop = false;
        struct buffer key = {0};
        vehicle_key(text + w->begin, w->end - w->begin, &key);
        w->key[0] = '\0';
        if (key.len < sizeof w->key && !key.failed) memcpy(w->key, buffer_text(&key), key.len + 1);
        buffer_free(&key);
    }
    return n;
}

/* The spelling of the manufacturer that words[i..i+n) are; NULL when they are none. */
static const char *manufacturer_of(const struct word *words, size_t n, manufacturer_lookup *known,
                                   void *context)
{
    char key[160] = "";
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && words[i].stop_before) return NULL;
        size_t k = strlen(words[i].key);
        if (used + k >= sizeof key) return NULL;
        memcpy(key + used, words[i].key, k + 1);
        used += k;
    }
    if (!used) return NULL;
    const char *name = known ? known(context, manufacturer_alias(key)) : NULL;
    return name ? name : manufacturer_known(key);
}

/* Manufacturers that are also ordinary words need a year beside them to count. */
static bool is_weak(const char *key)
{
    static const char *const WEAK[] = {"mini",   "ram",   "smart",   "genesis", "seat",
                                       "saturn", "eagle", "mercury", "alpine",  "rover",
                                       "ds",     "mg",    "caddy",   "rolls"};
    return IN_LIST(key, WEAK);
}

static bool ends_model(const char *key)
{
    static const char *const STOP[] = {
        "specifications",
        "specification",
        "specs",
        "spec",
        "review",
        "overview",
        "data",
        "sheet",
        "technical",
        "brochure",
        "manual",
        "owners",
        "dimensions",
        "features",
        "pricing",
        "price",
        "guide",
        "and",
        "facts",
        "summary",
        "details",
        "information",
        "comparison",
        "compared",
        "test",
        "with",
        "for",
        "is",
        "has",
        "the",
        "of",
        "in",
        "datasheet",
        "specsheet",
        "fact",
        "notes",
    };
    return IN_LIST(key, STOP);
}

/* A capital or a digit begins it. */
static bool is_name_word(const char *word)
{
    return (word[0] >= 'A' && word[0] <= 'Z') || (word[0] >= '0' && word[0] <= '9');
}

bool vehicle_parse_heading(struct vehicle *out, const char *text, size_t len,
                           manufacturer_lookup *known, void *context, struct arena *arena)
{
    *out = vehicle_none();
    struct word words[MAX_WORDS];
    size_t n = split_words(text, len, words);
    size_t make_at = SIZE_MAX, make_words = 0;
    const char *make = NULL;
    int year = 0;
    for (size_t i = 0; i < n; i++) {
        if (!year) year = year_parse(text + words[i].begin, words[i].end - words[i].begin);
        if (strcmp(words[i].key, "vs") == 0 || strcmp(words[i].key, "versus") == 0) return false;
        if (make && i < make_at + make_words) continue;
        for (size_t k = n - i < 3 ? n - i : 3; k > 0; k--) {
            const char *name = manufacturer_of(words + i, k, known, context);
            if (!name) continue;
            if (make) break; /* a second name: "Jeep Compass" has none, "Ford and Lincoln" has */
            make = name;
            make_at = i;
            make_words = k;
            break;
        }
    }
    if (!make || (is_weak(words[make_at].key) && !year)) return false;

    size_t first = make_at + make_words, last = first;
    /* "2023 Toyota (Camry)" is no model, "Toyota 2023 Camry" is one. */
    if (first < n && !words[first].stop_before &&
        year_parse(text + words[first].begin, words[first].end - words[first].begin) && year)
        last = ++first;
    while (last < n && last - first < MAX_MODEL_WORDS) {
        const struct word *w = &words[last];
        if (w->stop_before || ends_model(w->key)) break;
        if (year_parse(text + w->begin, w->end - w->begin) == year && year) break;
        last++;
    }
    size_t trim = first + 1 < last ? first + 1 : last;
    while (trim < last && !trim_known(words[trim].key)) trim++;
    size_t trim_end = last;
    /* "Camry 2023 LE": the trim behind the year. */
    if (trim == last && last + 1 < n && year && !words[last].stop_before &&
        year_parse(text + words[last].begin, words[last].end - words[last].begin) == year) {
        trim = trim_end = last + 1;
        while (trim_end < n && trim_end < trim + 3 && !words[trim_end].stop_before &&
               !ends_model(words[trim_end].key) &&
               (trim_known(words[trim_end].key) || is_name_word(text + words[trim_end].begin)))
            trim_end++;
        if (trim_end == trim) trim = trim_end = last;
    }
    size_t model_end = trim < last ? trim : last;
    out->manufacturer = arena_strdup(arena, make);
    out->model = last > first ? arena_strndup(arena, text + words[first].begin,
                                              words[model_end - 1].end - words[first].begin)
                              : "";
    out->trim = trim < trim_end ? arena_strndup(arena, text + words[trim].begin,
                                                words[trim_end - 1].end - words[trim].begin)
                                : "";
    out->year = year;
    if (!out->manufacturer || !out->model || !out->trim) {
        *out = vehicle_none();
        return false;
    }
    return true;
}
