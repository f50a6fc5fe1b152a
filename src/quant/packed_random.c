#include "quant/packed_random.h"
#include "quant/quantize.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

struct filling {
    const struct packed_plan *plan;
    uint8_t *memory;
    uint64_t seed;
    atomic_size_t next_piece;
};

/* splitmix64 (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195). */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

static void fill_bytes(uint8_t *out, size_t n, uint64_t *state) /* n: a multiple of 8 */
{
    for (size_t i = 0; i < n; i += 8) {
        uint64_t v = next(state);
        memcpy(out + i, &v, 8);
    }
}

/* The standard deviation of a row of a matrix. */
static float deviation(size_t cols)
{
    return 1.0f / sqrtf((float)cols);
}

/* Rows of the item that block `block` holds; the rest of its 16 are padding. */
static size_t rows_of(const struct packed_item *item, size_t block)
{
    size_t rows = item->rows;
    if (item->by_turns) {
        rows = item->sources[block % item->n_sources].rows;
        block /= item->n_sources;
    }
    size_t first = block * QUANT_BLOCK_ROWS;
    if (first >= rows) return 0;
    return rows - first < QUANT_BLOCK_ROWS ? rows - first : QUANT_BLOCK_ROWS;
}

static void fill_scales(enum quant_type type, uint8_t *scales, size_t n)
{
    if (type == QUANT_Q4) /* 64..127, either sign */
        for (size_t i = 0; i < n; i++)
            scales[i] = (uint8_t)(scales[i] & 0x80 ? -(64 | (scales[i] & 63)) : 64 | scales[i]);
    if (type == QUANT_Q8) /* f16 in 0.5..1 */
        for (size_t i = 0; i < n; i += 2) {
            uint16_t bits;
            memcpy(&bits, scales + i, 2);
            bits = (uint16_t)(0x3800 | (bits & 0x3ff));
            memcpy(scales + i, &bits, 2);
        }
}

/* Makes weights of the random bits in a block's values; `n_rows` as rows_of has it. */
static void fill_values(const struct packed_item *item, uint8_t *values, size_t n, size_t n_rows)
{
    /* Uniform in -1..1 times this has the deviation wanted. */
    float unit = deviation(item->cols) * sqrtf(3.0f);
    if (item->type == QUANT_Q8)
        for (size_t i = 0; i < n; i++) values[i] = values[i] ? values[i] : 128; /* no -128 */
    if (item->type == QUANT_BF16)
        for (size_t i = 0; i < n / 2; i++) {
            int16_t r;
            memcpy(&r, values + 2 * i, 2);
            bool padding = i / 2 % QUANT_BLOCK_ROWS >= n_rows;
            uint16_t v = padding ? 0 : bf16_from_f32((float)r * (unit / 32768));
            memcpy(values + 2 * i, &v, 2);
        }
    if (item->type == QUANT_F32)
        for (size_t i = 0; i < n / 4; i++) {
            int32_t r;
            memcpy(&r, values + 4 * i, 4);
            bool padding = i % QUANT_BLOCK_ROWS >= n_rows;
            float v = padding ? 0 : (float)r * (unit / 2147483648.0f);
            memcpy(values + 4 * i, &v, 4);
        }
}

static void fill_blocks(const struct packed_item *item, size_t first, size_t n, uint8_t *out,
                        uint64_t *state)
{
    size_t bytes = packed_block_bytes(item->type, item->cols);
    size_t scales = packed_scale_bytes(item->type, item->cols);
    for (size_t i = 0; i < n; i++, out += bytes) {
        fill_bytes(out, bytes, state);
        fill_scales(item->type, out, scales);
        fill_values(item, out + scales, bytes - scales, rows_of(item, first + i));
    }
}

/* What a weight of q4 or q8 is on average (its root mean square) for a row scale of 1. */
static float unscaled_rms(enum quant_type type)
{
    if (type == QUANT_Q8) return 0.76f * 73.5f;
    float sum = 0;
    for (size_t i = 0; i < 16; i++) sum += (float)Q4_CODEBOOK[i] * (float)Q4_CODEBOOK[i];
    return 9650.0f * sqrtf(sum / 16); /* the scales' squares: 64..127 */
}

static void fill_row_scale(const struct packed_item *matrix, float *out, size_t n)
{
    float scale = deviation(matrix->cols) / unscaled_rms(matrix->type);
    for (size_t i = 0; i < n; i++)
        out[i] = i % QUANT_BLOCK_ROWS < rows_of(matrix, i / QUANT_BLOCK_ROWS) ? scale : 0;
}

static void fill_vector(const struct packed_item *item, float *out, uint64_t *state)
{
    size_t len = strlen(item->name), n = 0;
    bool bias = len > 5 && strcmp(item->name + len - 5, "_bias") == 0;
    for (size_t s = 0; s < item->n_sources; s++) n += item->sources[s].rows;
    for (size_t i = 0; i < item->rows; i++) {
        float r = (float)(next(state) >> 40) / (1 << 24) - 0.5f;
        out[i] = i >= n ? 0 : bias ? 0.1f * r : 1;
    }
}

static void fill_body(void *context, size_t thread, size_t count)
{
    (void)thread;
    (void)count;
    struct filling *f = context;
    for (;;) {
        size_t piece = atomic_fetch_add(&f->next_piece, 1);
        if (piece >= f->plan->n_pieces) break;
        const struct packed_item *item = packed_plan_item_of(f->plan, piece);
        size_t index = piece - item->first_piece, bytes = packed_piece_bytes(item, index);
        uint8_t *out = f->memory + item->offset + index * item->piece;
        uint64_t state = f->seed ^ (piece * 0xd1342543de82ef95);
        if (item->kind == PACKED_MATRIX) {
            size_t block = packed_block_bytes(item->type, item->cols);
            fill_blocks(item, index * item->piece / block, bytes / block, out, &state);
        } else if (item->kind == PACKED_ROW_SCALE) {
            fill_row_scale(item - 1, (float *)(void *)out, item->rows);
        } else {
            fill_vector(item, (float *)(void *)out, &state);
        }
    }
}

void packed_random_fill(const struct packed_plan *plan, uint8_t *memory, uint64_t seed,
                        struct thread_pool *pool)
{
    struct filling f = {.plan = plan, .memory = memory, .seed = seed};
    thread_pool_run(pool, fill_body, &f);
}
