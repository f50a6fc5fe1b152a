#include "document/page_parts.h"

#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ACTIVE_ROWS = 64 };

static float smaller(float a, float b)
{
    return a < b ? a : b;
}

static float larger(float a, float b)
{
    return a > b ? a : b;
}

struct page_box page_box_union(struct page_box a, struct page_box b)
{
    return (struct page_box){smaller(a.x0, b.x0), smaller(a.y0, b.y0), larger(a.x1, b.x1),
                             larger(a.y1, b.y1)};
}

/* ---- the frame ---- */

/* The page's angles count with the clock, as y grows downwards; here text at 90 degrees runs
 * upwards. -1: askew. */
static int quarter(int angle)
{
    int turned = (360 - angle % 360) % 360;
    for (int q = 0; q < 360; q += 90)
        if (abs(turned - q) <= 10 || abs(turned - 360 - q) <= 10) return q;
    return -1;
}

/* A box of a page of w by h, turned so that text at angle `turn` runs from left to right. */
struct page_box page_box_turn(struct page_box b, int turn, float w, float h)
{
    switch (turn) {
    case 90:
        return (struct page_box){h - b.y1, b.x0, h - b.y0, b.x1};
    case 180:
        return (struct page_box){w - b.x1, h - b.y1, w - b.x0, h - b.y0};
    case 270:
        return (struct page_box){b.y0, w - b.x1, b.y1, w - b.x0};
    default:
        return b;
    }
}

static struct page_box turned_back(struct page_box b, int turn, float w, float h)
{
    switch (turn) {
    case 90:
        return (struct page_box){b.y0, h - b.x1, b.y1, h - b.x0};
    case 180:
        return (struct page_box){w - b.x1, h - b.y1, w - b.x0, h - b.y0};
    case 270:
        return (struct page_box){w - b.y1, b.x0, w - b.y0, b.x1};
    default:
        return b;
    }
}

struct page_box page_box_back(const struct page_words *w, struct page_box box)
{
    return turned_back(box, w->turn, w->page->width, w->page->height);
}

static int main_turn(const struct page *page)
{
    size_t counts[4] = {0};
    int best = 0;
    for (size_t i = 0; i < page->n_chars; i++) {
        int q = quarter(page->chars[i].angle);
        if (q >= 0) counts[q / 90]++;
    }
    for (int i = 1; i < 4; i++)
        if (counts[i] > counts[best]) best = i;
    return best * 90;
}

/* ---- glyphs ---- */

static bool is_blank(uint32_t c)
{
    return c <= 32 || c == 0x7f || c == 0xa0 || (c >= 0x2000 && c <= 0x200f) || c == 0x2028 ||
           c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x2060 || c == 0x3000 || c == 0xfeff;
}

/* Appends the characters of the page that run at `angle` to out, in the frame of `turn`. */
static size_t take_glyphs(const struct page_words *w, int angle, int turn, struct layout_glyph *out)
{
    const struct page *page = w->page;
    size_t n = 0;
    bool space = true;
    for (size_t i = 0; i < page->n_chars; i++) {
        const struct page_char *c = &page->chars[i];
        if (quarter(c->angle) != angle) {
            space = true;
            continue;
        }
        if (is_blank(c->code)) {
            space = true;
            continue;
        }
        struct page_box box = page_box_turn(c->box, turn, page->width, page->height);
        float size = c->font < page->n_fonts ? page->fonts[c->font].size : 0;
        float height = box.y1 - box.y0;
        if (!(size > 0.5f) || size > 4 * height) size = height > 0.5f ? height : 1;
        out[n++] = (struct layout_glyph){.box = box,
                                         .code = c->code,
                                         .order = (uint32_t)i,
                                         .size = size,
                                         .font = c->font,
                                         .confidence = c->confidence,
                                         .space = space || c->space_before};
        space = false;
    }
    return n;
}

/* ---- runs: characters that follow each other in the file and on the page ---- */

struct run {
    struct page_box box;
    size_t first, n;
    float size;
    uint32_t row;
    bool space, raised;
};

static float overlap_y(struct page_box a, struct page_box b)
{
    return smaller(a.y1, b.y1) - larger(a.y0, b.y0);
}

/* Of a scan, boxes are those of the ink, not of the advance: OCR alone tells where words end. */
static float join_gap(const struct page_words *w)
{
    return w->page->scanned ? 1.0f : 0.18f;
}

static bool run_goes_on(const struct page_words *w, const struct run *r,
                        const struct layout_glyph *last, const struct layout_glyph *g)
{
    if (g->space) return false;
    float gap = g->box.x0 - last->box.x1, size = smaller(g->size, last->size);
    if (gap > join_gap(w) * size || gap < -0.6f * size) return false;
    /* A superscript is a run of its own. */
    if (g->size < 0.85f * r->size || r->size < 0.85f * g->size) return false;
    if (fabsf(g->box.y1 - last->box.y1) > 0.2f * size) return false;
    return overlap_y(r->box, g->box) > 0.5f * (g->box.y1 - g->box.y0);
}

