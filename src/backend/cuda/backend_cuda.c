#include "backend/cuda/backend_cuda.h"
#include "backend/cuda/cuda.h"
#include "backend/cuda/upload.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct cuda_backend *from_base(struct backend *base)
{
    return (struct cuda_backend *)base;
}

static size_t hidden_bytes(const struct cuda_backend *b, size_t tokens)
{
    return tokens * b->model->config.hidden * sizeof(float);
}

/* ---- graphs ---- */

static void free_graph(struct cuda_backend *b, struct step_graph *g)
{
    for (size_t i = 0; i < b->n_stages; i++)
        b->stages[i].device->ops->graph_free(b->stages[i].device, g->graphs[i]);
    *g = (struct step_graph){0};
}

/* The graph for steps of these sizes, or the place for it: free, or of the one that was not used
 * for longest. */
static struct step_graph *find_graph(struct cuda_backend *b)
{
    struct step_graph *oldest = &b->graphs[0];
    for (size_t i = 0; i < MAX_GRAPHS; i++) {
        struct step_graph *g = &b->graphs[i];
        if (g->used && g->choose == b->step.choose &&
            memcmp(&g->sizes, &b->step.sizes, sizeof g->sizes) == 0)
            return g;
        if (g->used < oldest->used) oldest = g;
    }
    if (oldest->used) free_graph(b, oldest);
    return oldest;
}

static bool capture(struct cuda_backend *b, struct stage *s, struct device_graph **out,
                    struct error *err)
{
    const struct device_ops *ops = s->device->ops;
    if (!ops->graph_begin(s->device, err)) return false;
    bool ok = stage_launch(s, &b->step, err);
    struct error ignored = {0};
    return ops->graph_end(s->device, out, ok ? err : &ignored) && ok;
}

static bool run_graph(struct cuda_backend *b, struct step_graph *g, size_t i, struct error *err)
{
    struct stage *s = &b->stages[i];
    struct error why = {0};
    if (!g->graphs[i] && !capture(b, s, &g->graphs[i], &why)) {
        if (why.code == ERROR_MEMORY) return stage_launch(s, &b->step, err); /* then without */
        return error_set(err, why.code, "%s", why.text);
    }
    return s->device->ops->graph_run(s->device, g->graphs[i], err);
}

/* ---- one step ---- */

/* The residual that stage i begins with. */
static bool hand_over(struct cuda_backend *b, size_t i, struct error *err)
{
    struct stage *s = &b->stages[i];
    const struct device_ops *ops = s->device->ops;
    if (s->shape.embeds) return true;
    if (i == 0)
        return ops->copy_in(s->device, s->x, b->x, hidden_bytes(b, b->step.sizes.tokens), err);
    struct stage *before = &b->stages[i - 1];
    return ops->event_wait(s->device, before->device, b->done[i - 1], err) &&
           ops->copy_from(s->device, s->x, before->device, before->x,
                          hidden_bytes(b, b->step.sizes.tokens), err);
}

static bool run_cpu(struct cuda_backend *b, struct error *err)
{
    if (!b->cpu) return true;
    if (!b->cpu->ops->step(b->cpu, b->sequences, b->n_sequences, err)) return false;
    memcpy(b->x, backend_cpu_residual(b->cpu), hidden_bytes(b, b->n_tokens));
    size_t padding = b->step.sizes.tokens - b->n_tokens;
    memset((uint8_t *)b->x + hidden_bytes(b, b->n_tokens), 0, hidden_bytes(b, padding));
    return true;
}

static bool cuda_step(struct backend *base, const struct step_sequence *sequences, size_t n,
                      struct error *err)
{
    struct cuda_backend *b = from_base(base);
    if (!step_prepare(b, sequences, n, err)) return false;
    if (b->n_tokens == 0) return true;
    if (!run_cpu(b, err)) return false;
    struct step_graph *graph = b->is_graph ? find_graph(b) : NULL;
    if (graph) {
        graph->sizes = b->step.sizes;
        graph->choose = b->step.choose;
        graph->used = ++b->clock;
    }
    struct stage *last = &b->stages[b->n_stages - 1];
    const struct device_ops *ops = last->device->ops;
    for (size_t i = 0; i < b->n_stages; i++) {
        struct stage *s = &b->stages[i];
        if (!hand_over(b, i, err) ||
            !(graph ? run_graph(b, graph, i, err) : stage_launch(s, &b->step, err)) ||
            !s->device->ops->event_record(s->device, b->done[i], err))
            return false;
    }
    size_t bytes = b->n_rows * b->logits_stride * sizeof *b->logits;
    if (b->any_logits && !ops->copy_out(last->device, b->logits, last->logits, bytes, err))
        return false;
    if (!ops->wait(last->device, err)) return false;
    for (size_t i = 0; i < b->n_stages; i++) /* they are through; but one may have failed */
        if (!b->stages[i].device->ops->event_sync(b->stages[i].device, b->done[i], err))
            return false;
    return true;
}

