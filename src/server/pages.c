/* GET /documents/{id}/pages/{page}: a page's text, or with ".png" behind its number its picture, with
 * what a citation points at marked. */
#include "answer/result_json.h"
#include "document/pdf_client.h"
#include "document/pdf_protocol.h"
#include "ingest/original.h"
#include "server/documents.h"
#include "server/fields.h"
#include "server/handlers.h"
#include "server/server.h"
#include "store/pages.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MIN_DPI = 36, MAX_DPI = 300, USUAL_DPI = 144, MAX_MARKS = STORE_MAX_BOXES };

/* "12" or "12.png". */
static bool read_page(struct exchange *x, size_t *number, bool *picture)
{
    const char *text = x->arguments[1];
    size_t digits = strspn(text, "0123456789");
    *picture = strcmp(text + digits, ".png") == 0;
    if (digits > 0 && digits < 9 && (*picture || !text[digits]) && text[0] != '0') {
        *number = strtoul(text, NULL, 10);
        return true;
    }
    reply_error(x, 404, "not_found", "page", "a page is a whole number from 1, or one with .png behind it");
    return false;
}

/* "10.5,20,60,30;10,40,60,50": left, top, right, bottom in points from the upper left corner. */
static bool read_marks(struct exchange *x, struct page_box *boxes, size_t *n)
{
    *n = 0;
    const char *at = exchange_query(x, "highlight");
    while (at && *at) {
        float v[4];
        for (size_t i = 0; i < 4; i++) {
            char *end;
            double number = strtod(at, &end);
            if (end == at || !isfinite(number) || fabs(number) > 1e6 ||
                (i < 3 ? *end != ',' : *end != ';' && *end != '\0')) {
                reply_error(x, 400, "bad_value", "highlight",
                            "highlight: boxes are four numbers each, left,top,right,bottom in points, "
                            "parted by \";\"");
                return false;
            }
            v[i] = (float)number;
            at = *end ? end + 1 : end;
        }
        if (*n == MAX_MARKS) {
            reply_error(x, 400, "bad_value", "highlight", "highlight: at most %d boxes are marked", MAX_MARKS);
            return false;
        }
        boxes[(*n)++] = (struct page_box){v[0], v[1], v[2], v[3]};
    }
    return true;
}

static bool draw(const struct original *file, const char *name, size_t number, size_t dpi,
                 const struct page_box *marks, size_t n, const atomic_bool *cancel, struct buffer *png,
                 struct error *err)
{
    const struct pdf_options options = {.cancel = cancel};
    struct pdf_client *pdf = pdf_open(name, file->data, file->len, &options, err);
    if (!pdf && strstr(err->text, PDF_NEEDS_PASSWORD)) {
        error_clear(err);
        error_set(err, ERROR_UNSUPPORTED, "%s: is locked with a password, which is not kept: its pages cannot be drawn", name);
    }
    bool ok = pdf && pdf_render(pdf, number, (float)dpi, marks, n, png, err);
    pdf_close(pdf);
    return ok;
}

static void reply_picture(struct exchange *x, struct store *store, const struct store_document *d,
                          size_t number)
{
    struct page_box marks[MAX_MARKS];
    size_t n, dpi = USUAL_DPI;
    struct error err = {0};
    struct original file;
    struct buffer png = {0};
    if (!query_count(x, "dpi", MIN_DPI, MAX_DPI, &dpi) || !read_marks(x, marks, &n)) return;
    bool ok = original_open(&file, store, d, &err);
    if (ok) {
        ok = draw(&file, path_base(d->path), number, dpi, marks, n, &x->cancel, &png, &err);
        original_close(&file);
    }
    if (ok) {
        reply_header(x, "Cache-Control", "private, max-age=3600");
        reply_buffer(x, 200, "image/png", &png);
    } else {
        reply_failure(x, &err);
    }
    buffer_free(&png);
}

void handle_document_page(struct exchange *x)
{
    struct server *s = x->server;
    struct error err = {0};
    struct store_document d;
    struct store_page page;
    int64_t id;
    size_t number, n_pages = 0;
    bool picture;
    if (!document_id(x, &id) || !read_page(x, &number, &picture)) return;
    struct store *store = stores_take(s->stores, &err);
    bool ok = store && store_find_document(store, id, &x->arena, &d, &err) &&
              store_read_page(store, id, number, &x->arena, &page, &err);
    if (ok && picture) {
        reply_picture(x, store, &d, number);
    } else if (ok && store_count_pages(store, id, &n_pages, &err)) {
        reply_json(x, 200, json_pack("{s:I, s:s, s:I, s:s, s:f, s:f, s:I, s:o}", "document", (json_int_t)id,
                                     "name", path_base(d.path), "page", (json_int_t)number, "label",
                                     page.label, "width", (double)page.width, "height",
                                     (double)page.height, "pages", (json_int_t)n_pages, "text",
                                     json_text(page.text)));
    } else if (err.code == ERROR_NOT_FOUND) {
        reply_error(x, 404, "not_found", "page", "document %lld has no page %zu", (long long)id, number);
    } else {
        reply_failure(x, &err);
    }
    stores_give(s->stores, store);
}
