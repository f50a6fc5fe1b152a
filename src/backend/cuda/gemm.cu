/* Matrix times many vectors, for prefill and large batches: bf16 matrix instructions, weights decoded
 * on the way.
 *
 * A warp has 32 rows of W (two blocks of the packed file) and all tokens of the tile; W is the
 * instruction's left side, whose 16 rows are a block's 16 rows. A lane (g = lane / 4, c = lane % 4)
 * needs rows g and g + 8 at inputs of its choice, as long as the tokens' side has the same: it takes
 * the words that the file has of those rows in line c, decodes them to bf16 in registers and meets
 * runs of the tokens' inputs. So weights go through no shared memory, are decoded once a block, and
 * words of the next group are on their way meanwhile. The tokens' inputs lie in shared memory, 64 at
 * a time, three stages of them. */
#include "backend/cuda/weights.cuh"

#define STAGES      3
#define STAGE_INPUT 64 /* inputs of a stage: two groups */

/* The words of one group of 32 inputs: of two blocks, rows g and g + 8. q4 uses 2 of each 8, q8 4. */
struct group_words {
    uint32_t w[2][2][8]; /* block, row half, words */
    uint32_t scale[2][2];
};

#define AHEAD 6 /* stages of weights that are on their way to L2: what registers hold is too little for
                   the time that memory takes, where few tokens make a stage short; tiles of 128 have
                   neither the need nor a register left */

#define GROUP_WORDS(type) ((type) == TYPE_Q4 ? 1 : (type) == TYPE_Q8 ? 2 : 4)

/* q4: line c is inputs 8c..8c + 7 of the group. q8: lines 2c and 2c + 1 are the same inputs, and
 * bf16: lines 4c to 4c + 3. */
DEVICE void load_group(struct group_words *to, const uint8_t *const blocks[2], uint32_t scale_bytes,
                       uint32_t group, const int type)
{
    uint32_t lane = threadIdx.x % WARP_SIZE, g = lane / 4, c = lane % 4;
    const uint32_t lines = GROUP_WORDS(type);
    UNROLL for (int b = 0; b < 2; b++)
    {
        const uint8_t *from =
            blocks[b] + scale_bytes + (size_t)group * (lines * 256) + c * lines * 64 + g * 4;
        UNROLL for (uint32_t h = 0; h < 2; h++)
        {
            UNROLL for (uint32_t j = 0; j < lines; j++)
                to->w[b][h][j] = load_weights_4(from + h * 32 + j * 64);
            uint32_t r = g + 8 * h;
            if (type == TYPE_Q4) to->scale[b][h] = blocks[b][group * 16 + r];
            if (type == TYPE_Q8)
                to->scale[b][h] = ((const uint16_t *)(const void *)blocks[b])[group * 16 + r];
        }
    }
}

/* Fetches a stage of weights to L2: a lane a line of 128 bytes, and two more for the scales. */
DEVICE void prefetch_stage(const uint8_t *const blocks[2], uint32_t scale_bytes, uint32_t stage,
                           uint32_t groups, const int type)
{
    const uint32_t bytes = GROUP_WORDS(type) * 512, lines = bytes / 128;
    uint32_t lane = threadIdx.x % WARP_SIZE;
    int is_second = lane < 2 * lines ? lane >= lines : lane % 2 != 0;
    const uint8_t *from = is_second ? blocks[1] : blocks[0];
    if (lane < 2 * lines) {
        size_t at = (size_t)stage * bytes + lane % lines * 128;
        if (at < (size_t)groups * bytes / 2) prefetch_l2(from + scale_bytes + at);
    } else if (type != TYPE_BF16 && lane < 2 * lines + 2) {
        uint32_t at = stage * (type == TYPE_Q4 ? 32 : 64);
        if (at < scale_bytes) prefetch_l2(from + at);
    }
}

/* Signed bytes x and y of v, times scale, as a pair of bf16. */
DEVICE uint32_t scaled_pair(uint32_t v, uint32_t x, uint32_t y, float scale)
{
    uint32_t u = v ^ 0x80808080u;
    float a = bits_float(permute_bytes(u, 0x4b000000u, 0x7540u | x)) - 8388736.0f;
    float b = bits_float(permute_bytes(u, 0x4b000000u, 0x7540u | y)) - 8388736.0f;
    return pack_bf16(a * scale, b * scale);
}

