/* Checks an answer against the passages it was written from: which passages it cites, whether each
 * number in it stands in a cited one, and where. */
#ifndef ANSWER_VERIFY_H
#define ANSWER_VERIFY_H

#include "base/arena.h"
#include "base/error.h"
#include "answer/prompt.h"

#include <stdbool.h>
#include <stddef.h>

/* A number in the answer, citations' own numbers left out. */
struct number_check {
    const char *text; /* "3,310": as written */
    size_t offset;    /* bytes into the answer */
    const char *unit; /* canonical unit behind it: "lb"; "" for none. Static */
    double value;
    bool supported;      /* it stands in a passage that the answer cites, in no other unit */
    bool uncited;        /* not supported, but `passage` (which is not cited) has it */
    size_t passage;      /* from 1; 0: it stands in none */
    bool in_title;       /* part of the vehicle's name: a year, the 150 of F-150 */
    const char *quote;   /* the line that it stands in; "" */
    size_t quote_offset; /* of the number: bytes into the passage's text, or title */
};

struct citation_check {
    size_t n;          /* as written in [n] */
    size_t offset;     /* of '[' in the answer, at its first mention */
    bool valid;        /* 1 <= n <= passages */
    const char *quote; /* the passage's line that bears the statement; "" */
};

struct verification {
    struct number_check *numbers;
    size_t n_numbers;
    struct citation_check *citations; /* each n once, in the order of first mention */
    size_t n_citations;
    size_t n_unsupported; /* numbers without support and citations that point nowhere */
};

/* Everything in *out lives in the arena. */
bool verify_answer(struct verification *out, const char *answer, const struct passage *passages,
                   size_t n_passages, struct arena *arena, struct error *err);

/* Whether the answer says that the passages do not hold it. */
bool answer_is_refusal(const char *answer);

#endif
