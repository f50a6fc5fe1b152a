/* The distinct texts that the columns of a source hold, collected while its values are written: the
 * terms of the catalog. A column that has more than STORE_MAX_TERMS is free text and has none. */
#ifndef STORE_TERM_SET_H
#define STORE_TERM_SET_H

#include "store/facts.h"
#include "store/store_internal.h"

struct term_set {
    struct source_term {
        uint64_t hash;
        const char *text; /* in the source's arena */
        size_t len;
        uint32_t column, next; /* next: of the same column */
        uint32_t count, category;
        int64_t last_record;
    } * terms;
    size_t n, cap;
    uint32_t *slots; /* (n_slots) numbers of terms by hash, linear probing */
    size_t n_slots;
    uint32_t *counts; /* (n_columns) terms of each column; more than STORE_MAX_TERMS: free text */
    size_t n_columns, columns_cap;
};

/* A text of a cell; `category`: row of fact_names, 0: none. */
bool term_set_add(struct term_set *set, struct arena *arena, size_t column, int64_t record,
                  const char *text, size_t len, uint32_t category, struct error *err);

/* Writes them to fact_terms, by column. */
bool term_set_write(struct term_set *set, struct store *s, int64_t first_column, struct error *err);

void term_set_clear(struct term_set *set);
void term_set_free(struct term_set *set);

#endif
