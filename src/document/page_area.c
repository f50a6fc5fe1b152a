#include "document/page_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* In units of the type size; measured on the ICDAR 2013 tables. */
#define TIGHT_LEAD 1.4f  /* lines of one cell: distance of their feet */

enum { MAX_CUTS = 250 };

static bool is_inside(const struct layout_word *word, uint32_t mark, uint32_t zone,
                      struct page_box box)
{
    if (zone != ANY_ZONE && word->zone != zone) return false;
    float cx = (word->box.x0 + word->box.x1) / 2, cy = (word->box.y0 + word->box.y1) / 2;
    return word->table == mark && cx >= box.x0 && cx <= box.x1 && cy >= box.y0 && cy <= box.y1;
}

bool area_make(struct page_words *w, uint32_t mark, uint32_t zone, struct page_box box,
               struct area *out)
{
    size_t n_words = 0, n_lines = 0;
    *out = (struct area){0};
    for (size_t i = 0; i < w->n_rows; i++) {
        const struct layout_row *row = &w->rows[i];
        if (row->box.y1 < box.y0 || row->box.y0 > box.y1) continue;
        size_t before = n_words;
        for (uint32_t k = row->first; k < row->first + row->n; k++)
            n_words += is_inside(&w->words[k], mark, zone, box);
        n_lines += n_words > before;
    }
    uint32_t *words = arena_array(w->arena, n_words + 1, sizeof *words);
    out->lines = arena_array(w->arena, n_lines + 1, sizeof *out->lines);
    if (!words || !out->lines) return false;
    for (size_t i = 0; i < w->n_rows; i++) {
        const struct layout_row *row = &w->rows[i];
        if (row->box.y1 < box.y0 || row->box.y0 > box.y1) continue;
        struct area_line line = {.words = words, .size = row->size};
        for (uint32_t k = row->first; k < row->first + row->n; k++) {
            const struct layout_word *word = &w->words[k];
            if (!is_inside(word, mark, zone, box)) continue;
            /* A raised mark does not tell where the line stands. */
            if (line.n == 0 || !word->raised)
                line.box = line.n ? page_box_union(line.box, word->box) : word->box;
            words[line.n++] = k;
        }
        if (line.n == 0) continue;
        words += line.n;
        out->lines[out->n_lines++] = line;
    }
    return true;
}

struct edge {
    float x;
    int step; /* +1: a piece begins, -1: it ends */
};

static int by_x(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;
    if (x->x != y->x) return x->x < y->x ? -1 : 1;
    return y->step - x->step;
}

/* The next piece of a line from word `at` on: words up to a gap of `gap` times the size. */
static size_t next_piece(const struct page_words *w, const struct area_line *line, size_t at,
                         float gap, struct row_piece *out)
{
    const struct layout_word *first = &w->words[line->words[at]];
    *out = (struct row_piece){first->box.x0, first->box.x1, (uint32_t)at, 1};
    for (at++; at < line->n; at++, out->n++) {
        const struct layout_word *word = &w->words[line->words[at]];
        float size = word->size > line->size ? word->size : line->size;
        if (word->box.x0 - out->x1 > gap * size && !word->glued) break;
        if (word->box.x1 > out->x1) out->x1 = word->box.x1;
    }
    return at;
}

size_t area_pieces(const struct page_words *w, const struct area_line *line, float gap,
                   struct row_piece *out, size_t max)
{
    size_t n = 0;
    struct row_piece p;
    for (size_t at = 0; at < line->n; n++) {
        at = next_piece(w, line, at, gap, &p);
        if (n < max) out[n] = p;
    }
    return n;
}

static size_t count_pieces(const struct page_words *w, const struct area_line *line, float gap)
{
    return area_pieces(w, line, gap, NULL, 0);
}

static bool has_value(const struct page_words *w, const struct area_line *line)
{
    for (size_t i = 1; i < line->n; i++)
        if (word_is_value(w, &w->words[line->words[i]])) return true;
    return false;
}

/* Lines that tell of columns: of several pieces, below the heads of the columns where there are
 * values. */
