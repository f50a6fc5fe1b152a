#include "quant/quantize.h"
#include "quant/q4_search.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { LANES = QUANT_BLOCK_ROWS, GROUP_FLOATS = LANES * QUANT_GROUP };

/* The largest f16 scale of a row's q8 groups; what is 2^-24 / 2^10 of it is not zero yet. */
static const float Q8_LARGEST_SCALE = 1024;

static uint32_t bits_of(float f)
{
    uint32_t u;
    memcpy(&u, &f, sizeof u);
    return u;
}

static float float_of(uint32_t u)
{
    float f;
    memcpy(&f, &u, sizeof f);
    return f;
}

float f32_from_bf16(uint16_t h)
{
    return float_of((uint32_t)h << 16);
}

uint16_t bf16_from_f32(float f)
{
    uint32_t u = bits_of(f);
    if ((u & 0x7fffffff) > 0x7f800000) return (uint16_t)(u >> 16 | 0x40); /* NaN stays NaN */
    return (uint16_t)((u + 0x7fff + (u >> 16 & 1)) >> 16);
}

float f32_from_f16(uint16_t h)
{
    uint32_t sign = (uint32_t)(h & 0x8000) << 16, exponent = h >> 10 & 31, mantissa = h & 0x3ff;
    if (exponent == 31) return float_of(sign | 0x7f800000 | mantissa << 13);
    if (exponent) return float_of(sign | (exponent + 112) << 23 | mantissa << 13);
    float f = (float)mantissa * 0x1p-24f;
    return sign ? -f : f;
}

uint16_t f16_from_f32(float f)
{
    uint32_t u = bits_of(f), a = u & 0x7fffffff;
    uint16_t sign = (uint16_t)(u >> 16 & 0x8000);
    if (a > 0x7f800000) return (uint16_t)(sign | 0x7e00 | (a >> 13 & 0x1ff));
    if (a >= 0x477ff000) return sign | 0x7c00; /* 65520 and up round to infinity */
    if (a >= 0x38800000) return (uint16_t)(sign | ((a + 0xfff + (a >> 13 & 1)) - 0x38000000) >> 13);
    /* Subnormal: adding 0.5 leaves the value in units of 2^-24 in the low bits, rounded to even. */
    return (uint16_t)(sign | (bits_of(float_of(a) + 0.5f) - 0x3f000000));
}

/* What is known of a block's rows before they are packed. */
struct block_rows {
    const float *weights;
    size_t n_rows, cols;
    float scale[LANES];   /* a power of two that brings the row's largest weight to about 1 */
    float unscale[LANES]; /* 1 / scale; 0 for a row of zeros */
    bool finite[LANES];
    size_t n_bad; /* weights that are not finite */
};

/* Rows are brought to about 1 before scales are sought, so that no square of a weight can overflow
 * or vanish. A row whose weights are all below 2^-100 becomes zeros. */
static void block_rows_measure(struct block_rows *b, bool scaled)
{
    b->n_bad = 0;
    for (size_t r = 0; r < LANES; r++) {
        b->scale[r] = scaled ? 0 : 1;
        b->unscale[r] = scaled ? 0 : 1;
        b->finite[r] = true;
        if (r >= b->n_rows) continue;
        const float *w = b->weights + r * b->cols;
        int32_t largest = 0;
        for (size_t i = 0; i < b->cols; i++) {
            int32_t a = (int32_t)(bits_of(w[i]) & 0x7fffffff);
            largest = a > largest ? a : largest;
        }
        if (largest >= 0x7f800000) {
            b->finite[r] = false;
            largest = 0;
            for (size_t i = 0; i < b->cols; i++) {
                int32_t a = (int32_t)(bits_of(w[i]) & 0x7fffffff);
                if (a >= 0x7f800000)
                    b->n_bad++;
                else if (a > largest)
                    largest = a;
            }
        }
        int exponent = (int)(largest >> 23) - 127;
        if (!scaled || exponent < -100) continue;
        if (exponent > 126) exponent = 126;
        b->scale[r] = float_of((uint32_t)(127 - exponent) << 23);
        b->unscale[r] = float_of((uint32_t)(127 + exponent) << 23);
    }
}

