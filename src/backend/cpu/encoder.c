/* A BERT encoder on the CPU. */
#include "backend/cpu/cpu.h"
#include "backend/encoder_backend.h"
#include "quant/quantize.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One thread's memory for the attention of one head. */
struct encoder_scratch {
    float *k;   /* (tiles of KV_PAGE keys, head_dim, KV_PAGE) */
    float *v;   /* (tiles of KV_PAGE keys, KV_PAGE, head_dim) */
    float *q;   /* (TILE_QUERIES, head_dim) */
    float *acc; /* (TILE_QUERIES, head_dim) */
};

struct cpu_encoder {
    struct encoder_backend base;
    const struct packed_encoder *model;
    const struct cpu_kernels *kernels;
    struct thread_pool *pool;
    struct encoder_backend_options options;
    size_t bytes, n_threads;
    size_t qkv_stride, wide_stride, out_stride;
    char description[64];
    /* Buffers of one batch, each with max_tokens rows. */
    float *x;                        /* (hidden): the residual stream */
    float *qkv;                      /* (3 * hidden, padded to 16) */
    float *attn;                     /* (hidden) */
    float *wide;                     /* (intermediate padded to 16) */
    float *out;                      /* (dim padded to 16): of the projection */
    float *vectors;                  /* (max_texts, hidden): not of ColBERT */
    size_t *positions;               /* of each token in its text */
    struct activations in, wide_in;  /* of hidden, of intermediate */
    struct encoder_scratch *scratch; /* one a thread */
    /* The batch under way. */
    const struct encoder_sequence *sequences;
    const int32_t **tokens; /* where each token's id is */
    size_t n_sequences, n_tokens;
};

/* ---- one batch ---- */

/* This thread's rows of x as a matrix's input; normed in place before when norm is given. */
static void make_input(struct cpu_encoder *e, struct activations *to, float *from, size_t width,
                       size_t from_stride, const float *norm, const float *bias, size_t begin,
                       size_t end, size_t thread)
{
    const struct cpu_kernels *k = e->kernels;
    size_t stride = to->groups * QUANT_GROUP;
    atomic_store_explicit(&to->claims[thread].next, 0, memory_order_relaxed);
    for (size_t t = begin; t < end; t++) {
        float *row = to->f32 + t * stride, *x = from + t * from_stride;
        if (norm) k->layernorm(x, norm, bias, width, e->model->config.norm_eps, x);
        memcpy(row, x, width * sizeof *row);
        memset(row + width, 0, (stride - width) * sizeof *row);
        if (to->q) k->quantize(row, to, t);
    }
}

static void embed(struct cpu_encoder *e, size_t begin, size_t end)
{
    const struct packed_encoder *m = e->model;
    size_t h = m->config.hidden;
    for (size_t t = begin; t < end; t++) {
        float *x = e->x + t * h, *other = e->attn + t * h;
        packed_matrix_read_row(&m->words, (size_t)*e->tokens[t], x);
        packed_matrix_read_row(&m->segments, 0, other);
        for (size_t i = 0; i < h; i++) x[i] += other[i];
        packed_matrix_read_row(&m->positions, e->positions[t], other);
        for (size_t i = 0; i < h; i++) x[i] += other[i];
    }
}

