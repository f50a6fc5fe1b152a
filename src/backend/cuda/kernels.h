/* The GPU's kernels: their names, the one struct that each takes by value, and how many blocks of
 * how many threads to launch. Plain C that is also CUDA C: the .cu files, the host's code and the
 * tests on an emulated GPU all include it.
 *
 * Rules for all:
 * - Pointers are device addresses, aligned to 16 bytes and more. Sizes are of what is used; rows of
 *   a buffer are `stride` elements apart.
 * - Weights lie as in the packed file (quant/format.h): a matrix is uploaded as it is. f32 matrices
 *   have no kernels: they are rounded to bf16 (packed again) at upload.
 * - Matrices do not add up all of their result: where their rows are few they are split over the
 *   inputs too, and each split writes a partial sum, (n_splits, n_tokens, stride) f32. Whoever
 * reads the result adds the partial sums in order, and the bias: so it is the same in each run.
 * - Every kernel waits for the one before it (griddepcontrol.wait) before it touches anything but
 *   weights, and lets the next one start early (griddepcontrol.launch_dependents). From sm_90 on
 *   they may be launched with CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION, which hides
 *   the gaps between launches; without it, nothing changes but the time.
 * - Nothing about a sequence's length is in the arguments but in device memory, so that a captured
 *   graph serves step after step.
 *
 * A decoder's step of at most CUDA_GEMV_TOKENS tokens, form = form_of(type of the weights):
 *   ROTARY, EMBED, RMSNORM(0 partials, layer 0's attn_norm), and for each layer: GEMV(qkv), ROPE_KV,
 *   DECODE, COMBINE, GEMV(o), RMSNORM(o's partials and bias, mlp_norm), GEMV_SWIGLU(gate_up),
 *   GEMV(down), RMSNORM(down's partials, the next layer's attn_norm or the model's norm). Then
 *   GEMV(head, 1 split), and ARGMAX, PICK where the id alone goes back.
 * A larger step: form = CUDA_FORM_BF16; GEMM and GEMM_SWIGLU in place of GEMV and GEMV_SWIGLU;
 *   sequences with more than a few tokens go through PREFILL, the others through DECODE and
 *   COMBINE. The head's rows are gathered by RMSNORM's `rows`.
 * An encoder's batch: BERT_EMBED (with its norm), and for each layer: GEMM(qkv), BERT_QKV (pages
 *   are scratch), PREFILL (visible: the keys of the text), GEMM(o), LAYERNORM, GEMM(up), GELU,
 *   GEMM(down), LAYERNORM. Then GEMM(projection), of ColBERT, and POOL. */
#ifndef BACKEND_CUDA_KERNELS_H
#define BACKEND_CUDA_KERNELS_H

#include <stddef.h>
#include <stdint.h>

enum {
    CUDA_KV_PAGE = 32,       /* tokens: KV_PAGE of backend.h */
    CUDA_GEMV_TOKENS = 8,    /* most tokens that the GEMV kernels take */
    CUDA_MAX_HEAD_DIM = 256, /* head_dim is a multiple of 32 */
    CUDA_MAX_GROUP = 16,     /* query heads that share a KV head */
    CUDA_DECODE_ROWS = 16,   /* query rows (tokens times group) of one DECODE tile */
    CUDA_PREFILL_ROWS = 64,  /* the same of PREFILL */
    CUDA_SPLIT_PAGES = 8,    /* pages that one block of DECODE goes through; always the same, so
                                that a sequence's result does not depend on the others */
    CUDA_ARGMAX_PART = 4096, /* logits that one block of ARGMAX looks through */
};

/* How activations are handed to a matrix. Rows are `stride` values, the width rounded up to a
 * multiple of 32, zero past the true width.
 * BF16: for bf16 weights, and for all GEMM kernels.
 * Q8: int8, -127..127, and an f32 scale a group of 32: value = scale * q.
 * Q4: the same, but each 8 values in the order 0 4 1 5 2 6 3 7, in which q4's nibbles come out. */
