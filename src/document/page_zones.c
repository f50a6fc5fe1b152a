#include "document/page_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COLUMN_RULE 0.15f /* of the page's height: a line between columns is longer */
#define RULE_REACH  3.5f  /* points: a line that ends so near to another one meets it */

enum { MAX_DEPTH = 6, MAX_ZONES = 64, MIN_LINES = 3, CANDIDATES = 8, MIN_CHARS = 15 };

/* A piece of a row, or a table. */
struct item {
    struct page_box box;
    float y;               /* its order: middle of the row, top of a table */
    uint32_t first, n, row; /* words of a piece */
    size_t table;          /* from 1; 0: a piece */
    size_t chars;
    bool value; /* begins with figures */
};

struct zones {
    struct page_words *w;
    struct table_list *tables;
    uint32_t n;
    bool failed;
};

static int by_place(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->y != y->y) return x->y < y->y ? -1 : 1;
    return x->box.x0 < y->box.x0 ? -1 : x->box.x0 > y->box.x0;
}

static struct item *find_items(struct page_words *w, const struct table_list *tables, size_t *n)
{
    struct item *items = arena_array(w->arena, w->n_words + tables->n + 1, sizeof *items);
    *n = 0;
    for (size_t i = 0; items && i < w->n_rows; i++) {
        const struct layout_row *row = &w->rows[i];
        struct item *open = NULL;
        for (uint32_t k = row->first; k < row->first + row->n; k++) {
            const struct layout_word *word = &w->words[k];
            if (word->table != NO_TABLE && word->table != IN_DRAWING) {
                open = NULL;
                continue;
            }
            if (open && (word->glued || word->box.x0 - open->box.x1 <= AREA_CLEAR_GAP * row->size)) {
                open->box = page_box_union(open->box, word->box);
                open->n++;
                open->chars += word->n + 1;
                continue;
            }
            open = &items[(*n)++];
            *open = (struct item){.box = word->box,
                                  .y = (row->box.y0 + row->box.y1) / 2,
                                  .first = k,
                                  .n = 1,
                                  .row = (uint32_t)i,
                                  .chars = word->n,
                                  .value = word_is_value(w, word)};
        }
    }
    for (size_t i = 0; items && i < tables->n; i++)
        items[(*n)++] = (struct item){
            .box = tables->tables[i].box, .y = tables->tables[i].box.y0, .table = i + 1};
    if (items) qsort(items, *n, sizeof *items, by_place);
    return items;
}

/* ---- white space between two columns ---- */

struct candidate {
    float x;
    size_t n; /* items that begin there */
};

