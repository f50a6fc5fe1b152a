/* Each word of a question, labelled once: as part of a vehicle's name, an attribute, a value of the
 * store, a number with its unit, an operation, or as a word that nothing explains.
 */
#ifndef QUERY_LABEL_H
#define QUERY_LABEL_H

#include "query/lexicon.h"
#include "query/word_index.h"
#include "vehicle/registry.h"
#include "vehicle/unit.h"

enum label_kind {
    LABEL_UNKNOWN, /* a word that nothing explains */
    LABEL_WORD,    /* of the lexicon */
    LABEL_TERM,    /* of the registry: attribute, qualifier, category, make */
    LABEL_COLUMN,  /* a column of the store by its own name */
    LABEL_VALUE,   /* a text that cells of the store hold */
    LABEL_NUMBER,  /* with or without a unit */
    LABEL_UNIT,    /* a unit alone: "in kW" */
    LABEL_YEAR,
    LABEL_MENTION, /* a vehicle's name: see mentions */
    LABEL_DOCUMENT, /* a document's name: "the EV data" */
    LABEL_SIGN,    /* <, >, = */
};

struct label {
    enum label_kind kind;
    size_t first, n; /* tokens */
    const struct term *terms; /* TERM */
    size_t n_terms;
    struct word words[WORD_MAX_MEANINGS]; /* WORD; for other kinds what the lexicon says as well */
    size_t n_words;
    const uint32_t *ids; /* COLUMN: columns; VALUE: terms; of the catalog */
    size_t n_ids;
    double number;
    const struct unit *unit; /* NUMBER, UNIT */
    int year;
    size_t mention;
    bool part;   /* VALUE: the cells of ids have it as a part between commas: "Reno" of "Reno, NV" */
    bool engine; /* NUMBER: "V8", cylinders */
    bool money;  /* NUMBER: "35 grand", an amount in whatever currency */
    bool used; /* explained by the query that is made of it */
};

/* A name in the question. */
struct mention {
    size_t first, n;          /* tokens; years inside or beside it are not counted */
    uint32_t *records;        /* that have all its words, rising; arena */
    size_t n_records;
    int year;                 /* beside it: "2022 Kia Carnival"; 0 */
    bool make_only;           /* it names a manufacturer and nothing else */
    bool plural;              /* "Volvos" */
    bool alone_make;          /* as make_only, and the store does not have that manufacturer */
    int make;                 /* index into MAKES; -1 */
    size_t unknown_first, unknown_n; /* words right behind it that belong to the name and that the
                                        store does not have; unknown_n 0: none */
    bool only_context;        /* its vehicles are named by other mentions */
    bool excluded;            /* "except the X3": a condition leaves its vehicles out */
    bool corrected;           /* a spelling mistake was read as the store's word */
};

enum { QUESTION_MAX_TOKENS = 400, QUESTION_MAX_LABELS = 400, QUESTION_MAX_MENTIONS = 8 };

struct labelled {
    const char *text;
    struct token tokens[QUESTION_MAX_TOKENS + 2]; /* two more that are empty */
    size_t n_tokens;
    struct label labels[QUESTION_MAX_LABELS]; /* in order, without gaps */
    size_t n_labels;
    struct mention mentions[QUESTION_MAX_MENTIONS];
    size_t n_mentions;
    size_t language; /* index into LEXICON_LANGUAGES */
};

/* `context` (n_context may be 0): records that the conversation is about; words of their names need
 * no manufacturer ("the 130ch one"). */
bool label_question(struct labelled *out, const struct word_index *v, const char *text,
                    const size_t *context, size_t n_context, struct arena *arena,
                    struct error *err);

/* A label of n tokens from first on, added to the others. */
struct label *label_new(struct labelled *q, enum label_kind kind, size_t first, size_t n);

/* ---- label_language.c ---- */
/* Whether the label may mean the class. */
bool label_is(const struct label *l, enum word_class class);
/* What the lexicon says of token i, in the question's language; how many meanings. */
size_t label_words_of(const struct labelled *q, size_t i, struct word *out);
/* Whether token i is a capital word that means something in other languages only. */
bool label_is_foreign_word(const struct labelled *q, size_t i);
/* The language that all the tokens say, names as well; an index into LEXICON_LANGUAGES. */
size_t label_find_language(const struct labelled *q);
/* The language that the labels say which are no names and no codes. */
size_t label_words_language(const struct labelled *q);
/* Leaves out the meanings of a phrase in other languages, where it has one in the question's. */
void label_keep_language(const struct labelled *q, const struct term **terms, size_t *n);

/* ---- label_spelling.c ---- */
/* Reads words that nothing knows as the known word that they misspell. */
void label_correct_spelling(struct labelled *q, const struct word_index *v);
/* registry_match, with English endings of a single word taken off where it is none as it stands. */
size_t label_match_inflected(const struct token *t, size_t room, const struct term **terms, size_t *n);

/* ---- label_numbers.c ---- */
/* The year that the token t[i] writes ("2022", "'22"); 0: none. */
int token_year(const struct labelled *q, size_t i);
/* Labels the number at token i with its unit; false: none stands there. */
bool label_number(struct labelled *q, size_t i, const unsigned char *taken);
/* Labels the number in several words at token i; false: none stands there. */
bool label_number_phrase(struct labelled *q, size_t i, const unsigned char *taken);
/* Labels the number in words at token i that counts something; false: none stands there. */
bool label_number_word(struct labelled *q, size_t i, const unsigned char *taken);
/* How many tokens from i on are a unit without a number; 0: none. */
size_t label_unit_run(const struct labelled *q, size_t i, const struct unit **unit);

/* ---- number_words.c ---- */
/* Whether the word is a number or a part of one that the lexicon lacks: "hundred", "twenty", "half". */
bool label_is_number_word(const char *key);
/* How many tokens from i on are a number in several words ("two and a half", "35 grand") or in one that the lexicon
 * lacks, and its value; 0: none. *money: it is an amount of money. */
size_t label_number_run(const struct labelled *q, size_t i, const unsigned char *taken, double *value, bool *money);

/* ---- mention.c ---- */
/* Finds the mentions of out->tokens. taken (out->n_tokens) is set to mention + 1 for tokens that belong
 * to one. */
bool mentions_find(struct labelled *out, const struct word_index *v, const size_t *context,
                   size_t n_context, unsigned char *taken, struct arena *arena, struct error *err);

/* ---- mention_words.c ---- */
/* "V6", "I4" at t[0, 2): cylinders, no vehicle. */
bool is_engine_code(const struct token *t);

#endif
