/* Pairs whose name ends in the version that the value is of: "Engine oil, 1.4 petrol ..... 4.2 l". */
#include "ingest/interpret_parts.h"

#include "vehicle/registry.h"
#include "vehicle/value.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "1.4 petrol", "4x4", "Turbo 150", not "2 persons", "Wheel bolts". */
static bool is_version(const char *text, size_t len)
{
    size_t digits = 0;
    while (digits < len && is_digit(text[digits])) digits++;
    if (digits) {
        if (digits == len) return false;
        char c = text[digits];
        if (c == '.' || c == ',') return digits + 1 < len && is_digit(text[digits + 1]) && len > digits + 2;
        return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    }
    if (text[0] < 'A' || text[0] > 'Z') return false;
    for (size_t i = 0; i < len; i++)
        if (is_digit(text[i])) return true;
    return false;
}

/* "all engines" */
static bool is_every_version(const char *text, size_t len)
{
    static const char *const WORDS[] = {"all", "alle", "tous", "toutes", "todos", "todas"};
    struct token t[3];
    size_t n = tokens_split(text, len, TOKENS_TEXT, t, 3);
    for (size_t i = 0; n && n <= 2 && i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcmp(t[0].key, WORDS[i]) == 0) return true;
    return false;
}

size_t pair_version(const struct cell *name, const struct cell *value, const char **version)
{
    struct column_meaning m;
    struct value v;
    size_t comma = name->len;
    *version = NULL;
    for (size_t i = 1; i + 2 < name->len; i++)
        if (name->text[i] == ',' && name->text[i + 1] == ' ') comma = i;
    if (comma == name->len || name->len > 120) return name->len;
    size_t from = comma + 2, len = name->len - from;
    bool every = is_every_version(name->text + from, len);
    if (!every && !is_version(name->text + from, len)) return name->len;
    value_parse(&v, value->text, value->len, NUMBER_POINT, NULL, DIMENSION_NONE);
    if (v.kind != VALUE_NUMBER || !v.n_parts || !v.parts[0].unit) return name->len;
    enum dimension dimension = v.parts[0].unit->dimension;
    registry_read_column(&m, name->text, name->len, dimension);
    if (m.attribute >= 0) return name->len; /* "Luggage, seats up" */
    registry_read_column(&m, name->text, comma, dimension);
    if (m.attribute < 0 || REGISTRY[m.attribute].dimension != dimension) return name->len;
    *version = every ? "" : name->text + from;
    return comma;
}