enum cuda_form { CUDA_FORM_BF16, CUDA_FORM_Q8, CUDA_FORM_Q4 };

struct cuda_activations {
    int32_t form, stride;
    uint16_t *bf16; /* (n_tokens, stride); BF16 only */
    int8_t *q;      /* (n_tokens, stride); Q4 and Q8 only */
    float *scale;   /* (n_tokens, stride / 32); Q4 and Q8 only */
};

struct cuda_matrix {
    const uint8_t *data;    /* as in the file */
    const float *row_scale; /* (rows padded to 16); q4 and q8 only */
    int32_t rows, cols;
};

/* Partial sums of a matrix's result: (n, n_tokens, stride) f32. */
struct cuda_partials {
    const float *data;
    const float *bias; /* (width) or NULL: added once */
    int32_t n, stride;
};

/* KV pages of one layer: (n_pages, n_kv_heads, {K, V}, head_bytes). With bf16, head_bytes =
 * 32 * head_dim * 2: K is (32 tokens, head_dim), V is pairs of tokens (16, head_dim, 2). With int8,
 * head_bytes = 32 * head_dim + 128: the same order in signed bytes, then 32 f32 scales, one a
 * token. Zeroed once, when it is taken: what lies in a page's slots that no token has is read, and
 * counts nothing as long as it is a number. */
struct cuda_kv {
    uint8_t *data;
    int32_t n_kv_heads, head_dim, head_bytes;
    int32_t int8; /* 0: bf16 */
};

/* Where the step's tokens are; all in device memory. */
struct cuda_tokens {
    const int32_t *position; /* (n_tokens): in its sequence, also where its KV goes */
    const int32_t *sequence; /* (n_tokens): a row of pages */
    const int32_t *pages;    /* (n_sequences, pages_stride): page numbers from position 0 on */
    int32_t pages_stride;
};

/* Consecutive tokens of one sequence that one block attends for. */
struct cuda_tile {
    int32_t first; /* index among the step's tokens */
    int32_t n;     /* tokens: n * group <= CUDA_DECODE_ROWS or CUDA_PREFILL_ROWS */
};

/* cos and sin of position * inv_freq, times scale. Once a step and device. */
struct cuda_rotary_args {
    const int32_t *position;
    const float *inv_freq; /* (half) */
    float *cosine, *sine;  /* (n_tokens, half) */
    float scale;
    int32_t n_tokens, half; /* half: head_dim / 2 */
};

/* x[t] = row tokens[t] of the table. */
struct cuda_embed_args {
    struct cuda_matrix table;
    const int32_t *tokens;
    float *x;     /* (n_tokens, hidden) */
    int32_t type; /* enum quant_type: q4, q8, bf16 */
    int32_t n_tokens, hidden;
};

/* x[t] += partials and bias; out[i] = rmsnorm(x[t]) * weight, t = rows ? rows[i] : i. One block a
 * row. x is written only where there are partial sums; so that each t may stand in rows once. */
struct cuda_norm_args {
    float *x; /* (n_tokens, width) */
    struct cuda_partials add;
    const float *weight;         /* (width) */
    const int32_t *rows;         /* (n_rows) or NULL */
    struct cuda_activations out; /* (n_rows, stride) */
    float eps;
    int32_t n_tokens; /* of x and the partial sums */
    int32_t n_rows, width;
};

/* out[split][t][r] = W x over the split's inputs, for rows up to a multiple of 16 (out.stride is at
 * least that; rows of padding come out 0). */
struct cuda_gemv_args {
    struct cuda_matrix w;
    struct cuda_activations x; /* in the form of w's type */
    float *out;                /* (n_splits, n_tokens, out_stride) */
    int32_t n_tokens, out_stride;
    int32_t n_splits; /* 1 for SWIGLU */
    /* Bytes of weights that a warp has fetched to L2 before it waits for the kernel before: 0 or
     * some thousands. No matter before sm_90. */
    int32_t prefetch;
    /* SWIGLU only: 16 rows of gate and 16 of up by turns; silu(gate) * up goes to y, of width
     * w.rows / 2, and zeros up to y.stride; out is not used. */
    struct cuda_activations y;
};

