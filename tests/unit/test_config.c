/* config.json: the real models' files, the frequencies that follow from them, and what is refused.
 */
#include "scratch.h"
#include "base/file.h"
#include "base/json.h"
#include "model/config.h"
#include "model/safetensors.h"

#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define CONFIGS "tests/golden/configs/"

/* Reads real model `name` with the fields of the JSON object `changes` put into its config (null
 * takes a field away) and with this generation_config.json (NULL: none). */
static bool read_changed(struct model_config *c, const char *name, const char *changes,
                         const char *generation, struct error *err)
{
    char path[256];
    struct error bad = {0};
    *err = (struct error){0};
    snprintf(path, sizeof path, CONFIGS "%s/config.json", name);
    json_t *root = json_read_file(path, 1 << 20, &bad);
    json_t *change = json_read_text(changes, strlen(changes), "changes", &bad);
    if (!root || !change) fail_msg("%s", bad.text);
    const char *key;
    json_t *value;
    json_object_foreach(change, key, value)
    {
        if (json_is_null(value))
            json_object_del(root, key);
        else
            json_object_set(root, key, value);
    }
    char *text = json_dumps(root, 0);
    scratch_put("config.json", text);
    free(text);
    json_decref(root);
    json_decref(change);
    if (generation) scratch_put("generation_config.json", generation);
    bool ok = model_config_read(c, scratch, err);
    unlink(in_scratch("generation_config.json"));
    return ok;
}

