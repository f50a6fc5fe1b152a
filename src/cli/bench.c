/* autospec bench: what this machine can do and how near the engine comes to it. */
#include "measure/bench.h"
#include "cli/command.h"
#include "cli/model_open.h"
#include "cli/output.h"
#include "cli/places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The processor's name, from /proc/cpuinfo; "unknown" where it has none. */
static void processor_name(char *out, size_t size)
{
    snprintf(out, size, "unknown");
    FILE *f = fopen("/proc/cpuinfo", "re");
    if (!f) return;
    char line[256];
    while (fgets(line, sizeof line, f)) {
        if (strncmp(line, "model name", 10) != 0) continue;
        const char *name = strchr(line, ':');
        if (!name) continue;
        name += 1 + strspn(name + 1, " \t");
        snprintf(out, size, "%.*s", (int)strcspn(name, "\n"), name);
        break;
    }
    fclose(f);
}

/* ---- text ---- */

/* As many digits as the size of the figure makes sense of. */
static const char *number(double v, char *out, size_t size)
{
    double a = v < 0 ? -v : v;
    snprintf(out, size, "%.*f", a < 0.01 ? 4 : a < 1 ? 3 : a < 10 ? 2 : a < 1000 ? 1 : 0, v);
    return out;
}

static void print_spread(const struct samples *s, const char *unit)
{
    struct spread spread = samples_spread(s);
    char a[32], b[32], c[32], text[128];
    snprintf(text, sizeof text, "%s (%s to %s)", number(spread.median, a, sizeof a),
             number(spread.least, b, sizeof b), number(spread.most, c, sizeof c));
    output_printf("%-26s %s", text, unit);
}

static void print_row(const struct bench_row *row)
{
    output_printf("%-13s %s\n", row->name, row->what);
    if (row->values.n) {
        double score = samples_spread(&row->scores).median;
        char goal[32];
        output_printf("    ");
        print_spread(&row->values, row->unit);
        output_printf(", %zu time%s\n    ", row->values.n, row->values.n == 1 ? "" : "s");
        print_spread(&row->scores, row->score_unit);
        output_printf("; goal %s %s: %s\n", row->at_most ? "at most" : "at least",
                      number(row->goal, goal, sizeof goal),
                      figures_reached(score, row->goal, row->at_most) ? "reached" : "NOT reached");
    }
    if (row->note[0]) output_printf("    %s\n", row->note);
}

static struct samples scaled(const struct samples *s, double factor)
{
    struct samples out = *s;
    for (size_t i = 0; i < s->n; i++) out.values[i] *= factor;
    return out;
}

static void print_head(const struct bench_result *r)
{
    char name[128];
    processor_name(name, sizeof name);
    output_printf("%s: %s weights, KV cache of %u bits; %s; %s\n", r->info.name,
                  r->info.quantization, r->kv_bits, r->info.device, name);
    output_printf("a token reads %.1f MB of weights, %.3f bits a weight, head included\n",
                  (double)r->token_bytes / 1e6, r->bits_a_weight);
    output_printf("median (least to most); other processes took part: load %.2f\n\n",
                  r->load_before);
}

static void print_limits(const struct bench_result *r)
{
    struct samples read = scaled(&r->read, 1e-9), integers = scaled(&r->integers, 1e-9);
    if (read.n == 0) return;
    output_printf("limits        of this machine, measured beside the work\n    ");
    print_spread(&read, "GB/s read");
    output_printf(", %zu times\n    ", read.n);
    print_spread(&integers, "G integer operations/s");
    output_printf(", %zu times (%s)\n", integers.n, r->instructions);
}

/* Head and rows are printed as they come: the whole takes minutes. */
static bool print_as_it_comes(void *context, const struct bench_result *result,
                              const struct bench_row *row)
{
    bool *begun = context;
    if (!*begun) print_head(result);
    *begun = true;
    print_row(row);
    return output_flush(NULL);
}

/* ---- JSON ---- */

static json_t *list_json(const struct samples *s)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < s->n; i++)
        if (json_array_append_new(list, json_real(s->values[i])) != 0) {
            json_decref(list);
            list = NULL;
        }
    return list;
}

static json_t *samples_json(const struct samples *s, const char *unit)
{
    struct spread spread = samples_spread(s);
    return json_pack("{s:f, s:f, s:f, s:s, s:o}", "median", spread.median, "least", spread.least,
                     "most", spread.most, "unit", unit, "samples", list_json(s));
}