static const float *cuda_logits(struct backend *base, size_t row)
{
    struct cuda_backend *b = from_base(base);
    return b->logits + row * b->logits_stride;
}

static int32_t cuda_picked(struct backend *base, size_t row)
{
    return from_base(base)->ids[row];
}

/* A failure makes the device lost, and the next step fails. */
static void cuda_copy_page(struct backend *base, int32_t from, int32_t to)
{
    struct cuda_backend *b = from_base(base);
    size_t bytes = stage_page_bytes(&b->model->config, b->options.kv_bits);
    struct error ignored = {0};
    if (b->cpu) b->cpu->ops->copy_page(b->cpu, from, to);
    for (size_t i = 0; i < b->n_stages; i++) {
        struct stage *s = &b->stages[i];
        for (size_t l = 0; l < s->shape.n_layers; l++)
            if (!s->device->ops->copy(s->device, s->layers[l].kv + (size_t)to * bytes,
                                      s->layers[l].kv + (size_t)from * bytes, bytes, &ignored))
                return;
    }
}

/* ---- what it is ---- */

static void cuda_memory(const struct backend *base, struct backend_memory *out)
{
    const struct cuda_backend *b = (const struct cuda_backend *)base;
    *out = b->placement.memory;
    if (!b->cpu) return;
    struct backend_memory cpu;
    b->cpu->ops->memory(b->cpu, &cpu);
    out->weights += cpu.weights;
    out->kv_cache += cpu.kv_cache;
    out->activations += cpu.activations;
}

static const char *cuda_description(const struct backend *base)
{
    return ((const struct cuda_backend *)base)->description;
}

static bool cuda_lost(const struct backend *base)
{
    const struct cuda_backend *b = (const struct cuda_backend *)base;
    for (size_t i = 0; i < b->n_stages; i++)
        if (atomic_load(&b->stages[i].device->lost)) return true;
    return false;
}

static bool cuda_gpu(const struct backend *base, size_t i, struct backend_gpu *out)
{
    const struct cuda_backend *b = (const struct cuda_backend *)base;
    if (i >= b->n_stages) return false;
    device_gpu(b->stages[i].device, out);
    out->first_layer = b->stages[i].shape.first;
    out->n_layers = b->stages[i].shape.n_layers;
    out->memory = b->stages[i].memory;
    return true;
}

static void describe(struct cuda_backend *b)
{
    size_t at = 0, room = sizeof b->description;
    bool split = b->n_stages > 1 || b->cpu;
    for (size_t i = 0; i < b->n_stages && at < room; i++) {
        const struct device *d = b->stages[i].device;
        char layers[40] = "";
        if (split) snprintf(layers, sizeof layers, " (%zu layers)", b->stages[i].shape.n_layers);
        at += (size_t)snprintf(b->description + at, room - at, "%scuda:%zu %s%s", i ? ", " : "",
                               d->index, d->info.name, layers);
    }
    if (b->cpu && at < room)
        snprintf(b->description + at, room - at, ", %s (%zu layers)",
                 b->cpu->ops->description(b->cpu), b->placement.cpu_layers);
}

/* ---- making and freeing ---- */

