/* Merging: of all neighbouring pairs in a word, the one of the lowest rank (the leftmost, when a
 * pair is there more than once) becomes one token, until no pair has a merge. */
#include "tokenizer/tokenizer_parts.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_MERGES = 1 << 24,
    SHORT_WORD = 48, /* up to here, looking through all pairs beats a heap */
};

enum { WHOLE_UNKNOWN, WHOLE_YES, WHOLE_NO };

/* ---- the merges ---- */

static uint64_t pair_key(int32_t left, int32_t right)
{
    return ((uint64_t)left + 1) << 32 | (uint32_t)right;
}

static size_t pair_slot(const struct bpe *b, uint64_t key)
{
    uint64_t h = key * 0x9e3779b97f4a7c15u;
    return (size_t)(h ^ h >> 32) & b->mask;
}

static const struct merge *find_merge(const struct bpe *b, int32_t left, int32_t right)
{
    uint64_t key = pair_key(left, right);
    for (size_t i = pair_slot(b, key);; i = (i + 1) & b->mask) {
        if (b->merges[i].key == key) return &b->merges[i];
        if (b->merges[i].key == 0) return NULL;
    }
}

static void add_merge(struct bpe *b, int32_t left, int32_t right, uint32_t rank, int32_t result)
{
    uint64_t key = pair_key(left, right);
    size_t i = pair_slot(b, key);
    while (b->merges[i].key != 0 && b->merges[i].key != key) i = (i + 1) & b->mask;
    b->merges[i] = (struct merge){key, rank, result}; /* the last of two is used, as there */
}

/* The two sides of merges[i], which is "a b" or ["a", "b"]. */
static bool read_sides(const json_t *value, size_t i, const char *file, const char *side[2],
                       size_t len[2], struct error *err)
{
    if (json_is_string(value)) {
        const char *text = json_string_value(value);
        size_t n = json_string_length(value);
        const char *space = memchr(text, ' ', n);
        if (!space || memchr(space + 1, ' ', n - (size_t)(space + 1 - text)))
            return error_set(err, ERROR_INPUT, "%s: merges[%zu] \"%.60s\" is not two tokens", file,
                             i, text);
        side[0] = text;
        len[0] = (size_t)(space - text);
        side[1] = space + 1;
        len[1] = n - len[0] - 1;
        return true;
    }
    if (json_array_size(value) != 2 || !json_is_string(json_array_get(value, 0)) ||
        !json_is_string(json_array_get(value, 1)))
        return error_set(err, ERROR_INPUT, "%s: merges[%zu] is not two tokens", file, i);
    for (size_t k = 0; k < 2; k++) {
        side[k] = json_string_value(json_array_get(value, k));
        len[k] = json_string_length(json_array_get(value, k));
    }
    return true;
}

static bool load_merge(struct bpe *b, const struct vocab *v, const json_t *value, size_t i,
                       const char *file, struct buffer *scratch, struct error *err)
{
    const char *side[2];
    size_t len[2], n[2];
    int32_t id[2];
    if (!read_sides(value, i, file, side, len, err)) return false;
    buffer_clear(scratch);
    for (size_t k = 0; k < 2; k++) {
        size_t at = scratch->len;
        buffer_append(scratch, side[k], len[k]);
        if (scratch->failed) return error_memory(err, "the merges");
        id[k] = -1;
        if (byte_alphabet_decode(side[k], len[k], scratch->data + at, &n[k])) {
            scratch->len = at + n[k];
            id[k] = token_table_find(&v->by_bytes, v->tokens, scratch->data + at, n[k]);
        }
        if (id[k] < 0)
            return error_set(err, ERROR_INPUT, "%s: merges[%zu]: \"%.*s\" is not in the vocabulary",
                             file, i, (int)(len[k] < 60 ? len[k] : 60), side[k]);
    }
    /* The result is longer than either side, so merging always comes to an end. */
    int32_t result = token_table_find(&v->by_bytes, v->tokens, scratch->data, scratch->len);
    if (result < 0)
        return error_set(err, ERROR_INPUT,
                         "%s: merges[%zu]: the result \"%.*s%.*s\" is not in the vocabulary", file,
                         i, (int)(len[0] < 60 ? len[0] : 60), side[0],
                         (int)(len[1] < 60 ? len[1] : 60), side[1]);
    add_merge(b, id[0], id[1], (uint32_t)i, result);
    if (v->tokens[result].flags & TOKEN_CONTROL) b->makes_control = true;
    return true;
}

