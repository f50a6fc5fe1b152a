/* Layouts: ggml's ggml-common.h. Products and sums are rounded to f32 one by one and in the order
 * of the gguf package's quants.py: the same bits come out. */
#include "quant/gguf_blocks.h"
#include "model/safetensors.h"
#include "quant/format.h"
#include "quant/quantize.h"

#include <math.h>
#include <string.h>

enum { SMALL = 32, SUPER = 256, Q8_0_BYTES = 34 };

static float load_f16(const uint8_t *p)
{
    uint16_t h;
    memcpy(&h, p, sizeof h);
    return f32_from_f16(h);
}

static uint32_t load_u32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* ---- blocks of 32 ---- */

/* The values of each pair of nibbles are 16 apart. */
static void q4_0(const uint8_t *b, float *out)
{
    float d = load_f16(b);
    for (size_t i = 0; i < 16; i++) {
        out[i] = d * (float)((b[2 + i] & 15) - 8);
        out[16 + i] = d * (float)((b[2 + i] >> 4) - 8);
    }
}

static void q4_1(const uint8_t *b, float *out)
{
    float d = load_f16(b), m = load_f16(b + 2);
    for (size_t i = 0; i < 16; i++) {
        out[i] = d * (float)(b[4 + i] & 15) + m;
        out[16 + i] = d * (float)(b[4 + i] >> 4) + m;
    }
}

static void q5_0(const uint8_t *b, float *out)
{
    float d = load_f16(b);
    uint32_t high = load_u32(b + 2);
    for (size_t i = 0; i < 16; i++) {
        int low = (b[6 + i] & 15) + ((int)(high >> i & 1) << 4);
        int top = (b[6 + i] >> 4) + ((int)(high >> (16 + i) & 1) << 4);
        out[i] = d * (float)(low - 16);
        out[16 + i] = d * (float)(top - 16);
    }
}

static void q5_1(const uint8_t *b, float *out)
{
    float d = load_f16(b), m = load_f16(b + 2);
    uint32_t high = load_u32(b + 4);
    for (size_t i = 0; i < 16; i++) {
        int low = (b[8 + i] & 15) + ((int)(high >> i & 1) << 4);
        int top = (b[8 + i] >> 4) + ((int)(high >> (16 + i) & 1) << 4);
        out[i] = d * (float)low + m;
        out[16 + i] = d * (float)top + m;
    }
}

static void q8_0(const uint8_t *b, float *out)
{
    float d = load_f16(b);
    for (size_t i = 0; i < SMALL; i++) out[i] = (float)(int8_t)b[2 + i] * d;
}

static void iq4_nl(const uint8_t *b, float *out)
{
    static const int8_t LEVELS[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                      1,    13,   25,  38,  53,  69,  89,  113};
    float d = load_f16(b);
    for (size_t i = 0; i < 16; i++) {
        out[i] = d * (float)LEVELS[b[2 + i] & 15];
        out[16 + i] = d * (float)LEVELS[b[2 + i] >> 4];
    }
}

/* ---- blocks of 256 ---- */

/* Scale and minimum of sub-block j of 8: 6 bits each, the last four's upper two bits in the first
 * four's bytes. */
static void k_scale(const uint8_t *packed, size_t j, int *scale, int *minimum)
{
    if (j < 4) {
        *scale = packed[j] & 63;
        *minimum = packed[j + 4] & 63;
    } else {
        *scale = (packed[j + 4] & 15) | (packed[j - 4] >> 6) << 4;
        *minimum = packed[j + 4] >> 4 | (packed[j] >> 6) << 4;
    }
}

/* Q4_K and Q5_K: d, dmin, scales; Q5_K's fifth bits; nibbles, two sub-blocks to 32 bytes. */
static void q45_k(const uint8_t *b, bool five, float *out)
{
    float d = load_f16(b), dmin = load_f16(b + 2);
    const uint8_t *high = b + 16, *low = b + (five ? 48 : 16);
    for (size_t j = 0; j < 8; j++) {
        int scale, minimum;
        k_scale(b + 4, j, &scale, &minimum);
        float ds = d * (float)scale, dm = dmin * (float)minimum;
        for (size_t i = 0; i < 32; i++) {
            int q = low[j / 2 * 32 + i] >> (j % 2 * 4) & 15;
            if (five) q |= (high[i] >> j & 1) << 4;
            out[32 * j + i] = ds * (float)q - dm;
        }
    }
}