static const struct {
    const char *name;
    struct model_config c;
    size_t parameters; /* as transformers counts them */
} real[] = {
    {"DeepSeek-R1-Distill-Qwen-1.5B",
     {.arch = ARCH_QWEN2,
      .hidden = 1536,
      .intermediate = 8960,
      .n_layers = 28,
      .n_heads = 12,
      .n_kv_heads = 2,
      .head_dim = 128,
      .vocab = 151936,
      .context = 131072,
      .norm_eps = 1e-6f,
      .qkv_bias = true,
      .rope = {.theta = 10000},
      .bos = 151643,
      .eos = {151643},
      .n_eos = 1},
     1777088000},
    {"DeepSeek-R1-Distill-Qwen-7B",
     {.arch = ARCH_QWEN2,
      .hidden = 3584,
      .intermediate = 18944,
      .n_layers = 28,
      .n_heads = 28,
      .n_kv_heads = 4,
      .head_dim = 128,
      .vocab = 152064,
      .context = 131072,
      .norm_eps = 1e-6f,
      .qkv_bias = true,
      .rope = {.theta = 10000},
      .bos = 151643,
      .eos = {151643},
      .n_eos = 1},
     7615616512},
    {"DeepSeek-R1-Distill-Qwen-14B",
     {.arch = ARCH_QWEN2,
      .hidden = 5120,
      .intermediate = 13824,
      .n_layers = 48,
      .n_heads = 40,
      .n_kv_heads = 8,
      .head_dim = 128,
      .vocab = 152064,
      .context = 131072,
      .norm_eps = 1e-5f,
      .qkv_bias = true,
      .rope = {.theta = 1e6},
      .bos = 151643,
      .eos = {151643},
      .n_eos = 1},
     14770033664},
    {"DeepSeek-R1-Distill-Qwen-32B",
     {.arch = ARCH_QWEN2,
      .hidden = 5120,
      .intermediate = 27648,
      .n_layers = 64,
      .n_heads = 40,
      .n_kv_heads = 8,
      .head_dim = 128,
      .vocab = 152064,
      .context = 131072,
      .norm_eps = 1e-5f,
      .qkv_bias = true,
      .rope = {.theta = 1e6},
      .bos = 151643,
      .eos = {151643},
      .n_eos = 1},
     32763876352},
    {"DeepSeek-R1-Distill-Llama-8B",
     {.arch = ARCH_LLAMA,
      .hidden = 4096,
      .intermediate = 14336,
      .n_layers = 32,
      .n_heads = 32,
      .n_kv_heads = 8,
      .head_dim = 128,
      .vocab = 128256,
      .context = 131072,
      .norm_eps = 1e-5f,
      .rope = {.kind = ROPE_LLAMA3,
               .theta = 5e5,
               .factor = 8,
               .low_freq_factor = 1,
               .high_freq_factor = 4,
               .original_context = 8192},
      .bos = 128000,
      .eos = {128001},
      .n_eos = 1},
     8030261248},
    {"DeepSeek-R1-Distill-Llama-70B",
     {.arch = ARCH_LLAMA,
      .hidden = 8192,
      .intermediate = 28672,
      .n_layers = 80,
      .n_heads = 64,
      .n_kv_heads = 8,
      .head_dim = 128,
      .vocab = 128256,
      .context = 131072,
      .norm_eps = 1e-5f,
      .rope = {.kind = ROPE_LLAMA3,
               .theta = 5e5,
               .factor = 8,
               .low_freq_factor = 1,
               .high_freq_factor = 4,
               .original_context = 8192},
      .bos = 128000,
      .eos = {128001},
      .n_eos = 1},
     70553706496},
    {"DeepSeek-R1-0528-Qwen3-8B",
     {.arch = ARCH_QWEN3,
      .hidden = 4096,
      .intermediate = 12288,
      .n_layers = 36,
      .n_heads = 32,
      .n_kv_heads = 8,
      .head_dim = 128,
      .vocab = 151936,
      .context = 131072,
      .norm_eps = 1e-6f,
      .qk_norm = true,
      .rope = {.kind = ROPE_YARN,
               .theta = 1e6,
               .factor = 4,
               .original_context = 32768,
               .beta_fast = 32,
               .beta_slow = 1},
      .bos = 151643,
      .eos = {151645},
      .n_eos = 1},
     8190735360},
    {"deepseek-coder-1.3b-instruct",
     {.arch = ARCH_LLAMA,
      .hidden = 2048,
      .intermediate = 5504,
      .n_layers = 24,
      .n_heads = 16,
      .n_kv_heads = 16,
      .head_dim = 128,
      .vocab = 32256,
      .context = 16384,
      .norm_eps = 1e-6f,
      .rope = {.kind = ROPE_LINEAR, .theta = 1e5, .factor = 4},
      .bos = 32013,
      .eos = {32021},
      .n_eos = 1},
     1346471936},
    {"deepseek-coder-6.7b-instruct",
     {.arch = ARCH_LLAMA,
      .hidden = 4096,
      .intermediate = 11008,
      .n_layers = 32,
      .n_heads = 32,
      .n_kv_heads = 32,
      .head_dim = 128,
      .vocab = 32256,
      .context = 16384,
      .norm_eps = 1e-6f,
      .rope = {.kind = ROPE_LINEAR, .theta = 1e5, .factor = 4},
      .bos = 32013,
      .eos = {32021},
      .n_eos = 1},
     6740512768},
    {"deepseek-coder-33b-instruct",
     {.arch = ARCH_LLAMA,
      .hidden = 7168,
      .intermediate = 19200,
      .n_layers = 62,
      .n_heads = 56,
      .n_kv_heads = 8,
      .head_dim = 128,
      .vocab = 32256,
      .context = 16384,
      .norm_eps = 1e-6f,
      .rope = {.kind = ROPE_LINEAR, .theta = 1e5, .factor = 4},
      .bos = 32013,
      .eos = {32021},
      .n_eos = 1},
     33342991360},
};

static void config_of_each_real_model_is_read_right(void **s)
{
    (void)s;
    for (size_t i = 0; i < sizeof real / sizeof *real; i++) {
        struct model_config c;
        const struct model_config *want = &real[i].c;
        struct error err = {0};
        char path[256];
        snprintf(path, sizeof path, CONFIGS "%s", real[i].name);
        if (!model_config_read(&c, path, &err)) fail_msg("%s", err.text);
        assert_int_equal(c.arch, want->arch);
        assert_int_equal(c.hidden, want->hidden);
        assert_int_equal(c.intermediate, want->intermediate);
        assert_int_equal(c.n_layers, want->n_layers);
        assert_int_equal(c.n_heads, want->n_heads);
        assert_int_equal(c.n_kv_heads, want->n_kv_heads);
        assert_int_equal(c.head_dim, want->head_dim);
        assert_int_equal(c.vocab, want->vocab);
        assert_int_equal(c.context, want->context);
        assert_true(c.norm_eps == want->norm_eps);
        assert_int_equal(c.tied_head, want->tied_head);
        assert_int_equal(c.qkv_bias, want->qkv_bias);
        assert_int_equal(c.o_bias, want->o_bias);
        assert_int_equal(c.qk_norm, want->qk_norm);
        assert_int_equal(c.rope.kind, want->rope.kind);
        assert_true(c.rope.theta == want->rope.theta);
        if (c.rope.kind != ROPE_DEFAULT) assert_true(c.rope.factor == want->rope.factor);
        assert_true(c.rope.low_freq_factor == want->rope.low_freq_factor);
        assert_true(c.rope.high_freq_factor == want->rope.high_freq_factor);
        assert_int_equal(c.rope.original_context, want->rope.original_context);
        assert_true(c.rope.beta_fast == want->rope.beta_fast);
        assert_true(c.rope.beta_slow == want->rope.beta_slow);
        assert_int_equal(c.bos, want->bos);
        assert_int_equal(c.n_eos, want->n_eos);
        assert_int_equal(c.eos[0], want->eos[0]);
        assert_int_equal(c.eos[1], -1);
        assert_int_equal(model_config_parameters(&c), real[i].parameters);
    }
}