/* The 8 weights of one row half as pairs (0, 1), (2, 3), (4, 5), (6, 7). */
DEVICE void decode_row(const struct group_words *from, int b, int h, const int type,
                       uint32_t pairs[4])
{
    if (type == TYPE_Q4) {
        float scale = q4_scale(from->scale[b][h], 0);
        uint32_t v[2];
        q4_decode(from->w[b][h][0], v); /* 0 4 1 5, 2 6 3 7 */
        pairs[0] = scaled_pair(v[0], 0, 2, scale);
        pairs[1] = scaled_pair(v[1], 0, 2, scale);
        pairs[2] = scaled_pair(v[0], 1, 3, scale);
        pairs[3] = scaled_pair(v[1], 1, 3, scale);
    } else if (type == TYPE_Q8) {
        float scale = half_float(from->scale[b][h]);
        UNROLL for (int i = 0; i < 2; i++)
        {
            uint32_t v = from->w[b][h][i] ^ 0x80808080u;
            pairs[2 * i] = scaled_pair(v, 0, 1, scale);
            pairs[2 * i + 1] = scaled_pair(v, 2, 3, scale);
        }
    } else {
        UNROLL for (int i = 0; i < 4; i++) pairs[i] = from->w[b][h][i];
    }
}

/* Where unit u (8 inputs) of a token's row of a stage lies: turned by the token, so that lanes that
 * read the same place of several tokens meet different banks. */
DEVICE uint32_t stage_unit(uint32_t token, uint32_t u)
{
    return token * (STAGE_INPUT / 8) + (u ^ (token & 1) * 4);
}

/* 64 inputs from `first` on, of the tile's tokens; zero past the last token and the last input. */
DEVICE void copy_stage(const struct cuda_gemm_args *a, unsigned char *to, uint32_t first_token,
                       uint32_t first, const uint32_t tokens, const uint32_t threads)
{
    uint32_t n = (uint32_t)a->n_tokens, stride = (uint32_t)a->x.stride;
    UNROLL for (uint32_t k = 0; k < tokens * (STAGE_INPUT / 8) / threads; k++)
    {
        uint32_t i = threadIdx.x + k * threads, token = i / (STAGE_INPUT / 8);
        uint32_t u = i % (STAGE_INPUT / 8), t = first_token + token, col = first + u * 8;
        int is_there = t < n && col < stride;
        copy_async(to + stage_unit(token, u) * 16,
                   a->x.bf16 + (is_there ? (size_t)t * stride + col : 0), is_there ? 16 : 0);
    }
}

/* sum[b][t] += the group times its 32 inputs of the stage, TILES runs of 8 tokens. */
DEVICE void add_group(float sum[2][16][4], const struct group_words *words,
                      const unsigned char *stage, uint32_t half, const int type, const int TILES)
{
    uint32_t lane = threadIdx.x % WARP_SIZE, g = lane / 4, c = lane % 4;
    uint32_t a[2][2][4]; /* block, multiplication */
    UNROLL for (int b = 0; b < 2; b++)
    {
        uint32_t top[4], low[4];
        decode_row(words, b, 0, type, top);
        decode_row(words, b, 1, type, low);
        UNROLL for (int m = 0; m < 2; m++)
        {
            a[b][m][0] = top[2 * m];
            a[b][m][1] = low[2 * m];
            a[b][m][2] = top[2 * m + 1];
            a[b][m][3] = low[2 * m + 1];
        }
    }
    UNROLL for (uint32_t t = 0; t < (uint32_t)TILES; t++)
    {
        struct u4 x = *(const struct u4 *)(const void *)(stage + stage_unit(t * 8 + g, half * 4 + c) *
                                                                     16);
        uint32_t first[2] = {x.x, x.y}, second[2] = {x.z, x.w};
        UNROLL for (int b = 0; b < 2; b++)
        {
            mma_bf16(sum[b][t], a[b][0], first);
            mma_bf16(sum[b][t], a[b][1], second);
        }
    }
}

