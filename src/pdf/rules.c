#include "pdf/rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const float THIN = 3.0f;       /* a box less wide than this is a line */
static const float SHORTEST = 2.0f;   /* of a line, after pieces have been joined */
static const float TOUCH = 0.75f;     /* pieces with a gap up to this are one line */
static const float DASH = 10.0f;      /* longest piece of a line of dashes */
static const float SAME_LINE = 0.35f; /* pieces whose middles differ by less lie on one line */

static bool is_white(uint32_t color)
{
    return (color >> 16 & 255) >= 250 && (color >> 8 & 255) >= 250 && (color & 255) >= 250;
}

bool page_box_clip(struct page_box *box, struct page_box by)
{
    box->x0 = fmaxf(box->x0, by.x0);
    box->y0 = fmaxf(box->y0, by.y0);
    box->x1 = fminf(box->x1, by.x1);
    box->y1 = fminf(box->y1, by.y1);
    return box->x0 <= box->x1 && box->y0 <= box->y1;
}

static void *grown(struct rule_set *s, void *old, size_t *cap, size_t size)
{
    size_t wanted = *cap ? *cap * 2 : 256;
    void *p = realloc(old, wanted * size);
    if (!p) s->failed = true;
    else *cap = wanted;
    return p;
}

static void add_rule(struct rule_set *s, bool vertical, float at, float from, float to, float width)
{
    if (s->failed || s->n_rules >= s->max_rules || !(to >= from)) return;
    if (s->n_rules == s->cap_rules) {
        void *p = grown(s, s->rules, &s->cap_rules, sizeof *s->rules);
        if (!p) return;
        s->rules = p;
    }
    s->rules[s->n_rules++] =
        (struct page_rule){.at = at, .from = from, .to = to, .width = width, .vertical = vertical};
}

static void add_fill(struct rule_set *s, struct page_box box, uint32_t color)
{
    if (s->failed || s->n_fills >= s->max_fills) return;
    if (s->n_fills == s->cap_fills) {
        void *p = grown(s, s->fills, &s->cap_fills, sizeof *s->fills);
        if (!p) return;
        s->fills = p;
    }
    s->fills[s->n_fills++] = (struct page_fill){.box = box, .color = color};
}

/* White shows only on what has been coloured before. */
static bool is_seen(const struct rule_set *s, struct page_box box, uint32_t color)
{
    if (!is_white(color)) return true;
    enum { LOOK_BACK = 1000 };
    float x = (box.x0 + box.x1) / 2, y = (box.y0 + box.y1) / 2;
    size_t first = s->n_fills > LOOK_BACK ? s->n_fills - LOOK_BACK : 0;
    for (size_t i = s->n_fills; i > first; i--) {
        const struct page_fill *f = &s->fills[i - 1];
        if (x < f->box.x0 || x > f->box.x1 || y < f->box.y0 || y > f->box.y1) continue;
        return !is_white(f->color);
    }
    return false;
}

static void add_edges(struct rule_set *s, struct page_box box)
{
    /* The edges of the page itself divide nothing. */
    const float near = 2.0f;
    if (box.y0 > near) add_rule(s, false, box.y0, box.x0, box.x1, 0);
    if (box.y1 < s->height - near) add_rule(s, false, box.y1, box.x0, box.x1, 0);
    if (box.x0 > near) add_rule(s, true, box.x0, box.y0, box.y1, 0);
    if (box.x1 < s->width - near) add_rule(s, true, box.x1, box.y0, box.y1, 0);
}

/* A box that is thin is a line along its longer side. */
static bool thin_rule(struct rule_set *s, struct page_box box)
{
    float w = box.x1 - box.x0, h = box.y1 - box.y0;
    if (h < THIN && w >= h) add_rule(s, false, (box.y0 + box.y1) / 2, box.x0, box.x1, h);
    else if (w < THIN) add_rule(s, true, (box.x0 + box.x1) / 2, box.y0, box.y1, w);
    else return false;
    return true;
}

static bool clip_to_page(const struct rule_set *s, struct page_box *box)
{
    return page_box_clip(box, (struct page_box){0, 0, s->width, s->height});
}

void rule_set_box(struct rule_set *s, struct page_box box, uint32_t color)
{
    if (!clip_to_page(s, &box) || !is_seen(s, box, color) || thin_rule(s, box)) return;
    add_edges(s, box);
    add_fill(s, box, color);
}

