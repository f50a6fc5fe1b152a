#include "cuda_device.h"
#include "backend/cuda/kernels.h"
#include "cuda_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum op_kind { OP_COPY, OP_CLEAR, OP_LAUNCH, OP_RECORD, OP_WAIT, OP_GRAPH };

struct op {
    enum op_kind kind;
    void *to;
    const void *from;
    size_t bytes;
    struct device_launch launch; /* args: memory of the op's own */
    struct device_event *event;
    size_t moment; /* of the event, to wait for */
    struct device *other;
    struct device_graph *graph;
};

struct op_list {
    struct op *ops;
    size_t n, cap;
};

struct device_event {
    size_t queued, done; /* times that it was recorded, and that this has run */
};

struct device_graph {
    struct op_list list;
};

struct emulated_device {
    struct device base;
    struct emulated_gpu *gpu;
    struct op_list queue;
    size_t next; /* op of the queue to run */
    struct op_list captured;
    bool capturing;
};

struct block { /* in front of each allocation */
    size_t bytes;
};

enum { BLOCK_BYTES = 256 };

static struct emulated_device *from_base(struct device *d)
{
    return (struct emulated_device *)d;
}

static void *must(void *p)
{
    if (!p) abort();
    return p;
}

static void push(struct op_list *l, const struct op *op)
{
    if (l->n == l->cap) {
        l->cap = l->cap ? 2 * l->cap : 64;
        l->ops = must(realloc(l->ops, l->cap * sizeof *l->ops));
    }
    l->ops[l->n] = *op;
    if (op->kind == OP_LAUNCH) {
        void *args = must(malloc(op->launch.args_size));
        memcpy(args, op->launch.args, op->launch.args_size);
        l->ops[l->n].launch.args = args;
    }
    l->n++;
}

static void list_free(struct op_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->ops[i].kind == OP_LAUNCH) free((void *)(uintptr_t)l->ops[i].launch.args);
    free(l->ops);
    *l = (struct op_list){0};
}

static bool lost(struct device *d, struct error *err)
{
    return error_set(err, ERROR_IO, "GPU %zu (%s) is lost", d->index, d->info.name);
}

static void run_until(struct device *d, const struct device_event *e, size_t moment);

static void run_op(struct device *d, const struct op *op)
{
    struct emulated_device *v = from_base(d);
    if (d->lost && op->kind != OP_RECORD) return;
    switch (op->kind) {
    case OP_COPY:
        memcpy(op->to, op->from, op->bytes);
        break;
    case OP_CLEAR:
        memset(op->to, 0, op->bytes);
        break;
    case OP_RECORD:
        op->event->done++;
        break;
    case OP_WAIT:
        run_until(op->other, op->event, op->moment);
        break;
    case OP_GRAPH:
        for (size_t i = 0; i < op->graph->list.n; i++) run_op(d, &op->graph->list.ops[i]);
        break;
    case OP_LAUNCH:
        v->gpu->n_launches++;
        if (v->gpu->fails_after && --v->gpu->fails_after == 0) {
            d->lost = true;
            break;
        }
        cuda_host_launch((enum cuda_kernel)op->launch.kernel,
                         (struct cuda_grid){op->launch.grid[0], op->launch.grid[1],
                                            op->launch.grid[2], (uint32_t)op->launch.shared},
                         op->launch.args);
        break;
    }
}

/* Runs the queue until the event has come (NULL: all of it). */
static void run_until(struct device *d, const struct device_event *e, size_t moment)
{
    struct emulated_device *v = from_base(d);
    while (v->next < v->queue.n && !(e && e->done >= moment)) run_op(d, &v->queue.ops[v->next++]);
    if (v->next == v->queue.n) {
        list_free(&v->queue);
        v->next = 0;
    }
}

static bool queue(struct device *d, const struct op *op, struct error *err)
{
    struct emulated_device *v = from_base(d);
    if (d->lost) return lost(d, err);
    push(v->capturing ? &v->captured : &v->queue, op);
    return true;
}

/* ---- device.h ---- */

