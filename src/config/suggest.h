/* "Did you mean": the known name nearest to one that was mistyped. */
#ifndef CONFIG_SUGGEST_H
#define CONFIG_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

/* Edits (insert, delete, replace, swap of neighbours) from a to b, cases taken as equal; SIZE_MAX
 * for words longer than 63 bytes. */
size_t suggest_distance(const char *a, const char *b);

/* The nearest of n names that is near enough to be what was meant (a third of its letters wrong at
 * most, or the word is its beginning), or NULL. */
const char *suggest_nearest(const char *word, const char *const *names, size_t n);

#endif
