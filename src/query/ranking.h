/* The answer to a superlative (superlative.h), from the facts of all vehicles that it asks about:
 * the first of them with its value, ties named, and the next ones. The program says it, no model.
 */
#ifndef QUERY_RANKING_H
#define QUERY_RANKING_H

#include "store/store.h"
#include "query/superlative.h"

struct ranking {
    bool asked;             /* the question is a superlative; the rest is "" and empty otherwise */
    bool refused;           /* no vehicle has the attribute: `text` says so */
    const char *text;       /* in the arena; cites hits[0] as [1] and so on */
    const char *conclusion; /* how many vehicles were compared; NULL when refused */
    struct hit_list hits;   /* the passages with the values: hit_list_free */
};

/* metadata: which vehicles to look at; NULL: all. On error nothing needs freeing. */
bool ranking_answer(struct ranking *out, struct store *store, const struct question *q,
                    const struct metadata_filter *metadata, struct arena *arena, struct error *err);

#endif