/* The same for any number of tokens; x and y are BF16. */
#define cuda_gemm_args cuda_gemv_args

/* q and k norms, RoPE, keys and values into their pages, queries out in bf16. */
struct cuda_rope_kv_args {
    struct cuda_partials qkv;     /* q rows, then k, then v; bias of all */
    const float *q_norm, *k_norm; /* (head_dim) or NULL */
    const float *cosine, *sine;   /* (n_tokens, head_dim / 2); NULL: no rotation */
    struct cuda_tokens tokens;
    struct cuda_kv kv;
    uint16_t *q; /* (n_tokens, n_heads * head_dim) bf16 */
    float eps;
    int32_t n_tokens, n_heads;
};

/* Attention of tiles of query rows over pages. A token sees the first visible[t] keys of its
 * sequence: in a decoder, position + 1. PREFILL writes out. DECODE writes what COMBINE merges. */
struct cuda_attention_args {
    const uint16_t *q;             /* (n_tokens, n_heads * head_dim) bf16 */
    const struct cuda_tile *tiles; /* (n_tiles) */
    const int32_t *visible;        /* (n_tokens), at least 1 */
    struct cuda_tokens tokens;
    struct cuda_kv kv;
    struct cuda_activations out; /* (n_tokens, n_heads * out_dim); PREFILL: BF16 */
    float *partial;              /* DECODE: (n_tiles, n_kv_heads, n_splits, 16, head_dim) */
    float *max_and_sum;          /* DECODE: (n_tiles, n_kv_heads, n_splits, 16, 2) */
    float scale;                 /* of scores: 1 / sqrt(head_dim) */
    int32_t n_tiles, n_heads;
    int32_t out_dim; /* head_dim; PREFILL: or less, a multiple of 4, where the rest is padding. What
                        then lies past the last head in a row of out is not written: zero it once */
    int32_t n_splits; /* DECODE: at least the most pages of a sequence / CUDA_SPLIT_PAGES, rounded
                         up; splits past a sequence's end do nothing */
};

/* What is picked from one row of logits; see engine/sampler.h. Repetition penalties are the host's:
 * rows that have one go back as logits. */
struct cuda_choice {
    float temperature; /* 0: the most likely */
    float top_p, min_p;
    int32_t top_k;
    double random; /* uniform in [0, 1), from the host's generator */
};

/* Ids are below 2^22 (CONFIG_MAX_VOCAB). */
struct cuda_sample_args {
    const float *logits;               /* (n_rows, stride) */
    uint64_t *best;                    /* (n_rows, parts): ARGMAX writes it, PICK reads it */
    const struct cuda_choice *choices; /* (n_rows) or NULL: the most likely of each */
    int32_t *ids;                      /* (n_rows): -1 where all logits are NaN */
    int32_t n_rows, vocab, stride;
};

/* Encoders: x = layernorm(word + segment + position) * weight + bias. */
struct cuda_bert_embed_args {
    struct cuda_matrix words;
    const float *positions, *segment; /* (context, hidden), (hidden): f32, as rows */
    const int32_t *tokens, *position; /* (n_tokens) */
    const float *weight, *bias;       /* (hidden) */
    float *x;                         /* (n_tokens, hidden) */
    struct cuda_activations out;
    float eps;
    int32_t type; /* of words */
    int32_t n_tokens, hidden;
};

/* Queries out in bf16, keys and values into their pages, a key head a query head. Heads of `dim` are
 * padded with zeros to kv.head_dim; pages are bf16. */
struct cuda_bert_qkv_args {
    struct cuda_partials qkv; /* q rows, then k, then v; bias of all */
    struct cuda_tokens tokens;
    struct cuda_kv kv;
    uint16_t *q; /* (n_tokens, n_kv_heads * kv.head_dim) bf16 */
    int32_t n_tokens, dim;
};

