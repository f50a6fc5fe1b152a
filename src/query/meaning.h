/* What words may mean that nothing explains: names of the store's own attributes, categories that its cells hold,
 * operations. Somebody else (a language model) chooses one of the list, or none; the question is then read again
 * with the choice in the words' place. Vehicles and numbers are never in the list.
 *
 *   query_read(&q, v, question, NULL, &err);
 *   meanings_list(&list, &q, catalog, &arena, &err);      list.n may be 0: there is nothing to choose
 *   query_read_meaning(&again, v, question, NULL, &list.items[chosen], 1, &err);
 *   if (!query_takes_meaning(&again, &list.items[chosen])) ...  it changed nothing: the first reading stands
 */
#ifndef QUERY_MEANING_H
#define QUERY_MEANING_H

#include "query/query.h"

/* More names than a prompt should have: then none is in the list. */
enum { MEANINGS_MAX = 200 };

struct meanings {
    struct query_meaning *items;
    size_t n;
};

/* What the words of q->unknown may mean, each name once. Names are in the question's language, those of columns as
 * the store writes them. Strings and items live in the arena. */
bool meanings_list(struct meanings *out, const struct query *q, const struct catalog *c, struct arena *arena,
                   struct error *err);

/* As query_read, with n meanings (at most QUERY_MAX_ASSUMED) of words of the same question, which are in
 * out->assumed then. */
bool query_read_meaning(struct query *out, const struct word_index *v, const char *question,
                        const struct query *previous, const struct query_meaning *meanings, size_t n,
                        struct error *err);

/* Whether the query asks for what the meaning says. A word that the reading leaves aside would otherwise be as good as
 * not said. */
bool query_takes_meaning(const struct query *q, const struct query_meaning *m);

#endif
