/* Running text as sentences, and a sentence as clauses. English, German, French, Spanish and
 * Chinese punctuation; abbreviations, initials and German ordinals do not end a sentence.
 */
#ifndef INGEST_SENTENCE_H
#define INGEST_SENTENCE_H

#include "vehicle/token.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sentence_span {
    size_t begin, end; /* bytes of the text; no white space at either end */
};

/* The next sentence of text[0, len) at or behind `from`; continue at out->end. False: none is left.
 * Linear over all calls. */
bool sentence_next(const char *text, size_t len, size_t from, struct sentence_span *out);

/* What stands between a token and the one before it, as far as it parts what belongs together. */
enum clause_break {
    BREAK_NONE,
    BREAK_COMMA,  /* a list may go on behind it */
    BREAK_COLON,  /* a name before it, its value behind it */
    BREAK_CLAUSE, /* ; a spaced dash, "while", "but", "which": another statement */
};

struct clause_mark {
    uint8_t before;   /* enum clause_break */
    uint16_t bracket; /* 0: outside brackets; else the number of the innermost, from 1 */
};

/* Marks of the tokens t[0, n) of text[0, len), in `marks` (n). Brackets that do not pair are none.
 */
void clause_split(const char *text, size_t len, const struct token *t, size_t n,
                  struct clause_mark *marks);

#endif
