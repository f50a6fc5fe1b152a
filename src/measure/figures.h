/* The arithmetic of autospec bench, apart from anything that measures: medians and spreads, what a
 * decoded token reads, what a prompt computes, and how a figure stands to its goal. */
#ifndef MEASURE_FIGURES_H
#define MEASURE_FIGURES_H

#include "quant/packed_model.h"

#include <stdbool.h>
#include <stddef.h>

enum { MAX_SAMPLES = 64 };

/* Repetitions of one measurement. */
struct samples {
    double values[MAX_SAMPLES];
    size_t n;
};
void samples_add(struct samples *s, double value); /* past MAX_SAMPLES: dropped */

struct spread {
    double median, least, most; /* all 0 when there are no samples */
};
struct spread samples_spread(const struct samples *s);

/* What one token reads from the matrices, each exactly once: packed bytes with scales, row scales
 * and padding, of all layers and the head. The row of the embedding is left out. */
struct weights_read {
    size_t bytes;
    size_t weights; /* rows times columns, without padding */
};
struct weights_read figures_weights_read(const struct packed_model *m);

double figures_bits_a_weight(const struct weights_read *r);

/* Bytes that each token of `n` reads, on the average, when they are decoded one behind the other
 * after `context` tokens: the weights, and keys and values of all tokens before it and its own. */
double figures_bytes_a_token(const struct weights_read *r, double kv_bytes, size_t context,
                             size_t n);

/* Integer operations (a multiplication and an addition are two) that the matrices do for a prompt
 * of n tokens of which the last one's logits are computed: behind the last layer's keys and values
 * they are done for that one alone. Attention is not among them. */
double figures_prompt_operations(const struct packed_model *m, size_t n);

/* Bytes a second that the memory gave, beside what it can give, and the like. 0 when the second is
 * not above 0. */
double figures_ratio(double a, double b);

/* Whether a figure has come to its goal. */
bool figures_reached(double figure, double goal, bool at_most);

#endif