static bool emulated_alloc(struct device *d, size_t bytes, void **out, struct error *err)
{
    struct emulated_device *v = from_base(d);
    *out = NULL;
    if (d->lost) return lost(d, err);
    if (v->capturing) abort();
    if (bytes > v->gpu->memory - v->gpu->used)
        return error_set(err, ERROR_MEMORY, "GPU %zu (%s): no %zu bytes of memory are free",
                         d->index, d->info.name, bytes);
    size_t size = (BLOCK_BYTES + bytes + 255) / 256 * 256;
    uint8_t *p = must(aligned_alloc(256, size));
    memset(p, 0xa5, size); /* a kernel that relies on zeros shall fail */
    ((struct block *)(void *)p)->bytes = bytes;
    v->gpu->used += bytes;
    if (v->gpu->used > v->gpu->peak) v->gpu->peak = v->gpu->used;
    v->gpu->n_allocations++;
    *out = p + BLOCK_BYTES;
    return true;
}

static void emulated_free(struct device *d, void *memory)
{
    if (!memory) return;
    uint8_t *p = (uint8_t *)memory - BLOCK_BYTES;
    from_base(d)->gpu->used -= ((struct block *)(void *)p)->bytes;
    free(p);
}

static bool emulated_alloc_host(struct device *d, size_t bytes, void **out, struct error *err)
{
    *out = NULL;
    if (d->lost) return lost(d, err);
    *out = must(aligned_alloc(256, (bytes + 256) / 256 * 256));
    memset(*out, 0x5a, (bytes + 256) / 256 * 256);
    from_base(d)->gpu->n_allocations++;
    return true;
}

static void emulated_free_host(struct device *d, void *memory)
{
    (void)d;
    free(memory);
}

static bool emulated_copy_in(struct device *d, void *to, const void *from, size_t bytes,
                             struct error *err)
{
    from_base(d)->gpu->n_copies_in++;
    return queue(d, &(struct op){.kind = OP_COPY, .to = to, .from = from, .bytes = bytes}, err);
}

static bool emulated_copy(struct device *d, void *to, const void *from, size_t bytes,
                          struct error *err)
{
    return queue(d, &(struct op){.kind = OP_COPY, .to = to, .from = from, .bytes = bytes}, err);
}

static bool emulated_copy_from(struct device *d, void *to, struct device *other, const void *from,
                               size_t bytes, struct error *err)
{
    if (from_base(d)->capturing || other == d) abort();
    from_base(d)->gpu->n_copies_from++;
    return queue(d, &(struct op){.kind = OP_COPY, .to = to, .from = from, .bytes = bytes}, err);
}

static bool emulated_clear(struct device *d, void *memory, size_t bytes, struct error *err)
{
    return queue(d, &(struct op){.kind = OP_CLEAR, .to = memory, .bytes = bytes}, err);
}

static bool emulated_launch(struct device *d, const struct device_launch *l, struct error *err)
{
    if (l->kernel >= CUDA_N_KERNELS ||
        l->threads != cuda_kernel_info((enum cuda_kernel)l->kernel).threads ||
        l->args_size != cuda_kernel_info((enum cuda_kernel)l->kernel).args || l->grid[0] == 0 ||
        l->grid[1] == 0 || l->grid[1] > 65535 || l->grid[2] == 0 || l->grid[2] > 65535 ||
        l->shared > d->info.shared_bytes)
        return error_set(err, ERROR_USAGE, "kernel %u: a launch of (%u, %u, %u) x %u, %zu bytes",
                         l->kernel, l->grid[0], l->grid[1], l->grid[2], l->threads, l->shared);
    return queue(d, &(struct op){.kind = OP_LAUNCH, .launch = *l}, err);
}

static unsigned emulated_resident(struct device *d, unsigned kernel)
{
    (void)kernel;
    return 2 * d->info.processors;
}

static bool emulated_event_create(struct device *d, struct device_event **out, struct error *err)
{
    *out = NULL;
    if (d->lost) return lost(d, err);
    *out = must(calloc(1, sizeof **out));
    return true;
}

static void emulated_event_free(struct device *d, struct device_event *e)
{
    (void)d;
    free(e);
}

static bool emulated_event_record(struct device *d, struct device_event *e, struct error *err)
{
    if (from_base(d)->capturing) abort();
    if (!queue(d, &(struct op){.kind = OP_RECORD, .event = e}, err)) return false;
    e->queued++;
    return true;
}

