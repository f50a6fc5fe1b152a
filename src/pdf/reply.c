#include "pdf/reply.h"
#include "document/pdf_protocol.h"

#include <string.h>

static uint32_t put_text(struct buffer *texts, const char *text)
{
    size_t at = texts->len;
    buffer_append(texts, text, strlen(text) + 1);
    return (uint32_t)at;
}

void reply_document(struct buffer *out, const struct source *s)
{
    struct buffer texts = {0}, outline = {0};
    struct pdf_document d = {.n_pages = (uint32_t)s->n_pages, .damaged = s->damaged};
    d.title = put_text(&texts, s->title);
    for (size_t i = 0; i < s->n_outline && i < PDF_MAX_OUTLINE; i++, d.n_outline++) {
        const struct page_outline *o = &s->outline[i];
        struct pdf_outline item = {put_text(&texts, o->title), (uint32_t)o->level, (uint32_t)o->page};
        buffer_append(&outline, &item, sizeof item);
    }
    d.texts_len = (uint32_t)texts.len;
    buffer_append(out, &d, sizeof d);
    if (outline.len) buffer_append(out, outline.data, outline.len);
    if (texts.len) buffer_append(out, texts.data, texts.len);
    if (texts.failed || outline.failed) out->failed = true;
    buffer_free(&texts);
    buffer_free(&outline);
}

static uint32_t least(size_t n, size_t most)
{
    return (uint32_t)(n < most ? n : most);
}

static void put_chars(struct buffer *out, const struct page *page, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct page_char *c = &page->chars[i];
        struct pdf_char w = {.box = c->box, .code = c->code, .font = c->font, .angle = c->angle,
                             .confidence = c->confidence, .space_before = c->space_before};
        buffer_append(out, &w, sizeof w);
    }
}

static void put_rules(struct buffer *out, const struct page *page, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct page_rule *r = &page->rules[i];
        struct pdf_rule w = {r->at, r->from, r->to, r->width, r->vertical};
        buffer_append(out, &w, sizeof w);
    }
}

void reply_page(struct buffer *out, const struct page *page, bool needs_ocr)
{
    struct buffer texts = {0}, fonts = {0};
    struct pdf_page p = {.number = (uint32_t)page->number, .width = page->width, .height = page->height,
                         .scanned = page->scanned, .needs_ocr = needs_ocr,
                         .n_fonts = least(page->n_fonts, PDF_MAX_FONTS),
                         .n_chars = least(page->n_chars, PDF_MAX_CHARS),
                         .n_rules = least(page->n_rules, PDF_MAX_RULES),
                         .n_fills = least(page->n_fills, PDF_MAX_FILLS),
                         .n_images = least(page->n_images, PDF_MAX_IMAGES)};
    p.label = put_text(&texts, page->label);
    for (size_t i = 0; i < p.n_fonts; i++) {
        const struct page_font *f = &page->fonts[i];
        struct pdf_font w = {put_text(&texts, f->name), f->size, f->color,
                             (uint32_t)f->bold | (uint32_t)f->italic << 1 | (uint32_t)f->fixed << 2};
        buffer_append(&fonts, &w, sizeof w);
    }
    p.texts_len = (uint32_t)texts.len;
    buffer_append(out, &p, sizeof p);
    if (fonts.len) buffer_append(out, fonts.data, fonts.len);
    put_chars(out, page, p.n_chars);
    put_rules(out, page, p.n_rules);
    for (size_t i = 0; i < p.n_fills; i++) {
        struct pdf_fill w = {page->fills[i].box, page->fills[i].color};
        buffer_append(out, &w, sizeof w);
    }
    if (p.n_images) buffer_append(out, page->images, p.n_images * sizeof *page->images);
    if (texts.len) buffer_append(out, texts.data, texts.len);
    if (texts.failed || fonts.failed) out->failed = true;
    buffer_free(&texts);
    buffer_free(&fonts);
}

void reply_error(struct buffer *out, const struct error *err)
{
    struct pdf_error e = {(uint32_t)err->code};
    buffer_append(out, &e, sizeof e);
    buffer_puts(out, err->text);
}
