/* A question as data, and what executing it gives. After query_read nothing reads the question's text
 * again: the executor, the answer and the model's prompt are made from these structs.
 */
#ifndef QUERY_QUERY_H
#define QUERY_QUERY_H

#include "base/arena.h"
#include "base/error.h"
#include "store/facts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum query_op {
    QUERY_NONE,      /* nothing to execute: see unresolved */
    QUERY_VALUE,     /* attributes of a vehicle */
    QUERY_COMPARE,   /* of two to six vehicles, which has more, by how much; or their order */
    QUERY_RANK,      /* the most or the least of an attribute among those that meet the conditions */
    QUERY_LIST,      /* all that meet the conditions */
    QUERY_COUNT,     /* how many */
    QUERY_AGGREGATE, /* average, sum, least and most */
    QUERY_CHECK,     /* yes or no */
    QUERY_DESCRIBE,  /* what is there about a vehicle */
    QUERY_OPEN,      /* prose has to be read */
};

enum aggregate { AGGREGATE_NONE, AGGREGATE_AVERAGE, AGGREGATE_SUM, AGGREGATE_RANGE, AGGREGATE_LEAST,
                 AGGREGATE_MOST, AGGREGATE_MEDIAN };

enum comparator { COMPARE_EQUAL, COMPARE_NOT_EQUAL, COMPARE_LESS, COMPARE_AT_MOST, COMPARE_MORE,
                  COMPARE_AT_LEAST, COMPARE_BETWEEN, COMPARE_ABOUT };

/* What is asked of vehicles: a registry attribute, or a column of the store by its own name. */
struct query_attribute {
    int attribute;           /* -1: own name */
    const char *name;        /* as the question says it, or the column's name */
    const char *key;         /* own name: the token key of the columns meant; "" else */
    uint64_t qualifiers;
    bool inverse;            /* asked as economy where the attribute is consumption */
};

struct query_condition {
    struct query_attribute attribute; /* attribute -1 and key "": the value alone says it (a term) */
    enum comparator comparator;
    bool number;
    double low, high;        /* high: of BETWEEN */
    const struct unit *unit; /* NULL: in the column's own unit */
    int category;            /* -1: none */
    const char *key;         /* token key of a text value; "" */
    const char *text;        /* as the question writes the condition: "under 9 L/100 km" */
    bool part;               /* cells that have the key's words among theirs: "Reno" of "Reno, NV" */
    bool or_before;          /* either it or the condition before it: "in Kassel or Fulda" */
    bool negated;
    bool said;               /* a comparator was said; else "with 300 hp", "tow two tonnes" */
    bool year;               /* of the vehicle's model year */
    int truth;               /* of a yes-or-no attribute: 1 yes, -1 no; 0: not one */
    bool marks;              /* its cells are marks of equipment: S standard, O optional, - not to be had */
    char mark;               /* 's', 'o': which of them is asked for; 0: either */
    bool unique;             /* one record alone has the text: a VIN, a stock number */
    const bool *records;     /* (records of the catalog) the vehicles that are meant, "except the X3"; NULL: none */
    bool base;               /* of a share: says of which vehicles it is the share */
    bool caption;            /* the caption, heading or document's name has the word */
};

/* A vehicle (or several of one name) that the question names: catalog records. */
struct query_subject {
    const char *name;        /* as the question writes it */
    const char *label;       /* as the store writes it: "BMW X3 M", with the year when named */
    size_t *records;         /* indices into the catalog, rising */
    size_t n_records;
    int year;                /* named; 0: none */
    bool exact;              /* the question names all of the records' names */
    const struct query_condition *only; /* NULL, or which of the records is meant: the one with this number or
                                           code, "V104"; which one it is, its cells say */
};

/* Words side by side that nothing explains, and what they may be, from where they stand. */
struct query_phrase {
    const char *text; /* NULL: there are none, or other words are not understood either */
    size_t first, n;  /* tokens of the question */
    size_t begin, end; /* its bytes */
    bool attribute, category, operation;
};

/* What such words are taken for: query/meaning.h. */
enum meaning_kind { MEANING_ATTRIBUTE, MEANING_CATEGORY, MEANING_OPERATION };
struct query_meaning {
    enum meaning_kind kind;
    const char *words; /* of the question */
    size_t first, n;   /* its tokens */
    const char *name;  /* of what they mean, in the question's language */
    struct query_attribute attribute; /* ATTRIBUTE */
    size_t column;                    /* of an own name: index into the catalog */
    int category;                     /* CATEGORY */
    int operation;                    /* OPERATION: enum word_class */
};

