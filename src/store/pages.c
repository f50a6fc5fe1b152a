/* Pages, places and originals in the SQLite store.
 *
 * The places of a page are one blob: for each, as LEB128 varints, the bytes from the end of the one
 * before (the page's begin at first), its length, and its left, top, width and height in 1/10 of a
 * point.
 */
#include "store/pages.h"

#include "store/fact_block.h"
#include "store/store_internal.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double UNITS = 10; /* in a point */
enum { MAX_POINTS = 1000000, ORIGINAL_MAX = 1000000000, PIECE = 1 << 20 };

/* ---- writing ---- */

static uint64_t in_units(float points)
{
    if (!(points > 0)) return 0;
    return (uint64_t)llround((points < MAX_POINTS ? (double)points : MAX_POINTS) * UNITS);
}

static void put_box(struct buffer *b, const struct page_box *box)
{
    uint64_t x = in_units(box->x0), y = in_units(box->y0);
    uint64_t right = in_units(box->x1), bottom = in_units(box->y1);
    fact_varint_encode(b, x);
    fact_varint_encode(b, y);
    fact_varint_encode(b, right > x ? right - x : 0);
    fact_varint_encode(b, bottom > y ? bottom - y : 0);
}

bool store_add_page(struct store *s, const struct store_page *page,
                    const struct document_place *places,
                    size_t n, struct error *err)
{
    struct buffer blob = {0};
    uint64_t at = page->begin;
    for (size_t i = 0; i < n; i++) {
        if (places[i].begin < at || places[i].end < places[i].begin || places[i].end > page->end) {
            buffer_free(&blob);
            return error_set(err, ERROR_USAGE, "%s: page %zu: place %zu is out of order", s->path,
                             page->number, i);
        }
        fact_varint_encode(&blob, places[i].begin - at);
        fact_varint_encode(&blob, places[i].end - places[i].begin);
        put_box(&blob, &places[i].box);
        at = places[i].end;
    }
    if (blob.failed || blob.len > INT_MAX) {
        buffer_free(&blob);
        return error_memory(err, "a page's places");
    }
    sqlite3_stmt *q = store_prepare(s,
                                    "INSERT INTO document_pages(document, number, label, width, height,"
                                    " byte_begin, byte_end, text, places)"
                                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                                    err);
    bool ok = q != NULL;
    if (ok) {
        sqlite3_bind_int64(q, 1, s->document);
        sqlite3_bind_int64(q, 2, (int64_t)page->number);
        store_bind(q, 3, page->label, strlen(page->label));
        sqlite3_bind_double(q, 4, (double)page->width);
        sqlite3_bind_double(q, 5, (double)page->height);
        sqlite3_bind_int64(q, 6, (int64_t)page->begin);
        sqlite3_bind_int64(q, 7, (int64_t)page->end);
        store_bind(q, 8, page->text, (size_t)(page->end - page->begin));
        sqlite3_bind_blob(q, 9, blob.data ? blob.data : "", (int)blob.len, SQLITE_STATIC);
        ok = sqlite3_step(q) == SQLITE_DONE || store_fail(s, "adding a page", err);
    }
    sqlite3_finalize(q);
    buffer_free(&blob);
    return ok;
}

static bool write_pieces(struct store *s, const void *data, size_t len)
{
    sqlite3_blob *blob = NULL;
    bool ok = sqlite3_blob_open(s->db, "main", "document_files", "data", s->document, 1, &blob) == SQLITE_OK;
    for (size_t at = 0; ok && at < len; at += PIECE) {
        size_t n = len - at < PIECE ? len - at : PIECE;
        ok = sqlite3_blob_write(blob, (const char *)data + at, (int)n, (int)at) == SQLITE_OK;
    }
    return sqlite3_blob_close(blob) == SQLITE_OK && ok;
}

bool store_keep_original(struct store *s, const void *data, size_t len, struct error *err)
{
    if (len > ORIGINAL_MAX)
        return error_set(err, ERROR_UNSUPPORTED, "%s: a file of %zu bytes is too large to be kept", s->path,
                         len);
    sqlite3_stmt *q =
        store_prepare(s, "INSERT INTO document_files(document, data) VALUES (?1, ?2)", err);
    if (!q) return false;
    sqlite3_bind_int64(q, 1, s->document);
    /* SQLite would make a copy of it in memory: a large one is put there in pieces. */
    if (len <= PIECE) sqlite3_bind_blob64(q, 2, data, len, SQLITE_STATIC);
    else sqlite3_bind_zeroblob64(q, 2, len);
    bool ok = sqlite3_step(q) == SQLITE_DONE;
    sqlite3_finalize(q);
    if (ok && len > PIECE) ok = write_pieces(s, data, len);
    return ok || store_fail(s, "keeping a file", err);
}

/* ---- reading ---- */

static bool take_place(struct fact_cursor *c, uint64_t *byte, struct document_place *p)
{
    uint64_t v[6];
    for (size_t i = 0; i < 6; i++)
        if (!fact_varint_next(c, &v[i])) return false;
    for (size_t i = 2; i < 6; i++)
        if (v[i] > (uint64_t)MAX_POINTS * 10) return false;
    if (v[0] > (uint64_t)INT64_MAX - *byte || v[1] > (uint64_t)INT64_MAX - *byte - v[0]) return false;
    p->begin = *byte + v[0];
    p->end = p->begin + v[1];
    p->box = (struct page_box){(float)((double)v[2] / UNITS), (float)((double)v[3] / UNITS),
                               (float)((double)(v[2] + v[4]) / UNITS),
                               (float)((double)(v[3] + v[5]) / UNITS)};
    *byte = p->end;
    return true;
}

