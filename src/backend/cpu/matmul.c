#include "backend/cpu/cpu.h"

#include <string.h>

/* Rows 16 * index and on of a tile of tokens; index counts blocks, or gate-and-up pairs. */
static void matmul_block(const struct cpu_kernels *k, const struct packed_matrix *w,
                         const struct activations *x, size_t first, size_t n, size_t index,
                         const float *bias, enum matmul_end end, float *out, size_t stride)
{
    _Alignas(64) float tile[2][TILE_TOKENS][QUANT_BLOCK_ROWS];
    size_t bytes = packed_block_bytes(w->type, w->cols);
    size_t parts = end == MATMUL_SWIGLU ? 2 : 1;
    for (size_t p = 0; p < parts; p++) {
        size_t block = index * parts + p;
        const float *scale = w->row_scale ? w->row_scale + block * QUANT_BLOCK_ROWS : NULL;
        k->tile[w->type](w->data + block * bytes, scale, w->cols, x, first, n, tile[p]);
    }
    size_t row = index * QUANT_BLOCK_ROWS;
    for (size_t t = 0; t < n; t++) {
        float *to = out + (first + t) * stride + row;
        float *from = tile[0][t];
        if (end == MATMUL_SWIGLU) {
            k->swiglu(from, tile[1][t], QUANT_BLOCK_ROWS, to);
            continue;
        }
        size_t rows = w->rows - row < QUANT_BLOCK_ROWS ? w->rows - row : QUANT_BLOCK_ROWS;
        if (bias)
            for (size_t r = 0; r < rows; r++) from[r] += bias[row + r];
        if (end == MATMUL_ADD)
            for (size_t r = 0; r < rows; r++) to[r] += from[r];
        else
            memcpy(to, from, rows * sizeof *to);
    }
}

void matmul(const struct cpu_kernels *k, const struct packed_matrix *w, const struct activations *x,
            size_t n_tokens, const float *bias, enum matmul_end end, float *out, size_t stride,
            size_t thread, size_t n_threads)
{
    size_t count = packed_blocks(w->rows) / (end == MATMUL_SWIGLU ? 2 : 1);
    size_t begin, stop;
    thread_pool_split(count, 1, thread, n_threads, &begin, &stop);
    /* Weights stay in the cache while all tokens pass over them. */
    for (size_t i = begin; i < stop; i++) {
        for (size_t t = 0; t < n_tokens; t += TILE_TOKENS) {
            size_t n = n_tokens - t < TILE_TOKENS ? n_tokens - t : TILE_TOKENS;
            matmul_block(k, w, x, t, n, i, bias, end, out, stride);
        }
    }
}