static size_t telling_lines(const struct page_words *w, const struct area *a, bool *telling)
{
    size_t n = 0, first = 0, values = 0;
    for (size_t i = 0; i < a->n_lines; i++)
        if (count_pieces(w, &a->lines[i], AREA_CLEAR_GAP) > 1 && has_value(w, &a->lines[i])) {
            if (values++ == 0) first = i;
        }
    size_t several = 0;
    for (size_t i = first; i < a->n_lines; i++)
        several += count_pieces(w, &a->lines[i], AREA_CLEAR_GAP) > 1;
    bool valued = values >= 2 && values * 2 >= several; /* lines of words are notes and bands */
    if (values < 2) first = 0;
    for (size_t i = 0; i < a->n_lines; i++) {
        telling[i] = i >= first && count_pieces(w, &a->lines[i], AREA_WORD_GAP) > 1 &&
                     (!valued || has_value(w, &a->lines[i]));
        n += telling[i];
    }
    return n;
}

/* How many of the lines have a clear gap at x, with text on both sides; *both: have text there. */
static size_t clear_at(const struct page_words *w, const struct area *a, const bool *telling,
                       float x0, float x1, float x, size_t *both)
{
    size_t n = 0;
    *both = 0;
    for (size_t i = 0; i < a->n_lines; i++) {
        float left = -INFINITY, right = INFINITY;
        if (!telling[i]) continue;
        for (size_t k = 0; k < a->lines[i].n; k++) {
            const struct page_box *b = &w->words[a->lines[i].words[k]].box;
            float middle = (b->x0 + b->x1) / 2;
            if (middle < x && middle > x0 && b->x1 > left) left = b->x1;
            if (middle > x && middle < x1 && b->x0 < right) right = b->x0;
        }
        if (left == -INFINITY || right == INFINITY) continue;
        ++*both;
        n += right - left > AREA_CLEAR_GAP * a->lines[i].size;
    }
    return n;
}

bool area_columns(struct page_words *w, const struct area *a, float **cuts, size_t *n)
{
    *n = 0;
    size_t n_edges = 0, room = 0;
    for (size_t i = 0; i < a->n_lines; i++) room += a->lines[i].n;
    struct edge *edges = arena_array(w->arena, 2 * room + 1, sizeof *edges);
    bool *telling = arena_array(w->arena, a->n_lines + 1, 1);
    *cuts = arena_array(w->arena, MAX_CUTS + 1, sizeof **cuts);
    if (!edges || !telling || !*cuts) return false;
    size_t lines = telling_lines(w, a, telling);
    float size = 0;
    for (size_t i = 0; i < a->n_lines; i++) {
        if (!telling[i]) continue;
        size = size > 0 ? size : a->lines[i].size;
        struct row_piece p;
        for (size_t at = 0; at < a->lines[i].n;) {
            at = next_piece(w, &a->lines[i], at, AREA_WORD_GAP, &p);
            edges[n_edges++] = (struct edge){p.x0, 1};
            edges[n_edges++] = (struct edge){p.x1, -1};
        }
    }
    if (lines < 1) return true;
    qsort(edges, n_edges, sizeof *edges, by_x);
    int cover = 0, allowed = (int)(lines / 10);
    float before = edges[0].x;
    float start = 0;
    bool white = false, text = false;
    for (size_t i = 0; i < n_edges; i++) {
        cover += edges[i].step;
        if (cover <= allowed && !white && text) {
            white = true;
            start = edges[i].x;
        } else if (cover > allowed) {
            if (white && edges[i].x - start >= AREA_GUTTER * size && *n < MAX_CUTS) {
                size_t both;
                float x = (start + edges[i].x) / 2;
                size_t clear = clear_at(w, a, telling, before, INFINITY, x, &both);
                if (both && clear * 2 >= both) {
                    before = x;
                    (*cuts)[(*n)++] = x;
                }
            }
            white = false;
            text = true;
        }
    }
    return true;
}

/* ---- rows ---- */

