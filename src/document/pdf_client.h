/* Reads PDF files and scanned pages through the helper program autospec-pdf, one process a document,
 * and believes nothing that it says: lengths, counts, indices and numbers are checked.
 *
 *     struct pdf_client *pdf = pdf_open("manual.pdf", data, len, &options, err);
 *     while ((result = pdf_next_page(pdf, &page, &arena, err)) == PDF_PAGE || result == PDF_PAGE_LOST) ...
 *     pdf_close(pdf);
 *
 * Pages come one by one, while the helper already reads the next one. Where the helper ends by itself
 * it is started again, once for the same page; a page that cannot be read is lost with a message,
 * and too many of them fail the document.
 */
#ifndef DOCUMENT_PDF_CLIENT_H
#define DOCUMENT_PDF_CLIENT_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "document/page.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct pdf_options { /* zeroed: the defaults */
    const char *password;      /* of a locked PDF; NULL: none */
    const char *ocr_languages; /* "eng+deu": pages without text are read by OCR; NULL, "": they are not */
    const char *helper;        /* path of autospec-pdf; NULL: pdf_helper_find */
    size_t memory_bytes;       /* that the helper may take; 0: PDF_DEFAULT_MEMORY */
    double page_seconds;       /* that it may take for a page; 0: 30, with OCR 120 */
    const atomic_bool *cancel; /* NULL: never; ends with ERROR_CANCELLED */
};

#define PDF_DEFAULT_MEMORY ((size_t)1536 << 20)

enum pdf_result {
    PDF_PAGE,      /* a page */
    PDF_PAGE_LOST, /* this page cannot be read: err says why ("manual.pdf: page 12: ..."); go on */
    PDF_END,       /* there are no more */
    PDF_FAILED,    /* err says why; nothing more can be read */
};

struct pdf_client;

/* name: for messages. data[0, len) is copied and may be freed. Errors, one line each: empty, not a
 * PDF (a Git LFS pointer, a web page, text), cut off, damaged, locked, no helper. */
struct pdf_client *pdf_open(const char *name, const void *data, size_t len, const struct pdf_options *options,
                            struct error *err);

/* The same from an open file, which is not copied; fd stays the caller's. */
struct pdf_client *pdf_open_fd(const char *name, int fd, const struct pdf_options *options, struct error *err);
void pdf_close(struct pdf_client *pdf); /* NULL is fine */

size_t pdf_page_count(const struct pdf_client *pdf);
const char *pdf_title(const struct pdf_client *pdf); /* "" where it has none */
const struct page_outline *pdf_outline(const struct pdf_client *pdf, size_t *n);
bool pdf_is_damaged(const struct pdf_client *pdf); /* its end is missing; what was found is read */

/* The next page, from the first on. *page and all that it points to live in the arena. needs_ocr,
 * which may be NULL: the page is a picture without text, and no OCR was asked for, or it cannot be had:
 * the first such page is lost and tells why. */
enum pdf_result pdf_next_page(struct pdf_client *pdf, struct page *page, bool *needs_ocr, struct arena *arena,
                              struct error *err);

/* A page, from 1, as PNG of so many dots an inch (36 to 600), with boxes marked. Scanned pages are drawn
 * upright and straight, as their boxes are. */
bool pdf_render(struct pdf_client *pdf, size_t number, float dpi, const struct page_box *boxes, size_t n_boxes,
                struct buffer *png, struct error *err);

/* The helper: $AUTOSPEC_PDF, else beside the running program, else in the place of installation.
 * NULL: not there, told in err. The caller frees it. */
char *pdf_helper_find(struct error *err);

/* What a helper sends as a page, checked and copied into the arena. For pdf_client.c and its tests. */
bool pdf_page_decode(const void *data, size_t len, struct page *page, bool *needs_ocr, struct arena *arena,
                     struct error *err);

/* The same of what it says of the document. */
struct pdf_facts {
    size_t n_pages;
    const char *title;
    struct page_outline *outline;
    size_t n_outline;
    bool damaged;
};
bool pdf_document_decode(const void *data, size_t len, struct pdf_facts *facts, struct arena *arena,
                         struct error *err);

#endif
