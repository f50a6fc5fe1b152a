#include "ingest/engine_cell.h"

#include "vehicle/registry.h"
#include "vehicle/token.h"

#include <string.h>

enum { ENGINE_TOKENS = 24, ENGINE_BYTES = 120 };

const char *engine_part_attribute(enum engine_part part)
{
    static const char *const IDS[] = {"engine_type", "displacement", "cylinders", "fuel_type"};
    return IDS[part];
}

static bool is_one_of(const char *key, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(key, words[i]) == 0) return true;
    return false;
}

#define IS_ONE_OF(key, words) is_one_of(key, words, sizeof(words) / sizeof *(words))

/* "6.2L", "2.0 I4", "1,5 Benziner", "349 cc" at token i. */
static bool displacement_at(const char *text, const struct token *t, size_t n, size_t i, double *value,
                            const struct unit **unit)
{
    static const char *const LITRE[] = {"l", "litre", "litres", "liter", "ltr", "litros", "升"};
    static const char *const CUBIC[] = {"cc", "ccm", "cm3", "cm"};
    if (t[i].kind != TOKEN_NUMBER) return false;
    size_t len = t[i].end - t[i].begin;
    bool beside = i + 1 < n && (t[i + 1].gap == GAP_NONE || t[i + 1].gap == GAP_SPACE || t[i + 1].gap == GAP_HYPHEN);
    bool decimal = len == 3 && strchr(".,", text[t[i].begin + 1]);
    const char *next = beside ? t[i + 1].key : "";
    *value = t[i].number;
    *unit = unit_by_symbol(IS_ONE_OF(next, CUBIC) ? "cc" : "L");
    if (IS_ONE_OF(next, CUBIC)) return *value >= 20 && *value <= 30000;
    if (decimal) *value = (text[t[i].begin] - '0') + (text[t[i].begin + 2] - '0') / 10.0; /* "1,5" */
    if (IS_ONE_OF(next, LITRE)) return *value >= 0.05 && *value <= 30;
    /* Without a unit: one figure behind the sign, a letter of the engine's kind at most behind it. */
    bool letter = beside && t[i + 1].gap == GAP_NONE && strlen(next) > 2;
    return decimal && !letter && *value >= 0.6 && *value <= 9 && (!beside || !unit_parse_all(next, strlen(next)));
}

/* "V8", "I4", "inline-6", "4-cyl", "four-cylinder", "parallel twin" at token i; 0: none. */
static double cylinders_at(const struct token *t, size_t n, size_t i)
{
    static const char *const LETTERS[] = {"v", "i", "w", "h", "r", "l", "vr"};
    static const char *const LAYOUTS[] = {"flat", "inline", "straight", "boxer", "reihe"};
    static const char *const COUNTED[] = {"cyl", "cylinder", "cylinders", "zyl", "zylinder", "cylindres", "cilindros", "缸"};
    static const char *const NUMBERS[] = {"", "single", "two", "three", "four", "five", "six", "", "eight", "", "ten", "", "twelve"};
    static const char *const SHAPES[] = {"v", "parallel", "cooled", "vertical", "boxer", "flat", "inline", "transverse"};
    static const char *const CONTEXT[] = {"cooled", "stroke", "takt"};
    bool follows = i + 1 < n && !(t[i + 1].gap & (GAP_COMMA | GAP_SLASH | GAP_OPEN));
    bool joined = follows && (t[i + 1].gap == GAP_NONE || t[i + 1].gap == GAP_HYPHEN);
    double count = i + 1 < n && t[i + 1].kind == TOKEN_NUMBER ? t[i + 1].number : 0;
    bool whole = count == (int)count && count >= 2 && count <= 16;
    bool behind_number = i > 0 && t[i].gap == GAP_NONE && t[i - 1].kind == TOKEN_NUMBER; /* the L of "2.0L" */
    if (IS_ONE_OF(t[i].key, LETTERS) && joined && whole && !behind_number) return count;
    if (IS_ONE_OF(t[i].key, LAYOUTS) && follows && whole) return count;
    if (t[i].kind == TOKEN_NUMBER && follows && IS_ONE_OF(t[i + 1].key, COUNTED) && t[i].number >= 1 &&
        t[i].number <= 16)
        return t[i].number;
    for (int k = 1; k < 13; k++)
        if (follows && *NUMBERS[k] && strcmp(t[i].key, NUMBERS[k]) == 0 && IS_ONE_OF(t[i + 1].key, COUNTED)) return k;
    /* "air-cooled single", "parallel twin", "inline triple": the last word of its part. */
    bool last = i + 1 == n || (t[i + 1].gap & (GAP_COMMA | GAP_OPEN));
    if (i > 0 && last && IS_ONE_OF(t[i - 1].key, SHAPES) && strcmp(t[i].key, "twin") == 0) return 2;
    if (i > 0 && last && IS_ONE_OF(t[i - 1].key, SHAPES) && strcmp(t[i].key, "triple") == 0) return 3;
    if (i > 0 && last && IS_ONE_OF(t[i - 1].key, CONTEXT) && strcmp(t[i].key, "single") == 0) return 1;
    return 0;
}

bool engine_number(const char *text, size_t len, enum engine_part part, double *value, const struct unit **unit)
{
    struct token t[ENGINE_TOKENS];
    size_t n = len <= ENGINE_BYTES ? tokens_split(text, len, TOKENS_TEXT, t, ENGINE_TOKENS) : 0;
    bool found = false;
    if (n == ENGINE_TOKENS) return false;
    for (size_t i = 0; i < n; i++) {
        double v = 0;
        const struct unit *u = NULL;
        bool here = part == ENGINE_DISPLACEMENT ? displacement_at(text, t, n, i, &v, &u)
                                                : part == ENGINE_CYLINDERS && (v = cylinders_at(t, n, i)) > 0;
        if (!here) continue;
        if (found && (v != *value || u != *unit)) return false;
        found = true;
        *value = v;
        *unit = u;
    }
    return found;
}

int engine_fuel(const char *text, size_t len)
{
    struct token t[ENGINE_TOKENS];
    size_t n = len <= ENGINE_BYTES ? tokens_split(text, len, TOKENS_TEXT, t, ENGINE_TOKENS) : 0;
    int fuel = registry_find("fuel_type"), found = -1;
    if (n == ENGINE_TOKENS) return -1;
    for (size_t i = 0; i < n;) {
        const struct term *terms = NULL;
        size_t n_terms = 0, used = registry_match(t + i, n - i, &terms, &n_terms);
        for (size_t k = 0; k < n_terms; k++) {
            if (terms[k].kind != TERM_CATEGORY || terms[k].code || CATEGORIES[terms[k].id].attribute != fuel ||
                terms[k].id == found)
                continue;
            if (found >= 0 && !registry_category_is(found, terms[k].id)) {
                if (!registry_category_is(terms[k].id, found)) return -1; /* "petrol or diesel" */
            }
            if (found < 0 || registry_category_is(terms[k].id, found)) found = terms[k].id;
        }
        i += used ? used : 1;
    }
    return found;
}
