#include "pdf/dump.h"

#include <inttypes.h>

static void put_text(FILE *out, const char *text)
{
    putc('"', out);
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p == '"' || *p == '\\') fprintf(out, "\\%c", *p);
        else if (*p < 0x20) fprintf(out, "\\u%04x", *p);
        else putc(*p, out);
    }
    putc('"', out);
}

static void put_box(FILE *out, const struct page_box *b)
{
    fprintf(out, "%.2f,%.2f,%.2f,%.2f", (double)b->x0, (double)b->y0, (double)b->x1, (double)b->y1);
}

void dump_document(FILE *out, const struct source *s)
{
    fprintf(out, "{\"pages\":%zu,\"damaged\":%s,\"title\":", s->n_pages, s->damaged ? "true" : "false");
    put_text(out, s->title);
    fputs(",\"outline\":[", out);
    for (size_t i = 0; i < s->n_outline; i++) {
        fprintf(out, "%s{\"level\":%d,\"page\":%zu,\"title\":", i ? "," : "", s->outline[i].level, s->outline[i].page);
        put_text(out, s->outline[i].title);
        putc('}', out);
    }
    fputs("]}\n", out);
}

/* One line a page: chars are [x0,y0,x1,y1,code,font,angle,confidence,space_before], rules are
 * [vertical,at,from,to,width], fills are [x0,y0,x1,y1,color]. */
void dump_page(FILE *out, const struct page *page, bool needs_ocr)
{
    fprintf(out, "{\"page\":%zu,\"label\":", page->number);
    put_text(out, page->label);
    fprintf(out, ",\"width\":%.2f,\"height\":%.2f,\"scanned\":%s,\"needs_ocr\":%s,\n \"fonts\":[", (double)page->width,
            (double)page->height, page->scanned ? "true" : "false", needs_ocr ? "true" : "false");
    for (size_t i = 0; i < page->n_fonts; i++) {
        const struct page_font *f = &page->fonts[i];
        fputs(i ? ",[" : "[", out);
        put_text(out, f->name);
        fprintf(out, ",%.2f,%d,%d,%d,%" PRIu32 "]", (double)f->size, f->bold, f->italic, f->fixed, f->color);
    }
    fputs("],\n \"chars\":[", out);
    for (size_t i = 0; i < page->n_chars; i++) {
        const struct page_char *c = &page->chars[i];
        fputs(i ? ",[" : "[", out);
        put_box(out, &c->box);
        fprintf(out, ",%" PRIu32 ",%d,%d,%d,%d]", c->code, c->font, c->angle, c->confidence, c->space_before);
    }
    fputs("],\n \"rules\":[", out);
    for (size_t i = 0; i < page->n_rules; i++) {
        const struct page_rule *r = &page->rules[i];
        fprintf(out, "%s[%d,%.2f,%.2f,%.2f,%.2f]", i ? "," : "", r->vertical, (double)r->at, (double)r->from,
                (double)r->to, (double)r->width);
    }
    fputs("],\n \"fills\":[", out);
    for (size_t i = 0; i < page->n_fills; i++) {
        fputs(i ? ",[" : "[", out);
        put_box(out, &page->fills[i].box);
        fprintf(out, ",%" PRIu32 "]", page->fills[i].color);
    }
    fputs("],\n \"images\":[", out);
    for (size_t i = 0; i < page->n_images; i++) {
        fputs(i ? ",[" : "[", out);
        put_box(out, &page->images[i]);
        putc(']', out);
    }
    fputs("]}\n", out);
}
