#include "pdf/source.h"
#include "document/pdf_protocol.h"
#include "pdf/ocr.h"
#include "pdf/paths.h"
#include "pdf/pdf_text.h"
#include "pdf/scan.h"

#include <cairo.h>
#include <gio/gio.h>
#include <math.h>
#include <poppler.h>
#include <string.h>

/* --- opening --- */

static bool contains(const uint8_t *data, size_t len, const char *word)
{
    return memmem(data, len, word, strlen(word)) != NULL;
}

/* Writers put %%EOF at the very end; some add a little after it. */
static bool has_end(const uint8_t *data, size_t len)
{
    enum { TAIL = 4096 };
    size_t tail = len < TAIL ? len : TAIL;
    return contains(data + len - tail, tail, "%%EOF");
}

static bool open_failed(const struct source *s, const GError *error, const char *password, struct error *err)
{
    if (g_error_matches(error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED))
        return error_set(err, ERROR_INPUT, password && *password ? PDF_WRONG_PASSWORD : PDF_NEEDS_PASSWORD);
    if (!has_end(s->data, s->len))
        return error_set(err, ERROR_INPUT, "the PDF is cut off: its end (%%%%EOF) is missing and its pages are not found");
    return error_set(err, ERROR_INPUT, "the PDF is damaged: its pages are not found");
}

/* Outlines that run in circles or very deep are cut off. */
enum { MAX_OUTLINE = 20000, MAX_OUTLINE_DEPTH = 32 };

static size_t page_of(PopplerDocument *pdf, const PopplerDest *dest)
{
    if (!dest) return 0;
    if (dest->type != POPPLER_DEST_NAMED) return dest->page_num > 0 ? (size_t)dest->page_num : 0;
    PopplerDest *found = dest->named_dest ? poppler_document_find_dest(pdf, dest->named_dest) : NULL;
    size_t page = found && found->page_num > 0 ? (size_t)found->page_num : 0;
    if (found) poppler_dest_free(found);
    return page;
}

static void read_outline(struct source *s, PopplerIndexIter *iter, int level, size_t cap)
{
    if (!iter || level > MAX_OUTLINE_DEPTH) return;
    do {
        if (s->n_outline >= cap) return;
        PopplerAction *action = poppler_index_iter_get_action(iter);
        if (!action) continue;
        size_t page = action->type == POPPLER_ACTION_GOTO_DEST ? page_of(s->pdf, action->goto_dest.dest) : 0;
        const char *title = action->any.title ? action->any.title : "";
        char *copy = arena_strdup(&s->arena, title);
        if (copy) s->outline[s->n_outline++] = (struct page_outline){.title = copy, .level = level, .page = page};
        poppler_action_free(action);
        PopplerIndexIter *child = poppler_index_iter_get_child(iter);
        if (child) {
            read_outline(s, child, level + 1, cap);
            poppler_index_iter_free(child);
        }
    } while (poppler_index_iter_next(iter));
}

/* With a wrong password poppler (22.12) tries once more over a copy of its stream, which it cannot make
 * of bytes: it follows a null pointer. A stream of GIO's it can copy; that is slower. */
static PopplerDocument *new_document(const struct source *s, const char *password, GError **error)
{
    GBytes *bytes = g_bytes_new_static(s->data, s->len);
    GInputStream *stream = password ? g_memory_input_stream_new_from_bytes(bytes) : NULL;
    PopplerDocument *pdf = stream ? poppler_document_new_from_stream(stream, (goffset)s->len, password, NULL, error)
                                  : poppler_document_new_from_bytes(bytes, NULL, error);
    if (stream) g_object_unref(stream);
    g_bytes_unref(bytes);
    return pdf;
}

static bool open_pdf(struct source *s, const char *password, struct error *err)
{
    GError *error = NULL;
    PopplerDocument *pdf = new_document(s, password && *password ? password : NULL, &error);
    if (!pdf) {
        open_failed(s, error, password, err);
        g_clear_error(&error);
        return false;
    }
    s->pdf = pdf;
    s->damaged = !has_end(s->data, s->len);
    int n = poppler_document_get_n_pages(pdf);
    if (n <= 0) return error_set(err, ERROR_INPUT, "the PDF has no pages");
    if (n > PDF_MAX_PAGES) return error_set(err, ERROR_INPUT, "the PDF has more than %d pages", PDF_MAX_PAGES);
    s->n_pages = (size_t)n;
    char *title = poppler_document_get_title(pdf);
    s->title = arena_strdup(&s->arena, title ? title : "");
    g_free(title);
    PopplerIndexIter *iter = poppler_index_iter_new(pdf);
    if (iter) {
        s->outline = arena_array(&s->arena, MAX_OUTLINE, sizeof *s->outline);
        if (s->outline) read_outline(s, iter, 1, MAX_OUTLINE);
        poppler_index_iter_free(iter);
    }
    return s->title || error_memory(err, "a document's title");
}

