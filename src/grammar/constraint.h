/* Generation by a JSON schema: which tokens may come next is found by walking the tree of all
 * tokens (vocabulary.h) with the schema's machine (json_machine.h). A model's reasoning is left
 * free; what follows it is JSON that fits, unless the tokens run out first. */
#ifndef GRAMMAR_CONSTRAINT_H
#define GRAMMAR_CONSTRAINT_H

#include "engine/engine.h"
#include "grammar/json_schema.h"
#include "engine/vocabulary.h"

struct constraint;

/* For one generation. Vocabulary and schema are borrowed. `thinking`: the prompt has opened a think
 * block, and the JSON begins behind its end. */
struct constraint *constraint_create(const struct vocabulary *v, const struct json_schema *schema,
                                     bool thinking, struct error *err);
void constraint_free(struct constraint *c);

/* To be put into generate_options; as long as the constraint. */
const struct token_constraint *constraint_token(const struct constraint *c);

/* What was accepted is a whole value. */
bool constraint_complete(const struct constraint *c);

/* It ended for want of memory, or because a token was picked that it had ruled out (logits that are
 * not numbers). */
bool constraint_failed(const struct constraint *c);

#endif
