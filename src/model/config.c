#include "model/config.h"
#include "base/file.h"
#include "base/json.h"
#include "model/gguf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FILE_LIMIT = 1 << 20, /* bytes of config.json */
    QWEN3_HEAD_DIM = 128, /* Qwen3Config's default */
};

static const char *const names[] = {
    [ARCH_QWEN2] = "qwen2", [ARCH_LLAMA] = "llama", [ARCH_QWEN3] = "qwen3"};

const char *architecture_name(enum architecture arch)
{
    return names[arch];
}

static bool read_architecture(struct model_config *c, const json_t *root, const char *path,
                              struct error *err)
{
    const char *type = NULL;
    if (!json_get_string(root, path, "model_type", true, &type, err)) return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(type, names[i]) != 0) continue;
        c->arch = (enum architecture)i;
        return true;
    }
    if (strcmp(type, "bert") == 0)
        return error_set(
            err, ERROR_UNSUPPORTED,
            "%s: model_type \"bert\" is an encoder: it makes vectors (autospec embed), "
            "not text",
            path);
    return error_set(err, ERROR_UNSUPPORTED,
                     "%s: model_type \"%s\" is not supported (supported: qwen2, llama, qwen3)",
                     path, type);
}

/* Things that other models of these families may ask for and that we would get wrong silently. */
static bool refuse_unsupported(const json_t *root, const char *path, struct error *err)
{
    const char *act = "silu";
    if (!json_get_string(root, path, "hidden_act", false, &act, err)) return false;
    if (strcmp(act, "silu") != 0)
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s: hidden_act \"%s\" is not supported (supported: silu)", path, act);

    const json_t *quantized = json_object_get(root, "quantization_config");
    if (quantized && !json_is_null(quantized))
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s: quantization_config: weights that are quantized already are not "
                         "supported; use the original BF16, F16 or F32 weights",
                         path);

    static const char *const switches[] = {"use_sliding_window", "mlp_bias", "use_mrope"};
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++) {
        bool on = false;
        if (!json_get_bool(root, path, switches[i], false, &on, err)) return false;
        if (on)
            return error_set(err, ERROR_UNSUPPORTED, "%s: \"%s\": true is not supported", path,
                             switches[i]);
    }

    const json_t *layers = json_object_get(root, "layer_types"), *layer;
    size_t i;
    json_array_foreach(layers, i, layer)
    {
        const char *kind = json_string_value(layer);
        if (!kind || strcmp(kind, "full_attention") != 0)
            return error_set(err, ERROR_UNSUPPORTED,
                             "%s: layer_types: layer %zu is \"%s\" (supported: full_attention)",
                             path, i, kind ? kind : "not a string");
    }
    return true;
}

static bool read_shapes(struct model_config *c, const json_t *root, const char *path,
                        struct error *err)
{
    if (!json_get_size(root, path, "hidden_size", true, 1, CONFIG_MAX_HIDDEN, &c->hidden, err) ||
        !json_get_size(root, path, "intermediate_size", true, 1, CONFIG_MAX_INTERMEDIATE,
                       &c->intermediate, err) ||
        !json_get_size(root, path, "num_hidden_layers", true, 1, CONFIG_MAX_LAYERS, &c->n_layers,
                       err) ||
        !json_get_size(root, path, "num_attention_heads", true, 1, CONFIG_MAX_HEADS, &c->n_heads,
                       err) ||
        !json_get_size(root, path, "vocab_size", true, 1, CONFIG_MAX_VOCAB, &c->vocab, err) ||
        !json_get_size(root, path, "max_position_embeddings", true, 1, CONFIG_MAX_CONTEXT,
                       &c->context, err))
        return false;

    c->n_kv_heads = c->n_heads;
    if (!json_get_size(root, path, "num_key_value_heads", false, 1, CONFIG_MAX_HEADS,
                       &c->n_kv_heads, err))
        return false;
    if (c->n_heads % c->n_kv_heads)
        return error_set(err, ERROR_INPUT,
                         "%s: num_attention_heads %zu is not a multiple of num_key_value_heads %zu",
                         path, c->n_heads, c->n_kv_heads);

