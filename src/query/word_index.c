#include "query/word_index.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* A map from keys to growing lists of numbers; frozen into slices once all is in. */
struct entry {
    const char *key;
    uint32_t *items;
    uint32_t n, cap;
    unsigned flags;
};

struct map {
    struct entry *entries;
    size_t n, cap;
    uint32_t *slots; /* (n_slots) entry + 1 */
    size_t n_slots;
};

struct word_index {
    const struct catalog *catalog;
    struct arena arena; /* keys */
    struct map names, terms, parts, columns, column_words, documents;
    struct map makes;    /* by name of MAKES */
    int *make_of;        /* (catalog->n_records) */
    size_t longest_term, longest_part, longest_column; /* in tokens */
    struct name_word *words;             /* (names.n) */
};

static bool map_grow_slots(struct map *m)
{
    size_t n = m->n_slots ? m->n_slots * 2 : 256;
    uint32_t *slots = calloc(n, sizeof *slots);
    if (!slots) return false;
    for (size_t i = 0; i < m->n; i++) {
        size_t at = XXH3_64bits(m->entries[i].key, strlen(m->entries[i].key)) & (n - 1);
        while (slots[at]) at = (at + 1) & (n - 1);
        slots[at] = (uint32_t)i + 1;
    }
    free(m->slots);
    m->slots = slots;
    m->n_slots = n;
    return true;
}

static struct entry *map_find(const struct map *m, const char *key, size_t len)
{
    if (!m->n_slots) return NULL;
    size_t at = XXH3_64bits(key, len) & (m->n_slots - 1);
    for (; m->slots[at]; at = (at + 1) & (m->n_slots - 1)) {
        struct entry *e = &m->entries[m->slots[at] - 1];
        if (strncmp(e->key, key, len) == 0 && e->key[len] == '\0') return e;
    }
    return NULL;
}

/* Adds item to the list of the key; the same item twice in a row is kept once. */
static bool map_add(struct map *m, struct arena *arena, const char *key, size_t len, uint32_t item,
                    unsigned flags)
{
    if (len == 0) return true;
    struct entry *e = map_find(m, key, len);
    if (!e) {
        if ((m->n + 1) * 4 > m->n_slots * 3 && !map_grow_slots(m)) return false;
        if (m->n == m->cap) {
            size_t cap = m->cap ? m->cap * 2 : 128;
            struct entry *grown = realloc(m->entries, cap * sizeof *grown);
            if (!grown) return false;
            m->entries = grown;
            m->cap = cap;
        }
        char *copy = arena_strndup(arena, key, len);
        if (!copy) return false;
        size_t at = XXH3_64bits(key, len) & (m->n_slots - 1);
        while (m->slots[at]) at = (at + 1) & (m->n_slots - 1);
        m->slots[at] = (uint32_t)m->n + 1;
        e = &m->entries[m->n++];
        *e = (struct entry){.key = copy};
    }
    e->flags |= flags;
    if (e->n && e->items[e->n - 1] == item) return true;
    if (e->n == e->cap) {
        uint32_t cap = e->cap ? e->cap * 2 : 4;
        uint32_t *grown = realloc(e->items, cap * sizeof *grown);
        if (!grown) return false;
        e->items = grown;
        e->cap = cap;
    }
    e->items[e->n++] = item;
    return true;
}

static void map_free(struct map *m)
{
    for (size_t i = 0; i < m->n; i++) free(m->entries[i].items);
    free(m->entries);
    free(m->slots);
}

static size_t count_words(const char *key)
{
    size_t n = key[0] != '\0';
    for (; *key; key++) n += *key == ' ';
    return n;
}

/* Adds each word of a key with spaces. Neighbours are added joined too ("cr v" as "crv"), for who
 * writes them so. */