/* Switches of the model that change what comes out, and that no byte-level tokenizer uses. */
static bool refuse_switches(const json_t *model, const char *file, struct error *err)
{
    static const char *const affixes[] = {"continuing_subword_prefix", "end_of_word_suffix"};
    bool fallback = false;
    double dropout = 0;
    for (size_t i = 0; i < 2; i++) {
        const char *text = "";
        if (!json_get_string(model, file, affixes[i], false, &text, err)) return false;
        if (*text)
            return error_set(err, ERROR_UNSUPPORTED, "%s: model.%s is not supported", file,
                             affixes[i]);
    }
    if (!json_get_bool(model, file, "byte_fallback", false, &fallback, err) ||
        !json_get_double(model, file, "dropout", false, &dropout, err))
        return false;
    if (fallback)
        return error_set(err, ERROR_UNSUPPORTED, "%s: model.byte_fallback is not supported", file);
    if (dropout != 0)
        return error_set(err, ERROR_UNSUPPORTED, "%s: model.dropout is not supported", file);
    return true;
}

static bool load_byte_ids(struct bpe *b, const struct vocab *v, const json_t *model,
                          const char *file, struct error *err)
{
    const char *unk = NULL;
    if (!json_get_string(model, file, "unk_token", false, &unk, err)) return false;
    for (int c = 0; c < 256; c++) {
        char byte = (char)c;
        int32_t id = token_table_find(&v->by_bytes, v->tokens, &byte, 1);
        bool control = id >= 0 && v->tokens[id].flags & TOKEN_CONTROL;
        b->byte_ids[TOKENIZE_CONTROL][c] = id;
        b->byte_ids[TOKENIZE_TEXT][c] = control ? -1 : id;
        /* 0xc0, 0xc1 and 0xf5.. are in no UTF-8 text. */
        if (unk && id < 0 && c != 0xc0 && c != 0xc1 && c < 0xf5)
            return error_set(err, ERROR_UNSUPPORTED,
                             "%s: model.unk_token is set and byte 0x%02x has no token", file,
                             (unsigned)c);
    }
    return true;
}

bool bpe_load(struct bpe *b, const struct vocab *v, const json_t *model, const char *file,
              struct error *err)
{
    json_t *merges = json_object_get(model, "merges"), *value;
    struct buffer scratch = {0};
    size_t i, size = 16, first = 0;
    bool ok = false;
    if (!json_is_array(merges))
        return error_set(err, ERROR_INPUT, "%s: field \"merges\" of the model is %s", file,
                         merges ? "not a list" : "missing");
    size_t n = json_array_size(merges);
    if (n > MAX_MERGES)
        return error_set(err, ERROR_INPUT, "%s: %zu merges, the limit is %d", file, n, MAX_MERGES);
    if (!refuse_switches(model, file, err) ||
        !json_get_bool(model, file, "ignore_merges", false, &b->ignore_merges, err) ||
        !load_byte_ids(b, v, model, file, err))
        return false;

    while (size < n + n / 2) size *= 2;
    b->mask = size - 1;
    b->merges = calloc(size, sizeof *b->merges);
    for (int m = 0; m < TOKENIZE_MODES; m++) b->whole[m] = calloc(v->n_ids + 1, 1);
    if (!b->merges || !b->whole[0] || !b->whole[1]) {
        error_memory(err, "the merges");
        goto done;
    }
    /* The text form may begin with the version line of a merges.txt. */
    while (first < n && json_is_string(json_array_get(merges, first)) &&
           strncmp(json_string_value(json_array_get(merges, first)), "#version", 8) == 0)
        first++;
    json_array_foreach(merges, i, value)
    {
        if (i >= first && !load_merge(b, v, value, i, file, &scratch, err)) goto done;
    }
    ok = true;
done:
    buffer_free(&scratch);
    return ok;
}

