/* The search behind q4: for a group of 32 inputs of 16 rows, the scale of each row whose nearest
 * codebook entries leave the least squared error. Rows are vector lanes and nothing is summed
 * across lanes, so the portable, AVX2 and AVX-512 versions, which compile one algorithm
 * (q4_search_body.h) over their own vectors, give the same bits. Internal to src/quant. */
#ifndef QUANT_Q4_SEARCH_H
#define QUANT_Q4_SEARCH_H

#include "quant/format.h"

#include <stdbool.h>

enum {
    Q4_BIN = 8,         /* width of a bin, in codebook steps */
    Q4_MAX_SCALE = 127, /* of a group's int8 */
};

/* The codebook as the searches read it. Values are in units of Q4_BIN codebook steps, so that
 * floor(x) is the bin of x. */
struct q4_tables {
    float level[16];
    float threshold[15]; /* x > threshold[k] belongs above entry k */
    /* AVX-512: by bin, floor(x) & 31. A bin holds at most one threshold (else infinity). */
    float bin_threshold[32], bin_low[32], bin_high[32];
    int32_t bin_index[32]; /* entry of bin_low */
    /* AVX2: the last two levels of a binary search and the entries either side of the last
     * threshold, by -(path) & 7, because compares give -1. */
    float tree_fourth[8], tree_eighth[8], tree_low[8], tree_high[8];
};

/* Fills *t from 16 ascending values in -127..127. False when two thresholds share a bin. */
bool q4_tables_init(struct q4_tables *t, const float codebook[16]);

struct q4_search {
    const char *name;
    /* w: input i of row r at [16 i + r], each row's largest weight about 1. Writes to d[r] the
     * best scale, times Q4_BIN; it may be negative; 0 for a group of zeros. */
    void (*fit)(const struct q4_tables *t, const float *w, float *d);
    /* Rounds the scales d to s (int8, s*|s| times unit[r]), tries its neighbours, and writes the
     * nearest entries of the best as a group's values. */
    void (*pack)(const struct q4_tables *t, const float *w, const float *d, const float *unit,
                 int8_t *s, uint8_t *values);
};

extern const struct q4_search Q4_SEARCH_PORTABLE, Q4_SEARCH_AVX2, Q4_SEARCH_AVX512;

/* The fastest that this machine can run. */
const struct q4_search *q4_search_best(void);
bool q4_search_usable(const struct q4_search *s);

/* quantize_block for q4 with a given search and codebook. */
size_t q4_quantize_block(const struct q4_search *search, const struct q4_tables *t,
                         const float *weights, size_t n_rows, size_t cols, uint8_t *block,
                         float *row_scale);

#endif