static int by_float(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

/* The x at which most items begin, without the leftmost. */
static size_t find_candidates(struct zones *z, const struct item *items, size_t n,
                              struct candidate *out)
{
    float *xs = arena_array(z->w->arena, n + 1, sizeof *xs);
    size_t found = 0;
    if (!xs) {
        z->failed = true;
        return 0;
    }
    for (size_t i = 0; i < n; i++) xs[i] = items[i].box.x0;
    qsort(xs, n, sizeof *xs, by_float);
    for (size_t i = 0, k; i < n; i = k) {
        for (k = i; k < n && xs[k] - xs[i] < 3;) k++;
        if (k - i < MIN_LINES || xs[i] - xs[0] < 3 * z->w->body_size) continue;
        struct candidate c = {xs[i], k - i};
        size_t at = found < CANDIDATES ? found++ : CANDIDATES;
        while (at > 0 && out[at - 1].n < c.n) {
            if (at < CANDIDATES) out[at] = out[at - 1];
            at--;
        }
        if (at < CANDIDATES) out[at] = c;
    }
    return found;
}

struct side {
    float x0, x1, y0, y1; /* of all its items */
    size_t lines, chars, full, pieces, values; /* values: lines that begin with figures */
    float line_x0, line_x1; /* of the row at hand */
    uint32_t row;
    bool open;
};

static void side_add(struct side *s, const struct item *item, bool measure)
{
    if (!measure) {
        s->x0 = item->box.x0 < s->x0 ? item->box.x0 : s->x0;
        s->x1 = item->box.x1 > s->x1 ? item->box.x1 : s->x1;
        s->y0 = item->box.y0 < s->y0 ? item->box.y0 : s->y0;
        s->y1 = item->box.y1 > s->y1 ? item->box.y1 : s->y1;
        return;
    }
    if (item->table) { /* as good as text that fills its column */
        s->lines += 4;
        s->chars += 200;
        s->full += 4;
        return;
    }
    s->chars += item->chars;
    s->pieces++;
    if (s->open && s->row == item->row) {
        s->full -= s->line_x1 - s->line_x0 > 0.7f * (s->x1 - s->x0);
        s->line_x1 = item->box.x1;
    } else {
        s->lines++;
        s->values += item->value;
        s->line_x0 = item->box.x0;
        s->line_x1 = item->box.x1;
        s->row = item->row;
        s->open = true;
    }
    s->full += s->line_x1 - s->line_x0 > 0.7f * (s->x1 - s->x0);
}

static bool is_column(const struct side *s)
{
    return s->lines >= MIN_LINES && s->chars >= s->lines * MIN_CHARS && s->full * 5 >= s->lines * 2;
}

/* A table: names at one side, several values in a row at the other. */
static bool is_one_table(const struct side *left, const struct side *right, size_t shared)
{
    size_t lines = left->lines < right->lines ? left->lines : right->lines;
    if (right->values * 10 > right->lines * 3) return true;
    if (shared * 10 < lines * 6) return false;
    bool few_left = left->pieces * 10 <= left->lines * 12, few_right = right->pieces * 10 <= right->lines * 12;
    bool many_left = left->pieces * 10 >= left->lines * 16,
         many_right = right->pieces * 10 >= right->lines * 16;
    return (few_left && many_right) || (few_right && many_left);
}

struct cut {
    float x;
    size_t first, end; /* items on both sides of it */
    size_t gain;
};

/* Items [first, end) that keep off the white space before x: columns? */
static void try_cut(const struct zones *z, const struct item *items, size_t first, size_t end,
                    float x, struct cut *best)
{
    struct side left = {.x0 = INFINITY, .x1 = -INFINITY, .y0 = INFINITY, .y1 = -INFINITY};
    struct side right = left;
    for (int measure = 0; measure < 2; measure++)
        for (size_t i = first; i < end; i++)
            side_add(items[i].box.x0 < x - 2 ? &left : &right, &items[i], measure);
    size_t shared = 0;
    for (size_t i = first + 1; i < end; i++)
        shared += !items[i].table && !items[i - 1].table && items[i].row == items[i - 1].row &&
                  items[i - 1].box.x0 < x - 2 && items[i].box.x0 >= x - 2;
    float top = left.y0 > right.y0 ? left.y0 : right.y0, foot = left.y1 < right.y1 ? left.y1 : right.y1;
    if (!is_column(&left) || !is_column(&right) || foot - top < 3 * z->w->body_size ||
        is_one_table(&left, &right, shared))
        return;
    size_t gain = left.chars < right.chars ? left.chars : right.chars;
    if (gain > best->gain) *best = (struct cut){x, first, end, gain};
}

/* Whether a line across meets the vertical one: it belongs to a frame or a table then. */
static bool is_crossed(const struct page_words *w, const struct page_rule *rule)
{
    for (size_t i = 0; i < w->n_rules; i++) {
        const struct page_rule *r = &w->rules[i];
        if (!r->vertical && r->from <= rule->at + RULE_REACH && r->to >= rule->at - RULE_REACH &&
            r->at >= rule->from - RULE_REACH && r->at <= rule->to + RULE_REACH)
            return true;
    }
    return false;
}

/* A line that is drawn between two columns of the page, and that nothing crosses. */
static bool find_drawn_cut(const struct zones *z, const struct item *items, size_t n, struct cut *best)
{
    for (size_t i = 0; i < z->w->n_rules; i++) {
        const struct page_rule *r = &z->w->rules[i];
        size_t first = 0, left = 0, right = 0, crossing = 0, k;
        if (!r->vertical || r->to - r->from < COLUMN_RULE * z->w->height) continue;
        while (first < n && items[first].y < r->from) first++;
        for (k = first; k < n && items[k].y <= r->to; k++) {
            left += items[k].box.x1 <= r->at + 2;
            right += items[k].box.x0 >= r->at - 2;
            crossing += items[k].box.x0 < r->at - 2 && items[k].box.x1 > r->at + 2;
        }
        if (left < 2 || right < 2 || crossing || is_crossed(z->w, r)) continue;
        *best = (struct cut){r->at, first, k, left + right};
        return true;
    }
    return false;
}

static bool find_cut(struct zones *z, const struct item *items, size_t n, struct cut *best)
{
    struct candidate candidates[CANDIDATES];
    size_t found = find_candidates(z, items, n, candidates);
    *best = (struct cut){0};
    if (find_drawn_cut(z, items, n, best)) return true;
    for (size_t c = 0; c < found; c++) {
        float x = candidates[c].x, from = x - 0.8f * z->w->body_size;
        size_t first = 0;
        for (size_t i = 0; i <= n; i++) {
            if (i < n && !(items[i].box.x0 < x - 2 && items[i].box.x1 > from)) continue;
            if (i - first >= 2 * MIN_LINES) try_cut(z, items, first, i, x, best);
            first = i + 1;
        }
    }
    return best->gain > 0;
}

static void make_zone(struct zones *z, const struct item *items, size_t n)
{
    if (n == 0) return;
    uint32_t zone = z->n < MAX_ZONES ? z->n++ : MAX_ZONES - 1; /* the last one takes the rest */
    for (size_t i = 0; i < n; i++) {
        if (items[i].table) z->tables->tables[items[i].table - 1].zone = zone;
        for (uint32_t k = 0; k < items[i].n; k++) z->w->words[items[i].first + k].zone = zone;
    }
}

static void part(struct zones *z, struct item *items, size_t n, int depth)
{
    struct cut cut;
    if (depth == MAX_DEPTH || n < 2 * MIN_LINES || !find_cut(z, items, n, &cut)) {
        make_zone(z, items, n);
        return;
    }
    part(z, items, cut.first, depth + 1);
    size_t inside = cut.end - cut.first, left = 0, right = 0;
    struct item *sorted = arena_array(z->w->arena, inside + 1, sizeof *sorted);
    if (!sorted) {
        z->failed = true;
        return;
    }
    for (size_t i = cut.first; i < cut.end; i++) left += items[i].box.x0 < cut.x - 2;
    for (size_t i = cut.first, at = 0; i < cut.end; i++) {
        if (items[i].box.x0 < cut.x - 2)
            sorted[at++] = items[i];
        else
            sorted[left + right++] = items[i];
    }
    memcpy(items + cut.first, sorted, inside * sizeof *items);
    part(z, items + cut.first, left, depth + 1);
    part(z, items + cut.first + left, right, depth + 1);
    part(z, items + cut.end, n - cut.end, depth + 1);
}

bool page_zones_make(struct page_words *w, struct table_list *tables, uint32_t *n_zones)
{
    struct zones z = {.w = w, .tables = tables};
    size_t n;
    struct item *items = find_items(w, tables, &n);
    if (!items) return false;
    part(&z, items, n, 0);
    *n_zones = z.n;
    return !z.failed;
}
