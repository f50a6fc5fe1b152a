/* Which layers go to which GPU, and what that takes: the sizes that README promises, splits over
 * GPUs by their free memory, the CPU's share, and what is refused. No kernel runs. */
#include "../cuda_device.h"
#include "backend/cuda/placement.h"
#include "engine/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CONFIGS "tests/golden/configs/"
static const size_t GB = 1000000000;

static struct emulated_gpus emulated;
static struct gpus gpus;

static struct model_config shape(const char *name)
{
    struct model_config c;
    struct error err = {0};
    char path[256];
    snprintf(path, sizeof path, CONFIGS "%s", name);
    if (!model_config_read(&c, path, &err)) fail_msg("%s", err.text);
    return c;
}

/* GPUs of so many bytes each, up to a 0. */
static void have(const char *device, const size_t *bytes)
{
    struct error err = {0};
    gpus_close(&gpus);
    emulated_gpus_init(&emulated, 0, 0);
    for (; bytes[emulated.n]; emulated.n++) emulated.gpus[emulated.n].memory = bytes[emulated.n];
    if (!gpus_open(&gpus, device, &emulated.source, &err)) fail_msg("%s", err.text);
}
#define HAVE(device, ...) have(device, (const size_t[]){__VA_ARGS__, 0})

static struct plan plan_of(const struct model_config *c, struct engine_options o)
{
    struct plan plan;
    struct error err = {0};
    o.gpus = &gpus;
    if (!plan_make(c, &o, &plan, &err)) fail_msg("%s", err.text);
    return plan;
}

static size_t bytes_of(const struct backend_memory *m)
{
    return m->weights + m->kv_cache + m->activations;
}

/* Each stage follows the one before, the first embeds, the last has the head, none takes more than
 * its GPU has. */
static void assert_sound(const struct placement *p, const struct model_config *c)
{
    size_t next = p->cpu_layers;
    assert_true(p->fits);
    assert_true(p->n_stages > 0);
    for (size_t i = 0; i < p->n_stages; i++) {
        const struct placed_stage *s = &p->stages[i];
        assert_int_equal(s->first, next);
        assert_true(s->n_layers > 0);
        assert_int_equal(s->embeds, s->first == 0);
        next += s->n_layers;
        assert_int_equal(s->heads, next == c->n_layers);
        assert_true(i == 0 || s->gpu > p->stages[i - 1].gpu);
        assert_true(bytes_of(&s->memory) <= placement_room(&gpus.devices[s->gpu]->info));
    }
    assert_int_equal(next, c->n_layers);
}

static void video_memory_is_what_was_promised(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        unsigned kv_bits;
        double most; /* GB */
    } CASES[] = {{"deepseek-coder-6.7b-instruct", 8, 5},
                 {"deepseek-coder-33b-instruct", 16, 20},
                 {"deepseek-coder-1.3b-instruct", 8, 1.22}};
    HAVE("cuda:0", 80 * GB);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct model_config c = shape(CASES[i].name);
        struct plan p = plan_of(&c, (struct engine_options){.type = QUANT_Q4,
                                                            .context = 4096,
                                                            .max_sequences = 1,
                                                            .kv_bits = CASES[i].kv_bits});
        assert_sound(&p.gpus, &c);
        assert_int_equal(p.gpus.n_stages, 1);
        print_message("%s: weights %.3f, KV cache %.3f, activations %.3f GB\n", CASES[i].name,
                      (double)p.weights / 1e9, (double)p.kv_cache / 1e9,
                      (double)p.activations / 1e9);
        assert_true((double)bytes_of(&p.gpus.memory) / 1e9 <= CASES[i].most);
    }
}

static void weights_and_kv_are_those_of_the_cpu_but_for_alignment(void **state)
{
    (void)state;
    static const char *const names[] = {"deepseek-coder-1.3b-instruct",
                                        "DeepSeek-R1-Distill-Qwen-1.5B",
                                        "DeepSeek-R1-0528-Qwen3-8B"};
    HAVE("cuda:0", 80 * GB);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (enum quant_type type = QUANT_Q4; type <= QUANT_BF16; type++)
            for (unsigned bits = 8; bits <= 16; bits += 8) {
                struct model_config c = shape(names[i]);
                struct engine_options o = {.type = type, .kv_bits = bits};
                struct plan gpu = plan_of(&c, o), cpu;
                struct error err = {0};
                assert_true(plan_make(&c, &o, &cpu, &err));
                assert_in_range(gpu.weights, cpu.weights, cpu.weights + c.n_layers * 4096);
                /* A page more, for padding. */
                size_t page = cpu.kv_cache / (4096 / KV_PAGE + 1);
                assert_in_range(gpu.kv_cache, cpu.kv_cache + page,
                                cpu.kv_cache + page + c.n_layers * 256);
            }
}