void rule_set_frame(struct rule_set *s, struct page_box box, uint32_t color)
{
    if (!clip_to_page(s, &box) || !is_seen(s, box, color) || thin_rule(s, box)) return;
    add_edges(s, box);
}

void rule_set_line(struct rule_set *s, float x0, float y0, float x1, float y1, float width, struct page_box clip,
                   uint32_t color)
{
    float dx = fabsf(x1 - x0), dy = fabsf(y1 - y0), half = width / 2;
    bool vertical = dy > dx;
    float along = vertical ? dy : dx, across = vertical ? dx : dy;
    if (!(along > 0) || across > fmaxf(0.3f, along * 0.01f)) return;
    float middle = vertical ? (x0 + x1) / 2 : (y0 + y1) / 2;
    struct page_box box = vertical
                              ? (struct page_box){middle - half, fminf(y0, y1), middle + half, fmaxf(y0, y1)}
                              : (struct page_box){fminf(x0, x1), middle - half, fmaxf(x0, x1), middle + half};
    if (!page_box_clip(&box, clip) || !clip_to_page(s, &box) || !is_seen(s, box, color)) return;
    float w = vertical ? box.x1 - box.x0 : box.y1 - box.y0;
    if (w < THIN) { /* a dot of a dotted line keeps the line's direction */
        if (vertical) add_rule(s, true, (box.x0 + box.x1) / 2, box.y0, box.y1, w);
        else add_rule(s, false, (box.y0 + box.y1) / 2, box.x0, box.x1, w);
        return;
    }
    rule_set_box(s, box, color); /* a broad line is a filled band */
}

/* By direction, then by the line on which they lie, to a twentieth of a point, then along it. */
static int by_line(const void *a, const void *b)
{
    const struct page_rule *x = a, *y = b;
    if (x->vertical != y->vertical) return x->vertical ? 1 : -1;
    float p = roundf(x->at * 20), q = roundf(y->at * 20);
    if (p < q || p > q) return p < q ? -1 : 1;
    if (x->from < y->from || x->from > y->from) return x->from < y->from ? -1 : 1;
    return 0;
}

/* The gap over which `next` goes on with the line `r`, whose last piece was `piece` long. */
static float widest_gap(const struct page_rule *next, float piece)
{
    float length = next->to - next->from;
    if (length > DASH || piece > DASH) return TOUCH;
    return fmaxf(TOUCH, fminf(2 * fmaxf(length, piece), 5) + 0.5f);
}

/* Joins in one pass the pieces of each line; pieces that lie side by side are met in turn because
 * the neighbours on the sorted list are looked at as long as they lie on the same line. */
static size_t join(struct page_rule *rules, size_t n)
{
    size_t kept = 0;
    float piece = 0;
    for (size_t i = 0; i < n; i++) {
        struct page_rule *r = kept ? &rules[kept - 1] : NULL;
        const struct page_rule next = rules[i];
        if (r && r->vertical == next.vertical && fabsf(r->at - next.at) < SAME_LINE && next.from >= r->from - TOUCH &&
            next.from - r->to <= widest_gap(&next, piece)) {
            if (next.to > r->to) r->to = next.to;
            if (next.width > r->width) r->width = next.width;
            piece = next.to - next.from;
            continue;
        }
        rules[kept++] = next;
        piece = next.to - next.from;
    }
    return kept;
}

bool rule_set_finish(struct rule_set *s, struct page *page, struct arena *arena)
{
    if (s->n_rules) qsort(s->rules, s->n_rules, sizeof *s->rules, by_line);
    size_t n = join(s->rules, s->n_rules), kept = 0;
    for (size_t i = 0; i < n; i++)
        if (s->rules[i].to - s->rules[i].from >= SHORTEST) s->rules[kept++] = s->rules[i];
    bool ok = !s->failed;
    if (ok) {
        page->rules = arena_array(arena, kept + 1, sizeof *page->rules);
        page->fills = arena_array(arena, s->n_fills + 1, sizeof *page->fills);
        ok = page->rules && page->fills;
    }
    if (ok) {
        if (kept) memcpy(page->rules, s->rules, kept * sizeof *page->rules);
        if (s->n_fills) memcpy(page->fills, s->fills, s->n_fills * sizeof *page->fills);
        page->n_rules = kept;
        page->n_fills = s->n_fills;
    }
    free(s->rules);
    free(s->fills);
    return ok;
}
