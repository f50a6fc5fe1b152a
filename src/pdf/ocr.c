#include "pdf/ocr.h"
#include "base/utf8.h"
#include "document/pdf_protocol.h"

#include <ctype.h>
#include <leptonica/allheaders.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tesseract/capi.h>
#include <unistd.h>

struct ocr {
    TessBaseAPI *tesseract;
};

/* --- languages --- */

static bool has_data(const char *language, size_t len)
{
    const char *folders[] = {getenv("TESSDATA_PREFIX"), "/usr/share/tesseract-ocr/5/tessdata",
                             "/usr/share/tesseract-ocr/4.00/tessdata", "/usr/share/tessdata",
                             "/usr/local/share/tessdata"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char path[512];
        if (!folders[i]) continue;
        snprintf(path, sizeof path, "%s/%.*s.traineddata", folders[i], (int)len, language);
        if (access(path, R_OK) == 0) return true;
    }
    return false;
}

static bool check_language(const char *language, size_t len, struct error *err)
{
    enum { LONGEST = 40 };
    char package[LONGEST + 1];
    bool name = len > 0 && len <= LONGEST;
    for (size_t i = 0; i < len && name; i++) {
        name = isalnum((unsigned char)language[i]) || language[i] == '_';
        package[i] = language[i] == '_' ? '-' : (char)tolower((unsigned char)language[i]);
    }
    if (!name)
        return error_set(err, ERROR_USAGE, "'%.*s' is not the name of an OCR language; those are as in eng+deu",
                         (int)(len < LONGEST ? len : LONGEST), language);
    package[len] = '\0';
    if (has_data(language, len)) return true;
    return error_set(err, ERROR_UNSUPPORTED, "OCR has no data for the language '%.*s'; install the package tesseract-ocr-%s",
                     (int)len, language, package);
}

struct ocr *ocr_open(const char *languages, struct error *err)
{
    for (const char *p = languages;;) {
        size_t len = strcspn(p, "+");
        if (!check_language(p, len, err)) return NULL;
        p += len;
        if (!*p++) break;
    }
    struct ocr *ocr = calloc(1, sizeof *ocr);
    if (ocr) ocr->tesseract = TessBaseAPICreate();
    if (!ocr || !ocr->tesseract) {
        error_memory(err, "OCR");
    } else if (TessBaseAPIInit2(ocr->tesseract, NULL, languages, OEM_LSTM_ONLY) != 0) {
        error_set(err, ERROR_UNSUPPORTED, "OCR cannot read its data for '%s'", languages);
    } else {
        TessBaseAPISetPageSegMode(ocr->tesseract, PSM_AUTO);
        return ocr;
    }
    ocr_close(ocr);
    return NULL;
}

void ocr_close(struct ocr *ocr)
{
    if (ocr && ocr->tesseract) TessBaseAPIDelete(ocr->tesseract);
    free(ocr);
}

/* --- characters --- */

/* The picture with the ruling lines painted white: letters that touch them are read better. */
static PIX *without_rules(const struct scan *scan, const struct page *page)
{
    PIX *pix = pixCopy(NULL, scan->gray);
    const float scale = scan->dpi / 72;
    for (size_t i = 0; pix && i < page->n_rules; i++) {
        const struct page_rule *r = &page->rules[i];
        float half = r->width / 2 * scale + 2, at = r->at * scale, from = r->from * scale, length = (r->to - r->from) * scale;
        BOX *box = r->vertical ? boxCreate((l_int32)(at - half), (l_int32)from, (l_int32)(2 * half), (l_int32)length)
                               : boxCreate((l_int32)from, (l_int32)(at - half), (l_int32)length, (l_int32)(2 * half));
        if (box) pixSetInRectArbitrary(pix, box, 255);
        boxDestroy(&box);
    }
    return pix;
}

static uint16_t font_of_size(struct page *page, float size)
{
    size = roundf(size * 2) / 2;
    for (size_t i = 0; i < page->n_fonts; i++)
        if (fabsf(page->fonts[i].size - size) < 0.1f) return (uint16_t)i;
    enum { MOST = 100 };
    if (page->n_fonts == MOST) return 0;
    page->fonts[page->n_fonts] = (struct page_font){.name = "", .size = size};
    return (uint16_t)page->n_fonts++;
}

static bool box_at(TessPageIterator *it, TessPageIteratorLevel level, float scale, struct page_box *box)
{
    int x0, y0, x1, y1;
    if (!TessPageIteratorBoundingBox(it, level, &x0, &y0, &x1, &y1)) return false;
    *box = (struct page_box){(float)x0 * scale, (float)y0 * scale, (float)x1 * scale, (float)y1 * scale};
    return true;
}

