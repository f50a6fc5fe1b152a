/* Attention over KV pages with an online softmax (Dao et al. 2022, arXiv:2205.14135), by matrix
 * instructions. A warp has 16 query rows; heads that share a KV head are rows of one tile, so that
 * keys and values are read once for all of them.
 *
 * A lane (g = lane / 4, c = lane % 4) reads keys and values in runs of 8 numbers, which are its
 * parts of two multiplications at once: the order of the inputs of a product is free as long as both
 * sides have the same, and so is the order of the columns of a result. So pages need neither a
 * transpose nor shared memory: DECODE takes them straight to registers. PREFILL has four warps share
 * a page that lies in shared memory, the next one on its way. */
#include "backend/cuda/ops.cuh"

struct page {
    const uint8_t *k, *v;
    uint32_t dim; /* head_dim */
};

/* Where the 16-byte unit u of a row lies in shared memory: turned by the row, so that lanes which
 * read the same place of several rows meet different banks. */
DEVICE uint32_t turned(uint32_t u, uint32_t row, uint32_t units, const int int8, const int values)
{
    if (units % 8 != 0) return u;
    return u ^ (int8 || values ? (row & 3) << 1 : (row & 1) << 2);
}

/* 8 signed bytes as 4 pairs of bf16. */
DEVICE void widen(struct u2 bytes, uint32_t out[4])
{
    uint32_t low = bytes.x ^ 0x80808080u, high = bytes.y ^ 0x80808080u;
    UNROLL for (uint32_t i = 0; i < 4; i++)
    {
        uint32_t from = i < 2 ? low : high, at = i % 2 * 2;
        float a = bits_float(permute_bytes(from, 0x4b000000u, 0x7540u | at)) - 8388736.0f;
        float b = bits_float(permute_bytes(from, 0x4b000000u, 0x7541u + at)) - 8388736.0f;
        out[i] = pack_bf16(a, b);
    }
}

/* 8 numbers from index `at` of row `row`, rows of `size` numbers, as 4 pairs. */
DEVICE void load_run(const uint8_t *from, uint32_t row, uint32_t size, uint32_t at, const int int8,
                     const int in_shared, const int values, uint32_t out[4])
{
    if (int8) {
        uint32_t units = size / 16, unit = at / 16;
        if (in_shared) unit = turned(unit, row, units, int8, values);
        struct u2 bytes =
            *(const struct u2 *)(const void *)(from + (row * units + unit) * 16 + at % 16);
        widen(bytes, out);
        return;
    }
    uint32_t units = size / 8, unit = at / 8;
    if (in_shared) unit = turned(unit, row, units, int8, values);
    struct u4 v = *(const struct u4 *)(const void *)(from + (size_t)(row * units + unit) * 16);
    out[0] = v.x;
    out[1] = v.y;
    out[2] = v.z;
    out[3] = v.w;
}

/* What a lane keeps of 16 query rows: rows g and g + 8. Maxima are of scores times log2(e). */
#define MOST_CHUNKS (CUDA_MAX_HEAD_DIM / 32)
struct rows {
    const uint16_t *q[2]; /* NULL: no such row */
    uint32_t visible[2];  /* keys that it sees */
    float max[2], sum[2];
    uint32_t saved[4][8];          /* q, where it fits: chunks of 32 dimensions */
    float out[MOST_CHUNKS][4][4]; /* chunk, i, d: dimensions 32 chunk + 4 (2c, 2c + 1) + i */
};

/* Chunk s of the query rows in the order of load_run: [0..3] row g, [4..7] row g + 8. */
DEVICE void load_query(const struct rows *r, uint32_t s, uint32_t dim, uint32_t out[8])
{
    uint32_t at = 32 * s + threadIdx.x % 4 * 8;
    UNROLL for (int i = 0; i < 2; i++)
    {
        struct u4 v = {0, 0, 0, 0};
        if (r->q[i] && 32 * s < dim) v = *(const struct u4 *)(const void *)(r->q[i] + at);
        out[4 * i] = v.x;
        out[4 * i + 1] = v.y;
        out[4 * i + 2] = v.z;
        out[4 * i + 3] = v.w;
    }
}

