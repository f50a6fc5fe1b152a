#include "ingest/cell_shape.h"

#include "ingest/subject.h"
#include "vehicle/number.h"
#include "vehicle/unit.h"

#include <string.h>

const struct cell *table_cell(const struct table *t, size_t row, size_t column)
{
    return &t->cells[row * t->n_columns + column];
}

size_t without_footnote(const char *text, size_t len)
{
    for (;;) {
        while (len && (unsigned char)text[len - 1] <= ' ') len--;
        if (len > 1 && text[len - 1] == '*') {
            len--;
            continue;
        }
        /* Nearly every cell ends in a letter or digit. */
        if (len == 0 || ((unsigned char)text[len - 1] < 0x80 && text[len - 1] != ']')) return len;
        /* † ‡ § and the raised digits */
        static const char *const MARKS[] = {"\u2020", "\u2021", "\u00b9", "\u2070", "\u2074",
                                            "\u2075", "\u2076", "\u2077", "\u2078", "\u2079"};
        size_t before = len;
        for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++) {
            size_t n = strlen(MARKS[i]);
            if (len > n && memcmp(text + len - n, MARKS[i], n) == 0) len -= n;
        }
        /* ² and ³ mark footnotes behind digits, and powers behind letters: "118²", "cm³". */
        if (len > 2 && (unsigned char)text[len - 2] == 0xc2 &&
            ((unsigned char)text[len - 1] == 0xb2 || (unsigned char)text[len - 1] == 0xb3) &&
            text[len - 3] >= '0' && text[len - 3] <= '9')
            len -= 2;
        /* "[1]", "[a]", "[^12]" */
        if (len > 3 && text[len - 1] == ']') {
            size_t open = len - 1;
            while (open > 0 && text[open] != '[' && len - open < 6) open--;
            if (text[open] == '[' && open > 0 && (len - open <= 4 || text[open + 1] == '^'))
                len = open;
        }
        if (len == before) return len;
    }
}

/* The length of a mark in brackets at the end of text[0, len): "[^a]", "[12]", "(1)"; 0: none. */
static size_t bracket_mark(const char *text, size_t len)
{
    char close = text[len - 1], open = close == ']' ? '[' : '(';
    size_t at = len - 1;
    if (close != ']' && close != ')') return 0;
    while (at > 0 && text[at - 1] != open && len - at < 5) at--;
    if (at < 2 || text[at - 1] != open || at == len - 1) return 0;
    if (close == ']' && text[at] == '^') return len - at + 1;
    for (size_t i = at; i + 1 < len; i++)
        if (text[i] < '0' || text[i] > '9') return 0;
    return len - at <= 3 ? len - at + 1 : 0;
}

size_t name_without_footnote(const char *text, size_t len)
{
    static const char *const MARKS[] = {"*", "\u2020", "\u2021", "\u00b9"};
    size_t whole = len;
    for (;;) {
        size_t before = len;
        while (len && (unsigned char)text[len - 1] <= ' ') len--;
        for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++) {
            size_t n = strlen(MARKS[i]);
            if (len > n && memcmp(text + len - n, MARKS[i], n) == 0) len -= n;
        }
        if (len > 3) len -= bracket_mark(text, len);
        if (len == before) return len ? len : whole;
    }
}

bool is_dash_cell(const struct cell *c)
{
    return (c->len == 1 && (c->text[0] == '-' || c->text[0] == '.')) ||
           (c->len == 3 && (memcmp(c->text, "\xe2\x80\x93", 3) == 0 ||
                            memcmp(c->text, "\xe2\x80\x94", 3) == 0));
}

/* The end of a unit at text[at], blanks before it aside; `at` where there is none. */
static size_t unit_end(const char *text, size_t len, size_t at, const struct unit **unit)
{
    size_t from = at, used;
    while (from < len && text[from] == ' ') from++;
    *unit = from < len ? unit_parse(text + from, len - from, &used) : NULL;
    return *unit ? from + used : at;
}

bool adjusted_cell_read(struct adjusted_cell *out, const char *text, size_t len, enum number_style style)
{
    size_t used, at;
    double second;
    const struct unit *behind;
    len = without_footnote(text, len);
    *out = (struct adjusted_cell){0};
    if (len > 48 || !number_parse(text, len, style, &out->value, &used)) return false;
    at = unit_end(text, len, used, &out->unit);
    while (at < len && text[at] == ' ') at++;
    out->remark = at;
    bool angle = false;
    if (len - at >= 2 && memcmp(text + at, "±", 2) == 0)
        at += 2;
    else if (len - at >= 3 && memcmp(text + at, "+/-", 3) == 0)
        at += 3;
    else if (at < len && text[at] == '+' && at > 0)
        at++, angle = true;
    else
        return false;
    while (at < len && text[at] == ' ') at++;
    if (!number_parse(text + at, len - at, style, &second, &used)) return false;
    at = unit_end(text, len, at + used, &behind);
    if (angle) { /* what may follow is the angle's tolerance */
        bool degrees = behind && behind->dimension == DIMENSION_ANGLE;
        return degrees && !(out->unit && out->unit->dimension == DIMENSION_ANGLE);
    }
    if (!out->unit) out->unit = behind;
    return at == len && (!behind || behind->dimension == out->unit->dimension);
}

