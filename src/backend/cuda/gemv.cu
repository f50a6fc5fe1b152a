/* Matrix times 1 to 8 vectors, which is what decoding is: the weights pass once from memory, and
 * everything else has to keep out of their way.
 *
 * A lane takes 4 rows of a unit (weights.cuh) with four 16-byte loads, so that 8 lanes have the same
 * rows and a warp takes 8 units, 2 KB, at a time; the next 2 KB are on their way meanwhile, also
 * from one block of rows to the next. q4 and q8 dot int8 inputs by dp4a and scale a group's sum once.
 * The first load is issued before the wait for the kernel before, and what follows may be fetched
 * to L2. */
#include "backend/cuda/weights.cuh"

/* A lane's part of 8 units. */
struct load {
    struct u4 w[4];  /* a line each; its words are 4 rows */
    struct u2 scale; /* q4: x, int8 a row; q8: f16 a row */
    uint32_t unit;   /* clamped to the last one, for the inputs */
};

/* The units of one block of rows that this block's warps go through. */
struct span {
    uint32_t first_tile, end_tile; /* of 8 units */
    uint32_t units;                /* of the row */
    uint32_t scale_bytes;
    size_t block_bytes;
};

DEVICE struct span span_of(const struct cuda_gemv_args *a, const int type, uint32_t split,
                           uint32_t n_splits)
{
    struct span s;
    uint32_t cols = (uint32_t)a->w.cols;
    s.units = weight_units(type, cols);
    uint32_t tiles = (s.units + 7) / 8;
    s.first_tile = split * tiles / n_splits;
    s.end_tile = (split + 1) * tiles / n_splits;
    s.scale_bytes = weight_scale_bytes(type, cols);
    s.block_bytes = weight_block_bytes(type, cols);
    return s;
}

/* Tile `tile` of a block of rows; scales of 0 where there is no such unit. */
DEVICE void load_tile(struct load *l, const uint8_t *block, const struct span *s, const int type,
                      uint32_t tile)
{
    uint32_t lane = threadIdx.x % WARP_SIZE, unit = tile * 8 + lane / 4, quad = lane % 4;
    int is_there = unit < s->units;
    l->unit = is_there ? unit : s->units - 1;
    const uint8_t *from = block + s->scale_bytes + (size_t)l->unit * 256 + quad * 16;
    UNROLL for (int j = 0; j < 4; j++) l->w[j] = load_weights(from + j * 64);
    l->scale.x = l->scale.y = 0;
    if (type == TYPE_Q4 && is_there) l->scale.x = load_weights_4(block + l->unit * 16 + quad * 4);
    if (type == TYPE_Q8 && is_there) l->scale = load_weights_8(block + l->unit / 2 * 32 + quad * 8);
    if (type == TYPE_BF16 && !is_there) {
        UNROLL for (int j = 0; j < 4; j++) l->w[j].x = l->w[j].y = l->w[j].z = l->w[j].w = 0;
    }
}

DEVICE uint32_t word(const struct u4 *v, const int i)
{
    return i == 0 ? v->x : i == 1 ? v->y : i == 2 ? v->z : v->w;
}

/* sum[r][t] += 4 rows of 8 units times token t, N tokens. */
DEVICE void add_tile_q4(const struct load *l, const struct cuda_gemv_args *a, const int N,
                        float sum[4][8])
{
    uint32_t values[8][2];
    float scale[4];
    int32_t stride = a->x.stride, last = a->n_tokens - 1;
    struct u4 x[8][2];
    float x_scale[8];
    UNROLL for (int t = 0; t < N; t++)
    {
        int at = t < last ? t : last;
        const struct u4 *from =
            (const struct u4 *)(const void *)(a->x.q + (size_t)at * stride + l->unit * 32);
        x[t][0] = from[0];
        x[t][1] = from[1];
        x_scale[t] = a->x.scale[(size_t)at * (stride / 32) + l->unit];
    }
    UNROLL for (uint32_t r = 0; r < 4; r++) scale[r] = q4_scale(l->scale.x, r);
    UNROLL for (int r = 0; r < 4; r++)
    {
        if (N > 2) {
            UNROLL for (int j = 0; j < 4; j++) q4_decode(word(&l->w[j], r), values[j]);
        }
        UNROLL for (int t = 0; t < N; t++)
        {
            int32_t dot = MAGIC_BITS;
            UNROLL for (int j = 0; j < 4; j++)
            {
                uint32_t x0 = word(&x[t][j / 2], j % 2 * 2), x1 = word(&x[t][j / 2], j % 2 * 2 + 1);
                if (N > 2)
                    dot = dot_bytes(values[j][1], x1, dot_bytes(values[j][0], x0, dot));
                else
                    dot = q4_dot(word(&l->w[j], r), x0, x1, dot);
            }
            sum[r][t] += (bits_float((uint32_t)dot) - MAGIC_FLOAT) * (scale[r] * x_scale[t]);
        }
    }
}

