/* What the fuzzers of document kinds share: one store in memory into which each input is ingested.
 * A document goes in whole, with at least one passage, or not at all and with one line that says
 * why. */
#ifndef TESTS_FUZZ_INGEST_H
#define TESTS_FUZZ_INGEST_H

#include "base/utf8.h"
#include "ingest/ingest.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline void fuzz_ingest(enum document_kind kind, const uint8_t *data, size_t size)
{
    static struct store *store;
    struct error err = {0};
    struct store_counts before, after;
    struct ingest_totals totals = {0};
    if (!store) store = store_open(":memory:", STORE_WRITE, &err);
    if (!store || !store_count(store, &before, &err)) abort();
    bool ok = ingest_text(store, "/doc", kind, (const char *)data, size, NULL, &totals, &err);
    if (!store_count(store, &after, NULL)) abort();
    if (!ok) {
        if (strncmp(err.text, "/doc: ", 6) != 0 || strchr(err.text, '\n')) abort();
        if (memcmp(&before, &after, sizeof before) != 0) abort();
        return;
    }
    if (after.documents != 1) abort();
    if (totals.unchanged) return;
    if (after.chunks == 0 || after.chunks != totals.chunks) abort();
    struct hit_list hits = {0};
    const char *terms[] = {"hp"};
    struct store_query query = {.terms = terms, .n_terms = 1, .limit = 10};
    if (!store_search(store, &query, &hits, &err)) abort();
    for (size_t i = 0; i < hits.n; i++) {
        const struct hit *h = &hits.items[i];
        if (!utf8_is_valid(h->text, strlen(h->text)) || !utf8_is_valid(h->title, strlen(h->title)))
            abort();
        if (h->line_first == 0 || h->line_last < h->line_first) abort();
    }
    hit_list_free(&hits);
}

#endif