static size_t find_runs(const struct page_words *w, const struct layout_glyph *glyphs, size_t n,
                        struct run *runs)
{
    size_t n_runs = 0;
    for (size_t i = 0; i < n; i++) {
        const struct layout_glyph *g = &glyphs[i];
        struct run *r = n_runs ? &runs[n_runs - 1] : NULL;
        if (r && run_goes_on(w, r, &glyphs[i - 1], g)) {
            r->n++;
            r->box = page_box_union(r->box, g->box);
        } else {
            runs[n_runs++] = (struct run){
                .box = g->box, .first = i, .n = 1, .size = g->size, .space = g->space};
        }
    }
    return n_runs;
}

/* ---- rows ---- */

static int by_top(const void *a, const void *b)
{
    const struct run *x = a, *y = b;
    if (x->box.y0 != y->box.y0) return x->box.y0 < y->box.y0 ? -1 : 1;
    return x->first < y->first ? -1 : x->first > y->first;
}

static int by_row_then_x(const void *a, const void *b)
{
    const struct run *x = a, *y = b;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    if (x->box.x0 != y->box.x0) return x->box.x0 < y->box.x0 ? -1 : 1;
    return x->first < y->first ? -1 : x->first > y->first;
}

struct open_row {
    float y0, y1; /* of its largest run */
    uint32_t row;
};

/* Numbers the rows: a run joins the row that it overlaps most, by half of the lower of the two. */
static uint32_t number_rows(struct run *runs, size_t n)
{
    struct open_row open[MAX_ACTIVE_ROWS];
    size_t n_open = 0;
    uint32_t n_rows = 0;
    qsort(runs, n, sizeof *runs, by_top);
    for (size_t i = 0; i < n; i++) {
        struct run *r = &runs[i];
        float h = r->box.y1 - r->box.y0, best = 0;
        size_t kept = 0, chosen = SIZE_MAX;
        for (size_t k = 0; k < n_open; k++)
            if (open[k].y1 > r->box.y0) open[kept++] = open[k];
        n_open = kept;
        for (size_t k = 0; k < n_open; k++) {
            float both = smaller(open[k].y1, r->box.y1) - larger(open[k].y0, r->box.y0);
            if (both >= 0.5f * smaller(h, open[k].y1 - open[k].y0) && both > best) {
                best = both;
                chosen = k;
            }
        }
        if (chosen == SIZE_MAX) {
            if (n_open == MAX_ACTIVE_ROWS) n_open--;
            chosen = n_open++;
            open[chosen] = (struct open_row){r->box.y0, r->box.y1, n_rows++};
        } else if (h > 1.15f * (open[chosen].y1 - open[chosen].y0) &&
                   h < 2.0f * (open[chosen].y1 - open[chosen].y0)) {
            open[chosen].y0 = r->box.y0; /* a superscript had come first */
            open[chosen].y1 = r->box.y1;
        }
        r->row = open[chosen].row;
    }
    return n_rows;
}

/* ---- words ---- */

/* The same letter drawn again beside itself, to look bold. */
static bool is_shadow(const struct page_words *w, const struct run *a, const struct run *b)
{
    if (a->n != b->n || b->box.x0 - a->box.x0 > 0.12f * a->size ||
        fabsf(a->box.y0 - b->box.y0) > 0.12f * a->size)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (w->glyphs[a->first + i].code != w->glyphs[b->first + i].code) return false;
    return true;
}

static void add_word(struct page_words *w, const struct run *r, bool glued, bool turned)
{
    const struct page *page = w->page;
    const struct layout_glyph *g = &w->glyphs[r->first];
    uint8_t confidence = 100;
    for (size_t i = 0; i < r->n; i++)
        if (g[i].confidence < confidence) confidence = g[i].confidence;
    w->words[w->n_words++] =
        (struct layout_word){.box = r->box,
                             .size = r->size,
                             .first = (uint32_t)r->first,
                             .n = (uint32_t)r->n,
                             .font = g->font,
                             .bold = g->font < page->n_fonts && page->fonts[g->font].bold,
                             .confidence = confidence,
                             .glued = glued,
                             .raised = r->raised,
                             .turned = turned};
}

/* A small run beside a larger one whose foot is higher. */
static void mark_raised(struct run *a, struct run *b)
{
    struct run *small = a->size < b->size ? a : b, *big = small == a ? b : a;
    float gap = b->box.x0 - a->box.x1;
    if (small->size > 0.85f * big->size || gap > 0.5f * big->size || gap < -0.5f * big->size)
        return;
    float foot = big->box.y1 - small->box.y1, mid = (big->box.y0 + big->box.y1) / 2;
    if (foot > 0.12f * big->size && (small->box.y0 + small->box.y1) / 2 < mid) small->raised = true;
}