bool store_read_page(struct store *s, int64_t document, size_t number, struct arena *arena,
                     struct store_page *out, struct error *err)
{
    sqlite3_stmt *q = store_prepare(s,
                                    "SELECT label, width, height, byte_begin, byte_end, text"
                                    " FROM document_pages WHERE document = ?1 AND number = ?2",
                                    err);
    if (!q) return false;
    sqlite3_bind_int64(q, 1, document);
    sqlite3_bind_int64(q, 2, (int64_t)number);
    int rc = sqlite3_step(q);
    bool ok = rc == SQLITE_ROW;
    if (ok) {
        *out = (struct store_page){.number = number,
                                   .label = store_column(q, 0, arena),
                                   .width = (float)sqlite3_column_double(q, 1),
                                   .height = (float)sqlite3_column_double(q, 2),
                                   .begin = (uint64_t)sqlite3_column_int64(q, 3),
                                   .end = (uint64_t)sqlite3_column_int64(q, 4),
                                   .text = store_column(q, 5, arena)};
        ok = (out->label && out->text) || error_memory(err, "a page");
    } else if (rc == SQLITE_DONE) {
        error_set(err, ERROR_NOT_FOUND, "there is no page %zu of document %lld", number,
                  (long long)document);
    } else {
        store_fail(s, "reading a page", err);
    }
    sqlite3_finalize(q);
    return ok;
}

bool store_count_pages(struct store *s, int64_t document, size_t *n, struct error *err)
{
    sqlite3_stmt *q =
        store_prepare(s, "SELECT count(*) FROM document_pages WHERE document = ?1", err);
    if (!q) return false;
    sqlite3_bind_int64(q, 1, document);
    bool ok = sqlite3_step(q) == SQLITE_ROW || store_fail(s, "counting pages", err);
    *n = ok ? (size_t)sqlite3_column_int64(q, 0) : 0;
    sqlite3_finalize(q);
    return ok;
}

bool store_find_seen(struct store *s, int64_t document, uint64_t begin, uint64_t end,
                     struct arena *arena, struct store_seen *out, struct error *err)
{
    *out = (struct store_seen){0};
    sqlite3_stmt *q = store_prepare(s,
                                    "SELECT number, byte_begin, places FROM document_pages"
                                    " WHERE document = ?1 AND byte_begin <= ?2"
                                    " ORDER BY byte_begin DESC, number DESC LIMIT 1",
                                    err);
    if (!q) return false;
    sqlite3_bind_int64(q, 1, document);
    sqlite3_bind_int64(q, 2, (int64_t)begin);
    int rc = sqlite3_step(q);
    bool ok = rc == SQLITE_ROW || rc == SQLITE_DONE || store_fail(s, "looking up a page", err);
    struct page_box boxes[STORE_MAX_BOXES];
    if (rc == SQLITE_ROW) {
        out->page = (size_t)sqlite3_column_int64(q, 0);
        uint64_t byte = (uint64_t)sqlite3_column_int64(q, 1);
        struct fact_cursor c = {.at = sqlite3_column_blob(q, 2)};
        if (c.at) c.end = c.at + sqlite3_column_bytes(q, 2);
        struct document_place p;
        while (c.at < c.end && out->n_boxes < STORE_MAX_BOXES) {
            if (!take_place(&c, &byte, &p)) {
                ok = store_damaged(s, "document_pages", (int64_t)out->page, "its places", err);
                break;
            }
            if (p.begin >= end && p.begin > begin) break;
            if (p.end > begin || (p.begin == begin && p.end == begin)) boxes[out->n_boxes++] = p.box;
        }
    }
    sqlite3_finalize(q);
    struct store_seen found = *out;
    found.boxes = boxes;
    return ok && (store_seen_copy(out, &found, arena) || error_memory(err, "the boxes of a cell"));
}

bool store_seen_copy(struct store_seen *out, const struct store_seen *from, struct arena *arena)
{
    *out = *from;
    out->boxes = NULL;
    if (from->n_boxes == 0) return true;
    out->boxes = arena_array(arena, from->n_boxes, sizeof *out->boxes);
    if (!out->boxes) {
        out->n_boxes = 0;
        return false;
    }
    memcpy(out->boxes, from->boxes, from->n_boxes * sizeof *out->boxes);
    return true;
}

bool store_read_original(struct store *s, int64_t document, void **data, size_t *len,
                         struct error *err)
{
    *data = NULL;
    *len = 0;
    sqlite3_stmt *q = store_prepare(s, "SELECT data FROM document_files WHERE document = ?1", err);
    if (!q) return false;
    sqlite3_bind_int64(q, 1, document);
    int rc = sqlite3_step(q);
    bool ok = rc == SQLITE_ROW || rc == SQLITE_DONE || store_fail(s, "reading a file", err);
    if (rc == SQLITE_ROW) {
        const void *bytes = sqlite3_column_blob(q, 0);
        size_t n = bytes ? (size_t)sqlite3_column_bytes(q, 0) : 0;
        *data = malloc(n + 1);
        if (*data && n) memcpy(*data, bytes, n);
        *len = n;
        ok = *data || error_memory(err, "a file");
    }
    sqlite3_finalize(q);
    return ok;
}
