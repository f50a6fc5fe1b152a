/* Which of the question's words a document says of all that it holds: its title, its name, its first page, and for
 * codes ("F8Q") the vehicles that it has rows of. Read once a document. Private to src/query and src/answer. */
#ifndef QUERY_DOCUMENT_WORDS_H
#define QUERY_DOCUMENT_WORDS_H

#include "query/query.h"

/* Bits by word, of which a question has at most 31. */
struct word_sets {
    uint32_t needed;   /* those that have to be said */
    uint32_t codes;    /* those that name a vehicle, an engine, a size */
    uint32_t measured; /* those that a figure's unit may say: "torque" */
    uint64_t quantities; /* the dimensions of these, a bit each */
};
struct word_sets word_sets_of(const struct query *q);

struct document_words {
    bool read;
    size_t document; /* index into the catalog */
    uint32_t bits;
};

/* Title and name alone: nothing is read. */
uint32_t document_title_words(const struct query *q, const struct catalog *c, size_t document);

/* All of them; *kept: of the document that was asked for last, zeroed before the first. */
bool document_words(struct document_words *kept, const struct query *q, const struct catalog *c, struct store *store,
                    size_t document, uint32_t *bits, struct error *err);

/* Those on the first line of a page, which repeats the heading of a part, and the codes that the page has where it
 * has no other of their kind. */
bool page_head_words(const struct query *q, const struct catalog *c, struct store *store, size_t document,
                     size_t page, uint32_t *bits, struct error *err);

#endif
