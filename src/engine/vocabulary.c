#include "engine/vocabulary.h"
#include "base/utf8.h"
#include "engine/engine_internal.h"

#include <stdlib.h>
#include <string.h>

struct spelled {
    const unsigned char *bytes;
    size_t len;
    int32_t id;
};

static int by_bytes(const void *a, const void *b)
{
    const struct spelled *x = a, *y = b;
    int order = memcmp(x->bytes, y->bytes, x->len < y->len ? x->len : y->len);
    if (order) return order;
    if (x->len != y->len) return x->len < y->len ? -1 : 1;
    return x->id < y->id ? -1 : 1;
}

/* Of sorted tokens. Of two with the same bytes the first is in the tree. */
static bool build_tree(struct vocabulary_tree *tree, const struct spelled *tokens, size_t n)
{
    uint32_t open[VOCABULARY_MAX_TOKEN]; /* nodes on the way to the last one */
    size_t depth = 0, cap = 0;
    for (size_t i = 0; i < n; i++) cap += tokens[i].len;
    tree->nodes = calloc(cap + 1, sizeof *tree->nodes);
    if (!tree->nodes) return false;
    for (size_t i = 0; i < n; i++) {
        const struct spelled *t = &tokens[i];
        size_t same = 0;
        while (same < depth && same < t->len && tree->nodes[open[same]].byte == t->bytes[same])
            same++;
        while (depth > same) tree->nodes[open[--depth]].next = (uint32_t)tree->n;
        while (depth < t->len) {
            tree->nodes[tree->n] = (struct vocabulary_node){
                .id = -1, .byte = t->bytes[depth], .depth = (uint8_t)depth};
            open[depth++] = (uint32_t)tree->n++;
        }
        struct vocabulary_node *last = &tree->nodes[open[depth - 1]];
        if (last->id < 0) last->id = t->id;
    }
    while (depth > 0) tree->nodes[open[--depth]].next = (uint32_t)tree->n;
    struct vocabulary_node *fit = realloc(tree->nodes, (tree->n + 1) * sizeof *fit);
    if (fit) tree->nodes = fit;
    return true;
}

/* The letters of a text that may stand in a JSON string as it is; 0: it is none. */
static size_t count_letters(const struct spelled *t)
{
    size_t n = 0;
    if (!utf8_is_valid((const char *)t->bytes, t->len)) return 0;
    for (size_t i = 0; i < t->len; i++) {
        if (t->bytes[i] < 0x20 || t->bytes[i] == '"' || t->bytes[i] == '\\') return 0;
        n += (t->bytes[i] & 0xc0) != 0x80;
    }
    return n;
}

static bool find_ends(struct vocabulary *v, const struct engine *e)
{
    v->ends = calloc(v->n, sizeof *v->ends);
    for (size_t i = 0; v->ends && i < v->n; i++)
        if (engine_is_end(e, (int32_t)i)) v->ends[v->n_ends++] = (int32_t)i;
    return v->ends != NULL;
}

/* Every byte of JSON's own signs and of any letter must be a token: then there is always one that
 * goes on. */
static bool check_bytes(const struct vocabulary *v, const char *name, struct error *err)
{
    bool there[256] = {false};
    for (size_t i = 0; i < v->all.n; i = v->all.nodes[i].next)
        there[v->all.nodes[i].byte] = v->all.nodes[i].id >= 0;
    for (unsigned c = 0x20; c < 0xf5; c++) {
        bool letter = c < 0x7f || (c >= 0x80 && c < 0xc0);
        if (letter && !there[c])
            return error_set(err, ERROR_UNSUPPORTED,
                             "%s: the tokenizer has no token for byte 0x%02x alone, which "
                             "generating by a schema needs",
                             name, c);
    }
    return true;
}

struct vocabulary *vocabulary_create(const struct engine *e, struct error *err)
{
    const struct tokenizer *t = e->tokenizer;
    if (!t) {
        error_set(err, ERROR_UNSUPPORTED, "%s: there is no tokenizer", e->name);
        return NULL;
    }
    struct vocabulary *v = calloc(1, sizeof *v);
    struct spelled *tokens = NULL;
    if (!v) goto no_memory;
    v->tokenizer = t;
    v->n = tokenizer_vocab(t);
    v->words = (v->n + 63) / 64;
    v->think_close = chat_think_close(t);
    v->letters = calloc(v->words + 1, sizeof *v->letters);
    v->n_letters = calloc(v->n + 1, 1);
    tokens = calloc(v->n + 1, sizeof *tokens);
    if (!v->letters || !v->n_letters || !tokens || !find_ends(v, e)) goto no_memory;
    size_t n = 0, rest = 0;
    for (size_t i = 0; i < v->n; i++) {
        struct spelled s = {.id = (int32_t)i};
        if (tokenizer_is_control(t, s.id) || engine_is_end(e, s.id)) continue;
        s.bytes = (const unsigned char *)tokenizer_token_bytes(t, s.id, &s.len);
        if (s.len > 0 && s.len <= VOCABULARY_MAX_TOKEN) tokens[n++] = s;
    }
    qsort(tokens, n, sizeof *tokens, by_bytes);
    if (!build_tree(&v->all, tokens, n)) goto no_memory;
    for (size_t i = 0; i < n; i++) {
        size_t letters = count_letters(&tokens[i]);
        if (letters == 0) {
            tokens[rest++] = tokens[i];
            continue;
        }
        token_set_add(v->letters, tokens[i].id);
        v->n_letters[tokens[i].id] = (uint8_t)letters;
        if (letters > v->most_letters) v->most_letters = (uint8_t)letters;
    }
    if (!build_tree(&v->rest, tokens, rest)) goto no_memory;
    free(tokens);
    if (check_bytes(v, e->name, err)) return v;
    vocabulary_free(v);
    return NULL;
no_memory:
    error_memory(err, "a vocabulary");
    free(tokens);
    vocabulary_free(v);
    return NULL;
}

void vocabulary_free(struct vocabulary *v)
{
    if (!v) return;
    free(v->all.nodes);
    free(v->rest.nodes);
    free(v->letters);
    free(v->n_letters);
    free(v->ends);
    free(v);
}

const struct vocabulary *engine_vocabulary(struct engine *e, struct error *err)
{
    pthread_mutex_lock(&e->vocabulary_lock);
    if (!e->vocabulary) e->vocabulary = vocabulary_create(e, err);
    const struct vocabulary *v = e->vocabulary;
    pthread_mutex_unlock(&e->vocabulary_lock);
    return v;
}