static bool add_words(struct word_index *v, struct map *m, const char *key, uint32_t item,
                      unsigned flags, bool joined)
{
    const char *before = NULL;
    size_t before_len = 0;
    while (*key) {
        size_t len = strcspn(key, " ");
        if (!map_add(m, &v->arena, key, len, item, flags)) return false;
        if (joined && before && before_len + len <= 12 && before_len + len >= 3) {
            char both[16];
            memcpy(both, before, before_len);
            memcpy(both + before_len, key, len);
            /* Digits are split from letters in questions as well. */
            bool letters = true;
            for (size_t i = 0; i < before_len + len; i++)
                letters = letters && !(both[i] >= '0' && both[i] <= '9');
            if (letters && !map_add(m, &v->arena, both, before_len + len, item, flags))
                return false;
        }
        before = key;
        before_len = len;
        key += len + (key[len] == ' ');
    }
    return true;
}

static bool add_text(struct word_index *v, struct map *m, const char *text, uint32_t item)
{
    struct buffer b = {0};
    tokens_key(text, strlen(text), TOKENS_IDENTIFIER, &b);
    bool ok = !b.failed && add_words(v, m, buffer_text(&b), item, 0, false);
    buffer_free(&b);
    return ok;
}

/* What stands between commas, slashes and brackets of a term, where there are any and it begins with a letter. */
static bool add_parts(struct word_index *v, uint32_t term)
{
    static const char ENDS[] = ",;/|()[]";
    const struct catalog_term *t = &v->catalog->terms[term];
    int attribute = v->catalog->columns[t->column].attribute;
    if (attribute >= 0 && REGISTRY[attribute].role != ROLE_NONE) return true;
    if (!strpbrk(t->text, ENDS)) return true;
    bool ok = true;
    for (const char *p = t->text; *p && ok;) {
        size_t len = strcspn(p, ENDS);
        struct buffer key = {0};
        tokens_key(p, len, TOKENS_TEXT, &key);
        const char *k = buffer_text(&key);
        size_t words = key.failed ? 0 : count_words(k);
        bool letter = !key.failed && (unsigned char)k[0] >= 'a' && strlen(k) >= 2;
        if (letter && words <= 4) {
            if (words > v->longest_part) v->longest_part = words;
            ok = map_add(&v->parts, &v->arena, k, strlen(k), term, 0);
        }
        ok = ok && !key.failed;
        buffer_free(&key);
        p += len + (p[len] != '\0');
    }
    return ok;
}

/* Which manufacturer of the registry each record's make is. */
static bool add_makes(struct word_index *v)
{
    const struct catalog *c = v->catalog;
    v->make_of = arena_array(&v->arena, c->n_records + 1, sizeof *v->make_of);
    if (!v->make_of) return false;
    const char *last = NULL;
    int make = -1;
    for (size_t i = 0; i < c->n_records; i++) {
        const char *name = c->records[i].make;
        if (!last || strcmp(last, name) != 0) {
            struct token t[8];
            size_t n = tokens_split(name, strlen(name), TOKENS_TEXT, t, 8), n_terms = 0;
            const struct term *terms = NULL;
            make = -1;
            if (n && registry_match(t, n, &terms, &n_terms) == n)
                for (size_t k = 0; k < n_terms; k++)
                    if (terms[k].kind == TERM_MAKE) make = terms[k].id;
            last = name;
        }
        v->make_of[i] = make;
        if (make >= 0 && !map_add(&v->makes, &v->arena, MAKES[make].name, strlen(MAKES[make].name),
                                  (uint32_t)i, 0))
            return false;
    }
    return true;
}

