/* Whether a span of prose may be stated as the value of one attribute of one vehicle. A model (or a
 * rule) proposes the span; here it is bound by what the sentence says: the vehicle, the attribute's
 * name, the unit's dimension, and that the figure is none of another vehicle, another attribute, a
 * difference, a plan or a denial.
 */
#ifndef ANSWER_VALUE_BIND_H
#define ANSWER_VALUE_BIND_H

#include "base/arena.h"
#include "ingest/prose_facts.h"
#include "ingest/prose_subject.h"
#include "query/query.h"
#include "store/facts.h"
#include "store/store.h"

enum { BIND_MAX_SENTENCES = 24, BIND_MAX_WORDS = 12, BIND_MAX_SPAN = 160 };

/* What is looked for. */
struct bind_target {
    int attribute;           /* of the registry; -1: by its words alone */
    uint64_t qualifiers;
    struct token words[BIND_MAX_WORDS]; /* that the sentence must have */
    size_t n_words;
    struct token names[BIND_MAX_WORDS]; /* of the vehicle, without its year */
    size_t n_names;
    int year; /* asked for; 0: none */
};

/* Fills the names from the vehicle as the question or the store writes it. */
void bind_target_vehicle(struct bind_target *t, const char *label, int year);
/* The words that name the attribute, where the registry does not know it. Small words and those of the
 * vehicle's name, which is filled in before, are left out; false: nothing is left, or there are too
 * many. */
bool bind_target_words(struct bind_target *t, const char *words);

struct binder; /* buffers and word tables, for any number of passages */
struct binder *binder_create(struct error *err);
void binder_free(struct binder *b);
/* Of the passages that come: "de" writes 1.234,5 unless their figures show else. */
void binder_set_language(struct binder *b, const char *language);

/* A sentence (or line) of the passage's text that speaks of the vehicle and names the attribute. */
struct bind_sentence {
    size_t begin, len; /* bytes of the passage's text */
};

/* At most BIND_MAX_SENTENCES, into out; returns their number. */
size_t bind_sentences(struct binder *b, const struct hit *passage, const struct bind_target *t,
                      struct bind_sentence *out);

/* The span text[begin, begin + len), which lies in `sentence`, as the target's value. False: it is
 * not stated to be. Sets kind, low, high, unit, text and len (slices of the passage), category,
 * bound and implausible of *out; *qualifiers: those that the sentence gives it. */
bool bind_value(struct binder *b, const struct hit *passage, const struct bind_target *t,
                const struct bind_sentence *sentence, size_t begin, size_t len,
                struct fact_value *out, uint64_t *qualifiers);

#endif
