/* The hyperparameters of a GGUF file as a config.json, so that one reader (config.c) understands
 * both. What llama.cpp's converter leaves out (tied head, biases) follows from the tensors. */
#include "model/config.h"
#include "model/gguf.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* One model's keys begin with its architecture's name. */
struct hyper {
    const struct gguf *g;
    const char *arch;
    json_t *out;
    struct error *err;
    char key[128];
};

static const char *key_of(struct hyper *h, const char *name)
{
    snprintf(h->key, sizeof h->key, "%s.%s", h->arch, name);
    return h->key;
}

/* json's own functions take NULL for a value that could not be made. */
static bool put(struct hyper *h, const char *field, json_t *value)
{
    return json_object_set_new_nocheck(h->out, field, value) == 0 ||
           error_memory(h->err, gguf_path(h->g));
}

static bool get_size(struct hyper *h, const char *name, bool required, size_t min, size_t max,
                     size_t *out)
{
    return gguf_get_size(h->g, key_of(h, name), required, min, max, out, h->err);
}

static bool get_number(struct hyper *h, const char *name, bool required, double min, double max,
                       double *out)
{
    return gguf_get_number(h->g, key_of(h, name), required, min, max, out, h->err);
}

static bool put_size(struct hyper *h, const char *field, size_t n)
{
    return put(h, field, json_integer((json_int_t)n));
}

static bool read_architecture(struct hyper *h)
{
    static const enum architecture KNOWN[] = {ARCH_QWEN2, ARCH_LLAMA, ARCH_QWEN3};
    const char *text;
    size_t len;
    char shown[GGUF_SHOWN];
    if (!gguf_get_text(h->g, "general.architecture", true, &text, &len, h->err)) return false;
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
        const char *name = architecture_name(KNOWN[i]);
        if (strlen(name) == len && memcmp(name, text, len) == 0) {
            h->arch = name;
            return put(h, "model_type", json_string(name));
        }
    }
    return error_set(h->err, ERROR_UNSUPPORTED,
                     "%s: key \"general.architecture\": \"%s\" is not supported (supported: qwen2, "
                     "llama, qwen3)",
                     gguf_path(h->g), gguf_show(text, len, shown));
}

/* What other models of these families have and we would get wrong silently. */
static bool refuse_unsupported(struct hyper *h, size_t context)
{
    size_t experts = 0, window = 0;
    if (!get_size(h, "expert_count", false, 0, SIZE_MAX, &experts)) return false;
    if (experts)
        return error_set(h->err, ERROR_UNSUPPORTED,
                         "%s: key \"%s\" is %zu: mixtures of experts are not supported",
                         gguf_path(h->g), h->key, experts);
    if (!get_size(h, "attention.sliding_window", false, 0, SIZE_MAX, &window)) return false;
    if (window && window < context)
        return error_set(h->err, ERROR_UNSUPPORTED,
                         "%s: key \"%s\" is %zu: sliding windows are not supported",
                         gguf_path(h->g), h->key, window);
    return true;
}

