/* The generated tables behind registry.c. */
#ifndef VEHICLE_REGISTRY_TABLE_H
#define VEHICLE_REGISTRY_TABLE_H

#include "vehicle/registry.h"

enum { REGISTRY_MAX_RUN = 16 }; /* tokens of a term */

/* What the reader of columns needs beside struct attribute. */
struct registry_note {
    uint32_t group; /* one bit: as registry_word.groups */
    uint32_t cells; /* one bit: as registry_word.cells; 0: none of its own */
    bool maximal;   /* "max" in its name says nothing more */
    bool at_speed;  /* measured at speeds that its name may state: "noise at 70 mph" */
    int16_t speed_of; /* the attribute at whose value the engine turns so fast; -1: none */
};
extern const struct registry_note REGISTRY_NOTES[]; /* (REGISTRY_COUNT) */

/* Groups whose attributes each qualifier may stand beside: no power is "city". */
extern const uint32_t REGISTRY_QUALIFIER_GROUPS[]; /* (QUALIFIER_COUNT) */

/* Units that name an attribute by themselves: "kWh" is the battery's capacity. */
struct registry_implied {
    int attribute;
    enum dimension dimension;
    const char *unit; /* NULL: any of the dimension */
};
extern const struct registry_implied REGISTRY_IMPLIED[];
extern const size_t REGISTRY_IMPLIED_COUNT;

/* An attribute that reads the categories of another one, too. */
struct registry_lending {
    int attribute, owner;
};
extern const struct registry_lending REGISTRY_LENDINGS[];
extern const size_t REGISTRY_LENDINGS_COUNT;

/* A cell that names both a and b means `result`. */
struct registry_mix {
    int a, b, result;
};
extern const struct registry_mix REGISTRY_MIXES[];
extern const size_t REGISTRY_MIXES_COUNT;

extern const struct term REGISTRY_TERMS[];

/* Every term's key, and every first word of one. */
struct registry_entry {
    const char *key;   /* token keys with single spaces between them */
    uint16_t first;    /* index into REGISTRY_TERMS */
    uint8_t n_terms;   /* 0: only a first word */
    uint8_t n_columns; /* of n_terms, the last ones: only names of columns mean them */
    uint8_t longest;   /* tokens of the longest term that begins with this one token; 0: none */
};
extern const struct registry_entry REGISTRY_ENTRIES[];

/* Open addressing by registry_hash; 0 is empty, else index into REGISTRY_ENTRIES + 1. */
extern const uint32_t REGISTRY_SLOT_MASK;
extern const uint16_t REGISTRY_SLOTS[];

/* The words of all terms but codes, sorted: what may be misspelled. */
extern const char *const REGISTRY_SPELLED[];
extern const size_t REGISTRY_SPELLED_COUNT;

/* Words that say nothing in the names of columns, sorted by key. */
enum { WORD_EMPTY = 1, WORD_COUNTS = 2, WORD_NOT = 4, WORD_VEHICLE = 8, WORD_CONTEXT = 16 };
struct registry_word {
    const char *key;
    unsigned kinds;
    uint32_t groups; /* bits of attribute groups whose context it is: "engine" of "engine power" */
    uint32_t
        cells; /* bits of attributes in whose cells it says nothing: "speed" in a transmission */
};
extern const struct registry_word REGISTRY_WORDS[];
extern const size_t REGISTRY_WORDS_COUNT;

/* NULL: no such word. */
const struct registry_word *registry_word_find(const char *key);

/* Words of column names that stand for longer ones, sorted by key: "svc" for "service". */
struct registry_abbreviation {
    const char *key, *word;
};
extern const struct registry_abbreviation REGISTRY_ABBREVIATIONS[];
extern const size_t REGISTRY_ABBREVIATIONS_COUNT;

/* The first of them, and of REGISTRY_SPELLED, that is not below `key`. */
size_t registry_abbreviation_from(const char *key);
size_t registry_spelled_from(const char *key);

/* All terms of exactly these tokens; *n_out 0 when there is none. `plural`: an s at the end may be
 * missing or too much. */
const struct term *registry_terms_of(const struct token *t, size_t n, bool plural, size_t *n_out);

/* The most tokens that a term beginning with this key has; 0: none begins so. */
size_t registry_longest(const char *key);

#endif
