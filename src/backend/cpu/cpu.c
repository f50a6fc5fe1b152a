/* The CPU backend: memory, and one model step from token ids to logits. */
#include "backend/cpu/cpu.h"
#include "quant/quantize.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct cpu_backend *from_base(struct backend *base)
{
    return (struct cpu_backend *)base;
}

/* ---- one step ---- */

/* A matrix's input from this thread's rows of `from` (n_tokens, width): normed if `norm` is given,
 * then in the form that the weights want. */
static void make_input(struct cpu_backend *b, struct activations *to, const float *from,
                       size_t width, const float *norm, size_t n_tokens, size_t thread,
                       size_t n_threads)
{
    const struct cpu_kernels *k = b->kernels;
    size_t stride = to->groups * QUANT_GROUP, begin, end;
    atomic_store_explicit(&to->claims[thread].next, 0, memory_order_relaxed);
    thread_pool_split(n_tokens, 1, thread, n_threads, &begin, &end);
    for (size_t t = begin; t < end; t++) {
        const float *row = from + t * width;
        /* What is quantized as it stands is not copied. */
        if (norm || !to->q || width < stride) {
            float *copy = to->f32 + t * stride;
            if (norm)
                k->rmsnorm(row, norm, width, b->model->config.norm_eps, copy);
            else
                memcpy(copy, row, width * sizeof *copy);
            memset(copy + width, 0, (stride - width) * sizeof *copy);
            row = copy;
        }
        if (to->q) k->quantize(row, to, t);
    }
}

static void embed(struct cpu_backend *b, size_t thread, size_t n_threads)
{
    const struct model_config *c = &b->model->config;
    size_t begin, end, half = c->head_dim / 2;
    thread_pool_split(b->n_tokens, 1, thread, n_threads, &begin, &end);
    for (size_t t = begin; t < end; t++) {
        const struct step_token *token = &b->tokens[t];
        const struct step_sequence *seq = &b->sequences[token->sequence];
        size_t id = (size_t)seq->tokens[token->position - seq->position];
        packed_matrix_read_row(&b->model->embed, id, b->x + t * c->hidden);
        for (size_t i = 0; i < half; i++) {
            /* The product is rounded to f32 as in the reference implementation. */
            float angle = (float)token->position * b->inv_freq[i];
            b->cosine[t * half + i] = cosf(angle) * b->rope_scale;
            b->sine[t * half + i] = sinf(angle) * b->rope_scale;
        }
    }
}

/* How many tokens the matrices take from now on. */
static void set_tokens(struct cpu_backend *b, size_t n)
{
    b->in.tokens = b->attn_in.tokens = b->wide.tokens = n;
}

/* The tokens that logits are wanted of, gathered in order: x into last, attn moves to the front. */
static void gather_wanted(struct cpu_backend *b)
{
    const struct model_config *c = &b->model->config;
    size_t hidden = c->hidden, width = c->n_heads * c->head_dim, first = 0, row = 0;
    for (size_t i = 0; i < b->n_sequences; i++) {
        const struct step_sequence *s = &b->sequences[i];
        for (size_t j = s->n_tokens - s->n_logits; j < s->n_tokens; j++, row++) {
            memcpy(b->last + row * hidden, b->x + (first + j) * hidden, hidden * sizeof *b->x);
            if (row < first + j)
                memcpy(b->attn + row * width, b->attn + (first + j) * width,
                       width * sizeof *b->attn);
        }
        first += s->n_tokens;
    }
    set_tokens(b, b->n_logits);
}