static bool read_shapes(struct hyper *h)
{
    const struct gguf *g = h->g;
    size_t hidden, layers, intermediate, heads, kv_heads, head_dim, context;
    double eps = 0;
    if (!get_size(h, "embedding_length", true, 1, CONFIG_MAX_HIDDEN, &hidden) ||
        !get_size(h, "block_count", true, 1, CONFIG_MAX_LAYERS, &layers) ||
        !get_size(h, "feed_forward_length", true, 1, CONFIG_MAX_INTERMEDIATE, &intermediate) ||
        !get_size(h, "attention.head_count", true, 1, CONFIG_MAX_HEADS, &heads) ||
        !get_size(h, "context_length", true, 1, CONFIG_MAX_CONTEXT, &context) ||
        !get_number(h, "attention.layer_norm_rms_epsilon", true, 1e-30, 1, &eps))
        return false;
    kv_heads = heads;
    head_dim = hidden / heads;
    size_t value_dim, rope_dim;
    if (!get_size(h, "attention.head_count_kv", false, 1, CONFIG_MAX_HEADS, &kv_heads))
        return false;
    if (heads % kv_heads)
        return error_set(h->err, ERROR_INPUT, "%s: key \"%s\": %zu does not divide the %zu heads",
                         gguf_path(g), h->key, kv_heads, heads);
    bool given = gguf_has(g, key_of(h, "attention.key_length"));
    if (!given && hidden % heads)
        return error_set(h->err, ERROR_INPUT,
                         "%s: key \"%s\" is missing, and %zu heads do not divide a width of %zu",
                         gguf_path(g), h->key, heads, hidden);
    if (!get_size(h, "attention.key_length", false, 2, CONFIG_MAX_HEAD_DIM, &head_dim))
        return false;
    value_dim = rope_dim = head_dim;
    if (!get_size(h, "attention.value_length", false, 0, SIZE_MAX, &value_dim)) return false;
    if (value_dim != head_dim)
        return error_set(h->err, ERROR_UNSUPPORTED,
                         "%s: key \"%s\" is %zu, but keys have %zu: not supported", gguf_path(g),
                         h->key, value_dim, head_dim);
    if (!get_size(h, "rope.dimension_count", false, 0, SIZE_MAX, &rope_dim)) return false;
    if (rope_dim != head_dim)
        return error_set(h->err, ERROR_UNSUPPORTED,
                         "%s: key \"%s\" is %zu, but heads have %zu: not supported", gguf_path(g),
                         h->key, rope_dim, head_dim);
    return refuse_unsupported(h, context) && put_size(h, "hidden_size", hidden) &&
           put_size(h, "intermediate_size", intermediate) &&
           put_size(h, "num_hidden_layers", layers) && put_size(h, "num_attention_heads", heads) &&
           put_size(h, "num_key_value_heads", kv_heads) && put_size(h, "head_dim", head_dim) &&
           put_size(h, "max_position_embeddings", context) &&
           put(h, "rms_norm_eps", json_real(eps));
}

/* Vocabulary, tied head and biases, by the tensors that are there. */
static bool read_from_tensors(struct hyper *h)
{
    const struct gguf *g = h->g;
    const struct gguf_tensor *embd = gguf_find(g, "token_embd.weight");
    if (!embd || embd->n_dims != 2 || embd->shape[0] > CONFIG_MAX_VOCAB)
        return error_set(h->err, ERROR_INPUT, "%s: tensor \"token_embd.weight\" %s", gguf_path(g),
                         embd ? "is not of two dimensions, or of too many rows" : "is missing");
    size_t vocab = embd->shape[0];
    if (!get_size(h, "vocab_size", false, 1, CONFIG_MAX_VOCAB, &vocab)) return false;
    if (vocab != embd->shape[0])
        return error_set(h->err, ERROR_INPUT,
                         "%s: key \"%s\" is %zu, but tensor \"token_embd.weight\" has %zu rows",
                         gguf_path(g), h->key, vocab, embd->shape[0]);
    bool q = gguf_find(g, "blk.0.attn_q.bias"), o = gguf_find(g, "blk.0.attn_output.bias");
    if (strcmp(h->arch, "qwen2") != 0 && q != o)
        return error_set(h->err, ERROR_UNSUPPORTED,
                         "%s: tensor \"blk.0.%s\" without \"blk.0.%s\" is not supported",
                         gguf_path(g), q ? "attn_q.bias" : "attn_output.bias",
                         q ? "attn_output.bias" : "attn_q.bias");
    return put_size(h, "vocab_size", vocab) &&
           put(h, "tie_word_embeddings", json_boolean(!gguf_find(g, "output.weight"))) &&
           (strcmp(h->arch, "qwen2") == 0 || put(h, "attention_bias", json_boolean(q)));
}

static bool put_token(struct hyper *h, const char *key, json_t *list)
{
    size_t id = SIZE_MAX;
    /* Some files say "none" by the highest number. */
    if (!gguf_get_size(h->g, key, false, 0, SIZE_MAX, &id, h->err)) return false;
    if (id >= CONFIG_MAX_VOCAB) return true;
    return json_array_append_new(list, json_integer((json_int_t)id)) == 0 ||
           error_memory(h->err, gguf_path(h->g));
}