static void rope_frequencies_are_those_of_transformers(void **s)
{
    (void)s;
    struct error err = {0};
    struct tensor_set *set = tensor_set_open_file(CONFIGS "rope.safetensors", &err);
    if (!set) fail_msg("%s", err.text);
    size_t tested = 0;
    for (size_t i = 0; i < tensor_set_count(set); i++) {
        const struct tensor *t = tensor_set_at(set, i);
        const char *dot = strstr(t->name, ".inv_freq");
        if (!dot) continue;
        char name[128], path[256];
        snprintf(name, sizeof name, "%.*s.scale", (int)(dot - t->name), t->name);
        snprintf(path, sizeof path, CONFIGS "%.*s", (int)(dot - t->name), t->name);
        struct model_config c;
        if (!model_config_read(&c, path, &err)) fail_msg("%s", err.text);
        float want[128], want_scale, got[128], scale;
        assert_int_equal(t->shape[0], c.head_dim / 2);
        tensor_read_f32(t, 0, t->shape[0], want);
        tensor_read_f32(tensor_set_find(set, name), 0, 1, &want_scale);
        rope_frequencies(&c, got, &scale);
        for (size_t j = 0; j < c.head_dim / 2; j++)
            if (!(fabsf(got[j] - want[j]) <= 1e-6f * want[j])) /* both round in f32 */
                fail_msg("%s: frequency %zu is %.9g, expected %.9g", path, j, (double)got[j],
                         (double)want[j]);
        if (!(fabsf(scale - want_scale) <= 1e-6f))
            fail_msg("%s: scale %.9g, expected %.9g", path, (double)scale, (double)want_scale);
        tested++;
    }
    assert_int_equal(tested, 16);
    tensor_set_free(set);
}

static void rope_parameters_of_transformers_5_mean_the_same(void **s)
{
    (void)s;
    struct model_config old, new;
    struct error err;
    float a[128], b[128], scale_a, scale_b;
    assert_true(read_changed(&old, "DeepSeek-R1-0528-Qwen3-8B", "{}", NULL, &err));
    assert_true(read_changed(&new, "DeepSeek-R1-0528-Qwen3-8B",
                             "{\"rope_scaling\": null, \"rope_theta\": null, \"rope_parameters\": "
                             "{\"rope_type\": \"yarn\", \"rope_theta\": 1000000, \"factor\": 4.0, "
                             "\"original_max_position_embeddings\": 32768}}",
                             NULL, &err));
    rope_frequencies(&old, a, &scale_a);
    rope_frequencies(&new, b, &scale_b);
    assert_memory_equal(a, b, 64 * sizeof *a);
    assert_true(scale_a == scale_b && scale_a > 1.138f && scale_a < 1.139f);
}

static void biases_and_head_size_depend_on_the_architecture(void **s)
{
    (void)s;
    struct model_config c;
    struct error err;
    assert_true(
        read_changed(&c, "DeepSeek-R1-Distill-Llama-8B", "{\"attention_bias\": true}", NULL, &err));
    assert_true(c.qkv_bias && c.o_bias);
    assert_true(
        read_changed(&c, "DeepSeek-R1-0528-Qwen3-8B", "{\"attention_bias\": true}", NULL, &err));
    assert_true(c.qkv_bias && c.o_bias);
    assert_true(
        read_changed(&c, "DeepSeek-R1-Distill-Qwen-7B", "{\"attention_bias\": false}", NULL, &err));
    assert_true(c.qkv_bias && !c.o_bias);
    assert_true(read_changed(&c, "DeepSeek-R1-0528-Qwen3-8B",
                             "{\"hidden_size\": 1024, \"head_dim\": 64}", NULL, &err));
    assert_int_equal(c.head_dim, 64);
    /* Qwen3Config's default is 128, whatever hidden / heads is. */
    assert_true(read_changed(&c, "DeepSeek-R1-0528-Qwen3-8B",
                             "{\"hidden_size\": 1024, \"head_dim\": null}", NULL, &err));
    assert_int_equal(c.head_dim, 128);
    assert_true(read_changed(&c, "DeepSeek-R1-Distill-Llama-8B",
                             "{\"num_key_value_heads\": null, \"tie_word_embeddings\": true}", NULL,
                             &err));
    assert_int_equal(c.n_kv_heads, 32);
    assert_true(c.tied_head);
}

