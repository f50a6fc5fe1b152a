/* Documents that have pages: the text of each page, where every piece of it is seen, and the
 * original file, so that a page can be shown later with the cited cell marked. Written by ingest
 * between store_begin_document and store_commit; deleted with the document.
 */
#ifndef STORE_PAGES_H
#define STORE_PAGES_H

#include "base/arena.h"
#include "base/error.h"
#include "document/page.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store_page {
    size_t number;       /* from 1 */
    const char *label;   /* "iv"; "" */
    float width, height; /* points */
    uint64_t begin, end; /* its bytes of the document's text */
    const char *text;    /* (end - begin) bytes; as read, with a NUL behind them */
};

/* Adds a page of the document that was begun. Places come by `begin` and do not overlap; they lie
 * in the page's bytes. Boxes are kept to 1/10 of a point. */
bool store_add_page(struct store *s, const struct store_page *page,
                    const struct document_place *places,
                    size_t n, struct error *err);

/* Keeps the file's own bytes with the document that was begun. ERROR_UNSUPPORTED above 1 GB. */
bool store_keep_original(struct store *s, const void *data, size_t len, struct error *err);

/* One page; strings live in the arena. ERROR_NOT_FOUND: no such document or page. */
bool store_read_page(struct store *s, int64_t document, size_t number, struct arena *arena,
                     struct store_page *out, struct error *err);
bool store_count_pages(struct store *s, int64_t document, size_t *n, struct error *err);

/* Where bytes [begin, end) of a document's text are seen: on one page, for what goes over several
 * the first. page 0: the document has no pages, or nothing stands there. */
struct store_seen {
    size_t page;
    struct page_box *boxes; /* (n_boxes), in the arena; one a line or cell */
    size_t n_boxes;
};
enum { STORE_MAX_BOXES = 64 };
bool store_find_seen(struct store *s, int64_t document, uint64_t begin, uint64_t end,
                     struct arena *arena, struct store_seen *out, struct error *err);

/* False: memory is out. */
bool store_seen_copy(struct store_seen *out, const struct store_seen *from, struct arena *arena);

/* The kept file; NULL data where none is kept. The caller free()s *data. */
bool store_read_original(struct store *s, int64_t document, void **data, size_t *len,
                         struct error *err);

#endif
