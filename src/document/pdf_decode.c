#include "base/utf8.h"
#include "document/pdf_client.h"
#include "document/pdf_protocol.h"

#include <math.h>
#include <string.h>

/* What is still to be read of a record. */
struct input {
    const char *at;
    size_t left;
};

static const void *take(struct input *in, size_t n, size_t size)
{
    if (size && n > in->left / size) return NULL;
    const char *at = in->at;
    in->at += n * size;
    in->left -= n * size;
    return at;
}

static bool malformed(struct error *err)
{
    return error_set(err, ERROR_INPUT, "the PDF reader's answer is malformed");
}

/* --- texts --- */

struct texts {
    const char *data;
    size_t len;
};

/* Texts end with a NUL, the last one too. */
static bool take_texts(struct input *in, size_t len, struct texts *texts)
{
    *texts = (struct texts){take(in, len, 1), len};
    return texts->data && len && texts->data[len - 1] == '\0' && in->left == 0;
}

/* A copy of a text; what is not valid becomes '?', what breaks lines a blank. NULL: no such text, or
 * memory is out. */
static const char *copy_text(const struct texts *texts, uint32_t at, struct arena *arena)
{
    enum { LONGEST = 4096 };
    if (at >= texts->len) return NULL;
    size_t len = strnlen(texts->data + at, LONGEST);
    char *copy = arena_strndup(arena, texts->data + at, len);
    for (size_t i = 0; copy && i < len;) {
        size_t n = utf8_decode(copy + i, len - i, NULL);
        if (n == 0) copy[i] = '?';
        else if (n == 1 && ((unsigned char)copy[i] < 0x20 || copy[i] == 0x7F)) copy[i] = ' ';
        i += n ? n : 1;
    }
    return copy;
}

/* --- numbers --- */

static float within(float value, float least, float most)
{
    return value >= least ? value <= most ? value : most : least; /* NaN too is least */
}

static struct page_box box_within(struct page_box b, const struct page *page)
{
    struct page_box r = {within(b.x0, 0, page->width), within(b.y0, 0, page->height), 0, 0};
    r.x1 = within(b.x1, r.x0, page->width);
    r.y1 = within(b.y1, r.y0, page->height);
    return r;
}

static uint32_t code_within(uint32_t c)
{
    bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
    return control || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000) ? 0xFFFD : c;
}

static int16_t angle_within(int16_t angle)
{
    int a = angle % 360;
    return (int16_t)(a < 0 ? a + 360 : a);
}

/* --- a page --- */

static bool decode_fonts(struct page *page, const struct pdf_font *from, const struct texts *texts, struct arena *arena)
{
    page->fonts = arena_array(arena, page->n_fonts + 1, sizeof *page->fonts);
    if (!page->fonts) return false;
    for (size_t i = 0; i < page->n_fonts; i++) {
        struct pdf_font f;
        memcpy(&f, (const char *)from + i * sizeof f, sizeof f);
        const char *name = copy_text(texts, f.name, arena);
        if (!name) return false;
        page->fonts[i] = (struct page_font){.name = name,
                                            .size = within(f.size, 0, PDF_MAX_SIDE),
                                            .bold = f.style & 1,
                                            .italic = f.style >> 1 & 1,
                                            .fixed = f.style >> 2 & 1,
                                            .color = f.color & 0xFFFFFF};
    }
    return true;
}

static bool decode_chars(struct page *page, const void *from, struct arena *arena)
{
    page->chars = arena_array(arena, page->n_chars + 1, sizeof *page->chars);
    if (!page->chars) return false;
    for (size_t i = 0; i < page->n_chars; i++) {
        struct pdf_char c;
        memcpy(&c, (const char *)from + i * sizeof c, sizeof c);
        if (c.font >= page->n_fonts) return false;
        page->chars[i] = (struct page_char){.box = box_within(c.box, page),
                                            .code = code_within(c.code),
                                            .font = c.font,
                                            .angle = angle_within(c.angle),
                                            .confidence = c.confidence <= 100 ? c.confidence : 100,
                                            .space_before = c.space_before != 0};
    }
    return true;
}

static bool decode_rules(struct page *page, const void *from, struct arena *arena)
{
    page->rules = arena_array(arena, page->n_rules + 1, sizeof *page->rules);
    if (!page->rules) return false;
    for (size_t i = 0; i < page->n_rules; i++) {
        struct pdf_rule r;
        memcpy(&r, (const char *)from + i * sizeof r, sizeof r);
        bool vertical = r.vertical != 0;
        float along = vertical ? page->height : page->width, across = vertical ? page->width : page->height;
        float start = within(r.from, 0, along);
        page->rules[i] = (struct page_rule){.at = within(r.at, 0, across),
                                            .from = start,
                                            .to = within(r.to, start, along),
                                            .width = within(r.width, 0, PDF_MAX_SIDE),
                                            .vertical = vertical};
    }
    return true;
}

