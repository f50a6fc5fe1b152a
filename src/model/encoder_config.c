#include "model/encoder_config.h"
#include "base/file.h"
#include "base/json.h"
#include "model/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_LIMIT = 1 << 20 };

/* DIR/NAME as JSON: *root is NULL when the file is not there and need not be. *path is its path,
 * which the caller frees. */
static bool read_json(const char *dir, const char *name, bool required, json_t **root, char **path,
                      struct error *err)
{
    *root = NULL;
    *path = path_join(dir, name);
    if (!*path) return error_memory(err, name);
    if (!required && !file_exists(*path)) return true;
    *root = json_read_file(*path, FILE_LIMIT, err);
    return *root != NULL;
}

static bool copy_text(char *out, size_t size, const char *text, const char *path, const char *field,
                      struct error *err)
{
    if (strlen(text) >= size)
        return error_set(err, ERROR_INPUT, "%s: field \"%s\" has %zu bytes, at most %zu", path,
                         field, strlen(text), size - 1);
    memcpy(out, text, strlen(text) + 1);
    return true;
}

/* ---- config.json ---- */

static bool expect_text(const json_t *root, const char *path, const char *field, bool required,
                        const char *wanted, struct error *err)
{
    const char *text = wanted;
    if (!json_get_string(root, path, field, required, &text, err)) return false;
    if (strcmp(text, wanted) == 0) return true;
    return error_set(err, ERROR_UNSUPPORTED,
                     "%s: %s \"%.60s\" is not supported for an encoder (supported: %s)", path,
                     field, text, wanted);
}

static bool read_shapes(struct encoder_config *c, const json_t *root, const char *path,
                        struct error *err)
{
    bool decoder = false;
    double eps = 1e-12;
    c->segments = 2;
    if (!expect_text(root, path, "model_type", true, "bert", err) ||
        !expect_text(root, path, "hidden_act", false, "gelu", err) ||
        !expect_text(root, path, "position_embedding_type", false, "absolute", err) ||
        !json_get_bool(root, path, "is_decoder", false, &decoder, err) ||
        !json_get_size(root, path, "hidden_size", true, 1, CONFIG_MAX_HIDDEN, &c->hidden, err) ||
        !json_get_size(root, path, "intermediate_size", true, 1, CONFIG_MAX_INTERMEDIATE,
                       &c->intermediate, err) ||
        !json_get_size(root, path, "num_hidden_layers", true, 1, CONFIG_MAX_LAYERS, &c->n_layers,
                       err) ||
        !json_get_size(root, path, "num_attention_heads", true, 1, CONFIG_MAX_HEADS, &c->n_heads,
                       err) ||
        !json_get_size(root, path, "vocab_size", true, 1, CONFIG_MAX_VOCAB, &c->vocab, err) ||
        !json_get_size(root, path, "max_position_embeddings", true, 8, ENCODER_MAX_CONTEXT,
                       &c->context, err) ||
        !json_get_size(root, path, "type_vocab_size", false, 1, 1024, &c->segments, err) ||
        !json_get_double(root, path, "layer_norm_eps", false, &eps, err))
        return false;
    if (decoder) return error_set(err, ERROR_UNSUPPORTED, "%s: \"is_decoder\": true", path);
    if (!(eps >= 1e-30 && eps < 1)) /* below that it is 0 in f32, and a zero row gives NaN */
        return error_set(err, ERROR_INPUT, "%s: field \"layer_norm_eps\" is %g, outside 1e-30..1",
                         path, eps);
    c->norm_eps = (float)eps;
    if (c->hidden % c->n_heads)
        return error_set(err, ERROR_INPUT,
                         "%s: hidden_size %zu is not a multiple of num_attention_heads %zu", path,
                         c->hidden, c->n_heads);
    c->head_dim = c->hidden / c->n_heads;
    if (c->head_dim % 16 || c->head_dim > CONFIG_MAX_HEAD_DIM)
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s: heads of %zu dimensions: not a multiple of 16 up to %d", path,
                         c->head_dim, CONFIG_MAX_HEAD_DIM);
    const json_t *names = json_object_get(root, "architectures"), *name;
    size_t i;
    json_array_foreach(names, i, name)
    {
        const char *text = json_string_value(name);
        if (text && strcmp(text, "HF_ColBERT") == 0) c->is_colbert = true;
    }
    return true;
}

