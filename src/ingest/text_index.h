/* A set of texts by their hashes, each with the number of its first one. */
#ifndef INGEST_TEXT_INDEX_H
#define INGEST_TEXT_INDEX_H

#include "base/arena.h"

#include <stdint.h>

struct text_index {
    uint32_t *slots; /* (mask + 1) number + 1; 0: free */
    size_t mask;
};

/* Room for n texts. False: memory is out. */
static inline bool text_index_init(struct text_index *x, size_t n, struct arena *arena)
{
    size_t size = 16;
    while (size < 2 * n + 2) size *= 2;
    x->mask = size - 1;
    x->slots = arena_array(arena, size, sizeof *x->slots);
    return x->slots != NULL;
}

#endif