bool source_open(struct source *s, const uint8_t *data, size_t len, const char *password, struct ocr *ocr,
                 struct error *err)
{
    *s = (struct source){.data = data, .len = len, .title = "", .ocr = ocr};
    if (scan_is_picture(data, len)) {
        s->picture = true;
        return scan_count_pages(data, len, &s->n_pages, err);
    }
    return open_pdf(s, password, err);
}

void source_close(struct source *s)
{
    if (s->pdf) g_object_unref(s->pdf);
    arena_free(&s->arena);
}

/* --- pages --- */

static bool is_sane(double width, double height)
{
    return width >= 1 && height >= 1 && width <= PDF_MAX_SIDE && height <= PDF_MAX_SIDE;
}

static PopplerPage *open_page(struct source *s, size_t number, double *width, double *height, struct error *err)
{
    PopplerPage *p = number >= 1 && number <= s->n_pages ? poppler_document_get_page(s->pdf, (int)number - 1) : NULL;
    if (!p) {
        error_set(err, ERROR_INPUT, "the page is missing or damaged");
        return NULL;
    }
    poppler_page_get_size(p, width, height);
    if (is_sane(*width, *height)) return p;
    error_set(err, ERROR_INPUT, "the page's size of %.6g by %.6g points makes no sense", *width, *height);
    g_object_unref(p);
    return NULL;
}

static bool read_images(PopplerPage *p, struct page *page, struct arena *arena)
{
    GList *list = poppler_page_get_image_mapping(p);
    size_t n = 0;
    page->images = arena_array(arena, PDF_MAX_IMAGES, sizeof *page->images);
    for (GList *l = list; l && page->images && n < PDF_MAX_IMAGES; l = l->next) {
        const PopplerRectangle *a = &((const PopplerImageMapping *)l->data)->area;
        double x0 = fmax(0, fmin(a->x1, a->x2)), x1 = fmin(page->width, fmax(a->x1, a->x2));
        double y0 = fmax(0, fmin(a->y1, a->y2)), y1 = fmin(page->height, fmax(a->y1, a->y2));
        if (x0 < x1 && y0 < y1) page->images[n++] = (struct page_box){(float)x0, (float)y0, (float)x1, (float)y1};
    }
    page->n_images = n;
    poppler_page_free_image_mapping(list);
    return page->images;
}

/* The share of the page that its largest picture covers. */
static float covered(const struct page *page)
{
    float most = 0;
    for (size_t i = 0; i < page->n_images; i++) {
        const struct page_box *b = &page->images[i];
        most = fmaxf(most, (b->x1 - b->x0) * (b->y1 - b->y0) / (page->width * page->height));
    }
    return most;
}

static bool read_pdf_page(PopplerPage *p, struct page *page, struct arena *arena, struct error *err)
{
    char *label = poppler_page_get_label(p);
    page->label = arena_strdup(arena, label ? label : "");
    g_free(label);
    struct page_paths paths;
    if (!page->label || !page_paths_read(p, page, &paths, arena)) return error_memory(err, "a page's lines");
    if (!page_text_read(p, page, &paths, arena)) return error_memory(err, "a page's text");
    if (paths.images && !read_images(p, page, arena)) return error_memory(err, "a page's pictures");
    return true;
}

/* Draws a page as white paper with scale pixels a point. NULL: memory is out. */
static cairo_surface_t *draw_page(PopplerPage *p, double width, double height, double scale)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)ceil(width * scale), (int)ceil(height * scale));
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_scale(cr, scale, scale);
    if (p) poppler_page_render(p, cr);
    bool ok = cairo_status(cr) == CAIRO_STATUS_SUCCESS;
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    if (ok) return surface;
    cairo_surface_destroy(surface);
    return NULL;
}

/* A page of a PDF that is a picture, mended. */
static bool scan_page(struct scan *scan, PopplerPage *p, double width, double height, struct error *err)
{
    const double most_pixels = 4e7;
    double scale = 300.0 / 72;
    if (width * height * scale * scale > most_pixels) scale = sqrt(most_pixels / (width * height));
    cairo_surface_t *drawn = draw_page(p, width, height, scale);
    if (!drawn) return error_memory(err, "a page's picture");
    bool ok = scan_drawn(scan, drawn, (float)(scale * 72), err);
    cairo_surface_destroy(drawn);
    return ok;
}

/* Reads the mended picture into the page, which keeps its number and label. */
static bool read_scan(struct source *s, const struct scan *scan, struct page *page, struct arena *arena,
                      struct error *err)
{
    *page = (struct page){.number = page->number, .label = page->label, .width = scan->width, .height = scan->height,
                          .scanned = true};
    if (!scan_rules(scan, page, arena)) return error_memory(err, "a page's lines");
    return ocr_read(s->ocr, scan, page, arena, err);
}

