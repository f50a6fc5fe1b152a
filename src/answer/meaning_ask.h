/* What words mean that nothing explains, asked of a language model. It is held to the names of a list and "none of
 * these" while it writes, once with the list in its order and once in the other; what counts is how likely it takes
 * each of them. Only a name that is far ahead of all others, "none" included, both times, is a choice: a model that
 * goes by a name's place in the list, or does not know, chooses nothing. And it must be the words that it goes by: the
 * same is asked with a word that means nothing in their place, and a model that does not say "none of these" then
 * chooses nothing either. */
#ifndef ANSWER_MEANING_ASK_H
#define ANSWER_MEANING_ASK_H

#include "answer/generator.h"
#include "query/meaning.h"

/* The choice is at least exp(3), twenty times, as likely as any other: bench/NOTES.md, "Words that nothing explains". */
#define MEANING_MARGIN 3.0

struct meaning_choice {
    size_t first;  /* what is likeliest with the list in its order; the list's length: none of them */
    size_t second; /* and in the other order */
    bool told_nonsense; /* "none of these" was said of a word that means nothing, both times; asked last */
    double margin; /* natural logarithm of how much likelier it is than the next, the lesser of both */
    struct generate_result usage; /* of both, added up */
};

/* Asks what q->unknown means; SIZE_MAX for what is not known (cancelled). The list's names have no '"'. False with an error of the model's,
 * ERROR_UNSUPPORTED when it cannot be held to a list, ERROR_USAGE when the list is too long for its context. */
bool meaning_ask(struct meaning_choice *out, const struct generator *g, const struct query *q,
                 const struct meanings *list, const atomic_bool *cancel, struct error *err);

/* The number of the name that was chosen; SIZE_MAX: none was. */
size_t meaning_chosen(const struct meaning_choice *choice, const struct meanings *list, double margin);

#endif