static void step_body(void *context, size_t thread, size_t n)
{
    struct cpu_backend *b = context;
    const struct packed_model *m = b->model;
    const struct model_config *c = &m->config;
    const struct cpu_kernels *k = b->kernels;
    size_t hidden = c->hidden, nt = b->n_tokens, attn_width = c->n_heads * c->head_dim;
    size_t inter = packed_blocks(c->intermediate) * QUANT_BLOCK_ROWS;
    float *x = b->x;

    embed(b, thread, n);
    thread_pool_barrier(b->pool);
    for (size_t l = 0; l < c->n_layers; l++) {
        const struct packed_layer *w = &m->layers[l];
        size_t qkv = packed_blocks(w->qkv.rows) * QUANT_BLOCK_ROWS;
        make_input(b, &b->in, b->x, hidden, w->attn_norm, nt, thread, n);
        thread_pool_barrier(b->pool);
        matmul(k, &w->qkv, &b->in, nt, w->qkv_bias, MATMUL_STORE, b->qkv, qkv, thread, n);
        thread_pool_barrier(b->pool);
        attention_prepare(b, l, thread, n);
        thread_pool_barrier(b->pool);
        /* Behind the keys and values of the last layer nobody needs a token without logits. */
        bool wanted = l + 1 == c->n_layers && !b->is_part;
        if (wanted && b->n_logits == 0) return;
        attention(b, l, wanted, thread, n);
        thread_pool_barrier(b->pool);
        if (wanted) {
            if (thread == 0) gather_wanted(b);
            x = b->last;
            nt = b->n_logits;
            thread_pool_barrier(b->pool);
        }
        make_input(b, &b->attn_in, b->attn, attn_width, NULL, nt, thread, n);
        thread_pool_barrier(b->pool);
        matmul(k, &w->o, &b->attn_in, nt, w->o_bias, MATMUL_ADD, x, hidden, thread, n);
        thread_pool_barrier(b->pool);
        make_input(b, &b->in, x, hidden, w->mlp_norm, nt, thread, n);
        thread_pool_barrier(b->pool);
        matmul(k, &w->gate_up, &b->in, nt, NULL, MATMUL_SWIGLU, b->mlp, inter, thread, n);
        thread_pool_barrier(b->pool);
        make_input(b, &b->wide, b->mlp, inter, NULL, nt, thread, n);
        thread_pool_barrier(b->pool);
        matmul(k, &w->down, &b->wide, nt, NULL, MATMUL_ADD, x, hidden, thread, n);
        thread_pool_barrier(b->pool);
    }
    if (b->is_part) return;
    make_input(b, &b->in, x, hidden, m->norm, nt, thread, n);
    thread_pool_barrier(b->pool);
    matmul(k, &m->head, &b->in, nt, NULL, MATMUL_STORE, b->logits,
           packed_blocks(c->vocab) * QUANT_BLOCK_ROWS, thread, n);
}

static bool cpu_step(struct backend *base, const struct step_sequence *sequences, size_t n,
                     struct error *err)
{
    struct cpu_backend *b = from_base(base);
    const struct model_config *c = &b->model->config;
    b->n_tokens = b->n_logits = 0;
    for (size_t i = 0; i < n; i++) {
        const struct step_sequence *s = &sequences[i];
        if (s->n_tokens == 0 || s->n_tokens > b->max_tokens - b->n_tokens)
            return error_set(err, ERROR_USAGE, "a step of more than %zu tokens", b->max_tokens);
        size_t logits = b->is_part ? 0 : s->n_logits;
        if (s->n_logits > s->n_tokens || logits > b->max_logits - b->n_logits)
            return error_set(err, ERROR_USAGE, "a step of more than %zu logits", b->max_logits);
        for (size_t t = 0; t < s->n_tokens; t++) {
            if (s->tokens[t] < 0 || (size_t)s->tokens[t] >= c->vocab)
                return error_set(err, ERROR_INPUT, "token %d: the model has ids 0..%zu",
                                 s->tokens[t], c->vocab - 1);
            b->tokens[b->n_tokens++] = (struct step_token){i, s->position + t};
        }
        for (size_t p = 0; p <= (s->position + s->n_tokens - 1) / KV_PAGE; p++)
            if (s->pages[p] < 0 || (size_t)s->pages[p] >= b->kv.n_pages)
                return error_set(err, ERROR_USAGE, "KV page %d of %zu", s->pages[p], b->kv.n_pages);
        b->n_logits += logits;
    }
    if (b->n_tokens == 0) return true;
    b->sequences = sequences;
    b->n_sequences = n;
    set_tokens(b, b->n_tokens);
    thread_pool_run(b->pool, step_body, b);
    return true;
}

static const float *cpu_logits(struct backend *base, size_t row)
{
    struct cpu_backend *b = from_base(base);
    return b->logits + row * packed_blocks(b->model->config.vocab) * QUANT_BLOCK_ROWS;
}

static void cpu_copy_page(struct backend *base, int32_t from, int32_t to)
{
    struct cpu_backend *b = from_base(base);
    const struct model_config *c = &b->model->config;
    for (size_t l = 0; l < c->n_layers; l++)
        memcpy(kv_pool_at(&b->kv, c, l, (size_t)to, 0), kv_pool_at(&b->kv, c, l, (size_t)from, 0),
               c->n_kv_heads * 2 * b->kv.head_bytes);
}

static void cpu_page_info(const struct backend *base, struct backend_page *out)
{
    static const char *const TYPES[] = {[KV_F32] = "f32", [KV_BF16] = "bf16", [KV_INT8] = "int8"};
    const struct cpu_backend *b = (const struct cpu_backend *)base;
    out->bytes = b->kv.bytes / b->kv.n_pages;
    snprintf(out->layout, sizeof out->layout, "cpu %s %s", b->kernels->name, TYPES[b->kv.type]);
}