/* Row g's token and head: rows are tokens times heads of the group. */
DEVICE void begin_rows(struct rows *r, const struct cuda_attention_args *a, struct cuda_tile tile,
                       uint32_t kv_head, uint32_t first_row, const int CHUNKS)
{
    uint32_t group = (uint32_t)(a->n_heads / a->kv.n_kv_heads), dim = (uint32_t)a->kv.head_dim;
    UNROLL for (uint32_t i = 0; i < 2; i++)
    {
        uint32_t row = first_row + threadIdx.x % WARP_SIZE / 4 + 8 * i;
        r->q[i] = NULL;
        r->visible[i] = 0;
        r->max[i] = -INFINITY;
        r->sum[i] = 0.0f;
        if (row < (uint32_t)tile.n * group) {
            size_t t = (uint32_t)tile.first + row / group;
            r->q[i] = a->q + (t * (uint32_t)a->n_heads + kv_head * group + row % group) * dim;
            r->visible[i] = (uint32_t)a->visible[t];
        }
    }
    UNROLL for (int s = 0; s < CHUNKS; s++)
    {
        UNROLL for (int i = 0; i < 4; i++)
        {
            UNROLL for (int d = 0; d < 4; d++) r->out[s][i][d] = 0.0f;
        }
        if (CHUNKS <= 4) load_query(r, (uint32_t)s, dim, r->saved[s % 4]);
    }
}

/* score += 32 dimensions, from 32 s on, of the page's keys. */
DEVICE void score_chunk(float score[4][4], const uint32_t q[8], struct page p, uint32_t s,
                        const int int8, const int in_shared)
{
    uint32_t lane = threadIdx.x % WARP_SIZE, g = lane / 4, c = lane % 4;
    uint32_t a0[4] = {q[0], q[4], q[1], q[5]}, a1[4] = {q[2], q[6], q[3], q[7]};
    UNROLL for (uint32_t n = 0; n < 4; n++)
    {
        uint32_t b[4];
        load_run(p.k, n * 8 + g, p.dim, 32 * s + 8 * c, int8, in_shared, 0, b);
        mma_bf16(score[n], a0, b);
        mma_bf16(score[n], a1, b + 2);
    }
}

/* Tokens start.. of the sequence, which lie in page p. Chunks past head_dim count nothing: their
 * queries are zero, their outputs are not used, and what is read in their place is the last one. */
DEVICE void attend_page(struct rows *r, struct page p, uint32_t start, float scale, const int int8,
                        const int in_shared, const int CHUNKS)
{
    uint32_t lane = threadIdx.x % WARP_SIZE, g = lane / 4, c = lane % 4, last = p.dim / 32 - 1;
    float score[4][4];
    UNROLL for (int n = 0; n < 4; n++)
    {
        UNROLL for (int d = 0; d < 4; d++) score[n][d] = 0.0f;
    }
    if (CHUNKS <= 4) {
        UNROLL for (uint32_t s = 0; s < (uint32_t)CHUNKS; s++)
            score_chunk(score, r->saved[s % 4], p, s < last ? s : last, int8, in_shared);
    } else { /* q does not fit, and one chunk at a time leaves room for the outputs */
        KEEP_LOOP for (uint32_t s = 0; s < p.dim / 32; s++)
        {
            uint32_t q[8];
            load_query(r, s, p.dim, q);
            score_chunk(score, q, p, s, int8, in_shared);
        }
    }
    float max[2] = {r->max[0], r->max[1]}, shrink[2];
    const float *k_scale = (const float *)(const void *)(p.k + CUDA_KV_PAGE * p.dim);
    const float *v_scale = (const float *)(const void *)(p.v + CUDA_KV_PAGE * p.dim);
    UNROLL for (uint32_t n = 0; n < 4; n++)
    {
        UNROLL for (uint32_t d = 0; d < 4; d++)
        {
            uint32_t token = n * 8 + 2 * c + d % 2;
            float v = score[n][d] * scale;
            if (int8) v *= k_scale[token];
            if (start + token >= r->visible[d / 2]) v = -INFINITY;
            score[n][d] = v;
            max[d / 2] = fmaxf(max[d / 2], v);
        }
    }
    UNROLL for (int i = 0; i < 2; i++)
    {
        max[i] = fmaxf(max[i], shuffle_xor(max[i], 1));
        max[i] = fmaxf(max[i], shuffle_xor(max[i], 2));
        float base = max[i] == -INFINITY ? 0.0f : max[i]; /* a row that sees nothing yet */
        shrink[i] = exp2_fast(r->max[i] - base);
        r->max[i] = max[i];
        r->sum[i] *= shrink[i];
        max[i] = base;
    }
    uint32_t weights[4][2]; /* of 8 tokens, rows g and g + 8 */
    UNROLL for (uint32_t n = 0; n < 4; n++)
    {
        float w[4];
        UNROLL for (uint32_t d = 0; d < 4; d++)
        {
            w[d] = exp2_fast(score[n][d] - max[d / 2]);
            r->sum[d / 2] += w[d];
            if (int8) w[d] *= v_scale[n * 8 + 2 * c + d % 2];
        }
        weights[n][0] = pack_bf16(w[0], w[1]);
        weights[n][1] = pack_bf16(w[2], w[3]);
    }
    UNROLL for (uint32_t s = 0; s < (uint32_t)CHUNKS; s++)
    {
        uint32_t from = s < last ? s : last;
        UNROLL for (int i = 0; i < 4; i++)
        {
            UNROLL for (int d = 0; d < 4; d++) r->out[s][i][d] *= shrink[d / 2];
        }
        UNROLL for (uint32_t k = 0; k < 2; k++) /* 16 tokens */
        {
            uint32_t a[4] = {weights[2 * k][0], weights[2 * k][1], weights[2 * k + 1][0],
                             weights[2 * k + 1][1]};
            uint32_t low[4], high[4]; /* pairs of tokens at 4 dimensions */
            uint32_t at = (32 * from + 4 * g) * 2;
            load_run(p.v, 8 * k + c, 2 * p.dim, at, int8, in_shared, 1, low);
            load_run(p.v, 8 * k + 4 + c, 2 * p.dim, at, int8, in_shared, 1, high);
            UNROLL for (int i = 0; i < 4; i++)
            {
                uint32_t b[2] = {low[i], high[i]};
                mma_bf16(r->out[s][i], a, b);
            }
        }
    }
}

