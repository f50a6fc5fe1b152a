/* The plan of a model's memory: sizes worked out by hand, the same ones that an engine then takes,
 * what does not fit refused with what does, and how much memory there is to plan with. */
#include "scratch.h"
#include "engine/plan.h"
#include "base/memory.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define CODER_1_3B "tests/golden/configs/deepseek-coder-1.3b-instruct"
#define QWEN_7B    "tests/golden/configs/DeepSeek-R1-Distill-Qwen-7B"
#define QWEN_32B   "tests/golden/configs/DeepSeek-R1-Distill-Qwen-32B"

static struct model_config shape(const char *dir)
{
    struct model_config c;
    struct error err = {0};
    if (!model_config_read(&c, dir, &err)) fail_msg("%s", err.text);
    return c;
}

static struct plan plan_of(const struct model_config *c, const struct engine_options *o)
{
    struct plan plan;
    struct error err = {0};
    if (!plan_make(c, o, &plan, &err)) fail_msg("%s", err.text);
    return plan;
}

/* ---- by hand ---- */

/* 24 layers of 2048, 5504 in between, 16 heads of 128 for keys and values too, 32256 tokens, an
 * output matrix of its own. A row of 2048 takes 1088 bytes in q4 (64 groups of 16 + 1), of 5504
 * 2924 (172 groups), and 4 for its scale; in q8 2176, 5848 and 4. Of these rows a layer has 6144
 * (q, k, v), 2048 (o) and 11008 (gate, up); of the long ones 2048. Its norms are 2 x 2048 f32. */
static void weights_are_as_worked_out_by_hand(void **state)
{
    (void)state;
    static const struct {
        enum quant_type type;
        size_t bytes;
    } CASES[] = {
        /* The embedding is in q8: 32256 x 2180. */
        {QUANT_Q4, 24 * (19200 * 1092 + 2048 * 2928 + 16384) + 32256UL * (2180 + 1092) + 8192},
        {QUANT_Q8, 24UL * (19200 * 2180 + 2048 * 5852 + 16384) + 32256UL * 2 * 2180 + 8192},
        {QUANT_BF16, 24UL * (19200 * 4096 + 2048 * 11008 + 16384) + 32256UL * 2 * 4096 + 8192},
    };
    struct model_config c = shape(CODER_1_3B);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct engine_options o = {.type = CASES[i].type};
        assert_int_equal(plan_of(&c, &o).weights, CASES[i].bytes);
    }
}

/* 1024 tokens are 32 pages of 32 tokens, and one is there to copy to: 1056 tokens; each has a key
 * and a value of 16 x 128 in each of 24 layers. In 8 bits each of the 16 has an f32 scale. */
static void the_kv_cache_is_as_worked_out_by_hand(void **state)
{
    (void)state;
    struct model_config c = shape(CODER_1_3B);
    struct engine_options o = {.type = QUANT_Q4, .context = 1024, .kv_bits = 16};
    assert_int_equal(plan_of(&c, &o).kv_cache, 1056UL * 2 * 24 * 16 * 128 * 2);
    o.kv_bits = 8;
    assert_int_equal(plan_of(&c, &o).kv_cache, 1056UL * 2 * 24 * 16 * (128 + 4));
    o.context = 1025; /* begins a page */
    assert_int_equal(plan_of(&c, &o).kv_cache, 1088UL * 2 * 24 * 16 * (128 + 4));
    o.kv_tokens = 8192; /* that sequences share */
    assert_int_equal(plan_of(&c, &o).kv_cache, 8224UL * 2 * 24 * 16 * (128 + 4));

    /* Of 28 heads 4 have keys and values of their own. Nothing said: 4096 tokens, 16 bits. */
    c = shape(QWEN_7B);
    o = (struct engine_options){.type = QUANT_Q4};
    assert_int_equal(plan_of(&c, &o).context, 4096);
    assert_int_equal(plan_of(&c, &o).kv_cache, 4128UL * 2 * 28 * 4 * 128 * 2);
}

