#include "measure/bench.h"
#include "base/clock.h"
#include "measure/peak_memory.h"
#include "measure/roofline.h"
#include "measure/work.h"
#include "engine/engine_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHORT = 16,          /* tokens before a short decoding */
    LONG_CONTEXT = 8192, /* or what the model has */
    CONTEXT_ROOM = 128,  /* beyond that, for what is generated */
    PROMPT = 512,
    LONG_PROMPT = 4096,
    MANY = 8,
    PASSAGES = 1024,
    QUESTION = 24,
    START_PROMPT = 16,
};

struct bench {
    const struct bench_options *options;
    struct bench_result *result;
    struct engine_options engine_options;
    struct engine *engine;
    struct roofline *roofline;
    struct work work;
    struct weights_read reads;
    double kv_token_bytes;
    size_t long_context, long_prompt;
};

typedef bool measure(struct bench *b, struct bench_row *row, struct error *err);

/* How often, and over how many tokens. */
static size_t times(const struct bench *b)
{
    return b->options->quick ? 3 : 7;
}

static size_t long_times(const struct bench *b)
{
    return b->options->quick ? 2 : 3;
}

static size_t decode_tokens(const struct bench *b)
{
    return b->options->quick ? 12 : 32;
}

static double percent(double ratio)
{
    return 100 * ratio;
}

/* ---- limits of the machine, beside the work ---- */

static double read_bandwidth(struct bench *b)
{
    double rate = roofline_read(b->roofline);
    samples_add(&b->result->read, rate);
    return rate;
}

static double integer_peak(struct bench *b)
{
    double rate = roofline_integers(b->roofline);
    samples_add(&b->result->integers, rate);
    return rate;
}

/* ---- the rows ---- */

static bool measure_decode(struct bench *b, struct bench_row *row, struct error *err)
{
    size_t n = decode_tokens(b);
    double bytes = figures_bytes_a_token(&b->reads, b->kv_token_bytes, SHORT, n), seconds;
    double before = read_bandwidth(b);
    for (size_t i = 0; i < times(b); i++) {
        if (!work_decode(&b->work, SHORT, n, &seconds, err)) return false;
        double after = read_bandwidth(b);
        samples_add(&row->values, 1 / seconds);
        samples_add(&row->scores, percent(bytes / seconds / ((before + after) / 2)));
        before = after;
    }
    snprintf(row->note, sizeof row->note,
             "a token reads %.1f MB; %.3f bits a weight over all matrices, head included",
             bytes / 1e6, figures_bits_a_weight(&b->reads));
    return true;
}

static bool measure_decode_long(struct bench *b, struct bench_row *row, struct error *err)
{
    size_t n = decode_tokens(b);
    double one, other,
        bytes = figures_bytes_a_token(&b->reads, b->kv_token_bytes, b->long_context, n);
    if (!work_fill(&b->work, b->long_context, err)) return false;
    struct samples used = {0};
    for (size_t i = 0; i < times(b); i++) {
        if (!work_decode(&b->work, SHORT, n, &one, err)) return false;
        double limit = read_bandwidth(b);
        if (!work_decode(&b->work, b->long_context, n, &other, err)) return false;
        samples_add(&row->values, 1 / other);
        samples_add(&row->scores, percent(one / other));
        samples_add(&used, percent(bytes / other / limit));
    }
    snprintf(row->note, sizeof row->note,
             "%zu tokens, %u-bit KV; a token reads %.1f MB, %.0f %% of the read bandwidth",
             b->long_context, b->result->kv_bits, bytes / 1e6, samples_spread(&used).median);
    return true;
}

static bool measure_prefill(struct bench *b, struct bench_row *row, struct error *err)
{
    double operations = figures_prompt_operations(b->engine->model, PROMPT), seconds;
    double before = integer_peak(b);
    for (size_t i = 0; i < times(b); i++) {
        if (!work_prefill(&b->work, PROMPT, &seconds, err)) return false;
        double after = integer_peak(b);
        samples_add(&row->values, PROMPT / seconds);
        samples_add(&row->scores, percent(operations / seconds / ((before + after) / 2)));
        before = after;
    }
    snprintf(row->note, sizeof row->note, "%.2f G operations a token, attention not counted",
             operations / PROMPT / 1e9);
    return true;
}

