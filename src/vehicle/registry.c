#include "vehicle/registry_table.h"

#include <stdlib.h>
#include <string.h>

int registry_find(const char *id)
{
    for (size_t i = 0; i < REGISTRY_COUNT; i++)
        if (strcmp(REGISTRY[i].id, id) == 0) return (int)i;
    return -1;
}

bool registry_qualifier_fits(int attribute, size_t qualifier)
{
    return (REGISTRY_QUALIFIER_GROUPS[qualifier] & REGISTRY_NOTES[attribute].group) != 0;
}

int qualifier_find(const char *id)
{
    for (size_t i = 0; i < QUALIFIER_COUNT; i++)
        if (strcmp(QUALIFIERS[i].id, id) == 0) return (int)i;
    return -1;
}

bool registry_category_is(int category, int of)
{
    while (category >= 0 && (size_t)category < CATEGORY_COUNT) {
        if (category == of) return true;
        category = CATEGORIES[category].parent;
    }
    return false;
}

/* ---- the hash table ---- */

/* FNV-1a, as hash_of in scripts/make_registry.py. */
static uint32_t hash_bytes(uint32_t h, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) h = (h ^ (unsigned char)text[i]) * 16777619u;
    return h;
}

enum { HASH_START = (int)2166136261u };

/* Whether `key` is the keys of the tokens with single spaces; the last one cut or lengthened. */
static bool key_equals(const char *key, const struct token *t, size_t n, const char *last,
                       size_t last_len)
{
    for (size_t i = 0; i + 1 < n; i++) {
        size_t len = strlen(t[i].key);
        if (strncmp(key, t[i].key, len) != 0 || key[len] != ' ') return false;
        key += len + 1;
    }
    return strncmp(key, last, last_len) == 0 && key[last_len] == '\0';
}

/* `before`: the hash of all but the last key, with the space behind it. */
static const struct registry_entry *find_entry(const struct token *t, size_t n, uint32_t before,
                                               const char *last, size_t last_len)
{
    uint32_t h = hash_bytes(before, last, last_len);
    for (uint32_t at = (h ^ h >> 15) & REGISTRY_SLOT_MASK; REGISTRY_SLOTS[at];
         at = (at + 1) & REGISTRY_SLOT_MASK) {
        const struct registry_entry *e = &REGISTRY_ENTRIES[REGISTRY_SLOTS[at] - 1];
        if (key_equals(e->key, t, n, last, last_len)) return e;
    }
    return NULL;
}

static const struct registry_entry *find_first(const char *key)
{
    return find_entry(NULL, 1, (uint32_t)HASH_START, key, strlen(key));
}

size_t registry_longest(const char *key)
{
    const struct registry_entry *e = find_first(key);
    return e ? e->longest : 0;
}

/* An entry with terms whose last word is `last` or differs from it by a plural s. */
static const struct registry_entry *find_run(const struct token *t, size_t n, uint32_t before)
{
    const char *last = t[n - 1].key;
    size_t len = strlen(last);
    const struct registry_entry *e = find_entry(t, n, before, last, len);
    if (e && e->n_terms) return e;
    if (t[n - 1].kind != TOKEN_WORD || len < 4) return NULL;
    if (last[len - 1] == 's') {
        e = find_entry(t, n, before, last, len - 1);
        if (e && e->n_terms) return e;
        if (len < 6 || last[len - 2] != 'e') return NULL;
        e = find_entry(t, n, before, last, len - 2);
        return e && e->n_terms ? e : NULL;
    }
    if (len + 1 >= TOKEN_KEY_MAX) return NULL;
    char plural[TOKEN_KEY_MAX];
    memcpy(plural, last, len);
    plural[len] = 's';
    e = find_entry(t, n, before, plural, len + 1);
    return e && e->n_terms ? e : NULL;
}

const struct term *registry_terms_of(const struct token *t, size_t n, bool plural, size_t *n_out)
{
    *n_out = 0;
    if (n == 0 || n > REGISTRY_MAX_RUN) return NULL;
    uint32_t h = (uint32_t)HASH_START;
    for (size_t i = 0; i + 1 < n; i++) {
        h = hash_bytes(h, t[i].key, strlen(t[i].key));
        h = hash_bytes(h, " ", 1);
    }
    const char *last = t[n - 1].key;
    const struct registry_entry *e =
        plural ? find_run(t, n, h) : find_entry(t, n, h, last, strlen(last));
    if (!e || e->n_terms == 0) return NULL;
    *n_out = e->n_terms;
    return &REGISTRY_TERMS[e->first];
}

