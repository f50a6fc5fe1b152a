#include "backend/cuda/placement.h"

#include <string.h>

enum { LEAST_RESERVE = 96 << 20, RESERVE_SHARE = 64 };

/* What a stage takes beside its layers, and what each layer takes, on one GPU. */
struct need {
    size_t room;
    size_t layer;       /* bytes of one: weights and KV */
    size_t buffers;     /* of a stage in the middle */
    size_t embed, head; /* more for the first, for the last */
};

size_t placement_room(const struct device_info *info)
{
    size_t reserve = info->free / RESERVE_SHARE;
    if (reserve < LEAST_RESERVE) reserve = LEAST_RESERVE;
    /* Emulated and very small devices: no more than a quarter. */
    if (reserve > info->free / 4) reserve = info->free / 4;
    return info->free - reserve;
}

struct stage_shape placement_shape(const struct placed_stage *stage,
                                   const struct model_config *config, enum quant_type type,
                                   const struct backend_options *options, const struct gpus *gpus)
{
    return (struct stage_shape){.config = config,
                                .type = type,
                                .options = stage_options(options, config),
                                .processors = gpus->devices[stage->gpu]->info.processors,
                                .first = stage->first,
                                .n_layers = stage->n_layers,
                                .embeds = stage->embeds,
                                .heads = stage->heads};
}

static size_t bytes_of(const struct stage_shape *shape)
{
    struct backend_memory m;
    stage_measure(shape, &m);
    return m.weights + m.kv_cache + m.activations;
}

static struct need measure(const struct model_config *config, enum quant_type type,
                           const struct backend_options *options, const struct gpus *gpus,
                           size_t gpu)
{
    struct placed_stage stage = {.gpu = gpu};
    struct stage_shape shape = placement_shape(&stage, config, type, options, gpus);
    struct need n = {.room = placement_room(&gpus->devices[gpu]->info)};
    n.buffers = bytes_of(&shape);
    shape.n_layers = 1;
    n.layer = bytes_of(&shape) - n.buffers;
    shape.n_layers = 0;
    shape.embeds = true;
    n.embed = bytes_of(&shape) - n.buffers;
    shape.embeds = false;
    shape.heads = true;
    n.head = bytes_of(&shape) - n.buffers;
    return n;
}

static void set_stage(struct placement *p, const struct stage_shape *shape, size_t gpu)
{
    struct placed_stage *s = &p->stages[p->n_stages++];
    *s = (struct placed_stage){.gpu = gpu,
                               .first = shape->first,
                               .n_layers = shape->n_layers,
                               .embeds = shape->embeds,
                               .heads = shape->heads};
    stage_measure(shape, &s->memory);
    p->memory.weights += s->memory.weights;
    p->memory.kv_cache += s->memory.kv_cache;
    p->memory.activations += s->memory.activations;
}

/* Layers that each GPU has room for, on at most `most` GPUs, into layers[]; returns their sum. A
 * GPU that would have none is left out; then others may be the first, which embeds, or the last,
 * which has the head. */
static size_t count_layers(const struct need *need, size_t n, size_t most, bool embed,
                           size_t layers[])
{
    bool out[MAX_GPUS] = {false};
    for (;;) {
        size_t first = n, last = n, least = n, used = 0, sum = 0, none = n;
        for (size_t i = 0; i < n; i++) {
            layers[i] = 0;
            if (out[i]) continue;
            if (first == n) first = i;
            if (least == n || need[i].room < need[least].room) least = i;
            last = i;
            used++;
        }
        if (used == 0) return 0;
        for (size_t i = first; i <= last; i++) {
            size_t taken = need[i].buffers + (embed && i == first ? need[i].embed : 0) +
                           (i == last ? need[i].head : 0);
            if (out[i]) continue;
            if (need[i].room > taken) layers[i] = (need[i].room - taken) / need[i].layer;
            if (layers[i] == 0) none = i;
            sum += layers[i];
        }
        if (none == n && used <= most) return sum;
        out[none < n ? none : least] = true;
    }
}

