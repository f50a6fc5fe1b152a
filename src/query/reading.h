/* A question on its way from labels to a query: what read*.c share, in the order in which read.c calls it. */
#ifndef QUERY_READING_H
#define QUERY_READING_H

#include "query/columns.h"
#include "query/label.h"
#include "query/query.h"

struct reading {
    struct query *q;
    struct labelled *l;
    const struct word_index *v;
    const struct catalog *c;
    const struct query *previous; /* NULL: none */
    struct error *err;
    bool failed; /* memory is out; *err is filled */

    /* What the words of operations say, gathered once. */
    bool how_many, which, list, count, average, median, sum, range, compare, difference, rank, describe;
    bool auxiliary, explain, distinct, any, what_about, only, pronoun, who, when;
    size_t cars; /* the label of "cars" and one, where it is no condition by itself; 0: none */
    bool vehicle_word, version_word; /* "cars", "variants": asks for things */
    bool how_many_things;            /* "how many" is followed by things, not by a measure */
    bool total;     /* a sum is said by a word of its own ("in total", "A plus B"), which is no part of a name */
    int extreme;    /* +1 most, -1 least, of the attribute as asked */
    int quality;    /* +1 best, -1 worst */
    int relative;   /* +1 more, -1 less, of two */
    int relation;   /* +1 better, -1 worse */
    size_t top;     /* "top 3" */
    bool percent;   /* of two vehicles the difference in percent is asked */
    size_t share;   /* the label of "percentage of" and one; 0: none */
    bool stock;     /* how many are in stock is asked */
    bool stock_said; /* "in stock" was read as such */
    size_t nth;     /* "second cheapest": 2; 0: none */
    int attribute_order; /* of a superlative or comparative term: "heaviest" */
    bool attribute_comparative;
    bool set_scope; /* vehicles of a kind are meant, not one */
    size_t n_named;      /* records that the first subject's name alone has */
    size_t version_said; /* label of an unknown word that named the version, and one more; 0: none */
    bool pooled;    /* those of several makers together */
    int to_speed;    /* "to 100 km/h": the acceleration that is meant; -1: none */
    bool first_said; /* "heaviest first" */
    size_t last_category; /* label of the last condition that is a text, and one more; 0: none */
    size_t condition_at[QUERY_MAX_CONDITIONS]; /* label of each condition while conditions are read; SIZE_MAX: none */
    const double *figure; /* the number whose attribute is looked for, in the unit at hand; NULL: none */
};

/* Label i of the question, skipping words that say nothing; SIZE_MAX: none in that direction. */
size_t reading_next(const struct reading *r, size_t i);
size_t reading_before(const struct reading *r, size_t i);
bool reading_is_filler(const struct label *l);

/* A copy of the question's text of labels [first, first + n). */
const char *reading_text(struct reading *r, size_t first, size_t n);

/* ---- read_operation_words.c ---- */
/* Gathers what the words of operations say. */
void read_operation_words(struct reading *r);
/* Sets set_scope: whether vehicles of a kind are meant or one vehicle. */
void read_set_scope(struct reading *r);

/* ---- read_subjects.c ---- */
/* Years apart from a name are given to the mention that they belong to. */
void read_mention_years(struct reading *r);
void read_subjects(struct reading *r);
/* Numbers and codes that one record has ("V104", a VIN) become subjects, where no vehicle is named. */
void read_identifiers(struct reading *r);
void read_documents(struct reading *r);
/* Adds a subject for the mention; its records are narrowed by year and by how exactly they are named. */
bool subject_from_mention(struct reading *r, const struct mention *m, int year);

/* Where the records that a name fits best have nothing of what is asked, those of the same model that have it:
 * "price of the Fit", which one document gives for the Fit LX alone. */
void widen_subject(struct reading *r);

/* Where the question names no vehicle: the only one that there is, or the only one that has what is asked. */
void assume_only_vehicle(struct reading *r);

/* ---- attribute_meaning.c ---- */
/* The records that attributes are looked for in: of the subjects, else NULL (all). */
const size_t *reading_scope(const struct reading *r, size_t *n);
/* Whether the records in scope have the attribute, or a document of the question. */
bool attribute_in_scope(const struct reading *r, const struct query_attribute *a);
/* The attribute that a label names, chosen among its meanings by what the records have; false: none. */
bool attribute_of_label(struct reading *r, size_t i, struct query_attribute *out, const struct term **term);
/* An attribute that is measured in the unit and that the records have: of "300 hp". */
bool attribute_of_unit(struct reading *r, const struct unit *u, struct query_attribute *out);
/* Whether the attribute is the engine itself, as a text. */
bool attribute_is_engine(int attribute);
/* How many of the question's words stand in the column's name. */
size_t reading_shared_words(const struct reading *r, const struct catalog_column *col);
/* A copy for follow-ups. */
struct query_attribute attribute_copy(struct query *q, const struct query_attribute *a);

/* ---- read_conditions.c ---- */
void read_conditions(struct reading *r);
/* An empty condition that is added to the query; NULL: it has no room. */
struct query_condition *condition_new(struct reading *r);
/* Whether label i names an attribute or a column. */
bool reading_is_attribute(const struct reading *r, size_t i);

