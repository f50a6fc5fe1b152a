/* Whether an answer's values stand where the question asks: "3,310 lb" is no towing capacity when
 * its line says curb weight. A small model now and then takes the value of another line, or spells
 * one wrong; such a statement is not given out. */
#ifndef ANSWER_GROUND_H
#define ANSWER_GROUND_H

#include "base/arena.h"
#include "answer/prompt.h"

#include <stdbool.h>
#include <stddef.h>

/* Looks at each "... is VALUE [n]" of the text, n counting the passages from 1: the value must
 * stand in passage n, or else in one of the others, in a line or sentence that has a word of the
 * attribute that the question or the statement names, or another name of it (attribute.h). `name`
 * is the vehicle in the question's words. *exact says whether the lines have all that is asked. The
 * text in the arena, each [n] naming a passage that has the value; NULL when one stands in none,
 * when there is no statement at all, or when memory is out. */
const char *ground_answer(const char *text, const char *question, const char *name,
                          const struct passage *passages, size_t n_passages, bool *exact,
                          struct arena *arena);

/* The passage cut to the lines that have most of what the question asks; *any is false when no line
 * has any of it. False when memory is out. */
bool ground_narrow(struct passage *out, bool *any, const struct passage *passage,
                   const char *question, const char *name, struct arena *arena);

/* The statement of the line that is about all that the question asks, if there is one, citing the
 * passage as [number]: "The curb weight of the 2023 Camry is 3,310 lb [1].", or the line itself
 * where it is no name and value. NULL when there is none, or when memory is out. */
const char *ground_quote(const char *question, const char *name, const struct passage *passage,
                         size_t number, struct arena *arena);

/* What is said instead: "The passages do not give the towing capacity of the 2023 Toyota Camry."
 * from the statement's own words; NULL when memory is out. */
const char *ground_refusal(const char *text, const char *name, struct arena *arena);

#endif
