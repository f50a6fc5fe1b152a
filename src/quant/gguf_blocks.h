/* The block types of GGUF files to f32, to the bit as the gguf package of PyPI has it, and Q8_0
 * rows to our q8 without a change of value. */
#ifndef QUANT_GGUF_BLOCKS_H
#define QUANT_GGUF_BLOCKS_H

#include "model/gguf.h"

/* n values, whole blocks, from `data` on. */
void gguf_dequantize(enum gguf_type type, const uint8_t *data, size_t n, float *out);

/* Puts one row of Q8_0 blocks into row r (0..15) of a packed q8 block of `cols` inputs, so that the
 * row's scale is 1: group scales and values are the row's own. A group that holds -128, which our
 * values cannot, is rounded anew with a scale of its own; those are counted in *rounded. Returns
 * how many weights are not finite (their groups become 0). */
size_t gguf_pack_q8_0(const uint8_t *row, size_t cols, size_t r, uint8_t *block, size_t *rounded);

#endif