static void cpu_page_read(struct backend *base, int32_t page, uint8_t *out)
{
    struct cpu_backend *b = from_base(base);
    const struct model_config *c = &b->model->config;
    size_t bytes = c->n_kv_heads * 2 * b->kv.head_bytes;
    for (size_t l = 0; l < c->n_layers; l++)
        memcpy(out + l * bytes, kv_pool_at(&b->kv, c, l, (size_t)page, 0), bytes);
}

static void cpu_page_write(struct backend *base, int32_t page, const uint8_t *in)
{
    struct cpu_backend *b = from_base(base);
    const struct model_config *c = &b->model->config;
    size_t bytes = c->n_kv_heads * 2 * b->kv.head_bytes;
    for (size_t l = 0; l < c->n_layers; l++)
        memcpy(kv_pool_at(&b->kv, c, l, (size_t)page, 0), in + l * bytes, bytes);
}

static void cpu_memory(const struct backend *base, struct backend_memory *out)
{
    const struct cpu_backend *b = (const struct cpu_backend *)base;
    *out = (struct backend_memory){b->model->bytes, b->kv.bytes, b->activation_bytes};
}

static const char *cpu_description(const struct backend *base)
{
    return ((const struct cpu_backend *)base)->description;
}

/* ---- making and freeing ---- */

/* Zeroed memory aligned to a cache line and counted; NULL when memory is out. While counting,
 * any pointer. */
static void *take(struct cpu_backend *b, size_t count, size_t size)
{
    if (count > SIZE_MAX / 2 / size) return NULL;
    size_t bytes = (count * size + 63) & ~(size_t)63;
    if (b->counting) {
        b->activation_bytes += bytes;
        return b;
    }
    void *p = aligned_alloc(64, bytes ? bytes : 64);
    if (p) memset(p, 0, bytes ? bytes : 64);
    b->activation_bytes += bytes;
    return p;
}

static bool take_activations(struct cpu_backend *b, struct activations *a, size_t rows,
                             size_t width)
{
    a->groups = packed_groups(width);
    a->f32 = take(b, rows * a->groups * QUANT_GROUP, sizeof *a->f32);
    a->claims = take(b, b->n_threads, sizeof *a->claims);
    if (!a->f32 || !a->claims) return false;
    if (b->model->type != QUANT_Q4 && b->model->type != QUANT_Q8) return true;
    a->q = take(b, rows * a->groups * QUANT_GROUP, sizeof *a->q);
    a->scale = take(b, rows * a->groups, sizeof *a->scale);
    a->bias = take(b, rows * a->groups, sizeof *a->bias);
    if (b->model->type == QUANT_Q4) {
        a->power = take(b, rows * a->groups, sizeof *a->power);
        if (!a->power) return false;
    }
    return a->q && a->scale && a->bias;
}

static void free_activations(struct activations *a)
{
    free(a->f32);
    free(a->q);
    free(a->scale);
    free(a->bias);
    free(a->power);
    free(a->claims);
}

static void cpu_free(struct backend *base)
{
    if (!base) return;
    struct cpu_backend *b = from_base(base);
    kv_pool_free(&b->kv);
    attention_scratch_free(b->scratch);
    free_activations(&b->in);
    free_activations(&b->attn_in);
    free_activations(&b->wide);
    free(b->inv_freq);
    free(b->x);
    free(b->qkv);
    free(b->attn);
    free(b->mlp);
    free(b->cosine);
    free(b->sine);
    free(b->tokens);
    free(b->last);
    free(b->logits);
    free(b);
}

const float *backend_cpu_residual(struct backend *base)
{
    return from_base(base)->x;
}

static const struct backend_ops cpu_ops = {
    .name = "cpu",
    .free = cpu_free,
    .step = cpu_step,
    .logits = cpu_logits,
    .copy_page = cpu_copy_page,
    .page_info = cpu_page_info,
    .page_read = cpu_page_read,
    .page_write = cpu_page_write,
    .memory = cpu_memory,
    .description = cpu_description,
};