/* "8 qt  7.6 L", "2.44 to 2.45", "0.02 mm max.": what else a figure may have behind it. */
static bool goes_on_as_figure(const char *text, size_t len, size_t at, const struct unit *unit)
{
    static const char *const TO[] = {"to ", "bis ", "à "};
    static const char *const BOUNDS[] = {"max.", "min.", "max", "min", "maximum", "minimum", "maxi", "mini"};
    const struct unit *second = NULL;
    double value;
    size_t used;
    while (at < len && text[at] == ' ') at++;
    for (size_t i = 0; i < sizeof BOUNDS / sizeof *BOUNDS; i++)
        if (strlen(BOUNDS[i]) == len - at && strncasecmp(text + at, BOUNDS[i], len - at) == 0) return true;
    bool range = false;
    for (size_t i = 0; i < sizeof TO / sizeof *TO && !range; i++) {
        size_t n = strlen(TO[i]);
        if (len - at > n && memcmp(text + at, TO[i], n) == 0) {
            at += n;
            range = true;
        }
    }
    if (!range && !unit) return false;
    if (at >= len || !number_parse(text + at, len - at, NUMBER_POINT, &value, &used)) return false;
    at = unit_end(text, len, at + used, &second);
    if (at != len) return false;
    return range ? !second || !unit || second->dimension == unit->dimension
                 : second && second != unit && second->dimension == unit->dimension;
}

bool is_numeric_cell(const char *text, size_t len)
{
    len = without_footnote(text, len);
    size_t at = 0, used = 0;
    if (len == 0 || len > 48) return false;
    while (at < len && (text[at] == '~' || text[at] == '<' || text[at] == '>' || text[at] == '+' ||
                        text[at] == '\'' || text[at] == ' '))
        at++;
    if (unit_parse(text + at, len - at, &used) && used && at + used < len) { /* "EUR 24.990" */
        size_t n = 0;
        double value;
        size_t skip = at + used;
        while (skip < len && text[skip] == ' ') skip++;
        if (number_parse(text + skip, len - skip, NUMBER_POINT, &value, &n)) at = skip;
    }
    double value;
    if (!number_parse(text + at, len - at, NUMBER_POINT, &value, &used) || used == 0) return false;
    at += used;
    if (at == len) return true;
    struct adjusted_cell adjusted;
    if (goes_on_as_figure(text, len, at, NULL) || adjusted_cell_read(&adjusted, text, len, NUMBER_POINT)) return true;
    bool letters = (text[at] | 0x20) >= 'a' && (text[at] | 0x20) <= 'z', dash = false;
    for (; at < len && (text[at] == ' ' || text[at] == '-'); at++) dash |= text[at] == '-';
    if (at == len) return true;
    const struct unit *unit = unit_parse(text + at, len - at, &used);
    if (unit && used) {
        at += used;
        if (goes_on_as_figure(text, len, at, unit)) return true;
        while (at < len && text[at] == ' ') at++;
        return at == len || strchr("(/-@,;", text[at]) || (unsigned char)text[at] >= 0x80;
    }
    /* "12.5/14.0", "8.8-10.3", "60 (articulated)", "5,- " */
    return !letters && (strchr("(/-@,*<>", text[at]) || (dash && text[at] >= '0' && text[at] <= '9') ||
                        (unsigned char)text[at] == 0xe2);
}

bool is_measure_name(const char *name, size_t len)
{
    if (len == 0 || len > 200) return false;
    if (name[0] == '(' && memchr(name, ')', len) == name + len - 1) return false; /* "(A)" is a mark */
    struct column_meaning m;
    len = name_without_footnote(name, len);
    registry_read_column(&m, name, len, DIMENSION_NONE);
    if (m.attribute >= 0) return true;
    return m.unit && m.name_len > 0 && !is_numeric_cell(name, len);
}

bool is_unit_cell(const struct cell *c)
{
    return c->len > 0 && c->len <= 40 && unit_parse_all(c->text, c->len) != NULL;
}

bool is_year_name(const struct cell *c, int *year)
{
    struct year_reading r;
    if (c->len == 0 || c->len > 12 || !year_read(&r, c->text, c->len) || !r.whole ||
        r.first != r.last)
        return false;
    *year = r.first;
    return true;
}

enum attribute_role role_of_name(const char *name, size_t len)
{
    struct column_meaning m;
    if (len == 0 || len > 200) return ROLE_NONE;
    registry_read_column(&m, name, name_without_footnote(name, len), DIMENSION_NONE);
    return m.attribute >= 0 ? REGISTRY[m.attribute].role : ROLE_NONE;
}
