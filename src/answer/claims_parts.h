/* What the files of the check of claims share. */
#ifndef ANSWER_CLAIMS_PARTS_H
#define ANSWER_CLAIMS_PARTS_H

#include "answer/claims.h"
#include "ingest/sentence.h"
#include "query/label.h"
#include "query/reading.h"
#include "vehicle/value.h"

enum { SENTENCE_MAX = 4000, SENTENCE_MAX_PARTS = 64 };

/* One sentence at work. */
struct claim_reader {
    struct claims *out;
    const struct word_index *words;
    const struct catalog *c;
    struct store *store;
    struct error *err;
    struct labelled *l; /* of the sentence */
    struct query *q; /* subjects that its mentions mean; its arena lives as long as the sentence */
    const char *language; /* of the text */
    const char *sentence; /* NUL-terminated */
    size_t offset, len;   /* of it in the text */
    struct clause_mark marks[QUESTION_MAX_TOKENS];
    bool counts_vehicles; /* "14 cars meet this": its figures are of none of them */
    struct value_part parts[SENTENCE_MAX_PARTS];
    size_t part_token[SENTENCE_MAX_PARTS]; /* SIZE_MAX: is no claim */
    size_t n_parts;
    struct {
        size_t subject; /* of q; SIZE_MAX: see missing */
        enum claim_missing missing;
        enum claim_status status;
        const char *name;
        int year;
        bool ignored; /* ordinary words that were read as a name */
    } mentions[QUESTION_MAX_MENTIONS];
    /* What the text was about before: "It has ..." */
    size_t *carried;
    size_t n_carried;
    const char *carried_name;
    int carried_year;
    /* "By weight, heaviest first:" says what the lines behind it are about. */
    struct query_attribute carried_attributes[QUERY_MAX_ATTRIBUTES];
    size_t n_carried_attributes;
    bool failed;
};

/* What a figure is claimed of. */
struct claim_draft {
    size_t part;
    size_t subjects[QUERY_MAX_SUBJECTS]; /* each is claimed to have it; SIZE_MAX: the one before */
    size_t n_subjects;
    size_t other; /* mention that it is a difference to; SIZE_MAX: none */
    bool many;    /* an average, a count: of no single vehicle */
    bool attribute_known;
    struct query_attribute attribute;
    enum comparator comparator;
};

/* claims_read.c: which parts are claims, and of what. */
bool mention_is_words(const struct labelled *l, const struct mention *m);
void carry_attributes(struct claim_reader *r);
bool draft_make(struct claim_reader *r, size_t part, struct claim_draft *out);
bool claim_part_counts(struct claim_reader *r, size_t part);
bool sentence_counts_vehicles(const struct claim_reader *r);
size_t label_of_token(const struct labelled *l, size_t token);

/* claims_bind.c: looks the draft up; appends claims. */
bool draft_bind(struct claim_reader *r, const struct claim_draft *d);

#endif
