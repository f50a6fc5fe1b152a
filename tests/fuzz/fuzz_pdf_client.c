/* What a helper program sends as a page or as the document's facts: any bytes give a page within its
 * bounds or one error. The first byte says which of the two. */
#include "document/pdf_client.h"
#include "document/pdf_protocol.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
    if (!ok) abort();
}

static void check_box(const struct page_box *b, const struct page *page)
{
    require(b->x0 >= 0 && b->x0 <= b->x1 && b->x1 <= page->width);
    require(b->y0 >= 0 && b->y0 <= b->y1 && b->y1 <= page->height);
}

static void check_page(const struct page *page)
{
    require(page->number >= 1 && page->label && !strpbrk(page->label, "\n\r"));
    for (size_t i = 0; i < page->n_fonts; i++) require(page->fonts[i].name && page->fonts[i].size >= 0);
    for (size_t i = 0; i < page->n_chars; i++) {
        const struct page_char *c = &page->chars[i];
        check_box(&c->box, page);
        require(c->font < page->n_fonts && c->code >= 0x20 && c->code <= 0x10FFFF && c->confidence <= 100);
        require(c->angle >= 0 && c->angle < 360);
    }
    for (size_t i = 0; i < page->n_rules; i++) require(page->rules[i].from <= page->rules[i].to);
    for (size_t i = 0; i < page->n_fills; i++) check_box(&page->fills[i].box, page);
    for (size_t i = 0; i < page->n_images; i++) check_box(&page->images[i], page);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size) return 0;
    struct arena arena = {0};
    struct error err = {0};
    if (data[0] & 1) {
        struct page page;
        bool needs_ocr;
        if (pdf_page_decode(data + 1, size - 1, &page, &needs_ocr, &arena, &err)) check_page(&page);
        else require(err.code != ERROR_NONE);
    } else {
        struct pdf_facts facts;
        if (pdf_document_decode(data + 1, size - 1, &facts, &arena, &err)) {
            require(facts.n_pages >= 1 && facts.title);
            for (size_t i = 0; i < facts.n_outline; i++)
                require(facts.outline[i].title && facts.outline[i].page <= facts.n_pages);
        } else {
            require(err.code != ERROR_NONE);
        }
    }
    arena_free(&arena);
    return 0;
}