static bool add_documents(struct word_index *v)
{
    const struct catalog *c = v->catalog;
    /* By document, so that each list rises. */
    for (size_t i = 0, s = 0; i < c->n_documents; i++) {
        const struct catalog_document *d = &c->documents[i];
        size_t len = strlen(d->name), stem = len;
        const char *dot = strrchr(d->name, '.');
        if (dot && dot != d->name) stem = (size_t)(dot - d->name);
        char *name = arena_strndup(&v->arena, d->name, stem);
        if (!name || !add_text(v, &v->documents, name, (uint32_t)i) ||
            !add_text(v, &v->documents, d->title, (uint32_t)i))
            return false;
        for (; s < c->n_sources && c->sources[s].document <= i; s++)
            /* The sections of a text are no documents: "tightening torques". */
            if (c->sources[s].document == i && !c->sources[s].prose &&
                !add_text(v, &v->documents, c->sources[s].caption, (uint32_t)i))
                return false;
    }
    return true;
}

/* Each word of a column's name: spelt rightly, whatever it resembles. */
static bool add_column_words(struct word_index *v, const char *key, uint32_t column)
{
    bool ok = true;
    while (ok && *key) {
        size_t n = strcspn(key, " ");
        ok = n < 3 || map_find(&v->column_words, key, n) || map_add(&v->column_words, &v->arena, key, n, column, 0);
        key += n + (key[n] == ' ');
    }
    return ok;
}

struct word_index *word_index_build(const struct catalog *c, struct error *err)
{
    struct word_index *v = calloc(1, sizeof *v);
    if (!v) {
        error_memory(err, "a vocabulary");
        return NULL;
    }
    v->catalog = c;
    bool ok = true;
    for (size_t i = 0; ok && i < c->n_records; i++) {
        const struct catalog_record *r = &c->records[i];
        ok = add_words(v, &v->names, r->make_key, (uint32_t)i, NAME_MAKE, true) &&
             add_words(v, &v->names, r->model_key, (uint32_t)i, NAME_MODEL, true) &&
             add_words(v, &v->names, r->trim_key, (uint32_t)i, NAME_TRIM, true);
    }
    for (size_t i = 0; ok && i < c->n_terms; i++) {
        const char *key = c->terms[i].key;
        size_t words = count_words(key);
        if (words > v->longest_term) v->longest_term = words;
        ok = map_add(&v->terms, &v->arena, key, strlen(key), (uint32_t)i, 0) && add_parts(v, (uint32_t)i);
    }
    for (size_t i = 0; ok && i < c->n_columns; i++) {
        const char *key = c->columns[i].key;
        size_t words = count_words(key);
        if (words > v->longest_column) v->longest_column = words;
        ok = map_add(&v->columns, &v->arena, key, strlen(key), (uint32_t)i, 0) && add_column_words(v, key, (uint32_t)i);
        /* Also without the section's words, and by the last part of a path. */
        struct buffer name = {0};
        tokens_key(c->columns[i].name, strlen(c->columns[i].name), TOKENS_IDENTIFIER, &name);
        ok = ok && !name.failed &&
             (strcmp(buffer_text(&name), key) == 0 ||
              map_add(&v->columns, &v->arena, buffer_text(&name), name.len, (uint32_t)i, 0));
        buffer_free(&name);
    }
    ok = ok && add_documents(v) && add_makes(v);
    v->words = ok ? arena_array(&v->arena, v->names.n + 1, sizeof *v->words) : NULL;
    if (!v->words) {
        word_index_free(v);
        error_memory(err, "a vocabulary");
        return NULL;
    }
    for (size_t i = 0; i < v->names.n; i++) {
        const struct entry *e = &v->names.entries[i];
        v->words[i] = (struct name_word){e->key, e->flags, {e->items, e->n}};
    }
    return v;
}

void word_index_free(struct word_index *v)
{
    if (!v) return;
    map_free(&v->names);
    map_free(&v->terms);
    map_free(&v->parts);
    map_free(&v->columns);
    map_free(&v->column_words);
    map_free(&v->documents);
    map_free(&v->makes);
    arena_free(&v->arena);
    free(v);
}

const struct catalog *word_index_catalog(const struct word_index *v)
{
    return v->catalog;
}

const struct name_word *word_index_name(const struct word_index *v, const char *key)
{
    const struct entry *e = map_find(&v->names, key, strlen(key));
    return e ? &v->words[e - v->names.entries] : NULL;
}

