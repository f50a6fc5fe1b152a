/* Reference kernels: plain C, the formats read as format.h tells them. Every other instruction set
 * is tested against these. */
#include "backend/cpu/kernels_common.h"
#include "quant/quantize.h"

/* The integer part of one group for one row and token: sum of (w + 128) q, plus the bias that takes
 * the 128 back. */
static int32_t dot_q4(const uint8_t *values, size_t row, const int8_t *q, int32_t bias)
{
    int32_t sum = bias;
    for (size_t j = 0; j < 4; j++) {
        for (size_t i = 0; i < 4; i++) {
            uint8_t byte = values[j * 64 + row * 4 + i];
            sum += (Q4_CODEBOOK[byte & 15] + 128) * q[8 * j + i];
            sum += (Q4_CODEBOOK[byte >> 4] + 128) * q[8 * j + 4 + i];
        }
    }
    return sum;
}

static int32_t dot_q8(const uint8_t *values, size_t row, const int8_t *q, int32_t bias)
{
    int32_t sum = bias;
    for (size_t k = 0; k < QUANT_GROUP; k++) sum += values[k / 4 * 64 + row * 4 + k % 4] * q[k];
    return sum;
}

static void block_q4(const uint8_t *block, const float *row_scale, size_t cols,
                     const struct activations *x, size_t first, size_t n, float out[][TILE_ROWS])
{
    size_t groups = packed_groups(cols);
    const int8_t *scales = (const int8_t *)block;
    const uint8_t *values = block + packed_scale_bytes(QUANT_Q4, cols);
    for (size_t t = 0; t < n; t++) {
        for (size_t r = 0; r < QUANT_BLOCK_ROWS; r++) {
            float sum = 0;
            for (size_t g = 0; g < groups; g++) {
                size_t at = g * x->tokens + first + t;
                int32_t s = scales[g * 16 + r];
                int32_t dot = dot_q4(values + g * 256, r, x->q + at * QUANT_GROUP, x->bias[at]);
                sum += (float)dot * ((float)(s * (s < 0 ? -s : s)) * x->scale[at]);
            }
            out[t][r] = sum * row_scale[r];
        }
    }
}

static void block_q8(const uint8_t *block, const float *row_scale, size_t cols,
                     const struct activations *x, size_t first, size_t n, float out[][TILE_ROWS])
{
    size_t groups = packed_groups(cols);
    const uint16_t *scales = (const uint16_t *)(const void *)block;
    const uint8_t *values = block + packed_scale_bytes(QUANT_Q8, cols);
    for (size_t t = 0; t < n; t++) {
        for (size_t r = 0; r < QUANT_BLOCK_ROWS; r++) {
            float sum = 0;
            for (size_t g = 0; g < groups; g++) {
                size_t at = g * x->tokens + first + t;
                int32_t dot = dot_q8(values + g * 512, r, x->q + at * QUANT_GROUP, x->bias[at]);
                sum += (float)dot * (f32_from_f16(scales[g * 16 + r]) * x->scale[at]);
            }
            out[t][r] = sum * row_scale[r];
        }
    }
}

static void tile_q4(const uint8_t *block, size_t n_blocks, const float *row_scale, size_t cols,
                    const struct activations *x, size_t first, size_t n, float out[][TILE_ROWS])
{
    for (size_t b = 0; b < n_blocks; b++)
        block_q4(block + b * packed_block_bytes(QUANT_Q4, cols), row_scale + b * QUANT_BLOCK_ROWS,
                 cols, x, first, n, (float(*)[TILE_ROWS])(&out[0][b * QUANT_BLOCK_ROWS]));
}

static void tile_q8(const uint8_t *block, size_t n_blocks, const float *row_scale, size_t cols,
                    const struct activations *x, size_t first, size_t n, float out[][TILE_ROWS])
{
    for (size_t b = 0; b < n_blocks; b++)
        block_q8(block + b * packed_block_bytes(QUANT_Q8, cols), row_scale + b * QUANT_BLOCK_ROWS,
                 cols, x, first, n, (float(*)[TILE_ROWS])(&out[0][b * QUANT_BLOCK_ROWS]));
}

#define KERNELS_NAME portable
#include "backend/cpu/kernels_table.h"