static void the_sum_is_that_of_its_parts(void **state)
{
    (void)state;
    struct model_config c = shape(QWEN_7B);
    struct engine_options o = {.type = QUANT_Q4};
    struct plan p = plan_of(&c, &o);
    assert_true(p.activations > 0 && p.other > 0);
    assert_int_equal(p.total, p.weights + p.kv_cache + p.activations + p.other);
    /* A longer chunk takes more activations and nothing else. */
    o.chunk = 512;
    struct plan q = plan_of(&c, &o);
    assert_true(q.activations > p.activations);
    assert_int_equal(q.weights, p.weights);
    assert_int_equal(q.kv_cache, p.kv_cache);
}

static void a_context_beyond_the_models_is_refused(void **state)
{
    (void)state;
    struct model_config c = shape(CODER_1_3B);
    struct engine_options o = {.type = QUANT_Q4, .context = 16385};
    struct plan plan;
    struct error err = {0};
    assert_false(plan_make(&c, &o, &plan, &err));
    assert_int_equal(err.code, ERROR_USAGE);
    assert_string_equal(err.text, "context 16385: the model's limit is 16384");
}

/* ---- an engine takes what was planned ---- */

static void an_engine_takes_what_was_planned(void **state)
{
    (void)state;
    static const enum quant_type TYPES[] = {QUANT_Q4, QUANT_Q8, QUANT_BF16};
    struct model_config c = shape("models/nano");
    for (size_t i = 0; i < 6; i++) {
        struct engine_options o = {.model_dir = "models/nano",
                                   .type = TYPES[i / 2],
                                   .kv_bits = i % 2 ? 8 : 16,
                                   .context = 300 + i,
                                   .chunk = 64,
                                   .n_threads = 1 + i % 2,
                                   .random_shape = true};
        struct error err = {0};
        struct engine_info info;
        struct plan plan = plan_of(&c, &o);
        struct engine *e = engine_open(&o, &err);
        if (!e) fail_msg("%s", err.text);
        engine_info(e, &info);
        assert_int_equal(info.context, plan.context);
        assert_int_equal(info.weight_bytes, plan.weights);
        assert_int_equal(info.kv_bytes, plan.kv_cache);
        assert_int_equal(info.activation_bytes, plan.activations);
        engine_free(e);
    }
}

static void an_engine_that_does_not_fit_is_not_opened(void **state)
{
    (void)state;
    struct engine_options o = {.model_dir = "models/nano", .type = QUANT_Q8, .context = 512};
    struct model_config c = shape("models/nano");
    struct error err = {0};
    o.memory_limit = plan_of(&c, &o).total - 1;
    assert_null(engine_open(&o, &err));
    assert_int_equal(err.code, ERROR_MEMORY);
    assert_non_null(strstr(err.text, "models/nano: needs 0.0"));

    error_clear(&err);
    o.memory_limit++;
    struct engine *e = engine_open(&o, &err);
    if (!e) fail_msg("%s", err.text);
    engine_free(e);

    /* The override: 65 GB of weights are not looked at; that they are not there is said. */
    error_clear(&err);
    o = (struct engine_options){.model_dir = QWEN_32B, .type = QUANT_BF16, .memory_limit = 1 << 30};
    assert_null(engine_open(&o, &err));
    assert_int_equal(err.code, ERROR_MEMORY);
    error_clear(&err);
    o.memory_limit = SIZE_MAX;
    assert_null(engine_open(&o, &err));
    assert_int_not_equal(err.code, ERROR_MEMORY);
}

/* ---- what would fit ---- */

