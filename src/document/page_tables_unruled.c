#include "document/page_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HEADING_SIZE 1.2f /* times the size of a run's lines: a single piece as large is a heading */

enum { MAX_GAPS = 128, MAX_MISFITS = 1, MAX_SINGLES = 4, MAX_HEAD_LINES = 4 };

/* Lines of one area that have white space at the same x: a table, or columns of text. */
struct gap {
    float x0, x1;
};

struct gaps {
    struct gap items[MAX_GAPS];
    size_t n;
};

struct run {
    size_t first, last; /* lines */
    size_t multi;       /* of them, of several pieces */
    struct gaps gaps;
};

/* ---- white space ---- */

static void gaps_of(const struct page_words *w, const struct area_line *line, struct gaps *out)
{
    struct row_piece p[MAX_GAPS];
    size_t n = area_pieces(w, line, AREA_CLEAR_GAP, p, MAX_GAPS);
    out->n = 0;
    for (size_t i = 0; i + 1 < n && i + 1 < MAX_GAPS; i++)
        out->items[out->n++] = (struct gap){p[i].x1, p[i + 1].x0};
}

/* What is white in both: the gaps so far, and the line with all that is around it. */
static void gaps_with(const struct page_words *w, const struct gaps *old,
                      const struct area_line *line, struct gaps *out)
{
    struct row_piece p[MAX_GAPS];
    size_t n = area_pieces(w, line, AREA_WORD_GAP, p, MAX_GAPS), k = 0;
    if (n > MAX_GAPS) n = MAX_GAPS;
    out->n = 0;
    for (size_t i = 0; i < old->n; i++) {
        struct gap g = old->items[i], best = {0, 0};
        while (k > 0 && p[k - 1].x1 > g.x0) k--;
        while (k < n && p[k].x1 <= g.x0) k++;
        float from = k ? p[k - 1].x1 : -INFINITY;
        for (size_t j = k; j <= n; j++) {
            float to = j < n ? p[j].x0 : INFINITY;
            float x0 = from > g.x0 ? from : g.x0, x1 = to < g.x1 ? to : g.x1;
            if (x1 - x0 > best.x1 - best.x0) best = (struct gap){x0, x1};
            if (j < n) from = p[j].x1;
            if (from >= g.x1) break;
        }
        if (best.x1 - best.x0 >= AREA_GUTTER * line->size) out->items[out->n++] = best;
    }
}

/* ---- runs ---- */

static bool is_prose(const struct page_words *w, const struct area_line *line, struct page_box area)
{
    struct row_piece p;
    return area_pieces(w, line, AREA_CLEAR_GAP, &p, 1) == 1 && line->n >= 8 &&
           line->box.x1 - line->box.x0 > 0.7f * (area.x1 - area.x0);
}

static void follow(const struct page_words *w, const struct area *a, size_t at, struct page_box area,
                   struct run *r)
{
    size_t misfits = 0, singles = 0, gaps = 0;
    float between = 0; /* white space between the lines so far */
    *r = (struct run){.first = at, .last = at, .multi = 1};
    gaps_of(w, &a->lines[at], &r->gaps);
    for (size_t j = at + 1; j < a->n_lines; j++) {
        const struct area_line *line = &a->lines[j], *before = &a->lines[j - 1];
        float size = line->size > before->size ? line->size : before->size;
        if (line->box.y0 - before->box.y1 > 2.0f * size || is_prose(w, line, area)) break;
        float space = line->box.y0 - before->box.y1;
        struct row_piece p;
        bool multi = area_pieces(w, line, AREA_CLEAR_GAP, &p, 1) > 1;
        struct gaps both;
        gaps_with(w, &r->gaps, line, &both);
        if (!multi && r->multi > 1 && line->size > HEADING_SIZE * a->lines[at].size) break; /* the next part's */
        if (multi && both.n && (both.n * 2 >= r->gaps.n || r->multi < 3)) {
            r->gaps = both;
            r->last = j;
            r->multi++;
            misfits = singles = 0;
            between += space > 0 ? space : 0;
            gaps++;
        } else if (!multi && both.n == r->gaps.n) {
            if (++singles > MAX_SINGLES) break;
        } else if (++misfits > MAX_MISFITS || (gaps > 1 && space > 0.8f * size + 1.5f * between / (float)gaps)) {
            break; /* what stands apart and keeps to no column is the next table's caption */
        }
    }
}