/* A word of the question that the row, column or headings of a cell must have (cells_execute). */
enum { QUERY_MAX_CELL_ATTRIBUTES = 4 };
struct query_cell_word {
    const char *text;
    const char *const *keys; /* (n_keys) of its tokens */
    size_t n_keys;
    bool together;           /* they stand side by side: "F8Q" */
    bool optional;           /* says nothing by itself ("new", "change"); of several cells those that have it */
    size_t side;             /* of a comparison: 1 or 2, whose name it is; 0: what is compared */
    const char *alternative; /* one word that says it as well: "ac" of "air conditioning"; NULL: none */
    int attributes[QUERY_MAX_CELL_ATTRIBUTES]; /* or the column is one of these */
    uint64_t qualifiers;     /* which of these the attribute is said with: "front" */
    size_t n_attributes;
    uint64_t dimensions;     /* or the figure is measured in one of these (enum dimension, a bit each): "torque" */
};

enum query_status {
    STATUS_FOUND,
    STATUS_SEVERAL,        /* rows differ: the range and each */
    STATUS_NOT_FOUND,      /* vehicle, year or attribute is not in the documents */
    STATUS_CONTRADICTION,  /* sources differ on one claim */
    STATUS_NOT_UNDERSTOOD, /* words are left that nothing explains */
    STATUS_OPEN,           /* no table answers it: passages have to be read */
};
const char *query_status_name(enum query_status s); /* "found", "several", "not_found", ... */

/* What exactly is missing, for STATUS_NOT_FOUND. */
enum query_missing { MISSING_NOTHING, MISSING_VEHICLE, MISSING_YEAR, MISSING_ATTRIBUTE,
                     MISSING_MATCH /* no vehicle meets the conditions */, MISSING_UNIT };

enum { QUERY_MAX_SUBJECTS = 8, QUERY_MAX_ATTRIBUTES = 8, QUERY_MAX_CONDITIONS = 12,
       QUERY_MAX_UNRESOLVED = 8, QUERY_MAX_YEARS = 8, QUERY_MAX_ASSUMED = 3 };

struct query {
    struct arena arena; /* owns the strings */
    const char *text;
    const char *language; /* of the question: "en", "de", "fr", "es", "zh" */
    enum query_op op;
    struct query_subject subjects[QUERY_MAX_SUBJECTS];
    size_t n_subjects;
    struct query_attribute attributes[QUERY_MAX_ATTRIBUTES];
    size_t n_attributes;
    const struct unit *unit; /* wanted; NULL: as the source writes it */
    bool unit_exact;         /* "US mpg": not the imperial one that the source may have */
    uint64_t loose_qualifiers; /* "and on the highway?": qualifiers without an attribute */
    struct query_condition where[QUERY_MAX_CONDITIONS];
    size_t n_where;
    const bool *allowed;     /* (records of the catalog) by a filter of the caller's; NULL: all */
    size_t *documents;       /* restricted to these (indices into the catalog); NULL: all */
    size_t n_documents;
    enum aggregate aggregate;
    int order;               /* +1: most first, -1: least first; 0: none */
    size_t limit;            /* of RANK: how many; 0: one */
    size_t nth;              /* of RANK: which value in the order, 2: the second; 0: the first */
    bool by_how_much;
    bool percent;            /* COMPARE: the difference in percent of the other's figure as well */
    bool share;              /* COUNT: in percent of those that meet the conditions of `base` */
    bool distinct;           /* COUNT: different models, not rows */
    bool carried;            /* parts come from an earlier turn of the conversation */
    struct query_attribute group; /* "average price by make"; see grouped */
    bool grouped;
    bool refers;             /* "how heavy is it?": one vehicle of the turn before is meant */
    struct query_subject *winners; /* of RANK, once query_read_turn has executed it for such a question */
    size_t n_winners;
    const char *unresolved[QUERY_MAX_UNRESOLVED];
    size_t n_unresolved;
    const char *unused[QUERY_MAX_UNRESOLVED]; /* words that were not understood and by their place say nothing */
    size_t n_unused;
    struct query_phrase unknown; /* of the unresolved words, where a name of the store may be meant */
    struct query_meaning assumed[QUERY_MAX_ASSUMED]; /* words that somebody else explained */
    size_t n_assumed;
    const char **terms;      /* the question's content words, for search in prose */
    size_t n_terms;
    struct query_cell_word *cell_words; /* n_cell_words 0: not a question for one cell */
    size_t n_cell_words;
    const struct unit *cell_unit; /* of them, the unit that is wanted: not "an MJ gearbox"; NULL: any */
    bool cell_figure;        /* a figure is asked for, not a text */
    bool cells_compared;     /* two cells are compared, each with the words of its side */
    bool cell_anywhere;      /* the documents that the question names are among the words */
    enum query_missing missing;  /* what could not be resolved to the store */
    const char *missing_name;    /* "Dacia Logan MCV" */
    int years_near[2];           /* of MISSING_YEAR; 0: none */
    const char *understood;      /* "value: combined fuel consumption of 2022 Kia Telluride AWD" */
};