static bool read_ends(struct hyper *h)
{
    json_t *bos = json_array(), *eos = json_array();
    bool ok = bos && eos && put_token(h, "tokenizer.ggml.bos_token_id", bos) &&
              put_token(h, "tokenizer.ggml.eos_token_id", eos) &&
              put_token(h, "tokenizer.ggml.eot_token_id", eos);
    if (ok && json_array_size(bos))
        ok = put(h, "bos_token_id", json_incref(json_array_get(bos, 0)));
    if (ok && json_array_size(eos)) ok = put(h, "eos_token_id", json_incref(eos));
    json_decref(bos);
    json_decref(eos);
    return ok;
}

/* ---- RoPE ---- */

/* What llama.cpp multiplies cos and sin by, for yarn: 0.1 ln(factor) + 1, over the same with the
 * multiplier before the logarithm where there is one, times attn_factor. */
static bool read_yarn(struct hyper *h, json_t *rope, double factor)
{
    double fast = 32, slow = 1, attn = 1, ext = 1, multiplier = 0;
    size_t original = 0;
    if (!get_size(h, "rope.scaling.original_context_length", true, 1, CONFIG_MAX_CONTEXT,
                  &original) ||
        !get_number(h, "rope.scaling.yarn_beta_fast", false, 1e-3, 1e6, &fast) ||
        !get_number(h, "rope.scaling.yarn_beta_slow", false, 1e-3, 1e6, &slow) ||
        !get_number(h, "rope.scaling.yarn_log_multiplier", false, 0, 1e3, &multiplier) ||
        !get_number(h, "rope.scaling.attn_factor", false, 1e-3, 1e3, &attn) ||
        !get_number(h, "rope.scaling.yarn_ext_factor", false, -1e6, 1e6, &ext))
        return false;
    if (ext >= 0 && ext != 1)
        return error_set(h->err, ERROR_UNSUPPORTED, "%s: key \"%s\" is %g, supported: 1",
                         gguf_path(h->g), h->key, ext);
    double scale = attn;
    if (factor > 1) scale *= (1 + 0.1 * log(factor)) / (1 + 0.1 * multiplier * log(factor));
    if (json_object_set_new_nocheck(rope, "original_max_position_embeddings",
                                    json_integer((json_int_t)original)) ||
        json_object_set_new_nocheck(rope, "beta_fast", json_real(fast)) ||
        json_object_set_new_nocheck(rope, "beta_slow", json_real(slow)))
        return error_memory(h->err, gguf_path(h->g));
    /* Where nothing else is said, config.c works it out as it does for a config.json. */
    if (attn == 1 && multiplier == 0) return true;
    return json_object_set_new_nocheck(rope, "attention_factor", json_real(scale)) == 0 ||
           error_memory(h->err, gguf_path(h->g));
}

/* llama3 scaling comes as a tensor of what each frequency is divided by. */
static bool read_factors(struct hyper *h, json_t *rope, double factor)
{
    const struct gguf_tensor *t = gguf_find(h->g, "rope_freqs.weight");
    size_t pairs = (size_t)json_integer_value(json_object_get(h->out, "head_dim")) / 2;
    if (t->type != GGUF_F32 || t->n_dims != 1 || t->shape[0] != pairs)
        return error_set(h->err, ERROR_INPUT,
                         "%s: tensor \"rope_freqs.weight\" is not %zu F32 values", t->file, pairs);
    json_t *list = json_array();
    for (size_t i = 0; list && i < pairs; i++) {
        float f;
        memcpy(&f, t->data + i * sizeof f, sizeof f);
        if (!(f >= 1e-3f && f <= 1e6f)) {
            json_decref(list);
            return error_set(
                h->err, ERROR_INPUT,
                "%s: tensor \"rope_freqs.weight\": value %zu is %g, outside 0.001..1e6", t->file, i,
                (double)f);
        }
        if (json_array_append_new(list, json_real((double)f * factor))) {
            json_decref(list);
            list = NULL;
        }
    }
    return (list && json_object_set_new_nocheck(rope, "factors", list) == 0) ||
           error_memory(h->err, gguf_path(h->g));
}

