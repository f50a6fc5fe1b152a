/* How the server is: /health, /ready, /metrics, /query/llm-info. */
#include "backend/backend.h"
#include "base/clock.h"
#include "server/handlers.h"
#include "server/server.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void handle_health(struct exchange *x)
{
    reply_json(x, 200, json_pack("{s:s}", "status", "ok"));
}

/* The model is loaded, and it and the encoder can still be computed. */
static bool can_answer(struct server *s, bool *lost)
{
    struct scheduler_stats stats = {0};
    bool loaded = atomic_load(&s->ready);
    if (loaded) scheduler_stats(s->scheduler, &stats);
    *lost = stats.lost || (loaded && s->encoder && encoder_lost(s->encoder));
    return loaded && !*lost;
}

/* Most questions are answered without a model: the server is ready before that is loaded. */
void handle_ready(struct exchange *x)
{
    struct server *s = x->server;
    bool lost, model = can_answer(s, &lost), draining = atomic_load(&s->draining);
    bool ready = !lost && !draining;
    if (!ready) reply_header(x, "Retry-After", "5");
    reply_json(x, ready ? 200 : 503,
               json_pack("{s:s, s:s}", "status",
                         ready      ? "ready"
                         : draining ? "stopping"
                                    : "gpu lost",
                         "model",
                         model                      ? "ready"
                         : lost                     ? "lost"
                         : atomic_load(&s->no_model) ? "none"
                                                    : "loading"));
}

/* A line of /proc/self/status, "VmRSS:", in bytes; 0 where there is none. */
static size_t process_memory(const char *name)
{
    FILE *f = fopen("/proc/self/status", "re");
    char line[256];
    size_t kilobytes = 0;
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, name, strlen(name)) == 0)
            kilobytes = strtoull(line + strlen(name), NULL, 10);
    if (f) fclose(f);
    return kilobytes * 1024;
}

static void write_scheduler(const struct scheduler_stats *t, struct buffer *out)
{
    metrics_sample(out, "autospec_generations_running", "gauge", "Generations computed now.",
                   (double)t->running);
    metrics_sample(out, "autospec_generations_waiting", "gauge", "Generations that wait for those.",
                   (double)t->waiting);
    metrics_sample(out, "autospec_generations_done_total", "counter",
                   "Generations that ended well.", (double)t->done);
    metrics_sample(out, "autospec_generations_failed_total", "counter", "Generations that failed.",
                   (double)t->failed);
    metrics_sample(out, "autospec_generations_cancelled_total", "counter",
                   "Generations that nobody waited for any more.", (double)t->cancelled);
    metrics_sample(out, "autospec_prompt_tokens_total", "counter", "Tokens of prompts.",
                   (double)t->prompt_tokens);
    metrics_sample(out, "autospec_cached_tokens_total", "counter",
                   "Tokens of prompts whose keys and values were known.", (double)t->cached_tokens);
    metrics_sample(out, "autospec_generated_tokens_total", "counter", "Tokens generated.",
                   (double)t->generated_tokens);
    metrics_sample(out, "autospec_drafted_tokens_total", "counter", "Tokens drafted ahead.",
                   (double)t->drafted_tokens);
    metrics_sample(out, "autospec_accepted_tokens_total", "counter",
                   "Drafted tokens that were right.", (double)t->accepted_tokens);
    metrics_sample(out, "autospec_prefill_tokens_per_second", "gauge",
                   "Prompt tokens a second, of late.", t->prefill_rate);
    metrics_sample(out, "autospec_decode_tokens_per_second", "gauge",
                   "Generated tokens a second, of late.", t->decode_rate);
    metrics_sample(out, "autospec_kv_pages", "gauge", "Pages of the KV cache.",
                   (double)t->kv_pages);
    metrics_sample(out, "autospec_kv_pages_used", "gauge", "Pages held by running generations.",
                   (double)t->kv_pages_used);
}

void handle_metrics(struct exchange *x)
{
    struct server *s = x->server;
    struct buffer out = {0};
    struct http_stats http;
    struct lane_stats lane;
    http_stats(s->http, &http);
    lane_stats(s->lanes[LANE_MODEL], &lane);
    metrics_write(s->metrics, &out);
    metrics_sample(&out, "autospec_connections", "gauge", "Open connections.",
                   (double)http.connections);
    metrics_sample(&out, "autospec_requests_active", "gauge", "Requests that are not over yet.",
                   (double)http.active);
    metrics_sample(&out, "autospec_queue_length", "gauge", "Requests that wait for the model.",
                   (double)lane.waiting);
    metrics_sample(&out, "autospec_uptime_seconds", "gauge", "Since the start.",
                   clock_seconds() - s->started);
    bool lost;
    metrics_sample(&out, "autospec_ready", "gauge", "1 when the model is loaded.",
                   can_answer(s, &lost) ? 1 : 0);
    metrics_sample(&out, "process_resident_memory_bytes", "gauge", "Resident memory.",
                   (double)process_memory("VmRSS:"));
    if (atomic_load(&s->ready)) {
        struct scheduler_stats stats;
        scheduler_stats(s->scheduler, &stats);
        write_scheduler(&stats, &out);
    }
    reply_buffer(x, 200, "text/plain; version=0.0.4; charset=utf-8", &out);
}

