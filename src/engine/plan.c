#include "engine/plan.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "engine/speculate.h"

#include <stdint.h>

enum {
    DEFAULT_CONTEXT = 4096,
    DEFAULT_CHUNK = 256,
    GPU_CHUNK = 1024, /* a large GPU is busy with that many tokens ... */
    DEFAULT_SEQUENCES = 8,
    MAX_SEQUENCES = 1024,
    LOGITS_BYTES = 16 << 20, /* of logits kept from one step: bounds the activation memory */
    /* Measured (bench/NOTES.md): the program with its libraries, and a tokenizer's tables. */
    PROGRAM_BYTES = 14000000,
    TOKENIZER_BYTES_PER_ID = 270,
    PAGE_TABLE_SHARE = 512, /* 8 bytes a page of 4096 */
    AVAILABLE_MARGIN = 32,  /* the share of what is available that is left alone */
    SMALL_LAYER = 16 << 20, /* ... but below so many weights a layer the buffers for them would
                               take a tenth of what the model does */
    LEAST_CONTEXT = 256,    /* tokens: no shorter one is worth suggesting */
};

/* Where a token's attention takes as long as its products with the weights, on a CPU: an operation
 * of attention takes 1.5 times as long as one of those (bench/NOTES.md). */
static size_t attention_equals_weights(const struct model_config *c)
{
    size_t inner = c->n_heads * c->head_dim, kv = c->n_kv_heads * c->head_dim;
    size_t weights = c->hidden * (2 * inner + 2 * kv + 3 * c->intermediate);
    return weights / (3 * inner);
}

bool engine_sizes_find(const struct model_config *c, const struct engine_options *o,
                       struct engine_sizes *out, struct error *err)
{
    size_t context = o->context ? o->context : DEFAULT_CONTEXT;
    if (context > c->context) {
        if (o->context)
            return error_set(err, ERROR_USAGE, "context %zu: the model's limit is %zu", o->context,
                             c->context);
        context = c->context;
    }
    size_t chunk = o->chunk ? o->chunk : DEFAULT_CHUNK;
    bool on_gpus = o->gpus && o->gpus->n; /* whose memory is dearer */
    bool large = c->hidden * c->intermediate >= SMALL_LAYER;
    if (!o->chunk && on_gpus && large) chunk = GPU_CHUNK;
    if (chunk > context) chunk = context;
    size_t sequences = o->max_sequences ? o->max_sequences : DEFAULT_SEQUENCES;
    if (sequences > MAX_SEQUENCES) sequences = MAX_SEQUENCES;
    /* One page more than the context, to copy a shared one to that is not full. */
    size_t kv_tokens = o->kv_tokens > context ? o->kv_tokens : context;
    size_t tokens = chunk + sequences + MAX_DRAFT;
    size_t logits = LOGITS_BYTES / (c->vocab * sizeof(float));
    if (logits < sequences + MAX_DRAFT || on_gpus) logits = sequences + MAX_DRAFT;
    if (logits > tokens) logits = tokens;
    *out = (struct engine_sizes){
        .context = context,
        .chunk = chunk,
        .twice_at = on_gpus ? 0 : attention_equals_weights(c),
        .max_sequences = sequences,
        .backend = {.n_pages = (kv_tokens + KV_PAGE - 1) / KV_PAGE + 1,
                    .max_tokens = tokens,
                    .max_logits = logits,
                    .max_sequences = sequences,
                    .max_context = context,
                    .isa = o->isa,
                    .kv_bits = o->kv_bits},
    };
    return true;
}

bool plan_make(const struct model_config *config, const struct engine_options *o, struct plan *out,
               struct error *err)
{
    struct engine_sizes sizes;
    struct backend_memory memory = {0};
    size_t n_threads = o->n_threads ? o->n_threads : thread_pool_cores();
    *out = (struct plan){0};
    if (!engine_sizes_find(config, o, &sizes, err)) return false;
    const struct placement *gpus = &out->gpus;
    if (o->gpus && !placement_make(config, o->type, &sizes.backend, o->gpus, &out->gpus, err))
        return false;
    if (gpus->n_stages) { /* the CPU has the rest */
        sizes.backend.n_layers = gpus->cpu_layers;
        sizes.backend.max_logits = 0;
    }
    if ((gpus->n_stages == 0 || gpus->cpu_layers) &&
        !backend_cpu_memory(config, o->type, n_threads, &sizes.backend, &memory, err))
        return false;
    size_t tokenizer = o->random_shape ? 0 : config->vocab * TOKENIZER_BYTES_PER_ID;
    size_t computing = memory.weights + memory.kv_cache + memory.activations;
    out->context = sizes.context;
    out->weights = memory.weights + gpus->memory.weights;
    out->kv_cache = memory.kv_cache + gpus->memory.kv_cache;
    out->activations = memory.activations + gpus->memory.activations;
    out->other = PROGRAM_BYTES + tokenizer + computing / PAGE_TABLE_SHARE;
    out->host = computing + out->other;
    out->total = out->weights + out->kv_cache + out->activations + out->other;
    return true;
}

bool plan_fits(const struct plan *plan, size_t limit)
{
    return plan->host <= limit && (plan->gpus.n_stages == 0 || plan->gpus.fits);
}