static bool measure_prefill_long(struct bench *b, struct bench_row *row, struct error *err)
{
    double before, after, seconds;
    if (!work_prefill(&b->work, PROMPT, &before, err)) return false;
    for (size_t i = 0; i < long_times(b); i++) {
        if (!work_prefill(&b->work, b->long_prompt, &seconds, err) ||
            !work_prefill(&b->work, PROMPT, &after, err))
            return false;
        double rate = (double)b->long_prompt / seconds, shorter = 2 * PROMPT / (before + after);
        samples_add(&row->values, rate);
        samples_add(&row->scores, percent(rate / shorter));
        before = after;
    }
    if (b->long_prompt < LONG_PROMPT)
        snprintf(row->note, sizeof row->note, "%zu tokens: the model's context is %zu",
                 b->long_prompt, b->engine->model->config.context);
    return true;
}

static bool measure_batch(struct bench *b, struct bench_row *row, struct error *err)
{
    size_t n = decode_tokens(b);
    double one, rate;
    for (size_t i = 0; i < times(b); i++) {
        if (!work_decode(&b->work, SHORT, n, &one, err) ||
            !work_decode_many(&b->work, MANY, SHORT, n, &rate, err))
            return false;
        samples_add(&row->values, rate);
        samples_add(&row->scores, rate * one);
    }
    return true;
}

static bool measure_trace(struct bench *b, enum trace_kind kind, struct bench_row *row,
                          struct error *err)
{
    struct trace trace;
    double rates[2], accepted;
    const struct tokenizer *tokenizer = engine_tokenizer(b->engine);
    bool ok = trace_make(&trace, kind, tokenizer, engine_ids(b->engine), err);
    if (ok && trace.prompt.len + trace.answer.len > b->engine->context) {
        snprintf(row->note, sizeof row->note, "not measured: the text is longer than the context");
        goto done;
    }
    /* Once before: what steps cost is learned, and the prompt is known. */
    ok = ok && work_play(&b->work, &trace, rates, &accepted, err);
    for (size_t i = 0; ok && i < times(b); i++) {
        ok = work_play(&b->work, &trace, rates, &accepted, err);
        if (!ok) break;
        samples_add(&row->values, rates[1]);
        samples_add(&row->scores, rates[1] / rates[0]);
    }
    if (ok)
        snprintf(row->note, sizeof row->note,
                 "%zu tokens behind %zu, played back; %.0f %% of the drafts were right",
                 trace.answer.len, trace.prompt.len, percent(accepted));
done:
    trace_free(&trace);
    return ok;
}

static bool measure_copy(struct bench *b, struct bench_row *row, struct error *err)
{
    return measure_trace(b, TRACE_COPIES, row, err);
}

static bool measure_no_copy(struct bench *b, struct bench_row *row, struct error *err)
{
    return measure_trace(b, TRACE_DOES_NOT, row, err);
}

static bool measure_threads(struct bench *b, struct bench_row *row, struct error *err)
{
    struct thread_pool *pool = b->engine->pool;
    if (thread_pool_size(pool) < 2) {
        snprintf(row->note, sizeof row->note, "not measured: there is one thread");
        return true;
    }
    for (size_t i = 0; i < times(b); i++) {
        double one, two;
        thread_pool_limit(pool, 1);
        bool ok = work_prefill(&b->work, PROMPT, &one, err);
        thread_pool_limit(pool, 2);
        ok = ok && work_prefill(&b->work, PROMPT, &two, err);
        thread_pool_limit(pool, 0);
        if (!ok) return false;
        samples_add(&row->values, PROMPT / two);
        samples_add(&row->scores, one / two);
    }
    return true;
}

static bool measure_prefix(struct bench *b, struct bench_row *row, struct error *err)
{
    double first, second;
    for (size_t i = 0; i < times(b); i++) {
        if (!work_second_question(&b->work, PASSAGES, QUESTION, &first, &second, err)) return false;
        samples_add(&row->values, second);
        samples_add(&row->scores, percent(second / first));
    }
    snprintf(row->note, sizeof row->note, "%d tokens of passages, questions of %d tokens", PASSAGES,
             QUESTION);
    return true;
}

