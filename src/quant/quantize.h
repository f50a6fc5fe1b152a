/* Packing rows of f32 weights into the formats of format.h, and reading them back. */
#ifndef QUANT_QUANTIZE_H
#define QUANT_QUANTIZE_H

#include "quant/format.h"

/* Packs up to 16 rows into one block. weights: n_rows rows of `cols` f32, row-major. Missing rows
 * are zero. Writes packed_block_bytes() to block and 16 floats to row_scale (q4 and q8; ignored
 * otherwise). Not-finite weights are taken as 0; returns how many there were. */
size_t quantize_block(enum quant_type type, const float *weights, size_t n_rows, size_t cols,
                      uint8_t *block, float *row_scale);

/* Row `row` of the matrix as `cols` f32. */
void packed_matrix_read_row(const struct packed_matrix *m, size_t row, float *out);

/* f32 <-> f16 and bf16 with round to nearest even, in portable C. */
uint16_t f16_from_f32(float f);
float f32_from_f16(uint16_t h);
uint16_t bf16_from_f32(float f);
float f32_from_bf16(uint16_t h);

#endif