static bool emulated_event_wait(struct device *d, struct device *other, struct device_event *e,
                                struct error *err)
{
    if (from_base(d)->capturing) abort();
    return queue(d, &(struct op){.kind = OP_WAIT, .event = e, .moment = e->queued, .other = other},
                 err);
}

static bool emulated_event_sync(struct device *d, struct device_event *e, struct error *err)
{
    run_until(d, e, e->queued);
    return !d->lost || lost(d, err);
}

static bool emulated_wait(struct device *d, struct error *err)
{
    run_until(d, NULL, 0);
    return !d->lost || lost(d, err);
}

static bool emulated_graph_begin(struct device *d, struct error *err)
{
    if (d->lost) return lost(d, err);
    if (from_base(d)->capturing) abort();
    from_base(d)->capturing = true;
    return true;
}

static bool emulated_graph_end(struct device *d, struct device_graph **out, struct error *err)
{
    struct emulated_device *v = from_base(d);
    *out = NULL;
    v->capturing = false;
    if (d->lost) return lost(d, err);
    *out = must(calloc(1, sizeof **out));
    (*out)->list = v->captured;
    v->captured = (struct op_list){0};
    return true;
}

static bool emulated_graph_run(struct device *d, struct device_graph *g, struct error *err)
{
    from_base(d)->gpu->n_graph_runs++;
    return queue(d, &(struct op){.kind = OP_GRAPH, .graph = g}, err);
}

static void emulated_graph_free(struct device *d, struct device_graph *g)
{
    (void)d;
    if (!g) return;
    list_free(&g->list);
    free(g);
}

static bool emulated_free_memory(struct device *d, size_t *bytes, struct error *err)
{
    if (d->lost) return lost(d, err);
    *bytes = from_base(d)->gpu->memory - from_base(d)->gpu->used;
    return true;
}

static void emulated_close(struct device *d)
{
    if (!d) return;
    list_free(&from_base(d)->queue);
    list_free(&from_base(d)->captured);
    from_base(d)->gpu->open = false;
    free(d);
}

static const struct device_ops emulated_ops = {
    .close = emulated_close,
    .alloc = emulated_alloc,
    .free = emulated_free,
    .alloc_host = emulated_alloc_host,
    .free_host = emulated_free_host,
    .copy_in = emulated_copy_in,
    .copy_out = emulated_copy,
    .copy = emulated_copy,
    .copy_from = emulated_copy_from,
    .clear = emulated_clear,
    .launch = emulated_launch,
    .resident = emulated_resident,
    .event_create = emulated_event_create,
    .event_free = emulated_event_free,
    .event_record = emulated_event_record,
    .event_wait = emulated_event_wait,
    .event_sync = emulated_event_sync,
    .graph_begin = emulated_graph_begin,
    .graph_end = emulated_graph_end,
    .graph_run = emulated_graph_run,
    .graph_free = emulated_graph_free,
    .wait = emulated_wait,
    .free_memory = emulated_free_memory,
};

static bool emulated_count(struct device_source *s, size_t *n, struct error *err)
{
    *n = ((struct emulated_gpus *)s)->n;
    return *n > 0 || error_set(err, ERROR_UNSUPPORTED, "none is emulated");
}

static struct device *emulated_open(struct device_source *s, size_t index, struct error *err)
{
    struct emulated_gpus *e = (struct emulated_gpus *)s;
    if (index >= e->n || e->gpus[index].memory == 0) {
        error_set(err, ERROR_UNSUPPORTED, "emulated GPU %zu does not work", index);
        return NULL;
    }
    struct emulated_device *v = must(calloc(1, sizeof *v));
    v->gpu = &e->gpus[index];
    v->gpu->open = true;
    v->base = (struct device){.ops = &emulated_ops,
                              .source = s,
                              .index = index,
                              .info = {.total = v->gpu->memory,
                                       .free = v->gpu->memory - v->gpu->used,
                                       .capability = 80,
                                       .processors = 4,
                                       .shared_bytes = 160 << 10}};
    snprintf(v->base.info.name, sizeof v->base.info.name, "emulated GPU");
    return &v->base;
}

void emulated_gpus_init(struct emulated_gpus *e, size_t n, size_t memory)
{
    *e = (struct emulated_gpus){.source = {emulated_count, emulated_open}, .n = n};
    for (size_t i = 0; i < n; i++) e->gpus[i].memory = memory;
}
