/* The names that people give to what a specification says: "horsepower", "power", "hp", "how
 * powerful". A question in one of them is searched for in all. */
#ifndef VEHICLE_ATTRIBUTE_H
#define VEHICLE_ATTRIBUTE_H

#include <stdbool.h>
#include <stddef.h>

/* Calls `each` with every name of the groups of which text (words in lower case with single spaces
 * between and around them: " what is the horsepower ") holds one. */
void attribute_expand(const char *text, void (*each)(void *context, const char *name),
                      void *context);

/* The attributes that a text (words as above) names, each by its longest name there; one whose name
 * is only part of another's ("length" in "bed length") does not count. */
enum { ATTRIBUTE_MAX = 96 };
struct attribute_set {
    struct attribute_name {
        const char *name; /* in the text; NULL: not named */
        size_t len;
    } names[ATTRIBUTE_MAX];
    size_t n; /* named */
};
void attribute_find(const char *text, struct attribute_set *out);

/* Whether text (words as above) is as a whole a name of one of the attributes that are named in the
 * set; "max" in front of it does not count. */
bool attribute_is(const struct attribute_set *set, const char *text);

/* Whether the word (lower case) is part of a name of any attribute. */
bool attribute_has_word(const char *word);

/* Words that tell nothing about what is searched: "what", "the", "does". Lower case. */
bool is_stop_word(const char *word);

#endif
