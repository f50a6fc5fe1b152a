/* What encoders have of their own around attention and at their end: heads without norms and
 * rotation, and vectors of texts out of vectors of tokens. */
#include "backend/cuda/ops.cuh"

/* A block is a token. Dimensions from dim up to kv.head_dim are zeros, which no score and no sum
 * sees. */
KERNEL(bert_qkv, 256, 1, cuda_bert_qkv_args)
{
    uint32_t t = blockIdx.x, padded = (uint32_t)a.kv.head_dim, dim = (uint32_t)a.dim;
    uint32_t n_heads = (uint32_t)a.kv.n_kv_heads, width = n_heads * padded;
    depend_launch();
    depend_wait();
    uint32_t position = (uint32_t)a.tokens.position[t], slot = position % CUDA_KV_PAGE;
    const int32_t *pages =
        a.tokens.pages + (size_t)(uint32_t)a.tokens.sequence[t] * (uint32_t)a.tokens.pages_stride;
    uint16_t *page = (uint16_t *)(void *)(a.kv.data + (size_t)(uint32_t)pages[position / CUDA_KV_PAGE] *
                                                          n_heads * 2 * (uint32_t)a.kv.head_bytes);
    const uint32_t values = CUDA_KV_PAGE * padded; /* of one head's K, and of its V */
    for (uint32_t i = threadIdx.x; i < width; i += 256) {
        uint32_t head = i / padded, d = i % padded, col = head * dim + d;
        float q = 0.0f, k = 0.0f, v = 0.0f;
        if (d < dim) {
            q = add_partials(&a.qkv, (uint32_t)a.n_tokens, t, col);
            k = add_partials(&a.qkv, (uint32_t)a.n_tokens, t, n_heads * dim + col);
            v = add_partials(&a.qkv, (uint32_t)a.n_tokens, t, 2 * n_heads * dim + col);
        }
        uint16_t *keys = page + (size_t)head * 2 * values;
        a.q[(size_t)t * width + i] = (uint16_t)pack_bf16(q, 0.0f);
        keys[slot * padded + d] = (uint16_t)pack_bf16(k, 0.0f);
        keys[values + (slot / 2 * padded + d) * 2 + slot % 2] = (uint16_t)pack_bf16(v, 0.0f);
    }
}

#define POOL_THREADS 512
#define POOL_WARPS   (POOL_THREADS / WARP_SIZE)
#define POOL_COLS    128 /* that a block sums at once, 4 a lane */

/* A block is a vector: its warps share out the tokens. A thread writes the columns that it later
 * reads back to norm them. */
KERNEL(pool, POOL_THREADS, 1, cuda_pool_args)
{
    __shared__ float sums[POOL_WARPS][POOL_COLS], room[32];
    uint32_t warp = threadIdx.x / WARP_SIZE, lane = threadIdx.x % WARP_SIZE;
    uint32_t width = (uint32_t)a.width;
    depend_launch();
    depend_wait();
    struct cuda_tile row = a.rows[blockIdx.x];
    float *out = a.out + (size_t)blockIdx.x * width, squares = 0.0f;
    KEEP_LOOP for (uint32_t first = 0; first < width; first += POOL_COLS)
    {
        float sum[4] = {0.0f, 0.0f, 0.0f, 0.0f};
        for (uint32_t t = warp; t < (uint32_t)row.n; t += POOL_WARPS) {
            UNROLL for (uint32_t k = 0; k < 4; k++)
            {
                uint32_t col = first + k * WARP_SIZE + lane;
                if (col < width)
                    sum[k] += add_partials(&a.from, (uint32_t)a.n_tokens, (uint32_t)row.first + t,
                                           col);
            }
        }
        UNROLL for (uint32_t k = 0; k < 4; k++) sums[warp][k * WARP_SIZE + lane] = sum[k];
        __syncthreads();
        uint32_t col = first + threadIdx.x;
        if (threadIdx.x < POOL_COLS && col < width) {
            float v = 0.0f;
            UNROLL for (uint32_t w = 0; w < POOL_WARPS; w++) v += sums[w][threadIdx.x];
            out[col] = v = v / (float)row.n;
            squares += v * v;
        }
        __syncthreads();
    }
    if (!a.normalize) return;
    float length = sqrtf(block_sum(squares, room, POOL_THREADS));
    float inverse = 1.0f / fmaxf(length, 1e-12f); /* as torch does */
    if (threadIdx.x >= POOL_COLS) return;
    for (uint32_t col = threadIdx.x; col < width; col += POOL_COLS) out[col] *= inverse;
}
