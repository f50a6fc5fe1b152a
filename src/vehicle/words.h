/* Text as words, for comparing names: "CX-5", "2.0", "R/T" and "id.4" are one word each; case does
 * not count, nor does a possessive 's. */
#ifndef VEHICLE_WORDS_H
#define VEHICLE_WORDS_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>

enum { WORD_MAX = 40 }; /* bytes of a key; longer words are passed over */

struct word {
    char key[WORD_MAX]; /* lower case, without a possessive 's */
    size_t begin, end;  /* bytes of the text */
    bool upper;         /* begins with a capital letter or a digit */
    bool closed;        /* what stands behind it ends a name: "'s", ":", "," ... */
    bool year;
};

bool is_word_byte(char c);

/* The next word at or behind *at in text[0, end); false at the end. */
bool next_word(const char *text, size_t end, size_t *at, struct word *w);

/* The first words of the text, at most max; returns their number. */
size_t words_split(const char *text, size_t end, struct word *out, size_t max);

/* Whether text[0, end) has the word. */
bool words_have(const char *text, size_t end, const char *key);

/* Appends text[0, len) in lower case with single spaces between and around its words: "0-60 mph" as
 * " 0 60 mph ". What attribute.h reads. */
void words_plain(const char *text, size_t len, struct buffer *out);

#endif