/* Reads a question. `previous` (NULL: none) is the query of the turn before: a follow-up takes over
 * what it does not say itself. Never fails for what it does not understand: that is in the query. */
struct word_index; /* query/word_index.h: the catalog's words, indexed */
bool query_read(struct query *out, const struct word_index *v, const char *question,
                const struct query *previous, struct error *err);
void query_free(struct query *q);
/* As query_read; where the question refers to the vehicle that the ranking before it gave, `previous` is executed. */
bool query_read_turn(struct query *out, const struct word_index *v, struct store *store, const char *question,
                     struct query *previous, struct error *err);

/* One value of one vehicle, with its cell. */
struct result_row {
    size_t record;           /* index into the catalog */
    size_t column;           /* index into the catalog */
    size_t subject;          /* which subject of the query; SIZE_MAX: none */
    size_t attribute;        /* which of the query's attributes; SIZE_MAX: a condition's value */
    struct fact_row fact;
    double low, high;        /* in `unit` */
    const struct unit *unit; /* as answered: the wanted one, or the fact's */
    bool converted;          /* low and high are computed from the fact's unit */
    const char *variant;     /* what tells this row from the others of its subject: "Manual 6-spd"; "" */
    bool best;               /* of a comparison or ranking; least and most of an aggregate */
    size_t condition;        /* attribute SIZE_MAX: which condition's value it is */
    bool name_only;          /* the value was not asked: it gives the vehicle a cell to cite */
};

/* Of a grouped aggregate or count. */
struct result_group {
    const char *name;
    double number;
    size_t n; /* rows that it is made of */
};

struct result {
    struct arena arena;
    enum query_status status;
    enum query_missing missing;
    const char *missing_name;
    struct result_row *rows;
    size_t n_rows;
    size_t n_matches;        /* vehicles that met the conditions; more than rows when cut */
    size_t n_base;           /* of a share: vehicles that it is the share of */
    double number, number_high; /* COUNT, AGGREGATE, difference of a COMPARE; range: both */
    const struct unit *number_unit;
    bool has_difference;     /* COMPARE of two: number is it */
    size_t winner;           /* COMPARE: the subject with most (or least) of the attribute, if rows say best */
    size_t missing_subject;  /* COMPARE, MISSING_ATTRIBUTE: which subject has no figure */
    double least, most;      /* AGGREGATE */
    size_t least_row, most_row;
    size_t n_counted;        /* values that an aggregate is made of */
    size_t n_left_out;       /* rows without the value, or with one that is no figure */
    int verdict;             /* CHECK: 1 yes, 0 no, -1 differs between rows */
    struct result_group *groups; /* by number, most first */
    size_t n_groups;
    bool by_words;           /* the rows were found by cells_execute */
    bool subject_names;      /* they are named as the question does: the cells tell more than the vehicle's name */
};

bool query_execute(struct result *out, const struct query *q, const struct catalog *c,
                   struct store *store, struct error *err);
/* Gives the row's figures in the wanted unit, where `have`, theirs, converts to it. False: it does not, and
 * nothing is changed. */
bool result_row_convert(struct result_row *row, const struct unit *have, const struct unit *want);
/* For a question that nothing understood, or whose attribute or vehicle is not known: the cells whose
 * row, column and headings have all of its words, where there are few. *r is replaced then. */
bool cells_execute(struct result *r, const struct query *q, const struct catalog *c, struct store *store,
                   struct error *err);
/* Where the rows of documents with pages are seen: their page and boxes, and the page in front of
 * their place. Of more than RESULT_MAX_LOCATED rows the first. */
enum { RESULT_MAX_LOCATED = 500 };
bool result_locate(struct result *r, const struct catalog *c, struct store *store, struct error *err);
void result_free(struct result *r);

#endif