static bool is_text(const char *text, size_t len, const char *word)
{
    return strlen(word) == len && memcmp(text, word, len) == 0;
}

static bool read_scaling(struct hyper *h, json_t *rope)
{
    const char *kind = "linear"; /* what llama.cpp takes when only a factor is given */
    size_t len = strlen(kind);
    char shown[GGUF_SHOWN];
    double factor = 0, attn = 1;
    if (!gguf_get_text(h->g, key_of(h, "rope.scaling.type"), false, &kind, &len, h->err) ||
        !get_number(h, "rope.scaling.factor", false, 0, 1e6, &factor) ||
        (factor == 0 && !get_number(h, "rope.scale_linear", false, 0, 1e6, &factor)))
        return false;
    bool yarn = is_text(kind, len, "yarn"), freqs = gguf_find(h->g, "rope_freqs.weight");
    if (!yarn && !is_text(kind, len, "linear") && !is_text(kind, len, "none"))
        return error_set(h->err, ERROR_UNSUPPORTED,
                         "%s: key \"%s\": \"%s\" is not supported (supported: none, linear, yarn)",
                         gguf_path(h->g), key_of(h, "rope.scaling.type"),
                         gguf_show(kind, len, shown));
    if (factor == 0 || is_text(kind, len, "none")) factor = 1;
    if (factor < 1)
        return error_set(h->err, ERROR_UNSUPPORTED, "%s: key \"%s\" is %g, below 1",
                         gguf_path(h->g), key_of(h, "rope.scaling.factor"), factor);
    if (freqs && yarn)
        return error_set(h->err, ERROR_UNSUPPORTED,
                         "%s: tensor \"rope_freqs.weight\" and yarn together are not supported",
                         gguf_path(h->g));
    if (!yarn && !get_number(h, "rope.scaling.attn_factor", false, 0, 1e3, &attn)) return false;
    if (attn != 1)
        return error_set(h->err, ERROR_UNSUPPORTED, "%s: key \"%s\" is %g without yarn",
                         gguf_path(h->g), h->key, attn);
    const char *type = yarn ? "yarn" : freqs ? "factors" : factor > 1 ? "linear" : "default";
    if (json_object_set_new_nocheck(rope, "rope_type", json_string(type)))
        return error_memory(h->err, gguf_path(h->g));
    if (freqs) return read_factors(h, rope, factor);
    if ((yarn || factor > 1) && json_object_set_new_nocheck(rope, "factor", json_real(factor)))
        return error_memory(h->err, gguf_path(h->g));
    return !yarn || read_yarn(h, rope, factor);
}

static bool read_rope(struct hyper *h)
{
    static const char *const OTHERS[] = {"rope_factors_long.weight", "rope_factors_short.weight"};
    for (size_t i = 0; i < 2; i++)
        if (gguf_find(h->g, OTHERS[i]))
            return error_set(h->err, ERROR_UNSUPPORTED,
                             "%s: tensor \"%s\": longrope is not supported", gguf_path(h->g),
                             OTHERS[i]);
    double theta = 10000;
    if (!get_number(h, "rope.freq_base", false, 1.5, 1e15, &theta) ||
        !put(h, "rope_theta", json_real(theta)))
        return false;
    json_t *rope = json_object();
    if (!rope) return error_memory(h->err, gguf_path(h->g));
    if (!read_scaling(h, rope)) {
        json_decref(rope);
        return false;
    }
    return put(h, "rope_scaling", rope);
}

json_t *gguf_config_json(const struct gguf *g, struct error *err)
{
    struct hyper h = {.g = g, .err = err, .out = json_object()};
    if (!h.out) {
        error_memory(err, gguf_path(g));
        return NULL;
    }
    if (read_architecture(&h) && read_shapes(&h) && read_from_tensors(&h) && read_rope(&h) &&
        read_ends(&h))
        return h.out;
    json_decref(h.out);
    return NULL;
}
