#include "pdf/scan.h"
#include "pdf/rules.h"
#include "document/pdf_protocol.h"

#include <leptonica/allheaders.h>
#include <math.h>
#include <string.h>

enum { MAX_PICTURE_PAGES = 2000 };

/* --- reading --- */

static bool is_tiff(const uint8_t *data, size_t len)
{
    return len >= 4 && (memcmp(data, "II*\0", 4) == 0 || memcmp(data, "MM\0*", 4) == 0);
}

bool scan_is_picture(const uint8_t *data, size_t len)
{
    return is_tiff(data, len) || (len >= 8 && memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0) ||
           (len >= 3 && memcmp(data, "\xff\xd8\xff", 3) == 0);
}

struct header {
    l_int32 width, height, dpi;
};

static bool read_header(const uint8_t *data, size_t len, size_t number, struct header *h)
{
    l_int32 format, bits, samples, colormap;
    *h = (struct header){0};
    if (is_tiff(data, len))
        return readHeaderMemTiff(data, len, (l_int32)number - 1, &h->width, &h->height, &bits, &samples, &h->dpi,
                                 &colormap, &format) == 0;
    return number == 1 &&
           pixReadHeaderMem(data, len, &format, &h->width, &h->height, &bits, &samples, &colormap) == 0;
}

static bool check_header(const struct header *h, struct error *err)
{
    if (h->width < 1 || h->height < 1) return error_set(err, ERROR_INPUT, "the picture has no pixels");
    if ((double)h->width * h->height > PDF_MAX_PIXELS)
        return error_set(err, ERROR_INPUT, "the picture has %d by %d pixels; at most %d million are read", h->width,
                         h->height, PDF_MAX_PIXELS / 1000000);
    return true;
}

bool scan_count_pages(const uint8_t *data, size_t len, size_t *n_pages, struct error *err)
{
    struct header h;
    size_t n = 0;
    while (n < MAX_PICTURE_PAGES && read_header(data, len, n + 1, &h)) {
        if (n++ == 0 && !check_header(&h, err)) return false;
        if (!is_tiff(data, len)) break;
    }
    *n_pages = n;
    return n || error_set(err, ERROR_INPUT, "the picture is damaged or cut off: its header cannot be read");
}

/* Without a resolution that makes sense, the picture is taken as a page of A4 or letter size. */
static float likely_dpi(const struct header *h)
{
    const float page_inches = 11.5f;
    if (h->dpi >= 72 && h->dpi <= 2400) return (float)h->dpi;
    float longer = (float)(h->width > h->height ? h->width : h->height);
    return fmaxf(72, fminf(600, longer / page_inches));
}

bool scan_size(const uint8_t *data, size_t len, size_t number, float *width, float *height, struct error *err)
{
    struct header h;
    if (!read_header(data, len, number, &h)) return error_set(err, ERROR_INPUT, "the picture's page cannot be read");
    if (!check_header(&h, err)) return false;
    float dpi = likely_dpi(&h);
    *width = (float)h.width * 72 / dpi;
    *height = (float)h.height * 72 / dpi;
    return true;
}

/* --- mending --- */

static PIX *black_and_white(PIX *gray)
{
    PIX *even = pixBackgroundNormSimple(gray, NULL, NULL);
    PIX *binary = pixThresholdToBinary(even ? even : gray, 180);
    pixDestroy(&even);
    return binary;
}

static void replace(PIX **pix, PIX *by)
{
    if (!by) return;
    pixDestroy(pix);
    *pix = by;
}

/* Letters of pictures made for the screen are too small to be read well. */
static void enlarge(struct scan *s)
{
    const float good = 300, small = 200, most_pixels = 4e7f;
    float by = fminf(4, good / s->dpi), pixels = (float)pixGetWidth(s->gray) * (float)pixGetHeight(s->gray);
    if (s->dpi >= small || pixels * by * by > most_pixels) return;
    PIX *larger = pixScale(s->gray, by, by);
    if (!larger) return;
    replace(&s->gray, larger);
    s->dpi *= by;
}

/* Straightens, then turns upright: only where leptonica is sure. */
static void mend(struct scan *s)
{
    enlarge(s);
    const float small = 0.05f, sure = 3;
    PIX *binary = black_and_white(s->gray);
    l_float32 angle = 0, confidence = 0;
    if (binary && pixFindSkew(binary, &angle, &confidence) == 0 && confidence > sure && fabsf(angle) > small) {
        replace(&s->gray, pixRotate(s->gray, angle * 3.14159265f / 180, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0));
        replace(&binary, black_and_white(s->gray));
    }
    l_float32 up = 0, left = 0;
    l_int32 orientation = L_TEXT_ORIENT_UNKNOWN;
    if (binary && pixOrientDetect(binary, &up, &left, 0, 0) == 0)
        makeOrientDecision(up, left, 0, 0, &orientation, 0);
    pixDestroy(&binary);
    int quarters = orientation == L_TEXT_ORIENT_LEFT ? 1 : orientation == L_TEXT_ORIENT_DOWN ? 2
                 : orientation == L_TEXT_ORIENT_RIGHT ? 3 : 0;
    if (quarters) replace(&s->gray, pixRotateOrth(s->gray, quarters));
    s->width = (float)pixGetWidth(s->gray) * 72 / s->dpi;
    s->height = (float)pixGetHeight(s->gray) * 72 / s->dpi;
}

