/* Strings and numbers of JSON byte by byte, for grammar/json_machine.c: each function takes the next
 * byte and where the value stands, and says whether it may come. */
#ifndef GRAMMAR_JSON_SCALARS_H
#define GRAMMAR_JSON_SCALARS_H

#include "grammar/json_schema.h"

/* Where a string stands: LETTER_NONE is between two letters, others are private. */
enum { LETTER_NONE = 0 };

/* The first byte of a letter that is neither '"' nor an escape. */
bool letter_begin(unsigned char c, uint8_t *at);

void letter_begin_escape(uint8_t *at);

/* A byte inside a letter or an escape. No surrogates, no \u0000. */
bool letter_go_on(unsigned char c, uint8_t *at);

/* A number that may be any, of at most 15 digits before the point and behind it, and 2 of an
 * exponent. Begins zeroed, also behind a '-'. */
struct number_place {
    uint8_t part;
    uint32_t digits; /* of this part */
};
bool number_go_on(struct number_place *p, unsigned char c);
bool number_may_end(const struct number_place *p);

/* A number within the limits of a SCHEMA_DECIMAL. Begins zeroed, or with `negative` set behind '-',
 * which may come where the lower limit is below 0. What decimal_go_on accepts leads to a number
 * that fits. */
struct decimal_place {
    uint8_t part;
    bool negative;
    uint32_t decimals; /* digits behind the point */
    uint64_t value;    /* of all digits so far */
};
bool decimal_go_on(const struct schema_node *n, struct decimal_place *p, unsigned char c);
bool decimal_may_end(const struct schema_node *n, const struct decimal_place *p);

#endif
