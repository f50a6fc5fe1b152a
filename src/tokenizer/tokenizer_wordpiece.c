/* WordPiece: the longest entry of the vocabulary first, from the left (Schuster and Nakajima 2012,
 * "Japanese and Korean voice search"; the form that BERT has); and vocab.txt, which is such a
 * vocabulary without the rest of tokenizer.json. */
#include "tokenizer/tokenizer_parts.h"

#include "base/file.h"
#include "base/json.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_WORD = 10000, MAX_PREFIX = 64, MAX_VOCAB_TXT = 32 << 20, MAX_CONFIG = 1 << 20 };

bool wordpiece_load(struct wordpiece *w, struct arena *arena, const struct vocab *v,
                    const json_t *model, const char *file, struct error *err)
{
    const char *unknown = "[UNK]", *prefix = "##";
    w->max_chars = 100;
    if (!json_get_string(model, file, "unk_token", false, &unknown, err) ||
        !json_get_string(model, file, "continuing_subword_prefix", false, &prefix, err) ||
        !json_get_size(model, file, "max_input_chars_per_word", false, 1, MAX_WORD, &w->max_chars,
                       err))
        return false;
    if (strlen(prefix) > MAX_PREFIX)
        return error_set(err, ERROR_INPUT,
                         "%s: field \"continuing_subword_prefix\" has %zu bytes, at most %d", file,
                         strlen(prefix), MAX_PREFIX);
    w->prefix_len = strlen(prefix);
    w->prefix = arena_strndup(arena, prefix, w->prefix_len);
    if (!w->prefix) return error_memory(err, "the vocabulary");
    w->unknown = token_table_find(&v->by_bytes, v->tokens, unknown, strlen(unknown));
    if (w->unknown < 0)
        return error_set(err, ERROR_INPUT,
                         "%s: \"%.40s\", which stands for unknown words, is not in the vocabulary",
                         file, unknown);
    for (size_t i = 0; i < v->n_ids; i++)
        if (v->tokens[i].flags & TOKEN_MODEL && v->tokens[i].len > w->longest)
            w->longest = v->tokens[i].len;
    return true;
}

/* The longest entry that room[at..end) begins with. The bytes in front of `at` have been read and
 * take the prefix. */
static int32_t longest_piece(const struct wordpiece *w, const struct vocab *v,
                             enum tokenize_mode mode, char *room, size_t at, size_t *end)
{
    size_t prefix = at > w->prefix_len ? w->prefix_len : 0; /* at the start there is none */
    char *from = room + at - prefix;
    memcpy(from, w->prefix, prefix);
    if (*end - at + prefix > w->longest) *end = w->longest > prefix ? at + w->longest - prefix : at;
    for (; *end > at; (*end)--) {
        if (((unsigned char)room[*end] & 0xc0) == 0x80) continue; /* within a character */
        int32_t id = token_table_find(&v->by_bytes, v->tokens, from, *end - at + prefix);
        /* To text, control tokens are not in the vocabulary. */
        if (id >= 0 && !(mode == TOKENIZE_TEXT && v->tokens[id].flags & TOKEN_CONTROL)) return id;
    }
    return -1;
}

bool wordpiece_encode(const struct wordpiece *w, const struct vocab *v, enum tokenize_mode mode,
                      const char *word, size_t len, struct tokens *out, struct error *err)
{
    size_t chars = 0, before = out->len;
    for (size_t i = 0; i < len; i++) chars += ((unsigned char)word[i] & 0xc0) != 0x80;
    if (chars > w->max_chars) return tokens_push(out, w->unknown, err);

    char few[1024], *room = few;
    size_t first = w->prefix_len, stop = first + len;
    if (stop + 1 > sizeof few && !(room = malloc(stop + 1))) return error_memory(err, "a word");
    memcpy(room + first, word, len);
    room[stop] = '\0'; /* not the middle of a character */
    bool ok = true;
    for (size_t at = first; ok && at < stop;) {
        size_t end = stop;
        int32_t id = longest_piece(w, v, mode, room, at, &end);
        if (id < 0) { /* then the whole word is unknown */
            out->len = before;
            ok = tokens_push(out, w->unknown, err);
            break;
        }
        ok = tokens_push(out, id, err);
        at = end;
    }
    if (room != few) free(room);
    return ok;
}

