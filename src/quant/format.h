/* The packed weight formats. A matrix of (rows, cols), applied as y = W x, is stored in blocks of 16
 * rows; within a block the input dimension runs in groups of 32, and within a group the 16 rows are
 * interleaved so that one 64-byte load holds 4 (int8), 2 (bf16) or 1 (f32) consecutive inputs of
 * each of the 16 rows: lane r of the load belongs to row r, and nothing is summed across lanes. An
 * AVX2 machine takes the same load as two halves of 8 rows. Rows are padded with zeros to a
 * multiple of 16, columns to a multiple of 32.
 *
 * A block is: scales of all its groups, padded to 64 bytes, then the values of all its groups.
 *
 *   type   scales a group          values a group (bytes)  order of values
 *   q4     16 x int8, quadratic    256                     load j of 4, lane r, byte i: low nibble
 *                                                          is input 8j + i, high is 8j + 4 + i
 *   q8     16 x f16                512                     load j of 8, lane r, byte i: input 4j + i
 *   bf16   none                    1024                    load j of 16, lane r: inputs 2j, 2j + 1
 *   f32    none                    2048                    load j of 32, lane r: input j
 *
 * q4: weight = row_scale[r] * s * |s| * Q4_CODEBOOK[nibble], s the group's int8. The quadratic
 * scale rounds by at most 0.8 % for a row's largest group, 2.5 % for one of a tenth of that and 8 %
 * at a hundredth, where a linear one has 0.4, 4 and 40 %; its sign turns the codebook round, which
 * is not symmetric. 4.25 bits a weight and 32 bits a row.
 * q8: weight = row_scale[r] * f16(scale) * v, values stored as v + 128 with v in -127..127, because
 * the integer dot product instructions take unsigned times signed bytes. 8.5 bits a weight. */
#ifndef QUANT_FORMAT_H
#define QUANT_FORMAT_H

#include <stddef.h>
#include <stdint.h>

enum quant_type { QUANT_Q4, QUANT_Q8, QUANT_BF16, QUANT_F32 };

enum {
    QUANT_BLOCK_ROWS = 16,
    QUANT_GROUP = 32,
};

extern const int8_t Q4_CODEBOOK[16]; /* ascending; format.c says how it was found */

/* A packed matrix; its memory belongs to whoever made it. */
struct packed_matrix {
    enum quant_type type;
    size_t rows, cols;
    const uint8_t *data;    /* packed_matrix_bytes(), aligned to 64; NULL: no such matrix */
    const float *row_scale; /* (rows padded to 16); q4 and q8 only */
};

static inline size_t packed_blocks(size_t rows) /* blocks of 16 rows */
{
    return (rows + QUANT_BLOCK_ROWS - 1) / QUANT_BLOCK_ROWS;
}

static inline size_t packed_groups(size_t cols) /* groups of 32 inputs */
{
    return (cols + QUANT_GROUP - 1) / QUANT_GROUP;
}

/* Bytes of a group's values, of a block's scales (padded), and of a block. */
static inline size_t packed_group_bytes(enum quant_type type)
{
    return type == QUANT_Q4 ? 256 : type == QUANT_Q8 ? 512 : type == QUANT_BF16 ? 1024 : 2048;
}

static inline size_t packed_scale_bytes(enum quant_type type, size_t cols)
{
    size_t n = packed_groups(cols) * (type == QUANT_Q4 ? 16 : type == QUANT_Q8 ? 32 : 0);
    return (n + 63) & ~(size_t)63;
}

static inline size_t packed_block_bytes(enum quant_type type, size_t cols)
{
    return packed_scale_bytes(type, cols) + packed_groups(cols) * packed_group_bytes(type);
}

static inline size_t packed_matrix_bytes(enum quant_type type, size_t rows, size_t cols)
{
    return packed_blocks(rows) * packed_block_bytes(type, cols);
}

/* "q4", "q8", "bf16", "f32", and the words users see: "4-bit", "8-bit", "none". */
const char *quant_type_name(enum quant_type type);
const char *quant_type_label(enum quant_type type);

#endif
