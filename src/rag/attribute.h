/* The names that people give to what a specification says: "horsepower", "power", "hp", "how
 * powerful". A question in one of them is searched for in all. */
#ifndef RAG_ATTRIBUTE_H
#define RAG_ATTRIBUTE_H

#include <stdbool.h>
#include <stddef.h>

/* Calls `each` with every name of the groups of which text (words in lower case with single spaces
 * between and around them: " what is the horsepower ") holds one. */
void attribute_expand(const char *text, void (*each)(void *context, const char *name),
                      void *context);

/* Whether the word (lower case) is part of a name of any attribute. */
bool attribute_has_word(const char *word);

/* Words that tell nothing about what is searched: "what", "the", "does". Lower case. */
bool is_stop_word(const char *word);

#endif