static void ends_are_numbers_or_lists_merged_from_both_files(void **s)
{
    (void)s;
    struct model_config c;
    struct error err;
    const char *name = "DeepSeek-R1-Distill-Llama-8B";
    assert_true(read_changed(&c, name, "{}", "{\"eos_token_id\": [128001, 128008, 128009]}", &err));
    assert_int_equal(c.n_eos, 3);
    assert_int_equal(c.eos[0], 128001);
    assert_int_equal(c.eos[1], 128008);
    assert_int_equal(c.eos[2], 128009);
    assert_true(read_changed(&c, name, "{\"eos_token_id\": [5, 6], \"bos_token_id\": null}",
                             "{\"eos_token_id\": 7, \"bos_token_id\": 4}", &err));
    assert_int_equal(c.n_eos, 3);
    assert_int_equal(c.eos[2], 7);
    assert_int_equal(c.bos, 4);
    assert_true(
        read_changed(&c, name, "{\"eos_token_id\": null, \"bos_token_id\": null}", NULL, &err));
    assert_int_equal(c.n_eos, 0);
    assert_int_equal(c.bos, -1);
    assert_false(read_changed(&c, name, "{}", "{\"eos_token_id\": \"x\"}", &err));
    assert_non_null(strstr(err.text, "/generation_config.json: field \"eos_token_id\""));
    assert_false(read_changed(&c, name, "{}", "{", &err));
    assert_non_null(strstr(err.text, "/generation_config.json: line 1"));
}

