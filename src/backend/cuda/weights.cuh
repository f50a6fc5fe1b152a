/* How packed weights are found and turned into numbers (quant/format.h). All three types share one
 * pattern: the values of a block of 16 rows are units of 256 bytes, of 32 (q4), 16 (q8) or 8 (bf16)
 * inputs, and a unit is 4 lines of 64 bytes in which 4 bytes belong to each row. */
#ifndef BACKEND_CUDA_WEIGHTS_CUH
#define BACKEND_CUDA_WEIGHTS_CUH

#include "backend/cuda/ops.cuh"

enum { TYPE_Q4, TYPE_Q8, TYPE_BF16 }; /* enum quant_type */

/* Q4_CODEBOOK as bytes: entries 0..7 are negative, 8..15 are not. */
#define CODEBOOK_0  0xcabaa581u /* -127 -91 -70 -54 */
#define CODEBOOK_4  0xf8efe4d8u /* -40 -28 -17 -8 */
#define CODEBOOK_8  0x1e130900u /* 0 9 19 30 */
#define CODEBOOK_12 0x614c3a2bu /* 43 58 76 97 */

/* 1.5 * 2^23 as an integer: added to one below 2^22 in size it makes the bits of an f32 that is
 * MAGIC_FLOAT larger. Conversions proper run at an eighth of the rate of additions. */
#define MAGIC_BITS  0x4b400000
#define MAGIC_FLOAT 12582912.0f

DEVICE uint32_t weight_groups(uint32_t cols)
{
    return (cols + 31) / 32;
}

DEVICE uint32_t weight_scale_bytes(int type, uint32_t cols)
{
    uint32_t n = weight_groups(cols) * (type == TYPE_Q4 ? 16 : type == TYPE_Q8 ? 32 : 0);
    return (n + 63) & ~63u;
}

/* Units of a row. */
DEVICE uint32_t weight_units(int type, uint32_t cols)
{
    return weight_groups(cols) * (type == TYPE_Q4 ? 1 : type == TYPE_Q8 ? 2 : 4);
}

DEVICE size_t weight_block_bytes(int type, uint32_t cols)
{
    return weight_scale_bytes(type, cols) + (size_t)weight_units(type, cols) * 256;
}

/* s |s| for the q4 scale in byte i of s4. */
DEVICE float q4_scale(uint32_t s4, uint32_t i)
{
    float s = bits_float(permute_bytes(s4 ^ 0x80808080u, 0x4b000000u, 0x7540u | i)) - 8388736.0f;
    return s * fabsf(s);
}

/* The 8 weights of a q4 word: inputs 0 4 1 5 in v[0], 2 6 3 7 in v[1]. prmt looks up 4 nibbles in 8
 * entries; where a nibble is of the other half, the choice that follows drops what came out. */
DEVICE void q4_decode(uint32_t w, uint32_t v[2])
{
    uint32_t other = w ^ 0x88888888u, choice = 0x32103210u | (w >> 1 & 0x44444444u);
    v[0] = permute_bytes(permute_bytes(CODEBOOK_0, CODEBOOK_4, w),
                         permute_bytes(CODEBOOK_8, CODEBOOK_12, other), choice);
    v[1] = permute_bytes(permute_bytes(CODEBOOK_0, CODEBOOK_4, w >> 16),
                         permute_bytes(CODEBOOK_8, CODEBOOK_12, other >> 16), choice >> 16);
}

/* sum + the dot product of those 8 weights with x, in the same order. For few tokens, where decoding
 * costs the most: prmt gives the sign of the entry, that is -1 and 0, where a nibble is of the
 * other half (its top bit set), so that both lookups are dotted and the second's entries are one
 * larger. */
DEVICE int32_t q4_dot(uint32_t w, uint32_t x0, uint32_t x1, int32_t sum)
{
    uint32_t other = w ^ 0x88888888u;
    sum = dot_bytes(permute_bytes(CODEBOOK_0, CODEBOOK_4, w), x0, sum);
    sum = dot_bytes(permute_bytes(CODEBOOK_8 + 0x01010101u, CODEBOOK_12 + 0x01010101u, other), x0,
                    sum);
    sum = dot_bytes(permute_bytes(CODEBOOK_0, CODEBOOK_4, w >> 16), x1, sum);
    return dot_bytes(
        permute_bytes(CODEBOOK_8 + 0x01010101u, CODEBOOK_12 + 0x01010101u, other >> 16), x1, sum);
}

/* One weight, without its row's scale. */
DEVICE float weight_at(const struct cuda_matrix *m, int type, uint32_t row, uint32_t col)
{
    uint32_t cols = (uint32_t)m->cols, r = row % 16, g = col / 32, i = col % 32;
    const uint8_t *block = m->data + row / 16 * weight_block_bytes(type, cols);
    const uint8_t *values = block + weight_scale_bytes(type, cols);
    if (type == TYPE_Q4) {
        uint32_t byte = values[(size_t)g * 256 + i / 8 * 64 + r * 4 + i % 4];
        uint32_t v[2];
        q4_decode(byte >> (i % 8 / 4 * 4) & 15u, v);
        return (float)(int8_t)v[0] * q4_scale(block[(size_t)g * 16 + r], 0);
    }
    if (type == TYPE_Q8) {
        const uint16_t *scales = (const uint16_t *)(const void *)block;
        int v = values[(size_t)g * 512 + i / 4 * 64 + r * 4 + i % 4];
        return (float)(v - 128) * half_float(scales[(size_t)g * 16 + r]);
    }
    return bf16_low(
        *(const uint16_t *)(const void *)(values + (size_t)g * 1024 + i / 2 * 64 + r * 4 +
                                          i % 2 * 2));
}

#endif
