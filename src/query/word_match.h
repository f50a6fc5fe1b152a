/* Whether a text says a word of the question: endings aside ("shipped" and "shipping"), under the few names that
 * technical documents have for one thing ("oil", "lubrication"), and codes with their parts side by side
 * ("AMA-5102UT", "6.2 L", "3 000 rpm").
 */
#ifndef QUERY_WORD_MATCH_H
#define QUERY_WORD_MATCH_H

#include "query/query.h"
#include "vehicle/token.h"

/* Two token keys. */
bool words_same(const char *a, const char *b);

bool word_in_tokens(const struct token *t, size_t n, const struct query_cell_word *w);

/* Which of the words the text has, a bit each (n_words at most 31). t: room for max tokens. */
uint32_t words_in_text(const char *text, const struct query_cell_word *words, size_t n_words, struct token *t,
                       size_t max);

/* Whether the tokens have another code of the word's kind: "E7J" where the word is "F8Q", "6.2 L" where it is
 * "6.5L". */
bool other_code_in_tokens(const struct token *t, size_t n, const struct query_cell_word *w);

/* The dimensions of the quantity that a word names by itself ("torque", "temperature"), a bit each by enum
 * dimension; 0: none. */
uint64_t word_dimensions(const char *key);

/* Whether the text has a figure: is a number, or begins with one ("3 + 84°", "≤ 100", "1/4"). */
bool text_is_figure(const char *text);

#endif