/* Group g as [input][row], scaled; zeros where there is no row or no input. */
static void block_rows_load(const struct block_rows *b, size_t g, float *out)
{
    size_t first = g * QUANT_GROUP;
    size_t n = b->cols - first < QUANT_GROUP ? b->cols - first : QUANT_GROUP;
    if (n < QUANT_GROUP || b->n_rows < LANES) memset(out, 0, GROUP_FLOATS * sizeof *out);
    for (size_t r = 0; r < b->n_rows; r++) {
        const float *w = b->weights + r * b->cols + first;
        if (b->finite[r])
            for (size_t i = 0; i < n; i++) out[i * LANES + r] = w[i] * b->scale[r];
        else
            for (size_t i = 0; i < n; i++)
                out[i * LANES + r] = isfinite(w[i]) ? w[i] * b->scale[r] : 0;
    }
}

/* largest: what row_scale is multiplied by at most, which must stay finite. */
static void finish_row_scales(const struct block_rows *b, const float *unit, float largest,
                              float *row_scale)
{
    float limit = FLT_MAX / largest * 0.9999f;
    for (size_t r = 0; r < LANES; r++) {
        row_scale[r] = unit[r] * b->unscale[r];
        if (row_scale[r] > limit) row_scale[r] = limit;
    }
}

size_t q4_quantize_block(const struct q4_search *search, const struct q4_tables *t,
                         const float *weights, size_t n_rows, size_t cols, uint8_t *block,
                         float *row_scale)
{
    struct block_rows b = {.weights = weights, .n_rows = n_rows, .cols = cols};
    block_rows_measure(&b, true);
    size_t groups = packed_groups(cols), used = groups * LANES;
    uint8_t *values = block + packed_scale_bytes(QUANT_Q4, cols);
    memset(block + used, 0, packed_scale_bytes(QUANT_Q4, cols) - used);
    float w[GROUP_FLOATS], d[LANES], unit[LANES] = {0};
    /* A row's scale is known after all its groups: till then their scales wait, as floats, where
     * their values will be. */
    for (size_t g = 0; g < groups; g++) {
        block_rows_load(&b, g, w);
        search->fit(t, w, d);
        memcpy(values + g * packed_group_bytes(QUANT_Q4), d, sizeof d);
        for (size_t r = 0; r < LANES; r++) unit[r] = fabsf(d[r]) > unit[r] ? fabsf(d[r]) : unit[r];
    }
    for (size_t r = 0; r < LANES; r++) unit[r] /= Q4_BIN * Q4_MAX_SCALE * Q4_MAX_SCALE;
    for (size_t g = 0; g < groups; g++) {
        block_rows_load(&b, g, w);
        uint8_t *at = values + g * packed_group_bytes(QUANT_Q4);
        memcpy(d, at, sizeof d);
        search->pack(t, w, d, unit, (int8_t *)block + g * LANES, at);
    }
    finish_row_scales(&b, unit, 127.0f * Q4_MAX_SCALE * Q4_MAX_SCALE, row_scale);
    return b.n_bad;
}

static size_t q8_quantize_block(const float *weights, size_t n_rows, size_t cols, uint8_t *block,
                                float *row_scale)
{
    struct block_rows b = {.weights = weights, .n_rows = n_rows, .cols = cols};
    block_rows_measure(&b, true);
    size_t groups = packed_groups(cols), used = groups * LANES * sizeof(uint16_t);
    uint8_t *values = block + packed_scale_bytes(QUANT_Q8, cols);
    memset(block + used, 0, packed_scale_bytes(QUANT_Q8, cols) - used);
    float w[GROUP_FLOATS], largest[LANES], unit[LANES] = {0};
    for (size_t g = 0; g < groups; g++) { /* the row's largest weight in its largest group */
        block_rows_load(&b, g, w);
        for (size_t i = 0; i < QUANT_GROUP; i++)
            for (size_t r = 0; r < LANES; r++) {
                float a = fabsf(w[i * LANES + r]);
                unit[r] = a > unit[r] ? a : unit[r];
            }
    }
    for (size_t r = 0; r < LANES; r++) unit[r] /= 127 * Q8_LARGEST_SCALE;
    for (size_t g = 0; g < groups; g++) {
        block_rows_load(&b, g, w);
        memset(largest, 0, sizeof largest);
        for (size_t i = 0; i < QUANT_GROUP; i++)
            for (size_t r = 0; r < LANES; r++) {
                float a = fabsf(w[i * LANES + r]);
                largest[r] = a > largest[r] ? a : largest[r];
            }
        float inverse[LANES];
        uint16_t scale[LANES];
        for (size_t r = 0; r < LANES; r++) {
            scale[r] = unit[r] > 0 ? f16_from_f32(largest[r] / 127 / unit[r]) : 0;
            float actual = f32_from_f16(scale[r]) * unit[r];
            inverse[r] = actual > 0 ? 1 / actual : 0;
        }
        memcpy(block + g * sizeof scale, scale, sizeof scale);
        uint8_t *out = values + g * packed_group_bytes(QUANT_Q8);
        for (size_t i = 0; i < QUANT_GROUP; i++)
            for (size_t r = 0; r < LANES; r++) {
                float v = w[i * LANES + r] * inverse[r];
                v = v > 127 ? 127 : v < -127 ? -127 : v;
                /* Adding 1.5 * 2^23 rounds to even and leaves the integer in the low bits. */
                out[i / 4 * 64 + r * 4 + i % 4] = (uint8_t)(bits_of(v + 12582912.0f) + 128);
            }
    }
    finish_row_scales(&b, unit, 127 * Q8_LARGEST_SCALE, row_scale);
    return b.n_bad;
}

