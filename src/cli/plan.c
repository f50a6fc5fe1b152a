/* autospec plan: what a model would take of this machine's memory, with each kind of weights and KV
 * cache, before anything is downloaded or loaded. */
#include "engine/plan.h"
#include "backend/cuda/gpus.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/command.h"
#include "cli/model_open.h"
#include "cli/output.h"
#include "cli/places.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { N_ROWS = 6 };

struct row {
    struct engine_options options;
    struct plan plan;
    bool fits, chosen;
    size_t longest; /* context that fits, in tokens */
};

struct table {
    char *dir;
    struct model_config config;
    struct row rows[N_ROWS];
    size_t n_rows, limit;
    const char *limit_from;
    struct gpus gpus;
    size_t available, total; /* of the machine or its control group; SIZE_MAX: not known */
};

static bool fill(struct table *t, const struct engine_options *chosen, struct error *err)
{
    static const enum quant_type TYPES[] = {QUANT_Q4, QUANT_Q8, QUANT_BF16};
    static const unsigned KV_BITS[] = {16, 8};
    enum quant_type kept = chosen->type;
    /* Of a packed model only its own type can be had. */
    enum quant_type other = chosen->type == QUANT_Q4 ? QUANT_Q8 : QUANT_Q4;
    enum quant_type probe = other;
    if (!packed_model_kept_type(t->dir, &kept, err) || !packed_model_kept_type(t->dir, &probe, err))
        return false;
    bool packed = probe == kept;
    for (size_t i = 0; i < N_ROWS; i++) {
        struct row *row = &t->rows[t->n_rows];
        *row = (struct row){.options = *chosen};
        row->options.type = TYPES[i / 2];
        row->options.kv_bits = KV_BITS[i % 2];
        if (packed && row->options.type != kept) continue;
        if (!plan_make(&t->config, &row->options, &row->plan, err)) return false;
        row->fits = plan_fits(&row->plan, t->limit);
        row->chosen = row->options.type == kept && row->options.kv_bits == chosen->kv_bits;
        row->longest = plan_longest_context(&t->config, &row->options, t->limit);
        t->n_rows++;
    }
    return true;
}

static void find_limit(struct table *t, const struct engine_options *options)
{
    struct memory_available m = memory_available("");
    t->available = m.bytes;
    t->total = m.total;
    t->limit = plan_limit(options);
    t->limit_from = options->memory_limit == SIZE_MAX ? "not checked (LLM_MEMORY is off)"
                    : options->memory_limit           ? "as LLM_MEMORY says"
                    : m.by_group                      ? "left by this process's control group"
                                                      : "available on this machine";
}

static json_t *size_or_null(size_t bytes)
{
    return bytes == SIZE_MAX ? json_null() : json_integer((json_int_t)bytes);
}

static json_t *row_json(const struct row *r)
{
    return json_pack("{s:s, s:i, s:I, s:I, s:I, s:I, s:I, s:b, s:b, s:I}", "quantization",
                     quant_type_label(r->options.type), "kv_bits", (int)r->options.kv_bits,
                     "weight_bytes", (json_int_t)r->plan.weights, "kv_bytes",
                     (json_int_t)r->plan.kv_cache, "activation_bytes",
                     (json_int_t)r->plan.activations, "other_bytes", (json_int_t)r->plan.other,
                     "total_bytes", (json_int_t)r->plan.total, "fits", (int)r->fits, "chosen",
                     (int)r->chosen, "longest_context", (json_int_t)r->longest);
}

static json_t *gpus_json(const struct gpus *g)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < g->n; i++) {
        const struct device *d = g->devices[i];
        json_array_append_new(list, json_pack("{s:I, s:s, s:I, s:I}", "index", (json_int_t)d->index,
                                              "name", d->info.name, "total_bytes",
                                              (json_int_t)d->info.total, "free_bytes",
                                              (json_int_t)d->info.free));
    }
    return list;
}