static void words_of_row(struct page_words *w, struct run *runs, size_t n, bool turned)
{
    for (size_t i = 0; i + 1 < n; i++) mark_raised(&runs[i], &runs[i + 1]);
    const struct run *last = NULL;
    for (size_t i = 0; i < n; i++) {
        struct run *r = &runs[i];
        if (last && is_shadow(w, last, r)) continue;
        bool glued = false;
        if (last && w->n_words) {
            float gap = r->box.x0 - last->box.x1, size = smaller(r->size, last->size);
            /* A raised mark stands close to its number, with a blank of its own now and then. */
            glued = r->raised ? gap < 0.3f * last->size : gap < join_gap(w) * size - 0.03f * size && !r->space;
            struct layout_word *word = &w->words[w->n_words - 1];
            bool same = !r->raised && !last->raised && r->size > 0.85f * last->size &&
                        last->size > 0.85f * r->size;
            if (glued && same && word->first + word->n == r->first) {
                word->n += (uint32_t)r->n;
                word->box = page_box_union(word->box, r->box);
                last = r;
                continue;
            }
        }
        add_word(w, r, glued, turned);
        last = r;
    }
}

static int by_size(const void *a, const void *b)
{
    const struct layout_word *x = *(struct layout_word *const *)a,
                             *y = *(struct layout_word *const *)b;
    return x->size < y->size ? -1 : x->size > y->size;
}

/* The size in which most characters are. */
static bool common_size(struct page_words *w, size_t first, size_t n, float *size)
{
    size_t total = 0, sum = 0;
    const struct layout_word **order = arena_array(w->arena, n + 1, sizeof(void *));
    if (!order) return false;
    for (size_t i = 0; i < n; i++) {
        order[i] = &w->words[first + i];
        total += order[i]->n;
    }
    qsort(order, n, sizeof *order, by_size);
    *size = 0;
    for (size_t i = 0; i < n && sum * 2 <= total; i++) {
        sum += order[i]->n;
        *size = order[i]->size;
    }
    return true;
}

static void row_size(struct page_words *w, struct layout_row *row)
{
    float best = 0;
    size_t most = 0;
    for (uint32_t i = row->first; i < row->first + row->n && i < row->first + 32; i++) {
        size_t count = 0;
        for (uint32_t k = row->first; k < row->first + row->n && k < row->first + 32; k++)
            if (fabsf(w->words[k].size - w->words[i].size) < 0.3f) count += w->words[k].n;
        if (count > most) {
            most = count;
            best = w->words[i].size;
        }
    }
    row->size = best;
}

/* Text beside the main one: its words, each line of it one "row" in its own frame; then put where
 * they stand in the main frame, each word as a row of its own would part a table's header, so they
 * join the row that their middle is in. */
static size_t turned_words(struct page_words *w, int angle, struct layout_glyph *glyphs,
                           struct run *runs)
{
    const struct page *page = w->page;
    size_t at = (size_t)(glyphs - w->glyphs), n = take_glyphs(w, angle, angle, glyphs);
    size_t n_runs = find_runs(w, glyphs, n, runs), before = w->n_words;
    for (size_t i = 0; i < n_runs; i++) runs[i].first += at;
    number_rows(runs, n_runs);
    qsort(runs, n_runs, sizeof *runs, by_row_then_x);
    for (size_t i = 0, k; i < n_runs; i = k) {
        for (k = i; k < n_runs && runs[k].row == runs[i].row;) k++;
        words_of_row(w, runs + i, k - i, true);
        w->words[before].glued = false;
    }
    for (size_t i = before; i < w->n_words; i++) {
        struct page_box box = turned_back(w->words[i].box, angle, page->width, page->height);
        w->words[i].box = page_box_turn(box, w->turn, page->width, page->height);
    }
    return n;
}

static int rows_by_y(const void *a, const void *b)
{
    const struct layout_row *x = a, *y = b;
    float p = x->box.y0 + x->box.y1, q = y->box.y0 + y->box.y1;
    return p < q ? -1 : p > q;
}