/* ---- sentence-transformers ---- */

/* Pooling's own config.json, in a folder that modules.json names. */
static bool read_pooling(struct encoder_config *c, const char *dir, const char *folder,
                         struct error *err)
{
    static const char *const OTHERS[] = {
        "pooling_mode_max_tokens", "pooling_mode_mean_sqrt_len_tokens",
        "pooling_mode_weightedmean_tokens", "pooling_mode_lasttoken"};
    char name[128], *path = NULL;
    json_t *root = NULL;
    snprintf(name, sizeof name, "%s/config.json", folder);
    bool cls = false, mean = false, ok = read_json(dir, name, true, &root, &path, err);
    size_t width = c->hidden;
    const char *mode = NULL;
    ok = ok && json_get_bool(root, path, "pooling_mode_cls_token", false, &cls, err) &&
         json_get_bool(root, path, "pooling_mode_mean_tokens", false, &mean, err) &&
         json_get_string(root, path, "pooling_mode", false, &mode, err) &&
         json_get_size(root, path, "word_embedding_dimension", false, 1, CONFIG_MAX_HIDDEN, &width,
                       err);
    for (size_t i = 0; ok && i < sizeof OTHERS / sizeof *OTHERS; i++) {
        bool on = false;
        ok = json_get_bool(root, path, OTHERS[i], false, &on, err);
        if (ok && on)
            ok = error_set(err, ERROR_UNSUPPORTED, "%s: \"%s\": true is not supported", path,
                           OTHERS[i]);
    }
    if (ok && mode) {
        cls = strcmp(mode, "cls") == 0;
        mean = strcmp(mode, "mean") == 0;
    }
    if (ok && cls == mean)
        ok = error_set(err, ERROR_UNSUPPORTED,
                       "%s: pooling is by neither or both of the mean and the [CLS] token", path);
    if (ok && width != c->hidden)
        ok = error_set(err, ERROR_INPUT,
                       "%s: field \"word_embedding_dimension\" is %zu, but hidden_size is %zu",
                       path, width, c->hidden);
    c->pooling = cls ? POOLING_CLS : POOLING_MEAN;
    json_decref(root);
    free(path);
    return ok;
}

static bool read_module(struct encoder_config *c, const char *dir, const json_t *module,
                        const char *file, bool *pooled, struct error *err)
{
    const char *type = NULL, *path = "";
    if (!json_is_object(module))
        return error_set(err, ERROR_INPUT, "%s: a module is not an object", file);
    if (!json_get_string(module, file, "type", true, &type, err) ||
        !json_get_string(module, file, "path", false, &path, err))
        return false;
    const char *dot = strrchr(type, '.'), *kind = dot ? dot + 1 : type;
    if (strcmp(kind, "Transformer") == 0) {
        if (!*path) return true;
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s: the encoder is in a folder of its own, \"%.60s\"; open that", file,
                         path);
    }
    if (strcmp(kind, "Normalize") == 0) {
        c->normalize = true;
        return true;
    }
    if (strcmp(kind, "Pooling") != 0)
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s: module \"%.60s\" is not supported (supported: Transformer, Pooling, "
                         "Normalize)",
                         file, type);
    if (!*path || strlen(path) > 64 || strchr(path, '/') || path[0] == '.')
        return error_set(err, ERROR_INPUT, "%s: \"%.80s\" is no folder for a module", file, path);
    *pooled = true;
    return read_pooling(c, dir, path, err);
}

static bool read_modules(struct encoder_config *c, const char *dir, struct error *err)
{
    char *path = NULL;
    json_t *root = NULL, *module;
    size_t i;
    bool pooled = false, ok = read_json(dir, "modules.json", false, &root, &path, err);
    if (!root) goto done;
    if (!json_is_array(root)) {
        ok = error_set(err, ERROR_INPUT, "%s: is not a list", path);
        goto done;
    }
    c->normalize = false;
    json_array_foreach(root, i, module)
    {
        ok = read_module(c, dir, module, path, &pooled, err);
        if (!ok) goto done;
    }
    if (!pooled) ok = error_set(err, ERROR_UNSUPPORTED, "%s: there is no Pooling module", path);
done:
    json_decref(root);
    free(path);
    return ok;
}

