/* "Which of the Toyotas has the most horsepower?": a question for the first of many vehicles by one
 * figure. It is taken apart here, without a model; ranking.h answers it from the facts. */
#ifndef QUERY_SUPERLATIVE_H
#define QUERY_SUPERLATIVE_H

#include "vehicle/attribute.h"
#include "store/store.h"
#include "query/understand.h"

enum superlative_order { ORDER_MOST, ORDER_LEAST, ORDER_BEST, ORDER_FASTEST, ORDER_SLOWEST };

enum { SUPERLATIVE_MAX_KINDS = 4 };

struct superlative {
    bool asked; /* false: the question is of another kind, or has words that are not understood */
    enum superlative_order order;
    struct attribute_set attributes; /* all of one place in `words` */
    const char *attribute;           /* the name in the question: "horsepower" */
    const char *words;               /* the question's, as attribute.h reads them */
    int year_from, year_to;          /* model years, both included; 0: open */
    struct superlative_kind {
        enum metadata_field field; /* category, engine type or transmission */
        const char *word;          /* one of its words: "suv"; "pickup" where it asks for a truck */
    } kinds[SUPERLATIVE_MAX_KINDS];
    size_t n_kinds;
};

/* Strings live in the arena. */
bool superlative_understand(struct superlative *out, const struct question *q, struct store *store,
                            struct arena *arena, struct error *err);

/* Whether the vehicle is of the years and kinds that are asked for. */
bool superlative_takes(const struct superlative *s, const struct vehicle *v);

#endif
