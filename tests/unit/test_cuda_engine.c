/* The engine on emulated GPUs: models/nano as it is, tokens picked on the GPU, a model that does
 * not fit, a GPU that is lost under a request. */
#include "../cuda_device.h"
#include "cuda_fixture.h"
#include "backend/backend.h"
#include "engine/engine_internal.h"
#include "engine/sampler.h"
#include "engine/scheduler.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NANO "models/nano"
enum { CONTEXT = 128 };

static struct emulated_gpus emulated;

static struct engine *try_open(const char *device, enum quant_type type, struct error *err)
{
    struct engine_options o = {.model_dir = NANO,
                               .type = type,
                               .context = CONTEXT,
                               .max_sequences = 2,
                               .n_threads = 2,
                               .device = device,
                               .gpu_source = &emulated.source};
    return engine_open(&o, err);
}

static struct engine *open_on(const char *device, enum quant_type type)
{
    struct error err = {0};
    struct engine *e = try_open(device, type, &err);
    if (!e) fail_msg("%s: %s", device, err.text);
    return e;
}

static size_t text_tokens(const struct engine *e, int32_t *out, size_t most)
{
    static const char TEXT[] = "The towing capacity of the truck is 9,500 pounds with the engine.";
    struct tokens tokens = {0};
    struct error err = {0};
    if (!tokenizer_encode(engine_tokenizer(e), TEXT, strlen(TEXT), TOKENIZE_TEXT, &tokens, &err))
        fail_msg("%s", err.text);
    size_t n = tokens.len < most ? tokens.len : most;
    memcpy(out, tokens.ids, n * sizeof *out);
    tokens_free(&tokens);
    return n;
}

/* A prompt at once, then token by token. */
static void nano_has_the_logits_that_it_has_on_the_cpu(void **state)
{
    (void)state;
    static const enum quant_type TYPES[] = {QUANT_Q4, QUANT_BF16};
    int32_t tokens[16];
    for (size_t k = 0; k < 2; k++) {
        emulated_gpus_init(&emulated, 2, 64 << 20);
        struct engine *cpu = open_on("cpu", TYPES[k]), *gpu = open_on("cuda:1", TYPES[k]);
        struct error err = {0};
        size_t n = text_tokens(cpu, tokens, 16), vocab = engine_config(cpu)->vocab, agree = 0;
        float *a = calloc(n * vocab, sizeof *a), *b = calloc(n * vocab, sizeof *b);
        assert_true(a && b && n > 12);
        assert_true(engine_forward(cpu, tokens, n - 3, 0, a, &err));
        assert_true(engine_forward(gpu, tokens, n - 3, 0, b, &err));
        for (size_t t = n - 3; t < n; t++) {
            assert_true(engine_forward(cpu, tokens + t, 1, t, a + t * vocab, &err));
            assert_true(engine_forward(gpu, tokens + t, 1, t, b + t * vocab, &err));
        }
        double difference = 0, size = 0;
        for (size_t t = 0; t < n; t++) {
            size_t best_a = 0, best_b = 0;
            for (size_t i = 0; i < vocab; i++) {
                double x = (double)a[t * vocab + i], d = x - (double)b[t * vocab + i];
                difference += d * d;
                size += x * x;
                if (a[t * vocab + i] > a[t * vocab + best_a]) best_a = i;
                if (b[t * vocab + i] > b[t * vocab + best_b]) best_b = i;
            }
            agree += best_a == best_b;
        }
        print_message("%s: logits differ by %.4f RMS, %zu of %zu likeliest tokens agree\n",
                      quant_type_name(TYPES[k]), sqrt(difference / size), agree, n);
        assert_true(sqrt(difference / size) < 0.03);
        assert_true(agree + 1 >= n);
        struct engine_info info;
        engine_info(gpu, &info);
        assert_int_equal(info.n_gpus, 1);
        assert_string_equal(info.device, "cuda:1 emulated GPU");
        free(a);
        free(b);
        engine_free(cpu);
        engine_free(gpu);
        assert_false(emulated.gpus[1].open);
        assert_int_equal(emulated.gpus[1].used, 0);
    }
}

