/* What finds the vehicles' names in a question: shared by mention.c and mention_versions.c. */
#ifndef QUERY_MENTION_FINDER_H
#define QUERY_MENTION_FINDER_H

#include "query/label.h"

struct finder {
    struct labelled *q;
    const struct word_index *v;
    unsigned char *taken;
    const size_t *context;
    size_t n_context;
    uint32_t *set, *spare; /* room for all records */
    int year; /* of the mention at hand */
    bool flip;
    uint32_t *joined[3];   /* for words that are a maker's and stand in names as well */
    size_t n_set;
};

/* What the lexicon says of one word, in the question's language. */
size_t finder_words_of(const struct labelled *q, size_t i, struct word *out);

/* Narrows the set by the word at i; false (set as it was) when no record is left, or none of the year that
 * was said. */
bool finder_narrow(struct finder *f, size_t i, size_t *n_tokens, unsigned *parts, int *make);

/* Words that link a name's parts in speech: "with the", "in the". */
bool finder_is_link(const struct labelled *q, size_t i);

/* "the Jogger | in 4.9 T trim", "the 1.6 T version of | the 2009 Cais": take the version into the mention. */
void finder_take_version_behind(struct finder *f, struct mention *m, size_t number);
void finder_take_version_before(struct finder *f, struct mention *m, size_t number);

/* "the P4 version of the 2018 E-85", where the version's name is a mention of its own: one vehicle. */
void finder_join_versions(struct finder *f);

/* "4x4", "6x2": one word of three tokens; and narrowing the set to names that have it as written, where any do. */
bool finder_is_driven_wheels(const struct labelled *q, size_t i);
bool finder_narrow_by_wheels(struct finder *f, size_t i);

#endif