static json_t *row_json(const struct bench_row *row)
{
    json_t *json =
        json_pack("{s:s, s:s, s:f, s:b, s:s}", "name", row->name, "what", row->what, "goal",
                  row->goal, "goal_is_upper_bound", (int)row->at_most, "note", row->note);
    if (!json || row->values.n == 0) return json;
    double score = samples_spread(&row->scores).median;
    if (json_object_set_new(json, "value", samples_json(&row->values, row->unit)) != 0 ||
        json_object_set_new(json, "score", samples_json(&row->scores, row->score_unit)) != 0 ||
        json_object_set_new(json, "reached",
                            json_boolean(figures_reached(score, row->goal, row->at_most))) != 0) {
        json_decref(json);
        return NULL;
    }
    return json;
}

static bool print_json(const struct bench_result *r, struct error *err)
{
    char name[128];
    processor_name(name, sizeof name);
    json_t *rows = json_array();
    bool ok = rows != NULL;
    for (size_t i = 0; ok && i < r->n_rows; i++)
        ok = json_array_append_new(rows, row_json(&r->rows[i])) == 0;
    json_t *json =
        ok ? json_pack("{s:s, s:s, s:s, s:I, s:s, s:I, s:s, s:i, s:I, s:f, s:f, s:f, s:O}",
                       "version", AUTOSPEC_VERSION, "processor", name, "device", r->info.device,
                       "threads", (json_int_t)r->threads, "model", r->info.name, "parameters",
                       (json_int_t)r->info.parameters, "quantization", r->info.quantization,
                       "kv_bits", (int)r->kv_bits, "token_weight_bytes", (json_int_t)r->token_bytes,
                       "bits_a_weight", r->bits_a_weight, "load_before", r->load_before,
                       "load_after", r->load_after, "rows", rows)
           : NULL;
    json_decref(rows);
    if (json && r->read.n &&
        json_object_set_new(json, "limits",
                            json_pack("{s:o, s:o, s:s}", "read", samples_json(&r->read, "bytes/s"),
                                      "integers", samples_json(&r->integers, "operations/s"),
                                      "instructions", r->instructions)) != 0) {
        json_decref(json);
        json = NULL;
    }
    return output_json(json, err);
}

/* ---- the command ---- */

/* The folder whose shape is taken: with a config.json, weights or not. */
static char *shape_folder(const struct command_line *line, struct error *err)
{
    char *dir = strdup(line->shape);
    if (!dir) error_memory(err, "--shape");
    return dir;
}

static int run(struct command_line *line, struct error *err)
{
    if (line->n_arguments > 0) {
        error_set(err, ERROR_USAGE, "bench takes no argument; --model or --shape names the model");
        return EXIT_USAGE;
    }
    const struct settings *s = &line->settings;
    struct bench_options options = {.quick = line->quick, .only = line->only};
    struct bench_result result;
    bool begun = false;
    model_engine_options(&options.engine, line);
    if (s->values[SETTING_KV_BITS].source == SOURCE_DEFAULT) options.engine.kv_bits = 0;
    options.engine.random_shape = line->shape != NULL;
    char *dir = line->shape ? shape_folder(line, err) : place_model(s, err);
    char *cache = dir ? place_cache(s) : NULL;
    options.engine.model_dir = dir;
    options.engine.cache_dir = cache;
    bool ok =
        dir && bench_run(&options, line->json ? NULL : print_as_it_comes, &begun, &result, err);
    if (ok && line->json)
        ok = print_json(&result, err);
    else if (ok)
        print_limits(&result);
    free(cache);
    free(dir);
    return ok ? EXIT_OK : EXIT_FAILED;
}

const struct command command_bench = {
    .name = "bench",
    .bit = COMMAND_BENCH,
    .arguments = "",
    .summary = "Measure how near the engine comes to this machine's limits",
    .description =
        "Measures what memory and processor can do at most and, by turns with that, the\n"
        "work of the model: decoding, prompts, several sequences, drafts, start, memory.\n"
        "Each figure is printed as median, least and most, beside its goal. Rows: memory,\n"
        "decode, decode-long, prefill, prefill-long, batch, threads, copy, no-copy, prefix,\n"
        "start.\n",
    .run = run,
};