static bool take_buffers(struct cpu_backend *b, const struct backend_options *o, struct error *err)
{
    const struct model_config *c = &b->model->config;
    size_t nt = o->max_tokens, attn_width = c->n_heads * c->head_dim;
    size_t qkv = packed_blocks((c->n_heads + 2 * c->n_kv_heads) * c->head_dim) * QUANT_BLOCK_ROWS;
    size_t inter = packed_blocks(c->intermediate) * QUANT_BLOCK_ROWS;
    size_t rows = nt > o->max_logits ? nt : o->max_logits;
    b->inv_freq = take(b, c->head_dim / 2, sizeof *b->inv_freq);
    b->x = take(b, nt * c->hidden, sizeof *b->x);
    b->qkv = take(b, nt * qkv, sizeof *b->qkv);
    b->attn = take(b, nt * attn_width, sizeof *b->attn);
    b->mlp = take(b, nt * inter, sizeof *b->mlp);
    b->cosine = take(b, nt * c->head_dim / 2, sizeof *b->cosine);
    b->sine = take(b, nt * c->head_dim / 2, sizeof *b->sine);
    b->tokens = take(b, nt, sizeof *b->tokens);
    b->last = take(b, o->max_logits * c->hidden, sizeof *b->last);
    b->logits =
        take(b, o->max_logits * packed_blocks(c->vocab) * QUANT_BLOCK_ROWS, sizeof *b->logits);
    bool inputs = take_activations(b, &b->in, rows, c->hidden) &&
                  take_activations(b, &b->attn_in, nt, attn_width) &&
                  take_activations(b, &b->wide, nt, inter);
    if (!b->inv_freq || !b->x || !b->qkv || !b->attn || !b->mlp || !b->cosine || !b->sine ||
        !b->tokens || !b->last || !b->logits || !inputs)
        return error_set(err, ERROR_MEMORY, "no room for activations of %zu tokens (%zu MB)", nt,
                         b->activation_bytes / 1000000);
    return true;
}

static enum kv_type kv_type_of(enum quant_type weights, unsigned kv_bits)
{
    return weights == QUANT_F32 ? KV_F32 : kv_bits == 8 ? KV_INT8 : KV_BF16;
}

bool backend_cpu_memory(const struct model_config *config, enum quant_type type, size_t n_threads,
                        const struct backend_options *options, struct backend_memory *out,
                        struct error *err)
{
    struct packed_model shape = {.config = *config, .type = type};
    if (options->n_layers) shape.config.n_layers = options->n_layers;
    config = &shape.config;
    struct cpu_backend b = {.model = &shape, .counting = true, .n_threads = n_threads};
    struct kv_pool kv;
    if (!take_buffers(&b, options, err) ||
        !kv_pool_measure(&kv, config, options->n_pages, kv_type_of(type, options->kv_bits), err) ||
        !packed_model_size(config, type, &out->weights, err))
        return false;
    out->kv_cache = kv.bytes;
    out->activations = b.activation_bytes + attention_scratch_bytes(n_threads);
    return true;
}

struct backend *backend_cpu_create(const struct packed_model *model, struct thread_pool *pool,
                                   const struct backend_options *options, struct error *err)
{
    const struct cpu_kernels *kernels = cpu_kernels_find(options->isa);
    if (!kernels) {
        error_set(err, ERROR_UNSUPPORTED,
                  "instruction set \"%s\": not one of portable, avx2, avx512, or not in this CPU",
                  options->isa);
        return NULL;
    }
    struct cpu_backend *b = calloc(1, sizeof *b);
    if (!b) {
        error_memory(err, "CPU backend");
        return NULL;
    }
    b->base.ops = &cpu_ops;
    b->model = model;
    if (options->n_layers) {
        b->part = *model;
        b->part.config.n_layers = options->n_layers;
        b->model = &b->part;
        b->is_part = true;
        model = &b->part;
        if (!packed_model_size(&model->config, model->type, &b->part.bytes, err)) {
            free(b);
            return NULL;
        }
    }
    b->pool = pool;
    b->n_threads = thread_pool_size(pool);
    b->kernels = kernels;
    b->max_tokens = options->max_tokens;
    b->max_logits = options->max_logits;
    b->activation_bytes = attention_scratch_bytes(thread_pool_size(pool));
    enum kv_type kv = kv_type_of(model->type, options->kv_bits);
    if (kv != KV_F32) b->paged = cpu_attention_find(kernels, kv == KV_INT8);
    snprintf(b->description, sizeof b->description, "cpu %s, %zu thread%s", kernels->name,
             thread_pool_size(pool), thread_pool_size(pool) == 1 ? "" : "s");
    if (!take_buffers(b, options, err) ||
        !attention_scratch_create(&b->scratch, thread_pool_size(pool), &model->config, err) ||
        !kv_pool_create(&b->kv, &model->config, options->n_pages, kv, err)) {
        cpu_free(&b->base);
        return NULL;
    }
    rope_frequencies(&model->config, b->inv_freq, &b->rope_scale);
    return &b->base;
}