DEVICE void add_tile_q8(const struct load *l, const struct cuda_gemv_args *a, const int N,
                        float sum[4][8])
{
    float scale[4];
    int32_t stride = a->x.stride, last = a->n_tokens - 1;
    scale[0] = half_float(l->scale.x & 0xffffu);
    scale[1] = half_float(l->scale.x >> 16);
    scale[2] = half_float(l->scale.y & 0xffffu);
    scale[3] = half_float(l->scale.y >> 16);
    UNROLL for (int t = 0; t < N; t++)
    {
        int at = t < last ? t : last;
        struct u4 x =
            *(const struct u4 *)(const void *)(a->x.q + (size_t)at * stride + l->unit * 16);
        float x_scale = a->x.scale[(size_t)at * (stride / 32) + l->unit / 2];
        UNROLL for (int r = 0; r < 4; r++)
        {
            int32_t dot = MAGIC_BITS;
            UNROLL for (int j = 0; j < 4; j++)
                dot = dot_bytes(word(&l->w[j], r) ^ 0x80808080u, word(&x, j), dot);
            sum[r][t] += (bits_float((uint32_t)dot) - MAGIC_FLOAT) * (scale[r] * x_scale);
        }
    }
}

DEVICE void add_tile_bf16(const struct load *l, const struct cuda_gemv_args *a, const int N,
                          float sum[4][8])
{
    int32_t stride = a->x.stride, last = a->n_tokens - 1;
    UNROLL for (int t = 0; t < N; t++)
    {
        int at = t < last ? t : last;
        struct u4 x =
            *(const struct u4 *)(const void *)(a->x.bf16 + (size_t)at * stride + l->unit * 8);
        UNROLL for (int r = 0; r < 4; r++)
        {
            UNROLL for (int j = 0; j < 4; j++)
            {
                uint32_t w = word(&l->w[j], r), v = word(&x, j);
                sum[r][t] = fmaf(bf16_low(w), bf16_low(v), sum[r][t]);
                sum[r][t] = fmaf(bf16_high(w), bf16_high(v), sum[r][t]);
            }
        }
    }
}

DEVICE void add_tile(const struct load *l, const struct cuda_gemv_args *a, const int type,
                     const int N, float sum[4][8])
{
    if (type == TYPE_Q4) add_tile_q4(l, a, N, sum);
    if (type == TYPE_Q8) add_tile_q8(l, a, N, sum);
    if (type == TYPE_BF16) add_tile_bf16(l, a, N, sum);
}

/* This warp's sums of 16 rows to room (16, N): over the 8 lanes that share rows. */
DEVICE void reduce_rows(float sum[4][8], const int N, float *room)
{
    uint32_t lane = threadIdx.x % WARP_SIZE;
    UNROLL for (int r = 0; r < 4; r++)
    {
        UNROLL for (int t = 0; t < N; t++)
        {
            float v = sum[r][t];
            v += shuffle_xor(v, 4);
            v += shuffle_xor(v, 8);
            v += shuffle_xor(v, 16);
            if (lane < 4) room[(lane * 4 + (uint32_t)r) * (uint32_t)N + (uint32_t)t] = v;
        }
    }
}

/* Fetches this warp's next bytes of weights to L2. */
DEVICE void prefetch_block(const uint8_t *block, const struct span *s, uint32_t tile, uint32_t step,
                           int32_t bytes)
{
    uint32_t lane = threadIdx.x % WARP_SIZE;
    for (; bytes > 0 && tile < s->end_tile; tile += step, bytes -= 2048) {
        uint32_t unit = tile * 8 + lane / 2; /* half a unit is a line of the cache */
        if (lane < 16 && unit < s->units)
            prefetch_l2(block + s->scale_bytes + (size_t)unit * 256 + lane % 2 * 128);
    }
}

/* Blocks of 16 rows by 4 warps, which share out the inputs. */
DEVICE void gemv(const struct cuda_gemv_args *a, const int type, const int N, float *room)
{
    uint32_t warp = threadIdx.x / WARP_SIZE, n_blocks = ((uint32_t)a->w.rows + 15) / 16;
    uint32_t block = blockIdx.x, buffer = 0, split = blockIdx.y;
    struct span s = span_of(a, type, split, (uint32_t)a->n_splits);
    uint32_t first = s.first_tile + warp;
    struct load now, next;
    float sum[4][8];
    depend_launch();
    if (block >= n_blocks) return;
    load_tile(&now, a->w.data + block * s.block_bytes, &s, type, first);
    prefetch_block(a->w.data + block * s.block_bytes, &s, first + 4, 4, a->prefetch);
    next = now;
    depend_wait();
    for (; block < n_blocks; block += gridDim.x) {
        UNROLL for (int r = 0; r < 4; r++)
        {
            UNROLL for (int t = 0; t < N; t++) sum[r][t] = 0.0f;
        }
        KEEP_LOOP for (uint32_t tile = first; tile < s.end_tile; tile += 4)
        {
            int is_last = tile + 4 >= s.end_tile;
            uint32_t after = is_last ? block + gridDim.x : block;
            if (after < n_blocks)
                load_tile(&next, a->w.data + after * s.block_bytes, &s, type,
                          is_last ? first : tile + 4);
            add_tile(&now, a, type, N, sum);
            now = next;
        }
        float *to = room + buffer * (uint32_t)(4 * 16 * N);
        reduce_rows(sum, N, to + warp * (uint32_t)(16 * N));
        __syncthreads();
        if (threadIdx.x < (uint32_t)(16 * N)) {
            uint32_t t = threadIdx.x / 16, r = threadIdx.x % 16;
            float v = 0.0f;
            UNROLL for (uint32_t w = 0; w < 4; w++)
                v += to[w * (uint32_t)(16 * N) + r * (uint32_t)N + t];
            if (type != TYPE_BF16) v *= a->w.row_scale[block * 16 + r];
            if (t < (uint32_t)a->n_tokens)
                a->out[((size_t)split * (uint32_t)a->n_tokens + t) * (uint32_t)a->out_stride +
                       block * 16 + r] = v;
        }
        buffer ^= 1; /* the other half of room: no second barrier */
    }
}