/* ---- vocab.txt ---- */

/* One token a line; its id is the line's number, from 0 on. */
static json_t *read_vocab(const char *text, size_t len, const char *file, struct error *err)
{
    json_t *vocab = json_object();
    size_t line = 0;
    for (size_t i = 0; vocab && i < len; line++) {
        const char *end = memchr(text + i, '\n', len - i);
        size_t n = end ? (size_t)(end - text) - i : len - i, token = n;
        if (token && text[i + token - 1] == '\r') token--;
        const char *fault = token == 0                                 ? "is empty"
                            : memchr(text + i, 0, token)               ? "holds a NUL"
                            : !utf8_is_valid(text + i, token)          ? "is not valid UTF-8"
                            : json_object_getn(vocab, text + i, token) ? "is there twice"
                                                                       : NULL;
        if (fault) {
            error_set(err, ERROR_INPUT, "%s: line %zu: the token %s", file, line + 1, fault);
            json_decref(vocab);
            return NULL;
        }
        if (json_object_setn_new(vocab, text + i, token, json_integer((json_int_t)line)) != 0)
            break;
        i += n + 1;
    }
    if (vocab && json_object_size(vocab) == line && line > 0) return vocab;
    if (line == 0 && vocab)
        error_set(err, ERROR_INPUT, "%s: there is no token in it", file);
    else
        error_memory(err, file);
    json_decref(vocab);
    return NULL;
}

/* BertTokenizer's special tokens, as far as the vocabulary has them. */
static json_t *special_tokens(const json_t *vocab)
{
    static const char *const NAMES[] = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        json_t *id = json_object_get(vocab, NAMES[i]);
        if (id && json_array_append_new(list, json_pack("{s:O, s:s, s:b}", "id", id, "content",
                                                        NAMES[i], "special", 1)) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* The switches of BertTokenizer in tokenizer_config.json, where there is one. */
static bool read_switches(const char *config_file, json_t *normalizer, struct error *err)
{
    static const char *const NAMES[][2] = {{"do_lower_case", "lowercase"},
                                           {"strip_accents", "strip_accents"},
                                           {"tokenize_chinese_chars", "handle_chinese_chars"}};
    if (!file_exists(config_file)) return true;
    json_t *config = json_read_file(config_file, MAX_CONFIG, err);
    bool ok = config != NULL;
    for (size_t i = 0; ok && i < sizeof NAMES / sizeof *NAMES; i++) {
        bool on = false;
        json_t *value = json_object_get(config, NAMES[i][0]);
        ok = json_get_bool(config, config_file, NAMES[i][0], false, &on, err);
        if (ok && json_is_boolean(value)) json_object_set(normalizer, NAMES[i][1], value);
    }
    json_decref(config);
    return ok;
}

json_t *wordpiece_vocab_txt(const char *text, size_t len, const char *file, const char *config_file,
                            struct error *err)
{
    json_t *vocab = read_vocab(text, len, file, err);
    if (!vocab) return NULL;
    json_t *normalizer = json_pack("{s:s}", "type", "BertNormalizer");
    if (config_file && !read_switches(config_file, normalizer, err)) {
        json_decref(normalizer);
        json_decref(vocab);
        return NULL;
    }
    json_t *added = special_tokens(vocab);
    json_t *root = json_pack("{s:o, s:o, s:{s:s}, s:{s:s, s:o}}", "added_tokens", added,
                             "normalizer", normalizer, "pre_tokenizer", "type", "BertPreTokenizer",
                             "model", "type", "WordPiece", "vocab", vocab);
    if (!root) error_memory(err, file);
    return root;
}

json_t *wordpiece_read_vocab_txt(const char *file, const char *config_file, struct error *err)
{
    char *text;
    size_t len;
    if (!file_read(file, MAX_VOCAB_TXT, &text, &len, err)) return NULL;
    json_t *root = wordpiece_vocab_txt(text, len, file, config_file, err);
    free(text);
    return root;
}
