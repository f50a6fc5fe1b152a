#include "tokenizer/tokenizer_parts.h"

#include "base/utf8.h"

#define XXH_INLINE_ALL
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum { MAX_ID = 1 << 24, MAX_TOKEN_BYTES = 1 << 16 };

/* ---- the hash table ---- */

bool token_table_init(struct token_table *t, size_t n, const char *what, struct error *err)
{
    size_t size = 16;
    while (size < n + n / 2) size *= 2;
    t->slots = malloc(size * sizeof *t->slots);
    if (!t->slots) return error_memory(err, what);
    for (size_t i = 0; i < size; i++) t->slots[i] = (struct token_slot){0, -1};
    t->mask = size - 1;
    return true;
}

static uint32_t hash_bytes(const char *bytes, size_t len)
{
    return (uint32_t)XXH3_64bits(bytes, len);
}

int32_t token_table_find(const struct token_table *t, const struct token *tokens, const char *bytes,
                         size_t len)
{
    uint32_t hash = hash_bytes(bytes, len);
    for (size_t i = hash & t->mask;; i = (i + 1) & t->mask) {
        const struct token_slot *s = &t->slots[i];
        if (s->id < 0) return -1;
        if (s->hash != hash) continue;
        const struct token *token = &tokens[s->id];
        if (token->len == len && memcmp(token->bytes, bytes, len) == 0) return s->id;
    }
}

void token_table_add(struct token_table *t, const struct token *tokens, int32_t id)
{
    uint32_t hash = hash_bytes(tokens[id].bytes, tokens[id].len);
    size_t i = hash & t->mask;
    while (t->slots[i].id >= 0) i = (i + 1) & t->mask;
    t->slots[i] = (struct token_slot){hash, id};
}

/* ---- the byte alphabet ---- */

/* Bytes that Latin-1 prints stand for themselves; the 68 others are U+0100, U+0101, ... in order.
 */
static int alphabet_byte(uint32_t cp)
{
    if ((cp >= 33 && cp <= 126) || (cp >= 161 && cp <= 172) || (cp >= 174 && cp <= 255))
        return (int)cp;
    if (cp < 256 || cp > 256 + 67) return -1;
    int n = (int)cp - 256;
    return n < 33 ? n : n < 67 ? 127 + n - 33 : 173;
}

bool byte_alphabet_decode(const char *spelling, size_t len, char *out, size_t *out_len)
{
    size_t n = 0;
    for (size_t i = 0; i < len;) {
        uint32_t cp = (unsigned char)spelling[i];
        size_t used = cp < 0x80 ? 1 : utf8_decode(spelling + i, len - i, &cp);
        int byte = used ? alphabet_byte(cp) : -1;
        if (byte < 0) return false;
        out[n++] = (char)byte;
        i += used;
    }
    *out_len = n;
    return true;
}

/* ---- loading ---- */

/* An id from the file: in bounds, and not so far out that the array by id would be mostly empty. */
static bool read_id(const json_t *value, size_t n_entries, const char *file, const char *what,
                    const char *token, int32_t *id, struct error *err)
{
    if (!json_is_integer(value))
        return error_set(err, ERROR_INPUT, "%s: %s \"%.60s\": the id is not a whole number", file,
                         what, token);
    size_t limit = 2 * n_entries + 1024;
    if (limit > MAX_ID) limit = MAX_ID;
    json_int_t i = json_integer_value(value);
    if (i < 0 || (uintmax_t)i >= limit)
        return error_set(err, ERROR_INPUT,
                         "%s: %s \"%.60s\": id %" JSON_INTEGER_FORMAT " is outside 0..%zu", file,
                         what, token, i, limit - 1);
    *id = (int32_t)i;
    return true;
}

/* Finds the highest id and the bytes of all texts, so that both are allocated once. */
static bool measure(struct vocab *v, const json_t *vocab, const json_t *added, const char *file,
                    size_t *n_bytes, struct error *err)
{
    size_t n_entries = json_object_size(vocab) + json_array_size(added), i;
    const char *key;
    json_t *value;
    int32_t id = 0;
    json_object_foreach((json_t *)vocab, key, value)
    {
        if (!read_id(value, n_entries, file, "vocab entry", key, &id, err)) return false;
        size_t len = strlen(key);
        if (len == 0 || len > MAX_TOKEN_BYTES)
            return error_set(err, ERROR_INPUT, "%s: vocab entry %d has %zu bytes", file, id, len);
        *n_bytes += len;
        if ((size_t)id >= v->n_ids) v->n_ids = (size_t)id + 1;
    }
    json_array_foreach(added, i, value)
    {
        json_t *content = json_object_get(value, "content");
        if (!json_is_string(content))
            return error_set(err, ERROR_INPUT, "%s: added_tokens[%zu]: \"content\" is no string",
                             file, i);
        const char *text = json_string_value(content);
        size_t len = json_string_length(content);
        if (len == 0 || len > MAX_TOKEN_BYTES || strlen(text) != len)
            return error_set(err, ERROR_INPUT,
                             "%s: added_tokens[%zu]: \"content\" is empty, too long or holds a NUL",
                             file, i);
        if (!read_id(json_object_get(value, "id"), n_entries, file, "added token", text, &id, err))
            return false;
        *n_bytes += len;
        if ((size_t)id >= v->n_ids) v->n_ids = (size_t)id + 1;
    }
    return true;
}

