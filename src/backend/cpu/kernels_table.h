/* The end of each kernels_*.c: wraps the common kernels, compiled with that file's flags, and fills
 * its table. The including file defines KERNELS_NAME and has tile_q4 and tile_q8. */

#include "backend/cpu/kernels_encoder.h"

static void tile_bf16(const uint8_t *block, size_t n_blocks, const float *row_scale, size_t cols,
                      const struct activations *x, size_t first, size_t n, float out[][TILE_ROWS])
{
    TILE_BY_CONSTANT(tile_bf16_n, QUANT_BF16, block, n_blocks, row_scale, cols, x, first, n, out);
}

static void tile_f32(const uint8_t *block, size_t n_blocks, const float *row_scale, size_t cols,
                     const struct activations *x, size_t first, size_t n, float out[][TILE_ROWS])
{
    TILE_BY_CONSTANT(tile_f32_n, QUANT_F32, block, n_blocks, row_scale, cols, x, first, n, out);
}

static void quantize(const float *x, const struct activations *to, size_t token)
{
    common_quantize(x, to, token);
}

static void rmsnorm(const float *x, const float *weight, size_t n, float eps, float *out)
{
    common_rmsnorm(x, weight, n, eps, out);
}

static void layernorm(const float *x, const float *weight, const float *bias, size_t n, float eps,
                      float *out)
{
    common_layernorm(x, weight, bias, n, eps, out);
}

static void gelu(float *x, size_t n)
{
    common_gelu(x, n);
}

static void swiglu(const float *gate, const float *up, size_t n, float *out)
{
    common_swiglu(gate, up, n, out);
}

static void rope(float *head, const float *cosine, const float *sine, size_t head_dim)
{
    common_rope(head, cosine, sine, head_dim);
}

static void kv_store_bf16(const float *k, const float *v, size_t head_dim, size_t slot,
                          uint8_t *k_page, uint8_t *v_page)
{
    common_kv_store_bf16(k, v, head_dim, slot, k_page, v_page);
}

static void kv_load_bf16(const uint8_t *k_page, const uint8_t *v_page, size_t head_dim,
                         struct kv_tile *out)
{
    common_kv_load_bf16(k_page, v_page, head_dim, out);
}

static void kv_store_int8(const float *k, const float *v, size_t head_dim, size_t slot,
                          uint8_t *k_page, uint8_t *v_page)
{
    common_kv_store_int8(k, v, head_dim, slot, k_page, v_page);
}

static void kv_load_int8(const uint8_t *k_page, const uint8_t *v_page, size_t head_dim,
                         struct kv_tile *out)
{
    common_kv_load_int8(k_page, v_page, head_dim, out);
}

static void attention_tile(const float *q, size_t n_rows, size_t head_dim, const struct kv_tile *kv,
                           const size_t *visible, float *max, float *sum, float *acc)
{
    common_attention_tile(q, n_rows, head_dim, kv, visible, max, sum, acc);
}

#define KERNELS_PASTE(a, b)  a##b
#define KERNELS_SYMBOL(name) KERNELS_PASTE(cpu_kernels_, name)
#define KERNELS_QUOTE(name)  #name
#define KERNELS_STRING(name) KERNELS_QUOTE(name)

const struct cpu_kernels KERNELS_SYMBOL(KERNELS_NAME) = {
    .name = KERNELS_STRING(KERNELS_NAME),
    .tile = {[QUANT_Q4] = tile_q4,
             [QUANT_Q8] = tile_q8,
             [QUANT_BF16] = tile_bf16,
             [QUANT_F32] = tile_f32},
    .quantize = quantize,
    .rmsnorm = rmsnorm,
    .layernorm = layernorm,
    .gelu = gelu,
    .swiglu = swiglu,
    .rope = rope,
    .kv_store_bf16 = kv_store_bf16,
    .kv_load_bf16 = kv_load_bf16,
    .kv_store_int8 = kv_store_int8,
    .kv_load_int8 = kv_load_int8,
    .attention_tile = attention_tile,
};