static void the_longest_context_fits_and_a_page_more_does_not(void **state)
{
    (void)state;
    struct model_config c = shape(QWEN_32B);
    struct engine_options o = {.type = QUANT_Q4};
    size_t limit = 20000000000;
    size_t longest = plan_longest_context(&c, &o, limit);
    assert_true(longest > 4096 && longest < c.context);
    assert_int_equal(longest % KV_PAGE, 0);
    o.context = longest;
    assert_true(plan_of(&c, &o).total <= limit);
    o.context = longest + KV_PAGE;
    assert_true(plan_of(&c, &o).total > limit);

    assert_int_equal(plan_longest_context(&c, &o, SIZE_MAX), c.context);
    assert_int_equal(plan_longest_context(&c, &o, 1000000000), 0);
    /* To the byte. */
    o.context = 640;
    limit = plan_of(&c, &o).total;
    assert_int_equal(plan_longest_context(&c, &o, limit), 640);
    assert_int_equal(plan_longest_context(&c, &o, limit - 1), 608);
}

static const char *refusal(const struct model_config *c, const struct engine_options *o,
                           size_t limit)
{
    static struct error err;
    error_clear(&err);
    if (plan_check(c, o, limit, "MODEL", &err)) return "it fits";
    assert_int_equal(err.code, ERROR_MEMORY);
    assert_non_null(strstr(err.text, "MODEL: needs "));
    assert_non_null(strstr(err.text, "a smaller model"));
    assert_non_null(strstr(err.text, "LLM_MEMORY=off"));
    return err.text;
}

static void what_does_not_fit_is_refused_with_what_does(void **state)
{
    (void)state;
    struct model_config c = shape(QWEN_7B);
    struct engine_options o = {.type = QUANT_BF16};
    assert_string_equal(refusal(&c, &o, SIZE_MAX), "it fits");
    assert_string_equal(refusal(&c, &o, plan_of(&c, &o).total), "it fits");

    const char *text = refusal(&c, &o, 9000000000); /* bf16 takes 15 GB, q8 8.5, q4 4.7 */
    assert_non_null(strstr(text, "needs 15.6"));
    assert_non_null(strstr(text, "9.00 GB can be had"));
    assert_non_null(strstr(text, "8-bit weights (--quant 8bit); 4-bit weights (--quant 4bit);"));
    assert_null(strstr(text, "--context"));
    assert_null(strstr(text, "--kv-bits"));

    text = refusal(&c, &o, 5000000000);
    assert_null(strstr(text, "8-bit weights"));
    assert_non_null(strstr(text, "4-bit weights (--quant 4bit);"));

    text = refusal(&c, &o, 100000000);
    assert_non_null(strstr(text, "what would fit: a smaller model"));
}

static void a_context_that_does_not_fit_is_refused_with_one_that_does(void **state)
{
    (void)state;
    struct model_config c = shape(QWEN_7B);
    struct engine_options o = {.type = QUANT_Q4, .context = 131072};
    /* Of 131072 tokens the KV cache takes 7.5 GB, in 8 bits 3.9. */
    size_t limit = 9000000000, context = 0;
    const char *text = refusal(&c, &o, limit);
    assert_non_null(strstr(text, "an 8-bit KV cache (--kv-bits 8);"));
    const char *shorter = strstr(text, "a shorter context (--context ");
    assert_non_null(shorter);
    assert_int_equal(sscanf(shorter, "a shorter context (--context %zu)", &context), 1);
    o.context = context;
    assert_string_equal(refusal(&c, &o, limit), "it fits");
    o.context = context + KV_PAGE;
    assert_string_not_equal(refusal(&c, &o, limit), "it fits");

    o = (struct engine_options){.type = QUANT_BF16, .context = 131072};
    text = refusal(&c, &o, limit); /* only both together */
    assert_non_null(strstr(text, "4-bit weights (--quant 4bit) with --context "));
}

/* ---- how much there is ---- */

static void the_machines_available_memory_counts(void **state)
{
    (void)state;
    assert_int_equal(memory_available(scratch).bytes, SIZE_MAX); /* not known */
    scratch_put("proc/meminfo",
                "MemTotal:  2000000 kB\nMemFree: 100 kB\nMemAvailable:   1500000 kB\n");
    struct memory_available m = memory_available(scratch);
    assert_int_equal(m.bytes, 1536000000);
    assert_int_equal(m.total, 2048000000);
    assert_false(m.by_group);
    assert_true(memory_available("").bytes > 0); /* this machine's */
}

