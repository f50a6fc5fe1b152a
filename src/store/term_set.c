#include "store/term_set.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum { KEEP_SLOTS = 4096 };
#define NO_TERM UINT32_MAX

static bool grow_slots(struct term_set *set, struct error *err)
{
    if (set->n < set->n_slots / 2) return true;
    size_t n = set->n_slots ? set->n_slots * 2 : 256;
    uint32_t *slots = n > SIZE_MAX / sizeof *slots ? NULL : malloc(n * sizeof *slots);
    if (!slots) return error_memory(err, "terms");
    memset(slots, 0xff, n * sizeof *slots);
    for (size_t i = 0; i < set->n; i++) {
        size_t at = set->terms[i].hash & (n - 1);
        while (slots[at] != NO_TERM) at = (at + 1) & (n - 1);
        slots[at] = (uint32_t)i;
    }
    free(set->slots);
    set->slots = slots;
    set->n_slots = n;
    return true;
}

/* Room for a column's count and for one more term. */
static bool grow(struct term_set *set, size_t column, struct error *err)
{
    if (column >= set->columns_cap) {
        size_t cap = column < SIZE_MAX / 16 ? column * 2 + 16 : 0;
        uint32_t *counts = cap ? realloc(set->counts, cap * sizeof *counts) : NULL;
        if (!counts) return error_memory(err, "terms");
        set->counts = counts;
        set->columns_cap = cap;
    }
    while (set->n_columns <= column) set->counts[set->n_columns++] = 0;
    if (set->n == set->cap) {
        size_t cap = set->cap ? set->cap * 2 : 64;
        struct source_term *terms =
            cap > SIZE_MAX / sizeof *terms ? NULL : realloc(set->terms, cap * sizeof *terms);
        if (!terms) return error_memory(err, "terms");
        set->terms = terms;
        set->cap = cap;
    }
    return grow_slots(set, err);
}

bool term_set_add(struct term_set *set, struct arena *arena, size_t column, int64_t record,
                  const char *text, size_t len, uint32_t category, struct error *err)
{
    if (len == 0 || len > STORE_MAX_TERM) return true;
    if (column < set->n_columns && set->counts[column] > STORE_MAX_TERMS) return true;
    if (!grow(set, column, err)) return false;
    uint64_t hash = XXH3_64bits_withSeed(text, len, column);
    size_t at = hash & (set->n_slots - 1);
    for (; set->slots[at] != NO_TERM; at = (at + 1) & (set->n_slots - 1)) {
        struct source_term *t = &set->terms[set->slots[at]];
        if (t->hash != hash || t->column != column || t->len != len ||
            memcmp(t->text, text, len) != 0)
            continue;
        if (t->last_record != record) t->count++;
        t->last_record = record;
        return true;
    }
    if (++set->counts[column] > STORE_MAX_TERMS) return true;
    if (set->n == NO_TERM - 1) return error_set(err, ERROR_UNSUPPORTED, "too many different texts");
    const char *copy = arena_strndup(arena, text, len);
    if (!copy) return error_memory(err, "terms");
    set->terms[set->n] = (struct source_term){.hash = hash,
                                              .text = copy,
                                              .len = len,
                                              .column = (uint32_t)column,
                                              .count = 1,
                                              .category = category,
                                              .last_record = record};
    set->slots[at] = (uint32_t)set->n++;
    return true;
}

/* Links the terms of each column in their order; first[column] is the first of it. */
static uint32_t *link_terms(struct term_set *set)
{
    uint32_t *first = malloc((set->n_columns + 1) * sizeof *first);
    if (!first) return NULL;
    memset(first, 0xff, (set->n_columns + 1) * sizeof *first);
    for (size_t i = set->n; i-- > 0;) {
        set->terms[i].next = first[set->terms[i].column];
        first[set->terms[i].column] = (uint32_t)i;
    }
    return first;
}

static bool write_term(struct store *s, sqlite3_stmt *q, int64_t id, const struct source_term *t,
                       struct buffer *key, struct error *err)
{
    buffer_clear(key);
    tokens_key(t->text, t->len, TOKENS_TEXT, key);
    if (key->failed) return error_memory(err, "terms");
    sqlite3_reset(q);
    sqlite3_bind_int64(q, 1, id);
    store_bind(q, 2, t->text, t->len);
    store_bind(q, 3, buffer_text(key), key->len);
    sqlite3_bind_int64(q, 4, t->category);
    sqlite3_bind_int64(q, 5, t->count);
    return sqlite3_step(q) == SQLITE_DONE || store_fail(s, "adding facts", err);
}

bool term_set_write(struct term_set *set, struct store *s, int64_t first_column, struct error *err)
{
    if (set->n == 0) return true;
    struct buffer key = {0};
    uint32_t *first = link_terms(set);
    if (!first) return error_memory(err, "terms");
    sqlite3_stmt *q = store_prepare(
        s, "INSERT INTO fact_terms(id, text, key, category, count) VALUES (?1, ?2, ?3, ?4, ?5)",
        err);
    bool ok = q != NULL;
    for (size_t column = 0; ok && column < set->n_columns; column++) {
        if (set->counts[column] > STORE_MAX_TERMS) continue;
        int64_t id = (first_column + (int64_t)column) * STORE_MAX_TERMS;
        for (uint32_t i = first[column]; ok && i != NO_TERM; i = set->terms[i].next)
            ok = write_term(s, q, id++, &set->terms[i], &key, err);
    }
    sqlite3_finalize(q);
    buffer_free(&key);
    free(first);
    return ok;
}

void term_set_clear(struct term_set *set)
{
    set->n = set->n_columns = 0;
    if (set->n_slots > KEEP_SLOTS) { /* many small sources after a large one must not pay for it */
        free(set->slots);
        set->slots = NULL;
        set->n_slots = 0;
    }
    if (set->n_slots) memset(set->slots, 0xff, set->n_slots * sizeof *set->slots);
}

void term_set_free(struct term_set *set)
{
    free(set->terms);
    free(set->slots);
    free(set->counts);
    *set = (struct term_set){0};
}
