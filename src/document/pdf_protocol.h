/* What the main program and the helper program autospec-pdf say to each other: records with a length,
 * numbers as the machine has them (both run on one). The main program asks on the helper's standard
 * input, the helper answers each request with one record on its standard output. The document is the
 * helper's descriptor 3.
 *
 *     OPEN (password) -> DOCUMENT | ERROR
 *     PAGE n          -> PAGE | ERROR
 *     RENDER n        -> PNG | ERROR
 *
 * The helper trusts the main program; the main program believes nothing (pdf_client.c).
 */
#ifndef DOCUMENT_PDF_PROTOCOL_H
#define DOCUMENT_PDF_PROTOCOL_H

#include "document/page.h"

#include <stdint.h>

enum {
    PDF_DOCUMENT_FD = 3,
    PDF_MAX_PAGES = 100000,
    PDF_MAX_CHARS = 1000000, /* of a page, as all below */
    PDF_MAX_FONTS = 10000,
    PDF_MAX_RULES = 100000,
    PDF_MAX_FILLS = 50000,
    PDF_MAX_IMAGES = 10000,
    PDF_MAX_OUTLINE = 20000,
    PDF_MAX_SIDE = 200000, /* points: of a page */
    PDF_MAX_BOXES = 1000,  /* marked on a page's picture */
    PDF_MAX_PIXELS = 100000000,
    PDF_MAX_PNG = 64 << 20,
    PDF_MAX_RECORD = 80 << 20,
    PDF_MAX_PASSWORD = 1024,
};

#define PDF_NEEDS_PASSWORD \
    "the PDF is locked with a password; give it with --password, or as the field \"password\" of an upload"
#define PDF_WRONG_PASSWORD "the password does not open the PDF"

enum pdf_record_type {
    PDF_RECORD_OPEN = 1,
    PDF_RECORD_PAGE,
    PDF_RECORD_RENDER,
    PDF_RECORD_DOCUMENT,
    PDF_RECORD_PNG,
    PDF_RECORD_ERROR,
};

struct pdf_record {
    uint32_t type;
    uint32_t len; /* of what follows */
};

struct pdf_request { /* PAGE, RENDER; n_boxes page_box follow */
    uint32_t page;
    float dpi;
    uint32_t n_boxes;
};

struct pdf_error { /* its text follows, without a NUL */
    uint32_t code; /* enum error_code */
};

struct pdf_document { /* n_outline pdf_outline follow, then texts_len bytes of NUL-terminated texts */
    uint32_t n_pages, n_outline, texts_len;
    uint32_t title; /* offset into the texts */
    uint32_t damaged;
};
struct pdf_outline {
    uint32_t title, level, page;
};

struct pdf_page { /* fonts, chars, rules, fills, images, texts follow in this order */
    uint32_t number;
    float width, height;
    uint32_t label;
    uint32_t scanned;   /* 1: the text comes from OCR */
    uint32_t needs_ocr; /* 1: a picture without text, and this helper cannot read it */
    uint32_t n_fonts, n_chars, n_rules, n_fills, n_images, texts_len;
};
struct pdf_font {
    uint32_t name;
    float size;
    uint32_t color;
    uint32_t style; /* 1 bold, 2 italic, 4 fixed */
};
struct pdf_char {
    struct page_box box;
    uint32_t code;
    uint16_t font;
    int16_t angle;
    uint8_t confidence, space_before, zero[2];
};
struct pdf_rule {
    float at, from, to, width;
    uint32_t vertical;
};
struct pdf_fill {
    struct page_box box;
    uint32_t color;
};

#endif