static bool decode_areas(struct page *page, const void *fills, const void *images, struct arena *arena)
{
    page->fills = arena_array(arena, page->n_fills + 1, sizeof *page->fills);
    page->images = arena_array(arena, page->n_images + 1, sizeof *page->images);
    if (!page->fills || !page->images) return false;
    for (size_t i = 0; i < page->n_fills; i++) {
        struct pdf_fill f;
        memcpy(&f, (const char *)fills + i * sizeof f, sizeof f);
        page->fills[i] = (struct page_fill){.box = box_within(f.box, page), .color = f.color & 0xFFFFFF};
    }
    for (size_t i = 0; i < page->n_images; i++) {
        struct page_box b;
        memcpy(&b, (const char *)images + i * sizeof b, sizeof b);
        page->images[i] = box_within(b, page);
    }
    return true;
}

static bool counts_are_sane(const struct pdf_page *p)
{
    return p->number >= 1 && p->number <= PDF_MAX_PAGES && p->width > 0 && p->width <= PDF_MAX_SIDE && p->height > 0 &&
           p->height <= PDF_MAX_SIDE && p->n_fonts <= PDF_MAX_FONTS && p->n_chars <= PDF_MAX_CHARS &&
           p->n_rules <= PDF_MAX_RULES && p->n_fills <= PDF_MAX_FILLS && p->n_images <= PDF_MAX_IMAGES;
}

bool pdf_page_decode(const void *data, size_t len, struct page *page, bool *needs_ocr, struct arena *arena,
                     struct error *err)
{
    struct input in = {data, len};
    struct pdf_page p;
    const void *head = take(&in, 1, sizeof p);
    if (!head) return malformed(err);
    memcpy(&p, head, sizeof p);
    if (!counts_are_sane(&p)) return malformed(err);
    *page = (struct page){.number = p.number, .width = p.width, .height = p.height, .scanned = p.scanned != 0,
                          .n_fonts = p.n_fonts, .n_chars = p.n_chars, .n_rules = p.n_rules, .n_fills = p.n_fills,
                          .n_images = p.n_images};
    if (needs_ocr) *needs_ocr = p.needs_ocr != 0;
    const void *fonts = take(&in, p.n_fonts, sizeof(struct pdf_font));
    const void *chars = fonts ? take(&in, p.n_chars, sizeof(struct pdf_char)) : NULL;
    const void *rules = chars ? take(&in, p.n_rules, sizeof(struct pdf_rule)) : NULL;
    const void *fills = rules ? take(&in, p.n_fills, sizeof(struct pdf_fill)) : NULL;
    const void *images = fills ? take(&in, p.n_images, sizeof(struct page_box)) : NULL;
    struct texts texts;
    if (!images || !take_texts(&in, p.texts_len, &texts)) return malformed(err);
    page->label = copy_text(&texts, p.label, arena);
    if (!page->label || !decode_fonts(page, fonts, &texts, arena) || !decode_chars(page, chars, arena) ||
        !decode_rules(page, rules, arena) || !decode_areas(page, fills, images, arena))
        return malformed(err);
    return true;
}

/* --- the document --- */

bool pdf_document_decode(const void *data, size_t len, struct pdf_facts *facts, struct arena *arena, struct error *err)
{
    struct input in = {data, len};
    struct pdf_document d;
    const void *head = take(&in, 1, sizeof d);
    if (!head) return malformed(err);
    memcpy(&d, head, sizeof d);
    if (d.n_pages < 1 || d.n_pages > PDF_MAX_PAGES || d.n_outline > PDF_MAX_OUTLINE) return malformed(err);
    const char *items = take(&in, d.n_outline, sizeof(struct pdf_outline));
    struct texts texts;
    if (!items || !take_texts(&in, d.texts_len, &texts)) return malformed(err);
    *facts = (struct pdf_facts){.n_pages = d.n_pages, .n_outline = d.n_outline, .damaged = d.damaged != 0};
    facts->title = copy_text(&texts, d.title, arena);
    facts->outline = arena_array(arena, d.n_outline + (size_t)1, sizeof *facts->outline);
    if (!facts->title || !facts->outline) return malformed(err);
    for (size_t i = 0; i < d.n_outline; i++) {
        struct pdf_outline o;
        memcpy(&o, items + i * sizeof o, sizeof o);
        const char *title = copy_text(&texts, o.title, arena);
        if (!title) return malformed(err);
        facts->outline[i] = (struct page_outline){.title = title,
                                                  .level = o.level >= 1 && o.level <= 100 ? (int)o.level : 1,
                                                  .page = o.page <= d.n_pages ? o.page : 0};
    }
    return true;
}
