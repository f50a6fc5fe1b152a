#include "backend/cpu/cpu.h"

#include <string.h>

/* Rows 32 * index and on of a tile of tokens: two blocks, or the matrix's last one. */
static void matmul_rows(const struct cpu_kernels *k, const struct packed_matrix *w,
                        const struct activations *x, size_t first, size_t n, size_t index,
                        const float *bias, enum matmul_end end, float *out, size_t stride)
{
    _Alignas(64) float tile[TILE_TOKENS][TILE_ROWS];
    size_t block = 2 * index, row = block * QUANT_BLOCK_ROWS;
    size_t n_blocks = packed_blocks(w->rows) - block < 2 ? 1 : 2;
    const float *scale = w->row_scale ? w->row_scale + row : NULL;
    k->tile[w->type](w->data + block * packed_block_bytes(w->type, w->cols), n_blocks, scale,
                     w->cols, x, first, n, tile);
    if (end == MATMUL_SWIGLU) {
        for (size_t t = 0; t < n; t++)
            k->swiglu(tile[t], tile[t] + QUANT_BLOCK_ROWS, QUANT_BLOCK_ROWS,
                      out + (first + t) * stride + index * QUANT_BLOCK_ROWS);
        return;
    }
    size_t rows = w->rows - row < TILE_ROWS ? w->rows - row : TILE_ROWS;
    for (size_t t = 0; t < n; t++) {
        float *to = out + (first + t) * stride + row, *from = tile[t];
        if (bias)
            for (size_t r = 0; r < rows; r++) from[r] += bias[row + r];
        if (rows == TILE_ROWS) { /* of a constant number: as vectors */
            if (end == MATMUL_ADD)
                for (size_t r = 0; r < TILE_ROWS; r++) from[r] += to[r];
            memcpy(to, from, TILE_ROWS * sizeof *to);
        } else {
            for (size_t r = 0; r < rows; r++) to[r] = end == MATMUL_ADD ? to[r] + from[r] : from[r];
        }
    }
}

/* Two blocks after two blocks of thread `owner`'s part, as long as there are any that nobody has
 * begun. */
static void matmul_part(const struct cpu_kernels *k, const struct packed_matrix *w,
                        const struct activations *x, size_t n_tokens, const float *bias,
                        enum matmul_end end, float *out, size_t stride, size_t owner,
                        size_t n_threads)
{
    size_t begin, stop;
    thread_pool_split((packed_blocks(w->rows) + 1) / 2, 1, owner, n_threads, &begin, &stop);
    /* A tile's inputs stay in the second cache while the thread's weights pass over them in the
     * order of memory. Tiles are about alike, in threes as the kernels take tokens: a short last
     * one would unpack as many weights for few tokens. */
    size_t tiles = (n_tokens + TILE_TOKENS - 1) / TILE_TOKENS;
    size_t size = ((n_tokens + tiles - 1) / tiles + 2) / 3 * 3, rows = stop - begin, total;
    /* With few tokens so much at a time that memory is read in long runs. */
    size_t run = n_tokens <= 8 ? 4 : 1;
    tiles = (n_tokens + size - 1) / size;
    total = rows * tiles;
    for (size_t from = 0, to = 0;; from++) {
        if (from == to) {
            from = x->claims ? atomic_fetch_add(&x->claims[owner].next, run) : to;
            to = from + run;
        }
        if (from >= total) return;
        size_t t = from / rows * size, n = n_tokens - t < size ? n_tokens - t : size;
        matmul_rows(k, w, x, t, n, begin + from % rows, bias, end, out, stride);
    }
}

void matmul(const struct cpu_kernels *k, const struct packed_matrix *w, const struct activations *x,
            size_t n_tokens, const float *bias, enum matmul_end end, float *out, size_t stride,
            size_t thread, size_t n_threads)
{
    matmul_part(k, w, x, n_tokens, bias, end, out, stride, thread, n_threads);
    /* Who is done first helps the others: cores are not equally fast, and memory is not fair. */
    for (size_t i = 1; x->claims && i < n_threads; i++)
        matmul_part(k, w, x, n_tokens, bias, end, out, stride, (thread + i) % n_threads, n_threads);
}