void plan_kv_tokens(const struct model_config *config, struct engine_options *o, size_t limit)
{
    struct engine_sizes sizes = {0};
    struct plan plan;
    struct error ignored = {0};
    if (o->kv_contexts <= 1 || !engine_sizes_find(config, o, &sizes, &ignored)) return;
    for (size_t n = o->kv_contexts; n > 1; n--) {
        o->kv_tokens = n * sizes.context;
        if (plan_make(config, o, &plan, &ignored) && plan_fits(&plan, limit)) return;
    }
    o->kv_tokens = 0;
}

size_t plan_limit(const struct engine_options *o)
{
    if (o->memory_limit) return o->memory_limit;
    size_t bytes = memory_available("").bytes;
    return bytes == SIZE_MAX ? bytes : bytes - bytes / AVAILABLE_MARGIN;
}

static bool fits(const struct model_config *config, const struct engine_options *o, size_t limit)
{
    struct plan plan;
    struct error ignored = {0};
    return plan_make(config, o, &plan, &ignored) && plan_fits(&plan, limit);
}

size_t plan_longest_context(const struct model_config *config, const struct engine_options *o,
                            size_t limit)
{
    struct engine_options tried = *o;
    tried.context = config->context;
    if (fits(config, &tried, limit)) return tried.context;
    size_t low = 0, high = (config->context - 1) / KV_PAGE + 1; /* pages: fits, does not */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        tried.context = middle * KV_PAGE;
        if (fits(config, &tried, limit))
            low = middle;
        else
            high = middle;
    }
    return low * KV_PAGE;
}

static double gigabytes(size_t bytes)
{
    return (double)bytes / 1e9;
}

/* Adds what else would fit, the least change first; false when nothing does. */
static bool suggest(const struct model_config *config, const struct engine_options *o, size_t limit,
                    size_t context, struct buffer *out)
{
    static const struct {
        enum quant_type type;
        const char *words;
    } FEWER[] = {{QUANT_Q8, "8-bit weights (--quant 8bit)"},
                 {QUANT_Q4, "4-bit weights (--quant 4bit)"}};
    struct engine_options tried = *o;
    bool found = false;
    if (o->kv_bits != 8) {
        tried.kv_bits = 8;
        if (fits(config, &tried, limit)) {
            buffer_puts(out, "an 8-bit KV cache (--kv-bits 8)");
            found = true;
        }
    }
    tried = *o;
    size_t longest = plan_longest_context(config, &tried, limit);
    if (longest >= LEAST_CONTEXT && longest < context) {
        buffer_printf(out, "%sa shorter context (--context %zu)", found ? "; " : "", longest);
        found = true;
    }
    /* quant_type ascends with the bits. */
    for (size_t i = 0; i < sizeof FEWER / sizeof *FEWER; i++) {
        if (FEWER[i].type >= o->type) continue;
        tried = *o;
        tried.type = FEWER[i].type;
        longest =
            fits(config, &tried, limit) ? context : plan_longest_context(config, &tried, limit);
        if (longest < LEAST_CONTEXT && longest < context) continue;
        buffer_printf(out, "%s%s", found ? "; " : "", FEWER[i].words);
        if (longest < context) buffer_printf(out, " with --context %zu", longest);
        found = true;
    }
    return found;
}

/* "7.60 GB can be had on GPU 0 (NAME), 3.10 on GPU 1 (NAME); with the CPU as well: DEVICE=auto". */
static void say_gpus(const struct gpus *gpus, struct buffer *out)
{
    for (size_t i = 0; i < gpus->n; i++) {
        const struct device *d = gpus->devices[i];
        buffer_printf(out, "%s%.2f%s on GPU %zu (%.60s)", i ? ", " : "",
                      gigabytes(placement_room(&d->info)), i ? "" : " GB can be had", d->index,
                      d->info.name);
    }
    if (!gpus->with_cpu) buffer_puts(out, " (DEVICE=auto puts what does not fit on the CPU)");
}

bool plan_check(const struct model_config *config, const struct engine_options *o, size_t limit,
                const char *name, struct error *err)
{
    struct plan plan;
    if (!plan_make(config, o, &plan, err)) return false;
    if (plan_fits(&plan, limit)) return true;
    struct buffer what = {0}, where = {0};
    bool found = suggest(config, o, limit, plan.context, &what);
    if (plan.gpus.n_stages && !plan.gpus.fits)
        say_gpus(o->gpus, &where);
    else
        buffer_printf(&where, "%.2f GB can be had", gigabytes(limit));
    error_set(err, ERROR_MEMORY,
              "%.100s: needs %.2f GB (weights %.2f, KV cache for %zu tokens %.2f, the rest %.2f), "
              "and %s; what would fit: %s%sa smaller model (LLM_MEMORY=off: try it all the same)",
              name, gigabytes(plan.total), gigabytes(plan.weights), plan.context,
              gigabytes(plan.kv_cache), gigabytes(plan.activations + plan.other),
              buffer_text(&where), buffer_text(&what), found ? "; " : "");
    buffer_free(&what);
    buffer_free(&where);
    return false;
}
