/* One number of a cell or a text with what belongs to it: bounds, currency, range, unit. Used by
 * value.c for cells and by value_scan.c for prose. */
#ifndef VEHICLE_VALUE_PART_H
#define VEHICLE_VALUE_PART_H

#include "vehicle/value.h"

#include <stdint.h>

struct part_context {
    enum number_style style;
    const struct unit *unit;  /* of the column; NULL */
    enum dimension dimension; /* expected; NONE: not known */
    bool prose;               /* running text: units that are words too need evidence */
};

struct part {
    struct value_part value;
    struct number_form form, form_high; /* as the two numbers are written */
    bool range;
    bool unit_written; /* the unit stands beside the number */
    bool labelled;     /* words stand before it */
    bool condition;    /* its remark is in brackets or says when the value holds */
    unsigned chain;    /* lists: parts of one chain share a unit */
};

/* What stands at text[at, len): a number with its prefix words, currency, range and unit. `at` is
 * where a word begins. False: no number, or one that is part of a word ("4WD", "7G-Tronic",
 * "12:30", "2021-03-04") or of a quotient ("55 kW/axle"). */
bool part_read(const struct part_context *c, const char *text, size_t len, size_t at,
               struct part *out, size_t *end);

/* In prose, units that are also words or signs have to prove themselves. `gap`: something stands
 * between number and unit. */
bool unit_fits_prose(const struct part *p, const char *text, size_t len, size_t at,
                     size_t used, bool gap, const struct unit *u);

/* "two tonnes", "三年": a number in words before a unit. */
bool part_read_word(const char *text, size_t len, size_t at, struct part *out, size_t *end);

/* Whether both say the same: units of one dimension, values equal within what rounding and the
 * confusion of horsepowers explain. Of mpg, gallons and tons that are US or imperial the one that
 * fits is chosen: *a or *b gets that unit. */
bool parts_agree(struct part *a, struct part *b);

/* Cells of other shapes (value_shape.c): dates, tyres and "4x4"; "V8", "four", "5+2" as counts. */
bool value_is_code(const char *text, size_t len);
bool value_is_size(const char *text, size_t len); /* tyres and "4x4" alone */
bool value_read_count(struct value *out, const char *text, size_t len);
size_t digits_count(const char *text, size_t len, size_t at); /* ASCII digits at text[at] */
bool span_has_digit(const char *text, size_t begin, size_t end);
size_t span_words(const char *text, size_t begin, size_t end);

/* Signs and words of cells (value_words.c). */
enum value_kind value_word_kind(const char *text, size_t len); /* NONE, YES, NO, else TEXT */
int number_word(const char *text, size_t len,
                size_t *used); /* "six", "vier", "四": 1 to 16; 0: none */

enum prefix {
    PREFIX_NONE = 0,
    PREFIX_APPROXIMATE = 1,
    PREFIX_AT_MOST = 2,
    PREFIX_AT_LEAST = 4,
    PREFIX_RANGE = 8,   /* "from", "between": a range may follow */
    PREFIX_MAXIMUM = 16 /* with AT_MOST: the word "maximum" itself */
};
unsigned prefix_word(const char *text, size_t len, size_t at, size_t *end);

/* Character classes of text[at, len); *used is the character's length. */
uint32_t char_at(const char *text, size_t len, size_t at, size_t *used);
uint32_t char_lower(uint32_t c);
bool char_is_space(uint32_t c);
bool char_is_letter(uint32_t c); /* of an alphabet */
bool char_is_han(uint32_t c);    /* ideographs, kana, hangul */
bool char_is_dash(uint32_t c);
size_t spaces_end(const char *text, size_t len, size_t at);
/* Whether the word (in lower case) stands at text[at, len) and ends there. */
bool text_word(const char *text, size_t len, size_t at, const char *word, size_t *end);
bool text_any_word(const char *text, size_t len, size_t at, const char *const *words, size_t n,
                   size_t *end); /* one of them */
#define TEXT_ANY_WORD(text, len, at, words, end)                                                   \
    text_any_word(text, len, at, words, sizeof words / sizeof *(words), end)

#endif
