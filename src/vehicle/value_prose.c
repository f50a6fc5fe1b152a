#include "vehicle/unit_table.h"
#include "vehicle/value_part.h"

#include <math.h>
#include <string.h>

static bool is_year_like(const struct part *p)
{
    double v = p->range ? p->value.high : p->value.low;
    return !p->form.separated && v >= 1900 && v < 2100 && p->form.digits == 4;
}

/* Whether the word at text[at, len) can only follow "in" the unit: "7.3 in of", "17 in wheels". */
static bool follows_inches(const char *text, size_t len, size_t at)
{
    static const char *const WORDS[] = {
        "of",    "long",   "wide",     "high",   "tall",    "deep",   "wheel",       "wheels",
        "alloy", "alloys", "rim",      "rims",   "tire",    "tires",  "tyre",        "tyres",
        "disc",  "discs",  "brake",    "brakes", "display", "screen", "touchscreen", "touch",
        "and",   "or",     "x",        "by",     "more",    "less",   "shorter",     "longer",
        "wider", "taller", "lower",    "higher", "for",     "with",   "at",          "from",
        "to",    "while",  "diameter", "front",  "rear",    "ground", "wheelbase",   "infotainment",
        "on",    "larger", "black",    "bigger", "smaller", "steel",  "overall",     "total"};
    size_t n, end;
    at = spaces_end(text, len, at);
    if (at >= len) return true;
    uint32_t c = char_at(text, len, at, &n);
    if (!char_is_letter(c) && !(c >= '0' && c <= '9')) return true;
    return TEXT_ANY_WORD(text, len, at, WORDS, &end);
}

/* Whether a double or single quote behind a number closes a quotation that opened before it. */
static bool closes_quotation(const char *text, size_t at)
{
    size_t quotes = 0; /* open at text[i] */
    for (size_t i = at > 120 ? at - 120 : 0; i < at; i++) {
        bool curly_open = at - i >= 3 && !memcmp(text + i, "\xE2\x80\x9C", 3);
        bool curly_close = at - i >= 3 && !memcmp(text + i, "\xE2\x80\x9D", 3);
        if (text[i] != '"' && !curly_open && !curly_close) continue;
        bool opens = curly_open || (!curly_close && (i == 0 || strchr(" ([\n\t", text[i - 1])));
        if (opens)
            quotes++;
        else if (quotes > 0)
            quotes--;
    }
    return quotes > 0;
}

bool unit_fits_prose(const struct part *p, const char *text, size_t len, size_t at,
                     size_t used, bool gap, const struct unit *u)
{
    static const char *const WORDS[] = {"second", "minute", "month", "day",   "year",  "an",
                                        "mes",    "dia",    "tag",   "pie",   "po",    "ins",
                                        "mo",     "st",     "foot",  "pound", "stone", "hora",
                                        "dollar", "grad",   "hour",  "week",  "mi"};
    size_t n, end;
    uint32_t c = char_at(text, len, at, &n);
    if (c == '#' || u->id == UNIT_N) return false; /* "Type 9N" */
    if (c == '\'' || c == 0x2019 || c == 0x2018)
        return !gap && at + n < len && text[at + n] >= '0' && text[at + n] <= '9';
    if (c == '"' || c == 0x201D || c == 0x201C) return !gap && !closes_quotation(text, at);
    if (u->id == UNIT_IN && used - (text[at + used - 1] == '.') == 2 && char_is_letter(c)) {
        if (is_year_like(p)) return false;
        return !gap || follows_inches(text, len, at + used);
    }
    if (used == 1 && (c == 's' || c == 'S') && !p->form.separated && p->value.low >= 20 &&
        fmod(p->value.low, 10) == 0 && !gap)
        return false; /* "the 90s", "1980s" */
    if (!is_year_like(p)) return true;
    if (used == 1 && u->dimension != DIMENSION_MASS && char_is_letter(c)) return false;
    return !TEXT_ANY_WORD(text, len, at, WORDS, &end);
}