struct line_facts {
    float foot, size;
    size_t filled;       /* columns with text */
    size_t first;        /* column of the first of them */
    bool values;         /* one of them, behind the first column, begins with figures */
    bool lower;          /* the first text begins in lower case */
    bool spanning;       /* its first piece reaches over a cut */
};

static size_t column_of(const float *cuts, size_t n, float x)
{
    size_t c = 0;
    while (c < n && x > cuts[c]) c++;
    return c;
}

static void find_facts(const struct page_words *w, const struct area_line *line, const float *cuts,
                       size_t n_cuts, struct line_facts *f, uint32_t *columns)
{
    *f = (struct line_facts){.foot = line->box.y1, .size = line->size, .first = SIZE_MAX};
    size_t last = SIZE_MAX;
    for (size_t i = 0; i < line->n; i++) {
        const struct layout_word *word = &w->words[line->words[i]];
        size_t c = column_of(cuts, n_cuts, (word->box.x0 + word->box.x1) / 2);
        if (i == 0) {
            uint32_t code = w->glyphs[word->first].code;
            f->first = c;
            f->lower = (code >= 'a' && code <= 'z') || code == '(' || (code >= 0xdf && code <= 0xff);
        }
        if (word->box.x0 < (c ? cuts[c - 1] : -1e9f)) f->spanning = true;
        if (c != last) {
            f->filled++;
            columns[c]++;
            if (c > 0 && word_is_value(w, word)) f->values = true;
        }
        last = c;
    }
}

static int by_float(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

/* The usual distance between lines that are surely rows of their own. */
static float usual_pitch(const struct line_facts *f, size_t n, float *room)
{
    size_t k = 0;
    for (size_t i = 1; i < n; i++)
        if (f[i].values && f[i - 1].values && f[i].first == 0 && f[i - 1].first == 0)
            room[k++] = f[i].foot - f[i - 1].foot;
    if (k == 0) return 0;
    qsort(room, k, sizeof *room, by_float);
    return room[k / 2];
}

/* Whether line i goes on with cells of the line before it. */
static bool goes_on(const struct line_facts *f, size_t i, size_t n, float pitch, size_t first_value)
{
    const struct line_facts *a = &f[i - 1], *b = &f[i];
    float lead = b->foot - a->foot, size = b->size > a->size ? b->size : a->size;
    if (lead > TIGHT_LEAD * size) return false;
    bool closer = pitch > 0 && lead < 0.85f * pitch;
    if (i < first_value) { /* heads of columns: lines of one text, if all stand close */
        if (b->spanning || a->spanning || (a->values && b->values)) return false;
        return lead < 1.3f * size;
    }
    if (i == first_value) return b->first > 0 && a->first == 0 && a->filled == 1;
    if (b->values && a->values) return false;
    if (b->first > 0) return !b->values || (a->filled == 1 && a->first == 0); /* no name of its own */
    if (b->filled == 1) { /* a name alone */
        if (b->lower) return true;
        return closer && (i + 1 >= n || f[i + 1].foot - b->foot > lead * 1.15f);
    }
    if (a->filled == 1 && a->first == 0 && b->lower) return true; /* the name began above */
    return !b->values && closer && b->lower;
}

bool area_rows(struct page_words *w, const struct area *a, const float *cuts, size_t n_cuts,
               bool *begins)
{
    struct line_facts *f = arena_array(w->arena, a->n_lines + 1, sizeof *f);
    float *room = arena_array(w->arena, a->n_lines + 1, sizeof *room);
    uint32_t *columns = arena_array(w->arena, n_cuts + 1, sizeof *columns);
    if (!f || !room || !columns) return false;
    size_t first_value = SIZE_MAX;
    for (size_t i = 0; i < a->n_lines; i++) {
        find_facts(w, &a->lines[i], cuts, n_cuts, &f[i], columns);
        if (first_value == SIZE_MAX && f[i].values && f[i].first == 0) first_value = i;
    }
    if (first_value == SIZE_MAX) first_value = 0;
    float pitch = usual_pitch(f, a->n_lines, room);
    for (size_t i = 0; i < a->n_lines; i++)
        begins[i] = i == 0 || !goes_on(f, i, a->n_lines, pitch, first_value);
    return true;
}
