/* Generation that chooses: the output is one of a closed set of texts, and how likely each of them is becomes known on
 * the way. At each step the tokens that go on with one of the texts share what the model gives them together; a text
 * gets the part of its own tokens. */
#ifndef GRAMMAR_CHOICE_CONSTRAINT_H
#define GRAMMAR_CHOICE_CONSTRAINT_H

#include "engine/engine.h"
#include "engine/vocabulary.h"

enum {
    CHOICE_MAX_TEXTS = 256,
    CHOICE_MAX_BYTES = 512, /* of a text */
};

struct choice_constraint;

/* For one generation, which begins behind the think block. The vocabulary is borrowed; the texts are copied. None may
 * be empty or the beginning of another one: ERROR_USAGE. */
struct choice_constraint *choice_constraint_create(const struct vocabulary *v, const char *const *texts, size_t n,
                                                   struct error *err);
void choice_constraint_free(struct choice_constraint *c);

/* To be put into generate_options; as long as the constraint. */
const struct token_constraint *choice_constraint_token(const struct choice_constraint *c);

/* Which text was written whole; SIZE_MAX: none was. */
size_t choice_constraint_chosen(const struct choice_constraint *c);

/* The natural logarithm of the text's part: of the chosen one of its probability among all the texts, of others of no
 * less than theirs (they are followed only as far as the output agrees with them). */
double choice_constraint_log(const struct choice_constraint *c, size_t text);

#endif
