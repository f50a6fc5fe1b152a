/* Attention over KV pages by tiles with an online softmax: memory does not grow with the context.
 */
#include "backend/cpu/cpu.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct attention_scratch {
    _Alignas(64) float k[MAX_HEAD_DIM * KV_PAGE];
    float v[KV_PAGE * MAX_HEAD_DIM];
    float q[TILE_QUERIES * MAX_HEAD_DIM];
    float acc[TILE_QUERIES * MAX_HEAD_DIM];
    float max[TILE_QUERIES], sum[TILE_QUERIES];
    struct attention_queries queries;
    size_t visible[TILE_QUERIES];
};

size_t attention_scratch_bytes(size_t n_threads)
{
    return n_threads * sizeof(struct attention_scratch);
}

bool attention_scratch_create(struct attention_scratch **out, size_t n_threads,
                              const struct model_config *c, struct error *err)
{
    size_t head_dim = c->head_dim, group = c->n_heads / c->n_kv_heads;
    if (group > TILE_QUERIES)
        return error_set(err, ERROR_UNSUPPORTED,
                         "%zu query heads share a KV head: the CPU backend takes up to %d", group,
                         TILE_QUERIES);
    if (head_dim > MAX_HEAD_DIM || head_dim % 16 != 0)
        return error_set(err, ERROR_UNSUPPORTED,
                         "head_dim %zu: the CPU backend takes multiples of 16 up to %d", head_dim,
                         MAX_HEAD_DIM);
    *out = aligned_alloc(64, attention_scratch_bytes(n_threads));
    return *out ? true : error_memory(err, "attention buffers");
}

void attention_scratch_free(struct attention_scratch *s)
{
    free(s);
}

bool kv_pool_measure(struct kv_pool *kv, const struct model_config *c, size_t n_pages,
                     enum kv_type type, struct error *err)
{
    size_t head_bytes = KV_PAGE * c->head_dim;
    if (type == KV_INT8)
        head_bytes += KV_PAGE * sizeof(float); /* scales */
    else
        head_bytes *= type == KV_F32 ? sizeof(float) : sizeof(uint16_t);
    size_t page = head_bytes * 2 * c->n_kv_heads * c->n_layers;
    *kv = (struct kv_pool){.n_pages = n_pages, .head_bytes = head_bytes, .type = type};
    if (n_pages > SIZE_MAX / 2 / page) return error_memory(err, "KV cache");
    kv->bytes = page * n_pages;
    return true;
}

