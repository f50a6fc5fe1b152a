/* Which of the passages at hand are about the vehicles that a question names: their names (title,
 * or first line where the title has none) are compared with the question word by word. A small
 * model then reads only what it is asked about, one vehicle at a time; that a vehicle is not there
 * at all is seen here, not guessed by the model. No store is needed: it also serves passages given
 * by hand.
 */
#ifndef ANSWER_FOCUS_H
#define ANSWER_FOCUS_H

#include "base/arena.h"
#include "base/error.h"
#include "answer/prompt.h"

#include <stddef.h>

enum { FOCUS_MAX_GROUPS = 3 };

/* The passages about one vehicle of the question. */
struct focus_group {
    const size_t *passages; /* (n) indices, rising; n may be 0 when `missing` is set */
    size_t n;
    const char *name;    /* the vehicle in the question's own words */
    const char *missing; /* a word of the name that none of the passages has; NULL: none */
};

struct focus {
    struct focus_group groups[FOCUS_MAX_GROUPS]; /* in the order of the question */
    size_t n; /* 0: the question names no vehicle that a passage has; 2 and more: it compares */
};

/* Everything in *out lives in the arena. */
bool focus_passages(struct focus *out, const char *question, const struct passage *passages,
                    size_t n_passages, struct arena *arena, struct error *err);

#endif