/* Grid: token tiles, row tiles, splits of the inputs. */
DEVICE void gemm(const struct cuda_gemm_args *a, unsigned char *room, const int type,
                 const int TILES, const uint32_t threads, const int swiglu)
{
    uint32_t warp = threadIdx.x / WARP_SIZE, lane = threadIdx.x % WARP_SIZE;
    const uint32_t tokens = (uint32_t)TILES * 8, warps = threads / WARP_SIZE;
    const uint32_t stage_bytes = tokens * STAGE_INPUT * 2;
    uint32_t cols = (uint32_t)a->w.cols, n_blocks = ((uint32_t)a->w.rows + 15) / 16;
    uint32_t first_token = blockIdx.x * tokens, block = (blockIdx.y * warps + warp) * 2;
    uint32_t groups = weight_groups(cols), n_stages = (groups + 1) / 2, split = blockIdx.z;
    uint32_t n_splits = (uint32_t)a->n_splits;
    uint32_t begin = split * n_stages / n_splits, end = (split + 1) * n_stages / n_splits;
    uint32_t scale_bytes = weight_scale_bytes(type, cols), last = groups - 1;
    size_t block_bytes = weight_block_bytes(type, cols);
    /* Blocks past the last row are computed as the last block, and not stored. */
    const uint8_t *blocks[2] = {
        a->w.data + (block < n_blocks ? block : n_blocks - 1) * block_bytes,
        a->w.data + (block + 1 < n_blocks ? block + 1 : n_blocks - 1) * block_bytes};
    float sum[2][16][4];
    struct group_words now, next;
    depend_launch();
    load_group(&now, blocks, scale_bytes, 2 * begin < last ? 2 * begin : last, type);
    UNROLL for (uint32_t s = 0; s < AHEAD; s++)
    {
        if (TILES < 16 && begin + s < end) prefetch_stage(blocks, scale_bytes, begin + s, groups, type);
    }
    depend_wait();
    UNROLL for (int b = 0; b < 2; b++)
    {
        UNROLL for (int t = 0; t < TILES; t++)
        {
            UNROLL for (int d = 0; d < 4; d++) sum[b][t][d] = 0.0f;
        }
    }
    UNROLL for (uint32_t s = 0; s < STAGES - 1; s++)
    {
        if (begin + s < end)
            copy_stage(a, room + s * stage_bytes, first_token, (begin + s) * STAGE_INPUT, tokens,
                       threads);
        copy_commit();
    }
    uint32_t slot = 0;
    KEEP_LOOP for (uint32_t s = begin; s < end; s++)
    {
        copy_wait(STAGES - 2);
        __syncthreads(); /* stage s is there for all, and all are done with the one before */
        uint32_t free_slot = slot + STAGES - 1 < STAGES ? slot + STAGES - 1 : slot - 1;
        if (s + STAGES - 1 < end)
            copy_stage(a, room + free_slot * stage_bytes, first_token,
                       (s + STAGES - 1) * STAGE_INPUT, tokens, threads);
        copy_commit();
        if (TILES < 16 && s + AHEAD < end) prefetch_stage(blocks, scale_bytes, s + AHEAD, groups, type);
        const unsigned char *stage = room + slot * stage_bytes;
        uint32_t second = 2 * s + 1, third = 2 * s + 2;
        /* Past the last group the inputs are zero, and weights only have to be numbers. */
        load_group(&next, blocks, scale_bytes, second < last ? second : last, type);
        add_group(sum, &now, stage, 0, type, TILES);
        load_group(&now, blocks, scale_bytes, third < last ? third : last, type);
        add_group(sum, &next, stage, 1, type, TILES);
        slot = slot + 1 < STAGES ? slot + 1 : 0;
    }
    copy_wait(0);

    uint32_t g = lane / 4, c = lane % 4, n = (uint32_t)a->n_tokens;
    float row_scale[2][2] = {{1.0f, 1.0f}, {1.0f, 1.0f}};
    if (type != TYPE_BF16) {
        UNROLL for (uint32_t b = 0; b < 2; b++)
        {
            UNROLL for (uint32_t h = 0; h < 2; h++)
            {
                if (block + b < n_blocks)
                    row_scale[b][h] = a->w.row_scale[(block + b) * 16 + g + 8 * h];
            }
        }
    }
    UNROLL for (uint32_t t = 0; t < (uint32_t)TILES; t++)
    {
        UNROLL for (uint32_t d = 0; d < 4; d++)
        {
            uint32_t token = first_token + t * 8 + 2 * c + d % 2, h = d / 2, r = g + 8 * h;
            if (token >= n) continue;
            float first = sum[0][t][d] * row_scale[0][h], other = sum[1][t][d] * row_scale[1][h];
            if (swiglu) { /* gate and up of the same 16 rows */
                uint32_t col = block * 8 + r, stride = (uint32_t)a->y.stride;
                if (col < stride && block < n_blocks)
                    a->y.bf16[(size_t)token * stride + col] = (uint16_t)pack_bf16(
                        first / (1.0f + exp2_fast(-1.44269504f * first)) * other, 0.0f);
                /* An odd number of pairs leaves half a group of padding. */
                if (block + 2 == n_blocks && col + 16 < stride)
                    a->y.bf16[(size_t)token * stride + col + 16] = 0;
            } else {
                float *to = a->out + ((size_t)split * n + token) * (uint32_t)a->out_stride;
                if (block < n_blocks) to[block * 16 + r] = first;
                if (block + 1 < n_blocks) to[(block + 1) * 16 + r] = other;
            }
        }
    }
}

#define GEMM_SIZE(t, T, size, threads, blocks)                                                     \
    KERNEL(gemm_##t##_##size, threads, blocks, cuda_gemm_args)                                     \
    {                                                                                              \
        DYNAMIC_SHARED(room);                                                                      \
        gemm(&a, room, T, size / 8, threads, 0);                                                   \
    }                                                                                              \
    KERNEL(gemm_swiglu_##t##_##size, threads, blocks, cuda_gemm_args)                              \
    {                                                                                              \
        DYNAMIC_SHARED(room);                                                                      \
        gemm(&a, room, T, size / 8, threads, 1);                                                   \
    }

#define GEMM(t, T)                                                                                 \
    GEMM_SIZE(t, T, 32, 128, 4)                                                                    \
    GEMM_SIZE(t, T, 64, 128, 2)                                                                    \
    GEMM_SIZE(t, T, 128, 256, 1)

GEMM(q4, TYPE_Q4)
GEMM(q8, TYPE_Q8)
GEMM(bf16, TYPE_BF16)