static bool print_json(const struct table *t, struct error *err)
{
    json_t *list = json_array();
    bool ok = list != NULL;
    for (size_t i = 0; ok && i < t->n_rows; i++)
        ok = json_array_append_new(list, row_json(&t->rows[i])) == 0;
    json_t *json =
        ok ? json_pack("{s:o, s:s, s:s, s:s, s:I, s:I, s:I, s:o, s:o, s:s, s:o, s:O}", "gpus",
                       gpus_json(&t->gpus), "model", path_base(t->dir), "folder", t->dir,
                       "architecture", architecture_name(t->config.arch), "parameters",
                       (json_int_t)model_config_parameters(&t->config), "context",
                       (json_int_t)t->rows[0].plan.context, "trained_context",
                       (json_int_t)t->config.context, "available_bytes", size_or_null(t->available),
                       "limit_bytes", size_or_null(t->limit), "limit_from", t->limit_from,
                       "machine_bytes", size_or_null(t->total), "plans", list)
           : NULL;
    json_decref(list);
    return output_json(json, err);
}

static void print_text(const struct table *t)
{
    output_printf("%s: %s, %.2f billion parameters; %zu tokens of context\n\n", path_base(t->dir),
                  architecture_name(t->config.arch),
                  (double)model_config_parameters(&t->config) / 1e9, t->rows[0].plan.context);
    size_t largest = 0;
    for (size_t i = 0; i < t->n_rows; i++)
        if (t->rows[i].plan.total > largest) largest = t->rows[i].plan.total;
    const char *unit = largest < 1000000000 ? "MB" : "GB";
    double scale = largest < 1000000000 ? 1e6 : 1e9;
    output_printf("%s            weights  KV cache  activations   other     sum  fits  "
                  "longest context\n",
                  unit);
    for (size_t i = 0; i < t->n_rows; i++) {
        const struct row *r = &t->rows[i];
        char longest[32] = "-";
        if (r->longest) snprintf(longest, sizeof longest, "%zu", r->longest);
        output_printf("%c %-5s KV %-2u %8.2f %9.2f %12.2f %7.2f %7.2f  %-4s  %s\n",
                      r->chosen ? '*' : ' ', quant_type_label(r->options.type), r->options.kv_bits,
                      (double)r->plan.weights / scale, (double)r->plan.kv_cache / scale,
                      (double)r->plan.activations / scale, (double)r->plan.other / scale,
                      (double)r->plan.total / scale, r->fits ? "yes" : "no", longest);
    }
    if (t->gpus.n) output_printf("\n");
    for (size_t i = 0; i < t->gpus.n; i++) {
        const struct device *d = t->gpus.devices[i];
        output_printf("GPU %zu (%s): %.2f of %.2f GB free.%s\n", d->index, d->info.name,
                      (double)d->info.free / 1e9, (double)d->info.total / 1e9,
                      t->gpus.with_cpu ? " What fits on no GPU is the CPU's." : "");
    }
    if (t->limit != SIZE_MAX)
        output_printf("\n%.2f GB %s. * as set now.\n", (double)t->limit / 1e9, t->limit_from);
    else
        output_printf("\nMemory is %s. * as set now.\n",
                      t->available == SIZE_MAX ? "not known" : t->limit_from);
}

static int run(struct command_line *line, struct error *err)
{
    struct table t = {0};
    bool ok = false;
    if (line->n_arguments > 1) {
        error_set(err, ERROR_USAGE, "plan takes one argument: the model");
        return EXIT_USAGE;
    }
    struct engine_options options;
    if (line->n_arguments == 1 && !settings_set(&line->settings, SETTING_MODEL, line->arguments[0],
                                                SOURCE_COMMAND_LINE, 0, "the model", err))
        goto done;
    model_engine_options(&options, line);
    if (!gpus_open(&t.gpus, options.device, NULL, err)) goto done;
    options.gpus = &t.gpus;
    t.dir = place_model_config(&line->settings, err);
    if (!t.dir || !model_config_read(&t.config, t.dir, err)) goto done;
    find_limit(&t, &options);
    if (!fill(&t, &options, err)) goto done;
    ok = true;
    if (line->json)
        ok = print_json(&t, err);
    else
        print_text(&t);
done:
    gpus_close(&t.gpus);
    free(t.dir);
    return ok ? EXIT_OK : EXIT_FAILED;
}

const struct command command_plan = {
    .name = "plan",
    .bit = COMMAND_PLAN,
    .arguments = "[MODEL]",
    .summary = "Show what memory a model takes, before it is loaded",
    .description =
        "Works out from the model's config.json, its weights need not be there, what 4-bit,\n"
        "8-bit and unchanged (none) weights take with a KV cache of 16 or 8 bits, and what\n"
        "of that fits into this machine. MODEL is what --model of other commands takes; of a\n"
        "model of the Hub only config.json is downloaded.\n",
    .run = run,
};
