/* A question on its way from labels to a query: what read*.c share. */
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
    bool how_many, which, list, count, average, sum, range, compare, difference, rank, describe;
    bool auxiliary, explain, distinct, any, what_about, only, pronoun, who, when;
    bool vehicle_word, version_word; /* "cars", "variants": asks for things */
    bool how_many_things;            /* "how many" is followed by things, not by a measure */
    int extreme;    /* +1 most, -1 least, of the attribute as asked */
    int quality;    /* +1 best, -1 worst */
    int relative;   /* +1 more, -1 less, of two */
    int relation;   /* +1 better, -1 worse */
    size_t top;     /* "top 3" */
    int attribute_order; /* of a superlative or comparative term: "heaviest" */
    bool attribute_comparative;
    bool set_scope; /* vehicles of a kind are meant, not one */
    int to_speed;    /* "to 100 km/h": the acceleration that is meant; -1: none */
    bool first_said; /* "heaviest first" */
    size_t last_category; /* label of the last condition that is a text, and one more; 0: none */
    const double *figure; /* the number whose attribute is looked for, in the unit at hand; NULL: none */
};

/* Label i of the question, skipping words that say nothing; SIZE_MAX: none in that direction. */
size_t reading_next(const struct reading *r, size_t i);
size_t reading_before(const struct reading *r, size_t i);
bool reading_is_filler(const struct label *l);

/* A copy of the question's text of labels [first, first + n). */
const char *reading_text(struct reading *r, size_t first, size_t n);

/* ---- read_subjects.c ---- */
void read_subjects(struct reading *r);
void read_documents(struct reading *r);
/* Adds a subject for the mention; its records are narrowed by year and by how exactly they are named. */
bool subject_from_mention(struct reading *r, const struct mention *m, int year);

/* Where the question names no vehicle: the only one that there is, or the only one that has what is asked. */
void assume_only_vehicle(struct reading *r);

/* ---- read_attributes.c ---- */
/* Attributes that are asked, with their qualifiers; and the unit that is wanted. */
void read_attributes(struct reading *r);
/* The attribute that a label names, chosen among its meanings by what the records have; false: none. */
bool attribute_of_label(struct reading *r, size_t i, struct query_attribute *out, const struct term **term);
/* An attribute that is measured in the unit and that the records have: of "300 hp". */
bool attribute_of_unit(struct reading *r, const struct unit *u, struct query_attribute *out);
bool is_denominator(const struct reading *r, size_t i);
const struct unit *emission_unit(const struct reading *r, const struct unit *mass);
/* The records that attributes are looked for in: of the subjects, else NULL (all). */
const size_t *reading_scope(const struct reading *r, size_t *n);

/* ---- read_conditions.c ---- */
void read_conditions(struct reading *r);
/* Numbers and codes that one record has ("V104", a VIN) become subjects, where no vehicle is named. */
void read_identifiers(struct reading *r);

void mark_year_noun(struct reading *r, size_t i);

/* ---- follow_up.c ---- */
void read_follow_up(struct reading *r);

/* ---- understood.c ---- */
const char *query_describe(struct query *q, const struct catalog *c);

/* Copies for follow-ups. */
struct query_attribute attribute_copy(struct query *q, const struct query_attribute *a);

#endif
