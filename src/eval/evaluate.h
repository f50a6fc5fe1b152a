/* Evaluation on given passages, the whole way from their text to the answer: bench/eval/nano.jsonl. An
 * item is right when the answer has every expected value as a token of its own, its unit right behind it and the
 * citation after it; an unanswerable one when the answer is a refusal. */
#ifndef EVAL_EVALUATE_H
#define EVAL_EVALUATE_H

#include "base/error.h"
#include "answer/generator.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct eval_result {
    bool right; /* value, unit and citation; or a correct refusal */
    bool answerable;
    bool refused;
    bool value_right, unit_right, citation_right; /* each for all expected values (answerable) */
    char *answer;                                 /* owned: eval_result_free */
    struct generate_result usage;
    bool generated; /* a model wrote it; else the program, from facts */
};
void eval_result_free(struct eval_result *r);

/* Runs one item, an object {"id", "passages": [{"title", "text"}], "question", "answerable",
 * "expect": [{"value", "unit", "cite"}]}. `name` stands for the file and line in errors. */
bool evaluate_item(struct eval_result *out, const struct generator *generator, const json_t *item,
                   const char *name, size_t max_tokens, struct error *err);

/* The scoring alone: fills all but answer and usage. */
bool evaluate_score(struct eval_result *out, const json_t *item, const char *name,
                    const char *answer, bool refused, struct error *err);

struct eval_totals {
    size_t items, answerable, unanswerable;
    size_t right_answers, right_refusals;
    size_t value_right, unit_right, citation_right; /* of the answerable ones */
    size_t wrong_refusals;                          /* answerable, but refused */
    size_t generated_answers;                       /* that a model wrote */
    size_t prompt_tokens, generated_tokens;
    double seconds;
};

/* Runs the items of a .jsonl file in order, at most `limit` (0: all). `each` (may be NULL) is
 * called after every item; returning false stops there. */
typedef bool eval_each(void *context, const json_t *item, const struct eval_result *result,
                       const struct eval_totals *so_far);
bool evaluate_file(struct eval_totals *totals, const struct generator *generator, const char *path,
                   size_t limit, size_t max_tokens, eval_each *each, void *context,
                   struct error *err);

#endif