/* From the packed file, in the page cache, to the first token, less the prefill. */
static bool measure_start(struct bench *b, struct bench_row *row, struct error *err)
{
    if (!b->engine->model->from_cache) {
        snprintf(row->note, sizeof row->note, "not measured: %s",
                 b->engine_options.random_shape
                     ? "random weights have no packed file; use --model"
                     : "the packed file has only now been made; run it once more");
        return true;
    }
    struct engine_options o = b->engine_options;
    o.memory_limit = SIZE_MAX; /* the same weights are there already */
    for (size_t i = 0; i < times(b); i++) {
        double started = clock_seconds(), cold, warm;
        struct work work = {.engine = engine_open(&o, err), .random = 99 + i};
        bool ok = work.engine && work_prefill(&work, START_PROMPT, &cold, err);
        double total = clock_seconds() - started;
        ok = ok && work_prefill(&work, START_PROMPT, &warm, err);
        if (ok) {
            samples_add(&row->values, total);
            samples_add(&row->scores, total - warm);
        }
        work_free(&work);
        engine_free(work.engine);
        if (!ok) return false;
    }
    return true;
}

/* Of the process, from before the model was opened to behind a long prompt. */
static bool measure_memory(struct bench *b, struct bench_row *row, struct error *err)
{
    double seconds;
    size_t n = b->options->quick && b->long_prompt > 1024 ? 1024 : b->long_prompt;
    struct peak_memory peak;
    if (!work_prefill(&b->work, n, &seconds, err)) return false;
    if (!peak_memory_read(&peak, b->engine->model->head.data)) {
        snprintf(row->note, sizeof row->note, "not measured: /proc/self does not tell");
        return true;
    }
    size_t tokens = (n + KV_PAGE - 1) / KV_PAGE * KV_PAGE;
    double kv = b->kv_token_bytes * (double)tokens;
    double beyond = (double)peak.peak - (double)peak.mapping - kv;
    samples_add(&row->values, (double)peak.peak / 1e6);
    samples_add(&row->scores, beyond / 1e6);
    snprintf(row->note, sizeof row->note,
             "a prompt of %zu tokens; %.1f MB of weights and %.1f MB of KV taken off", n,
             (double)peak.mapping / 1e6, kv / 1e6);
    return true;
}

/* ---- all of it ---- */

/* In the order in which they run; memory first, before anything else takes some. */
static const struct {
    measure *run;
    struct bench_row row;
} ROWS[BENCH_ROWS] = {
    {measure_memory,
     {.name = "memory",
      .what = "peak memory of a long prompt",
      .unit = "MB",
      .score_unit = "MB beyond weights and KV cache",
      .goal = 300,
      .at_most = true}},
    {measure_decode,
     {.name = "decode",
      .what = "one sequence, short context",
      .unit = "tokens/s",
      .score_unit = "% of the read bandwidth",
      .goal = 90}},
    {measure_decode_long,
     {.name = "decode-long",
      .what = "one sequence, long context",
      .unit = "tokens/s",
      .score_unit = "% of decode at short context",
      .goal = 80}},
    {measure_prefill,
     {.name = "prefill",
      .what = "a prompt of 512 tokens",
      .unit = "tokens/s",
      .score_unit = "% of the integer peak",
      .goal = 65}},
    {measure_prefill_long,
     {.name = "prefill-long",
      .what = "a prompt of 4,096 tokens",
      .unit = "tokens/s",
      .score_unit = "% of the rate at 512",
      .goal = 90}},
    {measure_batch,
     {.name = "batch",
      .what = "8 sequences at once",
      .unit = "tokens/s",
      .score_unit = "x one sequence",
      .goal = 5}},
    {measure_threads,
     {.name = "threads",
      .what = "a prompt of 512 tokens, two threads",
      .unit = "tokens/s",
      .score_unit = "x one thread",
      .goal = 1.9}},
    {measure_copy,
     {.name = "copy",
      .what = "look-up drafts, text that copies",
      .unit = "tokens/s",
      .score_unit = "x plain decoding",
      .goal = 2.5}},
    {measure_no_copy,
     {.name = "no-copy",
      .what = "look-up drafts, text that does not",
      .unit = "tokens/s",
      .score_unit = "x plain decoding",
      .goal = 0.97}},
    {measure_prefix,
     {.name = "prefix",
      .what = "second question on the same passages",
      .unit = "s",
      .score_unit = "% of the first one's time to a token",
      .goal = 10,
      .at_most = true}},
    {measure_start,
     {.name = "start",
      .what = "packed model to the first token",
      .unit = "s",
      .score_unit = "s beyond the prefill of 16 tokens",
      .goal = 1,
      .at_most = true}},
};