    c->head_dim = 0;
    if (c->arch == ARCH_QWEN3 && !json_object_get(root, "head_dim")) c->head_dim = QWEN3_HEAD_DIM;
    if (!json_get_size(root, path, "head_dim", false, 2, CONFIG_MAX_HEAD_DIM, &c->head_dim, err))
        return false;
    if (!c->head_dim) {
        if (c->hidden % c->n_heads)
            return error_set(
                err, ERROR_INPUT,
                "%s: hidden_size %zu is not a multiple of num_attention_heads %zu, and "
                "there is no head_dim",
                path, c->hidden, c->n_heads);
        c->head_dim = c->hidden / c->n_heads;
    }
    if (c->head_dim % 2 || c->head_dim > CONFIG_MAX_HEAD_DIM)
        return error_set(err, ERROR_UNSUPPORTED, "%s: head_dim %zu is not an even number up to %d",
                         path, c->head_dim, CONFIG_MAX_HEAD_DIM);

    double eps = 1e-6;
    if (!json_get_double(root, path, "rms_norm_eps", false, &eps, err)) return false;
    if (!(eps >= 1e-30 && eps < 1)) /* below that it is 0 in f32, and a zero row gives NaN */
        return error_set(err, ERROR_INPUT, "%s: field \"rms_norm_eps\" is %g, outside 1e-30..1",
                         path, eps);
    c->norm_eps = (float)eps;

    bool bias = false;
    if (!json_get_bool(root, path, "tie_word_embeddings", false, &c->tied_head, err) ||
        !json_get_bool(root, path, "attention_bias", false, &bias, err) ||
        !json_get_bool(root, path, "autospec_one_vehicle", false, &c->one_vehicle, err))
        return false;
    c->qkv_bias = c->arch == ARCH_QWEN2 || bias;
    c->o_bias = c->arch != ARCH_QWEN2 && bias;
    c->qk_norm = c->arch == ARCH_QWEN3;
    return true;
}

/* A number of the RoPE object in lowest..highest; *out is kept where there is none. */
static bool rope_number(const json_t *rope, const char *path, const char *field, bool required,
                        double lowest, double highest, double *out, struct error *err)
{
    if (!json_get_double(rope, path, field, required, out, err)) return false;
    if (!(*out >= lowest && *out <= highest))
        return error_set(err, ERROR_INPUT, "%s: RoPE field \"%s\" is %g, outside %g..%g", path,
                         field, *out, lowest, highest);
    return true;
}

static double yarn_scale(double factor, double mscale)
{
    return factor <= 1 ? 1 : 0.1 * mscale * log(factor) + 1;
}

/* As transformers has it: "attention_factor" wins, else mscale over mscale_all_dim, else the
 * paper's 0.1 ln(factor) + 1. DeepSeek-R1-0528-Qwen3-8B also carries "attn_factor", which
 * transformers does not know and warns of; we follow transformers. */
static bool read_yarn(struct rope_config *r, const json_t *rope, const char *path,
                      struct error *err)
{
    double mscale = 0, mscale_all = 0;
    bool truncate = true;
    r->beta_fast = r->beta_slow = r->attention_factor = 0;
    if (!rope_number(rope, path, "beta_fast", false, 0, 1e6, &r->beta_fast, err) ||
        !rope_number(rope, path, "beta_slow", false, 0, 1e6, &r->beta_slow, err) ||
        !rope_number(rope, path, "attention_factor", false, 0, 1e3, &r->attention_factor, err) ||
        !rope_number(rope, path, "mscale", false, 0, 1e3, &mscale, err) ||
        !rope_number(rope, path, "mscale_all_dim", false, 0, 1e3, &mscale_all, err) ||
        !json_get_bool(rope, path, "truncate", false, &truncate, err))
        return false;
    if (r->beta_fast == 0) r->beta_fast = 32;
    if (r->beta_slow == 0) r->beta_slow = 1;
    r->no_truncate = !truncate;
    if (r->attention_factor == 0)
        r->attention_factor = mscale > 0 && mscale_all > 0 ? yarn_scale(r->factor, mscale) /
                                                                 yarn_scale(r->factor, mscale_all)
                                                           : yarn_scale(r->factor, 1);
    return true;
}