static void set(json_t *o, const char *key, json_t *value)
{
    json_object_set_new(o, key, value);
}

static json_t *count(size_t n)
{
    return json_integer((json_int_t)n);
}

static json_t *memory_json(const struct engine_info *e, const struct scheduler_stats *t)
{
    size_t page = t->kv_pages ? e->kv_bytes / t->kv_pages : 0;
    return json_pack("{s:I, s:{s:I, s:I}, s:I, s:I, s:I}", "weights", (json_int_t)e->weight_bytes,
                     "kv_cache", "used", (json_int_t)(page * t->kv_pages_used), "total",
                     (json_int_t)e->kv_bytes, "activations", (json_int_t)e->activation_bytes,
                     "resident", (json_int_t)process_memory("VmRSS:"), "peak",
                     (json_int_t)process_memory("VmHWM:"));
}

/* What is ours on a GPU, and what is free on it now. */
static json_t *gpu_json(const struct backend_gpu *g)
{
    return json_pack("{s:I, s:s, s:I, s:I, s:{s:I, s:I, s:I}, s:I, s:I}", "index",
                     (json_int_t)g->index, "name", g->name, "total", (json_int_t)g->total, "free",
                     (json_int_t)g->free, "used", "weights", (json_int_t)g->memory.weights,
                     "kv_cache", (json_int_t)g->memory.kv_cache, "activations",
                     (json_int_t)g->memory.activations, "first_layer", (json_int_t)g->first_layer,
                     "layers", (json_int_t)g->n_layers);
}

static json_t *gpus_json(const struct engine *e)
{
    json_t *list = json_array();
    struct backend_gpu g;
    for (size_t i = 0; engine_gpu(e, i, &g); i++) json_array_append_new(list, gpu_json(&g));
    return list;
}

/* The encoder behind /v1/embeddings; null without one. */
static json_t *encoder_json(const struct server *s)
{
    struct encoder_info e;
    struct backend_gpu g;
    if (!s->encoder) return json_null();
    encoder_info(s->encoder, &e);
    bool on_gpu = encoder_gpu(s->encoder, &g);
    return json_pack("{s:s, s:s, s:s, s:o, s:s, s:{s:I, s:I}}", "model_name", s->encoder_name,
                     "device", on_gpu ? "cuda" : "cpu", "device_name", e.device, "gpu",
                     on_gpu ? gpu_json(&g) : json_null(), "quantization", e.quantization, "memory",
                     "weights", (json_int_t)e.weight_bytes, "activations",
                     (json_int_t)e.activation_bytes);
}

void handle_llm_info(struct exchange *x)
{
    static const char *const THINKING[] = {"auto", "on", "off"};
    struct server *s = x->server;
    if (!server_has_model(x)) return;
    struct engine_info e;
    struct scheduler_stats t;
    struct lane_stats lane;
    engine_info(s->engine, &e);
    scheduler_stats(s->scheduler, &t);
    lane_stats(s->lanes[LANE_MODEL], &lane);
    struct server_defaults d = server_defaults(s);
    json_t *o = json_object();
    set(o, "model_name", json_string(s->model_name));
    set(o, "revision", s->revision ? json_string(s->revision) : json_null());
    set(o, "architecture", json_string(e.architecture));
    set(o, "parameters", count(e.parameters));
    set(o, "device", json_string(e.n_gpus ? "cuda" : "cpu"));
    set(o, "gpus", gpus_json(s->engine));
    set(o, "device_name", json_string(e.device));
    set(o, "encoder", encoder_json(s));
    set(o, "quantization", json_string(e.quantization));
    /* Integer dot products where the weights are quantized; sums are f32 in all cases. */
    set(o, "compute_dtype", json_string(strcmp(e.quantization, "none") == 0 ? "bfloat16" : "int8"));
    /* As it was set: a float of 0.1 is 0.100000001. */
    set(o, "temperature", json_real(round((double)d.sampler.temperature * 1e6) / 1e6));
    set(o, "max_tokens", count(d.max_tokens));
    set(o, "thinking", json_string(THINKING[d.thinking]));
    set(o, "context_length", count(e.context));
    set(o, "memory", memory_json(&e, &t));
    set(o, "prefill_rate", json_real(t.prefill_rate));
    set(o, "decode_rate", json_real(t.decode_rate));
    set(o, "tokens",
        json_pack("{s:I, s:I}", "prompt", (json_int_t)t.prompt_tokens, "generated",
                  (json_int_t)t.generated_tokens));
    set(o, "queue_length", count(t.waiting + lane.waiting));
    set(o, "queue",
        json_pack("{s:I, s:I, s:I, s:I}", "running", (json_int_t)t.running, "waiting",
                  (json_int_t)(t.waiting + lane.waiting), "max_running", (json_int_t)t.max_running,
                  "max_waiting", (json_int_t)(lane.max_waiting + lane.threads - t.max_running)));
    set(o, "uptime", json_real(clock_seconds() - s->started));
    set(o, "load_seconds", json_real(e.load_seconds));
    set(o, "version", json_string(AUTOSPEC_VERSION));
    reply_json(x, 200, o);
}
