/* Names that list which figures of one quantity their cells hold: "Fuel consumption (city / highway / combined)",
 * "Towing braked / unbraked (kg)", "Boot volume seats up/down". */
#ifndef INGEST_QUALIFIER_LIST_H
#define INGEST_QUALIFIER_LIST_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

enum { QUALIFIER_LIST_MAX = 4 };

/* A word of a list, "city" of "(city / highway)", and what it says. */
struct listed_word {
    size_t begin, end; /* bytes of the name */
    size_t lead;       /* bytes of the first word's beginning that it shares: "seats " of "seats up / down" */
    int qualifier;
};

struct qualifier_list {
    struct listed_word words[QUALIFIER_LIST_MAX];
    size_t n;
    size_t before, after; /* the name is [0, before), the list, and [after, len) */
    bool bracket;         /* what follows stands in the list's brackets: "(city/highway, mpg)" */
};

/* The sign or word at text[at] that separates parts: its bytes; 0: none. */
size_t list_separator(const char *text, size_t len, size_t at);

/* Finds the first list of at least two qualifiers of one family, each another. False: there is none. */
bool qualifier_list_read(struct qualifier_list *out, const char *name, size_t len);

/* The name with the i-th of them alone; qualifier_list_plain: with none. NULL: memory is out. */
const char *qualifier_list_name(const struct qualifier_list *list, size_t i, const char *name, size_t len, struct arena *arena);
const char *qualifier_list_plain(const struct qualifier_list *list, const char *name, size_t len, struct arena *arena);

#endif