static void cuda_free(struct backend *base)
{
    if (!base) return;
    struct cuda_backend *b = from_base(base);
    struct device *first = b->n_stages ? b->stages[0].device : NULL;
    struct error ignored = {0};
    for (size_t i = 0; i < b->n_stages; i++) {
        struct device *d = b->stages[i].device;
        if (d) d->ops->wait(d, &ignored);
    }
    for (size_t i = 0; i < MAX_GRAPHS; i++)
        if (b->graphs[i].used) free_graph(b, &b->graphs[i]);
    if (first) {
        void *const pinned[] = {b->inputs, b->logits, b->ids, b->x};
        for (size_t i = 0; i < sizeof pinned / sizeof *pinned; i++)
            first->ops->free_host(first, pinned[i]);
    }
    for (size_t i = 0; i < b->n_stages; i++) {
        struct device *d = b->stages[i].device;
        if (d) d->ops->event_free(d, b->done[i]);
        stage_free(&b->stages[i]);
    }
    if (b->cpu) b->cpu->ops->free(b->cpu);
    free(b);
}

static const struct backend_ops cuda_ops = {
    .name = "cuda",
    .free = cuda_free,
    .step = cuda_step,
    .logits = cuda_logits,
    .picked = cuda_picked,
    .copy_page = cuda_copy_page,
    .memory = cuda_memory,
    .description = cuda_description,
    .lost = cuda_lost,
    .gpu = cuda_gpu,
};

static bool take_host(struct cuda_backend *b, struct error *err)
{
    struct device *d = b->stages[0].device;
    const struct backend_options *o = &b->options;
    size_t tokens = o->max_tokens + CUDA_GEMV_TOKENS;
    void *p[4] = {NULL};
    b->logits_stride = stage_padded(b->model->config.vocab, QUANT_BLOCK_ROWS);
    bool ok =
        d->ops->alloc_host(d, b->limits.inputs, &p[0], err) &&
        d->ops->alloc_host(d, o->max_logits * b->logits_stride * sizeof *b->logits, &p[1], err) &&
        d->ops->alloc_host(d, (o->max_logits + CUDA_GEMV_TOKENS) * sizeof *b->ids, &p[2], err) &&
        (!b->cpu || d->ops->alloc_host(d, hidden_bytes(b, tokens), &p[3], err));
    b->inputs = p[0];
    b->logits = p[1];
    b->ids = p[2];
    b->x = p[3];
    return ok;
}

static bool create_stages(struct cuda_backend *b, struct thread_pool *pool, struct error *err)
{
    const struct placement *p = &b->placement;
    for (size_t i = 0; i < p->n_stages; i++) {
        struct device *d = b->gpus->devices[p->stages[i].gpu];
        struct stage_shape shape =
            placement_shape(&p->stages[i], &b->model->config, b->model->type, &b->options, b->gpus);
        b->n_stages = i + 1;
        if (!stage_create(&b->stages[i], &shape, d, err) ||
            !d->ops->event_create(d, &b->done[i], err) ||
            !stage_upload(&b->stages[i], b->model, pool, err))
            return false;
    }
    return true;
}

static bool create_cpu(struct cuda_backend *b, struct thread_pool *pool, struct error *err)
{
    if (b->placement.cpu_layers == 0) return true;
    struct backend_options o = b->options;
    o.n_layers = b->placement.cpu_layers;
    o.max_logits = 0;
    b->cpu = backend_cpu_create(b->model, pool, &o, err);
    return b->cpu != NULL;
}

struct backend *backend_cuda_create(const struct packed_model *model, struct thread_pool *pool,
                                    const struct backend_options *options, struct gpus *gpus,
                                    const struct placement *placement, struct error *err)
{
    struct cuda_backend *b = calloc(1, sizeof *b);
    if (!b) {
        error_memory(err, "CUDA backend");
        return NULL;
    }
    b->base.ops = &cuda_ops;
    b->model = model;
    b->gpus = gpus;
    b->placement = *placement;
    b->options = stage_options(options, &model->config);
    b->limits = stage_limits(&b->options, &model->config);
    float inv_freq[CONFIG_MAX_HEAD_DIM / 2];
    rope_frequencies(&model->config, inv_freq, &b->rope_scale);
    if (!create_stages(b, pool, err) || !create_cpu(b, pool, err) || !take_host(b, err)) {
        cuda_free(&b->base);
        return NULL;
    }
    b->step = (struct stage_step){.host_inputs = b->inputs,
                                  .rope_scale = b->rope_scale,
                                  .host_ids = b->ids,
                                  .n_ids = options->n_ids ? options->n_ids : model->config.vocab};
    describe(b);
    return &b->base;
}
