/* A cell or a phrase as values: numbers with units, ranges, lists, yes and no, text; and cells that
 * say that there is no value.
 *
 *   "2,205 lb (1,000 kg)"                       one value in two units: 2 parts of one group
 *   "1,102 lb unbraked / 2,425 lb braked"       two groups with their words
 *   "8.8-10.3 kW"  "from 5.1 to 6.2"            one part, low < high
 *   "96 kW @ 5,500 rpm"                         one part; what follows '@' is its remark
 *   "60 (articulated)"                          one part with the remark "articulated"
 *   "14/20"  "4720*1830*1475"                   two and three groups
 *   "V8"  "four"  "5+2 seats"                   8, 4 and 7, where a count is expected
 *   "205/55 R16"  "2021-03-04"  "4x4"  "007"    text
 *
 * Numbers that stand for nothing (0, -1, 9999) are numbers, and lone letters (x, Y, N, S) are text: what
 * they mean only the column tells. A part may be of another dimension than is expected ("150 hp, 250 Nm");
 * a number of another dimension beside a fitting one without a separator is a remark ("2.0 L V6 280 hp").
 */
#ifndef VEHICLE_VALUE_H
#define VEHICLE_VALUE_H

#include "vehicle/number.h"
#include "vehicle/unit.h"

#include <stdbool.h>
#include <stddef.h>

enum value_kind {
    VALUE_NONE,   /* empty, "n/a", "-", "k. A.", "null", "未公布": no value is given */
    VALUE_NUMBER, /* parts say which */
    VALUE_YES,    /* "yes", "standard", "ja", "是", "✓", "●", "true" */
    VALUE_NO,     /* "no", "not available", "–" in a column of ticks is VALUE_NONE */
    VALUE_TEXT,   /* anything else; numbers inside a text are no values of it */
};

struct value_part {
    double low, high;        /* equal but for a range */
    const struct unit *unit; /* as written beside the number; NULL: none there */
    unsigned group;          /* from 0: parts of one group are one quantity in several units */
    size_t begin, end;       /* bytes of the text: number and unit */
    size_t remark_begin, remark_end; /* words that belong to it ("braked", "with DSG"); empty: equal */
    bool approximate;        /* "ca.", "about", "~" */
    bool at_most, at_least;  /* "up to 500 km", "< 5", "min. 3" */
};

enum { VALUE_MAX_PARTS = 12 };

struct value {
    enum value_kind kind;
    struct value_part parts[VALUE_MAX_PARTS];
    size_t n_parts;
    bool more; /* the cell holds more parts than there is room for */
};

/* Reads all of text[0, len). `unit` is the unit that header, unit row or column of units state (NULL:
 * none): it is given to parts that carry none of their own; `dimension` (NONE: not known) decides
 * between readings ("m" metres or miles, '"' inches, "5-7" a range or text) and makes a text of what
 * starts with a number but is none ("4x4", "3-door", "2WD", "7G-Tronic"). */
void value_parse(struct value *out, const char *text, size_t len, enum number_style style,
                 const struct unit *unit, enum dimension dimension);

/* All numbers with a unit inside running text, for prose: "makes 136 PS (100 kW) and 172 lb ft
 * (233 Nm)" gives four parts, dual units in one group. Bare numbers have unit NULL. At most `max`;
 * returns their number. */
size_t value_scan(const char *text, size_t len, enum number_style style, struct value_part *out,
                  size_t max);

/* Appends a number as answers write it: at most `decimals` of them, no trailing zeros, thousands
 * grouped with commas from 10,000 up (language "de": points, "fr": thin spaces, ...). */
struct buffer;
void number_write(struct buffer *out, double value, int decimals, const char *language);

#endif