static void configs_we_would_get_wrong_are_refused_by_name(void **s)
{
    (void)s;
    static const struct {
        const char *changes, *says;
    } cases[] = {
        {"{\"model_type\": \"deepseek_v3\"}", "supported: qwen2, llama, qwen3"},
        {"{\"model_type\": null}", "\"model_type\" is missing"},
        {"{\"model_type\": 3}", "\"model_type\" is not a string"},
        {"{\"hidden_act\": \"gelu\"}", "hidden_act \"gelu\""},
        {"{\"quantization_config\": {\"quant_method\": \"awq\"}}", "quantization_config"},
        {"{\"use_sliding_window\": true}", "use_sliding_window"},
        {"{\"mlp_bias\": true}", "mlp_bias"},
        {"{\"use_mrope\": true}", "use_mrope"},
        {"{\"layer_types\": [\"full_attention\", \"sliding_attention\"]}", "layer 1"},
        {"{\"hidden_size\": null}", "\"hidden_size\" is missing"},
        {"{\"hidden_size\": -4}", "\"hidden_size\" is -4"},
        {"{\"hidden_size\": 1.5}", "\"hidden_size\" is not a whole number"},
        {"{\"hidden_size\": 1000000000000}", "\"hidden_size\" is 1000000000000"},
        {"{\"hidden_size\": 4097}", "not a multiple of num_attention_heads"},
        {"{\"intermediate_size\": 9223372036854775807}", "\"intermediate_size\" is"},
        {"{\"num_hidden_layers\": 0}", "\"num_hidden_layers\" is 0"},
        {"{\"num_key_value_heads\": 5}", "num_key_value_heads 5"},
        {"{\"num_key_value_heads\": 64}", "num_key_value_heads 64"},
        {"{\"head_dim\": 127}", "head_dim 127"},
        {"{\"head_dim\": 512}", "\"head_dim\" is 512"},
        {"{\"num_attention_heads\": 8}", "head_dim 512"},
        {"{\"vocab_size\": 0}", "\"vocab_size\" is 0"},
        {"{\"vocab_size\": 100}", "bos_token_id 128000"},
        {"{\"eos_token_id\": 128256}", "eos_token_id 128256"},
        {"{\"eos_token_id\": {}}", "eos_token_id"},
        {"{\"eos_token_id\": [1,2,3,4,5,6,7,8,9]}", "more than 8"},
        {"{\"rms_norm_eps\": 0}", "\"rms_norm_eps\" is 0"},
        {"{\"rms_norm_eps\": 1e-50}", "\"rms_norm_eps\" is 1e-50"},
        {"{\"rms_norm_eps\": \"x\"}", "\"rms_norm_eps\" is not a number"},
        {"{\"rope_theta\": 0}", "\"rope_theta\" is 0"},
        {"{\"rope_scaling\": 4}", "\"rope_scaling\" is not an object"},
        {"{\"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 2}}", "\"dynamic\""},
        {"{\"rope_scaling\": {\"rope_type\": \"longrope\", \"factor\": 2}}", "\"longrope\""},
        {"{\"rope_scaling\": {\"factor\": 2}}", "\"rope_type\" is missing"},
        {"{\"rope_scaling\": {\"type\": \"linear\"}}", "\"factor\" is missing"},
        {"{\"rope_scaling\": {\"type\": \"linear\", \"factor\": 0}}", "\"factor\" is 0"},
        {"{\"rope_scaling\": {\"type\": \"llama3\", \"factor\": 2}}",
         "\"original_max_position_embeddings\" is missing"},
        {"{\"rope_scaling\": {\"type\": \"llama3\", \"factor\": 2, \"low_freq_factor\": 4, "
         "\"high_freq_factor\": 4, \"original_max_position_embeddings\": 8192}}",
         "high_freq_factor 4"},
        {"{\"partial_rotary_factor\": 0.5}", "partial_rotary_factor"},
        {"{\"rope_parameters\": {\"full_attention\": {\"rope_type\": \"default\"}}}",
         "\"rope_type\" is missing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct model_config c;
        struct error err;
        if (read_changed(&c, "DeepSeek-R1-Distill-Llama-8B", cases[i].changes, NULL, &err))
            fail_msg("accepted: %s", cases[i].changes);
        if (!strstr(err.text, cases[i].says) || !strstr(err.text, scratch))
            fail_msg("%s: said: %s", cases[i].changes, err.text);
    }
}

static void a_file_that_is_no_config_is_named(void **s)
{
    (void)s;
    struct model_config c;
    struct error err = {0};
    assert_false(model_config_read(&c, "/tmp/autospec-no-such-model", &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_non_null(strstr(err.text, "/tmp/autospec-no-such-model/config.json"));
    static const char *const texts[] = {"", "[]", "{", "{}", "\"x\"", "{\"a\": NaN}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        scratch_put("config.json", texts[i]);
        error_clear(&err);
        assert_false(model_config_read(&c, scratch, &err));
        assert_non_null(strstr(err.text, "/config.json: "));
    }
}

static void the_largest_config_does_not_overflow(void **s)
{
    (void)s;
    struct model_config c;
    struct error err;
    assert_true(read_changed(&c, "DeepSeek-R1-Distill-Llama-8B",
                             "{\"hidden_size\": 65536, \"intermediate_size\": 1048576, "
                             "\"num_hidden_layers\": 1024, \"num_attention_heads\": 1024, "
                             "\"num_key_value_heads\": 1024, \"head_dim\": 256, "
                             "\"vocab_size\": 4194304}",
                             NULL, &err));
    size_t qkvo = 4 * (size_t)65536 * 262144, mlp = 3 * (size_t)65536 * 1048576;
    assert_true(model_config_parameters(&c) ==
                1024 * (qkvo + mlp + 2 * 65536) + 65536 + 2 * (size_t)4194304 * 65536);
    assert_true(model_config_parameters(&c) < SIZE_MAX / 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(config_of_each_real_model_is_read_right),
        cmocka_unit_test(rope_frequencies_are_those_of_transformers),
        cmocka_unit_test(rope_parameters_of_transformers_5_mean_the_same),
        cmocka_unit_test(biases_and_head_size_depend_on_the_architecture),
        cmocka_unit_test(ends_are_numbers_or_lists_merged_from_both_files),
        cmocka_unit_test(configs_we_would_get_wrong_are_refused_by_name),
        cmocka_unit_test(a_file_that_is_no_config_is_named),
        cmocka_unit_test(the_largest_config_does_not_overflow),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