static bool read_llama3(struct rope_config *r, const json_t *rope, const char *path,
                        struct error *err)
{
    if (!rope_number(rope, path, "low_freq_factor", true, 1e-3, 1e6, &r->low_freq_factor, err) ||
        !rope_number(rope, path, "high_freq_factor", true, 1e-3, 1e6, &r->high_freq_factor, err))
        return false;
    if (r->high_freq_factor <= r->low_freq_factor)
        return error_set(err, ERROR_INPUT,
                         "%s: RoPE high_freq_factor %g is not above low_freq_factor %g", path,
                         r->high_freq_factor, r->low_freq_factor);
    return true;
}

/* Our own type, which transformers does not know: made from a GGUF file, kept in what quantize
 * writes. */
static bool read_factors(const struct model_config *c, struct rope_config *r, const json_t *rope,
                         const char *path, struct error *err)
{
    const json_t *list = json_object_get(rope, "factors"), *value;
    size_t i;
    if (json_array_size(list) != c->head_dim / 2)
        return error_set(err, ERROR_INPUT,
                         "%s: RoPE field \"factors\" is not a list of %zu numbers", path,
                         c->head_dim / 2);
    json_array_foreach(list, i, value)
    {
        double factor = json_number_value(value);
        if (!(factor >= 1e-3 && factor <= 1e12))
            return error_set(err, ERROR_INPUT,
                             "%s: RoPE field \"factors\": %zu is no number in 0.001..1e12", path,
                             i);
        r->factors[i] = (float)factor;
    }
    return true;
}

/* rope_theta and rope_scaling, or both in rope_parameters, as transformers 5 writes them. */
static bool read_rope(struct model_config *c, const json_t *root, const char *path,
                      struct error *err)
{
    struct rope_config *r = &c->rope;
    *r = (struct rope_config){
        .kind = ROPE_DEFAULT, .theta = 10000, .factor = 1, .attention_factor = 1};
    if (!rope_number(root, path, "rope_theta", false, 1.5, 1e15, &r->theta, err)) return false;
    const char *field = "rope_parameters";
    const json_t *rope = json_object_get(root, field);
    if (!rope || json_is_null(rope)) rope = json_object_get(root, field = "rope_scaling");
    if (!rope || json_is_null(rope)) return true;
    if (!json_is_object(rope))
        return error_set(err, ERROR_INPUT, "%s: field \"%s\" is not an object", path, field);
    if (!rope_number(rope, path, "rope_theta", false, 1.5, 1e15, &r->theta, err)) return false;
    double partial = 1;
    if (!json_get_double(root, path, "partial_rotary_factor", false, &partial, err) ||
        !json_get_double(rope, path, "partial_rotary_factor", false, &partial, err))
        return false;
    if (partial != 1)
        return error_set(err, ERROR_UNSUPPORTED, "%s: partial_rotary_factor %g is not supported",
                         path, partial);

    const char *kind = NULL; /* the older name "type" wins, as in transformers */
    if (!json_get_string(rope, path, "type", false, &kind, err) ||
        (!kind && !json_get_string(rope, path, "rope_type", true, &kind, err)))
        return false;
    if (strcmp(kind, "default") == 0) return true;
    if (strcmp(kind, "linear") == 0)
        r->kind = ROPE_LINEAR;
    else if (strcmp(kind, "llama3") == 0)
        r->kind = ROPE_LLAMA3;
    else if (strcmp(kind, "yarn") == 0)
        r->kind = ROPE_YARN;
    else if (strcmp(kind, "factors") == 0)
        r->kind = ROPE_FACTORS;
    else
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s: %s of type \"%s\" is not supported (supported: default, linear, "
                         "llama3, yarn)",
                         path, field, kind);

    if (r->kind == ROPE_FACTORS) return read_factors(c, r, rope, path, err);
    if (!rope_number(rope, path, "factor", true, 1, 1e6, &r->factor, err)) return false;
    if (r->kind == ROPE_LINEAR) return true;
    r->original_context = c->context;
    if (!json_get_size(rope, path, "original_max_position_embeddings", r->kind == ROPE_LLAMA3, 1,
                       CONFIG_MAX_CONTEXT, &r->original_context, err))
        return false;
    return r->kind == ROPE_YARN ? read_yarn(r, rope, path, err) : read_llama3(r, rope, path, err);
}

