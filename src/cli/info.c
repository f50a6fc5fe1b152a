/* autospec info: what a model is, and what it takes to run it. */
#include "backend/backend.h"
#include "cli/model_open.h"
#include "cli/output.h"

#include <stdio.h>

/* "123.4 MB", decimal units as disks are sold. */
static const char *size_text(double bytes, char *out, size_t size)
{
    if (bytes >= 1e9)
        snprintf(out, size, "%.2f GB", bytes / 1e9);
    else if (bytes >= 1e6)
        snprintf(out, size, "%.1f MB", bytes / 1e6);
    else
        snprintf(out, size, "%.1f kB", bytes / 1e3);
    return out;
}

static const char *count_text(size_t n, char *out, size_t size)
{
    if (n >= 1000000000)
        snprintf(out, size, "%.2f billion", (double)n / 1e9);
    else
        snprintf(out, size, "%.1f million", (double)n / 1e6);
    return out;
}

struct model_figures {
    struct engine_info info;
    const struct model_config *config;
    const struct engine *engine;
    double bits_per_weight, kv_per_1000;
    const char *dir, *cache;
};

static bool print_json(const struct model_figures *f, struct error *err)
{
    const struct engine_info *i = &f->info;
    json_t *gpus = json_array();
    struct backend_gpu g;
    for (size_t k = 0; gpus && engine_gpu(f->engine, k, &g); k++)
        json_array_append_new(gpus, json_pack("{s:I, s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "index",
                                              (json_int_t)g.index, "name", g.name, "total_bytes",
                                              (json_int_t)g.total, "free_bytes", (json_int_t)g.free,
                                              "weight_bytes", (json_int_t)g.memory.weights,
                                              "kv_bytes", (json_int_t)g.memory.kv_cache,
                                              "activation_bytes", (json_int_t)g.memory.activations,
                                              "layers", (json_int_t)g.n_layers));
    return output_json(
        json_pack(
            "{s:o, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:f, s:I, s:I,"
            " s:I, s:I, s:f, s:s, s:b, s:s?, s:f}",
            "gpus", gpus, "model", i->name, "folder", f->dir, "architecture", i->architecture,
            "parameters", (json_int_t)i->parameters, "layers", (json_int_t)i->n_layers, "hidden",
            (json_int_t)i->hidden, "intermediate", (json_int_t)f->config->intermediate, "heads",
            (json_int_t)f->config->n_heads, "kv_heads", (json_int_t)f->config->n_kv_heads,
            "vocabulary", (json_int_t)i->vocab, "trained_context", (json_int_t)f->config->context,
            "context", (json_int_t)i->context, "quantization", i->quantization, "bits_per_weight",
            f->bits_per_weight, "weight_bytes", (json_int_t)i->weight_bytes, "bytes_per_token",
            (json_int_t)i->bytes_per_token, "kv_bytes", (json_int_t)i->kv_bytes, "activation_bytes",
            (json_int_t)i->activation_bytes, "kv_bytes_per_1000_tokens", f->kv_per_1000, "device",
            i->device, "from_cache", (int)i->from_cache, "cache_folder", f->cache, "load_seconds",
            i->load_seconds),
        err);
}

static void print_text(const struct model_figures *f)
{
    const struct engine_info *i = &f->info;
    char a[32], b[32];
    output_printf("model           %s (%s)\n", i->name, f->dir);
    output_printf(
        "architecture    %s, %zu layers of %zu, feed-forward %zu, %zu heads, %zu for keys "
        "and values\n",
        i->architecture, i->n_layers, i->hidden, f->config->intermediate, f->config->n_heads,
        f->config->n_kv_heads);
    output_printf("parameters      %s\n", count_text(i->parameters, a, sizeof a));
    output_printf("vocabulary      %zu tokens\n", i->vocab);
    output_printf("context         %zu tokens of the %zu it was made for\n", i->context,
                  f->config->context);
    output_printf("quantization    %s, %.2f bits a weight\n", i->quantization, f->bits_per_weight);
    output_printf("weights         %s; a generated token reads %s\n",
                  size_text((double)i->weight_bytes, a, sizeof a),
                  size_text((double)i->bytes_per_token, b, sizeof b));
    output_printf("KV cache        %s, %s for 1,000 tokens\n",
                  size_text((double)i->kv_bytes, a, sizeof a),
                  size_text(f->kv_per_1000, b, sizeof b));
    output_printf("activations     %s\n", size_text((double)i->activation_bytes, a, sizeof a));
    output_printf("device          %s\n", i->device);
    struct backend_gpu g;
    for (size_t k = 0; engine_gpu(f->engine, k, &g); k++)
        output_printf("GPU %-2zu          %s: weights %.2f GB, KV cache %.2f, activations %.2f; "
                      "%.2f of %.2f GB free\n",
                      g.index, g.name, (double)g.memory.weights / 1e9,
                      (double)g.memory.kv_cache / 1e9, (double)g.memory.activations / 1e9,
                      (double)g.free / 1e9, (double)g.total / 1e9);
    output_printf("packed          %s%s, opened in %.3f s\n", f->cache ? "in " : "in memory only",
                  f->cache ? f->cache : "", i->load_seconds);
}

static int run(struct command_line *line, struct error *err)
{
    if (line->n_arguments > 0) {
        error_set(err, ERROR_USAGE, "info takes no argument; --model names the model");
        return EXIT_USAGE;
    }
    struct model model;
    bool ok = false;
    if (!model_open(&model, line, err)) goto done;
    struct model_figures f = {.dir = model.dir, .cache = model.cache, .engine = model.engine};
    engine_info(model.engine, &f.info);
    f.config = engine_config(model.engine);
    f.bits_per_weight = 8.0 * (double)f.info.weight_bytes / (double)f.info.parameters;
    f.kv_per_1000 = 1000.0 * (double)f.info.kv_bytes / (double)f.info.kv_tokens;
    ok = true;
    if (line->json)
        ok = print_json(&f, err);
    else
        print_text(&f);
done:
    model_close(&model);
    return ok ? EXIT_OK : EXIT_FAILED;
}

const struct command command_info = {
    .name = "info",
    .bit = COMMAND_INFO,
    .arguments = "",
    .summary = "Show what the model is and what it takes to run it",
    .description =
        "Opens the model that --model names and prints its shape, its size in memory and\n"
        "where it runs.\n",
    .run = run,
};