/* The sums of a row lie with 4 lanes. */
DEVICE void end_rows(struct rows *r)
{
    UNROLL for (int i = 0; i < 2; i++)
    {
        r->sum[i] += shuffle_xor(r->sum[i], 1);
        r->sum[i] += shuffle_xor(r->sum[i], 2);
    }
}

DEVICE const uint8_t *page_at(const struct cuda_attention_args *a, const int32_t *pages, uint32_t i,
                              uint32_t kv_head)
{
    return a->kv.data + ((size_t)(uint32_t)pages[i] * (uint32_t)a->kv.n_kv_heads + kv_head) * 2 *
                            (uint32_t)a->kv.head_bytes;
}

/* Pages that the tile's last token, which sees the most, sees. */
DEVICE uint32_t tile_pages(const struct cuda_attention_args *a, struct cuda_tile tile)
{
    return ((uint32_t)a->visible[tile.first + tile.n - 1] + CUDA_KV_PAGE - 1) / CUDA_KV_PAGE;
}

DEVICE const int32_t *sequence_pages(const struct cuda_attention_args *a, struct cuda_tile tile)
{
    return a->tokens.pages +
           (size_t)(uint32_t)a->tokens.sequence[tile.first] * (uint32_t)a->tokens.pages_stride;
}

/* ---- prefill ---- */

/* Keys and values of a page, which follow each other, to shared memory. */
DEVICE void copy_page(const struct cuda_kv *kv, const uint8_t *from, unsigned char *to)
{
    uint32_t dim = (uint32_t)kv->head_dim, bytes = (uint32_t)kv->head_bytes;
    uint32_t row_units = dim * (kv->int8 ? 1 : 2) / 16, units = bytes / 16;
    for (uint32_t i = threadIdx.x; i < 2 * units; i += 128) {
        uint32_t values = i >= units, u = values ? i - units : i;
        uint32_t in_row = values ? 2 * row_units : row_units, row = u / in_row, at = u;
        if (row < (values ? 16u : 32u)) /* else scales */
            at = row * in_row + turned(u % in_row, row, in_row, kv->int8, (int)values);
        copy_async(to + (values ? bytes : 0) + at * 16, from + (size_t)i * 16, 16);
    }
}