/* A few characters over a picture are a stamp or a page number. */
static bool is_scan(const struct page *page)
{
    return page->n_chars < 30 && covered(page) > 0.5f;
}

static bool picture_page(struct source *s, size_t number, struct page *page, bool *needs_ocr, struct arena *arena,
                         struct error *err)
{
    struct scan scan;
    *needs_ocr = !s->ocr;
    if (!s->ocr) return scan_size(s->data, s->len, number, &page->width, &page->height, err);
    bool ok = scan_picture(&scan, s->data, s->len, number, err) && read_scan(s, &scan, page, arena, err);
    scan_free(&scan);
    return ok;
}

bool source_page(struct source *s, size_t number, struct page *page, bool *needs_ocr, struct arena *arena,
                 struct error *err)
{
    *page = (struct page){.number = number, .label = ""};
    if (s->picture) return picture_page(s, number, page, needs_ocr, arena, err);
    double width, height;
    PopplerPage *p = open_page(s, number, &width, &height, err);
    if (!p) return false;
    page->width = (float)width;
    page->height = (float)height;
    bool ok = read_pdf_page(p, page, arena, err);
    *needs_ocr = ok && is_scan(page);
    if (*needs_ocr && s->ocr) {
        struct scan scan = {0};
        ok = scan_page(&scan, p, width, height, err) && read_scan(s, &scan, page, arena, err);
        scan_free(&scan);
        *needs_ocr = false;
    }
    g_object_unref(p);
    return ok;
}

/* --- pictures of pages --- */

static cairo_status_t append_png(void *context, const unsigned char *data, unsigned int len)
{
    struct buffer *png = context;
    if (png->len + len > PDF_MAX_PNG) return CAIRO_STATUS_WRITE_ERROR;
    buffer_append(png, data, len);
    return png->failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

static void mark(cairo_t *cr, const struct page_box *b)
{
    const double around = 1.5;
    cairo_rectangle(cr, b->x0 - around, b->y0 - around, b->x1 - b->x0 + 2 * around, b->y1 - b->y0 + 2 * around);
    cairo_set_source_rgba(cr, 1, 0.87, 0, 0.35);
    cairo_fill_preserve(cr);
    cairo_set_source_rgba(cr, 0.8, 0.5, 0, 0.9);
    cairo_set_line_width(cr, 0.8);
    cairo_stroke(cr);
}

/* Whether a page of a PDF is a picture: told as source_page does. */
static bool is_scanned_page(PopplerPage *p, double width, double height)
{
    struct arena arena = {0};
    struct error err = {0};
    struct page page = {.width = (float)width, .height = (float)height};
    bool scanned = read_pdf_page(p, &page, &arena, &err) && is_scan(&page);
    arena_free(&arena);
    return scanned;
}

static bool put_png(cairo_surface_t *surface, double scale, const struct page_box *boxes, size_t n_boxes,
                    struct buffer *png)
{
    cairo_t *cr = cairo_create(surface);
    cairo_scale(cr, scale, scale);
    for (size_t i = 0; i < n_boxes; i++) mark(cr, &boxes[i]);
    bool ok = cairo_status(cr) == CAIRO_STATUS_SUCCESS;
    cairo_destroy(cr);
    return ok && cairo_surface_write_to_png_stream(surface, append_png, png) == CAIRO_STATUS_SUCCESS;
}

/* So that the picture is not larger than may be sent. */
static double bounded_scale(double width, double height, double scale)
{
    double most = sqrt(PDF_MAX_PIXELS / 4.0 / (width * height));
    return scale < most ? scale : most;
}

bool source_render(struct source *s, size_t number, float dpi, const struct page_box *boxes, size_t n_boxes,
                   struct buffer *png, struct error *err)
{
    double width = 0, height = 0;
    PopplerPage *p = NULL;
    struct scan scan = {0};
    if (!s->picture && !(p = open_page(s, number, &width, &height, err))) return false;
    bool scanned = s->picture || is_scanned_page(p, width, height), ok = true;
    if (s->picture) ok = scan_picture(&scan, s->data, s->len, number, err);
    else if (scanned) ok = scan_page(&scan, p, width, height, err);
    if (ok) {
        if (scanned) {
            width = scan.width;
            height = scan.height;
        }
        double scale = bounded_scale(width, height, dpi / 72.0);
        cairo_surface_t *surface = draw_page(scanned ? NULL : p, width, height, scale);
        if (surface && scanned) scan_draw(&scan, surface, scale);
        ok = surface && put_png(surface, scale, boxes, n_boxes, png);
        if (surface) cairo_surface_destroy(surface);
        if (!ok) error_memory(err, "the page's picture");
    }
    if (p) g_object_unref(p);
    scan_free(&scan);
    return ok;
}