static size_t plain_quantize_block(enum quant_type type, const float *weights, size_t n_rows,
                                   size_t cols, uint8_t *block)
{
    struct block_rows b = {.weights = weights, .n_rows = n_rows, .cols = cols};
    block_rows_measure(&b, false);
    float w[GROUP_FLOATS];
    for (size_t g = 0; g < packed_groups(cols); g++) {
        block_rows_load(&b, g, w);
        uint8_t *out = block + g * packed_group_bytes(type);
        if (type == QUANT_F32) {
            memcpy(out, w, sizeof w);
            continue;
        }
        uint16_t pairs[GROUP_FLOATS];
        for (size_t j = 0; j < QUANT_GROUP / 2; j++)
            for (size_t r = 0; r < LANES; r++) {
                pairs[j * 32 + r * 2] = bf16_from_f32(w[2 * j * LANES + r]);
                pairs[j * 32 + r * 2 + 1] = bf16_from_f32(w[(2 * j + 1) * LANES + r]);
            }
        memcpy(out, pairs, sizeof pairs);
    }
    return b.n_bad;
}

size_t quantize_block(enum quant_type type, const float *weights, size_t n_rows, size_t cols,
                      uint8_t *block, float *row_scale)
{
    if (type == QUANT_Q8) return q8_quantize_block(weights, n_rows, cols, block, row_scale);
    if (type != QUANT_Q4) return plain_quantize_block(type, weights, n_rows, cols, block);
    float codebook[16];
    for (size_t k = 0; k < 16; k++) codebook[k] = Q4_CODEBOOK[k];
    struct q4_tables t;
    q4_tables_init(&t, codebook);
    return q4_quantize_block(q4_search_best(), &t, weights, n_rows, cols, block, row_scale);
}

void packed_matrix_read_row(const struct packed_matrix *m, size_t row, float *out)
{
    const uint8_t *block = m->data + row / LANES * packed_block_bytes(m->type, m->cols);
    const uint8_t *values = block + packed_scale_bytes(m->type, m->cols);
    size_t r = row % LANES;
    for (size_t i = 0; i < m->cols; i++) {
        size_t g = i / QUANT_GROUP, k = i % QUANT_GROUP;
        const uint8_t *group = values + g * packed_group_bytes(m->type);
        switch (m->type) {
        case QUANT_Q4: {
            int s = (int8_t)block[g * LANES + r];
            unsigned byte = group[k / 8 * 64 + r * 4 + k % 4];
            unsigned nibble = k % 8 < 4 ? byte & 15 : byte >> 4;
            out[i] = m->row_scale[row] * (float)(s * (s < 0 ? -s : s)) * Q4_CODEBOOK[nibble];
            break;
        }
        case QUANT_Q8: {
            uint16_t scale;
            memcpy(&scale, block + (g * LANES + r) * sizeof scale, sizeof scale);
            int v = group[k / 4 * 64 + r * 4 + k % 4] - 128;
            out[i] = m->row_scale[row] * f32_from_f16(scale) * (float)v;
            break;
        }
        case QUANT_BF16: {
            uint16_t h;
            memcpy(&h, group + k / 2 * 64 + r * 4 + k % 2 * 2, sizeof h);
            out[i] = f32_from_bf16(h);
            break;
        }
        case QUANT_F32:
            memcpy(&out[i], group + k * 64 + r * 4, sizeof out[i]);
            break;
        }
    }
}