struct postings word_index_make(const struct word_index *v, int make)
{
    const struct entry *e =
        make < 0 ? NULL : map_find(&v->makes, MAKES[make].name, strlen(MAKES[make].name));
    return e ? (struct postings){e->items, e->n} : (struct postings){NULL, 0};
}

int word_index_make_of(const struct word_index *v, size_t record)
{
    return v->make_of[record];
}

size_t word_index_similar_names(const struct word_index *v, const char *key,
                                const struct name_word **out, size_t max)
{
    size_t len = strlen(key), limit = len >= 8 ? 2 : 1, n = 0;
    if (len < 4) return 0;
    for (size_t d = 1; d <= limit; d++)
        for (size_t i = 0; i < v->names.n && n < max; i++) {
            const struct name_word *w = &v->words[i];
            /* A mistake in the first letter is rare, and another name is near. */
            if (w->key[0] != key[0] || strlen(w->key) < 4) continue;
            if (key_distance(w->key, key, limit) == d) out[n++] = w;
        }
    return n;
}

/* The longest run of tokens that is a key of the map. */
static size_t match_run(const struct map *m, size_t longest, const struct token *t, size_t n,
                        const uint32_t **items, size_t *n_items)
{
    char key[1024];
    size_t ends[64], used = 0, count = 0;
    *n_items = 0;
    if (longest > 64) longest = 64;
    for (size_t i = 0; i < n && i < longest; i++) {
        if (i > 0 && (t[i].gap & GAP_STOP)) break;
        size_t len = strlen(t[i].key);
        if (used + len + 2 > sizeof key) break;
        if (i > 0) key[used++] = ' ';
        memcpy(key + used, t[i].key, len);
        used += len;
        ends[count++] = used;
    }
    for (size_t i = count; i-- > 0;) {
        const struct entry *e = map_find(m, key, ends[i]);
        /* A plural s too much. */
        if (!e && ends[i] > 3 && key[ends[i] - 1] == 's') e = map_find(m, key, ends[i] - 1);
        if (!e) continue;
        *items = e->items;
        *n_items = e->n;
        return i + 1;
    }
    return 0;
}

size_t word_index_match_terms(const struct word_index *v, const struct token *t, size_t n,
                              const uint32_t **terms, size_t *n_terms)
{
    return match_run(&v->terms, v->longest_term, t, n, terms, n_terms);
}

size_t word_index_match_parts(const struct word_index *v, const struct token *t, size_t n,
                              const uint32_t **terms, size_t *n_terms)
{
    return match_run(&v->parts, v->longest_part, t, n, terms, n_terms);
}

size_t word_index_match_columns(const struct word_index *v, const struct token *t, size_t n,
                                const uint32_t **columns, size_t *n_columns)
{
    return match_run(&v->columns, v->longest_column, t, n, columns, n_columns);
}

struct postings word_index_documents(const struct word_index *v, const char *key)
{
    const struct entry *e = map_find(&v->documents, key, strlen(key));
    return e ? (struct postings){e->items, e->n} : (struct postings){NULL, 0};
}

bool word_index_knows(const struct word_index *v, const char *key)
{
    size_t len = strlen(key);
    return map_find(&v->names, key, len) || map_find(&v->terms, key, len) || map_find(&v->parts, key, len) ||
           map_find(&v->columns, key, len) || map_find(&v->column_words, key, len) || map_find(&v->documents, key, len);
}

size_t postings_intersect(const uint32_t *a, size_t n, const uint32_t *b, size_t m, uint32_t *out)
{
    size_t k = 0;
    for (size_t i = 0, j = 0; i < n && j < m;) {
        if (a[i] < b[j]) {
            i++;
        } else if (a[i] > b[j]) {
            j++;
        } else {
            out[k++] = a[i];
            i++;
            j++;
        }
    }
    return k;
}
