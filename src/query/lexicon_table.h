/* The data behind lexicon.h. */
#ifndef QUERY_LEXICON_TABLE_H
#define QUERY_LEXICON_TABLE_H

#include "query/lexicon.h"

struct lexicon_line {
    enum word_class class;
    uint8_t language;    /* one bit */
    const char *phrases; /* folded, '|' between them */
};
extern const struct lexicon_line LEXICON_LINES[];
extern const size_t N_LEXICON_LINES;

/* Numbers in words from 0 on. */
struct lexicon_number {
    uint8_t language;
    const char *phrases;
};
extern const struct lexicon_number LEXICON_NUMBERS[];
extern const size_t N_LEXICON_NUMBERS;

#endif
