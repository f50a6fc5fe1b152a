/* From the qkv matrix's partial sums to what attention takes: q and k norms, rotary positions, keys
 * and values into their pages, queries in bf16. A block has a KV head of a token and the query
 * heads that share it; a warp has a head at a time. */
#include "backend/cuda/ops.cuh"

#define MOST_PER_LANE (CUDA_MAX_HEAD_DIM / WARP_SIZE)

/* The head's values, lane + 32 i in v[i], normed and rotated; room: head_dim floats of this warp. */
DEVICE void make_head(const struct cuda_rope_kv_args *a, uint32_t t, uint32_t first_row,
                      const float *norm, int rotate, float *room, float v[MOST_PER_LANE])
{
    uint32_t lane = threadIdx.x % WARP_SIZE, dim = (uint32_t)a->kv.head_dim, half = dim / 2;
    float squares = 0.0f;
    UNROLL for (uint32_t i = 0; i < MOST_PER_LANE; i++)
    {
        uint32_t d = lane + 32 * i;
        v[i] = d < dim ? add_partials(&a->qkv, (uint32_t)a->n_tokens, t, first_row + d) : 0.0f;
        squares += v[i] * v[i];
    }
    if (norm) {
        float scale = 1.0f / sqrtf(warp_sum(squares) / (float)dim + a->eps);
        UNROLL for (uint32_t i = 0; i < MOST_PER_LANE; i++)
        {
            uint32_t d = lane + 32 * i;
            if (d < dim) v[i] *= scale * norm[d];
        }
    }
    if (!rotate) return;
    UNROLL for (uint32_t i = 0; i < MOST_PER_LANE; i++)
    {
        if (lane + 32 * i < dim) room[lane + 32 * i] = v[i];
    }
    __syncwarp();
    const float *cosine = a->cosine + (size_t)t * half, *sine = a->sine + (size_t)t * half;
    UNROLL for (uint32_t i = 0; i < MOST_PER_LANE; i++)
    {
        uint32_t d = lane + 32 * i;
        if (d >= dim) continue;
        if (d < half)
            v[i] = v[i] * cosine[d] - room[d + half] * sine[d];
        else
            v[i] = v[i] * cosine[d - half] + room[d - half] * sine[d - half];
    }
    __syncwarp(); /* before the next head's values go there */
}

/* A token's key or value to its slot of a page: value d to index d * step + offset. */
DEVICE void store_head(const struct cuda_kv *kv, uint8_t *to, const float v[MOST_PER_LANE],
                       uint32_t slot, uint32_t step, uint32_t offset)
{
    uint32_t lane = threadIdx.x % WARP_SIZE, dim = (uint32_t)kv->head_dim;
    if (!kv->int8) {
        uint16_t *values = (uint16_t *)(void *)to + offset;
        UNROLL for (uint32_t i = 0; i < MOST_PER_LANE; i++)
        {
            uint32_t d = lane + 32 * i;
            if (d < dim) values[d * step] = (uint16_t)pack_bf16(v[i], 0.0f);
        }
        return;
    }
    float max = 0.0f;
    UNROLL for (uint32_t i = 0; i < MOST_PER_LANE; i++) max = fmaxf(max, fabsf(v[i]));
    max = warp_max(max);
    float inverse = max > 0.0f ? 127.0f / max : 0.0f;
    UNROLL for (uint32_t i = 0; i < MOST_PER_LANE; i++)
    {
        uint32_t d = lane + 32 * i;
        if (d < dim) ((int8_t *)to)[offset + d * step] = (int8_t)(int32_t)rintf(v[i] * inverse);
    }
    if (lane == 0) ((float *)(void *)(to + CUDA_KV_PAGE * dim))[slot] = max / 127.0f;
}

KERNEL(rope_kv, 128, 2, cuda_rope_kv_args)
{
    __shared__ float room[4][CUDA_MAX_HEAD_DIM];
    uint32_t t = blockIdx.x, head = blockIdx.y, warp = threadIdx.x / WARP_SIZE;
    uint32_t lane = threadIdx.x % WARP_SIZE, dim = (uint32_t)a.kv.head_dim;
    uint32_t n_heads = (uint32_t)a.n_heads, n_kv = (uint32_t)a.kv.n_kv_heads;
    uint32_t group = n_heads / n_kv;
    int rotate = a.cosine != NULL;
    float v[MOST_PER_LANE];
    depend_launch();
    depend_wait();
    uint32_t position = (uint32_t)a.tokens.position[t], slot = position % CUDA_KV_PAGE;
    const int32_t *pages =
        a.tokens.pages + (size_t)(uint32_t)a.tokens.sequence[t] * (uint32_t)a.tokens.pages_stride;
    size_t page = (uint32_t)pages[position / CUDA_KV_PAGE];
    uint8_t *keys = a.kv.data + (page * n_kv + head) * 2 * (uint32_t)a.kv.head_bytes;
    KEEP_LOOP for (uint32_t i = warp; i < group + 2; i += 4)
    {
        int is_k = i == group, is_v = i > group;
        uint32_t row = is_v ? n_heads + n_kv + head : is_k ? n_heads + head : head * group + i;
        const float *norm = is_v ? NULL : is_k ? a.k_norm : a.q_norm;
        make_head(&a, t, row * dim, norm, rotate && !is_v, room[warp], v);
        if (is_k) store_head(&a.kv, keys, v, slot, 1, slot * dim);
        if (is_v)
            store_head(&a.kv, keys + a.kv.head_bytes, v, slot, 2, slot / 2 * dim * 2 + slot % 2);
        if (is_k || is_v) continue;
        UNROLL for (uint32_t k = 0; k < MOST_PER_LANE; k++)
        {
            uint32_t d = lane + 32 * k;
            if (d < dim)
                a.q[((size_t)t * n_heads + row) * dim + d] = (uint16_t)pack_bf16(v[k], 0.0f);
        }
    }
}