/* The longest text, and the prompts of queries and passages. */
static bool read_texts(struct encoder_config *c, const char *dir, struct error *err)
{
    static const char *const NAMES[][2] = {
        {"passage", "prompt"}, {"document", "prompt"}, {"query", "prompt"}};
    static const size_t KINDS[] = {0, 0, 1};
    char *path = NULL;
    json_t *root = NULL;
    bool ok = read_json(dir, "sentence_bert_config.json", false, &root, &path, err);
    if (ok && root)
        ok = json_get_size(root, path, "max_seq_length", false, 4, SIZE_MAX / 2, &c->max_tokens,
                           err);
    if (c->max_tokens > c->context) c->max_tokens = c->context;
    json_decref(root);
    free(path);
    root = NULL;
    path = NULL;
    ok = ok && read_json(dir, "config_sentence_transformers.json", false, &root, &path, err);
    const json_t *prompts = root ? json_object_get(root, "prompts") : NULL;
    for (size_t i = 0; ok && json_is_object(prompts) && i < 3; i++) {
        const char *text = NULL;
        ok = json_get_string(prompts, path, NAMES[i][0], false, &text, err) &&
             (!text ||
              copy_text(c->prompt[KINDS[i]], sizeof c->prompt[0], text, path, NAMES[i][0], err));
    }
    json_decref(root);
    free(path);
    return ok;
}

/* ---- ColBERT ---- */

static bool read_colbert(struct encoder_config *c, const char *dir, struct error *err)
{
    static const char *const FIELDS[] = {"doc_token_id", "query_token_id"};
    char *path = NULL;
    json_t *root = NULL;
    bool ok = read_json(dir, "artifact.metadata", false, &root, &path, err);
    c->query_tokens = 32; /* ColBERTv2's own */
    c->passage_tokens = 300;
    c->mask_punctuation = true;
    snprintf(c->marker[0], sizeof c->marker[0], "[unused1]");
    snprintf(c->marker[1], sizeof c->marker[1], "[unused0]");
    if (!root) goto done;
    c->is_colbert = true;
    ok = json_get_size(root, path, "query_maxlen", false, 4, ENCODER_MAX_CONTEXT, &c->query_tokens,
                       err) &&
         json_get_size(root, path, "doc_maxlen", false, 4, ENCODER_MAX_CONTEXT, &c->passage_tokens,
                       err) &&
         json_get_bool(root, path, "mask_punctuation", false, &c->mask_punctuation, err) &&
         json_get_bool(root, path, "attend_to_mask_tokens", false, &c->attend_to_masks, err) &&
         expect_text(root, path, "similarity", false, "cosine", err);
    for (size_t i = 0; ok && i < 2; i++) {
        const char *text = c->marker[i];
        ok = json_get_string(root, path, FIELDS[i], false, &text, err) &&
             (text == c->marker[i] ||
              copy_text(c->marker[i], sizeof c->marker[i], text, path, FIELDS[i], err));
    }
done:
    if (c->query_tokens > c->context) c->query_tokens = c->context;
    if (c->passage_tokens > c->context) c->passage_tokens = c->context;
    json_decref(root);
    free(path);
    return ok;
}

bool encoder_config_read(struct encoder_config *c, const char *dir, struct error *err)
{
    char *path = NULL;
    json_t *root = NULL;
    *c = (struct encoder_config){.pooling = POOLING_MEAN, .normalize = true};
    bool ok = read_json(dir, "config.json", true, &root, &path, err);
    if (ok && !json_is_object(root))
        ok = error_set(err, ERROR_INPUT, "%s/config.json: expected an object", dir);
    ok = ok && read_shapes(c, root, path, err);
    json_decref(root);
    free(path);
    c->max_tokens = c->context;
    ok = ok && read_colbert(c, dir, err);
    return ok && (c->is_colbert || (read_modules(c, dir, err) && read_texts(c, dir, err)));
}

bool encoder_config_is_encoder(const char *dir)
{
    char *path = path_join(dir, "config.json");
    json_t *root = path && file_exists(path) ? json_read_file(path, FILE_LIMIT, NULL) : NULL;
    const char *type = json_string_value(json_object_get(root, "model_type"));
    bool is = type && strcmp(type, "bert") == 0;
    json_decref(root);
    free(path);
    return is;
}