bool scan_picture(struct scan *s, const uint8_t *data, size_t len, size_t number, struct error *err)
{
    struct header h;
    *s = (struct scan){0};
    if (!read_header(data, len, number, &h)) return error_set(err, ERROR_INPUT, "the picture's page cannot be read");
    if (!check_header(&h, err)) return false;
    PIX *pix = is_tiff(data, len) ? pixReadMemTiff(data, len, (l_int32)number - 1) : pixReadMem(data, len);
    if (!pix) return error_set(err, ERROR_INPUT, "the picture is damaged or cut off");
    h.width = pixGetWidth(pix);
    h.height = pixGetHeight(pix);
    h.dpi = pixGetXRes(pix);
    s->dpi = likely_dpi(&h);
    s->gray = pixConvertTo8(pix, 0);
    pixDestroy(&pix);
    if (!s->gray) return error_memory(err, "a picture");
    mend(s);
    return true;
}

bool scan_drawn(struct scan *s, cairo_surface_t *drawn, float dpi, struct error *err)
{
    int width = cairo_image_surface_get_width(drawn), height = cairo_image_surface_get_height(drawn);
    int stride = cairo_image_surface_get_stride(drawn);
    const unsigned char *data = cairo_image_surface_get_data(drawn);
    *s = (struct scan){.dpi = dpi, .gray = data ? pixCreate(width, height, 8) : NULL};
    if (!s->gray) return error_memory(err, "a page's picture");
    for (int y = 0; y < height; y++) {
        const uint32_t *row = (const uint32_t *)(const void *)(data + (size_t)y * (size_t)stride);
        l_uint32 *line = pixGetData(s->gray) + (size_t)y * (size_t)pixGetWpl(s->gray);
        for (int x = 0; x < width; x++) {
            uint32_t c = row[x];
            SET_DATA_BYTE(line, x, (l_uint8)(((c >> 16 & 255) * 77 + (c >> 8 & 255) * 151 + (c & 255) * 28) >> 8));
        }
    }
    mend(s);
    return true;
}

void scan_free(struct scan *s)
{
    pixDestroy(&s->gray);
}

/* --- lines --- */

/* Boxes of what stays when all runs shorter than `run` pixels are taken away. Gaps are closed only
 * after that: closed before it, neighbouring letters would make lines. */
static BOXA *long_runs(PIX *binary, int run, bool vertical)
{
    PIX *opened = pixOpenBrick(NULL, binary, vertical ? 1 : run, vertical ? run : 1);
    PIX *whole = opened ? pixCloseSafeBrick(NULL, opened, vertical ? 3 : 9, vertical ? 9 : 3) : NULL;
    BOXA *boxes = whole ? pixConnCompBB(whole, 8) : NULL;
    pixDestroy(&opened);
    pixDestroy(&whole);
    return boxes;
}

static void add_runs(struct rule_set *set, BOXA *boxes, float scale, bool vertical)
{
    const float broadest = 3;
    for (l_int32 i = 0; i < boxaGetCount(boxes); i++) {
        l_int32 x, y, w, h;
        boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
        struct page_box box = {(float)x * scale, (float)y * scale, (float)(x + w) * scale, (float)(y + h) * scale};
        float across = vertical ? box.x1 - box.x0 : box.y1 - box.y0;
        if (across > broadest) {
            if (!vertical) rule_set_box(set, box, 0x808080); /* a dark band */
            continue;
        }
        if (vertical) rule_set_line(set, (box.x0 + box.x1) / 2, box.y0, (box.x0 + box.x1) / 2, box.y1, across, box, 0);
        else rule_set_line(set, box.x0, (box.y0 + box.y1) / 2, box.x1, (box.y0 + box.y1) / 2, across, box, 0);
    }
}

bool scan_rules(const struct scan *s, struct page *page, struct arena *arena)
{
    struct rule_set set = {.max_rules = PDF_MAX_RULES, .max_fills = PDF_MAX_FILLS, .width = page->width,
                           .height = page->height};
    PIX *binary = black_and_white(s->gray);
    int run = (int)(s->dpi / 4); /* a quarter of an inch: no letter's stroke is as long */
    for (int vertical = 0; binary && vertical < 2; vertical++) {
        BOXA *boxes = long_runs(binary, run, vertical);
        if (boxes) add_runs(&set, boxes, 72 / s->dpi, vertical);
        boxaDestroy(&boxes);
    }
    pixDestroy(&binary);
    return rule_set_finish(&set, page, arena);
}

/* --- drawing --- */

void scan_draw(const struct scan *s, cairo_surface_t *onto, double scale)
{
    int width = pixGetWidth(s->gray), height = pixGetHeight(s->gray);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    unsigned char *data = cairo_image_surface_get_data(surface);
    if (data) {
        int stride = cairo_image_surface_get_stride(surface);
        for (int y = 0; y < height; y++) {
            uint32_t *row = (uint32_t *)(void *)(data + (size_t)y * (size_t)stride);
            l_uint32 *line = pixGetData(s->gray) + (size_t)y * (size_t)pixGetWpl(s->gray);
            for (int x = 0; x < width; x++) row[x] = (uint32_t)GET_DATA_BYTE(line, x) * 0x010101u;
        }
        cairo_surface_mark_dirty(surface);
        cairo_t *cr = cairo_create(onto);
        cairo_scale(cr, scale * 72 / s->dpi, scale * 72 / s->dpi);
        cairo_set_source_surface(cr, surface, 0, 0);
        cairo_paint(cr);
        cairo_destroy(cr);
    }
    cairo_surface_destroy(surface);
}
