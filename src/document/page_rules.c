#include "document/page_parts.h"

enum { SAMPLES = 7, MAX_LOOKS = 20 * 1000 * 1000 };

static const uint32_t PAPER = 0xffffff;

/* The colour that is seen at a point: that of the last box drawn there. */
static uint32_t color_at(const struct page *page, float x, float y)
{
    for (size_t i = page->n_fills; i > 0; i--) {
        const struct page_fill *f = &page->fills[i - 1];
        if (x > f->box.x0 && x < f->box.x1 && y > f->box.y0 && y < f->box.y1) return f->color;
    }
    return PAPER;
}

/* The edge of a filled box is seen where the colours differ on its two sides: not between the lines
 * of one shaded paragraph. */
static bool is_seen(const struct page *page, const struct page_rule *r)
{
    const float side = 1.2f;
    size_t seen = 0;
    for (int i = 0; i < SAMPLES; i++) {
        float along = r->from + (r->to - r->from) * ((float)i + 0.5f) / SAMPLES;
        uint32_t a = r->vertical ? color_at(page, r->at - side, along)
                                 : color_at(page, along, r->at - side);
        uint32_t b = r->vertical ? color_at(page, r->at + side, along)
                                 : color_at(page, along, r->at + side);
        seen += a != b;
    }
    return seen * 3 > SAMPLES;
}

bool page_rules_make(struct page_words *w)
{
    const struct page *page = w->page;
    w->rules = arena_array(w->arena, page->n_rules + 1, sizeof *w->rules);
    if (!w->rules) return false;
    bool look = page->n_fills && page->n_rules <= MAX_LOOKS / page->n_fills;
    for (size_t i = 0; i < page->n_rules; i++) {
        struct page_rule r = page->rules[i];
        if (look && r.width <= 0 && !is_seen(page, &r)) continue;
        struct page_box line = r.vertical ? (struct page_box){r.at, r.from, r.at, r.to}
                                          : (struct page_box){r.from, r.at, r.to, r.at};
        line = page_box_turn(line, w->turn, page->width, page->height);
        if (w->turn == 90 || w->turn == 270) r.vertical = !r.vertical;
        r.at = r.vertical ? line.x0 : line.y0;
        r.from = r.vertical ? line.y0 : line.x0;
        r.to = r.vertical ? line.y1 : line.x1;
        w->rules[w->n_rules++] = r;
    }
    return true;
}
