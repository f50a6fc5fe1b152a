/* The document that the helper reads: a PDF, or a picture of one or more scanned pages. One for the
 * life of the process. */
#ifndef PDF_SOURCE_H
#define PDF_SOURCE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "document/page.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ocr;

struct source {
    const uint8_t *data; /* the file, mapped; not owned */
    size_t len;
    void *pdf;    /* PopplerDocument, or NULL */
    bool picture; /* PNG, JPEG, TIFF */
    size_t n_pages;
    const char *title; /* "" */
    struct page_outline *outline;
    size_t n_outline;
    bool damaged; /* the end of the file is missing, and yet it could be read */
    struct ocr *ocr; /* reads pages without text; NULL: they stay so. Not owned */
    struct arena arena;
};

/* data must stay valid; password and ocr may be NULL. The error's text names no file. */
bool source_open(struct source *s, const uint8_t *data, size_t len, const char *password, struct ocr *ocr,
                 struct error *err);
void source_close(struct source *s);

/* Reads a page, from 1. needs_ocr: it has no text, but a picture (or is one), and there is no OCR. */
bool source_page(struct source *s, size_t number, struct page *page, bool *needs_ocr, struct arena *arena,
                 struct error *err);

/* A page as PNG, with boxes (points of the page) marked. A scanned page is drawn as it was mended. */
bool source_render(struct source *s, size_t number, float dpi, const struct page_box *boxes, size_t n_boxes,
                   struct buffer *png, struct error *err);

#endif