bool kv_pool_create(struct kv_pool *kv, const struct model_config *c, size_t n_pages,
                    enum kv_type type, struct error *err)
{
    if (!kv_pool_measure(kv, c, n_pages, type, err)) return false;
    /* Pages of the operating system are taken as tokens come: a long context that is not used
     * costs nothing. */
    void *p = mmap(NULL, kv->bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return error_set(err, ERROR_MEMORY, "no room for a KV cache of %zu MB (%zu tokens)",
                         kv->bytes / 1000000, n_pages * KV_PAGE);
    kv->data = p;
    return true;
}

void kv_pool_free(struct kv_pool *kv)
{
    if (kv->data) munmap(kv->data, kv->bytes);
    *kv = (struct kv_pool){0};
}

uint8_t *kv_pool_at(const struct kv_pool *kv, const struct model_config *c, size_t layer,
                    size_t page, size_t head)
{
    return kv->data + ((layer * kv->n_pages + page) * c->n_kv_heads + head) * 2 * kv->head_bytes;
}

static void store(const struct cpu_backend *b, uint8_t *at, const float *k, const float *v,
                  size_t slot)
{
    size_t hd = b->model->config.head_dim;
    uint8_t *v_at = at + b->kv.head_bytes;
    if (b->kv.type == KV_BF16) {
        b->kernels->kv_store_bf16(k, v, hd, slot, at, v_at);
        return;
    }
    if (b->kv.type == KV_INT8) {
        b->kernels->kv_store_int8(k, v, hd, slot, at, v_at);
        return;
    }
    for (size_t d = 0; d < hd; d++) ((float *)(void *)at)[d * KV_PAGE + slot] = k[d];
    memcpy(v_at + slot * hd * sizeof(float), v, hd * sizeof(float));
}

void attention_prepare(struct cpu_backend *b, size_t layer, size_t thread, size_t n_threads)
{
    const struct model_config *c = &b->model->config;
    const struct packed_layer *w = &b->model->layers[layer];
    const struct cpu_kernels *kn = b->kernels;
    size_t hd = c->head_dim, half = hd / 2, row = packed_blocks(w->qkv.rows) * QUANT_BLOCK_ROWS;
    /* The unit is a KV head of a token and the query heads that use it. */
    size_t group = c->n_heads / c->n_kv_heads, begin, end;
    thread_pool_split(b->n_tokens * c->n_kv_heads, 1, thread, n_threads, &begin, &end);
    for (size_t unit = begin; unit < end; unit++) {
        size_t t = unit / c->n_kv_heads, h = unit % c->n_kv_heads;
        float *q = b->qkv + t * row, *k = q + (c->n_heads + h) * hd;
        const float *v = q + (c->n_heads + c->n_kv_heads + h) * hd;
        const float *cosine = b->cosine + t * half, *sine = b->sine + t * half;
        for (size_t i = h * group; i < (h + 1) * group; i++) {
            float *head = q + i * hd;
            if (w->q_norm) kn->rmsnorm(head, w->q_norm, hd, c->norm_eps, head);
            kn->rope(head, cosine, sine, hd);
        }
        if (w->k_norm) kn->rmsnorm(k, w->k_norm, hd, c->norm_eps, k);
        kn->rope(k, cosine, sine, hd);
        const struct step_token *token = &b->tokens[t];
        size_t page = (size_t)b->sequences[token->sequence].pages[token->position / KV_PAGE];
        store(b, kv_pool_at(&b->kv, c, layer, page, h), k, v, token->position % KV_PAGE);
    }
}

/* How many of the tokens start..start + most - 1 each query row sees. */
static void count_visible(const struct cpu_backend *b, struct attention_scratch *s, size_t first,
                          size_t n_rows, size_t group, size_t start, size_t most)
{
    for (size_t r = 0; r < n_rows; r++) {
        size_t position = b->tokens[first + r / group].position;
        size_t seen = position + 1 > start ? position + 1 - start : 0;
        s->visible[r] = seen < most ? seen : most;
    }
}

/* Rows against a page, by way of f32. */
static void attend_page(struct cpu_backend *b, struct attention_scratch *s, const uint8_t *at,
                        size_t n_rows)
{
    size_t hd = b->model->config.head_dim;
    struct kv_tile tile = {s->k, s->v};
    const uint8_t *v_at = at + b->kv.head_bytes;
    if (b->kv.type == KV_F32) {
        tile.k = (float *)(uintptr_t)at;
        tile.v = (float *)(uintptr_t)v_at;
    } else if (b->kv.type == KV_BF16) {
        b->kernels->kv_load_bf16(at, v_at, hd, &tile);
    } else {
        b->kernels->kv_load_int8(at, v_at, hd, &tile);
    }
    b->kernels->attention_tile(s->q, n_rows, hd, &tile, s->visible, s->max, s->sum, s->acc);
}

/* One KV head and `n` consecutive tokens of one sequence, from token index `first` of the step. */
static void attention_unit(struct cpu_backend *b, struct attention_scratch *s, size_t layer,
                           size_t head, size_t first, size_t n)
{
    const struct model_config *c = &b->model->config;
    size_t hd = c->head_dim, group = c->n_heads / c->n_kv_heads, n_rows = n * group;
    size_t row = packed_blocks(b->model->layers[layer].qkv.rows) * QUANT_BLOCK_ROWS;
    float scale = 1.0f / sqrtf((float)hd);
    for (size_t t = 0; t < n; t++) {
        const float *from = b->qkv + (first + t) * row + head * group * hd;
        float *to = s->q + t * group * hd;
        for (size_t i = 0; i < group * hd; i++) to[i] = from[i] * scale;
    }
    for (size_t r = 0; r < n_rows; r++) {
        s->max[r] = -INFINITY;
        s->sum[r] = 0;
    }
    memset(s->acc, 0, n_rows * hd * sizeof *s->acc);

    const struct step_sequence *seq = &b->sequences[b->tokens[first].sequence];
    size_t n_pages = b->tokens[first + n - 1].position / KV_PAGE + 1;
    for (size_t p = 0; !b->paged && p < n_pages; p++) {
        count_visible(b, s, first, n_rows, group, p * KV_PAGE, KV_PAGE);
        attend_page(b, s, kv_pool_at(&b->kv, c, layer, (size_t)seq->pages[p], head), n_rows);
    }
    if (b->paged) b->paged->prepare(s->q, n_rows, hd, &s->queries);
    /* Spans begin at multiples of their size, so that a token's result does not depend on where its
     * chunk began. */
    for (size_t p = 0; b->paged && p < n_pages; p += SPAN_PAGES) {
        struct kv_span span;
        for (size_t i = 0; i < SPAN_PAGES; i++) {
            size_t here = p + i < n_pages ? p + i : n_pages - 1;
            size_t next = here + SPAN_PAGES < n_pages ? here + SPAN_PAGES : here;
            span.k[i] = kv_pool_at(&b->kv, c, layer, (size_t)seq->pages[here], head);
            span.v[i] = span.k[i] + b->kv.head_bytes;
            span.next_k[i] = kv_pool_at(&b->kv, c, layer, (size_t)seq->pages[next], head);
            span.next_v[i] = span.next_k[i] + b->kv.head_bytes;
        }
        count_visible(b, s, first, n_rows, group, p * KV_PAGE, SPAN_TOKENS);
        b->paged->span(&s->queries, n_rows, hd, &span, s->visible, s->max, s->sum, s->acc);
    }
    for (size_t r = 0; r < n_rows; r++) {
        float *to =
            b->attn + (first + r / group) * c->n_heads * hd + (head * group + r % group) * hd;
        float inverse = 1.0f / s->sum[r];
        for (size_t d = 0; d < hd; d++) to[d] = s->acc[r * hd + d] * inverse;
    }
}

void attention(struct cpu_backend *b, size_t layer, bool wanted, size_t thread, size_t n_threads)
{
    const struct model_config *c = &b->model->config;
    size_t group = c->n_heads / c->n_kv_heads;
    size_t per_tile = TILE_QUERIES / group;
    /* Units go to the threads by turns: later tokens see more and cost more. */
    size_t unit = 0, first = 0;
    for (size_t i = 0; i < b->n_sequences; first += b->sequences[i++].n_tokens) {
        const struct step_sequence *s = &b->sequences[i];
        for (size_t t = wanted ? s->n_tokens - s->n_logits : 0; t < s->n_tokens; t += per_tile) {
            size_t n = s->n_tokens - t;
            if (n > per_tile) n = per_tile;
            for (size_t h = 0; h < c->n_kv_heads; h++, unit++)
                if (unit % n_threads == thread)
                    attention_unit(b, &b->scratch[thread], layer, h, first + t, n);
        }
    }
}