/* One head of one text, whose tokens begin at row `first` of the batch. */
static void attend(struct cpu_encoder *e, struct encoder_scratch *s,
                   const struct encoder_sequence *seq, size_t first, size_t head)
{
    size_t h = e->model->config.hidden, hd = e->model->config.head_dim;
    float scale = 1.0f / sqrtf((float)hd);
    const float *rows = e->qkv + first * e->qkv_stride + head * hd;
    for (size_t t = 0; t < seq->n_keys; t++) {
        const float *k = rows + t * e->qkv_stride + h, *v = k + h;
        float *page = s->k + t / KV_PAGE * KV_PAGE * hd + t % KV_PAGE;
        for (size_t d = 0; d < hd; d++) page[d * KV_PAGE] = k[d];
        memcpy(s->v + t * hd, v, hd * sizeof *v);
    }
    for (size_t begin = 0; begin < seq->n_tokens; begin += TILE_QUERIES) {
        size_t n = seq->n_tokens - begin < TILE_QUERIES ? seq->n_tokens - begin : TILE_QUERIES;
        float max[TILE_QUERIES], sum[TILE_QUERIES];
        size_t visible[TILE_QUERIES];
        for (size_t r = 0; r < n; r++) {
            const float *q = rows + (begin + r) * e->qkv_stride;
            for (size_t d = 0; d < hd; d++) s->q[r * hd + d] = q[d] * scale;
            max[r] = -INFINITY;
            sum[r] = 0;
        }
        memset(s->acc, 0, n * hd * sizeof *s->acc);
        for (size_t start = 0; start < seq->n_keys; start += KV_PAGE) {
            size_t seen = seq->n_keys - start < KV_PAGE ? seq->n_keys - start : KV_PAGE;
            for (size_t r = 0; r < n; r++) visible[r] = seen;
            struct kv_tile tile = {s->k + start * hd, s->v + start * hd};
            e->kernels->attention_tile(s->q, n, hd, &tile, visible, max, sum, s->acc);
        }
        for (size_t r = 0; r < n; r++) {
            float *to = e->attn + (first + begin + r) * h + head * hd;
            float inverse = 1.0f / sum[r];
            for (size_t d = 0; d < hd; d++) to[d] = s->acc[r * hd + d] * inverse;
        }
    }
}

static void attention_of(struct cpu_encoder *e, size_t thread, size_t n_threads)
{
    size_t unit = 0, first = 0;
    for (size_t i = 0; i < e->n_sequences; first += e->sequences[i++].n_tokens)
        for (size_t head = 0; head < e->model->config.n_heads; head++, unit++)
            if (unit % n_threads == thread)
                attend(e, &e->scratch[thread], &e->sequences[i], first, head);
}

static void normalize(float *v, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (double)v[i] * v[i];
    float inverse = 1.0f / (float)fmax(sqrt(sum), 1e-12); /* as torch does */
    for (size_t i = 0; i < n; i++) v[i] *= inverse;
}

/* This thread's texts' vectors out of their tokens'. */
static void pool_texts(struct cpu_encoder *e, size_t thread, size_t n_threads)
{
    const struct encoder_config *c = &e->model->config;
    size_t h = c->hidden, first = 0;
    for (size_t i = 0; i < e->n_sequences; first += e->sequences[i++].n_tokens) {
        if (i % n_threads != thread) continue;
        size_t n = e->sequences[i].n_tokens;
        const float *rows = e->x + first * h;
        float *out = e->vectors + i * h;
        memcpy(out, rows, h * sizeof *out);
        if (c->pooling == POOLING_MEAN) {
            for (size_t t = 1; t < n; t++)
                for (size_t d = 0; d < h; d++) out[d] += rows[t * h + d];
            for (size_t d = 0; d < h; d++) out[d] /= (float)n;
        }
        if (c->normalize) normalize(out, h);
    }
}

static void batch_body(void *context, size_t thread, size_t n)
{
    struct cpu_encoder *e = context;
    const struct packed_encoder *m = e->model;
    const struct encoder_config *c = &m->config;
    const struct cpu_kernels *k = e->kernels;
    size_t h = c->hidden, nt = e->n_tokens, begin, end;
    thread_pool_split(nt, 1, thread, n, &begin, &end);

    embed(e, begin, end);
    const float *norm = m->norm, *bias = m->norm_bias;
    for (size_t i = 0; i < c->n_layers; i++) {
        const struct packed_encoder_layer *l = &m->layers[i];
        make_input(e, &e->in, e->x, h, h, norm, bias, begin, end, thread);
        thread_pool_barrier(e->pool);
        matmul(k, &l->qkv, &e->in, nt, l->qkv_bias, MATMUL_STORE, e->qkv, e->qkv_stride, thread, n);
        thread_pool_barrier(e->pool);
        attention_of(e, thread, n);
        thread_pool_barrier(e->pool);
        make_input(e, &e->in, e->attn, h, h, NULL, NULL, begin, end, thread);
        thread_pool_barrier(e->pool);
        matmul(k, &l->o, &e->in, nt, l->o_bias, MATMUL_ADD, e->x, h, thread, n);
        thread_pool_barrier(e->pool);
        make_input(e, &e->in, e->x, h, h, l->attn_norm, l->attn_norm_bias, begin, end, thread);
        thread_pool_barrier(e->pool);
        matmul(k, &l->up, &e->in, nt, l->up_bias, MATMUL_STORE, e->wide, e->wide_stride, thread, n);
        thread_pool_barrier(e->pool);
        k->gelu(e->wide + begin * e->wide_stride, (end - begin) * e->wide_stride);
        make_input(e, &e->wide_in, e->wide, c->intermediate, e->wide_stride, NULL, NULL, begin, end,
                   thread);
        thread_pool_barrier(e->pool);
        matmul(k, &l->down, &e->wide_in, nt, l->down_bias, MATMUL_ADD, e->x, h, thread, n);
        thread_pool_barrier(e->pool);
        norm = l->mlp_norm;
        bias = l->mlp_norm_bias;
    }
    make_input(e, &e->in, e->x, h, h, norm, bias, begin, end, thread);
    thread_pool_barrier(e->pool);
    if (!m->projection.data) {
        pool_texts(e, thread, n);
        return;
    }
    matmul(k, &m->projection, &e->in, nt, NULL, MATMUL_STORE, e->out, e->out_stride, thread, n);
    thread_pool_barrier(e->pool);
    if (thread != 0) return;
    for (size_t t = 0; t < nt; t++) { /* without the padding; each row moves down or stays */
        float *to = e->out + t * m->dim;
        memmove(to, e->out + t * e->out_stride, m->dim * sizeof *to);
        normalize(to, m->dim);
    }
}