void bpe_free(struct bpe *b)
{
    free(b->merges);
    for (int m = 0; m < TOKENIZE_MODES; m++) free(b->whole[m]);
    *b = (struct bpe){0};
}

/* ---- merging ---- */

struct word {
    const struct bpe *b;
    const struct vocab *v;
    enum tokenize_mode mode;
};

static const struct merge *merge_of(const struct word *w, int32_t left, int32_t right)
{
    const struct merge *m = find_merge(w->b, left, right);
    if (m && w->b->makes_control && w->mode == TOKENIZE_TEXT &&
        w->v->tokens[m->result].flags & TOKEN_CONTROL)
        return NULL;
    return m;
}

/* Merges ids[0..n) in place, n <= SHORT_WORD; returns how many are left. */
static size_t merge_short(const struct word *w, int32_t *ids, size_t n)
{
    uint32_t ranks[SHORT_WORD]; /* of the pair that starts here */
    int32_t results[SHORT_WORD];
    const uint32_t none = UINT32_MAX;
    for (size_t i = 0; i + 1 < n; i++) {
        const struct merge *m = merge_of(w, ids[i], ids[i + 1]);
        ranks[i] = m ? m->rank : none;
        results[i] = m ? m->result : -1;
    }
    while (n > 1) {
        size_t best = 0;
        for (size_t i = 1; i + 1 < n; i++)
            if (ranks[i] < ranks[best]) best = i;
        if (ranks[best] == none) break;
        ids[best] = results[best];
        n--;
        memmove(ids + best + 1, ids + best + 2, (n - best - 1) * sizeof *ids);
        if (best + 1 < n) {
            memmove(ranks + best, ranks + best + 1, (n - best - 1) * sizeof *ranks);
            memmove(results + best, results + best + 1, (n - best - 1) * sizeof *results);
        }
        for (size_t i = best ? best - 1 : 0; i <= best && i + 1 < n; i++) {
            const struct merge *m = merge_of(w, ids[i], ids[i + 1]);
            ranks[i] = m ? m->rank : none;
            results[i] = m ? m->result : -1;
        }
    }
    return n;
}

/* A min-heap of rank << 32 | position. */
static void heap_sink(uint64_t *heap, size_t n, size_t i)
{
    uint64_t v = heap[i];
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && heap[child + 1] < heap[child]) child++;
        if (heap[child] >= v) break;
        heap[i] = heap[child];
    }
    heap[i] = v;
}

