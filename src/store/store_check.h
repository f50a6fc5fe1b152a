/* Whether a store's file is whole, and repairing what can be made again from the rest: its search index. */
#ifndef STORE_STORE_CHECK_H
#define STORE_STORE_CHECK_H

#include "store/store.h"

struct store_check {
    size_t pages, bad_pages; /* those whose checksum is wrong */
    size_t lost_pages;       /* of these, pages of documents, facts and passages: nothing can make them again */
    bool index_bad;          /* the indexes do not hold what the documents do */
    bool repaired;           /* they did not, and do now */
    char where[128];         /* the first table or index with a bad page; "" where none */
};

/* The whole store reads as it was written. */
bool store_check_passed(const struct store_check *c);

/* Reads all of the file, which no other program should be writing to. False only where the check itself
 * could not be made: damage is in *out. */
bool store_check(struct store *s, bool repair, struct store_check *out, struct error *err);

#endif