/* Of the text that the iterator stands in, as struct page_char has it. */
static int16_t angle_of(TessPageIterator *it)
{
    TessOrientation orientation;
    TessWritingDirection direction;
    TessTextlineOrder order;
    float skew;
    TessPageIteratorOrientation(it, &orientation, &direction, &order, &skew);
    return orientation == ORIENTATION_PAGE_RIGHT ? 90 : orientation == ORIENTATION_PAGE_DOWN ? 180
         : orientation == ORIENTATION_PAGE_LEFT ? 270 : 0;
}

static bool add_symbol(struct page *page, size_t *cap, const char *text, struct page_char model)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < len && page->n_chars < PDF_MAX_CHARS;) {
        uint32_t code;
        size_t n = utf8_decode(text + i, len - i, &code);
        i += n ? n : 1;
        if (!n || code <= 0x20) continue;
        if (page->n_chars == *cap) {
            size_t wanted = *cap ? *cap * 2 : 1024;
            void *p = realloc(page->chars, wanted * sizeof *page->chars);
            if (!p) return false;
            page->chars = p;
            *cap = wanted;
        }
        model.code = code;
        page->chars[page->n_chars++] = model;
        model.space_before = false;
    }
    return true;
}

/* Goes through the symbols; page->chars is on the heap until the end. */
static bool read_symbols(TessResultIterator *results, float scale, struct page *page)
{
    const float tall = 1.8f; /* a line as high as this many words of it is two lines read as one */
    TessPageIterator *it = TessResultIteratorGetPageIterator(results);
    struct page_box word = {0}, line = {0};
    size_t cap = 0;
    uint16_t font = 0;
    int16_t angle = 0;
    bool ok = true;
    do {
        struct page_char c = {0};
        bool starts = TessPageIteratorIsAtBeginningOf(it, RIL_WORD);
        if (starts) {
            if (!box_at(it, RIL_WORD, scale, &word)) continue;
            if (!box_at(it, RIL_TEXTLINE, scale, &line) || line.y1 - line.y0 > tall * (word.y1 - word.y0)) line = word;
            angle = angle_of(it);
            bool upright = angle % 180 == 0;
            font = font_of_size(page, upright ? line.y1 - line.y0 : word.x1 - word.x0);
        }
        if (!box_at(it, RIL_SYMBOL, scale, &c.box)) continue;
        char *text = TessResultIteratorGetUTF8Text(results, RIL_SYMBOL);
        float confidence = TessResultIteratorConfidence(results, RIL_SYMBOL);
        float of_word = TessResultIteratorConfidence(results, RIL_WORD); /* symbols alone are said to be sure */
        if (angle % 180 == 0) {
            c.box.y0 = fminf(c.box.y0, line.y0);
            c.box.y1 = fmaxf(c.box.y1, line.y1);
        }
        c.angle = angle;
        c.font = font;
        c.confidence = (uint8_t)fmaxf(0, fminf(100, fminf(confidence, of_word)));
        c.space_before = starts;
        const float rubbish = 10;
        if (text && confidence >= rubbish) ok = add_symbol(page, &cap, text, c);
        TessDeleteText(text);
    } while (ok && TessResultIteratorNext(results, RIL_SYMBOL));
    return ok;
}

bool ocr_read(struct ocr *ocr, const struct scan *scan, struct page *page, struct arena *arena, struct error *err)
{
    enum { FONTS = 100 };
    page->chars = NULL;
    page->n_chars = page->n_fonts = 0;
    page->fonts = arena_array(arena, FONTS, sizeof *page->fonts);
    PIX *pix = without_rules(scan, page);
    if (!page->fonts || !pix) {
        pixDestroy(&pix);
        return error_memory(err, "a page's picture");
    }
    TessBaseAPISetImage2(ocr->tesseract, pix);
    TessBaseAPISetSourceResolution(ocr->tesseract, (int)scan->dpi);
    bool ok = TessBaseAPIRecognize(ocr->tesseract, NULL) == 0;
    TessResultIterator *results = ok ? TessBaseAPIGetIterator(ocr->tesseract) : NULL;
    if (!ok) error_set(err, ERROR_INPUT, "OCR failed");
    if (results) { /* NULL: there is no text */
        ok = read_symbols(results, 72 / scan->dpi, page);
        TessResultIteratorDelete(results);
    }
    struct page_char *chars = page->chars;
    page->chars = arena_array(arena, page->n_chars + 1, sizeof *page->chars);
    ok = ok && page->chars;
    if (ok && page->n_chars) memcpy(page->chars, chars, page->n_chars * sizeof *chars);
    if (!ok) page->n_chars = 0;
    free(chars);
    TessBaseAPIClear(ocr->tesseract);
    pixDestroy(&pix);
    return ok || error_memory(err, "a page's text");
}