/* Shares out n_layers by free memory; layers[] holds the most of each, and then its share. */
static void share_out(const struct need *need, size_t n, size_t n_layers, size_t layers[])
{
    size_t total = 0, given = 0, share[MAX_GPUS];
    for (size_t i = 0; i < n; i++) total += layers[i] ? need[i].room >> 10 : 0;
    for (size_t i = 0; i < n; i++) {
        share[i] = layers[i] ? n_layers * (need[i].room >> 10) / total : 0;
        if (layers[i] && share[i] == 0) share[i] = 1;
        if (share[i] > layers[i]) share[i] = layers[i];
        given += share[i];
    }
    while (given != n_layers) { /* rounding: to who has most room left, from who has least */
        size_t best = n;
        for (size_t i = 0; i < n; i++) {
            bool can = given < n_layers ? share[i] < layers[i] : share[i] > 1;
            size_t left = layers[i] - share[i];
            if (can && (best == n || (given < n_layers ? left > layers[best] - share[best]
                                                       : left < layers[best] - share[best])))
                best = i;
        }
        if (best == n) break;
        if (given < n_layers)
            share[best]++, given++;
        else
            share[best]--, given--;
    }
    memcpy(layers, share, n * sizeof *share);
}

/* Stages of these counts of layers; false when one of them does not fit after all. */
static bool set_stages(struct placement *p, const struct model_config *config, enum quant_type type,
                       const struct backend_options *options, const struct gpus *gpus,
                       size_t cpu_layers, const size_t layers[])
{
    size_t first = cpu_layers;
    bool fits = true;
    *p = (struct placement){.cpu_layers = cpu_layers};
    for (size_t i = 0; i < gpus->n; i++) {
        if (layers[i] == 0) continue;
        struct placed_stage stage = {.gpu = i,
                                     .first = first,
                                     .n_layers = layers[i],
                                     .embeds = first == 0,
                                     .heads = first + layers[i] == config->n_layers};
        first += layers[i];
        struct stage_shape shape = placement_shape(&stage, config, type, options, gpus);
        set_stage(p, &shape, i);
        fits = fits && bytes_of(&shape) <= placement_room(&gpus->devices[i]->info);
    }
    p->fits = fits && first == config->n_layers;
    return p->fits;
}

/* All on the GPU with the most room. */
static bool place_on_one(struct placement *p, const struct model_config *config,
                         enum quant_type type, const struct backend_options *options,
                         const struct gpus *gpus)
{
    size_t best = 0, layers[MAX_GPUS] = {0};
    for (size_t i = 1; i < gpus->n; i++)
        if (gpus->devices[i]->info.free > gpus->devices[best]->info.free) best = i;
    layers[best] = config->n_layers;
    return set_stages(p, config, type, options, gpus, 0, layers);
}

static bool place_over_all(struct placement *p, const struct model_config *config,
                           enum quant_type type, const struct backend_options *options,
                           const struct gpus *gpus)
{
    struct need need[MAX_GPUS];
    size_t layers[MAX_GPUS];
    for (size_t i = 0; i < gpus->n; i++) need[i] = measure(config, type, options, gpus, i);
    for (int with_cpu = 0; with_cpu <= (gpus->with_cpu ? 1 : 0); with_cpu++) {
        /* With the CPU at least one layer is its: else the table would be on a GPU after all. */
        size_t wanted = config->n_layers - (with_cpu ? 1 : 0);
        size_t sum = count_layers(need, gpus->n, wanted, !with_cpu, layers);
        if (sum == 0 || (sum < wanted && !with_cpu)) continue;
        if (sum > wanted) sum = wanted;
        share_out(need, gpus->n, sum, layers);
        if (set_stages(p, config, type, options, gpus, config->n_layers - sum, layers)) return true;
    }
    return false;
}

bool placement_make(const struct model_config *config, enum quant_type type,
                    const struct backend_options *options, const struct gpus *gpus,
                    struct placement *out, struct error *err)
{
    struct error why = {0};
    *out = (struct placement){0};
    if (gpus->n == 0) return true;
    if (!stage_check(config, type, &why)) {
        if (gpus->with_cpu) return true;
        return error_set(err, why.code, "%s", why.text);
    }
    if (place_on_one(out, config, type, options, gpus) ||
        place_over_all(out, config, type, options, gpus))
        return true;
    if (gpus->with_cpu)
        *out = (struct placement){0};
    else
        place_on_one(out, config, type, options, gpus);
    return true;
}
