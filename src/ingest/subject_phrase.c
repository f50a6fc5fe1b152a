/* Titles of articles and lists that are phrases, no names of vehicles. */
#include "ingest/subject.h"

#include "vehicle/registry.h"

#include <string.h>

static bool is_number_word(const char *key)
{
    static const char *const WORDS[] = {
        "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fifteen", "twenty",
        "zwei", "drei", "vier", "funf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwolf", "deux", "trois", "quatre",
        "cinq", "sept", "huit", "neuf", "dix", "onze", "douze", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho",
        "nueve", "diez", "doce", NULL};
    return token_key_in(key, WORDS);
}

/* What stands before nouns in phrases: articles, questions, "best". */
static bool is_opening_word(const char *key)
{
    static const char *const WORDS[] = {"the", "our", "your", "all", "best", "top", "which", "what", "how", "why", "new", "these",
                                        "small", "big", "cheap", "die", "der", "das", "unsere", "alle", "beste", "besten", "neue",
                                        "welche", "welcher", "kleine", "les", "nos", "meilleurs", "meilleures", "quels", "quelle",
                                        "petites", "los", "las", "nuestros", "mejores", "que", "cual", "pequenos", "every", "meet",
                                        "comparing", "testing", "driving", "towing", "buying", NULL};
    return token_key_in(key, WORDS);
}

/* Whether a category's term begins here ("SUV", "hybrid"): how many tokens it has. */
static size_t category_length(const struct token *t, size_t n)
{
    const struct term *terms = NULL;
    size_t n_terms = 0, used = registry_match(t, n, &terms, &n_terms);
    for (size_t k = 0; k < n_terms; k++)
        if (terms[k].kind == TERM_CATEGORY && !terms[k].asking) return used;
    return 0;
}

bool subject_is_phrase(const struct token *t, size_t n)
{
    size_t names = 0, small = 0, between = 0; /* small words inside: "for", "para" */
    bool counted = n > 0 && is_number_word(t[0].key);
    for (size_t i = 0; i < n;) {
        size_t category = category_length(t + i, n - i);
        bool word = t[i].kind == TOKEN_WORD, joined = i > 0 && !(t[i].gap & GAP_SPACE);
        if (t[i].kind == TOKEN_HAN) return false;
        if (category) {
            i += category;
            continue;
        }
        if (word && !t[i].upper && !joined && !is_document_word(t[i].key) && !is_small_word(t[i].key))
            small++;
        else if (!(i == 0 && (counted || is_opening_word(t[i].key))) && !(joined && !t[i].upper) &&
                 !is_document_word(t[i].key) && !is_small_word(t[i].key) && (!word || t[i].upper))
            names++;
        between += i > 0 && i + 1 < n && is_small_word(t[i].key);
        i++;
    }
    bool opened = counted || (n > 0 && (is_opening_word(t[0].key) || is_small_word(t[0].key)));
    /* Nothing is written as a name is; or the first word alone, as that of any sentence is, before small ones. */
    if (counted && n > 1 && (names == 0 || between > 0)) return true; /* German nouns have capitals */
    if (names == 0) return small > 0 && (opened || between > 0);
    return names == 1 && t[0].upper && !opened && small >= 3;
}