static const float *cpu_run(struct encoder_backend *b, const struct encoder_sequence *sequences,
                            size_t n, struct error *err)
{
    struct cpu_encoder *e = (struct cpu_encoder *)b;
    size_t at = 0;
    if (!encoder_batch_check(&e->model->config, &e->options, sequences, n, &e->n_tokens, err))
        return NULL;
    for (size_t i = 0; i < n; i++)
        for (size_t t = 0; t < sequences[i].n_tokens; t++, at++) {
            e->positions[at] = t;
            e->tokens[at] = &sequences[i].tokens[t];
        }
    e->sequences = sequences;
    e->n_sequences = n;
    e->in.tokens = e->wide_in.tokens = e->n_tokens;
    if (e->n_tokens) thread_pool_run(e->pool, batch_body, e);
    return e->model->projection.data ? e->out : e->vectors;
}

/* ---- making and freeing ---- */

/* Zeroed memory aligned to a cache line and counted; NULL when memory is out. */
static void *take(struct cpu_encoder *e, size_t count, size_t size)
{
    if (count > SIZE_MAX / 2 / size) return NULL;
    size_t bytes = (count * size + 63) & ~(size_t)63;
    void *p = aligned_alloc(64, bytes ? bytes : 64);
    if (p) memset(p, 0, bytes ? bytes : 64);
    e->bytes += bytes;
    return p;
}

