/* Whether an answer's values stand where the question asks: "3,310 lb" is no towing capacity when
 * its line says curb weight. A small model now and then takes the value of another line, or spells
 * one wrong; such a statement is not given out. */
#ifndef RAG_GROUND_H
#define RAG_GROUND_H

#include "base/arena.h"
#include "rag/prompt.h"

#include <stdbool.h>
#include <stddef.h>

/* Looks at each "... is VALUE [n]" of the text, n counting the passages from 1. True when every
 * such value stands in passage n, in a line or sentence that has a word of the attribute that the
 * question or the statement names, or another name of it (attribute.h). A text without a citation
 * is true when it is a refusal. */
bool ground_answer(const char *text, const char *question, const struct passage *passages,
                   size_t n_passages);

/* What is said instead: "The passages do not give the towing capacity of the 2023 Toyota Camry."
 * from the statement's own words; NULL when memory is out. */
const char *ground_refusal(const char *text, const char *name, struct arena *arena);

#endif