/* out[i] = the mean of the rows' partial sums, to length 1 where asked for. */
struct cuda_pool_args {
    struct cuda_partials from;
    const struct cuda_tile *rows; /* (blocks of the grid): consecutive tokens, at least 1 */
    float *out;                   /* (blocks, width) */
    int32_t n_tokens, width;      /* n_tokens: of the partial sums */
    int32_t normalize;
};

/* x[t] = layernorm(x[t] + partials and bias) * weight + bias, and the same in out's form. */
struct cuda_layernorm_args {
    float *x; /* (n_tokens, width) */
    struct cuda_partials add;
    const float *weight, *bias; /* (width) */
    struct cuda_activations out;
    float eps;
    int32_t n_tokens, width;
};

/* out[t] = gelu(partials and bias), the exact gelu. */
struct cuda_gelu_args {
    struct cuda_partials add;
    struct cuda_activations out;
    int32_t n_tokens, width;
};

/* All kernels: X(name, threads a block, struct of arguments). Names are the functions', too. A
 * suffix 1, 2, 4, 8 of GEMV: the most tokens it takes. Of GEMM: tokens of its tile. Of PREFILL and
 * DECODE: the most head_dim. */
#define CUDA_KERNELS_OF_TYPE(X, t)                                                                 \
    X(gemv_##t##_1, 128, cuda_gemv_args)                                                           \
    X(gemv_##t##_2, 128, cuda_gemv_args)                                                           \
    X(gemv_##t##_4, 128, cuda_gemv_args)                                                           \
    X(gemv_##t##_8, 128, cuda_gemv_args)                                                           \
    X(gemv_swiglu_##t##_1, 256, cuda_gemv_args)                                                    \
    X(gemv_swiglu_##t##_2, 256, cuda_gemv_args)                                                    \
    X(gemv_swiglu_##t##_4, 256, cuda_gemv_args)                                                    \
    X(gemv_swiglu_##t##_8, 256, cuda_gemv_args)                                                    \
    X(gemm_##t##_32, 128, cuda_gemm_args)                                                          \
    X(gemm_##t##_64, 128, cuda_gemm_args)                                                          \
    X(gemm_##t##_128, 256, cuda_gemm_args)                                                         \
    X(gemm_swiglu_##t##_32, 128, cuda_gemm_args)                                                   \
    X(gemm_swiglu_##t##_64, 128, cuda_gemm_args)                                                   \
    X(gemm_swiglu_##t##_128, 256, cuda_gemm_args)

#define CUDA_KERNELS_OF_KV(X, t)                                                                   \
    X(prefill_##t##_64, 128, cuda_attention_args)                                                  \
    X(prefill_##t##_128, 128, cuda_attention_args)                                                 \
    X(prefill_##t##_256, 128, cuda_attention_args)                                                 \
    X(decode_##t##_64, 128, cuda_attention_args)                                                   \
    X(decode_##t##_128, 128, cuda_attention_args)                                                  \
    X(decode_##t##_256, 128, cuda_attention_args)

#define CUDA_KERNELS(X)                                                                            \
    X(rotary, 128, cuda_rotary_args)                                                               \
    X(embed, 256, cuda_embed_args)                                                                 \
    X(rmsnorm, 512, cuda_norm_args)                                                                   \
    X(rope_kv, 128, cuda_rope_kv_args)                                                             \
    X(combine, 128, cuda_attention_args)                                                           \
    X(argmax, 256, cuda_sample_args)                                                               \
    X(pick, 1024, cuda_sample_args)                                                                \
    X(bert_embed, 256, cuda_bert_embed_args)                                                       \
    X(layernorm, 512, cuda_layernorm_args)                                                         \
    X(gelu, 256, cuda_gelu_args)                                                                   \
    X(bert_qkv, 256, cuda_bert_qkv_args)                                                           \
    X(pool, 512, cuda_pool_args)                                                                   \
    CUDA_KERNELS_OF_TYPE(X, q4)                                                                    \
    CUDA_KERNELS_OF_TYPE(X, q8)                                                                    \
    CUDA_KERNELS_OF_TYPE(X, bf16)                                                                  \
    CUDA_KERNELS_OF_KV(X, bf16)                                                                    \
    CUDA_KERNELS_OF_KV(X, int8)

/* CUDA_KERNEL_gemv_q4_1 and so on. */
enum cuda_kernel {
#define X(name, threads, args) CUDA_KERNEL_##name,
    CUDA_KERNELS(X)
#undef X
        CUDA_N_KERNELS
};

struct cuda_kernel_info {
    const char *name; /* the function's name in the module: "gemv_q4_1" */
    uint32_t threads; /* of a block, in x */
    size_t args;      /* bytes of the struct */
};

static inline struct cuda_kernel_info cuda_kernel_info(enum cuda_kernel k)
{
    static const struct cuda_kernel_info TABLE[] = {
#define X(name, threads, args) {#name, threads, sizeof(struct args)},
        CUDA_KERNELS(X)
#undef X
    };
    return TABLE[k];
}

/* ---- which kernel, how many blocks, how much dynamic shared memory ---- */

struct cuda_grid {
    uint32_t x, y, z;
    uint32_t shared; /* bytes; above 48 KB the function's attribute has to be set before */
};

/* The GEMV of a type (enum quant_type: 0 q4, 1 q8, 2 bf16) for n tokens. */
static inline enum cuda_kernel cuda_gemv_kernel(int type, int swiglu, int32_t n_tokens)
{
    int base = CUDA_KERNEL_gemv_q4_1 + type * (CUDA_KERNEL_gemv_q8_1 - CUDA_KERNEL_gemv_q4_1);
    return (enum cuda_kernel)(base + (swiglu ? 4 : 0) +
                              (n_tokens > 4   ? 3
                               : n_tokens > 2 ? 2
                                              : n_tokens - 1));
}

/* The GEMM: tiles of 32, 64 or 128 tokens. */
static inline enum cuda_kernel cuda_gemm_kernel(int type, int swiglu, int32_t n_tokens)
{
    int base = CUDA_KERNEL_gemm_q4_32 + type * (CUDA_KERNEL_gemm_q8_32 - CUDA_KERNEL_gemm_q4_32);
    return (enum cuda_kernel)(base + (swiglu ? 3 : 0) +
                              (n_tokens > 64   ? 2
                               : n_tokens > 32 ? 1
                                               : 0));
}

static inline enum cuda_kernel cuda_attention_kernel(int decode, int int8, int32_t head_dim)
{
    int base = int8 ? CUDA_KERNEL_prefill_int8_64 : CUDA_KERNEL_prefill_bf16_64;
    return (enum cuda_kernel)(base + (decode ? 3 : 0) +
                              (head_dim > 128  ? 2
                               : head_dim > 64 ? 1
                                               : 0));
}

static inline uint32_t cuda_ceil(uint32_t n, uint32_t d)
{
    return (n + d - 1) / d;
}

/* Blocks for n equal pieces of work on a device that holds `resident` blocks at once: as few as go
 * through the pieces in the same number of rounds, so that all have the same to do. */
static inline uint32_t cuda_even_blocks(uint32_t n, uint32_t resident)
{
    return cuda_ceil(n, cuda_ceil(n, resident ? resident : 1));
}

/* Splits of a GEMV over its inputs: enough that all multiprocessors have work. n_blocks of the
 * grid in x is at most cuda_even_blocks(blocks of 16 rows, resident). Depends on the matrix and the
 * device alone. */
static inline int32_t cuda_gemv_splits(int32_t rows, int32_t cols, uint32_t multiprocessors)
{
    uint32_t blocks = cuda_ceil((uint32_t)rows, 16), most = cuda_ceil((uint32_t)cols, 1024);
    uint32_t splits = cuda_ceil(4 * multiprocessors, blocks);
    if (splits > most) splits = most;
    return (int32_t)(splits > 8 ? 8 : splits ? splits : 1);
}

/* resident: blocks of this kernel that the whole device holds (occupancy times multiprocessors). */
static inline struct cuda_grid cuda_gemv_grid(const struct cuda_gemv_args *a, int swiglu,
                                              uint32_t resident)
{
    uint32_t pieces = cuda_ceil((uint32_t)a->w.rows, swiglu ? 64 : 16);
    struct cuda_grid g = {0, 1, 1, 0};
    if (!swiglu) g.y = (uint32_t)a->n_splits;
    g.x = cuda_even_blocks(pieces, resident / g.y);
    return g;
}

/* Splits of a GEMM, where tiles alone do not fill the device. SWIGLU: always 1. */
static inline int32_t cuda_gemm_splits(int32_t rows, int32_t cols, int32_t n_tokens,
                                       uint32_t multiprocessors)
{
    uint32_t tokens = n_tokens > 64 ? 128 : n_tokens > 32 ? 64 : 32;
    uint32_t tiles = cuda_ceil((uint32_t)rows, tokens == 128 ? 256 : 128) *
                     cuda_ceil((uint32_t)n_tokens, tokens);
    uint32_t most = cuda_ceil((uint32_t)cols, 1024), splits = multiprocessors / tiles;
    if (splits > most) splits = most;
    return (int32_t)(splits > 8 ? 8 : splits ? splits : 1);
}

/* x: token tiles, so that blocks which read the same weights run side by side. Shared: 3 stages of
 * 64 inputs. */
static inline struct cuda_grid cuda_gemm_grid(const struct cuda_gemm_args *a)
{
    uint32_t tokens = a->n_tokens > 64 ? 128 : a->n_tokens > 32 ? 64 : 32;
    struct cuda_grid g;
    g.x = cuda_ceil((uint32_t)a->n_tokens, tokens);
    g.y = cuda_ceil((uint32_t)a->w.rows, tokens == 128 ? 256 : 128);
    g.z = (uint32_t)a->n_splits;
    g.shared = 3 * tokens * 64 * 2;
    return g;
}

/* Tokens of one tile of PREFILL or DECODE. */
static inline int32_t cuda_tile_tokens(int decode, int32_t n_heads, int32_t n_kv_heads)
{
    return (decode ? CUDA_DECODE_ROWS : CUDA_PREFILL_ROWS) / (n_heads / n_kv_heads);
}

static inline struct cuda_grid cuda_prefill_grid(const struct cuda_attention_args *a)
{
    struct cuda_grid g = {(uint32_t)a->n_tiles, (uint32_t)a->kv.n_kv_heads, 1, 0};
    g.shared = 2 * 2 * (uint32_t)a->kv.head_bytes; /* 2 stages of K and V */
    return g;
}

static inline struct cuda_grid cuda_decode_grid(const struct cuda_attention_args *a)
{
    struct cuda_grid g = {(uint32_t)a->n_splits, (uint32_t)a->kv.n_kv_heads, (uint32_t)a->n_tiles,
                          0};
    g.shared = 4 * CUDA_DECODE_ROWS * ((uint32_t)a->kv.head_dim + 2) * 4; /* one f32 tile a warp */
    return g;
}

static inline struct cuda_grid cuda_combine_grid(const struct cuda_attention_args *a)
{
    struct cuda_grid g = {(uint32_t)a->kv.head_dim / 32, (uint32_t)a->kv.n_kv_heads,
                          (uint32_t)a->n_tiles, 0};
    return g;
}

static inline struct cuda_grid cuda_argmax_grid(const struct cuda_sample_args *a)
{
    struct cuda_grid g = {cuda_ceil((uint32_t)a->vocab, CUDA_ARGMAX_PART), (uint32_t)a->n_rows, 1,
                          0};
    return g;
}

/* ROTARY, EMBED, BERT_EMBED, BERT_QKV, LAYERNORM, GELU: one block a token; RMSNORM, PICK, POOL: one a
 * row; ROPE_KV: n_tokens in x, n_kv_heads in y. No dynamic shared memory. */
static inline struct cuda_grid cuda_row_grid(int32_t n_rows, int32_t n_in_y)
{
    struct cuda_grid g = {(uint32_t)n_rows, (uint32_t)n_in_y, 1, 0};
    return g;
}

#endif
