/* One page of a document that has pages (PDF, scans), as the helper program gives it: words with
 * their boxes, ruling lines and filled boxes. The layout (lines, columns, headings, tables) is made
 * of it in page_layout.h.
 *
 * Coordinates are PDF points (1/72 inch) with the origin at the upper left corner of what a reader
 * sees: the crop box, turned as /Rotate says; y grows downwards.
 */
#ifndef DOCUMENT_PAGE_H
#define DOCUMENT_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct page_box {
    float x0, y0, x1, y1; /* x0 <= x1, y0 <= y1 */
};

struct page_char {
    struct page_box box; /* of the glyph's advance and of the font's ascent and descent */
    uint32_t code;       /* Unicode; never a control character; ligatures are taken apart by the
                            layout, not here */
    uint16_t font;       /* index into page.fonts */
    int16_t angle;       /* of its baseline against the page as it is seen: 0, 90, 180, 270 or what is
                            nearest in degrees */
    uint8_t confidence;  /* OCR: 0 to 100; 100 where the file holds the text */
    bool space_before;   /* the file itself has a blank between this one and the one before */
};

struct page_font {
    const char *name; /* "Helvetica-Bold"; "" where unknown */
    float size;       /* in points as drawn */
    bool bold, italic, fixed;
    uint32_t color; /* 0xRRGGBB */
};

/* A line that was drawn, or an edge of a filled box: horizontal or vertical; others are left out. */
struct page_rule {
    float at;       /* y of a horizontal one, x of a vertical one: of its middle */
    float from, to; /* along it */
    float width;
    bool vertical;
};

/* An area filled with a colour that is not the page's: bands of rows, headers. */
struct page_fill {
    struct page_box box;
    uint32_t color;
};

struct page {
    size_t number; /* from 1 */
    const char *label; /* "iv", "A-12"; "" where there is none */
    float width, height;
    struct page_font *fonts;
    size_t n_fonts;
    struct page_char *chars; /* in the file's own order */
    size_t n_chars;
    struct page_rule *rules;
    size_t n_rules;
    struct page_fill *fills;
    size_t n_fills;
    struct page_box *images;
    size_t n_images;
    bool scanned; /* the text comes from OCR */
};

/* A piece of one line, or a cell, of a document's text, and where it is seen. */
struct document_place {
    uint64_t begin, end; /* bytes of document.text */
    uint32_t page;       /* its number */
    struct page_box box;
    bool low_confidence; /* read by OCR, which was not sure of it */
};

struct page_outline { /* of the document, in its order */
    const char *title;
    int level;   /* from 1 */
    size_t page; /* from 1; 0: none */
};

#endif
