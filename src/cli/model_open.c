#include "cli/model_open.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "cli/places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum quant_type model_quant(const struct settings *s)
{
    bool both;
    unsigned bits = settings_weight_bits(s, &both);
    if (both) log_warn("LLM_USE_4BIT and LLM_USE_8BIT are both set; 4-bit wins");
    return bits == 4 ? QUANT_Q4 : bits == 8 ? QUANT_Q8 : QUANT_BF16;
}

void model_engine_options(struct engine_options *out, const struct command_line *line)
{
    const struct settings *s = &line->settings;
    const char *isa = settings_choice(s, SETTING_ISA);
    *out = (struct engine_options){
        .type = model_quant(s),
        .no_speculation = strcmp(settings_choice(s, SETTING_SPECULATION), "off") == 0,
        .n_threads = settings_count(s, SETTING_THREADS),
        .context = settings_count(s, SETTING_CONTEXT),
        .kv_bits = strcmp(settings_choice(s, SETTING_KV_BITS), "8") == 0 ? 8 : 16,
        .chunk = settings_count(s, SETTING_CHUNK),
        .device = settings_text(s, SETTING_DEVICE),
        .isa = strcmp(isa, "auto") == 0 ? NULL : isa,
        .memory_limit = settings_count(s, SETTING_MEMORY),
    };
}

bool model_open(struct model *m, const struct command_line *line, struct error *err)
{
    const struct settings *s = &line->settings;
    *m = (struct model){.dir = place_model(s, err)};
    if (!m->dir) return false;
    m->cache = place_cache(s);
    struct engine_options options;
    model_engine_options(&options, line);
    options.model_dir = m->dir;
    options.cache_dir = m->cache;
    m->engine = engine_open(&options, err);
    return m->engine != NULL;
}

bool model_reads_passages(const struct command_line *line)
{
    char *dir = place_model(&line->settings, NULL), *path = dir ? path_join(dir, "config.json") : NULL;
    bool one_vehicle = false;
    json_t *config = path ? json_read_file(path, 1 << 20, NULL) : NULL;
    if (config) json_get_bool(config, path, "autospec_one_vehicle", false, &one_vehicle, NULL);
    json_decref(config);
    free(path);
    free(dir);
    return !one_vehicle;
}

void model_close(struct model *m)
{
    engine_free(m->engine);
    free(m->cache);
    free(m->dir);
    *m = (struct model){0};
}

bool model_sampler(const struct command_line *line, struct sampler_options *out, struct error *err)
{
    *out = (struct sampler_options){
        .temperature = (float)settings_number(&line->settings, SETTING_TEMPERATURE),
        .top_k = line->top_k,
        .top_p = (float)line->top_p,
        .min_p = (float)line->min_p,
        .repetition_penalty = (float)settings_number(&line->settings, SETTING_REPETITION_PENALTY),
        .seed = line->seed,
    };
    return sampler_options_check(out, err);
}

enum thinking model_thinking(const struct command_line *line, enum thinking automatic)
{
    const char *mode = settings_choice(&line->settings, SETTING_THINKING);
    if (strcmp(mode, "auto") == 0) return automatic;
    return strcmp(mode, "on") == 0 ? THINKING_ON : THINKING_OFF;
}

static double rate(size_t n, double seconds)
{
    return seconds > 0 ? (double)n / seconds : 0;
}

void model_print_stats(const struct generate_result *r)
{
    static const char *const REASONS[] = {
        [FINISH_END] = "end of turn",       [FINISH_STOP] = "stop text",
        [FINISH_LENGTH] = "--max-tokens",   [FINISH_CONTEXT] = "context full",
        [FINISH_CANCELLED] = "interrupted", [FINISH_DEADLINE] = "deadline",
    };
    size_t computed = r->prompt_tokens - r->cached_tokens;
    fprintf(stderr,
            "prompt: %zu tokens (%zu known) in %.3f s, %.1f tokens/s\n"
            "answer: %zu tokens in %.3f s, %.1f tokens/s; ended by: %s\n",
            r->prompt_tokens, r->cached_tokens, r->prefill_seconds,
            rate(computed, r->prefill_seconds), r->generated_tokens, r->decode_seconds,
            rate(r->generated_tokens, r->decode_seconds), REASONS[r->finish]);
    if (r->drafted_tokens)
        fprintf(stderr, "drafts: %zu of %zu tokens were right\n", r->accepted_tokens,
                r->drafted_tokens);
}