const char *const BENCH_NAMES[BENCH_ROWS + 1] = {"memory",       "decode", "decode-long", "prefill",
                                                 "prefill-long", "batch",  "threads",     "copy",
                                                 "no-copy",      "prefix", "start"};

static bool is_named(const char *list, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strncmp(at, name, n) == 0 && (at[n] == ',' || at[n] == '\0')) return true;
    return false;
}

/* Every name of the list is a row's. */
static bool check_names(const char *list, struct error *err)
{
    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        bool found = false;
        size_t len = strcspn(at, ",");
        for (size_t i = 0; i < BENCH_ROWS; i++)
            found |= strlen(ROWS[i].row.name) == len && strncmp(at, ROWS[i].row.name, len) == 0;
        if (found) continue;
        char names[256] = "";
        for (size_t i = 0, used = 0; i < BENCH_ROWS && used < sizeof names; i++)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "",
                                     ROWS[i].row.name);
        return error_set(err, ERROR_USAGE, "--only: \"%.*s\" is not one of %s", (int)len, at,
                         names);
    }
    return true;
}

static double load_average(void)
{
    double load = 0;
    return getloadavg(&load, 1) == 1 ? load : 0;
}

/* The sizes that the rows want, as far as the model goes. */
static bool choose_sizes(struct bench *b, struct error *err)
{
    struct model_config config;
    struct engine_options *o = &b->engine_options;
    *o = b->options->engine;
    if (!model_config_read(&config, o->model_dir, err)) return false;
    size_t wanted = LONG_CONTEXT + CONTEXT_ROOM;
    o->context = config.context < wanted ? config.context : wanted;
    b->long_context = o->context > CONTEXT_ROOM ? o->context - CONTEXT_ROOM : 1;
    b->long_prompt = LONG_PROMPT < b->long_context ? LONG_PROMPT : b->long_context;
    if (o->context < PASSAGES + QUESTION + CONTEXT_ROOM)
        return error_set(err, ERROR_UNSUPPORTED, "%s: a context of %zu tokens is too short",
                         o->model_dir, config.context);
    o->kv_tokens = 2 * o->context; /* a long prompt does not drive the others out */
    o->max_sequences = MANY;
    o->no_speculation = false;
    if (o->kv_bits == 0) o->kv_bits = 8;
    return true;
}

static void describe(struct bench *b)
{
    struct bench_result *r = b->result;
    engine_info(b->engine, &r->info);
    snprintf(r->name, sizeof r->name, "%s", r->info.name);
    snprintf(r->device, sizeof r->device, "%s", r->info.device);
    r->info.name = r->name;
    r->info.device = r->device;
    r->kv_bits = b->engine_options.kv_bits;
    r->threads = thread_pool_size(b->engine->pool);
    b->reads = figures_weights_read(b->engine->model);
    b->kv_token_bytes = (double)r->info.kv_bytes / (double)r->info.kv_tokens;
    r->token_bytes = b->reads.bytes;
    r->bits_a_weight = figures_bits_a_weight(&b->reads);
}

bool bench_run(const struct bench_options *options, bench_sink *sink, void *context,
               struct bench_result *result, struct error *err)
{
    struct bench b = {.options = options, .result = result};
    *result = (struct bench_result){.load_before = load_average()};
    if (!check_names(options->only, err) || !choose_sizes(&b, err)) return false;
    peak_memory_reset();
    b.engine = engine_open(&b.engine_options, err);
    if (!b.engine) return false;
    b.work.engine = b.engine;
    describe(&b);
    bool ok = true, going = true;
    for (size_t i = 0; ok && going && i < BENCH_ROWS; i++) {
        if (options->only && !is_named(options->only, ROWS[i].row.name)) continue;
        if (!b.roofline && ROWS[i].run != measure_memory) {
            b.roofline = roofline_create(b.engine->pool, err);
            if (!b.roofline) break;
            result->instructions = roofline_instructions(b.roofline);
            read_bandwidth(&b);
            integer_peak(&b);
        }
        struct bench_row *row = &result->rows[result->n_rows++];
        *row = ROWS[i].row;
        ok = ROWS[i].run(&b, row, err);
        if (ok && sink) going = sink(context, result, row);
    }
    ok = ok && err->code == ERROR_NONE;
    result->load_after = load_average();
    roofline_free(b.roofline);
    work_free(&b.work);
    engine_free(b.engine);
    return ok;
}