static void a_control_group_bounds_it(void **state)
{
    (void)state;
    scratch_put("proc/meminfo", "MemTotal: 2000000 kB\nMemAvailable: 1500000 kB\n");
    scratch_put("proc/self/cgroup", "0::/box/inner\n");
    scratch_put("sys/fs/cgroup/box/inner/memory.max", "max\n");
    scratch_put("sys/fs/cgroup/box/inner/memory.current", "500000000\n");
    assert_false(memory_available(scratch).by_group);

    /* The group above it; what files hold can be dropped. */
    scratch_put("sys/fs/cgroup/box/memory.max", "1000000000\n");
    scratch_put("sys/fs/cgroup/box/memory.current", "700000000\n");
    scratch_put("sys/fs/cgroup/box/memory.stat",
                "anon 1\ninactive_file 200000000\nactive_file 100000000\n");
    struct memory_available m = memory_available(scratch);
    assert_true(m.by_group);
    assert_int_equal(m.bytes, 600000000);
    assert_int_equal(m.total, 1000000000);

    scratch_put("sys/fs/cgroup/box/inner/memory.max", "400000000\n"); /* less than it has */
    m = memory_available(scratch);
    assert_int_equal(m.bytes, 0);
    assert_int_equal(m.total, 400000000);
}

static void a_control_group_of_version_1_bounds_it(void **state)
{
    (void)state;
    scratch_put("proc/meminfo", "MemTotal: 2000000 kB\nMemAvailable: 1500000 kB\n");
    scratch_put("proc/self/cgroup", "9:cpu,cpuacct:/x\n4:memory:/docker/abc\n");
    /* In a container the path is the host's, and what is mounted is the group itself. */
    scratch_put("sys/fs/cgroup/memory/memory.limit_in_bytes", "800000000\n");
    scratch_put("sys/fs/cgroup/memory/memory.usage_in_bytes", "300000000\n");
    scratch_put("sys/fs/cgroup/memory/memory.stat",
                "cache 5\ninactive_file 1\ntotal_inactive_file 50000000\n");
    struct memory_available m = memory_available(scratch);
    assert_true(m.by_group);
    assert_int_equal(m.bytes, 550000000);
    /* No limit is a number near 2^63 there. */
    scratch_put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    assert_false(memory_available(scratch).by_group);
}

static void what_is_available_is_not_planned_to_the_last_byte(void **state)
{
    (void)state;
    struct engine_options o = {.memory_limit = 12345};
    assert_int_equal(plan_limit(&o), 12345);
    o.memory_limit = SIZE_MAX;
    assert_int_equal(plan_limit(&o), SIZE_MAX);
    o.memory_limit = 0;
    size_t limit = plan_limit(&o);
    assert_true(limit > 0 && limit < memory_available("").total);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_are_as_worked_out_by_hand),
        cmocka_unit_test(the_kv_cache_is_as_worked_out_by_hand),
        cmocka_unit_test(the_sum_is_that_of_its_parts),
        cmocka_unit_test(a_context_beyond_the_models_is_refused),
        cmocka_unit_test(an_engine_takes_what_was_planned),
        cmocka_unit_test(an_engine_that_does_not_fit_is_not_opened),
        cmocka_unit_test(the_longest_context_fits_and_a_page_more_does_not),
        cmocka_unit_test(what_does_not_fit_is_refused_with_what_does),
        cmocka_unit_test(a_context_that_does_not_fit_is_refused_with_one_that_does),
        cmocka_unit_test_setup_teardown(the_machines_available_memory_counts, scratch_make,
                                        scratch_remove),
        cmocka_unit_test_setup_teardown(a_control_group_bounds_it, scratch_make, scratch_remove),
        cmocka_unit_test_setup_teardown(a_control_group_of_version_1_bounds_it, scratch_make,
                                        scratch_remove),
        cmocka_unit_test(what_is_available_is_not_planned_to_the_last_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