/* One row a run of words that number_rows has put together. */
static bool make_rows(struct page_words *w, struct run *runs, size_t n_runs)
{
    uint32_t n = number_rows(runs, n_runs);
    qsort(runs, n_runs, sizeof *runs, by_row_then_x);
    w->rows = arena_array(w->arena, (size_t)n + w->page->n_chars / 2 + 1, sizeof *w->rows);
    if (!w->rows) return false;
    for (size_t i = 0, k; i < n_runs; i = k) {
        for (k = i; k < n_runs && runs[k].row == runs[i].row;) k++;
        size_t first = w->n_words;
        words_of_row(w, runs + i, k - i, false);
        if (w->n_words == first) continue;
        struct layout_row *row = &w->rows[w->n_rows++];
        *row = (struct layout_row){.first = (uint32_t)first,
                                   .n = (uint32_t)(w->n_words - first),
                                   .box = w->words[first].box};
        w->words[first].glued = false;
        row_size(w, row);
        bool any = false;
        for (size_t j = first; j < w->n_words; j++) {
            if (w->words[j].raised) continue;
            row->box = any ? page_box_union(row->box, w->words[j].box) : w->words[j].box;
            any = true;
        }
    }
    qsort(w->rows, w->n_rows, sizeof *w->rows, rows_by_y);
    return true;
}

bool page_words_make(struct page_words *out, const struct page *page, struct arena *arena)
{
    *out = (struct page_words){.page = page, .arena = arena, .turn = main_turn(page)};
    bool sideways = out->turn == 90 || out->turn == 270;
    out->width = sideways ? page->height : page->width;
    out->height = sideways ? page->width : page->height;
    size_t n = page->n_chars;
    out->glyphs = arena_array(arena, n + 1, sizeof *out->glyphs);
    out->words = arena_array(arena, n + 1, sizeof *out->words);
    struct run *runs = arena_array(arena, n + 1, sizeof *runs);
    if (!out->glyphs || !out->words || !runs || !page_rules_make(out)) return false;
    size_t used = take_glyphs(out, out->turn, out->turn, out->glyphs);
    size_t n_runs = find_runs(out, out->glyphs, used, runs);
    if (!make_rows(out, runs, n_runs) || !common_size(out, 0, out->n_words, &out->body_size))
        return false;
    for (int angle = 0; angle < 360; angle += 90)
        if (angle != out->turn) used += turned_words(out, angle, out->glyphs + used, runs);
    return true;
}

/* ---- text ---- */

static const char *expansion(uint32_t code)
{
    static const char *const LIGATURES[] = {"ff", "fi", "fl", "ffi", "ffl", "st", "st"};
    if (code >= 0xfb00 && code <= 0xfb06) return LIGATURES[code - 0xfb00];
    switch (code) {
    case 0xf0b7: /* the bullets of symbol fonts */
    case 0xf0a7:
    case 0xf0d8:
    case 0xf076:
    case 0xf0fc:
        return "•";
    case 0xf02d:
        return "-";
    case 0xf0b0:
        return "°";
    case 0xf0b1:
        return "±";
    case 0xf0b4:
        return "×";
    case 0xf06d:
        return "μ";
    case 0xad:
        return "-";
    default:
        return NULL;
    }
}

static const char *superscript(uint32_t code)
{
    static const char *const DIGITS[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    if (code >= '0' && code <= '9') return DIGITS[code - '0'];
    return code == '-' || code == 0x2212 ? "⁻" : code == '+' ? "⁺" : NULL;
}

void page_word_text(const struct page_words *w, const struct layout_word *word, struct buffer *out)
{
    const struct layout_glyph *g = &w->glyphs[word->first];
    bool figures = word->raised, letters = word->raised && word->n <= 3;
    for (uint32_t i = 0; i < word->n && word->raised; i++) {
        figures = figures && (superscript(g[i].code) || g[i].code == ',' || g[i].code == ')' ||
                              g[i].code == '(');
        letters = letters && ((g[i].code | 32) >= 'a' && (g[i].code | 32) <= 'z');
    }
    bool ordinal = letters && word->n == 2; /* "13th", "®" */
    if (letters && !ordinal) buffer_putc(out, '[');
    for (uint32_t i = 0; i < word->n; i++) {
        char bytes[4];
        const char *text = figures ? superscript(g[i].code) : NULL;
        if (!text) text = expansion(g[i].code);
        if (figures && (g[i].code == '(' || g[i].code == ')')) continue;
        if (text)
            buffer_puts(out, text);
        else
            buffer_append(out, bytes, utf8_encode(g[i].code, bytes));
    }
    if (letters && !ordinal) buffer_putc(out, ']');
}

bool word_is_value(const struct page_words *w, const struct layout_word *word)
{
    const struct layout_glyph *g = &w->glyphs[word->first];
    size_t figures = 0, letters = 0;
    for (uint32_t i = 0; i < word->n; i++) {
        figures += g[i].code >= '0' && g[i].code <= '9';
        letters += (g[i].code | 32) >= 'a' && (g[i].code | 32) <= 'z';
        letters += g[i].code >= 0xc0 && g[i].code < 0x2000;
    }
    if (figures) return letters <= figures;
    return letters == 0 && word->n <= 3 && g[0].code != 0x2022 && g[0].code != 0xf0b7 &&
           g[0].code != '(' && g[0].code != '*';
}