/* ---- denials.c ---- */
/* Whether label i is denied. *first: the token that the denial begins with, where there is one. */
bool reading_negated_before(struct reading *r, size_t i, size_t *first);
/* The same, where label `over` may stand between. */
bool reading_negated_over(struct reading *r, size_t i, size_t over, size_t *first);
/* Whether label i, a denial, only opens the question: "Isn't the X3 heavier?" */
bool reading_opens(const struct reading *r, size_t i);
/* Whether the last condition, of label i, is denied with the one before it: "neither A nor B", "without A or B". */
bool reading_denied_as_before(const struct reading *r, size_t i);
/* Denials that no condition has taken are not understood, nor is "or" between conditions that are no alternatives. */
void refuse_lost_denials(struct reading *r);
void refuse_lost_alternatives(struct reading *r);

/* ---- read_numbers.c ---- */
/* Label i, a number: a condition, or how many are asked for ("top 3"). */
void read_number_condition(struct reading *r, size_t i);
/* Label i, a year: a condition. */
void read_year_condition(struct reading *r, size_t i);
/* "model year" before the year at label i is used with it. */
void mark_year_noun(struct reading *r, size_t i);

/* ---- read_categories.c ---- */
/* Label i, a term or a value: a condition where it is a category or a text of cells. */
void read_category_condition(struct reading *r, size_t i);
void read_cars(struct reading *r);

/* ---- read_units.c ---- */
/* The unit that is wanted. */
void read_unit(struct reading *r);
/* Whether label i is part of what is measured: "per mile". */
bool is_denominator(const struct reading *r, size_t i);
/* The unit of emission that a mass stands for: "grams" of "grams per km"; NULL: none. */
const struct unit *emission_unit(const struct reading *r, const struct unit *mass);
/* Whether people name dimension a by a unit of b. */
bool reading_related_dimensions(enum dimension a, enum dimension b);
/* Whether a column in this unit's dimension is called by a word of the question. */
bool reading_unit_shares_word(const struct reading *r, const struct unit *u);

/* ---- read_attributes.c ---- */
/* Attributes that are asked, with their qualifiers; and the unit that is wanted. */
void read_attributes(struct reading *r);

/* ---- read_operation.c ---- */
/* What figures are computed by: "average price by make". */
void read_group(struct reading *r);
/* The operation and its order, from all that was read before. */
void read_operation(struct reading *r);

/* ---- narrow.c ---- */
/* "The 250 with the 6.2L V8": two mentions of one vehicle become one, where a record has both. */
void join_versions(struct reading *r);
/* Words of a version's name, apart from the vehicle's, narrow the only subject. */
void read_version_words(struct reading *r);
/* After the operation: where nothing is asked, such a word may be what is. */
void check_version_words(struct reading *r);

/* ---- generations.c ---- */
/* "Mk I", "first-generation", "original": narrows the only subject to it, or the question is not understood. */
void read_generation(struct reading *r);

/* ---- exclusions.c ---- */
/* "except the Sedra", "not a Volvo": a condition that those are left out. */
void read_exclusions(struct reading *r);

/* ---- stock.c ---- */
/* "in stock", "out of stock": a condition on the column that says how many there are, or its sum. */
void read_stock(struct reading *r);
/* After the operation: "in stock" without such a column, and "how many were made", are no count of rows. */
void apply_stock(struct reading *r);

/* ---- ordinals.c ---- */
/* "second cheapest", "deuxième plus cher": which place in the order is asked for. */
void read_ordinal(struct reading *r);
/* After the operation: a place that nothing has taken is not understood. */
void apply_ordinal(struct reading *r);

/* ---- unknown_operations.c ---- */
/* Words of operations that are not known, and of such that the query at hand is not: they are not understood. */
void read_unknown_operations(struct reading *r);
/* "In percent" beside two vehicles: their difference is wanted so. */
void read_percent(struct reading *r);
/* Says that tokens [first, first + n) are not understood, and that nothing is executed. */
void reading_refuse(struct reading *r, size_t first, size_t n);
/* How many tokens from i on are one of the phrases, which '|' separates: of the longest; 0: none. */
size_t reading_phrase(const struct reading *r, size_t i, const char *phrases);

/* ---- asking_words.c ---- */
/* "How long", "how much fuel": labelled as what the verb behind them makes of them. */
void read_asking_words(struct reading *r);

/* ---- harmless_words.c ---- */
/* Unknown words that by their place cannot change what is asked are put aside, in q->unused. */
void read_harmless_words(struct reading *r);
/* After the operation: of lists, counts and rankings they are not understood all the same. */
void check_harmless_words(struct reading *r);

/* ---- unknown_phrase.c ---- */
/* Whether nothing has explained label i. */
bool reading_is_unresolved(const struct reading *r, size_t i);
/* Puts the meanings in place of their words' labels. */
void read_meanings(struct reading *r, const struct query_meaning *meanings, size_t n);
/* After all else: the unresolved words as one phrase that may be looked up otherwise. */
void find_unknown_phrase(struct reading *r);

/* ---- cell_words.c ---- */
/* The words by which a cell may be looked up. */
void find_cell_words(struct reading *r);

/* ---- follow_up.c ---- */
void read_follow_up(struct reading *r);

/* ---- understood.c ---- */
const char *query_describe(struct query *q, const struct catalog *c);

#endif
