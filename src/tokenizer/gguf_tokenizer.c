/* The tokenizer of a GGUF file as a tokenizer.json, so that one reader understands both.
 *
 * The file names its pre-tokenizer and leaves the pattern to the program. The patterns here are
 * those of the tokenizer.json of the model that each name was made for, which is what the model was
 * trained with; llama.cpp's own differ in places, because it has no look-ahead and no (?i:).
 * "default" is llama.cpp's. */
#include "base/log.h"
#include "base/utf8.h"
#include "model/config.h"
#include "model/gguf.h"

#include <string.h>

enum {
    MAX_MERGES = 1 << 24,
    MAX_TOKEN = 1 << 16,  /* bytes */
    MAX_TEXT = 256 << 20, /* bytes of all tokens, and of all merges */
    MAX_STAGES = 5,
};

/* Types of tokens, by their number in the file. */
enum { TYPE_NORMAL = 1, TYPE_UNKNOWN, TYPE_CONTROL, TYPE_USER, TYPE_UNUSED, TYPE_BYTE };

/* ---- pre-tokenizers ---- */

#define QWEN2_PATTERN                                                                              \
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"                            \
    "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
#define LLAMA3_PATTERN                                                                             \
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"                       \
    "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
#define GPT2_PATTERN "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)"

struct pre {
    const char *name;
    bool nfc, ignore_merges;
    const char *patterns[MAX_STAGES]; /* Splits, each match a piece of its own */
};

static const struct pre PRES[] = {
    {"default",
     .patterns = {"[\\p{P}\\$\\+<=>\\^~\\|]+", GPT2_PATTERN, "\\p{N}+", "[0-9][0-9][0-9]"}},
    {"gpt-2", .patterns = {GPT2_PATTERN "|\\s+"}},
    {"qwen2", .nfc = true, .patterns = {QWEN2_PATTERN}},
    {"deepseek-r1-qwen", .patterns = {QWEN2_PATTERN}},
    {"llama-bpe", .ignore_merges = true, .patterns = {LLAMA3_PATTERN}},
    {"llama3", .ignore_merges = true, .patterns = {LLAMA3_PATTERN}},
    {"llama-v3", .ignore_merges = true, .patterns = {LLAMA3_PATTERN}},
    {"deepseek-coder",
     .patterns = {"[\r\n]", "\\s?\\p{L}+", "\\s?\\p{P}+",
                  /* the tokenizer.json's class of CJK, kana, Hangul, up to U+D7FF */
                  "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+", "\\p{N}"}},
};

enum { N_PRES = sizeof PRES / sizeof *PRES };

static const struct pre *find_pre(const struct gguf *g, struct error *err)
{
    const char *name = NULL;
    size_t len = 0;
    if (!gguf_get_text(g, "tokenizer.ggml.pre", false, &name, &len, err)) return NULL;
    if (!name) {
        log_warn("%s: does not name its pre-tokenizer (key \"tokenizer.ggml.pre\"); llama.cpp's "
                 "default is used, which may not be the model's",
                 gguf_path(g));
        return &PRES[0];
    }
    for (size_t i = 0; i < N_PRES; i++)
        if (strlen(PRES[i].name) == len && memcmp(PRES[i].name, name, len) == 0) return &PRES[i];
    char shown[GGUF_SHOWN];
    error_set(err, ERROR_UNSUPPORTED,
              "%s: key \"tokenizer.ggml.pre\": pre-tokenizer \"%s\" is not supported (supported: "
              "default, gpt-2, qwen2, deepseek-r1-qwen, deepseek-coder, llama-bpe)",
              gguf_path(g), gguf_show(name, len, shown));
    return NULL;
}

static json_t *pre_json(const struct pre *pre)
{
    json_t *list = json_array();
    for (size_t i = 0; i < MAX_STAGES && pre->patterns[i]; i++)
        json_array_append_new(list, json_pack("{s:s, s:{s:s}, s:s, s:b}", "type", "Split",
                                              "pattern", "Regex", pre->patterns[i], "behavior",
                                              "Isolated", "invert", 0));
    json_array_append_new(list, json_pack("{s:s, s:b, s:b}", "type", "ByteLevel",
                                          "add_prefix_space", 0, "use_regex", 0));
    return json_pack("{s:s, s:o}", "type", "Sequence", "pretokenizers", list);
}

/* ---- tokens and merges ---- */

/* A token's or merge's text, checked to be text. */
static bool check_text(const struct gguf *g, const char *key, size_t i, const char *text,
                       size_t len, size_t *total, struct error *err)
{
    *total += len;
    const char *fault = len == 0                    ? "is empty"
                        : len > 2 * MAX_TOKEN + 1   ? "is too long"
                        : *total > MAX_TEXT         ? "is past the limit of 256 MB in all"
                        : memchr(text, 0, len)      ? "holds a NUL"
                        : !utf8_is_valid(text, len) ? "is not UTF-8"
                                                    : NULL;
    return !fault || error_set(err, ERROR_INPUT, "%s: key \"%s\": element %zu %s", gguf_path(g),
                               key, i, fault);
}

