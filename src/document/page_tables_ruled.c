#include "document/page_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Points. Measured on the ICDAR 2013 tables: see bench/NOTES.md. */
#define SNAP    2.5f  /* lines nearer than this are one */
#define REACH   3.5f  /* a line that ends so near to another one meets it */
#define DASH    4.5f  /* gap between two pieces of one line */
#define SHORT   4.0f  /* pieces below it are no line */
#define THIN_COLUMN 7.0f /* a band without text that is less wide is a border */
#define THIN_ROW 5.0f
#define COVERED 0.55f /* part of a cell's side that has to be drawn */

enum { MAX_RULES = 6000, MAX_LINES = 400, MAX_CELLS = 40000 };

struct segment {
    float at, from, to;
    uint32_t group; /* of segments that meet: the first of them */
};

struct segments {
    struct segment *items; /* (n) by at, then from */
    size_t n;
};

static int by_at(const void *a, const void *b)
{
    const struct segment *x = a, *y = b;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    return x->from < y->from ? -1 : x->from > y->from;
}

static int by_from(const void *a, const void *b)
{
    const struct segment *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

/* Lines of one direction: snapped to one position where they are near, joined where one goes on. */
static bool collect(struct page_words *w, bool vertical, struct segments *out)
{
    size_t n = 0;
    struct segment *s = arena_array(w->arena, w->n_rules + 1, sizeof *s);
    if (!s) return false;
    for (size_t i = 0; i < w->n_rules; i++) {
        const struct page_rule *r = &w->rules[i];
        if (r->vertical == vertical && r->to > r->from)
            s[n++] = (struct segment){.at = r->at, .from = r->from, .to = r->to};
    }
    qsort(s, n, sizeof *s, by_at);
    size_t kept = 0;
    for (size_t i = 0, k; i < n; i = k) {
        double sum = 0, weight = 0;
        for (k = i; k < n && s[k].at - s[i].at <= SNAP; k++) {
            sum += (double)s[k].at * (double)(s[k].to - s[k].from);
            weight += (double)(s[k].to - s[k].from);
        }
        float at = weight > 0 ? (float)(sum / weight) : s[i].at;
        qsort(s + i, k - i, sizeof *s, by_from);
        struct segment open = s[i];
        for (size_t j = i + 1; j <= k; j++) {
            if (j < k && s[j].from - open.to <= DASH) {
                if (s[j].to > open.to) open.to = s[j].to;
                continue;
            }
            open.at = at;
            if (open.to - open.from >= SHORT) s[kept++] = open;
            if (j < k) open = s[j];
        }
    }
    *out = (struct segments){s, kept};
    return true;
}

/* ---- lines that meet ---- */

static uint32_t root(struct segment **all, uint32_t i)
{
    while (all[i]->group != i) i = all[i]->group = all[all[i]->group]->group;
    return i;
}

static size_t first_at(const struct segments *s, float at)
{
    size_t low = 0, high = s->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->items[middle].at < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool meets(const struct segment *h, const struct segment *v)
{
    return v->at >= h->from - REACH && v->at <= h->to + REACH && h->at >= v->from - REACH &&
           h->at <= v->to + REACH;
}

static void join_meeting(struct segments *h, struct segments *v, struct segment **all)
{
    for (size_t i = 0; i < h->n + v->n; i++) {
        all[i] = i < h->n ? &h->items[i] : &v->items[i - h->n];
        all[i]->group = (uint32_t)i;
    }
    for (size_t i = 0; i < h->n; i++)
        for (size_t k = first_at(v, h->items[i].from - REACH);
             k < v->n && v->items[k].at <= h->items[i].to + REACH; k++)
            if (meets(&h->items[i], &v->items[k])) {
                uint32_t a = root(all, (uint32_t)i), b = root(all, (uint32_t)(h->n + k));
                if (a != b) all[a < b ? b : a]->group = a < b ? a : b;
            }
}

/* ---- a grid of one group ---- */

struct ruling {
    struct segment *h, *v; /* (n_h), (n_v) of the group */
    size_t n_h, n_v;
};

static float *positions(struct page_words *w, const struct segment *s, size_t n, size_t room,
                        size_t *n_out)
{
    float *at = arena_array(w->arena, n + room, sizeof *at);
    *n_out = 0;
    for (size_t i = 0; at && i < n; i++)
        if (*n_out == 0 || s[i].at - at[*n_out - 1] > SNAP) at[(*n_out)++] = s[i].at;
    return at;
}

/* Whether words stand between two x, at the height of the box. */
static bool words_between(const struct page_words *w, float x0, float x1, float y0, float y1)
{
    for (size_t i = 0; i < w->n_words; i++) {
        const struct page_box *b = &w->words[i].box;
        float cx = (b->x0 + b->x1) / 2, cy = (b->y0 + b->y1) / 2;
        if (cx > x0 && cx < x1 && cy > y0 && cy < y1 && w->words[i].table == NO_TABLE) return true;
    }
    return false;
}

static void insert(float *at, size_t *n, size_t place, float value)
{
    memmove(at + place + 1, at + place, (*n - place) * sizeof *at);
    at[place] = value;
    ++*n;
}

/* Tables whose outer sides are not drawn: the rows' lines reach beyond the first or last column. */
static void open_sides(const struct page_words *w, const struct ruling *r, float *xs, size_t *n_xs,
                       float *ys, size_t *n_ys)
{
    float left = r->h[0].from, right = r->h[0].to, top = r->v[0].from, foot = r->v[0].to;
    for (size_t i = 1; i < r->n_h; i++) {
        left = r->h[i].from < left ? r->h[i].from : left;
        right = r->h[i].to > right ? r->h[i].to : right;
    }
    for (size_t i = 1; i < r->n_v; i++) {
        top = r->v[i].from < top ? r->v[i].from : top;
        foot = r->v[i].to > foot ? r->v[i].to : foot;
    }
    float y0 = ys[0] < top ? ys[0] : top, y1 = ys[*n_ys - 1] > foot ? ys[*n_ys - 1] : foot;
    if (xs[0] - left > 3 * REACH && words_between(w, left, xs[0], y0, y1)) insert(xs, n_xs, 0, left);
    if (right - xs[*n_xs - 1] > 3 * REACH && words_between(w, xs[*n_xs - 1], right, y0, y1))
        insert(xs, n_xs, *n_xs, right);
    float x0 = xs[0], x1 = xs[*n_xs - 1];
    if (ys[0] - top > 2 * REACH && words_between(w, x0, x1, top, ys[0])) insert(ys, n_ys, 0, top);
    if (foot - ys[*n_ys - 1] > 2 * REACH && words_between(w, x0, x1, ys[*n_ys - 1], foot))
        insert(ys, n_ys, *n_ys, foot);
}

static float drawn_at(const struct segment *s, size_t n, float at)
{
    float sum = 0;
    for (size_t i = 0; i < n; i++)
        if (fabsf(s[i].at - at) < 0.01f) sum += s[i].to - s[i].from;
    return sum;
}

/* Two lines with nothing between them but the border of a cell are one: the longer stays. */
static size_t merge_thin(const struct page_words *w, const struct segment *s, size_t n, float *at,
                         size_t n_at, bool vertical, float from, float to)
{
    const float thin = vertical ? THIN_COLUMN : THIN_ROW;
    size_t kept = n_at ? 1 : 0;
    for (size_t i = 1; i < n_at; i++) {
        float a = at[kept - 1], b = at[i];
        bool empty = b - a < thin && !(vertical ? words_between(w, a, b, from, to)
                                                : words_between(w, from, to, a, b));
        if (!empty)
            at[kept++] = b;
        else if (drawn_at(s, n, b) > drawn_at(s, n, a))
            at[kept - 1] = b;
    }
    return kept;
}

static size_t index_of(const float *at, size_t n, float value)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (fabsf(at[i] - value) < fabsf(at[best] - value)) best = i;
    return best;
}

/* The parts of a line [from, to) between positions at[i] and at[i + 1] that it covers. */
static void mark_covered(const float *at, size_t n, const struct segment *s, bool *open,
                         size_t step)
{
    for (size_t i = 0; i + 1 < n; i++) {
        float from = at[i] > s->from ? at[i] : s->from, to = at[i + 1] < s->to ? at[i + 1] : s->to;
        if (to - from >= COVERED * (at[i + 1] - at[i])) open[i * step] = false;
    }
}

static bool make_grid(struct page_words *w, const struct ruling *r, struct table_grid *g)
{
    size_t n_xs, n_ys;
    float *xs = positions(w, r->v, r->n_v, 4, &n_xs), *ys = positions(w, r->h, r->n_h, 4, &n_ys);
    if (!xs || !ys) return false;
    *g = (struct table_grid){.ruled = true};
    if (n_xs < 1 || n_ys < 1 || n_xs > MAX_LINES || n_ys > MAX_LINES) return true;
    open_sides(w, r, xs, &n_xs, ys, &n_ys);
    n_xs = merge_thin(w, r->v, r->n_v, xs, n_xs, true, ys[0], ys[n_ys - 1]);
    n_ys = merge_thin(w, r->h, r->n_h, ys, n_ys, false, xs[0], xs[n_xs - 1]);
    if (n_xs < 2 || n_ys < 2 || (n_xs - 1) * (n_ys - 1) > MAX_CELLS) return true;
    size_t columns = n_xs - 1, rows = n_ys - 1;
    g->xs = xs;
    g->ys = ys;
    g->right_open = arena_array(w->arena, rows * columns, 1);
    g->below_open = arena_array(w->arena, rows * columns, 1);
    if (!g->right_open || !g->below_open) return false;
    memset(g->right_open, true, rows * columns);
    memset(g->below_open, true, rows * columns);
    for (size_t i = 0; i < r->n_v; i++) {
        size_t x = index_of(xs, n_xs, r->v[i].at);
        if (x > 0 && x < columns) mark_covered(ys, n_ys, &r->v[i], g->right_open + x - 1, columns);
    }
    for (size_t i = 0; i < r->n_h; i++) {
        size_t y = index_of(ys, n_ys, r->h[i].at);
        if (y > 0 && y < rows) mark_covered(xs, n_xs, &r->h[i], g->below_open + (y - 1) * columns, 1);
    }
    g->n_rows = rows;
    g->n_columns = columns;
    return true;
}

static uint32_t mark_words(struct page_words *w, const struct table_grid *g, uint32_t mark)
{
    uint32_t n = 0;
    float x0 = g->xs[0] - 1, x1 = g->xs[g->n_columns] + 1, y0 = g->ys[0] - 1,
          y1 = g->ys[g->n_rows] + 1;
    for (size_t i = 0; i < w->n_words; i++) {
        const struct page_box *b = &w->words[i].box;
        float cx = (b->x0 + b->x1) / 2, cy = (b->y0 + b->y1) / 2;
        if (w->words[i].table != NO_TABLE || cx < x0 || cx > x1 || cy < y0 || cy > y1) continue;
        w->words[i].table = mark;
        n++;
    }
    return n;
}

static bool ruled_group(struct page_words *w, const struct ruling *r, struct table_list *out)
{
    struct table_grid g;
    bool made;
    if (r->n_h < 1 || r->n_v < 1) return true;
    if (!make_grid(w, r, &g)) return false;
    if (g.n_rows * g.n_columns < 1) return true;
    uint32_t mark = (uint32_t)out->n + 1;
    if (mark_words(w, &g, mark) == 0) return true;
    return table_from_grid(w, &g, mark, out, &made);
}

struct grouped {
    uint32_t group, index;
};

static int by_group(const void *a, const void *b)
{
    const struct grouped *x = a, *y = b;
    if (x->group != y->group) return x->group < y->group ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

bool page_tables_ruled(struct page_words *w, struct table_list *out)
{
    struct segments h, v;
    if (w->n_rules > 8 * MAX_RULES || !w->n_rules) return true; /* a drawing */
    if (!collect(w, false, &h) || !collect(w, true, &v)) return false;
    if (h.n > MAX_RULES || v.n > MAX_RULES) return true;
    size_t n = h.n + v.n;
    struct segment **all = arena_array(w->arena, n + 1, sizeof *all);
    struct grouped *groups = arena_array(w->arena, n + 1, sizeof *groups);
    struct segment *lines = arena_array(w->arena, n + 1, sizeof *lines);
    if (!all || !groups || !lines) return false;
    join_meeting(&h, &v, all);
    for (uint32_t i = 0; i < n; i++) groups[i] = (struct grouped){root(all, i), i};
    qsort(groups, n, sizeof *groups, by_group);
    for (size_t i = 0, k; i < n; i = k) {
        struct ruling r = {0};
        for (k = i; k < n && groups[k].group == groups[i].group; k++) {
            lines[k] = *all[groups[k].index];
            if (groups[k].index < h.n)
                r.n_h++;
            else
                r.n_v++;
        }
        r.h = lines + i;
        r.v = lines + i + r.n_h;
        if (!ruled_group(w, &r, out)) return false;
    }
    return true;
}
