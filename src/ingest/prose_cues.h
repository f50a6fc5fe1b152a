/* The words by which running text says what a figure is: phrases that lead to an attribute beside
 * the registry's own names ("weighs", "swallows", "on a charge"), and the small words that change
 * what a figure means ("another", "instead of", "would"). English, German, French, Spanish.
 */
#ifndef INGEST_PROSE_CUES_H
#define INGEST_PROSE_CUES_H

#include "base/arena.h"
#include "vehicle/registry.h"
#include "vehicle/token.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum word_class {
    WORD_HEDGE = 1,             /* about, up to, just: may stand right before a figure */
    WORD_LINK = 1 << 1,         /* of, is, at: joins a name and its figure */
    WORD_NEGATION = 1 << 2,     /* not, never */
    WORD_UNREAL = 1 << 3,       /* would, planned, cancelled */
    WORD_MORE = 1 << 4,         /* behind a figure: it is a difference (more, lighter) */
    WORD_ADDED = 1 << 5,        /* before a figure: it is a difference (another, gained) */
    WORD_CHANGE = 1 << 6,       /* rises, improved: "from A to B" is B */
    WORD_INSTEAD = 1 << 7,      /* what follows is another's or a former figure (than, versus) */
    WORD_ENGINE = 1 << 8,       /* what stands behind a displacement (V8, diesel, turbo) */
    WORD_VARIANT = 1 << 9,      /* model, version, trim */
    WORD_VERB = 1 << 10,        /* has, delivers: what a vehicle's name is followed by */
    WORD_PRONOUN = 1 << 11,     /* it, they */
    WORD_NO_NAME = 1 << 12,     /* capitalised, but no vehicle: months, countries, bodies */
    WORD_CHARGE = 1 << 13,      /* charging: kW are no engine's */
    WORD_FLEET = 1 << 14,       /* average, rivals: not of this vehicle */
    WORD_FORMER = 1 << 15,      /* predecessor, outgoing */
    WORD_OPTION = 1 << 16,      /* pack, paint, destination: not the vehicle's price */
    WORD_ARTICLE = 1 << 17,     /* the, a, der, le */
    WORD_PREPOSITION = 1 << 18, /* begins a remark behind a figure: with, in, for, on */
    WORD_TOPIC = 1 << 19,       /* a heading of such words names no vehicle (interior, history) */
    WORD_GENERATION = 1 << 20,  /* generation, series, facelift */
    WORD_AND = 1 << 21,         /* and, or, to, between members of a list */
    WORD_VEHICLE = 1 << 22,     /* car, vehicle, SUV: "the car" is the one spoken of */
    WORD_GEARBOX = 1 << 23,     /* manual, automatic: "five-speed" of them are gears */
    WORD_PER = 1 << 24,         /* per: a rate */
    WORD_ENDED = 1 << 25,       /* discontinued, dropped: no longer so */
    WORD_DOCUMENT = 1 << 26,    /* review, manual: of a title, beside the vehicle's name */
    WORD_MOTOR_PART = 1 << 27,  /* rear, electric: the power of one motor of several */
};

enum cue_side {
    CUE_BEFORE = 1, /* "weighs 600 kg" */
    CUE_AFTER = 2,  /* "612 litres of luggage" */
};

struct prose_cue {
    size_t first, n;     /* tokens */
    int attribute;       /* index into REGISTRY */
    uint64_t qualifiers; /* that the name carries */
    unsigned sides;
    bool inverse; /* names economy where the attribute is consumption */
};

/* The tables in a form for look-up; made once a document, lives in the arena. */
struct prose_lexicon;
struct prose_lexicon *prose_lexicon_create(struct arena *a); /* NULL: out of memory */

/* The canonical unit of an attribute; NULL: none. */
const struct unit *prose_canonical_unit(const struct prose_lexicon *lex, int attribute);

uint32_t prose_word(const struct prose_lexicon *lex, const struct token *t);

/* All phrases and attribute names that begin in t[0, n), in their order; at most `max`. Where
 * several meanings are possible, each is an element with the same tokens. */
size_t prose_cues_find(const struct prose_lexicon *lex, const struct token *t, size_t n,
                       struct prose_cue *out, size_t max);

/* "seven", "sieben", "sept", "siete": one to twelve, sixteen. */
bool prose_number_word(const char *key, double *value);

/* The units of counted things behind a number or number word: seats, doors, cylinders, gears, built
 * vehicles. Returns the attribute's index, -1: none; *n: tokens of the noun. */
int prose_count_noun(const struct prose_lexicon *lex, const struct token *t, size_t n,
                     size_t *used);

#endif
