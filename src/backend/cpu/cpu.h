/* What the files of the CPU backend share: the backend itself and its buffers. A step is one job of
 * the thread pool; its phases (norm, matmul, attention, ...) are separated by barriers, and each
 * phase splits its work over the threads without sharing a written cache line. */
#ifndef BACKEND_CPU_CPU_H
#define BACKEND_CPU_CPU_H

#include "backend/backend.h"
#include "backend/cpu/kernels.h"

enum kv_type { KV_F32, KV_BF16, KV_INT8 };

/* The KV cache in pages, one allocation. For each layer and page: for each KV head K then V, as
 * kernels.h has them in bf16 and int8; in f32 (models kept in f32, for tests against references) K
 * is (head_dim, KV_PAGE) and V (KV_PAGE, head_dim). */
struct kv_pool {
    uint8_t *data;
    size_t bytes, n_pages;
    size_t head_bytes; /* K or V of one head of one page */
    enum kv_type type;
};

/* Where each token of a step belongs. */
struct step_token {
    size_t sequence; /* index into the step's sequences */
    size_t position;
};

struct cpu_backend {
    struct backend base;
    const struct packed_model *model; /* the caller's, or `part` */
    struct packed_model part;         /* the caller's, but with fewer layers */
    bool is_part;
    const struct cpu_kernels *kernels;
    const struct paged_attention *paged; /* NULL: by kv_load and attention_tile */
    struct thread_pool *pool;
    size_t n_threads;
    struct kv_pool kv;
    size_t max_tokens, max_logits;
    size_t activation_bytes;
    bool counting; /* buffers are summed up, none is taken */
    char description[64];
    float *inv_freq; /* (head_dim / 2) */
    float rope_scale;

    /* Buffers of one step, each with max_tokens rows. */
    float *x;             /* (hidden): the residual stream */
    float *qkv;           /* (rows of qkv, padded to 16) */
    float *attn;          /* (n_heads * head_dim) */
    float *mlp;           /* (intermediate padded to 16) */
    float *cosine, *sine; /* (head_dim / 2) */
    struct step_token *tokens;
    struct activations in;             /* hidden, normed */
    struct activations attn_in;        /* attn */
    struct activations wide;           /* mlp */
    float *last;                       /* (max_logits, hidden): x where logits are wanted */
    float *logits;                     /* (max_logits, vocab padded to 16) */
    struct attention_scratch *scratch; /* one a thread */

    /* The step under way. */
    const struct step_sequence *sequences;
    size_t n_sequences, n_tokens, n_logits;
};

/* What happens to a matrix's result. */
enum matmul_end {
    MATMUL_STORE,  /* out = W x + bias */
    MATMUL_ADD,    /* out += W x + bias: the residual */
    MATMUL_SWIGLU, /* blocks of 16 rows are gate and up by turns; out = silu(gate) * up */
};

/* This thread's part of out (n_tokens, stride) from W and x, n_tokens at least 1, and what it can
 * do of the others' parts. */
void matmul(const struct cpu_kernels *k, const struct packed_matrix *w, const struct activations *x,
            size_t n_tokens, const float *bias, enum matmul_end end, float *out, size_t stride,
            size_t thread, size_t n_threads);

/* Memory of one thread's attention tile; opaque to the others. */
struct attention_scratch;
size_t attention_scratch_bytes(size_t n_threads);
bool attention_scratch_create(struct attention_scratch **out, size_t n_threads,
                              const struct model_config *c, struct error *err);
void attention_scratch_free(struct attention_scratch *s);

/* The sizes of a pool, no memory yet. */
bool kv_pool_measure(struct kv_pool *kv, const struct model_config *c, size_t n_pages,
                     enum kv_type type, struct error *err);
bool kv_pool_create(struct kv_pool *kv, const struct model_config *c, size_t n_pages,
                    enum kv_type type, struct error *err);
void kv_pool_free(struct kv_pool *kv);

/* K of one head of one page of one layer; V follows it at + head_bytes. */
uint8_t *kv_pool_at(const struct kv_pool *kv, const struct model_config *c, size_t layer,
                    size_t page, size_t head);

/* This thread's part of: q and k norms, RoPE, keys and values into the pages. */
void attention_prepare(struct cpu_backend *b, size_t layer, size_t thread, size_t n_threads);

/* This thread's part of attention over the pages, qkv -> attn; wanted: of the tokens alone whose
 * logits are wanted. */
void attention(struct cpu_backend *b, size_t layer, bool wanted, size_t thread, size_t n_threads);

#endif