/* Q6_K: low nibbles (128), upper pairs of bits (64), int8 scales of 16 values each, d. */
static void q6_k(const uint8_t *b, float *out)
{
    float d = load_f16(b + 208);
    for (size_t part = 0; part < 8; part++) { /* 32 values: 4 to each half */
        size_t half = part / 4, k = part % 4;
        const uint8_t *low = b + 64 * half + 32 * (k % 2), *high = b + 128 + 32 * half;
        const uint8_t *scales = b + 192 + 2 * part;
        unsigned nibble = k < 2 ? 0 : 4, pair = (unsigned)(2 * k);
        float q[32];
        for (size_t i = 0; i < 32; i++)
            q[i] = (float)((low[i] >> nibble & 15) + ((high[i] >> pair & 3) << 4) - 32);
        for (size_t s = 0; s < 2; s++) {
            float scale = d * (float)(int8_t)scales[s];
            for (size_t i = 0; i < 16; i++) out[32 * part + 16 * s + i] = scale * q[16 * s + i];
        }
    }
}

void gguf_dequantize(enum gguf_type type, const uint8_t *data, size_t n, float *out)
{
    struct tensor plain = {.data = data};
    size_t bytes = gguf_block_bytes(type), values = gguf_block_values(type);
    switch (type) {
    case GGUF_F32:
    case GGUF_F16:
    case GGUF_BF16:
        plain.type = type == GGUF_F32 ? TENSOR_F32 : type == GGUF_F16 ? TENSOR_F16 : TENSOR_BF16;
        tensor_read_f32(&plain, 0, n, out);
        return;
    case GGUF_Q4_K:
    case GGUF_Q5_K:
        for (size_t i = 0; i < n; i += SUPER, data += bytes)
            q45_k(data, type == GGUF_Q5_K, out + i);
        return;
    default:
        break;
    }
    static void (*const blocks[])(const uint8_t *b, float *out) = {
        [GGUF_Q4_0] = q4_0, [GGUF_Q4_1] = q4_1, [GGUF_Q5_0] = q5_0,     [GGUF_Q5_1] = q5_1,
        [GGUF_Q8_0] = q8_0, [GGUF_Q6_K] = q6_k, [GGUF_IQ4_NL] = iq4_nl,
    };
    for (size_t i = 0; i < n; i += values, data += bytes) blocks[type](data, out + i);
}

/* ---- Q8_0 to q8 ---- */

/* A group with -128 among its values: rounded to a scale that has it at -127. */
static uint16_t round_group(float d, const int8_t *v, int8_t *out)
{
    uint16_t scale = f16_from_f32(d * 128 / 127);
    if ((scale & 0x7fff) >= 0x7c00) scale = (scale & 0x8000) | 0x7bff; /* the largest */
    float inverse = scale ? d / f32_from_f16(scale) : 0;
    for (size_t i = 0; i < SMALL; i++) {
        float x = rintf((float)v[i] * inverse);
        out[i] = (int8_t)(x < -127 ? -127 : x > 127 ? 127 : x);
    }
    return scale;
}

size_t gguf_pack_q8_0(const uint8_t *row, size_t cols, size_t r, uint8_t *block, size_t *rounded)
{
    uint8_t *values = block + packed_scale_bytes(QUANT_Q8, cols);
    size_t bad = 0;
    for (size_t g = 0; g < cols / SMALL; g++, row += Q8_0_BYTES) {
        uint16_t scale;
        int8_t v[SMALL], other[SMALL];
        memcpy(&scale, row, sizeof scale);
        memcpy(v, row + 2, sizeof v);
        if ((scale & 0x7c00) == 0x7c00) {
            bad += SMALL;
            scale = 0;
        }
        bool lowest = false;
        for (size_t i = 0; i < SMALL; i++) lowest |= v[i] == -128;
        if (lowest) {
            scale = round_group(f32_from_f16(scale), v, other);
            memcpy(v, other, sizeof v);
            ++*rounded;
        }
        memcpy(block + (g * QUANT_BLOCK_ROWS + r) * sizeof scale, &scale, sizeof scale);
        uint8_t *out = values + g * packed_group_bytes(QUANT_Q8) + 4 * r;
        for (size_t i = 0; i < SMALL; i++) out[i / 4 * 64 + i % 4] = (uint8_t)(v[i] + 128);
    }
    return bad;
}