DEVICE void prefill(const struct cuda_attention_args *a, unsigned char *room, const int int8,
                    const int CHUNKS)
{
    uint32_t kv_head = blockIdx.y, warp = threadIdx.x / WARP_SIZE, lane = threadIdx.x % WARP_SIZE;
    uint32_t dim = (uint32_t)a->kv.head_dim, bytes = (uint32_t)a->kv.head_bytes;
    uint32_t group = (uint32_t)(a->n_heads / a->kv.n_kv_heads);
    struct rows r;
    depend_launch();
    depend_wait();
    struct cuda_tile tile = a->tiles[blockIdx.x];
    const int32_t *pages = sequence_pages(a, tile);
    uint32_t n_pages = tile_pages(a, tile), n_rows = (uint32_t)tile.n * group;
    copy_page(&a->kv, page_at(a, pages, 0, kv_head), room);
    copy_commit();
    begin_rows(&r, a, tile, kv_head, warp * 16, CHUNKS);
    /* Keys that this warp's last row sees; 0 where it has none. */
    uint32_t last_row = warp * 16 + 15 < n_rows ? warp * 16 + 15 : n_rows - 1, seen = 0;
    if (warp * 16 < n_rows) seen = (uint32_t)a->visible[(uint32_t)tile.first + last_row / group];
    KEEP_LOOP for (uint32_t i = 0; i < n_pages; i++)
    {
        if (i + 1 < n_pages)
            copy_page(&a->kv, page_at(a, pages, i + 1, kv_head), room + (i + 1) % 2 * 2 * bytes);
        copy_commit();
        copy_wait(1);
        __syncthreads();
        const unsigned char *at = room + i % 2 * 2 * bytes;
        struct page p = {at, at + bytes, dim};
        if (i * CUDA_KV_PAGE < seen)
            attend_page(&r, p, i * CUDA_KV_PAGE, a->scale * 1.44269504f, int8, 1, CHUNKS);
        __syncthreads();
    }
    copy_wait(0);
    end_rows(&r);
    UNROLL for (uint32_t i = 0; i < 2; i++)
    {
        uint32_t row = warp * 16 + lane / 4 + 8 * i;
        if (row >= n_rows) continue;
        float inverse = 1.0f / r.sum[i];
        uint32_t out_dim = (uint32_t)a->out_dim;
        uint16_t *to = a->out.bf16 +
                       (size_t)((uint32_t)tile.first + row / group) * (uint32_t)a->out.stride +
                       (kv_head * group + row % group) * out_dim;
        UNROLL for (uint32_t s = 0; s < (uint32_t)CHUNKS; s++)
        {
            UNROLL for (uint32_t d = 0; d < 2; d++)
            { /* 4 dimensions in a row */
                if (32 * s + 4 * (2 * (lane % 4) + d) >= out_dim) continue;
                struct u2 v;
                v.x = pack_bf16(r.out[s][0][2 * i + d] * inverse, r.out[s][1][2 * i + d] * inverse);
                v.y = pack_bf16(r.out[s][2][2 * i + d] * inverse, r.out[s][3][2 * i + d] * inverse);
                *(struct u2 *)(void *)(to + 32 * s + 4 * (2 * (lane % 4) + d)) = v;
            }
        }
    }
}

/* ---- decoding ---- */

/* One warp's rows to its part of room: (16, dim) and (16, 2). */
DEVICE void rows_to_room(const struct rows *r, float *out, float *max_and_sum, uint32_t dim,
                         const int CHUNKS)
{
    uint32_t lane = threadIdx.x % WARP_SIZE, g = lane / 4, c = lane % 4;
    UNROLL for (uint32_t i = 0; i < 2; i++)
    {
        uint32_t row = g + 8 * i;
        if (c == 0) {
            max_and_sum[row * 2] = r->max[i];
            max_and_sum[row * 2 + 1] = r->sum[i];
        }
        UNROLL for (uint32_t s = 0; s < (uint32_t)CHUNKS; s++)
        {
            if (32 * s >= dim) continue;
            UNROLL for (uint32_t d = 0; d < 2; d++)
            {
                float *to = out + row * dim + 32 * s + 4 * (2 * c + d);
                UNROLL for (int k = 0; k < 4; k++) to[k] = r->out[s][k][2 * i + d];
            }
        }
    }
}