static void heap_push(uint64_t *heap, size_t *n, uint64_t v)
{
    size_t i = (*n)++;
    while (i > 0 && heap[(i - 1) / 2] > v) {
        heap[i] = heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    heap[i] = v;
}

/* As merge_short for words of any length: n log n. */
static bool merge_long(const struct word *w, int32_t *ids, size_t *n, struct error *err)
{
    struct link {
        uint32_t previous, next; /* n + 1 and n: none */
    } * links;
    size_t count = *n, heap_len = 0, kept = 0;
    if (count >= UINT32_MAX - 2) return error_set(err, ERROR_MEMORY, "a word of %zu bytes", count);
    links = malloc(count * sizeof *links);
    /* A merge takes one entry off the heap and adds at most two; there are fewer than n merges. */
    uint64_t *heap = malloc(2 * count * sizeof *heap);
    bool ok = links && heap;
    if (!ok) {
        error_memory(err, "a long word");
        goto done;
    }
    const uint32_t end = (uint32_t)count, before = end + 1;
    for (uint32_t i = 0; i < end; i++) {
        links[i].previous = i ? i - 1 : before;
        links[i].next = i + 1;
        const struct merge *m = i + 1 < end ? merge_of(w, ids[i], ids[i + 1]) : NULL;
        if (m) heap[heap_len++] = (uint64_t)m->rank << 32 | i;
    }
    for (size_t i = heap_len / 2; i-- > 0;) heap_sink(heap, heap_len, i);
    while (heap_len) {
        uint64_t top = heap[0];
        heap[0] = heap[--heap_len];
        if (heap_len) heap_sink(heap, heap_len, 0);
        uint32_t i = (uint32_t)top, next;
        if (ids[i] < 0 || (next = links[i].next) == end) continue;
        const struct merge *m = merge_of(w, ids[i], ids[next]);
        if (!m || m->rank != top >> 32) continue; /* the pair has gone since */
        ids[i] = m->result;
        ids[next] = -1;
        links[i].next = links[next].next;
        if (links[i].next != end) {
            links[links[i].next].previous = i;
            m = merge_of(w, ids[i], ids[links[i].next]);
            if (m) heap_push(heap, &heap_len, (uint64_t)m->rank << 32 | i);
        }
        uint32_t previous = links[i].previous;
        if (previous != before) {
            m = merge_of(w, ids[previous], ids[i]);
            if (m) heap_push(heap, &heap_len, (uint64_t)m->rank << 32 | previous);
        }
    }
    for (size_t i = 0; i < count; i++)
        if (ids[i] >= 0) ids[kept++] = ids[i];
    *n = kept;
done:
    free(links);
    free(heap);
    return ok;
}

/* Merges a word from its bytes and appends the result. */
static bool merge_word(const struct word *w, const char *word, size_t len, struct tokens *out,
                       struct error *err)
{
    const int32_t *byte_ids = w->b->byte_ids[w->mode];
    int32_t on_stack[SHORT_WORD];
    int32_t *ids = on_stack;
    size_t n = 0;
    bool ok = false;
    if (len > SHORT_WORD) {
        ids = len < SIZE_MAX / sizeof *ids ? malloc(len * sizeof *ids) : NULL;
        if (!ids) return error_memory(err, "a long word");
    }
    for (size_t i = 0; i < len; i++) {
        int32_t id = byte_ids[(unsigned char)word[i]];
        if (id >= 0) ids[n++] = id;
    }
    if (n <= SHORT_WORD)
        n = merge_short(w, ids, n);
    else if (!merge_long(w, ids, &n, err))
        goto done;
    for (size_t i = 0; i < n; i++)
        if (!tokens_push(out, ids[i], err)) goto done;
    ok = true;
done:
    if (ids != on_stack) free(ids);
    return ok;
}

bool bpe_encode(const struct bpe *b, const struct vocab *v, enum tokenize_mode mode,
                const char *word, size_t len, struct tokens *out, struct error *err)
{
    const struct word w = {b, v, mode};
    if (len == 1) {
        int32_t byte = b->byte_ids[mode][(unsigned char)word[0]];
        return byte < 0 || tokens_push(out, byte, err);
    }
    int32_t id = token_table_find(&v->by_bytes, v->tokens, word, len);
    if (id < 0 || (mode == TOKENIZE_TEXT && v->tokens[id].flags & TOKEN_CONTROL))
        return merge_word(&w, word, len, out, err);
    if (b->ignore_merges) return tokens_push(out, id, err);

    _Atomic(uint8_t) *whole = &b->whole[mode][id];
    uint8_t known = atomic_load_explicit(whole, memory_order_relaxed);
    if (known == WHOLE_YES) return tokens_push(out, id, err);
    size_t at = out->len;
    if (!merge_word(&w, word, len, out, err)) return false;
    if (known == WHOLE_UNKNOWN) {
        bool yes = out->len == at + 1 && out->ids[at] == id;
        atomic_store_explicit(whole, yes ? WHOLE_YES : WHOLE_NO, memory_order_relaxed);
    }
    return true;
}
