/* Opening a model: weights, tokenizer, chat format, backend and KV pages, and running tokens
 * through it. generate.c makes text of that. */
#include "backend/cuda/backend_cuda.h"
#include "backend/cuda/gpus.h"
#include "base/clock.h"
#include "base/file.h"
#include "engine/batch.h"
#include "engine/engine_internal.h"
#include "engine/plan.h"
#include "engine/vocabulary.h"
#include "model/gguf.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool engine_device_check(const char *device, struct error *err)
{
    return gpus_check(device, NULL, err);
}

/* What this build has no code for is refused before anything is loaded. */
static bool check_options(const struct engine_options *o, struct error *err)
{
    if (!o->gpus && !gpus_check(o->device, o->gpu_source, err)) return false;
    if (o->kv_bits != 0 && o->kv_bits != 16 && o->kv_bits != 8)
        return error_set(err, ERROR_UNSUPPORTED, "a KV cache of %u bits: it has 16 or 8",
                         o->kv_bits);
    return true;
}

/* What the options leave open that depends on memory, and whether all of it fits, before anything
 * large is loaded. */
static bool check_memory(const struct model_config *config, const char *dir,
                         struct engine_options *options, struct error *err)
{
    struct engine_options o = *options;
    if (!packed_model_kept_type(dir, &o.type, err)) return false;
    if (o.kv_contexts) plan_kv_tokens(config, &o, plan_limit(&o));
    options->kv_tokens = o.kv_tokens;
    return o.memory_limit == SIZE_MAX || plan_check(config, &o, plan_limit(&o), dir, err);
}

static void copy_page(void *context, int32_t from, int32_t to)
{
    struct engine *e = context;
    e->backend->ops->copy_page(e->backend, from, to);
}

/* Where the plan puts it. What is free may be less by now than it was: then the GPU's own error
 * says so. */
static bool create_backend(struct engine *e, const struct engine_options *o,
                           struct backend_options *options, struct error *err)
{
    struct placement placement = {0};
    options->n_ids = engine_ids(e);
    if (o->gpus &&
        !placement_make(&e->model->config, e->model->type, options, o->gpus, &placement, err))
        return false;
    if (placement.n_stages)
        e->backend = backend_cuda_create(e->model, e->pool, options, o->gpus, &placement, err);
    else
        e->backend = backend_cpu_create(e->model, e->pool, options, err);
    return e->backend != NULL;
}

static bool open_backend(struct engine *e, const struct engine_options *o, struct error *err)
{
    struct engine_sizes sizes;
    if (!engine_sizes_find(&e->model->config, o, &sizes, err)) return false;
    e->context = sizes.context;
    e->chunk = sizes.chunk;
    e->twice_at = sizes.twice_at;
    e->max_sequences = sizes.max_sequences;
    e->max_logits = sizes.backend.max_logits;
    e->n_pages = sizes.backend.n_pages;
    if (!create_backend(e, o, &sizes.backend, err)) return false;
    e->kv = kv_create(e->n_pages, copy_page, e, err);
    e->batch = e->kv ? batch_create(e, e->max_sequences, err) : NULL;
    if (!e->batch) return false;
    e->batch->speculate = !o->no_speculation;
    return true;
}

/* Tokenizer and weights. The tokenizer first: it is quick to refuse, the weights may take a minute
 * to pack. */
static bool open_model(struct engine *e, const char *dir, struct engine_options *o,
                       struct error *err)
{
    struct model_config config;
    if (!model_config_read(&config, dir, err) || !check_memory(&config, dir, o, err)) return false;
    if (o->random_shape) {
        e->model = packed_model_random(&config, o->type, 1, e->pool, err);
        return e->model != NULL;
    }
    e->tokenizer = tokenizer_read(dir, err);
    if (!e->tokenizer || !chat_format_detect(e->tokenizer, &e->format, err)) return false;
    struct packed_options packed = {.type = o->type, .cache_dir = o->cache_dir};
    e->model = packed_model_open(dir, &packed, e->pool, err);
    if (!e->model) return false;
    if (tokenizer_vocab(e->tokenizer) > e->model->config.vocab)
        return error_set(err, ERROR_INPUT,
                         "%s%s: the tokenizer has ids up to %zu, the model only %zu", dir,
                         file_is_directory(dir) ? "/tokenizer.json" : "",
                         tokenizer_vocab(e->tokenizer) - 1, e->model->config.vocab);
    return true;
}

