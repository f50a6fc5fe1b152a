/* The figures of one sentence and what each is a figure of, by rules: a number with its unit, bound
 * to an attribute by a cue in its clause, or by its unit alone where vehicles have one such figure
 * (torque, CO2). A figure that is a difference, another's, denied or planned gets no attribute; nor
 * does one that two cues claim equally. Whose figure it is, is decided in prose.c.
 */
#ifndef INGEST_PROSE_FACTS_H
#define INGEST_PROSE_FACTS_H

#include "ingest/prose_cues.h"
#include "ingest/sentence.h"
#include "vehicle/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PROSE_MAX_SENTENCE = 4000, /* bytes: a longer one is no sentence; it gives no facts */
    PROSE_MAX_TOKENS = 800,
    PROSE_MAX_PARTS = 64,
    PROSE_MAX_CUES = 160,
    PROSE_MAX_ENGINES = 24,
};

struct token_range {
    size_t first, end; /* tokens [first, end) */
};

/* One quantity: a number with its unit, in one or several units. */
struct prose_measure {
    size_t first_part, n_parts; /* in parts */
    struct token_range at;      /* with the brackets of a second unit */
    enum dimension dimension;
    bool attached; /* "8.4-inch", "2.5L": an adjective of what follows */
    bool counted;  /* "five-door", "V6" */
    bool rejected; /* a difference, another's, not real */
    int attribute; /* index into REGISTRY; -1: not bound */
    uint64_t qualifiers;
    bool inverse;
    size_t cue;    /* index into cues; SIZE_MAX: by its unit alone, or as the one before */
    size_t behind; /* first token behind it and the noun that belongs to it ("of torque") */
    size_t engine; /* index into engines: whose figure it is; SIZE_MAX: none named */
    struct token_range span;   /* "10 to 80 percent", "battery": what it is of; empty: none */
    struct token_range remark; /* "in gasoline form", "with the seats up"; empty: none */
};

struct prose_sentence {
    const char *text; /* len bytes */
    size_t len;
    const struct prose_lexicon *lex;
    bool sterling; /* set by the reader: the document has prices in pounds */
    struct token t[PROSE_MAX_TOKENS];
    struct clause_mark marks[PROSE_MAX_TOKENS];
    uint32_t words[PROSE_MAX_TOKENS];     /* enum word_class bits */
    uint8_t in_measure[PROSE_MAX_TOKENS]; /* 1 + its number; 0: in none */
    size_t n;
    struct value_part parts[PROSE_MAX_PARTS];
    size_t n_parts;
    struct prose_measure measures[PROSE_MAX_PARTS];
    size_t n_measures;
    struct prose_cue cues[PROSE_MAX_CUES];
    size_t n_cues;
    struct token_range engines[PROSE_MAX_ENGINES]; /* "twin-turbocharged 3.5-liter V6" */
    size_t n_engines;
    struct token_range lead; /* "In Japan": of what follows it; empty: none */
};

/* Reads text[0, len) into *s. False: it has no figures or is too long. */
bool prose_sentence_read(struct prose_sentence *s, const struct prose_lexicon *lex,
                         const char *text, size_t len, enum number_style style);

#endif
