/* What a question asks about: the vehicles it names, as far as the store (or the list of
 * manufacturers) knows them, whether it compares them, and the words to search for. No model is
 * used for it. */
#ifndef QUERY_UNDERSTAND_H
#define QUERY_UNDERSTAND_H

#include "base/arena.h"
#include "base/error.h"
#include "store/store.h"
#include "vehicle/vehicle.h"

#include <stdbool.h>
#include <stddef.h>

/* A vehicle that the question names. Fields that it does not name are "" and 0. */
struct mention {
    struct vehicle vehicle; /* as the store spells it */
    const char *manufacturer_key, *model_key,
        *trim_key;     /* for store searches; "" where not named */
    bool model_prefix; /* the question names the start of the model ("Silverado") */
    bool unknown;      /* the store has no such manufacturer */
    bool year_missing; /* the store has the model, but not of the year named */
    int years_near[2]; /* then: nearest years that it has, 0 where there is none */
    size_t begin, end; /* bytes of the question */
};

enum comparison {
    COMPARE_NONE,
    COMPARE_SHOW,  /* "compare", "X vs Y", "difference" */
    COMPARE_MORE,  /* "which has more", "heavier", "more expensive" */
    COMPARE_LESS,  /* "cheaper", "lighter", "less" */
    COMPARE_FASTER /* more of a speed, less of a time */
};

enum { QUESTION_MAX_MENTIONS = 6 };

struct question {
    struct arena arena; /* owns the strings */
    const char *text;
    struct mention mentions[QUESTION_MAX_MENTIONS];
    size_t n_mentions;
    enum comparison comparison; /* NONE unless two or more vehicles are named */
    const char **terms;         /* words to search for, without those of the vehicles and without
                                   "what", "is" ..., with synonyms of the attributes asked about */
    size_t n_terms;
};

enum { QUESTION_MAX_BYTES = 1 << 16 };

/* Whether a text is fit to be a question: not empty, not too long, UTF-8 without NUL bytes. */
bool question_check(const char *text, size_t len, struct error *err);

bool question_understand(struct question *q, struct store *store, const char *text,
                         struct error *err);
void question_free(struct question *q);

#endif