struct engine *engine_open(const struct engine_options *given, struct error *err)
{
    struct engine_options own = *given, *options = &own;
    double started = clock_seconds();
    struct engine *e = calloc(1, sizeof *e);
    if (!e) {
        error_memory(err, "engine");
        return NULL;
    }
    pthread_mutex_init(&e->vocabulary_lock, NULL);
    if (!check_options(options, err)) {
        engine_free(e);
        return NULL;
    }
    if (!options->gpus) {
        if (!gpus_open(&e->own_gpus, options->device, options->gpu_source, err)) {
            engine_free(e);
            return NULL;
        }
        options->gpus = &e->own_gpus;
    }
    size_t len = strlen(options->model_dir);
    while (len > 1 && options->model_dir[len - 1] == '/') len--;
    char *dir = strndup(options->model_dir, len);
    e->name = dir ? strdup(path_base(dir)) : NULL;
    if (!e->name) {
        error_memory(err, "model name");
        goto fail;
    }
    if (!file_is_directory(dir) && !(gguf_is_path(dir) && file_exists(dir))) {
        error_set(err, ERROR_NOT_FOUND, "%s: %s", dir,
                  file_exists(dir)
                      ? "is a file; a model is a folder with config.json, or a .gguf file"
                      : "no such model folder");
        goto fail;
    }
    e->pool = thread_pool_create(options->n_threads, err);
    if (!e->pool) goto fail;
    if (!open_model(e, dir, options, err)) goto fail;
    if (!open_backend(e, options, err)) goto fail;
    e->load_seconds = clock_seconds() - started;
    e->dir = dir;
    return e;
fail:
    free(dir);
    engine_free(e);
    return NULL;
}

void engine_free(struct engine *e)
{
    if (!e) return;
    if (e->kv) kv_release(e->kv, &e->forward_chain, NULL, 0);
    batch_free(e->batch);
    kv_free(e->kv);
    if (e->backend) e->backend->ops->free(e->backend);
    gpus_close(&e->own_gpus);
    vocabulary_free(e->vocabulary);
    pthread_mutex_destroy(&e->vocabulary_lock);
    packed_model_free(e->model);
    tokenizer_free(e->tokenizer);
    thread_pool_free(e->pool);
    free(e->name);
    free(e->dir);
    free(e);
}

void engine_info(const struct engine *e, struct engine_info *info)
{
    const struct model_config *c = &e->model->config;
    struct backend_memory memory;
    e->backend->ops->memory(e->backend, &memory);
    *info = (struct engine_info){
        .name = e->name,
        .architecture = architecture_name(c->arch),
        .quantization = quant_type_label(e->model->type),
        .device = e->backend->ops->description(e->backend),
        .parameters = model_config_parameters(c),
        .context = e->context,
        .kv_tokens = e->n_pages * KV_PAGE,
        .n_layers = c->n_layers,
        .hidden = c->hidden,
        .vocab = c->vocab,
        .weight_bytes = memory.weights,
        .kv_bytes = memory.kv_cache,
        .activation_bytes = memory.activations,
        .bytes_per_token = e->model->bytes_per_token,
        .from_cache = e->model->from_cache,
        .load_seconds = e->load_seconds,
    };
    struct backend_gpu gpu;
    while (engine_gpu(e, info->n_gpus, &gpu)) info->n_gpus++;
}

bool engine_gpu(const struct engine *e, size_t i, struct backend_gpu *out)
{
    const struct backend_ops *ops = e->backend->ops;
    return ops->gpu && ops->gpu(e->backend, i, out);
}

const struct tokenizer *engine_tokenizer(const struct engine *e)
{
    return e->tokenizer;
}

const struct model_config *engine_config(const struct engine *e)
{
    return &e->model->config;
}

enum chat_format engine_chat_format(const struct engine *e)
{
    return e->format;
}

bool engine_is_end(const struct engine *e, int32_t id)
{
    const struct model_config *c = &e->model->config;
    for (size_t i = 0; i < c->n_eos; i++)
        if (id == c->eos[i]) return true;
    return e->tokenizer && chat_is_end(e->tokenizer, e->format, id);
}

bool engine_forward(struct engine *e, const int32_t *tokens, size_t n_tokens, size_t position,
                    float *out, struct error *err)
{
    if (position > e->context || n_tokens > e->context - position)
        return error_set(err, ERROR_USAGE, "%zu tokens at position %zu: the context is %zu",
                         n_tokens, position, e->context);
    if (!kv_extend(e->kv, &e->forward_chain, position + n_tokens))
        return error_memory(err, "KV pages");
    size_t vocab = e->model->config.vocab;
    size_t step = out && e->max_logits < e->chunk ? e->max_logits : e->chunk;
    for (size_t done = 0; done < n_tokens;) {
        size_t n = n_tokens - done < step ? n_tokens - done : step;
        struct step_sequence sequence = {.tokens = tokens + done,
                                         .n_tokens = n,
                                         .position = position + done,
                                         .pages = e->forward_chain.pages,
                                         .n_logits = out ? n : 0};
        if (!e->backend->ops->step(e->backend, &sequence, 1, err)) return false;
        for (size_t i = 0; out && i < n; i++)
            memcpy(out + (done + i) * vocab, e->backend->ops->logits(e->backend, i),
                   vocab * sizeof *out);
        done += n;
    }
    return true;
}
