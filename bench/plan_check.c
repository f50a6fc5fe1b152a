/* Predicted memory against measured peak for one shape: `plan_check CONFIG_DIR [q4|q8|bf16 [CONTEXT
 * [KV_BITS]]]`.
 *
 * Makes random weights of the shape straight in packed form, fills the whole context (1024 tokens
 * unless said otherwise), asks for logits, and compares the plan with the peak resident set of the
 * process (VmHWM). Prints a row of the table in NOTES.md. What does not fit is refused as anywhere;
 * LLM_MEMORY is not read. */
#include "base/clock.h"
#include "engine/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t peak_bytes(void)
{
    FILE *f = fopen("/proc/self/status", "re");
    char line[256];
    size_t kib = 0;
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "VmHWM:", 6) == 0) kib = strtoul(line + 6, NULL, 10);
    if (f) fclose(f);
    return kib * 1024;
}

static bool measure(const struct engine_options *o, struct plan *plan, struct error *err)
{
    struct model_config config;
    if (!model_config_read(&config, o->model_dir, err) || !plan_make(&config, o, plan, err))
        return false;
    double started = clock_seconds();
    struct engine *e = engine_open(o, err);
    if (!e) return false;
    double opened = clock_seconds();
    size_t n = plan->context;
    int32_t *tokens = malloc(n * sizeof *tokens);
    for (size_t i = 0; tokens && i < n; i++) tokens[i] = (int32_t)(i * 7919 % config.vocab);
    bool ok = tokens ? engine_forward(e, tokens, n, 0, NULL, err) : error_memory(err, "tokens");
    double filled = clock_seconds();
    /* The last token again, now with its logits. */
    float *logits = malloc(config.vocab * sizeof *logits);
    if (ok && logits) ok = engine_forward(e, tokens + n - 1, 1, n - 1, logits, err);
    fprintf(stderr, "made in %.1f s, %zu tokens in %.1f s\n", opened - started, n, filled - opened);
    free(logits);
    free(tokens);
    engine_free(e);
    return ok;
}

static double gb(size_t bytes)
{
    return (double)bytes / 1e9;
}

int main(int argc, char **argv)
{
    static const char *const TYPES[] = {"q4", "q8", "bf16"};
    struct engine_options o = {.random_shape = true, .context = 1024, .kv_bits = 16};
    struct plan plan;
    struct error err = {0};
    size_t type = 0;
    while (argc > 2 && type < 3 && strcmp(argv[2], TYPES[type]) != 0) type++;
    if (argc < 2 || argc > 5 || type == 3) {
        fprintf(stderr, "usage: plan_check CONFIG_DIR [q4|q8|bf16 [CONTEXT [KV_BITS]]]\n");
        return 2;
    }
    o.model_dir = argv[1];
    o.type = (enum quant_type)type;
    if (argc > 3) o.context = strtoul(argv[3], NULL, 10);
    if (argc > 4) o.kv_bits = (unsigned)strtoul(argv[4], NULL, 10);
    if (!measure(&o, &plan, &err)) {
        fprintf(stderr, "plan_check: %s\n", err.text);
        return 1;
    }
    size_t peak = peak_bytes();
    const char *name = strrchr(o.model_dir, '/');
    printf("| %-29s | %-7s | %7u | %7zu | %7.3f | %5.3f | %11.3f | %5.3f | %7.3f | %6.3f | %+5.1f "
           "%% |\n",
           name && name[1] ? name + 1 : o.model_dir, TYPES[o.type], o.kv_bits, plan.context,
           gb(plan.weights), gb(plan.kv_cache), gb(plan.activations), gb(plan.other),
           gb(plan.total), gb(peak), 100.0 * (gb(plan.total) / gb(peak) - 1));
    return 0;
}
