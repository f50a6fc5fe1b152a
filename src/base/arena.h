/* A bump allocator: many small things with one lifetime, freed together. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena {
    struct arena_block *blocks; /* newest first; zero-initialise the struct to make one */
    size_t used;                /* bytes handed out */
};

/* Zeroed memory aligned to 16 bytes, owned by the arena; NULL when memory is out. */
void *arena_alloc(struct arena *a, size_t size);

/* As arena_alloc of count * size, NULL also when the product overflows. */
void *arena_array(struct arena *a, size_t count, size_t size);

/* A copy of len bytes with a NUL behind it. */
char *arena_strndup(struct arena *a, const char *text, size_t len);
char *arena_strdup(struct arena *a, const char *text);

/* Frees everything; the arena can be used again. */
void arena_free(struct arena *a);

#endif