/* Adds one id; a negative one means none, one that is there already is left alone. */
static bool add_eos(struct model_config *c, const json_t *id, const char *path, struct error *err)
{
    if (!json_is_integer(id))
        return error_set(err, ERROR_INPUT,
                         "%s: field \"eos_token_id\" is neither a token id nor a list of them",
                         path);
    json_int_t v = json_integer_value(id);
    if (v < 0) return true;
    if ((uintmax_t)v >= c->vocab)
        return error_set(err, ERROR_INPUT, "%s: eos_token_id %lld is outside the vocabulary of %zu",
                         path, (long long)v, c->vocab);
    for (size_t i = 0; i < c->n_eos; i++)
        if (c->eos[i] == (int32_t)v) return true;
    if (c->n_eos == sizeof c->eos / sizeof *c->eos)
        return error_set(err, ERROR_UNSUPPORTED, "%s: more than %zu eos_token_id", path, c->n_eos);
    c->eos[c->n_eos++] = (int32_t)v;
    return true;
}

static bool read_ends(struct model_config *c, const json_t *root, const char *path,
                      struct error *err)
{
    const json_t *bos = json_object_get(root, "bos_token_id");
    if (c->bos < 0 && json_is_integer(bos) && json_integer_value(bos) >= 0) {
        if ((uintmax_t)json_integer_value(bos) >= c->vocab)
            return error_set(err, ERROR_INPUT,
                             "%s: bos_token_id %lld is outside the vocabulary of %zu", path,
                             (long long)json_integer_value(bos), c->vocab);
        c->bos = (int32_t)json_integer_value(bos);
    }
    const json_t *eos = json_object_get(root, "eos_token_id"), *id;
    if (!eos || json_is_null(eos)) return true;
    if (!json_is_array(eos)) return add_eos(c, eos, path, err);
    size_t i;
    json_array_foreach(eos, i, id) if (!add_eos(c, id, path, err)) return false;
    return true;
}

/* generation_config.json may know more ends of a turn than config.json. */
static bool read_generation_config(struct model_config *c, const char *dir, struct error *err)
{
    char *path = path_join(dir, "generation_config.json");
    if (!path) return error_memory(err, dir);
    json_t *root = NULL;
    bool ok = true;
    if (file_exists(path)) {
        root = json_read_file(path, FILE_LIMIT, err);
        ok = root && read_ends(c, root, path, err);
    }
    json_decref(root);
    free(path);
    return ok;
}

static bool read_root(struct model_config *c, const json_t *root, const char *path,
                      struct error *err)
{
    if (!json_is_object(root)) return error_set(err, ERROR_INPUT, "%s: not an object", path);
    return read_architecture(c, root, path, err) && refuse_unsupported(root, path, err) &&
           read_shapes(c, root, path, err) && read_rope(c, root, path, err) &&
           read_ends(c, root, path, err);
}

static bool read_gguf(struct model_config *c, const char *path, struct error *err)
{
    struct gguf *g = gguf_open(path, err);
    json_t *root = g ? gguf_config_json(g, err) : NULL;
    bool ok = root && read_root(c, root, gguf_path(g), err);
    json_decref(root);
    gguf_free(g);
    return ok;
}

bool model_config_read(struct model_config *c, const char *path, struct error *err)
{
    *c = (struct model_config){.bos = -1};
    for (size_t i = 0; i < sizeof c->eos / sizeof *c->eos; i++) c->eos[i] = -1;
    if (gguf_is_path(path)) return read_gguf(c, path, err);
    char *file = path_join(path, "config.json");
    if (!file) return error_memory(err, path);
    json_t *root = json_read_file(file, FILE_LIMIT, err);
    bool ok = root && read_root(c, root, file, err) && read_generation_config(c, path, err);
    json_decref(root);
    free(file);
    return ok;
}

size_t model_config_parameters(const struct model_config *c)
{
    size_t q = c->n_heads * c->head_dim, kv = c->n_kv_heads * c->head_dim;
    size_t layer =
        c->hidden * (q + 2 * kv) + q * c->hidden + 3 * c->hidden * c->intermediate + 2 * c->hidden;
    if (c->qkv_bias) layer += q + 2 * kv;
    if (c->o_bias) layer += c->hidden;
    if (c->qk_norm) layer += 2 * c->head_dim;
    return c->vocab * c->hidden * (c->tied_head ? 1 : 2) + c->n_layers * layer + c->hidden;
}