/* The same step twice: its logits given to the sampler here, its token picked there. */
static void tokens_picked_on_the_gpu_are_the_samplers(void **state)
{
    (void)state;
    static const struct sampler_options OPTIONS[] = {
        {.temperature = 0, .top_p = 1, .repetition_penalty = 1, .seed = 1},
        {.temperature = 1, .top_p = 1, .repetition_penalty = 1, .seed = 2},
        {.temperature = 1.5f, .top_p = 0.8f, .repetition_penalty = 1, .seed = 3},
        {.temperature = 0.7f, .top_p = 1, .top_k = 20, .repetition_penalty = 1, .seed = 4},
        {.temperature = 2, .top_p = 1, .min_p = 0.1f, .repetition_penalty = 1, .seed = 5},
    };
    emulated_gpus_init(&emulated, 1, 64 << 20);
    struct engine *e = open_on("cuda:0", QUANT_Q4);
    int32_t tokens[4], pages[4] = {0, 1, 2, 3};
    struct error err = {0};
    const struct backend_ops *ops = e->backend->ops;
    assert_int_equal(text_tokens(e, tokens, 4), 4);
    for (size_t i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++) {
        struct sampler *s = sampler_create(&OPTIONS[i], engine_ids(e), &err);
        assert_non_null(s);
        for (int round = 0; round < shapes(6); round++) {
            struct backend_choice choices[4];
            struct step_sequence step = {
                .tokens = tokens, .n_tokens = 4, .pages = pages, .n_logits = 4};
            for (size_t r = 0; r < 4; r++) assert_true(sampler_choice(s, r, &choices[r]));
            int32_t wanted[4];
            if (!ops->step(e->backend, &step, 1, &err)) fail_msg("%s", err.text);
            for (size_t r = 0; r < 4; r++) wanted[r] = sampler_pick(s, ops->logits(e->backend, r));
            step.choices = choices;
            if (!ops->step(e->backend, &step, 1, &err)) fail_msg("%s", err.text);
            for (size_t r = 0; r < 4; r++) assert_int_equal(ops->picked(e->backend, r), wanted[r]);
        }
        sampler_free(s);
    }
    engine_free(e);
}

struct text {
    char data[512];
    size_t len;
};

static bool collect(void *context, const char *text, size_t len, bool reasoning)
{
    struct text *t = context;
    (void)reasoning;
    if (len > sizeof t->data - 1 - t->len) len = sizeof t->data - 1 - t->len;
    memcpy(t->data + t->len, text, len);
    t->data[t->len += len] = '\0';
    return true;
}

static bool generate(struct engine *e, struct text *out, struct error *err)
{
    int32_t ids[12];
    struct tokens prompt = {.ids = ids, .len = text_tokens(e, ids, 12)};
    struct generate_options o = {
        .max_tokens = 6,
        .ignore_end = true,
        .sampler = {.temperature = 0, .top_p = 1, .repetition_penalty = 1}};
    struct generate_result result;
    *out = (struct text){0};
    return engine_generate(e, &prompt, &o, collect, out, &result, err);
}

/* By GPU alone, split over two, with the CPU: the same weights, so the same text. */
static void text_is_the_same_wherever_the_layers_are(void **state)
{
    (void)state;
    struct text one, other;
    struct error err = {0};
    emulated_gpus_init(&emulated, 1, 64 << 20);
    struct engine *e = open_on("auto", QUANT_BF16);
    assert_true(generate(e, &one, &err));
    assert_true(one.len > 0);
    engine_free(e);
    /* Two of too little memory for all of it, each. */
    emulated_gpus_init(&emulated, 2, 14 << 20);
    e = open_on("cuda", QUANT_BF16);
    struct engine_info info;
    engine_info(e, &info);
    assert_int_equal(info.n_gpus, 2);
    assert_true(generate(e, &other, &err));
    assert_string_equal(one.data, other.data);
    engine_free(e);
}

static void what_does_not_fit_is_refused_or_shared_with_the_cpu(void **state)
{
    (void)state;
    struct error err = {0};
    struct text text;
    emulated_gpus_init(&emulated, 1, 11 << 20);
    assert_null(try_open("cuda:0", QUANT_BF16, &err));
    print_message("%s\n", err.text);
    assert_int_equal(err.code, ERROR_MEMORY);
    assert_non_null(strstr(err.text, "on GPU 0 (emulated GPU)"));
    assert_non_null(strstr(err.text, "what would fit: "));
    assert_false(emulated.gpus[0].open);
    struct engine *e = open_on("auto", QUANT_BF16);
    struct engine_info info;
    engine_info(e, &info);
    assert_int_equal(info.n_gpus, 1);
    assert_non_null(strstr(info.device, "cpu "));
    assert_true(generate(e, &text, &err));
    assert_true(text.len > 0);
    engine_free(e);
}

static void a_lost_gpu_fails_requests_and_says_so(void **state)
{
    (void)state;
    struct error err = {0};
    struct text text;
    emulated_gpus_init(&emulated, 1, 64 << 20);
    struct engine *e = open_on("cuda:0", QUANT_Q4);
    struct scheduler *s = scheduler_create(e, &(struct scheduler_options){0}, &err);
    struct scheduler_stats stats;
    assert_non_null(s);
    assert_true(generate(e, &text, &err));
    scheduler_stats(s, &stats);
    assert_false(stats.lost);
    emulated.gpus[0].fails_after = 90;
    assert_false(generate(e, &text, &err));
    assert_non_null(strstr(err.text, "GPU 0"));
    assert_non_null(strstr(err.text, "lost"));
    scheduler_stats(s, &stats);
    assert_true(stats.lost);
    error_clear(&err);
    assert_false(generate(e, &text, &err));
    assert_int_equal(err.code, ERROR_BUSY);
    scheduler_free(s);
    engine_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nano_has_the_logits_that_it_has_on_the_cpu),
        cmocka_unit_test(tokens_picked_on_the_gpu_are_the_samplers),
        cmocka_unit_test(text_is_the_same_wherever_the_layers_are),
        cmocka_unit_test(what_does_not_fit_is_refused_or_shared_with_the_cpu),
        cmocka_unit_test(a_lost_gpu_fails_requests_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
