/* A model ready to generate: weights, tokenizer, chat format, backend and KV pages together. One
 * engine serves one thread at a time; engine/scheduler.h shares it between many. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "base/thread_pool.h"
#include "engine/sampler.h"
#include "tokenizer/chat.h"
#include "model/config.h"
#include "tokenizer/tokenizer.h"
#include "quant/format.h"

#include <stdatomic.h>

struct engine;
struct gpus;          /* backend/cuda/gpus.h */
struct device_source; /* backend/cuda/device.h */
struct backend_gpu;   /* backend/backend.h */

struct engine_options {
    const char *model_dir; /* a Hugging Face folder or a .gguf file */
    bool random_shape;    /* only the shape is taken from there, the weights are random: to measure.
                             There is no tokenizer: what is generated has no text */
    enum quant_type type; /* how the weights are kept */
    const char *cache_dir; /* for packed files; NULL: none is kept */
    size_t n_threads;      /* 0: the cores there are */
    size_t context;        /* tokens of KV cache; 0: min(the model's, 4096) */
    unsigned kv_bits;      /* of a number in the KV cache: 16 or 8; 0 is 16 */
    const char *device;    /* "auto" (or NULL), "cpu", "cuda", "cuda:N" */
    const char *isa;       /* NULL: the best */
    size_t chunk;          /* tokens of one prefill step; 0: 256 */
    size_t max_sequences;  /* computed at once; 0: 8 */
    size_t kv_tokens;      /* of KV cache that all sequences share; 0, or less: the context's */
    size_t
        kv_contexts; /* kv_tokens is as many whole contexts as fit, at most these; 0: see there */
    /* The GPUs of `device`, opened; they outlive the engine. NULL: engine_open opens them itself,
     * from gpu_source or, when that is NULL, the driver. */
    struct gpus *gpus;
    struct device_source *gpu_source;
    size_t memory_limit; /* bytes that all of it may take (engine/plan.h); 0: what the machine has
                            available; SIZE_MAX: not checked */
    bool no_speculation; /* one token a step, no drafts (engine/speculate.h) */
};

/* A device that can be computed on here; NULL is. */
bool engine_device_check(const char *device, struct error *err);

struct engine *engine_open(const struct engine_options *options, struct error *err);
void engine_free(struct engine *e);

struct engine_info {
    const char *name;         /* the folder's last part */
    const char *architecture; /* "qwen2" ... */
    const char *quantization; /* "4-bit", "8-bit", "none" */
    const char *device;       /* the backend's description */
    size_t n_gpus;            /* that are used: engine_gpu */
    size_t parameters, context, kv_tokens, n_layers, hidden, vocab;
    size_t weight_bytes, kv_bytes, activation_bytes, bytes_per_token;
    bool from_cache;
    double load_seconds;
};
void engine_info(const struct engine *e, struct engine_info *info);

/* The i-th of the GPUs that are used, with what is free on it now. From any thread. */
bool engine_gpu(const struct engine *e, size_t i, struct backend_gpu *out);

const struct tokenizer *engine_tokenizer(const struct engine *e); /* NULL: a random shape */
const struct model_config *engine_config(const struct engine *e);
enum chat_format engine_chat_format(const struct engine *e);
bool engine_is_end(const struct engine *e, int32_t id); /* a token that ends an answer */

enum { MAX_TOP_LOGPROBS = 20 };

/* A generated token and how likely the model thought it, before temperature and penalties. */
struct token_logprob {
    int32_t id;
    float logprob; /* natural */
    struct {
        int32_t id;
        float logprob;
    } top[MAX_TOP_LOGPROBS]; /* the likeliest, best first */
    size_t n_top;
};

/* Decides which tokens may come next (a JSON schema, a grammar). Called on the thread that runs the
 * engine, so it must be quick. */
struct token_constraint {
    void *context;
    /* Sets those of (vocab) logits to -INFINITY that may not follow what was accepted. The ids of
     * end-of-turn tokens are among them. False: nothing may follow; the answer ends. */
    bool (*mask)(void *context, float *logits, size_t vocab);
    void (*accept)(void *context, int32_t id); /* this token was picked */
};

struct generate_options {
    size_t max_tokens;
    struct sampler_options sampler;
    const char *const *stop; /* strings that end the answer and are not part of it */
    size_t n_stop;
    bool ignore_end;           /* go on past the end-of-turn token (benchmarks) */
    const atomic_bool *cancel; /* looked at each step; NULL: never */
    double deadline;           /* clock_seconds() when it ends with FINISH_DEADLINE; 0: never */
    int priority;  /* higher comes first, in the queue and when KV pages are short; usually 0 */
    bool logprobs; /* scheduler only: tokens come with the text */
    size_t top_logprobs;                       /* and the likeliest others; <= MAX_TOP_LOGPROBS */
    const struct token_constraint *constraint; /* NULL: every token may come */
};

enum finish_reason {
    FINISH_END,
    FINISH_STOP,
    FINISH_LENGTH,
    FINISH_CONTEXT,
    FINISH_CANCELLED,
    FINISH_DEADLINE,
};

struct generate_result {
    enum finish_reason finish;
    size_t prompt_tokens, cached_tokens, generated_tokens;
    size_t drafted_tokens, accepted_tokens; /* of speculation (engine/speculate.h) */
    double queue_seconds;                   /* before the first step */
    double prefill_seconds, decode_seconds; /* to the first token; from there to the end */
};

/* Called with each piece of decoded text, valid UTF-8, as it comes. `reasoning` is true between
 * <think> and </think>. Return false to end the generation. */
typedef bool generate_sink(void *context, const char *text, size_t len, bool reasoning);

/* Generates after `prompt` (rendered by tokenizer/chat.h). The KV of the longest known prefix is used
 * again (engine/kv.h). A prompt longer than the context is an error that says both numbers. */
bool engine_generate(struct engine *e, const struct tokens *prompt,
                     const struct generate_options *options, generate_sink *sink, void *context,
                     struct generate_result *result, struct error *err);

/* Raw access for tests and evaluation: runs tokens at `position` of the engine's one sequence and
 * gives the logits (n_tokens, vocab) of all of them when out is not NULL. */
bool engine_forward(struct engine *e, const int32_t *tokens, size_t n_tokens, size_t position,
                    float *out, struct error *err);

#endif