static bool is_control(const char *text, size_t len, bool special)
{
    return special || (len >= 3 && text[0] == '<' && text[len - 1] == '>');
}

static bool add_model_tokens(struct vocab *v, char **texts, const json_t *vocab, const char *file,
                             struct error *err)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)vocab, key, value)
    {
        int32_t id = (int32_t)json_integer_value(value);
        struct token *t = &v->tokens[id];
        if (t->bytes)
            return error_set(err, ERROR_INPUT, "%s: vocab entry \"%.60s\": id %d is taken already",
                             file, key, id);
        size_t len = strlen(key), n;
        t->bytes = *texts;
        if (!v->spelled && byte_alphabet_decode(key, len, *texts, &n)) {
            t->flags = TOKEN_MODEL;
        } else {
            memcpy(*texts, key, n = len);
            if (v->spelled) t->flags = TOKEN_MODEL;
        }
        t->len = (uint32_t)n;
        *texts += n;
        /* Two keys cannot have the same bytes: the alphabet is one to one and keys are unique. */
        token_table_add(t->flags ? &v->by_bytes : &v->by_spelling, v->tokens, id);
    }
    return true;
}

/* The model's entry with this spelling, or -1. */
static int32_t find_entry(const struct vocab *v, const char *spelling, size_t len, char *scratch)
{
    size_t n;
    if (v->spelled) return token_table_find(&v->by_bytes, v->tokens, spelling, len);
    if (byte_alphabet_decode(spelling, len, scratch, &n))
        return token_table_find(&v->by_bytes, v->tokens, scratch, n);
    return token_table_find(&v->by_spelling, v->tokens, spelling, len);
}

static bool add_added_tokens(struct vocab *v, char *texts, const json_t *added, const char *file,
                             struct error *err)
{
    size_t i;
    json_t *value;
    json_array_foreach(added, i, value)
    {
        const char *text = json_string_value(json_object_get(value, "content"));
        size_t len = strlen(text);
        int32_t id = (int32_t)json_integer_value(json_object_get(value, "id"));
        int32_t entry = find_entry(v, text, len, texts);
        struct token *t = &v->tokens[id];
        bool special = false;
        if (!json_get_bool(value, file, "special", false, &special, err)) return false;
        int32_t known = token_table_find(&v->by_spelling, v->tokens, text, len);
        if (known >= 0 && v->tokens[known].flags & TOKEN_ADDED)
            return error_set(err, ERROR_INPUT, "%s: added_tokens[%zu] \"%.60s\" is there twice",
                             file, i, text);
        if (entry >= 0 && entry != id)
            return error_set(err, ERROR_INPUT,
                             "%s: added_tokens[%zu] \"%.60s\": id %d, but %d in the vocabulary",
                             file, i, text, id, entry);
        if (entry < 0 && t->bytes)
            return error_set(err, ERROR_INPUT,
                             "%s: added_tokens[%zu] \"%.60s\": id %d is another token's", file, i,
                             text, id);
        if (entry < 0) {
            memcpy(texts, text, len);
            t->bytes = texts;
            t->len = (uint32_t)len;
            texts += len;
        }
        t->flags |= (uint8_t)(TOKEN_ADDED | (is_control(text, len, special) ? TOKEN_CONTROL : 0));
        /* An entry of the vocabulary goes on standing for its bytes, which are not its spelling
         * when that has letters of the byte alphabet above ASCII: then it is found by those. */
        if (known < 0 && t->len == len && memcmp(t->bytes, text, len) == 0)
            token_table_add(&v->by_spelling, v->tokens, id);
    }
    return true;
}

bool vocab_load(struct vocab *v, struct arena *arena, const json_t *vocab, const json_t *added,
                const char *file, struct error *err)
{
    size_t n_bytes = 0;
    if (!measure(v, vocab, added, file, &n_bytes, err)) return false;
    v->tokens = calloc(v->n_ids ? v->n_ids : 1, sizeof *v->tokens);
    char *texts = arena_alloc(arena, n_bytes + 1);
    if (!v->tokens || !texts) return error_memory(err, "the vocabulary");
    size_t n = json_object_size(vocab);
    return token_table_init(&v->by_bytes, n, "the vocabulary", err) &&
           token_table_init(&v->by_spelling, n + json_array_size(added), "the vocabulary", err) &&
           add_model_tokens(v, &texts, vocab, file, err) &&
           add_added_tokens(v, texts, added, file, err);
}

void vocab_free(struct vocab *v)
{
    free(v->tokens);
    free(v->by_bytes.slots);
    free(v->by_spelling.slots);
    *v = (struct vocab){0};
}
