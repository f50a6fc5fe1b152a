/* All sentences that answers are made of, in English, German, French, Spanish and Chinese. What
 * they are about (names, figures) is put in by the caller; nothing else of an answer is words.
 *
 *   struct phrase_slots slots = {.vehicle = "2022 Kia Telluride AWD", .attribute = "price", ...};
 *   phrase_write(&text, PHRASE_VALUE, LANGUAGE_EN, &slots);
 */
#ifndef ANSWER_PHRASES_H
#define ANSWER_PHRASES_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>

enum language { LANGUAGE_EN, LANGUAGE_DE, LANGUAGE_FR, LANGUAGE_ES, LANGUAGE_ZH, N_LANGUAGES };

/* "de" and "de-AT" are German; what is none of the five, NULL and "" are English. */
enum language language_find(const char *code);
const char *language_code(enum language l);

enum phrase {
    /* values of one vehicle */
    PHRASE_VALUE,         /* attribute, vehicle, is, value */
    PHRASE_VALUE_PLAIN,   /* attribute, vehicle, value: where "is" would read badly */
    PHRASE_SEVERAL,       /* attribute, vehicle, is, least, most, list */
    PHRASE_SEVERAL_MANY,  /* attribute, vehicle, is, least, most, number */
    PHRASE_SEVERAL_TEXTS, /* attribute, vehicle, list */
    PHRASE_CONTRADICTION, /* attribute, vehicle, list */
    PHRASE_NO_UNIT,       /* attribute, vehicle, unit, list */
    PHRASE_OTHER_UNIT,    /* attribute, is, unit: one of another dimension was asked for */
    PHRASE_DESCRIBE,      /* vehicle */
    PHRASE_DESCRIBE_MORE, /* number */
    PHRASE_ASSUMED,       /* text, attribute: before the answer */
    /* comparisons */
    PHRASE_COMPARE_MORE, /* attribute, vehicle, value, difference, other, other_value */
    PHRASE_COMPARE_LESS,
    PHRASE_COMPARE_ALL_MORE, /* attribute, vehicle, value, other, other_value: in every version */
    PHRASE_COMPARE_ALL_LESS,
    PHRASE_COMPARE_EQUAL,   /* attribute, vehicle, other, value */
    PHRASE_COMPARE_OVERLAP, /* attribute, list */
    PHRASE_COMPARE_TEXTS,   /* attribute, list */
    PHRASE_COMPARE_UNITS,   /* attribute, list: of units that do not convert */
    PHRASE_COMPARE_SAME,    /* attribute, value: all of several */
    PHRASE_COMPARE_LINE,    /* attribute, list: one of many attributes */
    PHRASE_ORDER_MOST,      /* attribute: before a numbered list */
    PHRASE_ORDER_LEAST,
    /* rankings */
    PHRASE_RANK_MOST, /* attribute, vehicle, value */
    PHRASE_RANK_LEAST,
    PHRASE_RANK_TIED_MOST, /* attribute, list, value */
    PHRASE_RANK_TIED_LEAST,
    PHRASE_RANK_NTH_MOST, /* attribute, number, list, value */
    PHRASE_RANK_NTH_LEAST,
    PHRASE_RANK_LIST_MOST, /* attribute, number: before a numbered list */
    PHRASE_RANK_LIST_LEAST,
    PHRASE_AMONG,     /* number, text */
    PHRASE_AMONG_ALL, /* number */
    PHRASE_AMONG_LACKING, /* number, text, other: how many have no figure to compare */
    /* sets */
    PHRASE_LIST_ONE,           /* text: what it has to meet */
    PHRASE_LIST,               /* number, text */
    PHRASE_LIST_ALL,           /* number: no condition at all */
    PHRASE_MORE,               /* number: of those not named in the text */
    PHRASE_SAME_ENTRIES,       /* number: entries that say the same */
    PHRASE_COUNT_ONE,          /* text, list */
    PHRASE_COUNT,              /* number, text, list */
    PHRASE_COUNT_ALL,          /* number, list */
    PHRASE_COUNT_VEHICLES_ONE, /* number, text, list: in one entry */
    PHRASE_COUNT_VEHICLES, /* number, other, text, list: entries stand for several vehicles each */
    PHRASE_COUNT_MODELS_ONE, /* text, list */
    PHRASE_COUNT_MODELS,     /* number, text, list */
    PHRASE_COUNT_SHARE,      /* number, other: of how many, value: percent, text, list */
    PHRASE_AVERAGE,          /* attribute, value, number, text */
    PHRASE_MEDIAN,
    PHRASE_SUM,
    PHRASE_RANGE,      /* attribute, least, most, number, text */
    PHRASE_RANGE_SAME, /* attribute, value, number, text */
    PHRASE_LEAST,      /* attribute, value: of an aggregate */
    PHRASE_MOST,
    PHRASE_EXTREMES,       /* least, most */
    PHRASE_GROUPS_COUNT,   /* text */
    PHRASE_GROUPS_AVERAGE, /* attribute, text */
    PHRASE_GROUPS_SUM,
    PHRASE_GROUPS_LEAST,
    PHRASE_GROUPS_MOST,
    PHRASE_GROUP,       /* vehicle (the group's name), value, number */
    PHRASE_GROUP_COUNT, /* vehicle, number */
    /* yes or no */
    PHRASE_CHECK_YES, /* attribute, vehicle, is, value, text: the bound */
    PHRASE_CHECK_NO,
    PHRASE_CHECK_YES_PLAIN, /* text: a sentence */
    PHRASE_CHECK_NO_PLAIN,
    PHRASE_CHECK_DEPENDS, /* text */
    PHRASE_CHECK_NONE,    /* text: what no vehicle meets */
    /* a bound, in words: value, other_value */
    PHRASE_BOUND_EQUAL,
    PHRASE_BOUND_NOT_EQUAL,
    PHRASE_BOUND_LESS,
    PHRASE_BOUND_AT_MOST,
    PHRASE_BOUND_MORE,
    PHRASE_BOUND_AT_LEAST,
    PHRASE_BOUND_BETWEEN,
    PHRASE_BOUND_ABOUT,
    PHRASE_BOUND_NOT, /* text: what does not hold */
    /* what is not there */
    PHRASE_NO_VEHICLE,           /* vehicle */
    PHRASE_NO_YEAR,              /* vehicle */
    PHRASE_NO_YEAR_ONE,          /* vehicle, list: of one nearest year */
    PHRASE_NO_YEAR_NEAREST,      /* vehicle, list */
    PHRASE_NO_THAT_YEAR,         /* vehicle: where the year is not known here */
    PHRASE_NO_THAT_YEAR_ONE,     /* vehicle, list */
    PHRASE_NO_THAT_YEAR_NEAREST, /* vehicle, list */
    PHRASE_NO_ATTRIBUTE,         /* attribute, vehicle */
    PHRASE_NO_ATTRIBUTE_AT_ALL,  /* attribute */
    PHRASE_NO_ATTRIBUTE_OF_THOSE, /* attribute, text: the conditions */
    PHRASE_NO_MATCH,             /* text */
    PHRASE_NO_MATCH_AT_ALL,
    PHRASE_NO_TABLE,
    PHRASE_NOT_UNDERSTOOD, /* list */
    PHRASE_NOT_UNDERSTOOD_AT_ALL,
    PHRASE_WHICH_VEHICLE,
    PHRASE_WHICH_ATTRIBUTE,
    /* remarks inside brackets, behind a value */
    PHRASE_IN_DOCUMENT, /* value: as the document has it */
    PHRASE_LIMIT,       /* text: as the document has it */
    PHRASE_LIMIT_PLAIN,
    PHRASE_UNIT_UNKNOWN, /* a unit was asked for */
    PHRASE_UNIT_TAKEN,   /* unit: not stated, but shown by the figures */
    PHRASE_IMPLAUSIBLE,
    PHRASE_LOW_CONFIDENCE, /* of OCR */
    /* notes */
    PHRASE_NOTE_LEFT_OUT_ONE, /* attribute */
    PHRASE_NOTE_LEFT_OUT,     /* number, attribute */
    PHRASE_NOTE_MARKS,        /* number: values that mark a missing one */
    PHRASE_NOTE_CARRIED,
    PHRASE_NOTE_UNUSED,    /* list: words of the question */
    PHRASE_NOTE_READ,
    PHRASE_CELL,      /* a cell by the names of its row and column */
    PHRASE_CELLS,     /* before several of them */
    PHRASE_NOTE_CELL, /* what was looked for */
    PHRASE_NOTE_DOCUMENTS, /* list */
    PHRASE_NOTE_SHOWN,     /* number, other: how many of how many */
    PHRASE_NOTE_STALE,     /* list */
    /* small words */
    PHRASE_AND,   /* between the last two of a list, with its spaces */
    PHRASE_COMMA, /* between others */
    PHRASE_SEMICOLON,
    PHRASE_COLON,
    PHRASE_BRACKETS,       /* text */
    PHRASE_BRACKETS_TIGHT, /* text: behind a Chinese word there is no space */
    PHRASE_QUOTED,         /* text */
    PHRASE_YES,
    PHRASE_NO,
    PHRASE_THE_VEHICLE, /* stands for a subject without a name */
    /* headings of tables */
    PHRASE_HEAD_VEHICLE,
    PHRASE_HEAD_VERSION,
    PHRASE_HEAD_ATTRIBUTE,
    PHRASE_HEAD_VALUE,
    PHRASE_HEAD_GROUP,
    PHRASE_HEAD_NUMBER,
    PHRASE_HEAD_SOURCE,
    /* what was understood: query operations in the order of enum query_op */
    PHRASE_OP_NONE,
    PHRASE_OP_VALUE,
    PHRASE_OP_COMPARE,
    PHRASE_OP_RANK,
    PHRASE_OP_LIST,
    PHRASE_OP_COUNT,
    PHRASE_OP_AGGREGATE,
    PHRASE_OP_CHECK,
    PHRASE_OP_DESCRIBE,
    PHRASE_OP_OPEN,
    PHRASE_OP_AVERAGE,
    PHRASE_OP_MEDIAN,
    PHRASE_OP_SHARE,
    PHRASE_OP_SUM,
    PHRASE_OP_RANGE,
    PHRASE_OP_MOST,
    PHRASE_OP_LEAST,
    PHRASE_UNDERSTOOD_UNIT,  /* unit */
    PHRASE_UNDERSTOOD_TOP,   /* number */
    PHRASE_UNDERSTOOD_GROUP, /* attribute */
    PHRASE_UNDERSTOOD_ASSUMED, /* text, attribute */
    N_PHRASES
};

/* What is put in for {vehicle}, {attribute}, ... NULL is "". */
struct phrase_slots {
    const char *vehicle, *attribute, *value, *other, *other_value, *difference, *least, *most;
    const char *number, *list, *text, *unit;
    const char *is, *ranges;                       /* English: "is" or "are", "ranges" or "range" */
    const char *higher, *lower, *highest, *lowest; /* English: "higher" or "greater", ... */
};

void phrase_write(struct buffer *out, enum phrase p, enum language l,
                  const struct phrase_slots *slots);
/* A phrase without slots. */
const char *phrase_text(enum phrase p, enum language l);

/* The display name of a group of the registry ("engine"); the group's own name where there is none.
 */
const char *group_name(const char *group, enum language l);

/* Unit symbols that are words of a language: "years" is "Jahre", and "year" beside 1. */
const char *unit_word(const char *symbol, bool one, enum language l);

#endif