static void a_model_that_fits_on_one_is_put_on_the_one_with_most_room(void **state)
{
    (void)state;
    struct model_config c = shape("DeepSeek-R1-Distill-Qwen-7B");
    struct engine_options o = {.type = QUANT_Q4};
    HAVE("cuda", 8 * GB, 24 * GB, 12 * GB);
    struct plan p = plan_of(&c, o);
    assert_sound(&p.gpus, &c);
    assert_int_equal(p.gpus.n_stages, 1);
    assert_int_equal(p.gpus.stages[0].gpu, 1);
    assert_true(p.host < GB / 2);
    HAVE("cuda:2", 8 * GB, 24 * GB, 12 * GB);
    assert_int_equal(gpus.n, 1);
    assert_int_equal(gpus.devices[0]->index, 2);
    p = plan_of(&c, o);
    assert_sound(&p.gpus, &c);
}

static void layers_are_split_by_free_memory(void **state)
{
    (void)state;
    struct model_config c = shape("deepseek-coder-33b-instruct");
    struct engine_options o = {.type = QUANT_Q4, .kv_bits = 8};
    HAVE("cuda", 12 * GB, 12 * GB);
    struct plan p = plan_of(&c, o);
    assert_sound(&p.gpus, &c);
    assert_int_equal(p.gpus.n_stages, 2);
    assert_in_range(p.gpus.stages[0].n_layers, c.n_layers / 2 - 2, c.n_layers / 2 + 2);
    HAVE("auto", 16 * GB, 8 * GB);
    p = plan_of(&c, o);
    assert_sound(&p.gpus, &c);
    assert_in_range(p.gpus.stages[0].n_layers, c.n_layers * 2 / 3 - 3, c.n_layers * 2 / 3 + 3);
    assert_int_equal(p.gpus.cpu_layers, 0);
    /* One that is too small for a layer is left out. */
    HAVE("cuda", 12 * GB, GB / 20, 12 * GB);
    p = plan_of(&c, o);
    assert_sound(&p.gpus, &c);
    assert_int_equal(p.gpus.n_stages, 2);
    assert_int_equal(p.gpus.stages[1].gpu, 2);
}

static void the_cpu_takes_what_fits_on_no_gpu(void **state)
{
    (void)state;
    struct model_config c = shape("deepseek-coder-33b-instruct");
    struct engine_options o = {.type = QUANT_Q4};
    HAVE("auto", 12 * GB);
    struct plan p = plan_of(&c, o);
    assert_sound(&p.gpus, &c);
    assert_in_range(p.gpus.cpu_layers, 20, 40);
    assert_true(p.host > 5 * GB && p.host < 14 * GB);
    assert_true(bytes_of(&p.gpus.memory) > 10 * GB);
    assert_true(plan_fits(&p, p.host));
    assert_false(plan_fits(&p, p.host - 1));
    /* And all of it where there is no room for a layer. */
    HAVE("auto", GB / 20);
    p = plan_of(&c, o);
    assert_int_equal(p.gpus.n_stages, 0);
    assert_int_equal(p.host, p.total);
}

/* Every amount of memory gives a placement that is sound, or none. */
static void every_amount_of_memory_is_placed_or_refused(void **state)
{
    (void)state;
    struct model_config c = shape("deepseek-coder-1.3b-instruct");
    struct engine_options o = {.type = QUANT_Q4, .max_sequences = 2, .chunk = 64};
    size_t last_cpu = c.n_layers;
    for (size_t mb = 20; mb <= 2400; mb += 35) {
        HAVE("auto", mb * 1000000);
        struct plan p = plan_of(&c, o);
        if (p.gpus.n_stages) assert_sound(&p.gpus, &c);
        size_t cpu = p.gpus.n_stages ? p.gpus.cpu_layers : c.n_layers;
        assert_true(cpu <= last_cpu); /* more memory never takes less */
        last_cpu = cpu;
        HAVE("cuda", mb * 600000, mb * 300000, mb * 100000);
        p = plan_of(&c, o);
        if (p.gpus.fits) assert_sound(&p.gpus, &c);
    }
    assert_int_equal(last_cpu, 0);
}

static void what_does_not_fit_is_refused_with_what_would(void **state)
{
    (void)state;
    struct model_config c = shape("DeepSeek-R1-Distill-Qwen-7B");
    struct engine_options o = {.type = QUANT_Q8};
    struct error err = {0};
    HAVE("cuda:0", 6 * GB);
    o.gpus = &gpus;
    assert_false(plan_check(&c, &o, SIZE_MAX, "MODEL", &err));
    print_message("%s\n", err.text);
    assert_int_equal(err.code, ERROR_MEMORY);
    assert_non_null(strstr(err.text, "MODEL: needs "));
    assert_non_null(strstr(err.text, "5.90 GB can be had on GPU 0 (emulated GPU) (DEVICE=auto"));
    assert_non_null(strstr(err.text, "4-bit weights (--quant 4bit)"));
    assert_true(plan_longest_context(&c, &o, SIZE_MAX) == 0);
    o.type = QUANT_Q4;
    assert_true(plan_check(&c, &o, SIZE_MAX, "MODEL", &err));
    size_t longest = plan_longest_context(&c, &o, SIZE_MAX);
    assert_in_range(longest, 8192, c.context);
    o.context = longest;
    assert_true(plan_of(&c, o).gpus.fits);
    o.context = longest + KV_PAGE;
    assert_true(longest == c.context || !plan_of(&c, o).gpus.fits);
    /* With the CPU beside it the machine's memory is what bounds. */
    HAVE("auto", 6 * GB);
    o = (struct engine_options){.type = QUANT_Q8, .gpus = &gpus};
    assert_true(plan_check(&c, &o, 8 * GB, "MODEL", &err));
    error_clear(&err);
    assert_false(plan_check(&c, &o, GB, "MODEL", &err));
    assert_non_null(strstr(err.text, "1.00 GB can be had"));
}