/* Four blocks of rows (gate, up, gate, up) by 8 warps, two a block, which makes one group of 32
 * outputs. */
DEVICE void gemv_swiglu(const struct cuda_gemv_args *a, const int type, const int N, float *room)
{
    uint32_t warp = threadIdx.x / WARP_SIZE, lane = threadIdx.x % WARP_SIZE;
    uint32_t n_blocks = ((uint32_t)a->w.rows + 15) / 16, n_pieces = (n_blocks + 3) / 4;
    uint32_t piece = blockIdx.x, buffer = 0, mine = warp / 2;
    struct span s = span_of(a, type, 0, 1);
    uint32_t first = warp % 2;
    struct load now, next;
    float sum[4][8];
    depend_launch();
    if (piece >= n_pieces) return;
    const uint8_t *at =
        a->w.data + (piece * 4 + mine < n_blocks ? piece * 4 + mine : n_blocks - 1) * s.block_bytes;
    load_tile(&now, at, &s, type, first);
    prefetch_block(at, &s, first + 2, 2, a->prefetch);
    next = now;
    depend_wait();
    for (; piece < n_pieces; piece += gridDim.x) {
        UNROLL for (int r = 0; r < 4; r++)
        {
            UNROLL for (int t = 0; t < N; t++) sum[r][t] = 0.0f;
        }
        if (piece * 4 + mine < n_blocks) {
            KEEP_LOOP for (uint32_t tile = first; tile < s.end_tile; tile += 2)
            {
                int is_last = tile + 2 >= s.end_tile;
                uint32_t after = (is_last ? piece + gridDim.x : piece) * 4 + mine;
                if (after < n_blocks)
                    load_tile(&next, a->w.data + after * s.block_bytes, &s, type,
                              is_last ? first : tile + 2);
                add_tile(&now, a, type, N, sum);
                now = next;
            }
        }
        float *to = room + buffer * (uint32_t)(8 * 16 * N);
        reduce_rows(sum, N, to + warp * (uint32_t)(16 * N));
        __syncthreads();
        if (warp < (uint32_t)a->n_tokens) { /* a warp a token, a lane an output */
            uint32_t pair = lane / 16, r = lane % 16, size = (uint32_t)(16 * N);
            const float *gates = to + pair * 4 * size + r * (uint32_t)N + warp;
            float gate = gates[0] + gates[size], up = gates[2 * size] + gates[3 * size];
            uint32_t block = piece * 4 + pair * 2;
            if (type != TYPE_BF16 && block < n_blocks) {
                gate *= a->w.row_scale[block * 16 + r];
                up *= a->w.row_scale[block * 16 + 16 + r];
            }
            float v = gate / (1.0f + exp2_fast(-1.44269504f * gate)) * up;
            store_group(&a->y, warp, piece * 32 + lane, v);
        }
        buffer ^= 1;
    }
}

#define GEMV(t, T, N, blocks, wide_blocks)                                                         \
    KERNEL(gemv_##t##_##N, 128, blocks, cuda_gemv_args)                                            \
    {                                                                                              \
        __shared__ float room[2 * 4 * 16 * N];                                                     \
        gemv(&a, T, N, room);                                                                      \
    }                                                                                              \
    KERNEL(gemv_swiglu_##t##_##N, 256, wide_blocks, cuda_gemv_args)                                \
    {                                                                                              \
        __shared__ float room[2 * 8 * 16 * N];                                                     \
        gemv_swiglu(&a, T, N, room);                                                               \
    }

GEMV(q4, TYPE_Q4, 1, 5, 2)
GEMV(q4, TYPE_Q4, 2, 5, 2)
GEMV(q4, TYPE_Q4, 4, 4, 2)
GEMV(q4, TYPE_Q4, 8, 3, 1)
GEMV(q8, TYPE_Q8, 1, 5, 2)
GEMV(q8, TYPE_Q8, 2, 5, 2)
GEMV(q8, TYPE_Q8, 4, 4, 2)
GEMV(q8, TYPE_Q8, 8, 3, 1)
GEMV(bf16, TYPE_BF16, 1, 5, 2)
GEMV(bf16, TYPE_BF16, 2, 5, 2)
GEMV(bf16, TYPE_BF16, 4, 4, 2)
GEMV(bf16, TYPE_BF16, 8, 3, 1)