static bool take_activations(struct cpu_encoder *e, struct activations *a, size_t width)
{
    size_t rows = e->options.max_tokens;
    a->groups = packed_groups(width);
    a->f32 = take(e, rows * a->groups * QUANT_GROUP, sizeof *a->f32);
    a->claims = take(e, e->n_threads, sizeof *a->claims);
    if (!a->f32 || !a->claims) return false;
    if (e->model->type != QUANT_Q4 && e->model->type != QUANT_Q8) return true;
    a->q = take(e, rows * a->groups * QUANT_GROUP, sizeof *a->q);
    a->scale = take(e, rows * a->groups, sizeof *a->scale);
    a->bias = take(e, rows * a->groups, sizeof *a->bias);
    if (e->model->type == QUANT_Q4) {
        a->power = take(e, rows * a->groups, sizeof *a->power);
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

static bool take_scratch(struct cpu_encoder *e)
{
    const struct encoder_config *c = &e->model->config;
    size_t longest = c->context < e->options.max_tokens ? c->context : e->options.max_tokens;
    size_t keys = (longest + KV_PAGE - 1) / KV_PAGE * KV_PAGE, hd = c->head_dim;
    e->scratch = calloc(e->n_threads, sizeof *e->scratch);
    for (size_t i = 0; e->scratch && i < e->n_threads; i++) {
        struct encoder_scratch *s = &e->scratch[i];
        s->k = take(e, keys * hd, sizeof *s->k);
        s->v = take(e, keys * hd, sizeof *s->v);
        s->q = take(e, TILE_QUERIES * hd, sizeof *s->q);
        s->acc = take(e, TILE_QUERIES * hd, sizeof *s->acc);
        if (!s->k || !s->v || !s->q || !s->acc) return false;
    }
    return e->scratch != NULL;
}

static bool take_buffers(struct cpu_encoder *e)
{
    const struct encoder_config *c = &e->model->config;
    size_t rows = e->options.max_tokens;
    e->qkv_stride = packed_blocks(3 * c->hidden) * QUANT_BLOCK_ROWS;
    e->wide_stride = packed_blocks(c->intermediate) * QUANT_BLOCK_ROWS;
    e->out_stride = packed_blocks(e->model->dim) * QUANT_BLOCK_ROWS;
    e->x = take(e, rows * c->hidden, sizeof *e->x);
    e->qkv = take(e, rows * e->qkv_stride, sizeof *e->qkv);
    e->attn = take(e, rows * c->hidden, sizeof *e->attn);
    e->wide = take(e, rows * e->wide_stride, sizeof *e->wide);
    e->out = take(e, c->is_colbert ? rows * e->out_stride : 0, sizeof *e->out);
    e->vectors = take(e, c->is_colbert ? 0 : e->options.max_texts * c->hidden, sizeof *e->vectors);
    e->positions = take(e, rows, sizeof *e->positions);
    e->tokens = take(e, rows, sizeof *e->tokens);
    return e->x && e->qkv && e->attn && e->wide && e->out && e->vectors && e->positions &&
           e->tokens && take_activations(e, &e->in, c->hidden) &&
           take_activations(e, &e->wide_in, c->intermediate) && take_scratch(e);
}

static void cpu_free(struct encoder_backend *b)
{
    struct cpu_encoder *e = (struct cpu_encoder *)b;
    if (!e) return;
    for (size_t i = 0; e->scratch && i < e->n_threads; i++) {
        free(e->scratch[i].k);
        free(e->scratch[i].v);
        free(e->scratch[i].q);
        free(e->scratch[i].acc);
    }
    free(e->scratch);
    free_activations(&e->in);
    free_activations(&e->wide_in);
    free(e->x);
    free(e->qkv);
    free(e->attn);
    free(e->wide);
    free(e->out);
    free(e->vectors);
    free(e->positions);
    free(e->tokens);
    free(e);
}

static void cpu_memory(const struct encoder_backend *b, struct backend_memory *out)
{
    const struct cpu_encoder *e = (const struct cpu_encoder *)b;
    *out = (struct backend_memory){.weights = e->model->bytes, .activations = e->bytes};
}

static const char *cpu_description(const struct encoder_backend *b)
{
    return ((const struct cpu_encoder *)b)->description;
}

static const struct encoder_backend_ops cpu_ops = {.name = "cpu",
                                                   .free = cpu_free,
                                                   .run = cpu_run,
                                                   .memory = cpu_memory,
                                                   .description = cpu_description};

struct encoder_backend *encoder_cpu_create(const struct packed_encoder *model,
                                           struct thread_pool *pool,
                                           const struct encoder_backend_options *options,
                                           struct error *err)
{
    const struct cpu_kernels *kernels = cpu_kernels_find(options->isa);
    if (!kernels) {
        error_set(err, ERROR_UNSUPPORTED,
                  "instruction set \"%s\": not one of portable, avx2, avx512, or not in this CPU",
                  options->isa);
        return NULL;
    }
    struct cpu_encoder *e = calloc(1, sizeof *e);
    if (!e) {
        error_memory(err, "CPU backend");
        return NULL;
    }
    e->base.ops = &cpu_ops;
    e->model = model;
    e->pool = pool;
    e->kernels = kernels;
    e->options = *options;
    e->n_threads = thread_pool_size(pool);
    snprintf(e->description, sizeof e->description, "cpu %s, %zu thread%s", kernels->name,
             e->n_threads, e->n_threads == 1 ? "" : "s");
    if (!take_buffers(e)) {
        error_set(err, ERROR_MEMORY, "no room for activations of %zu tokens (%zu MB)",
                  options->max_tokens, e->bytes / 1000000);
        cpu_free(&e->base);
        return NULL;
    }
    return &e->base;
}
