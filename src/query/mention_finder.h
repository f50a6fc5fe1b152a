/* What finds the vehicles' names in a question: shared by mention.c, mention_words.c and mention_versions.c. */
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

/* ---- mention_words.c ---- */
/* Words that carry no name on their own, though some name may hold them. */
bool finder_is_common(const struct labelled *q, size_t i);
/* Whether a category of the registry begins at token i. */
bool finder_is_category(const struct labelled *q, size_t i);
/* Whether nothing but a hyphen stands before the token. */
bool finder_is_glued(const struct token *t);
/* Whether token i is a number with a unit behind it: a figure and no name. */
bool finder_is_figure(const struct finder *f, size_t i);
/* Whether token i is a unit as a whole, so that it is no maker's initials. */
bool finder_is_unit(const struct labelled *q, size_t i);
/* The records that have the word of token i in their name. *n_tokens: how many tokens that is. */
struct postings finder_word_records(struct finder *f, size_t i, size_t *n_tokens, unsigned *parts, int *make);
/* Whether a name may begin at token i: nothing else is called so. */
bool finder_is_anchor(struct finder *f, size_t i);
/* Words that link a name's parts in speech: "with the", "in the". */
bool finder_is_link(const struct labelled *q, size_t i);
/* Whether token i can belong to a name that the store does not have. first: it is right behind the name. */
bool finder_is_unknown_name(const struct finder *f, size_t i, bool first);

/* ---- mention.c ---- */
/* Sets the records of a name that begins. */
void finder_start(struct finder *f, struct postings p);
/* Takes into the mention all words to both sides that belong to its name; false: memory is out. */
bool finder_grow(struct finder *f, struct mention *m, size_t number, struct arena *arena);
/* Narrows the set by the word at i; false (set as it was) when no record is left, or none of the year that
 * was said. */
bool finder_narrow(struct finder *f, size_t i, size_t *n_tokens, unsigned *parts, int *make);

/* ---- mention_versions.c ---- */
/* "the Jogger | in 4.9 T trim", "the 1.6 T version of | the 2009 Cais": take the version into the mention. */
void finder_take_version_behind(struct finder *f, struct mention *m, size_t number);
void finder_take_version_before(struct finder *f, struct mention *m, size_t number);

/* "the P4 version of the 2018 E-85", where the version's name is a mention of its own: one vehicle. */
void finder_join_versions(struct finder *f);

/* "and the 130ch one?": versions without their model, of what the conversation is about, of the model that was
 * named before, or beside another one. False: memory is out. */
bool finder_find_in_context(struct finder *f, struct arena *arena);
bool finder_find_versions(struct finder *f, struct arena *arena);
bool finder_find_sibling(struct finder *f, struct arena *arena);

/* "4x4", "6x2": one word of three tokens; and narrowing the set to names that have it as written, where any do. */
bool finder_is_driven_wheels(const struct labelled *q, size_t i);
bool finder_narrow_by_wheels(struct finder *f, size_t i);

#endif