size_t registry_match(const struct token *t, size_t n, const struct term **out, size_t *n_out)
{
    *out = NULL;
    *n_out = 0;
    if (n == 0) return 0;
    const struct registry_entry *first = find_first(t[0].key);
    size_t longest = first && first->longest ? first->longest : 1;
    if (longest > n) longest = n;
    size_t length = 0;
    uint32_t h = (uint32_t)HASH_START;
    for (size_t i = 1; i <= longest; i++) {
        const struct registry_entry *e = find_run(t, i, h);
        if (e && e->n_terms > e->n_columns) {
            length = i;
            *out = &REGISTRY_TERMS[e->first];
            *n_out = (size_t)(e->n_terms - e->n_columns);
        }
        h = hash_bytes(h, t[i - 1].key, strlen(t[i - 1].key));
        h = hash_bytes(h, " ", 1);
    }
    return length;
}

/* ---- words ---- */

static int compare_word(const void *key, const void *word)
{
    return strcmp(key, ((const struct registry_word *)word)->key);
}

const struct registry_word *registry_word_find(const char *key)
{
    return bsearch(key, REGISTRY_WORDS, REGISTRY_WORDS_COUNT, sizeof *REGISTRY_WORDS, compare_word);
}

size_t registry_abbreviation_from(const char *key)
{
    size_t at = 0;
    while (at < REGISTRY_ABBREVIATIONS_COUNT && strcmp(REGISTRY_ABBREVIATIONS[at].key, key) < 0) at++;
    return at;
}

size_t registry_spelled_from(const char *key)
{
    size_t low = 0, high = REGISTRY_SPELLED_COUNT;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(REGISTRY_SPELLED[middle], key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool registry_has_word(const char *key)
{
    size_t at = registry_spelled_from(key);
    return at < REGISTRY_SPELLED_COUNT && strcmp(REGISTRY_SPELLED[at], key) == 0;
}

/* The letters of a word as bits, and its length. */
static uint32_t letters_of(const char *word, size_t *len)
{
    uint32_t set = 0;
    size_t n = 0;
    for (; word[n]; n++) set |= (uint32_t)1 << ((unsigned char)word[n] & 31);
    *len = n;
    return set;
}

/* Whether the two, of one length, are the same letters in another order: neighbours swapped are the
 * likeliest slip. */
static bool same_letters(const char *a, const char *b)
{
    int counts[256] = {0};
    for (; *a; a++) counts[(unsigned char)*a]++;
    for (; *b; b++) counts[(unsigned char)*b]--;
    for (size_t i = 0; i < 256; i++)
        if (counts[i]) return false;
    return true;
}

const char *registry_similar(const char *key)
{
    size_t len;
    uint32_t letters = letters_of(key, &len);
    if (len < 4 || registry_has_word(key)) return NULL;
    size_t limit = len >= 8 ? 2 : 1, best = limit + 1;
    const char *found = NULL;
    bool several = false, swapped = false;
    char first[2] = {key[0], '\0'};
    for (size_t i = registry_spelled_from(first);
         i < REGISTRY_SPELLED_COUNT && REGISTRY_SPELLED[i][0] == key[0]; i++) {
        size_t n;
        uint32_t differ = letters ^ letters_of(REGISTRY_SPELLED[i], &n);
        if (n < 4 || n + limit < len || len + limit < n) continue;
        /* An edit changes two letters of the set at most. */
        if ((size_t)__builtin_popcount(differ) > 2 * limit) continue;
        size_t d = key_distance(key, REGISTRY_SPELLED[i], best < limit ? best : limit);
        bool swap = d <= limit && n == len && differ == 0 && same_letters(key, REGISTRY_SPELLED[i]);
        if (d > limit || d > best || (d == best && swapped && !swap)) continue;
        several = d == best && swap == swapped;
        swapped = swap;
        best = d;
        found = REGISTRY_SPELLED[i];
    }
    return several ? NULL : found;
}
