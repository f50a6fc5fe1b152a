/* One measurement at a time of a model of random weights, for bench/compare, which takes turns
 * between this program and another: `measure CONFIG_DIR [THREADS]`.
 *
 * Says on a line of standard output what was opened, as JSON, and then answers each line of
 * standard input with one of seconds: prefill N         from a new prompt of N tokens to its first
 * token decode CONTEXT N  of N tokens, one behind the other, after a prompt of CONTEXT tokens
 * Tokens are picked greedily, without drafts. LLM_MEMORY and other settings are not read. */
#include "measure/figures.h"
#include "measure/work.h"
#include "engine/engine_internal.h"

#include <stdio.h>
#include <stdlib.h>

enum { CONTEXT = 1024 };

/* False with *err filled at a line that is no question, or when the engine fails. */
static bool answer(struct work *work, const char *line, double *seconds, struct error *err)
{
    size_t context, n;
    if (sscanf(line, "prefill %zu", &n) == 1) return work_prefill(work, n, seconds, err);
    if (sscanf(line, "decode %zu %zu", &context, &n) != 2)
        return error_set(err, ERROR_USAGE, "not a question: %s", line);
    double of_one;
    if (!work_decode(work, context, n, &of_one, err)) return false;
    *seconds = of_one * (double)n;
    return true;
}

static void describe(struct engine *e)
{
    struct engine_info info;
    engine_info(e, &info);
    struct weights_read reads = figures_weights_read(e->model);
    printf(
        "{\"version\": \"%s\", \"weights\": \"%s\", \"device\": \"%s\", \"bits_a_weight\": %.3f, "
        "\"token_weight_bytes\": %zu, \"kv_bits\": 8}\n",
        AUTOSPEC_VERSION, info.quantization, info.device, figures_bits_a_weight(&reads),
        reads.bytes);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    struct error err = {0};
    struct engine_options o = {.random_shape = true, .context = CONTEXT, .kv_bits = 8};
    /* Prompts are new ones each time; those before are driven out. */
    o.kv_tokens = 2 * CONTEXT;
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: measure CONFIG_DIR [THREADS]\n");
        return 2;
    }
    o.model_dir = argv[1];
    if (argc > 2) o.n_threads = strtoul(argv[2], NULL, 10);
    struct work work = {.engine = engine_open(&o, &err)};
    bool ok = work.engine != NULL;
    if (ok) describe(work.engine);
    char line[128];
    double seconds;
    while (ok && fgets(line, sizeof line, stdin)) {
        ok = answer(&work, line, &seconds, &err);
        if (!ok) break;
        printf("%.9f\n", seconds);
        fflush(stdout);
    }
    if (!ok) fprintf(stderr, "measure: %s\n", err.text);
    work_free(&work);
    engine_free(work.engine);
    return ok ? 0 : 1;
}