static void kv_for_several_contexts_is_as_much_as_fits(void **state)
{
    (void)state;
    struct model_config c = shape("deepseek-coder-6.7b-instruct");
    struct engine_options o = {.type = QUANT_Q4, .kv_contexts = 4};
    HAVE("cuda:0", 9 * GB); /* 2 GB a context */
    o.gpus = &gpus;
    plan_kv_tokens(&c, &o, SIZE_MAX);
    assert_int_equal(o.kv_tokens, 2 * 4096);
    HAVE("cuda:0", 24 * GB);
    plan_kv_tokens(&c, &o, SIZE_MAX);
    assert_int_equal(o.kv_tokens, 4 * 4096);
    HAVE("cuda:0", 6 * GB);
    plan_kv_tokens(&c, &o, SIZE_MAX);
    assert_int_equal(o.kv_tokens, 0);
}

static void what_the_kernels_cannot_do_is_said(void **state)
{
    (void)state;
    struct model_config c = shape("DeepSeek-R1-Distill-Qwen-1.5B");
    struct engine_options o = {.type = QUANT_Q4};
    struct plan plan;
    struct error err = {0};
    c.head_dim = 72;
    HAVE("cuda:0", 6 * GB);
    o.gpus = &gpus;
    assert_false(plan_make(&c, &o, &plan, &err));
    assert_int_equal(err.code, ERROR_UNSUPPORTED);
    assert_non_null(strstr(err.text, "heads of 72"));
    HAVE("auto", 6 * GB);
    assert_int_equal(plan_of(&c, o).gpus.n_stages, 0);
}

static void devices_are_those_that_were_asked_for(void **state)
{
    (void)state;
    struct error err = {0};
    emulated_gpus_init(&emulated, 2, GB);
    struct device_source *s = &emulated.source;
    assert_true(gpus_check("auto", s, &err) && gpus_check(NULL, s, &err));
    assert_true(gpus_check("cpu", s, &err) && gpus_check("cuda", s, &err));
    assert_true(gpus_check("cuda:1", s, &err));
    assert_false(gpus_check("cuda:2", s, &err));
    assert_string_equal(err.text,
                        "device \"cuda:2\": there is no GPU 2, the driver finds 2 (from 0); "
                        "DEVICE=auto would use those");
    HAVE("cpu", GB);
    assert_int_equal(gpus.n, 0);
    HAVE("auto", GB, GB);
    assert_int_equal(gpus.n, 2);
    assert_true(gpus.with_cpu);
    /* One that does not open: "auto" goes on without it, "cuda" does not. */
    gpus_close(&gpus);
    emulated.gpus[0].memory = 0;
    error_clear(&err);
    assert_true(gpus_open(&gpus, "auto", s, &err));
    assert_int_equal(gpus.n, 1);
    gpus_close(&gpus);
    assert_false(gpus_open(&gpus, "cuda", s, &err));
    gpus_close(&gpus);
    assert_false(emulated.gpus[1].open);
    emulated.n = 0;
    error_clear(&err);
    assert_true(gpus_open(&gpus, "auto", s, &err));
    assert_int_equal(gpus.n, 0);
    assert_false(gpus_check("cuda:0", s, &err));
    assert_int_equal(err.code, ERROR_UNSUPPORTED);
    assert_string_equal(err.text,
                        "device \"cuda:0\": there is no GPU: none is emulated; DEVICE=auto "
                        "would compute on the CPU");
}

static int close_gpus(void **state)
{
    (void)state;
    gpus_close(&gpus);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(video_memory_is_what_was_promised),
        cmocka_unit_test(weights_and_kv_are_those_of_the_cpu_but_for_alignment),
        cmocka_unit_test(a_model_that_fits_on_one_is_put_on_the_one_with_most_room),
        cmocka_unit_test(layers_are_split_by_free_memory),
        cmocka_unit_test(the_cpu_takes_what_fits_on_no_gpu),
        cmocka_unit_test(every_amount_of_memory_is_placed_or_refused),
        cmocka_unit_test(what_does_not_fit_is_refused_with_what_would),
        cmocka_unit_test(kv_for_several_contexts_is_as_much_as_fits),
        cmocka_unit_test(what_the_kernels_cannot_do_is_said),
        cmocka_unit_test(devices_are_those_that_were_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, close_gpus);
}