static bool add_token(const struct gguf *g, json_t *vocab, json_t *added, size_t id,
                      const char *text, size_t len, int64_t type, struct error *err)
{
    switch (type) {
    case TYPE_UNUSED: /* padding up to the embedding's rows: no text becomes it */
        return true;
    case TYPE_NORMAL:
    case TYPE_BYTE:
        if (json_object_getn(vocab, text, len)) {
            char shown[GGUF_SHOWN];
            return error_set(err, ERROR_INPUT,
                             "%s: key \"tokenizer.ggml.tokens\": \"%s\" is there twice (again at "
                             "%zu)",
                             gguf_path(g), gguf_show(text, len, shown), id);
        }
        return json_object_setn_new_nocheck(vocab, text, len, json_integer((json_int_t)id)) == 0 ||
               error_memory(err, "the vocabulary");
    case TYPE_UNKNOWN:
    case TYPE_CONTROL:
    case TYPE_USER: {
        /* Converted files do not keep the flag "normalized"; as tokens are looked for first in the
         * text as it is, it matters for NFC alone. */
        json_t *token = json_pack("{s:I, s:o, s:b, s:b}", "id", (json_int_t)id, "content",
                                  json_stringn_nocheck(text, len), "special", type != TYPE_USER,
                                  "normalized", 0);
        return json_array_append_new(added, token) == 0 || error_memory(err, "the vocabulary");
    }
    default:
        return error_set(err, ERROR_INPUT,
                         "%s: key \"tokenizer.ggml.token_type\": element %zu is "
                         "%lld, outside 1..6",
                         gguf_path(g), id, (long long)type);
    }
}

static bool read_tokens(const struct gguf *g, json_t *vocab, json_t *added, struct error *err)
{
    static const char KEY[] = "tokenizer.ggml.tokens";
    struct gguf_array texts, types;
    if (!gguf_get_texts(g, KEY, true, &texts, err) ||
        !gguf_get_integers(g, "tokenizer.ggml.token_type", true, &types, err))
        return false;
    if (texts.n < 1 || texts.n > CONFIG_MAX_VOCAB)
        return error_set(err, ERROR_INPUT, "%s: key \"%s\": %zu tokens", gguf_path(g), KEY,
                         texts.n);
    if (types.n != texts.n)
        return error_set(err, ERROR_INPUT,
                         "%s: key \"tokenizer.ggml.token_type\" has %zu elements for %zu tokens",
                         gguf_path(g), types.n, texts.n);
    size_t total = 0;
    for (size_t i = 0, len; i < texts.n; i++) {
        const char *text = gguf_next_text(&texts, &len);
        if (len > MAX_TOKEN)
            return error_set(err, ERROR_INPUT, "%s: key \"%s\": element %zu has %zu bytes",
                             gguf_path(g), KEY, i, len);
        if (!check_text(g, KEY, i, text, len, &total, err) ||
            !add_token(g, vocab, added, i, text, len, gguf_next_integer(&types), err))
            return false;
    }
    return true;
}

static bool read_merges(const struct gguf *g, json_t *merges, struct error *err)
{
    static const char KEY[] = "tokenizer.ggml.merges";
    struct gguf_array texts;
    if (!gguf_get_texts(g, KEY, true, &texts, err)) return false;
    if (texts.n > MAX_MERGES)
        return error_set(err, ERROR_INPUT, "%s: key \"%s\": %zu merges", gguf_path(g), KEY,
                         texts.n);
    size_t total = 0;
    for (size_t i = 0, len; i < texts.n; i++) {
        const char *text = gguf_next_text(&texts, &len);
        if (!check_text(g, KEY, i, text, len, &total, err)) return false;
        if (json_array_append_new(merges, json_stringn_nocheck(text, len)))
            return error_memory(err, "the merges");
    }
    return true;
}

json_t *gguf_tokenizer_json(const struct gguf *g, struct error *err)
{
    const char *model;
    size_t len;
    char shown[GGUF_SHOWN];
    if (!gguf_get_text(g, "tokenizer.ggml.model", true, &model, &len, err)) return NULL;
    if (len != 4 || memcmp(model, "gpt2", 4) != 0) {
        error_set(err, ERROR_UNSUPPORTED,
                  "%s: key \"tokenizer.ggml.model\": \"%s\" is not supported (supported: gpt2)",
                  gguf_path(g), gguf_show(model, len, shown));
        return NULL;
    }
    const struct pre *pre = find_pre(g, err);
    if (!pre) return NULL;
    json_t *vocab = json_object(), *merges = json_array(), *added = json_array(), *root = NULL;
    if (vocab && merges && added && read_tokens(g, vocab, added, err) &&
        read_merges(g, merges, err)) {
        root = json_pack("{s:O, s:o, s:o, s:{s:s}, s:{s:s, s:b, s:O, s:O}}", "added_tokens", added,
                         "normalizer", pre->nfc ? json_pack("{s:s}", "type", "NFC") : json_null(),
                         "pre_tokenizer", pre_json(pre), "decoder", "type", "ByteLevel", "model",
                         "type", "BPE", "ignore_merges", pre->ignore_merges, "vocab", vocab,
                         "merges", merges);
        if (!root) error_memory(err, "a tokenizer");
    } else if (err && err->code == ERROR_NONE) {
        error_memory(err, "a tokenizer");
    }
    json_decref(vocab);
    json_decref(merges);
    json_decref(added);
    return root;
}
