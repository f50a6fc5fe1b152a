#include "tokenizer/tokenizer_parts.h"

#include "base/file.h"
#include "base/json.h"
#include "model/gguf.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_FILE = 64 << 20 };

static bool load_normalizer(const json_t *object, const char *file, bool nested, bool bert,
                            struct normalizer *out, struct error *err)
{
    const char *type = NULL;
    if (!object || json_is_null(object)) return true;
    if (!json_is_object(object))
        return error_set(err, ERROR_INPUT, "%s: normalizer is not an object", file);
    if (!json_get_string(object, file, "type", true, &type, err)) return false;
    if (bert && strcmp(type, "BertNormalizer") == 0) {
        out->is_bert = true;
        return bert_normalizer_load(&out->bert, object, file, err);
    }
    if (!bert && strcmp(type, "NFC") == 0) {
        out->nfc = true;
        return true;
    }
    if (!bert && strcmp(type, "Sequence") == 0 && !nested) {
        json_t *list = json_object_get(object, "normalizers");
        if (!json_is_array(list))
            return error_set(err, ERROR_INPUT, "%s: field \"normalizers\" is not a list", file);
        for (size_t i = 0; i < json_array_size(list); i++) {
            json_t *item = json_array_get(list, i);
            if (!json_is_object(item))
                return error_set(err, ERROR_INPUT, "%s: normalizers[%zu] is not an object", file,
                                 i);
            if (!load_normalizer(item, file, true, bert, out, err)) return false;
        }
        return true;
    }
    return error_set(err, ERROR_UNSUPPORTED, "%s: normalizer \"%.40s\" is not supported%s", file,
                     type, bert ? " with WordPiece" : "");
}

/* Each model decodes in its own way: a file that wants another decoder is not one for us. */
static bool check_decoder(const json_t *object, const char *wanted, const char *file,
                          struct error *err)
{
    const char *type = NULL;
    if (!object || json_is_null(object)) return true;
    if (!json_is_object(object))
        return error_set(err, ERROR_INPUT, "%s: decoder is not an object", file);
    if (!json_get_string(object, file, "type", true, &type, err)) return false;
    if (strcmp(type, wanted) == 0) return true;
    return error_set(err, ERROR_UNSUPPORTED, "%s: decoder \"%.40s\" is not supported", file, type);
}

static bool check_bert_words(const json_t *object, const char *file, struct error *err)
{
    const char *type = NULL;
    if (!json_is_object(object))
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s: WordPiece without a pre_tokenizer is not supported", file);
    if (!json_get_string(object, file, "type", true, &type, err)) return false;
    if (strcmp(type, "BertPreTokenizer") == 0) return true;
    return error_set(err, ERROR_UNSUPPORTED,
                     "%s: pre_tokenizer \"%.40s\" is not supported with WordPiece", file, type);
}

static bool load(struct tokenizer *t, const json_t *root, const char *file, struct error *err)
{
    if (!json_is_object(root)) return error_set(err, ERROR_INPUT, "%s: expected an object", file);
    json_t *model = json_object_get(root, "model"), *added = json_object_get(root, "added_tokens");
    const char *type = "BPE"; /* old files leave it out */
    if (!json_is_object(model))
        return error_set(err, ERROR_INPUT, "%s: field \"model\" is %s", file,
                         model ? "not an object" : "missing");
    if (!json_get_string(model, file, "type", false, &type, err)) return false;
    t->is_wordpiece = strcmp(type, "WordPiece") == 0;
    if (!t->is_wordpiece && strcmp(type, "BPE") != 0)
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s: model type \"%.40s\", expected BPE or "
                         "WordPiece",
                         file, type);
    json_t *vocab = json_object_get(model, "vocab");
    if (!json_is_object(vocab) || json_object_size(vocab) == 0)
        return error_set(err, ERROR_INPUT, "%s: field \"vocab\" of the model is %s", file,
                         json_is_object(vocab) ? "empty"
                         : vocab               ? "not an object"
                                               : "missing");
    if (added && !json_is_null(added) && !json_is_array(added))
        return error_set(err, ERROR_INPUT, "%s: field \"added_tokens\" is not a list", file);

    t->vocab.spelled = t->is_wordpiece;
    if (!load_normalizer(json_object_get(root, "normalizer"), file, false, t->is_wordpiece,
                         &t->normalizer, err) ||
        !check_decoder(json_object_get(root, "decoder"),
                       t->is_wordpiece ? "WordPiece" : "ByteLevel", file, err) ||
        !vocab_load(&t->vocab, &t->arena, vocab, added, file, err) ||
        !(t->is_wordpiece ? wordpiece_load(&t->wordpiece, &t->arena, &t->vocab, model, file, err)
                          : bpe_load(&t->bpe, &t->vocab, model, file, err)) ||
        !added_load(t->added, &t->arena, &t->vocab, added, &t->normalizer, file, err))
        return false;
    if (t->is_wordpiece) return check_bert_words(json_object_get(root, "pre_tokenizer"), file, err);
    t->pretokenizer = pretokenizer_create(json_object_get(root, "pre_tokenizer"), file, err);
    return t->pretokenizer != NULL;
}

static struct tokenizer *create(json_t *root, const char *file, struct error *err)
{
    struct tokenizer *t = root ? calloc(1, sizeof *t) : NULL;
    if (root && !t) error_memory(err, "a tokenizer");
    if (t && !load(t, root, file, err)) {
        tokenizer_free(t);
        t = NULL;
    }
    json_decref(root);
    return t;
}

struct tokenizer *tokenizer_parse(const char *json, size_t len, const char *name, struct error *err)
{
    if (len > MAX_FILE) {
        error_set(err, ERROR_INPUT, "%s: %zu bytes, the limit is %d", name, len, MAX_FILE);
        return NULL;
    }
    return create(json_read_text(json, len, name, err), name, err);
}

struct tokenizer *tokenizer_parse_vocab(const char *text, size_t len, const char *name,
                                        struct error *err)
{
    return create(wordpiece_vocab_txt(text, len, name, NULL, err), name, err);
}

static struct tokenizer *read_gguf(const char *path, struct error *err)
{
    struct gguf *g = gguf_open(path, err);
    struct tokenizer *t = g ? create(gguf_tokenizer_json(g, err), gguf_path(g), err) : NULL;
    gguf_free(g);
    return t;
}

struct tokenizer *tokenizer_read(const char *path, struct error *err)
{
    if (gguf_is_path(path)) return read_gguf(path, err);
    char *file = path_join(path, "tokenizer.json"), *vocab = path_join(path, "vocab.txt");
    char *config = path_join(path, "tokenizer_config.json");
    struct tokenizer *t = NULL;
    if (!file || !vocab || !config)
        error_memory(err, "a path");
    else if (!file_exists(file) && file_exists(vocab))
        t = create(wordpiece_read_vocab_txt(vocab, config, err), vocab, err);
    else
        t = create(json_read_file(file, MAX_FILE, err), file, err);
    free(file);
    free(vocab);
    free(config);
    return t;
}

void tokenizer_free(struct tokenizer *t)
{
    if (!t) return;
    vocab_free(&t->vocab);
    bpe_free(&t->bpe);
    pretokenizer_free(t->pretokenizer);
    arena_free(&t->arena);
    free(t);
}