DEVICE void decode(const struct cuda_attention_args *a, unsigned char *memory, const int int8,
                   const int CHUNKS)
{
    uint32_t split = blockIdx.x, kv_head = blockIdx.y, warp = threadIdx.x / WARP_SIZE;
    uint32_t dim = (uint32_t)a->kv.head_dim, bytes = (uint32_t)a->kv.head_bytes;
    float *room = (float *)(void *)memory, *marks = room + 4 * 16 * dim;
    struct rows r;
    depend_launch();
    depend_wait();
    struct cuda_tile tile = a->tiles[blockIdx.z];
    const int32_t *pages = sequence_pages(a, tile);
    uint32_t end = tile_pages(a, tile);
    if (split * CUDA_SPLIT_PAGES >= end) return;
    if (end > (split + 1) * CUDA_SPLIT_PAGES) end = (split + 1) * CUDA_SPLIT_PAGES;
    /* All that this warp reads is asked for at once, where there are registers left for it. */
    for (uint32_t i = split * CUDA_SPLIT_PAGES + warp; CHUNKS <= 4 && i < end; i += 4) {
        const uint8_t *at = page_at(a, pages, i, kv_head);
        for (uint32_t k = threadIdx.x % WARP_SIZE * 128; k < 2 * bytes; k += WARP_SIZE * 128)
            prefetch_l2(at + k);
    }
    begin_rows(&r, a, tile, kv_head, 0, CHUNKS);
    KEEP_LOOP for (uint32_t i = split * CUDA_SPLIT_PAGES + warp; i < end; i += 4)
    {
        const uint8_t *at = page_at(a, pages, i, kv_head);
        struct page p = {at, at + bytes, dim};
        attend_page(&r, p, i * CUDA_KV_PAGE, a->scale * 1.44269504f, int8, 0, CHUNKS);
    }
    end_rows(&r);
    rows_to_room(&r, room + warp * 16 * dim, marks + warp * 32, dim, CHUNKS);
    __syncthreads();
    size_t item = ((size_t)blockIdx.z * (uint32_t)a->kv.n_kv_heads + kv_head) *
                      (uint32_t)a->n_splits + split;
    uint32_t n_rows = (uint32_t)(tile.n * (a->n_heads / a->kv.n_kv_heads));
    for (uint32_t i = threadIdx.x; i < n_rows * dim; i += 128) {
        uint32_t row = i / dim;
        float max = -INFINITY, sum = 0.0f, out = 0.0f;
        UNROLL for (uint32_t w = 0; w < 4; w++) max = fmaxf(max, marks[w * 32 + row * 2]);
        float base = max == -INFINITY ? 0.0f : max;
        UNROLL for (uint32_t w = 0; w < 4; w++)
        {
            float weight = exp2_fast(marks[w * 32 + row * 2] - base);
            sum += weight * marks[w * 32 + row * 2 + 1];
            out += weight * room[w * 16 * dim + i];
        }
        a->partial[item * 16 * dim + i] = out;
        if (i % dim == 0) {
            a->max_and_sum[(item * 16 + row) * 2] = max;
            a->max_and_sum[(item * 16 + row) * 2 + 1] = sum;
        }
    }
}

/* Merges the splits: a block has 32 dimensions of a tile's rows, a warp a row at a time. */
KERNEL(combine, 128, 1, cuda_attention_args)
{
    uint32_t lane = threadIdx.x % WARP_SIZE, kv_head = blockIdx.y, d = blockIdx.x * 32 + lane;
    uint32_t dim = (uint32_t)a.kv.head_dim, group = (uint32_t)(a.n_heads / a.kv.n_kv_heads);
    depend_launch();
    depend_wait();
    struct cuda_tile tile = a.tiles[blockIdx.z];
    uint32_t n = (tile_pages(&a, tile) + CUDA_SPLIT_PAGES - 1) / CUDA_SPLIT_PAGES;
    size_t item = ((size_t)blockIdx.z * (uint32_t)a.kv.n_kv_heads + kv_head) * (uint32_t)a.n_splits;
    for (uint32_t row = threadIdx.x / WARP_SIZE; row < (uint32_t)tile.n * group; row += 4) {
        float max = -INFINITY, sum = 0.0f, out = 0.0f;
        for (uint32_t s = lane; s < n; s += WARP_SIZE)
            max = fmaxf(max, a.max_and_sum[((item + s) * 16 + row) * 2]);
        max = warp_max(max);
        for (uint32_t s = 0; s < n; s++) {
            const float *mark = a.max_and_sum + ((item + s) * 16 + row) * 2;
            float weight = exp2_fast(mark[0] - max);
            sum += weight * mark[1];
            out += weight * a.partial[((item + s) * 16 + row) * dim + d];
        }
        store_group(&a.out, (uint32_t)tile.first + row / group,
                    (kv_head * group + row % group) * dim + d, out / sum);
    }
}

#define ATTENTION(t, int8, size, blocks)                                                           \
    KERNEL(prefill_##t##_##size, 128, blocks, cuda_attention_args)                                 \
    {                                                                                              \
        DYNAMIC_SHARED(room);                                                                      \
        prefill(&a, room, int8, size / 32);                                                        \
    }                                                                                              \
    KERNEL(decode_##t##_##size, 128, blocks, cuda_attention_args)                                  \
    {                                                                                              \
        DYNAMIC_SHARED(room);                                                                      \
        decode(&a, room, int8, size / 32);                                                         \
    }

ATTENTION(bf16, 0, 64, 3)
ATTENTION(bf16, 0, 128, 2)
ATTENTION(bf16, 0, 256, 1)
ATTENTION(int8, 1, 64, 3)
ATTENTION(int8, 1, 128, 2)
ATTENTION(int8, 1, 256, 1)