/* Lines that go on below with cells of the last row, and heads above that stand over columns. */
static void widen(const struct page_words *w, const struct area *a, size_t floor, struct run *r)
{
    float first_cut = r->gaps.items[0].x0;
    while (r->last + 1 < a->n_lines) {
        const struct area_line *line = &a->lines[r->last + 1];
        struct gaps both;
        gaps_with(w, &r->gaps, line, &both);
        if (both.n < r->gaps.n || line->box.x0 < first_cut ||
            line->box.y1 - a->lines[r->last].box.y1 > 1.3f * line->size)
            break;
        r->last++;
    }
    for (size_t i = 0; i < MAX_HEAD_LINES && r->first > floor; i++) {
        const struct area_line *line = &a->lines[r->first - 1];
        if (line->box.x0 < first_cut || a->lines[r->first].box.y0 - line->box.y1 > line->size) break;
        r->first--;
    }
}

/* ---- horizontal rules ---- */

struct rules_at {
    float *at; /* (n) ascending */
    size_t n;
};

static int by_at(const void *a, const void *b)
{
    const struct page_rule *x = *(struct page_rule *const *)a, *y = *(struct page_rule *const *)b;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* The y of horizontal rules over most of the box's width, some of them in pieces. */
static bool find_rules(struct page_words *w, struct page_box box, float margin, struct rules_at *out)
{
    const struct page_rule **near = arena_array(w->arena, w->n_rules + 1, sizeof(void *));
    out->at = arena_array(w->arena, w->n_rules + 1, sizeof *out->at);
    out->n = 0;
    size_t n = 0;
    if (!near || !out->at) return false;
    for (size_t i = 0; i < w->n_rules; i++) {
        const struct page_rule *r = &w->rules[i];
        if (!r->vertical && r->at > box.y0 - margin && r->at < box.y1 + margin && r->to > box.x0 &&
            r->from < box.x1)
            near[n++] = r;
    }
    qsort(near, n, sizeof *near, by_at);
    for (size_t i = 0, k; i < n; i = k) {
        float covered = 0;
        for (k = i; k < n && near[k]->at - near[i]->at < 2.5f; k++) {
            float from = near[k]->from > box.x0 ? near[k]->from : box.x0;
            float to = near[k]->to < box.x1 ? near[k]->to : box.x1;
            if (to > from) covered += to - from;
        }
        if (covered > 0.6f * (box.x1 - box.x0)) out->at[out->n++] = near[i]->at;
    }
    return true;
}

static struct page_box lines_box(const struct area *a, size_t first, size_t last)
{
    struct page_box box = a->lines[first].box;
    for (size_t i = first + 1; i <= last; i++) box = page_box_union(box, a->lines[i].box);
    return box;
}

static float line_middle(const struct area_line *line)
{
    return (line->box.y0 + line->box.y1) / 2;
}

/* What stands below the last rule is a note when the rules close the table. */
static void clip_to_rules(const struct area *a, const struct rules_at *rules, struct run *r)
{
    if (rules->n < 2) return;
    float foot = rules->at[rules->n - 1], before = rules->at[rules->n - 2];
    size_t inside = 0, below = 0, all = r->last - r->first + 1;
    for (size_t i = r->first; i <= r->last; i++) {
        float y = line_middle(&a->lines[i]);
        inside += y > before && y < foot;
        below += y > foot;
    }
    if (below && below < all - below && (inside > 1 || (rules->n > 2 && below < 4)))
        while (r->last > r->first && line_middle(&a->lines[r->last]) > foot) r->last--;
}

/* Lines at both ends that keep to no column: captions, notes. */
static void trim_ends(const struct page_words *w, const float *cuts, size_t n, struct area *a)
{
    while (a->n_lines > 2) {
        const struct area_line *ends[2] = {&a->lines[a->n_lines - 1], &a->lines[0]};
        bool loose[2];
        for (int k = 0; k < 2; k++) {
            struct row_piece p[MAX_GAPS];
            size_t pieces = area_pieces(w, ends[k], AREA_WORD_GAP, p, MAX_GAPS), crossing = 0;
            for (size_t i = 0; i < pieces && i < MAX_GAPS; i++)
                for (size_t c = 0; c < n; c++) crossing += p[i].x0 < cuts[c] && p[i].x1 > cuts[c];
            bool named = ends[k]->box.x0 < cuts[0]; /* begins in the first column */
            loose[k] = named && crossing && crossing + 1 >= pieces;
        }
        if (loose[0])
            a->n_lines--;
        else if (loose[1]) {
            a->lines++;
            a->n_lines--;
        } else
            break;
    }
}

/* ---- what the run is ---- */

struct column_facts {
    size_t lines, chars, values, marks; /* lines with text; those that begin with a value, a bullet */
    size_t wide;                        /* that fill most of the column's width */
    float x0, x1;
    size_t same_left; /* lines that begin where most do */
};

static bool begins_with_mark(const struct page_words *w, const struct layout_word *word)
{
    const struct layout_glyph *g = &w->glyphs[word->first];
    uint32_t last = g[word->n - 1].code;
    if (word->n == 1 && (g->code == 0x2022 || g->code == 0xb7 || g->code == 0x2013 || g->code == '-' ||
                         g->code == 0xf0b7 || g->code == 0x25aa || g->code == 0x25cf || g->code == '*'))
        return true;
    if (word->n <= 5 && (g->code == '(' || g->code == '[')) return true;
    if (word->n <= 8 && (last == '.' || last == ')' || last == ':') && g->code >= '0' && g->code <= '9')
        return true;
    return word->n <= 2 && (last == '.' || last == ')') ;
}

static size_t column_of(const float *cuts, size_t n, float x)
{
    size_t c = 0;
    while (c < n && x > cuts[c]) c++;
    return c;
}

static void column_facts(const struct page_words *w, const struct area *a, const float *cuts,
                         size_t n, struct column_facts *f)
{
    for (size_t k = 0; k <= n; k++) f[k] = (struct column_facts){.x0 = INFINITY, .x1 = -INFINITY};
    for (size_t pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < a->n_lines; i++) {
            size_t last = SIZE_MAX;
            float from = 0, to = 0;
            for (size_t j = 0; j <= a->lines[i].n; j++) {
                const struct layout_word *word =
                    j < a->lines[i].n ? &w->words[a->lines[i].words[j]] : NULL;
                size_t c = word ? column_of(cuts, n, (word->box.x0 + word->box.x1) / 2) : SIZE_MAX;
                if (pass == 0 && word) {
                    if (word->box.x0 < f[c].x0) f[c].x0 = word->box.x0;
                    if (word->box.x1 > f[c].x1) f[c].x1 = word->box.x1;
                    f[c].chars += word->n + 1;
                }
                if (c != last && last != SIZE_MAX && pass == 1) {
                    f[last].wide += to - from > 0.75f * (f[last].x1 - f[last].x0);
                    f[last].same_left += from - f[last].x0 < 0.5f * a->lines[i].size;
                }
                if (c != last && word) {
                    from = word->box.x0;
                    if (pass == 1) {
                        f[c].lines++;
                        f[c].values += word_is_value(w, word);
                        f[c].marks += begins_with_mark(w, word);
                    }
                }
                if (word) to = word->box.x1;
                last = c;
            }
        }
}

static bool is_table_like(const struct column_facts *f, size_t n_columns, size_t multi,
                          size_t n_rules)
{
    size_t wordy = 0, valued = 0, aligned = 0, values = 0, lines = 0, longest = 0;
    for (size_t k = 0; k < n_columns; k++) {
        size_t mean = f[k].lines ? f[k].chars / f[k].lines : 0;
        if (mean > longest) longest = mean;
        wordy += mean >= 26 && f[k].lines >= 4 && f[k].wide * 10 >= f[k].lines * 4 &&
                 f[k].values * 3 < f[k].lines;
        if (f[k].lines == 0) continue;
        aligned += f[k].same_left * 10 >= f[k].lines * 8;
        if (k == 0) continue;
        valued += f[k].values * 10 >= f[k].lines * 6;
        values += f[k].values;
        lines += f[k].lines;
    }
    if (wordy >= 2) return false;
    if (n_columns == 2 && f[0].marks * 10 >= f[0].lines * 6) return false;
    if (longest > 70 && n_rules < 3) return false;
    if (n_rules >= 2 && multi >= 2) return true;
    if (multi >= 3 && valued >= 1 && (n_columns > 2 || longest <= 50)) return true;
    if (multi >= 3 && n_columns >= 3 && values * 10 >= lines * 3) return true;
    if (multi >= 4 && n_columns >= 3 && aligned * 3 >= n_columns * 2 && longest <= 40)
        return true;
    if (multi >= 4 && n_columns == 2 && aligned == 2 && longest <= 36 &&
        multi * 10 >= f[1].lines * 7)
        return true;
    return false;
}

/* ---- the table of a run ---- */

/* Pieces that reach over a cut open the edge there. */
static void open_edges(const struct page_words *w, const struct area_line *line, const float *cuts,
                       size_t n, bool *right_open)
{
    struct row_piece p[MAX_GAPS];
    size_t pieces = area_pieces(w, line, AREA_WORD_GAP, p, MAX_GAPS);
    for (size_t i = 0; i < pieces && i < MAX_GAPS; i++)
        for (size_t k = 0; k < n; k++)
            if (p[i].x0 < cuts[k] && p[i].x1 > cuts[k]) right_open[k] = true;
}

/* Rules between lines part rows; where there are as many of them as rows, they alone do. */
static void rows_by_rules(const struct area *a, const struct rules_at *rules, bool *begins)
{
    size_t parted = 0, rows = 0, k = 0;
    for (size_t i = 1; i < a->n_lines; i++) rows += begins[i];
    for (size_t pass = 0; pass < 2; pass++) {
        k = 0;
        for (size_t i = 1; i < a->n_lines; i++) {
            float above = line_middle(&a->lines[i - 1]), below = line_middle(&a->lines[i]);
            while (k < rules->n && rules->at[k] < above) k++;
            bool rule = k < rules->n && rules->at[k] < below;
            if (pass == 0)
                parted += rule;
            else if (rule)
                begins[i] = true;
            else if (parted * 4 >= rows * 3 && parted > 2)
                begins[i] = false;
        }
    }
}

static bool make_table(struct page_words *w, const struct area *a, const float *cuts, size_t n,
                       const struct rules_at *rules, struct table_list *out, bool *made)
{
    bool *begins = arena_array(w->arena, a->n_lines, 1);
    if (!begins || !area_rows(w, a, cuts, n, begins)) return false;
    rows_by_rules(a, rules, begins);
    size_t rows = 0;
    for (size_t i = 0; i < a->n_lines; i++) rows += begins[i];
    struct page_box box = lines_box(a, 0, a->n_lines - 1);
    struct table_grid g = {.n_rows = rows, .n_columns = n + 1};
    g.xs = arena_array(w->arena, n + 2, sizeof *g.xs);
    g.ys = arena_array(w->arena, rows + 1, sizeof *g.ys);
    g.right_open = arena_array(w->arena, rows * (n + 1), 1);
    g.below_open = arena_array(w->arena, rows * (n + 1), 1);
    if (!g.xs || !g.ys || !g.right_open || !g.below_open) return false;
    g.xs[0] = box.x0;
    memcpy(g.xs + 1, cuts, n * sizeof *cuts);
    g.xs[n + 1] = box.x1;
    uint32_t mark = (uint32_t)out->n + 1;
    for (size_t i = 0, row = 0; i < a->n_lines; i++) {
        row += begins[i];
        if (begins[i])
            g.ys[row - 1] = i ? (a->lines[i - 1].box.y1 + a->lines[i].box.y0) / 2 : box.y0;
        open_edges(w, &a->lines[i], cuts, n, g.right_open + (row - 1) * (n + 1));
        for (size_t k = 0; k < a->lines[i].n; k++) w->words[a->lines[i].words[k]].table = mark;
    }
    g.ys[rows] = box.y1;
    return table_from_grid(w, &g, mark, out, made);
}

static bool search_run(struct page_words *w, const struct area *a, struct run *r, size_t floor,
                       struct table_list *out)
{
    struct rules_at rules;
    float *cuts;
    size_t n;
    bool made;
    widen(w, a, floor, r);
    struct page_box box = lines_box(a, r->first, r->last);
    if (!find_rules(w, box, 1.5f * a->lines[r->first].size, &rules)) return false;
    size_t last = r->last;
    clip_to_rules(a, &rules, r);
    struct area part = {a->lines + r->first, r->last - r->first + 1};
    if (r->last != last) box = lines_box(a, r->first, r->last);
    if (!area_columns(w, &part, &cuts, &n)) return false;
    if (n == 0) return true;
    trim_ends(w, cuts, n, &part);
    struct column_facts *f = arena_array(w->arena, n + 1, sizeof *f);
    if (!f) return false;
    column_facts(w, &part, cuts, n, f);
    return !is_table_like(f, n + 1, r->multi, rules.n) ||
           make_table(w, &part, cuts, n, &rules, out, &made);
}

bool page_tables_unruled(struct page_words *w, uint32_t zone, struct table_list *out)
{
    const struct page_box all = {-1e6f, -1e6f, 1e6f, 1e6f};
    struct area a;
    size_t floor = 0, before = out->n;
    if (!area_make(w, NO_TABLE, zone, all, &a)) return false;
    if (a.n_lines < 2) return true;
    struct page_box box = lines_box(&a, 0, a.n_lines - 1);
    for (size_t i = 0; i < a.n_lines;) {
        struct row_piece p;
        struct run r;
        if (area_pieces(w, &a.lines[i], AREA_CLEAR_GAP, &p, 1) < 2) {
            i++;
            continue;
        }
        follow(w, &a, i, box, &r);
        if (r.multi < 2) {
            i++;
            continue;
        }
        if (!search_run(w, &a, &r, floor, out)) return false;
        i = floor = (r.last >= i ? r.last : i) + 1;
    }
    for (size_t i = before; i < out->n; i++) out->tables[i].zone = zone;
    return true;
}
