/* The words of questions that name no vehicle and no attribute: operations, comparators, and the
 * words that say nothing, in five languages. What stands in none of the registry, the store and this
 * lexicon is a word that was not understood.
 */
#ifndef QUERY_LEXICON_H
#define QUERY_LEXICON_H

#include "vehicle/token.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum word_class {
    WORD_NONE,
    WORD_FILLER,   /* says nothing: "please", "have", "get" */
    WORD_FUNCTION, /* an article, a preposition: says nothing, and ends a name */
    WORD_WHICH,    /* "which", "what": asks for vehicles or a value */
    WORD_HOW_MANY,
    WORD_HOW_MUCH,
    WORD_WHO,      /* "who makes": asks for the maker */
    WORD_WHEN,     /* asks for a year */
    WORD_LIST,     /* "list", "show me all" */
    WORD_COUNT,    /* "number of", "count" */
    WORD_AVERAGE,
    WORD_MEDIAN,
    WORD_SUM,
    WORD_SHARE,    /* "percentage of", "Anteil der": how many of them, in percent */
    WORD_RANGE,    /* "range of", "from ... to": least and most */
    WORD_MOST,
    WORD_LEAST,
    WORD_BEST,     /* by the attribute's own direction */
    WORD_WORST,
    WORD_TOP,      /* "top 3": most, several */
    WORD_BOTTOM,
    WORD_MORE,     /* "more", "higher": of two; before "than" and a number a comparator */
    WORD_LESS,
    WORD_BETTER,
    WORD_WORSE,
    WORD_THAN,
    WORD_OVER,     /* before a number: more than it */
    WORD_UNDER,
    WORD_AT_LEAST,
    WORD_AT_MOST,
    WORD_OR_MORE,  /* behind a number: at least it */
    WORD_OR_LESS,
    WORD_OR_BETTER, /* behind a number: at least or at most it, by what is better of the attribute */
    WORD_OR_WORSE,
    WORD_EXACTLY,
    WORD_ABOUT,
    WORD_BETWEEN,
    WORD_SINCE,    /* before a year: from it on */
    WORD_BEFORE,
    WORD_AFTER,
    WORD_NOT,
    WORD_AND,
    WORD_OR,
    WORD_COMPARE,  /* "compare", "versus" */
    WORD_DIFFERENCE, /* "by how much", "gap" */
    WORD_RANK,     /* "rank", "order by" */
    WORD_FIRST,    /* "heaviest first": tells the order */
    WORD_DESCRIBE, /* "tell me about", "specs" */
    WORD_PRONOUN,  /* stands for what was asked before: "it", "the same" */
    WORD_ONLY,     /* "only the hybrids" */
    WORD_WHAT_ABOUT, /* "what about", "and": a follow-up */
    WORD_VEHICLE,  /* a word for the things themselves: cars, models, entries */
    WORD_VERSION,  /* versions, variants, trims: of one model */
    WORD_DISTINCT, /* "different" */
    WORD_SOURCE,   /* the documents themselves: "list", "table", "data" */
    WORD_AUXILIARY, /* opens a yes-or-no question: "is", "does" */
    WORD_PER,      /* "by make", "for each": groups */
    WORD_NUMBER,   /* "three": see `number` */
    WORD_EXPLAIN,  /* "why", "how do I": prose is asked for */
    WORD_ANY,      /* "any", "some" */
    WORD_REFUSED,  /* an operation that is not known: "standard deviation" */
    N_WORD_CLASSES
};

struct word {
    enum word_class class;
    int number;        /* of a WORD_NUMBER */
    uint8_t languages; /* bits: 1 en, 2 de, 4 fr, 8 es, 16 zh */
};

enum { WORD_MAX_MEANINGS = 6 };

/* The longest run at t[0, n) that the lexicon holds: its length in tokens (0: none), and what it may
 * mean, at most WORD_MAX_MEANINGS. */
size_t lexicon_match(const struct token *t, size_t n, struct word *out, size_t *n_out);

/* Whether a single word with this key is in the lexicon, whatever it means there. */
bool lexicon_has(const char *key);

/* The lexicon's word that the key misspells (one edit, at least five letters); NULL: none. */
const char *lexicon_similar(const char *key);

/* Languages by bit number: "en", "de", "fr", "es", "zh". */
extern const char *const LEXICON_LANGUAGES[5];

#endif
